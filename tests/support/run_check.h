/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Is a recording consistent? Replays its accesses over a memory of its own: every token received
 * must have been sent.
 */
#ifndef SC_TESTS_RUN_CHECK_H
#define SC_TESTS_RUN_CHECK_H

#include "host/exec/exec.h"

/** NULL when the recording of a halted run is consistent, else what is wrong first (with the number
 * of the event in *at). */
const char *run_check(const struct sc_run *run, const struct sc_elf *elf, size_t *at);

#endif
