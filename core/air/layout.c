/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Chunks, stacking and leaf blocks. Sorting is by insertion: a machine has few chunks.
 * Theory: docs/spec/stacking.md.
 */
#include "core/air/layout.h"

#include "core/base/assert.h"

#include <string.h>

static unsigned ceil_log2(uint64_t n)
{
    unsigned l = 0;
    while (((uint64_t)1 << l) < n) {
        l++;
    }
    return l;
}

unsigned sc_chunks_from_rows(uint64_t rows, uint8_t log_h[AIR_MAX_CHUNKS])
{
    memset(log_h, 0, AIR_MAX_CHUNKS);
    if (rows == 0) {
        return 0;
    }
    unsigned top = ceil_log2(rows);
    if (((uint64_t)1 << top) > rows) {
        top--;
    }
    const unsigned grain = top > AIR_MIN_LOG_H + 2 ? top - 2 : AIR_MIN_LOG_H;
    const uint64_t rounded = (((rows - 1) >> grain) + 1) << grain;
    unsigned n = 0;
    for (unsigned i = (top < AIR_MIN_LOG_H ? AIR_MIN_LOG_H : top) + 2; i-- > 0;) {
        if ((rounded >> i) & 1) {
            SC_ASSERT(n < AIR_MAX_CHUNKS);
            log_h[n++] = (uint8_t)i;
        }
    }
    return n;
}

bool sc_chunks_valid(const uint8_t *log_h, unsigned n)
{
    if (n > AIR_MAX_CHUNKS) {
        return false;
    }
    for (unsigned i = 0; i < n; i++) {
        if (log_h[i] < AIR_MIN_LOG_H || log_h[i] > SC_MAX_LOG_CELLS) {
            return false;
        }
    }
    if (n < 2) {
        return true;
    }
    const int drop = log_h[0] - log_h[1];
    if (n == 2) {
        return drop == 1 || drop == 2;
    }
    return drop == 1 && log_h[0] - log_h[2] == 2;
}

bool sc_shape_valid(const struct sc_machine *m, const struct sc_shape *s)
{
    for (unsigned t = 0; t + 1 < m->n_tables; t++) {
        const unsigned fixed = m->tables[t].fixed_log_h;
        if (fixed != 0 ? s->n_chunks[t] != 1 || s->log_h[t][0] != fixed
                       : !sc_chunks_valid(s->log_h[t], s->n_chunks[t])) {
            return false;
        }
    }
    return s->image_log_h >= 1 && s->image_log_h <= SC_MAX_LOG_CELLS;
}

/* Main chunks by (height descending, table, chunk): they arrive by (table, chunk), so equal heights keep their order. */
static void sort_chunks(struct sc_layout *l, const struct sc_machine *m, const struct sc_shape *s)
{
    l->n_chunks = 0;
    for (unsigned t = 0; t + 1 < m->n_tables; t++) {
        for (unsigned c = 0; c < s->n_chunks[t]; c++) {
            unsigned at = l->n_chunks++;
            for (; at > 0 && l->chunk[at - 1].log_h < s->log_h[t][c]; at--) {
                l->chunk[at] = l->chunk[at - 1];
            }
            l->chunk[at] = (struct sc_chunk){.table = (uint8_t)t, .index = (uint8_t)c, .log_h = s->log_h[t][c]};
        }
    }
    l->chunk[l->n_chunks++] = (struct sc_chunk){.table = (uint8_t)(m->n_tables - 1), .log_h = s->image_log_h};
}

/* Leaf blocks: stacking order, except that IMAGE takes its place by height, after all chunks as high as it. */
static bool place_leaves(struct sc_layout *l, const struct sc_machine *m)
{
    struct sc_chunk *const image = &l->chunk[l->n_chunks - 1];
    const uint64_t image_leaves = (uint64_t)m->tables[image->table].n_uses << image->log_h;
    uint64_t at = 0;
    bool placed = false;
    for (unsigned i = 0; i + 1 < l->n_chunks; i++) {
        struct sc_chunk *const c = &l->chunk[i];
        if (!placed && c->log_h < image->log_h) {
            image->leaf = (uint32_t)(at >> image->log_h);
            at += image_leaves;
            placed = true;
        }
        const uint64_t n = (uint64_t)m->tables[c->table].n_uses << c->log_h;
        if (n == 0) {
            return false;
        }
        c->leaf = (uint32_t)(at >> c->log_h);
        at += n;
    }
    if (!placed) {
        image->leaf = (uint32_t)(at >> image->log_h);
        at += image_leaves;
    }
    l->n_leaves = at;
    if (image_leaves == 0 || at > (uint64_t)1 << SC_MAX_LOG_LEAVES) {
        return false;
    }
    l->n_leaf_vars = ceil_log2(at);
    return true;
}

bool sc_layout(struct sc_layout *out, const struct sc_machine *m, const struct sc_shape *s)
{
    memset(out, 0, sizeof *out);
    sort_chunks(out, m, s);
    uint64_t cells = 0;
    for (unsigned i = 0; i < out->n_chunks; i++) {
        struct sc_chunk *const c = &out->chunk[i];
        const struct air_table *const t = &m->tables[c->table];
        const bool is_image = i + 1 == out->n_chunks;
        c->block = is_image ? 0 : (uint32_t)(cells >> c->log_h);
        c->value = out->n_values;
        c->constraint = out->n_constraints;
        cells += is_image ? 0 : (uint64_t)t->n_cols << c->log_h;
        if (cells > (uint64_t)1 << SC_MAX_LOG_CELLS) {
            return false;
        }
        out->n_main_values = is_image ? out->n_values : 0;
        out->n_values += t->n_cols;
        out->n_constraints += t->n_constraints;
        out->n_uses += t->n_uses;
        out->n_vars = c->log_h > out->n_vars ? c->log_h : out->n_vars;
    }
    out->n_cells = cells;
    out->m0 = ceil_log2(cells);
    out->m0 = out->m0 < SC_MIN_LOG_CELLS ? SC_MIN_LOG_CELLS : out->m0;
    return place_leaves(out, m);
}

uint64_t sc_shape_clock(const struct sc_machine *m, const struct sc_shape *s)
{
    uint64_t rows = 0;
    for (unsigned t = 0; t + 1 < m->n_tables; t++) {
        for (unsigned c = 0; m->tables[t].takes_state && c < s->n_chunks[t]; c++) {
            rows += (uint64_t)1 << s->log_h[t][c];
        }
    }
    return 4 * rows;
}

unsigned sc_image_vars(const struct sc_machine *m, unsigned image_log_h)
{
    const uint64_t cells = (uint64_t)m->tables[m->n_tables - 1].n_cols << image_log_h;
    const unsigned vars = ceil_log2(cells);
    return vars < SC_MIN_LOG_CELLS ? SC_MIN_LOG_CELLS : vars;
}
