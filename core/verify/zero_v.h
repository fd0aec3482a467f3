/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Verifier of the batched sumcheck: all constraints of all chunks and the leaf claims of the bus argument, down to
 * column values at one point. Owns nothing; scratch is the caller's. Theory: docs/spec/argument.md section 3.
 */
#ifndef SC_VERIFY_ZERO_V_H
#define SC_VERIFY_ZERO_V_H

#include "core/verify/gkr_v.h"

/** Scratch elements of sc_zero_verify for any shape of the machine, and of them the column values. */
size_t sc_zero_scratch(const struct sc_machine *m);
size_t sc_max_values(const struct sc_machine *m);

/** Weights eq(block bits of interaction i, first coordinates of rho) of a chunk's uses on one side, into w[sc_uses_of(..).n]. */
void sc_use_weights(fx *w, const struct sc_machine *m, const struct sc_layout *l, const struct sc_chunk *c, enum sc_side side, const fx *rho);

/** Verify the batched sumcheck, reading it and the column values from the channel.
 * r receives l->n_vars coordinates; values l->n_values elements (main in stacking order, IMAGE, BOUNDARY).
 * bus and leaf have an entry for each side; that of G is read where the layout has leaves of G. */
SC_MUST_USE socle_status sc_zero_verify(struct sc_vch *ch, fx *r, fx *values, const struct sc_machine *m, const struct sc_layout *l,
                                        const struct sc_bus_point bus[2], const struct sc_leaf_claim leaf[2], fx *scratch);

#endif
