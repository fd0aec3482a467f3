/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * air_eval.inc: constraint evaluators as one text of macros, included once per element type.
 * Functions are cut at a number of operations: device compilers spill and slow down beyond a few hundred.
 */
#include "tools/airgen/emit.h"

#include <stdlib.h>
#include <string.h>

static const char head[] =
    "/* SPDX-License-Identifier: MIT OR Apache-2.0\n"
    " *\n"
    " * Made by tools/airgen from core/chips. Constraint evaluators, included with these macros set:\n"
    " *\n"
    " *   AIR_QUALIFIERS    what stands before every function, e.g. static\n"
    " *   AIR_NAME(f)       name of a function: f is the table's name, or name_part\n"
    " *   AIR_ARGS          parameters of every function; AIR_PASS the same as arguments; AIR_NOTHING uses them to no effect\n"
    " *   AIR_T             type of a value; values are kept in as few variables as their lifetimes allow\n"
    " *   AIR_COL(i)        value of column i of the row; committed columns first, then closed-form ones\n"
    " *   AIR_ADD AIR_SUB AIR_MUL (a, b), AIR_NEG (a)\n"
    " *   AIR_MULK(a, k) AIR_ADDK(a, k)   k a base field constant in Montgomery form\n"
    " *   AIR_ACC(i, a)     constraint i of the table has value a; called once for every i, in order\n"
    " *\n"
    " * AIR_NAME(<table>)(AIR_ARGS) evaluates a whole table. AIR_EVAL_LIST(X) is X(<table>) for all tables in machine order.\n"
    " * AIR_PARTS_<table> is the number of functions it is cut into, each to be launched alone where that is better.\n"
    " */\n";

struct emitter {
    FILE *f;
    const struct rec_table *t;
    bool *done;     /* in this function */
    unsigned nodes; /* operations in this function */
    unsigned part;
    uint32_t *step; /* what this function does, in order: a node, or ACC + constraint */
    unsigned n_steps;
    uint32_t *last; /* of a node: the last step that reads it */
    uint32_t *reg;  /* of a node: its variable */
};

#define ACC 0x80000000u

static bool is_op(const struct rec_node *n)
{
    return n->op != REC_CONST && n->op != REC_COL;
}

static bool has_two(const struct rec_node *n)
{
    return n->op == REC_ADD || n->op == REC_SUB || n->op == REC_MUL;
}

/** Marks what @p id needs beyond @p done in @p need; returns how many operations that is. */
static unsigned needed(const struct rec_table *t, uint32_t id, const bool *done, bool *need)
{
    unsigned n = 0;
    memset(need, 0, t->n_nodes * sizeof *need);
    need[id] = true;
    for (uint32_t i = id + 1; i-- > 0;) {
        const struct rec_node *d = &t->nodes[i];
        if (!need[i] || done[i] || !is_op(d)) {
            need[i] = false;
            continue;
        }
        n++;
        need[d->a] = true;
        if (has_two(d)) {
            need[d->b] = true;
        }
    }
    return n;
}

static void operand(const struct emitter *e, uint32_t id)
{
    const struct rec_node *n = &e->t->nodes[id];
    fprintf(e->f, n->op == REC_COL ? "AIR_COL(%u)" : "r%u", n->op == REC_COL ? n->a : e->reg[id]);
}

static void call(const struct emitter *e, const char *op, uint32_t a, uint32_t b)
{
    fprintf(e->f, "%s(", op);
    operand(e, a);
    if (b != REC_NONE) {
        fputs(", ", e->f);
        operand(e, b);
    }
    fputs(")", e->f);
}

static void with_constant(const struct emitter *e, const char *op, uint32_t a, fp k)
{
    fprintf(e->f, "%s(", op);
    operand(e, a);
    fprintf(e->f, ", 0x%08xu)", (unsigned)k);
}

static void scale(const struct emitter *e, const struct rec_node *n)
{
    if (n->kf == fp_neg(FP_ONE)) {
        call(e, "AIR_NEG", n->a, REC_NONE);
    } else if (n->kf == fp_from_u32(2)) {
        call(e, "AIR_ADD", n->a, n->a);
    } else {
        with_constant(e, "AIR_MULK", n->a, n->kf);
    }
}

static void statement(const struct emitter *e, uint32_t id)
{
    const struct rec_node *n = &e->t->nodes[id];
    fp k = 0;
    fprintf(e->f, "    r%u = ", e->reg[id]);
    switch (n->op) {
    case REC_ADD:
        if (rec_is_const(e->t, n->a, &k)) {
            with_constant(e, "AIR_ADDK", n->b, k);
        } else if (rec_is_const(e->t, n->b, &k)) {
            with_constant(e, "AIR_ADDK", n->a, k);
        } else {
            call(e, "AIR_ADD", n->a, n->b);
        }
        break;
    case REC_SUB:
        if (rec_is_const(e->t, n->b, &k)) {
            with_constant(e, "AIR_ADDK", n->a, fp_neg(k));
        } else if (rec_is_const(e->t, n->a, &k)) {
            fputs("AIR_ADDK(", e->f);
            call(e, "AIR_NEG", n->b, REC_NONE);
            fprintf(e->f, ", 0x%08xu)", (unsigned)k);
        } else {
            call(e, "AIR_SUB", n->a, n->b);
        }
        break;
    case REC_MUL:
        call(e, "AIR_MUL", n->a, n->b);
        break;
    case REC_SCALE:
    case REC_DIV:
        scale(e, n);
        break;
    case REC_CONST:
    case REC_COL:
        break;
    }
    fputs(";\n", e->f);
}

/* --- variables ----------------------------------------------------------------------------------------------------- */

static void note_reads(struct emitter *e)
{
    for (uint32_t i = 0; i < e->n_steps; i++) {
        if (e->step[i] & ACC) {
            e->last[e->t->constraints[e->step[i] & ~ACC].node] = i;
            continue;
        }
        const struct rec_node *n = &e->t->nodes[e->step[i]];
        e->last[n->a] = i;
        if (has_two(n)) {
            e->last[n->b] = i;
        }
    }
}

static void release(const struct emitter *e, uint32_t id, uint32_t now, bool *taken)
{
    if (is_op(&e->t->nodes[id]) && e->last[id] == now) {
        taken[e->reg[id]] = false;
    }
}

/** Give every node of the function the first variable that is free; returns how many there are. */
static unsigned allocate(struct emitter *e, bool *taken)
{
    unsigned n_regs = 0;
    memset(taken, 0, e->n_steps * sizeof *taken);
    for (uint32_t i = 0; i < e->n_steps; i++) {
        if (e->step[i] & ACC) {
            release(e, e->t->constraints[e->step[i] & ~ACC].node, i, taken);
            continue;
        }
        const struct rec_node *n = &e->t->nodes[e->step[i]];
        release(e, n->a, i, taken);
        if (has_two(n)) {
            release(e, n->b, i, taken);
        }
        unsigned r = 0;
        while (taken[r]) {
            r++;
        }
        taken[r] = true;
        e->reg[e->step[i]] = r;
        n_regs = r + 1 > n_regs ? r + 1 : n_regs;
    }
    return n_regs;
}

static void close_part(struct emitter *e)
{
    if (!e->n_steps) {
        return;
    }
    bool *const taken = calloc(e->n_steps, sizeof *taken);
    if (!taken) {
        fputs("airgen: out of memory\n", stderr);
        exit(1);
    }
    note_reads(e);
    const unsigned n_regs = allocate(e, taken);
    fprintf(e->f, "AIR_QUALIFIERS void AIR_NAME(%s_%u)(AIR_ARGS)\n{\n", e->t->name, e->part);
    for (unsigned r = 0; r < n_regs; r++) {
        fprintf(e->f, r ? ", r%u" : "    AIR_T r%u", r);
    }
    fputs(n_regs ? ";\n" : "", e->f);
    for (uint32_t i = 0; i < e->n_steps; i++) {
        if (e->step[i] & ACC) {
            fprintf(e->f, "    AIR_ACC(%u, ", (unsigned)(e->step[i] & ~ACC));
            operand(e, e->t->constraints[e->step[i] & ~ACC].node);
            fputs(");\n", e->f);
        } else {
            statement(e, e->step[i]);
        }
    }
    fputs("}\n\n", e->f);
    free(taken);
    memset(e->done, 0, e->t->n_nodes * sizeof *e->done);
    e->nodes = e->n_steps = 0;
    e->part++;
}

/* --- tables -------------------------------------------------------------------------------------------------------- */

static void emit_whole(struct emitter *e)
{
    fprintf(e->f, "#define AIR_PARTS_%s %u\n", e->t->name, e->part);
    fprintf(e->f, "AIR_QUALIFIERS void AIR_NAME(%s)(AIR_ARGS)\n{\n", e->t->name);
    for (unsigned i = 0; i < e->part; i++) {
        fprintf(e->f, "    AIR_NAME(%s_%u)(AIR_PASS);\n", e->t->name, i);
    }
    fputs(e->part ? "}\n\n" : "    AIR_NOTHING;\n}\n\n", e->f);
}

/** Append constraint @p i to the function that is open, or to a new one where it would grow too long. */
static bool add_constraint(struct emitter *e, unsigned i, bool *need, unsigned max_nodes, struct rec_log *log)
{
    const struct rec_table *const t = e->t;
    const uint32_t id = t->constraints[i].node;
    unsigned n = needed(t, id, e->done, need);
    if (e->nodes + n > max_nodes) {
        close_part(e);
        n = needed(t, id, e->done, need);
    }
    for (uint32_t j = 0; j <= id; j++) {
        if (need[j]) {
            e->step[e->n_steps++] = j;
            e->done[j] = true;
        }
    }
    e->step[e->n_steps++] = ACC | i;
    e->nodes += n;
    if (n > max_nodes) {
        rec_error(log, t->name, t->constraints[i].label, "%u operations, more than airgen_max_nodes = %u", n, max_nodes);
    }
    return n <= max_nodes;
}

static bool emit_table(FILE *f, const struct rec_table *t, unsigned max_nodes, struct rec_log *log)
{
    bool *const flags = calloc(2 * (size_t)t->n_nodes, sizeof *flags);
    uint32_t *const words = calloc(3 * (size_t)t->n_nodes + t->n_constraints, sizeof *words);
    bool ok = flags && words;
    if (ok) {
        struct emitter e = {.f = f, .t = t, .done = flags, .last = words, .reg = words + t->n_nodes, .step = words + 2 * (size_t)t->n_nodes};
        for (unsigned i = 0; i < t->n_constraints; i++) {
            ok = add_constraint(&e, i, flags + t->n_nodes, max_nodes, log) && ok;
        }
        close_part(&e);
        emit_whole(&e);
    }
    free(flags);
    free(words);
    return ok;
}

bool emit_eval(FILE *f, const struct machine *m, unsigned max_nodes, struct rec_log *log)
{
    bool ok = true;
    fputs(head, f);
    fputs("\n#undef AIR_EVAL_LIST\n#define AIR_EVAL_LIST(X)", f);
    for (unsigned i = 0; i < m->n; i++) {
        fprintf(f, " \\\n    X(%s)", m->t[i]->name);
    }
    fputs("\n\n", f);
    for (unsigned i = 0; i < m->n; i++) {
        ok = emit_table(f, m->t[i], max_nodes, log) && ok;
    }
    return ok;
}
