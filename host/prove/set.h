/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The prover of a set: commitments to BOUNDARY, the transcript that all proofs of the set share, and each proof by itself.
 * The order is: sc_boundary_commit for every proof, sc_set_begin once, sc_prove_part for every proof in any order and on any machine,
 * sc_set_join. What passes between them is a struct sc_set and bytes. Theory: docs/spec/proof.md, "Sets"; docs/internals/sets.md.
 */
#ifndef SC_PROVE_SET_H
#define SC_PROVE_SET_H

#include "core/proof/set.h"
#include "host/prove/prove.h"

/** BOUNDARY of one proof as the set's transcript has it. */
struct sc_boundary {
    uint8_t n_chunks;
    uint8_t log_h[AIR_MAX_CHUNKS];
    uint8_t root[32];
};

/** Samples of one boundary polynomial: the transcript before its points are drawn, and the values there. */
struct sc_set_samples {
    uint8_t before[32];
    fx answer[SC_WHIR_MAX_OOD];
};

/** What all proofs of a set share. The first group is the caller's to fill, with borrowed arrays; the second is sc_set_begin's. */
struct sc_set {
    uint32_t n_segments;
    const struct sc_set_segment *segments; /* n_segments */
    struct sc_boundary *boundary;      /* n_segments + 1 */
    uint32_t last_ram, last_input;     /* as in struct sc_head_run */
    const uint8_t *output;
    uint64_t output_len;

    struct sc_set_samples *samples;    /* n_segments + 1 */
    struct sc_bus_point bus;           /* of G */
    uint8_t digest[32];
};

/** Cells of BOUNDARY of proof @p index, 2^m0 of them; done is called before the next are asked for. done may be NULL. */
struct sc_boundary_source {
    socle_status (*cells)(void *arg, const fp **out, uint32_t index);
    void (*done)(void *arg, uint32_t index);
    void *arg;
};

/** Commit to BOUNDARY of one proof: fills in the root. @p cells is its stacked polynomial and not read afterwards.
 * Errors: E_LIMIT for a list that no proof of a set can have. */
SC_MUST_USE socle_status sc_boundary_commit(struct sc_boundary *b, const struct sc_prover *p, const fp *cells);
/** Its most memory, without the cells; @p m0 from sc_boundary_vars. */
size_t sc_boundary_commit_memory(const struct sc_prover *p, unsigned m0);

/** Run the set's transcript: *head is the file up to the first body, the caller's, for sc_free(). The cells of a proof are asked for
 * once, in order, and only where the profile has samples for their size.
 * Errors: E_LIMIT for a set that no verifier takes, E_NOMEM, and what the source gives. On failure the set has nothing to free. */
SC_MUST_USE socle_status sc_set_begin(struct sc_set *set, uint8_t **head, size_t *len, const struct sc_prover *p,
                                      const struct sc_program *program, const struct sc_boundary_source *source);
/** Frees what sc_set_begin made. */
void sc_set_fini(struct sc_set *set);
/** The most memory of sc_set_begin, without cells. */
size_t sc_set_memory(const struct sc_prover *p, const struct sc_set *set);

/** Fill the set from the head that sc_set_begin gave, instead of running it again; what was the caller's to fill is read too, into arrays
 * of the set, and the output is borrowed from @p head. Only for a head that this prover made: what it says is believed.
 * Errors: E_FORMAT for bytes that are not such a head, or of another program, machine or profile. */
SC_MUST_USE socle_status sc_set_reopen(struct sc_set *set, const uint8_t *head, size_t len, const struct sc_prover *p,
                                       const struct sc_program *program);
/** Frees what sc_set_reopen made. */
void sc_set_close(struct sc_set *set);

/** Prove proof w->shape.index of the set. *body is the caller's, to be given back with sc_free(). The program is needed in proof 0 alone.
 * Errors: E_LIMIT for a shape that such a proof cannot have, E_BUG when w->boundary is not what was committed to. */
SC_MUST_USE socle_status sc_prove_part_unchecked(uint8_t **body, size_t *len, const struct sc_prover *p, const struct sc_program *program,
                                                 const struct sc_set *set, const struct sc_witness *w);
/** The same, and verify it by itself: E_SELFCHECK when it is refused. Its global fraction goes to *global: over the set they sum to zero. */
SC_MUST_USE socle_status sc_prove_part(uint8_t **body, size_t *len, struct sc_fraction *global, const struct sc_prover *p,
                                       const struct sc_program *program, const struct sc_set *set, const uint8_t *head, size_t head_len,
                                       const struct sc_witness *w);
/** The most memory of either at any time, cells and boundary cells together, when cells_done gives the former back. */
size_t sc_prove_part_memory(const struct sc_prover *p, const struct sc_layout *l);

/** Head and bodies [0, n_bodies) one behind the other. */
SC_MUST_USE socle_status sc_set_join(uint8_t **file, size_t *len, const uint8_t *head, size_t head_len, uint8_t *const *bodies,
                                     const size_t *lens, size_t n_bodies);

#endif
