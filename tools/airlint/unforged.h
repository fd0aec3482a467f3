/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Laws without a recorded forgery, and why.
 */
#ifndef AIRLINT_UNFORGED_H
#define AIRLINT_UNFORGED_H

#include "tools/airlint/judge.h"

/** The reason of PROOF entries: the law is missed, but by tools/determinism.py and not by a forgery. */
extern const char unforged_proof[];

/** Is the law listed? @p reason: why no forgery of it can be had, or unforged_proof; NULL when that is open. */
bool unforged(const struct law *law, const char **reason);
/** Entry @p i of the list, and how many laws it covers; false behind the last. */
bool unforged_entry(unsigned i, const char **text, unsigned *n_laws);

#endif
