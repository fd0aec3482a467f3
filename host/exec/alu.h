/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Helpers of alu.def: signed operations without signed overflow, and 128-bit products.
 * Owns nothing. Theory: the RISC-V unprivileged manual, RV64I and M.
 */
#ifndef SC_EXEC_ALU_H
#define SC_EXEC_ALU_H

#include <stdint.h>

/** The low 32 bits, sign-extended. */
static inline uint64_t extend32(uint64_t v)
{
    return ((v & UINT32_MAX) ^ UINT64_C(0x80000000)) - UINT64_C(0x80000000);
}

static inline uint64_t shift_right_signed(uint64_t v, uint64_t n)
{
    const uint64_t flip = 0 - (v >> 63);
    return ((v ^ flip) >> n) ^ flip;
}

/** The high word of the 128-bit product. */
static inline uint64_t high_unsigned(uint64_t a, uint64_t b)
{
    const uint64_t a0 = a & UINT32_MAX, a1 = a >> 32;
    const uint64_t b0 = b & UINT32_MAX, b1 = b >> 32;
    const uint64_t mid = a1 * b0 + ((a0 * b0) >> 32);
    const uint64_t mid2 = a0 * b1 + (mid & UINT32_MAX);
    return a1 * b1 + (mid >> 32) + (mid2 >> 32);
}

static inline uint64_t high_signed_unsigned(uint64_t a, uint64_t b)
{
    return high_unsigned(a, b) - ((a >> 63) != 0 ? b : 0);
}

static inline uint64_t high_signed(uint64_t a, uint64_t b)
{
    return high_signed_unsigned(a, b) - ((b >> 63) != 0 ? a : 0);
}

static inline uint64_t magnitude(uint64_t v)
{
    return (v >> 63) != 0 ? 0 - v : v;
}

/* On magnitudes, overflow needs no case: -2^63 / -1 has magnitude 2^63, which is -2^63 again. */
static inline uint64_t quotient_signed(uint64_t a, uint64_t b)
{
    if (b == 0) {
        return UINT64_MAX;
    }
    const uint64_t q = magnitude(a) / magnitude(b);
    return ((a ^ b) >> 63) != 0 ? 0 - q : q;
}

static inline uint64_t remainder_signed(uint64_t a, uint64_t b)
{
    if (b == 0) {
        return a;
    }
    const uint64_t r = magnitude(a) % magnitude(b);
    return (a >> 63) != 0 ? 0 - r : r;
}

#endif
