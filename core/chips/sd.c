/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * SD to an aligned address: rs2 becomes the word.
 * Owns nothing. Theory: docs/spec/chips.md section 13.
 */
#include "core/chips/access.h"

/* clang-format off */
#define SD_COLUMNS(ONE, VEC)                                 \
    ONE(real, BIT, "1 on rows that execute an instruction")  \
    ACCESS_COLUMNS(ONE, VEC)                                 \
    SOURCE_COLUMNS(ONE, VEC)                                 \
    WORD_COLUMNS(ONE, VEC)                                   \
    VEC(b, 4, FIELD, "rs2, limbs")                           \
    VEC(m, 4, FIELD, "the word before, limbs")
/* clang-format on */
AIR_ROW(sd, SD_COLUMNS)
AIR_COLS(sd, SD_COLUMNS)
#define ROW struct sd_row

void sc_sd_fill(const struct sc_event *e, const struct sc_inst *in, struct sd_row *r)
{
    r->real = 1;
    FILL_ACCESS(r, e, in);
    FILL_SOURCE(r, e, in);
    FILL_WORD(r, e);
    split(4, 16, r->b, e->b);
    split(4, 16, r->m, e->m_old[0]);
}

#ifdef SC_AIRGEN
void sc_sd_constrain(void)
{
    const ex kinds[] = {C(real)};
    const ex real = air_kinds(1, kinds);
    const struct access x = ACCESS_OF_ROW;
    COLUMNS_OF(b, 4, b)
    COLUMNS_OF(m, 4, m)

    access_begin(real, &x, air_k(SC_OP(CLS_STORE, 0, 0, 3)), air_k(0), C(rs2));
    air_reg_read(real, C(rs2), air_add(x.ts, air_k(TICK_RS2)), b, C(prev2));
    air_mem(real, air_scale(real, SPACE_RW), x.e, air_add(x.ts, air_k(TICK_MEM)), m, b, C(prevm), C(lom));
}
#endif
