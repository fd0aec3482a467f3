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

/* Columns of closed form, as enum air_closed: what a table has on row i without being told. */
#define KC_CF_INDEX 0u
#define KC_CF_HI8 1u
#define KC_CF_LO8 2u
#define KC_CF_AND8 3u
#define KC_CF_POW2_M 4u
#define KC_CF_POW2_Q 5u
#define KC_CF_REG_REAL 6u
#define KC_CF_PROOF 7u
#define KC_CF_FIRST 8u

KC_FN kc_u32 kc_closed_row(kc_u32 kind, kc_u32 row, kc_u32 index)
{
    const kc_u32 high = row >> 8, low = row & 255u;
    return kind == KC_CF_INDEX      ? row
           : kind == KC_CF_HI8      ? high
           : kind == KC_CF_LO8      ? low
           : kind == KC_CF_AND8     ? high & low
           : kind == KC_CF_POW2_M   ? ((row & 64u) != 0u ? 1u << (8u - (row & 7u)) : 1u << (row & 7u))
           : kind == KC_CF_POW2_Q   ? (row & 63u) >> 3
           : kind == KC_CF_REG_REAL ? (row < 33u ? 1u : 0u)
           : kind == KC_CF_PROOF    ? index
                                    : (index == 0u ? 1u : 0u);
}

/** The column of 2^log_h rows at word `at` of the cells, in proof `index` of a set. */
KC_ENTRY kc_closed(KC_GROUPS KC_GLOBAL kc_u32 *cells, kc_u32 at, kc_u32 log_h, kc_u32 kind, kc_u32 index)
{
    KC_EACH(e, KC_WIDE) {
        const kc_u32 i = KC_GROUP_X * KC_WIDE + e;
        if (i >> log_h == 0u) {
            cells[at + i] = kc_mul(kc_closed_row(kind, i, index), KC_R2);
        }
    }
}
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

/* ---- what is in talk.h's talk ---- */

#define KC_GKR_MU KC_TALK_OWN
#define KC_GKR_RHO (KC_GKR_MU + 8u)                   /* the point of the claim on the layer above */
#define KC_GKR_C (KC_GKR_RHO + KC_DEG * KC_MOST_VARS) /* challenges of this layer */
#define KC_GKR_EQ (KC_GKR_C + KC_DEG * KC_MOST_VARS)  /* eq of the last coordinates of rho, planar */
#define KC_GKR_LOG (KC_GKR_EQ + (KC_DEG << KC_MOST_LOW))
#define KC_MOST_VARS 32u
#define KC_MOST_LOW 10u

#define KC_L_GKR_MIX 12u
#define KC_L_GKR_T 13u
#define KC_L_GKR_ROUND 14u
#define KC_L_GKR_CLAIMS 15u
#define KC_L_GKR_LINE 16u

/** eq of the n bits of `index` and as many coordinates, the first of which belongs to the highest bit. */
KC_FN kc_fx kc_eq_at(KC_GLOBAL const kc_u32 *point, kc_u32 n, kc_u32 index)
{
    kc_fx e = kc_fx_one();
    for (kc_u32 k = 0; k < n; k++) {
        const kc_fx r = kc_fx_words(point + KC_DEG * k);
        e = kc_fx_mul(e, (index >> (n - 1u - k) & 1u) != 0u ? r : kc_fx_sub(kc_fx_one(), r));
    }
    return e;
}

/** table[i] = eq of i and the n coordinates of `point`, as in kc_eq_at; planar, i < 2^n. By a group. */
KC_FN void kc_eq_table(KC_GLOBAL kc_u32 *table, KC_GLOBAL const kc_u32 *point, kc_u32 n)
{
    KC_EACH(e, 1u) {
        kc_fx_store(table, (kc_u64)1 << n, e, kc_fx_one());
    }
    KC_SYNC_ALL;
    for (kc_u32 k = 0; k < n; k++) {
        KC_EACH(e, KC_LANES) {
            const kc_fx r = kc_fx_words(point + KC_DEG * (n - 1u - k));
            for (kc_u32 i = e; i < 1u << k; i += KC_LANES) {
                const kc_fx all = kc_fx_load(table, (kc_u64)1 << n, i), high = kc_fx_mul(all, r);
                kc_fx_store(table, (kc_u64)1 << n, i, kc_fx_sub(all, high));
                kc_fx_store(table, (kc_u64)1 << n, i + (1u << k), high);
            }
        }
        KC_SYNC_ALL;
    }
}

/** One round of a layer, number `round`: partial[group] = values at 0 and 2 of the sum over its `span` places of eq (v0 v3 + v1 v2), each v linear
 * from a place to the one `places` behind it. Before that the vectors are folded by the round's before challenge, from four times `places`; in the
 * first one v0 is made, with mu. eq of place i is the product of the talk's table at i mod 2^log_low and of the group's own value at the
 * n_high coordinates of rho before the table's. span, a power of two, divides 2^log_low; there are places / span groups. */
KC_ENTRY kc_gkr_round(KC_GROUPS KC_GLOBAL kc_u32 *partial, KC_GLOBAL kc_u32 *layer, KC_GLOBAL const kc_u32 *talk, kc_u32 plane, kc_u32 upper,
                      kc_u32 places, kc_u32 log_low, kc_u32 span, kc_u32 round, kc_u32 n_high)
{
    KC_LOCAL kc_u32 sums[KC_LANES * 2u * KC_DEG];
    KC_EACH(lane, KC_LANES) {
        const kc_fx c = kc_fx_words(talk + (round == 0u ? KC_GKR_MU : KC_GKR_C + KC_DEG * (round - 1u)));
        kc_fx s0 = kc_fx_zero(), s2 = kc_fx_zero();
        for (kc_u32 j = lane; j < span; j += KC_LANES) {
            const kc_u32 i = KC_GROUP_X * span + j;
            kc_fx lo[4], hi[4];
            KC_UNROLL
            for (kc_u32 v = 0; v < 4u; v++) {
                KC_GLOBAL kc_u32 *const at = layer + kc_vector_at(v, plane, upper);
                lo[v] = kc_fx_load(at, plane, i);
                hi[v] = kc_fx_load(at, plane, (kc_u64)i + places);
                if (round != 0u) {
                    lo[v] = kc_fold_to(lo[v], kc_fx_load(at, plane, (kc_u64)i + 2u * places), c);
                    hi[v] = kc_fold_to(hi[v], kc_fx_load(at, plane, (kc_u64)i + 3u * places), c);
                    kc_fx_store(at, plane, i, lo[v]);
                    kc_fx_store(at, plane, (kc_u64)i + places, hi[v]);
                }
            }
            if (round == 0u) {
                lo[0] = kc_fx_add(lo[0], kc_fx_mul(c, lo[2]));
                hi[0] = kc_fx_add(hi[0], kc_fx_mul(c, hi[2]));
                kc_fx_store(layer, plane, i, lo[0]);
                kc_fx_store(layer, plane, (kc_u64)i + places, hi[0]);
            }
            const kc_fx e = kc_fx_load(talk + KC_GKR_EQ, (kc_u64)1 << log_low, i & ((1u << log_low) - 1u));
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
        const kc_fx high = kc_eq_at(talk + KC_GKR_RHO + KC_DEG * (round + 1u), n_high, KC_GROUP_X * span >> log_low);
        kc_lanes_store(partial, KC_GROUP_X, sums, point, high);
    }
}

/** out[w] = sum over n of partial[10 i + w], w < 10. By a group. */
KC_FN void kc_total_of(KC_GLOBAL kc_u32 *out, KC_GLOBAL const kc_u32 *partial, KC_LOCAL_PTR kc_u32 *sums, kc_u32 n)
{
    KC_EACH(lane, KC_LANES) {
        KC_UNROLL
        for (kc_u32 k = 0; k < 2u * KC_DEG; k++) {
            kc_u32 s = 0u;
            for (kc_u32 i = lane; i < n; i += KC_LANES) {
                s = kc_add(s, partial[(kc_u64)(2u * KC_DEG) * i + k]);
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
        out[k] = s;
    }
}

/** out[to + 10 y ..] = sum over n of partial[10 (y n + i) ..], ten words, y the number of the group. */
KC_ENTRY kc_total(KC_GROUPS KC_GLOBAL kc_u32 *out, KC_GLOBAL const kc_u32 *partial, kc_u32 to, kc_u32 n)
{
    KC_LOCAL kc_u32 sums[KC_LANES * 2u * KC_DEG];
    kc_total_of(out + to + 2u * KC_DEG * KC_GROUP_Y, partial + (kc_u64)(2u * KC_DEG) * n * KC_GROUP_Y, sums, n);
}

#define KC_SAY(label) ((label) | KC_TR_ABSORB << 8)
#define KC_SAY_RAW(label) ((label) | KC_TR_ABSORB << 8 | 1u << 16)
#define KC_SAY_NONCE(label) ((label) | KC_TR_GRIND << 8 | 1u << 16)

/** The sum of so many groups' partial, unless there are none, to talk[at ..); n words there are sent as `what`, one of KC_SAY, unless there are none.
 * Then n_out elements are drawn to talk[to ..), unless there are none; or when there are bits, a search for a nonce begins, kc_try. One group. */
KC_ENTRY kc_say(KC_GROUPS KC_GLOBAL kc_u32 *talk, KC_GLOBAL const kc_u32 *partial, kc_u32 groups, kc_u32 at, kc_u32 n, kc_u32 what, kc_u32 to,
                kc_u32 n_out, kc_u32 drawn, kc_u32 bits, kc_u32 nonce_at, kc_u32 nonce)
{
    KC_LOCAL kc_u32 sums[KC_LANES * 2u * KC_DEG];
    if (groups != 0u) {
        kc_total_of(talk + at, partial, sums, groups);
    }
    KC_SYNC_ALL;
    KC_EACH(e, 1u) {
        talk[KC_TALK_SHORT + e] = n_out;
        talk[KC_TALK_SHORT + 1u + e] = 0u;
        for (kc_u32 f = n == 0u ? 1u : 0u; f < (n_out == 0u || bits != 0u ? 1u : 2u); f++) { /* one place where the hash is inlined */
            kc_frame(talk, f == 0u ? what & 0xffffu : drawn | KC_TR_CHALLENGE << 8, f == 0u ? at : KC_TALK_SHORT, f == 0u ? n : 2u,
                     f == 0u ? what >> 16 : 1u, to, f == 0u ? 0u : KC_DEG * n_out);
        }
        if (bits != 0u) {
            kc_try(talk, nonce_at, bits, nonce);
        }
    }
}

/** table[i], planar at talk[to ..) = kc_eq_at of i and the n coordinates at talk[at ..), i < 2^n. */
KC_ENTRY kc_eq(KC_GROUPS KC_GLOBAL kc_u32 *talk, kc_u32 at, kc_u32 n, kc_u32 to)
{
    KC_EACH(e, KC_WIDE) {
        const kc_u32 i = KC_GROUP_X * KC_WIDE + e;
        if (i < 1u << n) {
            kc_fx_store(talk + to, (kc_u64)1 << n, i, kc_eq_at(talk + at, n, i));
        }
    }
}

/** The rounds of a layer of 2^(l + 1) from number `from` on, its claims, the point of the layer below, and when there is `more` that layer's
 * mu and eq. What is sent goes to talk[log ..): two elements a round, then four. The table of eq has min(l - 1, log_low) coordinates;
 * `from` is 0, or one more than that is left of the rounds. One group. */
KC_ENTRY kc_gkr_tail(KC_GROUPS KC_GLOBAL kc_u32 *layer, KC_GLOBAL kc_u32 *talk, kc_u32 plane, kc_u32 upper, kc_u32 l, kc_u32 from, kc_u32 log_low,
                     kc_u32 log, kc_u32 more)
{
    KC_LOCAL kc_u32 sums[KC_LANES * 2u * KC_DEG];
    KC_GLOBAL kc_u32 *const eq = talk + KC_GKR_EQ;
    const kc_u32 low = l <= log_low ? (l == 0u ? 0u : l - 1u) : log_low;
    KC_EACH(e, KC_LANES) {
        const kc_fx mu = kc_fx_words(talk + KC_GKR_MU);
        KC_GLOBAL const kc_u32 *const q = layer + kc_vector_at(2u, plane, upper);
        for (kc_u32 i = e; from == 0u && i < 1u << l; i += KC_LANES) {
            kc_fx_store(layer, plane, i, kc_fx_add(kc_fx_load(layer, plane, i), kc_fx_mul(mu, kc_fx_load(q, plane, i))));
        }
    }
    KC_SYNC_ALL;
    for (kc_u32 i = from; i <= l; i++) {
        const kc_u32 log_left = l - i, left = 1u << log_left; /* elements of a vector */
        const kc_u32 at = log + 2u * KC_DEG * i;
        KC_EACH(e, KC_LANES) {
            const kc_fx c = kc_fx_words(talk + (i == 0u ? KC_GKR_MU : KC_GKR_C + KC_DEG * (i - 1u)));
            for (kc_u32 k = e; i != 0u && k < 4u * left; k += KC_LANES) {
                KC_GLOBAL kc_u32 *const v = layer + kc_vector_at(k >> log_left, plane, upper);
                const kc_u32 j = k & (left - 1u);
                kc_fx_store(v, plane, j, kc_fold_to(kc_fx_load(v, plane, j), kc_fx_load(v, plane, (kc_u64)j + left), c));
            }
            for (kc_u32 j = e; log_left != 0u && log_left <= low && j < left / 2u; j += KC_LANES) { /* eq(0, x) + eq(1, x) = 1 */
                const kc_fx both = kc_fx_add(kc_fx_load(eq, (kc_u64)1 << low, j), kc_fx_load(eq, (kc_u64)1 << low, (kc_u64)j + left / 2u));
                kc_fx_store(eq, (kc_u64)1 << low, j, both);
            }
        }
        KC_SYNC_ALL;
        KC_EACH(lane, KC_LANES) {
            kc_fx s0 = kc_fx_zero(), s2 = kc_fx_zero();
            for (kc_u32 j = lane; j < left / 2u; j += KC_LANES) {
                const kc_fx e = kc_fx_load(eq, (kc_u64)1 << low, j);
                kc_fx v[4];
                for (kc_u32 at_two = 0; at_two < 2u; at_two++) {
                    for (kc_u32 k = 0; k < 4u; k++) {
                        KC_GLOBAL const kc_u32 *const from_v = layer + kc_vector_at(k, plane, upper);
                        v[k] = kc_fx_load(from_v, plane, j);
                        v[k] = at_two != 0u ? kc_at2(v[k], kc_fx_load(from_v, plane, (kc_u64)j + left / 2u)) : v[k];
                    }
                    const kc_fx s = kc_fx_mul(e, kc_cross(v[0], v[1], v[2], v[3]));
                    s0 = at_two != 0u ? s0 : kc_fx_add(s0, s);
                    s2 = at_two != 0u ? kc_fx_add(s2, s) : s2;
                }
            }
            kc_lane_put(sums, lane, s0, s2);
        }
        KC_SYNC;
        kc_lanes_total(sums);
        KC_EACH(e, 1u) {
            for (kc_u32 k = 0; i < l && k < 2u * KC_DEG; k++) {
                talk[at + k] = sums[k * KC_LANES];
            }
            for (kc_u32 k = 0; i == l && k < 4u; k++) {
                const kc_u32 own = k == 0u ? 1u : 0u; /* v0 = p0 + mu q0 */
                const kc_fx v = kc_fx_load(layer + kc_vector_at(k, plane, upper), plane, 0u);
                const kc_fx q = kc_fx_load(layer + kc_vector_at(2u, plane, upper), plane, 0u);
                const kc_fx p = own != 0u ? kc_fx_sub(v, kc_fx_mul(kc_fx_words(talk + KC_GKR_MU), q)) : v;
                kc_fx_store(talk + at + KC_DEG * k, 1u, 0u, p);
            }
            talk[KC_TALK_SHORT + e] = 1u;
            talk[KC_TALK_SHORT + 1u + e] = 0u;
            for (kc_u32 f = 0; f < (i < l || more == 0u ? 2u : 3u); f++) { /* one place where the hash is inlined */
                const kc_u32 label = i < l ? (f == 0u ? KC_L_GKR_T : KC_L_GKR_ROUND)
                                           : (f == 0u ? KC_L_GKR_CLAIMS : f == 1u ? KC_L_GKR_LINE : KC_L_GKR_MIX);
                const kc_u32 to = i < l ? KC_GKR_C + KC_DEG * i : f == 1u ? KC_GKR_RHO : KC_GKR_MU;
                kc_frame(talk, label | (f == 0u ? KC_TR_ABSORB : KC_TR_CHALLENGE) << 8, f == 0u ? at : KC_TALK_SHORT,
                         f != 0u ? 2u : i < l ? 2u * KC_DEG : 4u * KC_DEG, f == 0u ? 0u : 1u, to, f == 0u ? 0u : KC_DEG);
            }
        }
        KC_SYNC_ALL;
    }
    KC_EACH(k, KC_DEG * l) { /* behind what was drawn for its first coordinate */
        talk[KC_GKR_RHO + KC_DEG + k] = talk[KC_GKR_C + k];
    }
    if (more != 0u) {
        const kc_u32 n = l < log_low ? l : log_low;
        kc_eq_table(eq, talk + KC_GKR_C + KC_DEG * (l - n), n);
    }
}

#endif
