/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Benchmarks whose runs are proofs, of guests and of circuits. Contracts: bench.h.
 */
#include "host/api/bench.h"
#include "host/api/groth16_api.h"

#include <stdio.h>
#include <string.h>

#include "core/hash/blake3.h"
#include "host/sys/file.h"
#include "host/sys/mem.h"

#define MIB ((uint64_t)1 << 20)

/** What the calls inside a bench of proofs would restart or report as their own. */
struct proving_bench {
    socle_context *ctx;
    uint64_t start_ns;
    struct socle_options outer;         /* the caller's: those of the context have no progress, and what is left of the deadline */
    const struct sc_guest_case *guests; /* one of them is there */
    const struct sc_g16_case *circuits;
    struct sc_g16_scene *scenes;        /* of each circuit */
    uint64_t most;                      /* that a proof of those takes, bytes */
    uint64_t failures[SOCLE_MAX_USED_DEVICES]; /* of each device before this proof: they are counted over the whole context */
};

static double elapsed(const struct proving_bench *p)
{
    return 1e-9 * (double)(sc_clock_ns() - p->start_ns);
}

/* The calls inside restart the clock of the context, so the time is counted from the start of the bench. */
static socle_status goes_on(void *arg)
{
    struct proving_bench *const p = arg;
    if (p->outer.deadline_s > 0) {
        p->ctx->options.deadline_s = p->outer.deadline_s - elapsed(p);
        if (p->ctx->options.deadline_s <= 0) {
            return SOCLE_E_DEADLINE;
        }
    }
    return p->outer.cancel != NULL && *p->outer.cancel != 0 ? SOCLE_E_CANCELLED : SOCLE_OK;
}

static socle_status tell(void *arg, const char *op, double fraction)
{
    struct proving_bench *const p = arg;
    if (p->outer.progress != NULL) {
        const double s = elapsed(p);
        const struct socle_progress seen = {op, fraction, s, fraction > 0.1 ? s * (1 - fraction) / fraction : -1};
        p->outer.progress(p->outer.user, &seen);
    }
    return goes_on(p);
}

static void note_failures(struct proving_bench *p)
{
    struct socle_device_use use;
    for (unsigned k = 0; k < p->ctx->n_used; k++) {
        sc_api_device_use(&p->ctx->used[k], &use);
        p->failures[k] = use.failures;
    }
}

/* What a device failed at since note_failures was made by the processor: no time of the device. One that was given up makes nothing. */
static socle_status devices_worked(const struct proving_bench *p, char why[SC_PROOF_WHY])
{
    struct socle_device_use use;
    for (unsigned k = 0; k < p->ctx->n_used; k++) {
        sc_api_device_use(&p->ctx->used[k], &use);
        if (use.failures > p->failures[k] || use.given_up) {
            (void)snprintf(why, SC_PROOF_WHY, "%.15s: %.130s", use.id, use.failure);
            return SOCLE_E_DEVICE;
        }
    }
    return SOCLE_OK;
}

/* ---- guests ---- */

/* A proof and its check with the key of the program, each by the clock. */
static socle_status prove_guest(void *arg, struct sc_proof_run *out, char why[SC_PROOF_WHY], size_t i)
{
    struct proving_bench *const p = arg;
    const struct sc_guest_case *const c = &p->guests[i];
    socle_context *const ctx = p->ctx;
    struct socle_proof proof = {0};
    struct socle_verified seen;
    struct socle_security security;
    struct b3 h;
    uint8_t key[SOCLE_KEY_BYTES], *input = NULL;
    size_t len = 0;
    socle_status st = SOCLE_OK;
    TRY(sc_guest_input(&input, &len, c));
    sc_workload_digest(out->workload, c->elf, c->elf_len, input, len);
    TRY(socle_security(socle_context_profile(ctx), &security));
    out->bits = security.bits;
    sc_mem_peak_reset();
    note_failures(p);
    const uint64_t start = sc_clock_ns();
    st = socle_prove(ctx, &proof, c->elf, c->elf_len, input, len);
    out->ns = sc_clock_ns() - start;
    if (st != SOCLE_OK) {
        (void)snprintf(why, SC_PROOF_WHY, "%.159s", ctx->message);
    }
    TRY(st);
    TRY(devices_worked(p, why));
    out->peak_memory = sc_mem_peak();
    TRY(socle_keygen(ctx, key, c->elf, c->elf_len));
    const uint64_t check = sc_clock_ns();
    TRY(socle_verify(ctx, &seen, key, sizeof key, proof.bytes, proof.len));
    out->verify_ns = sc_clock_ns() - check;
    out->units = proof.run.cycles;
    out->bytes = proof.len;
    out->n_segments = proof.n_segments;
    out->n_stages = proof.n_stages;
    memcpy(out->stages, proof.stages, sizeof out->stages);
    sc_b3_init(&h);
    sc_b3_update(&h, proof.bytes, proof.len);
    sc_b3_final(&h, 0, out->digest, sizeof out->digest);
out:
    sc_free(input);
    socle_proof_fini(ctx, &proof);
    return st;
}

/* ---- circuits ---- */

/* The scene of a case, when it fits beside those that are there and the largest proof of any. */
static socle_status make_scene(struct proving_bench *p, char why[SC_PROOF_WHY], size_t i)
{
    struct sc_pool *const pool = p->ctx->pool;
    const struct sc_g16_memory m = sc_g16_scene_memory(&p->circuits[i], pool != NULL ? sc_pool_size(pool) : 1);
    const uint64_t most = m.prove > p->most ? m.prove : p->most, need = m.held + (m.make > most ? m.make : most), room = sc_api_bench_room(p->ctx);
    if (need > room) {
        (void)snprintf(why, SC_PROOF_WHY, "needs %lluM of memory, room for %lluM", (unsigned long long)((need + MIB - 1) / MIB),
                       (unsigned long long)(room / MIB));
        return SOCLE_E_NOMEM;
    }
    p->most = most;
    return sc_g16_scene_make(&p->scenes[i], &p->circuits[i], pool, goes_on, p);
}

static socle_status prove_circuit(void *arg, struct sc_proof_run *out, char why[SC_PROOF_WHY], size_t i)
{
    struct proving_bench *const p = arg;
    socle_status st = SOCLE_OK;
    if (p->scenes[i].of == NULL) {
        TRY(make_scene(p, why, i));
    }
    note_failures(p);
    const struct g16_by by = sc_api_g16_workers(p->ctx);
    TRY(sc_g16_scene_prove(out, why, &p->scenes[i], &by));
    TRY(devices_worked(p, why));
out:
    return st;
}

/* ---- running ---- */

static socle_status begin(struct proving_bench *p, socle_context *ctx, const struct sc_guest_case *guests, const struct sc_g16_case *circuits,
                          size_t n)
{
    *p = (struct proving_bench){.ctx = ctx, .start_ns = sc_clock_ns(), .outer = ctx->options, .guests = guests, .circuits = circuits};
    p->scenes = sc_alloc(circuits != NULL ? n : 0, sizeof *p->scenes);
    ctx->options.progress = NULL;
    return p->scenes != NULL ? sc_api_devices(ctx) : SOCLE_E_NOMEM;
}

/* Into the report. Compared ones do it all twice. */
static socle_status tell_devices(socle_context *ctx, socle_bench *b)
{
    b->info.n_devices = ctx->n_used;
    for (unsigned k = 0; k < ctx->n_used; k++) {
        if (ctx->used[k].use.compared) {
            return sc_fail(ctx, SOCLE_E_ARG, "bench: devices are not compared with the processor there: cpu, cuda:N or opencl:N");
        }
        memcpy(b->device[k], ctx->used[k].use.id, sizeof b->device[k]);
        b->info.devices[k] = b->device[k];
    }
    return SOCLE_OK;
}

static void end(struct proving_bench *p, size_t n)
{
    for (size_t i = 0; p->scenes != NULL && p->circuits != NULL && i < n; i++) {
        sc_g16_scene_fini(&p->scenes[i]);
    }
    sc_free(p->scenes);
    p->ctx->options = p->outer;
}

socle_status sc_api_bench_run_proofs(socle_context *ctx, socle_bench *b, const struct socle_bench_options *o)
{
    struct proving_bench p;
    socle_status st = SOCLE_OK;
    const struct sc_bench_host host = {.pool = ctx->pool, .arg = &p, .tell = tell, .prove = b->guests != NULL ? prove_guest : prove_circuit,
                                       .profile = b->guests != NULL ? socle_context_profile(ctx) : NULL};
    TRY(begin(&p, ctx, b->guests, b->circuits, b->n));
    TRY(tell_devices(ctx, b));
    TRY(sc_bench_run(b, o, &host));
    if (p.outer.progress != NULL) {
        p.outer.progress(p.outer.user, &(struct socle_progress){"bench", 1, elapsed(&p), 0});
    }
out:
    end(&p, b->n);
    return st;
}

/* ---- checking ---- */

/* The case of a row: which one of @p n. */
static size_t case_of(const struct proving_bench *p, size_t n, const struct sc_report_row *row)
{
    size_t i = 0;
    while (i < n && (strcmp(p->guests != NULL ? p->guests[i].guest : p->circuits[i].curve, row->op) != 0 ||
                     strcmp(p->guests != NULL ? p->guests[i].shape : p->circuits[i].shape, row->shape) != 0)) {
        i++;
    }
    return i;
}

/* One at a time: a key goes before the next one comes. */
static socle_status make_again(struct proving_bench *p, struct sc_proof_run *run, char why[SC_PROOF_WHY], size_t i)
{
    memset(run, 0, sizeof *run);
    if (p->guests != NULL) {
        return prove_guest(p, run, why, i);
    }
    const socle_status st = prove_circuit(p, run, why, i);
    run->units = sc_g16_constraints(&p->circuits[i]);
    sc_g16_scene_fini(&p->scenes[i]);
    p->most = 0;
    return st;
}

static socle_status check_rows(struct proving_bench *p, size_t n, struct socle_bench_checked *out, char why[SC_REPORT_WHY], const struct sc_report *r)
{
    struct sc_proof_run run;
    socle_status st = SOCLE_OK;
    for (size_t k = 0; k < r->n; k++) {
        const struct sc_report_row *const row = &r->rows[k];
        const size_t i = case_of(p, n, row);
        char room[SC_PROOF_WHY] = "";
        if (i == n) {
            (void)snprintf(why, SC_REPORT_WHY, "%s %s: no such case in the suite as it was built here", row->op, row->shape);
            return SOCLE_E_REJECT;
        }
        if (!sc_report_ran(row)) {
            continue;
        }
        out->n_figures++;
        TRY(tell(p, row->op, (double)k / (double)r->n));
        st = make_again(p, &run, room, i);
        if (st == SOCLE_E_NOMEM && room[0] != '\0') {
            out->n_left_out++;
            st = SOCLE_OK;
            continue;
        }
        TRY(st);
        if (memcmp(run.digest, row->digest, sizeof run.digest) != 0 || run.units != row->units) {
            (void)snprintf(why, SC_REPORT_WHY, "%s %s: not the proof that is made here%s", row->op, row->shape,
                           p->guests != NULL ? " (another compiler makes another guest)" : "");
            return SOCLE_E_REJECT;
        }
        out->n_digests++;
    }
out:
    return st;
}

socle_status sc_api_bench_proofs(socle_context *ctx, struct socle_bench_checked *out, char why[SC_REPORT_WHY], const struct sc_report *r)
{
    struct proving_bench p;
    size_t n = 0;
    socle_status st = SOCLE_OK;
    const bool guests = r->suite == SC_SUITE_PROVE;
    const struct sc_guest_case *const all_guests = guests ? sc_guest_cases(&n) : NULL;
    const struct sc_g16_case *const all_circuits = guests ? NULL : sc_g16_cases(&n);
    if (r->side.suite_version != sc_bench_suite_version(r->suite)) {
        (void)snprintf(why, SC_REPORT_WHY, "version %u of the suite; here is version %u", r->side.suite_version, sc_bench_suite_version(r->suite));
        return SOCLE_E_VERSION;
    }
    if (guests && strcmp(r->profile, socle_context_profile(ctx)) != 0) {
        return sc_fail(ctx, SOCLE_E_ARG, "report: its proofs are of --profile %s", r->profile);
    }
    TRY(begin(&p, ctx, all_guests, all_circuits, n));
    TRY(check_rows(&p, n, out, why, r));
out:
    end(&p, n);
    return st;
}
