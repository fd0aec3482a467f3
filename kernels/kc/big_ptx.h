/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Kernel-C: rows of products and sums of big numbers as chains of carries, for CUDA. A row is one block of assembly, since nothing keeps
 * the carry from one block to the next. big.h has the same in portable C.
 *
 * A product a b is held as two chains of n words, the products of even words of a in one and those of odd words in the other, one word
 * further up: then low and high half of each product are neighbours in a chain, and one wide multiply-add does both.
 */
#ifndef SC_KC_BIG_PTX_H
#define SC_KC_BIG_PTX_H

#if defined(__CUDACC__)

#define KC_OP3(op, d, a, b) op " %" #d ", %" #a ", %" #b ";\n\t"
#define KC_OP4(op, d, a, b, c) op " %" #d ", %" #a ", %" #b ", %" #c ";\n\t"
#define KC_PAIR(lo, hi, d, e, a, b, x, y) KC_OP4(lo, d, a, b, x) KC_OP4(hi, e, a, b, y)
#define KC_LO0 "mad.lo.cc.u32"
#define KC_LO "madc.lo.cc.u32"
#define KC_HI "madc.hi.cc.u32"
#define KC_HI1 "madc.hi.u32"
#define KC_RW4(v, i) "+r"((v)[i]), "+r"((v)[(i) + 1]), "+r"((v)[(i) + 2]), "+r"((v)[(i) + 3])
#define KC_IN4(v, i, s) "r"((v)[i]), "r"((v)[(i) + (s)]), "r"((v)[(i) + 2 * (s)]), "r"((v)[(i) + 3 * (s)])
#define KC_IN2(v, i) "r"((v)[i]), "r"((v)[(i) + 2])

/** c += b times every second word of a, from word @p odd on; the carry goes into *top. */
KC_FN void kc_row8(kc_u32 *c, kc_u32 *top, const kc_u32 *a, kc_u32 odd, kc_u32 b)
{
    asm(KC_PAIR(KC_LO0, KC_HI, 0, 1, 9, 13, 0, 1) KC_PAIR(KC_LO, KC_HI, 2, 3, 10, 13, 2, 3) KC_PAIR(KC_LO, KC_HI, 4, 5, 11, 13, 4, 5)
        KC_PAIR(KC_LO, KC_HI, 6, 7, 12, 13, 6, 7) "addc.u32 %8, %8, 0;"
        : KC_RW4(c, 0), KC_RW4(c, 4), "+r"(*top)
        : KC_IN4(a, odd, 2), "r"(b));
}

KC_FN void kc_row12(kc_u32 *c, kc_u32 *top, const kc_u32 *a, kc_u32 odd, kc_u32 b)
{
    asm(KC_PAIR(KC_LO0, KC_HI, 0, 1, 13, 19, 0, 1) KC_PAIR(KC_LO, KC_HI, 2, 3, 14, 19, 2, 3) KC_PAIR(KC_LO, KC_HI, 4, 5, 15, 19, 4, 5)
        KC_PAIR(KC_LO, KC_HI, 6, 7, 16, 19, 6, 7) KC_PAIR(KC_LO, KC_HI, 8, 9, 17, 19, 8, 9) KC_PAIR(KC_LO, KC_HI, 10, 11, 18, 19, 10, 11)
        "addc.u32 %12, %12, 0;"
        : KC_RW4(c, 0), KC_RW4(c, 4), KC_RW4(c, 8), "+r"(*top)
        : KC_IN4(a, odd, 2), KC_IN2(a, odd + 8), "r"(b));
}

/** The same where the sum fits. */
KC_FN void kc_top_row8(kc_u32 *c, const kc_u32 *a, kc_u32 odd, kc_u32 b)
{
    asm(KC_PAIR(KC_LO0, KC_HI, 0, 1, 8, 12, 0, 1) KC_PAIR(KC_LO, KC_HI, 2, 3, 9, 12, 2, 3) KC_PAIR(KC_LO, KC_HI, 4, 5, 10, 12, 4, 5)
        KC_PAIR(KC_LO, KC_HI1, 6, 7, 11, 12, 6, 7)
        : KC_RW4(c, 0), KC_RW4(c, 4)
        : KC_IN4(a, odd, 2), "r"(b));
}

KC_FN void kc_top_row12(kc_u32 *c, const kc_u32 *a, kc_u32 odd, kc_u32 b)
{
    asm(KC_PAIR(KC_LO0, KC_HI, 0, 1, 12, 18, 0, 1) KC_PAIR(KC_LO, KC_HI, 2, 3, 13, 18, 2, 3) KC_PAIR(KC_LO, KC_HI, 4, 5, 14, 18, 4, 5)
        KC_PAIR(KC_LO, KC_HI, 6, 7, 15, 18, 6, 7) KC_PAIR(KC_LO, KC_HI, 8, 9, 16, 18, 8, 9) KC_PAIR(KC_LO, KC_HI1, 10, 11, 17, 18, 10, 11)
        : KC_RW4(c, 0), KC_RW4(c, 4), KC_RW4(c, 8)
        : KC_IN4(a, odd, 2), KC_IN2(a, odd + 8), "r"(b));
}

/** c, whose word 0 is done, down by two words, plus b times the odd words of a; its word 1 goes to *low, which is one word below. */
KC_FN void kc_down_row8(kc_u32 *c, kc_u32 *low, const kc_u32 *a, kc_u32 b)
{
    asm(KC_OP3("add.cc.u32", 8, 8, 1) KC_PAIR(KC_LO, KC_HI, 0, 1, 9, 13, 2, 3) KC_PAIR(KC_LO, KC_HI, 2, 3, 10, 13, 4, 5)
        KC_PAIR(KC_LO, KC_HI, 4, 5, 11, 13, 6, 7) "madc.lo.cc.u32 %6, %12, %13, 0;\n\tmadc.hi.u32 %7, %12, %13, 0;"
        : KC_RW4(c, 0), KC_RW4(c, 4), "+r"(*low)
        : KC_IN4(a, 1, 2), "r"(b));
}

KC_FN void kc_down_row12(kc_u32 *c, kc_u32 *low, const kc_u32 *a, kc_u32 b)
{
    asm(KC_OP3("add.cc.u32", 12, 12, 1) KC_PAIR(KC_LO, KC_HI, 0, 1, 13, 19, 2, 3) KC_PAIR(KC_LO, KC_HI, 2, 3, 14, 19, 4, 5)
        KC_PAIR(KC_LO, KC_HI, 4, 5, 15, 19, 6, 7) KC_PAIR(KC_LO, KC_HI, 6, 7, 16, 19, 8, 9) KC_PAIR(KC_LO, KC_HI, 8, 9, 17, 19, 10, 11)
        "madc.lo.cc.u32 %10, %18, %19, 0;\n\tmadc.hi.u32 %11, %18, %19, 0;"
        : KC_RW4(c, 0), KC_RW4(c, 4), KC_RW4(c, 8), "+r"(*low)
        : KC_IN4(a, 1, 2), KC_IN2(a, 9), "r"(b));
}

/** a += b or a -= b; the words of the borrow, 0 or all ones, come back from the latter. Sums fit. */
KC_FN void kc_sum8(kc_u32 *a, const kc_u32 *b)
{
    asm(KC_OP3("add.cc.u32", 0, 0, 8) KC_OP3("addc.cc.u32", 1, 1, 9) KC_OP3("addc.cc.u32", 2, 2, 10) KC_OP3("addc.cc.u32", 3, 3, 11)
        KC_OP3("addc.cc.u32", 4, 4, 12) KC_OP3("addc.cc.u32", 5, 5, 13) KC_OP3("addc.cc.u32", 6, 6, 14) KC_OP3("addc.u32", 7, 7, 15)
        : KC_RW4(a, 0), KC_RW4(a, 4)
        : KC_IN4(b, 0, 1), KC_IN4(b, 4, 1));
}

KC_FN void kc_sum12(kc_u32 *a, const kc_u32 *b)
{
    asm(KC_OP3("add.cc.u32", 0, 0, 12) KC_OP3("addc.cc.u32", 1, 1, 13) KC_OP3("addc.cc.u32", 2, 2, 14) KC_OP3("addc.cc.u32", 3, 3, 15)
        KC_OP3("addc.cc.u32", 4, 4, 16) KC_OP3("addc.cc.u32", 5, 5, 17) KC_OP3("addc.cc.u32", 6, 6, 18) KC_OP3("addc.cc.u32", 7, 7, 19)
        KC_OP3("addc.cc.u32", 8, 8, 20) KC_OP3("addc.cc.u32", 9, 9, 21) KC_OP3("addc.cc.u32", 10, 10, 22) KC_OP3("addc.u32", 11, 11, 23)
        : KC_RW4(a, 0), KC_RW4(a, 4), KC_RW4(a, 8)
        : KC_IN4(b, 0, 1), KC_IN4(b, 4, 1), KC_IN4(b, 8, 1));
}

KC_FN kc_u32 kc_difference8(kc_u32 *a, const kc_u32 *b)
{
    kc_u32 borrow;
    asm(KC_OP3("sub.cc.u32", 0, 0, 9) KC_OP3("subc.cc.u32", 1, 1, 10) KC_OP3("subc.cc.u32", 2, 2, 11) KC_OP3("subc.cc.u32", 3, 3, 12)
        KC_OP3("subc.cc.u32", 4, 4, 13) KC_OP3("subc.cc.u32", 5, 5, 14) KC_OP3("subc.cc.u32", 6, 6, 15) KC_OP3("subc.cc.u32", 7, 7, 16)
        "subc.u32 %8, 0, 0;"
        : KC_RW4(a, 0), KC_RW4(a, 4), "=r"(borrow)
        : KC_IN4(b, 0, 1), KC_IN4(b, 4, 1));
    return borrow;
}

KC_FN kc_u32 kc_difference12(kc_u32 *a, const kc_u32 *b)
{
    kc_u32 borrow;
    asm(KC_OP3("sub.cc.u32", 0, 0, 13) KC_OP3("subc.cc.u32", 1, 1, 14) KC_OP3("subc.cc.u32", 2, 2, 15) KC_OP3("subc.cc.u32", 3, 3, 16)
        KC_OP3("subc.cc.u32", 4, 4, 17) KC_OP3("subc.cc.u32", 5, 5, 18) KC_OP3("subc.cc.u32", 6, 6, 19) KC_OP3("subc.cc.u32", 7, 7, 20)
        KC_OP3("subc.cc.u32", 8, 8, 21) KC_OP3("subc.cc.u32", 9, 9, 22) KC_OP3("subc.cc.u32", 10, 10, 23) KC_OP3("subc.cc.u32", 11, 11, 24)
        "subc.u32 %12, 0, 0;"
        : KC_RW4(a, 0), KC_RW4(a, 4), KC_RW4(a, 8), "=r"(borrow)
        : KC_IN4(b, 0, 1), KC_IN4(b, 4, 1), KC_IN4(b, 8, 1));
    return borrow;
}

#endif

#endif
