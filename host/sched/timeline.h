/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What ran where and when, as a file for Perfetto or chrome://tracing: a process for each device, a track for each of its queues.
 * Form: the Trace Event Format, JSON object form, complete ("X"), counter ("C": planned memory) and metadata ("M") events.
 */
#ifndef SC_HOST_SCHED_TIMELINE_H
#define SC_HOST_SCHED_TIMELINE_H

#include "scheduler/run.h"

struct sc_timeline_event {
    enum sc_step_kind kind;
    uint32_t device, what;
    socle_status status;
    double began, ended;
    uint64_t in_use; /* of a job: bytes of the device's memory, as planned */
};

/** Fields up to simulated are the caller's, those below begin as 0. */
struct sc_timeline {
    const struct sc_heap *heap;
    const struct sc_graph *graph;
    const char *const *op_names; /* letters, digits, '.', '_', '-' */
    uint32_t n_ops;              /* others are told by number */
    bool simulated;
    struct sc_timeline_event *events;
    uint32_t n_events, max_events;
    uint64_t n_missing; /* for want of memory; the file tells how many */
};

/** For sc_drive_setup.note, with the timeline as arg. */
void sc_timeline_note(void *arg, const struct sc_step *step, double began, double ended, socle_status st);
void sc_timeline_fini(struct sc_timeline *t);

/** The file: returns its length; writes at most @p size bytes, no final zero. Times count from the first event's. Devices as in @p infos. */
size_t sc_timeline_write(const struct sc_timeline *t, const struct sc_device_info *infos, uint32_t n_devices, char *text, size_t size);

#endif
