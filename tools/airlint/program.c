/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The program of the scene. Registers: 5 data, 6 constants, 7 place in the input, 9 and 18 operands, 10 result, 11 copy.
 */
#include "tools/airlint/program.h"

#include <stdlib.h>

static void operand(struct scene *s, uint64_t v)
{
    if (s->n_input == SCENE_INPUT_WORDS) {
        abort();
    }
    s->input[s->n_input++] = v;
}

/** Load both operands, so that each is read from the private input by one row. */
static void operands(struct scene *s, uint64_t a, uint64_t b)
{
    operand(s, a);
    operand(s, b);
    put_i(&s->prog, OP_LOAD, 3, 9, 7, 0);
    put_i(&s->prog, OP_LOAD, 3, 18, 7, 8);
    put_i(&s->prog, OP_IMM, 0, 7, 7, 16);
}

/** Overwrite the result, and read what is there then. */
static void overwrite(struct scene *s)
{
    put_u(&s->prog, OP_LUI, 10, 1);
    put_i(&s->prog, OP_IMM, 0, 11, 10, 0);
}

static const uint64_t pairs[][2] = {
    {0x123456789abcdef0u, 0x0fedcba987654321u}, {0xffffffffffffffffu, 3},       {0xfffffffffffffff9u, 0x8000000080000001u},
    {0x8000000000000000u, 0xffffffffffffffffu}, {0x7fff80018000ffffu, 0},       {0x00010000ffff0002u, 0x00010000ffff0002u},
    {5, 0x000000000000fff7u},
};
#define N_PAIRS (sizeof pairs / sizeof pairs[0])

static void registers(struct scene *s, uint32_t op, uint32_t f7, uint32_t f3)
{
    for (unsigned i = 0; i < N_PAIRS; i++) {
        operands(s, pairs[i][0], pairs[i][1]);
        put_r(&s->prog, op, f7, f3, 10, 9, 18);
        overwrite(s);
    }
}

static void immediates(struct scene *s, uint32_t op, uint32_t f3, int32_t imm0, int32_t imm1)
{
    for (unsigned i = 0; i < 4; i++) {
        operands(s, pairs[i][0], pairs[i][1]);
        put_i(&s->prog, op, f3, 10, 9, i % 2 ? imm1 : imm0);
        overwrite(s);
    }
}

static void arithmetic(struct scene *s)
{
    static const uint32_t w3[] = {0, 1, 5}, m3[] = {0, 4, 5, 6, 7}, i3[] = {0, 2, 3, 4, 6, 7};
    for (uint32_t f3 = 0; f3 < 8; f3++) {
        registers(s, OP_OP, 0, f3);
        registers(s, OP_OP, 1, f3);
    }
    registers(s, OP_OP, 32, 0);
    registers(s, OP_OP, 32, 5);
    for (unsigned i = 0; i < 3; i++) {
        registers(s, OP_OP32, 0, w3[i]);
    }
    for (unsigned i = 0; i < 5; i++) {
        registers(s, OP_OP32, 1, m3[i]);
    }
    registers(s, OP_OP32, 32, 0);
    registers(s, OP_OP32, 32, 5);
    for (unsigned i = 0; i < 6; i++) {
        immediates(s, OP_IMM, i3[i], -1234, 77);
    }
    immediates(s, OP_IMM, 1, 43, 8);
    immediates(s, OP_IMM, 5, 21, 64 - 1);
    immediates(s, OP_IMM, 5, 1024 + 50, 1024 + 3);
    immediates(s, OP_IMM32, 0, -5, 1000);
    immediates(s, OP_IMM32, 1, 19, 31);
    immediates(s, OP_IMM32, 5, 7, 16);
    immediates(s, OP_IMM32, 5, 1024 + 9, 1024 + 30);
}

/** One access at an address that comes from the input. */
static void access_at(struct scene *s, bool store, uint32_t f3, uint64_t addr, int32_t imm)
{
    operands(s, addr - (uint64_t)(int64_t)imm, 0x8182838485868788u);
    if (store) {
        put_s(&s->prog, f3, 9, 18, imm);
    } else {
        put_i(&s->prog, OP_LOAD, f3, 10, 9, imm);
    }
    overwrite(s);
}

static void memory(struct scene *s)
{
    static const uint32_t size_log[] = {0, 1, 2, 3, 0, 1, 2};
    for (uint32_t f3 = 0; f3 < 7; f3++) {
        for (uint32_t offset = 0; offset < 8; offset++) {
            const int32_t imm = offset % 3 == 0 ? 0 : offset % 3 == 1 ? 100 : -100;
            if (offset % (1u << size_log[f3] / 2) == 0 || offset + (1u << size_log[f3]) > 8) {
                access_at(s, false, f3, PROG_DATA + 8 + offset, imm);
                access_at(s, false, f3, PROG_CONST + 16 + offset, imm);
            }
            if (f3 < 4) {
                access_at(s, true, f3, PROG_DATA + 8 + offset, imm);
                put_i(&s->prog, OP_LOAD, 3, 11, 5, 8); /* what is there now */
                put_i(&s->prog, OP_LOAD, 3, 11, 5, 16);
                put_s(&s->prog, 3, 5, 10, 8); /* written later */
                put_s(&s->prog, 3, 5, 9, 16);
                put_i(&s->prog, OP_LOAD, 3, 11, 5, 8);
                put_i(&s->prog, OP_LOAD, 3, 11, 5, 16);
            }
        }
    }
    access_at(s, false, 3, SC_INPUT_START + 8, 0);
    access_at(s, false, 2, PROG_CODE + 2, 0);
    access_at(s, false, 2, PROG_CODE + 6, 0);
}

/** A branch over one of two equal jumps, and a jump to one of two again: whoever takes the wrong one arrives all the same.
 * Runs once for every pair of operands, with the landing place from the input. */
static void branch(struct scene *s, uint32_t f3)
{
    struct prog *const p = &s->prog;
    put_i(p, OP_IMM, 0, 29, 0, 6);
    const unsigned loop = p->n;
    static const uint64_t ops[6][2] = {{1, 2}, {2, 1}, {0xffffffffffff0000u, 0x0000ffffffffffffu}, {0x0000000100000000u, 0xffffffffffffffffu},
                                       {7, 7}, {0x0001000200030004u, 0x0001000300020001u}};
    for (unsigned i = 0; i < 6; i++) {
        operand(s, ops[i][0]);
        operand(s, ops[i][1]);
        operand(s, PROG_CODE + 4 * (loop + 11) + 4 * (i % 2) + (i == 3)); /* the landing place; bit 0 is dropped */
        operand(s, PROG_CODE + 4 * (loop + 13));
    }
    put_i(p, OP_LOAD, 3, 9, 7, 0);
    put_i(p, OP_LOAD, 3, 18, 7, 8);
    put_i(p, OP_LOAD, 3, 30, 7, 16);
    put_i(p, OP_LOAD, 3, 31, 7, 24);
    put_i(p, OP_IMM, 0, 7, 7, 32);
    put_u(p, OP_AUIPC, 10, 0);
    put_b(p, f3, 9, 18, 8);
    put_i(p, OP_JALR, 0, 0, 30, 0);
    put_i(p, OP_JALR, 0, 0, 30, 0);
    put_i(p, OP_JALR, 0, 0, 30, 0); /* where a branch twice as far would go */
    put_i(p, OP_LOAD, 3, 11, 7, 0); /* passed over */
    put_i(p, OP_JALR, 0, 0, 31, 0);
    put_i(p, OP_JALR, 0, 0, 31, 0);
    put_i(p, OP_IMM, 0, 29, 29, -1);
    put_b(p, 1, 29, 0, 4 * ((int32_t)loop - (int32_t)p->n));
}

static void system_calls(struct scene *s)
{
    struct prog *const p = &s->prog;
    for (unsigned i = 0; i < 2; i++) {
        operands(s, 64, 0x1000200030004u + i);
        put_i(p, OP_IMM, 0, 12, 18, 0);
        put_i(p, OP_IMM, 0, 17, 9, 0);
        put(p, OP_SYSTEM);
        put_i(p, OP_IMM, 0, 17, 9, 0);
        put_i(p, OP_IMM, 0, 12, 9, 0);
        put_i(p, OP_IMM, 0, 11, 12, 0);
        overwrite(s);
    }
    put(p, 0x0000000f); /* fence */
    put_i(p, OP_IMM, 0, 8, 0, 1);
    put_i(p, OP_IMM, 1, 8, 8, 33);
    operands(s, 16, 0x1122334455667788u);
    put_s(p, 3, 8, 9, 0);
    put_s(p, 3, 8, 18, 8);
    put_s(p, 3, 8, 11, 16);
    operand(s, 93);
    operand(s, 0);
    put_i(p, OP_LOAD, 3, 17, 7, 0);
    put_i(p, OP_LOAD, 3, 10, 7, 8);
    put(p, OP_SYSTEM);
}

/** Words that are never executed: every funct3 of every opcode with some funct7, legal or not. */
static void never_executed(struct scene *s)
{
    static const uint32_t op[] = {OP_LUI, OP_AUIPC, OP_JAL, OP_JALR, OP_BRANCH, OP_LOAD, OP_STORE, OP_IMM, OP_OP, OP_IMM32, OP_OP32, 0x0f, OP_SYSTEM};
    static const uint32_t f7[] = {0, 1, 32, 33, 64, 2, 4, 8, 16};
    for (unsigned i = 0; i < sizeof op / sizeof op[0]; i++) {
        for (uint32_t f3 = 0; f3 < 8; f3++) {
            for (unsigned j = 0; j < (i < 3 || i == 11 ? 2u : 9u); j++) {
                put_r(&s->prog, op[i], f7[j], f3, j % 3 * 5, 3 * (j % 2), j % 4 * 2);
            }
        }
    }
    put(&s->prog, OP_SYSTEM | 1u << 20); /* ebreak */
    put(&s->prog, OP_SYSTEM | 1u << 7);
    put(&s->prog, 0x0f | 0x0ff00000); /* fence with fields */
    put_jal(&s->prog, 1, 6);
}

void scene_program(struct scene *s)
{
    struct prog *const p = &s->prog;
    static const uint32_t branches[] = {0, 1, 4, 5, 6, 7};
    p->n = 0;
    put_u(p, OP_LUI, 5, (uint32_t)(PROG_DATA >> 12));
    put_u(p, OP_LUI, 6, (uint32_t)(PROG_CONST >> 12));
    put_i(p, OP_IMM, 0, 7, 0, 1);
    put_i(p, OP_IMM, 1, 7, 7, 32);
    put_i(p, OP_IMM, 0, 7, 7, 8);
    arithmetic(s);
    memory(s);
    for (unsigned i = 0; i < 6; i++) {
        branch(s, branches[i]);
    }
    put_jal(p, 1, 8);
    put_i(p, OP_IMM, 0, 10, 10, 4);
    overwrite(s);
    system_calls(s);
    never_executed(s);
}

struct sc_elf scene_elf(struct prog *p)
{
    struct sc_elf elf = prog_elf(p);
    const unsigned n = (p->n + 1) / 2;
    for (unsigned i = 0; i < n; i++) {
        p->words[elf.n_words] = p->words[i];
        p->words[elf.n_words++].addr += PROG_ALIAS;
    }
    p->segments[elf.n_segments++] = (struct sc_segment){PROG_CODE + PROG_ALIAS, 8u * n, 8u * n, SPACE_RX};
    return elf;
}
