/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Words of 64 bits with carries, for the big fields. Owns nothing. Nothing here or above it is constant-time: provers keep no secrets
 * from their own machine, and whoever signs must use another library.
 */
#ifndef SC_CURVE_LIMBS_H
#define SC_CURVE_LIMBS_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__SIZEOF_INT128__) && !defined(__wasm__) && !defined(SC_NO_INT128)
#define SC_INT128
__extension__ typedef unsigned __int128 u128;
__extension__ typedef __int128 i128;

/** Low word of a b; the high word in @p hi. */
static inline uint64_t mul64(uint64_t a, uint64_t b, uint64_t *hi)
{
    const u128 t = (u128)a * b;
    *hi = (uint64_t)(t >> 64);
    return (uint64_t)t;
}

/** Low word of a b + c + d, which fits in two words; the high word in @p hi. */
static inline uint64_t mad64(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t *hi)
{
    const u128 t = (u128)a * b + c + d;
    *hi = (uint64_t)(t >> 64);
    return (uint64_t)t;
}

/** a + b + carry; carry in and out is 0 or 1. */
static inline uint64_t adc64(uint64_t a, uint64_t b, uint64_t *carry)
{
    const u128 t = (u128)a + b + *carry;
    *carry = (uint64_t)(t >> 64);
    return (uint64_t)t;
}

/** a - b - borrow; borrow in and out is 0 or 1. */
static inline uint64_t sbb64(uint64_t a, uint64_t b, uint64_t *borrow)
{
    const u128 t = (u128)a - b - *borrow;
    *borrow = (uint64_t)(t >> 64) & 1;
    return (uint64_t)t;
}
#else /* a machine without products of two words, or without a routine for them */
static inline uint64_t mul64(uint64_t a, uint64_t b, uint64_t *hi)
{
    const uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
    const uint64_t low = a0 * b0, m0 = a1 * b0 + (low >> 32), m1 = a0 * b1 + (uint32_t)m0;
    *hi = a1 * b1 + (m0 >> 32) + (m1 >> 32);
    return m1 << 32 | (uint32_t)low;
}

static inline uint64_t mad64(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t *hi)
{
    uint64_t h;
    const uint64_t l = mul64(a, b, &h), s = l + c, t = s + d;
    *hi = h + (s < l) + (t < s);
    return t;
}

static inline uint64_t adc64(uint64_t a, uint64_t b, uint64_t *carry)
{
    const uint64_t s = a + b, t = s + *carry;
    *carry = (uint64_t)(s < a) | (uint64_t)(t < s);
    return t;
}

static inline uint64_t sbb64(uint64_t a, uint64_t b, uint64_t *borrow)
{
    const uint64_t s = a - b, t = s - *borrow;
    *borrow = (uint64_t)(a < b) | (uint64_t)(s < *borrow);
    return t;
}
#endif

/** a >= b, numbers of n words. */
static inline bool limbs_ge(const uint64_t *a, const uint64_t *b, unsigned n)
{
    for (unsigned i = n; i-- > 0;) {
        if (a[i] != b[i]) {
            return a[i] > b[i];
        }
    }
    return true;
}

/** @p n_bits <= 32 bits of a number of @p n words from bit @p at on; bits past the end are zero. */
static inline uint32_t limbs_bits(const uint64_t *a, unsigned n, unsigned at, unsigned n_bits)
{
    const unsigned i = at / 64, s = at % 64;
    if (i >= n) {
        return 0;
    }
    uint64_t v = a[i] >> s;
    if (s != 0 && i + 1 < n) {
        v |= a[i + 1] << (64 - s);
    }
    return (uint32_t)(v & ((UINT64_C(1) << n_bits) - 1));
}

/** Digits of a number of @p n words, k = sum of d[i] 2^i over 0 <= i <= 64 n: zero or odd, |d[i]| < 2^(w-1), and of w neighbours at most
 * one is not zero. 2 <= w <= 7. */
static inline void limbs_wnaf(int8_t *d, const uint64_t *k, unsigned n, unsigned w)
{
    unsigned carry = 0;
    for (unsigned i = 0; i <= 64 * n; i++) {
        d[i] = 0;
    }
    for (unsigned i = 0; i <= 64 * n;) {
        if (limbs_bits(k, n, i, 1) == carry) { /* the number above bit i, with the carry, is even */
            i++;
            continue;
        }
        const unsigned v = limbs_bits(k, n, i, w) + carry;
        carry = v >> (w - 1);
        d[i] = (int8_t)((int)v - (int)(carry << w));
        i += w;
    }
}

/* A function of a header that is worth one copy in each source, but not one in each place of use. */
#define SC_OUTLINE __attribute__((noinline, unused)) static

/* Names made of a prefix that a template's includer has defined. */
#define SC_CAT_(a, b) a##b
#define SC_CAT(a, b) SC_CAT_(a, b)

#endif
