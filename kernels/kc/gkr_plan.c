/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The launches of the bus argument. Contracts: gkr_plan.h.
 */
#include "kernels/kc/gkr_plan.h"

#include "core/air/air.h"
#include "core/base/assert.h"
#include "core/transcript/transcript.h"
#include "kernels/kc/kc.h"

#include "kernels/kc/field.h"

#include "kernels/kc/tree.h"

#include "kernels/kc/grind.h"

#include "kernels/kc/ext.h"
#include "kernels/kc/talk.h"

#include "kernels/kc/argue.h"

_Static_assert(KC_CF_INDEX == AIR_CF_INDEX && KC_CF_HI8 == AIR_CF_HI8 && KC_CF_LO8 == AIR_CF_LO8 && KC_CF_AND8 == AIR_CF_AND8 &&
                   KC_CF_POW2_M == AIR_CF_POW2_M && KC_CF_POW2_Q == AIR_CF_POW2_Q && KC_CF_REG_REAL == AIR_CF_REG_REAL &&
                   KC_CF_PROOF == AIR_CF_PROOF && KC_CF_FIRST == AIR_CF_FIRST,
               "columns of closed form");
_Static_assert(KC_L_GKR_MIX == SC_L_GKR_MIX && KC_L_GKR_T == SC_L_GKR_T && KC_L_GKR_ROUND == SC_L_GKR_ROUND &&
                   KC_L_GKR_CLAIMS == SC_L_GKR_CLAIMS && KC_L_GKR_LINE == SC_L_GKR_LINE,
               "labels of the transcript");

#define MANY_GROUPS 1024u

static unsigned low_of(unsigned n, unsigned log_low)
{
    return n < log_low ? n : log_low;
}

/* Places of a group: enough for its lanes, then as many groups as keep a device busy, then more places. */
static uint32_t span_of(unsigned n, unsigned log_low)
{
    const uint32_t half = (uint32_t)1 << n, most = (uint32_t)1 << low_of(n, log_low);
    uint32_t span = half / MANY_GROUPS;
    span = span < KC_LANES ? KC_LANES : span;
    return span < most ? span : most;
}

size_t sc_kc_eqs_len(unsigned n, unsigned log_low)
{
    const unsigned low = low_of(n, log_low);
    return FX_DEG * (((size_t)1 << low) + ((size_t)1 << (n - low)));
}

size_t sc_kc_gkr_log(unsigned l)
{
    return KC_GKR_LOG + FX_DEG * (size_t)l * (l > 0 ? l - 1 : 0) + 4 * FX_DEG * (size_t)l;
}

size_t sc_kc_partial_len(unsigned n, unsigned log_low)
{
    return 2 * FX_DEG * (((size_t)1 << n) / span_of(n, log_low));
}

static uint32_t groups_for(uint32_t n)
{
    return (n + KC_WIDE - 1) / KC_WIDE;
}

static uint8_t layer(unsigned log)
{
    return (uint8_t)(SC_KC_LAYER + log);
}

struct sc_kc_launch sc_kc_closed(uint32_t at, unsigned log_h, unsigned kind, uint32_t index)
{
    return (struct sc_kc_launch){
        .kernel = SC_KC_CLOSED, .groups = {groups_for((uint32_t)1 << log_h), 1}, .pointer = {SC_KC_CELLS}, .arg = {at, log_h, kind, index}};
}

struct sc_kc_launch sc_kc_fractions(unsigned log, uint32_t to, uint32_t n, uint32_t row, uint32_t desc)
{
    return (struct sc_kc_launch){.kernel = SC_KC_FRACTIONS,
                                 .groups = {groups_for(n), 1},
                                 .pointer = {layer(log), SC_KC_CELLS, SC_KC_FORMS},
                                 .arg = {desc, sc_kc_plane(log), to, row, n}};
}

struct sc_kc_launch sc_kc_unused(unsigned log, uint32_t to, uint32_t n)
{
    return (struct sc_kc_launch){
        .kernel = SC_KC_UNUSED, .groups = {groups_for(n), 1}, .pointer = {layer(log)}, .arg = {sc_kc_plane(log), to, n, FP_ONE}};
}

struct sc_kc_launch sc_kc_gkr_up(unsigned log)
{
    return (struct sc_kc_launch){.kernel = SC_KC_GKR_UP,
                                 .groups = {groups_for((uint32_t)1 << log), 1},
                                 .pointer = {layer(log), layer(log + 1)},
                                 .arg = {sc_kc_plane(log), sc_kc_plane(log + 1), (uint32_t)1 << log}};
}

struct sc_kc_launch sc_kc_gkr_mix(void)
{
    return (struct sc_kc_launch){.kernel = SC_KC_SAY,
                                 .groups = {1, 1},
                                 .pointer = {SC_KC_TALK, SC_KC_PARTIAL},
                                 .arg = {[4] = KC_GKR_MU, [5] = 1, [6] = KC_L_GKR_MIX}};
}

unsigned sc_kc_gkr_layer(struct sc_kc_launch out[SC_KC_GKR_LAUNCHES], unsigned l, unsigned log_low, bool more)
{
    const uint32_t plane = sc_kc_plane(l + 1), log = (uint32_t)sc_kc_gkr_log(l);
    unsigned at = 0, i = 0;
    SC_ASSERT(log_low <= KC_MOST_LOW);
    for (; l >= i + 1 + log_low; i++) {
        const unsigned n = l - 1 - i;
        const uint32_t places = (uint32_t)1 << n, span = span_of(n, log_low), groups = places / span;
        out[at++] = (struct sc_kc_launch){.kernel = SC_KC_GKR_ROUND,
                                          .groups = {groups, 1},
                                          .pointer = {SC_KC_PARTIAL, layer(l + 1), SC_KC_TALK},
                                          .arg = {plane, plane / 2, places, log_low, span, i, n - log_low}};
        out[at++] = (struct sc_kc_launch){.kernel = SC_KC_SAY,
                                          .groups = {1, 1},
                                          .pointer = {SC_KC_TALK, SC_KC_PARTIAL},
                                          .arg = {groups, log + 2 * FX_DEG * i, 2 * FX_DEG, KC_L_GKR_T, KC_GKR_C + FX_DEG * i, 1, KC_L_GKR_ROUND}};
    }
    out[at++] = (struct sc_kc_launch){.kernel = SC_KC_GKR_TAIL,
                                      .groups = {1, 1},
                                      .pointer = {layer(l + 1), SC_KC_TALK},
                                      .arg = {plane, plane / 2, l, i, log_low, log, more}};
    return at;
}
