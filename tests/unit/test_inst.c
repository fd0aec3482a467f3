/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * sc_decode against rv64im.def and against encoders written here from the manual.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "core/chips/event.h"

struct row {
    const char *name;
    char format;
    uint32_t mask, match, op;
};

static const struct row rows[] = {
#define I(name, format, mask, match, cls, m, alt, f3)                                              \
    {#name, #format[0], mask, match, SC_OP((unsigned)(cls), m, alt, f3)},
#include "core/chips/rv64im.def"
#undef I
};
enum { N_ROWS = sizeof(rows) / sizeof(rows[0]) };

static uint64_t state = 0x9e3779b97f4a7c15u;

static uint32_t random_word(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 16);
}

/* The only row that matches, or NULL. */
static const struct row *find(uint32_t word)
{
    const struct row *found = NULL;
    for (unsigned i = 0; i < N_ROWS; i++) {
        if ((word & rows[i].mask) == rows[i].match) {
            cr_assert_null(found, "%s and %s both match %08x", rows[i].name, found->name, word);
            found = &rows[i];
        }
    }
    return found;
}

static void check(uint32_t word)
{
    struct sc_inst in;
    const struct row *const r = find(word);
    sc_decode(&in, word, 0x2000);
    cr_assert_eq(in.op, r == NULL ? 0 : r->op, "%08x is %s, op %u", word,
                 r == NULL ? "nothing" : r->name, in.op);
    cr_assert(in.word == word && in.ip == 0x2000);
    if (r == NULL) {
        cr_assert(in.rd == 0 && in.rs1 == 0 && in.rs2 == 0 && in.x0 == 0 && in.x1 == 0 &&
                  in.imm == 0);
        return;
    }
    const bool has_rd = strchr("URIJHF", r->format) != NULL;
    const bool has_rs1 = strchr("RISBH", r->format) != NULL;
    const bool has_rs2 = strchr("RSB", r->format) != NULL;
    const unsigned rd = (word >> 7) & 31;
    cr_assert_eq(in.rd,
                 !has_rd                       ? 0
                 : rd == 0 || r->format == 'F' ? SC_REG_DUMMY
                                               : rd,
                 "%s %08x", r->name, word);
    cr_assert_eq(in.rs1, has_rs1 ? (word >> 15) & 31 : 0, "%s %08x", r->name, word);
    cr_assert_eq(in.rs2, has_rs2 ? (word >> 20) & 31 : 0, "%s %08x", r->name, word);
}

Test(inst, every_listed_instruction_has_its_code_whatever_its_operands)
{
    for (unsigned i = 0; i < N_ROWS; i++) {
        for (unsigned k = 0; k < 5000; k++) {
            const uint32_t word = (random_word() & ~rows[i].mask) | rows[i].match;
            cr_assert_eq(find(word), &rows[i]);
            check(word);
        }
    }
}

Test(inst, no_other_word_has_a_code)
{
    /* All of opcode, funct3 and funct7, with a few registers; then random words. */
    for (uint32_t fields = 0; fields < 1u << 17; fields++) {
        const uint32_t word = (fields & 127) | ((fields >> 7) & 7) << 12 | (fields >> 10) << 25;
        check(word);
        check(word | (random_word() & 0x01ff8f80u));
    }
    for (unsigned bit = 0; bit < 32; bit++) {
        check(0x00000073u ^ 1u << bit);
    }
    for (unsigned k = 0; k < 2000000; k++) {
        check(random_word());
    }
}

static void check_limbs(const struct sc_inst *in, uint64_t v)
{
    for (unsigned i = 0; i < 4; i++) {
        cr_assert_eq(in->c[i], (uint16_t)(v >> (16 * i)), "word %08x limb %u", in->word, i);
    }
}

Test(inst, every_i_and_s_immediate_is_sign_extended)
{
    for (int32_t imm = -2048; imm < 2048; imm++) {
        const uint32_t u = (uint32_t)imm & 0xfff;
        const uint32_t words[] = {u << 20 | 0x00010093u, u << 20 | 0x00013083u,
                                  (u >> 5) << 25 | (u & 31) << 7 | 0x00513023u};
        struct sc_inst in;
        sc_decode(&in, words[0], 7);
        cr_assert_eq(in.imm, imm);
        check_limbs(&in, (uint64_t)(int64_t)imm);
        sc_decode(&in, words[1], 7);
        cr_assert_eq(in.imm, imm);
        check_limbs(&in, (uint64_t)(int64_t)imm);
        sc_decode(&in, words[2], 7);
        cr_assert(in.imm == imm && in.rs2 == 5 && in.rs1 == 2);
        check_limbs(&in, (uint64_t)(int64_t)imm);
        sc_decode(&in, u << 20 | 0x00010067u, 0x3fffffff); /* jalr x0 */
        cr_assert(in.imm == imm && in.rd == SC_REG_DUMMY);
        cr_assert(in.x0 == (imm & 0xffff) && in.x1 == ((uint32_t)imm >> 16));
        check_limbs(&in, UINT64_C(0x100000000));
    }
}

Test(inst, every_branch_offset_is_a_floor_quotient_and_a_bit)
{
    for (int32_t imm = -4096; imm < 4096; imm += 2) {
        const uint32_t u = (uint32_t)imm;
        const uint32_t word = ((u >> 12) & 1) << 31 | ((u >> 5) & 63) << 25 | ((u >> 1) & 15) << 8 |
                              ((u >> 11) & 1) << 7 | 0x00628063u;
        struct sc_inst in;
        sc_decode(&in, word, 5000);
        cr_assert_eq(in.imm, imm);
        cr_assert_eq(4 * in.x0 + 2 * (int32_t)in.x1, imm);
        cr_assert(in.x1 <= 1 && in.rd == 0);
        check_limbs(&in, 0);
    }
}

Test(inst, every_jal_offset_gives_link_and_step_or_no_code)
{
    for (int32_t imm = -(1 << 20); imm < 1 << 20; imm += 2) {
        const uint32_t u = (uint32_t)imm;
        const uint32_t word = ((u >> 20) & 1) << 31 | ((u >> 1) & 1023) << 21 |
                              ((u >> 11) & 1) << 20 | ((u >> 12) & 255) << 12 | 0x0000056fu;
        struct sc_inst in;
        sc_decode(&in, word, 0x20000000);
        if (imm % 4 != 0) {
            cr_assert_eq(in.op, 0);
            continue;
        }
        cr_assert(in.op == SC_OP((unsigned)CLS_CONST, 0, 0, 0) && in.rd == 10 && in.x0 == imm / 4);
        check_limbs(&in, UINT64_C(0x80000004));
    }
}

Test(inst, lui_and_auipc_are_constants)
{
    static const uint32_t uppers[] = {0, 1, 0x7ffff, 0x80000, 0xfffff};
    for (unsigned i = 0; i < 5; i++) {
        const uint64_t v = (uint64_t)(int64_t)(int32_t)(uppers[i] << 12);
        struct sc_inst in;
        sc_decode(&in, uppers[i] << 12 | 0x2b7, 1);
        cr_assert(in.rd == 5 && in.x0 == 1);
        check_limbs(&in, v);
        sc_decode(&in, uppers[i] << 12 | 0x017, 0x3ffffc00);
        cr_assert(in.rd == SC_REG_DUMMY && in.x0 == 1);
        check_limbs(&in, v + UINT64_C(0xfffff000));
    }
}

Test(inst, shift_amounts_are_the_constant)
{
    for (uint32_t n = 0; n < 64; n++) {
        struct sc_inst in;
        sc_decode(&in, 0x40005013u | n << 20, 1); /* srai */
        cr_assert_eq(in.imm, n);
        check_limbs(&in, n);
        sc_decode(&in, 0x0000501bu | n << 20, 1); /* srliw */
        cr_assert_eq(in.op == 0, n >= 32);
    }
}
