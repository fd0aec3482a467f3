/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What all pictures share: the list of them, what is around one, frames, labels of numbers. Contracts: plot.h.
 */
#include "host/bench/plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const struct sc_plot_chart sc_plot_charts[SOCLE_BENCH_CHARTS] = {
    {"Latency distribution", "latency.svg",
     "For each case the times of its runs, over the median of the first report that has it. Box: the middle half, with the median; line: from "
     "the 5th to the 95th percentile; dots: single runs.",
     sc_plot_latency},
    {"Stages", "stages.svg", "The time that each stage of a proof takes, one after the other.", sc_plot_stages},
    {"Roofline", "roofline.svg",
     "How close each kernel comes to what the machine can do. On the roof a kernel is as fast as the measured limits allow: the memory's on "
     "the slope, the processor's on the level part. Dashes above: where the theoretical limits "
     "would have the roof, if they are known.",
     sc_plot_roofline},
    {"Scaling", "scaling.svg",
     "How many times as fast more threads are: the geometric mean over the cases, a line from the least to the most, and the ideal.", sc_plot_scaling},
    {"Scaling over devices", "devices.svg",
     "How many times as fast more devices of one kind are: the geometric mean over the cases, a line from the least to the most, and the ideal.",
     sc_plot_devices},
    {"Energy and latency", "energy.svg", "The energy that a run takes, the mean, against its time, the median.", sc_plot_energy},
    {"Clock over time", "clock.svg", "The processor's clock while the report was made.", sc_plot_clock},
    {"Pace over time", "pace.svg",
     "The speed of a loop that is always the same while the report was made, over that of its fastest tenth: below 0.8 for some moments in a "
     "row the machine was throttled, or shared.",
     sc_plot_pace}};

void sc_plot_number(char out[24], double v)
{
    (void)snprintf(out, 24, v >= 1e4 && v < 1e7 ? "%.0f" : "%.4g", v);
}

void sc_plot_time(char out[24], double seconds)
{
    static const struct {
        double unit;
        const char *name;
    } units[] = {{1, "s"}, {1e-3, "ms"}, {1e-6, "\xc2\xb5s"}, {1e-9, "ns"}};
    size_t i = 0;
    while (i < 3 && seconds < units[i].unit) {
        i++;
    }
    const double v = seconds / units[i].unit;
    (void)snprintf(out, 24, v < 9.995 ? "%.2f %s" : v < 99.95 ? "%.1f %s" : "%.0f %s", v, units[i].name);
}

size_t sc_plot_remarks(const char *out[SC_PLOT_REMARKS], const struct sc_plot_report *r)
{
    const struct socle_bench_side *const s = &r->report.side;
    const struct {
        bool holds;
        const char *word;
    } all[SC_PLOT_REMARKS] = {{s->simulated, "SIMULATED"},
                              {r->report.side.pocl, "PoCL (OpenCL on the CPU), no GPU"},
                              {!s->valid, "NOT VALID"},
                              {r->doubt[0] != '\0', "FIGURES IN DOUBT"},
                              {s->disturbed, "DISTURBED (throttled, hot or shared)"}};
    size_t n = 0;
    for (size_t i = 0; i < SC_PLOT_REMARKS; i++) {
        if (all[i].holds) {
            out[n++] = all[i].word;
        }
    }
    return n;
}

/* Remarks in as many lines as they need; returns where the last one is. */
static double remark_lines(struct sc_svg *s, double y, double room, const struct sc_plot_report *r)
{
    const char *word[SC_PLOT_REMARKS];
    const size_t n = sc_plot_remarks(word, r);
    char line[SC_PLOT_WHY] = "";
    for (size_t i = 0; i < n; i++) {
        const size_t len = strlen(line);
        if (len > 0 && (double)(len + 2 + strlen(word[i])) * SC_SVG_LETTER > room) {
            y += 18;
            sc_svg_label(s, 28, y, "start", "w", room, line);
            line[0] = '\0';
        }
        (void)snprintf(line + strlen(line), sizeof line - strlen(line), "%s%s", line[0] != '\0' ? ", " : "", word[i]);
    }
    if (n > 0) {
        y += 18;
        sc_svg_label(s, 28, y, "start", "w", room, line);
    }
    return y;
}

/* A line for each report that is shown, more where it does not fit; returns the height. */
static double legend(struct sc_svg *s, double y, const struct sc_canvas *c, const struct sc_plot *p)
{
    const double room = c->width - 34;
    for (unsigned i = 0; i < p->n; i++) {
        const struct socle_bench_side *const side = &p->of[i].report.side;
        char machine[192];
        if ((c->shown >> i & 1u) == 0) {
            continue;
        }
        y += 20;
        sc_svg_mark(s, i, c->stages, 14, y - 5, 5);
        sc_svg_label(s, 28, y, "start", "t", c->wide ? room / 3 : room, p->of[i].name);
        (void)snprintf(machine, sizeof machine, "%s, %u threads, %s", side->device, side->threads, side->kernels);
        y += c->wide ? 0 : 18;
        sc_svg_label(s, c->wide ? 40 + room / 3 : 28, y, "start", "q", c->wide ? 2 * room / 3 - 12 : room, machine);
        y = remark_lines(s, y, room, &p->of[i]);
    }
    return y;
}

static double stage_legend(struct sc_svg *s, double y, const struct sc_canvas *c, const struct sc_plot *p)
{
    const unsigned columns = c->wide ? 4 : 2;
    const double step = (c->width - 8) / columns;
    for (unsigned k = 0; c->stages && k < p->n_stages; k++) {
        const double x = 8 + step * (k % columns), at = y + 22.0 * (1 + k / columns);
        sc_svg_put(s, "<rect x=\"%.1f\" y=\"%.1f\" width=\"14\" height=\"14\" class=\"s%u f\"/>\n", x, at - 12, k);
        sc_svg_put(s, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" class=\"on\">%c</text>\n", x + 7, at - 1, (int)('A' + k));
        sc_svg_label(s, x + 20, at, "start", "t", step - 24, p->stage[k]);
    }
    return c->stages ? y + 22.0 * (double)((p->n_stages + columns - 1) / columns) : y;
}

socle_status sc_plot_draw(struct sc_svg *out, bool *drawn, char why[SC_PLOT_WHY], const struct sc_plot *p, const struct sc_plot_chart *chart,
                          double width, bool alone)
{
    struct sc_canvas c = {.width = width, .wide = width >= SC_PLOT_WIDE};
    struct sc_svg head = {0};
    double y = alone ? 26 : 0;
    *drawn = chart->draw(&c, why, p);
    if (*drawn) {
        y = legend(&head, y, &c, p);
        y = stage_legend(&head, y, &c, p) + 10;
        sc_svg_put(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" class=\"%s\" aria-label=\"%s\">\n", width,
                   ceil(y + c.y), c.wide ? "wide" : "narrow", chart->title);
        sc_svg_put(out, "<desc>%s</desc>\n", chart->about);
        if (alone) {
            sc_svg_put(out, "<style>\n");
            sc_svg_style(out);
            sc_svg_put(out, "</style>\n<rect width=\"100%%\" height=\"100%%\" class=\"paper f\"/>\n");
            sc_svg_put(out, "<text x=\"8\" y=\"24\" class=\"t h\">%s</text>\n", chart->title);
        }
        sc_svg_append(out, &head);
        sc_svg_put(out, "<g transform=\"translate(0 %.1f)\">\n", y);
        sc_svg_append(out, &c.body);
        sc_svg_put(out, "</g>\n</svg>\n");
    }
    out->failed = out->failed || c.body.failed;
    sc_svg_fini(&head);
    sc_svg_fini(&c.body);
    return out->failed ? SOCLE_E_NOMEM : SOCLE_OK;
}

double sc_frame_x(const struct sc_frame *f, double v)
{
    return f->left + (f->right - f->left) * sc_axis_at(&f->x, v);
}

double sc_frame_y(const struct sc_frame *f, double v)
{
    return f->bottom - (f->bottom - f->top) * sc_axis_at(&f->y, v);
}

static void x_axis(const struct sc_frame *f, struct sc_svg *s)
{
    for (size_t i = 0; i < f->x.n; i++) {
        const double x = sc_frame_x(f, f->x.tick[i]);
        char text[24];
        sc_plot_number(text, f->x.tick[i]);
        sc_svg_put(s, "<path class=\"g\" d=\"M%.1f %.1fV%.1f\"/>\n", x, f->top, f->bottom);
        sc_svg_label(s, x, f->bottom + 18, "middle", "q", 100, text);
    }
}

static void y_axis(const struct sc_frame *f, struct sc_svg *s)
{
    for (size_t i = 0; i < f->y.n; i++) {
        const double y = sc_frame_y(f, f->y.tick[i]);
        char text[24];
        sc_plot_number(text, f->y.tick[i]);
        sc_svg_put(s, "<path class=\"g\" d=\"M%.1f %.1fH%.1f\"/>\n", f->left, y, f->right);
        sc_svg_label(s, f->left - 6, y + 4, "end", "q", 100, text);
    }
}

void sc_frame_draw(struct sc_frame *f, struct sc_canvas *c, double height, const char *x_title, const char *y_title)
{
    const bool rows = y_title == NULL;
    f->top = c->y + (rows ? 0 : 28);
    f->bottom = f->top + height;
    x_axis(f, &c->body);
    if (!rows) {
        sc_svg_label(&c->body, 8, c->y + 16, "start", "t", c->width - 16, y_title);
        y_axis(f, &c->body);
    }
    sc_svg_put(&c->body, "<path class=\"l o\" stroke-width=\"1\" d=\"M%.1f %.1fH%.1f\"/>\n", f->left, f->bottom, f->right);
    sc_svg_label(&c->body, f->right, f->bottom + 38, "end", "t", c->width - 16, x_title);
    c->y = f->bottom + 48;
}
