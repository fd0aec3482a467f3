/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * `socle bench list | run | compare | check | plot`: a table on standard output, a report (docs/bench-report.schema.json) as file or under --json.
 * The table fits 80 columns.
 */
#include "tools/socle/bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Short names of the limits, for a column. */
static const char *short_name(const char *limit)
{
    static const char *const names[][2] = {
        {"pairs of NTT levels", "ntt"}, {"compressions", "hash"}, {"products", "mul"}, {"extension products", "ext mul"},
        {"products without reduction", "mul acc"}, {"SHA-256 compressions", "hash"}, {"Keccak permutations", "hash"}, {"memory", "memory"},
        {"BN254 Fr level pairs", "ntt"}, {"BLS12-381 Fr level pairs", "ntt"}, {"BN254 Fp products", "mul"}, {"BN254 Fp2 products", "mul"},
        {"BLS12-381 Fp products", "mul"}, {"BLS12-381 Fp2 products", "mul"}, {"device wide products", "mul"}, {"device additions", "add"},
        {"device memory", "memory"}};
    for (size_t i = 0; limit != NULL && i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i][0], limit) == 0) {
            return names[i][1];
        }
    }
    return limit != NULL ? limit : "";
}

static void say_row(const struct socle_bench_row *r)
{
    char share[16] = "-", spread[16];
    if (!bench_row_ran(r)) {
        (void)printf("%-10s %-19s %s: %s\n", r->op, r->shape, r->outcome == SOCLE_BENCH_FAILED ? "FAILED" : "skipped", r->why);
        return;
    }
    if (isfinite(r->share)) {
        (void)snprintf(share, sizeof share, "%.0f %%", 100 * r->share);
    }
    (void)snprintf(spread, sizeof spread, "%.1f %%", 100 * r->time.mad / r->time.median);
    (void)printf("%-10s %-19s %9.3f %7s %9.*f %-4s %5s %-7s%s\n", r->op, r->shape, 1e-6 * r->time.median, spread, r->rate < 1 ? 4 : 2,
                 r->rate, r->unit, share,
                 short_name(r->binds), r->outcome == SOCLE_BENCH_WRONG ? "!" : r->time.drifts ? "~" : r->time.unstable ? "*" : "");
    if (isfinite(r->joules)) {
        (void)printf("%-10s %-19s %9.3g J a run, %.3g uJ for each of the %s\n", "", "", r->joules, 1e6 * r->joules / r->units, r->what);
    }
}

static void say_limits(const socle_bench *b)
{
    struct socle_bench_limit l[BENCH_LIMITS];
    const size_t n = socle_bench_limits(b, l, BENCH_LIMITS);
    if (n == 0) {
        return;
    }
    (void)printf("\n%-28s %9s %11s %5s\n", "limits", "measured", "theoretical", "of it");
    for (size_t i = 0; i < n && i < BENCH_LIMITS; i++) {
        const bool memory = strcmp(short_name(l[i].name), "memory") == 0;
        char theory[2][16] = {"-", "-"};
        if (isfinite(l[i].theory.value)) {
            (void)snprintf(theory[0], sizeof theory[0], "%.2f", 1e-9 * l[i].theory.value);
            const double part = l[i].median / l[i].theory.value;
            (void)snprintf(theory[1], sizeof theory[1], part < 9.99 ? "%.0f %%" : "above", 100 * part);
        }
        (void)printf("  %-26s %9.2f %11s %5s %s\n", l[i].name, 1e-9 * l[i].median, theory[0], theory[1],
                     memory ? "GB/s, read and written" : "G/s");
    }
}

/* Shares are of what was measured all the same. */
static void say_limits_above(const socle_bench *b)
{
    struct socle_bench_limit l[BENCH_LIMITS];
    const size_t n = socle_bench_limits(b, l, BENCH_LIMITS);
    for (size_t i = 0; i < n && i < BENCH_LIMITS; i++) {
        if (bench_limit_is_above(&l[i])) {
            (void)printf("%s: measured above theoretical, one of the two is a mistake\n", l[i].name);
        }
    }
}

static void say_notes(const struct bench_result *r)
{
    const struct socle_bench_info *const i = r->info;
    bool unstable = false, drifts = false, wrong = false;
    size_t n_skipped = 0;
    for (size_t k = 0; k < r->n; k++) {
        unstable = unstable || r->rows[k].time.unstable;
        drifts = drifts || r->rows[k].time.drifts;
        wrong = wrong || r->rows[k].outcome == SOCLE_BENCH_WRONG;
        n_skipped += r->rows[k].outcome == SOCLE_BENCH_SKIPPED;
    }
    (void)printf("\n");
    say_limits_above(r->bench);
    if (wrong) {
        (void)printf("! the result is WRONG: it is not that of the reference\n");
    }
    if (n_skipped > 0) {
        (void)printf("%zu of %zu cases were skipped\n", n_skipped, r->n);
    }
    if (unstable) {
        (void)printf("* unstable: coefficient of variation above 3 %%\n");
    }
    if (drifts) {
        (void)printf("~ drifts: later runs differ from earlier ones\n");
    }
    if (i->throttled) {
        (void)printf("throttled, or the core was shared: a fixed loop took %.2f times its best\n", i->slowest_pace);
    }
    if (i->hot) {
        (void)printf("hot: %.0f degrees\n", i->hottest);
    }
    if (i->background) {
        (void)printf("background load: others had up to %.2f processors for a while\n", i->most_load);
    }
    if (!i->nothing_failed) {
        (void)printf("not all that was begun could be finished\n");
    }
    if (!i->enough_runs) {
        (void)printf("fewer than 5 runs: no comparison can rest on them\n");
    }
    (void)printf("%s: digests %s, %.0f s\n", i->valid ? "valid" : "NOT VALID", i->digests_right ? "equal those of the reference" : "DIFFER", i->seconds);
}

static void say_result(const struct bench_result *r)
{
    for (unsigned k = 0; k < r->n_on; k++) {
        const struct socle_device *const d = &r->on[k];
        if (strcmp(d->id, "cpu") == 0) {
            (void)printf("%.40s, %u threads, %s%s\n", d->name, r->info->threads, r->info->kernels,
                         r->info->virtualised == 1 ? ", virtual machine" : "");
        } else {
            (void)printf("%s, %.58s\n%s", d->id, d->name, d->is_processor ? "PoCL or the like: OpenCL on the processor, no GPU, no figure of one\n" : "");
        }
    }
    (void)printf("\n");
    (void)printf("%-10s %-19s %9s %7s %14s %5s %s\n", "operation", "size", "median ms", "spread", "rate", "share", "of limit");
    for (size_t k = 0; k < r->n; k++) {
        say_row(&r->rows[k]);
    }
    say_limits(r->bench);
    say_notes(r);
}

static enum exit_code list(struct args *a, const struct bench_result *r)
{
    if (given(a, OPT_JSON)) {
        struct json j;
        result_begin(&j, a);
        bench_json_list(&j, r);
        return result_print(&j, a);
    }
    for (unsigned i = 0; socle_bench_suite(i) != NULL; i++) {
        (void)printf("suite %s\n", socle_bench_suite(i));
    }
    (void)printf("%-10s %-19s %12s %-10s %9s\n", "operation", "size", "counts", "", "memory");
    for (size_t k = 0; k < r->n; k++) {
        (void)printf("%-10s %-19s %12.0f %-10s %8lluM\n", r->rows[k].op, r->rows[k].shape, r->rows[k].units, r->rows[k].what,
                     (unsigned long long)((r->rows[k].memory + 1048575) >> 20));
    }
    return EXIT_GOOD;
}

/* Of the first case that failed. */
static enum exit_code failure_of(const struct bench_result *r)
{
    for (size_t k = 0; k < r->n; k++) {
        if (r->rows[k].outcome == SOCLE_BENCH_FAILED) {
            return exit_of(r->rows[k].status);
        }
    }
    return EXIT_GOOD;
}

static enum exit_code tell(struct args *a, const struct bench_result *r)
{
    enum exit_code code = EXIT_GOOD;
    struct json j;
    result_begin(&j, a);
    bench_json_report(&j, a, r);
    json_end(&j);
    json_line_end(&j);
    if (j.failed) {
        code = fails_with(a, EXIT_MEMORY, "E_NOMEM", socle_status_text(SOCLE_E_NOMEM));
    } else if (given(a, OPT_OUTPUT)) {
        const socle_status st = socle_file_write(a->ctx, a->value[OPT_OUTPUT], (const uint8_t *)j.text, j.len);
        code = st == SOCLE_OK ? code : fails(a, st);
    }
    if (code == EXIT_GOOD && !given(a, OPT_JSON)) {
        say_result(r);
    } else if (code == EXIT_GOOD && (fwrite(j.text, 1, j.len, stdout) != j.len || fflush(stdout) != 0)) {
        code = fails_with(a, EXIT_USAGE, "E_IO", "cannot write to standard output");
    }
    json_drop(&j);
    return code != EXIT_GOOD ? code : r->info->digests_right ? failure_of(r) : EXIT_SELFCHECK;
}

static enum exit_code options_of(const struct args *a, struct socle_bench_options *o)
{
    unsigned long runs = 0, seconds = 0;
    if (given(a, OPT_RUNS) && !parse_number(a->value[OPT_RUNS], 1, SOCLE_BENCH_MAX_RUNS, &runs)) {
        return fails_with(a, EXIT_USAGE, "E_ARG", "--runs wants a number from 1 to 1000");
    }
    if (given(a, OPT_SECONDS) && !parse_number(a->value[OPT_SECONDS], 1, 1000000, &seconds)) {
        return fails_with(a, EXIT_USAGE, "E_ARG", "--seconds wants a whole number of seconds, more than 0");
    }
    *o = (struct socle_bench_options){.suite = a->value[OPT_SUITE], .only = a->value[OPT_ONLY], .runs = (unsigned)runs, .seconds = (double)seconds,
                                      .system = a->value[OPT_SYSTEM]};
    return EXIT_GOOD;
}

static void find_devices(struct args *a, struct bench_result *r)
{
    struct socle_device d[SOCLE_MAX_LISTED_DEVICES];
    const size_t all = socle_devices(a->ctx, d, SOCLE_MAX_LISTED_DEVICES), n = all < SOCLE_MAX_LISTED_DEVICES ? all : SOCLE_MAX_LISTED_DEVICES;
    r->device = d[0];
    r->n_on = r->info->n_devices;
    for (unsigned k = 0; k < r->n_on; k++) {
        r->on[k] = d[0];
        for (size_t i = 1; i < n; i++) {
            r->on[k] = strcmp(d[i].id, r->info->devices[k]) == 0 ? d[i] : r->on[k];
        }
    }
}

enum exit_code run_bench(struct args *a)
{
    struct socle_bench_options o;
    struct bench_result r = {0};
    socle_status st = SOCLE_OK;
    enum exit_code code = options_of(a, &o);
    const bool runs = strcmp(a->operand[0], "run") == 0;
    if (code != EXIT_GOOD) {
        return code;
    }
    if (strcmp(a->operand[0], "compare") == 0) {
        return run_bench_compare(a);
    }
    if (strcmp(a->operand[0], "check") == 0) {
        return run_bench_check(a);
    }
    if (strcmp(a->operand[0], "plot") == 0) {
        return run_bench_plot(a);
    }
    if ((!runs && strcmp(a->operand[0], "list") != 0) || a->n_operands != 1) {
        return fails_with(a, EXIT_USAGE, "E_ARG", "it can list, run, compare A B, check REPORT and plot REPORT... -o FOLDER; see socle bench -h");
    }
    TRY(runs ? socle_bench_run(a->ctx, &r.bench, &o) : socle_bench_list(a->ctx, &r.bench, o.suite));
    r.info = socle_bench_about(r.bench);
    find_devices(a, &r);
    r.n = socle_bench_rows(r.bench, NULL, 0);
    r.rows = calloc(r.n, sizeof *r.rows);
    r.n_moments = socle_bench_moments(r.bench, NULL, 0);
    r.moments = calloc(r.n_moments + 1, sizeof *r.moments);
    if (r.rows == NULL || r.moments == NULL) {
        code = fails_with(a, EXIT_MEMORY, "E_NOMEM", socle_status_text(SOCLE_E_NOMEM));
        goto out;
    }
    (void)socle_bench_rows(r.bench, r.rows, r.n);
    (void)socle_bench_moments(r.bench, r.moments, r.n_moments);
    code = runs ? tell(a, &r) : list(a, &r);
out:
    if (st != SOCLE_OK) {
        code = fails(a, st);
    }
    free(r.rows);
    free(r.moments);
    socle_bench_destroy(a->ctx, r.bench);
    return code;
}
