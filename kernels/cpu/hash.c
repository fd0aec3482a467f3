/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Merkle leaves and nodes, VL side by side: one BLAKE3 state per lane. Owns nothing.
 * Theory: docs/spec/merkle.md; the BLAKE3 paper, section 2. Element order of a leaf is word by word, so message words are
 * contiguous loads from the words and need no transposition; digests are transposed on the way out.
 */
#include "kernels/cpu/digests.h"

#define CHUNK_WORDS 256u
#define MAX_DEPTH 16 /* chunks of one leaf: below 2^16 */

enum { F_CHUNK_START = 1, F_CHUNK_END = 2, F_PARENT = 4, F_ROOT = 8, F_KEYED = 16 };

#define MIX(a, b, c, d, x, y)             \
    do {                                  \
        a = vu_add(vu_add(a, b), x);      \
        d = vu_rotr(vu_xor(d, a), 16);    \
        c = vu_add(c, d);                 \
        b = vu_rotr(vu_xor(b, c), 12);    \
        a = vu_add(vu_add(a, b), y);      \
        d = vu_rotr(vu_xor(d, a), 8);     \
        c = vu_add(c, d);                 \
        b = vu_rotr(vu_xor(b, c), 7);     \
    } while (0)

#define ROUND(i0, i1, i2, i3, i4, i5, i6, i7, i8, i9, ia, ib, ic, id, ie, if_) \
    do {                                                                      \
        MIX(v[0], v[4], v[8], v[12], m[i0], m[i1]);                           \
        MIX(v[1], v[5], v[9], v[13], m[i2], m[i3]);                           \
        MIX(v[2], v[6], v[10], v[14], m[i4], m[i5]);                          \
        MIX(v[3], v[7], v[11], v[15], m[i6], m[i7]);                          \
        MIX(v[0], v[5], v[10], v[15], m[i8], m[i9]);                          \
        MIX(v[1], v[6], v[11], v[12], m[ia], m[ib]);                          \
        MIX(v[2], v[7], v[8], v[13], m[ic], m[id]);                           \
        MIX(v[3], v[4], v[9], v[14], m[ie], m[if_]);                          \
    } while (0)

/** The working vector after seven rounds. */
INLINE void rounds(vec v[16], const vec cv[8], const vec m[16], uint32_t counter, uint32_t len, uint32_t flags)
{
    for (int i = 0; i < 8; i++) {
        v[i] = cv[i];
    }
    v[8] = vec_set1(0x6a09e667u);
    v[9] = vec_set1(0xbb67ae85u);
    v[10] = vec_set1(0x3c6ef372u);
    v[11] = vec_set1(0xa54ff53au);
    v[12] = vec_set1(counter);
    v[13] = vec_zero();
    v[14] = vec_set1(len);
    v[15] = vec_set1(flags);
    ROUND(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    ROUND(2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8);
    ROUND(3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1);
    ROUND(10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6);
    ROUND(12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4);
    ROUND(9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7);
    ROUND(11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13);
}

/** cv := first half of compress(cv, m, counter, len, flags). */
INLINE void compress(vec cv[8], const vec m[16], uint32_t counter, uint32_t len, uint32_t flags)
{
    vec v[16];
    rounds(v, cv, m, counter, len, flags);
    for (int i = 0; i < 8; i++) {
        cv[i] = vu_xor(v[i], v[i + 8]);
    }
}

INLINE void set_key(vec cv[8], const uint32_t key[8])
{
    for (int i = 0; i < 8; i++) {
        cv[i] = vec_set1(key[i]);
    }
}

/* Each word of the code is a stream of its own, too many for the hardware to follow: lines are asked for some steps ahead.
 * Prefetching past the end of a word is harmless. */
#define AHEAD 64

/** A whole block of message words, whole vectors of base elements, canonical. */
INLINE void leaf_words_plain(vec m[16], const fp *at, size_t stride)
{
    for (size_t i = 0; i < 16; i++) {
        __builtin_prefetch((const char *)(at + i * stride) + AHEAD * sizeof(fp));
        m[i] = vec_to_u32(vec_load(at + i * stride));
    }
}

/** Message word w of the leaves j .. j + n, canonical. */
INLINE vec leaf_word(const struct sc_leaves *l, size_t w, size_t j, size_t n)
{
    const size_t word = l->n_coef == 1 ? w : w / FX_DEG, coef = l->n_coef == 1 ? 0 : w % FX_DEG;
    const fp *const at = l->words + coef * l->plane + word * l->word_stride + j;
    __builtin_prefetch((const char *)at + AHEAD * sizeof(fp));
    return vec_to_u32(vec_load_n(at, n));
}

/** Chaining value of one chunk: message words [first, first + n_words), 1 <= n_words <= 256. */
static void chunk(vec cv[8], const struct sc_leaves *l, uint32_t index, size_t n_words, size_t j, size_t n, uint32_t root)
{
    const size_t first = (size_t)index * CHUNK_WORDS, live = l->n_words * l->n_coef - l->n_zero;
    set_key(cv, l->key);
    for (size_t at = 0; at < n_words; at += 16) {
        const size_t k = n_words - at < 16 ? n_words - at : 16;
        vec m[16];
        if (k == 16 && n == VL && l->n_coef == 1 && first + at + 16 <= live) { /* the common case, without a branch */
            leaf_words_plain(m, l->words + (first + at) * l->word_stride + j, l->word_stride);
        } else {
            for (size_t i = 0; i < 16; i++) {
                m[i] = i < k && first + at + i < live ? leaf_word(l, first + at + i, j, n) : vec_zero();
            }
        }
        const uint32_t start = at == 0 ? F_CHUNK_START : 0u, end = at + 16 >= n_words ? F_CHUNK_END | root : 0u;
        compress(cv, m, index, (uint32_t)(4 * k), F_KEYED | start | end);
    }
}

INLINE void parent(vec cv[8], const vec left[8], const uint32_t key[8], uint32_t root)
{
    vec m[16];
    for (int i = 0; i < 8; i++) {
        m[i] = left[i];
        m[i + 8] = cv[i];
    }
    set_key(cv, key);
    compress(cv, m, 0, 64, F_KEYED | F_PARENT | root);
}

static void leaves(uint8_t (*out)[32], const struct sc_leaves *l, size_t j, size_t n)
{
    const size_t n_words = l->n_words * l->n_coef;
    const uint32_t n_chunks = (uint32_t)((n_words + CHUNK_WORDS - 1) / CHUNK_WORDS);
    vec stack[MAX_DEPTH][8], cv[8];
    unsigned depth = 0;
    for (uint32_t c = 0; c + 1 < n_chunks; c++) {
        chunk(cv, l, c, CHUNK_WORDS, j, n, 0);
        for (uint32_t t = c + 1; (t & 1) == 0; t >>= 1) {
            parent(cv, stack[--depth], l->key, 0);
        }
        memcpy(stack[depth++], cv, sizeof cv);
    }
    chunk(cv, l, n_chunks - 1, n_words - (size_t)(n_chunks - 1) * CHUNK_WORDS, j, n, n_chunks == 1 ? F_ROOT : 0u);
    while (depth > 0) {
        depth--;
        parent(cv, stack[depth], l->key, depth == 0 ? F_ROOT : 0u);
    }
    store_digests(out, cv, n);
}

void SC_K(leaf_hash)(uint8_t (*out)[32], const struct sc_leaves *l, size_t begin, size_t end)
{
    for (size_t j = begin; j < end; j += VL) {
        leaves(out + j, l, j, end - j < VL ? end - j : VL);
    }
}

void SC_K(node_hash)(uint8_t (*out)[32], const uint8_t (*in)[32], const uint32_t key[8], size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i += VL) {
        const size_t n = end - i < VL ? end - i : VL;
        vec m[16], cv[8];
        load_pairs(m, in[2 * i], n);
        set_key(cv, key);
        compress(cv, m, 0, 64, F_KEYED | F_CHUNK_START | F_CHUNK_END | F_ROOT);
        store_digests(out + i, cv, n);
    }
}

int64_t SC_K(grind)(const uint32_t key[8], const uint32_t block[16], uint32_t mask, uint32_t begin, uint32_t end)
{
    vec cv[8], m[16], v[16];
    uint32_t lane[VL];
    set_key(cv, key);
    for (int i = 0; i < 16; i++) {
        m[i] = vec_set1(block[i]);
    }
    for (uint32_t at = begin; at < end; at += VL) {
        for (uint32_t i = 0; i < VL; i++) {
            lane[i] = block[4] | (at + i) << 16;
        }
        m[4] = vec_load(lane);
        rounds(v, cv, m, 0, 26, F_KEYED | F_CHUNK_START | F_CHUNK_END | F_ROOT);
        const uint32_t found = vu_zero_lanes(vu_xor(v[8], cv[0]), mask);
        if (found != 0) {
            const uint32_t i = at + (uint32_t)__builtin_ctz(found);
            return i < end ? (int64_t)i : -1;
        }
    }
    return -1;
}

uint32_t SC_K(limit_compress)(size_t n)
{
    vec cv[8], m[16];
    uint32_t lane[VL];
    for (int i = 0; i < 8; i++) {
        cv[i] = vec_set1((uint32_t)i);
    }
    for (int i = 0; i < 16; i++) {
        m[i] = vec_set1((uint32_t)i);
    }
    for (size_t i = 0; i < n; i++) {
        compress(cv, m, 0, 64, F_KEYED);
    }
    vec_store(lane, cv[0]);
    return lane[0];
}
