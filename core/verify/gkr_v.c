/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Verifier of the bus argument. Theory: docs/spec/argument.md sections 1 and 2, docs/spec/machine.md section 3.
 */
#include "core/verify/gkr_v.h"

#include "core/poly/eq.h"

#include <string.h>

fx sc_bus_value(const struct sc_bus_point *b, enum air_bus bus, const fp *slot, unsigned n)
{
    fx v = fx_add(b->alpha, fx_mul_fp(b->beta[0], fp_from_u32((uint32_t)bus)));
    for (unsigned i = 0; i < n; i++) {
        v = fx_add(v, fx_mul_fp(b->beta[1 + i], slot[i]));
    }
    return v;
}

/* f + sign / d */
static void add_term(struct sc_fraction *f, int sign, fx d)
{
    f->n = fx_mul(f->n, d);
    f->n = sign > 0 ? fx_add(f->n, f->d) : fx_sub(f->n, f->d);
    f->d = fx_mul(f->d, d);
}

static void add_state(struct sc_fraction *f, const struct sc_bus_point *b, int sign, uint32_t ts, uint32_t ip, uint32_t halted)
{
    const fp slot[3] = {fp_from_u32(ts), fp_from_u32(ip), fp_from_u32(halted)};
    add_term(f, sign, sc_bus_value(b, AIR_BUS_STATE, slot, 3));
}

static void add_chain(struct sc_fraction *f, const struct sc_bus_point *b, uint32_t region, uint32_t start, uint32_t last)
{
    const fp from[2] = {fp_from_u32(region), fp_from_u32(start)};
    const fp to[2] = {fp_from_u32(region), fp_from_u32(last)};
    add_term(f, 1, sc_bus_value(b, AIR_BUS_CHAIN, from, 2));
    add_term(f, -1, sc_bus_value(b, AIR_BUS_CHAIN, to, 2));
}

static void add_out(struct sc_fraction *f, const struct sc_bus_point *b, uint32_t index, uint64_t word)
{
    fp slot[5] = {fp_from_u32(index)};
    for (unsigned i = 0; i < 4; i++) {
        slot[1 + i] = fp_from_u32((uint32_t)(word >> (16 * i)) & 0xffffu);
    }
    add_term(f, -1, sc_bus_value(b, AIR_BUS_OUT, slot, 5));
}

void sc_add_state_terms(struct sc_fraction *f, const struct sc_bus_point *b, uint32_t ip_in, uint32_t ts_end, uint32_t ip_out, uint32_t halted)
{
    add_state(f, b, 1, 4, ip_in, 0);
    add_state(f, b, -1, ts_end, ip_out, halted);
}

void sc_add_memory_terms(struct sc_fraction *f, const struct sc_bus_point *b, uint32_t last_ram, uint32_t last_input,
                         const uint8_t *output, uint64_t output_len)
{
    const uint32_t n_words = (uint32_t)((output_len + 7) / 8);
    add_chain(f, b, 0, SC_CHAIN_START_RAM, last_ram);
    add_chain(f, b, 1, SC_CHAIN_START_IO, last_input);
    add_chain(f, b, 2, SC_CHAIN_START_IO, n_words);
    add_out(f, b, 0, output_len);
    for (uint32_t i = 0; i < n_words; i++) {
        const uint64_t left = output_len - (uint64_t)i * 8;
        add_out(f, b, i + 1, load_le(output + (size_t)i * 8, left < 8 ? (unsigned)left : 8));
    }
}

struct sc_fraction sc_public_terms(const struct sc_bus_point *b, const struct sc_head_image *image, const struct sc_head_run *run,
                                   const uint8_t *output)
{
    struct sc_fraction f = {FX_ZERO, FX_ONE};
    sc_add_state_terms(&f, b, image->entry, run->ts_end, run->ip_end, 1);
    sc_add_memory_terms(&f, b, run->last_ram, run->last_input, output, run->output_len);
    return f;
}

/* One round of a layer: from the normalised claim to the next one. */
static socle_status recv_round(struct sc_vch *ch, fx *claim, fx *c, fx rho)
{
    fx t[3];
    fx sent[2];
    const socle_status st = sc_recv_fx(ch, SC_L_GKR_T, sent, 2);
    if (st != SOCLE_OK) {
        return st;
    }
    if (fx_is_zero(rho)) {
        return SOCLE_E_REJECT;
    }
    t[0] = sent[0];
    t[1] = fx_mul(fx_sub(*claim, fx_mul(fx_sub(FX_ONE, rho), t[0])), fx_inv(rho));
    t[2] = sent[1];
    sc_tr_challenge(&ch->tr, SC_L_GKR_ROUND, c, 1);
    *claim = sc_interp2(t, *c);
    return SOCLE_OK;
}

/* Layer l: claims about its nodes at rho (l coordinates) become claims about layer l + 1 at a point of l + 1. */
static socle_status recv_layer(struct sc_vch *ch, struct sc_leaf_claim *s, unsigned l)
{
    socle_status st = SOCLE_OK;
    fx mu, z;
    fx v[4]; /* p0 p1 q0 q1 */
    sc_tr_challenge(&ch->tr, SC_L_GKR_MIX, &mu, 1);
    fx claim = fx_add(s->p, fx_mul(mu, s->q));
    for (unsigned i = 0; i < l; i++) {
        fx c;
        TRY(recv_round(ch, &claim, &c, s->rho[i]));
        s->rho[i] = c;
    }
    TRY(sc_recv_fx(ch, SC_L_GKR_CLAIMS, v, 4));
    const fx cross = fx_add(fx_mul(v[0], v[3]), fx_mul(v[1], v[2]));
    if (!fx_eq(claim, fx_add(cross, fx_mul(mu, fx_mul(v[2], v[3]))))) {
        return SOCLE_E_REJECT;
    }
    sc_tr_challenge(&ch->tr, SC_L_GKR_LINE, &z, 1);
    memmove(s->rho + 1, s->rho, l * sizeof s->rho[0]);
    s->rho[0] = z;
    s->p = fx_add(v[0], fx_mul(z, fx_sub(v[1], v[0])));
    s->q = fx_add(v[2], fx_mul(z, fx_sub(v[3], v[2])));
out:
    return st;
}

/* A zero denominator anywhere makes its root zero: that fraction says nothing. */
static socle_status recv_root(struct sc_vch *ch, struct sc_leaf_claim *out)
{
    fx root[2];
    const socle_status st = sc_recv_fx(ch, SC_L_GKR_ROOT, root, 2);
    if (st != SOCLE_OK) {
        return st;
    }
    if (fx_is_zero(root[1])) {
        return SOCLE_E_REJECT;
    }
    out->p = root[0];
    out->q = root[1];
    return SOCLE_OK;
}

socle_status sc_gkr_verify(struct sc_vch *ch, struct sc_leaf_claim out[2], struct sc_fraction *global, const unsigned n_vars[2],
                           struct sc_fraction terms)
{
    socle_status st = SOCLE_OK;
    const unsigned n_sides = n_vars[SC_GLOBAL] ? 2 : 1;
    memset(out, 0, 2 * sizeof *out);
    *global = (struct sc_fraction){FX_ZERO, FX_ONE};
    for (unsigned side = 0; side < n_sides; side++) {
        TRY(recv_root(ch, &out[side]));
    }
    if (fx_is_zero(terms.d) || !fx_is_zero(fx_add(fx_mul(out[SC_LOCAL].p, terms.d), fx_mul(out[SC_LOCAL].q, terms.n)))) {
        return SOCLE_E_REJECT;
    }
    if (n_sides == 2) {
        *global = (struct sc_fraction){out[SC_GLOBAL].p, out[SC_GLOBAL].q};
    }
    for (unsigned side = 0; side < n_sides; side++) {
        for (unsigned l = 0; l < n_vars[side]; l++) {
            TRY(recv_layer(ch, &out[side], l));
        }
    }
out:
    return st;
}
