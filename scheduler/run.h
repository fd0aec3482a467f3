/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Running a graph: the plan is carried out step by step, and what fails is planned anew. This is the part that both drivers share, the one
 * with threads and a clock (host/sched/crew.h) and the one with neither (scheduler/sim.h): it says which step a queue may begin, takes the
 * outcome, and decides what a failure means.
 *
 * The first failure ends a round: nothing new begins, what runs is waited for, and the rest is planned from what all memories still hold.
 * The job goes to another device where there is one. A device that failed, unless it only had no memory, holds nothing any more, and what
 * was copied from it while it failed is not believed, nor what came of that. One that fails too often is not used any more. Since inputs are never written, every job can be run again, whatever is lost: a run ends with all
 * outputs or with the cause, and outputs do not depend on what failed.
 *
 * Not thread-safe: a driver with threads holds its lock around every call but sc_drive_do.
 */
#ifndef SC_SCHEDULER_RUN_H
#define SC_SCHEDULER_RUN_H

#include "core/base/status.h"
#include "scheduler/device.h"
#include "scheduler/graph.h"
#include "scheduler/place.h"

#define SC_DRIVE_STRIKES 3u    /* failures after which a device is not used any more */
#define SC_DRIVE_FAILURES 32u  /* that are kept for the report */
#define SC_DRIVE_TRIES 8u      /* of one job; then the run ends with its failure */

struct sc_drive_setup {
    const struct sc_graph *graph; /* sealed */
    const struct sc_times *times;
    uint32_t n_devices;
    const struct sc_device *devices;
    const uint64_t *budget;   /* by device: bytes of its arena at most; NULL: what its info says */
    uint64_t host_budget;     /* bytes of the arena for inner buffers in host memory */
    void *const *outside;     /* by buffer: where inputs and outputs stand, sizes as declared. Outputs hold anything until the end */
    const struct sc_heap *heap;  /* small things; host/sys lends it */
    const struct sc_heap *arena; /* the host's arena, 64-byte aligned */
    void *arg;
    /** Whether a job's result is right, as far as that can be told; NULL: taken as it is. In the thread of the job, right behind it. */
    socle_status (*check)(void *arg, uint32_t job, const struct sc_launch *launch);
    /** A step is over, from the driver, with its lock held: for traces and cost models. Times as the driver has them, ns. May be NULL. */
    void (*note)(void *arg, const struct sc_step *step, double began, double ended, socle_status st);
    uint64_t seed; /* of random plans, for tests; 0: good ones */
    bool dry;      /* no memory is taken and no device called: every step succeeds. For simulation */
};

struct sc_drive_failure {
    enum sc_step_kind kind;
    uint32_t device, what; /* job, or buffer of a copy */
    socle_status status;
};

enum sc_step_state { SC_STATE_WAITING, SC_STATE_RUNNING, SC_STATE_DONE, SC_STATE_FAILED };
enum sc_next { SC_NEXT_STEP, SC_NEXT_WAIT, SC_NEXT_END };

/** Fields are read by drivers and written by run.c alone. */
struct sc_drive {
    struct sc_drive_setup setup;
    struct sc_place_device places[SC_MAX_DEVICES];
    struct sc_device_info infos[SC_MAX_DEVICES];
    uint64_t full[SC_MAX_MEMORIES];  /* budgets as given */
    uint64_t taken[SC_MAX_MEMORIES]; /* bytes of arenas that are held */
    void *host_arena;
    struct sc_plan plan;
    uint8_t *state;      /* by step */
    uint32_t *waiters;   /* by step: first queue that waits for it; SC_NONE */
    uint32_t *ended;     /* by step: how many had begun when it ended */
    uint32_t n_state;    /* room in all three */
    uint32_t n_begun, begun_as[SC_MAX_QUEUES]; /* the step that runs in a queue was so manieth */
    uint64_t doubted;    /* bit d: device d has failed in this round */
    uint32_t head[SC_MAX_QUEUES], next_waiter[SC_MAX_QUEUES];
    double began[SC_MAX_QUEUES]; /* the step that runs in a queue */
    uint32_t n_running, n_done;
    bool stopping;       /* the round ends as soon as nothing runs */
    socle_status ending; /* why the whole run is to end; SOCLE_OK: it is not */
    uint32_t wake[SC_MAX_QUEUES], n_wake; /* queues that the last outcome may let go on; the driver empties it */
    uint8_t *done;       /* by job */
    uint8_t *tries;      /* by job: failures */
    uint64_t *avoid, *never; /* by job: devices; never: those that had no memory for it */
    struct sc_resident *residents;
    uint32_t n_residents, max_residents;
    /* Report. */
    uint32_t rounds, n_failures, strikes[SC_MAX_DEVICES];
    struct sc_drive_failure failures[SC_DRIVE_FAILURES];
    uint64_t quarantined;            /* bit d: device d is not used any more */
    double busy[SC_MAX_QUEUES];      /* ns */
    uint64_t n_steps_run, n_jobs_run, copied; /* over all rounds; copied: bytes */
    char why[SC_PLAN_WHY];
};

/** Plan and take memory. Errors as of sc_plan_make, E_NOMEM where memory cannot be had; run->why has the words. On failure nothing is held. */
SC_MUST_USE socle_status sc_drive_init(struct sc_drive *run, const struct sc_drive_setup *setup);
void sc_drive_fini(struct sc_drive *run);

/** The next step of a queue that may begin @p now, ns; it counts as running from here. WAIT: not yet; the queue will be among run->wake.
 * END: not in this round. */
enum sc_next sc_drive_next(struct sc_drive *run, uint32_t queue, double now, uint32_t *step);
/** Carry it out. Without the lock. */
SC_MUST_USE socle_status sc_drive_do(const struct sc_drive *run, uint32_t step);
/** It is over. */
void sc_drive_done(struct sc_drive *run, uint32_t step, double now, socle_status st);
/** End the whole run as soon as nothing runs. */
void sc_drive_stop(struct sc_drive *run, socle_status st);

/** Nothing runs and nothing will in this round. */
static inline bool sc_drive_idle(const struct sc_drive *run)
{
    return run->n_running == 0 && (run->stopping || run->n_done == run->plan.n_steps);
}
/** When idle: *finished with all outputs there, or a new round has begun. An error ends the run: E_DEVICE, E_NOMEM, what a job failed with
 * too often, or what sc_drive_stop said; run->why has the words. */
SC_MUST_USE socle_status sc_drive_settle(struct sc_drive *run, bool *finished);

#endif
