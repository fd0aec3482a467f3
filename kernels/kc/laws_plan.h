/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The laws of the machine's tables as programs, and the launches of the batched sumcheck on a device. Kernels: kernels/kc/laws.h.
 */
#ifndef SC_KC_LAWS_PLAN_H
#define SC_KC_LAWS_PLAN_H

#include <stddef.h>

#include "core/field/fx.h"
#include "kernels/kc/launch.h"
#include "kernels/kc/open_plan.h"

/** Buffers of these launches, 32-bit words: cells of all columns, vectors of the challenge field, tables (eq, programs, lists), sums of groups,
 * sums of chunks and then the values, the transcript. */
enum sc_kc_laws_buffer { SC_KC_IN_CELLS, SC_KC_IN_EXT, SC_KC_IN_TABLES, SC_KC_IN_PARTIAL, SC_KC_IN_OUT, SC_KC_IN_TALK, SC_KC_N_LAWS_BUFFERS };

/** A program: n steps, three words each, and the variables that it uses. */
struct sc_kc_program_info {
    uint32_t n_steps, n_vars;
};
/** The laws of table number @p table of the machine, from the text that airgen emits. out: NULL, or room for 3 n_steps words.
 * No steps: there are none, or too many. */
struct sc_kc_program_info sc_kc_laws_program(uint32_t *out, unsigned table);
enum { SC_KC_MAX_STEPS = 2048 };

/* Entries of the lists in the tables. Chunks are in falling height everywhere, vectors in falling plane. Where something is: in EXT for vectors, in
 * CELLS for columns, in the tables for all else. */

/** The laws of a chunk of 2^h rows: its columns as vectors one behind the other, of plane 2^(h - 1). */
struct sc_kc_law {
    uint32_t program, n_steps, columns, lambda, ext, plane;
    uint32_t lanes_base, lanes_ext; /* sc_kc_law_lanes */
};
/** What a chunk's interactions on one side add up to, a vector of plane 2^h. */
struct sc_kc_form {
    uint32_t at, plane, side, desc;
};
struct sc_kc_vector {
    uint32_t at, plane;
};
/** A column, and the vector that it becomes. */
struct sc_kc_base {
    uint32_t at, plane, from;
};
/** A chunk: rounds before it begins, its numbers in the lists of laws and of forms of either side, or SC_KC_NONE. */
struct sc_kc_part {
    uint32_t skip, law, form[2];
};
#define SC_KC_NONE 0xffffffffu

void sc_kc_law_lanes(struct sc_kc_law *law, uint32_t n_vars);

/** Where the lists begin in the tables. points: coordinates of tau, their inverses, of rho of either side, SC_KC_POINT words each. */
struct sc_kc_zero {
    uint32_t laws, forms, vectors, bases, parts, values, points;
    uint32_t n_parts, n_values; /* values: vectors whose first elements they are */
};
enum { SC_KC_POINT = 32 * FX_DEG };

/** What of the lists takes part in a round at the beginning of which 2^left rows are left: vectors that are folded before it and columns that become
 * vectors then; laws of vectors, laws in all, forms that had their first round before. */
struct sc_kc_zero_at {
    uint32_t round;
    unsigned left;
    uint32_t n_vectors, first_base, n_bases, n_ext, n_laws, n_forms;
    struct sc_kc_eq tau, rho[2]; /* of left - 1 variables */
};

/** Words of the sums of groups for so many sums over 2^n places, and of the transcript with all that is kept of so many chunks. */
size_t sc_kc_zero_partial_len(unsigned n, unsigned log_low, size_t sums);
size_t sc_kc_zero_talk_len(uint32_t n_parts);
/** TALK begins with the transcript's state, 8 words. Where it has the four elements that a round sends, and how many words there are of rounds. */
size_t sc_kc_zero_log(unsigned round);

/** At most so many launches a round, or a height. */
#define SC_KC_ZERO_LAUNCHES 7
/** Forms [first, first + n) of the list, of chunks of 2^log_h rows, and their sums in that chunk's first round with eq as in that round; n > 0. */
unsigned sc_kc_zero_forms(struct sc_kc_launch out[SC_KC_ZERO_LAUNCHES], const struct sc_kc_zero *z, uint32_t first, uint32_t n, unsigned log_h,
                          const struct sc_kc_eq rho[2]);
/** When all forms are there: what is kept of each chunk. */
struct sc_kc_launch sc_kc_zero_begin(const struct sc_kc_zero *z);
/** The round before's challenge into what there is, and, unless no rows are left to sum over, the round. */
unsigned sc_kc_zero_round(struct sc_kc_launch out[SC_KC_ZERO_LAUNCHES], const struct sc_kc_zero *z, const struct sc_kc_zero_at *at);
/** Of a round, the sums alone: ten words each from the beginning of OUT on, of which five count for laws. Of vectors at 0, 2, 3, of other columns at 2
 * and 3, then of forms at 0 and 1. At most four launches. */
unsigned sc_kc_zero_sums(struct sc_kc_launch *out, const struct sc_kc_zero *z, const struct sc_kc_zero_at *at);
/** When all rounds are done: n_values elements to the beginning of OUT. */
struct sc_kc_launch sc_kc_zero_values(const struct sc_kc_zero *z);

#endif
