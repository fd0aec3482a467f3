/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Statistics of measurements: by hand, on distributions whose answers are known, and on disturbances made here.
 */
#include "host/bench/stats.h"
#include "host/sys/mem.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define LN2 0.69314718055994530942

static uint64_t rng = 20261127;

/* In (0, 1). Not the generator of the bootstrap. */
static double uniform(void)
{
    rng = rng * 6364136223846793005u + 1442695040888963407u;
    return ((double)(rng >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(void)
{
    return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform());
}

/* Like a timing: a floor and an exponential tail. The median is floor + scale ln 2. */
static double timing(double floor, double scale)
{
    return floor - scale * log(uniform());
}

static void near(double got, double want, const char *what)
{
    cr_expect(fabs(got - want) <= 1e-12 * (1 + fabs(want)), "%s: %.17g, not %.17g", what, got, want);
}

static struct sc_summary summary_of(const double *x, size_t n)
{
    struct sc_summary s;
    cr_assert_eq(sc_stats_summary(&s, x, n), SOCLE_OK);
    return s;
}

Test(stats, summary_by_hand)
{
    const double x[] = {9, 1, 4, 2, 30}, sorted[] = {1, 2, 4, 9, 30}, even[] = {4, 1, 3, 10};
    const struct sc_summary s = summary_of(x, 5), e = summary_of(even, 4), one = summary_of(x, 1);
    near(s.median, 4, "median");
    near(s.mad, 3, "mad of 3 2 0 5 26");
    near(s.least, 1, "least");
    near(s.most, 30, "most");
    near(s.mean, 9.2, "mean");
    near(s.cv, sqrt((8.2 * 8.2 + 7.2 * 7.2 + 5.2 * 5.2 + 0.2 * 0.2 + 20.8 * 20.8) / 4) / 9.2, "cv");
    near(s.p5, 1.2, "p5");
    near(s.p95, 25.8, "p95");
    near(s.p99, 29.16, "p99");
    near(sc_stats_quantile(sorted, 5, 0), 1, "quantile 0");
    near(sc_stats_quantile(sorted, 5, 1), 30, "quantile 1");
    near(e.median, 3.5, "median of four");
    near(e.mad, 1.5, "mad of 0.5 2.5 0.5 6.5");
    near(one.median, 9, "median of one");
    near(one.low, 9, "interval of one");
    near(one.high, 9, "interval of one");
    near(one.level, 0, "confidence of one");
    near(s.level, 1 - 1.0 / 16, "confidence of five");
    cr_expect(s.unstable && !one.unstable);
}

Test(stats, summary_does_not_change_its_input_and_repeats)
{
    double x[40], copy[40];
    for (size_t i = 0; i < 40; i++) {
        x[i] = timing(1, 1);
    }
    memcpy(copy, x, sizeof x);
    const struct sc_summary a = summary_of(x, 40), b = summary_of(x, 40);
    cr_expect_eq(memcmp(x, copy, sizeof x), 0);
    cr_expect(a.low == b.low && a.high == b.high && a.low < a.median && a.median < a.high);
}

Test(stats, refuses_what_is_no_time)
{
    struct sc_summary s;
    struct sc_ratio r;
    struct sc_trend t;
    static const double bad[] = {0, -1, NAN, INFINITY};
    for (size_t i = 0; i < 4; i++) {
        const double x[2] = {1, bad[i]}, good[2] = {1, 1};
        cr_expect_eq(sc_stats_summary(&s, x, 2), SOCLE_E_ARG);
        cr_expect_eq(sc_stats_ratio(&r, x, 2, good, 2), SOCLE_E_ARG);
        cr_expect_eq(sc_stats_ratio(&r, good, 2, x, 2), SOCLE_E_ARG);
        cr_expect_eq(sc_stats_trend(&t, x, 2), SOCLE_E_ARG);
    }
    cr_expect_eq(sc_stats_summary(&s, bad, 0), SOCLE_E_ARG);
}

/* The share of intervals that hold the true median, of series of n. */
static double coverage(size_t n, unsigned times)
{
    unsigned held = 0;
    double x[32];
    for (unsigned k = 0; k < times; k++) {
        for (size_t i = 0; i < n; i++) {
            x[i] = timing(10, 1);
        }
        const struct sc_summary s = summary_of(x, n);
        held += s.low <= 10 + LN2 && 10 + LN2 <= s.high;
    }
    return (double)held / times;
}

/* 600 series: one standard deviation of the share is 0.9 %. */
Test(stats, interval_holds_the_median_as_often_as_it_says)
{
    const double of3 = coverage(3, 600), of5 = coverage(5, 600), of9 = coverage(9, 600), of25 = coverage(25, 600);
    cr_log_info("coverage: %.3f of 3, %.3f of 5, %.3f of 9, %.3f of 25", of3, of5, of9, of25);
    cr_expect(fabs(of3 - 0.75) < 0.06, "3: %.3f", of3);
    cr_expect(fabs(of5 - 0.9375) < 0.03, "5: %.3f", of5);
    cr_expect(fabs(of9 - 0.95) < 0.04, "9: %.3f", of9);
    cr_expect(fabs(of25 - 0.95) < 0.03, "25: %.3f", of25);
}

static struct sc_ratio ratio_of(size_t n, double scale)
{
    double a[32], b[32];
    struct sc_ratio r;
    for (size_t i = 0; i < n; i++) {
        a[i] = timing(10, 0.5);
        b[i] = scale * timing(10, 0.5);
    }
    cr_assert_eq(sc_stats_ratio(&r, a, n, b, n), SOCLE_OK);
    return r;
}

Test(stats, a_verdict_is_rarely_wrong_and_never_of_an_interval_that_covers_1)
{
    unsigned wrong[2] = {0, 0}, missed = 0;
    for (unsigned k = 0; k < 600; k++) {
        for (unsigned i = 0; i < 2; i++) {
            const struct sc_ratio r = ratio_of(i == 0 ? 5 : 9, 1);
            wrong[i] += r.verdict != SC_SAME;
            cr_expect(r.verdict == SC_SAME || r.high < 1 || r.low > 1);
        }
        const struct sc_ratio faster = ratio_of(9, 0.8), slower = ratio_of(9, 1.25);
        missed += faster.verdict != SC_FASTER;
        missed += slower.verdict != SC_SLOWER;
    }
    cr_log_info("wrong verdicts of 600: %u with 5 on each side, %u with 9; missed of 1200: %u", wrong[0], wrong[1], missed);
    cr_expect_leq(wrong[0], 45);
    cr_expect_leq(wrong[1], 45);
    cr_expect_leq(missed, 12);
}

Test(stats, too_few_measurements_have_no_verdict)
{
    const double a[5] = {10, 10.1, 10.2, 10.3, 10.4}, b[5] = {5, 5.1, 5.2, 5.3, 5.4};
    struct sc_ratio r;
    cr_assert_eq(sc_stats_ratio(&r, a, 5, b, 5), SOCLE_OK);
    cr_expect_eq(r.verdict, SC_FASTER);
    near(r.ratio, 5.2 / 10.2, "ratio");
    cr_assert_eq(sc_stats_ratio(&r, b, 5, a, 5), SOCLE_OK);
    cr_expect_eq(r.verdict, SC_SLOWER);
    cr_assert_eq(sc_stats_ratio(&r, a, 4, b, 5), SOCLE_OK);
    cr_expect_eq(r.verdict, SC_SAME);
    cr_assert_eq(sc_stats_ratio(&r, a, 5, b, 4), SOCLE_OK);
    cr_expect_eq(r.verdict, SC_SAME);
    cr_assert_eq(sc_stats_ratio(&r, a, 5, a, 5), SOCLE_OK);
    cr_expect_eq(r.verdict, SC_SAME);
    near(r.ratio, 1, "ratio with itself");
}

Test(stats, trend_by_hand)
{
    const double up[] = {10, 11, 12, 13, 14, 15, 16, 17}, ties[] = {1, 1, 2, 2, 2};
    struct sc_trend t;
    cr_assert_eq(sc_stats_trend(&t, up, 8), SOCLE_OK);
    near(t.z, 27 / sqrt(8 * 7 * 21 / 18.0), "z");
    near(t.change, 7 / 13.5, "change");
    cr_expect(t.drifts);
    cr_assert_eq(sc_stats_trend(&t, up, 7), SOCLE_OK);
    cr_expect(!t.drifts);
    cr_assert_eq(sc_stats_trend(&t, ties, 5), SOCLE_OK);
    near(t.z, 5 / sqrt((5 * 4 * 15 - 2 * 1 * 9 - 3 * 2 * 11) / 18.0), "z of ties");
    cr_assert_eq(sc_stats_trend(&t, ties, 2), SOCLE_OK);
    near(t.z, 0, "z of equal ones");
    cr_expect(!t.drifts);
}

Test(stats, trend_is_seen_under_noise_and_not_in_noise)
{
    unsigned wrong = 0, missed = 0;
    for (unsigned k = 0; k < 500; k++) {
        double still[30], rising[30];
        struct sc_trend t;
        for (size_t i = 0; i < 30; i++) {
            still[i] = 100 + 8 * normal();
            rising[i] = 100 + 0.5 * (double)i + 3 * normal();
        }
        cr_assert_eq(sc_stats_trend(&t, still, 30), SOCLE_OK);
        wrong += t.drifts;
        cr_assert_eq(sc_stats_trend(&t, rising, 30), SOCLE_OK);
        missed += !t.drifts || t.change < 0;
    }
    cr_log_info("trends of 500: %u seen in noise, %u missed", wrong, missed);
    cr_expect_leq(wrong, 15);
    cr_expect_leq(missed, 5);
}

enum { MOMENTS = 120 };

static void calm(struct sc_condition *c)
{
    for (size_t i = 0; i < MOMENTS; i++) {
        c[i] = (struct sc_condition){.at_s = (double)i, .pace_s = 0.01 * (1 + 0.02 * normal()), .clock_mhz = 3000 + 30 * normal(),
                                     .celsius = 60 + normal(), .others = 0.05 * uniform(), .steal = 0.02 * uniform()};
    }
}

static struct sc_disturbance judge(const struct sc_condition *c, size_t n)
{
    struct sc_disturbance d;
    cr_assert_eq(sc_stats_disturbance(&d, c, n), SOCLE_OK);
    return d;
}

Test(stats, calm_is_not_flagged)
{
    for (unsigned k = 0; k < 200; k++) {
        struct sc_condition c[MOMENTS];
        calm(c);
        c[7].pace_s *= 5; /* hiccups of one moment */
        c[50].others = 2;
        c[60].clock_mhz = 100;
        c[70].celsius = 120;
        const struct sc_disturbance d = judge(c, MOMENTS);
        cr_assert(!d.throttled && !d.hot && !d.background, "%g %g %g %g", d.slowest_pace, d.lowest_clock, d.hottest, d.most_load);
    }
}

/* Each disturbance lasts 8 moments of 120 and sets its own flag, no other. */
Test(stats, each_disturbance_is_flagged)
{
    for (unsigned k = 0; k < 50; k++) {
        for (unsigned which = 0; which < 5; which++) {
            struct sc_condition c[MOMENTS];
            calm(c);
            for (size_t i = 40; i < 48; i++) {
                c[i].pace_s *= which == 0 ? 1.4 : 1;
                c[i].clock_mhz *= which == 1 ? 0.8 : 1;
                c[i].celsius += which == 2 ? 40 : 0;
                c[i].others += which == 3 ? 0.5 : 0;
                c[i].steal += which == 4 ? 0.5 : 0;
            }
            const struct sc_disturbance d = judge(c, MOMENTS);
            cr_assert_eq(d.throttled, which < 2, "%u", which);
            cr_assert_eq(d.hot, which == 2, "%u", which);
            cr_assert_eq(d.background, which > 2, "%u", which);
        }
    }
}

Test(stats, absent_sensors_are_unknown_and_flag_nothing)
{
    struct sc_condition c[MOMENTS];
    for (size_t i = 0; i < MOMENTS; i++) {
        c[i] = (struct sc_condition){.at_s = (double)i, .pace_s = NAN, .clock_mhz = NAN, .celsius = NAN, .others = NAN, .steal = NAN};
    }
    const struct sc_disturbance none = judge(c, MOMENTS), empty = judge(c, 0);
    cr_expect(isnan(none.slowest_pace) && isnan(none.lowest_clock) && isnan(none.hottest) && isnan(none.most_load));
    cr_expect(!none.throttled && !none.hot && !none.background);
    cr_expect(isnan(empty.slowest_pace) && !empty.throttled && !empty.background);
    c[1].others = 1;
    const struct sc_disturbance one = judge(c, MOMENTS);
    cr_expect(one.background && one.most_load == 1 && isnan(one.hottest));
}

Test(stats, failed_allocations_are_clean)
{
    const double x[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    struct sc_condition c[2] = {{.pace_s = 1}, {.pace_s = 1}};
    struct sc_summary s;
    struct sc_ratio r;
    struct sc_trend t;
    struct sc_disturbance d;
    const size_t before = sc_mem_now();
    for (unsigned which = 0; which < 4; which++) {
        socle_status st = SOCLE_E_NOMEM;
        uint64_t at = 0;
        while (st != SOCLE_OK) {
            cr_assert_lt(at, 20);
            sc_mem_fail_at(++at);
            st = which == 0   ? sc_stats_summary(&s, x, 9)
                 : which == 1 ? sc_stats_ratio(&r, x, 9, x, 9)
                 : which == 2 ? sc_stats_trend(&t, x, 9)
                              : sc_stats_disturbance(&d, c, 2);
            sc_mem_fail_at(0);
            cr_assert(st == SOCLE_OK || st == SOCLE_E_NOMEM);
            cr_assert_eq(sc_mem_now(), before);
        }
        cr_expect_gt(at, 1);
    }
}
