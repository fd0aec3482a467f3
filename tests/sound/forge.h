/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * An honest trace to lie about, and a judge of one row: the row alone, against what the rest of the trace expects of it.
 * A row is accepted exactly when putting it back into the trace would be: its constraints hold and it says on every bus
 * what the honest row said.
 */
#ifndef TEST_FORGE_H
#define TEST_FORGE_H

#include "core/verify/verify.h"
#include "host/trace/check.h"
#include "tests/sound/program.h"

#include <stdio.h>
#include <stdlib.h>

struct honest {
    struct prog prog;
    struct sc_elf elf;
    struct sc_run run;
    struct sc_renewal renewals[2];
    struct sc_image image;
    struct sc_trace trace;
};

/** Run prog_everything and build its trace; NULL when something failed. */
static inline struct honest *honest_create(void)
{
    static const uint8_t input[24] = "hello world, hello you!";
    const struct sc_exec_options o = {.input = input, .input_size = sizeof input, .record = true};
    char why[256] = "";
    struct honest *h = calloc(1, sizeof *h);
    if (!h) {
        return NULL;
    }
    prog_everything(&h->prog);
    h->elf = prog_elf(&h->prog);
    if (sc_exec(&h->run, why, sizeof why, &h->elf, &o) || !prog_renew(&h->run, 10, h->renewals) || sc_image_build(&h->image, &h->elf) ||
        sc_trace_build(&h->trace, why, sizeof why, &h->run, &h->image, NULL)) {
        fprintf(stderr, "no honest trace: %s\n", why);
        free(h);
        return NULL;
    }
    return h;
}

static inline void honest_destroy(struct honest *h)
{
    sc_trace_fini(&h->trace);
    sc_image_fini(&h->image);
    prog_forget(&h->run);
    sc_run_fini(&h->run);
    free(h);
}

/** One row: committed columns, and the terms that balance what the honest row says. */
struct suspect {
    const struct air_table *t;
    unsigned table;
    uint32_t number; /* of the table, for closed-form columns */
    fp cell[AIR_MAX_COLS];
    fp full[AIR_MAX_COLS]; /* with closed-form columns, as taken */
    struct sc_public_term terms[AIR_MAX_USES];
    unsigned n_terms;
};

static inline fp suspect_form(const struct air_table *t, unsigned index, const fp *row)
{
    fp v = t->forms[index].k;
    for (unsigned i = 0; i < t->forms[index].n; i++) {
        const struct air_term *m = &t->terms[t->forms[index].first + i];
        v = fp_add(v, fp_mul(m->coef, row[m->col]));
    }
    return v;
}

/** Take row @p row of chunk @p chunk as it stands. */
static inline void suspect_take(struct suspect *s, const struct sc_trace *trace, unsigned chunk, uint32_t first, uint32_t row)
{
    const struct sc_chunk *c = &trace->layout.chunk[chunk];
    s->table = c->table;
    s->t = &sc_air_tables[c->table];
    s->number = first + row;
    s->n_terms = 0;
    for (unsigned k = 0; k < s->t->n_cols; k++) {
        s->full[k] = s->cell[k] = sc_trace_column(trace, chunk, k)[row];
    }
    for (unsigned k = 0; k < s->t->n_closed; k++) {
        s->full[s->t->n_cols + k] = fp_from_u32(sc_air_closed_row((enum air_closed)s->t->closed[k], s->number, 0));
    }
    for (unsigned i = 0; i < s->t->n_uses; i++) {
        const struct air_use *u = &s->t->uses[i];
        const uint32_t sel = fp_to_u32(suspect_form(s->t, u->sel, s->full));
        if (sel) {
            struct sc_public_term *m = &s->terms[s->n_terms++];
            *m = (struct sc_public_term){(enum air_bus)u->bus, u->sign > 0 ? -(int)sel : (int)sel, {0}};
            for (unsigned j = 0; j < u->n_slots; j++) {
                m->slot[j] = fp_to_u32(suspect_form(s->t, u->slots + j, s->full));
            }
        }
    }
}

/** True when the row, as it is now, would pass in the place of the one taken. */
static inline bool suspect_passes(const struct suspect *s)
{
    const struct sc_check_chunk c = {s->table, 0, s->number, s->cell, 0};
    return sc_trace_check(NULL, NULL, &sc_machine_rv64im, &c, 1, s->terms, s->n_terms) == SOCLE_OK;
}

/** A row that says anything on a bus. */
static inline bool suspect_is_real(const struct suspect *s)
{
    return s->n_terms > 0;
}

#endif
