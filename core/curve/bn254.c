/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Points of BN254: the groups, the check of the subgroup of G2, and the encodings of EIP-196 and EIP-197.
 */
#include "core/curve/bn254.h"

#include "core/curve/bn254_points.h"

#define SC_G bn_g1
#define SC_K bn_fp
#define SC_A_MINUS_3 0
#define SC_B BN_G1_B
#define SC_GEN_X BN_G1_GEN_X
#define SC_GEN_Y BN_G1_GEN_Y
#include "core/curve/group_body.inc"

#define SC_G bn_g2
#define SC_K bn_fp2
#define SC_A_MINUS_3 0
#define SC_B BN_G2_B
#define SC_GEN_X BN_G2_GEN_X
#define SC_GEN_Y BN_G2_GEN_Y
#include "core/curve/group_body.inc"

bool sc_bn_g1_in_subgroup(const struct bn_g1 *a)
{
    (void)a;
    return true; /* the curve has r points */
}

void sc_bn_g1_sigma(struct bn_g1 *r, const struct bn_g1 *a)
{
    bn_fp_mul(&r->x, &a->x, &BN_BETA);
    r->y = a->y;
}

void sc_bn_g2_psi(struct bn_g2 *r, const struct bn_g2 *a)
{
    bn_fp2_conj(&r->x, &a->x);
    bn_fp2_conj(&r->y, &a->y);
    bn_fp2_mul(&r->x, &r->x, &BN_PSI_X);
    bn_fp2_mul(&r->y, &r->y, &BN_PSI_Y);
}

/* psi(a) = 6 z^2 a: tools/curves.py asserts that this holds for points of order r or 1 only. */
bool sc_bn_g2_in_subgroup(const struct bn_g2 *a)
{
    struct bn_g2_jac t;
    struct bn_g2 want, psi;
    sc_bn_g2_mul(&t, a, BN_PARAM_6SQR, 2);
    sc_bn_g2_from_jac(&want, &t);
    sc_bn_g2_psi(&psi, a);
    return bn_g2_eq(&want, &psi);
}

socle_status sc_bn_g1_from_evm(struct bn_g1 *r, const uint8_t b[BN_G1_EVM])
{
    if (!bn_fp_from_be(&r->x, b) || !bn_fp_from_be(&r->y, b + 32) || !sc_bn_g1_on_curve(r)) {
        bn_g1_set_inf(r);
        return SOCLE_E_FORMAT;
    }
    return SOCLE_OK;
}

socle_status sc_bn_g2_from_evm(struct bn_g2 *r, const uint8_t b[BN_G2_EVM])
{
    const bool x = bn_fp_from_be(&r->x.c1, b) && bn_fp_from_be(&r->x.c0, b + 32);
    const bool y = bn_fp_from_be(&r->y.c1, b + 64) && bn_fp_from_be(&r->y.c0, b + 96);
    if (!x || !y || !sc_bn_g2_on_curve(r)) {
        bn_g2_set_inf(r);
        return SOCLE_E_FORMAT;
    }
    return SOCLE_OK;
}

void sc_bn_g1_to_evm(uint8_t b[BN_G1_EVM], const struct bn_g1 *a)
{
    bn_fp_to_be(b, &a->x);
    bn_fp_to_be(b + 32, &a->y);
}

void sc_bn_g2_to_evm(uint8_t b[BN_G2_EVM], const struct bn_g2 *a)
{
    bn_fp_to_be(b, &a->x.c1);
    bn_fp_to_be(b + 32, &a->x.c0);
    bn_fp_to_be(b + 64, &a->y.c1);
    bn_fp_to_be(b + 96, &a->y.c0);
}
