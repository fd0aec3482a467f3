/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Keys and proofs for the public interface: program, run, trace and proof, one after the other.
 */
#include "host/api/program.h"

#include <string.h>

#include "host/api/prove_set.h"
#include "host/api/verify.h"
#include "host/sys/mem.h"

/* The key of a program, by the CPU: nothing checks it. */
static socle_status key_of(socle_context *ctx, uint8_t vk[SC_VK_LEN], const struct sc_profile *profile, const uint8_t *elf, size_t elf_len)
{
    struct api_program *const l = sc_alloc(1, sizeof *l);
    if (l == NULL) {
        return SOCLE_E_NOMEM;
    }
    ctx->first = ctx->n_used;
    const socle_status st = sc_api_program(ctx, l, profile, elf, elf_len);
    memcpy(vk, l->program.vk, SC_VK_LEN);
    sc_api_program_fini(l);
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
    struct api_plan plan;
    struct sc_trace trace;
};

static void drop_cells(void *arg)
{
    sc_trace_drop_cells(arg);
}

static socle_status prove_run(socle_context *ctx, struct socle_proof *out, struct proving *g, struct api_program *l, const uint8_t *input,
                              size_t input_len)
{
    socle_status st = SOCLE_OK;
    uint8_t *proof = NULL;
    size_t len = 0;
    const struct sc_prover prover = sc_api_prover(ctx, ctx->profile);
    TRY(sc_api_plan(ctx, &out->run, &g->plan, l, input, input_len));
    TRY(sc_api_plan_fits(ctx, &g->plan));
    out->n_segments = (uint32_t)g->plan.segments.n_spans;
    out->cells = g->plan.cells;
    out->bus_terms = g->plan.bus_terms;
    out->log_cells = g->plan.layout.m0;
    if (out->n_segments > 1) {
        return sc_api_prove_set(ctx, out, l, &g->plan);
    }
    TRY(sc_api_stage(ctx, SC_STAGE_TRACE));
    TRY(sc_trace_record(&g->trace, ctx->message, sizeof ctx->message, &l->elf, &g->plan.segments, g->plan.run.output, g->plan.run.output_size,
                        &l->image, ctx->pool, &ctx->watch));
    sc_segments_fini(&g->plan.segments); /* only the trace read them */
    sc_elf_fini(&l->elf);
    struct sc_witness witness = sc_witness_of(&g->trace);
    witness.cells_done = drop_cells;
    witness.arg = &g->trace;
    TRY(sc_prove(&proof, &len, &prover, &l->program, &witness));
    if (ctx->first < ctx->n_used) {
        atomic_fetch_add(&ctx->used[ctx->first].proofs, 1);
    }
    TRY(sc_api_hand(ctx, &out->bytes, proof, len));
    out->len = len;
out:
    return st;
}

static void proving_fini(struct proving *g)
{
    sc_trace_fini(&g->trace);
    sc_api_plan_fini(&g->plan);
}

static socle_status prove_once(socle_context *ctx, struct socle_proof *out, const uint8_t *elf, size_t elf_len, const uint8_t *input,
                               size_t input_len)
{
    socle_status st = SOCLE_OK;
    memset(out, 0, sizeof *out);
    sc_api_begin(ctx);
    struct api_program *const l = sc_alloc(1, sizeof *l);
    struct proving *const g = sc_alloc(1, sizeof *g);
    TRY(l != NULL && g != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    TRY(sc_api_devices(ctx));
    for (unsigned k = 0; k < ctx->n_used; k++) {
        atomic_store(&ctx->used[k].proofs, 0);
    }
    const unsigned first = ctx->first;
    ctx->first = ctx->options.resume != NULL ? ctx->n_used : first; /* what a folder keeps for all proofs of a set is no device's */
    TRY(sc_api_program(ctx, l, ctx->profile, elf, elf_len));
    ctx->first = first;
    TRY(prove_run(ctx, out, g, l, input, input_len));
    sc_api_finish(ctx);
    out->n_stages = sc_api_stages(ctx, out->stages);
out:
    if (g != NULL) {
        proving_fini(g);
    }
    if (l != NULL) {
        sc_api_program_fini(l);
    }
    sc_free(g);
    sc_free(l);
    if (st != SOCLE_OK) {
        socle_proof_fini(ctx, out);
    }
    return st;
}

/* Wrong bytes of a device show in the check of the proof, those in a root of a set where it is made again (E_BUG), and nowhere else. The first
 * device made a single proof, and of a set what its proofs share; it is not asked again. */
static bool blames_device(socle_context *ctx, socle_status st)
{
    struct sc_committer *const c = ctx->first < ctx->n_used ? ctx->used[ctx->first].committer : NULL;
    if ((st != SOCLE_E_SELFCHECK && st != SOCLE_E_BUG) || c == NULL) {
        return false;
    }
    const struct sc_committer_report r = sc_committer_report(c);
    if (r.made + r.lent[SC_LOAN_BUS] + r.lent[SC_LOAN_ZERO] + r.lent[SC_LOAN_OPENING] == 0) {
        return false;
    }
    sc_committer_differs(c);
    return true;
}

socle_status socle_prove(socle_context *ctx, struct socle_proof *out, const uint8_t *elf, size_t elf_len, const uint8_t *input,
                         size_t input_len)
{
    sc_spans_restart(ctx->spans);
    socle_status st = prove_once(ctx, out, elf, elf_len, input, input_len);
    while (blames_device(ctx, st)) {
        st = prove_once(ctx, out, elf, elf_len, input, input_len);
    }
    if (st == SOCLE_OK) {
        out->n_more_devices = sc_api_device_uses(ctx, &out->device, out->more_devices);
    } else if (st == SOCLE_E_DEVICE && ctx->message[0] == '\0' && ctx->used[0].use.compared) {
        st = sc_fail(ctx, st, "%s (%s) and the CPU differ", ctx->used[0].use.id, ctx->used[0].use.name);
    }
    return sc_api_end(ctx, st);
}

socle_status socle_timeline(socle_context *ctx, uint8_t **bytes, size_t *len)
{
    *bytes = NULL;
    *len = 0;
    sc_api_begin(ctx);
    if (ctx->spans == NULL) {
        return sc_api_end(ctx, sc_fail(ctx, SOCLE_E_ARG, "the context was created without timeline"));
    }
    const char *name[SOCLE_MAX_USED_DEVICES];
    for (unsigned k = 0; k < ctx->n_used; k++) {
        name[k] = ctx->used[k].device.ops != NULL ? ctx->used[k].use.name : NULL;
    }
    const size_t size = sc_spans_write(ctx->spans, name, ctx->n_used, NULL, 0);
    uint8_t *const own = sc_alloc(size, 1);
    if (own == NULL) {
        return sc_api_end(ctx, SOCLE_E_NOMEM);
    }
    *len = sc_spans_write(ctx->spans, name, ctx->n_used, (char *)own, size);
    return sc_api_end(ctx, sc_api_hand(ctx, bytes, own, *len));
}

void socle_proof_fini(socle_context *ctx, struct socle_proof *proof)
{
    socle_run_fini(ctx, &proof->run);
    socle_free(ctx, proof->bytes);
    memset(proof, 0, sizeof *proof);
}
