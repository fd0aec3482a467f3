/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A profile for tests that make many proofs.
 */
#ifndef SC_TESTS_CHEAP_H
#define SC_TESTS_CHEAP_H

#include "core/budget/params.h"

/* The profile's schedules with few queries and no grinding: for tests of everything but the odds. */
static inline void cheap_profile(struct sc_profile *p)
{
    *p = *sc_profile_default();
    p->logup_pow = 3;
    for (unsigned m = p->min_m0; m <= p->max_m0; m++) {
        for (unsigned i = 0; i < SC_WHIR_MAX_ROUNDS; i++) {
            struct sc_whir_round *const r[3] = {&p->main[m].r[i], &p->image[m].r[i], &p->boundary[m].r[i]};
            for (unsigned k = 0; k < 3; k++) {
                r[k]->t = r[k]->t ? 3 : 0;
                r[k]->gq = r[k]->gf = 0;
            }
        }
    }
}

#endif
