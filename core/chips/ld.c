/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * LD from an aligned address: the word itself goes to rd.
 * Owns nothing. Theory: docs/spec/chips.md section 13.
 */
#include "core/chips/access.h"

/* clang-format off */
#define LD_COLUMNS(ONE, VEC)                                 \
    ONE(real, BIT, "1 on rows that execute an instruction")  \
    ACCESS_COLUMNS(ONE, VEC)                                 \
    TARGET_COLUMNS(ONE, VEC)                                 \
    WORD_COLUMNS(ONE, VEC)                                   \
    ONE(ro, BIT, "the word is read-only")                    \
    ONE(rx, BIT, "the word is executable")                   \
    VEC(m, 4, FIELD, "the word, limbs")
/* clang-format on */
AIR_ROW(ld, LD_COLUMNS)
AIR_COLS(ld, LD_COLUMNS)
#define ROW struct ld_row

void sc_ld_fill(const struct sc_event *e, const struct sc_inst *in, struct ld_row *r)
{
    r->real = 1;
    FILL_ACCESS(r, e, in);
    FILL_TARGET(r, e, in);
    FILL_WORD(r, e);
    r->ro = e->space[0] == SPACE_RO;
    r->rx = e->space[0] == SPACE_RX;
    split(4, 16, r->m, e->m_old[0]);
}

#ifdef SC_AIRGEN
void sc_ld_constrain(void)
{
    const ex kinds[] = {C(real)};
    const ex real = air_kinds(1, kinds);
    const struct access x = ACCESS_OF_ROW;
    COLUMNS_OF(m, 4, m)
    COLUMNS_OF(old, 4, old)

    access_begin(real, &x, air_k(SC_OP(CLS_LOAD, 0, 0, 3)), C(rd), air_k(0));
    air_mem(real, loaded_space(real, C(ro), C(rx)), x.e, air_add(x.ts, air_k(TICK_MEM)), m, m, C(prevm), C(lom));
    air_reg_write(real, C(rd), air_add(x.ts, air_k(TICK_RD)), old, m, C(prevd));
}
#endif
