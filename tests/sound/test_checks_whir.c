/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * One lie for each check of the verifier of openings that only this check can stop, and its arguments out of range.
 * The lies of test_whir_naive.c (another vector, another answer, a stale challenge) are about what is proved; these are about
 * single lines of the verifier. See lie.h.
 */
#include "tests/sound/lie.h"
#include "tests/sound/whir_scene.h"

static struct scene *about;
static unsigned target_nth;
static enum sc_label target;

/* Folding challenges as they are drawn. */
static fx folds[64];
static unsigned n_folds;

static void keep_folds(enum sc_label label, fx *out, size_t n)
{
    if (label == SC_L_WHIR_FOLD && n == 1) {
        folds[n_folds++ % 64] = *out;
    }
}

/* Another leaf with the same answer: element 0 up by eq_1, element 1 down by eq_0. */
static void leaf_with_the_same_answer(enum sc_label label, unsigned nth, uint8_t *bytes, size_t len)
{
    if (label != SC_L_WHIR_OPEN || nth != target_nth) {
        return;
    }
    const unsigned k = about->wp->r[nth].k;
    fx v[2], eq[1 << SC_WHIR_MAX_K];
    cr_assert(nth > 0 && len >= 40);
    sc_eq_table(eq, folds + n_folds - k, k);
    cr_assert(sc_fx_decode(v, bytes, 2));
    v[0] = fx_add(v[0], eq[1]);
    v[1] = fx_sub(v[1], eq[0]);
    sc_fx_encode(bytes, v, 2);
}

static void other_sibling(enum sc_label label, unsigned nth, uint8_t *bytes, size_t len)
{
    if (label == SC_L_WHIR_PATH && nth == target_nth) {
        cr_assert_gt(len, 0);
        bytes[0] ^= 1;
    }
}

static socle_status prove_and_verify(struct scene *s)
{
    about = s;
    n_folds = 0;
    memset(lie.sent, 0, sizeof lie.sent);
    scene_prove(s);
    lie.challenge = NULL;
    return scene_verify(s);
}

static void tiny_scene(struct scene *s)
{
    scene_init(s, &tiny, 9, 7, 8, mixed);
}

/* The polynomial 0 and no columns: every element of every message is 0, and can be written as p. */
static void zero_scene(struct scene *s, const struct sc_whir_params *wp)
{
    scene_init(s, wp, 9, 7, 0, NULL);
    memset(s->f, 0, sizeof(fp) << m0_of(s));
    sc_oracle_fini(&s->oracle);
    const fp *const planes[1] = {s->f};
    cr_assert_eq(sc_oracle_commit(&s->oracle, planes, 1, wp->r[0].mu, wp->r[0].k, wp->r[0].lr, NULL, NULL), SOCLE_OK);
}

Test(checks_whir, of_the_committed_leaves)
{
    for (target_nth = 1; target_nth < 3; target_nth++) {
        struct scene s;
        tiny_scene(&s);
        lie.message = leaf_with_the_same_answer;
        lie.challenge = keep_folds;
        lie_is_refused(prove_and_verify(&s), SOCLE_E_REJECT, "a leaf of round %u that was not committed", target_nth);
        scene_fini(&s);
    }
    for (target_nth = 0; target_nth < 3; target_nth++) {
        struct scene s;
        tiny_scene(&s);
        lie.message = other_sibling;
        lie_is_refused(prove_and_verify(&s), SOCLE_E_REJECT, "a path of round %u to another root", target_nth);
        scene_fini(&s);
    }
}

static void zeros_are_p(enum sc_label label, unsigned nth, uint8_t *bytes, size_t len)
{
    if (label == target && nth == target_nth) {
        lie_zero_as_p(bytes, len);
    }
}

Test(checks_whir, that_residues_of_leaves_are_canonical)
{
    target = SC_L_WHIR_OPEN;
    for (target_nth = 0; target_nth < 3; target_nth++) {
        struct scene s;
        lie.encode_p = -1;
        lie.message = NULL;
        zero_scene(&s, &tiny);
        if (target_nth == 0) {
            lie_rehash(&s.oracle);
        }
        lie.encode_p = (int)target_nth - 1;
        lie.message = zeros_are_p;
        lie_is_refused(prove_and_verify(&s), SOCLE_E_FORMAT, "leaves of round %u with p for 0", target_nth);
        scene_fini(&s);
    }
}

Test(checks_whir, that_residues_of_messages_are_canonical)
{
    static const enum sc_label labels[] = {SC_L_WHIR_ROUND, SC_L_WHIR_OOD_ANS, SC_L_WHIR_FINAL};
    struct scene s;
    zero_scene(&s, &tiny);
    cr_assert_eq(prove_and_verify(&s), SOCLE_OK);
    lie.message = zeros_are_p;
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        target = labels[i];
        target_nth = 0;
        lie_is_refused(prove_and_verify(&s), SOCLE_E_FORMAT, "p for 0 under label %u", target);
    }
    target = SC_L_WHIR_ROUND; /* a round with grinding after it: its nonce does not make up for the message */
    target_nth = 7;
    cr_assert_gt(tiny.r[2].gf, 0);
    lie_is_refused(prove_and_verify(&s), SOCLE_E_FORMAT, "p for 0 before a nonce");
    scene_fini(&s);
}

Test(checks_whir, of_work)
{
    static const enum sc_label labels[] = {SC_L_WHIR_FOLD_POW, SC_L_WHIR_QUERY_POW};
    struct scene s;
    tiny_scene(&s);
    for (size_t i = 0; i < 2; i++) {
        lie.lazy = labels[i];
        lie_is_refused(prove_and_verify(&s), SOCLE_E_REJECT, "no work under label %u", labels[i]);
    }
    scene_fini(&s);
}

/* All rounds honest about the wrong sum: folds, samples and queries agree with each other. */
Test(checks_whir, of_the_sum_at_the_end)
{
    struct scene s;
    tiny_scene(&s);
    s.values[0] = fx_add(s.values[0], FX_ONE);
    lie_is_refused(prove_and_verify(&s), SOCLE_E_REJECT, "a column's value");
    scene_fini(&s);
}

/* One round, so that the final polynomial is bound to its code words by the queries and to the claim by the sum. The lie is in
 * the kernel of the sum; LIE_FINAL_SUM_KEPT of test_whir_naive.c is the same with more rounds. */
static void final_with_the_same_sum(enum sc_label label, unsigned nth, uint8_t *bytes, size_t len)
{
    if (label == SC_L_WHIR_FINAL && nth == 0) {
        fx v[8];
        cr_assert_eq(len, sizeof v / sizeof v[0] * 4 * FX_DEG);
        cr_assert(sc_fx_decode(v, bytes, 8));
        v[3] = fx_add(v[3], FX_ONE);
        sc_fx_encode(bytes, v, 8);
    }
}

Test(checks_whir, of_the_last_queries)
{
    struct scene s;
    scene_init(&s, &one_round, 20, 1, 0, NULL); /* no column: the weight is 0 and every polynomial has the right sum */
    lie.message = final_with_the_same_sum;
    lie_is_refused(prove_and_verify(&s), SOCLE_E_REJECT, "another final polynomial");
    scene_fini(&s);
}

static socle_status verify_with(const struct scene *s, const struct sc_whir_params *wp, size_t scratch_len, size_t shift)
{
    struct sc_vch ch;
    fx gamma;
    sc_tr_init(&ch.tr);
    ch.rd = rd_view(s->proof, s->len);
    sc_tr_absorb(&ch.tr, SC_L_MAIN_ROOT, s->oracle.root, 32);
    sc_tr_absorb_fx(&ch.tr, SC_L_COLUMNS, s->values, s->n);
    sc_tr_challenge(&ch.tr, SC_L_GAMMA, &gamma, 1);
    uint8_t *const scratch = calloc(1, sc_whir_scratch() + 8);
    const socle_status st = sc_whir_verify(&ch, wp, s->oracle.root, s->r, s->H, s->blocks, s->values, s->n, gamma, NULL, scratch + shift,
                                           scratch_len);
    free(scratch);
    return st;
}

Test(checks_whir, of_its_arguments)
{
    struct scene s;
    tiny_scene(&s);
    scene_prove(&s);
    const size_t len = sc_whir_scratch();
    cr_assert_eq(verify_with(&s, &tiny, len, 0), SOCLE_OK);
    const struct sc_whir_params none = {0, 1, {{10, 3, 1, 0, 0, 2, 0, 12}}};
    cr_assert_eq(verify_with(&s, &none, len, 0), SOCLE_E_ARG);
    cr_assert_eq(verify_with(&s, &tiny, len - 1, 0), SOCLE_E_ARG);
    cr_assert_eq(verify_with(&s, &tiny, len, 4), SOCLE_E_ARG);
    const struct sc_block keep = s.blocks[0];
    s.blocks[0] = (struct sc_block){10, 0}; /* as high as the polynomial, above H */
    cr_assert_eq(verify_with(&s, &tiny, len, 0), SOCLE_E_ARG);
    s.H = 12;
    s.blocks[0] = (struct sc_block){11, 0};
    cr_assert_eq(verify_with(&s, &tiny, len, 0), SOCLE_E_ARG);
    s.H = 9;
    s.blocks[0] = keep;
    s.blocks[0].index = 1u << (10 - keep.log_h);
    cr_assert_eq(verify_with(&s, &tiny, len, 0), SOCLE_E_ARG);
    scene_fini(&s);
}

/* Each field of a schedule at its bound and one beyond. */
Test(checks_whir, of_its_parameters)
{
    const struct sc_whir_params good = {2, 8, {{20, 5, 1, 0, 0, 31, 31, SC_WHIR_MAX_T}, {15, 7, 1, 3, SC_WHIR_MAX_OOD, 31, 31, 1}}};
    struct sc_whir_params p = good;
    cr_assert(sc_whir_params_ok(&p));
#define BAD(field, value)                                                     \
    do {                                                                      \
        p = good;                                                             \
        p.field = (value);                                                    \
        cr_expect_not(sc_whir_params_ok(&p), "%s = %d", #field, (int)(value)); \
    } while (0)
    BAD(n_rounds, 0);
    BAD(r[1].t, 0);
    BAD(r[1].t, SC_WHIR_MAX_T + 1);
    BAD(r[1].ood, SC_WHIR_MAX_OOD + 1);
    BAD(r[0].ood, SC_WHIR_MAX_OOD + 1);
    BAD(r[1].gq, 32);
    BAD(r[1].gf, 32);
    BAD(r[1].lr, 0);
    BAD(r[0].lr, 10);
    BAD(r[1].mu, 14);
    BAD(mu_final, 7);
    p = (struct sc_whir_params){1, 8, {{18, 10, 1, 0, 0, 0, 0, 1}}};
    cr_expect(sc_whir_params_ok(&p));
    p = (struct sc_whir_params){1, 8, {{19, 11, 1, 0, 0, 0, 0, 1}}};
    cr_expect_not(sc_whir_params_ok(&p), "k above its bound");
    p = (struct sc_whir_params){1, 9, {{18, 9, 1, 0, 0, 0, 0, 1}}};
    cr_expect_not(sc_whir_params_ok(&p), "final polynomial above its bound");
    p = (struct sc_whir_params){2, 8, {{8, 0, 1, 0, 0, 0, 0, 1}, {8, 0, 1, 0, 0, 0, 0, 1}}};
    cr_expect_not(sc_whir_params_ok(&p), "rounds that fold nothing");
    p = (struct sc_whir_params){3, 1, {{31, 10, 1, 0, 0, 0, 0, 1}, {21, 10, 1, 0, 0, 0, 0, 1}, {11, 10, 1, 0, 0, 0, 0, 1}}};
    cr_expect_not(sc_whir_params_ok(&p), "2^31 cells");
    /* a seventh round where a seventh would be */
    const struct {
        struct sc_whir_params p;
        struct sc_whir_round more;
    } seven = {{7, 1, {{8, 1, 1, 0, 0, 0, 0, 1}, {7, 1, 1, 0, 0, 0, 0, 1}, {6, 1, 1, 0, 0, 0, 0, 1}, {5, 1, 1, 0, 0, 0, 0, 1},
                       {4, 1, 1, 0, 0, 0, 0, 1}, {3, 1, 1, 0, 0, 0, 0, 1}}}, {2, 1, 1, 0, 0, 0, 0, 1}};
    cr_expect_not(sc_whir_params_ok(&seven.p), "more rounds than there is room for");
#undef BAD
}
