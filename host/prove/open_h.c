/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The opening's vectors on the host.
 * The weight of round 0 is a sum of gamma^j eq(b_j, X_hi) eq(r_suffix, X_lo), a sample being one block of full height; it is never built.
 * The first few round polynomials come from inner products of columns of f with one eq table per
 * height; only after those challenges are the folded vector and the folded weight written out, an
 * eighth as long. Theory: docs/spec/whir.md.
 */
#include "host/prove/open_way.h"

#include "core/poly/eq.h"
#include "host/sys/mem.h"
#include "host/sys/pool.h"
#include "kernels/cpu/cpu_ops.h"

#include <string.h>

#define PIECE 4096 /* elements that a loop body handles at a time */

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

struct host {
    const struct sc_cpu_ops *ops;
    const struct sc_opening *o;
    const struct sc_open_parts *parts;
    struct sc_pool *pool;
    unsigned mu; /* variables of g and w */
    bool small;  /* g and w have no more room than they need: after round 0 */
    struct planar g, w;
    struct planar eq;
    const struct sc_oracle *now; /* the oracle that is opened next; own from round 1 on */
    struct sc_oracle own, made;
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

static socle_status eq_planar(struct host *s, const struct planar *out, const fx *point, unsigned n, fx coef, bool add)
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

/* Round 0, first variables: everything per height. */

static unsigned greatest_height(const struct host *s)
{
    unsigned top = 0;
    for (size_t j = 0; j < s->parts->n; j++) {
        top = s->parts->part[j].log_h > top ? s->parts->part[j].log_h : top;
    }
    return top;
}

struct by_height {
    struct host *s;
    unsigned point, log_h, vars;
    const fx *eq_top;   /* of the first challenges, for weight_rows */
    struct sc_cross *sums; /* one per worker, for cross_rows */
};

static void cross_rows(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct by_height *const x = arg;
    const struct host *const s = x->s;
    for (size_t j = 0; j < s->parts->n; j++) {
        const struct sc_open_part *const p = &s->parts->part[j];
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
    const struct host *const s = x->s;
    (void)worker;
    for (size_t j = 0; j < s->parts->n; j++) {
        const struct sc_open_part *const p = &s->parts->part[j];
        if (p->point == x->point && p->log_h == x->log_h) {
            s->ops->axpy_ext(s->w.p + p->at, s->w.plane, s->eq.p, s->eq.plane, fx_mul(p->coef, x->eq_top[p->top]), begin, end);
        }
    }
}

/* Run a body over the rows of every point and height that occur, with their eq table in s->eq. */
static socle_status each_height(struct host *s, struct by_height *x, sc_pool_fn *body)
{
    socle_status st = SOCLE_OK;
    for (x->point = 0; x->point <= s->parts->n_points - 1; x->point++) {
        for (x->log_h = 0; x->log_h < s->mu; x->log_h++) {
            if (sc_open_has_height(s->parts, x->point, x->log_h)) {
                TRY(eq_planar(s, &s->eq, sc_open_suffix(s->o, x->point, x->log_h), x->log_h, FX_ONE, false));
                sc_pool_for(s->pool, (size_t)1 << x->log_h, PIECE, body, x);
            }
        }
    }
out:
    return st;
}

/* f folded by the first challenges. */
struct fold_first {
    const struct host *s;
    const struct sc_lin *form; /* of the 2^vars parts of f */
};

static void fold_first_rows(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct fold_first *const x = arg;
    const struct host *const s = x->s;
    (void)worker;
    s->ops->lin_ext(s->g.p + begin, s->g.plane, x->form, begin, end);
}

static void cross_total(struct sc_cross *sums)
{
    for (unsigned w = 1; w < SC_POOL_MAX_THREADS; w++) {
        for (unsigned i = 0; i < SC_OPEN_FIRST * SC_OPEN_FIRST; i++) {
            fx *const to = &sums[0].m[i / SC_OPEN_FIRST][i % SC_OPEN_FIRST];
            *to = fx_add(*to, sums[w].m[i / SC_OPEN_FIRST][i % SC_OPEN_FIRST]);
        }
    }
}

static socle_status host_cross(void *self, struct sc_cross *out)
{
    struct host *const s = self;
    struct by_height x = {.s = s, .vars = s->parts->vars, .sums = sc_alloc(SC_POOL_MAX_THREADS, sizeof *x.sums)};
    socle_status st = x.sums ? SOCLE_OK : SOCLE_E_NOMEM;
    TRY(st);
    TRY(planar_alloc(&s->eq, (size_t)1 << greatest_height(s)));
    TRY(each_height(s, &x, cross_rows));
    cross_total(x.sums);
    *out = x.sums[0];
out:
    sc_free(x.sums);
    return st;
}

static socle_status host_first(void *self, const fx *eq_top)
{
    struct host *const s = self;
    const size_t n = (size_t)1 << s->parts->vars, rest = (size_t)1 << s->parts->rest;
    const fp *part_of_f[SC_OPEN_FIRST];
    fx coef[SC_OPEN_FIRST];
    const struct sc_lin form = {(unsigned)n, part_of_f, coef, FX_ZERO};
    struct fold_first ff = {s, &form};
    struct by_height x = {.s = s, .vars = s->parts->vars, .eq_top = eq_top};
    socle_status st = SOCLE_OK;
    TRY(planar_alloc(&s->w, rest));
    TRY(each_height(s, &x, weight_rows));
    planar_free(&s->eq);
    TRY(planar_alloc(&s->g, rest));
    for (size_t k = 0; k < n; k++) {
        part_of_f[k] = s->o->f + k * rest;
        coef[k] = eq_top[k];
    }
    sc_pool_for(s->pool, rest, PIECE, fold_first_rows, &ff);
    s->mu = s->parts->rest;
out:
    return st;
}

/* The other variables. */

struct folding {
    const struct host *s;
    fx c;
    struct sums *sums;
};

static void round_rows(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct folding *const x = arg;
    const struct host *const s = x->s;
    fx h[2];
    s->ops->quad_ext(h, s->g.p, s->g.plane, s->w.p, s->w.plane, (size_t)1 << (s->mu - 1), begin, end);
    sums_add(x->sums, worker, 0, h[0]);
    sums_add(x->sums, worker, 1, h[1]);
}

static void fold_rows(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct folding *const x = arg;
    const struct host *const s = x->s;
    const size_t half = (size_t)1 << (s->mu - 1);
    (void)worker;
    s->ops->fold_ext(s->g.p, s->g.plane, s->g.p, s->g.plane, half, x->c, begin, end);
    s->ops->fold_ext(s->w.p, s->w.plane, s->w.p, s->w.plane, half, x->c, begin, end);
}

static socle_status host_sums(void *self, fx h[2])
{
    struct host *const s = self;
    struct sums sums = {0};
    struct folding x = {.s = s, .sums = &sums};
    sc_pool_for(s->pool, (size_t)1 << (s->mu - 1), PIECE, round_rows, &x);
    h[0] = sums_total(&sums, 0);
    h[1] = sums_total(&sums, 1);
    return SOCLE_OK;
}

static socle_status host_fold(void *self, fx c)
{
    struct host *const s = self;
    struct folding x = {.s = s, .c = c};
    sc_pool_for(s->pool, (size_t)1 << (s->mu - 1), PIECE, fold_rows, &x);
    s->mu--;
    return SOCLE_OK;
}

static socle_status host_settle(void *self)
{
    struct host *const s = self;
    socle_status st = SOCLE_OK;
    if (!s->small) {
        TRY(planar_shrink(&s->g, (size_t)1 << s->mu));
        TRY(planar_shrink(&s->w, (size_t)1 << s->mu));
        s->small = true;
    }
out:
    return st;
}

/* Commitments, samples, queries. */

struct sampling {
    const struct host *s;
    struct planar lo;
    const fx *z;
    unsigned lo_bits;
    struct sums *sums;
};

static void sample_rows(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct sampling *const x = arg;
    const struct host *const s = x->s;
    const size_t n = (size_t)1 << x->lo_bits;
    for (size_t i = begin; i < end; i++) {
        const fx row = s->ops->dot_ext(s->g.p + i * n, s->g.plane, x->lo.p, x->lo.plane, 0, n);
        sums_add(x->sums, worker, 0, fx_mul(row, sc_eq_index(x->z, s->mu - x->lo_bits, i)));
    }
}

static socle_status host_sample(void *self, fx *out, const fx *z)
{
    const struct host *const s = self;
    const unsigned lo_bits = s->mu < EQ_LO ? s->mu : EQ_LO;
    fp lo[FX_DEG << EQ_LO];
    struct sums sums = {0};
    struct sampling x = {s, {lo, (size_t)1 << EQ_LO}, z, lo_bits, &sums};
    eq_low(&x.lo, z + (s->mu - lo_bits), lo_bits);
    sc_pool_for(s->pool, (size_t)1 << (s->mu - lo_bits), 0, sample_rows, &x);
    *out = sums_total(&sums, 0);
    return SOCLE_OK;
}

static socle_status host_commit(void *self, uint8_t root[32], const struct sc_whir_round *next)
{
    struct host *const s = self;
    const fp *plane[FX_DEG];
    for (unsigned c = 0; c < FX_DEG; c++) {
        plane[c] = s->g.p + c * s->g.plane;
    }
    const socle_status st = sc_oracle_commit(&s->made, plane, FX_DEG, next->mu, next->k, next->lr, s->o->device, s->pool);
    memcpy(root, s->made.root, sizeof s->made.root);
    return st;
}

static socle_status host_final(void *self, fx *v)
{
    const struct host *const s = self;
    for (size_t i = 0; i < (size_t)1 << s->mu; i++) {
        v[i] = planar_get(&s->g, i);
    }
    return SOCLE_OK;
}

static socle_status host_open(void *self, struct sc_pch *ch, fx *answers, const fx *eq, const uint32_t *index, unsigned t)
{
    const struct host *const s = self;
    return sc_oracle_open(s->now, ch, answers, eq, index, t);
}

static void host_next(void *self)
{
    struct host *const s = self;
    sc_oracle_fini(&s->own);
    s->own = s->made;
    memset(&s->made, 0, sizeof s->made);
    s->now = &s->own;
}

/* Weight of the query claims: w[hi 2^lo_bits + lo] += sum_q coef_q x_q^(hi 2^lo_bits) x_q^lo. */

struct powers {
    const struct host *s;
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

static socle_status add_query_weights(struct host *s, const fp *x, const fx *coef, unsigned t)
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

static socle_status host_weigh(void *self, const struct sc_open_claims *c)
{
    struct host *const s = self;
    socle_status st = SOCLE_OK;
    for (unsigned i = 0; i < c->n_z; i++) {
        TRY(eq_planar(s, &s->w, c->z + (size_t)i * s->mu, s->mu, c->z_coef[i], true));
    }
    TRY(add_query_weights(s, c->x, c->x_coef, c->t));
out:
    return st;
}

static socle_status host_end(void *self)
{
    struct host *const s = self;
    sc_oracle_fini(&s->own);
    sc_oracle_fini(&s->made);
    planar_free(&s->g);
    planar_free(&s->w);
    planar_free(&s->eq);
    sc_free(s);
    return SOCLE_OK;
}

static const struct sc_open_ops host_ops = {
    .cross = host_cross,
    .first = host_first,
    .sums = host_sums,
    .fold = host_fold,
    .settle = host_settle,
    .commit = host_commit,
    .sample = host_sample,
    .final = host_final,
    .open = host_open,
    .weigh = host_weigh,
    .next = host_next,
    .end = host_end,
};

socle_status sc_open_h_begin(struct sc_open_way *out, const struct sc_opening *o, const struct sc_open_parts *parts, struct sc_pool *pool)
{
    struct host *const s = sc_alloc(1, sizeof *s);
    *out = (struct sc_open_way){&host_ops, s};
    if (s == NULL) {
        return SOCLE_E_NOMEM;
    }
    s->ops = sc_cpu_ops_now();
    s->o = o;
    s->parts = parts;
    s->pool = pool;
    s->mu = o->wp->r[0].mu;
    s->now = o->oracle;
    return SOCLE_OK;
}

/* ---- memory ---- */

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
    const unsigned rest = r[0].mu - (r[0].k < SC_OPEN_FIRST_VARS ? r[0].k : SC_OPEN_FIRST_VARS);
    const unsigned top = log_h < rest ? log_h : rest;
    const size_t first = sc_big_size(planar_len((size_t)1 << rest));
    const size_t folded = sc_big_size(planar_len((size_t)1 << (r[0].mu - r[0].k)));
    const size_t parts = sc_alloc_size(sc_open_max_parts(n_values), sizeof(struct sc_open_part)) + sc_alloc_size(1, sizeof(struct host));
    const size_t sums = sc_alloc_size(SC_POOL_MAX_THREADS, sizeof(struct sc_cross));
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
