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
#define SC_MAX_ALL_CHUNKS (SC_MAX_MAIN * AIR_MAX_CHUNKS + 1 + AIR_MAX_CHUNKS)
#define SC_MAX_LOG_CELLS 30  /* m0 */
#define SC_MAX_LOG_LEAVES 30 /* nL */
#define SC_MIN_LOG_CELLS 16
#define SC_MAX_VARS 30       /* coordinates of any point */

/** Tables, and the digest that stands for them in keys and proofs. Table n_main is IMAGE; table n_main + 1 is BOUNDARY. */
struct sc_machine {
    const struct air_table *tables;
    unsigned n_main; /* 1 .. SC_MAX_MAIN */
    const uint8_t *digest; /* 32 bytes */
    /* Bit t: main table t has its place in proof 0 of a set; in the others. A machine without BOUNDARY has no sets: both are 0. */
    uint64_t in_first, in_segments;
};

/** What a proof is: of a run by itself, the first of a set (memory), or one of a set's segments. */
enum sc_part { SC_SINGLE, SC_FIRST, SC_SEGMENT };

/** Heights: the exponents of the chunks of each main table, decreasing, that of IMAGE, and those of BOUNDARY. */
struct sc_shape {
    uint8_t n_chunks[SC_MAX_MAIN];
    uint8_t log_h[SC_MAX_MAIN][AIR_MAX_CHUNKS];
    uint8_t image_log_h; /* 0: no IMAGE, in segments alone */
    uint8_t part;        /* enum sc_part */
    uint8_t n_boundary;
    uint8_t boundary_log_h[AIR_MAX_CHUNKS];
    uint32_t index;      /* in the set: 0 .. S; 0 for a single proof */
};

struct sc_chunk {
    uint8_t table, index, log_h;
    uint32_t block;      /* column c is block `block + c` of the polynomial that has the table, in units of 2^log_h */
    uint32_t leaf;       /* use i of the n_uses - n_global first is block `leaf + i` of L, in the same units */
    uint32_t leaf_global; /* use n_uses - n_global + i is block `leaf_global + i` of G */
    uint32_t value;      /* column c is value `value + c` of the message COLUMNS */
    uint32_t constraint; /* number of its first constraint */
};

/** Values and chunks: main, then those of IMAGE, then those of BOUNDARY. */
struct sc_layout {
    unsigned n_chunks, n_main_chunks, n_image_chunks;
    unsigned m0;          /* variables of the stacked main polynomial */
    unsigned image_m0, boundary_m0; /* of those of IMAGE and BOUNDARY; 0 where there are no chunks */
    unsigned n_leaf_vars; /* nL */
    unsigned n_global_vars; /* nG; 0 where G is empty, then there is no G */
    unsigned n_vars;      /* H */
    uint32_t index;       /* of the shape */
    uint32_t n_values, n_main_values, n_image_values; /* the rest of n_values is BOUNDARY's */
    uint32_t n_constraints;
    uint32_t n_uses;
    uint64_t n_cells, n_leaves, n_global_leaves; /* in use, before rounding up; cells of main */
    struct sc_chunk chunk[SC_MAX_ALL_CHUNKS]; /* main in stacking order, IMAGE, BOUNDARY */
};

/** Chunk exponents of a table with @p rows rows, as the prover takes them (stacking.md); returns how many. rows < 2^62; above 2^30
 * the list is not valid. The chunks of more rows have no fewer rows. */
unsigned sc_chunks_from_rows(uint64_t rows, uint8_t log_h[AIR_MAX_CHUNKS]);

/** True when the exponents fall strictly, are at most AIR_MAX_CHUNKS, and lie from AIR_MIN_LOG_H to SC_MAX_LOG_CELLS. */
bool sc_chunks_valid(const uint8_t *log_h, unsigned n);

/** Tables present exactly where the part has them; every list valid, tables of fixed height with exactly their one chunk,
 * IMAGE with 1 to SC_MAX_LOG_CELLS variables. */
bool sc_shape_valid(const struct sc_machine *m, const struct sc_shape *s);

/** Places of everything; s is valid. False when a stacked polynomial or a leaf vector exceeds its limit. */
SC_MUST_USE bool sc_layout(struct sc_layout *out, const struct sc_machine *m, const struct sc_shape *s);

/** Stamps that the rows of the shape could use: 4 x rows of the tables that receive STATE. */
uint64_t sc_shape_clock(const struct sc_machine *m, const struct sc_shape *s);

/** Variables of IMAGE's own stacked polynomial. */
unsigned sc_image_vars(const struct sc_machine *m, unsigned image_log_h);
/** Variables of BOUNDARY's; the list is valid. Above SC_MAX_LOG_CELLS: too large. */
unsigned sc_boundary_vars(const struct sc_machine *m, const uint8_t *log_h, unsigned n);

/** The two sides of the bus argument: leaves of L, of G. */
enum sc_side { SC_LOCAL, SC_GLOBAL };

/** Uses of a chunk's table on one side: n of them from number first on; use first + i is block `block + i`. */
struct sc_uses {
    unsigned first, n;
    uint32_t block;
};

static inline struct sc_uses sc_uses_of(const struct sc_machine *m, const struct sc_chunk *c, enum sc_side side)
{
    const struct air_table *const t = &m->tables[c->table];
    const unsigned n_local = (unsigned)t->n_uses - t->n_global;
    return side == SC_LOCAL ? (struct sc_uses){0, n_local, c->leaf} : (struct sc_uses){n_local, t->n_global, c->leaf_global};
}

static inline unsigned sc_side_vars(const struct sc_layout *l, enum sc_side side)
{
    return side == SC_LOCAL ? l->n_leaf_vars : l->n_global_vars;
}

/** Polynomial of chunk @p i: 0 main, 1 IMAGE, 2 BOUNDARY. */
static inline unsigned sc_chunk_poly(const struct sc_layout *l, unsigned i)
{
    return i < l->n_main_chunks ? 0 : i < l->n_main_chunks + l->n_image_chunks ? 1 : 2;
}

#endif
