/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A searching forger against the chips of arithmetic and control flow: it finds no row with another result, and it does
 * find one as soon as a law of the chips that it is strong enough for is deleted. Its strength is shown for sums and bitwise operations only:
 * elsewhere the lemmas of docs/spec/chips.md and the directed lies stand alone.
 */
#include "tests/sound/row_search.h"

#include <criterion/criterion.h>

enum { N_CASES = 3, N_ATTEMPTS = 15, N_STEPS = 50, N_DELETED_CASES = 40, N_DELETED_ATTEMPTS = 100 };

Test(chips_alu_search, no_search_finds_another_result)
{
    uint64_t rng = ALU_SEED + 200;
    for (unsigned k = 0; k < ALU_N * N_CASES; k++) {
        struct alu_case c;
        struct search s;
        alu_make_random(&c, &alu_insts[k % ALU_N], &rng);
        search_init(&s, c.t, c.row, alu_random(&rng));
        for (unsigned i = 0; i < N_ATTEMPTS; i++) {
            cr_assert(!search_attempt(&s, N_STEPS), "%s a=%016lx b=%016lx: forged", c.k->name, c.e.a, c.e.b);
        }
    }
}

/* True when the search forges a row of the table without constraint i (i >= 0) or lookup u (u >= 0). */
static bool forges_without(enum air_table_index table, int constraint, int lookup)
{
    uint64_t rng = ALU_SEED + 201;
    for (unsigned n = 0; n < N_DELETED_CASES; n++) {
        for (unsigned k = 0; k < ALU_N; k++) {
            struct alu_case c;
            struct search s;
            if (alu_insts[k].table != table) {
                continue;
            }
            alu_make_random(&c, &alu_insts[k], &rng);
            search_init(&s, c.t, c.row, alu_random(&rng));
            s.skip_constraint = constraint;
            s.skip_lookup = lookup;
            for (unsigned i = 0; i < N_DELETED_ATTEMPTS; i++) {
                if (search_attempt(&s, N_STEPS)) {
                    return true;
                }
            }
        }
    }
    return false;
}

/* Kinds are pinned twice, by their bits and by the operation code: deleting one of these laws alone forges nothing. */
static bool is_kind_law(const char *label)
{
    return !strncmp(label, "real is", 7) || !strncmp(label, "kind[", 5) || strstr(label, "w is a bit") != NULL ||
           !strcmp(label, "at most one kind");
}

/* Lookups of stamps guard time, not the result. */
static bool is_time_lookup(const struct air_table *t, const struct air_use *u)
{
    const char *const col = t->col_names[t->terms[t->forms[u->slots].first].col];
    return !strncmp(col, "lo", 2) || !strcmp(col, "ts");
}

static void every_law_counts(enum air_table_index table)
{
    const struct air_table *t = &sc_air_tables[table];
    for (unsigned i = 0; i < t->n_constraints; i++) {
        cr_expect(is_kind_law(t->labels[i]) || forges_without(table, (int)i, -1), "%s without \"%s\": no forgery found", t->name,
                  t->labels[i]);
    }
    for (unsigned i = 0; i < t->n_uses; i++) {
        const struct air_use *u = &t->uses[i];
        cr_expect(!air_bus_fixed(u->bus) || is_time_lookup(t, u) || forges_without(table, -1, (int)i),
                  "%s without lookup %u: no forgery found", t->name, i);
    }
}

Test(chips_alu_search, every_law_of_sums_counts)
{
    every_law_counts(AIR_TABLE_ADD);
    every_law_counts(AIR_TABLE_SUB);
    every_law_counts(AIR_TABLE_ADDI);
    every_law_counts(AIR_TABLE_ADDW);
}

Test(chips_alu_search, every_law_of_bitwise_operations_counts)
{
    every_law_counts(AIR_TABLE_BIT);
}
