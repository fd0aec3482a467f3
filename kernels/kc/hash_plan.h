/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Launches of the hashes and of the search for a nonce, and the constants that they are given. Owns nothing.
 */
#ifndef SC_KC_HASH_PLAN_H
#define SC_KC_HASH_PLAN_H

#include "core/field/fp.h"
#include "kernels/kc/launch.h"

#include <stddef.h>

/* Buffers, as launches number them, and what each kernel has there:
 *   OUT   a tree, digests; the states of Poseidon2, in place
 *   IN    key and block of a frame and the nonce found, the code; the constants of Poseidon2 alone
 *   LEAF, NODE  SHA-256's states after the prefixes of leaves and of nodes, 8 words each; Poseidon2's constants of widths 24 and 16 */
enum sc_kc_hash_buffer { SC_KC_HASH_OUT, SC_KC_HASH_IN, SC_KC_HASH_LEAF, SC_KC_HASH_NODE, SC_KC_N_HASH_BUFFERS };

enum { SC_KC_POSEIDON2_MAX_CONSTANTS = 8 * 24 + 23, SC_KC_MAX_LOG_LEAVES = 26 };

/** Try nonces first + 0 .. n - 1, 1 <= n < 2^32, first being what is in the frame (a multiple of 2^16 below 2^48 - 2^32). IN: 8 words of key,
 * 16 of the frame, and one that is 2^32 - 1 and becomes the least i that works, if there is one. */
struct sc_kc_launch sc_kc_grind(uint32_t mask, uint32_t n);

enum sc_kc_hash { SC_KC_SHA256, SC_KC_KECCAK256, SC_KC_POSEIDON2 };

/** The tree of 2^log_n leaves of n_words words each: leaves at digest 0 and on by the first launch, then level after level, the root last, by
 * the others. @p before: bytes of SHA-256's prefixes, both (0, or a multiple of 64); 0 for the other hashes. log_n <= SC_KC_MAX_LOG_LEAVES;
 * returns the launches, 1 + log_n. */
unsigned sc_kc_hash_tree(struct sc_kc_launch out[1 + SC_KC_MAX_LOG_LEAVES], enum sc_kc_hash hash, unsigned log_n, uint32_t n_words, uint32_t before);

/** n permutations of width 16 or 24. Element i of state j is word i n + j. */
struct sc_kc_launch sc_kc_poseidon2(unsigned width, uint32_t n);

/** The constants of rounds of width 16 or 24, in Montgomery form, in the order in which they are added; returns how many.
 * Source: ePrint 2023/323, appendix B, and the Grain generator of ePrint 2019/458, appendix E: prime field, 31 bits, 8 full rounds, 20 or 23
 * partial ones. They are those of Plonky3's default permutations. */
size_t sc_kc_poseidon2_constants(fp out[SC_KC_POSEIDON2_MAX_CONSTANTS], unsigned width);

#endif
