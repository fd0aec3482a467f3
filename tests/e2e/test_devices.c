/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Sets of proofs on several devices at once: the bytes are the CPU's whatever one of them does, the one that did wrong is named, the others go on.
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
#include "tests/support/fake_device.h"

static uint8_t *elf;
static size_t elf_len;
static uint8_t input[100];
static struct sc_profile small; /* cuts what other profiles prove at once */

static void load_guest(void)
{
    char path[1024], why[256] = "";
    const char *const build = getenv("SOCLE_BUILD_ROOT");
    (void)snprintf(path, sizeof path, "%s/guest/sha256.elf", build != NULL ? build : "build");
    if (access(path, R_OK) != 0) {
        cr_skip_test("the guests are not built");
    }
    cr_assert_eq(sc_file_read(&elf, &elf_len, why, sizeof why, path, (size_t)1 << 24), SOCLE_OK, "%s", why);
    small = *sc_api_profile("socle-132-small");
    small.cut = (struct sc_cut_limits){0, 0, 11};
}

static socle_context *context_for(const char *devices)
{
    socle_context *ctx = NULL;
    const struct socle_options o = {.n_threads = 2, .device = devices, .timeline = true};
    cr_assert_eq(socle_create(&ctx, &o), SOCLE_OK);
    ctx->profile = &small;
    return ctx;
}

/* Devices @p f, and the CPU when @p cpu. */
static socle_context *context_with(struct fake *f, unsigned n, bool cpu)
{
    socle_context *const ctx = context_for("cpu");
    ctx->n_used = n + cpu;
    for (unsigned k = 0; k < n + cpu; k++) {
        struct api_device *const d = &ctx->used[k];
        (void)snprintf(d->use.id, sizeof d->use.id, k < n ? "fake:%u" : "cpu", k);
        if (k < n) {
            f[k].memory = (uint64_t)1 << 30;
            d->device = (struct sc_device){&fake_ops, &f[k]};
            cr_assert_eq(sc_committer_create(&d->committer, d->device, 0, false), SOCLE_OK);
        }
    }
    return ctx;
}

static struct socle_proof prove(socle_context *ctx)
{
    struct socle_proof p;
    cr_assert_eq(socle_prove(ctx, &p, elf, elf_len, input, sizeof input), SOCLE_OK, "%s", socle_message(ctx));
    return p;
}

static struct socle_proof by_cpu(void)
{
    load_guest();
    socle_context *const ctx = context_for(NULL);
    const struct socle_proof p = prove(ctx);
    cr_assert(p.n_segments >= 2 && p.n_segments <= 6, "%u segments", p.n_segments);
    cr_expect(p.n_more_devices == 0 && strcmp(p.device.id, "cpu") == 0 && p.device.proofs == p.n_segments + 1);
    socle_destroy(ctx);
    return p;
}

static const struct socle_device_use *use_of(const struct socle_proof *p, unsigned k)
{
    return k == 0 ? &p->device : &p->more_devices[k - 1];
}

static unsigned all_proofs(const struct socle_proof *p)
{
    unsigned n = 0;
    for (unsigned k = 0; k <= p->n_more_devices; k++) {
        n += use_of(p, k)->proofs;
    }
    return n;
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

Test(devices, a_set_is_spread_over_all_of_them, .timeout = 100)
{
    struct socle_proof want = by_cpu();
    struct fake f[2] = {{0}};
    socle_context *const ctx = context_with(f, 2, true);
    struct socle_proof p = prove(ctx);
    expect_same(&want, &p);
    cr_expect_eq(p.n_more_devices, 2u);
    cr_expect_eq(all_proofs(&p), p.n_segments + 1);
    for (unsigned k = 0; k < 3; k++) {
        cr_expect(use_of(&p, k)->proofs > 0 && use_of(&p, k)->failures == 0, "%s: %u proofs", use_of(&p, k)->id, use_of(&p, k)->proofs);
        cr_expect_eq(use_of(&p, k)->openings > 0, k < 2);
    }
    finish(ctx, &p, &want);
}

Test(devices, one_that_only_fails_leaves_its_share_to_the_others, .timeout = 100)
{
    struct socle_proof want = by_cpu();
    struct fake f[2] = {{.how = SOCLE_E_DEVICE, .fail_at = 1, .all_after = true}, {0}};
    socle_context *const ctx = context_with(f, 2, false);
    struct socle_proof p = prove(ctx);
    expect_same(&want, &p);
    cr_expect(p.device.given_up && p.device.failures == SC_COMMITTER_PATIENCE && p.device.failure[0] != '\0');
    cr_expect(p.more_devices[0].proofs > 0 && p.more_devices[0].failures == 0);
    cr_expect_eq(all_proofs(&p), p.n_segments + 1);
    socle_proof_fini(ctx, &p);

    p = prove(ctx); /* what proofs share, too */
    expect_same(&want, &p);
    cr_expect_eq(p.device.failures, SC_COMMITTER_PATIENCE);
    finish(ctx, &p, &want);
}

/* Of the second, whatever is wrong is of one proof, and its alone. */
Test(devices, wrong_bytes_cost_the_device_that_gave_them, .timeout = 100)
{
    static const unsigned spoil[] = {1, 40};
    struct socle_proof want = by_cpu();
    for (size_t i = 0; i < sizeof spoil / sizeof spoil[0]; i++) {
        struct fake f[2] = {{0}, {.spoil_at = spoil[i]}};
        socle_context *const ctx = context_with(f, 2, false);
        struct socle_proof p = prove(ctx);
        expect_same(&want, &p);
        cr_expect(p.device.failures == 0 && !p.device.given_up, "get %u: the other is blamed", spoil[i]);
        cr_expect(p.more_devices[0].given_up, "get %u", spoil[i]);
        cr_expect_str_eq(p.more_devices[0].failure, "it gave wrong bytes");
        socle_proof_fini(ctx, &p);
        socle_destroy(ctx);
    }
    struct socle_proof none = {0};
    finish(context_for(NULL), &none, &want);
}

/* Gets 1 and 2 of the first are the trees of IMAGE and of a BOUNDARY: all proofs rest on them. */
Test(devices, wrong_bytes_in_what_proofs_share_are_found, .timeout = 100)
{
    struct socle_proof want = by_cpu();
    for (unsigned spoil = 1; spoil <= 2; spoil++) {
        struct fake f[2] = {{.spoil_at = spoil}, {0}};
        socle_context *const ctx = context_with(f, 2, false);
        struct socle_proof p = prove(ctx);
        expect_same(&want, &p);
        cr_expect(p.device.given_up, "get %u", spoil);
        cr_expect_str_eq(p.device.failure, "it gave wrong bytes");
        cr_expect(!p.more_devices[0].given_up && p.more_devices[0].proofs > p.n_segments, "get %u: the other is blamed", spoil);
        socle_proof_fini(ctx, &p);
        socle_destroy(ctx);
    }
    struct socle_proof none = {0};
    finish(context_for(NULL), &none, &want);
}

Test(devices, opencl_twice_and_the_cpu, .timeout = 100)
{
    if (sc_opencl_list(NULL, 0) == 0) {
        cr_skip_test("OpenCL has no device here");
    }
    struct socle_proof want = by_cpu();
    socle_context *const ctx = context_for("opencl:0,opencl:0,cpu");
    struct socle_proof p = prove(ctx);
    expect_same(&want, &p);
    cr_expect_eq(p.n_more_devices, 2u);
    cr_expect_str_eq(p.more_devices[0].id, "opencl:0");
    cr_expect_str_eq(p.more_devices[1].id, "cpu");
    cr_expect(p.device.failures == 0 && p.more_devices[0].failures == 0 && p.device.commitments > 0 && p.more_devices[0].commitments > 0);
    cr_expect_eq(all_proofs(&p), p.n_segments + 1);
    uint8_t *timeline = NULL;
    size_t len = 0;
    cr_assert_eq(socle_timeline(ctx, &timeline, &len), SOCLE_OK);
    timeline[len - 1] = '\0'; /* for its line end */
    cr_expect(strstr((char *)timeline, "\"pid\":1,\"tid\":0,\"ts\"") != NULL && strstr((char *)timeline, "\"pid\":2,\"tid\":0,\"ts\"") != NULL);
    socle_free(ctx, timeline);
    finish(ctx, &p, &want);
}

Test(devices, all_or_none_are_opened)
{
    struct socle_proof p;
    load_guest();
    socle_context *const ctx = context_for("cpu,opencl:60");
    cr_expect_eq(socle_prove(ctx, &p, elf, elf_len, input, sizeof input), SOCLE_E_DEVICE);
    cr_expect_neq(socle_message(ctx)[0], '\0');
    cr_expect_eq(ctx->n_used, 0u);
    memset(&p, 0, sizeof p);
    struct socle_proof none = {0};
    finish(ctx, &p, &none);
}
