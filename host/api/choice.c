/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What --device auto stands for on this machine, and why: devices that the stored cost model has as faster than the CPU, else the CPU.
 */
#include "host/api/model.h"

#include <stdio.h>
#include <string.h>

#include "host/sys/mem.h"

/** A device of the model, at the largest size that was measured on it. */
struct rival {
    char id[SC_DEVICE_NAME];
    unsigned log_cells;
    double ns, cpu_ns; /* of a proof of that size */
};

/* false: it is not one, is the CPU, or one of both has no times. */
static bool rival_of(struct rival *out, const struct socle_model *m, uint32_t device)
{
    const char *const name = m->cost.devices[device].name, *const dash = strchr(name, '-');
    *out = (struct rival){.log_cells = 0};
    (void)snprintf(out->id, sizeof out->id, "%s", name);
    if (dash != NULL) {
        out->id[dash - name] = ':';
    }
    if ((strncmp(name, "cuda-", 5) != 0 && strncmp(name, "opencl-", 7) != 0) || !sc_api_device_known(out->id)) {
        return false;
    }
    for (uint32_t i = 0; i < m->cost.n_samples; i++) {
        const struct sc_cost_sample *const s = &m->cost.samples[i];
        out->log_cells = s->device == device && s->log_n > out->log_cells ? s->log_n : out->log_cells;
    }
    out->ns = sc_api_model_ns(m, out->id, out->log_cells);
    out->cpu_ns = sc_api_model_ns(m, "cpu", out->log_cells);
    return out->ns >= 0 && out->cpu_ns >= 0;
}

/* Of one device that has two drivers only the faster is taken: whether a device of this name and another kind is among those chosen. */
static bool is_twin(const struct socle_device *list, size_t n, const char *id, const char *chosen)
{
    const struct socle_device *me = NULL;
    for (size_t i = 0; i < n; i++) {
        me = strcmp(list[i].id, id) == 0 ? &list[i] : me;
    }
    for (size_t i = 0; me != NULL && i < n; i++) {
        const size_t len = strlen(list[i].id);
        for (const char *at = strstr(chosen, list[i].id); at != NULL; at = strstr(at + 1, list[i].id)) {
            if ((at[len] == ',' || at[len] == '\0') && strcmp(list[i].kind, me->kind) != 0 && strcmp(list[i].name, me->name) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* Those that are faster than the CPU, the fastest first. */
static socle_status take_faster(struct socle_device_choice *c, const struct rival *r, size_t n)
{
    struct socle_device *const list = sc_alloc(SOCLE_MAX_LISTED_DEVICES, sizeof *list);
    bool used[SC_MAX_DEVICES] = {false};
    unsigned taken = 0;
    if (list == NULL) {
        return SOCLE_E_NOMEM;
    }
    size_t n_listed = sc_api_list_devices(list, SOCLE_MAX_LISTED_DEVICES);
    n_listed = n_listed < SOCLE_MAX_LISTED_DEVICES ? n_listed : SOCLE_MAX_LISTED_DEVICES;
    c->devices[0] = '\0';
    for (;;) {
        size_t best = n;
        for (size_t i = 0; i < n; i++) {
            best = !used[i] && r[i].ns < r[i].cpu_ns && (best == n || r[i].ns / r[i].cpu_ns < r[best].ns / r[best].cpu_ns) ? i : best;
        }
        if (best == n || taken == SOCLE_MAX_USED_DEVICES) {
            break;
        }
        used[best] = true;
        if (is_twin(list, n_listed, r[best].id, c->devices)) {
            continue;
        }
        const size_t at = strlen(c->devices);
        (void)snprintf(c->devices + at, sizeof c->devices - at, "%s%s", taken > 0 ? "," : "", r[best].id);
        if (taken++ == 0) {
            (void)snprintf(c->why, sizeof c->why, "measured faster than the CPU: %.3f s against %.3f s for a proof of 2^%u cells", 1e-9 * r[best].ns,
                           1e-9 * r[best].cpu_ns, r[best].log_cells);
        }
    }
    sc_free(list);
    return SOCLE_OK;
}

static socle_status choose(socle_context *ctx, struct socle_device_choice *c)
{
    const char *why;
    struct rival r[SC_MAX_DEVICES];
    size_t n = 0, best = 0;
    const struct socle_model *const m = sc_api_model(ctx, &why);
    (void)snprintf(c->devices, sizeof c->devices, "cpu");
    if (m == NULL) {
        (void)snprintf(c->why, sizeof c->why, "%s", why);
        return SOCLE_OK;
    }
    for (uint32_t d = 0; d < m->cost.n_devices; d++) {
        n += rival_of(&r[n], m, d);
        best = n > 0 && r[n - 1].ns / r[n - 1].cpu_ns < r[best].ns / r[best].cpu_ns ? n - 1 : best;
    }
    if (n == 0) {
        (void)snprintf(c->why, sizeof c->why, "the stored cost model has no device beside the CPU");
        return SOCLE_OK;
    }
    if (r[best].ns < r[best].cpu_ns) {
        return take_faster(c, r, n);
    }
    (void)snprintf(c->why, sizeof c->why, "no device was measured faster: %.24s %.3f s, the CPU %.3f s for a proof of 2^%u cells", r[best].id, 1e-9 * r[best].ns,
                   1e-9 * r[best].cpu_ns, r[best].log_cells);
    return SOCLE_OK;
}

static bool wants_auto(const socle_context *ctx)
{
    return ctx->options.device == NULL || strcmp(ctx->options.device, "auto") == 0;
}

void sc_api_choose_cpu(socle_context *ctx, const char *why)
{
    struct socle_device_choice *const c = &ctx->choice;
    if (c->devices[0] == '\0' && wants_auto(ctx)) {
        c->is_auto = true;
        (void)snprintf(c->devices, sizeof c->devices, "cpu");
        (void)snprintf(c->why, sizeof c->why, "%s", why);
    }
}

socle_status sc_api_choose(socle_context *ctx)
{
    struct socle_device_choice *const c = &ctx->choice;
    const char *const asked = ctx->options.device;
    if (c->devices[0] != '\0') {
        return SOCLE_OK;
    }
    c->is_auto = wants_auto(ctx);
    if (c->is_auto) {
        const socle_status st = choose(ctx, c);
        c->devices[0] = st == SOCLE_OK ? c->devices[0] : '\0'; /* it is chosen anew the next time */
        return st;
    }
    (void)snprintf(c->devices, sizeof c->devices, "%s", asked);
    (void)snprintf(c->why, sizeof c->why, "as asked for");
    return SOCLE_OK;
}

socle_status socle_choose_device(socle_context *ctx, struct socle_device_choice *out)
{
    sc_api_begin(ctx);
    const socle_status st = sc_api_choose(ctx);
    *out = ctx->choice;
    return sc_api_end(ctx, st);
}
