/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What tests of the scheduler lend it: memory that can fail, and random numbers from a seed that is printed.
 */
#ifndef SC_TESTS_LENT_H
#define SC_TESTS_LENT_H

#include "host/sys/mem.h"
#include "scheduler/heap.h"

#include <stdint.h>

static inline void *lent_take(void *arg, size_t n, size_t size)
{
    (void)arg;
    return sc_alloc(n, size);
}

static inline void lent_give(void *arg, void *p)
{
    (void)arg;
    sc_free(p);
}

static const struct sc_heap lent = {NULL, lent_take, lent_give};

/** splitmix64: below @p n > 0. */
static inline uint32_t dice(uint64_t *state, uint32_t n)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ z >> 31) % n);
}

#endif
