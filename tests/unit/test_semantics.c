/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Instructions against statements of the unprivileged manual that share nothing with the executor:
 * every load and store at every offset, environment calls and fences as rows, results of divisions
 * as the manual tabulates them, and no instruction left out. Arithmetic and control flow on edge
 * and random operands: test_chips_alu.c. Rows of other results: tests/sound.
 */
#include "tests/unit/mem_case.h"

#include <criterion/criterion.h>

enum { N_RANDOM = 60 };

static void check_case(const struct mem_case *c, const char *name)
{
    struct row_view got;
    bool met[ROW_MAX_TUPLES] = {false};
    row_judge(&got, c->t, c->row);
    cr_assert(!got.violated[0], "%s at %016lx: %s", name, c->e.addr, got.violated);
    cr_assert_eq(got.n, c->want.n, "%s at %016lx says %u tuples, not %u", name, c->e.addr, got.n,
                 c->want.n);
    for (unsigned i = 0; i < got.n; i++) {
        unsigned j = 0;
        while (j < got.n &&
               (met[j] || memcmp(&got.tuple[i], &c->want.tuple[j], sizeof got.tuple[i]))) {
            j++;
        }
        cr_assert(j < got.n, "%s at %016lx, words %016lx %016lx, rs2 %016lx: tuple %u on %s", name,
                  c->e.addr, c->e.m_old[0], c->e.m_old[1], c->e.b, i,
                  row_bus_name(got.tuple[i].bus));
        met[j] = true;
    }
}

/* Bases of words: ends of limbs and of regions among them. */
static const uint64_t places[] = {
    0x1000,     0x7ff8,     0x8000,      0xfff8,      0x10000,     0xfffff8,    0x7ffffff8,
    0xfffffff0, 0xfffffff8, 0x100000000, 0x1fffffff8, 0x200000000, 0x2fffffff0,
};
enum { N_PLACES = sizeof places / sizeof places[0] };
static const int32_t offsets[] = {0, 1, -1, 7, -8, 2047, -2048};
enum { N_OFFSETS = sizeof offsets / sizeof offsets[0] };

static void check_access(const struct mem_inst *k,
                         uint64_t addr,
                         int32_t imm,
                         const uint64_t words[2],
                         uint64_t value,
                         uint64_t *rng)
{
    struct mem_case c;
    for (unsigned s = 0; s < 3; s++) {
        const uint8_t space[2] = {(uint8_t)(k->store ? 1 : 1 + s),
                                  (uint8_t)(k->store ? 1 : 1 + (s + alu_random(rng) % 3) % 3)};
        mem_make(&c, k, addr, imm, words, value, space, rng);
        check_case(&c, k->name);
    }
}

Test(semantics, every_load_and_store_at_every_offset_and_place_has_its_row_and_result)
{
    uint64_t rng = ALU_SEED + 300;
    for (unsigned k = 0; k < MEM_N; k++) {
        for (unsigned i = 0; i < 8 * N_PLACES * N_OFFSETS; i++) {
            const uint64_t words[2] = {alu_random_word(&rng), alu_random_word(&rng)};
            check_access(&mem_insts[k], places[i / 8 % N_PLACES] + i % 8,
                         offsets[i / (8 * N_PLACES)], words, alu_random_word(&rng), &rng);
        }
    }
}

Test(semantics, every_load_and_store_takes_signs_from_the_right_byte)
{
    /* one byte of sixteen has its top bit, or all but one have */
    uint64_t rng = ALU_SEED + 301;
    for (unsigned k = 0; k < MEM_N; k++) {
        for (unsigned i = 0; i < 8 * 16; i++) {
            const unsigned byte = i / 8;
            uint64_t words[2] = {0, 0};
            words[byte / 8] = (uint64_t)0x80 << (8 * (byte % 8));
            check_access(&mem_insts[k], 0x10000 + i % 8, 0, words, 0x8081828384858687u, &rng);
            const uint64_t others[2] = {~words[0], ~words[1]};
            check_access(&mem_insts[k], 0x10000 + i % 8, 0, others, 0x7f7e7d7c7b7a7978u, &rng);
        }
    }
}

Test(semantics, every_load_and_store_on_random_words_and_addresses)
{
    uint64_t rng = ALU_SEED + 302;
    for (unsigned k = 0; k < MEM_N; k++) {
        for (unsigned i = 0; i < 8 * N_RANDOM; i++) {
            const uint64_t words[2] = {alu_random_word(&rng), alu_random_word(&rng)};
            const uint64_t addr = (0x1000 + alu_random(&rng) % 0x2fffff000u) / 8 * 8 + i % 8;
            check_access(&mem_insts[k], addr, (int32_t)(alu_random(&rng) & 0xfff) - 2048, words,
                         alu_random_word(&rng), &rng);
        }
    }
}

Test(semantics, an_address_is_taken_mod_two_to_the_64)
{
    uint64_t rng = ALU_SEED + 303;
    const uint64_t words[2] = {1, 2};
    for (unsigned k = 0; k < MEM_N; k++) {
        for (uint64_t o = 0; o < 8; o++) {
            check_access(&mem_insts[k], 0x10 + o, 2047, words, 3,
                         &rng); /* the base is close to 2^64 */
        }
    }
}

Test(semantics, calls_and_fences_have_their_rows)
{
    uint64_t rng = ALU_SEED + 304;
    struct mem_case c;
    for (unsigned i = 0; i < ALU_N_EDGES + N_RANDOM; i++) {
        mem_make_call(&c, false, i < ALU_N_EDGES ? alu_edges[i] : alu_random(&rng), &rng);
        check_case(&c, "ecall 64");
        mem_make_call(&c, true, 0, &rng);
        check_case(&c, "ecall 93");
        mem_make_fence(&c, i == 0 ? 0x0ff00000u : (uint32_t)alu_random(&rng), &rng);
        check_case(&c, "fence");
    }
}

Test(semantics, an_exit_code_other_than_0_has_no_row)
{
    uint64_t rng = ALU_SEED + 305;
    struct mem_case c;
    struct row_view got;
    for (unsigned bit = 0; bit < 64; bit++) {
        mem_make_call(&c, true, 0, &rng);
        c.e.old = (uint64_t)1 << bit;
        mem_fill(&c);
        row_judge(&got, c.t, c.row);
        cr_assert(got.violated[0], "exit code 2^%u is accepted", bit);
    }
}

/* Chapter M of the manual: the table of division by zero and overflow, and signs of remainders. */
static const struct {
    const char *name;
    uint64_t a, b, result;
} divisions[] = {
    {"div", 7, 0, ~(uint64_t)0},
    {"div", 0x8000000000000000u, 0, ~(uint64_t)0},
    {"div", 0, 0, ~(uint64_t)0},
    {"divu", 7, 0, ~(uint64_t)0},
    {"rem", 7, 0, 7},
    {"rem", (uint64_t)-7, 0, (uint64_t)-7},
    {"remu", 0xfedcba9876543210u, 0, 0xfedcba9876543210u},
    {"divw", 7, 0x100000000u, ~(uint64_t)0},
    {"divuw", 7, 0x100000000u, ~(uint64_t)0},
    {"remw", 0x1180000000u, 0, 0xffffffff80000000u},
    {"remuw", 0x1180000000u, 0, 0xffffffff80000000u},
    {"div", 0x8000000000000000u, ~(uint64_t)0, 0x8000000000000000u},
    {"rem", 0x8000000000000000u, ~(uint64_t)0, 0},
    {"divw", 0x80000000u, 0xffffffffu, 0xffffffff80000000u},
    {"remw", 0x80000000u, 0xffffffffu, 0},
    {"div", (uint64_t)-7, 2, (uint64_t)-3},
    {"div", 7, (uint64_t)-2, (uint64_t)-3},
    {"div", (uint64_t)-7, (uint64_t)-2, 3},
    {"rem", (uint64_t)-7, 2, (uint64_t)-1},
    {"rem", 7, (uint64_t)-2, 1},
    {"rem", (uint64_t)-7, (uint64_t)-2, (uint64_t)-1},
    {"rem", (uint64_t)-8, 2, 0},
    {"divu", 0x8000000000000000u, ~(uint64_t)0, 0},
    {"remu", 0x8000000000000000u, ~(uint64_t)0, 0x8000000000000000u},
    {"divuw", 0x80000000u, 1, 0xffffffff80000000u},
    {"remuw", 0xffffffffu, 0x80000001u, 0x7ffffffe},
    {"divw", 0xdeadbeef00000009u, 0x1234567800000002u, 4},
    {"mulhsu", ~(uint64_t)0, ~(uint64_t)0, ~(uint64_t)0},
    {"mulh", ~(uint64_t)0, ~(uint64_t)0, 0},
    {"mulhu", ~(uint64_t)0, ~(uint64_t)0, 0xfffffffffffffffeu},
    {"mulh", 0x8000000000000000u, 0x8000000000000000u, 0x4000000000000000u},
    {"mulhsu", 0x8000000000000000u, 0x8000000000000000u, 0xc000000000000000u},
    {"mulw", 0xffffffff80000000u, 0x123456789u, 0xffffffff80000000u},
};

Test(semantics, divisions_and_high_products_of_the_manual_have_their_rows)
{
    uint64_t rng = ALU_SEED + 306;
    for (unsigned i = 0; i < sizeof divisions / sizeof divisions[0]; i++) {
        unsigned k = 0;
        while (strcmp(alu_insts[k].name, divisions[i].name)) {
            k++;
        }
        struct alu_case c;
        struct row_view got, want;
        alu_make(&c, &alu_insts[k], divisions[i].a, divisions[i].b, 0, &rng);
        cr_assert_eq(c.e.val, divisions[i].result, "%s line %u: the model says %016lx",
                     divisions[i].name, i, c.e.val);
        c.e.val = divisions[i].result;
        alu_fill(&c);
        row_judge(&got, c.t, c.row);
        alu_expect(&want, &c);
        cr_assert(!got.violated[0], "%s line %u: %s", divisions[i].name, i, got.violated);
        cr_assert(got.n == want.n && !memcmp(got.tuple, want.tuple, got.n * sizeof got.tuple[0]),
                  "%s line %u", divisions[i].name, i);
    }
}

Test(semantics, every_instruction_of_the_machine_has_a_statement_here)
{
    static const char *const names[] = {
#define I(name, format, mask, match, cls, m, alt, f3) #name,
#include "core/chips/rv64im.def"
#undef I
    };
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        bool found = !strcmp(names[i], "fence") || !strcmp(names[i], "ecall");
        for (unsigned k = 0; k < ALU_N; k++) {
            found = found || !strcmp(names[i], alu_insts[k].name);
        }
        for (unsigned k = 0; k < MEM_N; k++) {
            found = found || !strcmp(names[i], mem_insts[k].name);
        }
        cr_assert(found, "%s", names[i]);
    }
    cr_assert_eq(sizeof names / sizeof names[0], ALU_N + MEM_N + 2);
}
