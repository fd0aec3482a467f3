/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What a chip's constrain function may say. Calls record an expression graph in airgen; nothing is evaluated.
 * A chip file:
 *
 *   #define ADD_COLUMNS(ONE, VEC)                                   \
 *       ONE(ts, CLK, "stamp of the row")                            \
 *       VEC(a, 4, FIELD, "rs1, limbs")
 *   AIR_ROW(add, ADD_COLUMNS)          -- declares struct add_row, all members uint32_t or uint32_t[n]
 *   AIR_COLS(add, ADD_COLUMNS)         -- defines sc_add_cols and sc_add_n_cols for airgen and the tests
 *   void sc_add_fill(...);             -- plain C; canonical residues
 *   #ifdef SC_AIRGEN                   -- the recorder exists in airgen alone, which compiles the chips with SC_AIRGEN set
 *   void sc_add_constrain(void);       -- C(field) names a column of the row
 *   #endif
 *
 * Classes: BIT (constraint c (c - 1) = 0), BYTE (B2 lookup, in pairs), U16 (lookup), CLK and FIELD (nothing). Lookups of classes have selector `real`.
 */
#ifndef SC_AIR_DSL_H
#define SC_AIR_DSL_H

#include "core/air/air.h"

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint32_t id;
} ex;

enum air_class { AIR_BIT, AIR_BYTE, AIR_U16, AIR_CLK, AIR_FIELD };

struct air_col_info {
    const char *name;
    const char *doc;
    uint16_t n; /* 1 for ONE */
    uint8_t cls;
    uint8_t is_vec;
};

#define AIR_MEMBER_ONE(name, cls, doc) uint32_t name;
#define AIR_MEMBER_VEC(name, n, cls, doc) uint32_t name[n];
#define AIR_INFO_ONE(name, cls, doc) {#name, doc, 1, AIR_##cls, 0},
#define AIR_INFO_VEC(name, n, cls, doc) {#name, doc, n, AIR_##cls, 1},
#define AIR_ROW(chip, COLUMNS)                     \
    struct chip##_row {                            \
        COLUMNS(AIR_MEMBER_ONE, AIR_MEMBER_VEC)    \
    };

#define AIR_COUNT_ONE(name, cls, doc) +1u
#define AIR_COUNT_VEC(name, n, cls, doc) +(n)

/** Column information of a chip, in row order; declared for every table by core/chips/chips.h. */
#define AIR_COLS(chip, COLUMNS)                                                                  \
    _Static_assert(sizeof(struct chip##_row) == 4u * (0u COLUMNS(AIR_COUNT_ONE, AIR_COUNT_VEC)),  \
                   #chip ": the row is not made of its columns");                                 \
    const struct air_col_info sc_##chip##_cols[] = {COLUMNS(AIR_INFO_ONE, AIR_INFO_VEC)};        \
    const unsigned sc_##chip##_n_cols = sizeof sc_##chip##_cols / sizeof sc_##chip##_cols[0];

/** Column of the row struct ROW (define ROW in the chip file): C(ts), C(a[2]). */
#define C(field) air_col((unsigned)(offsetof(ROW, field) / sizeof(uint32_t)))
/** i-th closed-form column of the table. */
ex air_closed(unsigned i);
ex air_col(unsigned index);
ex air_k(int64_t v);
ex air_add(ex a, ex b);
ex air_sub(ex a, ex b);
ex air_mul(ex a, ex b);
ex air_scale(ex a, int64_t k);
/** a / k in the field. */
ex air_div(ex a, int64_t k);
ex air_sum(unsigned n, const ex *e);

/** The row's kinds: BIT columns of which at most one is set. Returns `real`, their sum, and constrains it boolean ("at most one kind").
 * Every selector of the chip must be a kind or a sum of distinct kinds. Call once, first. */
ex air_kinds(unsigned n, const ex *kinds);
/** Sum of some kinds. */
ex air_any(unsigned n, const ex *kinds);

/** e = 0 on every row, unreal ones too. */
void air_zero(const char *label, ex e);
/** e is 0 or 1. */
void air_bool(const char *label, ex e);

/** PERM buses: +sel, -sel. LOOKUP buses: query. */
void air_send(enum air_bus bus, ex sel, unsigned n, const ex *slots);
void air_recv(enum air_bus bus, ex sel, unsigned n, const ex *slots);
void air_query(enum air_bus bus, ex sel, unsigned n, const ex *slots);
/** LOOKUP bus, table side: -mult; mult is a FIELD column that the generator constrains to 0 on unreal rows (closed-form tables have none). */
void air_table_side(enum air_bus bus, ex mult, unsigned n, const ex *slots);
/** The closed-form columns of the chip, in order (air_closed(0), ...). Call before using them. */
void air_closed_columns(unsigned n, const enum air_closed *kinds);
/** For a table without kinds whose realness is closed-form or constant (REGS, IMAGE, lookup tables): the expression that stands for `real`,
 * a constant 1 or 0, a closed-form column or a BIT column. */
void air_real_is(ex real);

/* Gadgets, core/air/gadgets.c. Vectors of 4 limbs. */

/** stamp - prev - 1 = lo + 2^14 hi, both 16-bit. lo is a FIELD column: the lookups of lo and hi are made here. */
void air_before(ex sel, ex prev, ex stamp, ex lo);
/** Receive STATE (ts, ip, 0), send (ts + 4, next_ip, halted). */
void air_step(ex sel, ex ts, ex ip, ex next_ip, ex halted);
/** Query PROG; missing slots are 0. */
struct air_prog {
    ex ip, op, rd, rs1, rs2, c[4], x0, x1;
};
struct air_prog air_prog_zero(void);
void air_prog_query(ex sel, struct air_prog p);
/** Read register @p reg at @p stamp; stamp - prev - 1 is 16-bit (the table RENEW brings older tokens near). */
void air_reg_read(ex sel, ex reg, ex stamp, const ex v[4], ex prev);
/** Replace register @p reg at @p stamp; likewise. */
void air_reg_write(ex sel, ex reg, ex stamp, const ex old[4], const ex val[4], ex prev);
/** Access the memory word at addr[3]: token (space, addr, prev, old) becomes (space, addr, stamp, val). */
void air_mem(ex sel, ex space, const ex addr[3], ex stamp, const ex old[4], const ex val[4], ex prev, ex lo);
/** a_i + b_i + carry = s_i + 2^16 carry' over n limbs; each carry is constrained boolean; returns the last carry (callers drop it or constrain it). */
ex air_add_limbs(const char *label, unsigned n, const ex *a, const ex *b, const ex *s);

#endif
