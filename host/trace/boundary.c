/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The cells of BOUNDARY alone: what the transcript of a set begins with, before any proof of it is made.
 */
#include "core/chips/chips.h"
#include "host/sys/mem.h"
#include "host/trace/fill.h"

#include <string.h>

#define ROOM 1024 /* events that are recorded for their stamps only */

/* Rows [0, n) into the columns; chunk c has the rows behind those of the chunks before it. */
static void put_rows(const struct sc_trace *t, const struct sc_span_word *words, size_t n)
{
    const unsigned n_cols = sc_air_tables[AIR_TABLE_BOUNDARY].n_cols;
    size_t at = 0;
    for (unsigned c = t->layout.n_main_chunks + t->layout.n_image_chunks; c < t->layout.n_chunks; c++) {
        const struct sc_chunk *const chunk = &t->layout.chunk[c];
        for (size_t i = 0; i < (size_t)1 << chunk->log_h && at < n; i++, at++) {
            const struct sc_crossing row = sc_fill_crossing(&words[at]);
            uint32_t cells[AIR_MAX_COLS];
            sc_boundary_fill(&row, t->shape.part == SC_FIRST, (void *)cells);
            for (unsigned k = 0; k < n_cols; k++) {
                t->boundary[(((size_t)chunk->block + k) << chunk->log_h) + i] = fp_from_u32(cells[k]);
            }
        }
    }
}

/* Run the segment again for the last stamps of its words. */
static socle_status stamp(struct sc_replayed *out, const struct sc_elf *elf, const struct sc_span *span)
{
    socle_status st = SOCLE_OK;
    struct sc_replay *r = NULL;
    size_t n = 1;
    struct sc_event *const room = sc_alloc(ROOM, sizeof *room);
    TRY(room != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    TRY(sc_replay_create(&r, elf, span));
    while (n > 0) {
        TRY(sc_replay_next(r, room, &n, ROOM));
    }
    TRY(sc_replay_finish(r, out));
out:
    sc_replay_destroy(r);
    sc_free(room);
    return st;
}

socle_status sc_trace_boundary(struct sc_trace *out, char *why, size_t why_size, const struct sc_elf *elf, const struct sc_segments *s,
                               uint32_t index, unsigned image_log_h)
{
    socle_status st = SOCLE_OK;
    struct sc_replayed replayed = {0};
    struct sc_span_word *touched = NULL;
    memset(out, 0, sizeof *out);
    TRY(sc_trace_set_shape(&out->shape, &out->layout, why, why_size, s, index, index == 0 ? image_log_h : 0));
    out->boundary = sc_big_alloc(sizeof(fp) << out->layout.boundary_m0);
    TRY(out->boundary != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    if (index == 0) {
        touched = sc_alloc(s->n_boundary_words, sizeof *touched);
        TRY(touched != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
        sc_trace_touched(touched, s);
        put_rows(out, touched, s->n_boundary_words);
    } else {
        TRY(stamp(&replayed, elf, &s->spans[index - 1]));
        put_rows(out, replayed.words, replayed.n_words);
    }
out:
    sc_replayed_fini(&replayed);
    sc_free(touched);
    if (st != SOCLE_OK) {
        sc_trace_fini(out);
    }
    return st;
}

size_t sc_trace_boundary_memory(const struct sc_layout *layout, const struct sc_elf *elf, const struct sc_segments *s, uint32_t index)
{
    const size_t cells = sc_big_size(sizeof(fp) << layout->boundary_m0);
    return cells + (index == 0 ? sc_alloc_size(s->n_boundary_words, sizeof(struct sc_span_word))
                               : sc_replay_memory(elf, &s->spans[index - 1]) + sc_alloc_size(ROOM, sizeof(struct sc_event)));
}
