/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the chips of loads, stores and environment calls share: columns and their filling, the effective address,
 * the class of a word, and the choice of bytes.
 * Owns nothing. Theory: docs/spec/chips.md section 12.
 */
#ifndef SC_CHIPS_ACCESS_H
#define SC_CHIPS_ACCESS_H

#include "core/chips/chips.h"

/* Ticks of an instruction's clock step, docs/spec/machine.md section 2. */
enum { TICK_RS1 = 0, TICK_RS2 = 1, TICK_MEM = 2, TICK_RD = 2 };

/* clang-format off */
/* Every load and store. */
#define ACCESS_COLUMNS(ONE, VEC)                             \
    ONE(ts, CLK, "stamp of the row")                         \
    ONE(ip, FIELD, "instruction address / 4")                \
    ONE(rs1, FIELD, "base register")                         \
    ONE(i0, FIELD, "offset, low limb")                       \
    ONE(ih, FIELD, "offset, each higher limb")               \
    VEC(a, 4, FIELD, "rs1, limbs")                           \
    ONE(prev1, CLK, "stamp of rs1's token")             \
    VEC(e, 3, FIELD, "effective address, limbs")
/* Loads: the target register before the write. */
#define TARGET_COLUMNS(ONE, VEC)                             \
    ONE(rd, FIELD, "target register")                        \
    VEC(old, 4, FIELD, "rd before, limbs")                   \
    ONE(prevd, CLK, "stamp of rd's token")
/* Stores: the register that holds the value. */
#define SOURCE_COLUMNS(ONE, VEC)                             \
    ONE(rs2, FIELD, "value register")                        \
    ONE(prev2, CLK, "stamp of rs2's token")
/* Aligned and within-word accesses: the one word's token. */
#define WORD_COLUMNS(ONE, VEC)                               \
    ONE(prevm, CLK, "stamp of the word's token")             \
    ONE(lom, FIELD, "low part of the gap to it")
/* Crossing accesses: the tokens of both words. */
#define WORDS_COLUMNS(ONE, VEC)                              \
    VEC(prevm, 2, CLK, "stamps of the words' tokens")        \
    VEC(lom, 2, FIELD, "low parts of the gaps to them")      \
    VEC(f, 2, FIELD, "address of the second word, limbs 0 and 1")
/* clang-format on */

/* Filling; r is the row, e the event, in the instruction. */
#define FILL_ACCESS(r, ev, in)                               \
    do {                                                     \
        (r)->ts = (ev)->ts;                                  \
        (r)->ip = (ev)->ip;                                  \
        (r)->rs1 = (in)->rs1;                                \
        (r)->i0 = (in)->c[0];                                \
        (r)->ih = (in)->c[1];                                \
        split(4, 16, (r)->a, (ev)->a);                       \
        (r)->prev1 = (ev)->prev1;                            \
        split(3, 16, (r)->e, (ev)->addr);                    \
    } while (0)
#define FILL_TARGET(r, ev, in)                               \
    do {                                                     \
        (r)->rd = (in)->rd;                                  \
        split(4, 16, (r)->old, (ev)->old);                   \
        (r)->prevd = (ev)->prevd;                            \
    } while (0)
#define FILL_SOURCE(r, ev, in)                               \
    do {                                                     \
        (r)->rs2 = (in)->rs2;                                \
        (r)->prev2 = (ev)->prev2;                            \
    } while (0)
#define FILL_WORD(r, ev)                                           \
    do {                                                           \
        (r)->prevm = (ev)->prevm[0];                               \
        (r)->lom = gap_lo((ev)->prevm[0], (ev)->ts + TICK_MEM);    \
    } while (0)
#define FILL_WORDS(r, ev)                                                      \
    do {                                                                       \
        for (unsigned k_ = 0; k_ < 2; k_++) {                                  \
            (r)->prevm[k_] = (ev)->prevm[k_];                                  \
            (r)->lom[k_] = gap_lo((ev)->prevm[k_], (ev)->ts + TICK_MEM);       \
        }                                                                      \
        split(2, 16, (r)->f, ((ev)->addr & ~(uint64_t)7) + 8);                 \
    } while (0)

/** The @p n low pieces of @p bits bits of @p v. */
static inline void split(unsigned n, unsigned bits, uint32_t *out, uint64_t v)
{
    for (unsigned i = 0; i < n; i++) {
        out[i] = (uint32_t)(v >> (bits * i)) & ((1u << bits) - 1);
    }
}

/** The column lo of air_before. */
static inline uint32_t gap_lo(uint32_t prev, uint32_t stamp)
{
    return (stamp - prev - 1) & 0x3fffu;
}

#ifdef SC_AIRGEN

/** Column @p i of the vector @p field of ROW. */
#define CI(field, i) air_col((unsigned)(offsetof(ROW, field) / sizeof(uint32_t)) + (i))
/** Declare @p name, the @p n columns of the vector @p field. */
#define COLUMNS_OF(name, n, field)           \
    ex name[n];                              \
    for (unsigned i_ = 0; i_ < (n); i_++) {  \
        name[i_] = CI(field, i_);            \
    }

/** The columns of ACCESS_COLUMNS. */
struct access {
    ex ts, ip, rs1, i0, ih, a[4], prev1, e[3];
};
#define ACCESS_OF_ROW                                                             \
    {                                                                             \
        C(ts), C(ip), C(rs1), C(i0), C(ih), {CI(a, 0), CI(a, 1), CI(a, 2), CI(a, 3)}, \
        C(prev1), {CI(e, 0), CI(e, 1), CI(e, 2)},                         \
    }

/** Step, program line, base register and effective address of a load or store.
 * The address limbs need no range check, the token pins them; the fourth is 0 and its carry is dropped. */
static inline void access_begin(ex real, const struct access *x, ex op, ex rd, ex rs2)
{
    struct air_prog p = air_prog_zero();
    p.ip = x->ip;
    p.op = op;
    p.rd = rd;
    p.rs1 = x->rs1;
    p.rs2 = rs2;
    const ex imm[4] = {x->i0, x->ih, x->ih, x->ih};
    const ex sum[4] = {x->e[0], x->e[1], x->e[2], air_k(0)};
    for (unsigned i = 0; i < 4; i++) {
        p.c[i] = imm[i];
    }
    air_step(real, x->ts, x->ip, air_add(x->ip, air_k(1)), air_k(0));
    air_prog_query(real, p);
    air_reg_read(real, x->rs1, air_add(x->ts, air_k(TICK_RS1)), x->a, x->prev1);
    (void)air_add_limbs("address is base plus offset, below 2^48", 4, x->a, imm, sum);
}

/** Class of a loaded word: read-write, read-only (ro) or executable (rx). */
static inline ex loaded_space(ex real, ex ro, ex rx)
{
    air_bool("a word has one class", air_add(ro, rx));
    return air_add(real, air_add(ro, air_scale(rx, 2)));
}

/** Limb @p k of little-endian bytes. */
static inline ex limb_of(const ex *bytes, unsigned k)
{
    return air_add(bytes[2 * k], air_scale(bytes[2 * k + 1], 256));
}

static inline void limbs_of(ex out[4], const ex *bytes)
{
    for (unsigned k = 0; k < 4; k++) {
        out[k] = limb_of(bytes, k);
    }
}

/** A one-hot choice of the offset within a word: at[i] stands for first + i. */
struct offset {
    const ex *at;
    unsigned first, n;
};

/** Its value, affine. */
static inline ex offset_value(struct offset o)
{
    ex s = air_k(0);
    for (unsigned i = 0; i < o.n; i++) {
        s = air_add(s, air_scale(o.at[i], (int64_t)(o.first + i)));
    }
    return s;
}

/** Byte @p k counted from the offset, of @p n_bytes bytes; 0 past their end. Degree 2. */
static inline ex byte_at(struct offset o, const ex *bytes, unsigned n_bytes, unsigned k)
{
    ex s = air_k(0);
    for (unsigned i = 0; i < o.n && o.first + i + k < n_bytes; i++) {
        s = air_add(s, air_mul(o.at[i], bytes[o.first + i + k]));
    }
    return s;
}

/** Byte @p j of the words after a store: byte @p k of the value where the offset is j - k and the value is longer than k.
 * longer[k]: sum of the kinds whose value has more than k bytes, as an expression of degree at most 1. Degree 3. */
static inline ex byte_stored(struct offset o, const ex *old, const ex *value, unsigned n_value, const ex *longer, unsigned j)
{
    ex s = old[j];
    for (unsigned k = 0; k < n_value && k <= j; k++) {
        const unsigned i = j - k;
        if (i >= o.first && i < o.first + o.n) {
            const ex hit = air_mul(longer[k], o.at[i - o.first]);
            s = air_add(s, air_mul(hit, air_sub(value[k], old[j])));
        }
    }
    return s;
}

/** Address of the word that holds the effective address. */
static inline void word_address(ex out[3], const struct access *x, struct offset o)
{
    out[0] = air_sub(x->e[0], offset_value(o));
    out[1] = x->e[1];
    out[2] = x->e[2];
}

/** Address of the next word: first + 8 over four limbs, f its limbs 0 and 1. The third limb is third + carry, an affine
 * expression that the token pins below 2^16, so nothing is carried into the fourth. */
static inline void next_address(ex out[3], ex real, const ex first[3], const ex f[2])
{
    const ex eight[2] = {air_scale(real, 8), air_k(0)};
    const ex carry = air_add_limbs("second word is eight bytes further", 2, first, eight, f);
    out[0] = f[0];
    out[1] = f[1];
    out[2] = air_add(first[2], carry);
}

#endif
#endif
