/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Directed forgeries in the chips of arithmetic and control flow: rows a dishonest prover would build with care, so that
 * only the check that the lemma of docs/spec/chips.md names can refuse them.
 */
#include "tests/unit/alu_case.h"

#include <criterion/criterion.h>

static uint64_t rng = ALU_SEED + 100;

static const struct alu_inst *inst(const char *name)
{
    for (unsigned i = 0; i < ALU_N; i++) {
        if (!strcmp(alu_insts[i].name, name)) {
            return &alu_insts[i];
        }
    }
    abort();
}

static struct alu_case execute(const char *name, uint64_t a, uint64_t b, int32_t imm)
{
    struct alu_case c;
    alu_make(&c, inst(name), a, b, imm, &rng);
    cr_assert(row_accepted(c.t, c.row), "%s: the honest row is refused", name);
    return c;
}

static void set(struct alu_case *c, const char *column, int64_t v)
{
    *row_cell(c->t, c->row, column) = (uint32_t)(v < 0 ? v + (int64_t)FP_P : v);
}

static void set_limbs(struct alu_case *c, const char *vec, uint64_t v)
{
    for (unsigned i = 0; i < 4; i++) {
        *row_cell_at(c->t, c->row, vec, i) = (uint32_t)(v >> (16 * i) & 0xffff);
    }
}

/* Refused, and for the reason that @p law names. */
static void refused(const struct alu_case *c, const char *law)
{
    struct row_view v;
    row_judge(&v, c->t, c->row);
    cr_expect(strstr(v.violated, law) != NULL, "%s: expected \"%s\", got \"%s\"", c->k->name, law, v.violated);
}

Test(chips_alu_lies, a_limb_that_keeps_its_carry_is_refused)
{
    struct alu_case c = execute("add", 0xffff, 1, 0);
    set(&c, "c[0]", 0x10000);
    set(&c, "c[1]", 0);
    refused(&c, "lookup U16");
    c = execute("sub", 0, 1, 0);
    set(&c, "c[0]", -1);
    set(&c, "c[1]", 0);
    set(&c, "c[2]", 0);
    set(&c, "c[3]", 0);
    refused(&c, "lookup U16");
    c = execute("addi", 5, 0, -1);
    set(&c, "c[0]", 0x10004);
    refused(&c, "carries are bits");
}

Test(chips_alu_lies, a_word_sum_with_the_wrong_sign_or_limb_is_refused)
{
    struct alu_case c = execute("addw", 0x7fffffff, 1, 0);
    set(&c, "sg", 0);
    refused(&c, "lookup U16");
    c = execute("addw", 0x7fff0000, 0, 0);
    set(&c, "sg", 1);
    refused(&c, "lookup U16");
    c = execute("addw", 0x80000000, 0x80000000, 0);
    set(&c, "k[1]", 0);
    set(&c, "z1", 0x10000);
    refused(&c, "lookup U16");
    c = execute("subw", 0, 1, 0);
    set(&c, "k[0]", 0);
    set(&c, "z0", -1);
    set(&c, "k[1]", 0);
    set(&c, "z1", 0);
    set(&c, "sg", 0);
    refused(&c, "lookup U16");
    c = execute("addiw", 3, 0, 4);
    set(&c, "z0", 8);
    refused(&c, "carries are bits");
    c = execute("addiw", 0xffff, 0, 1);
    set(&c, "z0", 0x10000); /* the carry stays */
    set(&c, "z1", 0);
    refused(&c, "lookup U16");
    c = execute("addiw", 0x7fffffff, 0, 1);
    set(&c, "sg", 0);
    refused(&c, "lookup U16");
}

/* The limbs above the immediate's twelve bits follow from its sign and the kind. */
Test(chips_alu_lies, a_false_upper_limb_of_a_bitwise_immediate_is_refused)
{
    static const struct {
        const char *name;
        int32_t imm;
        uint32_t other; /* what another kind, or the other sign, would give */
    } lies[] = {{"andi", 15, 0x1234}, {"andi", -1, 0}, {"andi", -1, 0xffff}, {"ori", 15, 0xffff}, {"ori", -1, 0x1234}, {"xori", 15, 0xedcb}, {"xori", -1, 0x1234}};
    for (unsigned i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        for (unsigned limb = 0; limb < 3; limb++) {
            struct alu_case c = execute(lies[i].name, 0x1234123412341234u, 0, lies[i].imm);
            *row_cell_at(c.t, c.row, "z", limb) = lies[i].other;
            refused(&c, "upper limbs meet an immediate");
        }
    }
    struct alu_case c = execute("xori", 0x1234, 0, 0xff);
    set(&c, "z0[0]", 0xcc);
    refused(&c, "lookup BOP");
}

Test(chips_alu_lies, an_immediate_form_with_an_operand_of_its_own_is_refused)
{
    struct alu_case c = execute("slti", 5, 0, 3);
    set(&c, "b[0]", 100);
    set(&c, "lt", 1);
    set(&c, "gap", 97);
    refused(&c, "no second register");
}

/* A left shift by s < 64 that takes the row of a right shift by s - 64, and the other way round. */
Test(chips_alu_lies, a_shift_in_the_other_direction_is_refused)
{
    struct alu_case c = execute("sll", 0xff, 64 + 3, 0);
    set(&c, "s", 67);
    set(&c, "h", 0);
    set(&c, "m", 32);
    set(&c, "w[0]", 0xe0);
    set(&c, "w[1]", 0x1f);
    set(&c, "r[0]", 0x1fe0);
    refused(&c, "lookup B2");
    c = execute("srl", 0xff, 3, 0);
    set(&c, "s", 3 - 64);
    set(&c, "h", 1);
    set(&c, "m", 8);
    set(&c, "w[0]", 0xf8);
    set(&c, "w[1]", 0x07);
    set(&c, "r[0]", 0x07);
    refused(&c, "lookup B2");
}

/* What a limb times m carries: another pair of product and carry that is equal mod 2^16, or mod p. */
Test(chips_alu_lies, a_shift_with_a_false_carry_is_refused)
{
    struct alu_case c = execute("slli", 0xffff, 0, 4);
    set(&c, "hi[0]", 14); /* one less, and the product 2^16 more */
    set(&c, "w[1]", 0x1ff);
    set(&c, "w[2]", 14);
    set(&c, "r[0]", 0x1fff0);
    set(&c, "r[1]", 14);
    refused(&c, "lookup B2");
    c = execute("slli", 0xffff, 0, 4);
    set(&c, "hi[0]", 15 + 256);
    refused(&c, "limbs of the operand times m");
    c = execute("srai", 0x8000000000000000u, 0, 4);
    set(&c, "fill", 0); /* zeros come in below the sign's byte */
    set(&c, "r[3]", 0xf800 - 0xf0 * 256 + 0x0800);
    refused(&c, "fill is the low byte");
}

Test(chips_alu_lies, a_false_shift_amount_sign_or_extension_is_refused)
{
    struct alu_case c = execute("sllw", 1, 32 + 8, 0);
    set(&c, "s", 40);
    set(&c, "h", 0);
    set(&c, "oh[1]", 0);
    set(&c, "oh[5]", 1);
    set(&c, "r[0]", 0);
    set(&c, "r[2]", 256);
    refused(&c, "shifts by less than 32");
    c = execute("sll", 1, 8, 0);
    set(&c, "oh[1]", 0);
    set(&c, "oh[2]", 1);
    set(&c, "r[0]", 0);
    set(&c, "r[1]", 1);
    refused(&c, "lookup");
    c = execute("sll", 1, 8, 0);
    set(&c, "oh[2]", 1);
    set(&c, "r[1]", 1);
    refused(&c, "exactly one byte distance");
    c = execute("sra", 0x8000000000000000u, 8, 0);
    set(&c, "sgn", 0);
    set(&c, "g", 0);
    set(&c, "r[3]", 0x80);
    set(&c, "z[1]", 0x80);
    refused(&c, "lookup U16");
    c = execute("srlw", 0x80000000u, 0, 0);
    set(&c, "zs", 0);
    set(&c, "z[0]", 0);
    set(&c, "z[1]", 0);
    refused(&c, "lookup U16");
}

Test(chips_alu_lies, a_false_comparison_is_refused)
{
    struct alu_case c = execute("sltu", 0x20000, 0x10001, 0);
    set(&c, "lt", 1); /* by limb 0 only, although limb 1 says otherwise */
    set(&c, "at[1]", 0);
    set(&c, "at[0]", 1);
    set(&c, "gap", 0);
    refused(&c, "limbs above the chosen one are equal");
    c = execute("sltu", 2, 1, 0);
    set(&c, "lt", 1);
    set(&c, "gap", -2);
    refused(&c, "lookup U16");
    c = execute("sltu", 1, 1, 0);
    set(&c, "lt", 1);
    refused(&c, "equal words are not less");
    c = execute("slt", ~(uint64_t)0, 0, 0);
    set(&c, "sa", 0); /* -1 as a large number */
    set(&c, "lt", 0);
    set(&c, "gap", 65534);
    refused(&c, "lookup U16");
    c = execute("sltu", ~(uint64_t)0, 0, 0);
    set(&c, "sa", 1);
    set(&c, "lt", 1);
    set(&c, "gap", 0);
    refused(&c, "lookup U16");
    c = execute("beq", 1, 2, 8);
    set(&c, "at[0]", 0);
    set(&c, "lt", 0);
    set(&c, "gap", 0);
    set(&c, "next", c.e.ip + 2);
    refused(&c, "limbs above the chosen one are equal");
}

Test(chips_alu_lies, a_taken_branch_to_a_misaligned_target_is_refused)
{
    struct alu_case c;
    alu_make(&c, inst("bne"), 1, 2, 6, &rng);
    refused(&c, "aligned target");
}

Test(chips_alu_lies, a_branch_that_goes_elsewhere_is_refused)
{
    struct alu_case c = execute("bne", 1, 1, 64);
    set(&c, "next", c.e.ip + 16);
    refused(&c, "next ip");
}

Test(chips_alu_lies, a_jump_to_an_illegal_target_is_refused)
{
    struct alu_case c;
    alu_make(&c, inst("jalr"), 0x1002, 0, 0, &rng); /* bit 1 */
    refused(&c, "carries are bits");
    alu_make(&c, inst("jalr"), 0x1002, 0, 0, &rng);
    set(&c, "q", (0x1002 + 2 * (int64_t)FP_P) / 4); /* 4 q = 0x1002 mod p */
    refused(&c, "lookup U16");
    alu_make(&c, inst("jalr"), 0x100001000u, 0, 0, &rng); /* above 2^32 */
    refused(&c, "carries are bits");
    c = execute("jalr", 0xfffc, 0, 4);
    set(&c, "t1", 0); /* the carry into limb 1 is lost */
    refused(&c, "carries are bits");
    c = execute("jalr", 0xfffc, 0, 4);
    set(&c, "q", 0x4000); /* the carry is kept in limb 0 */
    set(&c, "t1", 0);
    refused(&c, "lookup U16");
}

Test(chips_alu_lies, a_product_with_false_carries_is_refused)
{
    struct alu_case c = execute("mul", 0xffff, 0xffff, 0);
    const uint32_t u0 = *row_cell(c.t, c.row, "u[0]"), r0 = *row_cell(c.t, c.row, "r[0]");
    set(&c, "u[0]", (int64_t)u0 - 1); /* one unit of the carry stays in limb 0 */
    set(&c, "r[0]", (int64_t)r0 + 65536);
    set(&c, "z[0]", (int64_t)r0 + 65536);
    set(&c, "r[1]", (int64_t)*row_cell(c.t, c.row, "r[1]") - 1);
    set(&c, "z[1]", (int64_t)*row_cell(c.t, c.row, "z[1]") - 1);
    refused(&c, "lookup U16");
    c = execute("mulh", ~(uint64_t)0, 5, 0);
    set(&c, "nx", 0);
    set_limbs(&c, "z", 4);
    for (unsigned i = 0; i < 4; i++) {
        *row_cell_at(c.t, c.row, "bo", i) = 0;
    }
    refused(&c, "lookup B2");
    c = execute("mulh", 1, 1, 0);
    set(&c, "bo[3]", 3);
    set(&c, "z[3]", 3 * 65536);
    refused(&c, "a borrow is 0, 1 or 2");
    c = execute("mulw", 0x80000000u, 1, 0);
    set(&c, "sg", 0);
    set(&c, "z[2]", 0);
    set(&c, "z[3]", 0);
    refused(&c, "lookup U16");
}

Test(chips_alu_lies, a_called_product_beyond_64_bits_or_with_an_instruction_is_refused)
{
    struct alu_case c = execute("mul", 0, 0, 0);
    void *const r = c.row;
    memset(c.row, 0, sizeof c.row);
    sc_mul_fill_called((uint64_t)1 << 63, 2, r);
    refused(&c, "a called product is below 2^64");
    c = execute("mul", 3, 5, 0);
    set(&c, "kind[5]", 1);
    refused(&c, "at most one kind");
    /* on an honest called row nothing but the call is on a bus */
    memset(c.row, 0, sizeof c.row);
    sc_mul_fill_called(3, 5, r);
    set(&c, "ts", 4);
    set(&c, "rd", 7);
    set(&c, "prevd", 1);
    struct row_view v;
    row_judge(&v, c.t, c.row);
    cr_assert(!v.violated[0] && v.n == 1 && v.tuple[0].bus == AIR_BUS_MCALL);
}

/* 7 / 3 with the quotient 7 / 3 mod 2^64 and remainder 0: the product overflows. */
Test(chips_alu_lies, a_quotient_modulo_2_64_finds_no_product)
{
    struct alu_case c = execute("divu", 7, 3, 0);
    const uint64_t q = 7 * 0xaaaaaaaaaaaaaaabu;
    cr_assert_eq(q * 3, 7);
    set_limbs(&c, "q", q);
    set_limbs(&c, "qm", q);
    set_limbs(&c, "z", q);
    set_limbs(&c, "r", 0);
    set_limbs(&c, "rm", 0);
    set_limbs(&c, "lo", 7);
    set_limbs(&c, "gap", 2);
    cr_assert(row_accepted(c.t, c.row), "the row alone is consistent");
    struct alu_case m = execute("mul", 0, 0, 0);
    void *const r = m.row;
    memset(m.row, 0, sizeof m.row);
    sc_mul_fill_called(q, 3, r);
    refused(&m, "a called product is below 2^64");
    for (unsigned i = 4; i < 8; i++) {
        *row_cell_at(m.t, m.row, "r", i) = 0;
    }
    refused(&m, "limbs of x times y");
}

Test(chips_alu_lies, a_remainder_that_is_not_reduced_is_refused)
{
    struct alu_case c = execute("remu", 7, 3, 0);
    set_limbs(&c, "q", 1);
    set_limbs(&c, "qm", 1);
    set_limbs(&c, "lo", 3);
    set_limbs(&c, "r", 4);
    set_limbs(&c, "rm", 4);
    set_limbs(&c, "z", 4);
    set_limbs(&c, "gap", 0 - (uint64_t)2);
    refused(&c, "less than the divisor, no carry out");
    set(&c, "gap[0]", -2);
    set(&c, "gap[1]", 0);
    set(&c, "gap[2]", 0);
    set(&c, "gap[3]", 0);
    refused(&c, "lookup U16");
}

Test(chips_alu_lies, false_signs_of_a_division_are_refused)
{
    struct alu_case c = execute("rem", 0 - (uint64_t)7, 3, 0); /* -1 */
    set_limbs(&c, "r", 1);
    set_limbs(&c, "z", 1);
    refused(&c, "sum to 0");
    c = execute("div", 0 - (uint64_t)7, 3, 0); /* -2 */
    set_limbs(&c, "q", 2);
    set_limbs(&c, "z", 2);
    refused(&c, "sum to 0");
    set(&c, "sq", 0);
    refused(&c, "negative when one operand is");
    c = execute("divu", 0 - (uint64_t)7, 3, 0);
    set(&c, "sn", 1);
    set(&c, "sq", 1);
    set_limbs(&c, "nm", 7);
    set_limbs(&c, "qm", 2);
    set_limbs(&c, "q", 0 - (uint64_t)2);
    set_limbs(&c, "z", 0 - (uint64_t)2);
    set_limbs(&c, "lo", 6);
    set_limbs(&c, "rm", 1);
    set_limbs(&c, "r", 0 - (uint64_t)1);
    set_limbs(&c, "gap", 1);
    refused(&c, "lookup U16");
}

Test(chips_alu_lies, a_false_zero_divisor_is_refused)
{
    struct alu_case c = execute("divu", 7, 3, 0);
    set(&c, "kind[1]", 0);
    set(&c, "kind0[1]", 1);
    set(&c, "inv", 0);
    set_limbs(&c, "q", ~(uint64_t)0);
    set_limbs(&c, "qm", ~(uint64_t)0);
    set_limbs(&c, "z", ~(uint64_t)0);
    set_limbs(&c, "lo", 0);
    set_limbs(&c, "rm", 7);
    set_limbs(&c, "r", 7);
    refused(&c, "a divisor zero is zero");
    c = execute("divu", 7, 0, 0);
    set(&c, "kind[1]", 1);
    set(&c, "kind0[1]", 0);
    refused(&c, "has an inverse");
    c = execute("divu", 7, 0, 0);
    set_limbs(&c, "q", 1);
    set_limbs(&c, "qm", 1);
    set_limbs(&c, "z", 1);
    refused(&c, "all ones");
    c = execute("remu", 7, 0, 0);
    set_limbs(&c, "lo", 7);
    set_limbs(&c, "rm", 0);
    set_limbs(&c, "r", 0);
    set_limbs(&c, "z", 0);
    refused(&c, "leaves the dividend");
}

Test(chips_alu_lies, a_word_division_with_false_extension_is_refused)
{
    struct alu_case c = execute("divw", 0x80000000u, 1, 0);
    set_limbs(&c, "z", 0x80000000u);
    set(&c, "zs", 0);
    refused(&c, "lookup U16");
    c = execute("divuw", 0xffffffff00000008u, 2, 0);
    set(&c, "nh[0]", 1);
    set(&c, "nm[2]", 1);
    refused(&c, "upper limbs of n");
}

Test(chips_alu_lies, two_kinds_on_one_row_are_refused)
{
    for (unsigned k = 0; k < ALU_N; k++) {
        struct alu_case c;
        alu_make_random(&c, &alu_insts[k], &rng);
        for (unsigned i = 0; i < c.t->n_cols; i++) {
            const bool kind = !strncmp(c.t->col_names[i], "kind", 4) || !strcmp(c.t->col_names[i], "subw") ||
                              !strcmp(c.t->col_names[i], "addw");
            if (kind && c.row[i] == 0) {
                c.row[i] = 1;
                refused(&c, "kind");
                c.row[i] = 0;
            }
        }
    }
}

/* Slot 2 of STATE is the constant 0 at both ends in every chip but ECALL: no row of these can halt. */
Test(chips_alu_lies, no_arithmetic_chip_can_say_halted)
{
    for (unsigned k = 0; k < ALU_N; k++) {
        const struct air_table *t = &sc_air_tables[alu_insts[k].table];
        for (unsigned i = 0; i < t->n_uses; i++) {
            const struct air_form *halted = &t->forms[t->uses[i].slots + 2];
            cr_assert(t->uses[i].bus != AIR_BUS_STATE || (halted->n == 0 && halted->k == 0), "%s", t->name);
        }
    }
}

Test(chips_alu_lies, a_token_from_the_future_is_refused)
{
    for (unsigned k = 0; k < ALU_N; k++) {
        struct alu_case c;
        alu_make_random(&c, &alu_insts[k], &rng);
        c.e.prev1 = c.e.ts;
        c.e.prev2 = c.e.ts + 1;
        c.e.prevd = c.e.ts + 2;
        alu_fill(&c);
        refused(&c, "lookup U16");
    }
}
