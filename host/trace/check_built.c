/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Checks of built traces: the verifier's own terms, the trace of a single proof, those of a set.
 * Owns nothing. Theory: docs/spec/machine.md section 3, docs/decisions/0007-sets-of-segments.md.
 */
#include "host/trace/check.h"

#include "core/verify/verify.h"
#include "host/sys/mem.h"

#include <stdio.h>
#include <string.h>

static struct sc_public_term *push(struct sc_public_term *t, enum air_bus bus, int count, uint32_t a, uint32_t b, uint32_t c)
{
    *t = (struct sc_public_term){bus, count, {a, b, c}};
    return t + 1;
}

/** Chain of one region: nothing when it is empty, for its ends are the same tuple. */
static struct sc_public_term *push_chain(struct sc_public_term *t, uint32_t region, uint32_t start, uint32_t last)
{
    t = push(t, AIR_BUS_CHAIN, 1, region, start, 0);
    return push(t, AIR_BUS_CHAIN, -1, region, last, 0);
}

static struct sc_public_term *push_output(struct sc_public_term *t, uint32_t index, uint64_t word)
{
    *t = (struct sc_public_term){AIR_BUS_OUT, -1, {index}};
    for (unsigned i = 0; i < 4; i++) {
        t->slot[1 + i] = (uint32_t)(word >> 16 * i) & 0xffffu;
    }
    return t + 1;
}

static uint64_t output_word(const struct sc_trace *trace, size_t i)
{
    uint64_t v = 0;
    for (size_t b = 0; b < 8 && 8 * i + b < trace->output_size; b++) {
        v |= (uint64_t)trace->output[8 * i + b] << 8 * b;
    }
    return v;
}

size_t sc_trace_public(struct sc_public_term *out, const struct sc_trace *trace)
{
    const size_t words = (trace->output_size + 7) / 8;
    if (!out) {
        return 9 + words;
    }
    struct sc_public_term *t = out;
    if (trace->shape.part != SC_FIRST) {
        t = push(t, AIR_BUS_STATE, 1, 4, trace->entry_ip, 0);
        t = push(t, AIR_BUS_STATE, -1, trace->ts_end, trace->ip_end, trace->halted);
    }
    if (trace->shape.part != SC_SEGMENT) {
        t = push_chain(t, 0, 511, trace->ram_key);
        t = push_chain(t, 1, FP_P - 1, trace->input_key);
        t = push_chain(t, 2, FP_P - 1, (uint32_t)words);
        t = push_output(t, 0, trace->output_size);
        for (size_t i = 0; i < words; i++) {
            t = push_output(t, (uint32_t)i + 1, output_word(trace, i));
        }
    }
    return (size_t)(t - out);
}

/** Chunks of a trace, or of its BOUNDARY alone; returns how many. */
static size_t chunks_of(struct sc_check_chunk *out, const struct sc_trace *trace, bool boundary_only)
{
    uint32_t rows[AIR_N_TABLES] = {0};
    size_t n = 0;
    for (unsigned i = 0; i < trace->layout.n_chunks; i++) {
        const struct sc_chunk *const c = &trace->layout.chunk[i];
        if (!boundary_only || c->table == AIR_TABLE_BOUNDARY) {
            out[n++] = (struct sc_check_chunk){c->table, c->log_h, rows[c->table], sc_trace_column(trace, i, 0), trace->layout.index};
        }
        rows[c->table] += 1u << c->log_h;
    }
    return n;
}

static socle_status check_one(struct sc_check_report *report, struct sc_pool *pool, const struct sc_trace *trace, unsigned what)
{
    struct sc_check_chunk chunks[SC_MAX_ALL_CHUNKS];
    struct sc_public_term *terms = sc_alloc(sc_trace_public(NULL, trace), sizeof *terms);
    if (!terms) {
        return SOCLE_E_NOMEM;
    }
    const size_t n = chunks_of(chunks, trace, false);
    const socle_status st = sc_trace_check_part(report, pool, &sc_machine_rv64im, chunks, n, terms, sc_trace_public(terms, trace), what);
    sc_free(terms);
    return st;
}

socle_status sc_trace_check_built(struct sc_check_report *report, struct sc_pool *pool, const struct sc_trace *trace)
{
    return check_one(report, pool, trace, SC_CHECK_LOCAL | SC_CHECK_GLOBAL);
}

/** The proof is to blame: say which. */
static void name_proof(struct sc_check_report *report, uint32_t index)
{
    char text[sizeof report->text];
    memcpy(text, report->text, sizeof text);
    report->proof = index;
    (void)snprintf(report->text, sizeof report->text, "proof %u: %.480s", (unsigned)index, text);
}

/** One run after the other: what the verifier checks of the ends of segments. */
static socle_status check_ends(struct sc_check_report *report, const struct sc_trace *const *traces, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct sc_trace *const t = traces[i];
        const bool part = t->shape.part == (i == 0 ? SC_FIRST : SC_SEGMENT) && t->shape.index == i;
        if (part && (i == 0 || t->halted == (i + 1 == n)) && (i < 2 || t->entry_ip == traces[i - 1]->ip_end)) {
            continue;
        }
        if (report) {
            (void)snprintf(report->text, sizeof report->text, "%s", part ? "the segment does not go on where the one before it ended" : "not this proof's place in the set");
            name_proof(report, (uint32_t)i);
        }
        return SOCLE_E_REJECT;
    }
    return SOCLE_OK;
}

socle_status sc_trace_check_set(struct sc_check_report *report, struct sc_pool *pool, const struct sc_trace *const *traces, size_t n)
{
    socle_status st = SOCLE_OK;
    size_t n_chunks = 0;
    struct sc_check_chunk *chunks = sc_alloc(n * AIR_MAX_CHUNKS, sizeof *chunks);
    if (report) {
        memset(report, 0, sizeof *report);
        report->table = -1;
    }
    TRY(chunks != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    TRY(check_ends(report, traces, n));
    for (size_t i = 0; i < n; i++) {
        st = check_one(report, pool, traces[i], SC_CHECK_LOCAL);
        if (st == SOCLE_E_REJECT && report) {
            name_proof(report, (uint32_t)i);
        }
        TRY(st);
        n_chunks += chunks_of(chunks + n_chunks, traces[i], true);
    }
    TRY(sc_trace_check_part(report, pool, &sc_machine_rv64im, chunks, n_chunks, NULL, 0, SC_CHECK_GLOBAL));
out:
    sc_free(chunks);
    return st;
}
