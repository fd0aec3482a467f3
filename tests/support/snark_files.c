/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Files of circom and snarkjs, written from the descriptions of their formats.
 */
#include "tests/support/snark_files.h"

#include <string.h>

#include "core/base/rd.h"
#include "host/curve/fr_ntt.h"
#include "host/sys/mem.h"

enum { BLOCK = 512, WINDOW = 6, WINDOWS = (256 + WINDOW - 1) / WINDOW, DIGITS = 1 << WINDOW };

static const struct sc_fr_word tau = {{0x7461750000000001, 11, 22, 33}}, alpha = {{0x616c7068610002, 44, 55, 66}}, beta = {{0x6265746100000003, 77, 88, 99}};

void snark_file_fini(struct snark_file *f)
{
    sc_big_free(f->bytes, f->len);
    *f = (struct snark_file){NULL, 0};
}

static uint8_t *begin_section(uint8_t **at, uint32_t type, size_t len)
{
    uint8_t *const contents = *at + 12;
    store_le(*at, type, 4);
    store_le(*at + 4, len, 8);
    *at = contents + len;
    return contents;
}

static uint8_t *begin_file(struct snark_file *f, size_t len, const char *magic, uint32_t version, uint32_t sections)
{
    f->len = len;
    f->bytes = sc_big_take(len);
    if (f->bytes == NULL) {
        f->len = 0;
        return NULL;
    }
    memcpy(f->bytes, magic, 4);
    store_le(f->bytes + 4, version, 4);
    store_le(f->bytes + 8, sections, 4);
    return f->bytes + 12;
}

static uint8_t *put_words(uint8_t *to, const uint64_t *words, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        store_le(to + (size_t)8 * i, words[i], 8);
    }
    return to + (size_t)8 * n;
}

/* ---- multiples of a generator ---- */

struct base {
    const struct sc_group_ops *ops;
    uint8_t *table; /* digit times 2^(WINDOW window) times the generator */
};

static size_t table_size(const struct base *b)
{
    return (size_t)WINDOWS * DIGITS * b->ops->size;
}

static bool base_init(struct base *b, enum sc_group g)
{
    b->ops = sc_group_ops_ref(g);
    b->table = sc_big_alloc(table_size(b)); /* digit 0 is infinity */
    uint8_t *const scratch = sc_big_take(8 * b->ops->pairs_scratch);
    const size_t size = b->ops->size;
    struct g16_point next;
    if (b->table == NULL || scratch == NULL) {
        sc_big_free(scratch, 8 * b->ops->pairs_scratch);
        return false;
    }
    b->ops->generator(&next);
    for (unsigned w = 0; w < WINDOWS; w++) {
        uint8_t *const row = b->table + (size_t)w * DIGITS * size;
        _Alignas(64) uint8_t in[2 * sizeof next];
        const uint32_t src[2] = {0, 2};
        memcpy(row + size, &next, size);
        for (unsigned d = 2; d <= DIGITS; d++) { /* the last one is the next row's first */
            memcpy(in, row + (d - 1) * size, size);
            memcpy(in + size, row + size, size);
            b->ops->pairs(d < DIGITS ? (void *)(row + d * size) : (void *)&next, in, src, 1, scratch);
        }
    }
    sc_big_free(scratch, 8 * b->ops->pairs_scratch);
    return true;
}

struct multiples {
    const struct base *b;
    const struct sc_fr_word *k;
    uint8_t *out; /* points at any address */
    size_t n;
    uint8_t *mem; /* of all workers */
    size_t worker;
};

static unsigned digit(const struct sc_fr_word *k, unsigned w)
{
    const unsigned at = w * WINDOW, shift = at % 64;
    const uint64_t high = shift + WINDOW > 64 && at / 64 < 3 ? k->l[at / 64 + 1] << (64 - shift) : 0;
    return (unsigned)((k->l[at / 64] >> shift | high) & (DIGITS - 1));
}

static void run_multiples(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct multiples *const m = arg;
    const size_t size = m->b->ops->size;
    uint8_t *const in = m->mem + worker * m->worker, *const out = in + 2 * BLOCK * size, *const scratch = in + m->worker - BLOCK * m->b->ops->pairs_scratch;
    uint32_t src[2 * BLOCK];
    for (size_t block = begin; block < end; block++) {
        const size_t at = block * BLOCK, n = m->n - at < BLOCK ? m->n - at : BLOCK;
        memset(in, 0, n * size);
        for (unsigned w = 0; w < WINDOWS; w++) {
            for (size_t i = 0; i < n; i++) {
                memcpy(in + (BLOCK + i) * size, m->b->table + ((size_t)w * DIGITS + digit(&m->k[at + i], w)) * size, size);
                src[2 * i] = (uint32_t)(2 * i);
                src[2 * i + 1] = (uint32_t)(2 * (BLOCK + i));
            }
            m->b->ops->pairs(out, in, src, n, scratch);
            memcpy(in, out, n * size);
        }
        memcpy(m->out + at * size, in, n * size);
    }
}

static bool multiples(const struct base *b, uint8_t *out, const struct sc_fr_word *k, size_t n, struct sc_pool *pool)
{
    const unsigned threads = pool == NULL ? 1 : sc_pool_size(pool);
    struct multiples m = {b, k, out, n, NULL, (3 * BLOCK * b->ops->size + BLOCK * b->ops->pairs_scratch + 63) & ~(size_t)63};
    m.mem = sc_big_take(threads * m.worker);
    if (m.mem != NULL) {
        sc_pool_for(pool, (n + BLOCK - 1) / BLOCK, 1, run_multiples, &m);
    }
    sc_big_free(m.mem, threads * m.worker);
    return m.mem != NULL;
}

/* ---- .ptau ---- */

struct powers {
    const struct g16_curve *c;
    const struct sc_fr_ops *fr;
    unsigned power;
    struct base g1, g2;
    struct sc_fr_word *tau, *v; /* 2^(power + 1) powers; scratch as long */
    struct sc_pool *pool;
    bool ok;
};

/* n points: factor times the first powers of tau. */
static void put_powers(struct powers *p, const struct base *b, uint8_t *out, const struct sc_fr_word *factor, size_t n)
{
    struct sc_fr_word f = *factor;
    p->fr->from_plain(&f, &f, 1);
    p->fr->scale(p->v, p->tau, &f, n);
    sc_fr_to_plain_all(p->fr, p->v, p->v, n, p->pool);
    p->ok = p->ok && multiples(b, out, p->v, n, p->pool);
}

/* Lagrange forms of 2^0, 2^1 .. 2^last. The power that a file does not have counts as 0. */
static void put_forms(struct powers *p, const struct base *b, uint8_t *out, const struct sc_fr_word *factor, unsigned last)
{
    struct sc_fr_word f = *factor;
    p->fr->from_plain(&f, &f, 1);
    for (unsigned log_n = 0; log_n <= last && p->ok; log_n++) {
        struct sc_fr_domain *d = NULL;
        const size_t n = (size_t)1 << log_n;
        p->fr->scale(p->v, p->tau, &f, n);
        if (log_n == p->power + 1) {
            memset(&p->v[n - 1], 0, sizeof p->v[0]);
        }
        p->ok = sc_fr_domain_create(&d, p->c->fr, log_n, p->pool) == SOCLE_OK;
        if (p->ok) {
            sc_fr_intt(d, p->v, 1, SC_FR_TO_REVERSED, p->pool);
            sc_fr_reverse(d, p->v, 1, p->pool);
            sc_fr_to_plain_all(p->fr, p->v, p->v, n, p->pool);
            p->ok = multiples(b, out, p->v, n, p->pool);
        }
        sc_fr_domain_destroy(d);
        out += n * b->ops->size;
    }
}

static void put_header(uint8_t **at, const struct g16_curve *c, unsigned power)
{
    uint8_t *header = begin_section(at, 1, 4 + (size_t)8 * c->words + 8);
    store_le(header, (uint64_t)8 * c->words, 4);
    header = put_words(header + 4, c->q, c->words);
    store_le(header, power, 4);
    store_le(header + 4, power, 4);
}

static void put_ptau(struct powers *p, uint8_t *at, bool prepared)
{
    static const struct sc_fr_word one = {{1}};
    const size_t n = (size_t)1 << p->power, size1 = p->g1.ops->size, size2 = p->g2.ops->size;
    put_header(&at, p->c, p->power);
    put_powers(p, &p->g1, begin_section(&at, 2, (2 * n - 1) * size1), &one, 2 * n - 1);
    put_powers(p, &p->g2, begin_section(&at, 3, n * size2), &one, n);
    put_powers(p, &p->g1, begin_section(&at, 4, n * size1), &alpha, n);
    put_powers(p, &p->g1, begin_section(&at, 5, n * size1), &beta, n);
    put_powers(p, &p->g2, begin_section(&at, 6, size2), &beta, 1);
    store_le(begin_section(&at, 7, 4), 0, 4);
    if (prepared) {
        put_forms(p, &p->g1, begin_section(&at, 12, (4 * n - 1) * size1), &one, p->power + 1);
        put_forms(p, &p->g2, begin_section(&at, 13, (2 * n - 1) * size2), &one, p->power);
        put_forms(p, &p->g1, begin_section(&at, 14, (2 * n - 1) * size1), &alpha, p->power);
        put_forms(p, &p->g1, begin_section(&at, 15, (2 * n - 1) * size1), &beta, p->power);
    }
}

static size_t ptau_len(const struct g16_curve *c, unsigned power, bool prepared)
{
    const size_t n = (size_t)1 << power, size1 = sc_g16_size(c, c->g1), size2 = sc_g16_size(c, c->g2);
    const size_t plain = 7 * 12 + 4 + (size_t)8 * c->words + 8 + (4 * n - 1) * size1 + (n + 1) * size2 + 4;
    return 12 + plain + (prepared ? 4 * 12 + (8 * n - 3) * size1 + (2 * n - 1) * size2 : 0);
}

struct snark_file snark_ptau(const struct g16_curve *c, unsigned power, bool prepared, struct sc_pool *pool)
{
    struct snark_file f = {NULL, 0};
    struct powers p = {.c = c, .fr = sc_fr_ops_ref(c->fr), .power = power, .pool = pool};
    const size_t n = (size_t)1 << power, words = 2 * n * sizeof *p.tau;
    uint8_t *const at = begin_file(&f, ptau_len(c, power, prepared), "ptau", 1, prepared ? 11 : 7);
    p.tau = sc_big_take(words);
    p.v = sc_big_take(words);
    p.ok = base_init(&p.g1, c->g1) && base_init(&p.g2, c->g2) && at != NULL && p.tau != NULL && p.v != NULL;
    if (p.ok) {
        struct sc_fr_word t;
        p.fr->from_plain(&t, &tau, 1);
        memcpy(&p.tau[0], p.fr->one, sizeof p.tau[0]);
        for (size_t i = 1; i < 2 * n; i++) {
            p.fr->mul(&p.tau[i], &p.tau[i - 1], &t, 1);
        }
        put_ptau(&p, at, prepared);
    }
    sc_big_free(p.tau, words);
    sc_big_free(p.v, words);
    sc_big_free(p.g1.table, p.g1.table == NULL ? 0 : table_size(&p.g1));
    sc_big_free(p.g2.table, p.g2.table == NULL ? 0 : table_size(&p.g2));
    if (!p.ok) {
        snark_file_fini(&f);
    }
    return f;
}

struct snark_file snark_flat_ptau(const struct g16_curve *c, unsigned power)
{
    struct snark_file f = {NULL, 0};
    const size_t n = (size_t)1 << power;
    const struct {
        uint32_t type;
        size_t n;
        enum sc_group group;
    } sections[] = {{2, 2 * n - 1, c->g1},  {3, n, c->g2},          {4, n, c->g1},          {5, n, c->g1},         {6, 1, c->g2},
                    {12, 4 * n - 1, c->g1}, {13, 2 * n - 1, c->g2}, {14, 2 * n - 1, c->g1}, {15, 2 * n - 1, c->g1}};
    uint8_t *at = begin_file(&f, ptau_len(c, power, true), "ptau", 1, 11);
    if (at == NULL) {
        return f;
    }
    put_header(&at, c, power);
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        struct g16_point one = {{0}};
        const size_t size = sc_g16_size(c, sections[i].group);
        uint8_t *const to = begin_section(&at, sections[i].type, sections[i].n * size);
        if (sections[i].type < 7) {
            sc_group_ops_ref(sections[i].group)->generator(&one);
        }
        for (size_t k = 0; k < sections[i].n; k++) {
            memcpy(to + k * size, &one, size);
        }
        if (sections[i].type == 6) {
            store_le(begin_section(&at, 7, 4), 0, 4);
        }
    }
    return f;
}

/* ---- .r1cs ---- */

static void put_counts(uint8_t **at, const struct g16_curve *c, const uint32_t counts[4], uint32_t n_constraints)
{
    uint8_t *to = begin_section(at, 1, 64);
    store_le(to, 32, 4);
    to = put_words(to + 4, c->r, 4);
    for (unsigned i = 0; i < 4; i++) {
        store_le(to + (size_t)4 * i, counts[i], 4);
    }
    store_le(to + 16, counts[0], 8); /* labels */
    store_le(to + 24, n_constraints, 4);
}

struct snark_file snark_empty_r1cs(const struct g16_curve *c, uint32_t n_constraints)
{
    struct snark_file f = {NULL, 0};
    uint8_t *at = begin_file(&f, 12 + 3 * 12 + 64 + (size_t)12 * n_constraints + 8, "r1cs", 1, 3);
    if (at != NULL) {
        put_counts(&at, c, (const uint32_t[4]){1}, n_constraints);
        memset(begin_section(&at, 2, (size_t)12 * n_constraints), 0, (size_t)12 * n_constraints);
        memset(begin_section(&at, 3, 8), 0, 8);
    }
    return f;
}

/* ---- the chain ---- */

/* Wires: 1, the last x, x, k, and of each round the square, the fourth power, and the fifth but for the last. */
enum { W_ONE, W_OUT, W_X, W_K, W_ROUNDS };

static uint32_t x_of(uint32_t round, uint32_t n_rounds)
{
    return round == 0 ? W_X : round == n_rounds ? W_OUT : W_ROUNDS + 3 * (round - 1) + 2;
}

static uint8_t *put_term(uint8_t *at, uint32_t wire, uint64_t value)
{
    memset(at, 0, 36);
    store_le(at, wire, 4);
    store_le(at + 4, value, 8);
    return at + 36;
}

/* x + k + i. */
static uint8_t *put_sum(uint8_t *at, uint32_t x, uint32_t i)
{
    store_le(at, i == 0 ? 2 : 3, 4);
    at = put_term(at + 4, x, 1);
    at = put_term(at, W_K, 1);
    return i == 0 ? at : put_term(at, W_ONE, i);
}

static uint8_t *put_wire(uint8_t *at, uint32_t wire)
{
    store_le(at, 1, 4);
    return put_term(at + 4, wire, 1);
}

struct snark_file snark_chain_r1cs(const struct g16_curve *c, uint32_t n_rounds)
{
    struct snark_file f = {NULL, 0};
    const size_t n_wires = W_ROUNDS + (size_t)3 * n_rounds - 1, constraints = (size_t)n_rounds * (9 * 4 + 15 * 36) - 3 * 36;
    uint8_t *at = begin_file(&f, 12 + 3 * 12 + 64 + constraints + 8 * n_wires, "r1cs", 1, 3);
    if (at == NULL) {
        return f;
    }
    put_counts(&at, c, (const uint32_t[4]){(uint32_t)n_wires, 1, 1, 1}, 3 * n_rounds);
    uint8_t *to = begin_section(&at, 2, constraints);
    for (uint32_t i = 0; i < n_rounds; i++) {
        const uint32_t x = x_of(i, n_rounds), square = W_ROUNDS + 3 * i;
        to = put_wire(put_sum(put_sum(to, x, i), x, i), square);
        to = put_wire(put_wire(put_wire(to, square), square), square + 1);
        to = put_wire(put_sum(put_wire(to, square + 1), x, i), x_of(i + 1, n_rounds));
    }
    to = begin_section(&at, 3, 8 * n_wires);
    for (size_t i = 0; i < n_wires; i++) {
        store_le(to + 8 * i, i, 8);
    }
    return f;
}

static void put_value(const struct sc_fr_ops *fr, uint8_t *values, uint32_t wire, const struct sc_fr_word *v)
{
    struct sc_fr_word plain;
    fr->to_plain(&plain, v, 1);
    (void)put_words(values + (size_t)32 * wire, plain.l, 4);
}

struct snark_file snark_chain_wtns(const struct g16_curve *c, uint32_t n_rounds)
{
    struct snark_file f = {NULL, 0};
    const struct sc_fr_ops *const fr = sc_fr_ops_ref(c->fr);
    const size_t n_wires = W_ROUNDS + (size_t)3 * n_rounds - 1;
    uint8_t *at = begin_file(&f, 12 + 2 * 12 + 40 + 32 * n_wires, "wtns", 2, 2);
    if (at == NULL) {
        return f;
    }
    uint8_t *const header = begin_section(&at, 1, 40), *const values = begin_section(&at, 2, 32 * n_wires);
    store_le(header, 32, 4);
    store_le(put_words(header + 4, c->r, 4), n_wires, 4);
    struct sc_fr_word zero = {{0}}, minus_k, one, x = {{1234567, 89, 10, 11}}, t, u;
    memcpy(&one, fr->one, sizeof one);
    fr->from_plain(&x, &x, 1);
    fr->mul(&t, &x, &x, 1);
    fr->sub(&minus_k, &zero, &t, 1); /* k is the square of x */
    put_value(fr, values, W_ONE, &one);
    put_value(fr, values, W_X, &x);
    put_value(fr, values, W_K, &t);
    for (uint32_t i = 0; i < n_rounds; i++) {
        fr->sub(&t, &x, &minus_k, 1);
        fr->mul(&u, &t, &t, 1);
        put_value(fr, values, W_ROUNDS + 3 * i, &u);
        fr->mul(&u, &u, &u, 1);
        put_value(fr, values, W_ROUNDS + 3 * i + 1, &u);
        fr->mul(&x, &u, &t, 1);
        put_value(fr, values, x_of(i + 1, n_rounds), &x);
        fr->sub(&minus_k, &minus_k, &one, 1); /* k + i + 1 */
    }
    return f;
}
