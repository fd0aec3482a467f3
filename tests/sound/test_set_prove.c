/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Sets of proofs of the toy machine: honest ones of several shapes are accepted, with the same bytes for every number of threads and
 * every instruction set, and take the memory that was told.
 */
#include "tests/sound/toy_set.h"

static const unsigned few[] = {20, 30, 25, 40};

Test(set_prove, honest_sets_are_accepted, .timeout = 200)
{
    for (unsigned n = 2; n <= TS_MAX_SEGMENTS; n++) {
        struct toy_set *const t = toy_set_create(sc_cpu_ops_best(), NULL);
        toy_set_run(t, n, few, 20 + 5 * n);
        cr_expect_eq(toy_set_answer(t), SOCLE_OK, "%u segments", n);
        toy_set_destroy(t);
    }
    cr_expect_eq(sc_mem_now(), 0);
}

/* Heights of BOUNDARY below, beside and above those of all main tables, INDEX having 2^6 rows; G then has fewer variables than the
 * point of the columns, and more. */
Test(set_prove, boundary_of_any_height_is_accepted, .timeout = 200)
{
    static const unsigned heights[][3] = {{6, 5, 6}, {7, 9, 8}, {12, 5, 7}, {5, 4, 13}};
    static const unsigned steps[] = {10, 12};
    for (unsigned i = 0; i < 4; i++) {
        struct toy_set *const t = toy_set_create(sc_cpu_ops_best(), NULL);
        toy_set_run(t, 2, steps, 16);
        for (unsigned k = 0; k < 3; k++) {
            t->part[k].boundary_log_h = heights[i][k];
        }
        cr_expect_eq(toy_set_answer(t), SOCLE_OK, "heights %u, %u, %u", heights[i][0], heights[i][1], heights[i][2]);
        toy_set_destroy(t);
    }
}

/* The profile whose schedules have no samples. */
Test(set_prove, sets_without_samples_are_accepted)
{
    struct toy_set *const t = toy_set_create(sc_cpu_ops_best(), NULL);
    struct sc_whir_round *const r = &t->profile.boundary[SC_MIN_LOG_CELLS].r[0];
    cr_assert_neq(r->ood, 0, "others are made elsewhere");
    r->ood = 0;
    sc_program_fini(&t->program);
    cr_assert_eq(sc_keygen(&t->program, &t->prover, TS_ENTRY, TOY_IMAGE_LOG, t->image), SOCLE_OK);
    toy_set_run(t, 2, few, 20);
    cr_expect_eq(toy_set_answer(t), SOCLE_OK);
    toy_set_destroy(t);
}

static void file_of(uint8_t **file, size_t *len, enum sc_isa isa, unsigned n_threads)
{
    struct sc_pool *pool = NULL;
    if (n_threads) {
        cr_assert_eq(sc_pool_create(&pool, n_threads), SOCLE_OK);
    }
    sc_cpu_ops_force(sc_cpu_ops_get(isa));
    struct toy_set *const t = toy_set_create(sc_cpu_ops_get(isa), pool);
    toy_set_run(t, 3, few, 20);
    t->part[1].boundary_log_h = 12;
    toy_set_prove(t);
    cr_assert_eq(sc_set_join(file, len, t->head, t->head_len, t->body, t->len, 4), SOCLE_OK);
    cr_expect_eq(toy_set_verify(t, *file, *len), SOCLE_OK);
    toy_set_destroy(t);
    sc_pool_destroy(pool);
    sc_cpu_ops_force(NULL);
}

Test(set_prove, threads_and_instruction_sets_give_the_same_bytes, .timeout = 200)
{
    uint8_t *first, *other;
    size_t len, other_len;
    file_of(&first, &len, SC_ISA_REF, 0);
    for (unsigned isa = 0; isa < SC_ISA_END; isa++) {
        for (unsigned n = 0; n <= 3 && sc_cpu_ops_get((enum sc_isa)isa); n++) {
            file_of(&other, &other_len, (enum sc_isa)isa, n);
            cr_expect(len == other_len && memcmp(first, other, len) == 0, "%s, %u threads", sc_cpu_ops_get((enum sc_isa)isa)->name, n);
            sc_free(other);
        }
    }
    sc_free(first);
}

/* ---- memory ---- */

/* told: before the step; taken: by the step beside what was held. Words of zeros, which the plan does not know of, take less. */
static void expect_told(const char *step, size_t told, size_t taken)
{
    cr_expect(taken <= told, "%s: %zu bytes were told, %zu taken", step, told, taken);
    cr_expect(taken + told / 8 + ((size_t)2 << 20) >= told, "%s: %zu bytes were told, only %zu taken", step, told, taken);
}

static void drop_cells(void *arg)
{
    struct ts_part *const p = arg;
    sc_big_free(p->cells, sizeof(fp) << p->layout.m0);
    p->cells = NULL;
}

/* The part's own cells count with it; those of the others are held. */
static void expect_part_told(struct toy_set *t, uint32_t i)
{
    struct ts_part *const p = &t->part[i];
    p->w.cells_done = drop_cells;
    p->w.arg = p;
    const size_t own = sc_big_size(sizeof(fp) << p->layout.m0) + sc_big_size(sizeof(fp) << p->layout.boundary_m0);
    const size_t told = sc_prove_part_memory(&t->prover, &p->layout), held = sc_mem_now() - own;
    struct sc_fraction one;
    sc_mem_peak_reset();
    cr_assert_eq(sc_prove_part(&t->body[i], &t->len[i], &one, &t->prover, &t->program, &t->set, t->head, t->head_len, &p->w), SOCLE_OK);
    expect_told("a proof", told, sc_mem_peak() - held);
}

static void expect_memory_as_told(unsigned first, unsigned second, unsigned n_threads)
{
    struct sc_pool *pool;
    cr_assert_eq(sc_pool_create(&pool, n_threads), SOCLE_OK);
    struct toy_set *const t = toy_set_create(sc_cpu_ops_best(), pool);
    const struct sc_boundary_source source = {.cells = ts_cells, .arg = t};
    toy_set_run(t, 2, few, 20);
    t->part[0].boundary_log_h = first;
    t->part[1].boundary_log_h = second;
    for (uint32_t i = 0; i <= 2; i++) {
        ts_fill(t, i);
        const size_t held = sc_mem_now();
        sc_mem_peak_reset();
        cr_assert_eq(sc_boundary_commit(&t->shapes[i], &t->prover, t->part[i].boundary), SOCLE_OK);
        expect_told("a commitment", sc_boundary_commit_memory(&t->prover, t->part[i].layout.boundary_m0), sc_mem_peak() - held);
        cr_expect_eq(sc_mem_now(), held);
    }
    const size_t held = sc_mem_now();
    sc_mem_peak_reset();
    cr_assert_eq(sc_set_begin(&t->set, &t->head, &t->head_len, &t->prover, &t->program, &source), SOCLE_OK);
    expect_told("the set's transcript", sc_set_memory(&t->prover, &t->set), sc_mem_peak() - held);
    for (uint32_t i = 0; i <= 2; i++) {
        expect_part_told(t, i);
    }
    cr_expect_eq(toy_set_answer_to(t, t->body, t->len, 3), SOCLE_OK);
    toy_set_destroy(t);
    sc_pool_destroy(pool);
    cr_expect_eq(sc_mem_now(), 0);
}

Test(set_prove, memory_is_taken_as_told_before_each_step, .timeout = 200)
{
    expect_memory_as_told(17, 14, 1);
    expect_memory_as_told(12, 18, 2);
}

/* ---- what the prover refuses ---- */

Test(set_prove, refuses_what_no_verifier_takes)
{
    struct toy_set *const t = toy_set_create(sc_cpu_ops_best(), NULL);
    const struct sc_boundary_source source = {.cells = ts_cells, .arg = t};
    uint8_t *bytes;
    size_t len;
    toy_set_run(t, 2, few, 20);
    toy_set_commit(t);
    struct sc_boundary bad = t->shapes[1];
    bad.n_chunks = 0;
    cr_expect_eq(sc_boundary_commit(&bad, &t->prover, t->part[1].boundary), SOCLE_E_LIMIT, "an empty list");
    bad = (struct sc_boundary){.n_chunks = 1, .log_h = {31}};
    cr_expect_eq(sc_boundary_commit(&bad, &t->prover, t->part[1].boundary), SOCLE_E_LIMIT, "too many rows");
    t->set.n_segments = 1;
    cr_expect_eq(sc_set_begin(&t->set, &bytes, &len, &t->prover, &t->program, &source), SOCLE_E_LIMIT, "a set of one");
    t->set.n_segments = 2;
    struct sc_boundary *const many = malloc(5 * sizeof *many);
    for (unsigned i = 0; i < 5; i++) {
        many[i] = (struct sc_boundary){.n_chunks = 1, .log_h = {26}};
    }
    t->set.n_segments = 4;
    t->set.boundary = many;
    cr_expect_eq(sc_set_begin(&t->set, &bytes, &len, &t->prover, &t->program, &source), SOCLE_E_LIMIT, "2^28 rows and more");
    free(many);
    t->set.boundary = t->shapes;
    t->set.n_segments = 2;
    toy_set_drop(t);

    toy_set_run(t, 2, few, 20);
    t->part[1].boundary_log_h = 6;
    toy_set_prove(t);
    struct ts_part *const p = &t->part[2];
    p->boundary[5] = fp_add(p->boundary[5], FP_ONE);
    cr_expect_eq(sc_prove_part_unchecked(&bytes, &len, &t->prover, &t->program, &t->set, &p->w), SOCLE_E_BUG, "other cells than those of the root");
    p->w.shape.index = 3;
    cr_expect_eq(sc_prove_part_unchecked(&bytes, &len, &t->prover, &t->program, &t->set, &p->w), SOCLE_E_LIMIT, "an index behind the last");
    p->w.shape.index = 1;
    cr_expect_eq(sc_prove_part_unchecked(&bytes, &len, &t->prover, &t->program, &t->set, &p->w), SOCLE_E_LIMIT, "the chunks of another proof");
    p->w.shape.index = 2;
    p->w.shape.part = SC_SINGLE;
    cr_expect_eq(sc_prove_part_unchecked(&bytes, &len, &t->prover, &t->program, &t->set, &p->w), SOCLE_E_LIMIT, "a single proof");
    toy_set_destroy(t);
}

/* For n = 1, 2, ... the n-th allocation fails: a clean status each time, and nothing is lost. */
Test(set_prove, every_failed_allocation_is_told, .timeout = 200)
{
    struct toy_set *const t = toy_set_create(sc_cpu_ops_best(), NULL);
    const struct sc_boundary_source source = {.cells = ts_cells, .arg = t};
    static const unsigned steps[] = {10, 12};
    toy_set_run(t, 2, steps, 16);
    toy_set_commit(t);
    const size_t held = sc_mem_now();
    socle_status st = SOCLE_E_NOMEM;
    for (uint64_t n = 1; st != SOCLE_OK; n++) {
        cr_assert_lt(n, 100u);
        sc_mem_fail_at(n);
        st = sc_set_begin(&t->set, &t->head, &t->head_len, &t->prover, &t->program, &source);
        sc_mem_fail_at(0);
        cr_assert(st == SOCLE_OK || (st == SOCLE_E_NOMEM && sc_mem_now() == held), "allocation %u", (unsigned)n);
    }
    const size_t begun = sc_mem_now();
    for (uint32_t i = 0; i <= 2; i += 2) {
        st = SOCLE_E_NOMEM;
        for (uint64_t n = 1; st != SOCLE_OK; n++) {
            cr_assert_lt(n, 1000u);
            sc_mem_fail_at(n);
            st = sc_prove_part_unchecked(&t->body[i], &t->len[i], &t->prover, &t->program, &t->set, &t->part[i].w);
            sc_mem_fail_at(0);
            cr_assert(st == SOCLE_OK || (st == SOCLE_E_NOMEM && sc_mem_now() == begun), "proof %u, allocation %u", i, (unsigned)n);
        }
        sc_free(t->body[i]);
        t->body[i] = NULL;
    }
    toy_set_destroy(t);
}

/* ---- going on with a set ---- */

Test(set_prove, a_set_that_is_read_again_gives_the_same_proofs)
{
    struct toy_set *const t = toy_set_create(sc_cpu_ops_best(), NULL);
    struct sc_set again;
    uint8_t *body;
    size_t len;
    toy_set_run(t, 3, few, 20);
    t->part[1].boundary_log_h = 7;
    toy_set_prove(t);
    const size_t held = sc_mem_now();
    cr_assert_eq(sc_set_reopen(&again, t->head, t->head_len, &t->prover, &t->program), SOCLE_OK);
    cr_expect(again.n_segments == 3 && again.output_len == TS_OUTPUT && memcmp(again.output, t->output, TS_OUTPUT) == 0);
    cr_expect_eq(memcmp(again.segments, t->segment, 3 * sizeof t->segment[0]), 0);
    cr_expect_eq(memcmp(again.boundary, t->shapes, 4 * sizeof t->shapes[0]), 0);
    cr_expect(again.last_ram == t->set.last_ram && again.last_input == t->set.last_input);
    for (uint32_t i = 0; i <= 3; i++) {
        cr_assert_eq(sc_prove_part_unchecked(&body, &len, &t->prover, &t->program, &again, &t->part[i].w), SOCLE_OK);
        cr_expect(len == t->len[i] && memcmp(body, t->body[i], len) == 0, "proof %u", i);
        sc_free(body);
    }
    sc_set_close(&again);
    cr_expect_eq(sc_mem_now(), held);

    for (size_t n = 0; n < t->head_len; n++) {
        cr_assert_eq(sc_set_reopen(&again, t->head, n, &t->prover, &t->program), SOCLE_E_FORMAT, "%zu bytes", n);
        cr_assert(sc_mem_now() == held && again.samples == NULL);
    }
    t->head[SC_PROOF_HEAD_LEN + 1] ^= 1;
    cr_expect_eq(sc_set_reopen(&again, t->head, t->head_len, &t->prover, &t->program), SOCLE_E_FORMAT, "another program");
    t->head[SC_PROOF_HEAD_LEN + 1] ^= 1;
    unsigned refused = 0;
    for (uint8_t x = 1; x <= 16; x++) { /* three bits of work: one of eight other nonces has done it by chance */
        t->head[t->head_len - 1] ^= x;
        const socle_status st = sc_set_reopen(&again, t->head, t->head_len, &t->prover, &t->program);
        t->head[t->head_len - 1] ^= x;
        cr_expect(st == SOCLE_OK || st == SOCLE_E_FORMAT, "status %d", (int)st);
        if (st == SOCLE_OK) {
            sc_set_close(&again);
        }
        refused += st == SOCLE_E_FORMAT;
    }
    cr_expect_gt(refused, 8, "nonces without their work: %u of 16 refused", refused);
    for (uint64_t n = 1; n <= 3; n++) {
        sc_mem_fail_at(n);
        cr_expect_eq(sc_set_reopen(&again, t->head, t->head_len, &t->prover, &t->program), SOCLE_E_NOMEM);
        cr_expect_eq(sc_mem_now(), held);
    }
    sc_mem_fail_at(0);
    toy_set_destroy(t);
}

Test(set_prove, a_proof_is_verified_before_it_is_returned)
{
    struct toy_set *const t = toy_set_create(sc_cpu_ops_best(), NULL);
    struct ts_part *const p = &t->part[2];
    struct sc_fraction one;
    uint8_t *body;
    size_t len;
    toy_set_run(t, 3, few, 20);
    toy_set_prove(t);
    cr_assert_eq(sc_prove_part(&body, &len, &one, &t->prover, &t->program, &t->set, t->head, t->head_len, &p->w), SOCLE_OK);
    cr_expect(len == t->len[2] && memcmp(body, t->body[2], len) == 0 && !fx_is_zero(one.d));
    sc_free(body);
    p->cells[0] = fp_add(p->cells[0], FP_ONE);
    cr_expect_eq(sc_prove_part(&body, &len, &one, &t->prover, &t->program, &t->set, t->head, t->head_len, &p->w), SOCLE_E_SELFCHECK);
    cr_expect(body == NULL && len == 0);
    toy_set_destroy(t);
}
