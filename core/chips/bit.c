/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * AND, OR, XOR, ANDI, ORI, XORI: byte by byte, through the BOP table. Owns nothing.
 * Theory: docs/spec/chips.md section 5.
 */
#include "core/chips/parts.h"

/* clang-format off */
#define BIT_COLUMNS(ONE, VEC)                                               \
    PART_STATE(ONE, VEC)                                                    \
    VEC(kind, 6, BIT, "AND, OR, XOR, ANDI, ORI, XORI")                      \
    PART_READ1(ONE, VEC)                                                    \
    PART_READ2(ONE, VEC)                                                    \
    PART_WRITE(ONE, VEC)                                                    \
    VEC(a, 8, FIELD, "first operand, bytes by BOP")                         \
    VEC(b, 8, FIELD, "second operand or immediate, bytes by BOP")           \
    ONE(i0, FIELD, "limb 0 of the immediate, from PROG")                    \
    ONE(ih, FIELD, "limbs 1 to 3 of the immediate, from PROG")              \
    VEC(z, 8, FIELD, "result, bytes by BOP")
/* clang-format on */
AIR_ROW(bit, BIT_COLUMNS)
AIR_COLS(bit, BIT_COLUMNS)

#define N_KINDS 6
static const uint16_t codes[N_KINDS] = {
    SC_OP(CLS_OP, 0, 0, 7),    SC_OP(CLS_OP, 0, 0, 6),    SC_OP(CLS_OP, 0, 0, 4),
    SC_OP(CLS_OPIMM, 0, 0, 7), SC_OP(CLS_OPIMM, 0, 0, 6), SC_OP(CLS_OPIMM, 0, 0, 4),
};

void sc_bit_fill(const struct sc_event *e, const struct sc_inst *in, struct bit_row *r)
{
    PART_FILL_STATE(r, e);
    PART_FILL_READ1(r, e, in);
    PART_FILL_WRITE(r, e, in);
    part_kinds(r->kind, N_KINDS, codes, in->op);
    part_bytes(r->a, e->a);
    r->i0 = in->c[0];
    r->ih = in->c[1];
    if (SC_OP_CLASS(in->op) == CLS_OP) {
        PART_FILL_READ2(r, e, in);
        part_bytes(r->b, e->b);
    } else {
        part_bytes(r->b, (uint64_t)in->imm);
    }
    part_bytes(r->z, e->val);
}

#ifdef SC_AIRGEN
#define ROW struct bit_row

void sc_bit_constrain(void)
{
    const ex kinds[N_KINDS] = {C(kind[0]), C(kind[1]), C(kind[2]), C(kind[3]), C(kind[4]), C(kind[5])};
    const ex real = air_kinds(N_KINDS, kinds);
    const ex by_imm = air_any(3, kinds + 3);
    const ex a[4] = PART_BYTE_LIMBS(a);
    const ex b[4] = PART_BYTE_LIMBS(b);
    const ex z[4] = PART_BYTE_LIMBS(z);
    const ex imm[4] = {C(i0), C(ih), C(ih), C(ih)};

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
    PART_REG_READ2(air_any(3, kinds), b);
    PART_REG_WRITE(real, z);
    for (unsigned i = 0; i < 4; i++) {
        air_zero("the second operand is the immediate", air_mul(by_imm, air_sub(b[i], imm[i])));
    }
    /* f is 1 and, 2 or, 3 xor */
    const ex f = air_add(air_add(air_add(kinds[0], kinds[3]), air_scale(air_add(kinds[1], kinds[4]), 2)),
                         air_scale(air_add(kinds[2], kinds[5]), 3));
    for (unsigned i = 0; i < 8; i++) {
        const ex slots[] = {f, C(a[i]), C(b[i]), C(z[i])};
        air_query(AIR_BUS_BOP, real, 4, slots);
    }
}
#endif
