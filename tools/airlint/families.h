/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Families of mutations of the honest trace, by table. With program and input fixed, what the rows of an accepted trace say
 * to each other is determined: a mutation that passes and says something else is a hole in the machine. One that passes and
 * says the same changed a free witness.
 */
#ifndef AIRLINT_FAMILIES_H
#define AIRLINT_FAMILIES_H

#include "tools/airlint/search.h"

/* F(NAME, json key, what is tried) */
#define FAMILIES(F)                                                                             \
    F(CELL, "cell", "one cell of a row gets another value")                                     \
    F(CELLS, "cells", "two to four cells of a row get other values")                            \
    F(REPAIRED, "repaired", "a cell is changed, and all that is wrong then is repaired")        \
    F(PADDING, "padding", "an unreal row is made active")                                       \
    F(MULTIPLICITY, "multiplicity", "a lookup table counts its queries otherwise")              \
    F(BOUNDARY, "boundary", "a row of INITFINAL or REGS is there twice")                        \
    F(TIME, "time", "accesses to a word come in another order, or two rows exchange stamps")    \
    F(MOVED, "moved", "what a row says on one bus it says on another")

enum family {
#define F(NAME, key, text) FAMILY_##NAME,
    FAMILIES(F)
#undef F
    N_FAMILIES
};

struct tally {
    uint64_t tried, caught, harmless, missed;
};

/** Called for each mutation that passes and says something else. */
typedef void miss_fn(void *arg, enum family family, const struct lie *l);

/** Try @p rounds mutations of the family on the table, as far as the family applies to it. */
void family_run(struct tally *out, struct search *q, enum family family, unsigned table, unsigned rounds, miss_fn *miss, void *arg);

#endif
