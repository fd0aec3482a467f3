/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The batched sumcheck's sums on a device: cells are there or go up, forms and columns of the challenge field stay, and each round brings back
 * the sums of every chunk. Laws are programs made from the text that airgen emits (kernels/kc/laws_plan.h).
 * Owns the loan of the device. Theory: docs/spec/argument.md section 3.
 */
#include "host/prove/zero_way.h"

#include <string.h>

#include "host/prove/cells_d.h"
#include "host/sys/mem.h"
#include "kernels/kc/gkr_plan.h"
#include "kernels/kc/laws_plan.h"

/* What a chunk has in OUT: sums of its laws, then of the form of either side. */
#define LAWS_AT(chunk) ((uint32_t)(chunk) * 50u)
#define FORM_AT(chunk, side) (LAWS_AT(chunk) + 30u + 10u * (uint32_t)(side))

#define MAX_LAUNCHES 9 /* of a chunk in one round */

struct chunk {
    struct sc_kc_chunk k;
    uint32_t values;                          /* list of its committed columns in EXT, in the tables */
    uint32_t form[SC_SIDES], desc[SC_SIDES]; /* in FORMS; its description, in the tables */
};

struct on_device {
    const struct sc_zero *z;
    const struct sc_columns *c;
    struct sc_space space;
    struct sc_cells_d cells;
    struct sc_piece ext, forms, tables, partial, out;
    struct sc_eqs eqs;
    struct chunk chunk[SC_MAX_ALL_CHUNKS];
    struct sc_kc_launch *launch;
    unsigned n_launches;
    uint32_t *words;                 /* what goes to the tables: first those of eq, of each round; and what comes back */
    size_t eq_words, n_tables, n_out; /* words */
    bool binds;                      /* to r, after round number bound */
    fx r;
    unsigned bound;
};

static const struct air_table *table_of(const struct on_device *d, unsigned chunk)
{
    return &d->c->m->tables[d->c->l->chunk[chunk].table];
}

/* ---- what is where ---- */

/* The first chunk of a table. */
static bool is_first(const struct on_device *d, unsigned chunk)
{
    for (unsigned i = 0; i < chunk; i++) {
        if (d->c->l->chunk[i].table == d->c->l->chunk[chunk].table) {
            return false;
        }
    }
    return true;
}

/* Programs, lists and descriptions of a chunk at word *at of the tables; places in EXT and FORMS. false: it cannot be. */
static bool place_chunk(struct on_device *d, unsigned i, size_t *at, uint64_t *ext, uint64_t *forms, uint32_t lambda)
{
    const struct sc_chunk *const c = &d->c->l->chunk[i];
    const struct air_table *const t = table_of(d, i);
    struct chunk *const k = &d->chunk[i];
    const uint32_t n = (uint32_t)t->n_cols + t->n_closed;
    k->k = (struct sc_kc_chunk){.n_columns = n, .log_h = c->log_h, .lambda = lambda + FX_DEG * c->constraint, .ext = (uint32_t)*ext};
    for (unsigned j = 0; j < i; j++) {
        if (d->c->l->chunk[j].table == c->table) {
            k->k.info = d->chunk[j].k.info;
            k->k.program = d->chunk[j].k.program;
        }
    }
    if (is_first(d, i) && t->n_constraints > 0) {
        k->k.info = sc_kc_laws_program(NULL, c->table);
        k->k.program = (uint32_t)*at;
        *at += 3 * (size_t)k->k.info.n_steps;
    }
    k->k.columns = (uint32_t)*at;
    k->values = (uint32_t)(*at + n);
    *at += n + t->n_cols;
    *ext += ((uint64_t)FX_DEG * n) << (c->log_h - 1);
    for (unsigned v = 0; v < SC_SIDES; v++) {
        if (sc_zero_uses(d->z, i, v)) {
            k->desc[v] = (uint32_t)*at;
            k->form[v] = (uint32_t)*forms;
            *at += 6 + 6 * (size_t)n;
            *forms += (uint64_t)FX_DEG << c->log_h;
        }
    }
    return t->n_constraints == 0 || k->k.info.n_steps > 0;
}

static bool lay_out(struct on_device *d)
{
    const struct sc_layout *const l = d->c->l;
    uint64_t ext = 0, forms = 0;
    bool good = d->c->m->tables == sc_air_tables;
    d->eq_words = (1 + SC_SIDES) * sc_kc_eqs_len(l->n_vars - 1, SC_EQS_LOW);
    size_t at = d->eq_words + FX_DEG * (size_t)l->n_constraints;
    for (unsigned i = 0; i < l->n_chunks && good; i++) {
        good = l->chunk[i].log_h > 0 && place_chunk(d, i, &at, &ext, &forms, (uint32_t)d->eq_words);
    }
    d->n_tables = at;
    d->n_out = l->n_chunks * 50 > FX_DEG * l->n_values ? l->n_chunks * 50 : FX_DEG * l->n_values;
    sc_cells_d_take(&d->cells, &d->space, d->c);
    d->ext = sc_space_take(&d->space, ext);
    d->forms = sc_space_take(&d->space, forms);
    d->tables = sc_space_take(&d->space, d->n_tables);
    d->partial = sc_space_take(&d->space, sc_kc_laws_partial_len(l->n_vars - 1, SC_EQS_LOW));
    d->out = sc_space_take(&d->space, d->n_out);
    return good && sc_cells_d_fit(&d->cells) && ext < UINT32_MAX && forms < UINT32_MAX;
}

/* Everything in the tables but those of eq. */
static void write_tables(struct on_device *d)
{
    const struct sc_layout *const l = d->c->l;
    memcpy(d->words + d->eq_words, d->z->powers, l->n_constraints * sizeof(fx));
    for (unsigned i = 0; i < l->n_chunks; i++) {
        const struct chunk *const k = &d->chunk[i];
        uint32_t *const columns = d->words + k->k.columns;
        if (k->k.info.n_steps > 0 && is_first(d, i)) {
            (void)sc_kc_laws_program(d->words + k->k.program, l->chunk[i].table);
        }
        (void)sc_cells_d_columns(columns, &d->cells, d->c, i);
        for (unsigned c = 0; c < table_of(d, i)->n_cols; c++) {
            d->words[k->values + c] = k->k.ext + ((FX_DEG * c) << (k->k.log_h - 1));
        }
        for (unsigned v = 0; v < d->z->n_sides; v++) {
            if (sc_zero_uses(d->z, i, v)) {
                struct sc_form f;
                sc_zero_form(&f, d->z, i, v);
                (void)sc_cells_d_form(d->words + k->desc[v], &f, columns, k->k.n_columns);
            }
        }
    }
}

/* ---- launches ---- */

static socle_status run(struct on_device *d)
{
    const struct sc_piece piece[SC_KC_N_LAWS_BUFFERS] = {[SC_KC_IN_CELLS] = d->cells.all, [SC_KC_IN_EXT] = d->ext,         [SC_KC_IN_FORMS] = d->forms,
                                                         [SC_KC_IN_TABLES] = d->tables,   [SC_KC_IN_PARTIAL] = d->partial, [SC_KC_IN_OUT] = d->out};
    const unsigned n = d->n_launches;
    d->n_launches = 0;
    return n > 0 ? sc_space_run(&d->space, piece, SC_KC_N_LAWS_BUFFERS, d->launch, n) : SOCLE_OK;
}

/* Tables of eq(point, .) in n variables, number `which` of the round. */
static struct sc_kc_eq write_eq(struct on_device *d, unsigned which, const fx *point, unsigned n)
{
    const struct sc_kc_eq eq = {(uint32_t)(which * sc_kc_eqs_len(d->c->l->n_vars - 1, SC_EQS_LOW)), (uint8_t)n, SC_EQS_LOW};
    d->eqs.low_of = NULL;
    sc_eqs_set(&d->eqs, point, n);
    (void)sc_eqs_write(d->words + eq.tab, &d->eqs);
    return eq;
}

static void add_form_round(struct on_device *d, unsigned chunk, unsigned side, struct sc_kc_eq eq)
{
    const struct chunk *const k = &d->chunk[chunk];
    sc_kc_form_round(d->launch + d->n_launches, k->form[side], k->k.log_h, eq, FORM_AT(chunk, side));
    d->n_launches += 2;
}

static void read_sums(const struct on_device *d, struct sc_zero_sums *s, unsigned chunk, bool first)
{
    const uint32_t *const w = d->words + LAWS_AT(chunk);
    memset(s->laws, 0, sizeof s->laws);
    for (unsigned i = 0; i < 3; i++) {
        if (table_of(d, chunk)->n_constraints > 0 && i + first < 3) {
            memcpy(s->laws[i + first].c, w + 2 * FX_DEG * i, sizeof s->laws[0].c);
        }
    }
}

static void read_forms(const struct on_device *d, struct sc_zero_sums *s, unsigned chunk)
{
    for (unsigned v = 0; v < d->z->n_sides; v++) {
        if (sc_zero_uses(d->z, chunk, v)) {
            memcpy(s->form[v], d->words + FORM_AT(chunk, v), sizeof s->form[v]);
        }
    }
}

/* ---- rounds ---- */

/* Forms, and their sums where their chunks begin, height by height. */
static socle_status device_begin(void *self, struct sc_zero_sums *sums)
{
    struct on_device *const d = self;
    const struct sc_layout *const l = d->c->l;
    socle_status st = SOCLE_OK;
    for (unsigned i = 0; i < l->n_chunks; i++) {
        for (unsigned v = 0; v < d->z->n_sides; v++) {
            if (sc_zero_uses(d->z, i, v)) {
                d->launch[d->n_launches++] = sc_kc_form(d->chunk[i].form[v], d->chunk[i].desc[v], l->chunk[i].log_h);
            }
        }
    }
    TRY(run(d));
    for (unsigned h = 1; h <= l->n_vars; h++) {
        for (unsigned v = 0; v < d->z->n_sides && h <= d->z->top[v]; v++) {
            const struct sc_kc_eq eq = write_eq(d, v, d->z->rho[v] + (l->n_vars - h) + 1, h - 1);
            for (unsigned i = 0; i < l->n_chunks; i++) {
                if (l->chunk[i].log_h == h && sc_zero_uses(d->z, i, v)) {
                    add_form_round(d, i, v, eq);
                }
            }
        }
        if (d->n_launches > 0) {
            TRY(sc_space_put(&d->space, d->tables, 0, d->words, d->eq_words));
            TRY(run(d));
        }
    }
    TRY(sc_space_get(&d->space, d->words, d->out, 0, l->n_chunks * 50));
    for (unsigned i = 0; i < l->n_chunks; i++) {
        read_forms(d, &sums[i], i);
    }
out:
    return st;
}

/* What is pending. */
static void add_binds(struct on_device *d)
{
    const struct sc_layout *const l = d->c->l;
    const unsigned n = l->n_vars - 1 - d->bound;
    for (unsigned i = 0; i < l->n_chunks && d->binds; i++) {
        if (d->bound < sc_zero_skip(d->z, i)) {
            continue;
        }
        d->launch[d->n_launches++] = sc_kc_bind(&d->chunk[i].k, n, d->r);
        for (unsigned v = 0; v < d->z->n_sides; v++) {
            if (sc_zero_uses(d->z, i, v)) {
                d->launch[d->n_launches++] = sc_kc_form_bind(d->chunk[i].form[v], l->chunk[i].log_h, n, d->r);
            }
        }
    }
    d->binds = false;
}

static socle_status device_sums(void *self, struct sc_zero_sums *sums, unsigned round)
{
    struct on_device *const d = self;
    const struct sc_layout *const l = d->c->l;
    const unsigned rest = l->n_vars - 1 - round;
    struct sc_kc_eq rho[SC_SIDES] = {{0}};
    socle_status st = SOCLE_OK;
    const struct sc_kc_eq tau = write_eq(d, SC_SIDES, d->z->tau + round + 1, rest);
    for (unsigned v = 0; v < d->z->n_sides; v++) {
        if (round >= l->n_vars - d->z->top[v]) {
            rho[v] = write_eq(d, v, d->z->rho[v] + round + 1, rest);
        }
    }
    add_binds(d);
    for (unsigned i = 0; i < l->n_chunks; i++) {
        const unsigned skip = sc_zero_skip(d->z, i);
        if (round >= skip && table_of(d, i)->n_constraints > 0) {
            sc_kc_laws(d->launch + d->n_launches, &d->chunk[i].k, tau, LAWS_AT(i));
            d->n_launches += 2;
        }
        for (unsigned v = 0; v < d->z->n_sides && round > skip; v++) {
            if (sc_zero_uses(d->z, i, v)) {
                add_form_round(d, i, v, rho[v]);
            }
        }
    }
    TRY(sc_space_put(&d->space, d->tables, 0, d->words, d->eq_words));
    TRY(run(d));
    TRY(sc_space_get(&d->space, d->words, d->out, 0, l->n_chunks * 50));
    for (unsigned i = 0; i < l->n_chunks; i++) {
        const unsigned skip = sc_zero_skip(d->z, i);
        if (round >= skip) {
            read_sums(d, &sums[i], i, round == skip);
            read_forms(d, &sums[i], i);
        }
    }
out:
    return st;
}

static socle_status device_bind(void *self, fx r, unsigned round)
{
    struct on_device *const d = self;
    d->binds = true;
    d->r = r;
    d->bound = round;
    return SOCLE_OK;
}

static socle_status device_values(void *self, fx *values)
{
    struct on_device *const d = self;
    const struct sc_layout *const l = d->c->l;
    const struct sc_piece piece[SC_KC_N_OPEN_BUFFERS] = {[SC_KC_OPEN_FROM] = d->ext, [SC_KC_OPEN_TABLES] = d->tables, [SC_KC_OPEN_OUT] = d->out};
    socle_status st = SOCLE_OK;
    add_binds(d);
    TRY(run(d));
    for (unsigned i = 0; i < l->n_chunks; i++) {
        const struct chunk *const k = &d->chunk[i];
        d->launch[i] = sc_kc_pick(SC_KC_OPEN_FROM, FX_DEG * l->chunk[i].value, k->values, table_of(d, i)->n_cols, FX_DEG, 0, k->k.log_h - 1u, false);
    }
    TRY(sc_space_run(&d->space, piece, SC_KC_N_OPEN_BUFFERS, d->launch, l->n_chunks));
    TRY(sc_space_get(&d->space, values, d->out, 0, FX_DEG * (uint64_t)l->n_values));
out:
    return st;
}

/* ---- begin and end ---- */

static socle_status device_end(void *self)
{
    struct on_device *const d = self;
    const socle_status how = sc_space_fini(&d->space);
    sc_eqs_fini(&d->eqs);
    sc_free(d->launch);
    sc_free(d->words);
    sc_free(d);
    return how;
}

static const struct sc_zero_ops device_ops = {
    .begin = device_begin,
    .sums = device_sums,
    .bind = device_bind,
    .values = device_values,
    .end = device_end,
};

uint64_t sc_zero_d_room(const struct sc_columns *c)
{
    struct on_device *const d = sc_alloc(1, sizeof *d);
    const struct sc_zero z = {.c = c, .n_sides = sc_n_sides(c->l)};
    if (d == NULL) {
        return 0;
    }
    d->z = &z;
    d->c = c;
    sc_space_init(&d->space, c->device, SC_LOAN_ZERO);
    const uint64_t end = lay_out(d) ? d->space.end : 0;
    sc_free(d);
    return end;
}

socle_status sc_zero_d_begin(struct sc_zero_way *out, const struct sc_zero *z)
{
    struct on_device *const d = sc_alloc(1, sizeof *d);
    socle_status st = SOCLE_OK;
    if (d == NULL) {
        return SOCLE_E_NOMEM;
    }
    d->z = z;
    d->c = z->c;
    TRY(sc_space_borrow(&d->space, z->c->device, SC_LOAN_ZERO));
    TRY(lay_out(d) ? SOCLE_OK : SOCLE_E_LIMIT);
    d->words = sc_alloc(d->n_tables > d->n_out ? d->n_tables : d->n_out, sizeof *d->words);
    d->launch = sc_alloc(MAX_LAUNCHES * (size_t)z->c->l->n_chunks, sizeof *d->launch);
    TRY(d->words != NULL && d->launch != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    TRY(sc_eqs_init(&d->eqs, z->c->l->n_vars));
    TRY(sc_cells_d_put(&d->cells, &d->space, d->c));
    write_tables(d);
    TRY(sc_space_put(&d->space, d->tables, 0, d->words, d->n_tables));
    *out = (struct sc_zero_way){&device_ops, d};
    return SOCLE_OK;
out:
    (void)device_end(d);
    return st;
}
