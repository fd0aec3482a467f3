/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A kernel that is wrong once, a machine that is slow for a while, a failing allocation: what a report says of them. Linked with
 * --wrap of the digest and the pace of a lab.
 */
#include "host/bench/run.h"
#include "host/sys/mem.h"

#include <criterion/criterion.h>
#include <string.h>

static unsigned calls, spoil_at, paces;
static bool slows;
static bool in_part; /* where no result is wrong, most of the time would go into digests */

socle_status __real_sc_lab_digest(uint8_t digest[SC_LAB_DIGEST], const struct sc_lab *lab, size_t len);
socle_status __wrap_sc_lab_digest(uint8_t digest[SC_LAB_DIGEST], const struct sc_lab *lab, size_t len)
{
    calls++;
    if (calls == spoil_at) {
        ((uint8_t *)lab->out)[len / 2] ^= 4;
    }
    return __real_sc_lab_digest(digest, lab, in_part && len > 4096 ? 4096 : len);
}

double __wrap_sc_lab_pace(const struct sc_lab *lab)
{
    (void)lab;
    paces++;
    return slows && paces >= 3 && (paces - 3) / 5 % 2 == 0 ? 0.002 : 0.001; /* two good moments, then five bad, five good */
}

static socle_bench *run_for(socle_context **ctx, unsigned runs, double seconds)
{
    socle_bench *b = NULL;
    calls = paces = 0;
    cr_assert_eq(socle_create(ctx, &(struct socle_options){.n_threads = 1}), SOCLE_OK);
    cr_assert_eq(socle_bench_run(*ctx, &b, &(struct socle_bench_options){.only = "fold", .runs = runs, .seconds = seconds}), SOCLE_OK);
    return b;
}

static socle_bench *run(socle_context **ctx, unsigned runs)
{
    return run_for(ctx, runs, 0);
}

static struct socle_bench_row row_of(const socle_bench *b)
{
    struct socle_bench_row r;
    cr_assert_eq(socle_bench_rows(b, &r, 1), 1);
    return r;
}

/* Digest 1 is the reference's, 2 that of the run that warms up. */
Test(bench_wrong, one_wrong_result_anywhere_makes_the_report_invalid)
{
    socle_context *ctx;
    for (spoil_at = 0; spoil_at <= 7; spoil_at++) {
        socle_bench *const b = run(&ctx, 5);
        const struct socle_bench_info *const i = socle_bench_about(b);
        const struct socle_bench_row r = row_of(b);
        cr_expect_eq(calls, 7);
        cr_expect_eq(r.outcome, spoil_at == 0 ? SOCLE_BENCH_GOOD : SOCLE_BENCH_WRONG, "spoiled: %u", spoil_at);
        cr_expect_eq(i->digests_right, spoil_at == 0, "spoiled: %u", spoil_at);
        cr_expect_eq(i->valid, spoil_at == 0, "spoiled: %u", spoil_at);
        cr_expect_eq(memcmp(r.digest, r.reference, sizeof r.digest) == 0, spoil_at == 0, "spoiled: %u", spoil_at);
        cr_expect_eq(r.n_runs, 5);
        socle_bench_destroy(ctx, b);
        socle_destroy(ctx);
    }
}

Test(bench_wrong, a_slow_while_is_throttling_and_makes_the_report_invalid)
{
    socle_context *ctx;
    in_part = true;
    slows = true;
    socle_bench *const b = run_for(&ctx, 120, 5);
    const struct socle_bench_info *const i = socle_bench_about(b);
    const size_t n = socle_bench_moments(b, NULL, 0);
    cr_assert_geq(n, 4);
    cr_expect_eq(n, paces);
    cr_expect(i->throttled && !i->valid && i->digests_right && i->enough_runs, "%zu moments, slowest pace %g", n, i->slowest_pace);
    socle_bench_destroy(ctx, b);
    socle_destroy(ctx);
}

Test(bench_wrong, four_runs_are_not_enough)
{
    socle_context *ctx;
    in_part = true;
    for (unsigned runs = 4; runs <= 5; runs++) {
        socle_bench *const b = run(&ctx, runs);
        cr_expect_eq(socle_bench_about(b)->enough_runs, runs == 5);
        cr_expect_eq(socle_bench_about(b)->valid, runs == 5);
        socle_bench_destroy(ctx, b);
        socle_destroy(ctx);
    }
}

Test(bench_wrong, failed_allocations_are_clean)
{
    socle_context *ctx;
    in_part = true;
    socle_bench *b = NULL;
    cr_assert_eq(socle_create(&ctx, &(struct socle_options){.n_threads = 1}), SOCLE_OK);
    const size_t before = sc_mem_now();
    socle_status st = SOCLE_E_NOMEM;
    uint64_t at = 0;
    while (st != SOCLE_OK) {
        cr_assert_lt(at, 200);
        sc_mem_fail_at(++at);
        st = socle_bench_run(ctx, &b, &(struct socle_bench_options){.only = "fold", .runs = 1});
        sc_mem_fail_at(0);
        cr_assert(st == SOCLE_OK || st == SOCLE_E_NOMEM, "%d", (int)st);
        cr_assert((st == SOCLE_OK) == (b != NULL));
        cr_assert(st == SOCLE_OK || sc_mem_now() == before);
    }
    cr_expect_gt(at, 15);
    socle_bench_destroy(ctx, b);
    cr_expect_eq(sc_mem_now(), before);
    socle_destroy(ctx);
}

static void progress(void *user, const struct socle_progress *p)
{
    *(sig_atomic_t *)user = p->fraction > 0.4;
}

Test(bench_wrong, it_can_be_cancelled)
{
    static volatile sig_atomic_t cancel;
    socle_context *ctx;
    socle_bench *b = NULL;
    const struct socle_options o = {.n_threads = 1, .cancel = &cancel, .user = (void *)&cancel, .progress = progress};
    in_part = true;
    cr_assert_eq(socle_create(&ctx, &o), SOCLE_OK);
    cr_expect_eq(socle_bench_run(ctx, &b, &(struct socle_bench_options){.only = "fold", .runs = 50}), SOCLE_E_CANCELLED);
    cr_expect_null(b);
    socle_destroy(ctx);
}
