/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The laws of the machine's tables as programs, and the launches of the batched sumcheck on a device. Kernels: kernels/kc/laws.h.
 */
#ifndef SC_KC_LAWS_PLAN_H
#define SC_KC_LAWS_PLAN_H

#include "core/field/fx.h"
#include "kernels/kc/launch.h"
#include "kernels/kc/open_plan.h"

/** Buffers of these launches, 32-bit words: cells of all columns, columns of the challenge field, forms, tables (programs, lists, eq), sums of
 * groups, and what comes back. */
enum sc_kc_laws_buffer { SC_KC_IN_CELLS, SC_KC_IN_EXT, SC_KC_IN_FORMS, SC_KC_IN_TABLES, SC_KC_IN_PARTIAL, SC_KC_IN_OUT, SC_KC_N_LAWS_BUFFERS };

/** A program: n steps, three words each, and the variables that it uses. */
struct sc_kc_program_info {
    uint32_t n_steps, n_vars;
};
/** The laws of table number @p table of the machine, from the text that airgen emits. out: NULL, or room for 3 n_steps words.
 * No steps: there are none, or too many. */
struct sc_kc_program_info sc_kc_laws_program(uint32_t *out, unsigned table);
enum { SC_KC_MAX_STEPS = 2048 };

/** Where a chunk of 2^log_h rows has everything. */
struct sc_kc_chunk {
    struct sc_kc_program_info info;
    uint32_t program, columns, lambda; /* in the tables */
    uint32_t ext;                      /* columns of the challenge field, planes of 2^(log_h - 1) */
    uint32_t n_columns;
    uint8_t log_h;
};

/** Words of the sums of groups at most, 2^n places. */
size_t sc_kc_laws_partial_len(unsigned n, unsigned log_low);
/** The sums of the laws with places of eq.n variables: at 2 and 3 in the first round of the chunk, at 0, 2 and 3 after; 10 words each from word
 * @p to of OUT on, of which five count. */
void sc_kc_laws(struct sc_kc_launch out[2], const struct sc_kc_chunk *c, struct sc_kc_eq eq, uint32_t to);
/** Columns folded by c to 2^n rows. */
struct sc_kc_launch sc_kc_bind(const struct sc_kc_chunk *c, unsigned n, fx r);
/** The form at word @p at of FORMS, planes of 2^log_h, from its description at word @p desc of the tables. */
struct sc_kc_launch sc_kc_form(uint32_t at, uint32_t desc, unsigned log_h);
/** Its sums with eq over both halves: five words each from word @p to of OUT on. */
void sc_kc_form_round(struct sc_kc_launch out[2], uint32_t at, unsigned log_h, struct sc_kc_eq eq, uint32_t to);
struct sc_kc_launch sc_kc_form_bind(uint32_t at, unsigned log_h, unsigned n, fx r);

#endif
