/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Cost models for the caller: read a file, tell what is in it.
 */
#include "host/api/model.h"

#include <string.h>

#include "host/sys/lend.h"
#include "host/sys/mem.h"

socle_status socle_model_read(socle_context *ctx, socle_model **out, const uint8_t *text, size_t len)
{
    socle_status st = SOCLE_OK;
    char why[API_MESSAGE - 16] = "";
    const struct sc_heap heap = sc_lend_heap();
    *out = NULL;
    sc_api_begin(ctx);
    socle_model *m = sc_alloc(1, sizeof *m);
    TRY(m != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    TRY(sc_cost_init(&m->cost, &heap, SC_COST_MAX_SAMPLES));
    st = sc_cost_read(&m->cost, why, sizeof why, (const char *)text, len);
    TRY(st == SOCLE_OK || st == SOCLE_E_NOMEM ? st : sc_fail(ctx, st == SOCLE_E_LIMIT ? SOCLE_E_FORMAT : st, "cost model: %s", why));
    *out = m;
    m = NULL;
out:
    socle_model_destroy(ctx, m);
    return sc_api_end(ctx, st);
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
