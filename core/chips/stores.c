/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * SB SH SW inside one word: the low bytes of rs2 replace the bytes at the offset.
 * Owns nothing. Theory: docs/spec/chips.md section 16.
 */
#include "core/chips/access.h"

/* clang-format off */
#define STORES_COLUMNS(ONE, VEC)                             \
    VEC(kind, 3, BIT, "SB SH SW, one-hot")                   \
    ACCESS_COLUMNS(ONE, VEC)                                 \
    SOURCE_COLUMNS(ONE, VEC)                                 \
    WORD_COLUMNS(ONE, VEC)                                   \
    VEC(v, 4, BYTE, "rs2, bytes 0 to 3")                     \
    VEC(bh, 2, FIELD, "rs2, limbs 2 and 3")                  \
    VEC(w, 8, BYTE, "the word before, bytes")                \
    VEC(at, 8, BIT, "offset in the word, one-hot")           \
    VEC(n, 4, FIELD, "the word after, limbs")
/* clang-format on */
AIR_ROW(stores, STORES_COLUMNS)
AIR_COLS(stores, STORES_COLUMNS)
#define ROW struct stores_row

enum { K_B, K_H, K_W, K_N };

void sc_stores_fill(const struct sc_event *e, const struct sc_inst *in, struct stores_row *r)
{
    for (unsigned k = 0; k < K_N; k++) {
        r->kind[k] = SC_OP_F3(in->op) == k;
    }
    FILL_ACCESS(r, e, in);
    FILL_SOURCE(r, e, in);
    FILL_WORD(r, e);
    split(4, 8, r->v, e->b);
    split(2, 16, r->bh, e->b >> 32);
    split(8, 8, r->w, e->m_old[0]);
    for (unsigned i = 0; i < 8; i++) {
        r->at[i] = i == (e->addr & 7);
    }
    split(4, 16, r->n, e->m_new[0]);
}

#ifdef SC_AIRGEN
void sc_stores_constrain(void)
{
    COLUMNS_OF(kind, K_N, kind)
    const ex real = air_kinds(K_N, kind);
    const struct access x = ACCESS_OF_ROW;
    COLUMNS_OF(v, 4, v)
    COLUMNS_OF(w, 8, w)
    COLUMNS_OF(at, 8, at)
    COLUMNS_OF(n, 4, n)
    const struct offset o = {at, 0, 8};
    const ex hw = air_add(kind[K_H], kind[K_W]), longer[4] = {air_k(1), hw, kind[K_W], kind[K_W]};
    const ex f3 = air_add(kind[K_H], air_scale(kind[K_W], 2));
    ex m[4], addr[3], after[8];

    access_begin(real, &x, air_add(air_scale(real, SC_OP(CLS_STORE, 0, 0, 0)), f3), air_k(0), C(rs2));
    const ex b[4] = {limb_of(v, 0), limb_of(v, 1), CI(bh, 0), CI(bh, 1)};
    air_reg_read(real, C(rs2), air_add(x.ts, air_k(TICK_RS2)), b, C(prev2));

    air_zero("one offset", air_sub(air_sum(8, at), real));
    air_zero("a half-word ends in the word", air_mul(kind[K_H], at[7]));
    air_zero("a 4-byte value ends in the word", air_mul(kind[K_W], air_sum(3, at + 5)));
    for (unsigned j = 0; j < 8; j++) {
        after[j] = byte_stored(o, w, v, 4, longer, j);
    }
    for (unsigned k = 0; k < 4; k++) {
        air_zero("the bytes at the offset are replaced", air_sub(limb_of(after, k), n[k]));
    }
    limbs_of(m, w);
    word_address(addr, &x, o);
    air_mem(real, air_scale(real, SPACE_RW), addr, air_add(x.ts, air_k(TICK_MEM)), m, n, C(prevm), C(lom));
}
#endif
