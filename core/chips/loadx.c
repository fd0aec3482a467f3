/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * LH LW LHU LWU LD that cross from one word into the next.
 * Owns nothing. Theory: docs/spec/chips.md section 15.
 */
#include "core/chips/access.h"

/* clang-format off */
#define LOADX_COLUMNS(ONE, VEC)                              \
    VEC(kind, 5, BIT, "LH LW LD LHU LWU, one-hot")           \
    ACCESS_COLUMNS(ONE, VEC)                                 \
    TARGET_COLUMNS(ONE, VEC)                                 \
    WORDS_COLUMNS(ONE, VEC)                                  \
    VEC(ro, 2, BIT, "the word is read-only")                 \
    VEC(rx, 2, BIT, "the word is executable")                \
    VEC(w, 16, BYTE, "both words, bytes")                    \
    VEC(at, 7, BIT, "offset 1 to 7 in the first word, one-hot") \
    ONE(sg, BIT, "sign of a signed load, 0 for LD")          \
    ONE(tb, FIELD, "top byte of a signed load without its sign bit") \
    VEC(z, 4, FIELD, "result, limbs")
/* clang-format on */
AIR_ROW(loadx, LOADX_COLUMNS)
AIR_COLS(loadx, LOADX_COLUMNS)
#define ROW struct loadx_row

enum { K_H, K_W, K_D, K_HU, K_WU, K_N };
static const uint8_t kind_f3[K_N] = {1, 2, 3, 5, 6};

void sc_loadx_fill(const struct sc_event *e, const struct sc_inst *in, struct loadx_row *r)
{
    const unsigned f3 = SC_OP_F3(in->op), o = (unsigned)(e->addr & 7);
    const bool has_sign = f3 == 1 || f3 == 2;
    for (unsigned k = 0; k < K_N; k++) {
        r->kind[k] = kind_f3[k] == f3;
    }
    FILL_ACCESS(r, e, in);
    FILL_TARGET(r, e, in);
    FILL_WORDS(r, e);
    for (unsigned k = 0; k < 2; k++) {
        r->ro[k] = e->space[k] == SPACE_RO;
        r->rx[k] = e->space[k] == SPACE_RX;
        split(8, 8, r->w + 8 * k, e->m_old[k]);
    }
    for (unsigned i = 0; i < 7; i++) {
        r->at[i] = i + 1 == o;
    }
    const unsigned top = has_sign ? r->w[o + (1u << f3) - 1] : 0;
    r->sg = top >> 7;
    r->tb = top & 0x7fu;
    split(4, 16, r->z, e->val);
}

#ifdef SC_AIRGEN
static void constrain_result(const ex *kind, const ex byte[8], const ex *z)
{
    const ex h = air_add(kind[K_H], kind[K_HU]), d = kind[K_D], wd = air_add(air_add(kind[K_W], kind[K_WU]), d);
    const ex sg = C(sg), ones = air_scale(sg, 0xffff);
    const ex top[] = {air_mul(kind[K_H], byte[1]), air_mul(kind[K_W], byte[3])};
    const ex seven[] = {air_scale(C(tb), 2), air_k(0)};
    const ex is_signed[] = {kind[K_H], kind[K_W]}, no_sign[] = {d, kind[K_HU], kind[K_WU]};

    air_zero("sign is bit 7 of the top byte", air_sub(air_sub(air_sum(2, top), air_scale(sg, 128)), C(tb)));
    air_query(AIR_BUS_B2, air_any(2, is_signed), 2, seven);
    air_zero("only LH and LW extend a sign", air_mul(air_any(3, no_sign), sg));

    air_zero("limb 0 is the value's", air_sub(limb_of(byte, 0), z[0]));
    air_zero("limb 1 is the extended value's", air_sub(air_add(air_mul(wd, limb_of(byte, 1)), air_mul(h, ones)), z[1]));
    air_zero("limb 2 is the extended value's", air_sub(air_add(air_mul(d, limb_of(byte, 2)), ones), z[2]));
    air_zero("limb 3 is the extended value's", air_sub(air_add(air_mul(d, limb_of(byte, 3)), ones), z[3]));
}

void sc_loadx_constrain(void)
{
    COLUMNS_OF(kind, K_N, kind)
    const ex real = air_kinds(K_N, kind);
    const struct access x = ACCESS_OF_ROW;
    COLUMNS_OF(w, 16, w)
    COLUMNS_OF(at, 7, at)
    COLUMNS_OF(f, 2, f)
    COLUMNS_OF(old, 4, old)
    COLUMNS_OF(z, 4, z)
    const struct offset o = {at, 1, 7};
    ex m[2][4], addr[2][3], byte[8], f3 = air_k(0);

    for (unsigned k = 0; k < K_N; k++) {
        f3 = air_add(f3, air_scale(kind[k], kind_f3[k]));
    }
    access_begin(real, &x, air_add(air_scale(real, SC_OP(CLS_LOAD, 0, 0, 0)), f3), C(rd), air_k(0));

    air_zero("one offset", air_sub(air_sum(7, at), real));
    air_zero("a half-word crosses", air_mul(air_add(kind[K_H], kind[K_HU]), air_sum(6, at)));
    air_zero("a 4-byte value crosses", air_mul(air_add(kind[K_W], kind[K_WU]), air_sum(4, at)));
    word_address(addr[0], &x, o);
    next_address(addr[1], real, addr[0], f);
    for (unsigned k = 0; k < 2; k++) {
        const ex space = loaded_space(real, CI(ro, k), CI(rx, k));
        limbs_of(m[k], w + 8 * k);
        air_mem(real, space, addr[k], air_add(x.ts, air_k(TICK_MEM)), m[k], m[k], CI(prevm, k), CI(lom, k));
    }

    for (unsigned k = 0; k < 8; k++) {
        byte[k] = byte_at(o, w, 16, k);
    }
    constrain_result(kind, byte, z);
    air_reg_write(real, C(rd), air_add(x.ts, air_k(TICK_RD)), old, z, C(prevd));
}
#endif
