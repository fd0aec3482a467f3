/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * One load, store, environment call or fence as a test case: what the unprivileged manual says of
 * it, stated here on bytes of memory and not shared with the executor; its event, its row, and what
 * the row must say on the buses. Used by tests of the chips.
 */
#ifndef TEST_MEM_CASE_H
#define TEST_MEM_CASE_H

#include "tests/unit/alu_case.h"

struct mem_inst {
    const char *name;
    uint32_t f3, size;
    bool store, is_signed;
};

/* clang-format off */
static const struct mem_inst mem_insts[] = {
    {"lb", 0, 1, false, true},  {"lh", 1, 2, false, true},   {"lw", 2, 4, false, true},   {"ld", 3, 8, false, false},
    {"lbu", 4, 1, false, false}, {"lhu", 5, 2, false, false}, {"lwu", 6, 4, false, false},
    {"sb", 0, 1, true, false},  {"sh", 1, 2, true, false},   {"sw", 2, 4, true, false},   {"sd", 3, 8, true, false},
};
/* clang-format on */
#define MEM_N (sizeof mem_insts / sizeof mem_insts[0])

struct mem_case {
    const struct air_table *t;
    enum air_table_index table;
    struct sc_inst in;
    struct sc_event e;
    struct row_view want;
    uint32_t row[AIR_MAX_COLS];
};

/** Little-endian bytes of two words, as memory holds them. */
static inline void mem_to_bytes(uint8_t out[16], const uint64_t words[2])
{
    for (unsigned i = 0; i < 16; i++) {
        out[i] = (uint8_t)(words[i / 8] >> (8 * (i % 8)));
    }
}

/** The value that a load of @p k finds at byte @p o. */
static inline uint64_t mem_load(const struct mem_inst *k, const uint64_t words[2], unsigned o)
{
    uint8_t m[16];
    uint64_t v = 0;
    mem_to_bytes(m, words);
    for (unsigned i = k->size; i-- > 0;) {
        v = v << 8 | m[o + i];
    }
    if (k->is_signed && m[o + k->size - 1] >= 128) {
        for (unsigned i = k->size; i < 8; i++) {
            v |= (uint64_t)255 << (8 * i);
        }
    }
    return v;
}

/** Two words after a store of the low bytes of @p v at byte @p o. */
static inline void mem_store(
    uint64_t out[2], const struct mem_inst *k, const uint64_t words[2], unsigned o, uint64_t v)
{
    uint8_t m[16];
    mem_to_bytes(m, words);
    for (unsigned i = 0; i < k->size; i++) {
        m[o + i] = (uint8_t)(v >> (8 * i));
    }
    for (unsigned w = 0; w < 2; w++) {
        out[w] = 0;
        for (unsigned i = 8; i-- > 0;) {
            out[w] = out[w] << 8 | m[8 * w + i];
        }
    }
}

/** The tokens of one access of the word at @p addr, class @p space. */
static inline void mem_say(struct row_view *v,
                           uint32_t space,
                           uint64_t addr,
                           uint32_t prev,
                           uint32_t stamp,
                           uint64_t old,
                           uint64_t val)
{
    alu_say_access(v, (uint32_t)(addr & 0xffff), prev, stamp, old, val);
    for (unsigned i = v->n - 2; i < v->n; i++) {
        v->tuple[i].slot[0] = space;
        v->tuple[i].slot[2] = (uint32_t)(addr >> 16 & 0xffff);
        v->tuple[i].slot[3] = (uint32_t)(addr >> 32 & 0xffff);
    }
}

/** State before and after, and the program line. c: the constant that the line carries. */
static inline void mem_say_line(struct mem_case *c,
                                uint32_t op,
                                uint32_t rd,
                                uint32_t rs1,
                                uint32_t rs2,
                                uint64_t constant,
                                uint32_t halted)
{
    struct row_view *v = &c->want;
    const uint32_t before[] = {c->e.ts, c->e.ip}, after[] = {c->e.ts + 4, c->e.ip + 1, halted};
    memset(v, 0, sizeof *v);
    memcpy(alu_say(v, AIR_BUS_STATE, -1)->slot, before, sizeof before);
    memcpy(alu_say(v, AIR_BUS_STATE, 1)->slot, after, sizeof after);
    const uint32_t line[] = {c->e.ip,
                             op,
                             rd,
                             rs1,
                             rs2,
                             constant & 0xffff,
                             constant >> 16 & 0xffff,
                             constant >> 32 & 0xffff,
                             (uint32_t)(constant >> 48)};
    memcpy(alu_say(v, AIR_BUS_PROG, 1)->slot, line, sizeof line);
}

/** Random time, place and stamps; the word is decoded there. */
static inline void mem_begin(struct mem_case *c, uint32_t word, uint64_t *rng)
{
    const uint64_t r = alu_random(rng), s = alu_random(rng);
    const uint32_t ts = 4 * (1 + (uint32_t)(s & 0x1fffffe));
    memset(c, 0, sizeof *c);
    c->e.ts = ts;
    c->e.ip = 0x400 + (uint32_t)((s >> 34) % 0x3ffff000u);
    c->e.next_ip = c->e.ip + 1;
    c->e.prev1 = alu_prev(ts, (uint32_t)(r >> 16));
    c->e.prev2 = r & 0x8000 ? ts : alu_prev(ts + 1, (uint32_t)(r >> 24));
    c->e.prevd = alu_prev(ts + 2, (uint32_t)(r >> 20));
    c->e.prevm[0] = (uint32_t)(r >> 28) % ts;
    c->e.prevm[1] = (uint32_t)(r >> 32) % ts;
    c->e.old = alu_random(rng);
    sc_decode(&c->in, word, c->e.ip);
}

static inline void mem_fill(struct mem_case *c)
{
    void *const r = c->row;
    c->t = &sc_air_tables[c->table];
    c->e.table = (uint8_t)c->table;
    switch ((int)c->table) {
#define FILL(NAME, name)                                                                           \
    case AIR_TABLE_##NAME:                                                                         \
        sc_##name##_fill(&c->e, &c->in, r);                                                        \
        break;
        FILL(LD, ld)
        FILL(LOADS, loads)
        FILL(LOADX, loadx)
        FILL(SD, sd)
        FILL(STORES, stores)
        FILL(STOREX, storex)
        FILL(ECALL, ecall)
        FILL(ADDI, addi)
#undef FILL
    default:
        abort();
    }
}

/** Access memory at @p addr = base + @p imm, where the two words from it on are @p words and have
 * classes @p space; @p value is rs2. */
static inline void mem_make(struct mem_case *c,
                            const struct mem_inst *k,
                            uint64_t addr,
                            int32_t imm,
                            const uint64_t words[2],
                            uint64_t value,
                            const uint8_t space[2],
                            uint64_t *rng)
{
    const uint64_t r = alu_random(rng), i = (uint64_t)(int64_t)imm;
    const unsigned o = (unsigned)(addr & 7), n = o + k->size > 8 ? 2 : 1;
    const uint32_t rd = r & 31, rs1 = r >> 5 & 31, rs2 = r >> 10 & 31, u = (uint32_t)imm & 0xfff;
    const uint32_t word =
        k->store ? (u >> 5) << 25 | rs2 << 20 | rs1 << 15 | k->f3 << 12 | (u & 31) << 7 | 0x23
                 : u << 20 | rs1 << 15 | k->f3 << 12 | rd << 7 | 0x03;
    mem_begin(c, word, rng);
    c->table = k->store ? (n == 2         ? AIR_TABLE_STOREX
                           : k->size == 8 ? AIR_TABLE_SD
                                          : AIR_TABLE_STORES)
                        : (n == 2         ? AIR_TABLE_LOADX
                           : k->size == 8 ? AIR_TABLE_LD
                                          : AIR_TABLE_LOADS);
    c->e.a = addr - i;
    c->e.b = k->store ? value : 0;
    c->e.val = k->store ? 0 : mem_load(k, words, o);
    c->e.addr = addr;
    c->e.crosses = n == 2;
    memcpy(c->e.space, space, 2);
    memcpy(c->e.m_old, words, 16);
    memcpy(c->e.m_new, words, 16);
    if (k->store) {
        mem_store(c->e.m_new, k, words, o, value);
    }
    mem_say_line(c, 64u * (k->store ? 4 : 1) + k->f3,
                 k->store ? 0
                 : rd     ? rd
                          : 32,
                 rs1, k->store ? rs2 : 0, i, 0);
    alu_say_access(&c->want, rs1, c->e.prev1, c->e.ts, c->e.a, c->e.a);
    if (k->store) {
        alu_say_access(&c->want, rs2, c->e.prev2, c->e.ts + 1, value, value);
    } else {
        alu_say_access(&c->want, rd ? rd : 32, c->e.prevd, c->e.ts + 2, c->e.old, c->e.val);
    }
    for (unsigned w = 0; w < n; w++) {
        mem_say(&c->want, space[w], addr - o + 8 * w, c->e.prevm[w], c->e.ts + 2, words[w],
                c->e.m_new[w]);
    }
    mem_fill(c);
}

/** The environment call @p id with a2; call 93 finds a0 = 0. */
static inline void mem_make_call(struct mem_case *c, bool is_exit, uint64_t a2, uint64_t *rng)
{
    mem_begin(c, 0x73, rng);
    c->table = AIR_TABLE_ECALL;
    c->e.a = is_exit ? 93 : 64;
    c->e.b = is_exit ? 0 : a2;
    c->e.old = is_exit ? 0 : c->e.old;
    c->e.val = is_exit ? 0 : a2;
    mem_say_line(c, 576, 0, 0, 0, 0, is_exit ? 1 : 0);
    alu_say_access(&c->want, 17, c->e.prev1, c->e.ts, c->e.a, c->e.a);
    if (!is_exit) {
        alu_say_access(&c->want, 12, c->e.prev2, c->e.ts + 1, a2, a2);
    }
    alu_say_access(&c->want, 10, c->e.prevd, c->e.ts + 2, c->e.old, c->e.val);
    mem_fill(c);
}

/** A fence does nothing: the line of addi x0, x0, 0. @p fields: its other bits. */
static inline void mem_make_fence(struct mem_case *c, uint32_t fields, uint64_t *rng)
{
    mem_begin(c, (fields & 0xffff8f80u) | 0x0f, rng);
    c->table = AIR_TABLE_ADDI;
    mem_say_line(c, 128, 32, 0, 0, 0, 0);
    alu_say_access(&c->want, 0, c->e.prev1, c->e.ts, 0, 0);
    alu_say_access(&c->want, 32, c->e.prevd, c->e.ts + 2, c->e.old, 0);
    mem_fill(c);
}

#endif
