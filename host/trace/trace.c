/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Traces: of a recorded run, of an execution recorded on the way, and of the proofs of a set.
 * Theory: docs/spec/stacking.md, docs/spec/machine.md sections 3 and 6, docs/decisions/0007-sets-of-segments.md.
 */
#include "host/trace/trace.h"

#include "core/verify/verify.h"
#include "host/sys/mem.h"
#include "host/trace/fill.h"

#include <stdio.h>
#include <string.h>

fp *sc_trace_column(const struct sc_trace *trace, unsigned chunk, unsigned col)
{
    const struct sc_chunk *const c = &trace->layout.chunk[chunk];
    const unsigned poly = sc_chunk_poly(&trace->layout, chunk);
    fp *const cells = poly == 0 ? trace->cells : poly == 1 ? trace->image->cells : trace->boundary;
    return cells + ((size_t)(c->block + col) << c->log_h);
}

/* --- shapes ------------------------------------------------------------------------------------------------------ */

static socle_status too_large(char *why, size_t why_size, const char *what)
{
    (void)snprintf(why, why_size, "the run is too long for one proof: %s", what);
    return SOCLE_E_LIMIT;
}

/** Chunks of the tables that the part has. */
static bool set_heights(struct sc_shape *shape, const uint64_t n_rows[AIR_N_TABLES])
{
    const struct sc_machine *const m = &sc_machine_rv64im;
    const uint64_t all = (UINT64_C(1) << m->n_main) - 1;
    const uint64_t there = shape->part == SC_SINGLE ? all : shape->part == SC_FIRST ? m->in_first : m->in_segments;
    for (unsigned i = 0; i < m->n_main; i++) {
        const unsigned fixed = sc_air_tables[i].fixed_log_h;
        if ((there >> i & 1) == 0) {
            continue;
        }
        if (!fixed && n_rows[i] > (uint64_t)1 << SC_MAX_LOG_CELLS) {
            return false;
        }
        shape->n_chunks[i] = (uint8_t)(fixed ? 1 : sc_chunks_from_rows(n_rows[i], shape->log_h[i]));
        if (fixed) {
            shape->log_h[i][0] = (uint8_t)fixed;
        }
    }
    if (shape->part != SC_SINGLE && n_rows[AIR_TABLE_BOUNDARY] <= (uint64_t)1 << SC_MAX_LOG_CELLS) {
        shape->n_boundary = (uint8_t)sc_chunks_from_rows(n_rows[AIR_TABLE_BOUNDARY], shape->boundary_log_h);
    }
    return true;
}

static socle_status make_shape(struct sc_shape *shape, struct sc_layout *layout, char *why, size_t why_size, const uint64_t n_rows[AIR_N_TABLES])
{
    const struct sc_machine *const m = &sc_machine_rv64im;
    if (!set_heights(shape, n_rows)) {
        return too_large(why, why_size, "a table has more than 2^30 rows");
    }
    if (sc_shape_clock(m, shape) + 4 >= (uint64_t)1 << 27) {
        return too_large(why, why_size, "its stamps would pass 2^27");
    }
    if (!sc_shape_valid(m, shape) || !sc_layout(layout, m, shape)) {
        return too_large(why, why_size, "it has more than 2^30 cells or bus terms");
    }
    return SOCLE_OK;
}

socle_status sc_trace_shape(struct sc_shape *shape, struct sc_layout *layout, char *why, size_t why_size,
                            const uint64_t n_rows[AIR_N_TABLES], unsigned image_log_h)
{
    *shape = (struct sc_shape){.image_log_h = (uint8_t)image_log_h, .part = SC_SINGLE};
    return make_shape(shape, layout, why, why_size, n_rows);
}

socle_status sc_trace_set_shape(struct sc_shape *shape, struct sc_layout *layout, char *why, size_t why_size, const struct sc_segments *s,
                                uint32_t index, unsigned image_log_h)
{
    uint64_t n_rows[AIR_N_TABLES] = {0};
    if (index > 0) {
        *shape = (struct sc_shape){.part = SC_SEGMENT, .index = index};
        return make_shape(shape, layout, why, why_size, s->spans[index - 1].n_rows);
    }
    *shape = (struct sc_shape){.part = SC_FIRST, .image_log_h = (uint8_t)image_log_h};
    n_rows[AIR_TABLE_INITFINAL] = s->n_words;
    n_rows[AIR_TABLE_BOUNDARY] = s->n_boundary_words;
    return make_shape(shape, layout, why, why_size, n_rows);
}

size_t sc_trace_memory(const struct sc_layout *layout, unsigned n_threads)
{
    return sc_big_size(sizeof(fp) << layout->m0) + (layout->boundary_m0 != 0 ? sc_big_size(sizeof(fp) << layout->boundary_m0) : 0) +
           sc_fill_memory(n_threads);
}

size_t sc_trace_first_memory(const struct sc_segments *s)
{
    return sc_alloc_size(s->n_boundary_words, sizeof(struct sc_span_word));
}

/* --- traces ------------------------------------------------------------------------------------------------------ */

void sc_trace_keys(uint32_t *ram, uint32_t *input, const struct sc_word *words, size_t n_words)
{
    *ram = sc_word_start(0);
    *input = sc_word_start(1);
    for (size_t i = 0; i < n_words; i++) {
        if (words[i].addr >> 32 == 0) {
            *ram = sc_word_key(words[i].addr);
        } else if (words[i].addr >> 32 == 1) {
            *input = sc_word_key(words[i].addr);
        }
    }
}


static void put_ends(struct sc_trace *t, const struct sc_span *span, bool last)
{
    t->entry_ip = span->ip_in;
    t->ip_end = span->ip_out;
    t->ts_end = span->ts_end;
    t->halted = last;
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
    b.n_rows[AIR_TABLE_RENEW] = run->n_renewals;
    b.n_rows[AIR_TABLE_INITFINAL] = run->n_words;
    b.fetches = run->fetches;
    b.renewals = run->renewals;
    b.words = run->words;
    b.regs = run->regs;
    b.reg_ts = run->reg_ts;
    TRY(sc_fill_start(&b, pool));
    TRY(sc_trace_shape(&out->shape, &out->layout, why, why_size, b.n_rows, image->log_h));
    TRY(sc_fill_place(&b));
    TRY(sc_fill_events(&b, run->n_events, pool));
    sc_trace_keys(&out->ram_key, &out->input_key, run->words, run->n_words);
    out->entry_ip = run->entry_ip;
    out->ip_end = run->end_ip;
    out->ts_end = run->ts_end;
    out->halted = true;
    out->output = run->output;
    out->output_size = run->output_size;
    TRY(sc_fill_lists(&b, why, why_size, pool));
out:
    sc_fill_fini(&b);
    if (st != SOCLE_OK) {
        sc_trace_fini(out);
    }
    return st;
}

/** Rows and ends of one segment, recorded on the way. @p b has its trace with the shape, and room. */
static socle_status record_span(struct builder *b, struct sc_replayed *replayed, const struct sc_span *span, struct sc_pool *pool)
{
    socle_status st = SOCLE_OK;
    TRY(sc_fill_place(b));
    TRY(sc_fill_events(b, span->cycles, pool));
    TRY(sc_replay_finish(b->source.replay, replayed));
    b->fetches = replayed->fetches;
    b->renewals = replayed->renewals;
out:
    return st;
}

static socle_status start_span(struct builder *b, const struct sc_elf *elf, const struct sc_span *span, struct sc_pool *pool)
{
    size_t n = 0;
    socle_status st = SOCLE_OK;
    memcpy(b->n_rows, span->n_rows, sizeof b->n_rows);
    TRY(sc_replay_create(&b->source.replay, elf, span));
    b->source.insts = sc_replay_insts(b->source.replay, &n);
    TRY(sc_fill_start(b, pool));
out:
    return st;
}

socle_status sc_trace_record(struct sc_trace *out, char *why, size_t why_size, const struct sc_elf *elf, struct sc_segments *s,
                             const uint8_t *output, size_t output_size, const struct sc_image *image, struct sc_pool *pool,
                             const struct sc_watch *watch)
{
    socle_status st = SOCLE_OK;
    struct builder b = {.trace = out, .watch = watch};
    struct sc_replayed replayed = {0};
    memset(out, 0, sizeof *out);
    out->image = image;
    TRY(s->n_spans == 1 ? SOCLE_OK : SOCLE_E_ARG);
    TRY(start_span(&b, elf, &s->spans[0], pool));
    b.n_rows[AIR_TABLE_INITFINAL] = s->n_words;
    TRY(sc_trace_shape(&out->shape, &out->layout, why, why_size, b.n_rows, image->log_h));
    TRY(record_span(&b, &replayed, &s->spans[0], pool));
    sc_words_stamp(s->words, s->n_words, &replayed);
    b.words = s->words;
    b.regs = s->regs;
    b.reg_ts = replayed.reg_ts;
    TRY(sc_fill_lists(&b, why, why_size, pool));
    sc_trace_keys(&out->ram_key, &out->input_key, s->words, s->n_words);
    put_ends(out, &s->spans[0], true);
    out->output = output;
    out->output_size = output_size;
out:
    sc_replayed_fini(&replayed);
    sc_replay_destroy(b.source.replay);
    sc_fill_fini(&b);
    if (st != SOCLE_OK) {
        sc_trace_fini(out);
    }
    return st;
}

socle_status sc_trace_segment(struct sc_trace *out, char *why, size_t why_size, const struct sc_elf *elf, const struct sc_segments *s,
                              uint32_t index, struct sc_pool *pool, const struct sc_watch *watch)
{
    socle_status st = SOCLE_OK;
    struct builder b = {.trace = out, .watch = watch};
    struct sc_replayed replayed = {0};
    memset(out, 0, sizeof *out);
    TRY(s->n_spans >= 2 && index >= 1 && index <= s->n_spans ? SOCLE_OK : SOCLE_E_ARG);
    const struct sc_span *const span = &s->spans[index - 1];
    TRY(start_span(&b, elf, span, pool));
    TRY(sc_trace_set_shape(&out->shape, &out->layout, why, why_size, s, index, 0));
    TRY(record_span(&b, &replayed, span, pool));
    b.boundary = replayed.words;
    TRY(sc_fill_lists(&b, why, why_size, pool));
    put_ends(out, span, index == s->n_spans);
out:
    sc_replayed_fini(&replayed);
    sc_replay_destroy(b.source.replay);
    sc_fill_fini(&b);
    if (st != SOCLE_OK) {
        sc_trace_fini(out);
    }
    return st;
}

/** All registers and what some segment touched, by (space, addr), from the whole run's point of view. */
void sc_trace_touched(struct sc_span_word *out, const struct sc_segments *s)
{
    size_t n = 0;
    for (unsigned r = 0; r < SC_N_REGS; r++) {
        out[n++] = (struct sc_span_word){.addr = r, .v_out = s->regs[r], .prev = (uint16_t)s->n_spans, .space = SPACE_REG};
    }
    for (unsigned space = SPACE_RW; space <= SPACE_RX; space++) {
        for (size_t i = 0; i < s->n_words; i++) {
            const struct sc_word *const w = &s->words[i];
            if (w->space == space && s->last[i] != 0) {
                out[n++] = (struct sc_span_word){.addr = w->addr, .v_in = w->first, .v_out = w->last, .prev = s->last[i], .space = w->space};
            }
        }
    }
}

socle_status sc_trace_first(struct sc_trace *out, char *why, size_t why_size, const struct sc_segments *s, const uint8_t *output,
                            size_t output_size, const struct sc_image *image, struct sc_pool *pool)
{
    socle_status st = SOCLE_OK;
    struct builder b = {.trace = out, .words = s->words, .regs = s->regs};
    uint32_t reg_ts[SC_N_REGS];
    struct sc_span_word *touched = NULL;
    memset(out, 0, sizeof *out);
    out->image = image;
    TRY(s->n_spans >= 2 ? SOCLE_OK : SOCLE_E_ARG);
    for (unsigned r = 0; r < SC_N_REGS; r++) {
        reg_ts[r] = 1;
    }
    touched = sc_alloc(s->n_boundary_words, sizeof *touched);
    TRY(touched != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    sc_trace_touched(touched, s);
    b.n_rows[AIR_TABLE_INITFINAL] = s->n_words;
    b.n_rows[AIR_TABLE_BOUNDARY] = s->n_boundary_words;
    b.reg_ts = reg_ts;
    b.boundary = touched;
    TRY(sc_fill_start(&b, pool));
    TRY(sc_trace_set_shape(&out->shape, &out->layout, why, why_size, s, 0, image->log_h));
    TRY(sc_fill_place(&b));
    TRY(sc_fill_lists(&b, why, why_size, pool));
    sc_trace_keys(&out->ram_key, &out->input_key, s->words, s->n_words);
    out->output = output;
    out->output_size = output_size;
out:
    sc_fill_fini(&b);
    sc_free(touched);
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

void sc_trace_drop_boundary(struct sc_trace *trace)
{
    if (trace->boundary != NULL) {
        sc_big_free(trace->boundary, sizeof(fp) << trace->layout.boundary_m0);
        trace->boundary = NULL;
    }
}

void sc_trace_fini(struct sc_trace *trace)
{
    sc_trace_drop_cells(trace);
    sc_trace_drop_boundary(trace);
    memset(trace, 0, sizeof *trace);
}
