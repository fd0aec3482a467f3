/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Prover of the opening of one committed polynomial: its transcript, and who does the work. Theory: docs/spec/whir.md.
 */
#include "host/prove/open_way.h"

#include "core/poly/eq.h"
#include "host/device/committer.h"
#include "host/prove/stretch.h"
#include "host/sys/mem.h"

#include <string.h>

struct state {
    struct sc_pch *ch;
    const struct sc_opening *o;
    const struct sc_open_parts *parts;
    struct sc_open_way way;
    unsigned mu; /* variables that are left */
    fx claim;
    fx folds[SC_WHIR_MAX_K];
};

/* ---- parts ---- */

/* Blocks do not overlap: those higher than the span of the other variables have SC_OPEN_FIRST parts together, and each sample as many. */
size_t sc_open_max_parts(size_t n_values)
{
    return n_values + (1 + SC_WHIR_MAX_OOD) * SC_OPEN_FIRST;
}

static unsigned n_samples(const struct sc_opening *o)
{
    return o->first ? o->first->n : 0;
}

const fx *sc_open_suffix(const struct sc_opening *o, unsigned point, unsigned log_h)
{
    const unsigned mu = o->wp->r[0].mu;
    return point == 0 ? o->r + (o->H - log_h) : o->first->coords + (size_t)(point - 1) * mu + (mu - log_h);
}

/* A block as parts: several when it is higher than what the other variables span. */
static void add_block(struct sc_open_parts *p, const struct sc_opening *o, unsigned point, struct sc_block b, fx coef)
{
    const unsigned over = b.log_h > p->rest ? b.log_h - p->rest : 0;
    const uint32_t first = b.index << over;
    const unsigned log_h = b.log_h - over;
    fx split[SC_OPEN_FIRST];
    sc_eq_table(split, sc_open_suffix(o, point, b.log_h), over);
    for (uint32_t e = 0; e < 1u << over; e++) {
        const uint64_t at = (uint64_t)(first + e) << log_h;
        p->part[p->n++] = (struct sc_open_part){.point = (uint8_t)point,
                                                .log_h = (uint8_t)log_h,
                                                .top = (uint8_t)(at >> p->rest),
                                                .at = (uint32_t)(at & (((uint64_t)1 << p->rest) - 1)),
                                                .coef = fx_mul(coef, split[e])};
    }
}

/* The columns, then the samples. */
static socle_status make_parts(struct sc_open_parts *p, const struct sc_opening *o)
{
    const struct sc_whir_round *const r = &o->wp->r[0];
    p->vars = r->k < SC_OPEN_FIRST_VARS ? r->k : SC_OPEN_FIRST_VARS;
    p->rest = r->mu - p->vars;
    p->n_points = 1 + n_samples(o);
    p->part = sc_alloc(sc_open_max_parts(o->n_values), sizeof *p->part);
    if (!p->part) {
        return SOCLE_E_NOMEM;
    }
    fx pow = FX_ONE;
    for (size_t j = 0; j < o->n_values; j++) {
        add_block(p, o, 0, o->blocks[j], pow);
        pow = fx_mul(pow, o->gamma);
    }
    for (unsigned k = 0; k < n_samples(o); k++) {
        add_block(p, o, 1 + k, (struct sc_block){.log_h = r->mu}, pow);
        pow = fx_mul(pow, o->gamma);
    }
    return SOCLE_OK;
}

bool sc_open_has_height(const struct sc_open_parts *p, unsigned point, unsigned log_h)
{
    for (size_t j = 0; j < p->n; j++) {
        if (p->part[j].point == point && p->part[j].log_h == log_h) {
            return true;
        }
    }
    return false;
}

/* ---- rounds ---- */

/* Send the round polynomial and draw the challenge. */
static fx exchange(struct state *s, fx h0, fx h2, unsigned gf)
{
    const fx h[2] = {h0, h2};
    fx c;
    sc_send_fx(s->ch, SC_L_WHIR_ROUND, h, 2);
    sc_send_grind(s->ch, SC_L_WHIR_FOLD_POW, gf);
    sc_tr_challenge(&s->ch->tr, SC_L_WHIR_FOLD, &c, 1);
    const fx v[3] = {h0, fx_sub(s->claim, h0), h2};
    s->claim = sc_interp2(v, c);
    return c;
}

/* One round on the cross terms of n values of the variables that are left. At 2 the factors of a
 * variable are -1 and 2. */
static fx cross_round(struct state *s, struct sc_cross *x, unsigned n, unsigned gf)
{
    const unsigned half = n / 2;
    fx h0 = FX_ZERO, h2 = FX_ZERO;
    for (unsigned t = 0; t < half; t++) {
        const fx mixed = fx_add(x->m[t][t + half], x->m[t + half][t]), high = fx_add(x->m[t + half][t + half], x->m[t + half][t + half]);
        const fx twice = fx_sub(high, mixed);
        h0 = fx_add(h0, x->m[t][t]);
        h2 = fx_add(h2, fx_add(x->m[t][t], fx_add(twice, twice)));
    }
    const fx c = exchange(s, h0, h2, gf);
    for (unsigned t = 0; t < n; t++) {
        for (unsigned k = 0; k < half; k++) {
            x->m[t][k] = fx_add(x->m[t][k], fx_mul(c, fx_sub(x->m[t][k + half], x->m[t][k])));
        }
    }
    for (unsigned t = 0; t < half; t++) {
        for (unsigned k = 0; k < half; k++) {
            x->m[t][k] = fx_add(x->m[t][k], fx_mul(c, fx_sub(x->m[t + half][k], x->m[t][k])));
        }
    }
    return c;
}

static socle_status first_folds(struct state *s)
{
    const unsigned vars = s->parts->vars;
    fx eq_top[SC_OPEN_FIRST];
    struct sc_cross x = {0};
    socle_status st = SOCLE_OK;
    TRY(s->way.ops->cross(s->way.self, &x));
    for (unsigned v = 0; v < vars; v++) {
        s->folds[v] = cross_round(s, &x, (1u << vars) >> v, s->o->wp->r[0].gf);
    }
    sc_eq_table(eq_top, s->folds, vars);
    TRY(s->way.ops->first(s->way.self, eq_top));
    s->mu -= vars;
out:
    return st;
}

static socle_status fold(struct state *s, fx *c, unsigned gf)
{
    fx h[2];
    socle_status st = SOCLE_OK;
    TRY(s->way.ops->sums(s->way.self, h));
    *c = exchange(s, h[0], h[1], gf);
    TRY(s->way.ops->fold(s->way.self, *c));
    s->mu--;
out:
    return st;
}

/* Commit to g for the next round and answer its samples; their points go to z. */
static socle_status commit_next(struct state *s, fx *z, fx *answers, const struct sc_whir_round *next)
{
    uint8_t root[32];
    socle_status st = SOCLE_OK;
    TRY(s->way.ops->commit(s->way.self, root, next));
    sc_send_bytes(s->ch, SC_L_WHIR_ROOT, root, sizeof root);
    if (next->ood) {
        sc_tr_challenge(&s->ch->tr, SC_L_WHIR_OOD, z, (size_t)next->ood * next->mu);
        for (unsigned i = 0; i < next->ood; i++) {
            TRY(s->way.ops->sample(s->way.self, &answers[i], z + (size_t)i * next->mu));
        }
        sc_send_fx(s->ch, SC_L_WHIR_OOD_ANS, answers, next->ood);
    }
out:
    return st;
}

static socle_status send_final(struct state *s)
{
    fx v[1 << SC_WHIR_MAX_FINAL];
    const socle_status st = s->way.ops->final(s->way.self, v);
    if (st == SOCLE_OK) {
        sc_send_fx(s->ch, SC_L_WHIR_FINAL, v, (size_t)1 << s->mu);
    }
    return st;
}

static fp domain_point(unsigned log_n, uint32_t j)
{
    uint32_t rev = 0;
    for (unsigned i = 0; i < log_n; i++) {
        rev |= ((j >> i) & 1) << (log_n - 1 - i);
    }
    return fp_pow(fp_root(log_n), rev);
}

/* The positions that the verifier asked for, and the folded polynomial there. */
struct queries {
    unsigned t, log_n;
    uint32_t index[SC_WHIR_MAX_T];
    fx answers[SC_WHIR_MAX_T];
};

/* Claims of samples and queries join claim and weight. */
static socle_status mix(struct state *s, const struct sc_whir_round *next, const fx *z, const fx *samples, const struct queries *q)
{
    fx z_coef[SC_WHIR_MAX_OOD], x_coef[SC_WHIR_MAX_T];
    fp x[SC_WHIR_MAX_T];
    fx xi;
    sc_tr_challenge(&s->ch->tr, SC_L_WHIR_MIX, &xi, 1);
    fx pow = xi;
    for (unsigned i = 0; i < next->ood; i++) {
        z_coef[i] = pow;
        s->claim = fx_add(s->claim, fx_mul(pow, samples[i]));
        pow = fx_mul(pow, xi);
    }
    for (unsigned i = 0; i < q->t; i++) {
        x[i] = domain_point(q->log_n, q->index[i]);
        x_coef[i] = pow;
        s->claim = fx_add(s->claim, fx_mul(pow, q->answers[i]));
        pow = fx_mul(pow, xi);
    }
    const struct sc_open_claims c = {.n_z = next->ood, .t = q->t, .z = z, .z_coef = z_coef, .x = x, .x_coef = x_coef};
    return s->way.ops->weigh(s->way.self, &c);
}

/* f_done: called after the queries of round 0, unless it is NULL. */
static socle_status run_round(struct state *s, unsigned i, void (*f_done)(void *arg))
{
    const struct sc_open_ops *const ops = s->way.ops;
    const struct sc_whir_params *const wp = s->o->wp;
    const struct sc_whir_round *const r = &wp->r[i];
    const bool last = i + 1 == wp->n_rounds;
    fx z[SC_WHIR_MAX_OOD * SC_M0_MAX];
    fx answers[SC_WHIR_MAX_OOD];
    struct queries q = {.t = r->t, .log_n = sc_whir_log_n(r)};
    fx eq[1 << SC_WHIR_MAX_K];
    socle_status st = SOCLE_OK;
    if (i == 0) {
        TRY(first_folds(s));
    }
    for (unsigned v = i == 0 ? s->parts->vars : 0; v < r->k; v++) {
        TRY(fold(s, &s->folds[v], r->gf));
    }
    TRY(ops->settle(s->way.self));
    TRY(last ? send_final(s) : commit_next(s, z, answers, &wp->r[i + 1]));
    sc_send_grind(s->ch, SC_L_WHIR_QUERY_POW, r->gq);
    sc_tr_indices(&s->ch->tr, SC_L_WHIR_QUERY, q.index, q.t, q.log_n);
    sc_eq_table(eq, s->folds, r->k);
    TRY(ops->open(s->way.self, s->ch, q.answers, eq, q.index, q.t));
    if (f_done != NULL && i == 0) {
        f_done(s->o->arg);
    }
    if (!last) {
        TRY(mix(s, &wp->r[i + 1], z, answers, &q));
        ops->next(s->way.self);
    }
    st = sc_pch_status(s->ch);
out:
    return st;
}

/* ---- who does it ---- */

struct job {
    const struct sc_opening *o;
    const struct sc_open_parts *parts;
};

static fx first_claim(const struct sc_opening *o)
{
    fx claim = FX_ZERO;
    for (unsigned k = n_samples(o); k-- > 0;) {
        claim = fx_add(fx_mul(claim, o->gamma), o->first->answers[k]);
    }
    for (size_t j = o->n_values; j-- > 0;) {
        claim = fx_add(fx_mul(claim, o->gamma), o->values[j]);
    }
    return claim;
}

static socle_status run(const struct job *j, struct sc_pch *ch, struct sc_open_way way, void (*f_done)(void *arg))
{
    struct state s = {.ch = ch, .o = j->o, .parts = j->parts, .way = way, .mu = j->o->wp->r[0].mu, .claim = first_claim(j->o)};
    socle_status st = SOCLE_OK;
    for (unsigned i = 0; i < j->o->wp->n_rounds && st == SOCLE_OK; i++) {
        st = run_round(&s, i, f_done);
    }
    return st;
}

static socle_status by_host(void *arg, struct sc_pch *ch, bool *differs)
{
    const struct job *const j = arg;
    struct sc_open_way way;
    (void)differs;
    socle_status st = sc_open_h_begin(&way, j->o, j->parts, ch->pool);
    if (st == SOCLE_OK) {
        st = run(j, ch, way, j->o->f_done);
        (void)way.ops->end(way.self);
    }
    return st;
}

/* f is kept: when the device fails, or is compared, the host begins with it. */
static socle_status by_device(void *arg, struct sc_pch *ch, socle_status *how)
{
    const struct job *const j = arg;
    struct sc_open_way way;
    *how = sc_open_d_begin(&way, j->o, j->parts, ch);
    if (*how != SOCLE_OK) {
        return *how;
    }
    const socle_status st = run(j, ch, way, NULL);
    *how = way.ops->end(way.self);
    if (st == SOCLE_OK && *how == SOCLE_OK && j->o->f_done != NULL && !sc_committer_compares(j->o->device)) {
        j->o->f_done(j->o->arg);
    }
    return *how != SOCLE_OK ? *how : st;
}

uint64_t sc_whir_room(const struct sc_opening *o)
{
    struct sc_open_parts parts = {0};
    const uint64_t bytes = sc_whir_params_ok(o->wp) && make_parts(&parts, o) == SOCLE_OK ? sc_open_d_room(o, &parts) : 0;
    sc_free(parts.part);
    return bytes;
}

socle_status sc_whir_open(struct sc_pch *ch, const struct sc_opening *o)
{
    struct sc_open_parts parts = {0};
    socle_status st = SOCLE_OK;
    if (!sc_whir_params_ok(o->wp) || n_samples(o) > SC_WHIR_MAX_OOD) {
        return SOCLE_E_ARG;
    }
    struct job j = {o, &parts};
    const struct sc_stretch all = {&j, by_device, by_host};
    TRY(make_parts(&parts, o));
    TRY(sc_stretch_send(ch, o->device, &all));
out:
    sc_free(parts.part);
    if (st != SOCLE_OK) {
        sc_pch_fail(ch, st);
    }
    return st;
}
