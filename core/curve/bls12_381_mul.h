/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * BLS12-381: multiples of points of the groups by their endomorphisms.
 */
#ifndef SC_CURVE_BLS12_381_MUL_H
#define SC_CURVE_BLS12_381_MUL_H

#include "core/curve/bls12_381.h"

/** k a for a of order r or 1; for any other point of the curve the result is another one. Not constant-time.
 * Source: Gallant, Lambert, Vanstone, CRYPTO 2001 (G1); Galbraith, Lin, Scott, EUROCRYPT 2009 (G2). */
void sc_bls_g1_mul_fr(struct bls_g1_jac *r, const struct bls_g1 *a, const struct bls_fr *k);
void sc_bls_g2_mul_fr(struct bls_g2_jac *r, const struct bls_g2 *a, const struct bls_fr *k);

#endif
