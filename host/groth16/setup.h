/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Set-up of Groth16 for one circuit: a proving key from constraints and powers of tau, before any contribution of phase 2. Such a key is
 * for development: whoever set it up, or anybody at all, knows its gamma and delta, which are 1.
 * The bytes are those of snarkjs's `zkey new`. Source: J. Groth, 2016, section 3.2; S. Bowe, A. Gabizon, I. Miers, "Scalable Multi-party
 * Computation for zk-SNARK Parameters in the Random Beacon Model", 2017, for the two phases.
 */
#ifndef SC_GROTH16_SETUP_H
#define SC_GROTH16_SETUP_H

#include "host/groth16/iden3.h"

/** The domain that a circuit needs: 2^*log_domain >= constraints + public values + 1. E_ARG with a sentence: the files are for different
 * curves, there are too few powers, they are not prepared for phase 2, the circuit has custom gates. E_LIMIT: a key has no room for it. */
SC_MUST_USE socle_status sc_setup_fits(unsigned *log_domain, char *why, size_t why_size, const struct r1cs *circuit, const struct ptau *p);

/** The powers that a domain of 2^log_domain needs (sc_setup_fits) are points of their curves, those of the Lagrange forms of their groups, and are powers of one tau, times alpha and beta, in both forms
 * (by random sums and pairings: a lie passes with a chance below 2^-200). E_FORMAT with a sentence, E_NOMEM, E_IO (no randomness).
 * pool may be NULL. */
SC_MUST_USE socle_status sc_ptau_check(const struct ptau *p, unsigned log_domain, char *why, size_t why_size, struct sc_pool *pool);

/** The key, *len bytes from sc_big_take. What sc_setup_fits returns; E_NOMEM. Points of @p p must have been checked. pool may be NULL. */
SC_MUST_USE socle_status sc_g16_setup(uint8_t **out, size_t *len, char *why, size_t why_size, const struct r1cs *circuit, const struct ptau *p,
                                      struct sc_pool *pool);
/** The most memory of both beside the files. */
size_t sc_setup_memory(const struct r1cs *circuit, unsigned log_domain, unsigned n_threads);

/** The hash that a key made over @p p has in its list of contributions; the key must have none. E_NOMEM. */
SC_MUST_USE socle_status sc_circuit_hash(uint8_t out[64], const struct zkey *k, const struct ptau *p);

#endif
