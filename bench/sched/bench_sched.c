/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the scheduler itself costs: empty jobs, from the declaration of the graph to the end of the run, with threads. One JSON line a case.
 *
 *   bench_sched [JOBS [SAMPLES]]     default: 20000 jobs, 5 samples
 *
 * free: jobs without buffers; chain: each updates the same buffer; pairs: each reads what the one before it wrote; fan: eight readers
 * of one written buffer, again and again. `plan` makes two plans, of which the better is kept.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/sched/crew.h"
#include "host/sys/file.h"
#include "host/sys/lend.h"

enum { FREE, CHAIN, PAIRS, FAN, N_KINDS, BUFFERS = 16, MAX_SAMPLES = 101 };
static const char *const kinds[N_KINDS] = {"free", "chain", "pairs", "fan"};

struct sample {
    double declare, plan, run;
};

static void info(void *self, struct sc_device_info *out)
{
    (void)self;
    *out = (struct sc_device_info){.name = "empty", .kind = "cpu", .align = 64, .shares_host = true};
}

static socle_status nothing(void *self, const struct sc_launch *l)
{
    (void)self, (void)l;
    return SOCLE_OK;
}

static double run_ns(const void *arg, uint32_t job, uint32_t device)
{
    (void)arg, (void)job, (void)device;
    return 1000;
}

static double copy_ns(const void *arg, uint32_t device, bool put, uint64_t size)
{
    (void)arg, (void)device, (void)put, (void)size;
    return 0;
}

static socle_status declare(struct sc_graph *g, const struct sc_heap *heap, unsigned kind, uint32_t n)
{
    socle_status st = SOCLE_OK;
    uint32_t id;
    TRY(sc_graph_init(g, heap, &(struct sc_graph_limits){BUFFERS, n, 2 * n}));
    for (uint32_t b = 0; b < BUFFERS; b++) {
        TRY(sc_graph_buffer(g, &id, 64, SC_ROLE_INNER));
    }
    for (uint32_t j = 0; j < n; j++) {
        struct sc_use uses[2] = {{0, j == 0 ? SC_WRITE : SC_UPDATE}, {0, SC_READ}};
        uint32_t n_uses = kind == FREE ? 0 : 1;
        if (kind == PAIRS) {
            uses[0] = (struct sc_use){j % BUFFERS, SC_WRITE};
            uses[1] = (struct sc_use){(j + BUFFERS - 1) % BUFFERS, SC_READ};
            n_uses = j == 0 ? 1 : 2;
        } else if (kind == FAN) {
            uses[0] = (struct sc_use){0, j % 9 == 0 ? SC_WRITE : SC_READ};
        }
        TRY(sc_graph_job(g, &id, &(struct sc_job_spec){.count = 1, .uses = uses, .n_uses = n_uses}));
    }
    TRY(sc_graph_seal(g));
out:
    return st;
}

static socle_status measure(struct sample *s, unsigned kind, uint32_t n_devices, uint32_t n)
{
    socle_status st = SOCLE_OK;
    static const struct sc_device_ops ops = {.info = info, .run = nothing};
    static const struct sc_times times = {NULL, run_ns, copy_ns};
    static struct sc_drive run;
    const struct sc_heap heap = sc_lend_heap();
    const struct sc_crew_options options = {0};
    struct sc_device devices[SC_MAX_DEVICES];
    struct sc_graph g = {0};
    for (uint32_t d = 0; d < n_devices; d++) {
        devices[d] = (struct sc_device){&ops, NULL};
    }
    const struct sc_drive_setup setup = {.graph = &g, .times = &times, .n_devices = n_devices, .devices = devices, .host_budget = 1 << 20,
                                         .heap = &heap, .arena = &heap};
    const uint64_t t0 = sc_clock_ns();
    TRY(declare(&g, &heap, kind, n));
    const uint64_t t1 = sc_clock_ns();
    TRY(sc_drive_init(&run, &setup));
    const uint64_t t2 = sc_clock_ns();
    TRY(sc_crew_run(&run, &options));
    const uint64_t t3 = sc_clock_ns();
    *s = (struct sample){(double)(t1 - t0) / n, (double)(t2 - t1) / n, (double)(t3 - t2) / n};
out:
    sc_drive_fini(&run);
    sc_graph_fini(&g);
    return st;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
    const long jobs = argc > 1 ? atol(argv[1]) : 20000, samples = argc > 2 ? atol(argv[2]) : 5;
    if (jobs < 1 || jobs > 1000000 || samples < 1 || samples > MAX_SAMPLES) {
        (void)fprintf(stderr, "bench_sched [JOBS [SAMPLES]]\n");
        return 2;
    }
    for (unsigned kind = 0; kind < N_KINDS; kind++) {
        for (uint32_t n_devices = 1; n_devices <= 2; n_devices++) {
            double declare_ns[MAX_SAMPLES], plan_ns[MAX_SAMPLES], run_each_ns[MAX_SAMPLES], all[MAX_SAMPLES];
            for (long i = 0; i < samples; i++) {
                struct sample s;
                const socle_status st = measure(&s, kind, n_devices, (uint32_t)jobs);
                if (st != SOCLE_OK) {
                    (void)fprintf(stderr, "bench_sched: status %d\n", (int)st);
                    return 1;
                }
                declare_ns[i] = s.declare;
                plan_ns[i] = s.plan;
                run_each_ns[i] = s.run;
                all[i] = s.declare + s.plan + s.run;
            }
            double *const columns[4] = {declare_ns, plan_ns, run_each_ns, all};
            for (unsigned k = 0; k < 4; k++) {
                qsort(columns[k], (size_t)samples, sizeof(double), compare);
            }
            (void)printf("{\"schema\": \"socle.bench.sched\", \"schema_version\": 1, \"case\": \"%s\", \"queues\": %u, \"jobs\": %ld, \"samples\": %ld, "
                         "\"declare\": %.1f, \"plan\": %.1f, \"run\": %.1f, \"median\": %.1f, \"best\": %.1f, \"unit\": \"ns/job\"}\n",
                         kinds[kind], n_devices, jobs, samples, declare_ns[samples / 2], plan_ns[samples / 2], run_each_ns[samples / 2], all[samples / 2], all[0]);
        }
    }
    return 0;
}
