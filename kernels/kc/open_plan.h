/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The launches of an opening on a device. What each does: kernels/kc/open.h.
 */
#ifndef SC_KC_OPEN_PLAN_H
#define SC_KC_OPEN_PLAN_H

#include "core/field/fx.h"
#include "kernels/kc/launch.h"

#include <stdbool.h>
#include <stddef.h>

/** Buffers of these launches, 32-bit words: what is only read (f, code words, a tree), polynomial and weight, both once more, tables and lists,
 * sums of groups, and what comes back. */
enum sc_kc_open_buffer {
    SC_KC_OPEN_FROM,
    SC_KC_OPEN_G,
    SC_KC_OPEN_W,
    SC_KC_OPEN_NEXT_G,
    SC_KC_OPEN_NEXT_W,
    SC_KC_OPEN_TABLES,
    SC_KC_OPEN_PARTIAL,
    SC_KC_OPEN_OUT,
    SC_KC_N_OPEN_BUFFERS
};

enum { SC_KC_BLOCK_LEN = 1 + FX_DEG }; /* words of a block in a list */

/** A table of eq in n variables at word `tab`, the low one of min(n, log_low). Its length is sc_kc_eqs_len(n, log_low). */
struct sc_kc_eq {
    uint32_t tab;
    uint8_t n, log_low;
};

/** Words of the sums of groups that an opening of 2^mu elements needs at most, 2^first of them parts by the first variables. */
size_t sc_kc_open_partial_len(unsigned mu, unsigned first, unsigned log_low);

/** words[0 .. n) = value; to: G, W or another. n < 2^32. */
struct sc_kc_launch sc_kc_fill(enum sc_kc_open_buffer to, uint32_t n, uint32_t value);
/** FROM is f, 2^first parts of 2^rest elements. out[0 .. 10 2^(first - 1)) from word @p to on: for each k < 2^(first - 1) the sums of part k and
 * of part k + 2^(first - 1). */
void sc_kc_open_cross(struct sc_kc_launch out[2], struct sc_kc_eq eq, uint32_t list, uint32_t n_blocks, unsigned rest, unsigned first, uint32_t to);
/** G, planes of 2^rest, from FROM, f. */
struct sc_kc_launch sc_kc_open_lin(uint32_t list, unsigned rest, unsigned first);
/** Blocks join W, planes of 2^log_plane; they do not overlap. */
struct sc_kc_launch sc_kc_open_weight(struct sc_kc_eq eq, uint32_t list, uint32_t n_blocks, unsigned log_plane);
/** Powers of t points join W, 2^log_n elements in planes of as many. */
struct sc_kc_launch sc_kc_open_powers(uint32_t list, uint32_t t, unsigned log_n);
/** out[to .. to + 5) = G, 2^eq.n elements in planes of as many, at the point of eq; five words more are written. */
void sc_kc_open_sample(struct sc_kc_launch out[2], struct sc_kc_eq eq, uint32_t to);
/** A round that leaves 2^n places of vectors with planes of 2^log_plane; out[0 .. 10) are the two sums. folds: by c, the challenge of the round before. */
void sc_kc_open_round(struct sc_kc_launch out[2], unsigned log_plane, unsigned n, bool folds, fx c);
/** NEXT_G and NEXT_W, planes of 2^n: the first 2^n elements of G and W, or when they fold of twice as many. */
void sc_kc_open_fold(struct sc_kc_launch out[2], unsigned log_plane, unsigned n, bool folds, fx c);
/** out[to + y n + i] = FROM[(where[y] << log_each) + (i << log_step)], y < n_where, the list being at word @p list; residues: out of Montgomery form. */
struct sc_kc_launch sc_kc_pick(uint32_t to, uint32_t list, uint32_t n_where, uint32_t n, unsigned log_each, unsigned log_step, bool residues);

#endif
