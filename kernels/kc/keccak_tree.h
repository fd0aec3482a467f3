/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Kernel-C: Merkle leaves and nodes of Keccak-256 (the padding of Ethereum, not that of SHA-3), one state for an item.
 * Theory: the Keccak reference, sections 1.2 and 2.2.
 */
#ifndef SC_KC_KECCAK_TREE_H
#define SC_KC_KECCAK_TREE_H

#define KC_KECCAK_WORDS 34u /* of 32 bits, in a block */

/* The constants of the rounds, low half first. */
KC_TABLE kc_u32 kc_keccak_rc[48] = {
    0x00000001u, 0u, 0x00008082u, 0u, 0x0000808au, 0x80000000u, 0x80008000u, 0x80000000u, 0x0000808bu, 0u, 0x80000001u, 0u,
    0x80008081u, 0x80000000u, 0x00008009u, 0x80000000u, 0x0000008au, 0u, 0x00000088u, 0u, 0x80008009u, 0u, 0x8000000au, 0u,
    0x8000808bu, 0u, 0x0000008bu, 0x80000000u, 0x00008089u, 0x80000000u, 0x00008003u, 0x80000000u, 0x00008002u, 0x80000000u, 0x00000080u, 0x80000000u,
    0x0000800au, 0u, 0x8000000au, 0x80000000u, 0x80008081u, 0x80000000u, 0x00008080u, 0x80000000u, 0x80000001u, 0u, 0x80008008u, 0x80000000u,
};

KC_FN kc_u64 kc_rotl64(kc_u64 a, kc_u32 n)
{
    return (a << n) | (a >> (64u - n));
}

/* Lane b goes, turned, to the place whose lane is the next b. */
#define KC_KECCAK_MOVE(lane, turn) \
    t = a[lane];                   \
    a[lane] = kc_rotl64(b, turn);  \
    b = t;

KC_FN void kc_keccak_f(kc_u64 *a)
{
    for (kc_u32 round = 0; round < 24u; round++) {
        kc_u64 c[5], b, t;
        KC_UNROLL
        for (kc_u32 x = 0; x < 5u; x++) {
            c[x] = a[x] ^ a[x + 5u] ^ a[x + 10u] ^ a[x + 15u] ^ a[x + 20u];
        }
        KC_UNROLL
        for (kc_u32 x = 0; x < 5u; x++) {
            const kc_u64 d = c[(x + 4u) % 5u] ^ kc_rotl64(c[(x + 1u) % 5u], 1u);
            KC_UNROLL
            for (kc_u32 y = 0; y < 25u; y += 5u) {
                a[y + x] ^= d;
            }
        }
        b = a[1];
        KC_KECCAK_MOVE(10, 1u)
        KC_KECCAK_MOVE(7, 3u)
        KC_KECCAK_MOVE(11, 6u)
        KC_KECCAK_MOVE(17, 10u)
        KC_KECCAK_MOVE(18, 15u)
        KC_KECCAK_MOVE(3, 21u)
        KC_KECCAK_MOVE(5, 28u)
        KC_KECCAK_MOVE(16, 36u)
        KC_KECCAK_MOVE(8, 45u)
        KC_KECCAK_MOVE(21, 55u)
        KC_KECCAK_MOVE(24, 2u)
        KC_KECCAK_MOVE(4, 14u)
        KC_KECCAK_MOVE(15, 27u)
        KC_KECCAK_MOVE(23, 41u)
        KC_KECCAK_MOVE(19, 56u)
        KC_KECCAK_MOVE(13, 8u)
        KC_KECCAK_MOVE(12, 25u)
        KC_KECCAK_MOVE(2, 43u)
        KC_KECCAK_MOVE(20, 62u)
        KC_KECCAK_MOVE(14, 18u)
        KC_KECCAK_MOVE(22, 39u)
        KC_KECCAK_MOVE(9, 61u)
        KC_KECCAK_MOVE(6, 20u)
        a[1] = kc_rotl64(b, 44u);
        KC_UNROLL
        for (kc_u32 y = 0; y < 25u; y += 5u) {
            KC_UNROLL
            for (kc_u32 x = 0; x < 5u; x++) {
                c[x] = a[y + x];
            }
            KC_UNROLL
            for (kc_u32 x = 0; x < 5u; x++) {
                a[y + x] = c[x] ^ (~c[(x + 1u) % 5u] & c[(x + 2u) % 5u]);
            }
        }
        a[0] ^= ((kc_u64)kc_keccak_rc[2u * round + 1u] << 32) | kc_keccak_rc[2u * round];
    }
}

KC_FN void kc_keccak_digest(KC_GLOBAL kc_u32 *out, const kc_u64 *a)
{
    KC_UNROLL
    for (kc_u32 i = 0; i < 4u; i++) {
        out[2u * i] = (kc_u32)a[i];
        out[2u * i + 1u] = (kc_u32)(a[i] >> 32);
    }
}

/** Word k of the padded message of leaf j: the first padding byte is 1, the last one's upper bit is set. */
KC_FN kc_u32 kc_keccak_word(KC_GLOBAL const kc_u32 *code, kc_u32 log_n, kc_u32 n_words, kc_u32 end, kc_u32 j, kc_u32 k)
{
    return (k < n_words ? kc_residue(code[((kc_u64)k << log_n) + j]) : k == n_words ? 1u : 0u) | (k + 1u == end ? 0x80000000u : 0u);
}

/** out[8 j ..] = Keccak-256 of leaf j, j < 2^log_n: words 0 .. n_words of the code at position j, canonical, four bytes each, low byte first;
 * word w at code[w 2^log_n]. n_words < 2^31. Group x has leaves KC_HASHES x and on. */
KC_ENTRY kc_keccak_leaves(KC_GROUPS KC_GLOBAL kc_u32 *out, KC_GLOBAL const kc_u32 *code, kc_u32 log_n, kc_u32 n_words)
{
    KC_EACH(e, KC_HASHES) {
        const kc_u32 j = KC_GROUP_X * KC_HASHES + e;
        if (j < 1u << log_n) {
            const kc_u32 end = n_words / KC_KECCAK_WORDS * KC_KECCAK_WORDS + KC_KECCAK_WORDS;
            kc_u64 a[25];
            KC_UNROLL
            for (kc_u32 i = 0; i < 25u; i++) {
                a[i] = 0u;
            }
            for (kc_u32 at = 0; at < end; at += KC_KECCAK_WORDS) {
                KC_UNROLL
                for (kc_u32 i = 0; i < KC_KECCAK_WORDS / 2u; i++) {
                    const kc_u32 low = kc_keccak_word(code, log_n, n_words, end, j, at + 2u * i);
                    a[i] ^= ((kc_u64)kc_keccak_word(code, log_n, n_words, end, j, at + 2u * i + 1u) << 32) | low;
                }
                kc_keccak_f(a);
            }
            kc_keccak_digest(out + 8u * (kc_u64)j, a);
        }
    }
}

/** n nodes: digest to + i of the tree is Keccak-256 of digests from + 2i and from + 2i + 1. */
KC_ENTRY kc_keccak_nodes(KC_GROUPS KC_GLOBAL kc_u32 *tree, kc_u32 to, kc_u32 from, kc_u32 n)
{
    KC_EACH(e, KC_HASHES) {
        const kc_u32 i = KC_GROUP_X * KC_HASHES + e;
        if (i < n) {
            KC_GLOBAL const kc_u32 *const pair = tree + 8u * (kc_u64)from + 16u * (kc_u64)i;
            kc_u64 a[25];
            KC_UNROLL
            for (kc_u32 k = 0; k < 25u; k++) {
                a[k] = k < 8u ? ((kc_u64)pair[2u * k + 1u] << 32) | pair[2u * k] : k == 8u ? 1u : k == 16u ? (kc_u64)1u << 63 : 0u;
            }
            kc_keccak_f(a);
            kc_keccak_digest(tree + 8u * ((kc_u64)to + i), a);
        }
    }
}

#endif
