/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Prover of the batched sumcheck: who does it, and the transcript of the host's rounds. Theory: docs/spec/argument.md section 3.
 */
#include "host/prove/zero_way.h"

#include "core/poly/eq.h"
#include "host/prove/stretch.h"
#include "host/sys/mem.h"

#include <string.h>

/* A chunk as the rounds go. */
struct part {
    const struct sc_chunk *c;
    fx claim;  /* normalised claim of the constraints */
    fx eq_tau; /* of bound coordinates */
    fx head;   /* r_1 .. of the leading coordinates that it has not */
    fx t[5];   /* its constraints' polynomial of this round */
    struct {
        fx sum, t[2]; /* of the form: over all rows, and of the first round at 0 and 1 */
        fx eq;        /* of bound coordinates */
    } uses[SC_SIDES];
};

struct rounds {
    const struct sc_zero *z;
    struct sc_zero_h *way;
    struct part part[SC_MAX_ALL_CHUNKS];
    struct sc_zero_sums sums[SC_MAX_ALL_CHUNKS];
};

/* ---- what both ways need ---- */

void sc_zero_form(struct sc_form *f, const struct sc_zero *z, unsigned chunk, unsigned side)
{
    const struct sc_columns *const c = z->c;
    const struct sc_chunk *const k = &c->l->chunk[chunk];
    const struct air_table *const t = &c->m->tables[k->table];
    const struct sc_bus_point *const bus = &z->bus[side];
    const struct sc_uses own = sc_uses_of(c->m, k, (enum sc_side)side);
    const fx *const top = z->powers + c->l->n_constraints + 2 * side;
    fx w[AIR_MAX_USES];
    memset(f, 0, sizeof *f);
    sc_use_weights(w, c->m, c->l, k, (enum sc_side)side, z->leaf[side].rho);
    for (unsigned i = 0; i < own.n; i++) {
        const struct air_use *const u = &t->uses[own.first + i];
        const fx num = fx_mul(top[0], w[i]);
        const fx den = fx_mul(top[1], w[i]);
        sc_form_add(f, t, u->sel, u->sign > 0 ? num : fx_neg(num));
        f->k = fx_add(f->k, fx_mul(den, sc_bus_value(bus, (enum air_bus)u->bus, NULL, 0)));
        for (unsigned s = 0; s < u->n_slots; s++) {
            sc_form_add(f, t, u->slots + s, fx_mul(den, bus->beta[1 + s]));
        }
    }
}

/* ---- rounds ---- */

/* eq(a, X) for X = 0 .. 4 */
static void eq_line(fx out[5], fx a)
{
    out[0] = fx_sub(FX_ONE, a);
    const fx d = fx_sub(a, out[0]);
    for (unsigned i = 1; i < 5; i++) {
        out[i] = fx_add(out[i - 1], d);
    }
}

/* Adds the round polynomial at 0 .. 4 of the uses of one side to sum; rounds from the part's first on. */
static void uses_round(const struct rounds *s, unsigned k, unsigned v, fx sum[5], unsigned round)
{
    const struct part *const p = &s->part[k];
    const fx *const a = round > sc_zero_skip(s->z, k) ? s->sums[k].form[v] : p->uses[v].t;
    fx line[5];
    eq_line(line, s->z->rho[v][round]);
    const fx d = fx_sub(a[1], a[0]);
    const fx scale = fx_mul(p->head, p->uses[v].eq);
    fx form = a[0];
    for (unsigned i = 0; i < 5; i++) {
        sum[i] = fx_add(sum[i], fx_mul(fx_mul(scale, line[i]), form));
        form = fx_add(form, d);
    }
}

/* Values at 0, 1, 2, 3, 4 of the cubic t with claim = (1 - tau) t(0) + tau t(1). */
static void laws_round(struct part *p, const fx s[3], fx tau)
{
    fx *const t = p->t;
    t[0] = s[0];
    t[2] = s[1];
    t[3] = s[2];
    t[1] = fx_mul(fx_sub(p->claim, fx_mul(fx_sub(FX_ONE, tau), t[0])), fx_inv(tau));
    /* the fourth difference is zero: t4 = 4 t3 - 6 t2 + 4 t1 - t0 */
    const fx t13 = fx_add(t[1], t[3]);
    const fx four = fx_add(fx_add(t13, t13), fx_add(t13, t13));
    const fx two = fx_add(t[2], t[2]);
    t[4] = fx_sub(fx_sub(four, fx_add(fx_add(two, two), two)), t[0]);
}

/* Adds the part's round polynomial at 0 .. 4 to sum. */
static void part_round(struct rounds *s, unsigned k, fx sum[5], unsigned round)
{
    struct part *const p = &s->part[k];
    if (round < sc_zero_skip(s->z, k)) { /* X r_1 .. r_{round-1} times the whole sum */
        const fx all = fx_mul(p->head, fx_add(p->uses[SC_LOCAL].sum, p->uses[SC_GLOBAL].sum));
        fx v = FX_ZERO;
        for (unsigned i = 0; i < 5; i++) {
            sum[i] = fx_add(sum[i], v);
            v = fx_add(v, all);
        }
        return;
    }
    fx line_tau[5];
    memset(p->t, 0, sizeof p->t);
    if (s->z->c->m->tables[p->c->table].n_constraints > 0) {
        laws_round(p, s->sums[k].laws, s->z->tau[round]);
    }
    eq_line(line_tau, s->z->tau[round]);
    for (unsigned i = 0; i < 5; i++) {
        const fx laws = fx_mul(fx_mul(p->eq_tau, line_tau[i]), p->t[i]);
        sum[i] = fx_add(sum[i], fx_mul(p->head, laws));
    }
    for (unsigned v = 0; v < s->z->n_sides; v++) {
        if (sc_zero_uses(s->z, k, v)) {
            uses_round(s, k, v, sum, round);
        }
    }
}

/* What the transcript keeps of a part goes on to the next round. */
static void part_bind(struct rounds *s, unsigned k, fx r, unsigned round)
{
    struct part *const p = &s->part[k];
    if (round < sc_zero_skip(s->z, k)) {
        p->head = fx_mul(p->head, r);
        return;
    }
    p->claim = sc_interp4(p->t, r);
    p->eq_tau = fx_mul(p->eq_tau, sc_eq(&s->z->tau[round], &r, 1));
    for (unsigned v = 0; v < s->z->n_sides; v++) {
        p->uses[v].eq = fx_mul(p->uses[v].eq, sc_eq(&s->z->rho[v][round], &r, 1));
    }
}

static socle_status prove_rounds(struct rounds *s, struct sc_pch *ch, fx *r)
{
    const struct sc_columns *const c = s->z->c;
    socle_status st = SOCLE_OK;
    for (unsigned i = 0; i < c->l->n_vars; i++) {
        fx sum[5] = {FX_ZERO, FX_ZERO, FX_ZERO, FX_ZERO, FX_ZERO};
        TRY(sc_watch_tell(c->watch, SC_STAGE_ZERO, 1 - 0.8 / (double)((uint64_t)1 << i)));
        sc_zero_h_sums(s->way, s->sums, i);
        for (unsigned k = 0; k < c->l->n_chunks; k++) {
            part_round(s, k, sum, i);
        }
        const fx sent[4] = {sum[0], sum[2], sum[3], sum[4]};
        sc_send_fx(ch, SC_L_ZERO_T, sent, 4);
        sc_tr_challenge(&ch->tr, SC_L_ZERO_ROUND, &r[i], 1);
        for (unsigned k = 0; k < c->l->n_chunks; k++) {
            part_bind(s, k, r[i], i);
        }
        TRY(sc_zero_h_bind(s->way, r[i], i));
    }
out:
    return st;
}

static socle_status begin(struct rounds *s)
{
    const struct sc_zero *const z = s->z;
    const socle_status st = sc_zero_h_begin(s->way, s->sums);
    for (unsigned k = 0; k < z->c->l->n_chunks && st == SOCLE_OK; k++) {
        struct part *const p = &s->part[k];
        p->c = &z->c->l->chunk[k];
        p->eq_tau = p->head = FX_ONE;
        for (unsigned v = 0; v < z->n_sides; v++) {
            p->uses[v].eq = FX_ONE;
            if (sc_zero_uses(z, k, v)) {
                const fx *const t = s->sums[k].form[v];
                memcpy(p->uses[v].t, t, sizeof p->uses[v].t);
                p->uses[v].sum = fx_add(t[0], fx_mul(z->rho[v][sc_zero_skip(z, k)], fx_sub(t[1], t[0])));
            }
        }
    }
    return st;
}

/* ---- who does it ---- */

struct job {
    const struct sc_zero *z;
    fx *r, *values;
};

static socle_status by_host(void *arg, struct sc_pch *ch, bool *differs)
{
    const struct job *const j = arg;
    struct rounds *const s = sc_alloc(1, sizeof *s);
    socle_status st = s != NULL ? SOCLE_OK : SOCLE_E_NOMEM;
    (void)differs;
    TRY(st);
    s->z = j->z;
    TRY(sc_zero_h_create(&s->way, j->z));
    TRY(begin(s));
    TRY(prove_rounds(s, ch, j->r));
    sc_zero_h_values(s->way, j->values);
    sc_send_fx(ch, SC_L_COLUMNS, j->values, j->z->c->l->n_values);
    st = sc_pch_status(ch);
out:
    if (s != NULL && s->way != NULL) {
        sc_zero_h_end(s->way);
    }
    sc_free(s);
    return st;
}

static socle_status by_device(void *arg, struct sc_pch *ch, socle_status *how)
{
    const struct job *const j = arg;
    return sc_zero_d_prove(ch, j->r, j->values, j->z, how);
}

static unsigned greatest_height(const struct sc_zero *z, unsigned v)
{
    unsigned top = 0;
    for (unsigned i = 0; i < z->c->l->n_chunks; i++) {
        if (z->c->l->chunk[i].log_h > top && sc_zero_uses(z, i, v)) {
            top = z->c->l->chunk[i].log_h;
        }
    }
    return top;
}

/* G can have fewer variables than r, but not fewer than a chunk with leaves in it. */
static void find_places(struct sc_zero *z)
{
    const struct sc_layout *const l = z->c->l;
    for (unsigned v = 0; v < z->n_sides; v++) {
        const unsigned top = z->top[v] = greatest_height(z, v);
        memcpy(z->rho[v] + (l->n_vars - top), z->leaf[v].rho + (sc_side_vars(l, (enum sc_side)v) - top), top * sizeof z->rho[v][0]);
    }
}

size_t sc_zero_memory(const struct sc_machine *m, const struct sc_layout *l)
{
    return sc_alloc_size(1, sizeof(struct sc_zero)) + sc_alloc_size(1, sizeof(struct rounds)) +
           sc_alloc_size(l->n_constraints + 2 * SC_SIDES, sizeof(fx)) + sc_zero_h_memory(m, l);
}

socle_status sc_zero_prove(struct sc_pch *ch, fx *r, fx *values, const struct sc_columns *c, const struct sc_bus_point *bus,
                           const struct sc_leaf_claim *leaf)
{
    socle_status st = SOCLE_OK;
    const uint32_t n_powers = c->l->n_constraints + 2 * SC_SIDES;
    fx tau[SC_MAX_VARS];
    fx lambda;
    struct sc_zero *const z = sc_alloc(1, sizeof *z);
    fx *const powers = sc_alloc(n_powers, sizeof *powers);
    TRY(z && powers ? SOCLE_OK : SOCLE_E_NOMEM);
    sc_tr_challenge(&ch->tr, SC_L_LAMBDA, &lambda, 1);
    sc_tr_challenge(&ch->tr, SC_L_TAU, tau, c->l->n_vars);
    powers[0] = FX_ONE;
    for (uint32_t i = 0; i + 1 < n_powers; i++) {
        powers[i + 1] = fx_mul(powers[i], lambda);
    }
    z->c = c;
    z->bus = bus;
    z->leaf = leaf;
    z->n_sides = sc_n_sides(c->l);
    z->powers = powers;
    z->tau = tau;
    find_places(z);
    struct job j = {z, r, values};
    const struct sc_stretch all = {&j, by_device, by_host};
    TRY(sc_stretch_send(ch, c->device, &all));
out:
    sc_free(powers);
    sc_free(z);
    return st;
}
