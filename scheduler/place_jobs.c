/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Which jobs are needed, and in which order they are placed. A job that is done and whose results are there, or are not needed, is passed
 * over; it keeps its place in the order between others.
 */
#include "scheduler/place_jobs.h"

#include <string.h>

bool sc_place_jobs_start(struct planner *p)
{
    const size_t n = p->g->n_jobs > 0 ? p->g->n_jobs : 1;
    p->needed = sc_heap_take(p->heap, n, sizeof *p->needed);
    p->waiting = sc_heap_take(p->heap, n, sizeof *p->waiting);
    p->rank = sc_heap_take(p->heap, n, sizeof *p->rank);
    p->ready = sc_heap_take(p->heap, n, sizeof *p->ready);
    p->later = sc_heap_take(p->heap, n, sizeof *p->later);
    p->now = sc_heap_take(p->heap, n, sizeof *p->now);
    p->cold = sc_heap_take(p->heap, n, sizeof *p->cold);
    return p->needed != NULL && p->waiting != NULL && p->rank != NULL && p->ready != NULL && p->later != NULL && p->now != NULL &&
           p->cold != NULL;
}

void sc_place_jobs_end(struct planner *p)
{
    void *const all[] = {p->needed, p->waiting, p->rank, p->ready, p->later, p->now, p->cold};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        sc_heap_give(p->heap, all[i]);
    }
}

uint32_t sc_place_dice(struct planner *p, uint32_t n)
{
    uint64_t z = p->dice += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ z >> 31) % n);
}

double sc_place_run_ns(const struct planner *p, uint32_t job, uint32_t device)
{
    if (p->in->devices[device].off || (p->in->avoid != NULL && (p->in->avoid[job] >> device & 1) != 0)) {
        return -1;
    }
    return p->in->times->run(p->in->times->arg, job, device);
}

/* The latest version of each buffer that a memory in use has. */
static void find_versions(struct planner *p)
{
    for (uint32_t b = 0; b < p->g->n_buffers; b++) {
        p->version[b] = p->g->buffers[b].role == SC_ROLE_INPUT ? 0 : SC_NONE;
    }
    for (uint32_t i = 0; i < p->in->n_residents; i++) {
        const struct sc_resident *const r = &p->in->residents[i];
        const bool lost = r->memory != SC_HOST && r->memory <= p->in->n_devices && p->in->devices[r->memory - 1].off;
        if (r->buffer < p->g->n_buffers && !lost && (p->version[r->buffer] == SC_NONE || p->version[r->buffer] < r->version)) {
            p->version[r->buffer] = r->version;
        }
    }
}

/* One pass from the last job to the first: a job is needed when it is not done, or when a needed job reads what it wrote and that is not
 * there. Where an earlier version is needed than the one that is there, all of that buffer is made anew: returns true, try again.
 * wanted[b]: a needed job behind reads what the writer before it writes. */
static bool pass_back(struct planner *p, uint32_t *wanted)
{
    bool again = false;
    for (uint32_t b = 0; b < p->g->n_buffers; b++) {
        wanted[b] = p->g->buffers[b].role == SC_ROLE_OUTPUT;
    }
    for (uint32_t j = p->g->n_jobs; j-- > 0;) {
        const struct sc_job *const job = &p->g->jobs[j];
        bool needed = p->in->done == NULL || p->in->done[j] == 0;
        for (uint32_t k = 0; k < job->n_uses; k++) {
            const struct sc_use u = p->g->uses[job->first_use + k];
            const uint32_t after = p->g->version[job->first_use + k] + 1;
            needed |= (u.access & SC_WRITE) != 0 && wanted[u.buffer] != 0 && p->version[u.buffer] != after;
        }
        for (uint32_t k = 0; k < job->n_uses; k++) {
            const struct sc_use u = p->g->uses[job->first_use + k];
            const uint32_t before = p->g->version[job->first_use + k];
            const bool writes = (u.access & SC_WRITE) != 0, reads = (u.access & SC_READ) != 0;
            uint32_t *const there = &p->version[u.buffer];
            if (needed && *there != SC_NONE && *there > before && p->g->buffers[u.buffer].role != SC_ROLE_INPUT) {
                *there = SC_NONE; /* read too late, or written again */
                again = true;
            }
            wanted[u.buffer] = (writes ? 0 : wanted[u.buffer]) | (needed && reads);
        }
        p->needed[j] = needed;
    }
    return again;
}

bool sc_place_needed(struct planner *p)
{
    uint32_t *const wanted = sc_heap_take(p->heap, p->g->n_buffers > 0 ? p->g->n_buffers : 1, sizeof *wanted);
    if (wanted == NULL) {
        p->no_memory = true;
        return false;
    }
    find_versions(p);
    while (pass_back(p, wanted)) {
    }
    sc_heap_give(p->heap, wanted);
    for (uint32_t j = 0; j < p->g->n_jobs; j++) {
        for (uint32_t k = 0; p->needed[j] != 0 && k < p->g->jobs[j].n_uses; k++) {
            p->left[p->g->uses[p->g->jobs[j].first_use + k].buffer]++;
        }
    }
    return true;
}

/* Heaps of jobs. The first has the least time, or the highest rank; of equal ones the first declared. */
static bool before(const struct planner *p, bool by_time, uint32_t a, uint32_t b)
{
    const double x = by_time ? p->ready[a] : -p->rank[a], y = by_time ? p->ready[b] : -p->rank[b];
    return x < y || (x <= y && a < b);
}

static void push(const struct planner *p, bool by_time, uint32_t *heap, uint32_t *n, uint32_t job)
{
    uint32_t i = (*n)++;
    for (; i > 0 && before(p, by_time, job, heap[(i - 1) / 2]); i = (i - 1) / 2) {
        heap[i] = heap[(i - 1) / 2];
    }
    heap[i] = job;
}

/* Take out the element at @p i. */
static uint32_t take_out(const struct planner *p, bool by_time, uint32_t *heap, uint32_t *n, uint32_t i)
{
    const uint32_t job = heap[i], last = heap[--(*n)];
    if (i == *n) {
        return job;
    }
    for (; i > 0 && before(p, by_time, last, heap[(i - 1) / 2]); i = (i - 1) / 2) {
        heap[i] = heap[(i - 1) / 2];
    }
    for (uint32_t k = 2 * i + 1; k < *n; i = k, k = 2 * i + 1) {
        k += k + 1 < *n && before(p, by_time, heap[k + 1], heap[k]);
        if (!before(p, by_time, heap[k], last)) {
            break;
        }
        heap[i] = heap[k];
    }
    heap[i] = last;
    return job;
}

static double mean_ns(const struct planner *p, uint32_t job)
{
    double sum = 0;
    uint32_t n = 0;
    for (uint32_t d = 0; d < p->in->n_devices; d++) {
        const double ns = sc_place_run_ns(p, job, d);
        sum += ns >= 0 ? ns : 0;
        n += ns >= 0;
    }
    return n > 0 ? sum / n : 0;
}

void sc_place_begin(struct planner *p)
{
    for (uint32_t j = p->g->n_jobs; j-- > 0;) {
        const struct sc_job *const job = &p->g->jobs[j];
        double longest = 0;
        for (uint32_t k = 0; k < job->n_succs; k++) {
            const double r = p->rank[p->g->succs[job->first_succ + k]];
            longest = r > longest ? r : longest;
        }
        p->rank[j] = p->plan->order == SC_ORDER_RANK ? longest + (p->needed[j] != 0 ? mean_ns(p, j) : 0) : (double)(p->g->n_jobs - j);
        p->waiting[j] = job->n_preds;
    }
    for (uint32_t j = 0; j < p->g->n_jobs; j++) {
        if (p->g->jobs[j].n_preds == 0) {
            push(p, true, p->later, &p->n_later, j);
        }
    }
}

void sc_place_done(struct planner *p, uint32_t job, double when)
{
    const struct sc_job *const j = &p->g->jobs[job];
    for (uint32_t k = 0; k < j->n_succs; k++) {
        const uint32_t s = p->g->succs[j->first_succ + k];
        p->ready[s] = when > p->ready[s] ? when : p->ready[s];
        if (--p->waiting[s] == 0) {
            push(p, true, p->later, &p->n_later, s);
        }
    }
}

/* When the first device becomes free. */
static double idle_at(const struct planner *p)
{
    double t = -1;
    for (uint32_t d = 0; d < p->in->n_devices; d++) {
        const double f = p->queue_free[d * SC_N_QUEUES + SC_QUEUE_RUN];
        t = !p->in->devices[d].off && (t < 0 || f < t) ? f : t;
    }
    return t;
}

/* Jobs whose time has come are ready; those that are not needed are passed over. */
static void move_ready(struct planner *p, double idle)
{
    while (p->n_later > 0 && (p->n_now + p->n_cold == 0 || p->ready[p->later[0]] <= idle)) {
        const uint32_t job = take_out(p, true, p->later, &p->n_later, 0);
        if (p->needed[job] != 0) {
            push(p, false, p->now, &p->n_now, job);
        } else {
            sc_place_done(p, job, p->ready[job]);
        }
    }
}

uint32_t sc_place_next(struct planner *p)
{
    if (p->plan->order == SC_ORDER_STRICT) {
        while (p->next_strict < p->g->n_jobs && p->needed[p->next_strict] == 0) {
            p->next_strict++;
        }
        return p->next_strict < p->g->n_jobs ? p->next_strict++ : SC_NONE;
    }
    const double idle = idle_at(p);
    move_ready(p, idle);
    if (p->in->seed != 0) {
        return p->n_now > 0 ? take_out(p, false, p->now, &p->n_now, sc_place_dice(p, p->n_now)) : SC_NONE;
    }
    const bool cold_can = p->n_cold > 0 && sc_place_start(p, p->cold[0]) <= idle;
    while (p->n_now > 0 && !(cold_can && before(p, false, p->cold[0], p->now[0]))) {
        const uint32_t job = take_out(p, false, p->now, &p->n_now, 0);
        if (sc_place_start(p, job) <= idle) {
            return job;
        }
        push(p, false, p->cold, &p->n_cold, job);
        if (cold_can && p->cold[0] == job) {
            break; /* the one that can start is no longer the first */
        }
    }
    return p->n_cold > 0 ? take_out(p, false, p->cold, &p->n_cold, 0) : SC_NONE;
}
