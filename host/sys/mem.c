/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Big buffers over mmap. Owns the process-wide counters and the shelf of blocks that were given back.
 * Large pages cut the cost of first touch and of address translation in strided passes (Merkle leaves, NTT). Pages that
 * are in the process already cost a tenth of new ones (a virtual machine has to fetch new ones from its host), so blocks
 * given back are kept, cut and grown for the next caller; the process never holds more than its greatest need.
 */
#define _GNU_SOURCE
#include "host/sys/mem.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 1 << 21, SHELF = 64 };

struct block {
    uint8_t *p;
    size_t size;
};

/* State of the process, not of an algorithm. */
static atomic_size_t held, peak;
static atomic_uint_least64_t fail_in;
static pthread_mutex_t shelf_lock = PTHREAD_MUTEX_INITIALIZER;
static struct block shelf[SHELF];
static unsigned n_shelf;

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

static void *map(size_t size)
{
    void *const p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        return NULL;
    }
    if (size >= HUGE_PAGE) {
        (void)madvise(p, size, MADV_HUGEPAGE); /* advice: a refusal costs speed only */
    }
    return p;
}

/* Put a block on the shelf, joined to a neighbour if one is there; a full shelf gives it to the system. Under the lock. */
static void put(struct block b)
{
    for (unsigned i = 0; i < n_shelf;) {
        struct block *const s = &shelf[i];
        if (s->p + s->size == b.p || b.p + b.size == s->p) {
            b.p = s->p < b.p ? s->p : b.p;
            b.size += s->size;
            *s = shelf[--n_shelf];
            i = 0;
        } else {
            i++;
        }
    }
    if (n_shelf == SHELF) {
        (void)munmap(b.p, b.size);
        return;
    }
    shelf[n_shelf++] = b;
}

/* Smallest block that is large enough, else the largest; n_shelf when there is none. Under the lock. */
static unsigned best(size_t size)
{
    unsigned at = n_shelf;
    for (unsigned i = 0; i < n_shelf; i++) {
        if (at == n_shelf) {
            at = i;
        } else if (shelf[at].size < size ? shelf[i].size > shelf[at].size : shelf[i].size >= size && shelf[i].size < shelf[at].size) {
            at = i;
        }
    }
    return at;
}

/* A block of the wanted size from the shelf, cut or grown; *old bytes of it are not zero. p is NULL when there is none. */
static struct block take(size_t size, size_t *old)
{
    struct block b = {NULL, 0};
    pthread_mutex_lock(&shelf_lock);
    const unsigned at = best(size);
    if (at < n_shelf) {
        b = shelf[at];
        shelf[at] = shelf[--n_shelf];
        if (b.size > size) {
            const struct block rest = {b.p + size, b.size - size};
            b.size = size;
            put(rest);
        }
    }
    pthread_mutex_unlock(&shelf_lock);
    *old = b.size;
    if (b.p != NULL && b.size < size) {
        void *const grown = mremap(b.p, b.size, size, MREMAP_MAYMOVE);
        if (grown == MAP_FAILED) {
            (void)munmap(b.p, b.size);
            b.p = NULL;
            return b;
        }
        (void)madvise(grown, size, MADV_HUGEPAGE);
        b.p = grown;
    }
    return b;
}

/* *old bytes of the buffer may be other than zero. */
static void *get(size_t len, size_t *old)
{
    *old = 0;
    if (len == 0 || len > SIZE_MAX / 2 || told_to_fail()) {
        return NULL;
    }
    const size_t size = rounded(len);
    void *p = size >= HUGE_PAGE ? take(size, old).p : NULL;
    if (p == NULL) {
        *old = 0;
        p = map(size);
    }
    if (p != NULL) {
        count(size);
    }
    return p;
}

void *sc_big_alloc(size_t len)
{
    size_t old;
    void *const p = get(len, &old);
    if (p != NULL && old != 0) {
        memset(p, 0, old);
    }
    return p;
}

void *sc_big_take(size_t len)
{
    size_t old;
    return get(len, &old);
}

void sc_big_free(void *p, size_t len)
{
    if (p == NULL) {
        return;
    }
    const struct block b = {p, rounded(len)};
    atomic_fetch_sub(&held, b.size);
    if (b.size < HUGE_PAGE) {
        (void)munmap(b.p, b.size);
        return;
    }
    pthread_mutex_lock(&shelf_lock);
    put(b);
    pthread_mutex_unlock(&shelf_lock);
}

void sc_big_trim(void)
{
    pthread_mutex_lock(&shelf_lock);
    while (n_shelf > 0) {
        n_shelf--;
        (void)munmap(shelf[n_shelf].p, shelf[n_shelf].size);
    }
    pthread_mutex_unlock(&shelf_lock);
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
