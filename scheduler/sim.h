/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Running a graph on a virtual clock: the planner and the run of scheduler/run.h, with times from a table instead of a clock and without
 * threads, so the same call gives the same result. And a device made of host memory, whose faults are ordered beforehand: it works under
 * either driver.
 */
#ifndef SC_SCHEDULER_SIM_H
#define SC_SCHEDULER_SIM_H

#include "scheduler/run.h"

struct sc_sim {
    const struct sc_times *truth; /* how long things take; NULL: as the plan thinks */
    double watchdog;              /* what a hang costs until it is noticed, ns */
    /* Results. */
    double now; /* ns since the start */
};

/** Carry out a run that sc_drive_init has begun. Errors as of sc_drive_settle. */
SC_MUST_USE socle_status sc_sim_run(struct sc_drive *run, struct sc_sim *sim);

enum sc_fault_kind {
    SC_FAULT_NO_MEMORY, /* the call fails with E_NOMEM */
    SC_FAULT_WRONG,     /* the call succeeds, and one byte of what it wrote is wrong */
    SC_FAULT_HANG,      /* the call does not come back until it is interrupted; on the virtual clock it fails with E_DEADLINE */
    SC_FAULT_ERROR,     /* the call fails with E_DEVICE */
    SC_FAULT_LOST,      /* this call and all after it fail with E_DEVICE */
};
enum sc_fault_call { SC_CALL_RUN, SC_CALL_PUT, SC_CALL_GET, SC_CALL_ARENA, SC_N_CALLS };

struct sc_fault {
    enum sc_fault_kind kind;
    enum sc_fault_call call;
    uint64_t nth; /* of the calls of its kind, from 1 */
};

/** A simulated device. Fields up to faults are set by the owner before it is used. */
struct sc_sim_device {
    struct sc_device_info info;
    /** What operations do: where[k] is the job's k-th buffer. NULL: nothing. */
    void (*operation)(void *arg, const struct sc_launch *launch, void *const *where);
    /** What a hang does until interrupt is called: wait. NULL: the call fails at once. */
    void (*hang)(void *arg);
    void (*interrupt)(void *arg); /* ends it; from another thread. May be NULL */
    void *arg;
    bool scramble; /* a failure leaves anything in the whole arena, not only where the call wrote; not with threads */
    const struct sc_heap *heap; /* of its arena */
    const struct sc_fault *faults;
    uint32_t n_faults;
    uint64_t calls[SC_N_CALLS];
    void *arena;
    uint64_t arena_size;
    _Atomic bool lost, outside; /* outside: some call was not within the arena */
};

/** The device as a backend; borrows it. */
struct sc_device sc_sim_device(struct sc_sim_device *d);

#endif
