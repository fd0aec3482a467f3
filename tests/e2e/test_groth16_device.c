/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Groth16 proofs whose sums are made on a device: the bytes are the CPU's whatever the device does, and what it did is told.
 */
#define _GNU_SOURCE
#include "host/api/context.h"
#include "host/curve/fr_ntt.h"
#include "host/device/opencl.h"
#include "host/groth16/g16_device.h"
#include "host/groth16/setup.h"
#include "host/sys/mem.h"
#include "tests/support/fake_device.h"
#include "tests/support/snark_files.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { SUMS = 5, JOBS = 6 }; /* the quotient and five sums */

#define UPS 7u /* copies up of a quotient */

static const char *const curves[] = {"bn128", "bls12381"};
static const uint8_t randomness[64] = {7, 1, 2, 3, [32] = 9, 8};

/** A key, a witness, and what the CPU makes of them. */
struct scene {
    struct sc_snark_file key, wtns;
    socle_context *cpu;
    struct socle_groth16_proof want;
};

static struct sc_snark_file key_of(const char *curve, unsigned power, uint32_t n_rounds)
{
    const struct g16_curve *const c = sc_g16_by_name(curve);
    struct sc_snark_file r1cs_file = sc_snark_chain(c, n_rounds), ptau_file = snark_ptau(c, power, true, NULL), key;
    struct r1cs r1cs;
    struct ptau ptau;
    char why[256] = "";
    cr_assert(r1cs_file.bytes != NULL && ptau_file.bytes != NULL);
    cr_assert_eq(sc_r1cs_open(&r1cs, why, sizeof why, r1cs_file.bytes, r1cs_file.len), SOCLE_OK, "%s", why);
    cr_assert_eq(sc_ptau_open(&ptau, why, sizeof why, ptau_file.bytes, ptau_file.len), SOCLE_OK, "%s", why);
    cr_assert_eq(sc_g16_setup(&key.bytes, &key.len, why, sizeof why, &r1cs, &ptau, NULL), SOCLE_OK, "%s", why);
    sc_snark_file_fini(&r1cs_file);
    sc_snark_file_fini(&ptau_file);
    return key;
}

static socle_context *context_for(const char *device)
{
    socle_context *ctx = NULL;
    const struct socle_options o = {.n_threads = 2, .device = device, .timeline = true};
    cr_assert_eq(socle_create(&ctx, &o), SOCLE_OK);
    return ctx;
}

static void add_device(socle_context *ctx, struct fake *f, uint64_t memory, bool compare)
{
    struct api_device *const d = &ctx->used[ctx->n_used++];
    f->memory = memory;
    d->device = (struct sc_device){&fake_ops, f};
    cr_assert_eq(sc_committer_create(&d->committer, d->device, 0, compare), SOCLE_OK);
    (void)snprintf(d->use.id, sizeof d->use.id, "fake");
    d->use.compared = compare;
}

/* A context whose device is @p f, with so much memory. */
static socle_context *context_with(struct fake *f, uint64_t memory, bool compare)
{
    socle_context *const ctx = context_for("cpu");
    add_device(ctx, f, memory, compare);
    return ctx;
}

/* Jobs that the first device made. */
static uint32_t made_by(socle_context *ctx)
{
    const struct sc_committer_report r = sc_committer_report(ctx->used[0].committer);
    return r.lent[SC_LOAN_SUM] + r.lent[SC_LOAN_QUOTIENT];
}

static socle_status prove(socle_context *ctx, struct socle_groth16_proof *p, const struct scene *s)
{
    socle_groth16_key *key = NULL;
    cr_assert_eq(socle_groth16_key_from(ctx, &key, s->key.bytes, s->key.len), SOCLE_OK, "%s", socle_message(ctx));
    const socle_status st = socle_groth16_prove(ctx, p, key, s->wtns.bytes, s->wtns.len, randomness);
    socle_groth16_key_close(key);
    return st;
}

static struct scene scene_of(const char *curve, unsigned power, uint32_t n_rounds)
{
    struct scene s = {key_of(curve, power, n_rounds), sc_snark_chain_witness(sc_g16_by_name(curve), n_rounds), context_for(NULL), {0}};
    cr_assert_eq(prove(s.cpu, &s.want, &s), SOCLE_OK, "%s", socle_message(s.cpu));
    cr_expect(strcmp(s.want.device.id, "cpu") == 0 && s.want.device.is_processor && s.want.device.sums == 0);
    return s;
}

static void scene_close(struct scene *s)
{
    socle_groth16_proof_fini(s->cpu, &s->want);
    socle_destroy(s->cpu);
    sc_snark_file_fini(&s->key);
    sc_snark_file_fini(&s->wtns);
    cr_expect_eq(sc_mem_now(), 0u);
}

static void expect_same(const struct scene *s, const struct socle_groth16_proof *p)
{
    cr_assert(p->proof != NULL && p->public_values != NULL);
    cr_expect_str_eq(p->proof, s->want.proof);
    cr_expect_str_eq(p->public_values, s->want.public_values);
}

/* Proves, expects the CPU's bytes, and returns what is told of the device. */
static struct socle_device_use use_of(socle_context *ctx, const struct scene *s)
{
    struct socle_groth16_proof p;
    cr_assert_eq(prove(ctx, &p, s), SOCLE_OK, "%s", socle_message(ctx));
    cr_expect_str_eq(socle_message(ctx), "");
    expect_same(s, &p);
    const struct socle_device_use use = p.device;
    socle_groth16_proof_fini(ctx, &p);
    return use;
}

Test(groth16_device, proofs_have_the_bytes_of_the_cpu)
{
    for (unsigned i = 0; i < 2; i++) {
        struct scene s = scene_of(curves[i], 4, 4);
        struct fake f = {.gets = 0};
        socle_context *const ctx = context_with(&f, 1 << 24, i == 1);
        const struct socle_device_use use = use_of(ctx, &s);
        cr_expect(use.quotients == 1 && use.sums == SUMS && use.failures == 0 && !use.given_up && use.compared == (i == 1) && use.failure[0] == '\0');
        socle_destroy(ctx);
        scene_close(&s);
    }
}

/* a becomes (a b - c) of the odd points of the domain of twice the size, plain, c = a b of the even ones. */
static void quotient(struct sc_fr_word *a, struct sc_fr_word *b, struct sc_fr_word *c, enum sc_fr field, unsigned log_n, const struct sc_fr_word *g)
{
    struct sc_fr_domain *d;
    struct sc_fr_word *const v[3] = {a, b, c};
    const size_t n = (size_t)1 << log_n;
    cr_assert_eq(sc_fr_domain_create(&d, field, log_n, NULL), SOCLE_OK);
    const struct sc_fr_ops *const ops = sc_fr_domain_ops(d);
    ops->mul(c, a, b, n);
    for (unsigned i = 0; i < 3; i++) {
        sc_fr_intt(d, v[i], 1, SC_FR_TO_REVERSED, NULL);
        sc_fr_shift(d, v[i], 1, g, true, NULL);
        sc_fr_ntt(d, v[i], 1, SC_FR_FROM_REVERSED, NULL);
    }
    ops->mul(a, a, b, n);
    ops->sub(a, a, c, n);
    ops->to_plain(a, a, n);
    sc_fr_domain_destroy(d);
}

enum { MOST_LOG = 11 };

static void expect_quotient(struct sc_committer *c, enum sc_fr field, unsigned log_n)
{
    static struct sc_fr_word v[4][1 << MOST_LOG], was[2][1 << MOST_LOG];
    const size_t n = (size_t)1 << log_n;
    const struct sc_fr_ops *const ops = sc_fr_ops_ref(field);
    struct sc_fr_word g;
    memcpy(&g, ops->root, sizeof g);
    sc_fr_pow(ops, &g, &g, UINT64_C(1) << (ops->two_adicity - log_n - 1));
    for (size_t i = 0; i < 2 * n; i++) {
        const struct sc_fr_word word = {{i * 0x9e3779b97f4a7c15u, ~i, i << 40 ^ log_n, i % 3 == 0 ? 0 : i * 0x123456789abcdu}};
        ops->from_plain(&v[i / n][i % n], &word, 1);
    }
    memcpy(was, v, sizeof was);
    cr_assert_eq(sc_g16_quotient_device(c, v[3], v[0], v[1], field, log_n, &g), SOCLE_OK, "field %d, 2^%u", (int)field, log_n);
    cr_expect_eq(memcmp(was, v, sizeof was), 0, "field %d, 2^%u: A and B are not what they were", (int)field, log_n);
    quotient(v[0], v[1], v[2], field, log_n, &g);
    cr_expect_eq(memcmp(v[0], v[3], n * sizeof g), 0, "field %d, 2^%u", (int)field, log_n);
}

/* One pass of layers and two; pieces smaller than what a device aligns. */
Test(groth16_device, quotients_of_every_size)
{
    struct fake f = {.memory = 1 << 20};
    struct sc_committer *c;
    cr_assert_eq(sc_committer_create(&c, (struct sc_device){&fake_ops, &f}, 0, false), SOCLE_OK);
    for (unsigned log_n = 1; log_n <= MOST_LOG; log_n++) {
        expect_quotient(c, SC_BN_FR, log_n);
        expect_quotient(c, SC_BLS_FR, log_n);
    }
    struct sc_fr_word x[3] = {{{0}}};
    cr_expect_eq(sc_g16_quotient_device(c, &x[0], &x[1], &x[2], SC_BN_FR, 0, &x[1]), SOCLE_E_LIMIT);
    cr_expect_eq(sc_committer_report(c).failed, 0u);
    sc_committer_destroy(c);
    cr_expect_eq(sc_mem_now(), 0u);
}

Test(groth16_device, no_proof_is_lost_to_a_failure_at_any_call)
{
    struct scene s = scene_of("bn128", 3, 1);
    struct fake f = {.how = SOCLE_E_DEVICE};
    socle_context *const ctx = context_with(&f, 1 << 24, false);
    cr_expect_eq(use_of(ctx, &s).sums, (uint32_t)SUMS);
    f.calls = 0;
    cr_expect_eq(use_of(ctx, &s).failures, 0u); /* the arena is there now */
    const unsigned calls = f.calls;
    for (unsigned n = 1; n <= calls; n++) {
        const uint32_t made = made_by(ctx);
        f.calls = 0;
        f.fail_at = n;
        const struct socle_device_use use = use_of(ctx, &s);
        cr_expect(use.failures == n && made_by(ctx) == made + JOBS - 1 && !use.given_up && use.failure[0] != '\0', "call %u", n);
    }
    cr_expect_geq(calls, 8u * JOBS);
    socle_destroy(ctx);
    scene_close(&s);
}

Test(groth16_device, a_device_that_only_fails_is_given_up)
{
    struct scene s = scene_of("bls12381", 3, 1);
    struct fake f = {.how = SOCLE_E_DEVICE, .fail_at = 1, .all_after = true};
    socle_context *const ctx = context_with(&f, 1 << 24, false);
    const struct socle_device_use use = use_of(ctx, &s);
    cr_expect(use.sums == 0 && use.quotients == 0 && use.failures == SC_COMMITTER_PATIENCE && use.given_up);
    socle_destroy(ctx);
    scene_close(&s);
}

/* Points in chunks, then room for those of G1 alone, then for no transforms either, then for none. */
Test(groth16_device, a_device_with_little_memory_makes_what_fits)
{
    static const struct {
        unsigned kib;
        uint32_t quotients, sums;
    } of[] = {{1024, 1, SUMS}, {140, 1, SUMS - 1}, {113, 0, SUMS - 1}, {16, 0, 0}};
    struct scene s = scene_of("bn128", 10, 340);
    for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
        struct fake f = {.gets = 0};
        socle_context *const ctx = context_with(&f, (uint64_t)of[i].kib << 10, false);
        const struct socle_device_use use = use_of(ctx, &s);
        cr_expect(use.quotients == of[i].quotients && use.sums == of[i].sums && use.failures == JOBS - of[i].quotients - of[i].sums && !use.given_up,
                  "%u KiB: %u quotients, %u sums, %u failures", of[i].kib, use.quotients, use.sums, use.failures);
        cr_expect(f.size <= f.memory && (of[i].sums == 0 ? f.runs == 0 : f.runs > 2 * of[i].sums), "%u KiB: %u jobs", of[i].kib, f.runs);
        socle_destroy(ctx);
    }
    scene_close(&s);
}

/* The device has less than it says: halved chunks, until there is room. */
Test(groth16_device, chunks_become_smaller_when_an_arena_is_refused)
{
    struct scene s = scene_of("bn128", 10, 340);
    struct fake f = {.arena_room = 700 << 10};
    socle_context *const ctx = context_with(&f, 1 << 21, false);
    const struct socle_device_use use = use_of(ctx, &s);
    cr_expect(use.sums == SUMS && use.failures > 0 && !use.given_up, "%u sums, %u failures", use.sums, use.failures);
    cr_expect_leq(f.size, f.arena_room);
    socle_destroy(ctx);
    scene_close(&s);
}

/* Bytes that are no point are noticed at once; those that are one only when the proof does not verify. */
Test(groth16_device, wrong_points_do_not_get_into_a_proof)
{
    struct scene s = scene_of("bn128", 3, 1);
    unsigned noticed = 0;
    for (unsigned n = 1; n <= 1 + 2 * SUMS; n++) { /* the quotient; counts and windows of each sum */
        struct fake f = {.spoil_at = n};
        socle_context *const ctx = context_with(&f, 1 << 24, false);
        const struct socle_device_use use = use_of(ctx, &s);
        noticed += use.failures > 0 && strcmp(use.failure, "it gave wrong bytes") == 0;
        socle_destroy(ctx);
    }
    cr_expect_eq(noticed, 1u + 2u * SUMS);
    noticed = 0;
    /* Nothing, four tables, A and B go up, and of each sum nothing, points, scalars, counts: another A of the quotient, another first scalar. */
    for (unsigned n = 6; n <= UPS + 4 * SUMS; n = n < UPS ? UPS + 3 : n + 4) {
        struct fake f = {.skew_at = n};
        socle_context *const ctx = context_with(&f, 1 << 24, false);
        const struct socle_device_use use = use_of(ctx, &s);
        noticed += use.given_up && strcmp(use.failure, "it gave wrong bytes") == 0;
        socle_destroy(ctx);
    }
    cr_expect_eq(noticed, JOBS - 2u, "%u; the first points of B are infinity", noticed);
    scene_close(&s);
}

Test(groth16_device, a_compared_device_that_differs_ends_the_call)
{
    struct scene s = scene_of("bn128", 3, 1);
    const struct fake bad[] = {{.spoil_at = 1}, {.spoil_at = 3}, {.skew_at = 6}, {.skew_at = UPS + 3}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct socle_groth16_proof p;
        struct fake f = bad[i];
        socle_context *const ctx = context_with(&f, 1 << 24, true);
        cr_expect_eq(prove(ctx, &p, &s), SOCLE_E_DEVICE);
        cr_expect(strstr(socle_message(ctx), "and the CPU differ") != NULL, "%s", socle_message(ctx));
        cr_expect(p.proof == NULL && p.public_values == NULL);
        socle_destroy(ctx);
    }
    for (unsigned n = 3; n <= 30; n += 27) { /* one that fails is not one that differs */
        struct fake f = {.how = SOCLE_E_DEVICE, .fail_at = n};
        socle_context *const ctx = context_with(&f, 1 << 24, true);
        cr_expect_eq(use_of(ctx, &s).failures, 1u);
        socle_destroy(ctx);
    }
    scene_close(&s);
}

/* A witness that does not satisfy the circuit is the caller's fault, on a device too. */
Test(groth16_device, a_wrong_witness_is_not_the_device_s_fault)
{
    struct scene s = scene_of("bn128", 3, 1);
    struct socle_groth16_proof p;
    struct fake f = {.gets = 0};
    socle_context *const ctx = context_with(&f, 1 << 24, false);
    s.wtns.bytes[s.wtns.len - 32] ^= 1;
    cr_expect_eq(prove(ctx, &p, &s), SOCLE_E_REJECT);
    cr_expect(strstr(socle_message(ctx), "does not satisfy the circuit") != NULL, "%s", socle_message(ctx));
    s.wtns.bytes[s.wtns.len - 32] ^= 1;
    const struct socle_device_use use = use_of(ctx, &s);
    cr_expect(use.sums == 2 * SUMS && use.quotients == 2 && use.failures == 0 && !use.given_up);
    socle_destroy(ctx);
    scene_close(&s);
}

Test(groth16_device, failing_allocations_are_told)
{
    struct scene s = scene_of("bn128", 3, 1);
    struct fake f = {.gets = 0};
    socle_context *const ctx = context_with(&f, 1 << 24, false);
    socle_groth16_key *key = NULL;
    struct socle_groth16_proof p;
    unsigned n = 0, made = 0;
    cr_assert_eq(socle_groth16_key_from(ctx, &key, s.key.bytes, s.key.len), SOCLE_OK);
    cr_expect_eq(socle_groth16_prove(ctx, &p, key, s.wtns.bytes, s.wtns.len, randomness), SOCLE_OK); /* what the pool keeps is there now */
    socle_groth16_proof_fini(ctx, &p);
    const uint64_t held = sc_mem_now();
    for (bool done = false; !done;) {
        const uint32_t before = made_by(ctx);
        cr_assert_lt(++n, 400u);
        sc_mem_fail_at(n);
        const socle_status st = socle_groth16_prove(ctx, &p, key, s.wtns.bytes, s.wtns.len, randomness);
        sc_mem_fail_at(0);
        done = st == SOCLE_OK && made_by(ctx) == before + JOBS;
        made += st == SOCLE_OK && !done; /* the CPU made a sum for which the host had no memory */
        cr_assert(st == SOCLE_OK || st == SOCLE_E_NOMEM, "allocation %u: %s", n, socle_message(ctx));
        if (st == SOCLE_OK) {
            expect_same(&s, &p);
            socle_groth16_proof_fini(ctx, &p);
        }
        sc_spans_restart(ctx->spans);
        cr_assert_leq(sc_mem_now(), held, "allocation %u", n);
    }
    cr_expect_geq(made, 3u * SUMS + 1, "%u", made);
    socle_groth16_key_close(key);
    socle_destroy(ctx);
    scene_close(&s);
}

/* Each takes its share of every sum, and the first one the quotient. One that fails is helped out, one that is wrong is found out. */
Test(groth16_device, several_devices_share_each_sum)
{
    struct scene s = scene_of("bls12381", 4, 4);
    struct fake f[4] = {{.gets = 0}, {.how = SOCLE_E_DEVICE, .fail_at = 1, .all_after = true}, {.gets = 0}, {.skew_at = 19}};
    socle_context *const ctx = context_for("cpu");
    struct socle_groth16_proof p;
    for (unsigned k = 0; k < 3; k++) {
        add_device(ctx, &f[k], 1 << 24, false);
    }
    cr_assert_eq(prove(ctx, &p, &s), SOCLE_OK, "%s", socle_message(ctx));
    expect_same(&s, &p);
    cr_expect(p.n_more_devices == 2 && p.device.quotients == 1 && p.device.sums == SUMS && p.device.failures == 0);
    cr_expect(p.more_devices[0].sums == 0 && p.more_devices[0].given_up && p.more_devices[0].failures == SC_COMMITTER_PATIENCE);
    cr_expect(p.more_devices[1].quotients == 0 && p.more_devices[1].sums == SUMS && p.more_devices[1].failures == 0);
    cr_expect(f[0].up > f[2].up && f[2].up > 0, "%llu and %llu bytes up", (unsigned long long)f[0].up, (unsigned long long)f[2].up);
    socle_groth16_proof_fini(ctx, &p);
    add_device(ctx, &f[3], 1 << 24, false);
    cr_assert_eq(prove(ctx, &p, &s), SOCLE_OK, "%s", socle_message(ctx));
    expect_same(&s, &p);
    cr_expect(p.more_devices[2].sums == SUMS && p.more_devices[2].given_up && strcmp(p.more_devices[2].failure, "it gave wrong bytes") == 0);
    socle_groth16_proof_fini(ctx, &p);
    socle_destroy(ctx);
    scene_close(&s);
}

Test(groth16_device, one_that_is_not_there_or_no_gpu_is_told)
{
    struct scene s = scene_of("bn128", 3, 1);
    struct socle_groth16_proof p;
    socle_context *ctx = context_for("opencl:60");
    cr_expect_eq(prove(ctx, &p, &s), SOCLE_E_DEVICE);
    cr_expect_neq(socle_message(ctx)[0], '\0');
    socle_destroy(ctx);
    const struct socle_options o = {.n_threads = 1, .require_gpu = true};
    cr_assert_eq(socle_create(&ctx, &o), SOCLE_OK);
    cr_expect_eq(prove(ctx, &p, &s), SOCLE_E_DEVICE);
    cr_expect(strstr(socle_message(ctx), "a GPU is required") != NULL, "%s", socle_message(ctx));
    socle_destroy(ctx);
    scene_close(&s);
}

Test(groth16_device, proofs_on_opencl_and_the_cpu, .timeout = 200)
{
    if (sc_opencl_list(NULL, 0) == 0) {
        cr_skip_test("OpenCL has no device here");
    }
    for (unsigned i = 0; i < 2; i++) {
        struct scene s = scene_of(curves[i], 4, 4);
        socle_context *const ctx = context_for("dual");
        const struct socle_device_use use = use_of(ctx, &s);
        cr_expect(use.compared && use.sums == SUMS && use.quotients == 1 && use.failures == 0 && strcmp(use.id, "opencl:0") == 0, "%s", use.failure);
        uint8_t *timeline = NULL;
        size_t len = 0;
        cr_assert_eq(socle_timeline(ctx, &timeline, &len), SOCLE_OK, "%s", socle_message(ctx));
        cr_expect(memmem(timeline, len, "\"sum\"", 5) != NULL);
        socle_free(ctx, timeline);
        socle_destroy(ctx);
        scene_close(&s);
    }
}
