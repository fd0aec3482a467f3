/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Lies in single rows of an honest trace: every column of every chip, unreal rows made active, two kinds, multiplicities.
 */
#include "tests/sound/forge.h"

#include <criterion/criterion.h>

static const char *const no_trace = "the honest trace could not be built";

/** Calls @p visit for every row of every main chunk and of IMAGE. */
static void for_every_row(const struct sc_trace *trace, void (*visit)(struct suspect *s, void *arg), void *arg)
{
    uint32_t first[AIR_N_TABLES] = {0};
    for (unsigned i = 0; i < trace->layout.n_chunks; i++) {
        const struct sc_chunk *c = &trace->layout.chunk[i];
        for (uint32_t r = 0; r < 1u << c->log_h; r++) {
            struct suspect s;
            suspect_take(&s, trace, i, first[c->table], r);
            visit(&s, arg);
        }
        first[c->table] += 1u << c->log_h;
    }
}

struct tally {
    unsigned rows[AIR_N_TABLES];
    unsigned lies, accepted;
    unsigned max_rows;
};

/** Columns that some rows leave idle: no constraint and no bus use with a selector that is set reads them there. The filled
 * trace has 0 in them, and no value in them changes what the row says. */
static const struct {
    unsigned table;
    const char *columns;
} idle[] = {
    {AIR_TABLE_SLT, " prev2 "},                               /* immediate forms read no second register */
    {AIR_TABLE_ECALL, " prev2 "},                             /* a2 is read by call 64 */
    {AIR_TABLE_DIV, " inv zs "},                              /* inv: divisor 0; zs: W forms */
    {AIR_TABLE_MUL, " sg bo[0] bo[1] bo[2] bo[3] ts ip rs1 prev1 rs2 prev2 rd prevd old[0] old[1] old[2] old[3] "},
};

static bool may_be_idle(const struct suspect *s, unsigned col)
{
    char name[64];
    snprintf(name, sizeof name, " %s ", s->t->col_names[col]);
    for (unsigned i = 0; i < sizeof idle / sizeof idle[0]; i++) {
        if (idle[i].table == s->table && strstr(idle[i].columns, name)) {
            return s->cell[col] == FP_ZERO;
        }
    }
    return false;
}

static void lie(const struct suspect *s, unsigned col, fp value, struct tally *t)
{
    struct suspect forged = *s;
    if (s->cell[col] == value) {
        return;
    }
    forged.cell[col] = value;
    t->lies++;
    if (suspect_passes(&forged) && !may_be_idle(s, col)) {
        t->accepted++;
        cr_log_error("%s row %u: column %s may be %u instead of %u", s->t->name, (unsigned)s->number, s->t->col_names[col],
                     (unsigned)fp_to_u32(value), (unsigned)fp_to_u32(s->cell[col]));
    }
}

static void change_every_column(struct suspect *s, void *arg)
{
    static const int64_t add[] = {1, -1, 256, 1 << 14, 1 << 16, 1 << 30};
    struct tally *t = arg;
    if (!suspect_is_real(s) || t->rows[s->table]++ >= t->max_rows) {
        return;
    }
    for (unsigned c = 0; c < s->t->n_cols; c++) {
        for (unsigned i = 0; i < sizeof add / sizeof add[0]; i++) {
            lie(s, c, fp_add(s->cell[c], fp_from_i64(add[i])), t);
        }
        lie(s, c, FP_ZERO, t);
        lie(s, c, FP_ONE, t);
        lie(s, c, fp_inv(fp_from_u32(2)), t);
    }
}

Test(forge, the_honest_trace_passes)
{
    struct honest *h = honest_create();
    cr_assert(h, "%s", no_trace);
    struct sc_check_report r;
    cr_assert_eq(sc_trace_check_built(&r, NULL, &h->trace), SOCLE_OK, "%s", r.text);
    honest_destroy(h);
}

static void note_table(struct suspect *s, void *arg)
{
    struct tally *t = arg;
    t->rows[s->table] += suspect_is_real(s);
}

Test(forge, the_honest_trace_has_rows_in_every_table_of_a_single_proof)
{
    struct honest *h = honest_create();
    struct tally t = {.max_rows = 1};
    cr_assert(h, "%s", no_trace);
    for_every_row(&h->trace, note_table, &t);
    for (unsigned i = 0; i <= AIR_TABLE_IMAGE; i++) {
        cr_expect(t.rows[i] > 0, "no real row in %s", sc_air_tables[i].name);
    }
    honest_destroy(h);
}

Test(forge, no_cell_of_a_real_row_can_be_changed)
{
    struct honest *h = honest_create();
    struct tally t = {.max_rows = 60};
    cr_assert(h, "%s", no_trace);
    for_every_row(&h->trace, change_every_column, &t);
    cr_expect_eq(t.accepted, 0, "%u of %u lies accepted", t.accepted, t.lies);
    cr_expect(t.lies > 100000, "%u lies", t.lies);
    honest_destroy(h);
}

/** A row of zeros that says nothing, made to say something by each column alone. */
static void wake(struct suspect *s, void *arg)
{
    struct tally *t = arg;
    if (suspect_is_real(s) || t->rows[s->table]++ >= t->max_rows) {
        return;
    }
    for (unsigned c = 0; c < s->t->n_cols; c++) {
        struct suspect forged = *s;
        forged.cell[c] = FP_ONE;
        fp row[AIR_MAX_COLS];
        memcpy(row, s->full, sizeof row);
        row[c] = FP_ONE;
        bool speaks = false;
        for (unsigned u = 0; u < s->t->n_uses; u++) {
            speaks = speaks || suspect_form(s->t, s->t->uses[u].sel, row) != 0;
        }
        t->lies += speaks;
        if (speaks && suspect_passes(&forged)) {
            t->accepted++;
            cr_log_error("%s: an unreal row speaks with %s = 1", s->t->name, s->t->col_names[c]);
        }
    }
}

Test(forge, no_unreal_row_can_speak)
{
    struct honest *h = honest_create();
    struct tally t = {.max_rows = 1};
    cr_assert(h, "%s", no_trace);
    for_every_row(&h->trace, wake, &t);
    cr_expect_eq(t.accepted, 0);
    cr_expect(t.lies > 40, "%u lies", t.lies);
    honest_destroy(h);
}

/** Every pair of cells that are 0 and 1: swap them, and set both. Selectors, flags and kinds are among them. */
static void exchange(struct suspect *s, void *arg)
{
    struct tally *t = arg;
    if (!suspect_is_real(s) || t->rows[s->table]++ >= t->max_rows) {
        return;
    }
    for (unsigned a = 0; a < s->t->n_cols; a++) {
        for (unsigned b = 0; s->cell[a] == FP_ONE && b < s->t->n_cols; b++) {
            if (s->cell[b] == FP_ZERO) {
                struct suspect swapped = *s;
                swapped.cell[a] = FP_ZERO;
                lie(&swapped, b, FP_ONE, t);
            }
        }
    }
}

Test(forge, no_two_flags_can_be_exchanged)
{
    struct honest *h = honest_create();
    struct tally t = {.max_rows = 60};
    cr_assert(h, "%s", no_trace);
    for_every_row(&h->trace, exchange, &t);
    cr_expect_eq(t.accepted, 0, "%u of %u lies accepted", t.accepted, t.lies);
    honest_destroy(h);
}

Test(forge, the_whole_trace_is_judged_as_its_row_and_reported_with_words)
{
    struct honest *h = honest_create();
    struct sc_check_report r;
    uint32_t first[AIR_N_TABLES] = {0};
    cr_assert(h, "%s", no_trace);
    for (unsigned i = 0; i < h->trace.layout.n_chunks; i++) {
        const struct sc_chunk *c = &h->trace.layout.chunk[i];
        for (unsigned k = i % 3; k < sc_air_tables[c->table].n_cols; k += 3) {
            struct suspect s;
            fp *cell = &sc_trace_column(&h->trace, i, k)[1];
            suspect_take(&s, &h->trace, i, first[c->table], 1);
            *cell = s.cell[k] = fp_add(*cell, FP_ONE);
            const bool refused = sc_trace_check_built(&r, NULL, &h->trace) == SOCLE_E_REJECT;
            cr_expect_eq(refused, !suspect_passes(&s), "%s column %u", s.t->name, k);
            cr_expect_eq(refused, r.text[0] != 0, "words exactly for a refusal");
            *cell = fp_sub(*cell, FP_ONE);
        }
        first[c->table] += 1u << c->log_h;
    }
    cr_expect_eq(sc_trace_check_built(&r, NULL, &h->trace), SOCLE_OK, "%s", r.text);
    honest_destroy(h);
}

/** Whether the whole trace is refused, with words. */
static bool refused(const struct sc_trace *t)
{
    struct sc_check_report r;
    return sc_trace_check_built(&r, NULL, t) == SOCLE_E_REJECT && r.text[0];
}

static bool row_is_zero(const struct sc_trace *t, unsigned chunk, uint32_t row)
{
    const unsigned n = sc_air_tables[t->layout.chunk[chunk].table].n_cols;
    for (unsigned k = 0; k < n; k++) {
        if (sc_trace_column(t, chunk, k)[row] != 0) {
            return false;
        }
    }
    return true;
}

/** Give row @p to the cells of @p from, or zeros when they are the same row. */
static void copy_row(const struct sc_trace *t, unsigned chunk, uint32_t to, uint32_t from)
{
    const unsigned n = sc_air_tables[t->layout.chunk[chunk].table].n_cols;
    for (unsigned k = 0; k < n; k++) {
        fp *c = sc_trace_column(t, chunk, k);
        c[to] = to == from ? FP_ZERO : c[from];
    }
}

Test(forge, no_row_can_be_said_twice_or_left_out)
{
    struct honest *h = honest_create();
    cr_assert(h, "%s", no_trace);
    for (unsigned i = 0; i < h->trace.layout.n_chunks; i++) {
        const struct sc_chunk *c = &h->trace.layout.chunk[i];
        const uint32_t last = (1u << c->log_h) - 1;
        fp keep[AIR_MAX_COLS];
        if (sc_air_tables[c->table].fixed_log_h || row_is_zero(&h->trace, i, 0)) {
            continue;
        }
        for (unsigned k = 0; k < sc_air_tables[c->table].n_cols; k++) {
            keep[k] = sc_trace_column(&h->trace, i, k)[0];
        }
        if (row_is_zero(&h->trace, i, last)) {
            copy_row(&h->trace, i, last, 0);
            cr_expect(refused(&h->trace), "%s: a row twice", sc_air_tables[c->table].name);
            copy_row(&h->trace, i, last, last);
        }
        copy_row(&h->trace, i, 0, 0);
        cr_expect(refused(&h->trace), "%s: a row left out", sc_air_tables[c->table].name);
        for (unsigned k = 0; k < sc_air_tables[c->table].n_cols; k++) {
            sc_trace_column(&h->trace, i, k)[0] = keep[k];
        }
    }
    cr_expect_not(refused(&h->trace));
    honest_destroy(h);
}

Test(forge, no_public_value_can_be_changed)
{
    struct honest *h = honest_create();
    cr_assert(h, "%s", no_trace);
    uint8_t output[64];
    const struct sc_trace good = h->trace;
    struct sc_trace t = good;
    cr_assert(good.output_size > 0 && good.output_size <= sizeof output - 8);
    memcpy(output, good.output, good.output_size);
    memset(output + good.output_size, 0, 8);
    t.ts_end += 4;
    cr_expect(refused(&t), "a later end");
    t = good;
    t.entry_ip++;
    cr_expect(refused(&t), "another entry");
    t = good;
    t.ip_end++;
    cr_expect(refused(&t), "another last instruction");
    t = good;
    t.ram_key++;
    cr_expect(refused(&t), "another last word of RAM");
    t = good;
    t.input_key = FP_P - 1;
    cr_expect(refused(&t), "no input");
    t = good;
    t.output = output;
    cr_expect_not(refused(&t));
    for (size_t i = 0; i < good.output_size; i++) {
        output[i] ^= 1;
        cr_expect(refused(&t), "output byte %zu", i);
        output[i] ^= 1;
    }
    t.output_size++;
    cr_expect(refused(&t), "a longer output");
    t.output_size -= 2;
    cr_expect(refused(&t), "a shorter output");
    t.output_size = 0;
    cr_expect(refused(&t), "no output");
    honest_destroy(h);
}
