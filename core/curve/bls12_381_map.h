/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * BLS12-381: field elements to points, and points into the groups of the pairing. What hashes messages to points with these is
 * core/hash/hash_to_curve.h. Source: RFC 9380, section 8.8; EIP-2537, MAP_FP_TO_G1 and MAP_FP2_TO_G2.
 */
#ifndef SC_CURVE_BLS12_381_MAP_H
#define SC_CURVE_BLS12_381_MAP_H

#include "core/curve/bls12_381.h"

/** map_to_curve of RFC 9380: a point of the curve, in general outside the subgroup; with the same x for u and -u. */
void sc_bls_g1_map(struct bls_g1_jac *r, const struct bls_fp *u);
void sc_bls_g2_map(struct bls_g2_jac *r, const struct bls_fp2 *u);

/** h_eff a, of order r or 1, for any point of the curve. r may be a. */
void sc_bls_g1_clear_cofactor(struct bls_g1_jac *r, const struct bls_g1_jac *a);
void sc_bls_g2_clear_cofactor(struct bls_g2_jac *r, const struct bls_g2_jac *a);

enum { BLS_FP2_EVM = 2 * BLS_FP_EVM };

/** The precompiles MAP_FP_TO_G1 and MAP_FP2_TO_G2 of EIP-2537: map, then clear the cofactor, encodings as sc_bls_g1_from_evm reads them.
 * SOCLE_E_FORMAT and zeros when a coordinate is not canonical. */
SC_MUST_USE socle_status sc_bls_map_fp_to_g1(uint8_t out[BLS_G1_EVM], const uint8_t in[BLS_FP_EVM]);
SC_MUST_USE socle_status sc_bls_map_fp2_to_g2(uint8_t out[BLS_G2_EVM], const uint8_t in[BLS_FP2_EVM]);

#endif
