/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What SHIFT and SHIFTI share: a word shifted by a known amount 8 q + t. Every limb is multiplied by a power of two that stands for t, and
 * the bytes of the result are chosen among those of the product by the one-hot columns of q.
 * Owns nothing. Theory: docs/spec/chips.md section 6.
 */
#ifndef SC_CHIPS_SHIFTED_H
#define SC_CHIPS_SHIFTED_H

#include "core/chips/parts.h"

/* clang-format off */
#define SHIFTED_COLUMNS(ONE, VEC)                                                           \
    VEC(kind, 6, BIT, "left, right, right arithmetic; the same in W forms")                 \
    VEC(a, 4, FIELD, "operand, limbs")                                                      \
    ONE(s, FIELD, "amount that counts: mod 64, or mod 32 in W forms")                       \
    ONE(m, FIELD, "left: 2^t, right: 2^(8-t), t = s mod 8")                                 \
    VEC(oh, 8, BIT, "one-hot of q = floor(s / 8)")                                          \
    VEC(w, 8, BYTE, "bytes 0 to 7 of the operand times m")                                  \
    VEC(hi, 4, BYTE, "what a limb times m carries into the next")                           \
    ONE(top, FIELD, "limb with the sign of the operand: 3, or 1 in W forms")                \
    ONE(sgn, BIT, "its top bit")                                                            \
    ONE(g, BIT, "1 when ones are shifted in")                                               \
    ONE(fill, FIELD, "low byte of -m when ones are shifted in")                             \
    VEC(r, 4, FIELD, "chosen limbs")                                                        \
    VEC(z, 2, FIELD, "limbs 2 and 3 of the result")                                         \
    ONE(zs, BIT, "top bit of r[1]")
/* clang-format on */
AIR_ROW(shifted, SHIFTED_COLUMNS)

#define N_SHIFTS 6
enum { SHIFT_L, SHIFT_R, SHIFT_A, SHIFT_LW, SHIFT_RW, SHIFT_AW };
/** Codes of the kinds: of CLS_OP and CLS_OP32, or of their immediate forms. */
#define SHIFT_CODES(cls, cls32)                                              \
    {                                                                        \
        SC_OP(cls, 0, 0, 1), SC_OP(cls, 0, 0, 5), SC_OP(cls, 0, 1, 5),       \
        SC_OP(cls32, 0, 0, 1), SC_OP(cls32, 0, 0, 5), SC_OP(cls32, 0, 1, 5)  \
    }

/** Every column but kind, of the operand and result of @p e shifted by @p s. @p r has its kind. */
static inline void shifted_fill(struct shifted_row *r, const struct sc_event *e, uint32_t s)
{
    const bool is_w = r->kind[SHIFT_LW] || r->kind[SHIFT_RW] || r->kind[SHIFT_AW];
    const bool right = !(r->kind[SHIFT_L] || r->kind[SHIFT_LW]);
    const bool arith = r->kind[SHIFT_A] || r->kind[SHIFT_AW];
    uint32_t carry = 0;
    uint64_t x = e->a;

    part_limbs(r->a, x);
    r->s = s;
    r->m = 1u << (right ? 8 - s % 8 : s % 8);
    r->oh[s / 8] = 1;
    r->top = r->a[is_w ? 1 : 3];
    r->sgn = r->top >> 15;
    r->g = arith && r->sgn;
    r->fill = r->g ? 256u - r->m : 0;
    if (is_w) {
        x = (x & 0xffffffffu) | (r->g ? 0xffffffff00000000u : 0);
    }
    for (unsigned i = 0; i < 4; i++) {
        const uint32_t product = ((uint32_t)(x >> (16 * i)) & 0xffffu) * r->m + carry;
        r->w[2 * i] = product & 0xffu;
        r->w[2 * i + 1] = (product >> 8) & 0xffu;
        r->hi[i] = carry = product >> 16;
    }
    part_limbs(r->r, right ? x >> s | (r->g && s ? ~(uint64_t)0 << (64 - s) : 0) : x << s);
    r->zs = r->r[1] >> 15;
    r->z[0] = (uint32_t)(e->val >> 32) & 0xffffu;
    r->z[1] = (uint32_t)(e->val >> 48);
}

#ifdef SC_AIRGEN

/** The columns as expressions, and sums of kinds. */
struct shifted {
    ex kind[N_SHIFTS], real, right, arith, word, q;
    ex a[4], s, m, oh[8], w[8], hi[4], top, sgn, g, fill, r[4], z[2], zs;
};
#define SHIFTED_EX                                                                                      \
    {                                                                                                   \
        .kind = {C(kind[0]), C(kind[1]), C(kind[2]), C(kind[3]), C(kind[4]), C(kind[5])},               \
        .a = PART_LIMBS(a), .s = C(s), .m = C(m),                                                       \
        .oh = {C(oh[0]), C(oh[1]), C(oh[2]), C(oh[3]), C(oh[4]), C(oh[5]), C(oh[6]), C(oh[7])},         \
        .w = {C(w[0]), C(w[1]), C(w[2]), C(w[3]), C(w[4]), C(w[5]), C(w[6]), C(w[7])},                  \
        .hi = PART_LIMBS(hi), .top = C(top), .sgn = C(sgn), .g = C(g), .fill = C(fill),                 \
        .r = PART_LIMBS(r), .z = {C(z[0]), C(z[1])}, .zs = C(zs)                                        \
    }

static inline void shifted_begin(struct shifted *x)
{
    const ex *const k = x->kind;
    const ex right[] = {k[SHIFT_R], k[SHIFT_A], k[SHIFT_RW], k[SHIFT_AW]};
    const ex arith[] = {k[SHIFT_A], k[SHIFT_AW]};
    x->real = air_kinds(N_SHIFTS, k);
    x->right = air_any(4, right);
    x->arith = air_any(2, arith);
    x->word = air_any(3, k + SHIFT_LW);
    x->q = air_k(0);
    for (unsigned i = 1; i < 8; i++) {
        x->q = air_add(x->q, air_scale(x->oh[i], i));
    }
}

/* m and the byte distance q belong to the amount. */
static inline void shifted_amount(const struct shifted *x)
{
    const ex pow2[] = {air_add(x->s, air_scale(x->right, 64)), x->m, x->q};
    air_zero("exactly one byte distance is chosen", air_sub(air_any(8, x->oh), x->real));
    air_query(AIR_BUS_POW2, x->real, 3, pow2);
}

/* g is the bit shifted in. */
static inline void shifted_sign(const struct shifted *x)
{
    const ex top = air_add(x->a[3], air_mul(x->word, air_sub(x->a[1], x->a[3])));
    air_zero("top is the limb with the sign", air_sub(top, x->top));
    part_top_bit(x->real, x->top, x->sgn);
    air_zero("ones come in when an arithmetic shift has a negative operand", air_sub(x->g, air_mul(x->arith, x->sgn)));
    air_zero("fill is the low byte of -m where ones come in", air_sub(x->fill, air_mul(x->g, air_sub(air_k(256), x->m))));
}

/** Byte @p j of the product: 0 to 7 from the operand, 8 has the bits shifted in, those above only them. */
static inline ex shifted_byte(const struct shifted *x, unsigned j)
{
    return j < 8 ? x->w[j] : j == 8 ? air_add(x->hi[3], x->fill) : air_scale(x->g, 255);
}

static inline ex shifted_result(const struct shifted *x, unsigned i)
{
    ex to_left = air_k(0), to_right = air_k(0);
    for (unsigned q = 0; q < 8; q++) {
        if (q <= i) {
            to_left = air_add(to_left, air_mul(x->oh[q], shifted_byte(x, i - q)));
        }
        to_right = air_add(to_right, air_mul(x->oh[q], shifted_byte(x, i + q + 1)));
    }
    return air_add(to_left, air_mul(x->right, air_sub(to_right, to_left)));
}

static inline void shifted_bytes(const struct shifted *x)
{
    for (unsigned i = 0; i < 4; i++) {
        const ex ext = air_mul(x->word, air_sub(air_scale(x->g, 65535), x->a[i]));
        const ex limb = i < 2 ? x->a[i] : air_add(x->a[i], ext);
        const ex product = air_add(part_pair(x->w[2 * i], x->w[2 * i + 1]), air_scale(x->hi[i], 65536));
        const ex in = i > 0 ? x->hi[i - 1] : air_k(0);
        air_zero("limbs of the operand times m", air_sub(product, air_add(air_mul(limb, x->m), in)));
    }
    for (unsigned i = 0; i < 4; i++) {
        const ex limb = part_pair(shifted_result(x, 2 * i), shifted_result(x, 2 * i + 1));
        air_zero("the result is chosen by the byte distance", air_sub(limb, x->r[i]));
    }
    for (unsigned i = 0; i < 2; i++) {
        const ex ext = air_sub(air_scale(x->zs, 65535), x->r[2 + i]);
        air_zero("a W result is sign-extended", air_sub(air_sub(x->z[i], x->r[2 + i]), air_mul(x->word, ext)));
    }
    part_top_bit(x->real, x->r[1], x->zs);
}

/** What r and z are. The caller shows that s is below 64, in W forms below 32, and a multiple of 8 times q plus less than 8. */
static inline void shifted_constrain(const struct shifted *x)
{
    shifted_amount(x);
    shifted_sign(x);
    shifted_bytes(x);
}

#endif
#endif
