/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The launches of the bus argument on a device. Layers and vectors: kernels/kc/argue.h.
 */
#ifndef SC_KC_GKR_PLAN_H
#define SC_KC_GKR_PLAN_H

#include "core/field/fx.h"
#include "kernels/kc/launch.h"

#include <stdbool.h>
#include <stddef.h>

/** Buffers of these launches, 32-bit words: cells of all columns, forms of interactions, the transcript and what was said, sums of groups, and
 * the layers: that of 2^k fractions is number SC_KC_LAYER + k. */
enum sc_kc_gkr_buffer { SC_KC_CELLS, SC_KC_FORMS, SC_KC_TALK, SC_KC_PARTIAL, SC_KC_LAYER, SC_KC_N_GKR_BUFFERS = SC_KC_LAYER + 31 };
_Static_assert((int)SC_KC_N_GKR_BUFFERS <= (int)SC_KC_MAX_BUFFERS, "buffers of a job");

/** Words of a layer of 2^log fractions, and its plane. */
static inline uint32_t sc_kc_plane(unsigned log)
{
    return (uint32_t)1 << log;
}
static inline size_t sc_kc_layer_len(unsigned log)
{
    return (size_t)(2 * FX_DEG) << log;
}
/** Words of the tables of eq in n variables, the low one of min(n, log_low), and of the sums of groups of a round of 2^n places. */
size_t sc_kc_eqs_len(unsigned n, unsigned log_low);
size_t sc_kc_partial_len(unsigned n, unsigned log_low);

/** TALK begins with the transcript's state, 8 words. Where layer l, of 2^(l + 1) fractions, has what it sends, elements in Montgomery form:
 * two for each of its l rounds, then four claims. That of the layer behind the last is its length. */
size_t sc_kc_gkr_log(unsigned l);

/** The column of closed form @p kind (enum air_closed) of 2^log_h rows at word @p at of the cells, in proof @p index of a set. */
struct sc_kc_launch sc_kc_closed(uint32_t at, unsigned log_h, unsigned kind, uint32_t index);
/** Leaves [to, to + n) of a layer of 2^log: rows [row, row + n) of the interaction whose forms begin at word @p desc. */
struct sc_kc_launch sc_kc_fractions(unsigned log, uint32_t to, uint32_t n, uint32_t row, uint32_t desc);
struct sc_kc_launch sc_kc_unused(unsigned log, uint32_t to, uint32_t n);
/** A layer of 2^log from the one below. */
struct sc_kc_launch sc_kc_gkr_up(unsigned log);
/** The first layer's mu is drawn. */
struct sc_kc_launch sc_kc_gkr_mix(void);

/** All of layer l, from its mu to the point of the layer below and, when there are @p more, that one's mu. Rounds over 2^log_low places and more are
 * two launches each, all behind them is one of one group; log_low <= 10, the same for all layers, the first of which is number 0. Destroys the
 * layer. Returns how many launches. */
#define SC_KC_GKR_LAUNCHES 64 /* l <= 30 */
unsigned sc_kc_gkr_layer(struct sc_kc_launch out[SC_KC_GKR_LAUNCHES], unsigned l, unsigned log_low, bool more);

#endif
