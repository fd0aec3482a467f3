/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * BEQ, BNE, BLT, BGE, BLTU, BGEU. Owns nothing.
 * Theory: docs/spec/chips.md sections 7 and 8.
 */
#include "core/chips/compare.h"

/* clang-format off */
#define BRANCH_COLUMNS(ONE, VEC)                                        \
    PART_STATE(ONE, VEC)                                                \
    VEC(kind, 6, BIT, "BEQ, BNE, BLT, BGE, BLTU, BGEU")                 \
    PART_READ1(ONE, VEC)                                                \
    PART_READ2(ONE, VEC)                                                \
    VEC(a, 4, FIELD, "first operand, limbs")                            \
    VEC(b, 4, FIELD, "second operand, limbs")                           \
    ONE(step, FIELD, "floor(imm / 4), from PROG")                       \
    ONE(mis, FIELD, "bit 1 of imm, from PROG")                          \
    ONE(next, FIELD, "next ip")                                         \
    PART_COMPARE(ONE, VEC)
/* clang-format on */
AIR_ROW(branch, BRANCH_COLUMNS)
AIR_COLS(branch, BRANCH_COLUMNS)

#define N_KINDS 6
enum { BEQ, BNE, BLT, BGE, BLTU, BGEU };
static const uint16_t codes[N_KINDS] = {
    SC_OP(CLS_BRANCH, 0, 0, 0), SC_OP(CLS_BRANCH, 0, 0, 1), SC_OP(CLS_BRANCH, 0, 0, 4),
    SC_OP(CLS_BRANCH, 0, 0, 5), SC_OP(CLS_BRANCH, 0, 0, 6), SC_OP(CLS_BRANCH, 0, 0, 7),
};

void sc_branch_fill(const struct sc_event *e, const struct sc_inst *in, struct branch_row *r)
{
    PART_FILL_STATE(r, e);
    PART_FILL_READ1(r, e, in);
    PART_FILL_READ2(r, e, in);
    part_kinds(r->kind, N_KINDS, codes, in->op);
    part_limbs(r->a, e->a);
    part_limbs(r->b, e->b);
    r->step = part_residue(in->x0);
    r->mis = in->x1;
    r->next = e->next_ip;
    COMPARE_FILL(r, e->a, e->b, r->kind[BLT] + r->kind[BGE] != 0);
}

#ifdef SC_AIRGEN
#define ROW struct branch_row

void sc_branch_constrain(void)
{
    const ex kinds[N_KINDS] = {C(kind[0]), C(kind[1]), C(kind[2]), C(kind[3]), C(kind[4]), C(kind[5])};
    const ex real = air_kinds(N_KINDS, kinds);
    const ex a[4] = PART_LIMBS(a);
    const ex b[4] = PART_LIMBS(b);

    PART_STEP(real, C(next));
    struct air_prog p = air_prog_zero();
    p.ip = C(ip);
    p.op = part_op(N_KINDS, kinds, codes);
    p.rs1 = C(rs1);
    p.rs2 = C(rs2);
    p.x0 = C(step);
    p.x1 = C(mis);
    air_prog_query(real, p);
    PART_REG_READ1(real, a);
    PART_REG_READ2(real, b);

    const struct compare c = COMPARE_COLUMNS(air_add(kinds[BLT], kinds[BGE]));
    const ex ne = compare_constrain(real, &c, a, b);
    const ex one = air_k(1);
    const ex on_eq = air_mul(kinds[BEQ], air_sub(one, ne));
    const ex on_ne = air_mul(kinds[BNE], ne);
    const ex on_lt = air_mul(air_add(kinds[BLT], kinds[BLTU]), c.lt);
    const ex on_ge = air_mul(air_add(kinds[BGE], kinds[BGEU]), air_sub(one, c.lt));
    const ex taken = air_add(air_add(on_eq, on_ne), air_add(on_lt, on_ge));

    air_zero("a taken branch has an aligned target", air_mul(taken, C(mis)));
    air_zero("next ip is ip + 1, or ip + step when taken",
             air_sub(air_sub(C(next), air_add(C(ip), real)), air_mul(taken, air_sub(C(step), one))));
}
#endif
