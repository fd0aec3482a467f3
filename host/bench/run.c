/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Runs of the suites and what is made of them; proofs. Rounds of kernels: run_kernels.c. Contracts: run.h.
 */
#include "host/bench/rounds.h"

#include "host/sys/file.h"
#include "host/sys/mem.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define DEFAULT_RUNS 9u
#define DEFAULT_SECONDS 150.0

static void init_row(struct socle_bench *b, size_t at, const struct sc_lab_case *c, unsigned n_threads)
{
    struct socle_bench_row *const r = &b->rows[at];
    const double unknown = sc_stats_unknown();
    *r = (struct socle_bench_row){.op = c->op, .shape = c->shape, .what = c->what, .units = c->units, .unit = c->unit, .scale = c->scale,
                                  .outcome = SOCLE_BENCH_SKIPPED, .rate = unknown, .share = unknown, .joules = unknown,
                                  .runs_ns = b->runs + at * b->max_runs, .least_ns = b->least + at * b->max_runs};
    r->memory = sc_lab_memory(c, NULL, 1, n_threads);
}

static void init_guest_row(struct socle_bench *b, size_t at, const struct sc_guest_case *c)
{
    const double unknown = sc_stats_unknown();
    b->rows[at] = (struct socle_bench_row){.op = c->guest, .shape = c->shape, .what = "cycles", .units = (double)(1u << c->log_cycles), .unit = "M/s",
                                           .scale = 1e-6, .outcome = SOCLE_BENCH_SKIPPED, .rate = unknown, .share = unknown, .joules = unknown,
                                           .runs_ns = b->runs + at * b->max_runs, .least_ns = b->least + at * b->max_runs, .proof = &b->proofs[at]};
}

/* The cases of one operation stand together: first and number of those of @p only, of all when that is NULL. */
static size_t first_of(size_t *n, const char *(*op)(size_t i), const char *only)
{
    size_t first = 0;
    while (only != NULL && *n > 0 && strcmp(op(*n - 1), only) != 0) {
        --*n;
    }
    while (only != NULL && first < *n && strcmp(op(first), only) != 0) {
        first++;
    }
    *n -= first;
    return first;
}

static const char *kernel_op(size_t i)
{
    size_t n;
    return sc_lab_kernels(&n)[i].op;
}

static const char *guest_op(size_t i)
{
    size_t n;
    return sc_guest_cases(&n)[i].guest;
}

socle_status sc_bench_init(struct socle_bench *b, const struct socle_bench_options *o, unsigned n_threads)
{
    size_t n = 0;
    const double unknown = sc_stats_unknown();
    const bool proofs = o->suite != NULL && strcmp(o->suite, "prove") == 0;
    memset(b, 0, sizeof *b);
    if ((o->suite != NULL && !proofs && strcmp(o->suite, "kernels") != 0) || o->runs > SOCLE_BENCH_MAX_RUNS) {
        return SOCLE_E_ARG;
    }
    if (proofs) {
        const struct sc_guest_case *const all = sc_guest_cases(&n);
        b->guests = all + first_of(&n, guest_op, o->only);
    } else {
        const struct sc_lab_case *const all = sc_lab_kernels(&n);
        b->cases = all + first_of(&n, kernel_op, o->only);
    }
    b->n = n;
    b->max_runs = o->runs != 0 ? o->runs : DEFAULT_RUNS;
    b->max_rates = b->n * (b->max_runs + 1);
    if (b->n == 0) {
        return SOCLE_E_ARG;
    }
    b->wanted = sc_alloc(b->n, sizeof *b->wanted);
    b->rows = sc_alloc(b->n, sizeof *b->rows);
    b->runs = sc_alloc(b->n * b->max_runs, sizeof *b->runs);
    b->least = sc_alloc(b->n * b->max_runs, sizeof *b->least);
    b->by_memory = sc_alloc(b->n, sizeof *b->by_memory);
    b->moments = sc_alloc(SC_BENCH_MOMENTS, sizeof *b->moments);
    b->proofs = sc_alloc(proofs ? b->n : 0, sizeof *b->proofs);
    b->proof_runs = sc_alloc(proofs ? b->n * b->max_runs : 0, sizeof *b->proof_runs);
    bool good = b->proofs != NULL && b->proof_runs != NULL && b->wanted != NULL && b->rows != NULL && b->runs != NULL && b->least != NULL && b->by_memory != NULL && b->moments != NULL;
    for (int l = 0; l < SC_LAB_N_LIMITS; l++) {
        b->rates[l] = sc_alloc(b->max_rates, sizeof(double));
        good = good && b->rates[l] != NULL;
    }
    if (!good) {
        sc_bench_fini(b);
        return SOCLE_E_NOMEM;
    }
    for (size_t i = 0; i < b->n; i++) {
        if (proofs) {
            init_guest_row(b, i, &b->guests[i]);
        } else {
            init_row(b, i, &b->cases[i], n_threads);
        }
    }
    (void)snprintf(b->device, sizeof b->device, "cpu");
    b->info = (struct socle_bench_info){.device = b->device, .suite = proofs ? "prove" : "kernels", .suite_version = proofs ? SC_GUESTS_VERSION : SC_LAB_VERSION, .runs = b->max_runs, .kernels = sc_cpu_ops_now()->name,
                                        .reference = sc_cpu_ops_get(SC_ISA_REF)->name, .virtualised = -1, .load = unknown,
                                        .slowest_pace = unknown, .lowest_clock = unknown, .hottest = unknown, .most_load = unknown,
                                        .os = b->machine.os, .kernel = b->machine.kernel, .governor = b->machine.governor};
    return SOCLE_OK;
}

void sc_bench_fini(struct socle_bench *b)
{
    sc_free(b->proofs);
    sc_free(b->proof_runs);
    sc_free(b->wanted);
    sc_free(b->rows);
    sc_free(b->runs);
    sc_free(b->least);
    sc_free(b->by_memory);
    sc_free(b->moments);
    for (int l = 0; l < SC_LAB_N_LIMITS; l++) {
        sc_free(b->rates[l]);
    }
    memset(b, 0, sizeof *b);
}

double sc_rounds_since(const struct sc_rounds *r)
{
    return 1e-9 * (double)(sc_clock_ns() - r->start_ns);
}

void sc_rounds_moment(struct sc_rounds *r)
{
    struct socle_bench *const b = r->b;
    const double now = sc_rounds_since(r);
    if (b->n_moments < SC_BENCH_MOMENTS && (b->n_moments == 0 || now - r->last_moment >= SC_BENCH_MOMENT_S)) {
        struct sc_condition *const c = &b->moments[b->n_moments++];
        sc_sensors_read(&r->sensors, c);
        c->pace_s = sc_lab_pace(&r->lab);
        r->last_moment = now;
    }
}

/* Numbers out of what was noted. */

static socle_status summarise_row(struct socle_bench *b, size_t i)
{
    struct socle_bench_row *const r = &b->rows[i];
    struct sc_summary s, share;
    struct sc_trend t;
    double x[SOCLE_BENCH_MAX_RUNS], part[SOCLE_BENCH_MAX_RUNS];
    socle_status st = SOCLE_OK;
    if (r->n_runs == 0) {
        return st;
    }
    for (unsigned k = 0; k < r->n_runs; k++) {
        x[k] = (double)r->runs_ns[k];
        part[k] = (double)(r->least_ns[k] > 0 ? r->least_ns[k] : 1) / x[k];
    }
    TRY(sc_stats_summary(&s, x, r->n_runs));
    TRY(sc_stats_summary(&share, part, r->n_runs));
    TRY(sc_stats_trend(&t, x, r->n_runs));
    r->time = (struct socle_bench_summary){.n = s.n, .median = s.median, .mad = s.mad, .least = s.least, .most = s.most, .p5 = s.p5, .p95 = s.p95,
                                           .p99 = s.p99, .mean = s.mean, .cv = s.cv, .low = s.low, .high = s.high, .level = s.level,
                                           .trend_z = t.z, .trend_change = t.change, .unstable = s.unstable, .drifts = t.drifts};
    r->rate = r->scale * r->units / (1e-9 * s.median);
    r->joules /= r->n_runs;
    if (b->cases != NULL && !b->cases[i].is_limit && !b->on_device) {
        r->share = share.median;
        r->binds = sc_lab_limit_name(2 * b->by_memory[i] > r->n_runs ? SC_LAB_COPY : b->cases[i].limit);
    }
out:
    return st;
}

static socle_status summarise(struct socle_bench *b)
{
    socle_status st = SOCLE_OK;
    struct sc_disturbance d;
    struct socle_bench_info *const info = &b->info;
    size_t n_ran = 0;
    info->digests_right = info->enough_runs = true;
    for (size_t i = 0; i < b->n; i++) {
        TRY(summarise_row(b, i));
        n_ran += b->rows[i].n_runs > 0;
        info->digests_right = info->digests_right && b->rows[i].outcome != SOCLE_BENCH_WRONG;
        info->enough_runs = info->enough_runs && (b->rows[i].n_runs >= SC_STATS_PAIR || !b->wanted[i]);
    }
    info->enough_runs = info->enough_runs && n_ran > 0;
    for (int l = 0; l < SC_LAB_N_LIMITS; l++) {
        struct sc_summary s = {0};
        b->limits[l].name = sc_lab_limit_name((enum sc_lab_limit)l);
        if (b->n_rates[l] > 0) {
            TRY(sc_stats_summary(&s, b->rates[l], b->n_rates[l]));
        }
        b->limits[l] = (struct socle_bench_limit){b->limits[l].name, s.n, s.median, s.least, s.most};
    }
    TRY(sc_stats_disturbance(&d, b->moments, b->n_moments));
    info->slowest_pace = d.slowest_pace;
    info->lowest_clock = d.lowest_clock;
    info->hottest = d.hottest;
    info->most_load = d.most_load;
    info->throttled = d.throttled;
    info->hot = d.hot;
    info->background = d.background;
    info->valid = info->digests_right && info->enough_runs && !info->throttled;
out:
    return st;
}

/* Proofs. */

/* One proof; @p at: its number, or -1 for the one that warms up, whose digest the others must have. */
static socle_status prove_once(struct sc_rounds *r, const struct sc_bench_host *host, size_t i, int at)
{
    struct socle_bench *const b = r->b;
    struct socle_bench_row *const row = &b->rows[i];
    struct sc_proof_run run = {0};
    struct sc_energy before, after;
    sc_rounds_moment(r);
    sc_energy_read(&before, r->root);
    const socle_status st = host->prove(host->arg, &run, row->why, &b->guests[i]);
    sc_energy_read(&after, r->root);
    if (st == SOCLE_E_NOMEM && row->why[0] != '\0' && row->n_runs == 0) {
        b->wanted[i] = false;
        row->outcome = SOCLE_BENCH_SKIPPED;
        return SOCLE_OK;
    }
    const bool refused = st == SOCLE_E_SELFCHECK || st == SOCLE_E_REJECT;
    if (st != SOCLE_OK && !refused) {
        return st;
    }
    if (at < 0) {
        memcpy(row->reference, run.digest, sizeof run.digest);
        row->units = run.cycles > 0 ? (double)run.cycles : row->units; /* 0: it was refused */
        row->memory = run.peak_memory;
    }
    if (row->outcome != SOCLE_BENCH_WRONG) {
        memcpy(row->digest, run.digest, sizeof run.digest);
        row->outcome = !refused && memcmp(run.digest, row->reference, sizeof run.digest) == 0 ? SOCLE_BENCH_GOOD : SOCLE_BENCH_WRONG;
    }
    if (at >= 0) {
        const double joules = sc_energy_between(&before, &after);
        b->runs[i * b->max_runs + (size_t)at] = run.ns > 0 ? run.ns : 1;
        b->proof_runs[i * b->max_runs + (size_t)at] = run;
        row->n_runs = (unsigned)at + 1;
        row->joules = at == 0 ? joules : row->joules + joules;
    }
    return SOCLE_OK;
}

/* Each size takes about four times as long as the one before. Those are taken up whose warm-up and least rounds are over in time. */
static socle_status prove_rounds(struct sc_rounds *r, double seconds, const struct sc_bench_host *host)
{
    struct socle_bench *const b = r->b;
    socle_status st = SOCLE_OK;
    double promised = 0, last = 0; /* seconds of all that was taken up; of the last warm-up of the same guest */
    const double steps = (double)b->n * (b->max_runs + 1);
    for (size_t i = 0; i < b->n; i++) {
        const bool grows = i > 0 && strcmp(b->guests[i].guest, b->guests[i - 1].guest) == 0;
        const double each = grows ? last * (double)(1u << (b->guests[i].log_cycles - b->guests[i - 1].log_cycles)) : 0;
        last = each;
        if (grows && promised + each * (SC_BENCH_LEAST_ROUNDS + 1) > seconds) {
            (void)snprintf(b->rows[i].why, sizeof b->rows[i].why, "takes about %.0f s a run, and there are %.0f for all", each, seconds);
            continue;
        }
        TRY(host->tell(host->arg, b->rows[i].op, (double)i / steps));
        const double before = sc_rounds_since(r);
        b->wanted[i] = true;
        TRY(prove_once(r, host, i, -1));
        last = sc_rounds_since(r) - before;
        promised += b->wanted[i] ? last * (SC_BENCH_LEAST_ROUNDS + 1) : 0;
    }
    for (unsigned round = 0; round < b->max_runs && (round < SC_BENCH_LEAST_ROUNDS || sc_rounds_since(r) <= seconds); round++) {
        for (size_t i = 0; i < b->n; i++) {
            if (b->wanted[i]) {
                TRY(host->tell(host->arg, b->rows[i].op, (double)(b->n * (round + 1) + i) / steps));
                TRY(prove_once(r, host, i, (int)round));
            }
        }
    }
    sc_rounds_moment(r);
out:
    return st;
}

/* Medians of what is known of each run of a row. */
static socle_status summarise_proof(struct socle_bench_proof *p, const struct sc_proof_run *runs, unsigned n, unsigned bits)
{
    struct sc_summary s;
    double x[SOCLE_BENCH_MAX_RUNS];
    socle_status st = SOCLE_OK;
    memcpy(p->workload, runs[0].workload, sizeof p->workload);
    p->cycles = runs[0].cycles;
    p->bytes = runs[0].bytes;
    p->n_segments = runs[0].n_segments;
    p->n_stages = runs[0].n_stages;
    p->bits = bits;
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

static socle_status run_proofs(struct sc_rounds *r, const struct socle_bench_options *o, const struct sc_bench_host *host)
{
    struct socle_bench *const b = r->b;
    socle_status st = SOCLE_OK;
    b->info.profile = host->profile;
    b->info.reference = "first proof";
    r->lab.ops = sc_cpu_ops_now(); /* of the lab only the pace is wanted */
    TRY(prove_rounds(r, o->seconds > 0 ? o->seconds : DEFAULT_SECONDS, host));
    for (size_t i = 0; i < b->n; i++) {
        if (b->rows[i].n_runs > 0) {
            TRY(summarise_proof(&b->proofs[i], b->proof_runs + i * b->max_runs, b->rows[i].n_runs, host->bits));
        }
    }
out:
    return st;
}

socle_status sc_bench_run(struct socle_bench *b, const struct socle_bench_options *o, const struct sc_bench_host *host)
{
    struct sc_rounds r = {.b = b, .root = o->system, .start_ns = sc_clock_ns()};
    socle_status st = SOCLE_OK;
    b->info.started = (uint64_t)time(NULL);
    b->info.threads = host->pool != NULL ? sc_pool_size(host->pool) : 1;
    sc_computer_read(&b->machine, o->system);
    b->info.virtualised = b->machine.virtualised;
    b->info.load = b->machine.load;
    sc_sensors_init(&r.sensors, o->system);
    if (b->guests != NULL) {
        TRY(run_proofs(&r, o, host));
    } else {
        TRY(sc_bench_kernels(&r, o->seconds > 0 ? o->seconds : DEFAULT_SECONDS, host));
    }
    TRY(summarise(b));
    b->info.seconds = sc_rounds_since(&r);
    b->info.peak_memory = sc_peak_resident();
out:
    sc_lab_fini(&r.lab);
    return st;
}
