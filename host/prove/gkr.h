/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside the bus argument's prover (gkr.c): its two ways, on the host (gkr_p.c) and on a device (gkr_d.c), and what they share.
 */
#ifndef SC_PROVE_GKR_H
#define SC_PROVE_GKR_H

#include "host/prove/argue.h"

/** Numerator and denominator of an interaction of table @p t as forms over its columns. */
void sc_gkr_forms(struct sc_form *num, struct sc_form *den, const struct air_table *t, const struct air_use *u, const struct sc_bus_point *bus);

/** Send the four values at the end of a layer that has 2^(l + 1) fractions: p of both halves, q of both halves at @p point (l coordinates).
 * @p s becomes the claim on the layer below. */
void sc_gkr_claims(struct sc_pch *ch, struct sc_leaf_claim *s, const fx e[4], const fx *point, unsigned l);

/** A side on the host. */
struct sc_gkr_h;

/** Its layers, and their root. *out is NULL after a failure. E_NOMEM. */
SC_MUST_USE socle_status sc_gkr_h_begin(struct sc_gkr_h **out, fx root[2], const struct sc_columns *c, const struct sc_bus_point *bus,
                                        enum sc_side side);
/** From the root, which was sent, down to the claim on the leaves. */
SC_MUST_USE socle_status sc_gkr_h_layers(struct sc_gkr_h *h, struct sc_pch *ch, struct sc_leaf_claim *out, const fx root[2]);
/** NULL is fine. */
void sc_gkr_h_end(struct sc_gkr_h *h);

/** L on a device. */
struct sc_gkr_d;

/** Bytes that it takes of the columns' device, which is there. */
uint64_t sc_gkr_d_room(const struct sc_columns *c);

/** Leaves and layers of L on the columns' device, which is borrowed until sc_gkr_d_end; @p root is theirs. Not SOCLE_OK: there is no device,
 * or it failed, or there is no room; nothing is held then. */
SC_MUST_USE socle_status sc_gkr_d_begin(struct sc_gkr_d **out, fx root[2], const struct sc_columns *c, const struct sc_bus_point *bus);
/** From the root, which was sent, down to the claim on the leaves. After anything but SOCLE_OK part of it may have been sent. */
SC_MUST_USE socle_status sc_gkr_d_layers(struct sc_gkr_d *d, struct sc_pch *ch, struct sc_leaf_claim *out, const fx root[2]);
/** Gives the device back and frees @p d. Returns how the device did: not SOCLE_OK when it was the device that failed. */
socle_status sc_gkr_d_end(struct sc_gkr_d *d);

#endif
