/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The verifier, in the order of docs/spec/proof.md. Every length comes from the shape, which is
 * checked before it is used, or from the parameters.
 */
#include "core/verify/verify.h"

#include "core/verify/whir_v.h"

#include <string.h>

/* Everything bigger than a frame. Arrays of run-time length follow: values, elements of the batched
 * sumcheck, blocks, WHIR. */
struct work {
    struct sc_vch ch;
    struct sc_shape shape;
    struct sc_layout layout;
    struct sc_bus_point bus;
    struct sc_leaf_claim leaf;
    fx r[SC_MAX_VARS];
    uint8_t main_root[32];
};

struct areas {
    struct work *w;
    fx *values, *zero;
    struct sc_block *blocks;
    void *whir;
    size_t whir_len, total;
};

static size_t round8(size_t n)
{
    return (n + 7) & ~(size_t)7;
}

static struct areas areas_of(const struct sc_machine *m, void *scratch)
{
    uint8_t *const base = scratch;
    struct areas a;
    size_t at = round8(sizeof(struct work));
    const size_t values = at;
    at += round8(sc_max_values(m) * sizeof(fx));
    const size_t zero = at;
    at += round8(sc_zero_scratch(m) * sizeof(fx));
    const size_t blocks = at;
    at += round8(sc_max_values(m) * sizeof(struct sc_block));
    const size_t whir = at;
    a.whir_len = sc_whir_scratch();
    a.total = at + round8(a.whir_len);
    a.w = (void *)base;
    a.values = base ? (void *)(base + values) : NULL;
    a.zero = base ? (void *)(base + zero) : NULL;
    a.blocks = base ? (void *)(base + blocks) : NULL;
    a.whir = base ? base + whir : NULL;
    return a;
}

size_t sc_verify_scratch(const struct sc_machine *m)
{
    return areas_of(m, NULL).total;
}

/* Seed, program and key. */
static socle_status recv_image(struct sc_vch *ch, struct sc_head_image *image, const struct sc_machine *m, const struct sc_profile *profile,
                               const uint8_t vk[SC_VK_LEN])
{
    uint8_t seed[SC_SEED_LEN];
    uint8_t own[SC_VK_LEN];
    const uint8_t *bytes;
    sc_seed(seed, m, profile);
    sc_tr_absorb(&ch->tr, SC_L_SEED, seed, sizeof seed);
    const socle_status st = sc_recv_bytes(ch, SC_L_HEAD_IMAGE, &bytes, SC_HEAD_IMAGE_LEN);
    if (st != SOCLE_OK) {
        return st;
    }
    sc_head_image_decode(image, bytes);
    sc_vk_compute(own, m, profile, image);
    sc_tr_absorb(&ch->tr, SC_L_VK, own, sizeof own);
    return memcmp(own, vk, SC_VK_LEN) == 0 ? SOCLE_OK : SOCLE_E_VERSION;
}

static socle_status recv_shape(struct sc_vch *ch, struct sc_shape *s, const struct sc_machine *m)
{
    for (unsigned t = 0; t < m->n_main; t++) {
        const uint8_t *bytes;
        socle_status st = sc_recv_bytes(ch, SC_L_HEAD_SHAPE, &bytes, 1);
        if (st != SOCLE_OK) {
            return st;
        }
        if (bytes[0] > AIR_MAX_CHUNKS) {
            return SOCLE_E_FORMAT;
        }
        s->n_chunks[t] = bytes[0];
        st = sc_recv_bytes(ch, SC_L_HEAD_SHAPE, &bytes, s->n_chunks[t]);
        if (st != SOCLE_OK) {
            return st;
        }
        memcpy(s->log_h[t], bytes, s->n_chunks[t]);
    }
    return SOCLE_OK;
}

/* From the file's first byte to the last of HEAD_SHAPE, and all checks on them. */
static socle_status recv_heads(struct work *w, struct sc_verified *out, const struct sc_machine *m, const struct sc_profile *profile,
                               const uint8_t vk[SC_VK_LEN])
{
    socle_status st = SOCLE_OK;
    const uint8_t *bytes;
    uint8_t own[SC_PROOF_HEAD_LEN];
    const uint8_t *const head = rd_take(&w->ch.rd, SC_PROOF_HEAD_LEN);
    sc_proof_head(own, profile);
    if (!head || memcmp(head, own, SC_MAGIC_LEN) != 0) {
        return SOCLE_E_FORMAT;
    }
    if (memcmp(head, own, sizeof own) != 0) {
        return SOCLE_E_VERSION;
    }
    TRY(recv_image(&w->ch, &out->image, m, profile, vk));
    TRY(sc_recv_bytes(&w->ch, SC_L_HEAD_RUN, &bytes, SC_HEAD_RUN_LEN));
    TRY(sc_head_run_decode(&out->run, bytes));
    TRY(recv_shape(&w->ch, &w->shape, m));
    w->shape.image_log_h = out->image.log_h;
    if (!sc_limits_hold(m, &out->image, &out->run, &w->shape) || !sc_layout(&w->layout, m, &w->shape)) {
        return SOCLE_E_LIMIT;
    }
    const unsigned image_vars = sc_image_vars(m, w->shape.image_log_h);
    if (w->layout.m0 > profile->max_m0 || image_vars > profile->max_m0) {
        return SOCLE_E_LIMIT;
    }
    st = w->ch.rd.left <= sc_proof_max(&w->layout, profile, image_vars, out->run.output_len) ? SOCLE_OK : SOCLE_E_FORMAT;
out:
    return st;
}

static socle_status recv_argument(struct areas *a, const struct sc_verified *v, const struct sc_machine *m,
                                  const struct sc_profile *profile)
{
    socle_status st = SOCLE_OK;
    struct work *const w = a->w;
    const uint8_t *bytes;
    TRY(sc_recv_bytes(&w->ch, SC_L_MAIN_ROOT, &bytes, sizeof w->main_root));
    memcpy(w->main_root, bytes, sizeof w->main_root);
    TRY(sc_recv_grind(&w->ch, SC_L_LOGUP_POW, profile->logup_pow));
    sc_tr_challenge(&w->ch.tr, SC_L_ALPHA, &w->bus.alpha, 1);
    sc_tr_challenge(&w->ch.tr, SC_L_BETA, w->bus.beta, AIR_SLOTS);
    const struct sc_fraction terms = sc_public_terms(&w->bus, &v->image, &v->run, v->output);
    TRY(sc_gkr_verify(&w->ch, &w->leaf, w->layout.n_leaf_vars, terms));
    TRY(sc_zero_verify(&w->ch, w->r, a->values, m, &w->layout, &w->bus, &w->leaf, a->zero));
out:
    return st;
}

static socle_status recv_openings(struct areas *a, const struct sc_verified *v, const struct sc_machine *m,
                                  const struct sc_profile *profile)
{
    socle_status st = SOCLE_OK;
    struct work *const w = a->w;
    const struct sc_layout *const l = &w->layout;
    const struct sc_whir_params *const main_params = &profile->main[l->m0];
    const struct sc_whir_params *const image_params = &profile->image[sc_image_vars(m, w->shape.image_log_h)];
    fx gamma;
    if (main_params->r[0].mu != l->m0 || image_params->r[0].mu != sc_image_vars(m, w->shape.image_log_h)) {
        return SOCLE_E_LIMIT; /* the profile has no schedule for this size */
    }
    if (main_params->r[0].ood != 0 || image_params->r[0].ood != 0) {
        return SOCLE_E_LIMIT; /* it asks for samples before the opening, which a single proof does not have */
    }
    for (unsigned i = 0; i < l->n_chunks; i++) {
        const struct sc_chunk *const c = &l->chunk[i];
        for (unsigned k = 0; k < m->tables[c->table].n_cols; k++) {
            a->blocks[c->value + k] = (struct sc_block){c->log_h, c->block + k};
        }
    }
    sc_tr_challenge(&w->ch.tr, SC_L_GAMMA, &gamma, 1);
    TRY(sc_whir_verify(&w->ch, main_params, w->main_root, w->r, l->n_vars, a->blocks, a->values, l->n_main_values, gamma, a->whir,
                       a->whir_len));
    TRY(sc_whir_verify(&w->ch, image_params, v->image.root, w->r, l->n_vars, a->blocks + l->n_main_values, a->values + l->n_main_values,
                       l->n_image_values, gamma, a->whir, a->whir_len));
out:
    return st;
}

socle_status sc_verify(struct sc_verified *out, const struct sc_machine *m, const struct sc_profile *profile, const uint8_t vk[SC_VK_LEN],
                       const uint8_t *proof, size_t len, void *scratch, size_t scratch_len)
{
    socle_status st = SOCLE_OK;
    struct sc_verified v;
    memset(out, 0, sizeof *out);
    memset(&v, 0, sizeof v);
    if (!scratch || scratch_len < sc_verify_scratch(m) || ((uintptr_t)scratch & 7) != 0) {
        return SOCLE_E_ARG;
    }
    struct areas a = areas_of(m, scratch);
    memset(a.w, 0, sizeof *a.w);
    sc_tr_init(&a.w->ch.tr);
    a.w->ch.rd = rd_view(proof, len);
    TRY(recv_heads(a.w, &v, m, profile, vk));
    v.output_len = v.run.output_len;
    if (v.output_len > SIZE_MAX) {
        return SOCLE_E_LIMIT;
    }
    TRY(sc_recv_bytes(&a.w->ch, SC_L_OUTPUT, &v.output, (size_t)v.output_len));
    TRY(recv_argument(&a, &v, m, profile));
    TRY(recv_openings(&a, &v, m, profile));
    if (!rd_done(&a.w->ch.rd)) {
        return SOCLE_E_FORMAT;
    }
    *out = v;
out:
    return st;
}
