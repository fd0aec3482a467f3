/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The launches of the bus argument. Contracts: gkr_plan.h.
 */
#include "kernels/kc/gkr_plan.h"

#include "kernels/kc/kc.h"

#include "kernels/kc/field.h"

#include "kernels/kc/ext.h"

#include "kernels/kc/argue.h"

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

size_t sc_kc_partial_len(unsigned n, unsigned log_low)
{
    return 2 * FX_DEG * (((size_t)1 << n) / span_of(n, log_low));
}

static uint32_t groups_for(uint32_t n)
{
    return (n + KC_WIDE - 1) / KC_WIDE;
}

struct sc_kc_launch sc_kc_fractions(unsigned log, uint32_t to, uint32_t n, uint32_t row, uint32_t desc)
{
    return (struct sc_kc_launch){.kernel = SC_KC_FRACTIONS,
                                 .groups = {groups_for(n), 1},
                                 .pointer = {SC_KC_LAYER, SC_KC_CELLS, SC_KC_FORMS},
                                 .arg = {desc, sc_kc_plane(log), to, row, n}};
}

struct sc_kc_launch sc_kc_unused(unsigned log, uint32_t to, uint32_t n)
{
    return (struct sc_kc_launch){
        .kernel = SC_KC_UNUSED, .groups = {groups_for(n), 1}, .pointer = {SC_KC_LAYER}, .arg = {sc_kc_plane(log), to, n, FP_ONE}};
}

struct sc_kc_launch sc_kc_gkr_up(unsigned log)
{
    return (struct sc_kc_launch){.kernel = SC_KC_GKR_UP,
                                 .groups = {groups_for((uint32_t)1 << log), 1},
                                 .pointer = {SC_KC_LAYER, SC_KC_BELOW},
                                 .arg = {sc_kc_plane(log), sc_kc_plane(log + 1), (uint32_t)1 << log}};
}

void sc_kc_gkr_round(struct sc_kc_launch out[2], unsigned log, unsigned n, unsigned log_low, bool first, fx c)
{
    const uint32_t half = (uint32_t)1 << n, span = span_of(n, log_low), groups = half / span;
    out[0] = (struct sc_kc_launch){.kernel = SC_KC_GKR_ROUND,
                                   .groups = {groups, 1},
                                   .pointer = {SC_KC_PARTIAL, SC_KC_LAYER, SC_KC_EQS},
                                   .arg = {sc_kc_plane(log), sc_kc_plane(log) / 2, half, low_of(n, log_low), span, !first, c.c[0], c.c[1], c.c[2],
                                           c.c[3], c.c[4]}};
    out[1] = (struct sc_kc_launch){.kernel = SC_KC_TOTAL, .groups = {1, 1}, .pointer = {SC_KC_OUT, SC_KC_PARTIAL}, .arg = {0, groups}};
}

struct sc_kc_launch sc_kc_gkr_pack(unsigned log, unsigned log_len)
{
    return (struct sc_kc_launch){.kernel = SC_KC_GKR_PACK,
                                 .groups = {groups_for((uint32_t)sc_kc_packed_len(log_len)), 1},
                                 .pointer = {SC_KC_OUT, SC_KC_LAYER},
                                 .arg = {sc_kc_plane(log), sc_kc_plane(log) / 2, log_len}};
}
