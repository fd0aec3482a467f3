/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The shipped profiles, the digest of a profile, and the shape check of a schedule.
 * Theory: docs/spec/parameters.md.
 */
#include "core/budget/params.h"

#include "core/base/rd.h"
#include "core/hash/blake3.h"

#include <string.h>

#include "core/budget/schedules.inc"

const struct sc_profile *sc_profile_default(void)
{
    return profiles[0];
}

const struct sc_profile *sc_profile_shipped(unsigned i)
{
    return i < sizeof profiles / sizeof profiles[0] ? profiles[i] : NULL;
}

const struct sc_profile *sc_profile_find(const uint8_t digest[32])
{
    const struct sc_profile *p;
    uint8_t own[32];
    for (unsigned i = 0; (p = sc_profile_shipped(i)) != NULL; i++) {
        sc_profile_digest(own, p);
        if (memcmp(own, digest, sizeof own) == 0) {
            return p;
        }
    }
    return NULL;
}

static void put(struct b3 *h, uint64_t v, unsigned n)
{
    uint8_t b[8];
    store_le(b, v, n);
    sc_b3_update(h, b, n);
}

static void put_params(struct b3 *h, const struct sc_whir_params *wp)
{
    put(h, wp->n_rounds, 1);
    put(h, wp->mu_final, 1);
    for (unsigned i = 0; i < wp->n_rounds; i++) {
        const struct sc_whir_round *const r = &wp->r[i];
        put(h, r->mu, 1);
        put(h, r->k, 1);
        put(h, r->lr, 1);
        put(h, r->m, 1);
        put(h, r->ood, 1);
        put(h, r->gq, 1);
        put(h, r->gf, 1);
        put(h, r->t, 2);
    }
}

void sc_profile_digest(uint8_t out[32], const struct sc_profile *p)
{
    struct b3 h;
    size_t name_len = 0;
    while (p->name[name_len]) {
        name_len++;
    }
    sc_b3_init_derive(&h, "socle profile v2");
    put(&h, name_len, 1);
    sc_b3_update(&h, p->name, name_len);
    put(&h, p->logup_pow, 1);
    put(&h, p->min_m0, 1);
    put(&h, p->max_m0, 1);
    put(&h, p->cut.log_cells, 1);
    put(&h, p->cut.log_leaves, 1);
    put(&h, p->cut.log_global, 1);
    const struct sc_whir_params *const lists[] = {p->main, p->image, p->boundary};
    for (unsigned i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        for (unsigned m0 = p->min_m0; m0 <= p->max_m0; m0++) {
            put_params(&h, &lists[i][m0]);
        }
    }
    sc_b3_final(&h, 0, out, 32);
}

static bool round_ok(const struct sc_whir_round *r)
{
    return r->k >= 1 && r->k <= SC_WHIR_MAX_K && r->k <= r->mu && r->lr >= 1 && sc_whir_log_n(r) <= 24 && r->t >= 1 &&
           r->t <= SC_WHIR_MAX_T && r->ood <= SC_WHIR_MAX_OOD && r->gq < 32 && r->gf < 32;
}

bool sc_whir_params_ok(const struct sc_whir_params *wp)
{
    if (wp->n_rounds < 1 || wp->n_rounds > SC_WHIR_MAX_ROUNDS || wp->r[0].mu > SC_M0_MAX || wp->mu_final > SC_WHIR_MAX_FINAL) {
        return false;
    }
    for (unsigned i = 0; i < wp->n_rounds; i++) {
        const struct sc_whir_round *const r = &wp->r[i];
        const unsigned next = i + 1 < wp->n_rounds ? wp->r[i + 1].mu : wp->mu_final;
        if (!round_ok(r) || (unsigned)(r->mu - r->k) != next) {
            return false;
        }
    }
    return true;
}
