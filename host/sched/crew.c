/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Threads of a run. One lock; a queue that has to wait sleeps on a condition of its own until the step it waits for wakes it.
 */
#define _POSIX_C_SOURCE 200809L
#include "host/sched/crew.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

#include "host/sys/file.h"
#include "host/sys/mem.h"
#include "host/sys/pool.h"

#define LOOK_NS 50000000 /* of the watch */

/** A queue and its thread. All is guarded by the lock. */
struct member {
    pthread_cond_t wake;
    bool poked;        /* there may be a step */
    uint32_t step;     /* that it runs; SC_NONE */
    uint64_t since_ns;
};

struct crew {
    struct sc_drive *run;
    const struct sc_crew_options *options;
    pthread_mutex_t lock;
    pthread_cond_t watch;
    bool over;
    socle_status status;
    uint32_t n_queues, queues[SC_MAX_QUEUES]; /* those that can have steps */
    struct member members[SC_MAX_QUEUES];     /* by queue */
};

static void poke(struct crew *c, uint32_t queue)
{
    c->members[queue].poked = true;
    (void)pthread_cond_signal(&c->members[queue].wake);
}

static void poke_all(struct crew *c)
{
    for (uint32_t i = 0; i < c->n_queues; i++) {
        poke(c, c->queues[i]);
    }
}

static void end(struct crew *c, socle_status st)
{
    c->over = true;
    c->status = st;
    poke_all(c);
    (void)pthread_cond_signal(&c->watch);
}

/* Nothing runs: the round is over, and perhaps all is. */
static void settle(struct crew *c)
{
    bool finished;
    const socle_status st = sc_drive_settle(c->run, &finished);
    if (st != SOCLE_OK || finished) {
        end(c, st);
    } else {
        poke_all(c);
    }
}

/* Returns the time at its end. */
static uint64_t do_step(struct crew *c, struct member *m, uint32_t step, uint64_t now)
{
    m->step = step;
    m->since_ns = now;
    (void)pthread_mutex_unlock(&c->lock);
    const socle_status st = sc_drive_do(c->run, step);
    (void)pthread_mutex_lock(&c->lock);
    m->step = SC_NONE;
    now = sc_clock_ns();
    sc_drive_done(c->run, step, (double)now, st);
    for (uint32_t i = 0; i < c->run->n_wake; i++) {
        poke(c, c->run->wake[i]);
    }
    c->run->n_wake = 0;
    return now;
}

static void serve(struct crew *c, uint32_t queue)
{
    struct member *const m = &c->members[queue];
    (void)pthread_mutex_lock(&c->lock);
    uint64_t now = sc_clock_ns();
    while (!c->over) {
        uint32_t step;
        m->poked = false;
        if (sc_drive_next(c->run, queue, (double)now, &step) == SC_NEXT_STEP) {
            now = do_step(c, m, step, now);
            continue;
        }
        if (sc_drive_idle(c->run)) {
            settle(c);
        }
        while (!m->poked && !c->over) {
            (void)pthread_cond_wait(&m->wake, &c->lock);
        }
        now = sc_clock_ns();
    }
    (void)pthread_mutex_unlock(&c->lock);
}

static bool too_long(const struct crew *c, const struct member *m, uint64_t now)
{
    const struct sc_step *const s = &c->run->plan.steps[m->step];
    const double planned = c->options->watch_factor * (s->finish - s->start), took = (double)(now - m->since_ns);
    return took > planned && took > (double)c->options->watch_ns;
}

/* Interrupt what takes too long, again and again. Without the lock while the device is called. */
static void look(struct crew *c)
{
    for (uint32_t i = 0; c->options->watch_ns != 0 && i < c->n_queues; i++) {
        struct member *const m = &c->members[c->queues[i]];
        if (m->step == SC_NONE || !too_long(c, m, sc_clock_ns())) {
            continue;
        }
        const struct sc_device *const d = &c->run->setup.devices[c->run->plan.steps[m->step].device];
        if (d->ops->interrupt != NULL) {
            (void)pthread_mutex_unlock(&c->lock);
            d->ops->interrupt(d->self);
            (void)pthread_mutex_lock(&c->lock);
        }
    }
}

static void ask(struct crew *c)
{
    if (c->options->goes_on == NULL) {
        return;
    }
    (void)pthread_mutex_unlock(&c->lock);
    const socle_status st = c->options->goes_on(c->options->arg);
    (void)pthread_mutex_lock(&c->lock);
    if (st != SOCLE_OK && !c->over) {
        sc_drive_stop(c->run, st);
        poke_all(c); /* one of them may find that nothing runs */
    }
}

static void watch(struct crew *c)
{
    (void)pthread_mutex_lock(&c->lock);
    while (!c->over) {
        struct timespec until;
        (void)clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += LOOK_NS;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        (void)pthread_cond_timedwait(&c->watch, &c->lock, &until);
        if (!c->over) {
            look(c);
            ask(c);
        }
    }
    (void)pthread_mutex_unlock(&c->lock);
}

/* Item i < n_queues is a queue, the one behind them the watch. Each lasts as long as the run. */
static void member_main(void *arg, size_t begin, size_t finish, unsigned worker)
{
    struct crew *const c = arg;
    (void)worker;
    for (size_t i = begin; i < finish; i++) {
        if (i < c->n_queues) {
            serve(c, c->queues[i]);
        } else {
            watch(c);
        }
    }
}

static void list_queues(struct crew *c)
{
    for (uint32_t d = 0; d < c->run->setup.n_devices; d++) {
        for (uint32_t k = 0; k < (c->run->places[d].shares_host ? 1u : SC_N_QUEUES); k++) {
            c->queues[c->n_queues++] = d * SC_N_QUEUES + k;
        }
    }
}

socle_status sc_crew_run(struct sc_drive *run, const struct sc_crew_options *options)
{
    socle_status st = SOCLE_OK;
    struct sc_pool *pool = NULL;
    pthread_condattr_t monotonic;
    struct crew *const c = sc_alloc(1, sizeof *c);
    if (c == NULL) {
        return SOCLE_E_NOMEM;
    }
    c->run = run;
    c->options = options;
    list_queues(c);
    (void)pthread_mutex_init(&c->lock, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&c->watch, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    for (uint32_t q = 0; q < SC_MAX_QUEUES; q++) {
        c->members[q].step = SC_NONE;
        (void)pthread_cond_init(&c->members[q].wake, NULL);
    }
    const uint32_t n = c->n_queues + (options->watch_ns != 0 || options->goes_on != NULL);
    TRY(sc_pool_create(&pool, n));
    sc_pool_for(pool, n, 1, member_main, c);
    st = c->status;
out:
    sc_pool_destroy(pool);
    for (uint32_t q = 0; q < SC_MAX_QUEUES; q++) {
        (void)pthread_cond_destroy(&c->members[q].wake);
    }
    (void)pthread_cond_destroy(&c->watch);
    (void)pthread_mutex_destroy(&c->lock);
    sc_free(c);
    return st;
}
