/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * First and last value of every word of memory: image, zero, input and output words, in strictly growing order per region.
 * Owns nothing. Theory: docs/spec/chips.md section 19; docs/spec/machine.md sections 1 and 3.
 */
#include "core/chips/access.h"

/* clang-format off */
#define INITFINAL_COLUMNS(ONE, VEC)                          \
    ONE(img, BIT, "a word of the program image")             \
    ONE(zero, BIT, "a word of RAM outside the image, first 0") \
    ONE(inp, BIT, "a word of the input")                     \
    ONE(out, BIT, "a word of the output, first 0")           \
    ONE(space, FIELD, "class of the word")                   \
    ONE(a, U16, "low limb of the address / 8")               \
    ONE(addr1, U16, "second limb of the address")            \
    VEC(v, 4, FIELD, "first value, limbs")                   \
    VEC(fin, 4, FIELD, "last value, limbs")                  \
    ONE(ts_last, CLK, "stamp of the last access, 0 if none") \
    ONE(prev_key, FIELD, "key of the row before in the region") \
    ONE(lo, FIELD, "low part of the gap to it")
/* clang-format on */
AIR_ROW(initfinal, INITFINAL_COLUMNS)
AIR_COLS(initfinal, INITFINAL_COLUMNS)
#define ROW struct initfinal_row

enum { ORIGIN_IMG = 0, ORIGIN_ZERO = 1, ORIGIN_INP = 2, ORIGIN_OUT = 3 };

void sc_initfinal_fill(const struct sc_word *w, uint32_t prev_key, struct initfinal_row *r)
{
    const uint32_t key = sc_word_key(w->addr);
    r->img = w->origin == ORIGIN_IMG;
    r->zero = w->origin == ORIGIN_ZERO;
    r->inp = w->origin == ORIGIN_INP;
    r->out = w->origin == ORIGIN_OUT;
    r->space = w->space;
    r->a = key & 0x1fffu;
    r->addr1 = key >> 13;
    split(4, 16, r->v, w->first);
    split(4, 16, r->fin, w->last);
    r->ts_last = w->last_ts;
    r->prev_key = prev_key;
    /* a predecessor of -1 is the residue p - 1: the gap is key */
    r->lo = prev_key == FP_P - 1 ? key & 0x3fffu : gap_lo(prev_key, key);
}

#ifdef SC_AIRGEN
/** CHAIN and the order that it stands for. */
static void constrain_order(ex real, ex region, ex key)
{
    const ex before[] = {region, C(prev_key)}, after[] = {region, key};
    air_recv(AIR_BUS_CHAIN, real, 2, before);
    air_send(AIR_BUS_CHAIN, real, 2, after);
    air_before(real, C(prev_key), key, C(lo));
}

/** First value and class by kind. */
static void constrain_first(ex a0, const ex v[4])
{
    const ex img = C(img), zero = C(zero), inp = C(inp), out = C(out), zero_out = air_add(zero, out);
    const ex from_image[] = {C(space), a0, C(addr1), v[0], v[1], v[2], v[3]};

    air_recv(AIR_BUS_INIT, img, 7, from_image);
    for (unsigned i = 0; i < 4; i++) {
        air_zero("RAM outside the image and output start at 0", air_mul(zero_out, v[i]));
        air_query(AIR_BUS_U16, inp, 1, &v[i]);
    }
    const ex writable = air_mul(zero_out, air_sub(C(space), air_k(SPACE_RW)));
    air_zero("RAM outside the image and output are read-write", writable);
    air_zero("input is read-only", air_mul(inp, air_sub(C(space), air_k(SPACE_RO))));
}

void sc_initfinal_constrain(void)
{
    const ex kinds[] = {C(img), C(zero), C(inp), C(out)};
    const ex real = air_kinds(4, kinds);
    const ex a0 = air_scale(C(a), 8), region = air_add(C(inp), air_scale(C(out), 2));
    const ex key = air_add(C(a), air_scale(C(addr1), 1 << 13));
    COLUMNS_OF(v, 4, v)
    COLUMNS_OF(fin, 4, fin)
    const ex first[] = {C(space), a0, C(addr1), region, air_k(0), v[0], v[1], v[2], v[3]};
    const ex last[] = {C(space), a0, C(addr1), region, C(ts_last), fin[0], fin[1], fin[2], fin[3]};
    const ex output[] = {key, fin[0], fin[1], fin[2], fin[3]};

    air_query(AIR_BUS_U16, real, 1, &a0);
    air_send(AIR_BUS_MEM, real, 9, first);
    air_recv(AIR_BUS_MEM, real, 9, last);
    air_send(AIR_BUS_OUT, C(out), 5, output);
    constrain_order(real, region, key);
    constrain_first(a0, v);
}
#endif
