/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A run of a graph with threads and a clock: one thread for each queue of each device, and one that watches. What is run and what a
 * failure means is scheduler/run.h's; here is who does it and when.
 */
#ifndef SC_HOST_SCHED_CREW_H
#define SC_HOST_SCHED_CREW_H

#include "scheduler/run.h"

struct sc_crew_options {
    /* A call that takes longer than both is interrupted, where its device can be: watch_ns, and watch_factor times what the plan thought.
     * watch_ns = 0: nothing is watched. A device whose interrupt is NULL is trusted to come back. */
    uint64_t watch_ns;
    double watch_factor;
    void *arg;
    /** Asked some twenty times a second: anything but SOCLE_OK ends the run with that. From a thread of the crew. May be NULL. */
    socle_status (*goes_on)(void *arg);
};

/** Carry out a run that sc_drive_init has begun; returns when all outputs are there, or with the cause: as sc_drive_settle, what goes_on
 * said, E_NOMEM when no threads can be had. */
SC_MUST_USE socle_status sc_crew_run(struct sc_drive *run, const struct sc_crew_options *options);

#endif
