/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Constraints and powers of tau to a proving key. The matrices are sorted by variable, and each point of the key is the sum of the entries of
 * one variable times points of the Lagrange forms. The order of sections and of what is hashed is snarkjs's.
 */
#include "host/groth16/setup.h"

#include <stdio.h>
#include <string.h>

#include "core/base/rd.h"
#include "core/curve/limbs.h"
#include "host/groth16/groth16.h"
#include "host/sys/mem.h"

#define SAY(status, ...) (((void)snprintf(why, why_size, __VA_ARGS__)), (status))

enum { A, B, C, MATRICES };
enum { XYZZ_MAX = 384 };

/** An entry of a matrix: its value or its negative, whichever is the smaller number. */
struct entry {
    uint64_t k[4];
    uint32_t row;
    uint16_t bits;
    bool minus;
};

/** Entries by variable; those of variable v end at end[v]. */
struct matrix {
    uint64_t *end;
    struct entry *entries;
    size_t n;
};

struct setup {
    const struct r1cs *circuit;
    const struct ptau *p;
    const struct g16_curve *curve;
    const struct sc_fr_ops *fr;
    unsigned log_domain;
    uint32_t n_vars, n_public;
    size_t size1, size2;
    struct matrix m[MATRICES];
    const uint8_t *lagrange[4]; /* points of the domain */
    uint8_t *ic, *coefs, *a, *b1, *b2, *c, *h, *at; /* sections of the key; at: the next coefficient */
};

static socle_status domain_of(unsigned *out, char *why, size_t why_size, const struct r1cs *circuit)
{
    const uint64_t rows = (uint64_t)circuit->n_constraints + circuit->n_outputs + circuit->n_public_inputs + 1;
    *out = 1;
    if (circuit->custom_gates) {
        return SAY(SOCLE_E_ARG, "the circuit has custom gates, which Groth16 does not know");
    }
    while (*out < ZKEY_MAX_LOG_DOMAIN && UINT64_C(1) << *out < rows) {
        ++*out;
    }
    if (UINT64_C(1) << *out < rows || circuit->n_terms + circuit->n_outputs + circuit->n_public_inputs + 1 > UINT32_MAX) {
        return SAY(SOCLE_E_LIMIT, "%u constraints of %llu terms are more than a key has room for", circuit->n_constraints,
                   (unsigned long long)circuit->n_terms);
    }
    return SOCLE_OK;
}

socle_status sc_setup_fits(unsigned *log_domain, char *why, size_t why_size, const struct r1cs *circuit, const struct ptau *p)
{
    socle_status st = SOCLE_OK;
    TRY(domain_of(log_domain, why, why_size, circuit));
    if (circuit->curve != p->curve) {
        return SAY(SOCLE_E_ARG, "the circuit is for %s, the powers of tau for %s", circuit->curve->name, p->curve->name);
    }
    if (*log_domain > p->power) {
        return SAY(SOCLE_E_ARG, "the circuit needs 2^%u powers of tau, the file has 2^%u", *log_domain, p->power);
    }
    if (!p->prepared) {
        return SAY(SOCLE_E_ARG, "the powers of tau are not prepared for phase 2: snarkjs powersoftau prepare phase2 does that");
    }
out:
    return st;
}

/* ---- the matrices ---- */

typedef void each_fn(struct setup *s, unsigned m, uint32_t row, uint32_t wire, const uint8_t *k);

static void each_entry(struct setup *s, each_fn *each)
{
    struct rd r = rd_view(s->circuit->constraints, s->circuit->constraints_len);
    for (uint32_t row = 0; row < s->circuit->n_constraints; row++) {
        for (unsigned m = 0; m < MATRICES; m++) {
            const uint32_t n = (uint32_t)rd_uint(&r, 4);
            for (uint32_t i = 0; i < n; i++) {
                const uint32_t wire = (uint32_t)rd_uint(&r, 4);
                each(s, m, row, wire, rd_take(&r, 32));
            }
        }
    }
}

static void count_entry(struct setup *s, unsigned m, uint32_t row, uint32_t wire, const uint8_t *k)
{
    (void)row;
    (void)k;
    s->m[m].n++;
    if (wire + 1 < s->n_vars) {
        s->m[m].end[wire + 1]++; /* where the next variable's begin */
    }
}

/* Coefficients of a key are the value times R^2. */
static void write_coefficient(struct setup *s, unsigned m, uint32_t row, uint32_t wire, const struct sc_fr_word *k)
{
    struct sc_fr_word v = *k;
    s->fr->from_plain(&v, &v, 1);
    s->fr->from_plain(&v, &v, 1);
    store_le(s->at, m, 4);
    store_le(s->at + 4, row, 4);
    store_le(s->at + 8, wire, 4);
    for (unsigned i = 0; i < 4; i++) {
        store_le(s->at + 12 + (size_t)8 * i, v.l[i], 8);
    }
    s->at += ZKEY_COEF;
}

static unsigned bits_of(const uint64_t k[4])
{
    for (unsigned i = 4; i-- > 0;) {
        for (unsigned bit = 64; k[i] != 0 && bit-- > 0;) {
            if (k[i] >> bit & 1) {
                return 64 * i + bit + 1;
            }
        }
    }
    return 0;
}

static void place_entry(struct setup *s, unsigned m, uint32_t row, uint32_t wire, const uint8_t *k)
{
    struct entry *const e = &s->m[m].entries[s->m[m].end[wire]++];
    struct sc_fr_word value, minus;
    uint64_t borrow = 0;
    (void)sc_g16_scalar(value.l, s->curve, k);
    for (unsigned i = 0; i < 4; i++) {
        minus.l[i] = sbb64(s->curve->r[i], value.l[i], &borrow);
    }
    e->row = row;
    e->minus = sc_g16_is_below(minus.l, value.l, 4);
    memcpy(e->k, e->minus ? minus.l : value.l, sizeof e->k);
    e->bits = (uint16_t)bits_of(e->k);
    if (m != C) {
        write_coefficient(s, m, row, wire, &value);
    }
}

static void matrix_fini(struct matrix *m, uint32_t n_vars)
{
    sc_big_free(m->end, n_vars * sizeof *m->end);
    sc_big_free(m->entries, m->n * sizeof *m->entries);
}

static socle_status count_entries(struct setup *s)
{
    socle_status st = SOCLE_OK;
    for (unsigned m = 0; m < MATRICES; m++) {
        s->m[m].end = sc_big_alloc(s->n_vars * sizeof *s->m[m].end);
        TRY(s->m[m].end != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    }
    each_entry(s, count_entry);
    for (unsigned m = 0; m < MATRICES; m++) {
        for (uint32_t v = 1; v < s->n_vars; v++) {
            s->m[m].end[v] += s->m[m].end[v - 1];
        }
        s->m[m].entries = sc_big_take(s->m[m].n * sizeof *s->m[m].entries);
        TRY(s->m[m].n == 0 || s->m[m].entries != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    }
out:
    return st;
}

/* Coefficients of a variable's own row for each public one, so that public values cannot be taken apart. */
static void place_entries(struct setup *s)
{
    const struct sc_fr_word one = {{1}};
    store_le(s->coefs, s->m[A].n + s->m[B].n + s->n_public + 1, 4);
    s->at = s->coefs + 4;
    each_entry(s, place_entry);
    for (uint32_t v = 0; v <= s->n_public; v++) {
        write_coefficient(s, A, s->circuit->n_constraints + v, v, &one);
    }
}

/* ---- points ---- */

/** The entries of one variable in one matrix, and the points of their rows. */
struct part {
    const struct entry *e;
    size_t n;
    const uint8_t *points;
};

static struct part part_of(const struct setup *s, unsigned m, uint32_t v, const uint8_t *points)
{
    const uint64_t begin = v == 0 ? 0 : s->m[m].end[v - 1];
    return (struct part){s->m[m].entries + begin, (size_t)(s->m[m].end[v] - begin), points};
}

static void add_point(const struct sc_group_ops *ops, void *acc, const uint8_t *bytes, bool minus)
{
    _Alignas(64) uint8_t term[XYZZ_MAX];
    struct g16_point p;
    memcpy(&p, bytes, ops->size);
    if (minus) {
        ops->neg(&p, &p);
    }
    ops->weighted_sum(term, &p, 1);
    ops->xyzz_add(acc, acc, term);
}

/* Sum of the parts, and of @p extra unless that is NULL: doubling once for all of them. */
static void write_sum(uint8_t *out, enum sc_group g, const struct part *parts, unsigned n_parts, const uint8_t *extra)
{
    const struct sc_group_ops *const ops = sc_group_ops_ref(g);
    _Alignas(64) uint8_t acc[XYZZ_MAX];
    struct g16_point p;
    unsigned bits = 0;
    for (unsigned i = 0; i < n_parts; i++) {
        for (size_t j = 0; j < parts[i].n; j++) {
            bits = parts[i].e[j].bits > bits ? parts[i].e[j].bits : bits;
        }
    }
    ops->xyzz_set_inf(acc);
    for (unsigned bit = bits; bit-- > 0;) {
        ops->xyzz_dbl(acc, acc);
        for (unsigned i = 0; i < n_parts; i++) {
            for (size_t j = 0; j < parts[i].n; j++) {
                const struct entry *const e = &parts[i].e[j];
                if (e->k[bit / 64] >> bit % 64 & 1) {
                    add_point(ops, acc, parts[i].points + e->row * ops->size, e->minus);
                }
            }
        }
    }
    if (extra != NULL) {
        add_point(ops, acc, extra, false);
    }
    ops->from_xyzz(&p, acc);
    memcpy(out, &p, ops->size);
}

/* Points of the variables [begin, end) in all sections. */
static void write_variables(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct setup *const s = arg;
    const struct g16_curve *const c = s->curve;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        const uint32_t v = (uint32_t)i;
        const bool is_public = v <= s->n_public;
        const size_t own_row = s->size1 * ((size_t)s->circuit->n_constraints + v);
        const struct part a = part_of(s, A, v, s->lagrange[PTAU_L_TAU1]), b1 = part_of(s, B, v, s->lagrange[PTAU_L_TAU1]),
                          b2 = part_of(s, B, v, s->lagrange[PTAU_L_TAU2]),
                          all[MATRICES] = {part_of(s, A, v, s->lagrange[PTAU_L_BETA1]), part_of(s, B, v, s->lagrange[PTAU_L_ALPHA1]),
                                           part_of(s, C, v, s->lagrange[PTAU_L_TAU1])};
        write_sum(s->a + i * s->size1, c->g1, &a, 1, is_public ? s->lagrange[PTAU_L_TAU1] + own_row : NULL);
        write_sum(s->b1 + i * s->size1, c->g1, &b1, 1, NULL);
        write_sum(s->b2 + i * s->size2, c->g2, &b2, 1, NULL);
        write_sum(is_public ? s->ic + i * s->size1 : s->c + (i - s->n_public - 1) * s->size1, c->g1, all, MATRICES,
                  is_public ? s->lagrange[PTAU_L_BETA1] + own_row : NULL);
    }
}

/* The quotient's: the odd points of the form of twice the size. */
static void write_quotient(struct setup *s)
{
    const size_t n = (size_t)1 << s->log_domain;
    const uint8_t *const from = s->p->lagrange[PTAU_L_TAU1] + (2 * n - 1) * s->size1;
    for (size_t i = 0; i < n; i++) {
        memcpy(s->h + i * s->size1, from + (2 * i + 1) * s->size1, s->size1);
    }
}

/* ---- the key ---- */

static uint8_t *begin_section(uint8_t **at, uint32_t type, size_t len)
{
    uint8_t *const contents = *at + 12;
    store_le(*at, type, 4);
    store_le(*at + 4, len, 8);
    *at = contents + len;
    return contents;
}

static size_t header_len(const struct setup *s)
{
    return 4 + (size_t)8 * s->curve->words + 4 + 32 + 3 * 4 + 3 * (s->size1 + s->size2);
}

static size_t coefs_len(const struct setup *s)
{
    return 4 + ZKEY_COEF * (s->m[A].n + s->m[B].n + s->n_public + 1);
}

static size_t key_len(const struct setup *s)
{
    const size_t n = (size_t)1 << s->log_domain;
    /* IC and C have a point for each variable together; A, B1; the quotient */
    return 12 + ZKEY_SECTIONS * 12 + 4 + header_len(s) + coefs_len(s) + (3 * (size_t)s->n_vars + n) * s->size1 + s->n_vars * s->size2 + 64 + 4;
}

static uint8_t *write_words(uint8_t *to, const uint64_t *words, unsigned n)
{
    store_le(to, (uint64_t)8 * n, 4);
    for (unsigned i = 0; i < n; i++) {
        store_le(to + 4 + (size_t)8 * i, words[i], 8);
    }
    return to + 4 + (size_t)8 * n;
}

/* gamma and delta are 1. */
static void write_header(const struct setup *s, uint8_t *to)
{
    struct g16_point one1, one2;
    sc_group_ops_ref(s->curve->g1)->generator(&one1);
    sc_group_ops_ref(s->curve->g2)->generator(&one2);
    const struct {
        const void *point;
        size_t size;
    } points[] = {{s->p->alpha1, s->size1}, {s->p->beta1, s->size1}, {s->p->beta2, s->size2}, {&one2, s->size2}, {&one1, s->size1}, {&one2, s->size2}};
    to = write_words(to, s->curve->q, s->curve->words);
    to = write_words(to, s->curve->r, 4);
    store_le(to, s->n_vars, 4);
    store_le(to + 4, s->n_public, 4);
    store_le(to + 8, UINT64_C(1) << s->log_domain, 4);
    to += 12;
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        memcpy(to, points[i].point, points[i].size);
        to += points[i].size;
    }
}

static void write_key(struct setup *s, uint8_t *bytes, struct sc_pool *pool)
{
    const size_t n = (size_t)1 << s->log_domain, own = (size_t)s->n_vars - s->n_public - 1;
    uint8_t *at = bytes + 12;
    memcpy(bytes, "zkey", 4);
    store_le(bytes + 4, 1, 4);
    store_le(bytes + 8, ZKEY_SECTIONS, 4);
    store_le(begin_section(&at, ZKEY_PROTOCOL, 4), ZKEY_GROTH16, 4);
    write_header(s, begin_section(&at, ZKEY_HEADER, header_len(s)));
    s->coefs = begin_section(&at, ZKEY_COEFS, coefs_len(s));
    s->ic = begin_section(&at, ZKEY_IC, ((size_t)s->n_public + 1) * s->size1);
    s->h = begin_section(&at, ZKEY_H, n * s->size1);
    s->c = begin_section(&at, ZKEY_C, own * s->size1);
    s->a = begin_section(&at, ZKEY_A, s->n_vars * s->size1);
    s->b1 = begin_section(&at, ZKEY_B1, s->n_vars * s->size1);
    s->b2 = begin_section(&at, ZKEY_B2, s->n_vars * s->size2);
    memset(begin_section(&at, ZKEY_CONTRIBUTIONS, 64 + 4), 0, 64 + 4); /* the hash is made from the key; no contributions */
    place_entries(s);
    sc_pool_for(pool, s->n_vars, 64, write_variables, s);
    write_quotient(s);
}

static socle_status hash(uint8_t *bytes, size_t len, char *why, size_t why_size, const struct ptau *p)
{
    socle_status st = SOCLE_OK;
    struct zkey k;
    uint8_t out[64];
    TRY(sc_zkey_open(&k, why, why_size, bytes, len));
    TRY(sc_circuit_hash(out, &k, p));
    memcpy(bytes + (k.circuit_hash - bytes), out, sizeof out);
out:
    return st;
}

socle_status sc_g16_setup(uint8_t **out, size_t *len, char *why, size_t why_size, const struct r1cs *circuit, const struct ptau *p,
                          struct sc_pool *pool)
{
    socle_status st = SOCLE_OK;
    const struct g16_curve *const c = circuit->curve;
    struct setup s = {.circuit = circuit, .p = p, .curve = c, .fr = sc_fr_ops_ref(c->fr), .n_vars = circuit->n_wires,
                      .n_public = circuit->n_outputs + circuit->n_public_inputs, .size1 = sc_g16_size(c, c->g1), .size2 = sc_g16_size(c, c->g2)};
    *out = NULL;
    *len = 0;
    TRY(sc_setup_fits(&s.log_domain, why, why_size, circuit, p));
    for (unsigned i = 0; i < 4; i++) {
        s.lagrange[i] = p->lagrange[i] + (((size_t)1 << s.log_domain) - 1) * (i == PTAU_L_TAU2 ? s.size2 : s.size1);
    }
    st = count_entries(&s);
    if (st == SOCLE_OK) {
        *len = key_len(&s);
        *out = sc_big_take(*len);
        st = *out == NULL ? SOCLE_E_NOMEM : SOCLE_OK;
    }
    if (st == SOCLE_OK) {
        write_key(&s, *out, pool);
        st = hash(*out, *len, why, why_size, p);
    }
    if (st != SOCLE_OK) {
        if (st == SOCLE_E_NOMEM) {
            (void)snprintf(why, why_size, "no memory for a key of %u variables", s.n_vars);
        }
        sc_big_free(*out, *len);
        *out = NULL;
        *len = 0;
    }
out:
    for (unsigned m = 0; m < MATRICES; m++) {
        matrix_fini(&s.m[m], s.n_vars);
    }
    return st;
}

size_t sc_setup_memory(const struct r1cs *circuit, unsigned log_domain, unsigned n_threads)
{
    const struct g16_curve *const c = circuit->curve;
    const size_t n = (size_t)1 << log_domain, n_vars = circuit->n_wires, size1 = sc_g16_size(c, c->g1), size2 = sc_g16_size(c, c->g2);
    const size_t sum1 = sc_g16_section_memory(c, c->g1, 2 * n, n_threads), sum2 = sc_g16_section_memory(c, c->g2, n, n_threads);
    const size_t check = (size_t)32 * (2 * n + 4 * n + 2 * n) + (sum1 > sum2 ? sum1 : sum2);
    const size_t key = (size_t)circuit->n_terms * (sizeof(struct entry) + ZKEY_COEF) + n_vars * (24 + 3 * size1 + size2) + n * size1;
    return (check > key ? check : key) + ((size_t)8 << 20);
}
