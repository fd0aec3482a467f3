/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A loaded program and the plan of a proof, for the calls that prove or tell what proving would take.
 */
#include "host/api/program.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "host/api/prove_set.h"
#include "host/api/verify.h"
#include "host/sys/mem.h"

struct sc_prover sc_api_prover(socle_context *ctx, const struct sc_profile *profile)
{
    const struct sc_prover p = {
        .machine = &sc_machine_rv64im,
        .profile = profile,
        .ops = sc_cpu_ops_best(),
        .pool = ctx->pool,
        .device = ctx->first < ctx->n_used ? ctx->used[ctx->first].committer : NULL,
        .watch = &ctx->watch,
    };
    return p;
}

void sc_api_program_fini(struct api_program *l)
{
    sc_program_fini(&l->program);
    sc_image_fini(&l->image);
    sc_elf_fini(&l->elf);
}

socle_status sc_api_program(socle_context *ctx, struct api_program *l, const struct sc_profile *profile, const uint8_t *elf, size_t elf_len)
{
    socle_status st = SOCLE_OK;
    const struct sc_prover prover = sc_api_prover(ctx, profile);
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

static socle_status plan_single(socle_context *ctx, struct socle_run *out, struct api_plan *g, const struct api_program *l)
{
    socle_status st = SOCLE_OK;
    const struct sc_prover prover = sc_api_prover(ctx, ctx->profile);
    TRY(sc_trace_shape(&g->shape, &g->layout, ctx->message, sizeof ctx->message, g->run.n_rows, l->image.log_h));
    if (!sc_prover_has(&prover, g->layout.m0, l->program.vars)) {
        return SOCLE_E_LIMIT;
    }
    sc_api_tables(out->tables, &out->n_tables, &g->cells, &g->bus_terms, &g->shape);
    for (unsigned t = 0; t < out->n_tables; t++) {
        out->tables[t].rows = sc_air_tables[t].fixed_log_h != 0 ? out->tables[t].rows : g->run.n_rows[t];
    }
    const size_t kept = sc_segments_memory(&g->segments) + sc_elf_memory(&l->elf); /* given back before the proof */
    const size_t trace = sc_replay_memory(&l->elf, &g->segments.spans[0]) + sc_trace_memory(&g->layout, sc_pool_size(ctx->pool));
    const size_t proof = sc_prove_memory(&prover, &g->layout, g->run.output_size);
    g->memory = trace + kept > proof ? trace : proof - kept;
out:
    return st;
}

socle_status sc_api_plan(socle_context *ctx, struct socle_run *out, struct api_plan *g, const struct api_program *l, const uint8_t *input,
                         size_t input_len)
{
    socle_status st = SOCLE_OK;
    TRY(sc_api_run(ctx, out, &g->run, &g->segments, &l->elf, input, input_len, &ctx->profile->cut));
    ctx->clock.is_set = g->segments.n_spans > 1;
    st = g->segments.n_spans == 1 ? plan_single(ctx, out, g, l) : sc_api_plan_set(ctx, out, g, l);
out:
    return st;
}

/* The profile with the smallest segments among those that are as strong; NULL when that is the context's own. */
static const struct sc_profile *smaller_profile(const socle_context *ctx)
{
    const struct sc_profile *best = ctx->profile;
    for (unsigned i = 0; sc_profile_shipped(i) != NULL; i++) {
        const struct sc_profile *const p = sc_profile_shipped(i);
        best = p->cut.log_cells < best->cut.log_cells && p->min_bits_x100 >= ctx->profile->min_bits_x100 ? p : best;
    }
    return best == ctx->profile ? NULL : best;
}

/* Does any round of its openings rest on the Johnson bound? */
static bool is_johnson(const struct sc_profile *p)
{
    for (unsigned m0 = p->min_m0; m0 <= p->max_m0; m0++) {
        const struct sc_whir_params *const of[3] = {&p->main[m0], &p->image[m0], &p->boundary[m0]};
        for (unsigned k = 0; k < 3; k++) {
            for (unsigned i = 0; i < of[k]->n_rounds; i++) {
                if (of[k]->r[i].m != 0) {
                    return true;
                }
            }
        }
    }
    return false;
}

socle_status sc_api_plan_fits(socle_context *ctx, const struct api_plan *plan)
{
    const struct sc_profile *const smaller = smaller_profile(ctx);
    char what[160] = "proving this run";
    if (smaller != NULL) {
        const bool weaker = is_johnson(smaller) && !is_johnson(ctx->profile);
        (void)snprintf(what, sizeof what, "proving this run (less with profile %s%s)", smaller->name,
                       weaker ? ", which unlike yours rests on the Johnson bound, too" : "");
    }
    return sc_api_room(ctx, plan->memory, what);
}

void sc_api_plan_fini(struct api_plan *plan)
{
    sc_segments_fini(&plan->segments);
    sc_run_fini(&plan->run);
}
