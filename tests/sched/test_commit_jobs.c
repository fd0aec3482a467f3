/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Real work through the scheduler: commitments to several vectors as jobs (encode, leaves, tree) on devices with memories of their own and on
 * such that share the host's, with threads, in any order, with faults. Digests are those of sc_oracle_commit.
 */
#include "core/base/rd.h"
#include "core/proof/merkle_v.h"
#include "host/prove/oracle.h"
#include "host/sched/crew.h"
#include "kernels/cpu/cpu_ops.h"
#include "scheduler/sim.h"
#include "tests/sched/lent.h"

#include <criterion/criterion.h>
#include <string.h>

enum { ENCODE, LEAVES, TREE, VECTORS = 6, DEVICES = 3, MAX_LOG_N = 12 };

struct shape {
    unsigned planes, mu, k, lr;
};

static const struct shape shapes[VECTORS] = {{1, 12, 4, 1}, {1, 10, 3, 1}, {5, 9, 3, 2}, {1, 13, 6, 1}, {5, 8, 2, 1}, {1, 8, 8, 1}};

/** What jobs compute with, constant while they run. */
struct tools {
    struct sc_twiddles tw[MAX_LOG_N + 1];
    fp *tables[MAX_LOG_N + 1];
    uint32_t leaf_key[8], node_key[8];
};

static struct tools tools;

static unsigned log_n_of(const struct shape *s)
{
    return s->mu - s->k + s->lr;
}

static void open_tools(void)
{
    struct sc_merkle_keys keys;
    sc_merkle_keys(&keys);
    for (unsigned i = 0; i < 8; i++) {
        tools.leaf_key[i] = (uint32_t)load_le(keys.leaf + 4 * i, 4);
        tools.node_key[i] = (uint32_t)load_le(keys.node + 4 * i, 4);
    }
    for (unsigned l = 1; l <= MAX_LOG_N; l++) {
        tools.tables[l] = sc_alloc(sc_twiddles_len(l), sizeof(fp));
        sc_twiddles_init(&tools.tw[l], tools.tables[l], l);
    }
}

static void encode(const struct shape *s, fp *code, const fp *vector)
{
    const unsigned log_word = s->mu - s->k, log_n = log_n_of(s);
    for (size_t i = 0; i < (size_t)s->planes << s->k; i++) {
        const fp *const word = vector + ((i % s->planes) << s->mu) + ((i / s->planes) << log_word);
        sc_cpu_ops_now()->rs_encode(code + (i << log_n), &word, 1, log_word, log_n, &tools.tw[log_n]);
    }
}

static void leaves(const struct shape *s, uint8_t (*nodes)[32], const fp *code)
{
    const size_t n = (size_t)1 << log_n_of(s);
    struct sc_leaves l = {.words = code, .word_stride = s->planes * n, .plane = n, .n_words = (size_t)1 << s->k, .n_coef = s->planes};
    memcpy(l.key, tools.leaf_key, sizeof l.key);
    sc_cpu_ops_now()->leaf_hash(nodes, &l, 0, n);
}

static void tree(const struct shape *s, uint8_t (*nodes)[32])
{
    for (unsigned up = log_n_of(s); up-- > 0;) {
        uint8_t(*const above)[32] = nodes + ((size_t)2 << up);
        sc_cpu_ops_now()->node_hash(above, (const uint8_t(*)[32])nodes, tools.node_key, 0, (size_t)1 << up);
        nodes = above;
    }
}

static void operation(void *arg, const struct sc_launch *l, void *const *where)
{
    const struct shape *const s = l->arg;
    (void)arg;
    switch (l->op) {
    case ENCODE:
        encode(s, where[1], where[0]);
        break;
    case LEAVES:
        leaves(s, where[1], where[0]);
        break;
    default:
        tree(s, where[0]);
    }
}

/** The graph, its memory, and the digests that must come out. */
struct scene {
    struct sc_graph g;
    void *outside[3 * VECTORS];
    uint8_t *want[VECTORS];
    uint64_t nodes[VECTORS];
    struct sc_sim_device sims[DEVICES];
    struct sc_device devices[DEVICES];
};

static uint32_t add_buffer(struct scene *s, uint64_t size, enum sc_role role)
{
    uint32_t b;
    cr_assert_eq(sc_graph_buffer(&s->g, &b, size, role), SOCLE_OK);
    s->outside[b] = role != SC_ROLE_INNER ? sc_alloc(size, 1) : NULL;
    return b;
}

static void add_job(struct scene *s, uint32_t op, const struct shape *shape, const struct sc_use *uses, uint32_t n)
{
    uint32_t id;
    const struct sc_job_spec spec = {.op = op, .log_n = log_n_of(shape), .count = 1u << shape->k, .arg = shape, .uses = uses, .n_uses = n};
    cr_assert_eq(sc_graph_job(&s->g, &id, &spec), SOCLE_OK, "%s", s->g.why);
}

static void add_vector(struct scene *s, unsigned i, uint64_t *seed)
{
    const struct shape *const h = &shapes[i];
    const uint64_t elements = (uint64_t)h->planes << h->mu;
    const uint32_t vector = add_buffer(s, elements * sizeof(fp), SC_ROLE_INPUT);
    const uint32_t code = add_buffer(s, (elements << h->lr) * sizeof(fp), SC_ROLE_INNER);
    s->nodes[i] = ((uint64_t)64 << log_n_of(h)) - 32; /* up to the root */
    const uint32_t nodes = add_buffer(s, s->nodes[i], SC_ROLE_OUTPUT);
    fp *const v = s->outside[vector];
    const fp *planes[FX_DEG];
    for (uint64_t k = 0; k < elements; k++) {
        v[k] = fp_from_u32(dice(seed, FP_P));
    }
    for (unsigned c = 0; c < h->planes; c++) {
        planes[c] = v + ((size_t)c << h->mu);
    }
    struct sc_oracle o;
    cr_assert_eq(sc_oracle_commit(&o, planes, h->planes, h->mu, h->k, h->lr, NULL, NULL), SOCLE_OK);
    s->want[i] = sc_alloc(s->nodes[i], 1);
    memcpy(s->want[i], o.nodes, s->nodes[i]);
    sc_oracle_fini(&o);
    add_job(s, ENCODE, h, (struct sc_use[]){{vector, SC_READ}, {code, SC_WRITE}}, 2);
    add_job(s, LEAVES, h, (struct sc_use[]){{code, SC_READ}, {nodes, SC_WRITE}}, 2);
    add_job(s, TREE, h, (struct sc_use[]){{nodes, SC_UPDATE}}, 1);
}

static void open_scene(struct scene *s)
{
    uint64_t seed = 41;
    memset(s, 0, sizeof *s);
    open_tools();
    cr_assert_eq(sc_graph_init(&s->g, &lent, &(struct sc_graph_limits){3 * VECTORS, 3 * VECTORS, 5 * VECTORS}), SOCLE_OK);
    for (unsigned i = 0; i < VECTORS; i++) {
        add_vector(s, i, &seed);
    }
    cr_assert_eq(sc_graph_seal(&s->g), SOCLE_OK);
    for (uint32_t d = 0; d < DEVICES; d++) {
        s->sims[d] = (struct sc_sim_device){.info = {.name = "box", .kind = "sim", .memory = 1 << 20, .align = 64, .shares_host = d == 2},
                                            .operation = operation, .heap = &lent};
        s->devices[d] = sc_sim_device(&s->sims[d]);
    }
}

static void close_scene(struct scene *s)
{
    for (unsigned i = 0; i < 3 * VECTORS; i++) {
        sc_free(s->outside[i]);
    }
    for (unsigned i = 0; i < VECTORS; i++) {
        sc_free(s->want[i]);
    }
    for (unsigned l = 1; l <= MAX_LOG_N; l++) {
        sc_free(tools.tables[l]);
    }
    sc_graph_fini(&s->g);
}

static double run_ns(const void *arg, uint32_t job, uint32_t device)
{
    const struct scene *const s = arg;
    const struct sc_job *const j = &s->g.jobs[job];
    return (double)((uint64_t)j->count << j->log_n) * (1 + device);
}

static double copy_ns(const void *arg, uint32_t device, bool put, uint64_t size)
{
    (void)arg, (void)device, (void)put;
    return (double)size / 8;
}

/* Returns the failures that it got over. */
static uint32_t run_scene(struct scene *s, uint64_t seed)
{
    static struct sc_drive run;
    const struct sc_times times = {s, run_ns, copy_ns};
    const struct sc_crew_options options = {0};
    const struct sc_drive_setup setup = {.graph = &s->g, .times = &times, .n_devices = DEVICES, .devices = s->devices, .host_budget = 1 << 24,
                                         .outside = s->outside, .heap = &lent, .arena = &lent, .seed = seed};
    for (unsigned i = 0; i < VECTORS; i++) {
        memset(s->outside[3 * i + 2], 0, s->nodes[i]);
    }
    cr_assert_eq(sc_drive_init(&run, &setup), SOCLE_OK, "%s", run.why);
    cr_assert_eq(sc_crew_run(&run, &options), SOCLE_OK, "%s", run.why);
    for (unsigned i = 0; i < VECTORS; i++) {
        cr_assert_eq(memcmp(s->outside[3 * i + 2], s->want[i], s->nodes[i]), 0, "vector %u, seed %llu", i, (unsigned long long)seed);
    }
    const uint32_t failures = run.n_failures;
    sc_drive_fini(&run);
    return failures;
}

Test(commit_jobs, any_order_on_any_device_gives_the_digests_of_the_prover)
{
    struct scene s;
    open_scene(&s);
    for (uint64_t seed = 0; seed < 25; seed++) {
        cr_expect_eq(run_scene(&s, seed), 0);
    }
    cr_expect(s.sims[0].calls[SC_CALL_RUN] > 25 && s.sims[1].calls[SC_CALL_RUN] > 25 && s.sims[2].calls[SC_CALL_RUN] > 25);
    close_scene(&s);
}

Test(commit_jobs, faults_do_not_change_the_digests)
{
    static const enum sc_fault_kind kinds[] = {SC_FAULT_NO_MEMORY, SC_FAULT_ERROR, SC_FAULT_LOST};
    struct scene s;
    uint32_t met = 0;
    open_scene(&s);
    for (unsigned i = 0; i < 27; i++) {
        const struct sc_fault fault = {kinds[i % 3], (enum sc_fault_call)(i / 3 % 3), 1 + i / 9 * 2};
        for (uint32_t d = 0; d < 2; d++) {
            memset(s.sims[d].calls, 0, sizeof s.sims[d].calls);
            s.sims[d].lost = false;
            s.sims[d].faults = &fault;
            s.sims[d].n_faults = 1;
        }
        met += run_scene(&s, i);
    }
    cr_expect(met >= 27, "%u", met);
    close_scene(&s);
}
