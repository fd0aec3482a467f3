/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Beginnings of lies.
 */
#include "tools/airlint/opening.h"

#include "core/chips/chips.h"
#include "tools/airlint/program.h"
#include "tools/airlint/solve.h"

static unsigned pick(uint64_t *rng, unsigned n)
{
    return (unsigned)(solve_random(rng) >> 16) % n;
}

/** The columns that the law is about. */
static unsigned law_columns(const struct search *q, unsigned table, unsigned *cols)
{
    const struct air_table *const t = &sc_air_tables[table];
    const struct law *const w = &q->lie.law;
    unsigned n = 0;
    if (w->kind == LAW_NONE || w->table != table) {
        for (unsigned c = 0; c < t->n_cols; c++) {
            cols[n++] = c;
        }
        return n;
    }
    if (w->kind == LAW_CONSTRAINT) {
        for (unsigned c = 0; c < t->n_cols; c++) {
            if (q->reads->cell[table][w->index][c]) {
                cols[n++] = c;
            }
        }
        return n;
    }
    for (unsigned pass = 0; pass < (w->kind == LAW_EXCHANGE ? 2u : 1u); pass++) {
        const struct air_use *const u = &t->uses[pass ? w->index2 : w->index];
        for (unsigned j = 0; j < u->n_slots; j++) {
            const struct air_form *const f = &t->forms[u->slots + j];
            for (unsigned i = 0; i < f->n && n < AIR_MAX_COLS; i++) {
                if (t->terms[f->first + i].col < t->n_cols) {
                    cols[n++] = t->terms[f->first + i].col;
                }
            }
        }
    }
    return n;
}

bool opening_cell(struct search *q, struct change *c)
{
    unsigned cols[AIR_MAX_COLS];
    const unsigned n = law_columns(q, c->table, cols);
    for (unsigned tries = 0; n && tries < 16; tries++) {
        const unsigned col = cols[pick(&q->rng, n)];
        const fp v = search_value(&q->rng, c->now[col]);
        if (!c->touched[col] && v != c->now[col]) {
            c->now[col] = v;
            c->touched[col] = true;
            return true;
        }
    }
    return false;
}

/** Two cells that are 0 and 1 exchange their values: kinds, offsets, flags. */
static bool opening_swap(struct search *q, struct change *c)
{
    const unsigned n = sc_air_tables[c->table].n_cols, start = pick(&q->rng, n);
    for (unsigned i = 0; i < n; i++) {
        const unsigned a = (start + i) % n;
        if (c->now[a] != FP_ONE || c->touched[a]) {
            continue;
        }
        for (unsigned k = 0; k < 12; k++) {
            const unsigned b = (a + n - 6 + k) % n;
            if (b != a && c->now[b] == FP_ZERO && !c->touched[b] && pick(&q->rng, 4) == 0) {
                c->now[a] = FP_ZERO;
                c->now[b] = FP_ONE;
                c->touched[a] = c->touched[b] = true;
                return true;
            }
        }
    }
    return false;
}

/** Who takes the tuple in the honest trace. */
static const struct entry *taker_of(const struct scene *s, const struct entry *e)
{
    for (uint32_t at = scene_first(s, e); at; at = s->entries[at - 1].next) {
        const struct entry *const h = &s->entries[at - 1];
        if (entry_same(h, e) && fp_to_u32(h->count) > FP_P / 2) {
            return h;
        }
    }
    return NULL;
}

bool opening_travel(struct search *q, unsigned table, uint32_t row, unsigned use)
{
    const struct scene *const s = q->lie.s;
    struct entry taken, given, later;
    struct option o = {.n = 0};
    fp cell[AIR_MAX_COLS];
    scene_row(cell, s, table, row);
    if (!entry_at(&taken, &sc_air_tables[table], use, cell) || !entry_at(&given, &sc_air_tables[table], use + 1, cell)) {
        return false;
    }
    const struct entry *const second = taker_of(s, &given), *last = second, *third = NULL;
    for (unsigned hops = 1 + pick(&q->rng, 3); last && hops; hops--) {
        if (last->table >= AIR_TABLE_INITFINAL) {
            return false;
        }
        scene_row(cell, s, last->table, last->row);
        if (!entry_at(&later, &sc_air_tables[last->table], last->use + 1u, cell)) {
            return false;
        }
        third = taker_of(s, &later);
        last = third;
    }
    /* row: takes `later`; second: takes `taken`; third: takes what the row gives then */
    if (!third || !option_convert(&o, &q->rng, &q->lie, table, row, use, &later) ||
        !option_convert(&o, &q->rng, &q->lie, second->table, second->row, second->use, &taken) || !option_apply(&q->lie, &o)) {
        return false;
    }
    o.n = 0;
    return entry_at(&given, &sc_air_tables[table], use + 1, lie_row(&q->lie, table, row)->now) &&
           option_convert(&o, &q->rng, &q->lie, third->table, third->row, third->use, &given) && option_apply(&q->lie, &o);
}

static unsigned column(const struct air_table *t, const char *name)
{
    for (unsigned c = 0; c < t->n_cols; c++) {
        if (!strcmp(t->col_names[c], name)) {
            return c;
        }
    }
    return t->n_cols;
}

struct change *opening_echo(struct search *q, unsigned table, uint32_t row)
{
    const struct air_table *const t = &sc_air_tables[table];
    const struct scene *const s = q->lie.s;
    const unsigned ts = column(t, "ts");
    struct option o = {.n = 0};
    if (s->n_real[table] >= s->height[table]) {
        return NULL;
    }
    struct change *const c = lie_row(&q->lie, table, s->n_real[table]);
    fp original[AIR_MAX_COLS];
    scene_row(original, s, table, row);
    if (!c) {
        return NULL;
    }
    memcpy(c->now, original, t->n_cols * sizeof *c->now);
    if (ts == t->n_cols) {
        return c;
    }
    c->now[ts] = fp_add(c->now[ts], FP_ONE);
    c->touched[ts] = true;
    for (unsigned u = 0; u + 1 < t->n_uses; u++) {
        struct entry given;
        if (t->uses[u].bus == AIR_BUS_MEM && t->uses[u].sign < 0 && entry_at(&given, t, u + 1, original) &&
            !option_convert(&o, &q->rng, &q->lie, table, c->row, u, &given)) {
            return NULL;
        }
    }
    return option_apply(&q->lie, &o) ? c : NULL;
}

/** Stamp of the last access to the word of code in the honest trace. */
static uint32_t word_stamp(const struct scene *s, uint64_t addr, uint64_t value)
{
    struct entry e = {.bus = AIR_BUS_MEM, .slot = {SPACE_RX, (uint32_t)(addr & 0xffff), (uint32_t)(addr >> 16)}};
    for (unsigned i = 0; i < 4; i++) {
        e.slot[5 + i] = (uint32_t)(value >> 16 * i) & 0xffff;
    }
    for (e.slot[4] = 0; e.slot[4] < 3; e.slot[4]++) {
        const struct entry *const last = taker_of(s, &e);
        if (last && last->table == AIR_TABLE_INITFINAL) {
            return e.slot[4];
        }
    }
    return 3;
}

/** The row for the instruction at @p ip, legal or not, as it would be filled. */
static bool decode_row(uint32_t *row, const struct lie *l, uint32_t ip)
{
    const struct scene *const s = l->s;
    const uint64_t pc = 4 * (uint64_t)ip, base = pc >= PROG_ALIAS ? pc - PROG_ALIAS : pc;
    const uint64_t i = (base - PROG_CODE) / 4;
    if (base < PROG_CODE || i >= s->prog.n) {
        return false;
    }
    const uint64_t word8 = s->prog.code[i & ~UINT64_C(1)] | (uint64_t)((i | 1) < s->prog.n ? s->prog.code[i | 1] : 0) << 32;
    const uint32_t prev = word_stamp(s, pc & ~UINT64_C(7), word8);
    const struct sc_fetch f = {.inst = {.word = s->prog.code[i], .ip = ip}, .word8 = word8, .prev = prev};
    memset(row, 0, AIR_MAX_COLS * sizeof *row);
    sc_decode_fill(&f, (void *)row);
    return prev <= (uint32_t)(i & 1);
}

bool option_decode(struct option *o, const struct lie *l, uint32_t ip)
{
    const uint32_t at = l->s->n_real[AIR_TABLE_DECODE];
    uint32_t row[AIR_MAX_COLS];
    if (at == l->s->height[AIR_TABLE_DECODE] || !decode_row(row, l, ip)) {
        return false;
    }
    for (unsigned k = 0; k < sc_air_tables[AIR_TABLE_DECODE].n_cols; k++) {
        if (row[k]) {
            o->step[o->n++] = (struct step){AIR_TABLE_DECODE, (uint16_t)k, at, fp_from_u32(row[k])};
        }
    }
    return true;
}

/** A DECODE row for a word that is never executed; with a deleted constraint, one that breaks it. */
static bool opening_decode(struct search *q)
{
    const struct scene *const s = q->lie.s;
    const struct air_table *const t = &sc_air_tables[AIR_TABLE_DECODE];
    struct change *const c = lie_row(&q->lie, AIR_TABLE_DECODE, s->n_real[AIR_TABLE_DECODE]);
    fp out[AIR_MAX_CONSTRAINTS];
    for (unsigned tries = 0; tries < 200; tries++) {
        uint32_t row[AIR_MAX_COLS];
        if (!decode_row(row, &q->lie, (uint32_t)(PROG_CODE / 4) + s->prog.n - 1 - pick(&q->rng, 600))) {
            continue;
        }
        for (unsigned k = 0; k < t->n_cols; k++) {
            c->now[k] = fp_from_u32(row[k]);
        }
        t->check(out, c->now);
        if (q->lie.law.kind != LAW_CONSTRAINT || out[q->lie.law.index] || tries > 150) {
            return true;
        }
    }
    return false;
}

/* --- kinds and one-hots ---------------------------------------------------------------------------------------------- */

/** Columns of the vector that @p col belongs to, "kind[3]"; first and number. */
static unsigned vector_of(const struct air_table *t, unsigned col, unsigned *first)
{
    const char *const name = t->col_names[col], *const bracket = strchr(name, '[');
    const size_t len = bracket ? (size_t)(bracket - name) + 1 : strlen(name);
    unsigned n = 0;
    *first = col;
    while (*first > 0 && bracket && !strncmp(t->col_names[*first - 1], name, len)) {
        (*first)--;
    }
    while (*first + n < t->n_cols && !strncmp(t->col_names[*first + n], name, len)) {
        n++;
    }
    return bracket ? n : 1;
}

/** Other flags of the vector are set so that the deleted one, no bit any more, leaves the sum as it was. */
static bool opening_recode(struct search *q, struct change *c)
{
    unsigned cols[AIR_MAX_COLS], first, weight = 0, sum = 0;
    const unsigned n_law = law_columns(q, c->table, cols);
    const unsigned col = cols[pick(&q->rng, n_law)], n = vector_of(&sc_air_tables[c->table], col, &first);
    unsigned hot = n;
    if (n < 3 || n > 24) {
        return false;
    }
    for (unsigned i = 0; i < n; i++) {
        hot = c->now[first + i] == FP_ONE ? i : hot;
    }
    const unsigned others = 2 + pick(&q->rng, 2);
    const bool same_weight = pick(&q->rng, 2) && hot < n;
    for (unsigned tries = 0; tries < 60; tries++) {
        bool set[24] = {false};
        weight = sum = 0;
        for (unsigned k = 0; k < others; k++) {
            const unsigned i = pick(&q->rng, n);
            if (first + i != col && !set[i]) {
                set[i] = true;
                weight += i;
                sum++;
            }
        }
        if (same_weight && weight != hot + (sum - 1) * (col - first)) {
            continue;
        }
        for (unsigned i = 0; i < n; i++) {
            c->now[first + i] = set[i] ? FP_ONE : FP_ZERO;
            c->touched[first + i] = true;
        }
        c->now[col] = fp_sub(hot < n ? FP_ONE : FP_ZERO, fp_from_u32(sum));
        return true;
    }
    return false;
}

/** Kinds, with the deleted law on them, whose sum of codes is @p op; real unless @p silent. Writes the kind cells. */
static bool kinds_for(struct search *q, struct change *c, uint32_t op, bool silent)
{
    const struct air_table *const t = &sc_air_tables[c->table];
    unsigned prog = 0, n = 0, kinds[24];
    while (prog < t->n_uses && t->uses[prog].bus != AIR_BUS_PROG) {
        prog++;
    }
    if (prog == t->n_uses || q->lie.law.kind != LAW_CONSTRAINT) {
        return false;
    }
    const struct air_form *const sel = &t->forms[t->uses[prog].sel], *const code = &t->forms[t->uses[prog].slots + 1];
    for (unsigned i = 0; i < sel->n && n < 24; i++) {
        kinds[n++] = t->terms[sel->first + i].col;
    }
    for (unsigned tries = 0; tries < 250; tries++) {
        const unsigned free = kinds[pick(&q->rng, n)], set = pick(&q->rng, 4);
        const bool is_law = q->reads->cell[c->table][q->lie.law.index][free];
        fp sum = FP_ZERO, total = code->k;
        for (unsigned i = 0; i < n; i++) {
            c->now[kinds[i]] = FP_ZERO;
        }
        for (unsigned i = 0; i < set; i++) {
            c->now[kinds[pick(&q->rng, n)]] = FP_ONE;
        }
        for (unsigned i = 0; i < n; i++) {
            sum = fp_add(sum, kinds[i] == free ? FP_ZERO : c->now[kinds[i]]);
        }
        if (is_law) {
            c->now[free] = fp_sub(silent ? FP_ZERO : FP_ONE, sum);
        }
        for (unsigned i = 0; i < code->n; i++) {
            const struct air_term *const m = &t->terms[code->first + i];
            total = fp_add(total, fp_mul(m->coef, c->now[m->col]));
        }
        fp out[AIR_MAX_CONSTRAINTS];
        t->check(out, c->now);
        if ((silent || total == fp_from_u32(op)) && out[q->lie.law.index]) {
            for (unsigned i = 0; i < n; i++) {
                c->touched[kinds[i]] = true;
            }
            return true;
        }
    }
    return false;
}

static unsigned use_on(const struct air_table *t, unsigned bus, int sign)
{
    unsigned u = 0;
    while (u < t->n_uses && (t->uses[u].bus != bus || t->uses[u].sign != sign)) {
        u++;
    }
    return u;
}

/** What stamp a pair on MEM gives after that of the row. */
static uint32_t stamp_offset(const struct air_table *t, unsigned use)
{
    return fp_to_u32(t->forms[t->uses[use + 1].slots + 4].k);
}

/** Kinds for an operation code; or, with one kind that is no bit, a fraction of it in as many copies of the row. */
static bool kinds_or_fraction(struct search *q, struct change *c, uint32_t op)
{
    const struct air_table *const t = &sc_air_tables[c->table];
    const struct air_use *const prog = &t->uses[use_on(t, AIR_BUS_PROG, 1)];
    const struct air_form *const sel = &t->forms[prog->sel], *const code = &t->forms[prog->slots + 1];
    if (sel->n > 1) {
        return kinds_for(q, c, op, false);
    }
    const struct air_term *const kind = &t->terms[sel->first];
    const uint32_t whole = code->n ? fp_to_u32(t->terms[code->first].coef) : 0, copies = op ? whole / op : 0;
    if (!code->n || copies < 2 || copies * op != whole || c->row + copies > q->lie.s->height[c->table]) {
        return false;
    }
    c->copies = copies;
    c->now[kind->col] = fp_inv(fp_from_u32(copies));
    c->touched[kind->col] = true;
    return true;
}

/** A token that is there at the time of the row's exchange, for the same space and, with @p reg, for that register. */
static const struct entry *token_for(struct search *q, uint32_t space, const uint32_t *reg, uint32_t stamp)
{
    const struct scene *const s = q->lie.s;
    for (unsigned tries = 0; tries < 4000; tries++) {
        const struct entry *const e = &s->entries[pick(&q->rng, (unsigned)s->n_entries)];
        if (e->bus != AIR_BUS_MEM || fp_to_u32(e->count) != 1 || e->slot[4] >= stamp || (e->slot[0] != 0 && space == 0) ||
            (reg && e->slot[1] != *reg)) {
            continue;
        }
        const struct entry *const taker = taker_of(s, e);
        fp cell[AIR_MAX_COLS];
        struct entry next;
        if (!taker || taker->table == AIR_TABLE_DECODE || taker->table == AIR_TABLE_INITFINAL) {
            continue;
        }
        scene_row(cell, s, taker->table, taker->row);
        if (taker->table == AIR_TABLE_REGS || (entry_at(&next, &sc_air_tables[taker->table], taker->use + 1u, cell) && next.slot[4] > stamp)) {
            return e;
        }
    }
    return NULL;
}

/** The row takes what @p v took in the same time slot; what @p v did not take, from wherever it is. */
static bool take_over(struct search *q, struct change *c, const struct change *v)
{
    const struct air_table *const t = &sc_air_tables[c->table], *const f = &sc_air_tables[v->table];
    struct option o = {.n = 0};
    for (unsigned a = 0; a + 1 < t->n_uses; a++) {
        struct entry e, given;
        bool done = t->uses[a].bus != AIR_BUS_MEM || t->uses[a].sign > 0 || form_at(t, t->uses[a].sel, c->now) == 0;
        for (unsigned b = 0; !done && b + 1 < f->n_uses; b++) {
            if (f->uses[b].bus == AIR_BUS_MEM && f->uses[b].sign < 0 && stamp_offset(t, a) == stamp_offset(f, b) && entry_at(&e, f, b, v->was)) {
                done = true;
                if (!option_convert(&o, &q->rng, &q->lie, c->table, c->row, a, &e)) {
                    return false;
                }
            }
        }
        if (!done && entry_at(&given, t, a + 1, c->now)) {
            const struct entry *const token = token_for(q, given.slot[0], given.slot[0] == 0 ? &given.slot[1] : NULL, given.slot[4]);
            if (!token || !option_convert(&o, &q->rng, &q->lie, c->table, c->row, a, token)) {
                return false;
            }
        }
    }
    return option_apply(&q->lie, &o);
}

/** An instruction of another table, or of this one, is executed by kinds of this table that only the deleted law forbids. */
static bool opening_transplant(struct search *q)
{
    const struct scene *const s = q->lie.s;
    const unsigned table = q->lie.law.table;
    const struct air_table *const t = &sc_air_tables[table];
    struct option o = {.n = 0};
    struct entry e;
    if (s->n_real[table] >= s->height[table]) {
        return false;
    }
    if (pick(&q->rng, 3) == 0) {
        struct change *const c = lie_row(&q->lie, table, pick(&q->rng, s->n_real[table]));
        return entry_at(&e, t, use_on(t, AIR_BUS_PROG, 1), c->was) && kinds_for(q, c, e.slot[1], false);
    }
    struct change *const c = lie_row(&q->lie, table, s->n_real[table]);
    if (pick(&q->rng, 2)) {
        scene_row(c->now, s, table, pick(&q->rng, s->n_real[table]));
    }
    for (unsigned tries = 0; tries < 40; tries++) {
        const unsigned from = pick(&q->rng, AIR_TABLE_ECALL);
        const struct air_table *const f = &sc_air_tables[from];
        fp cell[AIR_MAX_COLS];
        const uint32_t row = pick(&q->rng, s->n_real[from]);
        scene_row(cell, s, from, row);
        if (from == table || !entry_at(&e, f, use_on(f, AIR_BUS_PROG, 1), cell) || !kinds_or_fraction(q, c, e.slot[1])) {
            continue;
        }
        struct change *const v = lie_row(&q->lie, from, row);
        memset(v->now, 0, f->n_cols * sizeof *v->now);
        memset(v->touched, 1, sizeof v->touched);
        return option_convert(&o, &q->rng, &q->lie, table, c->row, use_on(t, AIR_BUS_PROG, 1), &e) &&
               entry_at(&e, f, use_on(f, AIR_BUS_STATE, -1), v->was) &&
               option_convert(&o, &q->rng, &q->lie, table, c->row, use_on(t, AIR_BUS_STATE, -1), &e) && option_apply(&q->lie, &o) &&
               take_over(q, c, v);
    }
    return false;
}

/** A row that is not real, by the sum of its kinds, and yet speaks on some bus. */
static bool opening_silent(struct search *q)
{
    const unsigned table = q->lie.law.table;
    struct change *const c = opening_echo(q, table, pick(&q->rng, q->lie.s->n_real[table]));
    return c && kinds_for(q, c, 0, true);
}

/** An access goes to another word or register instead, with a token that is there at the time. */
static bool opening_move(struct search *q, struct change *c, unsigned use)
{
    const struct air_table *const t = &sc_air_tables[c->table];
    struct entry mine, given;
    struct option o = {.n = 0};
    if (!entry_at(&mine, t, use, c->was) || !entry_at(&given, t, use + 1, c->was)) {
        return false;
    }
    const struct entry *const e = token_for(q, mine.slot[0], NULL, given.slot[4]);
    return e && option_convert(&o, &q->rng, &q->lie, c->table, c->row, use, e) && option_apply(&q->lie, &o);
}

/** Use of a pair on MEM whose gap the law's lookup bounds; any when it bounds none. */
static unsigned timed_use(struct search *q, unsigned table)
{
    const struct air_table *const t = &sc_air_tables[table];
    unsigned uses[AIR_MAX_USES], n = 0;
    for (unsigned u = 0; u + 1 < t->n_uses; u++) {
        if (t->uses[u].bus == AIR_BUS_MEM && t->uses[u].sign < 0 && t->uses[u + 1].sign > 0) {
            if (q->lie.law.kind == LAW_LOOKUP && (q->lie.law.index == u + 2 || q->lie.law.index == u + 3)) {
                return u;
            }
            uses[n++] = u;
        }
    }
    return n ? uses[pick(&q->rng, n)] : t->n_uses;
}

static bool is_time_law(const struct law *w)
{
    const struct air_table *const t = &sc_air_tables[w->table];
    return w->kind == LAW_LOOKUP && w->index > 1 && w->table < AIR_TABLE_DECODE && t->uses[w->index].bus == AIR_BUS_U16 &&
           ((t->uses[w->index - 1].bus == AIR_BUS_MEM) || (w->index > 2 && t->uses[w->index - 2].bus == AIR_BUS_MEM));
}

/** A real row; rather one that works on an operand from the input. */
static uint32_t some_row(struct search *q, unsigned table)
{
    const struct scene *const s = q->lie.s;
    const unsigned rs1 = column(&sc_air_tables[table], "rs1");
    uint32_t row = pick(&q->rng, s->n_real[table]);
    for (unsigned tries = 0; tries < 12 && rs1 < sc_air_tables[table].n_cols; tries++) {
        const uint32_t reg = fp_to_u32(*scene_cell(s, table, row, rs1));
        if (reg == 9 || reg >= 30 || pick(&q->rng, 8) == 0) {
            break;
        }
        row = pick(&q->rng, s->n_real[table]);
    }
    return row;
}

static bool is_kind_law(const struct search *q)
{
    const struct law *const w = &q->lie.law;
    const struct air_table *const t = &sc_air_tables[w->table];
    const unsigned prog = use_on(t, AIR_BUS_PROG, 1);
    if (w->kind != LAW_CONSTRAINT || prog == t->n_uses) {
        return false;
    }
    const struct air_form *const sel = &t->forms[t->uses[prog].sel];
    for (unsigned c = 0; c < t->n_cols; c++) {
        bool kind = false;
        for (unsigned i = 0; i < sel->n; i++) {
            kind = kind || t->terms[sel->first + i].col == c;
        }
        if (q->reads->cell[w->table][w->index][c] && !kind) {
            return false;
        }
    }
    return true;
}

bool opening(struct search *q)
{
    const struct scene *const s = q->lie.s;
    const struct law *const w = &q->lie.law;
    const unsigned table = w->table, way = pick(&q->rng, 100);
    const struct air_table *const t = &sc_air_tables[table];
    if (s->n_real[table] == 0) {
        return false;
    }
    const uint32_t row = some_row(q, table);
    const bool other = w->kind == LAW_EXCHANGE && t->uses[w->index].bus != AIR_BUS_MEM;
    if (is_time_law(w) && way < 90) {
        return opening_travel(q, table, row, timed_use(q, table));
    }
    if (is_kind_law(q) && way < 80) {
        return way < 60 ? opening_transplant(q) : opening_silent(q);
    }
    if (table == AIR_TABLE_DECODE && way < 40) {
        return opening_decode(q) && (way < 30 || opening_cell(q, &q->lie.c[0]));
    }
    if (other || way < 10 || (table == AIR_TABLE_INITFINAL && way < 50)) {
        struct change *const c = opening_echo(q, table, row);
        return c && ((other && way < 50) || opening_cell(q, c));
    }
    struct change *const c = lie_row(&q->lie, table, row);
    const bool line = w->kind == LAW_LOOKUP && t->uses[w->index].bus == AIR_BUS_PROG;
    if (way < (line ? 50 : 20)) {
        const unsigned use = timed_use(q, table);
        return (way % 2 == 0 || opening_cell(q, c)) && use < t->n_uses && opening_move(q, c, use);
    }
    if (way < 35) {
        return opening_swap(q, c) && (way < 28 || opening_cell(q, c));
    }
    if (way < 50 && opening_recode(q, c)) {
        return true;
    }
    return opening_cell(q, c) && (way < 85 || opening_cell(q, c));
}
