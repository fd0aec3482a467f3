/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A circuit of any size and its witness, in the files of circom (.r1cs, .wtns), for benchmarks and tests.
 */
#ifndef SC_BENCH_SNARK_CHAIN_H
#define SC_BENCH_SNARK_CHAIN_H

#include "host/groth16/g16_curve.h"

/** Bytes from sc_big_take; NULL when there was no memory. */
struct sc_snark_file {
    uint8_t *bytes;
    size_t len;
};
void sc_snark_file_fini(struct sc_snark_file *f);

/** x' = (x + k + i)^5, i < n_rounds: a public x, a private k, the last x as output. Three constraints a round. */
struct sc_snark_file sc_snark_chain(const struct g16_curve *c, uint32_t n_rounds);
/** Its witness, full-width numbers. */
struct sc_snark_file sc_snark_chain_witness(const struct g16_curve *c, uint32_t n_rounds);

/** Begin a file of @p len bytes; where its first section is to stand, NULL when there is no memory. */
uint8_t *sc_snark_begin(struct sc_snark_file *f, size_t len, const char *magic, uint32_t version, uint32_t sections);
/** The head of a section at *at, which goes to the next one; where its contents are to stand. */
uint8_t *sc_snark_section(uint8_t **at, uint32_t type, size_t len);
/** Words, little-endian; returns what is behind them. */
uint8_t *sc_snark_words(uint8_t *to, const uint64_t *words, unsigned n);
/** The header of a circuit: wires, outputs, public and private inputs, constraints. */
void sc_snark_counts(uint8_t **at, const struct g16_curve *c, const uint32_t counts[4], uint32_t n_constraints);

#endif
