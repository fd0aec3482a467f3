/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Sets of proofs on several devices at once: the bytes are the CPU's whatever one of them does, the one that did wrong is named, the others go on.
 * Proofs have the least size there is, few queries and no grinding.
 */
#define _DEFAULT_SOURCE
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/api/model.h"
#include "host/device/opencl.h"
#include "host/sys/file.h"
#include "host/sys/mem.h"
#include "tests/sound/cheap.h"
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
    cheap_profile(&small);
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

/* A model of the two, of which the second is hopeless. */
static void store_model(socle_context *ctx)
{
    static const char *const ops[] = {"commit", "gkr", "zero", "open"};
    char text[4096];
    size_t n = (size_t)snprintf(text, sizeof text, "schema = \"socle.model\"\nschema_version = 1\norigin = \"test\"\n");
    for (unsigned k = 0; k < 2; k++) {
        n += (size_t)snprintf(text + n, sizeof text - n,
                              "\n[[device]]\nname = \"%s\"\nshares_host = true\nmemory = 1\nput_ns = 0\nput_mb_per_s = 0\nget_ns = 0\nget_mb_per_s = 0\n",
                              k == 0 ? "fake-0" : "fake-1");
    }
    for (unsigned k = 0; k < 8; k++) {
        n += (size_t)snprintf(text + n, sizeof text - n,
                              "\n[[sample]]\ndevice = \"%s\"\nop = \"%s\"\nlog_n = 19\ncount = 1\nruns = 1\nmean_ns = %u\nspread_ns = 0\n",
                              k < 4 ? "fake-0" : "fake-1", ops[k % 4], k < 4 ? 1000 : 1000000);
    }
    cr_assert_eq(sc_api_model_parse(ctx, &ctx->model, (const uint8_t *)text, n), SOCLE_OK, "%s", socle_message(ctx));
    ctx->model_sought = true;
}

Test(devices, a_stored_model_says_which_proof_goes_where)
{
    struct fake f[2] = {{0}, {0}};
    socle_context *const ctx = context_with(f, NULL);
    store_model(ctx);
    struct socle_proof p = prove(ctx);
    expect_same(&p);
    cr_expect(p.device.proofs == PARTS && p.more_devices[0].proofs == 0, "%u and %u proofs", p.device.proofs, p.more_devices[0].proofs);
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

/* Get 2 of the first is the tree of a BOUNDARY, on which all proofs rest. */
Test(devices, wrong_bytes_in_what_proofs_share_are_found)
{
    struct fake f[2] = {{.spoil_at = 2}, {0}};
    socle_context *const ctx = context_with(f, NULL);
    struct socle_proof p = prove(ctx);
    expect_same(&p);
    cr_expect(p.device.given_up);
    cr_expect_str_eq(p.device.failure, "it gave wrong bytes");
    cr_expect(!p.more_devices[0].given_up && p.more_devices[0].proofs == PARTS, "the other is blamed");
    finish(ctx, &p);
}

/* What all proofs share is the CPU's then: the folder is as good for the next call, whatever devices that one has. */
Test(devices, wrong_bytes_do_not_get_into_a_folder)
{
    char folder[] = "/tmp/socle_devices_XXXXXX", command[64];
    cr_assert_not_null(mkdtemp(folder));
    for (int call = 0; call < 3; call++) {
        struct fake f[2] = {{.spoil_at = call < 2 ? 2 : 0}, {0}};
        socle_context *const ctx = call == 1 ? context_for("cpu", folder) : context_with(f, folder);
        struct socle_proof p = prove(ctx);
        expect_same(&p);
        cr_expect(call == 0 || all_proofs(&p) == 0, "call %d: what was kept is of no use", call);
        finish(ctx, &p);
    }
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

/* Six of the allocations, of which the later ones are in the proofs: the same bytes, or a status and nothing lost, and the next call is as good as any. */
Test(devices, no_allocation_that_fails_does_harm)
{
    struct fake f[2] = {{0}, {0}};
    socle_context *const ctx = context_with(f, NULL);
    struct socle_proof p;
    unsigned failed = 0, made = 0;
    for (uint64_t n = 1; n < 500; n += 1 + 2 * n) {
        store_model(ctx);
        const size_t before = sc_mem_now();
        sc_mem_fail_at(n);
        const socle_status st = socle_prove(ctx, &p, elf, elf_len, input, sizeof input);
        sc_mem_fail_at(0);
        cr_expect(st == SOCLE_OK || st == SOCLE_E_NOMEM, "allocation %u: status %d", (unsigned)n, (int)st);
        if (st == SOCLE_OK) {
            expect_same(&p);
            cr_expect_eq(all_proofs(&p), PARTS);
        }
        failed += st != SOCLE_OK;
        made += st == SOCLE_OK;
        socle_proof_fini(ctx, &p);
        sc_spans_restart(ctx->spans); /* the timeline is the context's */
        cr_expect_leq(sc_mem_now(), before, "allocation %u: something is left", (unsigned)n);
        socle_model_destroy(ctx, ctx->model);
    }
    ctx->model = NULL;
    cr_expect(failed >= 3 && made >= 1, "%u failed, %u made", failed, made);
    p = prove(ctx);
    expect_same(&p);
    finish(ctx, &p);
}

static void add(struct sc_cost *c, const char *name, double ns)
{
    uint32_t device, op;
    struct sc_cost_device d = {.shares_host = true, .memory = 1};
    (void)snprintf(d.name, sizeof d.name, "%s", name);
    cr_assert_eq(sc_cost_add_device(c, &device, &d), SOCLE_OK);
    for (unsigned i = 0; i < SC_N_STAGES; i++) {
        if (sc_api_model_op((enum sc_stage)i) != NULL) {
            cr_assert_eq(sc_cost_op(c, &op, sc_api_model_op((enum sc_stage)i)), SOCLE_OK);
            cr_assert_eq(sc_cost_note(c, device, op, 20, 1, ns), SOCLE_OK);
        }
    }
}

/* Faster than the CPU and the fastest first; names that are none are passed over. */
Test(devices, auto_takes_those_that_were_measured_faster)
{
    static const struct {
        const char *name;
        double ns;
    } in[] = {{"cuda-0", 5}, {"cpu", 8}, {"cuda-x", 1}, {"gpu", 1}, {"opencl-7", 9}, {"cuda-1", 3}, {"opencl-3", 4}};
    struct socle_device_choice c;
    socle_context *const ctx = context_for("auto", NULL);
    store_model(ctx);
    cr_assert_eq(socle_choose_device(ctx, &c), SOCLE_OK);
    cr_expect(c.is_auto && strcmp(c.devices, "cpu") == 0 && strstr(c.why, "no device beside the CPU") != NULL, "%s: %s", c.devices, c.why);
    for (size_t i = 0; i < sizeof in / sizeof in[0]; i++) {
        add(&ctx->model->cost, in[i].name, 1e9 * in[i].ns);
    }
    ctx->choice = (struct socle_device_choice){.is_auto = false};
    cr_assert_eq(socle_choose_device(ctx, &c), SOCLE_OK);
    cr_expect_str_eq(c.devices, "cuda:1,opencl:3,cuda:0");
    cr_expect(strstr(c.why, "15.000 s against 40.000 s for a proof of 2^20 cells") != NULL, "%s", c.why);
    socle_destroy(ctx);
}

/* Chosen for who did not choose, they are no reason to fail; asked for, they are. */
Test(devices, auto_without_its_device_is_the_cpu)
{
    socle_context *const ctx = context_for("auto", NULL);
    store_model(ctx);
    add(&ctx->model->cost, "cpu", 9e9);
    add(&ctx->model->cost, "cuda-63", 1e9);
    struct socle_proof p = prove(ctx);
    expect_same(&p);
    cr_expect(strcmp(p.device.id, "cpu") == 0 && p.device.proofs == PARTS);
    cr_expect(strcmp(ctx->choice.devices, "cpu") == 0 && strstr(ctx->choice.why, "cuda:63 cannot be opened") != NULL, "%s", ctx->choice.why);
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
