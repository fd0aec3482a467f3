/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What both halves of the argument's prover share: column pointers, affine forms, split eq tables.
 * Theory: docs/spec/argument.md.
 */
#include "host/prove/argue.h"

#include "core/poly/eq.h"
#include "host/sys/mem.h"

#include <string.h>

static size_t closed_bytes(const struct sc_machine *m, const struct sc_layout *l)
{
    size_t n = 0;
    for (unsigned i = 0; i < l->n_chunks; i++) {
        n += (size_t)m->tables[l->chunk[i].table].n_closed << l->chunk[i].log_h;
    }
    return n * sizeof(fp);
}

size_t sc_columns_memory(const struct sc_machine *m, const struct sc_layout *l)
{
    return sc_big_size(closed_bytes(m, l));
}

socle_status sc_columns_init(struct sc_columns *c, const struct sc_machine *m, const struct sc_layout *l, const fp *const polys[3],
                             const struct sc_cpu_ops *ops, struct sc_pool *pool)
{
    memset(c, 0, sizeof *c);
    c->m = m;
    c->l = l;
    c->ops = ops;
    c->pool = pool;
    c->main = polys[0];
    c->closed_len = closed_bytes(m, l);
    c->closed = sc_big_take(c->closed_len);
    if (c->closed_len && !c->closed) {
        return SOCLE_E_NOMEM;
    }
    fp *next = c->closed;
    for (unsigned i = 0; i < l->n_chunks; i++) {
        const struct sc_chunk *const k = &l->chunk[i];
        const struct air_table *const t = &m->tables[k->table];
        const size_t rows = (size_t)1 << k->log_h;
        const fp *const base = polys[sc_chunk_poly(l, i)];
        for (unsigned j = 0; j < t->n_cols; j++) {
            c->col[i][j] = base + ((size_t)(k->block + j) << k->log_h);
        }
        for (unsigned j = 0; j < t->n_closed; j++) {
            for (size_t x = 0; x < rows; x++) {
                next[x] = fp_from_u32(sc_air_closed_row((enum air_closed)t->closed[j], (uint32_t)x, l->index));
            }
            c->col[i][t->n_cols + j] = next;
            next += rows;
        }
    }
    return SOCLE_OK;
}

void sc_columns_fini(struct sc_columns *c)
{
    sc_big_free(c->closed, c->closed_len);
    c->closed = NULL;
}

void sc_form_add(struct sc_form *f, const struct air_table *t, unsigned form, fx weight)
{
    const struct air_form *const a = &t->forms[form];
    f->k = fx_add(f->k, fx_mul_fp(weight, a->k));
    for (unsigned i = 0; i < a->n; i++) {
        const struct air_term *const term = &t->terms[a->first + i];
        f->coef[term->col] = fx_add(f->coef[term->col], fx_mul_fp(weight, term->coef));
    }
}

struct sc_lin sc_form_lin(const struct sc_form *f, const struct air_table *t, const fp *const *cols, const fp **col, fx *coef)
{
    struct sc_lin l = {.col = col, .coef = coef, .k = f->k};
    for (unsigned i = 0; i < (unsigned)(t->n_cols + t->n_closed); i++) {
        if (!fx_is_zero(f->coef[i])) {
            col[l.n] = cols[i];
            coef[l.n++] = f->coef[i];
        }
    }
    return l;
}

static size_t high_len(unsigned max_n)
{
    return (size_t)1 << (max_n > SC_EQS_LOW ? max_n - SC_EQS_LOW : 0);
}

size_t sc_eqs_memory(unsigned max_n)
{
    return sc_big_size(high_len(max_n) * sizeof(fx)) + sc_big_size(FX_DEG * SC_EQS_PLANE * sizeof(fp));
}

socle_status sc_eqs_init(struct sc_eqs *e, unsigned max_n)
{
    memset(e, 0, sizeof *e);
    e->high_cap = high_len(max_n);
    e->high = sc_big_alloc(e->high_cap * sizeof *e->high);
    e->low_table = sc_big_alloc(FX_DEG * SC_EQS_PLANE * sizeof(fp));
    if (!e->high || !e->low_table) {
        sc_eqs_fini(e);
        return SOCLE_E_NOMEM;
    }
    return SOCLE_OK;
}

void sc_eqs_fini(struct sc_eqs *e)
{
    sc_big_free(e->high, e->high_cap * sizeof *e->high);
    sc_big_free(e->low_table, FX_DEG * SC_EQS_PLANE * sizeof(fp));
    memset(e, 0, sizeof *e);
}

void sc_eqs_set(struct sc_eqs *e, const fx *point, unsigned n)
{
    const unsigned low = n < SC_EQS_LOW ? n : SC_EQS_LOW;
    const fx *const low_of = point + (n - low);
    if (low != e->low || low_of != e->low_of) {
        fx table[SC_EQS_PLANE];
        sc_eq_table(table, low_of, low);
        for (size_t i = 0; i < (size_t)1 << low; i++) {
            for (size_t k = 0; k < FX_DEG; k++) {
                e->low_table[k * SC_EQS_PLANE + i] = table[i].c[k];
            }
        }
    }
    e->n = n;
    e->low = low;
    e->low_of = low_of;
    sc_eq_table(e->high, point, n - low);
}

size_t sc_eqs_write(fp *to, const struct sc_eqs *e)
{
    const size_t low = (size_t)1 << e->low, high = (size_t)1 << (e->n - e->low);
    for (size_t k = 0; k < FX_DEG; k++) {
        memcpy(to + k * low, e->low_table + k * SC_EQS_PLANE, low * sizeof(fp));
    }
    memcpy(to + FX_DEG * low, e->high, high * sizeof(fx));
    return FX_DEG * (low + high);
}
