/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The device of a context: what its name means, when it is opened, what is told of it.
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

/* KIND, KIND:N, dual:KIND, dual:KIND:N; dual and dual:N are of OpenCL. */
static struct choice choice_of(const char *name)
{
    struct choice c = {.known = true};
    if (name == NULL || strcmp(name, "auto") == 0 || strcmp(name, "cpu") == 0) {
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

bool sc_api_device_known(const char *name)
{
    return choice_of(name).known;
}

/* Model and nature of the device that was opened. */
static void describe(struct socle_device_use *use, struct choice c)
{
    if (c.cuda) {
        struct sc_cuda_about about[SC_MAX_DEVICES];
        (void)sc_cuda_list(about, SC_MAX_DEVICES);
        memcpy(use->name, about[c.index].name, sizeof use->name);
    } else {
        struct sc_opencl_about about[SC_MAX_DEVICES];
        (void)sc_opencl_list(about, SC_MAX_DEVICES);
        memcpy(use->name, about[c.index].name, sizeof use->name);
        use->is_processor = about[c.index].is_processor;
    }
}

static socle_status open_device(socle_context *ctx, struct choice c)
{
    socle_status st = SOCLE_OK;
    struct socle_device_use *const use = &ctx->device_use;
    TRY(c.cuda ? sc_cuda_open(&ctx->device, ctx->message, sizeof ctx->message, c.index)
               : sc_opencl_open(&ctx->device, ctx->message, sizeof ctx->message, c.index));
    (void)snprintf(use->id, sizeof use->id, "%s:%u", c.cuda ? "cuda" : "opencl", c.index);
    describe(use, c);
    use->compared = c.dual;
    if (ctx->options.require_gpu && use->is_processor) {
        sc_api_device_close(ctx);
        return sc_fail(ctx, SOCLE_E_DEVICE, "opencl:%u is no GPU: it runs on the processor", c.index);
    }
    ctx->noted = (struct sc_noted_device){ctx->device, ctx->spans};
    TRY(sc_committer_create(&ctx->committer, ctx->spans != NULL ? sc_spans_device(&ctx->noted) : ctx->device, ctx->options.device_memory, c.dual));
out:
    return st;
}

socle_status sc_api_device(socle_context *ctx)
{
    const struct choice c = choice_of(ctx->options.device);
    if (ctx->device.ops != NULL) {
        return SOCLE_OK;
    }
    if (c.cuda || c.opencl) {
        return open_device(ctx, c);
    }
    ctx->device_use.is_processor = true;
    (void)snprintf(ctx->device_use.id, sizeof ctx->device_use.id, "cpu");
    return ctx->options.require_gpu ? sc_fail(ctx, SOCLE_E_DEVICE, "a GPU is required, and the device is the CPU; `socle devices` lists what is there")
                                    : SOCLE_OK;
}

void sc_api_device_close(socle_context *ctx)
{
    sc_committer_destroy(ctx->committer);
    ctx->committer = NULL;
    if (ctx->device.ops != NULL) {
        ctx->device.ops->close(ctx->device.self);
    }
    ctx->device = (struct sc_device){NULL, NULL};
}

static const char *words_of(const socle_context *ctx, socle_status st)
{
    struct sc_device_info info;
    ctx->device.ops->info(ctx->device.self, &info);
    if (st == SOCLE_E_SELFCHECK) {
        return "it gave wrong bytes";
    }
    const char *const said = strcmp(info.kind, "opencl") == 0 ? sc_opencl_message(&ctx->device)
                             : strcmp(info.kind, "cuda") == 0 ? sc_cuda_message(&ctx->device)
                                                              : "";
    return said[0] != '\0' ? said : socle_status_text(st);
}

void sc_api_device_use(socle_context *ctx, struct socle_device_use *out)
{
    *out = ctx->device_use;
    if (ctx->committer != NULL) {
        const struct sc_committer_report r = sc_committer_report(ctx->committer);
        out->commitments = r.made;
        out->bus_arguments = r.lent[SC_LOAN_BUS];
        out->sumchecks = r.lent[SC_LOAN_ZERO];
        out->openings = r.lent[SC_LOAN_OPENING];
        out->failures = r.failed;
        out->given_up = r.given_up;
        if (r.last_failure != SOCLE_OK) {
            (void)snprintf(out->failure, sizeof out->failure, "%s", words_of(ctx, r.last_failure));
        }
    }
}
