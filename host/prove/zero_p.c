/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Prover of the batched sumcheck. All interactions of a chunk are one affine form of the row, kept as a column of its own;
 * the constraints are evaluated from the columns, base field in a chunk's first round, extension after.
 * Theory: docs/spec/argument.md section 3.
 */
#include "host/prove/argue.h"

#include "core/poly/eq.h"
#include "host/sys/mem.h"
#include "host/sys/pool.h"

#include <string.h>

#define PIECE 4096
#define GRAIN 8192
#define PLANE_PAD 80

/* The uses of a chunk on one side. */
struct uses {
    fp *form; /* 2^h values of the form, planar; NULL when there are none */
    size_t plane;
    fx t[2]; /* of the first round: values at 0 and 1 */
    fx sum;
    fx eq; /* of bound coordinates */
};

struct part {
    const struct sc_chunk *c;
    const struct air_table *t;
    unsigned n_cols; /* with closed-form ones */
    const fp *const *base;
    struct uses uses[SC_SIDES];
    fp *ext; /* columns after the first round, planar, one after the other */
    size_t plane;
    fx claim; /* normalised claim of the constraints */
    fx eq_tau; /* of bound coordinates */
};

/* Where the leaves of a side are claimed. */
struct place {
    unsigned top;    /* the greatest height with leaves there */
    fx rho[SC_MAX_VARS]; /* last coordinates, as many as r has; those before the first of `top` are not read */
    struct sc_eqs eqs;
};

struct zero {
    const struct sc_columns *c;
    const struct sc_bus_point *bus; /* of each side */
    const struct sc_leaf_claim *leaf;
    unsigned n_sides;
    fx *powers;
    const fx *tau; /* n_vars coordinates */
    struct sc_eqs eq_tau;
    struct place place[SC_SIDES];
    struct part part[SC_MAX_ALL_CHUNKS];
    bool compiled; /* the tables are those that kernels are compiled for */
    fx sum[SC_POOL_MAX_THREADS][3];
};

static size_t form_len(const struct uses *u)
{
    return FX_DEG * u->plane * sizeof(fp);
}

static size_t ext_len(const struct part *p)
{
    return FX_DEG * p->plane * p->n_cols * sizeof(fp);
}

static void part_fini(struct part *p)
{
    if (p->c) {
        for (unsigned v = 0; v < SC_SIDES; v++) {
            sc_big_free(p->uses[v].form, form_len(&p->uses[v]));
            p->uses[v].form = NULL;
        }
        sc_big_free(p->ext, ext_len(p));
        p->ext = NULL;
    }
}

struct job {
    struct zero *z;
    struct part *p;
    const struct uses *uses;
    const struct sc_lin *lin;
    const struct sc_eqs *eqs;
    const fp *const *cols; /* base, or of extension elements */
    size_t half;
    fx c;
};

/* ---- the form ---- */

static void form_body(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct job *const j = arg;
    (void)worker;
    j->z->c->ops->lin_ext(j->uses->form + begin, j->uses->plane, j->lin, begin, end);
}

/* sum_i w_i (lambda^K s_i m_i + lambda^(K+1) (alpha + sum_j beta_j t_ij)) on every row; of G with lambda^(K+2) and lambda^(K+3) */
static socle_status form_init(struct zero *z, struct part *p, unsigned v)
{
    const struct sc_columns *const c = z->c;
    const struct sc_bus_point *const bus = &z->bus[v];
    const struct sc_uses own = sc_uses_of(c->m, p->c, (enum sc_side)v);
    struct uses *const uses = &p->uses[v];
    const fx *const top = z->powers + c->l->n_constraints + 2 * v;
    const fp *col[AIR_MAX_COLS];
    fx coef[AIR_MAX_COLS];
    fx w[AIR_MAX_USES];
    struct sc_form f = {0};
    sc_use_weights(w, c->m, c->l, p->c, (enum sc_side)v, z->leaf[v].rho);
    for (unsigned i = 0; i < own.n; i++) {
        const struct air_use *const u = &p->t->uses[own.first + i];
        const fx num = fx_mul(top[0], w[i]);
        const fx den = fx_mul(top[1], w[i]);
        sc_form_add(&f, p->t, u->sel, u->sign > 0 ? num : fx_neg(num));
        f.k = fx_add(f.k, fx_mul(den, sc_bus_value(bus, (enum air_bus)u->bus, NULL, 0)));
        for (unsigned s = 0; s < u->n_slots; s++) {
            sc_form_add(&f, p->t, u->slots + s, fx_mul(den, bus->beta[1 + s]));
        }
    }
    const struct sc_lin lin = sc_form_lin(&f, p->t, p->base, col, coef);
    uses->plane = ((size_t)1 << p->c->log_h) + PLANE_PAD;
    uses->form = sc_big_alloc(form_len(uses));
    if (!uses->form) {
        return SOCLE_E_NOMEM;
    }
    struct job j = {.z = z, .p = p, .uses = uses, .lin = &lin};
    sc_pool_for(c->pool, (size_t)1 << p->c->log_h, PIECE, form_body, &j);
    return SOCLE_OK;
}

static void form_round_body(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct job *const j = arg;
    const size_t low = (size_t)1 << j->eqs->low;
    for (size_t h = begin; h < end; h++) {
        for (unsigned i = 0; i < 2; i++) {
            const fp *const v = j->uses->form + i * j->half + h * low;
            const fx s = j->z->c->ops->dot_ext(v, j->uses->plane, j->eqs->low_table, SC_EQS_PLANE, 0, low);
            j->z->sum[worker][i] = fx_add(j->z->sum[worker][i], fx_mul(s, j->eqs->high[h]));
        }
    }
}

static void run_sums(struct job *j, sc_pool_fn *fn, fx *out, unsigned n)
{
    struct sc_pool *const pool = j->z->c->pool;
    memset(j->z->sum, 0, sizeof j->z->sum);
    sc_pool_for(pool, j->half >> j->eqs->low, 0, fn, j);
    for (unsigned i = 0; i < n; i++) {
        out[i] = FX_ZERO;
        for (unsigned w = 0; w < sc_pool_size(pool); w++) {
            out[i] = fx_add(out[i], j->z->sum[w][i]);
        }
    }
}

static void form_round(struct zero *z, struct part *p, unsigned v, fx out[2], unsigned n_rest)
{
    struct job j = {.z = z, .p = p, .uses = &p->uses[v], .eqs = &z->place[v].eqs, .half = (size_t)1 << n_rest};
    run_sums(&j, form_round_body, out, 2);
}

/* ---- the constraints ---- */

/* Any tables: one pair of rows at a time through the table's own evaluator. */
static void any_rows(const struct job *j, fx out[3], size_t begin, size_t end)
{
    const struct part *const p = j->p;
    const fx *const lambda = j->z->powers + p->c->constraint;
    fx lo[AIR_MAX_COLS], d[AIR_MAX_COLS];
    memset(out, 0, 3 * sizeof out[0]);
    for (size_t x = begin; x < end; x++) {
        for (unsigned c = 0; c < p->n_cols; c++) {
            fx hi = FX_ZERO;
            lo[c] = FX_ZERO;
            for (size_t k = 0; k < (p->ext ? FX_DEG : 1); k++) {
                lo[c].c[k] = j->cols[c][k * p->plane + x];
                hi.c[k] = j->cols[c][k * p->plane + x + j->half];
            }
            d[c] = fx_sub(hi, lo[c]);
        }
        fx e;
        for (size_t k = 0; k < FX_DEG; k++) {
            e.c[k] = j->eqs->low_table[k * SC_EQS_PLANE + (x - begin)];
        }
        for (unsigned i = 0; i < 3; i++) {
            out[i] = fx_add(out[i], fx_mul(e, p->t->eval(lo, lambda)));
            for (unsigned c = 0; c < p->n_cols; c++) {
                lo[c] = fx_add(lo[c], i == 0 ? fx_add(d[c], d[c]) : d[c]);
            }
        }
    }
}

static void laws_body(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct job *const j = arg;
    const struct part *const p = j->p;
    const struct sc_cpu_ops *const ops = j->z->c->ops;
    const fx *const lambda = j->z->powers + p->c->constraint;
    const size_t low = (size_t)1 << j->eqs->low;
    const fp *const eq = j->eqs->low_table;
    for (size_t h = begin; h < end; h++) {
        fx t[3] = {FX_ZERO, FX_ZERO, FX_ZERO};
        if (!j->z->compiled) {
            any_rows(j, t, h * low, (h + 1) * low);
        } else if (p->ext) {
            ops->air_round_ext(t, p->c->table, p->n_cols, j->cols, p->plane, j->half, lambda, eq, SC_EQS_PLANE, h * low, (h + 1) * low);
        } else {
            ops->air_round_base(t + 1, p->c->table, p->n_cols, j->cols, j->half, lambda, eq, SC_EQS_PLANE, h * low, (h + 1) * low);
        }
        for (unsigned i = 0; i < 3; i++) {
            j->z->sum[worker][i] = fx_add(j->z->sum[worker][i], fx_mul(t[i], j->eqs->high[h]));
        }
    }
}

static void columns_of(const struct part *p, const fp *cols[AIR_MAX_COLS])
{
    for (unsigned c = 0; c < p->n_cols; c++) {
        cols[c] = p->ext ? p->ext + FX_DEG * p->plane * c : p->base[c];
    }
}

/* Values at 0, 1, 2, 3, 4 of the cubic t with claim = (1 - tau) t(0) + tau t(1). */
static void laws_round(struct zero *z, struct part *p, fx t[5], fx tau, unsigned n_rest)
{
    const fp *cols[AIR_MAX_COLS];
    fx s[3];
    memset(t, 0, 5 * sizeof t[0]);
    if (p->t->n_constraints == 0) {
        return;
    }
    columns_of(p, cols);
    struct job j = {.z = z, .p = p, .eqs = &z->eq_tau, .cols = cols, .half = (size_t)1 << n_rest};
    run_sums(&j, laws_body, s, 3);
    t[0] = s[0];
    t[2] = s[1];
    t[3] = s[2];
    t[1] = fx_mul(fx_sub(p->claim, fx_mul(fx_sub(FX_ONE, tau), t[0])), fx_inv(tau));
    /* the fourth difference is zero: t4 = 4 t3 - 6 t2 + 4 t1 - t0 */
    const fx t13 = fx_add(t[1], t[3]);
    const fx four = fx_add(fx_add(t13, t13), fx_add(t13, t13));
    const fx two = fx_add(t[2], t[2]);
    t[4] = fx_sub(fx_sub(four, fx_add(fx_add(two, two), two)), t[0]);
}

/* ---- binding ---- */

static void bind_body(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct job *const j = arg;
    const struct part *const p = j->p;
    const struct sc_cpu_ops *const ops = j->z->c->ops;
    (void)worker;
    for (unsigned c = 0; c < p->n_cols; c++) {
        fp *const out = p->ext + FX_DEG * p->plane * c;
        if (j->cols) {
            ops->fold_base(out, p->plane, j->cols[c], j->half, j->c, begin, end);
        } else {
            ops->fold_ext(out, p->plane, out, p->plane, j->half, j->c, begin, end);
        }
    }
    for (unsigned v = 0; v < SC_SIDES; v++) {
        const struct uses *const u = &p->uses[v];
        if (u->form) {
            ops->fold_ext(u->form, u->plane, u->form, u->plane, j->half, j->c, begin, end);
        }
    }
}

static socle_status bind(struct zero *z, struct part *p, fx c, unsigned n_rest)
{
    struct job j = {.z = z, .p = p, .half = (size_t)1 << n_rest, .c = c};
    if (!p->ext) {
        p->plane = j.half + PLANE_PAD;
        p->ext = sc_big_alloc(ext_len(p));
        if (!p->ext) {
            return SOCLE_E_NOMEM;
        }
        j.cols = p->base;
    }
    sc_pool_for(z->c->pool, j.half, GRAIN, bind_body, &j);
    return SOCLE_OK;
}

/* ---- rounds ---- */

/* eq(a, X) for X = 0 .. 4 */
static void eq_line(fx out[5], fx a)
{
    out[0] = fx_sub(FX_ONE, a);
    const fx d = fx_sub(a, out[0]);
    for (unsigned i = 1; i < 5; i++) {
        out[i] = fx_add(out[i - 1], d);
    }
}

/* Adds the round polynomial at 0 .. 4 of the uses of one side to sum; rounds from the part's first on. */
static void uses_round(struct zero *z, struct part *p, unsigned v, fx sum[5], unsigned round, fx head)
{
    const struct uses *const u = &p->uses[v];
    const unsigned n = z->c->l->n_vars;
    fx a[2] = {u->t[0], u->t[1]};
    fx line[5];
    if (round > n - p->c->log_h) {
        form_round(z, p, v, a, n - 1 - round);
    }
    eq_line(line, z->place[v].rho[round]);
    const fx d = fx_sub(a[1], a[0]);
    const fx scale = fx_mul(head, u->eq);
    fx form = a[0];
    for (unsigned i = 0; i < 5; i++) {
        sum[i] = fx_add(sum[i], fx_mul(fx_mul(scale, line[i]), form));
        form = fx_add(form, d);
    }
}

/* Adds the part's round polynomial at 0 .. 4 to sum. t keeps the constraints' own polynomial. */
static void part_round(struct zero *z, struct part *p, fx sum[5], fx t[5], unsigned round, fx head)
{
    const unsigned n = z->c->l->n_vars;
    const unsigned skip = n - p->c->log_h;
    if (round < skip) { /* X r_1 .. r_{round-1} times the whole sum */
        const fx s = fx_mul(head, fx_add(p->uses[SC_LOCAL].sum, p->uses[SC_GLOBAL].sum));
        fx v = FX_ZERO;
        for (unsigned i = 0; i < 5; i++) {
            sum[i] = fx_add(sum[i], v);
            v = fx_add(v, s);
        }
        return;
    }
    fx line_tau[5];
    const unsigned rest = n - 1 - round;
    laws_round(z, p, t, z->tau[round], rest);
    eq_line(line_tau, z->tau[round]);
    for (unsigned i = 0; i < 5; i++) {
        const fx laws = fx_mul(fx_mul(p->eq_tau, line_tau[i]), t[i]);
        sum[i] = fx_add(sum[i], fx_mul(head, laws));
    }
    for (unsigned v = 0; v < z->n_sides; v++) {
        if (p->uses[v].form) {
            uses_round(z, p, v, sum, round, head);
        }
    }
}

/* t: of every part, its constraints' polynomial of this round. head: r_1 .. of the leading coordinates of each part. */
static socle_status prove_rounds(struct zero *z, struct sc_pch *ch, fx *r, fx (*t)[5], fx *head)
{
    const unsigned n = z->c->l->n_vars;
    const unsigned n_parts = z->c->l->n_chunks;
    for (unsigned i = 0; i < n; i++) {
        fx sum[5] = {FX_ZERO, FX_ZERO, FX_ZERO, FX_ZERO, FX_ZERO};
        const socle_status go = sc_watch_tell(z->c->watch, SC_STAGE_ZERO, 1 - 0.8 / (double)((uint64_t)1 << i));
        if (go != SOCLE_OK) {
            return go;
        }
        sc_eqs_set(&z->eq_tau, z->tau + i + 1, n - 1 - i);
        for (unsigned v = 0; v < z->n_sides; v++) {
            if (i >= n - z->place[v].top) {
                sc_eqs_set(&z->place[v].eqs, z->place[v].rho + i + 1, n - 1 - i);
            }
        }
        for (unsigned k = 0; k < n_parts; k++) {
            part_round(z, &z->part[k], sum, t[k], i, head[k]);
        }
        const fx sent[4] = {sum[0], sum[2], sum[3], sum[4]};
        sc_send_fx(ch, SC_L_ZERO_T, sent, 4);
        sc_tr_challenge(&ch->tr, SC_L_ZERO_ROUND, &r[i], 1);
        for (unsigned k = 0; k < n_parts; k++) {
            struct part *const p = &z->part[k];
            if (i < n - p->c->log_h) {
                head[k] = fx_mul(head[k], r[i]);
                continue;
            }
            p->claim = sc_interp4(t[k], r[i]);
            p->eq_tau = fx_mul(p->eq_tau, sc_eq(&z->tau[i], &r[i], 1));
            for (unsigned v = 0; v < z->n_sides; v++) {
                p->uses[v].eq = fx_mul(p->uses[v].eq, sc_eq(&z->place[v].rho[i], &r[i], 1));
            }
            const socle_status st = bind(z, p, r[i], n - 1 - i);
            if (st != SOCLE_OK) {
                return st;
            }
        }
    }
    return SOCLE_OK;
}

static socle_status uses_init(struct zero *z, struct part *p, unsigned v)
{
    struct uses *const u = &p->uses[v];
    struct place *const at = &z->place[v];
    const unsigned skip = z->c->l->n_vars - p->c->log_h;
    const socle_status st = form_init(z, p, v);
    if (st == SOCLE_OK) {
        sc_eqs_set(&at->eqs, at->rho + skip + 1, p->c->log_h - 1u);
        form_round(z, p, v, u->t, p->c->log_h - 1u);
        u->sum = fx_add(u->t[0], fx_mul(at->rho[skip], fx_sub(u->t[1], u->t[0])));
        u->eq = FX_ONE;
    }
    return st;
}

static unsigned greatest_height(const struct sc_machine *m, const struct sc_layout *l, unsigned v)
{
    unsigned top = 0;
    for (unsigned i = 0; i < l->n_chunks; i++) {
        if (l->chunk[i].log_h > top && sc_uses_of(m, &l->chunk[i], (enum sc_side)v).n != 0) {
            top = l->chunk[i].log_h;
        }
    }
    return top;
}

/* G can have fewer variables than r, but not fewer than a chunk with leaves in it. */
static socle_status places_init(struct zero *z)
{
    const struct sc_layout *const l = z->c->l;
    for (unsigned v = 0; v < z->n_sides; v++) {
        struct place *const at = &z->place[v];
        at->top = greatest_height(z->c->m, l, v);
        memcpy(at->rho + (l->n_vars - at->top), z->leaf[v].rho + (sc_side_vars(l, (enum sc_side)v) - at->top), at->top * sizeof at->rho[0]);
        const socle_status st = sc_eqs_init(&at->eqs, at->top);
        if (st != SOCLE_OK) {
            return st;
        }
    }
    return SOCLE_OK;
}

static socle_status parts_init(struct zero *z)
{
    const struct sc_layout *const l = z->c->l;
    for (unsigned i = 0; i < l->n_chunks; i++) {
        struct part *const p = &z->part[i];
        p->c = &l->chunk[i];
        p->t = &z->c->m->tables[p->c->table];
        p->n_cols = (unsigned)(p->t->n_cols + p->t->n_closed);
        p->base = z->c->col[i];
        p->eq_tau = FX_ONE;
        for (unsigned v = 0; v < z->n_sides; v++) {
            if (sc_uses_of(z->c->m, p->c, (enum sc_side)v).n == 0) {
                continue;
            }
            const socle_status st = uses_init(z, p, v);
            if (st != SOCLE_OK) {
                return st;
            }
        }
    }
    return SOCLE_OK;
}

static void column_values(const struct zero *z, fx *values)
{
    for (unsigned i = 0; i < z->c->l->n_chunks; i++) {
        const struct part *const p = &z->part[i];
        for (unsigned c = 0; c < p->t->n_cols; c++) {
            for (size_t k = 0; k < FX_DEG; k++) {
                values[p->c->value + c].c[k] = p->ext[FX_DEG * p->plane * c + k * p->plane];
            }
        }
    }
}

size_t sc_zero_memory(const struct sc_machine *m, const struct sc_layout *l)
{
    size_t n = sc_alloc_size(1, sizeof(struct zero)) + sc_alloc_size(SC_MAX_ALL_CHUNKS, sizeof(fx[5])) +
               sc_alloc_size(l->n_constraints + 2 * SC_SIDES, sizeof(fx)) + sc_eqs_memory(l->n_vars);
    for (unsigned v = 0; v < sc_n_sides(l); v++) {
        n += sc_eqs_memory(greatest_height(m, l, v));
    }
    for (unsigned i = 0; i < l->n_chunks; i++) {
        const struct air_table *const t = &m->tables[l->chunk[i].table];
        const size_t rows = (size_t)1 << l->chunk[i].log_h;
        const struct uses u = {.plane = rows + PLANE_PAD};
        const struct part p = {.n_cols = (unsigned)(t->n_cols + t->n_closed), .plane = rows / 2 + PLANE_PAD};
        n += sc_big_size(form_len(&u)) * (t->n_global ? 2 : 1) + sc_big_size(ext_len(&p));
    }
    return n;
}

socle_status sc_zero_prove(struct sc_pch *ch, fx *r, fx *values, const struct sc_columns *c, const struct sc_bus_point *bus,
                           const struct sc_leaf_claim *leaf)
{
    socle_status st = SOCLE_OK;
    const struct sc_layout *const l = c->l;
    fx tau[SC_MAX_VARS];
    fx lambda;
    fx head[SC_MAX_ALL_CHUNKS];
    struct zero *const z = sc_alloc(1, sizeof *z);
    fx(*const t)[5] = sc_alloc(SC_MAX_ALL_CHUNKS, sizeof *t);
    if (!z || !t) {
        sc_free(z);
        sc_free(t);
        return SOCLE_E_NOMEM;
    }
    z->c = c;
    z->bus = bus;
    z->leaf = leaf;
    z->tau = tau;
    z->n_sides = sc_n_sides(l);
    z->compiled = c->m->tables == sc_air_tables;
    z->powers = sc_alloc(l->n_constraints + 2 * SC_SIDES, sizeof(fx));
    if (!z->powers) {
        st = SOCLE_E_NOMEM;
        goto out;
    }
    TRY(sc_eqs_init(&z->eq_tau, l->n_vars));
    TRY(places_init(z));
    sc_tr_challenge(&ch->tr, SC_L_LAMBDA, &lambda, 1);
    sc_tr_challenge(&ch->tr, SC_L_TAU, tau, l->n_vars);
    z->powers[0] = FX_ONE;
    for (uint32_t i = 0; i + 1 < l->n_constraints + 2 * SC_SIDES; i++) {
        z->powers[i + 1] = fx_mul(z->powers[i], lambda);
    }
    for (unsigned i = 0; i < SC_MAX_ALL_CHUNKS; i++) {
        head[i] = FX_ONE;
    }
    TRY(parts_init(z));
    TRY(prove_rounds(z, ch, r, t, head));
    column_values(z, values);
    sc_send_fx(ch, SC_L_COLUMNS, values, l->n_values);
    st = sc_pch_status(ch);
out:
    for (unsigned i = 0; i < l->n_chunks; i++) {
        part_fini(&z->part[i]);
    }
    sc_eqs_fini(&z->eq_tau);
    for (unsigned v = 0; v < SC_SIDES; v++) {
        sc_eqs_fini(&z->place[v].eqs);
    }
    sc_free(z->powers);
    sc_free(z);
    sc_free(t);
    return st;
}
