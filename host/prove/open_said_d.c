/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the opening's rounds say when a device makes them: folds, the next commitment, its samples, nonces. The device has the transcript for the time
 * of one job (kernels/kc/talk.h); the host repeats it with what came down, and takes nothing that leads elsewhere.
 * Contracts: open_d.h. Theory: docs/spec/whir.md; docs/decisions/0014-transcript-on-devices.md.
 */
#include "host/prove/open_d.h"

#include <string.h>

static bool is_last(const struct sc_open_d *d)
{
    return d->round + 1u == d->o->wp->n_rounds;
}

/* Of this round, on the device. */
static unsigned n_folds(const struct sc_open_d *d)
{
    return d->o->wp->r[d->round].k - (d->round == 0 ? d->parts->vars : 0);
}

/* Up to the nonce for the queries, or to the final polynomial. */
static socle_status say(struct sc_open_d *d)
{
    const struct sc_whir_round *const r = &d->o->wp->r[d->round];
    const unsigned left = d->mu - n_folds(d);
    struct sc_kc_launch *to = d->launch + d->n_launches;
    socle_status st = SOCLE_OK;
    for (unsigned v = 0; v < n_folds(d); v++) {
        sc_kc_open_round(&to, d->mu, d->mu - 1 - v, v, r->gf);
    }
    sc_kc_open_fold(&to, d->mu, left, n_folds(d));
    if (!is_last(d)) {
        sc_kc_open_commit(&to, sc_open_d_shape(d, d->round + 1), d->round + 1, r[1].ood, r->gq, SC_EQS_LOW);
    }
    d->n_launches = (unsigned)(to - d->launch);
    TRY(sc_space_put(&d->space, d->talk, 0, d->ch->tr.s, 8));
    TRY(sc_open_d_run(d, d->g[d->side ^ 1], d->round + 1));
    TRY(sc_space_get(&d->space, d->said, d->talk, 0, SC_KC_SAID_END));
    d->side ^= 1;
    d->mu = left;
    d->has_said = true;
    d->folds = d->samples = 0;
out:
    return st;
}

static socle_status have_said(struct sc_open_d *d)
{
    return d->has_said ? SOCLE_OK : say(d);
}

socle_status sc_open_d_sums(void *self, fx h[2])
{
    struct sc_open_d *const d = self;
    socle_status st = SOCLE_OK;
    TRY(have_said(d));
    memcpy(h, d->said + SC_KC_SAID_H + 2 * FX_DEG * d->folds, 2 * sizeof *h);
out:
    return st;
}

socle_status sc_open_d_fold(void *self, fx c)
{
    struct sc_open_d *const d = self;
    const fp *const own = d->said + SC_KC_SAID_C + FX_DEG * d->folds;
    d->folds++;
    return sc_space_same(&d->space, own, c.c, sizeof c.c);
}

socle_status sc_open_d_settle(void *self)
{
    return have_said(self);
}

socle_status sc_open_d_commit(void *self, uint8_t root[32], const struct sc_whir_round *next)
{
    const struct sc_open_d *const d = self;
    (void)next;
    memcpy(root, d->said + SC_KC_SAID_ROOT, 32);
    return SOCLE_OK;
}

socle_status sc_open_d_sample(void *self, fx *out, const fx *z)
{
    struct sc_open_d *const d = self;
    const unsigned i = d->samples++;
    memcpy(out->c, d->said + SC_KC_SAID_ANSWERS + FX_DEG * i, sizeof out->c);
    return sc_space_same(&d->space, d->said + SC_KC_SAID_Z + FX_DEG * i * d->mu, z, d->mu * sizeof *z);
}

bool sc_open_d_nonce(void *self, uint64_t *nonce, const uint32_t key[8], const uint32_t block[16], uint32_t mask)
{
    struct sc_open_d *const d = self;
    if (d->space.how != SOCLE_OK) {
        return false;
    }
    const bool of_fold = d->folds < n_folds(d);
    if (!d->has_said || (!of_fold && is_last(d))) {
        return sc_space_nonce(&d->space, nonce, d->frame, key, block, mask) == SOCLE_OK;
    }
    const uint32_t found = d->said[SC_KC_SAID_NONCE + 4 * (of_fold ? d->folds : SC_WHIR_MAX_K) + 2];
    if (found == UINT32_MAX) { /* none in as many tries as there were: bad luck, no wrong bytes */
        d->space.how = SOCLE_E_LIMIT;
        return false;
    }
    *nonce = found;
    return sc_space_nonce_works(&d->space, found, key, block, mask) == SOCLE_OK;
}
