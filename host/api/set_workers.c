/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Who makes the proofs of a set at the same time: how many, with how many threads, and what the stored cost model says of them.
 */
#include "host/api/model.h"
#include "host/api/prove_set.h"

#include <string.h>

#include "host/sys/mem.h"

/* ---- threads ---- */

/* As many as there are memory, proofs, and threads or devices for: who has a device waits for it most of the time. */
static unsigned n_workers(const socle_context *ctx, const struct api_plan *plan, unsigned n_devices)
{
    const unsigned n_pool = sc_pool_size(ctx->pool), n_threads = n_pool > n_devices ? n_pool : n_devices;
    const uint64_t used = sc_api_need(ctx, 0), free = ctx->limit > used ? ctx->limit - used : 0;
    uint64_t n = ctx->limit == 0 || plan->each == 0 ? n_threads : free / plan->each;
    n = n < n_threads ? n : n_threads;
    n = n < plan->segments.n_spans + 1 ? n : plan->segments.n_spans + 1;
    return n > 0 && plan->segments.n_spans > 1 ? (unsigned)n : 1;
}

socle_status sc_api_workers_init(struct api_workers *w, socle_context *ctx, const struct api_plan *plan, unsigned n_devices)
{
    socle_status st = SOCLE_OK;
    const unsigned n_threads = sc_pool_size(ctx->pool), n = n_workers(ctx, plan, n_devices);
    *w = (struct api_workers){.n = 1};
    w->pool[0] = ctx->pool;
    if (n == 1) {
        return SOCLE_OK;
    }
    TRY(sc_pool_create(&w->outer, n));
    for (w->n = 0; w->n < n; w->n++) {
        const unsigned share = n_threads / n + (w->n < n_threads % n);
        TRY(sc_pool_create(&w->pool[w->n], share > 0 ? share : 1));
    }
out:
    return st;
}

void sc_api_workers_fini(struct api_workers *w)
{
    for (unsigned k = 0; w->outer != NULL && k < w->n; k++) {
        sc_pool_destroy(w->pool[k]);
    }
    sc_pool_destroy(w->outer);
    *w = (struct api_workers){0};
}

/* ---- times ---- */

/* Of a proof of 2^log_cells cells at @p place. */
static double ns_at(const socle_context *ctx, const struct socle_model *m, const struct api_place *place, unsigned log_cells)
{
    const double ns = sc_api_model_ns(m, place->id, log_cells);
    const unsigned all = sc_pool_size(ctx->pool);
    return strcmp(place->id, "cpu") == 0 && place->threads > 0 && place->threads < all ? ns * all / place->threads : ns;
}

socle_status sc_api_set_times(socle_context *ctx, double **ns, const struct api_program *l, const struct api_plan *plan, const struct api_place *places,
                              uint32_t n_places)
{
    socle_status st = SOCLE_OK;
    const char *why;
    struct sc_shape shape;
    struct sc_layout layout;
    const uint32_t n = (uint32_t)plan->segments.n_spans + 1;
    const struct socle_model *const m = sc_api_model(ctx, &why);
    *ns = m != NULL ? sc_alloc((size_t)n_places * n, sizeof **ns) : NULL;
    TRY(*ns != NULL || m == NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    for (uint32_t i = 0; m != NULL && i < n; i++) {
        TRY(sc_trace_set_shape(&shape, &layout, ctx->message, sizeof ctx->message, &plan->segments, i, i == 0 ? l->image.log_h : 0));
        for (uint32_t p = 0; p < n_places; p++) {
            (*ns)[(size_t)p * n + i] = ns_at(ctx, m, &places[p], layout.m0);
        }
    }
out:
    return st;
}
