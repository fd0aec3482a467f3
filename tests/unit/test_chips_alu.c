/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Chips of arithmetic and control flow: filled rows are accepted and say what the manual says, and no single changed cell
 * makes a row say another result for the same operands. Directed forgeries: tests/sound/test_chips_alu_lies.c.
 */
#include "tests/unit/alu_case.h"

#include <criterion/criterion.h>

enum { N_RANDOM = 400, N_MUTATED = 12 };

static void check_case(const struct alu_case *c)
{
    struct row_view got, want;
    row_judge(&got, c->t, c->row);
    cr_assert(!got.violated[0], "%s a=%016lx b=%016lx imm=%ld: %s", c->k->name, c->e.a, c->e.b, (long)c->in.imm, got.violated);
    alu_expect(&want, c);
    cr_assert_eq(got.n, want.n, "%s says %u tuples, not %u", c->k->name, got.n, want.n);
    for (unsigned i = 0; i < got.n; i++) {
        cr_assert(!memcmp(&got.tuple[i], &want.tuple[i], sizeof want.tuple[i]), "%s a=%016lx b=%016lx imm=%ld: tuple %u on %s",
                  c->k->name, c->e.a, c->e.b, (long)c->in.imm, i, row_bus_name(want.tuple[i].bus));
    }
}

static void check_called(const struct alu_case *c)
{
    uint64_t q, d;
    uint32_t row[AIR_MAX_COLS] = {0};
    struct row_view v;
    if (c->k->table != AIR_TABLE_DIV || !sc_div_call(&c->e, &c->in, &q, &d)) {
        return;
    }
    void *const r = row;
    sc_mul_fill_called(q, d, r);
    row_judge(&v, &sc_air_tables[AIR_TABLE_MUL], row);
    cr_assert(!v.violated[0], "called product %016lx %016lx: %s", q, d, v.violated);
    cr_assert_eq(v.n, 1);
    cr_assert_eq(v.tuple[0].sign, -1);
    cr_assert(v.tuple[0].bus == AIR_BUS_MCALL && alu_call_true(&v.tuple[0]));
}

Test(chips_alu, every_instruction_on_edge_operands_is_accepted_with_its_result)
{
    uint64_t rng = ALU_SEED;
    for (unsigned k = 0; k < ALU_N; k++) {
        const struct alu_inst *inst = &alu_insts[k];
        for (unsigned i = 0; i < ALU_N_EDGES * ALU_N_EDGES; i++) {
            struct alu_case c;
            const int32_t imm = alu_imm(inst, alu_random(&rng));
            const uint64_t a = alu_edges[i % ALU_N_EDGES], b = alu_edges[i / ALU_N_EDGES];
            alu_make(&c, inst, inst->table == AIR_TABLE_JALR ? alu_jalr_base(a, imm) : a, b, imm, &rng);
            check_case(&c);
            check_called(&c);
        }
    }
}

Test(chips_alu, every_instruction_on_random_operands_is_accepted_with_its_result)
{
    uint64_t rng = ALU_SEED + 1;
    for (unsigned k = 0; k < ALU_N; k++) {
        for (unsigned i = 0; i < N_RANDOM; i++) {
            struct alu_case c;
            alu_make_random(&c, &alu_insts[k], &rng);
            check_case(&c);
            check_called(&c);
        }
    }
}

Test(chips_alu, every_immediate_shift_and_amount_is_accepted_with_its_result)
{
    uint64_t rng = ALU_SEED + 2;
    for (unsigned k = 0; k < ALU_N; k++) {
        if (alu_insts[k].table != AIR_TABLE_SHIFT && alu_insts[k].table != AIR_TABLE_SHIFTI) {
            continue;
        }
        for (unsigned s = 0; s < 256; s++) {
            struct alu_case c;
            const int32_t imm = alu_insts[k].form == ALU_R ? 0 : alu_imm(&alu_insts[k], s);
            alu_make(&c, &alu_insts[k], alu_random(&rng) | (uint64_t)(s & 64) << 57 | (s & 64) << 25, alu_random(&rng) << 8 | s, imm, &rng);
            check_case(&c);
        }
    }
}

Test(chips_alu, an_untaken_branch_to_a_misaligned_target_is_accepted)
{
    uint64_t rng = ALU_SEED + 3;
    struct alu_case c;
    alu_make(&c, &alu_insts[31], 1, 2, 6, &rng);
    cr_assert_str_eq(c.k->name, "beq");
    check_case(&c);
}

Test(chips_alu, unreal_rows_hold_and_say_nothing)
{
    const uint32_t row[AIR_MAX_COLS] = {0};
    for (unsigned k = 0; k < ALU_N; k++) {
        struct row_view v;
        row_judge(&v, &sc_air_tables[alu_insts[k].table], row);
        cr_assert(!v.violated[0] && v.n == 0, "%s: %s", alu_insts[k].name, v.violated);
    }
}

/* True when the tuple is what the row shows of its result: the value written, the state after it. */
static bool is_result(const struct row_tuple *w)
{
    return w->sign > 0 && (w->bus == AIR_BUS_MEM || w->bus == AIR_BUS_STATE);
}

/* A row that is accepted and agrees with the honest one on everything it received must agree on everything it sent. */
static void check_mutant(const struct alu_case *c, const struct row_view *honest, const uint32_t *row, const char *what)
{
    struct row_view v;
    row_judge(&v, c->t, row);
    if (v.violated[0] || v.n != honest->n) {
        return;
    }
    for (unsigned i = 0; i < v.n; i++) {
        const struct row_tuple *w = &v.tuple[i];
        if (w->bus == AIR_BUS_MCALL ? !alu_call_true(w) : !is_result(w) && memcmp(w, &honest->tuple[i], sizeof *w)) {
            return;
        }
    }
    for (unsigned i = 0; i < v.n; i++) {
        cr_assert(!is_result(&v.tuple[i]) || !memcmp(&v.tuple[i], &honest->tuple[i], sizeof v.tuple[i]),
                  "%s a=%016lx b=%016lx: changing %s gives another result", c->k->name, c->e.a, c->e.b, what);
    }
}

Test(chips_alu, one_changed_cell_never_gives_another_result)
{
    static const uint32_t deltas[] = {
        1, FP_P - 1, 2, 16, FP_P - 16, 128, FP_P - 128, 256, 32768, FP_P - 32768, 65535, FP_P - 65535, 65536, FP_P - 65536,
        1u << 14, FP_P - (1u << 14), (FP_P + 1) / 2, (FP_P - 1) / 2, FP_P / 3, 0x2000000,
    };
    uint64_t rng = ALU_SEED + 4;
    for (unsigned k = 0; k < ALU_N * N_MUTATED; k++) {
        struct alu_case c;
        struct row_view honest;
        alu_make_random(&c, &alu_insts[k % ALU_N], &rng);
        row_judge(&honest, c.t, c.row);
        for (unsigned col = 0; col < c.t->n_cols; col++) {
            const uint32_t was = c.row[col];
            for (unsigned i = 0; i < sizeof deltas / sizeof deltas[0]; i++) {
                c.row[col] = (was + deltas[i]) % FP_P;
                check_mutant(&c, &honest, c.row, c.t->col_names[col]);
            }
            c.row[col] = was;
        }
    }
}

Test(chips_alu, two_changed_cells_never_give_another_result)
{
    uint64_t rng = ALU_SEED + 5;
    for (unsigned k = 0; k < ALU_N * 40; k++) {
        struct alu_case c;
        struct row_view honest;
        alu_make_random(&c, &alu_insts[k % ALU_N], &rng);
        row_judge(&honest, c.t, c.row);
        for (unsigned i = 0; i < 60; i++) {
            const uint64_t r = alu_random(&rng), s = alu_random(&rng);
            uint32_t row[AIR_MAX_COLS];
            memcpy(row, c.row, sizeof row);
            const unsigned x = (unsigned)(r >> 8) % c.t->n_cols, y = (unsigned)(r >> 16) % c.t->n_cols;
            const unsigned shift = (unsigned)(r >> 24) % 17;
            row[x] = r & 1 ? row[x] ^ 1 : (row[x] + (r & 2 ? 1u << shift : FP_P - (1u << shift))) % FP_P;
            row[y] = r & 4 ? row[y] ^ 1 : (row[y] + (r & 8 ? 1u << s % 17 : FP_P - (1u << s % 17))) % FP_P;
            row[x] %= FP_P;
            row[y] %= FP_P;
            check_mutant(&c, &honest, row, c.t->col_names[x]);
        }
    }
}

/* Fill from an event with a false result: everything that depends on the result follows it. */
Test(chips_alu, rows_filled_with_another_result_are_refused)
{
    uint64_t rng = ALU_SEED + 6;
    for (unsigned k = 0; k < ALU_N * 50; k++) {
        struct alu_case c;
        struct row_view honest;
        alu_make_random(&c, &alu_insts[k % ALU_N], &rng);
        row_judge(&honest, c.t, c.row);
        const uint64_t was = c.e.val;
        for (unsigned i = 0; i < 70; i++) {
            c.e.val = i < 64 ? was ^ (uint64_t)1 << i : i == 64 ? was + 1 : i == 65 ? was - 1 : i == 66 ? ~was : i == 67 ? 0 - was
                    : i == 68 ? alu_sext32(was) : alu_random(&rng);
            alu_fill(&c);
            check_mutant(&c, &honest, c.row, "the result in the event");
        }
    }
}
