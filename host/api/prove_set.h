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

/** As many as the plan's proofs, the context's threads or devices and the memory that is left allow, at least one; sc_api_workers_fini in every
 * case. */
SC_MUST_USE socle_status sc_api_workers_init(struct api_workers *w, socle_context *ctx, const struct api_plan *plan, unsigned n_devices);
void sc_api_workers_fini(struct api_workers *w);

/** Complete the plan of a run that was cut into several segments: tables of all proofs, memory with one proof at a time. */
SC_MUST_USE socle_status sc_api_plan_set(socle_context *ctx, struct socle_run *out, struct api_plan *plan, const struct api_program *l);
/** Prove it. The program's ELF and the plan's segments are needed to the end. */
SC_MUST_USE socle_status sc_api_prove_set(socle_context *ctx, struct socle_proof *out, const struct api_program *l, const struct api_plan *plan);

/** A place where proofs are made: a device by its id, or "cpu", and how many threads its workers have. */
struct api_place {
    const char *id;
    unsigned threads;
};

/** Times of all proofs of a set at all places by the stored cost model, for sc_share_init: *ns is by place and proof, in ns, from sc_alloc;
 * negative where the model has none; NULL when there is no model. The model's are with all threads of the
 * context, of which a place that is the CPU has a part. */
SC_MUST_USE socle_status sc_api_set_times(socle_context *ctx, double **ns, const struct api_program *l, const struct api_plan *plan,
                                          const struct api_place *places, uint32_t n_places);

#endif
