/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The tower over the base field of BN254 (struct bn_fp12, tower.inc) and its optimal ate pairing.
 */
#ifndef SC_CURVE_BN254_PAIRING_H
#define SC_CURVE_BN254_PAIRING_H

#include "core/curve/bn254.h"
#include "core/curve/bn254_points.h"

#include <stddef.h>

#define SC_P bn
#define SC_FROB BN_FROB
#include "core/curve/tower.inc"

/** The product of e(p[i], q[i]) is one, 0 <= i < n; the empty product is. Points are of the groups, or infinity: whoever decodes them
 * has checked the curve and the subgroup.
 * Cost: a loop for each pair and one final exponentiation; no inversion but one. */
bool sc_bn_pairing_is_one(const struct bn_g1 *p, const struct bn_g2 *q, size_t n);

/** The product before the final exponentiation, and the latter: f^(k (p^12 - 1) / r) for a number k that r does not divide, f not 0. */
void sc_bn_miller(struct bn_fp12 *f, const struct bn_g1 *p, const struct bn_g2 *q, size_t n);
void sc_bn_final_exp(struct bn_fp12 *r, const struct bn_fp12 *f);

#endif
