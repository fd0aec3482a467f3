/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Graph of jobs: declarations are checked, edges derived as jobs come. Each read is the reason of at most two edges (from the writer before,
 * to the writer after) and each write of at most one more, so two places for a use suffice.
 */
#include "scheduler/graph.h"

#include <string.h>

static bool limits_ok(const struct sc_graph_limits *l)
{
    return l->buffers <= SC_GRAPH_MAX && l->jobs <= SC_GRAPH_MAX && l->uses <= SC_GRAPH_MAX;
}

static size_t rounded(size_t n)
{
    return (n + 15) & ~(size_t)15;
}

/* The arrays in the block, or only their size. */
static size_t lay_out(struct sc_graph *g, const struct sc_graph_limits *l)
{
    unsigned char *const base = g->block;
    size_t at = 0;
#define ARRAY(field, n)                                           \
    do {                                                          \
        if (base != NULL) {                                       \
            g->field = (void *)(base + at);                       \
        }                                                         \
        at += rounded((size_t)(n) * sizeof *g->field);            \
    } while (0)
    ARRAY(buffers, l->buffers);
    ARRAY(jobs, l->jobs);
    ARRAY(uses, l->uses);
    ARRAY(version, l->uses);
    ARRAY(preds, (size_t)2 * l->uses);
    ARRAY(succs, (size_t)2 * l->uses);
    ARRAY(next_reader, l->uses);
    ARRAY(seen, l->jobs);
#undef ARRAY
    return at > 0 ? at : 16;
}

size_t sc_graph_size(const struct sc_graph_limits *limits)
{
    struct sc_graph g = {0};
    return limits_ok(limits) ? lay_out(&g, limits) : 0;
}

static socle_status refuse(struct sc_graph *g, socle_status st, const char *why)
{
    g->why = why;
    return st;
}

socle_status sc_graph_init(struct sc_graph *g, const struct sc_heap *heap, const struct sc_graph_limits *limits)
{
    *g = (struct sc_graph){.limits = *limits, .heap = *heap, .why = ""};
    if (!limits_ok(limits)) {
        return refuse(g, SOCLE_E_ARG, "graph: limits out of range");
    }
    g->block = sc_heap_take(heap, sc_graph_size(limits), 1);
    if (g->block == NULL) {
        return refuse(g, SOCLE_E_NOMEM, "graph: no memory");
    }
    (void)lay_out(g, limits);
    return SOCLE_OK;
}

void sc_graph_fini(struct sc_graph *g)
{
    if (g->block != NULL) {
        sc_heap_give(&g->heap, g->block);
    }
    *g = (struct sc_graph){0};
}

socle_status sc_graph_buffer(struct sc_graph *g, uint32_t *id, uint64_t size, enum sc_role role)
{
    *id = SC_NONE;
    if (g->sealed) {
        return refuse(g, SOCLE_E_ARG, "graph: a declaration after the end");
    }
    if (size == 0 || size > (uint64_t)1 << 48) {
        return refuse(g, SOCLE_E_ARG, "graph: a buffer of no bytes or of too many");
    }
    if (role != SC_ROLE_INNER && role != SC_ROLE_INPUT && role != SC_ROLE_OUTPUT) {
        return refuse(g, SOCLE_E_ARG, "graph: a role that is none");
    }
    if (g->n_buffers == g->limits.buffers) {
        return refuse(g, SOCLE_E_LIMIT, "graph: more buffers than declared");
    }
    *id = g->n_buffers++;
    g->buffers[*id] = (struct sc_buffer){.size = size, .role = role, .writer = SC_NONE, .reader = SC_NONE};
    return SOCLE_OK;
}

/* NULL when the uses can be those of the next job. */
static const char *wrong_with(const struct sc_graph *g, const struct sc_job_spec *spec)
{
    for (uint32_t i = 0; i < spec->n_uses; i++) {
        const struct sc_use u = spec->uses[i];
        if (u.access != SC_READ && u.access != SC_WRITE && u.access != SC_UPDATE) {
            return "graph: a use that neither reads nor writes";
        }
        if (u.buffer >= g->n_buffers) {
            return "graph: a job uses a buffer that is not there";
        }
        for (uint32_t k = 0; k < i; k++) {
            if (spec->uses[k].buffer == u.buffer) {
                return "graph: a job uses a buffer twice";
            }
        }
        const struct sc_buffer *const b = &g->buffers[u.buffer];
        if (b->role == SC_ROLE_INPUT && u.access != SC_READ) {
            return "graph: a job writes an input";
        }
        if (b->role != SC_ROLE_INPUT && b->writer == SC_NONE && u.access != SC_WRITE) {
            return "graph: a job reads what no job has written";
        }
    }
    return NULL;
}

static void add_pred(struct sc_graph *g, struct sc_job *job, uint32_t pred)
{
    const uint32_t stamp = g->n_jobs + 1; /* of the job that is being added */
    if (g->seen[pred] != stamp) {
        g->seen[pred] = stamp;
        g->preds[g->n_edges++] = pred;
        job->n_preds++;
        g->jobs[pred].n_succs++;
    }
}

/* Job of a use, found by halves: uses stand in the order of their jobs. */
static uint32_t job_of(const struct sc_graph *g, uint32_t use)
{
    uint32_t lo = 0, hi = g->n_jobs; /* jobs[lo].first_use <= use < jobs[hi].first_use */
    while (hi - lo > 1) {
        const uint32_t mid = lo + (hi - lo) / 2;
        if (g->jobs[mid].first_use <= use) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    return lo;
}

static void wait_for_others(struct sc_graph *g, struct sc_job *job, struct sc_use u)
{
    struct sc_buffer *const b = &g->buffers[u.buffer];
    if ((u.access & SC_READ) != 0 && b->writer != SC_NONE) {
        add_pred(g, job, b->writer);
    }
    if ((u.access & SC_WRITE) != 0) {
        if (b->reader == SC_NONE && b->writer != SC_NONE) {
            add_pred(g, job, b->writer);
        }
        for (uint32_t r = b->reader; r != SC_NONE; r = g->next_reader[r]) {
            add_pred(g, job, job_of(g, r));
        }
    }
}

static void note_use(struct sc_graph *g, uint32_t job, uint32_t use)
{
    struct sc_buffer *const b = &g->buffers[g->uses[use].buffer];
    g->version[use] = b->n_writes;
    b->n_uses++;
    if ((g->uses[use].access & SC_WRITE) != 0) {
        b->n_writes++;
        b->writer = job;
        b->reader = SC_NONE;
    } else {
        g->next_reader[use] = b->reader;
        b->reader = use;
    }
}

socle_status sc_graph_job(struct sc_graph *g, uint32_t *id, const struct sc_job_spec *spec)
{
    *id = SC_NONE;
    if (g->sealed) {
        return refuse(g, SOCLE_E_ARG, "graph: a declaration after the end");
    }
    if (spec->n_uses > SC_JOB_MAX_USES) {
        return refuse(g, SOCLE_E_ARG, "graph: a job uses too many buffers");
    }
    if (g->n_jobs == g->limits.jobs) {
        return refuse(g, SOCLE_E_LIMIT, "graph: more jobs than declared");
    }
    if (spec->n_uses > g->limits.uses - g->n_uses) {
        return refuse(g, SOCLE_E_LIMIT, "graph: more uses than declared");
    }
    const char *const wrong = wrong_with(g, spec);
    if (wrong != NULL) {
        return refuse(g, SOCLE_E_ARG, wrong);
    }
    struct sc_job *const job = &g->jobs[g->n_jobs];
    *job = (struct sc_job){.op = spec->op, .log_n = spec->log_n, .count = spec->count, .arg = spec->arg, .first_use = g->n_uses,
                           .n_uses = spec->n_uses, .first_pred = g->n_edges};
    for (uint32_t i = 0; i < spec->n_uses; i++) {
        wait_for_others(g, job, spec->uses[i]);
    }
    for (uint32_t i = 0; i < spec->n_uses; i++) {
        g->uses[g->n_uses + i] = spec->uses[i];
        note_use(g, g->n_jobs, g->n_uses + i);
    }
    g->n_uses += spec->n_uses;
    *id = g->n_jobs++;
    return SOCLE_OK;
}

socle_status sc_graph_seal(struct sc_graph *g)
{
    if (g->sealed) {
        return refuse(g, SOCLE_E_ARG, "graph: a declaration after the end");
    }
    for (uint32_t i = 0; i < g->n_buffers; i++) {
        if (g->buffers[i].role == SC_ROLE_OUTPUT && g->buffers[i].n_writes == 0) {
            return refuse(g, SOCLE_E_ARG, "graph: an output that no job writes");
        }
    }
    uint32_t at = 0;
    for (uint32_t j = 0; j < g->n_jobs; j++) {
        g->jobs[j].first_succ = at;
        at += g->jobs[j].n_succs;
        g->jobs[j].n_succs = 0;
    }
    for (uint32_t j = 0; j < g->n_jobs; j++) {
        for (uint32_t k = 0; k < g->jobs[j].n_preds; k++) {
            struct sc_job *const p = &g->jobs[g->preds[g->jobs[j].first_pred + k]];
            g->succs[p->first_succ + p->n_succs++] = j;
        }
    }
    g->sealed = true;
    return SOCLE_OK;
}

bool sc_graph_edge(const struct sc_graph *g, uint32_t a, uint32_t b)
{
    for (uint32_t k = 0; b < g->n_jobs && k < g->jobs[b].n_preds; k++) {
        if (g->preds[g->jobs[b].first_pred + k] == a) {
            return true;
        }
    }
    return false;
}
