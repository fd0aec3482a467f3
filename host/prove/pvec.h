/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Planar vectors over the extension field (one array per coefficient) and the loops of the opening over them.
 * All loops work on a range of indices, so that a pool can cut them. The planes of a vector are equally far apart; the two
 * halves given to a fold or a round are parts of one vector, equally far apart for both factors. Owns nothing.
 */
#ifndef SC_PROVE_PVEC_H
#define SC_PROVE_PVEC_H

#include "core/field/fx.h"

#include <stddef.h>

struct pvec {
    fp *c[FX_DEG];
};

static inline fx pv_get(const struct pvec *v, size_t i)
{
    fx r;
    for (unsigned c = 0; c < FX_DEG; c++) {
        r.c[c] = v->c[c][i];
    }
    return r;
}

static inline void pv_put(const struct pvec *v, size_t i, fx a)
{
    for (unsigned c = 0; c < FX_DEG; c++) {
        v->c[c][i] = a.c[c];
    }
}

/** The vector that begins at element @p at. */
static inline struct pvec pv_at(const struct pvec *v, size_t at)
{
    struct pvec r;
    for (unsigned c = 0; c < FX_DEG; c++) {
        r.c[c] = v->c[c] + at;
    }
    return r;
}

/** out[i] = s v[i]. */
void pv_scale(const struct pvec *out, fx s, const struct pvec *v, size_t n);
/** out[i] += s v[i]. */
void pv_axpy(const struct pvec *out, fx s, const struct pvec *v, size_t n);
/** sum f[i] v[i]. */
fx pv_dot_fp(const fp *f, const struct pvec *v, size_t n);
/** sum u[i] v[i]. */
fx pv_dot(const struct pvec *u, const struct pvec *v, size_t n);
/** out[i] = lo[i] + c (hi[i] - lo[i]); out may be lo. */
void pv_fold(const struct pvec *out, const struct pvec *lo, const struct pvec *hi, fx c, size_t n);
void pv_fold_fp(const struct pvec *out, const fp *lo, const fp *hi, fx c, size_t n);
/** out[0] += sum g0 w0, out[1] += sum (2 g1 - g0)(2 w1 - w0): values at 0 and 2 of sum (g0 + X (g1 - g0))(w0 + X (w1 - w0)). */
void pv_round(fx out[2], const struct pvec *g0, const struct pvec *g1, const struct pvec *w0,
              const struct pvec *w1, size_t n);
/** out[i] += sum over q < n_q of a[q] pows[q * stride + i], 0 <= i < n. */
void pv_add_powers(const struct pvec *out, const fx *a, const fp *pows, size_t stride, size_t n_q,
                   size_t n);

#endif
