/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Prover of the opening of one committed polynomial.
 * The weight of round 0 is a sum of gamma^j eq(b_j, X_hi) eq(r_suffix, X_lo), a sample being one block of full height; it is never built.
 * The first few round polynomials come from inner products of columns of f with one eq table per
 * height; only after those challenges are the folded vector and the folded weight written out, an
 * eighth as long. Theory: docs/spec/whir.md.
 */
#include "host/prove/open.h"

#include "core/poly/eq.h"
#include "host/sys/mem.h"
#include "host/sys/pool.h"
#include "kernels/cpu/cpu_ops.h"

#include <string.h>

#define PIECE 4096 /* elements that a loop body handles at a time */

/* Variables whose rounds need neither folded vector: each doubles the inner products and halves the
 * memory of what follows. */
#define FIRST_VARS 3
#define FIRST (1u << FIRST_VARS)

/* A block of the first weight, within one value `top` of the first variables. */
struct part {
    uint8_t point; /* 0: the columns', else 1 + number of the sample */
    uint8_t log_h, top;
    uint32_t at; /* offset in what the other variables span */
    fx coef;
};

/* A vector over the extension field: coefficient c of element i at p[c plane + i]. */
struct planar {
    fp *p;
    size_t plane;
};

static fx planar_get(const struct planar *v, size_t i)
{
    fx r;
    for (unsigned c = 0; c < FX_DEG; c++) {
        r.c[c] = v->p[c * v->plane + i];
    }
    return r;
}

struct state {
    const struct sc_cpu_ops *ops;
    struct sc_pch *ch;
    const struct sc_opening *o;
    struct sc_pool *pool;
    unsigned mu; /* variables of g and w */
    fx claim;
    struct planar g, w;
    struct part *parts;
    size_t n_parts;
    struct planar eq;
    struct sc_oracle oracle; /* of the current round, from round 1 on */
    fx folds[SC_WHIR_MAX_K];
};

static size_t planar_len(size_t n)
{
    return FX_DEG * n * sizeof(fp);
}

static socle_status planar_alloc(struct planar *v, size_t n)
{
    v->plane = n;
    v->p = sc_big_alloc(planar_len(n));
    return v->p != NULL ? SOCLE_OK : SOCLE_E_NOMEM;
}

static void planar_free(struct planar *v)
{
    sc_big_free(v->p, planar_len(v->plane));
    v->p = NULL;
}

/* Keep the first n elements. */
static socle_status planar_shrink(struct planar *v, size_t n)
{
    struct planar small;
    const socle_status st = planar_alloc(&small, n);
    if (st != SOCLE_OK) {
        return st;
    }
    for (size_t c = 0; c < FX_DEG; c++) {
        memcpy(small.p + c * n, v->p + c * v->plane, n * sizeof(fp));
    }
    planar_free(v);
    *v = small;
    return SOCLE_OK;
}

/* Sums over ranges: each worker adds into its own slot. */
struct sums {
    fx v[SC_POOL_MAX_THREADS][2];
};

static void sums_add(struct sums *s, unsigned worker, unsigned i, fx a)
{
    s->v[worker][i] = fx_add(s->v[worker][i], a);
}

static fx sums_total(const struct sums *s, unsigned i)
{
    fx t = FX_ZERO;
    for (unsigned w = 0; w < SC_POOL_MAX_THREADS; w++) {
        t = fx_add(t, s->v[w][i]);
    }
    return t;
}

/* Equality tables as outer products: row i of 2^lo_bits elements is (or gets added) coef
 * eq(point_hi, i) eq(point_lo, .). */

#define EQ_LO 10

static void eq_low(struct planar *out, const fx *point, unsigned n)
{
    fx t[1 << EQ_LO];
    sc_eq_table(t, point, n);
    for (size_t i = 0; i < (size_t)1 << n; i++) {
        for (unsigned c = 0; c < FX_DEG; c++) {
            out->p[c * out->plane + i] = t[i].c[c];
        }
    }
}

struct outer {
    const struct sc_cpu_ops *ops;
    const struct planar *out;
    struct planar lo;
    const fx *hi;
    unsigned lo_bits;
    bool add;
};

static void outer_rows(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct outer *const x = arg;
    const size_t n = (size_t)1 << x->lo_bits;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        (x->add ? x->ops->axpy_ext : x->ops->scale_ext)(x->out->p + i * n, x->out->plane, x->lo.p, x->lo.plane, x->hi[i], 0, n);
    }
}

static socle_status eq_planar(struct state *s, const struct planar *out, const fx *point, unsigned n, fx coef, bool add)
{
    const unsigned lo_bits = n < EQ_LO ? n : EQ_LO;
    const size_t n_hi = (size_t)1 << (n - lo_bits);
    fp lo[FX_DEG << EQ_LO];
    fx *const hi = sc_alloc(n_hi, sizeof *hi);
    if (!hi) {
        return SOCLE_E_NOMEM;
    }
    struct outer x = {s->ops, out, {lo, (size_t)1 << EQ_LO}, hi, lo_bits, add};
    eq_low(&x.lo, point + (n - lo_bits), lo_bits);
    sc_eq_table(hi, point, n - lo_bits);
    for (size_t i = 0; i < n_hi; i++) {
        hi[i] = fx_mul(hi[i], coef);
    }
    sc_pool_for(s->pool, n_hi, 0, outer_rows, &x);
    sc_free(hi);
    return SOCLE_OK;
}

/* Round 0, first variables: everything per height. With f_s(y) = f(s, y) and the weight sum_j
 * coef_j eq(top_j, X) w_j(Y), their rounds are those of sum over X of sum over t, s of m[t][s]
 * eq(t, X) eq(s, X), m[t][s] = sum over top_j = t of coef_j <w_j, f_s>. */

struct cross {
    fx m[FIRST][FIRST];
};

static unsigned first_vars(const struct sc_opening *o)
{
    return o->wp->r[0].k < FIRST_VARS ? o->wp->r[0].k : FIRST_VARS;
}

/* Blocks do not overlap: those higher than the span of the other variables have FIRST parts together, and each sample as many. */
static size_t max_parts(size_t n_values)
{
    return n_values + (1 + SC_WHIR_MAX_OOD) * FIRST;
}

static unsigned n_samples(const struct sc_opening *o)
{
    return o->first ? o->first->n : 0;
}

/* The last log_h coordinates of a point. */
static const fx *suffix(const struct state *s, unsigned point, unsigned log_h)
{
    const unsigned mu = s->o->wp->r[0].mu;
    return point == 0 ? s->o->r + (s->o->H - log_h) : s->o->first->coords + (size_t)(point - 1) * mu + (mu - log_h);
}

/* A block as parts: several when it is higher than what the other variables span. */
static void add_block(struct state *s, unsigned point, struct sc_block b, fx coef)
{
    const unsigned rest = s->mu - first_vars(s->o);
    const unsigned over = b.log_h > rest ? b.log_h - rest : 0;
    const uint32_t first = b.index << over;
    const unsigned log_h = b.log_h - over;
    fx split[FIRST];
    sc_eq_table(split, suffix(s, point, b.log_h), over);
    for (uint32_t e = 0; e < 1u << over; e++) {
        const uint64_t at = (uint64_t)(first + e) << log_h;
        s->parts[s->n_parts++] = (struct part){.point = (uint8_t)point,
                                               .log_h = (uint8_t)log_h,
                                               .top = (uint8_t)(at >> rest),
                                               .at = (uint32_t)(at & (((uint64_t)1 << rest) - 1)),
                                               .coef = fx_mul(coef, split[e])};
    }
}

/* The columns, then the samples. */
static socle_status make_parts(struct state *s)
{
    const struct sc_opening *const o = s->o;
    s->parts = sc_alloc(max_parts(o->n_values), sizeof *s->parts);
    if (!s->parts) {
        return SOCLE_E_NOMEM;
    }
    fx pow = FX_ONE;
    for (size_t j = 0; j < o->n_values; j++) {
        add_block(s, 0, o->blocks[j], pow);
        pow = fx_mul(pow, o->gamma);
    }
    for (unsigned k = 0; k < n_samples(o); k++) {
        add_block(s, 1 + k, (struct sc_block){.log_h = (uint8_t)s->mu}, pow);
        pow = fx_mul(pow, o->gamma);
    }
    return SOCLE_OK;
}

static bool has_height(const struct state *s, unsigned point, unsigned log_h)
{
    for (size_t j = 0; j < s->n_parts; j++) {
        if (s->parts[j].point == point && s->parts[j].log_h == log_h) {
            return true;
        }
    }
    return false;
}

static unsigned greatest_height(const struct state *s)
{
    unsigned top = 0;
    for (size_t j = 0; j < s->n_parts; j++) {
        top = s->parts[j].log_h > top ? s->parts[j].log_h : top;
    }
    return top;
}

struct by_height {
    struct state *s;
    unsigned point, log_h, vars;
    const fx *eq_top;   /* of the first challenges, for weight_rows */
    struct cross *sums; /* one per worker, for cross_rows */
};

static void cross_rows(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct by_height *const x = arg;
    const struct state *const s = x->s;
    for (size_t j = 0; j < s->n_parts; j++) {
        const struct part *const p = &s->parts[j];
        const bool here = p->point == x->point && p->log_h == x->log_h;
        for (size_t k = 0; here && k < (size_t)1 << x->vars; k++) {
            const fx d = s->ops->dot_base(s->o->f + (k << (s->mu - x->vars)) + p->at, s->eq.p, s->eq.plane, begin, end);
            fx *const m = &x->sums[worker].m[p->top][k];
            *m = fx_add(*m, fx_mul(p->coef, d));
        }
    }
}

/* Rows of the folded weight. */
static void weight_rows(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct by_height *const x = arg;
    const struct state *const s = x->s;
    (void)worker;
    for (size_t j = 0; j < s->n_parts; j++) {
        const struct part *const p = &s->parts[j];
        if (p->point == x->point && p->log_h == x->log_h) {
            s->ops->axpy_ext(s->w.p + p->at, s->w.plane, s->eq.p, s->eq.plane, fx_mul(p->coef, x->eq_top[p->top]), begin, end);
        }
    }
}

/* Run a body over the rows of every point and height that occur, with their eq table in s->eq. */
static socle_status each_height(struct state *s, struct by_height *x, sc_pool_fn *body)
{
    socle_status st = SOCLE_OK;
    for (x->point = 0; x->point <= n_samples(s->o); x->point++) {
        for (x->log_h = 0; x->log_h < s->mu; x->log_h++) {
            if (has_height(s, x->point, x->log_h)) {
                TRY(eq_planar(s, &s->eq, suffix(s, x->point, x->log_h), x->log_h, FX_ONE, false));
                sc_pool_for(s->pool, (size_t)1 << x->log_h, PIECE, body, x);
            }
        }
    }
out:
    return st;
}

/* f folded by the first challenges. */
struct fold_first {
    const struct state *s;
    const struct sc_lin *form; /* of the 2^vars parts of f */
};

static void fold_first_rows(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct fold_first *const x = arg;
    const struct state *const s = x->s;
    (void)worker;
    s->ops->lin_ext(s->g.p + begin, s->g.plane, x->form, begin, end);
}

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
static fx cross_round(struct state *s, struct cross *x, unsigned n, unsigned gf)
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

static void cross_total(struct cross *sums)
{
    for (unsigned w = 1; w < SC_POOL_MAX_THREADS; w++) {
        for (unsigned i = 0; i < FIRST * FIRST; i++) {
            fx *const to = &sums[0].m[i / FIRST][i % FIRST];
            *to = fx_add(*to, sums[w].m[i / FIRST][i % FIRST]);
        }
    }
}

static socle_status first_folds(struct state *s)
{
    const unsigned vars = first_vars(s->o), n = 1u << vars;
    const size_t rest = (size_t)1 << (s->mu - vars);
    fx eq_top[FIRST];
    const fp *part_of_f[FIRST];
    const struct sc_lin form = {n, part_of_f, eq_top, FX_ZERO};
    struct fold_first ff = {s, &form};
    struct by_height x = {.s = s, .vars = vars, .eq_top = eq_top, .sums = sc_alloc(SC_POOL_MAX_THREADS, sizeof *x.sums)};
    socle_status st = x.sums ? SOCLE_OK : SOCLE_E_NOMEM;
    TRY(st);
    TRY(planar_alloc(&s->eq, (size_t)1 << greatest_height(s)));
    TRY(each_height(s, &x, cross_rows));
    cross_total(x.sums);
    for (unsigned v = 0; v < vars; v++) {
        s->folds[v] = cross_round(s, x.sums, n >> v, s->o->wp->r[0].gf);
    }
    sc_eq_table(eq_top, s->folds, vars);
    TRY(planar_alloc(&s->w, rest));
    TRY(each_height(s, &x, weight_rows));
    planar_free(&s->eq);
    TRY(planar_alloc(&s->g, rest));
    for (size_t k = 0; k < n; k++) {
        part_of_f[k] = s->o->f + k * rest;
    }
    sc_pool_for(s->pool, rest, PIECE, fold_first_rows, &ff);
    s->mu -= vars;
out:
    sc_free(x.sums);
    return st;
}

/* The other variables. */

struct folding {
    const struct state *s;
    fx c;
    struct sums *sums;
};

static void round_rows(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct folding *const x = arg;
    const struct state *const s = x->s;
    fx h[2];
    s->ops->quad_ext(h, s->g.p, s->g.plane, s->w.p, s->w.plane, (size_t)1 << (s->mu - 1), begin, end);
    sums_add(x->sums, worker, 0, h[0]);
    sums_add(x->sums, worker, 1, h[1]);
}

static void fold_rows(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct folding *const x = arg;
    const struct state *const s = x->s;
    const size_t half = (size_t)1 << (s->mu - 1);
    (void)worker;
    s->ops->fold_ext(s->g.p, s->g.plane, s->g.p, s->g.plane, half, x->c, begin, end);
    s->ops->fold_ext(s->w.p, s->w.plane, s->w.p, s->w.plane, half, x->c, begin, end);
}

static fx fold(struct state *s, unsigned gf)
{
    struct sums sums = {0};
    struct folding x = {.s = s, .sums = &sums};
    sc_pool_for(s->pool, (size_t)1 << (s->mu - 1), PIECE, round_rows, &x);
    x.c = exchange(s, sums_total(&sums, 0), sums_total(&sums, 1), gf);
    sc_pool_for(s->pool, (size_t)1 << (s->mu - 1), PIECE, fold_rows, &x);
    s->mu--;
    return x.c;
}

/* Commitments, samples, queries. */

struct sampling {
    const struct state *s;
    struct planar lo;
    const fx *z;
    unsigned lo_bits;
    struct sums *sums;
};

static void sample_rows(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct sampling *const x = arg;
    const struct state *const s = x->s;
    const size_t n = (size_t)1 << x->lo_bits;
    for (size_t i = begin; i < end; i++) {
        const fx row = s->ops->dot_ext(s->g.p + i * n, s->g.plane, x->lo.p, x->lo.plane, 0, n);
        sums_add(x->sums, worker, 0, fx_mul(row, sc_eq_index(x->z, s->mu - x->lo_bits, i)));
    }
}

/* g(z) for one sample. */
static fx sample_at(const struct state *s, const fx *z)
{
    const unsigned lo_bits = s->mu < EQ_LO ? s->mu : EQ_LO;
    fp lo[FX_DEG << EQ_LO];
    struct sums sums = {0};
    struct sampling x = {s, {lo, (size_t)1 << EQ_LO}, z, lo_bits, &sums};
    eq_low(&x.lo, z + (s->mu - lo_bits), lo_bits);
    sc_pool_for(s->pool, (size_t)1 << (s->mu - lo_bits), 0, sample_rows, &x);
    return sums_total(&sums, 0);
}

/* Commit to g for the next round and answer its samples; their points go to z. */
static socle_status commit_next(struct state *s, struct sc_oracle *out, fx *z, fx *answers, const struct sc_whir_round *next)
{
    const fp *plane[FX_DEG];
    for (unsigned c = 0; c < FX_DEG; c++) {
        plane[c] = s->g.p + c * s->g.plane;
    }
    const socle_status st = sc_oracle_commit(out, plane, FX_DEG, next->mu, next->k, next->lr, s->o->device, s->pool);
    if (st != SOCLE_OK) {
        return st;
    }
    sc_send_bytes(s->ch, SC_L_WHIR_ROOT, out->root, 32);
    if (next->ood) {
        sc_tr_challenge(&s->ch->tr, SC_L_WHIR_OOD, z, (size_t)next->ood * next->mu);
        for (unsigned i = 0; i < next->ood; i++) {
            answers[i] = sample_at(s, z + (size_t)i * next->mu);
        }
        sc_send_fx(s->ch, SC_L_WHIR_OOD_ANS, answers, next->ood);
    }
    return SOCLE_OK;
}

static void send_final(struct state *s)
{
    fx v[1 << SC_WHIR_MAX_FINAL];
    const size_t n = (size_t)1 << s->mu;
    for (size_t i = 0; i < n; i++) {
        v[i] = planar_get(&s->g, i);
    }
    sc_send_fx(s->ch, SC_L_WHIR_FINAL, v, n);
}

static fp domain_point(unsigned log_n, uint32_t j)
{
    uint32_t rev = 0;
    for (unsigned i = 0; i < log_n; i++) {
        rev |= ((j >> i) & 1) << (log_n - 1 - i);
    }
    return fp_pow(fp_root(log_n), rev);
}

/* Weight of the query claims: w[hi 2^lo_bits + lo] += sum_q coef_q x_q^(hi 2^lo_bits) x_q^lo. */

struct powers {
    const struct state *s;
    const fx *coef;
    const fp *x; /* x_q^(2^lo_bits) */
    const fp *lo;
    unsigned n_q, lo_bits;
};

static void power_rows(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct powers *const p = arg;
    const size_t n = (size_t)1 << p->lo_bits;
    fx a[SC_WHIR_MAX_T];
    (void)worker;
    for (unsigned q = 0; q < p->n_q; q++) {
        a[q] = fx_mul_fp(p->coef[q], fp_pow(p->x[q], begin));
    }
    for (size_t i = begin; i < end; i++) {
        const struct planar *const w = &p->s->w;
        p->s->ops->add_powers(w->p + i * n, w->plane, a, p->lo, n, p->n_q, 0, n);
        for (unsigned q = 0; q < p->n_q; q++) {
            a[q] = fx_mul_fp(a[q], p->x[q]);
        }
    }
}

static socle_status add_query_weights(struct state *s, const fp *x, const fx *coef, unsigned t)
{
    fp hi[SC_WHIR_MAX_T];
    const unsigned lo_bits = s->mu < EQ_LO ? s->mu : EQ_LO;
    const size_t n_lo = (size_t)1 << lo_bits;
    fp *const lo = sc_alloc(t * n_lo, sizeof *lo);
    if (!lo) {
        return SOCLE_E_NOMEM;
    }
    for (unsigned q = 0; q < t; q++) {
        fp pow = FP_ONE;
        for (size_t i = 0; i < n_lo; i++) {
            lo[q * n_lo + i] = pow;
            pow = fp_mul(pow, x[q]);
        }
        hi[q] = pow;
    }
    struct powers p = {s, coef, hi, lo, t, lo_bits};
    sc_pool_for(s->pool, (size_t)1 << (s->mu - lo_bits), 0, power_rows, &p);
    sc_free(lo);
    return SOCLE_OK;
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
    fx coef[SC_WHIR_MAX_T];
    fp x[SC_WHIR_MAX_T];
    fx xi;
    socle_status st = SOCLE_OK;
    sc_tr_challenge(&s->ch->tr, SC_L_WHIR_MIX, &xi, 1);
    fx pow = xi;
    for (unsigned i = 0; i < next->ood; i++) {
        s->claim = fx_add(s->claim, fx_mul(pow, samples[i]));
        TRY(eq_planar(s, &s->w, z + (size_t)i * next->mu, next->mu, pow, true));
        pow = fx_mul(pow, xi);
    }
    for (unsigned i = 0; i < q->t; i++) {
        x[i] = domain_point(q->log_n, q->index[i]);
        coef[i] = pow;
        s->claim = fx_add(s->claim, fx_mul(pow, q->answers[i]));
        pow = fx_mul(pow, xi);
    }
    TRY(add_query_weights(s, x, coef, q->t));
out:
    return st;
}

static socle_status run_round(struct state *s, unsigned i)
{
    const struct sc_whir_params *const wp = s->o->wp;
    const struct sc_whir_round *const r = &wp->r[i];
    const struct sc_oracle *const oracle = i ? &s->oracle : s->o->oracle;
    struct sc_oracle next = {0};
    fx z[SC_WHIR_MAX_OOD * SC_M0_MAX];
    fx answers[SC_WHIR_MAX_OOD];
    struct queries q = {.t = r->t, .log_n = sc_whir_log_n(r)};
    fx eq[1 << SC_WHIR_MAX_K];
    socle_status st = SOCLE_OK;
    if (i == 0) {
        TRY(first_folds(s));
    }
    for (unsigned v = i == 0 ? first_vars(s->o) : 0; v < r->k; v++) {
        s->folds[v] = fold(s, r->gf);
    }
    if (i == 0) {
        TRY(planar_shrink(&s->g, (size_t)1 << s->mu));
        TRY(planar_shrink(&s->w, (size_t)1 << s->mu));
    }
    if (i + 1 < wp->n_rounds) {
        TRY(commit_next(s, &next, z, answers, &wp->r[i + 1]));
    } else {
        send_final(s);
    }
    sc_send_grind(s->ch, SC_L_WHIR_QUERY_POW, r->gq);
    sc_tr_indices(&s->ch->tr, SC_L_WHIR_QUERY, q.index, q.t, q.log_n);
    sc_eq_table(eq, s->folds, r->k);
    TRY(sc_oracle_open(oracle, s->ch, q.answers, eq, q.index, q.t));
    if (i == 0 && s->o->f_done != NULL) {
        s->o->f_done(s->o->arg);
    }
    if (i + 1 < wp->n_rounds) {
        TRY(mix(s, &wp->r[i + 1], z, answers, &q));
    }
    sc_oracle_fini(&s->oracle);
    s->oracle = next;
    return sc_pch_status(s->ch);
out:
    sc_oracle_fini(&next);
    return st;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Factors of an eq table's rows. */
static size_t eq_factors(unsigned n)
{
    return sc_alloc_size((size_t)1 << (n > EQ_LO ? n - EQ_LO : 0), sizeof(fx));
}

struct sc_open_memory sc_open_memory(const struct sc_whir_params *wp, unsigned log_h, size_t n_values, unsigned n_threads)
{
    const struct sc_whir_round *const r = wp->r;
    const unsigned rest = r[0].mu - (r[0].k < FIRST_VARS ? r[0].k : FIRST_VARS);
    const unsigned top = log_h < rest ? log_h : rest;
    const size_t first = sc_big_size(planar_len((size_t)1 << rest));
    const size_t folded = sc_big_size(planar_len((size_t)1 << (r[0].mu - r[0].k)));
    const size_t parts = sc_alloc_size(max_parts(n_values), sizeof(struct part));
    const size_t sums = sc_alloc_size(SC_POOL_MAX_THREADS, sizeof(struct cross));
    const size_t eq = sc_big_size(planar_len((size_t)1 << top)) + eq_factors(top);
    size_t with_f = larger(sums + eq + first, 2 * first + larger(sums, folded)), without_f = 0, held = 0;
    for (unsigned i = 0; i < wp->n_rounds; i++) {
        const bool last = i + 1 == wp->n_rounds;
        const struct sc_whir_round *const n = &r[last ? i : i + 1];
        const struct sc_oracle_memory own = sc_oracle_memory(i == 0 ? 1 : FX_DEG, r[i].mu, r[i].k, r[i].lr, r[i].t, n_threads);
        const struct sc_oracle_memory next = sc_oracle_memory(FX_DEG, n->mu, n->k, n->lr, n->t, n_threads);
        const size_t weights = larger(eq_factors(n->mu), sc_alloc_size((size_t)r[i].t << EQ_LO, sizeof(fp)));
        const size_t both = 2 * folded + held + (last ? 0 : next.code + next.nodes);
        const size_t round = both + larger(last ? 0 : next.making, own.opening + (i == 0 ? own.again : 0));
        with_f = i == 0 ? larger(with_f, round) : with_f;
        without_f = larger(without_f, larger(i == 0 ? 0 : round, both + weights));
        held = last ? 0 : next.code + next.nodes;
    }
    return (struct sc_open_memory){parts + with_f, parts + without_f};
}

socle_status sc_whir_open(struct sc_pch *ch, const struct sc_opening *o)
{
    struct state s = {.ch = ch, .o = o, .pool = ch->pool, .ops = sc_cpu_ops_now(), .mu = o->wp->r[0].mu};
    socle_status st = SOCLE_OK;
    if (!sc_whir_params_ok(o->wp) || n_samples(o) > SC_WHIR_MAX_OOD) {
        return SOCLE_E_ARG;
    }
    s.claim = FX_ZERO;
    for (unsigned k = n_samples(o); k-- > 0;) {
        s.claim = fx_add(fx_mul(s.claim, o->gamma), o->first->answers[k]);
    }
    for (size_t j = o->n_values; j-- > 0;) {
        s.claim = fx_add(fx_mul(s.claim, o->gamma), o->values[j]);
    }
    TRY(make_parts(&s));
    for (unsigned i = 0; i < o->wp->n_rounds; i++) {
        TRY(run_round(&s, i));
    }
out:
    sc_oracle_fini(&s.oracle);
    planar_free(&s.g);
    planar_free(&s.w);
    planar_free(&s.eq);
    sc_free(s.parts);
    if (st != SOCLE_OK) {
        sc_pch_fail(ch, st);
    }
    return st;
}
