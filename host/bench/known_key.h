/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Proving keys of Groth16 whose trapdoor stands in known_key.c: anybody can forge proofs for them. For benchmarks, which want a key of
 * any size quickly; a key lives in memory and is never written. Tests hold them against those of the set-up (host/groth16/setup.h).
 */
#ifndef SC_BENCH_KNOWN_KEY_H
#define SC_BENCH_KNOWN_KEY_H

#include "core/base/status.h"
#include "host/groth16/iden3.h"
#include "host/sys/pool.h"

/** The trapdoor, plain. gamma and delta are 1. */
struct sc_known {
    struct sc_fr_word tau, alpha, beta;
};
const struct sc_known *sc_known_trapdoor(void);

/** The generator of a group times d 256^w, for each d and w below 256 and 32. */
struct sc_base {
    const struct sc_group_ops *ops;
    uint8_t *table;
};
/** E_NOMEM. */
SC_MUST_USE socle_status sc_base_init(struct sc_base *b, enum sc_group g);
/** Zeros are fine. */
void sc_base_fini(struct sc_base *b);
/** out = k[i] times the generator, n points at any address; k plain, below the order. pool may be NULL. E_NOMEM. */
SC_MUST_USE socle_status sc_base_multiples(const struct sc_base *b, uint8_t *out, const struct sc_fr_word *k, size_t n, struct sc_pool *pool);

struct sc_known_key {
    struct zkey zkey;
    uint8_t *bytes; /* of its sections */
    size_t len;
};
/** The key of a circuit whose constraints leave room for its public values in a domain of 2^log_domain. pool may be NULL. @p goes_on is asked
 * now and then; what it says ends it unless that is SOCLE_OK. E_NOMEM. */
SC_MUST_USE socle_status sc_known_key_make(struct sc_known_key *out, const struct r1cs *circuit, unsigned log_domain, struct sc_pool *pool,
                                           socle_status (*goes_on)(void *arg), void *arg);
void sc_known_key_fini(struct sc_known_key *k);
/** Bytes of a key, and the most that making it takes beside it and the circuit. */
size_t sc_known_key_size(const struct g16_curve *c, size_t n_vars, size_t n_terms, unsigned log_domain);
size_t sc_known_key_memory(const struct g16_curve *c, size_t n_vars, unsigned log_domain, unsigned n_threads);

#endif
