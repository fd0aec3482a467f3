/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The planner beside StarPU's dmdas: the same graphs, the same times of each job, upward ranks as its priorities. StarPU runs
 * jobs that sleep; from the order and the workers that it chose follows the time that its schedule takes without any overhead, and ours may
 * not be more than 5 per cent longer. TAP. Workers are equal and share one memory: the CPU build of StarPU 1.3 has no others.
 */
#define _GNU_SOURCE
#include <starpu.h>

#include "host/sched/segment_graph.h"
#include "tests/sched/lent.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "scheduler/place.h"

enum { WORKERS = 4, MAX_JOBS = 512, MAX_BUFFERS = 256 };

/** A graph with times, and what StarPU made of it. */
struct scene {
    struct sc_graph g;
    double ns[MAX_JOBS];
    unsigned order[MAX_JOBS], worker[MAX_JOBS];
};

static struct scene scene;
static atomic_uint begun;

static double run_ns(const void *arg, uint32_t job, uint32_t device)
{
    (void)arg, (void)device;
    return scene.ns[job];
}

static double no_copy(const void *arg, uint32_t device, bool put, uint64_t size)
{
    (void)arg, (void)device, (void)put, (void)size;
    return 0;
}

static void sleep_job(void *buffers[], void *arg)
{
    const unsigned job = *(const unsigned *)arg, worker = (unsigned)starpu_worker_get_id_check();
    const double ns = scene.ns[job];
    const struct timespec t = {(time_t)(ns / 1e9), (long)(ns - 1e9 * (double)(time_t)(ns / 1e9))};
    (void)buffers;
    scene.order[job] = atomic_fetch_add(&begun, 1);
    scene.worker[job] = worker;
    (void)nanosleep(&t, NULL);
}

/* Microseconds. */
static double cost(struct starpu_task *task, unsigned implementation)
{
    (void)implementation;
    return 1e-3 * scene.ns[*(const unsigned *)task->cl_arg];
}

static struct starpu_perfmodel model = {.type = STARPU_COMMON, .symbol = "socle_sleep", .cost_function = cost};
static struct starpu_codelet codelet = {.cpu_funcs = {sleep_job}, .nbuffers = STARPU_VARIABLE_NBUFFERS, .model = &model, .name = "sleep"};

static bool submit(const struct sc_graph *g, unsigned *jobs, const double *rank)
{
    static starpu_data_handle_t handles[MAX_BUFFERS];
    bool good = true;
    for (uint32_t b = 0; b < g->n_buffers; b++) {
        starpu_void_data_register(&handles[b]);
    }
    starpu_pause();
    for (uint32_t j = 0; j < g->n_jobs; j++) {
        struct starpu_task *const task = starpu_task_create();
        jobs[j] = j;
        task->cl = &codelet;
        task->cl_arg = &jobs[j];
        task->cl_arg_size = sizeof jobs[j];
        task->priority = (int)(rank[j] / 1e3);
        task->nbuffers = (int)g->jobs[j].n_uses;
        for (uint32_t k = 0; k < g->jobs[j].n_uses; k++) {
            const struct sc_use u = g->uses[g->jobs[j].first_use + k];
            STARPU_TASK_SET_HANDLE(task, handles[u.buffer], k);
            STARPU_TASK_SET_MODE(task, u.access == SC_READ ? STARPU_R : u.access == SC_WRITE ? STARPU_W : STARPU_RW, k);
        }
        good = starpu_task_submit(task) == 0 && good;
    }
    starpu_resume();
    good = starpu_task_wait_for_all() == 0 && good;
    for (uint32_t b = 0; b < g->n_buffers; b++) {
        starpu_data_unregister(handles[b]);
    }
    return good;
}

/* How long the schedule takes that StarPU chose: workers in its order, jobs when those before them are done. */
static double ideal(const struct sc_graph *g)
{
    static unsigned at[MAX_JOBS];
    static double done[MAX_JOBS];
    double worker_free[WORKERS] = {0}, end = 0;
    for (uint32_t j = 0; j < g->n_jobs; j++) {
        at[scene.order[j]] = j;
    }
    for (uint32_t i = 0; i < g->n_jobs; i++) {
        const uint32_t j = at[i], w = scene.worker[j];
        double start = worker_free[w];
        for (uint32_t k = 0; k < g->jobs[j].n_preds; k++) {
            const double t = done[g->preds[g->jobs[j].first_pred + k]];
            start = t > start ? t : start;
        }
        done[j] = worker_free[w] = start + scene.ns[j];
        end = done[j] > end ? done[j] : end;
    }
    return end;
}

static void ranks(const struct sc_graph *g, double *rank)
{
    for (uint32_t j = g->n_jobs; j-- > 0;) {
        double longest = 0;
        for (uint32_t k = 0; k < g->jobs[j].n_succs; k++) {
            const double r = rank[g->succs[g->jobs[j].first_succ + k]];
            longest = r > longest ? r : longest;
        }
        rank[j] = longest + scene.ns[j];
    }
}

static double ours(const struct sc_graph *g)
{
    static struct sc_place_device devices[WORKERS];
    const struct sc_times times = {NULL, run_ns, no_copy};
    struct sc_plan plan;
    for (uint32_t d = 0; d < WORKERS; d++) {
        devices[d].shares_host = true;
    }
    const struct sc_place in = {.graph = g, .times = &times, .n_devices = WORKERS, .devices = devices, .host_budget = UINT64_C(1) << 50};
    const double makespan = sc_plan_make(&plan, &lent, &in) == SOCLE_OK ? plan.makespan : 1e300;
    sc_plan_fini(&plan);
    return makespan;
}

/* Jobs in layers, each reading some of the layer before. */
static bool layers(struct sc_graph *g, uint64_t *seed)
{
    enum { WIDE = 10, DEEP = 12 };
    bool good = sc_graph_init(g, &lent, &(struct sc_graph_limits){WIDE * DEEP, WIDE * DEEP, 4 * WIDE * DEEP}) == SOCLE_OK;
    for (uint32_t i = 0; good && i < WIDE * DEEP; i++) {
        uint32_t b, id, n = 1;
        struct sc_use uses[4];
        good = sc_graph_buffer(g, &b, 64, SC_ROLE_INNER) == SOCLE_OK;
        uses[0] = (struct sc_use){b, SC_WRITE};
        for (uint32_t k = 0; i >= WIDE && k < 3; k++) {
            const uint32_t from = (i / WIDE - 1) * WIDE + (dice(seed, 4) + 3 * k) % WIDE;
            bool there = false;
            for (uint32_t m = 0; m < n; m++) {
                there |= uses[m].buffer == from;
            }
            if (!there) {
                uses[n++] = (struct sc_use){from, SC_READ};
            }
        }
        good = good && sc_graph_job(g, &id, &(struct sc_job_spec){.count = 1, .uses = uses, .n_uses = n}) == SOCLE_OK;
    }
    return good && sc_graph_seal(g) == SOCLE_OK;
}

static bool segments(struct sc_graph *g, uint32_t n)
{
    struct sc_segment_sizes s;
    return sc_segment_sizes(&s, sc_profile_default()) == SOCLE_OK && sc_segment_graph(g, &lent, &s, n) == SOCLE_OK;
}

static void times_of(uint64_t *seed, bool stages)
{
    static const double stage_ms[SC_N_STAGE_OPS] = {2, 0.2, 8, 2, 3};
    for (uint32_t j = 0; j < scene.g.n_jobs; j++) {
        scene.ns[j] = 1e6 * (stages ? stage_ms[scene.g.jobs[j].op] : 1 + dice(seed, 6000) / 1e3);
    }
}

int main(void)
{
    static unsigned jobs[MAX_JOBS];
    static double rank[MAX_JOBS];
    struct starpu_conf conf;
    (void)setenv("HWLOC_SYNTHETIC", "pack:1 core:8 pu:1", 1); /* workers sleep: there may be more of them than processors */
    (void)setenv("STARPU_SILENT", "1", 1);
    const char *const home = getenv("SOCLE_BUILD_ROOT");
    (void)setenv("STARPU_HOME", home != NULL ? home : ".", 1); /* it keeps what it measures of the machine */
    (void)setenv("STARPU_WORKERS_NOBIND", "1", 1);
    (void)starpu_conf_init(&conf);
    conf.ncpus = WORKERS;
    conf.ncuda = conf.nopencl = 0;
    conf.sched_policy_name = "dmdas";
    if (starpu_init(&conf) != 0 || starpu_cpu_worker_get_count() != WORKERS) {
        (void)printf("1..0 # SKIP StarPU gives no %d workers here\n", WORKERS);
        return 0;
    }
    enum { CASES = 8 };
    (void)printf("1..%d\n", CASES);
    for (unsigned i = 0; i < CASES; i++) {
        const bool stages = i < 3;
        uint64_t seed = i;
        bool good = stages ? segments(&scene.g, 5 + 6 * i) : layers(&scene.g, &seed);
        if (good) {
            times_of(&seed, stages);
            ranks(&scene.g, rank);
            atomic_store(&begun, 0);
            good = submit(&scene.g, jobs, rank) && atomic_load(&begun) == scene.g.n_jobs;
        }
        const double theirs = good ? ideal(&scene.g) : 0, mine = good ? ours(&scene.g) : 1;
        good = good && mine <= 1.05 * theirs;
        (void)printf("%s %u - %s, %u jobs: %.2f ms, dmdas %.2f ms (%.3f)\n", good ? "ok" : "not ok", i + 1, stages ? "proofs of segments" : "layers",
                     scene.g.n_jobs, 1e-6 * mine, 1e-6 * theirs, mine / theirs);
        sc_graph_fini(&scene.g);
    }
    starpu_shutdown();
    return 0;
}
