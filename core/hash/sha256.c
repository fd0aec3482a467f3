/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * SHA-256 as FIPS 180-4 writes it, sections 4.1.2, 5.1.1 and 6.2.
 */
#include "core/hash/sha256.h"

#include <string.h>

/* First 32 bits of the fractions of the cube roots of the first 64 primes: section 4.2.2. */
const uint32_t sc_sha256_k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static inline uint32_t rotr(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

static void compress(uint32_t s[8], const uint8_t b[SHA256_BLOCK])
{
    uint32_t w[64], v[8];
    for (unsigned i = 0; i < 16; i++) {
        w[i] = (uint32_t)b[4 * i] << 24 | (uint32_t)b[4 * i + 1] << 16 | (uint32_t)b[4 * i + 2] << 8 | b[4 * i + 3];
    }
    for (unsigned i = 16; i < 64; i++) {
        const uint32_t a = w[i - 15], e = w[i - 2];
        w[i] = w[i - 16] + w[i - 7] + (rotr(a, 7) ^ rotr(a, 18) ^ a >> 3) + (rotr(e, 17) ^ rotr(e, 19) ^ e >> 10);
    }
    memcpy(v, s, sizeof v);
    for (unsigned i = 0; i < 64; i++) {
        const uint32_t a = v[0], e = v[4];
        const uint32_t t1 = v[7] + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + ((e & v[5]) ^ (~e & v[6])) + sc_sha256_k[i] + w[i];
        const uint32_t t2 = (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof v[0]);
        v[4] += t1;
        v[0] = t1 + t2;
    }
    for (unsigned i = 0; i < 8; i++) {
        s[i] += v[i];
    }
}

void sc_sha256_init(struct sha256 *h)
{
    /* first 32 bits of the fractions of the square roots of the first 8 primes: section 5.3.3 */
    static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memset(h, 0, sizeof *h);
    memcpy(h->state, start, sizeof start);
}

void sc_sha256_update(struct sha256 *h, const void *data, size_t len)
{
    const uint8_t *p = data;
    while (len > 0) {
        const size_t at = h->len % SHA256_BLOCK, n = len < SHA256_BLOCK - at ? len : SHA256_BLOCK - at;
        memcpy(h->block + at, p, n);
        h->len += n;
        p += n;
        len -= n;
        if (at + n == SHA256_BLOCK) {
            compress(h->state, h->block);
        }
    }
}

void sc_sha256_final(struct sha256 *h, uint8_t out[SHA256_OUT])
{
    static const uint8_t pad[SHA256_BLOCK] = {0x80};
    const uint64_t bits = 8 * h->len;
    uint8_t length[8];
    for (unsigned i = 0; i < 8; i++) {
        length[i] = (uint8_t)(bits >> (56 - 8 * i));
    }
    const size_t at = h->len % SHA256_BLOCK;
    sc_sha256_update(h, pad, (at < 56 ? 56 : 56 + SHA256_BLOCK) - at);
    sc_sha256_update(h, length, sizeof length);
    for (unsigned i = 0; i < SHA256_OUT; i++) {
        out[i] = (uint8_t)(h->state[i / 4] >> (24 - 8 * (i % 4)));
    }
}
