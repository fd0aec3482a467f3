/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Prover of the bus argument. The leaves are never stored: they are computed from the columns, piece by piece in cache, for
 * the layers above, for the first round of the last layer, and for its first fold, which is written out half as long. The
 * layer above the leaves is made anew when its turn comes. So the most that is held is 20 bytes for each leaf.
 * From round to round, folding and the next sums share one pass over memory. Leaves after the last used one are 0/1 and stay
 * so when folded: the arrays of the upper half of the leaves are neither computed nor written beyond their used part.
 * Theory: docs/spec/argument.md section 2.
 */
#include "host/prove/argue.h"
#include "host/prove/gkr.h"

#include "core/poly/eq.h"
#include "host/sys/mem.h"
#include "host/sys/pool.h"

#include <string.h>

#define PIECE SC_EQS_PLANE /* leaves computed at a time; not less than the low part of an eq table */
#define PIECE_PLANE (2 * PIECE + 16) /* two pieces side by side */
#define GRAIN 8192 /* nodes of a layer that a thread takes at a time */
#define PLANE_PAD 80 /* keeps the planes of a layer off the same cache sets */

/* 2^log fractions; coefficient c of element i at p[c * plane + i]. */
struct layer {
    unsigned log;
    size_t plane;
    fp *p, *q;
};

struct sc_gkr_h {
    const struct sc_columns *c;
    const struct sc_bus_point *bus;
    enum sc_side side;
    unsigned n_vars;
    uint64_t n_leaves; /* in use */
    uint8_t order[SC_MAX_ALL_CHUNKS]; /* chunks that have leaves, by their place */
    struct layer layer[SC_MAX_VARS + 1];
    fp *work; /* WORK elements for each thread */
    size_t work_len;
    struct sc_eqs eqs;
};

/* Two pairs of planar arrays of two pieces, for fractions, and as many again. */
#define WORK (8 * FX_DEG * PIECE_PLANE)

static size_t layer_len(const struct layer *l)
{
    return FX_DEG * l->plane * sizeof(fp);
}

static struct layer layer_of(unsigned log)
{
    return (struct layer){.log = log, .plane = ((size_t)1 << log) + PLANE_PAD};
}

static socle_status layer_init(struct layer *l, unsigned log)
{
    *l = layer_of(log);
    l->p = sc_big_take(layer_len(l));
    l->q = sc_big_take(layer_len(l));
    return l->p && l->q ? SOCLE_OK : SOCLE_E_NOMEM;
}

static void layer_fini(struct layer *l)
{
    sc_big_free(l->p, layer_len(l));
    sc_big_free(l->q, layer_len(l));
    memset(l, 0, sizeof *l);
}

/* First leaf of a chunk. */
static uint64_t place_of(const struct sc_gkr_h *g, unsigned chunk)
{
    const struct sc_chunk *const c = &g->c->l->chunk[chunk];
    return (uint64_t)sc_uses_of(g->c->m, c, g->side).block << c->log_h;
}

static void order_chunks(struct sc_gkr_h *g)
{
    const struct sc_layout *const l = g->c->l;
    unsigned n = 0;
    for (unsigned i = 0; i < l->n_chunks; i++) {
        const uint64_t place = place_of(g, i);
        unsigned at = n;
        if (sc_uses_of(g->c->m, &l->chunk[i], g->side).n == 0) {
            continue;
        }
        for (n++; at > 0; at--) {
            if (place_of(g, g->order[at - 1]) < place) {
                break;
            }
            g->order[at] = g->order[at - 1];
        }
        g->order[at] = (uint8_t)i;
    }
}

void sc_gkr_forms(struct sc_form *num, struct sc_form *den, const struct air_table *t, const struct air_use *u, const struct sc_bus_point *bus)
{
    memset(num, 0, sizeof *num);
    memset(den, 0, sizeof *den);
    sc_form_add(num, t, u->sel, u->sign > 0 ? FX_ONE : fx_neg(FX_ONE));
    den->k = sc_bus_value(bus, (enum air_bus)u->bus, NULL, 0);
    for (unsigned s = 0; s < u->n_slots; s++) {
        sc_form_add(den, t, u->slots + s, bus->beta[1 + s]);
    }
}

/* Rows [begin, end) of one interaction. */
static void fill_use(const struct sc_gkr_h *g, unsigned chunk, unsigned use, fp *num, fp *den, size_t plane, size_t begin, size_t end)
{
    const struct air_table *const t = &g->c->m->tables[g->c->l->chunk[chunk].table];
    const fp *col[AIR_MAX_COLS];
    fx coef[AIR_MAX_COLS];
    struct sc_form n, d;
    sc_gkr_forms(&n, &d, t, &t->uses[use], g->bus);
    struct sc_lin lin = sc_form_lin(&n, t, g->c->col[chunk], col, coef);
    g->c->ops->lin_base(num, &lin, begin, end);
    lin = sc_form_lin(&d, t, g->c->col[chunk], col, coef);
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
static void fill_leaves(const struct sc_gkr_h *g, fp *num, fp *den, size_t plane, uint64_t begin, uint64_t end)
{
    const struct sc_layout *const l = g->c->l;
    unsigned k = 0;
    for (uint64_t at = begin; at < end;) {
        if (at >= g->n_leaves) {
            fill_unused(num + (at - begin), den + (at - begin), plane, (size_t)(end - at));
            return;
        }
        const struct sc_chunk *c = &l->chunk[g->order[k]];
        struct sc_uses uses = sc_uses_of(g->c->m, c, g->side);
        while (at >= (uint64_t)(uses.block + uses.n) << c->log_h) {
            c = &l->chunk[g->order[++k]];
            uses = sc_uses_of(g->c->m, c, g->side);
        }
        const uint64_t rows = (uint64_t)1 << c->log_h;
        const uint64_t row = at & (rows - 1);
        const uint64_t n = end - at < rows - row ? end - at : rows - row;
        const unsigned use = uses.first + (unsigned)((at >> c->log_h) - uses.block);
        fill_use(g, g->order[k], use, num + (at - begin), den + (at - begin), plane, (size_t)row, (size_t)(row + n));
        at += n;
    }
}

/* ---- up ---- */

/* Nodes [at, at + n) of the layer above the leaves, n <= PIECE. */
static void up_piece(const struct sc_gkr_h *g, fp *work, fp *p, fp *q, size_t plane, uint64_t at, size_t n)
{
    const uint64_t half = (uint64_t)1 << (g->n_vars - 1);
    fp *const num[2] = {work, work + PIECE};
    fp *const den[2] = {work + 2 * PIECE, work + (2 + FX_DEG) * PIECE};
    for (unsigned i = 0; i < 2; i++) {
        fill_leaves(g, num[i], den[i], PIECE, at + i * half, at + i * half + n);
    }
    const fp *const in_num[2] = {num[0], num[1]};
    const fp *const in_den[2] = {den[0], den[1]};
    g->c->ops->gkr_up_base(p, q, plane, in_num, in_den, PIECE, 0, n);
}

static void up_leaves_body(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct sc_gkr_h *const g = arg;
    const struct layer *const top = &g->layer[g->n_vars - 1];
    for (size_t at = begin; at < end; at += PIECE) {
        const size_t n = end - at < PIECE ? end - at : PIECE;
        up_piece(g, g->work + worker * WORK, top->p + at, top->q + at, top->plane, at, n);
    }
}

/* Two layers at once. */
static void up_twice_body(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct sc_gkr_h *const g = arg;
    const struct layer *const out = &g->layer[g->n_vars - 2];
    fp *const work = g->work + worker * WORK;
    fp *const p = work + 4 * FX_DEG * PIECE_PLANE;
    fp *const q = p + FX_DEG * PIECE_PLANE;
    for (size_t at = begin; at < end; at += PIECE) {
        const size_t n = end - at < PIECE ? end - at : PIECE;
        for (uint64_t i = 0; i < 2; i++) {
            up_piece(g, work, p + i * PIECE, q + i * PIECE, PIECE_PLANE, at + (i << out->log), n);
        }
        g->c->ops->gkr_up(out->p + at, out->q + at, out->plane, p, q, PIECE_PLANE, PIECE, 0, n);
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

/* The layer above the leaves. */
static socle_status build_top(struct sc_gkr_h *g)
{
    const unsigned top = g->n_vars - 1;
    const socle_status st = layer_init(&g->layer[top], top);
    if (st == SOCLE_OK) {
        sc_pool_for(g->c->pool, (size_t)1 << top, PIECE, up_leaves_body, g);
    }
    return st;
}

/* All layers but the two lowest; with a single layer above the leaves, that one. */
static socle_status build(struct sc_gkr_h *g)
{
    socle_status st = SOCLE_OK;
    g->work_len = (size_t)sc_pool_size(g->c->pool) * WORK * sizeof(fp);
    g->work = sc_big_alloc(g->work_len);
    if (!g->work) {
        return SOCLE_E_NOMEM;
    }
    if (g->n_vars == 1) {
        return build_top(g);
    }
    const unsigned first = g->n_vars - 2;
    TRY(layer_init(&g->layer[first], first));
    sc_pool_for(g->c->pool, (size_t)1 << first, PIECE, up_twice_body, g);
    for (unsigned l = first; l-- > 0;) {
        TRY(layer_init(&g->layer[l], l));
        struct up_job j = {g->c->ops, &g->layer[l], &g->layer[l + 1]};
        sc_pool_for(g->c->pool, (size_t)1 << l, GRAIN, up_body, &j);
    }
out:
    return st;
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

/* One layer: arrays v[0] = p + mu q of the lower half, v[1] = p of the upper, v[2] and v[3] = q, each folded from round to round. */
struct round_job {
    const struct sc_gkr_h *g;
    fp *v[4];
    size_t plane;
    size_t half; /* of the arrays in the round whose sums are made */
    size_t used; /* entries of v[1] and v[3] from here on are 0 and 1, and not in memory */
    fx mu;
    fx c; /* last challenge */
    fx sum[SC_POOL_MAX_THREADS][2];
};

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Entries [begin, end), all used or none. The other half of a used piece is in memory: see complete. */
static void fold_range(const struct round_job *j, size_t half, size_t begin, size_t end)
{
    for (unsigned i = 0; i < 4; i += begin < j->used ? 1 : 2) {
        j->g->c->ops->fold_ext(j->v[i], j->plane, j->v[i], j->plane, half, j->c, begin, end);
    }
}

/* Sums over the rows with high bits h, from arrays that begin at element `at` of v. */
static void add_sums(struct round_job *j, unsigned worker, fp *const v[4], size_t plane, size_t half, size_t h, size_t at, size_t n)
{
    const struct sc_eqs *const eqs = &j->g->eqs;
    const fp *const from[4] = {v[0], v[1], v[2], v[3]};
    fx t[2];
    j->g->c->ops->gkr_round(t, from, plane, half, eqs->low_table, SC_EQS_PLANE, at, at + n);
    for (unsigned i = 0; i < 2; i++) {
        j->sum[worker][i] = fx_add(j->sum[worker][i], fx_mul(t[i], eqs->high[h]));
    }
}

/* The same where v[1] is 0 and v[3] is 1: sum eq v[0] at 0 and 2. */
static void add_tail_sums(struct round_job *j, unsigned worker, const fp *v, size_t plane, size_t half, size_t h, size_t n)
{
    const struct sc_eqs *const eqs = &j->g->eqs;
    const fx lo = j->g->c->ops->dot_ext(v, plane, eqs->low_table, SC_EQS_PLANE, 0, n);
    const fx hi = j->g->c->ops->dot_ext(v + half, plane, eqs->low_table, SC_EQS_PLANE, 0, n);
    const fx t[2] = {lo, fx_sub(fx_add(hi, hi), lo)};
    for (unsigned i = 0; i < 2; i++) {
        j->sum[worker][i] = fx_add(j->sum[worker][i], fx_mul(t[i], eqs->high[h]));
    }
}

/* Write entries [at, at + n) of v[1] and v[3] where their used part has ended. */
static void complete(const struct round_job *j, size_t at, size_t n)
{
    fill_unused(j->v[1] + at, j->v[3] + at, j->plane, n);
    for (size_t c = 1; c < FX_DEG; c++) {
        memset(j->v[1] + c * j->plane + at, 0, n * sizeof(fp));
    }
}

/* Sums of one piece of the arrays, of which `used` entries are in memory. */
static void sums_of_piece(struct round_job *j, unsigned worker, size_t used, size_t h, size_t n)
{
    const size_t at = h * n;
    if (at >= used) {
        add_tail_sums(j, worker, j->v[0] + at, j->plane, j->half, h, n);
        return;
    }
    if (at + j->half >= used) {
        complete(j, at + j->half, n);
    }
    add_sums(j, worker, j->v, j->plane, j->half, h, at, n);
}

/* First round of a stored layer. Items are values of the high bits. */
static void mix_round_body(void *arg, size_t begin, size_t end, unsigned worker)
{
    struct round_job *const j = arg;
    const size_t low = (size_t)1 << j->g->eqs.low;
    for (size_t h = begin; h < end; h++) {
        for (unsigned i = 0; i < 2; i++) {
            const size_t at = i * j->half + h * low;
            j->g->c->ops->axpy_ext(j->v[0], j->plane, j->v[2], j->plane, j->mu, at, at + low);
        }
        add_sums(j, worker, j->v, j->plane, j->half, h, h * low, low);
    }
}

/* Folds by the last challenge, then the sums of the next round while the data is in cache. */
static void fold_round_body(void *arg, size_t begin, size_t end, unsigned worker)
{
    struct round_job *const j = arg;
    const size_t low = (size_t)1 << j->g->eqs.low;
    for (size_t h = begin; h < end; h++) {
        fold_range(j, 2 * j->half, h * low, (h + 1) * low);
        fold_range(j, 2 * j->half, j->half + h * low, j->half + (h + 1) * low);
        sums_of_piece(j, worker, smaller(j->used, 2 * j->half), h, low);
    }
}

static void round_body(void *arg, size_t begin, size_t end, unsigned worker)
{
    struct round_job *const j = arg;
    const size_t low = (size_t)1 << j->g->eqs.low;
    for (size_t h = begin; h < end; h++) {
        sums_of_piece(j, worker, j->used, h, low);
    }
}

/* Pieces [at, at + n) of both halves of the leaves, base numerators v[0] and v[1], denominators v[2] and v[3], the halves PIECE
 * apart; of v[1] and v[3] where used. */
static void leaf_pieces(const struct round_job *j, fp *work, fp *v[4], size_t at, size_t n)
{
    const struct sc_gkr_h *const g = j->g;
    const uint64_t quarter = (uint64_t)1 << (g->n_vars - 2);
    for (unsigned i = 0; i < 4; i++) {
        v[i] = work + i * FX_DEG * PIECE_PLANE;
    }
    for (uint64_t i = 0; i < (at < j->used ? 4 : 2); i++) {
        fp *const num = v[i / 2] + i % 2 * PIECE;
        fp *const den = v[2 + i / 2] + i % 2 * PIECE;
        fill_leaves(g, num, den, PIECE_PLANE, at + i * quarter, at + i * quarter + n);
    }
}

/* From numerators v[0] and denominators v[2] of a piece the array p + mu q, in the place of v[0]. */
static void mix_piece(const struct round_job *j, fp *const v[4], size_t n)
{
    memset(v[0] + PIECE_PLANE, 0, (FX_DEG - 1) * PIECE_PLANE * sizeof(fp));
    for (size_t i = 0; i < 2; i++) {
        j->g->c->ops->axpy_ext(v[0], PIECE_PLANE, v[2], PIECE_PLANE, j->mu, i * PIECE, i * PIECE + n);
    }
}

static void add_leaf_sums(struct round_job *j, unsigned worker, fp *const v[4], size_t h, size_t n)
{
    const struct sc_eqs *const eqs = &j->g->eqs;
    const fp *const num[2] = {v[0], v[1]}, *const den[2] = {v[2], v[3]};
    fx t[2];
    j->g->c->ops->gkr_round_base(t, num, den, PIECE_PLANE, PIECE, j->mu, eqs->low_table, SC_EQS_PLANE, 0, n);
    for (unsigned i = 0; i < 2; i++) {
        j->sum[worker][i] = fx_add(j->sum[worker][i], fx_mul(t[i], eqs->high[h]));
    }
}

static void leaf_round_body(void *arg, size_t begin, size_t end, unsigned worker)
{
    struct round_job *const j = arg;
    const size_t low = (size_t)1 << j->g->eqs.low;
    fp *v[4];
    for (size_t h = begin; h < end; h++) {
        leaf_pieces(j, j->g->work + worker * WORK, v, h * low, low);
        if (h * low < j->used) {
            add_leaf_sums(j, worker, v, h, low);
        } else {
            mix_piece(j, v, low);
            add_tail_sums(j, worker, v[0], PIECE_PLANE, PIECE, h, low);
        }
    }
}

static void leaf_fold_body(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct round_job *const j = arg;
    const struct sc_cpu_ops *const ops = j->g->c->ops;
    fp *v[4];
    for (size_t at = begin; at < end; at += PIECE) {
        const size_t n = end - at < PIECE ? end - at : PIECE;
        leaf_pieces(j, j->g->work + worker * WORK, v, at, n);
        for (unsigned i = 0; i < 2; i += at < j->used ? 1 : 2) {
            ops->fold_base(j->v[i] + at, j->plane, v[i], PIECE, j->c, 0, n);
            ops->fold_ext(j->v[2 + i] + at, j->plane, v[2 + i], PIECE_PLANE, PIECE, j->c, 0, n);
        }
        ops->axpy_ext(j->v[0], j->plane, j->v[2], j->plane, j->mu, at, at + n); /* folding and mixing may change places */
    }
}

/* Sums of a round by @p fn, sent; then the challenge. n: variables left after it, their coordinates at rest. */
static void prove_round(struct sc_gkr_h *g, struct sc_pch *ch, struct round_job *j, sc_pool_fn *fn, const fx *rest, unsigned n)
{
    fx t[2] = {FX_ZERO, FX_ZERO};
    memset(j->sum, 0, sizeof j->sum);
    sc_eqs_set(&g->eqs, rest, n);
    j->half = (size_t)1 << n;
    sc_pool_for(g->c->pool, j->half >> g->eqs.low, 0, fn, j);
    for (unsigned w = 0; w < sc_pool_size(g->c->pool); w++) {
        t[0] = fx_add(t[0], j->sum[w][0]);
        t[1] = fx_add(t[1], j->sum[w][1]);
    }
    sc_send_fx(ch, SC_L_GKR_T, t, 2);
    sc_tr_challenge(&ch->tr, SC_L_GKR_ROUND, &j->c, 1);
}

static void take_arrays(struct round_job *j, const struct layer *in)
{
    const size_t half = (size_t)1 << (in->log - 1);
    fp *const v[4] = {in->p, in->p + half, in->q, in->q + half};
    memcpy(j->v, v, sizeof v);
    j->plane = in->plane;
}

/* First round of the last layer; its fold makes the arrays, which are kept in the place of the layer above. */
static socle_status first_leaf_round(struct sc_gkr_h *g, struct sc_pch *ch, struct round_job *j, const struct sc_leaf_claim *s)
{
    struct layer *const in = &g->layer[g->n_vars];
    const uint64_t upper = (uint64_t)1 << (g->n_vars - 1);
    const uint64_t used = g->n_leaves > upper ? g->n_leaves - upper : 1;
    j->used = (size_t)((used + PIECE - 1) / PIECE * PIECE);
    prove_round(g, ch, j, leaf_round_body, s->rho + 1, g->n_vars - 2);
    const socle_status st = layer_init(in, g->n_vars - 1);
    if (st == SOCLE_OK) {
        take_arrays(j, in);
        sc_pool_for(g->c->pool, j->half, PIECE, leaf_fold_body, j);
        j->used = smaller(j->used, j->half);
    }
    return st;
}

void sc_gkr_claims(struct sc_pch *ch, struct sc_leaf_claim *s, const fx e[4], const fx *point, unsigned l)
{
    fx z;
    sc_send_fx(ch, SC_L_GKR_CLAIMS, e, 4);
    sc_tr_challenge(&ch->tr, SC_L_GKR_LINE, &z, 1);
    s->rho[0] = z;
    memcpy(s->rho + 1, point, l * sizeof point[0]);
    s->p = fx_add(e[0], fx_mul(z, fx_sub(e[1], e[0])));
    s->q = fx_add(e[2], fx_mul(z, fx_sub(e[3], e[2])));
}

static void send_claims(struct sc_pch *ch, struct sc_leaf_claim *s, const struct round_job *j, const fx *point, unsigned l)
{
    fx e[4];
    for (unsigned i = 0; i < 4; i++) {
        e[i] = element(j->v[i], j->plane, 0);
    }
    e[0] = fx_sub(e[0], fx_mul(j->mu, e[2]));
    sc_gkr_claims(ch, s, e, point, l);
}

/* The leaves of a tree of two: no rounds, the arrays are single elements. */
static socle_status two_leaves(struct sc_gkr_h *g)
{
    struct layer *const in = &g->layer[1];
    const socle_status st = layer_init(in, 1);
    if (st == SOCLE_OK) {
        memset(in->p, 0, layer_len(in));
        fill_leaves(g, in->p, in->q, in->plane, 0, 2);
    }
    return st;
}

static socle_status prove_layer(struct sc_gkr_h *g, struct sc_pch *ch, struct sc_leaf_claim *s, unsigned l)
{
    socle_status st = SOCLE_OK;
    fx point[SC_MAX_VARS];
    struct round_job *const j = sc_alloc(1, sizeof *j);
    if (!j) {
        return SOCLE_E_NOMEM;
    }
    const bool leaves = l + 1 == g->n_vars;
    j->g = g;
    j->used = SIZE_MAX;
    sc_tr_challenge(&ch->tr, SC_L_GKR_MIX, &j->mu, 1);
    g->eqs.low_of = NULL;
    if (leaves && l == 0) {
        TRY(two_leaves(g));
    }
    if (!leaves || l == 0) {
        take_arrays(j, &g->layer[l + 1]);
    }
    if (l == 0) {
        g->c->ops->axpy_ext(j->v[0], j->plane, j->v[2], j->plane, j->mu, 0, 1);
    }
    for (unsigned i = 0; i < l; i++) {
        if (leaves && i == 0) {
            TRY(first_leaf_round(g, ch, j, s));
        } else {
            sc_pool_fn *const fn = i == 0 ? mix_round_body : leaves && i == 1 ? round_body : fold_round_body;
            prove_round(g, ch, j, fn, s->rho + i + 1, l - 1 - i);
            j->used = smaller(j->used, 2 * j->half);
        }
        point[i] = j->c;
    }
    if (l > (leaves ? 1u : 0u)) {
        fold_range(j, 1, 0, 1);
    }
    send_claims(ch, s, j, point, l);
out:
    sc_free(j);
    return st;
}

static size_t layer_memory(unsigned log)
{
    const struct layer l = layer_of(log);
    return 2 * sc_big_size(layer_len(&l));
}

/* Layers: on the way up all but the two lowest; on the way down one of the two lowest, alone. */
static size_t side_memory(unsigned n, unsigned n_threads)
{
    size_t up = 0;
    for (unsigned i = 0; i + 1 < n; i++) {
        up += layer_memory(i);
    }
    const size_t down = layer_memory(n > 1 ? n - 1 : 1);
    return sc_eqs_memory(n) + sc_big_size((size_t)n_threads * WORK * sizeof(fp)) + (up > down ? up : down) +
           sc_alloc_size(1, sizeof(struct round_job)) + sc_alloc_size(1, sizeof(struct sc_gkr_h));
}

/* The sides are held one after the other: see sc_gkr_prove. */
size_t sc_gkr_memory(const struct sc_layout *l, unsigned n_threads)
{
    const size_t local = side_memory(l->n_leaf_vars, n_threads);
    const size_t global = l->n_global_vars ? side_memory(l->n_global_vars, n_threads) : 0;
    return local > global ? local : global;
}

void sc_gkr_h_end(struct sc_gkr_h *g)
{
    if (g == NULL) {
        return;
    }
    for (unsigned l = 0; l <= g->n_vars; l++) {
        layer_fini(&g->layer[l]);
    }
    sc_big_free(g->work, g->work_len);
    sc_eqs_fini(&g->eqs);
    sc_free(g);
}

socle_status sc_gkr_h_begin(struct sc_gkr_h **out, fx root[2], const struct sc_columns *c, const struct sc_bus_point *bus, enum sc_side side)
{
    socle_status st = SOCLE_OK;
    struct sc_gkr_h *const g = sc_alloc(1, sizeof *g);
    *out = g;
    if (g == NULL) {
        return SOCLE_E_NOMEM;
    }
    g->c = c;
    g->bus = &bus[side];
    g->side = side;
    g->n_vars = sc_side_vars(c->l, side);
    g->n_leaves = side == SC_LOCAL ? c->l->n_leaves : c->l->n_global_leaves;
    order_chunks(g);
    TRY(sc_eqs_init(&g->eqs, g->n_vars));
    TRY(build(g));
    root[0] = element(g->layer[0].p, g->layer[0].plane, 0);
    root[1] = element(g->layer[0].q, g->layer[0].plane, 0);
    return SOCLE_OK;
out:
    sc_gkr_h_end(g);
    *out = NULL;
    return st;
}

socle_status sc_gkr_h_layers(struct sc_gkr_h *g, struct sc_pch *ch, struct sc_leaf_claim *out, const fx root[2])
{
    socle_status st = SOCLE_OK;
    out->p = root[0];
    out->q = root[1];
    for (unsigned l = 0; l < g->n_vars; l++) {
        /* a quarter for the way up; then each layer costs as much as all above it */
        if (g->side == SC_LOCAL) {
            TRY(sc_watch_tell(g->c->watch, SC_STAGE_GKR, 0.25 + 0.75 / (double)((uint64_t)1 << (g->n_vars - l))));
        }
        layer_fini(&g->layer[l]);
        if (l + 2 == g->n_vars) {
            TRY(build_top(g));
        }
        TRY(prove_layer(g, ch, out, l));
    }
    st = sc_pch_status(ch);
out:
    return st;
}
