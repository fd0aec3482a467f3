/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What proving a run would take. Size and memory follow from a plain run. Time is measured: two small proofs of the run's own
 * proportions give, for each stage, a time without work and a time for each unit of work, and a short segment gives the time of a trace.
 * A set's proofs are measured as they are made, several at a time.
 */
#include "host/api/program.h"

#include <stdatomic.h>
#include <string.h>

#include "host/api/model.h"
#include "host/api/prove_set.h"
#include "host/sched/share.h"
#include "host/sys/file.h"
#include "host/sys/mem.h"

/* log2 of the cells of the two small proofs: their fixed tables have 2^19 alone, and the larger is beyond the caches. */
static const unsigned sizes[2] = {21, 23};

/** Seconds, or units of work, by stage. */
struct by_stage {
    double of[SC_N_STAGES];
};

/** Proofs of one shape, made at the same time, with cells that satisfy nothing: as much work as honest ones. */
struct sample {
    socle_context *ctx;
    const struct api_program *l;
    struct sc_shape shape;
    struct sc_layout layout;
    struct api_workers threads;
    atomic_int failure;
    enum sc_stage stage; /* of the first */
    uint64_t since_ns, spent_ns[SC_N_STAGES];
};

/** One of them. */
struct sample_proof {
    struct sample *s;
    fp *cells;
    bool first;
};

static size_t cells_size(const struct sc_layout *l)
{
    return sizeof(fp) << l->m0;
}

static void cells_done(void *arg)
{
    struct sample_proof *const p = arg;
    sc_big_free(p->cells, cells_size(&p->s->layout));
    p->cells = NULL;
}

static socle_status note_stage(void *arg, enum sc_stage stage, double fraction)
{
    const struct sample_proof *const p = arg;
    struct sample *const s = p->s;
    const uint64_t now = sc_clock_ns();
    (void)fraction;
    if (p->first) {
        s->spent_ns[s->stage] += now - s->since_ns;
        s->stage = stage;
        s->since_ns = now;
    }
    return sc_api_goes_on(s->ctx); /* no progress of the call: these stages are not its own */
}

/* A single proof with 2^-down of the rows. */
static void shrink(struct sc_shape *out, const struct sc_shape *s, unsigned down, unsigned image_log_h)
{
    const struct sc_machine *const m = &sc_machine_rv64im;
    *out = (struct sc_shape){.part = SC_SINGLE, .image_log_h = (uint8_t)image_log_h};
    for (unsigned t = 0; t < m->n_main; t++) {
        uint64_t rows = 0;
        for (unsigned i = 0; i < s->n_chunks[t]; i++) {
            rows += UINT64_C(1) << s->log_h[t][i];
        }
        if (m->tables[t].fixed_log_h != 0) {
            out->n_chunks[t] = 1;
            out->log_h[t][0] = (uint8_t)m->tables[t].fixed_log_h;
        } else {
            out->n_chunks[t] = (uint8_t)sc_chunks_from_rows(rows >> down > 0 ? rows >> down : 1, out->log_h[t]);
        }
    }
}

/* What a stage's time grows with. Encoding and opening go over whole powers of two, the argument over what is in use. */
static struct by_stage load_of(const struct sc_layout *l)
{
    const double whole = (double)((uint64_t)1 << l->m0), leaves = (double)l->n_leaves;
    const struct by_stage d = {{[SC_STAGE_TRACE] = (double)l->n_cells,
                                [SC_STAGE_COMMIT] = whole,
                                [SC_STAGE_GKR] = leaves,
                                [SC_STAGE_ZERO] = (double)l->n_cells + leaves,
                                [SC_STAGE_OPEN] = whole}};
    return d;
}

static socle_status prove_sample(struct sample *s, unsigned k)
{
    static const uint8_t nothing[1] = {0};
    socle_status st = SOCLE_OK;
    uint8_t *proof = NULL;
    size_t len = 0;
    struct sample_proof p = {.s = s, .first = k == 0};
    struct sc_prover prover = sc_api_prover(s->ctx, s->ctx->profile);
    const struct sc_watch watch = {&p, note_stage};
    p.cells = sc_big_take(cells_size(&s->layout));
    TRY(p.cells != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    for (size_t i = 0; i < (size_t)1 << s->layout.m0; i++) {
        p.cells[i] = fp_from_u32((uint32_t)(i * 2654435761u) >> 2);
    }
    const struct sc_witness w = {
        .shape = s->shape, .cells = p.cells, .run = {.ts_end = 8}, .output = nothing, .cells_done = cells_done, .arg = &p};
    prover.watch = &watch;
    prover.pool = s->threads.pool[k];
    if (p.first) {
        s->stage = SC_STAGE_LOAD;
        s->since_ns = sc_clock_ns();
    }
    TRY(sc_prove_unchecked(&proof, &len, &prover, &s->l->program, &w));
    if (p.first) {
        (void)note_stage(&p, SC_STAGE_CHECK, 1);
    }
out:
    sc_free(proof);
    cells_done(&p);
    return st;
}

static void prove_samples(void *arg, size_t begin, size_t end, unsigned worker)
{
    struct sample *const s = arg;
    (void)worker;
    for (size_t k = begin; k < end; k++) {
        const socle_status st = prove_sample(s, (unsigned)k);
        int none = SOCLE_OK;
        (void)(st != SOCLE_OK && atomic_compare_exchange_strong(&s->failure, &none, (int)st));
    }
}

/* Time of @p x units of work, from two measurements. */
static double extrapolate(double x, const double at[2], const double seconds[2])
{
    if (at[1] <= at[0]) {
        return seconds[1];
    }
    double slope = (seconds[1] - seconds[0]) / (at[1] - at[0]), rest = seconds[1] - slope * at[1];
    if (slope < 0 || rest < 0) { /* the clock of a busy machine */
        slope = at[1] > 0 ? seconds[1] / at[1] : 0;
        rest = 0;
    }
    return rest + slope * x;
}

/** The measured model: stages of a proof of the largest shape of the plan, and how they grow. */
struct model {
    struct by_stage at[2], took[2];
    double boundary; /* seconds for a cycle that is run once more for BOUNDARY */
};

/* Two small proofs, or twice the same when the real one is small itself. */
static socle_status measure_proofs(struct model *m, struct sample *s, const struct api_plan *plan)
{
    socle_status st = SOCLE_OK;
    for (unsigned k = 0; k < 2; k++) {
        const struct sc_prover prover = sc_api_prover(s->ctx, s->ctx->profile);
        shrink(&s->shape, &plan->shape, plan->layout.m0 > sizes[k] ? plan->layout.m0 - sizes[k] : 0, s->l->image.log_h);
        TRY(sc_layout(&s->layout, &sc_machine_rv64im, &s->shape) ? SOCLE_OK : SOCLE_E_BUG);
        TRY(sc_api_room(s->ctx, s->threads.n * sc_prove_memory(&prover, &s->layout, 0), "a small proof to measure"));
        memset(s->spent_ns, 0, sizeof s->spent_ns);
        sc_pool_for(s->threads.outer, s->threads.n, 1, prove_samples, s);
        TRY((socle_status)atomic_load(&s->failure));
        m->at[k] = load_of(&s->layout);
        for (unsigned i = 0; i < SC_N_STAGES; i++) {
            m->took[k].of[i] = 1e-9 * (double)s->spent_ns[i];
        }
    }
out:
    return st;
}

/** Short segments of the run, and the trace of one of them. */
struct piece {
    struct sc_segments segments;
    struct sc_run run;
    struct sc_trace *trace; /* of each worker */
    struct sample *s;
    const struct sc_image *image;
};

static socle_status trace_piece(struct piece *g, unsigned k, uint32_t index)
{
    char why[API_MESSAGE];
    struct sample *const s = g->s;
    const struct sc_elf *const elf = &s->l->elf;
    return g->segments.n_spans == 1
               ? sc_trace_record(&g->trace[k], why, sizeof why, elf, &g->segments, g->run.output, g->run.output_size, g->image, s->threads.pool[k], NULL)
               : sc_trace_segment(&g->trace[k], why, sizeof why, elf, &g->segments, index, s->threads.pool[k], NULL);
}

static void trace_pieces(void *arg, size_t begin, size_t end, unsigned worker)
{
    struct piece *const g = arg;
    (void)worker;
    for (size_t k = begin; k < end && (k == 0 || g->segments.n_spans > 1); k++) {
        const socle_status st = trace_piece(g, (unsigned)k, (uint32_t)(g->segments.n_spans + 1) / 2);
        int none = SOCLE_OK;
        (void)(st != SOCLE_OK && atomic_compare_exchange_strong(&g->s->failure, &none, (int)st));
    }
}

/* The time of a trace, from a segment in the middle of the run, cut as small as the larger small proof. */
static socle_status measure_trace(struct model *m, struct sample *s, const uint8_t *input, size_t input_len)
{
    socle_status st = SOCLE_OK;
    struct sc_trace boundary = {0};
    struct piece *const g = sc_alloc(1, sizeof *g);
    const struct sc_cut_limits cut = {.log_cells = (uint8_t)sizes[1]};
    const struct sc_exec_options options = {.input = input, .input_size = input_len, .watch = &s->ctx->watch};
    TRY(g != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    g->trace = sc_alloc(s->threads.n, sizeof *g->trace);
    TRY(g->trace != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    g->s = s;
    g->image = &s->l->image;
    TRY(sc_exec_cut(&g->segments, &g->run, s->ctx->message, sizeof s->ctx->message, &s->l->elf, &options, &cut));
    uint64_t since = sc_clock_ns();
    sc_pool_for(s->threads.outer, s->threads.n, 1, trace_pieces, g);
    TRY((socle_status)atomic_load(&s->failure));
    m->took[1].of[SC_STAGE_TRACE] = 1e-9 * (double)(sc_clock_ns() - since);
    m->at[1].of[SC_STAGE_TRACE] = (double)g->trace[0].layout.n_cells;
    m->took[0].of[SC_STAGE_TRACE] = m->at[0].of[SC_STAGE_TRACE] = 0; /* its time without work is nothing */
    if (g->segments.n_spans > 1) {
        const uint32_t index = (uint32_t)(g->segments.n_spans + 1) / 2;
        since = sc_clock_ns();
        TRY(sc_trace_boundary(&boundary, s->ctx->message, sizeof s->ctx->message, &s->l->elf, &g->segments, index, 0));
        m->boundary = 1e-9 * (double)(sc_clock_ns() - since) / (double)g->segments.spans[index - 1].cycles;
    }
out:
    if (g != NULL) {
        for (unsigned k = 0; g->trace != NULL && k < s->threads.n; k++) {
            sc_trace_fini(&g->trace[k]);
        }
        sc_free(g->trace);
        sc_segments_fini(&g->segments);
        sc_run_fini(&g->run);
    }
    sc_trace_fini(&boundary);
    sc_free(g);
    return st;
}

/* The stages of one proof. */
static struct by_stage stages_of(const struct model *m, const struct sc_layout *l)
{
    struct by_stage out = {{0}};
    const struct by_stage whole = load_of(l);
    for (unsigned i = SC_STAGE_TRACE; i <= SC_STAGE_OPEN; i++) {
        const double at[2] = {m->at[0].of[i], m->at[1].of[i]}, took[2] = {m->took[0].of[i], m->took[1].of[i]};
        out.of[i] = extrapolate(whole.of[i], at, took);
    }
    return out;
}

/* A set: BOUNDARY of all, then the proofs, of which each goes to the worker that is free first. */
static socle_status estimate_set(double seconds[SC_N_STAGES], const struct model *m, struct sample *s, const struct api_plan *plan)
{
    socle_status st = SOCLE_OK;
    struct sc_shape shape;
    struct sc_layout layout;
    double busy[SC_POOL_MAX_THREADS] = {0};
    const uint32_t n = (uint32_t)plan->segments.n_spans + 1;
    for (uint32_t i = 0; i < n; i++) {
        TRY(sc_trace_set_shape(&shape, &layout, s->ctx->message, sizeof s->ctx->message, &plan->segments, i, i == 0 ? s->l->image.log_h : 0));
        const struct by_stage part = stages_of(m, &layout);
        unsigned next = 0;
        for (unsigned k = 1; k < s->threads.n; k++) {
            next = busy[k] < busy[next] ? k : next;
        }
        for (unsigned k = 0; k < SC_N_STAGES; k++) {
            busy[next] += part.of[k];
        }
        seconds[SC_STAGE_PARTS] = busy[next] > seconds[SC_STAGE_PARTS] ? busy[next] : seconds[SC_STAGE_PARTS];
    }
    seconds[SC_STAGE_TRACE] = m->boundary * (double)plan->run.cycles;
out:
    return st;
}

/* ---- on devices, by the stored model ---- */

/** The devices that the option stands for, and the CPU behind them. */
struct chosen {
    struct socle_device_choice names; /* with zeros for commas */
    struct api_place place[SOCLE_MAX_USED_DEVICES + 1];
    unsigned n; /* without the CPU behind them */
};

static socle_status chosen_of(struct chosen *c, socle_context *ctx)
{
    const socle_status st = sc_api_choose(ctx);
    *c = (struct chosen){.names = ctx->choice};
    for (char *word = c->names.devices, *comma; c->n < SOCLE_MAX_USED_DEVICES && word != NULL; word = comma) {
        comma = strchr(word, ',');
        if (comma != NULL) {
            *comma++ = '\0';
        }
        c->place[c->n++].id = word;
    }
    c->place[c->n].id = "cpu";
    return st;
}

/* The stages of a single proof; false: the model does not know them. */
static bool single_by_model(double seconds[SC_N_STAGES], socle_context *ctx, const struct chosen *c, const struct api_plan *plan)
{
    const char *why;
    const struct socle_model *const m = sc_api_model(ctx, &why);
    if (m == NULL || sc_api_model_ns(m, c->place[0].id, plan->layout.m0) < 0) {
        return false;
    }
    for (unsigned i = SC_STAGE_TRACE; i <= SC_STAGE_OPEN; i++) {
        const double ns = sc_api_model_stage_ns(m, c->place[0].id, (enum sc_stage)i, plan->layout.m0);
        seconds[i] = ns > 0 ? 1e-9 * ns : 0;
    }
    return true;
}

/* The time until the proofs of a set are made as planned; negative: the model does not know it. */
static socle_status set_by_model(double *seconds, struct sample *s, struct chosen *c, const struct api_plan *plan)
{
    socle_status st = SOCLE_OK;
    struct sc_share share = {0};
    double *ns = NULL;
    for (unsigned k = 0; k < s->threads.n; k++) {
        c->place[k % c->n].threads += sc_pool_size(s->threads.pool[k]);
    }
    TRY(sc_api_set_times(s->ctx, &ns, s->l, plan, c->place, c->n + 1));
    TRY(sc_share_init(&share, (uint32_t)plan->segments.n_spans + 1, c->n + 1, ns));
    for (unsigned k = 0; k < s->threads.n; k++) {
        sc_share_join(&share, k % c->n);
    }
    *seconds = 1e-9 * sc_share_span(&share);
out:
    sc_share_fini(&share);
    sc_free(ns);
    return st;
}

/* Into *known whether it could. */
static socle_status by_model(bool *known, double seconds[SC_N_STAGES], struct sample *s, struct chosen *c, const struct api_plan *plan)
{
    socle_status st = SOCLE_OK;
    double parts = -1;
    *known = false;
    if (c->n == 1 && strcmp(c->place[0].id, "cpu") == 0) {
        return SOCLE_OK; /* measured now, which is better */
    }
    if (plan->segments.n_spans == 1) {
        *known = single_by_model(seconds, s->ctx, c, plan);
        return SOCLE_OK;
    }
    TRY(set_by_model(&parts, s, c, plan));
    *known = parts >= 0;
    seconds[SC_STAGE_PARTS] = *known ? parts : 0;
out:
    return st;
}

static socle_status estimate(socle_context *ctx, struct socle_estimate *out, struct api_plan *plan, struct sample *s, const uint8_t *input,
                             size_t input_len)
{
    socle_status st = SOCLE_OK;
    struct model m = {0};
    struct chosen c;
    bool known;
    double seconds[SC_N_STAGES] = {0};
    TRY(sc_api_plan(ctx, &out->run, plan, s->l, input, input_len));
    out->n_segments = (uint32_t)plan->segments.n_spans;
    out->cells = plan->cells;
    out->bus_terms = plan->bus_terms;
    out->log_cells = plan->layout.m0;
    out->least_memory = sc_api_need(ctx, plan->memory);
    TRY(sc_watch_tell(&ctx->watch, SC_STAGE_EXECUTE, 1));
    for (unsigned i = 0; i <= SC_STAGE_EXECUTE; i++) {
        seconds[i] = 1e-9 * (double)ctx->clock.spent_ns[i];
    }
    TRY(chosen_of(&c, ctx));
    TRY(sc_api_workers_init(&s->threads, ctx, plan, c.n));
    out->memory = s->threads.n == 1 ? out->least_memory : sc_api_need(ctx, plan->kept + s->threads.n * plan->each);
    TRY(by_model(&known, seconds, s, &c, plan));
    out->by_model = known;
    if (!known) {
        TRY(measure_proofs(&m, s, plan));
    }
    if (!known || out->n_segments > 1) {
        TRY(measure_trace(&m, s, input, input_len));
    }
    if (known) {
        seconds[SC_STAGE_TRACE] = out->n_segments > 1 ? m.boundary * (double)plan->run.cycles : seconds[SC_STAGE_TRACE];
    } else if (out->n_segments == 1) {
        const struct by_stage one = stages_of(&m, &plan->layout);
        memcpy(&seconds[SC_STAGE_TRACE], &one.of[SC_STAGE_TRACE], (SC_N_STAGES - SC_STAGE_TRACE) * sizeof seconds[0]);
    } else {
        TRY(estimate_set(seconds, &m, s, plan));
    }
    for (unsigned i = 0; i < SC_N_STAGES; i++) {
        out->seconds += seconds[i];
        if (seconds[i] > 0) {
            out->stages[out->n_stages++] = (struct socle_stage){.name = sc_api_stage_name((enum sc_stage)i), .seconds = seconds[i]};
        }
    }
out:
    sc_api_workers_fini(&s->threads);
    return st;
}

socle_status socle_estimate(socle_context *ctx, struct socle_estimate *out, const uint8_t *elf, size_t elf_len, const uint8_t *input,
                            size_t input_len)
{
    socle_status st = SOCLE_OK;
    memset(out, 0, sizeof *out);
    sc_api_begin(ctx);
    ctx->clock.weight_total = 4; /* up to execute */
    struct api_program *const l = sc_alloc(1, sizeof *l);
    struct api_plan *const plan = sc_alloc(1, sizeof *plan);
    struct sample *const s = sc_alloc(1, sizeof *s);
    TRY(l != NULL && plan != NULL && s != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    s->ctx = ctx;
    s->l = l;
    TRY(sc_api_program(ctx, l, ctx->profile, elf, elf_len));
    TRY(estimate(ctx, out, plan, s, input, input_len));
    sc_api_finish(ctx);
out:
    if (plan != NULL) {
        sc_api_plan_fini(plan);
    }
    if (l != NULL) {
        sc_api_program_fini(l);
    }
    sc_free(s);
    sc_free(plan);
    sc_free(l);
    if (st != SOCLE_OK) {
        socle_run_fini(ctx, &out->run);
    }
    return sc_api_end(ctx, st);
}
