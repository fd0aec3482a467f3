/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The launches of the bus argument on a device. Layers and vectors: kernels/kc/argue.h.
 */
#ifndef SC_KC_GKR_PLAN_H
#define SC_KC_GKR_PLAN_H

#include "core/field/fx.h"
#include "kernels/kc/launch.h"

#include <stddef.h>

/** Buffers of these launches, 32-bit words: a layer, the one below it, cells of all columns, forms of interactions, tables of eq, sums of groups,
 * and what comes back. */
enum sc_kc_gkr_buffer { SC_KC_LAYER, SC_KC_BELOW, SC_KC_CELLS, SC_KC_FORMS, SC_KC_EQS, SC_KC_PARTIAL, SC_KC_OUT, SC_KC_N_GKR_BUFFERS };

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
/** Of the vectors of a layer, 2^log_len elements of each, in what comes back. */
static inline size_t sc_kc_packed_len(unsigned log_len)
{
    return (size_t)(4 * FX_DEG) << log_len;
}

/** Leaves [to, to + n) of a layer of 2^log: rows [row, row + n) of the interaction whose forms begin at word @p desc. */
struct sc_kc_launch sc_kc_fractions(unsigned log, uint32_t to, uint32_t n, uint32_t row, uint32_t desc);
struct sc_kc_launch sc_kc_unused(unsigned log, uint32_t to, uint32_t n);
/** A layer of 2^log from the one below. */
struct sc_kc_launch sc_kc_gkr_up(unsigned log);
/** A round over 2^n places of a layer of 2^log, whose first one has log - 2; out[0 .. 9] of OUT are the two sums. mu, or the challenge of the
 * round before. */
void sc_kc_gkr_round(struct sc_kc_launch out[2], unsigned log, unsigned n, unsigned log_low, bool first, fx c);
/** The first 2^log_len elements of the vectors of a layer of 2^log, vector k planar at out[k sc_kc_packed_len / 4]. */
struct sc_kc_launch sc_kc_gkr_pack(unsigned log, unsigned log_len);

#endif
