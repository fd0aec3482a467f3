/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Sets from the second prover of set_naive.h, which knows the specification and not the shipped prover: honest ones are accepted, and
 * lies about order, place, length, run and shapes are refused. Other lies are in test_set.c (heads), test_set_lies.c (full proofs of the
 * shipped prover) and tests/unit/test_boundary.c (rows).
 */
#include "host/prove/set.h"
#include "tests/sound/lie.h"
#include "tests/sound/set_naive.h"

static const unsigned in_order[ST_PROOFS] = {0, 1, 2, 3};

static unsigned n_frames[64]; /* of each label, since the last verdict began */

static void count_frame(void *arg, uint8_t label, uint8_t kind, uint64_t len, const uint8_t s[32])
{
    (void)arg;
    (void)kind;
    (void)len;
    (void)s;
    n_frames[label]++;
}

static socle_status verdict(struct sc_verified *v, const struct set_naive *t, const unsigned *order, unsigned n, size_t extra)
{
    size_t len;
    uint8_t *const file = set_naive_file(&len, t, order, n, extra);
    memset(n_frames, 0, sizeof n_frames);
    lie.log = count_frame;
    const socle_status st = set_naive_verify(v, t, file, len);
    lie.log = NULL;
    if (st == SOCLE_OK) {
        cr_expect(v->output_len == ST_OUTPUT && memcmp(v->output, t->output, ST_OUTPUT) == 0);
    }
    free(file);
    return st;
}

static socle_status answer(const struct set_naive *t)
{
    struct sc_verified v;
    return verdict(&v, t, in_order, ST_PROOFS, 0);
}

/* Prove it, see the answer, forget it. */
static void expect_refused(struct set_naive *t, const char *lie_told)
{
    set_naive_prove(t);
    lie_is_refused(answer(t), SOCLE_E_REJECT, "%s", lie_told);
    set_naive_destroy(t);
}

static void add(fp *cell, int64_t v)
{
    *cell = fp_add(*cell, fp_from_i64(v));
}

/* The row of a word in a proof's table that has its address in column @p col. */
static unsigned row_of(struct set_naive *t, unsigned proof, unsigned table, unsigned col, unsigned word)
{
    unsigned row = 0;
    while (*st_cell(&t->proof[proof], table, row, 0) == 0 && table != ST_BOUNDARY) {
        row++;
    }
    while (*st_cell(&t->proof[proof], table, row, col) != fp_from_u32(8 * word)) {
        row++;
    }
    return row;
}

enum { B_SEG, B_MEM, B_SPACE, B_ADDR, B_IN = 6, B_OUT = 10 }; /* columns of BOUNDARY */
enum { T_ADDR = 1, T_IN = 3, T_OUT = 4, F_ADDR = 1, F_IN = 2, F_OUT = 3 };

static fp *boundary(struct set_naive *t, unsigned proof, unsigned word, unsigned col)
{
    return st_cell(&t->proof[proof], ST_BOUNDARY, row_of(t, proof, ST_BOUNDARY, B_ADDR, word), col);
}

static fp *touch(struct set_naive *t, unsigned proof, unsigned word, unsigned col)
{
    return st_cell(&t->proof[proof], ST_TOUCH, row_of(t, proof, ST_TOUCH, T_ADDR, word), col);
}

static fp *final_(struct set_naive *t, unsigned word, unsigned col)
{
    return st_cell(&t->proof[0], ST_FINAL, row_of(t, 0, ST_FINAL, F_ADDR, word), col);
}

/* --- honest sets ------------------------------------------------------------------------------------------------------- */

Test(set_naive, honest_sets_are_accepted, .timeout = 100)
{
    for (unsigned samples = 0; samples <= SC_WHIR_MAX_OOD; samples += SC_WHIR_MAX_OOD) {
        struct set_naive *const t = set_naive_create(NULL);
        struct sc_verified v;
        t->profile.boundary[16].r[0].ood = (uint8_t)samples;
        set_naive_prove(t);
        cr_assert_eq(verdict(&v, t, in_order, ST_PROOFS, 0), SOCLE_OK, "%u samples", samples);
        cr_expect_eq(v.n_segments, (uint32_t)ST_SEGMENTS);
        cr_expect_eq(v.n_cycles, 5u + 7 + 9);
        cr_expect(v.run.ts_end == t->segment[2].ts_end && v.run.ip_end == t->segment[2].ip_out);
        set_naive_destroy(t);
    }
}

static socle_status boundary_cells(void *arg, const fp **out, uint32_t index)
{
    *out = ((struct set_naive *)arg)->proof[index].cells[2];
    return SOCLE_OK;
}

/* Two provers that share nothing but commitments: what the specification leaves open, neither decides otherwise. */
Test(set_naive, the_shipped_prover_makes_the_same_bytes, .timeout = 100)
{
    struct set_naive *const t = set_naive_create(NULL);
    const struct sc_prover prover = {.machine = &st_machine, .profile = &t->profile, .ops = sc_cpu_ops_best()};
    const struct sc_boundary_source source = {.cells = boundary_cells, .arg = t};
    struct sc_boundary shapes[ST_PROOFS] = {0};
    struct sc_set set = {.n_segments = ST_SEGMENTS, .segments = t->segment, .boundary = shapes, .last_ram = t->last_ram,
                         .last_input = t->last_input, .output = t->output, .output_len = ST_OUTPUT};
    struct sc_program program;
    uint8_t *head, *body;
    size_t head_len, len;
    set_naive_prove(t);
    cr_assert_eq(sc_keygen(&program, &prover, ST_ENTRY, ST_IMAGE_LOG, t->proof[0].cells[1]), SOCLE_OK);
    for (unsigned i = 0; i < ST_PROOFS; i++) {
        shapes[i].n_chunks = t->proof[i].shape.n_boundary;
        memcpy(shapes[i].log_h, t->proof[i].shape.boundary_log_h, AIR_MAX_CHUNKS);
        cr_assert_eq(sc_boundary_commit(&shapes[i], &prover, t->proof[i].cells[2]), SOCLE_OK);
    }
    cr_assert_eq(sc_set_begin(&set, &head, &head_len, &prover, &program, &source), SOCLE_OK);
    cr_assert_eq(head_len, SC_PROOF_HEAD_LEN + t->heads_len);
    cr_assert_arr_eq(head + SC_PROOF_HEAD_LEN, t->heads, t->heads_len);
    cr_assert_arr_eq(set.digest, t->digest, 32);
    for (unsigned i = 0; i < ST_PROOFS; i++) {
        const struct st_proof *const p = &t->proof[i];
        const struct sc_witness w = {.shape = p->shape, .cells = p->cells[0], .boundary = p->cells[2]};
        cr_assert_eq(sc_prove_part_unchecked(&body, &len, &prover, &program, &set, &w), SOCLE_OK);
        cr_assert_eq(len, p->len, "proof %u", i);
        cr_assert_arr_eq(body, p->bytes, len, "proof %u", i);
        sc_free(body);
    }
    sc_free(head);
    sc_set_fini(&set);
    sc_program_fini(&program);
    set_naive_destroy(t);
}

/* --- which proofs ------------------------------------------------------------------------------------------------------ */

Test(set_naive, proofs_are_all_there_in_order_and_of_this_set, .timeout = 100)
{
    static const unsigned swapped[ST_PROOFS] = {0, 2, 1, 3}, twice[ST_PROOFS] = {0, 1, 1, 3}, late[ST_PROOFS] = {1, 0, 2, 3},
                          longer[ST_PROOFS + 1] = {0, 1, 2, 3, 3};
    struct set_naive *const t = set_naive_create(NULL), *const other = set_naive_create(NULL);
    struct sc_verified v;
    set_naive_prove(t);
    lie_is_refused(verdict(&v, t, swapped, ST_PROOFS, 0), SOCLE_E_REJECT, "two segments exchanged");
    lie_is_refused(verdict(&v, t, twice, ST_PROOFS, 0), SOCLE_E_REJECT, "a segment twice, another left out");
    lie_is_refused(verdict(&v, t, late, ST_PROOFS, 0), SOCLE_E_LIMIT, "a segment in the place of memory");
    lie_is_refused(verdict(&v, t, in_order, ST_SEGMENTS, 0), SOCLE_E_FORMAT, "the last segment left out");
    lie_is_refused(verdict(&v, t, longer, ST_PROOFS + 1, 0), SOCLE_E_FORMAT, "a proof too many");
    for (unsigned w = 0; w < ST_WORDS; w++) { /* another run of the same program: its first values are others */
        add(final_(other, w, F_IN), 1);
        add(final_(other, w, F_OUT), 1);
        add(boundary(other, 0, w, B_IN), 1);
        add(boundary(other, 0, w, B_OUT), 1);
        for (uint32_t i = 1; i < ST_PROOFS; i++) {
            for (unsigned k = 0; st_touches(i, w) && k < 2; k++) {
                add(boundary(other, i, w, k ? B_IN : B_OUT), 1);
                add(touch(other, i, w, k ? T_IN : T_OUT), 1);
            }
        }
    }
    set_naive_prove(other);
    cr_assert_eq(answer(other), SOCLE_OK);
    for (unsigned i = 0; i < ST_PROOFS; i++) {
        struct st_proof *const p = &t->proof[i];
        uint8_t *const own = p->bytes;
        const size_t len = p->len;
        p->bytes = other->proof[i].bytes;
        p->len = other->proof[i].len;
        lie_is_refused(answer(t), SOCLE_E_REJECT, "proof %u of another run", i);
        p->bytes = own;
        p->len = len;
    }
    cr_assert_eq(answer(t), SOCLE_OK);
    set_naive_destroy(t);
    set_naive_destroy(other);
}

Test(set_naive, a_proof_is_bound_to_its_place_and_its_set, .timeout = 100)
{
    struct set_naive *t = set_naive_create(NULL);
    t->bind_as[2] = 1;
    expect_refused(t, "a proof that says it is another");
    t = set_naive_create(NULL);
    set_naive_heads(t);
    t->digest[31] ^= 1;
    set_naive_prove_one(t, 0);
    t->digest[31] ^= 1;
    for (uint32_t i = 1; i < ST_PROOFS; i++) {
        set_naive_prove_one(t, i);
    }
    lie_is_refused(answer(t), SOCLE_E_REJECT, "a proof of another digest");
    set_naive_destroy(t);
}

/* The closed-form column of a proof that would like to be another segment. */
Test(set_naive, the_index_is_that_of_the_place, .timeout = 100)
{
    struct set_naive *const t = set_naive_create(NULL);
    t->proof[2].layout.index = 3;
    expect_refused(t, "BOUNDARY with another index");
}

/* --- length ------------------------------------------------------------------------------------------------------------ */

Test(set_naive, nothing_is_left_over, .timeout = 100)
{
    struct set_naive *const t = set_naive_create(NULL);
    struct sc_verified v;
    set_naive_prove(t);
    lie_is_refused(verdict(&v, t, in_order, ST_PROOFS, 1), SOCLE_E_FORMAT, "a byte behind the last proof");
    cr_expect_eq(n_frames[SC_L_MAIN_ROOT], (unsigned)ST_PROOFS);
    lie_is_refused(verdict(&v, t, in_order, ST_PROOFS, (size_t)1 << 22), SOCLE_E_FORMAT, "4 MiB behind the last proof");
    cr_expect_eq(n_frames[SC_L_MAIN_ROOT], (unsigned)ST_PROOFS - 1, "seen before the last proof is read");
    t->proof[3].len--;
    lie_is_refused(answer(t), SOCLE_E_FORMAT, "a cut proof");
    set_naive_destroy(t);
}

/* --- the run ----------------------------------------------------------------------------------------------------------- */

Test(set_naive, segments_run_as_the_heads_say, .timeout = 200)
{
    struct set_naive *t = set_naive_create(NULL);
    t->output[0] ^= 0x40;
    expect_refused(t, "another output");
    t = set_naive_create(NULL);
    t->last_input = 5;
    expect_refused(t, "another last key");
    t = set_naive_create(NULL);
    t->segment[0].ip_out++;
    t->segment[1].ip_in++;
    expect_refused(t, "segments that meet elsewhere");
    t = set_naive_create(NULL);
    *st_cell(&t->proof[3], ST_STEP, 8, 3) = 0;
    expect_refused(t, "a run that has not halted");
}

/* --- the global bus ----------------------------------------------------------------------------------------------------- */

Test(set_naive, rows_are_where_their_kind_belongs, .timeout = 200)
{
    struct set_naive *t = set_naive_create(NULL);
    *boundary(t, 0, 2, B_MEM) = 0;
    *boundary(t, 0, 2, B_SEG) = FP_ONE;
    expect_refused(t, "a row of a segment in proof 0");
    t = set_naive_create(NULL);
    *boundary(t, 2, 2, B_SEG) = 0;
    *boundary(t, 2, 2, B_MEM) = FP_ONE;
    expect_refused(t, "a row of memory in a segment");
}

static void other_global_root(enum sc_label label, unsigned nth, uint8_t *bytes, size_t len)
{
    if (label == SC_L_GKR_ROOT && nth == 3) { /* of G in proof 1 */
        memset(bytes + len / 2, 0, len / 2);
    }
}

Test(set_naive, the_global_argument_is_one, .timeout = 200)
{
    struct set_naive *t = set_naive_create(NULL);
    set_naive_heads(t);
    t->bus.alpha = fx_add(t->bus.alpha, FX_ONE);
    for (uint32_t i = 0; i < ST_PROOFS; i++) {
        set_naive_prove_one(t, i);
    }
    lie_is_refused(answer(t), SOCLE_E_REJECT, "another alpha of the global bus, the same in all proofs");
    set_naive_destroy(t);
    t = set_naive_create(NULL);
    lie.message = other_global_root;
    expect_refused(t, "a root of G with Q = 0");
}


/* --- work ---------------------------------------------------------------------------------------------------------------- */

Test(set_naive, work_is_done_in_heads_and_proofs, .timeout = 100)
{
    static const enum sc_label labels[] = {SC_L_SET_POW, SC_L_LOGUP_POW};
    for (unsigned i = 0; i < 2; i++) {
        struct set_naive *const t = set_naive_create(NULL);
        lie.lazy = labels[i];
        expect_refused(t, i == 0 ? "a nonce without work before the global challenge" : "nonces without work before the local ones");
    }
}

/* --- shapes ------------------------------------------------------------------------------------------------------------- */

static struct {
    uint32_t index;
    unsigned table;
} extra;

static void add_table(struct sc_shape *s)
{
    if (s->index == extra.index) {
        st_chunks(s, extra.table, 4);
    }
}

/* The table is empty: nothing but its presence is wrong. */
Test(set_naive, tables_are_present_where_they_belong, .timeout = 200)
{
    static const struct {
        uint32_t index;
        unsigned table;
    } bad[] = {{0, ST_STEP}, {0, ST_TOUCH}, {1, ST_ENDS}, {3, ST_FINAL}};
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        extra.index = bad[i].index;
        extra.table = bad[i].table;
        struct set_naive *const t = set_naive_create(add_table);
        set_naive_prove(t);
        lie_is_refused(answer(t), SOCLE_E_LIMIT, "table %s in proof %u", st_tables[extra.table].name, extra.index);
        set_naive_destroy(t);
    }
}

/* The shape of proof 1 as @p bytes, and nothing behind it. */
static socle_status shape_answer(struct set_naive *t, const uint8_t *bytes, size_t len)
{
    static const unsigned two[2] = {0, 1};
    struct st_proof *const p = &t->proof[1];
    struct sc_verified v;
    sc_free(p->bytes);
    p->bytes = sc_alloc(1, len);
    p->len = len;
    memcpy(p->bytes, bytes, len);
    return verdict(&v, t, two, 2, 0);
}

Test(set_naive, shapes_of_segments_are_bounded, .timeout = 100)
{
    /* STEP, TOUCH, ENDS, FINAL, INDEX */
    static const uint8_t good[] = {1, 4, 1, 4, 0, 0, 1, 6}, clock_[] = {1, 25, 1, 4, 0, 0, 1, 6}, cells[] = {1, 4, 1, 28, 0, 0, 1, 6},
                         large[] = {1, 4, 1, 14, 0, 0, 1, 6}, list[] = {2, 5, 5, 1, 4, 0, 0, 1, 6}, five[] = {5, 9, 8, 7, 6, 5, 1, 4, 0, 0, 1, 6},
                         none[] = {1, 4, 1, 4, 0, 0, 0};
    struct set_naive *const t = set_naive_create(NULL);
    set_naive_prove(t);
    lie_is_refused(shape_answer(t, good, sizeof good), SOCLE_E_FORMAT, "a shape without a proof");
    cr_expect_eq(n_frames[SC_L_MAIN_ROOT], 1u);
    lie_is_refused(shape_answer(t, clock_, sizeof clock_), SOCLE_E_LIMIT, "stamps up to 2^27");
    lie_is_refused(shape_answer(t, cells, sizeof cells), SOCLE_E_LIMIT, "5 x 2^28 cells");
    lie_is_refused(shape_answer(t, list, sizeof list), SOCLE_E_LIMIT, "two chunks of equal height");
    lie_is_refused(shape_answer(t, five, sizeof five), SOCLE_E_FORMAT, "five chunks");
    lie_is_refused(shape_answer(t, none, sizeof none), SOCLE_E_LIMIT, "no lookup table");
    lie_is_refused(shape_answer(t, large, sizeof large), SOCLE_E_FORMAT, "2^17 cells without a proof");
    set_naive_destroy(t);
}

Test(set_naive, sizes_are_within_the_profile, .timeout = 100)
{
    static const uint8_t large[] = {1, 4, 1, 14, 0, 0, 1, 6};
    struct set_naive *const t = set_naive_create(NULL);
    lie.one_digest = true;
    t->profile.max_m0 = 16;
    set_naive_prove(t);
    lie_is_refused(shape_answer(t, large, sizeof large), SOCLE_E_LIMIT, "2^17 cells where the profile ends at 2^16");
    set_naive_destroy(t);
}
