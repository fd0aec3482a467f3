/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * RFC 7693, section 3, word for word.
 */
#include "host/groth16/blake2b.h"

#include <string.h>

#include "core/base/rd.h"

static const uint64_t iv[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                               0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

static const uint8_t sigma[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

static uint64_t right(uint64_t a, unsigned n)
{
    return a >> n | a << (64 - n);
}

static void mix(uint64_t v[16], unsigned a, unsigned b, unsigned c, unsigned d, uint64_t x, uint64_t y)
{
    v[a] += v[b] + x;
    v[d] = right(v[d] ^ v[a], 32);
    v[c] += v[d];
    v[b] = right(v[b] ^ v[c], 24);
    v[a] += v[b] + y;
    v[d] = right(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = right(v[b] ^ v[c], 63);
}

static void compress(struct blake2b *b, uint64_t last)
{
    uint64_t v[16], m[16];
    for (unsigned i = 0; i < 16; i++) {
        m[i] = load_le(b->block + (size_t)8 * i, 8);
    }
    memcpy(v, b->h, sizeof b->h);
    memcpy(v + 8, iv, sizeof iv);
    v[12] ^= b->n;
    v[14] ^= last;
    for (unsigned round = 0; round < 12; round++) {
        const uint8_t *const s = sigma[round % 10];
        for (unsigned i = 0; i < 4; i++) { /* columns */
            mix(v, i, 4 + i, 8 + i, 12 + i, m[s[2 * i]], m[s[2 * i + 1]]);
        }
        for (unsigned i = 0; i < 4; i++) { /* diagonals */
            mix(v, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4, m[s[8 + 2 * i]], m[s[9 + 2 * i]]);
        }
    }
    for (unsigned i = 0; i < 8; i++) {
        b->h[i] ^= v[i] ^ v[8 + i];
    }
}

void sc_blake2b_init(struct blake2b *b)
{
    memset(b, 0, sizeof *b);
    memcpy(b->h, iv, sizeof iv);
    b->h[0] ^= 0x01010000 ^ 64; /* fanout 1, depth 1, no key, 64 bytes */
}

void sc_blake2b_update(struct blake2b *b, const void *data, size_t len)
{
    const uint8_t *at = data;
    while (len > 0) {
        if (b->len == sizeof b->block) { /* the last block waits for final */
            b->n += b->len;
            compress(b, 0);
            b->len = 0;
        }
        const size_t room = sizeof b->block - b->len, n = len < room ? len : room;
        memcpy(b->block + b->len, at, n);
        b->len += n;
        at += n;
        len -= n;
    }
}

void sc_blake2b_final(struct blake2b *b, uint8_t out[64])
{
    memset(b->block + b->len, 0, sizeof b->block - b->len);
    b->n += b->len;
    compress(b, UINT64_MAX);
    for (unsigned i = 0; i < 8; i++) {
        store_le(out + (size_t)8 * i, b->h[i], 8);
    }
}
