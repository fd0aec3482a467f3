/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The honest execution and the index of its bus entries.
 */
#include "tools/airlint/scene.h"

#include "tools/airlint/program.h"

#include <stdio.h>
#include <stdlib.h>

/* --- rows -------------------------------------------------------------------------------------------------------- */

fp *scene_cell(const struct scene *s, unsigned table, uint32_t row, unsigned col)
{
    for (unsigned index = 0; index < AIR_MAX_CHUNKS; index++) {
        for (unsigned k = 0; k < s->trace.layout.n_chunks; k++) {
            const struct sc_chunk *const c = &s->trace.layout.chunk[k];
            if (c->table != table || c->index != index) {
                continue;
            }
            if (row < 1u << c->log_h) {
                return sc_trace_column(&s->trace, k, col) + row;
            }
            row -= 1u << c->log_h;
        }
    }
    fprintf(stderr, "airlint: table %s has no such row\n", sc_air_tables[table].name);
    abort();
}

void scene_row(fp *out, const struct scene *s, unsigned table, uint32_t row)
{
    const struct air_table *const t = &sc_air_tables[table];
    for (unsigned c = 0; c < t->n_cols; c++) {
        out[c] = *scene_cell(s, table, row, c);
    }
    for (unsigned k = 0; k < t->n_closed; k++) {
        out[t->n_cols + k] = fp_from_u32(sc_air_closed_row((enum air_closed)t->closed[k], row, 0));
    }
}

fp form_at(const struct air_table *t, unsigned form, const fp *row)
{
    const struct air_form *const f = &t->forms[form];
    fp v = f->k;
    for (unsigned i = 0; i < f->n; i++) {
        const struct air_term *const m = &t->terms[f->first + i];
        v = fp_add(v, fp_mul(m->coef, row[m->col]));
    }
    return v;
}

bool entry_at(struct entry *e, const struct air_table *t, unsigned use, const fp *row)
{
    const struct air_use *const u = &t->uses[use];
    const fp sel = form_at(t, u->sel, row);
    if (sel == 0) {
        return false;
    }
    e->bus = u->bus;
    e->count = u->sign > 0 ? sel : fp_neg(sel);
    memset(e->slot, 0, sizeof e->slot);
    for (unsigned j = 0; j < u->n_slots; j++) {
        e->slot[j] = fp_to_u32(form_at(t, u->slots + j, row));
    }
    return true;
}

bool lookup_holds(unsigned bus, const uint32_t *s)
{
    const uint32_t x = s[1], y = s[2];
    switch (bus) {
    case AIR_BUS_U16:
        return s[0] < 65536;
    case AIR_BUS_B2:
        return s[0] < 256 && s[1] < 256;
    case AIR_BUS_BOP:
        return x < 256 && y < 256 && ((s[0] == 1 && s[3] == (x & y)) || (s[0] == 2 && s[3] == (x | y)) || (s[0] == 3 && s[3] == (x ^ y)));
    case AIR_BUS_POW2:
        return s[0] < 128 && s[2] == (s[0] % 64) / 8 && s[1] == (s[0] < 64 ? 1u << s[0] % 8 : 1u << (8 - s[0] % 8));
    default:
        return false;
    }
}

/* --- index ------------------------------------------------------------------------------------------------------- */

uint32_t entry_hash(const struct entry *e)
{
    uint64_t h = e->bus;
    for (unsigned j = 0; j < AIR_SLOTS - 1; j++) {
        h = (h ^ e->slot[j]) * 0x9e3779b97f4a7c15u;
        h ^= h >> 29;
    }
    return (uint32_t)(h >> 32);
}

bool entry_same(const struct entry *a, const struct entry *b)
{
    return a->bus == b->bus && !memcmp(a->slot, b->slot, sizeof a->slot);
}

uint32_t scene_first(const struct scene *s, const struct entry *e)
{
    return s->heads[entry_hash(e) >> (32 - SCENE_HASH_LOG)];
}

static bool index_row(struct scene *s, size_t *cap, unsigned table, uint32_t row)
{
    const struct air_table *const t = &sc_air_tables[table];
    fp cell[AIR_MAX_COLS];
    bool real = false;
    scene_row(cell, s, table, row);
    for (unsigned u = 0; u < t->n_uses; u++) {
        struct entry e = {.table = (uint16_t)table, .use = (uint16_t)u, .row = row};
        if (!entry_at(&e, t, u, cell)) {
            continue;
        }
        real = true;
        if (air_bus_fixed(e.bus)) {
            continue;
        }
        if (e.bus == AIR_BUS_PROG && t->uses[u].sign < 0) {
            e.count = fp_neg(FP_ONE);
        }
        if (s->n_entries == *cap) {
            *cap = *cap ? 2 * *cap : 4096;
            struct entry *const more = realloc(s->entries, *cap * sizeof *more);
            if (!more) {
                return false;
            }
            s->entries = more;
        }
        uint32_t *const head = &s->heads[entry_hash(&e) >> (32 - SCENE_HASH_LOG)];
        e.next = *head;
        s->entries[s->n_entries++] = e;
        *head = (uint32_t)s->n_entries;
    }
    if (real) {
        s->n_real[table] = row + 1;
    }
    return true;
}

static bool index_all(struct scene *s)
{
    size_t cap = 0;
    s->heads = calloc((size_t)1 << SCENE_HASH_LOG, sizeof *s->heads);
    for (unsigned k = 0; k < s->trace.layout.n_chunks; k++) {
        s->height[s->trace.layout.chunk[k].table] += 1u << s->trace.layout.chunk[k].log_h;
    }
    for (unsigned t = 0; s->heads && t < AIR_N_TABLES; t++) {
        const bool lookup = t == AIR_TABLE_U16T || t == AIR_TABLE_BYTET || t == AIR_TABLE_POW2T;
        for (uint32_t r = 0; !lookup && r < s->height[t]; r++) {
            if (!index_row(s, &cap, t, r)) {
                return false;
            }
        }
    }
    s->lines = calloc(s->n_real[AIR_TABLE_DECODE] + 1u, sizeof *s->lines);
    for (uint32_t i = 0; s->lines && i < s->n_entries; i++) {
        if (s->entries[i].table == AIR_TABLE_DECODE && s->entries[i].bus == AIR_BUS_PROG) {
            s->lines[s->n_lines++] = i;
        }
    }
    return s->heads && s->lines;
}

/* --- life -------------------------------------------------------------------------------------------------------- */

struct scene *scene_create(void)
{
    char why[256] = "no memory";
    struct scene *const s = calloc(1, sizeof *s);
    if (!s) {
        return NULL;
    }
    scene_program(s);
    s->elf = scene_elf(&s->prog);
    const struct sc_exec_options o = {.input = (const uint8_t *)s->input, .input_size = 8 * (size_t)s->n_input, .record = true};
    if (sc_exec(&s->run, why, sizeof why, &s->elf, &o) || !prog_renew(&s->run, 10, s->renewals) || sc_image_build(&s->image, &s->elf) ||
        sc_trace_build(&s->trace, why, sizeof why, &s->run, &s->image, NULL) || !index_all(s)) {
        fprintf(stderr, "airlint: no honest trace: %s\n", why);
        scene_destroy(s);
        return NULL;
    }
    return s;
}

void scene_destroy(struct scene *s)
{
    if (!s) {
        return;
    }
    sc_trace_fini(&s->trace);
    sc_image_fini(&s->image);
    prog_forget(&s->run);
    sc_run_fini(&s->run);
    free(s->entries);
    free(s->heads);
    free(s->lines);
    free(s);
}
