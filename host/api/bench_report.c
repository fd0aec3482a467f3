/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Reports of benchmarks for the caller: compare two, check one.
 */
#include "host/api/bench.h"

#include <string.h>

#include "host/sys/mem.h"

static socle_status read_report(socle_context *ctx, struct sc_report *out, const char *name, const uint8_t *bytes, size_t len)
{
    char why[SC_REPORT_WHY] = "";
    const socle_status st = sc_report_read(out, why, bytes, len);
    return st == SOCLE_OK || st == SOCLE_E_NOMEM ? st : sc_fail(ctx, st, "%s: %s", name, why);
}

socle_status socle_bench_compare(socle_context *ctx, struct socle_bench_comparison *out, const uint8_t *a, size_t a_len, const uint8_t *b,
                                 size_t b_len, bool cross)
{
    socle_status st = SOCLE_OK;
    struct sc_report ra = {0}, rb = {0};
    char why[SC_REPORT_WHY] = "";
    memset(out, 0, sizeof *out);
    sc_api_begin(ctx);
    TRY(read_report(ctx, &ra, "report A", a, a_len));
    TRY(read_report(ctx, &rb, "report B", b, b_len));
    out->pairs = sc_alloc(ra.n + rb.n, sizeof *out->pairs);
    TRY(out->pairs != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    st = sc_report_compare(out, why, &ra, &rb, cross);
    TRY(st == SOCLE_E_ARG ? sc_fail(ctx, st, "%s", why) : st);
out:
    sc_report_fini(&ra);
    sc_report_fini(&rb);
    if (st != SOCLE_OK) {
        socle_bench_comparison_fini(ctx, out);
    }
    return sc_api_end(ctx, st);
}

void socle_bench_comparison_fini(socle_context *ctx, struct socle_bench_comparison *comparison)
{
    (void)ctx;
    sc_free(comparison->pairs);
    memset(comparison, 0, sizeof *comparison);
}

static socle_status goes_on(void *arg)
{
    return sc_api_goes_on(arg);
}

socle_status socle_bench_check(socle_context *ctx, struct socle_bench_checked *out, const uint8_t *report, size_t len)
{
    socle_status st = SOCLE_OK;
    struct sc_report r = {0};
    char why[SC_REPORT_WHY] = "";
    memset(out, 0, sizeof *out);
    sc_api_begin(ctx);
    TRY(read_report(ctx, &r, "report", report, len));
    const uint64_t room = sc_api_bench_room(ctx);
    st = sc_report_figures(why, &r);
    if (st == SOCLE_OK && r.suite != SC_SUITE_KERNELS) {
        st = sc_api_bench_proofs(ctx, out, why, &r);
    } else if (st == SOCLE_OK) {
        st = sc_report_digests(out, why, &r, ctx->pool, room, goes_on, ctx);
    }
    TRY(st == SOCLE_E_REJECT || st == SOCLE_E_VERSION ? sc_fail(ctx, st, "report: %s", why) : st);
out:
    sc_report_fini(&r);
    return sc_api_end(ctx, st);
}
