/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Base field and challenge field against GMP: edges 0, 1, p-1 and seeded random values; facts of the defining polynomial.
 */
#include "core/field/fx.h"

#include <criterion/criterion.h>
#include <gmp.h>

enum { N_EDGE = 8, N_RANDOM = 64, N_VALUES = N_EDGE + N_RANDOM, SEED = 20261123 };

static uint64_t rng_state = SEED;

static uint32_t next_residue(void)
{
    rng_state = rng_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((rng_state >> 33) % FP_P);
}

static fx next_fx(void)
{
    fx r;
    for (int i = 0; i < FX_DEG; i++) {
        r.c[i] = fp_from_u32(next_residue());
    }
    return r;
}

static void fill(uint32_t v[N_VALUES])
{
    static const uint32_t edge[N_EDGE] = {0, 1, 2, 3, FP_P - 1, FP_P - 2, (FP_P - 1) / 2, FP_P / 2 + 1};
    for (int i = 0; i < N_VALUES; i++) {
        v[i] = i < N_EDGE ? edge[i] : next_residue();
    }
}

/* Oracle: elements of Fp[x]/(x^5 + x^2 - 1) as five mpz canonical residues. */
static void oracle_mul(uint32_t out[FX_DEG], const uint32_t a[FX_DEG], const uint32_t b[FX_DEG])
{
    mpz_t d[2 * FX_DEG - 1];
    for (int i = 0; i < 2 * FX_DEG - 1; i++) {
        mpz_init(d[i]);
    }
    mpz_t t;
    mpz_init(t);
    for (int i = 0; i < FX_DEG; i++) {
        for (int j = 0; j < FX_DEG; j++) {
            mpz_set_ui(t, a[i]);
            mpz_addmul_ui(d[i + j], t, b[j]);
        }
    }
    for (int k = 2 * FX_DEG - 2; k >= FX_DEG; k--) {
        mpz_add(d[k - 5], d[k - 5], d[k]);
        mpz_sub(d[k - 3], d[k - 3], d[k]);
    }
    for (int i = 0; i < 2 * FX_DEG - 1; i++) {
        if (i < FX_DEG) {
            out[i] = (uint32_t)mpz_fdiv_ui(d[i], FP_P);
        }
        mpz_clear(d[i]);
    }
    mpz_clear(t);
}

static uint32_t oracle_fp(char op, uint32_t a, uint32_t b)
{
    mpz_t r;
    mpz_init_set_ui(r, a);
    if (op == '+') {
        mpz_add_ui(r, r, b);
    } else if (op == '-') {
        mpz_sub_ui(r, r, b);
    } else {
        mpz_mul_ui(r, r, b);
    }
    const uint32_t v = (uint32_t)mpz_fdiv_ui(r, FP_P);
    mpz_clear(r);
    return v;
}

Test(field, constants_are_what_they_say)
{
    cr_expect_eq((uint64_t)FP_P, (1u << 31) - (1u << 24) + 1);
    cr_expect_eq((uint32_t)(FP_NEG_P_INV * FP_P), 0xffffffffu);
    cr_expect_eq(FP_R1, (uint32_t)((UINT64_C(1) << 32) % FP_P));
    cr_expect_eq(FP_R2, (uint32_t)((uint64_t)FP_R1 * FP_R1 % FP_P));
    mpz_t p;
    mpz_init_set_ui(p, FP_P);
    cr_expect_gt(mpz_probab_prime_p(p, 40), 0);
    mpz_clear(p);
}

Test(field, three_generates_and_roots_have_their_order)
{
    const fp g = fp_from_u32(3);
    cr_expect_eq(fp_pow(g, FP_P - 1), FP_ONE);
    cr_expect_neq(fp_pow(g, (FP_P - 1) / 2), FP_ONE);
    cr_expect_neq(fp_pow(g, (FP_P - 1) / 127), FP_ONE);
    cr_expect_eq(fp_root(0), FP_ONE);
    cr_expect_eq(fp_root(FP_TWO_ADICITY), fp_pow(g, 127));
    for (unsigned n = 1; n <= FP_TWO_ADICITY; n++) {
        cr_expect_eq(fp_pow(fp_root(n), UINT64_C(1) << (n - 1)), fp_neg(FP_ONE), "order of root %u", n);
        cr_expect_eq(fp_sqr(fp_root(n)), fp_root(n - 1));
    }
}

Test(field, base_operations_agree_with_gmp_on_edges_and_random)
{
    uint32_t v[N_VALUES];
    fill(v);
    for (int i = 0; i < N_VALUES; i++) {
        const fp a = fp_from_u32(v[i]);
        cr_expect_lt(a, FP_P);
        cr_expect_eq(fp_to_u32(a), v[i]);
        cr_expect_eq(fp_to_u32(fp_neg(a)), oracle_fp('-', 0, v[i]));
        for (int j = 0; j < N_VALUES; j++) {
            const fp b = fp_from_u32(v[j]);
            cr_expect_eq(fp_to_u32(fp_add(a, b)), oracle_fp('+', v[i], v[j]));
            cr_expect_eq(fp_to_u32(fp_sub(a, b)), oracle_fp('-', v[i], v[j]));
            cr_expect_eq(fp_to_u32(fp_mul(a, b)), oracle_fp('*', v[i], v[j]));
        }
    }
}

Test(field, inverse_of_zero_is_zero_and_others_invert)
{
    uint32_t v[N_VALUES];
    fp in[N_VALUES], out[N_VALUES];
    fill(v);
    for (int i = 0; i < N_VALUES; i++) {
        in[i] = fp_from_u32(v[i]);
        cr_expect_eq(fp_mul(in[i], fp_inv(in[i])), v[i] ? FP_ONE : FP_ZERO);
    }
    sc_fp_batch_inv(out, in, N_VALUES);
    for (int i = 0; i < N_VALUES; i++) {
        cr_expect_eq(out[i], fp_inv(in[i]));
    }
    sc_fp_batch_inv(out, in, 0);
    sc_fp_batch_inv(out, in, 1);
    cr_expect_eq(out[0], FP_ZERO);
}

Test(field, signed_integers_wrap_around_p)
{
    cr_expect_eq(fp_from_i64(0), FP_ZERO);
    cr_expect_eq(fp_from_i64(-1), fp_neg(FP_ONE));
    cr_expect_eq(fp_from_i64(5), fp_from_u32(5));
    cr_expect_eq(fp_from_i64(-(int64_t)(FP_P - 1)), FP_ONE);
}

static fx edge_fx(unsigned k)
{
    static const uint32_t edge[3] = {0, 1, FP_P - 1};
    fx r;
    for (int i = 0; i < FX_DEG; i++, k /= 3) {
        r.c[i] = fp_from_u32(edge[k % 3]);
    }
    return r;
}

static void expect_product(fx a, fx b)
{
    uint32_t x[FX_DEG], y[FX_DEG], want[FX_DEG];
    for (int i = 0; i < FX_DEG; i++) {
        x[i] = fp_to_u32(a.c[i]);
        y[i] = fp_to_u32(b.c[i]);
    }
    oracle_mul(want, x, y);
    const fx r = fx_mul(a, b);
    for (int i = 0; i < FX_DEG; i++) {
        cr_expect_eq(fp_to_u32(r.c[i]), want[i]);
    }
}

Test(field, extension_product_agrees_with_gmp_on_all_edges_and_random)
{
    for (unsigned i = 0; i < 243; i++) {
        for (unsigned j = 0; j < 243; j += 1 + i % 7) {
            expect_product(edge_fx(i), edge_fx(j));
        }
    }
    for (int i = 0; i < 500; i++) {
        expect_product(next_fx(), next_fx());
    }
    fx top; /* the largest Montgomery representatives: the sums of products at their maximum */
    for (int i = 0; i < FX_DEG; i++) {
        top.c[i] = FP_P - 1;
    }
    expect_product(top, top);
}

Test(field, defining_polynomial_is_irreducible)
{
    /* Degree 5 is prime: x^(p^5) = x and gcd(x^p - x, x^5 + x^2 - 1) = 1; the gcd is 1 exactly when x^p - x is a unit. */
    const fx x = {{0, FP_ONE}};
    fx y = x;
    for (int i = 0; i < FX_DEG; i++) {
        y = fx_pow(y, FP_P);
    }
    cr_expect(fx_eq(y, x));
    const fx d = fx_sub(fx_pow(x, FP_P), x);
    /* a unit of the ring Fp[x]/f has order dividing p^5 - 1 when f is square-free: d^(p^5 - 1) = 1 */
    fx e = d;
    for (int i = 0; i < FX_DEG; i++) {
        e = fx_pow(e, FP_P);
    }
    cr_expect(fx_eq(e, d));
    cr_expect(fx_eq(fx_mul(d, fx_inv(d)), FX_ONE));
    /* x^5 = 1 - x^2 */
    cr_expect(fx_eq(fx_pow(x, 5), fx_sub(FX_ONE, fx_sqr(x))));
}

Test(field, frobenius_tables_are_powers_of_x)
{
    for (int i = 0; i < FX_DEG; i++) {
        fx x = FX_ZERO;
        x.c[i] = FP_ONE;
        cr_expect(fx_eq(sc_fx_frobenius(x), fx_pow(x, FP_P)));
    }
    /* the second table is exercised by the inverse, on a basis and at random */
    for (int i = 0; i < 200; i++) {
        fx a = i < FX_DEG ? FX_ZERO : next_fx();
        a.c[i % FX_DEG] = fp_add(a.c[i % FX_DEG], FP_ONE);
        cr_expect(fx_eq(fx_mul(a, fx_inv(a)), FX_ONE));
        cr_expect(fx_eq(sc_fx_frobenius(a), fx_pow(a, FP_P)));
    }
}

Test(field, extension_inverse_works_on_all_edges)
{
    cr_expect(fx_is_zero(fx_inv(FX_ZERO)));
    for (unsigned i = 1; i < 243; i++) {
        const fx a = edge_fx(i);
        cr_expect(fx_eq(fx_mul(a, fx_inv(a)), FX_ONE), "edge %u", i);
    }
}

Test(field, extension_batch_inverse_equals_single)
{
    fx in[40], out[40];
    for (int i = 0; i < 40; i++) {
        in[i] = i % 7 == 3 ? FX_ZERO : next_fx();
    }
    for (size_t n = 0; n <= 40; n++) {
        sc_fx_batch_inv(out, in, n);
        for (size_t i = 0; i < n; i++) {
            cr_expect(fx_eq(out[i], fx_inv(in[i])));
        }
    }
}

Test(field, extension_obeys_the_ring_laws)
{
    for (int i = 0; i < 100; i++) {
        const fx a = next_fx(), b = next_fx(), c = next_fx();
        const fp s = fp_from_u32(next_residue());
        cr_expect(fx_eq(fx_mul(a, fx_add(b, c)), fx_add(fx_mul(a, b), fx_mul(a, c))));
        cr_expect(fx_eq(fx_mul(fx_mul(a, b), c), fx_mul(a, fx_mul(b, c))));
        cr_expect(fx_eq(fx_mul(a, b), fx_mul(b, a)));
        cr_expect(fx_eq(fx_add(fx_sub(a, b), b), a));
        cr_expect(fx_is_zero(fx_add(a, fx_neg(a))));
        cr_expect(fx_eq(fx_mul_fp(a, s), fx_mul(a, fx_from_fp(s))));
        cr_expect(fx_eq(fx_pow(a, 13), fx_mul(fx_sqr(fx_mul(fx_sqr(fx_mul(fx_sqr(a), a)), FX_ONE)), a)));
    }
}
