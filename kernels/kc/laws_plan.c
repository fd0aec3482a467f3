/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The launches of the batched sumcheck. Contracts: laws_plan.h.
 */
#include "kernels/kc/laws_plan.h"

#include "core/base/assert.h"
#include "core/transcript/transcript.h"
#include "kernels/kc/kc.h"

#include "kernels/kc/field.h"

#include "kernels/kc/tree.h"

#include "kernels/kc/grind.h"

#include "kernels/kc/ext.h"
#include "kernels/kc/talk.h"

#include "kernels/kc/argue.h"

#include "kernels/kc/open.h"

#include "kernels/kc/laws.h"

_Static_assert(KC_L_ZERO_T == SC_L_ZERO_T && KC_L_ZERO_ROUND == SC_L_ZERO_ROUND, "labels of the transcript");
_Static_assert(KC_ZERO_NONE == SC_KC_NONE && KC_DEG * KC_MOST_VARS == SC_KC_POINT, "numbers of the kernels");
#define IS_AT(type, field, word) (offsetof(struct type, field) == 4 * (word))
_Static_assert(IS_AT(sc_kc_law, program, KC_LAW_PROGRAM) && IS_AT(sc_kc_law, n_steps, KC_LAW_STEPS) && IS_AT(sc_kc_law, columns, KC_LAW_COLUMNS) &&
                   IS_AT(sc_kc_law, lambda, KC_LAW_LAMBDA) && IS_AT(sc_kc_law, ext, KC_LAW_EXT) && IS_AT(sc_kc_law, plane, KC_LAW_PLANE) &&
                   IS_AT(sc_kc_law, lanes_base, KC_LAW_LANES_BASE) && IS_AT(sc_kc_law, lanes_ext, KC_LAW_LANES_EXT) &&
                   sizeof(struct sc_kc_law) == 4 * KC_LAW_ENTRY,
               "an entry of the list of laws");
_Static_assert(IS_AT(sc_kc_form, at, KC_FORM_AT) && IS_AT(sc_kc_form, plane, KC_FORM_PLANE) && IS_AT(sc_kc_form, side, KC_FORM_SIDE) &&
                   IS_AT(sc_kc_form, desc, KC_FORM_DESC) && sizeof(struct sc_kc_form) == 4 * KC_FORM_ENTRY,
               "an entry of the list of forms");
_Static_assert(IS_AT(sc_kc_part, law, 1) && IS_AT(sc_kc_part, form, 2) && sizeof(struct sc_kc_part) == 4 * KC_ZERO_ENTRY,
               "an entry of the list of chunks");

#define MANY_GROUPS 1024u
#define A_SUM (2u * FX_DEG) /* words of OUT */

static unsigned low_of(unsigned n, unsigned log_low)
{
    return n < log_low ? n : log_low;
}

/* Places of a group: enough for its lanes, then as many groups as keep a device busy, then more places. */
static uint32_t span_of(unsigned n, unsigned log_low)
{
    const uint32_t places = (uint32_t)1 << n, most = (uint32_t)1 << low_of(n, log_low);
    const uint32_t span = places / MANY_GROUPS < KC_LANES ? KC_LANES : places / MANY_GROUPS;
    return span < most ? span : most;
}

static uint32_t groups_for(uint64_t n)
{
    return (uint32_t)((n + KC_WIDE - 1) / KC_WIDE);
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

void sc_kc_law_lanes(struct sc_kc_law *law, uint32_t n_vars)
{
    law->lanes_base = lanes_for(n_vars, 1);
    law->lanes_ext = lanes_for(n_vars, FX_DEG);
}

size_t sc_kc_zero_partial_len(unsigned n, unsigned log_low, size_t sums)
{
    return A_SUM * sums * (((size_t)1 << n) / span_of(n, log_low));
}

size_t sc_kc_zero_talk_len(uint32_t n_parts)
{
    return KC_ZERO_CHUNKS + KC_ZERO_EACH * (size_t)n_parts;
}

size_t sc_kc_zero_log(unsigned round)
{
    return KC_ZERO_LOG + 4 * FX_DEG * (size_t)round;
}

static struct sc_kc_launch total(uint32_t to, uint32_t groups, uint32_t sums)
{
    return (struct sc_kc_launch){
        .kernel = SC_KC_TOTAL, .groups = {1, sums}, .pointer = {SC_KC_IN_OUT, SC_KC_IN_PARTIAL}, .arg = {to, groups}};
}

/* Forms from number `first` on, their sums from that of number `to` on. */
static struct sc_kc_launch form_round(const struct sc_kc_zero *z, uint32_t first, uint32_t n, const struct sc_kc_eq rho[2], uint32_t to)
{
    const uint32_t places = (uint32_t)1 << rho[0].n, span = span_of(rho[0].n, rho[0].log_low);
    return (struct sc_kc_launch){
        .kernel = SC_KC_FORM_ROUND,
        .groups = {places / span, n},
        .pointer = {SC_KC_IN_PARTIAL, SC_KC_IN_EXT, SC_KC_IN_TABLES},
        .arg = {z->forms + KC_FORM_ENTRY * first, rho[0].tab, rho[1].tab, low_of(rho[0].n, rho[0].log_low), span, places, places / span, to}};
}

unsigned sc_kc_zero_forms(struct sc_kc_launch out[SC_KC_ZERO_LAUNCHES], const struct sc_kc_zero *z, uint32_t first, uint32_t n, unsigned log_h,
                          const struct sc_kc_eq rho[2])
{
    out[0] = (struct sc_kc_launch){.kernel = SC_KC_FORM,
                                   .groups = {groups_for((uint64_t)1 << log_h), n},
                                   .pointer = {SC_KC_IN_EXT, SC_KC_IN_CELLS, SC_KC_IN_TABLES},
                                   .arg = {z->forms + KC_FORM_ENTRY * first, (uint32_t)1 << log_h}};
    out[1] = form_round(z, first, n, rho, 0);
    out[2] = total(A_SUM * first, out[1].groups[0], n);
    return 3;
}

struct sc_kc_launch sc_kc_zero_begin(const struct sc_kc_zero *z)
{
    return (struct sc_kc_launch){.kernel = SC_KC_ZERO_BEGIN,
                                 .groups = {1, 1},
                                 .pointer = {SC_KC_IN_TALK, SC_KC_IN_OUT, SC_KC_IN_TABLES},
                                 .arg = {z->parts, z->n_parts, z->points}};
}

unsigned sc_kc_zero_sums(struct sc_kc_launch *out, const struct sc_kc_zero *z, const struct sc_kc_zero_at *at)
{
    const unsigned n = at->tau.n, low = low_of(n, at->tau.log_low);
    const uint32_t places = (uint32_t)1 << n, span = span_of(n, at->tau.log_low), groups = places / span;
    const uint32_t n_base = at->n_laws - at->n_ext, first_base = 3 * at->n_ext, first_form = first_base + 2 * n_base;
    const struct sc_kc_launch laws = {.groups = {groups, 0},
                                      .pointer = {SC_KC_IN_PARTIAL, SC_KC_IN_EXT, SC_KC_IN_TABLES},
                                      .arg = {z->laws, at->tau.tab, low, span, places, groups, 0}};
    unsigned k = 0;
    if (at->n_ext > 0) {
        out[k] = laws;
        out[k].kernel = SC_KC_LAWS_EXT;
        out[k++].groups[1] = first_base;
    }
    if (n_base > 0) {
        out[k] = laws;
        out[k].kernel = SC_KC_LAWS_BASE;
        out[k].groups[1] = 2 * n_base;
        out[k].pointer[1] = SC_KC_IN_CELLS;
        out[k].arg[0] = z->laws + KC_LAW_ENTRY * at->n_ext;
        out[k++].arg[6] = first_base;
    }
    if (at->n_forms > 0) {
        out[k++] = form_round(z, 0, at->n_forms, at->rho, first_form);
    }
    if (k > 0) {
        out[k++] = total(0, groups, first_form + at->n_forms);
    }
    return k;
}

unsigned sc_kc_zero_round(struct sc_kc_launch out[SC_KC_ZERO_LAUNCHES], const struct sc_kc_zero *z, const struct sc_kc_zero_at *at)
{
    const uint32_t rows = (uint32_t)1 << at->left, challenge = KC_ZERO_R + FX_DEG * (at->round - 1);
    unsigned k = 0;
    if (at->n_vectors > 0) {
        out[k++] = (struct sc_kc_launch){.kernel = SC_KC_BIND_EXT,
                                         .groups = {groups_for(rows), at->n_vectors},
                                         .pointer = {SC_KC_IN_EXT, SC_KC_IN_TABLES, SC_KC_IN_TALK},
                                         .arg = {z->vectors, rows, challenge}};
    }
    if (at->n_bases > 0) {
        out[k++] = (struct sc_kc_launch){.kernel = SC_KC_BIND_BASE,
                                         .groups = {groups_for(rows), at->n_bases},
                                         .pointer = {SC_KC_IN_EXT, SC_KC_IN_CELLS, SC_KC_IN_TABLES, SC_KC_IN_TALK},
                                         .arg = {z->bases + 3 * at->first_base, rows, challenge}};
    }
    if (at->left > 0) {
        k += sc_kc_zero_sums(out + k, z, at);
        out[k++] = (struct sc_kc_launch){.kernel = SC_KC_ZERO_ROUND,
                                         .groups = {1, 1},
                                         .pointer = {SC_KC_IN_TALK, SC_KC_IN_OUT, SC_KC_IN_TABLES},
                                         .arg = {z->parts, z->n_parts, z->points, at->round, at->n_ext, 2 * at->n_laws + at->n_ext}};
    }
    return k;
}

struct sc_kc_launch sc_kc_zero_values(const struct sc_kc_zero *z)
{
    return (struct sc_kc_launch){.kernel = SC_KC_FIRSTS,
                                 .groups = {groups_for(z->n_values), 1},
                                 .pointer = {SC_KC_IN_OUT, SC_KC_IN_EXT, SC_KC_IN_TABLES},
                                 .arg = {z->values, z->n_values}};
}
