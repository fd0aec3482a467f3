/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Counters of the queries of the lookup buses into U16T, BYTET and POW2T, filled piece by piece. Inside host/trace.
 * Theory: docs/spec/machine.md sections 3 and 6.
 */
#ifndef SC_TRACE_COUNT_H
#define SC_TRACE_COUNT_H

#include "host/trace/trace.h"

struct sc_counter;

/** NULL without memory. */
struct sc_counter *sc_counter_create(unsigned n_workers);
void sc_counter_destroy(struct sc_counter *k);
/** Count the queries of rows [row, row + n) of a chunk, whose cells are final. Rows of zeros query nothing. Calls with different
 * workers may run at the same time. */
void sc_counter_add(struct sc_counter *k, const struct sc_trace *trace, unsigned chunk, size_t row, size_t n, unsigned worker);
/** Write the multiplicities. Errors: E_BUG when a query is not in its table; @p why names the first, by (chunk, row, use). */
SC_MUST_USE socle_status sc_counter_finish(struct sc_counter *k, const struct sc_trace *trace, char *why, size_t why_size, struct sc_pool *pool);

#endif
