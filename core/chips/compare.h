/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Comparison of two words by their most significant differing limb; shared by SLT and BRANCH.
 * The row has the columns of PART_COMPARE. Owns nothing. Theory: docs/spec/chips.md section 7.
 */
#ifndef SC_CHIPS_COMPARE_H
#define SC_CHIPS_COMPARE_H

#include "core/chips/parts.h"

/* clang-format off */
#define PART_COMPARE(ONE, VEC)                                                              \
    ONE(sa, BIT, "signed: top bit of the first operand")                                    \
    ONE(sb, BIT, "signed: top bit of the second operand")                                   \
    VEC(at, 4, BIT, "1 at the most significant limb that differs")                          \
    ONE(lt, BIT, "first < second")                                                          \
    ONE(gap, U16, "distance of the limbs that differ, less 1")
/* clang-format on */

#define COMPARE_FILL(r, a, b, is_signed)                                            \
    do {                                                                            \
        const uint64_t cmp_flip = (is_signed) ? (uint64_t)1 << 63 : 0;              \
        const uint64_t cmp_a = (a) ^ cmp_flip, cmp_b = (b) ^ cmp_flip;              \
        (r)->sa = (is_signed) ? (uint32_t)((a) >> 63) : 0;                          \
        (r)->sb = (is_signed) ? (uint32_t)((b) >> 63) : 0;                          \
        (r)->lt = cmp_a < cmp_b;                                                    \
        (r)->gap = compare_at((r)->at, cmp_a, cmp_b);                               \
    } while (0)

/** One-hot place of the most significant differing limb; returns the distance there less 1, 0 when a = b. */
static inline uint32_t compare_at(uint32_t at[4], uint64_t a, uint64_t b)
{
    uint32_t la[4], lb[4];
    part_limbs(la, a);
    part_limbs(lb, b);
    for (unsigned i = 4; i-- > 0;) {
        at[i] = 0;
    }
    for (unsigned i = 4; i-- > 0;) {
        if (la[i] != lb[i]) {
            at[i] = 1;
            return (la[i] < lb[i] ? lb[i] - la[i] : la[i] - lb[i]) - 1;
        }
    }
    return 0;
}

#ifdef SC_AIRGEN

struct compare {
    ex is_signed, sa, sb, at[4], lt, gap;
};

/** Constrains lt = (a < b) and returns ne = (a != b), affine. a and b are canonical limbs. */
static inline ex compare_constrain(ex real, const struct compare *c, const ex a[4], const ex b[4])
{
    const ex sum = air_sum(4, c->at);
    ex d[4], chosen = air_k(0);
    ex above = sum; /* sum of at[j..3] */

    air_bool("at most one limb is chosen", sum);
    for (unsigned j = 0; j < 4; j++) {
        ex la = a[j], lb = b[j];
        if (j == 3) {
            /* signed operands are compared with the top bit flipped; the lookups pin sa and sb */
            const ex flip = air_scale(c->is_signed, 32768);
            la = air_sub(air_add(la, flip), air_scale(c->sa, 65536));
            lb = air_sub(air_add(lb, flip), air_scale(c->sb, 65536));
            air_query(AIR_BUS_U16, real, 1, &la);
            air_query(AIR_BUS_U16, real, 1, &lb);
        }
        d[j] = air_sub(la, lb);
        air_zero("limbs above the chosen one are equal", air_mul(air_sub(air_k(1), above), d[j]));
        above = air_sub(above, c->at[j]);
        chosen = air_add(chosen, air_mul(c->at[j], d[j]));
    }
    const ex sign = air_sub(air_k(1), air_scale(c->lt, 2));
    air_zero("the chosen limbs differ in the order that lt says",
             air_sub(air_sub(air_mul(sign, chosen), sum), c->gap));
    air_zero("equal words are not less", air_mul(c->lt, air_sub(air_k(1), sum)));
    return sum;
}

#define COMPARE_COLUMNS(is_signed)                                                                     \
    {                                                                                                  \
        is_signed, C(sa), C(sb), {C(at[0]), C(at[1]), C(at[2]), C(at[3])}, C(lt), C(gap)               \
    }

#endif /* SC_AIRGEN */

#endif
