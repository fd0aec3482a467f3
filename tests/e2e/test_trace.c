/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Traces of the example guests: every constraint on every row and every bus, and the same cells for any number of threads.
 * A guest that was not built is skipped with the reason.
 */
#include "core/chips/chips.h"
#include "host/exec/exec.h"
#include "host/trace/check.h"
#include "host/trace/trace.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct scene {
    struct sc_elf elf;
    struct sc_run run;
    struct sc_image image;
    struct sc_trace trace;
};

/** The whole of a file, NULL when it is not there. */
static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *const f = fopen(path, "rb");
    if (f == NULL) {
        return NULL;
    }
    cr_assert(fseek(f, 0, SEEK_END) == 0);
    *size = (size_t)ftell(f);
    rewind(f);
    uint8_t *const bytes = malloc(*size + 1);
    cr_assert(bytes != NULL && fread(bytes, 1, *size, f) == *size);
    fclose(f);
    return bytes;
}

/** Execute a guest of the build on an input and build its trace; false when the guest is not there. */
static bool open_guest(struct scene *s, const char *name, const uint8_t *input, size_t input_size, struct sc_pool *pool)
{
    char path[4096], why[256] = "";
    size_t size = 0;
    const char *const root = getenv("SOCLE_BUILD_ROOT");
    memset(s, 0, sizeof *s);
    snprintf(path, sizeof path, "%s/guest/%s.elf", root ? root : "build", name);
    uint8_t *const file = read_file(path, &size);
    if (file == NULL) {
        return false;
    }
    const struct sc_exec_options o = {.input = input, .input_size = input_size, .record = true};
    cr_assert(sc_elf_load(&s->elf, why, sizeof why, file, size) == SOCLE_OK, "%s: %s", name, why);
    cr_assert(sc_exec(&s->run, why, sizeof why, &s->elf, &o) == SOCLE_OK, "%s: %s", name, why);
    cr_assert(sc_image_build(&s->image, &s->elf) == SOCLE_OK);
    cr_assert(sc_trace_build(&s->trace, why, sizeof why, &s->run, &s->image, pool) == SOCLE_OK, "%s: %s", name, why);
    free(file);
    return true;
}

/** The plain run tells the rows of every table that the trace then has. */
static void expect_rows(const struct scene *s, const char *name, const uint8_t *input, size_t input_size)
{
    static struct sc_run plain;
    char why[256] = "";
    uint64_t rows[SC_N_TABLES] = {0};
    uint64_t q, d;
    const struct sc_exec_options o = {.input = input, .input_size = input_size};
    cr_assert(sc_exec(&plain, why, sizeof why, &s->elf, &o) == SOCLE_OK, "%s: %s", name, why);
    for (size_t i = 0; i < s->run.n_events; i++) {
        const struct sc_event *const e = &s->run.events[i];
        rows[e->table]++;
        rows[SC_TABLE_MUL] += e->table == SC_TABLE_DIV && sc_div_call(e, &s->run.insts[e->inst], &q, &d);
    }
    rows[SC_TABLE_DECODE] = s->run.n_fetches;
    rows[SC_TABLE_INITFINAL] = s->run.n_words;
    rows[SC_TABLE_REGS] = SC_N_REGS;
    rows[SC_TABLE_RENEW] = 33 * (s->run.n_events / 16384);
    for (unsigned t = 0; t < SC_N_TABLES; t++) {
        uint8_t log_h[AIR_MAX_CHUNKS];
        cr_expect(plain.n_rows[t] == rows[t] && s->run.n_rows[t] == rows[t], "%s: %llu rows of %s are told as %llu, and as %llu", name,
                  (unsigned long long)rows[t], sc_air_tables[t].name, (unsigned long long)plain.n_rows[t],
                  (unsigned long long)s->run.n_rows[t]);
        if (t < AIR_TABLE_IMAGE && sc_air_tables[t].fixed_log_h == 0) {
            cr_expect(sc_chunks_from_rows(plain.n_rows[t], log_h) == s->trace.shape.n_chunks[t] &&
                          memcmp(log_h, s->trace.shape.log_h[t], s->trace.shape.n_chunks[t]) == 0,
                      "%s: the table %s has another height", name, sc_air_tables[t].name);
        }
    }
    sc_run_fini(&plain);
}

static void close_scene(struct scene *s)
{
    sc_trace_fini(&s->trace);
    sc_image_fini(&s->image);
    sc_run_fini(&s->run);
    sc_elf_fini(&s->elf);
}

static void expect_trace_holds(const char *name, const uint8_t *input, size_t input_size)
{
    struct scene s;
    struct sc_check_report report;
    if (!open_guest(&s, name, input, input_size, NULL)) {
        cr_skip("the guest %s was not built", name);
    }
    cr_expect(sc_trace_check_built(&report, NULL, &s.trace) == SOCLE_OK, "%s: %s", name, report.text);
    expect_rows(&s, name, input, input_size);
    close_scene(&s);
}

Test(trace, of_fibonacci_holds)
{
    static const uint8_t input[] = {50, 0, 0, 0, 0, 0, 0, 0};
    expect_trace_holds("fibonacci", input, sizeof input);
}

Test(trace, of_quicksort_holds)
{
    static const uint8_t input[] = {200, 1, 0, 0};
    expect_trace_holds("quicksort", input, sizeof input);
}

Test(trace, of_sha256_holds_for_every_short_length)
{
    static const uint8_t input[140] = {1, 2, 3};
    for (size_t n = 0; n < sizeof input; n += 23) {
        expect_trace_holds("sha256", input, n);
    }
}

Test(trace, of_keccak256_holds)
{
    static const uint8_t input[137] = {0x80};
    expect_trace_holds("keccak256", input, sizeof input);
}

Test(trace, of_a_state_proof_holds)
{
    size_t size = 0;
    uint8_t *const input = read_file(SC_SOURCE_ROOT "/tests/vectors/mpt/account.bin", &size);
    if (input == NULL) {
        cr_skip("no recorded state proof");
    }
    expect_trace_holds("mpt", input, size);
    free(input);
}

Test(trace, is_the_same_for_any_number_of_threads)
{
    static const uint8_t input[64] = {9};
    struct scene one, three;
    struct sc_pool *pool = NULL;
    if (!open_guest(&one, "sha256", input, sizeof input, NULL)) {
        cr_skip("the guest sha256 was not built");
    }
    cr_assert(sc_pool_create(&pool, 3) == SOCLE_OK);
    cr_assert(open_guest(&three, "sha256", input, sizeof input, pool));
    cr_assert(one.trace.layout.m0 == three.trace.layout.m0);
    cr_expect(memcmp(one.trace.cells, three.trace.cells, sizeof(fp) << one.trace.layout.m0) == 0);
    close_scene(&one);
    close_scene(&three);
    sc_pool_destroy(pool);
}

/** Recorded in parts, the trace has the cells and public values that it has from a list of all events. */
static void expect_recorded(const char *name, const uint8_t *input, size_t input_size, struct sc_pool *pool)
{
    static const struct sc_cut_limits none;
    struct scene s;
    struct sc_segments segments;
    static struct sc_run run;
    static struct sc_trace t;
    char why[256] = "";
    if (!open_guest(&s, name, input, input_size, NULL)) {
        cr_skip("the guest %s was not built", name);
    }
    const struct sc_exec_options o = {.input = input, .input_size = input_size};
    cr_assert(sc_exec_cut(&segments, &run, why, sizeof why, &s.elf, &o, &none) == SOCLE_OK, "%s: %s", name, why);
    cr_assert(sc_trace_record(&t, why, sizeof why, &s.elf, &segments, run.output, run.output_size, &s.image, pool, NULL) == SOCLE_OK, "%s: %s",
              name, why);
    cr_assert(memcmp(&t.shape, &s.trace.shape, sizeof t.shape) == 0);
    cr_expect(memcmp(t.cells, s.trace.cells, sizeof(fp) << t.layout.m0) == 0, "%s: cells differ", name);
    cr_expect(t.entry_ip == s.trace.entry_ip && t.ip_end == s.trace.ip_end && t.ts_end == s.trace.ts_end && t.ram_key == s.trace.ram_key &&
                  t.input_key == s.trace.input_key && t.output_size == s.trace.output_size,
              "%s: public values differ", name);
    sc_trace_fini(&t);
    segments.spans[0].n_rows[SC_TABLE_ADD]--; /* the shape has room for other rows than come */
    cr_expect(sc_trace_record(&t, why, sizeof why, &s.elf, &segments, run.output, run.output_size, &s.image, pool, NULL) == SOCLE_E_BUG);
    segments.spans[0].n_rows[SC_TABLE_ADD] += 2;
    cr_expect(sc_trace_record(&t, why, sizeof why, &s.elf, &segments, run.output, run.output_size, &s.image, pool, NULL) == SOCLE_E_BUG);
    sc_segments_fini(&segments);
    sc_run_fini(&run);
    close_scene(&s);
}

Test(trace, recorded_in_parts_is_that_of_the_whole_recording)
{
    static const uint8_t data[200] = {9, 1}, few[] = {200, 1, 0, 0, 0, 0, 0, 0};
    struct sc_pool *pool = NULL;
    cr_assert(sc_pool_create(&pool, 3) == SOCLE_OK);
    expect_recorded("sha256", data, sizeof data, NULL);
    expect_recorded("sha256", data, sizeof data, pool);
    expect_recorded("quicksort", few, sizeof few, pool);
    sc_pool_destroy(pool);
}
