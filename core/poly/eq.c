/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Equality polynomial, multilinear evaluation, interpolation from small integers. Owns nothing.
 * Theory: docs/spec/field.md, "Variables"; Newton's forward differences for interpolation.
 */
#include "core/poly/eq.h"

#include "core/base/assert.h"

/* 1/2, 1/3, 1/4 in Montgomery form; recomputed by tests/unit/test_eq.c (interpolation). */
static const fp inverse_of[5] = {0, FP_ONE, 0x00ffffffu, 0x00aaaaaau, 0x40000000u};

/* a b + (1 - a)(1 - b) = 1 - a - b + 2 a b */
static fx eq1(fx a, fx b)
{
    const fx ab = fx_mul(a, b);
    return fx_add(fx_sub(fx_sub(FX_ONE, a), b), fx_add(ab, ab));
}

fx sc_eq(const fx *a, const fx *b, unsigned n)
{
    fx r = FX_ONE;
    for (unsigned i = 0; i < n; i++) {
        r = fx_mul(r, eq1(a[i], b[i]));
    }
    return r;
}

fx sc_eq_index(const fx *a, unsigned n, uint64_t index)
{
    fx r = FX_ONE;
    for (unsigned i = 0; i < n; i++) {
        const bool bit = (index >> (n - 1 - i)) & 1;
        r = fx_mul(r, bit ? a[i] : fx_sub(FX_ONE, a[i]));
    }
    return r;
}

void sc_eq_table(fx *out, const fx *point, unsigned n)
{
    SC_ASSERT(n < 32);
    out[0] = FX_ONE;
    for (unsigned k = 0; k < n; k++) {
        for (size_t i = (size_t)1 << k; i-- > 0;) {
            const fx hi = fx_mul(out[i], point[k]);
            out[2 * i] = fx_sub(out[i], hi);
            out[2 * i + 1] = hi;
        }
    }
}

/* Binary counter: level l holds the value of a finished block of 2^l entries. */
struct fold_stack {
    fx level[SC_MLE_MAX_VARS];
};

/* Take in the entry (or finished value) number i; returns the value when i completes the whole vector. */
static fx push(struct fold_stack *s, fx v, uint64_t i, const fx *point, unsigned n)
{
    unsigned l = 0;
    for (; (i >> l) & 1; l++) {
        v = fx_add(s->level[l], fx_mul(point[n - 1 - l], fx_sub(v, s->level[l])));
    }
    if (l < n) {
        s->level[l] = v;
    }
    return v;
}

fx sc_mle_eval(const fx *v, const fx *point, unsigned n)
{
    SC_ASSERT(n <= SC_MLE_MAX_VARS);
    struct fold_stack s;
    fx r = FX_ZERO;
    for (uint64_t i = 0; i >> n == 0; i++) {
        r = push(&s, v[i], i, point, n);
    }
    return r;
}

fx sc_mle_eval_fp(const fp *v, const fx *point, unsigned n)
{
    SC_ASSERT(n <= SC_MLE_MAX_VARS);
    struct fold_stack s;
    fx r = FX_ZERO;
    for (uint64_t i = 0; i >> n == 0; i++) {
        r = push(&s, fx_from_fp(v[i]), i, point, n);
    }
    return r;
}

/* sum_k binomial(x, k) (k-th forward difference at 0); d is overwritten by the differences. */
static fx newton(fx *d, unsigned degree, fx x)
{
    for (unsigned k = 1; k <= degree; k++) {
        for (unsigned i = degree; i >= k; i--) {
            d[i] = fx_sub(d[i], d[i - 1]);
        }
    }
    fx r = d[0], b = FX_ONE, factor = x;
    for (unsigned k = 1; k <= degree; k++) {
        b = fx_mul_fp(fx_mul(b, factor), inverse_of[k]);
        r = fx_add(r, fx_mul(b, d[k]));
        factor = fx_sub(factor, FX_ONE);
    }
    return r;
}

fx sc_interp2(const fx v[3], fx x)
{
    fx d[3] = {v[0], v[1], v[2]};
    return newton(d, 2, x);
}

fx sc_interp4(const fx v[5], fx x)
{
    fx d[5] = {v[0], v[1], v[2], v[3], v[4]};
    return newton(d, 4, x);
}

fx sc_poly_eval(const fx *coef, size_t n, fx x)
{
    fx r = FX_ZERO;
    while (n-- > 0) {
        r = fx_add(fx_mul(r, x), coef[n]);
    }
    return r;
}
