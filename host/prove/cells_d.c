/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The cells of all columns on a device. Contracts: cells_d.h.
 */
#include "host/prove/cells_d.h"

#include "kernels/kc/gkr_plan.h"

#include <string.h>

static const struct air_table *table_of(const struct sc_columns *c, unsigned chunk)
{
    return &c->m->tables[c->l->chunk[chunk].table];
}

/* Columns of a chunk that are in the main polynomial, and those that are not. */
static unsigned of_main(const struct sc_columns *c, unsigned chunk)
{
    return sc_chunk_poly(c->l, chunk) == 0 ? table_of(c, chunk)->n_cols : 0;
}

static unsigned of_others(const struct sc_columns *c, unsigned chunk)
{
    return table_of(c, chunk)->n_cols + table_of(c, chunk)->n_closed - of_main(c, chunk);
}

/* Cells of the others before those of a chunk. */
static uint64_t others_before(const struct sc_columns *c, unsigned chunk)
{
    uint64_t n = 0;
    for (unsigned i = 0; i < chunk; i++) {
        n += (uint64_t)of_others(c, i) << c->l->chunk[i].log_h;
    }
    return n;
}

void sc_cells_d_take(struct sc_cells_d *x, struct sc_space *s, const struct sc_columns *c)
{
    const struct sc_piece main = sc_space_keep(s, c->ticket, (uint64_t)1 << c->l->m0);
    x->others = sc_space_take(s, others_before(c, c->l->n_chunks));
    x->all = (struct sc_piece){main.at, x->others.at + x->others.size - main.at};
}

bool sc_cells_d_fit(const struct sc_cells_d *x)
{
    return x->all.size / 4 < UINT32_MAX;
}

socle_status sc_cells_d_put(const struct sc_cells_d *x, struct sc_space *s, const struct sc_columns *c)
{
    socle_status st = SOCLE_OK;
    TRY(sc_space_room(s, c->main));
    for (unsigned i = 0; i < c->l->n_chunks; i++) {
        const uint64_t rows = (uint64_t)1 << c->l->chunk[i].log_h, at = others_before(c, i);
        for (unsigned k = of_main(c, i); k < table_of(c, i)->n_cols; k++) {
            TRY(sc_space_put(s, x->others, at + k * rows, c->col[i][k], rows));
        }
    }
out:
    return st;
}

unsigned sc_cells_d_closed(struct sc_kc_launch *out, const struct sc_cells_d *x, const struct sc_columns *c)
{
    unsigned n = 0;
    for (unsigned i = 0; i < c->l->n_chunks; i++) {
        const struct air_table *const t = table_of(c, i);
        uint32_t column[AIR_MAX_COLS];
        if (out != NULL && t->n_closed > 0) {
            (void)sc_cells_d_columns(column, x, c, i);
            for (unsigned k = 0; k < t->n_closed; k++) {
                out[n + k] = sc_kc_closed(column[t->n_cols + k], c->l->chunk[i].log_h, t->closed[k], c->l->index);
            }
        }
        n += t->n_closed;
    }
    return n;
}

unsigned sc_cells_d_columns(uint32_t out[AIR_MAX_COLS], const struct sc_cells_d *x, const struct sc_columns *c, unsigned chunk)
{
    const struct sc_chunk *const k = &c->l->chunk[chunk];
    const uint64_t rows = (uint64_t)1 << k->log_h, others = (x->others.at - x->all.at) / 4 + others_before(c, chunk);
    const unsigned n_main = of_main(c, chunk), n = n_main + of_others(c, chunk);
    for (unsigned i = 0; i < n; i++) {
        out[i] = (uint32_t)(i < n_main ? (k->block + i) * rows : others + (i - n_main) * rows);
    }
    return n;
}

size_t sc_cells_d_form(uint32_t *to, const struct sc_form *f, const uint32_t *column, unsigned n_columns)
{
    uint32_t *term = to + 6;
    uint32_t n = 0;
    for (unsigned k = 0; k < n_columns; k++) {
        if (!fx_is_zero(f->coef[k])) {
            term[0] = column[k];
            memcpy(term + 1, f->coef[k].c, sizeof f->coef[k].c);
            term += 6;
            n++;
        }
    }
    to[0] = n;
    memcpy(to + 1, f->k.c, sizeof f->k.c);
    return (size_t)(term - to);
}
