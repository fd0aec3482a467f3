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

/** The verifier's terms, each added to a sum that begins as 0/1: the ends of STATE; the ends of the chains and the output, at the
 * cost of one term per 8 bytes. */
void sc_add_state_terms(struct sc_fraction *f, const struct sc_bus_point *b, uint32_t ip_in, uint32_t ts_end, uint32_t ip_out, uint32_t halted);
void sc_add_memory_terms(struct sc_fraction *f, const struct sc_bus_point *b, uint32_t last_ram, uint32_t last_input,
                         const uint8_t *output, uint64_t output_len);
/** All of them, for a single proof. */
struct sc_fraction sc_public_terms(const struct sc_bus_point *b, const struct sc_head_image *image, const struct sc_head_run *run,
                                   const uint8_t *output);

/** Verify both sides, SC_LOCAL and SC_GLOBAL: n_vars[side] layers, 1 <= n_vars[0] <= SC_MAX_VARS, n_vars[1] = 0 where there is no G.
 * @p terms are on the local buses. @p global becomes the root of G, 0/1 where there is none. */
SC_MUST_USE socle_status sc_gkr_verify(struct sc_vch *ch, struct sc_leaf_claim out[2], struct sc_fraction *global, const unsigned n_vars[2],
                                       struct sc_fraction terms);

#endif
