/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * LB LH LW LBU LHU LWU inside one word: the bytes at the offset, extended.
 * Owns nothing. Theory: docs/spec/chips.md section 14.
 */
#include "core/chips/access.h"

/* clang-format off */
#define LOADS_COLUMNS(ONE, VEC)                              \
    VEC(kind, 6, BIT, "LB LH LW LBU LHU LWU, one-hot")       \
    ACCESS_COLUMNS(ONE, VEC)                                 \
    TARGET_COLUMNS(ONE, VEC)                                 \
    WORD_COLUMNS(ONE, VEC)                                   \
    ONE(ro, BIT, "the word is read-only")                    \
    ONE(rx, BIT, "the word is executable")                   \
    VEC(w, 8, BYTE, "the word, bytes")                       \
    VEC(at, 8, BIT, "offset in the word, one-hot")           \
    ONE(sg, BIT, "sign of a signed load")                    \
    ONE(tb, FIELD, "top byte of a signed load without its sign bit") \
    VEC(z, 2, FIELD, "result, limbs 0 and 1")
/* clang-format on */
AIR_ROW(loads, LOADS_COLUMNS)
AIR_COLS(loads, LOADS_COLUMNS)
#define ROW struct loads_row

enum { K_B, K_H, K_W, K_BU, K_HU, K_WU, K_N };
static const uint8_t kind_f3[K_N] = {0, 1, 2, 4, 5, 6};

void sc_loads_fill(const struct sc_event *e, const struct sc_inst *in, struct loads_row *r)
{
    const unsigned f3 = SC_OP_F3(in->op), size = 1u << (f3 & 3), o = (unsigned)(e->addr & 7);
    const unsigned top = (unsigned)(e->m_old[0] >> (8 * (o + size - 1))) & 0xffu;
    for (unsigned k = 0; k < K_N; k++) {
        r->kind[k] = kind_f3[k] == f3;
    }
    FILL_ACCESS(r, e, in);
    FILL_TARGET(r, e, in);
    FILL_WORD(r, e);
    r->ro = e->space[0] == SPACE_RO;
    r->rx = e->space[0] == SPACE_RX;
    split(8, 8, r->w, e->m_old[0]);
    for (unsigned i = 0; i < 8; i++) {
        r->at[i] = i == o;
    }
    r->sg = f3 < 4 ? top >> 7 : 0;
    r->tb = f3 < 4 ? top & 0x7fu : 0;
    split(2, 16, r->z, e->val);
}

#ifdef SC_AIRGEN
/** The bytes chosen, the sign, the result. */
static void constrain_result(const ex *kind, const ex byte[4], const ex *z)
{
    const ex b = air_add(kind[K_B], kind[K_BU]), h = air_add(kind[K_H], kind[K_HU]), w = air_add(kind[K_W], kind[K_WU]);
    const ex sg = C(sg), ones = air_scale(sg, 0xffff);
    const ex top[] = {air_mul(kind[K_B], byte[0]), air_mul(kind[K_H], byte[1]), air_mul(kind[K_W], byte[3])};
    const ex seven[] = {air_scale(C(tb), 2), air_k(0)};
    const ex is_signed[] = {kind[K_B], kind[K_H], kind[K_W]}, is_unsigned[] = {kind[K_BU], kind[K_HU], kind[K_WU]};

    air_zero("sign is bit 7 of the top byte", air_sub(air_sub(air_sum(3, top), air_scale(sg, 128)), C(tb)));
    air_query(AIR_BUS_B2, air_any(3, is_signed), 2, seven);
    air_zero("an unsigned load has no sign", air_mul(air_any(3, is_unsigned), sg));

    const ex low = air_add(air_mul(b, air_add(byte[0], air_scale(sg, 0xff00))), air_mul(air_add(h, w), limb_of(byte, 0)));
    const ex high = air_add(air_mul(air_add(b, h), ones), air_mul(w, limb_of(byte, 1)));
    air_zero("limb 0 is the extended value's", air_sub(low, z[0]));
    air_zero("limb 1 is the extended value's", air_sub(high, z[1]));
}

void sc_loads_constrain(void)
{
    COLUMNS_OF(kind, K_N, kind)
    const ex real = air_kinds(K_N, kind);
    const struct access x = ACCESS_OF_ROW;
    COLUMNS_OF(w, 8, w)
    COLUMNS_OF(at, 8, at)
    COLUMNS_OF(old, 4, old)
    const struct offset o = {at, 0, 8};
    ex m[4], addr[3], byte[4], f3 = air_k(0);

    for (unsigned k = 0; k < K_N; k++) {
        f3 = air_add(f3, air_scale(kind[k], kind_f3[k]));
    }
    access_begin(real, &x, air_add(air_scale(real, SC_OP(CLS_LOAD, 0, 0, 0)), f3), C(rd), air_k(0));

    air_zero("one offset", air_sub(air_sum(8, at), real));
    air_zero("a half-word ends in the word", air_mul(air_add(kind[K_H], kind[K_HU]), at[7]));
    air_zero("a 4-byte value ends in the word", air_mul(air_add(kind[K_W], kind[K_WU]), air_sum(3, at + 5)));
    limbs_of(m, w);
    word_address(addr, &x, o);
    air_mem(real, loaded_space(real, C(ro), C(rx)), addr, air_add(x.ts, air_k(TICK_MEM)), m, m, C(prevm), C(lom));

    for (unsigned k = 0; k < 4; k++) {
        byte[k] = byte_at(o, w, 8, k);
    }
    const ex ones = air_scale(C(sg), 0xffff), z[4] = {CI(z, 0), CI(z, 1), ones, ones};
    constrain_result(kind, byte, z);
    air_reg_write(real, C(rd), air_add(x.ts, air_k(TICK_RD)), old, z, C(prevd));
}
#endif
