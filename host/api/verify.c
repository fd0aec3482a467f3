/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Verifying and inspecting for the public interface.
 */
#include <string.h>

#include "core/base/rd.h"
#include "core/proof/proof.h"
#include "host/api/verify.h"
#include "host/sys/mem.h"

_Static_assert(SOCLE_KEY_BYTES == SC_KEY_FILE_LEN, "key file");

/* Cycles of a run, from its last stamp: instruction n has stamp 4 (n + 1), the end has the stamp
 * after the last. */
static uint64_t cycles_of(uint32_t ts_end)
{
    return ts_end < 4 ? 0 : ts_end / 4 - 1;
}

static bool begins_with(const uint8_t *bytes, size_t len, const char *magic)
{
    return len >= SC_FILE_HEAD_LEN && memcmp(bytes, magic, SC_MAGIC_LEN) == 0;
}

/* The form of a proof file and its profile: anything after it that is wrong is a refusal, not a
 * strange file. */
static socle_status check_head(socle_context *ctx, const struct sc_profile **profile, enum sc_proof_kind *kind, const uint8_t *proof, size_t len)
{
    uint32_t version;
    const socle_status st = sc_proof_head_decode(profile, kind, &version, proof, len);
    if (st == SOCLE_E_FORMAT) {
        return sc_fail(ctx, st, "this is not a proof file");
    }
    if (st == SOCLE_E_VERSION && version != SC_PROOF_VERSION) {
        return sc_fail(ctx, st, "proof file of version %u, this is version %u", version, SC_PROOF_VERSION);
    }
    return st == SOCLE_OK ? st : sc_fail(ctx, st, "proof of a profile that this version does not know");
}

socle_status sc_api_proof_profile(socle_context *ctx, const struct sc_profile **profile, const uint8_t *proof, size_t len)
{
    enum sc_proof_kind kind;
    const socle_status st = check_head(ctx, profile, &kind, proof, len);
    if (st != SOCLE_OK) {
        return st;
    }
    if (ctx->options.profile != NULL && *profile != ctx->profile) {
        return sc_fail(ctx, SOCLE_E_REJECT, "refused: a proof of profile %s, not of %s", (*profile)->name, ctx->profile->name);
    }
    return sc_api_strong(ctx, *profile, SOCLE_E_REJECT);
}

static socle_status refusal(socle_context *ctx, socle_status st)
{
    switch (st) {
    case SOCLE_E_VERSION:
        return sc_fail(ctx, SOCLE_E_REJECT, "refused: the proof is about another program, profile or machine than this key");
    case SOCLE_E_FORMAT:
        return sc_fail(ctx, SOCLE_E_REJECT, "refused: the bytes are no canonical proof (cut, extended or altered)");
    case SOCLE_E_LIMIT:
        return sc_fail(ctx, SOCLE_E_REJECT, "refused: its sizes exceed what one proof can hold");
    case SOCLE_E_REJECT:
        return sc_fail(ctx, SOCLE_E_REJECT, "refused: a check of the argument fails");
    case SOCLE_OK:
    case SOCLE_E_ARG:
    case SOCLE_E_NOMEM:
    case SOCLE_E_IO:
    case SOCLE_E_GUEST:
    case SOCLE_E_DEVICE:
    case SOCLE_E_CANCELLED:
    case SOCLE_E_DEADLINE:
    case SOCLE_E_SELFCHECK:
    case SOCLE_E_BUG:
        break;
    }
    return st;
}

socle_status sc_api_verify(socle_context *ctx, struct socle_verified *out, const struct sc_profile *profile, const uint8_t vk[SC_VK_LEN],
                           const uint8_t *proof, size_t len)
{
    struct sc_verified v;
    const size_t size = sc_verify_scratch(&sc_machine_rv64im);
    void *const scratch = sc_alloc(1, size);
    if (scratch == NULL) {
        return SOCLE_E_NOMEM;
    }
    const socle_status st = refusal(ctx, sc_verify(&v, &sc_machine_rv64im, profile, vk, proof, len, scratch, size));
    sc_free(scratch);
    if (st == SOCLE_OK) {
        *out = (struct socle_verified){v.output, v.output_len, cycles_of(v.run.ts_end), profile->name};
    }
    return st;
}

socle_status socle_verify(socle_context *ctx, struct socle_verified *out, const uint8_t *key, size_t key_len, const uint8_t *proof,
                          size_t proof_len)
{
    socle_status st = SOCLE_OK;
    uint8_t vk[SC_VK_LEN];
    const struct sc_profile *profile;
    memset(out, 0, sizeof *out);
    sc_api_begin(ctx);
    st = sc_key_decode(vk, key, key_len);
    if (st != SOCLE_OK) {
        st = sc_fail(ctx, st, st == SOCLE_E_VERSION ? "key file of another version" : "this is not a key file");
        goto out;
    }
    TRY(sc_api_proof_profile(ctx, &profile, proof, proof_len));
    TRY(sc_api_verify(ctx, out, profile, vk, proof, proof_len));
out:
    return sc_api_end(ctx, st);
}

void sc_api_tables(struct socle_table *tables, unsigned *n_tables, uint64_t *cells, uint64_t *terms, const struct sc_shape *shape)
{
    const struct sc_machine *const m = &sc_machine_rv64im;
    *n_tables = 0;
    *cells = 0;
    *terms = 0;
    for (unsigned t = 0; t < m->n_main; t++) {
        uint64_t rows = 0;
        for (unsigned i = 0; i < shape->n_chunks[t]; i++) {
            rows += UINT64_C(1) << shape->log_h[t][i];
        }
        tables[(*n_tables)++] = (struct socle_table){m->tables[t].name, rows, rows * m->tables[t].n_cols, rows * m->tables[t].n_uses};
        *cells += rows * m->tables[t].n_cols;
        *terms += rows * m->tables[t].n_uses;
    }
}

static socle_status inspect_proof(socle_context *ctx, struct socle_info *out, const uint8_t *bytes, size_t len)
{
    const struct sc_machine *const m = &sc_machine_rv64im;
    struct rd rd = rd_view(bytes, len);
    struct sc_head_image image;
    struct sc_head_run run;
    struct sc_shape shape = {0};
    struct sc_layout layout;
    const struct sc_profile *profile;
    socle_status st = SOCLE_OK;
    enum sc_proof_kind kind;
    TRY(check_head(ctx, &profile, &kind, bytes, len));
    (void)rd_take(&rd, SC_PROOF_HEAD_LEN);
    const uint8_t *const head_image = rd_take(&rd, SC_HEAD_IMAGE_LEN);
    const uint8_t *const head_run = rd_take(&rd, SC_HEAD_RUN_LEN);
    st = SOCLE_E_FORMAT;
    if (head_image == NULL || head_run == NULL || sc_head_run_decode(&run, head_run) != SOCLE_OK) {
        goto out;
    }
    sc_head_image_decode(&image, head_image);
    for (unsigned t = 0; t < m->n_main; t++) {
        shape.n_chunks[t] = rd_u8(&rd);
        const uint8_t *const log_h = shape.n_chunks[t] <= AIR_MAX_CHUNKS ? rd_take(&rd, shape.n_chunks[t]) : NULL;
        if (log_h == NULL) {
            goto out;
        }
        memcpy(shape.log_h[t], log_h, shape.n_chunks[t]);
    }
    shape.image_log_h = image.log_h;
    if (!sc_limits_hold(m, &image, &run, &shape) || !sc_layout(&layout, m, &shape) || run.output_len > rd.left) {
        goto out;
    }
    st = SOCLE_OK;
    out->kind = SOCLE_KIND_PROOF;
    out->version = SC_PROOF_VERSION;
    out->profile = profile->name;
    sc_vk_compute(out->key, m, profile, &image);
    memcpy(out->image_root, image.root, sizeof out->image_root);
    out->image_log_rows = image.log_h;
    out->entry = 4 * (uint64_t)image.entry;
    out->cycles = cycles_of(run.ts_end);
    out->output_len = run.output_len;
    out->output = rd_take(&rd, (size_t)run.output_len);
    out->log_cells = layout.m0;
    sc_api_tables(out->tables, &out->n_tables, &out->cells, &out->bus_terms, &shape);
out:
    if (st == SOCLE_E_FORMAT && ctx->message[0] == '\0') {
        return sc_fail(ctx, st, "the heads of this proof file make no sense");
    }
    return st;
}

socle_status socle_inspect(socle_context *ctx, struct socle_info *out, const uint8_t *bytes, size_t len)
{
    static const uint8_t elf_magic[4] = {0x7f, 'E', 'L', 'F'};
    socle_status st = SOCLE_OK;
    struct sc_elf elf = {0};
    memset(out, 0, sizeof *out);
    sc_api_begin(ctx);
    if (begins_with(bytes, len, SC_PROOF_MAGIC)) {
        st = inspect_proof(ctx, out, bytes, len);
    } else if (begins_with(bytes, len, SC_KEY_MAGIC)) {
        TRY(sc_key_decode(out->key, bytes, len));
        out->kind = SOCLE_KIND_KEY;
        out->version = (uint32_t)load_le(bytes + SC_MAGIC_LEN, 4);
    } else if (len >= sizeof elf_magic && memcmp(bytes, elf_magic, sizeof elf_magic) == 0) {
        TRY(sc_elf_load(&elf, ctx->message, sizeof ctx->message, bytes, len));
        out->kind = SOCLE_KIND_ELF;
        out->entry = elf.entry;
        out->n_segments = elf.n_segments;
        out->n_words = elf.n_words;
    } else {
        st = sc_fail(ctx, SOCLE_E_FORMAT, "no file that Socle reads: neither proof, key nor program");
    }
out:
    sc_elf_fini(&elf);
    if (st != SOCLE_OK) {
        memset(out, 0, sizeof *out);
    }
    return sc_api_end(ctx, st);
}
