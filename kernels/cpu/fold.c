/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Folds, equality tables, inner products and quadratic round sums over base and planar extension vectors.
 * Owns nothing. Theory: docs/spec/field.md (binding), docs/spec/whir.md (round polynomial).
 */
#include "kernels/cpu/vec.h"

/* Runs body with i and n lanes over [begin, end); n is VL but in the last piece. */
#define EACH(i, n) for (size_t i = begin, n; i < end && (n = end - i < VL ? end - i : VL, 1); i += VL)

/* The product in place: a call would pass ten vectors through memory. */
static inline __attribute__((always_inline)) vx mul(vx a, vx b)
{
    const vxprep p = vx_prep(b);
    return vx_mul_prep(a, &p);
}

void SC_K(fold_ext)(fp *out, size_t out_plane, const fp *in, size_t plane, size_t half, fx c, size_t begin, size_t end)
{
    const vxprep p = vx_prep(vx_set1(c));
    EACH(i, n) {
        const vx lo = vx_load_n(in, plane, i, n), hi = vx_load_n(in, plane, i + half, n);
        vx_store_n(out, out_plane, i, vx_fold(lo, hi, &p), n);
    }
}

void SC_K(fold_base)(fp *out, size_t out_plane, const fp *in, size_t half, fx c, size_t begin, size_t end)
{
    const vx cc = vx_set1(c);
    EACH(i, n) {
        const vec lo = vec_load_n(in + i, n), hi = vec_load_n(in + i + half, n);
        vx_store_n(out, out_plane, i, vx_add_base(vx_mul_base(cc, vec_sub(hi, lo)), lo), n);
    }
}

void SC_K(eq_step)(fp *t, size_t plane, size_t size, fx c, size_t begin, size_t end)
{
    const vxprep p = vx_prep(vx_set1(c));
    EACH(i, n) {
        const vx v = vx_load_n(t, plane, i, n);
        const vx hi = vx_mul_prep(v, &p);
        vx_store_n(t, plane, i, vx_sub(v, hi), n);
        vx_store_n(t, plane, i + size, hi, n);
    }
}

fx SC_K(dot_base)(const fp *a, const fp *b, size_t b_plane, size_t begin, size_t end)
{
    vacc s[FX_DEG];
    for (int k = 0; k < FX_DEG; k++) {
        s[k] = vacc_zero();
    }
    for (; begin + 2 * VL <= end; begin += 2 * VL) {
        const vodd x = vodd_of(vec_load(a + begin)), x1 = vodd_of(vec_load(a + begin + VL));
        const vx y = vx_load(b, b_plane, begin), y1 = vx_load(b, b_plane, begin + VL);
        for (int k = 0; k < FX_DEG; k++) {
            s[k] = vacc_mac2(s[k], x, vodd_of(y.c[k]), x1, vodd_of(y1.c[k]));
        }
    }
    EACH(i, n) {
        const vodd x = vodd_of(vec_load_n(a + i, n));
        const vx y = vx_load_n(b, b_plane, i, n);
        for (int k = 0; k < FX_DEG; k++) {
            s[k] = vwide_fold(vwide_add(s[k], vwide_mul(x, vodd_of(y.c[k]))));
        }
    }
    vx r;
    for (int k = 0; k < FX_DEG; k++) {
        r.c[k] = vacc_reduce(s[k]);
    }
    return vx_sum(r);
}

fx SC_K(dot_ext)(const fp *a, size_t a_plane, const fp *b, size_t b_plane, size_t begin, size_t end)
{
    vx s = vx_zero();
    EACH(i, n) {
        s = vx_add(s, mul(vx_load_n(a, a_plane, i, n), vx_load_n(b, b_plane, i, n)));
    }
    return vx_sum(s);
}

void SC_K(scale_ext)(fp *y, size_t y_plane, const fp *x, size_t x_plane, fx c, size_t begin, size_t end)
{
    const vxprep p = vx_prep(vx_set1(c));
    EACH(i, n) {
        vx_store_n(y, y_plane, i, vx_mul_prep(vx_load_n(x, x_plane, i, n), &p), n);
    }
}

void SC_K(add_powers)(fp *y, size_t y_plane, const fx *a, const fp *pows, size_t stride, size_t n_q, size_t begin, size_t end)
{
    EACH(i, n) {
        vacc s[FX_DEG];
        for (int k = 0; k < FX_DEG; k++) {
            s[k] = vacc_zero();
        }
        size_t q = 0;
        for (; q + 2 <= n_q; q += 2) {
            const vodd x0 = vodd_of(vec_load_n(pows + q * stride + i, n)), x1 = vodd_of(vec_load_n(pows + (q + 1) * stride + i, n));
            for (int k = 0; k < FX_DEG; k++) {
                s[k] = vacc_mac2(s[k], x0, vodd_set1(a[q].c[k]), x1, vodd_set1(a[q + 1].c[k]));
            }
        }
        vx r = vx_load_n(y, y_plane, i, n);
        for (int k = 0; k < FX_DEG; k++) {
            if (q < n_q) {
                s[k] = vacc_mac(s[k], vec_load_n(pows + q * stride + i, n), vec_set1(a[q].c[k]));
            }
            r.c[k] = vec_add(r.c[k], vacc_reduce(s[k]));
        }
        vx_store_n(y, y_plane, i, r, n);
    }
}

void SC_K(axpy_base)(fp *y, size_t y_plane, const fp *x, fx c, size_t begin, size_t end)
{
    const vx cc = vx_set1(c);
    EACH(i, n) {
        const vx s = vx_add(vx_load_n(y, y_plane, i, n), vx_mul_base(cc, vec_load_n(x + i, n)));
        vx_store_n(y, y_plane, i, s, n);
    }
}

void SC_K(axpy_ext)(fp *y, size_t y_plane, const fp *x, size_t x_plane, fx c, size_t begin, size_t end)
{
    const vxprep p = vx_prep(vx_set1(c));
    EACH(i, n) {
        const vx s = vx_add(vx_load_n(y, y_plane, i, n), vx_mul_prep(vx_load_n(x, x_plane, i, n), &p));
        vx_store_n(y, y_plane, i, s, n);
    }
}

void SC_K(quad_base)(fx out[2], const fp *g, const fp *w, size_t w_plane, size_t half, size_t begin, size_t end)
{
    vx s0 = vx_zero(), s2 = vx_zero();
    EACH(i, n) {
        const vec g0 = vec_load_n(g + i, n), g1 = vec_load_n(g + i + half, n);
        const vx w0 = vx_load_n(w, w_plane, i, n), w1 = vx_load_n(w, w_plane, i + half, n);
        s0 = vx_add(s0, vx_mul_base(w0, g0));
        s2 = vx_add(s2, vx_mul_base(vx_sub(vx_dbl(w1), w0), vec_sub(vec_dbl(g1), g0)));
    }
    out[0] = vx_sum(s0);
    out[1] = vx_sum(s2);
}

void SC_K(quad_ext)(fx out[2], const fp *g, size_t g_plane, const fp *w, size_t w_plane, size_t half, size_t begin, size_t end)
{
    vx s0 = vx_zero(), s2 = vx_zero();
    EACH(i, n) {
        const vx g0 = vx_load_n(g, g_plane, i, n), g1 = vx_load_n(g, g_plane, i + half, n);
        const vx w0 = vx_load_n(w, w_plane, i, n), w1 = vx_load_n(w, w_plane, i + half, n);
        s0 = vx_add(s0, mul(g0, w0));
        s2 = vx_add(s2, mul(vx_sub(vx_dbl(g1), g0), vx_sub(vx_dbl(w1), w0)));
    }
    out[0] = vx_sum(s0);
    out[1] = vx_sum(s2);
}

/* Eight chains hide the latency of a product. */
#define CHAINS 8

fp SC_K(limit_mul)(size_t n)
{
    vec v[CHAINS];
    const vec w = vec_set1(FP_R2);
    for (uint32_t i = 0; i < CHAINS; i++) {
        v[i] = vec_set1(i);
    }
    for (size_t i = 0; i < n; i += CHAINS) {
        for (int j = 0; j < CHAINS; j++) {
            v[j] = vec_mul(v[j], w);
        }
    }
    for (int j = 1; j < CHAINS; j++) {
        v[0] = vec_add(v[0], v[j]);
    }
    return vec_sum(v[0]);
}

fp SC_K(limit_ext_mul)(size_t n)
{
    const vxprep p = vx_prep(vx_set1((fx){{2, 3, 5, 7, 11}}));
    vx v[2] = {vx_set1((fx){{1, 2, 3, 4, 5}}), vx_set1((fx){{5, 4, 3, 2, 1}})};
    for (size_t i = 0; i < n; i += 2) {
        v[0] = vx_mul_prep(v[0], &p);
        v[1] = vx_mul_prep(v[1], &p);
    }
    return vx_sum(vx_add(v[0], v[1])).c[0];
}

fp SC_K(limit_wide)(size_t n)
{
    vwide s[CHAINS];
    vodd w[CHAINS];
    vec x = vec_set1(FP_R1);
    for (uint32_t j = 0; j < CHAINS; j++) {
        s[j] = vwide_zero();
        w[j] = vodd_set1(FP_R2 + j);
    }
    for (size_t i = 0; i < n; i += CHAINS) {
        const vodd a = vodd_of(x);
        for (int j = 0; j < CHAINS; j++) {
            s[j] = vwide_add(s[j], vwide_mul(a, w[j]));
        }
        x = vec_add(x, x);
    }
    vec r = vec_zero();
    for (int j = 0; j < CHAINS; j++) {
        r = vec_add(r, vwide_reduce2(vwide_fold(s[j])));
    }
    return vec_sum(r);
}
