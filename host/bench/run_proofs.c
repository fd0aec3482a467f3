/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Rounds of proofs: guests (suite "prove") and circuits (suite "groth16"). The first proof of a case warms up and is the one that all others
 * must equal. A case that fails is a result, and the others go on. Contracts: rounds.h.
 */
#include "host/bench/rounds.h"

#include "host/sys/mem.h"

#include <stdio.h>
#include <string.h>

/** Seconds of a case, measured or expected: of what its first proof wants beside (a key), and of a proof. */
struct took {
    double before, each;
};

static unsigned size_of(const struct socle_bench *b, size_t i)
{
    return b->guests != NULL ? b->guests[i].log_cycles : b->circuits[i].log_rows;
}

/* Not what the caller wants, or what is wrong with the bench itself. */
static bool is_result(socle_status st)
{
    return st != SOCLE_E_CANCELLED && st != SOCLE_E_DEADLINE && st != SOCLE_E_ARG && st != SOCLE_E_BUG;
}

static void fail(struct socle_bench_row *row, socle_status st, const char *why)
{
    (void)snprintf(row->why, sizeof row->why, "%s: %.120s", row->n_runs > 0 ? "after some runs" : "at once", why[0] != '\0' ? why : socle_status_text(st));
    row->outcome = SOCLE_BENCH_FAILED;
    row->status = st;
    row->n_runs = 0;
}

static void keep(struct socle_bench *b, size_t i, unsigned at, const struct sc_proof_run *run, double joules)
{
    struct socle_bench_row *const row = &b->rows[i];
    b->runs[i * b->max_runs + at] = run->ns > 0 ? run->ns : 1;
    b->proof_runs[i * b->max_runs + at] = *run;
    row->n_runs = at + 1;
    row->joules = at == 0 ? joules : row->joules + joules;
}

/* One proof; @p at: its number, or -1 for the one that warms up, whose digest the others must have. */
static socle_status prove_once(struct sc_rounds *r, const struct sc_bench_host *host, size_t i, int at, struct sc_proof_run *run)
{
    struct socle_bench *const b = r->b;
    struct socle_bench_row *const row = &b->rows[i];
    struct sc_energy before, after;
    char why[SC_PROOF_WHY] = "";
    memset(run, 0, sizeof *run);
    sc_rounds_moment(r);
    sc_energy_read(&before, r->root);
    const socle_status st = host->prove(host->arg, run, why, i);
    sc_energy_read(&after, r->root);
    const bool refused = st == SOCLE_E_SELFCHECK || st == SOCLE_E_REJECT;
    if (st == SOCLE_E_NOMEM && at < 0 && why[0] != '\0') {
        b->wanted[i] = false;
        (void)snprintf(row->why, sizeof row->why, "%s", why);
        return SOCLE_OK;
    }
    if (st != SOCLE_OK && !refused) {
        fail(row, st, why);
        return is_result(st) ? SOCLE_OK : st;
    }
    if (at < 0) {
        memcpy(row->reference, run->digest, sizeof run->digest);
        row->units = run->units > 0 ? (double)run->units : row->units;
        row->memory = run->peak_memory;
        b->proofs[i].key_s = 1e-9 * (double)run->key_ns;
    }
    if (row->outcome != SOCLE_BENCH_WRONG) {
        memcpy(row->digest, run->digest, sizeof run->digest);
        row->outcome = !refused && memcmp(run->digest, row->reference, sizeof run->digest) == 0 ? SOCLE_BENCH_GOOD : SOCLE_BENCH_WRONG;
    }
    if (at >= 0) {
        keep(b, i, (unsigned)at, run, sc_energy_between(&before, &after));
    }
    return SOCLE_OK;
}

/* A size is taken up when what goes before, its warm-up and the least rounds are over in time, as the size before it lets expect: time grows
 * as the size does. The smallest one always is. @p promised: seconds of all that was taken up. */
static socle_status take_up(struct sc_rounds *r, const struct sc_bench_host *host, size_t i, struct took *took, double *promised, double seconds)
{
    struct socle_bench *const b = r->b;
    struct sc_proof_run run;
    socle_status st = SOCLE_OK;
    if (i > 0 && strcmp(b->rows[i].op, b->rows[i - 1].op) == 0) {
        const double by = (double)(1u << (size_of(b, i) - size_of(b, i - 1)));
        took[i] = (struct took){by * took[i - 1].before, by * took[i - 1].each};
        if (*promised + took[i].before + took[i].each * (SC_BENCH_LEAST_ROUNDS + 1) > seconds) {
            (void)snprintf(b->rows[i].why, sizeof b->rows[i].why, "takes about %.0f s a run%s, and there are %.0f for all", took[i].each,
                           b->circuits != NULL ? " and a key" : "", seconds);
            return st;
        }
    }
    TRY(host->tell(host->arg, b->rows[i].op, (double)i / ((double)b->n * (b->max_runs + 1))));
    const double begin = sc_rounds_since(r);
    b->wanted[i] = true;
    TRY(prove_once(r, host, i, -1, &run));
    took[i].before = 1e-9 * (double)run.key_ns;
    took[i].each = sc_rounds_since(r) - begin - took[i].before;
    *promised += b->wanted[i] ? took[i].before + took[i].each * (SC_BENCH_LEAST_ROUNDS + 1) : 0;
out:
    return st;
}

/* Small sizes of all first, so that none takes the time of another. */
static socle_status take_up_all(struct sc_rounds *r, const struct sc_bench_host *host, double seconds)
{
    struct socle_bench *const b = r->b;
    struct took *const took = sc_alloc(b->n, sizeof *took);
    double promised = 0;
    socle_status st = SOCLE_OK;
    TRY(took != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    for (unsigned size = 0; size < 32; size++) {
        for (size_t i = 0; i < b->n; i++) {
            if (size_of(b, i) == size) {
                TRY(take_up(r, host, i, took, &promised, seconds));
            }
        }
    }
out:
    sc_free(took);
    return st;
}

static socle_status rounds(struct sc_rounds *r, const struct sc_bench_host *host, double seconds)
{
    struct socle_bench *const b = r->b;
    struct sc_proof_run run;
    socle_status st = SOCLE_OK;
    const double steps = (double)b->n * (b->max_runs + 1);
    for (unsigned round = 0; round < b->max_runs && (round < SC_BENCH_LEAST_ROUNDS || sc_rounds_since(r) <= seconds); round++) {
        for (size_t i = 0; i < b->n; i++) {
            if (b->wanted[i] && b->rows[i].outcome != SOCLE_BENCH_FAILED) {
                TRY(host->tell(host->arg, b->rows[i].op, (double)(b->n * (round + 1) + i) / steps));
                TRY(prove_once(r, host, i, (int)round, &run));
            }
        }
    }
    sc_rounds_moment(r);
out:
    return st;
}

/* Medians of what is known of each run of a row. */
static socle_status summarise_proof(struct socle_bench_proof *p, const struct sc_proof_run *runs, unsigned n)
{
    struct sc_summary s;
    double x[SOCLE_BENCH_MAX_RUNS];
    socle_status st = SOCLE_OK;
    memcpy(p->workload, runs[0].workload, sizeof p->workload);
    p->cycles = runs[0].units;
    p->bytes = runs[0].bytes;
    p->n_segments = runs[0].n_segments;
    p->n_stages = runs[0].n_stages;
    p->bits = runs[0].bits;
    p->key_bytes = runs[0].key_bytes;
    for (unsigned k = 0; k < n; k++) {
        x[k] = 1e-9 * (double)(runs[k].verify_ns > 0 ? runs[k].verify_ns : 1);
        p->peak_memory = runs[k].peak_memory > p->peak_memory ? runs[k].peak_memory : p->peak_memory;
    }
    TRY(sc_stats_summary(&s, x, n));
    p->verify_s = s.median;
    for (unsigned j = 0; j < p->n_stages; j++) {
        for (unsigned k = 0; k < n; k++) {
            x[k] = runs[k].stages[j].seconds > 0 ? runs[k].stages[j].seconds : 1e-9;
        }
        TRY(sc_stats_summary(&s, x, n));
        p->stages[j] = (struct socle_stage){.name = runs[0].stages[j].name, .seconds = s.median};
    }
out:
    return st;
}

socle_status sc_bench_proofs(struct sc_rounds *r, double seconds, const struct sc_bench_host *host)
{
    struct socle_bench *const b = r->b;
    socle_status st = SOCLE_OK;
    b->info.profile = host->profile;
    b->info.reference = "first proof";
    r->lab.ops = sc_cpu_ops_now(); /* of the lab only the pace is wanted */
    TRY(take_up_all(r, host, seconds));
    TRY(rounds(r, host, seconds));
    for (size_t i = 0; i < b->n; i++) {
        if (b->rows[i].n_runs > 0) {
            TRY(summarise_proof(&b->proofs[i], b->proof_runs + i * b->max_runs, b->rows[i].n_runs));
        }
    }
out:
    return st;
}
