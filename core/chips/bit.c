/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * AND, OR, XOR: byte by byte, through the BOP table. Owns nothing.
 * Theory: docs/spec/chips.md section 5.
 */
#include "core/chips/parts.h"

/* clang-format off */
#define BIT_COLUMNS(ONE, VEC)                                               \
    PART_STATE(ONE, VEC)                                                    \
    VEC(kind, 3, BIT, "AND, OR, XOR")                                       \
    PART_READ1(ONE, VEC)                                                    \
    PART_READ2(ONE, VEC)                                                    \
    PART_WRITE(ONE, VEC)                                                    \
    VEC(a, 8, FIELD, "first operand, bytes by BOP")                         \
    VEC(b, 8, FIELD, "second operand, bytes by BOP")                        \
    VEC(z, 8, FIELD, "result, bytes by BOP")
/* clang-format on */
AIR_ROW(bit, BIT_COLUMNS)
AIR_COLS(bit, BIT_COLUMNS)

#define N_KINDS 3
static const uint16_t codes[N_KINDS] = {SC_OP(CLS_OP, 0, 0, 7), SC_OP(CLS_OP, 0, 0, 6), SC_OP(CLS_OP, 0, 0, 4)};

void sc_bit_fill(const struct sc_event *e, const struct sc_inst *in, struct bit_row *r)
{
    PART_FILL_STATE(r, e);
    PART_FILL_READ1(r, e, in);
    PART_FILL_READ2(r, e, in);
    PART_FILL_WRITE(r, e, in);
    part_kinds(r->kind, N_KINDS, codes, in->op);
    part_bytes(r->a, e->a);
    part_bytes(r->b, e->b);
    part_bytes(r->z, e->val);
}

#ifdef SC_AIRGEN
#define ROW struct bit_row

void sc_bit_constrain(void)
{
    const ex kinds[N_KINDS] = {C(kind[0]), C(kind[1]), C(kind[2])};
    const ex real = air_kinds(N_KINDS, kinds);
    const ex a[4] = PART_BYTE_LIMBS(a);
    const ex b[4] = PART_BYTE_LIMBS(b);
    const ex z[4] = PART_BYTE_LIMBS(z);

    PART_STEP(real, part_plus(C(ip), 1));
    struct air_prog p = air_prog_zero();
    p.ip = C(ip);
    p.op = part_op(N_KINDS, kinds, codes);
    p.rd = C(rd);
    p.rs1 = C(rs1);
    p.rs2 = C(rs2);
    air_prog_query(real, p);

    PART_REG_READ1(real, a);
    PART_REG_READ2(real, b);
    PART_REG_WRITE(real, z);
    /* f is 1 and, 2 or, 3 xor */
    const ex f = air_add(kinds[0], air_add(air_scale(kinds[1], 2), air_scale(kinds[2], 3)));
    for (unsigned i = 0; i < 8; i++) {
        const ex slots[] = {f, C(a[i]), C(b[i]), C(z[i])};
        air_query(AIR_BUS_BOP, real, 4, slots);
    }
}
#endif
