/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Pictures with a row for each case and report: latency, stages. Contracts: plot.h.
 */
#include "host/bench/plot.h"

#include <math.h>
#include <stdio.h>

#define STRIP 26.0    /* pixels of a row */
#define LABEL 20.0    /* of a case's name above its rows, where there is no room beside them */
#define BETWEEN 10.0  /* cases */
#define LEAST_TIME 1e-9
#define MANY_RUNS 50u /* from here on not each has a dot */

/* Whether a report has something to show for a case. */
typedef bool has_fn(const struct sc_plot *p, const struct sc_plot_case *c, size_t report);

/* What a row shows: put with its middle at y. */
typedef void row_fn(struct sc_canvas *c, const struct sc_frame *f, const struct sc_plot *p, const struct sc_plot_case *k, size_t report, double y);
typedef void name_fn(char *out, size_t size, const struct sc_plot *p, const struct sc_plot_case *k);

struct rows {
    has_fn *has;
    row_fn *put;
    name_fn *name;
};

static size_t count(const struct rows *r, const struct sc_plot *p, const struct sc_plot_case *k)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++) {
        n += r->has(p, k, i);
    }
    return n;
}

/* Rows of all cases below each other, over the lines of the x axis. */
static void put_rows(struct sc_canvas *c, const struct rows *r, struct sc_frame *f, const struct sc_plot *p, const char *x_title)
{
    double height = BETWEEN;
    for (size_t k = 0; k < p->n_cases; k++) {
        const size_t n = count(r, p, &p->cases[k]);
        height += n == 0 ? 0 : (double)n * STRIP + BETWEEN + (c->wide ? 0 : LABEL);
    }
    f->left = c->wide ? 316 : 26;
    f->right = c->width - 24;
    sc_frame_draw(f, c, height, x_title, NULL);
    double y = f->top + BETWEEN;
    for (size_t k = 0; k < p->n_cases; k++) {
        char name[128];
        if (count(r, p, &p->cases[k]) == 0) {
            continue;
        }
        r->name(name, sizeof name, p, &p->cases[k]);
        sc_svg_label(&c->body, 8, y + (c->wide ? 18 : 14), "start", "t", c->wide ? 284 : c->width - 16, name);
        y += c->wide ? 0 : LABEL;
        for (unsigned i = 0; i < p->n; i++) {
            if (r->has(p, &p->cases[k], i)) {
                sc_svg_mark(&c->body, i, c->stages, f->left - 12, y + STRIP / 2, 4.5);
                r->put(c, f, p, &p->cases[k], i, y + STRIP / 2);
                c->shown |= 1u << i;
                y += STRIP;
            }
        }
        y += BETWEEN;
    }
}

/* Latency. */

static bool has_runs(const struct sc_plot *p, const struct sc_plot_case *c, size_t report)
{
    (void)p;
    return c->row[report] != SC_PLOT_NO_ROW;
}

/* What is 1 on the axis, in ns: the median of the first report that has the case. */
static double base_of(const struct sc_plot *p, const struct sc_plot_case *k)
{
    const struct sc_plot_row *more = NULL;
    for (size_t i = 0; i < p->n && more == NULL; i++) {
        (void)sc_plot_row(&more, p, k, i);
    }
    return more != NULL ? more->median : 1;
}

static void put_box(struct sc_canvas *c, const struct sc_frame *f, const struct sc_plot *p, const struct sc_plot_case *k, size_t report, double y)
{
    double t[SOCLE_BENCH_MAX_RUNS], at[5];
    const struct sc_plot_row *more;
    static const double parts[5] = {0.05, 0.25, 0.5, 0.75, 0.95};
    const size_t n = sc_plot_sorted(t, sc_plot_row(&more, p, k, report)), s = report;
    const double base = base_of(p, k);
    for (size_t i = 0; i < 5; i++) {
        at[i] = sc_frame_x(f, sc_stats_quantile(t, n, parts[i]) / base);
    }
    const double middle = y - 4, top = y - 10.5;
    sc_svg_put(&c->body, "<path class=\"s%zu o\" d=\"M%.1f %.1fH%.1fM%.1f %.1fH%.1fM%.1f %.1fv13\"/>\n", s, at[0], middle, at[1], at[3], middle, at[4],
               at[2], top);
    sc_svg_put(&c->body, "<rect class=\"s%zu b\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"13\"/>\n", s, at[1], top, fmax(1, at[3] - at[1]));
    for (size_t i = 0; i < n; i++) {
        if (n <= MANY_RUNS || i == 0 || i == n - 1) {
            sc_svg_put(&c->body, "<circle class=\"s%zu f\" cx=\"%.1f\" cy=\"%.1f\" r=\"1.9\"/>\n", s, sc_frame_x(f, t[i] / base), y + 7);
        }
    }
}

static void name_with_base(char *out, size_t size, const struct sc_plot *p, const struct sc_plot_case *k)
{
    char time[24];
    sc_plot_time(time, 1e-9 * base_of(p, k));
    (void)snprintf(out, size, "%s %s: %s", k->op, k->shape, time);
}

bool sc_plot_latency(struct sc_canvas *c, char why[SC_PLOT_WHY], const struct sc_plot *p)
{
    static const struct rows r = {has_runs, put_box, name_with_base};
    double low = INFINITY, high = 0;
    struct sc_frame f = {0};
    for (size_t k = 0; k < p->n_cases; k++) {
        for (size_t i = 0; i < p->n; i++) {
            const struct sc_plot_row *more;
            const struct sc_report_row *const row = sc_plot_row(&more, p, &p->cases[k], i);
            for (size_t j = 0; row != NULL && j < row->n; j++) {
                low = fmin(low, row->ns[j] / base_of(p, &p->cases[k]));
                high = fmax(high, row->ns[j] / base_of(p, &p->cases[k]));
            }
        }
    }
    if (high <= 0) {
        (void)snprintf(why, SC_PLOT_WHY, "no case ran with a right result");
        return false;
    }
    sc_axis_fit(&f.x, low, high, true, c->wide ? 10 : 6);
    put_rows(c, &r, &f, p, "time of a run over the median named, 1 = as long");
    return true;
}

/* Stages. */

static double sum_of_stages(const struct sc_plot *p, const struct sc_plot_case *k, size_t report)
{
    const struct sc_plot_row *more;
    double sum = 0;
    (void)sc_plot_row(&more, p, k, report);
    for (size_t s = 0; more != NULL && s < p->n_stages; s++) {
        sum += isfinite(more->stage[s]) ? more->stage[s] : 0;
    }
    return sum;
}

static bool has_stages(const struct sc_plot *p, const struct sc_plot_case *k, size_t report)
{
    return sum_of_stages(p, k, report) >= LEAST_TIME;
}

static void put_stack(struct sc_canvas *c, const struct sc_frame *f, const struct sc_plot *p, const struct sc_plot_case *k, size_t report, double y)
{
    const struct sc_plot_row *more;
    double from = 0;
    (void)sc_plot_row(&more, p, k, report);
    for (unsigned s = 0; s < p->n_stages; s++) {
        if (!isfinite(more->stage[s])) {
            continue;
        }
        const double left = sc_frame_x(f, from), width = sc_frame_x(f, from + more->stage[s]) - left;
        sc_svg_put(&c->body, "<rect class=\"s%u f\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"18\"/>\n", s, left, y - 9,
                   width > 3 ? width - 1 : width);
        if (width >= 14) {
            sc_svg_label(&c->body, left + width / 2, y + 4, "middle", "on", width, (const char[]){(char)('A' + s), '\0'});
        }
        from += more->stage[s];
    }
}

static void name_only(char *out, size_t size, const struct sc_plot *p, const struct sc_plot_case *k)
{
    (void)p;
    (void)snprintf(out, size, "%s %s", k->op, k->shape);
}

bool sc_plot_stages(struct sc_canvas *c, char why[SC_PLOT_WHY], const struct sc_plot *p)
{
    static const struct rows r = {has_stages, put_stack, name_only};
    double high = 0;
    struct sc_frame f = {0};
    for (size_t k = 0; k < p->n_cases; k++) {
        for (size_t i = 0; i < p->n; i++) {
            high = fmax(high, sum_of_stages(p, &p->cases[k], i));
        }
    }
    if (high < LEAST_TIME) {
        (void)snprintf(why, SC_PLOT_WHY, "%s", p->stages_left_out ? "the reports have more than 8 names of stages together: draw the suites apart"
                                                                  : "no case has stages");
        return false;
    }
    c->stages = true;
    sc_axis_fit(&f.x, 0, high, false, c->wide ? 10 : 5);
    put_rows(c, &r, &f, p, "seconds, median of each stage");
    return true;
}
