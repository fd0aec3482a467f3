/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * How a lie begins: changes of an honest trace that break the deleted law, or that a prover without it could live on.
 */
#ifndef AIRLINT_OPENING_H
#define AIRLINT_OPENING_H

#include "tools/airlint/search.h"

#define OPTION_STEPS 96

/** A cell that gets a value. */
struct step {
    uint16_t table, col;
    uint32_t row;
    fp value;
};

/** Steps that are taken together. */
struct option {
    unsigned n;
    struct step step[OPTION_STEPS];
};

/** Add the steps that make a use of the row say the tuple of @p to; false when its cells are not free. */
bool option_convert(struct option *o, uint64_t *rng, const struct lie *l, unsigned table, uint32_t row, unsigned use, const struct entry *to);
/** Take the steps; false when a cell was changed to another value before, and then the lie is half changed. */
bool option_apply(struct lie *l, const struct option *o);

/** The DECODE row that reads the instruction at @p ip first, as steps for an unreal row; false when the image has none there or it was read. */
bool option_decode(struct option *o, const struct lie *l, uint32_t ip);

/** A random beginning for the law of q->lie, which has no rows yet. False: try again. */
bool opening(struct search *q);

/** Pieces of it that the mutations use too. */
bool opening_cell(struct search *q, struct change *c);
/** Another order of three accesses to one word, the first by the row's exchange @p use: it takes what is given later. */
bool opening_travel(struct search *q, unsigned table, uint32_t row, unsigned use);
/** An unreal row becomes a copy of a real one; on MEM it comes right after it. NULL: no room. */
struct change *opening_echo(struct search *q, unsigned table, uint32_t row);

#endif
