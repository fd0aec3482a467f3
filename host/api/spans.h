/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside host/api: what a call did when, for Perfetto or chrome://tracing (Trace Event Format, as host/sched/timeline.h). Any thread notes.
 */
#ifndef SC_API_SPANS_H
#define SC_API_SPANS_H

#include <stddef.h>
#include <stdint.h>

#include "scheduler/device.h"

struct sc_spans;

/** Tracks: of the host the stages of the call, then those who make proofs at the same time; of each device its three queues. */
enum { SC_SPANS_STAGES = 0, SC_SPANS_WORKER = 1, SC_SPANS_DEVICE = 1000 };

/** E_NOMEM. */
SC_MUST_USE socle_status sc_spans_create(struct sc_spans **out);
/** NULL is fine, as for all below. */
void sc_spans_destroy(struct sc_spans *s);
/** A call begins: what was noted before is gone, times count from here. */
void sc_spans_restart(struct sc_spans *s);
/** @p name lives on. number: of the proof in its set, or log2 of a job's size; -1: none. bytes: of a copy; 0: none. What does not fit into
 * memory is counted as missing. */
void sc_spans_note(struct sc_spans *s, unsigned track, const char *name, int64_t number, uint64_t bytes, socle_status st, uint64_t began_ns,
                   uint64_t ended_ns);
/** The memory account at this moment, unless it was noted a moment ago. */
void sc_spans_memory(struct sc_spans *s);

/** A device whose calls are noted; @p inner and @p s are borrowed and outlive it. It is not closed: inner is. */
struct sc_noted_device {
    struct sc_device inner;
    struct sc_spans *spans;
    unsigned index; /* of those used */
};
struct sc_device sc_spans_device(struct sc_noted_device *n);

/** The file: returns its length; writes at most @p size bytes, no final zero. devices: their names; NULL for the CPU. */
size_t sc_spans_write(struct sc_spans *s, const char *const *devices, unsigned n_devices, char *text, size_t size);

#endif
