/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Judges one row of a table by the emitted constraints and bus uses: what it violates, and what it says on the
 * buses that other rows must answer. Rows are canonical residues. Used by tests of the chips.
 */
#ifndef TEST_CHIP_ROWS_H
#define TEST_CHIP_ROWS_H

#include "core/chips/chips.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROW_MAX_TUPLES 24

/** A use of STATE, PROG, MEM or MCALL with selector 1: what the rest of the trace must match. */
struct row_tuple {
    enum air_bus bus;
    int sign;
    uint32_t slot[AIR_SLOTS];
};

struct row_view {
    char violated[128]; /* empty: constraints and table lookups hold */
    unsigned n;
    struct row_tuple tuple[ROW_MAX_TUPLES];
};

static inline uint32_t row_form(const struct air_table *t, unsigned form, const uint32_t *row)
{
    const struct air_form *f = &t->forms[form];
    fp v = f->k;
    for (unsigned i = 0; i < f->n; i++) {
        const struct air_term *m = &t->terms[f->first + i];
        v = fp_add(v, fp_mul(m->coef, fp_from_u32(row[m->col])));
    }
    return fp_to_u32(v);
}

/** True when the tuple is a row of a lookup table of the machine. */
static inline bool row_lookup_holds(enum air_bus bus, const uint32_t *s)
{
    switch (bus) {
    case AIR_BUS_U16:
        return s[0] < 65536;
    case AIR_BUS_B2:
        return s[0] < 256 && s[1] < 256;
    case AIR_BUS_BOP:
        return s[1] < 256 && s[2] < 256 &&
               ((s[0] == 1 && s[3] == (s[1] & s[2])) || (s[0] == 2 && s[3] == (s[1] | s[2])) ||
                (s[0] == 3 && s[3] == (s[1] ^ s[2])));
    case AIR_BUS_POW2:
        return s[0] < 128 && s[2] == (s[0] % 64) / 8 && s[1] == (s[0] < 64 ? 1u << s[0] % 8 : 1u << (8 - s[0] % 8));
    case AIR_BUS_NONE:
    case AIR_BUS_STATE:
    case AIR_BUS_PROG:
    case AIR_BUS_MEM:
    case AIR_BUS_INIT:
    case AIR_BUS_CHAIN:
    case AIR_BUS_OUT:
    case AIR_BUS_MCALL:
    case AIR_BUS_BND:
    case AIR_BUS_END:
        break;
    }
    return false;
}

static inline const char *row_bus_name(enum air_bus bus)
{
    static const char *const names[] = {
#define B(name, id, kind, slots, meaning) [id] = #name,
#include "core/air/buses.def"
#undef B
    };
    return names[bus];
}

static inline void row_judge(struct row_view *v, const struct air_table *t, const uint32_t *row)
{
    fp cols[AIR_MAX_COLS], c[512];
    memset(v, 0, sizeof *v);
    for (unsigned i = 0; i < t->n_cols; i++) {
        cols[i] = fp_from_u32(row[i]);
    }
    t->check(c, cols);
    for (unsigned i = 0; i < t->n_constraints && !v->violated[0]; i++) {
        if (c[i]) {
            snprintf(v->violated, sizeof v->violated, "%s", t->labels[i]);
        }
    }
    for (unsigned i = 0; i < t->n_uses; i++) {
        const struct air_use *u = &t->uses[i];
        const uint32_t sel = row_form(t, u->sel, row);
        struct row_tuple w = {(enum air_bus)u->bus, u->sign, {0}};
        if (sel == 0) {
            continue;
        }
        for (unsigned j = 0; j < u->n_slots; j++) {
            w.slot[j] = row_form(t, u->slots + j, row);
        }
        const bool table = air_bus_fixed(w.bus);
        if ((sel != 1 || (table && !row_lookup_holds(w.bus, w.slot))) && !v->violated[0]) {
            snprintf(v->violated, sizeof v->violated, "lookup %s (%u, %u, %u, %u)", row_bus_name(w.bus), w.slot[0],
                     w.slot[1], w.slot[2], w.slot[3]);
        }
        if (!table && v->n < ROW_MAX_TUPLES) {
            v->tuple[v->n++] = w;
        }
    }
}

static inline bool row_accepted(const struct air_table *t, const uint32_t *row)
{
    struct row_view v;
    row_judge(&v, t, row);
    return v.violated[0] == 0;
}

/** The cell of a column by its name in the listing, "c[1]". */
static inline uint32_t *row_cell(const struct air_table *t, uint32_t *row, const char *name)
{
    for (unsigned i = 0; i < t->n_cols; i++) {
        if (!strcmp(t->col_names[i], name)) {
            return &row[i];
        }
    }
    fprintf(stderr, "no column %s in %s\n", name, t->name);
    abort();
}

/** The i-th cell of a vector column. */
static inline uint32_t *row_cell_at(const struct air_table *t, uint32_t *row, const char *vec, unsigned i)
{
    char name[64];
    snprintf(name, sizeof name, "%s[%u]", vec, i);
    return row_cell(t, row, name);
}

#endif
