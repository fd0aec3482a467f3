/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Rows of every table from the events of a run, transposed into the stacked cells.
 * Events come in blocks that stay in the cache: while some threads fill the rows of one set of blocks, one makes the next. Every block
 * knows its first row in each table, so that it can be filled by any thread with the same result.
 * Theory: docs/spec/stacking.md, docs/internals/executor.md.
 */
#include "host/trace/trace.h"

#include "core/chips/chips.h"
#include "core/verify/verify.h"
#include "host/sys/mem.h"
#include "host/trace/count.h"

#include <stdio.h>
#include <string.h>

#define BATCH 32u          /* rows of one table that are transposed together */
#define BLOCK 1024u        /* events that are made and filled together */
#define TELL 1048576u      /* events between two looks at the watch */
#define BLOCKS 2u          /* of them per thread in a set */
#define N_EVENT_TABLES AIR_TABLE_DECODE /* the tables before it take events */

/** Where the rows of a table lie: chunks of the layout in chunk order. */
struct place {
    unsigned n;
    unsigned chunk[AIR_MAX_CHUNKS];
};

/** Rows of one table that wait for their transposition. */
struct batch {
    uint64_t first;
    unsigned n;
    uint32_t *rows; /* BATCH rows of n_cols words */
};

/** Events, and where their rows go. */
struct block {
    const struct sc_event *events;
    size_t n;
    uint64_t first[N_EVENT_TABLES];
};

/** Where events come from, in order. */
struct source {
    struct sc_replay *replay;     /* or a whole list: */
    const struct sc_event *events;
    size_t n_events, at;
    const struct sc_inst *insts;
};

struct builder {
    struct sc_trace *trace;
    struct source source;
    struct place place[AIR_N_TABLES];
    struct batch (*batches)[AIR_N_TABLES]; /* per worker */
    struct sc_counter *counter;
    /* Two sets of blocks: one is filled from, the other is made. */
    unsigned n_blocks;             /* of a set */
    struct block *blocks[2];
    unsigned n_made[2];
    unsigned filling;
    struct sc_event *room[2];
    uint64_t n_rows[AIR_N_TABLES]; /* what the shape was made for */
    uint64_t rows[N_EVENT_TABLES]; /* so far */
    socle_status st;               /* of making */
    const struct sc_watch *watch;
    uint64_t n_events;             /* so far */
    /* After the events. */
    const struct sc_fetch *fetches;
    const struct sc_word *words;
    const uint64_t *regs;
    const uint32_t *reg_ts;
};

fp *sc_trace_column(const struct sc_trace *trace, unsigned chunk, unsigned col)
{
    const struct sc_chunk *const c = &trace->layout.chunk[chunk];
    fp *const cells = sc_chunk_poly(&trace->layout, chunk) == 1 ? trace->image->cells : trace->cells;
    return cells + ((size_t)(c->block + col) << c->log_h);
}

/** Transpose the batch into its table's columns, count its queries and empty it. */
static void flush(const struct builder *b, unsigned table, struct batch *batch, unsigned worker)
{
    const unsigned n_cols = sc_air_tables[table].n_cols;
    const struct place *const p = &b->place[table];
    uint64_t at = batch->first;
    unsigned done = 0;
    for (unsigned k = 0; k < p->n && done < batch->n; k++) {
        const uint64_t height = (uint64_t)1 << b->trace->layout.chunk[p->chunk[k]].log_h;
        if (at >= height) {
            at -= height;
            continue;
        }
        const unsigned n = batch->n - done < height - at ? batch->n - done : (unsigned)(height - at);
        for (unsigned c = 0; c < n_cols; c++) {
            fp *const out = sc_trace_column(b->trace, p->chunk[k], c) + at;
            const uint32_t *const in = batch->rows + (size_t)done * n_cols + c;
            for (unsigned i = 0; i < n; i++) {
                out[i] = fp_from_u32(in[(size_t)i * n_cols]);
            }
        }
        sc_counter_add(b->counter, b->trace, p->chunk[k], at, n, worker);
        done += n;
        at = 0;
    }
    batch->first += batch->n;
    batch->n = 0;
}

/** A zeroed row at the end of the batch; the caller fills it before the next call. */
static uint32_t *next_row(const struct builder *b, unsigned table, struct batch *batch, unsigned worker)
{
    const unsigned n_cols = sc_air_tables[table].n_cols;
    if (batch->n == BATCH) {
        flush(b, table, batch, worker);
    }
    uint32_t *const row = batch->rows + (size_t)batch->n++ * n_cols;
    memset(row, 0, n_cols * sizeof *row);
    return row;
}

static void fill_event(const struct sc_event *e, const struct sc_inst *in, uint32_t *row)
{
    switch (e->table) {
#define FILL(NAME, name)                          \
    case AIR_TABLE_##NAME:                        \
        sc_##name##_fill(e, in, (void *)row);     \
        break;
        FILL(ADD, add)
        FILL(SUB, sub)
        FILL(ADDI, addi)
        FILL(ADDW, addw)
        FILL(CONST, konst)
        FILL(BIT, bit)
        FILL(SHIFT, shift)
        FILL(SLT, slt)
        FILL(BRANCH, branch)
        FILL(JALR, jalr)
        FILL(LD, ld)
        FILL(LOADS, loads)
        FILL(LOADX, loadx)
        FILL(SD, sd)
        FILL(STORES, stores)
        FILL(STOREX, storex)
        FILL(MUL, mul)
        FILL(DIV, div)
        FILL(ECALL, ecall)
#undef FILL
    default:
        break;
    }
}

static socle_status bug(struct builder *b)
{
    return b->st = SOCLE_E_BUG;
}

/** Take the next events and give their rows places. False at the end. */
static bool make_block(struct builder *b, struct block *block, struct sc_event *room)
{
    struct source *const s = &b->source;
    uint64_t q, d;
    memcpy(block->first, b->rows, sizeof block->first);
    block->events = room;
    block->n = 0;
    if (s->replay != NULL) {
        b->st = sc_replay_next(s->replay, room, &block->n, BLOCK);
    } else {
        block->events = s->events + s->at;
        block->n = s->n_events - s->at < BLOCK ? s->n_events - s->at : BLOCK;
        s->at += block->n;
    }
    for (size_t i = 0; i < block->n; i++) {
        const struct sc_event *const e = &block->events[i];
        if (e->table >= N_EVENT_TABLES) {
            return bug(b), false;
        }
        b->rows[e->table]++;
        if (e->table == AIR_TABLE_DIV && sc_div_call(e, &s->insts[e->inst], &q, &d)) {
            b->rows[AIR_TABLE_MUL]++;
        }
    }
    for (unsigned t = 0; t < N_EVENT_TABLES; t++) {
        if (b->rows[t] > b->n_rows[t]) {
            return bug(b), false;
        }
    }
    return b->st == SOCLE_OK && block->n > 0;
}

static void make_blocks(struct builder *b)
{
    const unsigned set = 1 - b->filling;
    unsigned n = 0;
    while (n < b->n_blocks && make_block(b, &b->blocks[set][n], b->room[set] + (size_t)n * BLOCK)) {
        b->n_events += b->blocks[set][n++].n;
    }
    b->n_made[set] = n;
}

static void fill_block(const struct builder *b, const struct block *block, unsigned worker)
{
    struct batch *const batches = b->batches[worker];
    uint64_t q, d;
    for (unsigned t = 0; t < N_EVENT_TABLES; t++) {
        batches[t].first = block->first[t];
    }
    for (size_t i = 0; i < block->n; i++) {
        const struct sc_event *const e = &block->events[i];
        const struct sc_inst *const in = &b->source.insts[e->inst];
        fill_event(e, in, next_row(b, e->table, &batches[e->table], worker));
        if (e->table == AIR_TABLE_DIV && sc_div_call(e, in, &q, &d)) {
            sc_mul_fill_called(q, d, (void *)next_row(b, AIR_TABLE_MUL, &batches[AIR_TABLE_MUL], worker));
        }
    }
    for (unsigned t = 0; t < N_EVENT_TABLES; t++) {
        flush(b, t, &batches[t], worker);
    }
}

/** Item 0 makes the next set of blocks; the others fill those of this set. */
static void work(void *arg, size_t begin, size_t end, unsigned worker)
{
    struct builder *const b = arg;
    for (size_t i = begin; i < end; i++) {
        if (i == 0) {
            make_blocks(b);
        } else {
            fill_block(b, &b->blocks[b->filling][i - 1], worker);
        }
    }
}

/** All events of the source into rows. */
static socle_status fill_events(struct builder *b, const struct sc_span *span, struct sc_pool *pool)
{
    uint64_t told = 0;
    do {
        if (span != NULL && b->n_events - told >= TELL) {
            told = b->n_events;
            const socle_status st = sc_watch_tell(b->watch, SC_STAGE_TRACE, (double)told / (double)span->cycles);
            if (st != SOCLE_OK) {
                return st;
            }
        }
        sc_pool_for(pool, 1 + b->n_made[b->filling], 1, work, b);
        b->filling = 1 - b->filling;
    } while (b->st == SOCLE_OK && b->n_made[b->filling] > 0);
    return b->st == SOCLE_OK && memcmp(b->rows, b->n_rows, sizeof b->rows) != 0 ? bug(b) : b->st;
}

static void fill_fetches(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct builder *const b = arg;
    struct batch *const batch = &b->batches[worker][AIR_TABLE_DECODE];
    batch->first = begin;
    for (size_t i = begin; i < end; i++) {
        sc_decode_fill(&b->fetches[i], (void *)next_row(b, AIR_TABLE_DECODE, batch, worker));
    }
    flush(b, AIR_TABLE_DECODE, batch, worker);
}

static unsigned region_of(uint64_t addr)
{
    return (unsigned)(addr >> 32);
}

static void fill_words(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct builder *const b = arg;
    struct batch *const batch = &b->batches[worker][AIR_TABLE_INITFINAL];
    const struct sc_word *const words = b->words;
    batch->first = begin;
    for (size_t i = begin; i < end; i++) {
        const unsigned region = region_of(words[i].addr);
        const bool first = i == 0 || region_of(words[i - 1].addr) != region;
        const uint32_t prev = first ? sc_word_start(region) : sc_word_key(words[i - 1].addr);
        sc_initfinal_fill(&words[i], prev, (void *)next_row(b, AIR_TABLE_INITFINAL, batch, worker));
    }
    flush(b, AIR_TABLE_INITFINAL, batch, worker);
}

static void fill_regs(const struct builder *b)
{
    struct batch *const batch = &b->batches[0][AIR_TABLE_REGS];
    batch->first = 0;
    for (unsigned i = 0; i < SC_N_REGS; i++) {
        sc_regs_fill(b->reg_ts[i], b->regs[i], (void *)next_row(b, AIR_TABLE_REGS, batch, 0));
    }
    flush(b, AIR_TABLE_REGS, batch, 0);
}

/** Of the batches of one worker. */
static size_t batch_words(void)
{
    size_t words = 0;
    for (unsigned t = 0; t < AIR_N_TABLES; t++) {
        words += (size_t)BATCH * sc_air_tables[t].n_cols;
    }
    return words;
}

static unsigned blocks_of(unsigned n_workers)
{
    return n_workers == 1 ? 1 : BLOCKS * n_workers;
}

/** What the workers need: batches, counters, and room for blocks when events do not lie in a list. */
static socle_status make_workers(struct builder *b, unsigned n_workers)
{
    b->n_blocks = blocks_of(n_workers);
    b->batches = sc_alloc(n_workers, sizeof *b->batches);
    b->counter = sc_counter_create(n_workers);
    if (b->batches == NULL || b->counter == NULL) {
        return SOCLE_E_NOMEM;
    }
    for (unsigned set = 0; set < 2; set++) {
        b->blocks[set] = sc_alloc(b->n_blocks, sizeof *b->blocks[set]);
        b->room[set] = b->source.replay != NULL ? sc_alloc((size_t)b->n_blocks * BLOCK, sizeof *b->room[set]) : NULL;
        if (b->blocks[set] == NULL || (b->source.replay != NULL && b->room[set] == NULL)) {
            return SOCLE_E_NOMEM;
        }
    }
    uint32_t *rows = sc_alloc(n_workers * batch_words(), sizeof *rows);
    if (rows == NULL) {
        return SOCLE_E_NOMEM;
    }
    for (unsigned w = 0; w < n_workers; w++) {
        for (unsigned t = 0; t < AIR_N_TABLES; t++) {
            b->batches[w][t].rows = rows;
            rows += (size_t)BATCH * sc_air_tables[t].n_cols;
        }
    }
    return SOCLE_OK;
}

static void builder_fini(struct builder *b)
{
    if (b->batches != NULL) {
        sc_free(b->batches[0][0].rows);
    }
    sc_free(b->batches);
    sc_counter_destroy(b->counter);
    for (unsigned set = 0; set < 2; set++) {
        sc_free(b->blocks[set]);
        sc_free(b->room[set]);
    }
}

static socle_status too_large(char *why, size_t why_size, const char *what)
{
    (void)snprintf(why, why_size, "the run is too long for one proof: %s", what);
    return SOCLE_E_LIMIT;
}

socle_status sc_trace_shape(struct sc_shape *shape, struct sc_layout *layout, char *why, size_t why_size,
                            const uint64_t n_rows[AIR_N_TABLES], unsigned image_log_h)
{
    const struct sc_machine *const m = &sc_machine_rv64im;
    memset(shape, 0, sizeof *shape);
    for (unsigned i = 0; i < AIR_TABLE_IMAGE; i++) {
        const unsigned fixed = sc_air_tables[i].fixed_log_h;
        if (!fixed && n_rows[i] > (uint64_t)1 << SC_MAX_LOG_CELLS) {
            return too_large(why, why_size, "a table has more than 2^30 rows");
        }
        shape->n_chunks[i] = (uint8_t)(fixed ? 1 : sc_chunks_from_rows(n_rows[i], shape->log_h[i]));
        if (fixed) {
            shape->log_h[i][0] = (uint8_t)fixed;
        }
    }
    shape->image_log_h = (uint8_t)image_log_h;
    if (sc_shape_clock(m, shape) + 4 >= (uint64_t)1 << 27) {
        return too_large(why, why_size, "its stamps would pass 2^27");
    }
    if (!sc_shape_valid(m, shape) || !sc_layout(layout, m, shape)) {
        return too_large(why, why_size, "it has more than 2^30 cells or bus terms");
    }
    return SOCLE_OK;
}

size_t sc_trace_memory(const struct sc_layout *layout, unsigned n_threads)
{
    const unsigned n_blocks = blocks_of(n_threads);
    return 2 * sc_alloc_size(n_blocks, sizeof(struct block)) + 2 * sc_alloc_size((size_t)n_blocks * BLOCK, sizeof(struct sc_event)) +
           sc_alloc_size(n_threads, sizeof(struct batch[AIR_N_TABLES])) + sc_alloc_size(n_threads * batch_words(), sizeof(uint32_t)) +
           sc_big_size(sizeof(fp) << layout->m0) + sc_trace_count_memory(n_threads);
}

/** Heights, layout and cells from the row counts. */
static socle_status make_layout(struct builder *b, char *why, size_t why_size, const uint64_t n_rows[AIR_N_TABLES])
{
    struct sc_trace *const t = b->trace;
    const socle_status st = sc_trace_shape(&t->shape, &t->layout, why, why_size, n_rows, t->image->log_h);
    if (st != SOCLE_OK) {
        return st;
    }
    for (unsigned k = 0; k < t->layout.n_chunks; k++) {
        const struct sc_chunk *const c = &t->layout.chunk[k];
        b->place[c->table].chunk[c->index] = k;
        b->place[c->table].n++;
    }
    t->cells = sc_big_alloc(sizeof(fp) << t->layout.m0);
    return t->cells == NULL ? SOCLE_E_NOMEM : SOCLE_OK;
}

static void put_keys(struct sc_trace *t, const struct sc_word *words, size_t n_words)
{
    t->ram_key = sc_word_start(0);
    t->input_key = sc_word_start(1);
    for (size_t i = 0; i < n_words; i++) {
        if (region_of(words[i].addr) == 0) {
            t->ram_key = sc_word_key(words[i].addr);
        } else if (region_of(words[i].addr) == 1) {
            t->input_key = sc_word_key(words[i].addr);
        }
    }
}

socle_status sc_trace_build(struct sc_trace *out, char *why, size_t why_size, const struct sc_run *run, const struct sc_image *image,
                            struct sc_pool *pool)
{
    socle_status st = SOCLE_OK;
    struct builder b = {.trace = out, .source = {.events = run->events, .n_events = run->n_events, .insts = run->insts}};
    memset(out, 0, sizeof *out);
    out->image = image;
    memcpy(b.n_rows, run->n_rows, SC_TABLE_DECODE * sizeof b.n_rows[0]);
    b.n_rows[AIR_TABLE_DECODE] = run->n_fetches;
    b.n_rows[AIR_TABLE_INITFINAL] = run->n_words;
    b.fetches = run->fetches;
    b.words = run->words;
    b.regs = run->regs;
    b.reg_ts = run->reg_ts;
    TRY(make_workers(&b, pool ? sc_pool_size(pool) : 1));
    TRY(make_layout(&b, why, why_size, b.n_rows));
    TRY(fill_events(&b, NULL, pool));
    sc_pool_for(pool, run->n_fetches, 4096, fill_fetches, &b);
    sc_pool_for(pool, run->n_words, 4096, fill_words, &b);
    fill_regs(&b);
    put_keys(out, run->words, run->n_words);
    out->entry_ip = run->entry_ip;
    out->ip_end = run->end_ip;
    out->ts_end = run->ts_end;
    out->output = run->output;
    out->output_size = run->output_size;
    TRY(sc_counter_finish(b.counter, out, why, why_size, pool));
out:
    builder_fini(&b);
    if (st != SOCLE_OK) {
        sc_trace_fini(out);
    }
    return st;
}

/** The events of one segment into rows of the trace that has its shape; then what it leaves. */
static socle_status fill_span(struct builder *b, struct sc_replayed *replayed, const struct sc_span *span, struct sc_pool *pool)
{
    socle_status st = SOCLE_OK;
    TRY(fill_events(b, span, pool));
    TRY(sc_replay_finish(b->source.replay, replayed));
    b->fetches = replayed->fetches;
    sc_pool_for(pool, replayed->n_fetches, 4096, fill_fetches, b);
    b->trace->entry_ip = span->ip_in;
    b->trace->ip_end = span->ip_out;
    b->trace->ts_end = span->ts_end;
out:
    return st;
}

socle_status sc_trace_record(struct sc_trace *out, char *why, size_t why_size, const struct sc_elf *elf, struct sc_segments *s,
                             const uint8_t *output, size_t output_size, const struct sc_image *image, struct sc_pool *pool,
                             const struct sc_watch *watch)
{
    socle_status st = SOCLE_OK;
    size_t n = 0;
    struct builder b = {.trace = out, .watch = watch};
    struct sc_replayed replayed = {0};
    memset(out, 0, sizeof *out);
    out->image = image;
    TRY(s->n_spans == 1 ? SOCLE_OK : SOCLE_E_ARG);
    memcpy(b.n_rows, s->spans[0].n_rows, sizeof b.n_rows);
    b.n_rows[AIR_TABLE_INITFINAL] = s->n_words;
    TRY(sc_replay_create(&b.source.replay, elf, &s->spans[0]));
    b.source.insts = sc_replay_insts(b.source.replay, &n);
    TRY(make_workers(&b, pool ? sc_pool_size(pool) : 1));
    TRY(make_layout(&b, why, why_size, b.n_rows));
    TRY(fill_span(&b, &replayed, &s->spans[0], pool));
    sc_words_stamp(s->words, s->n_words, &replayed);
    b.words = s->words;
    b.regs = s->regs;
    b.reg_ts = replayed.reg_ts;
    sc_pool_for(pool, s->n_words, 4096, fill_words, &b);
    fill_regs(&b);
    put_keys(out, s->words, s->n_words);
    out->output = output;
    out->output_size = output_size;
    TRY(sc_counter_finish(b.counter, out, why, why_size, pool));
out:
    sc_replayed_fini(&replayed);
    sc_replay_destroy(b.source.replay);
    builder_fini(&b);
    if (st != SOCLE_OK) {
        sc_trace_fini(out);
    }
    return st;
}

void sc_trace_drop_cells(struct sc_trace *trace)
{
    if (trace->cells != NULL) {
        sc_big_free(trace->cells, sizeof(fp) << trace->layout.m0);
        trace->cells = NULL;
    }
}

void sc_trace_fini(struct sc_trace *trace)
{
    sc_trace_drop_cells(trace);
    memset(trace, 0, sizeof *trace);
}
