/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The proofs of segments as a graph: sizes, order, times, and plans of it.
 */
#include "host/sched/segment_graph.h"
#include "scheduler/sim.h"
#include "tests/sched/plan_check.h"

#include <math.h>

enum { SEGMENTS = 6 };

static void graph_of(struct sc_graph *g, struct sc_segment_sizes *s, uint32_t n)
{
    cr_assert_eq(sc_segment_sizes(s, sc_profile_default()), SOCLE_OK);
    cr_assert_eq(sc_segment_graph(g, &lent, s, n), SOCLE_OK);
}

/* A model in which each stage of the largest class takes its number of seconds. */
static void model_of(struct sc_cost *c, const struct sc_segment_sizes *s, uint64_t memory)
{
    static const char *const names[] = {"commit", "gkr", "zero", "open"};
    struct sc_cost_device d = {.name = "gpu", .memory = memory, .put_mb_per_s = 1000000, .get_mb_per_s = 1000000};
    uint32_t device, op;
    cr_assert_eq(sc_cost_init(c, &lent, 16), SOCLE_OK);
    cr_assert_eq(sc_cost_add_device(c, &device, &d), SOCLE_OK);
    for (uint32_t i = 0; i < 4; i++) {
        cr_assert_eq(sc_cost_op(c, &op, names[i]), SOCLE_OK);
        cr_assert_eq(sc_cost_note(c, device, op, s->log_cells, 1, 1e9 * (i + 1)), SOCLE_OK);
    }
    cr_assert_eq(sc_cost_note(c, device, 0, s->log_boundary, 1, 0.5e9), SOCLE_OK);
}

Test(segment_graph, has_the_sizes_of_the_class)
{
    struct sc_graph g;
    struct sc_segment_sizes s;
    graph_of(&g, &s, 1);
    cr_expect_eq(s.log_cells, 28);
    cr_expect_eq(s.cells, (uint64_t)4 << 28);
    const struct sc_whir_round *const r = &sc_profile_default()->main[28].r[0];
    const uint64_t code = (uint64_t)4 << (28 + r->lr), nodes = (uint64_t)64 << sc_whir_log_n(r);
    cr_expect(s.oracle >= code + nodes - 64 && s.oracle < code + nodes + (1 << 22), "%llu", (unsigned long long)s.oracle);
    cr_expect(s.log_boundary > 20 && s.log_boundary < s.log_cells);
    cr_expect(s.proof > 300000 && s.proof < 4000000, "%llu", (unsigned long long)s.proof);
    cr_expect_eq(sc_segment_graph(&g, &lent, &s, 0), SOCLE_E_ARG);
    cr_expect_eq(sc_segment_graph(&g, &lent, &s, SC_SIM_MAX_SEGMENTS + 1), SOCLE_E_ARG);
}

/* Main commitments wait for nobody, each argument for the commitments of all BOUNDARYs and its own main one. */
Test(segment_graph, has_the_order_of_a_set)
{
    struct sc_graph g;
    struct sc_segment_sizes s;
    graph_of(&g, &s, SEGMENTS);
    cr_assert_eq(g.n_jobs, 6 * SEGMENTS);
    for (uint32_t i = 0; i < SEGMENTS; i++) {
        const uint32_t bind = SEGMENTS + i, first = 2 * SEGMENTS + 4 * i;
        cr_expect(g.jobs[i].op == SC_STAGE_OP_COMMIT && g.jobs[i].log_n == s.log_boundary && g.jobs[i].n_preds == 0);
        cr_expect(g.jobs[bind].op == SC_STAGE_OP_BIND && sc_graph_edge(&g, i, bind) && (i == 0 || sc_graph_edge(&g, bind - 1, bind)));
        cr_expect(g.jobs[first].op == SC_STAGE_OP_COMMIT && g.jobs[first].log_n == s.log_cells && g.jobs[first].n_preds == 0);
        cr_expect(g.jobs[first + 1].op == SC_STAGE_OP_GKR && sc_graph_edge(&g, first, first + 1) && sc_graph_edge(&g, 2 * SEGMENTS - 1, first + 1));
        cr_expect(g.jobs[first + 2].op == SC_STAGE_OP_ZERO && sc_graph_edge(&g, first + 1, first + 2));
        cr_expect(g.jobs[first + 3].op == SC_STAGE_OP_OPEN && sc_graph_edge(&g, first + 2, first + 3) && sc_graph_edge(&g, first, first + 3));
    }
    sc_graph_fini(&g);
}

Test(segment_graph, takes_its_times_from_the_model)
{
    struct sc_graph g;
    struct sc_segment_sizes s;
    struct sc_cost c;
    struct sc_segment_times t;
    enum sc_basis basis;
    const char *missing;
    graph_of(&g, &s, 1);
    model_of(&c, &s, (uint64_t)80 << 30);
    cr_assert_eq(sc_segment_times(&t, &basis, &missing, &g, &c, "gpu"), SOCLE_OK);
    cr_expect_eq(basis, SC_BASIS_MEASURED);
    static const double want[6] = {0.5e9, 0, 1e9, 2e9, 3e9, 4e9};
    for (uint32_t j = 0; j < 6; j++) {
        cr_expect_eq(sc_segment_run_ns(&t, j, 7), want[j], "job %u", j);
    }
    cr_expect_eq(sc_segment_copy_ns(&t, 0, true, 5000), 5);
    cr_expect_eq(sc_segment_times(&t, &basis, &missing, &g, &c, "cpu"), SOCLE_E_ARG);
    cr_expect_str_eq(missing, "cpu");
    c.n_samples--; /* open is the last */
    cr_expect_eq(sc_segment_times(&t, &basis, &missing, &g, &c, "gpu"), SOCLE_E_ARG);
    cr_expect_str_eq(missing, "open");
    sc_cost_fini(&c);
    sc_graph_fini(&g);
}

/* The proofs' own time is the bound below; plans come near it, within each device's memory. */
Test(segment_graph, plans_are_sound_and_near_the_bound)
{
    static const uint32_t n_devices[] = {1, 2, 3, 6};
    struct sc_graph g;
    struct sc_segment_sizes s;
    struct sc_cost c;
    struct sc_segment_times t;
    enum sc_basis basis;
    const char *missing;
    graph_of(&g, &s, SEGMENTS);
    model_of(&c, &s, (uint64_t)24 << 30);
    cr_assert_eq(sc_segment_times(&t, &basis, &missing, &g, &c, "gpu"), SOCLE_OK);
    const struct sc_times times = {&t, sc_segment_run_ns, sc_segment_copy_ns};
    for (unsigned k = 0; k < 4; k++) {
        struct sc_place_device devices[6];
        struct sc_plan plan;
        for (uint32_t d = 0; d < n_devices[k]; d++) {
            devices[d] = (struct sc_place_device){.budget = (uint64_t)24 << 30, .align = 256};
        }
        const struct sc_place in = {.graph = &g, .times = &times, .n_devices = n_devices[k], .devices = devices, .host_budget = (uint64_t)1 << 40};
        cr_assert_eq(sc_plan_make(&plan, &lent, &in), SOCLE_OK, "%s", plan.why);
        check_plan(&in, &plan, g.n_jobs);
        const double bound = SEGMENTS * 10.5e9 / n_devices[k];
        cr_expect(plan.makespan >= bound && plan.makespan < 1.08 * bound, "%u devices: %g, bound %g", n_devices[k], plan.makespan, bound);
        sc_plan_fini(&plan);
    }
    sc_cost_fini(&c);
    sc_graph_fini(&g);
}

Test(segment_graph, does_not_fit_into_a_small_device)
{
    struct sc_graph g;
    struct sc_segment_sizes s;
    struct sc_cost c;
    struct sc_segment_times t;
    enum sc_basis basis;
    const char *missing;
    struct sc_plan plan;
    graph_of(&g, &s, 1);
    model_of(&c, &s, (uint64_t)4 << 30);
    cr_assert_eq(sc_segment_times(&t, &basis, &missing, &g, &c, "gpu"), SOCLE_OK);
    const struct sc_times times = {&t, sc_segment_run_ns, sc_segment_copy_ns};
    const struct sc_place_device device = {.budget = (uint64_t)4 << 30, .align = 256};
    const struct sc_place in = {.graph = &g, .times = &times, .n_devices = 1, .devices = &device, .host_budget = (uint64_t)1 << 40};
    cr_expect_eq(sc_plan_make(&plan, &lent, &in), SOCLE_E_NOMEM);
    cr_expect(strstr(plan.why, "needs") != NULL);
    sc_cost_fini(&c);
    sc_graph_fini(&g);
}

Test(segment_graph, fails_cleanly_when_any_allocation_fails)
{
    struct sc_graph g;
    struct sc_segment_sizes s;
    cr_assert_eq(sc_segment_sizes(&s, sc_profile_default()), SOCLE_OK);
    const size_t held = sc_mem_now();
    for (unsigned n = 1; n <= 2; n++) {
        sc_mem_fail_at(n);
        cr_expect_eq(sc_segment_graph(&g, &lent, &s, 3), SOCLE_E_NOMEM);
        sc_mem_fail_at(0);
        cr_expect_eq(sc_mem_now(), held);
    }
}
