/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Export for solvers: one text file per table, polynomials mod p in infix without shared names, one per line.
 */
#include "tools/airgen/emit.h"

void emit_solver(FILE *f, const struct rec_table *t)
{
    static const char *const class_names[] = {"bit", "byte", "u16", "clk", "field"};
    static const char *const verbs[] = {"send", "receive", "query", "table"};
    fprintf(f, "table %s\nmodulus %u\n", t->id, FP_P);
    for (unsigned i = 0; i < t->n_cols; i++) {
        fprintf(f, "var %s %s\n", t->cols[i].name, class_names[t->cols[i].cls]);
    }
    for (unsigned i = 0; i < t->n_closed; i++) {
        fprintf(f, "var %s closed\n", rec_col_name(t, t->n_cols + i));
    }
    fputs("real ", f);
    emit_infix(f, t, t->real);
    fputs("\n", f);
    for (unsigned i = 0; i < t->n_constraints; i++) {
        fputs("zero ", f);
        emit_infix(f, t, t->constraints[i].node);
        fprintf(f, " # %s\n", t->constraints[i].label);
    }
    for (unsigned i = 0; i < t->n_uses; i++) {
        const struct rec_use *u = &t->uses[i];
        fprintf(f, "%s %s [", verbs[u->side], rec_bus_name(u->bus));
        emit_infix(f, t, u->sel);
        fputs("]", f);
        for (unsigned j = 0; j < u->n; j++) {
            fputs(j ? ", " : " ", f);
            emit_infix(f, t, u->slots[j]);
        }
        fputs("\n", f);
    }
}
