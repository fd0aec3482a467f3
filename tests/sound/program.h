/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * One program that makes every table of the machine non-empty.
 */
#ifndef TEST_PROGRAM_H
#define TEST_PROGRAM_H

#include "tools/airlint/assemble.h"

/* x5 = data, x6 = constants, x7 = input, x8 = output, x9 and x18.. operands */
static inline void prog_alu(struct prog *p, uint32_t a, uint32_t b)
{
    for (uint32_t m = 0; m < 2; m++) {
        for (uint32_t f3 = 0; f3 < 8; f3++) {
            put_r(p, OP_OP, m, f3, 10, a, b);
        }
    }
    put_r(p, OP_OP, 32, 0, 10, a, b);
    put_r(p, OP_OP, 32, 5, 10, a, b);
    static const uint32_t w3[] = {0, 1, 5}, m3[] = {0, 4, 5, 6, 7};
    for (unsigned i = 0; i < 3; i++) {
        put_r(p, OP_OP32, 0, w3[i], 10, a, b);
    }
    for (unsigned i = 0; i < 5; i++) {
        put_r(p, OP_OP32, 1, m3[i], 10, a, b);
    }
    put_r(p, OP_OP32, 32, 0, 10, a, b);
    put_r(p, OP_OP32, 32, 5, 10, a, b);
}

static inline void prog_imm(struct prog *p, uint32_t a)
{
    static const uint32_t f3[] = {0, 2, 3, 4, 6, 7};
    for (unsigned i = 0; i < 6; i++) {
        put_i(p, OP_IMM, f3[i], 10, a, -1234);
        put_i(p, OP_IMM, f3[i], 0, a, 77);
    }
    put_i(p, OP_IMM, 1, 10, a, 43);
    put_i(p, OP_IMM, 5, 10, a, 21);
    put_i(p, OP_IMM, 5, 10, a, 1024 + 50);
    put_i(p, OP_IMM32, 0, 10, a, -5);
    put_i(p, OP_IMM32, 1, 10, a, 19);
    put_i(p, OP_IMM32, 5, 10, a, 7);
    put_i(p, OP_IMM32, 5, 10, a, 1024 + 9);
}

static inline void prog_memory(struct prog *p)
{
    static const uint32_t loads[] = {0, 1, 2, 3, 4, 5, 6};
    for (unsigned i = 0; i < 7; i++) {
        put_i(p, OP_LOAD, loads[i], 10, 5, 8);
        put_i(p, OP_LOAD, loads[i], 10, 6, 5);
        put_i(p, OP_LOAD, loads[i], 11, 6, 7);
    }
    for (uint32_t f3 = 0; f3 < 4; f3++) {
        put_s(p, f3, 5, 9, 16);
        put_s(p, f3, 5, 9, 21);
        put_s(p, f3, 5, 18, 31);
    }
}

static inline void prog_flow(struct prog *p)
{
    static const uint32_t f3[] = {0, 1, 4, 5, 6, 7};
    for (unsigned i = 0; i < 6; i++) {
        put_b(p, f3[i], 9, 18, 8);
        put_i(p, OP_IMM, 0, 10, 10, 1);
        put_b(p, f3[i], 18, 9, 8);
        put_i(p, OP_IMM, 0, 10, 10, 2);
        put_b(p, f3[i], 9, 9, 8);
        put_i(p, OP_IMM, 0, 10, 10, 3);
    }
    put_jal(p, 1, 8);
    put_i(p, OP_IMM, 0, 10, 10, 4);
    put_u(p, OP_AUIPC, 12, 0);
    put_i(p, OP_JALR, 0, 1, 12, 13); /* to the word after the next; the low bit is dropped */
    put_i(p, OP_IMM, 0, 10, 10, 5);
    put_u(p, OP_LUI, 13, 0x80001);
    put(p, 0x0000000f); /* fence */
}

/** Every instruction of the machine, some with awkward operands; 16 bytes of output from the input. */
static inline void prog_everything(struct prog *p)
{
    p->n = 0;
    put_u(p, OP_LUI, 5, (uint32_t)(PROG_DATA >> 12));
    put_u(p, OP_LUI, 6, (uint32_t)(PROG_CONST >> 12));
    put_i(p, OP_IMM, 0, 7, 0, 1);
    put_i(p, OP_IMM, 1, 8, 7, 33);
    put_i(p, OP_IMM, 1, 7, 7, 32);
    put_i(p, OP_LOAD, 3, 9, 5, 0);
    put_i(p, OP_LOAD, 3, 18, 6, 0);
    prog_alu(p, 9, 18);
    prog_alu(p, 18, 9);
    prog_alu(p, 9, 0);
    put_i(p, OP_IMM, 0, 19, 0, -1);
    put_i(p, OP_IMM, 1, 20, 19, 63);
    prog_alu(p, 20, 19);
    prog_imm(p, 9);
    prog_imm(p, 18);
    prog_memory(p);
    prog_flow(p);
    put_i(p, OP_LOAD, 3, 21, 7, 8);
    put_i(p, OP_IMM, 0, 22, 0, 16);
    put_s(p, 3, 8, 22, 0);
    put_s(p, 3, 8, 21, 8);
    put_s(p, 3, 8, 10, 16);
    put_i(p, OP_IMM, 0, 17, 0, 64);
    put(p, OP_SYSTEM);
    put_i(p, OP_IMM, 0, 17, 0, 93);
    put_i(p, OP_IMM, 0, 10, 0, 0);
    put(p, OP_SYSTEM);
}

#endif
