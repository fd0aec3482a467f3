/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Loops over planar vectors: the kernels of the process on vectors whose planes are equally far apart.
 */
#include "host/prove/pvec.h"

#include "core/base/assert.h"
#include "kernels/cpu/cpu_ops.h"

static size_t plane_of(const struct pvec *v)
{
    SC_ASSERT(v->c[4] - v->c[3] == v->c[1] - v->c[0]);
    return (size_t)(v->c[1] - v->c[0]);
}

void pv_scale(const struct pvec *out, fx s, const struct pvec *v, size_t n)
{
    sc_cpu_ops_now()->scale_ext(out->c[0], plane_of(out), v->c[0], plane_of(v), s, 0, n);
}

void pv_axpy(const struct pvec *out, fx s, const struct pvec *v, size_t n)
{
    sc_cpu_ops_now()->axpy_ext(out->c[0], plane_of(out), v->c[0], plane_of(v), s, 0, n);
}

fx pv_dot_fp(const fp *f, const struct pvec *v, size_t n)
{
    return sc_cpu_ops_now()->dot_base(f, v->c[0], plane_of(v), 0, n);
}

fx pv_dot(const struct pvec *u, const struct pvec *v, size_t n)
{
    return sc_cpu_ops_now()->dot_ext(u->c[0], plane_of(u), v->c[0], plane_of(v), 0, n);
}

/* Elements from lo to hi, parts of one vector. */
static size_t apart(const struct pvec *lo, const struct pvec *hi)
{
    SC_ASSERT(plane_of(lo) == plane_of(hi));
    return (size_t)(hi->c[0] - lo->c[0]);
}

void pv_fold(const struct pvec *out, const struct pvec *lo, const struct pvec *hi, fx c, size_t n)
{
    sc_cpu_ops_now()->fold_ext(out->c[0], plane_of(out), lo->c[0], plane_of(lo), apart(lo, hi), c, 0, n);
}

void pv_fold_fp(const struct pvec *out, const fp *lo, const fp *hi, fx c, size_t n)
{
    sc_cpu_ops_now()->fold_base(out->c[0], plane_of(out), lo, (size_t)(hi - lo), c, 0, n);
}

void pv_round(fx out[2], const struct pvec *g0, const struct pvec *g1, const struct pvec *w0,
              const struct pvec *w1, size_t n)
{
    fx sum[2];
    SC_ASSERT(apart(g0, g1) == apart(w0, w1));
    sc_cpu_ops_now()->quad_ext(sum, g0->c[0], plane_of(g0), w0->c[0], plane_of(w0), apart(g0, g1), 0, n);
    (void)w1;
    out[0] = fx_add(out[0], sum[0]);
    out[1] = fx_add(out[1], sum[1]);
}

void pv_add_powers(const struct pvec *out, const fx *a, const fp *pows, size_t stride, size_t n_q,
                   size_t n)
{
    sc_cpu_ops_now()->add_powers(out->c[0], plane_of(out), a, pows, stride, n_q, 0, n);
}
