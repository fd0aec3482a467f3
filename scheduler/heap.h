/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Where the scheduler's memory comes from: the caller's. The scheduler asks while it is set up, never while jobs run.
 */
#ifndef SC_SCHEDULER_HEAP_H
#define SC_SCHEDULER_HEAP_H

#include <stddef.h>

struct sc_heap {
    void *arg;
    /** @p n zeroed elements of @p size bytes, aligned for any type; NULL when there is no memory or the product overflows. */
    void *(*take)(void *arg, size_t n, size_t size);
    /** Give back what take returned. NULL is fine. */
    void (*give)(void *arg, void *p);
};

static inline void *sc_heap_take(const struct sc_heap *h, size_t n, size_t size)
{
    return h->take(h->arg, n, size);
}

static inline void sc_heap_give(const struct sc_heap *h, void *p)
{
    h->give(h->arg, p);
}

#endif
