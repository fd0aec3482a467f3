/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Replay of the recorded forgeries.
 */
#include "tools/airlint/replay.h"

#include "tools/airlint/record.h"

#include <stdlib.h>

static unsigned law_number(const struct replay *r, const struct law *law)
{
    unsigned i = 0;
    while (i < r->n && memcmp(&r->law[i], law, sizeof *law) != 0) {
        i++;
    }
    return i;
}

bool replay_read(struct replay *r, const struct scene *s, const char *path, char *why, size_t why_size)
{
    FILE *const f = fopen(path, "r");
    struct lie *const l = malloc(sizeof *l);
    memset(r, 0, sizeof *r);
    r->n = all_laws(r->law);
    why[0] = 0;
    while (f && l && record_read(l, s, f, why, why_size)) {
        const unsigned i = law_number(r, &l->law);
        if (i < r->n && !r->forgery[i]) {
            r->forgery[i] = malloc(sizeof *l);
            if (r->forgery[i]) {
                memcpy(r->forgery[i], l, sizeof *l);
            }
        }
    }
    if (f) {
        fclose(f);
    }
    free(l);
    return why[0] == 0;
}

bool replay_read_rows(struct replay *r, const char *path, char *why, size_t why_size)
{
    FILE *const f = fopen(path, "r");
    struct row_forgery *const row = malloc(sizeof *row);
    why[0] = 0;
    while (f && row && row_forgery_read(row, f, why, why_size)) {
        const unsigned i = law_number(r, &row->law);
        if (i < r->n && !r->row[i]) {
            r->row[i] = malloc(sizeof *row);
            if (r->row[i]) {
                memcpy(r->row[i], row, sizeof *row);
            }
        }
    }
    if (f) {
        fclose(f);
    }
    free(row);
    return why[0] == 0;
}

bool replay_row_noticed(const struct replay *r, unsigned i, char *why, size_t why_size)
{
    return r->row[i] && row_forgery_holds(r->row[i], why, why_size);
}

bool replay_write(const struct replay *r, const char *path)
{
    FILE *const f = fopen(path, "w");
    if (!f) {
        return false;
    }
    fputs("# Forgeries of the scene of airlint: each passes without the law that its line begins with. Made by airlint --record.\n", f);
    for (unsigned i = 0; i < r->n; i++) {
        if (r->forgery[i]) {
            record_write(f, r->forgery[i]);
        }
    }
    return fclose(f) == 0;
}

void replay_fini(struct replay *r)
{
    for (unsigned i = 0; i < r->n; i++) {
        free(r->forgery[i]);
        r->forgery[i] = NULL;
        free(r->row[i]);
        r->row[i] = NULL;
    }
}

bool replay_noticed(const struct replay *r, unsigned i)
{
    struct flaw flaws[MAX_FLAWS];
    struct lie *const l = r->forgery[i];
    if (!l || lie_flaws(l, flaws) != 0 || !lie_breaks_law(l) || !lie_means_something(l)) {
        return false;
    }
    l->law.kind = LAW_NONE;
    const bool refused = lie_flaws(l, flaws) != 0;
    l->law = r->law[i];
    return refused;
}

unsigned replay_needed_uses(const struct scene *s, unsigned table, unsigned *n_uses)
{
    const struct air_table *const t = &sc_air_tables[table];
    unsigned needed = 0;
    *n_uses = 0;
    for (unsigned u = 0; s->height[table] != 0 && u < t->n_uses; u++) {
        const bool lookup = air_bus_fixed(t->uses[u].bus) || t->uses[u].bus == AIR_BUS_PROG;
        fp cell[AIR_MAX_COLS], sum = FP_ZERO;
        if (lookup && t->uses[u].sign > 0) {
            continue;
        }
        /* the honest bus balances, so it is off by what the use said: sums of tuples with weights that tell their slots apart */
        for (uint32_t row = 0; row < s->height[table]; row++) {
            struct entry e = {0};
            scene_row(cell, s, table, row);
            if (entry_at(&e, t, u, cell)) {
                sum = fp_add(sum, fp_mul(e.count, fp_from_u32(entry_hash(&e) % FP_P)));
            }
        }
        (*n_uses)++;
        needed += sum != 0;
    }
    return needed;
}
