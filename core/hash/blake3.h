/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * BLAKE3: incremental hasher with keyed and derive-key modes and extendable output.
 * Portable reference; freestanding. Source: the BLAKE3 paper, sections 2.1 to 2.6.
 */
#ifndef SC_HASH_BLAKE3_H
#define SC_HASH_BLAKE3_H

#include <stddef.h>
#include <stdint.h>

#define B3_OUT 32
#define B3_BLOCK 64
#define B3_CHUNK 1024
#define B3_MAX_DEPTH 54

struct b3 {
    uint32_t key[8];
    uint32_t cv[8];
    uint8_t block[B3_BLOCK];
    uint64_t chunk;
    uint8_t block_len, blocks, flags, depth;
    uint32_t stack[B3_MAX_DEPTH + 1][8];
};

void sc_b3_init(struct b3 *h);
void sc_b3_init_keyed(struct b3 *h, const uint8_t key[B3_OUT]);
void sc_b3_init_derive(struct b3 *h, const char *context);
void sc_b3_update(struct b3 *h, const void *data, size_t len);
/** Bytes [at, at + len) of the output stream; the hasher is not consumed. */
void sc_b3_final(const struct b3 *h, uint64_t at, uint8_t *out, size_t len);

/** The compression function itself: cv (8 words), block (64 bytes as 16 LE words), counter, block length, flags -> 16 words. */
void sc_b3_compress(uint32_t out[16], const uint32_t cv[8], const uint32_t block[16], uint64_t counter, uint32_t len, uint32_t flags);

/** BLAKE3.keyed_hash(key, data). */
void sc_b3_keyed(uint8_t out[B3_OUT], const uint8_t key[B3_OUT], const void *data, size_t len);
/** BLAKE3.derive_key(context, data). */
void sc_b3_derive(uint8_t out[B3_OUT], const char *context, const void *data, size_t len);

#endif
