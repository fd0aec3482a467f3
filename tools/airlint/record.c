/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Recorded forgeries: text, and the judgement of the trace checker.
 */
#include "tools/airlint/record.h"

#include "core/verify/verify.h"

#include <stdlib.h>

static const char *const kinds[] = {"nothing", "constraint", "query", "exchange", "message"};

void record_write(FILE *f, const struct lie *l)
{
    fprintf(f, "%s %s %u", sc_air_tables[l->law.table].name, kinds[l->law.kind], (unsigned)l->law.index);
    for (unsigned i = 0; i < l->n; i++) {
        const struct change *const c = &l->c[i];
        const struct air_table *const t = &sc_air_tables[c->table];
        fprintf(f, " | %s %u", t->name, (unsigned)c->row);
        if (c->copies > 1) {
            fprintf(f, "x%u", (unsigned)c->copies);
        }
        for (unsigned k = 0; k < t->n_cols; k++) {
            if (c->now[k] != c->was[k]) {
                fprintf(f, " %s=%u", t->col_names[k], (unsigned)fp_to_u32(c->now[k]));
            }
        }
    }
    fputc('\n', f);
}

static unsigned table_named(const char *name)
{
    unsigned t = 0;
    while (t < AIR_N_TABLES && strcmp(sc_air_tables[t].name, name) != 0) {
        t++;
    }
    return t;
}

static bool read_law(struct law *out, const char *table, const char *kind, const char *index)
{
    struct law laws[2048];
    const unsigned n = all_laws(laws);
    for (unsigned i = 0; table && kind && index && i < n; i++) {
        if (!strcmp(sc_air_tables[laws[i].table].name, table) && !strcmp(kinds[laws[i].kind], kind) &&
            laws[i].index == strtoul(index, NULL, 10)) {
            *out = laws[i];
            return true;
        }
    }
    return false;
}

static bool read_cell(struct change *c, char *word)
{
    const struct air_table *const t = &sc_air_tables[c->table];
    char *const value = strchr(word, '=');
    if (!value) {
        return false;
    }
    *value = 0;
    for (unsigned k = 0; k < t->n_cols; k++) {
        if (!strcmp(t->col_names[k], word)) {
            c->now[k] = fp_from_u32((uint32_t)strtoul(value + 1, NULL, 10));
            return true;
        }
    }
    return false;
}

/** The row after a bar: its table and number are the next two words. */
static struct change *read_row(struct lie *l)
{
    const char *const name = strtok(NULL, " \n"), *const number = strtok(NULL, " \n");
    const unsigned t = name ? table_named(name) : AIR_N_TABLES;
    char *end = NULL;
    const unsigned long row = number ? strtoul(number, &end, 10) : 0;
    if (t == AIR_N_TABLES || !number || row >= l->s->height[t]) {
        return NULL;
    }
    struct change *const c = lie_row(l, t, (uint32_t)row);
    if (c && *end == 'x') {
        c->copies = (uint32_t)strtoul(end + 1, NULL, 10);
    }
    return c && row + c->copies <= l->s->height[t] ? c : NULL;
}

bool record_read(struct lie *out, const struct scene *s, FILE *f, char *why, size_t why_size)
{
    static const size_t max = 16384;
    char *const line = malloc(max);
    bool ok = false;
    why[0] = 0;
    out->n = 0;
    out->s = s;
    out->same_input = false;
    while (line && fgets(line, (int)max, f)) {
        if (line[0] == '#' || line[0] == '\n') {
            continue;
        }
        const char *const table = strtok(line, " \n"), *const kind = strtok(NULL, " \n"), *const index = strtok(NULL, " \n");
        struct change *c = NULL;
        ok = read_law(&out->law, table, kind, index);
        for (char *word = strtok(NULL, " \n"); ok && word; word = strtok(NULL, " \n")) {
            if (!strcmp(word, "|")) {
                c = read_row(out);
                ok = c != NULL;
            } else {
                ok = c && read_cell(c, word);
            }
        }
        if (!ok) {
            snprintf(why, why_size, "a forgery of %s %s %s does not fit the scene", table ? table : "?", kind ? kind : "?", index ? index : "?");
        }
        break;
    }
    free(line);
    return ok;
}

/* --- the whole trace ----------------------------------------------------------------------------------------------- */

/** Set or take back the rows of the lie. */
static void put_rows(const struct lie *l, bool now)
{
    for (unsigned i = 0; i < l->n; i++) {
        const struct change *const c = &l->c[i];
        for (uint32_t r = 0; r < c->copies; r++) {
            for (unsigned k = 0; k < sc_air_tables[c->table].n_cols; k++) {
                *scene_cell(l->s, c->table, c->row + r, k) = now ? c->now[k] : c->was[k];
            }
        }
    }
}

/** Multiplicity cell of the tuple's row in U16T, BYTET or POW2T, for a tuple that is there. */
static fp *lookup_cell(const struct scene *s, const struct entry *e)
{
    switch (e->bus) {
    case AIR_BUS_U16:
        return scene_cell(s, AIR_TABLE_U16T, e->slot[0], 0);
    case AIR_BUS_B2:
        return scene_cell(s, AIR_TABLE_BYTET, e->slot[0] << 8 | e->slot[1], 0);
    case AIR_BUS_BOP:
        return scene_cell(s, AIR_TABLE_BYTET, e->slot[1] << 8 | e->slot[2], e->slot[0]);
    default:
        return scene_cell(s, AIR_TABLE_POW2T, e->slot[0], 0);
    }
}

/** Multiplicity cell of a row of DECODE that gives the line; NULL: none does. */
static fp *line_cell(const struct lie *l, const struct entry *e)
{
    const struct air_table *const t = &sc_air_tables[AIR_TABLE_DECODE];
    const unsigned mult = t->n_cols - 1u;
    struct entry line;
    for (unsigned i = 0; i < l->n; i++) {
        if (l->c[i].table == AIR_TABLE_DECODE && lie_line(l, i, &line) && entry_same(&line, e)) {
            return scene_cell(l->s, AIR_TABLE_DECODE, l->c[i].row, mult);
        }
    }
    for (uint32_t at = scene_first(l->s, e); at; at = l->s->entries[at - 1].next) {
        const struct entry *const h = &l->s->entries[at - 1];
        bool changed = false;
        for (unsigned i = 0; i < l->n; i++) {
            changed = changed || (l->c[i].table == h->table && l->c[i].row == h->row);
        }
        if (!changed && h->table == AIR_TABLE_DECODE && entry_same(h, e)) {
            return scene_cell(l->s, AIR_TABLE_DECODE, h->row, mult);
        }
    }
    return NULL;
}

/** Add the queries of a changed row to the multiplicities, @p now and honest ones taken away. */
static void count_row(const struct lie *l, const struct change *c, bool now)
{
    const struct air_table *const t = &sc_air_tables[c->table];
    for (unsigned u = 0; u < t->n_uses; u++) {
        struct entry e;
        if (t->uses[u].sign < 0 || (!air_bus_fixed(t->uses[u].bus) && t->uses[u].bus != AIR_BUS_PROG) || !entry_at(&e, t, u, now ? c->now : c->was)) {
            continue;
        }
        fp *const cell = e.bus == AIR_BUS_PROG ? line_cell(l, &e) : lookup_holds(e.bus, e.slot) ? lookup_cell(l->s, &e) : NULL;
        const fp count = fp_mul(e.count, fp_from_u32(now ? c->copies : 1));
        const bool deleted = now && l->law.kind == LAW_LOOKUP && l->law.table == c->table && l->law.index == u;
        if (cell && !deleted) {
            *cell = now ? fp_add(*cell, count) : fp_sub(*cell, count);
        }
    }
}

/** With a deleted query: the honest rows make it no more, either. */
static void uncount_query(const struct lie *l)
{
    const struct air_table *const t = &sc_air_tables[l->law.table];
    fp cell[AIR_MAX_COLS];
    for (uint32_t r = 0; r < l->s->n_real[l->law.table]; r++) {
        struct entry e;
        bool changed = false;
        for (unsigned i = 0; i < l->n; i++) {
            changed = changed || (l->c[i].table == l->law.table && l->c[i].row == r);
        }
        scene_row(cell, l->s, l->law.table, r);
        if (!changed && entry_at(&e, t, l->law.index, cell)) {
            fp *const mult = e.bus == AIR_BUS_PROG ? line_cell(l, &e) : lookup_cell(l->s, &e);
            if (mult) {
                *mult = fp_sub(*mult, e.count);
            }
        }
    }
}

/** A row of DECODE that changes gives its new line to as many queries as ask for it; the honest ones asked for the old. */
static void move_lines(const struct lie *l)
{
    for (unsigned i = 0; i < l->n; i++) {
        struct entry old, line;
        if (l->c[i].table != AIR_TABLE_DECODE || !lie_line(l, i, &line)) {
            continue;
        }
        const unsigned mult = sc_air_tables[AIR_TABLE_DECODE].n_cols - 1u;
        const fp was = l->c[i].was[mult];
        for (unsigned u = 0; u < sc_air_tables[AIR_TABLE_DECODE].n_uses; u++) {
            if (sc_air_tables[AIR_TABLE_DECODE].uses[u].bus == AIR_BUS_PROG && was && entry_at(&old, &sc_air_tables[AIR_TABLE_DECODE], u, l->c[i].was) &&
                !entry_same(&old, &line)) {
                *scene_cell(l->s, AIR_TABLE_DECODE, l->c[i].row, mult) = FP_ZERO;
            }
        }
    }
}

static void term_of(struct sc_public_term *t, const struct entry *e, bool negate)
{
    const uint32_t c = fp_to_u32(e->count);
    const int count = c > FP_P / 2 ? -(int)(FP_P - c) : (int)c;
    *t = (struct sc_public_term){(enum air_bus)e->bus, negate ? -count : count, {0}};
    memcpy(t->slot, e->slot, sizeof t->slot);
}

/** What the first row says on the deleted uses is made good; a message is answered as the honest one was. */
static size_t excuse(struct sc_public_term *out, const struct lie *l)
{
    const struct air_table *const t = &sc_air_tables[l->law.table];
    size_t n = 0;
    struct entry e;
    if (l->law.kind != LAW_EXCHANGE && l->law.kind != LAW_MESSAGE) {
        return 0;
    }
    for (unsigned pass = 0; pass < (l->law.kind == LAW_EXCHANGE ? 2u : 1u); pass++) {
        const unsigned use = pass ? l->law.index2 : l->law.index;
        if (entry_at(&e, t, use, l->c[0].now)) {
            term_of(&out[n++], &e, true);
        }
        if (l->law.kind == LAW_MESSAGE && entry_at(&e, t, use, l->c[0].was)) {
            term_of(&out[n++], &e, false);
        }
    }
    return n;
}

static socle_status check_with(struct sc_check_report *r, const struct lie *l, bool without_law, const struct sc_public_term *terms, size_t n_terms)
{
    struct air_table tables[AIR_N_TABLES];
    struct air_use uses[AIR_MAX_USES];
    struct sc_check_chunk chunks[SC_MAX_ALL_CHUNKS];
    const struct sc_trace *const trace = &l->s->trace;
    struct sc_machine m = sc_machine_rv64im;
    struct air_table *const t = &tables[l->law.table];
    uint32_t rows[AIR_N_TABLES] = {0};
    memcpy(tables, sc_air_tables, sizeof tables);
    m.tables = tables;
    if (without_law && l->law.kind == LAW_CONSTRAINT) {
        t->n_constraints = 0; /* which constraints the changed rows break is the caller's question */
    } else if (without_law && l->law.kind == LAW_LOOKUP) {
        unsigned n = 0;
        for (unsigned u = 0; u < t->n_uses; u++) {
            if (u != l->law.index) {
                uses[n++] = t->uses[u];
            }
        }
        t->uses = uses;
        t->n_uses = (uint16_t)n;
    }
    for (unsigned i = 0; i < trace->layout.n_chunks; i++) {
        const struct sc_chunk *const c = &trace->layout.chunk[i];
        chunks[i] = (struct sc_check_chunk){c->table, c->log_h, rows[c->table], sc_trace_column(trace, i, 0), 0};
        rows[c->table] += 1u << c->log_h;
    }
    return sc_trace_check(r, NULL, &m, chunks, trace->layout.n_chunks, terms, n_terms);
}

static bool only_the_law_is_broken(const struct lie *l)
{
    for (unsigned i = 0; i < l->n; i++) {
        const struct air_table *const t = &sc_air_tables[l->c[i].table];
        fp out[AIR_MAX_CONSTRAINTS];
        t->check(out, l->c[i].now);
        for (unsigned k = 0; k < t->n_constraints; k++) {
            if (out[k] && !(l->law.kind == LAW_CONSTRAINT && l->law.table == l->c[i].table && l->law.index == k)) {
                return false;
            }
        }
    }
    return true;
}

/** Put the lie into the trace with all multiplicities as they must be, ask, and take it out again. */
static bool with_lie(const struct lie *l, bool (*ask)(const struct lie *l, struct sc_public_term *terms, size_t n, struct sc_check_report *r),
                     struct sc_check_report *r)
{
    const size_t n_public = sc_trace_public(NULL, &l->s->trace), n_cells = (size_t)1 << l->s->trace.layout.m0;
    struct sc_public_term *const terms = calloc(n_public + 4, sizeof *terms);
    fp *const keep = malloc(n_cells * sizeof *keep);
    struct lie *const honest = calloc(1, sizeof *honest);
    bool answer = false;
    snprintf(r->text, sizeof r->text, "no memory");
    if (terms && keep && honest) {
        honest->s = l->s;
        memcpy(keep, l->s->trace.cells, n_cells * sizeof *keep);
        (void)sc_trace_public(terms, &l->s->trace);
        put_rows(l, true);
        for (unsigned i = 0; i < l->n; i++) {
            count_row(honest, &l->c[i], false);
        }
        move_lines(l);
        for (unsigned i = 0; i < l->n; i++) {
            count_row(l, &l->c[i], true);
        }
        answer = ask(l, terms, n_public, r);
        put_rows(l, false); /* IMAGE is not among the cells kept */
        memcpy(l->s->trace.cells, keep, n_cells * sizeof *keep);
    }
    free(honest);
    free(keep);
    free(terms);
    return answer;
}

static bool ask_machine(const struct lie *l, struct sc_public_term *terms, size_t n, struct sc_check_report *r)
{
    return check_with(r, l, false, terms, n) == SOCLE_OK;
}

static bool ask_both(const struct lie *l, struct sc_public_term *terms, size_t n, struct sc_check_report *r)
{
    if (check_with(r, l, false, terms, n) != SOCLE_E_REJECT) {
        snprintf(r->text, sizeof r->text, "the machine accepts it with the law");
        return false;
    }
    if (l->law.kind == LAW_LOOKUP) {
        uncount_query(l);
    }
    return only_the_law_is_broken(l) && check_with(r, l, true, terms, n + excuse(terms + n, l)) == SOCLE_OK;
}

bool record_trace_accepted(const struct lie *l)
{
    struct sc_check_report r;
    return with_lie(l, ask_machine, &r);
}

bool record_whole_trace_passes(const struct lie *l, char *why, size_t why_size)
{
    struct sc_check_report r;
    const bool ok = with_lie(l, ask_both, &r);
    snprintf(why, why_size, "the trace checker: %s", ok ? "accepted" : r.text);
    return ok;
}
