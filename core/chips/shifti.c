/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * SLLI, SRLI, SRAI and their W forms: the amount is the program's. Owns nothing. Theory: docs/spec/chips.md section 6.
 */
#include "core/chips/shifted.h"

#include <string.h>

/* clang-format off */
#define SHIFTI_COLUMNS(ONE, VEC)                                \
    PART_STATE(ONE, VEC)                                        \
    PART_READ1(ONE, VEC)                                        \
    PART_WRITE(ONE, VEC)                                        \
    SHIFTED_COLUMNS(ONE, VEC)
/* clang-format on */
AIR_ROW(shifti, SHIFTI_COLUMNS)
AIR_COLS(shifti, SHIFTI_COLUMNS)

static const uint16_t codes[N_SHIFTS] = SHIFT_CODES(CLS_OPIMM, CLS_OPIMM32);

void sc_shifti_fill(const struct sc_event *e, const struct sc_inst *in, struct shifti_row *r)
{
    struct shifted_row x = {0};

    PART_FILL_STATE(r, e);
    PART_FILL_READ1(r, e, in);
    PART_FILL_WRITE(r, e, in);
    part_kinds(x.kind, N_SHIFTS, codes, in->op);
    shifted_fill(&x, e, in->c[0]);
    memcpy((char *)r + offsetof(struct shifti_row, kind), &x, sizeof x);
}

#ifdef SC_AIRGEN
#define ROW struct shifti_row

void sc_shifti_constrain(void)
{
    struct shifted x = SHIFTED_EX;
    shifted_begin(&x);
    const ex written[4] = {x.r[0], x.r[1], x.z[0], x.z[1]};

    PART_STEP(x.real, part_plus(C(ip), 1));
    struct air_prog p = air_prog_zero();
    p.ip = C(ip);
    p.op = part_op(N_SHIFTS, x.kind, codes);
    p.rd = C(rd);
    p.rs1 = C(rs1);
    p.c[0] = x.s; /* DECODE has shift amounts below 64, in W forms below 32 */
    air_prog_query(x.real, p);

    PART_REG_READ1(x.real, x.a);
    PART_REG_WRITE(x.real, written);
    shifted_constrain(&x);
}
#endif
