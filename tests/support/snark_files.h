/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Files of circom and snarkjs made here, for tests and benchmarks: powers of a tau that everybody can read in snark_files.c, and a circuit
 * of any size with its witness. Never for anything else.
 */
#ifndef SC_TESTS_SNARK_FILES_H
#define SC_TESTS_SNARK_FILES_H

#include "host/groth16/g16_curve.h"
#include "host/sys/pool.h"

/** Bytes from sc_big_take; NULL when there was no memory. */
struct snark_file {
    uint8_t *bytes;
    size_t len;
};
void snark_file_fini(struct snark_file *f);

/** Powers of tau (.ptau), 2^power of them, without contributions; @p prepared: with the Lagrange forms of phase 2. pool may be NULL. */
struct snark_file snark_ptau(const struct g16_curve *c, unsigned power, bool prepared, struct sc_pool *pool);

/** A prepared one whose lists hold nothing but generators (tau = 1), its Lagrange forms nothing but infinity: large ones at once, not good
 * for a key. */
struct snark_file snark_flat_ptau(const struct g16_curve *c, unsigned power);
/** Constraints of nothing, and no wire but 1. */
struct snark_file snark_empty_r1cs(const struct g16_curve *c, uint32_t n_constraints);

/** x' = (x + k + i)^5, i < n_rounds: a public x, a private k, the last x as output. Three constraints a round. */
struct snark_file snark_chain_r1cs(const struct g16_curve *c, uint32_t n_rounds);
/** Its witness (.wtns), full-width numbers. */
struct snark_file snark_chain_wtns(const struct g16_curve *c, uint32_t n_rounds);

#endif
