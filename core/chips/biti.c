/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * ANDI, ORI, XORI. Limb 0 goes byte by byte through the BOP table; the limbs above meet an immediate that is all zeros or all ones.
 * Owns nothing. Theory: docs/spec/chips.md section 5.
 */
#include "core/chips/parts.h"

/* clang-format off */
#define BITI_COLUMNS(ONE, VEC)                                              \
    PART_STATE(ONE, VEC)                                                    \
    VEC(kind, 3, BIT, "ANDI, ORI, XORI")                                    \
    PART_READ1(ONE, VEC)                                                    \
    PART_WRITE(ONE, VEC)                                                    \
    VEC(a0, 2, FIELD, "operand, bytes of limb 0, by BOP")                   \
    VEC(a, 3, FIELD, "operand, limbs 1 to 3")                               \
    VEC(b, 2, FIELD, "immediate, bytes of limb 0, by BOP")                  \
    ONE(ih, FIELD, "limbs 1 to 3 of the immediate, 0 or 65535, from PROG")  \
    VEC(z0, 2, FIELD, "result, bytes of limb 0, by BOP")                    \
    VEC(z, 3, FIELD, "result, limbs 1 to 3")
/* clang-format on */
AIR_ROW(biti, BITI_COLUMNS)
AIR_COLS(biti, BITI_COLUMNS)

#define N_KINDS 3
enum { ANDI, ORI, XORI };
static const uint16_t codes[N_KINDS] = {SC_OP(CLS_OPIMM, 0, 0, 7), SC_OP(CLS_OPIMM, 0, 0, 6), SC_OP(CLS_OPIMM, 0, 0, 4)};

/** Bytes of limb 0, and the limbs above. */
static void put(uint32_t bytes[2], uint32_t limbs[3], uint64_t v)
{
    for (unsigned i = 0; i < 2; i++) {
        bytes[i] = (uint32_t)(v >> (8 * i)) & 0xffu;
    }
    for (unsigned i = 0; i < 3; i++) {
        limbs[i] = (uint32_t)(v >> (16 * (i + 1))) & 0xffffu;
    }
}

void sc_biti_fill(const struct sc_event *e, const struct sc_inst *in, struct biti_row *r)
{
    PART_FILL_STATE(r, e);
    PART_FILL_READ1(r, e, in);
    PART_FILL_WRITE(r, e, in);
    part_kinds(r->kind, N_KINDS, codes, in->op);
    put(r->a0, r->a, e->a);
    r->b[0] = in->c[0] & 0xffu;
    r->b[1] = in->c[0] >> 8;
    r->ih = in->c[1];
    put(r->z0, r->z, e->val);
}

#ifdef SC_AIRGEN
#define ROW struct biti_row

/* With s = 1 the immediate is all ones: a and 1 = a, a or 1 = 1, a xor 1 = 1 - a, bit by bit. With s = 0: 0, a, a. */
static void upper_limbs(const ex kinds[N_KINDS])
{
    const ex s = air_div(C(ih), 65535);
    for (unsigned i = 0; i < 3; i++) {
        const ex kept = air_mul(air_add(kinds[ORI], kinds[XORI]), C(a[i]));
        const ex by_or = air_mul(kinds[ORI], air_sub(air_k(65535), C(a[i])));
        const ex by_xor = air_mul(kinds[XORI], air_sub(air_k(65535), air_scale(C(a[i]), 2)));
        const ex by_ones = air_add(air_mul(kinds[ANDI], C(a[i])), air_add(by_or, by_xor));
        air_zero("upper limbs meet an immediate of equal bits", air_sub(air_add(kept, air_mul(s, by_ones)), C(z[i])));
    }
}

void sc_biti_constrain(void)
{
    const ex kinds[N_KINDS] = {C(kind[ANDI]), C(kind[ORI]), C(kind[XORI])};
    const ex real = air_kinds(N_KINDS, kinds);
    const ex a[4] = {part_pair(C(a0[0]), C(a0[1])), C(a[0]), C(a[1]), C(a[2])};
    const ex imm[4] = {part_pair(C(b[0]), C(b[1])), C(ih), C(ih), C(ih)};
    const ex z[4] = {part_pair(C(z0[0]), C(z0[1])), C(z[0]), C(z[1]), C(z[2])};

    PART_STEP(real, part_plus(C(ip), 1));
    struct air_prog p = air_prog_zero();
    p.ip = C(ip);
    p.op = part_op(N_KINDS, kinds, codes);
    p.rd = C(rd);
    p.rs1 = C(rs1);
    part_prog_c(&p, imm);
    air_prog_query(real, p);

    PART_REG_READ1(real, a);
    PART_REG_WRITE(real, z);
    /* f is 1 and, 2 or, 3 xor */
    const ex f = air_add(kinds[ANDI], air_add(air_scale(kinds[ORI], 2), air_scale(kinds[XORI], 3)));
    for (unsigned i = 0; i < 2; i++) {
        const ex slots[] = {f, C(a0[i]), C(b[i]), C(z0[i])};
        air_query(AIR_BUS_BOP, real, 4, slots);
    }
    upper_limbs(kinds);
}
#endif
