/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Target: the executor against the model of rv_model.h, instruction by instruction.
 * The input becomes a program (layout, registers, instructions with mostly legal encodings) and its
 * input bytes. It runs in the model, then in the executor both ways; ends, registers, every
 * recorded event, memory, log and output must agree.
 */
#include <string.h>

#include "core/base/rd.h"
#include "host/exec/exec.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/rv_model.h"
#include "tests/support/elf_build.h"
#include "tests/support/run_check.h"

#define MOST_CODE 256u
#define MOST_STEPS 600u
#define MOST_LOG (UINT64_C(1) << 16)
#define TABLE_AT UINT64_C(0x40000) /* initial registers, read-only */
#define DATA_BYTES 40u

/* E(match, mask): encodings of the manual; operand bits come from the input. */
#define ENCODINGS(E)                                                                               \
    E(0x00000033, 0xfe00707f)                                                                      \
    E(0x40000033, 0xfe00707f)                                                                      \
    E(0x00000033, 0xfe00007f)                                                                      \
    E(0x40005033, 0xfe00707f)                                                                      \
    E(0x02000033, 0xfe00007f)                                                                      \
    E(0x02004033, 0xfe00407f)                                                                      \
    E(0x0000003b, 0xfe00707f)                                                                      \
    E(0x4000003b, 0xfe00707f)                                                                      \
    E(0x0000103b, 0xfe00707f)                                                                      \
    E(0x0000503b, 0xfe00707f)                                                                      \
    E(0x4000503b, 0xfe00707f)                                                                      \
    E(0x0200003b, 0xfe00707f)                                                                      \
    E(0x0200403b, 0xfe00407f)                                                                      \
    E(0x00000013, 0x0000007f)                                                                      \
    E(0x00000013, 0x0000707f)                                                                      \
    E(0x00001013, 0xfc00707f)                                                                      \
    E(0x00005013, 0xbc00707f)                                                                      \
    E(0x0000001b, 0x0000707f)                                                                      \
    E(0x0000101b, 0xfe00707f)                                                                      \
    E(0x0000501b, 0xbe00707f)                                                                      \
    E(0x00000003, 0x0000007f)                                                                      \
    E(0x00003003, 0x0000707f)                                                                      \
    E(0x00000023, 0x0000407f)                                                                      \
    E(0x00003023, 0x0000707f)                                                                      \
    E(0x00000037, 0x0000007f)                                                                      \
    E(0x00000017, 0x0000007f)                                                                      \
    E(0x00000063, 0x0000007f)                                                                      \
    E(0x00000067, 0x0000707f)                                                                      \
    E(0x0000006f, 0x0000007f)                                                                      \
    E(0x0000000f, 0x0000707f)                                                                      \
    E(0x00000073, 0xffffffff) /* ecall */                                                          \
    E(0x04000893, 0xffffffff) /* li a7, 64 */                                                      \
    E(0x05d00893, 0xffffffff) /* li a7, 93 */                                                      \
    E(0x00000513, 0xffffffff) /* li a0, 0 */                                                       \
    E(0x00000000, 0x00000000)

static const uint32_t encodings[][2] = {
#define E(match, mask) {match, mask},
    ENCODINGS(E)
#undef E
};
#define N_ENCODINGS (sizeof encodings / sizeof encodings[0])

/** A program and what is special about its addresses. */
struct scene {
    uint32_t code[MOST_CODE + 64];
    unsigned n_code, split; /* split: words of the first of two segments, or 0 */
    uint8_t table[31 * 8], data[DATA_BYTES], input[64];
    size_t n_input;
    uint64_t code_at, data_at, max_cycles;
    struct elf_file file;
    struct sc_elf elf;
};

static uint64_t special(const struct scene *s, uint8_t which)
{
    static const int8_t delta[8] = {0, -1, -4, -8, 4, 1, -3, 8};
    const uint64_t base[32] = {0,
                               UINT64_MAX,
                               0x1000,
                               s->code_at,
                               s->code_at + 128,
                               s->code_at + 4u * MOST_CODE,
                               s->data_at,
                               s->data_at + 8,
                               s->data_at + DATA_BYTES,
                               TABLE_AT,
                               TABLE_AT + sizeof s->table,
                               SC_INPUT_START,
                               SC_INPUT_START + 8,
                               SC_INPUT_START + 8 + s->n_input,
                               SC_OUTPUT_START,
                               SC_OUTPUT_START + 8,
                               SC_OUTPUT_START + 16,
                               SC_OUTPUT_START + 24,
                               SC_OUTPUT_END,
                               1,
                               2,
                               31,
                               64,
                               93,
                               UINT64_C(0x7fffffff),
                               UINT64_C(0x80000000),
                               UINT64_C(0xffffffff),
                               INT64_MAX,
                               UINT64_C(1) << 63,
                               UINT64_C(0x0123456789abcdef),
                               UINT64_C(0xf0e1d2c3b4a59687),
                               0x3000};
    return base[which & 31] + (uint64_t)(int64_t)delta[which >> 5];
}

static uint32_t enc_b_offset(uint32_t word, uint64_t o)
{
    const uint32_t v = (uint32_t)o;
    return (word & 0x01fff07fu) | (v >> 12 & 1) << 31 | (v >> 5 & 63) << 25 | (v >> 1 & 15) << 8 |
           (v >> 11 & 1) << 7;
}

static uint32_t enc_j_offset(uint32_t word, uint64_t o)
{
    const uint32_t v = (uint32_t)o;
    return (word & 0xfffu) | (v >> 20 & 1) << 31 | (v >> 1 & 1023) << 21 | (v >> 11 & 1) << 20 |
           (v >> 12 & 255) << 12;
}

static uint32_t enc_i_offset(uint32_t word, int offset)
{
    return (word & 0xfffffu) | (uint32_t)offset << 20;
}

static uint32_t enc_s_offset(uint32_t word, int offset)
{
    const uint32_t v = (uint32_t)offset;
    return (word & 0x01fff07fu) | (v >> 5 & 127) << 25 | (v & 31) << 7;
}

/* One instruction from five bytes: an encoding, its operand bits, and offsets that are small, or
 * for the top bit of the first byte anything or to a special address. */
static uint32_t instruction(const struct scene *s, uint8_t kind, uint32_t raw)
{
    const uint32_t *const e = encodings[(kind & 127) % N_ENCODINGS];
    const uint32_t word = (raw & ~e[1]) | e[0];
    const uint64_t pc = s->code_at + 4u * s->n_code;
    const bool far = (kind & 128) != 0;
    const int small = (int8_t)(raw >> 24) / 8;
    const uint64_t offset =
        far ? special(s, (uint8_t)(raw >> 24)) - pc : (uint64_t)(int64_t)(2 * small);
    switch (word & 0x7f) {
    case 0x03:
    case 0x67:
        return far ? word : enc_i_offset(word, small);
    case 0x23:
        return far ? word : enc_s_offset(word, small);
    case 0x63:
        return enc_b_offset(word, offset);
    case 0x6f:
        return enc_j_offset(word, offset);
    default:
        return word;
    }
}

static void put(struct scene *s, uint32_t word)
{
    s->code[s->n_code++] = word;
}

/* Where code and data lie: beside each other, at the ends of memory, with an odd first word. */
static void place(struct scene *s, uint8_t layout)
{
    static const uint64_t code_at[4] = {0x10000, 0x1000, SC_RAM_END - 4u * (MOST_CODE + 64),
                                        0x10004};
    s->code_at = code_at[layout & 3];
    const uint64_t data_at[4] = {0x20000, s->code_at + 4u * (MOST_CODE + 64) + 4,
                                 SC_RAM_END - DATA_BYTES - 3, 0x8003};
    s->data_at = data_at[layout >> 2 & 3];
    if (s->data_at >= SC_RAM_END - 8u * MOST_CODE && s->code_at > 0x20000) {
        s->data_at = s->code_at - DATA_BYTES - 8;
    }
}

/* Read the scene; false when the input is too short for one. */
static bool read_scene(struct scene *s, const uint8_t *data, size_t size)
{
    struct rd rd = rd_view(data, size);
    memset(s, 0, sizeof *s);
    const uint8_t layout = rd_u8(&rd);
    const uint8_t limit = rd_u8(&rd);
    s->n_input = rd_u8(&rd) % (sizeof s->input + 1);
    place(s, layout);
    s->max_cycles = limit == 0 ? MOST_STEPS : 32u + limit;
    for (unsigned i = 0; i < 31; i++) {
        const uint8_t which = rd_u8(&rd);
        store_le(s->table + 8 * i, which == 0xff ? rd_u64(&rd) : special(s, which), 8);
    }
    if (rd.bad) {
        return false;
    }
    put(s, (uint32_t)TABLE_AT | 31u << 7 | 0x37); /* lui x31; ld x1, 0(x31); ... */
    for (uint32_t i = 1; i < 32; i++) {
        put(s, 8 * (i - 1) << 20 | 31u << 15 | 3u << 12 | i << 7 | 0x03);
    }
    for (unsigned i = 0; i < MOST_CODE && rd.left >= 5; i++) {
        const uint8_t kind = rd_u8(&rd);
        put(s, instruction(s, kind, rd_u32(&rd)));
    }
    put(s, 0x00000513);
    put(s, 0x05d00893);
    put(s, 0x00000073);
    s->split = (layout & 16) != 0 && s->code_at % 8 == 0 ? s->n_code / 4 * 2 : 0;
    for (unsigned i = 0; i < sizeof s->input; i++) {
        s->input[i] = (uint8_t)(37 * i + layout + 1);
    }
    for (unsigned i = 0; i < sizeof s->data; i++) {
        s->data[i] = (uint8_t)(255 - 3 * i);
    }
    return true;
}

static void load_scene(struct scene *s)
{
    char why[256] = "";
    const size_t first = 4u * (s->split != 0 ? s->split : s->n_code);
    const size_t second = 4u * s->n_code - first;
    const struct elf_segment segments[4] = {
        {s->code_at, first, s->code, first, ELF_R | ELF_X},
        {s->code_at + first, second, (const uint8_t *)s->code + first, second,
         second != 0 ? ELF_X : ELF_R},
        {s->data_at, DATA_BYTES, s->data, DATA_BYTES, ELF_R | ELF_W},
        {TABLE_AT, sizeof s->table, s->table, sizeof s->table, ELF_R},
    };
    elf_build(&s->file, s->code_at, segments, 4);
    FUZZ_NEED(sc_elf_load(&s->elf, why, sizeof why, s->file.bytes, s->file.size) == SOCLE_OK, "%s",
              why);
}

static void map_scene(struct rv_model *m, const struct scene *s)
{
    rv_init(m, s->code_at, s->input, s->n_input);
    rv_map(m, s->code_at, (const uint8_t *)s->code, 4u * s->n_code, RV_EXECUTE);
    rv_map(m, s->data_at, s->data, DATA_BYTES, RV_READ_WRITE);
    rv_map(m, TABLE_AT, s->table, sizeof s->table, RV_READ_ONLY);
}

/** What the executor's log said. */
struct heard {
    uint64_t digest;
};

static void hear(void *arg, uint64_t fd, const uint8_t *bytes, size_t n)
{
    struct heard *const h = arg;
    h->digest = rv_log_digest(h->digest, fd, bytes, n);
}

/** The model's run. */
struct told {
    struct rv_model model;
    struct rv_step steps[MOST_STEPS];
    uint64_t n; /* executed */
    uint64_t pc, addr;
    enum sc_end end;
};

static enum sc_end end_of(enum rv_stop stop)
{
    static const enum sc_end ends[] = {
        [RV_RUNS] = SC_END_CYCLES,
        [RV_HALT] = SC_END_HALT,
        [RV_EXIT] = SC_END_EXIT_CODE,
        [RV_ILLEGAL] = SC_END_ILLEGAL,
        [RV_MISALIGNED_JUMP] = SC_END_JUMP_MISALIGNED,
        [RV_FETCH] = SC_END_FETCH,
        [RV_LOAD] = SC_END_LOAD,
        [RV_STORE] = SC_END_STORE,
        [RV_PROTECTED] = SC_END_STORE_CLASS,
        [RV_CALL] = SC_END_ECALL,
    };
    return ends[stop];
}

/* Does the output region hold an output? Rules of docs/spec/machine.md section 1. */
static void end_of_output(struct told *t)
{
    struct rv_model *const m = &t->model;
    const uint64_t len = rv_word(m, SC_OUTPUT_START)->value;
    uint64_t last_touched = 0;
    for (size_t i = 0; i < RV_SLOTS; i++) {
        if (m->words[i].touched && m->words[i].addr > last_touched) {
            last_touched = m->words[i].addr;
        }
    }
    const uint64_t n_words = len / 8 + (len % 8 != 0);
    if (len > SC_IO_MAX) {
        t->end = SC_END_OUTPUT_LENGTH;
        t->addr = SC_OUTPUT_START;
    } else if (last_touched > SC_OUTPUT_START + 8 * n_words) {
        t->end = SC_END_OUTPUT_PAST;
        t->addr = last_touched;
    } else if (len % 8 != 0 &&
               rv_word(m, SC_OUTPUT_START + 8 * n_words)->value >> (8 * (len % 8)) != 0) {
        t->end = SC_END_OUTPUT_PADDING;
        t->addr = SC_OUTPUT_START + 8 + len;
    }
}

/* Run the model. It also ends, as by the cycle limit, when it is full or has logged much. */
static void run_model(struct told *t, const struct scene *s)
{
    enum rv_stop stop = RV_RUNS;
    struct rv_step last = {0};
    memset(t, 0, sizeof *t);
    map_scene(&t->model, s);
    while (t->n < s->max_cycles && stop == RV_RUNS && rv_has_room(&t->model) &&
           t->model.log_bytes < MOST_LOG) {
        stop = rv_step(&t->model, &last);
        if (stop <= RV_EXIT) {
            t->steps[t->n++] = last;
        }
    }
    t->end = end_of(stop);
    t->pc = stop == RV_RUNS ? t->model.pc : last.pc;
    t->addr = stop == RV_RUNS || stop == RV_EXIT || stop == RV_HALT ? 0 : last.addr;
    if (stop == RV_HALT) {
        end_of_output(t);
    }
}

static void compare_ends(struct told *t, const struct sc_run *run, const char *why)
{
    FUZZ_NEED(run->end == t->end, "end %u, model %u after %llu: %s", run->end, t->end,
              (unsigned long long)t->n, why);
    FUZZ_NEED(run->cycles == t->n, "cycles %llu, model %llu: %s", (unsigned long long)run->cycles,
              (unsigned long long)t->n, why);
    FUZZ_NEED(run->pc == t->pc, "pc %llx, model %llx: %s", (unsigned long long)run->pc,
              (unsigned long long)t->pc, why);
    FUZZ_NEED(run->addr == t->addr, "address %llx, model %llx: %s", (unsigned long long)run->addr,
              (unsigned long long)t->addr, why);
    FUZZ_NEED(run->exit_code == (t->end == SC_END_EXIT_CODE ? t->model.regs[10] : 0),
              "exit code: %s", why);
    for (unsigned i = 0; i < 32; i++) {
        FUZZ_NEED(run->regs[i] == t->model.regs[i], "x%u = %llx, model %llx", i,
                  (unsigned long long)run->regs[i], (unsigned long long)t->model.regs[i]);
    }
    if (t->end != SC_END_LOAD && t->end != SC_END_STORE && t->end != SC_END_STORE_CLASS) {
        FUZZ_NEED(run->misaligned == t->model.misaligned, "misaligned accesses");
    }
}

/* Bytes [8, 8 + length) of the output region as the model has them. */
static void compare_output(struct told *t, const struct sc_run *run)
{
    FUZZ_NEED((run->output != NULL) == (t->end == SC_END_HALT),
              "output of a run that did not halt, or none");
    if (run->output == NULL) {
        return;
    }
    FUZZ_NEED(run->output_size == rv_word(&t->model, SC_OUTPUT_START)->value,
              "length of the output");
    for (uint64_t i = 0; i < run->output_size && i < 4096; i++) {
        const uint64_t word = rv_word(&t->model, SC_OUTPUT_START + 8 + i)->value;
        FUZZ_NEED(run->output[i] == (uint8_t)(word >> (8 * (i % 8))), "byte %llu of the output",
                  (unsigned long long)i);
    }
}

static enum sc_table table_of_access(const struct rv_step *s)
{
    const unsigned size = 1u << (s->word >> 12 & 3);
    if (s->n_touched == 2) {
        return s->store ? SC_TABLE_STOREX : SC_TABLE_LOADX;
    }
    if (size == 8) {
        return s->store ? SC_TABLE_SD : SC_TABLE_LD;
    }
    return s->store ? SC_TABLE_STORES : SC_TABLE_LOADS;
}

static void compare_event(const struct rv_step *s, const struct sc_event *e, size_t i)
{
    FUZZ_NEED(e->ts == 4 * (i + 1) && e->ip == s->pc / 4 && e->next_ip == (uint32_t)(s->next / 4),
              "event %zu: time or address", i);
    FUZZ_NEED(s->rd == 0 || e->val == s->value, "event %zu: value %llx, model %llx", i,
              (unsigned long long)e->val, (unsigned long long)s->value);
    if (s->n_touched == 0) {
        return;
    }
    FUZZ_NEED(e->addr == s->addr && e->crosses == (s->n_touched == 2),
              "event %zu: address of the access", i);
    FUZZ_NEED(e->table == table_of_access(s), "event %zu: table %u of an access", i, e->table);
    for (unsigned k = 0; k < s->n_touched; k++) {
        FUZZ_NEED(e->m_old[k] == s->before[k] && e->m_new[k] == s->after[k], "event %zu: word %u",
                  i, k);
    }
}

/* The rows of Init/Final: every word that the image has or the model touched, with the model's last
 * value. */
static void compare_words(struct told *t, const struct sc_run *run)
{
    size_t n = 0;
    for (size_t i = 0; i < run->n_words; i++) {
        const struct rv_word *const w = rv_word(&t->model, run->words[i].addr);
        FUZZ_NEED(w != NULL && w->value == run->words[i].last, "last value at %llx",
                  (unsigned long long)run->words[i].addr);
        FUZZ_NEED((unsigned)w->class == run->words[i].space, "class at %llx",
                  (unsigned long long)w->addr);
        n += w->image || (w->touched && w->addr < SC_OUTPUT_START);
        FUZZ_NEED(w->image || w->touched || w->addr >= SC_OUTPUT_START,
                  "a row of an untouched word");
    }
    for (size_t i = 0; i < RV_SLOTS; i++) {
        const struct rv_word *const w = &t->model.words[i];
        n -= w->image || (w->touched && w->addr < SC_OUTPUT_START);
    }
    FUZZ_NEED(n == 0, "a touched word has no row");
}

static void compare_recording(struct told *t, const struct sc_run *run, const struct sc_elf *elf)
{
    FUZZ_NEED(run->n_events == t->n, "%zu events", run->n_events);
    for (size_t i = 0; i < run->n_events; i++) {
        compare_event(&t->steps[i], &run->events[i], i);
    }
    if (t->end == SC_END_HALT && run->output_size <= 4096) {
        size_t at = 0;
        const char *const wrong = run_check(run, elf, &at);
        FUZZ_NEED(wrong == NULL, "event %zu: %s", at, wrong);
        compare_words(t, run);
    }
}

static void run_executor(struct told *t, struct scene *s, bool record)
{
    char why[256] = "";
    struct sc_run run;
    struct heard heard = {0};
    const struct sc_exec_options o = {
        .input = s->input,
        .input_size = s->n_input,
        .record = record,
        .max_cycles = t->end == SC_END_CYCLES ? t->n : s->max_cycles,
        .log = hear,
        .log_arg = &heard,
    };
    const socle_status st = sc_exec(&run, why, sizeof why, &s->elf, &o);
    FUZZ_NEED(st == (t->end == SC_END_HALT     ? SOCLE_OK
                     : t->end == SC_END_CYCLES ? SOCLE_E_LIMIT
                                               : SOCLE_E_GUEST),
              "status %d, model's end %u: %s", (int)st, t->end, why);
    compare_ends(t, &run, why);
    compare_output(t, &run);
    FUZZ_NEED(heard.digest == t->model.log_digest, "the log");
    if (record) {
        compare_recording(t, &run, &s->elf);
    }
    sc_run_fini(&run);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct scene scene;
    static struct told told;
    if (!read_scene(&scene, data, size)) {
        return 0;
    }
    load_scene(&scene);
    run_model(&told, &scene);
    /* A word of length that says gigabytes is legal; recording it would be slow. */
    const bool large = told.end == SC_END_HALT &&
                       rv_word(&told.model, SC_OUTPUT_START)->value > (UINT64_C(1) << 20);
    for (unsigned record = 0; record < 2 && !large; record++) {
        run_executor(&told, &scene, record == 1);
    }
    sc_elf_fini(&scene.elf);
    return 0;
}
