/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The page of pictures: no script, nothing from elsewhere; every figure also as a table. Contracts: plot.h.
 */
#include "host/bench/plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Two drawings of each chart, of which a screen shows the one that it has room for: text that shrinks with the picture cannot be read. */
static const char style[] =
    ":root{color-scheme:light dark}\n"
    "body{margin:0 auto;padding:16px;max-width:940px;font:15px/1.5 system-ui,-apple-system,\"Segoe UI\",\"DejaVu Sans\",sans-serif;"
    "color:#1b1f24;background:#ffffff;overflow-wrap:anywhere}\n"
    "h1{font-size:24px;line-height:1.25}\nh2{font-size:19px;margin:36px 0 4px}\np{margin:4px 0 12px}\n"
    "figure{margin:8px 0}\nsvg{display:block;width:100%;height:auto}\nsvg.narrow{display:none;max-width:520px}\n"
    ".note{border-left:4px solid #a40e26;padding:4px 12px;margin:8px 0}\n"
    ".table{overflow-x:auto}\ntable{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:14px}\n"
    "th,td{text-align:right;padding:3px 10px;border-bottom:1px solid #dfe3e8;white-space:nowrap}\n"
    "th.n,td.n{text-align:left}\n"
    "@media (max-width:700px){svg.wide{display:none}svg.narrow{display:block}}\n"
    "@media (prefers-color-scheme:dark){body{color:#e8eaed;background:#14171a}th,td{border-color:#343a41}.note{border-color:#ff9a94}}\n"
    "@media print{svg.wide{display:block}svg.narrow{display:none}}\n";

static void begin(struct sc_svg *s)
{
    sc_svg_put(s, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>socle bench</title>\n<style>\n");
    sc_svg_put(s, "%s", style);
    sc_svg_style(s);
    sc_svg_put(s, "</style>\n</head>\n<body>\n<h1>Reports of <code>socle bench</code></h1>\n");
}

/* The reports, and what speaks against them. */
static void put_reports(struct sc_svg *s, const struct sc_plot *p)
{
    sc_svg_put(s, "<ol>\n");
    for (size_t i = 0; i < p->n; i++) {
        const struct sc_plot_report *const r = &p->of[i];
        const char *word[SC_PLOT_REMARKS];
        const size_t n = sc_plot_remarks(word, r);
        sc_svg_put(s, "<li>");
        sc_svg_say(s, r->name, 200);
        sc_svg_put(s, ": suite ");
        sc_svg_say(s, r->suite, 0);
        sc_svg_put(s, " %u, ", r->report.side.suite_version);
        sc_svg_say(s, r->report.side.device, 0);
        sc_svg_put(s, ", %u threads, ", r->report.side.threads);
        sc_svg_say(s, r->report.side.kernels, 0);
        for (size_t k = 0; k < n; k++) {
            sc_svg_put(s, "%s%s", k == 0 ? "<div class=\"note\"><strong>" : ", ", word[k]);
        }
        if (n > 0) {
            sc_svg_put(s, "</strong>%s", r->doubt[0] != '\0' ? ": " : "");
            sc_svg_say(s, r->doubt, 0);
            sc_svg_put(s, "</div>");
        }
        sc_svg_put(s, "</li>\n");
    }
    sc_svg_put(s, "</ol>\n");
}

static socle_status put_chart(struct sc_svg *s, struct sc_svg *left_out, const struct sc_plot *p, const struct sc_plot_chart *chart)
{
    socle_status st = SOCLE_OK;
    struct sc_svg wide = {0}, narrow = {0};
    char why[SC_PLOT_WHY] = "";
    bool drawn = false;
    TRY(sc_plot_draw(&wide, &drawn, why, p, chart, SC_PLOT_WIDE, false));
    if (!drawn) {
        sc_svg_put(left_out, "<li>%s: %s</li>\n", chart->title, why);
        goto out;
    }
    TRY(sc_plot_draw(&narrow, &drawn, why, p, chart, SC_PLOT_NARROW, false));
    sc_svg_put(s, "<h2>%s</h2>\n<p>", chart->title);
    sc_svg_say(s, chart->about, 0);
    sc_svg_put(s, "</p>\n<figure>\n");
    sc_svg_append(s, &wide);
    sc_svg_append(s, &narrow);
    sc_svg_put(s, "</figure>\n");
out:
    sc_svg_fini(&wide);
    sc_svg_fini(&narrow);
    return st;
}

static void cell(struct sc_svg *s, const char *format, double v)
{
    char text[32] = "\xe2\x80\x93";
    if (isfinite(v)) {
        (void)snprintf(text, sizeof text, format, v);
    }
    sc_svg_put(s, "<td>%s</td>", text);
}

static void name_cells(struct sc_svg *s, const struct sc_plot_case *k, size_t report)
{
    sc_svg_put(s, "<tr><td class=\"n\">");
    sc_svg_say(s, k->op, 0);
    sc_svg_put(s, " ");
    sc_svg_say(s, k->shape, 0);
    sc_svg_put(s, "</td><td>%zu</td>", report + 1);
}

static void put_figures(struct sc_svg *s, const struct sc_plot *p)
{
    sc_svg_put(s, "<h2>Figures</h2>\n<div class=\"table\" role=\"region\" aria-label=\"Figures\" tabindex=\"0\">\n<table>\n"
                  "<thead><tr><th class=\"n\">case</th><th>report</th><th>runs</th><th>median, ms</th><th>5 %%, ms</th><th>95 %%, ms</th>"
                  "<th>rate</th><th>of limit</th><th class=\"n\">limit</th><th>energy, J</th></tr></thead>\n<tbody>\n");
    for (size_t k = 0; k < p->n_cases; k++) {
        for (size_t i = 0; i < p->n; i++) {
            const struct sc_plot_row *more;
            const struct sc_report_row *const row = sc_plot_row(&more, p, &p->cases[k], i);
            if (row == NULL) {
                continue;
            }
            name_cells(s, &p->cases[k], i);
            sc_svg_put(s, "<td>%zu</td>", row->n);
            cell(s, "%.4g", 1e-6 * more->median);
            cell(s, "%.4g", 1e-6 * more->p5);
            cell(s, "%.4g", 1e-6 * more->p95);
            sc_svg_put(s, "<td>%.4g ", row->scale * (double)row->units / (1e-9 * more->median));
            sc_svg_say(s, more->unit, 0);
            sc_svg_put(s, "</td>");
            cell(s, "%.0f %%", 100 * more->share);
            sc_svg_put(s, "<td class=\"n\">");
            sc_svg_say(s, more->binds, 0);
            sc_svg_put(s, "</td>");
            cell(s, "%.4g", more->joules);
            sc_svg_put(s, "</tr>\n");
        }
    }
    sc_svg_put(s, "</tbody>\n</table>\n</div>\n");
    if (p->n_left_out > 0) {
        sc_svg_put(s, "<p class=\"note\">%zu further results are left out: a page has the first %u cases.</p>\n", p->n_left_out, SC_PLOT_CASES);
    }
}

static void put_stages(struct sc_svg *s, const struct sc_plot *p)
{
    if (p->n_stages == 0) {
        return;
    }
    sc_svg_put(s, "<h2>Stages, in seconds</h2>\n<div class=\"table\" role=\"region\" aria-label=\"Stages\" tabindex=\"0\">\n<table>\n"
                  "<thead><tr><th class=\"n\">case</th><th>report</th>");
    for (size_t j = 0; j < p->n_stages; j++) {
        sc_svg_put(s, "<th>");
        sc_svg_say(s, p->stage[j], 0);
        sc_svg_put(s, "</th>");
    }
    sc_svg_put(s, "</tr></thead>\n<tbody>\n");
    for (size_t k = 0; k < p->n_cases; k++) {
        for (size_t i = 0; i < p->n; i++) {
            const struct sc_plot_row *more;
            (void)sc_plot_row(&more, p, &p->cases[k], i);
            if (more != NULL) {
                name_cells(s, &p->cases[k], i);
                for (size_t j = 0; j < p->n_stages; j++) {
                    cell(s, "%.4g", more->stage[j]);
                }
                sc_svg_put(s, "</tr>\n");
            }
        }
    }
    sc_svg_put(s, "</tbody>\n</table>\n</div>\n");
}

/* Of limits from before there were theoretical ones the measured figure stands alone. */
static void put_limits(struct sc_svg *s, const struct sc_plot *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++) {
        n += p->of[i].n_limits;
    }
    if (n == 0) {
        return;
    }
    sc_svg_put(s, "<h2>Limits, G/s and GB/s</h2>\n<div class=\"table\" role=\"region\" aria-label=\"Limits\" tabindex=\"0\">\n<table>\n"
                  "<thead><tr><th class=\"n\">limit</th><th>report</th><th>measured, median</th><th>theoretical</th><th>measured of it</th>"
                  "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < p->n; i++) {
        for (size_t k = 0; k < p->of[i].n_limits; k++) {
            const struct sc_plot_limit *const l = &p->of[i].limit[k];
            sc_svg_put(s, "<tr><td class=\"n\">");
            sc_svg_say(s, l->name, 0);
            sc_svg_put(s, "</td><td>%zu</td>", i + 1);
            cell(s, "%.4g", 1e-9 * l->median);
            cell(s, "%.4g", 1e-9 * l->theory);
            cell(s, "%.0f %%", 100 * l->median / l->theory);
            sc_svg_put(s, "</tr>\n");
        }
    }
    sc_svg_put(s, "</tbody>\n</table>\n</div>\n");
}

/* What did not run, or gave a wrong result: nothing of it is in the pictures. */
static void put_missing(struct sc_svg *s, const struct sc_plot *p)
{
    bool any = false;
    for (size_t i = 0; i < p->n; i++) {
        for (size_t k = 0; k < p->of[i].report.n; k++) {
            const struct sc_report_row *const row = &p->of[i].report.rows[k];
            if (row->outcome == SOCLE_BENCH_GOOD) {
                continue;
            }
            sc_svg_put(s, "%s<li>report %zu: ", any ? "" : "<h2>Not measured</h2>\n<ul>\n", i + 1);
            any = true;
            sc_svg_say(s, row->op, 0);
            sc_svg_put(s, " ");
            sc_svg_say(s, row->shape, 0);
            sc_svg_put(s, ": %s", row->outcome == SOCLE_BENCH_WRONG    ? "the result was wrong"
                                  : row->outcome == SOCLE_BENCH_FAILED ? "failed: "
                                                                       : "skipped: ");
            sc_svg_say(s, row->why, 0);
            sc_svg_put(s, "</li>\n");
        }
    }
    sc_svg_put(s, "%s", any ? "</ul>\n" : "");
}

socle_status sc_plot_page(struct sc_svg *out, const struct sc_plot *p)
{
    socle_status st = SOCLE_OK;
    struct sc_svg left_out = {0};
    begin(out);
    put_reports(out, p);
    for (size_t i = 0; i < SOCLE_BENCH_CHARTS; i++) {
        TRY(put_chart(out, &left_out, p, &sc_plot_charts[i]));
    }
    if (left_out.len > 0) {
        sc_svg_put(out, "<h2>Charts left out</h2>\n<ul>\n");
        sc_svg_append(out, &left_out);
        sc_svg_put(out, "</ul>\n");
    }
    put_missing(out, p);
    put_figures(out, p);
    put_limits(out, p);
    put_stages(out, p);
    sc_svg_put(out, "</body>\n</html>\n");
    st = out->failed || left_out.failed ? SOCLE_E_NOMEM : SOCLE_OK;
out:
    sc_svg_fini(&left_out);
    return st;
}
