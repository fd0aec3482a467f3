/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The mutations.
 */
#include "tools/airlint/families.h"

#include "tools/airlint/opening.h"
#include "tools/airlint/solve.h"

#define REPAIR_BUDGET 40

static unsigned pick(uint64_t *rng, unsigned n)
{
    return (unsigned)(solve_random(rng) >> 16) % n;
}

/** The columns by which a table counts queries. */
static bool is_multiplicity(unsigned table, unsigned col)
{
    const struct air_table *const t = &sc_air_tables[table];
    for (unsigned u = 0; u < t->n_uses; u++) {
        const struct air_form *const f = &t->forms[t->uses[u].sel];
        if (f->n && t->uses[u].sign < 0 && (air_bus_fixed(t->uses[u].bus) || t->uses[u].bus == AIR_BUS_PROG) && t->terms[f->first].col == col) {
            return true;
        }
    }
    return false;
}

static bool is_lookup_table(unsigned table)
{
    return table == AIR_TABLE_U16T || table == AIR_TABLE_BYTET || table == AIR_TABLE_POW2T;
}

static bool change_cells(struct search *q, struct change *c, unsigned n)
{
    bool changed = false;
    for (unsigned i = 0; i < n; i++) {
        const unsigned col = pick(&q->rng, sc_air_tables[c->table].n_cols);
        if (!is_multiplicity(c->table, col) && !(q->lie.same_input && c->touched[col])) {
            c->now[col] = search_value(&q->rng, c->now[col]);
            changed = changed || c->now[col] != c->was[col];
        }
    }
    return changed;
}

/** A row that is not real: it gets a one, or the cells of a real row, one of them changed half of the time. */
static bool activate(struct search *q, unsigned table)
{
    const struct scene *const s = q->lie.s;
    const unsigned n = sc_air_tables[table].n_cols;
    if (s->n_real[table] >= s->height[table] || is_lookup_table(table) || table == AIR_TABLE_REGS || table == AIR_TABLE_IMAGE) {
        return false;
    }
    const uint32_t row = pick(&q->rng, s->n_real[table]);
    if (pick(&q->rng, 3) == 0) {
        struct change *const c = lie_row(&q->lie, table, s->n_real[table]);
        const unsigned col = pick(&q->rng, n);
        c->now[col] = pick(&q->rng, 2) ? FP_ONE : search_value(&q->rng, FP_ZERO);
        return !is_multiplicity(table, col) && c->now[col] != 0;
    }
    if (pick(&q->rng, 2)) {
        return opening_echo(q, table, row) != NULL;
    }
    struct change *const c = lie_row(&q->lie, table, s->n_real[table]);
    scene_row(c->now, s, table, row);
    return pick(&q->rng, 2) || change_cells(q, c, 1);
}

/** The row of a boundary table once more: in an unreal row or in the place of another. */
static bool duplicate(struct search *q, unsigned table)
{
    const struct scene *const s = q->lie.s;
    if (table != AIR_TABLE_INITFINAL && table != AIR_TABLE_REGS) { /* another IMAGE is another program */
        return false;
    }
    const uint32_t from = pick(&q->rng, s->n_real[table]), to = pick(&q->rng, 2) && s->n_real[table] < s->height[table] && table != AIR_TABLE_REGS
                                                                 ? s->n_real[table]
                                                                 : pick(&q->rng, s->n_real[table]);
    struct change *const c = lie_row(&q->lie, table, to);
    const unsigned n = sc_air_tables[table].n_cols;
    fp cell[AIR_MAX_COLS];
    scene_row(cell, s, table, from);
    memcpy(c->now, cell, n * sizeof *cell);
    memset(c->touched, 0, sizeof c->touched); /* an input with another word is a lie, too */
    return memcmp(c->now, c->was, n * sizeof *cell) != 0 && (pick(&q->rng, 2) || change_cells(q, c, 1));
}

static bool reorder(struct search *q, unsigned table)
{
    const struct scene *const s = q->lie.s;
    const struct air_table *const t = &sc_air_tables[table];
    if (table >= AIR_TABLE_DECODE) {
        return false;
    }
    const uint32_t row = pick(&q->rng, s->n_real[table]);
    unsigned uses[AIR_MAX_USES], n = 0, ts = 0;
    for (unsigned u = 0; u + 1 < t->n_uses; u++) {
        if (t->uses[u].bus == AIR_BUS_MEM && t->uses[u].sign < 0) {
            uses[n++] = u;
        }
    }
    if (n && pick(&q->rng, 4)) {
        return opening_travel(q, table, row, uses[pick(&q->rng, n)]);
    }
    while (ts < t->n_cols && strcmp(t->col_names[ts], "ts") != 0) {
        ts++;
    }
    const uint32_t other = pick(&q->rng, s->n_real[table]);
    if (ts == t->n_cols || other == row) {
        return false;
    }
    struct change *const a = lie_row(&q->lie, table, row), *const b = lie_row(&q->lie, table, other);
    a->now[ts] = b->was[ts];
    b->now[ts] = a->was[ts];
    a->touched[ts] = b->touched[ts] = true;
    return a->now[ts] != a->was[ts];
}

/** The cells behind one use are set so that it says what the row says with another. */
static bool move_tuple(struct search *q, unsigned table)
{
    const struct scene *const s = q->lie.s;
    const struct air_table *const t = &sc_air_tables[table];
    if (is_lookup_table(table) || s->n_real[table] == 0 || t->n_uses < 2) {
        return false;
    }
    struct change *const c = lie_row(&q->lie, table, pick(&q->rng, s->n_real[table]));
    const unsigned a = pick(&q->rng, t->n_uses), b = pick(&q->rng, t->n_uses);
    struct option o = {.n = 0};
    struct entry e = {0};
    if (a == b || !entry_at(&e, t, a, c->was)) {
        return false;
    }
    return option_convert(&o, &q->rng, &q->lie, table, c->row, b, &e) && o.n && option_apply(&q->lie, &o);
}

/** A multiplicity is wrong when the table's side says another count; nobody else changed. */
static bool miscount(struct search *q, struct tally *out, unsigned table)
{
    const struct scene *const s = q->lie.s;
    const struct air_table *const t = &sc_air_tables[table];
    const uint32_t row = pick(&q->rng, s->height[table]);
    const unsigned col = pick(&q->rng, t->n_cols);
    fp was[AIR_MAX_COLS], now[AIR_MAX_COLS], out_k[AIR_MAX_CONSTRAINTS];
    bool caught = false;
    if (!is_multiplicity(table, col)) {
        return false;
    }
    scene_row(was, s, table, row);
    memcpy(now, was, sizeof now);
    now[col] = search_value(&q->rng, was[col]);
    if (now[col] == was[col]) {
        return false;
    }
    t->check(out_k, now);
    for (unsigned k = 0; k < t->n_constraints; k++) {
        caught = caught || out_k[k] != 0;
    }
    for (unsigned u = 0; u < t->n_uses; u++) {
        struct entry a = {0}, b = {0};
        const bool x = entry_at(&a, t, u, was), y = entry_at(&b, t, u, now);
        caught = caught || x != y || a.count != b.count;
    }
    out->tried++;
    out->caught += caught;
    out->missed += !caught;
    return true;
}

/** One mutation of the family; false when there is none to make. */
static bool mutate(struct search *q, enum family family, unsigned table)
{
    const struct scene *const s = q->lie.s;
    switch (family) {
    case FAMILY_CELL:
    case FAMILY_CELLS:
    case FAMILY_REPAIRED:
        if (is_lookup_table(table) || table == AIR_TABLE_IMAGE || s->n_real[table] == 0) {
            return false;
        }
        if (family == FAMILY_REPAIRED) {
            struct change *const c = lie_row(&q->lie, table, pick(&q->rng, s->n_real[table]));
            return opening_cell(q, c) && (pick(&q->rng, 3) || opening_cell(q, c));
        }
        return change_cells(q, lie_row(&q->lie, table, pick(&q->rng, s->n_real[table])), family == FAMILY_CELL ? 1 : 2 + pick(&q->rng, 3));
    case FAMILY_PADDING:
        return activate(q, table);
    case FAMILY_BOUNDARY:
        return duplicate(q, table);
    case FAMILY_TIME:
        return reorder(q, table);
    case FAMILY_MOVED:
        return move_tuple(q, table);
    case FAMILY_MULTIPLICITY:
    case N_FAMILIES:
        break;
    }
    return false;
}

void family_run(struct tally *out, struct search *q, enum family family, unsigned table, unsigned rounds, miss_fn *miss, void *arg)
{
    struct flaw flaws[MAX_FLAWS];
    for (unsigned i = 0; q->lie.s->height[table] != 0 && i < rounds; i++) {
        q->lie.law = (struct law){.kind = LAW_NONE};
        q->lie.same_input = true;
        q->lie.n = 0;
        if (family == FAMILY_MULTIPLICITY) {
            (void)miscount(q, out, table);
            continue;
        }
        if (!mutate(q, family, table)) {
            continue;
        }
        out->tried++;
        bool passes, otherwise;
        if (family == FAMILY_REPAIRED || (family != FAMILY_CELL && i % 8 == 0)) {
            q->budget = REPAIR_BUDGET;
            passes = otherwise = search_repair(q, 0);
        } else {
            passes = lie_flaws(&q->lie, flaws) == 0;
            otherwise = passes && lie_means_something(&q->lie);
        }
        out->caught += !passes;
        out->harmless += passes && !otherwise;
        out->missed += otherwise;
        if (otherwise && miss) {
            miss(arg, family, &q->lie);
        }
    }
}
