/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside host/api: proofs of a report made anew. Not for others to include.
 */
#ifndef SC_API_BENCH_H
#define SC_API_BENCH_H

#include "host/api/context.h"
#include "host/bench/report.h"

/** Whether the proofs of a report come out again, under the profile of the context. E_ARG: it is another one, with the message; E_REJECT,
 * E_VERSION with @p why; what does not fit the memory is left out. */
SC_MUST_USE socle_status sc_api_bench_proofs(socle_context *ctx, struct socle_bench_checked *out, char why[SC_REPORT_WHY], const struct sc_report *r);

#endif
