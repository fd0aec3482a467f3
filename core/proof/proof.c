/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Heads, key and bounds of the proof file. Theory: docs/spec/proof.md.
 */
#include "core/proof/proof.h"

#include "core/base/rd.h"
#include "core/hash/blake3.h"

#include <string.h>

#define FX_LEN (4u * FX_DEG)

void sc_proof_head(uint8_t out[SC_PROOF_HEAD_LEN], const struct sc_profile *p, enum sc_proof_kind kind)
{
    memcpy(out, SC_PROOF_MAGIC, SC_MAGIC_LEN);
    store_le(out + SC_MAGIC_LEN, SC_PROOF_VERSION, 4);
    sc_profile_digest(out + SC_FILE_HEAD_LEN, p);
    out[SC_PROOF_HEAD_LEN - 1] = (uint8_t)kind;
}

socle_status sc_proof_head_decode(const struct sc_profile **profile, enum sc_proof_kind *kind, uint32_t *version, const uint8_t *bytes,
                                  size_t len)
{
    *profile = NULL;
    *kind = SC_KIND_SINGLE;
    *version = 0;
    if (len < SC_FILE_HEAD_LEN || memcmp(bytes, SC_PROOF_MAGIC, SC_MAGIC_LEN) != 0) {
        return SOCLE_E_FORMAT;
    }
    *version = (uint32_t)load_le(bytes + SC_MAGIC_LEN, 4);
    if (*version != SC_PROOF_VERSION) {
        return SOCLE_E_VERSION;
    }
    if (len < SC_PROOF_HEAD_LEN) {
        return SOCLE_E_FORMAT;
    }
    *profile = sc_profile_find(bytes + SC_FILE_HEAD_LEN);
    if (*profile == NULL) {
        return SOCLE_E_VERSION;
    }
    const uint8_t k = bytes[SC_PROOF_HEAD_LEN - 1];
    if (k != SC_KIND_SINGLE && k != SC_KIND_SET) {
        return SOCLE_E_FORMAT;
    }
    *kind = (enum sc_proof_kind)k;
    return SOCLE_OK;
}

void sc_seed(uint8_t out[SC_SEED_LEN], const struct sc_machine *m, const struct sc_profile *p)
{
    memcpy(out, "socle proof", 11);
    store_le(out + 11, SC_PROOF_VERSION, 4);
    sc_profile_digest(out + 15, p);
    memcpy(out + 47, m->digest, 32);
}

void sc_head_image_encode(uint8_t out[SC_HEAD_IMAGE_LEN], const struct sc_head_image *h)
{
    store_le(out, h->entry, 4);
    out[4] = h->log_h;
    memcpy(out + 5, h->root, 32);
}

void sc_head_image_decode(struct sc_head_image *out, const uint8_t in[SC_HEAD_IMAGE_LEN])
{
    out->entry = (uint32_t)load_le(in, 4);
    out->log_h = in[4];
    memcpy(out->root, in + 5, 32);
}

void sc_head_run_encode(uint8_t out[SC_HEAD_RUN_LEN], const struct sc_head_run *h)
{
    store_le(out, 1, 4);
    store_le(out + 4, 0, 4);
    store_le(out + 8, h->ts_end, 4);
    store_le(out + 12, h->ip_end, 4);
    store_le(out + 16, h->last_ram, 4);
    store_le(out + 20, h->last_input, 4);
    store_le(out + 24, h->output_len, 8);
}

socle_status sc_head_run_decode(struct sc_head_run *out, const uint8_t in[SC_HEAD_RUN_LEN])
{
    out->ts_end = (uint32_t)load_le(in + 8, 4);
    out->ip_end = (uint32_t)load_le(in + 12, 4);
    out->last_ram = (uint32_t)load_le(in + 16, 4);
    out->last_input = (uint32_t)load_le(in + 20, 4);
    out->output_len = load_le(in + 24, 8);
    return load_le(in, 4) == 1 && load_le(in + 4, 4) == 0 ? SOCLE_OK : SOCLE_E_FORMAT;
}

void sc_vk_compute(uint8_t vk[SC_VK_LEN], const struct sc_machine *m, const struct sc_profile *p, const struct sc_head_image *h)
{
    uint8_t text[4 + 32 + 32 + SC_HEAD_IMAGE_LEN];
    store_le(text, SC_PROOF_VERSION, 4);
    sc_profile_digest(text + 4, p);
    memcpy(text + 36, m->digest, 32);
    sc_head_image_encode(text + 68, h);
    sc_b3_derive(vk, "socle vk v1", text, sizeof text);
}

void sc_key_encode(uint8_t out[SC_KEY_FILE_LEN], const uint8_t vk[SC_VK_LEN])
{
    memcpy(out, SC_KEY_MAGIC, SC_MAGIC_LEN);
    store_le(out + SC_MAGIC_LEN, SC_PROOF_VERSION, 4);
    memcpy(out + SC_FILE_HEAD_LEN, vk, SC_VK_LEN);
}

socle_status sc_key_decode(uint8_t vk[SC_VK_LEN], const uint8_t *bytes, size_t len)
{
    memset(vk, 0, SC_VK_LEN);
    if (len < SC_FILE_HEAD_LEN || memcmp(bytes, SC_KEY_MAGIC, SC_MAGIC_LEN) != 0) {
        return SOCLE_E_FORMAT;
    }
    if (load_le(bytes + SC_MAGIC_LEN, 4) != SC_PROOF_VERSION) {
        return SOCLE_E_VERSION;
    }
    if (len != SC_KEY_FILE_LEN) {
        return SOCLE_E_FORMAT;
    }
    memcpy(vk, bytes + SC_FILE_HEAD_LEN, SC_VK_LEN);
    return SOCLE_OK;
}

bool sc_image_holds(const struct sc_head_image *image)
{
    return image->entry < SC_ENTRY_LIMIT && image->log_h >= SC_IMAGE_MIN_LOG_H && image->log_h <= SC_IMAGE_MAX_LOG_H;
}

bool sc_end_holds(uint32_t ts_end, uint32_t ip_end)
{
    return ts_end % 4 == 0 && ts_end >= 8 && ts_end < SC_TS_LIMIT && ip_end < FP_P;
}

bool sc_keys_hold(uint32_t last_ram, uint32_t last_input)
{
    return last_ram < SC_KEY_LIMIT && (last_input < SC_KEY_LIMIT || last_input == SC_CHAIN_START_IO);
}

bool sc_output_holds(uint64_t output_len)
{
    return output_len <= SC_OUTPUT_MAX;
}

bool sc_clock_holds(const struct sc_machine *m, const struct sc_shape *shape)
{
    return sc_shape_clock(m, shape) + 4 < SC_TS_LIMIT;
}

bool sc_limits_hold(const struct sc_machine *m, const struct sc_head_image *image, const struct sc_head_run *run,
                    const struct sc_shape *shape)
{
    return sc_image_holds(image) && shape->image_log_h == image->log_h && sc_end_holds(run->ts_end, run->ip_end) &&
           sc_keys_hold(run->last_ram, run->last_input) && sc_output_holds(run->output_len) && sc_shape_valid(m, shape) &&
           sc_clock_holds(m, shape);
}

/* A shared path never has more digests than the paths by themselves. */
static uint64_t whir_max(const struct sc_whir_params *wp)
{
    uint64_t n = 0;
    for (unsigned i = 0; i < wp->n_rounds; i++) {
        const struct sc_whir_round *const r = &wp->r[i];
        const uint64_t leaf = (uint64_t)(i == 0 ? 4 : FX_LEN) << r->k;
        n += (uint64_t)r->k * (2 * FX_LEN + 8) + 8;
        n += (uint64_t)r->t * (leaf + 32 * (uint64_t)sc_whir_log_n(r));
        n += i + 1 < wp->n_rounds ? 32 + FX_LEN * (uint64_t)wp->r[i + 1].ood : (uint64_t)FX_LEN << wp->mu_final;
    }
    return n;
}

/* Root and layers of one side: the sum of 2 i + 4 elements over them. */
static uint64_t gkr_max(unsigned n_vars)
{
    return FX_LEN * (2 + (uint64_t)n_vars * (n_vars + 3));
}

uint64_t sc_proof_max(const struct sc_layout *l, const struct sc_profile *p, uint64_t output_len)
{
    uint64_t n = output_len + 32 + 8 + gkr_max(l->n_leaf_vars) + (l->n_global_vars ? gkr_max(l->n_global_vars) : 0);
    n += (uint64_t)4 * FX_LEN * l->n_vars + (uint64_t)FX_LEN * l->n_values + whir_max(&p->main[l->m0]);
    n += l->image_m0 ? whir_max(&p->image[l->image_m0]) : 0;
    return n + (l->boundary_m0 ? whir_max(&p->boundary[l->boundary_m0]) : 0);
}
