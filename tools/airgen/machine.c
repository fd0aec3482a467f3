/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Records every chip of core/chips/machine.def, in its order.
 */
#include "tools/airgen/emit.h"

#include "core/chips/chips.h"

#include <stdlib.h>

#ifndef AIRGEN_MACHINE
#define AIRGEN_MACHINE "core/chips/machine.def"
#endif

struct chip {
    const char *id, *name;
    unsigned fixed_log_h;
    const struct air_col_info *cols;
    const unsigned *n_cols;
    void (*constrain)(void);
};

static const struct chip chips[] = {
#define T(NAME, name, fixed_log_h) {#NAME, #name, fixed_log_h, sc_##name##_cols, &sc_##name##_n_cols, sc_##name##_constrain},
#include AIRGEN_MACHINE
#undef T
};
#define N_CHIPS (sizeof chips / sizeof chips[0])

bool machine_record(struct machine *m, struct rec_log *log)
{
    bool ok = true;
    m->n = 0;
    m->t = calloc(N_CHIPS, sizeof *m->t);
    if (!m->t) {
        return false;
    }
    for (unsigned i = 0; i < N_CHIPS; i++) {
        const struct chip *c = &chips[i];
        m->t[i] = rec_begin(c->id, c->name, c->fixed_log_h, c->cols, *c->n_cols, log);
        if (!m->t[i]) {
            return false;
        }
        m->n++;
        c->constrain();
        ok = rec_finish(m->t[i]) && ok;
    }
    return ok;
}

void machine_free(struct machine *m)
{
    for (unsigned i = 0; i < m->n; i++) {
        rec_destroy(m->t[i]);
    }
    free(m->t);
    *m = (struct machine){NULL, 0};
}
