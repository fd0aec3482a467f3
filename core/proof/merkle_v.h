/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Merkle trees as the verifier sees them: leaf and node hashes, and openings with shared paths read
 * through the channel. Owns nothing; the work area is the caller's. Theory: docs/spec/merkle.md.
 */
#ifndef SC_PROOF_MERKLE_V_H
#define SC_PROOF_MERKLE_V_H

#include "core/transcript/transcript.h"

#define SC_MERKLE_MAX_T 320  /* indices of one opening, duplicates counted */
#define SC_MERKLE_MAX_DEPTH 24

/** Keys of the two hash functions of merkle.md. */
struct sc_merkle_keys {
    uint8_t leaf[32], node[32];
};

void sc_merkle_keys(struct sc_merkle_keys *k);
void sc_merkle_leaf(uint8_t out[32], const struct sc_merkle_keys *k, const uint8_t *bytes, size_t len);
/** out may be l or r. */
void sc_merkle_node(uint8_t out[32], const struct sc_merkle_keys *k, const uint8_t l[32],
                    const uint8_t r[32]);

/** Sorted distinct values of index[0 .. t); returns how many. t <= SC_MERKLE_MAX_T. */
unsigned sc_merkle_distinct(uint32_t *out, const uint32_t *index, unsigned t);
/** Digests of a shared path for n sorted distinct indices, n >= 1. */
size_t sc_merkle_path_len(const uint32_t *distinct, unsigned n, unsigned depth);

/** Work area and result of one opening. */
struct sc_merkle_open {
    uint32_t distinct[SC_MERKLE_MAX_T]; /* result: sorted distinct indices */
    unsigned n;                         /* result: how many */
    const uint8_t *leaves;              /* result: n leaves of leaf_len bytes, in that order; borrowed from the proof */
    uint32_t known[SC_MERKLE_MAX_T];
    uint8_t digest[SC_MERKLE_MAX_T][32];
};

/** Receive the opening of a tree of the given root and depth at index[0 .. t) and check it.
 *
 * Reads one WHIR_OPEN frame (leaves) and one WHIR_PATH frame (digests), both of lengths fixed by the indices.
 * 1 <= t <= SC_MERKLE_MAX_T, depth <= SC_MERKLE_MAX_DEPTH, every index < 2^depth.
 * SOCLE_E_FORMAT when bytes are missing, SOCLE_E_REJECT when the root is another one.
 */
SC_MUST_USE socle_status sc_merkle_recv(struct sc_vch *ch, struct sc_merkle_open *o,
                                        const uint8_t root[32], unsigned depth, size_t leaf_len,
                                        const uint32_t *index, unsigned t);

/** Position of @p index among o->distinct; it is there. */
unsigned sc_merkle_find(const struct sc_merkle_open *o, uint32_t index);

#endif
