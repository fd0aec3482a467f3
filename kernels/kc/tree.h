/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Kernel-C: Merkle leaves and nodes, one BLAKE3 state for an item; kernels/cpu/hash.c on a device.
 * Theory: docs/spec/merkle.md; the BLAKE3 paper, section 2.
 */
#ifndef SC_KC_TREE_H
#define SC_KC_TREE_H

#define KC_HASHES 64u /* of a group */
#define KC_CHUNK_WORDS 256u
#define KC_MAX_LOG_CHUNKS 4u /* of one leaf */

#define KC_B3_CHUNK_START 1u
#define KC_B3_CHUNK_END 2u
#define KC_B3_PARENT 4u
#define KC_B3_ROOT 8u
#define KC_B3_KEYED 16u

#define KC_B3_MIX(a, b, c, d, x, y) \
    a += b + (x);                   \
    d = KC_ROTR(d ^ a, 16);         \
    c += d;                         \
    b = KC_ROTR(b ^ c, 12);         \
    a += b + (y);                   \
    d = KC_ROTR(d ^ a, 8);          \
    c += d;                         \
    b = KC_ROTR(b ^ c, 7);

/** The working vector after seven rounds; m is used up. */
KC_FN void kc_b3_rounds(kc_u32 *v, const kc_u32 *cv, kc_u32 *m, kc_u32 counter, kc_u32 len, kc_u32 flags)
{
    KC_UNROLL
    for (kc_u32 i = 0; i < 8u; i++) {
        v[i] = cv[i];
    }
    v[8] = 0x6a09e667u;
    v[9] = 0xbb67ae85u;
    v[10] = 0x3c6ef372u;
    v[11] = 0xa54ff53au;
    v[12] = counter;
    v[13] = 0u;
    v[14] = len;
    v[15] = flags;
    KC_UNROLL
    for (kc_u32 round = 0; round < 7u; round++) {
        KC_B3_MIX(v[0], v[4], v[8], v[12], m[0], m[1])
        KC_B3_MIX(v[1], v[5], v[9], v[13], m[2], m[3])
        KC_B3_MIX(v[2], v[6], v[10], v[14], m[4], m[5])
        KC_B3_MIX(v[3], v[7], v[11], v[15], m[6], m[7])
        KC_B3_MIX(v[0], v[5], v[10], v[15], m[8], m[9])
        KC_B3_MIX(v[1], v[6], v[11], v[12], m[10], m[11])
        KC_B3_MIX(v[2], v[7], v[8], v[13], m[12], m[13])
        KC_B3_MIX(v[3], v[4], v[9], v[14], m[14], m[15])
        /* m[i] := m[s(i)], the cycles of the schedule's permutation */
        const kc_u32 m0 = m[0], m1 = m[1];
        m[0] = m[2];
        m[2] = m[3];
        m[3] = m[10];
        m[10] = m[12];
        m[12] = m[9];
        m[9] = m[11];
        m[11] = m[5];
        m[5] = m0;
        m[1] = m[6];
        m[6] = m[4];
        m[4] = m[7];
        m[7] = m[13];
        m[13] = m[14];
        m[14] = m[15];
        m[15] = m[8];
        m[8] = m1;
    }
}

/** cv := first half of compress(cv, m, counter, len, flags); m is used up. */
KC_FN void kc_compress(kc_u32 *cv, kc_u32 *m, kc_u32 counter, kc_u32 len, kc_u32 flags)
{
    kc_u32 v[16];
    kc_b3_rounds(v, cv, m, counter, len, flags);
    KC_UNROLL
    for (kc_u32 i = 0; i < 8u; i++) {
        cv[i] = v[i] ^ v[i + 8u];
    }
}

KC_FN void kc_copy8(kc_u32 *to, const kc_u32 *from)
{
    KC_UNROLL
    for (kc_u32 i = 0; i < 8u; i++) {
        to[i] = from[i];
    }
}

KC_FN void kc_set_key(kc_u32 *cv, KC_GLOBAL const kc_u32 *key)
{
    KC_UNROLL
    for (kc_u32 i = 0; i < 8u; i++) {
        cv[i] = key[i];
    }
}

/** Chaining value of words [first, first + n_words) of leaf j, 1 <= n_words <= 256. */
KC_FN void kc_chunk(kc_u32 *cv, KC_GLOBAL const kc_u32 *code, KC_GLOBAL const kc_u32 *key, kc_u32 log_n, kc_u32 j, kc_u32 index, kc_u32 n_words,
                    kc_u32 root)
{
    kc_set_key(cv, key);
    for (kc_u32 at = 0; at < n_words; at += 16u) {
        const kc_u32 k = n_words - at < 16u ? n_words - at : 16u, first = index * KC_CHUNK_WORDS + at;
        kc_u32 m[16];
        KC_UNROLL
        for (kc_u32 i = 0; i < 16u; i++) {
            m[i] = i < k ? kc_residue(code[((kc_u64)(first + i) << log_n) + j]) : 0u;
        }
        kc_compress(cv, m, index, 4u * k,
                    KC_B3_KEYED | (at == 0u ? KC_B3_CHUNK_START : 0u) | (at + 16u >= n_words ? KC_B3_CHUNK_END | root : 0u));
    }
}

/** cv := parent of left and cv. */
KC_FN void kc_parent(kc_u32 *cv, const kc_u32 *left, KC_GLOBAL const kc_u32 *key, kc_u32 root)
{
    kc_u32 m[16];
    KC_UNROLL
    for (kc_u32 i = 0; i < 8u; i++) {
        m[i] = left[i];
        m[i + 8u] = cv[i];
    }
    kc_set_key(cv, key);
    kc_compress(cv, m, 0u, 64u, KC_B3_KEYED | KC_B3_PARENT | root);
}

/** out[8 j ..] = digest of leaf j, j < 2^log_n: words 0 .. n_words of the code at position j, word w at code[w 2^log_n].
 * key: that of leaves; n_words <= 256 2^KC_MAX_LOG_CHUNKS. Group x has leaves KC_HASHES x and on. */
KC_ENTRY kc_leaves(KC_GROUPS KC_GLOBAL kc_u32 *out, KC_GLOBAL const kc_u32 *code, KC_GLOBAL const kc_u32 *key, kc_u32 log_n, kc_u32 n_words)
{
    KC_EACH(i, KC_HASHES) {
        const kc_u32 j = KC_GROUP_X * KC_HASHES + i;
        if (j < 1u << log_n) {
            const kc_u32 n_chunks = (n_words + KC_CHUNK_WORDS - 1u) / KC_CHUNK_WORDS;
            kc_u32 stack[KC_MAX_LOG_CHUNKS][8], cv[8], depth = 0u;
            for (kc_u32 c = 0; c + 1u < n_chunks; c++) {
                kc_chunk(cv, code, key, log_n, j, c, KC_CHUNK_WORDS, 0u);
                for (kc_u32 t = c + 1u; (t & 1u) == 0u; t >>= 1) {
                    depth--;
                    kc_parent(cv, stack[depth], key, 0u);
                }
                kc_copy8(stack[depth], cv);
                depth++;
            }
            kc_chunk(cv, code, key, log_n, j, n_chunks - 1u, n_words - (n_chunks - 1u) * KC_CHUNK_WORDS, n_chunks == 1u ? KC_B3_ROOT : 0u);
            while (depth > 0u) {
                depth--;
                kc_parent(cv, stack[depth], key, depth == 0u ? KC_B3_ROOT : 0u);
            }
            KC_UNROLL
            for (kc_u32 w = 0; w < 8u; w++) {
                out[8u * j + w] = cv[w];
            }
        }
    }
}

/** n nodes: digest to + i of the tree is that of digests from + 2i and from + 2i + 1. key: that of nodes. */
KC_ENTRY kc_nodes(KC_GROUPS KC_GLOBAL kc_u32 *tree, KC_GLOBAL const kc_u32 *key, kc_u32 to, kc_u32 from, kc_u32 n)
{
    KC_EACH(e, KC_HASHES) {
        const kc_u32 i = KC_GROUP_X * KC_HASHES + e;
        if (i < n) {
            kc_u32 m[16], cv[8];
            KC_UNROLL
            for (kc_u32 w = 0; w < 16u; w++) {
                m[w] = tree[8u * (kc_u64)from + 16u * (kc_u64)i + w];
            }
            kc_set_key(cv, key);
            kc_compress(cv, m, 0u, 64u, KC_B3_KEYED | KC_B3_CHUNK_START | KC_B3_CHUNK_END | KC_B3_ROOT);
            KC_UNROLL
            for (kc_u32 w = 0; w < 8u; w++) {
                tree[8u * ((kc_u64)to + i) + w] = cv[w];
            }
        }
    }
}

#endif
