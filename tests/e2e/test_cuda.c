/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The CUDA backend on a driver of our own (tests/support/fake_cuda.c): whole proofs, every fault a driver can have, what is left behind.
 * Where the library that is found is another one, a real driver's, only what holds for any is tested: see tools/gpu-check for those.
 * Tests of faults, which make many proofs, have few queries and no grinding.
 */
#define _DEFAULT_SOURCE
#include <criterion/criterion.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/api/context.h"
#include "host/device/cuda.h"
#include "host/device/cuda_api.h"
#include "host/device/wait.h"
#include "host/groth16/setup.h"
#include "host/sys/bind.h"
#include "host/sys/file.h"
#include "host/sys/mem.h"
#include "kernels/kc/launch.h"
#include "tests/sound/cheap.h"
#include "tests/support/fake_cuda.h"
#include "tests/support/snark_files.h"

static uint8_t *elf;
static size_t elf_len;
static struct sc_profile cheap;
static bool as_shipped;
static const uint8_t ten[1] = {10};
static struct fake_cuda *fake;

static void find_fake(void)
{
    void *const library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    fake = library != NULL ? dlsym(library, "fake_cuda") : NULL;
    if (fake == NULL) {
        cr_skip_test("libcuda.so.1 is another one");
    }
    sc_cuda_use_kernels("any image", 9); /* a build without nvcc is tested, too */
}

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
    const struct socle_options o = {.n_threads = 2, .device = device, .require_gpu = device != NULL, .timeline = device != NULL};
    cr_assert_eq(socle_create(&ctx, &o), SOCLE_OK);
    if (!as_shipped) {
        cheap_profile(&cheap);
        ctx->profile = &cheap;
    }
    return ctx;
}

static socle_status prove(socle_context *ctx, struct socle_proof *p)
{
    memset(p, 0, sizeof *p);
    return socle_prove(ctx, p, elf, elf_len, ten, sizeof ten);
}

static struct socle_proof by_cpu(void)
{
    socle_context *const ctx = context_for(NULL);
    struct socle_proof p;
    find_fake();
    load_guest();
    cr_assert_eq(prove(ctx, &p), SOCLE_OK, "%s", socle_message(ctx));
    socle_destroy(ctx);
    return p;
}

static void expect_same(const struct socle_proof *want, const struct socle_proof *p)
{
    cr_expect(want->len == p->len && memcmp(want->bytes, p->bytes, p->len) == 0, "other bytes than the CPU's");
}

static void expect_clean(void)
{
    cr_expect_eq(fake->live, 0u, "%u handles or pieces of memory are left", fake->live);
    cr_expect_null(fake->misuse, "%s", fake->misuse);
}

static void finish(socle_context *ctx, struct socle_proof *p, struct socle_proof *want)
{
    socle_proof_fini(ctx, p);
    socle_proof_fini(ctx, want);
    socle_destroy(ctx);
    sc_free(elf);
    cr_expect_eq(sc_mem_now(), 0u);
}

Test(cuda, a_whole_proof_has_the_bytes_of_the_cpu, .timeout = 100)
{
    static const char *const names[] = {"cuda", "cuda:1", "dual:cuda:1"};
    as_shipped = true;
    struct socle_proof want = by_cpu(), p;
    fake->n_devices = 2;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        socle_context *const ctx = context_for(names[i]);
        cr_assert_eq(prove(ctx, &p), SOCLE_OK, "%s: %s", names[i], socle_message(ctx));
        expect_same(&want, &p);
        cr_expect_str_eq(p.device.id, i == 0 ? "cuda:0" : "cuda:1");
        cr_expect_str_eq(p.device.name, i == 0 ? "Fake 0" : "Fake 1");
        cr_expect(p.device.commitments >= 2 && p.device.openings == 2 && p.device.failures == 0 && !p.device.is_processor && p.device.compared == (i == 2));
        uint8_t *timeline = NULL;
        size_t len = 0;
        cr_assert_eq(socle_timeline(ctx, &timeline, &len), SOCLE_OK, "%s", socle_message(ctx));
        cr_expect(len > 1000 && timeline[0] == '{' && timeline[len - 1] == '\n' && memchr(timeline, 0, len) == NULL);
        socle_free(ctx, timeline);
        socle_proof_fini(ctx, &p);
        socle_destroy(ctx);
        expect_clean();
    }
    socle_context *const without = context_for(NULL);
    uint8_t *none = NULL;
    size_t no_len = 0;
    cr_expect_eq(socle_timeline(without, &none, &no_len), SOCLE_E_ARG);
    socle_destroy(without);
    cr_expect(fake->launches > 0 && fake->copies_up > 0 && fake->copies_down > 0);
    finish(context_for(NULL), &p, &want);
}

/* On a machine with two memory nodes of which only the first is real. */
Test(cuda, copies_go_through_the_memory_near_the_device)
{
    struct sc_device d;
    char why[256] = "";
    find_fake();
    fake->n_devices = 2;
    cr_assert(setenv("HWLOC_XMLFILE", SC_SOURCE_ROOT "/tests/vectors/two_nodes.xml", 1) == 0 && setenv("HWLOC_THISSYSTEM", "1", 1) == 0);
    if (sc_bind_node_of("0000:3b:00.0") != 0) {
        cr_skip_test("built without hwloc");
    }
    cr_expect_eq(sc_bind_node_of("0000:99:00.0"), 1);
    cr_expect_eq(sc_bind_node_of("0000:c1:00.0"), -1, "a device near neither");
    cr_expect_eq(sc_bind_node_of("nonsense"), -1);
    for (unsigned i = 2; i-- > 0;) { /* device 1 is at 0000:3c:00.0, where there is nothing; memory that was bound stays so for its next user */
        cr_assert_eq(sc_cuda_open(&d, why, sizeof why, i), SOCLE_OK, "%s", why);
        cr_expect(fake->bound == (i == 0 ? 2 : 0) || (i == 0 && fake->bound == 0), "device %u: %u", i, fake->bound);
        if (i == 0 && fake->bound == 0) {
            cr_log_info("this system lets no memory be bound");
        }
        d.ops->close(d.self);
    }
    expect_clean();
    cr_assert_eq(unsetenv("HWLOC_XMLFILE"), 0);
    cr_expect_eq(sc_bind_node_of("0000:3b:00.0"), -1, "one node, or no such device");
}

/* Opening ends with E_DEVICE or E_NOMEM and leaves nothing behind; later faults cost a commitment and no proof. */
Test(cuda, no_proof_is_lost_to_a_fault_at_any_call, .timeout = 250)
{
    struct socle_proof want = by_cpu(), p;
    unsigned calls = 40, refused = 0, proved = 0;
    fake->fail_with = SC_CU_ILLEGAL_ADDRESS;
    for (unsigned n = 1; n <= calls; n += n < 20 ? 1 + n / 2 : n) {
        socle_context *const ctx = context_for("cuda");
        fake->calls = 0;
        fake->fail_at = n;
        const socle_status st = prove(ctx, &p);
        calls = fake->calls > calls ? fake->calls : calls;
        if (st == SOCLE_OK) {
            expect_same(&want, &p);
            cr_expect(p.device.failures > 0 || p.device.commitments > 0, "call %u", n);
            proved++;
        } else {
            cr_expect_eq(st, SOCLE_E_DEVICE, "call %u: %s", n, socle_message(ctx));
            cr_expect_neq(socle_message(ctx)[0], '\0');
            refused++;
        }
        fake->fail_at = 0;
        socle_proof_fini(ctx, &p);
        socle_destroy(ctx);
        cr_expect_null(fake->misuse, "call %u: %s", n, fake->misuse);
    }
    cr_expect(refused >= 5 && proved >= 3, "%u refused, %u proved", refused, proved);
    finish(context_for(NULL), &p, &want);
}

Test(cuda, a_device_that_is_lost_is_given_up, .timeout = 100)
{
    struct socle_proof want = by_cpu(), p;
    socle_context *const ctx = context_for("cuda");
    fake->fail_with = SC_CU_ILLEGAL_ADDRESS;
    fake->all_after = true;
    fake->fail_at = 2 * SC_KC_N_KERNELS + 60; /* opening takes two calls for each kernel */
    cr_assert_eq(prove(ctx, &p), SOCLE_OK, "%s", socle_message(ctx));
    expect_same(&want, &p);
    cr_expect(p.device.given_up && p.device.failures >= SC_COMMITTER_PATIENCE);
    cr_expect(strstr(p.device.failure, "illegal memory access") != NULL, "%s", p.device.failure);
    fake->fail_at = 0;
    finish(ctx, &p, &want);
}

Test(cuda, a_kernel_that_does_not_come_back_is_left, .timeout = 100)
{
    struct socle_proof want = by_cpu(), p;
    socle_context *const ctx = context_for("cuda");
    sc_wait_patience(200 * UINT64_C(1000000));
    fake->hang_at = 5;
    cr_assert_eq(prove(ctx, &p), SOCLE_OK, "%s", socle_message(ctx));
    expect_same(&want, &p);
    cr_expect(p.device.commitments == 0 && p.device.given_up, "%u commitments", p.device.commitments);
    cr_expect(strstr(p.device.failure, "did not come back") != NULL, "%s", p.device.failure);
    sc_wait_patience(0);
    socle_proof_fini(ctx, &p);
    socle_proof_fini(ctx, &want);
    socle_destroy(ctx); /* what the kernel may still use is not given back */
    cr_expect_gt(fake->live, 0u);
}

Test(cuda, a_budget_of_the_device_holds, .timeout = 100)
{
    as_shipped = true;
    struct socle_proof want = by_cpu(), p;
    const struct socle_options o = {.n_threads = 2, .device = "cuda", .device_memory = (uint64_t)24 << 20};
    socle_context *ctx = NULL;
    cr_assert_eq(socle_create(&ctx, &o), SOCLE_OK);
    cr_assert_eq(prove(ctx, &p), SOCLE_OK, "%s", socle_message(ctx));
    expect_same(&want, &p);
    cr_expect(fake->most > (uint64_t)1 << 20 && fake->most <= o.device_memory, "%llu bytes", (unsigned long long)fake->most);
    cr_expect(p.device.commitments >= 2 && p.device.openings >= 1 && p.device.bus_arguments == 0 && p.device.failures > 0 && !p.device.given_up);
    socle_proof_fini(ctx, &p);
    socle_destroy(ctx);
    expect_clean();
    finish(context_for(NULL), &p, &want);
}

Test(cuda, wrong_bytes_do_not_get_into_a_proof, .timeout = 100)
{
    struct socle_proof want = by_cpu(), p;
    unsigned noticed = 0;
    for (unsigned n = 1; n <= 4; n++) {
        socle_context *const ctx = context_for("cuda");
        fake->copies_down = 0;
        fake->spoil_at = n;
        cr_assert_eq(prove(ctx, &p), SOCLE_OK, "copy %u: %s", n, socle_message(ctx));
        expect_same(&want, &p);
        noticed += strcmp(p.device.failure, "it gave wrong bytes") == 0;
        socle_proof_fini(ctx, &p);
        socle_destroy(ctx);
    }
    cr_expect_geq(noticed, 3u);
    socle_context *const ctx = context_for("dual:cuda:0");
    fake->copies_down = 0;
    fake->spoil_at = 2;
    cr_expect_eq(prove(ctx, &p), SOCLE_E_DEVICE);
    cr_expect(strstr(socle_message(ctx), "cuda:0 (Fake 0) and the CPU differ") != NULL, "%s", socle_message(ctx));
    socle_destroy(ctx);
    expect_clean();
    finish(context_for(NULL), &p, &want);
}

/** A key and a witness, as files have them. */
struct snark {
    struct sc_snark_file key, wtns;
};

static struct snark snark_open(void)
{
    const struct g16_curve *const c = sc_g16_by_name("bn128");
    struct sc_snark_file circuit = sc_snark_chain(c, 1), powers = snark_ptau(c, 3, true, NULL);
    struct snark s = {.wtns = sc_snark_chain_witness(c, 1)};
    struct r1cs r1cs;
    struct ptau ptau;
    char why[256] = "";
    cr_assert(sc_r1cs_open(&r1cs, why, sizeof why, circuit.bytes, circuit.len) == SOCLE_OK && sc_ptau_open(&ptau, why, sizeof why, powers.bytes, powers.len) == SOCLE_OK);
    cr_assert_eq(sc_g16_setup(&s.key.bytes, &s.key.len, why, sizeof why, &r1cs, &ptau, NULL), SOCLE_OK, "%s", why);
    sc_snark_file_fini(&circuit);
    sc_snark_file_fini(&powers);
    return s;
}

static socle_status snark_prove(socle_context *ctx, struct socle_groth16_proof *p, const struct snark *s)
{
    static const uint8_t randomness[64] = {3, [32] = 4};
    socle_groth16_key *key = NULL;
    cr_assert_eq(socle_groth16_key_from(ctx, &key, s->key.bytes, s->key.len), SOCLE_OK, "%s", socle_message(ctx));
    const socle_status st = socle_groth16_prove(ctx, p, key, s->wtns.bytes, s->wtns.len, randomness);
    socle_groth16_key_close(key);
    return st;
}

/* A fault while the device is opened, in a sum, and in none. */
Test(cuda, groth16_proofs_are_those_of_the_cpu, .timeout = 100)
{
    static const unsigned fail_at[] = {0, 3, 2 * SC_KC_N_KERNELS + 20, 2 * SC_KC_N_KERNELS + 45, 100000};
    socle_context *const cpu = context_for(NULL);
    struct socle_groth16_proof want, p;
    unsigned refused = 0, failures = 0;
    find_fake();
    struct snark s = snark_open();
    cr_assert_eq(snark_prove(cpu, &want, &s), SOCLE_OK, "%s", socle_message(cpu));
    fake->fail_with = SC_CU_ILLEGAL_ADDRESS;
    for (size_t i = 0; i < sizeof fail_at / sizeof fail_at[0]; i++) {
        socle_context *const ctx = context_for(i == 0 ? "dual:cuda:0" : "cuda");
        fake->calls = 0;
        fake->fail_at = fail_at[i];
        const socle_status st = snark_prove(ctx, &p, &s);
        fake->fail_at = 0;
        cr_expect(st == SOCLE_OK || (st == SOCLE_E_DEVICE && socle_message(ctx)[0] != '\0'), "call %u: %s", fail_at[i], socle_message(ctx));
        if (st == SOCLE_OK) {
            cr_expect_str_eq(p.proof, want.proof);
            cr_expect(p.device.sums + p.device.quotients + p.device.failures == 6 && (p.device.failures > 0) == (p.device.failure[0] != '\0'), "call %u", fail_at[i]);
            cr_expect(p.device.compared == (i == 0) && strcmp(p.device.id, "cuda:0") == 0);
        }
        refused += st != SOCLE_OK;
        failures += p.device.failures;
        socle_groth16_proof_fini(ctx, &p);
        socle_destroy(ctx);
        expect_clean();
    }
    cr_expect(refused == 1 && failures == 2, "%u refused, %u sums failed", refused, failures);
    socle_groth16_proof_fini(cpu, &want);
    socle_destroy(cpu);
    sc_snark_file_fini(&s.key);
    sc_snark_file_fini(&s.wtns);
    cr_expect_eq(sc_mem_now(), 0u);
}

Test(cuda, what_cannot_be_opened_says_why)
{
    struct sc_device d;
    char why[256] = "";
    find_fake();
    cr_expect_eq(sc_cuda_open(&d, why, sizeof why, 1), SOCLE_E_DEVICE);
    cr_expect_str_eq(why, "there is no device cuda:1; the driver has fewer");
    fake->no_binary = true;
    cr_expect_eq(sc_cuda_open(&d, why, sizeof why, 0), SOCLE_E_DEVICE);
    cr_expect(strstr(why, "not for compute capability 9.0") != NULL, "%s", why);
    fake->no_binary = false;
    fake->n_devices = 0;
    cr_expect_eq(sc_cuda_open(&d, why, sizeof why, 0), SOCLE_E_DEVICE);
    cr_expect_str_eq(why, "there is no device cuda:0; the driver has none");
    fake->n_devices = 1;
    sc_cuda_use_kernels("", 0);
    cr_expect_eq(sc_cuda_open(&d, why, sizeof why, 0), SOCLE_E_DEVICE);
    cr_expect(strstr(why, "nvcc") != NULL, "%s", why);
    cr_expect_null(d.ops);
    expect_clean();
}

Test(cuda, copies_of_any_length_and_place)
{
    static const size_t lengths[] = {0, 1, 4096, (4 << 20) - 1, 4 << 20, (4 << 20) + 1, (8 << 20) + 5, (17 << 20) + 3};
    struct sc_device d;
    struct sc_device_info info;
    char why[256] = "";
    find_fake();
    fake->no_registering = true; /* and without memory that the device can reach */
    fake->max_items = 32;
    cr_assert_eq(sc_cuda_open(&d, why, sizeof why, 0), SOCLE_OK, "%s", why);
    uint8_t *const a = malloc(32 << 20), *const b = malloc(32 << 20);
    for (size_t i = 0; i < (size_t)32 << 20; i++) {
        a[i] = (uint8_t)(i * 167 + (i >> 8) + (i >> 16));
    }
    cr_expect_eq(d.ops->put(d.self, 0, a, 1), SOCLE_E_ARG, "without an arena");
    cr_assert_eq(d.ops->arena(d.self, 32 << 20), SOCLE_OK);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        const uint64_t offset = 256 * i;
        memset(b, 0, 32 << 20);
        cr_expect_eq(d.ops->put(d.self, offset, a + i, lengths[i]), SOCLE_OK);
        cr_expect_eq(d.ops->get(d.self, b, offset, lengths[i]), SOCLE_OK);
        cr_expect_eq(memcmp(a + i, b, lengths[i]), 0, "%zu bytes", lengths[i]);
        cr_expect_eq(b[lengths[i]], 0, "%zu bytes and more", lengths[i]);
    }
    cr_expect_eq(d.ops->get(d.self, b, UINT64_MAX, 1), SOCLE_E_ARG);
    cr_expect_eq(d.ops->put(d.self, (32 << 20) - 3, a, 4), SOCLE_E_ARG);
    d.ops->info(d.self, &info);
    cr_expect_eq(d.ops->arena(d.self, info.memory + 1), SOCLE_E_NOMEM);
    cr_expect_neq(sc_cuda_message(&d)[0], '\0');
    d.ops->close(d.self);
    free(a);
    free(b);
    expect_clean();
    cr_expect_eq(sc_mem_now(), 0u);
}

Test(cuda, devices_and_doctor_know_it)
{
    struct socle_device d[8];
    struct socle_finding f[64];
    socle_context *const ctx = context_for(NULL);
    find_fake();
    fake->n_devices = 2;
    const size_t n = socle_devices(ctx, d, 8);
    cr_assert_geq(n, 3);
    cr_expect(strcmp(d[1].id, "cuda:0") == 0 && strcmp(d[2].id, "cuda:1") == 0 && strcmp(d[1].kind, "cuda") == 0);
    cr_expect(strcmp(d[2].name, "Fake 1") == 0 && strcmp(d[2].driver, "CUDA 13.0") == 0 && d[2].units == 132 && !d[2].is_processor);
    cr_expect_str_eq(d[2].platform, "compute capability 9.0 at 0000:3c:00.0");
    cr_expect_eq(socle_devices(ctx, d, 2), n, "all are counted");
    cr_expect_eq(socle_devices(ctx, d, 0), n);
    unsigned good = 0;
    const size_t n_found = socle_doctor(ctx, f, 64);
    for (size_t i = 0; i < n_found && i < 64; i++) {
        good += strcmp(f[i].topic, "cuda") == 0 && f[i].health == SOCLE_HEALTH_GOOD && strstr(f[i].text, "1980 MHz") != NULL && strstr(f[i].text, "the kernels load") != NULL;
    }
    cr_expect_eq(good, 2u);
    socle_destroy(ctx);
    expect_clean();
}

/* The stand-in says of itself what an H200's driver says; what it runs is C, far below. */
Test(cuda, the_bench_has_theoretical_limits_of_what_the_driver_says, .timeout = 100)
{
    static const double want[] = {132 * 1980e6 * 64, 2 * 3201e6 * 6144 / 8};
    struct socle_bench_limit l[32];
    struct sc_cuda_about about[2];
    socle_bench *b = NULL;
    find_fake();
    socle_context *const ctx = context_for("cuda");
    cr_assert_geq(sc_cuda_list(about, 2), 1u);
    cr_expect(about[0].memory_khz == 3201000 && about[0].bus_bits == 6144 && about[0].major == 9 && about[0].minor == 0);
    const struct socle_bench_options o = {.only = "fold", .runs = 1, .seconds = 1};
    cr_assert_eq(socle_bench_run(ctx, &b, &o), SOCLE_OK, "%s", socle_message(ctx));
    const size_t n = socle_bench_limits(b, l, 32);
    cr_assert_geq(n, 2u);
    for (size_t i = 0; i < n; i++) {
        const bool memory = strcmp(l[i].unit, "bytes/s") == 0;
        cr_expect(l[i].theory.value == want[memory] && l[i].median < l[i].theory.value && l[i].theory.formula != NULL, "%s: %g, %s",
                  l[i].name, l[i].theory.value, l[i].theory.basis);
    }
    socle_bench_destroy(ctx, b);
    socle_destroy(ctx);
    expect_clean();
}

/* Three proofs on two devices, which have room for the commitments to IMAGE and BOUNDARY alone: that is enough for both to work at the same time. */
static socle_context *set_on(struct socle_proof *p, const char *devices, const struct sc_profile *profile, int only, unsigned from)
{
    static const uint8_t steps[2] = {0xd0, 0x07};
    socle_context *ctx = NULL;
    const struct socle_options o = {.n_threads = 2, .device = devices, .device_memory = 4 << 20};
    cr_assert_eq(socle_create(&ctx, &o), SOCLE_OK);
    ctx->profile = profile;
    fake->fail_at = 0;
    cr_assert_eq(sc_api_devices(ctx), SOCLE_OK, "%s", socle_message(ctx)); /* opened before any fault */
    fake->calls = 0;
    fake->fail_at = from;
    fake->only = only;
    cr_assert_eq(socle_prove(ctx, p, elf, elf_len, steps, sizeof steps), SOCLE_OK, "%s", socle_message(ctx));
    cr_assert_eq(p->n_segments, 2u);
    return ctx;
}

/* The second device is lost, early and late, then both. */
Test(cuda, a_set_on_two_devices_outlives_the_loss_of_them, .timeout = 100)
{
    static const struct {
        int only;
        unsigned from;
    } lost[] = {{0, 0}, {2, 1}, {2, 400}, {0, 300}};
    struct sc_profile small;
    cheap_profile(&small);
    small.cut = (struct sc_cut_limits){19, 0, 0};
    find_fake();
    load_guest();
    struct socle_proof want, p;
    socle_context *const cpu = set_on(&want, "cpu", &small, 0, 0);
    fake->n_devices = 2;
    fake->all_after = true;
    fake->fail_with = SC_CU_ILLEGAL_ADDRESS;
    for (size_t i = 0; i < sizeof lost / sizeof lost[0]; i++) {
        socle_context *const ctx = set_on(&p, "cuda:0,cuda:1", &small, lost[i].only, lost[i].from);
        expect_same(&want, &p);
        cr_expect_eq(p.n_more_devices, 1u);
        cr_expect(p.device.commitments > 0 && (lost[i].from != 0 || p.device.proofs + p.more_devices[0].proofs == 3));
        cr_expect(lost[i].only == 0 || !p.device.given_up, "%u: the other one is given up: %s, %u; %s", (unsigned)i, p.device.failure, p.device.failures, p.more_devices[0].failure);
        cr_expect(lost[i].from != 1 || (p.more_devices[0].failures > 0 && strstr(p.more_devices[0].failure, "illegal memory access") != NULL), "%u: %s",
                  p.more_devices[0].failures, p.more_devices[0].failure);
        cr_expect(lost[i].from != 300 || p.device.failures + p.more_devices[0].failures > 0, "nothing was lost");
        socle_proof_fini(ctx, &p);
        socle_destroy(ctx);
        if (lost[i].from == 0) {
            expect_clean();
        }
    }
    finish(cpu, &p, &want);
}
