/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Benchmarks for the caller: run a suite, tell what was seen.
 */
#include "host/api/bench.h"
#include "host/bench/run.h"

#include <stdio.h>
#include <string.h>

#include "core/hash/blake3.h"
#include "host/sys/file.h"
#include "host/sys/mem.h"

const char *socle_bench_suite(unsigned i)
{
    static const char *const suites[] = {"kernels", "prove"};
    return i < sizeof suites / sizeof suites[0] ? suites[i] : NULL;
}

/** What the calls inside a bench of proofs would restart or report as their own. */
struct proving_bench {
    socle_context *ctx;
    uint64_t start_ns;
    struct socle_options outer; /* the caller's: those of the context have no progress, and what is left of the deadline */
};

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

/* What the limit of the context leaves. */
static uint64_t room_of(const socle_context *ctx)
{
    const uint64_t held = sc_api_need(ctx, 0);
    return ctx->limit == 0 ? UINT64_MAX : ctx->limit > held ? ctx->limit - held : 0;
}

/* Between two cases: the calls inside restart the clock of the context, so the time is counted from the start of the bench. */
static socle_status tell_proof(void *arg, const char *guest, double fraction)
{
    struct proving_bench *const p = arg;
    const double elapsed = 1e-9 * (double)(sc_clock_ns() - p->start_ns);
    if (p->outer.progress != NULL) {
        const struct socle_progress seen = {guest, fraction, elapsed, fraction > 0.1 ? elapsed * (1 - fraction) / fraction : -1};
        p->outer.progress(p->outer.user, &seen);
    }
    if (p->outer.deadline_s > 0) {
        p->ctx->options.deadline_s = p->outer.deadline_s - elapsed;
        if (p->ctx->options.deadline_s <= 0) {
            return SOCLE_E_DEADLINE;
        }
    }
    return p->outer.cancel != NULL && *p->outer.cancel != 0 ? SOCLE_E_CANCELLED : SOCLE_OK;
}

/* A proof and its check with the key of the program, each by the clock. */
static socle_status prove(void *arg, struct sc_proof_run *out, char why[96], const struct sc_guest_case *c)
{
    socle_context *const ctx = ((struct proving_bench *)arg)->ctx;
    struct socle_proof proof = {0};
    struct socle_verified seen;
    struct b3 h;
    uint8_t key[SOCLE_KEY_BYTES], *input = NULL;
    size_t len = 0;
    socle_status st = SOCLE_OK;
    TRY(sc_guest_input(&input, &len, c));
    sc_mem_peak_reset();
    const uint64_t start = sc_clock_ns();
    st = socle_prove(ctx, &proof, c->elf, c->elf_len, input, len);
    out->ns = sc_clock_ns() - start;
    if (st == SOCLE_E_NOMEM) {
        (void)snprintf(why, 96, "%.95s", ctx->message);
    }
    TRY(st);
    out->peak_memory = sc_mem_peak();
    TRY(socle_keygen(ctx, key, c->elf, c->elf_len));
    const uint64_t check = sc_clock_ns();
    TRY(socle_verify(ctx, &seen, key, sizeof key, proof.bytes, proof.len));
    out->verify_ns = sc_clock_ns() - check;
    out->cycles = proof.run.cycles;
    out->bytes = proof.len;
    out->n_segments = proof.n_segments;
    out->n_stages = proof.n_stages;
    memcpy(out->stages, proof.stages, sizeof out->stages);
    const uint64_t lens[2] = {c->elf_len, len};
    sc_b3_init(&h);
    for (unsigned i = 0; i < 16; i++) {
        const uint8_t byte = (uint8_t)(lens[i / 8] >> (8 * (i % 8)));
        sc_b3_update(&h, &byte, 1);
    }
    sc_b3_update(&h, c->elf, c->elf_len);
    sc_b3_update(&h, input, len);
    sc_b3_final(&h, 0, out->workload, sizeof out->workload);
    sc_b3_init(&h);
    sc_b3_update(&h, proof.bytes, proof.len);
    sc_b3_final(&h, 0, out->digest, sizeof out->digest);
out:
    sc_free(input);
    socle_proof_fini(ctx, &proof);
    return st;
}

static const struct sc_guest_case *guest_of(const struct sc_report_row *row)
{
    size_t n = 0;
    const struct sc_guest_case *const cases = sc_guest_cases(&n);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(cases[i].guest, row->op) == 0 && strcmp(cases[i].shape, row->shape) == 0) {
            return &cases[i];
        }
    }
    return NULL;
}

socle_status sc_api_bench_proofs(socle_context *ctx, struct socle_bench_checked *out, char why[SC_REPORT_WHY], const struct sc_report *r)
{
    struct proving_bench p = {.ctx = ctx, .start_ns = sc_clock_ns(), .outer = ctx->options};
    struct sc_proof_run run;
    char room[96] = "";
    socle_status st = SOCLE_OK;
    if (r->side.suite_version != SC_GUESTS_VERSION) {
        (void)snprintf(why, SC_REPORT_WHY, "version %u of the suite; here is version %d", r->side.suite_version, SC_GUESTS_VERSION);
        return SOCLE_E_VERSION;
    }
    if (strcmp(r->profile, socle_context_profile(ctx)) != 0) {
        return sc_fail(ctx, SOCLE_E_ARG, "report: its proofs are of --profile %s", r->profile);
    }
    ctx->options.progress = NULL;
    for (size_t i = 0; i < r->n; i++) {
        const struct sc_report_row *const row = &r->rows[i];
        const struct sc_guest_case *const c = guest_of(row);
        if (c == NULL) {
            (void)snprintf(why, SC_REPORT_WHY, "%s %s: no such case in the suite as it was built here", row->op, row->shape);
            st = SOCLE_E_REJECT;
            goto out;
        }
        if (row->outcome == SOCLE_BENCH_SKIPPED) {
            continue;
        }
        out->n_figures++;
        TRY(tell_proof(&p, row->op, (double)i / (double)r->n));
        st = prove(&p, &run, room, c);
        if (st == SOCLE_E_NOMEM && room[0] != '\0') {
            out->n_left_out++;
            st = SOCLE_OK;
            continue;
        }
        TRY(st);
        if (memcmp(run.digest, row->digest, sizeof run.digest) != 0 || run.cycles != row->units) {
            (void)snprintf(why, SC_REPORT_WHY, "%s %s: not the proof that is made here (another compiler makes another guest)", row->op, row->shape);
            st = SOCLE_E_REJECT;
            goto out;
        }
        out->n_digests++;
    }
out:
    ctx->options = p.outer;
    return st;
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
    const struct sc_bench_host host = {.pool = ctx->pool, .room = room_of(ctx), .arg = ctx, .tell = tell, .committer = d != NULL ? d->committer : NULL};
    if (d != NULL) {
        memcpy(b->device, d->use.id, sizeof b->device);
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

static socle_status run_proofs(socle_context *ctx, socle_bench *b, const struct socle_bench_options *o)
{
    struct proving_bench p = {.ctx = ctx, .start_ns = sc_clock_ns(), .outer = ctx->options};
    const char *const profile = socle_context_profile(ctx);
    struct socle_security security;
    socle_status st = SOCLE_OK;
    TRY(socle_security(profile, &security));
    const struct sc_bench_host host = {.pool = ctx->pool, .arg = &p, .tell = tell_proof, .prove = prove, .profile = profile, .bits = security.bits};
    ctx->options.progress = NULL;
    st = sc_bench_run(b, o, &host);
    ctx->options = p.outer;
    TRY(st);
    if (p.outer.progress != NULL) {
        p.outer.progress(p.outer.user, &(struct socle_progress){"bench", 1, 1e-9 * (double)(sc_clock_ns() - p.start_ns), 0});
    }
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
    TRY(bench_create(ctx, &b, o));
    if (b->guests != NULL && ctx->options.device != NULL && strcmp(ctx->options.device, "cpu") != 0 && strcmp(ctx->options.device, "auto") != 0) {
        TRY(sc_fail(ctx, SOCLE_E_ARG, "bench: on another device than the processor there is the suite kernels alone, as yet"));
    }
    TRY(sc_api_room(ctx, sc_lab_memory(NULL, NULL, 0, 1), "the bench"));
    TRY(b->guests != NULL ? run_proofs(ctx, b, o) : run_kernels(ctx, b, o));
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
