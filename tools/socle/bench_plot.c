/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * `socle bench plot REPORT... -o FOLDER`.
 */
#include "tools/socle/bench.h"

#include <string.h>

#define MAX_REPORT ((size_t)4 << 20)

static const char *last_part(const char *path)
{
    const char *const slash = strrchr(path, '/');
    return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

static enum exit_code print_charts(const struct args *a, const struct socle_bench_chart *c)
{
    struct json j;
    json_begin(&j);
    json_string(&j, "schema", "socle.bench.plot");
    json_uint(&j, "schema_version", 1);
    json_string(&j, "folder", a->value[OPT_OUTPUT]);
    json_string(&j, "page", "index.html");
    json_list(&j, "charts");
    for (size_t i = 0; i < SOCLE_BENCH_CHARTS; i++) {
        json_object(&j, NULL);
        json_string(&j, "title", c[i].title);
        if (c[i].drawn) {
            json_string(&j, "file", c[i].file);
            json_null(&j, "left_out");
        } else {
            json_null(&j, "file");
            json_string(&j, "left_out", c[i].why);
        }
        json_end(&j);
    }
    json_list_end(&j);
    return result_print(&j, a);
}

static void say_charts(const struct args *a, const struct socle_bench_chart *c)
{
    (void)printf("%s/index.html\n", a->value[OPT_OUTPUT]);
    for (size_t i = 0; i < SOCLE_BENCH_CHARTS; i++) {
        (void)printf("%-22s %s%s\n", c[i].title, c[i].drawn ? c[i].file : "left out: ", c[i].drawn ? "" : c[i].why);
    }
}

enum exit_code run_bench_plot(struct args *a)
{
    socle_status st = SOCLE_OK;
    enum exit_code code = EXIT_GOOD;
    const size_t n = a->n_operands - 1;
    uint8_t *bytes[SOCLE_BENCH_PLOT_REPORTS] = {NULL};
    struct socle_bench_source reports[SOCLE_BENCH_PLOT_REPORTS];
    struct socle_bench_chart charts[SOCLE_BENCH_CHARTS];
    if (n < 1 || n > SOCLE_BENCH_PLOT_REPORTS || !given(a, OPT_OUTPUT)) {
        return fails_with(a, EXIT_USAGE, "E_ARG", "plot wants from 1 to 8 reports and a folder to write to: REPORT... -o FOLDER");
    }
    for (size_t i = 0; i < n; i++) {
        reports[i].name = last_part(a->operand[1 + i]);
        TRY(socle_file_read(a->ctx, &bytes[i], &reports[i].len, a->operand[1 + i], MAX_REPORT));
        reports[i].bytes = bytes[i];
    }
    TRY(socle_bench_plot(a->ctx, charts, reports, n, a->value[OPT_OUTPUT]));
    if (given(a, OPT_JSON)) {
        code = print_charts(a, charts);
    } else {
        say_charts(a, charts);
    }
out:
    if (st != SOCLE_OK) {
        code = fails(a, st);
    }
    for (size_t i = 0; i < n; i++) {
        socle_free(a->ctx, bytes[i]);
    }
    return code;
}
