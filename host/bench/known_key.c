/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A key from its trapdoor: the scalar of each point is computed, the points are multiples of generators. Contracts: known_key.h.
 * Source: J. Groth, "On the size of pairing-based non-interactive arguments", 2016, section 3.2.
 */
#include "host/bench/known_key.h"

#include <string.h>

#include "core/base/rd.h"
#include "host/curve/fr_ntt.h"
#include "host/sys/mem.h"

enum { BLOCK = 512, WINDOWS = 32, DIGITS = 256, XYZZ_MAX = 384, SLICE = 1 << 14 };

const struct sc_known *sc_known_trapdoor(void)
{
    static const struct sc_known k = {{{0x7461750000000001, 11, 22, 33}}, {{0x616c7068610002, 44, 55, 66}}, {{0x6265746100000003, 77, 88, 99}}};
    return &k;
}

/* ---- multiples of a generator ---- */

static size_t table_size(const struct sc_base *b)
{
    return (size_t)WINDOWS * DIGITS * b->ops->size;
}

static uint8_t *entry(const struct sc_base *b, size_t w, size_t d)
{
    return b->table + (w * DIGITS + d) * b->ops->size;
}

/* Digit 1 of each window is 256 times that of the window before. */
static void put_ones(const struct sc_base *b)
{
    _Alignas(64) uint8_t sum[XYZZ_MAX];
    struct g16_point p;
    b->ops->generator(&p);
    memcpy(entry(b, 0, 1), &p, b->ops->size);
    for (size_t w = 1; w < WINDOWS; w++) {
        b->ops->weighted_sum(sum, &p, 1);
        for (unsigned i = 0; i < 8; i++) {
            b->ops->xyzz_dbl(sum, sum);
        }
        b->ops->from_xyzz(&p, sum);
        memcpy(entry(b, w, 1), &p, b->ops->size);
    }
}

socle_status sc_base_init(struct sc_base *b, enum sc_group g)
{
    *b = (struct sc_base){.ops = sc_group_ops_ref(g)};
    const size_t size = b->ops->size, room = 3 * WINDOWS * size, scratch = WINDOWS * b->ops->pairs_scratch;
    uint8_t *const in = sc_big_take(room + scratch), *const sums = in + 2 * WINDOWS * size;
    uint32_t src[2 * WINDOWS];
    b->table = sc_big_alloc(table_size(b)); /* digit 0 is infinity */
    if (in == NULL || b->table == NULL) {
        sc_big_free(in, room + scratch);
        sc_base_fini(b);
        return SOCLE_E_NOMEM;
    }
    put_ones(b);
    for (uint32_t w = 0; w < WINDOWS; w++) {
        memcpy(in + (WINDOWS + w) * size, entry(b, w, 1), size);
        src[2 * w] = 2 * w;
        src[2 * w + 1] = 2 * (WINDOWS + w);
    }
    for (size_t d = 2; d < DIGITS; d++) { /* of all windows at once: one inversion for all */
        for (size_t w = 0; w < WINDOWS; w++) {
            memcpy(in + w * size, entry(b, w, d - 1), size);
        }
        b->ops->pairs(sums, in, src, WINDOWS, in + room);
        for (size_t w = 0; w < WINDOWS; w++) {
            memcpy(entry(b, w, d), sums + w * size, size);
        }
    }
    sc_big_free(in, room + scratch);
    return SOCLE_OK;
}

void sc_base_fini(struct sc_base *b)
{
    sc_big_free(b->table, b->table == NULL ? 0 : table_size(b));
    *b = (struct sc_base){0};
}

struct multiples {
    const struct sc_base *b;
    const struct sc_fr_word *k;
    uint8_t *out; /* points at any address */
    size_t n;
    uint8_t *mem; /* of all workers */
    size_t worker;
};

static void run_multiples(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct multiples *const m = arg;
    const struct sc_group_ops *const ops = m->b->ops;
    const size_t size = ops->size;
    uint8_t *const in = m->mem + worker * m->worker, *const out = in + 2 * BLOCK * size, *const scratch = out + BLOCK * size;
    uint32_t src[2 * BLOCK];
    for (size_t block = begin; block < end; block++) {
        const size_t at = block * BLOCK, n = m->n - at < BLOCK ? m->n - at : BLOCK;
        memset(in, 0, n * size);
        for (unsigned w = 0; w < WINDOWS; w++) {
            for (size_t i = 0; i < n; i++) {
                memcpy(in + (BLOCK + i) * size, entry(m->b, w, m->k[at + i].l[w / 8] >> 8 * (w % 8) & 255), size);
                src[2 * i] = (uint32_t)(2 * i);
                src[2 * i + 1] = (uint32_t)(2 * (BLOCK + i));
            }
            ops->pairs(out, in, src, n, scratch);
            memcpy(in, out, n * size);
        }
        memcpy(m->out + at * size, in, n * size);
    }
}

static size_t worker_size(const struct sc_group_ops *ops)
{
    return (BLOCK * (3 * ops->size + ops->pairs_scratch) + 63) & ~(size_t)63;
}

socle_status sc_base_multiples(const struct sc_base *b, uint8_t *out, const struct sc_fr_word *k, size_t n, struct sc_pool *pool)
{
    const unsigned threads = pool == NULL ? 1 : sc_pool_size(pool);
    struct multiples m = {b, k, out, n, NULL, worker_size(b->ops)};
    m.mem = sc_big_take(threads * m.worker);
    if (m.mem == NULL) {
        return SOCLE_E_NOMEM;
    }
    sc_pool_for(pool, (n + BLOCK - 1) / BLOCK, 1, run_multiples, &m);
    sc_big_free(m.mem, threads * m.worker);
    return SOCLE_OK;
}

/* ---- scalars ---- */

enum { A, B, C, MATRICES };

struct making {
    const struct r1cs *circuit;
    const struct g16_curve *c;
    const struct sc_fr_ops *fr;
    struct sc_pool *pool;
    unsigned log_domain;
    uint32_t n_vars, n_public;
    struct sc_fr_word *forms;           /* 2^(log_domain + 1): values of Lagrange polynomials at tau */
    struct sc_fr_word *sum[MATRICES];   /* of each variable: its polynomial of the matrix at tau */
    uint8_t *coef;                      /* the next one of the key */
    size_t n_coefs;
    struct sc_base g1, g2;
    socle_status (*goes_on)(void *arg);
    void *arg;
};

/* The Lagrange polynomials over the domain of 2^log_n at tau: the transform back of the powers of tau. */
static socle_status put_forms(struct making *m, unsigned log_n)
{
    const size_t n = (size_t)1 << log_n;
    struct sc_fr_domain *d = NULL;
    struct sc_fr_word t;
    m->fr->from_plain(&t, &sc_known_trapdoor()->tau, 1);
    memcpy(&m->forms[0], m->fr->one, sizeof m->forms[0]);
    for (size_t i = 1; i < n; i++) {
        m->fr->mul(&m->forms[i], &m->forms[i - 1], &t, 1);
    }
    const socle_status st = sc_fr_domain_create(&d, m->c->fr, log_n, m->pool);
    if (st == SOCLE_OK) {
        sc_fr_intt(d, m->forms, 1, SC_FR_TO_REVERSED, m->pool);
        sc_fr_reverse(d, m->forms, 1, m->pool);
        sc_fr_domain_destroy(d);
    }
    return st;
}

static void add_to(const struct sc_fr_ops *fr, struct sc_fr_word *to, const struct sc_fr_word *v)
{
    const struct sc_fr_word zero = {{0}};
    struct sc_fr_word minus;
    fr->sub(&minus, &zero, v, 1);
    fr->sub(to, to, &minus, 1);
}

/* An entry of A or B for the prover: its value times R^2. @p k in Montgomery form. */
static void put_coef(struct making *m, unsigned matrix, uint32_t row, uint32_t wire, const struct sc_fr_word *k)
{
    struct sc_fr_word v;
    m->fr->from_plain(&v, k, 1);
    store_le(m->coef, matrix, 4);
    store_le(m->coef + 4, row, 4);
    store_le(m->coef + 8, wire, 4);
    for (unsigned i = 0; i < 4; i++) {
        store_le(m->coef + 12 + (size_t)8 * i, v.l[i], 8);
    }
    m->coef += ZKEY_COEF;
}

/* All entries of the circuit: counted, or when there are sums, added up and written. */
static void each_entry(struct making *m)
{
    struct rd r = rd_view(m->circuit->constraints, m->circuit->constraints_len);
    for (uint32_t row = 0; row < m->circuit->n_constraints; row++) {
        for (unsigned matrix = 0; matrix < MATRICES; matrix++) {
            for (uint64_t n = rd_uint(&r, 4); n > 0; n--) {
                const uint32_t wire = (uint32_t)rd_uint(&r, 4);
                struct sc_fr_word k, v;
                (void)sc_g16_scalar(k.l, m->c, rd_take(&r, 32));
                m->n_coefs += matrix != C;
                if (m->coef == NULL) {
                    continue;
                }
                m->fr->from_plain(&k, &k, 1);
                m->fr->mul(&v, &k, &m->forms[row], 1);
                add_to(m->fr, &m->sum[matrix][wire], &v);
                if (matrix != C) {
                    put_coef(m, matrix, row, wire, &k);
                }
            }
        }
    }
}

/* Each public value has a row of its own in A, so that they cannot be taken apart. */
static void public_rows(struct making *m)
{
    struct sc_fr_word one;
    memcpy(&one, m->fr->one, sizeof one);
    for (uint32_t v = 0; v <= m->n_public; v++) {
        add_to(m->fr, &m->sum[A][v], &m->forms[m->circuit->n_constraints + v]);
        put_coef(m, A, m->circuit->n_constraints + v, v, &one);
    }
}

/* C becomes beta A + alpha B + C; all plain. */
static void join_sums(struct making *m)
{
    const struct sc_fr_word zero = {{0}};
    const struct sc_known *const k = sc_known_trapdoor();
    struct sc_fr_word t, by[2] = {k->beta, k->alpha};
    for (unsigned i = 0; i < 2; i++) {
        m->fr->from_plain(&by[i], &by[i], 1);
        m->fr->sub(&by[i], &zero, &by[i], 1);
        for (uint32_t v = 0; v < m->n_vars; v++) {
            m->fr->mul(&t, &m->sum[i][v], &by[i], 1);
            m->fr->sub(&m->sum[C][v], &m->sum[C][v], &t, 1);
        }
    }
    for (unsigned i = 0; i < MATRICES; i++) {
        sc_fr_to_plain_all(m->fr, m->sum[i], m->sum[i], m->n_vars, m->pool);
    }
}

/* ---- the key ---- */

static socle_status one_point(struct g16_point *out, const struct sc_base *b, const struct sc_fr_word *k)
{
    *out = (struct g16_point){{0}};
    return sc_base_multiples(b, (uint8_t *)out, k, 1, NULL);
}

static socle_status put_header(struct zkey *k, const struct making *m)
{
    static const uint8_t no_hash[64];
    const struct sc_known *const t = sc_known_trapdoor();
    socle_status st = SOCLE_OK;
    TRY(one_point(&k->alpha1, &m->g1, &t->alpha));
    TRY(one_point(&k->beta1, &m->g1, &t->beta));
    TRY(one_point(&k->beta2, &m->g2, &t->beta));
    m->g1.ops->generator(&k->delta1);
    m->g2.ops->generator(&k->gamma2);
    k->delta2 = k->gamma2;
    k->circuit_hash = no_hash;
out:
    return st;
}

/* Some at a time: of large keys it takes minutes. */
static socle_status put_list(uint8_t *at, struct making *m, const struct sc_base *b, const struct sc_fr_word *k, size_t n)
{
    socle_status st = SOCLE_OK;
    for (size_t i = 0; i < n; i += SLICE) {
        TRY(m->goes_on(m->arg));
        TRY(sc_base_multiples(b, at + i * b->ops->size, k + i, n - i < SLICE ? n - i : SLICE, m->pool));
    }
out:
    return st;
}

/* Points of the variables and of the quotient, the Lagrange polynomials of the odd points of the domain of twice the size. */
static socle_status put_points(uint8_t *at, struct zkey *k, struct making *m)
{
    const size_t n = (size_t)1 << m->log_domain, n_vars = m->n_vars, list = n_vars * m->g1.ops->size;
    socle_status st = SOCLE_OK;
    k->ic = at;
    k->c = at + ((size_t)m->n_public + 1) * m->g1.ops->size;
    k->a = at + list;
    k->b1 = at + 2 * list;
    k->h = at + 3 * list;
    k->b2 = k->h + n * m->g1.ops->size;
    TRY(put_list(at, m, &m->g1, m->sum[C], n_vars));
    TRY(put_list(at + list, m, &m->g1, m->sum[A], n_vars));
    TRY(put_list(at + 2 * list, m, &m->g1, m->sum[B], n_vars));
    TRY(put_list(at + 3 * list + n * m->g1.ops->size, m, &m->g2, m->sum[B], n_vars));
    TRY(put_forms(m, m->log_domain + 1));
    for (size_t i = 0; i < n; i++) {
        m->forms[i] = m->forms[2 * i + 1];
    }
    sc_fr_to_plain_all(m->fr, m->forms, m->forms, n, m->pool);
    TRY(put_list(at + 3 * list, m, &m->g1, m->forms, n));
out:
    return st;
}

static size_t points_size(const struct g16_curve *c, size_t n_vars, unsigned log_domain)
{
    return (3 * n_vars + ((size_t)1 << log_domain)) * sc_g16_size(c, c->g1) + n_vars * sc_g16_size(c, c->g2);
}

size_t sc_known_key_size(const struct g16_curve *c, size_t n_vars, size_t n_terms, unsigned log_domain)
{
    return points_size(c, n_vars, log_domain) + n_terms * ZKEY_COEF;
}

size_t sc_known_key_memory(const struct g16_curve *c, size_t n_vars, unsigned log_domain, unsigned n_threads)
{
    const size_t g2 = sc_g16_size(c, c->g2), tables = (size_t)WINDOWS * DIGITS * 2 * g2, words = 32 * (MATRICES * n_vars + ((size_t)4 << log_domain));
    return words + tables + n_threads * worker_size(sc_group_ops_ref(c->g2)) + ((size_t)8 << 20);
}

static socle_status make(struct sc_known_key *out, struct making *m)
{
    socle_status st = SOCLE_OK;
    TRY(sc_base_init(&m->g1, m->c->g1));
    TRY(sc_base_init(&m->g2, m->c->g2));
    each_entry(m);
    const size_t n_coefs = m->n_coefs + m->n_public + 1, points = points_size(m->c, m->n_vars, m->log_domain);
    out->len = sc_known_key_size(m->c, m->n_vars, n_coefs, m->log_domain);
    out->bytes = sc_big_take(out->len);
    TRY(out->bytes != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    m->coef = out->bytes + points;
    out->zkey = (struct zkey){.curve = m->c, .n_vars = m->n_vars, .n_public = m->n_public, .n_coefs = (uint32_t)n_coefs, .log_domain = m->log_domain,
                              .coefs = m->coef};
    TRY(put_forms(m, m->log_domain));
    each_entry(m);
    public_rows(m);
    join_sums(m);
    TRY(put_header(&out->zkey, m));
    TRY(put_points(out->bytes, &out->zkey, m));
out:
    return st;
}

socle_status sc_known_key_make(struct sc_known_key *out, const struct r1cs *circuit, unsigned log_domain, struct sc_pool *pool,
                               socle_status (*goes_on)(void *arg), void *arg)
{
    struct making m = {.circuit = circuit, .c = circuit->curve, .fr = sc_fr_ops_ref(circuit->curve->fr), .pool = pool, .log_domain = log_domain,
                       .n_vars = circuit->n_wires, .n_public = circuit->n_outputs + circuit->n_public_inputs, .goes_on = goes_on, .arg = arg};
    const size_t words = ((size_t)2 << log_domain) * sizeof *m.forms, list = m.n_vars * sizeof *m.sum[0];
    socle_status st = SOCLE_OK;
    *out = (struct sc_known_key){.bytes = NULL};
    m.forms = sc_big_take(words);
    for (unsigned i = 0; i < MATRICES; i++) {
        m.sum[i] = sc_big_alloc(list);
        st = m.sum[i] == NULL || m.forms == NULL ? SOCLE_E_NOMEM : st;
    }
    if (st == SOCLE_OK) {
        st = make(out, &m);
    }
    for (unsigned i = 0; i < MATRICES; i++) {
        sc_big_free(m.sum[i], list);
    }
    sc_big_free(m.forms, words);
    sc_base_fini(&m.g1);
    sc_base_fini(&m.g2);
    if (st != SOCLE_OK) {
        sc_known_key_fini(out);
    }
    return st;
}

void sc_known_key_fini(struct sc_known_key *k)
{
    sc_big_free(k->bytes, k->len);
    *k = (struct sc_known_key){.bytes = NULL};
}
