/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The table BOUNDARY: what its rows say, which rows no proof can have, and that the rows of a set balance on BND exactly when they
 * are one run.
 */
#include "tests/unit/lab.h"

#define BND AIR_TABLE_BOUNDARY

enum { SEG, MEM_ROW, SPACE, ADDR, IN = ADDR + 3, OUT = IN + 4, LAST = OUT + 4, PREV, N_COLS, INDEX = N_COLS, FIRST };

/** A row with its closed-form columns, in proof @p index. */
struct row {
    fp col[N_COLS + 2];
    uint32_t index;
};

static void put_closed(struct row *r)
{
    const struct air_table *const t = &sc_air_tables[BND];
    for (unsigned i = 0; i < t->n_closed; i++) {
        r->col[N_COLS + i] = fp_from_u32(sc_air_closed_row((enum air_closed)t->closed[i], 7, r->index));
    }
}

static struct row row_of(struct sc_crossing w, uint32_t index)
{
    uint32_t cells[N_COLS] = {0};
    struct row r = {.index = index};
    cr_assert_eq(sc_air_tables[BND].n_cols, N_COLS);
    sc_boundary_fill(&w, index == 0, (void *)cells);
    for (unsigned i = 0; i < N_COLS; i++) {
        r.col[i] = fp_from_u32(cells[i]);
    }
    put_closed(&r);
    return r;
}

static struct sc_crossing some_word(uint32_t prev)
{
    return (struct sc_crossing){.addr = 0x212345678, .before = 0x1111222233334444u, .after = 0xaaaabbbbccccddddu, .last_ts = 77, .prev = prev, .space = SPACE_RW};
}

/** What is wrong with the row by itself: the law, "lookup", or NULL. */
static const char *fault(const struct row *r)
{
    const struct air_table *const t = &sc_air_tables[BND];
    const char *const law = lab_broken(BND, r->col);
    for (unsigned u = 0; law == NULL && u < t->n_uses; u++) {
        const struct air_use *const use = &t->uses[u];
        if (use->bus == AIR_BUS_U16 && lab_form(t, use->sel, r->col) != 0 && fp_to_u32(lab_form(t, use->slots, r->col)) > 65535) {
            return "lookup";
        }
    }
    return law;
}

static void expect_fault(struct row r, const char *what)
{
    put_closed(&r);
    const char *const got = fault(&r);
    cr_expect(got != NULL && strcmp(got, what) == 0, "\"%s\" where \"%s\" was expected", got ? got : "nothing wrong", what);
}

Test(boundary, honest_rows_hold)
{
    const uint32_t index[] = {1, 2, 300, 65535};
    for (unsigned i = 0; i < 4; i++) {
        const struct row first = row_of(some_word(0), index[i]), last = row_of(some_word(index[i] - 1), index[i]);
        cr_expect(fault(&first) == NULL, "%s", fault(&first));
        cr_expect(fault(&last) == NULL, "%s", fault(&last));
        const struct row mem = row_of(some_word(index[i]), 0);
        cr_expect(fault(&mem) == NULL, "%s", fault(&mem));
        struct row none = {.index = index[i]};
        put_closed(&none);
        cr_expect(fault(&none) == NULL, "a row that is not real: %s", fault(&none));
    }
}

Test(boundary, refuses_rows_that_a_proof_cannot_have)
{
    struct row seg = row_of(some_word(2), 3), mem = row_of(some_word(3), 0), r;
    r = seg, r.col[SEG] = fp_from_u32(2);
    expect_fault(r, "seg is a bit");
    r = seg, r.col[SEG] = fp_neg(FP_ONE);
    expect_fault(r, "seg is a bit");
    r = mem, r.col[MEM_ROW] = fp_from_u32(2);
    expect_fault(r, "mem is a bit");
    r = seg, r.col[MEM_ROW] = FP_ONE;
    expect_fault(r, "at most one kind");
    r = mem, r.col[SEG] = FP_ONE;
    expect_fault(r, "at most one kind");
    r = seg, r.index = 0, r.col[PREV] = fp_neg(fp_from_u32(9)); /* the lookup would hold */
    expect_fault(r, "a row of a segment is in no memory proof");
    r = mem, r.index = 3;
    expect_fault(r, "a row of the memory proof is in no segment");
    r = seg, r.col[PREV] = fp_from_u32(3);
    expect_fault(r, "lookup");
    r = seg, r.col[PREV] = fp_from_u32(4);
    expect_fault(r, "lookup");
    r = seg, r.col[PREV] = fp_neg(fp_from_u32(65537)); /* 3 + 65537 - 1 */
    expect_fault(r, "lookup");
}

/* --- what a row says ------------------------------------------------------------------------------------------------ */

static bool says(const struct row *r, unsigned use, int sign, unsigned bus, uint32_t fifth, uint64_t value)
{
    const struct air_table *const t = &sc_air_tables[BND];
    const struct air_use *const u = &t->uses[use];
    const uint32_t want[9] = {SPACE_RW, 0x5678, 0x1234, 2, fifth, value & 0xffff, value >> 16 & 0xffff, value >> 32 & 0xffff, (uint32_t)(value >> 48)};
    bool same = u->bus == bus && u->sign == sign && u->n_slots == 9 && lab_form(t, u->sel, r->col) == FP_ONE;
    for (unsigned s = 0; s < 9; s++) {
        same = same && fp_to_u32(lab_form(t, u->slots + s, r->col)) == want[s];
    }
    return same;
}

/* Uses by number: 0 the lookup, 1 to 4 on MEM, the last four on BND. */
Test(boundary, rows_say_what_the_decision_says)
{
    const struct sc_crossing w = some_word(2);
    const struct row seg = row_of(w, 5), mem = row_of(w, 0);
    const struct air_table *const t = &sc_air_tables[BND];
    cr_assert(t->n_uses == 9 && t->n_global == 4 && t->uses[0].bus == AIR_BUS_U16);
    for (unsigned u = 0; u < 9; u++) {
        const bool of_mem = u == 3 || u == 4 || u == 7 || u == 8;
        cr_expect_eq(t->uses[u].bus == AIR_BUS_BND, u >= 5);
        cr_expect_eq(lab_form(t, t->uses[u].sel, seg.col), of_mem ? 0 : FP_ONE);
        cr_expect_eq(lab_form(t, t->uses[u].sel, mem.col), of_mem ? FP_ONE : 0);
    }
    cr_expect_eq(fp_to_u32(lab_form(t, t->uses[0].slots, seg.col)), 5u - 2 - 1);
    cr_expect(says(&seg, 1, 1, AIR_BUS_MEM, 0, w.before));
    cr_expect(says(&seg, 2, -1, AIR_BUS_MEM, 77, w.after));
    cr_expect(says(&mem, 3, -1, AIR_BUS_MEM, 0, w.before));
    cr_expect(says(&mem, 4, 1, AIR_BUS_MEM, 1, w.after));
    cr_expect(says(&seg, 5, -1, AIR_BUS_BND, 2, w.before));
    cr_expect(says(&seg, 6, 1, AIR_BUS_BND, 5, w.after));
    cr_expect(says(&mem, 7, 1, AIR_BUS_BND, 0, w.before));
    cr_expect(says(&mem, 8, -1, AIR_BUS_BND, 2, w.after));
}

/* --- a set of proofs ------------------------------------------------------------------------------------------------- */

enum { WORDS = 5, SEGMENTS = 4, MAX_ROWS = WORDS * (SEGMENTS + 1) + 1 };

struct set {
    struct row row[MAX_ROWS];
    unsigned n;
};

/** Word k is touched in segments k .. SEGMENTS but for the third, word 0 in none; each changes it. */
static struct set honest_set(void)
{
    static struct set s;
    s.n = 0;
    for (uint32_t k = 1; k < WORDS; k++) {
        struct sc_crossing w = {.addr = k < 2 ? 10 : 8 * k, .before = k, .space = k < 2 ? SPACE_REG : SPACE_RW}, all = w;
        for (uint32_t i = k; i <= SEGMENTS; i++) {
            if (i != 3) {
                w.after = w.before + 1000 * i;
                w.last_ts = 4 * i;
                s.row[s.n++] = row_of(w, i);
                w.before = w.after;
                w.prev = i;
            }
        }
        all.after = w.before;
        all.prev = w.prev;
        s.row[s.n++] = row_of(all, 0);
    }
    return s;
}

static bool balanced(const struct set *s)
{
    const struct air_table *const t = &sc_air_tables[BND];
    fx sum = FX_ZERO;
    for (unsigned i = 0; i < s->n; i++) {
        for (unsigned u = t->n_uses - t->n_global; u < t->n_uses; u++) {
            fp slot[9];
            for (unsigned k = 0; k < 9; k++) {
                slot[k] = lab_form(t, t->uses[u].slots + k, s->row[i].col);
            }
            const fx f = fx_mul_fp(sc_fx_inv(lab_fingerprint(AIR_BUS_BND, 9, slot)), lab_form(t, t->uses[u].sel, s->row[i].col));
            sum = t->uses[u].sign > 0 ? fx_add(sum, f) : fx_sub(sum, f);
        }
    }
    return fx_is_zero(sum);
}

/** A row of the set: of the word at @p addr in proof @p index. */
static struct row *find(struct set *s, uint32_t addr, uint32_t index)
{
    for (unsigned i = 0; i < s->n; i++) {
        if (s->row[i].index == index && fp_to_u32(s->row[i].col[ADDR]) == addr) {
            return &s->row[i];
        }
    }
    cr_assert_fail("no such row");
    return NULL;
}

Test(boundary, rows_of_one_run_balance)
{
    struct set s = honest_set();
    for (unsigned i = 0; i < s.n; i++) {
        cr_expect(fault(&s.row[i]) == NULL);
    }
    cr_assert(balanced(&s));
}

/* Every row holds by itself; the set does not. */
static void expect_unbalanced(const struct set *s, const char *lie)
{
    for (unsigned i = 0; i < s->n; i++) {
        cr_expect(fault(&s->row[i]) == NULL, "%s: %s", lie, fault(&s->row[i]));
    }
    cr_expect_not(balanced(s), "%s", lie);
}

Test(boundary, rows_that_are_no_run_do_not_balance)
{
    struct set s = honest_set();
    s.row[s.n++] = *find(&s, 16, 0);
    expect_unbalanced(&s, "a word with two mem rows");
    s = honest_set();
    s.row[s.n++] = *find(&s, 16, 2);
    expect_unbalanced(&s, "a word with two seg rows in one segment");
    s = honest_set();
    find(&s, 16, 2)->col[PREV] = fp_neg(FP_ONE);
    expect_unbalanced(&s, "prev = p - 1");
    s = honest_set();
    find(&s, 16, 4)->col[IN] = fp_from_u32(5);
    expect_unbalanced(&s, "a value that is not the one before");
    s = honest_set();
    find(&s, 16, 0)->col[OUT] = fp_from_u32(5);
    expect_unbalanced(&s, "a last value that is not the last");
    s = honest_set();
    *find(&s, 16, 0) = (struct row){.index = 1};
    expect_unbalanced(&s, "a word that proof 0 lacks");
    s = honest_set();
    *find(&s, 10, 2) = (struct row){.index = 1};
    expect_unbalanced(&s, "a segment left out");
    s = honest_set();
    find(&s, 10, 4)->col[PREV] = FP_ONE;
    find(&s, 10, 4)->col[IN] = find(&s, 10, 1)->col[OUT];
    expect_unbalanced(&s, "two segments after one");
    s = honest_set();
    find(&s, 16, 4)->col[SPACE] = fp_from_u32(SPACE_RO);
    expect_unbalanced(&s, "a word that changes its class");
}
