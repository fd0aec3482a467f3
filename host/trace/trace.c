/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Rows of every table from a recorded run, transposed into the stacked cells.
 * The events are cut into blocks. Counting first gives every block its first row in each table, so that blocks can be
 * filled by any thread in any order with the same result.
 * Theory: docs/spec/stacking.md.
 */
#include "host/trace/trace.h"

#include "core/chips/chips.h"
#include "core/verify/verify.h"
#include "host/sys/mem.h"

#include <stdio.h>
#include <string.h>

#define BATCH 32u          /* rows of one table that are transposed together */
#define BLOCK_LOG 13       /* events filled together */
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

struct builder {
    struct sc_trace *trace;
    const struct sc_run *run;
    struct place place[AIR_N_TABLES];
    size_t n_blocks;
    uint64_t (*first)[N_EVENT_TABLES]; /* per block: its first row in each table */
    struct batch (*batches)[AIR_N_TABLES]; /* per worker */
};

fp *sc_trace_column(const struct sc_trace *trace, unsigned chunk, unsigned col)
{
    const struct sc_chunk *const c = &trace->layout.chunk[chunk];
    fp *const cells = sc_chunk_poly(&trace->layout, chunk) == 1 ? trace->image->cells : trace->cells;
    return cells + ((size_t)(c->block + col) << c->log_h);
}

/** Transpose the batch into its table's columns and empty it. */
static void flush(const struct builder *b, unsigned table, struct batch *batch)
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
        done += n;
        at = 0;
    }
    batch->first += batch->n;
    batch->n = 0;
}

/** A zeroed row at the end of the batch; the caller fills it before the next call. */
static uint32_t *next_row(const struct builder *b, unsigned table, struct batch *batch)
{
    const unsigned n_cols = sc_air_tables[table].n_cols;
    if (batch->n == BATCH) {
        flush(b, table, batch);
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

static void block_range(const struct builder *b, size_t block, size_t *begin, size_t *end)
{
    *begin = block << BLOCK_LOG;
    *end = *begin + ((size_t)1 << BLOCK_LOG);
    if (*end > b->run->n_events) {
        *end = b->run->n_events;
    }
}

/** Rows of each table in each block. */
static void count_blocks(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct builder *const b = arg;
    (void)worker;
    for (size_t block = begin; block < end; block++) {
        uint64_t *const rows = b->first[block];
        size_t i, last;
        uint64_t q, d;
        block_range(b, block, &i, &last);
        for (; i < last; i++) {
            const struct sc_event *const e = &b->run->events[i];
            if (e->table < N_EVENT_TABLES) {
                rows[e->table]++;
            }
            if (e->table == AIR_TABLE_DIV && sc_div_call(e, &b->run->insts[e->inst], &q, &d)) {
                rows[AIR_TABLE_MUL]++;
            }
        }
    }
}

static void fill_blocks(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct builder *const b = arg;
    struct batch *const batches = b->batches[worker];
    for (size_t block = begin; block < end; block++) {
        size_t i, last;
        uint64_t q, d;
        for (unsigned t = 0; t < N_EVENT_TABLES; t++) {
            batches[t].first = b->first[block][t];
        }
        block_range(b, block, &i, &last);
        for (; i < last; i++) {
            const struct sc_event *const e = &b->run->events[i];
            const struct sc_inst *const in = &b->run->insts[e->inst];
            if (e->table >= N_EVENT_TABLES) {
                continue;
            }
            fill_event(e, in, next_row(b, e->table, &batches[e->table]));
            if (e->table == AIR_TABLE_DIV && sc_div_call(e, in, &q, &d)) {
                sc_mul_fill_called(q, d, (void *)next_row(b, AIR_TABLE_MUL, &batches[AIR_TABLE_MUL]));
            }
        }
        for (unsigned t = 0; t < N_EVENT_TABLES; t++) {
            flush(b, t, &batches[t]);
        }
    }
}

static void fill_fetches(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct builder *const b = arg;
    struct batch *const batch = &b->batches[worker][AIR_TABLE_DECODE];
    batch->first = begin;
    for (size_t i = begin; i < end; i++) {
        sc_decode_fill(&b->run->fetches[i], (void *)next_row(b, AIR_TABLE_DECODE, batch));
    }
    flush(b, AIR_TABLE_DECODE, batch);
}

static unsigned region_of(uint64_t addr)
{
    return (unsigned)(addr >> 32);
}

static void fill_words(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct builder *const b = arg;
    struct batch *const batch = &b->batches[worker][AIR_TABLE_INITFINAL];
    const struct sc_word *const words = b->run->words;
    batch->first = begin;
    for (size_t i = begin; i < end; i++) {
        const unsigned region = region_of(words[i].addr);
        const bool first = i == 0 || region_of(words[i - 1].addr) != region;
        const uint32_t prev = first ? sc_word_start(region) : sc_word_key(words[i - 1].addr);
        sc_initfinal_fill(&words[i], prev, (void *)next_row(b, AIR_TABLE_INITFINAL, batch));
    }
    flush(b, AIR_TABLE_INITFINAL, batch);
}

static void fill_regs(const struct builder *b)
{
    struct batch *const batch = &b->batches[0][AIR_TABLE_REGS];
    batch->first = 0;
    for (unsigned i = 0; i < SC_N_REGS; i++) {
        sc_regs_fill(b->run->reg_ts[i], b->run->regs[i], (void *)next_row(b, AIR_TABLE_REGS, batch));
    }
    flush(b, AIR_TABLE_REGS, batch);
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

/** Batches of every worker; one allocation. */
static socle_status make_batches(struct builder *b, unsigned n_workers)
{
    b->batches = sc_alloc(n_workers, sizeof *b->batches);
    if (b->batches == NULL) {
        return SOCLE_E_NOMEM;
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

/** Turn the rows of each block into its first row; the totals go to @p n_rows. */
static void sum_blocks(struct builder *b, uint64_t n_rows[AIR_N_TABLES])
{
    for (size_t block = 0; block < b->n_blocks; block++) {
        for (unsigned t = 0; t < N_EVENT_TABLES; t++) {
            const uint64_t n = b->first[block][t];
            b->first[block][t] = n_rows[t];
            n_rows[t] += n;
        }
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

size_t sc_trace_memory(const struct sc_layout *layout, uint64_t n_events, unsigned n_threads)
{
    const size_t n_blocks = (size_t)((n_events + ((size_t)1 << BLOCK_LOG) - 1) >> BLOCK_LOG);
    return sc_alloc_size(n_blocks + 1, sizeof(uint64_t[N_EVENT_TABLES])) + sc_alloc_size(n_threads, sizeof(struct batch[AIR_N_TABLES])) +
           sc_alloc_size(n_threads * batch_words(), sizeof(uint32_t)) + sc_big_size(sizeof(fp) << layout->m0) +
           sc_trace_count_memory(n_threads);
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

static void put_public(struct sc_trace *t, const struct sc_run *run)
{
    t->entry_ip = run->entry_ip;
    t->ip_end = run->end_ip;
    t->ts_end = run->ts_end;
    t->ram_key = sc_word_start(0);
    t->input_key = sc_word_start(1);
    for (size_t i = 0; i < run->n_words; i++) {
        const uint64_t addr = run->words[i].addr;
        if (region_of(addr) == 0) {
            t->ram_key = sc_word_key(addr);
        } else if (region_of(addr) == 1) {
            t->input_key = sc_word_key(addr);
        }
    }
    t->output = run->output;
    t->output_size = run->output_size;
}

socle_status sc_trace_build(struct sc_trace *out, char *why, size_t why_size, const struct sc_run *run, const struct sc_image *image,
                            struct sc_pool *pool)
{
    socle_status st = SOCLE_OK;
    uint64_t n_rows[AIR_N_TABLES] = {0};
    struct builder b = {.trace = out, .run = run};
    memset(out, 0, sizeof *out);
    out->image = image;
    b.n_blocks = (run->n_events + ((size_t)1 << BLOCK_LOG) - 1) >> BLOCK_LOG;
    b.first = sc_alloc(b.n_blocks + 1, sizeof *b.first);
    TRY(b.first == NULL ? SOCLE_E_NOMEM : SOCLE_OK);
    TRY(make_batches(&b, pool ? sc_pool_size(pool) : 1));

    sc_pool_for(pool, b.n_blocks, 1, count_blocks, &b);
    sum_blocks(&b, n_rows);
    n_rows[AIR_TABLE_DECODE] = run->n_fetches;
    n_rows[AIR_TABLE_INITFINAL] = run->n_words;
    TRY(make_layout(&b, why, why_size, n_rows));

    sc_pool_for(pool, b.n_blocks, 1, fill_blocks, &b);
    sc_pool_for(pool, run->n_fetches, 4096, fill_fetches, &b);
    sc_pool_for(pool, run->n_words, 4096, fill_words, &b);
    fill_regs(&b);
    put_public(out, run);
    TRY(sc_trace_count(out, why, why_size, pool));
out:
    if (b.batches != NULL) {
        sc_free(b.batches[0][0].rows);
    }
    sc_free(b.batches);
    sc_free(b.first);
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
