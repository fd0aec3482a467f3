/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Roots in Fp of polynomials of degree at most 3 that are known by values, and seeded randomness.
 */
#ifndef AIRLINT_SOLVE_H
#define AIRLINT_SOLVE_H

#include "core/field/fp.h"

/** Square root mod p; 0 with *ok false when there is none. Tonelli and Shanks. */
static inline fp solve_sqrt(fp a, bool *ok)
{
    *ok = true;
    if (a == 0) {
        return 0;
    }
    fp z = fp_root(24), x = fp_pow(a, 64), t = fp_pow(a, 127); /* x^2 = a t */
    unsigned m = 24;
    while (t != FP_ONE) {
        unsigned i = 0;
        for (fp s = t; s != FP_ONE && i <= m; i++) {
            s = fp_sqr(s);
        }
        if (i >= m) {
            *ok = false;
            return 0;
        }
        fp b = z;
        for (unsigned j = 0; j + i + 1 < m; j++) {
            b = fp_sqr(b);
        }
        x = fp_mul(x, b);
        z = fp_sqr(b);
        t = fp_mul(t, z);
        m = i;
    }
    return x;
}

/** Roots of the polynomial with values y at 0, 1, 2, 3; of a cubic only those among 0 .. 3. Returns how many, at most 4. */
static inline unsigned solve_roots(fp roots[4], const fp y[4])
{
    const fp two = fp_from_u32(2), d1 = fp_sub(y[1], y[0]), d2 = fp_add(fp_sub(y[2], fp_mul(two, y[1])), y[0]);
    const fp d3 = fp_sub(fp_sub(y[3], y[0]), fp_mul(fp_from_u32(3), fp_sub(y[2], y[1])));
    unsigned n = 0;
    if (d3 != 0) {
        for (unsigned k = 0; k < 4; k++) {
            if (y[k] == 0) {
                roots[n++] = fp_from_u32(k);
            }
        }
        return n;
    }
    const fp a = fp_mul(d2, fp_inv(two)), b = fp_sub(d1, a);
    if (a == 0) {
        if (b != 0) {
            roots[n++] = fp_neg(fp_mul(y[0], fp_inv(b)));
        }
        return n;
    }
    bool ok;
    const fp r = solve_sqrt(fp_sub(fp_sqr(b), fp_mul(fp_mul(fp_from_u32(4), a), y[0])), &ok);
    if (ok) {
        const fp inv = fp_inv(fp_mul(two, a));
        roots[n++] = fp_mul(fp_sub(r, b), inv);
        roots[n++] = fp_mul(fp_neg(fp_add(r, b)), inv);
    }
    return n;
}

static inline uint64_t solve_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

#endif
