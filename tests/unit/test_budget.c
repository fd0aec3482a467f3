/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The shipped schedules: every error term of docs/spec/parameters.md, computed here from the data
 * alone.
 */
#include "core/budget/params.h"
#include "host/socle.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* log2 of |F| */
static double field_bits(void)
{
    return 5 * log2(2130706433.0);
}

/* Running sum of errors and the smallest term. */
struct account {
    double smallest, error;
};

static void charge(struct account *a, double bits, double count)
{
    a->smallest = fmin(a->smallest, bits);
    a->error += count * exp2(-bits);
}

static double agreement(const struct sc_whir_round *r)
{
    const double rho = exp2(-r->lr);
    return r->m ? sqrt(rho) * (1 + 0.5 / r->m) : (1 + rho) / 2;
}

static double list_size(const struct sc_whir_round *r)
{
    return r->m ? (r->m + 0.5) * exp2(0.5 * r->lr) : 1;
}

static double exceptional(const struct sc_whir_round *r, double n)
{
    const double rho = exp2(-r->lr);
    if (r->m == 0) {
        return (1 - rho) / 2 * n + 1;
    }
    const double m5 = r->m + 0.5;
    const double delta = 1 - agreement(r);
    return (2 * pow(m5, 5) + 3 * m5 * delta * rho) * n / (3 * pow(rho, 1.5)) + m5 / sqrt(rho);
}

static void charge_round(struct account *a, const struct sc_whir_round *r, const struct sc_whir_round *prev)
{
    const double f = field_bits();
    const double lists = list_size(r);
    const double interleaved = exp2(r->mu - r->k + r->lr);
    for (int s = 1; s <= r->k; s++) {
        const double n = fmax(interleaved, exp2(r->mu - s + r->lr));
        const double proven = r->m == 0 ? interleaved : 0; /* at half the distance: n, not (1 - rho)/2 n + 1 */
        charge(a, f - log2(3 * lists + fmax(proven, exceptional(r, n))) + r->gf, 1);
    }
    charge(a, -r->t * log2(agreement(r)) + r->gq, 1);
    if (r->ood) {
        const double points = r->ood * (f - log2(r->mu)) - 2 * log2(lists) + 1;
        const double powers = r->ood * (f - r->mu + 1) - 2 * log2(lists);
        charge(a, fmin(points, powers), 1);
    }
    if (prev) {
        charge(a, f - log2(lists * (prev->t + r->ood)), 1);
    }
}

static struct account account_of(const struct sc_whir_params *wp)
{
    struct account a = {1000, 0};
    for (unsigned i = 0; i < wp->n_rounds; i++) {
        charge_round(&a, &wp->r[i], i ? &wp->r[i - 1] : NULL);
    }
    return a;
}

static struct account account_of_boundary(const struct sc_whir_params *wp)
{
    struct account a = account_of(wp);
    charge(&a, field_bits() - log2(list_size(&wp->r[0]) * 8192), 1); /* gamma */
    return a;
}

static struct account account_of_argument(const struct sc_profile *p)
{
    const double f = field_bits();
    struct account a = {1000, 0};
    charge(&a, f - 32 + p->logup_pow, 1);
    charge(&a, f - 1, 60);
    charge(&a, f - log2(3), 435);
    charge(&a, f - 13, 1);
    charge(&a, f - log2(30), 1);
    charge(&a, f - 2, 30);
    charge(&a, f - 13, 2);
    return a;
}

/* The global challenges, once for a set. */
static struct account account_of_set(const struct sc_profile *p)
{
    struct account a = {1000, 0};
    charge(&a, field_bits() - 32 + p->logup_pow, 1);
    return a;
}

/* The argument for the global fractions of a proof. */
static struct account account_of_global(void)
{
    const double f = field_bits();
    struct account a = {1000, 0};
    charge(&a, f - 1, 60);
    charge(&a, f - log2(3), 435);
    return a;
}

static void check_claims(const struct sc_profile *p)
{
    static const char *const names[3] = {"main", "image", "boundary"};
    const struct sc_whir_params *const lists[3] = {p->main, p->image, p->boundary};
    const struct account arg = account_of_argument(p);
    const struct account set = account_of_set(p);
    const struct account global = account_of_global();
    double smallest = fmin(fmin(arg.smallest, set.smallest), global.smallest);
    double worst[3] = {0, 0, 0};
    for (unsigned m0 = p->min_m0; m0 <= p->max_m0; m0++) {
        for (unsigned i = 0; i < 3; i++) {
            const struct account a = i == 2 ? account_of_boundary(&lists[i][m0]) : account_of(&lists[i][m0]);
            cr_assert_geq(a.smallest, 132.0, "%s %s 2^%u", p->name, names[i], m0);
            smallest = fmin(smallest, a.smallest);
            worst[i] = fmax(worst[i], a.error);
        }
    }
    const double single = -log2(arg.error + worst[0] + worst[1]);
    const double of_set = -log2(arg.error + set.error + global.error + worst[0] + worst[1] + worst[2]);
    cr_assert_geq(of_set, 128, "%s", p->name);
    cr_assert_eq((unsigned)floor(100 * smallest), p->min_bits_x100);
    cr_assert_eq((unsigned)floor(100 * single), p->sum_bits_x100);
    cr_assert_eq((unsigned)floor(100 * of_set), p->set_bits_x100);
}

Test(budget, every_term_and_the_sum_of_the_worst_proof_are_what_is_claimed)
{
    unsigned n = 0;
    for (const struct sc_profile *p; (p = sc_profile_shipped(n)) != NULL; n++) {
        check_claims(p);
    }
    cr_assert_eq(n, 3);
}

enum { MAX_TERMS = 4096 };

/* The library's own list of terms, against the sums of this file. */
Test(budget, the_library_lists_the_terms_of_the_schedules)
{
    static struct socle_error_term terms[MAX_TERMS];
    const char *name;
    for (unsigned i = 0; (name = socle_profile(i)) != NULL; i++) {
        const struct sc_profile *const p = sc_profile_shipped(i);
        const size_t n = socle_security_terms(name, terms, MAX_TERMS);
        size_t seen = 0;
        cr_assert(n > 800 && n <= MAX_TERMS, "%zu terms", n);
        for (unsigned part = 0; part < 6; part++) {
            static const char *const parts[6] = {"argument", "set", "global", "main", "image", "boundary"};
            const bool sized = part >= 3;
            for (unsigned m0 = sized ? p->min_m0 : 0; m0 <= (sized ? p->max_m0 : 0); m0++) {
                const struct account wants[6] = {account_of_argument(p),   account_of_set(p),         account_of_global(),
                                                 account_of(&p->main[m0]), account_of(&p->image[m0]),
                                                 account_of_boundary(&p->boundary[m0])};
                const struct account want = wants[part];
                struct account got = {1000, 0};
                for (size_t k = 0; k < n; k++) {
                    if (strcmp(terms[k].part, parts[part]) == 0 && terms[k].log_cells == m0) {
                        charge(&got, terms[k].bits, terms[k].count);
                        seen++;
                    }
                }
                cr_assert_float_eq(got.smallest, want.smallest, 1e-9, "%s %s 2^%u", name, parts[part], m0);
                cr_assert_float_eq(log2(got.error), log2(want.error), 1e-9, "%s %s 2^%u", name, parts[part], m0);
            }
        }
        cr_assert_eq(seen, n, "no term of another part");
        struct socle_security s;
        cr_assert_eq(socle_security(name, &s), SOCLE_OK);
        cr_assert_eq(s.bits, 128);
        cr_assert_eq(s.set_sum, p->set_bits_x100 / 100.0);
    }
    struct socle_security s;
    cr_assert_eq(socle_security("socle-1", &s), SOCLE_E_ARG);
    cr_assert_eq(socle_security_terms("socle-1", terms, MAX_TERMS), 0);
}

static void check_rules(const struct sc_profile *p)
{
    cr_assert_eq(p->min_m0, SC_M0_MIN);
    cr_assert_eq(p->max_m0, SC_M0_MAX);
    for (unsigned m0 = p->min_m0; m0 <= p->max_m0; m0++) {
        const struct sc_whir_params *const lists[3] = {&p->main[m0], &p->image[m0], &p->boundary[m0]};
        for (unsigned list = 0; list < 3; list++) {
            const struct sc_whir_params *const wp = lists[list];
            cr_assert(sc_whir_params_ok(wp), "2^%u", m0);
            cr_assert_eq(wp->r[0].mu, m0);
            cr_assert_leq(wp->mu_final, 7);
            for (unsigned i = 0; i < wp->n_rounds; i++) {
                cr_assert(wp->r[i].m == 0 || wp->r[i].m >= 3);
                const bool sampled = i > 0 || list == 2;
                cr_assert_eq(wp->r[i].ood >= 1, sampled && wp->r[i].m != 0, "rounds are sampled when they are list-decoded");
                cr_assert(wp->r[i].m == 0 || p != sc_profile_shipped(1), "unique decoding everywhere");
            }
        }
        cr_assert_eq(p->boundary[m0].r[0].lr, 3);
        cr_assert_eq(p->main[m0].r[0].m, 0);
        cr_assert_eq(p->main[m0].r[0].lr, 1);
    }
}

Test(budget, every_schedule_can_be_run_and_follows_the_rules)
{
    const struct sc_profile *p;
    for (unsigned i = 0; (p = sc_profile_shipped(i)) != NULL; i++) {
        check_rules(p);
    }
}

/* A segment within the cut has schedules, and the leaves that a proof may have. */
Test(budget, segments_are_cut_within_the_limits_of_a_proof)
{
    const struct sc_profile *p;
    for (unsigned i = 0; (p = sc_profile_shipped(i)) != NULL; i++) {
        cr_assert_leq(p->cut.log_cells, p->max_m0);
        cr_assert_geq(p->cut.log_cells, 22, "room for the tables of fixed height many times over");
        cr_assert_leq(p->cut.log_leaves, 30);
        cr_assert_leq(p->cut.log_global + 2, p->max_m0, "16 columns, 4 leaves a row");
        const struct sc_whir_round *const r = &p->boundary[p->cut.log_global + 2].r[0];
        cr_assert_eq(r->ood, r->m == 0 ? 0 : 2);
        cr_assert_eq(r->m != 0, i != 1, "segments have boundaries of few bytes where the profile has the Johnson regime");
    }
    const struct sc_profile *const big = sc_profile_shipped(0);
    const struct sc_profile *const small = sc_profile_shipped(2);
    cr_assert_str_eq(small->name, "socle-132-small");
    cr_assert_lt(small->cut.log_cells, big->cut.log_cells);
    cr_assert_arr_eq(small->main, big->main, sizeof big->main);
    cr_assert_arr_eq(small->image, big->image, sizeof big->image);
    cr_assert_arr_eq(small->boundary, big->boundary, sizeof big->boundary);
}

Test(budget, a_profile_is_found_by_its_digest_only)
{
    uint8_t digest[32];
    const struct sc_profile *p;
    for (unsigned i = 0; (p = sc_profile_shipped(i)) != NULL; i++) {
        sc_profile_digest(digest, p);
        cr_assert_eq(sc_profile_find(digest), p);
        digest[31] ^= 1;
        cr_assert_null(sc_profile_find(digest));
    }
}

Test(budget, the_digest_depends_on_every_field)
{
    static struct sc_profile p;
    uint8_t a[32];
    uint8_t b[32];
    sc_profile_digest(a, sc_profile_default());
    p = *sc_profile_default();
    sc_profile_digest(b, &p);
    cr_assert_arr_eq(a, b, 32);
    struct sc_whir_round *const r = &p.image[23].r[1];
    uint8_t *const fields[] = {&p.cut.log_cells, &p.cut.log_leaves, &p.cut.log_global, &p.boundary[20].r[0].ood, &p.logup_pow,
                               &p.main[16].mu_final, &p.main[30].r[0].mu, &r->k, &r->lr, &r->m, &r->ood, &r->gq,
                               &r->gf,       (uint8_t *)&r->t};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        (*fields[i])++;
        sc_profile_digest(b, &p);
        cr_assert(memcmp(a, b, 32) != 0, "field %zu", i);
        (*fields[i])--;
    }
    p.name = "other";
    sc_profile_digest(b, &p);
    cr_assert(memcmp(a, b, 32) != 0);
}

Test(budget, shapes_that_cannot_be_run_are_recognised)
{
    struct sc_whir_params wp = sc_profile_default()->main[20];
    struct sc_whir_params bad = wp;
    cr_assert(sc_whir_params_ok(&wp));
    bad.n_rounds = 0;
    cr_assert_not(sc_whir_params_ok(&bad));
    bad = wp;
    bad.n_rounds = SC_WHIR_MAX_ROUNDS + 1;
    cr_assert_not(sc_whir_params_ok(&bad));
    bad = wp;
    bad.mu_final++;
    cr_assert_not(sc_whir_params_ok(&bad));
    bad = wp;
    bad.r[0].t = SC_WHIR_MAX_T + 1;
    cr_assert_not(sc_whir_params_ok(&bad));
    bad = wp;
    bad.r[0].lr = 11;
    cr_assert_not(sc_whir_params_ok(&bad));
    bad = wp;
    bad.r[0].ood = SC_WHIR_MAX_OOD + 1;
    cr_assert_not(sc_whir_params_ok(&bad));
    bad = wp;
    bad.r[1].k = 0;
    cr_assert_not(sc_whir_params_ok(&bad));
}

Test(budget, the_script_makes_the_committed_data)
{
    const char *const root = getenv("SOCLE_SOURCE_ROOT");
    char cmd[4096];
    if (!root) {
        cr_skip_test("SOCLE_SOURCE_ROOT is not set");
    }
    snprintf(cmd, sizeof cmd, "python3 '%s/tools/params.py' --check", root);
    cr_assert_eq(system(cmd), 0);
}
