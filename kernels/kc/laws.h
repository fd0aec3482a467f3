/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Kernel-C: the batched sumcheck's loops, host/prove/zero_h.c on a device. Theory: docs/spec/argument.md section 3.
 *
 * The laws of a table are a program: steps of three words, operation and variable, two operands, a constant in Montgomery form or the number
 * of a law. All items of a group are at the same step, so nothing diverges, and variables are in local memory, `lanes` of each beside each
 * other: registers stay few whatever a table asks for.
 */
#ifndef SC_KC_LAWS_H
#define SC_KC_LAWS_H

#define KC_LAW_WORDS 3840u /* variables of a group: of the challenge field 12 for 64 lanes, or 24 for 32 */
#define KC_LAW_STEP 3u
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

/** partial[y groups + x] = sum over the group's `span` places i of eq(i) sum over laws k of lambda_k C_k(row), and zero; the row is that of the
 * columns between i and i + places, at y + 2. In the tables: the program, columns (where each begins in the cells), five words for each
 * lambda_k, and eq as in kc_gkr_round. */
KC_ENTRY kc_laws_base(KC_GROUPS KC_GLOBAL kc_u32 *partial, KC_GLOBAL const kc_u32 *cells, KC_GLOBAL const kc_u32 *tables, kc_u32 program, kc_u32 n_steps,
                      kc_u32 columns, kc_u32 lambda, kc_u32 tab, kc_u32 log_low, kc_u32 span, kc_u32 places, kc_u32 groups, kc_u32 lanes)
{
    KC_LOCAL kc_u32 all[KC_LAW_WORDS];
    KC_LOCAL kc_u32 sums[KC_LANES * 2u * KC_DEG];
    KC_EACH(lane, KC_LANES) {
        KC_LOCAL_PTR kc_u32 *const var = all + lane;
        kc_fx s = kc_fx_zero();
        for (kc_u32 j = lane; j < span && lane < lanes; j += lanes) {
            const kc_u32 i = KC_GROUP_X * span + j;
            kc_u64 acc[KC_DEG];
            kc_wide_zero(acc);
            for (kc_u32 k = 0; k < n_steps; k++) {
                KC_GLOBAL const kc_u32 *const d = tables + program + KC_LAW_STEP * k;
                const kc_u32 op = d[0] & 0xffu, c = d[2];
                const kc_u32 a = kc_law_base(cells, tables + columns, var, lanes, d[1] & 0xffffu, i, places, KC_GROUP_Y + 2u);
                if (op == KC_LAW_HOLDS) {
                    kc_wide_add(acc, a, tables + lambda + KC_DEG * c);
                    continue;
                }
                const kc_u32 b =
                    op <= KC_LAW_MUL ? kc_law_base(cells, tables + columns, var, lanes, d[1] >> 16, i, places, KC_GROUP_Y + 2u) : c;
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
        kc_lanes_store(partial, KC_GROUP_Y * groups + KC_GROUP_X, sums, point, high);
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

/** The same of columns that are of the challenge field, one behind the other from word `at` on, in planes; the row is at 0, 2, 3 for y = 0, 1, 2. */
KC_ENTRY kc_laws_ext(KC_GROUPS KC_GLOBAL kc_u32 *partial, KC_GLOBAL const kc_u32 *ext, KC_GLOBAL const kc_u32 *tables, kc_u32 program, kc_u32 n_steps,
                     kc_u32 at, kc_u32 lambda, kc_u32 tab, kc_u32 log_low, kc_u32 span, kc_u32 places, kc_u32 groups, kc_u32 lanes, kc_u32 plane)
{
    KC_LOCAL kc_u32 all[KC_LAW_WORDS];
    KC_LOCAL kc_u32 sums[KC_LANES * 2u * KC_DEG];
    KC_EACH(lane, KC_LANES) {
        KC_LOCAL_PTR kc_u32 *const var = all + lane;
        const kc_u32 x = KC_GROUP_Y == 0u ? 0u : KC_GROUP_Y + 1u;
        kc_fx s = kc_fx_zero();
        for (kc_u32 j = lane; j < span && lane < lanes; j += lanes) {
            const kc_u32 i = KC_GROUP_X * span + j;
            kc_fx acc = kc_fx_zero();
            for (kc_u32 k = 0; k < n_steps; k++) {
                KC_GLOBAL const kc_u32 *const d = tables + program + KC_LAW_STEP * k;
                const kc_u32 op = d[0] & 0xffu, c = d[2];
                const kc_fx a = kc_law_ext(ext + at, var, lanes, d[1] & 0xffffu, plane, i, places, x);
                kc_fx b = kc_fx_zero(), r;
                if (op <= KC_LAW_MUL) {
                    b = kc_law_ext(ext + at, var, lanes, d[1] >> 16, plane, i, places, x);
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
        kc_lanes_store(partial, KC_GROUP_Y * groups + KC_GROUP_X, sums, point, high);
    }
}

/** out[at ..], n elements in planes of n: a form of the columns on rows 0 .. n - 1. At word `desc` of the tables: number of terms, constant (5),
 * then for each term where its column begins in the cells, and its coefficient (5). */
KC_ENTRY kc_form(KC_GROUPS KC_GLOBAL kc_u32 *out, KC_GLOBAL const kc_u32 *cells, KC_GLOBAL const kc_u32 *tables, kc_u32 at, kc_u32 desc, kc_u32 n)
{
    KC_EACH(e, KC_WIDE) {
        const kc_u32 i = KC_GROUP_X * KC_WIDE + e;
        if (i < n) {
            KC_GLOBAL const kc_u32 *const d = tables + desc;
            kc_u64 s[KC_DEG];
            kc_wide_zero(s);
            for (kc_u32 t = 0; t < d[0]; t++) {
                kc_wide_add(s, cells[(kc_u64)d[6u + 6u * t] + i], d + 7u + 6u * t);
            }
            kc_fx_store(out + at, n, i, kc_fx_add(kc_wide_reduce(s), kc_fx_words(d + 1)));
        }
    }
}

/** partial[group] = sums over its `span` places i of eq v[i] and of eq v[i + places]; v begins at word `at`. */
KC_ENTRY kc_form_round(KC_GROUPS KC_GLOBAL kc_u32 *partial, KC_GLOBAL const kc_u32 *forms, KC_GLOBAL const kc_u32 *tables, kc_u32 at, kc_u32 plane,
                       kc_u32 tab, kc_u32 log_low, kc_u32 span, kc_u32 places)
{
    KC_LOCAL kc_u32 sums[KC_LANES * 2u * KC_DEG];
    KC_EACH(lane, KC_LANES) {
        kc_fx s0 = kc_fx_zero(), s1 = kc_fx_zero();
        for (kc_u32 j = lane; j < span; j += KC_LANES) {
            const kc_u32 i = KC_GROUP_X * span + j;
            const kc_fx e = kc_fx_load(tables + tab, (kc_u64)1 << log_low, i & ((1u << log_low) - 1u));
            s0 = kc_fx_add(s0, kc_fx_mul(e, kc_fx_load(forms + at, plane, i)));
            s1 = kc_fx_add(s1, kc_fx_mul(e, kc_fx_load(forms + at, plane, (kc_u64)i + places)));
        }
        kc_lane_put(sums, lane, s0, s1);
    }
    KC_SYNC;
    kc_lanes_total(sums);
    KC_EACH(point, 2u) {
        const kc_fx high = kc_fx_words(tables + tab + ((kc_u64)KC_DEG << log_low) + (kc_u64)KC_DEG * (KC_GROUP_X * span >> log_low));
        kc_lanes_store(partial, KC_GROUP_X, sums, point, high);
    }
}

/** Column y of base elements, which begins in the cells where the list says, folded by c from twice `places`: ext[at + 5 plane y ..]. */
KC_ENTRY kc_bind_base(KC_GROUPS KC_GLOBAL kc_u32 *ext, KC_GLOBAL const kc_u32 *cells, KC_GLOBAL const kc_u32 *tables, kc_u32 at, kc_u32 columns,
                      kc_u32 plane, kc_u32 places, kc_u32 c0, kc_u32 c1, kc_u32 c2, kc_u32 c3, kc_u32 c4)
{
    KC_EACH(e, KC_WIDE) {
        const kc_u32 i = KC_GROUP_X * KC_WIDE + e;
        if (i < places) {
            const kc_u64 from = (kc_u64)tables[columns + KC_GROUP_Y] + i;
            const kc_u32 lo = cells[from], d = kc_sub(cells[from + places], lo);
            const kc_fx c = kc_fx_of(c0, c1, c2, c3, c4);
            kc_fx r;
            KC_UNROLL
            for (kc_u32 k = 0; k < KC_DEG; k++) {
                r.c[k] = kc_mul(c.c[k], d);
            }
            r.c[0] = kc_add(r.c[0], lo);
            kc_fx_store(ext + at + (kc_u64)(KC_DEG * KC_GROUP_Y) * plane, plane, i, r);
        }
    }
}

/** Vector y, at v[at + 5 plane y ..], folded in its place by c from twice `places`. */
KC_ENTRY kc_bind_ext(KC_GROUPS KC_GLOBAL kc_u32 *v, kc_u32 at, kc_u32 plane, kc_u32 places, kc_u32 c0, kc_u32 c1, kc_u32 c2, kc_u32 c3, kc_u32 c4)
{
    KC_EACH(e, KC_WIDE) {
        const kc_u32 i = KC_GROUP_X * KC_WIDE + e;
        if (i < places) {
            KC_GLOBAL kc_u32 *const own = v + at + (kc_u64)(KC_DEG * KC_GROUP_Y) * plane;
            const kc_fx lo = kc_fx_load(own, plane, i), hi = kc_fx_load(own, plane, (kc_u64)i + places);
            kc_fx_store(own, plane, i, kc_fold_to(lo, hi, kc_fx_of(c0, c1, c2, c3, c4)));
        }
    }
}

#endif
