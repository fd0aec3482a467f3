/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Montgomery products with two chains of carries (BMI2 and ADX). The includer has SC_MONT_MUL of core/curve/mont.inc mean sc_mont_mul_adx,
 * and is run only where sc_has_adx says so. Source: E. Ozturk, J. Guilford, V. Gopal, "Large Integer Squaring on Intel Architecture
 * Processors", Intel, 2013, for mulx with adcx and adox; the order of steps is that of F_(mul) in mont.inc.
 */
#ifndef SC_KERNELS_CURVE_MONT_ADX_H
#define SC_KERNELS_CURVE_MONT_ADX_H

#include <stdint.h>

/* t0 += low word of rdx * word, t1 += its high word, each with the carry of its own chain. */
#define ADX_MAD(word, t0, t1) "mulxq " word ", %[lo], %[hi]\n\tadcxq %[lo], %[" #t0 "]\n\tadoxq %[hi], %[" #t1 "]\n\t"
/* Both chains begin; lo is 0, and both end in the top word. */
#define ADX_BEGIN "xorl %k[lo], %k[lo]\n\t"
#define ADX_END(top) "movl $0, %k[lo]\n\tadcxq %[lo], %[" #top "]\n\t"

/* t += a b_i, then t = (t + m p) / 2^64 with the m that makes it whole: its lowest word is 0 and is the next step's top word. */
#define ADX_STEP_4(b_i, t0, t1, t2, t3, t4) \
    "movq " b_i ", %%rdx\n\t" ADX_BEGIN ADX_MAD("(%[a])", t0, t1) ADX_MAD("8(%[a])", t1, t2) ADX_MAD("16(%[a])", t2, t3) \
        ADX_MAD("24(%[a])", t3, t4) ADX_END(t4) "movq %[inv], %%rdx\n\timulq %[" #t0 "], %%rdx\n\t" ADX_BEGIN ADX_MAD("(%[p])", t0, t1) \
            ADX_MAD("8(%[p])", t1, t2) ADX_MAD("16(%[p])", t2, t3) ADX_MAD("24(%[p])", t3, t4) ADX_END(t4)

#define ADX_STEP_6(b_i, t0, t1, t2, t3, t4, t5, t6) \
    "movq " b_i ", %%rdx\n\t" ADX_BEGIN ADX_MAD("(%[a])", t0, t1) ADX_MAD("8(%[a])", t1, t2) ADX_MAD("16(%[a])", t2, t3) \
        ADX_MAD("24(%[a])", t3, t4) ADX_MAD("32(%[a])", t4, t5) ADX_MAD("40(%[a])", t5, t6) ADX_END(t6) \
            "movq %[inv], %%rdx\n\timulq %[" #t0 "], %%rdx\n\t" ADX_BEGIN ADX_MAD("(%[p])", t0, t1) ADX_MAD("8(%[p])", t1, t2) \
                ADX_MAD("16(%[p])", t2, t3) ADX_MAD("24(%[p])", t3, t4) ADX_MAD("32(%[p])", t4, t5) ADX_MAD("40(%[p])", t5, t6) ADX_END(t6)

/** r = a b R^-1 mod p, below 2 p, for words of four or six; p has its top bit clear, inv = -p^-1 mod 2^64. r may be an input. */
static inline void sc_mont_mul_adx_4(uint64_t *r, const uint64_t *a, const uint64_t *b, const uint64_t *p, uint64_t inv)
{
    uint64_t t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0, lo, hi;
    __asm__(ADX_STEP_4("(%[b])", t0, t1, t2, t3, t4) ADX_STEP_4("8(%[b])", t1, t2, t3, t4, t0) ADX_STEP_4("16(%[b])", t2, t3, t4, t0, t1)
                ADX_STEP_4("24(%[b])", t3, t4, t0, t1, t2)
            : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [t4] "+&r"(t4), [lo] "=&r"(lo), [hi] "=&r"(hi)
            : [a] "r"(a), [b] "r"(b), [p] "r"(p), [inv] "m"(inv)
            : "rdx", "cc", "memory");
    r[0] = t4;
    r[1] = t0;
    r[2] = t1;
    r[3] = t2;
}

static inline void sc_mont_mul_adx_6(uint64_t *r, const uint64_t *a, const uint64_t *b, const uint64_t *p, uint64_t inv)
{
    uint64_t t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0, t5 = 0, t6 = 0, lo, hi;
    __asm__(ADX_STEP_6("(%[b])", t0, t1, t2, t3, t4, t5, t6) ADX_STEP_6("8(%[b])", t1, t2, t3, t4, t5, t6, t0)
                ADX_STEP_6("16(%[b])", t2, t3, t4, t5, t6, t0, t1) ADX_STEP_6("24(%[b])", t3, t4, t5, t6, t0, t1, t2)
                    ADX_STEP_6("32(%[b])", t4, t5, t6, t0, t1, t2, t3) ADX_STEP_6("40(%[b])", t5, t6, t0, t1, t2, t3, t4)
            : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [t4] "+&r"(t4), [t5] "+&r"(t5), [t6] "+&r"(t6), [lo] "=&r"(lo),
              [hi] "=&r"(hi)
            : [a] "r"(a), [b] "r"(b), [p] "r"(p), [inv] "m"(inv)
            : "rdx", "cc", "memory");
    r[0] = t6;
    r[1] = t0;
    r[2] = t1;
    r[3] = t2;
    r[4] = t3;
    r[5] = t4;
}

#define SC_MONT_MUL(n, r, a, b, p, inv) ((n) == 4 ? sc_mont_mul_adx_4(r, a, b, p, inv) : sc_mont_mul_adx_6(r, a, b, p, inv))

#endif
