/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The batched sumcheck's sums on the host. All interactions of a chunk are one affine form of the row, kept as a column of its own;
 * the constraints are evaluated from the columns, base field in a chunk's first round, extension after.
 * Theory: docs/spec/argument.md section 3.
 */
#include "host/prove/zero_way.h"

#include "host/sys/mem.h"
#include "host/sys/pool.h"

#include <string.h>

#define PIECE 4096
#define GRAIN 8192
#define PLANE_PAD 80

/* The form of a chunk's interactions on one side. */
struct uses {
    fp *form; /* 2^h values, planar; NULL when there are none */
    size_t plane;
};

struct part {
    const struct sc_chunk *c;
    const struct air_table *t;
    unsigned n_cols; /* with closed-form ones */
    const fp *const *base;
    struct uses uses[SC_SIDES];
    fp *ext; /* columns after the first round, planar, one after the other */
    size_t plane;
};

struct sc_zero_h {
    const struct sc_columns *c;
    const struct sc_zero *what;
    struct sc_eqs eq_tau;
    struct sc_eqs eq_rho[SC_SIDES];
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
    struct sc_zero_h *z;
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

static socle_status form_init(struct sc_zero_h *z, struct part *p, unsigned chunk, unsigned v)
{
    const struct sc_columns *const c = z->c;
    struct uses *const uses = &p->uses[v];
    const fp *col[AIR_MAX_COLS];
    fx coef[AIR_MAX_COLS];
    struct sc_form f;
    sc_zero_form(&f, z->what, chunk, v);
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

static void form_round(struct sc_zero_h *z, struct part *p, unsigned v, fx out[2], unsigned n_rest)
{
    struct job j = {.z = z, .p = p, .uses = &p->uses[v], .eqs = &z->eq_rho[v], .half = (size_t)1 << n_rest};
    run_sums(&j, form_round_body, out, 2);
}

/* ---- the constraints ---- */

/* Any tables: one pair of rows at a time through the table's own evaluator. */
static void any_rows(const struct job *j, fx out[3], size_t begin, size_t end)
{
    const struct part *const p = j->p;
    const fx *const lambda = j->z->what->powers + p->c->constraint;
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
    const fx *const lambda = j->z->what->powers + p->c->constraint;
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

/* At 0, 2 and 3. */
static void laws_round(struct sc_zero_h *z, struct part *p, fx s[3], unsigned n_rest)
{
    const fp *cols[AIR_MAX_COLS];
    columns_of(p, cols);
    struct job j = {.z = z, .p = p, .eqs = &z->eq_tau, .cols = cols, .half = (size_t)1 << n_rest};
    run_sums(&j, laws_body, s, 3);
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

static socle_status bind_part(struct sc_zero_h *z, struct part *p, fx c, unsigned n_rest)
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

socle_status sc_zero_h_begin(struct sc_zero_h *z, struct sc_zero_sums *sums)
{
    const struct sc_layout *const l = z->c->l;
    socle_status st = SOCLE_OK;
    TRY(sc_eqs_init(&z->eq_tau, l->n_vars));
    for (unsigned v = 0; v < z->what->n_sides; v++) {
        TRY(sc_eqs_init(&z->eq_rho[v], z->what->top[v]));
    }
    for (unsigned i = 0; i < l->n_chunks; i++) {
        struct part *const p = &z->part[i];
        p->c = &l->chunk[i];
        p->t = &z->c->m->tables[p->c->table];
        p->n_cols = (unsigned)(p->t->n_cols + p->t->n_closed);
        p->base = z->c->col[i];
        for (unsigned v = 0; v < z->what->n_sides; v++) {
            if (sc_zero_uses(z->what, i, v)) {
                TRY(form_init(z, p, i, v));
                sc_eqs_set(&z->eq_rho[v], z->what->rho[v] + sc_zero_skip(z->what, i) + 1, p->c->log_h - 1u);
                form_round(z, p, v, sums[i].form[v], p->c->log_h - 1u);
            }
        }
    }
out:
    return st;
}

void sc_zero_h_sums(struct sc_zero_h *z, struct sc_zero_sums *sums, unsigned i)
{
    const struct sc_zero *const what = z->what;
    const unsigned n = z->c->l->n_vars, rest = n - 1 - i;
    sc_eqs_set(&z->eq_tau, what->tau + i + 1, rest);
    for (unsigned v = 0; v < what->n_sides; v++) {
        if (i >= n - what->top[v]) {
            sc_eqs_set(&z->eq_rho[v], what->rho[v] + i + 1, rest);
        }
    }
    for (unsigned k = 0; k < z->c->l->n_chunks; k++) {
        struct part *const p = &z->part[k];
        if (i >= sc_zero_skip(what, k) && p->t->n_constraints > 0) {
            laws_round(z, p, sums[k].laws, rest);
        }
        for (unsigned v = 0; v < what->n_sides && i > sc_zero_skip(what, k); v++) {
            if (p->uses[v].form) {
                form_round(z, p, v, sums[k].form[v], rest);
            }
        }
    }
}

socle_status sc_zero_h_bind(struct sc_zero_h *z, fx r, unsigned i)
{
    socle_status st = SOCLE_OK;
    for (unsigned k = 0; k < z->c->l->n_chunks; k++) {
        if (i >= sc_zero_skip(z->what, k)) {
            TRY(bind_part(z, &z->part[k], r, z->c->l->n_vars - 1 - i));
        }
    }
out:
    return st;
}

void sc_zero_h_values(const struct sc_zero_h *z, fx *values)
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

void sc_zero_h_end(struct sc_zero_h *z)
{
    for (unsigned i = 0; i < z->c->l->n_chunks; i++) {
        part_fini(&z->part[i]);
    }
    sc_eqs_fini(&z->eq_tau);
    for (unsigned v = 0; v < SC_SIDES; v++) {
        sc_eqs_fini(&z->eq_rho[v]);
    }
    sc_free(z);
}

socle_status sc_zero_h_create(struct sc_zero_h **out, const struct sc_zero *what)
{
    struct sc_zero_h *const z = *out = sc_alloc(1, sizeof *z);
    if (z == NULL) {
        return SOCLE_E_NOMEM;
    }
    z->c = what->c;
    z->what = what;
    z->compiled = what->c->m->tables == sc_air_tables;
    return SOCLE_OK;
}

size_t sc_zero_h_memory(const struct sc_machine *m, const struct sc_layout *l)
{
    size_t n = sc_alloc_size(1, sizeof(struct sc_zero_h)) + sc_eqs_memory(l->n_vars);
    for (unsigned v = 0; v < sc_n_sides(l); v++) {
        unsigned top = 0;
        for (unsigned i = 0; i < l->n_chunks; i++) {
            const unsigned h = sc_uses_of(m, &l->chunk[i], (enum sc_side)v).n != 0 ? l->chunk[i].log_h : 0;
            top = h > top ? h : top;
        }
        n += sc_eqs_memory(top);
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
