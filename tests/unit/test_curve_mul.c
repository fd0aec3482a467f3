/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Multiples by endomorphisms against double-and-add, and the parts of scalars, at the edges of both.
 */
#include "core/curve/bls12_381_mul.h"
#include "core/curve/bls12_381_points.h"
#include "core/curve/bn254_mul.h"
#include "core/curve/bn254_points.h"
#include "core/curve/split.h"

#include <criterion/criterion.h>

static uint64_t rng = 20261128;

static uint64_t next(void)
{
    rng = rng * 6364136223846793005u + 1442695040888963407u;
    return rng ^ (rng >> 29);
}

static i128 part(const uint64_t d[2], bool minus)
{
    const u128 v = (u128)d[1] << 64 | d[0];
    return minus ? -(i128)v : (i128)v;
}

/* Curve C, constants P: scalar number i: 0, 1, 2, r - 1, r - 2; powers of |z| up to the fourth, one less and one more; random ones. */
#define SCALAR(C, P)                                                                                        \
    static void C##_scalar(struct C##_fr *k, unsigned i)                                                    \
    {                                                                                                       \
        struct C##_fr z, one;                                                                               \
        const uint64_t w[4] = {next(), next(), next(), next()};                                             \
        C##_fr_one(&one);                                                                                   \
        C##_fr_from_u64(&z, P##_PARAM[0]);                                                                  \
        if (i < 5) {                                                                                        \
            C##_fr_from_u64(k, i < 3 ? i : i - 2);                                                          \
            i < 3 ? (void)0 : C##_fr_neg(k, k);                                                             \
        } else if (i < 17) {                                                                                \
            const uint64_t e = (i - 5) / 3 + 1;                                                             \
            C##_fr_pow(k, &z, &e, 1);                                                                       \
            (i - 5) % 3 == 0 ? C##_fr_sub(k, k, &one) : (i - 5) % 3 == 1 ? C##_fr_add(k, k, &one) : (void)0; \
        } else {                                                                                            \
            C##_fr_from_plain(k, w);                                                                        \
        }                                                                                                   \
    }                                                                                                       \
    /* d_0 + d_1 m + ... */                                                                                 \
    static void C##_sum(struct C##_fr *k, const i128 *d, unsigned n, const struct C##_fr *m)                \
    {                                                                                                       \
        C##_fr_zero(k);                                                                                     \
        for (unsigned j = n; j-- > 0;) {                                                                    \
            const u128 v = (u128)(d[j] < 0 ? -d[j] : d[j]);                                                 \
            const uint64_t w[4] = {(uint64_t)v, (uint64_t)(v >> 64)};                                       \
            struct C##_fr t;                                                                                \
            C##_fr_from_plain(&t, w);                                                                       \
            C##_fr_mul(k, k, m);                                                                            \
            d[j] < 0 ? C##_fr_sub(k, k, &t) : C##_fr_add(k, k, &t);                                         \
        }                                                                                                   \
    }
SCALAR(bn, BN)
SCALAR(bls, BLS)

/* The corners of the cell that the rounding maps everything to have the longest parts; scalars beside each of them, on both sides. */
#define PARTS(C, S, N, BITS)                                                                                \
    static void S##parts(const struct C##_fr *m)                                                            \
    {                                                                                                       \
        for (unsigned i = 0; i < 100 + 16 * (1 << N); i++) {                                                \
            struct C##_fr k, back;                                                                          \
            uint64_t plain[4], d[N][SPLIT_WORDS];                                                           \
            uint8_t minus[N];                                                                               \
            i128 v[N];                                                                                      \
            C##_scalar(&k, i);                                                                              \
            if (i >= 100) {                                                                                 \
                for (unsigned j = 0; j < N; j++) {                                                          \
                    v[j] = (int)(next() % 3) - 1;                                                           \
                    for (unsigned row = 0; row < N; row++) {                                                \
                        const uint64_t *const b = S##BASIS[row * N + j];                                    \
                        const i128 half = part(b, false) / 2;                                               \
                        v[j] += (i - 100) >> row & 1 ? -half : half;                                        \
                    }                                                                                       \
                }                                                                                           \
                C##_sum(&k, v, N, m);                                                                       \
            }                                                                                               \
            C##_fr_to_plain(plain, &k);                                                                     \
            split_scalar(d, minus, plain, S##RATIO, S##BASIS, N);                                           \
            for (unsigned j = 0; j < N; j++) {                                                              \
                v[j] = part(d[j], minus[j]);                                                                \
                cr_assert((u128)(v[j] < 0 ? -v[j] : v[j]) >> BITS == 0, "part %u of scalar %u is too long", j, i); \
            }                                                                                               \
            C##_sum(&back, v, N, m);                                                                        \
            cr_assert(C##_fr_eq(&back, &k), "the parts of scalar %u make another", i);                      \
        }                                                                                                   \
    }
PARTS(bn, BN_G1_, 2, 127)
PARTS(bn, BN_G2_, 4, 64)
PARTS(bls, BLS_G1_, 2, 127)
PARTS(bls, BLS_G2_, 4, 64)

Test(curve_mul, parts_of_scalars_are_short_and_make_the_scalar)
{
    struct bn_fr z, m, t;
    struct bls_fr m_bls;
    bn_fr_from_u64(&z, BN_PARAM[0]);
    bn_fr_from_u64(&t, 6);
    bn_fr_mul(&m, &z, &z);
    bn_fr_mul(&m, &m, &t); /* 6 z^2 */
    BN_G2_parts(&m);
    bn_fr_mul(&t, &z, &t);
    bn_fr_one(&z);
    bn_fr_add(&z, &z, &t);
    bn_fr_mul(&t, &t, &m); /* 36 z^3 */
    bn_fr_add(&z, &z, &t);
    bn_fr_add(&z, &z, &m);
    bn_fr_add(&z, &z, &m);
    bn_fr_add(&z, &z, &m); /* 36 z^3 + 18 z^2 + 6 z + 1 */
    BN_G1_parts(&z);
    bls_fr_from_u64(&m_bls, BLS_PARAM[0]);
    bls_fr_neg(&m_bls, &m_bls);
    BLS_G2_parts(&m_bls);
    bls_fr_sqr(&m_bls, &m_bls);
    bls_fr_neg(&m_bls, &m_bls);
    BLS_G1_parts(&m_bls);
}

#define AGREES(C, g)                                                                                 \
    Test(curve_mul, g##_multiples_by_endomorphism_agree_with_doubling_and_adding)                    \
    {                                                                                                \
        struct g p, want, got;                                                                       \
        struct g##_jac j;                                                                            \
        uint64_t w[4];                                                                               \
        sc_##g##_generator(&p);                                                                      \
        for (unsigned i = 0; i < 60; i++) {                                                          \
            struct C##_fr k;                                                                         \
            C##_scalar(&k, i);                                                                       \
            C##_fr_to_plain(w, &k);                                                                  \
            sc_##g##_mul(&j, &p, w, 4);                                                              \
            sc_##g##_from_jac(&want, &j);                                                            \
            sc_##g##_mul_fr(&j, &p, &k);                                                             \
            sc_##g##_from_jac(&got, &j);                                                             \
            cr_assert(g##_eq(&got, &want) && sc_##g##_on_curve(&got), "scalar %u", i);               \
            if (i % 10 == 9) {                                                                       \
                p = got; /* another point of the subgroup */                                         \
            }                                                                                        \
            struct g inf;                                                                            \
            g##_set_inf(&inf);                                                                       \
            sc_##g##_mul_fr(&j, &inf, &k);                                                           \
            cr_assert(g##_jac_is_inf(&j));                                                           \
        }                                                                                            \
    }
AGREES(bn, bn_g1)
AGREES(bn, bn_g2)
AGREES(bls, bls_g1)
AGREES(bls, bls_g2)
