/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The table of all 16-bit values: row x holds x.
 * Owns nothing. Theory: docs/spec/chips.md section 21.
 */
#include "core/chips/chips.h"

#define U16T_COLUMNS(ONE, VEC) ONE(mult, FIELD, "queries of this value")
AIR_ROW(u16t, U16T_COLUMNS)
AIR_COLS(u16t, U16T_COLUMNS)
#define ROW struct u16t_row

#ifdef SC_AIRGEN
void sc_u16t_constrain(void)
{
    static const enum air_closed closed[] = {AIR_CF_INDEX};
    air_closed_columns(1, closed);
    air_real_is(air_k(1));
    const ex x = air_closed(0);
    air_table_side(AIR_BUS_U16, C(mult), 1, &x);
}
#endif
