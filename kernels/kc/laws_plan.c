/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The launches of the batched sumcheck. Contracts: laws_plan.h.
 */
#include "kernels/kc/laws_plan.h"

#include "kernels/kc/kc.h"

#include "kernels/kc/field.h"

#include "kernels/kc/tree.h"

#include "kernels/kc/grind.h"

#include "kernels/kc/ext.h"
#include "kernels/kc/talk.h"

#include "kernels/kc/argue.h"

#include "kernels/kc/open.h"

#include "kernels/kc/laws.h"

#define MANY_GROUPS 1024u

static unsigned low_of(struct sc_kc_eq eq)
{
    return eq.n < eq.log_low ? eq.n : eq.log_low;
}

/* Places of a group: enough for its lanes, then as many groups as keep a device busy, then more places. */
static uint32_t span_of(struct sc_kc_eq eq)
{
    const uint32_t places = (uint32_t)1 << eq.n, most = (uint32_t)1 << low_of(eq);
    const uint32_t span = places / MANY_GROUPS < KC_LANES ? KC_LANES : places / MANY_GROUPS;
    return span < most ? span : most;
}

static uint32_t groups_for(unsigned log_n)
{
    return (uint32_t)((((uint64_t)1 << log_n) + KC_WIDE - 1) / KC_WIDE);
}

size_t sc_kc_laws_partial_len(unsigned n, unsigned log_low)
{
    size_t len = 0;
    for (unsigned k = 0; k <= n; k++) {
        const struct sc_kc_eq eq = {0, (uint8_t)k, (uint8_t)log_low};
        const size_t groups = ((size_t)1 << k) / span_of(eq);
        len = groups > len ? groups : len;
    }
    return 3 * 2 * FX_DEG * len;
}

static struct sc_kc_launch total(uint32_t to, uint32_t groups, uint32_t sums)
{
    return (struct sc_kc_launch){
        .kernel = SC_KC_TOTAL, .groups = {1, sums}, .pointer = {SC_KC_IN_OUT, SC_KC_IN_PARTIAL}, .arg = {to, groups}};
}

/* As many as have room for their variables, each of so many words. */
static uint32_t lanes_for(uint32_t n_vars, uint32_t words)
{
    uint32_t lanes = KC_LANES;
    while (lanes > 1 && n_vars * words * lanes > KC_LAW_WORDS) {
        lanes /= 2;
    }
    return lanes;
}

void sc_kc_laws(struct sc_kc_launch out[2], const struct sc_kc_chunk *c, struct sc_kc_eq eq, uint32_t to)
{
    const uint32_t places = (uint32_t)1 << eq.n, span = span_of(eq), groups = places / span;
    const bool first = eq.n + 1 == c->log_h;
    if (first) {
        out[0] = (struct sc_kc_launch){
            .kernel = SC_KC_LAWS_BASE,
            .groups = {groups, 2},
            .pointer = {SC_KC_IN_PARTIAL, SC_KC_IN_CELLS, SC_KC_IN_TABLES},
            .arg = {c->program, c->info.n_steps, c->columns, c->lambda, eq.tab, low_of(eq), span, places, groups, lanes_for(c->info.n_vars, 1)}};
    } else {
        out[0] = (struct sc_kc_launch){.kernel = SC_KC_LAWS_EXT,
                                       .groups = {groups, 3},
                                       .pointer = {SC_KC_IN_PARTIAL, SC_KC_IN_EXT, SC_KC_IN_TABLES},
                                       .arg = {c->program, c->info.n_steps, c->ext, c->lambda, eq.tab, low_of(eq), span, places, groups,
                                               lanes_for(c->info.n_vars, FX_DEG), (uint32_t)1 << (c->log_h - 1)}};
    }
    out[1] = total(to, groups, first ? 2 : 3);
}

struct sc_kc_launch sc_kc_bind(const struct sc_kc_chunk *c, unsigned n, fx r)
{
    const uint32_t plane = (uint32_t)1 << (c->log_h - 1), places = (uint32_t)1 << n;
    if (n + 1 == c->log_h) {
        return (struct sc_kc_launch){
            .kernel = SC_KC_BIND_BASE,
            .groups = {groups_for(n), c->n_columns},
            .pointer = {SC_KC_IN_EXT, SC_KC_IN_CELLS, SC_KC_IN_TABLES},
            .arg = {c->ext, c->columns, plane, places, r.c[0], r.c[1], r.c[2], r.c[3], r.c[4]}};
    }
    return (struct sc_kc_launch){.kernel = SC_KC_BIND_EXT,
                                 .groups = {groups_for(n), c->n_columns},
                                 .pointer = {SC_KC_IN_EXT},
                                 .arg = {c->ext, plane, places, r.c[0], r.c[1], r.c[2], r.c[3], r.c[4]}};
}

struct sc_kc_launch sc_kc_form(uint32_t at, uint32_t desc, unsigned log_h)
{
    return (struct sc_kc_launch){.kernel = SC_KC_FORM,
                                 .groups = {groups_for(log_h), 1},
                                 .pointer = {SC_KC_IN_FORMS, SC_KC_IN_CELLS, SC_KC_IN_TABLES},
                                 .arg = {at, desc, (uint32_t)1 << log_h}};
}

void sc_kc_form_round(struct sc_kc_launch out[2], uint32_t at, unsigned log_h, struct sc_kc_eq eq, uint32_t to)
{
    const uint32_t places = (uint32_t)1 << eq.n, span = span_of(eq);
    out[0] = (struct sc_kc_launch){.kernel = SC_KC_FORM_ROUND,
                                   .groups = {places / span, 1},
                                   .pointer = {SC_KC_IN_PARTIAL, SC_KC_IN_FORMS, SC_KC_IN_TABLES},
                                   .arg = {at, (uint32_t)1 << log_h, eq.tab, low_of(eq), span, places}};
    out[1] = total(to, places / span, 1);
}

struct sc_kc_launch sc_kc_form_bind(uint32_t at, unsigned log_h, unsigned n, fx r)
{
    return (struct sc_kc_launch){.kernel = SC_KC_BIND_EXT,
                                 .groups = {groups_for(n), 1},
                                 .pointer = {SC_KC_IN_FORMS},
                                 .arg = {at, (uint32_t)1 << log_h, (uint32_t)1 << n, r.c[0], r.c[1], r.c[2], r.c[3], r.c[4]}};
}
