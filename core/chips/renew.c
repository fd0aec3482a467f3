/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * RENEW: a register gets a newer stamp and keeps its value, so that an access is never far from the one before and needs one lookup
 * for their order. Owns nothing. Theory: docs/spec/chips.md section 24, docs/decisions/0013-registers-are-renewed.md.
 */
#include "core/chips/access.h"

#define STAMP_UNIT (1 << 11) /* stamp = STAMP_UNIT (k + 1) - 1 */

/* clang-format off */
#define RENEW_COLUMNS(ONE, VEC)                              \
    ONE(real, BIT, "1 on rows that renew a register")        \
    ONE(reg, FIELD, "the register")                          \
    ONE(prev, CLK, "stamp of the token that it receives")    \
    ONE(k, U16, "the new stamp is 2^11 (k + 1) - 1")         \
    VEC(v, 4, FIELD, "its value, limbs")
/* clang-format on */
AIR_ROW(renew, RENEW_COLUMNS)
AIR_COLS(renew, RENEW_COLUMNS)
#define ROW struct renew_row

void sc_renew_fill(const struct sc_renewal *e, struct renew_row *r)
{
    r->real = 1;
    r->reg = e->reg;
    r->prev = e->prev;
    r->k = (e->stamp + 1) / STAMP_UNIT - 1;
    split(4, 16, r->v, e->value);
}

#ifdef SC_AIRGEN
void sc_renew_constrain(void)
{
    const ex kinds[] = {C(real)};
    const ex real = air_kinds(1, kinds);
    COLUMNS_OF(v, 4, v)
    air_reg_read(real, C(reg), air_add(air_scale(C(k), STAMP_UNIT), air_k(STAMP_UNIT - 1)), v, C(prev));
}
#endif
