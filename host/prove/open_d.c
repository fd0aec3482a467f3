/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The opening's vectors on a device: f is there or goes up, folded polynomial, weight, code words and trees stay there, and what the transcript wants comes
 * back: sums, roots, answers, leaves and digests that were asked for. It finds the nonces, too.
 * Owns the loan of the device and a buffer of words that go up and come down. Theory: docs/spec/whir.md.
 */
#include "host/prove/open_way.h"

#include <string.h>

#include "core/proof/merkle_v.h"
#include "host/device/space.h"
#include "host/prove/argue.h"
#include "host/sys/mem.h"
#include "host/sys/pool.h"
#include "kernels/kc/gkr_plan.h"
#include "kernels/kc/open_plan.h"

/* Parts of one point, height and value of the first variables. */
struct batch {
    struct sc_kc_eq eq;
    uint32_t list, n;
    uint8_t point, top;
};

struct on_device {
    const struct sc_opening *o;
    const struct sc_open_parts *parts;
    struct sc_pch *ch;
    struct sc_space space;
    struct sc_piece f, pow, leaf_key, node_key, tables, partial, out, frame;
    struct sc_piece g[2], w[2];       /* by side: as they are, and where the next folds go */
    struct sc_piece code[2], tree[2]; /* of a round and of the one after it */
    struct sc_eqs eqs;
    struct batch *batch;
    struct sc_kc_launch *launch;
    unsigned n_batches;
    uint32_t *words; /* as many as tables and results need; the first eq_words are tables of eq until round 0 is folded */
    size_t eq_words, n_words;
    unsigned round, side, mu, log_plane; /* mu: variables of g and w when what is pending is done */
    bool folds;                          /* a fold by c is pending */
    fx c;
};

/* ---- the device ---- */

/* The first @p n of d->words to the tables. */
static socle_status put_tables(struct on_device *d, size_t n)
{
    return sc_space_put(&d->space, d->tables, 0, d->words, n);
}

static socle_status run(struct on_device *d, struct sc_piece from, const struct sc_kc_launch *launch, unsigned n)
{
    const struct sc_piece piece[SC_KC_N_OPEN_BUFFERS] = {[SC_KC_OPEN_FROM] = from,
                                                      [SC_KC_OPEN_G] = d->g[d->side],
                                                      [SC_KC_OPEN_W] = d->w[d->side],
                                                      [SC_KC_OPEN_NEXT_G] = d->g[d->side ^ 1],
                                                      [SC_KC_OPEN_NEXT_W] = d->w[d->side ^ 1],
                                                      [SC_KC_OPEN_TABLES] = d->tables,
                                                      [SC_KC_OPEN_PARTIAL] = d->partial,
                                                      [SC_KC_OPEN_OUT] = d->out};
    return sc_space_run(&d->space, piece, SC_KC_N_OPEN_BUFFERS, launch, n);
}

/* ---- round 0 ---- */

static struct sc_kc_eq write_eq(struct on_device *d, size_t *at, const fx *point, unsigned n)
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
static void make_batches(struct on_device *d)
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
                    d->batch[d->n_batches++] = (struct batch){.eq = eq, .point = (uint8_t)point, .top = (uint8_t)top};
                }
            }
        }
    }
}

/* Blocks of all batches behind the tables of eq, their factors times what eq_top has for them, unless it is NULL. Returns where they end. */
static size_t write_lists(struct on_device *d, const fx *eq_top)
{
    size_t at = d->eq_words;
    for (unsigned i = 0; i < d->n_batches; i++) {
        struct batch *const b = &d->batch[i];
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
    struct on_device *const d = self;
    const unsigned half = 1u << (d->parts->vars - 1);
    const uint32_t each = 2 * FX_DEG * half;
    socle_status st = SOCLE_OK;
    TRY(put_tables(d, write_lists(d, NULL)));
    for (unsigned i = 0; i < d->n_batches; i++) {
        const struct batch *const b = &d->batch[i];
        sc_kc_open_cross(d->launch + 2 * (size_t)i, b->eq, b->list, b->n, d->parts->rest, d->parts->vars, i * each);
    }
    if (d->n_batches == 0) {
        return SOCLE_OK;
    }
    TRY(run(d, d->f, d->launch, 2 * d->n_batches));
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

static socle_status device_first(void *self, const fx *eq_top)
{
    struct on_device *const d = self;
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
    TRY(run(d, d->f, d->launch, (unsigned)(l - d->launch)));
    d->mu = d->log_plane = d->parts->rest;
out:
    return st;
}

/* ---- rounds ---- */

static socle_status device_sums(void *self, fx h[2])
{
    struct on_device *const d = self;
    struct sc_kc_launch l[2];
    socle_status st = SOCLE_OK;
    sc_kc_open_round(l, d->log_plane, d->mu - 1, d->folds, d->c);
    TRY(run(d, d->f, l, 2));
    d->folds = false;
    TRY(sc_space_get(&d->space, h, d->out, 0, 2 * FX_DEG));
out:
    return st;
}

static socle_status device_fold(void *self, fx c)
{
    struct on_device *const d = self;
    d->c = c;
    d->folds = true;
    d->mu--;
    return SOCLE_OK;
}

static socle_status device_settle(void *self)
{
    struct on_device *const d = self;
    struct sc_kc_launch l[2];
    socle_status st = SOCLE_OK;
    sc_kc_open_fold(l, d->log_plane, d->mu, d->folds, d->c);
    TRY(run(d, d->f, l, 2));
    d->side ^= 1;
    d->folds = false;
    d->log_plane = d->mu;
out:
    return st;
}

/* ---- commitments and samples ---- */

static struct sc_kc_commit shape_of(const struct on_device *d, unsigned round)
{
    const struct sc_whir_round *const r = &d->o->wp->r[round];
    return (struct sc_kc_commit){.planes = round == 0 ? 1 : FX_DEG, .mu = r->mu, .k = r->k, .lr = r->lr};
}

static socle_status device_commit(void *self, uint8_t root[32], const struct sc_whir_round *next)
{
    struct on_device *const d = self;
    const unsigned to = (d->round + 1) % 2;
    const struct sc_piece piece[SC_KC_N_BUFFERS] = {[SC_KC_MESSAGE] = d->g[d->side], [SC_KC_POW] = d->pow,           [SC_KC_CODE] = d->code[to],
                                                    [SC_KC_TREE] = d->tree[to],      [SC_KC_LEAF_KEY] = d->leaf_key, [SC_KC_NODE_KEY] = d->node_key};
    const struct sc_kc_commit shape = {.planes = FX_DEG, .mu = next->mu, .k = next->k, .lr = next->lr};
    socle_status st = SOCLE_OK;
    TRY(sc_space_commit(&d->space, piece, shape));
    TRY(sc_space_get(&d->space, root, d->tree[to], sc_kc_len(shape, SC_KC_TREE) - 16, 8)); /* the last has no digest */
out:
    return st;
}

static socle_status device_sample(void *self, fx *out, const fx *z)
{
    struct on_device *const d = self;
    struct sc_kc_launch l[2];
    size_t n = 0;
    socle_status st = SOCLE_OK;
    d->eqs.low_of = NULL;
    sc_kc_open_sample(l, write_eq(d, &n, z, d->mu), 0);
    TRY(put_tables(d, n));
    TRY(run(d, d->f, l, 2));
    TRY(sc_space_get(&d->space, out, d->out, 0, FX_DEG));
out:
    return st;
}

static socle_status device_final(void *self, fx *v)
{
    struct on_device *const d = self;
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

/* The code words of f. */
static socle_status encode_f(struct on_device *d)
{
    struct sc_kc_launch l[SC_KC_MAX_LAUNCHES];
    const struct sc_piece piece[SC_KC_N_BUFFERS] = {[SC_KC_MESSAGE] = d->f, [SC_KC_POW] = d->pow, [SC_KC_CODE] = d->code[0]};
    unsigned n = sc_kc_commit_plan(l, shape_of(d, 0));
    while (l[n - 1].kernel != SC_KC_NTT_PASS) {
        n--;
    }
    return sc_space_run(&d->space, piece, SC_KC_N_BUFFERS, l, n);
}

/* Words of each of n places, in the order of sc_kc_pick, in d->words. */
static socle_status pick(struct on_device *d, struct sc_piece from, const uint32_t *where, size_t n, uint32_t each, unsigned log_each, unsigned log_step,
                         bool residues)
{
    const struct sc_kc_launch l = sc_kc_pick(0, 0, (uint32_t)n, each, log_each, log_step, residues);
    socle_status st = SOCLE_OK;
    memcpy(d->words, where, n * sizeof *where);
    TRY(put_tables(d, n));
    TRY(run(d, from, &l, 1));
    TRY(sc_space_get(&d->space, d->words, d->out, 0, n * each));
out:
    return st;
}

static void store_words(uint8_t *out, const uint32_t *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        store_le(out + 4 * i, words[i], 4);
    }
}

static socle_status leaves_there(void *arg, uint8_t *out, const uint32_t *position, unsigned n)
{
    struct on_device *const d = arg;
    const struct sc_kc_commit shape = shape_of(d, d->round);
    const uint32_t each = (uint32_t)shape.planes << shape.k;
    socle_status st = SOCLE_OK;
    if (d->round == 0) {
        TRY(encode_f(d));
    }
    TRY(pick(d, d->code[d->round % 2], position, n, each, 0, sc_whir_log_n(&d->o->wp->r[d->round]), true));
    store_words(out, d->words, (size_t)n * each);
out:
    return st;
}

/* Those of round 0 are with the host. */
static socle_status digests_there(void *arg, uint8_t *out, const uint32_t *node, size_t n)
{
    struct on_device *const d = arg;
    socle_status st = SOCLE_OK;
    for (size_t i = 0; i < n && d->round == 0; i++) {
        memcpy(out + 32 * i, d->o->oracle->nodes + 32 * (size_t)node[i], 32);
    }
    if (d->round > 0 && n > 0) {
        TRY(pick(d, d->tree[d->round % 2], node, n, 8, 3, 0, false));
        store_words(out, d->words, 8 * n);
    }
out:
    return st;
}

static socle_status device_open(void *self, struct sc_pch *ch, fx *answers, const fx *eq, const uint32_t *index, unsigned t)
{
    struct on_device *const d = self;
    const struct sc_whir_round *const r = &d->o->wp->r[d->round];
    const struct sc_oracle shape = {.k = r->k, .log_n = (uint8_t)sc_whir_log_n(r), .lr = r->lr, .planes = d->round == 0 ? 1 : FX_DEG};
    const struct sc_oracle_source from = {d, leaves_there, digests_there};
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

static socle_status device_weigh(void *self, const struct sc_open_claims *c)
{
    struct on_device *const d = self;
    struct sc_kc_launch l[SC_WHIR_MAX_OOD + 1];
    size_t at = 0;
    socle_status st = SOCLE_OK;
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
    TRY(put_tables(d, at));
    TRY(run(d, d->f, l, c->n_z + 1));
out:
    return st;
}

static void device_next(void *self)
{
    struct on_device *const d = self;
    d->round++;
}

/* ---- nonces ---- */

static bool find_nonce(void *arg, uint64_t *nonce, const uint32_t key[8], const uint32_t block[16], uint32_t mask)
{
    struct on_device *const d = arg;
    return d->space.how == SOCLE_OK &&
           sc_space_nonce(&d->space, nonce, d->out, d->frame, d->words + d->eq_words, key, block, mask) == SOCLE_OK;
}

/* ---- begin and end ---- */

static socle_status device_end(void *self)
{
    struct on_device *const d = self;
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
static size_t words_of(const struct on_device *d)
{
    const struct sc_whir_params *const wp = d->o->wp;
    size_t eqs = 0, most = (size_t)FX_DEG << wp->mu_final;
    for (unsigned point = 0; point < d->parts->n_points; point++) {
        for (unsigned h = 0; h <= d->parts->rest; h++) {
            eqs += sc_open_has_height(d->parts, point, h) ? sc_kc_eqs_len(h, SC_EQS_LOW) : 0;
        }
    }
    const size_t sums = d->parts->n * ((size_t)FX_DEG << d->parts->vars), lists = d->parts->n * SC_KC_BLOCK_LEN + FX_DEG * SC_OPEN_FIRST;
    most = larger(most, eqs + larger(SC_NONCE_OUT, larger(sums, lists)));
    for (unsigned i = 0; i < wp->n_rounds; i++) {
        const struct sc_whir_round *const r = &wp->r[i];
        const size_t left = r->mu - r->k, leaf = (size_t)(i == 0 ? 1 : FX_DEG) << r->k;
        most = larger(most, SC_WHIR_MAX_OOD * (sc_kc_eqs_len((unsigned)left, SC_EQS_LOW) + SC_KC_BLOCK_LEN) + r->t * (FX_DEG + left));
        most = larger(most, r->t * larger(leaf, 8 * (size_t)sc_whir_log_n(r)));
    }
    return most;
}

static socle_status lay_out(struct on_device *d)
{
    const struct sc_whir_params *const wp = d->o->wp;
    size_t code[2] = {0, 0}, tree[2] = {0, 0}, pow = 0;
    for (unsigned i = 0; i < wp->n_rounds; i++) {
        const struct sc_kc_commit s = shape_of(d, i);
        if (!sc_kc_commit_fits(s)) {
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
    d->frame = sc_space_take(&d->space, SC_NONCE_IN);
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

static socle_status put_all(struct on_device *d)
{
    struct sc_merkle_keys keys;
    struct sc_twiddles tw;
    unsigned log_n = 0;
    socle_status st = SOCLE_OK;
    while ((uint64_t)4 << log_n < d->pow.size) {
        log_n++;
    }
    fp *const table = sc_oracle_twiddles(&tw, log_n, d->ch->pool);
    TRY(table != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    sc_merkle_keys(&keys);
    TRY(sc_space_put(&d->space, d->pow, 0, tw.pow, (uint64_t)1 << log_n));
    TRY(sc_space_put(&d->space, d->leaf_key, 0, keys.leaf, 8));
    TRY(sc_space_put(&d->space, d->node_key, 0, keys.node, 8));
out:
    sc_big_free(table, sc_twiddles_len(log_n) * sizeof(fp));
    return st;
}

static const struct sc_open_ops device_ops = {
    .cross = device_cross,
    .first = device_first,
    .sums = device_sums,
    .fold = device_fold,
    .settle = device_settle,
    .commit = device_commit,
    .sample = device_sample,
    .final = device_final,
    .open = device_open,
    .weigh = device_weigh,
    .next = device_next,
    .end = device_end,
};

uint64_t sc_open_d_room(const struct sc_opening *o, const struct sc_open_parts *parts)
{
    struct on_device *const d = sc_alloc(1, sizeof *d);
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
    struct on_device *const d = sc_alloc(1, sizeof *d);
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
    d->launch = sc_alloc(2 * parts->n + 2, sizeof *d->launch);
    TRY(d->words != NULL && d->batch != NULL && d->launch != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    TRY(sc_eqs_init(&d->eqs, parts->rest));
    TRY(sc_space_room(&d->space, o->f));
    ch->grinder = (struct sc_grinder){find_nonce, d};
    TRY(put_all(d));
    make_batches(d);
    *out = (struct sc_open_way){&device_ops, d};
    return SOCLE_OK;
out:
    (void)device_end(d);
    return st;
}
