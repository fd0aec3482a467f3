/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Optimal ate pairing of BN254: the loop over the bits of 6 z + 2 with two more lines, and the final exponentiation.
 */
#include "core/curve/bn254_pairing.h"

#define SC_P bn
#define SC_TWIST_D 1
#define SC_G2_B BN_G2_B
#define SC_HALF BN_HALF_ONE
#include "core/curve/pairing.inc"

static void bn_miller_loop(struct bn_fp12 *f, struct bn_ray *rays, unsigned n)
{
    bn_fp12_one(f);
    for (unsigned i = 64; i-- > 0;) { /* 6 z + 2 has 65 bits */
        bn_fp12_sqr(f, f);
        for (unsigned k = 0; k < n; k++) {
            bn_double_step(f, &rays[k]);
            if (limbs_bits(BN_LOOP, 2, i, 1) != 0) {
                bn_add_step(f, &rays[k], rays[k].q);
            }
        }
    }
    for (unsigned k = 0; k < n; k++) { /* psi(q), then -psi^2(q) */
        struct bn_g2 q;
        sc_bn_g2_psi(&q, rays[k].q);
        bn_add_step(f, &rays[k], &q);
        sc_bn_g2_psi(&q, &q);
        bn_g2_neg(&q, &q);
        bn_add_step(f, &rays[k], &q);
    }
}

/* The hard part is 2 z (6 z^2 + 3 z + 1) times the exponent (p^4 - p^2 + 1) / r.
 * Source: Fuentes-Castaneda, Knapp, Rodriguez-Henriquez, "Faster hashing to G2", SAC 2011, section 5. With a the easy part:
 * b = a^(2z), c = a^(6z), d = a^(6z^2), g = a^(6z + 6z^2 + 12z^3); the result is a d g  (g / b)^p  g^(p^2)  (g / (a b))^(p^3). */
void sc_bn_final_exp(struct bn_fp12 *r, const struct bn_fp12 *f)
{
    struct bn_fp12 a, b, d, g, t;
    bn_fp12_conj(&a, f);
    bn_fp12_inv(&t, f);
    bn_fp12_mul(&a, &a, &t);
    bn_fp12_frob(&t, &a, 2);
    bn_fp12_mul(&a, &a, &t); /* f^((p^6 - 1)(p^2 + 1)) */
    bn_fp12_cyclotomic_pow(&b, &a, BN_PARAM[0]);
    bn_fp12_cyclotomic_sqr(&b, &b);
    bn_fp12_cyclotomic_sqr(&t, &b);
    bn_fp12_mul(&g, &t, &b); /* c */
    bn_fp12_cyclotomic_pow(&d, &g, BN_PARAM[0]);
    bn_fp12_cyclotomic_sqr(&t, &d);
    bn_fp12_cyclotomic_pow(&t, &t, BN_PARAM[0]);
    bn_fp12_mul(&g, &g, &d);
    bn_fp12_mul(&g, &g, &t);
    bn_fp12_mul(&d, &d, &g);
    bn_fp12_mul(&d, &d, &a); /* a d g */
    bn_fp12_conj(&b, &b);
    bn_fp12_mul(&b, &b, &g); /* g / b */
    bn_fp12_frob(&t, &b, 1);
    bn_fp12_mul(&d, &d, &t);
    bn_fp12_frob(&t, &g, 2);
    bn_fp12_mul(&d, &d, &t);
    bn_fp12_conj(&a, &a);
    bn_fp12_mul(&b, &b, &a);
    bn_fp12_frob(&t, &b, 3);
    bn_fp12_mul(r, &d, &t);
}
