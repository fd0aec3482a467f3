/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside the batched sumcheck's prover (zero.c): the host's sums (zero_h.c), for which zero.c has the transcript, or all of it on a device (zero_d.c).
 * Theory: docs/spec/argument.md section 3.
 */
#ifndef SC_PROVE_ZERO_WAY_H
#define SC_PROVE_ZERO_WAY_H

#include "host/prove/argue.h"

/** What is proved, as far as the transcript has it when the rounds begin. */
struct sc_zero {
    const struct sc_columns *c;
    const struct sc_bus_point *bus; /* of each side */
    const struct sc_leaf_claim *leaf;
    unsigned n_sides;
    const fx *powers; /* of lambda */
    const fx *tau;    /* n_vars coordinates */
    unsigned top[SC_SIDES];            /* the greatest height with leaves there */
    fx rho[SC_SIDES][SC_MAX_VARS];     /* where the leaves are claimed: last coordinates, as many as r has; those before the first of `top` are not read */
};

/** Of a chunk in one round: of its laws at 0 (zero in the chunk's first round), 2 and 3, and of the form of a side's interactions at 0 and 1. */
struct sc_zero_sums {
    fx laws[3];
    fx form[SC_SIDES][2];
};

/* ---- on the host: the sums of each round, for the transcript that zero.c has ---- */

struct sc_zero_h;
/** sc_zero_h_end is due in any case but E_NOMEM, which leaves NULL. */
SC_MUST_USE socle_status sc_zero_h_create(struct sc_zero_h **out, const struct sc_zero *z);
/** Forms of all chunks' interactions; their sums in the first round of each chunk. */
SC_MUST_USE socle_status sc_zero_h_begin(struct sc_zero_h *h, struct sc_zero_sums *sums);
/** Round @p i, of all chunks that have begun. Forms only after the first round of a chunk. */
void sc_zero_h_sums(struct sc_zero_h *h, struct sc_zero_sums *sums, unsigned i);
/** All chunks that have begun are bound to @p r. */
SC_MUST_USE socle_status sc_zero_h_bind(struct sc_zero_h *h, fx r, unsigned i);
/** Values of all committed columns, when every coordinate is bound. */
void sc_zero_h_values(const struct sc_zero_h *h, fx *values);
void sc_zero_h_end(struct sc_zero_h *h);
size_t sc_zero_h_memory(const struct sc_machine *m, const struct sc_layout *l);

/* ---- on a device: all of it ---- */

/** The rounds and the values, on the columns' device. *how: as of sc_stretch's by_device. */
SC_MUST_USE socle_status sc_zero_d_prove(struct sc_pch *ch, fx *r, fx *values, const struct sc_zero *z, socle_status *how);
/** Bytes that it takes of the columns' device, which is there. 0: it cannot be. */
uint64_t sc_zero_d_room(const struct sc_columns *c);

/** All interactions of a chunk on one side: sum_i w_i (lambda^K s_i m_i + lambda^(K+1) (alpha + sum_j beta_j t_ij)) on every row; of G with
 * lambda^(K+2) and lambda^(K+3). */
void sc_zero_form(struct sc_form *out, const struct sc_zero *z, unsigned chunk, unsigned side);
/** Variables of the rounds before a chunk begins. */
static inline unsigned sc_zero_skip(const struct sc_zero *z, unsigned chunk)
{
    return z->c->l->n_vars - z->c->l->chunk[chunk].log_h;
}
static inline bool sc_zero_uses(const struct sc_zero *z, unsigned chunk, unsigned side)
{
    return side < z->n_sides && sc_uses_of(z->c->m, &z->c->l->chunk[chunk], (enum sc_side)side).n != 0;
}

#endif
