/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The batched sumcheck on a device: cells are there or go up, forms, columns of the challenge field and the transcript stay, and all rounds are few
 * jobs. The host repeats the transcript with what came down, and takes nothing that leads elsewhere. Laws are programs made from the text that airgen
 * emits (kernels/kc/laws_plan.h). Owns the loan of the device.
 * Theory: docs/spec/argument.md section 3; docs/decisions/0014-transcript-on-devices.md.
 */
#include "host/prove/zero_way.h"

#include <string.h>

#include "host/prove/cells_d.h"
#include "host/sys/mem.h"
#include "kernels/kc/gkr_plan.h"
#include "kernels/kc/laws_plan.h"

/* Rounds over up to 2^TOGETHER places are one job; each of the others is one. A job should not keep a device for long. */
#define TOGETHER 20

_Static_assert((int)SC_KC_IN_CELLS == 0 && (int)SC_KC_CELLS == 0, "the cells are the first buffer");
_Static_assert(SC_MAX_ALL_CHUNKS * (AIR_MAX_COLS + SC_SIDES) <= 65535, "groups of a launch over all vectors");

struct chunk {
    struct sc_kc_law law; /* no steps: none */
    uint32_t n_columns;
    uint32_t form[SC_SIDES], desc[SC_SIDES];
    uint8_t log_h;
};

struct on_device {
    const struct sc_zero *z;
    const struct sc_columns *c;
    struct sc_space space;
    struct sc_cells_d cells;
    struct sc_piece piece[SC_KC_N_LAWS_BUFFERS];
    struct chunk chunk[SC_MAX_ALL_CHUNKS];
    unsigned order[SC_MAX_ALL_CHUNKS]; /* chunks in falling height */
    struct sc_kc_zero lists;
    size_t eq_words;         /* of the tables: those of eq of one point, for every number of variables */
    size_t n_tables, n_talk; /* words */
    uint32_t *words;         /* the tables; then the transcript */
    struct sc_kc_launch *launch;
    unsigned n_launches;
};

/* ---- what is where ---- */

static const struct air_table *table_of(const struct on_device *d, unsigned chunk)
{
    return &d->c->m->tables[d->c->l->chunk[chunk].table];
}

static void sort(struct on_device *d)
{
    unsigned n = 0;
    for (unsigned h = d->c->l->n_vars + 1; h-- > 0;) {
        for (unsigned i = 0; i < d->c->l->n_chunks; i++) {
            if (d->c->l->chunk[i].log_h == h) {
                d->order[n++] = i;
            }
        }
    }
}

/* Program, list of columns and descriptions of a chunk at word *at of the tables; its vectors in EXT. false: it cannot be. */
static bool place_chunk(struct on_device *d, unsigned i, size_t *at, uint64_t *ext, uint32_t lambda)
{
    const struct sc_chunk *const c = &d->c->l->chunk[i];
    const struct air_table *const t = table_of(d, i);
    struct chunk *const k = &d->chunk[i];
    *k = (struct chunk){.n_columns = (uint32_t)t->n_cols + t->n_closed, .log_h = c->log_h};
    k->law.lambda = lambda + FX_DEG * c->constraint;
    if (t->n_constraints > 0) {
        const struct sc_kc_program_info info = sc_kc_laws_program(NULL, c->table);
        k->law.program = (uint32_t)*at;
        k->law.n_steps = info.n_steps;
        sc_kc_law_lanes(&k->law, info.n_vars);
        *at += 3 * (size_t)info.n_steps;
    }
    k->law.columns = (uint32_t)*at;
    *at += k->n_columns;
    k->law.ext = (uint32_t)*ext;
    k->law.plane = (uint32_t)1 << (c->log_h - 1);
    *ext += (uint64_t)(FX_DEG * k->n_columns) * k->law.plane;
    for (unsigned v = 0; v < SC_SIDES; v++) {
        if (sc_zero_uses(d->z, i, v)) {
            k->desc[v] = (uint32_t)*at;
            k->form[v] = (uint32_t)*ext;
            *at += 6 + 6 * (size_t)k->n_columns;
            *ext += (uint64_t)FX_DEG << c->log_h;
        }
    }
    return t->n_constraints == 0 || k->law.n_steps > 0;
}

static struct sc_kc_eq eq_of(const struct on_device *d, unsigned point, unsigned n)
{
    size_t at = point * d->eq_words;
    for (unsigned k = 0; k < n; k++) {
        at += sc_kc_eqs_len(k, SC_EQS_LOW);
    }
    return (struct sc_kc_eq){(uint32_t)at, (uint8_t)n, SC_EQS_LOW};
}

/* What of the lists takes part. Of vectors of one plane, forms are of chunks of as many rows, columns of chunks of twice as many. */
static struct sc_kc_zero_at at_round(const struct on_device *d, unsigned left)
{
    struct sc_kc_zero_at at = {.round = d->c->l->n_vars - left, .left = left};
    for (unsigned i = 0; i < d->c->l->n_chunks; i++) {
        const struct chunk *const k = &d->chunk[i];
        const uint32_t has_laws = k->law.n_steps > 0;
        const uint32_t n_forms = (uint32_t)sc_zero_uses(d->z, i, SC_LOCAL) + sc_zero_uses(d->z, i, SC_GLOBAL);
        at.n_laws += k->log_h >= left ? has_laws : 0;
        if (k->log_h > left) {
            at.n_ext += has_laws;
            at.n_forms += n_forms;
        }
        at.n_vectors += k->log_h > left + 1 ? k->n_columns + n_forms : k->log_h == left + 1 ? n_forms : 0;
        at.first_base += k->log_h > left + 1 ? k->n_columns : 0;
        at.n_bases += k->log_h == left + 1 ? k->n_columns : 0;
    }
    if (left > 0) {
        at.tau = eq_of(d, SC_SIDES, left - 1);
        at.rho[SC_LOCAL] = eq_of(d, SC_LOCAL, left - 1);
        at.rho[SC_GLOBAL] = eq_of(d, SC_GLOBAL, left - 1);
    }
    return at;
}

static uint32_t take(size_t *at, size_t n)
{
    const size_t was = *at;
    *at += n;
    return (uint32_t)was;
}

/* Every list behind the last chunk's own. */
static void place_lists(struct on_device *d, size_t *at)
{
    const struct sc_layout *const l = d->c->l;
    const struct sc_kc_zero_at all = at_round(d, 0);
    uint32_t n_columns = 0;
    for (unsigned i = 0; i < l->n_chunks; i++) {
        n_columns += d->chunk[i].n_columns;
    }
    d->lists.laws = take(at, all.n_laws * sizeof(struct sc_kc_law) / 4);
    d->lists.forms = take(at, all.n_forms * sizeof(struct sc_kc_form) / 4);
    d->lists.vectors = take(at, (n_columns + all.n_forms) * sizeof(struct sc_kc_vector) / 4);
    d->lists.bases = take(at, n_columns * sizeof(struct sc_kc_base) / 4);
    d->lists.parts = take(at, l->n_chunks * sizeof(struct sc_kc_part) / 4);
    d->lists.values = take(at, l->n_values * sizeof(struct sc_kc_vector) / 4);
    d->lists.n_parts = l->n_chunks;
    d->lists.n_values = l->n_values;
}

/* Of sums in any round, and of the values. */
static size_t out_len(const struct on_device *d)
{
    const struct sc_kc_zero_at all = at_round(d, 0);
    const size_t sums = 2 * FX_DEG * (3 * (size_t)all.n_laws + all.n_forms), values = FX_DEG * (size_t)d->c->l->n_values;
    return sums > values ? sums : values;
}

static size_t partial_len(const struct on_device *d)
{
    size_t most = 0;
    for (unsigned left = 1; left <= d->c->l->n_vars; left++) {
        const struct sc_kc_zero_at at = at_round(d, left), next = at_round(d, left - 1);
        const size_t sums = 3 * (size_t)at.n_laws + next.n_forms; /* of forms in their first round, too */
        const size_t len = sc_kc_zero_partial_len(left - 1, SC_EQS_LOW, sums);
        most = len > most ? len : most;
    }
    return most;
}

static bool lay_out(struct on_device *d)
{
    const struct sc_layout *const l = d->c->l;
    uint64_t ext = 0;
    bool good = d->c->m->tables == sc_air_tables;
    for (unsigned n = 0; n < l->n_vars; n++) {
        d->eq_words += sc_kc_eqs_len(n, SC_EQS_LOW);
    }
    size_t at = (1 + SC_SIDES) * d->eq_words;
    d->lists.points = take(&at, (2 + SC_SIDES) * (size_t)SC_KC_POINT);
    const uint32_t lambda = take(&at, FX_DEG * (size_t)l->n_constraints);
    for (unsigned i = 0; i < l->n_chunks && good; i++) {
        good = l->chunk[i].log_h > 0 && place_chunk(d, i, &at, &ext, lambda);
    }
    if (!good) {
        return false;
    }
    sort(d);
    place_lists(d, &at);
    d->n_tables = at;
    d->n_talk = sc_kc_zero_talk_len(l->n_chunks);
    sc_cells_d_take(&d->cells, &d->space, d->c);
    d->piece[SC_KC_IN_CELLS] = d->cells.all;
    d->piece[SC_KC_IN_EXT] = sc_space_take(&d->space, ext);
    d->piece[SC_KC_IN_TABLES] = sc_space_take(&d->space, d->n_tables);
    d->piece[SC_KC_IN_PARTIAL] = sc_space_take(&d->space, partial_len(d));
    d->piece[SC_KC_IN_OUT] = sc_space_take(&d->space, out_len(d));
    d->piece[SC_KC_IN_TALK] = sc_space_take(&d->space, d->n_talk);
    return sc_cells_d_fit(&d->cells) && ext < UINT32_MAX && d->n_tables < UINT32_MAX;
}

/* ---- tables ---- */

/* eq of one point for every number of its last coordinates that a round has, the most first: they share their low table. */
static void write_eqs(struct on_device *d, struct sc_eqs *eqs, unsigned which, const fx *point, unsigned most)
{
    const unsigned n_vars = d->c->l->n_vars;
    eqs->low_of = NULL;
    for (unsigned n = most; n-- > 0;) {
        sc_eqs_set(eqs, point + (n_vars - n), n);
        (void)sc_eqs_write(d->words + eq_of(d, which, n).tab, eqs);
    }
}

static void write_points(struct on_device *d)
{
    const struct sc_zero *const z = d->z;
    const unsigned n = d->c->l->n_vars;
    uint32_t *const at = d->words + d->lists.points;
    for (unsigned i = 0; i < n; i++) {
        const fx inverse = fx_inv(z->tau[i]);
        memcpy(at + FX_DEG * i, z->tau[i].c, sizeof z->tau[i].c);
        memcpy(at + SC_KC_POINT + FX_DEG * i, inverse.c, sizeof inverse.c);
        for (unsigned v = 0; v < z->n_sides && n - i <= z->top[v]; v++) {
            memcpy(at + (2 + v) * SC_KC_POINT + FX_DEG * i, z->rho[v][i].c, sizeof inverse.c);
        }
    }
}

/* What is in the tables for a chunk alone; where its columns are, for the lists. */
static void write_chunk(struct on_device *d, unsigned i)
{
    const struct chunk *const k = &d->chunk[i];
    uint32_t *const columns = d->words + k->law.columns;
    if (k->law.n_steps > 0) {
        (void)sc_kc_laws_program(d->words + k->law.program, d->c->l->chunk[i].table);
    }
    (void)sc_cells_d_columns(columns, &d->cells, d->c, i);
    for (unsigned v = 0; v < d->z->n_sides; v++) {
        if (sc_zero_uses(d->z, i, v)) {
            struct sc_form f;
            sc_zero_form(&f, d->z, i, v);
            (void)sc_cells_d_form(d->words + k->desc[v], &f, columns, k->n_columns);
        }
    }
}

static struct sc_kc_vector column_of(const struct chunk *k, unsigned column)
{
    return (struct sc_kc_vector){k->law.ext + FX_DEG * column * k->law.plane, k->law.plane};
}

/* Lists whose entries are chunks, or belong to one. */
static void write_lists(struct on_device *d)
{
    const struct sc_layout *const l = d->c->l;
    struct sc_kc_law *const laws = (void *)(d->words + d->lists.laws);
    struct sc_kc_form *const forms = (void *)(d->words + d->lists.forms);
    struct sc_kc_base *base = (void *)(d->words + d->lists.bases);
    struct sc_kc_part *part = (void *)(d->words + d->lists.parts);
    uint32_t n_laws = 0, n_forms = 0;
    for (unsigned o = 0; o < l->n_chunks; o++) {
        const unsigned i = d->order[o];
        const struct chunk *const k = &d->chunk[i];
        *part = (struct sc_kc_part){sc_zero_skip(d->z, i), SC_KC_NONE, {SC_KC_NONE, SC_KC_NONE}};
        if (k->law.n_steps > 0) {
            part->law = n_laws;
            laws[n_laws++] = k->law;
        }
        for (unsigned v = 0; v < SC_SIDES; v++) {
            if (sc_zero_uses(d->z, i, v)) {
                part->form[v] = n_forms;
                forms[n_forms++] = (struct sc_kc_form){k->form[v], (uint32_t)1 << k->log_h, v, k->desc[v]};
            }
        }
        for (unsigned c = 0; c < k->n_columns; c++) {
            const struct sc_kc_vector to = column_of(k, c);
            *base++ = (struct sc_kc_base){to.at, to.plane, d->words[k->law.columns + c]};
        }
        part++;
    }
}

/* In falling plane: that of a form is twice that of its chunk's columns. */
static void write_vectors(struct on_device *d)
{
    const struct sc_layout *const l = d->c->l;
    struct sc_kc_vector *to = (void *)(d->words + d->lists.vectors), *const values = (void *)(d->words + d->lists.values);
    for (unsigned h = l->n_vars + 1; h-- > 0;) {
        for (unsigned i = 0; i < l->n_chunks; i++) {
            const struct chunk *const k = &d->chunk[i];
            for (unsigned v = 0; v < SC_SIDES; v++) {
                if (k->log_h == h && sc_zero_uses(d->z, i, v)) {
                    *to++ = (struct sc_kc_vector){k->form[v], (uint32_t)1 << h};
                }
            }
            for (unsigned c = 0; k->log_h == h + 1 && c < k->n_columns; c++) {
                *to++ = column_of(k, c);
            }
        }
    }
    for (unsigned i = 0; i < l->n_chunks; i++) {
        for (unsigned c = 0; c < table_of(d, i)->n_cols; c++) {
            values[l->chunk[i].value + c] = column_of(&d->chunk[i], c);
        }
    }
}

static socle_status put_tables(struct on_device *d)
{
    const struct sc_layout *const l = d->c->l;
    struct sc_eqs eqs;
    const socle_status st = sc_eqs_init(&eqs, l->n_vars);
    if (st == SOCLE_OK) {
        write_eqs(d, &eqs, SC_SIDES, d->z->tau, l->n_vars);
        for (unsigned v = 0; v < d->z->n_sides; v++) {
            write_eqs(d, &eqs, v, d->z->rho[v], d->z->top[v]);
        }
    }
    sc_eqs_fini(&eqs);
    if (st != SOCLE_OK) {
        return st;
    }
    write_points(d);
    memcpy(d->words + d->lists.points + (2 + SC_SIDES) * SC_KC_POINT, d->z->powers, l->n_constraints * sizeof(fx));
    for (unsigned i = 0; i < l->n_chunks; i++) {
        write_chunk(d, i);
    }
    write_lists(d);
    write_vectors(d);
    return sc_space_put(&d->space, d->piece[SC_KC_IN_TABLES], 0, d->words, d->n_tables);
}

/* ---- rounds ---- */

static socle_status run(struct on_device *d)
{
    const unsigned n = d->n_launches;
    d->n_launches = 0;
    return sc_space_run(&d->space, d->piece, SC_KC_N_LAWS_BUFFERS, d->launch, n);
}

/* Columns of closed form; forms, and their sums where their chunks begin, height by height; then all is there that is kept of chunks. */
static socle_status begin(struct on_device *d)
{
    uint32_t first = 0;
    d->n_launches = sc_cells_d_closed(d->launch, &d->cells, d->c);
    for (unsigned h = d->c->l->n_vars; h > 0; h--) {
        const struct sc_kc_zero_at at = at_round(d, h), next = at_round(d, h - 1);
        if (next.n_forms > first) {
            d->n_launches += sc_kc_zero_forms(d->launch + d->n_launches, &d->lists, first, next.n_forms - first, h, at.rho);
            first = next.n_forms;
        }
    }
    d->launch[d->n_launches++] = sc_kc_zero_begin(&d->lists);
    return run(d);
}

static socle_status rounds(struct on_device *d, const struct sc_pch *ch)
{
    const unsigned n_vars = d->c->l->n_vars;
    socle_status st = SOCLE_OK;
    TRY(sc_space_put(&d->space, d->piece[SC_KC_IN_TALK], 0, ch->tr.s, 8));
    TRY(begin(d));
    for (unsigned left = n_vars; left > 0; left--) {
        const struct sc_kc_zero_at at = at_round(d, left);
        d->n_launches += sc_kc_zero_round(d->launch + d->n_launches, &d->lists, &at);
        if (left - 1 > TOGETHER) {
            TRY(sc_watch_tell(d->c->watch, SC_STAGE_ZERO, 1 - 0.8 / (double)((uint64_t)1 << at.round)));
            TRY(run(d));
        }
    }
    const struct sc_kc_zero_at end = at_round(d, 0);
    d->n_launches += sc_kc_zero_round(d->launch + d->n_launches, &d->lists, &end);
    d->launch[d->n_launches++] = sc_kc_zero_values(&d->lists);
    TRY(sc_watch_tell(d->c->watch, SC_STAGE_ZERO, n_vars > TOGETHER ? 1 - 0.8 / (double)((uint64_t)1 << (n_vars - TOGETHER)) : 0.2));
    TRY(run(d));
out:
    return st;
}

/* The host's transcript goes where the device's went, or the device is wrong. */
static socle_status repeat(struct on_device *d, struct sc_pch *ch, fx *r)
{
    const unsigned n_vars = d->c->l->n_vars;
    socle_status st = SOCLE_OK;
    TRY(sc_space_get(&d->space, d->words, d->piece[SC_KC_IN_TALK], 0, sc_kc_zero_log(n_vars)));
    for (unsigned i = 0; i < n_vars; i++) {
        fx sent[4];
        memcpy(sent, d->words + sc_kc_zero_log(i), sizeof sent);
        sc_send_fx(ch, SC_L_ZERO_T, sent, 4);
        sc_tr_challenge(&ch->tr, SC_L_ZERO_ROUND, &r[i], 1);
    }
    TRY(sc_pch_status(ch));
    st = sc_space_same(&d->space, d->words, ch->tr.s, sizeof ch->tr.s);
out:
    return st;
}

/* ---- begin and end ---- */

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

static socle_status set_up(struct on_device *d)
{
    socle_status st = SOCLE_OK;
    TRY(sc_space_borrow(&d->space, d->c->device, SC_LOAN_ZERO));
    TRY(lay_out(d) ? SOCLE_OK : SOCLE_E_LIMIT);
    d->words = sc_alloc(d->n_tables > d->n_talk ? d->n_tables : d->n_talk, sizeof *d->words);
    d->launch = sc_alloc(sc_cells_d_closed(NULL, NULL, d->c) + SC_KC_ZERO_LAUNCHES * (size_t)(d->c->l->n_vars + 2), sizeof *d->launch);
    TRY(d->words != NULL && d->launch != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    TRY(sc_cells_d_put(&d->cells, &d->space, d->c));
    TRY(put_tables(d));
out:
    return st;
}

static socle_status send(struct on_device *d, struct sc_pch *ch, fx *r, fx *values)
{
    const uint32_t n = d->c->l->n_values;
    socle_status st = SOCLE_OK;
    TRY(rounds(d, ch));
    TRY(repeat(d, ch, r));
    TRY(sc_space_get(&d->space, values, d->piece[SC_KC_IN_OUT], 0, FX_DEG * (uint64_t)n));
    sc_send_fx(ch, SC_L_COLUMNS, values, n);
    st = sc_pch_status(ch);
out:
    return st;
}

socle_status sc_zero_d_prove(struct sc_pch *ch, fx *r, fx *values, const struct sc_zero *z, socle_status *how)
{
    struct on_device *const d = sc_alloc(1, sizeof *d);
    if (d == NULL) {
        return *how = SOCLE_E_NOMEM;
    }
    d->z = z;
    d->c = z->c;
    const socle_status begun = set_up(d);
    const socle_status st = begun == SOCLE_OK ? send(d, ch, r, values) : begun;
    const socle_status ended = sc_space_fini(&d->space);
    *how = begun != SOCLE_OK ? begun : ended;
    sc_free(d->launch);
    sc_free(d->words);
    sc_free(d);
    return *how != SOCLE_OK ? *how : st;
}
