/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * SH SW SD that cross from one word into the next.
 * Owns nothing. Theory: docs/spec/chips.md section 16.
 */
#include "core/chips/access.h"

/* clang-format off */
#define STOREX_COLUMNS(ONE, VEC)                             \
    VEC(kind, 3, BIT, "SH SW SD, one-hot")                   \
    ACCESS_COLUMNS(ONE, VEC)                                 \
    SOURCE_COLUMNS(ONE, VEC)                                 \
    WORDS_COLUMNS(ONE, VEC)                                  \
    VEC(v, 8, BYTE, "rs2, bytes")                            \
    VEC(w, 16, BYTE, "both words before, bytes")             \
    VEC(at, 7, BIT, "offset 1 to 7 in the first word, one-hot") \
    VEC(n, 8, FIELD, "both words after, limbs")
/* clang-format on */
AIR_ROW(storex, STOREX_COLUMNS)
AIR_COLS(storex, STOREX_COLUMNS)
#define ROW struct storex_row

enum { K_H, K_W, K_D, K_N };

void sc_storex_fill(const struct sc_event *e, const struct sc_inst *in, struct storex_row *r)
{
    for (unsigned k = 0; k < K_N; k++) {
        r->kind[k] = SC_OP_F3(in->op) == k + 1;
    }
    FILL_ACCESS(r, e, in);
    FILL_SOURCE(r, e, in);
    FILL_WORDS(r, e);
    split(8, 8, r->v, e->b);
    for (unsigned k = 0; k < 2; k++) {
        split(8, 8, r->w + 8 * k, e->m_old[k]);
        split(4, 16, r->n + 4 * k, e->m_new[k]);
    }
    for (unsigned i = 0; i < 7; i++) {
        r->at[i] = i + 1 == (e->addr & 7);
    }
}

#ifdef SC_AIRGEN
void sc_storex_constrain(void)
{
    COLUMNS_OF(kind, K_N, kind)
    const ex real = air_kinds(K_N, kind);
    const struct access x = ACCESS_OF_ROW;
    COLUMNS_OF(v, 8, v)
    COLUMNS_OF(w, 16, w)
    COLUMNS_OF(at, 7, at)
    COLUMNS_OF(f, 2, f)
    COLUMNS_OF(n, 8, n)
    const struct offset o = {at, 1, 7};
    const ex one = air_k(1), d = kind[K_D], wd = air_add(kind[K_W], d), longer[8] = {one, one, wd, wd, d, d, d, d};
    const ex f3 = air_add(kind[K_H], air_add(air_scale(kind[K_W], 2), air_scale(d, 3)));
    ex m[2][4], b[4], addr[2][3], after[16];

    access_begin(real, &x, air_add(air_scale(real, SC_OP(CLS_STORE, 0, 0, 0)), f3), air_k(0), C(rs2));
    limbs_of(b, v);
    air_reg_read(real, C(rs2), air_add(x.ts, air_k(TICK_RS2)), b, C(prev2));

    air_zero("one offset", air_sub(air_sum(7, at), real));
    air_zero("a half-word crosses", air_mul(kind[K_H], air_sum(6, at)));
    air_zero("a 4-byte value crosses", air_mul(kind[K_W], air_sum(4, at)));
    for (unsigned j = 0; j < 16; j++) {
        after[j] = byte_stored(o, w, v, 8, longer, j);
    }
    for (unsigned k = 0; k < 8; k++) {
        air_zero("the bytes at the offset are replaced", air_sub(limb_of(after, k), n[k]));
    }
    word_address(addr[0], &x, o);
    next_address(addr[1], real, addr[0], f);
    for (unsigned k = 0; k < 2; k++) {
        limbs_of(m[k], w + 8 * k);
        air_mem(real, air_scale(real, SPACE_RW), addr[k], air_add(x.ts, air_k(TICK_MEM)), m[k], n + 4 * k, CI(prevm, k), CI(lom, k));
    }
}
#endif
