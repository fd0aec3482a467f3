/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Chunks, stacking and leaf blocks. Orders are found by plain search: a machine has few chunks.
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

static unsigned ones(uint64_t x)
{
    unsigned n = 0;
    for (; x != 0; x &= x - 1) {
        n++;
    }
    return n;
}

/* Of the row counts: a few bits of height are worth more than a chunk's values in the proof only where they are this many rows. */
enum { CHUNK_GRAIN = 11 };

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
    const unsigned fine = top > CHUNK_GRAIN + 6 ? top - 6 : CHUNK_GRAIN, coarse = top > AIR_MIN_LOG_H + 2 ? top - 2 : AIR_MIN_LOG_H;
    const unsigned grain = fine < coarse ? fine : coarse;
    uint64_t rounded = (((rows - 1) >> grain) + 1) << grain;
    while (ones(rounded) > AIR_MAX_CHUNKS) {
        rounded += rounded & -rounded;
    }
    unsigned n = 0;
    for (unsigned i = 64; i-- > 0;) {
        if ((rounded >> i) & 1) {
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
        if (log_h[i] < AIR_MIN_LOG_H || log_h[i] > SC_MAX_LOG_CELLS || (i > 0 && log_h[i] >= log_h[i - 1])) {
            return false;
        }
    }
    return true;
}

/* Has main table t a place in such a proof? */
static bool has_place(const struct sc_machine *m, unsigned part, unsigned t)
{
    const uint64_t in = part == SC_FIRST ? m->in_first : m->in_segments;
    return part == SC_SINGLE || (in >> t & 1) != 0;
}

static bool main_valid(const struct sc_machine *m, const struct sc_shape *s)
{
    for (unsigned t = 0; t < m->n_main; t++) {
        const unsigned fixed = m->tables[t].fixed_log_h;
        if (!has_place(m, s->part, t)) {
            if (s->n_chunks[t] != 0) {
                return false;
            }
        } else if (fixed != 0 ? s->n_chunks[t] != 1 || s->log_h[t][0] != fixed
                              : !sc_chunks_valid(s->log_h[t], s->n_chunks[t])) {
            return false;
        }
    }
    return true;
}

bool sc_shape_valid(const struct sc_machine *m, const struct sc_shape *s)
{
    const bool image_ok = s->part == SC_SEGMENT ? s->image_log_h == 0 : s->image_log_h >= 1 && s->image_log_h <= SC_MAX_LOG_CELLS;
    const bool boundary_ok =
        s->part == SC_SINGLE ? s->n_boundary == 0 : s->n_boundary != 0 && sc_chunks_valid(s->boundary_log_h, s->n_boundary);
    const bool index_ok = (s->part == SC_SEGMENT) == (s->index != 0);
    return image_ok && boundary_ok && index_ok && main_valid(m, s);
}

/* Main chunks by (height descending, table, chunk): they arrive by (table, chunk), so equal heights keep their order. */
static void sort_main(struct sc_layout *l, const struct sc_machine *m, const struct sc_shape *s)
{
    l->n_main_chunks = 0;
    for (unsigned t = 0; t < m->n_main; t++) {
        for (unsigned c = 0; c < s->n_chunks[t]; c++) {
            unsigned at = l->n_main_chunks++;
            for (; at > 0 && l->chunk[at - 1].log_h < s->log_h[t][c]; at--) {
                l->chunk[at] = l->chunk[at - 1];
            }
            l->chunk[at] = (struct sc_chunk){.table = (uint8_t)t, .index = (uint8_t)c, .log_h = s->log_h[t][c]};
        }
    }
}

static void order_chunks(struct sc_layout *l, const struct sc_machine *m, const struct sc_shape *s)
{
    sort_main(l, m, s);
    l->n_chunks = l->n_main_chunks;
    l->n_image_chunks = s->image_log_h != 0;
    if (l->n_image_chunks) {
        l->chunk[l->n_chunks++] = (struct sc_chunk){.table = (uint8_t)m->n_main, .log_h = s->image_log_h};
    }
    for (unsigned c = 0; c < s->n_boundary; c++) {
        l->chunk[l->n_chunks++] = (struct sc_chunk){.table = (uint8_t)(m->n_main + 1), .index = (uint8_t)c, .log_h = s->boundary_log_h[c]};
    }
}

/* Leaf blocks of L and G by height; at equal height in the order of the chunks, which is that of the tables. */
static bool place_leaves(struct sc_layout *l, const struct sc_machine *m)
{
    uint64_t at = 0, global = 0;
    for (unsigned h = l->n_vars + 1; h-- > 0;) {
        for (unsigned i = 0; i < l->n_chunks; i++) {
            struct sc_chunk *const c = &l->chunk[i];
            const unsigned n_local = sc_uses_of(m, c, SC_LOCAL).n;
            if (c->log_h != h) {
                continue;
            }
            if (n_local == 0) {
                return false;
            }
            c->leaf = (uint32_t)(at >> h);
            c->leaf_global = (uint32_t)(global >> h);
            at += (uint64_t)n_local << h;
            global += (uint64_t)sc_uses_of(m, c, SC_GLOBAL).n << h;
        }
    }
    l->n_leaves = at;
    l->n_leaf_vars = ceil_log2(at);
    l->n_global_leaves = global;
    l->n_global_vars = ceil_log2(global);
    return at <= (uint64_t)1 << SC_MAX_LOG_LEAVES && global <= (uint64_t)1 << SC_MAX_LOG_LEAVES;
}

static unsigned stacked_vars(uint64_t cells)
{
    const unsigned vars = ceil_log2(cells);
    return vars < SC_MIN_LOG_CELLS ? SC_MIN_LOG_CELLS : vars;
}

bool sc_layout(struct sc_layout *out, const struct sc_machine *m, const struct sc_shape *s)
{
    uint64_t cells[3] = {0}; /* of each polynomial */
    uint32_t n_values[3] = {0};
    memset(out, 0, sizeof *out);
    out->index = s->index;
    order_chunks(out, m, s);
    for (unsigned i = 0; i < out->n_chunks; i++) {
        const unsigned poly = sc_chunk_poly(out, i);
        struct sc_chunk *const c = &out->chunk[i];
        const struct air_table *const t = &m->tables[c->table];
        c->block = (uint32_t)(cells[poly] >> c->log_h);
        c->value = out->n_values;
        c->constraint = out->n_constraints;
        cells[poly] += (uint64_t)t->n_cols << c->log_h;
        if (cells[poly] > (uint64_t)1 << SC_MAX_LOG_CELLS) {
            return false;
        }
        n_values[poly] += t->n_cols;
        out->n_values += t->n_cols;
        out->n_constraints += t->n_constraints;
        out->n_uses += t->n_uses;
        out->n_vars = c->log_h > out->n_vars ? c->log_h : out->n_vars;
    }
    out->n_main_values = n_values[0];
    out->n_image_values = n_values[1];
    out->n_cells = cells[0];
    out->m0 = stacked_vars(cells[0]);
    out->image_m0 = s->image_log_h ? stacked_vars(cells[1]) : 0;
    out->boundary_m0 = s->n_boundary ? stacked_vars(cells[2]) : 0;
    return place_leaves(out, m);
}

uint64_t sc_shape_clock(const struct sc_machine *m, const struct sc_shape *s)
{
    uint64_t rows = 0;
    for (unsigned t = 0; t < m->n_main; t++) {
        for (unsigned c = 0; m->tables[t].takes_state && c < s->n_chunks[t]; c++) {
            rows += (uint64_t)1 << s->log_h[t][c];
        }
    }
    return 4 * rows;
}

unsigned sc_image_vars(const struct sc_machine *m, unsigned image_log_h)
{
    return stacked_vars((uint64_t)m->tables[m->n_main].n_cols << image_log_h);
}

unsigned sc_boundary_vars(const struct sc_machine *m, const uint8_t *log_h, unsigned n)
{
    uint64_t cells = 0;
    for (unsigned i = 0; i < n; i++) {
        cells += (uint64_t)m->tables[m->n_main + 1].n_cols << log_h[i];
    }
    return stacked_vars(cells);
}
