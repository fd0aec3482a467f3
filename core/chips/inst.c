/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Instruction word to PROG tuple: the function that the DECODE chip must agree with.
 * Owns nothing. Theory: docs/spec/machine.md section 4; the encodings are listed in rv64im.def.
 */
#include "core/chips/event.h"

#define MAJOR_LOAD 0x03u
#define MAJOR_FENCE 0x0fu
#define MAJOR_OPIMM 0x13u
#define MAJOR_AUIPC 0x17u
#define MAJOR_OPIMM32 0x1bu
#define MAJOR_STORE 0x23u
#define MAJOR_OP 0x33u
#define MAJOR_LUI 0x37u
#define MAJOR_OP32 0x3bu
#define MAJOR_BRANCH 0x63u
#define MAJOR_JALR 0x67u
#define MAJOR_JAL 0x6fu
#define WORD_ECALL 0x00000073u

/** Bits hi..lo of @p w. */
static uint32_t bits(uint32_t w, unsigned hi, unsigned lo)
{
    return (w >> lo) & ((1u << (hi - lo + 1)) - 1);
}

/** The low @p n bits of @p v as a signed number. */
static int64_t sign_extend(uint32_t v, unsigned n)
{
    const int64_t top = (int64_t)1 << (n - 1);
    return ((int64_t)v ^ top) - top;
}

static int64_t imm_i(uint32_t w)
{
    return sign_extend(bits(w, 31, 20), 12);
}

static int64_t imm_s(uint32_t w)
{
    return sign_extend(bits(w, 31, 25) << 5 | bits(w, 11, 7), 12);
}

static int64_t imm_b(uint32_t w)
{
    return sign_extend(bits(w, 31, 31) << 12 | bits(w, 7, 7) << 11 | bits(w, 30, 25) << 5 |
                           bits(w, 11, 8) << 1,
                       13);
}

static int64_t imm_j(uint32_t w)
{
    return sign_extend(bits(w, 31, 31) << 20 | bits(w, 19, 12) << 12 | bits(w, 20, 20) << 11 |
                           bits(w, 30, 21) << 1,
                       21);
}

static int64_t imm_u(uint32_t w)
{
    return sign_extend(w & 0xfffff000u, 32);
}

static void put_limbs(struct sc_inst *out, uint64_t v)
{
    for (unsigned i = 0; i < 4; i++) {
        out->c[i] = (uint16_t)(v >> (16 * i));
    }
}

static void put_rd(struct sc_inst *out, uint32_t w)
{
    const uint8_t rd = (uint8_t)bits(w, 11, 7);
    out->rd = rd == 0 ? (uint8_t)SC_REG_DUMMY : rd;
}

static void put_rs1(struct sc_inst *out, uint32_t w)
{
    out->rs1 = (uint8_t)bits(w, 19, 15);
}

static void put_rs2(struct sc_inst *out, uint32_t w)
{
    out->rs2 = (uint8_t)bits(w, 24, 20);
}

static void put_op(struct sc_inst *out, enum sc_class cls, uint32_t m, uint32_t alt, uint32_t f3)
{
    out->op = (uint16_t)SC_OP((uint32_t)cls, m, alt, f3);
}

/* rd := constant; the next instruction is @p step further. */
static void put_const(struct sc_inst *out, uint32_t w, uint64_t value, int64_t imm, int32_t step)
{
    put_op(out, CLS_CONST, 0, 0, 0);
    put_rd(out, w);
    put_limbs(out, value);
    out->imm = imm;
    out->x0 = step;
}

/* Loads, and immediate operations other than shifts. */
static void put_itype(struct sc_inst *out, uint32_t w, enum sc_class cls)
{
    put_op(out, cls, 0, 0, bits(w, 14, 12));
    put_rd(out, w);
    put_rs1(out, w);
    out->imm = imm_i(w);
    put_limbs(out, (uint64_t)out->imm);
}

/* Shifts by an immediate of @p n_amount bits; the bits above it must be 0, or 010000.. for an
 * arithmetic right shift. */
static void put_shift(struct sc_inst *out, uint32_t w, enum sc_class cls, unsigned n_amount)
{
    const uint32_t f3 = bits(w, 14, 12);
    const uint32_t upper = w >> (20 + n_amount);
    const uint32_t sra = 0x40000000u >> (20 + n_amount);
    if (upper != 0 && !(upper == sra && f3 == 5)) {
        return;
    }
    put_op(out, cls, 0, upper != 0, f3);
    put_rd(out, w);
    put_rs1(out, w);
    out->imm = (int64_t)bits(w, 20 + n_amount - 1, 20);
    out->c[0] = (uint16_t)out->imm;
}

static void put_immediate(struct sc_inst *out, uint32_t w, enum sc_class cls)
{
    const uint32_t f3 = bits(w, 14, 12);
    if (f3 == 1 || f3 == 5) {
        put_shift(out, w, cls, cls == CLS_OPIMM ? 6 : 5);
    } else if (cls == CLS_OPIMM || f3 == 0) {
        put_itype(out, w, cls);
    }
}

/** Is there a register operation with these fields? */
static bool register_op_exists(enum sc_class cls, uint32_t f7, uint32_t f3)
{
    const bool narrow = cls == CLS_OP32;
    switch (f7) {
    case 0x00:
        return !narrow || f3 == 0 || f3 == 1 || f3 == 5;
    case 0x20:
        return f3 == 0 || f3 == 5;
    case 0x01:
        return !narrow || f3 == 0 || f3 >= 4;
    default:
        return false;
    }
}

static void put_register(struct sc_inst *out, uint32_t w, enum sc_class cls)
{
    const uint32_t f7 = bits(w, 31, 25);
    const uint32_t f3 = bits(w, 14, 12);
    if (!register_op_exists(cls, f7, f3)) {
        return;
    }
    put_op(out, cls, f7 == 0x01, f7 == 0x20, f3);
    put_rd(out, w);
    put_rs1(out, w);
    put_rs2(out, w);
}

static void put_branch(struct sc_inst *out, uint32_t w)
{
    const uint32_t f3 = bits(w, 14, 12);
    if (f3 == 2 || f3 == 3) {
        return;
    }
    put_op(out, CLS_BRANCH, 0, 0, f3);
    put_rs1(out, w);
    put_rs2(out, w);
    out->imm = imm_b(w);
    out->x1 = (uint32_t)(out->imm >> 1) & 1u;
    out->x0 = (int32_t)((out->imm - 2 * (int64_t)out->x1) / 4);
}

static void put_jal(struct sc_inst *out, uint32_t w, uint64_t pc)
{
    const int64_t imm = imm_j(w);
    if ((imm & 2) == 0) {
        put_const(out, w, pc + 4, imm, (int32_t)(imm / 4));
    }
}

static void put_jalr(struct sc_inst *out, uint32_t w, uint64_t pc)
{
    if (bits(w, 14, 12) != 0) {
        return;
    }
    put_itype(out, w, CLS_JALR);
    out->x0 = (int32_t)out->c[0];
    out->x1 = out->c[1];
    put_limbs(out, pc + 4);
}

static void put_store(struct sc_inst *out, uint32_t w)
{
    const uint32_t f3 = bits(w, 14, 12);
    if (f3 > 3) {
        return;
    }
    put_op(out, CLS_STORE, 0, 0, f3);
    put_rs1(out, w);
    put_rs2(out, w);
    out->imm = imm_s(w);
    put_limbs(out, (uint64_t)out->imm);
}

static void put_fence(struct sc_inst *out, uint32_t w)
{
    if (bits(w, 14, 12) == 0) {
        put_op(out, CLS_OPIMM, 0, 0, 0);
        out->rd = (uint8_t)SC_REG_DUMMY;
    }
}

void sc_decode(struct sc_inst *out, uint32_t word, uint32_t ip)
{
    const uint64_t pc = 4 * (uint64_t)ip;
    const struct sc_inst blank = {.word = word, .ip = ip};
    *out = blank;
    switch (bits(word, 6, 0)) {
    case MAJOR_LOAD:
        if (bits(word, 14, 12) != 7) {
            put_itype(out, word, CLS_LOAD);
        }
        break;
    case MAJOR_FENCE:
        put_fence(out, word);
        break;
    case MAJOR_OPIMM:
        put_immediate(out, word, CLS_OPIMM);
        break;
    case MAJOR_OPIMM32:
        put_immediate(out, word, CLS_OPIMM32);
        break;
    case MAJOR_STORE:
        put_store(out, word);
        break;
    case MAJOR_OP:
        put_register(out, word, CLS_OP);
        break;
    case MAJOR_OP32:
        put_register(out, word, CLS_OP32);
        break;
    case MAJOR_LUI:
        put_const(out, word, (uint64_t)imm_u(word), imm_u(word), 1);
        break;
    case MAJOR_AUIPC:
        put_const(out, word, pc + (uint64_t)imm_u(word), imm_u(word), 1);
        break;
    case MAJOR_BRANCH:
        put_branch(out, word);
        break;
    case MAJOR_JALR:
        put_jalr(out, word, pc);
        break;
    case MAJOR_JAL:
        put_jal(out, word, pc);
        break;
    default:
        if (word == WORD_ECALL) {
            put_op(out, CLS_ECALL, 0, 0, 0);
        }
        break;
    }
}
