/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The proof of a run of several segments as a graph of jobs, one job for each stage of the prover: docs/internals/sets.md has the order.
 * Sizes are those of a profile's size classes. No job computes anything here: it is what a simulation and a planner look at.
 */
#ifndef SC_HOST_SCHED_SEGMENT_GRAPH_H
#define SC_HOST_SCHED_SEGMENT_GRAPH_H

#include "core/budget/params.h"
#include "scheduler/cost.h"
#include "scheduler/graph.h"

/* Operations, and their names in cost models. log_n is the size class of the polynomial (log2 of its cells), count is 1. */
#define SC_STAGE_OPS(X)     \
    X(COMMIT, "commit")     \
    X(BIND, "bind")         \
    X(GKR, "gkr")           \
    X(ZERO, "zero")         \
    X(OPEN, "open")

enum sc_stage_op {
#define X(NAME, name) SC_STAGE_OP_##NAME,
    SC_STAGE_OPS(X)
#undef X
        SC_N_STAGE_OPS
};

extern const char *const sc_stage_op_names[SC_N_STAGE_OPS];

#define SC_SIM_MAX_SEGMENTS 4096u

/** Sizes of a segment of the largest class that a profile cuts. */
struct sc_segment_sizes {
    unsigned log_cells, log_boundary; /* stacked polynomials: main, BOUNDARY */
    uint64_t cells, boundary, oracle, work, proof; /* bytes */
};
SC_MUST_USE socle_status sc_segment_sizes(struct sc_segment_sizes *out, const struct sc_profile *profile);

/** Jobs of @p n_segments proofs and their common beginning. SOCLE_E_ARG: none, or too many. */
SC_MUST_USE socle_status sc_segment_graph(struct sc_graph *g, const struct sc_heap *heap, const struct sc_segment_sizes *sizes, uint32_t n_segments);

/** Times of such a graph on copies of one device of a cost model. */
struct sc_segment_times {
    const struct sc_graph *graph;
    const struct sc_cost *cost;
    uint32_t device;                /* of the model */
    uint32_t op[SC_N_STAGE_OPS];    /* of the model; SC_COST_NO_NAME */
};
/** SOCLE_E_ARG: the model has no such device, or no sample of one of the operations on it (but bind, which then takes no time); *missing is
 * its name. The graph's shapes are judged, too: *basis is the weakest of all estimates. */
SC_MUST_USE socle_status sc_segment_times(struct sc_segment_times *out, enum sc_basis *basis, const char **missing, const struct sc_graph *g,
                                          const struct sc_cost *cost, const char *device);
double sc_segment_run_ns(const void *arg, uint32_t job, uint32_t device);
double sc_segment_copy_ns(const void *arg, uint32_t device, bool put, uint64_t size);

#endif
