/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The opening of a committed polynomial: what is true is accepted at many sizes, every lie is refused.
 */
#include "tests/sound/whir_scene.h"

static void tiny_scene(struct scene *s)
{
    scene_init(s, &tiny, 9, 7, 8, mixed);
    scene_prove(s);
}

Test(whir, accepts_true_openings_of_many_shapes)
{
    static const struct {
        const struct sc_whir_params *wp;
        unsigned H, n;
        unsigned heights[8];
    } cases[] = {
        {&tiny, 9, 8, {8, 7, 6, 4, 3, 2, 1, 0}},
        {&tiny, 10, 1, {10}},
        {&tiny, 12, 2, {9, 5}},
        {&tiny, 4, 3, {4, 3, 0}},
        {&tiny_other_rate, 9, 4, {7, 6, 2, 1}},
        {&one_round, 6, 3, {5, 4, 1}},
        {&one_round, 20, 1, {3}},
        {&no_final_variable, 5, 3, {4, 2, 0}},
        {&many_rounds, 8, 5, {7, 6, 5, 1, 0}},
        {&crowded, 6, 4, {5, 4, 2, 1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scene s;
        cr_assert(sc_whir_params_ok(cases[i].wp));
        scene_init(&s, cases[i].wp, cases[i].H, 100 + i, cases[i].n, cases[i].heights);
        scene_prove(&s);
        cr_assert_eq(scene_verify(&s), SOCLE_OK, "case %zu", i);
        scene_fini(&s);
    }
}

Test(whir, accepts_an_opening_without_columns)
{
    struct scene s;
    scene_init(&s, &tiny, 3, 5, 0, NULL);
    scene_prove(&s);
    cr_assert_eq(scene_verify(&s), SOCLE_OK);
    scene_fini(&s);
}

Test(whir, accepts_columns_in_any_order_and_twice)
{
    struct scene s;
    scene_init(&s, &tiny, 9, 21, 8, mixed);
    cr_assert_gt(s.n, 4u);
    const struct sc_block b = s.blocks[0];
    const fx v = s.values[0];
    s.blocks[0] = s.blocks[s.n - 1];
    s.values[0] = s.values[s.n - 1];
    s.blocks[s.n - 1] = b;
    s.values[s.n - 1] = v;
    s.blocks[1] = s.blocks[2];
    s.values[1] = s.values[2];
    scene_prove(&s);
    cr_assert_eq(scene_verify(&s), SOCLE_OK);
    scene_fini(&s);
}

Test(whir, accepts_with_the_shipped_schedules)
{
    const struct sc_profile *const p = sc_profile_default();
    static const unsigned heights[] = {13, 12, 10, 8, 7, 6, 5, 4};
    for (unsigned m0 = 16; m0 <= 18; m0++) {
        const struct sc_whir_params *const lists[] = {&p->main[m0], &p->image[m0], &p->boundary[m0]};
        for (unsigned i = 0; i < 3; i++) {
            struct scene s;
            scene_init(&s, lists[i], 15, m0 + i, 8, heights);
            scene_prove(&s);
            cr_assert_eq(scene_verify(&s), SOCLE_OK, "2^%u, list %u", m0, i);
            scene_fini(&s);
        }
    }
}

/* What round 0 says of samples is for whoever commits: the opening is the same with and without. */
Test(whir, leaves_samples_of_round_0_to_its_caller)
{
    static const unsigned heights[] = {13, 4};
    struct sc_whir_params wp = sc_profile_default()->boundary[16];
    struct scene s;
    cr_assert_eq(wp.r[0].ood, 2);
    scene_init(&s, &wp, 15, 3, 2, heights);
    scene_prove(&s);
    wp.r[0].ood = 0;
    cr_assert_eq(scene_verify(&s), SOCLE_OK);
    scene_fini(&s);
}

Test(whir, two_instances_run_in_one_transcript)
{
    struct scene a;
    struct scene b;
    struct sc_pch p;
    struct sc_vch v;
    const fx gamma = fx_from_fp(fp_from_u32(77));
    scene_init(&a, &tiny, 9, 1, 8, mixed);
    scene_init(&b, &one_round, 9, 2, 0, NULL);
    memcpy(b.r, a.r, sizeof a.r);
    scene_columns(&b, 3, mixed + 3);
    sc_pch_init(&p, NULL);
    const struct scene *const both[2] = {&a, &b};
    for (unsigned i = 0; i < 2; i++) {
        const struct scene *const s = both[i];
        const struct sc_opening o = {s->wp, &s->oracle, s->f, s->r, s->H, s->blocks, s->values, s->n, gamma, NULL, NULL, NULL, NULL};
        cr_assert_eq(sc_whir_open(&p, &o), SOCLE_OK);
    }
    sc_tr_init(&v.tr);
    v.rd = rd_view(p.buf, p.len);
    void *const scratch = malloc(sc_whir_scratch());
    for (unsigned i = 0; i < 2; i++) {
        const struct scene *const s = both[i];
        cr_assert_eq(sc_whir_verify(&v, s->wp, s->oracle.root, s->r, s->H, s->blocks, s->values, s->n, gamma,
                                    NULL, scratch, sc_whir_scratch()), SOCLE_OK);
    }
    cr_assert(rd_done(&v.rd));
    cr_assert_arr_eq(v.tr.s, p.tr.s, 32);
    free(scratch);
    sc_pch_fini(&p);
    scene_fini(&a);
    scene_fini(&b);
}

Test(whir, rejects_every_altered_byte)
{
    struct scene s;
    tiny_scene(&s);
    for (size_t at = 0; at < s.len; at++) {
        s.proof[at] ^= (uint8_t)(1u << (at % 8));
        const socle_status st = scene_verify(&s);
        cr_assert(st == SOCLE_E_REJECT || st == SOCLE_E_FORMAT, "byte %zu of %zu", at, s.len);
        s.proof[at] ^= (uint8_t)(1u << (at % 8));
    }
    cr_assert_eq(scene_verify(&s), SOCLE_OK);
    scene_fini(&s);
}

Test(whir, rejects_truncated_and_extended_proofs)
{
    struct scene s;
    tiny_scene(&s);
    const size_t len = s.len;
    for (s.len = 0; s.len < len; s.len += 1 + s.len / 16) {
        cr_assert_neq(scene_verify(&s), SOCLE_OK, "length %zu", s.len);
    }
    s.len = len - 1;
    cr_assert_eq(scene_verify(&s), SOCLE_E_FORMAT);
    s.len = len + 1;
    s.proof = sc_grow(s.proof, s.len, 1);
    s.proof[len] = 0;
    cr_assert_neq(scene_verify(&s), SOCLE_OK);
    scene_fini(&s);
}

Test(whir, rejects_a_wrong_claim_from_a_prover_who_believes_it)
{
    struct scene s;
    scene_init(&s, &tiny, 9, 7, 8, mixed);
    for (size_t j = 0; j < s.n; j++) {
        s.values[j] = fx_add(s.values[j], FX_ONE);
        scene_prove(&s);
        cr_assert_eq(scene_verify(&s), SOCLE_E_REJECT, "column %zu", j);
        s.values[j] = fx_sub(s.values[j], FX_ONE);
    }
    scene_fini(&s);
}

Test(whir, rejects_another_root_point_block_or_gamma)
{
    struct scene s;
    tiny_scene(&s);
    s.oracle.root[31] ^= 1;
    cr_assert_eq(scene_verify(&s), SOCLE_E_REJECT);
    s.oracle.root[31] ^= 1;
    for (unsigned i = s.H - s.blocks[0].log_h; i < s.H; i++) {
        const fx keep = s.r[i];
        s.r[i] = fx_add(keep, FX_ONE);
        cr_assert_eq(scene_verify(&s), SOCLE_E_REJECT, "coordinate %u", i);
        s.r[i] = keep;
    }
    for (size_t j = 0; j < s.n; j++) {
        s.blocks[j].index ^= 1;
        cr_assert_eq(scene_verify(&s), SOCLE_E_REJECT, "block %zu", j);
        s.blocks[j].index ^= 1;
    }
    cr_assert_eq(scene_verify_as(&s, FX_ONE, NULL), SOCLE_E_REJECT);
    cr_assert_eq(scene_verify(&s), SOCLE_OK);
    scene_fini(&s);
}

Test(whir, refuses_arguments_out_of_range)
{
    struct scene s;
    tiny_scene(&s);
    const struct sc_block keep = s.blocks[0];
    s.blocks[0].index = 1u << (10 - keep.log_h);
    cr_assert_eq(scene_verify(&s), SOCLE_E_ARG);
    s.blocks[0] = (struct sc_block){11, 0};
    cr_assert_eq(scene_verify(&s), SOCLE_E_ARG);
    s.blocks[0] = (struct sc_block){10, 0}; /* above H = 9 */
    cr_assert_eq(scene_verify(&s), SOCLE_E_ARG);
    s.blocks[0] = keep;
    cr_assert_eq(scene_verify(&s), SOCLE_OK);
    scene_fini(&s);
}

Test(whir, rejects_swapped_query_answers)
{
    struct scene s;
    struct frames fr;
    tiny_scene(&s);
    cr_assert_eq(scene_verify_as(&s, FX_ZERO, &fr), SOCLE_OK);
    for (unsigned round = 0; round < 3; round++) {
        const size_t leaf = round ? 20 * 8 : 4 * 8;
        const unsigned i = find_frame(&fr, SC_L_WHIR_OPEN, round);
        uint8_t tmp[20 * 8];
        uint8_t *const at = s.proof + message_at(&fr, i);
        cr_assert_geq(fr.f[i].len, 2 * leaf);
        memcpy(tmp, at, leaf);
        memcpy(at, at + leaf, leaf);
        memcpy(at + leaf, tmp, leaf);
        cr_assert_eq(scene_verify(&s), SOCLE_E_REJECT, "round %u", round);
        memcpy(at + leaf, at, leaf);
        memcpy(at, tmp, leaf);
    }
    cr_assert_eq(scene_verify(&s), SOCLE_OK);
    scene_fini(&s);
}

Test(whir, rejects_an_altered_final_polynomial)
{
    struct scene s;
    struct frames fr;
    tiny_scene(&s);
    cr_assert_eq(scene_verify_as(&s, FX_ZERO, &fr), SOCLE_OK);
    const unsigned i = find_frame(&fr, SC_L_WHIR_FINAL, 0);
    cr_assert_eq(fr.f[i].len, 40u);
    for (size_t at = 0; at < 40; at += 4) {
        s.proof[message_at(&fr, i) + at] ^= 1;
        cr_assert_neq(scene_verify(&s), SOCLE_OK);
        s.proof[message_at(&fr, i) + at] ^= 1;
    }
    scene_fini(&s);
}

Test(whir, rejects_a_folding_challenge_rerolled_behind_one_nonce)
{
    /* The nonce comes after the round polynomial: a prover who tries polynomials until the challenge pleases must
     * find a new nonce for each. With the old one kept, most tries stop at the nonce, the others later. */
    struct scene s;
    struct frames fr;
    struct frames cut;
    unsigned stopped = 0;
    tiny_scene(&s);
    cr_assert_eq(scene_verify_as(&s, FX_ZERO, &fr), SOCLE_OK);
    const unsigned i = find_frame(&fr, SC_L_WHIR_ROUND, 6); /* round 2, 3 bits of grinding */
    uint8_t *const at = s.proof + message_at(&fr, i);
    cr_assert_eq(fr.f[i + 1].label, SC_L_WHIR_FOLD_POW);
    for (unsigned v = 1; v < 256; v++) {
        at[0] ^= (uint8_t)v;
        cr_assert_neq(scene_verify_as(&s, FX_ZERO, &cut), SOCLE_OK);
        stopped += cut.n == i + 2;
        at[0] ^= (uint8_t)v;
    }
    cr_assert_gt(stopped, 255u / 2);
    cr_assert_lt(stopped, 255u);
    scene_fini(&s);
}

Test(whir, rejects_a_proof_of_other_parameters)
{
    struct scene s;
    tiny_scene(&s);
    s.wp = &tiny_other_rate;
    cr_assert_neq(scene_verify(&s), SOCLE_OK);
    scene_fini(&s);
}

/* Replace the code words by these and hash the tree again. */
static void recommit(struct sc_oracle *o, const fp *code)
{
    struct sc_merkle_keys keys;
    const size_t n_words = (size_t)o->planes << o->k;
    const size_t n = (size_t)1 << o->log_n;
    uint8_t leaf[4096];
    memcpy(o->code, code, n_words * n * sizeof *code);
    sc_merkle_keys(&keys);
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < n_words; i++) {
            store_le(leaf + 4 * i, fp_to_u32(code[i * n + j]), 4);
        }
        sc_merkle_leaf(o->nodes + 32 * j, &keys, leaf, 4 * n_words);
    }
    for (size_t j = 0; j < n - 1; j++) {
        sc_merkle_node(o->nodes + 32 * (n + j), &keys, o->nodes + 64 * j, o->nodes + 64 * j + 32);
    }
    memcpy(o->root, o->nodes + 32 * (2 * n - 2), 32);
}

Test(whir, the_tree_of_a_commitment_is_the_specified_one)
{
    struct scene s;
    uint8_t root[32];
    tiny_scene(&s);
    const size_t n = (size_t)1 << (s.oracle.k + s.oracle.log_n);
    fp *const code = malloc(n * sizeof *code);
    memcpy(code, s.oracle.code, n * sizeof *code);
    memcpy(root, s.oracle.root, 32);
    recommit(&s.oracle, code);
    cr_assert_arr_eq(root, s.oracle.root, 32);
    /* word 5, position 11: the polynomial of the sixth part of f at w^rev(11) */
    const unsigned log_n = s.oracle.log_n;
    uint32_t rev = 0;
    for (unsigned i = 0; i < log_n; i++) {
        rev |= ((11u >> i) & 1) << (log_n - 1 - i);
    }
    const fp x = fp_pow(fp_root(log_n), rev);
    fp y = 0;
    const size_t part = (size_t)1 << (10 - s.oracle.k);
    for (size_t i = part; i-- > 0;) {
        y = fp_add(fp_mul(y, x), s.f[5 * part + i]);
    }
    cr_assert_eq(code[((size_t)5 << log_n) + 11], y);
    free(code);
    scene_fini(&s);
}

Test(whir, rejects_words_that_are_far_from_every_polynomial)
{
    struct scene s;
    scene_init(&s, &tiny, 9, 31, 8, mixed);
    const size_t n = (size_t)1 << (s.oracle.k + s.oracle.log_n);
    fp *const code = malloc(n * sizeof *code);
    for (size_t i = 0; i < n; i++) {
        code[i] = rnd_fp();
    }
    recommit(&s.oracle, code);
    scene_prove(&s);
    cr_assert_eq(scene_verify(&s), SOCLE_E_REJECT);
    free(code);
    scene_fini(&s);
}

Test(whir, rejects_a_word_of_too_high_degree)
{
    /* code words of f plus x^(2^(mu - k)) times something: degree too high by one, everything else true */
    struct scene s;
    scene_init(&s, &tiny, 9, 33, 8, mixed);
    const unsigned log_n = s.oracle.log_n;
    const size_t n = (size_t)1 << (s.oracle.k + log_n);
    fp *const code = malloc(n * sizeof *code);
    memcpy(code, s.oracle.code, n * sizeof *code);
    for (uint32_t j = 0; j < 1u << log_n; j++) {
        uint32_t rev = 0;
        for (unsigned i = 0; i < log_n; i++) {
            rev |= ((j >> i) & 1) << (log_n - 1 - i);
        }
        code[j] = fp_add(code[j], fp_pow(fp_root(log_n), (uint64_t)rev << (10 - s.oracle.k)));
    }
    recommit(&s.oracle, code);
    scene_prove(&s);
    cr_assert_eq(scene_verify(&s), SOCLE_E_REJECT);
    free(code);
    scene_fini(&s);
}
