/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The launches of an opening. Contracts: open_plan.h.
 */
#include "kernels/kc/open_plan.h"

#include "kernels/kc/kc.h"

#include "kernels/kc/field.h"

#include "kernels/kc/tree.h"

#include "kernels/kc/ext.h"
#include "kernels/kc/talk.h"

#include "kernels/kc/argue.h"

#include "kernels/kc/open.h"

#define MANY_GROUPS 1024u
#define MAX_SPAN 1024u

/* Places of a group: enough for its lanes, then as many groups as keep a device busy, then more places, `most` or less. */
static uint32_t span_of(unsigned n, uint32_t most)
{
    const uint32_t places = (uint32_t)1 << n;
    const uint32_t span = places / MANY_GROUPS < KC_LANES ? KC_LANES : places / MANY_GROUPS, least = places < span ? places : span;
    return least < most ? least : most;
}

static unsigned low_of(struct sc_kc_eq eq)
{
    return eq.n < eq.log_low ? eq.n : eq.log_low;
}

static uint32_t low_len(struct sc_kc_eq eq)
{
    return (uint32_t)1 << low_of(eq);
}

static uint32_t groups_for(uint64_t n, uint32_t items)
{
    return (uint32_t)((n + items - 1) / items);
}

size_t sc_kc_open_partial_len(unsigned mu, unsigned first, unsigned log_low)
{
    const uint32_t most = (uint32_t)1 << log_low;
    size_t len = 0;
    for (unsigned n = 0; n <= mu - first; n++) {
        const size_t groups = ((size_t)1 << n) / span_of(n, most), all = groups << (first > 0 ? first - 1 : 0);
        len = all > len ? all : len;
    }
    return 2 * FX_DEG * len;
}

static struct sc_kc_launch total(uint32_t to, uint32_t groups, uint32_t sums)
{
    return (struct sc_kc_launch){
        .kernel = SC_KC_TOTAL, .groups = {1, sums}, .pointer = {SC_KC_OPEN_OUT, SC_KC_OPEN_PARTIAL}, .arg = {to, groups}};
}

struct sc_kc_launch sc_kc_fill(enum sc_kc_open_buffer to, uint32_t n, uint32_t value)
{
    return (struct sc_kc_launch){.kernel = SC_KC_FILL, .groups = {groups_for(n, KC_WIDE), 1}, .pointer = {(uint8_t)to}, .arg = {n, value}};
}

void sc_kc_open_cross(struct sc_kc_launch out[2], struct sc_kc_eq eq, uint32_t list, uint32_t n_blocks, unsigned rest, unsigned first, uint32_t to)
{
    const uint32_t span = span_of(eq.n, low_len(eq)), groups = ((uint32_t)1 << eq.n) / span, half = (uint32_t)1 << (first - 1);
    out[0] = (struct sc_kc_launch){.kernel = SC_KC_OPEN_CROSS,
                                   .groups = {groups, half},
                                   .pointer = {SC_KC_OPEN_PARTIAL, SC_KC_OPEN_FROM, SC_KC_OPEN_TABLES},
                                   .arg = {eq.tab, list, n_blocks, low_of(eq), span, rest, half, groups}};
    out[1] = total(to, groups, half);
}

struct sc_kc_launch sc_kc_open_lin(uint32_t list, unsigned rest, unsigned first)
{
    return (struct sc_kc_launch){.kernel = SC_KC_OPEN_LIN,
                                 .groups = {groups_for((uint64_t)1 << rest, KC_WIDE), 1},
                                 .pointer = {SC_KC_OPEN_G, SC_KC_OPEN_FROM, SC_KC_OPEN_TABLES},
                                 .arg = {list, (uint32_t)1 << first, rest}};
}

struct sc_kc_launch sc_kc_open_weight(struct sc_kc_eq eq, uint32_t list, uint32_t n_blocks, unsigned log_plane)
{
    const uint32_t span = span_of(eq.n, low_len(eq));
    return (struct sc_kc_launch){.kernel = SC_KC_OPEN_WEIGHT,
                                 .groups = {((uint32_t)1 << eq.n) / span, n_blocks},
                                 .pointer = {SC_KC_OPEN_W, SC_KC_OPEN_TABLES},
                                 .arg = {(uint32_t)1 << log_plane, eq.tab, list, low_of(eq), span}};
}

struct sc_kc_launch sc_kc_open_powers(uint32_t list, uint32_t t, unsigned log_n)
{
    return (struct sc_kc_launch){.kernel = SC_KC_OPEN_POWERS,
                                 .groups = {groups_for((uint64_t)1 << log_n, KC_LANES * KC_POINTS), 1},
                                 .pointer = {SC_KC_OPEN_W, SC_KC_OPEN_TABLES},
                                 .arg = {list, t, log_n}};
}

void sc_kc_open_sample(struct sc_kc_launch out[2], struct sc_kc_eq eq, uint32_t to)
{
    const uint32_t span = span_of(eq.n, low_len(eq)), places = (uint32_t)1 << eq.n;
    out[0] = (struct sc_kc_launch){.kernel = SC_KC_OPEN_SAMPLE,
                                   .groups = {places / span, 1},
                                   .pointer = {SC_KC_OPEN_PARTIAL, SC_KC_OPEN_G, SC_KC_OPEN_TABLES},
                                   .arg = {places, eq.tab, low_of(eq), span}};
    out[1] = total(to, places / span, 1);
}

void sc_kc_open_round(struct sc_kc_launch out[2], unsigned log_plane, unsigned n, bool folds, fx c)
{
    const uint32_t span = span_of(n, MAX_SPAN), places = (uint32_t)1 << n;
    out[0] = (struct sc_kc_launch){
        .kernel = SC_KC_OPEN_ROUND,
        .groups = {places / span, 1},
        .pointer = {SC_KC_OPEN_PARTIAL, SC_KC_OPEN_G, SC_KC_OPEN_W},
        .arg = {(uint32_t)1 << log_plane, places, span, folds, c.c[0], c.c[1], c.c[2], c.c[3], c.c[4]}};
    out[1] = total(0, places / span, 1);
}

void sc_kc_open_fold(struct sc_kc_launch out[2], unsigned log_plane, unsigned n, bool folds, fx c)
{
    for (unsigned i = 0; i < 2; i++) {
        out[i] = (struct sc_kc_launch){
            .kernel = SC_KC_OPEN_FOLD,
            .groups = {groups_for((uint64_t)1 << n, KC_WIDE), 1},
            .pointer = {(uint8_t)(SC_KC_OPEN_NEXT_G + i), (uint8_t)(SC_KC_OPEN_G + i)},
            .arg = {(uint32_t)1 << log_plane, (uint32_t)1 << n, folds, c.c[0], c.c[1], c.c[2], c.c[3], c.c[4]}};
    }
}

struct sc_kc_launch sc_kc_pick(uint32_t to, uint32_t list, uint32_t n_where, uint32_t n, unsigned log_each, unsigned log_step, bool residues)
{
    return (struct sc_kc_launch){.kernel = SC_KC_PICK,
                                 .groups = {groups_for(n, KC_WIDE), n_where},
                                 .pointer = {SC_KC_OPEN_OUT, SC_KC_OPEN_FROM, SC_KC_OPEN_TABLES},
                                 .arg = {to, list, n, log_each, log_step, residues}};
}
