/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The planner: which jobs are needed, in which order, where, and the copies that this takes.
 */
#include "scheduler/place.h"

#include "scheduler/place_in.h"
#include "scheduler/place_jobs.h"

#include <stdio.h>
#include <string.h>

/* Steps. */

/* Append a step that waits for what was collected in wait_in. SC_NONE: no memory. */
static uint32_t add_step(struct planner *p, const struct sc_step *what, double duration)
{
    const uint32_t own = sc_queue_of(what);
    struct sc_step s = *what;
    s.first_wait = p->waits.n;
    s.start = p->queue_free[own];
    for (uint32_t q = 0; q < p->in->n_devices * SC_N_QUEUES; q++) {
        const uint32_t step = p->wait_in[q];
        p->wait_in[q] = SC_NONE;
        if (step == SC_NONE || q == own) {
            continue;
        }
        uint32_t *const w = sc_place_grow(p, &p->waits);
        if (w == NULL) {
            return SC_NONE;
        }
        *w = step;
        s.start = step_at(p, step)->finish > s.start ? step_at(p, step)->finish : s.start;
    }
    s.n_waits = p->waits.n - s.first_wait;
    s.next = SC_NONE;
    s.finish = s.start + duration;
    p->queue_free[own] = s.finish;
    p->plan->makespan = s.finish > p->plan->makespan ? s.finish : p->plan->makespan;
    struct sc_step *const to = sc_place_grow(p, &p->steps);
    if (to == NULL) {
        return SC_NONE;
    }
    *to = s;
    return p->steps.n - 1;
}

static uint64_t offset_of(const struct planner *p, uint32_t held)
{
    const uint32_t s = held_at(p, held)->segment;
    return s == SC_NONE ? SC_NO_OFFSET : segment_at(p, s)->offset;
}

/* A copy between host and device, whose places are there. */
static bool add_copy(struct planner *p, uint32_t buffer, uint32_t device, bool put)
{
    const uint32_t host = *at_of(p, buffer, SC_HOST), there = *at_of(p, buffer, device + 1);
    const uint32_t from = put ? host : there, to = put ? there : host;
    const uint64_t size = p->g->buffers[buffer].size;
    const struct sc_step s = {.kind = put ? SC_STEP_PUT : SC_STEP_GET, .device = device, .what = buffer, .version = p->version[buffer],
                              .offset = offset_of(p, there), .host_offset = offset_of(p, host)};
    sc_wait_writer(p, from);
    sc_wait_all(p, to);
    const uint32_t step = add_step(p, &s, p->in->times->copy(p->in->times->arg, device, put, size));
    if (step != SC_NONE) {
        sc_note_read(p, from, step);
        sc_note_write(p, to, step);
        p->plan->copied += size;
    }
    return step != SC_NONE;
}

/* Copy a buffer that the host lacks from the device that can give it first. */
static bool bring_home(struct planner *p, uint32_t buffer)
{
    uint32_t best = SC_NONE;
    double soonest = 0;
    for (uint32_t d = 0; d < p->in->n_devices; d++) {
        const struct held *const h = valid_in(p, buffer, d + 1);
        if (h != NULL) {
            const double written = h->writer != SC_NONE ? step_at(p, h->writer)->finish : 0;
            const double queue = p->queue_free[d * SC_N_QUEUES + SC_QUEUE_GET];
            const double t = written > queue ? written : queue;
            if (best == SC_NONE || t < soonest) {
                best = d;
                soonest = t;
            }
        }
    }
    if (best == SC_NONE) {
        return false;
    }
    while (*at_of(p, buffer, SC_HOST) == SC_NONE && sc_memory_take(p, buffer, SC_HOST, soonest) == SC_NONE) {
        const uint32_t victim = p->no_memory ? SC_NONE : sc_memory_victim(p, SC_HOST);
        if (victim == SC_NONE) {
            return false;
        }
        sc_memory_drop(p, victim, SC_HOST);
    }
    return add_copy(p, buffer, best, false);
}

/* A place in a memory, others' buffers moved out of the way as needed. */
static bool make_place(struct planner *p, uint32_t buffer, uint32_t memory, double when)
{
    while (*at_of(p, buffer, memory) == SC_NONE && sc_memory_take(p, buffer, memory, when) == SC_NONE) {
        const uint32_t victim = p->no_memory ? SC_NONE : sc_memory_victim(p, memory);
        if (victim == SC_NONE) {
            return false;
        }
        bool kept = valid_in(p, victim, memory) == NULL; /* a place that was never written */
        for (uint32_t m = 0; m < p->n_memories; m++) {
            kept |= m != memory && valid_in(p, victim, m) != NULL;
        }
        if (!kept && !bring_home(p, victim)) {
            return false;
        }
        p->plan->spilled += kept ? 0 : p->g->buffers[victim].size;
        sc_memory_drop(p, victim, memory);
    }
    return true;
}

static bool bring(struct planner *p, uint32_t buffer, uint32_t device)
{
    const uint32_t memory = memory_of(p, device);
    if (valid_in(p, buffer, memory) != NULL) {
        return true;
    }
    if (valid_in(p, buffer, SC_HOST) == NULL && !bring_home(p, buffer)) {
        return false;
    }
    const double when = p->queue_free[device * SC_N_QUEUES + SC_QUEUE_PUT];
    return memory == SC_HOST || (make_place(p, buffer, memory, when) && add_copy(p, buffer, device, true));
}

/* Placing one job. */

static void pin(struct planner *p, uint32_t job, bool on)
{
    for (uint32_t k = 0; k < p->g->jobs[job].n_uses; k++) {
        p->pinned[p->g->uses[p->g->jobs[job].first_use + k].buffer] = on;
    }
}

/* Everything the job needs is in the device's memory, or has its place there. */
static bool gather(struct planner *p, uint32_t job, uint32_t device)
{
    const struct sc_job *const j = &p->g->jobs[job];
    const double when = p->queue_free[device * SC_N_QUEUES + SC_QUEUE_RUN];
    for (uint32_t k = 0; k < j->n_uses; k++) {
        const struct sc_use u = p->g->uses[j->first_use + k];
        if ((u.access & SC_READ) != 0 ? !bring(p, u.buffer, device) : !make_place(p, u.buffer, memory_of(p, device), when)) {
            return false;
        }
    }
    return true;
}

/* No job to come uses a buffer: an output goes home, all else goes. */
static bool retire(struct planner *p, uint32_t buffer)
{
    const struct sc_buffer *const b = &p->g->buffers[buffer];
    if (b->role == SC_ROLE_OUTPUT && valid_in(p, buffer, SC_HOST) == NULL && !bring_home(p, buffer)) {
        return false;
    }
    for (uint32_t m = b->role == SC_ROLE_INNER ? SC_HOST : 1; m < p->n_memories; m++) {
        sc_memory_drop(p, buffer, m);
    }
    return true;
}

static bool note_uses(struct planner *p, uint32_t job, uint32_t device, uint32_t step)
{
    const struct sc_job *const j = &p->g->jobs[job];
    const uint32_t memory = memory_of(p, device);
    for (uint32_t k = 0; k < j->n_uses; k++) {
        const struct sc_use u = p->g->uses[j->first_use + k];
        const uint32_t held = *at_of(p, u.buffer, memory);
        p->plan->use_offset[j->first_use + k] = offset_of(p, held);
        if ((u.access & SC_WRITE) == 0) {
            sc_note_read(p, held, step);
            continue;
        }
        sc_note_write(p, held, step);
        p->version[u.buffer] = p->g->version[j->first_use + k] + 1;
        for (uint32_t m = 0; m < p->n_memories; m++) {
            if (m != memory) {
                sc_memory_drop(p, u.buffer, m);
            }
        }
    }
    bool good = true;
    for (uint32_t k = 0; k < j->n_uses; k++) {
        const uint32_t b = p->g->uses[j->first_use + k].buffer;
        p->left[b]--;
        good = (p->left[b] > 0 || retire(p, b)) && good;
    }
    return good;
}

/* False: no room there (or no memory for the plan). Copies that were planned until then stay: they do no harm. */
static bool place_on(struct planner *p, uint32_t job, uint32_t device, double duration)
{
    const struct sc_job *const j = &p->g->jobs[job];
    struct sc_step s = {.kind = SC_STEP_RUN, .device = device, .what = job, .offset = SC_NO_OFFSET, .host_offset = SC_NO_OFFSET};
    pin(p, job, true);
    const bool gathered = gather(p, job, device);
    pin(p, job, false);
    if (!gathered || p->no_memory) {
        return false;
    }
    for (uint32_t k = 0; k < j->n_uses; k++) {
        const struct sc_use u = p->g->uses[j->first_use + k];
        const uint32_t held = *at_of(p, u.buffer, memory_of(p, device));
        if ((u.access & SC_WRITE) != 0) {
            sc_wait_all(p, held);
        } else {
            sc_wait_writer(p, held);
        }
    }
    s.in_use = p->budget[memory_of(p, device)] - p->free[memory_of(p, device)];
    const uint32_t step = add_step(p, &s, duration);
    if (step == SC_NONE || !note_uses(p, job, device, step)) {
        p->no_memory = true; /* outputs go to the caller's memory: there is nothing else that could be missing */
        return false;
    }
    p->plan->n_runs++;
    return true;
}

/* When a job would start on a device. Copies to it stand in one queue; those from others are reckoned alone. */
static double start_at(const struct planner *p, uint32_t job, uint32_t device)
{
    const struct sc_job *const j = &p->g->jobs[job];
    const struct sc_times *const t = p->in->times;
    const uint32_t memory = memory_of(p, device);
    double put_free = p->queue_free[device * SC_N_QUEUES + SC_QUEUE_PUT], start = p->queue_free[device * SC_N_QUEUES + SC_QUEUE_RUN];
    uint64_t wanted = 0;
    for (uint32_t k = 0; k < j->n_uses; k++) {
        const struct sc_use u = p->g->uses[j->first_use + k];
        wanted += *at_of(p, u.buffer, memory) == SC_NONE ? sc_memory_size(p, u.buffer, memory) : 0;
        if ((u.access & SC_READ) == 0) {
            continue;
        }
        const struct held *h = valid_in(p, u.buffer, memory);
        double at = h != NULL && h->writer != SC_NONE ? step_at(p, h->writer)->finish : 0;
        if (h == NULL) {
            h = valid_in(p, u.buffer, SC_HOST);
            at = h != NULL && h->writer != SC_NONE ? step_at(p, h->writer)->finish : 0;
            for (uint32_t d = 0; h == NULL && d < p->in->n_devices; d++) {
                const struct held *const there = valid_in(p, u.buffer, d + 1);
                if (there != NULL) {
                    const double queue = p->queue_free[d * SC_N_QUEUES + SC_QUEUE_GET];
                    at = there->writer != SC_NONE ? step_at(p, there->writer)->finish : 0;
                    at = (at > queue ? at : queue) + t->copy(t->arg, d, false, p->g->buffers[u.buffer].size);
                    break;
                }
            }
            if (memory != SC_HOST) {
                put_free = (at > put_free ? at : put_free) + t->copy(t->arg, device, true, p->g->buffers[u.buffer].size);
                at = put_free;
            }
        }
        start = at > start ? at : start;
    }
    if (memory != SC_HOST && wanted > p->free[memory]) {
        start += t->copy(t->arg, device, false, wanted - p->free[memory]);
    }
    return start;
}

/* Bytes of a job's buffers in a memory of its own; those in the caller's memory take none at the host. */
static uint64_t size_in(const struct planner *p, uint32_t job, uint32_t memory)
{
    uint64_t sum = 0;
    for (uint32_t k = 0; k < p->g->jobs[job].n_uses; k++) {
        const uint32_t b = p->g->uses[p->g->jobs[job].first_use + k].buffer;
        sum += memory != SC_HOST || p->g->buffers[b].role == SC_ROLE_INNER ? sc_memory_size(p, b, memory) : 0;
    }
    return sum;
}

struct choice {
    uint32_t device; /* SC_NONE: none */
    double start, duration;
};

/* The device where the job is done first, of those not in @p tried. */
static struct choice choose(struct planner *p, uint32_t job, uint64_t tried)
{
    struct choice best = {SC_NONE, 0, 0};
    const uint32_t turn = p->in->seed != 0 ? sc_place_dice(p, p->in->n_devices) : 0;
    for (uint32_t i = 0; i < p->in->n_devices; i++) {
        const uint32_t d = (i + turn) % p->in->n_devices;
        if ((tried >> d & 1) != 0) {
            continue;
        }
        const double ns = sc_place_run_ns(p, job, d);
        if (ns < 0 || size_in(p, job, memory_of(p, d)) > p->budget[memory_of(p, d)]) {
            continue;
        }
        if (p->in->seed != 0) {
            return (struct choice){d, 0, ns};
        }
        const double at = start_at(p, job, d);
        if (best.device == SC_NONE || at + ns < best.start + best.duration) {
            best = (struct choice){d, at, ns};
        }
    }
    return best;
}

static socle_status nowhere(struct planner *p, uint32_t job)
{
    const struct sc_job *const j = &p->g->jobs[job];
    bool some = false;
    uint64_t least = UINT64_MAX;
    for (uint32_t d = 0; d < p->in->n_devices; d++) {
        const uint64_t size = size_in(p, job, memory_of(p, d));
        some |= sc_place_run_ns(p, job, d) >= 0;
        least = size < least ? size : least;
    }
    if (!some) {
        (void)snprintf(p->plan->why, sizeof p->plan->why, "job %u (operation %u, 2^%u x %u): no device can run it", job, j->op, j->log_n,
                       j->count);
        return SOCLE_E_DEVICE;
    }
    (void)snprintf(p->plan->why, sizeof p->plan->why,
                   "job %u (operation %u, 2^%u x %u) needs %llu bytes, more than the budget of any device that can run it leaves", job, j->op,
                   j->log_n, j->count, (unsigned long long)least);
    return SOCLE_E_NOMEM;
}

static socle_status place_job(struct planner *p, uint32_t job)
{
    uint64_t tried = 0;
    for (;;) {
        const bool known = tried == 0 && p->chosen_job == job && p->chosen_at == p->steps.n;
        const struct choice c = known ? (struct choice){p->chosen_device, p->chosen_start, p->chosen_duration} : choose(p, job, tried);
        if (c.device == SC_NONE) {
            return nowhere(p, job);
        }
        if (place_on(p, job, c.device, c.duration)) {
            sc_place_done(p, job, step_at(p, p->steps.n - 1)->finish);
            return SOCLE_OK;
        }
        if (p->no_memory) {
            return SOCLE_E_NOMEM;
        }
        tried |= UINT64_C(1) << c.device;
    }
}

double sc_place_start(struct planner *p, uint32_t job)
{
    const struct choice c = choose(p, job, 0);
    p->chosen_job = job;
    p->chosen_at = p->steps.n;
    p->chosen_device = c.device;
    p->chosen_start = c.start;
    p->chosen_duration = c.duration;
    return c.device != SC_NONE ? c.start : 0;
}

/* What is over before it begins: outputs that are there but not at home, residents that nobody needs. */
static bool retire_unused(struct planner *p)
{
    for (uint32_t b = 0; b < p->g->n_buffers; b++) {
        const bool is_there = p->version[b] != SC_NONE && p->g->buffers[b].role != SC_ROLE_INPUT;
        if (is_there && p->left[b] == 0 && !retire(p, b)) {
            return false;
        }
    }
    return true;
}

/* Start and end. */

static bool in_range(const struct sc_place *in)
{
    if (in->graph == NULL || !in->graph->sealed || in->times == NULL || in->n_devices == 0 || in->n_devices > SC_MAX_DEVICES) {
        return false;
    }
    for (uint32_t d = 0; d < in->n_devices; d++) {
        const struct sc_place_device *const v = &in->devices[d];
        if (!v->shares_host && (v->align == 0 || (v->align & (v->align - 1)) != 0 || v->budget > UINT64_C(1) << 56)) {
            return false;
        }
    }
    return in->host_budget <= UINT64_C(1) << 56;
}

static bool start(struct planner *p)
{
    const size_t n_buffers = p->g->n_buffers > 0 ? p->g->n_buffers : 1, n_uses = p->g->n_uses > 0 ? p->g->n_uses : 1;
    p->touches.size = sizeof(struct touch);
    p->segments.size = sizeof(struct segment);
    p->helds.size = sizeof(struct held);
    p->steps.size = sizeof(struct sc_step);
    p->waits.size = sizeof(uint32_t);
    p->spare_segment = p->spare_held = p->chosen_job = SC_NONE;
    p->n_memories = p->in->n_devices + 1;
    p->budget[SC_HOST] = p->in->host_budget & ~UINT64_C(63);
    for (uint32_t d = 0; d < p->in->n_devices; d++) {
        const struct sc_place_device *const v = &p->in->devices[d];
        p->budget[d + 1] = v->shares_host || v->off ? 0 : v->budget & ~((uint64_t)v->align - 1);
    }
    for (uint32_t q = 0; q < SC_MAX_QUEUES; q++) {
        p->wait_in[q] = SC_NONE;
    }
    p->at = sc_heap_take(p->heap, n_buffers * p->n_memories, sizeof *p->at);
    p->version = sc_heap_take(p->heap, n_buffers, sizeof *p->version);
    p->left = sc_heap_take(p->heap, n_buffers, sizeof *p->left);
    p->pinned = sc_heap_take(p->heap, n_buffers, sizeof *p->pinned);
    p->plan->use_offset = sc_heap_take(p->heap, n_uses, sizeof *p->plan->use_offset);
    const bool have = p->at != NULL && p->version != NULL && p->left != NULL && p->pinned != NULL && p->plan->use_offset != NULL;
    p->no_memory = !have || !sc_place_jobs_start(p);
    if (!p->no_memory) {
        memset(p->at, 0xff, n_buffers * p->n_memories * sizeof *p->at);
    }
    return !p->no_memory;
}

static void finish(struct planner *p)
{
    void *const all[] = {p->touches.p, p->segments.p, p->helds.p, p->at, p->version, p->left, p->pinned};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        sc_heap_give(p->heap, all[i]);
    }
    sc_place_jobs_end(p);
}

/* The steps of each queue, in order. */
static void link_queues(struct sc_plan *plan)
{
    for (uint32_t q = 0; q < SC_MAX_QUEUES; q++) {
        plan->first[q] = SC_NONE;
    }
    for (uint32_t i = plan->n_steps; i-- > 0;) {
        uint32_t *const first = &plan->first[sc_queue_of(&plan->steps[i])];
        plan->steps[i].next = *first;
        *first = i;
    }
}

static socle_status make(struct planner *p)
{
    socle_status st = SOCLE_OK;
    TRY(start(p) ? SOCLE_OK : SOCLE_E_NOMEM);
    TRY(sc_place_needed(p) ? SOCLE_OK : SOCLE_E_NOMEM);
    TRY(sc_memory_start(p) ? SOCLE_OK : p->no_memory ? SOCLE_E_NOMEM : SOCLE_E_ARG);
    TRY(retire_unused(p) ? SOCLE_OK : SOCLE_E_NOMEM);
    sc_place_begin(p);
    for (uint32_t job = sc_place_next(p); job != SC_NONE; job = sc_place_next(p)) {
        TRY(place_job(p, job));
    }
out:
    return st;
}

static socle_status make_by(struct sc_plan *plan, const struct sc_heap *heap, const struct sc_place *in, enum sc_plan_order order)
{
    memset(plan, 0, sizeof *plan);
    plan->heap = *heap;
    plan->order = order;
    struct planner *const p = sc_heap_take(heap, 1, sizeof *p);
    if (p == NULL) {
        return SOCLE_E_NOMEM;
    }
    p->in = in;
    p->g = in->graph;
    p->plan = plan;
    p->heap = heap;
    p->dice = in->seed;
    const socle_status st = make(p);
    plan->n_devices = in->n_devices;
    plan->steps = p->steps.p;
    plan->n_steps = p->steps.n;
    plan->waits = p->waits.p;
    plan->n_waits = p->waits.n;
    link_queues(plan);
    finish(p);
    sc_heap_give(heap, p);
    if (st != SOCLE_OK) {
        char why[SC_PLAN_WHY];
        memcpy(why, plan->why, sizeof why);
        sc_plan_fini(plan);
        memcpy(plan->why, why, sizeof why);
    }
    return st;
}

/* Sooner, or as soon with less memory. */
static bool better(const struct sc_plan *a, const struct sc_plan *b)
{
    uint64_t x = 0, y = 0;
    for (uint32_t m = 0; m <= a->n_devices; m++) {
        x += a->arena[m];
        y += b->arena[m];
    }
    return x < y ? a->makespan <= b->makespan * (1 + 1e-3) : a->makespan < b->makespan * (1 - 1e-3);
}

socle_status sc_plan_make(struct sc_plan *plan, const struct sc_heap *heap, const struct sc_place *in)
{
    struct sc_plan other;
    if (!in_range(in)) {
        memset(plan, 0, sizeof *plan);
        (void)snprintf(plan->why, sizeof plan->why, "plan: an argument out of range");
        return SOCLE_E_ARG;
    }
    socle_status st = make_by(plan, heap, in, SC_ORDER_RANK);
    for (unsigned o = in->seed != 0 ? SC_ORDER_STRICT : SC_ORDER_DECLARED; o <= SC_ORDER_STRICT; o++) {
        const bool no_room = st == SOCLE_E_NOMEM && plan->why[0] != 0; /* else the plan's own memory is missing */
        if (!no_room && (st != SOCLE_OK || o != SC_ORDER_DECLARED)) {
            break;
        }
        const socle_status st_other = make_by(&other, heap, in, (enum sc_plan_order)o);
        if (st != SOCLE_OK || (st_other == SOCLE_OK && better(&other, plan))) { /* of failures, the last one says most */
            sc_plan_fini(plan);
            *plan = other;
            st = st_other;
        } else {
            sc_plan_fini(&other);
        }
    }
    return st;
}

void sc_plan_fini(struct sc_plan *plan)
{
    if (plan->heap.give != NULL) {
        sc_heap_give(&plan->heap, plan->steps);
        sc_heap_give(&plan->heap, plan->waits);
        sc_heap_give(&plan->heap, plan->use_offset);
    }
    memset(plan, 0, sizeof *plan);
}
