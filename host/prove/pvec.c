/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Loops over planar vectors, scalar reference.
 */
#include "host/prove/pvec.h"

void pv_scale(const struct pvec *out, fx s, const struct pvec *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        pv_put(out, i, fx_mul(s, pv_get(v, i)));
    }
}

void pv_axpy(const struct pvec *out, fx s, const struct pvec *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        pv_put(out, i, fx_add(pv_get(out, i), fx_mul(s, pv_get(v, i))));
    }
}

fx pv_dot_fp(const fp *f, const struct pvec *v, size_t n)
{
    fx sum = FX_ZERO;
    for (size_t i = 0; i < n; i++) {
        sum = fx_add(sum, fx_mul_fp(pv_get(v, i), f[i]));
    }
    return sum;
}

fx pv_dot(const struct pvec *u, const struct pvec *v, size_t n)
{
    fx sum = FX_ZERO;
    for (size_t i = 0; i < n; i++) {
        sum = fx_add(sum, fx_mul(pv_get(u, i), pv_get(v, i)));
    }
    return sum;
}

void pv_fold(const struct pvec *out, const struct pvec *lo, const struct pvec *hi, fx c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const fx a = pv_get(lo, i);
        pv_put(out, i, fx_add(a, fx_mul(c, fx_sub(pv_get(hi, i), a))));
    }
}

void pv_fold_fp(const struct pvec *out, const fp *lo, const fp *hi, fx c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        fx a = fx_mul_fp(c, fp_sub(hi[i], lo[i]));
        a.c[0] = fp_add(a.c[0], lo[i]);
        pv_put(out, i, a);
    }
}

/* 2 b - a */
static fx at_two(fx a, fx b)
{
    return fx_sub(fx_add(b, b), a);
}

void pv_round(fx out[2], const struct pvec *g0, const struct pvec *g1, const struct pvec *w0,
              const struct pvec *w1, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const fx ga = pv_get(g0, i);
        const fx wa = pv_get(w0, i);
        const fx g2 = at_two(ga, pv_get(g1, i));
        const fx w2 = at_two(wa, pv_get(w1, i));
        out[0] = fx_add(out[0], fx_mul(ga, wa));
        out[1] = fx_add(out[1], fx_mul(g2, w2));
    }
}

void pv_add_powers(const struct pvec *out, const fx *a, const fp *pows, size_t stride, size_t n_q,
                   size_t n)
{
    for (size_t i = 0; i < n; i++) {
        fx sum = pv_get(out, i);
        for (size_t q = 0; q < n_q; q++) {
            sum = fx_add(sum, fx_mul_fp(a[q], pows[q * stride + i]));
        }
        pv_put(out, i, sum);
    }
}
