/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A second prover of openings with claims from before them and of the batched sumcheck with both sides of the bus argument, written
 * from docs/spec/whir.md and argument.md with full vectors and no tricks. For small machines; shared by tests of sets.
 */
#ifndef SC_TESTS_PROOF_NAIVE_H
#define SC_TESTS_PROOF_NAIVE_H

#include "core/verify/whir_v.h"
#include "host/prove/oracle.h"
#include "tests/sound/gkr_naive.h"

/* --- an opening with claims from before it ------------------------------------------------------------------------------ */

struct naive_opening {
    struct sc_pch *ch;
    unsigned mu;
    fx *g, *w;
    fx c[SC_M0_MAX];
    unsigned n_bound;
};

static inline fx naive_lerp(fx a, fx b, fx c)
{
    return fx_add(a, fx_mul(c, fx_sub(b, a)));
}

static inline void naive_fold(struct naive_opening *o, unsigned gf)
{
    const size_t half = (size_t)1 << --o->mu;
    const fx two = fx_from_fp(fp_from_u32(2));
    fx h[2] = {FX_ZERO, FX_ZERO};
    fx *const c = &o->c[o->n_bound++];
    for (size_t i = 0; i < half; i++) {
        h[0] = fx_add(h[0], fx_mul(o->g[i], o->w[i]));
        h[1] = fx_add(h[1], fx_mul(naive_lerp(o->g[i], o->g[i + half], two), naive_lerp(o->w[i], o->w[i + half], two)));
    }
    sc_send_fx(o->ch, SC_L_WHIR_ROUND, h, 2);
    sc_send_grind(o->ch, SC_L_WHIR_FOLD_POW, gf);
    sc_tr_challenge(&o->ch->tr, SC_L_WHIR_FOLD, c, 1);
    for (size_t i = 0; i < half; i++) {
        o->g[i] = naive_lerp(o->g[i], o->g[i + half], *c);
        o->w[i] = naive_lerp(o->w[i], o->w[i + half], *c);
    }
}

/* w += coef eq(z, X) */
static inline void naive_add_eq(struct naive_opening *o, const fx *z, fx coef)
{
    fx *const eq = malloc(sizeof(fx) << o->mu);
    sc_eq_table(eq, z, o->mu);
    for (size_t x = 0; x < (size_t)1 << o->mu; x++) {
        o->w[x] = fx_add(o->w[x], fx_mul(coef, eq[x]));
    }
    free(eq);
}

static inline void naive_commit_ext(struct sc_oracle *out, const struct naive_opening *o, const struct sc_whir_round *r)
{
    const fp *plane[FX_DEG];
    fp *const coef = malloc(FX_DEG * (sizeof(fp) << o->mu));
    for (size_t k = 0; k < FX_DEG; k++) {
        for (size_t x = 0; x < (size_t)1 << o->mu; x++) {
            coef[(k << o->mu) + x] = o->g[x].c[k];
        }
        plane[k] = coef + (k << o->mu);
    }
    cr_assert_eq(sc_oracle_commit(out, plane, FX_DEG, o->mu, r->k, r->lr, NULL, NULL), SOCLE_OK);
    free(coef);
}

/* Queries of the round whose commitment is @p oracle; then, unless it is the last, their claims and those of the samples at z. */
static inline void naive_query(struct naive_opening *o, const struct sc_oracle *oracle, const struct sc_whir_round *r, const struct sc_whir_round *next, const fx *z)
{
    const unsigned log_n = sc_whir_log_n(r);
    uint32_t index[SC_WHIR_MAX_T];
    fx answer[SC_WHIR_MAX_T];
    fx *const eq = malloc(sizeof(fx) << r->k);
    fx xi;
    sc_send_grind(o->ch, SC_L_WHIR_QUERY_POW, r->gq);
    sc_tr_indices(&o->ch->tr, SC_L_WHIR_QUERY, index, r->t, log_n);
    sc_eq_table(eq, o->c + o->n_bound - r->k, r->k);
    cr_assert_eq(sc_oracle_open(oracle, o->ch, answer, eq, index, r->t), SOCLE_OK);
    free(eq);
    if (!next) {
        return;
    }
    sc_tr_challenge(&o->ch->tr, SC_L_WHIR_MIX, &xi, 1);
    fx pow = xi;
    for (unsigned i = 0; i < next->ood; i++, pow = fx_mul(pow, xi)) {
        naive_add_eq(o, z + (size_t)i * o->mu, pow);
    }
    for (unsigned i = 0; i < r->t; i++, pow = fx_mul(pow, xi)) {
        uint32_t rev = 0;
        for (unsigned b = 0; b < log_n; b++) {
            rev |= (index[i] >> b & 1) << (log_n - 1 - b);
        }
        const fp x = fp_pow(fp_root(log_n), rev);
        fp power = FP_ONE;
        for (size_t k = 0; k < (size_t)1 << o->mu; k++, power = fp_mul(power, x)) {
            o->w[k] = fx_add(o->w[k], fx_mul_fp(pow, power));
        }
    }
}

static inline void naive_open_rounds(struct naive_opening *o, const struct sc_whir_params *wp, const struct sc_oracle *oracle)
{
    struct sc_oracle own[SC_WHIR_MAX_ROUNDS] = {0};
    for (unsigned i = 0; i < wp->n_rounds; i++) {
        const struct sc_whir_round *const r = &wp->r[i], *const next = i + 1 < wp->n_rounds ? r + 1 : NULL;
        fx z[SC_WHIR_MAX_OOD * SC_M0_MAX], y[SC_WHIR_MAX_OOD];
        for (unsigned v = 0; v < r->k; v++) {
            naive_fold(o, r->gf);
        }
        if (next) {
            naive_commit_ext(&own[i + 1], o, next);
            sc_send_bytes(o->ch, SC_L_WHIR_ROOT, own[i + 1].root, 32);
        } else {
            sc_send_fx(o->ch, SC_L_WHIR_FINAL, o->g, (size_t)1 << wp->mu_final);
        }
        if (next && next->ood) {
            sc_tr_challenge(&o->ch->tr, SC_L_WHIR_OOD, z, (size_t)next->ood * o->mu);
            for (unsigned k = 0; k < next->ood; k++) {
                y[k] = sc_mle_eval(o->g, z + (size_t)k * o->mu, o->mu);
            }
            sc_send_fx(o->ch, SC_L_WHIR_OOD_ANS, y, next->ood);
        }
        naive_query(o, i == 0 ? oracle : &own[i], r, next, z);
    }
    for (unsigned i = 0; i < SC_WHIR_MAX_ROUNDS; i++) {
        sc_oracle_fini(&own[i]);
    }
}

static inline void naive_open(struct sc_pch *ch, const struct sc_whir_params *wp, const struct sc_oracle *oracle, const fp *f, const fx *r, unsigned H,
                    const struct sc_block *blocks, unsigned n, fx gamma, const struct sc_samples *first)
{
    const unsigned mu = wp->r[0].mu;
    struct naive_opening o = {.ch = ch, .mu = mu, .g = calloc((size_t)1 << mu, sizeof(fx)), .w = calloc((size_t)1 << mu, sizeof(fx))};
    fx pow = FX_ONE;
    for (size_t x = 0; x < (size_t)1 << mu; x++) {
        o.g[x] = fx_from_fp(f[x]);
    }
    for (unsigned j = 0; j < n; j++, pow = fx_mul(pow, gamma)) {
        const unsigned h = blocks[j].log_h;
        for (size_t x = 0; x < (size_t)1 << h; x++) {
            fx *const at = &o.w[((size_t)blocks[j].index << h) + x];
            *at = fx_add(*at, fx_mul(pow, sc_eq_index(r + (H - h), h, x)));
        }
    }
    for (unsigned k = 0; k < first->n; k++, pow = fx_mul(pow, gamma)) {
        naive_add_eq(&o, first->coords + (size_t)k * mu, pow);
    }
    naive_open_rounds(&o, wp, oracle);
    free(o.g);
    free(o.w);
}

/* --- the batched sumcheck ------------------------------------------------------------------------------------------------ */

enum { NAIVE_MAX_CHUNKS = 8, NAIVE_MAX_ARRAYS = 32 };

/* A chunk's columns, then eq of tau and of both rho, over the variables that are not bound yet. */
struct naive_part {
    const struct sc_chunk *c;
    const struct air_table *t;
    unsigned n_cols, n_left;
    fx *v[NAIVE_MAX_ARRAYS];
    fx weight[2][AIR_MAX_USES];
    fx head;
};

struct naive_zero {
    const struct sc_machine *m;
    const struct sc_layout *l;
    const struct sc_bus_point *bus; /* of L, of G */
    fx powers[64];
    unsigned n_parts;
    struct naive_part part[NAIVE_MAX_CHUNKS];
};

static inline fx naive_form_at(const struct air_table *t, unsigned form, const fx *col)
{
    fx v = fx_from_fp(t->forms[form].k);
    for (unsigned i = 0; i < t->forms[form].n; i++) {
        const struct air_term *const m = &t->terms[t->forms[form].first + i];
        v = fx_add(v, fx_mul_fp(col[m->col], m->coef));
    }
    return v;
}

static inline fx naive_uses_at(const struct naive_zero *z, const struct naive_part *p, enum sc_side side, const fx *col)
{
    const struct sc_uses uses = sc_uses_of(z->m, p->c, side);
    const fx *const top = z->powers + z->l->n_constraints + 2 * side;
    fx sum = FX_ZERO;
    for (unsigned i = 0; i < uses.n; i++) {
        const struct air_use *const u = &p->t->uses[uses.first + i];
        const fx m = naive_form_at(p->t, u->sel, col);
        fx d = sc_bus_value(&z->bus[side], (enum air_bus)u->bus, NULL, 0);
        for (unsigned s = 0; s < u->n_slots; s++) {
            d = fx_add(d, fx_mul(z->bus[side].beta[1 + s], naive_form_at(p->t, u->slots + s, col)));
        }
        const fx both = fx_add(fx_mul(top[0], u->sign > 0 ? m : fx_neg(m)), fx_mul(top[1], d));
        sum = fx_add(sum, fx_mul(p->weight[side][i], both));
    }
    return sum;
}

/* G of the chunk, from the values of its arrays. */
static inline fx naive_g(const struct naive_zero *z, const struct naive_part *p, const fx *a)
{
    fx g = p->t->n_constraints ? fx_mul(a[p->n_cols], p->t->eval(a, z->powers + p->c->constraint)) : FX_ZERO;
    for (unsigned side = 0; side < 2; side++) {
        g = fx_add(g, fx_mul(a[p->n_cols + 1 + side], naive_uses_at(z, p, (enum sc_side)side, a)));
    }
    return g;
}

/* What the chunk adds to the round polynomial at x; i variables are bound. */
static inline fx naive_part_at(const struct naive_zero *z, const struct naive_part *p, unsigned i, fx x)
{
    const bool joined = i >= z->l->n_vars - p->c->log_h;
    const size_t half = (size_t)1 << (p->n_left - joined);
    fx sum = FX_ZERO;
    for (size_t k = 0; k < half; k++) {
        fx a[NAIVE_MAX_ARRAYS];
        for (unsigned j = 0; j < p->n_cols + 3; j++) {
            a[j] = joined ? naive_lerp(p->v[j][k], p->v[j][k + half], x) : p->v[j][k];
        }
        sum = fx_add(sum, naive_g(z, p, a));
    }
    return fx_mul(p->head, joined ? sum : fx_mul(x, sum));
}

static inline void naive_bind(const struct naive_zero *z, struct naive_part *p, unsigned i, fx r)
{
    if (i < z->l->n_vars - p->c->log_h) {
        p->head = fx_mul(p->head, r);
        return;
    }
    const size_t half = (size_t)1 << --p->n_left;
    for (unsigned j = 0; j < p->n_cols + 3; j++) {
        for (size_t k = 0; k < half; k++) {
            p->v[j][k] = naive_lerp(p->v[j][k], p->v[j][k + half], r);
        }
    }
}

static inline void naive_part_init(struct naive_zero *z, struct naive_part *p, const struct sc_chunk *c, const fp *const *col, const fx *tau, const struct gkr_naive *g)
{
    const unsigned h = c->log_h;
    p->c = c;
    p->t = &z->m->tables[c->table];
    p->n_cols = (unsigned)p->t->n_cols + p->t->n_closed;
    p->n_left = h;
    p->head = FX_ONE;
    cr_assert(p->n_cols + 3 <= NAIVE_MAX_ARRAYS);
    for (unsigned j = 0; j < p->n_cols + 3; j++) {
        p->v[j] = calloc((size_t)1 << h, sizeof(fx));
        for (size_t x = 0; j < p->n_cols && x < (size_t)1 << h; x++) {
            p->v[j][x] = fx_from_fp(col[j][x]);
        }
    }
    sc_eq_table(p->v[p->n_cols], tau + (z->l->n_vars - h), h);
    for (unsigned side = 0; side < 2; side++) {
        const struct sc_uses uses = sc_uses_of(z->m, c, (enum sc_side)side);
        const unsigned n = sc_side_vars(z->l, (enum sc_side)side);
        if (uses.n) {
            sc_eq_table(p->v[p->n_cols + 1 + side], g[side].leaf.rho + (n - h), h);
        }
        for (unsigned i = 0; i < uses.n; i++) {
            p->weight[side][i] = sc_eq_index(g[side].leaf.rho, n - h, uses.block + i);
        }
    }
}

/* From LAMBDA to COLUMNS. */
static inline void naive_zero(struct sc_pch *ch, fx *r, fx *values, const struct sc_machine *m, const struct sc_layout *l, const struct sc_bus_point *bus, const struct gkr_naive *g,
                    const fp *const (*col)[AIR_MAX_COLS])
{
    struct naive_zero *const z = calloc(1, sizeof *z);
    fx lambda, tau[SC_MAX_VARS];
    z->m = m;
    z->l = l;
    z->bus = bus;
    sc_tr_challenge(&ch->tr, SC_L_LAMBDA, &lambda, 1);
    sc_tr_challenge(&ch->tr, SC_L_TAU, tau, l->n_vars);
    z->powers[0] = FX_ONE;
    cr_assert(l->n_constraints + 4 <= 64 && l->n_chunks <= NAIVE_MAX_CHUNKS);
    for (unsigned i = 1; i < 64; i++) {
        z->powers[i] = fx_mul(z->powers[i - 1], lambda);
    }
    for (unsigned i = 0; i < l->n_chunks; i++) {
        naive_part_init(z, &z->part[i], &l->chunk[i], col[i], tau, g);
    }
    for (unsigned i = 0; i < l->n_vars; i++) {
        static const uint32_t at[4] = {0, 2, 3, 4};
        fx sent[4] = {FX_ZERO, FX_ZERO, FX_ZERO, FX_ZERO};
        for (unsigned k = 0; k < 4; k++) {
            for (unsigned c = 0; c < l->n_chunks; c++) {
                sent[k] = fx_add(sent[k], naive_part_at(z, &z->part[c], i, fx_from_fp(fp_from_u32(at[k]))));
            }
        }
        sc_send_fx(ch, SC_L_ZERO_T, sent, 4);
        sc_tr_challenge(&ch->tr, SC_L_ZERO_ROUND, &r[i], 1);
        for (unsigned c = 0; c < l->n_chunks; c++) {
            naive_bind(z, &z->part[c], i, r[i]);
        }
    }
    for (unsigned c = 0; c < l->n_chunks; c++) {
        struct naive_part *const p = &z->part[c];
        for (unsigned j = 0; j < p->n_cols + 3; j++) {
            if (j < p->t->n_cols) {
                values[p->c->value + j] = p->v[j][0];
            }
            free(p->v[j]);
        }
    }
    sc_send_fx(ch, SC_L_COLUMNS, values, l->n_values);
    free(z);
}

#endif
