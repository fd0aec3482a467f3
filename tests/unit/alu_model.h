/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Arithmetic and control-flow instructions of RV64IM in plain C, from the unprivileged manual, as oracle and event source
 * for tests of the chips: encodings, results, and the events an executor would record.
 */
#ifndef TEST_ALU_MODEL_H
#define TEST_ALU_MODEL_H

#include "core/chips/chips.h"

#include <string.h>

enum alu_form { ALU_R, ALU_I, ALU_SH, ALU_SHW, ALU_B, ALU_U, ALU_J };

struct alu_inst {
    const char *name;
    enum air_table_index table;
    enum alu_form form;
    uint32_t major, f3, f7;
};

/* clang-format off */
static const struct alu_inst alu_insts[] = {
    {"add", AIR_TABLE_ADD, ALU_R, 0x33, 0, 0},        {"sub", AIR_TABLE_SUB, ALU_R, 0x33, 0, 32},
    {"addi", AIR_TABLE_ADDI, ALU_I, 0x13, 0, 0},      {"addw", AIR_TABLE_ADDW, ALU_R, 0x3b, 0, 0},
    {"subw", AIR_TABLE_ADDW, ALU_R, 0x3b, 0, 32},     {"addiw", AIR_TABLE_ADDIW, ALU_I, 0x1b, 0, 0},
    {"lui", AIR_TABLE_CONST, ALU_U, 0x37, 0, 0},      {"auipc", AIR_TABLE_CONST, ALU_U, 0x17, 0, 0},
    {"jal", AIR_TABLE_CONST, ALU_J, 0x6f, 0, 0},
    {"and", AIR_TABLE_BIT, ALU_R, 0x33, 7, 0},        {"or", AIR_TABLE_BIT, ALU_R, 0x33, 6, 0},
    {"xor", AIR_TABLE_BIT, ALU_R, 0x33, 4, 0},        {"andi", AIR_TABLE_BITI, ALU_I, 0x13, 7, 0},
    {"ori", AIR_TABLE_BITI, ALU_I, 0x13, 6, 0},        {"xori", AIR_TABLE_BITI, ALU_I, 0x13, 4, 0},
    {"sll", AIR_TABLE_SHIFT, ALU_R, 0x33, 1, 0},      {"srl", AIR_TABLE_SHIFT, ALU_R, 0x33, 5, 0},
    {"sra", AIR_TABLE_SHIFT, ALU_R, 0x33, 5, 32},     {"slli", AIR_TABLE_SHIFTI, ALU_SH, 0x13, 1, 0},
    {"srli", AIR_TABLE_SHIFTI, ALU_SH, 0x13, 5, 0},    {"srai", AIR_TABLE_SHIFTI, ALU_SH, 0x13, 5, 32},
    {"sllw", AIR_TABLE_SHIFT, ALU_R, 0x3b, 1, 0},     {"srlw", AIR_TABLE_SHIFT, ALU_R, 0x3b, 5, 0},
    {"sraw", AIR_TABLE_SHIFT, ALU_R, 0x3b, 5, 32},    {"slliw", AIR_TABLE_SHIFTI, ALU_SHW, 0x1b, 1, 0},
    {"srliw", AIR_TABLE_SHIFTI, ALU_SHW, 0x1b, 5, 0},  {"sraiw", AIR_TABLE_SHIFTI, ALU_SHW, 0x1b, 5, 32},
    {"slt", AIR_TABLE_SLT, ALU_R, 0x33, 2, 0},        {"sltu", AIR_TABLE_SLT, ALU_R, 0x33, 3, 0},
    {"slti", AIR_TABLE_SLT, ALU_I, 0x13, 2, 0},       {"sltiu", AIR_TABLE_SLT, ALU_I, 0x13, 3, 0},
    {"beq", AIR_TABLE_BRANCH, ALU_B, 0x63, 0, 0},     {"bne", AIR_TABLE_BRANCH, ALU_B, 0x63, 1, 0},
    {"blt", AIR_TABLE_BRANCH, ALU_B, 0x63, 4, 0},     {"bge", AIR_TABLE_BRANCH, ALU_B, 0x63, 5, 0},
    {"bltu", AIR_TABLE_BRANCH, ALU_B, 0x63, 6, 0},    {"bgeu", AIR_TABLE_BRANCH, ALU_B, 0x63, 7, 0},
    {"jalr", AIR_TABLE_JALR, ALU_I, 0x67, 0, 0},
    {"mul", AIR_TABLE_MUL, ALU_R, 0x33, 0, 1},        {"mulh", AIR_TABLE_MUL, ALU_R, 0x33, 1, 1},
    {"mulhsu", AIR_TABLE_MUL, ALU_R, 0x33, 2, 1},     {"mulhu", AIR_TABLE_MUL, ALU_R, 0x33, 3, 1},
    {"mulw", AIR_TABLE_MUL, ALU_R, 0x3b, 0, 1},
    {"div", AIR_TABLE_DIV, ALU_R, 0x33, 4, 1},        {"divu", AIR_TABLE_DIV, ALU_R, 0x33, 5, 1},
    {"rem", AIR_TABLE_DIV, ALU_R, 0x33, 6, 1},        {"remu", AIR_TABLE_DIV, ALU_R, 0x33, 7, 1},
    {"divw", AIR_TABLE_DIV, ALU_R, 0x3b, 4, 1},       {"divuw", AIR_TABLE_DIV, ALU_R, 0x3b, 5, 1},
    {"remw", AIR_TABLE_DIV, ALU_R, 0x3b, 6, 1},       {"remuw", AIR_TABLE_DIV, ALU_R, 0x3b, 7, 1},
};
/* clang-format on */
#define ALU_N (sizeof alu_insts / sizeof alu_insts[0])

/** Instruction word; imm is the immediate, shift amount, or branch or jump offset. */
static inline uint32_t alu_encode(const struct alu_inst *k, uint32_t rd, uint32_t rs1, uint32_t rs2, int32_t imm)
{
    const uint32_t i = (uint32_t)imm;
    const uint32_t base = k->major | k->f3 << 12;
    switch (k->form) {
    case ALU_R:
        return base | rd << 7 | rs1 << 15 | rs2 << 20 | k->f7 << 25;
    case ALU_I:
        return base | rd << 7 | rs1 << 15 | (i & 0xfffu) << 20;
    case ALU_SH:
        return base | rd << 7 | rs1 << 15 | (i & 63u) << 20 | k->f7 << 25;
    case ALU_SHW:
        return base | rd << 7 | rs1 << 15 | (i & 31u) << 20 | k->f7 << 25;
    case ALU_B:
        return base | rs1 << 15 | rs2 << 20 | (i >> 11 & 1u) << 7 | (i >> 1 & 15u) << 8 | (i >> 5 & 63u) << 25 |
               (i >> 12 & 1u) << 31;
    case ALU_U:
        return k->major | rd << 7 | (i & 0xfffff000u);
    case ALU_J:
        return k->major | rd << 7 | (i & 0xff000u) | (i >> 11 & 1u) << 20 | (i >> 1 & 0x3ffu) << 21 | (i >> 20 & 1u) << 31;
    }
    return 0;
}

static inline uint64_t alu_sext32(uint64_t v)
{
    return (v & 0xffffffffu) | (v >> 31 & 1u ? 0xffffffff00000000u : 0);
}

/** Upper half of an unsigned product, from four products of halves. */
static inline uint64_t alu_mulhu(uint64_t a, uint64_t b)
{
    const uint64_t a0 = a & 0xffffffffu, a1 = a >> 32, b0 = b & 0xffffffffu, b1 = b >> 32;
    const uint64_t mid = a1 * b0 + (a0 * b0 >> 32), mid2 = a0 * b1 + (mid & 0xffffffffu);
    return a1 * b1 + (mid >> 32) + (mid2 >> 32);
}

static inline uint64_t alu_sra(uint64_t a, unsigned s)
{
    return s && a >> 63 ? a >> s | ~(uint64_t)0 << (64 - s) : a >> s;
}

static inline uint64_t alu_div(uint32_t f3, uint64_t a, uint64_t b)
{
    const bool is_signed = !(f3 & 1), na = is_signed && a >> 63, nb = is_signed && b >> 63, rem = f3 & 2;
    if (b == 0) {
        return rem ? a : ~(uint64_t)0;
    }
    const uint64_t ua = na ? 0 - a : a, ub = nb ? 0 - b : b;
    if (rem) {
        return na ? 0 - ua % ub : ua % ub;
    }
    return na != nb ? 0 - ua / ub : ua / ub;
}

static inline uint64_t alu_op_m(uint32_t f3, uint64_t a, uint64_t b)
{
    const uint64_t high = alu_mulhu(a, b);
    switch (f3) {
    case 0:
        return a * b;
    case 1:
        return high - (a >> 63 ? b : 0) - (b >> 63 ? a : 0);
    case 2:
        return high - (a >> 63 ? b : 0);
    case 3:
        return high;
    default:
        return alu_div(f3, a, b);
    }
}

static inline uint64_t alu_op(uint32_t f3, bool alt, uint64_t a, uint64_t b)
{
    const unsigned s = (unsigned)(b & 63);
    const uint64_t flip = (uint64_t)1 << 63;
    switch (f3) {
    case 0:
        return alt ? a - b : a + b;
    case 1:
        return a << s;
    case 2:
        return (a ^ flip) < (b ^ flip);
    case 3:
        return a < b;
    case 4:
        return a ^ b;
    case 5:
        return alt ? alu_sra(a, s) : a >> s;
    case 6:
        return a | b;
    default:
        return a & b;
    }
}

static inline uint64_t alu_op_w(const struct alu_inst *k, uint64_t a, uint64_t b)
{
    const uint64_t ua = a & 0xffffffffu;
    if (k->f7 == 1 && k->f3) {
        const bool is_signed = !(k->f3 & 1);
        return alu_sext32(alu_div(k->f3, is_signed ? alu_sext32(a) : ua, is_signed ? alu_sext32(b) : b & 0xffffffffu));
    }
    if (k->f7 == 1) {
        return alu_sext32(a * b);
    }
    if (k->f3 == 0) {
        return alu_sext32(k->f7 == 32 ? a - b : a + b);
    }
    const unsigned s = (unsigned)(b & 31);
    return alu_sext32(k->f3 == 1 ? ua << s : k->f7 ? alu_sra(alu_sext32(a), s) : ua >> s);
}

static inline bool alu_taken(uint32_t f3, uint64_t a, uint64_t b)
{
    const bool v = f3 < 2 ? a == b : alu_op(f3 < 6 ? 2 : 3, false, a, b) != 0;
    return v != (f3 & 1);
}

/** Result and next pc of an instruction at @p pc. */
static inline uint64_t alu_run(const struct alu_inst *k, uint64_t pc, uint64_t a, uint64_t b, int32_t imm, uint64_t *next)
{
    const uint64_t i = (uint64_t)(int64_t)imm;
    *next = pc + 4;
    switch (k->major) {
    case 0x33:
        return k->f7 == 1 ? alu_op_m(k->f3, a, b) : alu_op(k->f3, k->f7 == 32, a, b);
    case 0x13:
        return alu_op(k->f3, k->f7 == 32, a, i);
    case 0x3b:
        return alu_op_w(k, a, b);
    case 0x1b:
        return alu_op_w(k, a, i);
    case 0x37:
        return alu_sext32(i & 0xfffff000u);
    case 0x17:
        return pc + alu_sext32(i & 0xfffff000u);
    case 0x63:
        *next = alu_taken(k->f3, a, b) ? pc + i : pc + 4;
        return 0;
    default: /* JAL, JALR */
        *next = k->major == 0x6f ? pc + i : (a + i) & ~(uint64_t)1;
        return pc + 4;
    }
}

#endif
