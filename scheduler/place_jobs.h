/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside the planner: which jobs are needed and which is next. Not for others to include.
 */
#ifndef SC_SCHEDULER_PLACE_JOBS_H
#define SC_SCHEDULER_PLACE_JOBS_H

#include "scheduler/place_in.h"

/** Memory of this part. */
bool sc_place_jobs_start(struct planner *p);
void sc_place_jobs_end(struct planner *p);
/** Which jobs must run, the version of each buffer that is there, and how many needed jobs use it. */
bool sc_place_needed(struct planner *p);
/** Ranks, and the jobs that wait for nothing. */
void sc_place_begin(struct planner *p);
/** The job to place now; SC_NONE when all are placed. */
uint32_t sc_place_next(struct planner *p);
/** It is placed and will be done at @p when. */
void sc_place_done(struct planner *p, uint32_t job, double when);
/** Time of a job on a device; negative when it may not or cannot run there. */
double sc_place_run_ns(const struct planner *p, uint32_t job, uint32_t device);
/** When a job could start at best, copies included. */
double sc_place_start(struct planner *p, uint32_t job);
/** Below n > 0. */
uint32_t sc_place_dice(struct planner *p, uint32_t n);

#endif
