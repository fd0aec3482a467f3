/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Cost models for the caller: read a file, tell what is in it.
 */
#include "host/api/model.h"

#include <string.h>

#include "host/sys/lend.h"
#include "host/sys/mem.h"

socle_status sc_api_model_parse(socle_context *ctx, struct socle_model **out, const uint8_t *text, size_t len)
{
    socle_status st = SOCLE_OK;
    char why[API_MESSAGE - 16] = "";
    const struct sc_heap heap = sc_lend_heap();
    *out = NULL;
    socle_model *m = sc_alloc(1, sizeof *m);
    TRY(m != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    TRY(sc_cost_init(&m->cost, &heap, SC_COST_MAX_SAMPLES));
    st = sc_cost_read(&m->cost, why, sizeof why, (const char *)text, len);
    TRY(st == SOCLE_OK || st == SOCLE_E_NOMEM ? st : sc_fail(ctx, st == SOCLE_E_LIMIT ? SOCLE_E_FORMAT : st, "cost model: %s", why));
    *out = m;
    m = NULL;
out:
    socle_model_destroy(ctx, m);
    return st;
}

socle_status socle_model_read(socle_context *ctx, socle_model **out, const uint8_t *text, size_t len)
{
    sc_api_begin(ctx);
    return sc_api_end(ctx, sc_api_model_parse(ctx, out, text, len));
}

socle_status socle_model_write(socle_context *ctx, uint8_t **bytes, size_t *len, const socle_model *model)
{
    *bytes = NULL;
    sc_api_begin(ctx);
    *len = sc_cost_write(&model->cost, NULL, 0);
    uint8_t *const text = sc_alloc(*len, 1);
    if (text == NULL) {
        return sc_api_end(ctx, SOCLE_E_NOMEM);
    }
    (void)sc_cost_write(&model->cost, (char *)text, *len);
    return sc_api_end(ctx, sc_api_hand(ctx, bytes, text, *len));
}

void socle_model_destroy(socle_context *ctx, socle_model *model)
{
    (void)ctx;
    if (model != NULL) {
        sc_cost_fini(&model->cost);
        sc_free(model);
    }
}

const char *socle_model_origin(const socle_model *model)
{
    return model->cost.origin;
}

size_t socle_model_devices(const socle_model *model, struct socle_model_device *out, size_t max)
{
    const struct sc_cost *const c = &model->cost;
    for (size_t i = 0; i < c->n_devices && i < max; i++) {
        const struct sc_cost_device *const d = &c->devices[i];
        out[i] = (struct socle_model_device){.name = d->name, .shares_host = d->shares_host, .memory = d->memory, .put_ns = d->put_ns,
                                             .put_mb_per_s = d->put_mb_per_s, .get_ns = d->get_ns, .get_mb_per_s = d->get_mb_per_s};
    }
    return c->n_devices;
}

size_t socle_model_samples(const socle_model *model, struct socle_model_sample *out, size_t max)
{
    const struct sc_cost *const c = &model->cost;
    for (size_t i = 0; i < c->n_samples && i < max; i++) {
        const struct sc_cost_sample *const s = &c->samples[i];
        out[i] = (struct socle_model_sample){.device = c->devices[s->device].name, .op = c->ops[s->op], .log_n = s->log_n, .count = s->count,
                                             .runs = s->runs, .mean_ns = s->mean_ns, .spread_ns = sc_cost_spread(s)};
    }
    return c->n_samples;
}

/* ---- proofs ---- */

void sc_api_model_name(char out[SC_DEVICE_NAME], const char *id)
{
    size_t n = 0;
    for (; id[n] != '\0' && n + 1 < SC_DEVICE_NAME; n++) {
        out[n] = (char)(id[n] == ':' ? '-' : id[n]);
    }
    out[n] = '\0';
}

const char *sc_api_model_op(enum sc_stage stage)
{
    static const char *const ops[SC_N_STAGES] = {
        [SC_STAGE_TRACE] = "trace", [SC_STAGE_COMMIT] = "commit", [SC_STAGE_GKR] = "gkr", [SC_STAGE_ZERO] = "zero", [SC_STAGE_OPEN] = "open"};
    return ops[stage];
}

double sc_api_model_stage_ns(const struct socle_model *m, const char *id, enum sc_stage stage, unsigned log_cells)
{
    char name[SC_DEVICE_NAME];
    double ns = 0;
    if (sc_api_model_op(stage) == NULL) {
        return 0;
    }
    sc_api_model_name(name, id);
    const uint32_t device = sc_cost_find_device(&m->cost, name), op = sc_cost_find_op(&m->cost, sc_api_model_op(stage));
    if (device == SC_COST_NO_NAME || op == SC_COST_NO_NAME || sc_cost_estimate(&m->cost, &ns, device, op, log_cells, 1) == SC_BASIS_NONE) {
        return -1;
    }
    return ns;
}

double sc_api_model_ns(const struct socle_model *m, const char *id, unsigned log_cells)
{
    double sum = 0;
    for (unsigned i = 0; i < SC_N_STAGES; i++) {
        const double ns = sc_api_model_stage_ns(m, id, (enum sc_stage)i, log_cells);
        if (ns < 0 && i != SC_STAGE_TRACE) {
            return -1;
        }
        sum += ns > 0 ? ns : 0;
    }
    return sum;
}
