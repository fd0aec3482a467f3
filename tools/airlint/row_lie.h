/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Row forgeries: for a law whose loss no recorded trace shows, a lying row that keeps all laws but the deleted one, and an honest
 * one that keeps all: they receive the same and say different things. In place of the honest row may stand "refused", when the
 * executor refuses what the lying row executes, or "back", when the lying row gives a token that is no newer than the one it takes.
 * Rows are whole, so that a change of the scene does not touch them. Text, one line each:
 * "TABLE constraint|query INDEX | TABLE|refused|back [word=W] column=value .. | TABLE[xCOPIES] column=value ..".
 * Columns that are not named are 0. W is the instruction word whose program line the rows ask for.
 * Owns nothing; what is read lies in the caller's struct.
 */
#ifndef AIRLINT_ROW_LIE_H
#define AIRLINT_ROW_LIE_H

#include "tools/airlint/judge.h"

#include <stdio.h>

/** One of the two rows. */
struct row {
    uint16_t table;
    uint32_t copies; /* so many equal rows; more than 1 where a selector is a fraction */
    fp cell[AIR_MAX_COLS];
};

enum row_proof {
    ROW_DIFFERS, /* from the honest row */
    ROW_REFUSED, /* by the executor */
    ROW_BACK,    /* in time */
};

struct row_forgery {
    struct law law;
    enum row_proof proof;
    uint32_t word;
    struct row honest, lying;
};

/** Does it show that the law is needed? False, with words, when not: what must hold is in docs/internals/airlint.md. */
bool row_forgery_holds(const struct row_forgery *r, char *why, size_t why_size);

/** Read the next one; false at the end, or with @p why not empty when the line is none. Lines that begin with # are skipped. */
bool row_forgery_read(struct row_forgery *out, FILE *f, char *why, size_t why_size);

#endif
