/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The cases of the bench: each instruction set and number of threads makes the digest that the reference makes alone; a digest sees
 * every byte; limits and shares are what they say.
 */
#include "host/bench/lab.h"
#include "host/sys/mem.h"

#include <criterion/criterion.h>
#include <string.h>

/* The smaller ones, to be quick: those of at most 2^log_n. The full sizes are checked by every run of the bench. */
enum { MAX_CASES = 64, LOG_SMALL = 18 };

static size_t small_cases(bool *wanted, const struct sc_lab_case **cases)
{
    size_t n;
    *cases = sc_lab_kernels(&n);
    cr_assert_leq(n, MAX_CASES);
    for (size_t i = 0; i < n; i++) {
        if ((*cases)[i].needs != NULL) {
            wanted[i] = (*cases)[i].count == 1 && (*cases)[i].log_n <= (strcmp((*cases)[i].op, "msm") == 0 ? 14 : 16);
            continue;
        }
        wanted[i] = (*cases)[i].log_n <= LOG_SMALL || strcmp((*cases)[i].op, "tree") == 0 || strcmp((*cases)[i].op, "fold") == 0 ||
                    strncmp((*cases)[i].op, "gkr", 3) == 0 || strcmp((*cases)[i].op, "sumcheck") == 0;
    }
    return n;
}

/* Those of curves, which have tables of their own, only with @p curves. */
static void all_digests(uint8_t (*digest)[SC_LAB_DIGEST], enum sc_isa isa, unsigned threads, bool curves)
{
    bool wanted[MAX_CASES];
    const struct sc_lab_case *cases;
    const size_t n = small_cases(wanted, &cases);
    struct sc_pool *pool = NULL;
    struct sc_lab lab;
    sc_cpu_ops_force(sc_cpu_ops_get(isa));
    cr_assert_eq(sc_pool_create(&pool, threads), SOCLE_OK);
    cr_assert_eq(sc_lab_init(&lab, cases, wanted, n, pool), SOCLE_OK);
    for (size_t i = 0; i < n; i++) {
        if (wanted[i] && (curves || cases[i].needs == NULL)) {
            memset(lab.out, 0xa5, cases[i].out_len);
            cr_assert_eq(sc_lab_prepare(&lab, &cases[i]), SOCLE_OK);
            cr_assert_eq(cases[i].run(&lab, &cases[i]), SOCLE_OK);
            cr_assert_eq(sc_lab_digest(digest[i], &lab, cases[i].out_len), SOCLE_OK);
        }
    }
    sc_lab_fini(&lab);
    sc_pool_destroy(pool);
    sc_cpu_ops_force(NULL);
}

Test(lab, every_instruction_set_and_number_of_threads_makes_the_digests_of_the_reference)
{
    static uint8_t want[MAX_CASES][SC_LAB_DIGEST], got[MAX_CASES][SC_LAB_DIGEST];
    bool wanted[MAX_CASES];
    const struct sc_lab_case *cases;
    const size_t n = small_cases(wanted, &cases);
    all_digests(want, SC_ISA_REF, 1, true);
    for (int isa = SC_ISA_REF; isa < SC_ISA_END; isa++) {
        if (sc_cpu_ops_get((enum sc_isa)isa) == NULL) {
            continue;
        }
        const bool curves = isa == (int)sc_cpu_ops_best()->isa;
        all_digests(got, (enum sc_isa)isa, isa == SC_ISA_REF ? 2 : 3, curves);
        for (size_t i = 0; i < n; i++) {
            const bool made = wanted[i] && (cases[i].needs == NULL || curves);
            cr_expect(!made || memcmp(want[i], got[i], SC_LAB_DIGEST) == 0, "%s %s, instruction set %d", cases[i].op, cases[i].shape, isa);
            for (size_t k = 0; k < i; k++) {
                cr_expect(!wanted[i] || !wanted[k] || memcmp(want[i], want[k], SC_LAB_DIGEST) != 0, "%s and %s make the same", cases[i].op, cases[k].op);
            }
        }
    }
}

Test(lab, a_digest_sees_the_first_and_the_last_byte_of_any_length)
{
    struct sc_lab lab;
    uint8_t want[SC_LAB_DIGEST], got[SC_LAB_DIGEST];
    static const size_t lengths[] = {1, 40, ((size_t)1 << 20) - 1, (size_t)1 << 20, ((size_t)1 << 20) + 1, (size_t)3 << 20};
    cr_assert_eq(sc_lab_init(&lab, NULL, NULL, 0, NULL), SOCLE_OK);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        const size_t len = lengths[i], at[2] = {0, len - 1};
        uint8_t *const bytes = (uint8_t *)lab.out;
        cr_assert_eq(sc_lab_digest(want, &lab, len), SOCLE_OK);
        for (size_t k = 0; k < 2; k++) {
            bytes[at[k]] ^= 1;
            cr_assert_eq(sc_lab_digest(got, &lab, len), SOCLE_OK);
            cr_expect_neq(memcmp(got, want, sizeof got), 0, "%zu bytes, byte %zu", len, at[k]);
            bytes[at[k]] ^= 1;
        }
        bytes[len] ^= 1;
        cr_assert_eq(sc_lab_digest(got, &lab, len), SOCLE_OK);
        cr_expect_eq(memcmp(got, want, sizeof got), 0, "%zu bytes: the one behind them", len);
        bytes[len] ^= 1;
    }
    sc_lab_fini(&lab);
}

Test(lab, the_input_is_the_same_everywhere_and_canonical)
{
    struct sc_lab lab;
    cr_assert_eq(sc_lab_init(&lab, NULL, NULL, 0, NULL), SOCLE_OK);
    /* splitmix64(0) = e220a8397b1dcdaf and splitmix64(gamma) = 6e789e6aa1b965f4 are published; high halves times p, high half */
    cr_expect_eq(lab.in[0], (fp)((UINT64_C(0xe220a839) * FP_P) >> 32));
    cr_expect_eq(lab.in[1], (fp)((UINT64_C(0x6e789e6a) * FP_P) >> 32));
    for (size_t i = 0; i < lab.room.in / sizeof(fp); i++) {
        cr_assert_lt(lab.in[i], FP_P);
    }
    sc_lab_fini(&lab);
}

Test(lab, memory_is_what_it_says_and_failed_allocations_are_clean)
{
    bool wanted[MAX_CASES];
    const struct sc_lab_case *cases;
    const size_t n = small_cases(wanted, &cases), before = sc_mem_now();
    struct sc_lab lab;
    cr_assert_eq(sc_lab_init(&lab, cases, wanted, n, NULL), SOCLE_OK);
    cr_expect_eq(sc_mem_now() - before + lab.room.held, sc_lab_memory(cases, wanted, n, 1));
    sc_lab_fini(&lab);
    cr_expect_eq(sc_mem_now(), before);
    socle_status st = SOCLE_E_NOMEM;
    uint64_t at = 0;
    while (st != SOCLE_OK) {
        cr_assert_lt(at, 20);
        sc_mem_fail_at(++at);
        st = sc_lab_init(&lab, cases, wanted, n, NULL);
        sc_mem_fail_at(0);
        cr_expect(st == SOCLE_OK || (st == SOCLE_E_NOMEM && sc_mem_now() == before));
    }
    cr_expect_eq(at, 3 + SC_GROUP_END + 1, "input, output, twiddles and the points of each group");
    sc_lab_fini(&lab);
    wanted[0] = true;
    cr_expect_gt(sc_lab_memory(cases, NULL, n, 1), sc_lab_memory(cases, wanted, n, 1));
}

Test(lab, what_is_made_on_the_way_fits_too_and_may_fail)
{
    size_t n;
    const struct sc_lab_case *const cases = sc_lab_kernels(&n);
    for (size_t i = 0; i < n; i++) {
        const struct sc_lab_case *const c = &cases[i];
        const size_t before = sc_mem_now();
        struct sc_lab lab;
        uint8_t digest[SC_LAB_DIGEST];
        if (c->needs == NULL || c->of != 0 || c->count != 1 || c->log_n > (c->run == sc_lab_msm_run ? 14 : 16)) {
            continue;
        }
        sc_mem_peak_reset();
        cr_assert_eq(sc_lab_init(&lab, c, NULL, 1, NULL), SOCLE_OK);
        socle_status st = SOCLE_E_NOMEM;
        for (uint64_t at = 1; st != SOCLE_OK; at++) {
            cr_assert_lt(at, 20);
            sc_mem_fail_at(at);
            st = sc_lab_prepare(&lab, c);
            st = st == SOCLE_OK ? c->run(&lab, c) : st;
            sc_mem_fail_at(0);
            cr_assert(st == SOCLE_OK || st == SOCLE_E_NOMEM);
        }
        cr_assert_eq(sc_lab_reference(digest, &lab, c), SOCLE_OK);
        cr_expect_eq(lab.ops, sc_cpu_ops_now());
        cr_expect_leq(sc_mem_peak() - before, sc_lab_memory(c, NULL, 1, 1), "%s %s", c->op, c->shape);
        sc_lab_fini(&lab);
        cr_expect_eq(sc_mem_now(), before);
    }
}

/* Sum of k_i (i + 1) P over the first numbers, one by one. */
Test(lab, points_are_multiples_of_the_generator)
{
    const struct sc_group_ops *const ops = sc_group_ops_ref(SC_BN_G1);
    const struct sc_lab_case c = {.of = SC_BN_G1, .log_n = 11, .needs = sc_lab_msm_needs, .prepare = sc_lab_msm_prepare};
    struct sc_pool *pool = NULL;
    struct sc_lab lab;
    _Alignas(64) uint8_t want[64], generator[64], scratch[8 * 512];
    cr_assert_leq(8 * ops->pairs_scratch, sizeof scratch);
    cr_assert_eq(sc_pool_create(&pool, 3), SOCLE_OK);
    cr_assert_eq(sc_lab_init(&lab, &c, NULL, 1, pool), SOCLE_OK);
    cr_assert_eq(sc_lab_prepare(&lab, &c), SOCLE_OK);
    ops->generator(generator);
    memcpy(want, generator, sizeof want);
    for (size_t i = 0; i < (size_t)1 << c.log_n; i++) {
        _Alignas(64) uint8_t two[2][64];
        const uint32_t src[2] = {0, 2};
        cr_assert_eq(memcmp((uint8_t *)lab.points[SC_BN_G1] + i * ops->size, want, ops->size), 0, "point %zu", i);
        memcpy(two[0], want, sizeof want);
        memcpy(two[1], generator, sizeof want);
        ops->pairs(want, two, src, 1, scratch);
    }
    sc_lab_fini(&lab);
    sc_pool_destroy(pool);
}

/* A chain of one addition a clock: a clock that a processor can have, and not another one on more threads. */
Test(lab, the_clock_is_one_that_a_processor_has)
{
#if defined(__x86_64__) || defined(__aarch64__)
    struct sc_lab lab = {.pool = NULL};
    struct sc_pool *pool = NULL;
    double one = 0, both = 0;
    cr_assert_eq(sc_pool_create(&pool, 2), SOCLE_OK);
    for (int i = 0; i < 50; i++) {
        lab.pool = i % 2 == 0 ? NULL : pool;
        const double hz = sc_lab_clock(&lab);
        one = i % 2 == 0 && hz > one ? hz : one;
        both = i % 2 == 1 && hz > both ? hz : both;
    }
    cr_expect(one > 2e8 && one < 8e9 && both > one / 2 && both < 2 * one, "%g Hz, of two threads %g", one, both);
    sc_pool_destroy(pool);
#endif
}

Test(lab, cases_fit_their_buffers_and_tell_what_they_take)
{
    size_t n;
    const struct sc_lab_case *const cases = sc_lab_kernels(&n);
    for (size_t i = 0; i < n; i++) {
        const struct sc_lab_case *const c = &cases[i];
        const struct sc_lab_least l = sc_lab_least(c, false), d = sc_lab_least(c, true);
        cr_expect(c->units > 0 && (c->in_len > 0 || c->prepare != NULL) && c->out_len > 0 && l.bytes > 0, "%s %s", c->op, c->shape);
        cr_expect(l.is_limit ? l.work <= 0 : l.work > 0, "%s %s", c->op, c->shape);
        cr_expect(c->form == SC_LAB_HOST || d.is_limit || (d.work > l.work / 2 && d.limit >= SC_LAB_DEVICE_WIDE), "%s %s", c->op, c->shape);
        cr_expect_leq(strlen(c->op), 10, "%s: the table has 10 places", c->op);
        cr_expect_leq(strlen(c->shape), 19, "%s: the table has 19 places", c->shape);
        for (size_t k = 0; k < i; k++) {
            cr_expect(strcmp(c->op, cases[k].op) != 0 || strcmp(c->shape, cases[k].shape) != 0, "%s %s is there twice", c->op, c->shape);
        }
    }
}

Test(lab, limits_and_pace_are_rates_that_can_be)
{
    struct sc_lab lab;
    cr_assert_eq(sc_lab_init(&lab, NULL, NULL, 0, NULL), SOCLE_OK);
    for (int l = 0; l < SC_LAB_DEVICE_WIDE; l++) {
        const double rate = sc_lab_limit(&lab, (enum sc_lab_limit)l);
        cr_expect(rate > 1e5 && rate < 1e13, "%s: %g", sc_lab_limit_name((enum sc_lab_limit)l), rate);
    }
    cr_expect_eq(memcmp(lab.in, lab.out, (size_t)64 << 20), 0, "the copy did not copy");
    const double pace = sc_lab_pace(&lab);
    cr_expect(pace > 1e-5 && pace < 10, "pace: %g", pace);
    sc_lab_fini(&lab);
}
