/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Big buffers over mmap. Owns the process-wide counters.
 * Large pages cut the cost of first touch and of address translation in strided passes (Merkle leaves, NTT).
 */
#define _DEFAULT_SOURCE
#include "host/sys/mem.h"

#include <stdatomic.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 1 << 21 };

/* Counters of the process, not state of an algorithm: the only statics besides tables. */
static atomic_size_t held, peak;
static atomic_uint_least64_t fail_in;

static size_t rounded(size_t len)
{
    const size_t unit = len >= HUGE_PAGE ? (size_t)HUGE_PAGE : (size_t)4096;
    return (len + unit - 1) & ~(unit - 1);
}

static int told_to_fail(void)
{
    uint_least64_t n = atomic_load(&fail_in);
    while (n != 0) {
        if (atomic_compare_exchange_weak(&fail_in, &n, n - 1)) {
            return n == 1;
        }
    }
    return 0;
}

static void count(size_t size)
{
    const size_t now = atomic_fetch_add(&held, size) + size;
    size_t seen = atomic_load(&peak);
    while (now > seen && !atomic_compare_exchange_weak(&peak, &seen, now)) {
    }
}

void *sc_big_alloc(size_t len)
{
    if (len == 0 || len > SIZE_MAX / 2 || told_to_fail()) {
        return NULL;
    }
    const size_t size = rounded(len);
    void *const p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        return NULL;
    }
    if (size >= HUGE_PAGE) {
        (void)madvise(p, size, MADV_HUGEPAGE); /* advice: a refusal costs speed only */
    }
    count(size);
    return p;
}

void sc_big_free(void *p, size_t len)
{
    if (p != NULL) {
        (void)munmap(p, rounded(len));
        atomic_fetch_sub(&held, rounded(len));
    }
}

size_t sc_big_now(void)
{
    return atomic_load(&held);
}

size_t sc_big_peak(void)
{
    return atomic_load(&peak);
}

void sc_big_peak_reset(void)
{
    atomic_store(&peak, atomic_load(&held));
}

void sc_big_fail_at(uint64_t n)
{
    atomic_store(&fail_in, n);
}
