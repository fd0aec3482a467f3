/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The prover of a set, in the order of docs/spec/proof.md.
 */
#include "host/prove/set.h"

#include "host/prove/body_p.h"
#include "host/sys/mem.h"
#include "host/sys/pool.h"

#include <string.h>

static const struct sc_whir_params *schedule(const struct sc_prover *p, const struct sc_boundary *b)
{
    return &p->profile->boundary[sc_boundary_vars(p->machine, b->log_h, b->n_chunks)];
}

size_t sc_boundary_commit_memory(const struct sc_prover *p, unsigned m0)
{
    const struct sc_whir_round *const r = &p->profile->boundary[m0].r[0];
    const struct sc_oracle_memory m = sc_oracle_memory(1, r->mu, r->k, r->lr, r->t, 1);
    return m.code + m.nodes + m.making;
}

socle_status sc_boundary_commit(struct sc_boundary *b, const struct sc_prover *p, const fp *cells)
{
    struct sc_oracle oracle;
    if (!sc_boundary_holds(p->machine, p->profile, b->log_h, b->n_chunks)) {
        return SOCLE_E_LIMIT;
    }
    const struct sc_whir_round *const r = &schedule(p, b)->r[0];
    const socle_status st = sc_oracle_commit_base(&oracle, cells, r->mu, r->k, r->lr, p->device, p->pool);
    memcpy(b->root, oracle.root, sizeof b->root);
    sc_oracle_fini(&oracle);
    return st;
}

/* ---- the value of a polynomial at a point ---- */

struct value {
    const struct sc_cpu_ops *ops;
    const fp *cells;
    const struct sc_eqs *eqs;
    fx sum[SC_POOL_MAX_THREADS];
};

static void value_rows(void *arg, size_t begin, size_t end, unsigned worker)
{
    struct value *const v = arg;
    const size_t low = (size_t)1 << v->eqs->low;
    for (size_t h = begin; h < end; h++) {
        const fx row = v->ops->dot_base(v->cells + h * low, v->eqs->low_table, SC_EQS_PLANE, 0, low);
        v->sum[worker] = fx_add(v->sum[worker], fx_mul(row, v->eqs->high[h]));
    }
}

static fx value_at(const struct sc_prover *p, const fp *cells, struct sc_eqs *eqs, const fx *point, unsigned n)
{
    struct value v = {.ops = p->ops, .cells = cells, .eqs = eqs};
    fx sum = FX_ZERO;
    eqs->low_of = NULL;
    sc_eqs_set(eqs, point, n);
    sc_pool_for(p->pool, (size_t)1 << (n - eqs->low), 0, value_rows, &v);
    for (unsigned w = 0; w < sc_pool_size(p->pool); w++) {
        sum = fx_add(sum, v.sum[w]);
    }
    return sum;
}

/* ---- the transcript of the set ---- */

static unsigned greatest_sampled(const struct sc_prover *p, const struct sc_set *set)
{
    unsigned most = 0;
    for (uint32_t i = 0; i <= set->n_segments; i++) {
        const struct sc_whir_round *const r = &schedule(p, &set->boundary[i])->r[0];
        most = r->ood && r->mu > most ? r->mu : most;
    }
    return most;
}

static uint64_t head_len(const struct sc_set *set)
{
    const uint64_t each = SC_SEGMENT_LEN + 1 + AIR_MAX_CHUNKS + 32 + 4 * FX_DEG * SC_WHIR_MAX_OOD;
    return SC_PROOF_HEAD_LEN + SC_HEAD_IMAGE_LEN + SC_SET_SIZE_LEN + SC_SET_KEYS_LEN + set->output_len + 8 +
           each * ((uint64_t)set->n_segments + 1);
}

size_t sc_set_memory(const struct sc_prover *p, const struct sc_set *set)
{
    const unsigned most = greatest_sampled(p, set);
    const size_t n = (size_t)set->n_segments + 1;
    const size_t eqs = most ? sc_eqs_memory(most) : 0;
    const size_t run = sc_alloc_size(SC_SEGMENT_LEN * n, 1);
    const size_t copy = sc_alloc_size((size_t)head_len(set), 1);
    const size_t while_sent = eqs > run ? eqs : run;
    return sc_alloc_size(n, sizeof(struct sc_set_samples)) + sc_pch_memory(head_len(set)) + (copy > while_sent ? copy : while_sent);
}

static socle_status send_run(struct sc_pch *ch, const struct sc_set *set)
{
    const size_t n = (size_t)set->n_segments * SC_SEGMENT_LEN;
    uint8_t *const run = sc_alloc(n + SC_SET_KEYS_LEN, 1);
    if (!run) {
        return SOCLE_E_NOMEM;
    }
    for (size_t i = 0; i < set->n_segments; i++) {
        sc_set_segment_encode(run + SC_SEGMENT_LEN * i, &set->segments[i]);
    }
    store_le(run + n, set->last_ram, 4);
    store_le(run + n + 4, set->last_input, 4);
    sc_send_bytes(ch, SC_L_SET_RUN, run, n + SC_SET_KEYS_LEN);
    sc_free(run);
    return SOCLE_OK;
}

/* From the seed to the last root. */
static socle_status send_heads(struct sc_pch *ch, const struct sc_set *set, const struct sc_prover *p, const struct sc_program *program)
{
    socle_status st = SOCLE_OK;
    uint8_t seed[SC_SET_SEED_LEN];
    uint8_t image[SC_HEAD_IMAGE_LEN];
    uint8_t size[SC_SET_SIZE_LEN];
    sc_set_seed(seed, p->machine, p->profile);
    sc_tr_absorb(&ch->tr, SC_L_SET_SEED, seed, sizeof seed);
    sc_head_image_encode(image, &program->head);
    sc_send_bytes(ch, SC_L_SET_IMAGE, image, sizeof image);
    sc_tr_absorb(&ch->tr, SC_L_SET_VK, program->vk, SC_VK_LEN);
    sc_set_size_encode(size, set->n_segments, set->output_len);
    sc_send_bytes(ch, SC_L_SET_SIZE, size, sizeof size);
    TRY(send_run(ch, set));
    sc_send_bytes(ch, SC_L_SET_OUTPUT, set->output, (size_t)set->output_len);
    for (uint32_t i = 0; i <= set->n_segments; i++) {
        const struct sc_boundary *const b = &set->boundary[i];
        sc_send_bytes(ch, SC_L_SET_SHAPE, &b->n_chunks, 1);
        sc_send_bytes(ch, SC_L_SET_SHAPE, b->log_h, b->n_chunks);
    }
    for (uint32_t i = 0; i <= set->n_segments; i++) {
        sc_send_bytes(ch, SC_L_SET_ROOT, set->boundary[i].root, 32);
    }
out:
    return st;
}

/* Points of BOUNDARY of one proof, from the transcript that is to draw them. */
static void draw_points(struct sc_tr *tr, struct sc_samples *out, const struct sc_whir_round *r)
{
    out->n = r->ood;
    if (r->ood) {
        sc_tr_challenge(tr, SC_L_SET_OOD, out->coords, (size_t)r->ood * r->mu);
    }
}

static socle_status answer_samples(struct sc_pch *ch, struct sc_set *set, uint32_t index, const struct sc_prover *p, struct sc_eqs *eqs,
                                   const struct sc_boundary_source *source)
{
    const struct sc_whir_round *const r = &schedule(p, &set->boundary[index])->r[0];
    struct sc_set_samples *const s = &set->samples[index];
    struct sc_samples drawn;
    const fp *cells;
    memcpy(s->before, ch->tr.s, sizeof s->before);
    draw_points(&ch->tr, &drawn, r);
    if (drawn.n == 0) {
        return SOCLE_OK;
    }
    const socle_status st = source->cells(source->arg, &cells, index);
    if (st != SOCLE_OK) {
        return st;
    }
    for (unsigned k = 0; k < drawn.n; k++) {
        s->answer[k] = value_at(p, cells, eqs, drawn.coords + (size_t)k * r->mu, r->mu);
    }
    if (source->done) {
        source->done(source->arg, index);
    }
    sc_send_fx(ch, SC_L_SET_OOD_ANS, s->answer, drawn.n);
    return SOCLE_OK;
}

static socle_status sample_all(struct sc_pch *ch, struct sc_set *set, const struct sc_prover *p, const struct sc_boundary_source *source)
{
    socle_status st = SOCLE_OK;
    struct sc_eqs eqs = {0};
    const unsigned most = greatest_sampled(p, set);
    if (most) {
        TRY(sc_eqs_init(&eqs, most));
    }
    for (uint32_t i = 0; i <= set->n_segments; i++) {
        TRY(sc_watch_tell(p->watch, SC_STAGE_COMMIT, (double)i / ((double)set->n_segments + 1)));
        TRY(answer_samples(ch, set, i, p, &eqs, source));
    }
out:
    sc_eqs_fini(&eqs);
    return st;
}

static bool set_holds(const struct sc_prover *p, const struct sc_set *set)
{
    uint64_t rows = 0;
    if (set->n_segments < SC_SET_MIN || set->n_segments > SC_SET_MAX || set->output_len > SC_OUTPUT_MAX) {
        return false;
    }
    for (uint32_t i = 0; i <= set->n_segments; i++) {
        const struct sc_boundary *const b = &set->boundary[i];
        if (!sc_boundary_holds(p->machine, p->profile, b->log_h, b->n_chunks)) {
            return false;
        }
        for (unsigned c = 0; c < b->n_chunks; c++) {
            rows += (uint64_t)1 << b->log_h[c];
        }
    }
    return rows < SC_SET_ROWS_LIMIT;
}

socle_status sc_set_begin(struct sc_set *set, uint8_t **head, size_t *len, const struct sc_prover *p, const struct sc_program *program,
                          const struct sc_boundary_source *source)
{
    socle_status st = SOCLE_OK;
    struct sc_pch ch;
    uint8_t file[SC_PROOF_HEAD_LEN];
    *head = NULL;
    *len = 0;
    set->samples = NULL;
    if (!set_holds(p, set)) {
        return SOCLE_E_LIMIT;
    }
    sc_pch_init(&ch, p->pool);
    set->samples = sc_alloc((size_t)set->n_segments + 1, sizeof *set->samples);
    if (!set->samples) {
        st = SOCLE_E_NOMEM;
        goto out;
    }
    TRY(send_heads(&ch, set, p, program));
    TRY(sample_all(&ch, set, p, source));
    sc_send_grind(&ch, SC_L_SET_POW, p->profile->logup_pow);
    sc_tr_challenge(&ch.tr, SC_L_SET_ALPHA, &set->bus.alpha, 1);
    sc_tr_challenge(&ch.tr, SC_L_SET_BETA, set->bus.beta, AIR_SLOTS);
    memcpy(set->digest, ch.tr.s, sizeof set->digest);
    TRY(sc_pch_status(&ch));
    sc_proof_head(file, p->profile, SC_KIND_SET);
    TRY(sc_body_p_take(head, len, &ch, file, sizeof file));
out:
    sc_pch_fini(&ch);
    if (st != SOCLE_OK) {
        sc_set_fini(set);
    }
    return st;
}

void sc_set_fini(struct sc_set *set)
{
    sc_free(set->samples);
    set->samples = NULL;
}

/* ---- one proof ---- */

static bool part_holds(const struct sc_prover *p, const struct sc_set *set, const struct sc_shape *s)
{
    if (s->part == SC_SINGLE || s->index > set->n_segments || !sc_shape_valid(p->machine, s) || !sc_clock_holds(p->machine, s)) {
        return false;
    }
    const struct sc_boundary *const b = &set->boundary[s->index];
    return b->n_chunks == s->n_boundary && memcmp(b->log_h, s->boundary_log_h, b->n_chunks) == 0;
}

static void bind_to_set(struct sc_body_p *b, const struct sc_set *set)
{
    uint8_t seed[SC_SEED_LEN];
    uint8_t bind[SC_SET_BIND_LEN];
    sc_seed(seed, b->p->machine, b->p->profile);
    sc_tr_absorb(&b->ch.tr, SC_L_SEED, seed, sizeof seed);
    sc_set_bind(bind, set->digest, b->w->shape.index);
    sc_tr_absorb(&b->ch.tr, SC_L_SET, bind, sizeof bind);
}

socle_status sc_prove_part_unchecked(uint8_t **body, size_t *len, const struct sc_prover *p, const struct sc_program *program,
                                     const struct sc_set *set, const struct sc_witness *w)
{
    socle_status st = SOCLE_OK;
    *body = NULL;
    *len = 0;
    if (!part_holds(p, set, &w->shape)) {
        return SOCLE_E_LIMIT;
    }
    struct sc_body_p *const b = sc_body_p_create(p, program, w);
    if (!b) {
        return SOCLE_E_NOMEM;
    }
    const struct sc_boundary *const own = &set->boundary[w->shape.index];
    const struct sc_set_samples *const samples = &set->samples[w->shape.index];
    struct sc_tr tr = {0};
    memcpy(tr.s, samples->before, sizeof tr.s);
    draw_points(&tr, &b->samples, &schedule(p, own)->r[0]);
    memcpy(b->samples.answers, samples->answer, sizeof samples->answer);
    b->bus[SC_GLOBAL] = set->bus;
    memcpy(b->boundary_root, own->root, sizeof b->boundary_root);
    TRY(sc_body_p_layout(b));
    bind_to_set(b, set);
    sc_body_p_shape(b);
    TRY(sc_body_p_prove(b));
    TRY(sc_body_p_take(body, len, &b->ch, NULL, 0));
out:
    sc_body_p_destroy(b);
    return st;
}

socle_status sc_prove_part(uint8_t **body, size_t *len, struct sc_fraction *global, const struct sc_prover *p,
                           const struct sc_program *program, const struct sc_set *set, const uint8_t *head, size_t head_len,
                           const struct sc_witness *w)
{
    memset(global, 0, sizeof *global);
    socle_status st = sc_prove_part_unchecked(body, len, p, program, set, w);
    if (st != SOCLE_OK) {
        return st;
    }
    const size_t scratch_len = sc_verify_scratch(p->machine);
    void *const scratch = sc_alloc(1, scratch_len);
    const struct sc_set_bytes bytes = {head, head_len, *body, *len};
    st = scratch ? sc_watch_tell(p->watch, SC_STAGE_CHECK, 0) : SOCLE_E_NOMEM;
    if (st == SOCLE_OK &&
        sc_verify_set_part(global, p->machine, p->profile, program->vk, &bytes, w->shape.index, scratch, scratch_len) != SOCLE_OK) {
        st = SOCLE_E_SELFCHECK;
    }
    sc_free(scratch);
    if (st != SOCLE_OK) {
        sc_free(*body);
        *body = NULL;
        *len = 0;
    }
    return st;
}

size_t sc_prove_part_memory(const struct sc_prover *p, const struct sc_layout *l)
{
    const uint64_t bytes = (uint64_t)p->machine->n_main * (1 + AIR_MAX_CHUNKS) + sc_proof_max(l, p->profile, 0);
    const size_t check = sc_big_size(sizeof(fp) << l->boundary_m0) + sc_alloc_size((size_t)bytes, 1) +
                         sc_alloc_size(sc_verify_scratch(p->machine), 1);
    const size_t proof = sc_body_p_memory(p, l, bytes, 0);
    return proof > check ? proof : check;
}

socle_status sc_set_join(uint8_t **file, size_t *len, const uint8_t *head, size_t head_len, uint8_t *const *bodies, const size_t *lens,
                         size_t n_bodies)
{
    size_t total = head_len;
    *file = NULL;
    *len = 0;
    for (size_t i = 0; i < n_bodies; i++) {
        total += lens[i];
    }
    uint8_t *const out = sc_alloc(total, 1);
    if (!out) {
        return SOCLE_E_NOMEM;
    }
    memcpy(out, head, head_len);
    size_t at = head_len;
    for (size_t i = 0; i < n_bodies; i++) {
        memcpy(out + at, bodies[i], lens[i]);
        at += lens[i];
    }
    *file = out;
    *len = total;
    return SOCLE_OK;
}
