/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * One proof from HEAD_SHAPE to its last opening: what a single proof and the proofs of a set have in common. The caller brings what
 * differs: the transcript up to there, and the bus point of G. Mirrors core/verify/body_v.h. Theory: docs/spec/proof.md.
 */
#ifndef SC_PROVE_BODY_P_H
#define SC_PROVE_BODY_P_H

#include "host/prove/argue.h"
#include "host/prove/open.h"
#include "host/prove/prove.h"

/** A proof under way. */
struct sc_body_p {
    const struct sc_prover *p;
    const struct sc_program *program;
    const struct sc_witness *w;
    struct sc_pch ch;
    struct sc_bus_point bus[SC_SIDES]; /* of L: drawn here; of G: the set's */
    uint8_t boundary_root[32];                /* as the set's transcript has it */
    struct sc_samples samples;                /* of BOUNDARY's polynomial */

    struct sc_layout layout;
    struct sc_oracle main, boundary;
    struct sc_columns cols;
    struct sc_leaf_claim leaf[SC_SIDES];
    fx r[SC_MAX_VARS];
    fx *values;
    struct sc_block *blocks;
};

/** NULL when there is no memory. */
struct sc_body_p *sc_body_p_create(const struct sc_prover *p, const struct sc_program *program, const struct sc_witness *w);
void sc_body_p_destroy(struct sc_body_p *b);

/** Places of everything; the shape is valid. E_LIMIT when the profile has no schedule for them. */
SC_MUST_USE socle_status sc_body_p_layout(struct sc_body_p *b);
void sc_body_p_shape(struct sc_body_p *b);
/** From MAIN_ROOT to the last opening. E_BUG: the boundary polynomial is not the one that was committed. */
SC_MUST_USE socle_status sc_body_p_prove(struct sc_body_p *b);

/** The bytes so far behind @p head_len others, which are copied from @p head; the caller's, for sc_free(). */
SC_MUST_USE socle_status sc_body_p_take(uint8_t **out, size_t *out_len, struct sc_pch *ch, const uint8_t *head, size_t head_len);

/** The most that is held at any time until the bytes are taken, both polynomials of the witness included, when it gives the cells back;
 * @p bytes is the most that the channel holds, @p head_len what is put before them. */
size_t sc_body_p_memory(const struct sc_prover *p, const struct sc_layout *l, uint64_t bytes, size_t head_len);

#endif
