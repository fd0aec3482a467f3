/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * From reports to what is drawn of them. Contracts: plot.h.
 */
#include "host/bench/lab.h"
#include "host/bench/plot.h"
#include "host/bench/reader.h"

#include "host/sys/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 1e15 /* of any figure; what is beyond is no measurement */

/* NAN for null. */
static double number(struct reader *r, const json_t *v, const char *key)
{
    const double x = json_is_number(v) ? json_number_value(v) : 0;
    if (json_is_null(v)) {
        return sc_stats_unknown();
    }
    if (!json_is_number(v) || !(x >= 0 && x <= MOST)) {
        fault(r, SOCLE_E_FORMAT, "%s is missing or no number from 0 to 1e15", key);
        return 0;
    }
    return x;
}

static double number_of(struct reader *r, const json_t *o, const char *key)
{
    return number(r, json_object_get(o, key), key);
}

static size_t stage_named(struct reader *r, struct sc_plot *p, const char *name)
{
    size_t k = 0;
    while (k < p->n_stages && strcmp(p->stage[k], name) != 0) {
        k++;
    }
    if (strlen(name) >= sizeof p->stage[0]) {
        fault(r, SOCLE_E_FORMAT, "a name of a stage has more than 23 bytes");
        return SC_PLOT_STAGES;
    }
    if (k == SC_PLOT_STAGES) { /* suites that have others: each for itself can be drawn */
        p->stages_left_out = true;
        return k;
    }
    if (k == p->n_stages) {
        (void)snprintf(p->stage[p->n_stages++], sizeof p->stage[0], "%s", name);
    }
    return k;
}

/* Seconds: a median, or those of each run. */
static double stage_time(struct reader *r, const json_t *v, size_t n_runs)
{
    struct sc_summary s = {0};
    double *const t = sc_alloc(n_runs, sizeof *t);
    if (!json_is_array(v)) {
        sc_free(t);
        return number(r, v, "stages");
    }
    if (t == NULL) {
        fault(r, SOCLE_E_NOMEM, "no memory");
        return 0;
    }
    if (json_array_size(v) != n_runs) {
        fault(r, SOCLE_E_FORMAT, "stages wants as many times as there are runs");
    }
    for (size_t i = 0; i < n_runs && r->st == SOCLE_OK; i++) {
        t[i] = 1e-12 + number(r, json_array_get(v, i), "stages"); /* a summary wants them positive */
        if (!sc_stats_is_known(t[i])) {
            fault(r, SOCLE_E_FORMAT, "stages holds something that is no time");
        }
    }
    if (r->st == SOCLE_OK) {
        const socle_status st = sc_stats_summary(&s, t, n_runs);
        if (st != SOCLE_OK) {
            fault(r, st, "stages cannot be summarised");
        }
    }
    sc_free(t);
    return s.median;
}

static void read_stages(struct reader *r, struct sc_plot *p, struct sc_plot_row *row, const json_t *o, size_t n_runs)
{
    json_t *const stages = json_object_get(o, "stages"), *v;
    const char *key;
    for (size_t k = 0; k < SC_PLOT_STAGES; k++) {
        row->stage[k] = sc_stats_unknown();
    }
    if (stages == NULL || json_is_null(stages)) {
        return;
    }
    if (!json_is_object(stages) || json_object_size(stages) > SC_PLOT_STAGES) {
        fault(r, SOCLE_E_FORMAT, "stages is of another type, or has more than %u members", SC_PLOT_STAGES);
        return;
    }
    json_object_foreach(stages, key, v) {
        const size_t k = stage_named(r, p, key);
        const double seconds = stage_time(r, v, n_runs);
        if (k < SC_PLOT_STAGES) {
            row->stage[k] = seconds;
        }
    }
}

/* Reports from before there were theoretical limits do not have that member. */
static void read_limits(struct reader *r, struct sc_plot_report *rep, const json_t *root)
{
    const json_t *const list = json_object_get(root, "limits");
    const size_t n = json_array_size(list);
    if (!json_is_array(list) || n > SC_PLOT_LIMITS) {
        fault(r, SOCLE_E_FORMAT, "limits is missing or of another type, or has more than %u members", SC_PLOT_LIMITS);
        return;
    }
    rep->n_limits = n;
    for (size_t i = 0; i < n && r->st == SOCLE_OK; i++) {
        const json_t *const o = json_array_get(list, i);
        struct sc_plot_limit *const l = &rep->limit[i];
        l->theory = sc_stats_unknown();
        text_of(r, l->name, sizeof l->name, o, "name");
        l->median = number_of(r, o, "median");
        if (json_object_get(o, "theoretical") != NULL) {
            l->theory = number_of(r, member(r, o, "theoretical", JSON_OBJECT), "value");
        }
    }
}

static const struct sc_plot_limit *limit_of(const struct sc_plot_report *rep, enum sc_lab_limit limit)
{
    for (size_t i = 0; i < rep->n_limits; i++) {
        if (strcmp(rep->limit[i].name, sc_lab_limit_name(limit)) == 0) {
            return &rep->limit[i];
        }
    }
    return NULL;
}

/* The work of a case is known to the suite, not told by the report. */
static void find_intensity(struct sc_plot_row *row, const struct sc_plot_report *rep, const struct sc_report_row *told)
{
    size_t n = 0;
    const struct sc_lab_case *const cases = sc_lab_kernels(&n);
    row->work_over_bytes = row->ridge = row->above = row->memory_above = sc_stats_unknown();
    if (strcmp(rep->suite, "kernels") != 0 || rep->report.side.suite_version != SC_LAB_VERSION) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (strcmp(cases[i].op, told->op) != 0 || strcmp(cases[i].shape, told->shape) != 0 || (uint64_t)cases[i].units != told->units) {
            continue;
        }
        const struct sc_lab_least l = sc_lab_least(&cases[i], limit_of(rep, SC_LAB_DEVICE_COPY) != NULL);
        const struct sc_plot_limit *const memory = limit_of(rep, l.memory), *const rate = limit_of(rep, l.limit);
        if (!l.is_limit && l.work > 0 && l.bytes > 0 && memory != NULL && rate != NULL && memory->median >= 1 && rate->median >= 1) {
            row->work_over_bytes = l.work / l.bytes;
            row->ridge = rate->median / memory->median;
            row->above = rate->theory / rate->median;
            row->memory_above = memory->theory / memory->median;
        }
    }
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

size_t sc_plot_sorted(double out[SOCLE_BENCH_MAX_RUNS], const struct sc_report_row *row)
{
    memcpy(out, row->ns, row->n * sizeof *out);
    qsort(out, row->n, sizeof *out, ascending);
    return row->n;
}

static void figures(struct sc_plot_row *out, const struct sc_report_row *row)
{
    double t[SOCLE_BENCH_MAX_RUNS];
    const size_t n = sc_plot_sorted(t, row);
    out->median = sc_stats_quantile(t, n, 0.5);
    out->p5 = sc_stats_quantile(t, n, 0.05);
    out->p95 = sc_stats_quantile(t, n, 0.95);
    for (size_t i = 0; i < n; i++) {
        t[i] = row->least[i] / row->ns[i];
    }
    qsort(t, n, sizeof *t, ascending);
    out->share = sc_stats_is_known(row->share) ? sc_stats_quantile(t, n, 0.5) : sc_stats_unknown();
}

static void read_rows(struct reader *r, struct sc_plot *p, struct sc_plot_report *rep, const json_t *root)
{
    const json_t *const results = json_object_get(root, "results");
    read_limits(r, rep, root);
    rep->row = sc_alloc(rep->report.n, sizeof *rep->row);
    if (rep->row == NULL) {
        fault(r, SOCLE_E_NOMEM, "no memory");
        return;
    }
    for (size_t i = 0; i < rep->report.n && r->st == SOCLE_OK; i++) {
        const struct sc_report_row *const told = &rep->report.rows[i];
        const json_t *const o = json_array_get(results, i), *const binds = json_object_get(o, "binds");
        struct sc_plot_row *const row = &rep->row[i];
        if (!sc_report_ran(told)) {
            continue;
        }
        text_of(r, row->what, sizeof row->what, o, "what");
        text_of(r, row->unit, sizeof row->unit, o, "rate_unit");
        if (!json_is_null(binds)) {
            text_of(r, row->binds, sizeof row->binds, o, "binds");
        }
        figures(row, told);
        row->joules = number_of(r, o, "joules");
        read_stages(r, p, row, o, told->n);
        find_intensity(row, rep, told);
    }
}

static void read_moments(struct reader *r, struct sc_plot_report *rep, const json_t *root)
{
    const json_t *const list = json_object_get(json_object_get(root, "conditions"), "moments");
    const size_t n = json_array_size(list);
    if (!json_is_array(list) || n > SC_STATS_MAX) {
        fault(r, SOCLE_E_FORMAT, "moments is missing or of another type, or has more than %u members", SC_STATS_MAX);
        return;
    }
    rep->moment = sc_alloc(n, sizeof *rep->moment);
    if (rep->moment == NULL) {
        fault(r, SOCLE_E_NOMEM, "no memory");
        return;
    }
    rep->n_moments = n;
    for (size_t i = 0; i < n && r->st == SOCLE_OK; i++) {
        const json_t *const o = json_array_get(list, i);
        struct sc_condition *const c = &rep->moment[i];
        c->at_s = number_of(r, o, "at_s");
        c->clock_mhz = number_of(r, o, "clock_mhz");
        c->pace_s = number_of(r, o, "pace_s");
        if (!sc_stats_is_known(c->at_s) || (i > 0 && c->at_s < c[-1].at_s)) {
            fault(r, SOCLE_E_FORMAT, "at_s is null or goes back");
        }
    }
}

static socle_status read_one(struct sc_plot *p, struct sc_plot_report *rep, char why[SC_REPORT_WHY], const struct socle_bench_source *from)
{
    struct reader r = {why, SOCLE_OK};
    rep->name = from->name;
    r.st = sc_report_read(&rep->report, why, from->bytes, from->len);
    if (r.st != SOCLE_OK) {
        return r.st;
    }
    json_t *const root = json_loadb((const char *)from->bytes, from->len, 0, NULL);
    if (root == NULL) {
        return SOCLE_E_NOMEM; /* it was JSON a moment ago */
    }
    text_of(&r, rep->suite, sizeof rep->suite, json_object_get(root, "workload"), "suite");
    const socle_status st = sc_report_figures(rep->doubt, &rep->report);
    if (st == SOCLE_OK) {
        rep->doubt[0] = '\0';
    } else if (st != SOCLE_E_REJECT) {
        fault(&r, st, "%s", socle_status_text(st));
    }
    read_rows(&r, p, rep, root);
    read_moments(&r, rep, root);
    json_decref(root);
    return r.st;
}

static bool same_work(const struct sc_plot *p, size_t a, const struct sc_report_row *x, size_t b, const struct sc_report_row *y)
{
    return strcmp(x->op, y->op) == 0 && strcmp(x->shape, y->shape) == 0 && x->units == y->units && strcmp(p->of[a].suite, p->of[b].suite) == 0 &&
           p->of[a].report.side.suite_version == p->of[b].report.side.suite_version && memcmp(x->reference, y->reference, sizeof x->reference) == 0;
}

/* Whether the row belongs to a case that a report before had. */
static bool belongs(struct sc_plot *p, size_t report, uint32_t row)
{
    for (size_t k = 0; k < p->n_cases; k++) {
        for (size_t a = 0; a < report; a++) {
            const uint32_t at = p->cases[k].row[a];
            if (at != SC_PLOT_NO_ROW && same_work(p, a, &p->of[a].report.rows[at], report, &p->of[report].report.rows[row])) {
                p->cases[k].row[report] = row;
                return true;
            }
        }
    }
    return false;
}

static void find_cases(struct sc_plot *p)
{
    for (size_t i = 0; i < p->n; i++) {
        for (uint32_t k = 0; k < p->of[i].report.n; k++) {
            const struct sc_report_row *const row = &p->of[i].report.rows[k];
            if (row->outcome != SOCLE_BENCH_GOOD || belongs(p, i, k)) {
                continue;
            }
            if (p->n_cases == SC_PLOT_CASES) {
                p->n_left_out++;
                continue;
            }
            struct sc_plot_case *const c = &p->cases[p->n_cases++];
            *c = (struct sc_plot_case){.op = row->op, .shape = row->shape};
            for (size_t a = 0; a < SOCLE_BENCH_PLOT_REPORTS; a++) {
                c->row[a] = a == i ? k : SC_PLOT_NO_ROW;
            }
        }
    }
}

socle_status sc_plot_read(struct sc_plot *out, char why[SC_REPORT_WHY + SC_PLOT_WHY], const struct socle_bench_source *reports, size_t n)
{
    char what[SC_REPORT_WHY] = "";
    socle_status st = SOCLE_OK;
    memset(out, 0, sizeof *out);
    out->of = sc_alloc(n, sizeof *out->of);
    TRY(out->of != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    out->n = n;
    for (size_t i = 0; i < n; i++) {
        st = read_one(out, &out->of[i], what, &reports[i]);
        if (st != SOCLE_OK) {
            (void)snprintf(why, SC_REPORT_WHY + SC_PLOT_WHY, "%.120s: %s", reports[i].name, what);
            goto out;
        }
    }
    find_cases(out);
    out->n_stages = out->stages_left_out ? 0 : out->n_stages;
out:
    if (st != SOCLE_OK) {
        sc_plot_fini(out);
    }
    return st;
}

void sc_plot_fini(struct sc_plot *p)
{
    for (size_t i = 0; i < p->n; i++) {
        sc_report_fini(&p->of[i].report);
        sc_free(p->of[i].row);
        sc_free(p->of[i].moment);
    }
    sc_free(p->of);
    memset(p, 0, sizeof *p);
}

const struct sc_report_row *sc_plot_row(const struct sc_plot_row **more, const struct sc_plot *p, const struct sc_plot_case *c, size_t report)
{
    const uint32_t at = c->row[report];
    *more = at == SC_PLOT_NO_ROW ? NULL : &p->of[report].row[at];
    return at == SC_PLOT_NO_ROW ? NULL : &p->of[report].report.rows[at];
}
