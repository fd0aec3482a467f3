/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Kernel-C: sums of multiples of points by buckets (msm_plan.h has the order of the launches). Points and sums are the bytes of
 * core/curve/group.inc: affine (x, y), both zero at infinity, and xyzz, zz = 0 at infinity; a coordinate is `deg` elements of big.h.
 *
 * Formulas are tables of steps on elements of an item's file, which is private memory: written out they would be 3500 (BLS12-381 G1) to
 * 13000 (G2) instructions for one addition, with more live elements than registers; as steps one multiplication, one addition and one
 * subtraction serve all groups, and a step's loads and stores are a tenth of its work.
 * Source of the formulas: EFD, shortw, xyzz: add-2008-s, madd-2008-s, dbl-2008-s-1 with a = 0.
 */
#ifndef SC_KC_MSM_H
#define SC_KC_MSM_H

/* Elements of the file: a sum, what is added to it, temporaries. */
#define KC_PX 0u
#define KC_PY 1u
#define KC_PZZ 2u
#define KC_PZZZ 3u
#define KC_QX 4u
#define KC_QY 5u
#define KC_QZZ 6u
#define KC_QZZZ 7u
#define KC_TP 8u
#define KC_TR 9u
#define KC_TQ 10u
#define KC_TF 11u
#define KC_TEMP 24u /* numbers, not elements: of products in the extension */
/* Numbers of a file; as many places of sums as wanted come behind. */
#define KC_FILE(deg, n_sums) ((deg) == 1u ? 12u + 4u * (n_sums) : 27u + 8u * (n_sums))

/* A step: operation (KC_BIG_MUL .. plus 1; 0 ends), result, operands, as places of numbers in the file. */
#define KC_STEP(op, d, a, b) (((op) + 1u) << 24 | (d) << 16 | (a) << 8 | (b)),
#define KC_MUL1(d, a, b) KC_STEP(KC_BIG_MUL, d, a, b)
#define KC_SQR1(d, a) KC_STEP(KC_BIG_MUL, d, a, a)
#define KC_ADD1(d, a, b) KC_STEP(KC_BIG_ADD, d, a, b)
#define KC_SUB1(d, a, b) KC_STEP(KC_BIG_SUB, d, a, b)
/* The same for a + b u, u^2 = -1, three products or two. Results may be operands. */
#define KC_MUL2(d, a, b)                                                                                                      \
    KC_STEP(KC_BIG_ADD, KC_TEMP, 2u * (a), 2u * (a) + 1u) KC_STEP(KC_BIG_ADD, KC_TEMP + 1u, 2u * (b), 2u * (b) + 1u)          \
    KC_STEP(KC_BIG_MUL, KC_TEMP, KC_TEMP, KC_TEMP + 1u) KC_STEP(KC_BIG_MUL, KC_TEMP + 1u, 2u * (a), 2u * (b))                 \
    KC_STEP(KC_BIG_MUL, KC_TEMP + 2u, 2u * (a) + 1u, 2u * (b) + 1u) KC_STEP(KC_BIG_SUB, 2u * (d), KC_TEMP + 1u, KC_TEMP + 2u) \
    KC_STEP(KC_BIG_SUB, KC_TEMP, KC_TEMP, KC_TEMP + 1u) KC_STEP(KC_BIG_SUB, 2u * (d) + 1u, KC_TEMP, KC_TEMP + 2u)
#define KC_SQR2(d, a)                                                                                                \
    KC_STEP(KC_BIG_ADD, KC_TEMP, 2u * (a), 2u * (a) + 1u) KC_STEP(KC_BIG_SUB, KC_TEMP + 1u, 2u * (a), 2u * (a) + 1u) \
    KC_STEP(KC_BIG_MUL, KC_TEMP + 2u, 2u * (a), 2u * (a) + 1u) KC_STEP(KC_BIG_MUL, 2u * (d), KC_TEMP, KC_TEMP + 1u)  \
    KC_STEP(KC_BIG_ADD, 2u * (d) + 1u, KC_TEMP + 2u, KC_TEMP + 2u)
#define KC_ADD2(d, a, b) KC_STEP(KC_BIG_ADD, 2u * (d), 2u * (a), 2u * (b)) KC_STEP(KC_BIG_ADD, 2u * (d) + 1u, 2u * (a) + 1u, 2u * (b) + 1u)
#define KC_SUB2(d, a, b) KC_STEP(KC_BIG_SUB, 2u * (d), 2u * (a), 2u * (b)) KC_STEP(KC_BIG_SUB, 2u * (d) + 1u, 2u * (a) + 1u, 2u * (b) + 1u)

/* What an addition begins with: TP and TR are zero where x and y are the same. MIXED: q is affine. */
#define KC_STEPS_MIXED(MUL, SQR, ADD, SUB) \
    MUL(KC_TP, KC_QX, KC_PZZ) MUL(KC_TR, KC_QY, KC_PZZZ) SUB(KC_TP, KC_TP, KC_PX) SUB(KC_TR, KC_TR, KC_PY)
#define KC_STEPS_FULL(MUL, SQR, ADD, SUB)                                                   \
    MUL(KC_PX, KC_PX, KC_QZZ) MUL(KC_PY, KC_PY, KC_QZZZ) KC_STEPS_MIXED(MUL, SQR, ADD, SUB) \
    MUL(KC_PZZ, KC_PZZ, KC_QZZ) MUL(KC_PZZZ, KC_PZZZ, KC_QZZZ)
/* And how it ends when they differ. */
#define KC_STEPS_TAIL(MUL, SQR, ADD, SUB)                                                               \
    SQR(KC_TF, KC_TP) MUL(KC_TP, KC_TP, KC_TF) MUL(KC_TQ, KC_PX, KC_TF) MUL(KC_PZZ, KC_PZZ, KC_TF)      \
    MUL(KC_PZZZ, KC_PZZZ, KC_TP) SQR(KC_PX, KC_TR) SUB(KC_PX, KC_PX, KC_TP) SUB(KC_PX, KC_PX, KC_TQ)    \
    SUB(KC_PX, KC_PX, KC_TQ) SUB(KC_TQ, KC_TQ, KC_PX) MUL(KC_TQ, KC_TR, KC_TQ) MUL(KC_PY, KC_PY, KC_TP) \
    SUB(KC_PY, KC_TQ, KC_PY)
/* p = 2 q */
#define KC_STEPS_TWICE(MUL, SQR, ADD, SUB)                                                           \
    ADD(KC_TP, KC_QY, KC_QY) SQR(KC_TR, KC_TP) MUL(KC_TQ, KC_TP, KC_TR) MUL(KC_TF, KC_QX, KC_TR)     \
    SQR(KC_PX, KC_QX) ADD(KC_TP, KC_PX, KC_PX) ADD(KC_TP, KC_TP, KC_PX) MUL(KC_PZZ, KC_TR, KC_QZZ)   \
    MUL(KC_PZZZ, KC_TQ, KC_QZZZ) SQR(KC_PX, KC_TP) SUB(KC_PX, KC_PX, KC_TF) SUB(KC_PX, KC_PX, KC_TF) \
    SUB(KC_TF, KC_TF, KC_PX) MUL(KC_TF, KC_TP, KC_TF) MUL(KC_PY, KC_TQ, KC_QY) SUB(KC_PY, KC_TF, KC_PY)

#define KC_MIXED 0u
#define KC_FULL 1u
#define KC_TAIL 2u
#define KC_TWICE 3u
KC_TABLE kc_u32 kc_point_steps[8][80] = {
    {KC_STEPS_MIXED(KC_MUL1, KC_SQR1, KC_ADD1, KC_SUB1) 0u}, {KC_STEPS_FULL(KC_MUL1, KC_SQR1, KC_ADD1, KC_SUB1) 0u},
    {KC_STEPS_TAIL(KC_MUL1, KC_SQR1, KC_ADD1, KC_SUB1) 0u},  {KC_STEPS_TWICE(KC_MUL1, KC_SQR1, KC_ADD1, KC_SUB1) 0u},
    {KC_STEPS_MIXED(KC_MUL2, KC_SQR2, KC_ADD2, KC_SUB2) 0u}, {KC_STEPS_FULL(KC_MUL2, KC_SQR2, KC_ADD2, KC_SUB2) 0u},
    {KC_STEPS_TAIL(KC_MUL2, KC_SQR2, KC_ADD2, KC_SUB2) 0u},  {KC_STEPS_TWICE(KC_MUL2, KC_SQR2, KC_ADD2, KC_SUB2) 0u},
};

KC_FN void kc_steps(kc_u32 *file, kc_u32 program, kc_u32 field)
{
    for (kc_u32 i = 0u; kc_point_steps[program][i] != 0u; i++) {
        const kc_u32 step = kc_point_steps[program][i], n = KC_BIG_N(field), op = (step >> 24) - 1u;
        kc_u32 x[12], y[12];
        KC_UNROLL
        for (kc_u32 k = 0u; k < n; k++) {
            x[k] = file[(step >> 8 & 0xffu) * n + k];
            y[k] = file[(step & 0xffu) * n + k];
        }
        if (op == KC_BIG_MUL) {
            kc_big_mul(x, x, y, field);
        } else if (op == KC_BIG_SUB) {
            kc_big_sub(x, x, y, field);
        } else {
            kc_big_add(x, x, y, field);
        }
        KC_UNROLL
        for (kc_u32 k = 0u; k < n; k++) {
            file[(step >> 16 & 0xffu) * n + k] = x[k];
        }
    }
}

/** Whether an element of the file is zero. */
KC_FN kc_u32 kc_file_zero(const kc_u32 *file, kc_u32 e, kc_u32 deg, kc_u32 field)
{
    const kc_u32 n = deg * KC_BIG_N(field);
    kc_u32 any = 0u;
    for (kc_u32 i = 0u; i < n; i++) {
        any |= file[e * n + i];
    }
    return any == 0u ? 1u : 0u;
}

/** to = from, four elements. */
KC_FN void kc_sum_copy(kc_u32 *to, const kc_u32 *from, kc_u32 deg, kc_u32 field)
{
    for (kc_u32 i = 0u; i < 4u * deg * KC_BIG_N(field); i++) {
        to[i] = from[i];
    }
}

/** Where element e begins. */
#define KC_AT(file, e) ((file) + (e) * deg * KC_BIG_N(field))

/** p += q (program KC_MIXED with 1 in q's zz and zzz, or KC_FULL), or p = 2 q (KC_TWICE); q, which stays, is not infinity. has: p is not
 * infinity. Returns whether it is not after. */
KC_FN kc_u32 kc_point_sum(kc_u32 *file, kc_u32 has, kc_u32 program, kc_u32 deg, kc_u32 field)
{
    if (has == 0u) {
        kc_sum_copy(file, KC_AT(file, KC_QX), deg, field);
        return 1u;
    }
    kc_u32 now = program, ended = 0u;
    while (ended == 0u) {
        kc_steps(file, now + 4u * (deg - 1u), field);
        if (now >= KC_TAIL) {
            ended = 1u;
        } else if (kc_file_zero(file, KC_TP, deg, field) == 0u) {
            now = KC_TAIL;
        } else if (kc_file_zero(file, KC_TR, deg, field) != 0u) {
            now = KC_TWICE;
        } else {
            return 0u; /* inverse points */
        }
    }
    return kc_file_zero(file, KC_PZZ, deg, field) ^ 1u;
}

/* The same, compiled once for processors. */
KC_ONCE kc_u32 kc_point_sum_bn(kc_u32 *file, kc_u32 has, kc_u32 program, kc_u32 deg)
{
    return kc_point_sum(file, has, program, deg, KC_BN_FP);
}

KC_ONCE kc_u32 kc_point_sum_bls(kc_u32 *file, kc_u32 has, kc_u32 program, kc_u32 deg)
{
    return kc_point_sum(file, has, program, deg, KC_BLS_FP);
}

KC_FN kc_u32 kc_point_add(kc_u32 *file, kc_u32 has, kc_u32 program, kc_u32 deg, kc_u32 field)
{
    return field == KC_BN_FP ? kc_point_sum_bn(file, has, program, deg) : kc_point_sum_bls(file, has, program, deg);
}

/** Sum @p i of an array into q. Returns whether it is not infinity. */
KC_FN kc_u32 kc_sum_get(kc_u32 *file, KC_GLOBAL const kc_u32 *sums, kc_u32 i, kc_u32 deg, kc_u32 field)
{
    const kc_u32 n = 4u * deg * KC_BIG_N(field);
    for (kc_u32 k = 0u; k < n; k++) {
        file[n + k] = sums[(kc_u64)i * n + k];
    }
    return kc_file_zero(file, KC_QZZ, deg, field) ^ 1u;
}

/** p, or infinity, to an array. */
KC_FN void kc_sum_put(KC_GLOBAL kc_u32 *sums, kc_u32 i, const kc_u32 *file, kc_u32 has, kc_u32 deg, kc_u32 field)
{
    const kc_u32 n = 4u * deg * KC_BIG_N(field);
    for (kc_u32 k = 0u; k < n; k++) {
        sums[(kc_u64)i * n + k] = has != 0u ? file[k] : 0u;
    }
}

/** 1 into zz and zzz of q. */
KC_FN void kc_point_ones(kc_u32 *file, kc_u32 deg, kc_u32 field)
{
    const kc_u32 n = KC_BIG_N(field);
    for (kc_u32 i = 0u; i < 2u * deg * n; i++) {
        KC_AT(file, KC_QZZ)[i] = i / n % deg == 0u ? kc_big_one[field][i % n] : 0u;
    }
}

/** A point (2 index, plus 1 for its negative) into x and y of q. Returns whether it is not infinity. */
KC_FN kc_u32 kc_point_get(kc_u32 *file, KC_GLOBAL const kc_u32 *points, kc_u32 source, kc_u32 deg, kc_u32 field)
{
    const kc_u32 n = deg * KC_BIG_N(field);
    for (kc_u32 k = 0u; k < 2u * n; k++) {
        file[4u * n + k] = points[(kc_u64)(source >> 1) * 2u * n + k];
    }
    for (kc_u32 part = 0u; part < deg && (source & 1u) != 0u; part++) {
        kc_u32 *const at = file + 5u * n + part * KC_BIG_N(field);
        kc_u32 zero[12], y[12];
        KC_UNROLL
        for (kc_u32 k = 0u; k < KC_BIG_N(field); k++) {
            zero[k] = 0u;
            y[k] = at[k];
        }
        kc_big_sub(y, zero, y, field);
        KC_UNROLL
        for (kc_u32 k = 0u; k < KC_BIG_N(field); k++) {
            at[k] = y[k];
        }
    }
    return (kc_file_zero(file, KC_QX, deg, field) & kc_file_zero(file, KC_QY, deg, field)) ^ 1u;
}

#define KC_MSM_RUN 32u          /* entries for one item; RUN of msm_plan.c */
#define KC_MSM_NONE 0xffffffffu /* a key that is none */

/** Signed digits of scalars of 8 words, windows of c bits from below, a digit in [1 - 2^(c - 1), 2^(c - 1)]: digits d and -d of window w are
 * key w 2^(c - 1) + |d| - 1, and zero is none. Counts them in next[key]; with @p list also puts the entry (key, 2 i + sign) where next[key]
 * says, which then begins as the number of entries of smaller keys. The order within a key is any. */
KC_ENTRY kc_msm_digits(KC_GROUPS KC_GLOBAL kc_u32 *next, KC_GLOBAL const kc_u32 *scalars, KC_GLOBAL kc_u32 *list, kc_u32 n, kc_u32 c,
                       kc_u32 windows, kc_u32 put)
{
    KC_EACH(item, KC_BIG_ITEMS) {
        const kc_u32 i = KC_GROUP_X * KC_BIG_ITEMS + item;
        kc_u32 carry = 0u;
        for (kc_u32 w = 0u; w < windows && i < n; w++) {
            const kc_u32 bit = w * c, word = bit / 32u;
            KC_GLOBAL const kc_u32 *const k = scalars + (kc_u64)i * 8u;
            kc_u64 two = word < 8u ? k[word] : 0u;
            two |= word < 7u ? (kc_u64)k[word + 1u] << 32 : 0u;
            const kc_u32 d = ((kc_u32)(two >> bit % 32u) & ((1u << c) - 1u)) + carry;
            carry = d > 1u << (c - 1u) ? 1u : 0u;
            const kc_u32 size = carry != 0u ? (1u << c) - d : d;
            if (size != 0u) {
                const kc_u32 key = (w << (c - 1u)) + size - 1u, at = KC_NEXT(next + key);
                if (put != 0u) {
                    list[(kc_u64)at * 2u] = key;
                    list[(kc_u64)at * 2u + 1u] = i << 1 | carry;
                }
            }
        }
    }
}

/** Sums of entries with the same key, n entries ordered by key, KC_MSM_RUN for an item. What an item has of the key that the item before it
 * ends with is the item's head: sum heads + item, with its key in list[head_keys + item], which is KC_MSM_NONE where there is none. The
 * others are added to sum to + key.
 * points: list[key_at ..] are pairs, as of kc_msm_digits, and the sums at @p to are infinity; else list[key_at ..] are keys of the sums at
 * @p from, and @p in is sums too. */
KC_FN void kc_msm_run(KC_GLOBAL kc_u32 *list, KC_GLOBAL const kc_u32 *in, KC_GLOBAL kc_u32 *sums, kc_u32 n, kc_u32 points, kc_u32 key_at,
                      kc_u32 from, kc_u32 to, kc_u32 head_keys, kc_u32 heads, kc_u32 piece, kc_u32 *file, kc_u32 deg, kc_u32 field)
{
    const kc_u32 first = piece * KC_MSM_RUN, last = n - first < KC_MSM_RUN ? n : first + KC_MSM_RUN, wide = points != 0u ? 2u : 1u;
    KC_GLOBAL const kc_u32 *const keys = list + key_at;
    kc_u32 key = keys[(kc_u64)first * wide], has = 0u;
    kc_u32 head = first > 0u && keys[(kc_u64)(first - 1u) * wide] == key ? 1u : 0u;
    list[head_keys + piece] = head != 0u ? key : KC_MSM_NONE;
    kc_point_ones(file, deg, field);
    for (kc_u32 i = first; i <= last; i++) {
        const kc_u32 k = i < last ? keys[(kc_u64)i * wide] : KC_MSM_NONE;
        if (k != key || i == last) {
            if (head != 0u) {
                kc_sum_put(sums, heads + piece, file, has, deg, field);
            } else if (key != KC_MSM_NONE && has != 0u) {
                if (points == 0u && kc_sum_get(file, sums, to + key, deg, field) != 0u) {
                    has = kc_point_add(file, has, KC_FULL, deg, field);
                }
                kc_sum_put(sums, to + key, file, has, deg, field);
            }
            key = k;
            has = 0u;
            head = 0u;
        }
        if (k != KC_MSM_NONE) {
            const kc_u32 some = points != 0u ? kc_point_get(file, in, keys[(kc_u64)i * 2u + 1u], deg, field)
                                             : kc_sum_get(file, in, from + i, deg, field);
            has = some != 0u ? kc_point_add(file, has, points != 0u ? KC_MIXED : KC_FULL, deg, field) : has;
        }
    }
}

/** Weighted sums of buckets: windows of 2^(c - 1) sums, from sum 0 on, in segments of 2^log_s. Segment j, from bucket b of its window on, is
 * sum out + j, of (b + i + 1) times its sum i over all i, and its window list[keys + j]. */
KC_FN void kc_msm_segment(KC_GLOBAL kc_u32 *list, KC_GLOBAL kc_u32 *sums, kc_u32 log_s, kc_u32 c, kc_u32 keys, kc_u32 out, kc_u32 j,
                          kc_u32 *file, kc_u32 deg, kc_u32 field)
{
    kc_u32 *const total = file + KC_FILE(deg, 0u) * KC_BIG_N(field), *const sum = total + 4u * deg * KC_BIG_N(field);
    const kc_u32 log_segments = c - 1u - log_s, b = (j & ((1u << log_segments) - 1u)) << log_s;
    kc_u32 has_sum = 0u, has_total = 0u, has = 0u;
    /* From the last bucket down: the sum so far counts once more at every bucket. */
    for (kc_u32 i = 1u << log_s; i-- > 0u;) {
        if (kc_sum_get(file, sums, (j << log_s) + i, deg, field) != 0u) {
            has_sum = kc_point_add(file, has_sum, KC_FULL, deg, field);
        }
        if (has_sum != 0u) {
            kc_sum_copy(KC_AT(file, KC_QX), file, deg, field);
            if (has_total != 0u) {
                kc_sum_copy(file, total, deg, field);
            }
            has_total = kc_point_add(file, has_total, KC_FULL, deg, field);
            kc_sum_copy(total, file, deg, field);
            kc_sum_copy(file, KC_AT(file, KC_QX), deg, field);
        }
    }
    if (has_sum != 0u) {
        kc_sum_copy(sum, file, deg, field);
    }
    for (kc_u32 bit = c; bit-- > 0u && has_sum != 0u;) {
        if (has != 0u) {
            kc_sum_copy(KC_AT(file, KC_QX), file, deg, field);
            has = kc_point_add(file, has, KC_TWICE, deg, field);
        }
        if ((b >> bit & 1u) != 0u) {
            kc_sum_copy(KC_AT(file, KC_QX), sum, deg, field);
            has = kc_point_add(file, has, KC_FULL, deg, field);
        }
    }
    if (has_total != 0u) {
        kc_sum_copy(KC_AT(file, KC_QX), total, deg, field);
        has = kc_point_add(file, has, KC_FULL, deg, field);
    }
    kc_sum_put(sums, out + j, file, has, deg, field);
    list[keys + j] = j >> log_segments;
}

#define KC_MSM_ENTRIES(name, deg, field)                                                                                       \
    KC_ENTRY kc_msm_run_##name(KC_GROUPS KC_GLOBAL kc_u32 *list, KC_GLOBAL const kc_u32 *in, KC_GLOBAL kc_u32 *sums, kc_u32 n, \
                               kc_u32 points, kc_u32 key_at, kc_u32 from, kc_u32 to, kc_u32 head_keys, kc_u32 heads)           \
    {                                                                                                                          \
        KC_EACH(item, KC_BIG_ITEMS) {                                                                                          \
            const kc_u32 piece = KC_GROUP_X * KC_BIG_ITEMS + item;                                                             \
            KC_ALIGNED kc_u32 file[KC_FILE(deg, 0u) * KC_BIG_N(field)];                                                        \
            if (piece < (n + KC_MSM_RUN - 1u) / KC_MSM_RUN) {                                                                  \
                kc_msm_run(list, in, sums, n, points, key_at, from, to, head_keys, heads, piece, file, deg, field);            \
            }                                                                                                                  \
        }                                                                                                                      \
    }                                                                                                                          \
    KC_ENTRY kc_msm_weigh_##name(KC_GROUPS KC_GLOBAL kc_u32 *list, KC_GLOBAL kc_u32 *sums, kc_u32 n, kc_u32 log_s, kc_u32 c,   \
                                 kc_u32 keys, kc_u32 out)                                                                      \
    {                                                                                                                          \
        KC_EACH(item, KC_BIG_ITEMS) {                                                                                          \
            const kc_u32 j = KC_GROUP_X * KC_BIG_ITEMS + item;                                                                 \
            KC_ALIGNED kc_u32 file[KC_FILE(deg, 2u) * KC_BIG_N(field)];                                                        \
            if (j < n) {                                                                                                       \
                kc_msm_segment(list, sums, log_s, c, keys, out, j, file, deg, field);                                          \
            }                                                                                                                  \
        }                                                                                                                      \
    }
KC_MSM_ENTRIES(bn_g1, 1u, KC_BN_FP)
KC_MSM_ENTRIES(bn_g2, 2u, KC_BN_FP)
KC_MSM_ENTRIES(bls_g1, 1u, KC_BLS_FP)
KC_MSM_ENTRIES(bls_g2, 2u, KC_BLS_FP)

#endif
