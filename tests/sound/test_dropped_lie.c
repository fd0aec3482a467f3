/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A prover with a false statement. It sends the root of the bus argument that the verifier wants to see, answers some
 * layers so that their checks pass, and is honest from then on: exactly one check of the verifier stands in its way.
 */
#include "tests/sound/toy.h"

#include "core/poly/eq.h"
#include "host/prove/argue.h"
#include "host/prove/open.h"

#include <stdio.h>

enum { MAX_LAYERS = 16 };

struct forger {
    struct toy *t;
    struct sc_pch ch;
    struct sc_oracle main;
    struct sc_columns cols;
    struct sc_bus_point bus;
    struct sc_leaf_claim leaf;
    fx *p[MAX_LAYERS + 1], *q[MAX_LAYERS + 1]; /* layer l: 2^l fractions, children of node i are i and i + 2^l */
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
    cr_assert_eq(sc_oracle_commit(&f->main, &cells, 1, r->mu, r->k, r->lr, NULL), SOCLE_OK);
    sc_send_bytes(&f->ch, SC_L_MAIN_ROOT, f->main.root, sizeof f->main.root);
    sc_send_grind(&f->ch, SC_L_LOGUP_POW, f->t->profile.logup_pow);
    sc_tr_challenge(&f->ch.tr, SC_L_ALPHA, &f->bus.alpha, 1);
    sc_tr_challenge(&f->ch.tr, SC_L_BETA, f->bus.beta, AIR_SLOTS);
}

static fp form_on_row(const struct air_table *t, unsigned form, const fp *const *col, size_t row)
{
    const struct air_form *const f = &t->forms[form];
    fp v = f->k;
    for (unsigned i = 0; i < f->n; i++) {
        v = fp_add(v, fp_mul(t->terms[f->first + i].coef, col[t->terms[f->first + i].col][row]));
    }
    return v;
}

static void build_tree(struct forger *f)
{
    const struct sc_layout *const l = &f->t->layout;
    const unsigned n = l->n_leaf_vars;
    cr_assert(n <= MAX_LAYERS);
    for (unsigned i = 0; i <= n; i++) {
        f->p[i] = calloc((size_t)1 << i, sizeof(fx));
        f->q[i] = calloc((size_t)1 << i, sizeof(fx));
    }
    for (size_t x = 0; x < (size_t)1 << n; x++) {
        f->q[n][x] = FX_ONE;
    }
    for (unsigned i = 0; i < l->n_chunks; i++) {
        const struct air_table *const t = &toy_tables[l->chunk[i].table];
        for (unsigned u = 0; u < t->n_uses; u++) {
            for (size_t x = 0; x < (size_t)1 << l->chunk[i].log_h; x++) {
                const size_t at = ((size_t)(l->chunk[i].leaf + u) << l->chunk[i].log_h) + x;
                fp slot[AIR_SLOTS];
                for (unsigned s = 0; s < t->uses[u].n_slots; s++) {
                    slot[s] = form_on_row(t, t->uses[u].slots + s, f->cols.col[i], x);
                }
                const fp sel = form_on_row(t, t->uses[u].sel, f->cols.col[i], x);
                f->p[n][at] = fx_from_fp(t->uses[u].sign > 0 ? sel : fp_neg(sel));
                f->q[n][at] = sc_bus_value(&f->bus, (enum air_bus)t->uses[u].bus, slot, t->uses[u].n_slots);
            }
        }
    }
    for (unsigned i = n; i-- > 0;) {
        const size_t half = (size_t)1 << i;
        for (size_t x = 0; x < half; x++) {
            const fx *const p = f->p[i + 1], *const q = f->q[i + 1];
            f->p[i][x] = fx_add(fx_mul(p[x], q[x + half]), fx_mul(p[x + half], q[x]));
            f->q[i][x] = fx_mul(q[x], q[x + half]);
        }
    }
}

/* The root with which the verifier's own terms sum to zero. */
static void send_root(struct forger *f)
{
    const struct sc_fraction n = sc_public_terms(&f->bus, &f->t->program.head, &f->t->w.run, f->t->output);
    f->leaf.q = f->q[0][0];
    f->leaf.p = fx_neg(fx_mul(fx_mul(f->leaf.q, n.n), fx_inv(n.d)));
    const fx root[2] = {f->leaf.p, f->leaf.q};
    sc_send_fx(&f->ch, SC_L_GKR_ROOT, root, 2);
}

/* p0 q1 + p1 q0 + mu q0 q1 */
static fx layer_poly(const fx v[4], fx mu)
{
    return fx_add(fx_add(fx_mul(v[0], v[3]), fx_mul(v[1], v[2])), fx_mul(mu, fx_mul(v[2], v[3])));
}

/* Value at X_1 = 0 and 2 of the sum over the other variables, n of them, weighted with eq. */
static void round_values(fx t[3], fx *const v[4], const fx *rho, unsigned n, fx mu)
{
    const size_t half = (size_t)1 << n;
    fx *const eq = calloc(half, sizeof *eq);
    sc_eq_table(eq, rho, n);
    for (size_t x = 0; x < half; x++) {
        fx lo[4], two[4];
        for (unsigned k = 0; k < 4; k++) {
            lo[k] = v[k][x];
            two[k] = fx_sub(fx_add(v[k][x + half], v[k][x + half]), lo[k]);
        }
        t[0] = fx_add(t[0], fx_mul(eq[x], layer_poly(lo, mu)));
        t[2] = fx_add(t[2], fx_mul(eq[x], layer_poly(two, mu)));
    }
    free(eq);
}

/* One layer. The round messages are honest; with @p push the claims are made to fit what the verifier then expects. */
static void send_layer(struct forger *f, unsigned l, bool push)
{
    struct sc_leaf_claim *const s = &f->leaf;
    const size_t n = (size_t)1 << l;
    fx *v[4];
    fx mu, z;
    for (unsigned k = 0; k < 4; k++) {
        v[k] = malloc(n * sizeof(fx));
        memcpy(v[k], (k < 2 ? f->p : f->q)[l + 1] + (k & 1) * n, n * sizeof(fx));
    }
    sc_tr_challenge(&f->ch.tr, SC_L_GKR_MIX, &mu, 1);
    fx claim = fx_add(s->p, fx_mul(mu, s->q));
    for (unsigned i = 0; i < l; i++) {
        const size_t half = n >> (i + 1);
        fx t[3] = {FX_ZERO, FX_ZERO, FX_ZERO};
        fx c;
        round_values(t, v, s->rho + i + 1, l - i - 1, mu);
        const fx sent[2] = {t[0], t[2]};
        sc_send_fx(&f->ch, SC_L_GKR_T, sent, 2);
        sc_tr_challenge(&f->ch.tr, SC_L_GKR_ROUND, &c, 1);
        t[1] = fx_mul(fx_sub(claim, fx_mul(fx_sub(FX_ONE, s->rho[i]), t[0])), fx_inv(s->rho[i]));
        claim = sc_interp2(t, c);
        s->rho[i] = c;
        for (unsigned k = 0; k < 4; k++) {
            for (size_t x = 0; x < half; x++) {
                v[k][x] = fx_add(v[k][x], fx_mul(c, fx_sub(v[k][x + half], v[k][x])));
            }
        }
    }
    fx end[4] = {v[0][0], v[1][0], v[2][0], v[3][0]};
    if (push) {
        const fx rest = fx_mul(end[3], fx_add(end[0], fx_mul(mu, end[2])));
        end[1] = fx_mul(fx_sub(claim, rest), fx_inv(end[2]));
    }
    sc_send_fx(&f->ch, SC_L_GKR_CLAIMS, end, 4);
    sc_tr_challenge(&f->ch.tr, SC_L_GKR_LINE, &z, 1);
    memmove(s->rho + 1, s->rho, l * sizeof s->rho[0]);
    s->rho[0] = z;
    s->p = fx_add(end[0], fx_mul(z, fx_sub(end[1], end[0])));
    s->q = fx_add(end[2], fx_mul(z, fx_sub(end[3], end[2])));
    for (unsigned k = 0; k < 4; k++) {
        free(v[k]);
    }
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
        send_layer(f, l, l < drop);
    }
    cr_assert_eq(sc_zero_prove(&f->ch, r, values, &f->cols, &f->bus, &f->leaf), SOCLE_OK);
    send_openings(f, r, values);
    cr_assert_eq(sc_pch_status(&f->ch), SOCLE_OK);
    uint8_t *const body = sc_pch_take(&f->ch, &len);
    uint8_t *const file = malloc(SC_PROOF_HEAD_LEN + len);
    sc_proof_head(file, &t->profile, SC_KIND_SINGLE);
    memcpy(file + SC_PROOF_HEAD_LEN, body, len);
    const socle_status st = toy_verify(t, t->program.vk, file, SC_PROOF_HEAD_LEN + len);
    free(file);
    sc_free(body);
    for (unsigned i = 0; i <= n; i++) {
        free(f->p[i]);
        free(f->q[i]);
    }
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
