/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Running the cases of a lab in rounds, and what is kept of it. Inside the library; the caller's view is in host/socle.h.
 */
#ifndef SC_BENCH_RUN_H
#define SC_BENCH_RUN_H

#include "host/bench/g16_scene.h"
#include "host/bench/guests.h"
#include "host/bench/lab.h"
#include "host/bench/machine.h"
#include "host/bench/sensors.h"
#include "host/bench/suite.h"
#include "host/bench/theory.h"
#include "host/socle.h"

#define SC_BENCH_MOMENTS 4096u
#define SC_BENCH_MOMENT_S 0.5 /* between two moments at least */
#define SC_BENCH_LEAST_ROUNDS 3u

struct socle_bench {
    struct socle_bench_info info;
    char device[SOCLE_MAX_USED_DEVICES][16];
    struct sc_computer machine;
    const struct sc_lab_case *cases;    /* of kernels, else NULL */
    const struct sc_guest_case *guests; /* of the suite "prove", else NULL */
    const struct sc_g16_case *circuits; /* of the suite "groth16", else NULL */
    struct socle_bench_proof *proofs;   /* one a row */
    struct sc_proof_run *proof_runs;    /* n times max_runs */
    bool *wanted, on_device;
    size_t n; /* rows */
    struct socle_bench_row *rows;
    uint64_t *runs, *least; /* n times max_runs */
    unsigned *by_memory;    /* runs of each row that memory binds */
    unsigned max_runs;
    double *rates[SC_LAB_N_LIMITS];
    size_t n_rates[SC_LAB_N_LIMITS], max_rates;
    struct socle_bench_limit limits[SC_LAB_N_LIMITS];
    double clock_hz; /* the highest of the processor in this run; 0 */
    struct sc_condition *moments;
    size_t n_moments;
};

/** What a run needs to know of its caller. */
struct sc_bench_host {
    struct sc_pool *pool;
    uint64_t room; /* bytes that it may take */
    unsigned cores;                 /* of the machine; 0: not known */
    struct sc_committer *committer; /* of the device that kernels run on; NULL: the processor */
    const struct sc_theory_device *device; /* what its driver says of it; NULL: nobody asked */
    void *arg;
    /** Not SOCLE_OK: stop, with this status. */
    socle_status (*tell)(void *arg, const char *op, double fraction);
    /** Make and verify a proof of case @p i. E_NOMEM with @p why: it does not fit; E_SELFCHECK, E_REJECT: it is wrong. Not for kernels. */
    socle_status (*prove)(void *arg, struct sc_proof_run *out, char why[SC_PROOF_WHY], size_t i);
    const char *profile; /* of the suite "prove" */
};

/** The cases of a suite that @p o wants, as rows without times. E_ARG: no such suite, no such operation, too many runs; E_NOMEM. */
SC_MUST_USE socle_status sc_bench_init(struct socle_bench *b, const struct socle_bench_options *o, unsigned n_threads);
void sc_bench_fini(struct socle_bench *b);
/** Run them. */
SC_MUST_USE socle_status sc_bench_run(struct socle_bench *b, const struct socle_bench_options *o, const struct sc_bench_host *host);

#endif
