/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Reading reports of the bench (docs/bench-report.schema.json): comparing two, checking one.
 * Reports are files of strangers: every member that is used is required, typed and bounded. Members that are not known are passed over.
 */
#ifndef SC_BENCH_REPORT_H
#define SC_BENCH_REPORT_H

#include "host/bench/stats.h"
#include "host/bench/suite.h"
#include "host/socle.h"
#include "host/sys/pool.h"

#define SC_REPORT_ROWS 1024u
#define SC_REPORT_WHY 160u /* bytes of a sentence */

struct sc_report_row {
    char op[24], shape[40];
    enum socle_bench_outcome outcome;
    char why[160]; /* of one that has no times: why */
    uint64_t units;
    double scale; /* of its rate's unit */
    uint8_t digest[SOCLE_BENCH_DIGEST], reference[SOCLE_BENCH_DIGEST];
    size_t n;
    double *ns, *least; /* n each, one block */
    struct sc_summary told;
    double rate, share; /* share: NAN for null */
};

/** Whether it has times. */
static inline bool sc_report_ran(const struct sc_report_row *row)
{
    return row->outcome == SOCLE_BENCH_GOOD || row->outcome == SOCLE_BENCH_WRONG;
}

struct sc_report {
    struct socle_bench_side side;
    enum sc_suite suite;
    char profile[32]; /* of the suite "prove", else empty */
    char one[128];    /* the name of each device when all have the same, else empty */
    bool throttled;
    size_t n;
    struct sc_report_row *rows;
};

/** E_FORMAT and E_VERSION with a sentence; E_NOMEM. */
SC_MUST_USE socle_status sc_report_read(struct sc_report *out, char why[SC_REPORT_WHY], const uint8_t *json, size_t len);
void sc_report_fini(struct sc_report *r);

/** Rows of both in the order of a, then those only in b. out has room for a->n + b->n. E_ARG with a sentence. */
SC_MUST_USE socle_status sc_report_compare(struct socle_bench_comparison *out, char why[SC_REPORT_WHY], const struct sc_report *a,
                                           const struct sc_report *b, bool cross);

/** Whether figures and claim follow from the runs. E_REJECT with a sentence, E_NOMEM. */
SC_MUST_USE socle_status sc_report_figures(char why[SC_REPORT_WHY], const struct sc_report *r);
/** Of kernels: whether the reference makes the digests, within @p room bytes. E_REJECT, E_VERSION, E_NOMEM, or what @p goes_on says between two cases. */
SC_MUST_USE socle_status sc_report_digests(struct socle_bench_checked *out, char why[SC_REPORT_WHY], const struct sc_report *r,
                                           struct sc_pool *pool, uint64_t room, socle_status (*goes_on)(void *arg), void *arg);

#endif
