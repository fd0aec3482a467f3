/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Chips of memory and system: honest rows hold, changed cells and directed lies are refused, and the DECODE chip has a
 * satisfiable row for a word exactly when the executor decodes it, with the same program line.
 */
#include "host/sys/mem.h"
#include "tests/unit/lab.h"

static const uint8_t input[] = {0x80, 1, 2, 0xff, 4, 5, 6, 7, 8};

/** x20 data, x21 constants, x22 code, x23 input, x24 output. */
static void emit_bases(struct lab_program *p)
{
    emit(p, LUI(20, LAB_RW >> 12));
    emit(p, LUI(21, LAB_RO >> 12));
    emit(p, LUI(22, LAB_CODE >> 12));
    emit(p, ADDI(23, 0, 1));
    emit(p, SLLI(23, 23, 32));
    emit(p, SLLI(24, 23, 1));
}

static void emit_exit(struct lab_program *p)
{
    emit(p, ADDI(10, 0, 0));
    emit(p, ADDI(17, 0, 93));
    emit(p, ECALL);
}

/** Every load and store at every offset, all classes, both environment calls, an output of three bytes. */
static struct lab_program every_access(void)
{
    struct lab_program p = {.n_ro = 8, .n_rw = 8};
    for (unsigned i = 0; i < 8; i++) {
        p.ro[i] = 0x80c1827f0485fe07u * (2 * i + 1);
        p.rw[i] = 0x7f8001fe83047f95u * (2 * i + 1);
    }
    emit_bases(&p);
    for (unsigned f3 = 0; f3 < 7; f3++) {
        for (int at = 0; at < 16; at++) {
            emit(&p, LOAD(f3, 5 + (unsigned)at % 3, at & 1 ? 20 : 21, at));
        }
        emit(&p, LOAD(f3, 8, 22, 5));
        emit(&p, LOAD(f3, 0, 23, 7));
    }
    for (unsigned f3 = 0; f3 < 4; f3++) {
        for (int at = 0; at < 16; at++) {
            emit(&p, STORE(f3, 5 + (unsigned)at % 4, 20, at + 8));
        }
    }
    emit(&p, ADDI(25, 20, 2047));
    emit(&p, STORE(3, 5, 25, -2045)); /* a negative offset, crossing */
    emit(&p, STORE(3, 5, 25, 81));    /* zero words */
    emit(&p, ADDI(9, 0, 3));
    emit(&p, STORE(3, 9, 24, 0));
    emit(&p, STORE(1, 9, 24, 8));
    emit(&p, STORE(0, 9, 24, 10));
    emit(&p, ADDI(12, 0, 5));
    emit(&p, ADDI(17, 0, 64));
    emit(&p, ECALL);
    emit(&p, 0x0ff0000fu); /* fence */
    emit_exit(&p);
    return p;
}

/** A short program: three bytes of output, an input word, a zero word, a text word, a constant. */
static struct lab_program short_program(void)
{
    struct lab_program p = {.n_ro = 1, .n_rw = 1, .ro = {0x1111222233334444u}, .rw = {0x5555666677778888u}};
    emit_bases(&p);
    emit(&p, LOAD(3, 5, 23, 0));
    emit(&p, LOAD(3, 6, 21, 0));
    emit(&p, LOAD(3, 7, 22, 0));
    emit(&p, STORE(3, 6, 20, 0));
    emit(&p, STORE(3, 6, 20, 64));
    emit(&p, ADDI(9, 0, 3));
    emit(&p, STORE(3, 9, 24, 0));
    emit(&p, STORE(2, 9, 24, 8));
    emit_exit(&p);
    return p;
}

static void open_every(struct lab *l)
{
    const struct lab_program p = every_access();
    lab_run(l, &p, input, sizeof input, NULL);
}

static void open_short(struct lab *l)
{
    const struct lab_program p = short_program();
    lab_run(l, &p, input, sizeof input, NULL);
}

static struct lab lab;

Test(chips_mem, every_load_store_and_call_makes_a_trace_that_holds)
{
    open_every(&lab);
    for (unsigned t = AIR_TABLE_LD; t <= AIR_TABLE_STOREX; t++) {
        cr_expect(lab.run.n_rows[t] > 0, "%s is not exercised", sc_air_tables[t].name);
    }
    cr_expect(lab_holds(&lab), "%s", lab.why);
    lab_close(&lab);
}

Test(chips_mem, cells_do_not_depend_on_the_threads)
{
    struct sc_pool *pool = NULL;
    static struct lab other;
    const struct lab_program p = every_access();
    cr_assert(sc_pool_create(&pool, 3) == SOCLE_OK);
    lab_run(&lab, &p, input, sizeof input, NULL);
    lab_run(&other, &p, input, sizeof input, pool);
    cr_assert(lab.trace.layout.m0 == other.trace.layout.m0);
    cr_expect(memcmp(lab.trace.cells, other.trace.cells, sizeof(fp) << lab.trace.layout.m0) == 0);
    lab_close(&lab);
    lab_close(&other);
    sc_pool_destroy(pool);
}

Test(chips_mem, a_trace_without_memory_ends_cleanly)
{
    struct sc_trace t;
    struct sc_image image;
    open_short(&lab);
    sc_mem_fail_at(1);
    cr_expect(sc_image_build(&image, &lab.elf) == SOCLE_E_NOMEM && image.cells == NULL);
    sc_mem_fail_at(1);
    cr_expect(sc_trace_build(&t, lab.why, sizeof lab.why, &lab.run, &lab.image, NULL) == SOCLE_E_NOMEM && t.cells == NULL);
    sc_mem_fail_at(0);
    lab_close(&lab);
}

/** Cells that the proof leaves free on some rows: their selector is 0, or any value serves. */
static bool is_free(unsigned table, const char *name, const fp *row)
{
    if (table == AIR_TABLE_ECALL) {
        return row[0] == 0 && strcmp(name, "prev2") == 0;
    }
    /* the inverse of a target field 0 has the factor 0 */
    return table == AIR_TABLE_DECODE && strcmp(name, "rdi") == 0;
}

static void mutate_table(unsigned table, size_t n_rows)
{
    static const uint32_t steps[] = {1, 0x10000, FP_P - 1, 128};
    const struct air_table *const t = &sc_air_tables[table];
    for (size_t i = 0; i < n_rows; i++) {
        fp row[AIR_MAX_COLS], forged[AIR_MAX_COLS];
        lab_row(row, &lab, table, i);
        for (unsigned c = 0; c < t->n_cols; c++) {
            for (unsigned s = 0; s < sizeof steps / sizeof steps[0] && !is_free(table, t->col_names[c], row); s++) {
                memcpy(forged, row, sizeof row);
                forged[c] = fp_add(forged[c], fp_from_u32(steps[s]));
                cr_expect(lab_refuses(table, row, forged), "%s row %zu, column %s plus %u is accepted", t->name, i, t->col_names[c], steps[s]);
            }
        }
    }
}

Test(chips_mem, no_cell_of_a_real_row_can_change)
{
    open_every(&lab);
    for (unsigned t = AIR_TABLE_LD; t <= AIR_TABLE_STOREX; t++) {
        mutate_table(t, lab.run.n_rows[t] < 24 ? lab.run.n_rows[t] : 24);
    }
    mutate_table(AIR_TABLE_ECALL, 2);
    mutate_table(AIR_TABLE_DECODE, 120);
    mutate_table(AIR_TABLE_INITFINAL, lab.run.n_words < 150 ? lab.run.n_words : 150);
    mutate_table(AIR_TABLE_REGS, SC_N_REGS);
    mutate_table(AIR_TABLE_IMAGE, lab.elf.n_words < 100 ? lab.elf.n_words : 100);
    lab_close(&lab);
}

/* A row of zeros in every column that some kind is added to: no kind may appear alone. */
Test(chips_mem, unreal_rows_send_nothing_and_no_kind_can_be_added)
{
    static const fp zero[AIR_MAX_COLS];
    for (unsigned t = 0; t < AIR_TABLE_REGS; t++) {
        cr_expect(lab_broken(t, zero) == NULL, "%s: %s", sc_air_tables[t].name, lab_broken(t, zero));
        cr_expect(fx_is_zero(lab_row_sum(t, zero, false)), "%s", sc_air_tables[t].name);
    }
    open_every(&lab);
    for (unsigned t = AIR_TABLE_LD; t <= AIR_TABLE_STOREX; t++) {
        fp row[AIR_MAX_COLS];
        lab_row(row, &lab, t, 0);
        for (unsigned c = 0; c < 6 && strncmp(sc_air_tables[t].col_names[c], "kind[", 5) == 0; c++) {
            const fp kept = row[c];
            row[c] = FP_ONE;
            cr_expect(kept == FP_ONE || lab_broken(t, row) != NULL, "%s takes two kinds", sc_air_tables[t].name);
            row[c] = kept;
        }
    }
    lab_close(&lab);
}

/* DECODE against the executor's decoder. */

/** Everything that a row offers for an instruction word at @p ip; true when its constraints and ranges hold. */
static bool decode_row(fp *out, uint32_t word, uint32_t ip)
{
    const struct air_table *const t = &sc_air_tables[AIR_TABLE_DECODE];
    uint32_t row[AIR_MAX_COLS] = {0};
    const struct sc_fetch f = {.inst = {.word = word, .ip = ip}, .word8 = (uint64_t)word << (ip & 1 ? 32 : 0) | (uint64_t)0x13579bdfu << (ip & 1 ? 0 : 32)};
    sc_decode_fill(&f, (void *)row);
    for (unsigned c = 0; c < t->n_cols; c++) {
        out[c] = fp_from_u32(row[c]);
    }
    fp real = 0;
    for (unsigned k = 0; k < 13; k++) {
        real = fp_add(real, out[k]);
    }
    return real == FP_ONE && lab_broken(AIR_TABLE_DECODE, out) == NULL && !lab_refuses(AIR_TABLE_DECODE, out, out);
}

/** The table side of PROG on a row. */
static void decode_line(uint32_t line[11], const fp *row)
{
    const struct air_table *const t = &sc_air_tables[AIR_TABLE_DECODE];
    for (unsigned u = 0; u < t->n_uses; u++) {
        for (unsigned s = 0; t->uses[u].bus == AIR_BUS_PROG && s < 11; s++) {
            line[s] = fp_to_u32(lab_form(t, t->uses[u].slots + s, row));
        }
    }
}

static void compare_decode(uint32_t word, uint32_t ip)
{
    fp row[AIR_MAX_COLS];
    struct sc_inst in;
    sc_decode(&in, word, ip);
    cr_assert(decode_row(row, word, ip) == (in.op != 0), "word %08x: executor's code %u, chip disagrees: %s", word, in.op,
              lab_broken(AIR_TABLE_DECODE, row));
    if (in.op == 0) {
        return;
    }
    const uint32_t x0 = in.x0 < 0 ? FP_P - (uint32_t)-in.x0 : (uint32_t)in.x0;
    const uint32_t want[11] = {ip, in.op, in.rd, in.rs1, in.rs2, in.c[0], in.c[1], in.c[2], in.c[3], x0, in.x1};
    uint32_t line[11] = {0};
    decode_line(line, row);
    for (unsigned s = 0; s < 11; s++) {
        cr_assert(line[s] == want[s], "word %08x at ip %x, slot %u: chip %u, executor %u", word, ip, s, line[s], want[s]);
    }
}

static uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 32);
}

Test(chips_mem, decode_has_a_row_exactly_for_the_words_that_the_executor_decodes)
{
    static const uint32_t others[] = {0, 0xffffffff, 0x00000f80, 0x000f8000, 0x01f00000, 0x55555555, 0xaaaaaaaa};
    uint64_t seed = 2026;
    for (uint32_t opcode = 0; opcode < 128; opcode++) {
        for (uint32_t f = 0; f < 1024; f++) { /* funct7 and funct3 */
            const uint32_t fixed = (f >> 3) << 25 | (f & 7) << 12 | opcode;
            compare_decode(fixed | (others[f % 7] & 0x01ff8f80), next_random(&seed) >> 2);
            compare_decode(fixed | (next_random(&seed) & 0x01ff8f80), next_random(&seed) >> 2);
        }
    }
    for (unsigned i = 0; i < 100000; i++) {
        static const uint8_t majors[] = {0x37, 0x17, 0x6f, 0x67, 0x63, 0x03, 0x23, 0x13, 0x33, 0x1b, 0x3b, 0x0f, 0x73};
        compare_decode((next_random(&seed) & ~127u) | majors[i % 13], next_random(&seed) >> 2);
    }
    compare_decode(ECALL, 0x4000);
    compare_decode(0x00100073, 0x4000);
    compare_decode(asm_u(0x17, 1, 0xfffff), 0x3fffffff);
    compare_decode(asm_u(0x17, 1, 0x7ffff), 0x3fffffff);
    compare_decode(asm_u(0x17, 1, 0x80000), 0x400);
    compare_decode(asm_u(0x6f, 1, 0), 0x3fffffff);
}

/* Lies of protocol rule R15. Each changes a consistent set of cells of an honest trace. */

/** Row of Init/Final that holds @p addr. */
static size_t word_row(uint64_t addr)
{
    size_t i = 0;
    while (i < lab.run.n_words && lab.run.words[i].addr != addr) {
        i++;
    }
    cr_assert(i < lab.run.n_words);
    return i;
}

static void set(unsigned table, size_t row, const char *name, uint32_t v)
{
    *lab_cell(&lab, table, row, name) = fp_from_u32(v);
}

static uint32_t get(unsigned table, size_t row, const char *name)
{
    return fp_to_u32(*lab_cell(&lab, table, row, name));
}

static void expect_refused(const char *law)
{
    cr_expect(!lab_holds(&lab), "accepted");
    cr_expect(strstr(lab.why, law) != NULL, "refused because: %s", lab.why);
    lab_close(&lab);
}

static const size_t INIT = AIR_TABLE_INITFINAL;

Test(chips_mem, an_honest_short_trace_holds)
{
    open_short(&lab);
    cr_expect(lab_holds(&lab), "%s", lab.why);
    lab_close(&lab);
}

Test(chips_mem, refuses_an_image_word_declared_zero)
{
    open_short(&lab);
    const size_t row = word_row(LAB_RW);
    set(INIT, row, "img", 0);
    set(INIT, row, "zero", 1);
    expect_refused("start at 0");
}

Test(chips_mem, refuses_an_image_word_declared_input)
{
    open_short(&lab);
    const size_t row = word_row(LAB_RO);
    set(INIT, row, "img", 0);
    set(INIT, row, "inp", 1);
    expect_refused("buses");
}

Test(chips_mem, refuses_a_zero_word_that_starts_with_a_value)
{
    open_short(&lab);
    set(INIT, word_row(LAB_RW + 64), "v[0]", 1);
    expect_refused("start at 0");
}

Test(chips_mem, refuses_a_zero_word_of_another_class)
{
    open_short(&lab);
    set(INIT, word_row(LAB_RW + 64), "space", SPACE_RX);
    expect_refused("read-write");
}

Test(chips_mem, refuses_an_input_limb_of_two_to_the_16)
{
    open_short(&lab);
    const size_t row = word_row(SC_INPUT_START);
    set(INIT, row, "v[0]", 0x10000);
    set(INIT, row, "fin[0]", 0x10000);
    set(AIR_TABLE_LD, 0, "m[0]", 0x10000);
    expect_refused("bus U16");
}

Test(chips_mem, refuses_two_rows_for_one_address)
{
    open_short(&lab);
    /* the unreal row after the last becomes a copy of a word's row, chained behind itself */
    const size_t row = word_row(LAB_RW + 64), copy = lab.run.n_words;
    const struct air_table *const t = &sc_air_tables[INIT];
    for (unsigned c = 0; c < t->n_cols; c++) {
        *lab_at(&lab, INIT, copy, c) = *lab_at(&lab, INIT, row, c);
    }
    set(INIT, copy, "prev_key", sc_word_key(LAB_RW + 64));
    set(INIT, copy, "ts_last", 0);
    set(INIT, copy, "fin[0]", 0);
    expect_refused("bus U16");
}

Test(chips_mem, refuses_words_out_of_order)
{
    open_short(&lab);
    const size_t row = word_row(LAB_RW + 64);
    const uint32_t first = get(INIT, row - 1, "prev_key"), key = sc_word_key(LAB_RW + 64), before = sc_word_key(LAB_RW);
    set(INIT, row, "prev_key", first);
    set(INIT, row, "lo", (key - first - 1) & 0x3fff);
    set(INIT, row - 1, "prev_key", key);
    lab.trace.ram_key = before;
    expect_refused("bus U16");
}

Test(chips_mem, refuses_decode_of_the_lower_half_behind_itself)
{
    open_short(&lab);
    set(AIR_TABLE_DECODE, 0, "prev", 1);
    expect_refused("first token");
}

Test(chips_mem, refuses_another_instruction_at_an_address)
{
    open_short(&lab);
    fp row[AIR_MAX_COLS];
    cr_assert(decode_row(row, LUI(20, 0x31), LAB_CODE / 4));
    const unsigned n = sc_air_tables[AIR_TABLE_DECODE].n_cols;
    row[n - 1] = *lab_at(&lab, AIR_TABLE_DECODE, 0, n - 1);
    for (unsigned c = 0; c < n; c++) {
        *lab_at(&lab, AIR_TABLE_DECODE, 0, c) = row[c];
    }
    expect_refused("buses");
}

Test(chips_mem, refuses_a_fourth_address_limb_that_is_not_0)
{
    open_short(&lab);
    set(AIR_TABLE_LD, 0, "a[3]", 1);
    expect_refused("below 2^48");
}

Test(chips_mem, refuses_a_store_to_text)
{
    open_short(&lab);
    /* the store of x6 goes to the word that LD read from text */
    const uint64_t addr = LAB_CODE;
    for (unsigned i = 0; i < 3; i++) {
        char name[8];
        snprintf(name, sizeof name, "e[%u]", i);
        set(AIR_TABLE_SD, 0, name, (uint32_t)(addr >> (16 * i)) & 0xffff);
        snprintf(name, sizeof name, "a[%u]", i);
        set(AIR_TABLE_SD, 0, name, (uint32_t)(addr >> (16 * i)) & 0xffff);
    }
    expect_refused("buses");
}

Test(chips_mem, refuses_a_load_of_unmapped_memory)
{
    open_short(&lab);
    /* base 2^40, consistent within the row: no word there gives a token */
    set(AIR_TABLE_LD, 1, "a[2]", 0x100);
    set(AIR_TABLE_LD, 1, "e[2]", 0x100);
    expect_refused("buses");
}

Test(chips_mem, refuses_a_token_from_the_future)
{
    open_short(&lab);
    set(AIR_TABLE_LD, 1, "prevm", get(AIR_TABLE_LD, 1, "ts") + 2);
    set(AIR_TABLE_LD, 1, "lom", 0);
    expect_refused("bus U16");
}

Test(chips_mem, refuses_an_image_word_in_the_input_region)
{
    fp row[AIR_MAX_COLS];
    open_short(&lab);
    set(INIT, word_row(LAB_RO), "inp", 1);
    lab_row(row, &lab, INIT, word_row(LAB_RO));
    cr_assert_str_eq(lab_broken(INIT, row), "at most one kind");
    expect_refused("INITFINAL");
}

Test(chips_mem, refuses_a_class_that_the_word_does_not_have)
{
    open_short(&lab);
    set(AIR_TABLE_LD, 1, "ro", 0);
    set(AIR_TABLE_LD, 1, "rx", 1);
    expect_refused("buses");
}

Test(chips_mem, refuses_a_loaded_word_with_two_classes)
{
    open_short(&lab);
    set(AIR_TABLE_LD, 1, "rx", 1);
    expect_refused("one class");
}

Test(chips_mem, refuses_a_register_that_starts_non_zero)
{
    open_short(&lab);
    /* x30 is never touched: only its own row speaks of it */
    set(AIR_TABLE_REGS, 30, "fin[0]", 1);
    expect_refused("buses");
}

Test(chips_mem, refuses_an_altered_output_word)
{
    static uint8_t forged[3] = {4, 0, 0};
    open_short(&lab);
    lab.trace.output = forged;
    expect_refused("buses");
}

Test(chips_mem, refuses_a_wrong_output_length)
{
    open_short(&lab);
    lab.trace.output_size = 2;
    expect_refused("buses");
}

Test(chips_mem, refuses_an_output_word_past_the_end)
{
    open_short(&lab);
    lab.trace.output_size = 0; /* the chain of the output ends at word 1 */
    expect_refused("buses");
}

Test(chips_mem, refuses_a_missing_output_word)
{
    static const uint8_t longer[11] = {3};
    open_short(&lab);
    lab.trace.output = longer;
    lab.trace.output_size = sizeof longer;
    expect_refused("buses");
}

Test(chips_mem, refuses_an_exit_code_of_1)
{
    open_short(&lab);
    set(AIR_TABLE_ECALL, 0, "old[0]", 1);
    expect_refused("exit code");
}

Test(chips_mem, refuses_an_environment_call_of_neither_kind)
{
    open_short(&lab);
    set(AIR_TABLE_ECALL, 0, "is93", 0);
    expect_refused("buses");
}

Test(chips_mem, refuses_exit_shown_as_call_64)
{
    open_short(&lab);
    set(AIR_TABLE_ECALL, 0, "is93", 0);
    set(AIR_TABLE_ECALL, 0, "is64", 1);
    lab.why[0] = 0;
    cr_expect(!lab_holds(&lab));
    lab_close(&lab);
}

Test(chips_mem, refuses_an_altered_end)
{
    open_short(&lab);
    lab.trace.ts_end += 4;
    cr_expect(!lab_holds(&lab));
    lab.trace.ts_end -= 4;
    lab.trace.ip_end += 1;
    cr_expect(!lab_holds(&lab));
    lab.trace.ip_end -= 1;
    lab.trace.entry_ip += 1;
    expect_refused("buses");
}

/* Only ECALL has a use of STATE whose halted slot is not the constant 0. */
Test(chips_mem, only_ecall_can_halt)
{
    for (unsigned t = 0; t < AIR_N_TABLES; t++) {
        const struct air_table *const a = &sc_air_tables[t];
        for (unsigned u = 0; u < a->n_uses; u++) {
            const struct air_form *const halted = &a->forms[a->uses[u].slots + 2];
            if (a->uses[u].bus == AIR_BUS_STATE && (t != AIR_TABLE_ECALL || a->uses[u].sign < 0)) {
                cr_expect(halted->n == 0 && halted->k == 0, "%s", a->name);
            }
        }
    }
}

/* A program that jumps where its input says, and a forger who has run it to one ECALL and shows a jump to @p to instead: input,
 * registers, jump, call and the call's line of DECODE all agree. What is left to refuse it is the fetch. */
enum { JUMP_HERE = LAB_CODE + 4 * 6, JUMP_THERE = LAB_CODE + 4 * 8, JUMP_PAST = LAB_CODE + 4 * 10 };

static void set_limbs(unsigned table, size_t row, const char *vector, uint64_t v)
{
    for (unsigned i = 0; i < 4; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "%s[%u]", vector, i);
        set(table, row, name, (uint32_t)(v >> (16 * i)) & 0xffffu);
    }
}

static void forge_jump(uint32_t to)
{
    static const uint8_t target[8] = {JUMP_HERE & 255, JUMP_HERE >> 8 & 255, JUMP_HERE >> 16};
    const uint32_t code[] = {ADDI(17, 0, 93), ADDI(6, 0, 1), SLLI(6, 6, 32), LOAD(3, 5, 6, 8), asm_i(0x67, 0, 0, 5, 0), ADDI(0, 0, 0),
                                    ECALL,           ADDI(0, 0, 0), ECALL,          ADDI(0, 0, 0)};
    static struct lab_program p;
    memset(&p, 0, sizeof p);
    memcpy(p.code, code, sizeof code);
    p.n = sizeof code / sizeof code[0];
    p.ro[0] = ECALL;
    p.n_ro = 1;
    lab_run(&lab, &p, target, sizeof target, NULL);
    cr_expect(lab_holds(&lab), "%s", lab.why);
    const size_t given = word_row(SC_INPUT_START + 8), call_line = 5;
    set_limbs(INIT, given, "v", to);
    set_limbs(INIT, given, "fin", to);
    set_limbs(AIR_TABLE_LD, 0, "m", to);
    set_limbs(AIR_TABLE_JALR, 0, "a", to);
    set(AIR_TABLE_JALR, 0, "q", (to & 0xffffu) >> 2);
    set(AIR_TABLE_JALR, 0, "t1", to >> 16);
    set_limbs(AIR_TABLE_REGS, 5, "fin", to);
    set(AIR_TABLE_ECALL, 0, "ip", to / 4);
    lab.trace.ip_end = to / 4 + 1;
    cr_assert_eq(get(AIR_TABLE_DECODE, call_line, "a"), (JUMP_HERE / 4) & 0x3fffu);
    set(AIR_TABLE_DECODE, call_line, "a", (to / 4) & 0x3fffu);
    set(AIR_TABLE_DECODE, call_line, "b", to >> 16);
    set(INIT, word_row(JUMP_HERE), "ts_last", 0);
}

Test(chips_mem, refuses_jumps_to_0_past_the_code_and_to_words_that_are_not_executable)
{
    forge_jump(JUMP_THERE);
    cr_expect(!lab_holds(&lab), "the word at the target is still untouched");
    set(INIT, word_row(JUMP_THERE), "ts_last", 1);
    cr_expect(lab_holds(&lab), "the forger forgot something: %s", lab.why);
    lab_close(&lab);
    forge_jump(0);
    expect_refused("buses");
    forge_jump(JUMP_PAST);
    expect_refused("buses");
    forge_jump(LAB_RO);
    set(INIT, word_row(LAB_RO), "ts_last", 1);
    expect_refused("buses");
}

/* add x8, x5, x5: both reads are of one register, in order; the second cannot see another value or skip the first. */
Test(chips_mem, refuses_two_values_of_one_register_in_one_instruction)
{
    static struct lab_program p;
    const uint32_t code[] = {ADDI(5, 0, 3), asm_r(0x33, 0, 0, 8, 5, 5), ADDI(17, 0, 93), ECALL};
    memset(&p, 0, sizeof p);
    memcpy(p.code, code, sizeof code);
    p.n = sizeof code / sizeof code[0];
    lab_run(&lab, &p, NULL, 0, NULL);
    cr_expect(lab_holds(&lab), "%s", lab.why);
    cr_assert_eq(get(AIR_TABLE_ADD, 0, "prev2"), get(AIR_TABLE_ADD, 0, "ts"));
    /* 3 + 4 = 7 all the way */
    set(AIR_TABLE_ADD, 0, "b[0]", 4);
    set(AIR_TABLE_ADD, 0, "c[0]", 7);
    set(AIR_TABLE_REGS, 8, "fin[0]", 7);
    cr_expect(!lab_holds(&lab), "another value");
    /* both reads take the token of the write */
    set(AIR_TABLE_ADD, 0, "b[0]", 3);
    set(AIR_TABLE_ADD, 0, "c[0]", 6);
    set(AIR_TABLE_REGS, 8, "fin[0]", 6);
    cr_expect(lab_holds(&lab), "%s", lab.why);
    set(AIR_TABLE_ADD, 0, "prev2", get(AIR_TABLE_ADD, 0, "prev1"));
    expect_refused("buses");
}
