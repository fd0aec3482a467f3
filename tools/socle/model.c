/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * `socle model`: measure a cost model of this machine, and show what one knows.
 */
#include "tools/socle/cli.h"

#include <stdlib.h>
#include <string.h>

#define MAX_MODEL ((size_t)16 << 20)
#define MAX_DEVICES 64

static void json_device(struct json *j, const struct socle_model_device *d)
{
    json_object(j, NULL);
    json_string(j, "name", d->name);
    json_bool(j, "shares_host", d->shares_host);
    json_uint(j, "memory_bytes", d->memory);
    json_uint(j, "put_ns", d->put_ns);
    json_uint(j, "put_mb_per_s", d->put_mb_per_s);
    json_uint(j, "get_ns", d->get_ns);
    json_uint(j, "get_mb_per_s", d->get_mb_per_s);
    json_end(j);
}

static void json_sample(struct json *j, const struct socle_model_sample *s)
{
    json_object(j, NULL);
    json_string(j, "device", s->device);
    json_string(j, "op", s->op);
    json_uint(j, "log_n", s->log_n);
    json_uint(j, "count", s->count);
    json_uint(j, "runs", s->runs);
    json_real(j, "mean_ns", s->mean_ns);
    json_real(j, "spread_ns", s->spread_ns);
    json_end(j);
}

static void say_model(const socle_model *m, const struct socle_model_device *d, size_t n_devices, const struct socle_model_sample *s, size_t n)
{
    (void)printf("%-12s %s\n", "origin", socle_model_origin(m));
    for (size_t i = 0; i < n_devices; i++) {
        (void)printf("%-12s %s, %.1f GiB", "device", d[i].name, (double)d[i].memory / 1073741824.0);
        if (d[i].shares_host) {
            (void)printf(", jobs work in host memory\n");
        } else {
            (void)printf(", copies in %.1f GB/s + %.1f us, out %.1f GB/s + %.1f us\n", 1e-3 * (double)d[i].put_mb_per_s, 1e-3 * (double)d[i].put_ns,
                         1e-3 * (double)d[i].get_mb_per_s, 1e-3 * (double)d[i].get_ns);
        }
    }
    (void)printf("%-16s %-16s %5s %8s %6s %14s %12s\n", "device", "op", "log n", "count", "runs", "mean us", "spread us");
    for (size_t i = 0; i < n; i++) {
        (void)printf("%-16s %-16s %5u %8u %6llu %14.3f %12.3f\n", s[i].device, s[i].op, s[i].log_n, s[i].count, (unsigned long long)s[i].runs,
                     1e-3 * s[i].mean_ns, 1e-3 * s[i].spread_ns);
    }
}

static enum exit_code tell(struct args *a, const char *file, const socle_model *m, struct socle_model_sample *s, size_t n)
{
    struct socle_model_device d[MAX_DEVICES];
    const size_t n_devices = socle_model_devices(m, d, MAX_DEVICES);
    (void)socle_model_samples(m, s, n);
    if (!given(a, OPT_JSON)) {
        (void)printf("%-12s %s\n", "file", file);
        say_model(m, d, n_devices, s, n);
        return EXIT_GOOD;
    }
    struct json j;
    result_begin(&j, a);
    json_string(&j, "file", file);
    json_string(&j, "origin", socle_model_origin(m));
    json_list(&j, "devices");
    for (size_t i = 0; i < n_devices; i++) {
        json_device(&j, &d[i]);
    }
    json_list_end(&j);
    json_list(&j, "samples");
    for (size_t i = 0; i < n; i++) {
        json_sample(&j, &s[i]);
    }
    json_list_end(&j);
    return result_print(&j, a);
}

/* Show FILE, or the one that is stored. */
static socle_status show(struct args *a, socle_model **m, char path[SOCLE_MAX_PATH])
{
    socle_status st = SOCLE_OK;
    uint8_t *bytes = NULL;
    size_t len = 0;
    if (a->n_operands == 1) {
        return socle_model_stored(a->ctx, m, path);
    }
    (void)snprintf(path, SOCLE_MAX_PATH, "%s", a->operand[1]);
    TRY(socle_file_read(a->ctx, &bytes, &len, a->operand[1], MAX_MODEL));
    TRY(socle_model_read(a->ctx, m, bytes, len));
out:
    socle_free(a->ctx, bytes);
    return st;
}

/* Into the file of -o, or into the store. */
static socle_status measure(struct args *a, socle_model **m, char path[SOCLE_MAX_PATH], unsigned long seconds)
{
    socle_status st = SOCLE_OK;
    uint8_t *bytes = NULL;
    size_t len = 0;
    TRY(socle_model_measure(a->ctx, m, a->value[OPT_DEVICE], (double)seconds));
    if (!given(a, OPT_OUTPUT)) {
        return socle_model_store(a->ctx, path, *m);
    }
    (void)snprintf(path, SOCLE_MAX_PATH, "%s", a->value[OPT_OUTPUT]);
    TRY(socle_model_write(a->ctx, &bytes, &len, *m));
    TRY(socle_file_write(a->ctx, a->value[OPT_OUTPUT], bytes, len));
out:
    socle_free(a->ctx, bytes);
    return st;
}

enum exit_code run_model(struct args *a)
{
    socle_status st = SOCLE_OK;
    enum exit_code code = EXIT_GOOD;
    socle_model *m = NULL;
    struct socle_model_sample *samples = NULL;
    char path[SOCLE_MAX_PATH] = "";
    unsigned long seconds = 150;
    const bool measures = strcmp(a->operand[0], "measure") == 0;
    if (!measures && strcmp(a->operand[0], "show") != 0) {
        return fails_with(a, EXIT_USAGE, "E_ARG", "all it can do is measure and show; see socle model -h");
    }
    if (measures ? a->n_operands > 1 : (a->given & (BIT(DEVICE) | BIT(DEVICE_BUDGET) | BIT(OUTPUT) | BIT(SECONDS))) != 0) {
        return fails_with(a, EXIT_USAGE, "E_ARG", measures ? "model measure takes no file but with -o" : "model show takes no --device, --output or --seconds");
    }
    if (given(a, OPT_SECONDS) && !parse_number(a->value[OPT_SECONDS], 0, 1000000, &seconds)) {
        return fails_with(a, EXIT_USAGE, "E_ARG", "--seconds wants a number from 0 to 1000000");
    }
    TRY(measures ? measure(a, &m, path, seconds) : show(a, &m, path));
    const size_t n = socle_model_samples(m, NULL, 0);
    samples = calloc(n > 0 ? n : 1, sizeof *samples);
    code = samples != NULL ? tell(a, path, m, samples, n) : fails_with(a, EXIT_MEMORY, "E_NOMEM", socle_status_text(SOCLE_E_NOMEM));
out:
    if (st != SOCLE_OK) {
        code = fails(a, st);
    }
    free(samples);
    socle_model_destroy(a->ctx, m);
    return code;
}
