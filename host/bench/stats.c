/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Order statistics, percentile bootstrap, Mann-Kendall trend, windows over conditions. Contracts: stats.h.
 */
#include "host/bench/stats.h"

#include "host/sys/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SEED UINT64_C(0x5de15f0c1e5ca1e5)

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void sort(double *x, size_t n)
{
    if (n > 1) {
        qsort(x, n, sizeof *x, ascending);
    }
}

double sc_stats_quantile(const double *sorted, size_t n, double p)
{
    const double at = p * (double)(n - 1);
    const size_t i = (size_t)at;
    return i + 1 < n ? sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]) : sorted[n - 1];
}

static bool all_positive(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i]) || x[i] <= 0) {
            return false;
        }
    }
    return n >= 1 && n <= SC_STATS_MAX;
}

/* splitmix64. The high bits of a product give a number below n; its bias, n / 2^64, is no matter here. */
static size_t draw(uint64_t *state, size_t n)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    z ^= z >> 31;
    return (size_t)(((z >> 32) * n) >> 32);
}

/* The median of n draws with replacement: how often each was drawn, then a walk to the middle. */
static double median_of_draws(uint64_t *state, uint16_t *count, const double *sorted, size_t n)
{
    size_t seen = 0;
    double low = 0;
    bool have_low = false;
    memset(count, 0, n * sizeof *count);
    for (size_t i = 0; i < n; i++) {
        count[draw(state, n)]++;
    }
    for (size_t i = 0; i < n; i++) {
        seen += count[i];
        if (!have_low && seen > (n - 1) / 2) {
            low = sorted[i];
            have_low = true;
        }
        if (seen > n / 2) {
            return (low + sorted[i]) / 2;
        }
    }
    return low;
}

/** Room for a bootstrap of up to two series; sorted copies in x[]. */
struct draws {
    double *x[2], *result;
    uint16_t *count;
};

static void draws_fini(struct draws *d)
{
    sc_free(d->x[0]);
    sc_free(d->x[1]);
    sc_free(d->result);
    sc_free(d->count);
}

static socle_status draws_init(struct draws *d, const double *a, size_t n_a, const double *b, size_t n_b)
{
    memset(d, 0, sizeof *d);
    d->x[0] = sc_alloc(n_a, sizeof(double));
    d->x[1] = sc_alloc(n_b > 0 ? n_b : 1, sizeof(double));
    d->result = sc_alloc(SC_STATS_RESAMPLES, sizeof(double));
    d->count = sc_alloc(n_a > n_b ? n_a : n_b, sizeof(uint16_t));
    if (d->x[0] == NULL || d->x[1] == NULL || d->result == NULL || d->count == NULL) {
        draws_fini(d);
        return SOCLE_E_NOMEM;
    }
    memcpy(d->x[0], a, n_a * sizeof *a);
    sort(d->x[0], n_a);
    if (n_b > 0) {
        memcpy(d->x[1], b, n_b * sizeof *b);
        sort(d->x[1], n_b);
    }
    return SOCLE_OK;
}

static void interval(double *low, double *high, double *result)
{
    sort(result, SC_STATS_RESAMPLES);
    *low = sc_stats_quantile(result, SC_STATS_RESAMPLES, (1 - SC_STATS_LEVEL) / 2);
    *high = sc_stats_quantile(result, SC_STATS_RESAMPLES, (1 + SC_STATS_LEVEL) / 2);
}

static void moments(struct sc_summary *s, const double *x, size_t n)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        sum += x[i];
    }
    s->mean = sum / (double)n;
    for (size_t i = 0; i < n; i++) {
        squares += (x[i] - s->mean) * (x[i] - s->mean);
    }
    s->cv = n > 1 ? sqrt(squares / (double)(n - 1)) / s->mean : 0;
    s->unstable = s->cv > SC_STATS_UNSTABLE;
}

socle_status sc_stats_summary(struct sc_summary *out, const double *x, size_t n)
{
    struct draws d;
    uint64_t state = SEED;
    memset(out, 0, sizeof *out);
    if (!all_positive(x, n)) {
        return SOCLE_E_ARG;
    }
    const socle_status st = draws_init(&d, x, n, NULL, 0);
    if (st != SOCLE_OK) {
        return st;
    }
    const double *const sorted = d.x[0];
    out->n = n;
    out->least = sorted[0];
    out->most = sorted[n - 1];
    out->median = sc_stats_quantile(sorted, n, 0.5);
    out->p5 = sc_stats_quantile(sorted, n, 0.05);
    out->p95 = sc_stats_quantile(sorted, n, 0.95);
    out->p99 = sc_stats_quantile(sorted, n, 0.99);
    moments(out, sorted, n);
    for (size_t i = 0; i < SC_STATS_RESAMPLES; i++) {
        d.result[i] = median_of_draws(&state, d.count, sorted, n);
    }
    interval(&out->low, &out->high, d.result);
    out->level = n < 6 ? 1 - ldexp(1, 1 - (int)n) : SC_STATS_LEVEL;
    for (size_t i = 0; i < n; i++) {
        d.x[0][i] = fabs(d.x[0][i] - out->median);
    }
    sort(d.x[0], n);
    out->mad = sc_stats_quantile(d.x[0], n, 0.5);
    draws_fini(&d);
    return SOCLE_OK;
}

socle_status sc_stats_ratio(struct sc_ratio *out, const double *a, size_t n_a, const double *b, size_t n_b)
{
    struct draws d;
    uint64_t state = SEED;
    memset(out, 0, sizeof *out);
    if (!all_positive(a, n_a) || !all_positive(b, n_b)) {
        return SOCLE_E_ARG;
    }
    const socle_status st = draws_init(&d, a, n_a, b, n_b);
    if (st != SOCLE_OK) {
        return st;
    }
    out->ratio = sc_stats_quantile(d.x[1], n_b, 0.5) / sc_stats_quantile(d.x[0], n_a, 0.5);
    for (size_t i = 0; i < SC_STATS_RESAMPLES; i++) {
        const double below = median_of_draws(&state, d.count, d.x[0], n_a);
        d.result[i] = median_of_draws(&state, d.count, d.x[1], n_b) / below;
    }
    interval(&out->low, &out->high, d.result);
    if (n_a >= SC_STATS_PAIR && n_b >= SC_STATS_PAIR && out->high < 1) {
        out->verdict = SC_FASTER;
    } else if (n_a >= SC_STATS_PAIR && n_b >= SC_STATS_PAIR && out->low > 1) {
        out->verdict = SC_SLOWER;
    }
    draws_fini(&d);
    return SOCLE_OK;
}

/* Sum over t (t - 1) (2 t + 5) of runs of t equal numbers: what ties take from the variance. */
static double tie_term(const double *sorted, size_t n)
{
    double sum = 0;
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i + 1; j < n && sorted[j] <= sorted[i]; j++) {
        }
        const double t = (double)(j - i);
        sum += t * (t - 1) * (2 * t + 5);
    }
    return sum;
}

socle_status sc_stats_trend(struct sc_trend *out, const double *x, size_t n)
{
    memset(out, 0, sizeof *out);
    if (!all_positive(x, n) || n > SC_STATS_TREND_MAX) {
        return SOCLE_E_ARG;
    }
    const size_t pairs = n * (n - 1) / 2;
    double *const slope = sc_alloc(pairs + n, sizeof *slope);
    double *const sorted = slope != NULL ? slope + pairs : NULL;
    if (slope == NULL) {
        return SOCLE_E_NOMEM;
    }
    double s = 0;
    size_t k = 0;
    for (size_t j = 1; j < n; j++) {
        for (size_t i = 0; i < j; i++) {
            s += (double)(x[j] > x[i]) - (double)(x[j] < x[i]);
            slope[k++] = (x[j] - x[i]) / (double)(j - i);
        }
    }
    memcpy(sorted, x, n * sizeof *x);
    sort(sorted, n);
    const double m = (double)n, variance = (m * (m - 1) * (2 * m + 5) - tie_term(sorted, n)) / 18;
    if (variance > 0 && fabs(s) >= 1) {
        out->z = (s > 0 ? s - 1 : s + 1) / sqrt(variance);
    }
    if (pairs > 0) {
        sort(slope, pairs);
        out->change = sc_stats_quantile(slope, pairs, 0.5) * (m - 1) / sc_stats_quantile(sorted, n, 0.5);
    }
    out->drifts = n >= 8 && fabs(out->z) > 2.576 && fabs(out->change) >= SC_STATS_DRIFT;
    sc_free(slope);
    return SOCLE_OK;
}

/* The extreme of the medians of all windows of the n known values; the value at the fast end, for what is relative: quantile p. */
struct windows {
    double least, most, level;
};

static struct windows windows_of(const double *x, double *scratch, size_t n, double p)
{
    struct windows w = {NAN, NAN, NAN};
    const size_t width = n < SC_CONDITION_WINDOW ? n : SC_CONDITION_WINDOW;
    if (n == 0) {
        return w;
    }
    memcpy(scratch, x, n * sizeof *x);
    sort(scratch, n);
    w.level = sc_stats_quantile(scratch, n, p);
    for (size_t i = 0; i + width <= n; i++) {
        double window[SC_CONDITION_WINDOW];
        memcpy(window, x + i, width * sizeof *x);
        sort(window, width);
        const double median = sc_stats_quantile(window, width, 0.5);
        w.least = isnan(w.least) || median < w.least ? median : w.least;
        w.most = isnan(w.most) || median > w.most ? median : w.most;
    }
    return w;
}

double sc_stats_unknown(void)
{
    return NAN;
}

bool sc_stats_is_known(double v)
{
    return isfinite(v) != 0;
}

double sc_stats_geometric_mean(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += log(x[i]);
    }
    return exp(sum / (double)n);
}

static double known_or(double v, double otherwise)
{
    return isfinite(v) ? v : otherwise;
}

static double value_of(const struct sc_condition *c, unsigned which)
{
    switch (which) {
    case 0:
        return c->pace_s;
    case 1:
        return c->clock_mhz;
    case 2:
        return c->celsius;
    default:
        return isfinite(c->others) || isfinite(c->steal) ? known_or(c->others, 0) + known_or(c->steal, 0) : NAN;
    }
}

socle_status sc_stats_disturbance(struct sc_disturbance *out, const struct sc_condition *c, size_t n)
{
    struct windows w[4];
    memset(out, 0, sizeof *out);
    if (n > SC_STATS_MAX) {
        return SOCLE_E_ARG;
    }
    double *const x = sc_alloc(2 * n, sizeof *x);
    if (x == NULL) {
        return SOCLE_E_NOMEM;
    }
    for (unsigned which = 0; which < 4; which++) {
        size_t k = 0;
        for (size_t i = 0; i < n; i++) {
            const double v = value_of(&c[i], which);
            x[k] = v;
            k += isfinite(v) != 0;
        }
        w[which] = windows_of(x, x + n, k, which == 0 ? 0.1 : 1);
    }
    sc_free(x);
    out->slowest_pace = w[0].most / w[0].level;
    out->lowest_clock = w[1].least / w[1].level;
    out->hottest = w[2].most;
    out->most_load = w[3].most;
    out->throttled = out->slowest_pace > SC_CONDITION_PACE || out->lowest_clock < 1 / SC_CONDITION_CLOCK;
    out->hot = out->hottest > SC_CONDITION_HOT;
    out->background = out->most_load > SC_CONDITION_LOAD;
    return SOCLE_OK;
}
