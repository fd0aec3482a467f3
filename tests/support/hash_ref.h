/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Hashes as their standards have them, slow and plain: what the kernels of devices are held against. Nothing is shared with those.
 */
#ifndef SC_TESTS_HASH_REF_H
#define SC_TESTS_HASH_REF_H

#include <stddef.h>
#include <stdint.h>

/** SHA-256 (FIPS 180-4) and Keccak-256 (padding 0x01) of len bytes, len < 2^20. */
void sha256_ref(uint8_t out[32], const uint8_t *in, size_t len);
void keccak256_ref(uint8_t out[32], const uint8_t *in, size_t len);
/** state := state after one block of SHA-256; the state that it begins with is sha256_start. */
void sha256_block_ref(uint32_t state[8], const uint8_t block[64]);
extern const uint32_t sha256_start[8];
/** Poseidon2 over KoalaBear: canonical residues; width 16 or 24, rounds' constants in the order in which they are added. Matrices are written out. */
void poseidon2_ref(uint32_t *state, const uint32_t *constants, unsigned width);
/** Digests of 8 residues: a leaf by a sponge of width 24 that overwrites 16 at a time, without padding; a node by width 16. Constants of that width. */
void poseidon2_leaf_ref(uint32_t out[8], const uint32_t *words, size_t n, const uint32_t *constants);
void poseidon2_node_ref(uint32_t out[8], const uint32_t in[16], const uint32_t *constants);

#endif
