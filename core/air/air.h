/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Tables as data: what airgen emits from the chips and what verifier, prover and checker read.
 * Selectors and tuple slots are affine in the columns of a row, so a bus use is data; constraints are emitted code.
 */
#ifndef SC_AIR_AIR_H
#define SC_AIR_AIR_H

#include "core/field/fx.h"

#include <stdbool.h>
#include <stddef.h>

#define AIR_SLOTS 16       /* tuple width, slot 0 is the bus id */
#define AIR_MAX_DEGREE 3   /* of a constraint */
#define AIR_MAX_COLS 128   /* committed + closed columns of one table */
#define AIR_MAX_USES 80    /* bus uses of one table */
#define AIR_MAX_CONSTRAINTS 256 /* of one table */
#define AIR_MAX_CHUNKS 4
#define AIR_MIN_LOG_H 4

enum air_bus {
    AIR_BUS_NONE = 0,
#define B(name, id, kind, slots, meaning) AIR_BUS_##name = id,
#include "core/air/buses.def"
#undef B
    AIR_BUS_END
};

enum air_bus_kind { AIR_PERM, AIR_LOOKUP, AIR_GLOBAL };

/** A lookup bus whose table is the same in every proof. */
static inline bool air_bus_fixed(unsigned bus)
{
    return bus >= AIR_BUS_U16 && bus <= AIR_BUS_POW2;
}

/** coef * column */
struct air_term {
    uint16_t col;
    fp coef; /* Montgomery */
};

/** k + sum of terms[first .. first + n) */
struct air_form {
    uint16_t first, n;
    fp k;
};

/** One interaction: sign * sel / (alpha + beta_0 bus + sum beta_{1+s} slot_s). */
struct air_use {
    uint8_t bus;        /* enum air_bus */
    int8_t sign;        /* +1 or -1 */
    uint8_t n_slots;    /* after the bus id; the rest are 0 */
    uint16_t sel;       /* index into forms */
    uint16_t slots;     /* index into forms of the first slot */
};

/** Closed-form columns of a table of 2^h rows, index = row. The last two are constants of a proof, the same on every row, unreal ones too. */
enum air_closed {
    AIR_CF_INDEX,    /* row */
    AIR_CF_HI8,      /* row >> 8 */
    AIR_CF_LO8,      /* row & 255 */
    AIR_CF_AND8,     /* (row >> 8) & (row & 255) */
    AIR_CF_POW2_M,   /* POW2 table: row = s + 64 right; right ? 2^(8 - s mod 8) : 2^(s mod 8) */
    AIR_CF_POW2_Q,   /* (row mod 64) >> 3 */
    AIR_CF_REG_REAL, /* row < 33 */
    AIR_CF_PROOF,    /* index of the proof in its set */
    AIR_CF_FIRST,    /* 1 in proof 0, else 0 */
};

struct air_table {
    const char *name;
    uint16_t n_cols;        /* committed columns, indices 0 .. n_cols - 1 */
    uint16_t n_closed;      /* closed-form columns, indices n_cols .. */
    uint16_t n_constraints;
    uint16_t n_uses;
    uint16_t n_global;      /* of these, the last, on the bus BND: leaves of G; the others are leaves of L */
    uint8_t fixed_log_h;    /* 0: height comes from the proof (or the key, for IMAGE) */
    uint8_t takes_state;    /* receives STATE: counts against the clock */
    const uint8_t *closed;  /* enum air_closed, n_closed of them */
    const struct air_use *uses;
    const struct air_form *forms;
    const struct air_term *terms;
    const char *const *labels;    /* n_constraints violated laws, for reports */
    const char *const *col_names; /* n_cols + n_closed */
    /** sum_k lambda_pows[k] * C_k(cols). cols has n_cols + n_closed elements. Emitted. */
    fx (*eval)(const fx *cols, const fx *lambda_pows);
    /** The constraints one by one on a row of base elements, for the checker: out[k] = C_k(cols). Emitted. */
    void (*check)(fp *out, const fp *cols);
};

/** Index of every table: AIR_TABLE_ADD, .. */
enum air_table_index {
#define T(NAME, name, fixed_log_h) AIR_TABLE_##NAME,
#include "core/chips/machine.def"
#undef T
    AIR_N_TABLES
};

/** All tables in machine order: main tables, IMAGE, BOUNDARY. Emitted. */
extern const struct air_table sc_air_tables[];
/** Digest of the canonical walk over tables, columns, constraints, uses, buses. Emitted. */
extern const uint8_t sc_machine_digest[32];

/** Value of a closed-form column's multilinear extension at @p point (log_h coordinates, X_1 = top bit) in proof @p index of a set;
 * a single proof has index 0. */
fx sc_air_closed_at(enum air_closed kind, const fx *point, unsigned log_h, uint32_t index);
/** Its value on a row, canonical residue. */
uint32_t sc_air_closed_row(enum air_closed kind, uint32_t row, uint32_t index);

#endif
