/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The bench's cases on a device, here the kernels as C in host memory: each form makes the digest of the reference, wrong bytes are wrong
 * results, what does not fit is skipped, and failures are clean.
 */
#include "host/bench/lab_device.h"
#include "host/bench/run.h"
#include "host/device/committer.h"
#include "host/sys/mem.h"
#include "tests/support/fake_device.h"

#include <criterion/criterion.h>
#include <string.h>

#define PLENTY ((uint64_t)1 << 32)

/* The same case with 2^log of what there were 2^log_n. */
static struct sc_lab_case shrunk(const struct sc_lab_case *c, unsigned log)
{
    struct sc_lab_case s = *c;
    const unsigned by = c->log_n - log;
    const size_t missing = c->form == SC_LAB_TREE || c->form == SC_LAB_HASH_TREE ? 32 : 0; /* no digest beside the root */
    s.log_n = log;
    s.in_len >>= by;
    s.out_len = c->form == SC_LAB_QUAD || c->form == SC_LAB_SUM ? c->out_len : ((c->out_len + missing) >> by) - missing;
    s.log_twiddles = log + 1;
    return s;
}

static unsigned small_log(const struct sc_lab_case *c)
{
    return c->form == SC_LAB_UP || c->form == SC_LAB_DOWN ? 12 : c->form == SC_LAB_SUM ? 5 : 8;
}

/* Small cases, one of each form, field, group and batch, and a lab for all of them. */
enum { MAX_CASES = 64 };
static struct sc_lab_case small[MAX_CASES];
static size_t n_small;
static struct sc_lab lab;

static void setup(void)
{
    size_t n;
    const struct sc_lab_case *const cases = sc_lab_kernels(&n);
    for (size_t i = 0; i < n; i++) {
        const struct sc_lab_case *const c = &cases[i], *const before = i > 0 ? &cases[i - 1] : NULL;
        if (c->form != SC_LAB_HOST && (before == NULL || c->form != before->form || c->of != before->of || c->count != before->count)) {
            cr_assert_lt(n_small, MAX_CASES);
            small[n_small++] = shrunk(c, small_log(c));
        }
    }
    cr_assert_eq(sc_lab_init(&lab, small, NULL, n_small, NULL), SOCLE_OK);
}

static void teardown(void)
{
    sc_lab_fini(&lab);
    cr_expect_eq(sc_mem_now(), 0u);
}

static socle_status on_device(uint8_t digest[SC_LAB_DIGEST], struct fake *f, const struct sc_lab_case *c)
{
    uint64_t ns = 0;
    cr_assert_eq(sc_committer_create(&lab.committer, (struct sc_device){&fake_ops, f}, 0, false), SOCLE_OK);
    const socle_status st = sc_lab_on_device(&ns, &lab, c);
    if (st == SOCLE_OK) {
        cr_expect_gt(ns, 0);
        cr_assert_eq(sc_lab_digest(digest, &lab, c->out_len), SOCLE_OK);
    }
    sc_committer_destroy(lab.committer);
    lab.committer = NULL;
    return st;
}

Test(lab_device, every_form_makes_the_digest_of_the_reference, .init = setup, .fini = teardown)
{
    unsigned seen = 0;
    for (size_t i = 0; i < n_small; i++) {
        const struct sc_lab_case *const c = &small[i];
        struct fake f = {.memory = PLENTY};
        uint8_t want[SC_LAB_DIGEST], got[SC_LAB_DIGEST];
        cr_assert_eq(sc_lab_reference(want, &lab, c), SOCLE_OK);
        cr_assert_eq(on_device(got, &f, c), SOCLE_OK, "%s %s", c->op, c->shape);
        cr_expect_eq(memcmp(got, want, sizeof got), 0, "%s %s", c->op, c->shape);
        cr_expect((f.launches > 0) == (c->form != SC_LAB_UP && c->form != SC_LAB_DOWN), "%s %s", c->op, c->shape);
        struct fake spoiled = {.memory = PLENTY, .spoil_at = f.gets};
        const socle_status st = on_device(got, &spoiled, c);
        cr_expect(st == SOCLE_E_SELFCHECK || (st == SOCLE_OK && memcmp(got, want, sizeof got) != 0), "%s %s: wrong bytes", c->op, c->shape);
        seen |= 1u << c->form;
    }
    cr_expect_eq(seen, (1u << (SC_LAB_DOWN + 1)) - 2, "forms: %x", seen);
}

Test(lab_device, failures_anywhere_are_told_and_clean, .init = setup, .fini = teardown)
{
    for (size_t i = 0; i < n_small; i++) {
        const struct sc_lab_case *const c = &small[i];
        socle_status st = SOCLE_E_DEVICE;
        uint8_t digest[SC_LAB_DIGEST];
        if (c->form == SC_LAB_SUM) { /* it has tests of its own */
            continue;
        }
        sc_lab_release(&lab);
        const size_t before = sc_mem_now();
        for (unsigned at = 1; st != SOCLE_OK; at++) {
            struct fake f = {.memory = PLENTY, .fail_at = at, .how = SOCLE_E_DEVICE};
            cr_assert_lt(at, 20);
            st = on_device(digest, &f, c);
            cr_assert(st == SOCLE_OK || st == SOCLE_E_DEVICE);
            cr_assert_eq(sc_mem_now(), before);
        }
        struct fake little = {.memory = 1024};
        cr_expect_eq(on_device(digest, &little, c), SOCLE_E_NOMEM, "%s", c->op);
    }
}

static socle_status tell(void *arg, const char *op, double fraction)
{
    (void)arg;
    cr_expect(op != NULL && fraction >= 0 && fraction <= 1, "%g", fraction);
    return SOCLE_OK;
}

/* Runs of an operation through the bench; the rows are the caller's. */
static const struct sc_theory_device *says; /* of the device; NULL: nobody asked */

static socle_status bench(struct socle_bench *b, struct fake *f, const char *op)
{
    const struct socle_bench_options o = {.only = op, .runs = 1, .seconds = 1};
    struct sc_committer *device = NULL;
    cr_assert_eq(sc_committer_create(&device, (struct sc_device){&fake_ops, f}, 0, false), SOCLE_OK);
    cr_assert_eq(sc_bench_init(b, &o, 1), SOCLE_OK);
    const struct sc_bench_host host = {.room = UINT64_MAX, .tell = tell, .committer = device, .device = says};
    const socle_status st = sc_bench_run(b, &o, &host);
    sc_committer_destroy(device);
    return st;
}

Test(lab_device, the_bench_tells_good_wrong_too_large_and_impossible)
{
    struct socle_bench b;
    struct fake good = {.memory = PLENTY}, wrong = {.memory = PLENTY, .spoil_at = 2}, little = {.memory = 1 << 20},
                small_one = {.memory = 100 << 20};
    struct fake lost = {.memory = PLENTY, .fail_at = 2, .how = SOCLE_E_DEVICE};
    cr_assert_eq(bench(&b, &good, "fold"), SOCLE_OK);
    cr_expect_eq(b.rows[0].outcome, SOCLE_BENCH_GOOD);
    cr_expect(b.rows[0].share > 0 && b.rows[0].share < 2 && strncmp(b.rows[0].binds, "device", 6) == 0, "share %g", b.rows[0].share);
    cr_expect(b.limits[SC_LAB_DEVICE_WIDE].n > 0 && b.limits[SC_LAB_DEVICE_COPY].median > 1e6 && b.limits[SC_LAB_COPY].n == 0);
    sc_bench_fini(&b);
    cr_assert_eq(bench(&b, &wrong, "fold"), SOCLE_OK);
    cr_expect(b.rows[0].outcome == SOCLE_BENCH_WRONG && !b.info.digests_right && !b.info.valid);
    sc_bench_fini(&b);
    cr_assert_eq(bench(&b, &little, "fold"), SOCLE_OK);
    cr_expect(b.rows[0].outcome == SOCLE_BENCH_SKIPPED && strstr(b.rows[0].why, "device's memory") != NULL, "%s", b.rows[0].why);
    sc_bench_fini(&b);
    cr_assert_eq(bench(&b, &small_one, "fold"), SOCLE_OK);
    cr_expect(b.rows[0].outcome == SOCLE_BENCH_GOOD && b.limits[SC_LAB_DEVICE_COPY].median > 0, "%s", b.rows[0].why);
    sc_bench_fini(&b);
    cr_assert_eq(bench(&b, &good, "zerocheck"), SOCLE_OK);
    cr_expect(b.rows[0].outcome == SOCLE_BENCH_SKIPPED && strstr(b.rows[0].why, "no form of it") != NULL, "%s", b.rows[0].why);
    sc_bench_fini(&b);
    cr_expect_eq(bench(&b, &lost, "fold"), SOCLE_E_DEVICE);
    sc_bench_fini(&b);
    cr_expect_eq(sc_mem_now(), 0u);
}

/* One clock a second of one multiprocessor: what is measured is above it, and that is told, not judged. */
Test(lab_device, theoretical_limits_stand_beside_the_measured_ones)
{
    const struct sc_theory_device slow = {.kind = "cuda", .units = 1, .clock_mhz = 1, .memory_khz = 1, .bus_bits = 8, .major = 9};
    struct fake f = {.memory = PLENTY};
    struct socle_bench b;
    for (int known = 0; known < 2; known++) {
        says = known != 0 ? &slow : NULL;
        cr_assert_eq(bench(&b, &f, "fold"), SOCLE_OK);
        const struct socle_bench_limit *const wide = &b.limits[SC_LAB_DEVICE_WIDE], *const copy = &b.limits[SC_LAB_DEVICE_COPY];
        cr_expect_str_eq(wide->unit, "units/s");
        cr_expect_str_eq(copy->unit, "bytes/s");
        cr_expect(known != 0 ? wide->theory.value == 64e6 && copy->theory.value == 2000
                             : !sc_stats_is_known(wide->theory.value) && strstr(copy->theory.basis, "nothing is known") != NULL);
        cr_expect(known == 0 || (copy->median > copy->theory.value && b.info.digests_right && b.info.nothing_failed));
        sc_bench_fini(&b);
    }
}
