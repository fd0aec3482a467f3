/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Graph of jobs. The caller declares buffers, then jobs in an order in which they could run one after the other, each with the buffers
 * that it reads and writes. Edges follow: a job waits for the last writer of what it reads (read after write), for all readers of what it
 * overwrites (write after read), else for the writer before (write after write). So every edge goes from an earlier to a later job and
 * there is no cycle. An input cannot be written: whatever fails, everything can be computed again from the inputs.
 *
 * Owns one block of memory, whose size follows from the limits given at the start. Not thread-safe; constant once sealed.
 */
#ifndef SC_SCHEDULER_GRAPH_H
#define SC_SCHEDULER_GRAPH_H

#include "core/base/status.h"
#include "scheduler/heap.h"

#include <stdbool.h>
#include <stdint.h>

#define SC_GRAPH_MAX (UINT32_C(1) << 24) /* buffers, jobs, uses */
#define SC_JOB_MAX_USES 64u
#define SC_NONE UINT32_MAX

enum sc_role {
    SC_ROLE_INNER,  /* its contents matter between jobs only */
    SC_ROLE_INPUT,  /* in host memory before anything runs; no job writes it */
    SC_ROLE_OUTPUT, /* in host memory at the end; some job writes it */
};

enum sc_access {
    SC_READ = 1,
    SC_WRITE = 2,  /* overwrites it whole; what it held is not needed */
    SC_UPDATE = 3, /* reads and overwrites it in place */
};

struct sc_use {
    uint32_t buffer;
    enum sc_access access;
};

/** What a caller says of a job. */
struct sc_job_spec {
    uint32_t op, log_n, count; /* operation and shape, for the device and the cost model */
    const void *arg;           /* for the device; borrowed as long as the graph lives */
    const struct sc_use *uses; /* no buffer twice */
    uint32_t n_uses;           /* at most SC_JOB_MAX_USES; 0 is allowed */
};

struct sc_buffer {
    uint64_t size;
    enum sc_role role;
    uint32_t n_uses;   /* jobs that use it */
    uint32_t n_writes; /* jobs that write it: its contents have so many versions, and one more if it is an input */
    uint32_t writer, reader; /* while declaring: the last writer, first of the list of readers since; SC_NONE */
};

struct sc_job {
    uint32_t op, log_n, count;
    const void *arg;
    uint32_t first_use, n_uses;
    uint32_t first_pred, n_preds, first_succ, n_succs;
};

struct sc_graph_limits {
    uint32_t buffers, jobs, uses; /* of all jobs together; each at most SC_GRAPH_MAX */
};

/** Fields are read by anybody and written by graph.c alone. */
struct sc_graph {
    struct sc_graph_limits limits;
    uint32_t n_buffers, n_jobs, n_uses, n_edges;
    bool sealed;
    const char *why; /* of the last failure; lives as long as the program */
    struct sc_buffer *buffers;
    struct sc_job *jobs;
    struct sc_use *uses;
    uint32_t *version;      /* by use: the version that it reads (SC_READ, SC_UPDATE) or that is there before it (SC_WRITE) */
    uint32_t *preds, *succs; /* ascending for succs; both without repetition */
    uint32_t *next_reader;  /* by use, while declaring */
    uint32_t *seen;         /* by job, while declaring: 1 + the job that has it as predecessor */
    struct sc_heap heap;
    void *block;
};

/** Bytes that a graph of these limits takes; 0 when a limit is out of range. */
size_t sc_graph_size(const struct sc_graph_limits *limits);

/** An empty graph. SOCLE_E_ARG: a limit out of range. SOCLE_E_NOMEM. */
SC_MUST_USE socle_status sc_graph_init(struct sc_graph *g, const struct sc_heap *heap, const struct sc_graph_limits *limits);
/** All zero is fine. */
void sc_graph_fini(struct sc_graph *g);

/** Declare a buffer of @p size > 0 bytes. SOCLE_E_LIMIT: more than declared at the start. SOCLE_E_ARG: see g->why. On failure nothing
 * is added and *id = SC_NONE. */
SC_MUST_USE socle_status sc_graph_buffer(struct sc_graph *g, uint32_t *id, uint64_t size, enum sc_role role);

/** Declare the next job, whose edges are derived here. SOCLE_E_ARG: a buffer that is not there, used twice, read before any job wrote it,
 * or an input that would be written. Errors and failure as above. */
SC_MUST_USE socle_status sc_graph_job(struct sc_graph *g, uint32_t *id, const struct sc_job_spec *spec);

/** No more declarations; successors are there from here on. SOCLE_E_ARG: an output that no job writes. */
SC_MUST_USE socle_status sc_graph_seal(struct sc_graph *g);

/** Whether job @p a is a direct predecessor of @p b. */
bool sc_graph_edge(const struct sc_graph *g, uint32_t a, uint32_t b);

#endif
