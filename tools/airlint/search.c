/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Repairs, and the search in depth through them.
 */
#include "tools/airlint/search.h"

#include "core/chips/chips.h"
#include "tools/airlint/opening.h"
#include "tools/airlint/solve.h"

#include <stdlib.h>

#define MAX_OPTIONS 24
#define MAX_DEPTH 24

static unsigned pick(uint64_t *rng, unsigned n)
{
    return (unsigned)(solve_random(rng) >> 16) % n;
}

void reads_find(struct reads *r)
{
    uint64_t rng = 1;
    fp row[AIR_MAX_COLS], a[AIR_MAX_CONSTRAINTS], b[AIR_MAX_CONSTRAINTS];
    memset(r, 0, sizeof *r);
    for (unsigned i = 0; i < AIR_N_TABLES; i++) {
        const struct air_table *const t = &sc_air_tables[i];
        for (unsigned c = 0; c < AIR_MAX_COLS; c++) {
            row[c] = (fp)(solve_random(&rng) % FP_P);
        }
        t->check(a, row);
        for (unsigned c = 0; c < t->n_cols; c++) {
            const fp keep = row[c];
            row[c] = (fp)(solve_random(&rng) % FP_P);
            t->check(b, row);
            row[c] = keep;
            for (unsigned k = 0; k < t->n_constraints; k++) {
                r->cell[i][k][c] = a[k] != b[k];
            }
        }
        for (unsigned u = 0; u < t->n_uses; u++) {
            const struct air_form *const last = &t->forms[t->uses[u].slots + t->uses[u].n_slots - 1u];
            const bool takes = t->uses[u].bus == AIR_BUS_PROG || (t->uses[u].sign < 0 && !air_bus_fixed(t->uses[u].bus));
            for (unsigned m = t->forms[t->uses[u].sel].first; takes && m < (unsigned)last->first + last->n; m++) {
                r->given[i][t->terms[m].col] = true;
            }
        }
    }
}

/* --- options ----------------------------------------------------------------------------------------------------- */

static bool option_add(struct option *o, unsigned table, uint32_t row, unsigned col, fp value)
{
    if (o->n == OPTION_STEPS) {
        return false;
    }
    o->step[o->n++] = (struct step){(uint16_t)table, (uint16_t)col, row, value};
    return true;
}

/** Cells of a row as they are now, and which may be changed. */
static const bool *cells_now(fp *out, const struct lie *l, unsigned table, uint32_t row)
{
    static const bool none[AIR_MAX_COLS];
    for (unsigned i = 0; i < l->n; i++) {
        if (l->c[i].table == table && l->c[i].row == row) {
            memcpy(out, l->c[i].now, AIR_MAX_COLS * sizeof *out);
            return l->c[i].touched;
        }
    }
    scene_row(out, l->s, table, row);
    return none;
}

/** Steps that give a form the value @p want; both bytes of a limb. */
static bool set_form(struct option *o, uint64_t *rng, const struct air_table *t, unsigned table, uint32_t row, unsigned form, fp want,
                     const fp *cell, const bool *touched)
{
    const struct air_form *const f = &t->forms[form];
    const struct air_term *const m = &t->terms[f->first];
    const fp now = form_at(t, form, cell), k256 = fp_from_u32(256);
    const uint32_t rest = fp_to_u32(fp_sub(want, f->k));
    if (now == want) {
        return true;
    }
    if (f->n == 2 && m[0].coef == FP_ONE && m[1].coef == k256 && rest < 65536 && m[0].col < t->n_cols && m[1].col < t->n_cols &&
        !touched[m[0].col] && !touched[m[1].col]) {
        return option_add(o, table, row, m[0].col, fp_from_u32(rest & 255)) && option_add(o, table, row, m[1].col, fp_from_u32(rest >> 8));
    }
    const unsigned start = f->n ? pick(rng, f->n) : 0;
    for (unsigned i = 0; i < f->n; i++) {
        const struct air_term *const x = &m[(start + i) % f->n];
        if (x->col < t->n_cols && !touched[x->col]) {
            return option_add(o, table, row, x->col, fp_add(cell[x->col], fp_mul(fp_sub(want, now), fp_inv(x->coef))));
        }
    }
    return false;
}

bool option_convert(struct option *o, uint64_t *rng, const struct lie *l, unsigned table, uint32_t row, unsigned use, const struct entry *to)
{
    const struct air_table *const t = &sc_air_tables[table];
    fp cell[AIR_MAX_COLS];
    const bool *const touched = cells_now(cell, l, table, row);
    for (unsigned j = 0; j < t->uses[use].n_slots; j++) {
        if (!set_form(o, rng, t, table, row, t->uses[use].slots + j, fp_from_u32(to->slot[j]), cell, touched)) {
            return false;
        }
    }
    return true;
}

bool option_apply(struct lie *l, const struct option *o)
{
    for (unsigned i = 0; i < o->n; i++) {
        struct change *const c = lie_row(l, o->step[i].table, o->step[i].row);
        if (!c || (c->touched[o->step[i].col] && c->now[o->step[i].col] != o->step[i].value)) {
            return false;
        }
        c->now[o->step[i].col] = o->step[i].value;
        c->touched[o->step[i].col] = true;
    }
    return true;
}

struct options {
    unsigned n;
    struct option o[MAX_OPTIONS];
};

static struct option *next_option(struct options *list)
{
    if (list->n == MAX_OPTIONS) {
        return NULL;
    }
    list->o[list->n].n = 0;
    return &list->o[list->n];
}

static void offer_cell(struct options *list, const struct change *c, unsigned col, fp value)
{
    struct option *const o = next_option(list);
    if (o && c->now[col] != value && option_add(o, c->table, c->row, col, value)) {
        list->n++;
    }
}

/* --- repairs of constraints -------------------------------------------------------------------------------------- */

/** Two cells, the second with @p ratio times the slope of the first: digits of what both must make. */
static void offer_digits(struct options *list, const struct change *c, unsigned lo, unsigned hi, fp root, uint32_t ratio)
{
    const uint32_t total = fp_to_u32(fp_add(root, fp_mul(fp_from_u32(ratio), c->now[hi])));
    struct option *const o = next_option(list);
    if (o && option_add(o, c->table, c->row, lo, fp_from_u32(total % ratio)) && option_add(o, c->table, c->row, hi, fp_from_u32(total / ratio))) {
        list->n++;
    }
}

static void repair_constraint(struct search *q, const struct flaw *f, struct options *list)
{
    const struct change *const c = &q->lie.c[f->change];
    const struct air_table *const t = &sc_air_tables[c->table];
    const unsigned start = pick(&q->rng, t->n_cols);
    fp cell[AIR_MAX_COLS], out[AIR_MAX_CONSTRAINTS], y[4], roots[4], slope[32], root[32];
    unsigned linear[32], n_linear = 0;
    memcpy(cell, c->now, sizeof cell);
    for (unsigned i = 0; i < t->n_cols && list->n < 16; i++) {
        const unsigned col = (start + i) % t->n_cols;
        if (c->touched[col] || !q->reads->cell[c->table][f->index][col]) {
            continue;
        }
        for (uint32_t v = 0; v < 4; v++) {
            cell[col] = fp_from_u32(v);
            t->check(out, cell);
            y[v] = out[f->index];
        }
        cell[col] = c->now[col];
        const unsigned n = solve_roots(roots, y);
        for (unsigned k = 0; k < n; k++) {
            offer_cell(list, c, col, roots[k]);
        }
        if (n == 1 && n_linear < 32 && fp_sub(y[2], y[1]) == fp_sub(y[1], y[0])) {
            linear[n_linear] = col;
            root[n_linear] = roots[0];
            slope[n_linear++] = fp_sub(y[1], y[0]);
        }
    }
    static const uint32_t ratios[] = {256, 65536};
    for (unsigned a = 0; a < n_linear; a++) {
        for (unsigned b = 0; b < n_linear; b++) {
            for (unsigned k = 0; k < 2; k++) {
                const fp r = fp_from_u32(ratios[k]);
                if (slope[b] == fp_mul(r, slope[a])) {
                    offer_digits(list, c, linear[a], linear[b], root[a], ratios[k]);
                }
            }
        }
    }
}

/* --- repairs of lookups ------------------------------------------------------------------------------------------ */

static void offer_slot(struct search *q, struct options *list, const struct flaw *f, unsigned slot, uint32_t want)
{
    const struct change *const c = &q->lie.c[f->change];
    const struct air_table *const t = &sc_air_tables[c->table];
    struct option *const o = next_option(list);
    if (o && set_form(o, &q->rng, t, c->table, c->row, t->uses[f->index].slots + slot, fp_from_u32(want), c->now, c->touched) && o->n) {
        list->n++;
    }
}

/** The upper part of a gap of stamps: its lower part can make it whole. */
static void offer_gap(struct search *q, struct options *list, const struct flaw *f)
{
    const struct change *const c = &q->lie.c[f->change];
    const struct air_table *const t = &sc_air_tables[c->table];
    const struct air_form *const form = &t->forms[t->uses[f->index].slots];
    const fp part = fp_inv(fp_from_u32(1 << 14));
    for (unsigned i = 0; i < form->n; i++) {
        const struct air_term *const m = &t->terms[form->first + i];
        if (m->coef != fp_neg(part) || strncmp(t->col_names[m->col], "lo", 2)) {
            continue;
        }
        const fp gap = fp_mul(fp_add(form_at(t, t->uses[f->index].slots, c->now), fp_mul(part, c->now[m->col])), fp_from_u32(1 << 14));
        if (!c->touched[m->col] && fp_to_u32(gap) < 1u << 30) {
            offer_cell(list, c, m->col, fp_from_u32(fp_to_u32(gap) & 16383));
        }
    }
}

static void repair_lookup(struct search *q, const struct flaw *f, struct options *list)
{
    const uint32_t *const v = f->e.slot;
    const struct air_use *const u = &sc_air_tables[q->lie.c[f->change].table].uses[f->index];
    if (f->e.bus == AIR_BUS_U16 || f->e.bus == AIR_BUS_B2) {
        const uint32_t bound = f->e.bus == AIR_BUS_U16 ? 65536 : 256;
        if (f->e.bus == AIR_BUS_U16) {
            offer_gap(q, list, f);
        }
        for (unsigned j = 0; j < u->n_slots; j++) {
            const int64_t x = v[j] > FP_P / 2 ? (int64_t)v[j] - (int64_t)FP_P : v[j];
            const uint32_t wrapped = (uint32_t)(((x % bound) + bound) % bound);
            for (unsigned k = 0; v[j] >= bound && k < 2; k++) {
                offer_slot(q, list, f, j, wrapped);
                offer_slot(q, list, f, j, wrapped & ~1u);
                offer_slot(q, list, f, j, x < 0 ? 0 : bound - 2);
            }
        }
    } else if (f->e.bus == AIR_BUS_BOP) {
        const uint32_t x = v[1] & 255, y = v[2] & 255;
        if (x == v[1] && y == v[2]) {
            offer_slot(q, list, f, 3, v[0] == 1 ? (x & y) : v[0] == 2 ? (x | y) : x ^ y);
            offer_slot(q, list, f, 1, v[3] & 255);
            offer_slot(q, list, f, 2, v[0] == 3 ? (v[3] ^ x) & 255 : v[3] & 255);
        } else {
            offer_slot(q, list, f, x != v[1] ? 1 : 2, x != v[1] ? x : y);
        }
    } else {
        const uint32_t key = v[0] % 128;
        if (key != v[0]) {
            offer_slot(q, list, f, 0, key);
        }
        offer_slot(q, list, f, 1, key < 64 ? 1u << key % 8 : 1u << (8 - key % 8));
        offer_slot(q, list, f, 2, key % 64 / 8);
    }
}

/* --- repairs of lines and tuples --------------------------------------------------------------------------------- */

static unsigned distance(const struct entry *a, const struct entry *b)
{
    unsigned n = 0;
    for (unsigned j = 0; j < AIR_SLOTS - 1; j++) {
        n += a->slot[j] != b->slot[j];
    }
    return n;
}

static bool positive(fp count)
{
    return fp_to_u32(count) <= FP_P / 2;
}

/** Whoever says @p from, with the sign of its surplus, may say @p to. */
static void offer_conversions(struct search *q, struct options *list, const struct entry *from, const struct entry *to)
{
    const struct lie *const l = &q->lie;
    for (unsigned i = 0; i < l->n; i++) {
        const struct air_table *const t = &sc_air_tables[l->c[i].table];
        for (unsigned u = 0; u < t->n_uses; u++) {
            struct entry e;
            struct option *const o = t->uses[u].bus == from->bus ? next_option(list) : NULL;
            if (o && entry_at(&e, t, u, l->c[i].now) && entry_same(&e, from) && positive(e.count) == positive(from->count) &&
                option_convert(o, &q->rng, l, l->c[i].table, l->c[i].row, u, to) && o->n) {
                list->n++;
            }
        }
    }
    for (uint32_t at = scene_first(l->s, from); at; at = l->s->entries[at - 1].next) {
        const struct entry *const h = &l->s->entries[at - 1];
        struct option *const o = next_option(list);
        bool changed = false;
        for (unsigned i = 0; i < l->n; i++) {
            changed = changed || (l->c[i].table == h->table && l->c[i].row == h->row);
        }
        if (o && !changed && entry_same(h, from) && positive(h->count) == positive(from->count) &&
            option_convert(o, &q->rng, l, h->table, h->row, h->use, to) && o->n) {
            list->n++;
        }
    }
}

/** Let an unreal row of DECODE give a line of the place. */
static void offer_decode(struct search *q, struct options *list, const struct flaw *f)
{
    struct option *const o = next_option(list);
    if (o && option_decode(o, &q->lie, f->e.slot[0])) {
        list->n++;
    }
}

/** A query of a line that no row gives: another line of the same place, or the same line of another place. */
static void repair_line(struct search *q, const struct flaw *f, struct options *list)
{
    const struct lie *const l = &q->lie;
    const unsigned start = pick(&q->rng, l->s->n_lines);
    unsigned elsewhere = 0;
    for (unsigned i = 0; i < l->n; i++) {
        const struct air_table *const t = &sc_air_tables[l->c[i].table];
        struct entry e;
        for (unsigned u = 0; l->c[i].table == AIR_TABLE_DECODE && u < t->n_uses; u++) {
            if (t->uses[u].bus == AIR_BUS_PROG && lie_line(l, i, &e) && e.slot[0] == f->e.slot[0]) {
                struct option *o = next_option(list);
                offer_conversions(q, list, &f->e, &e);
                o = next_option(list);
                if (o && option_convert(o, &q->rng, l, l->c[i].table, l->c[i].row, u, &f->e) && o->n) {
                    list->n++;
                }
            }
        }
    }
    offer_decode(q, list, f);
    for (unsigned i = 0; i < l->s->n_lines; i++) {
        const struct entry *const line = &l->s->entries[l->s->lines[(start + i) % l->s->n_lines]];
        if (line->slot[0] == f->e.slot[0]) {
            offer_conversions(q, list, &f->e, line);
            struct option *const o = next_option(list);
            if (o && option_convert(o, &q->rng, l, line->table, line->row, line->use, &f->e) && o->n) {
                list->n++;
            }
        } else if (elsewhere < 2 && distance(line, &f->e) == 1) {
            elsewhere++;
            offer_conversions(q, list, &f->e, line);
        }
    }
}

/** The call of a DIV row is served by a row of MUL that is filled for it, and the product is what MUL says. */
static void offer_product(struct search *q, struct options *list, const struct flaw *f)
{
    struct option *const o = next_option(list);
    const struct lie *const l = &q->lie;
    struct entry call = {0};
    unsigned caller = l->n;
    uint64_t v[2] = {0, 0};
    uint32_t row[AIR_MAX_COLS] = {0}, at = l->s->n_real[AIR_TABLE_MUL];
    for (unsigned i = 0; i < l->n; i++) {
        const struct air_table *const t = &sc_air_tables[l->c[i].table];
        for (unsigned u = 0; l->c[i].table == AIR_TABLE_DIV && caller == l->n && u < t->n_uses; u++) {
            if (t->uses[u].bus == AIR_BUS_MCALL && entry_at(&call, t, u, l->c[i].now)) {
                call.use = (uint16_t)u;
                caller = i;
            }
        }
    }
    if (!o || caller == l->n) {
        return;
    }
    for (unsigned i = 0; i < 8; i++) {
        if (call.slot[i] > 65535) {
            return;
        }
        v[i / 4] |= (uint64_t)call.slot[i] << 16 * (i % 4);
    }
    if (v[1] && v[0] > UINT64_MAX / v[1]) {
        return;
    }
    for (unsigned i = 0; i < 4; i++) {
        call.slot[8 + i] = (uint32_t)(v[0] * v[1] >> 16 * i) & 0xffff;
    }
    for (uint32_t k = scene_first(l->s, &f->e); k; k = l->s->entries[k - 1].next) {
        if (l->s->entries[k - 1].table == AIR_TABLE_MUL && entry_same(&l->s->entries[k - 1], &f->e)) {
            at = l->s->entries[k - 1].row;
        }
    }
    sc_mul_fill_called(v[0], v[1], (void *)row);
    bool ok = option_convert(o, &q->rng, l, AIR_TABLE_DIV, l->c[caller].row, call.use, &call);
    for (unsigned k = 0; k < sc_air_tables[AIR_TABLE_MUL].n_cols; k++) {
        ok = ok && option_add(o, AIR_TABLE_MUL, at, k, fp_from_u32(row[k]));
    }
    list->n += ok;
}

static void repair_tuple(struct search *q, const struct flaw *flaws, unsigned n, const struct flaw *f, struct options *list)
{
    if (f->e.bus == AIR_BUS_MCALL) {
        offer_product(q, list, f);
    }
    for (unsigned d = 1; d < AIR_SLOTS && list->n < 2; d++) {
        for (unsigned i = 0; i < n; i++) {
            const struct flaw *const g = &flaws[i];
            if (g->kind == FLAW_TUPLE && g->e.bus == f->e.bus && positive(g->e.count) != positive(f->e.count) && distance(&g->e, &f->e) == d) {
                offer_conversions(q, list, &f->e, &g->e);
                offer_conversions(q, list, &g->e, &f->e);
            }
        }
    }
}

/* --- search ------------------------------------------------------------------------------------------------------ */

static void shuffle(uint64_t *rng, struct options *list)
{
    for (unsigned i = list->n; i > 1; i--) {
        const unsigned j = pick(rng, i);
        const struct option o = list->o[j];
        list->o[j] = list->o[i - 1];
        list->o[i - 1] = o;
    }
}

/** Options that leave what rows were given go first, most of the time. */
static void prefer(struct search *q, struct options *list)
{
    unsigned n = 0;
    shuffle(&q->rng, list);
    for (unsigned i = 0; pick(&q->rng, 4) && i < list->n; i++) {
        bool given = false;
        for (unsigned k = 0; k < list->o[i].n; k++) {
            given = given || q->reads->given[list->o[i].step[k].table][list->o[i].step[k].col];
        }
        if (!given) {
            const struct option o = list->o[i];
            list->o[i] = list->o[n];
            list->o[n++] = o;
        }
    }
}

bool search_repair(struct search *q, unsigned depth)
{
    struct flaw flaws[MAX_FLAWS];
    if (q->budget == 0 || depth > MAX_DEPTH) {
        return false;
    }
    q->budget--;
    q->visited++;
    const unsigned n = lie_flaws(&q->lie, flaws);
    if (n == 0) {
        return (q->lie.law.kind == LAW_NONE || lie_breaks_law(&q->lie)) && lie_means_something(&q->lie);
    }
    unsigned first = 0, ties = 0;
    for (unsigned i = 0; i < n; i++) {
        if (flaws[i].kind < flaws[first].kind) {
            first = i;
            ties = 0;
        }
        if (flaws[i].kind == flaws[first].kind && pick(&q->rng, ++ties) == 0) {
            first = i;
        }
    }
    struct options list = {.n = 0};
    switch (flaws[first].kind) {
    case FLAW_CONSTRAINT:
        repair_constraint(q, &flaws[first], &list);
        break;
    case FLAW_LOOKUP:
        repair_lookup(q, &flaws[first], &list);
        break;
    case FLAW_LINE:
        repair_line(q, &flaws[first], &list);
        break;
    case FLAW_TUPLE:
        repair_tuple(q, flaws, n, &flaws[first], &list);
        break;
    }
    prefer(q, &list);
    struct lie *const keep = list.n ? malloc(sizeof *keep) : NULL;
    bool found = false;
    if (keep) {
        memcpy(keep, &q->lie, sizeof *keep);
    }
    for (unsigned i = 0; keep && i < list.n && !found && q->budget; i++) {
        found = option_apply(&q->lie, &list.o[i]) && search_repair(q, depth + 1);
        if (!found) {
            memcpy(&q->lie, keep, sizeof *keep);
        }
    }
    free(keep);
    return found;
}

bool search_law(struct search *q, const struct scene *s, const struct reads *r, const struct law *law, uint64_t seed, unsigned attempts,
                unsigned budget)
{
    memset(q, 0, sizeof *q);
    q->reads = r;
    q->rng = seed;
    for (unsigned i = 0; s->height[law->table] != 0 && i < attempts; i++) {
        q->lie.s = s;
        q->lie.law = *law;
        q->lie.n = 0;
        q->budget = budget;
        if (opening(q) && search_repair(q, 0)) {
            return true;
        }
    }
    return false;
}

fp search_value(uint64_t *rng, fp v)
{
    const uint64_t r = solve_random(rng);
    const fp step = fp_from_u32(1u << (r >> 8) % 17);
    /* 65536 x 32512 = -1 mod p: a carry that far off shifts its limb by 1 */
    const fp values[] = {FP_ZERO, FP_ONE, fp_add(v, fp_from_u32(32512)), fp_sub(v, fp_from_u32(32512)), fp_from_u32((uint32_t)(r >> 16) & 0xffff),
                         fp_from_u32((uint32_t)(r >> 16) & 0xff), fp_add(v, step), fp_sub(v, step), fp_add(v, FP_ONE), fp_sub(v, FP_ONE), fp_sub(FP_ONE, v), fp_neg(v),
                         fp_from_u32(2), fp_from_u32(fp_to_u32(v) ^ 1u << (r >> 8) % 16), fp_add(v, fp_from_u32(65536)), fp_sub(v, fp_from_u32(65536)), fp_neg(FP_ONE),
                         fp_inv(fp_from_u32(2 + (uint32_t)(r >> 16) % 4)), fp_from_u32((uint32_t)(r >> 16) % FP_P)};
    return values[(r >> 48) % (sizeof values / sizeof values[0])];
}
