/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Kernel-C: the batched sumcheck's loops, host/prove/zero_h.c on a device. Theory: docs/spec/argument.md section 3.
 *
 * The laws of a table are a program: steps of three words, operation and variable, two operands, a constant in Montgomery form or the number
 * of a law. All items of a group are at the same step, so nothing diverges, and variables are in local memory, `lanes` of each beside each
 * other: registers stay few whatever a table asks for.
 *
 * In a round all chunks that have begun have the same number of rows, so one launch is for all of them: groups y are the entries of a list in
 * the tables, from word `list` on, chunks in falling height. Columns of the challenge field and forms are vectors in one buffer.
 */
#ifndef SC_KC_LAWS_H
#define SC_KC_LAWS_H

#define KC_LAW_WORDS 3840u /* variables of a group: of the challenge field 12 for 64 lanes, or 24 for 32 */
#define KC_LAW_STEP 3u
/* A chunk with laws, in a list: its program and how many steps, where the list of its columns' beginnings in the cells is, five words for each
 * lambda_k, its columns as vectors and their plane, lanes where cells are base elements and where they are not. */
#define KC_LAW_PROGRAM 0u
#define KC_LAW_STEPS 1u
#define KC_LAW_COLUMNS 2u
#define KC_LAW_LAMBDA 3u
#define KC_LAW_EXT 4u
#define KC_LAW_PLANE 5u
#define KC_LAW_LANES_BASE 6u
#define KC_LAW_LANES_EXT 7u
#define KC_LAW_ENTRY 8u
/* The interactions of a chunk on one side: the vector, its plane, the side, the description of the form. */
#define KC_FORM_AT 0u
#define KC_FORM_PLANE 1u
#define KC_FORM_SIDE 2u
#define KC_FORM_DESC 3u
#define KC_FORM_ENTRY 4u
#define KC_LAW_COLUMN 0x8000u /* an operand that is a column */

#define KC_LAW_ADD 0u
#define KC_LAW_SUB 1u
#define KC_LAW_MUL 2u
#define KC_LAW_NEG 3u
#define KC_LAW_MULK 4u
#define KC_LAW_ADDK 5u
#define KC_LAW_HOLDS 6u /* the law of this number has the first operand as its value */

/** The line through lo at 0 and hi at 1, at x: 0, 2 or 3. */
KC_FN kc_u32 kc_line(kc_u32 lo, kc_u32 hi, kc_u32 x)
{
    const kc_u32 d = kc_sub(hi, lo), two = kc_add(hi, d);
    return x == 0u ? lo : x == 2u ? two : kc_add(two, d);
}

KC_FN kc_u32 kc_law_base(KC_GLOBAL const kc_u32 *cells, KC_GLOBAL const kc_u32 *columns, KC_LOCAL_PTR const kc_u32 *var, kc_u32 lanes, kc_u32 what,
                         kc_u32 i, kc_u32 places, kc_u32 x)
{
    if ((what & KC_LAW_COLUMN) == 0u) {
        return var[what * lanes];
    }
    const kc_u64 at = (kc_u64)columns[what & (KC_LAW_COLUMN - 1u)] + i;
    return kc_line(cells[at], cells[at + places], x);
}

/** Group y is the sums of entry y / 2 at point 2 + y % 2: partial[(first + y) groups + x] = sum over the group's `span` places i of
 * eq(i) sum over laws k of lambda_k C_k(row), and zero; the row is that of the columns between i and i + places, at the point.
 * eq at word `tab` is as in kc_open_cross. */
KC_ENTRY kc_laws_base(KC_GROUPS KC_GLOBAL kc_u32 *partial, KC_GLOBAL const kc_u32 *cells, KC_GLOBAL const kc_u32 *tables, kc_u32 list, kc_u32 tab,
                      kc_u32 log_low, kc_u32 span, kc_u32 places, kc_u32 groups, kc_u32 first)
{
    KC_LOCAL kc_u32 all[KC_LAW_WORDS];
    KC_LOCAL kc_u32 sums[KC_LANES * 2u * KC_DEG];
    KC_EACH(lane, KC_LANES) {
        KC_GLOBAL const kc_u32 *const own = tables + list + KC_LAW_ENTRY * (KC_GROUP_Y / 2u);
        KC_GLOBAL const kc_u32 *const program = tables + own[KC_LAW_PROGRAM], *const columns = tables + own[KC_LAW_COLUMNS];
        KC_LOCAL_PTR kc_u32 *const var = all + lane;
        const kc_u32 n_steps = own[KC_LAW_STEPS], lanes = own[KC_LAW_LANES_BASE], lambda = own[KC_LAW_LAMBDA], x = KC_GROUP_Y % 2u + 2u;
        kc_fx s = kc_fx_zero();
        for (kc_u32 j = lane; j < span && lane < lanes; j += lanes) {
            const kc_u32 i = KC_GROUP_X * span + j;
            kc_u64 acc[KC_DEG];
            kc_wide_zero(acc);
            for (kc_u32 k = 0; k < n_steps; k++) {
                KC_GLOBAL const kc_u32 *const d = program + KC_LAW_STEP * k;
                const kc_u32 op = d[0] & 0xffu, c = d[2];
                const kc_u32 a = kc_law_base(cells, columns, var, lanes, d[1] & 0xffffu, i, places, x);
                if (op == KC_LAW_HOLDS) {
                    kc_wide_add(acc, a, tables + lambda + KC_DEG * c);
                    continue;
                }
                const kc_u32 b = op <= KC_LAW_MUL ? kc_law_base(cells, columns, var, lanes, d[1] >> 16, i, places, x) : c;
                var[(d[0] >> 8) * lanes] = op == KC_LAW_ADD || op == KC_LAW_ADDK ? kc_add(a, b)
                                           : op == KC_LAW_MUL || op == KC_LAW_MULK ? kc_mul(a, b)
                                           : op == KC_LAW_SUB                      ? kc_sub(a, b)
                                                                                   : kc_sub(0u, a);
            }
            const kc_fx e = kc_fx_load(tables + tab, (kc_u64)1 << log_low, i & ((1u << log_low) - 1u));
            s = kc_fx_add(s, kc_fx_mul(e, kc_wide_reduce(acc)));
        }
        kc_lane_put(sums, lane, s, kc_fx_zero());
    }
    KC_SYNC;
    kc_lanes_total(sums);
    KC_EACH(point, 2u) {
        const kc_fx high = kc_fx_words(tables + tab + ((kc_u64)KC_DEG << log_low) + (kc_u64)KC_DEG * (KC_GROUP_X * span >> log_low));
        kc_lanes_store(partial, (first + KC_GROUP_Y) * groups + KC_GROUP_X, sums, point, high);
    }
}

KC_FN kc_fx kc_law_ext(KC_GLOBAL const kc_u32 *ext, KC_LOCAL_PTR const kc_u32 *var, kc_u32 lanes, kc_u32 what, kc_u32 plane, kc_u32 i, kc_u32 places,
                       kc_u32 x)
{
    kc_fx r;
    KC_GLOBAL const kc_u32 *const v = ext + (kc_u64)(KC_DEG * (what & (KC_LAW_COLUMN - 1u))) * plane;
    KC_UNROLL
    for (kc_u32 k = 0; k < KC_DEG; k++) {
        r.c[k] = (what & KC_LAW_COLUMN) == 0u ? var[(KC_DEG * what + k) * lanes]
                                              : kc_line(v[(kc_u64)k * plane + i], v[(kc_u64)k * plane + i + places], x);
    }
    return r;
}

/** The same of columns that are vectors, one behind the other; group y is entry y / 3 at point 0, 2 or 3. */
KC_ENTRY kc_laws_ext(KC_GROUPS KC_GLOBAL kc_u32 *partial, KC_GLOBAL const kc_u32 *ext, KC_GLOBAL const kc_u32 *tables, kc_u32 list, kc_u32 tab,
                     kc_u32 log_low, kc_u32 span, kc_u32 places, kc_u32 groups, kc_u32 first)
{
    KC_LOCAL kc_u32 all[KC_LAW_WORDS];
    KC_LOCAL kc_u32 sums[KC_LANES * 2u * KC_DEG];
    KC_EACH(lane, KC_LANES) {
        KC_GLOBAL const kc_u32 *const own = tables + list + KC_LAW_ENTRY * (KC_GROUP_Y / 3u);
        KC_GLOBAL const kc_u32 *const program = tables + own[KC_LAW_PROGRAM], *const v = ext + own[KC_LAW_EXT];
        KC_LOCAL_PTR kc_u32 *const var = all + lane;
        const kc_u32 n_steps = own[KC_LAW_STEPS], lanes = own[KC_LAW_LANES_EXT], lambda = own[KC_LAW_LAMBDA], plane = own[KC_LAW_PLANE];
        const kc_u32 y = KC_GROUP_Y % 3u, x = y == 0u ? 0u : y + 1u;
        kc_fx s = kc_fx_zero();
        for (kc_u32 j = lane; j < span && lane < lanes; j += lanes) {
            const kc_u32 i = KC_GROUP_X * span + j;
            kc_fx acc = kc_fx_zero();
            for (kc_u32 k = 0; k < n_steps; k++) {
                KC_GLOBAL const kc_u32 *const d = program + KC_LAW_STEP * k;
                const kc_u32 op = d[0] & 0xffu, c = d[2];
                const kc_fx a = kc_law_ext(v, var, lanes, d[1] & 0xffffu, plane, i, places, x);
                kc_fx b = kc_fx_zero(), r;
                if (op <= KC_LAW_MUL) {
                    b = kc_law_ext(v, var, lanes, d[1] >> 16, plane, i, places, x);
                } else if (op == KC_LAW_HOLDS) {
                    b = kc_fx_words(tables + lambda + KC_DEG * c);
                }
                if (op == KC_LAW_MUL || op == KC_LAW_HOLDS) {
                    r = kc_fx_mul(a, b);
                } else {
                    KC_UNROLL
                    for (kc_u32 m = 0; m < KC_DEG; m++) {
                        r.c[m] = op == KC_LAW_ADD    ? kc_add(a.c[m], b.c[m])
                                 : op == KC_LAW_SUB  ? kc_sub(a.c[m], b.c[m])
                                 : op == KC_LAW_NEG  ? kc_sub(0u, a.c[m])
                                 : op == KC_LAW_MULK ? kc_mul(a.c[m], c)
                                                     : kc_add(a.c[m], m == 0u ? c : 0u);
                    }
                }
                if (op == KC_LAW_HOLDS) {
                    acc = kc_fx_add(acc, r);
                } else {
                    KC_UNROLL
                    for (kc_u32 m = 0; m < KC_DEG; m++) {
                        var[(KC_DEG * (d[0] >> 8) + m) * lanes] = r.c[m];
                    }
                }
            }
            const kc_fx e = kc_fx_load(tables + tab, (kc_u64)1 << log_low, i & ((1u << log_low) - 1u));
            s = kc_fx_add(s, kc_fx_mul(e, acc));
        }
        kc_lane_put(sums, lane, s, kc_fx_zero());
    }
    KC_SYNC;
    kc_lanes_total(sums);
    KC_EACH(point, 2u) {
        const kc_fx high = kc_fx_words(tables + tab + ((kc_u64)KC_DEG << log_low) + (kc_u64)KC_DEG * (KC_GROUP_X * span >> log_low));
        kc_lanes_store(partial, (first + KC_GROUP_Y) * groups + KC_GROUP_X, sums, point, high);
    }
}

/** The vectors of a list of forms whose chunks have n rows, from the cells. A description: number of terms, constant (5), then for each term where
 * its column begins in the cells, and its coefficient (5). */
KC_ENTRY kc_form(KC_GROUPS KC_GLOBAL kc_u32 *ext, KC_GLOBAL const kc_u32 *cells, KC_GLOBAL const kc_u32 *tables, kc_u32 list, kc_u32 n)
{
    KC_EACH(e, KC_WIDE) {
        const kc_u32 i = KC_GROUP_X * KC_WIDE + e;
        if (i < n) {
            KC_GLOBAL const kc_u32 *const own = tables + list + KC_FORM_ENTRY * KC_GROUP_Y, *const d = tables + own[KC_FORM_DESC];
            kc_u64 s[KC_DEG];
            kc_wide_zero(s);
            for (kc_u32 t = 0; t < d[0]; t++) {
                kc_wide_add(s, cells[(kc_u64)d[6u + 6u * t] + i], d + 7u + 6u * t);
            }
            kc_fx_store(ext + own[KC_FORM_AT], n, i, kc_fx_add(kc_wide_reduce(s), kc_fx_words(d + 1)));
        }
    }
}

/** Group y is entry y of a list of forms: partial[(first + y) groups + x] = sums over the group's `span` places i of eq v[i] and of eq v[i + places],
 * eq at word tab_local or tab_global by the side. */
KC_ENTRY kc_form_round(KC_GROUPS KC_GLOBAL kc_u32 *partial, KC_GLOBAL const kc_u32 *ext, KC_GLOBAL const kc_u32 *tables, kc_u32 list,
                       kc_u32 tab_local, kc_u32 tab_global, kc_u32 log_low, kc_u32 span, kc_u32 places, kc_u32 groups, kc_u32 first)
{
    KC_LOCAL kc_u32 sums[KC_LANES * 2u * KC_DEG];
    KC_EACH(lane, KC_LANES) {
        KC_GLOBAL const kc_u32 *const own = tables + list + KC_FORM_ENTRY * KC_GROUP_Y, *const v = ext + own[KC_FORM_AT];
        const kc_u32 plane = own[KC_FORM_PLANE], tab = own[KC_FORM_SIDE] == 0u ? tab_local : tab_global;
        kc_fx s0 = kc_fx_zero(), s1 = kc_fx_zero();
        for (kc_u32 j = lane; j < span; j += KC_LANES) {
            const kc_u32 i = KC_GROUP_X * span + j;
            const kc_fx e = kc_fx_load(tables + tab, (kc_u64)1 << log_low, i & ((1u << log_low) - 1u));
            s0 = kc_fx_add(s0, kc_fx_mul(e, kc_fx_load(v, plane, i)));
            s1 = kc_fx_add(s1, kc_fx_mul(e, kc_fx_load(v, plane, (kc_u64)i + places)));
        }
        kc_lane_put(sums, lane, s0, s1);
    }
    KC_SYNC;
    kc_lanes_total(sums);
    KC_EACH(point, 2u) {
        const kc_u32 tab = tables[list + KC_FORM_ENTRY * KC_GROUP_Y + KC_FORM_SIDE] == 0u ? tab_local : tab_global;
        const kc_fx high = kc_fx_words(tables + tab + ((kc_u64)KC_DEG << log_low) + (kc_u64)KC_DEG * (KC_GROUP_X * span >> log_low));
        kc_lanes_store(partial, (first + KC_GROUP_Y) * groups + KC_GROUP_X, sums, point, high);
    }
}

/** Columns of base elements become vectors: entry y has where the vector begins, its plane, and where the column begins in the cells. Folded by the
 * element at talk[c_at ..) from twice `places`. */
KC_ENTRY kc_bind_base(KC_GROUPS KC_GLOBAL kc_u32 *ext, KC_GLOBAL const kc_u32 *cells, KC_GLOBAL const kc_u32 *tables, KC_GLOBAL const kc_u32 *talk,
                      kc_u32 list, kc_u32 places, kc_u32 c_at)
{
    KC_EACH(e, KC_WIDE) {
        const kc_u32 i = KC_GROUP_X * KC_WIDE + e;
        if (i < places) {
            KC_GLOBAL const kc_u32 *const own = tables + list + 3u * KC_GROUP_Y;
            const kc_u64 from = (kc_u64)own[2] + i;
            const kc_u32 lo = cells[from], d = kc_sub(cells[from + places], lo);
            const kc_fx c = kc_fx_words(talk + c_at);
            kc_fx r;
            KC_UNROLL
            for (kc_u32 k = 0; k < KC_DEG; k++) {
                r.c[k] = kc_mul(c.c[k], d);
            }
            r.c[0] = kc_add(r.c[0], lo);
            kc_fx_store(ext + own[0], own[1], i, r);
        }
    }
}

/** Vectors, folded in their place by the element at talk[c_at ..) from twice `places`; entry y has where the vector begins and its plane. */
KC_ENTRY kc_bind_ext(KC_GROUPS KC_GLOBAL kc_u32 *ext, KC_GLOBAL const kc_u32 *tables, KC_GLOBAL const kc_u32 *talk, kc_u32 list, kc_u32 places,
                     kc_u32 c_at)
{
    KC_EACH(e, KC_WIDE) {
        const kc_u32 i = KC_GROUP_X * KC_WIDE + e;
        if (i < places) {
            KC_GLOBAL const kc_u32 *const own = tables + list + 2u * KC_GROUP_Y;
            KC_GLOBAL kc_u32 *const v = ext + own[0];
            const kc_fx lo = kc_fx_load(v, own[1], i), hi = kc_fx_load(v, own[1], (kc_u64)i + places);
            kc_fx_store(v, own[1], i, kc_fold_to(lo, hi, kc_fx_words(talk + c_at)));
        }
    }
}

/** out[5 i ..] = element 0 of vector i of a list as kc_bind_ext's, i < n. */
KC_ENTRY kc_firsts(KC_GROUPS KC_GLOBAL kc_u32 *out, KC_GLOBAL const kc_u32 *ext, KC_GLOBAL const kc_u32 *tables, kc_u32 list, kc_u32 n)
{
    KC_EACH(e, KC_WIDE) {
        const kc_u32 i = KC_GROUP_X * KC_WIDE + e;
        if (i < n) {
            KC_GLOBAL const kc_u32 *const own = tables + list + 2u * i;
            kc_fx_store(out + (kc_u64)KC_DEG * i, 1u, 0u, kc_fx_load(ext + own[0], own[1], 0u));
        }
    }
}

/* ---- the transcript of the rounds: host/prove/zero.c ---- */

/* In talk.h's talk: challenges, what is sent (four elements a round), then of each chunk its elements. */
#define KC_ZERO_R KC_TALK_OWN
#define KC_ZERO_LOG (KC_ZERO_R + KC_DEG * KC_MOST_VARS)
#define KC_ZERO_CHUNKS (KC_ZERO_LOG + 4u * KC_DEG * KC_MOST_VARS)
#define KC_ZERO_CLAIM 0u /* of its laws, normalised */
#define KC_ZERO_EQ (1u * KC_DEG)   /* of tau, over bound coordinates */
#define KC_ZERO_HEAD (2u * KC_DEG) /* product of the challenges before it begins */
#define KC_ZERO_T (3u * KC_DEG)    /* its laws' cubic at 0, 1, 2, 3 */
#define KC_ZERO_SIDE (7u * KC_DEG) /* for each side: eq of rho over bound coordinates, the form's sum, that of its first round at 0 and at 1 */
#define KC_ZERO_EACH (15u * KC_DEG)

/* A chunk in its list: rounds before it begins, and in the lists of laws and of forms of either side its number, or KC_ZERO_NONE. */
#define KC_ZERO_ENTRY 4u
#define KC_ZERO_NONE 0xffffffffu

#define KC_L_ZERO_T 19u
#define KC_L_ZERO_ROUND 20u

#define KC_HALF 0x00ffffffu  /* 1/2 and 1/6 in Montgomery form */
#define KC_SIXTH 0x00555555u

/** eq(a, r) of one coordinate: 1 - a - r + 2 a r. */
KC_FN kc_fx kc_eq_one(kc_fx a, kc_fx r)
{
    const kc_fx m = kc_fx_mul(a, r);
    return kc_fx_add(kc_fx_sub(kc_fx_sub(kc_fx_one(), a), r), kc_fx_add(m, m));
}

KC_FN kc_fx kc_fx_scale(kc_fx a, kc_u32 k)
{
    KC_UNROLL
    for (kc_u32 c = 0; c < KC_DEG; c++) {
        a.c[c] = kc_mul(a.c[c], k);
    }
    return a;
}

/** What a coordinate of a point of the sumcheck is in: at word `points` of the tables tau, 1 / tau, and rho of either side, KC_MOST_VARS each. */
KC_FN kc_fx kc_zero_point(KC_GLOBAL const kc_u32 *points, kc_u32 which, kc_u32 i)
{
    return kc_fx_words(points + KC_DEG * (KC_MOST_VARS * which + i));
}

/** Before the first round: out has ten words for each form, its sums in its chunk's first round at 0 and at 1. One group. */
KC_ENTRY kc_zero_begin(KC_GROUPS KC_GLOBAL kc_u32 *talk, KC_GLOBAL const kc_u32 *out, KC_GLOBAL const kc_u32 *tables, kc_u32 list, kc_u32 n,
                       kc_u32 points)
{
    KC_EACH(lane, KC_LANES) {
        for (kc_u32 k = lane; k < n; k += KC_LANES) {
            KC_GLOBAL const kc_u32 *const own = tables + list + KC_ZERO_ENTRY * k;
            KC_GLOBAL kc_u32 *const s = talk + KC_ZERO_CHUNKS + KC_ZERO_EACH * k;
            kc_fx_store(s + KC_ZERO_CLAIM, 1u, 0u, kc_fx_zero());
            kc_fx_store(s + KC_ZERO_EQ, 1u, 0u, kc_fx_one());
            kc_fx_store(s + KC_ZERO_HEAD, 1u, 0u, kc_fx_one());
            for (kc_u32 v = 0; v < 2u; v++) {
                KC_GLOBAL kc_u32 *const side = s + KC_ZERO_SIDE + 4u * KC_DEG * v;
                const kc_u32 form = own[2u + v];
                kc_fx t0 = kc_fx_zero(), t1 = kc_fx_zero();
                if (form != KC_ZERO_NONE) {
                    t0 = kc_fx_words(out + 2u * KC_DEG * form);
                    t1 = kc_fx_words(out + 2u * KC_DEG * form + KC_DEG);
                }
                kc_fx_store(side, 1u, 0u, kc_fx_one());
                kc_fx_store(side + KC_DEG, 1u, 0u, kc_fold_to(t0, t1, kc_zero_point(tables + points, 2u + v, own[0])));
                kc_fx_store(side + 2u * KC_DEG, 1u, 0u, t0);
                kc_fx_store(side + 3u * KC_DEG, 1u, 0u, t1);
            }
        }
    }
}

/** The cubic of a chunk's laws in this round at 0, 1, 2, 3, from its sums; to s. number: in the list of laws, n_ext of which have vectors. */
KC_FN void kc_zero_laws(KC_GLOBAL kc_u32 *s, KC_GLOBAL const kc_u32 *out, kc_u32 number, kc_u32 n_ext, kc_fx tau, kc_fx inverse)
{
    const kc_u32 first = number < n_ext ? 0u : 1u; /* not at 0, where it is zero */
    KC_GLOBAL const kc_u32 *const at = out + 2u * KC_DEG * (first == 0u ? 3u * number : 3u * n_ext + 2u * (number - n_ext));
    const kc_fx t0 = first == 0u ? kc_fx_words(at) : kc_fx_zero();
    const kc_fx rest = kc_fx_sub(kc_fx_words(s + KC_ZERO_CLAIM), kc_fx_sub(t0, kc_fx_mul(tau, t0)));
    kc_fx_store(s + KC_ZERO_T, 1u, 0u, t0);
    kc_fx_store(s + KC_ZERO_T + KC_DEG, 1u, 0u, kc_fx_mul(rest, inverse));
    kc_fx_store(s + KC_ZERO_T + 2u * KC_DEG, 1u, 0u, kc_fx_words(at + 2u * KC_DEG * (1u - first)));
    kc_fx_store(s + KC_ZERO_T + 3u * KC_DEG, 1u, 0u, kc_fx_words(at + 2u * KC_DEG * (2u - first)));
}

/** The cubic with values at t, at 0, 1, 2, 3, at x: by differences. */
KC_FN kc_fx kc_cubic(KC_GLOBAL const kc_u32 *t, kc_fx x)
{
    const kc_fx one = kc_fx_one(), t0 = kc_fx_words(t), t1 = kc_fx_words(t + KC_DEG), t2 = kc_fx_words(t + 2u * KC_DEG);
    const kc_fx a = kc_fx_sub(t1, t0), b = kc_fx_sub(t2, t1), d2 = kc_fx_sub(b, a);
    const kc_fx d3 = kc_fx_sub(kc_fx_sub(kc_fx_sub(kc_fx_words(t + 3u * KC_DEG), t2), b), d2);
    const kc_fx x1 = kc_fx_sub(x, one), two = kc_fx_mul(x, x1), three = kc_fx_mul(two, kc_fx_sub(x1, one));
    const kc_fx line = kc_fx_add(t0, kc_fx_mul(x, a));
    return kc_fx_add(line, kc_fx_add(kc_fx_mul(kc_fx_scale(two, KC_HALF), d2), kc_fx_mul(kc_fx_scale(three, KC_SIXTH), d3)));
}

/** The values of a chunk's part of the round polynomial at `x`, 0, 2, 3 or 4. */
KC_FN kc_fx kc_zero_part(KC_GLOBAL const kc_u32 *s, KC_GLOBAL const kc_u32 *out, KC_GLOBAL const kc_u32 *own, KC_GLOBAL const kc_u32 *points,
                         kc_u32 round, kc_u32 forms, kc_u32 x)
{
    const kc_fx head = kc_fx_words(s + KC_ZERO_HEAD);
    const kc_u32 factor = kc_mul(x, KC_R2); /* in Montgomery form */
    kc_fx sum = kc_fx_zero();
    if (round < own[0]) {
        sum = kc_fx_add(kc_fx_words(s + KC_ZERO_SIDE + KC_DEG), kc_fx_words(s + KC_ZERO_SIDE + 5u * KC_DEG));
        return kc_fx_scale(kc_fx_mul(head, sum), factor);
    }
    if (own[1] != KC_ZERO_NONE) {
        KC_GLOBAL const kc_u32 *const t = s + KC_ZERO_T;
        kc_fx v = kc_fx_words(t + KC_DEG * (x & 3u)), line = kc_zero_point(points, 0u, round);
        if (x == 4u) { /* the fourth difference is zero */
            const kc_fx six = kc_fx_scale(kc_fx_words(t + 2u * KC_DEG), kc_mul(6u, KC_R2));
            const kc_fx four = kc_fx_scale(kc_fx_add(kc_fx_words(t + KC_DEG), kc_fx_words(t + 3u * KC_DEG)), kc_mul(4u, KC_R2));
            v = kc_fx_sub(kc_fx_sub(four, six), v);
        }
        line = kc_fold_to(kc_fx_sub(kc_fx_one(), line), line, kc_fx_of(factor, 0u, 0u, 0u, 0u));
        sum = kc_fx_mul(kc_fx_mul(kc_fx_words(s + KC_ZERO_EQ), line), v);
    }
    for (kc_u32 v = 0; v < 2u; v++) {
        KC_GLOBAL const kc_u32 *const side = s + KC_ZERO_SIDE + 4u * KC_DEG * v;
        if (own[2u + v] != KC_ZERO_NONE) {
            KC_GLOBAL const kc_u32 *const form = round == own[0] ? side + 2u * KC_DEG : out + 2u * KC_DEG * (forms + own[2u + v]);
            const kc_fx at = kc_fx_of(factor, 0u, 0u, 0u, 0u), rho = kc_zero_point(points, 2u + v, round);
            const kc_fx line = kc_fx_mul(kc_fx_words(side), kc_fold_to(kc_fx_sub(kc_fx_one(), rho), rho, at));
            sum = kc_fx_add(sum, kc_fx_mul(line, kc_fold_to(kc_fx_words(form), kc_fx_words(form + KC_DEG), at)));
        }
    }
    return kc_fx_mul(head, sum);
}

/** The round's polynomial from the sums of all n chunks is sent, its challenge drawn, and what is kept of each chunk goes on to the next round. out:
 * ten words for each sum: three for each of n_ext chunks, two for others that have begun and have laws, then from number `forms` on one for each
 * form, as in the lists. One group. */
KC_ENTRY kc_zero_round(KC_GROUPS KC_GLOBAL kc_u32 *talk, KC_GLOBAL const kc_u32 *out, KC_GLOBAL const kc_u32 *tables, kc_u32 list, kc_u32 n,
                       kc_u32 points, kc_u32 round, kc_u32 n_ext, kc_u32 forms)
{
    KC_LOCAL kc_u32 sums[KC_LANES * 4u * KC_DEG];
    KC_EACH(lane, KC_LANES) {
        for (kc_u32 k = lane; k < n; k += KC_LANES) {
            KC_GLOBAL const kc_u32 *const own = tables + list + KC_ZERO_ENTRY * k;
            if (round >= own[0] && own[1] != KC_ZERO_NONE) {
                kc_zero_laws(talk + KC_ZERO_CHUNKS + KC_ZERO_EACH * k, out, own[1], n_ext, kc_zero_point(tables + points, 0u, round),
                             kc_zero_point(tables + points, 1u, round));
            }
        }
    }
    KC_SYNC_ALL;
    KC_EACH(lane, KC_LANES) {
        kc_fx at0 = kc_fx_zero(), at2 = kc_fx_zero(), at3 = kc_fx_zero(), at4 = kc_fx_zero();
        for (kc_u32 k = lane; k < n; k += KC_LANES) {
            KC_GLOBAL const kc_u32 *const own = tables + list + KC_ZERO_ENTRY * k, *const s = talk + KC_ZERO_CHUNKS + KC_ZERO_EACH * k;
            for (kc_u32 x = 0; x < 4u; x++) { /* one place where the part is inlined */
                const kc_fx v = kc_zero_part(s, out, own, tables + points, round, forms, x == 0u ? 0u : x + 1u);
                at0 = x == 0u ? kc_fx_add(at0, v) : at0;
                at2 = x == 1u ? kc_fx_add(at2, v) : at2;
                at3 = x == 2u ? kc_fx_add(at3, v) : at3;
                at4 = x == 3u ? kc_fx_add(at4, v) : at4;
            }
        }
        kc_lane_put(sums, lane, at0, at2);
        kc_lane_put(sums + 2u * KC_DEG * KC_LANES, lane, at3, at4);
    }
    KC_SYNC;
    kc_lanes_total(sums);
    kc_lanes_total(sums + 2u * KC_DEG * KC_LANES);
    KC_EACH(e, 1u) {
        /* By the item that hashes them: with PoCL 3.1 it does not see what others wrote before a barrier here. */
        for (kc_u32 k = 0; k < 4u * KC_DEG; k++) {
            talk[KC_ZERO_LOG + 4u * KC_DEG * round + k] = sums[k * KC_LANES];
        }
        talk[KC_TALK_SHORT + e] = 1u;
        talk[KC_TALK_SHORT + 1u + e] = 0u;
        for (kc_u32 f = 0; f < 2u; f++) { /* one place where the hash is inlined */
            kc_frame(talk, f == 0u ? KC_L_ZERO_T | KC_TR_ABSORB << 8 : KC_L_ZERO_ROUND | KC_TR_CHALLENGE << 8,
                     f == 0u ? KC_ZERO_LOG + 4u * KC_DEG * round : KC_TALK_SHORT, f == 0u ? 4u * KC_DEG : 2u, f, KC_ZERO_R + KC_DEG * round,
                     f == 0u ? 0u : KC_DEG);
        }
    }
    KC_SYNC_ALL;
    KC_EACH(lane, KC_LANES) {
        const kc_fx r = kc_fx_words(talk + KC_ZERO_R + KC_DEG * round);
        for (kc_u32 k = lane; k < n; k += KC_LANES) {
            KC_GLOBAL const kc_u32 *const own = tables + list + KC_ZERO_ENTRY * k;
            KC_GLOBAL kc_u32 *const s = talk + KC_ZERO_CHUNKS + KC_ZERO_EACH * k;
            if (round < own[0]) {
                kc_fx_store(s + KC_ZERO_HEAD, 1u, 0u, kc_fx_mul(kc_fx_words(s + KC_ZERO_HEAD), r));
                continue;
            }
            if (own[1] != KC_ZERO_NONE) {
                kc_fx_store(s + KC_ZERO_CLAIM, 1u, 0u, kc_cubic(s + KC_ZERO_T, r));
            }
            for (kc_u32 v = 0; v < 3u; v++) { /* of tau, and of rho of either side */
                KC_GLOBAL kc_u32 *const eq = s + (v == 0u ? KC_ZERO_EQ : KC_ZERO_SIDE + 4u * KC_DEG * (v - 1u));
                const kc_fx point = kc_zero_point(tables + points, v == 0u ? 0u : v + 1u, round);
                kc_fx_store(eq, 1u, 0u, kc_fx_mul(kc_fx_words(eq), kc_eq_one(point, r)));
            }
        }
    }
}

#endif
