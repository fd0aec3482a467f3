/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Pictures of reports for the caller.
 */
#include "host/api/context.h"
#include "host/bench/plot.h"

#include <stdio.h>
#include <string.h>

#include "host/sys/file.h"
#include "host/sys/mem.h"

static socle_status write_in(socle_context *ctx, const char *folder, const char *name, const struct sc_svg *s)
{
    const size_t size = strlen(folder) + strlen(name) + 2;
    char *const path = sc_alloc(size, 1);
    socle_status st = SOCLE_E_NOMEM;
    if (path != NULL) {
        (void)snprintf(path, size, "%s/%s", folder, name);
        st = sc_file_write(ctx->message, sizeof ctx->message, path, (const uint8_t *)s->text, s->len);
    }
    sc_free(path);
    return st;
}

/* Everything is drawn before anything is written. */
static socle_status draw_all(struct sc_svg pictures[SOCLE_BENCH_CHARTS], struct sc_svg *page, struct socle_bench_chart *out, const struct sc_plot *p)
{
    socle_status st = SOCLE_OK;
    for (size_t i = 0; i < SOCLE_BENCH_CHARTS; i++) {
        const struct sc_plot_chart *const chart = &sc_plot_charts[i];
        out[i] = (struct socle_bench_chart){.title = chart->title, .file = chart->file};
        TRY(sc_plot_draw(&pictures[i], &out[i].drawn, out[i].why, p, chart, SC_PLOT_WIDE, true));
    }
    TRY(sc_plot_page(page, p));
out:
    return st;
}

socle_status socle_bench_plot(socle_context *ctx, struct socle_bench_chart out[SOCLE_BENCH_CHARTS], const struct socle_bench_source *reports, size_t n,
                              const char *folder)
{
    socle_status st = SOCLE_OK;
    struct sc_svg pictures[SOCLE_BENCH_CHARTS] = {{0}}, page = {0};
    struct sc_plot *p = NULL;
    char why[SC_REPORT_WHY + SC_PLOT_WHY] = "";
    memset(out, 0, SOCLE_BENCH_CHARTS * sizeof *out);
    sc_api_begin(ctx);
    TRY(n >= 1 && n <= SOCLE_BENCH_PLOT_REPORTS ? SOCLE_OK
                                                : sc_fail(ctx, SOCLE_E_ARG, "a page shows from 1 to %d reports", SOCLE_BENCH_PLOT_REPORTS));
    p = sc_alloc(1, sizeof *p);
    TRY(p != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    st = sc_plot_read(p, why, reports, n);
    TRY(st == SOCLE_OK || st == SOCLE_E_NOMEM ? st : sc_fail(ctx, st, "%s", why));
    TRY(draw_all(pictures, &page, out, p));
    TRY(sc_folder_make(ctx->message, sizeof ctx->message, folder));
    for (size_t i = 0; i < SOCLE_BENCH_CHARTS; i++) {
        if (out[i].drawn) {
            TRY(write_in(ctx, folder, out[i].file, &pictures[i]));
        }
    }
    TRY(write_in(ctx, folder, "index.html", &page));
out:
    for (size_t i = 0; i < SOCLE_BENCH_CHARTS; i++) {
        sc_svg_fini(&pictures[i]);
    }
    sc_svg_fini(&page);
    if (p != NULL) {
        sc_plot_fini(p);
    }
    sc_free(p);
    return sc_api_end(ctx, st);
}
