/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The global part of a set of proofs, made by hand from docs/spec/proof.md, of any number of segments and with any list of BOUNDARY.
 * There are no proofs behind it: a verifier that accepts all of it answers E_FORMAT at the first proof.
 */
#ifndef SC_TESTS_SET_SCENE_H
#define SC_TESTS_SET_SCENE_H

#include "core/proof/set.h"
#include "core/verify/verify.h"
#include "host/prove/prove.h"
#include "tests/sound/cheap.h"

#include <stdlib.h>
#include <string.h>

struct scene {
    struct sc_profile profile;
    struct sc_head_image image;
    uint32_t n_segments;
    struct sc_set_segment *segment; /* number i at [i - 1] */
    uint32_t last_ram, last_input;
    uint64_t output_len;
    uint8_t output[16];
    uint8_t (*list)[1 + AIR_MAX_CHUNKS]; /* of each proof: count, exponents */
    fx answer;   /* to every sample */
    bool short_of_roots; /* the file ends behind the lists */
    uint8_t vk[SC_VK_LEN];
    /* made */
    struct sc_pch ch;
    uint8_t *file;
    size_t len;
    uint8_t digest[32];
};

static struct scene *scene_new(uint32_t n_segments)
{
    struct scene *const s = calloc(1, sizeof *s);
    cheap_profile(&s->profile);
    s->image = (struct sc_head_image){.entry = 0x400, .log_h = 8, .root = {7}};
    s->n_segments = n_segments;
    s->segment = calloc((size_t)n_segments + 1, sizeof *s->segment);
    s->list = calloc((size_t)n_segments + 2, sizeof *s->list);
    for (uint32_t i = 0; i <= n_segments; i++) {
        s->list[i][0] = 1;
        s->list[i][1] = (uint8_t)(4 + i % 3);
    }
    for (uint32_t i = 0; i < n_segments; i++) {
        s->segment[i] = (struct sc_set_segment){0x400 + i, 0x401 + i, 8 + 4 * (i % 5)};
    }
    s->last_ram = 600;
    s->last_input = FP_P - 1;
    s->output_len = 11;
    s->answer = (fx){{1, 2, 3, 4, 5}};
    return s;
}

static void scene_free(struct scene *s)
{
    sc_pch_fini(&s->ch);
    free(s->segment);
    free(s->list);
    free(s->file);
    free(s);
}

static const struct sc_whir_round *round_0(const struct scene *s, uint32_t i)
{
    uint64_t cells = 0;
    unsigned m0 = 16;
    for (unsigned c = 0; c < s->list[i][0]; c++) {
        cells += UINT64_C(16) << s->list[i][1 + c];
    }
    while (cells > UINT64_C(1) << m0) {
        m0++;
    }
    return &s->profile.boundary[m0].r[0];
}

static void send_run(struct scene *s)
{
    const size_t len = (size_t)s->n_segments * 12 + 8;
    uint8_t *const run = malloc(len);
    for (uint32_t i = 0; i < s->n_segments; i++) {
        sc_set_segment_encode(run + (size_t)i * 12, &s->segment[i]);
    }
    store_le(run + len - 8, s->last_ram, 4);
    store_le(run + len - 4, s->last_input, 4);
    sc_send_bytes(&s->ch, SC_L_SET_RUN, run, len);
    free(run);
}

static void send_samples(struct scene *s)
{
    for (uint32_t i = 0; i <= s->n_segments; i++) {
        const struct sc_whir_round *const r = round_0(s, i);
        fx point[SC_WHIR_MAX_OOD * SC_M0_MAX];
        fx answers[SC_WHIR_MAX_OOD];
        for (unsigned k = 0; k < r->ood; k++) {
            answers[k] = s->answer;
        }
        if (r->ood != 0) {
            sc_tr_challenge(&s->ch.tr, SC_L_SET_OOD, point, (size_t)r->ood * r->mu);
            sc_send_fx(&s->ch, SC_L_SET_OOD_ANS, answers, r->ood);
        }
    }
}

static void send_roots(struct scene *s)
{
    fx c[AIR_SLOTS];
    for (uint32_t i = 0; i <= s->n_segments; i++) {
        uint8_t root[32];
        memset(root, (int)(i & 255), 32);
        sc_send_bytes(&s->ch, SC_L_SET_ROOT, root, 32);
    }
    send_samples(s);
    sc_send_grind(&s->ch, SC_L_SET_POW, s->profile.logup_pow);
    sc_tr_challenge(&s->ch.tr, SC_L_SET_ALPHA, c, 1);
    sc_tr_challenge(&s->ch.tr, SC_L_SET_BETA, c, AIR_SLOTS);
    memcpy(s->digest, s->ch.tr.s, 32);
}

/* Everything up to the digest, and @p more behind it. */
static void scene_make(struct scene *s, const uint8_t *more, size_t more_len)
{
    uint8_t text[128];
    sc_pch_fini(&s->ch);
    free(s->file);
    sc_pch_init(&s->ch, NULL);
    sc_set_seed(text, &sc_machine_rv64im, &s->profile);
    sc_tr_absorb(&s->ch.tr, SC_L_SET_SEED, text, SC_SET_SEED_LEN);
    sc_head_image_encode(text, &s->image);
    sc_send_bytes(&s->ch, SC_L_SET_IMAGE, text, SC_HEAD_IMAGE_LEN);
    sc_vk_compute(s->vk, &sc_machine_rv64im, &s->profile, &s->image);
    sc_tr_absorb(&s->ch.tr, SC_L_SET_VK, s->vk, sizeof s->vk);
    sc_set_size_encode(text, s->n_segments, s->output_len);
    sc_send_bytes(&s->ch, SC_L_SET_SIZE, text, SC_SET_SIZE_LEN);
    send_run(s);
    sc_send_bytes(&s->ch, SC_L_SET_OUTPUT, s->output, s->output_len < sizeof s->output ? (size_t)s->output_len : 0);
    for (uint32_t i = 0; i <= s->n_segments; i++) {
        sc_send_bytes(&s->ch, SC_L_SET_SHAPE, &s->list[i][0], 1);
        sc_send_bytes(&s->ch, SC_L_SET_SHAPE, &s->list[i][1], s->list[i][0] <= AIR_MAX_CHUNKS ? s->list[i][0] : AIR_MAX_CHUNKS);
    }
    if (!s->short_of_roots) {
        send_roots(s);
    }
    s->len = SC_PROOF_HEAD_LEN + s->ch.len + more_len;
    s->file = malloc(s->len);
    sc_proof_head(s->file, &s->profile, SC_KIND_SET);
    memcpy(s->file + SC_PROOF_HEAD_LEN, s->ch.buf, s->ch.len);
    if (more_len) {
        memcpy(s->file + s->len - more_len, more, more_len);
    }
}

#endif
