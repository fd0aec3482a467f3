/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What is wrong with an honest trace in which a few rows were changed. Only those rows are looked at: their constraints, their
 * lookups, and by how much what they say on the buses differs from what the honest rows said. Multiplicities of lookup tables
 * and of DECODE count as what the queries need, for a prover is free to choose them.
 * Owns nothing; a lie lies in the caller's struct.
 */
#ifndef AIRLINT_JUDGE_H
#define AIRLINT_JUDGE_H

#include "tools/airlint/scene.h"

#define LIE_MAX_ROWS 12
#define MAX_FLAWS 96

enum law_kind {
    LAW_NONE,       /* nothing is deleted */
    LAW_CONSTRAINT, /* constraint `index` of the table */
    LAW_LOOKUP,     /* bus use `index` of the table, a query */
    LAW_EXCHANGE,   /* what a row takes with use `index` and gives with use `index2`, for the first row of the lie alone */
    LAW_MESSAGE,    /* use `index`, and its answer in other tables or the verifier, for the first row alone */
};

/** A law of the machine that is deleted. */
struct law {
    enum law_kind kind;
    uint16_t table, index, index2;
};

/** A row that differs. Cells have closed-form columns at the end. */
struct change {
    uint16_t table;
    uint32_t row;
    uint32_t copies; /* so many rows from `row` on are the same; more than 1 for unreal rows only */
    fp was[AIR_MAX_COLS], now[AIR_MAX_COLS];
    bool touched[AIR_MAX_COLS]; /* not to be changed again by the search */
};

struct lie {
    const struct scene *s;
    struct law law;
    bool same_input; /* words of the private input may not change */
    unsigned n;
    struct change c[LIE_MAX_ROWS];
};

enum flaw_kind { FLAW_CONSTRAINT, FLAW_LOOKUP, FLAW_LINE, FLAW_TUPLE };

struct flaw {
    enum flaw_kind kind;
    unsigned change, index; /* constraint or use; FLAW_TUPLE: none */
    struct entry e;         /* LOOKUP, LINE, TUPLE: the tuple and its surplus */
};

/** The changed row, pulled into the lie if it is not yet; NULL when there are too many. */
struct change *lie_row(struct lie *l, unsigned table, uint32_t row);
/** All flaws but the breach of the deleted law; at most MAX_FLAWS. Zero: the trace passes. */
unsigned lie_flaws(const struct lie *l, struct flaw *out);
/** Does any row break the deleted law? With LAW_NONE: no. */
bool lie_breaks_law(const struct lie *l);
/** Does a row that breaks the law tell others something else than the honest row? With LAW_NONE: do all rows together? */
bool lie_means_something(const struct lie *l);
/** Is the line one that a DECODE row gives, changed rows considered? */
bool lie_line_given(const struct lie *l, const struct entry *line);

/** The line that changed row @p change of DECODE gives now; false when it gives none. */
bool lie_line(const struct lie *l, unsigned change, struct entry *line);

/** The laws of the machine, in machine order: constraints and queries, exchanges, messages. Returns how many; out may be NULL. */
unsigned all_laws(struct law *out);
/** "ADD constraint 3: sum of ..." */
void law_text(char *out, size_t size, const struct law *law);
/** Label that an exception is listed under: the constraint's, or "bus(slot expression's columns)". */
void law_label(char *out, size_t size, const struct law *law);

#endif
