/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Run programs with the executor, plainly and recording, and check how they end. For the
 * instruction tests, suites and comparisons. rvrun FOLDER              every ELF of
 * FOLDER/expect.txt ("NAME END" per line) must end so rvrun --constraints FOLDER  and the trace of
 * each that halts must satisfy every constraint and balance every bus rvrun --log ELF [INPUT] what
 * the program logs goes to stdout; exit 0 when it halts with success rvrun --output ELF [INPUT] its
 * public output goes to stdout
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/chips/chips.h"
#include "host/exec/exec.h"
#include "host/trace/check.h"
#include "tests/support/run_check.h"

#define MOST_CYCLES 20000000u

static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *const f = fopen(path, "rb");
    uint8_t *bytes = NULL;
    *size = 0;
    if (f == NULL || fseek(f, 0, SEEK_END) != 0) {
        fprintf(stderr, "rvrun: cannot read %s\n", path);
        exit(2);
    }
    *size = (size_t)ftell(f);
    rewind(f);
    bytes = malloc(*size + 1);
    if (bytes == NULL || fread(bytes, 1, *size, f) != *size) {
        fprintf(stderr, "rvrun: cannot read %s\n", path);
        exit(2);
    }
    fclose(f);
    return bytes;
}

static void to_stdout(void *arg, uint64_t fd, const uint8_t *bytes, size_t n)
{
    (void)arg;
    (void)fd;
    (void)fwrite(bytes, 1, n, stdout);
}

static const char *end_name(enum sc_end end)
{
    static const char *const names[] = {
#define E(NAME, sentence) #NAME,
        SC_ENDS(E)
#undef E
    };
    return names[end];
}

/** Does the recording satisfy the chips? NULL, or what is wrong first (kept in @p text). */
static const char *
check_constraints(const struct sc_run *run, const struct sc_elf *elf, char *text, size_t size)
{
    struct sc_image image;
    struct sc_trace trace;
    struct sc_check_report report = {.text = ""};
    if (sc_image_build(&image, elf) != SOCLE_OK) {
        return "no image";
    }
    text[0] = '\0';
    socle_status st = sc_trace_build(&trace, text, size, run, &image, NULL);
    if (st == SOCLE_OK) {
        st = sc_trace_check_built(&report, NULL, &trace);
        (void)snprintf(text, size, "%s", report.text);
        sc_trace_fini(&trace);
    }
    sc_image_fini(&image);
    return st == SOCLE_OK ? NULL : text;
}

/** Do the rows of the chips that execute add up to the events? Also of a run that failed. */
static bool rows_are_those_of_events(const struct sc_run *run)
{
    uint64_t rows[SC_N_TABLES] = {0};
    uint64_t q, d;
    for (size_t i = 0; i < run->n_events; i++) {
        const struct sc_event *const e = &run->events[i];
        rows[e->table]++;
        rows[SC_TABLE_MUL] +=
            e->table == SC_TABLE_DIV && sc_div_call(e, &run->insts[e->inst], &q, &d);
    }
    return memcmp(rows, run->n_rows, SC_TABLE_DECODE * sizeof(rows[0])) == 0;
}

/** Both modes must end as @p want, agree, and leave a consistent recording. True when they do. */
static bool check_program(const char *path, const char *want, bool constraints, uint64_t *cycles)
{
    struct sc_elf elf;
    struct sc_run run[2];
    char why[2][512] = {"", ""};
    size_t size = 0, at = 0;
    uint8_t *const file = read_file(path, &size);
    bool ok = sc_elf_load(&elf, why[0], sizeof(why[0]), file, size) == SOCLE_OK;
    const char *wrong = ok ? NULL : why[0];
    free(file);
    for (unsigned k = 0; ok && k < 2; k++) {
        const struct sc_exec_options options = {.record = k == 1, .max_cycles = MOST_CYCLES};
        const socle_status st = sc_exec(&run[k], why[k], sizeof(why[k]), &elf, &options);
        if (strcmp(end_name(run[k].end), want) != 0 ||
            (st == SOCLE_OK) != (run[k].end == SC_END_HALT)) {
            wrong = why[k];
        }
    }
    if (ok && wrong == NULL) {
        const bool same = run[0].cycles == run[1].cycles &&
                          run[0].misaligned == run[1].misaligned && run[0].pc == run[1].pc &&
                          run[0].addr == run[1].addr &&
                          memcmp(run[0].n_rows, run[1].n_rows, sizeof(run[0].n_rows)) == 0 &&
                          rows_are_those_of_events(&run[1]) &&
                          memcmp(run[0].regs, run[1].regs, sizeof(run[0].regs)) == 0 &&
                          run[0].output_size == run[1].output_size && strcmp(why[0], why[1]) == 0;
        wrong = same ? NULL : "the plain run and the recording differ";
        if (same && run[1].end == SC_END_HALT) {
            wrong = run_check(&run[1], &elf, &at);
            if (wrong == NULL && constraints) {
                wrong = check_constraints(&run[1], &elf, why[0], sizeof(why[0]));
            }
        }
    }
    if (wrong != NULL || !ok) {
        printf("FAIL %s: wanted %s, got %s (event %zu)\n", path, want, wrong, at);
    }
    if (ok) {
        *cycles += run[0].cycles;
        sc_run_fini(&run[0]);
        sc_run_fini(&run[1]);
    }
    sc_elf_fini(&elf);
    return ok && wrong == NULL;
}

static int run_folder(const char *folder, bool constraints)
{
    char path[1024], name[256], want[64];
    unsigned n = 0, failed = 0;
    uint64_t cycles = 0;
    (void)snprintf(path, sizeof(path), "%s/expect.txt", folder);
    FILE *const list = fopen(path, "r");
    while (list != NULL && fscanf(list, "%255s %63s", name, want) == 2) {
        (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
        failed += !check_program(path, want, constraints, &cycles);
        n++;
    }
    if (list != NULL) {
        fclose(list);
    }
    printf("%u programs, %u failed, %llu instructions\n", n, failed, (unsigned long long)cycles);
    return n == 0 || failed != 0;
}

static int run_one(int argc, char **argv)
{
    const bool logs = strcmp(argv[1], "--log") == 0;
    struct sc_elf elf;
    struct sc_run run;
    char why[256] = "";
    size_t size = 0, input_size = 0;
    uint8_t *const file = read_file(argv[2], &size);
    uint8_t *const input = argc > 3 ? read_file(argv[3], &input_size) : NULL;
    struct sc_exec_options options = {
        .input = input, .input_size = input_size, .log = logs ? to_stdout : NULL};
    socle_status st = sc_elf_load(&elf, why, sizeof(why), file, size);
    if (st == SOCLE_OK) {
        st = sc_exec(&run, why, sizeof(why), &elf, &options);
        if (!logs && st == SOCLE_OK) {
            (void)fwrite(run.output, 1, run.output_size, stdout);
        }
        sc_run_fini(&run);
    }
    if (st != SOCLE_OK) {
        fprintf(stderr, "%s: %s\n", argv[2], why);
    }
    sc_elf_fini(&elf);
    free(file);
    free(input);
    return st != SOCLE_OK;
}

int main(int argc, char **argv)
{
    if (argc == 2) {
        return run_folder(argv[1], false);
    }
    if (argc == 3 && strcmp(argv[1], "--constraints") == 0) {
        return run_folder(argv[2], true);
    }
    if (argc >= 3 && (strcmp(argv[1], "--log") == 0 || strcmp(argv[1], "--output") == 0)) {
        return run_one(argc, argv);
    }
    fprintf(stderr, "usage: rvrun [--constraints] FOLDER | rvrun --log|--output ELF [INPUT]\n");
    return 2;
}
