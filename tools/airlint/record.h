/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Recorded forgeries as text: one line a forgery, "TABLE constraint|query|exchange|message INDEX | TABLE ROW[xCOPIES]: column=value ..",
 * every changed row after another bar. Values are canonical residues. Rows are those of the scene.
 */
#ifndef AIRLINT_RECORD_H
#define AIRLINT_RECORD_H

#include "tools/airlint/judge.h"

#include <stdio.h>

/** Read the next forgery; false at the end, or with @p why not empty when the line is none. Lines that begin with # are skipped. */
bool record_read(struct lie *out, const struct scene *s, FILE *f, char *why, size_t why_size);
void record_write(FILE *f, const struct lie *l);

/** Judge the lie by the trace checker: put it into the whole trace, count all multiplicities again, take the law out of the
 * machine, and check. True: the trace passes without the law, and with it the same trace is refused. */
bool record_whole_trace_passes(const struct lie *l, char *why, size_t why_size);
/** Does the trace checker accept the whole trace with the lie in it? Nothing is deleted. */
bool record_trace_accepted(const struct lie *l);

#endif
