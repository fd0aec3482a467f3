/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The machine that proofs are about: the tables that airgen emits, and which of them each proof of a set has.
 * Theory: docs/spec/proof.md, docs/decisions/0007-sets-of-segments.md.
 */
#include "core/verify/verify.h"

#define BIT(NAME) (UINT64_C(1) << AIR_TABLE_##NAME)
#define MAIN (BIT(IMAGE) - 1)
#define MEMORY (BIT(INITFINAL) | BIT(REGS))

const struct sc_machine sc_machine_rv64im = {
    .tables = sc_air_tables,
    .n_main = AIR_TABLE_IMAGE,
    .digest = sc_machine_digest,
    .in_first = MEMORY | BIT(U16T) | BIT(BYTET) | BIT(POW2T),
    .in_segments = MAIN & ~MEMORY,
};
