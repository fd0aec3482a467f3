/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Benchmarks for the caller: run a suite, tell what was seen.
 */
#include "host/api/bench.h"

#include <stdio.h>
#include <string.h>

#include "host/sys/file.h"
#include "host/sys/mem.h"

const char *socle_bench_suite(unsigned i)
{
    return sc_bench_suite(i);
}

static socle_status tell(void *arg, const char *op, double fraction)
{
    socle_context *const ctx = arg;
    if (ctx->options.progress != NULL) {
        const double elapsed = 1e-9 * (double)(sc_clock_ns() - ctx->clock.start_ns);
        const struct socle_progress p = {op, fraction, elapsed, fraction > 0.1 ? elapsed * (1 - fraction) / fraction : -1};
        ctx->options.progress(ctx->options.user, &p);
    }
    return sc_api_goes_on(ctx);
}

uint64_t sc_api_bench_room(const socle_context *ctx)
{
    const uint64_t held = sc_api_need(ctx, 0);
    return ctx->limit == 0 ? UINT64_MAX : ctx->limit > held ? ctx->limit - held : 0;
}

static socle_status bench_create(socle_context *ctx, socle_bench **out, const struct socle_bench_options *o)
{
    socle_status st = SOCLE_OK;
    socle_bench *b = sc_alloc(1, sizeof *b);
    TRY(b != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    st = sc_bench_init(b, o, ctx->pool != NULL ? sc_pool_size(ctx->pool) : 1);
    size_t n_guests = 0;
    (void)sc_guest_cases(&n_guests);
    if (st == SOCLE_E_ARG && n_guests == 0 && o->suite != NULL && strcmp(o->suite, "prove") == 0) {
        TRY(sc_fail(ctx, st, "bench: built without a RISC-V compiler, there are no guests to prove"));
    }
    if (st == SOCLE_E_ARG) {
        st = o->runs > SOCLE_BENCH_MAX_RUNS  ? sc_fail(ctx, st, "bench: at most %d runs", SOCLE_BENCH_MAX_RUNS)
             : o->only != NULL ? sc_fail(ctx, st, "bench: no such suite or operation: %.80s", o->only)
                               : sc_fail(ctx, st, "bench: no such suite: %.80s", o->suite);
    }
    TRY(st);
    *out = b;
    b = NULL;
out:
    sc_free(b);
    return st;
}

socle_status socle_bench_list(socle_context *ctx, socle_bench **out, const char *suite)
{
    *out = NULL;
    sc_api_begin(ctx);
    return sc_api_end(ctx, bench_create(ctx, out, &(struct socle_bench_options){.suite = suite}));
}

/* One device, not compared with the processor: the bench does that itself. NULL: the processor. */
static socle_status device_of(socle_context *ctx, struct api_device **out)
{
    socle_status st = SOCLE_OK;
    *out = NULL;
    TRY(sc_api_devices(ctx));
    struct api_device *const d = &ctx->used[0];
    if (ctx->n_used != 1 || d->use.compared) {
        return sc_fail(ctx, SOCLE_E_ARG, "bench: one device at a time: cpu, cuda:N or opencl:N");
    }
    *out = d->committer != NULL ? d : NULL;
out:
    return st;
}

static socle_status run_kernels(socle_context *ctx, socle_bench *b, const struct socle_bench_options *o)
{
    struct api_device *d;
    socle_status st = SOCLE_OK;
    TRY(device_of(ctx, &d));
    const struct sc_bench_host host = {.pool = ctx->pool, .room = sc_api_bench_room(ctx), .arg = ctx, .tell = tell, .cores = sc_api_cores(),
                                       .committer = d != NULL ? d->committer : NULL, .device = d != NULL ? &d->says : NULL};
    if (d != NULL) {
        memcpy(b->device[0], d->use.id, sizeof b->device[0]);
        b->info.kernels = "kernels/kc";
    }
    st = sc_bench_run(b, o, &host);
    if (d != NULL && st != SOCLE_OK && sc_committer_report(d->committer).last_failure == st) {
        struct socle_device_use use;
        sc_api_device_use(d, &use);
        TRY(sc_fail(ctx, st, "%s: %s", use.id, use.failure));
    }
    TRY(st);
    (void)tell(ctx, "bench", 1);
out:
    return st;
}

socle_status socle_bench_run(socle_context *ctx, socle_bench **out, const struct socle_bench_options *options)
{
    static const struct socle_bench_options defaults;
    const struct socle_bench_options *const o = options != NULL ? options : &defaults;
    socle_status st = SOCLE_OK;
    socle_bench *b = NULL;
    *out = NULL;
    sc_api_begin(ctx);
    sc_api_choose_cpu(ctx, "a benchmark is of the CPU unless a device is named");
    TRY(bench_create(ctx, &b, o));
    if (b->cases == NULL) {
        TRY(sc_api_bench_run_proofs(ctx, b, o));
    } else {
        TRY(sc_api_room(ctx, sc_lab_memory(NULL, NULL, 0, 1), "the bench"));
        TRY(run_kernels(ctx, b, o));
    }
    *out = b;
    b = NULL;
out:
    socle_bench_destroy(ctx, b);
    return sc_api_end(ctx, st);
}

void socle_bench_destroy(socle_context *ctx, socle_bench *bench)
{
    (void)ctx;
    if (bench != NULL) {
        sc_bench_fini(bench);
        sc_free(bench);
    }
}

const struct socle_bench_info *socle_bench_about(const socle_bench *bench)
{
    return &bench->info;
}

size_t socle_bench_rows(const socle_bench *bench, struct socle_bench_row *out, size_t max)
{
    if (max > 0) {
        memcpy(out, bench->rows, (bench->n < max ? bench->n : max) * sizeof *out);
    }
    return bench->n;
}

size_t socle_bench_limits(const socle_bench *bench, struct socle_bench_limit *out, size_t max)
{
    size_t n = 0;
    for (int l = 0; l < SC_LAB_N_LIMITS; l++) {
        if (bench->limits[l].n > 0) {
            if (n < max) {
                out[n] = bench->limits[l];
            }
            n++;
        }
    }
    return n;
}

size_t socle_bench_moments(const socle_bench *bench, struct socle_bench_moment *out, size_t max)
{
    for (size_t i = 0; i < bench->n_moments && i < max; i++) {
        const struct sc_condition *const c = &bench->moments[i];
        out[i] = (struct socle_bench_moment){c->at_s, c->pace_s, c->clock_mhz, c->celsius, c->others, c->steal};
    }
    return bench->n_moments;
}
