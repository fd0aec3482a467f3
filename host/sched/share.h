/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Who makes which proof of a set. Workers stand at places: devices, and the CPU. Where the time of each proof at each place is known, the
 * scheduler's plan says which place makes which (scheduler/place.h); a worker whose place has none left takes one from a place that would
 * be later with it. Where it is not known, whoever is free takes the next. A place that its workers left gets no proofs, and what it had is
 * planned anew. Every proof is taken by exactly one worker as long as one is there.
 *
 * Owns its memory; any thread.
 */
#ifndef SC_HOST_SCHED_SHARE_H
#define SC_HOST_SCHED_SHARE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/base/status.h"

#define SC_SHARE_PLACES 32u

struct sc_share {
    pthread_mutex_t lock;
    uint32_t n_proofs, n_places, first; /* first: of the proofs, the first that may not be taken yet */
    const double *ns; /* by place and proof, borrowed; negative: unknown. NULL: all are */
    uint32_t *owner;  /* by proof: its place */
    uint8_t *taken;   /* by proof */
    uint32_t workers[SC_SHARE_PLACES];
    bool stale, planned;
};

/** 1 to SC_SHARE_PLACES places. E_NOMEM; sc_share_fini in every case. */
SC_MUST_USE socle_status sc_share_init(struct sc_share *s, uint32_t n_proofs, uint32_t n_places, const double *ns);
void sc_share_fini(struct sc_share *s);
/** A worker is at @p place. All that are there from the start join before any takes. */
void sc_share_join(struct sc_share *s, uint32_t place);
/** A worker that was at *place and is now at @p now takes a proof; *place = now. false: there is none for it, and it has left. */
bool sc_share_take(struct sc_share *s, uint32_t *proof, uint32_t *place, uint32_t now);
/** A proof is there already and nobody is to make it; before any is taken. */
void sc_share_skip(struct sc_share *s, uint32_t proof);
/** The time until all is done as planned with the workers that are there, in ns; negative when there is no plan. */
double sc_share_span(struct sc_share *s);

#endif
