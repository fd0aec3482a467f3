/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Openings on a device have the bytes of those on the host, at many shapes, whatever call of the device fails, on the kernels as C and on every
 * device of OpenCL and CUDA that there is.
 */
#include "tests/sound/whir_scene.h"

#include "host/device/committer.h"
#include "host/device/cuda.h"
#include "host/device/opencl.h"
#include "tests/support/fake_device.h"

static struct sc_samples samples;
static unsigned f_done;

static void count_done(void *arg)
{
    (void)arg;
    f_done++;
}

/* The scene's proof on a device, or on the host. */
static socle_status prove(struct scene *s, struct sc_committer *device, bool with_samples)
{
    struct sc_pch ch;
    fx gamma;
    sc_pch_init(&ch, NULL);
    sc_tr_absorb(&ch.tr, SC_L_MAIN_ROOT, s->oracle.root, 32);
    sc_tr_challenge(&ch.tr, SC_L_GAMMA, &gamma, 1);
    const struct sc_opening o = {
        s->wp, &s->oracle, s->f, s->r, s->H, s->blocks, s->values, s->n, gamma, with_samples ? &samples : NULL, count_done, NULL, device};
    f_done = 0;
    const socle_status st = sc_whir_open(&ch, &o);
    sc_free(s->proof);
    s->proof = sc_pch_take(&ch, &s->len);
    sc_pch_fini(&ch);
    return st;
}

static void draw_samples(const struct scene *s)
{
    samples.n = 2;
    for (unsigned i = 0; i < samples.n; i++) {
        fx *const z = samples.coords + (size_t)i * m0_of(s);
        for (unsigned k = 0; k < m0_of(s); k++) {
            z[k] = rnd_fx();
        }
        samples.answers[i] = sc_mle_eval_fp(s->f, z, m0_of(s));
    }
}

/* Both ways, the code words of round 0 being there and not. */
static void expect_same(struct scene *s, struct sc_committer *device, bool with_samples, const char *what)
{
    cr_assert_eq(prove(s, NULL, with_samples), SOCLE_OK, "%s", what);
    uint8_t *const want = s->proof;
    const size_t len = s->len;
    s->proof = NULL;
    const uint32_t before = sc_committer_report(device).lent[SC_LOAN_OPENING];
    cr_assert_eq(prove(s, device, with_samples), SOCLE_OK, "%s", what);
    cr_assert_eq(sc_committer_report(device).lent[SC_LOAN_OPENING], before + 1, "%s: the host made it", what);
    cr_assert(s->len == len && memcmp(s->proof, want, len) == 0, "%s: other bytes", what);
    cr_assert_eq(f_done, 1u, "%s", what);
    sc_free(want);
}

static void expect_shapes(struct sc_device d, size_t n_cases)
{
    static const struct {
        const char *name;
        const struct sc_whir_params *wp;
        unsigned H, n;
        unsigned heights[8];
    } cases[] = {
        {"no final variable", &no_final_variable, 5, 3, {4, 2, 0}},
        {"many rounds", &many_rounds, 8, 5, {7, 6, 5, 1, 0}},
        {"of all heights", &tiny, 9, 8, {8, 7, 6, 4, 3, 2, 1, 0}},
        {"one round", &one_round, 6, 3, {5, 4, 1}},
        {"one column", &tiny, 10, 1, {10}},
        {"more queries than leaves", &crowded, 6, 4, {5, 4, 2, 1}},
        {"a longer point", &one_round, 20, 1, {3}},
        {"nothing", &tiny, 3, 0, {0}},
    };
    struct sc_committer *c;
    cr_assert_eq(sc_committer_create(&c, d, 0, false), SOCLE_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases && i < n_cases; i++) {
        struct scene s;
        scene_init(&s, cases[i].wp, cases[i].H, 100 + i, cases[i].n, cases[i].heights);
        expect_same(&s, c, false, cases[i].name);
        draw_samples(&s);
        expect_same(&s, c, true, cases[i].name);
        scene_fini(&s);
    }
    sc_committer_destroy(c);
}

/* More than one group, and tables of eq in two parts. */
static void expect_shipped(struct sc_device d, unsigned m0, unsigned n_lists)
{
    static const unsigned heights[] = {15, 13, 12, 10, 8, 7, 6, 4};
    const struct sc_profile *const p = sc_profile_default();
    const struct sc_whir_params *const lists[] = {&p->boundary[m0], &p->main[m0], &p->image[m0]};
    struct sc_committer *c;
    cr_assert_eq(sc_committer_create(&c, d, 0, false), SOCLE_OK);
    for (unsigned i = 0; i < n_lists; i++) {
        struct scene s;
        scene_init(&s, lists[i], 17, m0 + i, 8, heights);
        sc_oracle_drop_code(&s.oracle, s.f);
        draw_samples(&s);
        expect_same(&s, c, i == 0, "shipped");
        scene_fini(&s);
    }
    sc_committer_destroy(c);
}

Test(open_d, the_kernels_as_c, .timeout = 100)
{
    static struct fake f = {.memory = UINT64_MAX};
    const struct sc_device d = {&fake_ops, &f};
    expect_shapes(d, 100);
    expect_shipped(d, 16, 3);
    expect_shipped(d, 18, 1);
    cr_expect_eq(sc_mem_now(), 0u);
}

static void small_scene(struct scene *s)
{
    static const unsigned heights[] = {8, 7, 4, 1};
    scene_init(s, &tiny, 9, 7, 4, heights);
    draw_samples(s);
    cr_assert_eq(prove(s, NULL, true), SOCLE_OK);
}

/* Call number fail_at fails, and perhaps all after it. Returns whether there was such a call. */
static bool expect_right_anyway(struct scene *s, unsigned fail_at, bool all_after, socle_status how)
{
    struct fake f = {.memory = UINT64_MAX, .fail_at = fail_at, .all_after = all_after, .how = how};
    struct sc_committer *c;
    uint8_t *const want = s->proof;
    const size_t len = s->len;
    s->proof = NULL;
    cr_assert_eq(sc_committer_create(&c, (struct sc_device){&fake_ops, &f}, 0, false), SOCLE_OK);
    cr_assert_eq(prove(s, c, true), SOCLE_OK, "call %u", fail_at);
    cr_assert(s->len == len && memcmp(s->proof, want, len) == 0, "call %u: other bytes", fail_at);
    cr_assert_eq(f_done, 1u, "call %u", fail_at);
    const bool failed = sc_committer_report(c).failed > 0;
    cr_assert_eq(failed, f.calls >= fail_at, "call %u", fail_at);
    sc_free(want);
    sc_committer_destroy(c);
    return failed;
}

Test(open_d, a_failure_at_any_call_costs_nothing_but_time, .timeout = 100)
{
    struct scene s;
    unsigned n = 1;
    small_scene(&s);
    while (expect_right_anyway(&s, n, n % 2 == 0, n % 3 == 0 ? SOCLE_E_NOMEM : SOCLE_E_DEVICE)) {
        n++;
    }
    cr_expect_gt(n, 30u);
    scene_fini(&s);
    cr_expect_eq(sc_mem_now(), 0u);
}

Test(open_d, a_device_without_room_is_no_failure_of_the_proof)
{
    struct scene s;
    struct fake f = {.memory = 4096};
    struct sc_committer *c;
    small_scene(&s);
    cr_assert_eq(sc_committer_create(&c, (struct sc_device){&fake_ops, &f}, 0, false), SOCLE_OK);
    cr_expect_eq(prove(&s, c, true), SOCLE_OK);
    cr_expect(sc_committer_report(c).lent[SC_LOAN_OPENING] == 0 && !sc_committer_report(c).given_up);
    sc_committer_destroy(c);
    scene_fini(&s);
}

/* In as many tries as a job makes there may be none: the host makes the opening, and the device gave no wrong answer. */
Test(open_d, a_search_that_finds_no_nonce_costs_nothing_but_time)
{
    struct scene s;
    struct fake f = {.memory = UINT64_MAX, .unlucky = true};
    struct sc_committer *c;
    small_scene(&s);
    uint8_t *const want = s.proof;
    const size_t len = s.len;
    s.proof = NULL;
    cr_assert_eq(sc_committer_create(&c, (struct sc_device){&fake_ops, &f}, 0, false), SOCLE_OK);
    cr_expect_eq(prove(&s, c, true), SOCLE_OK);
    cr_expect(s.len == len && memcmp(s.proof, want, len) == 0);
    const struct sc_committer_report r = sc_committer_report(c);
    cr_expect(r.failed == 1 && r.last_failure == SOCLE_E_LIMIT && !r.given_up, "%u, %d", r.failed, (int)r.last_failure);
    sc_committer_destroy(c);
    sc_free(want);
    scene_fini(&s);
}

/* When the host makes it too. What leads the transcript elsewhere, and a nonce that does not work, are found at once. */
Test(open_d, wrong_bytes_from_any_call_are_found_when_it_is_compared, .timeout = 100)
{
    struct scene s;
    unsigned gets = 1, found = 0;
    small_scene(&s);
    uint8_t *const want = s.proof;
    const size_t len = s.len;
    s.proof = NULL;
    for (unsigned n = 0; n <= gets; n++) {
        struct fake f = {.memory = UINT64_MAX, .spoil_at = n};
        struct sc_committer *c;
        cr_assert_eq(sc_committer_create(&c, (struct sc_device){&fake_ops, &f}, 0, true), SOCLE_OK);
        const socle_status st = prove(&s, c, true);
        const struct sc_committer_report r = sc_committer_report(c);
        cr_expect(st == SOCLE_OK ? s.len == len && memcmp(s.proof, want, len) == 0 : st == SOCLE_E_DEVICE && r.given_up, "get %u: %d", n, st);
        found += st == SOCLE_E_DEVICE || r.last_failure == SOCLE_E_SELFCHECK;
        if (n == 0) {
            cr_expect(st == SOCLE_OK && r.failed == 0 && r.lent[SC_LOAN_OPENING] == 1);
            gets = f.gets - 2 * r.made; /* code words and trees that the host's way compares come last */
        }
        sc_committer_destroy(c);
    }
    cr_expect_gt(gets, 8u);
    cr_expect_geq(found, gets - 1, "%u of %u", found, gets); /* one of them spoils a word that nothing uses: the proof is right */
    sc_free(want);
    scene_fini(&s);
}

Test(open_d, every_device_of_opencl, .timeout = 200)
{
    const size_t n = sc_opencl_list(NULL, 0);
    for (unsigned i = 0; i < n; i++) {
        struct sc_device d;
        char why[256] = "";
        cr_assert_eq(sc_opencl_open(&d, why, sizeof why, i), SOCLE_OK, "opencl:%u: %s", i, why);
        expect_shapes(d, 2);
        expect_shipped(d, 16, 1);
        d.ops->close(d.self);
    }
    if (n == 0) {
        cr_skip_test("OpenCL has no device here");
    }
}

Test(open_d, every_device_of_cuda, .timeout = 200)
{
    const size_t n = sc_cuda_list(NULL, 0);
    for (unsigned i = 0; i < n; i++) {
        struct sc_device d;
        char why[256] = "";
        cr_assert_eq(sc_cuda_open(&d, why, sizeof why, i), SOCLE_OK, "cuda:%u: %s", i, why);
        expect_shapes(d, 100);
        expect_shipped(d, 16, 3);
        expect_shipped(d, 18, 1);
        d.ops->close(d.self);
    }
    if (n == 0) {
        cr_skip_test("there is no device of CUDA here");
    }
}
