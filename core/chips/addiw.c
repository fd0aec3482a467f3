/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * ADDIW: 32-bit sum with an immediate, sign-extended. Owns nothing.
 * Theory: docs/spec/chips.md section 4.
 */
#include "core/chips/parts.h"

/* clang-format off */
#define ADDIW_COLUMNS(ONE, VEC)                                 \
    PART_STATE(ONE, VEC)                                        \
    ONE(real, BIT, "1 on rows that execute an ADDIW")           \
    PART_READ1(ONE, VEC)                                        \
    PART_WRITE(ONE, VEC)                                        \
    VEC(x, 4, FIELD, "operand, limbs")                          \
    ONE(i0, FIELD, "limb 0 of the immediate, from PROG")        \
    ONE(ih, FIELD, "limbs 1 to 3 of the immediate, from PROG")  \
    ONE(z0, U16, "result, limb 0")                              \
    ONE(z1, FIELD, "result, limb 1")                            \
    ONE(sg, BIT, "sign of the result: top bit of z1")
/* clang-format on */
AIR_ROW(addiw, ADDIW_COLUMNS)
AIR_COLS(addiw, ADDIW_COLUMNS)

void sc_addiw_fill(const struct sc_event *e, const struct sc_inst *in, struct addiw_row *r)
{
    PART_FILL_STATE(r, e);
    PART_FILL_READ1(r, e, in);
    PART_FILL_WRITE(r, e, in);
    r->real = 1;
    part_limbs(r->x, e->a);
    r->i0 = in->c[0];
    r->ih = in->c[1];
    r->z0 = (uint32_t)e->val & 0xffffu;
    r->z1 = (uint32_t)(e->val >> 16) & 0xffffu;
    r->sg = r->z1 >> 15;
}

#ifdef SC_AIRGEN
#define ROW struct addiw_row

void sc_addiw_constrain(void)
{
    const ex kinds[] = {C(real)};
    const ex real = air_kinds(1, kinds);
    const ex x[4] = PART_LIMBS(x);
    const ex imm[4] = {C(i0), C(ih), C(ih), C(ih)};
    const ex high = air_scale(C(sg), 65535);
    const ex z[4] = {C(z0), C(z1), high, high};

    PART_STEP(real, part_plus(C(ip), 1));
    struct air_prog p = air_prog_zero();
    p.ip = C(ip);
    p.op = air_scale(real, SC_OP(CLS_OPIMM32, 0, 0, 0));
    p.rd = C(rd);
    p.rs1 = C(rs1);
    part_prog_c(&p, imm);
    air_prog_query(real, p);

    PART_REG_READ1(real, x);
    PART_REG_WRITE(real, z);
    (void)air_add_limbs("the low limbs of rs1 + imm are those of the result, carries are bits", 2, x, imm, z);
    part_top_bit(real, C(z1), C(sg));
}
#endif
