/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Proofs of segments as a graph. For each segment BOUNDARY is committed, all roots give one challenge, and then the proof takes its stages;
 * the commitment of the main polynomial waits for nobody.
 */
#include "host/sched/segment_graph.h"

#include "core/air/layout.h"
#include "core/verify/verify.h"
#include "host/prove/oracle.h"

#include <string.h>

enum { ROOT = 32, SEED = 64, CLAIMS = 4096 };
/* Of a leaf of the bus argument: numerator and denominator of the layers above it, which are as many again. */
#define LEAF_BYTES (2 * 2 * (uint64_t)sizeof(fx))

const char *const sc_stage_op_names[SC_N_STAGE_OPS] = {
#define X(NAME, name) name,
    SC_STAGE_OPS(X)
#undef X
};

static uint64_t oracle_bytes(const struct sc_whir_round *r)
{
    const struct sc_oracle_memory m = sc_oracle_memory(1, r->mu, r->k, r->lr, r->t, 1);
    return m.code + m.nodes;
}

/* What an opening sends at most: leaves and paths of every round, some more for the argument before it. */
static uint64_t proof_bytes(const struct sc_whir_params *wp)
{
    uint64_t sum = 1 << 18;
    for (unsigned i = 0; i < wp->n_rounds; i++) {
        const struct sc_whir_round *const r = &wp->r[i];
        const uint64_t leaf = (sizeof(fp) * (i == 0 ? 1 : FX_DEG)) << r->k;
        sum += r->t * (leaf + (uint64_t)32 * sc_whir_log_n(r));
    }
    return sum;
}

socle_status sc_segment_sizes(struct sc_segment_sizes *out, const struct sc_profile *profile)
{
    uint8_t log_h[AIR_MAX_CHUNKS];
    const struct sc_cut_limits *const cut = &profile->cut;
    memset(out, 0, sizeof *out);
    if (cut->log_global < 3 || cut->log_cells > profile->max_m0) {
        return SOCLE_E_BUG;
    }
    out->log_cells = cut->log_cells;
    out->log_boundary = sc_boundary_vars(&sc_machine_rv64im, log_h, sc_chunks_from_rows(UINT64_C(1) << (cut->log_global - 2), log_h));
    out->cells = (uint64_t)sizeof(fp) << out->log_cells;
    out->boundary = (uint64_t)sizeof(fp) << out->log_boundary;
    out->oracle = oracle_bytes(&profile->main[out->log_cells].r[0]);
    out->work = LEAF_BYTES << cut->log_leaves;
    out->proof = proof_bytes(&profile->main[out->log_cells]);
    return SOCLE_OK;
}

static socle_status add_job(struct sc_graph *g, enum sc_stage_op op, unsigned log_n, const struct sc_use *uses, uint32_t n)
{
    uint32_t id;
    const struct sc_job_spec spec = {.op = (uint32_t)op, .log_n = log_n, .count = 1, .uses = uses, .n_uses = n};
    return sc_graph_job(g, &id, &spec);
}

/** Buffers of a segment. */
struct buffers {
    uint32_t cells, boundary, root, oracle, claims, work, proof;
};

static socle_status add_buffers(struct sc_graph *g, struct buffers *b, const struct sc_segment_sizes *s)
{
    socle_status st = SOCLE_OK;
    TRY(sc_graph_buffer(g, &b->cells, s->cells, SC_ROLE_INPUT));
    TRY(sc_graph_buffer(g, &b->boundary, s->boundary, SC_ROLE_INPUT));
    TRY(sc_graph_buffer(g, &b->root, ROOT, SC_ROLE_INNER));
    TRY(sc_graph_buffer(g, &b->oracle, s->oracle, SC_ROLE_INNER));
    TRY(sc_graph_buffer(g, &b->claims, CLAIMS, SC_ROLE_INNER));
    TRY(sc_graph_buffer(g, &b->work, s->work, SC_ROLE_INNER));
    TRY(sc_graph_buffer(g, &b->proof, s->proof, SC_ROLE_OUTPUT));
out:
    return st;
}

static socle_status add_proof(struct sc_graph *g, const struct buffers *b, const struct sc_segment_sizes *s, uint32_t seed)
{
    socle_status st = SOCLE_OK;
    const unsigned m = s->log_cells;
    const struct sc_use commit[] = {{b->cells, SC_READ}, {b->oracle, SC_WRITE}, {b->claims, SC_WRITE}};
    const struct sc_use gkr[] = {{b->cells, SC_READ}, {b->boundary, SC_READ}, {seed, SC_READ}, {b->work, SC_WRITE}, {b->claims, SC_UPDATE}};
    const struct sc_use zero[] = {{b->cells, SC_READ}, {b->boundary, SC_READ}, {b->work, SC_WRITE}, {b->claims, SC_UPDATE}};
    const struct sc_use open[] = {{b->cells, SC_READ}, {b->oracle, SC_READ}, {b->claims, SC_READ}, {b->work, SC_WRITE}, {b->proof, SC_WRITE}};
    TRY(add_job(g, SC_STAGE_OP_COMMIT, m, commit, 3));
    TRY(add_job(g, SC_STAGE_OP_GKR, m, gkr, 5));
    TRY(add_job(g, SC_STAGE_OP_ZERO, m, zero, 4));
    TRY(add_job(g, SC_STAGE_OP_OPEN, m, open, 5));
out:
    return st;
}

static socle_status add_all(struct sc_graph *g, struct buffers *b, const struct sc_segment_sizes *s, uint32_t n)
{
    socle_status st = SOCLE_OK;
    uint32_t seed;
    TRY(sc_graph_buffer(g, &seed, SEED, SC_ROLE_INNER));
    for (uint32_t i = 0; i < n; i++) {
        TRY(add_buffers(g, &b[i], s));
        const struct sc_use commit[] = {{b[i].boundary, SC_READ}, {b[i].root, SC_WRITE}};
        TRY(add_job(g, SC_STAGE_OP_COMMIT, s->log_boundary, commit, 2));
    }
    for (uint32_t i = 0; i < n; i++) {
        const struct sc_use bind[] = {{b[i].root, SC_READ}, {seed, i == 0 ? SC_WRITE : SC_UPDATE}};
        TRY(add_job(g, SC_STAGE_OP_BIND, 0, bind, 2));
    }
    for (uint32_t i = 0; i < n; i++) {
        TRY(add_proof(g, &b[i], s, seed));
    }
    TRY(sc_graph_seal(g));
out:
    return st;
}

socle_status sc_segment_graph(struct sc_graph *g, const struct sc_heap *heap, const struct sc_segment_sizes *sizes, uint32_t n_segments)
{
    memset(g, 0, sizeof *g);
    if (n_segments == 0 || n_segments > SC_SIM_MAX_SEGMENTS) {
        return SOCLE_E_ARG;
    }
    const struct sc_graph_limits limits = {.buffers = 1 + 7 * n_segments, .jobs = 6 * n_segments, .uses = 21 * n_segments};
    struct buffers *const b = sc_heap_take(heap, n_segments, sizeof *b);
    socle_status st = b != NULL ? sc_graph_init(g, heap, &limits) : SOCLE_E_NOMEM;
    st = st == SOCLE_OK ? add_all(g, b, sizes, n_segments) : st;
    sc_heap_give(heap, b);
    if (st != SOCLE_OK) {
        sc_graph_fini(g);
    }
    return st;
}

static double estimate(const struct sc_segment_times *t, const struct sc_job *j, enum sc_basis *basis)
{
    double ns = 0;
    *basis = t->op[j->op] == SC_COST_NO_NAME ? SC_BASIS_NONE : sc_cost_estimate(t->cost, &ns, t->device, t->op[j->op], j->log_n, j->count);
    return ns;
}

socle_status sc_segment_times(struct sc_segment_times *out, enum sc_basis *basis, const char **missing, const struct sc_graph *g,
                              const struct sc_cost *cost, const char *device)
{
    *out = (struct sc_segment_times){.graph = g, .cost = cost, .device = sc_cost_find_device(cost, device)};
    *basis = SC_BASIS_MEASURED;
    *missing = device;
    if (out->device == SC_COST_NO_NAME) {
        return SOCLE_E_ARG;
    }
    for (unsigned i = 0; i < SC_N_STAGE_OPS; i++) {
        out->op[i] = sc_cost_find_op(cost, sc_stage_op_names[i]);
    }
    for (uint32_t j = 0; j < g->n_jobs; j++) {
        enum sc_basis b;
        (void)estimate(out, &g->jobs[j], &b);
        if (b == SC_BASIS_NONE && g->jobs[j].op != SC_STAGE_OP_BIND) {
            *missing = sc_stage_op_names[g->jobs[j].op];
            return SOCLE_E_ARG;
        }
        *basis = b > *basis ? b : *basis;
    }
    *missing = "";
    return SOCLE_OK;
}

double sc_segment_run_ns(const void *arg, uint32_t job, uint32_t device)
{
    const struct sc_segment_times *const t = arg;
    enum sc_basis basis;
    (void)device;
    return estimate(t, &t->graph->jobs[job], &basis);
}

double sc_segment_copy_ns(const void *arg, uint32_t device, bool put, uint64_t size)
{
    const struct sc_segment_times *const t = arg;
    (void)device;
    return sc_cost_copy(t->cost, t->device, put, size);
}
