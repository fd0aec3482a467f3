/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * LUI, AUIPC, JAL: rd = a constant that Decode computed, and a jump by a constant. Owns nothing.
 * Theory: docs/spec/chips.md section 3.
 */
#include "core/chips/parts.h"

/* clang-format off */
#define KONST_COLUMNS(ONE, VEC)                                 \
    PART_STATE(ONE, VEC)                                        \
    ONE(real, BIT, "1 on rows that execute LUI, AUIPC or JAL")  \
    PART_WRITE(ONE, VEC)                                        \
    VEC(c, 4, FIELD, "value written, from PROG")                \
    ONE(step, FIELD, "next ip - ip, from PROG")
/* clang-format on */
AIR_ROW(konst, KONST_COLUMNS)
AIR_COLS(konst, KONST_COLUMNS)

void sc_konst_fill(const struct sc_event *e, const struct sc_inst *in, struct konst_row *r)
{
    PART_FILL_STATE(r, e);
    PART_FILL_WRITE(r, e, in);
    r->real = 1;
    for (unsigned i = 0; i < 4; i++) {
        r->c[i] = in->c[i];
    }
    r->step = part_residue(in->x0);
}

#ifdef SC_AIRGEN
#define ROW struct konst_row

void sc_konst_constrain(void)
{
    const ex kinds[] = {C(real)};
    const ex real = air_kinds(1, kinds);
    const ex c[4] = PART_LIMBS(c);

    PART_STEP(real, air_add(C(ip), C(step)));
    struct air_prog p = air_prog_zero();
    p.ip = C(ip);
    p.op = air_scale(real, SC_OP(CLS_CONST, 0, 0, 0));
    p.rd = C(rd);
    part_prog_c(&p, c);
    p.x0 = C(step);
    air_prog_query(real, p);
    PART_REG_WRITE(real, c);
}
#endif
