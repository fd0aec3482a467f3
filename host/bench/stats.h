/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Statistics of repeated measurements: order statistics, bootstrap intervals, and what disturbs a measurement.
 * Owns nothing that outlives a call. Same numbers in, same numbers out: the bootstrap draws from a fixed seed.
 *
 * A timing has a floor and a tail of disturbances, so location and spread are the median and the MAD, not mean and deviation.
 */
#ifndef SC_BENCH_STATS_H
#define SC_BENCH_STATS_H

#include "core/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SC_STATS_MAX 65535u    /* measurements in one series */
#define SC_STATS_RESAMPLES 2000u
#define SC_STATS_LEVEL 0.95    /* of the intervals */
#define SC_STATS_UNSTABLE 0.03 /* coefficient of variation from which a series is called unstable */

/** The quantile p in [0, 1] of n >= 1 ascending numbers, linear between neighbours. */
double sc_stats_quantile(const double *sorted, size_t n, double p);

struct sc_summary {
    size_t n;
    double median, mad; /* mad: median distance from the median, not scaled */
    double least, most, p5, p95, p99;
    double mean, cv;    /* cv: standard deviation over mean; 0 for one measurement */
    double low, high;   /* interval of the median */
    double level;       /* its confidence: SC_STATS_LEVEL, or less where so few measurements cannot have it */
    bool unstable;      /* cv above SC_STATS_UNSTABLE */
};

/** Summarise n measurements, 1 <= n <= SC_STATS_MAX, finite and positive. E_ARG when they are not, E_NOMEM.
 * The interval is the percentile bootstrap of the median. Its ends are measurements, and the median of the distribution lies outside the
 * range of n measurements with probability 2^(1-n): below 6 measurements the level is 1 - 2^(1-n). */
SC_MUST_USE socle_status sc_stats_summary(struct sc_summary *out, const double *x, size_t n);

enum sc_verdict {
    SC_SAME,    /* not told apart: the interval covers 1, or there are too few measurements */
    SC_FASTER,  /* b takes less */
    SC_SLOWER
};
#define SC_STATS_PAIR 5u /* fewest measurements on each side for a verdict */

struct sc_ratio {
    double ratio, low, high; /* median of b over median of a */
    enum sc_verdict verdict;
};

/** Ratio of two series, of times: both resampled, each from itself. Errors as above. */
SC_MUST_USE socle_status sc_stats_ratio(struct sc_ratio *out, const double *a, size_t n_a, const double *b, size_t n_b);

/** Trend over a series in order of time: Mann-Kendall. change: of the Theil-Sen line from the first to the last measurement, over the
 * median; drifts: the trend is there at 1 % and the change at least SC_STATS_DRIFT. Fewer than 8 measurements never drift. */
#define SC_STATS_DRIFT 0.02
struct sc_trend {
    double z, change;
    bool drifts;
};
#define SC_STATS_TREND_MAX 2048u /* measurements of a trend; it takes time and memory of their square */
SC_MUST_USE socle_status sc_stats_trend(struct sc_trend *out, const double *x, size_t n);

/** NAN, for files that cannot include math.h beside the field. */
double sc_stats_unknown(void);
bool sc_stats_is_known(double v);
/** Of n >= 1 positive numbers. */
double sc_stats_geometric_mean(const double *x, size_t n);

/** What was seen beside the measurements at one moment. NAN: there is no such sensor. */
struct sc_condition {
    double at_s;
    double pace_s;    /* processor time of a loop that is always the same and stays in registers */
    double clock_mhz, celsius;
    double others;    /* processors busy for other processes since the last moment */
    double steal;     /* processors that the host of a virtual machine gave to others */
};

#define SC_CONDITION_WINDOW 5u   /* moments in a row; the median over them counts, so that one hiccup does not */
#define SC_CONDITION_CLOCK 1.10  /* clock below the highest over this: throttled */
#define SC_CONDITION_PACE 1.25   /* pace above this multiple of the fastest tenth: throttled, or so disturbed by neighbours on the core */
#define SC_CONDITION_HOT 95.0    /* degrees */
#define SC_CONDITION_LOAD 0.25   /* processors */

struct sc_disturbance {
    double slowest_pace;   /* largest window's pace over the fastest tenth; NAN when it is unknown */
    double lowest_clock;   /* lowest window's clock over the highest; NAN */
    double hottest, most_load; /* largest windows; load: others and steal; NAN */
    bool throttled, hot, background;
};

/** Judge n moments in order of time, n <= SC_STATS_MAX; fewer than a window are one. Unknown values are left out. E_ARG, E_NOMEM. */
SC_MUST_USE socle_status sc_stats_disturbance(struct sc_disturbance *out, const struct sc_condition *c, size_t n);

#endif
