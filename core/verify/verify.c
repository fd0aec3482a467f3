/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The verifier of a single proof: heads, limits, public terms. The rest is body_v.c. Theory: docs/spec/proof.md.
 */
#include "core/verify/verify.h"

#include "core/verify/body_v.h"

#include <string.h>

size_t sc_verify_scratch(const struct sc_machine *m)
{
    return sc_body_scratch(m);
}

socle_status sc_recv_head(struct sc_vch *ch, const struct sc_profile *profile, enum sc_proof_kind kind)
{
    uint8_t own[SC_PROOF_HEAD_LEN];
    const uint8_t *const head = rd_take(&ch->rd, SC_PROOF_HEAD_LEN);
    sc_proof_head(own, profile, kind);
    if (!head || memcmp(head, own, SC_MAGIC_LEN) != 0) {
        return SOCLE_E_FORMAT;
    }
    if (memcmp(head, own, SC_PROOF_HEAD_LEN - 1) != 0) {
        return SOCLE_E_VERSION;
    }
    return head[SC_PROOF_HEAD_LEN - 1] == own[SC_PROOF_HEAD_LEN - 1] ? SOCLE_OK : SOCLE_E_FORMAT;
}

/* Seed, program and key. */
static socle_status recv_image(struct sc_body *b, struct sc_head_image *image, const uint8_t vk[SC_VK_LEN])
{
    uint8_t seed[SC_SEED_LEN];
    uint8_t own[SC_VK_LEN];
    const uint8_t *bytes;
    sc_seed(seed, b->m, b->profile);
    sc_tr_absorb(&b->ch.tr, SC_L_SEED, seed, sizeof seed);
    const socle_status st = sc_recv_bytes(&b->ch, SC_L_HEAD_IMAGE, &bytes, SC_HEAD_IMAGE_LEN);
    if (st != SOCLE_OK) {
        return st;
    }
    sc_head_image_decode(image, bytes);
    sc_vk_compute(own, b->m, b->profile, image);
    sc_tr_absorb(&b->ch.tr, SC_L_VK, own, sizeof own);
    return memcmp(own, vk, SC_VK_LEN) == 0 ? SOCLE_OK : SOCLE_E_VERSION;
}

/* From the file's first byte to the last of HEAD_SHAPE, and all checks on them. */
static socle_status recv_heads(struct sc_body *b, struct sc_verified *out, const uint8_t vk[SC_VK_LEN])
{
    socle_status st = SOCLE_OK;
    const uint8_t *bytes;
    TRY(sc_recv_head(&b->ch, b->profile, SC_KIND_SINGLE));
    TRY(recv_image(b, &out->image, vk));
    TRY(sc_recv_bytes(&b->ch, SC_L_HEAD_RUN, &bytes, SC_HEAD_RUN_LEN));
    TRY(sc_head_run_decode(&out->run, bytes));
    TRY(sc_body_shape(b));
    b->shape.image_log_h = out->image.log_h;
    if (!sc_limits_hold(b->m, &out->image, &out->run, &b->shape)) {
        return SOCLE_E_LIMIT;
    }
    TRY(sc_body_layout(b));
    st = b->ch.rd.left <= sc_proof_max(&b->layout, b->profile, out->run.output_len) ? SOCLE_OK : SOCLE_E_FORMAT;
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
    struct sc_body *const b = sc_body_init(scratch, m, profile);
    sc_tr_init(&b->ch.tr);
    b->ch.rd = rd_view(proof, len);
    TRY(recv_heads(b, &v, vk));
    v.n_segments = 1;
    v.n_cycles = sc_cycles(v.run.ts_end);
    v.output_len = v.run.output_len;
    if (v.output_len > SIZE_MAX) {
        return SOCLE_E_LIMIT;
    }
    TRY(sc_recv_bytes(&b->ch, SC_L_OUTPUT, &v.output, (size_t)v.output_len));
    memcpy(b->image_root, v.image.root, sizeof b->image_root);
    TRY(sc_body_commit(b));
    TRY(sc_body_argue(b, sc_public_terms(&b->bus[0], &v.image, &v.run, v.output)));
    TRY(sc_body_open(b));
    if (!rd_done(&b->ch.rd)) {
        return SOCLE_E_FORMAT;
    }
    *out = v;
out:
    return st;
}
