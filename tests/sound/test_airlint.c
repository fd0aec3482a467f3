/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The machine that tries to cheat the chips, on a small scale: the recorded forgeries, the list of laws without one, and some
 * mutations of every family. SOCLE_AIRLINT=n multiplies the effort; tools/airlint does the same at any length.
 */
#include "core/chips/chips.h"
#include "tools/airlint/families.h"
#include "tools/airlint/record.h"
#include "tools/airlint/replay.h"
#include "tools/airlint/solve.h"
#include "tools/airlint/unforged.h"

#include <criterion/criterion.h>
#include <stdlib.h>

struct bench {
    struct scene *s;
    struct replay replay;
    struct reads reads;
    struct search q;
};

static struct bench *setup(void)
{
    struct bench *const b = calloc(1, sizeof *b);
    char why[600];
    cr_assert(b);
    b->s = scene_create();
    cr_assert(b->s, "no honest trace");
    cr_assert(replay_read(&b->replay, b->s, SC_SOURCE_ROOT "/tools/airlint/forgeries.txt", why, sizeof why), "%s", why);
    cr_assert(replay_read_rows(&b->replay, SC_SOURCE_ROOT "/tools/airlint/rows.txt", why, sizeof why), "%s", why);
    reads_find(&b->reads);
    return b;
}

static void teardown(struct bench *b)
{
    replay_fini(&b->replay);
    scene_destroy(b->s);
    free(b);
}

static unsigned effort(void)
{
    const char *const n = getenv("SOCLE_AIRLINT");
    return n ? (unsigned)strtoul(n, NULL, 10) : 1;
}

static const char *named(const struct law *law)
{
    static char text[256];
    law_text(text, sizeof text, law);
    return text;
}

Test(airlint, every_law_is_missed_by_a_recorded_forgery_or_listed_with_a_reason)
{
    struct bench *const b = setup();
    unsigned forged = 0, rows = 0, open = 0;
    char why[600];
    for (unsigned i = 0; i < b->replay.n; i++) {
        const struct law *const law = &b->replay.law[i];
        const char *reason;
        const bool listed = unforged(law, &reason);
        forged += b->replay.forgery[i] != NULL;
        if (b->replay.forgery[i]) {
            cr_expect(replay_noticed(&b->replay, i), "%s: the recorded forgery is none", named(law));
            cr_expect(!listed, "%s: listed as having no forgery", named(law));
        } else if (b->replay.row[i]) {
            rows++;
            cr_expect(replay_row_noticed(&b->replay, i, why, sizeof why), "%s: the row forgery is none: %s", named(law), why);
            cr_expect(!listed, "%s: listed as having no forgery", named(law));
        } else {
            cr_expect(listed, "%s: nobody would miss it", named(law));
            open += listed && reason == NULL;
        }
    }
    cr_expect(forged > 450, "%u laws with a forgery", forged);
    cr_expect(rows > 0);
    cr_expect(open == 0, "%u laws with neither forgery, proof nor argument", open);
    teardown(b);
}

/* The judge of rows refuses a pair whose second row is honest, receives something else, or breaks another law as well. */
Test(airlint, a_row_forgery_that_is_none_is_refused)
{
    struct bench *const b = setup();
    struct row_forgery *const r = malloc(sizeof *r);
    char why[600];
    unsigned same = 0, n = 0;
    cr_assert(r);
    for (unsigned i = 0; i < b->replay.n; i++) {
        if (!b->replay.row[i] || b->replay.row[i]->proof != ROW_DIFFERS) {
            continue;
        }
        n++;
        memcpy(r, b->replay.row[i], sizeof *r);
        r->lying = r->honest;
        cr_expect_not(row_forgery_holds(r, why, sizeof why), "%s: the honest row twice", named(&r->law));
        memcpy(r, b->replay.row[i], sizeof *r);
        r->honest = r->lying;
        cr_expect_not(row_forgery_holds(r, why, sizeof why), "%s: the lying row twice", named(&r->law));
        for (unsigned k = 0; k < sc_air_tables[r->law.table].n_cols; k++) {
            if (!strcmp(sc_air_tables[r->law.table].col_names[k], "prev1")) {
                memcpy(r, b->replay.row[i], sizeof *r);
                r->lying.cell[k] = fp_add(r->lying.cell[k], FP_ONE);
                same += !row_forgery_holds(r, why, sizeof why);
                cr_expect_not(row_forgery_holds(r, why, sizeof why), "%s: another token is received", named(&r->law));
            }
        }
    }
    cr_expect(n > 0 && same > 0);
    free(r);
    teardown(b);
}

Test(airlint, every_entry_of_the_list_names_a_law)
{
    const char *text;
    unsigned n = 0, laws;
    while (unforged_entry(n, &text, &laws)) {
        cr_expect(laws > 0, "%s", text);
        n++;
    }
    cr_expect(n > 0);
}

/* Of the open laws, and of those that a proof needs, a search may well find a forgery, which is then to be recorded: airlint --search. */
Test(airlint, laws_listed_with_a_reason_resist_a_search)
{
    struct bench *const b = setup();
    for (unsigned i = 0; i < b->replay.n; i++) {
        const struct law *const law = &b->replay.law[i];
        const char *reason;
        if (unforged(law, &reason) && reason && reason != unforged_proof) {
            cr_expect(!search_law(&b->q, b->s, &b->reads, law, 4711 + i, 10 * effort(), 30), "%s: forged", named(law));
        }
    }
    teardown(b);
}

Test(airlint, the_search_still_finds_forgeries)
{
    static const char *const easy[] = {"rd + rs2 are limbs of rs1", "exit leaves 0 in a0", "limbs of x times y",
                                       "target register", "upper limbs meet an immediate of equal bits"};
    struct bench *const b = setup();
    for (unsigned k = 0; k < sizeof easy / sizeof easy[0]; k++) {
        bool found = false;
        for (unsigned i = 0; i < b->replay.n && !found; i++) {
            char label[256];
            law_label(label, sizeof label, &b->replay.law[i]);
            found = strstr(label, easy[k]) && search_law(&b->q, b->s, &b->reads, &b->replay.law[i], 1 + i, 300, 60);
        }
        cr_expect(found, "%s", easy[k]);
    }
    teardown(b);
}

Test(airlint, recorded_forgeries_pass_the_trace_checker_without_their_law)
{
    struct bench *const b = setup();
    const unsigned step = effort() > 1 ? 1 : 16;
    char why[600];
    for (unsigned i = 0, k = 0; i < b->replay.n; i++) {
        if (b->replay.forgery[i] && k++ % step == 0) {
            cr_expect(record_whole_trace_passes(b->replay.forgery[i], why, sizeof why), "%s: %s", named(&b->replay.law[i]), why);
        }
    }
    teardown(b);
}

Test(airlint, the_judge_and_the_trace_checker_agree)
{
    struct bench *const b = setup();
    struct flaw flaws[MAX_FLAWS];
    unsigned passes = 0;
    b->q.lie.s = b->s;
    b->q.rng = 5;
    for (unsigned i = 0; i < 60 * effort(); i++) {
        const unsigned table = i % AIR_TABLE_U16T;
        const struct air_table *const t = &sc_air_tables[table];
        b->q.lie.n = 0;
        struct change *const c = lie_row(&b->q.lie, table, (uint32_t)(solve_random(&b->q.rng) % b->s->height[table]));
        const unsigned col = (unsigned)(solve_random(&b->q.rng) % t->n_cols);
        if (table == AIR_TABLE_DECODE && col + 1u == t->n_cols) {
            continue; /* the judge leaves multiplicities to the prover */
        }
        c->now[col] = search_value(&b->q.rng, c->now[col]);
        const bool passed = lie_flaws(&b->q.lie, flaws) == 0;
        passes += passed;
        cr_expect_eq(passed, record_trace_accepted(&b->q.lie), "%s row %u column %s", t->name, (unsigned)c->row, t->col_names[col]);
    }
    cr_expect(passes > 0);
    teardown(b);
}

Test(airlint, deleting_one_end_of_a_bus_is_noticed)
{
    struct bench *const b = setup();
    for (unsigned t = 0; t < AIR_N_TABLES; t++) {
        unsigned ends;
        const unsigned needed = replay_needed_uses(b->s, t, &ends);
        cr_expect_eq(needed, ends, "%s: %u of %u", sc_air_tables[t].name, needed, ends);
    }
    teardown(b);
}

/** The change of column @p name of the row, to a residue. */
static void set(struct change *c, const char *name, uint32_t v)
{
    const struct air_table *const t = &sc_air_tables[c->table];
    unsigned k = 0;
    while (strcmp(t->col_names[k], name)) {
        k++;
    }
    c->now[k] = fp_from_u32(v);
}

/* A row of DECODE for an instruction that is never executed passes, and is no lie; with another instruction code it is one. */
Test(airlint, reading_more_of_the_program_is_no_lie)
{
    struct bench *const b = setup();
    struct lie *const l = &b->q.lie;
    struct flaw flaws[MAX_FLAWS];
    struct sc_fetch f = {.count = 0};
    uint32_t cells[AIR_MAX_COLS];
    size_t i = 0, k = 0;
    l->s = b->s;
    for (bool executed = true; executed || f.inst.op == 0; i++) { /* a word of which neither half is */
        cr_assert_lt(i, b->s->elf.n_words);
        f.word8 = b->s->elf.words[i].value;
        sc_decode(&f.inst, (uint32_t)f.word8, (uint32_t)(b->s->elf.words[i].addr / 4));
        executed = b->s->elf.words[i].space != SPACE_RX;
        for (k = 0; k < b->s->run.n_fetches; k++) {
            executed = executed || b->s->run.fetches[k].inst.ip / 2 == f.inst.ip / 2;
        }
    }
    for (k = 0; b->s->run.words[k].addr != 4 * (uint64_t)f.inst.ip; k++) {
    }
    memset(cells, 0, sizeof cells);
    sc_decode_fill(&f, (void *)cells);
    struct change *const row = lie_row(l, AIR_TABLE_DECODE, b->s->n_real[AIR_TABLE_DECODE]);
    for (unsigned c = 0; c < sc_air_tables[AIR_TABLE_DECODE].n_cols; c++) {
        row->now[c] = fp_from_u32(cells[c]);
    }
    cr_expect(lie_means_something(l) == false && lie_flaws(l, flaws) > 0, "a token is taken twice");
    set(lie_row(l, AIR_TABLE_INITFINAL, (uint32_t)k), "ts_last", 1);
    cr_expect_eq(lie_flaws(l, flaws), 0);
    cr_expect(record_trace_accepted(l));
    cr_expect_not(lie_means_something(l));
    set(row, "op", f.inst.op + 1u);
    cr_expect(lie_means_something(l));
    cr_expect(lie_flaws(l, flaws) > 0);
    teardown(b);
}

static void passed(void *arg, enum family family, const struct lie *l)
{
    (void)arg;
    cr_log_error("a mutation of family %d passes:", (int)family);
    record_write(stderr, l);
}

Test(airlint, no_mutation_passes_and_says_something_else)
{
    struct bench *const b = setup();
    b->q.lie.s = b->s;
    b->q.reads = &b->reads;
    b->q.rng = 1;
    for (enum family f = 0; f < N_FAMILIES; f++) {
        struct tally sum = {0};
        for (unsigned t = 0; t < AIR_N_TABLES; t++) {
            family_run(&sum, &b->q, f, t, 100 * effort(), passed, NULL);
        }
        cr_expect_eq(sum.missed, 0);
        cr_expect(sum.tried > 100 * effort() && sum.caught > sum.tried / 2, "family %d: %llu tried", (int)f, (unsigned long long)sum.tried);
    }
    teardown(b);
}
