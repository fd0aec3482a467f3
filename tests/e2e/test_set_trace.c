/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Traces of sets: executions cut with small limits give proofs that the checker accepts together, and no cell of BOUNDARY can be changed.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/proof/set.h"
#include "core/verify/verify.h"
#include "host/sys/file.h"
#include "host/sys/mem.h"
#include "host/trace/check.h"
#include "tests/sound/program.h"

#define MOST 64 /* segments */

struct set {
    struct sc_elf elf;
    bool own_elf;
    struct sc_image image;
    struct sc_segments segments;
    struct sc_run run;
    struct sc_trace trace[MOST + 1];
    const struct sc_trace *list[MOST + 1];
    size_t n; /* proofs */
};

static struct set set;
static const uint8_t text[24] = "hello world, hello you!";

/** Cut and build every trace, the last first. Memory is what was told. */
static void build(const char *name, const uint8_t *input, size_t input_size, struct sc_cut_limits limits, struct sc_pool *pool)
{
    char why[256] = "";
    const struct sc_exec_options o = {.input = input, .input_size = input_size};
    const unsigned n_threads = pool ? sc_pool_size(pool) : 1;
    cr_assert_eq(sc_image_build(&set.image, &set.elf), SOCLE_OK);
    cr_assert_eq(sc_exec_cut(&set.segments, &set.run, why, sizeof why, &set.elf, &o, &limits), SOCLE_OK, "%s: %s", name, why);
    set.n = set.segments.n_spans + 1;
    cr_assert(set.n >= 3 && set.n <= MOST + 1, "%s: %zu segments", name, set.segments.n_spans);
    for (size_t i = set.n; i-- > 0;) {
        struct sc_shape shape;
        static struct sc_layout layout;
        struct sc_trace *const t = &set.trace[i];
        set.list[i] = t;
        cr_assert_eq(sc_trace_set_shape(&shape, &layout, why, sizeof why, &set.segments, (uint32_t)i, i == 0 ? set.image.log_h : 0), SOCLE_OK, "%s", why);
        const size_t told = sc_trace_memory(&layout, n_threads) +
                            (i == 0 ? sc_trace_first_memory(&set.segments) : sc_replay_memory(&set.elf, &set.segments.spans[i - 1]));
        const size_t held = sc_mem_now();
        sc_mem_peak_reset();
        const socle_status st = i == 0 ? sc_trace_first(t, why, sizeof why, &set.segments, set.run.output, set.run.output_size, &set.image, pool)
                                       : sc_trace_segment(t, why, sizeof why, &set.elf, &set.segments, (uint32_t)i, pool, NULL);
        cr_assert_eq(st, SOCLE_OK, "%s, proof %zu: status %d, %s", name, i, (int)st, why);
        cr_expect_leq(sc_mem_peak() - held, told, "%s, proof %zu: %zu bytes told, %zu taken", name, i, told, sc_mem_peak() - held);
        cr_expect(memcmp(&shape, &t->shape, sizeof shape) == 0);
        cr_expect(sc_boundary_holds(&sc_machine_rv64im, sc_profile_default(), t->shape.boundary_log_h, t->shape.n_boundary));
    }
}

static void close_set(void)
{
    for (size_t i = 0; i < set.n; i++) {
        sc_trace_fini(&set.trace[i]);
    }
    sc_segments_fini(&set.segments);
    sc_run_fini(&set.run);
    sc_image_fini(&set.image);
    if (set.own_elf) {
        sc_elf_fini(&set.elf);
    }
    memset(&set, 0, sizeof set);
}

static void build_everything(uint8_t log_global, struct sc_pool *pool)
{
    static struct prog prog;
    memset(&set, 0, sizeof set);
    prog_everything(&prog);
    set.elf = prog_elf(&prog);
    const struct sc_cut_limits limits = {0, 0, log_global};
    build("everything", text, sizeof text, limits, pool);
}

/** False when the guest is not there. */
static bool build_guest(const char *name, uint64_t seed, size_t input_size, struct sc_cut_limits limits, struct sc_pool *pool)
{
    char path[1024], why[256] = "";
    uint8_t input[256], *file = NULL;
    size_t size = 0;
    const char *const root = getenv("SOCLE_BUILD_ROOT");
    memset(&set, 0, sizeof set);
    snprintf(path, sizeof path, "%s/guest/%s.elf", root != NULL ? root : "build", name);
    if (access(path, R_OK) != 0) {
        return false;
    }
    for (size_t i = 0; i < input_size; i++) {
        input[i] = (uint8_t)(seed >> 8 * (i % 8));
    }
    cr_assert_eq(sc_file_read(&file, &size, why, sizeof why, path, (size_t)1 << 24), SOCLE_OK, "%s", why);
    cr_assert_eq(sc_elf_load(&set.elf, why, sizeof why, file, size), SOCLE_OK, "%s", why);
    sc_free(file);
    set.own_elf = true;
    build(name, input, input_size, limits, pool);
    return true;
}

/** Within the limits, and no segment but the last could have gone on for long: the next size of some table does not fit. */
static void expect_layouts(const char *name, struct sc_cut_limits l)
{
    for (size_t i = 1; i < set.n; i++) {
        const struct sc_layout *const y = &set.trace[i].layout;
        cr_expect((l.log_cells == 0 || y->m0 <= l.log_cells) && (l.log_leaves == 0 || y->n_leaf_vars <= l.log_leaves) &&
                      (l.log_global == 0 || y->n_global_vars <= l.log_global),
                  "%s, segment %zu: m0 %u, nL %u, nG %u", name, i, y->m0, y->n_leaf_vars, y->n_global_vars);
        const bool full = (l.log_cells != 0 && 2 * y->n_cells > (UINT64_C(1) << l.log_cells)) ||
                          (l.log_leaves != 0 && 2 * y->n_leaves > (UINT64_C(1) << l.log_leaves)) ||
                          (l.log_global != 0 && 2 * y->n_global_leaves > (UINT64_C(1) << l.log_global));
        cr_expect(full || i + 1 == set.n, "%s, segment %zu ends early", name, i);
    }
}

Test(set_trace, of_cut_guests_holds, .timeout = 300)
{
    static const struct {
        const char *name;
        uint64_t seed;
        size_t input_size;
        struct sc_cut_limits limits;
    } runs[] = {{"sha256", 0x1234567, 200, {20, 0, 0}}, {"quicksort", 600, 8, {0, 20, 0}}, {"keccak256", 77, 140, {20, 21, 11}}};
    struct sc_pool *pool = NULL;
    struct sc_check_report report;
    unsigned n = 0;
    cr_assert_eq(sc_pool_create(&pool, 2), SOCLE_OK);
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        if (build_guest(runs[i].name, runs[i].seed, runs[i].input_size, runs[i].limits, pool)) {
            cr_expect_eq(sc_trace_check_set(&report, pool, set.list, set.n), SOCLE_OK, "%s: %s", runs[i].name, report.text);
            expect_layouts(runs[i].name, runs[i].limits);
            close_set();
            n++;
        }
    }
    sc_pool_destroy(pool);
    if (n == 0) {
        cr_skip_test("the guests are not built");
    }
}

Test(set_trace, of_a_program_with_every_table_holds, .timeout = 300)
{
    struct sc_check_report report;
    build_everything(8, NULL);
    cr_expect_eq(sc_trace_check_set(&report, NULL, set.list, set.n), SOCLE_OK, "%s", report.text);
    close_set();
}

Test(set_trace, does_not_depend_on_the_threads, .timeout = 300)
{
    struct sc_pool *pool = NULL;
    static struct set one;
    cr_assert_eq(sc_pool_create(&pool, 3), SOCLE_OK);
    build_everything(8, NULL);
    one = set;
    build_everything(8, pool);
    cr_assert_eq(one.n, set.n);
    for (size_t i = 0; i < set.n; i++) {
        const struct sc_trace *const a = &one.trace[i], *const b = &set.trace[i];
        cr_expect(memcmp(a->cells, b->cells, sizeof(fp) << a->layout.m0) == 0 && memcmp(a->boundary, b->boundary, sizeof(fp) << a->layout.boundary_m0) == 0);
    }
    close_set();
    set = one;
    close_set();
    sc_pool_destroy(pool);
}

/** The cell of a column of BOUNDARY in the first chunk of a proof. */
static fp *cell(size_t proof, unsigned col, size_t row)
{
    const struct sc_layout *const y = &set.trace[proof].layout;
    for (unsigned k = 0; k < y->n_chunks; k++) {
        if (y->chunk[k].table == AIR_TABLE_BOUNDARY) {
            return sc_trace_column(&set.trace[proof], k, col) + row;
        }
    }
    cr_assert_fail("no BOUNDARY");
    return NULL;
}

Test(set_trace, with_a_changed_cell_of_boundary_is_refused, .timeout = 300)
{
    struct sc_pool *pool = NULL;
    struct sc_check_report report;
    const unsigned n_cols = sc_air_tables[AIR_TABLE_BOUNDARY].n_cols;
    cr_assert_eq(sc_pool_create(&pool, 2), SOCLE_OK);
    build_everything(8, pool);
    cr_assert_eq(sc_trace_check_set(&report, pool, set.list, set.n), SOCLE_OK, "%s", report.text);
    for (size_t proof = 0; proof < 3; proof += 2) {
        for (unsigned col = 0; col < n_cols; col++) {
            const bool is_free = proof == 0 && strcmp(sc_air_tables[AIR_TABLE_BOUNDARY].col_names[col], "ts_last") == 0; /* no use reads it */
            fp *const at = cell(proof, col, 9);
            *at = fp_add(*at, FP_ONE);
            cr_expect_eq(sc_trace_check_set(NULL, pool, set.list, set.n), is_free ? SOCLE_OK : SOCLE_E_REJECT, "proof %zu, column %s", proof,
                         sc_air_tables[AIR_TABLE_BOUNDARY].col_names[col]);
            *at = fp_sub(*at, FP_ONE);
        }
    }
    /* The words of the report. */
    fp *const value = cell(2, n_cols - 1, 9);
    *value = fp_add(*value, FP_ONE);
    cr_expect_eq(sc_trace_check_set(&report, pool, set.list, set.n), SOCLE_E_REJECT);
    cr_expect(strstr(report.text, "BND") != NULL || strstr(report.text, "proof 2: ") == report.text, "%s", report.text);
    close_set();
    sc_pool_destroy(pool);
}

Test(set_trace, out_of_order_or_with_other_ends_is_refused, .timeout = 300)
{
    struct sc_check_report report;
    build_everything(8, NULL);
    cr_assert_geq(set.n, 4);
    const struct sc_trace *const keep = set.list[1];
    set.list[1] = set.list[2], set.list[2] = keep;
    cr_expect_eq(sc_trace_check_set(&report, NULL, set.list, set.n), SOCLE_E_REJECT);
    set.list[2] = set.list[1], set.list[1] = keep;
    cr_expect_eq(sc_trace_check_set(&report, NULL, set.list, set.n - 1), SOCLE_E_REJECT); /* the last is missing */
    set.trace[2].entry_ip++;
    cr_expect_eq(sc_trace_check_set(&report, NULL, set.list, set.n), SOCLE_E_REJECT);
    set.trace[2].entry_ip--;
    set.trace[1].halted = true;
    cr_expect_eq(sc_trace_check_set(&report, NULL, set.list, set.n), SOCLE_E_REJECT);
    set.trace[1].halted = false;
    set.trace[1].ts_end += 4;
    cr_expect_eq(sc_trace_check_set(&report, NULL, set.list, set.n), SOCLE_E_REJECT);
    cr_expect(strncmp(report.text, "proof 1: bus STATE", 18) == 0, "%s", report.text);
    close_set();
}
