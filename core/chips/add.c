/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * ADD: rd = rs1 + rs2 mod 2^64. One row per instruction. Owns nothing.
 * Theory: docs/spec/chips.md section 2.
 */
#include "core/chips/parts.h"

/* clang-format off */
#define ADD_COLUMNS(ONE, VEC)                                   \
    PART_STATE(ONE, VEC)                                        \
    ONE(real, BIT, "1 on rows that execute an ADD")             \
    PART_READ1(ONE, VEC)                                        \
    PART_READ2(ONE, VEC)                                        \
    PART_WRITE(ONE, VEC)                                        \
    VEC(a, 4, FIELD, "first operand, limbs")                    \
    VEC(b, 4, FIELD, "second operand, limbs")                   \
    VEC(c, 4, U16, "sum, limbs")
/* clang-format on */
AIR_ROW(add, ADD_COLUMNS)
AIR_COLS(add, ADD_COLUMNS)

void sc_add_fill(const struct sc_event *e, const struct sc_inst *in, struct add_row *r)
{
    PART_FILL_STATE(r, e);
    PART_FILL_READ1(r, e, in);
    PART_FILL_READ2(r, e, in);
    PART_FILL_WRITE(r, e, in);
    r->real = 1;
    part_limbs(r->a, e->a);
    part_limbs(r->b, e->b);
    part_limbs(r->c, e->val);
}

#ifdef SC_AIRGEN
#define ROW struct add_row

void sc_add_constrain(void)
{
    const ex kinds[] = {C(real)};
    const ex real = air_kinds(1, kinds);
    const ex a[4] = PART_LIMBS(a);
    const ex b[4] = PART_LIMBS(b);
    const ex c[4] = PART_LIMBS(c);

    PART_STEP(real, part_plus(C(ip), 1));
    struct air_prog p = air_prog_zero();
    p.ip = C(ip);
    p.op = air_scale(real, SC_OP(CLS_OP, 0, 0, 0));
    p.rd = C(rd);
    p.rs1 = C(rs1);
    p.rs2 = C(rs2);
    air_prog_query(real, p);

    PART_REG_READ1(real, a);
    PART_REG_READ2(real, b);
    PART_REG_WRITE(real, c);
    (void)air_add_limbs("limbs of rs1 + rs2 are limbs of rd, carries are bits", 4, a, b, c);
}
#endif
