/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside the planner: memories as lists of segments, buffers in them, steps. Not for others to include.
 */
#ifndef SC_SCHEDULER_PLACE_IN_H
#define SC_SCHEDULER_PLACE_IN_H

#include "scheduler/place.h"

/** Steps that have touched something, the last of each queue. */
struct touch {
    uint32_t step, next;
};

/** A piece of an arena: free, or a buffer's. Segments of a memory are a list in the order of their offsets without gaps. */
struct segment {
    uint64_t offset, size;
    uint32_t held;  /* the buffer's copy that stands here; SC_NONE: free */
    uint32_t touch; /* of a free one: who must be done before it is written again */
    uint32_t next;
};

/** A buffer in a memory. */
struct held {
    uint32_t buffer, memory, segment; /* SC_NONE: in the caller's memory */
    uint32_t writer; /* step that wrote what it holds; SC_NONE: there from the start */
    uint32_t touch;  /* who has touched it since it was written, the writer included; of a new one, its place */
    bool valid;      /* holds the buffer's current version */
};

/** An array that grows. */
struct pool {
    void *p;
    uint32_t n, cap;
    size_t size;
};

struct planner {
    const struct sc_place *in;
    const struct sc_graph *g;
    struct sc_plan *plan;
    const struct sc_heap *heap;
    uint32_t n_memories;
    struct pool touches, segments, helds, steps, waits;
    uint32_t spare_segment, spare_held; /* lists of nodes that are not in use */
    uint32_t first_segment[SC_MAX_MEMORIES];
    uint64_t budget[SC_MAX_MEMORIES], free[SC_MAX_MEMORIES];
    uint32_t *at;       /* by buffer and memory: held, or SC_NONE */
    uint32_t *version;  /* by buffer: the current one */
    uint32_t *left;     /* by buffer: jobs to come that use it */
    uint32_t *pinned;   /* by buffer: 1 + the job that is being placed and uses it */
    /* Jobs. */
    uint8_t *needed;
    uint32_t *waiting;  /* predecessors that are not placed */
    double *rank, *ready;
    /* Heaps: not ready yet, by time; ready, by rank; ready, but their copies are not over when the next device is free, by rank. */
    uint32_t *later, *now, *cold;
    uint32_t n_later, n_now, n_cold;
    uint32_t next_strict;
    /* The last choice of a device for a job, good as long as no step is added. */
    uint32_t chosen_job, chosen_device, chosen_at;
    double chosen_start, chosen_duration;
    /* The step that is being made: the last step to wait for in each queue. */
    uint32_t wait_in[SC_MAX_QUEUES];
    double queue_free[SC_MAX_QUEUES];
    uint64_t dice;
    bool no_memory;     /* for the plan itself */
};

/** One more element, zeroed; NULL (and no_memory) when there is none. Pointers into the pool are void afterwards. */
void *sc_place_grow(struct planner *p, struct pool *pool);

static inline struct touch *touch_at(const struct planner *p, uint32_t i)
{
    return (struct touch *)p->touches.p + i;
}
static inline struct segment *segment_at(const struct planner *p, uint32_t i)
{
    return (struct segment *)p->segments.p + i;
}
static inline struct held *held_at(const struct planner *p, uint32_t i)
{
    return (struct held *)p->helds.p + i;
}
static inline struct sc_step *step_at(const struct planner *p, uint32_t i)
{
    return (struct sc_step *)p->steps.p + i;
}
static inline uint32_t *at_of(const struct planner *p, uint32_t buffer, uint32_t memory)
{
    return &p->at[(size_t)buffer * p->n_memories + memory];
}
/** The buffer's copy in a memory, if it has the current version; else NULL. */
static inline struct held *valid_in(const struct planner *p, uint32_t buffer, uint32_t memory)
{
    const uint32_t i = *at_of(p, buffer, memory);
    return i != SC_NONE && held_at(p, i)->valid ? held_at(p, i) : NULL;
}
static inline uint32_t memory_of(const struct planner *p, uint32_t device)
{
    return p->in->devices[device].shares_host ? SC_HOST : device + 1;
}

/** Empty memories, then the residents, inputs and outputs. False: residents overlap or stand outside. */
bool sc_memory_start(struct planner *p);
/** What a buffer takes in a memory. */
uint64_t sc_memory_size(const struct planner *p, uint32_t buffer, uint32_t memory);
/** A place for a buffer that has none in that memory: the first that is free by @p when, else the one that is free first. Returns the copy, not
 * valid yet; SC_NONE when there is no room. */
uint32_t sc_memory_take(struct planner *p, uint32_t buffer, uint32_t memory, double when);
/** Give up a buffer's copy; outputs in the caller's memory only cease to be valid. */
void sc_memory_drop(struct planner *p, uint32_t buffer, uint32_t memory);
/** The buffer to make room with: least recently used, not pinned; at the host only what another memory has too. SC_NONE: none. */
uint32_t sc_memory_victim(const struct planner *p, uint32_t memory);
/** The step being made waits for all that touched a copy (before writing), or for its writer (before reading). */
void sc_wait_all(struct planner *p, uint32_t held);
void sc_wait_writer(struct planner *p, uint32_t held);
/** A step has read, or written, a copy. */
void sc_note_read(struct planner *p, uint32_t held, uint32_t step);
void sc_note_write(struct planner *p, uint32_t held, uint32_t step);

#endif
