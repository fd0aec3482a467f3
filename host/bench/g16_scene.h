/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The cases of the suite "groth16": a chain of fifth powers (snark_chain.h) that fills 2^k rows on either curve, a key of a known trapdoor
 * (known_key.h), and randomness that is always the same, so that a proof has one right result. Nothing of it is for use.
 * When circuit, witness, trapdoor or randomness change, SC_G16_VERSION counts up.
 */
#ifndef SC_BENCH_G16_SCENE_H
#define SC_BENCH_G16_SCENE_H

#include "host/bench/known_key.h"
#include "host/bench/proof_run.h"
#include "host/bench/snark_chain.h"
#include "host/groth16/groth16.h"

#define SC_G16_VERSION 1

struct sc_g16_case {
    const char *curve, *shape;
    unsigned log_rows;
};

/** All cases, of each curve the small ones first. */
const struct sc_g16_case *sc_g16_cases(size_t *n);
/** Constraints of a case: as many rounds of three as fit beside the rows of the public values. */
uint32_t sc_g16_constraints(const struct sc_g16_case *c);

/** Bytes: held by a scene; beside that the most while it is made, and while a proof is. */
struct sc_g16_memory {
    uint64_t held, make, prove;
};
struct sc_g16_memory sc_g16_scene_memory(const struct sc_g16_case *c, unsigned n_threads);

/** What proofs of a case are made from. */
struct sc_g16_scene {
    const struct sc_g16_case *of; /* NULL: not made */
    struct sc_known_key key;
    struct g16_vkey vkey;
    struct sc_snark_file witness_file;
    struct wtns witness;
    uint8_t workload[SOCLE_BENCH_DIGEST];
    uint64_t key_ns;
};
/** E_NOMEM, or what @p goes_on says, which is asked now and then. pool may be NULL. */
SC_MUST_USE socle_status sc_g16_scene_make(struct sc_g16_scene *out, const struct sc_g16_case *c, struct sc_pool *pool,
                                           socle_status (*goes_on)(void *arg), void *arg);
/** Zeros are fine. */
void sc_g16_scene_fini(struct sc_g16_scene *s);

/** Make a proof and verify it, each by the clock. E_REJECT: it does not verify. E_NOMEM with @p why. */
SC_MUST_USE socle_status sc_g16_scene_prove(struct sc_proof_run *out, char why[SC_PROOF_WHY], const struct sc_g16_scene *s, const struct g16_by *by);

#endif
