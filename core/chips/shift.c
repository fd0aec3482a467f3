/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * SLL, SRL, SRA and their W forms: the amount is in a register. Owns nothing. Theory: docs/spec/chips.md section 6.
 */
#include "core/chips/shifted.h"

#include <string.h>

/* clang-format off */
#define SHIFT_COLUMNS(ONE, VEC)                                                 \
    PART_STATE(ONE, VEC)                                                        \
    PART_READ1(ONE, VEC)                                                        \
    PART_READ2(ONE, VEC)                                                        \
    PART_WRITE(ONE, VEC)                                                        \
    VEC(b, 4, FIELD, "amount register, limbs")                                  \
    ONE(h, U16, "the part of limb 0 of the amount that does not count")         \
    SHIFTED_COLUMNS(ONE, VEC)
/* clang-format on */
AIR_ROW(shift, SHIFT_COLUMNS)
AIR_COLS(shift, SHIFT_COLUMNS)

static const uint16_t codes[N_SHIFTS] = SHIFT_CODES(CLS_OP, CLS_OP32);

void sc_shift_fill(const struct sc_event *e, const struct sc_inst *in, struct shift_row *r)
{
    const bool is_w = SC_OP_CLASS(in->op) == CLS_OP32;
    struct shifted_row x = {0};

    PART_FILL_STATE(r, e);
    PART_FILL_READ1(r, e, in);
    PART_FILL_READ2(r, e, in);
    PART_FILL_WRITE(r, e, in);
    part_limbs(r->b, e->b);
    r->h = r->b[0] >> (is_w ? 5 : 6);
    part_kinds(x.kind, N_SHIFTS, codes, in->op);
    shifted_fill(&x, e, r->b[0] & (is_w ? 31u : 63u));
    memcpy((char *)r + offsetof(struct shift_row, kind), &x, sizeof x);
}

#ifdef SC_AIRGEN
#define ROW struct shift_row

/* s is the amount mod 64 or 32, less than 8 above 8 q. */
static void register_amount(const struct shifted *x)
{
    const ex unit = air_sub(air_k(64), air_scale(x->word, 32));
    air_zero("a W form shifts by less than 32", air_mul(x->word, air_any(4, x->oh + 4)));
    air_zero("the amount is limb 0 without its upper bits", air_sub(air_sub(C(b[0]), x->s), air_mul(unit, C(h))));
    /* a POW2 key of the other direction is 64 away */
    const ex b2[] = {air_scale(air_sub(x->s, air_scale(x->q, 8)), 32), air_k(0)};
    air_query(AIR_BUS_B2, x->real, 2, b2);
}

void sc_shift_constrain(void)
{
    struct shifted x = SHIFTED_EX;
    shifted_begin(&x);
    const ex b[4] = PART_LIMBS(b);
    const ex written[4] = {x.r[0], x.r[1], x.z[0], x.z[1]};

    PART_STEP(x.real, part_plus(C(ip), 1));
    struct air_prog p = air_prog_zero();
    p.ip = C(ip);
    p.op = part_op(N_SHIFTS, x.kind, codes);
    p.rd = C(rd);
    p.rs1 = C(rs1);
    p.rs2 = C(rs2);
    air_prog_query(x.real, p);

    PART_REG_READ1(x.real, x.a);
    PART_REG_READ2(x.real, b);
    PART_REG_WRITE(x.real, written);
    register_amount(&x);
    shifted_constrain(&x);
}
#endif
