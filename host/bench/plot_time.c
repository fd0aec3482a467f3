/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Pictures of what was seen while a report was made: clock, pace. Contracts: plot.h.
 */
#include "host/bench/plot.h"

#include "host/sys/mem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BINS 200u  /* pieces of time; of each its least and its greatest value are drawn, so that no dip is lost */
#define LEAST_PACE 1e-12
#define MARKS 6u   /* of the series along its line */

/* A value at a moment; NAN: none. unit: of the report, what is 1. */
typedef double value_fn(const struct sc_condition *c, double unit);

static double clock_of(const struct sc_condition *c, double unit)
{
    return c->clock_mhz >= 1e-3 ? c->clock_mhz / unit : NAN;
}

static double speed_of(const struct sc_condition *c, double unit)
{
    return c->pace_s >= LEAST_PACE ? unit / c->pace_s : NAN;
}

static double no_unit(const struct sc_plot_report *r, bool *memory)
{
    (void)r;
    (void)memory;
    return 1;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The pace of the fastest tenth, as the report's judgement of throttling has it. */
static double fast_pace(const struct sc_plot_report *r, bool *memory)
{
    double *const t = sc_alloc(r->n_moments, sizeof *t);
    double pace = 1;
    size_t n = 0;
    *memory = *memory && t != NULL;
    for (size_t i = 0; t != NULL && i < r->n_moments; i++) {
        if (r->moment[i].pace_s >= LEAST_PACE) {
            t[n++] = r->moment[i].pace_s;
        }
    }
    if (n > 0) {
        qsort(t, n, sizeof *t, ascending);
        pace = sc_stats_quantile(t, n, 0.1);
    }
    sc_free(t);
    return pace;
}

struct series {
    value_fn *value;
    double (*unit)(const struct sc_plot_report *r, bool *memory);
    const char *title;
};

static void put_point(struct sc_canvas *c, const struct sc_frame *f, bool begins, double t, double v)
{
    sc_svg_put(&c->body, "%s%.1f %.1f", begins ? "M" : "L", sc_frame_x(f, t), sc_frame_y(f, v));
}

/* The line of a report: in each bin the least and the greatest value, in the order of time. A bin without values ends a stroke when it follows
 * moments without them. */
static void put_line(struct sc_canvas *c, const struct sc_frame *f, const struct series *s, const struct sc_plot_report *r, unsigned series,
                     double unit)
{
    const size_t per_bin = (r->n_moments + BINS - 1) / BINS;
    bool begins = true;
    sc_svg_put(&c->body, "<path class=\"s%u o d%u\" d=\"", series, series);
    for (size_t i = 0; i < r->n_moments; i += per_bin) {
        size_t low = SIZE_MAX, high = SIZE_MAX;
        for (size_t j = i; j < i + per_bin && j < r->n_moments; j++) {
            const double v = s->value(&r->moment[j], unit);
            low = isfinite(v) && (low == SIZE_MAX || v < s->value(&r->moment[low], unit)) ? j : low;
            high = isfinite(v) && (high == SIZE_MAX || v > s->value(&r->moment[high], unit)) ? j : high;
        }
        if (low == SIZE_MAX) {
            begins = true;
            continue;
        }
        const size_t first = low < high ? low : high, second = low < high ? high : low;
        put_point(c, f, begins, r->moment[first].at_s, s->value(&r->moment[first], unit));
        if (second != first) {
            put_point(c, f, false, r->moment[second].at_s, s->value(&r->moment[second], unit));
        }
        begins = false;
    }
    sc_svg_put(&c->body, "\"/>\n");
    const size_t step = 1 + r->n_moments / MARKS;
    for (size_t i = 0; i < r->n_moments; i++) {
        const double v = s->value(&r->moment[i], unit);
        if (isfinite(v) && (i % step == 0 || r->n_moments <= MARKS)) {
            sc_svg_mark(&c->body, series, false, sc_frame_x(f, r->moment[i].at_s), sc_frame_y(f, v), 4);
            c->shown |= 1u << series;
        }
    }
}

static bool has_values(const struct series *s, const struct sc_plot_report *r)
{
    for (size_t i = 0; i < r->n_moments; i++) {
        if (isfinite(s->value(&r->moment[i], 1))) {
            return true;
        }
    }
    return false;
}

static bool draw(struct sc_canvas *c, const struct series *s, const struct sc_plot *p, double also, double limit)
{
    struct sc_frame f = {.left = 56, .right = c->width - 24};
    double low = INFINITY, high = 0, end = 1e-3, unit[SOCLE_BENCH_PLOT_REPORTS];
    bool memory = true;
    for (size_t i = 0; i < p->n; i++) {
        const struct sc_plot_report *const r = &p->of[i];
        unit[i] = s->unit(r, &memory);
        for (size_t k = 0; k < r->n_moments; k++) {
            const double v = s->value(&r->moment[k], unit[i]);
            if (isfinite(v)) {
                low = fmin(low, v);
                high = fmax(high, v);
                end = fmax(end, r->moment[k].at_s);
            }
        }
    }
    c->body.failed = c->body.failed || !memory;
    if (high <= 0) {
        return false;
    }
    sc_axis_fit(&f.x, 0, end, false, c->wide ? 10 : 5);
    sc_axis_fit(&f.y, fmin(low, also), fmax(high, also), false, 7);
    sc_frame_draw(&f, c, c->wide ? 260 : 220, "seconds since the report was begun", s->title);
    if (limit > 0) {
        sc_svg_put(&c->body, "<path class=\"l o\" stroke-dasharray=\"5 5\" d=\"M%.1f %.1fH%.1f\"/>\n", f.left, sc_frame_y(&f, limit), f.right);
    }
    for (unsigned i = 0; i < p->n; i++) {
        if (has_values(s, &p->of[i])) {
            put_line(c, &f, s, &p->of[i], i, unit[i]);
            c->shown |= 1u << i;
        }
    }
    return true;
}

bool sc_plot_clock(struct sc_canvas *c, char why[SC_PLOT_WHY], const struct sc_plot *p)
{
    static const struct series s = {clock_of, no_unit, "clock, MHz"};
    const bool drawn = draw(c, &s, p, NAN, 0);
    if (!drawn) {
        (void)snprintf(why, SC_PLOT_WHY, "no report was made beside a sensor of the clock (a virtual machine has none)");
    }
    return drawn;
}

bool sc_plot_pace(struct sc_canvas *c, char why[SC_PLOT_WHY], const struct sc_plot *p)
{
    static const struct series s = {speed_of, fast_pace, "speed of a fixed loop"};
    const bool drawn = draw(c, &s, p, 0.75, 1 / SC_CONDITION_PACE);
    if (!drawn) {
        (void)snprintf(why, SC_PLOT_WHY, "no report tells the pace");
    }
    return drawn;
}
