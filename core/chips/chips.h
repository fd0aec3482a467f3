/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Every chip from outside: its row (opaque; n_cols words), how a row is filled, what it must satisfy, and its columns by name.
 * A row is an array of canonical residues below p; unreal rows are all zero and are not filled.
 * Owns nothing. Theory: docs/spec/chips.md.
 */
#ifndef SC_CHIPS_CHIPS_H
#define SC_CHIPS_CHIPS_H

#include "core/air/dsl.h"
#include "core/chips/event.h"

/* struct <name>_row, sc_<name>_constrain (airgen only), sc_<name>_cols (entries of one or several columns), sc_<name>_n_cols (entries). */
#define T(NAME, name, fixed_log_h)                     \
    struct name##_row;                                 \
    void sc_##name##_constrain(void);                  \
    extern const struct air_col_info sc_##name##_cols[]; \
    extern const unsigned sc_##name##_n_cols;
#include "core/chips/machine.def"
#undef T

/* Chips of arithmetic and control flow: one event, one row. */
void sc_add_fill(const struct sc_event *e, const struct sc_inst *in, struct add_row *r);
void sc_sub_fill(const struct sc_event *e, const struct sc_inst *in, struct sub_row *r);
void sc_addi_fill(const struct sc_event *e, const struct sc_inst *in, struct addi_row *r);
void sc_addw_fill(const struct sc_event *e, const struct sc_inst *in, struct addw_row *r);
void sc_addiw_fill(const struct sc_event *e, const struct sc_inst *in, struct addiw_row *r);
void sc_konst_fill(const struct sc_event *e, const struct sc_inst *in, struct konst_row *r);
void sc_bit_fill(const struct sc_event *e, const struct sc_inst *in, struct bit_row *r);
void sc_biti_fill(const struct sc_event *e, const struct sc_inst *in, struct biti_row *r);
void sc_shift_fill(const struct sc_event *e, const struct sc_inst *in, struct shift_row *r);
void sc_shifti_fill(const struct sc_event *e, const struct sc_inst *in, struct shifti_row *r);
void sc_slt_fill(const struct sc_event *e, const struct sc_inst *in, struct slt_row *r);
void sc_branch_fill(const struct sc_event *e, const struct sc_inst *in, struct branch_row *r);
void sc_jalr_fill(const struct sc_event *e, const struct sc_inst *in, struct jalr_row *r);
void sc_mul_fill(const struct sc_event *e, const struct sc_inst *in, struct mul_row *r);
void sc_div_fill(const struct sc_event *e, const struct sc_inst *in, struct div_row *r);

/** The MUL row that serves a DIV row: q * d, unsigned magnitudes. */
void sc_mul_fill_called(uint64_t q, uint64_t d, struct mul_row *r);
/** True when a DIV event calls MUL (its divisor is not zero); then also the operands of the called row. */
bool sc_div_call(const struct sc_event *e, const struct sc_inst *in, uint64_t *q, uint64_t *d);

/* Chips of memory and system. Loads, stores and ECALL: one event, one row. */
void sc_ld_fill(const struct sc_event *e, const struct sc_inst *in, struct ld_row *r);
void sc_loads_fill(const struct sc_event *e, const struct sc_inst *in, struct loads_row *r);
void sc_loadx_fill(const struct sc_event *e, const struct sc_inst *in, struct loadx_row *r);
void sc_sd_fill(const struct sc_event *e, const struct sc_inst *in, struct sd_row *r);
void sc_stores_fill(const struct sc_event *e, const struct sc_inst *in, struct stores_row *r);
void sc_storex_fill(const struct sc_event *e, const struct sc_inst *in, struct storex_row *r);
void sc_ecall_fill(const struct sc_event *e, const struct sc_inst *in, struct ecall_row *r);

/** Of f only the address, the two words, the count and prev are read: every other column follows from inst.word. */
void sc_decode_fill(const struct sc_fetch *f, struct decode_row *r);

/** Place of a word in its region: (addr mod 2^32) / 8. */
static inline uint32_t sc_word_key(uint64_t addr)
{
    return (uint32_t)(addr & 0xffffffffu) >> 3;
}
/** What the first row of a region shows as its predecessor, as a residue: 511 for RAM (region 0), -1 for input and output. */
static inline uint32_t sc_word_start(unsigned region)
{
    return region == 0 ? 511u : FP_P - 1u;
}
/** @p prev_key is the key of the row before in the region, or its start. */
void sc_initfinal_fill(const struct sc_word *w, uint32_t prev_key, struct initfinal_row *r);
void sc_renew_fill(const struct sc_renewal *e, struct renew_row *r);
/** Row i is register i: stamp of its last access (0: none) and its final value. */
void sc_regs_fill(uint32_t last_ts, uint64_t last, struct regs_row *r);
void sc_image_fill(uint64_t addr, enum sc_space space, uint64_t value, struct image_row *r);
/** @p first: a row of proof 0; else of a segment. */
void sc_boundary_fill(const struct sc_crossing *w, bool first, struct boundary_row *r);
/* U16T, BYTET and POW2T have multiplicities only, in the order of machine.md section 6: one per row and bus function. */

#endif
