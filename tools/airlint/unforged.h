/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Laws without a recorded forgery, and why.
 */
#ifndef AIRLINT_UNFORGED_H
#define AIRLINT_UNFORGED_H

#include "tools/airlint/judge.h"

/** The reason why no forgery is recorded for the law; NULL when it is not listed. */
const char *unforged_reason(const struct law *law);
/** Entry @p i of the list as "TABLE label", and how many laws it covers; false behind the last. */
bool unforged_entry(unsigned i, char *text, size_t size, unsigned *n_laws);

#endif
