/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the generator adds to every chip (lookups of column classes, zero multiplicities) and what it refuses.
 * Each refusal closes a way to forge: docs/spec/argument.md section 1, docs/spec/machine.md sections 2 and 3.
 */
#include "tools/airgen/record.h"

#include "core/field/fp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORM_K AIR_MAX_COLS

/* --- what the generator adds ------------------------------------------------------------------------------------- */

static void add_byte_lookups(const struct rec_table *t)
{
    const ex real = {t->real};
    uint32_t pending = REC_NONE;
    for (unsigned i = 0; i < t->n_cols; i++) {
        if (t->cols[i].cls != AIR_BYTE) {
            continue;
        }
        if (pending == REC_NONE) {
            pending = i;
            continue;
        }
        const ex pair[] = {air_col(pending), air_col(i)};
        air_query(AIR_BUS_B2, real, 2, pair);
        pending = REC_NONE;
    }
    if (pending != REC_NONE) {
        const ex pair[] = {air_col(pending), air_k(0)};
        air_query(AIR_BUS_B2, real, 2, pair);
    }
}

static void add_u16_lookups(const struct rec_table *t)
{
    for (unsigned i = 0; i < t->n_cols; i++) {
        if (t->cols[i].cls == AIR_U16) {
            const ex c = air_col(i);
            air_query(AIR_BUS_U16, (ex){t->real}, 1, &c);
        }
    }
}

/** (1 - real) mult = 0 for every table side. Nothing to say where every row is real. */
static void add_multiplicities(const struct rec_table *t)
{
    fp k;
    if (rec_is_const(t, t->real, &k) && k == FP_ONE) {
        return;
    }
    const ex unreal = air_sub(air_k(1), (ex){t->real});
    for (unsigned i = 0; i < t->n_uses; i++) {
        if (t->uses[i].side == REC_TABLE) {
            air_zero("a multiplicity is zero on unreal rows", air_mul(unreal, (ex){t->uses[i].sel}));
        }
    }
}

void rules_add_classes(struct rec_table *t)
{
    t->n_own_uses = t->n_uses;
    add_multiplicities(t);
    add_u16_lookups(t);
    add_byte_lookups(t);
}

/* --- what it refuses --------------------------------------------------------------------------------------------- */

static bool is_column(const struct rec_table *t, uint32_t node, enum air_class cls)
{
    const struct rec_node *n = &t->nodes[node];
    return n->op == REC_COL && n->a < t->n_cols && t->cols[n->a].cls == cls;
}

static bool is_kind(const struct rec_table *t, unsigned col)
{
    for (unsigned i = 0; i < t->n_kinds; i++) {
        if (t->kinds[i] == col) {
            return true;
        }
    }
    return false;
}

/** real: kinds, or a constant, a closed-form column, a BIT column. */
static void check_real(const struct rec_table *t)
{
    fp k;
    const struct rec_node *n = &t->nodes[t->real];
    const bool constant = rec_is_const(t, t->real, &k) && (k == 0 || k == FP_ONE);
    const bool closed = n->op == REC_COL && n->a >= t->n_cols && t->closed[n->a - t->n_cols] == AIR_CF_REG_REAL;
    if (!t->n_kinds && !constant && !closed && !is_column(t, t->real, AIR_BIT)) {
        rec_error(t->log, t->name, "real", "neither kinds nor a constant, a boolean closed-form column or a BIT column");
    }
    if (!t->fixed_log_h && (constant || closed)) {
        rec_error(t->log, t->name, "real", "a table of free height needs a committed `real`");
    }
}

/** A selector is real or a sum of distinct kinds, both of which are 0 or 1 on every row. */
static bool selector_ok(const struct rec_table *t, uint32_t sel)
{
    const fp *f = rec_form(t, sel);
    if (rec_same(t, sel, t->real)) {
        return true;
    }
    bool any = false;
    for (unsigned i = 0; i < AIR_MAX_COLS; i++) {
        if (f[i] != 0 && (f[i] != FP_ONE || !is_kind(t, i))) {
            return false;
        }
        any = any || f[i] != 0;
    }
    return any && f[FORM_K] == 0;
}

static void check_use(const struct rec_table *t, const struct rec_use *u)
{
    const char *const bus = rec_bus_name(u->bus);
    static const char *const kinds[] = {"PERM", "LOOKUP", "GLOBAL"};
    const enum air_bus_kind kind = rec_bus_kind(u->bus);
    if ((kind != AIR_LOOKUP) != (u->side == REC_SEND || u->side == REC_RECV)) {
        rec_error(t->log, t->name, bus, "a %s bus used the other way", kinds[kind]);
    }
    if (!rec_form(t, u->sel)) {
        rec_error(t->log, t->name, bus, "the selector is not affine");
        return;
    }
    for (unsigned i = 0; i < u->n; i++) {
        if (!rec_form(t, u->slots[i])) {
            rec_error(t->log, t->name, bus, "slot %u is not affine", i);
        }
    }
    if (u->side == REC_TABLE ? !is_column(t, u->sel, AIR_FIELD) : !selector_ok(t, u->sel)) {
        rec_error(t->log, t->name, bus, u->side == REC_TABLE ? "the multiplicity is not a FIELD column"
                                                            : "the selector is not real or a sum of distinct kinds");
    }
}

static void check_degrees(const struct rec_table *t)
{
    for (unsigned i = 0; i < t->n_constraints; i++) {
        const unsigned d = t->nodes[t->constraints[i].node].degree;
        if (d > AIR_MAX_DEGREE) {
            rec_error(t->log, t->name, t->constraints[i].label, "degree %u, at most %d", d, AIR_MAX_DEGREE);
        }
    }
}

static void mark(const struct rec_table *t, uint32_t node, bool *seen)
{
    /* operands come before their node: one pass downwards marks everything below it */
    bool *const live = calloc(t->n_nodes, sizeof *live);
    if (!live) {
        return;
    }
    live[node] = true;
    for (uint32_t i = node + 1; i-- > 0;) {
        const struct rec_node *n = &t->nodes[i];
        if (!live[i]) {
            continue;
        }
        const fp *f = rec_form(t, i);
        for (unsigned c = 0; f && c < AIR_MAX_COLS; c++) {
            seen[c] = seen[c] || f[c] != 0;
        }
        if (!f) {
            live[n->a] = true;
            live[n->op == REC_SCALE || n->op == REC_DIV ? n->a : n->b] = true;
        }
    }
    free(live);
}

/** Every committed column is named by the chip itself; its class alone does not count. */
static void check_columns(const struct rec_table *t, unsigned first_constraint)
{
    bool seen[AIR_MAX_COLS] = {false};
    for (unsigned i = first_constraint; i < t->n_constraints; i++) {
        mark(t, t->constraints[i].node, seen);
    }
    for (unsigned i = 0; i < t->n_own_uses; i++) {
        mark(t, t->uses[i].sel, seen);
        for (unsigned j = 0; j < t->uses[i].n; j++) {
            mark(t, t->uses[i].slots[j], seen);
        }
    }
    for (unsigned i = 0; i < t->n_cols + t->n_closed; i++) {
        if (!seen[i]) {
            rec_error(t->log, t->name, rec_col_name(t, i), "unused column");
        }
    }
}

/** On a row whose committed columns are zero every constraint vanishes and nothing goes on a bus. */
static void check_zero_row(const struct rec_table *t, const fp *closed)
{
    fp cols[AIR_MAX_COLS] = {0};
    if (t->n_closed) {
        memcpy(cols + t->n_cols, closed, t->n_closed * sizeof *cols);
    }
    fp *v = malloc(t->n_nodes * sizeof *v);
    if (!v) {
        return;
    }
    rec_eval(t, cols, v);
    for (unsigned i = 0; v[t->real] == 0 && i < t->n_constraints; i++) {
        if (v[t->constraints[i].node] != 0) {
            rec_error(t->log, t->name, t->constraints[i].label, "does not hold on the all-zero row");
        }
    }
    free(v);
}

/** In a single proof, which is as proof 0 of a set, and in two others. */
static void check_zero_rows(const struct rec_table *t)
{
    static const uint32_t index[] = {0, 1, 0xffff};
    const unsigned before = t->log->n;
    if (!t->n_closed) {
        check_zero_row(t, NULL);
        return;
    }
    for (uint32_t k = 0; k < 3u << t->fixed_log_h && t->log->n == before; k++) {
        fp closed[AIR_MAX_COLS];
        for (unsigned i = 0; i < t->n_closed; i++) {
            closed[i] = fp_from_u32(sc_air_closed_row(t->closed[i], k / 3, index[k % 3]));
        }
        check_zero_row(t, closed);
    }
}

/** A table of free height has no column that counts its rows. */
static void check_closed(const struct rec_table *t)
{
    for (unsigned i = 0; i < t->n_closed; i++) {
        if (!t->fixed_log_h && t->closed[i] != AIR_CF_PROOF && t->closed[i] != AIR_CF_FIRST) {
            rec_error(t->log, t->name, rec_col_name(t, t->n_cols + i), "a closed-form column that is no constant, in a table of free height");
        }
    }
}

/** The leaves of L and those of G are two runs of uses. */
static void check_global(const struct rec_table *t)
{
    for (unsigned i = 0; i + rec_n_global(t) < t->n_uses; i++) {
        if (rec_bus_kind(t->uses[i].bus) == AIR_GLOBAL) {
            rec_error(t->log, t->name, rec_bus_name(t->uses[i].bus), "a use of a GLOBAL bus before one of another kind");
        }
    }
}

/* --- rules of the clock and of memory ----------------------------------------------------------------------------- */

/** a - b as a constant. */
static bool difference(const struct rec_table *t, uint32_t a, uint32_t b, fp *k)
{
    const fp *fa = rec_form(t, a), *fb = rec_form(t, b);
    if (!fa || !fb || memcmp(fa, fb, AIR_MAX_COLS * sizeof *fa)) {
        return false;
    }
    *k = fp_sub(fa[FORM_K], fb[FORM_K]);
    return true;
}

static const struct rec_use *state_recv(const struct rec_table *t)
{
    const struct rec_use *u = NULL;
    for (unsigned i = 0; i < t->n_uses; i++) {
        if (t->uses[i].bus == AIR_BUS_STATE && t->uses[i].side == REC_RECV) {
            if (u) {
                rec_error(t->log, t->name, "STATE", "received twice");
            }
            u = &t->uses[i];
        }
    }
    return u;
}

static void check_state(const struct rec_table *t, const struct rec_use *in)
{
    fp k;
    unsigned sends = 0;
    for (unsigned i = 0; i < t->n_uses; i++) {
        const struct rec_use *u = &t->uses[i];
        if (u->bus != AIR_BUS_STATE || u->side != REC_SEND) {
            continue;
        }
        sends++;
        if (!in || !rec_same(t, u->sel, in->sel) || !difference(t, u->slots[0], in->slots[0], &k) || k != fp_from_u32(4)) {
            rec_error(t->log, t->name, "STATE", "a send that is not four ticks after the receive of its row");
        }
    }
    if (in && (sends != 1 || !rec_is_const(t, in->slots[2], &k) || k != 0)) {
        rec_error(t->log, t->name, "STATE", "a row receives one running state and sends one");
    }
}

/** A MEM receive and the MEM send after it: same word, same selector. */
static bool mem_pair(const struct rec_table *t, const struct rec_use *in, const struct rec_use *out)
{
    bool same = in->bus == AIR_BUS_MEM && out->bus == AIR_BUS_MEM && in->side == REC_RECV && out->side == REC_SEND &&
                rec_same(t, in->sel, out->sel);
    for (unsigned i = 0; i < 4 && same; i++) {
        same = rec_same(t, in->slots[i], out->slots[i]);
    }
    return same;
}

/** In a table that takes STATE each access is a pair at one of the four slots of the row's own time, and only when STATE is taken. */
static void check_mem(const struct rec_table *t, const struct rec_use *state)
{
    static const char *const owners[] = {"decode", "initfinal", "regs", "boundary"};
    for (unsigned i = 0; i < sizeof owners / sizeof owners[0]; i++) {
        if (!strcmp(t->name, owners[i])) {
            return;
        }
    }
    for (unsigned i = 0; i < t->n_uses; i++) {
        const struct rec_use *u = &t->uses[i];
        if (u->bus != AIR_BUS_MEM) {
            continue;
        }
        if (i + 1 == t->n_uses || !mem_pair(t, u, u + 1)) {
            rec_error(t->log, t->name, "MEM", "a receive is not followed by the send of the same word");
            return;
        }
        if (!strcmp(t->name, "renew")) { /* whose stamps are its own; chips.md section 24 */
            i++;
            continue;
        }
        const fp *sel = rec_form(t, u->sel), *all = state ? rec_form(t, state->sel) : NULL;
        bool inside = all != NULL;
        for (unsigned c = 0; inside && c < AIR_MAX_COLS; c++) {
            inside = sel[c] == 0 || sel[c] == all[c];
        }
        if (!inside) {
            rec_error(t->log, t->name, "MEM", "the selector does not imply that the row takes STATE");
        }
        fp k;
        if (state && (!difference(t, u[1].slots[4], state->slots[0], &k) || fp_to_u32(k) > 3)) {
            rec_error(t->log, t->name, "MEM", "the stamp is not one of the row's four");
        }
        i++;
    }
}

bool rules_table(struct rec_table *t)
{
    const unsigned before = t->log->n;
    unsigned n_bits = 0;
    for (unsigned i = 0; i < t->n_cols; i++) {
        n_bits += t->cols[i].cls == AIR_BIT;
    }
    check_real(t);
    check_degrees(t);
    for (unsigned i = 0; i < t->n_uses; i++) {
        check_use(t, &t->uses[i]);
    }
    if (t->log->n != before) {
        return false; /* the rest reads affine forms */
    }
    check_columns(t, n_bits);
    check_closed(t);
    check_global(t);
    check_zero_rows(t);
    const struct rec_use *state = state_recv(t);
    check_state(t, state);
    check_mem(t, state);
    return t->log->n == before;
}

/* --- rules between tables ---------------------------------------------------------------------------------------- */

bool rules_machine(struct rec_table *const *t, unsigned n, struct rec_log *log)
{
    const unsigned before = log->n;
    bool plus[AIR_BUS_END] = {false}, minus[AIR_BUS_END] = {false};
    unsigned owner[AIR_BUS_END] = {0};
    for (unsigned i = 0; i < n; i++) {
        for (unsigned j = 0; j < t[i]->n_uses; j++) {
            const struct rec_use *u = &t[i]->uses[j];
            const bool p = u->side == REC_SEND || u->side == REC_QUERY;
            (p ? plus : minus)[u->bus] = true;
            if (u->side == REC_TABLE && owner[u->bus] && owner[u->bus] != i + 1) {
                rec_error(log, t[i]->name, rec_bus_name(u->bus), "a second table side");
            }
            owner[u->bus] = u->side == REC_TABLE ? i + 1 : owner[u->bus];
        }
    }
    minus[AIR_BUS_OUT] = true; /* the verifier receives the output */
    for (unsigned b = 1; b < AIR_BUS_END; b++) {
        if (!plus[b] || !minus[b]) {
            rec_error(log, "machine", rec_bus_name((enum air_bus)b), "a bus without %s", plus[b] ? "receivers" : "senders");
        }
    }
    return log->n == before;
}
