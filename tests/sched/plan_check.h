/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A slow check of plans, from their meaning: contents of every byte range step by step, and an order between any two steps that
 * touch the same bytes. And random graphs and machines to check it on.
 */
#ifndef SC_TESTS_PLAN_CHECK_H
#define SC_TESTS_PLAN_CHECK_H

#include "scheduler/place.h"
#include "tests/sched/lent.h"

#include <criterion/criterion.h>
#include <string.h>

enum { CHECK_MAX_STEPS = 4096, CHECK_MAX_PARTS = 1 << 14 };

/** Bytes that a step touches, and what should be in them. */
struct part {
    uint32_t step, memory, buffer, version;
    uint64_t from, to; /* outputs and inputs in the caller's memory: from = to = SC_NO_OFFSET, by buffer */
    bool writes;
};

static struct part check_parts[CHECK_MAX_PARTS];
static uint64_t check_before[CHECK_MAX_STEPS][CHECK_MAX_STEPS / 64]; /* by step: all that must be done */

static inline bool parts_meet(const struct part *a, const struct part *b)
{
    if (a->memory != b->memory || (a->from == SC_NO_OFFSET) != (b->from == SC_NO_OFFSET)) {
        return false;
    }
    return a->from == SC_NO_OFFSET ? a->buffer == b->buffer : a->from < b->to && b->from < a->to;
}

static inline struct part part_of(const struct sc_graph *g, uint32_t step, uint32_t memory, uint32_t buffer, uint32_t version, uint64_t from, bool writes)
{
    return (struct part){step, memory, buffer, version, from, from == SC_NO_OFFSET ? from : from + g->buffers[buffer].size, writes};
}

static inline uint32_t parts_of_step(struct part *out, const struct sc_place *in, const struct sc_plan *plan, uint32_t i)
{
    const struct sc_graph *const g = in->graph;
    const struct sc_step *const s = &plan->steps[i];
    const uint32_t there = in->devices[s->device].shares_host ? SC_HOST : s->device + 1;
    uint32_t n = 0;
    if (s->kind != SC_STEP_RUN) {
        cr_assert(there != SC_HOST, "a copy to a device without memory");
        const bool put = s->kind == SC_STEP_PUT;
        out[n++] = part_of(g, i, SC_HOST, s->what, s->version, s->host_offset, !put);
        out[n++] = part_of(g, i, there, s->what, s->version, s->offset, put);
        return n;
    }
    for (uint32_t k = 0; k < g->jobs[s->what].n_uses; k++) {
        const uint32_t use = g->jobs[s->what].first_use + k;
        const struct sc_use u = g->uses[use];
        const uint64_t at = plan->use_offset[use];
        if ((u.access & SC_READ) != 0) {
            out[n++] = part_of(g, i, there, u.buffer, g->version[use], at, false);
        }
        if ((u.access & SC_WRITE) != 0) {
            out[n++] = part_of(g, i, there, u.buffer, g->version[use] + 1, at, true);
        }
    }
    return n;
}

/** Every step waits, by itself or through others, for what is before it in its queue and for what it names. */
static inline void check_order(const struct sc_plan *plan)
{
    uint32_t last[SC_MAX_QUEUES];
    memset(last, 0xff, sizeof last);
    memset(check_before, 0, sizeof check_before[0] * plan->n_steps);
    for (uint32_t i = 0; i < plan->n_steps; i++) {
        const struct sc_step *const s = &plan->steps[i];
        const uint32_t own = last[sc_queue_of(s)];
        for (uint32_t k = 0; k <= s->n_waits; k++) {
            const uint32_t w = k < s->n_waits ? plan->waits[s->first_wait + k] : own;
            cr_assert(w == SC_NONE || w < i, "step %u waits for %u", i, w);
            if (w != SC_NONE) {
                for (uint32_t x = 0; x < CHECK_MAX_STEPS / 64; x++) {
                    check_before[i][x] |= check_before[w][x];
                }
                check_before[i][w / 64] |= UINT64_C(1) << w % 64;
                cr_assert(plan->steps[w].finish <= s->start * (1 + 1e-12) + 1e-6, "step %u starts before %u is done", i, w);
            }
        }
        if (own == SC_NONE) {
            cr_assert_eq(plan->first[sc_queue_of(s)], i);
        } else {
            cr_assert_eq(plan->steps[own].next, i);
        }
        last[sc_queue_of(s)] = i;
    }
}

/** The whole check. @p n_jobs_wanted: how many jobs the plan must have. */
static inline void check_plan(const struct sc_place *in, const struct sc_plan *plan, uint32_t n_jobs_wanted)
{
    const struct sc_graph *const g = in->graph;
    static uint8_t ran[1 << 16];
    uint32_t n = 0, runs = 0;
    cr_assert(plan->n_steps <= CHECK_MAX_STEPS && g->n_jobs < sizeof ran);
    memset(ran, 0, sizeof ran);
    check_order(plan);
    for (uint32_t i = 0; i < in->n_residents; i++) {
        const struct sc_resident *const r = &in->residents[i];
        check_parts[n++] = part_of(g, SC_NONE, r->memory, r->buffer, r->version, r->offset, true);
    }
    for (uint32_t i = 0; i < plan->n_steps; i++) {
        const uint32_t begin = n;
        const struct sc_step *const s = &plan->steps[i];
        cr_assert(!in->devices[s->device].off);
        if (s->kind == SC_STEP_RUN) {
            runs++;
            cr_assert(!ran[s->what], "job %u twice", s->what);
            ran[s->what] = 1;
            const uint32_t memory = in->devices[s->device].shares_host ? SC_HOST : s->device + 1;
            uint64_t own = 0;
            for (uint32_t k = 0; k < g->jobs[s->what].n_uses; k++) {
                const uint32_t use = g->jobs[s->what].first_use + k;
                own += plan->use_offset[use] != SC_NO_OFFSET ? g->buffers[g->uses[use].buffer].size : 0;
            }
            cr_assert(s->in_use >= own && s->in_use <= plan->arena[memory]);
            cr_assert(in->avoid == NULL || (in->avoid[s->what] >> s->device & 1) == 0);
        }
        cr_assert(n + 2 * SC_JOB_MAX_USES < CHECK_MAX_PARTS);
        n += parts_of_step(check_parts + n, in, plan, i);
        for (uint32_t k = begin; k < n; k++) {
            const struct part *const a = &check_parts[k];
            const uint64_t budget = a->memory == SC_HOST ? in->host_budget : in->devices[a->memory - 1].budget;
            cr_assert(a->from == SC_NO_OFFSET ? a->memory == SC_HOST : a->to <= budget && a->to <= plan->arena[a->memory], "outside the arena");
            cr_assert((a->from == SC_NO_OFFSET) == (a->memory == SC_HOST && g->buffers[a->buffer].role != SC_ROLE_INNER));
            cr_assert(a->from == SC_NO_OFFSET || a->memory == SC_HOST || a->from % in->devices[a->memory - 1].align == 0);
            bool found = g->buffers[a->buffer].role == SC_ROLE_INPUT && a->memory == SC_HOST;
            for (uint32_t m = begin; m-- > 0;) { /* the last that wrote there decides; all must be in order */
                const struct part *const b = &check_parts[m];
                if (!parts_meet(a, b) || (!a->writes && !b->writes)) {
                    continue;
                }
                cr_assert(b->step == SC_NONE || (check_before[i][b->step / 64] >> b->step % 64 & 1) != 0, "steps %u and %u touch the same bytes", b->step, i);
                if (!a->writes && !found) {
                    cr_assert(b->buffer == a->buffer && b->version == a->version && b->from == a->from, "step %u reads buffer %u version %u and finds %u version %u",
                              i, a->buffer, a->version, b->buffer, b->version);
                    found = true;
                }
            }
            cr_assert(a->writes || found, "step %u reads what is not there", i);
        }
    }
    cr_assert_eq(runs, n_jobs_wanted);
    cr_assert_eq(runs, plan->n_runs);
    for (uint32_t b = 0; b < g->n_buffers; b++) {
        bool found = g->buffers[b].role != SC_ROLE_OUTPUT;
        for (uint32_t m = n; m-- > 0 && !found;) {
            const struct part *const a = &check_parts[m];
            if (a->memory == SC_HOST && a->buffer == b && a->writes) {
                cr_assert_eq(a->version, g->buffers[b].n_writes, "output %u", b);
                found = true;
            }
        }
        cr_assert(found, "output %u does not come home", b);
    }
}

/** Jobs over inputs, inner buffers and outputs of random sizes. Every declared output is written. */
static inline void some_graph(struct sc_graph *g, uint64_t *seed, uint32_t n_jobs, uint32_t n_buffers, uint32_t max_size)
{
    static const enum sc_access kinds[] = {SC_READ, SC_READ, SC_WRITE, SC_UPDATE};
    cr_assert_eq(sc_graph_init(g, &lent, &(struct sc_graph_limits){n_buffers, n_jobs + n_buffers, (n_jobs + n_buffers) * 4}), SOCLE_OK);
    for (uint32_t b = 0; b < n_buffers; b++) {
        const uint32_t r = dice(seed, 4);
        uint32_t id;
        const enum sc_role role = b == 0 || r == 0 ? SC_ROLE_INPUT : r == 1 ? SC_ROLE_OUTPUT : SC_ROLE_INNER;
        cr_assert_eq(sc_graph_buffer(g, &id, 1 + dice(seed, max_size), role), SOCLE_OK);
    }
    while (g->n_jobs < n_jobs) {
        struct sc_use uses[4];
        uint32_t n = 0, id;
        for (uint32_t k = dice(seed, 5); k > 0; k--) {
            uses[n++] = (struct sc_use){dice(seed, n_buffers), kinds[dice(seed, 4)]};
        }
        const struct sc_job_spec spec = {.op = dice(seed, 3), .log_n = dice(seed, 10), .count = 1, .uses = uses, .n_uses = n};
        (void)!sc_graph_job(g, &id, &spec);
    }
    for (uint32_t b = 0; b < n_buffers; b++) {
        if (g->buffers[b].role == SC_ROLE_OUTPUT && g->buffers[b].n_writes == 0) {
            uint32_t id;
            const struct sc_use use = {b, SC_WRITE};
            const struct sc_job_spec spec = {.count = 1, .uses = &use, .n_uses = 1};
            cr_assert_eq(sc_graph_job(g, &id, &spec), SOCLE_OK);
        }
    }
    cr_assert_eq(sc_graph_seal(g), SOCLE_OK);
}

/** Times by a hash of what is asked. */
struct some_times {
    uint64_t seed;
    const struct sc_graph *g;
    uint64_t cannot; /* jobs on even devices with this number modulo 8: not 0 to 7 for none */
};

static inline double some_run(const void *arg, uint32_t job, uint32_t device)
{
    const struct some_times *const t = arg;
    uint64_t s = t->seed + job * 64 + device;
    return device % 2 == 0 && job % 8 == t->cannot ? -1 : 100 + (double)dice(&s, 1000);
}

static inline double some_copy(const void *arg, uint32_t device, bool put, uint64_t size)
{
    (void)arg;
    return 10 + (put ? 1 : 2) * (double)size / (1 + device % 3);
}

#endif
