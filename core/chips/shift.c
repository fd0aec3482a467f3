/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * SLL, SRL, SRA, their immediate and W forms. The amount is 8 q + t: every byte is multiplied by a power of two
 * that stands for t, and the bytes of the result are chosen among the shifted ones by the one-hot columns of q.
 * Owns nothing. Theory: docs/spec/chips.md section 6.
 */
#include "core/chips/parts.h"

/* clang-format off */
#define SHIFT_COLUMNS(ONE, VEC)                                                             \
    PART_STATE(ONE, VEC)                                                                    \
    VEC(kind, 12, BIT, "SLL SRL SRA, SLLI SRLI SRAI, SLLW SRLW SRAW, SLLIW SRLIW SRAIW")    \
    PART_READ1(ONE, VEC)                                                                    \
    PART_READ2(ONE, VEC)                                                                    \
    PART_WRITE(ONE, VEC)                                                                    \
    VEC(a, 8, BYTE, "operand, bytes")                                                       \
    VEC(b, 4, FIELD, "amount register, limbs; limb 0 is 0 in immediate forms")              \
    ONE(i0, FIELD, "immediate amount, from PROG")                                           \
    ONE(s, FIELD, "amount that counts: mod 64, or mod 32 in W forms")                       \
    ONE(m, FIELD, "left: 2^t, right: 2^(8-t), t = s mod 8")                                 \
    ONE(h, U16, "the part of limb 0 of the amount that does not count")                     \
    VEC(oh, 8, BIT, "one-hot of q = floor(s / 8)")                                          \
    VEC(lo, 8, BYTE, "low bytes of operand byte times m")                                   \
    VEC(hi, 8, BYTE, "high bytes of operand byte times m")                                  \
    ONE(sgn, BIT, "top bit of the operand, bit 31 in W forms")                              \
    ONE(top, FIELD, "byte with the top bit, less 128 sgn")                                  \
    ONE(g, BIT, "1 when ones are shifted in")                                               \
    ONE(fill, FIELD, "low byte of the byte 255 g times m")                                  \
    VEC(r, 4, FIELD, "chosen limbs")                                                        \
    VEC(z, 2, FIELD, "limbs 2 and 3 of the result")                                         \
    ONE(zs, BIT, "top bit of r[1]")
/* clang-format on */
AIR_ROW(shift, SHIFT_COLUMNS)
AIR_COLS(shift, SHIFT_COLUMNS)

#define N_KINDS 12
enum { SLL, SRL, SRA, SLLI, SRLI, SRAI, SLLW, SRLW, SRAW, SLLIW, SRLIW, SRAIW };
static const uint16_t codes[N_KINDS] = {
    SC_OP(CLS_OP, 0, 0, 1),      SC_OP(CLS_OP, 0, 0, 5),      SC_OP(CLS_OP, 0, 1, 5),
    SC_OP(CLS_OPIMM, 0, 0, 1),   SC_OP(CLS_OPIMM, 0, 0, 5),   SC_OP(CLS_OPIMM, 0, 1, 5),
    SC_OP(CLS_OP32, 0, 0, 1),    SC_OP(CLS_OP32, 0, 0, 5),    SC_OP(CLS_OP32, 0, 1, 5),
    SC_OP(CLS_OPIMM32, 0, 0, 1), SC_OP(CLS_OPIMM32, 0, 0, 5), SC_OP(CLS_OPIMM32, 0, 1, 5),
};

/* Everything that follows from the operand, the amount and the kind. */
static void fill_bytes(struct shift_row *r, bool is_w, bool right, bool arith)
{
    const unsigned t = r->s & 7u;
    uint64_t x = 0;

    r->sgn = r->a[is_w ? 3 : 7] >> 7;
    r->top = r->a[is_w ? 3 : 7] & 127u;
    r->g = arith && r->sgn;
    r->m = 1u << (right ? 8 - t : t);
    r->fill = r->g ? 256u - r->m : 0;
    r->oh[r->s >> 3] = 1;
    for (unsigned j = 0; j < 8; j++) {
        const uint32_t byte = is_w && j > 3 ? 255u * r->g : r->a[j];
        r->lo[j] = (byte * r->m) & 255u;
        r->hi[j] = (byte * r->m) >> 8;
        x |= (uint64_t)byte << (8 * j);
    }
    const uint64_t ones = r->g && r->s ? ~(uint64_t)0 << (64 - r->s) : 0;
    part_limbs(r->r, right ? x >> r->s | ones : x << r->s);
    r->zs = r->r[1] >> 15;
}

void sc_shift_fill(const struct sc_event *e, const struct sc_inst *in, struct shift_row *r)
{
    const unsigned cls = SC_OP_CLASS(in->op);
    const bool is_w = cls == CLS_OP32 || cls == CLS_OPIMM32;
    const bool right = SC_OP_F3(in->op) == 5;
    const bool arith = (in->op & 8u) != 0;

    PART_FILL_STATE(r, e);
    PART_FILL_READ1(r, e, in);
    PART_FILL_WRITE(r, e, in);
    part_kinds(r->kind, N_KINDS, codes, in->op);
    part_bytes(r->a, e->a);
    r->i0 = in->c[0];
    uint32_t amount = r->i0;
    if (cls == CLS_OP || cls == CLS_OP32) {
        PART_FILL_READ2(r, e, in);
        part_limbs(r->b, e->b);
        amount = r->b[0];
    }
    r->s = amount & (is_w ? 31u : 63u);
    r->h = amount >> (is_w ? 5 : 6);
    fill_bytes(r, is_w, right, arith);
    r->z[0] = (uint32_t)(e->val >> 32) & 0xffffu;
    r->z[1] = (uint32_t)(e->val >> 48);
}

#ifdef SC_AIRGEN
#define ROW struct shift_row

struct shift_kinds {
    ex real, right, arith, word, by_reg, by_imm;
};

static struct shift_kinds shift_kinds(const ex *k)
{
    const ex right[] = {k[SRL], k[SRA], k[SRLI], k[SRAI], k[SRLW], k[SRAW], k[SRLIW], k[SRAIW]};
    const ex arith[] = {k[SRA], k[SRAI], k[SRAW], k[SRAIW]};
    const ex by_reg[] = {k[SLL], k[SRL], k[SRA], k[SLLW], k[SRLW], k[SRAW]};
    const ex by_imm[] = {k[SLLI], k[SRLI], k[SRAI], k[SLLIW], k[SRLIW], k[SRAIW]};
    const ex real = air_kinds(N_KINDS, k);
    return (struct shift_kinds){
        real, air_any(8, right), air_any(4, arith), air_any(6, k + SLLW), air_any(6, by_reg), air_any(6, by_imm),
    };
}

/* s = amount mod 64 or 32, q = floor(s / 8) in one-hot form, m the multiplier, g the bit shifted in. */
static void shift_amount(const struct shift_kinds *k)
{
    ex q = air_k(0), one = air_k(0), upper = air_k(0);
    for (unsigned i = 0; i < 8; i++) {
        q = air_add(q, air_scale(C(oh[i]), i));
        one = air_add(one, C(oh[i]));
        upper = i > 3 ? air_add(upper, C(oh[i])) : upper;
    }
    air_zero("exactly one byte distance is chosen", air_sub(one, k->real));
    air_zero("a W form shifts by less than 32", air_mul(k->word, upper));
    air_zero("an immediate form has no second register", air_mul(k->by_imm, C(b[0])));
    const ex unit = air_sub(air_k(64), air_scale(k->word, 32));
    air_zero("the amount is limb 0 without its upper bits",
             air_sub(air_sub(air_add(C(b[0]), C(i0)), C(s)), air_mul(unit, C(h))));

    const ex pow2[] = {air_add(C(s), air_scale(k->right, 64)), C(m), q};
    air_query(AIR_BUS_POW2, k->real, 3, pow2);

    const ex top = air_add(C(a[7]), air_mul(k->word, air_sub(C(a[3]), C(a[7]))));
    air_zero("top is the byte with the sign, less 128 sgn", air_sub(air_sub(top, air_scale(C(sgn), 128)), C(top)));
    /* top < 128, and s - 8 q < 8: a POW2 key of the other direction is 64 away */
    const ex b2[] = {air_scale(C(top), 2), air_scale(air_sub(C(s), air_scale(q, 8)), 32)};
    air_query(AIR_BUS_B2, k->real, 2, b2);
    air_zero("ones come in when an arithmetic shift has a negative operand", air_sub(C(g), air_mul(k->arith, C(sgn))));
    air_zero("fill is the low byte of 255 g m", air_sub(C(fill), air_mul(C(g), air_sub(air_k(256), C(m)))));
}

/* Byte j of the shifted operand before the choice of q: j = 0..7 from the operand, 8 has the bits shifted in, above only those. */
static ex shifted_byte(unsigned j)
{
    if (j > 8) {
        return air_scale(C(g), 255);
    }
    return air_add(j < 8 ? C(lo[j]) : C(fill), j ? C(hi[j - 1]) : air_k(0));
}

static ex result_byte(ex right, unsigned i)
{
    ex to_left = air_k(0), to_right = air_k(0);
    for (unsigned q = 0; q < 8; q++) {
        if (q <= i) {
            to_left = air_add(to_left, air_mul(C(oh[q]), shifted_byte(i - q)));
        }
        to_right = air_add(to_right, air_mul(C(oh[q]), shifted_byte(i + q + 1)));
    }
    return air_add(to_left, air_mul(right, air_sub(to_right, to_left)));
}

static void shift_bytes(const struct shift_kinds *k)
{
    for (unsigned j = 0; j < 8; j++) {
        ex byte = C(a[j]);
        if (j > 3) {
            byte = air_add(byte, air_mul(k->word, air_sub(air_scale(C(g), 255), byte)));
        }
        air_zero("bytes of operand byte times m", air_sub(part_pair(C(lo[j]), C(hi[j])), air_mul(byte, C(m))));
    }
    for (unsigned i = 0; i < 4; i++) {
        const ex limb = part_pair(result_byte(k->right, 2 * i), result_byte(k->right, 2 * i + 1));
        air_zero("the result is chosen by the byte distance", air_sub(limb, C(r[i])));
    }
    for (unsigned i = 0; i < 2; i++) {
        const ex ext = air_sub(air_scale(C(zs), 65535), C(r[2 + i]));
        air_zero("a W result is sign-extended", air_sub(air_sub(C(z[i]), C(r[2 + i])), air_mul(k->word, ext)));
    }
    part_top_bit(k->real, C(r[1]), C(zs));
}

void sc_shift_constrain(void)
{
    ex kinds[N_KINDS];
    for (unsigned i = 0; i < N_KINDS; i++) {
        kinds[i] = C(kind[i]);
    }
    const struct shift_kinds k = shift_kinds(kinds);
    const ex a[4] = PART_BYTE_LIMBS(a);
    const ex b[4] = PART_LIMBS(b);
    const ex written[4] = {C(r[0]), C(r[1]), C(z[0]), C(z[1])};

    PART_STEP(k.real, part_plus(C(ip), 1));
    struct air_prog p = air_prog_zero();
    p.ip = C(ip);
    p.op = part_op(N_KINDS, kinds, codes);
    p.rd = C(rd);
    p.rs1 = C(rs1);
    p.rs2 = C(rs2);
    p.c[0] = C(i0);
    air_prog_query(k.real, p);

    PART_REG_READ1(k.real, a);
    PART_REG_READ2(k.by_reg, b);
    PART_REG_WRITE(k.real, written);
    shift_amount(&k);
    shift_bytes(&k);
}
#endif
