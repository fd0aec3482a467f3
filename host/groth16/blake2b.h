/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * BLAKE2b with 64 bytes of output, no key: the hash of the set-up of Groth16. Source: RFC 7693.
 */
#ifndef SC_GROTH16_BLAKE2B_H
#define SC_GROTH16_BLAKE2B_H

#include <stddef.h>
#include <stdint.h>

struct blake2b {
    uint64_t h[8], n; /* n: bytes that went through the compression; below 2^64 */
    uint8_t block[128];
    size_t len;
};

void sc_blake2b_init(struct blake2b *b);
void sc_blake2b_update(struct blake2b *b, const void *data, size_t len);
/** The hasher is consumed. */
void sc_blake2b_final(struct blake2b *b, uint8_t out[64]);

#endif
