/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Lies about a set of proofs, each in full proofs of the toy machine: one thing is not as it should be, everything else follows from it
 * honestly, and one check stands in its way. Where the check is a law of BOUNDARY, the same lie is accepted by a machine without it.
 */
#include "tests/sound/lie.h"
#include "tests/sound/toy_set.h"

static const unsigned few[] = {20, 30, 25, 40};
enum { N_WORDS = 20 };

static struct toy_set *honest(unsigned n_segments)
{
    struct toy_set *const t = toy_set_create(sc_cpu_ops_best(), NULL);
    toy_set_run(t, n_segments, few, N_WORDS);
    return t;
}

static socle_status own_answer(const struct toy_set *t)
{
    return toy_set_answer_to(t, t->body, t->len, t->set.n_segments + 1);
}

static struct ts_row *row_of(struct ts_part *p, uint32_t addr)
{
    for (unsigned i = 0; i < p->n_rows; i++) {
        if (p->row[i].addr == addr) {
            return &p->row[i];
        }
    }
    cr_assert_fail("no row of word %u", addr);
    return NULL;
}

/* ---- memory between segments: the sum over the set ---- */

/* Everything that happens to a word from segment `from` on starts from another value; the end of the run agrees. */
static void shift_values(struct toy_set *t, uint32_t addr, uint32_t from, uint32_t by)
{
    for (uint32_t i = from; i <= t->set.n_segments; i++) {
        struct ts_part *const p = &t->part[i];
        for (unsigned k = 0; k < p->n_steps; k++) {
            if (p->step[k].addr == addr) {
                p->step[k].v += by;
                p->step[k].w += by;
            }
        }
        row_of(p, addr)->v_in += by;
        row_of(p, addr)->v_out += by;
    }
    row_of(&t->part[0], addr)->v_out += by;
    for (unsigned k = 0; k < t->part[0].n_words; k++) {
        t->part[0].word[k].fin += t->part[0].word[k].addr == addr ? by : 0;
    }
}

Test(set_lies, a_value_that_changes_between_segments)
{
    struct toy_set *const t = honest(3);
    shift_values(t, 4, 2, 1000);
    lie_is_refused(toy_set_answer(t), SOCLE_E_REJECT, "a segment that does not begin with what the one before left");
    toy_set_destroy(t);
}

/* index - prev - 1 is `index` then: the lookup holds. */
Test(set_lies, prev_minus_one)
{
    struct toy_set *const t = honest(2);
    row_of(&t->part[1], 4)->prev = -1;
    lie_is_refused(toy_set_answer(t), SOCLE_E_REJECT, "a word from a proof before the first");
    toy_set_destroy(t);
}

/* Two lives of a word in one segment: steps of the second begin from what another segment left, like those of the first. */
static void second_life(struct toy_set *t, uint32_t index, uint32_t addr)
{
    struct ts_part *const p = &t->part[index];
    struct ts_row *const first = row_of(p, addr);
    struct ts_row second = *first;
    unsigned n = 0;
    for (unsigned k = 0; k < p->n_steps; k++) {
        struct ts_step *const s = &p->step[k];
        if (s->addr != addr) {
            continue;
        }
        if (n++ == 0) { /* the only step of the first life */
            first->v_out = s->w;
            first->last = s->ts + 2;
        } else {
            s->prev = n == 2 ? 0 : s->prev;
            s->v -= 7;
            s->w -= 7;
            second.v_out = s->w;
        }
    }
    cr_assert_geq(n, 2u);
    p->row[p->n_rows++] = second;
}

Test(set_lies, two_rows_of_a_word_in_one_segment)
{
    struct toy_set *const t = honest(2);
    second_life(t, 2, 6);
    struct ts_row *const mem = row_of(&t->part[0], 6);
    mem->v_out = t->part[2].row[t->part[2].n_rows - 1].v_out;
    t->part[0].word[6].fin = mem->v_out;
    lie_is_refused(toy_set_answer(t), SOCLE_E_REJECT, "a word that begins twice in a segment");
    toy_set_destroy(t);
}

/* A word of segments alone: without the memory proof nobody gives it. */
Test(set_lies, a_word_without_a_memory_row)
{
    struct toy_set *const t = honest(2);
    struct ts_part *const first = &t->part[0];
    struct ts_row *const mem = row_of(first, 4);
    first->word[4].fin = first->word[4].v;
    first->word[4].last = 0;
    *mem = first->row[--first->n_rows];
    lie_is_refused(toy_set_answer(t), SOCLE_E_REJECT, "a word that segments have and the memory proof has not");
    toy_set_destroy(t);
}

/* ---- the memory proof, and a segment, by themselves: the sum over a proof ---- */

Test(set_lies, a_word_that_the_memory_table_lacks)
{
    struct toy_set *const t = honest(2);
    struct ts_part *const first = &t->part[0];
    first->word[4] = first->word[--first->n_words];
    lie_is_refused(toy_set_answer(t), SOCLE_E_REJECT, "a word of no memory table");
    toy_set_destroy(t);
}

/* Each segment has a life of the word of its own, each with a memory row: on BND all is balanced. */
Test(set_lies, two_memory_rows_of_a_word)
{
    struct toy_set *const t = honest(2);
    struct ts_part *const first = &t->part[0];
    shift_values(t, 4, 2, 1000);
    struct ts_row *const mem = row_of(first, 4), *const second = row_of(&t->part[2], 4);
    const struct ts_row other = {.mem = 1, .addr = 4, .v_in = second->v_in, .v_out = second->v_out, .prev = 2};
    second->prev = 0;
    mem->v_out = row_of(&t->part[1], 4)->v_out;
    mem->prev = 1;
    first->row[first->n_rows++] = other;
    lie_is_refused(toy_set_answer(t), SOCLE_E_REJECT, "a word with two rows of the memory proof");
    toy_set_destroy(t);
}

/* A row that takes what it gives itself, so that on BND and MEM all is balanced; the lookup is the first use of BOUNDARY. */
static void add_self_made(struct toy_set *t)
{
    struct ts_part *const p = &t->part[2];
    p->row[p->n_rows++] = (struct ts_row){.seg = 1, .addr = N_WORDS, .v_in = 77, .v_out = 77, .prev = 2};
}

Test(set_lies, prev_equal_to_index)
{
    struct toy_set *t = honest(2);
    add_self_made(t);
    lie_is_refused(toy_set_answer(t), SOCLE_E_REJECT, "a word that a segment has from itself");
    toy_set_destroy(t);

    t = honest(2);
    cr_assert_eq(ts_tables[TS_BOUNDARY].uses[0].bus, AIR_BUS_U16);
    ts_tables[TS_BOUNDARY].uses++;
    ts_tables[TS_BOUNDARY].n_uses--;
    t->no_lookup = true;
    add_self_made(t);
    cr_expect_eq(toy_set_answer(t), SOCLE_OK, "without the lookup nothing else refuses it");
    toy_set_destroy(t);
}

/* ---- the run from segment to segment ---- */

static void move_ips(struct toy_set *t, uint32_t index, uint32_t by)
{
    struct ts_part *const p = &t->part[index];
    for (unsigned k = 0; k < p->n_steps; k++) {
        p->step[k].ip += by;
    }
    t->segment[index - 1].ip_in += by;
    t->segment[index - 1].ip_out += by;
}

Test(set_lies, a_segment_that_begins_elsewhere)
{
    struct toy_set *const t = honest(3);
    move_ips(t, 2, 100);
    move_ips(t, 3, 100);
    lie_is_refused(toy_set_answer(t), SOCLE_E_REJECT, "ip_in that is not the ip_out before");
    toy_set_run(t, 3, few, N_WORDS);
    for (uint32_t i = 1; i <= 3; i++) {
        move_ips(t, i, 100);
    }
    lie_is_refused(toy_set_answer(t), SOCLE_E_REJECT, "a first segment that does not begin at the entry point");
    toy_set_destroy(t);
}

Test(set_lies, halted_before_the_last_segment)
{
    struct toy_set *t = honest(3);
    t->part[2].step[t->part[2].n_steps - 1].halted = 1;
    lie_is_refused(toy_set_answer(t), SOCLE_E_REJECT, "a run that goes on after it halted");
    toy_set_destroy(t);
    t = honest(2);
    t->part[2].step[t->part[2].n_steps - 1].halted = 0;
    lie_is_refused(toy_set_answer(t), SOCLE_E_REJECT, "a run that does not halt");
    toy_set_destroy(t);
}

Test(set_lies, a_segment_that_ends_at_another_time)
{
    struct toy_set *const t = honest(2);
    t->segment[0].ts_end += 4;
    lie_is_refused(toy_set_answer(t), SOCLE_E_REJECT, "a ts_end that no row has");
    toy_set_destroy(t);
}

/* ---- bodies in the wrong place ---- */

Test(set_lies, proofs_left_out_repeated_reordered)
{
    static const unsigned steps[] = {20, 20, 20};
    static const struct {
        unsigned n, at[5];
        socle_status want;
    } cases[] = {
        {4, {0, 2, 1, 3}, SOCLE_E_REJECT}, {4, {0, 1, 1, 3}, SOCLE_E_REJECT}, {3, {0, 1, 3}, SOCLE_E_REJECT},
        {3, {0, 1, 2}, SOCLE_E_FORMAT},    {5, {0, 1, 2, 3, 3}, SOCLE_E_FORMAT}, {5, {0, 1, 2, 2, 3}, SOCLE_E_FORMAT},
    };
    struct toy_set *const t = toy_set_create(sc_cpu_ops_best(), NULL);
    toy_set_run(t, 3, steps, N_WORDS);
    toy_set_prove(t);
    cr_assert_eq(own_answer(t), SOCLE_OK);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t *body[5];
        size_t len[5];
        for (unsigned k = 0; k < cases[i].n; k++) {
            body[k] = t->body[cases[i].at[k]];
            len[k] = t->len[cases[i].at[k]];
        }
        lie_is_refused(toy_set_answer_to(t, body, len, cases[i].n), cases[i].want, "case %u", i);
    }
    uint8_t nothing[1] = {0};
    uint8_t *const body[] = {t->body[0], t->body[1], t->body[2], t->body[3], nothing};
    const size_t len[] = {t->len[0], t->len[1], t->len[2], t->len[3], 1};
    lie_is_refused(toy_set_answer_to(t, body, len, 5), SOCLE_E_FORMAT, "a byte behind the last proof");
    toy_set_destroy(t);
}

/* The challenges of the set, so that two sets differ in nothing that a proof sees but the digest. */
static void same_challenges(enum sc_label label, fx *out, size_t n)
{
    for (size_t i = 0; (label == SC_L_SET_ALPHA || label == SC_L_SET_BETA) && i < n; i++) {
        out[i] = fx_from_fp(fp_from_u32((uint32_t)(1000 * label + 77 * i + 5)));
        out[i].c[3] = fp_from_u32((uint32_t)(13 * i + label));
    }
}

/* Proof 1 of a set in the place of that of another set, in which it would be true as well. */
Test(set_lies, a_proof_of_another_set)
{
    lie.challenge = same_challenges;
    struct toy_set *const a = honest(2), *const b = honest(2);
    b->output[3] ^= 1; /* another run: it writes another output */
    toy_set_prove(a);
    toy_set_prove(b);
    cr_assert_eq(own_answer(a), SOCLE_OK);
    cr_assert_eq(own_answer(b), SOCLE_OK);
    cr_assert_neq(memcmp(a->set.digest, b->set.digest, 32), 0);
    uint8_t *const body[] = {a->body[0], b->body[1], a->body[2]};
    const size_t len[] = {a->len[0], b->len[1], a->len[2]};
    lie_is_refused(toy_set_answer_to(a, body, len, 3), SOCLE_E_REJECT, "a proof that is bound to another set");
    toy_set_destroy(a);
    toy_set_destroy(b);
}

/* Two programs that differ in their entry point alone; what the memory proof says of them is the same. */
Test(set_lies, a_set_of_another_program)
{
    lie.challenge = same_challenges;
    struct toy_set *const a = honest(2), *const b = honest(2);
    toy_set_prove(a);
    sc_program_fini(&b->program);
    cr_assert_eq(sc_keygen(&b->program, &b->prover, TS_ENTRY + 1, TOY_IMAGE_LOG, b->image), SOCLE_OK);
    for (uint32_t i = 1; i <= 2; i++) {
        move_ips(b, i, 1);
    }
    toy_set_prove(b);
    cr_assert_eq(own_answer(a), SOCLE_OK);
    cr_assert_eq(own_answer(b), SOCLE_OK);
    uint8_t *const body[] = {b->body[0], a->body[1], a->body[2]};
    const size_t len[] = {b->len[0], a->len[1], a->len[2]};
    lie_is_refused(toy_set_answer_to(a, body, len, 3), SOCLE_E_REJECT, "the memory proof of another program");
    memcpy(a->program.vk, b->program.vk, SC_VK_LEN);
    lie_is_refused(own_answer(a), SOCLE_E_VERSION, "under the key of another program");
    toy_set_destroy(a);
    toy_set_destroy(b);
}

/* ---- the roots of G ---- */

static fx set_alpha;

/* Rows that are not real give and take BND(0, .., 0): its value is zero under these challenges. */
static void zero_tuple(enum sc_label label, fx *out, size_t n)
{
    (void)n;
    if (label == SC_L_SET_ALPHA) {
        set_alpha = out[0];
    }
    if (label == SC_L_SET_BETA) {
        out[0] = fx_neg(fx_mul_fp(set_alpha, fp_inv(fp_from_u32(AIR_BUS_BND))));
    }
}

/* With a zero among the denominators root and sum say nothing: 0/0 would hide what segments pass to each other. */
Test(set_lies, a_global_fraction_of_zero_over_zero)
{
    struct toy_set *const t = honest(2);
    lie.challenge = zero_tuple;
    shift_values(t, 4, 2, 1000);
    lie_is_refused(toy_set_answer(t), SOCLE_E_REJECT, "a root of G with Q = 0");
    toy_set_destroy(t);
}

/* The root of G in the last proof is what makes the sum zero. */
static struct sc_fraction so_far;

static void balance_root(enum sc_label label, unsigned nth, uint8_t *bytes, size_t len)
{
    fx root[2];
    if (label != SC_L_GKR_ROOT || nth % 2 == 0) {
        return;
    }
    cr_assert(len == 8 * FX_DEG && sc_fx_decode(root, bytes, 2));
    if (nth == 5) {
        root[0] = fx_neg(fx_mul(fx_mul(so_far.n, root[1]), fx_inv(so_far.d)));
        sc_fx_encode(bytes, root, 2);
    }
    so_far = (struct sc_fraction){fx_add(fx_mul(so_far.n, root[1]), fx_mul(root[0], so_far.d)), fx_mul(so_far.d, root[1])};
}

Test(set_lies, a_root_of_the_global_argument_that_its_leaves_do_not_have)
{
    struct toy_set *const t = honest(2);
    shift_values(t, 4, 2, 1000);
    so_far = (struct sc_fraction){FX_ZERO, FX_ONE};
    lie.message = balance_root;
    lie_is_refused(toy_set_answer(t), SOCLE_E_REJECT, "a root of G that makes the sum zero");
    cr_assert(fx_is_zero(so_far.n));
    toy_set_destroy(t);
}

/* ---- laws of BOUNDARY ---- */

static fx (*boundary_eval)(const fx *cols, const fx *powers);

/* BOUNDARY's laws but for the last, that a row of the memory proof is in no segment. */
static fx without_last_law(const fx *cols, const fx *powers)
{
    fx w[AIR_MAX_CONSTRAINTS];
    const unsigned n = ts_tables[TS_BOUNDARY].n_constraints;
    memcpy(w, powers, n * sizeof *w);
    w[n - 1] = FX_ZERO;
    return boundary_eval(cols, w);
}

/* Segment 1 has the word twice: from proof 0 with its first value, and at once, through a row of kind mem, with the value that segment 2
 * will leave. Segment 2 begins with the first value as well. Every bus is balanced. */
static void go_back_in_time(struct toy_set *t, uint32_t addr)
{
    struct ts_part *const first = &t->part[1];
    struct ts_row *const one = row_of(first, addr), *const two = row_of(&t->part[2], addr), *const mem = row_of(&t->part[0], addr);
    const uint32_t start = one->v_in, gain_1 = one->v_out - one->v_in, gain_2 = two->v_out - two->v_in;
    shift_values(t, addr, 2, start - two->v_in);
    shift_values(t, addr, 1, gain_2);
    shift_values(t, addr, 2, 0 - gain_2);
    two->prev = 0;
    one->v_in = start;
    for (unsigned k = 0; k < first->n_steps; k++) {
        if (first->step[k].addr == addr) {
            first->step[k].prev = 1;
            break;
        }
    }
    first->row[first->n_rows++] = (struct ts_row){.mem = 1, .addr = addr, .v_in = start, .v_out = start + gain_2, .prev = 2};
    mem->prev = 1;
    mem->v_out = t->part[0].word[addr].fin = start + gain_2 + gain_1;
}

Test(set_lies, a_memory_row_in_a_segment)
{
    struct toy_set *t = honest(2);
    struct air_table *const b = &ts_tables[TS_BOUNDARY];
    cr_assert_str_eq(b->labels[b->n_constraints - 1], "a row of the memory proof is in no segment");
    go_back_in_time(t, 4);
    lie_is_refused(toy_set_answer(t), SOCLE_E_REJECT, "a value from a later segment");
    toy_set_destroy(t);

    t = honest(2);
    boundary_eval = b->eval;
    b->eval = without_last_law;
    go_back_in_time(t, 4);
    cr_expect_eq(toy_set_answer(t), SOCLE_OK, "without the law nothing else refuses it");
    toy_set_destroy(t);
}

/* ---- tables where they have no place ---- */

/* A word that the segment has from a memory table of its own, and no row of BOUNDARY. */
static void own_memory(struct toy_set *t, uint32_t index, uint32_t addr)
{
    struct ts_part *const p = &t->part[index];
    struct ts_row *const r = row_of(p, addr);
    p->word[p->n_words++] = (struct ts_word){addr, r->v_in, r->v_out, r->last};
    *r = p->row[--p->n_rows];
    struct ts_row *const mem = row_of(&t->part[0], addr);
    mem->prev = 1;
    mem->v_out = t->part[0].word[addr].fin = row_of(&t->part[1], addr)->v_out;
}

Test(set_lies, a_memory_table_in_a_segment)
{
    struct toy_set *const t = honest(2);
    shift_values(t, 4, 2, 1000);
    own_memory(t, 2, 4);
    lie.proving = true;
    toy_set_prove(t);
    lie.proving = false;
    lie_is_refused(own_answer(t), SOCLE_E_LIMIT, "a segment with a memory table");
    ts_machine.in_segments |= 1u << TS_WORDS;
    cr_expect_eq(own_answer(t), SOCLE_OK, "nothing else refuses it");
    toy_set_destroy(t);
}

/* ---- the boundary polynomial and its samples ---- */

static void without_samples(struct toy_set *t)
{
    t->profile.boundary[SC_MIN_LOG_CELLS].r[0].ood = 0;
    sc_program_fini(&t->program);
    cr_assert_eq(sc_keygen(&t->program, &t->prover, TS_ENTRY, TOY_IMAGE_LOG, t->image), SOCLE_OK);
}

/* A cell of a row that is not real: no law speaks of it, only the commitment. */
static void change_unreal_cell(struct toy_set *t, uint32_t index)
{
    struct ts_part *const p = &t->part[index];
    const struct sc_chunk *const c = &p->layout.chunk[p->layout.n_chunks - 1];
    fp *const cell = p->boundary + (((size_t)c->block + 4) << c->log_h) + ((1u << c->log_h) - 1);
    cr_assert_eq(*cell, 0u, "the last row is real");
    *cell = FP_ONE;
}

Test(set_lies, a_boundary_polynomial_changed_after_the_challenge)
{
    struct toy_set *const t = honest(2);
    const struct sc_boundary_source source = {.cells = ts_cells, .arg = t};
    without_samples(t);
    toy_set_commit(t);
    cr_assert_eq(sc_set_begin(&t->set, &t->head, &t->head_len, &t->prover, &t->program, &source), SOCLE_OK);
    change_unreal_cell(t, 1);
    cr_assert_eq(sc_boundary_commit(&t->shapes[1], &t->prover, t->part[1].boundary), SOCLE_OK);
    for (uint32_t i = 0; i <= 2; i++) {
        cr_assert_eq(sc_prove_part_unchecked(&t->body[i], &t->len[i], &t->prover, &t->program, &t->set, &t->part[i].w), SOCLE_OK);
    }
    lie_is_refused(own_answer(t), SOCLE_E_REJECT, "another polynomial than that of the root");
    toy_set_destroy(t);
}

static uint8_t kept[2][2 * 4 * FX_DEG];

static void keep_answers(enum sc_label label, unsigned nth, uint8_t *bytes, size_t len)
{
    if (label == SC_L_SET_OOD_ANS && (nth == 1 || nth == 2)) {
        cr_assert_eq(len, sizeof kept[0]);
        memcpy(kept[nth - 1], bytes, len);
    }
}

/* The points of the second depend on the answers of the first, so they are swapped as they were in another try. */
static void swap_answers(enum sc_label label, unsigned nth, uint8_t *bytes, size_t len)
{
    if (label == SC_L_SET_OOD_ANS && (nth == 1 || nth == 2)) {
        memcpy(bytes, kept[2 - nth], len);
    }
}

static void swap_of_one(enum sc_label label, unsigned nth, uint8_t *bytes, size_t len)
{
    (void)len;
    if (label == SC_L_SET_OOD_ANS && nth == 2) {
        uint8_t first[4 * FX_DEG];
        memcpy(first, bytes, sizeof first);
        memcpy(bytes, bytes + sizeof first, sizeof first);
        memcpy(bytes + sizeof first, first, sizeof first);
    }
}

/* The prover goes on with the answers that were sent. */
static socle_status answer_with(struct toy_set *t, void (*message)(enum sc_label, unsigned, uint8_t *, size_t))
{
    const struct sc_boundary_source source = {.cells = ts_cells, .arg = t};
    toy_set_commit(t);
    memset(lie.sent, 0, sizeof lie.sent);
    lie.message = message;
    cr_assert_eq(sc_set_begin(&t->set, &t->head, &t->head_len, &t->prover, &t->program, &source), SOCLE_OK);
    lie.message = NULL;
    const uint8_t *const answers = t->head + t->head_len - 8 - 3 * sizeof kept[0];
    for (uint32_t i = 0; i <= 2; i++) {
        cr_assert(sc_fx_decode(t->set.samples[i].answer, answers + i * sizeof kept[0], 2));
    }
    for (uint32_t i = 0; i <= 2; i++) {
        cr_assert_eq(sc_prove_part_unchecked(&t->body[i], &t->len[i], &t->prover, &t->program, &t->set, &t->part[i].w), SOCLE_OK);
    }
    const socle_status st = own_answer(t);
    toy_set_drop(t);
    return st;
}

Test(set_lies, answers_of_samples_swapped)
{
    struct toy_set *const t = honest(2);
    cr_assert_eq(t->profile.boundary[SC_MIN_LOG_CELLS].r[0].ood, 2);
    cr_assert_eq(answer_with(t, keep_answers), SOCLE_OK);
    lie_is_refused(answer_with(t, swap_answers), SOCLE_E_REJECT, "answers of two proofs swapped");
    lie_is_refused(answer_with(t, swap_of_one), SOCLE_E_REJECT, "answers of one proof swapped");
    toy_set_destroy(t);
}

/* ---- one proof by itself ---- */

static socle_status part_answer(struct sc_fraction *one, const struct toy_set *t, const struct sc_set_bytes *bytes, uint32_t index)
{
    const size_t scratch_len = sc_verify_scratch(&ts_machine);
    void *const scratch = malloc(scratch_len);
    const socle_status st = sc_verify_set_part(one, &ts_machine, &t->profile, t->program.vk, bytes, index, scratch, scratch_len);
    cr_assert(st == SOCLE_OK || (fx_is_zero(one->n) && fx_is_zero(one->d)));
    free(scratch);
    return st;
}

/* The bytes of exactly so many of a body, and what is refused of proof i. */
static void refuse_of_part(const struct toy_set *t, uint32_t i)
{
    struct sc_fraction one;
    uint8_t *const copy = malloc(t->len[i] + 1), *const head = malloc(t->head_len + 1);
    struct sc_set_bytes bytes = {head, t->head_len, copy, t->len[i]};
    memcpy(copy, t->body[i], t->len[i]);
    memcpy(head, t->head, t->head_len);
    copy[t->len[i]] = head[t->head_len] = 0;
    for (uint32_t k = 0; k <= t->set.n_segments + 1; k++) {
        const socle_status want = k > t->set.n_segments ? SOCLE_E_ARG : (k == 0) != (i == 0) ? SOCLE_E_LIMIT : SOCLE_E_REJECT;
        if (k != i) {
            lie_is_refused(part_answer(&one, t, &bytes, k), want, "proof %u as %u", i, k);
        }
    }
    bytes.body_len++;
    lie_is_refused(part_answer(&one, t, &bytes, i), SOCLE_E_FORMAT, "a byte behind proof %u", i);
    bytes.body_len -= 2;
    lie_is_refused(part_answer(&one, t, &bytes, i), SOCLE_E_FORMAT, "proof %u without its last byte", i);
    bytes.body_len++;
    bytes.head_len++;
    lie_is_refused(part_answer(&one, t, &bytes, i), SOCLE_E_FORMAT, "a byte behind the head");
    bytes.head_len--;
    head[SC_PROOF_HEAD_LEN] ^= 1;
    lie_is_refused(part_answer(&one, t, &bytes, i), SOCLE_E_VERSION, "another program");
    free(copy);
    free(head);
}

Test(set_lies, about_one_proof)
{
    static const unsigned steps[] = {20, 20, 20};
    struct toy_set *const t = toy_set_create(sc_cpu_ops_best(), NULL);
    struct sc_fraction sum = {FX_ZERO, FX_ONE}, one;
    toy_set_run(t, 3, steps, N_WORDS);
    toy_set_prove(t);
    for (uint32_t i = 0; i <= 3; i++) {
        const struct sc_set_bytes bytes = {t->head, t->head_len, t->body[i], t->len[i]};
        cr_assert_eq(part_answer(&one, t, &bytes, i), SOCLE_OK, "proof %u", i);
        sum = (struct sc_fraction){fx_add(fx_mul(sum.n, one.d), fx_mul(one.n, sum.d)), fx_mul(sum.d, one.d)};
        refuse_of_part(t, i);
    }
    cr_assert(fx_is_zero(sum.n), "the fractions of the set sum to zero");
    toy_set_destroy(t);
}

/* What the file says of the run and the lists is true; only room or place of the work area is not. */
Test(set_lies, of_the_scratch)
{
    struct toy_set *const t = honest(2);
    const size_t len = sc_verify_scratch(&ts_machine);
    uint8_t *const scratch = malloc(len + 8);
    struct sc_verified v;
    struct sc_fraction one;
    uint8_t *file;
    size_t file_len;
    toy_set_prove(t);
    cr_assert_eq(sc_set_join(&file, &file_len, t->head, t->head_len, t->body, t->len, 3), SOCLE_OK);
    const struct sc_set_bytes bytes = {t->head, t->head_len, t->body[1], t->len[1]};
    uint8_t *const places[] = {NULL, scratch, scratch + 4, scratch};
    const size_t lens[] = {len, len - 1, len, len};
    for (unsigned i = 0; i < 4; i++) {
        const socle_status want = i < 3 ? SOCLE_E_ARG : SOCLE_OK;
        memset(scratch, 0x5a, len + 8);
        cr_assert_eq(sc_verify_set(&v, &ts_machine, &t->profile, t->program.vk, file, file_len, places[i], lens[i]), want, "case %u", i);
        cr_assert_eq(sc_verify_set_part(&one, &ts_machine, &t->profile, t->program.vk, &bytes, 1, places[i], lens[i]), want, "case %u", i);
        cr_assert(want == SOCLE_OK || scratch[100] == 0x5a, "something was written");
    }
    free(scratch);
    sc_free(file);
    toy_set_destroy(t);
}

/* ---- length ---- */

static unsigned main_roots;

static void count_roots(void *arg, uint8_t label, uint8_t kind, uint64_t len, const uint8_t s[32])
{
    (void)arg, (void)kind, (void)len, (void)s;
    main_roots += label == SC_L_MAIN_ROOT;
}

/* Main roots that are read of the set, or of proof 2 alone, when `more` bytes stand behind the most that proof 2 can have. */
static unsigned roots_read(struct toy_set *t, bool alone, size_t more)
{
    const struct ts_part *const p = &t->part[2];
    size_t shape = ts_machine.n_main, len;
    for (unsigned i = 0; i < ts_machine.n_main; i++) {
        shape += p->w.shape.n_chunks[i];
    }
    len = shape + (size_t)sc_proof_max(&p->layout, &t->profile, 0) + more;
    cr_assert_gt(len, t->len[2]);
    uint8_t *const body = calloc(1, len);
    memcpy(body, t->body[2], t->len[2]);
    main_roots = 0;
    lie.log = count_roots;
    if (alone) {
        const struct sc_set_bytes bytes = {t->head, t->head_len, body, len};
        struct sc_fraction one;
        cr_assert_eq(part_answer(&one, t, &bytes, 2), SOCLE_E_FORMAT);
    } else {
        uint8_t *const bodies[] = {t->body[0], t->body[1], body};
        const size_t lens[] = {t->len[0], t->len[1], len};
        cr_assert_eq(toy_set_answer_to(t, bodies, lens, 3), SOCLE_E_FORMAT);
    }
    lie.log = NULL;
    free(body);
    return main_roots;
}

Test(set_lies, more_bytes_than_the_last_proof_can_have)
{
    struct toy_set *const t = honest(2);
    toy_set_prove(t);
    cr_assert_eq(own_answer(t), SOCLE_OK);
    cr_expect_eq(roots_read(t, false, 0), 3u, "as many as it can have: read, and some are left over");
    cr_expect_eq(roots_read(t, false, 1), 2u, "one more: refused when the shape is known");
    cr_expect_eq(roots_read(t, true, 0), 1u);
    cr_expect_eq(roots_read(t, true, 1), 0u);
    toy_set_destroy(t);
}
