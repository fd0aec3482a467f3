/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside host/api: suites of proofs, and reports of them made anew. Not for others to include.
 */
#ifndef SC_API_BENCH_H
#define SC_API_BENCH_H

#include "host/api/context.h"
#include "host/bench/report.h"
#include "host/bench/run.h"

/** Bytes that the limit of the context leaves. */
uint64_t sc_api_bench_room(const socle_context *ctx);

/** Run a bench of proofs, with the message where the words of a status do not suffice. */
SC_MUST_USE socle_status sc_api_bench_run_proofs(socle_context *ctx, socle_bench *b, const struct socle_bench_options *o);

/** Whether the proofs of a report come out again, those of guests under the profile of the context. E_ARG: it is another one, with the message;
 * E_REJECT, E_VERSION with @p why; what does not fit the memory is left out. */
SC_MUST_USE socle_status sc_api_bench_proofs(socle_context *ctx, struct socle_bench_checked *out, char why[SC_REPORT_WHY], const struct sc_report *r);

#endif
