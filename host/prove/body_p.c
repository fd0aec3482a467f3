/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * From columns to the bytes of one proof, in the order of docs/spec/proof.md.
 */
#include "host/prove/body_p.h"

#include "host/device/committer.h"
#include "host/prove/gkr.h"
#include "host/prove/zero_way.h"
#include "host/sys/mem.h"
#include "host/sys/pool.h"

#include <string.h>

struct sc_body_p *sc_body_p_create(const struct sc_prover *p, const struct sc_program *program, const struct sc_witness *w)
{
    struct sc_body_p *const b = sc_alloc(1, sizeof *b);
    if (b) {
        b->p = p;
        b->program = program;
        b->w = w;
        sc_pch_init(&b->ch, p->pool);
    }
    return b;
}

void sc_body_p_destroy(struct sc_body_p *b)
{
    if (b) {
        sc_columns_fini(&b->cols);
        sc_oracle_fini(&b->main);
        sc_oracle_fini(&b->boundary);
        sc_pch_fini(&b->ch);
        sc_free(b->values);
        sc_free(b->blocks);
        sc_free(b);
    }
}

void sc_body_p_shape(struct sc_body_p *b)
{
    const struct sc_shape *const s = &b->w->shape;
    for (unsigned t = 0; t < b->p->machine->n_main; t++) {
        sc_send_bytes(&b->ch, SC_L_HEAD_SHAPE, &s->n_chunks[t], 1);
        sc_send_bytes(&b->ch, SC_L_HEAD_SHAPE, s->log_h[t], s->n_chunks[t]);
    }
}

static void find_blocks(struct sc_body_p *b)
{
    const struct sc_layout *const l = &b->layout;
    for (unsigned i = 0; i < l->n_chunks; i++) {
        const struct sc_chunk *const c = &l->chunk[i];
        for (unsigned k = 0; k < b->p->machine->tables[c->table].n_cols; k++) {
            b->blocks[c->value + k] = (struct sc_block){c->log_h, c->block + k};
        }
    }
}

socle_status sc_body_p_layout(struct sc_body_p *b)
{
    struct sc_layout *const l = &b->layout;
    const unsigned most = b->p->profile->max_m0;
    if (!sc_layout(l, b->p->machine, &b->w->shape) || l->m0 > most || l->image_m0 > most || l->boundary_m0 > most) {
        return SOCLE_E_LIMIT;
    }
    b->values = sc_alloc(l->n_values, sizeof *b->values);
    b->blocks = sc_alloc(l->n_values, sizeof *b->blocks);
    if (!b->values || !b->blocks) {
        return SOCLE_E_NOMEM;
    }
    find_blocks(b);
    return SOCLE_OK;
}

static socle_status commit_base(struct sc_oracle *out, const fp *cells, const struct sc_whir_params *wp, const struct sc_prover *p)
{
    const struct sc_whir_round *const r = &wp->r[0];
    return sc_oracle_commit_base(out, cells, r->mu, r->k, r->lr, p->device, p->pool);
}

/* The opening of the main polynomial; what the transcript brings is not there yet. */
static struct sc_opening main_opening(const struct sc_body_p *b)
{
    return (struct sc_opening){
        .wp = &b->p->profile->main[b->layout.m0],
        .oracle = &b->main,
        .f = b->w->cells,
        .device = b->p->device,
        .f_done = b->w->cells_done,
        .arg = b->w->arg,
        .r = b->r,
        .H = b->layout.n_vars,
        .blocks = b->blocks,
        .values = b->values,
        .n_values = b->layout.n_main_values,
    };
}

/* Room for all that the device does with the cells: they go up once. */
static void reserve(const struct sc_body_p *b)
{
    const struct sc_opening o = main_opening(b);
    const struct sc_columns c = {.m = b->p->machine, .l = &b->layout, .device = b->p->device};
    const struct sc_whir_round *const r = &o.wp->r[0];
    const struct sc_kc_commit shape = {.planes = 1, .mu = r->mu, .k = r->k, .lr = r->lr};
    sc_committer_reserve(b->p->device, shape, sc_gkr_d_room(&c));
    sc_committer_reserve(b->p->device, shape, sc_zero_d_room(&c));
    sc_committer_reserve(b->p->device, shape, sc_whir_room(&o));
}

static socle_status commit(struct sc_body_p *b)
{
    if (b->p->device != NULL) {
        reserve(b);
    }
    const socle_status st = commit_base(&b->main, b->w->cells, &b->p->profile->main[b->layout.m0], b->p);
    if (st == SOCLE_OK) {
        sc_send_bytes(&b->ch, SC_L_MAIN_ROOT, b->main.root, sizeof b->main.root);
        sc_send_grind(&b->ch, SC_L_LOGUP_POW, b->p->profile->logup_pow);
        sc_tr_challenge(&b->ch.tr, SC_L_ALPHA, &b->bus[SC_LOCAL].alpha, 1);
        sc_tr_challenge(&b->ch.tr, SC_L_BETA, b->bus[SC_LOCAL].beta, AIR_SLOTS);
    }
    return st;
}

static socle_status argue(struct sc_body_p *b)
{
    socle_status st = SOCLE_OK;
    const struct sc_prover *const p = b->p;
    const fp *const polys[3] = {b->w->cells, b->layout.n_image_chunks ? b->program->cells : NULL, b->w->boundary};
    TRY(sc_columns_init(&b->cols, p->machine, &b->layout, polys, p->ops, p->pool));
    b->cols.watch = p->watch;
    b->cols.device = p->device;
    b->cols.ticket = b->main.ticket;
    TRY(sc_watch_tell(p->watch, SC_STAGE_GKR, 0));
    TRY(sc_gkr_prove(&b->ch, b->leaf, &b->cols, b->bus));
    TRY(sc_watch_tell(p->watch, SC_STAGE_ZERO, 0));
    TRY(sc_zero_prove(&b->ch, b->r, b->values, &b->cols, b->bus, b->leaf));
    sc_columns_fini(&b->cols);
out:
    return st;
}

static socle_status open_boundary(struct sc_body_p *b, struct sc_opening *o)
{
    o->wp = &b->p->profile->boundary[b->layout.boundary_m0];
    const socle_status st = commit_base(&b->boundary, b->w->boundary, o->wp, b->p);
    if (st != SOCLE_OK) {
        return st;
    }
    if (memcmp(b->boundary.root, b->boundary_root, sizeof b->boundary_root) != 0) {
        return SOCLE_E_BUG;
    }
    o->oracle = &b->boundary;
    o->f = b->w->boundary;
    o->n_values = b->layout.n_values - b->layout.n_main_values - b->layout.n_image_values;
    o->first = &b->samples;
    return sc_whir_open(&b->ch, o);
}

static socle_status open_all(struct sc_body_p *b)
{
    socle_status st = SOCLE_OK;
    const struct sc_layout *const l = &b->layout;
    struct sc_opening o = main_opening(b);
    sc_tr_challenge(&b->ch.tr, SC_L_GAMMA, &o.gamma, 1);
    TRY(sc_whir_open(&b->ch, &o));
    sc_oracle_fini(&b->main);
    o.f_done = NULL;
    o.blocks += l->n_main_values;
    o.values += l->n_main_values;
    if (l->n_image_chunks) {
        o.wp = &b->p->profile->image[l->image_m0];
        o.oracle = &b->program->oracle;
        o.f = b->program->cells;
        o.n_values = l->n_image_values;
        TRY(sc_whir_open(&b->ch, &o));
        o.blocks += l->n_image_values;
        o.values += l->n_image_values;
    }
    if (l->boundary_m0) {
        TRY(open_boundary(b, &o));
    }
out:
    return st;
}

socle_status sc_body_p_prove(struct sc_body_p *b)
{
    socle_status st = SOCLE_OK;
    TRY(sc_watch_tell(b->p->watch, SC_STAGE_COMMIT, 0));
    TRY(commit(b));
    TRY(argue(b));
    TRY(sc_watch_tell(b->p->watch, SC_STAGE_OPEN, 0));
    TRY(open_all(b));
    st = sc_pch_status(&b->ch);
out:
    return st;
}

socle_status sc_body_p_take(uint8_t **out, size_t *out_len, struct sc_pch *ch, const uint8_t *head, size_t head_len)
{
    size_t len;
    uint8_t *const body = sc_pch_take(ch, &len);
    uint8_t *const bytes = sc_alloc(1, head_len + len);
    if (!body || !bytes) {
        sc_free(body);
        sc_free(bytes);
        return SOCLE_E_NOMEM;
    }
    if (head_len) {
        memcpy(bytes, head, head_len);
    }
    memcpy(bytes + head_len, body, len);
    sc_free(body);
    *out = bytes;
    *out_len = head_len + len;
    return SOCLE_OK;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static struct sc_oracle_memory first_oracle(const struct sc_whir_params *wp)
{
    const struct sc_whir_round *const r = &wp->r[0];
    return sc_oracle_memory(1, r->mu, r->k, r->lr, r->t, 1);
}

/* From the commitment to BOUNDARY on, which is made anew. */
static size_t boundary_memory(const struct sc_prover *p, const struct sc_layout *l, unsigned n_threads)
{
    if (l->boundary_m0 == 0) {
        return 0;
    }
    const struct sc_whir_params *const wp = &p->profile->boundary[l->boundary_m0];
    const struct sc_oracle_memory own = first_oracle(wp);
    const unsigned log_h = wp->r[0].ood ? l->boundary_m0 : l->chunk[l->n_main_chunks + l->n_image_chunks].log_h;
    const struct sc_open_memory open = sc_open_memory(wp, log_h, l->n_values - l->n_main_values - l->n_image_values, n_threads);
    return own.nodes + larger(own.code + own.making, larger(open.with_f, open.without_f));
}

static size_t image_memory(const struct sc_prover *p, const struct sc_layout *l, unsigned n_threads)
{
    if (l->n_image_chunks == 0) {
        return 0;
    }
    const struct sc_open_memory open =
        sc_open_memory(&p->profile->image[l->image_m0], l->chunk[l->n_main_chunks].log_h, l->n_image_values, n_threads);
    return larger(open.with_f, open.without_f);
}

/* Sums of what is held together, in the order of sc_body_p_prove. */
size_t sc_body_p_memory(const struct sc_prover *p, const struct sc_layout *l, uint64_t bytes, size_t head_len)
{
    const struct sc_whir_params *const wp = &p->profile->main[l->m0];
    const struct sc_oracle_memory main = first_oracle(wp);
    const unsigned n_threads = p->pool ? sc_pool_size(p->pool) : 1;
    const struct sc_open_memory open = sc_open_memory(wp, l->chunk[0].log_h, l->n_main_values, n_threads);
    const size_t all_along = sc_alloc_size(1, sizeof(struct sc_body_p)) + sc_alloc_size(l->n_values, sizeof(fx)) +
                             sc_alloc_size(l->n_values, sizeof(struct sc_block)) + sc_pch_memory(bytes) +
                             (l->boundary_m0 ? sc_big_size(sizeof(fp) << l->boundary_m0) : 0);
    const size_t argument = sc_columns_memory(p->machine, l) +
                            larger(sc_gkr_memory(l, n_threads), sc_zero_memory(p->machine, l));
    const size_t with_cells = sc_big_size(sizeof(fp) << l->m0) + larger(main.code + main.making, larger(argument, open.with_f));
    const size_t with_main = main.nodes + larger(with_cells, open.without_f);
    const size_t others = larger(image_memory(p, l, n_threads), boundary_memory(p, l, n_threads));
    return all_along + larger(with_main, larger(others, sc_alloc_size(head_len + (size_t)bytes, 1)));
}
