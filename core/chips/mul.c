/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * MUL, MULH, MULHU, MULHSU, MULW, and the product rows that DIV calls: 8 x 8 bytes to 8 limbs of 16 bits.
 * Owns nothing. Theory: docs/spec/chips.md section 10.
 */
#include "core/chips/parts.h"

/* clang-format off */
#define MUL_COLUMNS(ONE, VEC)                                                       \
    PART_STATE(ONE, VEC)                                                            \
    VEC(kind, 6, BIT, "MUL, MULH, MULHU, MULHSU, MULW, called by DIV")              \
    PART_READ1(ONE, VEC)                                                            \
    PART_READ2(ONE, VEC)                                                            \
    PART_WRITE(ONE, VEC)                                                            \
    VEC(x, 8, BYTE, "first factor, bytes")                                          \
    VEC(y, 8, BYTE, "second factor, bytes")                                         \
    VEC(r, 8, U16, "limbs of the unsigned product")                                 \
    VEC(u, 7, FIELD, "carry out of limb l is u + 16 v; bytes by a pair lookup")     \
    VEC(v, 7, FIELD, "see u")                                                       \
    ONE(nx, BIT, "top bit of x")                                                    \
    ONE(ny, BIT, "top bit of y")                                                    \
    VEC(bo, 4, FIELD, "MULH, MULHSU: borrow out of limb i of the upper half, 0, 1 or 2") \
    ONE(sg, BIT, "MULW: top bit of r[1]")                                           \
    VEC(z, 4, U16, "value written, limbs")
/* clang-format on */
AIR_ROW(mul, MUL_COLUMNS)
AIR_COLS(mul, MUL_COLUMNS)

#define N_KINDS 6
enum { MUL, MULH, MULHU, MULHSU, MULW, CALLED };
static const uint16_t codes[N_KINDS] = {
    SC_OP(CLS_OP, 1, 0, 0), SC_OP(CLS_OP, 1, 0, 1),   SC_OP(CLS_OP, 1, 0, 3),
    SC_OP(CLS_OP, 1, 0, 2), SC_OP(CLS_OP32, 1, 0, 0), 0,
};

static void fill_product(struct mul_row *r, uint64_t x, uint64_t y)
{
    part_bytes(r->x, x);
    part_bytes(r->y, y);
    r->nx = (uint32_t)(x >> 63);
    r->ny = (uint32_t)(y >> 63);
    uint32_t sum[8] = {0}; /* below 2^27, see docs/spec/chips.md */
    for (unsigned i = 0; i < 8; i++) {
        for (unsigned j = 0; j < 8; j++) {
            sum[(i + j) >> 1] += r->x[i] * r->y[j] << (8 * ((i + j) & 1));
        }
    }
    uint32_t carry = 0;
    for (unsigned l = 0; l < 8; l++) {
        const uint32_t s = sum[l] + carry;
        r->r[l] = s & 0xffffu;
        carry = s >> 16;
        if (l < 7) {
            r->u[l] = carry & 15u;
            r->v[l] = carry >> 4;
        }
    }
}

/* Borrows of upper half - (nx y if x is signed) - (ny x if y is signed). */
static void fill_borrows(struct mul_row *r, uint64_t x, uint64_t y, bool x_signed, bool y_signed)
{
    uint32_t from_x[4], from_y[4];
    part_limbs(from_y, x_signed && r->nx ? y : 0);
    part_limbs(from_x, y_signed && r->ny ? x : 0);
    uint32_t borrow = 0;
    for (unsigned i = 0; i < 4; i++) {
        const uint32_t take = from_x[i] + from_y[i] + borrow;
        borrow = take > r->r[4 + i] ? (take - r->r[4 + i] + 0xffffu) >> 16 : 0;
        r->bo[i] = borrow;
    }
}

void sc_mul_fill(const struct sc_event *e, const struct sc_inst *in, struct mul_row *r)
{
    PART_FILL_STATE(r, e);
    PART_FILL_READ1(r, e, in);
    PART_FILL_READ2(r, e, in);
    PART_FILL_WRITE(r, e, in);
    part_kinds(r->kind, CALLED, codes, in->op);
    fill_product(r, e->a, e->b);
    fill_borrows(r, e->a, e->b, r->kind[MULH] + r->kind[MULHSU] != 0, r->kind[MULH] != 0);
    r->sg = r->kind[MULW] ? r->r[1] >> 15 : 0;
    part_limbs(r->z, e->val);
}

void sc_mul_fill_called(uint64_t q, uint64_t d, struct mul_row *r)
{
    r->kind[CALLED] = 1;
    fill_product(r, q, d);
}

#ifdef SC_AIRGEN
#define ROW struct mul_row

/* Limbs of the product of the byte vectors x and y, with the bounds of docs/spec/chips.md. */
static void mul_product(ex real)
{
    ex carry = air_k(0);
    for (unsigned l = 0; l < 8; l++) {
        ex even = carry, odd = air_k(0);
        for (unsigned i = 0; i < 8; i++) {
            for (unsigned j = 0; j < 8; j++) {
                if (i + j == 2 * l) {
                    even = air_add(even, air_mul(C(x[i]), C(y[j])));
                } else if (i + j == 2 * l + 1) {
                    odd = air_add(odd, air_mul(C(x[i]), C(y[j])));
                }
            }
        }
        carry = air_k(0);
        if (l < 7) {
            const ex uv[] = {C(u[l]), C(v[l])};
            air_query(AIR_BUS_B2, real, 2, uv);
            carry = air_add(C(u[l]), air_scale(C(v[l]), 16));
        }
        air_zero("limbs of x times y", air_sub(air_sub(part_pair(even, odd), C(r[l])), air_scale(carry, 65536)));
    }
}

/* The value written, by kind. */
static void mul_result(const ex *k, const ex x[4], const ex y[4])
{
    const ex x_signed = air_add(k[MULH], k[MULHSU]);
    const ex upper = air_add(x_signed, k[MULHU]);
    const ex minus_y = air_mul(x_signed, C(nx));
    const ex minus_x = air_mul(k[MULH], C(ny));
    ex borrow = air_k(0);
    for (unsigned i = 0; i < 4; i++) {
        const ex low = i < 2 ? air_mul(air_add(k[MUL], k[MULW]), C(r[i]))
                             : air_add(air_mul(k[MUL], C(r[i])), air_scale(air_mul(k[MULW], C(sg)), 65535));
        const ex up = air_mul(upper, air_sub(air_add(C(r[4 + i]), air_scale(C(bo[i]), 65536)), borrow));
        const ex minus = air_add(air_mul(minus_y, y[i]), air_mul(minus_x, x[i]));
        air_zero("the value written is the half that the kind asks for", air_sub(air_sub(air_add(low, up), minus), C(z[i])));
        air_zero("a borrow is 0, 1 or 2",
                 air_mul(air_mul(C(bo[i]), part_plus(C(bo[i]), -1)), part_plus(C(bo[i]), -2)));
        borrow = C(bo[i]);
    }
    const ex signs[] = {air_scale(air_sub(C(x[7]), air_scale(C(nx), 128)), 2),
                        air_scale(air_sub(C(y[7]), air_scale(C(ny), 128)), 2)};
    air_query(AIR_BUS_B2, air_any(N_KINDS, k), 2, signs);
    part_top_bit(k[MULW], C(r[1]), C(sg));
}

void sc_mul_constrain(void)
{
    const ex kinds[N_KINDS] = {C(kind[0]), C(kind[1]), C(kind[2]), C(kind[3]), C(kind[4]), C(kind[5])};
    const ex real = air_kinds(N_KINDS, kinds);
    const ex instr = air_any(CALLED, kinds);
    const ex x[4] = PART_BYTE_LIMBS(x);
    const ex y[4] = PART_BYTE_LIMBS(y);
    const ex z[4] = PART_LIMBS(z);

    PART_STEP(instr, part_plus(C(ip), 1));
    struct air_prog p = air_prog_zero();
    p.ip = C(ip);
    p.op = part_op(CALLED, kinds, codes);
    p.rd = C(rd);
    p.rs1 = C(rs1);
    p.rs2 = C(rs2);
    air_prog_query(instr, p);
    PART_REG_READ1(instr, x);
    PART_REG_READ2(instr, y);
    PART_REG_WRITE(instr, z);

    mul_product(real);
    mul_result(kinds, x, y);
    for (unsigned i = 4; i < 8; i++) {
        air_zero("a called product is below 2^64", air_mul(kinds[CALLED], C(r[i])));
    }
    const ex call[] = {x[0], x[1], x[2], x[3], y[0], y[1], y[2], y[3], C(r[0]), C(r[1]), C(r[2]), C(r[3])};
    air_recv(AIR_BUS_MCALL, kinds[CALLED], 12, call);
}
#endif
