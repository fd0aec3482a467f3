/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Verifier of one proof, in the order of docs/spec/proof.md. Every length comes from the shape, which is checked before it is used,
 * or from the parameters.
 */
#include "core/verify/body_v.h"

#include <string.h>

static size_t round8(size_t n)
{
    return (n + 7) & ~(size_t)7;
}

/* Arrays of run-time length follow the struct: values, elements of the batched sumcheck, blocks, WHIR. */
struct areas {
    size_t values, zero, blocks, whir, total;
};

static struct areas areas_of(const struct sc_machine *m)
{
    struct areas a;
    a.values = round8(sizeof(struct sc_body));
    a.zero = a.values + round8(sc_max_values(m) * sizeof(fx));
    a.blocks = a.zero + round8(sc_zero_scratch(m) * sizeof(fx));
    a.whir = a.blocks + round8(sc_max_values(m) * sizeof(struct sc_block));
    a.total = a.whir + round8(sc_whir_scratch());
    return a;
}

size_t sc_body_scratch(const struct sc_machine *m)
{
    return areas_of(m).total;
}

struct sc_body *sc_body_init(void *scratch, const struct sc_machine *m, const struct sc_profile *profile)
{
    const struct areas a = areas_of(m);
    uint8_t *const base = scratch;
    struct sc_body *const b = scratch;
    memset(b, 0, sizeof *b);
    b->m = m;
    b->profile = profile;
    b->values = (void *)(base + a.values);
    b->zero = (void *)(base + a.zero);
    b->blocks = (void *)(base + a.blocks);
    b->whir = base + a.whir;
    b->whir_len = sc_whir_scratch();
    return b;
}

socle_status sc_body_shape(struct sc_body *b)
{
    struct sc_shape *const s = &b->shape;
    for (unsigned t = 0; t < b->m->n_main; t++) {
        const uint8_t *bytes;
        socle_status st = sc_recv_bytes(&b->ch, SC_L_HEAD_SHAPE, &bytes, 1);
        if (st != SOCLE_OK) {
            return st;
        }
        if (bytes[0] > AIR_MAX_CHUNKS) {
            return SOCLE_E_FORMAT;
        }
        s->n_chunks[t] = bytes[0];
        st = sc_recv_bytes(&b->ch, SC_L_HEAD_SHAPE, &bytes, s->n_chunks[t]);
        if (st != SOCLE_OK) {
            return st;
        }
        memcpy(s->log_h[t], bytes, s->n_chunks[t]);
    }
    return SOCLE_OK;
}

socle_status sc_body_layout(struct sc_body *b)
{
    if (!sc_layout(&b->layout, b->m, &b->shape) || b->layout.m0 > b->profile->max_m0 || b->layout.image_m0 > b->profile->max_m0) {
        return SOCLE_E_LIMIT;
    }
    return SOCLE_OK;
}

socle_status sc_body_commit(struct sc_body *b)
{
    socle_status st = SOCLE_OK;
    const uint8_t *bytes;
    TRY(sc_recv_bytes(&b->ch, SC_L_MAIN_ROOT, &bytes, sizeof b->main_root));
    memcpy(b->main_root, bytes, sizeof b->main_root);
    TRY(sc_recv_grind(&b->ch, SC_L_LOGUP_POW, b->profile->logup_pow));
    sc_tr_challenge(&b->ch.tr, SC_L_ALPHA, &b->bus[0].alpha, 1);
    sc_tr_challenge(&b->ch.tr, SC_L_BETA, b->bus[0].beta, AIR_SLOTS);
out:
    return st;
}

socle_status sc_body_argue(struct sc_body *b, struct sc_fraction terms)
{
    socle_status st = SOCLE_OK;
    const unsigned n_vars[2] = {b->layout.n_leaf_vars, b->layout.n_global_vars};
    TRY(sc_gkr_verify(&b->ch, b->leaf, &b->global, n_vars, terms));
    TRY(sc_zero_verify(&b->ch, b->r, b->values, b->m, &b->layout, b->bus, b->leaf, b->zero));
out:
    return st;
}

/* The opening of one of the three polynomials; its columns are values [first, first + n). */
static socle_status open_one(struct sc_body *b, const struct sc_whir_params *wp, unsigned m0, const uint8_t root[32], uint32_t first, uint32_t n,
                             fx gamma, const struct sc_samples *samples)
{
    if (wp->r[0].mu != m0) {
        return SOCLE_E_LIMIT; /* the profile has no schedule for this size */
    }
    if (wp->r[0].ood != (samples ? samples->n : 0)) {
        return SOCLE_E_LIMIT; /* it asks for samples before the opening, which only the roots of a set have */
    }
    return sc_whir_verify(&b->ch, wp, root, b->r, b->layout.n_vars, b->blocks + first, b->values + first, n, gamma, samples, b->whir, b->whir_len);
}

socle_status sc_body_open(struct sc_body *b)
{
    socle_status st = SOCLE_OK;
    const struct sc_layout *const l = &b->layout;
    const uint32_t image = l->n_main_values, boundary = image + l->n_image_values;
    fx gamma;
    for (unsigned i = 0; i < l->n_chunks; i++) {
        const struct sc_chunk *const c = &l->chunk[i];
        for (unsigned k = 0; k < b->m->tables[c->table].n_cols; k++) {
            b->blocks[c->value + k] = (struct sc_block){c->log_h, c->block + k};
        }
    }
    sc_tr_challenge(&b->ch.tr, SC_L_GAMMA, &gamma, 1);
    TRY(open_one(b, &b->profile->main[l->m0], l->m0, b->main_root, 0, image, gamma, NULL));
    if (l->image_m0) {
        TRY(open_one(b, &b->profile->image[l->image_m0], l->image_m0, b->image_root, image, l->n_image_values, gamma, NULL));
    }
    if (l->boundary_m0) {
        TRY(open_one(b, &b->profile->boundary[l->boundary_m0], l->boundary_m0, b->boundary_root, boundary, l->n_values - boundary, gamma,
                     &b->samples));
    }
out:
    return st;
}
