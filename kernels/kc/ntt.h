/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Kernel-C: Reed-Solomon encoding of words, decimation in frequency, natural to bit-reversed order; kernels/cpu/ntt.c on a device.
 * Theory: docs/spec/field.md, "Reed-Solomon domains".
 *
 * A pass does s levels of blocks of 2^log_block elements. A block is 2^s streams of 2^(log_block - s) elements, and levels combine
 * elements at one place of different streams. So a group takes 2^log_c neighbouring places of all streams of a block, or whole blocks
 * when they are small, into local memory: a tile of 2^KC_LOG_TILE elements, or the word when that is less. Place of (block b, stream k,
 * column c) in the tile: (b 2^s + k) 2^log_c + c.
 */
#ifndef SC_KC_NTT_H
#define SC_KC_NTT_H

#ifndef KC_LOG_TILE
#define KC_LOG_TILE 12u
#endif

/* A column of padding after 32 elements: places a power of two apart are in different banks. */
#define KC_PAD(i) ((i) + ((i) >> 5))
#define KC_TILE_LEN (KC_PAD(1u << KC_LOG_TILE) + 1u)

/** r levels of 2^r elements that are 2^q apart in the tile; the last of them pairs elements of streams that are 2^(q - log_c) apart.
 * log_stride: of a stream; col0: the place of column 0. */
KC_FN void kc_levels(KC_LOCAL_PTR kc_u32 *tile, KC_GLOBAL const kc_u32 *pow, kc_u32 item, kc_u32 r, kc_u32 q, kc_u32 log_c, kc_u32 log_stride,
                     kc_u32 col0)
{
    kc_u32 v[8];
    const kc_u32 low = item & ((1u << q) - 1u), base = ((item >> q) << (q + r)) | low;
    const kc_u32 log_step = q - log_c + log_stride; /* elements of the word between two of the 2^r */
    const kc_u32 at = ((low >> log_c) << log_stride) + col0 + (low & ((1u << log_c) - 1u));
    KC_UNROLL
    for (kc_u32 m = 0; m < 1u << r; m++) {
        v[m] = tile[KC_PAD(base | m << q)];
    }
    KC_UNROLL
    for (kc_u32 level = 0u; level < r; level++) {
        const kc_u32 l = r - 1u - level;
        KC_GLOBAL const kc_u32 *const w = pow + ((kc_u64)1 << (l + log_step)) + at;
        KC_UNROLL
        for (kc_u32 m = 0; m < 1u << r; m++) {
            if ((m >> l & 1u) == 0u) {
                const kc_u32 x = v[m], y = v[m | 1u << l];
                v[m] = kc_add(x, y);
                v[m | 1u << l] = kc_mul(kc_sub(x, y), kc_lift(w[(kc_u64)(m & ((1u << l) - 1u)) << log_step]));
            }
        }
    }
    KC_UNROLL
    for (kc_u32 m = 0; m < 1u << r; m++) {
        tile[KC_PAD(base | m << q)] = v[m];
    }
}

/** One pass over words of 2^log_n elements; group (x, word).
 *
 * Word w is read at src[(w % planes) 2^log_plane + (w / planes) 2^log_a], 2^log_a elements, and written at dst[w 2^log_n]. When
 * log_a < log_n the levels above 2^log_a, whose upper halves are zero, are done on the way: element p is src[p mod 2^log_a] times a
 * twiddle for each bit of p from log_a on. In place: src = dst, planes = 1, log_plane = 0, log_a = log_n.
 * s + log_c <= log_tile, the smaller of KC_LOG_TILE and log_n; log_c <= log_block - s; all of the word when these are equal.
 */
KC_ENTRY kc_ntt_pass(KC_GROUPS KC_GLOBAL kc_u32 *dst, KC_GLOBAL const kc_u32 *src, KC_GLOBAL const kc_u32 *pow, kc_u32 log_n, kc_u32 planes,
                     kc_u32 log_plane, kc_u32 log_a, kc_u32 log_block, kc_u32 s, kc_u32 log_c)
{
    KC_LOCAL kc_u32 tile[KC_TILE_LEN];
    const kc_u32 word = KC_GROUP_Y, log_tile = log_n < KC_LOG_TILE ? log_n : KC_LOG_TILE;
    const kc_u32 log_stride = log_block - s, log_groups = log_stride - log_c; /* of one block, or of several small ones */
    const kc_u32 col0 = (KC_GROUP_X & ((1u << log_groups) - 1u)) << log_c;
    const kc_u32 block0 = (KC_GROUP_X >> log_groups) << (log_tile - s - log_c);
    KC_GLOBAL const kc_u32 *const from = src + ((kc_u64)(word % planes) << log_plane) + ((kc_u64)(word / planes) << log_a);
    KC_GLOBAL kc_u32 *const to = dst + ((kc_u64)word << log_n);

    KC_EACH(e, 1u << log_tile) {
        const kc_u32 c = e & ((1u << log_c) - 1u), k = e >> log_c & ((1u << s) - 1u), b = e >> (log_c + s);
        const kc_u32 p = ((block0 + b) << log_block) + (k << log_stride) + col0 + c, i = p & ((1u << log_a) - 1u);
        kc_u32 v = from[i];
        for (kc_u32 l = log_a; l < log_n; l++) {
            v = (p >> l & 1u) != 0u ? kc_mul(v, kc_lift(pow[(1u << l) + i])) : v;
        }
        tile[KC_PAD(e)] = v;
    }
    KC_SYNC;
    const kc_u32 n_phases = (s + 2u) / 3u;
    for (kc_u32 phase = 0u; phase < n_phases; phase++) {
        const kc_u32 left = phase == 0u ? s : 3u * (n_phases - phase), r = left - 3u * (n_phases - phase - 1u), q = left - r + log_c;
        KC_EACH(item, 1u << (log_tile - r)) {
            if (r == 3u) {
                kc_levels(tile, pow, item, 3u, q, log_c, log_stride, col0);
            } else if (r == 2u) {
                kc_levels(tile, pow, item, 2u, q, log_c, log_stride, col0);
            } else {
                kc_levels(tile, pow, item, 1u, q, log_c, log_stride, col0);
            }
        }
        KC_SYNC;
    }
    KC_EACH(e, 1u << log_tile) {
        const kc_u32 c = e & ((1u << log_c) - 1u), k = e >> log_c & ((1u << s) - 1u), b = e >> (log_c + s);
        to[((block0 + b) << log_block) + (k << log_stride) + col0 + c] = tile[KC_PAD(e)];
    }
}

#endif
