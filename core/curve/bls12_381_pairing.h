/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The tower over the base field of BLS12-381 (struct bls_fp12, tower.inc) and its optimal ate pairing.
 */
#ifndef SC_CURVE_BLS12_381_PAIRING_H
#define SC_CURVE_BLS12_381_PAIRING_H

#include "core/curve/bls12_381.h"
#include "core/curve/bls12_381_points.h"

#include <stddef.h>

#define SC_P bls
#define SC_FROB BLS_FROB
#include "core/curve/tower.inc"

/** The product of e(p[i], q[i]) is one, 0 <= i < n; the empty product is. Points are of the groups, or infinity: whoever decodes them
 * has checked the curve and the subgroup.
 * Cost: a loop for each pair and one final exponentiation; no inversion but one. */
bool sc_bls_pairing_is_one(const struct bls_g1 *p, const struct bls_g2 *q, size_t n);

/** The product before the final exponentiation, and the latter: f^(k (p^12 - 1) / r) for a number k that r does not divide, f not 0. */
void sc_bls_miller(struct bls_fp12 *f, const struct bls_g1 *p, const struct bls_g2 *q, size_t n);
void sc_bls_final_exp(struct bls_fp12 *r, const struct bls_fp12 *f);

#endif
