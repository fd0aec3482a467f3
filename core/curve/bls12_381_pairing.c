/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Optimal ate pairing of BLS12-381: the loop over the bits of |z|, and the final exponentiation.
 */
#include "core/curve/bls12_381_pairing.h"

#define SC_P bls
#define SC_TWIST_D 0
#define SC_G2_B BLS_G2_B
#define SC_HALF BLS_HALF_ONE
#include "core/curve/pairing.inc"

static void bls_miller_loop(struct bls_fp12 *f, struct bls_ray *rays, unsigned n)
{
    bls_fp12_one(f);
    for (unsigned i = 63; i-- > 0;) { /* |z| has 64 bits */
        bls_fp12_sqr(f, f);
        for (unsigned k = 0; k < n; k++) {
            bls_double_step(f, &rays[k]);
            if ((BLS_PARAM[0] >> i & 1) != 0) {
                bls_add_step(f, &rays[k], rays[k].q);
            }
        }
    }
    bls_fp12_conj(f, f); /* z < 0; what differs from the inverse is lost in the final exponentiation */
}

/* a^z. */
static void pow_z(struct bls_fp12 *r, const struct bls_fp12 *a)
{
    bls_fp12_cyclotomic_pow(r, a, BLS_PARAM[0]);
    bls_fp12_conj(r, r);
}

/* The hard part is three times the exponent (p^4 - p^2 + 1) / r: (z - 1)^2 (z + p)(z^2 + p^2 - 1) + 3.
 * Source: Hayashida, Hayasaka, Teruya, "Efficient final exponentiation via cyclotomic structure", ePrint 2020/875, section 5. */
void sc_bls_final_exp(struct bls_fp12 *r, const struct bls_fp12 *f)
{
    struct bls_fp12 a, t, u;
    bls_fp12_conj(&t, f);
    bls_fp12_inv(&u, f);
    bls_fp12_mul(&t, &t, &u);
    bls_fp12_frob(&u, &t, 2);
    bls_fp12_mul(&a, &u, &t); /* f^((p^6 - 1)(p^2 + 1)) */
    for (unsigned i = 0; i < 2; i++) { /* t = a^((z - 1)^2) */
        const struct bls_fp12 *const base = i == 0 ? &a : &t;
        pow_z(&u, base);
        bls_fp12_conj(&t, base);
        bls_fp12_mul(&t, &t, &u);
    }
    pow_z(&u, &t); /* times z + p */
    bls_fp12_frob(&t, &t, 1);
    bls_fp12_mul(&t, &t, &u);
    pow_z(&u, &t); /* times z^2 + p^2 - 1 */
    pow_z(&u, &u);
    bls_fp12_cyclotomic_sqr(r, &a);
    bls_fp12_mul(&a, &a, r); /* a^3 */
    bls_fp12_mul(&a, &a, &u);
    bls_fp12_frob(&u, &t, 2);
    bls_fp12_mul(&a, &a, &u);
    bls_fp12_conj(&t, &t);
    bls_fp12_mul(r, &a, &t);
}
