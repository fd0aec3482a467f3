/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * JALR: jump to (rs1 + imm) with bit 0 cleared; rd = pc + 4. Owns nothing.
 * Theory: docs/spec/chips.md section 9, docs/spec/machine.md section 4.
 */
#include "core/chips/parts.h"

/* clang-format off */
#define JALR_COLUMNS(ONE, VEC)                                          \
    PART_STATE(ONE, VEC)                                                \
    ONE(real, BIT, "1 on rows that execute a JALR")                     \
    PART_READ1(ONE, VEC)                                                \
    PART_WRITE(ONE, VEC)                                                \
    VEC(a, 4, FIELD, "base, limbs")                                     \
    ONE(i0, FIELD, "limb 0 of the immediate, from PROG")                \
    ONE(ih, FIELD, "limbs 1 to 3 of the immediate, from PROG")          \
    VEC(link, 4, FIELD, "pc + 4, limbs, from PROG")                     \
    ONE(q, U16, "target limb 0, floor(t0 / 4)")                         \
    ONE(b0, BIT, "bit 0 of the sum, which the jump clears")             \
    ONE(t1, U16, "target limb 1")
/* clang-format on */
AIR_ROW(jalr, JALR_COLUMNS)
AIR_COLS(jalr, JALR_COLUMNS)

void sc_jalr_fill(const struct sc_event *e, const struct sc_inst *in, struct jalr_row *r)
{
    const uint64_t target = e->a + (uint64_t)in->imm;

    PART_FILL_STATE(r, e);
    PART_FILL_READ1(r, e, in);
    PART_FILL_WRITE(r, e, in);
    r->real = 1;
    part_limbs(r->a, e->a);
    r->i0 = part_residue(in->x0);
    r->ih = in->x1;
    for (unsigned i = 0; i < 4; i++) {
        r->link[i] = in->c[i];
    }
    r->q = (uint32_t)(target & 0xffffu) >> 2;
    r->b0 = (uint32_t)target & 1u;
    r->t1 = (uint32_t)(target >> 16) & 0xffffu;
}

#ifdef SC_AIRGEN
#define ROW struct jalr_row

void sc_jalr_constrain(void)
{
    const ex kinds[] = {C(real)};
    const ex real = air_kinds(1, kinds);
    const ex a[4] = PART_LIMBS(a);
    const ex imm[4] = {C(i0), C(ih), C(ih), C(ih)};
    const ex link[4] = PART_LIMBS(link);
    const ex q4 = air_scale(C(q), 4);
    const ex target[4] = {air_add(q4, C(b0)), C(t1), air_k(0), air_k(0)};

    PART_STEP(real, air_add(C(q), air_scale(C(t1), 1 << 14)));
    struct air_prog p = air_prog_zero();
    p.ip = C(ip);
    p.op = air_scale(real, SC_OP(CLS_JALR, 0, 0, 0));
    p.rd = C(rd);
    p.rs1 = C(rs1);
    part_prog_c(&p, link);
    p.x0 = C(i0);
    p.x1 = C(ih);
    air_prog_query(real, p);

    PART_REG_READ1(real, a);
    PART_REG_WRITE(real, link);
    air_query(AIR_BUS_U16, real, 1, &q4);
    (void)air_add_limbs("rs1 + imm is a target below 2^32 with bit 1 clear, carries are bits", 4, a, imm, target);
}
#endif
