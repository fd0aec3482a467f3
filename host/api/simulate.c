/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The scheduler on a virtual clock, for proofs of segments on so many copies of one device of a cost model.
 */
#include "host/api/model.h"

#include <string.h>

#include "host/sched/segment_graph.h"
#include "host/sched/timeline.h"
#include "host/sys/lend.h"
#include "host/sys/mem.h"
#include "scheduler/sim.h"

static void info_of(void *self, struct sc_device_info *out)
{
    const struct sc_cost_device *const d = self;
    *out = (struct sc_device_info){.kind = "sim", .memory = d->memory, .align = 256, .shares_host = d->shares_host};
    memcpy(out->name, d->name, sizeof out->name);
}

/* A dry run calls none of these. */
static socle_status no_arena(void *self, uint64_t size)
{
    (void)self, (void)size;
    return SOCLE_E_BUG;
}
static socle_status no_put(void *self, uint64_t offset, const void *host, uint64_t size)
{
    (void)self, (void)offset, (void)host, (void)size;
    return SOCLE_E_BUG;
}
static socle_status no_get(void *self, void *host, uint64_t offset, uint64_t size)
{
    (void)self, (void)host, (void)offset, (void)size;
    return SOCLE_E_BUG;
}
static socle_status no_run(void *self, const struct sc_launch *launch)
{
    (void)self, (void)launch;
    return SOCLE_E_BUG;
}

static const struct sc_device_ops ops = {.info = info_of, .arena = no_arena, .put = no_put, .get = no_get, .run = no_run};

static socle_status run_dry(socle_context *ctx, struct socle_simulation *out, struct sc_drive *run, const struct sc_drive_setup *setup)
{
    struct sc_sim sim = {0};
    socle_status st = sc_drive_init(run, setup);
    st = st == SOCLE_OK ? sc_sim_run(run, &sim) : st;
    if (st != SOCLE_OK) {
        return sc_fail(ctx, st, "simulation: %s", run->why[0] != 0 ? run->why : socle_status_text(st));
    }
    double busy = 0;
    for (uint32_t d = 0; d < setup->n_devices; d++) {
        busy += run->busy[d * SC_N_QUEUES + SC_QUEUE_RUN];
        out->device_memory = run->taken[d + 1] > out->device_memory ? run->taken[d + 1] : out->device_memory;
    }
    out->seconds = 1e-9 * sim.now;
    out->utilisation = sim.now > 0 ? busy / (sim.now * setup->n_devices) : 0;
    out->jobs = run->n_jobs_run;
    out->copied = run->copied;
    out->spilled = run->plan.spilled;
    return SOCLE_OK;
}

/** Where the timeline goes; NULL: nowhere. */
struct file {
    uint8_t **bytes;
    size_t *len;
};

static socle_status write_timeline(socle_context *ctx, const struct file *f, const struct sc_timeline *t, const struct sc_device_info *infos, uint32_t n)
{
    const size_t len = sc_timeline_write(t, infos, n, NULL, 0);
    uint8_t *const text = sc_alloc(len, 1);
    if (text == NULL) {
        return SOCLE_E_NOMEM;
    }
    *f->len = sc_timeline_write(t, infos, n, (char *)text, len);
    return sc_api_hand(ctx, f->bytes, text, len);
}

static socle_status simulate(socle_context *ctx, struct socle_simulation *out, const struct file *f, const socle_model *model, const char *device,
                             unsigned n_devices, struct sc_graph *g, struct sc_drive *run)
{
    static const char *const bases[] = {"none", "measured", "between", "beyond"};
    struct sc_segment_times t;
    enum sc_basis basis;
    const char *missing;
    const struct sc_heap heap = sc_lend_heap();
    struct sc_device devices[SC_MAX_DEVICES];
    socle_status st = sc_segment_times(&t, &basis, &missing, g, &model->cost, device);
    if (st != SOCLE_OK) {
        return sc_fail(ctx, st, "the model knows nothing of %s on %s", missing == device ? "anything" : missing, device);
    }
    out->basis = bases[basis];
    struct sc_cost_device own = model->cost.devices[t.device];
    for (unsigned d = 0; d < n_devices; d++) {
        devices[d] = (struct sc_device){&ops, &own};
    }
    struct sc_timeline timeline = {.heap = &heap, .graph = g, .op_names = sc_stage_op_names, .n_ops = SC_N_STAGE_OPS, .simulated = true};
    const struct sc_times times = {&t, sc_segment_run_ns, sc_segment_copy_ns};
    const struct sc_drive_setup setup = {.graph = g, .times = &times, .n_devices = n_devices, .devices = devices, .host_budget = UINT64_C(1) << 50,
                                         .heap = &heap, .arena = &heap, .dry = true, .arg = &timeline,
                                         .note = f != NULL ? sc_timeline_note : NULL};
    st = run_dry(ctx, out, run, &setup);
    if (st == SOCLE_OK && f != NULL) {
        st = write_timeline(ctx, f, &timeline, run->infos, n_devices);
    }
    sc_timeline_fini(&timeline);
    sc_drive_fini(run);
    return st;
}

static socle_status simulate_call(socle_context *ctx, struct socle_simulation *out, const struct file *f, const socle_model *model,
                                  const char *device, unsigned n_devices, unsigned n_segments)
{
    socle_status st = SOCLE_OK;
    struct sc_graph g = {0};
    struct sc_segment_sizes sizes;
    const struct sc_heap heap = sc_lend_heap();
    memset(out, 0, sizeof *out);
    sc_api_begin(ctx);
    struct sc_drive *const run = sc_alloc(1, sizeof *run);
    TRY(run != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    if (n_devices == 0 || n_devices > SC_MAX_DEVICES || n_segments == 0 || n_segments > SC_SIM_MAX_SEGMENTS) {
        TRY(sc_fail(ctx, SOCLE_E_ARG, "simulation: 1 to %u devices, 1 to %u segments", SC_MAX_DEVICES, SC_SIM_MAX_SEGMENTS));
    }
    TRY(sc_segment_sizes(&sizes, ctx->profile));
    TRY(sc_segment_graph(&g, &heap, &sizes, n_segments));
    out->n_devices = n_devices;
    out->n_segments = n_segments;
    out->log_cells = sizes.log_cells;
    TRY(simulate(ctx, out, f, model, device, n_devices, &g, run));
out:
    sc_graph_fini(&g);
    sc_free(run);
    return sc_api_end(ctx, st);
}

socle_status socle_simulate(socle_context *ctx, struct socle_simulation *out, const socle_model *model, const char *device, unsigned n_devices,
                            unsigned n_segments)
{
    return simulate_call(ctx, out, NULL, model, device, n_devices, n_segments);
}

socle_status socle_simulate_timeline(socle_context *ctx, uint8_t **bytes, size_t *len, const socle_model *model, const char *device,
                                     unsigned n_devices, unsigned n_segments)
{
    struct socle_simulation ignored;
    const struct file f = {bytes, len};
    *bytes = NULL;
    *len = 0;
    return simulate_call(ctx, &ignored, &f, model, device, n_devices, n_segments);
}
