/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Verifying and inspecting for the public interface.
 */
#include <string.h>

#include "core/base/rd.h"
#include "core/proof/set.h"
#include "host/api/verify.h"
#include "host/sys/mem.h"

_Static_assert(SOCLE_KEY_BYTES == SC_KEY_FILE_LEN, "key file");

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
    const bool is_set = len >= SC_PROOF_HEAD_LEN && proof[SC_PROOF_HEAD_LEN - 1] == SC_KIND_SET;
    const socle_status st = refusal(ctx, (is_set ? sc_verify_set : sc_verify)(&v, &sc_machine_rv64im, profile, vk, proof, len, scratch, size));
    sc_free(scratch);
    if (st == SOCLE_OK) {
        *out = (struct socle_verified){v.output, v.output_len, v.n_cycles, profile->name, v.n_segments};
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

/* What is the same in both kinds of file. */
static void say_program(struct socle_info *out, const struct sc_profile *profile, const struct sc_head_image *image)
{
    out->version = SC_PROOF_VERSION;
    out->profile = profile->name;
    sc_vk_compute(out->key, &sc_machine_rv64im, profile, image);
    memcpy(out->image_root, image->root, sizeof out->image_root);
    out->image_log_rows = image->log_h;
    out->entry = 4 * (uint64_t)image->entry;
}

/* Rows of BOUNDARY in n proofs; false when the lists are none or too long. */
static bool count_boundary(struct rd *rd, const struct sc_profile *profile, uint32_t n, uint64_t *rows)
{
    *rows = 0;
    for (uint32_t i = 0; i < n; i++) {
        const unsigned n_chunks = rd_u8(rd);
        const uint8_t *const log_h = rd_take(rd, n_chunks);
        if (log_h == NULL || !sc_boundary_holds(&sc_machine_rv64im, profile, log_h, n_chunks)) {
            return false;
        }
        for (unsigned c = 0; c < n_chunks; c++) {
            *rows += UINT64_C(1) << log_h[c];
        }
    }
    return *rows < SC_SET_ROWS_LIMIT;
}

/* The global messages up to the lists of BOUNDARY. */
static bool read_set(struct socle_info *out, const struct sc_profile *profile, struct rd rd)
{
    const struct air_table *const boundary = &sc_air_tables[AIR_TABLE_BOUNDARY];
    struct sc_head_image image;
    uint32_t n;
    uint64_t rows;
    (void)rd_take(&rd, SC_PROOF_HEAD_LEN);
    const uint8_t *const head = rd_take(&rd, SC_HEAD_IMAGE_LEN);
    const uint8_t *const size = rd_take(&rd, SC_SET_SIZE_LEN);
    if (head == NULL || size == NULL || sc_set_size_decode(&n, &out->output_len, size) != SOCLE_OK) {
        return false;
    }
    sc_head_image_decode(&image, head);
    const uint8_t *const runs = rd_take(&rd, (size_t)n * SC_SEGMENT_LEN + SC_SET_KEYS_LEN);
    if (runs == NULL || !sc_image_holds(&image) || !sc_output_holds(out->output_len) || out->output_len > rd.left) {
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        struct sc_set_segment g;
        sc_set_segment_decode(&g, runs + (size_t)i * SC_SEGMENT_LEN);
        if (!sc_end_holds(g.ts_end, g.ip_out)) {
            return false;
        }
        out->cycles += sc_cycles(g.ts_end);
    }
    out->output = rd_take(&rd, (size_t)out->output_len);
    if (!count_boundary(&rd, profile, n + 1, &rows)) {
        return false;
    }
    out->kind = SOCLE_KIND_SET;
    say_program(out, profile, &image);
    out->n_segments = n;
    out->cells = rows * boundary->n_cols;
    out->bus_terms = rows * boundary->n_uses;
    out->tables[out->n_tables++] = (struct socle_table){boundary->name, rows, out->cells, out->bus_terms};
    return true;
}

static socle_status no_sense(socle_context *ctx)
{
    return sc_fail(ctx, SOCLE_E_FORMAT, "the heads of this proof file make no sense");
}

static socle_status inspect_set(socle_context *ctx, struct socle_info *out, const struct sc_profile *profile, const uint8_t *bytes, size_t len)
{
    if (!read_set(out, profile, rd_view(bytes, len))) {
        memset(out, 0, sizeof *out);
        return no_sense(ctx);
    }
    return SOCLE_OK;
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
    if (kind == SC_KIND_SET) {
        return inspect_set(ctx, out, profile, bytes, len);
    }
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
    say_program(out, profile, &image);
    out->cycles = sc_cycles(run.ts_end);
    out->output_len = run.output_len;
    out->output = rd_take(&rd, (size_t)run.output_len);
    out->log_cells = layout.m0;
    sc_api_tables(out->tables, &out->n_tables, &out->cells, &out->bus_terms, &shape);
out:
    if (st == SOCLE_E_FORMAT && ctx->message[0] == '\0') {
        return no_sense(ctx);
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
