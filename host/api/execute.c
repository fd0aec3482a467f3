/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Loading and running programs for the public interface.
 */
#include <stdio.h>
#include <string.h>

#include "core/air/air.h"
#include "core/air/layout.h"
#include "host/api/context.h"
#include "host/sys/mem.h"

_Static_assert((int)SC_N_TABLES <= SOCLE_MAX_TABLES, "tables");

socle_status sc_api_load(socle_context *ctx, struct sc_elf *out, const uint8_t *elf, size_t elf_len)
{
    socle_status st = SOCLE_OK;
    char why[API_MESSAGE - 16] = "";
    TRY(sc_api_stage(ctx, SC_STAGE_LOAD));
    TRY(sc_api_room(ctx, elf_len, "loading this program"));
    st = sc_elf_load(out, why, sizeof why, elf, elf_len);
    if (st != SOCLE_OK && why[0] != '\0') {
        (void)snprintf(ctx->message, sizeof ctx->message, "%s", why);
    }
out:
    return st;
}

static void log_out(void *arg, uint64_t fd, const uint8_t *bytes, size_t n)
{
    socle_context *const ctx = arg;
    ctx->options.log(ctx->options.user, fd, bytes, n);
}

socle_status sc_api_run(socle_context *ctx, struct socle_run *out, struct sc_run *run, struct sc_segments *segments, const struct sc_elf *elf,
                        const uint8_t *input, size_t input_len, const struct sc_cut_limits *cut)
{
    socle_status st = SOCLE_OK;
    if (input_len > SOCLE_MAX_INPUT) {
        return sc_fail(ctx, SOCLE_E_LIMIT, "the input has %zu bytes, more than %llu", input_len, (unsigned long long)SOCLE_MAX_INPUT);
    }
    const uint64_t used = ctx->outside + sc_mem_now();
    const struct sc_exec_options options = {
        .max_output = ctx->limit == 0 ? 0 : ctx->limit > used + 1 ? (ctx->limit - used) / 2 : 1, /* the run's and the caller's */
        .input = input,
        .input_size = input_len,
        .log = ctx->options.log != NULL ? log_out : NULL,
        .log_arg = ctx,
        .watch = &ctx->watch,
    };
    TRY(sc_api_stage(ctx, SC_STAGE_EXECUTE));
    TRY(sc_api_room(ctx, sc_exec_memory(elf), "running this program"));
    st = segments == NULL ? sc_exec(run, ctx->message, sizeof ctx->message, elf, &options)
                          : sc_exec_cut(segments, run, ctx->message, sizeof ctx->message, elf, &options, cut);
    out->cycles = run->cycles;
    out->misaligned = run->misaligned;
    out->exit_code = run->exit_code;
    out->pc = run->pc;
    if (st == SOCLE_OK) {
        st = sc_api_give(ctx, &out->output, run->output, run->output_size);
        out->output_len = st == SOCLE_OK ? run->output_size : 0;
    }
out:
    return st;
}

/* Rows, cells and terms as a proof of this run would have them. */
static void count_tables(struct socle_run *out, const struct sc_run *run)
{
    for (unsigned t = 0; t < AIR_TABLE_IMAGE; t++) {
        const struct air_table *const table = &sc_air_tables[t];
        uint8_t log_h[AIR_MAX_CHUNKS];
        uint64_t padded = 0;
        if (table->fixed_log_h != 0) {
            padded = UINT64_C(1) << table->fixed_log_h;
        } else if (run->n_rows[t] > UINT64_C(1) << SC_MAX_LOG_CELLS) {
            padded = run->n_rows[t]; /* of no single proof */
        } else {
            for (unsigned i = sc_chunks_from_rows(run->n_rows[t], log_h); i > 0; i--) {
                padded += UINT64_C(1) << log_h[i - 1];
            }
        }
        out->tables[out->n_tables++] = (struct socle_table){
            .name = table->name,
            .rows = table->fixed_log_h != 0 ? padded : run->n_rows[t],
            .cells = padded * table->n_cols,
            .bus_terms = padded * table->n_uses,
        };
    }
}

socle_status socle_execute(socle_context *ctx, struct socle_run *out, const uint8_t *elf, size_t elf_len, const uint8_t *input,
                           size_t input_len)
{
    socle_status st = SOCLE_OK;
    struct sc_elf program = {0};
    struct sc_run run = {0};
    memset(out, 0, sizeof *out);
    sc_api_begin(ctx);
    ctx->clock.weight_total = 4; /* up to execute; see SC_STAGES */
    TRY(sc_api_load(ctx, &program, elf, elf_len));
    TRY(sc_api_run(ctx, out, &run, NULL, &program, input, input_len, NULL));
    count_tables(out, &run);
    sc_api_finish(ctx);
out:
    sc_run_fini(&run);
    sc_elf_fini(&program);
    return sc_api_end(ctx, st);
}

void socle_run_fini(socle_context *ctx, struct socle_run *run)
{
    socle_free(ctx, run->output);
    memset(run, 0, sizeof *run);
}
