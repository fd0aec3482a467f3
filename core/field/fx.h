/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Challenge field F = Fp[x] / (x^5 + x^2 - 1). Coefficients in Montgomery form, canonical.
 * Owns nothing. Theory: docs/spec/field.md.
 */
#ifndef SC_FIELD_FX_H
#define SC_FIELD_FX_H

#include "core/field/fp.h"

#include <stddef.h>

#define FX_DEG 5

typedef struct {
    fp c[FX_DEG];
} fx;

#define FX_ZERO ((fx){{0}})
#define FX_ONE ((fx){{FP_ONE}})

static inline fx fx_from_fp(fp a)
{
    const fx r = {{a}};
    return r;
}

static inline fx fx_add(fx a, fx b)
{
    fx r;
    for (int i = 0; i < FX_DEG; i++) {
        r.c[i] = fp_add(a.c[i], b.c[i]);
    }
    return r;
}

static inline fx fx_sub(fx a, fx b)
{
    fx r;
    for (int i = 0; i < FX_DEG; i++) {
        r.c[i] = fp_sub(a.c[i], b.c[i]);
    }
    return r;
}

static inline fx fx_neg(fx a)
{
    fx r;
    for (int i = 0; i < FX_DEG; i++) {
        r.c[i] = fp_neg(a.c[i]);
    }
    return r;
}

static inline fx fx_mul_fp(fx a, fp b)
{
    fx r;
    for (int i = 0; i < FX_DEG; i++) {
        r.c[i] = fp_mul(a.c[i], b);
    }
    return r;
}

/** Schoolbook product; x^5 = 1 - x^2, x^6 = x - x^3, x^7 = x^2 - x^4, x^8 = x^3 + x^2 - 1. */
static inline fx fx_mul(fx a, fx b)
{
    fp d[2 * FX_DEG - 1];
    for (int k = 0; k < 2 * FX_DEG - 1; k++) {
        /* at most 5 products below p^2: fold the running sum under p 2^32 so that fp_reduce applies */
        uint64_t s = 0;
        for (int i = k < FX_DEG ? 0 : k - FX_DEG + 1; i <= k && i < FX_DEG; i++) {
            s += (uint64_t)a.c[i] * b.c[k - i];
            const uint64_t t = s - ((uint64_t)FP_P << 32);
            s = t < s ? t : s;
        }
        d[k] = fp_reduce(s);
    }
    fx r;
    r.c[0] = fp_sub(fp_add(d[0], d[5]), d[8]);
    r.c[1] = fp_add(d[1], d[6]);
    r.c[2] = fp_add(fp_sub(d[2], d[5]), fp_add(d[7], d[8]));
    r.c[3] = fp_add(fp_sub(d[3], d[6]), d[8]);
    r.c[4] = fp_sub(d[4], d[7]);
    return r;
}

static inline fx fx_sqr(fx a)
{
    return fx_mul(a, a);
}

static inline bool fx_eq(fx a, fx b)
{
    uint32_t d = 0;
    for (int i = 0; i < FX_DEG; i++) {
        d |= a.c[i] ^ b.c[i];
    }
    return d == 0;
}

static inline bool fx_is_zero(fx a)
{
    return fx_eq(a, FX_ZERO);
}

/** a^p. */
fx sc_fx_frobenius(fx a);
fx sc_fx_inv(fx a);
fx sc_fx_pow(fx a, uint64_t e);

/** Inverse; the inverse of 0 is 0. */
static inline fx fx_inv(fx a)
{
    return sc_fx_inv(a);
}

/** a^e. */
static inline fx fx_pow(fx a, uint64_t e)
{
    return sc_fx_pow(a, e);
}

/** out[i] = in[i]^-1 with one inversion; zeros stay zero. out and in do not overlap. Cost: 3 n multiplications. */
void sc_fx_batch_inv(fx *out, const fx *in, size_t n);
void sc_fp_batch_inv(fp *out, const fp *in, size_t n);

#endif
