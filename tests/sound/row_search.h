/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A searching forger for one row. It changes a cell that carries the row's result, keeps what the row receives, and repairs
 * violated laws one after the other by solving for a random cell that occurs in them. What the search finds is a forgery; finding nothing proves nothing,
 * so its strength is measured by deleting laws (see the tests that use it).
 */
#ifndef TEST_ROW_SEARCH_H
#define TEST_ROW_SEARCH_H

#include "tests/unit/alu_case.h"
#include "tools/airlint/solve.h"

#define SEARCH_MAX_C 512
#define SEARCH_MAX_ITEMS 1024

struct search {
    const struct air_table *t;
    int skip_constraint, skip_lookup; /* deleted laws, -1: none */
    uint64_t rng;
    fp honest[AIR_MAX_COLS], row[AIR_MAX_COLS];
    bool frozen[AIR_MAX_COLS];
};

enum item_kind { ITEM_CONSTRAINT, ITEM_LOOKUP, ITEM_SELECTOR, ITEM_SLOT, ITEM_CALL };

struct item {
    enum item_kind kind;
    unsigned use, slot; /* or the constraint */
};

static inline fp search_form(const struct air_table *t, unsigned form, const fp *row)
{
    const struct air_form *f = &t->forms[form];
    fp v = f->k;
    for (unsigned i = 0; i < f->n; i++) {
        v = fp_add(v, fp_mul(t->terms[f->first + i].coef, row[t->terms[f->first + i].col]));
    }
    return v;
}

/** Is the slot one of the row's results: what it writes, the state after it, the product of a received call. */
static inline bool search_is_result(const struct search *s, unsigned use, unsigned slot)
{
    const struct air_use *u = &s->t->uses[use];
    switch (u->bus) {
    case AIR_BUS_STATE:
        return u->sign > 0 && slot == 1;
    case AIR_BUS_MEM: {
        if (u->sign < 0 || slot < 5) {
            return false;
        }
        /* a write sends what it did not receive: the form differs from that of the receive before it */
        const struct air_form *in = &s->t->forms[s->t->uses[use - 1].slots + slot], *out = &s->t->forms[u->slots + slot];
        return in->n != out->n || in->k != out->k ||
               memcmp(&s->t->terms[in->first], &s->t->terms[out->first], in->n * sizeof *s->t->terms) != 0;
    }
    case AIR_BUS_MCALL:
    case AIR_BUS_BND:
        return u->sign < 0 && slot >= 8;
    default:
        return false;
    }
}

/** Laws that the row violates, and results that it changed. */
static inline unsigned search_violated(const struct search *s, struct item *out, bool *changed)
{
    const struct air_table *t = s->t;
    fp c[SEARCH_MAX_C];
    unsigned n = 0;
    *changed = false;
    t->check(c, s->row);
    for (unsigned i = 0; i < t->n_constraints; i++) {
        if (c[i] && (int)i != s->skip_constraint) {
            out[n++] = (struct item){ITEM_CONSTRAINT, i, 0};
        }
    }
    for (unsigned i = 0; i < t->n_uses; i++) {
        const struct air_use *u = &t->uses[i];
        const bool table = air_bus_fixed(u->bus);
        const fp sel = search_form(t, u->sel, s->row);
        if (table ? sel != 0 && sel != FP_ONE : sel != search_form(t, u->sel, s->honest)) {
            out[n++] = (struct item){ITEM_SELECTOR, i, 0};
            continue;
        }
        if (sel == 0 || (table && (int)i == s->skip_lookup)) {
            continue;
        }
        struct row_tuple w = {(enum air_bus)u->bus, u->sign, {0}};
        for (unsigned j = 0; j < u->n_slots; j++) {
            const fp v = search_form(t, u->slots + j, s->row);
            w.slot[j] = fp_to_u32(v);
            if (table || v == search_form(t, u->slots + j, s->honest) || (u->bus == AIR_BUS_MCALL && u->sign > 0)) {
                continue;
            }
            if (search_is_result(s, i, j)) {
                *changed = true;
            } else {
                out[n++] = (struct item){ITEM_SLOT, i, j};
            }
        }
        if (table && !row_lookup_holds(w.bus, w.slot)) {
            out[n++] = (struct item){ITEM_LOOKUP, i, 0};
        }
        if (u->bus == AIR_BUS_MCALL && u->sign > 0 && !alu_call_true(&w)) {
            out[n++] = (struct item){ITEM_CALL, i, 0};
        }
    }
    return n;
}

/** Make a slot (or selector) form equal to v by one of its cells, not a frozen one. */
static inline bool search_set_form(struct search *s, unsigned form, fp v)
{
    const struct air_form *f = &s->t->forms[form];
    const fp now = search_form(s->t, form, s->row);
    for (unsigned tries = 0; tries < 4 && f->n; tries++) {
        const struct air_term *m = &s->t->terms[f->first + alu_random(&s->rng) % f->n];
        if (!s->frozen[m->col]) {
            s->row[m->col] = fp_add(s->row[m->col], fp_mul(fp_sub(v, now), fp_inv(m->coef)));
            return true;
        }
    }
    return false;
}

/** Roots of constraint i in one cell. */
static inline unsigned search_roots(struct search *s, unsigned i, unsigned col, fp *roots)
{
    fp c[SEARCH_MAX_C], y[4];
    const fp was = s->row[col];
    for (unsigned k = 0; k < 4; k++) {
        s->row[col] = fp_from_u32(k);
        s->t->check(c, s->row);
        y[k] = c[i];
    }
    s->row[col] = was;
    return solve_roots(roots, y);
}

static inline void search_fix_constraint(struct search *s, unsigned i)
{
    fp roots[4];
    for (unsigned tries = 0; tries < 3 * s->t->n_cols; tries++) {
        const unsigned col = (unsigned)(alu_random(&s->rng) % s->t->n_cols);
        if (s->frozen[col]) {
            continue;
        }
        const unsigned n = search_roots(s, i, col, roots);
        if (n) {
            s->row[col] = roots[alu_random(&s->rng) % n];
            return;
        }
    }
}

/** A value below @p bound for a slot that has v: its residue as a signed number, the nearest, or any. */
static inline uint32_t search_in_range(struct search *s, uint32_t v, uint32_t bound)
{
    const int64_t x = v > FP_P / 2 ? (int64_t)v - (int64_t)FP_P : v;
    switch (alu_random(&s->rng) % 4) {
    case 0:
        return x < 0 ? 0 : bound - 1;
    case 1:
        return (uint32_t)(alu_random(&s->rng) % bound);
    default:
        return (uint32_t)(((x % bound) + bound) % bound);
    }
}

static inline void search_fix_lookup(struct search *s, unsigned use)
{
    const struct air_use *u = &s->t->uses[use];
    uint32_t v[4] = {0};
    for (unsigned j = 0; j < u->n_slots; j++) {
        v[j] = fp_to_u32(search_form(s->t, u->slots + j, s->row));
    }
    const uint32_t bound = u->bus == AIR_BUS_U16 ? 65536 : 256;
    unsigned slot = 0;
    uint32_t want = 0;
    if (u->bus == AIR_BUS_U16 || u->bus == AIR_BUS_B2) {
        while (slot + 1 < u->n_slots && v[slot] < bound) {
            slot++;
        }
        want = search_in_range(s, v[slot], bound);
    } else if (u->bus == AIR_BUS_BOP) {
        slot = v[1] > 255 ? 1 : v[2] > 255 ? 2 : 1 + (unsigned)(alu_random(&s->rng) % 3);
        want = slot < 3 ? search_in_range(s, v[slot], 256) : v[0] == 1 ? (v[1] & v[2]) : v[0] == 2 ? (v[1] | v[2]) : v[1] ^ v[2];
    } else if (v[0] > 127) {
        want = search_in_range(s, v[0], 128);
    } else {
        const uint32_t m = v[0] < 64 ? 1u << v[0] % 8 : 1u << (8 - v[0] % 8);
        slot = v[1] != m ? 1 : 2;
        want = slot == 1 ? m : v[0] % 64 / 8;
        if (alu_random(&s->rng) % 4 == 0) {
            slot = 0;
            want = (uint32_t)(alu_random(&s->rng) % 128);
        }
    }
    (void)search_set_form(s, u->slots + slot, fp_from_u32(want));
}

/** Make a call true: the product as it is mod 2^64, or smaller factors. */
static inline void search_fix_call(struct search *s, unsigned use)
{
    const struct air_use *u = &s->t->uses[use];
    uint64_t v[2] = {0};
    for (unsigned i = 0; i < 8; i++) {
        v[i / 4] |= (uint64_t)(fp_to_u32(search_form(s->t, u->slots + i, s->row)) & 0xffff) << (16 * (i % 4));
    }
    for (unsigned i = 0; i < 4; i++) {
        (void)search_set_form(s, u->slots + 8 + i, fp_from_u32((uint32_t)(v[0] * v[1] >> (16 * i) & 0xffff)));
    }
    if (alu_mulhu(v[0], v[1])) {
        (void)search_set_form(s, u->slots + 3, FP_ZERO);
    }
}

static inline void search_fix(struct search *s, struct item it)
{
    const struct air_use *u = &s->t->uses[it.use];
    switch (it.kind) {
    case ITEM_CONSTRAINT:
        search_fix_constraint(s, it.use);
        break;
    case ITEM_LOOKUP:
        search_fix_lookup(s, it.use);
        break;
    case ITEM_SELECTOR:
        (void)search_set_form(s, u->sel, search_form(s->t, u->sel, s->honest));
        break;
    case ITEM_SLOT:
        (void)search_set_form(s, u->slots + it.slot, search_form(s->t, u->slots + it.slot, s->honest));
        break;
    case ITEM_CALL:
        search_fix_call(s, it.use);
        break;
    }
}

/** Freeze cells that alone make a slot which must not change. */
static inline void search_freeze_inputs(struct search *s)
{
    memset(s->frozen, 0, sizeof s->frozen);
    for (unsigned i = 0; i < s->t->n_uses; i++) {
        const struct air_use *u = &s->t->uses[i];
        if (air_bus_fixed(u->bus) || search_form(s->t, u->sel, s->honest) == 0 || (u->bus == AIR_BUS_MCALL && u->sign > 0)) {
            continue;
        }
        for (unsigned j = 0; j < u->n_slots; j++) {
            const struct air_form *f = &s->t->forms[u->slots + j];
            if (f->n == 1 && !search_is_result(s, i, j)) {
                s->frozen[s->t->terms[f->first].col] = true;
            }
        }
    }
}

/** Change a random result of the row and freeze it. False when the row has none to change. */
static inline bool search_lie(struct search *s)
{
    for (unsigned tries = 0; tries < 400; tries++) {
        const unsigned i = (unsigned)(alu_random(&s->rng) % s->t->n_uses);
        const struct air_use *u = &s->t->uses[i];
        if (air_bus_fixed(u->bus) || search_form(s->t, u->sel, s->honest) == 0) {
            continue;
        }
        const unsigned j = (unsigned)(alu_random(&s->rng) % u->n_slots);
        const struct air_form *f = &s->t->forms[u->slots + j];
        if (!search_is_result(s, i, j) || !f->n) {
            continue;
        }
        const unsigned col = s->t->terms[f->first + alu_random(&s->rng) % f->n].col;
        if (s->frozen[col]) {
            continue;
        }
        const uint64_t r = alu_random(&s->rng);
        const fp step = fp_from_u32(1u << (r >> 8) % 17);
        /* 65536 x 32512 = -1 mod p: a carry that far off shifts its limb by 1 */
        const fp v[] = {FP_ZERO, FP_ONE, fp_add(s->row[col], fp_from_u32(32512)), fp_from_u32((uint32_t)(r >> 16) & 0xffff),
                        fp_add(s->row[col], step), fp_sub(s->row[col], step), fp_sub(FP_ONE, s->row[col]),
                        fp_from_u32(fp_to_u32(s->row[col]) ^ 1u << (r >> 8) % 16)};
        s->row[col] = v[r % 8];
        s->frozen[col] = true;
        return s->row[col] != s->honest[col];
    }
    return false;
}

/** One attempt of at most @p steps repairs. True: s->row is a forgery. */
static inline bool search_attempt(struct search *s, unsigned steps)
{
    struct item items[SEARCH_MAX_ITEMS];
    bool changed;
    memcpy(s->row, s->honest, sizeof s->row);
    search_freeze_inputs(s);
    if (!search_lie(s)) {
        return false;
    }
    for (unsigned i = 0; i < steps; i++) {
        const unsigned n = search_violated(s, items, &changed);
        if (n == 0) {
            return changed;
        }
        search_fix(s, items[alu_random(&s->rng) % n]);
    }
    return false;
}

static inline void search_init(struct search *s, const struct air_table *t, const uint32_t *row, uint64_t seed)
{
    memset(s, 0, sizeof *s);
    s->t = t;
    s->rng = seed;
    s->skip_constraint = s->skip_lookup = -1;
    for (unsigned i = 0; i < t->n_cols; i++) {
        s->honest[i] = fp_from_u32(row[i]);
    }
}

#endif
