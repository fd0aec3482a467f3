/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * ADDW, SUBW: 32-bit sum or difference, sign-extended. Owns nothing.
 * Theory: docs/spec/chips.md section 4.
 */
#include "core/chips/parts.h"

/* clang-format off */
#define ADDW_COLUMNS(ONE, VEC)                                          \
    PART_STATE(ONE, VEC)                                                \
    ONE(addw, BIT, "kind")                                              \
    ONE(subw, BIT, "kind")                                              \
    PART_READ1(ONE, VEC)                                                \
    PART_READ2(ONE, VEC)                                                \
    PART_WRITE(ONE, VEC)                                                \
    VEC(x, 4, FIELD, "first operand, limbs")                            \
    VEC(y, 4, FIELD, "second operand, limbs")                           \
    VEC(k, 2, BIT, "carries, borrows for SUBW")                         \
    ONE(z0, U16, "result, limb 0")                                      \
    ONE(z1, FIELD, "result, limb 1")                                    \
    ONE(sg, BIT, "sign of the result: top bit of z1")
/* clang-format on */
AIR_ROW(addw, ADDW_COLUMNS)
AIR_COLS(addw, ADDW_COLUMNS)

#define OP_ADDW SC_OP(CLS_OP32, 0, 0, 0)
#define OP_SUBW SC_OP(CLS_OP32, 0, 1, 0)

void sc_addw_fill(const struct sc_event *e, const struct sc_inst *in, struct addw_row *r)
{
    PART_FILL_STATE(r, e);
    PART_FILL_READ1(r, e, in);
    PART_FILL_READ2(r, e, in);
    PART_FILL_WRITE(r, e, in);
    part_limbs(r->x, e->a);
    r->addw = in->op == OP_ADDW;
    r->subw = in->op == OP_SUBW;
    part_limbs(r->y, e->b);
    if (r->subw) {
        r->k[0] = r->x[0] < r->y[0];
        r->k[1] = r->x[1] < r->y[1] + r->k[0];
    } else {
        r->k[0] = (r->x[0] + r->y[0]) >> 16;
        r->k[1] = (r->x[1] + r->y[1] + r->k[0]) >> 16;
    }
    r->z0 = (uint32_t)e->val & 0xffffu;
    r->z1 = (uint32_t)(e->val >> 16) & 0xffffu;
    r->sg = r->z1 >> 15;
}

#ifdef SC_AIRGEN
#define ROW struct addw_row

/* x_i - z_i + (1 - 2 subw) (y_i + k_{i-1} - 2^16 k_i) = 0 */
static void addw_limbs(void)
{
    const ex sign = air_sub(air_k(1), air_scale(C(subw), 2));
    const ex z[2] = {C(z0), C(z1)};
    ex carry = air_k(0);

    for (unsigned i = 0; i < 2; i++) {
        const ex y = air_add(C(y[i]), air_sub(carry, air_scale(C(k[i]), 65536)));
        air_zero("limbs of x + y or x - y are limbs of the result",
                 air_add(air_sub(C(x[i]), z[i]), air_mul(sign, y)));
        carry = C(k[i]);
    }
}

void sc_addw_constrain(void)
{
    const ex kinds[] = {C(addw), C(subw)};
    const uint16_t codes[] = {OP_ADDW, OP_SUBW};
    const ex real = air_kinds(2, kinds);
    const ex x[4] = PART_LIMBS(x);
    const ex y[4] = PART_LIMBS(y);
    const ex high = air_scale(C(sg), 65535);
    const ex written[4] = {C(z0), C(z1), high, high};

    PART_STEP(real, part_plus(C(ip), 1));
    struct air_prog p = air_prog_zero();
    p.ip = C(ip);
    p.op = part_op(2, kinds, codes);
    p.rd = C(rd);
    p.rs1 = C(rs1);
    p.rs2 = C(rs2);
    air_prog_query(real, p);

    PART_REG_READ1(real, x);
    PART_REG_READ2(real, y);
    PART_REG_WRITE(real, written);
    addw_limbs();
    part_top_bit(real, C(z1), C(sg));
}
#endif
