/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * BLS12-381: k = a + b z^2 and k a = a P - b sigma(P) in G1; k = sum of d_i |z|^i and k a = sum of d_i (-psi)^i(P) in G2.
 * Bounds: k < r = z^4 - z^2 + 1 <= z^4 (tools/curves.py), so b < z^2 < 2^128 and there are four digits d_i < |z| < 2^64.
 */
#include "core/curve/bls12_381_mul.h"

#include "core/curve/bls12_381_points.h"

#include <string.h>

#define SC_G bls_g1
#define SC_K bls_fp
#include "core/curve/multiples.inc"

#define SC_G bls_g2
#define SC_K bls_fp2
#include "core/curve/multiples.inc"

enum { K_WORDS = BLS_FR_N };

/* k = k / d, @p rest the remainder, d of n <= 2 words: one bit after the other, since there is no division of two words everywhere. */
static void divide(uint64_t k[K_WORDS], uint64_t *rest, const uint64_t *d, unsigned n)
{
    uint64_t q[K_WORDS] = {0};
    memset(rest, 0, n * sizeof *rest);
    for (unsigned at = 64 * K_WORDS; at-- > 0;) {
        uint64_t bit = k[at / 64] >> at % 64 & 1, borrow = 0;
        for (unsigned i = 0; i < n; i++) {
            const uint64_t top = rest[i] >> 63;
            rest[i] = rest[i] << 1 | bit;
            bit = top;
        }
        if (bit == 0 && !limbs_ge(rest, d, n)) {
            continue;
        }
        for (unsigned i = 0; i < n; i++) {
            rest[i] = sbb64(rest[i], d[i], &borrow);
        }
        q[at / 64] |= UINT64_C(1) << at % 64;
    }
    memcpy(k, q, sizeof q);
}

void sc_bls_g1_mul_fr(struct bls_g1_jac *r, const struct bls_g1 *a, const struct bls_fr *k)
{
    enum { WIDTH = 5, PER_TABLE = 1 << (WIDTH - 2), WORDS = 2, LEN = 64 * WORDS + 1 };
    struct bls_g1 tables[2 * PER_TABLE];
    int8_t digits[2 * LEN];
    uint64_t quotient[K_WORDS], rest[WORDS];
    bls_fr_to_plain(quotient, k);
    divide(quotient, rest, BLS_PARAM_SQR, WORDS);
    limbs_wnaf(digits, rest, WORDS, WIDTH);
    limbs_wnaf(digits + LEN, quotient, WORDS, WIDTH);
    bls_g1_odd_multiples(tables, a, PER_TABLE);
    for (unsigned i = 0; i < PER_TABLE; i++) {
        struct bls_g1 *const t = &tables[PER_TABLE + i];
        bls_fp_mul(&t->x, &tables[i].x, &BLS_BETA);
        bls_fp_neg(&t->y, &tables[i].y);
    }
    bls_g1_sum_of_digits(r, tables, PER_TABLE, digits, 2, LEN);
}

void sc_bls_g2_mul_fr(struct bls_g2_jac *r, const struct bls_g2 *a, const struct bls_fr *k)
{
    enum { WIDTH = 4, PER_TABLE = 1 << (WIDTH - 2), LEN = 65, N_DIGITS = 4 };
    struct bls_g2 tables[N_DIGITS * PER_TABLE];
    int8_t digits[N_DIGITS * LEN];
    uint64_t quotient[K_WORDS], rest[1];
    bls_fr_to_plain(quotient, k);
    bls_g2_odd_multiples(tables, a, PER_TABLE);
    for (unsigned i = 0; i < N_DIGITS; i++) {
        divide(quotient, rest, BLS_PARAM, 1);
        limbs_wnaf(digits + i * LEN, rest, 1, WIDTH);
        for (unsigned j = 0; j < PER_TABLE && i > 0; j++) {
            struct bls_g2 *const t = &tables[i * PER_TABLE + j];
            sc_bls_g2_psi(t, t - PER_TABLE);
            bls_g2_neg(t, t);
        }
    }
    bls_g2_sum_of_digits(r, tables, PER_TABLE, digits, N_DIGITS, LEN);
}
