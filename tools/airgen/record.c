/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Recorder: the calls of core/air/dsl.h build the expression graph of the current table.
 */
#include "tools/airgen/record.h"

#include "core/field/fp.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORM_LEN (AIR_MAX_COLS + 1)
#define FORM_K AIR_MAX_COLS

/* The dsl has no context parameter: chips read like formulas. One table is recorded at a time. */
static struct rec_table *cur;

static void *grow(void *p, uint32_t *cap, uint32_t n, size_t size)
{
    if (n < *cap) {
        return p;
    }
    *cap = *cap ? 2 * *cap : 64;
    void *const q = realloc(p, *cap * size);
    if (!q) {
        fputs("airgen: out of memory\n", stderr);
        exit(1);
    }
    return q;
}

void rec_error(struct rec_log *log, const char *chip, const char *label, const char *fmt, ...)
{
    char msg[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(msg, sizeof msg, fmt, ap);
    va_end(ap);
    log->n++;
    const int w = snprintf(log->text + log->len, sizeof log->text - log->len, "%s: \"%s\": %s\n", chip, label, msg);
    if (w > 0) {
        log->len += (size_t)w;
        log->len = log->len < sizeof log->text ? log->len : sizeof log->text - 1;
    }
}

/* --- nodes ------------------------------------------------------------------------------------------------------- */

const fp *rec_form(const struct rec_table *t, uint32_t node)
{
    const uint32_t f = t->nodes[node].form;
    return f == REC_NOT_AFFINE ? NULL : t->forms + (size_t)f * FORM_LEN;
}

bool rec_same(const struct rec_table *t, uint32_t a, uint32_t b)
{
    const fp *fa = rec_form(t, a), *fb = rec_form(t, b);
    return a == b || (fa && fb && !memcmp(fa, fb, FORM_LEN * sizeof *fa));
}

bool rec_is_const(const struct rec_table *t, uint32_t node, fp *value)
{
    if (t->nodes[node].op != REC_CONST) {
        return false;
    }
    *value = t->nodes[node].kf;
    return true;
}

static uint32_t find_node(const struct rec_node *n)
{
    for (uint32_t i = 0; i < cur->n_nodes; i++) {
        const struct rec_node *m = &cur->nodes[i];
        if (m->op == n->op && m->a == n->a && m->b == n->b && m->kf == n->kf) {
            return i;
        }
    }
    return REC_NONE;
}

static int64_t centred(fp v)
{
    const int64_t r = fp_to_u32(v);
    return r > FP_P / 2 ? r - (int64_t)FP_P : r;
}

/** The node for @p n, an old one where there is one. @p form: its coefficients if affine, else NULL.
 * Nodes are found again as they were written, operands in their order: what a chip's expressions become must not depend
 * on which of two arguments the C compiler evaluates first. */
static ex intern(struct rec_node n, const fp *form)
{
    bool constant = form != NULL;
    for (unsigned i = 0; form && i < AIR_MAX_COLS; i++) {
        constant = constant && form[i] == 0;
    }
    if (constant && n.op != REC_CONST) {
        n = (struct rec_node){.op = REC_CONST, .k = centred(form[FORM_K]), .kf = form[FORM_K]};
    }
    const uint32_t old = find_node(&n);
    if (old != REC_NONE) {
        return (ex){old};
    }
    n.form = REC_NOT_AFFINE;
    if (form) {
        n.degree = constant ? 0 : 1;
        n.form = cur->n_forms;
        cur->forms = grow(cur->forms, &cur->cap_forms, cur->n_forms, FORM_LEN * sizeof *cur->forms);
        memcpy(cur->forms + (size_t)cur->n_forms++ * FORM_LEN, form, FORM_LEN * sizeof *form);
    }
    cur->nodes = grow(cur->nodes, &cur->cap_nodes, cur->n_nodes, sizeof *cur->nodes);
    cur->nodes[cur->n_nodes] = n;
    return (ex){cur->n_nodes++};
}

static ex konst(fp v)
{
    fp form[FORM_LEN] = {0};
    form[FORM_K] = v;
    return intern((struct rec_node){.op = REC_CONST, .k = centred(v), .kf = v}, form);
}

static ex column(unsigned index)
{
    fp form[FORM_LEN] = {0};
    form[index] = FP_ONE;
    return intern((struct rec_node){.op = REC_COL, .a = index}, form);
}

static unsigned degree(ex a)
{
    return cur->nodes[a.id].degree;
}

static bool is_const(ex a, fp value)
{
    return cur->nodes[a.id].op == REC_CONST && cur->nodes[a.id].kf == value;
}

/** a + s b with s = 1 or -1. */
static ex sum(ex a, ex b, enum rec_op op)
{
    const unsigned da = degree(a), db = degree(b);
    const struct rec_node n = {.op = op, .a = a.id, .b = b.id, .degree = da > db ? da : db};
    if (is_const(b, 0)) {
        return a;
    }
    if (op == REC_ADD && is_const(a, 0)) {
        return b;
    }
    const fp *fa = rec_form(cur, a.id), *fb = rec_form(cur, b.id);
    if (!fa || !fb) {
        return intern(n, NULL);
    }
    fp form[FORM_LEN];
    for (unsigned i = 0; i < FORM_LEN; i++) {
        form[i] = op == REC_ADD ? fp_add(fa[i], fb[i]) : fp_sub(fa[i], fb[i]);
    }
    return intern(n, form);
}

static ex scaled(ex a, enum rec_op op, int64_t k, fp kf)
{
    const struct rec_node n = {.op = op, .a = a.id, .k = k, .kf = kf, .degree = degree(a)};
    const fp *fa = rec_form(cur, a.id);
    if (kf == 0 || kf == FP_ONE) {
        return kf ? a : konst(0);
    }
    if (!fa) {
        return intern(n, NULL);
    }
    fp form[FORM_LEN];
    for (unsigned i = 0; i < FORM_LEN; i++) {
        form[i] = fp_mul(fa[i], kf);
    }
    return intern(n, form);
}

/* --- dsl.h: expressions ------------------------------------------------------------------------------------------ */

static ex bad(const char *label, const char *what)
{
    rec_error(cur->log, cur->name, label, "%s", what);
    return konst(0);
}

ex air_col(unsigned index)
{
    return index < cur->n_cols ? column(index) : bad("C()", "no such column: the row struct and the column list differ");
}

ex air_closed(unsigned i)
{
    return i < cur->n_closed ? column(cur->n_cols + i) : bad("air_closed", "no such closed-form column");
}

ex air_k(int64_t v)
{
    return konst(fp_from_i64(v % (int64_t)FP_P));
}

ex air_add(ex a, ex b)
{
    return sum(a, b, REC_ADD);
}

ex air_sub(ex a, ex b)
{
    return sum(a, b, REC_SUB);
}

ex air_mul(ex a, ex b)
{
    fp k;
    if (rec_is_const(cur, a.id, &k)) {
        return scaled(b, REC_SCALE, centred(k), k);
    }
    if (rec_is_const(cur, b.id, &k)) {
        return scaled(a, REC_SCALE, centred(k), k);
    }
    return intern((struct rec_node){.op = REC_MUL, .a = a.id, .b = b.id, .degree = degree(a) + degree(b)}, NULL);
}

ex air_scale(ex a, int64_t k)
{
    return scaled(a, REC_SCALE, k, fp_from_i64(k % (int64_t)FP_P));
}

ex air_div(ex a, int64_t k)
{
    const fp kf = fp_from_i64(k % (int64_t)FP_P);
    return kf ? scaled(a, REC_DIV, k, fp_inv(kf)) : bad("air_div", "division by zero");
}

ex air_sum(unsigned n, const ex *e)
{
    ex s = air_k(0);
    for (unsigned i = 0; i < n; i++) {
        s = air_add(s, e[i]);
    }
    return s;
}

/* --- dsl.h: statements ------------------------------------------------------------------------------------------- */

ex air_any(unsigned n, const ex *kinds)
{
    return air_sum(n, kinds);
}

ex air_kinds(unsigned n, const ex *kinds)
{
    if (cur->real != REC_NONE) {
        return bad("air_kinds", "called twice, or together with air_real_is");
    }
    for (unsigned i = 0; i < n; i++) {
        const struct rec_node *k = &cur->nodes[kinds[i].id];
        if (k->op != REC_COL || k->a >= cur->n_cols || cur->cols[k->a].cls != AIR_BIT) {
            return bad("air_kinds", "a kind is not a BIT column");
        }
        for (unsigned j = 0; j < cur->n_kinds; j++) {
            if (cur->kinds[j] == k->a) {
                return bad("air_kinds", "a kind is named twice");
            }
        }
        cur->kinds[cur->n_kinds++] = k->a;
    }
    const ex real = air_sum(n, kinds);
    cur->real = real.id;
    if (n > 1) {
        air_bool("at most one kind", real);
    }
    return real;
}

void air_real_is(ex real)
{
    if (cur->real != REC_NONE) {
        bad("air_real_is", "called twice, or together with air_kinds");
        return;
    }
    cur->real = real.id;
}

void air_closed_columns(unsigned n, const enum air_closed *kinds)
{
    if (cur->n_closed || cur->n_cols + n > AIR_MAX_COLS) {
        bad("air_closed_columns", "called twice, or too many columns");
        return;
    }
    cur->n_closed = n;
    for (unsigned i = 0; i < n; i++) {
        cur->closed[i] = kinds[i];
    }
}

void air_zero(const char *label, ex e)
{
    fp k;
    if (rec_is_const(cur, e.id, &k)) {
        bad(label, k ? "the constraint can never hold" : "the constraint says nothing");
        return;
    }
    if (cur->n_constraints == AIR_MAX_CONSTRAINTS) {
        rec_error(cur->log, cur->name, label, "more than %d constraints", AIR_MAX_CONSTRAINTS);
        return;
    }
    cur->constraints = grow(cur->constraints, &cur->cap_constraints, cur->n_constraints, sizeof *cur->constraints);
    struct rec_constraint *c = &cur->constraints[cur->n_constraints++];
    const size_t len = strlen(label) + 1;
    c->label = malloc(len);
    if (c->label) {
        memcpy(c->label, label, len);
    }
    c->node = e.id;
}

void air_bool(const char *label, ex e)
{
    air_zero(label, air_mul(e, air_sub(e, air_k(1))));
}

static void use(enum air_bus bus, enum rec_side side, ex sel, unsigned n, const ex *slots)
{
    const char *const name = rec_bus_name(bus);
    if (n != rec_bus_slots(bus)) {
        rec_error(cur->log, cur->name, name, "%u slots where the bus has %u", n, rec_bus_slots(bus));
        return;
    }
    if (cur->n_uses == AIR_MAX_USES) {
        rec_error(cur->log, cur->name, name, "more than %d bus uses", AIR_MAX_USES);
        return;
    }
    struct rec_use *u = &cur->uses[cur->n_uses++];
    *u = (struct rec_use){.bus = bus, .side = side, .sel = sel.id, .n = n};
    for (unsigned i = 0; i < n; i++) {
        u->slots[i] = slots[i].id;
    }
}

void air_send(enum air_bus bus, ex sel, unsigned n, const ex *slots)
{
    use(bus, REC_SEND, sel, n, slots);
}

void air_recv(enum air_bus bus, ex sel, unsigned n, const ex *slots)
{
    use(bus, REC_RECV, sel, n, slots);
    cur->takes_state = cur->takes_state || bus == AIR_BUS_STATE;
}

void air_query(enum air_bus bus, ex sel, unsigned n, const ex *slots)
{
    use(bus, REC_QUERY, sel, n, slots);
}

void air_table_side(enum air_bus bus, ex mult, unsigned n, const ex *slots)
{
    use(bus, REC_TABLE, mult, n, slots);
}

/* --- tables ------------------------------------------------------------------------------------------------------ */

static void expand_columns(struct rec_table *t)
{
    for (unsigned i = 0; i < t->n_info; i++) {
        const struct air_col_info *c = &t->info[i];
        for (unsigned j = 0; j < c->n; j++) {
            if (t->n_cols == AIR_MAX_COLS) {
                rec_error(t->log, t->name, c->name, "more than %d columns", AIR_MAX_COLS);
                return;
            }
            struct rec_col *d = &t->cols[t->n_cols++];
            d->doc = c->doc;
            d->cls = (enum air_class)c->cls;
            snprintf(d->name, sizeof d->name, c->is_vec ? "%s[%u]" : "%s", c->name, j);
        }
    }
}

struct rec_table *rec_begin(const char *id, const char *name, unsigned fixed_log_h, const struct air_col_info *info,
                            unsigned n_info, struct rec_log *log)
{
    struct rec_table *t = calloc(1, sizeof *t);
    if (!t) {
        return NULL;
    }
    t->id = id;
    t->name = name;
    t->fixed_log_h = fixed_log_h;
    t->log = log;
    t->n_before = log->n;
    t->info = info;
    t->n_info = n_info;
    t->real = REC_NONE;
    cur = t;
    expand_columns(t);
    for (unsigned i = 0; i < t->n_cols; i++) {
        if (t->cols[i].cls == AIR_BIT) {
            char label[REC_NAME + 16];
            snprintf(label, sizeof label, "%s is a bit", t->cols[i].name);
            air_bool(label, column(i));
        }
    }
    return t;
}

/* Nodes in the order in which constraints and uses reach them, operands first; others are dropped. */
struct renumber {
    struct rec_table *t;
    struct rec_node *node; /* in the new order */
    uint32_t *now;         /* new number, REC_NONE before it has one */
    uint32_t n;
};

static void visit(struct renumber *r, uint32_t *id)
{
    const uint32_t old = *id;
    if (r->now[old] == REC_NONE) {
        struct rec_node n = r->t->nodes[old];
        if (n.op != REC_CONST && n.op != REC_COL) {
            visit(r, &n.a);
        }
        if (n.op == REC_ADD || n.op == REC_SUB || n.op == REC_MUL) {
            visit(r, &n.b);
        }
        r->now[old] = r->n;
        r->node[r->n++] = n;
    }
    *id = r->now[old];
}

static bool renumber(struct rec_table *t)
{
    struct renumber r = {t, malloc(t->n_nodes * sizeof *r.node), malloc(t->n_nodes * sizeof *r.now), 0};
    if (!r.node || !r.now) {
        free(r.node);
        free(r.now);
        return false;
    }
    memset(r.now, 0xff, t->n_nodes * sizeof *r.now);
    visit(&r, &t->real);
    for (unsigned i = 0; i < t->n_constraints; i++) {
        visit(&r, &t->constraints[i].node);
    }
    for (unsigned i = 0; i < t->n_uses; i++) {
        visit(&r, &t->uses[i].sel);
        for (unsigned j = 0; j < t->uses[i].n; j++) {
            visit(&r, &t->uses[i].slots[j]);
        }
    }
    free(t->nodes);
    free(r.now);
    t->nodes = r.node;
    t->cap_nodes = t->n_nodes;
    t->n_nodes = r.n;
    return true;
}

bool rec_finish(struct rec_table *t)
{
    cur = t;
    if (t->real == REC_NONE) {
        rec_error(t->log, t->name, "real", "the chip calls neither air_kinds nor air_real_is");
        return false;
    }
    rules_add_classes(t);
    if (!renumber(t)) {
        return false;
    }
    rules_table(t);
    return t->log->n == t->n_before;
}

void rec_destroy(struct rec_table *t)
{
    if (!t) {
        return;
    }
    for (unsigned i = 0; i < t->n_constraints; i++) {
        free(t->constraints[i].label);
    }
    free(t->constraints);
    free(t->nodes);
    free(t->forms);
    free(t);
}

void rec_eval(const struct rec_table *t, const fp *cols, fp *out)
{
    for (uint32_t i = 0; i < t->n_nodes; i++) {
        const struct rec_node *n = &t->nodes[i];
        switch (n->op) {
        case REC_CONST:
            out[i] = n->kf;
            break;
        case REC_COL:
            out[i] = cols[n->a];
            break;
        case REC_ADD:
            out[i] = fp_add(out[n->a], out[n->b]);
            break;
        case REC_SUB:
            out[i] = fp_sub(out[n->a], out[n->b]);
            break;
        case REC_MUL:
            out[i] = fp_mul(out[n->a], out[n->b]);
            break;
        case REC_SCALE:
        case REC_DIV:
            out[i] = fp_mul(out[n->a], n->kf);
            break;
        }
    }
}

/* --- buses ------------------------------------------------------------------------------------------------------- */

struct bus_info {
    const char *name;
    enum air_bus_kind kind;
    unsigned slots;
    const char *meaning;
};

static const struct bus_info buses[AIR_BUS_END] = {
    {"none", AIR_PERM, 0, ""},
#define B(name, id, kind, slots, meaning) [id] = {#name, AIR_##kind, slots, meaning},
#include "core/air/buses.def"
#undef B
};

const char *rec_bus_name(enum air_bus bus)
{
    return buses[bus].name;
}

unsigned rec_bus_slots(enum air_bus bus)
{
    return buses[bus].slots;
}

enum air_bus_kind rec_bus_kind(enum air_bus bus)
{
    return buses[bus].kind;
}

unsigned rec_n_global(const struct rec_table *t)
{
    unsigned n = 0;
    for (unsigned i = 0; i < t->n_uses; i++) {
        n += buses[t->uses[i].bus].kind == AIR_GLOBAL;
    }
    return n;
}

const char *rec_bus_meaning(enum air_bus bus)
{
    return buses[bus].meaning;
}

const char *rec_col_name(const struct rec_table *t, uint32_t col)
{
    static const char *const names[] = {
        [AIR_CF_INDEX] = "row",       [AIR_CF_HI8] = "row_hi8",       [AIR_CF_LO8] = "row_lo8",
        [AIR_CF_AND8] = "row_and8",   [AIR_CF_POW2_M] = "row_pow2_m", [AIR_CF_POW2_Q] = "row_pow2_q",
        [AIR_CF_REG_REAL] = "row_is_register", [AIR_CF_PROOF] = "index",  [AIR_CF_FIRST] = "first",
    };
    return col < t->n_cols ? t->cols[col].name : names[t->closed[col - t->n_cols]];
}
