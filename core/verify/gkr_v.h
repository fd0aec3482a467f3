/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Verifier of the bus argument: the verifier's own fractions, the root check, and the layers down to one claim
 * about the leaves. Owns nothing. Theory: docs/spec/argument.md sections 1 and 2.
 */
#ifndef SC_VERIFY_GKR_V_H
#define SC_VERIFY_GKR_V_H

#include "core/proof/proof.h"
#include "core/transcript/transcript.h"

/** Challenges of the bus fractions. */
struct sc_bus_point {
    fx alpha, beta[AIR_SLOTS];
};

/** n / d, not reduced. */
struct sc_fraction {
    fx n, d;
};

/** What is left of the bus argument: the leaf numerators and denominators at rho. */
struct sc_leaf_claim {
    fx rho[SC_MAX_VARS];
    fx p, q;
};

/** alpha + beta_0 bus + sum beta_{1+i} slot[i]. */
fx sc_bus_value(const struct sc_bus_point *b, enum air_bus bus, const fp *slot, unsigned n);

/** Sum of the verifier's terms: ends of STATE and of the chains, and the output. Cost: one term per 8 bytes of output. */
struct sc_fraction sc_public_terms(const struct sc_bus_point *b, const struct sc_head_image *image, const struct sc_head_run *run,
                                   const uint8_t *output);

/** 1 <= n_vars <= SC_MAX_VARS. */
SC_MUST_USE socle_status sc_gkr_verify(struct sc_vch *ch, struct sc_leaf_claim *out, unsigned n_vars, struct sc_fraction terms);

#endif
