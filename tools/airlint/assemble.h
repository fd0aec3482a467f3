/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A small assembler: programs as arrays of words. Owns nothing; the words lie in the struct.
 */
#ifndef AIRLINT_ASSEMBLE_H
#define AIRLINT_ASSEMBLE_H

#include "host/exec/exec.h"

#include <string.h>

#define PROG_MAX 4096
#define PROG_CODE UINT64_C(0x10000)
#define PROG_DATA UINT64_C(0x20000)
#define PROG_CONST UINT64_C(0x30000)
#define PROG_WORDS 8

struct prog {
    uint32_t code[PROG_MAX];
    unsigned n;
    struct sc_segment segments[4];
    struct sc_image_word words[PROG_MAX + 2 * PROG_WORDS];
};

enum { OP_LOAD = 0x03, OP_IMM = 0x13, OP_AUIPC = 0x17, OP_IMM32 = 0x1b, OP_STORE = 0x23, OP_OP = 0x33, OP_LUI = 0x37, OP_OP32 = 0x3b,
       OP_BRANCH = 0x63, OP_JALR = 0x67, OP_JAL = 0x6f, OP_SYSTEM = 0x73 };

static inline void put(struct prog *p, uint32_t word)
{
    p->code[p->n++] = word;
}

static inline void put_r(struct prog *p, uint32_t op, uint32_t f7, uint32_t f3, uint32_t rd, uint32_t rs1, uint32_t rs2)
{
    put(p, f7 << 25 | rs2 << 20 | rs1 << 15 | f3 << 12 | rd << 7 | op);
}

static inline void put_i(struct prog *p, uint32_t op, uint32_t f3, uint32_t rd, uint32_t rs1, int32_t imm)
{
    put(p, (uint32_t)imm << 20 | rs1 << 15 | f3 << 12 | rd << 7 | op);
}

static inline void put_s(struct prog *p, uint32_t f3, uint32_t rs1, uint32_t rs2, int32_t imm)
{
    const uint32_t u = (uint32_t)imm;
    put(p, (u >> 5 & 127) << 25 | rs2 << 20 | rs1 << 15 | f3 << 12 | (u & 31) << 7 | OP_STORE);
}

static inline void put_b(struct prog *p, uint32_t f3, uint32_t rs1, uint32_t rs2, int32_t imm)
{
    const uint32_t u = (uint32_t)imm;
    put(p, (u >> 12 & 1) << 31 | (u >> 5 & 63) << 25 | rs2 << 20 | rs1 << 15 | f3 << 12 | (u >> 1 & 15) << 8 | (u >> 11 & 1) << 7 |
               OP_BRANCH);
}

static inline void put_u(struct prog *p, uint32_t op, uint32_t rd, uint32_t imm20)
{
    put(p, imm20 << 12 | rd << 7 | op);
}

static inline void put_jal(struct prog *p, uint32_t rd, int32_t imm)
{
    const uint32_t u = (uint32_t)imm;
    put(p, (u >> 20 & 1) << 31 | (u >> 1 & 1023) << 21 | (u >> 11 & 1) << 20 | (u >> 12 & 255) << 12 | rd << 7 | OP_JAL);
}

/** The loaded form: code RX at PROG_CODE, PROG_WORDS words of RW data and of RO constants. */
static inline struct sc_elf prog_elf(struct prog *p)
{
    unsigned n = 0;
    for (unsigned i = 0; i < p->n; i += 2) {
        const uint64_t hi = i + 1 < p->n ? p->code[i + 1] : 0;
        p->words[n++] = (struct sc_image_word){PROG_CODE + 4u * i, p->code[i] | hi << 32, SPACE_RX};
    }
    for (unsigned i = 0; i < PROG_WORDS; i++) {
        p->words[n++] = (struct sc_image_word){PROG_DATA + 8u * i, 0x8091a2b3c4d5e6f7u * (i + 1), SPACE_RW};
    }
    for (unsigned i = 0; i < PROG_WORDS; i++) {
        p->words[n++] = (struct sc_image_word){PROG_CONST + 8u * i, 0xf0e1d2c3b4a59687u * (2 * i + 1), SPACE_RO};
    }
    p->segments[0] = (struct sc_segment){PROG_CODE, 4u * p->n, 4u * p->n, SPACE_RX};
    p->segments[1] = (struct sc_segment){PROG_DATA, 8u * PROG_WORDS, 8u * PROG_WORDS, SPACE_RW};
    p->segments[2] = (struct sc_segment){PROG_CONST, 8u * PROG_WORDS, 8u * PROG_WORDS, SPACE_RO};
    return (struct sc_elf){.entry = PROG_CODE, .segments = p->segments, .n_segments = 3, .words = p->words, .n_words = n};
}

/** A recorded run that is too short for rows of RENEW gets two, of a register that it has used: at stamps 2^14 - 1 and 2^15 - 1. They
 * lie in @p room, which the run borrows: prog_forget before sc_run_fini. */
static inline bool prog_renew(struct sc_run *run, unsigned reg, struct sc_renewal room[2])
{
    const uint32_t first = (1u << 14) - 1, second = (1u << 15) - 1, last = run->reg_ts[reg];
    if (run->n_renewals != 0 || last == 0 || last >= first) {
        return false;
    }
    room[0] = (struct sc_renewal){run->regs[reg], last, first, (uint8_t)reg};
    room[1] = (struct sc_renewal){run->regs[reg], first, second, (uint8_t)reg};
    run->renewals = room;
    run->n_renewals = 2;
    run->n_rows[SC_TABLE_RENEW] = 2;
    run->reg_ts[reg] = second;
    return true;
}

static inline void prog_forget(struct sc_run *run)
{
    run->renewals = NULL;
    run->n_renewals = 0;
}

#endif
