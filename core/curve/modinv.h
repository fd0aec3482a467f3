/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inverses modulo an odd prime by divisions by two: 62 steps at a time on the low words, then one product with a 2 x 2 matrix.
 * Takes different times for different numbers.
 * Source: Bernstein, Yang, "Fast constant-time gcd computation and modular inversion", TCHES 2019(3), with the steps of variable length
 * that P. Wuille's description adds (several zeros at once; up to six bits of g cancelled by a multiple of f).
 */
#ifndef SC_CURVE_MODINV_H
#define SC_CURVE_MODINV_H

#include "core/curve/limbs.h"

#include <string.h>

#ifdef SC_INT128
#define SC_HAVE_MODINV

enum { MODINV_MAX = 7 };
#define MODINV_MASK (UINT64_MAX >> 2)

/* Numbers in limbs of 62 bits, least first, the top one with the sign. */
struct modinv {
    int64_t f[MODINV_MAX], g[MODINV_MAX]; /* f odd; gcd(f, g) = 1 */
    int64_t d[MODINV_MAX], e[MODINV_MAX]; /* d a = f, e a = g modulo p; both in (-2 p, p) */
    int64_t p[MODINV_MAX];
};

/* 2^62 times what 62 steps do: f' = u f + v g, g' = q f + r g. */
struct modinv_matrix {
    int64_t u, v, q, r;
};

static inline void modinv_split(int64_t *r, unsigned n_limbs, const uint64_t *a, unsigned n)
{
    for (unsigned i = 0; i < n_limbs; i++) {
        const unsigned w = 62 * i / 64, s = 62 * i % 64;
        uint64_t v = w < n ? a[w] >> s : 0;
        if (s > 2 && w + 1 < n) {
            v |= a[w + 1] << (64 - s);
        }
        r[i] = (int64_t)(v & MODINV_MASK);
    }
}

/* Zeros below the lowest one of @p a, which is not 0, by a product that has another top six bits for each power of two: the constant is a
 * de Bruijn sequence. */
static inline int modinv_zeros_by_product(uint64_t a)
{
    static const uint8_t place[64] = {0,  1,  2,  53, 3,  7,  54, 27, 4,  38, 41, 8,  34, 55, 48, 28, 62, 5,  39, 46, 44, 42,
                                      22, 9,  24, 35, 59, 56, 49, 18, 29, 11, 63, 52, 6,  26, 37, 40, 33, 47, 61, 45, 43, 21,
                                      23, 58, 17, 10, 51, 25, 36, 32, 60, 20, 57, 16, 50, 31, 19, 15, 30, 14, 13, 12};
    return place[((a & (0 - a)) * UINT64_C(0x022fdd63cc95386d)) >> 58];
}

/* The same; elsewhere the compiler would call a routine of its library. */
static inline int modinv_zeros(uint64_t a)
{
#if defined(__x86_64__) || defined(__aarch64__)
    return __builtin_ctzll(a);
#else
    return modinv_zeros_by_product(a);
#endif
}

/* 62 steps on the low 64 bits; the new eta. eta < 0 says that f and g change places when g is odd. */
static inline int64_t modinv_steps(struct modinv_matrix *t, int64_t eta, uint64_t f, uint64_t g)
{
    uint64_t u = 1, v = 0, q = 0, r = 1, w;
    int left = 62;
    for (;;) {
        const int zeros = modinv_zeros(g | (UINT64_MAX << left));
        g >>= zeros;
        u <<= zeros;
        v <<= zeros;
        eta -= zeros;
        left -= zeros;
        if (left == 0) {
            break;
        }
        /* g is odd. Bits of g that a multiple w f cancels: no more than steps are left, and than eta lets f stay where it is. */
        uint64_t most = 4;
        if (eta < 0) {
            const uint64_t f_old = f, u_old = u, v_old = v;
            eta = -eta;
            f = g;
            g = 0 - f_old;
            u = q;
            q = 0 - u_old;
            v = r;
            r = 0 - v_old;
            most = 6;
        }
        const uint64_t room = eta + 1 > left ? (uint64_t)left : (uint64_t)eta + 1, bits = room < most ? room : most;
        /* -g / f modulo 64: f (2 - f^2) is 1 / f modulo 64 since f^2 = 1 modulo 8 */
        w = (g * f * (f * f - 2)) & ((UINT64_C(1) << bits) - 1);
        g += f * w;
        q += u * w;
        r += v * w;
    }
    t->u = (int64_t)u;
    t->v = (int64_t)v;
    t->q = (int64_t)q;
    t->r = (int64_t)r;
    return eta;
}

/* f, g = t (f, g) / 2^62: the low limbs vanish. */
static inline void modinv_apply_fg(struct modinv *s, const struct modinv_matrix *t, unsigned n)
{
    i128 cf = (i128)t->u * s->f[0] + (i128)t->v * s->g[0], cg = (i128)t->q * s->f[0] + (i128)t->r * s->g[0];
    cf >>= 62;
    cg >>= 62;
    for (unsigned i = 1; i < n; i++) {
        const int64_t f = s->f[i], g = s->g[i];
        cf += (i128)t->u * f + (i128)t->v * g;
        cg += (i128)t->q * f + (i128)t->r * g;
        s->f[i - 1] = (int64_t)((uint64_t)cf & MODINV_MASK);
        s->g[i - 1] = (int64_t)((uint64_t)cg & MODINV_MASK);
        cf >>= 62;
        cg >>= 62;
    }
    s->f[n - 1] = (int64_t)cf;
    s->g[n - 1] = (int64_t)cg;
}

/* d, e = t (d, e) / 2^62 modulo p: multiples of p make the low limbs vanish, and negative numbers get p first, so the range stays. */
static inline void modinv_apply_de(struct modinv *s, const struct modinv_matrix *t, unsigned n, uint64_t p_inv)
{
    const int64_t neg_d = s->d[n - 1] >> 63, neg_e = s->e[n - 1] >> 63;
    int64_t md = (t->u & neg_d) + (t->v & neg_e), me = (t->q & neg_d) + (t->r & neg_e);
    i128 cd = (i128)t->u * s->d[0] + (i128)t->v * s->e[0], ce = (i128)t->q * s->d[0] + (i128)t->r * s->e[0];
    md -= (int64_t)((p_inv * (uint64_t)cd + (uint64_t)md) & MODINV_MASK);
    me -= (int64_t)((p_inv * (uint64_t)ce + (uint64_t)me) & MODINV_MASK);
    cd += (i128)s->p[0] * md;
    ce += (i128)s->p[0] * me;
    cd >>= 62;
    ce >>= 62;
    for (unsigned i = 1; i < n; i++) {
        const int64_t d = s->d[i], e = s->e[i];
        cd += (i128)t->u * d + (i128)t->v * e + (i128)s->p[i] * md;
        ce += (i128)t->q * d + (i128)t->r * e + (i128)s->p[i] * me;
        s->d[i - 1] = (int64_t)((uint64_t)cd & MODINV_MASK);
        s->e[i - 1] = (int64_t)((uint64_t)ce & MODINV_MASK);
        cd >>= 62;
        ce >>= 62;
    }
    s->d[n - 1] = (int64_t)cd;
    s->e[n - 1] = (int64_t)ce;
}

/* a += sign p, and limbs to their range. */
static inline void modinv_add(int64_t *a, const int64_t *p, int64_t sign, unsigned n)
{
    int64_t carry = 0;
    for (unsigned i = 0; i < n; i++) {
        const int64_t v = a[i] + sign * p[i] + carry;
        a[i] = i + 1 < n ? (int64_t)((uint64_t)v & MODINV_MASK) : v;
        carry = v >> 62;
    }
}

/** r = 1 / a modulo p, words below p; the inverse of 0 is 0. p is an odd prime of @p n words, n = 4 or 6,
 * p_inv = 1 / p modulo 2^64. Numbers up to 4 p in size need a sign and two bits more: 64 n + 3 bits, which 5 or 7 limbs of 62 have. */
static inline void modinv(uint64_t *r, const uint64_t *a, const uint64_t *p, uint64_t p_inv, unsigned n)
{
    const unsigned n_limbs = (64 * n + 62) / 62;
    struct modinv s;
    int64_t eta = -1;
    memset(&s, 0, sizeof s);
    modinv_split(s.p, n_limbs, p, n);
    modinv_split(s.f, n_limbs, p, n);
    modinv_split(s.g, n_limbs, a, n);
    for (unsigned i = 0; i < n_limbs; i++) {
        s.d[i] = 0;
        s.e[i] = i == 0;
    }
    for (;;) {
        struct modinv_matrix t;
        int64_t any = 0;
        for (unsigned i = 0; i < n_limbs; i++) {
            any |= s.g[i];
        }
        if (any == 0) {
            break;
        }
        eta = modinv_steps(&t, eta, (uint64_t)s.f[0] | (uint64_t)s.f[1] << 62, (uint64_t)s.g[0] | (uint64_t)s.g[1] << 62);
        modinv_apply_de(&s, &t, n_limbs, p_inv);
        modinv_apply_fg(&s, &t, n_limbs);
    }
    /* f = 1 or -1 (or p, when a = 0: then d = 0): the inverse is d f, brought from (-2 p, p), or (-p, 2 p), into [0, p) */
    if (s.f[n_limbs - 1] < 0) {
        for (unsigned i = 0; i < n_limbs; i++) {
            s.d[i] = -s.d[i];
        }
    }
    modinv_add(s.d, s.p, 1, n_limbs);
    modinv_add(s.d, s.p, 1, n_limbs); /* in (0, 4 p) now */
    for (unsigned k = 0; k < 3; k++) {
        int64_t less[MODINV_MAX];
        memcpy(less, s.d, sizeof less);
        modinv_add(less, s.p, -1, n_limbs);
        if (less[n_limbs - 1] >= 0) {
            memcpy(s.d, less, sizeof less);
        }
    }
    for (unsigned i = 0; i < n; i++) {
        const unsigned l = 64 * i / 62, b = 64 * i % 62;
        r[i] = (uint64_t)s.d[l] >> b;
        if (l + 1 < n_limbs) {
            r[i] |= (uint64_t)s.d[l + 1] << (62 - b);
        }
    }
}
#endif

#endif
