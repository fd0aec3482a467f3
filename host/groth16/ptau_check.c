/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Powers of tau are what they say. With random weights rho^i: a list is a geometric one when the weighted sum of all but the first is tau
 * times that of all but the last; a Lagrange form belongs to a list when its weighted sum is the list's with the weights transformed.
 */
#include <stdio.h>
#include <string.h>

#include "host/curve/fr_ntt.h"
#include "host/groth16/groth16.h"
#include "host/groth16/setup.h"
#include "host/sys/mem.h"

#define SAY(status, ...) (((void)snprintf(why, why_size, __VA_ARGS__)), (status))

/** Weights rho^i and the same transformed back over a domain of @p n. */
struct weights {
    size_t n;
    struct sc_fr_word *plain, *dual;
};

static void weights_fini(struct weights *w)
{
    sc_big_free(w->plain, w->n * sizeof *w->plain);
    sc_big_free(w->dual, w->n * sizeof *w->dual);
}

static socle_status weights_init(struct weights *w, const struct g16_curve *c, const uint64_t rho[4], unsigned log_n, struct sc_pool *pool)
{
    socle_status st = SOCLE_OK;
    struct sc_fr_domain *d = NULL;
    struct sc_fr_word g;
    w->n = (size_t)1 << log_n;
    w->plain = sc_big_take(w->n * sizeof *w->plain);
    w->dual = sc_big_take(w->n * sizeof *w->dual);
    TRY(w->plain != NULL && w->dual != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    TRY(sc_fr_domain_create(&d, c->fr, log_n, pool));
    const struct sc_fr_ops *const ops = sc_fr_domain_ops(d);
    memcpy(g.l, rho, sizeof g.l);
    ops->from_plain(&g, &g, 1);
    memcpy(&w->dual[0], ops->one, sizeof w->dual[0]);
    for (size_t i = 1; i < w->n; i++) {
        ops->mul(&w->dual[i], &w->dual[i - 1], &g, 1);
    }
    sc_fr_to_plain_all(ops, w->plain, w->dual, w->n, pool);
    sc_fr_intt(d, w->dual, 1, SC_FR_TO_REVERSED, pool);
    sc_fr_reverse(d, w->dual, 1, pool);
    sc_fr_to_plain_all(ops, w->dual, w->dual, w->n, pool);
out:
    sc_fr_domain_destroy(d);
    return st;
}

struct check {
    const struct ptau *p;
    const struct g16_curve *c;
    struct sc_pool *pool;
    struct g16_point one1, one2, tau1, tau2; /* generators, and tau times them */
};

/* A list of powers with its Lagrange form. */
struct list {
    const char *name;
    enum sc_group group;
    const uint8_t *powers, *lagrange;
    size_t n_powers, n_lagrange; /* of the domain; the powers may be one less, which then counts as infinity */
};

static bool same_pairings(const struct check *k, const struct g16_point *a, const struct g16_point *b, const struct g16_point *c, const struct g16_point *d)
{
    struct g16_point left[2] = {*a, *c};
    const struct g16_point right[2] = {*b, *d};
    sc_group_ops_ref(k->c->g1)->neg(&left[0], a);
    return k->c->pairing_is_one(left, right, 2);
}

static bool is_infinity(const struct g16_point *p)
{
    static const struct g16_point none;
    return memcmp(p, &none, sizeof none) == 0;
}

static socle_status list_check(const struct check *k, char *why, size_t why_size, const struct list *l, const struct weights *w)
{
    socle_status st = SOCLE_OK;
    struct g16_point low, high, sum, form;
    const size_t size = sc_g16_size(k->c, l->group);
    const uint64_t(*const plain)[4] = (const uint64_t(*)[4])w->plain->l, (*const dual)[4] = (const uint64_t(*)[4])w->dual->l;
    /* Lists are in no key: it is enough that their sums are of the group, and then so is what the relations say of them. */
    if (!sc_g16_points_good(k->c, l->group, l->powers, l->n_powers, false, k->pool) ||
        !sc_g16_points_good(k->c, l->group, l->lagrange, l->n_lagrange, true, k->pool)) {
        return SAY(SOCLE_E_FORMAT, "a point of %s is not of its group", l->name);
    }
    TRY(sc_g16_section_sum(&low, k->c, l->group, l->powers, plain, l->n_powers - 1, k->pool));
    TRY(sc_g16_section_sum(&high, k->c, l->group, l->powers + size, plain, l->n_powers - 1, k->pool));
    TRY(sc_g16_in_group(l->group, &low) && sc_g16_in_group(l->group, &high) ? SOCLE_OK : SAY(SOCLE_E_FORMAT, "a point of %s is not of its group", l->name));
    const bool grows = l->group == k->c->g1 ? same_pairings(k, &high, &k->one2, &low, &k->tau2) : same_pairings(k, &k->one1, &high, &k->tau1, &low);
    TRY(grows ? SOCLE_OK : SAY(SOCLE_E_FORMAT, "%s is no list of powers of tau", l->name));
    TRY(sc_g16_section_sum(&sum, k->c, l->group, l->powers, dual, l->n_powers, k->pool));
    TRY(sc_g16_section_sum(&form, k->c, l->group, l->lagrange, plain, l->n_lagrange, k->pool));
    TRY(memcmp(&sum, &form, size) == 0 ? SOCLE_OK : SAY(SOCLE_E_FORMAT, "the form of %s for phase 2 is not of these powers", l->name));
out:
    return st;
}

/* First points of the lists: generators, no infinity, and beta the same in both groups. */
static socle_status firsts(struct check *k, char *why, size_t why_size)
{
    const struct ptau *const p = k->p;
    const size_t size1 = sc_g16_size(k->c, k->c->g1), size2 = sc_g16_size(k->c, k->c->g2);
    struct g16_point one1 = {{0}}, one2 = {{0}}, alpha1 = {{0}}, beta1 = {{0}}, beta2 = {{0}};
    sc_group_ops_ref(k->c->g1)->generator(&k->one1);
    sc_group_ops_ref(k->c->g2)->generator(&k->one2);
    if (!sc_g16_load_member(&one1, k->c, k->c->g1, p->tau1) || !sc_g16_load_member(&k->tau1, k->c, k->c->g1, p->tau1 + size1) ||
        !sc_g16_load_member(&one2, k->c, k->c->g2, p->tau2) || !sc_g16_load_member(&k->tau2, k->c, k->c->g2, p->tau2 + size2) ||
        !sc_g16_load_member(&alpha1, k->c, k->c->g1, p->alpha1) || !sc_g16_load_member(&beta1, k->c, k->c->g1, p->beta1) ||
        !sc_g16_load_member(&beta2, k->c, k->c->g2, p->beta2)) {
        return SAY(SOCLE_E_FORMAT, "one of the first powers is not of its group");
    }
    if (memcmp(&one1, &k->one1, size1) != 0 || memcmp(&one2, &k->one2, size2) != 0) {
        return SAY(SOCLE_E_FORMAT, "the powers do not begin with the generators");
    }
    if (is_infinity(&k->tau1) || is_infinity(&alpha1) || is_infinity(&beta1)) {
        return SAY(SOCLE_E_FORMAT, "tau, alpha or beta is 0");
    }
    return same_pairings(k, &beta1, &k->one2, &k->one1, &beta2) ? SOCLE_OK : SAY(SOCLE_E_FORMAT, "beta is not the same in both groups");
}

socle_status sc_ptau_check(const struct ptau *p, unsigned log_domain, char *why, size_t why_size, struct sc_pool *pool)
{
    socle_status st = SOCLE_OK;
    struct check k = {.p = p, .c = p->curve, .pool = pool}; /* points are 0 where they have no words */
    struct weights half = {0}, full = {0};
    uint64_t rho[4];
    const enum sc_group g1 = k.c->g1, g2 = k.c->g2;
    const size_t n = (size_t)1 << log_domain, size1 = sc_g16_size(k.c, g1), size2 = sc_g16_size(k.c, g2);
    const size_t n_tau1 = log_domain == p->power ? 2 * n - 1 : 2 * n; /* as many as there are */
    const struct list lists[] = {
        {"tau in G2", g2, p->tau2, p->lagrange[PTAU_L_TAU2] + (n - 1) * size2, n, n},
        {"alpha tau", g1, p->alpha1, p->lagrange[PTAU_L_ALPHA1] + (n - 1) * size1, n, n},
        {"beta tau", g1, p->beta1, p->lagrange[PTAU_L_BETA1] + (n - 1) * size1, n, n},
        {"tau in G1", g1, p->tau1, p->lagrange[PTAU_L_TAU1] + (n - 1) * size1, n, n},
    };
    const struct list longer = {"tau in G1", g1, p->tau1, p->lagrange[PTAU_L_TAU1] + (2 * n - 1) * size1, n_tau1, 2 * n};
    TRY(firsts(&k, why, why_size));
    TRY(sc_g16_random(rho, k.c) == SOCLE_OK ? SOCLE_OK : SAY(SOCLE_E_IO, "the system gives no randomness"));
    TRY(weights_init(&half, k.c, rho, log_domain, pool));
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        TRY(list_check(&k, why, why_size, &lists[i], &half));
    }
    TRY(weights_init(&full, k.c, rho, log_domain + 1, pool));
    TRY(list_check(&k, why, why_size, &longer, &full));
out:
    weights_fini(&half);
    weights_fini(&full);
    return st;
}
