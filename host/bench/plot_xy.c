/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Pictures with a point for each case: roofline, energy; and scaling. Contracts: plot.h.
 * Points bear the number of their case; which case that is stands below the picture.
 */
#include "host/bench/plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MARK 4.5
#define RINGS 5u /* of places around a point, a few pixels apart */

/* Where a case of a report is; false: nowhere. */
typedef bool place_fn(double *x, double *y, const struct sc_plot *p, const struct sc_plot_case *k, size_t report);

/* Boxes that labels of points must not cover, and the labels that are there. */
struct crowd {
    size_t n;
    struct {
        double x, y, w, h;
        size_t number; /* 0: of a point */
    } box[2 * SC_PLOT_CASES * SOCLE_BENCH_PLOT_REPORTS];
};

static void add(struct crowd *c, size_t number, double x, double y, double w, double h)
{
    c->box[c->n].number = number;
    c->box[c->n].x = x;
    c->box[c->n].y = y;
    c->box[c->n].w = w;
    c->box[c->n++].h = h;
}

static bool is_free(const struct crowd *c, double x, double y, double w, double h)
{
    for (size_t i = 0; i < c->n; i++) {
        if (x < c->box[i].x + c->box[i].w && c->box[i].x < x + w && y < c->box[i].y + c->box[i].h && c->box[i].y < y + h) {
            return false;
        }
    }
    return true;
}

/* Whether the number stands close by already, for a point of another report. */
static bool stands_by(const struct crowd *c, double x, double y, size_t number)
{
    for (size_t i = 0; i < c->n; i++) {
        const double dx = c->box[i].x + c->box[i].w / 2 - x, dy = c->box[i].y + c->box[i].h / 2 - y;
        if (c->box[i].number == number && dx * dx + dy * dy < 20 * 20) {
            return true;
        }
    }
    return false;
}

/* The number of a case beside its point, at the first place around it that is free; none where it is crowded. */
static void put_number(struct sc_canvas *c, struct crowd *crowd, const struct sc_frame *f, double x, double y, size_t number)
{
    static const double around[][2] = {{1, 0}, {-1, 0}, {0, -1}, {0, 1}, {1, -1}, {-1, -1}, {1, 1}, {-1, 1}};
    const double w = number < 10 ? SC_SVG_LETTER + 2 : 2 * SC_SVG_LETTER + 2, h = 13;
    if (stands_by(crowd, x, y, number)) {
        return;
    }
    for (size_t i = 0; i < RINGS * sizeof around / sizeof around[0]; i++) {
        const double *const d = around[i % (sizeof around / sizeof around[0])], far = 4.0 * (double)(i / (sizeof around / sizeof around[0]));
        const double a = x + d[0] * (6 + far + w / 2) - w / 2, b = y + d[1] * (5 + far + h / 2) - h / 2;
        if (a >= f->left && a + w <= f->right + 20 && b >= f->top - 4 && b + h <= f->bottom && is_free(crowd, a, b, w, h)) {
            add(crowd, number, a, b, w, h);
            sc_svg_put(&c->body, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" class=\"t halo\">%zu</text>\n", a + w / 2, b + 11, number);
            return;
        }
    }
}

static bool anywhere(place_fn *place, const struct sc_plot *p, const struct sc_plot_case *k)
{
    double x, y;
    for (size_t i = 0; i < p->n; i++) {
        if (place(&x, &y, p, k, i)) {
            return true;
        }
    }
    return false;
}

/* Which case each number is. */
static void put_names(struct sc_canvas *c, place_fn *place, const struct sc_plot *p)
{
    const unsigned columns = c->wide ? 3 : 1;
    const double step = (c->width - 16) / columns;
    size_t n = 0;
    for (size_t k = 0; k < p->n_cases; k++) {
        char name[128];
        if (!anywhere(place, p, &p->cases[k])) {
            continue;
        }
        (void)snprintf(name, sizeof name, "%zu  %s %s", k + 1, p->cases[k].op, p->cases[k].shape);
        sc_svg_label(&c->body, 8 + step * (double)(n % columns), c->y + 18 * (double)(n / columns) + 12, "start", "q", step - 10, name);
        n++;
    }
    c->y += 18 * (double)((n + columns - 1) / columns) + 8;
}

static void put_points(struct sc_canvas *c, const struct sc_frame *f, place_fn *place, const struct sc_plot *p)
{
    struct crowd crowd = {0};
    double x, y;
    for (unsigned turn = 0; turn < 2; turn++) {
        for (size_t k = 0; k < p->n_cases; k++) {
            for (unsigned i = 0; i < p->n; i++) {
                if (!place(&x, &y, p, &p->cases[k], i)) {
                    continue;
                }
                const double at = sc_frame_x(f, x), down = sc_frame_y(f, y);
                if (turn == 0) {
                    c->shown |= 1u << i;
                    sc_svg_mark(&c->body, i, false, at, down, MARK);
                    add(&crowd, 0, at - MARK, down - MARK, 2 * MARK, 2 * MARK);
                } else {
                    put_number(c, &crowd, f, at, down, k + 1);
                }
            }
        }
    }
}

/* Axes that hold all points and, on each axis, one value more; false: there is no point. */
static bool fit(struct sc_frame *f, const struct sc_canvas *c, place_fn *place, const struct sc_plot *p, double x_too, double y_too)
{
    double low[2] = {INFINITY, INFINITY}, high[2] = {0, 0}, v[2];
    for (size_t k = 0; k < p->n_cases; k++) {
        for (size_t i = 0; i < p->n; i++) {
            if (place(&v[0], &v[1], p, &p->cases[k], i)) {
                for (size_t a = 0; a < 2; a++) {
                    low[a] = fmin(low[a], v[a]);
                    high[a] = fmax(high[a], v[a]);
                }
            }
        }
    }
    if (high[0] <= 0) {
        return false;
    }
    if (x_too > 0) {
        low[0] = fmin(low[0], x_too);
        high[0] = fmax(high[0], x_too);
        low[1] = fmin(low[1], y_too);
        high[1] = fmax(high[1], y_too);
    }
    f->left = 56;
    f->right = c->width - 24;
    sc_axis_fit(&f->x, low[0], high[0], true, c->wide ? 12 : 6);
    sc_axis_fit(&f->y, low[1], high[1], true, 8);
    return true;
}

/* Roofline. x: time of the work over time of the bytes, at the limits; y: part of the time that the work would take. */

static bool place_roof(double *x, double *y, const struct sc_plot *p, const struct sc_plot_case *k, size_t report)
{
    const struct sc_plot_row *more;
    (void)sc_plot_row(&more, p, k, report);
    if (more == NULL || !isfinite(more->ridge) || !(more->share > 0)) {
        return false;
    }
    *x = more->work_over_bytes / more->ridge;
    *y = fmin(1, *x) * more->share; /* as far below the roof as the report's own share says */
    return true;
}

/* The theoretical roof above a case: the lower one of its work's and its memory's, in units of the measured limits. A memory whose
 * theoretical limit is not known is taken to have none below the measured one. What is far from these would squeeze the picture. */
static bool place_theory(double *x, double *y, const struct sc_plot *p, const struct sc_plot_case *k, size_t report)
{
    const struct sc_plot_row *more;
    (void)sc_plot_row(&more, p, k, report);
    if (!place_roof(x, y, p, k, report)) {
        return false;
    }
    const double slope = *x * more->memory_above;
    const bool by_work = more->above <= (isfinite(slope) ? slope : *x);
    *y = by_work ? more->above : slope;
    return isfinite(*y) && *y > 0.1 * fmin(1, *x) && *y < 10 * fmin(1, *x);
}

static double highest_theory(const struct sc_plot *p)
{
    double x, y, most = 1;
    for (size_t k = 0; k < p->n_cases; k++) {
        for (size_t i = 0; i < p->n; i++) {
            most = place_theory(&x, &y, p, &p->cases[k], i) ? fmax(most, y) : most;
        }
    }
    return most;
}

static void put_theory(struct sc_canvas *c, const struct sc_frame *f, const struct sc_plot *p)
{
    double x, y;
    for (size_t k = 0; k < p->n_cases; k++) {
        for (size_t i = 0; i < p->n; i++) {
            if (place_theory(&x, &y, p, &p->cases[k], i)) {
                sc_svg_put(&c->body, "<path class=\"s%zu o\" d=\"M%.1f %.1fh14\"/>\n", i, sc_frame_x(f, x) - 7, sc_frame_y(f, y));
            }
        }
    }
}

bool sc_plot_roofline(struct sc_canvas *c, char why[SC_PLOT_WHY], const struct sc_plot *p)
{
    struct sc_frame f = {0};
    if (!fit(&f, c, place_roof, p, 1, highest_theory(p))) {
        (void)snprintf(why, SC_PLOT_WHY, "no case with a share of measured limits and work that this version knows");
        return false;
    }
    sc_frame_draw(&f, c, c->wide ? 400 : 300, c->wide ? "work for each byte moved, 1 = both limits bind" : "work for each byte, 1 = both bind",
                  c->wide ? "speed, 1 = the processor's limit" : "speed, 1 = processor's limit");
    const double low = fmax(f.x.low, f.y.low);
    sc_svg_put(&c->body, "<path class=\"l o\" d=\"M%.1f %.1fL%.1f %.1fH%.1f\"/>\n", sc_frame_x(&f, low), sc_frame_y(&f, low), sc_frame_x(&f, 1),
               sc_frame_y(&f, 1), f.right);
    put_theory(c, &f, p);
    put_points(c, &f, place_roof, p);
    put_names(c, place_roof, p);
    return true;
}

/* Energy against latency. */

static bool place_energy(double *x, double *y, const struct sc_plot *p, const struct sc_plot_case *k, size_t report)
{
    const struct sc_plot_row *more;
    (void)sc_plot_row(&more, p, k, report);
    if (more == NULL || !(more->joules >= 1e-12)) {
        return false;
    }
    *x = 1e-6 * more->median;
    *y = more->joules;
    return true;
}

bool sc_plot_energy(struct sc_canvas *c, char why[SC_PLOT_WHY], const struct sc_plot *p)
{
    struct sc_frame f = {0};
    if (!fit(&f, c, place_energy, p, 0, 0)) {
        (void)snprintf(why, SC_PLOT_WHY, "no report was made beside an energy sensor");
        return false;
    }
    sc_frame_draw(&f, c, c->wide ? 360 : 280, "time of a run, ms, median", "energy of a run, J, mean");
    put_points(c, &f, place_energy, p);
    put_names(c, place_energy, p);
    return true;
}

/* Scaling: reports of one machine that differ in threads, or in the number of their devices, which are all of one kind. */

enum by { THREADS, DEVICES };

static unsigned count_of(const struct sc_plot *p, size_t report, enum by by)
{
    const struct socle_bench_side *const side = &p->of[report].report.side;
    return by == THREADS ? side->threads : side->n_devices;
}

/* Whether two reports differ in nothing but the count. */
static bool same_machine(const struct sc_plot *p, size_t a, size_t b, enum by by)
{
    const struct sc_report *const x = &p->of[a].report, *const y = &p->of[b].report;
    const bool same = by == THREADS ? strcmp(x->side.device, y->side.device) == 0
                                    : x->one[0] != '\0' && strcmp(x->one, y->one) == 0 && x->side.threads == y->side.threads;
    return same && strcmp(x->side.kernels, y->side.kernels) == 0 && x->side.simulated == y->side.simulated;
}

/* The report with the least count among those of the same machine. */
static size_t base_report(const struct sc_plot *p, size_t report, enum by by)
{
    size_t best = report;
    for (size_t i = 0; i < p->n; i++) {
        const unsigned t = count_of(p, i, by), least = count_of(p, best, by);
        if (same_machine(p, i, report, by) && (t < least || (t == least && i < best))) {
            best = i;
        }
    }
    return best;
}

struct speed {
    double count, mean, least, most; /* over the base's */
};

/* How much faster a report is than its base, over the cases that both have; false: they have none, or as high a count. */
static bool speed_of(struct speed *out, const struct sc_plot *p, size_t report, enum by by)
{
    const size_t base = base_report(p, report, by);
    double ratio[SC_PLOT_CASES];
    size_t n = 0;
    *out = (struct speed){.least = INFINITY};
    out->count = (double)count_of(p, report, by) / count_of(p, base, by);
    for (size_t k = 0; k < p->n_cases; k++) {
        const struct sc_plot_row *a, *b;
        (void)sc_plot_row(&a, p, &p->cases[k], base);
        (void)sc_plot_row(&b, p, &p->cases[k], report);
        if (a != NULL && b != NULL) {
            ratio[n] = a->median / b->median;
            out->least = fmin(out->least, ratio[n]);
            out->most = fmax(out->most, ratio[n++]);
        }
    }
    if (n == 0 || out->count <= 1) {
        return false;
    }
    out->mean = sc_stats_geometric_mean(ratio, n);
    return true;
}

static void put_speed(struct sc_canvas *c, const struct sc_frame *f, const struct sc_plot *p, size_t report, const struct speed *v, enum by by)
{
    const double x = sc_frame_x(f, v->count), y = sc_frame_y(f, v->mean);
    const unsigned base = (unsigned)base_report(p, report, by);
    char text[64];
    sc_svg_put(&c->body, "<path class=\"s%zu o d%u\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n", report, base, sc_frame_x(f, 1), sc_frame_y(f, 1), x, y);
    sc_svg_put(&c->body, "<path class=\"s%zu o\" d=\"M%.1f %.1fV%.1fm-5 0h10M%.1f %.1fh10\"/>\n", report, x, sc_frame_y(f, v->least),
               sc_frame_y(f, v->most), x - 5, sc_frame_y(f, v->least));
    sc_svg_mark(&c->body, (unsigned)report, false, x, y, 6);
    sc_svg_mark(&c->body, base, false, sc_frame_x(f, 1), sc_frame_y(f, 1), 6);
    (void)snprintf(text, sizeof text, "%u %s: %.2f", count_of(p, report, by), by == THREADS ? "threads" : "devices", v->mean);
    sc_svg_label(&c->body, x - 10, y + 4, "end", "t halo", 200, text);
    c->shown |= 1u << report | 1u << base;
}

static bool put_scaling(struct sc_canvas *c, char why[SC_PLOT_WHY], const struct sc_plot *p, enum by by)
{
    double most_x = 1, most_y = 1;
    struct speed v[SOCLE_BENCH_PLOT_REPORTS];
    bool has[SOCLE_BENCH_PLOT_REPORTS];
    struct sc_frame f = {.left = 56, .right = c->width - 24};
    for (size_t i = 0; i < p->n; i++) {
        has[i] = speed_of(&v[i], p, i, by);
        most_x = has[i] ? fmax(most_x, v[i].count) : most_x;
        most_y = has[i] ? fmax(most_y, fmax(v[i].most, v[i].count)) : most_y;
    }
    if (most_x <= 1) {
        (void)snprintf(why, SC_PLOT_WHY, by == THREADS ? "no two reports of one device with different numbers of threads"
                                                       : "no two reports of one machine with different numbers of devices of one kind");
        return false;
    }
    sc_axis_fit(&f.x, 0, most_x, false, c->wide ? 10 : 6);
    sc_axis_fit(&f.y, 0, most_y, false, 8);
    sc_frame_draw(&f, c, c->wide ? 360 : 300, by == THREADS ? "threads, over the fewest" : "devices, over the fewest",
                  by == THREADS ? "speed, over that with the fewest threads" : "speed, over that with the fewest devices");
    const double x = sc_frame_x(&f, most_x), y = sc_frame_y(&f, most_x);
    sc_svg_put(&c->body, "<path class=\"l o\" stroke-dasharray=\"5 5\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n", sc_frame_x(&f, 0), sc_frame_y(&f, 0), x, y);
    sc_svg_label(&c->body, x - 12, y + 4, "end", "q halo", 60, "ideal");
    for (size_t i = 0; i < p->n; i++) {
        if (has[i]) {
            put_speed(c, &f, p, i, &v[i], by);
        }
    }
    return true;
}

bool sc_plot_scaling(struct sc_canvas *c, char why[SC_PLOT_WHY], const struct sc_plot *p)
{
    return put_scaling(c, why, p, THREADS);
}

bool sc_plot_devices(struct sc_canvas *c, char why[SC_PLOT_WHY], const struct sc_plot *p)
{
    return put_scaling(c, why, p, DEVICES);
}
