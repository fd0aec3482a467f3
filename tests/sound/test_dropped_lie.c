/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A prover with a false statement. It sends the root of the bus argument that the verifier wants to see, answers some
 * layers so that their checks pass, and is honest from then on: exactly one check of the verifier stands in its way.
 */
#include "tests/sound/gkr_naive.h"
#include "tests/sound/toy.h"

#include "core/poly/eq.h"
#include "host/prove/argue.h"
#include "host/prove/open.h"

#include <stdio.h>

struct forger {
    struct toy *t;
    struct sc_pch ch;
    struct sc_oracle main;
    struct sc_columns cols;
    struct sc_bus_point bus;
    struct gkr_naive gkr;
};

static void send_heads(struct forger *f)
{
    const struct sc_witness *const w = &f->t->w;
    uint8_t seed[SC_SEED_LEN], image[SC_HEAD_IMAGE_LEN], run[SC_HEAD_RUN_LEN];
    sc_seed(seed, &toy_machine, &f->t->profile);
    sc_tr_absorb(&f->ch.tr, SC_L_SEED, seed, sizeof seed);
    sc_head_image_encode(image, &f->t->program.head);
    sc_send_bytes(&f->ch, SC_L_HEAD_IMAGE, image, sizeof image);
    sc_tr_absorb(&f->ch.tr, SC_L_VK, f->t->program.vk, SC_VK_LEN);
    sc_head_run_encode(run, &w->run);
    sc_send_bytes(&f->ch, SC_L_HEAD_RUN, run, sizeof run);
    for (unsigned i = 0; i < TOY_IMAGE; i++) {
        sc_send_bytes(&f->ch, SC_L_HEAD_SHAPE, &w->shape.n_chunks[i], 1);
        sc_send_bytes(&f->ch, SC_L_HEAD_SHAPE, w->shape.log_h[i], w->shape.n_chunks[i]);
    }
    sc_send_bytes(&f->ch, SC_L_OUTPUT, w->output, (size_t)w->run.output_len);
}

static void send_commitment(struct forger *f)
{
    const struct sc_whir_round *const r = &f->t->profile.main[f->t->layout.m0].r[0];
    const fp *const cells = f->t->cells;
    cr_assert_eq(sc_oracle_commit(&f->main, &cells, 1, r->mu, r->k, r->lr, NULL, NULL), SOCLE_OK);
    sc_send_bytes(&f->ch, SC_L_MAIN_ROOT, f->main.root, sizeof f->main.root);
    sc_send_grind(&f->ch, SC_L_LOGUP_POW, f->t->profile.logup_pow);
    sc_tr_challenge(&f->ch.tr, SC_L_ALPHA, &f->bus.alpha, 1);
    sc_tr_challenge(&f->ch.tr, SC_L_BETA, f->bus.beta, AIR_SLOTS);
}

static void build_tree(struct forger *f)
{
    const struct sc_layout *const l = &f->t->layout;
    gkr_naive_init(&f->gkr, l->n_leaf_vars);
    for (unsigned i = 0; i < l->n_chunks; i++) {
        gkr_naive_leaves(&f->gkr, &toy_machine, &l->chunk[i], SC_LOCAL, &f->bus, f->cols.col[i]);
    }
    gkr_naive_tree(&f->gkr);
}

/* The root with which the verifier's own terms sum to zero. */
static void send_root(struct forger *f)
{
    const struct sc_fraction n = sc_public_terms(&f->bus, &f->t->program.head, &f->t->w.run, f->t->output);
    struct sc_leaf_claim *const leaf = &f->gkr.leaf;
    leaf->p = fx_neg(fx_mul(fx_mul(leaf->q, n.n), fx_inv(n.d)));
    const fx root[2] = {leaf->p, leaf->q};
    sc_send_fx(&f->ch, SC_L_GKR_ROOT, root, 2);
}

static void send_openings(struct forger *f, const fx *r, const fx *values)
{
    const struct sc_layout *const l = &f->t->layout;
    struct sc_block blocks[64];
    fx gamma;
    cr_assert(l->n_values <= 64);
    for (unsigned i = 0; i < l->n_chunks; i++) {
        for (unsigned k = 0; k < toy_tables[l->chunk[i].table].n_cols; k++) {
            blocks[l->chunk[i].value + k] = (struct sc_block){l->chunk[i].log_h, l->chunk[i].block + k};
        }
    }
    sc_tr_challenge(&f->ch.tr, SC_L_GAMMA, &gamma, 1);
    const struct sc_opening main = {.wp = &f->t->profile.main[l->m0], .oracle = &f->main, .f = f->t->cells, .r = r, .H = l->n_vars,
                                    .blocks = blocks, .values = values, .n_values = l->n_main_values, .gamma = gamma};
    const struct sc_opening image = {.wp = &f->t->profile.image[f->t->program.vars], .oracle = &f->t->program.oracle, .f = f->t->image,
                                     .r = r, .H = l->n_vars, .blocks = blocks + l->n_main_values, .values = values + l->n_main_values,
                                     .n_values = l->n_values - l->n_main_values, .gamma = gamma};
    cr_assert_eq(sc_whir_open(&f->ch, &main), SOCLE_OK);
    cr_assert_eq(sc_whir_open(&f->ch, &image), SOCLE_OK);
}

/* The verifier's answer to a lie that is pushed through the first @p drop layers. */
static socle_status answer(struct toy *t, unsigned drop)
{
    struct forger *const f = calloc(1, sizeof *f);
    const unsigned n = t->layout.n_leaf_vars;
    fx r[SC_MAX_VARS], values[64];
    size_t len;
    f->t = t;
    sc_pch_init(&f->ch, NULL);
    send_heads(f);
    send_commitment(f);
    cr_assert_eq(sc_columns_init(&f->cols, &toy_machine, &t->layout, (const fp *const[3]){t->cells, t->image, NULL}, t->prover.ops, NULL), SOCLE_OK);
    build_tree(f);
    send_root(f);
    for (unsigned l = 0; l < n; l++) {
        gkr_naive_layer(&f->gkr, &f->ch, l, l < drop);
    }
    cr_assert_eq(sc_zero_prove(&f->ch, r, values, &f->cols, &f->bus, &f->gkr.leaf), SOCLE_OK);
    send_openings(f, r, values);
    cr_assert_eq(sc_pch_status(&f->ch), SOCLE_OK);
    uint8_t *const body = sc_pch_take(&f->ch, &len);
    uint8_t *const file = malloc(SC_PROOF_HEAD_LEN + len);
    sc_proof_head(file, &t->profile, SC_KIND_SINGLE);
    memcpy(file + SC_PROOF_HEAD_LEN, body, len);
    const socle_status st = toy_verify(t, t->program.vk, file, SC_PROOF_HEAD_LEN + len);
    free(file);
    sc_free(body);
    gkr_naive_fini(&f->gkr);
    sc_columns_fini(&f->cols);
    sc_oracle_fini(&f->main);
    sc_pch_fini(&f->ch);
    free(f);
    return st;
}

Test(dropped_lie, is_refused_at_every_layer_and_at_the_leaves, .timeout = 200)
{
    struct toy *const t = toy_create(sc_cpu_ops_best(), NULL);
    cr_assert_eq(answer(t, 0), SOCLE_OK, "an honest root needs no lie");
    cr_assert_eq(answer(t, 1), SOCLE_OK, "and nothing is pushed");
    t->output[0] ^= 0x40;
    cr_assert_eq(toy_answer(t), SOCLE_E_REJECT, "its own root");
    for (unsigned drop = 0; drop <= t->layout.n_leaf_vars; drop++) {
        const socle_status st = answer(t, drop);
        if (st == SOCLE_OK) {
            fprintf(stderr, "LIE ACCEPTED: dropped after %u layers\n", drop); /* for tools/mutate.py */
        }
        cr_assert_eq(st, SOCLE_E_REJECT, "dropped after %u layers", drop);
    }
    toy_destroy(t);
}
