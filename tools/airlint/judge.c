/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The judge of a lie, and the list of laws.
 */
#include "tools/airlint/judge.h"

#include "core/chips/chips.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEDGER_SIZE 1024u /* more than all entries of a lie */

/** By how much tuples differ from the honest trace. */
struct ledger {
    unsigned n;
    struct entry e[LEDGER_SIZE];
    uint16_t place[2 * LEDGER_SIZE]; /* index + 1 */
};

static void ledger_add(struct ledger *g, const struct entry *e)
{
    uint32_t h = entry_hash(e) % (2 * LEDGER_SIZE);
    while (g->place[h] && !entry_same(&g->e[g->place[h] - 1], e)) {
        h = (h + 1) % (2 * LEDGER_SIZE);
    }
    if (g->place[h]) {
        struct entry *const old = &g->e[g->place[h] - 1];
        old->count = fp_add(old->count, e->count);
    } else if (g->n < LEDGER_SIZE) {
        g->e[g->n++] = *e;
        g->place[h] = (uint16_t)g->n;
    }
}

struct change *lie_row(struct lie *l, unsigned table, uint32_t row)
{
    for (unsigned i = 0; i < l->n; i++) {
        if (l->c[i].table == table && l->c[i].row == row) {
            return &l->c[i];
        }
    }
    if (l->n == LIE_MAX_ROWS) {
        return NULL;
    }
    struct change *const c = &l->c[l->n++];
    c->table = (uint16_t)table;
    c->row = row;
    c->copies = 1;
    scene_row(c->was, l->s, table, row);
    memcpy(c->now, c->was, sizeof c->now);
    memset(c->touched, table == AIR_TABLE_IMAGE && l->law.table != AIR_TABLE_IMAGE, sizeof c->touched);
    if (table == AIR_TABLE_INITFINAL && l->same_input && c->was[2] != 0) {
        for (unsigned k = 7; k < 11; k++) { /* v */
            c->touched[k] = true;
        }
    }
    return c;
}

/** True when the use of the row is not asked for, the law being deleted. */
static bool is_deleted(const struct lie *l, unsigned change, unsigned use)
{
    const struct law *const w = &l->law;
    if (l->c[change].table != w->table) {
        return false;
    }
    switch (w->kind) {
    case LAW_NONE:
    case LAW_CONSTRAINT:
        return false;
    case LAW_LOOKUP:
        return use == w->index;
    case LAW_EXCHANGE:
        return change == 0 && (use == w->index || use == w->index2);
    case LAW_MESSAGE:
        return change == 0 && use == w->index;
    }
    return false;
}

/** Can the row give a program line, with a multiplicity of the prover's choice? */
static bool gives_line(const struct lie *l, const struct change *c, const fp *row, struct entry *line)
{
    const struct air_table *const t = &sc_air_tables[AIR_TABLE_DECODE];
    fp cell[AIR_MAX_COLS], out[AIR_MAX_CONSTRAINTS], before[AIR_MAX_CONSTRAINTS];
    for (unsigned u = 0; c->table == AIR_TABLE_DECODE && u < t->n_uses; u++) {
        if (t->uses[u].bus != AIR_BUS_PROG) {
            continue;
        }
        memcpy(cell, row, sizeof cell);
        t->check(before, cell);
        cell[t->terms[t->forms[t->uses[u].sel].first].col] = FP_ONE;
        t->check(out, cell);
        for (unsigned k = 0; k < t->n_constraints; k++) {
            if (out[k] && !before[k] && !(l->law.kind == LAW_CONSTRAINT && l->law.table == AIR_TABLE_DECODE && l->law.index == k)) {
                return false;
            }
        }
        return entry_at(line, t, u, cell);
    }
    return false;
}

bool lie_line(const struct lie *l, unsigned change, struct entry *line)
{
    memset(line, 0, sizeof *line);
    return gives_line(l, &l->c[change], l->c[change].now, line);
}

bool lie_line_given(const struct lie *l, const struct entry *line)
{
    struct entry e;
    for (unsigned i = 0; i < l->n; i++) {
        if (gives_line(l, &l->c[i], l->c[i].now, &e) && entry_same(&e, line)) {
            return true;
        }
    }
    for (uint32_t at = scene_first(l->s, line); at; at = l->s->entries[at - 1].next) {
        const struct entry *const h = &l->s->entries[at - 1];
        bool changed = false;
        if (h->table != AIR_TABLE_DECODE || !entry_same(h, line)) {
            continue;
        }
        for (unsigned i = 0; i < l->n; i++) {
            changed = changed || (l->c[i].table == h->table && l->c[i].row == h->row);
        }
        if (!changed) {
            return true;
        }
    }
    return false;
}

/** The honest queries of a line that its row may give no more. */
static void withdraw_line(struct ledger *g, const struct lie *l, struct entry *line)
{
    for (uint32_t at = scene_first(l->s, line); at; at = l->s->entries[at - 1].next) {
        const struct entry *const h = &l->s->entries[at - 1];
        if (h->table != AIR_TABLE_DECODE && entry_same(h, line)) {
            ledger_add(g, h);
        }
    }
}

static void fill_ledger(struct ledger *g, const struct lie *l)
{
    for (unsigned i = 0; i < l->n; i++) {
        const struct change *const c = &l->c[i];
        const struct air_table *const t = &sc_air_tables[c->table];
        for (unsigned u = 0; u < t->n_uses; u++) {
            const bool message = l->law.kind == LAW_MESSAGE && is_deleted(l, i, u);
            struct entry e = {.table = c->table, .row = c->row, .use = (uint16_t)u};
            if (message || (t->uses[u].sign < 0 && air_bus_fixed(t->uses[u].bus)) || c->table == AIR_TABLE_U16T) {
                continue;
            }
            if (c->table == AIR_TABLE_DECODE && t->uses[u].bus == AIR_BUS_PROG) {
                struct entry now;
                if (gives_line(l, c, c->was, &e) && !(gives_line(l, c, c->now, &now) && entry_same(&e, &now))) {
                    withdraw_line(g, l, &e);
                }
                continue;
            }
            if (entry_at(&e, t, u, c->was)) {
                e.count = fp_neg(e.count);
                ledger_add(g, &e);
            }
            if (!is_deleted(l, i, u) && entry_at(&e, t, u, c->now)) {
                e.count = fp_mul(e.count, fp_from_u32(c->copies));
                ledger_add(g, &e);
            }
        }
    }
}

unsigned lie_flaws(const struct lie *l, struct flaw *out)
{
    static const struct ledger empty;
    struct ledger g;
    fp k[AIR_MAX_CONSTRAINTS];
    unsigned n = 0;
    g.n = empty.n;
    memset(g.place, 0, sizeof g.place);
    for (unsigned i = 0; i < l->n; i++) {
        const struct air_table *const t = &sc_air_tables[l->c[i].table];
        t->check(k, l->c[i].now);
        for (unsigned j = 0; j < t->n_constraints && n < MAX_FLAWS; j++) {
            if (k[j] && !(l->law.kind == LAW_CONSTRAINT && l->law.table == l->c[i].table && l->law.index == j)) {
                out[n++] = (struct flaw){.kind = FLAW_CONSTRAINT, .change = i, .index = j};
            }
        }
    }
    fill_ledger(&g, l);
    for (unsigned j = 0; j < g.n && n < MAX_FLAWS; j++) {
        const struct entry *const e = &g.e[j];
        if (e->count == 0 || (air_bus_fixed(e->bus) ? lookup_holds(e->bus, e->slot) : e->bus == AIR_BUS_PROG && lie_line_given(l, e))) {
            continue;
        }
        out[n] = (struct flaw){.kind = air_bus_fixed(e->bus) ? FLAW_LOOKUP : e->bus == AIR_BUS_PROG ? FLAW_LINE : FLAW_TUPLE, .e = *e};
        for (unsigned i = 0; i < l->n; i++) {
            if (l->c[i].table == e->table && l->c[i].row == e->row) {
                out[n].change = i;
            }
        }
        out[n++].index = e->use;
    }
    return n;
}

/** Does this row break the law? */
static bool row_breaks(const struct lie *l, unsigned change)
{
    const struct change *const c = &l->c[change];
    const struct air_table *const t = &sc_air_tables[c->table];
    fp k[AIR_MAX_CONSTRAINTS];
    struct entry e, was;
    if (c->table != l->law.table) {
        return false;
    }
    switch (l->law.kind) {
    case LAW_NONE:
        return false;
    case LAW_CONSTRAINT:
        t->check(k, c->now);
        return k[l->law.index] != 0;
    case LAW_LOOKUP:
        if (!entry_at(&e, t, l->law.index, c->now)) {
            return false;
        }
        return e.bus == AIR_BUS_PROG ? !lie_line_given(l, &e) : !lookup_holds(e.bus, e.slot);
    case LAW_EXCHANGE:
        return change == 0 && entry_at(&e, t, l->law.index, c->now);
    case LAW_MESSAGE: {
        const bool says = entry_at(&e, t, l->law.index, c->now), said = entry_at(&was, t, l->law.index, c->was);
        return change == 0 && (says != said || (says && !entry_same(&e, &was)));
    }
    }
    return false;
}

bool lie_breaks_law(const struct lie *l)
{
    for (unsigned i = 0; i < l->n; i++) {
        if (row_breaks(l, i)) {
            return true;
        }
    }
    return false;
}

/** Does the row say on STATE to MCALL, or give as a program line, what it did not before? */
static bool says_otherwise(const struct lie *l, const struct change *c)
{
    const struct air_table *const t = &sc_air_tables[c->table];
    struct entry a = {0}, b = {0};
    for (unsigned u = 0; u < t->n_uses; u++) {
        const bool line = c->table == AIR_TABLE_DECODE && t->uses[u].bus == AIR_BUS_PROG;
        if (air_bus_fixed(t->uses[u].bus)) {
            continue;
        }
        const bool was = line ? gives_line(l, c, c->was, &a) : entry_at(&a, t, u, c->was);
        const bool now = line ? gives_line(l, c, c->now, &b) : entry_at(&b, t, u, c->now);
        if (was != now || (was && (!entry_same(&a, &b) || (!line && a.count != b.count)))) {
            return true;
        }
    }
    return false;
}

/** Does a row of DECODE read an instruction of the program rightly? The columns that no line holds may be anything. */
static bool decodes_rightly(const struct scene *s, const fp *cell)
{
    const struct air_table *const t = &sc_air_tables[AIR_TABLE_DECODE];
    struct sc_fetch f = {.count = 0};
    uint32_t ip = 0, row[AIR_MAX_COLS];
    for (unsigned k = 0; k < t->n_cols; k++) {
        const uint32_t v = fp_to_u32(cell[k]);
        ip += !strcmp(t->col_names[k], "a") ? v : !strcmp(t->col_names[k], "b") ? v << 14 : 0;
    }
    for (size_t i = 0; i < s->elf.n_words; i++) {
        f.word8 = s->elf.words[i].addr == 4 * (uint64_t)ip / 8 * 8 ? s->elf.words[i].value : f.word8;
    }
    sc_decode(&f.inst, (uint32_t)(f.word8 >> (32 * (ip & 1))), ip);
    if (f.inst.op == 0) {
        return false;
    }
    memset(row, 0, sizeof row);
    sc_decode_fill(&f, (void *)row);
    for (unsigned k = 0; k < t->n_cols; k++) {
        const char *const name = t->col_names[k];
        if (cell[k] != fp_from_u32(row[k]) && strcmp(name, "prev") && strcmp(name, "rdi") && strcmp(name, "mult")) {
            return false;
        }
    }
    return true;
}

/** Do the rows together give other tokens or lines than before? Which row of a table says something does not matter, nor does
 * whether an instruction of the program that nobody executes has its row, nor where registers are renewed. */
static bool rows_say_otherwise(const struct lie *l)
{
    struct ledger g;
    g.n = 0;
    memset(g.place, 0, sizeof g.place);
    for (unsigned i = 0; i < 2 * l->n; i++) {
        const struct change *const c = &l->c[i / 2];
        const struct air_table *const t = &sc_air_tables[c->table];
        const fp *const cell = i % 2 ? c->now : c->was;
        if (c->table == AIR_TABLE_RENEW || (c->table == AIR_TABLE_DECODE && decodes_rightly(l->s, cell))) {
            continue;
        }
        for (unsigned u = 0; u < t->n_uses; u++) {
            struct entry e = {0};
            const bool line = c->table == AIR_TABLE_DECODE && t->uses[u].bus == AIR_BUS_PROG;
            const bool token = t->uses[u].sign > 0 && !air_bus_fixed(t->uses[u].bus) && t->uses[u].bus != AIR_BUS_PROG;
            if (line ? gives_line(l, c, cell, &e) : token && entry_at(&e, t, u, cell)) {
                e.count = line ? FP_ONE : fp_mul(e.count, fp_from_u32(i % 2 ? c->copies : 1));
                e.count = i % 2 ? e.count : fp_neg(e.count);
                ledger_add(&g, &e);
            }
        }
    }
    for (unsigned i = 0; i < g.n; i++) {
        if (g.e[i].count != 0) {
            return true;
        }
    }
    return false;
}

bool lie_means_something(const struct lie *l)
{
    if (l->law.kind == LAW_NONE) {
        return rows_say_otherwise(l);
    }
    for (unsigned i = 0; i < l->n; i++) {
        if (row_breaks(l, i) && says_otherwise(l, &l->c[i])) {
            return true;
        }
    }
    return false;
}

/* --- laws -------------------------------------------------------------------------------------------------------- */

static bool same_form(const struct air_table *t, unsigned a, unsigned b)
{
    const struct air_form *const x = &t->forms[a], *const y = &t->forms[b];
    return x->n == y->n && x->k == y->k && !memcmp(&t->terms[x->first], &t->terms[y->first], x->n * sizeof *t->terms);
}

unsigned all_laws(struct law *out)
{
    unsigned n = 0;
#define PUT(...)                             \
    do {                                     \
        if (out) {                           \
            out[n] = (struct law){__VA_ARGS__}; \
        }                                    \
        n++;                                 \
    } while (0)
    for (uint16_t i = 0; i < AIR_N_TABLES; i++) {
        const struct air_table *const t = &sc_air_tables[i];
        for (uint16_t k = 0; k < t->n_constraints; k++) {
            PUT(LAW_CONSTRAINT, i, k, 0);
        }
        for (uint16_t u = 0; u < t->n_uses; u++) {
            const struct air_use *const a = &t->uses[u], *const b = a + 1;
            if (air_bus_fixed(a->bus) || a->bus == AIR_BUS_PROG) {
                if (a->sign > 0) {
                    PUT(LAW_LOOKUP, i, u, 0);
                }
            } else if (u + 1 < t->n_uses && b->bus == a->bus && a->sign != b->sign && same_form(t, a->sel, b->sel)) {
                PUT(LAW_EXCHANGE, i, u, (uint16_t)(u + 1));
                u++;
            } else {
                PUT(LAW_MESSAGE, i, u, 0);
            }
        }
    }
#undef PUT
    return n;
}

static const char *bus_name(unsigned bus)
{
    static const char *const names[] = {
#define B(name, id, kind, slots, meaning) [id] = #name,
#include "core/air/buses.def"
#undef B
    };
    return names[bus];
}

void law_label(char *out, size_t size, const struct law *law)
{
    const struct air_table *const t = &sc_air_tables[law->table];
    if (law->kind == LAW_CONSTRAINT) {
        snprintf(out, size, "%s", t->labels[law->index]);
        return;
    }
    const struct air_use *const u = &t->uses[law->index];
    int at = snprintf(out, size, "%s(", bus_name(u->bus));
    unsigned words = 0;
    for (unsigned j = 0; j < u->n_slots; j++) {
        const struct air_form *const f = &t->forms[u->slots + j];
        for (unsigned i = 0; i < f->n && words < 3 && at > 0 && (size_t)at < size; i++, words++) {
            at += snprintf(out + at, size - (size_t)at, "%s%s", words ? " " : "", t->col_names[t->terms[f->first + i].col]);
        }
    }
    if (at > 0 && (size_t)at < size) {
        snprintf(out + at, size - (size_t)at, ")");
    }
}

void law_text(char *out, size_t size, const struct law *law)
{
    static const char *const what[] = {"nothing", "constraint", "query", "exchange", "message"};
    char label[128];
    law_label(label, sizeof label, law);
    snprintf(out, size, "%s %s %u \"%s\"", sc_air_tables[law->table].name, what[law->kind], (unsigned)law->index, label);
}
