/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Kernel-C: the bus argument's loops, kernels/cpu/argue.c on a device. Theory: docs/spec/argument.md section 2.
 *
 * A layer of 2^log fractions is ten planes of `plane` elements: numerators, then denominators. In its rounds it is four vectors, each
 * folded in place: v0 = p + mu q of the lower half, v1 = p of the upper half, v2 and v3 the halves of q; upper halves begin at `upper`.
 */
#ifndef SC_KC_ARGUE_H
#define SC_KC_ARGUE_H

#define KC_WIDE 256u /* items of a group where each has its own element */
#define KC_LANES 64u /* of a group that sums */

KC_FN kc_u64 kc_vector_at(kc_u32 v, kc_u32 plane, kc_u32 upper)
{
    return (kc_u64)(v >= 2u ? KC_DEG : 0u) * plane + (v % 2u == 1u ? upper : 0u);
}

/** Fractions of one interaction, rows [row, row + n) of its columns to elements [to, to + n) of a layer. desc: two forms one behind
 * the other, of the numerator and of the denominator: number of terms, constant (5), then for each term where its column begins in the
 * cells, and its coefficient (5). Numerators are base elements. */
KC_ENTRY kc_fractions(KC_GROUPS KC_GLOBAL kc_u32 *layer, KC_GLOBAL const kc_u32 *cells, KC_GLOBAL const kc_u32 *forms, kc_u32 desc, kc_u32 plane,
                      kc_u32 to, kc_u32 row, kc_u32 n)
{
    KC_EACH(e, KC_WIDE) {
        const kc_u32 i = KC_GROUP_X * KC_WIDE + e;
        if (i < n) {
            KC_GLOBAL const kc_u32 *d = forms + desc;
            kc_u32 n_terms = d[0];
            kc_u64 s = 0u;
            for (kc_u32 t = 0; t < n_terms; t++) {
                s = kc_below(s + (kc_u64)cells[d[6u + 6u * t] + row + i] * d[7u + 6u * t]);
            }
            const kc_fx num = kc_fx_of(kc_add(kc_reduce(s), d[1]), 0u, 0u, 0u, 0u);
            d += 6u + 6u * n_terms;
            n_terms = d[0];
            kc_u64 sum[KC_DEG];
            KC_UNROLL
            for (kc_u32 k = 0; k < KC_DEG; k++) {
                sum[k] = 0u;
            }
            for (kc_u32 t = 0; t < n_terms; t++) {
                const kc_u32 x = cells[d[6u + 6u * t] + row + i];
                KC_UNROLL
                for (kc_u32 k = 0; k < KC_DEG; k++) {
                    sum[k] = kc_below(sum[k] + (kc_u64)x * d[7u + 6u * t + k]);
                }
            }
            kc_fx den;
            KC_UNROLL
            for (kc_u32 k = 0; k < KC_DEG; k++) {
                den.c[k] = kc_add(kc_reduce(sum[k]), d[1u + k]);
            }
            kc_fx_store(layer, plane, to + i, num);
            kc_fx_store(layer + (kc_u64)KC_DEG * plane, plane, to + i, den);
        }
    }
}

/** Elements [to, to + n) of a layer: 0 / one, one in Montgomery form. */
KC_ENTRY kc_unused(KC_GROUPS KC_GLOBAL kc_u32 *layer, kc_u32 plane, kc_u32 to, kc_u32 n, kc_u32 one)
{
    KC_EACH(e, KC_WIDE) {
        const kc_u32 i = KC_GROUP_X * KC_WIDE + e;
        if (i < n) {
            kc_fx_store(layer, plane, to + i, kc_fx_zero());
            kc_fx_store(layer + (kc_u64)KC_DEG * plane, plane, to + i, kc_fx_of(one, 0u, 0u, 0u, 0u));
        }
    }
}

/** n fractions, each the sum of the one at its place below and the one n behind it. */
KC_ENTRY kc_gkr_up(KC_GROUPS KC_GLOBAL kc_u32 *layer, KC_GLOBAL const kc_u32 *below, kc_u32 plane, kc_u32 below_plane, kc_u32 n)
{
    KC_EACH(e, KC_WIDE) {
        const kc_u32 i = KC_GROUP_X * KC_WIDE + e;
        if (i < n) {
            KC_GLOBAL const kc_u32 *const den = below + (kc_u64)KC_DEG * below_plane;
            const kc_fx q0 = kc_fx_load(den, below_plane, i), q1 = kc_fx_load(den, below_plane, (kc_u64)i + n);
            const kc_fx p0 = kc_fx_load(below, below_plane, i), p1 = kc_fx_load(below, below_plane, (kc_u64)i + n);
            kc_fx_store(layer, plane, i, kc_fx_add(kc_fx_mul(p0, q1), kc_fx_mul(p1, q0)));
            kc_fx_store(layer + (kc_u64)KC_DEG * plane, plane, i, kc_fx_mul(q0, q1));
        }
    }
}

/** v + c (w - v) */
KC_FN kc_fx kc_fold_to(kc_fx v, kc_fx w, kc_fx c)
{
    return kc_fx_add(v, kc_fx_mul(c, kc_fx_sub(w, v)));
}

KC_FN kc_fx kc_cross(kc_fx a, kc_fx p1, kc_fx q0, kc_fx q1)
{
    return kc_fx_add(kc_fx_mul(a, q1), kc_fx_mul(p1, q0));
}

/** 2 hi - lo */
KC_FN kc_fx kc_at2(kc_fx lo, kc_fx hi)
{
    return kc_fx_sub(kc_fx_add(hi, hi), lo);
}

/* ---- two sums of a group, one behind the other in local memory ---- */

KC_FN void kc_lane_put(KC_LOCAL_PTR kc_u32 *sums, kc_u32 lane, kc_fx a, kc_fx b)
{
    KC_UNROLL
    for (kc_u32 k = 0; k < KC_DEG; k++) {
        sums[k * KC_LANES + lane] = a.c[k];
        sums[(KC_DEG + k) * KC_LANES + lane] = b.c[k];
    }
}

/** Of all lanes, in the place of lane 0. */
KC_FN void kc_lanes_total(KC_LOCAL_PTR kc_u32 *sums)
{
    for (kc_u32 w = KC_LANES / 2u; w > 0u; w /= 2u) {
        KC_EACH(lane, w) {
            KC_UNROLL
            for (kc_u32 k = 0; k < 2u * KC_DEG; k++) {
                sums[k * KC_LANES + lane] = kc_add(sums[k * KC_LANES + lane], sums[k * KC_LANES + lane + w]);
            }
        }
        KC_SYNC;
    }
}

/** Sum number `which` times scale to ten words of `partial`. */
KC_FN void kc_lanes_store(KC_GLOBAL kc_u32 *partial, kc_u32 group, KC_LOCAL_PTR const kc_u32 *sums, kc_u32 which, kc_fx scale)
{
    kc_fx s;
    KC_UNROLL
    for (kc_u32 k = 0; k < KC_DEG; k++) {
        s.c[k] = sums[(KC_DEG * which + k) * KC_LANES];
    }
    s = kc_fx_mul(s, scale);
    KC_UNROLL
    for (kc_u32 k = 0; k < KC_DEG; k++) {
        partial[(kc_u64)(2u * KC_DEG) * group + KC_DEG * which + k] = s.c[k];
    }
}

/** One round: partial[group] = values at 0 and 2 of the sum over its `span` places of eq (v0 v3 + v1 v2), each v linear from a place to
 * the one `places` behind it. Before that, when `folds`, the vectors are folded by c from four times `places`; else v0 is made, with mu = c.
 * eq of place i is the product of low[i mod 2^log_low], planar, and of the group's own high[i >> log_low], five words each, behind it:
 * eqs has both. span, a power of two, divides 2^log_low; there are places / span groups. */
KC_ENTRY kc_gkr_round(KC_GROUPS KC_GLOBAL kc_u32 *partial, KC_GLOBAL kc_u32 *layer, KC_GLOBAL const kc_u32 *eqs, kc_u32 plane, kc_u32 upper,
                      kc_u32 places, kc_u32 log_low, kc_u32 span, kc_u32 folds, kc_u32 c0, kc_u32 c1, kc_u32 c2, kc_u32 c3, kc_u32 c4)
{
    KC_LOCAL kc_u32 sums[KC_LANES * 2u * KC_DEG];
    const kc_fx c = kc_fx_of(c0, c1, c2, c3, c4);
    KC_EACH(lane, KC_LANES) {
        kc_fx s0 = kc_fx_zero(), s2 = kc_fx_zero();
        for (kc_u32 j = lane; j < span; j += KC_LANES) {
            const kc_u32 i = KC_GROUP_X * span + j;
            kc_fx lo[4], hi[4];
            KC_UNROLL
            for (kc_u32 v = 0; v < 4u; v++) {
                KC_GLOBAL kc_u32 *const at = layer + kc_vector_at(v, plane, upper);
                lo[v] = kc_fx_load(at, plane, i);
                hi[v] = kc_fx_load(at, plane, (kc_u64)i + places);
                if (folds != 0u) {
                    lo[v] = kc_fold_to(lo[v], kc_fx_load(at, plane, (kc_u64)i + 2u * places), c);
                    hi[v] = kc_fold_to(hi[v], kc_fx_load(at, plane, (kc_u64)i + 3u * places), c);
                    kc_fx_store(at, plane, i, lo[v]);
                    kc_fx_store(at, plane, (kc_u64)i + places, hi[v]);
                }
            }
            if (folds == 0u) {
                lo[0] = kc_fx_add(lo[0], kc_fx_mul(c, lo[2]));
                hi[0] = kc_fx_add(hi[0], kc_fx_mul(c, hi[2]));
                kc_fx_store(layer, plane, i, lo[0]);
                kc_fx_store(layer, plane, (kc_u64)i + places, hi[0]);
            }
            const kc_fx e = kc_fx_load(eqs, (kc_u64)1 << log_low, i & ((1u << log_low) - 1u));
            s0 = kc_fx_add(s0, kc_fx_mul(e, kc_cross(lo[0], lo[1], lo[2], lo[3])));
            KC_UNROLL
            for (kc_u32 v = 0; v < 4u; v++) {
                hi[v] = kc_at2(lo[v], hi[v]);
            }
            s2 = kc_fx_add(s2, kc_fx_mul(e, kc_cross(hi[0], hi[1], hi[2], hi[3])));
        }
        kc_lane_put(sums, lane, s0, s2);
    }
    KC_SYNC;
    kc_lanes_total(sums);
    KC_EACH(point, 2u) {
        KC_GLOBAL const kc_u32 *const high = eqs + ((kc_u64)KC_DEG << log_low) + (kc_u64)KC_DEG * (KC_GROUP_X * span >> log_low);
        kc_lanes_store(partial, KC_GROUP_X, sums, point, kc_fx_of(high[0], high[1], high[2], high[3], high[4]));
    }
}

/** out[to + 10 y + w] = sum over n of partial[10 (y n + i) + w], w < 10, y the number of the group. */
KC_ENTRY kc_total(KC_GROUPS KC_GLOBAL kc_u32 *out, KC_GLOBAL const kc_u32 *partial, kc_u32 to, kc_u32 n)
{
    KC_LOCAL kc_u32 sums[KC_LANES * 2u * KC_DEG];
    KC_EACH(lane, KC_LANES) {
        KC_UNROLL
        for (kc_u32 k = 0; k < 2u * KC_DEG; k++) {
            kc_u32 s = 0u;
            for (kc_u32 i = lane; i < n; i += KC_LANES) {
                s = kc_add(s, partial[(kc_u64)(2u * KC_DEG) * ((kc_u64)KC_GROUP_Y * n + i) + k]);
            }
            sums[k * KC_LANES + lane] = s;
        }
    }
    KC_SYNC;
    KC_EACH(k, 2u * KC_DEG) {
        kc_u32 s = 0u;
        for (kc_u32 lane = 0; lane < KC_LANES; lane++) {
            s = kc_add(s, sums[k * KC_LANES + lane]);
        }
        out[to + 2u * KC_DEG * KC_GROUP_Y + k] = s;
    }
}

/** The first 2^log_len elements of the four vectors, one vector and in it one plane behind the other. */
KC_ENTRY kc_gkr_pack(KC_GROUPS KC_GLOBAL kc_u32 *out, KC_GLOBAL const kc_u32 *layer, kc_u32 plane, kc_u32 upper, kc_u32 log_len)
{
    KC_EACH(e, KC_WIDE) {
        const kc_u32 i = KC_GROUP_X * KC_WIDE + e, w = i >> log_len;
        if (w < 4u * KC_DEG) {
            const kc_u32 v = w / KC_DEG, k = w % KC_DEG;
            out[i] = layer[kc_vector_at(v, plane, upper) + (kc_u64)k * plane + (i & ((1u << log_len) - 1u))];
        }
    }
}

#endif
