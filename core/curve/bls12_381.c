/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Points of BLS12-381: the groups, the checks of the subgroups, the encodings of EIP-2537 and the compressed form of ZCash.
 */
#include "core/curve/bls12_381.h"

#include "core/curve/bls12_381_points.h"

#include <string.h>

#define SC_G bls_g1
#define SC_K bls_fp
#define SC_A_MINUS_3 0
#define SC_B BLS_G1_B
#define SC_GEN_X BLS_G1_GEN_X
#define SC_GEN_Y BLS_G1_GEN_Y
#include "core/curve/group_body.inc"

#define SC_G bls_g2
#define SC_K bls_fp2
#define SC_A_MINUS_3 0
#define SC_B BLS_G2_B
#define SC_GEN_X BLS_G2_GEN_X
#define SC_GEN_Y BLS_G2_GEN_Y
#include "core/curve/group_body.inc"

enum { FP_BYTES = 48, WORD = BLS_FP_EVM, PAD = WORD - FP_BYTES, COMPRESSED = 0x80, INFINITE = 0x40, GREATER = 0x20, FLAGS = 0xe0 };

void sc_bls_g1_sigma(struct bls_g1 *r, const struct bls_g1 *a)
{
    bls_fp_mul(&r->x, &a->x, &BLS_BETA);
    r->y = a->y;
}

/* sigma(a) = -z^2 a: tools/curves.py asserts that this holds for points of order r or 1 only. */
bool sc_bls_g1_in_subgroup(const struct bls_g1 *a)
{
    struct bls_g1_jac t;
    struct bls_g1 want, sigma;
    sc_bls_g1_to_jac(&t, a);
    sc_bls_g1_jac_mul_sparse(&t, &t, BLS_PARAM[0]); /* six bits of |z| are set */
    sc_bls_g1_jac_mul_sparse(&t, &t, BLS_PARAM[0]);
    sc_bls_g1_from_jac(&want, &t);
    bls_g1_neg(&want, &want);
    sc_bls_g1_sigma(&sigma, a);
    return bls_g1_eq(&want, &sigma);
}

void sc_bls_g2_psi(struct bls_g2 *r, const struct bls_g2 *a)
{
    bls_fp2_conj(&r->x, &a->x);
    bls_fp2_conj(&r->y, &a->y);
    bls_fp2_mul(&r->x, &r->x, &BLS_PSI_X);
    bls_fp2_mul(&r->y, &r->y, &BLS_PSI_Y);
}

/* psi(a) = z a, z < 0: tools/curves.py asserts that this holds for points of order r or 1 only. */
bool sc_bls_g2_in_subgroup(const struct bls_g2 *a)
{
    struct bls_g2_jac t;
    struct bls_g2 want, psi;
    sc_bls_g2_to_jac(&t, a);
    sc_bls_g2_jac_mul_sparse(&t, &t, BLS_PARAM[0]);
    sc_bls_g2_from_jac(&want, &t);
    bls_g2_neg(&want, &want);
    sc_bls_g2_psi(&psi, a);
    return bls_g2_eq(&want, &psi);
}

bool sc_bls_fp_from_evm(struct bls_fp *r, const uint8_t b[BLS_FP_EVM])
{
    uint8_t pad = 0;
    for (unsigned i = 0; i < PAD; i++) {
        pad |= b[i];
    }
    return bls_fp_from_be(r, b + PAD) && pad == 0;
}

static void to_padded(uint8_t b[WORD], const struct bls_fp *a)
{
    memset(b, 0, PAD);
    bls_fp_to_be(b + PAD, a);
}

socle_status sc_bls_g1_from_evm(struct bls_g1 *r, const uint8_t b[BLS_G1_EVM])
{
    if (!(sc_bls_fp_from_evm(&r->x, b) && sc_bls_fp_from_evm(&r->y, b + WORD)) || !sc_bls_g1_on_curve(r)) {
        bls_g1_set_inf(r);
        return SOCLE_E_FORMAT;
    }
    return SOCLE_OK;
}

socle_status sc_bls_g2_from_evm(struct bls_g2 *r, const uint8_t b[BLS_G2_EVM])
{
    const bool x = sc_bls_fp_from_evm(&r->x.c0, b) && sc_bls_fp_from_evm(&r->x.c1, b + WORD);
    const bool y = sc_bls_fp_from_evm(&r->y.c0, b + 2 * WORD) && sc_bls_fp_from_evm(&r->y.c1, b + 3 * WORD);
    if (!x || !y || !sc_bls_g2_on_curve(r)) {
        bls_g2_set_inf(r);
        return SOCLE_E_FORMAT;
    }
    return SOCLE_OK;
}

void sc_bls_g1_to_evm(uint8_t b[BLS_G1_EVM], const struct bls_g1 *a)
{
    to_padded(b, &a->x);
    to_padded(b + WORD, &a->y);
}

void sc_bls_g2_to_evm(uint8_t b[BLS_G2_EVM], const struct bls_g2 *a)
{
    to_padded(b, &a->x.c0);
    to_padded(b + WORD, &a->x.c1);
    to_padded(b + 2 * WORD, &a->y.c0);
    to_padded(b + 3 * WORD, &a->y.c1);
}

/* The flag of infinity stands over zeros only, and with no flag of y. */
static bool is_coded_infinity(const uint8_t *b, size_t len)
{
    uint8_t rest = b[0] & (uint8_t)~(COMPRESSED | INFINITE);
    for (size_t i = 1; i < len; i++) {
        rest |= b[i];
    }
    return (b[0] & INFINITE) != 0 && rest == 0;
}

static bool x_from_flagged(struct bls_fp *r, const uint8_t b[FP_BYTES])
{
    uint8_t x[FP_BYTES];
    memcpy(x, b, FP_BYTES);
    x[0] &= (uint8_t)~FLAGS;
    return bls_fp_from_be(r, x);
}

socle_status sc_bls_g1_from_compressed(struct bls_g1 *r, const uint8_t b[BLS_G1_COMPRESSED])
{
    struct bls_fp t;
    bls_g1_set_inf(r);
    if ((b[0] & COMPRESSED) != 0 && is_coded_infinity(b, BLS_G1_COMPRESSED)) {
        return SOCLE_OK;
    }
    struct bls_g1 p;
    if ((b[0] & COMPRESSED) == 0 || (b[0] & INFINITE) != 0 || !x_from_flagged(&p.x, b)) {
        return SOCLE_E_FORMAT;
    }
    sc_bls_g1_rhs(&t, &p.x);
    if (!bls_fp_sqrt(&p.y, &t)) {
        return SOCLE_E_FORMAT;
    }
    if (bls_fp_is_greater_half(&p.y) != ((b[0] & GREATER) != 0)) {
        bls_fp_neg(&p.y, &p.y);
    }
    *r = p;
    return SOCLE_OK;
}

socle_status sc_bls_g2_from_compressed(struct bls_g2 *r, const uint8_t b[BLS_G2_COMPRESSED])
{
    struct bls_fp2 t;
    bls_g2_set_inf(r);
    if ((b[0] & COMPRESSED) != 0 && is_coded_infinity(b, BLS_G2_COMPRESSED)) {
        return SOCLE_OK;
    }
    struct bls_g2 p;
    if ((b[0] & COMPRESSED) == 0 || (b[0] & INFINITE) != 0 || !x_from_flagged(&p.x.c1, b) || !bls_fp_from_be(&p.x.c0, b + FP_BYTES)) {
        return SOCLE_E_FORMAT;
    }
    sc_bls_g2_rhs(&t, &p.x);
    if (!bls_fp2_sqrt(&p.y, &t)) {
        return SOCLE_E_FORMAT;
    }
    if (bls_fp2_is_greater_half(&p.y) != ((b[0] & GREATER) != 0)) {
        bls_fp2_neg(&p.y, &p.y);
    }
    *r = p;
    return SOCLE_OK;
}

void sc_bls_g1_to_compressed(uint8_t b[BLS_G1_COMPRESSED], const struct bls_g1 *a)
{
    bls_fp_to_be(b, &a->x);
    b[0] |= bls_g1_is_inf(a) ? COMPRESSED | INFINITE : bls_fp_is_greater_half(&a->y) ? COMPRESSED | GREATER : COMPRESSED;
}

void sc_bls_g2_to_compressed(uint8_t b[BLS_G2_COMPRESSED], const struct bls_g2 *a)
{
    bls_fp_to_be(b, &a->x.c1);
    bls_fp_to_be(b + FP_BYTES, &a->x.c0);
    b[0] |= bls_g2_is_inf(a) ? COMPRESSED | INFINITE : bls_fp2_is_greater_half(&a->y) ? COMPRESSED | GREATER : COMPRESSED;
}
