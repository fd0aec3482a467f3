/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * KoalaBear base field, p = 2^31 - 2^24 + 1, Montgomery form with R = 2^32, canonical (< p) everywhere.
 * Owns nothing. Theory: docs/spec/field.md.
 */
#ifndef SC_FIELD_FP_H
#define SC_FIELD_FP_H

#include <stdbool.h>
#include <stdint.h>

#define FP_P 0x7f000001u
#define FP_TWO_ADICITY 24
#define FP_NEG_P_INV 0x7effffffu /* -p^-1 mod 2^32 */
#define FP_R1 0x01fffffeu        /* 2^32 mod p: one */
#define FP_R2 0x17f7efe4u        /* 2^64 mod p */

typedef uint32_t fp; /* Montgomery form, < p */

#define FP_ZERO ((fp)0)
#define FP_ONE ((fp)FP_R1)

static inline fp fp_add(fp a, fp b)
{
    const uint32_t s = a + b;
    return s >= FP_P ? s - FP_P : s;
}

static inline fp fp_sub(fp a, fp b)
{
    return a >= b ? a - b : a - b + FP_P;
}

static inline fp fp_neg(fp a)
{
    return a ? FP_P - a : 0;
}

/** Montgomery reduction of t < p 2^32: t / 2^32 mod p, canonical. */
static inline fp fp_reduce(uint64_t t)
{
    const uint32_t m = (uint32_t)t * FP_NEG_P_INV;
    const uint32_t u = (uint32_t)((t + (uint64_t)m * FP_P) >> 32);
    return u >= FP_P ? u - FP_P : u;
}

static inline fp fp_mul(fp a, fp b)
{
    return fp_reduce((uint64_t)a * b);
}

static inline fp fp_sqr(fp a)
{
    return fp_mul(a, a);
}

/** From a canonical residue; v < p. */
static inline fp fp_from_u32(uint32_t v)
{
    return fp_mul(v, FP_R2);
}

/** To the canonical residue. */
static inline uint32_t fp_to_u32(fp a)
{
    return fp_reduce(a);
}

/** From a small signed integer, |v| < p. */
static inline fp fp_from_i64(int64_t v)
{
    return fp_from_u32((uint32_t)(v < 0 ? v + (int64_t)FP_P : v));
}

static inline fp fp_pow(fp a, uint64_t e)
{
    fp r = FP_ONE;
    for (; e; e >>= 1) {
        if (e & 1) {
            r = fp_mul(r, a);
        }
        a = fp_sqr(a);
    }
    return r;
}

/** Inverse; the inverse of 0 is 0. */
static inline fp fp_inv(fp a)
{
    return fp_pow(a, FP_P - 2);
}

/** Root of unity of order 2^log_n, 0 <= log_n <= FP_TWO_ADICITY. */
static inline fp fp_root(unsigned log_n)
{
    fp w = fp_pow(fp_from_u32(3), 127);
    for (unsigned i = log_n; i < FP_TWO_ADICITY; i++) {
        w = fp_sqr(w);
    }
    return w;
}

#endif
