/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Sets of proofs on several devices at once: the bytes are the CPU's whatever one of them does, the one that did wrong is named, the others go on.
 * Proofs have the least size there is; what the CPU makes is made once for all tests of a process.
 */
#define _DEFAULT_SOURCE
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

enum { PARTS = 3, SHARED = 1 + PARTS }; /* proofs; commitments that they share: IMAGE, and a BOUNDARY of each */

static uint8_t *elf;
static size_t elf_len;
static const uint8_t input[2] = {0xd0, 0x07}; /* 2000 steps, two segments */
static struct sc_profile small; /* cuts what other profiles prove at once */
static socle_context *cpu;
static struct socle_proof want; /* the CPU's */

static socle_context *context_for(const char *devices, const char *folder)
{
    socle_context *ctx = NULL;
    const struct socle_options o = {.n_threads = 2, .device = devices, .resume = folder, .timeline = true};
    cr_assert_eq(socle_create(&ctx, &o), SOCLE_OK);
    ctx->profile = &small;
    return ctx;
}

static struct socle_proof prove(socle_context *ctx)
{
    struct socle_proof p;
    cr_assert_eq(socle_prove(ctx, &p, elf, elf_len, input, sizeof input), SOCLE_OK, "%s", socle_message(ctx));
    return p;
}

static void setup(void)
{
    char path[1024], why[256] = "";
    const char *const build = getenv("SOCLE_BUILD_ROOT");
    (void)snprintf(path, sizeof path, "%s/guest/fibonacci.elf", build != NULL ? build : "build");
    if (access(path, R_OK) != 0) {
        cr_skip_test("the guests are not built");
    }
    cr_assert_eq(sc_file_read(&elf, &elf_len, why, sizeof why, path, (size_t)1 << 24), SOCLE_OK, "%s", why);
    small = *sc_api_profile("socle-132-small");
    small.cut = (struct sc_cut_limits){19, 0, 0};
    cpu = context_for(NULL, NULL);
    want = prove(cpu);
    cr_assert_eq(want.n_segments + 1, PARTS, "%u segments", want.n_segments);
    cr_expect(want.n_more_devices == 0 && strcmp(want.device.id, "cpu") == 0 && want.device.proofs == PARTS);
}

static void teardown(void)
{
    socle_proof_fini(cpu, &want);
    socle_destroy(cpu);
    sc_free(elf);
    cr_expect_eq(sc_mem_now(), 0u);
}

TestSuite(devices, .init = setup, .fini = teardown, .timeout = 100);

/* Devices in host memory have room for the commitments to IMAGE and BOUNDARY, and leave the rest to the CPU, which is quicker. */
enum { MEMORY = 4 << 20 };

static void use(socle_context *ctx, unsigned k, struct fake *f)
{
    struct api_device *const d = &ctx->used[k];
    (void)snprintf(d->use.id, sizeof d->use.id, f != NULL ? "fake:%u" : "cpu", k);
    ctx->n_used = k + 1;
    if (f != NULL) {
        f->memory = MEMORY;
        d->device = (struct sc_device){&fake_ops, f};
        cr_assert_eq(sc_committer_create(&d->committer, d->device, 0, false), SOCLE_OK);
    }
}

static socle_context *context_with(struct fake f[2], const char *folder)
{
    socle_context *const ctx = context_for("cpu", folder);
    use(ctx, 0, &f[0]);
    use(ctx, 1, &f[1]);
    return ctx;
}

static void expect_same(const struct socle_proof *p)
{
    cr_expect(want.len == p->len && memcmp(want.bytes, p->bytes, p->len) == 0, "other bytes than the CPU's");
}

static unsigned all_proofs(const struct socle_proof *p)
{
    unsigned n = p->device.proofs;
    for (unsigned k = 0; k < p->n_more_devices; k++) {
        n += p->more_devices[k].proofs;
    }
    return n;
}

static void finish(socle_context *ctx, struct socle_proof *p)
{
    socle_proof_fini(ctx, p);
    socle_destroy(ctx);
}

/* The first one's proof waits until the second has begun one. */
Test(devices, a_set_is_spread_over_them)
{
    struct fake f[2] = {{0}, {0}};
    f[0].other = &f[1];
    f[0].wait_at = SHARED + 1;
    socle_context *const ctx = context_with(f, NULL);
    struct socle_proof p = prove(ctx);
    expect_same(&p);
    cr_expect_eq(p.n_more_devices, 1u);
    cr_expect_eq(all_proofs(&p), PARTS);
    const struct socle_device_use *const use[2] = {&p.device, &p.more_devices[0]};
    for (unsigned k = 0; k < 2; k++) {
        cr_expect(use[k]->proofs > 0 && use[k]->commitments > 0 && !use[k]->given_up, "%s: %u proofs", use[k]->id, use[k]->proofs);
    }
    finish(ctx, &p);
}

/* Its worker goes on with the other one. */
Test(devices, one_that_only_fails_leaves_its_share_to_the_others)
{
    struct fake f[2] = {{.how = SOCLE_E_DEVICE, .fail_at = 1, .all_after = true}, {0}};
    socle_context *const ctx = context_with(f, NULL);
    struct socle_proof p = prove(ctx);
    expect_same(&p);
    cr_expect(p.device.given_up && p.device.failures >= SC_COMMITTER_PATIENCE && p.device.failure[0] != '\0');
    cr_expect(p.more_devices[0].commitments > 0 && !p.more_devices[0].given_up);
    cr_expect_eq(all_proofs(&p), PARTS);
    finish(ctx, &p);
}

/* Of the second, whatever is wrong is of one proof, and its alone: the CPU makes that again. */
Test(devices, wrong_bytes_cost_the_device_that_gave_them)
{
    struct fake f[2] = {{0}, {.spoil_at = 2}};
    f[0].other = &f[1];
    f[0].wait_at = SHARED + 1;
    socle_context *const ctx = context_with(f, NULL);
    struct socle_proof p = prove(ctx);
    expect_same(&p);
    cr_expect(!p.device.given_up, "the other is blamed");
    cr_expect(p.more_devices[0].given_up);
    cr_expect_str_eq(p.more_devices[0].failure, "it gave wrong bytes");
    cr_expect_eq(all_proofs(&p), PARTS - 1);
    finish(ctx, &p);
}

/* Get 2 of the first is the tree of a BOUNDARY, on which all proofs rest. The folder that keeps proofs is as good as without it. */
Test(devices, wrong_bytes_in_what_proofs_share_are_found)
{
    char folder[] = "/tmp/socle_devices_XXXXXX", command[64];
    struct fake f[2] = {{.spoil_at = 2}, {0}};
    cr_assert_not_null(mkdtemp(folder));
    socle_context *ctx = context_with(f, folder);
    struct socle_proof p = prove(ctx);
    expect_same(&p);
    cr_expect(p.device.given_up);
    cr_expect_str_eq(p.device.failure, "it gave wrong bytes");
    cr_expect(!p.more_devices[0].given_up && p.more_devices[0].proofs == PARTS, "the other is blamed");
    finish(ctx, &p);
    ctx = context_for("cpu", folder);
    p = prove(ctx);
    expect_same(&p);
    cr_expect_eq(all_proofs(&p), 0u, "what was kept is of no use");
    finish(ctx, &p);
    (void)snprintf(command, sizeof command, "rm -r %s", folder);
    cr_expect_eq(system(command), 0);
}

Test(devices, opencl_twice_and_the_cpu)
{
    if (sc_opencl_list(NULL, 0) == 0) {
        cr_skip_test("OpenCL has no device here");
    }
    socle_context *const ctx = context_for("opencl:0,opencl:0,cpu", NULL);
    struct socle_proof p = prove(ctx);
    expect_same(&p);
    cr_expect_eq(p.n_more_devices, 2u);
    cr_expect_str_eq(p.more_devices[0].id, "opencl:0");
    cr_expect_str_eq(p.more_devices[1].id, "cpu");
    cr_expect(p.device.failures == 0 && p.more_devices[0].failures == 0 && p.device.commitments > 0);
    cr_expect_eq(all_proofs(&p), PARTS);
    uint8_t *timeline = NULL;
    size_t len = 0;
    cr_assert_eq(socle_timeline(ctx, &timeline, &len), SOCLE_OK);
    timeline[len - 1] = '\0'; /* for its line end */
    cr_expect(strstr((char *)timeline, "\"name\":\"process_name\",\"pid\":1,") != NULL && strstr((char *)timeline, "\"pid\":2,") != NULL);
    cr_expect(strstr((char *)timeline, "\"pid\":1,\"tid\":0,\"ts\"") != NULL);
    socle_free(ctx, timeline);
    finish(ctx, &p);
}

Test(devices, all_or_none_are_opened)
{
    struct socle_proof p;
    socle_context *const ctx = context_for("cpu,opencl:60", NULL);
    cr_expect_eq(socle_prove(ctx, &p, elf, elf_len, input, sizeof input), SOCLE_E_DEVICE);
    cr_expect_neq(socle_message(ctx)[0], '\0');
    cr_expect_eq(ctx->n_used, 0u);
    socle_destroy(ctx);
}
