/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The devices of a context: what their names mean, when they are opened, what is told of them.
 */
#include "host/api/context.h"

#include <stdio.h>
#include <string.h>

#include "host/device/cuda.h"
#include "host/device/opencl.h"

/** What a name means: cuda and opencl are neither for the CPU. */
struct choice {
    bool known, cuda, opencl, dual;
    unsigned index;
};

/* "" or ":N", N below SC_MAX_DEVICES. */
static bool parse_index(unsigned *out, const char *text)
{
    *out = 0;
    if (text[0] == '\0') {
        return true;
    }
    if (text[0] != ':' || text[1] < '0' || text[1] > '9' || (text[2] != '\0' && (text[1] == '0' || text[2] < '0' || text[2] > '9' || text[3] != '\0'))) {
        return false;
    }
    *out = text[2] == '\0' ? (unsigned)(text[1] - '0') : 10 * (unsigned)(text[1] - '0') + (unsigned)(text[2] - '0');
    return *out < SC_MAX_DEVICES;
}

/* Past @p word when *name begins with it. */
static bool take(const char **name, const char *word)
{
    const size_t n = strlen(word);
    const bool there = strncmp(*name, word, n) == 0;
    *name += there ? n : 0;
    return there;
}

/* cpu, KIND, KIND:N, dual:KIND, dual:KIND:N; dual and dual:N are of OpenCL. */
static struct choice choice_of(const char *name)
{
    struct choice c = {.known = true};
    if (strcmp(name, "cpu") == 0) {
        return c;
    }
    c.cuda = take(&name, "dual:cuda");
    c.opencl = !c.cuda && (take(&name, "dual:opencl") || take(&name, "dual"));
    c.dual = c.cuda || c.opencl;
    if (!c.dual) {
        c.cuda = take(&name, "cuda");
        c.opencl = !c.cuda && take(&name, "opencl");
    }
    c.known = (c.cuda || c.opencl) && parse_index(&c.index, name);
    return c;
}

/* How many names there are between the commas; 0: one is of another form, or dual and something else, or there are too many. */
static unsigned choices_of(struct choice out[SOCLE_MAX_USED_DEVICES], const char *names)
{
    unsigned n = 0;
    bool dual = false;
    if (names == NULL || strcmp(names, "auto") == 0) {
        names = "cpu";
    }
    for (const char *end = names; *end != '\0' || n == 0; names = end + 1) {
        char name[32];
        end = names + strcspn(names, ",");
        if (n == SOCLE_MAX_USED_DEVICES || (size_t)(end - names) >= sizeof name) {
            return 0;
        }
        memcpy(name, names, (size_t)(end - names));
        name[end - names] = '\0';
        out[n] = choice_of(name);
        if (!out[n].known) {
            return 0;
        }
        dual = dual || out[n].dual;
        n++;
    }
    return dual && n > 1 ? 0 : n;
}

bool sc_api_device_known(const char *name)
{
    struct choice c[SOCLE_MAX_USED_DEVICES];
    return choices_of(c, name) > 0;
}

/* Model and nature of the device that was opened. */
static void describe(struct api_device *d, struct choice c)
{
    struct socle_device_use *const use = &d->use;
    if (c.cuda) {
        struct sc_cuda_about about[SC_MAX_DEVICES];
        (void)sc_cuda_list(about, SC_MAX_DEVICES);
        const struct sc_cuda_about *const a = &about[c.index];
        memcpy(use->name, a->name, sizeof use->name);
        d->says = (struct sc_theory_device){.kind = "cuda", .units = a->units, .clock_mhz = a->clock_mhz, .memory_khz = a->memory_khz,
                                            .bus_bits = a->bus_bits, .major = a->major, .minor = a->minor};
    } else {
        struct sc_opencl_about about[SC_MAX_DEVICES];
        (void)sc_opencl_list(about, SC_MAX_DEVICES);
        const struct sc_opencl_about *const a = &about[c.index];
        memcpy(use->name, a->name, sizeof use->name);
        use->is_processor = a->is_processor;
        d->says = (struct sc_theory_device){.kind = "opencl", .is_processor = a->is_processor, .units = a->units, .clock_mhz = a->clock_mhz,
                                            .major = a->major, .minor = a->minor};
    }
}

static socle_status open_device(socle_context *ctx, struct api_device *d, struct choice c)
{
    socle_status st = SOCLE_OK;
    struct socle_device_use *const use = &d->use;
    *use = (struct socle_device_use){.id = "cpu", .is_processor = true};
    if (!c.cuda && !c.opencl) {
        return SOCLE_OK;
    }
    TRY(c.cuda ? sc_cuda_open(&d->device, ctx->message, sizeof ctx->message, c.index)
               : sc_opencl_open(&d->device, ctx->message, sizeof ctx->message, c.index));
    (void)snprintf(use->id, sizeof use->id, "%s:%u", c.cuda ? "cuda" : "opencl", c.index);
    use->is_processor = false;
    describe(d, c);
    use->compared = c.dual;
    if (ctx->options.require_gpu && use->is_processor) {
        return sc_fail(ctx, SOCLE_E_DEVICE, "opencl:%u is no GPU: it runs on the processor", c.index);
    }
    d->noted = (struct sc_noted_device){d->device, ctx->spans, (unsigned)(d - ctx->used)};
    TRY(sc_committer_create(&d->committer, ctx->spans != NULL ? sc_spans_device(&d->noted) : d->device, ctx->options.device_memory, c.dual));
out:
    return st;
}

static socle_status open_named(socle_context *ctx, const char *names)
{
    struct choice c[SOCLE_MAX_USED_DEVICES];
    const unsigned n = choices_of(c, names);
    socle_status st = SOCLE_OK;
    bool gpu = false;
    for (unsigned k = 0; k < n && st == SOCLE_OK; k++) {
        ctx->n_used++; /* first, so that what is half open is closed */
        st = open_device(ctx, &ctx->used[k], c[k]);
        gpu = gpu || !ctx->used[k].use.is_processor;
    }
    if (st == SOCLE_OK && ctx->options.require_gpu && !gpu) {
        st = sc_fail(ctx, SOCLE_E_DEVICE, "a GPU is required, and the device is the CPU%s%.120s; `socle devices` lists what is there",
                     ctx->choice.is_auto ? ": " : "", ctx->choice.is_auto ? ctx->choice.why : "");
    }
    if (st != SOCLE_OK) {
        sc_api_devices_close(ctx);
    }
    return st;
}

/* What was chosen for who did not is no reason to fail. */
static socle_status open_all(socle_context *ctx)
{
    socle_status st = SOCLE_OK;
    struct socle_device_choice *const c = &ctx->choice;
    TRY(sc_api_choose(ctx));
    st = open_named(ctx, c->devices);
    if (st == SOCLE_E_DEVICE && c->is_auto && !ctx->options.require_gpu) {
        (void)snprintf(c->why, sizeof c->why, "%.40s cannot be opened: %.190s", c->devices, ctx->message);
        (void)snprintf(c->devices, sizeof c->devices, "cpu");
        ctx->message[0] = '\0';
        st = open_named(ctx, c->devices);
    }
out:
    return st;
}

static bool given_up(const struct api_device *d)
{
    return d->committer != NULL && sc_committer_report(d->committer).given_up;
}

socle_status sc_api_devices(socle_context *ctx)
{
    const socle_status st = ctx->n_used == 0 ? open_all(ctx) : SOCLE_OK;
    for (ctx->first = 0; ctx->first < ctx->n_used && given_up(&ctx->used[ctx->first]);) {
        ctx->first++;
    }
    return st;
}

void sc_api_devices_close(socle_context *ctx)
{
    for (unsigned k = 0; k < ctx->n_used; k++) {
        struct api_device *const d = &ctx->used[k];
        sc_committer_destroy(d->committer);
        d->committer = NULL;
        if (d->device.ops != NULL) {
            d->device.ops->close(d->device.self);
        }
        d->device = (struct sc_device){NULL, NULL};
    }
    ctx->n_used = ctx->first = 0;
}

struct api_device *sc_api_device_for(socle_context *ctx, unsigned k)
{
    for (unsigned i = 0; i < ctx->n_used; i++) {
        struct api_device *const d = &ctx->used[(k + i) % ctx->n_used];
        if (!given_up(d)) {
            return d;
        }
    }
    return NULL;
}

static const char *words_of(const struct api_device *d, socle_status st)
{
    struct sc_device_info info;
    d->device.ops->info(d->device.self, &info);
    if (st == SOCLE_E_SELFCHECK) {
        return "it gave wrong bytes";
    }
    const char *const said = strcmp(info.kind, "opencl") == 0 ? sc_opencl_message(&d->device)
                             : strcmp(info.kind, "cuda") == 0 ? sc_cuda_message(&d->device)
                                                              : "";
    return said[0] != '\0' ? said : socle_status_text(st);
}

void sc_api_device_use(struct api_device *d, struct socle_device_use *out)
{
    *out = d->use;
    out->proofs = atomic_load(&d->proofs);
    if (d->committer != NULL) {
        const struct sc_committer_report r = sc_committer_report(d->committer);
        out->commitments = r.made;
        out->bus_arguments = r.lent[SC_LOAN_BUS];
        out->sumchecks = r.lent[SC_LOAN_ZERO];
        out->openings = r.lent[SC_LOAN_OPENING];
        out->sums = r.lent[SC_LOAN_SUM];
        out->quotients = r.lent[SC_LOAN_QUOTIENT];
        out->failures = r.failed;
        out->given_up = r.given_up;
        if (r.last_failure != SOCLE_OK) {
            (void)snprintf(out->failure, sizeof out->failure, "%s", words_of(d, r.last_failure));
        }
    }
}

unsigned sc_api_device_uses(socle_context *ctx, struct socle_device_use *first, struct socle_device_use more[SOCLE_MAX_USED_DEVICES - 1])
{
    for (unsigned k = 0; k < ctx->n_used; k++) {
        sc_api_device_use(&ctx->used[k], k == 0 ? first : &more[k - 1]);
    }
    return ctx->n_used - 1;
}
