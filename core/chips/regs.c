/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Registers 0 to 32: first value 0, last value and stamp of the last access. Row i is register i.
 * Owns nothing. Theory: docs/spec/chips.md section 20.
 */
#include "core/chips/access.h"

/* clang-format off */
#define REGS_COLUMNS(ONE, VEC)                               \
    ONE(ts_last, CLK, "stamp of the last access, 0 if none") \
    VEC(fin, 4, FIELD, "last value, limbs")
/* clang-format on */
AIR_ROW(regs, REGS_COLUMNS)
AIR_COLS(regs, REGS_COLUMNS)
#define ROW struct regs_row

void sc_regs_fill(uint32_t last_ts, uint64_t last, struct regs_row *r)
{
    r->ts_last = last_ts;
    split(4, 16, r->fin, last);
}

#ifdef SC_AIRGEN
void sc_regs_constrain(void)
{
    static const enum air_closed closed[] = {AIR_CF_INDEX, AIR_CF_REG_REAL};
    air_closed_columns(2, closed);
    const ex index = air_closed(0), real = air_closed(1), o = air_k(0);
    air_real_is(real);
    const ex first[] = {o, index, o, o, o, o, o, o, o};
    const ex last[] = {o, index, o, o, C(ts_last), CI(fin, 0), CI(fin, 1), CI(fin, 2), CI(fin, 3)};
    air_send(AIR_BUS_MEM, real, 9, first);
    air_recv(AIR_BUS_MEM, real, 9, last);
}
#endif
