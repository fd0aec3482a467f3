/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The prover from columns to proof bytes, and key generation. Order of everything: docs/spec/proof.md.
 */
#ifndef SC_PROVE_PROVE_H
#define SC_PROVE_PROVE_H

#include "core/verify/verify.h"
#include "host/prove/oracle.h"
#include "host/sys/watch.h"
#include "kernels/cpu/cpu_ops.h"

struct sc_pool;
struct sc_trace;

/** What all stages of a prover share. */
struct sc_prover {
    const struct sc_machine *machine;
    const struct sc_profile *profile;
    const struct sc_cpu_ops *ops;
    struct sc_pool *pool; /* may be NULL */
    struct sc_committer *device; /* what commitments are made on; NULL: the threads of the pool */
    const struct sc_watch *watch; /* may be NULL */
};

/** A program ready to be proved: its committed image and its key. */
struct sc_program {
    struct sc_head_image head;
    uint8_t vk[SC_VK_LEN];
    unsigned vars;   /* of the image's stacked polynomial */
    const fp *cells; /* borrowed: 2^vars elements */
    struct sc_oracle oracle;
};

/** Commit to an image of 2^log_h rows stacked in @p cells, which are borrowed until sc_program_fini, and compute the key. */
SC_MUST_USE socle_status sc_keygen(struct sc_program *out, const struct sc_prover *p, uint32_t entry, unsigned log_h, const fp *cells);
void sc_program_fini(struct sc_program *program);

/** A run as columns, or the part of it that a proof of a set is about. */
struct sc_witness {
    struct sc_shape shape;
    const fp *cells; /* stacked main polynomial, 2^m0 elements, Montgomery form */
    const fp *boundary; /* stacked polynomial of BOUNDARY in a proof of a set */
    struct sc_head_run run; /* of a single proof */
    const uint8_t *output; /* run.output_len bytes; of a single proof */
    void (*cells_done)(void *arg); /* called when the cells have been read for the last time; may be NULL */
    void *arg;
};

/** The witness of a trace; borrows it. */
struct sc_witness sc_witness_of(const struct sc_trace *trace);

/** Prove a witness. *proof is the caller's, to be given back with sc_free().
 *
 * The proof is verified before it is returned: E_SELFCHECK when it is refused, which an honest trace cannot cause.
 * Errors: E_LIMIT for a shape that one proof cannot hold, E_NOMEM, E_CANCELLED.
 */
SC_MUST_USE socle_status sc_prove(uint8_t **proof, size_t *len, const struct sc_prover *p, const struct sc_program *program,
                                  const struct sc_witness *w);

/** The profile has schedules for polynomials of these variables. */
bool sc_prover_has(const struct sc_prover *p, unsigned m0, unsigned image_vars);

/** The most memory of sc_prove at any time and of the cells together, when cells_done gives them back.
 * The prover has schedules for both sizes. */
size_t sc_prove_memory(const struct sc_prover *p, const struct sc_layout *l, size_t output_len);
/** The most memory of sc_keygen. */
size_t sc_keygen_memory(const struct sc_prover *p, unsigned image_vars);

/** The same without the check at the end: for tests of what the verifier refuses. */
SC_MUST_USE socle_status sc_prove_unchecked(uint8_t **proof, size_t *len, const struct sc_prover *p, const struct sc_program *program,
                                            const struct sc_witness *w);

#endif
