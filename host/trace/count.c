/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Multiplicities of the lookup tables: every query use is evaluated on every row where its selector is 1.
 * Owns one set of counters per thread while it counts.
 * Theory: docs/spec/machine.md sections 3 and 6.
 */
#include "host/trace/trace.h"

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

struct counter {
    const struct sc_trace *trace;
    uint32_t (*counts)[N_COUNTERS]; /* per worker */
    unsigned chunk;
    const struct air_table *table;
    _Atomic uint64_t bad; /* 0, or 1 + row * AIR_MAX_USES + use of the first bad query found in the chunk */
};

/** A form on rows [row, row + n) of the chunk, canonical residues. */
static void form_rows(uint32_t *out, const struct counter *k, unsigned form, size_t row, unsigned n)
{
    const struct air_form *const f = &k->table->forms[form];
    for (unsigned i = 0; i < n; i++) {
        out[i] = f->k;
    }
    for (unsigned t = 0; t < f->n; t++) {
        const struct air_term *const term = &k->table->terms[f->first + t];
        const fp *const col = sc_trace_column(k->trace, k->chunk, term->col) + row;
        for (unsigned i = 0; i < n; i++) {
            out[i] = fp_add(out[i], fp_mul(term->coef, col[i]));
        }
    }
    for (unsigned i = 0; i < n; i++) {
        out[i] = fp_to_u32(out[i]);
    }
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
static void note_bad(struct counter *k, size_t row, unsigned use)
{
    const uint64_t here = 1 + (uint64_t)row * AIR_MAX_USES + use;
    uint64_t seen = atomic_load(&k->bad);
    while ((seen == 0 || here < seen) && !atomic_compare_exchange_weak(&k->bad, &seen, here)) {
    }
}

/** Pieces of ROWS rows, or the whole of a shorter chunk. */
static void count_rows(void *arg, size_t begin, size_t end, unsigned worker)
{
    struct counter *const k = arg;
    uint32_t *const counts = k->counts[worker];
    const size_t height = (size_t)1 << k->trace->layout.chunk[k->chunk].log_h;
    uint32_t sel[ROWS], slot[MAX_SLOTS][ROWS] = {{0}};
    for (size_t piece = begin; piece < end; piece++) {
        const size_t row = piece * ROWS;
        const unsigned n = height - row < ROWS ? (unsigned)(height - row) : ROWS;
        for (unsigned u = 0; u < k->table->n_uses; u++) {
            const struct air_use *const use = &k->table->uses[u];
            if (!is_counted(use)) {
                continue;
            }
            form_rows(sel, k, use->sel, row, n);
            for (unsigned s = 0; s < use->n_slots; s++) {
                form_rows(slot[s], k, use->slots + s, row, n);
            }
            for (unsigned i = 0; i < n; i++) {
                const uint32_t at = sel[i] ? entry_of(use->bus, slot[0][i], slot[1][i], slot[2][i], slot[3][i]) : NO_ENTRY;
                if (at != NO_ENTRY && sel[i] == 1) {
                    counts[at]++;
                } else if (sel[i]) {
                    note_bad(k, row + i, u);
                }
            }
        }
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

static socle_status report(const struct counter *k, char *why, size_t why_size)
{
    const uint64_t bad = atomic_load(&k->bad);
    if (bad == 0) {
        return SOCLE_OK;
    }
    const unsigned use = (unsigned)((bad - 1) % AIR_MAX_USES);
    snprintf(why, why_size, "trace: table %s, chunk %u, row %llu: query %u of bus %s is not in its table", k->table->name,
             (unsigned)k->trace->layout.chunk[k->chunk].index, (unsigned long long)((bad - 1) / AIR_MAX_USES), use, bus_name(k->table->uses[use].bus));
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
    uint32_t (*counts)[N_COUNTERS];
    unsigned n_workers;
};

static void sum_counters(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct output *const o = arg;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        uint64_t n = 0;
        for (unsigned w = 0; w < o->n_workers; w++) {
            n += o->counts[w][i];
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

size_t sc_trace_count_memory(unsigned n_threads)
{
    return sc_alloc_size(n_threads, sizeof(uint32_t[N_COUNTERS]));
}

socle_status sc_trace_count(const struct sc_trace *trace, char *why, size_t why_size, struct sc_pool *pool)
{
    socle_status st = SOCLE_OK;
    const unsigned n_workers = pool ? sc_pool_size(pool) : 1;
    struct counter k = {.trace = trace, .counts = sc_alloc(n_workers, sizeof *k.counts)};
    TRY(k.counts == NULL ? SOCLE_E_NOMEM : SOCLE_OK);
    for (k.chunk = 0; k.chunk + 1 < trace->layout.n_chunks; k.chunk++) {
        const struct sc_chunk *const c = &trace->layout.chunk[k.chunk];
        k.table = &sc_air_tables[c->table];
        if (k.table->fixed_log_h == 0) {
            const size_t height = (size_t)1 << c->log_h;
            sc_pool_for(pool, (height + ROWS - 1) / ROWS, 16, count_rows, &k);
            TRY(report(&k, why, why_size));
        }
    }

    const unsigned bytes = chunk_of(trace, AIR_TABLE_BYTET);
    struct output o = {.u16 = sc_trace_column(trace, chunk_of(trace, AIR_TABLE_U16T), 0),
                       .pow2 = sc_trace_column(trace, chunk_of(trace, AIR_TABLE_POW2T), 0),
                       .counts = k.counts,
                       .n_workers = n_workers};
    for (unsigned i = 0; i < 4; i++) {
        o.byte[i] = sc_trace_column(trace, bytes, i);
    }
    sc_pool_for(pool, N_COUNTERS, 4096, sum_counters, &o);
out:
    sc_free(k.counts);
    return st;
}
