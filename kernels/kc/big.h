/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Kernel-C: the fields of BN254 and BLS12-381 (core/curve/mont.inc on a device). Elements are 8 or 12 words of 32 bits, the same bytes as
 * the host's 4 or 6 words of 64: Montgomery form, canonical in and out. Fields are the numbers of big_const.h, always constants where
 * they are used, so that a kernel has its modulus in its instructions. Theory: docs/internals/curves.md.
 */
#ifndef SC_KC_BIG_H
#define SC_KC_BIG_H

#define KC_BIG_ITEMS 64u /* elements for one group */
#define KC_BIG_N(field) ((field) == KC_BLS_FP ? 12u : 8u)
#define KC_BIG_INV(field) \
    ((field) == KC_BN_FP ? KC_BN_FP_INV : (field) == KC_BN_FR ? KC_BN_FR_INV : (field) == KC_BLS_FP ? KC_BLS_FP_INV : KC_BLS_FR_INV)

KC_FN void kc_big_get(kc_u32 *r, KC_GLOBAL const kc_u32 *from, kc_u32 field)
{
    KC_UNROLL
    for (kc_u32 i = 0u; i < KC_BIG_N(field); i++) {
        r[i] = from[i];
    }
}

KC_FN void kc_big_put(KC_GLOBAL kc_u32 *to, const kc_u32 *a, kc_u32 field)
{
    KC_UNROLL
    for (kc_u32 i = 0u; i < KC_BIG_N(field); i++) {
        to[i] = a[i];
    }
}

KC_FN void kc_big_modulus(kc_u32 *r, kc_u32 field)
{
    KC_UNROLL
    for (kc_u32 i = 0u; i < KC_BIG_N(field); i++) {
        r[i] = kc_big_p[field][i];
    }
}

/** a += b; the sum fits. */
KC_FN void kc_words_add(kc_u32 *a, const kc_u32 *b, kc_u32 field)
{
#if defined(__CUDACC__)
    if (KC_BIG_N(field) == 8u) {
        kc_sum8(a, b);
    } else {
        kc_sum12(a, b);
    }
#else
    kc_u64 t = 0u;
    for (kc_u32 i = 0u; i < KC_BIG_N(field); i++) {
        t += (kc_u64)a[i] + b[i];
        a[i] = (kc_u32)t;
        t >>= 32;
    }
#endif
}

/** a -= b; all ones when a was less, else 0. */
KC_FN kc_u32 kc_words_sub(kc_u32 *a, const kc_u32 *b, kc_u32 field)
{
#if defined(__CUDACC__)
    return KC_BIG_N(field) == 8u ? kc_difference8(a, b) : kc_difference12(a, b);
#else
    kc_u64 borrow = 0u;
    for (kc_u32 i = 0u; i < KC_BIG_N(field); i++) {
        const kc_u64 t = (kc_u64)a[i] - b[i] - borrow;
        a[i] = (kc_u32)t;
        borrow = t >> 63;
    }
    return borrow != 0u ? 0xffffffffu : 0u;
#endif
}

/** r < 2 p to below p. */
KC_FN void kc_big_reduce(kc_u32 *r, kc_u32 field)
{
    kc_u32 t[12], p[12];
    kc_big_modulus(p, field);
    KC_UNROLL
    for (kc_u32 i = 0u; i < KC_BIG_N(field); i++) {
        t[i] = r[i];
    }
    const kc_u32 less = kc_words_sub(t, p, field);
    KC_UNROLL
    for (kc_u32 i = 0u; i < KC_BIG_N(field); i++) {
        r[i] = less != 0u ? r[i] : t[i];
    }
}

/** r = a + b; any of the three may be the same. */
KC_FN void kc_big_add(kc_u32 *r, const kc_u32 *a, const kc_u32 *b, kc_u32 field)
{
    kc_u32 t[12];
    KC_UNROLL
    for (kc_u32 i = 0u; i < KC_BIG_N(field); i++) {
        t[i] = a[i];
    }
    kc_words_add(t, b, field);
    kc_big_reduce(t, field);
    KC_UNROLL
    for (kc_u32 i = 0u; i < KC_BIG_N(field); i++) {
        r[i] = t[i];
    }
}

/** r = a - b; any of the three may be the same. */
KC_FN void kc_big_sub(kc_u32 *r, const kc_u32 *a, const kc_u32 *b, kc_u32 field)
{
    kc_u32 t[12], p[12];
    KC_UNROLL
    for (kc_u32 i = 0u; i < KC_BIG_N(field); i++) {
        t[i] = a[i];
    }
    const kc_u32 less = kc_words_sub(t, b, field);
    kc_big_modulus(p, field);
    KC_UNROLL
    for (kc_u32 i = 0u; i < KC_BIG_N(field); i++) {
        p[i] &= less;
    }
    kc_words_add(t, p, field);
    KC_UNROLL
    for (kc_u32 i = 0u; i < KC_BIG_N(field); i++) {
        r[i] = t[i];
    }
}

#if defined(__CUDACC__)
/** One word of b, and the reduction by one word. @p down: the chain that goes down by two words, for odd words of a; @p even: the other. */
KC_FN void kc_big_step(kc_u32 *down, kc_u32 *even, const kc_u32 *a, kc_u32 b, const kc_u32 *p, kc_u32 first, kc_u32 field)
{
    const kc_u32 n = KC_BIG_N(field);
    if (first != 0u) {
        KC_UNROLL
        for (kc_u32 j = 0u; j < n; j += 2u) {
            const kc_u64 x = (kc_u64)a[j] * b, y = (kc_u64)a[j + 1u] * b;
            even[j] = (kc_u32)x;
            even[j + 1u] = (kc_u32)(x >> 32);
            down[j] = (kc_u32)y;
            down[j + 1u] = (kc_u32)(y >> 32);
        }
    } else if (n == 8u) {
        kc_down_row8(down, &even[0], a, b);
        kc_row8(even, &down[7], a, 0u, b);
    } else {
        kc_down_row12(down, &even[0], a, b);
        kc_row12(even, &down[11], a, 0u, b);
    }
    const kc_u32 m = even[0] * KC_BIG_INV(field);
    if (n == 8u) {
        kc_top_row8(down, p, 1u, m);
        kc_row8(even, &down[7], p, 0u, m);
    } else {
        kc_top_row12(down, p, 1u, m);
        kc_row12(even, &down[11], p, 0u, m);
    }
}
#endif

/** r = a b; any of the three may be the same. */
KC_FN void kc_big_mul(kc_u32 *r, const kc_u32 *a, const kc_u32 *b, kc_u32 field)
{
    const kc_u32 n = KC_BIG_N(field);
    kc_u32 t[12];
#if defined(__CUDACC__)
    kc_u32 u[12], p[12];
    kc_big_modulus(p, field);
    KC_UNROLL
    for (kc_u32 i = 0u; i < n; i += 2u) {
        kc_big_step(u, t, a, b[i], p, i == 0u ? 1u : 0u, field);
        kc_big_step(t, u, a, b[i + 1u], p, 0u, field);
    }
    /* The last even chain is u: its word 0 is zero, the others are one word above those of t. */
    KC_UNROLL
    for (kc_u32 i = 0u; i < n; i++) {
        u[i] = i + 1u < n ? u[i + 1u] : 0u;
    }
    kc_words_add(t, u, field);
#else
    /* Before each step t < 2 p, so a sum of products with two carries fits into n + 1 words. */
    for (kc_u32 i = 0u; i < n; i++) {
        t[i] = 0u;
    }
    for (kc_u32 i = 0u; i < n; i++) {
        kc_u64 x = (kc_u64)a[0] * b[i] + t[0];
        const kc_u32 m = (kc_u32)x * KC_BIG_INV(field);
        kc_u64 y = (kc_u64)kc_big_p[field][0] * m + (kc_u32)x;
        for (kc_u32 j = 1u; j < n; j++) {
            x = (kc_u64)a[j] * b[i] + t[j] + (x >> 32);
            y = (kc_u64)kc_big_p[field][j] * m + (kc_u32)x + (y >> 32);
            t[j - 1u] = (kc_u32)y;
        }
        t[n - 1u] = (kc_u32)((x >> 32) + (y >> 32));
    }
#endif
    kc_big_reduce(t, field);
    KC_UNROLL
    for (kc_u32 i = 0u; i < n; i++) {
        r[i] = t[i];
    }
}

#define KC_BIG_MUL 0u
#define KC_BIG_SUB 1u
#define KC_BIG_ADD 2u

/** out[i] = a[i] op b[i], 0 <= i < n, elements of a field; op is one of the above. out may be a or b. */
KC_FN void kc_big_map(KC_GLOBAL kc_u32 *out, KC_GLOBAL const kc_u32 *a, KC_GLOBAL const kc_u32 *b, kc_u32 n, kc_u32 op, kc_u32 group,
                      kc_u32 field)
{
    KC_EACH(item, KC_BIG_ITEMS) {
        const kc_u32 i = group * KC_BIG_ITEMS + item;
        if (i < n) {
            kc_u32 x[12], y[12];
            kc_big_get(x, a + (kc_u64)i * KC_BIG_N(field), field);
            kc_big_get(y, b + (kc_u64)i * KC_BIG_N(field), field);
            if (op == KC_BIG_MUL) {
                kc_big_mul(x, x, y, field);
            } else if (op == KC_BIG_SUB) {
                kc_big_sub(x, x, y, field);
            } else {
                kc_big_add(x, x, y, field);
            }
            kc_big_put(out + (kc_u64)i * KC_BIG_N(field), x, field);
        }
    }
}

KC_ENTRY kc_map_bn_fp(KC_GROUPS KC_GLOBAL kc_u32 *out, KC_GLOBAL const kc_u32 *a, KC_GLOBAL const kc_u32 *b, kc_u32 n, kc_u32 op)
{
    kc_big_map(out, a, b, n, op, KC_GROUP_X, KC_BN_FP);
}

KC_ENTRY kc_map_bn_fr(KC_GROUPS KC_GLOBAL kc_u32 *out, KC_GLOBAL const kc_u32 *a, KC_GLOBAL const kc_u32 *b, kc_u32 n, kc_u32 op)
{
    kc_big_map(out, a, b, n, op, KC_GROUP_X, KC_BN_FR);
}

KC_ENTRY kc_map_bls_fp(KC_GROUPS KC_GLOBAL kc_u32 *out, KC_GLOBAL const kc_u32 *a, KC_GLOBAL const kc_u32 *b, kc_u32 n, kc_u32 op)
{
    kc_big_map(out, a, b, n, op, KC_GROUP_X, KC_BLS_FP);
}

KC_ENTRY kc_map_bls_fr(KC_GROUPS KC_GLOBAL kc_u32 *out, KC_GLOBAL const kc_u32 *a, KC_GLOBAL const kc_u32 *b, kc_u32 n, kc_u32 op)
{
    kc_big_map(out, a, b, n, op, KC_GROUP_X, KC_BLS_FR);
}

#endif
