/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Honest rows as text, one a line: the table's name and its columns as numbers.
 * tools/determinism.py checks with them that the premises of its proofs can hold and that it reads
 * the solver form as the emitted evaluators do.
 */
#include "tests/unit/mem_case.h"

enum { N_EACH = 4 };

static void print_row(enum air_table_index table, const uint32_t *row)
{
    const struct air_table *const t = &sc_air_tables[table];
    struct row_view v;
    row_judge(&v, t, row);
    if (v.violated[0]) {
        fprintf(stderr, "a row of %s is refused: %s\n", t->name, v.violated);
        exit(1);
    }
    printf("%s", t->name);
    for (unsigned i = 0; i < t->n_cols; i++) {
        printf(" %u", row[i]);
    }
    puts("");
}

/** The program line of an instruction, from either half of its word of memory. */
static void print_line(const struct sc_inst *in, uint64_t r)
{
    uint32_t row[AIR_MAX_COLS] = {0};
    void *const out = row;
    const unsigned half = in->ip & 1;
    const struct sc_fetch f = {
        *in, (uint64_t)in->word << (32 * half) | (r & 0xffffffffu) << (32 - 32 * half), 1,
        half & (uint32_t)(r >> 32)};
    sc_decode_fill(&f, out);
    print_row(AIR_TABLE_DECODE, row);
}

static void print_alu(uint64_t *rng)
{
    for (unsigned k = 0; k < ALU_N * N_EACH; k++) {
        struct alu_case c;
        uint64_t q, d;
        alu_make_random(&c, &alu_insts[k % ALU_N], rng);
        print_row(c.k->table, c.row);
        print_line(&c.in, alu_random(rng));
        if (c.k->table == AIR_TABLE_DIV && sc_div_call(&c.e, &c.in, &q, &d)) {
            uint32_t row[AIR_MAX_COLS] = {0};
            void *const out = row;
            sc_mul_fill_called(q, d, out);
            print_row(AIR_TABLE_MUL, row);
        }
        alu_make(&c, &alu_insts[k % ALU_N], c.k->table == AIR_TABLE_JALR ? 0x1000 : 5,
                 c.k->form == ALU_R ? k % 2 : 0, 0, rng);
        print_row(c.k->table, c.row);
    }
}

static void print_memory(uint64_t *rng)
{
    struct mem_case c;
    for (unsigned k = 0; k < MEM_N * 8; k++) {
        const uint64_t words[2] = {alu_random(rng), alu_random(rng)};
        const uint8_t space[2] = {(uint8_t)(mem_insts[k / 8].store ? 1 : 1 + alu_random(rng) % 3),
                                  (uint8_t)(mem_insts[k / 8].store ? 1 : 1 + k % 3)};
        mem_make(&c, &mem_insts[k / 8], 0x1fff8 + k % 8, (int32_t)(alu_random(rng) & 0xfff) - 2048,
                 words, alu_random(rng), space, rng);
        print_row(c.table, c.row);
        print_line(&c.in, alu_random(rng));
    }
    for (unsigned is_exit = 0; is_exit < 2; is_exit++) {
        mem_make_call(&c, is_exit, 77, rng);
        print_row(c.table, c.row);
        print_line(&c.in, alu_random(rng));
    }
    mem_make_fence(&c, 0, rng);
    print_row(c.table, c.row);
    print_line(&c.in, alu_random(rng));
}

static void print_words(void)
{
    static const struct sc_word words[] = {
        {0x1000, 0x1122334455667788u, 3, 9, SPACE_RO, 0},
        {0xfffffff8u, 0, 5, 8, SPACE_RW, 1},
        {0x100000008u, 0xffffffffffffffffu, 0xffffffffffffffffu, 0, SPACE_RO, 2},
        {0x200000000u, 0, 8, 12, SPACE_RW, 3},
    };
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) {
        uint32_t row[AIR_MAX_COLS] = {0};
        void *const out = row;
        const uint32_t before[] = {511, 512, FP_P - 1, FP_P - 1};
        sc_initfinal_fill(&words[i], before[i], out);
        print_row(AIR_TABLE_INITFINAL, row);
    }
}

static void print_renewals(void)
{
    static const struct sc_renewal of[] = {
        {0x1122334455667788u, 7, 65535, 3}, {0xffffffffffffffffu, 65535, 131071, 32}, {0, 0, 16383, 0}, {1, (1u << 27) - 16385, (1u << 27) - 1, 31}};
    for (unsigned i = 0; i < sizeof of / sizeof of[0]; i++) {
        uint32_t row[AIR_MAX_COLS] = {0};
        void *const out = row;
        sc_renew_fill(&of[i], out);
        print_row(AIR_TABLE_RENEW, row);
    }
}

int main(void)
{
    uint64_t rng = ALU_SEED + 400;
    print_alu(&rng);
    print_memory(&rng);
    print_words();
    print_renewals();
    return 0;
}
