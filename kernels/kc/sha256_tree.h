/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Kernel-C: Merkle leaves and nodes of SHA-256, one state for an item. Theory: FIPS 180-4, sections 4.1.2, 5.1.1 and 6.2.
 *
 * A digest is that of a prefix of whole blocks and of the message. The kernels are given the state after the prefix and its length, so that
 * leaves and nodes can be told apart at no cost; the initial state and 0 are plain SHA-256.
 */
#ifndef SC_KC_SHA256_TREE_H
#define SC_KC_SHA256_TREE_H

KC_TABLE kc_u32 kc_sha_k[64] = {
    0x428a2f98u, 0x71374491u, 0xb5c0fbcfu, 0xe9b5dba5u, 0x3956c25bu, 0x59f111f1u, 0x923f82a4u, 0xab1c5ed5u, 0xd807aa98u, 0x12835b01u, 0x243185beu,
    0x550c7dc3u, 0x72be5d74u, 0x80deb1feu, 0x9bdc06a7u, 0xc19bf174u, 0xe49b69c1u, 0xefbe4786u, 0x0fc19dc6u, 0x240ca1ccu, 0x2de92c6fu, 0x4a7484aau,
    0x5cb0a9dcu, 0x76f988dau, 0x983e5152u, 0xa831c66du, 0xb00327c8u, 0xbf597fc7u, 0xc6e00bf3u, 0xd5a79147u, 0x06ca6351u, 0x14292967u, 0x27b70a85u,
    0x2e1b2138u, 0x4d2c6dfcu, 0x53380d13u, 0x650a7354u, 0x766a0abbu, 0x81c2c92eu, 0x92722c85u, 0xa2bfe8a1u, 0xa81a664bu, 0xc24b8b70u, 0xc76c51a3u,
    0xd192e819u, 0xd6990624u, 0xf40e3585u, 0x106aa070u, 0x19a4c116u, 0x1e376c08u, 0x2748774cu, 0x34b0bcb5u, 0x391c0cb3u, 0x4ed8aa4au, 0x5b9cca4fu,
    0x682e6ff3u, 0x748f82eeu, 0x78a5636fu, 0x84c87814u, 0x8cc70208u, 0x90befffau, 0xa4506cebu, 0xbef9a3f7u, 0xc67178f2u,
};

/** The word of the other byte order. */
KC_FN kc_u32 kc_swap(kc_u32 a)
{
    return (KC_ROTR(a, 8) & 0xff00ff00u) | (KC_ROTR(a, 24) & 0x00ff00ffu);
}

/** s := compress(s, w), words as numbers; w is used up. */
KC_FN void kc_sha_compress(kc_u32 *s, kc_u32 *w)
{
    kc_u32 v[8];
    kc_copy8(v, s);
    for (kc_u32 r = 0; r < 64u; r += 16u) {
        KC_UNROLL
        for (kc_u32 i = 0; i < 16u; i++) {
            if (r > 0u) {
                const kc_u32 x = w[(i + 1u) & 15u], y = w[(i + 14u) & 15u];
                w[i] += (KC_ROTR(x, 7) ^ KC_ROTR(x, 18) ^ (x >> 3)) + w[(i + 9u) & 15u] + (KC_ROTR(y, 17) ^ KC_ROTR(y, 19) ^ (y >> 10));
            }
            const kc_u32 a = v[0], e = v[4];
            const kc_u32 t = v[7] + (KC_ROTR(e, 6) ^ KC_ROTR(e, 11) ^ KC_ROTR(e, 25)) + (v[6] ^ (e & (v[5] ^ v[6]))) + kc_sha_k[r + i] + w[i];
            const kc_u32 most = (a & v[1]) ^ (v[2] & (a ^ v[1]));
            v[7] = v[6];
            v[6] = v[5];
            v[5] = e;
            v[4] = v[3] + t;
            v[3] = v[2];
            v[2] = v[1];
            v[1] = a;
            v[0] = t + (KC_ROTR(a, 2) ^ KC_ROTR(a, 13) ^ KC_ROTR(a, 22)) + most;
        }
    }
    KC_UNROLL
    for (kc_u32 i = 0; i < 8u; i++) {
        s[i] += v[i];
    }
}

/** out[8 j ..] = SHA-256 of the prefix and leaf j, j < 2^log_n: words 0 .. n_words of the code at position j, canonical, four bytes each, low
 * byte first; word w at code[w 2^log_n]. prefix: the state after `before` bytes, a multiple of 64; before + 4 n_words < 2^29. Digests as bytes.
 * Group x has leaves KC_HASHES x and on. */
KC_ENTRY kc_sha_leaves(KC_GROUPS KC_GLOBAL kc_u32 *out, KC_GLOBAL const kc_u32 *code, KC_GLOBAL const kc_u32 *prefix, kc_u32 log_n, kc_u32 n_words,
                       kc_u32 before)
{
    KC_EACH(e, KC_HASHES) {
        const kc_u32 j = KC_GROUP_X * KC_HASHES + e;
        if (j < 1u << log_n) {
            const kc_u32 end = (n_words + 2u) / 16u * 16u + 16u; /* words with the padding: one bit, and a length of two words */
            kc_u32 s[8];
            kc_set_key(s, prefix);
            for (kc_u32 at = 0; at < end; at += 16u) {
                kc_u32 w[16];
                KC_UNROLL
                for (kc_u32 i = 0; i < 16u; i++) {
                    const kc_u32 k = at + i;
                    w[i] = k < n_words ? kc_swap(kc_residue(code[((kc_u64)k << log_n) + j])) : k == n_words ? 0x80000000u : 0u;
                }
                w[15] = at + 16u == end ? 8u * (before + 4u * n_words) : w[15];
                kc_sha_compress(s, w);
            }
            KC_UNROLL
            for (kc_u32 i = 0; i < 8u; i++) {
                out[8u * j + i] = kc_swap(s[i]);
            }
        }
    }
}

/** n nodes: digest to + i of the tree is SHA-256 of the prefix and of digests from + 2i and from + 2i + 1. prefix, before: as for leaves. */
KC_ENTRY kc_sha_nodes(KC_GROUPS KC_GLOBAL kc_u32 *tree, KC_GLOBAL const kc_u32 *prefix, kc_u32 to, kc_u32 from, kc_u32 n, kc_u32 before)
{
    KC_EACH(e, KC_HASHES) {
        const kc_u32 i = KC_GROUP_X * KC_HASHES + e;
        if (i < n) {
            kc_u32 s[8], w[16];
            kc_set_key(s, prefix);
            for (kc_u32 block = 0; block < 2u; block++) {
                KC_UNROLL
                for (kc_u32 k = 0; k < 16u; k++) {
                    w[k] = block == 0u ? kc_swap(tree[8u * (kc_u64)from + 16u * (kc_u64)i + k])
                                       : k == 0u ? 0x80000000u : k == 15u ? 8u * (before + 64u) : 0u;
                }
                kc_sha_compress(s, w);
            }
            KC_UNROLL
            for (kc_u32 k = 0; k < 8u; k++) {
                tree[8u * ((kc_u64)to + i) + k] = kc_swap(s[k]);
            }
        }
    }
}

#endif
