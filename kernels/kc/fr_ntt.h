/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Kernel-C: transforms over the scalar fields, host/curve/fr_ntt.h on a device, the same bytes. Elements are 8 words (big.h).
 *
 * A layer's block has one twiddle, so one table w^rev(i) of n / 2 entries serves both orders. A pass does s layers of blocks of 2^log_block
 * elements: a block is 2^s streams, and a group takes 2^log_c neighbouring places of all streams of a block, or whole blocks when they
 * are small, into local memory: a tile of 2^KC_FR_TILE elements, or the polynomial when that is less. Place of (block b, stream k,
 * column c) in the tile: (b 2^s + k) 2^log_c + c; words of an element are a tile apart, so that neighbours are in different banks.
 */
#ifndef SC_KC_FR_NTT_H
#define SC_KC_FR_NTT_H

#define KC_FR_TILE 9u
#define KC_FR_N 8u

KC_FN void kc_fr_load(kc_u32 *r, KC_LOCAL_PTR const kc_u32 *tile, kc_u32 e)
{
    KC_UNROLL
    for (kc_u32 i = 0u; i < KC_FR_N; i++) {
        r[i] = tile[(i << KC_FR_TILE) + e];
    }
}

KC_FN void kc_fr_store(KC_LOCAL_PTR kc_u32 *tile, kc_u32 e, const kc_u32 *a)
{
    KC_UNROLL
    for (kc_u32 i = 0u; i < KC_FR_N; i++) {
        tile[(i << KC_FR_TILE) + e] = a[i];
    }
}

/** The layer j from the top of a pass, pair @p i of the tile: (x + t y, x - t y), or its transpose (x + y, t (x - y)) when @p up. */
KC_FN void kc_fr_pair(KC_LOCAL_PTR kc_u32 *tile, KC_GLOBAL const kc_u32 *pow, kc_u32 i, kc_u32 j, kc_u32 s, kc_u32 log_c, kc_u32 block0,
                      kc_u32 up, kc_u32 field)
{
    const kc_u32 bit = s - 1u - j + log_c, e = ((i >> bit) << (bit + 1u)) | (i & ((1u << bit) - 1u));
    const kc_u32 block = (block0 << j) + (e >> (bit + 1u)); /* of this layer: a tile has whole blocks of it, or one block's columns */
    kc_u32 x[8], y[8], t[8], m[8];
    kc_fr_load(x, tile, e);
    kc_fr_load(y, tile, e | 1u << bit);
    kc_fr_load(m, tile, e | 1u << bit);
    kc_big_get(t, pow + (kc_u64)block * KC_FR_N, field);
    if (up != 0u) {
        kc_big_sub(m, x, y, field);
    }
    kc_big_mul(m, m, t, field);
    KC_UNROLL
    for (kc_u32 k = 0u; k < KC_FR_N; k++) {
        t[k] = up != 0u ? y[k] : m[k];
    }
    if (up == 0u) {
        kc_big_sub(m, x, m, field);
    }
    kc_big_add(x, x, t, field);
    kc_fr_store(tile, e, x);
    kc_fr_store(tile, e | 1u << bit, m);
}

/** One pass in place over polynomials of 2^log_n elements, one behind the other; group (x, polynomial). @p pow: the table.
 * log_tile, the smaller of KC_FR_TILE and log_n, is s + log_c, or log_c = log_block - s = 0. */
KC_FN void kc_fr_pass(KC_LOCAL_PTR kc_u32 *tile, KC_GLOBAL kc_u32 *x, KC_GLOBAL const kc_u32 *pow, kc_u32 log_n, kc_u32 log_block, kc_u32 s,
                      kc_u32 log_c, kc_u32 up, kc_u32 group, kc_u32 poly, kc_u32 field)
{
    const kc_u32 log_tile = log_n < KC_FR_TILE ? log_n : KC_FR_TILE, log_stride = log_block - s, log_groups = log_stride - log_c;
    const kc_u32 col0 = (group & ((1u << log_groups) - 1u)) << log_c, block0 = (group >> log_groups) << (log_tile - s - log_c);
    KC_GLOBAL kc_u32 *const at = x + (((kc_u64)poly << log_n) * KC_FR_N);
    KC_EACH(i, KC_FR_N << log_tile) {
        const kc_u32 e = i / KC_FR_N, word = i % KC_FR_N;
        const kc_u32 c = e & ((1u << log_c) - 1u), k = e >> log_c & ((1u << s) - 1u), b = e >> (log_c + s);
        const kc_u64 p = ((kc_u64)(block0 + b) << log_block) + (k << log_stride) + col0 + c;
        tile[(word << KC_FR_TILE) + e] = at[p * KC_FR_N + word];
    }
    KC_SYNC;
    for (kc_u32 l = 0u; l < s; l++) {
        KC_EACH(i, 1u << (log_tile - 1u)) {
            kc_fr_pair(tile, pow, i, up != 0u ? s - 1u - l : l, s, log_c, block0, up, field);
        }
        KC_SYNC;
    }
    KC_EACH(i, KC_FR_N << log_tile) {
        const kc_u32 e = i / KC_FR_N, word = i % KC_FR_N;
        const kc_u32 c = e & ((1u << log_c) - 1u), k = e >> log_c & ((1u << s) - 1u), b = e >> (log_c + s);
        const kc_u64 p = ((kc_u64)(block0 + b) << log_block) + (k << log_stride) + col0 + c;
        at[p * KC_FR_N + word] = tile[(word << KC_FR_TILE) + e];
    }
}

/** In place: X[k] and X[-k] change places, both times the element at @p factor; the index in reversed order if @p reversed, where the
 * places s + i and 2 s - 1 - i are each other's negatives, s a power of two. log_n >= 1. */
KC_FN void kc_fr_turn(KC_GLOBAL kc_u32 *x, KC_GLOBAL const kc_u32 *factor, kc_u32 log_n, kc_u32 reversed, kc_u32 group, kc_u32 poly,
                      kc_u32 field)
{
    const kc_u32 n = 1u << log_n;
    KC_GLOBAL kc_u32 *const at = x + (((kc_u64)poly << log_n) * KC_FR_N);
    KC_EACH(item, KC_BIG_ITEMS) {
        const kc_u32 i = group * KC_BIG_ITEMS + item;
        kc_u32 s = 1u;
        while (reversed != 0u && s <= i >> 1) {
            s <<= 1;
        }
        const kc_u32 other = reversed == 0u ? (n - i) & (n - 1u) : i == 0u ? 0u : 3u * s - 1u - i;
        if (i < n && i <= other) {
            kc_u32 v[2][8], f[8];
            kc_big_get(f, factor, field);
            kc_big_get(v[0], at + (kc_u64)other * KC_FR_N, field);
            kc_big_get(v[1], at + (kc_u64)i * KC_FR_N, field);
            KC_UNROLL
            for (kc_u32 k = 0u; k < 2u; k++) {
                kc_big_mul(v[k], v[k], f, field);
            }
            kc_big_put(at + (kc_u64)i * KC_FR_N, v[0], field);
            kc_big_put(at + (kc_u64)other * KC_FR_N, v[1], field);
        }
    }
}

/** In place: x[j] *= g^j; the index in reversed order if @p reversed. @p powers: g^j for j < 2^log_low, then g^(j 2^log_low) for the
 * rest of the bits; log_low <= log_n. */
KC_FN void kc_fr_shift(KC_GLOBAL kc_u32 *x, KC_GLOBAL const kc_u32 *powers, kc_u32 log_n, kc_u32 log_low, kc_u32 reversed, kc_u32 group,
                       kc_u32 poly, kc_u32 field)
{
    KC_GLOBAL kc_u32 *const at = x + (((kc_u64)poly << log_n) * KC_FR_N);
    KC_EACH(item, KC_BIG_ITEMS) {
        const kc_u32 i = group * KC_BIG_ITEMS + item;
        if (i < 1u << log_n) {
            kc_u32 j = 0u, v[8], f[2][8];
            for (kc_u32 k = 0u; k < log_n; k++) {
                j |= (i >> k & 1u) << (reversed != 0u ? log_n - 1u - k : k);
            }
            kc_big_get(v, at + (kc_u64)i * KC_FR_N, field);
            kc_big_get(f[0], powers + (kc_u64)(j & ((1u << log_low) - 1u)) * KC_FR_N, field);
            kc_big_get(f[1], powers + ((kc_u64)(j >> log_low) + (1u << log_low)) * KC_FR_N, field);
            KC_UNROLL
            for (kc_u32 k = 0u; k < 2u; k++) {
                kc_big_mul(v, v, f[k], field);
            }
            kc_big_put(at + (kc_u64)i * KC_FR_N, v, field);
        }
    }
}

#define KC_FR_ENTRIES(name, field)                                                                                                       \
    KC_ENTRY kc_fr_pass_##name(KC_GROUPS KC_GLOBAL kc_u32 *x, KC_GLOBAL const kc_u32 *pow, kc_u32 log_n, kc_u32 log_block, kc_u32 s,       \
                               kc_u32 log_c, kc_u32 up)                                                                                  \
    {                                                                                                                                    \
        KC_LOCAL kc_u32 tile[KC_FR_N << KC_FR_TILE];                                                                                     \
        kc_fr_pass(tile, x, pow, log_n, log_block, s, log_c, up, KC_GROUP_X, KC_GROUP_Y, field);                                         \
    }                                                                                                                                    \
    KC_ENTRY kc_fr_turn_##name(KC_GROUPS KC_GLOBAL kc_u32 *x, KC_GLOBAL const kc_u32 *factor, kc_u32 log_n, kc_u32 reversed)              \
    {                                                                                                                                    \
        kc_fr_turn(x, factor, log_n, reversed, KC_GROUP_X, KC_GROUP_Y, field);                                                           \
    }                                                                                                                                    \
    KC_ENTRY kc_fr_shift_##name(KC_GROUPS KC_GLOBAL kc_u32 *x, KC_GLOBAL const kc_u32 *powers, kc_u32 log_n, kc_u32 log_low,              \
                                kc_u32 reversed)                                                                                         \
    {                                                                                                                                    \
        kc_fr_shift(x, powers, log_n, log_low, reversed, KC_GROUP_X, KC_GROUP_Y, field);                                                 \
    }
KC_FR_ENTRIES(bn, KC_BN_FR)
KC_FR_ENTRIES(bls, KC_BLS_FR)

#endif
