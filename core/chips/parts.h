/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the chips share: groups of columns, how they are filled, and (for airgen) how they are constrained.
 * The macros name columns of the chip's own row: ts, ip, rs1, rs2, rd, old and the stamps. Owns nothing.
 * Theory: docs/spec/chips.md section 1.
 */
#ifndef SC_CHIPS_PARTS_H
#define SC_CHIPS_PARTS_H

#include "core/chips/chips.h"

/* clang-format off */
#define PART_STATE(ONE, VEC)                                    \
    ONE(ts, CLK, "stamp of the row: 4 (n + 1)")                 \
    ONE(ip, FIELD, "pc / 4")
#define PART_READ1(ONE, VEC)                                    \
    ONE(rs1, FIELD, "first source register, from PROG")         \
    ONE(prev1, CLK, "stamp of the token that rs1 receives")
#define PART_READ2(ONE, VEC)                                    \
    ONE(rs2, FIELD, "second source register, from PROG")        \
    ONE(prev2, CLK, "stamp of the token that rs2 receives")
#define PART_WRITE(ONE, VEC)                                    \
    ONE(rd, FIELD, "target register, from PROG")                \
    ONE(prevd, CLK, "stamp of the token that rd receives")           \
    VEC(old, 4, FIELD, "limbs of rd before")
/* clang-format on */

/** Limbs of a word, least significant first. */
static inline void part_limbs(uint32_t out[4], uint64_t v)
{
    for (unsigned i = 0; i < 4; i++) {
        out[i] = (uint32_t)(v >> (16 * i)) & 0xffffu;
    }
}

/** Bytes of a word, least significant first. */
static inline void part_bytes(uint32_t out[8], uint64_t v)
{
    for (unsigned i = 0; i < 8; i++) {
        out[i] = (uint32_t)(v >> (8 * i)) & 0xffu;
    }
}

/** One-hot kinds of a row: 1 where the code is that of the instruction. */
static inline void part_kinds(uint32_t *kind, unsigned n, const uint16_t *codes, uint16_t op)
{
    for (unsigned i = 0; i < n; i++) {
        kind[i] = codes[i] == op;
    }
}

/** Residue of a small signed integer. */
static inline uint32_t part_residue(int64_t v)
{
    return (uint32_t)(v < 0 ? v + (int64_t)FP_P : v);
}

#define PART_FILL_STATE(r, e) \
    do {                      \
        (r)->ts = (e)->ts;    \
        (r)->ip = (e)->ip;    \
    } while (0)
#define PART_FILL_READ1(r, e, in)                 \
    do {                                          \
        (r)->rs1 = (in)->rs1;                     \
        (r)->prev1 = (e)->prev1;                  \
    } while (0)
#define PART_FILL_READ2(r, e, in)                     \
    do {                                              \
        (r)->rs2 = (in)->rs2;                         \
        (r)->prev2 = (e)->prev2;                      \
    } while (0)
#define PART_FILL_WRITE(r, e, in)                     \
    do {                                              \
        (r)->rd = (in)->rd;                           \
        (r)->prevd = (e)->prevd;                      \
        part_limbs((r)->old, (e)->old);               \
    } while (0)

#ifdef SC_AIRGEN

/** The four columns of a vector member, as an initialiser. */
#define PART_LIMBS(field) {C(field[0]), C(field[1]), C(field[2]), C(field[3])}
/** The four limbs whose bytes are the eight columns of a vector member. */
#define PART_BYTE_LIMBS(field)                                                     \
    {                                                                              \
        part_pair(C(field[0]), C(field[1])), part_pair(C(field[2]), C(field[3])),  \
        part_pair(C(field[4]), C(field[5])), part_pair(C(field[6]), C(field[7]))   \
    }

/** lo + 256 hi */
static inline ex part_pair(ex lo, ex hi)
{
    return air_add(lo, air_scale(hi, 256));
}

/** e + k */
static inline ex part_plus(ex e, int64_t k)
{
    return air_add(e, air_k(k));
}

/** sum of code_i * kind_i: the operation the row claims to be. */
static inline ex part_op(unsigned n, const ex *kinds, const uint16_t *codes)
{
    ex op = air_k(0);
    for (unsigned i = 0; i < n; i++) {
        op = air_add(op, air_scale(kinds[i], (int64_t)codes[i]));
    }
    return op;
}

/** The constant of the instruction, limbs. */
static inline void part_prog_c(struct air_prog *p, const ex c[4])
{
    for (unsigned i = 0; i < 4; i++) {
        p->c[i] = c[i];
    }
}

/** bit is the top bit of the 16-bit limb z: 2 (z - 2^15 bit) is 16-bit. Needs |z| < 2^19 and bit boolean from elsewhere, and then also shows that z is 16-bit. */
static inline void part_top_bit(ex sel, ex z, ex bit)
{
    const ex twice = air_scale(air_sub(z, air_scale(bit, 32768)), 2);
    air_query(AIR_BUS_U16, sel, 1, &twice);
}

#define PART_STEP(sel, next_ip) air_step(sel, C(ts), C(ip), next_ip, air_k(0))
#define PART_REG_READ1(sel, v) air_reg_read(sel, C(rs1), C(ts), v, C(prev1))
#define PART_REG_READ2(sel, v) air_reg_read(sel, C(rs2), part_plus(C(ts), 1), v, C(prev2))
#define PART_REG_WRITE(sel, v)                                                                        \
    do {                                                                                              \
        const ex part_old[4] = PART_LIMBS(old);                                                       \
        air_reg_write(sel, C(rd), part_plus(C(ts), 2), part_old, v, C(prevd));                \
    } while (0)

#endif /* SC_AIRGEN */

#endif
