/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Prover of the opening of one committed polynomial; mirrors core/verify/whir_v.h. Theory: docs/spec/whir.md.
 */
#ifndef SC_PROVE_OPEN_H
#define SC_PROVE_OPEN_H

#include "core/verify/whir_v.h"
#include "host/prove/oracle.h"

/** What sc_whir_verify takes, beside the vector itself. */
struct sc_opening {
    const struct sc_whir_params *wp;
    const struct sc_oracle *oracle; /* commitment to f with the parameters of round 0 */
    const fp *f;                    /* 2^mu_0 base elements */
    const fx *r;
    unsigned H;
    const struct sc_block *blocks;
    const fx *values; /* the columns' values at r; the proof fails when one is wrong */
    size_t n_values;
    fx gamma;
    const struct sc_samples *first; /* drawn before, the claims after those of the columns; NULL: there are none */
    void (*f_done)(void *arg); /* called when f has been read for the last time; may be NULL */
    void *arg;
    struct sc_committer *device; /* for the commitments of later rounds; may be NULL */
};

/** Append the opening to the channel. Errors are also left in the channel. */
SC_MUST_USE socle_status sc_whir_open(struct sc_pch *ch, const struct sc_opening *o);

/** Bytes that it takes of its device, which is there; gamma and values are not read. 0: the device cannot make it. */
uint64_t sc_whir_room(const struct sc_opening *o);

/** The most that an opening holds before and after f_done: 40 bytes for each eight elements of f and the code words of round 1,
 * and little else. @p log_h is the greatest of the blocks, mu_0 with samples; the code words of round 0 are made again. */
struct sc_open_memory {
    size_t with_f, without_f;
};
struct sc_open_memory sc_open_memory(const struct sc_whir_params *wp, unsigned log_h, size_t n_values, unsigned n_threads);

#endif
