/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The recorder and its rules on tiny chips, the golden listing, and the emitted evaluators against the recorded graph.
 */
#include "core/field/fx.h"
#include "tools/airgen/emit.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_VALUES 4096

/* --- tiny chips ---------------------------------------------------------------------------------------------------- */

enum { REAL, OTHER, WORD, FREE };

static const struct air_col_info tiny_cols[] = {
    {"real", "kind", 1, AIR_BIT, 0}, {"other", "kind", 1, AIR_BIT, 0}, {"word", "checked", 1, AIR_U16, 0}, {"free", "any", 1, AIR_FIELD, 0}};

static struct rec_log note;
static struct rec_table *tiny;

/** A chip with two kinds that is right so far: every column is used. */
static ex begin_named(const char *name)
{
    memset(&note, 0, sizeof note);
    tiny = rec_begin("TINY", name, 0, tiny_cols, 4, &note);
    const ex kinds[] = {air_col(REAL), air_col(OTHER)};
    const ex real = air_kinds(2, kinds);
    const ex chain[] = {air_k(1), air_col(WORD)};
    air_send(AIR_BUS_CHAIN, real, 2, chain);
    air_zero("free is word on real rows", air_mul(real, air_sub(air_col(FREE), air_col(WORD))));
    return real;
}

static ex begin_tiny(void)
{
    return begin_named("tiny");
}

/** Ends the chip; it must be refused with words that contain @p chip_and_label and @p law. */
static void expect_refusal(const char *chip_and_label, const char *law)
{
    cr_expect_not(rec_finish(tiny), "accepted, but expected: %s", law);
    cr_expect(strstr(note.text, chip_and_label) && strstr(note.text, law), "said: %s", note.text);
    rec_destroy(tiny);
}

Test(airgen, a_chip_that_keeps_the_rules_is_accepted)
{
    begin_tiny();
    cr_expect(rec_finish(tiny), "%s", note.text);
    cr_expect_eq(tiny->n_constraints, 4); /* two bits, one kind, one law */
    cr_expect_eq(tiny->n_uses, 2);        /* CHAIN, and the lookup of word */
    cr_expect_eq(tiny->uses[1].bus, AIR_BUS_U16);
    rec_destroy(tiny);
}

Test(airgen, expressions_are_one_node_as_written_and_affine_ones_compare_by_value)
{
    begin_tiny();
    const ex a = air_col(WORD), b = air_col(FREE), z = air_k(0);
    cr_expect_eq(air_add(a, b).id, air_add(a, b).id);
    cr_expect_eq(air_mul(a, b).id, air_mul(a, b).id);
    cr_expect_eq(air_mul(a, air_k(3)).id, air_scale(a, 3).id);
    cr_expect_eq(air_add(z, a).id, a.id);
    cr_expect_eq(air_scale(air_mul(a, b), 0).id, z.id);
    cr_expect_eq(air_sub(air_add(a, b), air_add(b, a)).id, z.id, "an affine expression that cancels is a constant");
    cr_expect(rec_same(tiny, air_add(a, b).id, air_add(b, a).id));
    cr_expect(rec_same(tiny, air_scale(air_div(a, 6), 6).id, a.id));
    cr_expect_not(rec_same(tiny, air_mul(a, b).id, air_mul(b, a).id));
    rec_destroy(tiny);
}

/** One law from two argument orders; which one is recorded first must not show. */
static void law_of_two(bool first_is_left, FILE *f)
{
    const ex real = begin_tiny();
    ex sum, product;
    if (first_is_left) {
        sum = air_add(air_col(WORD), air_col(FREE));
        product = air_mul(air_col(FREE), air_col(OTHER));
    } else {
        product = air_mul(air_col(FREE), air_col(OTHER));
        sum = air_add(air_col(WORD), air_col(FREE));
    }
    air_zero("law", air_mul(real, air_sub(product, sum)));
    air_zero("again", air_mul(sum, product));
    cr_expect(rec_finish(tiny), "%s", note.text);
    const struct machine m = {&tiny, 1};
    emit_listing(f, &m);
    cr_expect(emit_eval(f, &m, 256, &note));
    rec_destroy(tiny);
}

Test(airgen, the_order_in_which_a_compiler_evaluates_arguments_does_not_show)
{
    static char text[2][1 << 16];
    for (unsigned i = 0; i < 2; i++) {
        FILE *f = tmpfile();
        law_of_two(i == 0, f);
        rewind(f);
        cr_assert(fread(text[i], 1, sizeof text[i] - 1, f) > 0);
        fclose(f);
    }
    cr_expect_str_eq(text[0], text[1]);
}

Test(airgen, refuses_degree_four)
{
    const ex real = begin_tiny();
    air_zero("too much", air_mul(air_mul(real, air_col(WORD)), air_mul(air_col(FREE), air_col(OTHER))));
    expect_refusal("tiny: \"too much\"", "degree 4");
}

Test(airgen, refuses_a_slot_that_is_not_affine)
{
    const ex real = begin_tiny();
    const ex slots[] = {air_k(1), air_mul(air_col(WORD), air_col(FREE))};
    air_send(AIR_BUS_CHAIN, real, 2, slots);
    expect_refusal("CHAIN", "slot 1 is not affine");
}

Test(airgen, refuses_a_selector_that_is_not_affine)
{
    const ex real = begin_tiny();
    const ex word = air_col(WORD);
    air_query(AIR_BUS_U16, air_mul(real, air_col(REAL)), 1, &word);
    expect_refusal("U16", "the selector is not affine");
}

Test(airgen, refuses_selectors_that_are_no_sum_of_kinds)
{
    begin_tiny();
    const ex word_selects[] = {air_k(1), air_k(1)}; /* constants have the same numbers in each of these */
    air_send(AIR_BUS_CHAIN, air_col(WORD), 2, word_selects);
    expect_refusal("CHAIN", "not real or a sum of distinct kinds");
    begin_tiny();
    air_send(AIR_BUS_CHAIN, air_scale(air_col(REAL), 2), 2, word_selects);
    expect_refusal("CHAIN", "not real or a sum of distinct kinds");
    begin_tiny();
    air_send(AIR_BUS_CHAIN, air_k(1), 2, word_selects);
    expect_refusal("CHAIN", "not real or a sum of distinct kinds");
    begin_tiny();
    air_send(AIR_BUS_CHAIN, air_sub(air_k(1), air_col(REAL)), 2, word_selects);
    expect_refusal("CHAIN", "not real or a sum of distinct kinds");
}

Test(airgen, refuses_the_wrong_arity)
{
    const ex real = begin_tiny();
    const ex slots[] = {air_k(1), air_k(2), air_k(3)};
    air_send(AIR_BUS_CHAIN, real, 3, slots);
    expect_refusal("tiny: \"CHAIN\"", "3 slots where the bus has 2");
}

Test(airgen, refuses_a_bus_used_the_other_way)
{
    ex real = begin_tiny();
    const ex slots[] = {air_k(1), air_k(2)};
    air_query(AIR_BUS_CHAIN, real, 2, slots);
    expect_refusal("CHAIN", "PERM bus used the other way");
    real = begin_tiny();
    air_send(AIR_BUS_U16, real, 1, slots);
    expect_refusal("U16", "LOOKUP bus used the other way");
}

Test(airgen, refuses_a_global_bus_used_the_other_way_or_before_a_local_one)
{
    ex real = begin_tiny();
    const ex z = air_k(0), slots[] = {z, z, z, z, z, z, z, z, z};
    air_query(AIR_BUS_BND, real, 9, slots);
    expect_refusal("BND", "GLOBAL bus used the other way");
    real = begin_tiny();
    const ex again = air_k(0), tuple[] = {again, again, again, again, again, again, again, again, again};
    air_send(AIR_BUS_BND, real, 9, tuple); /* the lookup of word comes after it */
    expect_refusal("BND", "a use of a GLOBAL bus before one of another kind");
}

Test(airgen, refuses_rows_that_are_counted_in_a_table_of_free_height)
{
    static const enum air_closed counted[] = {AIR_CF_INDEX}, constant[] = {AIR_CF_PROOF};
    ex real = begin_tiny();
    air_closed_columns(1, counted);
    air_zero("law", air_mul(real, air_closed(0)));
    expect_refusal("row", "no constant, in a table of free height");
    real = begin_tiny();
    air_closed_columns(1, constant);
    air_zero("law", air_mul(real, air_closed(0)));
    cr_expect(rec_finish(tiny), "%s", note.text);
    rec_destroy(tiny);
}

/* The law holds on the all-zero row of proof 0, and in the others does not. */
Test(airgen, refuses_a_constraint_that_fails_on_zero_rows_of_a_segment)
{
    static const enum air_closed closed[] = {AIR_CF_PROOF};
    begin_tiny();
    air_closed_columns(1, closed);
    air_zero("index is free", air_sub(air_closed(0), air_col(FREE)));
    expect_refusal("index is free", "does not hold on the all-zero row");
}

Test(airgen, refuses_an_unused_column)
{
    memset(&note, 0, sizeof note);
    tiny = rec_begin("TINY", "tiny", 0, tiny_cols, 4, &note);
    const ex real = air_col(REAL), slots[] = {air_k(1), air_col(FREE)};
    air_kinds(1, &real);
    air_send(AIR_BUS_CHAIN, real, 2, slots);
    expect_refusal("tiny: \"word\"", "unused column");
    cr_expect(strstr(note.text, "tiny: \"other\"") != NULL, "a bit that only its class names is unused: %s", note.text);
}

Test(airgen, refuses_a_constraint_that_fails_on_zero_rows)
{
    begin_tiny();
    air_zero("word is one", air_sub(air_col(WORD), air_k(1)));
    expect_refusal("tiny: \"word is one\"", "does not hold on the all-zero row");
}

Test(airgen, refuses_constraints_that_say_nothing_or_too_much)
{
    begin_tiny();
    air_zero("nothing", air_sub(air_col(WORD), air_col(WORD)));
    expect_refusal("nothing", "says nothing");
    begin_tiny();
    air_zero("never", air_k(7));
    expect_refusal("never", "can never hold");
}

Test(airgen, refuses_kinds_that_are_not_bits)
{
    memset(&note, 0, sizeof note);
    tiny = rec_begin("TINY", "tiny", 0, tiny_cols, 4, &note);
    const ex word = air_col(WORD);
    air_kinds(1, &word);
    expect_refusal("air_kinds", "not a BIT column");
}

Test(airgen, refuses_a_free_multiplicity_of_the_wrong_class)
{
    begin_tiny();
    const ex slots[] = {air_col(WORD)};
    air_table_side(AIR_BUS_U16, air_col(WORD), 1, slots);
    expect_refusal("U16", "the multiplicity is not a FIELD column");
}

Test(airgen, multiplicities_are_zero_on_unreal_rows)
{
    begin_tiny();
    const ex slots[] = {air_col(WORD)};
    air_table_side(AIR_BUS_U16, air_col(FREE), 1, slots);
    cr_expect(rec_finish(tiny), "%s", note.text);
    cr_expect_str_eq(tiny->constraints[tiny->n_constraints - 1].label, "a multiplicity is zero on unreal rows");
    rec_destroy(tiny);
}

Test(airgen, refuses_memory_without_state)
{
    const ex real = begin_tiny();
    const ex z = air_k(0), word = air_col(WORD), v[] = {z, z, z, z};
    air_reg_read(real, word, air_col(FREE), v, z);
    expect_refusal("MEM", "does not imply that the row takes STATE");
}

/* RENEW has stamps of its own, and no other word than the one that it takes. */
Test(airgen, refuses_a_renewal_of_another_word)
{
    const ex real = begin_named("renew");
    const ex z = air_k(0), word = air_col(WORD), v[] = {z, z, z, z};
    air_reg_read(real, word, air_col(FREE), v, z);
    cr_expect(rec_finish(tiny), "%s", note.text);
    rec_destroy(tiny);
    (void)begin_named("renew");
    const ex in[] = {z, word, z, z, z, z, z, z, z}, out[] = {z, air_col(FREE), z, z, z, z, z, z, z};
    air_recv(AIR_BUS_MEM, air_col(REAL), 9, in);
    air_send(AIR_BUS_MEM, air_col(REAL), 9, out);
    expect_refusal("MEM", "not followed by the send of the same word");
}

Test(airgen, refuses_a_stamp_outside_the_row)
{
    const ex real = begin_tiny();
    const ex z = air_k(0), ts = air_col(FREE), v[] = {z, z, z, z};
    air_step(real, ts, air_col(WORD), z, z);
    air_reg_read(real, z, air_add(ts, air_k(4)), v, z);
    expect_refusal("MEM", "the stamp is not one of the row's four");
}

Test(airgen, refuses_memory_for_kinds_that_do_not_take_state)
{
    const ex real = begin_tiny();
    const ex z = air_k(0), ts = air_col(FREE), v[] = {z, z, z, z};
    air_step(air_col(REAL), ts, air_col(WORD), z, z);
    air_reg_read(real, z, ts, v, z);
    expect_refusal("MEM", "does not imply that the row takes STATE");
}

Test(airgen, refuses_a_bus_with_one_end)
{
    begin_tiny();
    cr_assert(rec_finish(tiny), "%s", note.text);
    cr_expect_not(rules_machine(&tiny, 1, &note));
    cr_expect(strstr(note.text, "\"CHAIN\": a bus without receivers") != NULL, "%s", note.text);
    cr_expect(strstr(note.text, "\"PROG\": a bus without senders") != NULL, "%s", note.text);
    rec_destroy(tiny);
}

Test(airgen, refuses_more_columns_than_a_table_holds)
{
    static const struct air_col_info wide[] = {{"wide", "many", AIR_MAX_COLS + 1, AIR_FIELD, 1}};
    memset(&note, 0, sizeof note);
    tiny = rec_begin("TINY", "tiny", 0, wide, 1, &note);
    cr_expect(strstr(note.text, "more than 128 columns") != NULL, "%s", note.text);
    rec_destroy(tiny);
}

Test(airgen, refuses_more_constraints_than_a_table_holds)
{
    const ex real = begin_tiny();
    for (int i = 0; i <= AIR_MAX_CONSTRAINTS; i++) {
        air_zero("one of many", air_mul(real, air_sub(air_col(FREE), air_scale(air_col(WORD), i + 2))));
    }
    expect_refusal("tiny: \"one of many\"", "more than 256 constraints");
}

Test(airgen, refuses_more_bus_uses_than_a_table_holds)
{
    const ex real = begin_tiny();
    for (int i = 0; i <= AIR_MAX_USES; i++) {
        const ex word = air_col(WORD);
        air_query(AIR_BUS_U16, real, 1, &word);
    }
    expect_refusal("tiny: \"U16\"", "more than 80 bus uses");
}

Test(airgen, refuses_a_constraint_larger_than_a_function)
{
    const ex real = begin_tiny();
    ex e = air_mul(real, air_col(FREE));
    for (int i = 0; i < 40; i++) {
        e = air_add(e, air_mul(air_add(e, air_k(i)), air_k(3)));
    }
    air_zero("long", e);
    (void)rec_finish(tiny);
    const struct machine m = {&tiny, 1};
    FILE *f = fopen("/dev/null", "w");
    cr_expect_not(emit_eval(f, &m, 32, &note));
    cr_expect(strstr(note.text, "airgen_max_nodes") != NULL, "%s", note.text);
    fclose(f);
    rec_destroy(tiny);
}

/* --- the machine --------------------------------------------------------------------------------------------------- */

static char *slurp(const char *path)
{
    FILE *f = fopen(path, "r");
    char *text = f ? calloc(1, 1 << 22) : NULL;
    if (text) {
        (void)!fread(text, 1, (1 << 22) - 1, f);
    }
    if (f) {
        fclose(f);
    }
    return text;
}

Test(airgen, the_golden_listing_is_up_to_date)
{
    struct machine m;
    cr_assert(machine_record(&m, &note), "%s", note.text);
    cr_expect(rules_machine(m.t, m.n, &note), "%s", note.text);
    FILE *f = tmpfile();
    emit_listing(f, &m);
    const size_t n = (size_t)ftell(f);
    char *now = calloc(1, n + 1);
    rewind(f);
    cr_assert_eq(fread(now, 1, n, f), n);
    fclose(f);
    char *committed = slurp(SC_SOURCE_ROOT "/docs/constraints.txt");
    cr_assert(committed, "docs/constraints.txt is missing");
    cr_expect(!strcmp(now, committed), "the constraints have changed: run `build/core/airgen --listing > docs/constraints.txt`, and say in "
                                       "the commit what the old machine accepted or refused that the new one does not");
    free(now);
    free(committed);
    machine_free(&m);
}

static uint64_t seed = 0x5eed;

static fp random_fp(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (fp)((seed >> 33) % FP_P);
}

Test(airgen, emitted_evaluators_agree_with_the_recorded_graph)
{
    struct machine m;
    cr_assert(machine_record(&m, &note), "%s", note.text);
    for (unsigned i = 0; i < m.n; i++) {
        const struct rec_table *t = m.t[i];
        const struct air_table *a = &sc_air_tables[i];
        static fp cols[AIR_MAX_COLS], value[MAX_VALUES], out[MAX_VALUES];
        static fx wide[AIR_MAX_COLS], power[MAX_VALUES];
        cr_assert(t->n_nodes <= MAX_VALUES);
        cr_assert_eq(a->n_constraints, t->n_constraints);
        for (unsigned round = 0; round < 20; round++) {
            fx want = FX_ZERO;
            for (unsigned c = 0; c < t->n_cols + t->n_closed; c++) {
                cols[c] = random_fp();
                wide[c] = fx_from_fp(cols[c]);
            }
            rec_eval(t, cols, value);
            a->check(out, cols);
            for (unsigned k = 0; k < t->n_constraints; k++) {
                cr_assert_eq(out[k], value[t->constraints[k].node], "%s constraint %u", t->id, k);
                power[k] = (fx){{random_fp(), random_fp(), random_fp(), random_fp(), random_fp()}};
                want = fx_add(want, fx_mul_fp(power[k], out[k]));
            }
            cr_assert(fx_eq(a->eval(wide, power), want), "%s", t->id);
        }
    }
    machine_free(&m);
}

Test(airgen, emitted_uses_agree_with_the_recorded_ones)
{
    struct machine m;
    cr_assert(machine_record(&m, &note), "%s", note.text);
    for (unsigned i = 0; i < m.n; i++) {
        const struct rec_table *t = m.t[i];
        const struct air_table *a = &sc_air_tables[i];
        cr_assert_eq(a->n_uses, t->n_uses);
        for (unsigned u = 0; u < t->n_uses; u++) {
            for (unsigned j = 0; j <= t->uses[u].n; j++) {
                const fp *want = rec_form(t, j ? t->uses[u].slots[j - 1] : t->uses[u].sel);
                const struct air_form *f = &a->forms[j ? a->uses[u].slots + j - 1 : a->uses[u].sel];
                fp got[AIR_MAX_COLS + 1] = {0};
                got[AIR_MAX_COLS] = f->k;
                for (unsigned k = 0; k < f->n; k++) {
                    got[a->terms[f->first + k].col] = a->terms[f->first + k].coef;
                }
                cr_assert(!memcmp(got, want, sizeof got), "%s use %u slot %u", t->id, u, j);
            }
        }
    }
    machine_free(&m);
}

/* --- closed-form columns ------------------------------------------------------------------------------------------- */

Test(airgen, closed_columns_extend_their_rows)
{
    for (unsigned i = 0; i < AIR_N_TABLES; i++) {
        const struct air_table *t = &sc_air_tables[i];
        for (unsigned c = 0; c < t->n_closed; c++) {
            const enum air_closed kind = (enum air_closed)t->closed[c];
            const unsigned h = t->fixed_log_h ? t->fixed_log_h : AIR_MIN_LOG_H;
            const uint32_t index = random_fp() % 3;
            fx point[16], want = FX_ZERO;
            for (unsigned j = 0; j < h; j++) {
                point[j] = (fx){{random_fp(), random_fp(), random_fp(), random_fp(), random_fp()}};
            }
            for (uint32_t row = 0; row < 1u << h; row++) {
                fx eq = FX_ONE;
                for (unsigned j = 0; j < h; j++) {
                    eq = fx_mul(eq, row >> (h - 1 - j) & 1 ? point[j] : fx_sub(FX_ONE, point[j]));
                }
                want = fx_add(want, fx_mul_fp(eq, fp_from_u32(sc_air_closed_row(kind, row, index))));
            }
            cr_expect(fx_eq(sc_air_closed_at(kind, point, h, index), want), "%s closed column %u", t->name, c);
        }
    }
}
