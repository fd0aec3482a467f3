/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A second prover of the bus argument, written from docs/spec/argument.md with full layers and no tricks: leaves of one side of a
 * layout, the tree over them, and its layers through a channel. Shared by tests that lie about it.
 */
#ifndef SC_TESTS_GKR_NAIVE_H
#define SC_TESTS_GKR_NAIVE_H

#include "core/poly/eq.h"
#include "core/verify/gkr_v.h"
#include "host/prove/pch.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { GKR_MAX_LAYERS = 20 };

/* One side. Layer l has 2^l fractions, children of node i are i and i + 2^l. */
struct gkr_naive {
    unsigned n;
    fx *p[GKR_MAX_LAYERS + 1], *q[GKR_MAX_LAYERS + 1];
    struct sc_leaf_claim leaf;
};

static inline void gkr_naive_init(struct gkr_naive *g, unsigned n)
{
    memset(g, 0, sizeof *g);
    g->n = n;
    cr_assert(n <= GKR_MAX_LAYERS);
    for (unsigned i = 0; i <= n; i++) {
        g->p[i] = calloc((size_t)1 << i, sizeof(fx));
        g->q[i] = calloc((size_t)1 << i, sizeof(fx));
    }
    for (size_t x = 0; x < (size_t)1 << n; x++) {
        g->q[n][x] = FX_ONE;
    }
}

static inline void gkr_naive_fini(struct gkr_naive *g)
{
    for (unsigned i = 0; i <= g->n; i++) {
        free(g->p[i]);
        free(g->q[i]);
    }
}

static inline fp gkr_naive_form(const struct air_table *t, unsigned form, const fp *const *col, size_t row)
{
    const struct air_form *const f = &t->forms[form];
    fp v = f->k;
    for (unsigned i = 0; i < f->n; i++) {
        v = fp_add(v, fp_mul(t->terms[f->first + i].coef, col[t->terms[f->first + i].col][row]));
    }
    return v;
}

/* Leaves of one chunk's uses on one side; col has its columns, closed-form ones too. */
static inline void gkr_naive_leaves(struct gkr_naive *g, const struct sc_machine *m, const struct sc_chunk *c, enum sc_side side,
                                    const struct sc_bus_point *bus, const fp *const *col)
{
    const struct air_table *const t = &m->tables[c->table];
    const struct sc_uses uses = sc_uses_of(m, c, side);
    for (unsigned i = 0; i < uses.n; i++) {
        const struct air_use *const u = &t->uses[uses.first + i];
        for (size_t x = 0; x < (size_t)1 << c->log_h; x++) {
            const size_t at = ((size_t)(uses.block + i) << c->log_h) + x;
            fp slot[AIR_SLOTS];
            for (unsigned s = 0; s < u->n_slots; s++) {
                slot[s] = gkr_naive_form(t, u->slots + s, col, x);
            }
            const fp sel = gkr_naive_form(t, u->sel, col, x);
            g->p[g->n][at] = fx_from_fp(u->sign > 0 ? sel : fp_neg(sel));
            g->q[g->n][at] = sc_bus_value(bus, (enum air_bus)u->bus, slot, u->n_slots);
        }
    }
}

/* All layers from the leaves; the claim is the root. */
static inline void gkr_naive_tree(struct gkr_naive *g)
{
    for (unsigned i = g->n; i-- > 0;) {
        const size_t half = (size_t)1 << i;
        for (size_t x = 0; x < half; x++) {
            const fx *const p = g->p[i + 1], *const q = g->q[i + 1];
            g->p[i][x] = fx_add(fx_mul(p[x], q[x + half]), fx_mul(p[x + half], q[x]));
            g->q[i][x] = fx_mul(q[x], q[x + half]);
        }
    }
    g->leaf.p = g->p[0][0];
    g->leaf.q = g->q[0][0];
}

/* p0 q1 + p1 q0 + mu q0 q1 */
static inline fx gkr_naive_poly(const fx v[4], fx mu)
{
    return fx_add(fx_add(fx_mul(v[0], v[3]), fx_mul(v[1], v[2])), fx_mul(mu, fx_mul(v[2], v[3])));
}

/* Value at X_1 = 0 and 2 of the sum over the other variables, n of them, weighted with eq. */
static inline void gkr_naive_round(fx t[3], fx *const v[4], const fx *rho, unsigned n, fx mu)
{
    const size_t half = (size_t)1 << n;
    fx *const eq = calloc(half, sizeof *eq);
    sc_eq_table(eq, rho, n);
    for (size_t x = 0; x < half; x++) {
        fx lo[4], two[4];
        for (unsigned k = 0; k < 4; k++) {
            lo[k] = v[k][x];
            two[k] = fx_sub(fx_add(v[k][x + half], v[k][x + half]), lo[k]);
        }
        t[0] = fx_add(t[0], fx_mul(eq[x], gkr_naive_poly(lo, mu)));
        t[2] = fx_add(t[2], fx_mul(eq[x], gkr_naive_poly(two, mu)));
    }
    free(eq);
}

/* One layer. The round messages are honest; with @p push the claims are made to fit what the verifier then expects. */
static inline void gkr_naive_layer(struct gkr_naive *g, struct sc_pch *ch, unsigned l, bool push)
{
    struct sc_leaf_claim *const s = &g->leaf;
    const size_t n = (size_t)1 << l;
    fx *v[4];
    fx mu, z;
    for (unsigned k = 0; k < 4; k++) {
        v[k] = malloc(n * sizeof(fx));
        memcpy(v[k], (k < 2 ? g->p : g->q)[l + 1] + (k & 1) * n, n * sizeof(fx));
    }
    sc_tr_challenge(&ch->tr, SC_L_GKR_MIX, &mu, 1);
    fx claim = fx_add(s->p, fx_mul(mu, s->q));
    for (unsigned i = 0; i < l; i++) {
        const size_t half = n >> (i + 1);
        fx t[3] = {FX_ZERO, FX_ZERO, FX_ZERO};
        fx c;
        gkr_naive_round(t, v, s->rho + i + 1, l - i - 1, mu);
        const fx sent[2] = {t[0], t[2]};
        sc_send_fx(ch, SC_L_GKR_T, sent, 2);
        sc_tr_challenge(&ch->tr, SC_L_GKR_ROUND, &c, 1);
        t[1] = fx_mul(fx_sub(claim, fx_mul(fx_sub(FX_ONE, s->rho[i]), t[0])), fx_inv(s->rho[i]));
        claim = sc_interp2(t, c);
        s->rho[i] = c;
        for (unsigned k = 0; k < 4; k++) {
            for (size_t x = 0; x < half; x++) {
                v[k][x] = fx_add(v[k][x], fx_mul(c, fx_sub(v[k][x + half], v[k][x])));
            }
        }
    }
    fx end[4] = {v[0][0], v[1][0], v[2][0], v[3][0]};
    if (push) {
        const fx rest = fx_mul(end[3], fx_add(end[0], fx_mul(mu, end[2])));
        end[1] = fx_mul(fx_sub(claim, rest), fx_inv(end[2]));
    }
    sc_send_fx(ch, SC_L_GKR_CLAIMS, end, 4);
    sc_tr_challenge(&ch->tr, SC_L_GKR_LINE, &z, 1);
    memmove(s->rho + 1, s->rho, l * sizeof s->rho[0]);
    s->rho[0] = z;
    s->p = fx_add(end[0], fx_mul(z, fx_sub(end[1], end[0])));
    s->q = fx_add(end[2], fx_mul(z, fx_sub(end[3], end[2])));
    for (unsigned k = 0; k < 4; k++) {
        free(v[k]);
    }
}

#endif
