/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside host/api: proofs of runs that have more than one segment. Not for others to include.
 */
#ifndef SC_API_PROVE_SET_H
#define SC_API_PROVE_SET_H

#include "host/api/program.h"

/** Threads for proofs that are made at the same time: pool[k] makes one of them, outer has a thread for each. */
struct api_workers {
    struct sc_pool *outer; /* NULL when n is 1, and pool[0] is the context's then */
    struct sc_pool *pool[SC_POOL_MAX_THREADS];
    unsigned n;
};

/** As many as the plan's proofs, the context's threads and the memory that is left allow, at least one; sc_api_workers_fini in every case. */
SC_MUST_USE socle_status sc_api_workers_init(struct api_workers *w, socle_context *ctx, const struct api_plan *plan);
void sc_api_workers_fini(struct api_workers *w);

/** Complete the plan of a run that was cut into several segments: tables of all proofs, memory with one proof at a time. */
SC_MUST_USE socle_status sc_api_plan_set(socle_context *ctx, struct socle_run *out, struct api_plan *plan, const struct api_program *l);
/** Prove it. The program's ELF and the plan's segments are needed to the end. */
SC_MUST_USE socle_status sc_api_prove_set(socle_context *ctx, struct socle_proof *out, const struct api_program *l, const struct api_plan *plan);

#endif
