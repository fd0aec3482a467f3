/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Words that pass from one segment to another. In a segment a row gives a word's first token and takes its last, as INITFINAL does
 * in a single proof; in proof 0 of a set a row plays the run towards INITFINAL and REGS. What goes in and out is on the global bus.
 * Owns nothing. Theory: docs/spec/chips.md section 23; docs/decisions/0007-sets-of-segments.md.
 */
#include "core/chips/access.h"

/* clang-format off */
#define BOUNDARY_COLUMNS(ONE, VEC)                                         \
    ONE(seg, BIT, "a word of which this segment takes a token")            \
    ONE(mem, BIT, "in proof 0: a word that has a seg row in some segment") \
    ONE(space, FIELD, "class of the word")                                 \
    ONE(addr0, FIELD, "address, limb 0")                                   \
    ONE(addr1, FIELD, "address, limb 1")                                   \
    ONE(addr2, FIELD, "address, limb 2")                                   \
    VEC(v_in, 4, FIELD, "value before, limbs")                             \
    VEC(v_out, 4, FIELD, "value after, limbs")                             \
    ONE(ts_last, CLK, "stamp of the last access, 0 in proof 0")            \
    ONE(prev, FIELD, "segment that had the word before, 0 if none; in proof 0 the last that had it")
/* clang-format on */
AIR_ROW(boundary, BOUNDARY_COLUMNS)
AIR_COLS(boundary, BOUNDARY_COLUMNS)
#define ROW struct boundary_row

void sc_boundary_fill(const struct sc_crossing *w, bool first, struct boundary_row *r)
{
    r->seg = !first;
    r->mem = first;
    r->space = w->space;
    r->addr0 = (uint32_t)w->addr & 0xffffu;
    r->addr1 = (uint32_t)(w->addr >> 16) & 0xffffu;
    r->addr2 = (uint32_t)(w->addr >> 32);
    split(4, 16, r->v_in, w->before);
    split(4, 16, r->v_out, w->after);
    r->ts_last = first ? 0 : w->last_ts;
    r->prev = w->prev;
}

#ifdef SC_AIRGEN
/** The word's tuple: of MEM with a stamp in the fifth slot, of BND with an index there. */
static void put_tuple(ex out[9], ex fifth, const ex v[4])
{
    const ex all[9] = {C(space), C(addr0), C(addr1), C(addr2), fifth, v[0], v[1], v[2], v[3]};
    for (unsigned i = 0; i < 9; i++) {
        out[i] = all[i];
    }
}

static void take(enum air_bus bus, ex sel, ex fifth, const ex v[4])
{
    ex t[9];
    put_tuple(t, fifth, v);
    air_recv(bus, sel, 9, t);
}

static void give(enum air_bus bus, ex sel, ex fifth, const ex v[4])
{
    ex t[9];
    put_tuple(t, fifth, v);
    air_send(bus, sel, 9, t);
}

void sc_boundary_constrain(void)
{
    static const enum air_closed closed[] = {AIR_CF_PROOF, AIR_CF_FIRST};
    const ex seg = C(seg), mem = C(mem), o = air_k(0), one = air_k(1);
    const ex kinds[] = {seg, mem};
    COLUMNS_OF(in, 4, v_in)
    COLUMNS_OF(out, 4, v_out)
    (void)air_kinds(2, kinds);
    air_closed_columns(2, closed);
    const ex index = air_closed(0), first = air_closed(1);
    const ex gap = air_sub(air_sub(index, C(prev)), one);
    air_zero("a row of a segment is in no memory proof", air_mul(seg, first));
    air_zero("a row of the memory proof is in no segment", air_mul(mem, air_sub(one, first)));

    air_query(AIR_BUS_U16, seg, 1, &gap);
    give(AIR_BUS_MEM, seg, o, in);
    take(AIR_BUS_MEM, seg, C(ts_last), out);
    take(AIR_BUS_MEM, mem, o, in);
    give(AIR_BUS_MEM, mem, one, out);

    take(AIR_BUS_BND, seg, C(prev), in);
    give(AIR_BUS_BND, seg, index, out);
    give(AIR_BUS_BND, mem, o, in);
    take(AIR_BUS_BND, mem, C(prev), out);
}
#endif
