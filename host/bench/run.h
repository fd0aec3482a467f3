/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Running the cases of a lab in rounds, and what is kept of it. Inside the library; the caller's view is in host/socle.h.
 */
#ifndef SC_BENCH_RUN_H
#define SC_BENCH_RUN_H

#include "host/bench/guests.h"
#include "host/bench/lab.h"
#include "host/bench/sensors.h"
#include "host/socle.h"

#define SC_BENCH_MOMENTS 4096u
#define SC_BENCH_MOMENT_S 0.5 /* between two moments at least */
#define SC_BENCH_LEAST_ROUNDS 3u

struct socle_bench {
    struct socle_bench_info info;
    char device[16];
    struct sc_computer machine;
    const struct sc_lab_case *cases;    /* of kernels, else NULL */
    const struct sc_guest_case *guests; /* of proofs, else NULL */
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
    struct sc_condition *moments;
    size_t n_moments;
};

/** One proof that was made and verified. */
struct sc_proof_run {
    uint8_t digest[SC_LAB_DIGEST], workload[SC_LAB_DIGEST];
    uint64_t ns, verify_ns, cycles, bytes, peak_memory;
    unsigned n_segments, n_stages;
    struct socle_stage stages[SOCLE_MAX_STAGES];
};

/** What a run needs to know of its caller. */
struct sc_bench_host {
    struct sc_pool *pool;
    uint64_t room; /* bytes that it may take */
    struct sc_committer *committer; /* of the device that kernels run on; NULL: the processor */
    void *arg;
    /** Not SOCLE_OK: stop, with this status. */
    socle_status (*tell)(void *arg, const char *op, double fraction);
    /** Make and verify a proof. E_NOMEM with @p why: it does not fit; E_SELFCHECK, E_REJECT: it is wrong. Only for the suite "prove". */
    socle_status (*prove)(void *arg, struct sc_proof_run *out, char why[96], const struct sc_guest_case *c);
    const char *profile;
    unsigned bits;
};

/** The cases of a suite that @p o wants, as rows without times. E_ARG: no such suite, no such operation, too many runs; E_NOMEM. */
SC_MUST_USE socle_status sc_bench_init(struct socle_bench *b, const struct socle_bench_options *o, unsigned n_threads);
void sc_bench_fini(struct socle_bench *b);
/** Run them. */
SC_MUST_USE socle_status sc_bench_run(struct socle_bench *b, const struct socle_bench_options *o, const struct sc_bench_host *host);

#endif
