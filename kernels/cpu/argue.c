/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The argument's loops: affine forms of rows, one layer of the fraction tree from the one below, round sums of a layer.
 * Owns nothing. Theory: docs/spec/argument.md.
 */
#include "kernels/cpu/vec.h"

/* Runs body with i and n lanes over [begin, end); n is VL but in the last piece. */
#define EACH(i, n) for (size_t i = begin, n; i < end && (n = end - i < VL ? end - i : VL, 1); i += VL)

void SC_K(lin_base)(fp *out, const struct sc_lin *l, size_t begin, size_t end)
{
    EACH(i, n) {
        vacc s = vacc_zero();
        for (size_t t = 0; t < l->n; t++) {
            s = vwide_fold(vwide_add(s, vwide_mul(vodd_of(vec_load_n(l->col[t] + i, n)), vodd_set1(l->coef[t].c[0]))));
        }
        vec_store_n(out + (i - begin), vec_add(vacc_reduce(s), vec_set1(l->k.c[0])), n);
    }
}

void SC_K(lin_ext)(fp *out, size_t plane, const struct sc_lin *l, size_t begin, size_t end)
{
    EACH(i, n) {
        vacc s[FX_DEG];
        for (int k = 0; k < FX_DEG; k++) {
            s[k] = vacc_zero();
        }
        size_t t = 0;
        for (; t + 2 <= l->n; t += 2) {
            const vodd x = vodd_of(vec_load_n(l->col[t] + i, n)), y = vodd_of(vec_load_n(l->col[t + 1] + i, n));
            for (int k = 0; k < FX_DEG; k++) {
                s[k] = vacc_mac2(s[k], x, vodd_set1(l->coef[t].c[k]), y, vodd_set1(l->coef[t + 1].c[k]));
            }
        }
        if (t < l->n) {
            const vodd x = vodd_of(vec_load_n(l->col[t] + i, n));
            for (int k = 0; k < FX_DEG; k++) {
                s[k] = vwide_fold(vwide_add(s[k], vwide_mul(x, vodd_set1(l->coef[t].c[k]))));
            }
        }
        vx r;
        for (int k = 0; k < FX_DEG; k++) {
            r.c[k] = vec_add(vacc_reduce(s[k]), vec_set1(l->k.c[k]));
        }
        vx_store_n(out, plane, i - begin, r, n);
    }
}

void SC_K(gkr_up_base)(fp *p, fp *q, size_t plane, const fp *const num[2], const fp *const den[2], size_t in_plane, size_t begin, size_t end)
{
    EACH(i, n) {
        const vx q0 = vx_load_n(den[0], in_plane, i, n), q1 = vx_load_n(den[1], in_plane, i, n);
        const vx a = vx_mul_base(q1, vec_load_n(num[0] + i, n)), b = vx_mul_base(q0, vec_load_n(num[1] + i, n));
        vx_store_n(p, plane, i, vx_add(a, b), n);
        const vxprep x = vx_prep(q0);
        vx_store_n(q, plane, i, vx_mul_prep(q1, &x), n);
    }
}

void SC_K(gkr_up)(fp *p, fp *q, size_t plane, const fp *num, const fp *den, size_t in_plane, size_t half, size_t begin, size_t end)
{
    EACH(i, n) {
        const vxprep q0 = vx_prep(vx_load_n(den, in_plane, i, n));
        const vx q1 = vx_load_n(den, in_plane, i + half, n);
        const vxprep p0 = vx_prep(vx_load_n(num, in_plane, i, n));
        const vx p1 = vx_load_n(num, in_plane, i + half, n);
        vx_store_n(p, plane, i, vx_add(vx_mul_prep(q1, &p0), vx_mul_prep(p1, &q0)), n);
        vx_store_n(q, plane, i, vx_mul_prep(q1, &q0), n);
    }
}

#define INLINE static inline __attribute__((always_inline))

/* In place: a call would pass ten vectors through memory. */
INLINE vx cross(vx a, vx p1, vx q0, vx q1)
{
    const vxprep x = vx_prep(q1), y = vx_prep(q0);
    return vx_add(vx_mul_prep(a, &x), vx_mul_prep(p1, &y));
}

static inline vx at2(vx lo, vx hi)
{
    return vx_sub(vx_dbl(hi), lo);
}

void SC_K(gkr_round)(fx out[2], const fp *const v[4], size_t plane, size_t half, const fp *eq, size_t eq_plane, size_t begin, size_t end)
{
    vx s0 = vx_zero(), s2 = vx_zero();
    EACH(i, n) {
        vx lo[4], hi[4];
        for (int k = 0; k < 4; k++) {
            lo[k] = vx_load_n(v[k], plane, i, n);
            hi[k] = at2(lo[k], vx_load_n(v[k], plane, i + half, n));
        }
        const vxprep e = vx_prep(vx_load_n(eq, eq_plane, i - begin, n));
        s0 = vx_add(s0, vx_mul_prep(cross(lo[0], lo[1], lo[2], lo[3]), &e));
        s2 = vx_add(s2, vx_mul_prep(cross(hi[0], hi[1], hi[2], hi[3]), &e));
    }
    out[0] = vx_sum(s0);
    out[1] = vx_sum(s2);
}

/** eq (n0 d1 + n1 d0) and eq d0 d1 for base n0 and n1, added to s[0] and s[1]. */
INLINE void add_base_point(vx s[2], const vec num[2], const vx den[2], const vxprep *eq)
{
    const vodd n0 = vodd_of(num[0]), n1 = vodd_of(num[1]);
    vx cross_sum;
    for (int k = 0; k < FX_DEG; k++) { /* two products: 2 p^2 < p 2^32 */
        cross_sum.c[k] = vwide_reduce(vwide_add(vwide_mul(n0, vodd_of(den[1].c[k])), vwide_mul(n1, vodd_of(den[0].c[k]))));
    }
    const vxprep d = vx_prep(den[0]);
    s[0] = vx_add(s[0], vx_mul_prep(cross_sum, eq));
    s[1] = vx_add(s[1], vx_mul_prep(vx_mul_prep(den[1], &d), eq));
}

void SC_K(gkr_round_base)(fx out[2], const fp *const num[2], const fp *const den[2], size_t plane, size_t half, fx mu, const fp *eq, size_t eq_plane,
                          size_t begin, size_t end)
{
    vx s0[2] = {vx_zero(), vx_zero()}, s2[2] = {vx_zero(), vx_zero()};
    EACH(i, n) {
        vec v[2], v2[2];
        vx d[2], d2[2];
        for (int k = 0; k < 2; k++) {
            v[k] = vec_load_n(num[k] + i, n);
            v2[k] = vec_sub(vec_dbl(vec_load_n(num[k] + i + half, n)), v[k]);
            d[k] = vx_load_n(den[k], plane, i, n);
            d2[k] = at2(d[k], vx_load_n(den[k], plane, i + half, n));
        }
        const vxprep e = vx_prep(vx_load_n(eq, eq_plane, i - begin, n));
        add_base_point(s0, v, d, &e);
        add_base_point(s2, v2, d2, &e);
    }
    out[0] = fx_add(vx_sum(s0[0]), fx_mul(mu, vx_sum(s0[1])));
    out[1] = fx_add(vx_sum(s2[0]), fx_mul(mu, vx_sum(s2[1])));
}
