/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Files of circom and snarkjs made here, for tests and benchmarks: powers of the tau of host/bench/known_key.h. Never for anything else.
 */
#ifndef SC_TESTS_SNARK_FILES_H
#define SC_TESTS_SNARK_FILES_H

#include "host/bench/snark_chain.h"
#include "host/sys/pool.h"

/** Powers of tau (.ptau), 2^power of them, without contributions; @p prepared: with the Lagrange forms of phase 2. pool may be NULL. */
struct sc_snark_file snark_ptau(const struct g16_curve *c, unsigned power, bool prepared, struct sc_pool *pool);

/** A prepared one whose lists hold nothing but generators (tau = 1), its Lagrange forms nothing but infinity: large ones at once, not good
 * for a key. */
struct sc_snark_file snark_flat_ptau(const struct g16_curve *c, unsigned power);
/** Constraints of nothing, and no wire but 1. */
struct sc_snark_file snark_empty_r1cs(const struct g16_curve *c, uint32_t n_constraints);

#endif
