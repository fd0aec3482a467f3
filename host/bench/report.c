/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * From JSON to a report. Contracts: report.h.
 */
#include "host/bench/reader.h"

#include "host/sys/mem.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static uint64_t count_of(struct reader *r, const json_t *o, const char *key, uint64_t low, uint64_t high)
{
    const json_t *const v = member(r, o, key, JSON_INTEGER);
    if (v == NULL || json_integer_value(v) < 0 || (uint64_t)json_integer_value(v) < low || (uint64_t)json_integer_value(v) > high) {
        fault(r, SOCLE_E_FORMAT, "%s is out of range", key);
        return low;
    }
    return (uint64_t)json_integer_value(v);
}

static bool flag_of(struct reader *r, const json_t *o, const char *key)
{
    const json_t *const v = json_object_get(o, key);
    if (v == NULL || !json_is_boolean(v)) {
        fault(r, SOCLE_E_FORMAT, "%s is missing or of another type", key);
    }
    return v != NULL && json_is_true(v);
}

/* A finite number; NAN for null where that is allowed. */
static double real_of(struct reader *r, const json_t *o, const char *key, bool may_be_null)
{
    const json_t *const v = json_object_get(o, key);
    if (v != NULL && json_is_null(v) && may_be_null) {
        return NAN;
    }
    if (v == NULL || !json_is_number(v) || !isfinite(json_number_value(v))) {
        fault(r, SOCLE_E_FORMAT, "%s is missing or no number", key);
        return 0;
    }
    return json_number_value(v);
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void digest_of(struct reader *r, uint8_t out[SOCLE_BENCH_DIGEST], const json_t *o, const char *key)
{
    char text[2 * SOCLE_BENCH_DIGEST + 1];
    text_of(r, text, sizeof text, o, key);
    for (size_t i = 0; r->st == SOCLE_OK && i < SOCLE_BENCH_DIGEST; i++) {
        const int high = hex_value(text[2 * i]), low = high < 0 ? -1 : hex_value(text[2 * i + 1]);
        if (low < 0) {
            fault(r, SOCLE_E_FORMAT, "%s is no digest", key);
            return;
        }
        out[i] = (uint8_t)(16 * high + low);
    }
}

static void times_of(struct reader *r, double *out, size_t n, const json_t *list, const char *key, json_int_t low)
{
    for (size_t i = 0; i < n; i++) {
        const json_t *const v = json_array_get(list, i);
        if (!json_is_integer(v) || json_integer_value(v) < low || json_integer_value(v) > (json_int_t)1 << 52) {
            fault(r, SOCLE_E_FORMAT, "%s holds something that is no time", key);
            return;
        }
        out[i] = (double)json_integer_value(v);
    }
}

static void read_runs(struct reader *r, struct sc_report_row *row, const json_t *o)
{
    const json_t *const runs = member(r, o, "runs_ns", JSON_ARRAY), *const least = member(r, o, "least_ns", JSON_ARRAY);
    const size_t n = json_array_size(runs);
    if (r->st != SOCLE_OK) {
        return;
    }
    if (n < 1 || n > SOCLE_BENCH_MAX_RUNS || json_array_size(least) != n) {
        fault(r, SOCLE_E_FORMAT, "runs_ns and least_ns want as many members, from 1 to %d", SOCLE_BENCH_MAX_RUNS);
        return;
    }
    row->ns = sc_alloc(2 * n, sizeof(double));
    if (row->ns == NULL) {
        fault(r, SOCLE_E_NOMEM, "no memory");
        return;
    }
    row->n = n;
    row->least = row->ns + n;
    times_of(r, row->ns, n, runs, "runs_ns", 1);
    times_of(r, row->least, n, least, "least_ns", 0);
}

static void read_summary(struct reader *r, struct sc_summary *s, const json_t *o)
{
    const json_t *const v = member(r, o, "summary", JSON_OBJECT);
    s->n = (size_t)count_of(r, v, "n", 1, SOCLE_BENCH_MAX_RUNS);
    s->median = real_of(r, v, "median_ns", false);
    s->mad = real_of(r, v, "mad_ns", false);
    s->least = real_of(r, v, "least_ns", false);
    s->most = real_of(r, v, "most_ns", false);
    s->p5 = real_of(r, v, "p5_ns", false);
    s->p95 = real_of(r, v, "p95_ns", false);
    s->p99 = real_of(r, v, "p99_ns", false);
    s->mean = real_of(r, v, "mean_ns", false);
    s->cv = real_of(r, v, "cv", false);
    s->low = real_of(r, v, "low_ns", false);
    s->high = real_of(r, v, "high_ns", false);
    s->level = real_of(r, v, "level", false);
    s->unstable = flag_of(r, v, "unstable");
}

static bool outcome_named(enum socle_bench_outcome *out, const char *name)
{
    static const char *const names[] = {[SOCLE_BENCH_GOOD] = "good", [SOCLE_BENCH_WRONG] = "wrong", [SOCLE_BENCH_SKIPPED] = "skipped",
                                        [SOCLE_BENCH_FAILED] = "failed"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], name) == 0) {
            *out = (enum socle_bench_outcome)i;
            return true;
        }
    }
    return false;
}

static void read_row(struct reader *r, struct sc_report_row *row, const json_t *o)
{
    char outcome[16], unit[16];
    text_of(r, row->op, sizeof row->op, o, "op");
    text_of(r, row->shape, sizeof row->shape, o, "shape");
    text_of(r, outcome, sizeof outcome, o, "outcome");
    row->units = count_of(r, o, "units", 1, (uint64_t)1 << 52);
    if (!outcome_named(&row->outcome, outcome)) {
        fault(r, SOCLE_E_FORMAT, "outcome is not known");
        return;
    }
    if (!sc_report_ran(row)) {
        text_of(r, row->why, sizeof row->why, o, "why");
        return;
    }
    digest_of(r, row->digest, o, "digest");
    digest_of(r, row->reference, o, "reference_digest");
    read_runs(r, row, o);
    read_summary(r, &row->told, o);
    row->rate = real_of(r, o, "rate", false);
    row->share = real_of(r, o, "share", true);
    text_of(r, unit, sizeof unit, o, "rate_unit");
    row->scale = strcmp(unit, "M/s") == 0 ? 1e-6 : strcmp(unit, "GB/s") == 0 ? 1e-9 : 0;
    if (row->scale <= 0) {
        fault(r, SOCLE_E_FORMAT, "rate_unit is not known");
    }
}

static void read_rows(struct reader *r, struct sc_report *out, const json_t *root)
{
    const json_t *const list = member(r, root, "results", JSON_ARRAY);
    const size_t n = json_array_size(list);
    if (r->st != SOCLE_OK) {
        return;
    }
    if (n < 1 || n > SC_REPORT_ROWS) {
        fault(r, SOCLE_E_FORMAT, "results wants from 1 to %u members", SC_REPORT_ROWS);
        return;
    }
    out->rows = sc_alloc(n, sizeof *out->rows);
    if (out->rows == NULL) {
        fault(r, SOCLE_E_NOMEM, "no memory");
        return;
    }
    out->n = n;
    for (size_t i = 0; i < n && r->st == SOCLE_OK; i++) {
        read_row(r, &out->rows[i], json_array_get(list, i));
        for (size_t k = 0; k < i; k++) {
            if (strcmp(out->rows[i].op, out->rows[k].op) == 0 && strcmp(out->rows[i].shape, out->rows[k].shape) == 0) {
                fault(r, SOCLE_E_FORMAT, "two results of %s %s", out->rows[i].op, out->rows[i].shape);
            }
        }
    }
}

static bool names_pocl(const char *device)
{
    for (; *device != '\0'; device++) {
        if ((device[0] | 32) == 'p' && (device[1] | 32) == 'o' && (device[2] | 32) == 'c' && (device[3] | 32) == 'l') {
            return true;
        }
    }
    return false;
}

/* All devices that a report was made with, as one side. */
static void read_devices(struct reader *r, struct sc_report *out, const json_t *root)
{
    const json_t *const devices = member(r, root, "devices", JSON_ARRAY);
    struct socle_bench_side *const side = &out->side;
    const size_t n = json_array_size(devices);
    size_t len = 0;
    if (devices != NULL && (n < 1 || n > SOCLE_MAX_USED_DEVICES)) {
        fault(r, SOCLE_E_FORMAT, "devices wants from 1 to %d members", SOCLE_MAX_USED_DEVICES);
    }
    bool same = true;
    for (size_t i = 0; i < n && r->st == SOCLE_OK; i++) {
        const json_t *const device = json_array_get(devices, i);
        char name[sizeof side->device], kernels[sizeof side->kernels];
        text_of(r, name, sizeof name, device, "name");
        text_of(r, kernels, sizeof kernels, device, "kernels");
        const unsigned threads = (unsigned)count_of(r, device, "threads", 1, INT32_MAX);
        side->simulated = flag_of(r, device, "simulated") || side->simulated;
        side->pocl = side->pocl || names_pocl(name);
        if (i == 0) {
            memcpy(out->one, name, sizeof out->one);
            memcpy(side->kernels, kernels, sizeof side->kernels);
            side->threads = threads;
        }
        same = same && strcmp(out->one, name) == 0;
        len += len < sizeof side->device ? (size_t)snprintf(side->device + len, sizeof side->device - len, "%s%s", i > 0 ? " + " : "", name) : 0;
    }
    side->n_devices = (unsigned)n;
    if (!same) {
        out->one[0] = '\0';
    } else if (n > 1) {
        (void)snprintf(side->device, sizeof side->device, "%zu x %.100s", n, out->one);
    }
}

static void read_all(struct reader *r, struct sc_report *out, const json_t *root)
{
    char text[32];
    text_of(r, text, sizeof text, root, "schema");
    if (strcmp(text, "socle.bench") != 0) {
        fault(r, SOCLE_E_FORMAT, "schema is not socle.bench");
    }
    if (count_of(r, root, "schema_version", 0, INT32_MAX) != 1) {
        fault(r, SOCLE_E_VERSION, "schema_version is not 1");
    }
    const json_t *const workload = member(r, root, "workload", JSON_OBJECT);
    text_of(r, text, sizeof text, workload, "suite");
    if (!sc_bench_suite_named(&out->suite, text)) {
        fault(r, SOCLE_E_VERSION, "the suite %s is not known", text);
    }
    if (out->suite == SC_SUITE_PROVE) {
        text_of(r, out->profile, sizeof out->profile, workload, "profile");
    }
    out->side.suite_version = (unsigned)count_of(r, workload, "suite_version", 1, INT32_MAX);
    read_devices(r, out, root);
    const json_t *const conditions = member(r, root, "conditions", JSON_OBJECT);
    const bool hot = flag_of(r, conditions, "hot"), background = flag_of(r, conditions, "background");
    out->throttled = flag_of(r, conditions, "throttled");
    out->side.disturbed = out->throttled || hot || background;
    out->side.valid = flag_of(r, member(r, root, "validity", JSON_OBJECT), "valid");
    read_rows(r, out, root);
}

socle_status sc_report_read(struct sc_report *out, char why[SC_REPORT_WHY], const uint8_t *json, size_t len)
{
    struct reader r = {why, SOCLE_OK};
    json_error_t e;
    memset(out, 0, sizeof *out);
    json_t *const root = json_loadb((const char *)json, len, JSON_REJECT_DUPLICATES, &e);
    if (root == NULL) {
        fault(&r, SOCLE_E_FORMAT, "no JSON: line %d: %s", e.line, e.text);
        return r.st;
    }
    read_all(&r, out, root);
    json_decref(root);
    if (r.st != SOCLE_OK) {
        sc_report_fini(out);
    }
    return r.st;
}

void sc_report_fini(struct sc_report *r)
{
    for (size_t i = 0; i < r->n; i++) {
        sc_free(r->rows[i].ns);
    }
    sc_free(r->rows);
    memset(r, 0, sizeof *r);
}
