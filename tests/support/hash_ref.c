/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Hashes as their standards have them. Constants are computed from what they are: roots of primes, a shift register, powers of 1/2.
 * Theory: FIPS 180-4, sections 4.2.2 and 6.2.2; the Keccak reference, section 1.2; ePrint 2023/323, sections 5 and 6.
 */
#include "tests/support/hash_ref.h"

#include <stdbool.h>
#include <string.h>

#define P UINT64_C(0x7f000001)

const uint32_t sha256_start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static uint32_t rotr(uint32_t a, unsigned n)
{
    return a >> n | a << (32 - n);
}

/* 32 bits of the fraction of the cube root of p: the greatest r with r^3 <= p 2^96, bit by bit. r < 2^35. */
static uint32_t cube_root_fraction(unsigned p)
{
    uint64_t r = 0;
    for (unsigned bit = 35; bit-- > 0;) {
        const unsigned __int128 t = r | UINT64_C(1) << bit;
        if (t * t * t <= (unsigned __int128)p << 96) {
            r = (uint64_t)t;
        }
    }
    return (uint32_t)r;
}

static bool is_prime(unsigned n)
{
    for (unsigned d = 2; d * d <= n; d++) {
        if (n % d == 0) {
            return false;
        }
    }
    return true;
}

void sha256_block_ref(uint32_t state[8], const uint8_t block[64])
{
    uint32_t w[64], v[8];
    unsigned prime = 1;
    memcpy(v, state, sizeof v);
    for (unsigned t = 0; t < 64; t++) {
        if (t < 16) {
            w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 | (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
        } else {
            const uint32_t x = w[t - 15], y = w[t - 2];
            w[t] = (rotr(y, 17) ^ rotr(y, 19) ^ y >> 10) + w[t - 7] + (rotr(x, 7) ^ rotr(x, 18) ^ x >> 3) + w[t - 16];
        }
        do {
            prime++;
        } while (!is_prime(prime));
        const uint32_t t1 = v[7] + (rotr(v[4], 6) ^ rotr(v[4], 11) ^ rotr(v[4], 25)) + ((v[4] & v[5]) ^ (~v[4] & v[6])) + cube_root_fraction(prime) + w[t];
        const uint32_t t2 = (rotr(v[0], 2) ^ rotr(v[0], 13) ^ rotr(v[0], 22)) + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof v[0]);
        v[4] += t1;
        v[0] = t1 + t2;
    }
    for (unsigned i = 0; i < 8; i++) {
        state[i] += v[i];
    }
}

void sha256_ref(uint8_t out[32], const uint8_t *in, size_t len)
{
    uint32_t state[8];
    uint8_t end[128] = {0};
    size_t left = len;
    memcpy(state, sha256_start, sizeof state);
    for (; left >= 64; left -= 64, in += 64) {
        sha256_block_ref(state, in);
    }
    memcpy(end, in, left);
    end[left] = 0x80;
    const size_t size = left + 9 <= 64 ? 64 : 128;
    for (size_t i = 0; i < 8; i++) {
        end[size - 1 - i] = (uint8_t)((uint64_t)len * 8 >> 8 * i);
    }
    for (size_t at = 0; at < size; at += 64) {
        sha256_block_ref(state, end + at);
    }
    for (size_t i = 0; i < 32; i++) {
        out[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
    }
}

static uint64_t rotl64(uint64_t a, unsigned n)
{
    return n == 0 ? a : a << n | a >> (64 - n);
}

/* Bit t of the sequence of the round constants, a register that steps by x^8 + x^6 + x^5 + x^4 + 1. */
static bool rc_bit(unsigned t)
{
    unsigned r = 1;
    for (t %= 255; t > 0; t--) {
        r = r << 1 ^ (r >> 7) * 0x171u;
    }
    return (r & 1) != 0;
}

static void keccak_f_ref(uint64_t a[5][5]) /* a[x][y] */
{
    for (unsigned round = 0; round < 24; round++) {
        uint64_t c[5], b[5][5];
        for (unsigned x = 0; x < 5; x++) {
            c[x] = a[x][0] ^ a[x][1] ^ a[x][2] ^ a[x][3] ^ a[x][4];
        }
        for (unsigned i = 0; i < 25; i++) {
            a[i % 5][i / 5] ^= c[(i + 4) % 5] ^ rotl64(c[(i + 1) % 5], 1);
        }
        b[0][0] = a[0][0];
        for (unsigned t = 0, x = 1, y = 0; t < 24; t++) {
            const unsigned next = (2 * x + 3 * y) % 5;
            b[y][next] = rotl64(a[x][y], (t + 1) * (t + 2) / 2 % 64);
            x = y;
            y = next;
        }
        for (unsigned i = 0; i < 25; i++) {
            a[i % 5][i / 5] = b[i % 5][i / 5] ^ (~b[(i + 1) % 5][i / 5] & b[(i + 2) % 5][i / 5]);
        }
        for (unsigned j = 0; j <= 6; j++) {
            a[0][0] ^= (uint64_t)rc_bit(j + 7 * round) << ((1u << j) - 1);
        }
    }
}

void keccak256_ref(uint8_t out[32], const uint8_t *in, size_t len)
{
    enum { RATE = 136 };
    uint64_t a[5][5] = {{0}};
    for (bool last = false; !last;) {
        uint8_t block[RATE] = {0};
        const size_t n = len < RATE ? len : RATE;
        last = len < RATE;
        memcpy(block, in, n);
        if (last) {
            block[n] ^= 0x01;
            block[RATE - 1] ^= 0x80;
        }
        for (unsigned i = 0; i < RATE; i++) {
            a[i / 8 % 5][i / 40] ^= (uint64_t)block[i] << 8 * (i % 8);
        }
        keccak_f_ref(a);
        in += n;
        len -= n;
    }
    for (unsigned i = 0; i < 32; i++) {
        out[i] = (uint8_t)(a[i / 8][0] >> 8 * (i % 8));
    }
}

/* 1 / 2^k: halve, making even by p where it is odd. */
static uint64_t half_to(unsigned k)
{
    uint64_t r = 1;
    while (k-- > 0) {
        r = (r + (r & 1) * P) / 2;
    }
    return r;
}

/* The diagonal of the inner matrix, less one: a small number, or +-1/2^k as 100 k with its sign. */
static uint64_t inner(unsigned width, unsigned i)
{
    static const int of_16[16] = {-2, 1, 2, 100, 3, 4, -100, -3, -4, 800, 300, 2400, -800, -300, -400, -2400};
    static const int of_24[24] = {-2,  1,   2,   100, 3,    4,    -100, -3,   -4,   800,  200,  300,
                                  400, 500, 600, 2400, -800, -300, -400, -500, -600, -700, -900, -2400};
    const int d = width == 16 ? of_16[i] : of_24[i];
    const unsigned size = (unsigned)(d < 0 ? -d : d);
    const uint64_t v = size < 100 ? size : half_to(size / 100);
    return d < 0 ? P - v : v;
}

static uint64_t outer(unsigned i, unsigned k)
{
    static const uint64_t circ[4] = {2, 3, 1, 1};
    return circ[(k + 4 - i % 4) % 4] * (i / 4 == k / 4 ? 2 : 1);
}

static void matrix(uint32_t *s, unsigned width, bool is_inner)
{
    uint64_t r[24];
    for (unsigned i = 0; i < width; i++) {
        r[i] = 0;
        for (unsigned k = 0; k < width; k++) {
            const uint64_t m = is_inner ? 1 + (i == k ? inner(width, i) : 0) : outer(i, k);
            r[i] = (r[i] + m % P * s[k]) % P;
        }
    }
    for (unsigned i = 0; i < width; i++) {
        s[i] = (uint32_t)r[i];
    }
}

void poseidon2_ref(uint32_t *s, const uint32_t *constants, unsigned width)
{
    const unsigned partial = width == 16 ? 20 : 23;
    matrix(s, width, false);
    for (unsigned round = 0; round < 8 + partial; round++) {
        const bool is_inner = round >= 4 && round < 4 + partial;
        for (unsigned i = 0; i < (is_inner ? 1 : width); i++) {
            const uint64_t x = (s[i] + (uint64_t)*constants++) % P;
            s[i] = (uint32_t)(x * x % P * x % P);
        }
        matrix(s, width, is_inner);
    }
}

void poseidon2_leaf_ref(uint32_t out[8], const uint32_t *words, size_t n, const uint32_t *constants)
{
    uint32_t state[24] = {0};
    for (size_t i = 0; i < n; i++) {
        state[i % 16] = words[i];
        if (i % 16 == 15 || i + 1 == n) {
            poseidon2_ref(state, constants, 24);
        }
    }
    memcpy(out, state, 32);
}

void poseidon2_node_ref(uint32_t out[8], const uint32_t in[16], const uint32_t *constants)
{
    uint32_t state[16];
    memcpy(state, in, sizeof state);
    poseidon2_ref(state, constants, 16);
    memcpy(out, state, 32);
}
