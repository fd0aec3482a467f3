/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The naive cutter: walks the events of a whole recorded run and computes the whole shape at every instruction.
 * Shares nothing with host/exec/cut.c but the limits and the chunks of a number of rows.
 */
#ifndef SC_TESTS_NAIVE_CUT_H
#define SC_TESTS_NAIVE_CUT_H

#include "host/exec/segments.h"

struct naive_span {
    size_t first, n; /* of the run's events */
    uint64_t n_rows[SC_N_TABLES];
    uint64_t regs[SC_N_REGS];
    struct sc_span_word *words; /* by (space, addr), with ts_last */
    size_t n_words;
};

struct naive_cut {
    struct naive_span *spans;
    size_t n_spans;
};

/** NULL, or why the run cannot be cut so. */
const char *naive_cut(struct naive_cut *out, const struct sc_run *run, const struct sc_cut_limits *limits);
void naive_cut_fini(struct naive_cut *c);

/** The stamps of registers that an event of a segment receives, from those before it, which it replaces. The rest of @p e is there. */
void naive_registers(struct sc_event *e, const struct sc_inst *in, uint32_t ts[SC_N_REGS]);

/** By (space, addr), for qsort. */
int naive_by_place(const void *a, const void *b);

#endif
