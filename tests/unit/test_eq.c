/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Equality polynomial, multilinear evaluation and interpolation against their definitions.
 */
#include "core/poly/eq.h"

#include <criterion/criterion.h>

enum { MAX_N = 7, SEED = 7 };

static uint64_t rng_state = SEED;

static fp next_fp(void)
{
    rng_state = rng_state * 6364136223846793005u + 1442695040888963407u;
    return (fp)((rng_state >> 33) % FP_P);
}

static void random_fx(fx *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (int k = 0; k < FX_DEG; k++) {
            v[i].c[k] = next_fp();
        }
    }
}

static void bits_point(fx *out, unsigned n, uint64_t index)
{
    for (unsigned i = 0; i < n; i++) {
        out[i] = (index >> (n - 1 - i)) & 1 ? FX_ONE : FX_ZERO;
    }
}

Test(eq, table_entry_is_eq_with_the_bits_top_bit_first)
{
    fx a[MAX_N], b[MAX_N], table[1 << MAX_N];
    for (unsigned n = 0; n <= MAX_N; n++) {
        random_fx(a, n);
        sc_eq_table(table, a, n);
        fx sum = FX_ZERO;
        for (uint64_t i = 0; i < (UINT64_C(1) << n); i++) {
            bits_point(b, n, i);
            cr_expect(fx_eq(table[i], sc_eq(a, b, n)));
            cr_expect(fx_eq(table[i], sc_eq_index(a, n, i)));
            sum = fx_add(sum, table[i]);
        }
        cr_expect(fx_eq(sum, FX_ONE));
    }
}

Test(eq, is_the_indicator_of_equality_on_the_cube)
{
    fx a[4], b[4];
    for (uint64_t i = 0; i < 16; i++) {
        for (uint64_t j = 0; j < 16; j++) {
            bits_point(a, 4, i);
            bits_point(b, 4, j);
            cr_expect(fx_eq(sc_eq(a, b, 4), i == j ? FX_ONE : FX_ZERO));
        }
    }
}

Test(eq, evaluation_is_the_inner_product_with_the_table)
{
    fx a[MAX_N], v[1 << MAX_N], lifted[1 << MAX_N], table[1 << MAX_N];
    fp base[1 << MAX_N];
    for (unsigned n = 0; n <= MAX_N; n++) {
        const size_t size = (size_t)1 << n;
        random_fx(a, n);
        random_fx(v, size);
        sc_eq_table(table, a, n);
        fx want = FX_ZERO, want_base = FX_ZERO;
        for (size_t i = 0; i < size; i++) {
            base[i] = next_fp();
            lifted[i] = fx_from_fp(base[i]);
            want = fx_add(want, fx_mul(table[i], v[i]));
            want_base = fx_add(want_base, fx_mul(table[i], lifted[i]));
        }
        cr_expect(fx_eq(sc_mle_eval(v, a, n), want));
        cr_expect(fx_eq(sc_mle_eval_fp(base, a, n), want_base));
    }
}

Test(eq, binding_the_top_variable_first_evaluates)
{
    fx a[MAX_N], v[1 << MAX_N];
    random_fx(a, MAX_N);
    random_fx(v, 1 << MAX_N);
    const fx want = sc_mle_eval(v, a, MAX_N);
    for (unsigned k = 0; k < MAX_N; k++) {
        const size_t half = (size_t)1 << (MAX_N - 1 - k);
        for (size_t i = 0; i < half; i++) {
            v[i] = fx_add(v[i], fx_mul(a[k], fx_sub(v[i + half], v[i])));
        }
    }
    cr_expect(fx_eq(v[0], want));
}

Test(eq, interpolation_recovers_random_polynomials)
{
    for (int round = 0; round < 20; round++) {
        fx coef[5], v[5], x;
        random_fx(coef, 5);
        random_fx(&x, 1);
        for (int i = 0; i < 5; i++) {
            v[i] = sc_poly_eval(coef, 5, fx_from_fp(fp_from_i64(i)));
        }
        cr_expect(fx_eq(sc_interp4(v, x), sc_poly_eval(coef, 5, x)));
        for (int i = 0; i < 5; i++) {
            cr_expect(fx_eq(sc_interp4(v, fx_from_fp(fp_from_i64(i))), v[i]));
        }
        for (int i = 0; i < 3; i++) {
            v[i] = sc_poly_eval(coef, 3, fx_from_fp(fp_from_i64(i)));
        }
        cr_expect(fx_eq(sc_interp2(v, x), sc_poly_eval(coef, 3, x)));
    }
}

Test(eq, a_vector_is_also_a_coefficient_vector)
{
    fx v[1 << MAX_N], x, table[1 << MAX_N];
    random_fx(v, 1 << MAX_N);
    random_fx(&x, 1);
    fx want = FX_ZERO;
    for (size_t i = 0; i < (1 << MAX_N); i++) {
        /* the tensor prod((1 - X_i) + X_i x^(2^(m-i))) at the bits of i is x^i */
        table[i] = FX_ONE;
        for (unsigned k = 1; k <= MAX_N; k++) {
            if ((i >> (MAX_N - k)) & 1) {
                table[i] = fx_mul(table[i], fx_pow(x, UINT64_C(1) << (MAX_N - k)));
            }
        }
        want = fx_add(want, fx_mul(v[i], table[i]));
    }
    cr_expect(fx_eq(sc_poly_eval(v, 1 << MAX_N, x), want));
}
