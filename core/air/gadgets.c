/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What chips say often: bus tuples of registers, memory, program and state, and sums of limbs. Recorded, never executed.
 * Owns nothing. Theory: docs/spec/machine.md sections 2 and 3.
 */
#include "core/air/dsl.h"

#define LO_BITS 14

void air_before(ex sel, ex prev, ex stamp, ex lo)
{
    const ex gap = air_sub(air_sub(stamp, prev), air_k(1));
    const ex hi = air_div(air_sub(gap, lo), 1 << LO_BITS);
    air_query(AIR_BUS_U16, sel, 1, &lo);
    air_query(AIR_BUS_U16, sel, 1, &hi);
}

void air_step(ex sel, ex ts, ex ip, ex next_ip, ex halted)
{
    const ex in[] = {ts, ip, air_k(0)};
    const ex out[] = {air_add(ts, air_k(4)), next_ip, halted};
    air_recv(AIR_BUS_STATE, sel, 3, in);
    air_send(AIR_BUS_STATE, sel, 3, out);
}

struct air_prog air_prog_zero(void)
{
    const ex z = air_k(0);
    return (struct air_prog){z, z, z, z, z, {z, z, z, z}, z, z};
}

void air_prog_query(ex sel, struct air_prog p)
{
    const ex slots[] = {p.ip, p.op, p.rd, p.rs1, p.rs2, p.c[0], p.c[1], p.c[2], p.c[3], p.x0, p.x1};
    air_query(AIR_BUS_PROG, sel, sizeof slots / sizeof slots[0], slots);
}

/** The token (space, addr, prev, old) becomes (space, addr, stamp, val). */
static void token(ex sel, ex space, const ex addr[3], ex stamp, const ex old[4], const ex val[4], ex prev)
{
    const ex in[] = {space, addr[0], addr[1], addr[2], prev, old[0], old[1], old[2], old[3]};
    const ex out[] = {space, addr[0], addr[1], addr[2], stamp, val[0], val[1], val[2], val[3]};
    air_recv(AIR_BUS_MEM, sel, 9, in);
    air_send(AIR_BUS_MEM, sel, 9, out);
}

void air_mem(ex sel, ex space, const ex addr[3], ex stamp, const ex old[4], const ex val[4], ex prev, ex lo)
{
    token(sel, space, addr, stamp, old, val, prev);
    air_before(sel, prev, stamp, lo);
}

void air_reg_read(ex sel, ex reg, ex stamp, const ex v[4], ex prev)
{
    air_reg_write(sel, reg, stamp, v, v, prev);
}

void air_reg_write(ex sel, ex reg, ex stamp, const ex old[4], const ex val[4], ex prev)
{
    const ex addr[3] = {reg, air_k(0), air_k(0)};
    const ex gap = air_sub(air_sub(stamp, prev), air_k(1));
    token(sel, air_k(0), addr, stamp, old, val, prev);
    air_query(AIR_BUS_U16, sel, 1, &gap);
}

ex air_add_limbs(const char *label, unsigned n, const ex *a, const ex *b, const ex *s)
{
    ex carry = air_k(0);
    for (unsigned i = 0; i < n; i++) {
        carry = air_div(air_sub(air_add(air_add(a[i], b[i]), carry), s[i]), 1 << 16);
        air_bool(label, carry);
    }
    return carry;
}
