/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * SLT, SLTU, SLTI, SLTIU: rd = (rs1 < second operand). Owns nothing.
 * Theory: docs/spec/chips.md section 7.
 */
#include "core/chips/compare.h"

/* clang-format off */
#define SLT_COLUMNS(ONE, VEC)                                           \
    PART_STATE(ONE, VEC)                                                \
    VEC(kind, 4, BIT, "SLT, SLTU, SLTI, SLTIU")                         \
    PART_READ1(ONE, VEC)                                                \
    PART_READ2(ONE, VEC)                                                \
    PART_WRITE(ONE, VEC)                                                \
    VEC(a, 4, FIELD, "first operand, limbs")                            \
    VEC(b, 4, FIELD, "second register, limbs; 0 in immediate forms")    \
    ONE(i0, FIELD, "limb 0 of the immediate, from PROG")                \
    ONE(ih, FIELD, "limbs 1 to 3 of the immediate, from PROG")          \
    PART_COMPARE(ONE, VEC)
/* clang-format on */
AIR_ROW(slt, SLT_COLUMNS)
AIR_COLS(slt, SLT_COLUMNS)

#define N_KINDS 4
static const uint16_t codes[N_KINDS] = {
    SC_OP(CLS_OP, 0, 0, 2), SC_OP(CLS_OP, 0, 0, 3), SC_OP(CLS_OPIMM, 0, 0, 2), SC_OP(CLS_OPIMM, 0, 0, 3),
};

void sc_slt_fill(const struct sc_event *e, const struct sc_inst *in, struct slt_row *r)
{
    uint64_t b = (uint64_t)in->imm;

    PART_FILL_STATE(r, e);
    PART_FILL_READ1(r, e, in);
    PART_FILL_WRITE(r, e, in);
    part_kinds(r->kind, N_KINDS, codes, in->op);
    part_limbs(r->a, e->a);
    r->i0 = in->c[0];
    r->ih = in->c[1];
    if (SC_OP_CLASS(in->op) == CLS_OP) {
        PART_FILL_READ2(r, e, in);
        part_limbs(r->b, e->b);
        b = e->b;
    }
    COMPARE_FILL(r, e->a, b, SC_OP_F3(in->op) == 2);
}

#ifdef SC_AIRGEN
#define ROW struct slt_row

void sc_slt_constrain(void)
{
    const ex kinds[N_KINDS] = PART_LIMBS(kind);
    const ex real = air_kinds(N_KINDS, kinds);
    const ex a[4] = PART_LIMBS(a);
    const ex b[4] = PART_LIMBS(b);
    const ex imm[4] = {C(i0), C(ih), C(ih), C(ih)};
    const ex written[4] = {C(lt), air_k(0), air_k(0), air_k(0)};

    PART_STEP(real, part_plus(C(ip), 1));
    struct air_prog p = air_prog_zero();
    p.ip = C(ip);
    p.op = part_op(N_KINDS, kinds, codes);
    p.rd = C(rd);
    p.rs1 = C(rs1);
    p.rs2 = C(rs2);
    part_prog_c(&p, imm);
    air_prog_query(real, p);

    PART_REG_READ1(real, a);
    PART_REG_READ2(air_any(2, kinds), b);
    PART_REG_WRITE(real, written);

    const ex by_imm = air_any(2, kinds + 2);
    ex second[4];
    for (unsigned i = 0; i < 4; i++) {
        air_zero("an immediate form has no second register", air_mul(by_imm, C(b[i])));
        second[i] = air_add(b[i], imm[i]);
    }
    const struct compare c = COMPARE_COLUMNS(air_add(kinds[0], kinds[2]));
    (void)compare_constrain(real, &c, a, second);
}
#endif
