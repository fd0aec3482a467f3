/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Keccak-f[1600] and its sponge with a rate of 136 bytes. Constants are the reference's own rules, run here: section 1.2.
 */
#include "core/hash/keccak256.h"

#include "core/base/rd.h"

enum { RATE = 136, N_ROUNDS = 24 };

static inline uint64_t rotl(uint64_t x, unsigned n)
{
    return n == 0 ? x : x << n | x >> (64 - n);
}

/* The round constant, from the register x^8 + x^6 + x^5 + x^4 + 1, which goes on from round to round. */
static uint64_t iota(uint8_t *lfsr)
{
    uint64_t c = 0;
    for (unsigned j = 0; j < 7; j++) {
        if ((*lfsr & 1) != 0) {
            c |= UINT64_C(1) << ((1u << j) - 1);
        }
        *lfsr = (uint8_t)(*lfsr << 1 ^ (*lfsr >> 7) * 0x71);
    }
    return c;
}

static void permute(uint64_t a[25])
{
    uint8_t lfsr = 1;
    for (unsigned round = 0; round < N_ROUNDS; round++) {
        uint64_t c[5], b[25];
        for (unsigned x = 0; x < 5; x++) {
            c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
        }
        for (unsigned i = 0; i < 25; i++) {
            a[i] ^= c[(i + 4) % 5] ^ rotl(c[(i + 1) % 5], 1);
        }
        b[0] = a[0];
        for (unsigned t = 0, x = 1, y = 0; t < 24; t++) { /* rho and pi: lane (x, y) goes to (y, 2 x + 3 y) */
            const unsigned to = (2 * x + 3 * y) % 5;
            b[5 * to + y] = rotl(a[5 * y + x], (t + 1) * (t + 2) / 2 % 64);
            x = y;
            y = to;
        }
        for (unsigned i = 0; i < 25; i++) {
            const unsigned row = i / 5 * 5;
            a[i] = b[i] ^ (~b[row + (i + 1) % 5] & b[row + (i + 2) % 5]);
        }
        a[0] ^= iota(&lfsr);
    }
}

void sc_keccak256(uint8_t out[KECCAK256_OUT], const uint8_t *in, size_t len)
{
    uint64_t a[25] = {0};
    size_t at = 0; /* in the block */
    for (size_t i = 0; i < len; i++) {
        a[at / 8] ^= (uint64_t)in[i] << 8 * (at % 8);
        if (++at == RATE) {
            permute(a);
            at = 0;
        }
    }
    a[at / 8] ^= UINT64_C(1) << 8 * (at % 8);
    a[RATE / 8 - 1] ^= UINT64_C(1) << 63;
    permute(a);
    for (unsigned i = 0; i < KECCAK256_OUT / 8; i++) {
        store_le(out + 8 * i, a[i], 8);
    }
}
