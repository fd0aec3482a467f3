/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * BLS12-381: fields struct bls_fp, bls_fr, bls_fp2 with functions bls_fp_add and so on (mont.inc, fp2.inc), points struct bls_g1,
 * bls_g2 (group.inc). Representations: docs/internals/curves.md.
 */
#ifndef SC_CURVE_BLS12_381_H
#define SC_CURVE_BLS12_381_H

#include "core/base/rd.h"
#include "core/base/status.h"
#include "core/curve/bls12_381_const.h"
#include "core/curve/limbs.h"
#include "core/curve/modinv.h"

#define SC_F bls_fp
#define SC_FC BLS_FP_
#include "core/curve/mont.inc"

#define SC_F bls_fr
#define SC_FC BLS_FR_
#include "core/curve/mont.inc"

#define SC_F bls_fp
#define SC_F2 bls_fp2
#define SC_XI 1
#include "core/curve/fp2.inc"

#define SC_G bls_g1
#define SC_K bls_fp
#include "core/curve/group.inc"

#define SC_G bls_g2
#define SC_K bls_fp2
#include "core/curve/group.inc"

/** sigma(x, y) = (beta x, y), multiplication by -z^2 on G1; r may be a. */
void sc_bls_g1_sigma(struct bls_g1 *r, const struct bls_g1 *a);
/** The endomorphism untwist, Frobenius, twist: multiplication by z on the subgroup of order r. r may be a. */
void sc_bls_g2_psi(struct bls_g2 *r, const struct bls_g2 *a);

enum { BLS_FP_EVM = 64, BLS_G1_EVM = 128, BLS_G2_EVM = 256, BLS_G1_COMPRESSED = 48, BLS_G2_COMPRESSED = 96 };

/** An element as EIP-2537 writes it: 16 zero bytes, then 48 big-endian. False when the zero bytes are not or it is not below p. */
bool sc_bls_fp_from_evm(struct bls_fp *r, const uint8_t b[BLS_FP_EVM]);

/** Points as EIP-2537 writes them: coordinates of 64 bytes, big-endian with 16 zero bytes first; zeros are infinity.
 * SOCLE_E_FORMAT and infinity when the zero bytes are not, a coordinate is not below p or the point is not on its curve. Membership of the
 * subgroup is not checked: sc_bls_g1_in_subgroup and sc_bls_g2_in_subgroup do. */
SC_MUST_USE socle_status sc_bls_g1_from_evm(struct bls_g1 *r, const uint8_t b[BLS_G1_EVM]);
SC_MUST_USE socle_status sc_bls_g2_from_evm(struct bls_g2 *r, const uint8_t b[BLS_G2_EVM]);
void sc_bls_g1_to_evm(uint8_t b[BLS_G1_EVM], const struct bls_g1 *a);
void sc_bls_g2_to_evm(uint8_t b[BLS_G2_EVM], const struct bls_g2 *a);

/** Points in the compressed form of ZCash: x big-endian (the factor of u first), in the top three bits of the first byte: 1, infinity,
 * y is the greater of the two roots. SOCLE_E_FORMAT and infinity for anything that the encoder does not write. Membership of the subgroup
 * is not checked. */
SC_MUST_USE socle_status sc_bls_g1_from_compressed(struct bls_g1 *r, const uint8_t b[BLS_G1_COMPRESSED]);
SC_MUST_USE socle_status sc_bls_g2_from_compressed(struct bls_g2 *r, const uint8_t b[BLS_G2_COMPRESSED]);
void sc_bls_g1_to_compressed(uint8_t b[BLS_G1_COMPRESSED], const struct bls_g1 *a);
void sc_bls_g2_to_compressed(uint8_t b[BLS_G2_COMPRESSED], const struct bls_g2 *a);

#endif
