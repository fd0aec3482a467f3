/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * From a graph of jobs to a plan: which device runs each job, every copy between memories, and where each buffer stands in each memory,
 * before anything runs. The order is that of list scheduling in time: of the jobs that can start when a device becomes free, the one with
 * the longest way to the end (upward rank, as HEFT has it) goes where it would finish first, copies included. A job whose copies are not
 * over by then waits for those that have theirs. Copies stand in queues of their own and wait for nothing but their data and their place, so
 * they run ahead of the jobs as far as memory allows. A buffer that is in the way is copied to the host, the least recently used first.
 * A second plan takes the ready jobs in the order in which they were declared, which has fewer of them under way; the better one is kept.
 *
 * A plan is a list of steps. Steps of one queue run in the order of the list; across queues a step waits for those it names, all earlier in
 * the list, so no order can lock up. Memory number 0 is the host's, 1 + d that of device d. Inputs and outputs stand in host memory of the
 * caller's; inner buffers that come to the host stand in an arena there, planned like the others.
 *
 * Theory: Topcuoglu, Hariri, Wu, IEEE TPDS 13(3), 2002 (HEFT). Owns its memory; not thread-safe; constant once made.
 */
#ifndef SC_SCHEDULER_PLACE_H
#define SC_SCHEDULER_PLACE_H

#include "core/base/status.h"
#include "scheduler/device.h"
#include "scheduler/graph.h"

#define SC_HOST 0u                              /* the host's memory */
#define SC_MAX_MEMORIES (SC_MAX_DEVICES + 1)
#define SC_MAX_QUEUES (SC_MAX_DEVICES * SC_N_QUEUES)
#define SC_PLAN_WHY 160

/** Times that the plan reckons with, in ns. */
struct sc_times {
    const void *arg;
    /** Of a job on a device; negative when it cannot run there. */
    double (*run)(const void *arg, uint32_t job, uint32_t device);
    /** Of a copy of @p size bytes to the device (put) or from it. Not called for devices that share the host's memory. */
    double (*copy)(const void *arg, uint32_t device, bool put, uint64_t size);
};

struct sc_place_device {
    uint64_t budget;  /* bytes of its arena, at most; ignored with shares_host */
    uint32_t align;   /* of offsets, a power of two */
    bool shares_host; /* works in the host's memory */
    bool off;         /* takes no jobs, and what it holds is lost */
};

/** Contents that a memory has when the plan begins. */
struct sc_resident {
    uint32_t buffer, version, memory;
    uint64_t offset; /* in that memory's arena; SC_NO_OFFSET for an output in host memory */
};

/** What is to be placed. */
struct sc_place {
    const struct sc_graph *graph; /* sealed */
    const struct sc_times *times;
    uint32_t n_devices; /* 1 to SC_MAX_DEVICES */
    const struct sc_place_device *devices;
    uint64_t host_budget; /* bytes of the host's arena, at most */
    /* For going on after a failure; all may be NULL. Jobs that are done run again only where what they wrote is needed and is gone. */
    const uint8_t *done;     /* by job */
    const uint64_t *avoid;   /* by job: bit d keeps it from device d */
    const struct sc_resident *residents;
    uint32_t n_residents;    /* no two of one buffer in one memory, none overlapping; not of inputs, which are at hand */
    uint64_t seed;           /* not 0: any ready job on any device, by dice, for tests */
};

/** Which of the ready jobs comes first: the one with the longest way to the end; the first declared; and where both need too much memory,
 * jobs strictly as declared. */
enum sc_plan_order { SC_ORDER_RANK, SC_ORDER_DECLARED, SC_ORDER_STRICT };

enum sc_step_kind { SC_STEP_RUN, SC_STEP_PUT, SC_STEP_GET };

struct sc_step {
    enum sc_step_kind kind;
    uint32_t device;
    uint32_t what;        /* job, or buffer of a copy */
    uint32_t version;     /* of the buffer; of a job 0 */
    uint64_t offset;      /* of a copy, in the device's arena */
    uint64_t host_offset; /* of a copy, in the host's arena; SC_NO_OFFSET: the caller's memory */
    uint32_t first_wait, n_waits; /* steps of other queues, at most one of each */
    uint32_t next;        /* in its queue; SC_NONE */
    double start, finish; /* as planned, ns */
    uint64_t in_use;      /* of a job: bytes of its device's memory that have an owner when it is placed, its own among them */
};

struct sc_plan {
    uint32_t n_devices, n_steps, n_waits;
    struct sc_step *steps;
    uint32_t *waits;
    uint64_t *use_offset;  /* by use of the graph: where the buffer stands for its job; SC_NO_OFFSET: the caller's memory */
    uint32_t first[SC_MAX_QUEUES]; /* first step of queue 3 device + enum sc_queue; SC_NONE */
    uint64_t arena[SC_MAX_MEMORIES]; /* bytes of each memory's arena that the plan uses */
    uint32_t n_runs;       /* jobs placed */
    double makespan;       /* ns */
    uint64_t copied, spilled; /* bytes; spilled: copied to the host to make room, among them */
    enum sc_plan_order order;
    char why[SC_PLAN_WHY]; /* of a failure */
    struct sc_heap heap;
};

static inline uint32_t sc_queue_of(const struct sc_step *s)
{
    return s->device * SC_N_QUEUES + (uint32_t)(s->kind == SC_STEP_RUN ? SC_QUEUE_RUN : s->kind == SC_STEP_PUT ? SC_QUEUE_PUT : SC_QUEUE_GET);
}

/** Make a plan. SOCLE_E_ARG: an argument out of range. SOCLE_E_NOMEM: memory for the plan itself, or plan->why names the job that fits
 * nowhere. SOCLE_E_DEVICE: plan->why names the job that no device can run. On failure nothing is held. */
SC_MUST_USE socle_status sc_plan_make(struct sc_plan *plan, const struct sc_heap *heap, const struct sc_place *in);
/** All zero is fine. */
void sc_plan_fini(struct sc_plan *plan);

#endif
