/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The trace checker. Buses are balanced by sums of hashes of their tuples in four copies of Fp: multiplicities count
 * mod p, as in the argument. A bus that does not balance is searched again, by hash bucket, for the tuple to blame.
 */
#include "host/trace/check.h"

#include "core/verify/verify.h"
#include "host/sys/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LANES 4
#define GRAIN 1024
#define BUCKET_BITS 16
#define MAX_SUSPECTS 1024

struct digest {
    fp lane[LANES];
};

struct sums {
    struct digest bus[AIR_BUS_END];
};

/** One use of a bus on a row, evaluated; as a suspect, all uses of the tuple by the table. */
struct entry {
    uint32_t slot[AIR_SLOTS - 1]; /* canonical */
    fp count;                     /* sign * selector */
    int table;                    /* -1: the verifier's own */
    uint32_t row;
    unsigned use;
};

struct job {
    const struct sc_machine *m;
    unsigned what; /* SC_CHECK_LOCAL, SC_CHECK_GLOBAL */
    const struct sc_check_chunk *chunk;
    struct sums *sums;             /* one per worker */
    struct sc_check_report *found; /* one per worker */
    /* search for a tuple */
    enum air_bus bus;
    struct digest *buckets; /* per worker 2^BUCKET_BITS; NULL: do not sort into buckets */
    struct entry *suspects; /* per worker MAX_SUSPECTS */
    unsigned *n_suspects;
    uint32_t bucket;
};

/* --- rows -------------------------------------------------------------------------------------------------------- */

static void load_row(fp *row, const struct air_table *t, const struct sc_check_chunk *c, uint32_t i)
{
    for (unsigned k = 0; k < t->n_cols; k++) {
        row[k] = c->cols[((size_t)k << c->log_h) + i];
    }
    for (unsigned k = 0; k < t->n_closed; k++) {
        row[t->n_cols + k] = fp_from_u32(sc_air_closed_row((enum air_closed)t->closed[k], c->first_row + i, c->index));
    }
}

static fp form_at(const struct air_table *t, unsigned index, const fp *row)
{
    const struct air_form *f = &t->forms[index];
    fp v = f->k;
    for (unsigned i = 0; i < f->n; i++) {
        const struct air_term *m = &t->terms[f->first + i];
        v = fp_add(v, fp_mul(m->coef, row[m->col]));
    }
    return v;
}

/** False when the selector is zero. */
static bool entry_at(struct entry *e, const struct air_table *t, const struct air_use *u, const fp *row)
{
    const fp sel = form_at(t, u->sel, row);
    if (sel == 0) {
        return false;
    }
    memset(e->slot, 0, sizeof e->slot);
    e->count = u->sign > 0 ? sel : fp_neg(sel);
    for (unsigned j = 0; j < u->n_slots; j++) {
        e->slot[j] = fp_to_u32(form_at(t, u->slots + j, row));
    }
    return true;
}

/* --- sums of hashes ---------------------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t h)
{
    h ^= h >> 32;
    h *= 0xd6e8feb86659fd93u;
    h ^= h >> 32;
    h *= 0xa0761d6478bd642fu;
    h ^= h >> 29;
    return h;
}

static struct digest hash_of(const struct entry *e)
{
    uint64_t a = 0x243f6a8885a308d3u, b = 0x13198a2e03707344u;
    for (unsigned j = 0; j < AIR_SLOTS - 1; j++) {
        a = mix(a ^ e->slot[j]);
        b = (b + e->slot[j]) * 0x9e3779b97f4a7c15u + a;
    }
    b = mix(b);
    const struct digest d = {{(fp)((uint32_t)a % FP_P), (fp)((a >> 32) % FP_P), (fp)((uint32_t)b % FP_P), (fp)((b >> 32) % FP_P)}};
    return d;
}

static void add_count(struct digest *sum, struct digest h, fp count)
{
    for (unsigned i = 0; i < LANES; i++) {
        sum->lane[i] = fp_add(sum->lane[i], fp_mul(h.lane[i], count));
    }
}

static bool is_zero(const struct digest *d)
{
    fp any = 0;
    for (unsigned i = 0; i < LANES; i++) {
        any |= d->lane[i];
    }
    return any == 0;
}

static uint32_t bucket_of(struct digest h)
{
    return h.lane[1] >> (31 - BUCKET_BITS);
}

static bool is_global(unsigned bus)
{
    return bus == AIR_BUS_BND;
}

/** Whether a bus is among those that are checked. */
static bool concerns(unsigned what, unsigned bus)
{
    return (what & (is_global(bus) ? SC_CHECK_GLOBAL : SC_CHECK_LOCAL)) != 0;
}

/* --- first pass: constraints and sums ------------------------------------------------------------------------------ */

static void note_constraint(struct sc_check_report *r, const struct job *j, uint32_t row, unsigned k)
{
    const struct air_table *t = &j->m->tables[j->chunk->table];
    if (r->text[0]) {
        return;
    }
    r->table = (int)j->chunk->table;
    r->constraint = (int)k;
    r->row = row;
    snprintf(r->text, sizeof r->text, "%s row %u: violated: \"%s\" (constraint %u)", t->name, (unsigned)row, t->labels[k], k);
}

static void check_rows(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct job *j = arg;
    const struct air_table *t = &j->m->tables[j->chunk->table];
    fp row[AIR_MAX_COLS], out[AIR_MAX_CONSTRAINTS];
    for (size_t i = begin; i < end; i++) {
        load_row(row, t, j->chunk, (uint32_t)i);
        t->check(out, row);
        for (unsigned k = 0; k < t->n_constraints; k++) {
            if (out[k] != 0 && (j->what & SC_CHECK_LOCAL) != 0) {
                note_constraint(&j->found[worker], j, j->chunk->first_row + (uint32_t)i, k);
            }
        }
        for (unsigned u = 0; u < t->n_uses; u++) {
            struct entry e;
            if (concerns(j->what, t->uses[u].bus) && entry_at(&e, t, &t->uses[u], row)) {
                add_count(&j->sums[worker].bus[t->uses[u].bus], hash_of(&e), e.count);
            }
        }
    }
}

/* --- search for the tuple ------------------------------------------------------------------------------------------ */

/** Counts of one tuple from one table are one suspect, known by its first row. */
static void suspect(struct entry *list, unsigned *n, const struct entry *e)
{
    for (unsigned i = 0; i < *n; i++) {
        if (list[i].table == e->table && !memcmp(list[i].slot, e->slot, sizeof e->slot)) {
            list[i].count = fp_add(list[i].count, e->count);
            return;
        }
    }
    if (*n < MAX_SUSPECTS) {
        list[(*n)++] = *e;
    }
}

static void look_at(const struct job *j, const struct entry *e, unsigned worker)
{
    const struct digest h = hash_of(e);
    const uint32_t b = bucket_of(h);
    if (!j->suspects) {
        add_count(&j->buckets[((size_t)worker << BUCKET_BITS) + b], h, e->count);
    } else if (b == j->bucket) {
        suspect(j->suspects + (size_t)worker * MAX_SUSPECTS, &j->n_suspects[worker], e);
    }
}

static void search_rows(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct job *j = arg;
    const struct air_table *t = &j->m->tables[j->chunk->table];
    fp row[AIR_MAX_COLS];
    for (size_t i = begin; i < end; i++) {
        load_row(row, t, j->chunk, (uint32_t)i);
        for (unsigned u = 0; u < t->n_uses; u++) {
            struct entry e;
            if (t->uses[u].bus == j->bus && entry_at(&e, t, &t->uses[u], row)) {
                e.table = (int)j->chunk->table;
                e.row = j->chunk->first_row + (uint32_t)i;
                e.use = u;
                look_at(j, &e, worker);
            }
        }
    }
}

struct trace {
    struct sc_pool *pool;
    const struct sc_check_chunk *chunks;
    size_t n_chunks;
    const struct sc_public_term *terms;
    size_t n_terms;
};

static void entry_of_term(struct entry *e, const struct sc_public_term *t)
{
    memset(e, 0, sizeof *e);
    memcpy(e->slot, t->slot, sizeof e->slot);
    e->count = fp_from_i64(t->count);
    e->table = -1;
}

static void search_all(struct job *j, const struct trace *t)
{
    for (size_t i = 0; i < t->n_chunks; i++) {
        j->chunk = &t->chunks[i];
        sc_pool_for(t->pool, (size_t)1 << t->chunks[i].log_h, GRAIN, search_rows, j);
    }
    for (size_t i = 0; i < t->n_terms; i++) {
        struct entry e;
        if (t->terms[i].bus == j->bus) {
            entry_of_term(&e, &t->terms[i]);
            look_at(j, &e, 0);
        }
    }
}

static int by_tuple(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    const int c = memcmp(x->slot, y->slot, sizeof x->slot);
    return c ? c : x->table != y->table ? (x->table < y->table ? -1 : 1) : x->row < y->row ? -1 : x->row > y->row;
}

static const char *bus_name(enum air_bus bus, unsigned *slots)
{
    switch (bus) {
#define B(name, id, kind, n, meaning) \
    case AIR_BUS_##name:              \
        *slots = n;                   \
        return #name;
#include "core/air/buses.def"
#undef B
    case AIR_BUS_NONE:
    case AIR_BUS_END:
        break;
    }
    *slots = 0;
    return "none";
}

/** Who says the tuple how often; the first to say it is blamed in the report's fields. */
static void note_tuple(struct sc_check_report *r, const struct sc_machine *m, enum air_bus bus, const struct entry *e, size_t n, fp sum)
{
    unsigned slots, at = 0;
    const char *const name = bus_name(bus, &slots);
    const uint32_t s = fp_to_u32(sum);
    const int total = s > FP_P / 2 ? -(int)(FP_P - s) : (int)s;
    at += (unsigned)snprintf(r->text, sizeof r->text, "bus %s: tuple (", name);
    for (unsigned j = 0; j < slots; j++) {
        at += (unsigned)snprintf(r->text + at, sizeof r->text - at, "%s%u", j ? ", " : "", (unsigned)e->slot[j]);
    }
    at += (unsigned)snprintf(r->text + at, sizeof r->text - at, ") sums to %+d:", total);
    for (size_t i = 0; i < n && i < 4; i++) {
        const uint32_t c = fp_to_u32(e[i].count);
        at += (unsigned)snprintf(r->text + at, sizeof r->text - at, " %+d by %s row %u,", c > FP_P / 2 ? -(int)(FP_P - c) : (int)c,
                                 e[i].table < 0 ? "the verifier" : m->tables[e[i].table].name, (unsigned)e[i].row);
    }
    snprintf(r->text + at - 1, sizeof r->text - at + 1, "%s", n > 4 ? ", and more" : "");
    r->bus = bus;
    r->constraint = -1;
    r->table = e->table;
    r->row = e->row;
}

static void blame(struct sc_check_report *r, const struct job *j, unsigned workers)
{
    struct entry *all = j->suspects;
    size_t n = 0;
    for (unsigned w = 0; w < workers; w++) {
        memmove(all + n, j->suspects + (size_t)w * MAX_SUSPECTS, j->n_suspects[w] * sizeof *all);
        n += j->n_suspects[w];
    }
    qsort(all, n, sizeof *all, by_tuple);
    for (size_t i = 0, k; i < n; i = k) {
        fp sum = 0;
        for (k = i; k < n && !memcmp(all[i].slot, all[k].slot, sizeof all[i].slot); k++) {
            sum = fp_add(sum, all[k].count);
        }
        if (sum != 0) {
            note_tuple(r, j->m, j->bus, all + i, k - i, sum);
            return;
        }
    }
    snprintf(r->text, sizeof r->text, "bus %u does not balance", (unsigned)j->bus);
}

static socle_status find_tuple(struct sc_check_report *r, const struct sc_machine *m, const struct trace *t, enum air_bus bus)
{
    const unsigned workers = t->pool ? sc_pool_size(t->pool) : 1;
    const size_t n_buckets = (size_t)1 << BUCKET_BITS;
    unsigned n_suspects[SC_POOL_MAX_THREADS] = {0};
    struct job j = {.m = m, .bus = bus, .n_suspects = n_suspects};
    socle_status st = SOCLE_E_REJECT;
    r->bus = bus;
    struct digest *buckets = sc_big_alloc(workers * n_buckets * sizeof *buckets);
    struct entry *suspects = sc_big_alloc(workers * MAX_SUSPECTS * sizeof *suspects);
    if (!buckets || !suspects) {
        st = SOCLE_E_NOMEM;
        goto out;
    }
    j.buckets = buckets;
    search_all(&j, t);
    for (uint32_t b = 0; b < n_buckets; b++) {
        for (unsigned w = 1; w < workers; w++) {
            for (unsigned i = 0; i < LANES; i++) {
                buckets[b].lane[i] = fp_add(buckets[b].lane[i], buckets[w * n_buckets + b].lane[i]);
            }
        }
        if (!is_zero(&buckets[b])) {
            j.bucket = b;
            break;
        }
    }
    j.suspects = suspects;
    search_all(&j, t);
    blame(r, &j, workers);
out:
    sc_big_free(buckets, workers * n_buckets * sizeof *buckets);
    sc_big_free(suspects, workers * MAX_SUSPECTS * sizeof *suspects);
    return st;
}

/* --- entry ------------------------------------------------------------------------------------------------------- */

static void merge(struct sums *sums, struct sc_check_report *found, unsigned workers)
{
    for (unsigned w = 1; w < workers; w++) {
        for (unsigned b = 0; b < AIR_BUS_END; b++) {
            for (unsigned i = 0; i < LANES; i++) {
                sums->bus[b].lane[i] = fp_add(sums->bus[b].lane[i], sums[w].bus[b].lane[i]);
            }
        }
        if (!found[0].text[0] && found[w].text[0]) {
            found[0] = found[w];
        }
    }
}

socle_status sc_trace_check(struct sc_check_report *report, struct sc_pool *pool, const struct sc_machine *m,
                            const struct sc_check_chunk *chunks, size_t n_chunks, const struct sc_public_term *terms,
                            size_t n_terms)
{
    return sc_trace_check_part(report, pool, m, chunks, n_chunks, terms, n_terms, SC_CHECK_LOCAL | SC_CHECK_GLOBAL);
}

socle_status sc_trace_check_part(struct sc_check_report *report, struct sc_pool *pool, const struct sc_machine *m,
                                 const struct sc_check_chunk *chunks, size_t n_chunks, const struct sc_public_term *terms,
                                 size_t n_terms, unsigned what)
{
    const struct trace t = {pool, chunks, n_chunks, terms, n_terms};
    const unsigned workers = pool ? sc_pool_size(pool) : 1;
    struct sums *sums = sc_alloc(workers, sizeof *sums);
    struct sc_check_report *found = sc_alloc(workers, sizeof *found);
    socle_status st = SOCLE_OK;
    if (report) {
        memset(report, 0, sizeof *report);
        report->table = -1;
    }
    if (!sums || !found) {
        st = SOCLE_E_NOMEM;
        goto out;
    }
    struct job j = {.m = m, .what = what, .sums = sums, .found = found};
    for (size_t i = 0; i < n_chunks; i++) {
        j.chunk = &chunks[i];
        sc_pool_for(pool, (size_t)1 << chunks[i].log_h, GRAIN, check_rows, &j);
    }
    for (size_t i = 0; i < n_terms; i++) {
        struct entry e;
        entry_of_term(&e, &terms[i]);
        add_count(&sums->bus[terms[i].bus], hash_of(&e), e.count);
    }
    merge(sums, found, workers);
    if (found->text[0]) {
        if (report) {
            *report = *found;
        }
        st = SOCLE_E_REJECT;
    }
    for (unsigned b = 1; st == SOCLE_OK && b < AIR_BUS_END; b++) {
        if (!is_zero(&sums->bus[b])) {
            st = report ? find_tuple(report, m, &t, (enum air_bus)b) : SOCLE_E_REJECT;
        }
    }
out:
    sc_free(sums);
    sc_free(found);
    return st;
}
