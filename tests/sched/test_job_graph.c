/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Graph of jobs: edges against a slow derivation from the definition, strict declarations, bounds, memory.
 */
#include "scheduler/device.h"
#include "scheduler/graph.h"
#include "tests/sched/lent.h"

#include <criterion/criterion.h>
#include <string.h>

enum { N_JOBS = 40, N_BUFFERS = 9 };

static const struct sc_graph_limits some = {.buffers = 16, .jobs = 64, .uses = 256};

static uint32_t buffer(struct sc_graph *g, uint64_t size, enum sc_role role)
{
    uint32_t id;
    cr_assert_eq(sc_graph_buffer(g, &id, size, role), SOCLE_OK, "%s", g->why);
    return id;
}

static socle_status try_job(struct sc_graph *g, uint32_t *id, const struct sc_use *uses, uint32_t n)
{
    const struct sc_job_spec spec = {.op = 1, .log_n = 2, .count = 3, .uses = uses, .n_uses = n};
    return sc_graph_job(g, id, &spec);
}

/* How job j touches buffer b: 0, SC_READ, SC_WRITE or SC_UPDATE. */
static unsigned touch(const struct sc_graph *g, uint32_t j, uint32_t b)
{
    for (uint32_t k = 0; k < g->jobs[j].n_uses; k++) {
        const struct sc_use u = g->uses[g->jobs[j].first_use + k];
        if (u.buffer == b) {
            return u.access;
        }
    }
    return 0;
}

/* The definition, pair by pair: is i a direct predecessor of j through b? */
static bool through(const struct sc_graph *g, uint32_t i, uint32_t j, uint32_t b)
{
    const unsigned ti = touch(g, i, b), tj = touch(g, j, b);
    bool written = false, read = false;
    for (uint32_t m = i + 1; m < j; m++) {
        written |= (touch(g, m, b) & SC_WRITE) != 0;
        read |= (touch(g, m, b) & SC_READ) != 0;
    }
    const bool raw = (ti & SC_WRITE) != 0 && (tj & SC_READ) != 0 && !written;
    const bool war = ti == SC_READ && (tj & SC_WRITE) != 0 && !written;
    const bool waw = (ti & SC_WRITE) != 0 && (tj & SC_WRITE) != 0 && !written && !read;
    return raw || war || waw;
}

static void random_graph(struct sc_graph *g, uint64_t *seed)
{
    static const enum sc_access kinds[] = {SC_READ, SC_WRITE, SC_UPDATE, SC_READ};
    cr_assert_eq(sc_graph_init(g, &lent, &(struct sc_graph_limits){N_BUFFERS, N_JOBS, N_JOBS * N_BUFFERS}), SOCLE_OK);
    for (uint32_t b = 0; b < N_BUFFERS; b++) {
        (void)buffer(g, 1 + dice(seed, 100), dice(seed, 3) == 0 ? SC_ROLE_INPUT : SC_ROLE_INNER);
    }
    while (g->n_jobs < N_JOBS) {
        struct sc_use uses[N_BUFFERS];
        uint32_t n = 0, id;
        for (uint32_t b = 0; b < N_BUFFERS; b++) {
            if (dice(seed, 4) == 0) {
                uses[n++] = (struct sc_use){b, kinds[dice(seed, 4)]};
            }
        }
        (void)!try_job(g, &id, uses, n); /* many are refused, by rules that the next test has */
        cr_assert(id == SC_NONE || id == g->n_jobs - 1);
    }
    cr_assert_eq(sc_graph_seal(g), SOCLE_OK);
}

static void check_edges(const struct sc_graph *g, uint64_t seed)
{
    uint32_t n_edges = 0;
    for (uint32_t j = 0; j < g->n_jobs; j++) {
        for (uint32_t i = 0; i < g->n_jobs; i++) {
            bool want = false;
            for (uint32_t b = 0; i < j && b < g->n_buffers; b++) {
                want |= through(g, i, j, b);
            }
            cr_assert_eq(sc_graph_edge(g, i, j), want, "edge %u %u, seed %llu", i, j, (unsigned long long)seed);
            n_edges += want;
            unsigned in_succs = 0;
            for (uint32_t k = 0; k < g->jobs[i].n_succs; k++) {
                in_succs += g->succs[g->jobs[i].first_succ + k] == j;
            }
            cr_assert_eq(in_succs, want ? 1 : 0, "successor %u %u", i, j);
        }
    }
    cr_assert_eq(n_edges, g->n_edges);
}

/* Two jobs of which one writes what the other touches must be ordered, by a path. */
static void check_conflicts(const struct sc_graph *g)
{
    static bool path[N_JOBS][N_JOBS];
    memset(path, 0, sizeof path);
    for (uint32_t j = 0; j < g->n_jobs; j++) {
        for (uint32_t i = 0; i < j; i++) {
            path[i][j] = sc_graph_edge(g, i, j);
            for (uint32_t m = i + 1; m < j && !path[i][j]; m++) {
                path[i][j] = path[i][m] && sc_graph_edge(g, m, j);
            }
        }
    }
    for (uint32_t j = 0; j < g->n_jobs; j++) {
        for (uint32_t i = 0; i < j; i++) {
            for (uint32_t b = 0; b < g->n_buffers; b++) {
                const unsigned ti = touch(g, i, b), tj = touch(g, j, b);
                cr_assert(ti == 0 || tj == 0 || ((ti | tj) & SC_WRITE) == 0 || path[i][j], "jobs %u and %u are not ordered", i, j);
            }
        }
    }
}

Test(job_graph, edges_are_those_of_the_definition_on_random_graphs)
{
    for (uint64_t seed = 1; seed <= 300; seed++) {
        uint64_t state = seed;
        struct sc_graph g;
        random_graph(&g, &state);
        check_edges(&g, seed);
        check_conflicts(&g);
        sc_graph_fini(&g);
    }
}

Test(job_graph, counts_versions)
{
    struct sc_graph g;
    uint32_t id;
    cr_assert_eq(sc_graph_init(&g, &lent, &some), SOCLE_OK);
    const uint32_t a = buffer(&g, 8, SC_ROLE_INPUT), b = buffer(&g, 8, SC_ROLE_OUTPUT);
    const struct sc_use uses[4][2] = {{{a, SC_READ}, {b, SC_WRITE}}, {{a, SC_READ}, {b, SC_READ}}, {{b, SC_UPDATE}}, {{b, SC_READ}, {a, SC_READ}}};
    const uint32_t n[4] = {2, 2, 1, 2}, want[7] = {0, 0, 0, 1, 1, 2, 0};
    for (unsigned i = 0; i < 4; i++) {
        cr_assert_eq(try_job(&g, &id, uses[i], n[i]), SOCLE_OK, "%s", g.why);
        cr_expect_eq(id, i);
    }
    cr_assert_eq(sc_graph_seal(&g), SOCLE_OK);
    cr_expect_eq(memcmp(g.version, want, sizeof want), 0);
    cr_expect_eq(g.buffers[b].n_writes, 2);
    cr_expect_eq(g.buffers[b].n_uses, 4);
    cr_expect_eq(g.buffers[a].n_writes, 0);
    cr_expect_eq(g.jobs[3].count, 3);
    sc_graph_fini(&g);
}

/* A refusal has its sentence and changes nothing. */
static void refused(struct sc_graph *g, const struct sc_use *uses, uint32_t n, socle_status want, const char *word)
{
    uint32_t id = 7;
    const uint32_t jobs = g->n_jobs, n_uses = g->n_uses, edges = g->n_edges;
    cr_expect_eq(try_job(g, &id, uses, n), want);
    cr_expect(strstr(g->why, word) != NULL, "\"%s\" says nothing of \"%s\"", g->why, word);
    cr_expect_eq(id, SC_NONE);
    cr_expect(g->n_jobs == jobs && g->n_uses == n_uses && g->n_edges == edges);
}

Test(job_graph, refuses_wrong_jobs)
{
    struct sc_graph g;
    uint32_t id;
    cr_assert_eq(sc_graph_init(&g, &lent, &some), SOCLE_OK);
    const uint32_t in = buffer(&g, 8, SC_ROLE_INPUT), x = buffer(&g, 8, SC_ROLE_INNER), y = buffer(&g, 8, SC_ROLE_OUTPUT);
    refused(&g, (struct sc_use[]){{3, SC_WRITE}}, 1, SOCLE_E_ARG, "not there");
    refused(&g, (struct sc_use[]){{x, (enum sc_access)0}}, 1, SOCLE_E_ARG, "neither");
    refused(&g, (struct sc_use[]){{x, (enum sc_access)4}}, 1, SOCLE_E_ARG, "neither");
    refused(&g, (struct sc_use[]){{in, SC_READ}, {x, SC_WRITE}, {in, SC_READ}}, 3, SOCLE_E_ARG, "twice");
    refused(&g, (struct sc_use[]){{in, SC_WRITE}}, 1, SOCLE_E_ARG, "input");
    refused(&g, (struct sc_use[]){{in, SC_UPDATE}}, 1, SOCLE_E_ARG, "input");
    refused(&g, (struct sc_use[]){{x, SC_READ}}, 1, SOCLE_E_ARG, "no job has written");
    refused(&g, (struct sc_use[]){{y, SC_UPDATE}}, 1, SOCLE_E_ARG, "no job has written");
    refused(&g, (struct sc_use[]){{in, SC_READ}}, SC_JOB_MAX_USES + 1, SOCLE_E_ARG, "too many");
    cr_expect_eq(sc_graph_seal(&g), SOCLE_E_ARG);
    cr_expect(strstr(g.why, "output") != NULL);
    cr_assert_eq(try_job(&g, &id, (struct sc_use[]){{in, SC_READ}, {y, SC_WRITE}}, 2), SOCLE_OK);
    cr_assert_eq(try_job(&g, &id, NULL, 0), SOCLE_OK);
    cr_assert_eq(sc_graph_seal(&g), SOCLE_OK);
    refused(&g, NULL, 0, SOCLE_E_ARG, "after the end");
    cr_expect_eq(sc_graph_seal(&g), SOCLE_E_ARG);
    cr_expect_eq(sc_graph_buffer(&g, &id, 1, SC_ROLE_INNER), SOCLE_E_ARG);
    sc_graph_fini(&g);
}

Test(job_graph, refuses_wrong_buffers_and_more_than_declared)
{
    struct sc_graph g;
    uint32_t id;
    cr_assert_eq(sc_graph_init(&g, &lent, &(struct sc_graph_limits){2, 2, 3}), SOCLE_OK);
    cr_expect_eq(sc_graph_buffer(&g, &id, 0, SC_ROLE_INNER), SOCLE_E_ARG);
    cr_expect_eq(sc_graph_buffer(&g, &id, ((uint64_t)1 << 48) + 1, SC_ROLE_INNER), SOCLE_E_ARG);
    cr_expect_eq(sc_graph_buffer(&g, &id, 1, (enum sc_role)3), SOCLE_E_ARG);
    cr_expect_eq(g.n_buffers, 0);
    const uint32_t a = buffer(&g, 1, SC_ROLE_INPUT), b = buffer(&g, (uint64_t)1 << 48, SC_ROLE_INPUT);
    cr_expect_eq(sc_graph_buffer(&g, &id, 1, SC_ROLE_INNER), SOCLE_E_LIMIT);
    cr_expect_eq(id, SC_NONE);
    cr_expect_eq(try_job(&g, &id, (struct sc_use[]){{a, SC_READ}, {b, SC_READ}}, 2), SOCLE_OK);
    refused(&g, (struct sc_use[]){{a, SC_READ}, {b, SC_READ}}, 2, SOCLE_E_LIMIT, "uses");
    cr_expect_eq(try_job(&g, &id, (struct sc_use[]){{a, SC_READ}}, 1), SOCLE_OK);
    refused(&g, NULL, 0, SOCLE_E_LIMIT, "jobs");
    sc_graph_fini(&g);
    cr_expect_eq(sc_graph_init(&g, &lent, &(struct sc_graph_limits){SC_GRAPH_MAX + 1, 1, 1}), SOCLE_E_ARG);
    cr_expect_eq(sc_graph_init(&g, &lent, &(struct sc_graph_limits){1, SC_GRAPH_MAX + 1, 1}), SOCLE_E_ARG);
    cr_expect_eq(sc_graph_init(&g, &lent, &(struct sc_graph_limits){1, 1, SC_GRAPH_MAX + 1}), SOCLE_E_ARG);
    sc_graph_fini(&g);
}

Test(job_graph, is_one_block_of_the_size_it_tells)
{
    struct sc_graph g;
    const struct sc_graph_limits none = {0, 0, 0};
    const size_t before = sc_mem_now();
    cr_assert_eq(sc_graph_init(&g, &lent, &some), SOCLE_OK);
    cr_expect_eq(sc_mem_now() - before, sc_alloc_size(sc_graph_size(&some), 1));
    sc_graph_fini(&g);
    sc_graph_fini(&g);
    cr_expect_eq(sc_mem_now(), before);
    cr_assert_eq(sc_graph_init(&g, &lent, &none), SOCLE_OK);
    cr_expect_eq(sc_graph_seal(&g), SOCLE_OK);
    sc_graph_fini(&g);
    sc_mem_fail_at(1);
    cr_expect_eq(sc_graph_init(&g, &lent, &some), SOCLE_E_NOMEM);
    sc_mem_fail_at(0);
    sc_graph_fini(&g);
    cr_expect_eq(sc_mem_now(), before);
}

/* As many edges as there can be: every use the reason of two. */
Test(job_graph, has_room_for_the_most_edges)
{
    enum { READERS = 200, ROUNDS = 20 };
    struct sc_graph g;
    uint32_t id;
    cr_assert_eq(sc_graph_init(&g, &lent, &(struct sc_graph_limits){1, (READERS + 1) * ROUNDS, (READERS + 1) * ROUNDS}), SOCLE_OK);
    const uint32_t b = buffer(&g, 1, SC_ROLE_INNER);
    for (unsigned r = 0; r < ROUNDS; r++) {
        cr_assert_eq(try_job(&g, &id, (struct sc_use[]){{b, r == 0 ? SC_WRITE : SC_UPDATE}}, 1), SOCLE_OK);
        for (unsigned i = 0; i < READERS; i++) {
            cr_assert_eq(try_job(&g, &id, (struct sc_use[]){{b, SC_READ}}, 1), SOCLE_OK);
        }
    }
    cr_assert_eq(sc_graph_seal(&g), SOCLE_OK);
    cr_expect_eq(g.n_edges, READERS * ROUNDS + (READERS + 1) * (ROUNDS - 1));
    cr_assert(g.n_edges <= 2 * g.limits.uses);
    sc_graph_fini(&g);
}
