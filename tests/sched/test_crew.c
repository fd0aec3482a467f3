/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Runs with threads: the same bytes as the declared order, whatever the plan and whatever fails; the watch; ends from outside.
 */
#define _POSIX_C_SOURCE 200809L
#include "host/sched/crew.h"
#include "host/sys/file.h"
#include "tests/sched/work.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

enum { MAX_DEVICES = 4 };

struct hang {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool interrupted;
};

struct scene {
    struct sc_graph g;
    struct work w;
    struct some_times some;
    struct sc_times times;
    uint32_t n_devices;
    struct hang hangs[MAX_DEVICES];
    struct sc_sim_device sims[MAX_DEVICES];
    struct sc_device devices[MAX_DEVICES];
    struct sc_drive_setup setup;
};

static void hang_on(void *arg)
{
    struct hang *const h = arg;
    (void)pthread_mutex_lock(&h->lock);
    while (!h->interrupted) {
        (void)pthread_cond_wait(&h->wake, &h->lock);
    }
    h->interrupted = false;
    (void)pthread_mutex_unlock(&h->lock);
}

static void interrupt(void *arg)
{
    struct hang *const h = arg;
    (void)pthread_mutex_lock(&h->lock);
    h->interrupted = true;
    (void)pthread_cond_signal(&h->wake);
    (void)pthread_mutex_unlock(&h->lock);
}

static void open_scene(struct scene *s, uint64_t seed, uint64_t budget, uint32_t n_jobs)
{
    uint64_t state = seed;
    memset(s, 0, sizeof *s);
    some_graph(&s->g, &state, n_jobs, 14, 300);
    work_init(&s->w, &s->g, seed);
    work_spoil(&s->w);
    s->some = (struct some_times){.seed = seed, .g = &s->g, .cannot = 9};
    s->times = (struct sc_times){&s->some, some_run, some_copy};
    s->n_devices = 1 + dice(&state, MAX_DEVICES);
    for (uint32_t d = 0; d < s->n_devices; d++) {
        (void)pthread_mutex_init(&s->hangs[d].lock, NULL);
        (void)pthread_cond_init(&s->hangs[d].wake, NULL);
        s->sims[d] = (struct sc_sim_device){.info = {.name = "sim", .kind = "sim", .memory = budget, .align = 16, .shares_host = dice(&state, 3) == 0},
                                            .operation = mix, .hang = hang_on, .interrupt = interrupt, .arg = &s->hangs[d], .heap = &lent};
        s->devices[d] = sc_sim_device(&s->sims[d]);
    }
    s->setup = (struct sc_drive_setup){.graph = &s->g, .times = &s->times, .n_devices = s->n_devices, .devices = s->devices,
                                       .host_budget = 1 << 20, .outside = s->w.outside, .heap = &lent, .arena = &lent};
}

static void close_scene(struct scene *s)
{
    for (uint32_t d = 0; d < s->n_devices; d++) {
        cr_assert(!s->sims[d].outside && s->sims[d].arena == NULL);
    }
    work_fini(&s->w);
    sc_graph_fini(&s->g);
}

static void good_run(struct scene *s, const struct sc_crew_options *o, uint64_t seed)
{
    struct sc_drive run;
    socle_status st = sc_drive_init(&run, &s->setup);
    st = st == SOCLE_OK ? sc_crew_run(&run, o) : st;
    cr_assert_eq(st, SOCLE_OK, "seed %llu: %d %s", (unsigned long long)seed, (int)st, run.why);
    cr_assert(work_right(&s->w), "seed %llu: wrong bytes", (unsigned long long)seed);
    cr_assert(run.n_jobs_run >= s->g.n_jobs);
    sc_drive_fini(&run);
}

Test(crew, any_legal_order_gives_the_same_bytes)
{
    const struct sc_crew_options o = {0};
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct scene s;
        open_scene(&s, seed, 1 << 20, 60);
        for (uint64_t k = 0; k < 4; k++) {
            work_spoil(&s.w);
            s.setup.seed = k; /* 0: the good plan */
            good_run(&s, &o, seed);
        }
        close_scene(&s);
    }
}

Test(crew, no_shower_of_faults_loses_anything)
{
    static const enum sc_fault_kind kinds[] = {SC_FAULT_NO_MEMORY, SC_FAULT_ERROR, SC_FAULT_LOST};
    const struct sc_crew_options o = {0};
    for (uint64_t seed = 1; seed <= 80; seed++) {
        struct scene s;
        struct sc_fault faults[MAX_DEVICES][3];
        uint64_t state = seed;
        open_scene(&s, seed, 1 << 20, 60);
        for (uint32_t d = 1; d < s.n_devices; d++) {
            for (uint32_t k = 0; k < 3; k++) {
                faults[d][k] = (struct sc_fault){kinds[dice(&state, 3)], (enum sc_fault_call)dice(&state, 3), 1 + dice(&state, 12)};
            }
            s.sims[d].faults = faults[d];
            s.sims[d].n_faults = 3;
        }
        good_run(&s, &o, seed);
        close_scene(&s);
    }
}

Test(crew, a_hang_is_interrupted_and_run_elsewhere)
{
    const struct sc_crew_options o = {.watch_ns = 20000000, .watch_factor = 4};
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct scene s;
        struct sc_drive run;
        const struct sc_fault faults[] = {{SC_FAULT_HANG, SC_CALL_RUN, 3}, {SC_FAULT_HANG, SC_CALL_PUT, 2}};
        open_scene(&s, seed, 1 << 20, 60);
        s.sims[0].faults = faults;
        s.sims[0].n_faults = 2;
        cr_assert_eq(sc_drive_init(&run, &s.setup), SOCLE_OK);
        cr_assert_eq(sc_crew_run(&run, &o), SOCLE_OK, "%s", run.why);
        cr_assert(work_right(&s.w));
        cr_expect(run.n_failures >= 1 && run.failures[0].status == SOCLE_E_DEADLINE, "seed %llu: %u", (unsigned long long)seed, run.n_failures);
        sc_drive_fini(&run);
        close_scene(&s);
    }
}

static socle_status stop_now(void *arg)
{
    atomic_int *const asked = arg;
    return atomic_fetch_add(asked, 1) >= 1 ? SOCLE_E_CANCELLED : SOCLE_OK;
}

static void slow(void *arg, const struct sc_launch *l, void *const *where)
{
    const struct timespec t = {0, 20000000};
    (void)arg, (void)l, (void)where;
    (void)nanosleep(&t, NULL);
}

Test(crew, can_be_stopped_from_outside)
{
    struct scene s;
    struct sc_drive run;
    atomic_int asked = 0;
    const struct sc_crew_options o = {.arg = &asked, .goes_on = stop_now};
    open_scene(&s, 3, 1 << 20, 400);
    for (uint32_t d = 0; d < s.n_devices; d++) {
        s.sims[d].operation = slow;
    }
    cr_assert_eq(sc_drive_init(&run, &s.setup), SOCLE_OK);
    cr_expect_eq(sc_crew_run(&run, &o), SOCLE_E_CANCELLED);
    cr_expect(run.n_jobs_run < 400);
    sc_drive_fini(&run);
    close_scene(&s);
}

Test(crew, ends_with_the_cause_when_no_device_is_left)
{
    struct scene s;
    struct sc_drive run;
    const struct sc_crew_options o = {0};
    const struct sc_fault fault = {SC_FAULT_LOST, SC_CALL_RUN, 4};
    open_scene(&s, 5, 1 << 20, 60);
    for (uint32_t d = 0; d < s.n_devices; d++) {
        s.sims[d].faults = &fault;
        s.sims[d].n_faults = 1;
    }
    cr_assert_eq(sc_drive_init(&run, &s.setup), SOCLE_OK);
    cr_expect_eq(sc_crew_run(&run, &o), SOCLE_E_DEVICE);
    cr_expect(run.why[0] != 0 && !work_right(&s.w));
    sc_drive_fini(&run);
    close_scene(&s);
}

Test(crew, an_empty_graph_is_done_at_once)
{
    struct scene s;
    struct sc_drive run;
    const struct sc_crew_options o = {0};
    struct sc_graph none;
    open_scene(&s, 5, 1 << 20, 60);
    cr_assert_eq(sc_graph_init(&none, &lent, &(struct sc_graph_limits){0, 0, 0}), SOCLE_OK);
    cr_assert_eq(sc_graph_seal(&none), SOCLE_OK);
    s.setup.graph = &none;
    cr_assert_eq(sc_drive_init(&run, &s.setup), SOCLE_OK);
    cr_expect_eq(sc_crew_run(&run, &o), SOCLE_OK);
    sc_drive_fini(&run);
    sc_graph_fini(&none);
    close_scene(&s);
}

Test(crew, fails_cleanly_without_memory_for_threads)
{
    for (unsigned n = 1; n <= 4; n++) {
        struct scene s;
        struct sc_drive run;
        const struct sc_crew_options o = {0};
        open_scene(&s, 6, 1 << 20, 20);
        cr_assert_eq(sc_drive_init(&run, &s.setup), SOCLE_OK);
        sc_mem_fail_at(n);
        const socle_status st = sc_crew_run(&run, &o);
        sc_mem_fail_at(0);
        cr_expect(st == SOCLE_E_NOMEM || (st == SOCLE_OK && work_right(&s.w)));
        cr_expect(n > 1 || st == SOCLE_E_NOMEM);
        sc_drive_fini(&run);
        close_scene(&s);
    }
}
