/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * SHA-256, incremental. Source: FIPS 180-4.
 */
#ifndef SC_HASH_SHA256_H
#define SC_HASH_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_OUT 32
#define SHA256_BLOCK 64

struct sha256 {
    uint32_t state[8];
    uint64_t len; /* bytes so far */
    uint8_t block[SHA256_BLOCK];
};

/** The constants of the rounds: section 4.2.2. */
extern const uint32_t sc_sha256_k[64];

void sc_sha256_init(struct sha256 *h);
void sc_sha256_update(struct sha256 *h, const void *data, size_t len);
/** Consumes the hasher. */
void sc_sha256_final(struct sha256 *h, uint8_t out[SHA256_OUT]);

#endif
