/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Multiples by endomorphisms against double-and-add, with scalars at the edges of their parts.
 */
#include "core/curve/bls12_381_mul.h"
#include "core/curve/bls12_381_points.h"

#include <criterion/criterion.h>

static uint64_t rng = 20261128;

static uint64_t next(void)
{
    rng = rng * 6364136223846793005u + 1442695040888963407u;
    return rng ^ (rng >> 29);
}

/* Scalar number i: 0, 1, 2, r - 1, r - 2; powers of |z| up to the fourth (which is z^2 - 1 modulo r), one less and one more; random ones. */
static void scalar(struct bls_fr *k, unsigned i)
{
    struct bls_fr z, one;
    const uint64_t w[4] = {next(), next(), next(), next()};
    bls_fr_one(&one);
    bls_fr_from_u64(&z, BLS_PARAM[0]);
    if (i < 5) {
        bls_fr_from_u64(k, i < 3 ? i : i - 2);
        i < 3 ? (void)0 : bls_fr_neg(k, k);
    } else if (i < 17) {
        const uint64_t e = (i - 5) / 3 + 1;
        bls_fr_pow(k, &z, &e, 1);
        (i - 5) % 3 == 0 ? bls_fr_sub(k, k, &one) : (i - 5) % 3 == 1 ? bls_fr_add(k, k, &one) : (void)0;
    } else {
        bls_fr_from_plain(k, w);
    }
}

#define AGREES(g)                                                                                    \
    Test(curve_mul, g##_multiples_by_endomorphism_agree_with_doubling_and_adding)                    \
    {                                                                                                \
        struct g p, want, got;                                                                       \
        struct g##_jac j;                                                                            \
        uint64_t w[4];                                                                               \
        sc_##g##_generator(&p);                                                                      \
        for (unsigned i = 0; i < 60; i++) {                                                          \
            struct bls_fr k;                                                                         \
            scalar(&k, i);                                                                           \
            bls_fr_to_plain(w, &k);                                                                  \
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
AGREES(bls_g1)
AGREES(bls_g2)
