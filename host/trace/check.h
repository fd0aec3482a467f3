/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Checks a trace without proving it: every constraint on every row, every bus balanced, and says what is wrong where.
 * Accepts exactly the traces that have a proof, up to the grouping of tuples by a 124-bit hash with fixed keys.
 * Owns nothing. Theory: docs/spec/argument.md section 1.
 */
#ifndef SC_TRACE_CHECK_H
#define SC_TRACE_CHECK_H

#include "host/trace/trace.h"

/** Rows of one chunk: column c (committed ones only) is cols[c << log_h ..), Montgomery form. */
struct sc_check_chunk {
    unsigned table; /* index in the machine */
    unsigned log_h;
    uint32_t first_row; /* of the table, for the report and for closed-form columns */
    const fp *cols;
    uint32_t index; /* of the proof in its set */
};

/** A term of the verifier: a count of a tuple of canonical residues, slots after the bus id. */
struct sc_public_term {
    enum air_bus bus;
    int count;
    uint32_t slot[AIR_SLOTS - 1];
};

/** The first thing found wrong. */
struct sc_check_report {
    char text[512]; /* empty: nothing is wrong */
    int table;      /* -1: no row is to blame */
    int constraint; /* number in the table; -1: a bus */
    enum air_bus bus;
    uint32_t row;
    uint32_t proof; /* of a set: index of the proof to blame, when there is one */
};

/** SOCLE_OK: the trace is right. SOCLE_E_REJECT: @p report says what is not; NULL saves the search for the words. SOCLE_E_NOMEM.
 * Time: about 1 us per row and thread; memory beside the trace: a few MB. pool may be NULL. */
SC_MUST_USE socle_status sc_trace_check(struct sc_check_report *report, struct sc_pool *pool, const struct sc_machine *m,
                                        const struct sc_check_chunk *chunks, size_t n_chunks,
                                        const struct sc_public_term *terms, size_t n_terms);

/* What is checked: constraints and the buses of one proof; the global bus. */
enum { SC_CHECK_LOCAL = 1, SC_CHECK_GLOBAL = 2 };
/** The same for some of it; the global bus is that of all chunks given, of any proofs. */
SC_MUST_USE socle_status sc_trace_check_part(struct sc_check_report *report, struct sc_pool *pool, const struct sc_machine *m,
                                             const struct sc_check_chunk *chunks, size_t n_chunks, const struct sc_public_term *terms,
                                             size_t n_terms, unsigned what);

/** The verifier's own terms for a built trace; returns how many. out may be NULL. */
size_t sc_trace_public(struct sc_public_term *out, const struct sc_trace *trace);

/** The same for a built trace and its public values. */
SC_MUST_USE socle_status sc_trace_check_built(struct sc_check_report *report, struct sc_pool *pool, const struct sc_trace *trace);

/** The traces of a set, proof 0 first: each by itself, that they are one after the other, and the global bus over all of them. */
SC_MUST_USE socle_status sc_trace_check_set(struct sc_check_report *report, struct sc_pool *pool, const struct sc_trace *const *traces, size_t n);

#endif
