/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Kernel-C: the loops of an opening, host/prove/open_h.c on a device. Theory: docs/spec/whir.md.
 *
 * f is 2^mu base elements, and 2^rest each of its parts by the first variables. Polynomial g and weight w are vectors of the challenge field.
 * Tables of eq are as in argue.h: `low`, planar, then five words for each value of the other bits, at word `tab`. So are lists: a block is
 * six words, where it begins and its factor.
 */
#ifndef SC_KC_OPEN_H
#define SC_KC_OPEN_H

#define KC_POINTS 4u /* of the weight that an item has at a time, where queries are added to it */

KC_FN void kc_wide_zero(kc_u64 *s)
{
    KC_UNROLL
    for (kc_u32 k = 0; k < KC_DEG; k++) {
        s[k] = 0u;
    }
}

/** s + x w, w five words; each s < p 2^32 before and after. */
KC_FN void kc_wide_add(kc_u64 *s, kc_u32 x, KC_GLOBAL const kc_u32 *w)
{
    KC_UNROLL
    for (kc_u32 k = 0; k < KC_DEG; k++) {
        s[k] = kc_below(s[k] + (kc_u64)x * w[k]);
    }
}

KC_FN kc_fx kc_wide_reduce(const kc_u64 *s)
{
    kc_fx r;
    KC_UNROLL
    for (kc_u32 k = 0; k < KC_DEG; k++) {
        r.c[k] = kc_reduce(s[k]);
    }
    return r;
}

/** to[0 .. n) = value */
KC_ENTRY kc_fill(KC_GROUPS KC_GLOBAL kc_u32 *to, kc_u32 n, kc_u32 value)
{
    KC_EACH(e, KC_WIDE) {
        const kc_u32 i = KC_GROUP_X * KC_WIDE + e;
        if (i < n) {
            to[i] = value;
        }
    }
}

/** Sums of columns of one height, point and value of the first variables, with eq: partial[y groups + x] = sum over the group's `span` rows i of
 * eq(i) sum over blocks of factor f[k 2^rest + at + i], for k = y and for k = y + apart. eq as in kc_gkr_round; there are `groups` groups x. */
KC_ENTRY kc_open_cross(KC_GROUPS KC_GLOBAL kc_u32 *partial, KC_GLOBAL const kc_u32 *f, KC_GLOBAL const kc_u32 *tables, kc_u32 tab, kc_u32 list,
                       kc_u32 n_blocks, kc_u32 log_low, kc_u32 span, kc_u32 rest, kc_u32 apart, kc_u32 groups)
{
    KC_LOCAL kc_u32 sums[KC_LANES * 2u * KC_DEG];
    KC_EACH(lane, KC_LANES) {
        KC_GLOBAL const kc_u32 *const f0 = f + ((kc_u64)KC_GROUP_Y << rest), *const f1 = f0 + ((kc_u64)apart << rest);
        kc_fx s0 = kc_fx_zero(), s1 = kc_fx_zero();
        for (kc_u32 j = lane; j < span; j += KC_LANES) {
            const kc_u32 i = KC_GROUP_X * span + j;
            kc_u64 a[KC_DEG], b[KC_DEG];
            kc_wide_zero(a);
            kc_wide_zero(b);
            for (kc_u32 k = 0; k < n_blocks; k++) {
                KC_GLOBAL const kc_u32 *const d = tables + list + 6u * k;
                kc_wide_add(a, f0[d[0] + i], d + 1);
                kc_wide_add(b, f1[d[0] + i], d + 1);
            }
            const kc_fx e = kc_fx_load(tables + tab, (kc_u64)1 << log_low, i & ((1u << log_low) - 1u));
            s0 = kc_fx_add(s0, kc_fx_mul(e, kc_wide_reduce(a)));
            s1 = kc_fx_add(s1, kc_fx_mul(e, kc_wide_reduce(b)));
        }
        kc_lane_put(sums, lane, s0, s1);
    }
    KC_SYNC;
    kc_lanes_total(sums);
    KC_EACH(point, 2u) {
        const kc_fx high = kc_fx_words(tables + tab + ((kc_u64)KC_DEG << log_low) + (kc_u64)KC_DEG * (KC_GROUP_X * span >> log_low));
        kc_lanes_store(partial, KC_GROUP_Y * groups + KC_GROUP_X, sums, point, high);
    }
}

/** g[i] = sum over k < n of factor k f[k 2^rest + i], i < 2^rest; factors, five words each, at word `list`. */
KC_ENTRY kc_open_lin(KC_GROUPS KC_GLOBAL kc_u32 *g, KC_GLOBAL const kc_u32 *f, KC_GLOBAL const kc_u32 *tables, kc_u32 list, kc_u32 n, kc_u32 rest)
{
    KC_EACH(e, KC_WIDE) {
        const kc_u32 i = KC_GROUP_X * KC_WIDE + e;
        if (i < 1u << rest) {
            kc_u64 s[KC_DEG];
            kc_wide_zero(s);
            for (kc_u32 k = 0; k < n; k++) {
                kc_wide_add(s, f[((kc_u64)k << rest) + i], tables + list + KC_DEG * k);
            }
            kc_fx_store(g, (kc_u64)1 << rest, i, kc_wide_reduce(s));
        }
    }
}

/** w[at + i] += factor eq(i) for the group's rows i of block y. Blocks of one launch do not overlap. eq as in kc_gkr_round. */
KC_ENTRY kc_open_weight(KC_GROUPS KC_GLOBAL kc_u32 *w, KC_GLOBAL const kc_u32 *tables, kc_u32 plane, kc_u32 tab, kc_u32 list, kc_u32 log_low, kc_u32 span)
{
    KC_EACH(lane, KC_LANES) {
        KC_GLOBAL const kc_u32 *const d = tables + list + 6u * KC_GROUP_Y;
        KC_GLOBAL const kc_u32 *const high = tables + tab + ((kc_u64)KC_DEG << log_low) + (kc_u64)KC_DEG * (KC_GROUP_X * span >> log_low);
        const kc_fx c = kc_fx_mul(kc_fx_words(d + 1), kc_fx_words(high));
        for (kc_u32 j = lane; j < span; j += KC_LANES) {
            const kc_u32 i = KC_GROUP_X * span + j;
            const kc_fx e = kc_fx_load(tables + tab, (kc_u64)1 << log_low, i & ((1u << log_low) - 1u));
            kc_fx_store(w, plane, d[0] + i, kc_fx_add(kc_fx_load(w, plane, d[0] + i), kc_fx_mul(c, e)));
        }
    }
}

/** w[i] += sum over q < t of factor q x_q^i, i < n. For each q at word `list`: factor, then x_q^(2^b) for b < log_n, n = 2^log_n. */
KC_ENTRY kc_open_powers(KC_GROUPS KC_GLOBAL kc_u32 *w, KC_GLOBAL const kc_u32 *tables, kc_u32 list, kc_u32 t, kc_u32 log_n)
{
    KC_EACH(lane, KC_LANES) {
        const kc_u32 first = KC_GROUP_X * KC_LANES * KC_POINTS + lane * KC_POINTS, n = 1u << log_n;
        kc_u64 s[KC_POINTS * KC_DEG];
        KC_UNROLL
        for (kc_u32 k = 0; k < KC_POINTS; k++) {
            kc_wide_zero(s + KC_DEG * k);
        }
        for (kc_u32 q = 0; q < t && first < n; q++) {
            KC_GLOBAL const kc_u32 *const c = tables + list + (KC_DEG + log_n) * q, *const x = c + KC_DEG;
            kc_u32 pow = KC_ONE;
            for (kc_u32 b = 0; b < log_n; b++) {
                pow = (first >> b & 1u) != 0u ? kc_mul(pow, x[b]) : pow;
            }
            KC_UNROLL
            for (kc_u32 k = 0; k < KC_POINTS; k++) {
                kc_wide_add(s + KC_DEG * k, pow, c);
                pow = kc_mul(pow, log_n > 0u ? x[0] : KC_ONE);
            }
        }
        KC_UNROLL
        for (kc_u32 k = 0; k < KC_POINTS; k++) {
            if (first + k < n) {
                kc_fx_store(w, n, first + k, kc_fx_add(kc_fx_load(w, n, first + k), kc_wide_reduce(s + KC_DEG * k)));
            }
        }
    }
}

/** partial[group] = sum over its `span` elements i of g[i] eq(i), and again. eq is the product of the talk's table at word `tab`, of the last log_low
 * coordinates, and of the group's own value at the n_high coordinates at word `high`. */
KC_ENTRY kc_open_sample(KC_GROUPS KC_GLOBAL kc_u32 *partial, KC_GLOBAL const kc_u32 *g, KC_GLOBAL const kc_u32 *talk, kc_u32 plane, kc_u32 tab,
                        kc_u32 log_low, kc_u32 span, kc_u32 high, kc_u32 n_high)
{
    KC_LOCAL kc_u32 sums[KC_LANES * 2u * KC_DEG];
    KC_EACH(lane, KC_LANES) {
        kc_fx s = kc_fx_zero();
        for (kc_u32 j = lane; j < span; j += KC_LANES) {
            const kc_u32 i = KC_GROUP_X * span + j;
            const kc_fx e = kc_fx_load(talk + tab, (kc_u64)1 << log_low, i & ((1u << log_low) - 1u));
            s = kc_fx_add(s, kc_fx_mul(e, kc_fx_load(g, plane, i)));
        }
        kc_lane_put(sums, lane, s, kc_fx_zero());
    }
    KC_SYNC;
    kc_lanes_total(sums);
    KC_EACH(point, 2u) {
        kc_lanes_store(partial, KC_GROUP_X, sums, point, kc_eq_at(talk + high, n_high, KC_GROUP_X * span >> log_low));
    }
}

/** Element i of a vector, and the one `places` behind it; folded by c from those twice as far behind, and kept, when `folds`. */
KC_FN void kc_open_pair(kc_fx *lo, kc_fx *hi, KC_GLOBAL kc_u32 *v, kc_u32 plane, kc_u32 i, kc_u32 places, kc_u32 folds, kc_fx c)
{
    *lo = kc_fx_load(v, plane, i);
    *hi = kc_fx_load(v, plane, (kc_u64)i + places);
    if (folds != 0u) {
        *lo = kc_fold_to(*lo, kc_fx_load(v, plane, (kc_u64)i + 2u * places), c);
        *hi = kc_fold_to(*hi, kc_fx_load(v, plane, (kc_u64)i + 3u * places), c);
        kc_fx_store(v, plane, i, *lo);
        kc_fx_store(v, plane, (kc_u64)i + places, *hi);
    }
}

/** One round: partial[group] = values at 0 and 2 of the sum over its `span` places of g w, both linear from a place to the one `places` behind
 * it. Before that, when `folds`, both are folded by the challenge at talk[c_at ..) from four times `places`. */
KC_ENTRY kc_open_round(KC_GROUPS KC_GLOBAL kc_u32 *partial, KC_GLOBAL kc_u32 *g, KC_GLOBAL kc_u32 *w, KC_GLOBAL const kc_u32 *talk, kc_u32 plane,
                       kc_u32 places, kc_u32 span, kc_u32 folds, kc_u32 c_at)
{
    KC_LOCAL kc_u32 sums[KC_LANES * 2u * KC_DEG];
    KC_EACH(lane, KC_LANES) {
        const kc_fx c = kc_fx_words(talk + c_at);
        kc_fx s0 = kc_fx_zero(), s2 = kc_fx_zero();
        for (kc_u32 j = lane; j < span; j += KC_LANES) {
            kc_fx g0, g1, w0, w1;
            kc_open_pair(&g0, &g1, g, plane, KC_GROUP_X * span + j, places, folds, c);
            kc_open_pair(&w0, &w1, w, plane, KC_GROUP_X * span + j, places, folds, c);
            s0 = kc_fx_add(s0, kc_fx_mul(g0, w0));
            s2 = kc_fx_add(s2, kc_fx_mul(kc_at2(g0, g1), kc_at2(w0, w1)));
        }
        kc_lane_put(sums, lane, s0, s2);
    }
    KC_SYNC;
    kc_lanes_total(sums);
    KC_EACH(point, 2u) {
        kc_lanes_store(partial, KC_GROUP_X, sums, point, kc_fx_one());
    }
}

/** to[i] = from[i], i < n, or when `folds` from[i] + c (from[i + n] - from[i]), c at talk[c_at ..). to has planes of n elements, from of `plane`. */
KC_ENTRY kc_open_fold(KC_GROUPS KC_GLOBAL kc_u32 *to, KC_GLOBAL const kc_u32 *from, KC_GLOBAL const kc_u32 *talk, kc_u32 plane, kc_u32 n, kc_u32 folds,
                      kc_u32 c_at)
{
    KC_EACH(e, KC_WIDE) {
        const kc_u32 i = KC_GROUP_X * KC_WIDE + e;
        if (i < n) {
            kc_fx v = kc_fx_load(from, plane, i);
            if (folds != 0u) {
                v = kc_fold_to(v, kc_fx_load(from, plane, (kc_u64)i + n), kc_fx_words(talk + c_at));
            }
            kc_fx_store(to, n, i, v);
        }
    }
}

/** to[at + y n + i] = from[(where[y] << log_each) + (i << log_step)], i < n, y the number of the group; the canonical residue when `residues`.
 * where: at word `list` of the tables. */
KC_ENTRY kc_pick(KC_GROUPS KC_GLOBAL kc_u32 *to, KC_GLOBAL const kc_u32 *from, KC_GLOBAL const kc_u32 *tables, kc_u32 at, kc_u32 list, kc_u32 n,
                 kc_u32 log_each, kc_u32 log_step, kc_u32 residues)
{
    KC_EACH(e, KC_WIDE) {
        const kc_u32 i = KC_GROUP_X * KC_WIDE + e;
        if (i < n) {
            const kc_u32 v = from[((kc_u64)tables[list + KC_GROUP_Y] << log_each) + ((kc_u64)i << log_step)];
            to[at + (kc_u64)KC_GROUP_Y * n + i] = residues != 0u ? kc_residue(v) : v;
        }
    }
}

#endif
