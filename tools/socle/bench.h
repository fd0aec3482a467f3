/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the files of `socle bench` share.
 */
#ifndef SOCLE_CLI_BENCH_H
#define SOCLE_CLI_BENCH_H

#include "tools/socle/cli.h"

#define BENCH_LIMITS 32 /* more than there are */

/** A bench with copies of what it tells. */
struct bench_result {
    socle_bench *bench;
    const struct socle_bench_info *info; /* of the bench */
    struct socle_device device, on[SOCLE_MAX_USED_DEVICES]; /* the processor; what was measured, it or others */
    unsigned n_on;
    struct socle_bench_row *rows;
    size_t n;
    struct socle_bench_moment *moments;
    size_t n_moments;
};

/** Whether a row has times. */
static inline bool bench_row_ran(const struct socle_bench_row *r)
{
    return r->outcome == SOCLE_BENCH_GOOD || r->outcome == SOCLE_BENCH_WRONG;
}

/** A measured limit that is above its theoretical one. */
static inline bool bench_limit_is_above(const struct socle_bench_limit *l)
{
    return l->median > l->theory.value; /* not so for NAN */
}

/** The members of a list, and of a report: docs/bench-report.schema.json. */
void bench_json_list(struct json *j, const struct bench_result *r);
void bench_json_report(struct json *j, const struct args *a, const struct bench_result *r);

/** Of two reports, of one, of some. */
command_fn run_bench_compare, run_bench_check, run_bench_plot;

#endif
