/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Leaves and nodes of SHA-256, Keccak-256 and Poseidon2, VL side by side: one state per lane. Owns nothing.
 * Theory: FIPS 180-4, sections 4.1.2, 5.1.1 and 6.2; the Keccak reference, sections 1.2 and 2.2; ePrint 2023/323, sections 5 and 6, the
 * diagonals being those of Plonky3.
 */
#include "core/hash/sha256.h"
#include "kernels/cpu/digests.h"

#define NOINLINE __attribute__((noinline)) /* one copy of a long text, which tests/diff/limit_loops.py finds by its name */

/** Residues of word k of the leaves j .. j + n. */
INLINE vec residues(const fp *words, size_t stride, size_t k, size_t j, size_t n)
{
    return vec_to_u32(vec_load_n(words + k * stride + j, n));
}

/* ---- SHA-256 ---- */

/** w[i] := the word 16 places on. */
#define SHA_NEXT(i)                                                                                   \
    do {                                                                                              \
        const vec x = w[((i) + 1) & 15], y = w[((i) + 14) & 15];                                      \
        const vec early = vu_xor3(vu_rotr(x, 7), vu_rotr(x, 18), vu_shr(x, 3));                       \
        const vec late = vu_xor3(vu_rotr(y, 17), vu_rotr(y, 19), vu_shr(y, 10));                      \
        w[i] = vu_add(vu_add(w[i], early), vu_add(w[((i) + 9) & 15], late));                          \
    } while (0)

/** Round i of a, b, ..., h: they are shifted by one, so the next round calls a what is h here. */
#define SHA_ROUND(a, b, c, d, e, f, g, h, k, i)                                                       \
    do {                                                                                              \
        const vec turned = vu_xor3(vu_rotr(e, 6), vu_rotr(e, 11), vu_rotr(e, 25));                    \
        const vec t = vu_add(vu_add(h, vu_add(w[i], vec_set1((k)[i]))), vu_add(turned, vu_choose(e, f, g))); \
        d = vu_add(d, t);                                                                             \
        h = vu_add(t, vu_add(vu_xor3(vu_rotr(a, 2), vu_rotr(a, 13), vu_rotr(a, 22)), vu_most(a, b, c))); \
    } while (0)

/** s := compress(s, w), words as numbers; w is used up. */
static NOINLINE void sha_compress(vec s[8], vec w[16])
{
    vec a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
    UNROLL
    for (size_t r = 0; r < 64; r += 16) {
        const uint32_t *const k = sc_sha256_k + r;
        if (r > 0) {
            UNROLL
            for (int i = 0; i < 16; i++) {
                SHA_NEXT(i);
            }
        }
        UNROLL
        for (int i = 0; i < 16; i += 8) {
            SHA_ROUND(a, b, c, d, e, f, g, h, k, i);
            SHA_ROUND(h, a, b, c, d, e, f, g, k, i + 1);
            SHA_ROUND(g, h, a, b, c, d, e, f, k, i + 2);
            SHA_ROUND(f, g, h, a, b, c, d, e, k, i + 3);
            SHA_ROUND(e, f, g, h, a, b, c, d, k, i + 4);
            SHA_ROUND(d, e, f, g, h, a, b, c, k, i + 5);
            SHA_ROUND(c, d, e, f, g, h, a, b, k, i + 6);
            SHA_ROUND(b, c, d, e, f, g, h, a, k, i + 7);
        }
    }
    s[0] = vu_add(s[0], a);
    s[1] = vu_add(s[1], b);
    s[2] = vu_add(s[2], c);
    s[3] = vu_add(s[3], d);
    s[4] = vu_add(s[4], e);
    s[5] = vu_add(s[5], f);
    s[6] = vu_add(s[6], g);
    s[7] = vu_add(s[7], h);
}

INLINE void sha_begin(vec s[8])
{
    struct sha256 h;
    sc_sha256_init(&h);
    for (int i = 0; i < 8; i++) {
        s[i] = vec_set1(h.state[i]);
    }
}

INLINE void sha_end(uint8_t (*out)[32], vec s[8], size_t n)
{
    for (int i = 0; i < 8; i++) {
        s[i] = vu_swap(s[i]);
    }
    store_digests(out, s, n);
}

void SC_K(sha256_leaves)(uint8_t (*out)[32], const fp *words, size_t stride, size_t n_words, size_t begin, size_t end)
{
    const size_t n_padded = (n_words + 2) / 16 * 16 + 16; /* one bit, and a length of two words */
    for (size_t j = begin; j < end; j += VL) {
        const size_t n = end - j < VL ? end - j : VL;
        vec s[8], w[16];
        sha_begin(s);
        for (size_t at = 0; at < n_padded; at += 16) {
            for (size_t i = 0; i < 16; i++) {
                const size_t k = at + i;
                w[i] = k < n_words ? vu_swap(residues(words, stride, k, j, n)) : vec_set1(k == n_words ? 0x80000000u : 0u);
            }
            if (at + 16 == n_padded) {
                w[14] = vec_set1((uint32_t)((uint64_t)n_words >> 27));
                w[15] = vec_set1((uint32_t)(32 * n_words));
            }
            sha_compress(s, w);
        }
        sha_end(out + j, s, n);
    }
}

void SC_K(sha256_nodes)(uint8_t (*out)[32], const uint8_t (*in)[32], size_t begin, size_t end)
{
    for (size_t j = begin; j < end; j += VL) {
        const size_t n = end - j < VL ? end - j : VL;
        vec s[8], w[16];
        sha_begin(s);
        load_pairs(w, in[2 * j], n);
        for (int i = 0; i < 16; i++) {
            w[i] = vu_swap(w[i]);
        }
        sha_compress(s, w);
        for (int i = 0; i < 16; i++) {
            w[i] = vec_set1(i == 0 ? 0x80000000u : i == 15 ? 512u : 0u);
        }
        sha_compress(s, w);
        sha_end(out + j, s, n);
    }
}

uint32_t SC_K(limit_sha256)(size_t n)
{
    vec s[8], w[16];
    uint32_t lane[VL];
    sha_begin(s);
    for (int i = 0; i < 16; i++) {
        w[i] = vec_set1((uint32_t)i);
    }
    for (size_t i = 0; i < n; i++) {
        sha_compress(s, w);
    }
    vec_store(lane, s[0]);
    return lane[0];
}

/* ---- Keccak-256 ---- */

#define KECCAK_WORDS 34u /* of 32 bits, in a block */

static const uint64_t keccak_constants[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b, 0x0000000080000001,
    0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
    0x000000000000800a, 0x800000008000000a, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

#define KECCAK_COLUMN(x) vq_xor3(vq_xor3(a[x], a[(x) + 5], a[(x) + 10]), a[(x) + 15], a[(x) + 20])

/** Column x with that before it and that behind it, turned. */
#define KECCAK_THETA(x, before, behind)           \
    do {                                          \
        const vq turned = vq_rotl(behind, 1);     \
        a[x] = vq_xor3(before, turned, a[x]);     \
        a[(x) + 5] = vq_xor3(before, turned, a[(x) + 5]);   \
        a[(x) + 10] = vq_xor3(before, turned, a[(x) + 10]); \
        a[(x) + 15] = vq_xor3(before, turned, a[(x) + 15]); \
        a[(x) + 20] = vq_xor3(before, turned, a[(x) + 20]); \
    } while (0)

#define KECCAK_CHI(y)                                                                                             \
    do {                                                                                                          \
        const vq r0 = a[y], r1 = a[(y) + 1], r2 = a[(y) + 2], r3 = a[(y) + 3], r4 = a[(y) + 4];                   \
        a[y] = vq_chi(r0, r1, r2);                                                                                \
        a[(y) + 1] = vq_chi(r1, r2, r3);                                                                          \
        a[(y) + 2] = vq_chi(r2, r3, r4);                                                                          \
        a[(y) + 3] = vq_chi(r3, r4, r0);                                                                          \
        a[(y) + 4] = vq_chi(r4, r0, r1);                                                                          \
    } while (0)

/* The permutation of VL / VQ states; lane (x, y) is a[5 y + x]. Rho and pi move all but lane 0 in one cycle. */
static NOINLINE void keccak_f(vq a[25])
{
    for (int round = 0; round < 24; round++) {
        const vq c0 = KECCAK_COLUMN(0), c1 = KECCAK_COLUMN(1), c2 = KECCAK_COLUMN(2), c3 = KECCAK_COLUMN(3), c4 = KECCAK_COLUMN(4);
        KECCAK_THETA(0, c4, c1);
        KECCAK_THETA(1, c0, c2);
        KECCAK_THETA(2, c1, c3);
        KECCAK_THETA(3, c2, c4);
        KECCAK_THETA(4, c3, c0);
        const vq first = a[1];
        a[1] = vq_rotl(a[6], 44);
        a[6] = vq_rotl(a[9], 20);
        a[9] = vq_rotl(a[22], 61);
        a[22] = vq_rotl(a[14], 39);
        a[14] = vq_rotl(a[20], 18);
        a[20] = vq_rotl(a[2], 62);
        a[2] = vq_rotl(a[12], 43);
        a[12] = vq_rotl(a[13], 25);
        a[13] = vq_rotl(a[19], 8);
        a[19] = vq_rotl(a[23], 56);
        a[23] = vq_rotl(a[15], 41);
        a[15] = vq_rotl(a[4], 27);
        a[4] = vq_rotl(a[24], 14);
        a[24] = vq_rotl(a[21], 2);
        a[21] = vq_rotl(a[8], 55);
        a[8] = vq_rotl(a[16], 45);
        a[16] = vq_rotl(a[5], 36);
        a[5] = vq_rotl(a[3], 28);
        a[3] = vq_rotl(a[18], 21);
        a[18] = vq_rotl(a[17], 15);
        a[17] = vq_rotl(a[11], 10);
        a[11] = vq_rotl(a[7], 6);
        a[7] = vq_rotl(a[10], 3);
        a[10] = vq_rotl(first, 1);
        KECCAK_CHI(0);
        KECCAK_CHI(5);
        KECCAK_CHI(10);
        KECCAK_CHI(15);
        KECCAK_CHI(20);
        a[0] = vq_xor(a[0], vq_set1(keccak_constants[round]));
    }
}

INLINE void keccak_begin(vq a[VQ][25])
{
    for (int q = 0; q < VQ; q++) {
        for (int i = 0; i < 25; i++) {
            a[q][i] = vq_set1(0);
        }
    }
}

INLINE void keccak_add(vq a[VQ][25], int lane, vec low, vec high)
{
    vq both[VQ];
    vq_join(both, low, high);
    for (int q = 0; q < VQ; q++) {
        a[q][lane] = vq_xor(a[q][lane], both[q]);
    }
}

INLINE void keccak_end(uint8_t (*out)[32], vq a[VQ][25], size_t n)
{
    vec digest[8];
    for (int i = 0; i < 4; i++) {
        vq lane[VQ];
        for (int q = 0; q < VQ; q++) {
            lane[q] = a[q][i];
        }
        vq_part(&digest[2 * i], &digest[2 * i + 1], lane);
    }
    store_digests(out, digest, n);
}

INLINE void keccak_all(vq a[VQ][25])
{
    for (int q = 0; q < VQ; q++) {
        keccak_f(a[q]);
    }
}

/** Word k of n_padded words of the padded message: the first byte behind it is 1, the last one's upper bit is set. */
INLINE vec keccak_word(const fp *words, size_t stride, size_t n_words, size_t n_padded, size_t k, size_t j, size_t n)
{
    const vec last = vec_set1(k + 1 == n_padded ? 0x80000000u : 0u);
    return vu_xor(k < n_words ? residues(words, stride, k, j, n) : vec_set1(k == n_words), last);
}

void SC_K(keccak_leaves)(uint8_t (*out)[32], const fp *words, size_t stride, size_t n_words, size_t begin, size_t end)
{
    const size_t n_padded = n_words / KECCAK_WORDS * KECCAK_WORDS + KECCAK_WORDS;
    for (size_t j = begin; j < end; j += VL) {
        const size_t n = end - j < VL ? end - j : VL;
        vq a[VQ][25];
        keccak_begin(a);
        for (size_t at = 0; at < n_padded; at += KECCAK_WORDS) {
            for (size_t i = 0; i < KECCAK_WORDS; i += 2) {
                const vec low = keccak_word(words, stride, n_words, n_padded, at + i, j, n);
                keccak_add(a, (int)(i / 2), low, keccak_word(words, stride, n_words, n_padded, at + i + 1, j, n));
            }
            keccak_all(a);
        }
        keccak_end(out + j, a, n);
    }
}

void SC_K(keccak_nodes)(uint8_t (*out)[32], const uint8_t (*in)[32], size_t begin, size_t end)
{
    for (size_t j = begin; j < end; j += VL) {
        const size_t n = end - j < VL ? end - j : VL;
        vq a[VQ][25];
        vec m[16];
        keccak_begin(a);
        load_pairs(m, in[2 * j], n);
        for (int i = 0; i < 8; i++) {
            keccak_add(a, i, m[2 * i], m[2 * i + 1]);
        }
        keccak_add(a, 8, vec_set1(1), vec_zero());
        keccak_add(a, KECCAK_WORDS / 2 - 1, vec_zero(), vec_set1(0x80000000u));
        keccak_all(a);
        keccak_end(out + j, a, n);
    }
}

uint32_t SC_K(limit_keccak)(size_t n)
{
    vq a[25];
    vec low, high;
    uint32_t lane[VL];
    for (int i = 0; i < 25; i++) {
        a[i] = vq_set1((uint64_t)i);
    }
    for (size_t i = 0; i < VQ * n; i++) {
        keccak_f(a);
    }
    const vq last[2] = {a[0], a[1]};
    vq_part(&low, &high, last);
    vec_store(lane, low);
    return lane[0];
}

/* ---- Poseidon2 ---- */

INLINE vec cube(vec a)
{
    return vec_mul(vec_mul(a, a), a);
}

/** circ(2 M, M, ..., M) for M = circ(2, 3, 1, 1). */
INLINE void p2_external(vec *s, unsigned width)
{
    vec total[4] = {vec_zero(), vec_zero(), vec_zero(), vec_zero()};
    UNROLL
    for (unsigned b = 0; b < width; b += 4) {
        const vec x0 = s[b], x1 = s[b + 1], x2 = s[b + 2], x3 = s[b + 3];
        const vec x01 = vec_add(x0, x1), x23 = vec_add(x2, x3), all = vec_add(x01, x23);
        const vec y0 = vec_add(all, x1), y2 = vec_add(all, x3);
        s[b] = vec_add(y0, x01);
        s[b + 1] = vec_add(y0, vec_dbl(x2));
        s[b + 2] = vec_add(y2, x23);
        s[b + 3] = vec_add(y2, vec_dbl(x0));
        UNROLL
        for (unsigned i = 0; i < 4; i++) {
            total[i] = vec_add(total[i], s[b + i]);
        }
    }
    UNROLL
    for (unsigned i = 0; i < width; i++) {
        s[i] = vec_add(s[i], total[i % 4]);
    }
}

/* Of the entries of the inner diagonal that are a power of 1/2 its exponent, with the entry's sign; 0 of the others. */
static const int8_t p2_halved_16[16] = {0, 0, 0, 1, 0, 0, -1, 0, 0, 8, 3, 24, -8, -3, -4, -24};
static const int8_t p2_halved_24[24] = {0, 0, 0, 1, 0, 0, -1, 0, 0, 8, 2, 3, 4, 5, 6, 24, -8, -3, -4, -5, -6, -7, -9, -24};

/** sum +- a / 2^k: the Montgomery factor is 2^32, and a factor may be up to 2^32. */
INLINE vec p2_halved(vec sum, vec a, int k)
{
    return k > 0 ? vec_add(sum, vec_mul_set1(a, 1u << (32 - k))) : vec_sub(sum, vec_mul_set1(a, 1u << (32 + k)));
}

/** All ones, and a diagonal of small numbers and of powers of 1/2. */
INLINE void p2_internal(vec *s, unsigned width)
{
    const int8_t *const halved = width == 16 ? p2_halved_16 : p2_halved_24;
    vec half[2] = {s[0], s[1]};
    UNROLL
    for (unsigned i = 2; i < width; i += 2) {
        half[0] = vec_add(half[0], s[i]);
        half[1] = vec_add(half[1], s[i + 1]);
    }
    const vec sum = vec_add(half[0], half[1]);
    s[0] = vec_sub(sum, vec_dbl(s[0]));
    s[1] = vec_add(sum, s[1]);
    s[2] = vec_add(sum, vec_dbl(s[2]));
    s[4] = vec_add(sum, vec_add(vec_dbl(s[4]), s[4]));
    s[5] = vec_add(sum, vec_dbl(vec_dbl(s[5])));
    s[7] = vec_sub(sum, vec_add(vec_dbl(s[7]), s[7]));
    s[8] = vec_sub(sum, vec_dbl(vec_dbl(s[8])));
    UNROLL
    for (unsigned i = 3; i < width; i++) {
        if (halved[i] != 0) {
            s[i] = p2_halved(sum, s[i], halved[i]);
        }
    }
}

/** Rounds of all lanes, four of them. */
INLINE void p2_full(vec *s, const fp *constants, unsigned width)
{
    for (unsigned r = 0; r < 4; r++) {
        UNROLL
        for (unsigned i = 0; i < width; i++) {
            s[i] = cube(vec_add(s[i], vec_set1(constants[r * width + i])));
        }
        p2_external(s, width);
    }
}

INLINE void p2_rounds(vec *s, const fp *constants, unsigned width, unsigned partial)
{
    p2_external(s, width);
    p2_full(s, constants, width);
    for (unsigned r = 0; r < partial; r++) {
        s[0] = cube(vec_add(s[0], vec_set1(constants[4 * width + r])));
        p2_internal(s, width);
    }
    p2_full(s, constants + 4 * width + partial, width);
}

static void p2_16(vec s[16], const fp *constants)
{
    p2_rounds(s, constants, 16, 20);
}

static void p2_24(vec s[24], const fp *constants)
{
    p2_rounds(s, constants, 24, 23);
}

void SC_K(poseidon2)(fp *states, size_t stride, unsigned width, const fp *constants, size_t begin, size_t end)
{
    for (size_t j = begin; j < end; j += VL) {
        const size_t n = end - j < VL ? end - j : VL;
        vec s[24];
        for (unsigned i = 0; i < width; i++) {
            s[i] = vec_load_n(states + i * stride + j, n);
        }
        if (width == 16) {
            p2_16(s, constants);
        } else {
            p2_24(s, constants);
        }
        for (unsigned i = 0; i < width; i++) {
            vec_store_n(states + i * stride + j, s[i], n);
        }
    }
}

void SC_K(poseidon2_leaves)(uint8_t (*out)[32], const fp *words, size_t stride, size_t n_words, const fp *constants, size_t begin, size_t end)
{
    for (size_t j = begin; j < end; j += VL) {
        const size_t n = end - j < VL ? end - j : VL;
        vec s[24];
        for (int i = 0; i < 24; i++) {
            s[i] = vec_zero();
        }
        for (size_t at = 0; at < n_words; at += 16) {
            for (size_t i = 0; i < 16 && at + i < n_words; i++) {
                s[i] = vec_load_n(words + (at + i) * stride + j, n);
            }
            p2_24(s, constants);
        }
        store_digests(out + j, s, n);
    }
}

void SC_K(poseidon2_nodes)(uint8_t (*out)[32], const uint8_t (*in)[32], const fp *constants, size_t begin, size_t end)
{
    for (size_t j = begin; j < end; j += VL) {
        const size_t n = end - j < VL ? end - j : VL;
        vec s[16];
        load_pairs(s, in[2 * j], n);
        p2_16(s, constants);
        store_digests(out + j, s, n);
    }
}
