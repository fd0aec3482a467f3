/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The table of all pairs of bytes with their and, or, exclusive or: row 256 x + y holds (x, y).
 * Owns nothing. Theory: docs/spec/chips.md section 21.
 */
#include "core/chips/chips.h"

/* clang-format off */
#define BYTET_COLUMNS(ONE, VEC)                              \
    ONE(pair, FIELD, "queries of the pair as bytes")         \
    VEC(bop, 3, FIELD, "queries of and, or, exclusive or")
/* clang-format on */
AIR_ROW(bytet, BYTET_COLUMNS)
AIR_COLS(bytet, BYTET_COLUMNS)
#define ROW struct bytet_row

#ifdef SC_AIRGEN
void sc_bytet_constrain(void)
{
    static const enum air_closed closed[] = {AIR_CF_HI8, AIR_CF_LO8, AIR_CF_AND8};
    air_closed_columns(3, closed);
    air_real_is(air_k(1));
    const ex x = air_closed(0), y = air_closed(1), and = air_closed(2), pair[] = {x, y};
    const ex or = air_sub(air_add(x, y), and), xor = air_sub(or, and);
    const ex op_and[] = {air_k(1), x, y, and}, op_or[] = {air_k(2), x, y, or}, op_xor[] = {air_k(3), x, y, xor};

    air_table_side(AIR_BUS_B2, C(pair), 2, pair);
    air_table_side(AIR_BUS_BOP, C(bop[0]), 4, op_and);
    air_table_side(AIR_BUS_BOP, C(bop[1]), 4, op_or);
    air_table_side(AIR_BUS_BOP, C(bop[2]), 4, op_xor);
}
#endif
