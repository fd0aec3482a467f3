/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * One execution of an arithmetic instruction as a test case: its event, its row, and what the row must say on the buses.
 * Randomness is a seeded generator. Used by tests of the chips.
 */
#ifndef TEST_ALU_CASE_H
#define TEST_ALU_CASE_H

#include "tests/unit/alu_model.h"
#include "tests/unit/chip_rows.h"

#define ALU_SEED 20240817u

struct alu_case {
    const struct alu_inst *k;
    const struct air_table *t;
    struct sc_inst in;
    struct sc_event e;
    uint32_t row[AIR_MAX_COLS];
};

static inline uint64_t alu_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static const uint64_t alu_edges[] = {
    0, 1, 2, 3, 7, 31, 32, 63, 64, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0x80000001,
    0xffffffff, 0x100000000, 0x123456789abcdef0, 0x7fffffff00000000, 0x7fffffffffffffff, 0x8000000000000000,
    0x8000000080000000, 0xffffffff80000000, 0xffffffff7fffffff, 0xffff0000ffff0000, 0xfffffffffffffffe, 0xffffffffffffffff,
};
#define ALU_N_EDGES (sizeof alu_edges / sizeof alu_edges[0])

/** A word that is often near something: an edge, a short word, a sparse one. */
static inline uint64_t alu_random_word(uint64_t *state)
{
    const uint64_t r = alu_random(state);
    switch (r & 7) {
    case 0:
        return alu_edges[(r >> 8) % ALU_N_EDGES];
    case 1:
        return alu_random(state) >> (r >> 8 & 63);
    case 2:
        return 0 - (alu_random(state) >> (r >> 8 & 63));
    case 3:
        return alu_random(state) & alu_random(state) & alu_random(state);
    default:
        return alu_random(state);
    }
}

/** Fill the row of the case from its event. */
static inline void alu_fill(struct alu_case *c)
{
    memset(c->row, 0, sizeof c->row);
    void *const r = c->row;
    switch ((int)c->k->table) {
#define FILL(NAME, name)                       \
    case AIR_TABLE_##NAME:                     \
        sc_##name##_fill(&c->e, &c->in, r);    \
        break;
        FILL(ADD, add)
        FILL(SUB, sub)
        FILL(ADDI, addi)
        FILL(ADDW, addw)
        FILL(ADDIW, addiw)
        FILL(CONST, konst)
        FILL(BIT, bit)
        FILL(BITI, biti)
        FILL(SHIFT, shift)
        FILL(SHIFTI, shifti)
        FILL(SLT, slt)
        FILL(BRANCH, branch)
        FILL(JALR, jalr)
        FILL(MUL, mul)
        FILL(DIV, div)
#undef FILL
    default:
        abort();
    }
}

/** A stamp that a register's token may have before @p stamp, from random bits: not further back than 2^16. */
static inline uint32_t alu_prev(uint32_t stamp, uint32_t r)
{
    return stamp - 1 - r % (stamp < 65536 ? stamp : 65536);
}

/** Execute instruction k on operands a and b with an immediate, at random time, place and registers. The row is filled. */
static inline void alu_make(struct alu_case *c, const struct alu_inst *k, uint64_t a, uint64_t b, int32_t imm, uint64_t *rng)
{
    const uint64_t r = alu_random(rng), s = alu_random(rng);
    const uint64_t pc = 4 * (0x400 + (s >> 34) % 0x3ffff000u);
    const uint32_t ts = 4 * (1 + (uint32_t)(s & 0x1fffffe));
    uint64_t next;

    memset(c, 0, sizeof *c);
    c->k = k;
    c->t = &sc_air_tables[k->table];
    sc_decode(&c->in, alu_encode(k, r & 31, r >> 5 & 31, r >> 10 & 31, imm), (uint32_t)(pc / 4));
    c->e.val = alu_run(k, pc, a, b, imm, &next);
    c->e.ts = ts;
    c->e.ip = (uint32_t)(pc / 4);
    c->e.next_ip = (uint32_t)(next / 4);
    c->e.prev1 = alu_prev(ts, (uint32_t)(r >> 16));
    c->e.prev2 = r & 0x8000 ? ts : alu_prev(ts + 1, (uint32_t)(r >> 24));
    c->e.prevd = alu_prev(ts + 2, (uint32_t)(r >> 20));
    c->e.a = k->form == ALU_U || k->form == ALU_J ? 0 : a;
    c->e.b = k->form == ALU_R || k->form == ALU_B ? b : 0;
    c->e.old = alu_random(rng);
    c->e.table = (uint8_t)k->table;
    alu_fill(c);
}

/** An immediate that is legal for the form, from random bits. */
static inline int32_t alu_imm(const struct alu_inst *k, uint64_t r)
{
    switch (k->form) {
    case ALU_R:
        return 0;
    case ALU_I:
        return (int32_t)(r & 0xfff) - 2048;
    case ALU_SH:
        return (int32_t)(r & 63);
    case ALU_SHW:
        return (int32_t)(r & 31);
    case ALU_B:
        return ((int32_t)(r & 0x1ffc) - 4096);
    case ALU_U:
        return (int32_t)((uint32_t)r & 0xfffff000u);
    case ALU_J:
        return (int32_t)(r & 0x1ffffc) - (1 << 20);
    }
    return 0;
}

/** The base register that makes a JALR legal: a target below 2^32 with bit 1 clear. */
static inline uint64_t alu_jalr_base(uint64_t a, int32_t imm)
{
    return (a & 0xfffffffdu) - (uint64_t)(int64_t)imm;
}

/** A random legal case of instruction k. */
static inline void alu_make_random(struct alu_case *c, const struct alu_inst *k, uint64_t *rng)
{
    const int32_t imm = alu_imm(k, alu_random(rng));
    uint64_t a = alu_random_word(rng), b = alu_random_word(rng);
    switch (alu_random(rng) % 8) { /* often equal, or equal but for one limb */
    case 0:
        b = a;
        break;
    case 1:
    case 2:
        b = a ^ (alu_random(rng) & 0xffff) << (alu_random(rng) & 48);
        break;
    default:
        break;
    }
    a = k->table == AIR_TABLE_JALR ? alu_jalr_base(a, imm) : a;
    alu_make(c, k, a, b, imm, rng);
}

static inline struct row_tuple *alu_say(struct row_view *v, enum air_bus bus, int sign)
{
    struct row_tuple *w = &v->tuple[v->n++];
    *w = (struct row_tuple){bus, sign, {0}};
    return w;
}

static inline void alu_say_access(struct row_view *v, uint32_t reg, uint32_t prev, uint32_t stamp, uint64_t old, uint64_t val)
{
    for (unsigned out = 0; out < 2; out++) {
        struct row_tuple *w = alu_say(v, AIR_BUS_MEM, out ? 1 : -1);
        w->slot[1] = reg;
        w->slot[4] = out ? stamp : prev;
        for (unsigned i = 0; i < 4; i++) {
            w->slot[5 + i] = (uint32_t)((out ? val : old) >> (16 * i) & 0xffff);
        }
    }
}

/** What the row of a case must say to the other rows, from docs/spec/machine.md. */
static inline void alu_expect(struct row_view *v, const struct alu_case *c)
{
    const struct sc_event *e = &c->e;
    const struct sc_inst *in = &c->in;
    memset(v, 0, sizeof *v);
    struct row_tuple *w = alu_say(v, AIR_BUS_STATE, -1);
    w->slot[0] = e->ts;
    w->slot[1] = e->ip;
    w = alu_say(v, AIR_BUS_STATE, 1);
    w->slot[0] = e->ts + 4;
    w->slot[1] = e->next_ip;
    w = alu_say(v, AIR_BUS_PROG, 1);
    const uint32_t prog[] = {in->ip,   in->op,   in->rd,   in->rs1,  in->rs2,
                             in->c[0], in->c[1], in->c[2], in->c[3], in->x0 < 0 ? FP_P - (uint32_t)-in->x0 : (uint32_t)in->x0,
                             in->x1};
    memcpy(w->slot, prog, sizeof prog);
    if (c->k->form != ALU_U && c->k->form != ALU_J) {
        alu_say_access(v, in->rs1, e->prev1, e->ts, e->a, e->a);
    }
    if (c->k->form == ALU_R || c->k->form == ALU_B) {
        alu_say_access(v, in->rs2, e->prev2, e->ts + 1, e->b, e->b);
    }
    if (c->k->form != ALU_B) {
        alu_say_access(v, in->rd, e->prevd, e->ts + 2, e->old, e->val);
    }
    uint64_t q, d;
    if (c->k->table == AIR_TABLE_DIV && sc_div_call(e, in, &q, &d)) {
        w = alu_say(v, AIR_BUS_MCALL, 1);
        for (unsigned i = 0; i < 4; i++) {
            w->slot[i] = (uint32_t)(q >> (16 * i) & 0xffff);
            w->slot[4 + i] = (uint32_t)(d >> (16 * i) & 0xffff);
            w->slot[8 + i] = (uint32_t)(q * d >> (16 * i) & 0xffff);
        }
    }
}

/** True when a product call is true: limbs, and q d = lo without overflow. */
static inline bool alu_call_true(const struct row_tuple *w)
{
    uint64_t v[3] = {0};
    for (unsigned i = 0; i < 12; i++) {
        if (w->slot[i] > 65535) {
            return false;
        }
        v[i / 4] |= (uint64_t)w->slot[i] << (16 * (i % 4));
    }
    return alu_mulhu(v[0], v[1]) == 0 && v[0] * v[1] == v[2];
}

#endif
