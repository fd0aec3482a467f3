/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * ECALL: a7 = 64 copies a2 to a0, a7 = 93 with a0 = 0 halts. No other call has a row.
 * Owns nothing. Theory: docs/spec/chips.md section 17.
 */
#include "core/chips/access.h"

/* clang-format off */
#define ECALL_COLUMNS(ONE, VEC)                              \
    ONE(is64, BIT, "the call 64")                            \
    ONE(is93, BIT, "the call 93, halt")                      \
    ONE(ts, CLK, "stamp of the row")                         \
    ONE(ip, FIELD, "instruction address / 4")                \
    ONE(prev7, CLK, "stamp of a7's token")             \
    VEC(a2, 4, FIELD, "a2, limbs; 0 for call 93")            \
    ONE(prev2, CLK, "stamp of a2's token; 0 for call 93")             \
    VEC(old, 4, FIELD, "a0 before, limbs")                   \
    ONE(prev0, CLK, "stamp of a0's token")
/* clang-format on */
AIR_ROW(ecall, ECALL_COLUMNS)
AIR_COLS(ecall, ECALL_COLUMNS)
#define ROW struct ecall_row

enum { REG_A0 = 10, REG_A2 = 12, REG_A7 = 17, CALL_WRITE = 64, CALL_EXIT = 93 };

void sc_ecall_fill(const struct sc_event *e, const struct sc_inst *in, struct ecall_row *r)
{
    const bool is64 = e->a == CALL_WRITE;
    (void)in;
    r->is64 = is64;
    r->is93 = !is64;
    r->ts = e->ts;
    r->ip = e->ip;
    r->prev7 = e->prev1;
    split(4, 16, r->a2, is64 ? e->b : 0);
    r->prev2 = is64 ? e->prev2 : 0;
    split(4, 16, r->old, e->old);
    r->prev0 = e->prevd;
}

#ifdef SC_AIRGEN
void sc_ecall_constrain(void)
{
    const ex is64 = C(is64), is93 = C(is93), kinds[] = {is64, is93};
    const ex real = air_kinds(2, kinds);
    const ex ts = C(ts), ip = C(ip), zero = air_k(0);
    const ex a7[4] = {air_add(air_scale(is64, CALL_WRITE), air_scale(is93, CALL_EXIT)), zero, zero, zero};
    COLUMNS_OF(a2, 4, a2)
    COLUMNS_OF(old, 4, old)

    struct air_prog p = air_prog_zero();
    p.ip = ip;
    p.op = air_k(SC_OP(CLS_ECALL, 0, 0, 0));
    air_prog_query(real, p);
    air_step(real, ts, ip, air_add(ip, air_k(1)), is93);

    air_reg_read(real, air_k(REG_A7), air_add(ts, air_k(TICK_RS1)), a7, C(prev7));
    air_reg_read(is64, air_k(REG_A2), air_add(ts, air_k(TICK_RS2)), a2, C(prev2));
    for (unsigned i = 0; i < 4; i++) {
        air_zero("exit leaves 0 in a0", air_mul(is93, a2[i]));
        air_zero("the exit code is 0", air_mul(is93, old[i]));
    }
    /* The new a0 is a2 for call 64 and, a2 being 0 there, 0 for call 93. */
    air_reg_write(real, air_k(REG_A0), air_add(ts, air_k(TICK_RD)), old, a2, C(prev0));
}
#endif
