/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Comparing and checking reports. Contracts: report.h.
 */
#include "host/bench/lab.h"
#include "host/bench/report.h"

#include "host/sys/mem.h"

#include <stdio.h>
#include <string.h>

#define SAID 1e-5 /* figures have six digits */

static const struct sc_report_row *find(const struct sc_report *r, const struct sc_report_row *like)
{
    for (size_t i = 0; i < r->n; i++) {
        if (strcmp(r->rows[i].op, like->op) == 0 && strcmp(r->rows[i].shape, like->shape) == 0) {
            return &r->rows[i];
        }
    }
    return NULL;
}

static bool same_work(const struct sc_report_row *a, const struct sc_report_row *b)
{
    const bool both = sc_report_ran(a) && sc_report_ran(b);
    return !both || (a->units == b->units && memcmp(a->reference, b->reference, sizeof a->reference) == 0);
}

/* What stands against a comparison of whole reports; NULL: nothing. */
static const char *difference(char *room, size_t size, const struct sc_report *a, const struct sc_report *b)
{
    if (a->suite != b->suite) {
        return "the suites are not the same";
    }
    if (strcmp(a->profile, b->profile) != 0) {
        return "the proofs are of different profiles";
    }
    if (a->side.suite_version != b->side.suite_version) {
        return "the suites are of different versions";
    }
    if (a->side.simulated != b->side.simulated) {
        return "one device is simulated and the other is not";
    }
    for (size_t i = 0; i < a->n; i++) {
        const struct sc_report_row *const other = find(b, &a->rows[i]);
        if (other != NULL && !same_work(&a->rows[i], other)) {
            (void)snprintf(room, size, "the workloads differ: %s %s", other->op, other->shape);
            return room;
        }
    }
    return NULL;
}

static const char *obstacle(const struct sc_report_row *a, const struct sc_report_row *b)
{
    return b == NULL                              ? "only in A"
           : a == NULL                            ? "only in B"
           : a->outcome == SOCLE_BENCH_SKIPPED    ? "skipped in A"
           : b->outcome == SOCLE_BENCH_SKIPPED    ? "skipped in B"
           : a->outcome == SOCLE_BENCH_FAILED     ? "failed in A"
           : b->outcome == SOCLE_BENCH_FAILED     ? "failed in B"
           : a->outcome == SOCLE_BENCH_WRONG      ? "A is wrong"
           : b->outcome == SOCLE_BENCH_WRONG      ? "B is wrong"
                                                  : NULL;
}

static socle_status pair(struct socle_bench_pair *out, const struct sc_report_row *a, const struct sc_report_row *b)
{
    static const enum socle_bench_verdict verdicts[] = {[SC_SAME] = SOCLE_BENCH_SAME, [SC_FASTER] = SOCLE_BENCH_FASTER, [SC_SLOWER] = SOCLE_BENCH_SLOWER};
    const struct sc_report_row *const one = a != NULL ? a : b;
    const double unknown = sc_stats_unknown();
    const char *const why = obstacle(a, b);
    struct sc_summary s;
    struct sc_ratio r;
    socle_status st = SOCLE_OK;
    *out = (struct socle_bench_pair){.a_ns = unknown, .b_ns = unknown, .ratio = unknown, .low = unknown, .high = unknown};
    (void)snprintf(out->op, sizeof out->op, "%s", one->op);
    (void)snprintf(out->shape, sizeof out->shape, "%s", one->shape);
    if (a != NULL && a->n > 0) {
        TRY(sc_stats_summary(&s, a->ns, a->n));
        out->a_ns = s.median;
    }
    if (b != NULL && b->n > 0) {
        TRY(sc_stats_summary(&s, b->ns, b->n));
        out->b_ns = s.median;
    }
    if (why != NULL) {
        (void)snprintf(out->why, sizeof out->why, "%s", why);
        goto out;
    }
    TRY(sc_stats_ratio(&r, a->ns, a->n, b->ns, b->n));
    out->ratio = r.ratio;
    out->low = r.low;
    out->high = r.high;
    out->verdict = verdicts[r.verdict];
    if (a->n < SC_STATS_PAIR || b->n < SC_STATS_PAIR) {
        (void)snprintf(out->why, sizeof out->why, "too few runs");
    }
out:
    return st;
}

socle_status sc_report_compare(struct socle_bench_comparison *out, char why[SC_REPORT_WHY], const struct sc_report *a, const struct sc_report *b,
                               bool cross)
{
    char room[SC_REPORT_WHY - 40];
    double ratios[2 * SC_REPORT_ROWS];
    const char *const differs = difference(room, sizeof room, a, b);
    socle_status st = SOCLE_OK;
    out->a = a->side;
    out->b = b->side;
    out->crossed = differs != NULL;
    out->n = out->n_compared = 0;
    if (differs != NULL && !cross) {
        (void)snprintf(why, SC_REPORT_WHY, "%s (--cross compares nevertheless)", differs);
        return SOCLE_E_ARG;
    }
    for (size_t i = 0; i < a->n + b->n; i++) {
        const struct sc_report_row *const row = i < a->n ? &a->rows[i] : &b->rows[i - a->n], *const other = find(i < a->n ? b : a, row);
        struct socle_bench_pair *const p = &out->pairs[out->n];
        if (i >= a->n && other != NULL) {
            continue; /* seen from a */
        }
        TRY(i < a->n ? pair(p, row, other) : pair(p, NULL, row));
        out->n++;
        if (p->verdict != SOCLE_BENCH_NOT_COMPARED) {
            ratios[out->n_compared++] = p->ratio;
        }
    }
    if (out->n_compared == 0) {
        (void)snprintf(why, SC_REPORT_WHY, "nothing in the reports can be compared");
        return SOCLE_E_ARG;
    }
    out->mean = sc_stats_geometric_mean(ratios, out->n_compared);
out:
    return st;
}

/* Figures. */

static bool said(double told, double is)
{
    const double tolerance = SAID * (is > 0 ? is : -is) + 1e-12, d = told - is;
    return d <= tolerance && -d <= tolerance;
}

/* The first figure that does not follow from the runs; NULL: they all do. */
static socle_status wrong_figure(const char **out, const struct sc_report_row *r)
{
    const struct sc_summary *const t = &r->told;
    struct sc_summary s, share;
    double part[SOCLE_BENCH_MAX_RUNS];
    socle_status st = SOCLE_OK;
    TRY(sc_stats_summary(&s, r->ns, r->n));
    for (size_t i = 0; i < r->n; i++) {
        part[i] = (r->least[i] > 0 ? r->least[i] : 1) / r->ns[i];
    }
    TRY(sc_stats_summary(&share, part, r->n));
    *out = t->n != s.n                          ? "n"
           : !said(t->median, s.median)         ? "median_ns"
           : !said(t->mad, s.mad)               ? "mad_ns"
           : !said(t->least, s.least)           ? "least_ns"
           : !said(t->most, s.most)             ? "most_ns"
           : !said(t->p5, s.p5)                 ? "p5_ns"
           : !said(t->p95, s.p95)               ? "p95_ns"
           : !said(t->p99, s.p99)               ? "p99_ns"
           : !said(t->mean, s.mean)             ? "mean_ns"
           : !said(t->cv, s.cv)                 ? "cv"
           : !said(t->low, s.low)               ? "low_ns"
           : !said(t->high, s.high)             ? "high_ns"
           : !said(t->level, s.level)           ? "level"
           : t->unstable != s.unstable          ? "unstable"
           : !said(r->rate, r->scale * (double)r->units / (1e-9 * s.median)) ? "rate"
           : sc_stats_is_known(r->share) && !said(r->share, share.median)    ? "share"
                                                                             : NULL;
out:
    return st;
}

socle_status sc_report_figures(char why[SC_REPORT_WHY], const struct sc_report *r)
{
    bool enough = true, failed = false;
    size_t n_ran = 0;
    for (size_t i = 0; i < r->n; i++) {
        const struct sc_report_row *const row = &r->rows[i];
        const char *figure = NULL;
        failed = failed || row->outcome == SOCLE_BENCH_FAILED;
        if (!sc_report_ran(row)) {
            continue;
        }
        if (row->outcome == SOCLE_BENCH_WRONG || memcmp(row->digest, row->reference, sizeof row->digest) != 0) {
            (void)snprintf(why, SC_REPORT_WHY, "%s %s: a wrong result", row->op, row->shape);
            return SOCLE_E_REJECT;
        }
        const socle_status st = wrong_figure(&figure, row);
        if (st != SOCLE_OK) {
            return st;
        }
        if (figure != NULL) {
            (void)snprintf(why, SC_REPORT_WHY, "%s %s: %s does not follow from the runs", row->op, row->shape, figure);
            return SOCLE_E_REJECT;
        }
        enough = enough && row->n >= SC_STATS_PAIR;
        n_ran++;
    }
    if (r->side.valid != (enough && !failed && n_ran > 0 && !r->throttled)) {
        (void)snprintf(why, SC_REPORT_WHY, "its claim to be %s does not follow", r->side.valid ? "valid" : "not valid");
        return SOCLE_E_REJECT;
    }
    return SOCLE_OK;
}

/* Digests. */

static const struct sc_lab_case *case_of(const struct sc_report_row *row)
{
    size_t n = 0;
    const struct sc_lab_case *const cases = sc_lab_kernels(&n);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(cases[i].op, row->op) == 0 && strcmp(cases[i].shape, row->shape) == 0 && (uint64_t)cases[i].units == row->units) {
            return &cases[i];
        }
    }
    return NULL;
}

/* A lab for the one case, so that a small machine checks as much as it can. */
static socle_status reference_makes(bool *out, const struct sc_report_row *row, const struct sc_lab_case *c, struct sc_pool *pool)
{
    uint8_t digest[SC_LAB_DIGEST];
    struct sc_lab lab;
    socle_status st = sc_lab_init(&lab, c, NULL, 1, pool);
    if (st == SOCLE_OK) {
        st = sc_lab_reference(digest, &lab, c);
        *out = memcmp(digest, row->digest, sizeof digest) == 0;
        sc_lab_fini(&lab);
    }
    return st;
}

socle_status sc_report_digests(struct socle_bench_checked *out, char why[SC_REPORT_WHY], const struct sc_report *r, struct sc_pool *pool,
                               uint64_t room, socle_status (*goes_on)(void *arg), void *arg)
{
    socle_status st = SOCLE_OK;
    if (r->side.suite_version != SC_LAB_VERSION) {
        (void)snprintf(why, SC_REPORT_WHY, "version %u of the suite; here is version %d", r->side.suite_version, SC_LAB_VERSION);
        return SOCLE_E_VERSION;
    }
    for (size_t i = 0; i < r->n; i++) {
        const struct sc_report_row *const row = &r->rows[i];
        const struct sc_lab_case *const c = case_of(row);
        bool same = false;
        if (c == NULL) {
            (void)snprintf(why, SC_REPORT_WHY, "%s %s: no such case in the suite", row->op, row->shape);
            return SOCLE_E_REJECT;
        }
        if (!sc_report_ran(row)) {
            continue;
        }
        out->n_figures++;
        if (sc_lab_memory(c, NULL, 1, pool != NULL ? sc_pool_size(pool) : 1) > room) {
            out->n_left_out++;
            continue;
        }
        TRY(goes_on(arg));
        TRY(reference_makes(&same, row, c, pool));
        if (!same) {
            (void)snprintf(why, SC_REPORT_WHY, "%s %s: not the result that the reference makes", row->op, row->shape);
            return SOCLE_E_REJECT;
        }
        out->n_digests++;
    }
out:
    return st;
}
