/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The reader of reports on a committed one with seeded damage, and allocations that fail while two are compared.
 */
#include "host/bench/report.h"
#include "host/sys/mem.h"
#include "tests/unit/report_file.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TIMES = 3000 };

static void load(void)
{
    load_report(20261127);
}

TestSuite(bench_report, .init = load);

/* One place is flipped, replaced, cut out or doubled. */
static size_t damage(uint8_t *text, size_t len)
{
    static const char letters[] = "0123456789-.e\"[]{},:nt";
    const size_t at = dice(len), piece = dice(40) + 1;
    switch (dice(4)) {
    case 0:
        text[at] ^= (uint8_t)(1u << dice(8));
        return len;
    case 1:
        text[at] = (uint8_t)letters[dice(sizeof letters - 1)];
        return len;
    case 2:
        if (at + piece >= len) {
            return at + 1;
        }
        memmove(text + at, text + at + piece, len - at - piece);
        return len - piece;
    default:
        memmove(text + at + 1, text + at, len - at);
        return len + 1;
    }
}

static void expect_sane(const struct sc_report *r)
{
    cr_assert(r->n >= 1 && r->n <= SC_REPORT_ROWS);
    for (size_t i = 0; i < r->n; i++) {
        const struct sc_report_row *const row = &r->rows[i];
        cr_assert(!sc_report_ran(row) ? row->n == 0 : row->n >= 1 && row->n <= SOCLE_BENCH_MAX_RUNS);
        for (size_t k = 0; k < row->n; k++) {
            cr_assert(row->ns[k] >= 1 && row->ns[k] <= 0x1p52 && row->least[k] >= 0 && row->least[k] <= 0x1p52);
        }
        cr_assert(row->n == 0 || (isfinite(row->rate) && isfinite(row->told.median)));
    }
}

Test(bench_report, damaged_reports_are_refused_with_a_sentence_or_read_within_bounds)
{
    const size_t before = sc_mem_now();
    unsigned n_read = 0, n_refused = 0;
    for (unsigned i = 0; i < TIMES; i++) {
        struct sc_report r;
        char why[SC_REPORT_WHY] = "";
        uint8_t *text = malloc(ROOM);
        size_t len = whole_len;
        cr_assert_not_null(text);
        memcpy(text, whole, whole_len);
        for (unsigned k = 0; k <= i % 4; k++) {
            len = damage(text, len);
        }
        text = realloc(text, len); /* a sanitizer sees the end */
        const socle_status st = sc_report_read(&r, why, text, len);
        cr_assert(st == SOCLE_OK || ((st == SOCLE_E_FORMAT || st == SOCLE_E_VERSION) && why[0] != '\0'), "status %d", (int)st);
        if (st == SOCLE_OK) {
            expect_sane(&r);
            n_read++;
        } else {
            n_refused++;
        }
        sc_report_fini(&r);
        cr_assert_eq(sc_mem_now(), before);
        free(text);
    }
    cr_log_info("%u read, %u refused", n_read, n_refused);
    cr_expect(n_read > TIMES / 20 && n_refused > TIMES / 2, "%u read, %u refused: the damage is too large or too small", n_read, n_refused);
}

Test(bench_report, the_committed_report_is_read_as_it_is)
{
    struct sc_report r;
    char why[SC_REPORT_WHY] = "";
    cr_assert_eq(sc_report_read(&r, why, whole, whole_len), SOCLE_OK, "%s", why);
    cr_expect_geq(r.n, 14);
    cr_expect_str_eq(r.rows[0].op, "copy");
    cr_expect(isnan(r.rows[0].share) && r.rows[1].share > 0);
    cr_expect(r.rows[1].n >= 3 && r.rows[1].least == r.rows[1].ns + r.rows[1].n);
    cr_expect(!r.side.simulated && r.side.threads == 2);
    cr_expect_eq(sc_report_figures(why, &r), SOCLE_OK, "%s", why);
    sc_report_fini(&r);
}

Test(bench_report, failed_allocations_are_clean)
{
    socle_context *ctx;
    struct socle_bench_comparison c;
    cr_assert_eq(socle_create(&ctx, &(struct socle_options){.n_threads = 1}), SOCLE_OK);
    const size_t before = sc_mem_now();
    socle_status st = SOCLE_E_NOMEM;
    uint64_t at = 0;
    while (st != SOCLE_OK) {
        cr_assert_lt(at, 1000);
        sc_mem_fail_at(++at);
        st = socle_bench_compare(ctx, &c, whole, whole_len, whole, whole_len, false);
        sc_mem_fail_at(0);
        cr_assert(st == SOCLE_OK || st == SOCLE_E_NOMEM, "%d: %s", (int)st, socle_message(ctx));
        cr_assert(st == SOCLE_OK || (sc_mem_now() == before && c.pairs == NULL));
    }
    cr_expect_gt(at, 50);
    cr_expect(c.n >= 14 && c.n_compared >= 14 && fabs(c.mean - 1) < 1e-12);
    socle_bench_comparison_fini(ctx, &c);
    cr_expect_eq(sc_mem_now(), before);
    socle_destroy(ctx);
}
