/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Work for runs of graphs: an operation that mixes all it reads into all it writes, so a wrong order or a wrong byte anywhere shows in the
 * outputs; the outputs of the declared order; what checks a job's result.
 */
#ifndef SC_TESTS_WORK_H
#define SC_TESTS_WORK_H

#include "scheduler/sim.h"
#include "tests/sched/plan_check.h"

/** Bytes of a buffer after a job: of all that it reads, of the job and of the place. */
static inline void mix(void *arg, const struct sc_launch *l, void *const *where)
{
    uint64_t h = 0x1234567 + l->job;
    (void)arg;
    for (uint32_t k = 0; k < l->n_uses; k++) {
        for (uint64_t i = 0; (l->access[k] & SC_READ) != 0 && i < l->size[k]; i++) {
            h = (h ^ ((const unsigned char *)where[k])[i]) * UINT64_C(0x100000001b3);
        }
    }
    for (uint32_t k = 0; k < l->n_uses; k++) {
        for (uint64_t i = 0; (l->access[k] & SC_WRITE) != 0 && i < l->size[k]; i++) {
            h = h * UINT64_C(6364136223846793005) + k + 1;
            ((unsigned char *)where[k])[i] = (unsigned char)(h >> 56);
        }
    }
}

/** Memory of a graph: what the caller has, and what comes out when the jobs run as declared. */
struct work {
    const struct sc_graph *g;
    void **outside, **right; /* by buffer */
};

static inline void work_init(struct work *w, const struct sc_graph *g, uint64_t seed)
{
    *w = (struct work){g, sc_alloc(g->n_buffers, sizeof(void *)), sc_alloc(g->n_buffers, sizeof(void *))};
    for (uint32_t b = 0; b < g->n_buffers; b++) {
        w->outside[b] = g->buffers[b].role != SC_ROLE_INNER ? sc_alloc(g->buffers[b].size, 1) : NULL;
        w->right[b] = sc_alloc(g->buffers[b].size, 1);
        for (uint64_t i = 0; g->buffers[b].role == SC_ROLE_INPUT && i < g->buffers[b].size; i++) {
            ((unsigned char *)w->outside[b])[i] = ((unsigned char *)w->right[b])[i] = (unsigned char)dice(&seed, 256);
        }
    }
    for (uint32_t j = 0; j < g->n_jobs; j++) {
        void *where[SC_JOB_MAX_USES];
        uint64_t size[SC_JOB_MAX_USES];
        uint8_t access[SC_JOB_MAX_USES];
        for (uint32_t k = 0; k < g->jobs[j].n_uses; k++) {
            const struct sc_use u = g->uses[g->jobs[j].first_use + k];
            where[k] = w->right[u.buffer];
            size[k] = g->buffers[u.buffer].size;
            access[k] = (uint8_t)u.access;
        }
        mix(NULL, &(struct sc_launch){.job = j, .n_uses = g->jobs[j].n_uses, .size = size, .access = access}, where);
    }
}

static inline void work_fini(struct work *w)
{
    for (uint32_t b = 0; b < w->g->n_buffers; b++) {
        sc_free(w->outside[b]);
        sc_free(w->right[b]);
    }
    sc_free(w->outside);
    sc_free(w->right);
}

/** Inputs are as they were and outputs as they must be. */
static inline bool work_right(const struct work *w)
{
    bool right = true;
    for (uint32_t b = 0; b < w->g->n_buffers; b++) {
        right = right && (w->outside[b] == NULL || memcmp(w->outside[b], w->right[b], w->g->buffers[b].size) == 0);
    }
    return right;
}

static inline void work_spoil(const struct work *w)
{
    for (uint32_t b = 0; b < w->g->n_buffers; b++) {
        if (w->g->buffers[b].role == SC_ROLE_OUTPUT) {
            memset(w->outside[b], 0xa5, w->g->buffers[b].size);
        }
    }
}

#endif
