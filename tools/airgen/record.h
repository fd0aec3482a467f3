/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The recorder behind core/air/dsl.h: one table's columns, expression graph, constraints and bus uses.
 * Expressions written the same way are one node. An affine node also has its coefficients.
 * A table owns its memory; the log collects messages of everything wrong with the chips. Build-time tool: one current table.
 */
#ifndef SC_AIRGEN_RECORD_H
#define SC_AIRGEN_RECORD_H

#include "core/air/dsl.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rec_op { REC_CONST, REC_COL, REC_ADD, REC_SUB, REC_MUL, REC_SCALE, REC_DIV };

#define REC_NOT_AFFINE UINT32_MAX
#define REC_NAME 32
#define REC_NONE UINT32_MAX

struct rec_node {
    enum rec_op op;
    uint32_t a, b;    /* operands; REC_COL: a is the column, closed ones from n_cols on */
    int64_t k;        /* REC_CONST: value in (-p/2, p/2); REC_SCALE, REC_DIV: the factor */
    fp kf;            /* the constant, the factor, or the inverse of the divisor, as a field element */
    unsigned degree;
    uint32_t form;    /* row of forms, or REC_NOT_AFFINE */
};

struct rec_constraint {
    char *label;
    uint32_t node;
};

enum rec_side { REC_SEND, REC_RECV, REC_QUERY, REC_TABLE };

struct rec_use {
    enum air_bus bus;
    enum rec_side side;
    uint32_t sel;
    unsigned n;
    uint32_t slots[AIR_SLOTS];
};

struct rec_col {
    char name[REC_NAME];
    const char *doc;
    enum air_class cls;
};

/** Messages, one per line; n of them. */
struct rec_log {
    char text[8192];
    size_t len;
    unsigned n;
};

struct rec_table {
    const char *name;      /* as the chip's file */
    const char *id;        /* NAME of machine.def */
    unsigned fixed_log_h;
    struct rec_log *log;
    unsigned n_before;     /* messages of other tables */

    const struct air_col_info *info; /* as declared */
    unsigned n_info;
    struct rec_col cols[AIR_MAX_COLS];
    unsigned n_cols, n_closed;
    enum air_closed closed[AIR_MAX_COLS];

    struct rec_node *nodes;
    uint32_t n_nodes, cap_nodes;
    fp *forms;             /* rows of AIR_MAX_COLS + 1; the constant is last */
    uint32_t n_forms, cap_forms;

    struct rec_constraint *constraints;
    unsigned n_constraints, cap_constraints;
    struct rec_use uses[AIR_MAX_USES];
    unsigned n_uses;
    unsigned n_own_uses;   /* those that the chip itself made */

    uint32_t kinds[AIR_MAX_COLS]; /* columns */
    unsigned n_kinds;
    uint32_t real;         /* node, REC_NONE until given */
    bool takes_state;
};

void rec_error(struct rec_log *log, const char *chip, const char *label, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/** Start a table and make it the current one of the dsl calls. BIT columns are constrained here, before anything the chip says. */
struct rec_table *rec_begin(const char *id, const char *name, unsigned fixed_log_h, const struct air_col_info *info,
                            unsigned n_info, struct rec_log *log);
/** End of the chip's constrain function: lookups of classes, multiplicities, then every rule of rules.c. False if something was wrong. */
bool rec_finish(struct rec_table *t);
void rec_destroy(struct rec_table *t);

/** Coefficient row of an affine node: [column], constant at AIR_MAX_COLS. NULL when not affine. */
const fp *rec_form(const struct rec_table *t, uint32_t node);
/** True when both are the same expression, or affine and equal. */
bool rec_same(const struct rec_table *t, uint32_t a, uint32_t b);
/** True when the node is a constant; then *value. */
bool rec_is_const(const struct rec_table *t, uint32_t node, fp *value);
/** Values of all nodes on a row (n_cols + n_closed elements); out has n_nodes. */
void rec_eval(const struct rec_table *t, const fp *cols, fp *out);
const char *rec_bus_name(enum air_bus bus);
unsigned rec_bus_slots(enum air_bus bus);
enum air_bus_kind rec_bus_kind(enum air_bus bus);
const char *rec_bus_meaning(enum air_bus bus);
/** Uses of the table on global buses. */
unsigned rec_n_global(const struct rec_table *t);
/** Name of a column, closed ones included. */
const char *rec_col_name(const struct rec_table *t, uint32_t col);

/** Rules of one table, and what the generator adds to it. */
void rules_add_classes(struct rec_table *t);
bool rules_table(struct rec_table *t);
/** Rules between tables: every bus has both ends. */
bool rules_machine(struct rec_table *const *t, unsigned n, struct rec_log *log);

#endif
