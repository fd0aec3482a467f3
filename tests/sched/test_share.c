/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Who makes which proof of a set: each is taken once, whoever leaves, and with known times nobody is much later than need be. Workers have a
 * clock of the test's own, but for one test with threads.
 */
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "host/sched/share.h"
#include "host/sys/mem.h"

enum { MOST = 200, WORKERS = 12 };

static uint32_t seed = 1;

static uint32_t dice(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

/** What a worker does. */
struct worker {
    uint32_t place, home;
    double free_at;
    bool left;
};

/** A set on places with times that the share may know or not. */
struct set {
    uint32_t n_proofs, n_places, n_workers;
    double ns[4 * MOST], really[4]; /* really: a proof takes so many times what was thought */
    uint32_t gone_after[4];         /* proofs; the place is given up then */
    uint32_t made[4], takers[MOST];
    struct worker w[WORKERS];
};

static uint32_t place_for(const struct set *s, uint32_t home)
{
    for (uint32_t i = 0; i < s->n_places; i++) {
        const uint32_t p = (home + i) % s->n_places;
        if (s->made[p] < s->gone_after[p]) {
            return p;
        }
    }
    return home;
}

static struct worker *next_free(struct set *s)
{
    struct worker *best = NULL;
    for (uint32_t k = 0; k < s->n_workers; k++) {
        best = !s->w[k].left && (best == NULL || s->w[k].free_at < best->free_at) ? &s->w[k] : best;
    }
    return best;
}

/* Returns when the last proof is done; each is taken once. */
static double work(struct set *s, struct sc_share *share)
{
    double end = 0;
    memset(s->made, 0, sizeof s->made);
    memset(s->takers, 0, sizeof s->takers);
    for (uint32_t k = 0; k < s->n_workers; k++) {
        s->w[k] = (struct worker){.place = s->w[k].home, .home = s->w[k].home};
        sc_share_join(share, s->w[k].home);
    }
    for (struct worker *w = next_free(s); w != NULL; w = next_free(s)) {
        uint32_t proof = UINT32_MAX;
        w->left = !sc_share_take(share, &proof, &w->place, place_for(s, w->home));
        if (!w->left) {
            cr_assert_lt(proof, s->n_proofs);
            s->takers[proof]++;
            s->made[w->place]++;
            w->free_at += s->really[w->place] * s->ns[w->place * s->n_proofs + proof];
            end = w->free_at > end ? w->free_at : end;
        }
    }
    for (uint32_t i = 0; i < s->n_proofs; i++) {
        cr_assert_eq(s->takers[i], 1u, "proof %u is taken %u times", i, s->takers[i]);
    }
    return end;
}

/* Two places with a worker each. */
static struct set two(uint32_t n_proofs, double first, double second)
{
    struct set s = {.n_proofs = n_proofs, .n_places = 2, .n_workers = 2, .really = {1, 1}, .gone_after = {MOST, MOST}, .w = {{.home = 0}, {.home = 1}}};
    for (uint32_t i = 0; i < n_proofs; i++) {
        s.ns[i] = first;
        s.ns[n_proofs + i] = second;
    }
    return s;
}

static double run(struct set *s, bool known)
{
    struct sc_share share;
    cr_assert_eq(sc_share_init(&share, s->n_proofs, s->n_places, known ? s->ns : NULL), SOCLE_OK);
    const double end = work(s, &share);
    sc_share_fini(&share);
    cr_expect_eq(sc_mem_now(), 0u);
    return end;
}

Test(share, without_times_who_is_free_takes_the_next)
{
    struct set s = two(22, 1, 10);
    cr_expect_eq(run(&s, false), 20);
    cr_expect_eq(s.made[1], 2u);
    s = two(3, 1, 10);
    cr_expect_eq(run(&s, false), 10, "the slow one is the last to end");
}

Test(share, with_times_a_slow_place_is_not_the_last)
{
    struct set s = two(22, 1, 10);
    cr_expect_eq(run(&s, true), 20);
    cr_expect_eq(s.made[0], 20u);
    s = two(3, 1, 10);
    cr_expect_eq(run(&s, true), 3);
    cr_expect_eq(s.made[1], 0u);
}

Test(share, the_plan_is_told)
{
    struct set s = two(22, 1, 10);
    struct sc_share share;
    cr_assert_eq(sc_share_init(&share, 22, 2, s.ns), SOCLE_OK);
    sc_share_join(&share, 0);
    cr_expect_eq(sc_share_span(&share), 22);
    sc_share_join(&share, 1);
    cr_expect_eq(sc_share_span(&share), 20);
    sc_share_skip(&share, 3);
    sc_share_skip(&share, 0);
    uint32_t place = 0, proof, n = 0;
    bool seen[22] = {false};
    for (; sc_share_take(&share, &proof, &place, 0); n++) {
        seen[proof] = true;
    }
    cr_expect(!seen[0] && !seen[3] && n == 20, "%u", n);
    sc_share_fini(&share);
    cr_assert_eq(sc_share_init(&share, 22, 2, NULL), SOCLE_OK);
    sc_share_join(&share, 0);
    cr_expect_eq(sc_share_span(&share), -1);
    sc_share_fini(&share);
}

/* The first takes five times as long as was thought: the second does not stand by. */
Test(share, who_has_none_left_helps_who_is_late)
{
    struct set s = two(40, 1, 3);
    s.really[0] = 5;
    const double end = run(&s, true);
    cr_expect_lt(end, 90, "%f; as planned it is 150, at best 75", end);
}

Test(share, one_time_that_is_not_known_is_no_plan)
{
    struct set s = two(3, 1, 10);
    s.ns[4] = -1;
    struct sc_share share;
    cr_assert_eq(sc_share_init(&share, 3, 2, s.ns), SOCLE_OK);
    sc_share_join(&share, 0);
    cr_expect_eq(sc_share_span(&share), 3, "nobody is at the other place");
    sc_share_join(&share, 1);
    cr_expect_eq(sc_share_span(&share), -1);
    sc_share_fini(&share);
}

/* Random sets, workers and times; places that are given up after some proofs, so that their workers go elsewhere while others have left. */
Test(share, every_proof_is_made_whoever_leaves)
{
    for (uint32_t round = 0; round < 3000; round++) {
        struct set s = {.n_proofs = 1 + dice(round % 10 == 0 ? MOST : 12), .n_places = 1 + dice(4), .n_workers = 1 + dice(WORKERS)};
        for (uint32_t p = 0; p < s.n_places; p++) {
            const double speed = 1 + dice(30);
            s.really[p] = dice(3) == 0 ? 1 + dice(8) : 1;
            s.gone_after[p] = dice(2) == 0 ? dice(6) : MOST;
            for (uint32_t i = 0; i < s.n_proofs; i++) {
                s.ns[p * s.n_proofs + i] = speed * (1 + dice(3));
            }
        }
        for (uint32_t k = 0; k < s.n_workers; k++) {
            s.w[k].home = dice(s.n_places);
        }
        (void)run(&s, dice(4) != 0);
    }
}

Test(share, without_memory_for_a_plan_there_is_none)
{
    struct set s = two(9, 1, 10);
    for (uint64_t n = 1; n < 40; n++) {
        struct sc_share share;
        sc_mem_fail_at(n);
        const socle_status st = sc_share_init(&share, 9, 2, s.ns);
        if (st == SOCLE_OK) {
            (void)work(&s, &share);
        }
        sc_mem_fail_at(0);
        cr_expect_eq(st, n <= 2 ? SOCLE_E_NOMEM : SOCLE_OK);
        sc_share_fini(&share);
        cr_expect_eq(sc_mem_now(), 0u);
    }
}

static struct sc_share together;
static atomic_uint takers[MOST];

static void *take_all(void *arg)
{
    uint32_t place = *(const uint32_t *)arg, proof, n = 0;
    while (sc_share_take(&together, &proof, &place, n++ < 9 ? place : 1)) {
        atomic_fetch_add(&takers[proof], 1);
    }
    return NULL;
}

Test(share, threads_take_each_proof_once)
{
    struct set s = two(MOST, 2, 3);
    static const uint32_t home[4] = {0, 0, 1, 1};
    pthread_t thread[4];
    for (unsigned known = 0; known < 2; known++) {
        memset(takers, 0, sizeof takers);
        cr_assert_eq(sc_share_init(&together, MOST, 2, known ? s.ns : NULL), SOCLE_OK);
        for (unsigned k = 0; k < 4; k++) {
            sc_share_join(&together, home[k]);
        }
        for (unsigned k = 0; k < 4; k++) {
            cr_assert_eq(pthread_create(&thread[k], NULL, take_all, (void *)&home[k]), 0);
        }
        for (unsigned k = 0; k < 4; k++) {
            (void)pthread_join(thread[k], NULL);
        }
        for (uint32_t i = 0; i < MOST; i++) {
            cr_expect_eq(atomic_load(&takers[i]), 1u);
        }
        sc_share_fini(&together);
    }
}
