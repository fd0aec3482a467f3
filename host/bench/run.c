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
#ifdef __clang__
#define BY_GCC false
#else
#define BY_GCC true
#endif

static void init_row(struct socle_bench *b, size_t at, const struct sc_lab_case *c, unsigned n_threads)
{
    struct socle_bench_row *const r = &b->rows[at];
    const double unknown = sc_stats_unknown();
    *r = (struct socle_bench_row){.op = c->op, .shape = c->shape, .what = c->what, .units = c->units, .unit = c->unit, .scale = c->scale,
                                  .outcome = SOCLE_BENCH_SKIPPED, .rate = unknown, .share = unknown, .joules = unknown,
                                  .runs_ns = b->runs + at * b->max_runs, .least_ns = b->least + at * b->max_runs};
    r->memory = sc_lab_memory(c, NULL, 1, n_threads);
}

static void init_proof_row(struct socle_bench *b, size_t at, unsigned n_threads)
{
    const double unknown = sc_stats_unknown();
    struct socle_bench_row *const r = &b->rows[at];
    *r = (struct socle_bench_row){.unit = "M/s", .scale = 1e-6, .outcome = SOCLE_BENCH_SKIPPED, .rate = unknown, .share = unknown, .joules = unknown,
                                  .runs_ns = b->runs + at * b->max_runs, .least_ns = b->least + at * b->max_runs, .proof = &b->proofs[at]};
    if (b->guests != NULL) {
        r->op = b->guests[at].guest;
        r->shape = b->guests[at].shape;
        r->what = "cycles";
        r->units = (double)(1u << b->guests[at].log_cycles);
    } else {
        const struct sc_g16_memory m = sc_g16_scene_memory(&b->circuits[at], n_threads);
        r->op = b->circuits[at].curve;
        r->shape = b->circuits[at].shape;
        r->what = "constraints";
        r->units = sc_g16_constraints(&b->circuits[at]);
        r->memory = m.held + (m.make > m.prove ? m.make : m.prove);
    }
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

static const char *circuit_op(size_t i)
{
    size_t n;
    return sc_g16_cases(&n)[i].curve;
}

static const char *guest_op(size_t i)
{
    size_t n;
    return sc_guest_cases(&n)[i].guest;
}

const char *sc_bench_suite(unsigned i)
{
    static const char *const suites[] = {[SC_SUITE_KERNELS] = "kernels", [SC_SUITE_PROVE] = "prove", [SC_SUITE_GROTH16] = "groth16"};
    return i < sizeof suites / sizeof suites[0] ? suites[i] : NULL;
}

unsigned sc_bench_suite_version(enum sc_suite suite)
{
    static const unsigned versions[] = {[SC_SUITE_KERNELS] = SC_LAB_VERSION, [SC_SUITE_PROVE] = SC_GUESTS_VERSION,
                                        [SC_SUITE_GROTH16] = SC_G16_VERSION};
    return versions[suite];
}

bool sc_bench_suite_named(enum sc_suite *out, const char *name)
{
    for (unsigned i = 0; sc_bench_suite(i) != NULL; i++) {
        if (strcmp(sc_bench_suite(i), name) == 0) {
            *out = (enum sc_suite)i;
            return true;
        }
    }
    return false;
}

static size_t choose_cases(struct socle_bench *b, enum sc_suite suite, const char *only)
{
    size_t n = 0, first;
    switch (suite) {
    case SC_SUITE_KERNELS:
        b->cases = sc_lab_kernels(&n);
        first = first_of(&n, kernel_op, only);
        b->cases += first;
        break;
    case SC_SUITE_PROVE:
        b->guests = sc_guest_cases(&n);
        first = first_of(&n, guest_op, only);
        b->guests += first;
        break;
    case SC_SUITE_GROTH16:
        b->circuits = sc_g16_cases(&n);
        first = first_of(&n, circuit_op, only);
        b->circuits += first;
        break;
    }
    return n;
}

socle_status sc_bench_init(struct socle_bench *b, const struct socle_bench_options *o, unsigned n_threads)
{
    enum sc_suite suite = SC_SUITE_KERNELS;
    const double unknown = sc_stats_unknown();
    memset(b, 0, sizeof *b);
    if ((o->suite != NULL && !sc_bench_suite_named(&suite, o->suite)) || o->runs > SOCLE_BENCH_MAX_RUNS) {
        return SOCLE_E_ARG;
    }
    const size_t n = choose_cases(b, suite, o->only);
    const bool proofs = b->cases == NULL;
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
    bool good = b->proofs != NULL && b->proof_runs != NULL && b->wanted != NULL && b->rows != NULL && b->runs != NULL && b->least != NULL &&
                b->by_memory != NULL && b->moments != NULL;
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
            init_proof_row(b, i, n_threads);
        } else {
            init_row(b, i, &b->cases[i], n_threads);
        }
    }
    (void)snprintf(b->device[0], sizeof b->device[0], "cpu");
    b->info = (struct socle_bench_info){
        .devices = {b->device[0]},
        .n_devices = 1,
        .suite = sc_bench_suite(suite),
        .suite_version = sc_bench_suite_version(suite),
        .runs = b->max_runs,
        .kernels = sc_cpu_ops_now()->name,
        .reference = sc_cpu_ops_get(SC_ISA_REF)->name,
        .virtualised = -1,
        .load = unknown,
        .slowest_pace = unknown,
        .lowest_clock = unknown,
        .hottest = unknown,
        .most_load = unknown,
        .os = b->machine.os,
        .kernel = b->machine.kernel,
        .governor = b->machine.governor,
        .container = b->machine.container,
        .microcode = b->machine.microcode,
        .cards = b->machine.cards,
        .smt = -1,
        .boost = -1,
        .memory_ecc = -1,
    };
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
        if (b->cases != NULL && !b->on_device) {
            const double hz = sc_lab_clock(&r->lab);
            b->clock_hz = hz > b->clock_hz ? hz : b->clock_hz;
        }
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
    if (b->cases != NULL) {
        const struct sc_lab_least l = sc_lab_least(&b->cases[i], b->on_device);
        r->share = l.is_limit ? r->share : share.median;
        r->binds = l.is_limit ? NULL : sc_lab_limit_name(2 * b->by_memory[i] > r->n_runs ? l.memory : l.limit);
    }
out:
    return st;
}

static socle_status summarise_limit(const struct sc_rounds *r, enum sc_lab_limit limit, const struct sc_bench_host *host)
{
    struct socle_bench *const b = r->b;
    struct socle_bench_limit *const l = &b->limits[limit];
    struct sc_summary s;
    *l = (struct socle_bench_limit){.name = sc_lab_limit_name(limit)};
    if (b->n_rates[limit] == 0) {
        return SOCLE_OK;
    }
    const socle_status st = sc_stats_summary(&s, b->rates[limit], b->n_rates[limit]);
    if (st != SOCLE_OK) {
        return st;
    }
    l->n = s.n;
    l->median = s.median;
    l->least = s.least;
    l->most = s.most;
    l->unit = limit == SC_LAB_COPY || limit == SC_LAB_DEVICE_COPY ? "bytes/s" : "units/s";
    if (b->on_device) {
        sc_theory_of_device(&l->theory, limit, host->device);
    } else {
        const struct sc_theory_host on = {&b->machine, b->info.threads, host->cores, b->clock_hz, BY_GCC};
        sc_theory_of_host(&l->theory, &r->lab, limit, &on);
    }
    return SOCLE_OK;
}

static socle_status summarise(const struct sc_rounds *r, const struct sc_bench_host *host)
{
    struct socle_bench *const b = r->b;
    socle_status st = SOCLE_OK;
    struct sc_disturbance d;
    struct socle_bench_info *const info = &b->info;
    size_t n_ran = 0;
    info->digests_right = info->enough_runs = info->nothing_failed = true;
    for (size_t i = 0; i < b->n; i++) {
        TRY(summarise_row(b, i));
        n_ran += b->rows[i].n_runs > 0;
        info->digests_right = info->digests_right && b->rows[i].outcome != SOCLE_BENCH_WRONG;
        info->nothing_failed = info->nothing_failed && b->rows[i].outcome != SOCLE_BENCH_FAILED;
        info->enough_runs = info->enough_runs && (b->rows[i].n_runs >= SC_STATS_PAIR || !b->wanted[i] || b->rows[i].outcome == SOCLE_BENCH_FAILED);
    }
    info->enough_runs = info->enough_runs && n_ran > 0;
    for (int l = 0; l < SC_LAB_N_LIMITS; l++) {
        TRY(summarise_limit(r, (enum sc_lab_limit)l, host));
    }
    TRY(sc_stats_disturbance(&d, b->moments, b->n_moments));
    info->slowest_pace = d.slowest_pace;
    info->lowest_clock = d.lowest_clock;
    info->hottest = d.hottest;
    info->most_load = d.most_load;
    info->throttled = d.throttled;
    info->hot = d.hot;
    info->background = d.background;
    info->valid = info->digests_right && info->enough_runs && info->nothing_failed && !info->throttled;
out:
    return st;
}

static void describe(struct socle_bench *b)
{
    const struct sc_computer *const m = &b->machine;
    struct socle_bench_info *const i = &b->info;
    i->virtualised = m->virtualised;
    i->smt = m->smt;
    i->boost = m->boost;
    i->memory_ecc = m->memory_ecc;
    i->load = m->load;
    i->clock_min_mhz = m->clock_min_mhz;
    i->clock_max_mhz = m->clock_max_mhz;
    i->power_limit_w = m->power_limit_w;
    i->n_cards = m->n_cards;
}

socle_status sc_bench_run(struct socle_bench *b, const struct socle_bench_options *o, const struct sc_bench_host *host)
{
    struct sc_rounds r = {.b = b, .root = o->system, .start_ns = sc_clock_ns()};
    socle_status st = SOCLE_OK;
    b->info.started = (uint64_t)time(NULL);
    b->info.threads = host->pool != NULL ? sc_pool_size(host->pool) : 1;
    sc_computer_read(&b->machine, o->system);
    describe(b);
    sc_sensors_init(&r.sensors, o->system);
    if (b->cases == NULL) {
        TRY(sc_bench_proofs(&r, o->seconds > 0 ? o->seconds : DEFAULT_SECONDS, host));
    } else {
        TRY(sc_bench_kernels(&r, o->seconds > 0 ? o->seconds : DEFAULT_SECONDS, host));
    }
    TRY(summarise(&r, host));
    b->info.seconds = sc_rounds_since(&r);
    b->info.peak_memory = sc_peak_resident();
out:
    sc_lab_fini(&r.lab);
    return st;
}
