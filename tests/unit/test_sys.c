/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Thread pool and memory: every item once, whatever the grain; the account, its limit and forced failure.
 */
#define _GNU_SOURCE
#include "host/sys/file.h"
#include "host/sys/mem.h"
#include "host/sys/pool.h"
#include "host/sys/room.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N = 1000 };

struct job {
    unsigned char hits[N];
    unsigned size;
    size_t grain;
    unsigned bad;
};

static void hit(void *arg, size_t begin, size_t end, unsigned worker)
{
    struct job *const j = arg;
    if (worker >= j->size || begin % j->grain != 0 || end - begin > j->grain) {
        j->bad = 1;
    }
    for (size_t i = begin; i < end; i++) {
        j->hits[i]++;
    }
}

Test(pool, runs_every_item_once_for_all_shapes)
{
    for (unsigned threads = 1; threads <= 5; threads++) {
        struct sc_pool *pool = NULL;
        cr_assert_eq(sc_pool_create(&pool, threads), SOCLE_OK);
        cr_expect_eq(sc_pool_size(pool), threads);
        for (size_t n = 0; n <= N; n += 1 + n / 2) {
            for (size_t grain = 1; grain <= 300; grain += 1 + grain) {
                struct job j = {.size = threads, .grain = grain};
                sc_pool_for(pool, n, grain, hit, &j);
                for (size_t i = 0; i < N; i++) {
                    cr_assert_eq(j.hits[i], i < n);
                }
                cr_assert_eq(j.bad, 0);
            }
        }
        sc_pool_destroy(pool);
    }
}

Test(pool, works_without_a_pool_and_chooses_a_grain)
{
    struct job j = {.size = 1, .grain = 251};
    sc_pool_for(NULL, N, 0, hit, &j);
    for (size_t i = 0; i < N; i++) {
        cr_assert_eq(j.hits[i], 1);
    }
    cr_expect_eq(j.bad, 0);
    sc_pool_destroy(NULL);
}

/* Where the threads of a pool may run, by worker; each waits until all have told. */
struct places {
    cpu_set_t set[4];
    pthread_barrier_t all;
};

static void tell_place(void *arg, size_t begin, size_t end, unsigned worker)
{
    struct places *const p = arg;
    (void)begin;
    (void)end;
    cr_expect_eq(sched_getaffinity(0, sizeof p->set[worker], &p->set[worker]), 0);
    (void)pthread_barrier_wait(&p->all);
}

static unsigned bound_places(struct places *p, unsigned threads, enum sc_bind how)
{
    struct sc_pool *pool = NULL;
    cr_assert_eq(sc_pool_create(&pool, threads), SOCLE_OK);
    const unsigned bound = sc_pool_bind(pool, how);
    (void)pthread_barrier_init(&p->all, NULL, threads);
    sc_pool_for(pool, threads, 1, tell_place, p);
    (void)pthread_barrier_destroy(&p->all);
    sc_pool_destroy(pool);
    return bound;
}

Test(pool, threads_are_bound_inside_what_the_process_may_use)
{
    cpu_set_t before, after, one;
    struct places p;
    cr_assert_eq(sched_getaffinity(0, sizeof before, &before), 0);
    for (enum sc_bind how = SC_BIND_AUTO; how <= SC_BIND_OFF; how++) {
        for (unsigned threads = 2; threads <= 4; threads++) {
            const unsigned bound = bound_places(&p, threads, how);
            cr_expect_leq(bound, how == SC_BIND_OFF ? 0 : threads - 1);
            for (unsigned i = 1; i < threads; i++) {
                CPU_AND(&one, &p.set[i], &before);
                cr_expect(CPU_EQUAL(&one, &p.set[i]) && CPU_COUNT(&one) > 0);
                cr_expect(bound > 0 || CPU_EQUAL(&p.set[i], &before), "bound, but not counted");
                cr_expect(how != SC_BIND_CORE || bound == 0 || CPU_COUNT(&before) < 3 || CPU_COUNT(&one) < CPU_COUNT(&before));
            }
        }
    }
    cr_assert_eq(sched_getaffinity(0, sizeof after, &after), 0);
    cr_expect(CPU_EQUAL(&before, &after), "the caller's thread was moved");
}

Test(pool, binding_works_in_a_restricted_set_of_processors)
{
    cpu_set_t before;
    struct places p;
    cr_assert_eq(sched_getaffinity(0, sizeof before, &before), 0);
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &before)) {
            continue;
        }
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        cr_assert_eq(sched_setaffinity(0, sizeof one, &one), 0);
        for (enum sc_bind how = SC_BIND_AUTO; how <= SC_BIND_OFF; how++) {
            (void)bound_places(&p, 3, how);
            for (unsigned i = 0; i < 3; i++) {
                cr_expect(CPU_EQUAL(&p.set[i], &one), "a thread runs where the process may not");
            }
        }
        cr_assert_eq(sched_setaffinity(0, sizeof before, &before), 0);
    }
}

Test(pool, bindings_have_names)
{
    enum sc_bind how = SC_BIND_OFF;
    cr_expect(sc_bind_by_name(&how, "auto") && how == SC_BIND_AUTO);
    cr_expect(sc_bind_by_name(&how, "core") && how == SC_BIND_CORE);
    cr_expect(sc_bind_by_name(&how, "node") && how == SC_BIND_NODE);
    cr_expect(sc_bind_by_name(&how, "off") && how == SC_BIND_OFF);
    cr_expect_not(sc_bind_by_name(&how, "socket"));
}

Test(pool, zero_threads_means_the_processors_there_are)
{
    struct sc_pool *pool = NULL;
    cr_assert_eq(sc_pool_create(&pool, 0), SOCLE_OK);
    cr_expect_geq(sc_pool_size(pool), 1);
    sc_pool_destroy(pool);
}

Test(mem, buffers_are_zero_aligned_and_counted)
{
    const size_t before = sc_mem_now();
    static const size_t sizes[] = {1, 4096, 4097, 3 << 20};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        unsigned char *const p = sc_big_alloc(sizes[i]);
        cr_assert_not_null(p);
        cr_expect_eq((uintptr_t)p % 64, 0);
        for (size_t k = 0; k < sizes[i]; k += 1 + k / 8) {
            cr_assert_eq(p[k], 0);
        }
        memset(p, 1, sizes[i]);
        cr_expect_geq(sc_mem_now(), before + sizes[i]);
        sc_big_free(p, sizes[i]);
        cr_expect_eq(sc_mem_now(), before);
    }
    cr_expect_geq(sc_mem_peak(), before + (3 << 20));
    sc_mem_peak_reset();
    cr_expect_eq(sc_mem_peak(), before);
    cr_expect_null(sc_big_alloc(0));
    sc_big_free(NULL, 5);
}

Test(mem, reused_blocks_are_zero_whether_cut_joined_or_grown)
{
    enum { MIB = 1 << 20, N_LIVE = 6 };
    unsigned char *live[N_LIVE] = {0};
    size_t size[N_LIVE] = {0};
    uint32_t rng = 1;
    for (int step = 0; step < 200; step++) {
        rng = rng * 1664525u + 1013904223u;
        const unsigned k = (rng >> 24) % N_LIVE;
        for (size_t i = 0; i < size[k]; i += 4093) {
            cr_assert_eq(live[k][i], k + 1, "another buffer wrote here");
        }
        sc_big_free(live[k], size[k]);
        size[k] = ((rng >> 10) % 40 + 1) * MIB / 2;
        live[k] = sc_big_alloc(size[k]);
        cr_assert_not_null(live[k]);
        for (size_t i = 0; i < size[k]; i += 509) {
            cr_assert_eq(live[k][i], 0);
        }
        memset(live[k], (int)k + 1, size[k]);
    }
    for (int k = 0; k < N_LIVE; k++) {
        sc_big_free(live[k], size[k]);
    }
    sc_big_trim();
    unsigned char *const p = sc_big_alloc(8 * MIB);
    cr_assert_eq(p[0], 0);
    sc_big_free(p, 8 * MIB);
}

Test(mem, buffers_of_any_contents_are_counted_and_can_fail_too)
{
    const size_t before = sc_mem_now(), len = 5 << 20;
    unsigned char *const p = sc_big_take(len);
    cr_assert_not_null(p);
    cr_expect_geq(sc_mem_now(), before + len);
    memset(p, 7, len);
    sc_big_free(p, len);
    cr_expect_eq(sc_mem_now(), before);
    unsigned char *const zeroed = sc_big_alloc(len);
    for (size_t i = 0; i < len; i += 511) {
        cr_assert_eq(zeroed[i], 0, "a block given back was handed out as it was");
    }
    sc_big_free(zeroed, len);
    sc_mem_fail_at(1);
    cr_expect_null(sc_big_take(len));
    cr_expect_null(sc_big_take(0));
}

Test(mem, the_chosen_allocation_fails_once)
{
    sc_mem_fail_at(2);
    void *const a = sc_big_alloc(100);
    cr_expect_not_null(a);
    cr_expect_null(sc_big_alloc(100));
    void *const b = sc_big_alloc(100);
    cr_expect_not_null(b);
    sc_big_free(a, 100);
    sc_big_free(b, 100);
}

Test(mem, small_allocations_are_zero_grow_and_are_counted)
{
    const size_t before = sc_mem_now();
    for (size_t n = 0; n < (size_t)5 << 20; n = 2 * n + 1) {
        unsigned char *p = sc_alloc(n, 3);
        cr_assert_not_null(p);
        cr_expect_eq((uintptr_t)p % 16, 0);
        for (size_t i = 0; i < 3 * n; i += 1 + i / 8) {
            cr_assert_eq(p[i], 0);
        }
        memset(p, 5, 3 * n);
        cr_expect_eq(sc_mem_now(), before + sc_alloc_size(n, 3));
        cr_expect_geq(sc_alloc_size(n, 3), 3 * n);
        for (size_t k = n; k < (size_t)6 << 20; k += 1 + k / 3) {
            p = sc_grow(p, k, 3);
            cr_assert_not_null(p);
            cr_expect_eq(sc_mem_now(), before + sc_alloc_size(k, 3), "%zu elements", k);
            if (k > 0) {
                p[3 * k - 1] = 5;
            }
        }
        for (size_t i = 0; i < 3 * n; i++) {
            cr_assert_eq(p[i], 5, "growing lost byte %zu of %zu", i, 3 * n);
        }
        sc_free(p);
        cr_assert_eq(sc_mem_now(), before);
    }
    sc_free(NULL);
    cr_expect_null(sc_alloc(SIZE_MAX / 2, 3));
    cr_expect_null(sc_alloc(SIZE_MAX / 3, 3));
    cr_expect_null(sc_alloc(SIZE_MAX, 1));
    cr_expect_eq(sc_mem_now(), before);
}

Test(mem, the_limit_holds_for_every_kind_and_counts_kept_blocks_last)
{
    enum { MIB = 1 << 20 };
    const size_t before = sc_mem_now();
    sc_big_trim();
    sc_mem_set_limit(before + 16 * MIB);
    cr_expect_eq(sc_mem_limit(), before + 16 * MIB);
    cr_expect_null(sc_big_alloc(18 * MIB));
    void *const a = sc_big_alloc(10 * MIB);
    cr_assert_not_null(a);
    cr_expect_null(sc_big_take(8 * MIB));
    cr_expect_null(sc_alloc(7, MIB));
    void *b = sc_alloc(2, MIB);
    cr_assert_not_null(b);
    cr_expect_null(sc_grow(b, 7, MIB));
    sc_big_free(a, 10 * MIB); /* kept, but not in the way of others */
    b = sc_grow(b, 13, MIB);
    cr_assert_not_null(b);
    sc_free(b);
    cr_expect_eq(sc_mem_now(), before);
    sc_mem_set_limit(0);
    void *const c = sc_big_alloc(64 * MIB);
    cr_expect_not_null(c);
    sc_big_free(c, 64 * MIB);
}

Test(mem, a_small_allocation_costs_no_more_of_the_kept_blocks_than_it_needs)
{
    enum { MIB = 1 << 20 };
    sc_big_trim();
    sc_mem_peak_reset();
    uint8_t *const a = sc_big_alloc(64 * MIB), *const other = sc_big_alloc(8 * MIB);
    cr_assert(a != NULL && other != NULL);
    memset(a, 7, 64 * MIB);
    sc_big_free(a, 64 * MIB); /* what is in use and kept is now the greatest need so far */
    void *const small = sc_alloc(1, 100);
    uint8_t *const b = sc_big_take(48 * MIB);
    cr_assert(small != NULL && b != NULL);
    cr_expect_eq(b[0], 7, "pages that were there have gone");
    cr_expect_eq(b[48 * MIB - 1], 7);
    sc_big_free(b, 48 * MIB);
    sc_big_free(other, 8 * MIB);
    sc_free(small);
}

Test(mem, a_failed_growth_leaves_what_was_there)
{
    const size_t before = sc_mem_now();
    char *const p = sc_alloc(8, 1);
    memcpy(p, "content", 8);
    sc_mem_fail_at(1);
    cr_expect_null(sc_grow(p, 1 << 20, 1));
    cr_expect_str_eq(p, "content");
    sc_mem_fail_at(1);
    cr_expect_null(sc_alloc(1, 1));
    sc_free(p);
    cr_expect_eq(sc_mem_now(), before);
}

Test(room, reads_what_is_available)
{
    static const char text[] = "MemTotal:       24683924 kB\nMemFree:        20001000 kB\nMemAvailable:   22118400 kB\nBuffers: 1 kB\n";
    cr_expect_eq(sc_room_parse(text), (uint64_t)22118400 * 1024);
    cr_expect_eq(sc_room_parse("MemAvailable: 7 kB"), 7 * 1024);
    cr_expect_eq(sc_room_parse(""), 0);
    cr_expect_eq(sc_room_parse("MemTotal: 5 kB\nMemAvailable:\n"), 0);
    cr_expect_eq(sc_room_parse("MemAvailable: 5 MB\n"), 0);
    cr_expect_eq(sc_room_parse("MemAvailable: 99999999999999999999999 kB\n"), 0);
    cr_expect_eq(sc_room_parse("XMemAvailable: 5 kB\n"), 0);
}

Test(room, the_default_limit_leaves_a_margin)
{
    const uint64_t mib = (uint64_t)1 << 20, gib = mib << 10;
    cr_expect_eq(sc_room_default(0, 5 * mib), 0);
    cr_expect_eq(sc_room_default(64 * gib, 0), 60 * gib);
    cr_expect_eq(sc_room_default(2 * gib, 10 * mib), 2 * gib - 246 * mib);
    cr_expect_eq(sc_room_default(400 * mib, 0), 300 * mib);
    cr_expect_eq(sc_room_default(UINT64_MAX, 1), 0);
    for (uint64_t a = 1; a < UINT64_MAX / 3; a *= 3) {
        const uint64_t limit = sc_room_default(a, 7 * mib);
        cr_expect(limit >= a - a / 4 && limit - 7 * mib <= a - a / 16, "%llu", (unsigned long long)a);
    }
}

Test(room, what_is_outside_the_account_counts_threads_and_files)
{
    const uint64_t one = sc_room_outside(1), nine = sc_room_outside(9);
    cr_expect_geq(one, (uint64_t)4 << 20);
    cr_expect_leq(one, (uint64_t)256 << 20);
    cr_expect_eq(nine - one, 8 * (uint64_t)SC_POOL_STACK);
}

Test(sys, a_file_is_mapped_or_told_why_not)
{
    char path[] = "/tmp/socle_map_XXXXXX", why[256];
    const uint8_t *bytes = NULL;
    size_t len = 0;
    const int fd = mkstemp(path);
    cr_assert(fd >= 0);
    cr_expect_eq(sc_file_map(&bytes, &len, why, sizeof why, path, 100), SOCLE_E_FORMAT, "an empty file");
    cr_assert_eq(write(fd, "some bytes", 10), 10);
    (void)close(fd);
    cr_assert_eq(sc_file_map(&bytes, &len, why, sizeof why, path, 10), SOCLE_OK, "%s", why);
    cr_expect(len == 10 && memcmp(bytes, "some bytes", 10) == 0);
    sc_file_unmap(bytes, len);
    sc_file_unmap(NULL, 0);
    cr_expect_eq(sc_file_map(&bytes, &len, why, sizeof why, path, 9), SOCLE_E_LIMIT);
    cr_expect(bytes == NULL && len == 0 && strstr(why, "longer than 9 bytes") != NULL, "%s", why);
    cr_assert_eq(unlink(path), 0);
    cr_expect_eq(sc_file_map(&bytes, &len, why, sizeof why, path, 10), SOCLE_E_IO, "none");
    cr_expect_eq(sc_file_map(&bytes, &len, why, sizeof why, "/tmp", 10), SOCLE_E_IO, "a folder");
    cr_expect_eq(sc_file_map(&bytes, &len, why, sizeof why, "/dev/null", 10), SOCLE_E_IO, "a device");
}
