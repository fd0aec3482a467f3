/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The driver without threads and clock, and the device whose faults are ordered.
 */
#include "scheduler/sim.h"

#include <string.h>

/** The step that runs in each queue. */
struct lane {
    uint32_t step; /* SC_NONE: none */
    double until;
    socle_status st;
};

struct clock {
    struct sc_drive *run;
    struct sc_sim *sim;
    struct lane lanes[SC_MAX_QUEUES];
    uint32_t heap[SC_MAX_QUEUES], n; /* queues with a step, by its end */
};

static bool before(const struct clock *c, uint32_t a, uint32_t b)
{
    return c->lanes[a].until < c->lanes[b].until || (c->lanes[a].until <= c->lanes[b].until && a < b);
}

static void push(struct clock *c, uint32_t queue)
{
    uint32_t i = c->n++;
    for (; i > 0 && before(c, queue, c->heap[(i - 1) / 2]); i = (i - 1) / 2) {
        c->heap[i] = c->heap[(i - 1) / 2];
    }
    c->heap[i] = queue;
}

static uint32_t pop(struct clock *c)
{
    const uint32_t first = c->heap[0], last = c->heap[--c->n];
    uint32_t i = 0;
    for (uint32_t k = 1; k < c->n; i = k, k = 2 * i + 1) {
        k += k + 1 < c->n && before(c, c->heap[k + 1], c->heap[k]);
        if (!before(c, c->heap[k], last)) {
            break;
        }
        c->heap[i] = c->heap[k];
    }
    c->heap[i] = last;
    return first;
}

static double duration(const struct clock *c, const struct sc_step *s)
{
    const struct sc_times *const t = c->sim->truth != NULL ? c->sim->truth : c->run->setup.times;
    if (s->kind == SC_STEP_RUN) {
        const double ns = t->run(t->arg, s->what, s->device);
        return ns > 0 ? ns : 0;
    }
    return t->copy(t->arg, s->device, s->kind == SC_STEP_PUT, c->run->setup.graph->buffers[s->what].size);
}

/* Begin the next step of a queue if it may; its effect is there at once, since nothing that could see it begins before its end. */
static void try_queue(struct clock *c, uint32_t queue)
{
    struct lane *const l = &c->lanes[queue];
    if (l->step != SC_NONE || sc_drive_next(c->run, queue, c->sim->now, &l->step) != SC_NEXT_STEP) {
        return;
    }
    l->st = sc_drive_do(c->run, l->step);
    l->until = c->sim->now + (l->st == SOCLE_E_DEADLINE ? c->sim->watchdog : duration(c, &c->run->plan.steps[l->step]));
    push(c, queue);
}

static void one_round(struct clock *c)
{
    struct sc_drive *const run = c->run;
    for (uint32_t q = 0; q < run->setup.n_devices * SC_N_QUEUES; q++) {
        try_queue(c, q);
    }
    while (c->n > 0) {
        const uint32_t q = pop(c);
        const uint32_t step = c->lanes[q].step;
        c->sim->now = c->lanes[q].until;
        c->lanes[q].step = SC_NONE;
        sc_drive_done(run, step, c->sim->now, c->lanes[q].st);
        const uint32_t n = run->n_wake;
        run->n_wake = 0;
        for (uint32_t i = 0; i < n; i++) {
            try_queue(c, run->wake[i]);
        }
        try_queue(c, q);
    }
}

socle_status sc_sim_run(struct sc_drive *run, struct sc_sim *sim)
{
    bool finished = false;
    struct clock *const c = sc_heap_take(run->setup.heap, 1, sizeof *c);
    if (c == NULL) {
        return SOCLE_E_NOMEM;
    }
    c->run = run;
    c->sim = sim;
    sim->now = 0;
    socle_status st = SOCLE_OK;
    while (st == SOCLE_OK && !finished) {
        for (uint32_t q = 0; q < SC_MAX_QUEUES; q++) {
            c->lanes[q].step = SC_NONE;
        }
        one_round(c);
        st = sc_drive_idle(run) ? sc_drive_settle(run, &finished) : SOCLE_E_BUG; /* a plan cannot lock up */
    }
    sc_heap_give(run->setup.heap, c);
    return st;
}

/* The device. */

/* What is ordered for this call; *wrong: it succeeds with a wrong byte. */
static socle_status fault_of(struct sc_sim_device *d, enum sc_fault_call call, bool *wrong)
{
    const uint64_t nth = ++d->calls[call];
    *wrong = false;
    for (uint32_t i = 0; i < d->n_faults && !d->lost; i++) {
        const struct sc_fault *const f = &d->faults[i];
        if (f->call != call || f->nth != nth) {
            continue;
        }
        switch (f->kind) {
        case SC_FAULT_NO_MEMORY:
            return SOCLE_E_NOMEM;
        case SC_FAULT_WRONG:
            *wrong = true;
            return SOCLE_OK;
        case SC_FAULT_HANG:
            if (d->hang != NULL) {
                d->hang(d->arg);
            }
            return SOCLE_E_DEADLINE;
        case SC_FAULT_ERROR:
            return SOCLE_E_DEVICE;
        case SC_FAULT_LOST:
            d->lost = true;
            break;
        }
    }
    return d->lost ? SOCLE_E_DEVICE : SOCLE_OK;
}

static void spoil(void *bytes, uint64_t size)
{
    unsigned char *const p = bytes;
    p[size / 2] ^= 0x40;
}

/* A device that failed may hold anything; one that had no memory has not failed. */
static void after_failure(struct sc_sim_device *d, socle_status st)
{
    if (d->scramble && st != SOCLE_OK && st != SOCLE_E_NOMEM && d->arena_size > 0) {
        memset(d->arena, 0x5a, d->arena_size);
    }
}

static void sim_info(void *self, struct sc_device_info *out)
{
    *out = ((const struct sc_sim_device *)self)->info;
}

static socle_status sim_arena(void *self, uint64_t size)
{
    struct sc_sim_device *const d = self;
    bool wrong;
    sc_heap_give(d->heap, d->arena);
    d->arena = NULL;
    d->arena_size = 0;
    if (size == 0) {
        return SOCLE_OK;
    }
    const socle_status st = size <= d->info.memory ? fault_of(d, SC_CALL_ARENA, &wrong) : SOCLE_E_NOMEM;
    d->arena = st == SOCLE_OK ? sc_heap_take(d->heap, size, 1) : NULL;
    d->arena_size = d->arena != NULL ? size : 0;
    return st == SOCLE_OK && d->arena == NULL ? SOCLE_E_NOMEM : st;
}

static void *inside(struct sc_sim_device *d, uint64_t offset, uint64_t size)
{
    if (offset > d->arena_size || size > d->arena_size - offset) {
        d->outside = true;
        return NULL;
    }
    return (unsigned char *)d->arena + offset;
}

static socle_status sim_copy(struct sc_sim_device *d, enum sc_fault_call call, void *to, const void *from, uint64_t size)
{
    bool wrong;
    const socle_status st = fault_of(d, call, &wrong);
    if (to == NULL || from == NULL) {
        return SOCLE_E_BUG;
    }
    if (st == SOCLE_OK) {
        memcpy(to, from, size);
    } else {
        spoil(to, size); /* after a failure it holds anything */
    }
    if (wrong) {
        spoil(to, size);
    }
    after_failure(d, st);
    return st;
}

static socle_status sim_put(void *self, uint64_t offset, const void *host, uint64_t size)
{
    return sim_copy(self, SC_CALL_PUT, inside(self, offset, size), host, size);
}

static socle_status sim_get(void *self, void *host, uint64_t offset, uint64_t size)
{
    return sim_copy(self, SC_CALL_GET, host, inside(self, offset, size), size);
}

static socle_status sim_do(void *self, const struct sc_launch *launch)
{
    struct sc_sim_device *const d = self;
    void *where[SC_JOB_MAX_USES];
    bool wrong;
    for (uint32_t k = 0; k < launch->n_uses; k++) {
        where[k] = launch->host != NULL ? launch->host[k] : inside(d, launch->offset[k], launch->size[k]);
        if (where[k] == NULL) {
            return SOCLE_E_BUG;
        }
    }
    const socle_status st = fault_of(d, SC_CALL_RUN, &wrong);
    if (d->operation != NULL) {
        d->operation(d->arg, launch, where); /* a call that fails has written half of it */
    }
    for (uint32_t k = 0; k < launch->n_uses; k++) {
        if ((wrong || st != SOCLE_OK) && launch->access[k] != SC_READ) {
            spoil(where[k], launch->size[k]);
        }
    }
    after_failure(d, st);
    return st;
}

static void sim_interrupt(void *self)
{
    const struct sc_sim_device *const d = self;
    if (d->interrupt != NULL) {
        d->interrupt(d->arg);
    }
}

struct sc_device sc_sim_device(struct sc_sim_device *d)
{
    static const struct sc_device_ops ops = {.info = sim_info, .arena = sim_arena, .put = sim_put, .get = sim_get, .run = sim_do, .interrupt = sim_interrupt};
    const struct sc_device device = {&ops, d};
    return device;
}
