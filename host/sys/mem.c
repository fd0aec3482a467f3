/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Memory over mmap and malloc. Owns the account of the process and the shelf of big blocks that were given back.
 * Large pages cut the cost of first touch and of address translation in strided passes (Merkle leaves, NTT). Pages that
 * are in the process already cost a tenth of new ones (a virtual machine has to fetch new ones from its host), so big blocks
 * given back are kept, cut and grown for the next caller, but the process never holds more than its greatest need or its limit.
 */
#define _GNU_SOURCE
#include "host/sys/mem.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 1 << 21, SHELF = 64 };
/* Small allocations of this size or more are mappings of their own: growing moves pages instead of bytes, and what is given back
 * leaves the process, which malloc does not promise. */
enum { MAPPED = 1 << 18 };
enum { MALLOC_COST = 16 }; /* of its own, for each block */

struct block {
    uint8_t *p;
    size_t size;
};

/* State of the process, not of an algorithm. */
static atomic_size_t used, peak, kept; /* kept: on the shelf */
static atomic_size_t limit = SIZE_MAX;
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

/* Enter @p size bytes into the account; false when the limit forbids it. */
static bool charge(size_t size)
{
    const size_t now = atomic_fetch_add(&used, size) + size;
    if (now > atomic_load(&limit)) {
        atomic_fetch_sub(&used, size);
        return false;
    }
    size_t seen = atomic_load(&peak);
    while (now > seen && !atomic_compare_exchange_weak(&peak, &seen, now)) {
    }
    return true;
}

/* Give at least @p size bytes of the shelf to the system, from its smallest blocks. */
static void shrink(size_t size)
{
    pthread_mutex_lock(&shelf_lock);
    while (size > 0 && n_shelf > 0) {
        struct block *b = &shelf[0];
        for (unsigned i = 1; i < n_shelf; i++) {
            b = shelf[i].size < b->size ? &shelf[i] : b;
        }
        const size_t whole = (size + HUGE_PAGE - 1) & ~((size_t)HUGE_PAGE - 1), part = b->size < whole ? b->size : whole;
        b->size -= part;
        (void)munmap(b->p + b->size, part);
        atomic_fetch_sub(&kept, part);
        size -= size < part ? size : part;
        if (b->size == 0) {
            *b = shelf[--n_shelf];
        }
    }
    pthread_mutex_unlock(&shelf_lock);
}

/* What is kept goes as far as, beside what is in use, it passes the limit or the greatest need so far. */
static void keep_to_limit(void)
{
    const size_t whole = atomic_load(&used) + atomic_load(&kept), bound = atomic_load(&limit), need = atomic_load(&peak);
    const size_t most = bound < need ? bound : need;
    if (atomic_load(&kept) > 0 && whole > most) {
        shrink(whole - most);
    }
}

static void *map(size_t size, bool large_pages)
{
    void *const p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        return NULL;
    }
    if (large_pages && size >= HUGE_PAGE) {
        (void)madvise(p, size, MADV_HUGEPAGE); /* advice: a refusal costs speed only */
    }
    return p;
}

/* Put a block on the shelf, joined to a neighbour if one is there; a full shelf gives it to the system. Under the lock. */
static void put(struct block b)
{
    atomic_fetch_add(&kept, b.size);
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
        atomic_fetch_sub(&kept, b.size);
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
        atomic_fetch_sub(&kept, b.size);
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
    if (len == 0 || len > SIZE_MAX / 4 || told_to_fail()) {
        return NULL;
    }
    const size_t size = rounded(len);
    if (!charge(size)) {
        return NULL;
    }
    void *p = size >= HUGE_PAGE ? take(size, old).p : NULL;
    if (p == NULL) {
        *old = 0;
        p = map(size, true);
    }
    if (p == NULL) {
        atomic_fetch_sub(&used, size);
        *old = 0;
    }
    keep_to_limit();
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
    atomic_fetch_sub(&used, b.size);
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
        atomic_fetch_sub(&kept, shelf[n_shelf].size);
        (void)munmap(shelf[n_shelf].p, shelf[n_shelf].size);
    }
    pthread_mutex_unlock(&shelf_lock);
}

size_t sc_big_size(size_t len)
{
    return len == 0 ? 0 : rounded(len);
}

/* Small allocations. */

struct head {
    size_t size; /* of the whole block as charged, this head included */
    size_t unused; /* keeps what follows aligned */
};

/* Of the block; 0 when it cannot exist. */
static size_t block_size(size_t n, size_t size)
{
    if (size != 0 && n > (SIZE_MAX / 4 - sizeof(struct head)) / size) {
        return 0;
    }
    const size_t len = n * size + sizeof(struct head);
    const size_t cost = ((len + 15) & ~(size_t)15) + MALLOC_COST;
    return cost >= MAPPED ? rounded(len + MALLOC_COST) : cost;
}

static bool is_mapped(size_t size)
{
    return size >= MAPPED;
}

void *sc_alloc(size_t n, size_t size)
{
    const size_t whole = block_size(n, size);
    if (whole == 0 || told_to_fail() || !charge(whole)) {
        return NULL;
    }
    keep_to_limit();
    struct head *const h = is_mapped(whole) ? map(whole, false) : calloc(1, whole - MALLOC_COST);
    if (h == NULL) {
        atomic_fetch_sub(&used, whole);
        return NULL;
    }
    h->size = whole;
    return h + 1;
}

/* A larger block in place of @p h, the contents kept; NULL leaves it. */
static struct head *enlarge(struct head *h, size_t whole)
{
    if (!is_mapped(whole)) {
        return realloc(h, whole - MALLOC_COST);
    }
    if (is_mapped(h->size)) {
        void *const moved = mremap(h, h->size, whole, MREMAP_MAYMOVE);
        return moved == MAP_FAILED ? NULL : moved;
    }
    struct head *const fresh = map(whole, false);
    if (fresh != NULL) {
        memcpy(fresh, h, h->size - MALLOC_COST);
        free(h);
    }
    return fresh;
}

void *sc_grow(void *p, size_t n, size_t size)
{
    if (p == NULL) {
        return sc_alloc(n, size);
    }
    struct head *h = (struct head *)p - 1;
    const size_t before = h->size;
    const size_t whole = block_size(n, size);
    if (whole == 0 || told_to_fail()) {
        return NULL;
    }
    if (whole <= before) {
        return p;
    }
    if (!charge(whole - before)) {
        return NULL;
    }
    keep_to_limit();
    h = enlarge(h, whole);
    if (h == NULL) {
        atomic_fetch_sub(&used, whole - before);
        return NULL;
    }
    h->size = whole;
    return h + 1;
}

void sc_free(void *p)
{
    if (p == NULL) {
        return;
    }
    struct head *const h = (struct head *)p - 1;
    const size_t size = h->size;
    if (is_mapped(size)) {
        (void)munmap(h, size);
    } else {
        free(h);
    }
    atomic_fetch_sub(&used, size);
}

size_t sc_alloc_size(size_t n, size_t size)
{
    return block_size(n, size);
}

/* The account. */

size_t sc_mem_now(void)
{
    return atomic_load(&used);
}

size_t sc_mem_peak(void)
{
    return atomic_load(&peak);
}

void sc_mem_peak_reset(void)
{
    atomic_store(&peak, atomic_load(&used));
}

void sc_mem_set_limit(size_t most)
{
    atomic_store(&limit, most == 0 ? SIZE_MAX : most);
    keep_to_limit();
}

size_t sc_mem_limit(void)
{
    const size_t most = atomic_load(&limit);
    return most == SIZE_MAX ? 0 : most;
}

void sc_mem_fail_at(uint64_t n)
{
    atomic_store(&fail_in, n);
}
