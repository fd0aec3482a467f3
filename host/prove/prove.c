/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * From columns to proof bytes, in the order of docs/spec/proof.md.
 */
#include "host/prove/prove.h"

#include "host/prove/argue.h"
#include "host/prove/open.h"
#include "host/sys/mem.h"
#include "host/sys/pool.h"
#include "host/trace/trace.h"

#include <string.h>

bool sc_prover_has(const struct sc_prover *p, unsigned m0, unsigned image_vars)
{
    return m0 <= p->profile->max_m0 && image_vars <= p->profile->max_m0 && p->profile->main[m0].r[0].mu == m0 &&
           p->profile->image[image_vars].r[0].mu == image_vars;
}

socle_status sc_keygen(struct sc_program *out, const struct sc_prover *p, uint32_t entry, unsigned log_h, const fp *cells)
{
    memset(out, 0, sizeof *out);
    if (log_h < SC_IMAGE_MIN_LOG_H || log_h > SC_IMAGE_MAX_LOG_H || entry >= SC_ENTRY_LIMIT) {
        return SOCLE_E_LIMIT;
    }
    out->vars = sc_image_vars(p->machine, log_h);
    if (out->vars > p->profile->max_m0) {
        return SOCLE_E_LIMIT;
    }
    const struct sc_whir_round *const r = &p->profile->image[out->vars].r[0];
    const socle_status st = sc_oracle_commit(&out->oracle, &cells, 1, r->mu, r->k, r->lr, p->pool);
    if (st != SOCLE_OK) {
        return st;
    }
    sc_oracle_drop_code(&out->oracle, cells);
    out->cells = cells;
    out->head.entry = entry;
    out->head.log_h = (uint8_t)log_h;
    memcpy(out->head.root, out->oracle.root, sizeof out->head.root);
    sc_vk_compute(out->vk, p->machine, p->profile, &out->head);
    return SOCLE_OK;
}

void sc_program_fini(struct sc_program *program)
{
    sc_oracle_fini(&program->oracle);
    memset(program, 0, sizeof *program);
}

struct sc_witness sc_witness_of(const struct sc_trace *trace)
{
    struct sc_witness w = {.shape = trace->shape, .cells = trace->cells, .output = trace->output};
    w.run.ts_end = trace->ts_end;
    w.run.ip_end = trace->ip_end;
    w.run.last_ram = trace->ram_key;
    w.run.last_input = trace->input_key;
    w.run.output_len = trace->output_size;
    return w;
}

/* A proof under way. */
struct proof {
    const struct sc_prover *p;
    const struct sc_program *program;
    const struct sc_witness *w;
    struct sc_layout layout;
    struct sc_pch ch;
    struct sc_oracle main;
    struct sc_columns cols;
    struct sc_bus_point bus;
    struct sc_leaf_claim leaf;
    fx r[SC_MAX_VARS];
    fx *values;
    struct sc_block *blocks;
};

static void send_heads(struct proof *f)
{
    uint8_t seed[SC_SEED_LEN];
    uint8_t image[SC_HEAD_IMAGE_LEN];
    uint8_t run[SC_HEAD_RUN_LEN];
    const struct sc_shape *const s = &f->w->shape;
    sc_seed(seed, f->p->machine, f->p->profile);
    sc_tr_absorb(&f->ch.tr, SC_L_SEED, seed, sizeof seed);
    sc_head_image_encode(image, &f->program->head);
    sc_send_bytes(&f->ch, SC_L_HEAD_IMAGE, image, sizeof image);
    sc_tr_absorb(&f->ch.tr, SC_L_VK, f->program->vk, SC_VK_LEN);
    sc_head_run_encode(run, &f->w->run);
    sc_send_bytes(&f->ch, SC_L_HEAD_RUN, run, sizeof run);
    for (unsigned t = 0; t < f->p->machine->n_main; t++) {
        sc_send_bytes(&f->ch, SC_L_HEAD_SHAPE, &s->n_chunks[t], 1);
        sc_send_bytes(&f->ch, SC_L_HEAD_SHAPE, s->log_h[t], s->n_chunks[t]);
    }
    sc_send_bytes(&f->ch, SC_L_OUTPUT, f->w->output, (size_t)f->w->run.output_len);
}

static socle_status check_limits(struct proof *f)
{
    if (!sc_limits_hold(f->p->machine, &f->program->head, &f->w->run, &f->w->shape) ||
        !sc_layout(&f->layout, f->p->machine, &f->w->shape) || f->layout.m0 > f->p->profile->max_m0) {
        return SOCLE_E_LIMIT;
    }
    f->values = sc_alloc(f->layout.n_values, sizeof *f->values);
    f->blocks = sc_alloc(f->layout.n_values, sizeof *f->blocks);
    return f->values && f->blocks ? SOCLE_OK : SOCLE_E_NOMEM;
}

static socle_status commit(struct proof *f)
{
    const struct sc_whir_round *const r = &f->p->profile->main[f->layout.m0].r[0];
    const socle_status st = sc_oracle_commit(&f->main, &f->w->cells, 1, r->mu, r->k, r->lr, f->p->pool);
    if (st == SOCLE_OK) {
        sc_oracle_drop_code(&f->main, f->w->cells);
        sc_send_bytes(&f->ch, SC_L_MAIN_ROOT, f->main.root, sizeof f->main.root);
        sc_send_grind(&f->ch, SC_L_LOGUP_POW, f->p->profile->logup_pow);
        sc_tr_challenge(&f->ch.tr, SC_L_ALPHA, &f->bus.alpha, 1);
        sc_tr_challenge(&f->ch.tr, SC_L_BETA, f->bus.beta, AIR_SLOTS);
    }
    return st;
}

static socle_status open_all(struct proof *f)
{
    const struct sc_layout *const l = &f->layout;
    fx gamma;
    for (unsigned i = 0; i < l->n_chunks; i++) {
        const struct sc_chunk *const c = &l->chunk[i];
        for (unsigned k = 0; k < f->p->machine->tables[c->table].n_cols; k++) {
            f->blocks[c->value + k] = (struct sc_block){c->log_h, c->block + k};
        }
    }
    sc_tr_challenge(&f->ch.tr, SC_L_GAMMA, &gamma, 1);
    struct sc_opening o = {
        .wp = &f->p->profile->main[l->m0],
        .oracle = &f->main,
        .f = f->w->cells,
        .f_done = f->w->cells_done,
        .arg = f->w->arg,
        .r = f->r,
        .H = l->n_vars,
        .blocks = f->blocks,
        .values = f->values,
        .n_values = l->n_main_values,
        .gamma = gamma,
    };
    socle_status st = sc_whir_open(&f->ch, &o);
    if (st != SOCLE_OK) {
        return st;
    }
    o.wp = &f->p->profile->image[f->program->vars];
    o.oracle = &f->program->oracle;
    o.f = f->program->cells;
    o.f_done = NULL;
    o.blocks += l->n_main_values;
    o.values += l->n_main_values;
    o.n_values = l->n_image_values;
    return sc_whir_open(&f->ch, &o);
}

static socle_status with_file_head(uint8_t **out, size_t *out_len, struct sc_pch *ch, const struct sc_profile *profile)
{
    size_t len;
    uint8_t *const body = sc_pch_take(ch, &len);
    uint8_t *const file = sc_alloc(1, SC_PROOF_HEAD_LEN + len);
    if (!body || !file) {
        sc_free(body);
        sc_free(file);
        return SOCLE_E_NOMEM;
    }
    sc_proof_head(file, profile, SC_KIND_SINGLE);
    memcpy(file + SC_PROOF_HEAD_LEN, body, len);
    sc_free(body);
    *out = file;
    *out_len = SC_PROOF_HEAD_LEN + len;
    return SOCLE_OK;
}

socle_status sc_prove_unchecked(uint8_t **proof, size_t *len, const struct sc_prover *p, const struct sc_program *program,
                                const struct sc_witness *w)
{
    socle_status st = SOCLE_OK;
    *proof = NULL;
    *len = 0;
    struct proof *const f = sc_alloc(1, sizeof *f);
    if (!f) {
        return SOCLE_E_NOMEM;
    }
    f->p = p;
    f->program = program;
    f->w = w;
    sc_pch_init(&f->ch, p->pool);
    TRY(check_limits(f));
    send_heads(f);
    TRY(sc_watch_tell(p->watch, SC_STAGE_COMMIT, 0));
    TRY(commit(f));
    TRY(sc_columns_init(&f->cols, p->machine, &f->layout, w->cells, program->cells, p->ops, p->pool));
    f->cols.watch = p->watch;
    TRY(sc_watch_tell(p->watch, SC_STAGE_GKR, 0));
    TRY(sc_gkr_prove(&f->ch, &f->leaf, &f->cols, &f->bus));
    TRY(sc_watch_tell(p->watch, SC_STAGE_ZERO, 0));
    TRY(sc_zero_prove(&f->ch, f->r, f->values, &f->cols, &f->bus, &f->leaf));
    sc_columns_fini(&f->cols);
    TRY(sc_watch_tell(p->watch, SC_STAGE_OPEN, 0));
    TRY(open_all(f));
    TRY(sc_pch_status(&f->ch));
    TRY(with_file_head(proof, len, &f->ch, p->profile));
out:
    sc_columns_fini(&f->cols);
    sc_oracle_fini(&f->main);
    sc_pch_fini(&f->ch);
    sc_free(f->values);
    sc_free(f->blocks);
    sc_free(f);
    return st;
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

size_t sc_keygen_memory(const struct sc_prover *p, unsigned image_vars)
{
    const struct sc_oracle_memory m = first_oracle(&p->profile->image[image_vars]);
    return m.code + m.nodes + m.making;
}

/* Sums of what is held together, in the order of sc_prove_unchecked. */
size_t sc_prove_memory(const struct sc_prover *p, const struct sc_layout *l, unsigned image_vars, size_t output_len)
{
    const struct sc_whir_params *const wp = &p->profile->main[l->m0];
    const uint64_t proof = sc_proof_max(l, p->profile, output_len) + SC_PROOF_HEAD_LEN;
    const struct sc_oracle_memory main = first_oracle(wp);
    const struct sc_chunk *const image = &l->chunk[l->n_chunks - 1];
    const unsigned n_threads = p->pool ? sc_pool_size(p->pool) : 1;
    const struct sc_open_memory open = sc_open_memory(wp, l->n_vars, l->n_main_values, n_threads);
    const struct sc_open_memory open_image =
        sc_open_memory(&p->profile->image[image_vars], image->log_h, l->n_image_values, n_threads);
    const size_t cells = sc_big_size(sizeof(fp) << l->m0);
    const size_t all_along = sc_alloc_size(1, sizeof(struct proof)) + sc_alloc_size(l->n_values, sizeof(fx)) +
                             sc_alloc_size(l->n_values, sizeof(struct sc_block)) + sc_pch_memory(proof) + main.nodes;
    const size_t argument = sc_columns_memory(p->machine, l) +
                            larger(sc_gkr_memory(l, n_threads), sc_zero_memory(p->machine, l));
    const size_t with_cells = cells + larger(main.code + main.making, larger(argument, open.with_f));
    const size_t without_cells = larger(open.without_f, larger(open_image.with_f, open_image.without_f));
    const size_t file = sc_alloc_size(proof, 1);
    const size_t check = file + sc_alloc_size(sc_verify_scratch(p->machine), 1);
    return larger(all_along + larger(with_cells, larger(without_cells, file)), check);
}

socle_status sc_prove(uint8_t **proof, size_t *len, const struct sc_prover *p, const struct sc_program *program, const struct sc_witness *w)
{
    socle_status st = sc_prove_unchecked(proof, len, p, program, w);
    if (st != SOCLE_OK) {
        return st;
    }
    const size_t scratch_len = sc_verify_scratch(p->machine);
    void *const scratch = sc_alloc(1, scratch_len);
    struct sc_verified v;
    st = scratch ? sc_watch_tell(p->watch, SC_STAGE_CHECK, 0) : SOCLE_E_NOMEM;
    if (st == SOCLE_OK && sc_verify(&v, p->machine, p->profile, program->vk, *proof, *len, scratch, scratch_len) != SOCLE_OK) {
        st = SOCLE_E_SELFCHECK;
    }
    sc_free(scratch);
    if (st != SOCLE_OK) {
        sc_free(*proof);
        *proof = NULL;
        *len = 0;
    }
    return st;
}
