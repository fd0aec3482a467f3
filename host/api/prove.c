/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Keys and proofs for the public interface: program, run, trace and proof, one after the other.
 */
#include "host/prove/prove.h"

#include <string.h>

#include "host/api/verify.h"
#include "host/sys/mem.h"
#include "host/trace/trace.h"

static struct sc_prover prover_of(socle_context *ctx, const struct sc_profile *profile)
{
    const struct sc_prover p = {
        .machine = &sc_machine_rv64im,
        .profile = profile,
        .ops = sc_cpu_ops_best(),
        .pool = ctx->pool,
        .watch = &ctx->watch,
    };
    return p;
}

/** A program, its image and its key, as they depend on each other. */
struct loaded {
    struct sc_elf elf;
    struct sc_image image;
    struct sc_program program;
};

static void loaded_fini(struct loaded *l)
{
    sc_program_fini(&l->program);
    sc_image_fini(&l->image);
    sc_elf_fini(&l->elf);
}

static socle_status loaded_init(socle_context *ctx, struct loaded *l, const struct sc_profile *profile, const uint8_t *elf, size_t elf_len)
{
    socle_status st = SOCLE_OK;
    const struct sc_prover prover = prover_of(ctx, profile);
    TRY(sc_api_strong(ctx, profile, SOCLE_E_ARG));
    TRY(sc_api_load(ctx, &l->elf, elf, elf_len));
    TRY(sc_api_stage(ctx, SC_STAGE_KEYGEN));
    TRY(sc_image_build(&l->image, &l->elf));
    TRY(sc_keygen(&l->program, &prover, (uint32_t)(l->elf.entry / 4), l->image.log_h, l->image.cells));
out:
    return st;
}

/* The key of a program. */
static socle_status key_of(socle_context *ctx, uint8_t vk[SC_VK_LEN], const struct sc_profile *profile, const uint8_t *elf, size_t elf_len)
{
    struct loaded *const l = sc_alloc(1, sizeof *l);
    if (l == NULL) {
        return SOCLE_E_NOMEM;
    }
    const socle_status st = loaded_init(ctx, l, profile, elf, elf_len);
    memcpy(vk, l->program.vk, SC_VK_LEN);
    loaded_fini(l);
    sc_free(l);
    return st;
}

socle_status socle_keygen(socle_context *ctx, uint8_t key[SOCLE_KEY_BYTES], const uint8_t *elf, size_t elf_len)
{
    uint8_t vk[SC_VK_LEN];
    memset(key, 0, SOCLE_KEY_BYTES);
    sc_api_begin(ctx);
    ctx->clock.weight_total = 2; /* load and image */
    const socle_status st = key_of(ctx, vk, ctx->profile, elf, elf_len);
    if (st == SOCLE_OK) {
        sc_key_encode(key, vk);
        sc_api_finish(ctx);
    }
    return sc_api_end(ctx, st);
}

socle_status socle_verify_program(socle_context *ctx, struct socle_verified *out, const uint8_t *elf, size_t elf_len, const uint8_t *proof,
                                  size_t proof_len)
{
    socle_status st = SOCLE_OK;
    uint8_t vk[SC_VK_LEN];
    const struct sc_profile *profile;
    memset(out, 0, sizeof *out);
    sc_api_begin(ctx);
    ctx->clock.weight_total = 2;
    TRY(sc_api_proof_profile(ctx, &profile, proof, proof_len));
    TRY(key_of(ctx, vk, profile, elf, elf_len));
    TRY(sc_api_verify(ctx, out, profile, vk, proof, proof_len));
    sc_api_finish(ctx);
out:
    return sc_api_end(ctx, st);
}

static socle_status prove_run(socle_context *ctx, struct socle_proof *out, const struct loaded *l, const uint8_t *input, size_t input_len)
{
    socle_status st = SOCLE_OK;
    struct sc_run run = {0};
    struct sc_trace trace = {0};
    uint8_t *proof = NULL;
    size_t len = 0;
    uint64_t rows[SC_N_TABLES];
    const struct sc_prover prover = prover_of(ctx, ctx->profile);
    TRY(sc_api_run(ctx, &out->run, &run, &l->elf, input, input_len, true));
    TRY(sc_api_stage(ctx, SC_STAGE_TRACE));
    TRY(sc_trace_build(&trace, ctx->message, sizeof ctx->message, &run, &l->image, ctx->pool));
    memcpy(rows, run.n_rows, sizeof rows);
    sc_free(run.events); /* the largest list of the run; only the trace read it */
    run.events = NULL;
    run.n_events = 0;
    const struct sc_witness witness = sc_witness_of(&trace);
    sc_api_tables(out->run.tables, &out->run.n_tables, &out->cells, &out->bus_terms, &trace.shape);
    for (unsigned t = 0; t < out->run.n_tables; t++) {
        out->run.tables[t].rows = sc_air_tables[t].fixed_log_h != 0 ? out->run.tables[t].rows : rows[t];
    }
    out->log_cells = trace.layout.m0;
    TRY(sc_prove(&proof, &len, &prover, &l->program, &witness));
    TRY(sc_api_hand(ctx, &out->bytes, proof, len));
    out->len = len;
out:
    sc_trace_fini(&trace);
    sc_run_fini(&run);
    return st;
}

socle_status socle_prove(socle_context *ctx, struct socle_proof *out, const uint8_t *elf, size_t elf_len, const uint8_t *input,
                         size_t input_len)
{
    socle_status st = SOCLE_OK;
    struct loaded *const l = sc_alloc(1, sizeof *l);
    memset(out, 0, sizeof *out);
    sc_api_begin(ctx);
    if (l == NULL) {
        return sc_api_end(ctx, SOCLE_E_NOMEM);
    }
    TRY(loaded_init(ctx, l, ctx->profile, elf, elf_len));
    TRY(prove_run(ctx, out, l, input, input_len));
    sc_api_finish(ctx);
    out->n_stages = sc_api_stages(ctx, out->stages);
out:
    loaded_fini(l);
    sc_free(l);
    if (st != SOCLE_OK) {
        socle_proof_fini(ctx, out);
    }
    return sc_api_end(ctx, st);
}

void socle_proof_fini(socle_context *ctx, struct socle_proof *proof)
{
    socle_run_fini(ctx, &proof->run);
    socle_free(ctx, proof->bytes);
    memset(proof, 0, sizeof *proof);
}
