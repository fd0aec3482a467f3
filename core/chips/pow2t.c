/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The table of shift amounts: row s + 64 right holds the power of two and the byte count of a shift by s.
 * Owns nothing. Theory: docs/spec/chips.md section 21.
 */
#include "core/chips/chips.h"

#define POW2T_COLUMNS(ONE, VEC) ONE(mult, FIELD, "queries of this amount")
AIR_ROW(pow2t, POW2T_COLUMNS)
AIR_COLS(pow2t, POW2T_COLUMNS)
#define ROW struct pow2t_row

#ifdef SC_AIRGEN
void sc_pow2t_constrain(void)
{
    static const enum air_closed closed[] = {AIR_CF_INDEX, AIR_CF_POW2_M, AIR_CF_POW2_Q};
    air_closed_columns(3, closed);
    air_real_is(air_k(1));
    const ex slots[] = {air_closed(0), air_closed(1), air_closed(2)};
    air_table_side(AIR_BUS_POW2, C(mult), 3, slots);
}
#endif
