/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Kernel-C: Poseidon2 over KoalaBear, widths 16 and 24, cubes, 8 full rounds and 20 or 23 partial ones; one state for an item.
 * Trees as Plonky3 has them: leaves by a sponge of width 24, nodes by a permutation of width 16, digests of 8 elements;
 * 2^124 calls find a collision, so a profile needs longer ones.
 * Theory: ePrint 2023/323, sections 5 and 6; the diagonals are those of Plonky3. Constants of rounds: sc_kc_poseidon2_constants (hash_plan.h).
 */
#ifndef SC_KC_POSEIDON2_H
#define SC_KC_POSEIDON2_H

/** a / 2^k, 1 <= k <= 31: the Montgomery factor is 2^32, and a factor may be up to 2^32. */
KC_FN kc_u32 kc_div_2(kc_u32 a, kc_u32 k)
{
    return kc_mul(a, 1u << (32u - k));
}

KC_FN kc_u32 kc_cube(kc_u32 a)
{
    return kc_mul(kc_mul(a, a), a);
}

/** circ(2 M, M, ..., M) for M = circ(2, 3, 1, 1). */
KC_FN void kc_p2_external(kc_u32 *s, const kc_u32 width)
{
    kc_u32 total[4];
    KC_UNROLL
    for (kc_u32 i = 0; i < 4u; i++) {
        total[i] = 0u;
    }
    KC_UNROLL
    for (kc_u32 b = 0; b < width; b += 4u) {
        const kc_u32 x0 = s[b], x1 = s[b + 1u], x2 = s[b + 2u], x3 = s[b + 3u];
        const kc_u32 x01 = kc_add(x0, x1), x23 = kc_add(x2, x3), all = kc_add(x01, x23);
        const kc_u32 y0 = kc_add(all, x1), y2 = kc_add(all, x3);
        s[b] = kc_add(y0, x01);
        s[b + 1u] = kc_add(y0, kc_add(x2, x2));
        s[b + 2u] = kc_add(y2, x23);
        s[b + 3u] = kc_add(y2, kc_add(x0, x0));
        KC_UNROLL
        for (kc_u32 i = 0; i < 4u; i++) {
            total[i] = kc_add(total[i], s[b + i]);
        }
    }
    KC_UNROLL
    for (kc_u32 i = 0; i < width; i++) {
        s[i] = kc_add(s[i], total[i % 4u]);
    }
}

/** The sum of all of a state, reduced once: two elements fit in a word, and 2^32 = KC_ONE. */
KC_FN kc_u32 kc_p2_sum(const kc_u32 *s, const kc_u32 width)
{
    kc_u64 all = 0u; /* < 2^36 */
    KC_UNROLL
    for (kc_u32 i = 0; i < width; i += 2u) {
        all += s[i] + s[i + 1u];
    }
    const kc_u32 low = KC_MIN((kc_u32)all, (kc_u32)all - KC_P); /* < p + 2^25 */
    const kc_u32 r = (kc_u32)(all >> 32) * KC_ONE + low;         /* < 2 p: the first factor is at most 12 */
    return KC_MIN(r, r - KC_P);
}

#define KC_P2_PLUS(i, k) s[i] = kc_add(sum, kc_div_2(s[i], k));
#define KC_P2_MINUS(i, k) s[i] = kc_sub(sum, kc_div_2(s[i], k));

/** All ones, and a diagonal of small numbers and of powers of 1/2. */
KC_FN void kc_p2_internal(kc_u32 *s, const kc_u32 width)
{
    const kc_u32 sum = kc_p2_sum(s, width);
    const kc_u32 s4 = kc_add(s[4], s[4]), s5 = kc_add(s[5], s[5]), s7 = kc_add(s[7], s[7]), s8 = kc_add(s[8], s[8]);
    s[0] = kc_sub(sum, kc_add(s[0], s[0]));
    s[1] = kc_add(sum, s[1]);
    s[2] = kc_add(sum, kc_add(s[2], s[2]));
    KC_P2_PLUS(3, 1u)
    s[4] = kc_add(sum, kc_add(s4, s[4]));
    s[5] = kc_add(sum, kc_add(s5, s5));
    KC_P2_MINUS(6, 1u)
    s[7] = kc_sub(sum, kc_add(s7, s[7]));
    s[8] = kc_sub(sum, kc_add(s8, s8));
    KC_P2_PLUS(9, 8u)
    if (width == 16u) {
        KC_P2_PLUS(10, 3u)
        KC_P2_PLUS(11, 24u)
        KC_P2_MINUS(12, 8u)
        KC_P2_MINUS(13, 3u)
        KC_P2_MINUS(14, 4u)
        KC_P2_MINUS(15, 24u)
    } else {
        KC_P2_PLUS(10, 2u)
        KC_P2_PLUS(11, 3u)
        KC_P2_PLUS(12, 4u)
        KC_P2_PLUS(13, 5u)
        KC_P2_PLUS(14, 6u)
        KC_P2_PLUS(15, 24u)
        KC_P2_MINUS(16, 8u)
        KC_P2_MINUS(17, 3u)
        KC_P2_MINUS(18, 4u)
        KC_P2_MINUS(19, 5u)
        KC_P2_MINUS(20, 6u)
        KC_P2_MINUS(21, 7u)
        KC_P2_MINUS(22, 9u)
        KC_P2_MINUS(23, 24u)
    }
}

/** Rounds of all lanes, four of them. */
KC_FN void kc_p2_full(kc_u32 *s, KC_GLOBAL const kc_u32 *constants, const kc_u32 width)
{
    for (kc_u32 r = 0; r < 4u; r++) {
        KC_UNROLL
        for (kc_u32 i = 0; i < width; i++) {
            s[i] = kc_cube(kc_add(s[i], constants[r * width + i]));
        }
        kc_p2_external(s, width);
    }
}

/** The permutation; constants: first full rounds, partial rounds, last full rounds. */
KC_FN void kc_p2_rounds(kc_u32 *s, KC_GLOBAL const kc_u32 *constants, const kc_u32 width, const kc_u32 partial)
{
    kc_p2_external(s, width);
    kc_p2_full(s, constants, width);
    for (kc_u32 r = 0; r < partial; r++) {
        s[0] = kc_cube(kc_add(s[0], constants[4u * width + r]));
        kc_p2_internal(s, width);
    }
    kc_p2_full(s, constants + 4u * width + partial, width);
}

/** State j: element i at states[i n + j]. s: room for a state. */
KC_FN void kc_p2_permute(kc_u32 *s, KC_GLOBAL kc_u32 *states, KC_GLOBAL const kc_u32 *constants, kc_u32 n, kc_u32 j, const kc_u32 width,
                         const kc_u32 partial)
{
    KC_UNROLL
    for (kc_u32 i = 0; i < width; i++) {
        s[i] = states[(kc_u64)i * n + j];
    }
    kc_p2_rounds(s, constants, width, partial);
    KC_UNROLL
    for (kc_u32 i = 0; i < width; i++) {
        states[(kc_u64)i * n + j] = s[i];
    }
}

/** n states of 16 elements, in Montgomery form, canonical, permuted in place; element i of state j at states[i n + j]. Group x has states
 * KC_HASHES x and on. */
KC_ENTRY kc_poseidon2_16(KC_GROUPS KC_GLOBAL kc_u32 *states, KC_GLOBAL const kc_u32 *constants, kc_u32 n)
{
    KC_EACH(e, KC_HASHES) {
        const kc_u32 j = KC_GROUP_X * KC_HASHES + e;
        if (j < n) {
            kc_u32 s[16];
            kc_p2_permute(s, states, constants, n, j, 16u, 20u);
        }
    }
}

/** The same for states of 24 elements. */
KC_ENTRY kc_poseidon2_24(KC_GROUPS KC_GLOBAL kc_u32 *states, KC_GLOBAL const kc_u32 *constants, kc_u32 n)
{
    KC_EACH(e, KC_HASHES) {
        const kc_u32 j = KC_GROUP_X * KC_HASHES + e;
        if (j < n) {
            kc_u32 s[24];
            kc_p2_permute(s, states, constants, n, j, 24u, 23u);
        }
    }
}

/** The first 8 elements of a state. */
KC_FN void kc_p2_digest(KC_GLOBAL kc_u32 *out, const kc_u32 *s)
{
    KC_UNROLL
    for (kc_u32 i = 0; i < 8u; i++) {
        out[i] = s[i];
    }
}

/** out[8 j ..] = digest of leaf j, j < 2^log_n: words 0 .. n_words of the code at position j, word w at code[w 2^log_n]; they overwrite the
 * first elements of a state of zeros, 16 at a time or as many as are left, and it is permuted. Montgomery form throughout. Group x has leaves
 * KC_HASHES x and on. */
KC_ENTRY kc_poseidon2_leaves(KC_GROUPS KC_GLOBAL kc_u32 *out, KC_GLOBAL const kc_u32 *code, KC_GLOBAL const kc_u32 *constants, kc_u32 log_n,
                             kc_u32 n_words)
{
    KC_EACH(e, KC_HASHES) {
        const kc_u32 j = KC_GROUP_X * KC_HASHES + e;
        if (j < 1u << log_n) {
            kc_u32 s[24];
            KC_UNROLL
            for (kc_u32 i = 0; i < 24u; i++) {
                s[i] = 0u;
            }
            for (kc_u32 at = 0; at < n_words; at += 16u) {
                KC_UNROLL
                for (kc_u32 i = 0; i < 16u; i++) {
                    s[i] = at + i < n_words ? code[((kc_u64)(at + i) << log_n) + j] : s[i];
                }
                kc_p2_rounds(s, constants, 24u, 23u);
            }
            kc_p2_digest(out + 8u * (kc_u64)j, s);
        }
    }
}

/** n nodes: digest to + i of the tree is that of the permutation of digests from + 2i and from + 2i + 1. */
KC_ENTRY kc_poseidon2_nodes(KC_GROUPS KC_GLOBAL kc_u32 *tree, KC_GLOBAL const kc_u32 *constants, kc_u32 to, kc_u32 from, kc_u32 n)
{
    KC_EACH(e, KC_HASHES) {
        const kc_u32 i = KC_GROUP_X * KC_HASHES + e;
        if (i < n) {
            kc_u32 s[16];
            KC_UNROLL
            for (kc_u32 k = 0; k < 16u; k++) {
                s[k] = tree[8u * (kc_u64)from + 16u * (kc_u64)i + k];
            }
            kc_p2_rounds(s, constants, 16u, 20u);
            kc_p2_digest(tree + 8u * ((kc_u64)to + i), s);
        }
    }
}

#endif
