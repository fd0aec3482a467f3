/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The bus argument of L on a device: cells are there or go up, all layers stay, and so does the transcript while layers are argued. The host repeats it
 * with what came down, and takes nothing that leads elsewhere.
 * Contracts: gkr.h. Theory: docs/spec/argument.md section 2; docs/decisions/0014-transcript-on-devices.md.
 */
#include "host/prove/gkr.h"

#include <string.h>

#include "host/prove/cells_d.h"
#include "host/sys/mem.h"
#include "kernels/kc/gkr_plan.h"

/* Layers up to 2^TOGETHER fractions are one job; each of the others is one. A job should not keep a device for long. */
#define TOGETHER 21

struct sc_gkr_d {
    const struct sc_columns *c;
    const struct sc_bus_point *bus;
    unsigned n_vars;
    unsigned n_uses;
    struct sc_space space;
    struct sc_cells_d cells;
    struct sc_piece piece[SC_KC_N_GKR_BUFFERS];
    uint64_t n_forms;                          /* words */
    fp *forms, *talk;                          /* words that go up; that come down */
    struct sc_kc_launch *launch;               /* of one job */
    unsigned n_launches;
};

/* ---- what is where ---- */

static unsigned columns_of(const struct sc_gkr_d *d, unsigned chunk)
{
    const struct air_table *const t = &d->c->m->tables[d->c->l->chunk[chunk].table];
    return (unsigned)(t->n_cols + t->n_closed);
}

static struct sc_uses uses_of(const struct sc_gkr_d *d, unsigned chunk)
{
    return sc_uses_of(d->c->m, &d->c->l->chunk[chunk], SC_LOCAL);
}

static size_t talk_len(const struct sc_gkr_d *d)
{
    return sc_kc_gkr_log(d->n_vars);
}

/* Sums go over at most 2^n places, n the variables of the first round of the leaves. */
static void lay_out(struct sc_gkr_d *d)
{
    const struct sc_layout *const l = d->c->l;
    const unsigned n = d->n_vars >= 2 ? d->n_vars - 2 : 0;
    uint64_t n_partial = 0;
    for (unsigned i = 0; i < l->n_chunks; i++) {
        const struct sc_uses u = uses_of(d, i);
        d->n_forms += (uint64_t)u.n * 2 * (6 + 6 * (uint64_t)columns_of(d, i));
        d->n_uses += u.n;
    }
    for (unsigned k = 0; k <= n; k++) {
        const uint64_t words = sc_kc_partial_len(k, SC_EQS_LOW);
        n_partial = words > n_partial ? words : n_partial;
    }
    sc_cells_d_take(&d->cells, &d->space, d->c);
    d->piece[SC_KC_CELLS] = d->cells.all;
    for (unsigned k = 0; k <= d->n_vars; k++) {
        d->piece[SC_KC_LAYER + k] = sc_space_take(&d->space, sc_kc_layer_len(k));
    }
    d->piece[SC_KC_FORMS] = sc_space_take(&d->space, d->n_forms);
    d->piece[SC_KC_TALK] = sc_space_take(&d->space, talk_len(d));
    d->piece[SC_KC_PARTIAL] = sc_space_take(&d->space, n_partial);
}

static socle_status run(struct sc_gkr_d *d)
{
    const unsigned n = d->n_launches;
    d->n_launches = 0;
    return sc_space_run(&d->space, d->piece, SC_KC_N_GKR_BUFFERS, d->launch, n);
}

/* ---- leaves and layers ---- */

/* Cells, forms and launches of all interactions. */
static socle_status put_chunks(struct sc_gkr_d *d)
{
    const struct sc_layout *const l = d->c->l;
    uint32_t column[AIR_MAX_COLS];
    socle_status st = SOCLE_OK;
    size_t word = 0;
    TRY(sc_cells_d_put(&d->cells, &d->space, d->c));
    d->n_launches = sc_cells_d_closed(d->launch, &d->cells, d->c);
    for (unsigned i = 0; i < l->n_chunks; i++) {
        const struct sc_uses u = uses_of(d, i);
        const struct air_table *const t = &d->c->m->tables[l->chunk[i].table];
        const unsigned n_columns = sc_cells_d_columns(column, &d->cells, d->c, i);
        for (unsigned k = 0; k < u.n; k++) {
            struct sc_form num, den;
            sc_gkr_forms(&num, &den, t, &t->uses[u.first + k], d->bus);
            d->launch[d->n_launches++] =
                sc_kc_fractions(d->n_vars, (u.block + k) << l->chunk[i].log_h, (uint32_t)1 << l->chunk[i].log_h, 0, (uint32_t)word);
            word += sc_cells_d_form(d->forms + word, &num, column, n_columns);
            word += sc_cells_d_form(d->forms + word, &den, column, n_columns);
        }
    }
    TRY(sc_space_put(&d->space, d->piece[SC_KC_FORMS], 0, d->forms, word));
out:
    return st;
}

static socle_status build(struct sc_gkr_d *d)
{
    socle_status st = SOCLE_OK;
    const uint64_t used = d->c->l->n_leaves, all = (uint64_t)1 << d->n_vars;
    TRY(put_chunks(d));
    if (used < all) {
        d->launch[d->n_launches++] = sc_kc_unused(d->n_vars, (uint32_t)used, (uint32_t)(all - used));
    }
    TRY(run(d));
    for (unsigned k = d->n_vars; k-- > 0;) {
        d->launch[d->n_launches++] = sc_kc_gkr_up(k);
    }
    if (d->n_launches > 0) {
        TRY(run(d));
    }
out:
    return st;
}

static void let_go(struct sc_gkr_d *d)
{
    sc_free(d->forms);
    sc_free(d->talk);
    sc_free(d->launch);
    sc_free(d);
}

uint64_t sc_gkr_d_room(const struct sc_columns *c)
{
    struct sc_gkr_d *const d = sc_alloc(1, sizeof *d);
    if (d == NULL) {
        return 0;
    }
    d->c = c;
    d->n_vars = sc_side_vars(c->l, SC_LOCAL);
    sc_space_init(&d->space, c->device, SC_LOAN_BUS);
    lay_out(d);
    const uint64_t end = d->space.end;
    sc_free(d);
    return end;
}

socle_status sc_gkr_d_begin(struct sc_gkr_d **out, fx root[2], const struct sc_columns *c, const struct sc_bus_point *bus)
{
    socle_status st = SOCLE_OK;
    *out = NULL;
    if (c->device == NULL) {
        return SOCLE_E_DEVICE;
    }
    struct sc_gkr_d *const d = sc_alloc(1, sizeof *d);
    if (d == NULL) {
        return SOCLE_E_NOMEM;
    }
    d->c = c;
    d->bus = &bus[SC_LOCAL];
    d->n_vars = sc_side_vars(c->l, SC_LOCAL);
    TRY(sc_space_borrow(&d->space, c->device, SC_LOAN_BUS));
    lay_out(d);
    d->forms = sc_alloc(d->n_forms, sizeof *d->forms);
    d->talk = sc_alloc(talk_len(d), sizeof *d->talk);
    d->launch = sc_alloc(sc_cells_d_closed(NULL, NULL, c) + d->n_uses + (d->n_vars + 1) * SC_KC_GKR_LAUNCHES, sizeof *d->launch);
    TRY(d->forms != NULL && d->talk != NULL && d->launch != NULL && sc_cells_d_fit(&d->cells) ? SOCLE_OK : SOCLE_E_NOMEM);
    TRY(build(d));
    TRY(sc_space_get(&d->space, root, d->piece[SC_KC_LAYER], 0, 2 * FX_DEG));
    *out = d;
    return SOCLE_OK;
out:
    (void)sc_space_fini(&d->space);
    let_go(d);
    return st;
}

socle_status sc_gkr_d_end(struct sc_gkr_d *d)
{
    const socle_status how = sc_space_fini(&d->space);
    let_go(d);
    return how;
}

/* ---- down ---- */

/* What a layer sends, from the words that came down. */
static void repeat_layer(const struct sc_gkr_d *d, struct sc_pch *ch, struct sc_leaf_claim *s, unsigned l)
{
    const fp *at = d->talk + sc_kc_gkr_log(l);
    fx point[SC_MAX_VARS], t[2], e[4], mu;
    sc_tr_challenge(&ch->tr, SC_L_GKR_MIX, &mu, 1);
    for (unsigned i = 0; i < l; i++, at += 2 * FX_DEG) {
        memcpy(t, at, sizeof t);
        sc_send_fx(ch, SC_L_GKR_T, t, 2);
        sc_tr_challenge(&ch->tr, SC_L_GKR_ROUND, &point[i], 1);
    }
    memcpy(e, at, sizeof e);
    sc_gkr_claims(ch, s, e, point, l);
}

/* The host's transcript goes where the device's went, or the device is wrong. */
static socle_status repeat(struct sc_gkr_d *d, struct sc_pch *ch, struct sc_leaf_claim *out)
{
    socle_status st = SOCLE_OK;
    TRY(sc_space_get(&d->space, d->talk, d->piece[SC_KC_TALK], 0, talk_len(d)));
    for (unsigned l = 0; l < d->n_vars; l++) {
        repeat_layer(d, ch, out, l);
    }
    TRY(sc_pch_status(ch));
    st = sc_space_same(&d->space, d->talk, ch->tr.s, sizeof ch->tr.s);
out:
    return st;
}

socle_status sc_gkr_d_layers(struct sc_gkr_d *d, struct sc_pch *ch, struct sc_leaf_claim *out, const fx root[2])
{
    socle_status st = SOCLE_OK;
    out->p = root[0];
    out->q = root[1];
    if (d->n_vars == 0) {
        return SOCLE_OK;
    }
    TRY(sc_space_put(&d->space, d->piece[SC_KC_TALK], 0, ch->tr.s, 8));
    d->launch[d->n_launches++] = sc_kc_gkr_mix();
    for (unsigned l = 0; l < d->n_vars; l++) {
        const bool more = l + 1 < d->n_vars;
        d->n_launches += sc_kc_gkr_layer(d->launch + d->n_launches, l, SC_EQS_LOW, more);
        if (l + 1 >= TOGETHER || !more) {
            TRY(sc_watch_tell(d->c->watch, SC_STAGE_GKR, 0.25 + 0.75 / (double)((uint64_t)1 << (d->n_vars - l))));
            TRY(run(d));
        }
    }
    st = repeat(d, ch, out);
out:
    return st;
}
