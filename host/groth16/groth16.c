/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Prover and verifier. The quotient (A B - C) / Z is taken at the odd points of a domain of twice the size, where Z is a constant that the
 * key has in it: three transforms back, to a coset, and three forth.
 */
#define _DEFAULT_SOURCE
#include "host/groth16/groth16.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "core/base/rd.h"
#include "host/curve/fr_ntt.h"
#include "host/curve/msm.h"
#include "host/groth16/blake2b.h"
#include "host/groth16/g16_device.h"
#include "host/sys/file.h"
#include "host/sys/mem.h"

#define SAY(status, ...) (((void)snprintf(why, why_size, __VA_ARGS__)), (status))

/* A file has points at any address, sums of multiples want them at that of a word: so many are copied at a time. */
#define SLICE ((size_t)1 << 18)

enum { FEW = 4 };

static const uint64_t one[4] = {1};

/* ---- sums of multiples ---- */

/** Few points and their multiples. */
struct few {
    unsigned n;
    uint64_t k[FEW][4];
    uint64_t points[FEW * 24]; /* one after the other, as long as they are in their group */
};

static void add(struct few *f, const struct g16_curve *c, enum sc_group g, const struct g16_point *p, const uint64_t k[4])
{
    const size_t size = sc_g16_size(c, g);
    memcpy((uint8_t *)f->points + f->n * size, p->l, size);
    memcpy(f->k[f->n], k, sizeof f->k[0]);
    f->n++;
}

static socle_status few_sum(struct g16_point *out, const struct few *f, enum sc_group g)
{
    return sc_msm(g, out, f->points, f->k, f->n, NULL);
}

socle_status sc_g16_add(struct g16_point *sum, const struct g16_curve *c, enum sc_group g, const struct g16_point *p)
{
    struct few both = {.n = 0};
    add(&both, c, g, sum, one);
    add(&both, c, g, p, one);
    return few_sum(sum, &both, g);
}

socle_status sc_g16_section_sum(struct g16_point *out, const struct g16_curve *c, enum sc_group g, const uint8_t *points,
                                const uint64_t (*k)[4], size_t n, struct sc_pool *pool)
{
    socle_status st = SOCLE_OK;
    const size_t size = sc_g16_size(c, g), room_len = (n < SLICE ? n : SLICE) * size;
    uint8_t *const room = room_len == 0 ? NULL : sc_big_take(room_len);
    memset(out, 0, sizeof *out);
    TRY(room_len == 0 || room != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    for (size_t at = 0; at < n; at += SLICE) {
        const size_t m = n - at < SLICE ? n - at : SLICE;
        struct g16_point slice;
        memcpy(room, points + at * size, m * size);
        TRY(sc_msm(g, &slice, room, k + at, m, pool));
        TRY(sc_g16_add(out, c, g, &slice));
    }
out:
    sc_big_free(room, room_len);
    return st;
}

/* ---- time ---- */

const char *sc_g16_stage_name(unsigned stage)
{
    static const char *const names[G16_STAGES] = {"rows", "transforms", "sum_h", "sum_a", "sum_b1", "sum_b2", "sum_c", "join"};
    return stage < G16_STAGES ? names[stage] : "";
}

struct timer {
    struct g16_spent spent;
    uint64_t since;
};

static void stage_ends(struct timer *t, enum g16_stage stage)
{
    const uint64_t now = sc_clock_ns();
    t->spent.ns[stage] += now - t->since;
    t->since = now;
}

/* ---- the quotient ---- */

/** Values of A, B and C over the domain; A becomes the quotient. */
struct quotient {
    const struct zkey *k;
    const uint64_t (*w)[4];
    const struct sc_fr_ops *ops;
    struct sc_fr_word *v[3], g; /* g: of order 2n */
};

/* Row sums of one matrix. A coefficient is stored times R^2, so that its product with a plain value is in Montgomery form. */
static void row_sums(void *arg, size_t begin, size_t end, unsigned worker)
{
    struct quotient *const q = arg;
    (void)worker;
    for (size_t matrix = begin; matrix < end; matrix++) {
        for (uint32_t i = 0; i < q->k->n_coefs; i++) {
            const uint8_t *const at = q->k->coefs + (size_t)ZKEY_COEF * i;
            struct sc_fr_word coef, value, zero = {{0}}, *const to = &q->v[matrix][load_le(at + 4, 4)];
            if (load_le(at, 4) == matrix) {
                for (unsigned j = 0; j < 4; j++) {
                    coef.l[j] = load_le(at + 12 + (size_t)8 * j, 8);
                }
                memcpy(value.l, q->w[load_le(at + 8, 4)], sizeof value.l);
                q->ops->mul(&coef, &coef, &value, 1);
                q->ops->sub(&coef, &zero, &coef, 1);
                q->ops->sub(to, to, &coef, 1);
            }
        }
    }
}

/* To the odd points of the domain of twice the size: those of the coset of its generator. */
static void to_coset(struct quotient *q, const struct sc_fr_domain *d, struct sc_pool *pool)
{
    for (int i = 0; i < 3; i++) {
        sc_fr_intt(d, q->v[i], 1, SC_FR_TO_REVERSED, pool);
        sc_fr_shift(d, q->v[i], 1, &q->g, true, pool);
        sc_fr_ntt(d, q->v[i], 1, SC_FR_FROM_REVERSED, pool);
    }
}

static socle_status transform(struct quotient *q, struct sc_pool *pool)
{
    socle_status st = SOCLE_OK;
    struct sc_fr_domain *d = NULL;
    const size_t n = (size_t)1 << q->k->log_domain;
    TRY(sc_fr_domain_create(&d, q->k->curve->fr, q->k->log_domain, pool));
    sc_fr_mul_all(q->ops, q->v[2], q->v[0], q->v[1], n, pool);
    to_coset(q, d, pool);
    sc_fr_mul_all(q->ops, q->v[0], q->v[0], q->v[1], n, pool);
    sc_fr_sub_all(q->ops, q->v[0], q->v[0], q->v[2], n, pool);
    sc_fr_to_plain_all(q->ops, q->v[0], q->v[0], n, pool);
out:
    sc_fr_domain_destroy(d);
    return st;
}

static void digest(uint8_t out[64], const struct sc_fr_word *v, size_t n)
{
    struct blake2b b;
    sc_blake2b_init(&b);
    sc_blake2b_update(&b, (const uint8_t *)v, n * sizeof *v);
    sc_blake2b_final(&b, out);
}

/* On the first device, which leaves A and B as they are; by the threads when it fails, by both when it is compared. */
static socle_status transform_by(struct quotient *q, const struct g16_by *by)
{
    socle_status st = SOCLE_OK, how;
    unsigned shrunk;
    const size_t n = (size_t)1 << q->k->log_domain;
    struct sc_committer *const device = by->device[0];
    uint8_t made[64], own[64];
    if (by->n_devices == 0) {
        return transform(q, by->pool);
    }
    do { /* beside a smaller arena, when there was no memory beside a larger one */
        shrunk = sc_committer_shrunk(device);
        how = sc_g16_quotient_device(device, q->v[2], q->v[0], q->v[1], q->k->curve->fr, q->k->log_domain, &q->g);
    } while (how == SOCLE_E_NOMEM && sc_committer_shrunk(device) != shrunk);
    const bool compared = sc_committer_compares(device);
    if (how == SOCLE_OK && !compared) {
        struct sc_fr_word *const quotient = q->v[2];
        q->v[2] = q->v[0];
        q->v[0] = quotient;
        return SOCLE_OK;
    }
    digest(made, q->v[2], compared ? n : 0); /* no room for both */
    TRY(transform(q, by->pool));
    digest(own, q->v[0], compared ? n : 0);
    if (compared && (how == SOCLE_E_SELFCHECK || (how == SOCLE_OK && memcmp(made, own, sizeof own) != 0))) {
        sc_committer_differs(device);
        st = SOCLE_E_DEVICE;
    }
out:
    return st;
}

static socle_status make_quotient(struct quotient *q, struct timer *t, const struct g16_by *by)
{
    struct sc_fr_word root;
    q->ops = sc_fr_ops_best(q->k->curve->fr);
    memcpy(&root, q->ops->root, sizeof root);
    sc_fr_pow(q->ops, &q->g, &root, UINT64_C(1) << (q->ops->two_adicity - q->k->log_domain - 1));
    sc_pool_for(by->pool, 2, 1, row_sums, q);
    stage_ends(t, G16_ROWS);
    const socle_status st = transform_by(q, by);
    stage_ends(t, G16_TRANSFORMS);
    return st;
}

/* Quotient times the points of the key. */
static socle_status quotient_sum(struct g16_point *out, struct timer *t, const struct zkey *k, const uint64_t (*w)[4], const struct g16_by *by)
{
    socle_status st = SOCLE_OK;
    struct quotient q = {.k = k, .w = w};
    const size_t n = (size_t)1 << k->log_domain, size = n * sizeof *q.v[0];
    for (int i = 0; i < 3; i++) {
        q.v[i] = sc_big_alloc(size);
        TRY(q.v[i] != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    }
    TRY(make_quotient(&q, t, by));
    sc_big_free(q.v[2], size);
    sc_big_free(q.v[1], size);
    q.v[1] = q.v[2] = NULL;
    st = sc_g16_sum_by(out, by, k->curve, k->curve->g1, k->h, (const uint64_t(*)[4])q.v[0]->l, n);
out:
    for (int i = 0; i < 3; i++) {
        sc_big_free(q.v[i], size);
    }
    return st;
}

/* ---- prove ---- */

/** Sums over the witness, and the quotient's. */
struct sums {
    struct g16_point a, b1, b2, c, h;
};

static socle_status sum_all(struct sums *s, struct timer *t, const struct zkey *k, const uint64_t (*w)[4], const struct g16_by *by)
{
    socle_status st = SOCLE_OK;
    const struct g16_curve *const c = k->curve;
    const size_t own = (size_t)k->n_public + 1;
    TRY(quotient_sum(&s->h, t, k, w, by));
    stage_ends(t, G16_SUM_H);
    TRY(sc_g16_sum_by(&s->a, by, c, c->g1, k->a, w, k->n_vars));
    stage_ends(t, G16_SUM_A);
    TRY(sc_g16_sum_by(&s->b1, by, c, c->g1, k->b1, w, k->n_vars));
    stage_ends(t, G16_SUM_B1);
    TRY(sc_g16_sum_by(&s->b2, by, c, c->g2, k->b2, w, k->n_vars));
    stage_ends(t, G16_SUM_B2);
    TRY(sc_g16_sum_by(&s->c, by, c, c->g1, k->c, w + own, k->n_vars - own));
    stage_ends(t, G16_SUM_C);
out:
    return st;
}

/* - r s mod order. */
static void product(uint64_t out[4], const struct g16_curve *c, const uint64_t r[4], const uint64_t s[4])
{
    const struct sc_fr_ops *const ops = sc_fr_ops_ref(c->fr);
    struct sc_fr_word a, b, zero = {{0}};
    memcpy(a.l, r, sizeof a.l);
    memcpy(b.l, s, sizeof b.l);
    ops->from_plain(&a, &a, 1);
    ops->mul(&a, &a, &b, 1); /* one of them in Montgomery form: the product is plain */
    ops->sub(&a, &zero, &a, 1);
    memcpy(out, a.l, sizeof a.l);
}

/* A = alpha + sum + r delta, B = beta + sum + s delta, C = sums + s A + r B - r s delta. */
static socle_status join(struct g16_proof *p, const struct zkey *k, const struct sums *sums, const uint64_t r[4], const uint64_t s[4])
{
    socle_status st = SOCLE_OK;
    const struct g16_curve *const c = k->curve;
    struct few a = {.n = 0}, b1 = {.n = 0}, b2 = {.n = 0}, ca = {.n = 0}, cb = {.n = 0};
    struct g16_point b, half;
    uint64_t minus_rs[4];
    product(minus_rs, c, r, s);
    add(&a, c, c->g1, &sums->a, one);
    add(&a, c, c->g1, &k->alpha1, one);
    add(&a, c, c->g1, &k->delta1, r);
    TRY(few_sum(&p->a, &a, c->g1));
    add(&b2, c, c->g2, &sums->b2, one);
    add(&b2, c, c->g2, &k->beta2, one);
    add(&b2, c, c->g2, &k->delta2, s);
    TRY(few_sum(&p->b, &b2, c->g2));
    add(&b1, c, c->g1, &sums->b1, one);
    add(&b1, c, c->g1, &k->beta1, one);
    add(&b1, c, c->g1, &k->delta1, s);
    TRY(few_sum(&b, &b1, c->g1));
    add(&ca, c, c->g1, &sums->c, one);
    add(&ca, c, c->g1, &sums->h, one);
    add(&ca, c, c->g1, &p->a, s);
    add(&ca, c, c->g1, &b, r);
    TRY(few_sum(&half, &ca, c->g1));
    add(&cb, c, c->g1, &half, one);
    add(&cb, c, c->g1, &k->delta1, minus_rs);
    TRY(few_sum(&p->c, &cb, c->g1));
out:
    return st;
}

/* The values at the address of a word. */
static void copy_values(uint64_t (*to)[4], const struct wtns *w)
{
    for (size_t i = 0; i < (size_t)4 * w->n; i++) {
        to[i / 4][i % 4] = load_le(w->values + 8 * i, 8);
    }
}

socle_status sc_g16_prove(struct g16_proof *out, struct g16_spent *spent, char *why, size_t why_size, const struct zkey *k, const struct wtns *w,
                          const uint64_t r[4], const uint64_t s[4], struct sc_pool *pool)
{
    return sc_g16_prove_by(out, spent, why, why_size, k, w, r, s, &(struct g16_by){.pool = pool});
}

socle_status sc_g16_prove_by(struct g16_proof *out, struct g16_spent *spent, char *why, size_t why_size, const struct zkey *k,
                             const struct wtns *w, const uint64_t r[4], const uint64_t s[4], const struct g16_by *by)
{
    socle_status st = SOCLE_OK;
    struct sums sums;
    struct timer t = {.since = sc_clock_ns()};
    const size_t size = (size_t)32 * w->n;
    memset(out, 0, sizeof *out);
    if (w->curve != k->curve) {
        return SAY(SOCLE_E_ARG, "the witness is for %s, the key for %s", w->curve->name, k->curve->name);
    }
    if (w->n != k->n_vars) {
        return SAY(SOCLE_E_ARG, "the witness has %u values, the key's circuit %u", w->n, k->n_vars);
    }
    uint64_t(*const values)[4] = sc_big_take(size);
    TRY(values != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    copy_values(values, w);
    TRY(sum_all(&sums, &t, k, (const uint64_t(*)[4])values, by));
    TRY(join(out, k, &sums, r, s));
    stage_ends(&t, G16_JOIN);
    out->curve = k->curve;
    if (spent != NULL) {
        *spent = t.spent;
    }
out:
    sc_big_free(values, size);
    if (st == SOCLE_E_NOMEM) {
        (void)snprintf(why, why_size, "no memory for a proof of %u variables", k->n_vars);
    }
    return st;
}

size_t sc_g16_section_memory(const struct g16_curve *c, enum sc_group g, size_t n, unsigned n_threads)
{
    const size_t m = n < SLICE ? n : SLICE;
    return m * sc_g16_size(c, g) + sc_msm_memory(g, m, n_threads);
}

size_t sc_g16_prove_memory(const struct zkey *k, unsigned n_threads)
{
    const struct g16_curve *const c = k->curve;
    const size_t n = (size_t)1 << k->log_domain, m = n > k->n_vars ? n : k->n_vars;
    const size_t sum1 = sc_g16_section_memory(c, c->g1, m, n_threads), sum2 = sc_g16_section_memory(c, c->g2, m, n_threads);
    const size_t transforms = 4 * n * 32, sums = n * 32 + (sum1 > sum2 ? sum1 : sum2);
    return sc_big_size((size_t)32 * k->n_vars) + (transforms > sums ? transforms : sums) + ((size_t)8 << 20);
}

socle_status sc_g16_random(uint64_t out[4], const struct g16_curve *c)
{
    do {
        size_t at = 0;
        while (at < 32) {
            const ssize_t n = getrandom((uint8_t *)out + at, 32 - at, 0);
            if (n <= 0) {
                return SOCLE_E_IO;
            }
            at += (size_t)n;
        }
        out[3] &= UINT64_MAX >> (c->r[3] >> 62 != 0 ? 1 : 2); /* the bits of the order */
    } while (!sc_g16_is_below(out, c->r, 4));
    return SOCLE_OK;
}

/* ---- verify ---- */

void sc_g16_vkey_fini(struct g16_vkey *k)
{
    sc_free(k->ic);
    memset(k, 0, sizeof *k);
}

socle_status sc_g16_vkey_of(struct g16_vkey *out, const struct zkey *k)
{
    const size_t size = sc_g16_size(k->curve, k->curve->g1);
    *out = (struct g16_vkey){k->curve, k->n_public, k->alpha1, k->beta2, k->gamma2, k->delta2, sc_alloc((size_t)k->n_public + 1, sizeof *out->ic)};
    if (out->ic == NULL) {
        return SOCLE_E_NOMEM;
    }
    for (uint32_t i = 0; i <= k->n_public; i++) {
        if (!sc_g16_load_member(&out->ic[i], k->curve, k->curve->g1, k->ic + i * size)) {
            sc_g16_vkey_fini(out);
            return SOCLE_E_FORMAT;
        }
    }
    return SOCLE_OK;
}

/* IC_0 + sum of value i times IC_(i+1). */
static socle_status public_sum(struct g16_point *out, const struct g16_vkey *k, const uint64_t (*values)[4])
{
    socle_status st = SOCLE_OK;
    const size_t size = sc_g16_size(k->curve, k->curve->g1), n = (size_t)k->n_public + 1;
    uint8_t *const points = sc_alloc(n, size);
    uint64_t(*const k_all)[4] = sc_alloc(n, sizeof *k_all);
    TRY(points != NULL && k_all != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    for (size_t i = 0; i < n; i++) {
        memcpy(points + i * size, k->ic[i].l, size);
        memcpy(k_all[i], i == 0 ? one : values[i - 1], sizeof k_all[i]);
    }
    st = sc_msm(k->curve->g1, out, points, (const uint64_t(*)[4])k_all, n, NULL);
out:
    sc_free(points);
    sc_free(k_all);
    return st;
}

/* e(A, B) = e(alpha, beta) e(public, gamma) e(C, delta). */
socle_status sc_g16_verify(const struct g16_vkey *k, const uint64_t (*values)[4], uint32_t n_values, const struct g16_proof *p)
{
    socle_status st = SOCLE_OK;
    struct g16_point left[G16_MAX_PAIRS] = {p->a, k->alpha1, k->alpha1, p->c}, right[G16_MAX_PAIRS] = {p->b, k->beta2, k->gamma2, k->delta2};
    if (p->curve != k->curve || n_values != k->n_public) {
        return SOCLE_E_ARG;
    }
    TRY(public_sum(&left[2], k, values));
    sc_group_ops_ref(k->curve->g1)->neg(&left[0], &p->a);
    st = k->curve->pairing_is_one(left, right, G16_MAX_PAIRS) ? SOCLE_OK : SOCLE_E_REJECT;
out:
    return st;
}
