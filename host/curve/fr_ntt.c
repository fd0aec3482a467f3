/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Transforms over the scalar fields: passes of two layers over all of the data until a block fits into the cache, then each block by
 * itself. A layer's block has one twiddle (kernels/curve/fr_ops.h), so one table of n / 2 entries serves both directions, both orders
 * and all smaller layers. The transform by w^-1 is the transform by w with X[-k] in the place of X[k]: a pass that an inverse needs anyway,
 * to divide by n, puts them there.
 */
#include "host/curve/fr_ntt.h"

#include "host/sys/mem.h"

#include <string.h>

enum { TAIL = 13, GRAIN = 1 << 10 }; /* 2^13 elements are 256 KiB */

struct sc_fr_domain {
    const struct sc_fr_ops *ops;
    unsigned log_n;
    struct sc_fr_word n_inv;
    struct sc_fr_word *table; /* n / 2, at least 1 */
};

static size_t table_len(unsigned log_n)
{
    return log_n == 0 ? 1 : (size_t)1 << (log_n - 1);
}

void sc_fr_pow(const struct sc_fr_ops *ops, struct sc_fr_word *r, const struct sc_fr_word *a, uint64_t e)
{
    struct sc_fr_word t, b = *a;
    memcpy(&t, ops->one, sizeof t);
    for (; e != 0; e >>= 1) {
        if (e & 1) {
            ops->mul(&t, &t, &b, 1);
        }
        ops->mul(&b, &b, &b, 1);
    }
    *r = t;
}

/* out[i] = a[i] c, in the form of twiddles when asked. */
struct scaling {
    const struct sc_fr_ops *ops;
    struct sc_fr_word *out;
    const struct sc_fr_word *a;
    struct sc_fr_word c;
    bool twiddle;
};

static void run_scaling(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct scaling *const s = arg;
    (void)worker;
    if (s->twiddle) {
        s->ops->twiddle(s->out + begin, s->a + begin, end - begin);
    } else {
        s->ops->scale(s->out + begin, s->a + begin, &s->c, end - begin);
    }
}

/* w^rev(2^t + i) = w^rev(i) w^(n / 2^(t + 2)): each octave is the table so far times a root of order 2^(t + 2). */
static void fill_table(struct sc_fr_domain *d, struct sc_pool *pool)
{
    memcpy(&d->table[0], d->ops->one, sizeof d->table[0]);
    for (unsigned t = 0; t + 1 < d->log_n; t++) {
        struct scaling s = {.ops = d->ops, .out = d->table + ((size_t)1 << t), .a = d->table};
        memcpy(&s.c, d->ops->root, sizeof s.c);
        for (unsigned i = t + 2; i < d->ops->two_adicity; i++) {
            d->ops->mul(&s.c, &s.c, &s.c, 1);
        }
        sc_pool_for(pool, (size_t)1 << t, GRAIN, run_scaling, &s);
    }
    struct scaling s = {.ops = d->ops, .out = d->table, .a = d->table, .twiddle = true};
    sc_pool_for(pool, table_len(d->log_n), GRAIN, run_scaling, &s);
}

socle_status sc_fr_domain_create_with(struct sc_fr_domain **out, const struct sc_fr_ops *ops, unsigned log_n, struct sc_pool *pool)
{
    *out = NULL;
    if (ops == NULL || log_n > ops->two_adicity) {
        return SOCLE_E_ARG;
    }
    struct sc_fr_domain *const d = sc_alloc(1, sizeof *d);
    if (d == NULL) {
        return SOCLE_E_NOMEM;
    }
    d->ops = ops;
    d->log_n = log_n;
    d->table = sc_big_take(table_len(log_n) * sizeof *d->table);
    if (d->table == NULL) {
        sc_free(d);
        return SOCLE_E_NOMEM;
    }
    const struct sc_fr_word n = {{(uint64_t)1 << log_n, 0, 0, 0}};
    ops->from_plain(&d->n_inv, &n, 1);
    ops->inv(&d->n_inv, &d->n_inv);
    fill_table(d, pool);
    *out = d;
    return SOCLE_OK;
}

socle_status sc_fr_domain_create(struct sc_fr_domain **out, enum sc_fr f, unsigned log_n, struct sc_pool *pool)
{
    return sc_fr_domain_create_with(out, sc_fr_ops_best(f), log_n, pool);
}

void sc_fr_domain_destroy(struct sc_fr_domain *d)
{
    if (d != NULL) {
        sc_big_free(d->table, table_len(d->log_n) * sizeof *d->table);
        sc_free(d);
    }
}

const struct sc_fr_ops *sc_fr_domain_ops(const struct sc_fr_domain *d)
{
    return d->ops;
}

/* One pass over all polynomials: two layers at once in blocks of 4 q elements, or all layers of blocks of 2^log_len. */
struct pass {
    const struct sc_fr_domain *d;
    struct sc_fr_word *x;
    size_t q;         /* 0: whole blocks */
    unsigned log_len; /* of a whole block */
    bool up;
};

/* Items are indices j of quarters, of all blocks of all polynomials. */
static void run_quarters(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct pass *const p = arg;
    const size_t n_blocks = ((size_t)1 << p->d->log_n) / (4 * p->q);
    (void)worker;
    for (size_t at = begin; at < end;) {
        const size_t block = at / p->q, j0 = at % p->q, left = end - at, j1 = p->q - j0 < left ? p->q : j0 + left;
        (p->up ? p->d->ops->up4 : p->d->ops->down4)(p->x + block * 4 * p->q, p->q, p->d->table, block % n_blocks, j0, j1);
        at += j1 - j0;
    }
}

static void run_blocks(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct pass *const p = arg;
    const size_t n_blocks = (size_t)1 << (p->d->log_n - p->log_len);
    (void)worker;
    for (size_t b = begin; b < end; b++) {
        (p->up ? p->d->ops->up : p->d->ops->down)(p->x + (b << p->log_len), p->log_len, p->d->table, b % n_blocks);
    }
}

static void transform(const struct sc_fr_domain *d, struct sc_fr_word *x, size_t n_polys, bool up, struct sc_pool *pool)
{
    const size_t n = (size_t)1 << d->log_n;
    unsigned log_len = d->log_n; /* of blocks that the cache holds */
    while (log_len > TAIL) {
        log_len -= 2;
    }
    struct pass p = {.d = d, .x = x, .log_len = log_len, .up = up};
    if (up) {
        sc_pool_for(pool, n_polys << (d->log_n - log_len), 1, run_blocks, &p);
        for (unsigned l = log_len; l < d->log_n; l += 2) {
            p.q = (size_t)1 << l;
            sc_pool_for(pool, n_polys * (n / 4), GRAIN, run_quarters, &p);
        }
        return;
    }
    for (unsigned l = d->log_n; l > log_len; l -= 2) {
        p.q = (size_t)1 << (l - 2);
        sc_pool_for(pool, n_polys * (n / 4), GRAIN, run_quarters, &p);
    }
    sc_pool_for(pool, n_polys << (d->log_n - log_len), 1, run_blocks, &p);
}

void sc_fr_ntt(const struct sc_fr_domain *d, struct sc_fr_word *x, size_t n_polys, enum sc_fr_order order, struct sc_pool *pool)
{
    transform(d, x, n_polys, order == SC_FR_FROM_REVERSED, pool);
}

/* Exchange k and -k and divide both by n. Items: n / 2 pairs of each polynomial. */
struct turn {
    const struct sc_fr_domain *d;
    struct sc_fr_word *x;
    bool reversed;
};

static void exchange(const struct turn *t, struct sc_fr_word *low, struct sc_fr_word *high, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct sc_fr_word v = low[i];
        low[i] = high[n - 1 - i];
        high[n - 1 - i] = v;
    }
    t->d->ops->scale(low, low, &t->d->n_inv, n);
    t->d->ops->scale(high, high, &t->d->n_inv, n);
}

/* Pairs [begin, end) of one polynomial. Pair 0 is the two indices that are their own negatives. In natural order pair m is m, n - m. In
 * reversed order -k has the bits of k up to its lowest one and the others flipped: positions s + i and 2 s - 1 - i for s = 2^t > 1,
 * which are the pairs from s / 2 to s - 1. */
static void turn_pairs(const struct turn *t, struct sc_fr_word *x, size_t begin, size_t end)
{
    const size_t n = (size_t)1 << t->d->log_n;
    if (begin == 0) {
        t->d->ops->scale(&x[0], &x[0], &t->d->n_inv, 1);
        struct sc_fr_word *const other = t->reversed ? &x[1] : &x[n / 2];
        t->d->ops->scale(other, other, &t->d->n_inv, 1);
        begin = 1;
    }
    if (!t->reversed) {
        if (begin < end) {
            exchange(t, x + begin, x + n - (end - 1), end - begin);
        }
        return;
    }
    size_t s = 2;
    while (begin < end) {
        while (s <= begin) {
            s *= 2;
        }
        const size_t stop = s < end ? s : end;
        exchange(t, x + s + (begin - s / 2), x + 2 * s - (stop - s / 2), stop - begin);
        begin = stop;
    }
}

static void run_turn(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct turn *const t = arg;
    const size_t half = (size_t)1 << (t->d->log_n - 1);
    (void)worker;
    while (begin < end) {
        const size_t at = begin % half, left = end - begin, stop = half - at < left ? half : at + left;
        turn_pairs(t, t->x + begin / half * 2 * half, at, stop);
        begin += stop - at;
    }
}

void sc_fr_intt(const struct sc_fr_domain *d, struct sc_fr_word *x, size_t n_polys, enum sc_fr_order order, struct sc_pool *pool)
{
    if (d->log_n == 0) {
        return;
    }
    transform(d, x, n_polys, order == SC_FR_FROM_REVERSED, pool);
    struct turn t = {d, x, order == SC_FR_TO_REVERSED};
    sc_pool_for(pool, n_polys << (d->log_n - 1), GRAIN, run_turn, &t);
}

static size_t reversed_bits(size_t i, unsigned n_bits)
{
    size_t r = 0;
    for (unsigned k = 0; k < n_bits; k++) {
        r |= (i >> k & 1) << (n_bits - 1 - k);
    }
    return r;
}

enum { LOG_RUN = 8, RUN = 1 << LOG_RUN };

/* x[c RUN + i] *= g^(of c) power[i]. */
struct shift {
    const struct sc_fr_domain *d;
    struct sc_fr_word *x;
    const struct sc_fr_word *g;
    unsigned log_run; /* at most LOG_RUN */
    bool reversed;
    struct sc_fr_word power[RUN];
};

static void run_shift(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct shift *const s = arg;
    const unsigned log_rest = s->d->log_n - s->log_run;
    const size_t run = (size_t)1 << s->log_run;
    (void)worker;
    for (size_t at = begin; at < end; at++) {
        const size_t c = at & (((size_t)1 << log_rest) - 1);
        struct sc_fr_word base, factor[RUN];
        sc_fr_pow(s->d->ops, &base, s->g, s->reversed ? reversed_bits(c, log_rest) : c << s->log_run);
        s->d->ops->scale(factor, s->power, &base, run);
        s->d->ops->mul(s->x + (at << s->log_run), s->x + (at << s->log_run), factor, run);
    }
}

void sc_fr_shift(const struct sc_fr_domain *d, struct sc_fr_word *x, size_t n_polys, const struct sc_fr_word *g, bool reversed,
                 struct sc_pool *pool)
{
    struct shift s = {.d = d, .x = x, .g = g, .log_run = d->log_n < LOG_RUN ? d->log_n : LOG_RUN, .reversed = reversed};
    struct sc_fr_word step, power;
    memcpy(&power, d->ops->one, sizeof power);
    sc_fr_pow(d->ops, &step, g, reversed ? (uint64_t)1 << (d->log_n - s.log_run) : 1);
    for (size_t i = 0; i < (size_t)1 << s.log_run; i++) {
        s.power[reversed ? reversed_bits(i, s.log_run) : i] = power;
        d->ops->mul(&power, &power, &step, 1);
    }
    sc_pool_for(pool, n_polys << (d->log_n - s.log_run), 4, run_shift, &s);
}

static void run_reverse(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct turn *const t = arg;
    const size_t n = (size_t)1 << t->d->log_n;
    (void)worker;
    for (size_t at = begin; at < end; at++) {
        const size_t i = at % n, r = reversed_bits(i, t->d->log_n);
        if (i < r) {
            struct sc_fr_word *const x = t->x + (at - i), v = x[i];
            x[i] = x[r];
            x[r] = v;
        }
    }
}

void sc_fr_reverse(const struct sc_fr_domain *d, struct sc_fr_word *x, size_t n_polys, struct sc_pool *pool)
{
    struct turn t = {.d = d, .x = x};
    sc_pool_for(pool, n_polys << d->log_n, GRAIN, run_reverse, &t);
}

struct each {
    const struct sc_fr_ops *ops;
    struct sc_fr_word *out;
    const struct sc_fr_word *a, *b;
};

static void run_mul(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct each *const e = arg;
    (void)worker;
    e->ops->mul(e->out + begin, e->a + begin, e->b + begin, end - begin);
}

static void run_sub(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct each *const e = arg;
    (void)worker;
    e->ops->sub(e->out + begin, e->a + begin, e->b + begin, end - begin);
}

static void run_to_plain(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct each *const e = arg;
    (void)worker;
    e->ops->to_plain(e->out + begin, e->a + begin, end - begin);
}

void sc_fr_mul_all(const struct sc_fr_ops *ops, struct sc_fr_word *out, const struct sc_fr_word *a, const struct sc_fr_word *b, size_t n,
                   struct sc_pool *pool)
{
    struct each e = {ops, out, a, b};
    sc_pool_for(pool, n, GRAIN, run_mul, &e);
}

void sc_fr_sub_all(const struct sc_fr_ops *ops, struct sc_fr_word *out, const struct sc_fr_word *a, const struct sc_fr_word *b, size_t n,
                   struct sc_pool *pool)
{
    struct each e = {ops, out, a, b};
    sc_pool_for(pool, n, GRAIN, run_sub, &e);
}

void sc_fr_to_plain_all(const struct sc_fr_ops *ops, struct sc_fr_word *out, const struct sc_fr_word *a, size_t n, struct sc_pool *pool)
{
    struct each e = {ops, out, a, NULL};
    sc_pool_for(pool, n, GRAIN, run_to_plain, &e);
}
