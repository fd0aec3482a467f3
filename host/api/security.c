/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What a profile claims: every error term, computed from the schedules and limits that prover and
 * verifier use. Theory: docs/spec/parameters.md section 1, docs/security.md.
 * tests/unit/test_budget.c computes the same on its own.
 */
#include <math.h>
#include <string.h>
#undef FP_ZERO /* math.h's class of a double; below it is the field's */

#include "core/verify/verify.h"
#include "host/api/context.h"

enum { HASH_BITS = 128 }; /* collisions of a 256-bit hash */

/* The argument's limits: all fractions of one proof, leaves and public terms, and all of a set's global bus; powers of one
 * challenge. */
#define LOG_FRACTIONS (SC_MAX_LOG_LEAVES + 1)
#define MAX_POWERS 8192.0

static double field_bits(void)
{
    return FX_DEG * log2((double)FP_P);
}

/* Agreement 1 - delta, list size, and exceptional challenges of a line of words of length n, as the public calculators count
 * them. */
static double agreement(const struct sc_whir_round *r)
{
    const double rho = exp2(-(double)r->lr);
    return r->m != 0 ? sqrt(rho) * (1 + 0.5 / r->m) : (1 + rho) / 2;
}

static double list_size(const struct sc_whir_round *r)
{
    return r->m != 0 ? (r->m + 0.5) * exp2(0.5 * r->lr) : 1;
}

static double exceptional(const struct sc_whir_round *r, double n)
{
    const double rho = exp2(-(double)r->lr);
    if (r->m == 0) {
        return (1 - rho) / 2 * n + 1;
    }
    const double half = r->m + 0.5;
    return (2 * pow(half, 5) + 3 * half * (1 - agreement(r)) * rho) * n / (3 * pow(rho, 1.5)) + half / sqrt(rho);
}

struct list {
    struct socle_error_term *out;
    size_t max, n;
};

static void add(struct list *l, struct socle_error_term t)
{
    if (l->n < l->max) {
        l->out[l->n] = t;
    }
    l->n++;
}

/* The larger of both counts for challenge s of a round: words not interleaved, and interleaved ones; in the unique-decoding
 * regime the theorem for the latter allows n. */
static double exceptional_at(const struct sc_whir_round *r, unsigned s)
{
    const double interleaved = exp2(sc_whir_log_n(r));
    const double apart = exp2((double)r->mu - s + r->lr);
    return fmax(exceptional(r, apart), r->m == 0 ? interleaved : exceptional(r, interleaved));
}

static void add_round(struct list *l, struct socle_error_term at, const struct sc_whir_round *r, const struct sc_whir_round *prev)
{
    const double f = field_bits();
    const bool johnson = r->m != 0;
    for (unsigned s = 1; s <= r->k; s++) {
        at.name = "fold";
        at.formula = "(3 L + a(n)) / |F| / 2^gf";
        at.source = johnson ? "2024/1586 thm 5.2; 2025/2055 thm 4.6; 2026/2056 thm 5.12" : "2024/1586 thm 5.2, lemma 4.10; 2020/654 thm 1.4";
        at.bits = f - log2(3 * list_size(r) + exceptional_at(r, s)) + r->gf;
        at.count = 1;
        add(l, at);
    }
    at.name = "query";
    at.formula = "(1 - delta)^t / 2^gq";
    at.source = "2024/1586 sec. 5";
    at.bits = -r->t * log2(agreement(r)) + r->gq;
    add(l, at);
    if (r->ood != 0) {
        const double points = r->ood * (f - log2(r->mu)) - 2 * log2(list_size(r)) + 1;
        const double powers = r->ood * (f - r->mu + 1) - 2 * log2(list_size(r));
        at.name = "out-of-domain";
        at.formula = "max(L^2/2 (mu/|F|)^w, L^2 (2^(mu-1)/|F|)^w)";
        at.source = "2024/1586 sec. 5; Schwartz-Zippel";
        at.bits = fmin(points, powers);
        add(l, at);
    }
    if (prev != NULL) {
        at.name = "mix claims";
        at.formula = "L (t + w) / |F|";
        at.source = "2024/1586 sec. 5; Schwartz-Zippel";
        at.bits = f - log2(list_size(r) * (prev->t + r->ood));
        add(l, at);
    }
}

/* The claims about a committed boundary polynomial, one of a list when its round 0 is not in unique decoding. */
static void add_boundary_batching(struct list *l, struct socle_error_term at, const struct sc_whir_round *r)
{
    at.name = "opening batching";
    at.formula = "8192 L / |F|";
    at.source = "Schwartz-Zippel, powers of gamma";
    at.bits = field_bits() - log2(MAX_POWERS * list_size(r));
    add(l, at);
}

static void add_opening(struct list *l, const char *part, const struct sc_whir_params *wp)
{
    for (unsigned i = 0; i < wp->n_rounds; i++) {
        const struct socle_error_term at = {.part = part, .log_cells = wp->r[0].mu, .round = i, .count = 1};
        add_round(l, at, &wp->r[i], i > 0 ? &wp->r[i - 1] : NULL);
        if (i == 0 && strcmp(part, "boundary") == 0) {
            add_boundary_batching(l, at, &wp->r[0]);
        }
    }
}

/* Challenges of LogUp: of the local buses of a proof ("argument"), or of the global bus, drawn once for all proofs ("set"). */
static void add_logup(struct list *l, const char *part, const struct sc_profile *p)
{
    const struct socle_error_term t = {part, 0, 0, "LogUp alpha, beta", "2 N / |F| / 2^pow, N = 2^31", "2022/1530; poles and degree",
                                       field_bits() - (LOG_FRACTIONS + 1) + p->logup_pow, 1};
    add(l, t);
}

/* GKR on the local fractions ("argument") or on the global ones ("global") of a proof. */
static void add_gkr(struct list *l, const char *part)
{
    const double f = field_bits();
    const unsigned n = SC_MAX_LOG_LEAVES;
    const struct socle_error_term terms[] = {
        {part, 0, 0, "GKR combination", "2 / |F|", "2023/1284; Schwartz-Zippel", f - 1, n},
        {part, 0, 0, "GKR line", "2 / |F|", "2023/1284; Schwartz-Zippel", f - 1, n},
        {part, 0, 0, "GKR round", "3 / |F|", "sumcheck, degree 3", f - log2(3), n * (n - 1) / 2},
    };
    for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
        add(l, terms[i]);
    }
}

static void add_argument(struct list *l)
{
    const double f = field_bits();
    const struct socle_error_term terms[] = {
        {"argument", 0, 0, "constraint batching", "8192 / |F|", "Schwartz-Zippel, powers of lambda", f - log2(MAX_POWERS), 1},
        {"argument", 0, 0, "zerocheck point", "30 / |F|", "Schwartz-Zippel in tau", f - log2(SC_MAX_VARS), 1},
        {"argument", 0, 0, "zerocheck round", "4 / |F|", "sumcheck, degree 4", f - 2, SC_MAX_VARS},
        {"argument", 0, 0, "opening batching", "8192 / |F|", "Schwartz-Zippel, powers of gamma", f - log2(MAX_POWERS), 2},
    };
    for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
        add(l, terms[i]);
    }
}

const struct sc_profile *sc_api_profile(const char *name)
{
    const struct sc_profile *p = sc_profile_default();
    for (unsigned i = 0; name != NULL && p != NULL && strcmp(name, p->name) != 0; i++) {
        p = sc_profile_shipped(i);
    }
    return p;
}

const char *socle_profile(unsigned i)
{
    const struct sc_profile *const p = sc_profile_shipped(i);
    return p != NULL ? p->name : NULL;
}

static void describe(struct socle_security *out, const struct sc_profile *p)
{
    const double sum = p->sum_bits_x100 / 100.0;
    const double set_sum = p->set_bits_x100 / 100.0;
    const double least = fmin(fmin(p->min_bits_x100 / 100.0, fmin(sum, set_sum)), HASH_BITS);
    *out = (struct socle_security){p->name, p->min_bits_x100 / 100.0, sum, set_sum, HASH_BITS, (unsigned)least, p->logup_pow};
}

socle_status socle_security(const char *profile, struct socle_security *out)
{
    const struct sc_profile *const p = sc_api_profile(profile);
    memset(out, 0, sizeof *out);
    if (p == NULL) {
        return SOCLE_E_ARG;
    }
    describe(out, p);
    return SOCLE_OK;
}

enum { N_PARTS = 3 };
static const char *const parts[N_PARTS] = {"main", "image", "boundary"};

static const struct sc_whir_params *schedules(const struct sc_profile *p, const char *part)
{
    const struct sc_whir_params *const by_part[N_PARTS] = {p->main, p->image, p->boundary};
    for (unsigned i = 0; i < N_PARTS; i++) {
        if (strcmp(part, parts[i]) == 0) {
            return by_part[i];
        }
    }
    return NULL;
}

size_t socle_security_terms(const char *profile, struct socle_error_term *out, size_t max)
{
    const struct sc_profile *const p = sc_api_profile(profile);
    struct list l = {out, max, 0};
    if (p == NULL) {
        return 0;
    }
    add_logup(&l, "argument", p);
    add_gkr(&l, "argument");
    add_argument(&l);
    add_logup(&l, "set", p);
    add_gkr(&l, "global");
    for (unsigned i = 0; i < N_PARTS; i++) {
        const struct sc_whir_params *const by_m0 = schedules(p, parts[i]);
        for (unsigned m0 = p->min_m0; m0 <= p->max_m0; m0++) {
            add_opening(&l, parts[i], &by_m0[m0]);
        }
    }
    return l.n;
}

size_t socle_security_rounds(const char *profile, const char *part, unsigned log_cells, struct socle_round *out, size_t max)
{
    const struct sc_profile *const p = sc_api_profile(profile);
    if (p == NULL || log_cells < p->min_m0 || log_cells > p->max_m0) {
        return 0;
    }
    const struct sc_whir_params *const by_m0 = schedules(p, part);
    const struct sc_whir_params *const wp = by_m0 != NULL ? &by_m0[log_cells] : NULL;
    const size_t n = wp != NULL ? wp->n_rounds : 0;
    for (size_t i = 0; i < n && i < max; i++) {
        const struct sc_whir_round *const r = &wp->r[i];
        out[i] = (struct socle_round){r->mu, r->k, r->lr, r->m, r->ood, r->gq, r->gf, r->t};
    }
    return n;
}

socle_status sc_api_strong(socle_context *ctx, const struct sc_profile *profile, socle_status otherwise)
{
    struct socle_security s;
    describe(&s, profile);
    return s.bits >= ctx->options.min_bits ? SOCLE_OK
                                           : sc_fail(ctx, otherwise, "profile %s claims %u bits, fewer than the %u asked for", s.profile,
                                                     s.bits, ctx->options.min_bits);
}
