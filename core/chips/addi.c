/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * ADDI (and FENCE, which decodes to addi x0, x0, 0): rd = rs1 + imm mod 2^64. Owns nothing.
 * Theory: docs/spec/chips.md section 2.
 */
#include "core/chips/parts.h"

/* clang-format off */
#define ADDI_COLUMNS(ONE, VEC)                                  \
    PART_STATE(ONE, VEC)                                        \
    ONE(real, BIT, "1 on rows that execute an ADDI")            \
    PART_READ1(ONE, VEC)                                        \
    PART_WRITE(ONE, VEC)                                        \
    VEC(a, 4, FIELD, "operand, limbs")                          \
    ONE(i0, FIELD, "limb 0 of the immediate, from PROG")        \
    ONE(ih, FIELD, "limbs 1 to 3 of the immediate, from PROG")  \
    VEC(c, 4, U16, "sum, limbs")
/* clang-format on */
AIR_ROW(addi, ADDI_COLUMNS)
AIR_COLS(addi, ADDI_COLUMNS)

void sc_addi_fill(const struct sc_event *e, const struct sc_inst *in, struct addi_row *r)
{
    PART_FILL_STATE(r, e);
    PART_FILL_READ1(r, e, in);
    PART_FILL_WRITE(r, e, in);
    r->real = 1;
    part_limbs(r->a, e->a);
    r->i0 = in->c[0];
    r->ih = in->c[1];
    part_limbs(r->c, e->val);
}

#ifdef SC_AIRGEN
#define ROW struct addi_row

void sc_addi_constrain(void)
{
    const ex kinds[] = {C(real)};
    const ex real = air_kinds(1, kinds);
    const ex a[4] = PART_LIMBS(a);
    const ex imm[4] = {C(i0), C(ih), C(ih), C(ih)};
    const ex c[4] = PART_LIMBS(c);

    PART_STEP(real, part_plus(C(ip), 1));
    struct air_prog p = air_prog_zero();
    p.ip = C(ip);
    p.op = air_scale(real, SC_OP(CLS_OPIMM, 0, 0, 0));
    p.rd = C(rd);
    p.rs1 = C(rs1);
    part_prog_c(&p, imm);
    air_prog_query(real, p);

    PART_REG_READ1(real, a);
    PART_REG_WRITE(real, c);
    (void)air_add_limbs("limbs of rs1 + imm are limbs of rd, carries are bits", 4, a, imm, c);
}
#endif
