/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Prover of the bus argument. The leaves are computed twice from the columns, once on the way up and once for the last
 * layer, and not kept between: the layers above them take as much memory as they do.
 * Theory: docs/spec/argument.md section 2.
 */
#include "host/prove/argue.h"

#include "core/poly/eq.h"
#include "host/sys/mem.h"
#include "host/sys/pool.h"

#include <string.h>

#define PIECE 4096 /* leaves computed at a time */
#define GRAIN 8192 /* nodes of a layer that a thread takes at a time */
#define PLANE_PAD 80 /* keeps the planes of a layer off the same cache sets */

/* 2^log fractions; coefficient c of element i at p[c * plane + i]. */
struct layer {
    unsigned log;
    size_t plane;
    fp *p, *q;
};

struct gkr {
    const struct sc_columns *c;
    const struct sc_bus_point *bus;
    unsigned n_vars;
    uint8_t order[SC_MAX_ALL_CHUNKS]; /* chunks by the place of their leaves */
    struct layer layer[SC_MAX_VARS + 1];
    fp *work; /* PIECE leaves twice for each thread */
    size_t work_len;
    struct sc_eqs eqs;
};

static size_t layer_len(const struct layer *l)
{
    return FX_DEG * l->plane * sizeof(fp);
}

static socle_status layer_init(struct layer *l, unsigned log)
{
    l->log = log;
    l->plane = ((size_t)1 << log) + PLANE_PAD;
    l->p = sc_big_alloc(layer_len(l));
    l->q = sc_big_alloc(layer_len(l));
    return l->p && l->q ? SOCLE_OK : SOCLE_E_NOMEM;
}

static void layer_fini(struct layer *l)
{
    sc_big_free(l->p, layer_len(l));
    sc_big_free(l->q, layer_len(l));
    memset(l, 0, sizeof *l);
}

static void order_chunks(struct gkr *g)
{
    const struct sc_layout *const l = g->c->l;
    for (unsigned i = 0; i < l->n_chunks; i++) {
        unsigned at = i;
        const uint64_t place = (uint64_t)l->chunk[i].leaf << l->chunk[i].log_h;
        for (; at > 0; at--) {
            const struct sc_chunk *const before = &l->chunk[g->order[at - 1]];
            if ((uint64_t)before->leaf << before->log_h < place) {
                break;
            }
            g->order[at] = g->order[at - 1];
        }
        g->order[at] = (uint8_t)i;
    }
}

/* Rows [begin, end) of one interaction. */
static void fill_use(const struct gkr *g, unsigned chunk, unsigned use, fp *num, fp *den, size_t plane, size_t begin, size_t end)
{
    const struct air_table *const t = &g->c->m->tables[g->c->l->chunk[chunk].table];
    const struct air_use *const u = &t->uses[use];
    const fp *col[AIR_MAX_COLS];
    fx coef[AIR_MAX_COLS];
    struct sc_form f = {0};
    sc_form_add(&f, t, u->sel, u->sign > 0 ? FX_ONE : fx_neg(FX_ONE));
    struct sc_lin lin = sc_form_lin(&f, t, g->c->col[chunk], col, coef);
    g->c->ops->lin_base(num, &lin, begin, end);
    memset(&f, 0, sizeof f);
    f.k = sc_bus_value(g->bus, (enum air_bus)u->bus, NULL, 0);
    for (unsigned s = 0; s < u->n_slots; s++) {
        sc_form_add(&f, t, u->slots + s, g->bus->beta[1 + s]);
    }
    lin = sc_form_lin(&f, t, g->c->col[chunk], col, coef);
    g->c->ops->lin_ext(den, plane, &lin, begin, end);
}

static void fill_unused(fp *num, fp *den, size_t plane, size_t n)
{
    memset(num, 0, n * sizeof(fp));
    for (size_t i = 0; i < n; i++) {
        den[i] = FP_ONE;
    }
    for (size_t c = 1; c < FX_DEG; c++) {
        memset(den + c * plane, 0, n * sizeof(fp));
    }
}

/* Leaves [begin, end): base numerators, planar denominators. */
static void fill_leaves(const struct gkr *g, fp *num, fp *den, size_t plane, uint64_t begin, uint64_t end)
{
    const struct sc_layout *const l = g->c->l;
    unsigned k = 0;
    for (uint64_t at = begin; at < end;) {
        if (at >= l->n_leaves) {
            fill_unused(num + (at - begin), den + (at - begin), plane, (size_t)(end - at));
            return;
        }
        const struct sc_chunk *c = &l->chunk[g->order[k]];
        while (at >= (uint64_t)(c->leaf + g->c->m->tables[c->table].n_uses) << c->log_h) {
            c = &l->chunk[g->order[++k]];
        }
        const uint64_t rows = (uint64_t)1 << c->log_h;
        const uint64_t row = at & (rows - 1);
        const uint64_t n = end - at < rows - row ? end - at : rows - row;
        const unsigned use = (unsigned)((at >> c->log_h) - c->leaf);
        fill_use(g, g->order[k], use, num + (at - begin), den + (at - begin), plane, (size_t)row, (size_t)(row + n));
        at += n;
    }
}

/* ---- up ---- */

static void up_leaves_body(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct gkr *const g = arg;
    const struct layer *const top = &g->layer[g->n_vars - 1];
    const uint64_t half = (uint64_t)1 << (g->n_vars - 1);
    fp *const work = g->work + (size_t)worker * 2 * (1 + FX_DEG) * PIECE;
    fp *const num[2] = {work, work + PIECE};
    fp *const den[2] = {work + 2 * PIECE, work + (2 + FX_DEG) * PIECE};
    for (uint64_t at = begin; at < end; at += PIECE) {
        const size_t n = end - at < PIECE ? (size_t)(end - at) : PIECE;
        for (unsigned i = 0; i < 2; i++) {
            fill_leaves(g, num[i], den[i], PIECE, at + i * half, at + i * half + n);
        }
        const fp *const in_num[2] = {num[0], num[1]};
        const fp *const in_den[2] = {den[0], den[1]};
        g->c->ops->gkr_up_base(top->p + at, top->q + at, top->plane, in_num, in_den, PIECE, 0, n);
    }
}

struct up_job {
    const struct sc_cpu_ops *ops;
    const struct layer *out, *in;
};

static void up_body(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct up_job *const j = arg;
    (void)worker;
    j->ops->gkr_up(j->out->p, j->out->q, j->out->plane, j->in->p, j->in->q, j->in->plane, (size_t)1 << j->out->log, begin, end);
}

static socle_status build(struct gkr *g)
{
    socle_status st = SOCLE_OK;
    const unsigned top = g->n_vars - 1;
    g->work_len = (size_t)sc_pool_size(g->c->pool) * 2 * (1 + FX_DEG) * PIECE * sizeof(fp);
    g->work = sc_big_alloc(g->work_len);
    if (!g->work) {
        return SOCLE_E_NOMEM;
    }
    TRY(layer_init(&g->layer[top], top));
    sc_pool_for(g->c->pool, (size_t)1 << top, PIECE, up_leaves_body, g);
    for (unsigned l = top; l-- > 0;) {
        TRY(layer_init(&g->layer[l], l));
        struct up_job j = {g->c->ops, &g->layer[l], &g->layer[l + 1]};
        sc_pool_for(g->c->pool, (size_t)1 << l, GRAIN, up_body, &j);
    }
out:
    return st;
}

/* The leaves as a layer: numerators in coefficient 0, the others stay zero. */
static void leaf_layer_body(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct gkr *const g = arg;
    const struct layer *const l = &g->layer[g->n_vars];
    (void)worker;
    for (size_t at = begin; at < end; at += PIECE) {
        const size_t n = end - at < PIECE ? end - at : PIECE;
        fill_leaves(g, l->p + at, l->q + at, l->plane, at, at + n);
    }
}

/* ---- down ---- */

static fx element(const fp *v, size_t plane, size_t i)
{
    fx r;
    for (size_t k = 0; k < FX_DEG; k++) {
        r.c[k] = v[k * plane + i];
    }
    return r;
}

struct round_job {
    const struct sc_cpu_ops *ops;
    const struct sc_eqs *eqs;
    fp *const *v;
    size_t plane, half;
    fx c;
    fx sum[SC_POOL_MAX_THREADS][2];
};

static void mix_body(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct round_job *const j = arg;
    (void)worker;
    j->ops->axpy_ext(j->v[0], j->plane, j->v[2], j->plane, j->c, begin, end);
}

/* Items are values of the high bits. */
static void round_body(void *arg, size_t begin, size_t end, unsigned worker)
{
    struct round_job *const j = arg;
    const size_t low = (size_t)1 << j->eqs->low;
    const fp *const v[4] = {j->v[0], j->v[1], j->v[2], j->v[3]};
    for (size_t h = begin; h < end; h++) {
        fx t[2];
        j->ops->gkr_round(t, v, j->plane, j->half, j->eqs->low_table, SC_EQS_PLANE, h * low, (h + 1) * low);
        for (unsigned i = 0; i < 2; i++) {
            j->sum[worker][i] = fx_add(j->sum[worker][i], fx_mul(t[i], j->eqs->high[h]));
        }
    }
}

static void fold_body(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct round_job *const j = arg;
    (void)worker;
    for (unsigned i = 0; i < 4; i++) {
        j->ops->fold_ext(j->v[i], j->plane, j->v[i], j->plane, j->half, j->c, begin, end);
    }
}

static void prove_round(struct gkr *g, struct sc_pch *ch, struct round_job *j, const fx *rest, unsigned n_rest)
{
    fx t[2] = {FX_ZERO, FX_ZERO};
    memset(j->sum, 0, sizeof j->sum);
    sc_eqs_set(&g->eqs, rest, n_rest);
    j->half = (size_t)1 << n_rest;
    sc_pool_for(g->c->pool, j->half >> g->eqs.low, 0, round_body, j);
    for (unsigned w = 0; w < sc_pool_size(g->c->pool); w++) {
        t[0] = fx_add(t[0], j->sum[w][0]);
        t[1] = fx_add(t[1], j->sum[w][1]);
    }
    sc_send_fx(ch, SC_L_GKR_T, t, 2);
    sc_tr_challenge(&ch->tr, SC_L_GKR_ROUND, &j->c, 1);
    sc_pool_for(g->c->pool, j->half, GRAIN, fold_body, j);
}

static void prove_layer(struct gkr *g, struct sc_pch *ch, struct sc_leaf_claim *s, unsigned l)
{
    const struct layer *const in = &g->layer[l + 1];
    const size_t half = (size_t)1 << l;
    fp *const v[4] = {in->p, in->p + half, in->q, in->q + half};
    struct round_job j = {.ops = g->c->ops, .eqs = &g->eqs, .v = v, .plane = in->plane};
    fx mu, z;
    fx point[SC_MAX_VARS];
    sc_tr_challenge(&ch->tr, SC_L_GKR_MIX, &mu, 1);
    j.c = mu;
    sc_pool_for(g->c->pool, half, GRAIN, mix_body, &j);
    g->eqs.low_of = NULL;
    for (unsigned i = 0; i < l; i++) {
        prove_round(g, ch, &j, s->rho + i + 1, l - 1 - i);
        point[i] = j.c;
    }
    fx e[4];
    for (unsigned i = 0; i < 4; i++) {
        e[i] = element(v[i], in->plane, 0);
    }
    e[0] = fx_sub(e[0], fx_mul(mu, e[2]));
    sc_send_fx(ch, SC_L_GKR_CLAIMS, e, 4);
    sc_tr_challenge(&ch->tr, SC_L_GKR_LINE, &z, 1);
    s->rho[0] = z;
    memcpy(s->rho + 1, point, l * sizeof point[0]);
    s->p = fx_add(e[0], fx_mul(z, fx_sub(e[1], e[0])));
    s->q = fx_add(e[2], fx_mul(z, fx_sub(e[3], e[2])));
}

socle_status sc_gkr_prove(struct sc_pch *ch, struct sc_leaf_claim *out, const struct sc_columns *c, const struct sc_bus_point *bus)
{
    socle_status st = SOCLE_OK;
    struct gkr g = {.c = c, .bus = bus, .n_vars = c->l->n_leaf_vars};
    memset(out, 0, sizeof *out);
    order_chunks(&g);
    TRY(sc_eqs_init(&g.eqs, g.n_vars));
    TRY(build(&g));
    out->p = element(g.layer[0].p, g.layer[0].plane, 0);
    out->q = element(g.layer[0].q, g.layer[0].plane, 0);
    const fx root[2] = {out->p, out->q};
    sc_send_fx(ch, SC_L_GKR_ROOT, root, 2);
    for (unsigned l = 0; l < g.n_vars; l++) {
        layer_fini(&g.layer[l]);
        if (l + 1 == g.n_vars) {
            TRY(layer_init(&g.layer[l + 1], l + 1));
            sc_pool_for(c->pool, (size_t)1 << g.n_vars, PIECE, leaf_layer_body, &g);
        }
        prove_layer(&g, ch, out, l);
    }
    st = sc_pch_status(ch);
out:
    for (unsigned l = 0; l <= g.n_vars; l++) {
        layer_fini(&g.layer[l]);
    }
    sc_big_free(g.work, g.work_len);
    sc_eqs_fini(&g.eqs);
    return st;
}
