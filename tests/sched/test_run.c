/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Runs on the virtual clock: the plan's time is kept, any order gives the same bytes, and no fault loses a job or a byte.
 */
#include "tests/sched/work.h"

#include <math.h>
#include <stdio.h>

enum { MAX_DEVICES = 6 };

/** A machine of simulated devices and a graph on it. */
struct scene {
    struct sc_graph g;
    struct work w;
    struct some_times some;
    struct sc_times times;
    uint32_t n_devices;
    struct sc_sim_device sims[MAX_DEVICES];
    struct sc_device devices[MAX_DEVICES];
    struct sc_drive_setup setup;
};

static void open_scene(struct scene *s, uint64_t seed, uint64_t budget)
{
    uint64_t state = seed;
    memset(s, 0, sizeof *s);
    some_graph(&s->g, &state, 60, 14, 300);
    work_init(&s->w, &s->g, seed);
    work_spoil(&s->w);
    s->some = (struct some_times){.seed = seed, .g = &s->g, .cannot = 9};
    s->times = (struct sc_times){&s->some, some_run, some_copy};
    s->n_devices = 2 + dice(&state, 4);
    for (uint32_t d = 0; d < s->n_devices; d++) {
        const bool shares = d > 0 && dice(&state, 3) == 0;
        s->sims[d] = (struct sc_sim_device){.info = {.name = "sim", .kind = "sim", .memory = budget, .align = 16, .shares_host = shares},
                                            .operation = mix, .scramble = true, .heap = &lent};
        s->devices[d] = sc_sim_device(&s->sims[d]);
    }
    s->setup = (struct sc_drive_setup){.graph = &s->g, .times = &s->times, .n_devices = s->n_devices, .devices = s->devices,
                                     .host_budget = 1 << 20, .outside = s->w.outside, .heap = &lent, .arena = &lent};
}

static void close_scene(struct scene *s)
{
    for (uint32_t d = 0; d < s->n_devices; d++) {
        cr_assert(!s->sims[d].outside, "device %u: outside its arena", d);
        cr_assert(s->sims[d].arena == NULL, "device %u: arena not given back", d);
    }
    work_fini(&s->w);
    sc_graph_fini(&s->g);
}

static socle_status run_scene(struct scene *s, struct sc_drive *run, struct sc_sim *sim)
{
    const socle_status st = sc_drive_init(run, &s->setup);
    return st == SOCLE_OK ? sc_sim_run(run, sim) : st;
}

/* The bytes are right, and every job is there. */
static void good_run(struct scene *s, struct sc_drive *run, struct sc_sim *sim, uint64_t seed)
{
    const socle_status st = run_scene(s, run, sim);
    cr_assert_eq(st, SOCLE_OK, "seed %llu: %d %s", (unsigned long long)seed, (int)st, run->why);
    cr_assert(work_right(&s->w), "seed %llu: wrong bytes", (unsigned long long)seed);
    cr_assert(run->n_jobs_run >= s->g.n_jobs);
}

Test(run, takes_the_time_of_the_plan_when_that_is_the_truth)
{
    for (uint64_t seed = 1; seed <= 100; seed++) {
        struct scene s;
        struct sc_drive run;
        struct sc_sim sim = {0};
        open_scene(&s, seed, seed % 3 == 0 ? 1500 : 1 << 20);
        good_run(&s, &run, &sim, seed);
        cr_expect_eq(run.rounds, 1);
        cr_expect_eq(run.n_jobs_run, s.g.n_jobs);
        cr_expect(fabs(sim.now - run.plan.makespan) <= 1e-9 * sim.now, "seed %llu: %g, planned %g", (unsigned long long)seed, sim.now, run.plan.makespan);
        sc_drive_fini(&run);
        close_scene(&s);
    }
}

/* Random plans, and times that are not those of the plan. */
Test(run, any_legal_order_gives_the_same_bytes)
{
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct scene s;
        open_scene(&s, seed, 2000);
        for (uint64_t k = 1; k <= 5; k++) {
            const struct some_times other = {.seed = seed + 1000 * k, .g = &s.g, .cannot = 9};
            const struct sc_times truth = {&other, some_run, some_copy};
            struct sc_drive run;
            struct sc_sim sim = {.truth = &truth};
            work_spoil(&s.w);
            s.setup.seed = k;
            const socle_status st = run_scene(&s, &run, &sim);
            cr_assert(st == SOCLE_OK || st == SOCLE_E_NOMEM, "%s", run.why);
            cr_assert(st != SOCLE_OK || work_right(&s.w), "seed %llu %llu", (unsigned long long)seed, (unsigned long long)k);
            sc_drive_fini(&run);
        }
        close_scene(&s);
    }
}

/* One fault of every kind at every call of device 0. */
static void every_fault(enum sc_fault_kind kind, enum sc_fault_call call, uint64_t seeds)
{
    uint32_t met = 0;
    for (uint64_t seed = 1; seed <= seeds; seed++) {
        for (uint64_t nth = 1;; nth++) {
            struct scene s;
            struct sc_drive run;
            struct sc_sim sim = {.watchdog = 5000};
            const struct sc_fault fault = {kind, call, nth};
            open_scene(&s, seed, seed % 2 == 0 ? 1500 : 1 << 20);
            s.sims[0].faults = &fault;
            s.sims[0].n_faults = 1;
            good_run(&s, &run, &sim, seed);
            const bool over = run.n_failures == 0;
            cr_assert(over || run.rounds > 1 || call == SC_CALL_ARENA);
            cr_assert(over || (run.failures[0].device == 0 && run.failures[0].status != SOCLE_OK));
            met += !over;
            sc_drive_fini(&run);
            close_scene(&s);
            if (over) {
                break;
            }
        }
    }
    cr_assert(met > seeds || call == SC_CALL_ARENA, "%u", met);
}

Test(run, no_fault_of_a_job_loses_anything)
{
    every_fault(SC_FAULT_NO_MEMORY, SC_CALL_RUN, 12);
    every_fault(SC_FAULT_ERROR, SC_CALL_RUN, 12);
    every_fault(SC_FAULT_HANG, SC_CALL_RUN, 12);
}

Test(run, no_fault_of_a_copy_loses_anything)
{
    every_fault(SC_FAULT_ERROR, SC_CALL_PUT, 12);
    every_fault(SC_FAULT_ERROR, SC_CALL_GET, 12);
    every_fault(SC_FAULT_NO_MEMORY, SC_CALL_PUT, 12);
}

Test(run, no_lost_device_loses_anything)
{
    every_fault(SC_FAULT_LOST, SC_CALL_RUN, 12);
    every_fault(SC_FAULT_LOST, SC_CALL_PUT, 12);
    every_fault(SC_FAULT_LOST, SC_CALL_GET, 12);
}

/* Faults by dice on all devices but one, several of them. */
Test(run, no_shower_of_faults_loses_anything)
{
    static const enum sc_fault_kind kinds[] = {SC_FAULT_NO_MEMORY, SC_FAULT_HANG, SC_FAULT_ERROR, SC_FAULT_LOST};
    uint32_t most = 0;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        struct scene s;
        struct sc_drive run;
        struct sc_sim sim = {.watchdog = 5000};
        struct sc_fault faults[MAX_DEVICES][3];
        uint64_t state = seed;
        open_scene(&s, seed, 1 << 20);
        for (uint32_t d = 1; d < s.n_devices; d++) {
            for (uint32_t k = 0; k < 3; k++) {
                faults[d][k] = (struct sc_fault){kinds[dice(&state, 4)], (enum sc_fault_call)dice(&state, 3), 1 + dice(&state, 12)};
            }
            s.sims[d].faults = faults[d];
            s.sims[d].n_faults = 3;
        }
        good_run(&s, &run, &sim, seed);
        most = run.n_failures > most ? run.n_failures : most;
        sc_drive_fini(&run);
        close_scene(&s);
    }
    cr_expect(most >= 6, "%u", most);
}

/** Knows every job's right result: what an exact check of a job would know. */
struct knowing {
    uint64_t right[256]; /* by job */
    bool known[256];
};

static socle_status check_job(void *arg, uint32_t job, const struct sc_launch *l)
{
    struct knowing *const know = arg;
    uint64_t h = 99;
    for (uint32_t k = 0; k < l->n_uses; k++) {
        for (uint64_t i = 0; (l->access[k] & SC_WRITE) != 0 && i < l->size[k]; i++) {
            h = (h ^ ((const unsigned char *)l->host[k])[i]) * UINT64_C(0x100000001b3);
        }
    }
    if (!know->known[job]) {
        know->known[job] = true;
        know->right[job] = h;
    }
    return know->right[job] == h ? SOCLE_OK : SOCLE_E_SELFCHECK;
}

/* Devices that share the host's memory, so that a check can look: a wrong byte is found and made good. */
Test(run, a_wrong_result_that_is_found_is_made_good)
{
    uint32_t found = 0, unfound = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        for (uint64_t nth = 1; nth <= 12; nth++) {
            struct scene s;
            struct sc_drive run;
            struct sc_sim sim = {0};
            struct knowing know = {.known = {false}};
            const struct sc_fault fault = {SC_FAULT_WRONG, SC_CALL_RUN, nth};
            open_scene(&s, seed, 1 << 20);
            for (uint32_t d = 0; d < s.n_devices; d++) {
                s.sims[d].info.shares_host = true;
            }
            s.setup.check = check_job;
            s.setup.arg = &know;
            good_run(&s, &run, &sim, seed); /* learns */
            sc_drive_fini(&run);
            work_spoil(&s.w);
            for (uint32_t d = 0; d < s.n_devices; d++) {
                memset(s.sims[d].calls, 0, sizeof s.sims[d].calls);
            }
            s.sims[0].faults = &fault;
            s.sims[0].n_faults = 1;
            good_run(&s, &run, &sim, seed);
            cr_expect(run.n_failures == 0 || run.failures[0].status == SOCLE_E_SELFCHECK);
            found += run.n_failures;
            sc_drive_fini(&run);
            s.setup.check = NULL; /* and without a check it goes through */
            memset(s.sims[0].calls, 0, sizeof s.sims[0].calls);
            work_spoil(&s.w);
            cr_expect_eq(run_scene(&s, &run, &sim), SOCLE_OK);
            unfound += !work_right(&s.w);
            sc_drive_fini(&run);
            close_scene(&s);
        }
    }
    cr_expect(found > 60 && unfound > 20, "%u %u", found, unfound);
}

Test(run, a_device_that_repeats_it_is_not_used_any_more)
{
    struct scene s;
    struct sc_drive run;
    struct sc_sim sim = {0};
    struct sc_fault faults[40];
    open_scene(&s, 4, 1 << 20);
    for (uint32_t k = 0; k < 40; k++) {
        faults[k] = (struct sc_fault){SC_FAULT_ERROR, SC_CALL_RUN, k + 1};
    }
    s.sims[0].faults = faults;
    s.sims[0].n_faults = 40;
    good_run(&s, &run, &sim, 4);
    cr_expect_eq(run.quarantined, 1);
    cr_expect_eq(run.strikes[0], SC_DRIVE_STRIKES);
    cr_expect_eq(s.sims[0].calls[SC_CALL_RUN], SC_DRIVE_STRIKES);
    sc_drive_fini(&run);
    close_scene(&s);
}

/* Each device fails once, with the same job: it goes back to one that had memory for it, never to one that had not. */
Test(run, a_job_goes_back_when_it_failed_everywhere)
{
    for (unsigned k = 0; k < 2; k++) {
        const struct sc_fault error = {SC_FAULT_ERROR, SC_CALL_RUN, 1}, full = {SC_FAULT_NO_MEMORY, SC_CALL_RUN, 1};
        struct scene s;
        struct sc_drive run;
        struct sc_sim sim = {0};
        uint32_t b, id;
        open_scene(&s, 11, 1 << 20);
        work_fini(&s.w);
        sc_graph_fini(&s.g);
        cr_assert_eq(sc_graph_init(&s.g, &lent, &(struct sc_graph_limits){1, 1, 1}), SOCLE_OK);
        cr_assert_eq(sc_graph_buffer(&s.g, &b, 100, SC_ROLE_OUTPUT), SOCLE_OK);
        cr_assert_eq(sc_graph_job(&s.g, &id, &(struct sc_job_spec){.count = 1, .uses = &(struct sc_use){b, SC_WRITE}, .n_uses = 1}), SOCLE_OK);
        cr_assert_eq(sc_graph_seal(&s.g), SOCLE_OK);
        work_init(&s.w, &s.g, 1);
        s.setup.outside = s.w.outside;
        s.setup.n_devices = 2;
        for (uint32_t d = 0; d < 2; d++) {
            s.sims[d].faults = k == 1 && d == 0 ? &full : &error;
            s.sims[d].n_faults = 1;
        }
        good_run(&s, &run, &sim, 11);
        cr_expect_eq(run.n_failures, 2);
        cr_expect_eq(s.sims[0].calls[SC_CALL_RUN] + s.sims[1].calls[SC_CALL_RUN], 3);
        cr_expect(k == 0 || s.sims[0].calls[SC_CALL_RUN] == 1);
        sc_drive_fini(&run);
        close_scene(&s);
    }
}

/* When nothing is left the run ends with the cause, and never with bytes that pass for a result. */
Test(run, ends_with_the_cause_when_no_device_is_left)
{
    static const enum sc_fault_kind kinds[] = {SC_FAULT_LOST, SC_FAULT_NO_MEMORY};
    static const socle_status want[] = {SOCLE_E_DEVICE, SOCLE_E_NOMEM};
    for (unsigned k = 0; k < 2; k++) {
        struct scene s;
        struct sc_drive run;
        struct sc_sim sim = {0};
        struct sc_fault faults[64];
        open_scene(&s, 5, 1 << 20);
        for (uint32_t i = 0; i < 64; i++) {
            faults[i] = (struct sc_fault){kinds[k], SC_CALL_RUN, i + 1};
        }
        for (uint32_t d = 0; d < s.n_devices; d++) {
            s.sims[d].faults = faults;
            s.sims[d].n_faults = 64;
        }
        cr_expect_eq(run_scene(&s, &run, &sim), want[k]);
        cr_expect(run.why[0] != 0);
        cr_expect(!work_right(&s.w));
        sc_drive_fini(&run);
        close_scene(&s);
    }
}

Test(run, asks_for_less_when_an_arena_is_refused)
{
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct scene s;
        struct sc_drive run;
        struct sc_sim sim = {0};
        const struct sc_fault faults[2] = {{SC_FAULT_NO_MEMORY, SC_CALL_ARENA, 1}, {SC_FAULT_NO_MEMORY, SC_CALL_ARENA, 2}};
        open_scene(&s, seed, 1 << 20);
        s.sims[0].faults = faults;
        s.sims[0].n_faults = 2;
        good_run(&s, &run, &sim, seed);
        cr_expect(s.sims[0].calls[SC_CALL_ARENA] >= 3 || run.taken[1] == 0);
        cr_expect_eq(run.n_failures, 0);
        sc_drive_fini(&run);
        close_scene(&s);
    }
}

Test(run, keeps_to_the_budget_that_is_given)
{
    struct scene s;
    struct sc_drive run;
    struct sc_sim sim = {0};
    const uint64_t budget[MAX_DEVICES] = {1500, 1400, 1300, 1400, 1500, 1600};
    open_scene(&s, 6, 1 << 20);
    s.setup.budget = budget;
    good_run(&s, &run, &sim, 6);
    for (uint32_t d = 0; d < s.n_devices; d++) {
        cr_expect(run.taken[d + 1] <= budget[d]);
    }
    sc_drive_fini(&run);
    close_scene(&s);
}

/* A dry run takes the same time without memory and without devices. */
Test(run, a_dry_run_takes_the_same_time)
{
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct scene s;
        struct sc_drive run;
        struct sc_sim sim = {0}, dry = {0};
        open_scene(&s, seed, 2000);
        good_run(&s, &run, &sim, seed);
        sc_drive_fini(&run);
        s.setup.dry = true;
        s.setup.outside = NULL;
        cr_expect_eq(run_scene(&s, &run, &dry), SOCLE_OK);
        cr_expect_eq(dry.now, sim.now);
        cr_expect(run.host_arena == NULL);
        sc_drive_fini(&run);
        close_scene(&s);
    }
}

Test(run, can_be_stopped)
{
    struct scene s;
    struct sc_drive run;
    struct sc_sim sim = {0};
    open_scene(&s, 8, 1 << 20);
    cr_assert_eq(sc_drive_init(&run, &s.setup), SOCLE_OK);
    sc_drive_stop(&run, SOCLE_E_CANCELLED);
    cr_expect_eq(sc_sim_run(&run, &sim), SOCLE_E_CANCELLED);
    cr_expect_eq(run.n_jobs_run, 0);
    sc_drive_fini(&run);
    close_scene(&s);
}

Test(run, fails_cleanly_when_any_allocation_fails)
{
    const struct sc_fault fault = {SC_FAULT_LOST, SC_CALL_RUN, 5};
    struct scene s;
    open_scene(&s, 9, 2000);
    const size_t held = sc_mem_now();
    unsigned failed = 0;
    socle_status last = SOCLE_OK;
    for (unsigned n = 1; n < 400; n++) { /* more than there are */
        struct sc_drive run;
        struct sc_sim sim = {0};
        memset(s.sims[0].calls, 0, sizeof s.sims[0].calls);
        s.sims[0].lost = false;
        s.sims[0].faults = &fault;
        s.sims[0].n_faults = 1;
        work_spoil(&s.w);
        sc_mem_fail_at(n);
        const socle_status st = run_scene(&s, &run, &sim);
        sc_mem_fail_at(0);
        cr_assert(st == SOCLE_OK || st == SOCLE_E_NOMEM, "%d", (int)st);
        failed += st != SOCLE_OK;
        last = st;
        cr_assert(st != SOCLE_OK || work_right(&s.w));
        sc_drive_fini(&run);
        cr_assert_eq(sc_mem_now(), held);
    }
    cr_expect(failed > 20 && last == SOCLE_OK, "%u", failed);
    close_scene(&s);
}

Test(run, refuses_arguments_out_of_range)
{
    struct scene s;
    struct sc_drive run;
    open_scene(&s, 10, 1 << 20);
    const struct sc_drive_setup good = s.setup;
    const struct sc_device_ops *const ops = s.devices[0].ops;
    struct sc_device_ops broken = *ops;
    s.setup.n_devices = 0;
    cr_expect_eq(sc_drive_init(&run, &s.setup), SOCLE_E_ARG);
    s.setup = good;
    s.setup.outside = NULL;
    cr_expect_eq(sc_drive_init(&run, &s.setup), SOCLE_E_ARG);
    s.setup = good;
    s.devices[0].ops = &broken;
    broken.put = NULL;
    cr_expect_eq(sc_drive_init(&run, &s.setup), SOCLE_E_ARG);
    broken = *ops;
    broken.run = NULL;
    cr_expect_eq(sc_drive_init(&run, &s.setup), SOCLE_E_ARG);
    sc_drive_fini(&run);
    close_scene(&s);
}
