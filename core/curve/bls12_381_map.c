/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * BLS12-381: maps to curves and cofactors.
 */
#include "core/curve/bls12_381_map.h"

#include "core/curve/bls12_381_map_const.h"
#include "core/curve/bls12_381_points.h"

#include <string.h>

#define SC_G bls_g1
#define SC_K bls_fp
#define SC_M BLS_G1_MAP_
#include "core/curve/map.inc"

#define SC_G bls_g2
#define SC_K bls_fp2
#define SC_M BLS_G2_MAP_
#include "core/curve/map.inc"

/* h_eff = 1 - z = 1 + |z|: RFC 9380, section 8.8.1. */
void sc_bls_g1_clear_cofactor(struct bls_g1_jac *r, const struct bls_g1_jac *a)
{
    struct bls_g1_jac t;
    sc_bls_g1_jac_mul_sparse(&t, a, BLS_PARAM[0]);
    sc_bls_g1_jac_add(r, &t, a);
}

static void jac_neg(struct bls_g2_jac *r, const struct bls_g2_jac *a)
{
    *r = *a;
    bls_fp2_neg(&r->y, &a->y);
}

/* (z^2 - z - 1) a + (z - 1) psi(a) + psi(psi(2 a)) with z a = -(|z| a).
 * Source: Budroni, Pintore, "Efficient hash maps to G2 on BLS curves", ePrint 2017/419, section 4.1; it equals the h_eff of RFC 9380. */
void sc_bls_g2_clear_cofactor(struct bls_g2_jac *r, const struct bls_g2_jac *a)
{
    struct bls_g2 p, psi, u;
    struct bls_g2_jac za, t, s;
    sc_bls_g2_from_jac(&p, a);
    sc_bls_g2_psi(&psi, &p);
    sc_bls_g2_jac_mul_sparse(&za, a, BLS_PARAM[0]);
    jac_neg(&za, &za);
    sc_bls_g2_jac_add_affine(&t, &za, &psi); /* z a + psi(a), times z */
    sc_bls_g2_jac_mul_sparse(&t, &t, BLS_PARAM[0]);
    jac_neg(&t, &t);
    sc_bls_g2_psi(&u, &psi);
    sc_bls_g2_jac_add_affine(&t, &t, &u); /* psi(psi(a)) twice */
    sc_bls_g2_jac_add_affine(&t, &t, &u);
    bls_g2_neg(&psi, &psi);
    bls_g2_neg(&p, &p);
    sc_bls_g2_jac_add_affine(&t, &t, &psi);
    sc_bls_g2_jac_add_affine(&t, &t, &p);
    jac_neg(&s, &za);
    sc_bls_g2_jac_add(r, &t, &s);
}

socle_status sc_bls_map_fp_to_g1(uint8_t out[BLS_G1_EVM], const uint8_t in[BLS_FP_EVM])
{
    struct bls_fp u;
    struct bls_g1_jac t;
    struct bls_g1 p;
    if (!sc_bls_fp_from_evm(&u, in)) {
        memset(out, 0, BLS_G1_EVM);
        return SOCLE_E_FORMAT;
    }
    sc_bls_g1_map(&t, &u);
    sc_bls_g1_clear_cofactor(&t, &t);
    sc_bls_g1_from_jac(&p, &t);
    sc_bls_g1_to_evm(out, &p);
    return SOCLE_OK;
}

socle_status sc_bls_map_fp2_to_g2(uint8_t out[BLS_G2_EVM], const uint8_t in[BLS_FP2_EVM])
{
    struct bls_fp2 u;
    struct bls_g2_jac t;
    struct bls_g2 p;
    if (!sc_bls_fp_from_evm(&u.c0, in) || !sc_bls_fp_from_evm(&u.c1, in + BLS_FP_EVM)) {
        memset(out, 0, BLS_G2_EVM);
        return SOCLE_E_FORMAT;
    }
    sc_bls_g2_map(&t, &u);
    sc_bls_g2_clear_cofactor(&t, &t);
    sc_bls_g2_from_jac(&p, &t);
    sc_bls_g2_to_evm(out, &p);
    return SOCLE_OK;
}
