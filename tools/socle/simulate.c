/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * `socle simulate`: how a farm of so many equal devices would do, from a cost model. Every figure is marked as simulated.
 */
#include "tools/socle/cli.h"

#include <stdlib.h>
#include <string.h>

#define MAX_MODEL ((size_t)16 << 20)
#define MAX_DEVICES 64u

/* 16xNAME */
static bool parse_gpus(const char *text, unsigned long *n, const char **name)
{
    char number[8];
    const char *const x = strchr(text, 'x');
    if (x == NULL || x == text || (size_t)(x - text) >= sizeof number || x[1] == '\0') {
        return false;
    }
    memcpy(number, text, (size_t)(x - text));
    number[x - text] = '\0';
    *name = x + 1;
    return parse_number(number, 1, MAX_DEVICES, n);
}

static void say_row(const struct socle_simulation *s, const struct socle_simulation *one, bool asked)
{
    (void)printf("%7u%c %14.4f %10.2f %11.1f %% %12.1f %12.1f %14.2f\n", s->n_devices, asked ? '*' : ' ', s->seconds,
                 s->seconds > 0 ? one->seconds / s->seconds : 0, 100 * s->utilisation, 1e-6 * (double)s->copied, 1e-6 * (double)s->spilled,
                 (double)s->device_memory / 1073741824.0);
}

static void json_row(struct json *j, const struct socle_simulation *s)
{
    json_object(j, NULL);
    json_uint(j, "devices", s->n_devices);
    json_real(j, "seconds", s->seconds);
    json_real(j, "utilisation", s->utilisation);
    json_uint(j, "jobs", s->jobs);
    json_uint(j, "copied_bytes", s->copied);
    json_uint(j, "spilled_bytes", s->spilled);
    json_uint(j, "device_memory_bytes", s->device_memory);
    json_end(j);
}

static enum exit_code tell(struct args *a, const socle_model *m, const struct socle_simulation *rows, unsigned n_rows, unsigned long asked,
                           const char *name)
{
    if (given(a, OPT_JSON)) {
        struct json j;
        result_begin(&j, a);
        json_bool(&j, "simulated", true);
        json_string(&j, "device", name);
        json_string(&j, "model", a->value[OPT_FROM]);
        json_string(&j, "origin", socle_model_origin(m));
        json_string(&j, "basis", rows[0].basis);
        json_string(&j, "profile", socle_context_profile(a->ctx));
        json_uint(&j, "segments", rows[0].n_segments);
        json_uint(&j, "log_cells", rows[0].log_cells);
        json_uint(&j, "asked", asked);
        json_list(&j, "rows");
        for (unsigned i = 0; i < n_rows; i++) {
            json_row(&j, &rows[i]);
        }
        json_list_end(&j);
        return result_print(&j, a);
    }
    (void)printf("SIMULATED     %u segments of 2^%u cells (%s) on %s\n%-13s %s\n", rows[0].n_segments, rows[0].log_cells,
                 socle_context_profile(a->ctx), name, "origin", socle_model_origin(m));
    (void)printf("%-13s %s\n", "basis",
                 strcmp(rows[0].basis, "measured") == 0  ? "every time was measured in this size"
                 : strcmp(rows[0].basis, "between") == 0 ? "some times are interpolated between sizes that were measured"
                                                         : "some times are extrapolated beyond the sizes that were measured");
    (void)printf("%8s %14s %10s %13s %12s %12s %14s\n", "devices", "latency s", "times one", "utilisation", "copied MB", "spilled MB", "device GiB");
    for (unsigned i = 0; i < n_rows; i++) {
        say_row(&rows[i], &rows[0], rows[i].n_devices == asked);
    }
    return EXIT_GOOD;
}

enum exit_code run_simulate(struct args *a)
{
    socle_status st = SOCLE_OK;
    enum exit_code code = EXIT_GOOD;
    uint8_t *bytes = NULL;
    size_t len = 0, timeline_len = 0;
    uint8_t *timeline = NULL;
    socle_model *m = NULL;
    struct socle_simulation rows[8];
    unsigned n_rows = 0;
    unsigned long asked = 0, segments = 64;
    const char *name = NULL;
    if (!parse_gpus(a->value[OPT_GPUS], &asked, &name)) {
        return fails_with(a, EXIT_USAGE, "E_ARG", "--gpus wants a number from 1 to 64, an x and a name, such as 16xh200");
    }
    if (given(a, OPT_SEGMENTS) && !parse_number(a->value[OPT_SEGMENTS], 1, 4096, &segments)) {
        return fails_with(a, EXIT_USAGE, "E_ARG", "--segments wants a number from 1 to 4096");
    }
    TRY(socle_file_read(a->ctx, &bytes, &len, a->value[OPT_FROM], MAX_MODEL));
    TRY(socle_model_read(a->ctx, &m, bytes, len));
    for (unsigned n = 1, before = 0; n <= MAX_DEVICES; before = n, n *= 2) {
        if (asked > before && asked < n) {
            TRY(socle_simulate(a->ctx, &rows[n_rows++], m, name, (unsigned)asked, (unsigned)segments));
        }
        TRY(socle_simulate(a->ctx, &rows[n_rows++], m, name, n, (unsigned)segments));
    }
    if (given(a, OPT_TRACE)) {
        TRY(socle_simulate_timeline(a->ctx, &timeline, &timeline_len, m, name, (unsigned)asked, (unsigned)segments));
        TRY(socle_file_write(a->ctx, a->value[OPT_TRACE], timeline, timeline_len));
    }
    code = tell(a, m, rows, n_rows, asked, name);
out:
    if (st != SOCLE_OK) {
        code = fails(a, st);
    }
    socle_free(a->ctx, timeline);
    socle_model_destroy(a->ctx, m);
    socle_free(a->ctx, bytes);
    return code;
}
