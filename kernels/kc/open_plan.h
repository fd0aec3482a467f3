/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The launches of an opening on a device. What each does: kernels/kc/open.h.
 */
#ifndef SC_KC_OPEN_PLAN_H
#define SC_KC_OPEN_PLAN_H

#include "core/budget/params.h"
#include "core/field/fx.h"
#include "kernels/kc/commit_plan.h"

#include <stdbool.h>
#include <stddef.h>

/** Buffers of these launches, 32-bit words: f or what else is only read, polynomial and weight, both once more, tables and lists, sums of groups, what
 * comes back, the transcript and what was said, numbers of roots in their trees, and those of a commitment (enum sc_kc_buffer). */
enum sc_kc_open_buffer {
    SC_KC_OPEN_FROM,
    SC_KC_OPEN_G,
    SC_KC_OPEN_W,
    SC_KC_OPEN_NEXT_G,
    SC_KC_OPEN_NEXT_W,
    SC_KC_OPEN_TABLES,
    SC_KC_OPEN_PARTIAL,
    SC_KC_OPEN_OUT,
    SC_KC_OPEN_TALK,
    SC_KC_OPEN_ROOTS,
    SC_KC_OPEN_COMMIT,
    SC_KC_N_OPEN_BUFFERS = SC_KC_OPEN_COMMIT + SC_KC_N_BUFFERS
};

/** What is where in TALK, behind the transcript's state and what the kernels need: of each fold of a round its challenge, its two sums, and the four
 * words of its nonce's frame, the nonce being the third; of the queries' nonce the same behind them; the root of the commitment, points and
 * answers of its samples. Then tables of eq, which need not come down. */
enum {
    SC_KC_SAID_C = 40,
    SC_KC_SAID_H = SC_KC_SAID_C + FX_DEG * SC_WHIR_MAX_K,
    SC_KC_SAID_NONCE = SC_KC_SAID_H + 2 * FX_DEG * SC_WHIR_MAX_K,
    SC_KC_SAID_ROOT = SC_KC_SAID_NONCE + 4 * (SC_WHIR_MAX_K + 1),
    SC_KC_SAID_Z = SC_KC_SAID_ROOT + 8,
    SC_KC_SAID_ANSWERS = SC_KC_SAID_Z + FX_DEG * SC_WHIR_MAX_OOD * SC_M0_MAX,
    SC_KC_SAID_END = SC_KC_SAID_ANSWERS + FX_DEG * (SC_WHIR_MAX_OOD + 1),
    SC_KC_OPEN_EQ = SC_KC_SAID_END,
    SC_KC_OPEN_TALK_LEN = SC_KC_OPEN_EQ + (FX_DEG << 10)
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

/* What a round says, in its order; functions with a pointer that moves on add their launches there. Folds are numbered from 0 in each chain. */

/** Fold number v, which leaves 2^n places of vectors with planes of 2^log_plane: its sums are sent, a nonce of gf bits found and sent, its challenge
 * drawn. Before that the vectors are folded by the challenge of fold v - 1. Four launches at most. */
void sc_kc_open_round(struct sc_kc_launch **to, unsigned log_plane, unsigned n, unsigned v, unsigned gf);
/** NEXT_G and NEXT_W, planes of 2^n: the first 2^n elements of G and W, or after n_folds > 0 of twice as many, folded by the last challenge. Two. */
void sc_kc_open_fold(struct sc_kc_launch **to, unsigned log_plane, unsigned n, unsigned n_folds);
/** A commitment of shape @p s, whose tree has its root where word @p round of ROOTS says; the root is sent, @p ood points of s.mu coordinates are
 * drawn, and the values of NEXT_G, planes of 2^s.mu, there are sent; then a nonce of gq bits is found. */
#define SC_KC_OPEN_COMMIT_LAUNCHES (SC_KC_MAX_LAUNCHES + 4 + 3 * SC_WHIR_MAX_OOD)
void sc_kc_open_commit(struct sc_kc_launch **to, struct sc_kc_commit s, uint32_t round, unsigned ood, unsigned gq, unsigned log_low);
/** Its code words alone. */
void sc_kc_open_encode(struct sc_kc_launch **to, struct sc_kc_commit s);
/** The most bits of such nonces. With sixteen times as many tries as are needed on average one of e^16 searches finds none. */
#define SC_KC_OPEN_MAX_BITS 26

/** out[to + y n + i] = from[(where[y] << log_each) + (i << log_step)], y < n_where, the list being at word @p list of TABLES; from is FROM or another
 * buffer; residues: out of Montgomery form. */
struct sc_kc_launch sc_kc_pick(unsigned from, uint32_t to, uint32_t list, uint32_t n_where, uint32_t n, unsigned log_each, unsigned log_step,
                               bool residues);

#endif
