/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Thread pool: workers sleep on a condition. The items of a loop are cut into one share for each thread, in order; a thread takes the
 * pieces of its own share by an atomic counter, then those that are left of others'. So equal loops give a thread the same items
 * again: it finds them in its caches and, since pages come from where they are first written, on its own node. Owns its threads.
 */
#define _GNU_SOURCE
#include "host/sys/pool.h"

#include "host/sys/bind.h"
#include "host/sys/mem.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

/* Apart, so that threads do not fetch each other's cache lines. */
struct share {
    atomic_size_t next;
    size_t end;
    unsigned char apart[128 - 2 * sizeof(size_t)];
};

struct sc_pool {
    unsigned n_threads, n_started;
    pthread_mutex_t lock;
    pthread_cond_t start, finish;
    uint64_t round;      /* guarded by lock: number of loops started */
    unsigned running;    /* guarded by lock: workers that have not finished the round */
    int stop;            /* guarded by lock */
    sc_pool_fn *fn;
    void *arg;
    size_t grain;
    struct share *shares; /* n_threads */
    pthread_t threads[SC_POOL_MAX_THREADS];
};

struct worker_arg {
    struct sc_pool *pool;
    unsigned index;
};

static void take_pieces(struct sc_pool *pool, unsigned worker)
{
    for (unsigned k = 0; k < pool->n_threads; k++) {
        struct share *const s = &pool->shares[(worker + k) % pool->n_threads];
        for (;;) {
            const size_t begin = atomic_fetch_add_explicit(&s->next, pool->grain, memory_order_relaxed);
            if (begin >= s->end) {
                break;
            }
            const size_t left = s->end - begin;
            pool->fn(pool->arg, begin, begin + (left < pool->grain ? left : pool->grain), worker);
        }
    }
}

static void cut_shares(struct sc_pool *pool, size_t n_items, size_t grain)
{
    const size_t n_pieces = n_items / grain + (n_items % grain != 0), each = n_pieces / pool->n_threads, more = n_pieces % pool->n_threads;
    size_t at = 0;
    for (unsigned i = 0; i < pool->n_threads; i++) {
        const size_t pieces = each + (i < more), left = n_items - at;
        const size_t len = pieces <= left / grain ? pieces * grain : left;
        atomic_store_explicit(&pool->shares[i].next, at, memory_order_relaxed);
        pool->shares[i].end = at + len;
        at += len;
    }
}

static void *worker_main(void *arg)
{
    struct worker_arg *const w = arg;
    struct sc_pool *const pool = w->pool;
    const unsigned index = w->index;
    sc_free(w);
    uint64_t seen = 0;
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (pool->round == seen && !pool->stop) {
            pthread_cond_wait(&pool->start, &pool->lock);
        }
        if (pool->stop) {
            break;
        }
        seen = pool->round;
        pthread_mutex_unlock(&pool->lock);
        take_pieces(pool, index);
        pthread_mutex_lock(&pool->lock);
        if (--pool->running == 0) {
            pthread_cond_signal(&pool->finish);
        }
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static unsigned usable_processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) {
        return 1;
    }
    const int n = CPU_COUNT(&set);
    return n < 1 ? 1 : (unsigned)n;
}

static socle_status start_worker(struct sc_pool *pool)
{
    struct worker_arg *const w = sc_alloc(1, sizeof *w);
    if (w == NULL) {
        return SOCLE_E_NOMEM;
    }
    w->pool = pool;
    w->index = pool->n_started + 1;
    pthread_attr_t attr;
    int failed = pthread_attr_init(&attr);
    if (failed == 0) {
        failed = pthread_attr_setstacksize(&attr, SC_POOL_STACK);
        failed = failed != 0 ? failed : pthread_create(&pool->threads[pool->n_started], &attr, worker_main, w);
        (void)pthread_attr_destroy(&attr);
    }
    if (failed != 0) {
        sc_free(w);
        return SOCLE_E_NOMEM;
    }
    pool->n_started++;
    return SOCLE_OK;
}

socle_status sc_pool_create(struct sc_pool **out, unsigned n_threads)
{
    socle_status st = SOCLE_OK;
    *out = NULL;
    struct sc_pool *pool = sc_alloc(1, sizeof *pool);
    if (pool == NULL) {
        return SOCLE_E_NOMEM;
    }
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->start, NULL);
    pthread_cond_init(&pool->finish, NULL);
    if (n_threads == 0) {
        n_threads = usable_processors();
    }
    pool->n_threads = n_threads < SC_POOL_MAX_THREADS ? n_threads : SC_POOL_MAX_THREADS;
    pool->shares = sc_alloc(pool->n_threads, sizeof *pool->shares);
    TRY(pool->shares ? SOCLE_OK : SOCLE_E_NOMEM);
    for (unsigned i = 1; i < pool->n_threads; i++) {
        TRY(start_worker(pool));
    }
    *out = pool;
    pool = NULL;
out:
    sc_pool_destroy(pool);
    return st;
}

void sc_pool_destroy(struct sc_pool *pool)
{
    if (pool == NULL) {
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->stop = 1;
    pthread_cond_broadcast(&pool->start);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->n_started; i++) {
        pthread_join(pool->threads[i], NULL);
    }
    pthread_cond_destroy(&pool->start);
    pthread_cond_destroy(&pool->finish);
    pthread_mutex_destroy(&pool->lock);
    sc_free(pool->shares);
    sc_free(pool);
}

unsigned sc_pool_bind(struct sc_pool *pool, enum sc_bind how)
{
    return sc_bind_threads(pool->threads, pool->n_started, how);
}

unsigned sc_pool_size(const struct sc_pool *pool)
{
    return pool == NULL ? 1 : pool->n_threads;
}

static void run_inline(size_t n_items, size_t grain, sc_pool_fn *fn, void *arg)
{
    for (size_t begin = 0; begin < n_items; begin += grain) {
        const size_t left = n_items - begin;
        fn(arg, begin, begin + (left < grain ? left : grain), 0);
    }
}

void sc_pool_for(struct sc_pool *pool, size_t n_items, size_t grain, sc_pool_fn *fn, void *arg)
{
    const unsigned size = sc_pool_size(pool);
    if (grain == 0) {
        grain = n_items / (4 * (size_t)size) + 1;
    }
    if (size == 1 || n_items <= grain) {
        run_inline(n_items, grain, fn, arg);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->fn = fn;
    pool->arg = arg;
    pool->grain = grain;
    cut_shares(pool, n_items, grain);
    pool->running = pool->n_started;
    pool->round++;
    pthread_cond_broadcast(&pool->start);
    pthread_mutex_unlock(&pool->lock);
    take_pieces(pool, 0);
    pthread_mutex_lock(&pool->lock);
    while (pool->running != 0) {
        pthread_cond_wait(&pool->finish, &pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
}
