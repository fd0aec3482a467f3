/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A scalar as a few short parts for an endomorphism, k = d_0 + d_1 m + d_2 m^2 + ... modulo r: the constants are in the curve's points
 * header, derived and with their bounds proven by tools/lattice.py.
 * Source: Gallant, Lambert, Vanstone, CRYPTO 2001; Galbraith, Lin, Scott, EUROCRYPT 2009.
 */
#ifndef SC_CURVE_SPLIT_H
#define SC_CURVE_SPLIT_H

#include "core/curve/limbs.h"

enum { SPLIT_WORDS = 2 };

/* Words 4 and 5 of k ratio + 2^255, the coordinate of k rounded; what is above them is not needed. */
static inline void split_round(uint64_t c[SPLIT_WORDS], const uint64_t k[4], const uint64_t ratio[4])
{
    uint64_t t[8] = {0, 0, 0, UINT64_C(1) << 63};
    for (unsigned i = 0; i < 4; i++) {
        uint64_t hi = 0;
        for (unsigned j = 0; j < 4; j++) {
            t[i + j] = mad64(k[i], ratio[j], t[i + j], hi, &hi);
        }
        uint64_t carry = 0;
        t[i + 4] = adc64(t[i + 4], hi, &carry);
    }
    c[0] = t[4];
    c[1] = t[5];
}

/* d -= c b modulo 2^128. */
static inline void split_subtract(uint64_t d[SPLIT_WORDS], const uint64_t c[SPLIT_WORDS], const uint64_t b[SPLIT_WORDS])
{
    uint64_t hi, borrow = 0;
    const uint64_t lo = mul64(c[0], b[0], &hi);
    hi += c[0] * b[1] + c[1] * b[0];
    d[0] = sbb64(d[0], lo, &borrow);
    d[1] = sbb64(d[1], hi, &borrow);
}

/** Absolute values d[i] of the @p n parts, and minus[i] = 1 for a negative one.
 * Shape: ratio has n numbers, basis n rows of n numbers modulo 2^128. Range: k < r; n <= 4. */
static inline void split_scalar(uint64_t d[][SPLIT_WORDS], uint8_t *minus, const uint64_t k[4], const uint64_t ratio[][4],
                                const uint64_t basis[][SPLIT_WORDS], unsigned n)
{
    for (unsigned j = 0; j < n; j++) {
        d[j][0] = j == 0 ? k[0] : 0;
        d[j][1] = j == 0 ? k[1] : 0;
    }
    for (unsigned i = 0; i < n; i++) {
        uint64_t c[SPLIT_WORDS];
        split_round(c, k, ratio[i]);
        for (unsigned j = 0; j < n; j++) {
            split_subtract(d[j], c, basis[i * n + j]);
        }
    }
    for (unsigned j = 0; j < n; j++) {
        const uint64_t mask = 0 - (d[j][1] >> 63); /* all ones for a negative part */
        uint64_t carry = mask & 1;
        minus[j] = (uint8_t)carry;
        d[j][0] = adc64(d[j][0] ^ mask, 0, &carry);
        d[j][1] = adc64(d[j][1] ^ mask, 0, &carry);
    }
}

#endif
