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
    const unsigned vars = sc_image_vars(prover.machine, sc_image_height(&l->elf));
    if (!sc_prover_has(&prover, prover.profile->min_m0, vars)) {
        return sc_fail(ctx, SOCLE_E_LIMIT, "the program is too large");
    }
    TRY(sc_api_room(ctx, sc_big_size(sizeof(fp) << vars) + sc_keygen_memory(&prover, vars), "the key of this program"));
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

/** A run on its way to a proof. */
struct proving {
    struct sc_run run;
    struct sc_segments segments;
    struct sc_shape shape;
    struct sc_layout layout;
    struct sc_trace trace;
};

/* Run without recording first: that is quick, and tells whether the proof fits one proof and the memory before either is tried. */
static socle_status plan(socle_context *ctx, struct socle_proof *out, struct proving *g, const struct loaded *l, const uint8_t *input,
                         size_t input_len)
{
    socle_status st = SOCLE_OK;
    const struct sc_prover prover = prover_of(ctx, ctx->profile);
    const unsigned n_threads = sc_pool_size(ctx->pool);
    st = sc_api_run(ctx, &out->run, &g->run, &g->segments, &l->elf, input, input_len, SC_CYCLES_MAX);
    if (st == SOCLE_E_LIMIT && g->run.end == SC_END_CYCLES) {
        return sc_fail(ctx, st, "the run is too long for one proof: more than %llu instructions", (unsigned long long)SC_CYCLES_MAX);
    }
    TRY(st);
    TRY(sc_trace_shape(&g->shape, &g->layout, ctx->message, sizeof ctx->message, g->run.n_rows, l->image.log_h));
    if (!sc_prover_has(&prover, g->layout.m0, l->program.vars)) {
        return SOCLE_E_LIMIT;
    }
    const size_t kept = sc_segments_memory(&g->segments) + sc_elf_memory(&l->elf); /* given back before the proof */
    const size_t trace = sc_replay_memory(&l->elf, &g->segments.spans[0]) + sc_trace_memory(&g->layout, n_threads);
    const size_t proof = sc_prove_memory(&prover, &g->layout, l->program.vars, g->run.output_size);
    TRY(sc_api_room(ctx, trace + kept > proof ? trace : proof - kept, "proving this run"));
out:
    return st;
}

static void drop_cells(void *arg)
{
    sc_trace_drop_cells(arg);
}

static socle_status prove_run(socle_context *ctx, struct socle_proof *out, struct proving *g, struct loaded *l, const uint8_t *input,
                              size_t input_len)
{
    socle_status st = SOCLE_OK;
    uint8_t *proof = NULL;
    size_t len = 0;
    const struct sc_prover prover = prover_of(ctx, ctx->profile);
    TRY(plan(ctx, out, g, l, input, input_len));
    TRY(sc_api_stage(ctx, SC_STAGE_TRACE));
    TRY(sc_trace_record(&g->trace, ctx->message, sizeof ctx->message, &l->elf, &g->segments, g->run.output, g->run.output_size, &l->image,
                        ctx->pool, &ctx->watch));
    sc_segments_fini(&g->segments); /* only the trace read them */
    sc_elf_fini(&l->elf);
    struct sc_witness witness = sc_witness_of(&g->trace);
    witness.cells_done = drop_cells;
    witness.arg = &g->trace;
    sc_api_tables(out->run.tables, &out->run.n_tables, &out->cells, &out->bus_terms, &g->trace.shape);
    for (unsigned t = 0; t < out->run.n_tables; t++) {
        out->run.tables[t].rows = sc_air_tables[t].fixed_log_h != 0 ? out->run.tables[t].rows : g->run.n_rows[t];
    }
    out->log_cells = g->trace.layout.m0;
    TRY(sc_prove(&proof, &len, &prover, &l->program, &witness));
    TRY(sc_api_hand(ctx, &out->bytes, proof, len));
    out->len = len;
out:
    return st;
}

static void proving_fini(struct proving *g)
{
    sc_trace_fini(&g->trace);
    sc_segments_fini(&g->segments);
    sc_run_fini(&g->run);
}

socle_status socle_prove(socle_context *ctx, struct socle_proof *out, const uint8_t *elf, size_t elf_len, const uint8_t *input,
                         size_t input_len)
{
    socle_status st = SOCLE_OK;
    memset(out, 0, sizeof *out);
    sc_api_begin(ctx);
    struct loaded *const l = sc_alloc(1, sizeof *l);
    struct proving *const g = sc_alloc(1, sizeof *g);
    TRY(l != NULL && g != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    TRY(loaded_init(ctx, l, ctx->profile, elf, elf_len));
    TRY(prove_run(ctx, out, g, l, input, input_len));
    sc_api_finish(ctx);
    out->n_stages = sc_api_stages(ctx, out->stages);
out:
    if (g != NULL) {
        proving_fini(g);
    }
    if (l != NULL) {
        loaded_fini(l);
    }
    sc_free(g);
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
