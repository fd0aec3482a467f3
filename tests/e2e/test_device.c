/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Whole proofs whose commitments, bus arguments and openings are made on a device: the bytes are the CPU's whatever the device does, and what it did is told.
 * Tests of faults, which make many, have few queries and no grinding.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/api/context.h"
#include "host/device/opencl.h"
#include "host/sys/file.h"
#include "host/sys/mem.h"
#include "tests/sound/cheap.h"
#include "tests/support/fake_device.h"

static uint8_t *elf;
static size_t elf_len;
static struct sc_profile cheap;
static bool as_shipped;
static const uint8_t ten[1] = {10};

static void load_guest(void)
{
    char path[1024], why[256] = "";
    const char *const build = getenv("SOCLE_BUILD_ROOT");
    (void)snprintf(path, sizeof path, "%s/guest/fibonacci.elf", build != NULL ? build : "build");
    if (access(path, R_OK) != 0) {
        cr_skip_test("the guests are not built");
    }
    cr_assert_eq(sc_file_read(&elf, &elf_len, why, sizeof why, path, (size_t)1 << 24), SOCLE_OK, "%s", why);
}

static socle_context *context_for(const char *device)
{
    socle_context *ctx = NULL;
    const struct socle_options o = {.n_threads = 2, .device = device};
    cr_assert_eq(socle_create(&ctx, &o), SOCLE_OK);
    if (!as_shipped) {
        cheap_profile(&cheap);
        ctx->profile = &cheap;
    }
    return ctx;
}

/* A context whose device is @p f. */
static socle_context *context_with(struct fake *f, bool compare)
{
    socle_context *const ctx = context_for("cpu");
    f->memory = (uint64_t)1 << 30;
    ctx->n_used = 1;
    ctx->used[0].device = (struct sc_device){&fake_ops, f};
    cr_assert_eq(sc_committer_create(&ctx->used[0].committer, ctx->used[0].device, 0, compare), SOCLE_OK);
    (void)snprintf(ctx->used[0].use.id, sizeof ctx->used[0].use.id, "fake");
    ctx->used[0].use.compared = compare;
    return ctx;
}

static socle_status prove(socle_context *ctx, struct socle_proof *p)
{
    return socle_prove(ctx, p, elf, elf_len, ten, sizeof ten);
}

static struct socle_proof by_cpu(void)
{
    socle_context *const ctx = context_for(NULL);
    struct socle_proof p;
    load_guest();
    cr_assert_eq(prove(ctx, &p), SOCLE_OK, "%s", socle_message(ctx));
    cr_expect(strcmp(p.device.id, "cpu") == 0 && p.device.is_processor && p.device.commitments == 0);
    socle_destroy(ctx);
    return p;
}

static void expect_same(const struct socle_proof *want, const struct socle_proof *p)
{
    cr_expect(want->len == p->len && memcmp(want->bytes, p->bytes, p->len) == 0, "other bytes than the CPU's");
}

static void finish(socle_context *ctx, struct socle_proof *p, struct socle_proof *want)
{
    socle_proof_fini(ctx, p);
    socle_proof_fini(ctx, want);
    socle_destroy(ctx);
    sc_free(elf);
    cr_expect_eq(sc_mem_now(), 0u);
}

Test(device, a_whole_proof_has_the_bytes_of_the_cpu, .timeout = 100)
{
    as_shipped = true;
    struct socle_proof want = by_cpu(), p;
    struct fake f = {0};
    socle_context *const ctx = context_with(&f, false);
    cr_assert_eq(prove(ctx, &p), SOCLE_OK, "%s", socle_message(ctx));
    expect_same(&want, &p);
    cr_expect(strcmp(p.device.id, "fake") == 0 && p.device.commitments == 2 && p.device.bus_arguments == 1 && p.device.sumchecks == 1 &&
              p.device.openings == 2 && p.device.failures == 0 && p.device.failure[0] == '\0');
    cr_expect(f.most_up == (uint64_t)4 << p.log_cells && f.most_ups == 1, "the cells went up %u times", f.most_ups);
    cr_expect(f.up < 4 * f.most_up && f.down < 3 * f.most_up, "%llu bytes up, %llu down", (unsigned long long)f.up, (unsigned long long)f.down);
    finish(ctx, &p, &want);
}

Test(device, no_proof_is_lost_to_a_failure_at_any_call, .timeout = 200)
{
    struct socle_proof want = by_cpu(), p;
    struct fake f = {.how = SOCLE_E_DEVICE};
    socle_context *const ctx = context_with(&f, false);
    unsigned calls = 1;
    for (unsigned n = 1; n <= calls; n += 1 + n) {
        f.calls = 0;
        f.fail_at = n;
        cr_assert_eq(prove(ctx, &p), SOCLE_OK, "call %u: %s", n, socle_message(ctx));
        expect_same(&want, &p);
        cr_expect(p.device.failures > 0 && !p.device.given_up && p.device.failure[0] != '\0', "call %u", n);
        calls = f.calls;
        socle_proof_fini(ctx, &p);
    }
    cr_expect_gt(calls, 20u);
    finish(ctx, &p, &want);
}

Test(device, a_device_that_only_fails_is_given_up, .timeout = 100)
{
    struct socle_proof want = by_cpu(), p;
    struct fake f = {.how = SOCLE_E_DEVICE, .fail_at = 1, .all_after = true};
    socle_context *const ctx = context_with(&f, false);
    cr_assert_eq(prove(ctx, &p), SOCLE_OK, "%s", socle_message(ctx));
    expect_same(&want, &p);
    cr_expect(p.device.commitments == 0 && p.device.failures == SC_COMMITTER_PATIENCE && p.device.given_up);
    finish(ctx, &p, &want);
}

Test(device, a_device_without_memory_for_a_commitment_keeps_the_others, .timeout = 100)
{
    struct socle_proof want = by_cpu(), p;
    struct fake f = {0};
    socle_context *const ctx = context_with(&f, false);
    sc_committer_destroy(ctx->used[0].committer);
    cr_assert_eq(sc_committer_create(&ctx->used[0].committer, ctx->used[0].device, (uint64_t)4 << 20, false), SOCLE_OK);
    cr_assert_eq(prove(ctx, &p), SOCLE_OK, "%s", socle_message(ctx));
    expect_same(&want, &p);
    cr_expect(p.device.commitments > 0 && p.device.failures > 0 && !p.device.given_up);
    finish(ctx, &p, &want);
}

/* No memory beside the largest arena of a proof: the job that needs it is the CPU's, the others are made in smaller ones. */
Test(device, an_arena_that_is_in_the_way_costs_one_job, .timeout = 100)
{
    struct socle_proof want = by_cpu(), p;
    struct fake f = {0};
    socle_context *const ctx = context_with(&f, false);
    cr_assert_eq(prove(ctx, &p), SOCLE_OK, "%s", socle_message(ctx));
    const struct socle_device_use all = p.device;
    socle_proof_fini(ctx, &p);
    f.run_room = f.size - 1;
    cr_assert_eq(prove(ctx, &p), SOCLE_OK, "%s", socle_message(ctx));
    expect_same(&want, &p);
    const unsigned made = p.device.commitments + p.device.bus_arguments + p.device.sumchecks + p.device.openings;
    const unsigned before = all.commitments + all.bus_arguments + all.sumchecks + all.openings;
    cr_expect_eq(made, 2 * before - 1, "%u after %u", made, before);
    cr_expect(!p.device.given_up && p.device.failures > 0);
    finish(ctx, &p, &want);
}

/* Where the device's transcript is repeated they are found at once, else by the check of the proof; then the CPU makes it, and the device is not asked
 * again. Gets 1 and 2 are the trees of IMAGE and of the main commitment, then come the root of the bus argument and what its layers say, then
 * the sumcheck and the openings. What is wrong does not matter where nothing is read yet. */
Test(device, wrong_bytes_do_not_get_into_a_proof, .timeout = 200)
{
    enum { N = 8 };
    struct socle_proof want = by_cpu(), p;
    unsigned gets = 0, found = 0;
    for (unsigned i = 0; i <= N; i++) {
        struct fake f = {.spoil_at = i <= 4 ? i : 4 + (i - 4) * (gets - 4) / (N - 4)};
        socle_context *const ctx = context_with(&f, false);
        cr_assert_eq(prove(ctx, &p), SOCLE_OK, "get %u: %s", f.spoil_at, socle_message(ctx));
        expect_same(&want, &p);
        cr_expect_str_eq(p.device.failure, p.device.failures > 0 ? "it gave wrong bytes" : "", "get %u: %s", f.spoil_at, p.device.failure);
        cr_expect_eq(p.device.given_up, p.device.failures > 0);
        found += p.device.given_up;
        socle_proof_fini(ctx, &p);
        socle_destroy(ctx);
        gets = i == 0 ? f.gets : gets;
    }
    cr_expect_geq(gets, 10u);
    cr_expect_geq(found, 6u);
    finish(context_for(NULL), &p, &want);
}

/* In its root, and in what its layers say. */
Test(device, a_bus_argument_that_differs_ends_the_call, .timeout = 100)
{
    static const unsigned spoil[] = {5, 6};
    struct socle_proof want = by_cpu(), p;
    for (size_t i = 0; i < sizeof spoil / sizeof spoil[0]; i++) {
        struct fake f = {.spoil_at = spoil[i]};
        socle_context *const ctx = context_with(&f, true);
        cr_expect_eq(prove(ctx, &p), SOCLE_E_DEVICE, "get %u", spoil[i]);
        cr_expect(strstr(socle_message(ctx), "and the CPU differ") != NULL, "%s", socle_message(ctx));
        socle_destroy(ctx);
    }
    finish(context_for(NULL), &p, &want);
}

Test(device, a_compared_device_that_differs_ends_the_call, .timeout = 100)
{
    struct socle_proof want = by_cpu(), p;
    struct fake good = {0}, bad = {.spoil_at = 4};
    socle_context *ctx = context_with(&good, true);
    cr_assert_eq(prove(ctx, &p), SOCLE_OK, "%s", socle_message(ctx));
    expect_same(&want, &p);
    cr_expect(p.device.compared && p.device.commitments >= 3 && p.device.failures == 0);
    socle_proof_fini(ctx, &p);
    socle_destroy(ctx);
    ctx = context_with(&bad, true);
    cr_expect_eq(prove(ctx, &p), SOCLE_E_DEVICE);
    cr_expect(strstr(socle_message(ctx), "and the CPU differ") != NULL, "%s", socle_message(ctx));
    cr_expect_null(p.bytes);
    finish(ctx, &p, &want);
}

Test(device, names_of_devices)
{
    static const char *const good[] = {"auto", "cpu", "opencl", "opencl:0", "opencl:63", "dual", "dual:7", "cuda", "cuda:0", "cuda:63", "dual:cuda", "dual:cuda:5", "dual:opencl:3", "dual:opencl",
                                       "cuda:0,cuda:1", "opencl,opencl,cpu", "cpu,cuda", "cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu"};
    static const char *const bad[] = {"", "gpu", "cuda:", "cuda:00", "cuda:64", "dual:cuda:x", "dual:cpu", "cudaX", "dual:dual:0", "opencl:", "opencl:00", "opencl:64", "opencl:100", "opencl:-1", "opencl:1 ", "dual:x", "opencl0",
                                      ",", "cuda,", ",cuda", "cuda,,cpu", "cuda, cpu", "dual,cpu", "cuda,dual:1", "auto,cpu", "cpu,auto", "cuda;cpu", "cpu,gpu",
                                      "opencl:000000000000000000000000000000000000000000000000000000000000000000001",
                                      "cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu,cpu"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        cr_expect(sc_api_device_known(good[i]), "%s", good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        socle_context *ctx = NULL;
        const struct socle_options o = {.n_threads = 1, .device = bad[i]};
        cr_expect(!sc_api_device_known(bad[i]), "%s", bad[i]);
        cr_expect_eq(socle_create(&ctx, &o), SOCLE_E_ARG);
        cr_expect_null(ctx);
    }
}

Test(device, one_that_is_not_there_or_no_gpu_is_told, .timeout = 100)
{
    struct socle_proof p;
    socle_context *ctx = context_for("opencl:60");
    load_guest();
    cr_expect_eq(prove(ctx, &p), SOCLE_E_DEVICE);
    cr_expect_neq(socle_message(ctx)[0], '\0');
    socle_destroy(ctx);
    const struct socle_options o = {.n_threads = 1, .require_gpu = true};
    cr_assert_eq(socle_create(&ctx, &o), SOCLE_OK);
    cr_expect_eq(prove(ctx, &p), SOCLE_E_DEVICE);
    cr_expect(strstr(socle_message(ctx), "a GPU is required") != NULL, "%s", socle_message(ctx));
    socle_destroy(ctx);
    sc_free(elf);
}

Test(device, a_whole_proof_on_opencl_and_the_cpu, .timeout = 200)
{
    if (sc_opencl_list(NULL, 0) == 0) {
        cr_skip_test("OpenCL has no device here");
    }
    as_shipped = true;
    struct socle_proof want = by_cpu(), p;
    socle_context *const ctx = context_for("dual");
    cr_assert_eq(prove(ctx, &p), SOCLE_OK, "%s", socle_message(ctx));
    expect_same(&want, &p);
    cr_expect(p.device.compared && p.device.commitments >= 3 && p.device.bus_arguments == 1 && p.device.sumchecks == 1 && p.device.openings == 2 && p.device.failures == 0 &&
              strcmp(p.device.id, "opencl:0") == 0);
    finish(ctx, &p, &want);
}
