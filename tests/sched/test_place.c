/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Plans: every one of many random graphs and machines is checked from the meaning of a plan; quality on graphs whose best time is known.
 */
#include "tests/sched/plan_check.h"

#include <stdio.h>

static struct sc_place_device devices[SC_MAX_DEVICES];

static void some_machine(struct sc_place *in, uint64_t *seed, uint64_t budget)
{
    in->n_devices = 1 + dice(seed, 5);
    for (uint32_t d = 0; d < in->n_devices; d++) {
        devices[d] = (struct sc_place_device){.budget = budget, .align = 1u << dice(seed, 7), .shares_host = dice(seed, 3) == 0};
    }
    in->devices = devices;
}

static void check_one(uint64_t seed, uint64_t budget, uint64_t host_budget, bool dicey, unsigned *refused)
{
    uint64_t state = seed;
    struct sc_graph g;
    struct sc_plan plan;
    some_graph(&g, &state, 60, 14, 300);
    const struct some_times t = {.seed = seed, .g = &g, .cannot = seed % 16};
    const struct sc_times times = {&t, some_run, some_copy};
    struct sc_place in = {.graph = &g, .times = &times, .host_budget = host_budget, .seed = dicey ? seed : 0};
    some_machine(&in, &state, budget);
    const socle_status st = sc_plan_make(&plan, &lent, &in);
    if (st == SOCLE_OK) {
        check_plan(&in, &plan, g.n_jobs);
    } else {
        cr_assert(st == SOCLE_E_NOMEM || (st == SOCLE_E_DEVICE && seed % 16 < 8), "seed %llu: %d", (unsigned long long)seed, (int)st);
        cr_assert(strstr(plan.why, st == SOCLE_E_NOMEM ? "needs" : "no device can run it") != NULL, "\"%s\"", plan.why);
        (*refused)++;
    }
    sc_plan_fini(&plan);
    sc_graph_fini(&g);
}

Test(place, plans_mean_what_the_graph_says_with_enough_memory)
{
    unsigned refused = 0;
    for (uint64_t seed = 1; seed <= 250; seed++) {
        check_one(seed, 1 << 20, 1 << 20, seed % 2 == 0, &refused);
    }
    cr_expect(refused < 80, "%u", refused); /* jobs that no device can run */
}

Test(place, plans_mean_what_the_graph_says_with_little_memory)
{
    unsigned refused = 0;
    for (uint64_t seed = 1; seed <= 250; seed++) {
        check_one(seed, 1300 + seed % 5 * 200, 4000, seed % 2 == 0, &refused);
    }
    cr_expect(refused < 150, "%u of 250 found no room", refused);
}

/* A machine of equal devices with copies that cost nothing. */
static double even_run(const void *arg, uint32_t job, uint32_t device)
{
    (void)arg, (void)job, (void)device;
    return 1000;
}
static double no_copy(const void *arg, uint32_t device, bool put, uint64_t size)
{
    (void)arg, (void)device, (void)put, (void)size;
    return 0;
}
static double slow_copy(const void *arg, uint32_t device, bool put, uint64_t size)
{
    (void)arg, (void)device, (void)put;
    return 10.0 * (double)size;
}

static const struct sc_times even = {NULL, even_run, no_copy}, far = {NULL, even_run, slow_copy};

/* Chains of jobs, each on a buffer of its own. */
static void chains(struct sc_graph *g, uint32_t n_chains, uint32_t length, uint64_t size)
{
    cr_assert_eq(sc_graph_init(g, &lent, &(struct sc_graph_limits){2 * n_chains, n_chains * length, 2 * n_chains * length}), SOCLE_OK);
    for (uint32_t c = 0; c < n_chains; c++) {
        uint32_t in, x, id;
        cr_assert_eq(sc_graph_buffer(g, &in, size, SC_ROLE_INPUT), SOCLE_OK);
        cr_assert_eq(sc_graph_buffer(g, &x, size, SC_ROLE_OUTPUT), SOCLE_OK);
        for (uint32_t k = 0; k < length; k++) {
            const struct sc_use uses[2] = {{x, k == 0 ? SC_WRITE : SC_UPDATE}, {in, SC_READ}};
            const struct sc_job_spec spec = {.count = 1, .uses = uses, .n_uses = k == 0 ? 2 : 1};
            cr_assert_eq(sc_graph_job(g, &id, &spec), SOCLE_OK);
        }
    }
    cr_assert_eq(sc_graph_seal(g), SOCLE_OK);
}

static void plan_chains(struct sc_plan *plan, struct sc_graph *g, const struct sc_times *times, uint32_t n_devices, uint64_t budget)
{
    for (uint32_t d = 0; d < n_devices; d++) {
        devices[d] = (struct sc_place_device){.budget = budget, .align = 1};
    }
    const struct sc_place in = {.graph = g, .times = times, .n_devices = n_devices, .devices = devices};
    cr_assert_eq(sc_plan_make(plan, &lent, &in), SOCLE_OK, "%s", plan->why);
    check_plan(&in, plan, g->n_jobs);
}

Test(place, spreads_chains_over_devices)
{
    for (uint32_t n_devices = 1; n_devices <= 64; n_devices *= 4) {
        struct sc_graph g;
        struct sc_plan plan;
        chains(&g, 64, 10, 8);
        plan_chains(&plan, &g, &even, n_devices, 1 << 20);
        cr_expect_eq(plan.makespan, 64.0 / n_devices * 10 * 1000, "%g on %u devices", plan.makespan, n_devices);
        sc_plan_fini(&plan);
        sc_graph_fini(&g);
    }
}

Test(place, leaves_a_chain_where_its_data_is)
{
    struct sc_graph g;
    struct sc_plan plan;
    chains(&g, 8, 10, 500);
    plan_chains(&plan, &g, &far, 4, 1 << 20);
    cr_expect_eq(plan.copied, 8 * 2 * 500);
    sc_plan_fini(&plan);
    sc_graph_fini(&g);
}

/* The copy of the next chain's input runs while this chain computes: all but the first and the last copy are hidden. */
Test(place, copies_ahead)
{
    struct sc_graph g;
    struct sc_plan plan;
    chains(&g, 16, 10, 500);
    plan_chains(&plan, &g, &far, 1, 1 << 20);
    cr_expect_eq(plan.makespan, 5000 + 16 * 10 * 1000 + 5000, "%g", plan.makespan);
    cr_expect(plan.order == SC_ORDER_DECLARED && plan.arena[1] <= 6 * 1000, "%llu", (unsigned long long)plan.arena[1]);
    sc_plan_fini(&plan);
    sc_graph_fini(&g);
}

/* With room for one chain at a time it is slower, never outside its budget (check_plan), and never refused. */
Test(place, keeps_to_a_budget_of_two_buffers)
{
    struct sc_graph g;
    struct sc_plan plan;
    chains(&g, 16, 10, 500);
    plan_chains(&plan, &g, &far, 2, 1000);
    cr_expect(plan.arena[1] <= 1000 && plan.arena[2] <= 1000);
    sc_plan_fini(&plan);
    sc_graph_fini(&g);
}

/* No guarantee, but dice should rarely do better. */
Test(place, is_hardly_ever_worse_than_the_best_of_thirty_random_plans)
{
    enum { SEEDS = 100 };
    unsigned worse = 0;
    double sum = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        uint64_t state = seed;
        struct sc_graph g;
        struct sc_plan plan;
        double best = 1e300;
        some_graph(&g, &state, 60, 14, 300);
        const struct some_times t = {.seed = seed, .g = &g, .cannot = 9};
        const struct sc_times times = {&t, some_run, some_copy};
        struct sc_place in = {.graph = &g, .times = &times, .host_budget = 1 << 20};
        some_machine(&in, &state, 1 << 20);
        for (in.seed = 1; in.seed <= 30; in.seed++) {
            cr_assert_eq(sc_plan_make(&plan, &lent, &in), SOCLE_OK);
            best = plan.makespan < best ? plan.makespan : best;
            sc_plan_fini(&plan);
        }
        in.seed = 0;
        cr_assert_eq(sc_plan_make(&plan, &lent, &in), SOCLE_OK);
        worse += plan.makespan > best * 1.02;
        sum += plan.makespan / best;
        sc_plan_fini(&plan);
        sc_graph_fini(&g);
    }
    cr_expect(worse <= SEEDS / 50 && sum < 0.9 * SEEDS, "%u worse, %.3f on average", worse, sum / SEEDS);
}

/* Three jobs a piece over two inner buffers; the host has room for the two of one piece. */
Test(place, falls_back_to_the_declared_order_when_memory_is_short)
{
    enum { PIECES = 6 };
    struct sc_graph g;
    struct sc_plan plan;
    cr_assert_eq(sc_graph_init(&g, &lent, &(struct sc_graph_limits){4 * PIECES, 3 * PIECES, 6 * PIECES}), SOCLE_OK);
    for (uint32_t i = 0; i < PIECES; i++) {
        static const enum sc_role roles[4] = {SC_ROLE_INPUT, SC_ROLE_INNER, SC_ROLE_INNER, SC_ROLE_OUTPUT};
        uint32_t b, id;
        for (uint32_t k = 0; k < 4; k++) {
            cr_assert_eq(sc_graph_buffer(&g, &b, 128, roles[k]), SOCLE_OK);
        }
        for (uint32_t k = 0; k < 3; k++) {
            const struct sc_use uses[2] = {{4 * i + k, SC_READ}, {4 * i + k + 1, SC_WRITE}};
            cr_assert_eq(sc_graph_job(&g, &id, &(struct sc_job_spec){.count = 1, .uses = uses, .n_uses = 2}), SOCLE_OK);
        }
    }
    cr_assert_eq(sc_graph_seal(&g), SOCLE_OK);
    for (uint32_t d = 0; d < 4; d++) {
        devices[d] = (struct sc_place_device){.shares_host = true};
    }
    struct sc_place in = {.graph = &g, .times = &even, .n_devices = 4, .devices = devices, .host_budget = 4 * 256};
    cr_assert_eq(sc_plan_make(&plan, &lent, &in), SOCLE_OK, "%s", plan.why);
    check_plan(&in, &plan, g.n_jobs);
    cr_expect(plan.order != SC_ORDER_STRICT && plan.makespan < 3 * PIECES * 1000);
    sc_plan_fini(&plan);
    in.host_budget = 256;
    cr_assert_eq(sc_plan_make(&plan, &lent, &in), SOCLE_OK, "%s", plan.why);
    check_plan(&in, &plan, g.n_jobs);
    cr_expect_eq(plan.order, SC_ORDER_STRICT);
    sc_plan_fini(&plan);
    in.host_budget = 255;
    cr_expect_eq(sc_plan_make(&plan, &lent, &in), SOCLE_E_NOMEM);
    cr_expect(strstr(plan.why, "needs 256 bytes") != NULL, "%s", plan.why);
    sc_graph_fini(&g);
}

Test(place, names_the_job_that_fits_nowhere)
{
    struct sc_graph g;
    struct sc_plan plan;
    const size_t held = sc_mem_now();
    chains(&g, 1, 2, 500);
    devices[0] = (struct sc_place_device){.budget = 999, .align = 1};
    const struct sc_place in = {.graph = &g, .times = &even, .n_devices = 1, .devices = devices};
    cr_expect_eq(sc_plan_make(&plan, &lent, &in), SOCLE_E_NOMEM);
    cr_expect(strstr(plan.why, "job 0") != NULL && strstr(plan.why, "needs 1000 bytes") != NULL, "%s", plan.why);
    cr_expect(plan.steps == NULL && plan.waits == NULL && plan.use_offset == NULL);
    devices[0].off = true;
    cr_expect_eq(sc_plan_make(&plan, &lent, &in), SOCLE_E_DEVICE);
    cr_expect(strstr(plan.why, "no device can run it") != NULL, "%s", plan.why);
    sc_graph_fini(&g);
    cr_expect_eq(sc_mem_now(), held);
}

Test(place, refuses_arguments_out_of_range)
{
    struct sc_graph g;
    struct sc_plan plan;
    chains(&g, 1, 2, 500);
    devices[0] = (struct sc_place_device){.budget = 4096, .align = 1};
    const struct sc_place good = {.graph = &g, .times = &even, .n_devices = 1, .devices = devices};
    for (unsigned i = 0; i < 8; i++) {
        struct sc_place in = good;
        const struct sc_resident bad[] = {{9, 0, 0, 0}, {1, 1, 2, 0}, {1, 2, 1, 4000}, {1, 2, SC_HOST, 8}};
        const uint8_t done[] = {1, 1};
        in.n_devices = i == 0 ? 0 : i == 1 ? SC_MAX_DEVICES + 1 : 1;
        devices[0].align = i == 2 ? 0 : i == 3 ? 3 : 1;
        in.residents = i >= 4 ? &bad[i - 4] : NULL;
        in.n_residents = i >= 4;
        in.done = i >= 4 ? done : NULL;
        cr_expect_eq(sc_plan_make(&plan, &lent, &in), SOCLE_E_ARG, "%u", i);
    }
    devices[0].align = 1;
    g.sealed = false;
    cr_expect_eq(sc_plan_make(&plan, &lent, &good), SOCLE_E_ARG);
    g.sealed = true;
    cr_expect_eq(sc_plan_make(&plan, &lent, &good), SOCLE_OK);
    sc_plan_fini(&plan);
    sc_graph_fini(&g);
}

Test(place, fails_cleanly_when_any_allocation_fails)
{
    struct sc_graph g;
    struct sc_plan plan;
    uint64_t seed = 3;
    some_graph(&g, &seed, 200, 14, 300);
    const struct some_times t = {.seed = seed, .g = &g, .cannot = 9};
    const struct sc_times times = {&t, some_run, some_copy};
    struct sc_place in = {.graph = &g, .times = &times, .host_budget = 1 << 20};
    some_machine(&in, &seed, 1 << 20);
    const size_t held = sc_mem_now();
    for (unsigned n = 1;; n++) {
        cr_assert(n < 200);
        sc_mem_fail_at(n);
        const socle_status st = sc_plan_make(&plan, &lent, &in);
        sc_mem_fail_at(0);
        if (st == SOCLE_OK) {
            cr_expect(n > 15);
            break;
        }
        cr_assert_eq(st, SOCLE_E_NOMEM);
        cr_assert_eq(sc_mem_now(), held);
    }
    sc_plan_fini(&plan);
    cr_expect_eq(sc_mem_now(), held);
    sc_graph_fini(&g);
}

/* After a failure: only what is not done, or is needed again, is placed, from what is still there. */
Test(place, goes_on_from_what_is_left)
{
    struct sc_graph g;
    struct sc_plan plan;
    chains(&g, 2, 4, 100); /* jobs 0-3 and 4-7; inputs 0 and 2, outputs 1 and 3 */
    devices[0] = devices[1] = (struct sc_place_device){.budget = 4096, .align = 1};
    const uint8_t done[8] = {1, 1, 0, 0, 1, 1, 1, 0};
    const struct sc_resident there[] = {{1, 2, 1, 40}, {3, 1, SC_HOST, SC_NO_OFFSET}, {3, 3, 2, 0}};
    struct sc_place in = {.graph = &g, .times = &even, .n_devices = 2, .devices = devices, .done = done, .residents = there, .n_residents = 3};
    cr_assert_eq(sc_plan_make(&plan, &lent, &in), SOCLE_OK);
    check_plan(&in, &plan, 3);
    sc_plan_fini(&plan);
    devices[1].off = true; /* version 3 of buffer 3 is lost; version 1 is at the host */
    cr_assert_eq(sc_plan_make(&plan, &lent, &in), SOCLE_OK);
    check_plan(&in, &plan, 2 + 3);
    sc_plan_fini(&plan);
    in.n_residents = 0; /* all is lost: all runs again */
    cr_assert_eq(sc_plan_make(&plan, &lent, &in), SOCLE_OK);
    check_plan(&in, &plan, 8);
    sc_plan_fini(&plan);
    const uint8_t all[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    const struct sc_resident ends[] = {{1, 4, SC_HOST, SC_NO_OFFSET}, {3, 4, 1, 0}};
    in.done = all;
    in.residents = ends;
    in.n_residents = 2; /* one output is still on a device */
    cr_assert_eq(sc_plan_make(&plan, &lent, &in), SOCLE_OK);
    check_plan(&in, &plan, 0);
    cr_expect_eq(plan.n_steps, 1);
    sc_plan_fini(&plan);
    sc_graph_fini(&g);
}
