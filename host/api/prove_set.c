/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A run of several segments: one pass over it that commits to what passes between them, then the proofs, several at a time where
 * memory allows, each kept in a folder when the caller wants to be able to go on after a stop. Bytes depend on neither.
 * Theory: docs/spec/proof.md, "Sets".
 */
#include "host/api/prove_set.h"

#include <stdatomic.h>
#include <string.h>

#include "host/api/store.h"
#include "host/api/verify.h"
#include "host/prove/set.h"
#include "host/sched/share.h"
#include "host/sys/file.h"
#include "host/sys/mem.h"

/** One of those that make proofs at the same time, with threads of its own. */
struct worker {
    struct set_run *run;
    struct sc_pool *pool;
    unsigned number;
    uint32_t place; /* where it is: a device of those used, or behind them */
    struct sc_watch watch;
    bool callers; /* runs in the caller's thread, which alone may report */
    uint32_t index; /* of the proof in the making */
    enum sc_stage stage; /* and where it is, since when: for the timeline */
    uint64_t since_ns;
    char why[API_MESSAGE];
};

struct set_run {
    socle_context *ctx;
    const struct api_program *l;
    const struct api_plan *plan;
    struct sc_set set;
    struct sc_set_segment *segments;
    struct sc_boundary *boundary;
    struct sc_trace table; /* BOUNDARY of the proof that was asked for last */
    uint8_t *head;
    size_t head_len;
    uint8_t **body;
    size_t *body_len;

    struct api_workers threads;
    struct worker *workers; /* threads.n */
    struct sc_share share;  /* of the proofs; places are the devices that are used, and behind them the CPU for who has none left */
    double *ns;             /* by place and proof, where a stored model has them all */
    atomic_uint done; /* proofs */
    atomic_int failure;     /* status of the first that failed */
    atomic_uint failed_by;  /* its worker */
};

static uint32_t n_parts(const struct set_run *r)
{
    return (uint32_t)r->plan->segments.n_spans + 1;
}

/* ---- the plan ---- */

/* Add the tables of one proof to those of the run; rows are the committed ones. */
static void add_tables(struct socle_run *out, struct api_plan *g, const struct sc_shape *shape)
{
    struct socle_table tables[SOCLE_MAX_TABLES];
    uint64_t cells, terms;
    sc_api_tables(tables, &out->n_tables, &cells, &terms, shape);
    for (unsigned t = 0; t < out->n_tables; t++) {
        out->tables[t].name = tables[t].name;
        out->tables[t].rows += tables[t].rows;
        out->tables[t].cells += tables[t].cells;
        out->tables[t].bus_terms += tables[t].bus_terms;
    }
    g->cells += cells;
    g->bus_terms += terms;
}

static void boundary_shape(struct sc_boundary *b, const struct sc_shape *shape)
{
    b->n_chunks = shape->n_boundary;
    memcpy(b->log_h, shape->boundary_log_h, sizeof b->log_h);
}

/* The most that making proof @p i takes, with all threads; with fewer it is not more. */
static uint64_t part_memory(const struct sc_prover *prover, const struct sc_layout *layout, const struct api_program *l, const struct api_plan *g,
                            uint32_t i)
{
    const uint64_t table = sc_trace_boundary_memory(layout, &l->elf, &g->segments, i) + sc_boundary_commit_memory(prover, layout->boundary_m0);
    const uint64_t source = i == 0 ? sc_trace_first_memory(&g->segments) : sc_replay_memory(&l->elf, &g->segments.spans[i - 1]);
    const uint64_t trace = source + sc_trace_memory(layout, sc_pool_size(prover->pool));
    const uint64_t proof = sc_prove_part_memory(prover, layout);
    const uint64_t most = trace > proof ? trace : proof;
    return most > table ? most : table;
}

socle_status sc_api_plan_set(socle_context *ctx, struct socle_run *out, struct api_plan *g, const struct api_program *l)
{
    socle_status st = SOCLE_OK;
    struct sc_shape shape;
    struct sc_layout layout;
    struct sc_prover prover = sc_api_prover(ctx, ctx->profile);
    const uint32_t n = (uint32_t)g->segments.n_spans + 1;
    uint64_t bodies = 0, each = 0, tables = 0;
    struct sc_set set = {.n_segments = n - 1, .output_len = g->run.output_size};
    memset(out->tables, 0, sizeof out->tables);
    set.boundary = sc_alloc(n, sizeof *set.boundary);
    TRY(set.boundary != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    for (uint32_t i = 0; i < n; i++) {
        TRY(sc_trace_set_shape(&shape, &layout, ctx->message, sizeof ctx->message, &g->segments, i, i == 0 ? l->image.log_h : 0));
        TRY(sc_prover_has(&prover, layout.m0, l->program.vars) ? SOCLE_OK : SOCLE_E_LIMIT);
        add_tables(out, g, &shape);
        boundary_shape(&set.boundary[i], &shape);
        const uint64_t table = sc_trace_boundary_memory(&layout, &l->elf, &g->segments, i);
        tables = table > tables ? table : tables;
        const uint64_t need = part_memory(&prover, &layout, l, g, i);
        each = need > each ? need : each;
        bodies += sc_alloc_size((size_t)(prover.machine->n_main * (1 + AIR_MAX_CHUNKS) + sc_proof_max(&layout, prover.profile, 0)), 1);
        if (layout.m0 > g->layout.m0) {
            g->layout = layout;
            g->shape = shape;
        }
    }
    /* At the end there are the proofs and the file that they are put into. */
    g->kept = n * (sizeof(struct sc_set_segment) + sizeof(struct sc_boundary) + sizeof(struct sc_set_samples) + sizeof(uint8_t *) + sizeof(size_t)) +
              2 * g->run.output_size + bodies;
    g->each = each;
    const uint64_t begun = tables + sc_set_memory(&prover, &set);
    g->memory = g->kept + (each > bodies ? each : bodies);
    g->memory = begun > g->memory ? begun : g->memory;
out:
    sc_free(set.boundary);
    return st;
}

/* ---- what passes between segments ---- */

static socle_status table_of(struct set_run *r, uint32_t index)
{
    sc_trace_fini(&r->table);
    return sc_trace_boundary(&r->table, r->ctx->message, sizeof r->ctx->message, &r->l->elf, &r->plan->segments, index, r->l->image.log_h);
}

static socle_status give_table(void *arg, const fp **cells, uint32_t index)
{
    struct set_run *const r = arg;
    const socle_status st = table_of(r, index);
    *cells = r->table.boundary;
    return st;
}

static void take_table(void *arg, uint32_t index)
{
    struct set_run *const r = arg;
    (void)index;
    sc_trace_fini(&r->table);
}

static socle_status commit_tables(struct set_run *r, const struct sc_prover *prover)
{
    socle_status st = SOCLE_OK;
    TRY(sc_api_stage(r->ctx, SC_STAGE_TRACE));
    for (uint32_t i = 0; i < n_parts(r); i++) {
        struct sc_boundary *const b = &r->boundary[i];
        TRY(sc_watch_tell(&r->ctx->watch, SC_STAGE_TRACE, (double)i / n_parts(r)));
        TRY(table_of(r, i));
        boundary_shape(b, &r->table.shape);
        TRY(sc_boundary_commit(b, prover, r->table.boundary));
        if (i > 0) {
            const struct sc_span *const span = &r->plan->segments.spans[i - 1];
            r->segments[i - 1] = (struct sc_set_segment){.ip_in = span->ip_in, .ip_out = span->ip_out, .ts_end = span->ts_end};
        }
    }
    sc_trace_fini(&r->table);
out:
    return st;
}

static socle_status begin(struct set_run *r, const struct sc_prover *prover)
{
    socle_status st = SOCLE_OK;
    const struct sc_boundary_source source = {.cells = give_table, .done = take_table, .arg = r};
    TRY(commit_tables(r, prover));
    r->set = (struct sc_set){
        .n_segments = n_parts(r) - 1,
        .segments = r->segments,
        .boundary = r->boundary,
        .output = r->plan->run.output,
        .output_len = r->plan->run.output_size,
    };
    sc_trace_keys(&r->set.last_ram, &r->set.last_input, r->plan->segments.words, r->plan->segments.n_words);
    TRY(sc_api_stage(r->ctx, SC_STAGE_COMMIT));
    TRY(sc_set_begin(&r->set, &r->head, &r->head_len, prover, &r->l->program, &source));
out:
    return st;
}

/* ---- the proofs ---- */

static void drop_cells(void *arg)
{
    sc_trace_drop_cells(arg);
}

/* A proof that an earlier call left in the folder, when it is one. */
static socle_status find_kept(struct set_run *r, uint32_t index)
{
    socle_status st = SOCLE_OK;
    struct sc_fraction global;
    struct sc_prover prover = sc_api_prover(r->ctx, r->ctx->profile);
    const size_t scratch_len = sc_verify_scratch(prover.machine);
    void *scratch = NULL;
    TRY(sc_store_get(&r->body[index], &r->body_len[index], r->ctx->options.resume, index, (size_t)r->plan->kept));
    if (r->body[index] == NULL) {
        goto out;
    }
    scratch = sc_alloc(1, scratch_len);
    TRY(scratch != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    const struct sc_set_bytes bytes = {r->head, r->head_len, r->body[index], r->body_len[index]};
    if (sc_verify_set_part(&global, prover.machine, prover.profile, r->l->program.vk, &bytes, index, scratch, scratch_len) != SOCLE_OK) {
        sc_free(r->body[index]); /* not ours, or spoiled: it is made again */
        r->body[index] = NULL;
    }
out:
    sc_free(scratch);
    return st;
}

static socle_status try_part(struct worker *w, uint32_t index, struct sc_committer *device)
{
    socle_status st = SOCLE_OK;
    struct set_run *const r = w->run;
    const struct sc_segments *const s = &r->plan->segments;
    const struct sc_run *const run = &r->plan->run;
    struct sc_fraction global;
    struct sc_prover prover = sc_api_prover(r->ctx, r->ctx->profile);
    struct sc_trace *const trace = sc_alloc(1, sizeof *trace);
    TRY(trace != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    prover.pool = w->pool;
    prover.device = device;
    prover.watch = &w->watch;
    TRY(index == 0 ? sc_trace_first(trace, w->why, sizeof w->why, s, run->output, run->output_size, &r->l->image, w->pool)
                   : sc_trace_segment(trace, w->why, sizeof w->why, &r->l->elf, s, index, w->pool, &w->watch));
    struct sc_witness witness = sc_witness_of(trace);
    witness.cells_done = drop_cells;
    witness.arg = trace;
    TRY(sc_prove_part(&r->body[index], &r->body_len[index], &global, &prover, &r->l->program, &r->set, r->head, r->head_len, &witness));
out:
    if (trace != NULL) {
        sc_trace_fini(trace);
    }
    sc_free(trace);
    return st;
}

/* Wrong bytes show in the check of the proof, or where the root of BOUNDARY is made again (E_BUG). The CPU tells whose they are: when its proof
 * is right, they were this device's, which is not asked again; when it is not, they are in what all proofs share (blames_device). */
static socle_status make_part(struct worker *w, uint32_t index)
{
    struct set_run *const r = w->run;
    struct api_device *const d = w->place < r->ctx->n_used ? &r->ctx->used[w->place] : NULL;
    struct sc_committer *const device = d != NULL ? d->committer : NULL;
    socle_status st = try_part(w, index, device);
    const bool wrong = device != NULL && (st == SOCLE_E_SELFCHECK || st == SOCLE_E_BUG);
    if (wrong) {
        st = try_part(w, index, NULL);
    }
    if (st == SOCLE_OK && wrong) {
        sc_committer_differs(device);
    } else if (st == SOCLE_OK && d != NULL) {
        atomic_fetch_add(&d->proofs, 1);
    }
    return st == SOCLE_OK ? sc_store_put(w->why, sizeof w->why, r->ctx->options.resume, index, r->body[index], r->body_len[index]) : st;
}

/* A span of what ends here. */
static void note_stage(struct worker *w, enum sc_stage next)
{
    struct set_run *const r = w->run;
    const uint64_t now = sc_clock_ns();
    if (next != w->stage) {
        sc_spans_note(r->ctx->spans, SC_SPANS_WORKER + (unsigned)(w - r->workers), sc_api_stage_name(w->stage), w->index, 0, SOCLE_OK, w->since_ns, now);
        w->stage = next;
        w->since_ns = now;
    }
}

/* Goes on while nothing has failed and the caller does not want to stop. */
static socle_status may_go_on(void *arg, enum sc_stage stage, double fraction)
{
    struct worker *const w = arg;
    struct set_run *const r = w->run;
    (void)fraction;
    if (r->ctx->spans != NULL) {
        note_stage(w, stage);
    }
    if (atomic_load(&r->failure) != SOCLE_OK) {
        return SOCLE_E_CANCELLED;
    }
    return w->callers ? sc_watch_tell(&r->ctx->watch, SC_STAGE_PARTS, (double)atomic_load(&r->done) / n_parts(r)) : sc_api_goes_on(r->ctx);
}

/* Of the device that it has a share of, or of the next one when that was given up. */
static uint32_t place_of(const struct worker *w)
{
    socle_context *const ctx = w->run->ctx;
    const struct api_device *const d = sc_api_device_for(ctx, w->number);
    return d != NULL ? (uint32_t)(d - ctx->used) : ctx->n_used;
}

static void make_parts(void *arg, size_t begin, size_t end, unsigned worker)
{
    struct set_run *const r = arg;
    for (size_t k = begin; k < end; k++) {
        struct worker *const w = &r->workers[k];
        w->callers = worker == 0;
        uint32_t index;
        while (atomic_load(&r->failure) == SOCLE_OK && sc_share_take(&r->share, &index, &w->place, place_of(w))) {
            w->index = index;
            w->stage = SC_STAGE_TRACE;
            w->since_ns = sc_clock_ns();
            const socle_status st = make_part(w, index);
            if (r->ctx->spans != NULL) {
                note_stage(w, SC_STAGE_CHECK);
            }
            int none = SOCLE_OK;
            if (st != SOCLE_OK && atomic_compare_exchange_strong(&r->failure, &none, (int)st)) {
                atomic_store(&r->failed_by, (unsigned)k);
            }
            atomic_fetch_add(&r->done, 1);
        }
    }
}

/* Where each worker is, what a model says of that, and what is there already. */
static socle_status share_out(struct set_run *r)
{
    socle_status st = SOCLE_OK;
    socle_context *const ctx = r->ctx;
    struct api_place places[SOCLE_MAX_USED_DEVICES + 1];
    for (uint32_t p = 0; p <= ctx->n_used; p++) {
        places[p] = (struct api_place){p < ctx->n_used ? ctx->used[p].use.id : "cpu", 0};
    }
    for (unsigned k = 0; k < r->threads.n; k++) {
        struct worker *const w = &r->workers[k];
        w->place = place_of(w);
        places[w->place].threads += sc_pool_size(w->pool);
    }
    if (ctx->n_used > 1) {
        TRY(sc_api_set_times(ctx, &r->ns, r->l, r->plan, places, ctx->n_used + 1));
    }
    TRY(sc_share_init(&r->share, n_parts(r), ctx->n_used + 1, r->ns));
    for (unsigned k = 0; k < r->threads.n; k++) {
        sc_share_join(&r->share, r->workers[k].place);
    }
    for (uint32_t i = 0; i < n_parts(r); i++) {
        if (r->body[i] != NULL) { /* kept by an earlier call */
            sc_share_skip(&r->share, i);
            atomic_fetch_add(&r->done, 1);
        }
    }
out:
    return st;
}

static socle_status run_workers(struct set_run *r)
{
    socle_status st = SOCLE_OK;
    TRY(sc_api_workers_init(&r->threads, r->ctx, r->plan, r->ctx->n_used));
    r->workers = sc_alloc(r->threads.n, sizeof *r->workers);
    TRY(r->workers != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    for (unsigned k = 0; k < r->threads.n; k++) {
        struct worker *const w = &r->workers[k];
        w->run = r;
        w->number = k;
        w->pool = r->threads.pool[k];
        w->watch = (struct sc_watch){w, may_go_on};
    }
    TRY(share_out(r));
    sc_pool_for(r->threads.outer, r->threads.n, 1, make_parts, r);
    st = (socle_status)atomic_load(&r->failure);
    if (st != SOCLE_OK && r->ctx->message[0] == '\0') {
        st = sc_fail(r->ctx, st, "%s", r->workers[atomic_load(&r->failed_by)].why);
    }
out:
    sc_api_workers_fini(&r->threads);
    sc_share_fini(&r->share);
    sc_free(r->ns);
    sc_free(r->workers);
    r->ns = NULL;
    r->workers = NULL;
    return st;
}

static socle_status make_all(struct set_run *r)
{
    socle_status st = SOCLE_OK;
    TRY(sc_api_stage(r->ctx, SC_STAGE_PARTS));
    TRY(sc_store_open(r->ctx, r->ctx->options.resume, r->head, r->head_len));
    for (uint32_t i = 0; i < n_parts(r); i++) {
        TRY(find_kept(r, i));
    }
    TRY(run_workers(r));
out:
    return st;
}

/* One file, verified as anybody would. */
static socle_status join(struct set_run *r, uint8_t **file, size_t *len, const struct sc_prover *prover)
{
    socle_status st = SOCLE_OK;
    struct sc_verified v;
    const size_t scratch_len = sc_verify_scratch(prover->machine);
    void *scratch = NULL;
    TRY(sc_api_stage(r->ctx, SC_STAGE_CHECK));
    TRY(sc_set_join(file, len, r->head, r->head_len, r->body, r->body_len, n_parts(r)));
    scratch = sc_alloc(1, scratch_len);
    TRY(scratch != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    if (sc_verify_set(&v, prover->machine, prover->profile, r->l->program.vk, *file, *len, scratch, scratch_len) != SOCLE_OK) {
        st = SOCLE_E_SELFCHECK;
    }
out:
    sc_free(scratch);
    return st;
}

static void set_run_fini(struct set_run *r)
{
    sc_trace_fini(&r->table);
    sc_set_fini(&r->set);
    for (uint32_t i = 0; r->body != NULL && i < n_parts(r); i++) {
        sc_free(r->body[i]);
    }
    sc_free(r->segments);
    sc_free(r->boundary);
    sc_free(r->body);
    sc_free(r->body_len);
    sc_free(r->head);
    sc_free(r);
}

socle_status sc_api_prove_set(socle_context *ctx, struct socle_proof *out, const struct api_program *l, const struct api_plan *plan)
{
    socle_status st = SOCLE_OK;
    uint8_t *file = NULL;
    size_t len = 0;
    const struct sc_prover prover = sc_api_prover(ctx, ctx->profile);
    struct sc_prover shared = prover;
    struct set_run *const r = sc_alloc(1, sizeof *r);
    if (r == NULL) {
        return SOCLE_E_NOMEM;
    }
    r->ctx = ctx;
    r->l = l;
    r->plan = plan;
    r->segments = sc_alloc(n_parts(r), sizeof *r->segments);
    r->boundary = sc_alloc(n_parts(r), sizeof *r->boundary);
    r->body = sc_alloc(n_parts(r), sizeof *r->body);
    r->body_len = sc_alloc(n_parts(r), sizeof *r->body_len);
    TRY(r->segments && r->boundary && r->body && r->body_len ? SOCLE_OK : SOCLE_E_NOMEM);
    shared.device = ctx->options.resume != NULL ? NULL : prover.device; /* wrong bytes would stay in the folder */
    TRY(begin(r, &shared));
    TRY(make_all(r));
    TRY(join(r, &file, &len, &prover));
    TRY(sc_api_hand(ctx, &out->bytes, file, len));
    file = NULL;
    out->len = len;
out:
    sc_free(file);
    set_run_fini(r);
    return st;
}
