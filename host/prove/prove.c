/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * From columns to proof bytes, in the order of docs/spec/proof.md.
 */
#include "host/prove/prove.h"

#include "host/prove/body_p.h"
#include "host/sys/mem.h"
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
    const socle_status st = sc_oracle_commit_base(&out->oracle, cells, r->mu, r->k, r->lr, p->device, p->pool);
    if (st != SOCLE_OK) {
        return st;
    }
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
    struct sc_witness w = {.shape = trace->shape, .cells = trace->cells, .boundary = trace->boundary, .output = trace->output};
    w.run.ts_end = trace->ts_end;
    w.run.ip_end = trace->ip_end;
    w.run.last_ram = trace->ram_key;
    w.run.last_input = trace->input_key;
    w.run.output_len = trace->output_size;
    return w;
}

static void send_heads(struct sc_body_p *b)
{
    uint8_t seed[SC_SEED_LEN];
    uint8_t image[SC_HEAD_IMAGE_LEN];
    uint8_t run[SC_HEAD_RUN_LEN];
    const struct sc_witness *const w = b->w;
    sc_seed(seed, b->p->machine, b->p->profile);
    sc_tr_absorb(&b->ch.tr, SC_L_SEED, seed, sizeof seed);
    sc_head_image_encode(image, &b->program->head);
    sc_send_bytes(&b->ch, SC_L_HEAD_IMAGE, image, sizeof image);
    sc_tr_absorb(&b->ch.tr, SC_L_VK, b->program->vk, SC_VK_LEN);
    sc_head_run_encode(run, &w->run);
    sc_send_bytes(&b->ch, SC_L_HEAD_RUN, run, sizeof run);
    sc_body_p_shape(b);
    sc_send_bytes(&b->ch, SC_L_OUTPUT, w->output, (size_t)w->run.output_len);
}

socle_status sc_prove_unchecked(uint8_t **proof, size_t *len, const struct sc_prover *p, const struct sc_program *program,
                                const struct sc_witness *w)
{
    socle_status st = SOCLE_OK;
    uint8_t head[SC_PROOF_HEAD_LEN];
    *proof = NULL;
    *len = 0;
    struct sc_body_p *const b = sc_body_p_create(p, program, w);
    if (!b) {
        return SOCLE_E_NOMEM;
    }
    if (!sc_limits_hold(p->machine, &program->head, &w->run, &w->shape)) {
        st = SOCLE_E_LIMIT;
        goto out;
    }
    TRY(sc_body_p_layout(b));
    send_heads(b);
    TRY(sc_body_p_prove(b));
    sc_proof_head(head, p->profile, SC_KIND_SINGLE);
    TRY(sc_body_p_take(proof, len, &b->ch, head, sizeof head));
out:
    sc_body_p_destroy(b);
    return st;
}

size_t sc_keygen_memory(const struct sc_prover *p, unsigned image_vars)
{
    const struct sc_whir_round *const r = &p->profile->image[image_vars].r[0];
    const struct sc_oracle_memory m = sc_oracle_memory(1, r->mu, r->k, r->lr, r->t, 1);
    return m.code + m.nodes + m.making;
}

size_t sc_prove_memory(const struct sc_prover *p, const struct sc_layout *l, size_t output_len)
{
    const uint64_t bytes = sc_proof_max(l, p->profile, output_len) + SC_PROOF_HEAD_LEN;
    const size_t check = sc_alloc_size(bytes, 1) + sc_alloc_size(sc_verify_scratch(p->machine), 1);
    const size_t proof = sc_body_p_memory(p, l, bytes, 0);
    return proof > check ? proof : check;
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
