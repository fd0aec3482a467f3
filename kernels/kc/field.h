/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Kernel-C: the base field, as core/field/fp.h. Montgomery form, canonical (< p) in and out.
 */
#ifndef SC_KC_FIELD_H
#define SC_KC_FIELD_H

#define KC_P 0x7f000001u
#define KC_ONE 0x01fffffeu /* 1 in Montgomery form: 2^32 mod p */
#define KC_P_INV 0x81000001u /* p^-1 mod 2^32 */

/* Sums are below 2^32, and a difference that wraps is larger than one that does not: of two candidates the less is right. Addition and
 * choice are one instruction on NVIDIA's processors of capability 9.0 and 10.0. */
KC_FN kc_u32 kc_add(kc_u32 a, kc_u32 b)
{
    const kc_u32 s = a + b;
    return KC_MIN(s, s - KC_P);
}

KC_FN kc_u32 kc_sub(kc_u32 a, kc_u32 b)
{
    const kc_u32 d = a - b;
    return KC_MIN(d, d + KC_P);
}

/** hi(a b) - hi(q p) for q = lo(a b) p^-1, the low halves being equal. a b < p 2^32: either may be up to 2^32 when the other is < p. */
KC_FN kc_u32 kc_mul(kc_u32 a, kc_u32 b)
{
    const kc_u64 ab = (kc_u64)a * b; /* both halves by one instruction */
    return kc_sub((kc_u32)(ab >> 32), KC_MUL_HI((kc_u32)ab * KC_P_INV, KC_P));
}

/** The canonical residue. */
KC_FN kc_u32 kc_residue(kc_u32 a)
{
    return kc_mul(a, 1u);
}

/** A twiddle, stored as a signed number in (-p/2, p/2), canonical. */
KC_FN kc_u32 kc_lift(kc_u32 w)
{
    return w >> 31 != 0u ? w + KC_P : w;
}

#endif
