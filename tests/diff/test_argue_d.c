/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Bus argument and batched sumcheck on a device have the bytes of those on the host: all tables of the machine at random heights, with random
 * cells (what is proved need not be true), whatever call of the device fails, on the kernels as C and on every device of OpenCL and CUDA.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "core/air/air.h"
#include "core/verify/verify.h"
#include "host/device/committer.h"
#include "host/device/cuda.h"
#include "host/device/opencl.h"
#include "host/prove/argue.h"
#include "host/sys/mem.h"
#include "kernels/kc/laws_plan.h"
#include "tests/support/fake_device.h"

static uint64_t rng_state;

static uint32_t rnd(void)
{
    rng_state = rng_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(rng_state >> 33);
}

static fx rnd_fx(void)
{
    fx r;
    for (int k = 0; k < FX_DEG; k++) {
        r.c[k] = rnd() % FP_P;
    }
    return r;
}

/* Columns, and what the argument makes of them. */
struct scene {
    struct sc_layout l;
    struct sc_columns c;
    fp *poly[3];
    uint8_t *proof;
    size_t len;
    fx r[SC_MAX_VARS], *values;
};

/* Every table that is not fixed, or too high; fixed ones with the heights that they have. */
static struct sc_shape random_shape(unsigned least, unsigned range, bool segment)
{
    struct sc_shape s;
    memset(&s, 0, sizeof s);
    for (unsigned t = 0; t < AIR_TABLE_IMAGE; t++) {
        const unsigned fixed = sc_air_tables[t].fixed_log_h;
        s.n_chunks[t] = (uint8_t)(fixed > 8 ? 0 : fixed ? 1 : 1 + rnd() % 2);
        for (unsigned i = 0; i < s.n_chunks[t]; i++) {
            s.log_h[t][i] = (uint8_t)(fixed ? fixed : least + (i == 0 ? rnd() % range : 0));
        }
    }
    s.image_log_h = (uint8_t)(segment ? 0 : least + rnd() % range);
    s.n_boundary = segment ? 2u : 0u;
    s.boundary_log_h[0] = (uint8_t)(least + 2);
    s.boundary_log_h[1] = (uint8_t)least;
    return s;
}

static fp *random_cells(unsigned log_n)
{
    fp *const w = malloc(sizeof *w << log_n);
    cr_assert_not_null(w);
    for (size_t i = 0; i < (size_t)1 << log_n; i++) {
        w[i] = rnd() % FP_P;
    }
    return w;
}

static void scene_init(struct scene *s, uint64_t seed, unsigned least, unsigned range, bool segment)
{
    memset(s, 0, sizeof *s);
    rng_state = seed;
    const struct sc_shape shape = random_shape(least, range, segment);
    cr_assert(sc_layout(&s->l, &sc_machine_rv64im, &shape));
    s->poly[0] = random_cells(s->l.m0);
    s->poly[1] = shape.image_log_h ? random_cells(s->l.image_m0) : NULL;
    s->poly[2] = segment ? random_cells(s->l.boundary_m0) : NULL;
    cr_assert_eq(sc_columns_init(&s->c, &sc_machine_rv64im, &s->l, (const fp *const *)s->poly, sc_cpu_ops_now(), NULL), SOCLE_OK);
    s->values = malloc(s->l.n_values * sizeof *s->values);
}

static void scene_fini(struct scene *s)
{
    sc_columns_fini(&s->c);
    for (int i = 0; i < 3; i++) {
        free(s->poly[i]);
    }
    free(s->values);
    sc_free(s->proof);
}

static socle_status prove(struct scene *s, struct sc_committer *device)
{
    struct sc_pch ch;
    struct sc_bus_point bus[SC_SIDES];
    struct sc_leaf_claim leaf[SC_SIDES];
    socle_status st = SOCLE_OK;
    rng_state = 99;
    for (unsigned v = 0; v < SC_SIDES; v++) {
        bus[v].alpha = rnd_fx();
        for (unsigned i = 0; i < AIR_SLOTS; i++) {
            bus[v].beta[i] = rnd_fx();
        }
    }
    s->c.device = device;
    memset(s->values, 0, s->l.n_values * sizeof *s->values);
    sc_pch_init(&ch, NULL);
    TRY(sc_gkr_prove(&ch, leaf, &s->c, bus));
    TRY(sc_zero_prove(&ch, s->r, s->values, &s->c, bus, leaf));
out:
    sc_free(s->proof);
    s->proof = sc_pch_take(&ch, &s->len);
    sc_pch_fini(&ch);
    return st;
}

/* What the host makes, to be compared with. */
struct want {
    uint8_t *proof;
    size_t len;
    fx *values, r[SC_MAX_VARS];
};

static struct want by_host(struct scene *s)
{
    struct want w;
    cr_assert_eq(prove(s, NULL), SOCLE_OK);
    w = (struct want){s->proof, s->len, malloc(s->l.n_values * sizeof *w.values), {{{0}}}};
    memcpy(w.values, s->values, s->l.n_values * sizeof *w.values);
    memcpy(w.r, s->r, sizeof w.r);
    s->proof = NULL;
    return w;
}

static void expect_same(const struct scene *s, const struct want *w, const char *what, unsigned n)
{
    cr_assert(s->len == w->len && memcmp(s->proof, w->proof, w->len) == 0, "%s %u: other bytes", what, n);
    cr_assert_eq(memcmp(s->values, w->values, s->l.n_values * sizeof *w->values), 0, "%s %u: other values", what, n);
    cr_assert_eq(memcmp(s->r, w->r, s->l.n_vars * sizeof w->r[0]), 0, "%s %u: another point", what, n);
}

static void want_fini(struct want *w)
{
    sc_free(w->proof);
    free(w->values);
}

static void expect_scenes(struct sc_device d, unsigned n, unsigned range)
{
    struct sc_committer *c;
    cr_assert_eq(sc_committer_create(&c, d, 0, false), SOCLE_OK);
    for (unsigned i = 0; i < n; i++) {
        struct scene s;
        scene_init(&s, 1 + i, 4, range, i % 2 == 1);
        struct want w = by_host(&s);
        cr_assert_eq(prove(&s, c), SOCLE_OK);
        expect_same(&s, &w, "scene", i);
        const struct sc_committer_report r = sc_committer_report(c);
        cr_assert(r.lent[SC_LOAN_BUS] == i + 1 && r.lent[SC_LOAN_ZERO] == i + 1 && r.failed == 0, "scene %u: the host made it", i);
        want_fini(&w);
        scene_fini(&s);
    }
    sc_committer_destroy(c);
}

Test(argue_d, the_kernels_as_c, .timeout = 100)
{
    static struct fake f = {.memory = UINT64_MAX};
    expect_scenes((struct sc_device){&fake_ops, &f}, 2, 9);
    cr_expect_eq(sc_mem_now(), 0u);
}

/* Of the machine's tables none is too long for a program, and programs do what the text does. */
Test(argue_d, every_table_has_a_program)
{
    for (unsigned t = 0; t < AIR_N_TABLES; t++) {
        const struct sc_kc_program_info info = sc_kc_laws_program(NULL, t);
        cr_expect_eq(info.n_steps > 0, sc_air_tables[t].n_constraints > 0, "%s", sc_air_tables[t].name);
        cr_expect_leq(info.n_vars, 24u, "%s: %u variables", sc_air_tables[t].name, info.n_vars);
    }
}

static unsigned calls_of(struct scene *s)
{
    struct fake f = {.memory = UINT64_MAX};
    struct sc_committer *c;
    cr_assert_eq(sc_committer_create(&c, (struct sc_device){&fake_ops, &f}, 0, false), SOCLE_OK);
    cr_assert_eq(prove(s, c), SOCLE_OK);
    sc_committer_destroy(c);
    return f.calls;
}

Test(argue_d, a_failure_at_a_random_call_costs_nothing_but_time, .timeout = 100)
{
    struct scene s;
    scene_init(&s, 5, 4, 2, true);
    struct want w = by_host(&s);
    const unsigned calls = calls_of(&s);
    cr_expect_gt(calls, 25u);
    for (unsigned i = 0; i < 25; i++) {
        rng_state = 1000 + i;
        const unsigned at = i < 3 ? 1 + i : i < 6 ? calls + 3 - i : 1 + rnd() % calls;
        struct fake f = {.memory = UINT64_MAX, .fail_at = at, .all_after = i % 3 == 0, .how = i % 4 == 0 ? SOCLE_E_NOMEM : SOCLE_E_DEVICE};
        struct sc_committer *c;
        cr_assert_eq(sc_committer_create(&c, (struct sc_device){&fake_ops, &f}, 0, false), SOCLE_OK);
        cr_assert_eq(prove(&s, c), SOCLE_OK, "call %u of %u", at, calls);
        expect_same(&s, &w, "call", at);
        cr_expect_gt(sc_committer_report(c).failed, 0u, "call %u of %u", at, calls);
        sc_committer_destroy(c);
    }
    want_fini(&w);
    scene_fini(&s);
    cr_expect_eq(sc_mem_now(), 0u);
}

Test(argue_d, wrong_bytes_from_a_random_call_are_found_when_it_is_compared, .timeout = 100)
{
    struct scene s;
    unsigned gets = 0;
    scene_init(&s, 6, 4, 2, false);
    for (unsigned i = 0; i < 20; i++) {
        rng_state = 2000 + i;
        struct fake f = {.memory = UINT64_MAX, .spoil_at = i == 0 ? 0 : i == 1 ? gets : 1 + rnd() % gets};
        struct sc_committer *c;
        cr_assert_eq(sc_committer_create(&c, (struct sc_device){&fake_ops, &f}, 0, true), SOCLE_OK);
        const socle_status st = prove(&s, c);
        cr_expect_eq(st, i == 0 ? SOCLE_OK : SOCLE_E_DEVICE, "get %u of %u: %d", f.spoil_at, gets, (int)st);
        cr_expect_eq(sc_committer_report(c).given_up, i > 0, "get %u", f.spoil_at);
        gets = i == 0 ? f.gets : gets;
        sc_committer_destroy(c);
    }
    scene_fini(&s);
}

/* What comes down: the roots, what the bus argument said, what the sumcheck said, and its values. */
Test(argue_d, what_was_said_leads_the_host_where_the_device_went, .timeout = 100)
{
    struct scene s;
    scene_init(&s, 7, 4, 2, true);
    struct want w = by_host(&s);
    for (unsigned at = 2; at <= 3; at++) {
        struct fake f = {.memory = UINT64_MAX, .spoil_at = at};
        struct sc_committer *c;
        cr_assert_eq(sc_committer_create(&c, (struct sc_device){&fake_ops, &f}, 0, false), SOCLE_OK);
        cr_assert_eq(prove(&s, c), SOCLE_OK, "get %u", at);
        expect_same(&s, &w, "get", at);
        cr_expect(sc_committer_report(c).given_up, "get %u", at);
        sc_committer_destroy(c);
    }
    want_fini(&w);
    scene_fini(&s);
    cr_expect_eq(sc_mem_now(), 0u);
}

/* Leaves, the layers up, all layers down; forms, and all rounds with the values. */
Test(argue_d, rounds_are_few_jobs)
{
    static struct fake f = {.memory = UINT64_MAX};
    struct sc_committer *c;
    struct scene s;
    scene_init(&s, 8, 4, 2, false);
    cr_assert_eq(sc_committer_create(&c, (struct sc_device){&fake_ops, &f}, 0, false), SOCLE_OK);
    cr_assert_eq(prove(&s, c), SOCLE_OK);
    cr_expect_eq(f.runs, 5u, "%u", f.runs);
    sc_committer_destroy(c);
    scene_fini(&s);
}

Test(argue_d, every_device_of_opencl, .timeout = 200)
{
    const size_t n = sc_opencl_list(NULL, 0);
    for (unsigned i = 0; i < n; i++) {
        struct sc_device d;
        char why[256] = "";
        cr_assert_eq(sc_opencl_open(&d, why, sizeof why, i), SOCLE_OK, "opencl:%u: %s", i, why);
        expect_scenes(d, 2, 5);
        d.ops->close(d.self);
    }
    if (n == 0) {
        cr_skip_test("OpenCL has no device here");
    }
}

Test(argue_d, every_device_of_cuda, .timeout = 200)
{
    const size_t n = sc_cuda_list(NULL, 0);
    for (unsigned i = 0; i < n; i++) {
        struct sc_device d;
        char why[256] = "";
        cr_assert_eq(sc_cuda_open(&d, why, sizeof why, i), SOCLE_OK, "cuda:%u: %s", i, why);
        expect_scenes(d, 4, 9);
        d.ops->close(d.self);
    }
    if (n == 0) {
        cr_skip_test("there is no device of CUDA here");
    }
}
