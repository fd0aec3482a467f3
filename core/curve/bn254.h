/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * BN254 (alt_bn128): fields struct bn_fp, bn_fr, bn_fp2 with functions bn_fp_add and so on (mont.inc, fp2.inc), points struct bn_g1,
 * bn_g2 (group.inc). Representations: docs/internals/curves.md.
 */
#ifndef SC_CURVE_BN254_H
#define SC_CURVE_BN254_H

#include "core/base/rd.h"
#include "core/base/status.h"
#include "core/curve/bn254_const.h"
#include "core/curve/limbs.h"
#include "core/curve/modinv.h"

#define SC_F bn_fp
#define SC_FC BN_FP_
#include "core/curve/mont.inc"

#define SC_F bn_fr
#define SC_FC BN_FR_
#include "core/curve/mont.inc"

#define SC_F bn_fp
#define SC_F2 bn_fp2
#define SC_XI 9
#include "core/curve/fp2.inc"

#define SC_G bn_g1
#define SC_K bn_fp
#include "core/curve/group.inc"

#define SC_G bn_g2
#define SC_K bn_fp2
#include "core/curve/group.inc"

/** sigma(x, y) = (beta x, y), multiplication by 36 z^3 + 18 z^2 + 6 z + 1 on G1; r may be a. */
void sc_bn_g1_sigma(struct bn_g1 *r, const struct bn_g1 *a);
/** The endomorphism untwist, Frobenius, twist: multiplication by 6 z^2 on the subgroup of order r. r may be a. */
void sc_bn_g2_psi(struct bn_g2 *r, const struct bn_g2 *a);

enum { BN_G1_EVM = 64, BN_G2_EVM = 128 };

/** Points as EIP-196 and EIP-197 write them: coordinates big-endian, the factor of u first; zeros are infinity.
 * SOCLE_E_FORMAT and infinity when a coordinate is not below p or the point is not on its curve. Membership of the subgroup is not checked:
 * for G1 there is nothing to check, for G2 sc_bn_g2_in_subgroup does. */
SC_MUST_USE socle_status sc_bn_g1_from_evm(struct bn_g1 *r, const uint8_t b[BN_G1_EVM]);
SC_MUST_USE socle_status sc_bn_g2_from_evm(struct bn_g2 *r, const uint8_t b[BN_G2_EVM]);
void sc_bn_g1_to_evm(uint8_t b[BN_G1_EVM], const struct bn_g1 *a);
void sc_bn_g2_to_evm(uint8_t b[BN_G2_EVM], const struct bn_g2 *a);

#endif
