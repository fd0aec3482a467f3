/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The scheduler's memory, from the account of the process.
 */
#include "host/sys/lend.h"

#include "host/sys/mem.h"

static void *take(void *arg, size_t n, size_t size)
{
    (void)arg;
    return sc_alloc(n, size);
}

static void give(void *arg, void *p)
{
    (void)arg;
    sc_free(p);
}

struct sc_heap sc_lend_heap(void)
{
    const struct sc_heap heap = {NULL, take, give};
    return heap;
}
