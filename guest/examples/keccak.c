/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Keccak-256. Lane (x, y) of the state is s[x + 5 y]. Round constants and rotation offsets come
 * from their definitions: an LFSR, and the triangular numbers along the walk (x, y) -> (y, 2x +
 * 3y). Theory: the Keccak reference, version 3.0, sections 1.2 and 2.
 */
#include "guest/examples/keccak.h"

#define RATE 136u

static const uint64_t round_constants[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
    0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

static uint64_t rotate(uint64_t x, unsigned n)
{
    return x << (n & 63) | x >> ((64 - n) & 63);
}

static void theta(uint64_t s[25])
{
    uint64_t c[5];
    for (unsigned x = 0; x < 5; x++) {
        c[x] = s[x] ^ s[x + 5] ^ s[x + 10] ^ s[x + 15] ^ s[x + 20];
    }
    for (unsigned x = 0; x < 5; x++) {
        const uint64_t d = c[(x + 4) % 5] ^ rotate(c[(x + 1) % 5], 1);
        for (unsigned y = 0; y < 25; y += 5) {
            s[x + y] ^= d;
        }
    }
}

/* rho and pi: the lane at step t of the walk moves to the place of step t + 1, rotated by (t + 1)(t
 * + 2) / 2. */
static void rho_pi(uint64_t s[25])
{
    unsigned x = 1, y = 0;
    uint64_t lane = s[1];
    for (unsigned t = 0; t < 24; t++) {
        const unsigned next_y = (2 * x + 3 * y) % 5;
        x = y;
        y = next_y;
        const uint64_t there = s[x + 5 * y];
        s[x + 5 * y] = rotate(lane, (t + 1) * (t + 2) / 2);
        lane = there;
    }
}

static void chi(uint64_t s[25])
{
    for (unsigned y = 0; y < 25; y += 5) {
        uint64_t row[5];
        for (unsigned x = 0; x < 5; x++) {
            row[x] = s[x + y];
        }
        for (unsigned x = 0; x < 5; x++) {
            s[x + y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
        }
    }
}

static void permute(uint64_t s[25])
{
    for (unsigned r = 0; r < 24; r++) {
        theta(s);
        rho_pi(s);
        chi(s);
        s[0] ^= round_constants[r];
    }
}

static void absorb(uint64_t s[25], const uint8_t *block)
{
    for (unsigned i = 0; i < RATE; i++) {
        s[i / 8] ^= (uint64_t)block[i] << (8 * (i % 8));
    }
    permute(s);
}

void keccak256(uint8_t out[32], const uint8_t *in, size_t size)
{
    uint64_t s[25] = {0};
    uint8_t last[RATE] = {0};
    for (; size >= RATE; size -= RATE, in += RATE) {
        absorb(s, in);
    }
    for (size_t i = 0; i < size; i++) {
        last[i] = in[i];
    }
    last[size] ^= 0x01;
    last[RATE - 1] ^= 0x80;
    absorb(s, last);
    for (unsigned i = 0; i < 32; i++) {
        out[i] = (uint8_t)(s[i / 8] >> (8 * (i % 8)));
    }
}
