/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Parameter schedules of the polynomial opening, one per size, and the profiles that hold them.
 * Data: schedules.inc, made by tools/params.py. Theory: docs/spec/parameters.md.
 */
#ifndef SC_BUDGET_PARAMS_H
#define SC_BUDGET_PARAMS_H

#include <stdbool.h>
#include <stdint.h>

#define SC_WHIR_MAX_ROUNDS 6
#define SC_WHIR_MAX_OOD 3
#define SC_WHIR_MAX_K 10
#define SC_WHIR_MAX_T 320
#define SC_WHIR_MAX_FINAL 8 /* log2 of the final polynomial's length */
#define SC_M0_MIN 16
#define SC_M0_MAX 30

/** One round: 2^mu values, folded k times, encoded at rate 2^-lr. */
struct sc_whir_round {
    uint8_t mu, k, lr;
    uint8_t m;   /* 0: unique decoding; otherwise Johnson regime with this multiplicity */
    uint8_t ood; /* samples of this round's own polynomial, drawn when it is committed. In round 0 the opening neither draws nor
                  * reads them: whoever commits does, and has them among the claims; 0 there in main and image schedules */
    uint8_t gq;  /* grinding before the query indices */
    uint8_t gf;  /* grinding before each of the k folding challenges */
    uint16_t t;  /* queries */
};

struct sc_whir_params {
    uint8_t n_rounds, mu_final;
    struct sc_whir_round r[SC_WHIR_MAX_ROUNDS];
};

/** Where the prover of a set ends a segment: as late as all three hold for the segment's tables as laid out, chunks and blocks padded.
 * They bound segments 1 .. S, not proof 0, and are the prover's alone: a verifier has the limits of docs/spec/proof.md, which are wider.
 * Each is a log2, and the power itself is allowed. */
struct sc_cut_limits {
    uint8_t log_cells;  /* m0 of the stacked main polynomial; BOUNDARY is not in it */
    uint8_t log_leaves; /* nL of the local bus argument L, with the five local uses of BOUNDARY */
    uint8_t log_global; /* likewise of the global argument G: four leaves for each row of BOUNDARY's chunks */
};

struct sc_profile {
    const char *name;
    uint8_t logup_pow;
    uint8_t min_m0, max_m0;
    struct sc_cut_limits cut;
    uint16_t min_bits_x100; /* smallest term of any proof */
    uint16_t sum_bits_x100; /* sum of all terms of the worst single proof */
    uint16_t set_bits_x100; /* of the worst proof of a set */
    struct sc_whir_params main[SC_M0_MAX + 1];  /* by m0 */
    struct sc_whir_params image[SC_M0_MAX + 1]; /* by m0 */
    struct sc_whir_params boundary[SC_M0_MAX + 1]; /* by m0; r[0].ood samples in the set's transcript */
};

const struct sc_profile *sc_profile_default(void);
/** Shipped profiles: number @p i (the default is number 0), NULL behind the last. */
const struct sc_profile *sc_profile_shipped(unsigned i);
/** The shipped profile of this digest, or NULL. */
const struct sc_profile *sc_profile_find(const uint8_t digest[32]);

/** Digest of the canonical encoding, docs/spec/parameters.md. */
void sc_profile_digest(uint8_t out[32], const struct sc_profile *p);

/** The shape is one that prover and verifier can run: sums agree, domains exist, bounds hold. */
bool sc_whir_params_ok(const struct sc_whir_params *wp);

/** log2 of the length of round r's code words and of its number of leaves. */
static inline unsigned sc_whir_log_n(const struct sc_whir_round *r)
{
    return (unsigned)(r->mu - r->k + r->lr);
}

#endif
