/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Kernel-C: the challenge field, as core/field/fx.h. Vectors of it are planar: coefficient c of element i at v[c plane + i].
 */
#ifndef SC_KC_EXT_H
#define SC_KC_EXT_H

#define KC_DEG 5u

typedef struct {
    kc_u32 c[KC_DEG];
} kc_fx;

/* p 2^32 is more than two products and less than three; four products, or p 2^32 and one product, are less than 2 p 2^32 < 2^64. */

/** s < 2 p 2^32 as one below p 2^32 with the same residue; the low halves are equal. */
KC_FN kc_u64 kc_below(kc_u64 s)
{
    const kc_u32 hi = (kc_u32)(s >> 32);
    return (kc_u64)KC_MIN(hi, hi - KC_P) << 32 | (kc_u32)s;
}

/** s / 2^32, s < 2 p 2^32. */
KC_FN kc_u32 kc_reduce(kc_u64 s)
{
    const kc_u32 hi = (kc_u32)(s >> 32);
    return kc_sub(KC_MIN(hi, hi - KC_P), KC_MUL_HI((kc_u32)s * KC_P_INV, KC_P));
}

KC_FN kc_fx kc_fx_zero(void)
{
    kc_fx r;
    KC_UNROLL
    for (kc_u32 k = 0; k < KC_DEG; k++) {
        r.c[k] = 0u;
    }
    return r;
}

KC_FN kc_fx kc_fx_of(kc_u32 c0, kc_u32 c1, kc_u32 c2, kc_u32 c3, kc_u32 c4)
{
    kc_fx r;
    r.c[0] = c0;
    r.c[1] = c1;
    r.c[2] = c2;
    r.c[3] = c3;
    r.c[4] = c4;
    return r;
}

KC_FN kc_fx kc_fx_words(KC_GLOBAL const kc_u32 *w)
{
    return kc_fx_of(w[0], w[1], w[2], w[3], w[4]);
}

KC_FN kc_fx kc_fx_one(void)
{
    return kc_fx_of(KC_ONE, 0u, 0u, 0u, 0u);
}

KC_FN kc_fx kc_fx_add(kc_fx a, kc_fx b)
{
    KC_UNROLL
    for (kc_u32 k = 0; k < KC_DEG; k++) {
        a.c[k] = kc_add(a.c[k], b.c[k]);
    }
    return a;
}

KC_FN kc_fx kc_fx_sub(kc_fx a, kc_fx b)
{
    KC_UNROLL
    for (kc_u32 k = 0; k < KC_DEG; k++) {
        a.c[k] = kc_sub(a.c[k], b.c[k]);
    }
    return a;
}

/** x^5 = 1 - x^2, x^6 = x - x^3, x^7 = x^2 - x^4, x^8 = x^3 + x^2 - 1. */
KC_FN kc_fx kc_fx_mul(kc_fx a, kc_fx b)
{
    kc_u32 d[2u * KC_DEG - 1u];
    kc_fx r;
    KC_UNROLL
    for (kc_u32 k = 0; k < 2u * KC_DEG - 1u; k++) {
        kc_u64 s = 0u;
        KC_UNROLL
        for (kc_u32 i = 0; i < KC_DEG; i++) {
            if (i <= k && k - i < KC_DEG) {
                s = (k == 4u && i == 4u ? kc_below(s) : s) + (kc_u64)a.c[i] * b.c[k - i];
            }
        }
        d[k] = kc_reduce(s);
    }
    r.c[0] = kc_sub(kc_add(d[0], d[5]), d[8]);
    r.c[1] = kc_add(d[1], d[6]);
    r.c[2] = kc_add(kc_sub(d[2], d[5]), kc_add(d[7], d[8]));
    r.c[3] = kc_add(kc_sub(d[3], d[6]), d[8]);
    r.c[4] = kc_sub(d[4], d[7]);
    return r;
}

KC_FN kc_fx kc_fx_load(KC_GLOBAL const kc_u32 *v, kc_u64 plane, kc_u64 i)
{
    kc_fx r;
    KC_UNROLL
    for (kc_u32 k = 0; k < KC_DEG; k++) {
        r.c[k] = v[k * plane + i];
    }
    return r;
}

KC_FN void kc_fx_store(KC_GLOBAL kc_u32 *v, kc_u64 plane, kc_u64 i, kc_fx a)
{
    KC_UNROLL
    for (kc_u32 k = 0; k < KC_DEG; k++) {
        v[k * plane + i] = a.c[k];
    }
}

#endif
