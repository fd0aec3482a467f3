/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Infix listing of the machine: every table, column, constraint and bus use; and the machine digest, which is a hash of it.
 * Format: docs/spec/machine.md section 7.
 */
#define _POSIX_C_SOURCE 200809L
#include "tools/airgen/emit.h"

#include "core/hash/blake3.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LET_WEIGHT 4 /* leaves from which a shared expression gets a name of its own */

static const char *const kind_names[] = {"PERM", "LOOKUP", "GLOBAL"};
static const char *const class_names[] = {"BIT", "BYTE", "U16", "CLK", "FIELD"};

/** Names of shared expressions: 0 none, n: $n. */
struct names {
    const struct rec_table *t;
    unsigned *name;
};

enum level { LEVEL_SUM, LEVEL_PRODUCT, LEVEL_ATOM };

static void infix(FILE *f, const struct names *s, uint32_t id, enum level at, bool open);

static void binary(FILE *f, const struct names *s, const struct rec_node *n, const char *sign, enum level own, enum level right)
{
    const struct rec_node *b = &s->t->nodes[n->b];
    infix(f, s, n->a, own, false);
    if (n->op == REC_ADD && b->op == REC_CONST && b->k < 0) {
        fprintf(f, " - %" PRId64, -b->k);
        return;
    }
    fputs(sign, f);
    infix(f, s, n->b, right, false);
}

static enum level level_of(const struct rec_node *n)
{
    switch (n->op) {
    case REC_ADD:
    case REC_SUB:
        return LEVEL_SUM;
    case REC_MUL:
    case REC_SCALE:
    case REC_DIV:
        return LEVEL_PRODUCT;
    case REC_CONST:
        return n->k < 0 ? LEVEL_SUM : LEVEL_ATOM;
    case REC_COL:
        break;
    }
    return LEVEL_ATOM;
}

/** @p open: write the expression itself even if it has a name. */
static void infix(FILE *f, const struct names *s, uint32_t id, enum level at, bool open)
{
    const struct rec_node *n = &s->t->nodes[id];
    if (!open && s->name && s->name[id]) {
        fprintf(f, "$%u", s->name[id]);
        return;
    }
    if (!open && level_of(n) == LEVEL_SUM && rec_same(s->t, id, s->t->real)) {
        fputs("real", f);
        return;
    }
    const bool parens = level_of(n) < at;
    fputs(parens ? "(" : "", f);
    switch (n->op) {
    case REC_CONST:
        fprintf(f, "%" PRId64, n->k);
        break;
    case REC_COL:
        fputs(rec_col_name(s->t, n->a), f);
        break;
    case REC_ADD:
        binary(f, s, n, " + ", LEVEL_SUM, LEVEL_SUM);
        break;
    case REC_SUB:
        binary(f, s, n, " - ", LEVEL_SUM, LEVEL_PRODUCT);
        break;
    case REC_MUL:
        binary(f, s, n, " * ", LEVEL_PRODUCT, LEVEL_PRODUCT);
        break;
    case REC_SCALE:
        fprintf(f, n->k < 0 ? "(%" PRId64 ") * " : "%" PRId64 " * ", n->k);
        infix(f, s, n->a, LEVEL_ATOM, false);
        break;
    case REC_DIV:
        infix(f, s, n->a, LEVEL_ATOM, false);
        fprintf(f, " / %" PRId64, n->k);
        break;
    }
    fputs(parens ? ")" : "", f);
}

void emit_infix(FILE *f, const struct rec_table *t, uint32_t node)
{
    const struct names none = {t, NULL};
    infix(f, &none, node, LEVEL_SUM, true);
}

/* --- shared expressions ------------------------------------------------------------------------------------------ */

static void count(const struct rec_table *t, uint32_t id, unsigned *refs)
{
    if (refs[id]++) {
        return;
    }
    const struct rec_node *n = &t->nodes[id];
    if (n->op == REC_CONST || n->op == REC_COL) {
        return;
    }
    count(t, n->a, refs);
    if (n->op == REC_ADD || n->op == REC_SUB || n->op == REC_MUL) {
        count(t, n->b, refs);
    }
}

static void count_roots(const struct rec_table *t, unsigned *refs)
{
    count(t, t->real, refs);
    for (unsigned i = 0; i < t->n_constraints; i++) {
        count(t, t->constraints[i].node, refs);
    }
    for (unsigned i = 0; i < t->n_uses; i++) {
        count(t, t->uses[i].sel, refs);
        for (unsigned j = 0; j < t->uses[i].n; j++) {
            count(t, t->uses[i].slots[j], refs);
        }
    }
}

/** Name every expression that occurs twice and is worth a name, in order of recording; operands come first. */
static unsigned *name_shared(const struct rec_table *t)
{
    unsigned *refs = calloc(3 * (size_t)t->n_nodes, sizeof *refs);
    if (!refs) {
        return NULL;
    }
    unsigned *const weight = refs + t->n_nodes, *const name = weight + t->n_nodes;
    count_roots(t, refs);
    unsigned next = 1;
    for (uint32_t i = 0; i < t->n_nodes; i++) {
        const struct rec_node *n = &t->nodes[i];
        const bool leaf = n->op == REC_CONST || n->op == REC_COL;
        const bool two = n->op == REC_ADD || n->op == REC_SUB || n->op == REC_MUL;
        weight[i] = leaf ? 1 : weight[n->a] + (two ? weight[n->b] : 0);
        if (refs[i] > 1 && weight[i] >= LET_WEIGHT && !rec_same(t, i, t->real)) {
            name[i] = next++;
            weight[i] = 1;
        }
    }
    for (uint32_t i = 0; i < t->n_nodes; i++) {
        refs[i] = name[i];
    }
    return refs;
}

/* --- listing ----------------------------------------------------------------------------------------------------- */

static void list_columns(FILE *f, const struct rec_table *t)
{
    for (unsigned i = 0; i < t->n_info; i++) {
        const struct air_col_info *c = &t->info[i];
        char name[REC_NAME + 16];
        snprintf(name, sizeof name, c->is_vec ? "%s[%u]" : "%s", c->name, (unsigned)c->n);
        fprintf(f, "  column %-14s %-5s  ; %s\n", name, class_names[c->cls], c->doc);
    }
    for (unsigned i = 0; i < t->n_closed; i++) {
        fprintf(f, "  closed %s\n", rec_col_name(t, t->n_cols + i));
    }
}

static void list_use(FILE *f, const struct names *s, const struct rec_use *u)
{
    static const char *const verbs[] = {"send", "receive", "query", "table"};
    fprintf(f, "  %-7s %-5s if ", verbs[u->side], rec_bus_name(u->bus));
    infix(f, s, u->sel, LEVEL_SUM, false);
    fputs(" (", f);
    for (unsigned j = 0; j < u->n; j++) {
        fputs(j ? ", " : "", f);
        infix(f, s, u->slots[j], LEVEL_SUM, false);
    }
    fputs(")\n", f);
}

static void list_table(FILE *f, const struct rec_table *t)
{
    const struct names s = {t, name_shared(t)};
    fprintf(f, "\ntable %s", t->id);
    if (t->fixed_log_h) {
        fprintf(f, " height 2^%u", t->fixed_log_h);
    }
    fprintf(f, "  ; %u columns, %u constraints, %u bus uses\n", t->n_cols, t->n_constraints, t->n_uses);
    list_columns(f, t);
    fputs("  real = ", f);
    infix(f, &s, t->real, LEVEL_SUM, true);
    fputs("\n", f);
    for (uint32_t i = 0; s.name && i < t->n_nodes; i++) {
        if (s.name[i]) {
            fprintf(f, "  $%u = ", s.name[i]);
            infix(f, &s, i, LEVEL_SUM, true);
            fputs("\n", f);
        }
    }
    for (unsigned i = 0; i < t->n_constraints; i++) {
        fputs("  0 = ", f);
        infix(f, &s, t->constraints[i].node, LEVEL_SUM, true);
        fprintf(f, "  ; %s\n", t->constraints[i].label);
    }
    for (unsigned i = 0; i < t->n_uses; i++) {
        list_use(f, &s, &t->uses[i]);
    }
    free(s.name);
}

static void list_machine(FILE *f, const struct machine *m)
{
    for (unsigned b = 1; b < AIR_BUS_END; b++) {
        const enum air_bus bus = (enum air_bus)b;
        fprintf(f, "bus %s %u %s %u  ; %s\n", rec_bus_name(bus), b, kind_names[rec_bus_kind(bus)],
                rec_bus_slots(bus), rec_bus_meaning(bus));
    }
    for (unsigned i = 0; i < m->n; i++) {
        list_table(f, m->t[i]);
    }
}

void emit_listing(FILE *f, const struct machine *m)
{
    uint8_t d[32];
    machine_digest(d, m);
    fputs("; SPDX-License-Identifier: MIT OR Apache-2.0\n"
          "; Every table, column, constraint and bus use of the machine. Made by tools/airgen --listing; docs/spec/machine.md section 7.\n"
          "; machine digest ", f);
    for (unsigned i = 0; i < 32; i++) {
        fprintf(f, "%02x", d[i]);
    }
    fputs("\n\n", f);
    list_machine(f, m);
}

void machine_digest(uint8_t out[32], const struct machine *m)
{
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    if (!f) {
        fputs("airgen: out of memory\n", stderr);
        exit(1);
    }
    list_machine(f, m);
    fclose(f);
    struct b3 h;
    sc_b3_init_derive(&h, "socle machine v1");
    for (char *line = text; *line;) {
        char *const end = strchr(line, '\n');
        size_t n = strcspn(line, ";\n");
        while (n && line[n - 1] == ' ') {
            n--;
        }
        if (n) {
            sc_b3_update(&h, line, n);
            sc_b3_update(&h, "\n", 1);
        }
        line = end + 1;
    }
    sc_b3_final(&h, 0, out, 32);
    free(text);
}
