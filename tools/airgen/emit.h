/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What airgen writes from recorded tables. Every function writes to an open stream and owns nothing.
 */
#ifndef SC_AIRGEN_EMIT_H
#define SC_AIRGEN_EMIT_H

#include "tools/airgen/record.h"

#include <stdio.h>

struct machine {
    struct rec_table **t;
    unsigned n;
};

/** Every chip of the machine; false when a rule is broken, then the log says which. machine_free in every case. */
bool machine_record(struct machine *m, struct rec_log *log);
void machine_free(struct machine *m);

/** The golden listing, docs/constraints.txt. From ';' to the end of a line is commentary. */
void emit_listing(FILE *f, const struct machine *m);
/** One expression in infix; shared parts written out. */
void emit_infix(FILE *f, const struct rec_table *t, uint32_t node);
/** BLAKE3 derive-key("socle machine v1") of the listing without commentary, trailing blanks and empty lines. */
void machine_digest(uint8_t out[32], const struct machine *m);
/** air_tables.c: sc_air_tables and sc_machine_digest. */
void emit_tables(FILE *f, const struct machine *m);
/** air_eval.inc: constraint evaluators in macro form, functions of at most @p max_nodes. False if one constraint alone is larger. */
bool emit_eval(FILE *f, const struct machine *m, unsigned max_nodes, struct rec_log *log);
/** Constraints of one table for a solver: polynomials mod p. */
void emit_solver(FILE *f, const struct rec_table *t);

#endif
