/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Rows of every table from the events of a run, transposed into the stacked cells.
 * Events come in blocks that stay in the cache: while some threads fill the rows of one set of blocks, one makes the next. Every block
 * knows its first row in each table, so that it can be filled by any thread with the same result.
 * Theory: docs/spec/stacking.md, docs/internals/executor.md.
 */
#include "host/trace/fill.h"

#include "host/sys/mem.h"

#include <string.h>

#define BATCH 32u          /* rows of one table that are transposed together */
#define BLOCK 1024u        /* events that are made and filled together */
#define TELL 1048576u      /* events between two looks at the watch */
#define BLOCKS 2u          /* of them per thread in a set */

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
        FILL(ADDIW, addiw)
        FILL(CONST, konst)
        FILL(BIT, bit)
        FILL(BITI, biti)
        FILL(SHIFT, shift)
        FILL(SHIFTI, shifti)
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

socle_status sc_fill_events(struct builder *b, uint64_t n_events, struct sc_pool *pool)
{
    uint64_t told = 0;
    do {
        if (b->n_events - told >= TELL) {
            told = b->n_events;
            const socle_status st = sc_watch_tell(b->watch, SC_STAGE_TRACE, (double)told / (double)n_events);
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

static void fill_renewals(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct builder *const b = arg;
    struct batch *const batch = &b->batches[worker][AIR_TABLE_RENEW];
    batch->first = begin;
    for (size_t i = begin; i < end; i++) {
        sc_renew_fill(&b->renewals[i], (void *)next_row(b, AIR_TABLE_RENEW, batch, worker));
    }
    flush(b, AIR_TABLE_RENEW, batch, worker);
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

static void fill_boundary(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct builder *const b = arg;
    struct batch *const batch = &b->batches[worker][AIR_TABLE_BOUNDARY];
    batch->first = begin;
    for (size_t i = begin; i < end; i++) {
        const struct sc_crossing row = sc_fill_crossing(&b->boundary[i]);
        sc_boundary_fill(&row, b->trace->shape.part == SC_FIRST, (void *)next_row(b, AIR_TABLE_BOUNDARY, batch, worker));
    }
    flush(b, AIR_TABLE_BOUNDARY, batch, worker);
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

socle_status sc_fill_start(struct builder *b, struct sc_pool *pool)
{
    const unsigned n_workers = pool ? sc_pool_size(pool) : 1;
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

void sc_fill_fini(struct builder *b)
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

socle_status sc_fill_place(struct builder *b)
{
    struct sc_trace *const t = b->trace;
    for (unsigned k = 0; k < t->layout.n_chunks; k++) {
        const struct sc_chunk *const c = &t->layout.chunk[k];
        b->place[c->table].chunk[c->index] = k;
        b->place[c->table].n++;
    }
    t->cells = sc_big_alloc(sizeof(fp) << t->layout.m0);
    t->boundary = t->layout.boundary_m0 != 0 ? sc_big_alloc(sizeof(fp) << t->layout.boundary_m0) : NULL;
    return t->cells == NULL || (t->layout.boundary_m0 != 0 && t->boundary == NULL) ? SOCLE_E_NOMEM : SOCLE_OK;
}

socle_status sc_fill_lists(struct builder *b, char *why, size_t why_size, struct sc_pool *pool)
{
    sc_pool_for(pool, b->fetches != NULL ? b->n_rows[AIR_TABLE_DECODE] : 0, 4096, fill_fetches, b);
    sc_pool_for(pool, b->renewals != NULL ? b->n_rows[AIR_TABLE_RENEW] : 0, 4096, fill_renewals, b);
    sc_pool_for(pool, b->words != NULL ? b->n_rows[AIR_TABLE_INITFINAL] : 0, 4096, fill_words, b);
    sc_pool_for(pool, b->boundary != NULL ? b->n_rows[AIR_TABLE_BOUNDARY] : 0, 4096, fill_boundary, b);
    if (b->regs != NULL) {
        fill_regs(b);
    }
    return sc_counter_finish(b->counter, b->trace, why, why_size, pool);
}

size_t sc_fill_memory(unsigned n_threads)
{
    const unsigned n_blocks = blocks_of(n_threads);
    return 2 * sc_alloc_size(n_blocks, sizeof(struct block)) + 2 * sc_alloc_size((size_t)n_blocks * BLOCK, sizeof(struct sc_event)) +
           sc_alloc_size(n_threads, sizeof(struct batch[AIR_N_TABLES])) + sc_alloc_size(n_threads * batch_words(), sizeof(uint32_t)) +
           sc_trace_count_memory(n_threads);
}
