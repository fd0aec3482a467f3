/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Verifier of the batched sumcheck. Theory: docs/spec/argument.md section 3.
 */
#include "core/verify/zero_v.h"

#include "core/poly/eq.h"

#include <string.h>

#define WEIGHT_BITS 4 /* low bits of the block index whose weights are tabled */

/* The claim's challenges and everything that chunks share. */
struct zero {
    const struct sc_machine *m;
    const struct sc_layout *l;
    const struct sc_bus_point *bus;
    const struct sc_leaf_claim *leaf;
    const fx *r;
    const fx *values;
    fx *powers; /* lambda^0 .. lambda^(K+3) */
    fx *cols;   /* of one row */
    fx *weights; /* of one chunk */
    fx head[SC_MAX_VARS + 1];     /* head[i] = r_1 .. r_i */
    fx tail_tau[SC_MAX_VARS + 1]; /* tail[h] = eq of the last h coordinates with those of r */
    fx tail_rho[2][SC_MAX_VARS + 1]; /* of each side, as far as its point goes */
};

static size_t max_sum(const struct sc_machine *m, unsigned extra_cols)
{
    size_t n = 0;
    const unsigned n_tables = m->n_main + (m->in_segments ? 2 : 1);
    for (unsigned t = 0; t < n_tables; t++) {
        const struct air_table *const at = &m->tables[t];
        const size_t chunks = t == m->n_main || at->fixed_log_h ? 1 : AIR_MAX_CHUNKS;
        n += chunks * (extra_cols ? at->n_constraints : at->n_cols);
    }
    return n;
}

size_t sc_max_values(const struct sc_machine *m)
{
    return max_sum(m, 0);
}

size_t sc_zero_scratch(const struct sc_machine *m)
{
    return max_sum(m, 1) + 4 + AIR_MAX_COLS + AIR_MAX_USES;
}

void sc_use_weights(fx *w, const struct sc_machine *m, const struct sc_layout *l, const struct sc_chunk *c, enum sc_side side, const fx *rho)
{
    const struct sc_uses uses = sc_uses_of(m, c, side);
    const unsigned n = sc_side_vars(l, side) - c->log_h;
    const unsigned low = n < WEIGHT_BITS ? n : WEIGHT_BITS;
    fx table[1u << WEIGHT_BITS];
    fx high = FX_ZERO;
    sc_eq_table(table, rho + (n - low), low);
    for (unsigned i = 0; i < uses.n; i++) {
        const uint32_t block = uses.block + i;
        const uint32_t at = block & ((1u << low) - 1);
        if (i == 0 || at == 0) {
            high = sc_eq_index(rho, n - low, block >> low);
        }
        w[i] = fx_mul(high, table[at]);
    }
}

static fx form_at(const struct air_table *t, unsigned form, const fx *cols)
{
    const struct air_form *const f = &t->forms[form];
    fx v = fx_from_fp(f->k);
    for (unsigned i = 0; i < f->n; i++) {
        const struct air_term *const term = &t->terms[f->first + i];
        v = fx_add(v, fx_mul_fp(cols[term->col], term->coef));
    }
    return v;
}

/* sum_i w_i (lambda^k s_i m_i + lambda^(k+1) (alpha + sum_j beta_j t_ij)), k = K for L and K + 2 for G */
static fx uses_at(const struct zero *z, const struct air_table *t, struct sc_uses uses, enum sc_side side)
{
    const struct sc_bus_point *const bus = &z->bus[side];
    fx nums = FX_ZERO;
    fx dens = FX_ZERO;
    for (unsigned i = 0; i < uses.n; i++) {
        const struct air_use *const u = &t->uses[uses.first + i];
        const fx sel = fx_mul(z->weights[i], form_at(t, u->sel, z->cols));
        fx den = sc_bus_value(bus, (enum air_bus)u->bus, NULL, 0);
        nums = u->sign > 0 ? fx_add(nums, sel) : fx_sub(nums, sel);
        for (unsigned s = 0; s < u->n_slots; s++) {
            den = fx_add(den, fx_mul(bus->beta[1 + s], form_at(t, u->slots + s, z->cols)));
        }
        dens = fx_add(dens, fx_mul(z->weights[i], den));
    }
    const fx *const top = z->powers + z->l->n_constraints + 2 * side;
    return fx_add(fx_mul(top[0], nums), fx_mul(top[1], dens));
}

/* What the chunk's uses on one side add to G(r'). */
static fx side_at(struct zero *z, const struct sc_chunk *c, enum sc_side side)
{
    const struct sc_uses uses = sc_uses_of(z->m, c, side);
    if (uses.n == 0) {
        return FX_ZERO;
    }
    sc_use_weights(z->weights, z->m, z->l, c, side, z->leaf[side].rho);
    return fx_mul(z->tail_rho[side][c->log_h], uses_at(z, &z->m->tables[c->table], uses, side));
}

/* (r_1 .. r_{H-h}) G(r') */
static fx chunk_at(struct zero *z, const struct sc_chunk *c)
{
    const struct air_table *const t = &z->m->tables[c->table];
    const unsigned skip = z->l->n_vars - c->log_h;
    memcpy(z->cols, z->values + c->value, t->n_cols * sizeof z->cols[0]);
    for (unsigned i = 0; i < t->n_closed; i++) {
        z->cols[t->n_cols + i] = sc_air_closed_at((enum air_closed)t->closed[i], z->r + skip, c->log_h, z->l->index);
    }
    const fx uses = fx_add(side_at(z, c, SC_LOCAL), side_at(z, c, SC_GLOBAL));
    const fx laws = t->n_constraints ? t->eval(z->cols, z->powers + c->constraint) : FX_ZERO;
    return fx_mul(z->head[skip], fx_add(uses, fx_mul(z->tail_tau[c->log_h], laws)));
}

/* lambda^k P + lambda^(k+1) (Q - 1 + sum of all weights) of one side, k as in uses_at: unused leaves are 0/1. */
static fx side_claim(struct zero *z, enum sc_side side)
{
    fx q = fx_sub(z->leaf[side].q, FX_ONE);
    for (unsigned i = 0; i < z->l->n_chunks; i++) {
        const struct sc_chunk *const c = &z->l->chunk[i];
        const unsigned n = sc_uses_of(z->m, c, side).n;
        if (n != 0) {
            sc_use_weights(z->weights, z->m, z->l, c, side, z->leaf[side].rho);
        }
        for (unsigned u = 0; u < n; u++) {
            q = fx_add(q, z->weights[u]);
        }
    }
    const fx *const top = z->powers + z->l->n_constraints + 2 * side;
    return fx_add(fx_mul(top[0], z->leaf[side].p), fx_mul(top[1], q));
}

static fx initial_claim(struct zero *z)
{
    const fx local = side_claim(z, SC_LOCAL);
    return z->l->n_global_vars ? fx_add(local, side_claim(z, SC_GLOBAL)) : local;
}

static socle_status recv_rounds(struct sc_vch *ch, fx *r, fx *claim, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        fx sent[4];
        const socle_status st = sc_recv_fx(ch, SC_L_ZERO_T, sent, 4);
        if (st != SOCLE_OK) {
            return st;
        }
        const fx t[5] = {sent[0], fx_sub(*claim, sent[0]), sent[1], sent[2], sent[3]};
        sc_tr_challenge(&ch->tr, SC_L_ZERO_ROUND, &r[i], 1);
        *claim = sc_interp4(t, r[i]);
    }
    return SOCLE_OK;
}

/* tail[i] = eq of the last i of n coordinates of a with the last i of r. */
static void tails_of(fx *tail, const fx *a, unsigned n, const fx *r, unsigned n_r)
{
    tail[0] = FX_ONE;
    for (unsigned i = 0; i < n && i < n_r; i++) {
        tail[i + 1] = fx_mul(tail[i], sc_eq(&a[n - 1 - i], &r[n_r - 1 - i], 1));
    }
}

static void tails(struct zero *z, const fx *tau)
{
    const unsigned n = z->l->n_vars;
    z->head[0] = FX_ONE;
    for (unsigned i = 0; i < n; i++) {
        z->head[i + 1] = fx_mul(z->head[i], z->r[i]);
    }
    tails_of(z->tail_tau, tau, n, z->r, n);
    tails_of(z->tail_rho[SC_LOCAL], z->leaf[SC_LOCAL].rho, z->l->n_leaf_vars, z->r, n);
    tails_of(z->tail_rho[SC_GLOBAL], z->leaf[SC_GLOBAL].rho, z->l->n_global_vars, z->r, n);
}

socle_status sc_zero_verify(struct sc_vch *ch, fx *r, fx *values, const struct sc_machine *m, const struct sc_layout *l,
                            const struct sc_bus_point bus[2], const struct sc_leaf_claim leaf[2], fx *scratch)
{
    socle_status st = SOCLE_OK;
    fx lambda;
    fx tau[SC_MAX_VARS];
    struct zero z = {.m = m, .l = l, .bus = bus, .leaf = leaf, .r = r, .values = values, .powers = scratch};
    z.cols = scratch + l->n_constraints + 4;
    z.weights = z.cols + AIR_MAX_COLS;
    sc_tr_challenge(&ch->tr, SC_L_LAMBDA, &lambda, 1);
    sc_tr_challenge(&ch->tr, SC_L_TAU, tau, l->n_vars);
    z.powers[0] = FX_ONE;
    for (uint32_t i = 0; i < l->n_constraints + 3; i++) {
        z.powers[i + 1] = fx_mul(z.powers[i], lambda);
    }
    fx claim = initial_claim(&z);
    TRY(recv_rounds(ch, r, &claim, l->n_vars));
    TRY(sc_recv_fx(ch, SC_L_COLUMNS, values, l->n_values));
    tails(&z, tau);
    fx sum = FX_ZERO;
    for (unsigned i = 0; i < l->n_chunks; i++) {
        sum = fx_add(sum, chunk_at(&z, &l->chunk[i]));
    }
    st = fx_eq(sum, claim) ? SOCLE_OK : SOCLE_E_REJECT;
out:
    return st;
}
