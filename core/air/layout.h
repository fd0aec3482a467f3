/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * From the heights of the tables to the place of everything: chunks and their order, column blocks of the stacked
 * polynomial, leaf blocks of the bus argument. Owns nothing. Theory: docs/spec/stacking.md.
 */
#ifndef SC_AIR_LAYOUT_H
#define SC_AIR_LAYOUT_H

#include "core/air/air.h"
#include "core/base/status.h"

#define SC_MAX_MAIN AIR_N_TABLES /* main tables of any machine, the toys of tests included */
#define SC_MAX_ALL_CHUNKS (SC_MAX_MAIN * AIR_MAX_CHUNKS + 1)
#define SC_MAX_LOG_CELLS 30  /* m0 */
#define SC_MAX_LOG_LEAVES 30 /* nL */
#define SC_MIN_LOG_CELLS 16
#define SC_MAX_VARS 30       /* coordinates of any point */

/** A set of tables, IMAGE last, and the digest that stands for it in keys and proofs. */
struct sc_machine {
    const struct air_table *tables;
    unsigned n_tables; /* with IMAGE; 2 .. SC_MAX_MAIN + 1 */
    const uint8_t *digest; /* 32 bytes */
};

/** Heights: the exponents of the chunks of each main table, decreasing, and that of IMAGE. */
struct sc_shape {
    uint8_t n_chunks[SC_MAX_MAIN];
    uint8_t log_h[SC_MAX_MAIN][AIR_MAX_CHUNKS];
    uint8_t image_log_h;
};

struct sc_chunk {
    uint8_t table, index, log_h;
    uint32_t block;      /* column c is block `block + c` of the stacked polynomial, in units of 2^log_h */
    uint32_t leaf;       /* interaction i is block `leaf + i` of the leaf vector, in the same units */
    uint32_t value;      /* column c is value `value + c` of the message COLUMNS */
    uint32_t constraint; /* number of its first constraint */
};

struct sc_layout {
    unsigned n_chunks; /* with IMAGE, which is the last */
    unsigned m0;       /* variables of the stacked main polynomial */
    unsigned n_leaf_vars; /* nL */
    unsigned n_vars;   /* H */
    uint32_t n_values, n_main_values;
    uint32_t n_constraints;
    uint32_t n_uses;
    uint64_t n_cells, n_leaves; /* in use, before rounding up */
    struct sc_chunk chunk[SC_MAX_ALL_CHUNKS]; /* in stacking order */
};

/** Chunk exponents of a table with @p rows rows; returns how many. rows <= 2^30. */
unsigned sc_chunks_from_rows(uint64_t rows, uint8_t log_h[AIR_MAX_CHUNKS]);

/** True when the list is one that sc_chunks_from_rows gives and no exponent is above SC_MAX_LOG_CELLS. */
bool sc_chunks_valid(const uint8_t *log_h, unsigned n);

/** Every list valid, tables of fixed height with exactly their one chunk, IMAGE with 1 to SC_MAX_LOG_CELLS variables. */
bool sc_shape_valid(const struct sc_machine *m, const struct sc_shape *s);

/** Places of everything; s is valid. False when the stacked polynomial or the leaf vector exceeds its limit. */
SC_MUST_USE bool sc_layout(struct sc_layout *out, const struct sc_machine *m, const struct sc_shape *s);

/** Stamps that the rows of the shape could use: 4 x rows of the tables that receive STATE. */
uint64_t sc_shape_clock(const struct sc_machine *m, const struct sc_shape *s);

/** Variables of IMAGE's own stacked polynomial. */
unsigned sc_image_vars(const struct sc_machine *m, unsigned image_log_h);

#endif
