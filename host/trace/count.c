/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Multiplicities of the lookup tables: every query use is evaluated on every row where its selector is 1.
 * Owns one set of counters per thread while it counts.
 * Theory: docs/spec/machine.md sections 3 and 6.
 */
#include "host/trace/count.h"

#include "host/sys/mem.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define ROWS 256u /* rows evaluated together; a chunk may be shorter */
#define MAX_SLOTS 4
#define N_BYTE_PAIRS 65536u

/* Counters in one array: values of U16T, the four columns of BYTET, POW2T. */
enum { AT_U16 = 0, AT_BYTE = 65536, AT_POW2 = AT_BYTE + 4 * (int)N_BYTE_PAIRS, N_COUNTERS = AT_POW2 + 128 };
#define NO_ENTRY UINT32_MAX

struct sc_counter {
    unsigned n_workers;
    _Atomic uint64_t bad; /* 0, or 1 + the place of the first bad query: chunk, row, use */
    uint32_t counts[][N_COUNTERS]; /* per worker */
};
#define BAD_CHUNK 48
#define BAD_ROW 8 /* bits of a use */

/** Rows of a chunk of a trace. */
struct piece {
    const struct sc_trace *trace;
    const struct air_table *table;
    unsigned chunk, n;
    size_t row;
};

/** A term of a closed-form column: these tables have none that depend on the row of the table, only constants of the proof. */
static void add_closed(uint32_t *out, const struct piece *p, const struct air_term *term)
{
    const enum air_closed kind = (enum air_closed)p->table->closed[term->col - p->table->n_cols];
    for (unsigned i = 0; i < p->n; i++) {
        const uint32_t v = sc_air_closed_row(kind, (uint32_t)(p->row + i), p->trace->layout.index);
        out[i] = fp_add(out[i], fp_mul(term->coef, fp_from_u32(v)));
    }
}

/** A form on the rows of a piece, canonical residues. */
static void form_rows(uint32_t *restrict out, const struct piece *p, unsigned form)
{
    const struct air_form *const f = &p->table->forms[form];
    for (unsigned i = 0; i < p->n; i++) {
        out[i] = f->k;
    }
    for (unsigned t = 0; t < f->n; t++) {
        const struct air_term *const term = &p->table->terms[f->first + t];
        if (term->col >= p->table->n_cols) {
            add_closed(out, p, term);
            continue;
        }
        const fp *const restrict col = sc_trace_column(p->trace, p->chunk, term->col) + p->row;
        const fp coef = term->coef;
        if (coef == FP_ONE) {
            for (unsigned i = 0; i < p->n; i++) {
                out[i] = fp_add(out[i], col[i]);
            }
        } else {
            for (unsigned i = 0; i < p->n; i++) {
                out[i] = fp_add(out[i], fp_mul(coef, col[i]));
            }
        }
    }
    for (unsigned i = 0; i < p->n; i++) {
        out[i] = fp_to_u32(out[i]);
    }
}

static bool same_form(const struct air_table *t, unsigned a, unsigned b)
{
    const struct air_form *const x = &t->forms[a], *const y = &t->forms[b];
    bool same = x->k == y->k && x->n == y->n;
    for (unsigned i = 0; same && i < x->n; i++) {
        same = t->terms[x->first + i].col == t->terms[y->first + i].col && t->terms[x->first + i].coef == t->terms[y->first + i].coef;
    }
    return same;
}

/** Counter of a queried tuple, NO_ENTRY when no table row holds it. */
static uint32_t entry_of(unsigned bus, uint32_t s0, uint32_t s1, uint32_t s2, uint32_t s3)
{
    if (bus == AIR_BUS_U16) {
        return s0 < 65536 ? AT_U16 + s0 : NO_ENTRY;
    }
    if (bus == AIR_BUS_B2) {
        return s0 < 256 && s1 < 256 ? AT_BYTE + 256 * s0 + s1 : NO_ENTRY;
    }
    if (bus == AIR_BUS_POW2) {
        const bool held = s0 < 128 && s1 == sc_air_closed_row(AIR_CF_POW2_M, s0, 0) && s2 == sc_air_closed_row(AIR_CF_POW2_Q, s0, 0);
        return held ? AT_POW2 + s0 : NO_ENTRY;
    }
    const uint32_t z[4] = {0, s1 & s2, s1 | s2, s1 ^ s2};
    return s0 >= 1 && s0 <= 3 && s1 < 256 && s2 < 256 && s3 == z[s0] ? AT_BYTE + N_BYTE_PAIRS * s0 + 256 * s1 + s2 : NO_ENTRY;
}

static bool is_counted(const struct air_use *u)
{
    return u->sign > 0 && (u->bus == AIR_BUS_U16 || u->bus == AIR_BUS_B2 || u->bus == AIR_BUS_BOP || u->bus == AIR_BUS_POW2);
}

/** Remember the least bad query, so that the report does not depend on threads. */
static void note_bad(struct sc_counter *k, const struct piece *p, unsigned i, unsigned use)
{
    const uint64_t here = 1 + ((uint64_t)p->chunk << BAD_CHUNK | (uint64_t)(p->row + i) << BAD_ROW | use);
    uint64_t seen = atomic_load(&k->bad);
    while ((seen == 0 || here < seen) && !atomic_compare_exchange_weak(&k->bad, &seen, here)) {
    }
}

static void count_use(struct sc_counter *k, const struct piece *p, unsigned u, const uint32_t *sel, uint32_t *counts)
{
    const struct air_use *const use = &p->table->uses[u];
    uint32_t slot[MAX_SLOTS][ROWS];
    for (unsigned s = 0; s < use->n_slots; s++) {
        form_rows(slot[s], p, use->slots + s);
    }
    for (unsigned s = use->n_slots; s < MAX_SLOTS; s++) {
        memset(slot[s], 0, p->n * sizeof(slot[s][0]));
    }
    for (unsigned i = 0; i < p->n; i++) {
        const uint32_t at = sel[i] ? entry_of(use->bus, slot[0][i], slot[1][i], slot[2][i], slot[3][i]) : NO_ENTRY;
        if (at != NO_ENTRY && sel[i] == 1) {
            counts[at]++;
        } else if (sel[i]) {
            note_bad(k, p, i, u);
        }
    }
}

static void count_piece(struct sc_counter *k, const struct piece *p, uint32_t *counts)
{
    uint32_t sel[ROWS];
    unsigned sel_form = 0;
    bool have_sel = false;
    for (unsigned u = 0; u < p->table->n_uses; u++) {
        const struct air_use *const use = &p->table->uses[u];
        if (!is_counted(use)) {
            continue;
        }
        if (!have_sel || !same_form(p->table, sel_form, use->sel)) { /* uses with one selector stand together */
            form_rows(sel, p, use->sel);
        }
        sel_form = use->sel;
        have_sel = true;
        count_use(k, p, u, sel, counts);
    }
}

void sc_counter_add(struct sc_counter *k, const struct sc_trace *trace, unsigned chunk, size_t row, size_t n, unsigned worker)
{
    struct piece p = {.trace = trace, .table = &sc_air_tables[trace->layout.chunk[chunk].table], .chunk = chunk};
    for (size_t done = 0; done < n; done += p.n) {
        p.row = row + done;
        p.n = n - done < ROWS ? (unsigned)(n - done) : ROWS;
        count_piece(k, &p, k->counts[worker]);
    }
}

static const char *bus_name(unsigned bus)
{
    switch (bus) {
#define B(name, id, kind, slots, meaning) \
    case id:                              \
        return #name;
#include "core/air/buses.def"
#undef B
    default:
        return "?";
    }
}

static socle_status report(const struct sc_counter *k, const struct sc_trace *trace, char *why, size_t why_size)
{
    const uint64_t bad = atomic_load(&k->bad);
    if (bad == 0) {
        return SOCLE_OK;
    }
    const struct sc_chunk *const c = &trace->layout.chunk[(bad - 1) >> BAD_CHUNK];
    const struct air_table *const t = &sc_air_tables[c->table];
    const unsigned use = (unsigned)((bad - 1) & ((1u << BAD_ROW) - 1));
    const unsigned long long row = ((bad - 1) & ((UINT64_C(1) << BAD_CHUNK) - 1)) >> BAD_ROW;
    snprintf(why, why_size, "trace: table %s, chunk %u, row %llu: query %u of bus %s is not in its table", t->name, (unsigned)c->index, row, use,
             bus_name(t->uses[use].bus));
    return SOCLE_E_BUG;
}

/** The only chunk of a table of fixed height. */
static unsigned chunk_of(const struct sc_trace *trace, unsigned table)
{
    unsigned k = 0;
    while (trace->layout.chunk[k].table != table) {
        k++;
    }
    return k;
}

struct output {
    fp *u16, *byte[4], *pow2;
    const struct sc_counter *k;
};

static void sum_counters(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct output *const o = arg;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        uint64_t n = 0;
        for (unsigned w = 0; w < o->k->n_workers; w++) {
            n += o->k->counts[w][i];
        }
        const fp v = fp_from_u32((uint32_t)n); /* below 2^30: the leaf vector has no more terms */
        if (i < AT_BYTE) {
            o->u16[i] = v;
        } else if (i < AT_POW2) {
            o->byte[(i - AT_BYTE) / N_BYTE_PAIRS][(i - AT_BYTE) % N_BYTE_PAIRS] = v;
        } else {
            o->pow2[i - AT_POW2] = v;
        }
    }
}

static size_t counter_bytes(unsigned n_workers)
{
    return sizeof(struct sc_counter) + n_workers * sizeof(uint32_t[N_COUNTERS]);
}

size_t sc_trace_count_memory(unsigned n_threads)
{
    return sc_alloc_size(1, counter_bytes(n_threads));
}

struct sc_counter *sc_counter_create(unsigned n_workers)
{
    struct sc_counter *const k = sc_alloc(1, counter_bytes(n_workers));
    if (k != NULL) {
        k->n_workers = n_workers;
    }
    return k;
}

void sc_counter_destroy(struct sc_counter *k)
{
    sc_free(k);
}

socle_status sc_counter_finish(struct sc_counter *k, const struct sc_trace *trace, char *why, size_t why_size, struct sc_pool *pool)
{
    const socle_status st = report(k, trace, why, why_size);
    if (st != SOCLE_OK) {
        return st;
    }
    const unsigned bytes = chunk_of(trace, AIR_TABLE_BYTET);
    struct output o = {.u16 = sc_trace_column(trace, chunk_of(trace, AIR_TABLE_U16T), 0),
                       .pow2 = sc_trace_column(trace, chunk_of(trace, AIR_TABLE_POW2T), 0),
                       .k = k};
    for (unsigned i = 0; i < 4; i++) {
        o.byte[i] = sc_trace_column(trace, bytes, i);
    }
    sc_pool_for(pool, N_COUNTERS, 4096, sum_counters, &o);
    return SOCLE_OK;
}

/** A whole chunk, for sc_trace_count. */
struct recount {
    struct sc_counter *k;
    const struct sc_trace *trace;
    unsigned chunk;
};

static void count_rows(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct recount *const r = arg;
    sc_counter_add(r->k, r->trace, r->chunk, begin, end - begin, worker);
}

socle_status sc_trace_count(const struct sc_trace *trace, char *why, size_t why_size, struct sc_pool *pool)
{
    struct recount r = {sc_counter_create(pool ? sc_pool_size(pool) : 1), trace, 0};
    if (r.k == NULL) {
        return SOCLE_E_NOMEM;
    }
    for (; r.chunk < trace->layout.n_chunks; r.chunk++) {
        const struct sc_chunk *const c = &trace->layout.chunk[r.chunk];
        if (c->table != AIR_TABLE_IMAGE && sc_air_tables[c->table].fixed_log_h == 0) {
            sc_pool_for(pool, (size_t)1 << c->log_h, 4096, count_rows, &r);
        }
    }
    const socle_status st = sc_counter_finish(r.k, trace, why, why_size, pool);
    sc_counter_destroy(r.k);
    return st;
}
