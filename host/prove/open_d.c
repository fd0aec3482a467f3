/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The opening's vectors on a device: f is there or goes up, folded polynomial, weight, code words and trees stay there, and what the transcript wants comes
 * back: what a round said, leaves and digests that were asked for. It finds the nonces, too.
 * Owns the loan of the device and a buffer of words that go up and come down. Theory: docs/spec/whir.md.
 */
#include "host/prove/open_d.h"

#include <string.h>

#include "core/proof/merkle_v.h"
#include "host/sys/mem.h"
#include "host/sys/pool.h"
#include "kernels/kc/gkr_plan.h"

/* ---- the device ---- */

/* The first @p n of d->words to the tables. */
static socle_status put_tables(struct sc_open_d *d, size_t n)
{
    return sc_space_put(&d->space, d->tables, 0, d->words, n);
}

socle_status sc_open_d_run(struct sc_open_d *d, struct sc_piece message, unsigned round)
{
    const struct sc_piece piece[SC_KC_N_OPEN_BUFFERS] = {[SC_KC_OPEN_FROM] = d->f,
                                                         [SC_KC_OPEN_G] = d->g[d->side],
                                                         [SC_KC_OPEN_W] = d->w[d->side],
                                                         [SC_KC_OPEN_NEXT_G] = d->g[d->side ^ 1],
                                                         [SC_KC_OPEN_NEXT_W] = d->w[d->side ^ 1],
                                                         [SC_KC_OPEN_TABLES] = d->tables,
                                                         [SC_KC_OPEN_PARTIAL] = d->partial,
                                                         [SC_KC_OPEN_OUT] = d->out,
                                                         [SC_KC_OPEN_TALK] = d->talk,
                                                         [SC_KC_OPEN_ROOTS] = d->roots,
                                                         [SC_KC_OPEN_COMMIT + SC_KC_MESSAGE] = message,
                                                         [SC_KC_OPEN_COMMIT + SC_KC_POW] = d->pow,
                                                         [SC_KC_OPEN_COMMIT + SC_KC_CODE] = d->code[round % 2],
                                                         [SC_KC_OPEN_COMMIT + SC_KC_TREE] = d->tree[round % 2],
                                                         [SC_KC_OPEN_COMMIT + SC_KC_LEAF_KEY] = d->leaf_key,
                                                         [SC_KC_OPEN_COMMIT + SC_KC_NODE_KEY] = d->node_key};
    const unsigned n = d->n_launches;
    d->n_launches = 0;
    return sc_space_run(&d->space, piece, SC_KC_N_OPEN_BUFFERS, d->launch, n);
}

/* ---- round 0 ---- */

static struct sc_kc_eq write_eq(struct sc_open_d *d, size_t *at, const fx *point, unsigned n)
{
    const struct sc_kc_eq eq = {(uint32_t)*at, (uint8_t)n, SC_EQS_LOW};
    sc_eqs_set(&d->eqs, point, n);
    *at += sc_eqs_write(d->words + *at, &d->eqs);
    return eq;
}

static void write_block(uint32_t *to, uint32_t at, fx factor)
{
    to[0] = at;
    memcpy(to + 1, factor.c, sizeof factor.c);
}

/* Tables of eq to the words, and what is to be done with each. */
static void make_batches(struct sc_open_d *d)
{
    for (unsigned point = 0; point < d->parts->n_points; point++) {
        d->eqs.low_of = NULL;
        for (unsigned h = 0; h <= d->parts->rest; h++) {
            if (!sc_open_has_height(d->parts, point, h)) {
                continue;
            }
            const struct sc_kc_eq eq = write_eq(d, &d->eq_words, sc_open_suffix(d->o, point, h), h);
            bool used[SC_OPEN_FIRST] = {false};
            for (size_t j = 0; j < d->parts->n; j++) {
                const struct sc_open_part *const p = &d->parts->part[j];
                used[p->top] |= p->point == point && p->log_h == h;
            }
            for (unsigned top = 0; top < SC_OPEN_FIRST; top++) {
                if (used[top]) {
                    d->batch[d->n_batches++] = (struct sc_open_batch){.eq = eq, .point = (uint8_t)point, .top = (uint8_t)top};
                }
            }
        }
    }
}

/* Blocks of all batches behind the tables of eq, their factors times what eq_top has for them, unless it is NULL. Returns where they end. */
static size_t write_lists(struct sc_open_d *d, const fx *eq_top)
{
    size_t at = d->eq_words;
    for (unsigned i = 0; i < d->n_batches; i++) {
        struct sc_open_batch *const b = &d->batch[i];
        b->list = (uint32_t)at;
        b->n = 0;
        for (size_t j = 0; j < d->parts->n; j++) {
            const struct sc_open_part *const p = &d->parts->part[j];
            if (p->point == b->point && p->log_h == b->eq.n && p->top == b->top) {
                write_block(d->words + at, p->at, eq_top != NULL ? fx_mul(p->coef, eq_top[p->top]) : p->coef);
                at += SC_KC_BLOCK_LEN;
                b->n++;
            }
        }
    }
    return at;
}

static fx fx_of_words(const uint32_t *w)
{
    fx r;
    memcpy(r.c, w, sizeof r.c);
    return r;
}

static socle_status device_cross(void *self, struct sc_cross *out)
{
    struct sc_open_d *const d = self;
    const unsigned half = 1u << (d->parts->vars - 1);
    const uint32_t each = 2 * FX_DEG * half;
    socle_status st = SOCLE_OK;
    TRY(put_tables(d, write_lists(d, NULL)));
    for (unsigned i = 0; i < d->n_batches; i++) {
        const struct sc_open_batch *const b = &d->batch[i];
        sc_kc_open_cross(d->launch + 2 * (size_t)i, b->eq, b->list, b->n, d->parts->rest, d->parts->vars, i * each);
    }
    if (d->n_batches == 0) {
        return SOCLE_OK;
    }
    d->n_launches = 2 * d->n_batches;
    TRY(sc_open_d_run(d, d->f, 0));
    TRY(sc_space_get(&d->space, d->words + d->eq_words, d->out, 0, (uint64_t)d->n_batches * each));
    for (unsigned i = 0; i < d->n_batches; i++) {
        const uint32_t *sum = d->words + d->eq_words + (size_t)i * each;
        for (unsigned k = 0; k < 2 * half; k++, sum += FX_DEG) {
            fx *const m = &out->m[d->batch[i].top][k / 2 + k % 2 * half];
            *m = fx_add(*m, fx_of_words(sum));
        }
    }
out:
    return st;
}

/* Launches that wait for the first of what the round says. */
static socle_status device_first(void *self, const fx *eq_top)
{
    struct sc_open_d *const d = self;
    const unsigned parts = 1u << d->parts->vars;
    struct sc_kc_launch *l = d->launch;
    socle_status st = SOCLE_OK;
    const size_t lists = write_lists(d, eq_top);
    memcpy(d->words + lists, eq_top, parts * sizeof *eq_top);
    TRY(put_tables(d, lists + FX_DEG * parts));
    *l++ = sc_kc_fill(SC_KC_OPEN_W, (uint32_t)FX_DEG << d->parts->rest, 0);
    for (unsigned i = 0; i < d->n_batches; i++) {
        *l++ = sc_kc_open_weight(d->batch[i].eq, d->batch[i].list, d->batch[i].n, d->parts->rest);
    }
    *l++ = sc_kc_open_lin((uint32_t)lists, d->parts->rest, d->parts->vars);
    d->n_launches = (unsigned)(l - d->launch);
    d->mu = d->parts->rest;
out:
    return st;
}

static socle_status device_final(void *self, fx *v)
{
    struct sc_open_d *const d = self;
    const size_t n = (size_t)1 << d->mu;
    socle_status st = SOCLE_OK;
    TRY(sc_space_get(&d->space, d->words, d->g[d->side], 0, FX_DEG * n));
    for (size_t i = 0; i < FX_DEG * n; i++) {
        v[i % n].c[i / n] = d->words[i];
    }
out:
    return st;
}

/* ---- queries ---- */

static void store_words(uint8_t *out, const uint32_t *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        store_le(out + 4 * i, words[i], 4);
    }
}

/* Code words of f are made again; digests of its tree are with the host. */
static socle_status fetch(void *arg, uint8_t *leaves, const uint32_t *position, unsigned n, uint8_t *digests, const uint32_t *node, size_t n_nodes)
{
    struct sc_open_d *const d = arg;
    const struct sc_kc_commit shape = sc_open_d_shape(d, d->round);
    const uint32_t each = (uint32_t)shape.planes << shape.k, there = d->round > 0 ? (uint32_t)n_nodes : 0;
    const size_t n_leaves = (size_t)n * each;
    struct sc_kc_launch *to = d->launch;
    socle_status st = SOCLE_OK;
    if (d->round == 0) {
        sc_kc_open_encode(&to, shape);
    }
    *to++ = sc_kc_pick(SC_KC_OPEN_COMMIT + SC_KC_CODE, 0, 0, n, each, 0, sc_whir_log_n(&d->o->wp->r[d->round]), true);
    if (there > 0) {
        *to++ = sc_kc_pick(SC_KC_OPEN_COMMIT + SC_KC_TREE, (uint32_t)n_leaves, n, there, 8, 3, 0, false);
    }
    memcpy(d->words, position, n * sizeof *position);
    memcpy(d->words + n, node, there * sizeof *node);
    d->n_launches = (unsigned)(to - d->launch);
    TRY(put_tables(d, (size_t)n + there));
    TRY(sc_open_d_run(d, d->f, d->round));
    TRY(sc_space_get(&d->space, d->words, d->out, 0, n_leaves + 8 * (size_t)there));
    store_words(leaves, d->words, n_leaves);
    store_words(digests, d->words + n_leaves, 8 * (size_t)there);
    for (size_t i = 0; i < n_nodes && there == 0; i++) {
        memcpy(digests + 32 * i, d->o->oracle->nodes + 32 * (size_t)node[i], 32);
    }
out:
    return st;
}

static socle_status device_open(void *self, struct sc_pch *ch, fx *answers, const fx *eq, const uint32_t *index, unsigned t)
{
    struct sc_open_d *const d = self;
    const struct sc_whir_round *const r = &d->o->wp->r[d->round];
    const struct sc_oracle shape = {.k = r->k, .log_n = (uint8_t)sc_whir_log_n(r), .lr = r->lr, .planes = d->round == 0 ? 1 : FX_DEG};
    const struct sc_oracle_source from = {d, fetch};
    d->has_said = false;
    return sc_oracle_open_from(&shape, &from, ch, answers, eq, index, t);
}

/* A query's coefficient and x^(2^b), b < mu. */
static size_t write_power(uint32_t *to, fp x, fx coef, unsigned mu)
{
    memcpy(to, coef.c, sizeof coef.c);
    for (unsigned b = 0; b < mu; b++) {
        to[FX_DEG + b] = x;
        x = fp_mul(x, x);
    }
    return FX_DEG + mu;
}

/* Launches that wait for the first of what the next round says. */
static socle_status device_weigh(void *self, const struct sc_open_claims *c)
{
    struct sc_open_d *const d = self;
    struct sc_kc_launch *const l = d->launch;
    size_t at = 0;
    for (unsigned i = 0; i < c->n_z; i++) {
        d->eqs.low_of = NULL;
        const struct sc_kc_eq eq = write_eq(d, &at, c->z + (size_t)i * d->mu, d->mu);
        write_block(d->words + at, 0, c->z_coef[i]);
        l[i] = sc_kc_open_weight(eq, (uint32_t)at, 1, d->mu);
        at += SC_KC_BLOCK_LEN;
    }
    l[c->n_z] = sc_kc_open_powers((uint32_t)at, c->t, d->mu);
    for (unsigned q = 0; q < c->t; q++) {
        at += write_power(d->words + at, c->x[q], c->x_coef[q], d->mu);
    }
    d->n_launches = c->n_z + 1;
    return put_tables(d, at);
}

static void device_next(void *self)
{
    struct sc_open_d *const d = self;
    d->round++;
}

/* ---- begin and end ---- */

static socle_status device_end(void *self)
{
    struct sc_open_d *const d = self;
    const socle_status how = sc_space_fini(&d->space);
    d->ch->grinder = (struct sc_grinder){NULL, NULL};
    sc_eqs_fini(&d->eqs);
    sc_free(d->batch);
    sc_free(d->launch);
    sc_free(d->words);
    sc_free(d);
    return how;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Words that go up and come down at most. */
static size_t words_of(const struct sc_open_d *d)
{
    const struct sc_whir_params *const wp = d->o->wp;
    size_t eqs = 0, most = (size_t)FX_DEG << wp->mu_final;
    for (unsigned point = 0; point < d->parts->n_points; point++) {
        for (unsigned h = 0; h <= d->parts->rest; h++) {
            eqs += sc_open_has_height(d->parts, point, h) ? sc_kc_eqs_len(h, SC_EQS_LOW) : 0;
        }
    }
    const size_t sums = d->parts->n * ((size_t)FX_DEG << d->parts->vars), lists = d->parts->n * SC_KC_BLOCK_LEN + FX_DEG * SC_OPEN_FIRST;
    most = larger(most, eqs + larger(sums, lists));
    for (unsigned i = 0; i < wp->n_rounds; i++) {
        const struct sc_whir_round *const r = &wp->r[i];
        const size_t left = r->mu - r->k, leaf = (size_t)(i == 0 ? 1 : FX_DEG) << r->k;
        most = larger(most, SC_WHIR_MAX_OOD * (sc_kc_eqs_len((unsigned)left, SC_EQS_LOW) + SC_KC_BLOCK_LEN) + r->t * (FX_DEG + left));
        most = larger(most, r->t * (leaf + 8 * (size_t)sc_whir_log_n(r)));
    }
    return most;
}

static socle_status lay_out(struct sc_open_d *d)
{
    const struct sc_whir_params *const wp = d->o->wp;
    size_t code[2] = {0, 0}, tree[2] = {0, 0}, pow = 0;
    for (unsigned i = 0; i < wp->n_rounds; i++) {
        const struct sc_kc_commit s = sc_open_d_shape(d, i);
        if (!sc_kc_commit_fits(s) || wp->r[i].gf > SC_KC_OPEN_MAX_BITS || wp->r[i].gq > SC_KC_OPEN_MAX_BITS) {
            return SOCLE_E_LIMIT;
        }
        code[i % 2] = larger(code[i % 2], sc_kc_len(s, SC_KC_CODE));
        tree[i % 2] = larger(tree[i % 2], i == 0 ? 0 : sc_kc_len(s, SC_KC_TREE));
        pow = larger(pow, sc_kc_len(s, SC_KC_POW));
    }
    d->n_words = words_of(d);
    d->f = sc_space_keep(&d->space, d->o->oracle->ticket, (uint64_t)1 << wp->r[0].mu);
    d->pow = sc_space_take(&d->space, pow);
    d->leaf_key = sc_space_take(&d->space, 8);
    d->node_key = sc_space_take(&d->space, 8);
    d->frame = sc_space_take(&d->space, SC_NONCE_WORDS);
    d->talk = sc_space_take(&d->space, SC_KC_OPEN_TALK_LEN);
    d->roots = sc_space_take(&d->space, wp->n_rounds);
    d->tables = sc_space_take(&d->space, d->n_words);
    d->out = sc_space_take(&d->space, d->n_words + 2 * FX_DEG);
    d->partial = sc_space_take(&d->space, sc_kc_open_partial_len(wp->r[0].mu, d->parts->vars, SC_EQS_LOW));
    for (unsigned i = 0; i < 2; i++) {
        const uint64_t len = (uint64_t)FX_DEG << (i == 0 ? d->parts->rest : (unsigned)(wp->r[0].mu - wp->r[0].k));
        d->g[i] = sc_space_take(&d->space, len);
        d->w[i] = sc_space_take(&d->space, len);
        d->code[i] = sc_space_take(&d->space, code[i]);
        d->tree[i] = sc_space_take(&d->space, tree[i]);
    }
    return SOCLE_OK;
}

static socle_status put_all(struct sc_open_d *d)
{
    struct sc_merkle_keys keys;
    struct sc_twiddles tw;
    uint32_t roots[SC_WHIR_MAX_ROUNDS] = {0};
    unsigned log_n = 0;
    socle_status st = SOCLE_OK;
    while ((uint64_t)4 << log_n < d->pow.size) {
        log_n++;
    }
    fp *const table = sc_oracle_twiddles(&tw, log_n, d->ch->pool);
    TRY(table != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    sc_merkle_keys(&keys);
    for (unsigned i = 1; i < d->o->wp->n_rounds; i++) {
        roots[i] = (uint32_t)(sc_kc_len(sc_open_d_shape(d, i), SC_KC_TREE) / 8 - 2); /* the last has no digest */
    }
    TRY(sc_space_put(&d->space, d->pow, 0, tw.pow, (uint64_t)1 << log_n));
    TRY(sc_space_put(&d->space, d->leaf_key, 0, keys.leaf, 8));
    TRY(sc_space_put(&d->space, d->node_key, 0, keys.node, 8));
    TRY(sc_space_put(&d->space, d->roots, 0, roots, d->o->wp->n_rounds));
out:
    sc_big_free(table, sc_twiddles_len(log_n) * sizeof(fp));
    return st;
}

static const struct sc_open_ops device_ops = {
    .cross = device_cross,
    .first = device_first,
    .sums = sc_open_d_sums,
    .fold = sc_open_d_fold,
    .settle = sc_open_d_settle,
    .commit = sc_open_d_commit,
    .sample = sc_open_d_sample,
    .final = device_final,
    .open = device_open,
    .weigh = device_weigh,
    .next = device_next,
    .end = device_end,
};

uint64_t sc_open_d_room(const struct sc_opening *o, const struct sc_open_parts *parts)
{
    struct sc_open_d *const d = sc_alloc(1, sizeof *d);
    if (d == NULL) {
        return 0;
    }
    d->o = o;
    d->parts = parts;
    sc_space_init(&d->space, o->device, SC_LOAN_OPENING);
    const uint64_t end = lay_out(d) == SOCLE_OK ? d->space.end : 0;
    sc_free(d);
    return end;
}

socle_status sc_open_d_begin(struct sc_open_way *out, const struct sc_opening *o, const struct sc_open_parts *parts, struct sc_pch *ch)
{
    struct sc_open_d *const d = sc_alloc(1, sizeof *d);
    socle_status st = SOCLE_OK;
    if (d == NULL) {
        return SOCLE_E_NOMEM;
    }
    d->o = o;
    d->parts = parts;
    d->ch = ch;
    d->mu = o->wp->r[0].mu;
    TRY(sc_space_borrow(&d->space, o->device, SC_LOAN_OPENING));
    TRY(lay_out(d));
    d->words = sc_alloc(d->n_words, sizeof *d->words);
    d->batch = sc_alloc(parts->n + 1, sizeof *d->batch);
    d->launch = sc_alloc(2 * parts->n + 2 + 4 * SC_WHIR_MAX_K + 2 + SC_KC_OPEN_COMMIT_LAUNCHES, sizeof *d->launch);
    TRY(d->words != NULL && d->batch != NULL && d->launch != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    TRY(sc_eqs_init(&d->eqs, parts->rest));
    TRY(sc_space_room(&d->space, o->f));
    ch->grinder = (struct sc_grinder){sc_open_d_nonce, d};
    TRY(put_all(d));
    make_batches(d);
    *out = (struct sc_open_way){&device_ops, d};
    return SOCLE_OK;
out:
    (void)device_end(d);
    return st;
}
