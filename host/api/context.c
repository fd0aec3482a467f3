/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The context of the public interface: options, error record, progress, what is handed to the caller.
 */
#include "host/api/context.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "host/sys/file.h"
#include "host/sys/mem.h"
#include "host/sys/room.h"

static void *give_memory(const struct socle_options *o, size_t size)
{
    return o->alloc != NULL ? o->alloc(o->user, size) : sc_alloc(size, 1);
}

static void take_memory(const struct socle_options *o, void *p)
{
    if (p == NULL) {
        return;
    }
    if (o->release != NULL) {
        o->release(o->user, p);
    } else {
        sc_free(p);
    }
}

static const char *const stage_names[SC_N_STAGES] = {
#define W(NAME, name, weight) name,
    SC_STAGES(W)
#undef W
};

socle_status sc_api_goes_on(const socle_context *ctx)
{
    if (ctx->options.cancel != NULL && *ctx->options.cancel != 0) {
        return SOCLE_E_CANCELLED;
    }
    const double elapsed = 1e-9 * (double)(sc_clock_ns() - ctx->clock.start_ns);
    return ctx->options.deadline_s > 0 && elapsed > ctx->options.deadline_s ? SOCLE_E_DEADLINE : SOCLE_OK;
}

/* A span for each stage, when it ends; a stage that comes again has one each time. */
static void note_stage(socle_context *ctx, enum sc_stage next, double fraction, uint64_t now)
{
    struct api_clock *const c = &ctx->clock;
    if (c->stage != next || fraction >= 1) {
        sc_spans_note(ctx->spans, SC_SPANS_STAGES, stage_names[c->stage], -1, 0, SOCLE_OK, c->seen_ns, now);
        c->seen_ns = now;
    }
    sc_spans_memory(ctx->spans);
}

static socle_status tell(void *arg, enum sc_stage stage, double fraction)
{
    double weight[SC_N_STAGES] = {
#define W(NAME, name, weight) weight,
        SC_STAGES(W)
#undef W
    };
    socle_context *const ctx = arg;
    struct api_clock *const c = &ctx->clock;
    if (c->is_set) {
        weight[SC_STAGE_GKR] = weight[SC_STAGE_ZERO] = weight[SC_STAGE_OPEN] = 0;
    } else {
        weight[SC_STAGE_PARTS] = 0;
    }
    const uint64_t now = sc_clock_ns(), cpu = sc_cpu_ns();
    double done = 0;
    if (c->running) {
        c->spent_ns[c->stage] += now - c->stage_ns;
        c->spent_cpu_ns[c->stage] += cpu - c->stage_cpu_ns;
        note_stage(ctx, stage, fraction, now);
    } else {
        c->seen_ns = now;
    }
    c->running = true;
    c->stage = stage;
    c->stage_ns = now;
    c->stage_cpu_ns = cpu;
    for (unsigned i = 0; i < SC_N_STAGES; i++) {
        done += i < (unsigned)stage ? weight[i] : 0;
    }
    done = (done + fraction * weight[stage]) / c->weight_total;
    if (ctx->options.progress != NULL) {
        const double elapsed = 1e-9 * (double)(now - c->start_ns);
        const struct socle_progress p = {stage_names[stage], done, elapsed, done > 0.02 ? elapsed * (1 - done) / done : -1};
        ctx->options.progress(ctx->options.user, &p);
    }
    return sc_api_goes_on(ctx);
}


socle_status socle_create(socle_context **out, const struct socle_options *options)
{
    static const struct socle_options defaults;
    socle_status st = SOCLE_OK;
    const struct socle_options *const o = options != NULL ? options : &defaults;
    *out = NULL;
    sc_mem_set_limit(0); /* another context's is not ours; every call sets its own */
    enum sc_bind bind = SC_BIND_AUTO;
    if (o->bind != NULL && !sc_bind_by_name(&bind, o->bind)) {
        return SOCLE_E_ARG;
    }
    if (sc_api_profile(o->profile) == NULL || (o->alloc == NULL) != (o->release == NULL) || !sc_api_device_known(o->device)) {
        return SOCLE_E_ARG;
    }
    socle_context *ctx = give_memory(o, sizeof *ctx);
    if (ctx == NULL) {
        return SOCLE_E_NOMEM;
    }
    memset(ctx, 0, sizeof *ctx);
    ctx->options = *o;
    ctx->profile = sc_api_profile(o->profile);
    ctx->watch = (struct sc_watch){ctx, tell};
    TRY(o->timeline ? sc_spans_create(&ctx->spans) : SOCLE_OK);
    TRY(sc_pool_create(&ctx->pool, o->n_threads));
    (void)sc_pool_bind(ctx->pool, bind);
    ctx->outside = sc_room_outside(sc_pool_size(ctx->pool));
    ctx->limit = o->memory_limit != 0 ? o->memory_limit : sc_room_default(sc_room_available(), ctx->outside + sc_mem_now());
    *out = ctx;
    ctx = NULL;
out:
    if (ctx != NULL) {
        sc_spans_destroy(ctx->spans);
    }
    take_memory(o, ctx);
    return st;
}

void socle_destroy(socle_context *ctx)
{
    if (ctx != NULL) {
        const struct socle_options o = ctx->options;
        sc_api_devices_close(ctx);
        socle_model_destroy(ctx, ctx->model);
        sc_spans_destroy(ctx->spans);
        sc_pool_destroy(ctx->pool);
        take_memory(&o, ctx);
    }
}

const char *socle_message(const socle_context *ctx)
{
    return ctx->message;
}

const char *socle_status_text(socle_status st)
{
    switch (st) {
#define S(name, value, blame, sentence) \
    case SOCLE_##name:                  \
        return sentence;
#include "core/base/status.def"
#undef S
    }
    return "unknown status";
}

const char *socle_version(void)
{
    return SOCLE_VERSION;
}

unsigned socle_threads(const socle_context *ctx)
{
    return sc_pool_size(ctx->pool);
}

void socle_free(socle_context *ctx, void *bytes)
{
    take_memory(&ctx->options, bytes);
}

const char *socle_context_profile(const socle_context *ctx)
{
    return ctx->profile->name;
}

socle_status socle_file_read(socle_context *ctx, uint8_t **bytes, size_t *len, const char *path, size_t limit)
{
    uint8_t *own = NULL;
    sc_api_begin(ctx);
    *bytes = NULL;
    socle_status st = sc_file_read(&own, len, ctx->message, sizeof ctx->message, path, limit);
    if (st == SOCLE_OK) {
        st = sc_api_hand(ctx, bytes, own, *len);
    }
    return sc_api_end(ctx, st);
}

socle_status socle_file_write(socle_context *ctx, const char *path, const uint8_t *bytes, size_t len)
{
    sc_api_begin(ctx);
    return sc_api_end(ctx, sc_file_write(ctx->message, sizeof ctx->message, path, bytes, len));
}

uint64_t socle_peak_memory(void)
{
    return sc_peak_resident();
}

double socle_clock_s(void)
{
    return 1e-9 * (double)sc_clock_ns();
}

/* The account's share of the limit. */
static size_t account_limit(const socle_context *ctx)
{
    if (ctx->limit == 0) {
        return 0;
    }
    return ctx->limit > ctx->outside ? (size_t)(ctx->limit - ctx->outside) : 1;
}

void sc_api_begin(socle_context *ctx)
{
    sc_mem_set_limit(account_limit(ctx));
    ctx->message[0] = '\0';
    memset(&ctx->clock, 0, sizeof ctx->clock);
    ctx->clock.start_ns = sc_clock_ns();
    ctx->clock.weight_total = 100;
}

socle_status sc_api_end(socle_context *ctx, socle_status st)
{
    if (st == SOCLE_OK) {
        ctx->message[0] = '\0';
        return st;
    }
    if (ctx->message[0] == '\0') {
        (void)snprintf(ctx->message, sizeof ctx->message, "%s", socle_status_text(st));
    }
    if (st == SOCLE_E_NOMEM && ctx->limit != 0) {
        const size_t len = strlen(ctx->message);
        (void)snprintf(ctx->message + len, sizeof ctx->message - len, "; %s %lluM", ctx->options.memory_limit != 0 ? "the budget is" : "available:",
                       (unsigned long long)(ctx->limit >> 20));
    }
    return st;
}

uint64_t sc_api_need(const socle_context *ctx, uint64_t more)
{
    return ctx->outside + sc_mem_now() + more;
}

socle_status sc_api_room(socle_context *ctx, uint64_t more, const char *what)
{
    const uint64_t need = sc_api_need(ctx, more);
    if (ctx->limit == 0 || need <= ctx->limit) {
        return SOCLE_OK;
    }
    const unsigned long long mib = (need + ((uint64_t)1 << 20) - 1) >> 20;
    return sc_fail(ctx, SOCLE_E_NOMEM, "%s needs a memory budget of %lluM", what, mib);
}

socle_status sc_fail(socle_context *ctx, socle_status st, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(ctx->message, sizeof ctx->message, format, args);
    va_end(args);
    return st;
}

socle_status sc_api_stage(socle_context *ctx, enum sc_stage stage)
{
    return sc_watch_tell(&ctx->watch, stage, 0);
}

void sc_api_finish(socle_context *ctx)
{
    (void)tell(ctx, ctx->clock.stage, 1);
}

const char *sc_api_stage_name(enum sc_stage stage)
{
    return stage_names[stage];
}

unsigned sc_api_stages(const socle_context *ctx, struct socle_stage out[SOCLE_MAX_STAGES])
{
    _Static_assert((int)SC_N_STAGES <= SOCLE_MAX_STAGES, "stages");
    unsigned n = 0;
    for (unsigned i = 0; i < SC_N_STAGES; i++) {
        if (ctx->clock.spent_ns[i] > 0) {
            out[n++] = (struct socle_stage){stage_names[i], 1e-9 * (double)ctx->clock.spent_ns[i], 1e-9 * (double)ctx->clock.spent_cpu_ns[i]};
        }
    }
    return n;
}

socle_status sc_api_give(socle_context *ctx, uint8_t **out, const uint8_t *bytes, size_t len)
{
    *out = give_memory(&ctx->options, len + 1);
    if (*out == NULL) {
        return SOCLE_E_NOMEM;
    }
    if (len > 0) {
        memcpy(*out, bytes, len);
    }
    return SOCLE_OK;
}

socle_status sc_api_hand(socle_context *ctx, uint8_t **out, uint8_t *own, size_t len)
{
    if (ctx->options.alloc == NULL) {
        *out = own;
        return SOCLE_OK;
    }
    const socle_status st = sc_api_give(ctx, out, own, len);
    sc_free(own);
    return st;
}
