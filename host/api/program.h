/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside host/api: a loaded program with its image and key, and the plan of a proof. Not for others to include.
 */
#ifndef SC_API_PROGRAM_H
#define SC_API_PROGRAM_H

#include "host/api/context.h"
#include "host/prove/prove.h"
#include "host/trace/trace.h"

/** The prover of a context, under @p profile. */
struct sc_prover sc_api_prover(socle_context *ctx, const struct sc_profile *profile);

/** A program, its image and its key, as they depend on each other. All zero means none. */
struct api_program {
    struct sc_elf elf;
    struct sc_image image;
    struct sc_program program;
};

/** Load a program and compute its key under @p profile; sc_api_program_fini in every case. */
SC_MUST_USE socle_status sc_api_program(socle_context *ctx, struct api_program *l, const struct sc_profile *profile, const uint8_t *elf,
                                        size_t elf_len);
void sc_api_program_fini(struct api_program *l);

/** What is known of a proof before it is made. */
struct api_plan {
    struct sc_run run;
    struct sc_segments segments;
    struct sc_shape shape; /* of a set: of its largest proof */
    struct sc_layout layout;
    uint64_t cells, bus_terms; /* committed and argued, padding included */
    uint64_t memory; /* that suffices beside what is held when the plan is made; of a set, with one proof made at a time */
    uint64_t each, kept; /* of a set: for each proof that is made at the same time, and beside those */
};

/** Run without recording, which is quick: what are the proofs of the run, and how much memory do they take? sc_api_plan_fini in every case.
 * @p out receives the run with the tables as they are committed. */
SC_MUST_USE socle_status sc_api_plan(socle_context *ctx, struct socle_run *out, struct api_plan *plan, const struct api_program *l,
                                     const uint8_t *input, size_t input_len);
/** E_NOMEM when the plan does not fit the memory limit; the message has the least that does. */
SC_MUST_USE socle_status sc_api_plan_fits(socle_context *ctx, const struct api_plan *plan);
void sc_api_plan_fini(struct api_plan *plan);

#endif
