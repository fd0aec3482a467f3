/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the rounds of all suites share. Inside host/bench.
 */
#ifndef SC_BENCH_ROUNDS_H
#define SC_BENCH_ROUNDS_H

#include "host/bench/run.h"

struct sc_rounds {
    struct socle_bench *b;
    struct sc_lab lab;
    struct sc_sensors sensors;
    const char *root;
    double last_moment;
    uint64_t start_ns;
};

/** Seconds since the bench began. */
double sc_rounds_since(const struct sc_rounds *r);
/** Look at the sensors, unless that was done a moment ago. */
void sc_rounds_moment(struct sc_rounds *r);

/** Take up the kernels that fit into memory and time, and run them. Makes r's lab, which stays. */
SC_MUST_USE socle_status sc_bench_kernels(struct sc_rounds *r, double seconds, const struct sc_bench_host *host);
/** Take up the cases of a suite of proofs that fit into memory and time, and run them. */
SC_MUST_USE socle_status sc_bench_proofs(struct sc_rounds *r, double seconds, const struct sc_bench_host *host);

#endif
