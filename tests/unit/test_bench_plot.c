/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Pictures of reports: escaping, axes, a committed report with seeded damage, and allocations that fail.
 */
#include "host/bench/plot.h"
#include "host/sys/mem.h"
#include "tests/unit/report_file.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TIMES = 160 };

static uint8_t copy[ROOM];

static void load(void)
{
    load_report(20261128);
}

static void says(const char *text, size_t most, const char *want)
{
    struct sc_svg s = {0};
    sc_svg_say(&s, text, most);
    cr_expect(s.len == strlen(want) && (s.len == 0 || memcmp(s.text, want, s.len) == 0), "%s gives %.*s", text, (int)s.len, s.text);
    sc_svg_fini(&s);
}

Test(bench_plot, text_of_strangers_is_escaped_and_cut)
{
    says("", 0, "");
    says("<a href=\"x\" b='y'>&amp;", 0, "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;");
    says("caf\xc3\xa9 \xf0\x9f\x98\x80", 0, "caf\xc3\xa9 \xf0\x9f\x98\x80");
    says("abcdef", 6, "abcdef");
    says("abcdef", 5, "abcd\xe2\x80\xa6");
    says("\xc3\xa9\xc3\xa9\xc3\xa9", 2, "\xc3\xa9\xe2\x80\xa6");
    /* controls, cut and overlong sequences, a surrogate, no character, too large, a turn of direction */
    static const char *const bad[] = {"\x01", "\x7f", "\xc3", "\xc0\x80", "\xff", "\xc2\x85"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct sc_svg s = {0};
        sc_svg_say(&s, bad[i], 0);
        cr_expect(s.len >= 3 && s.len % 3 == 0 && memcmp(s.text, "\xef\xbf\xbd", 3) == 0, "%zu", i);
        sc_svg_fini(&s);
    }
    says("\xed\xa0\x80", 0, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    says("\xef\xbf\xbe", 0, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    says("\xf4\x90\x80\x80", 0, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    says("a\xe2\x80\xae", 0, "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

static void fits(double low, double high, bool log, size_t most)
{
    struct sc_axis a;
    sc_axis_fit(&a, low, high, log, most);
    cr_assert(a.low <= low && high <= a.high && a.low < a.high && isfinite(a.high), "%g %g %d", low, high, log);
    cr_assert(a.n <= most, "%g %g %d: %zu", low, high, log, a.n);
    for (size_t i = 0; i < a.n; i++) {
        cr_assert(a.tick[i] >= a.low * (1 - 1e-9) && a.tick[i] <= a.high * (1 + 1e-9) && (i == 0 || a.tick[i] > a.tick[i - 1]), "%g %g %d: %g", low, high, log,
                  a.tick[i]);
    }
    cr_assert(a.n >= 2 || (log && high / low < 1.01), "%g %g %d: %zu ticks", low, high, log, a.n);
    cr_assert(sc_axis_at(&a, a.low) <= 1e-12 && sc_axis_at(&a, a.high) >= 1 - 1e-12 && sc_axis_at(&a, low) <= sc_axis_at(&a, high));
    cr_assert(sc_axis_at(&a, 10 * a.high) <= 1 && sc_axis_at(&a, 0) >= 0);
}

Test(bench_plot, axes_hold_their_values_with_ticks_in_order)
{
    for (int i = 0; i < 20000; i++) {
        const double low = pow(10, (double)dice(3000) / 100 - 15), high = low * pow(10, (double)dice(1500) / 1000 * (double)dice(10));
        fits(low, high, true, 6 + dice(7));
        fits(low, high, false, 5 + dice(8));
        fits(0, high, false, 5 + dice(8));
    }
    fits(1, 1, true, 6);
    fits(0, 0, false, 6);
    fits(7, 7, false, 6);
    fits(0, 4.5e-10, false, 12); /* a multiple of the step that is rounded below it */
    fits(0, 1.8000000000000002e-09, false, 12);
    struct sc_axis a;
    sc_axis_fit(&a, 0, 29, false, 10);
    cr_expect(a.low <= 0 && fabs(a.high - 30) < 1e-9 && a.n == 7 && fabs(a.tick[1] - 5) < 1e-9);
    sc_axis_fit(&a, 1, 1000, true, 6);
    cr_expect(a.n == 4 && fabs(a.tick[3] - 1000) < 1e-6 && fabs(sc_axis_at(&a, sqrt(1000)) - 0.5) < 1e-9);
}

/* Everything is drawn, in both sizes; nothing in it is no number. */
static void draw_all(const struct sc_plot *p)
{
    static const double widths[] = {SC_PLOT_WIDE, SC_PLOT_NARROW};
    for (size_t i = 0; i < 2 * SOCLE_BENCH_CHARTS; i++) {
        struct sc_svg s = {0};
        char why[SC_PLOT_WHY] = "";
        bool drawn;
        cr_assert_eq(sc_plot_draw(&s, &drawn, why, p, &sc_plot_charts[i / 2], widths[i % 2], i % 2 == 0), SOCLE_OK);
        cr_assert(drawn == (s.len > 0) && drawn == (why[0] == '\0'));
        sc_svg_put(&s, "%c", '\0');
        cr_assert(strstr(s.text, "nan") == NULL && strstr(s.text, "inf") == NULL, "%s", sc_plot_charts[i / 2].title);
        sc_svg_fini(&s);
    }
}

/* A digit becomes another, a number becomes huge, or a byte is cut out. */
static size_t damage(uint8_t *text, size_t len)
{
    size_t at = dice(len);
    const size_t kind = dice(8);
    while (kind != 0 && (text[at] < '0' || text[at] > '9')) {
        at = dice(len);
    }
    if (kind == 0) {
        memmove(text + at, text + at + 1, len - at - 1);
        return len - 1;
    }
    if (kind < 3) {
        memmove(text + at + 4, text + at, len - at);
        memcpy(text + at, kind == 1 ? "1e-9" : "9999", 4);
        return len + 4;
    }
    text[at] = (uint8_t)('0' + dice(10));
    return len;
}

Test(bench_plot, damaged_reports_are_refused_or_drawn, .init = load)
{
    size_t refused = 0, drawn = 0, doubted = 0;
    const size_t before = sc_mem_now();
    for (int i = 0; i < TIMES; i++) {
        struct sc_plot p;
        char why[SC_REPORT_WHY + SC_PLOT_WHY] = "";
        struct socle_bench_source from[2] = {{"whole", whole, whole_len}, {"damaged", copy, whole_len}};
        memcpy(copy, whole, whole_len);
        for (size_t k = 1 + dice(3); k > 0; k--) {
            from[1].len = damage(copy, from[1].len);
        }
        const socle_status st = sc_plot_read(&p, why, from, 2);
        if (st != SOCLE_OK) {
            cr_assert(st == SOCLE_E_FORMAT || st == SOCLE_E_VERSION, "%d", (int)st);
            cr_assert(strncmp(why, "damaged: ", 9) == 0 && strlen(why) > 9, "%s", why);
            cr_assert_eq(sc_mem_now(), before);
            refused++;
            continue;
        }
        cr_assert_eq(p.of[0].doubt[0], '\0');
        doubted += p.of[1].doubt[0] != '\0';
        if (i % 4 == 0) {
            draw_all(&p);
            drawn++;
        }
        sc_plot_fini(&p);
        cr_assert_eq(sc_mem_now(), before);
    }
    cr_expect(refused > TIMES / 20 && drawn > TIMES / 20 && doubted > TIMES / 20, "%zu refused, %zu drawn, %zu doubted", refused, drawn, doubted);
}

Test(bench_plot, failed_allocations_are_clean, .init = load)
{
    const struct socle_bench_source from[2] = {{"a", whole, whole_len}, {"b", whole, whole_len}};
    const size_t before = sc_mem_now();
    socle_status st = SOCLE_E_NOMEM;
    uint64_t at = 0;
    while (st != SOCLE_OK) {
        struct sc_plot p;
        struct sc_svg page = {0};
        char why[SC_REPORT_WHY + SC_PLOT_WHY] = "";
        cr_assert_lt(at, 1000);
        sc_mem_fail_at(++at);
        st = sc_plot_read(&p, why, from, 2);
        if (st == SOCLE_OK) {
            st = sc_plot_page(&page, &p);
            sc_plot_fini(&p);
        }
        sc_mem_fail_at(0);
        cr_assert(st == SOCLE_E_NOMEM || (st == SOCLE_OK && page.len > 10000), "%d", (int)st);
        sc_svg_fini(&page);
        cr_assert_eq(sc_mem_now(), before);
    }
    cr_expect_gt(at, 100);
}
