/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The prover of the argument: fractions of all buses down to the leaves, then the batched sumcheck down to column values.
 * Mirrors core/verify/gkr_v.h and core/verify/zero_v.h message by message. Theory: docs/spec/argument.md.
 */
#ifndef SC_PROVE_ARGUE_H
#define SC_PROVE_ARGUE_H

#include "core/verify/zero_v.h"
#include "host/prove/pch.h"
#include "host/sys/watch.h"
#include "kernels/cpu/cpu_ops.h"

struct sc_pool;
struct sc_committer;

/** The columns of every chunk, closed-form ones included. Borrows the cells; owns the tables of closed-form columns. */
struct sc_columns {
    const struct sc_machine *m;
    const struct sc_layout *l;
    const struct sc_cpu_ops *ops;
    struct sc_pool *pool;
    const struct sc_watch *watch; /* may be NULL */
    struct sc_committer *device;  /* for the bus argument of L and the sumcheck; may be NULL */
    const fp *main;               /* the stacked main polynomial, 2^m0 elements, and the ticket of its commitment on the device; 0: it is not there */
    uint64_t ticket;
    const fp *col[SC_MAX_ALL_CHUNKS][AIR_MAX_COLS];
    fp *closed;
    size_t closed_len; /* bytes */
};

/** @p polys: the stacked polynomials by sc_chunk_poly: main, IMAGE, BOUNDARY; NULL for one that has no chunks. Errors: E_NOMEM. */
SC_MUST_USE socle_status sc_columns_init(struct sc_columns *c, const struct sc_machine *m, const struct sc_layout *l,
                                         const fp *const polys[3], const struct sc_cpu_ops *ops, struct sc_pool *pool);
void sc_columns_fini(struct sc_columns *c);
size_t sc_columns_memory(const struct sc_machine *m, const struct sc_layout *l);

/** An affine form over the columns of one chunk, as it is collected. */
struct sc_form {
    fx k;
    fx coef[AIR_MAX_COLS];
};
/** f += weight * (form of the table) */
void sc_form_add(struct sc_form *f, const struct air_table *t, unsigned form, fx weight);
/** Its non-zero terms; col and coef have room for AIR_MAX_COLS. */
struct sc_lin sc_form_lin(const struct sc_form *f, const struct air_table *t, const fp *const *cols, const fp **col, fx *coef);

/** eq(point, x) for all x in {0,1}^n as a product of two tables: low bits and the others. */
struct sc_eqs {
    unsigned n, low;
    const fx *low_of; /* coordinates that the low table is of */
    fp *low_table;    /* planar, plane SC_EQS_PLANE */
    fx *high;
    size_t high_cap;
};
#define SC_EQS_LOW 10
#define SC_EQS_PLANE ((size_t)1 << SC_EQS_LOW)
SC_MUST_USE socle_status sc_eqs_init(struct sc_eqs *e, unsigned max_n);
void sc_eqs_fini(struct sc_eqs *e);
size_t sc_eqs_memory(unsigned max_n);
/** The last coordinates of one point, ever fewer of them, share the low table: point + n must be the same then. */
void sc_eqs_set(struct sc_eqs *e, const fx *point, unsigned n);
/** Both as kernels of devices want them (kernels/kc/argue.h); returns how many words: sc_kc_eqs_len(n, SC_EQS_LOW). */
size_t sc_eqs_write(fp *to, const struct sc_eqs *e);

/** Sides of the bus argument that a layout has: L alone, or L and G. The arrays bus and leaf below have as many entries. */
#define SC_SIDES 2
static inline unsigned sc_n_sides(const struct sc_layout *l)
{
    return l->n_global_vars ? 2 : 1;
}

/** Prove what the fractions of each side sum to: both roots first, then the layers of L, then those of G.
 * Memory: 40 bytes for each leaf of the larger (rounded up to a power of two) at most. */
SC_MUST_USE socle_status sc_gkr_prove(struct sc_pch *ch, struct sc_leaf_claim *out, const struct sc_columns *c,
                                      const struct sc_bus_point *bus);
/** The most it holds. */
size_t sc_gkr_memory(const struct sc_layout *l, unsigned n_threads);

/** Prove constraints and leaf claims; r receives l->n_vars coordinates, values l->n_values column values.
 * Memory: 10 bytes for each cell, 20 for each row, and 20 more for each row of BOUNDARY. */
SC_MUST_USE socle_status sc_zero_prove(struct sc_pch *ch, fx *r, fx *values, const struct sc_columns *c, const struct sc_bus_point *bus,
                                       const struct sc_leaf_claim *leaf);
/** The most it holds. */
size_t sc_zero_memory(const struct sc_machine *m, const struct sc_layout *l);

#endif
