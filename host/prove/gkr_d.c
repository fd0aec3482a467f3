/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The bus argument of L on a device: cells are there or go up, all layers stay, and each round brings back two sums. The host keeps the transcript.
 * Contracts: gkr.h. Theory: docs/spec/argument.md section 2.
 */
#include "host/prove/gkr.h"

#include <string.h>

#include "host/prove/cells_d.h"
#include "host/sys/mem.h"
#include "kernels/kc/gkr_plan.h"

/* Rounds over more than 2^SC_EQS_LOW places are the device's; the vectors of the others, up to four times as long, come to the host. */
#define PACKED (SC_EQS_LOW + 2)

struct sc_gkr_d {
    const struct sc_columns *c;
    const struct sc_bus_point *bus;
    unsigned n_vars;
    unsigned n_uses;
    struct sc_space space;
    struct sc_cells_d cells;
    struct sc_piece layer[SC_MAX_VARS + 1], forms_at, eqs_at, partial, out;
    uint64_t n_forms; /* words */
    struct sc_eqs eqs;
    fp *forms, *tables, *packed; /* words that go up; that come down */
    struct sc_kc_launch *leaf; /* one for each interaction of a chunk, and one for what is not used */
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
    for (unsigned k = 0; k <= d->n_vars; k++) {
        d->layer[k] = sc_space_take(&d->space, sc_kc_layer_len(k));
    }
    d->forms_at = sc_space_take(&d->space, d->n_forms);
    d->eqs_at = sc_space_take(&d->space, sc_kc_eqs_len(n, SC_EQS_LOW));
    d->partial = sc_space_take(&d->space, n_partial);
    d->out = sc_space_take(&d->space, sc_kc_packed_len(PACKED));
}

/* Launches on the layer of 2^log. */
static socle_status run(struct sc_gkr_d *d, unsigned log, const struct sc_kc_launch *launch, unsigned n)
{
    const struct sc_piece piece[SC_KC_N_GKR_BUFFERS] = {[SC_KC_LAYER] = d->layer[log],
                                                        [SC_KC_BELOW] = log < d->n_vars ? d->layer[log + 1] : (struct sc_piece){0, 0},
                                                        [SC_KC_CELLS] = d->cells.all,
                                                        [SC_KC_FORMS] = d->forms_at,
                                                        [SC_KC_EQS] = d->eqs_at,
                                                        [SC_KC_PARTIAL] = d->partial,
                                                        [SC_KC_OUT] = d->out};
    return sc_space_run(&d->space, piece, SC_KC_N_GKR_BUFFERS, launch, n);
}

/* ---- leaves and layers ---- */

/* Cells, forms and launches of all interactions. */
static socle_status put_chunks(struct sc_gkr_d *d)
{
    const struct sc_layout *const l = d->c->l;
    uint32_t column[AIR_MAX_COLS];
    socle_status st = SOCLE_OK;
    size_t word = 0;
    unsigned n = 0;
    TRY(sc_cells_d_put(&d->cells, &d->space, d->c));
    for (unsigned i = 0; i < l->n_chunks; i++) {
        const struct sc_uses u = uses_of(d, i);
        const struct air_table *const t = &d->c->m->tables[l->chunk[i].table];
        const unsigned n_columns = sc_cells_d_columns(column, &d->cells, d->c, i);
        for (unsigned k = 0; k < u.n; k++) {
            struct sc_form num, den;
            sc_gkr_forms(&num, &den, t, &t->uses[u.first + k], d->bus);
            d->leaf[n++] = sc_kc_fractions(d->n_vars, (u.block + k) << l->chunk[i].log_h, (uint32_t)1 << l->chunk[i].log_h, 0, (uint32_t)word);
            word += sc_cells_d_form(d->forms + word, &num, column, n_columns);
            word += sc_cells_d_form(d->forms + word, &den, column, n_columns);
        }
    }
    TRY(sc_space_put(&d->space, d->forms_at, 0, d->forms, word));
out:
    return st;
}

static socle_status build(struct sc_gkr_d *d)
{
    socle_status st = SOCLE_OK;
    const uint64_t used = d->c->l->n_leaves, all = (uint64_t)1 << d->n_vars;
    unsigned n = d->n_uses;
    TRY(put_chunks(d));
    if (used < all) {
        d->leaf[n++] = sc_kc_unused(d->n_vars, (uint32_t)used, (uint32_t)(all - used));
    }
    TRY(run(d, d->n_vars, d->leaf, n));
    for (unsigned k = d->n_vars; k-- > 0;) {
        const struct sc_kc_launch up = sc_kc_gkr_up(k);
        TRY(run(d, k, &up, 1));
    }
out:
    return st;
}

static void let_go(struct sc_gkr_d *d)
{
    sc_eqs_fini(&d->eqs);
    sc_free(d->forms);
    sc_free(d->tables);
    sc_free(d->packed);
    sc_free(d->leaf);
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
    d->tables = sc_alloc(d->eqs_at.size, 1);
    d->leaf = sc_alloc(d->n_uses + 1, sizeof *d->leaf);
    d->packed = sc_alloc(sc_kc_packed_len(PACKED), sizeof *d->packed);
    TRY(d->forms != NULL && d->packed != NULL && d->tables != NULL && d->leaf != NULL && sc_cells_d_fit(&d->cells) ? SOCLE_OK : SOCLE_E_NOMEM);
    TRY(sc_eqs_init(&d->eqs, d->n_vars));
    TRY(build(d));
    TRY(sc_space_get(&d->space, root, d->layer[0], 0, 2 * FX_DEG));
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

/* Tables of eq as the kernels want them. */
static socle_status put_eqs(struct sc_gkr_d *d, const fx *rest, unsigned n)
{
    sc_eqs_set(&d->eqs, rest, n);
    return sc_space_put(&d->space, d->eqs_at, 0, d->tables, sc_eqs_write(d->tables, &d->eqs));
}

static void send_round(struct sc_pch *ch, const fx t[2], fx *c)
{
    sc_send_fx(ch, SC_L_GKR_T, t, 2);
    sc_tr_challenge(&ch->tr, SC_L_GKR_ROUND, c, 1);
}

/* Rounds from number i on, over few places: the vectors come to the host, folded there by c, or made with mu = c when there was no round.
 * e: their values in the end. */
static socle_status last_rounds(struct sc_gkr_d *d, struct sc_pch *ch, const struct sc_leaf_claim *s, unsigned l, unsigned i, fx c, fx *point, fx e[4])
{
    const struct sc_cpu_ops *const ops = d->c->ops;
    const unsigned log_len = i == 0 ? l : l - i + 1;
    const size_t len = (size_t)1 << log_len;
    const struct sc_kc_launch pack = sc_kc_gkr_pack(l + 1, log_len);
    socle_status st = SOCLE_OK;
    fp *v[4];
    for (size_t k = 0; k < 4; k++) {
        v[k] = d->packed + k * FX_DEG * len;
    }
    TRY(run(d, l + 1, &pack, 1));
    TRY(sc_space_get(&d->space, d->packed, d->out, 0, sc_kc_packed_len(log_len)));
    if (i == 0) {
        ops->axpy_ext(v[0], len, v[2], len, c, 0, len);
    }
    for (bool fold = i > 0; i < l; i++, fold = true) {
        const size_t half = (size_t)1 << (l - 1 - i);
        fx t[2];
        for (unsigned k = 0; k < 4 && fold; k++) {
            ops->fold_ext(v[k], len, v[k], len, 2 * half, c, 0, 2 * half);
        }
        sc_eqs_set(&d->eqs, s->rho + i + 1, l - 1 - i);
        ops->gkr_round(t, (const fp *const[4]){v[0], v[1], v[2], v[3]}, len, half, d->eqs.low_table, SC_EQS_PLANE, 0, half);
        send_round(ch, t, &c);
        point[i] = c;
    }
    for (size_t k = 0; k < 4; k++) {
        if (l > 0) {
            ops->fold_ext(v[k], len, v[k], len, 1, c, 0, 1);
        }
        for (size_t j = 0; j < FX_DEG; j++) {
            e[k].c[j] = v[k][j * len];
        }
    }
out:
    return st;
}

/* The layer of 2^(l + 1). */
static socle_status prove_layer(struct sc_gkr_d *d, struct sc_pch *ch, struct sc_leaf_claim *s, unsigned l)
{
    socle_status st = SOCLE_OK;
    fx point[SC_MAX_VARS], t[2], e[4], mu, c;
    unsigned i = 0;
    sc_tr_challenge(&ch->tr, SC_L_GKR_MIX, &mu, 1);
    d->eqs.low_of = NULL;
    c = mu;
    for (; l > i + 1 + SC_EQS_LOW; i++) {
        struct sc_kc_launch round[2];
        TRY(put_eqs(d, s->rho + i + 1, l - 1 - i));
        sc_kc_gkr_round(round, l + 1, l - 1 - i, SC_EQS_LOW, i == 0, c);
        TRY(run(d, l + 1, round, 2));
        TRY(sc_space_get(&d->space, t, d->out, 0, 2 * FX_DEG));
        send_round(ch, t, &c);
        point[i] = c;
    }
    TRY(last_rounds(d, ch, s, l, i, c, point, e));
    e[0] = fx_sub(e[0], fx_mul(mu, e[2]));
    sc_gkr_claims(ch, s, e, point, l);
out:
    return st;
}

socle_status sc_gkr_d_layers(struct sc_gkr_d *d, struct sc_pch *ch, struct sc_leaf_claim *out, const fx root[2])
{
    socle_status st = SOCLE_OK;
    out->p = root[0];
    out->q = root[1];
    for (unsigned l = 0; l < d->n_vars; l++) {
        TRY(sc_watch_tell(d->c->watch, SC_STAGE_GKR, 0.25 + 0.75 / (double)((uint64_t)1 << (d->n_vars - l))));
        TRY(prove_layer(d, ch, out, l));
    }
    st = sc_pch_status(ch);
out:
    return st;
}
