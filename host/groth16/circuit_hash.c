/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The hash of a circuit's set-up, by which snarkjs compares keys and binds contributions: BLAKE2b of the points of the key before any of them.
 *
 * For a domain of 2^15 points or more snarkjs hashes one difference of powers too many. When the domain takes all powers of the file, that one
 * begins with the bytes of whatever follows the list, which are no point and no numbers below the modulus: then the result is that of the
 * formula of the sum in the arithmetic of snarkjs's field (one conditional subtraction after sums and products, one conditional addition
 * after differences), for numbers of any size. The hash has to be the same here.
 */
#include "host/groth16/setup.h"

#include <string.h>

#include "core/curve/limbs.h"
#include "host/groth16/blake2b.h"
#include "host/sys/mem.h"

enum { WORDS = 6, BLOCK = 512, SNARKJS_CHUNK = 1 << 14 };

/* ---- lists ---- */

static void hash_number(struct blake2b *b, uint32_t n)
{
    const uint8_t bytes[4] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n};
    sc_blake2b_update(b, bytes, 4);
}

/* Points as others write them: plain coordinates, the most significant byte first. */
static void hash_points(struct blake2b *b, const struct g16_curve *c, enum sc_group g, const uint8_t *points, size_t n)
{
    const size_t size = sc_g16_size(c, g);
    const unsigned elements = sc_g16_elements(c, g);
    for (size_t i = 0; i < n; i++) {
        struct g16_point p, plain;
        uint8_t text[sizeof p.l];
        memcpy(&p, points + i * size, size);
        for (unsigned e = 0; e < elements; e++) {
            c->fp_to_plain(plain.l + e * c->words, p.l + e * c->words);
        }
        for (size_t k = 0; k < size; k++) {
            const size_t at = k < size / 2 ? size / 2 - 1 - k : size + size / 2 - 1 - k; /* each coordinate from its end */
            text[k] = (uint8_t)(plain.l[at / 8] >> (8 * (at % 8)));
        }
        sc_blake2b_update(b, text, size);
    }
}

static void hash_list(struct blake2b *b, const struct g16_curve *c, enum sc_group g, const uint8_t *points, size_t n)
{
    hash_number(b, (uint32_t)n);
    hash_points(b, c, g, points, n);
}

/* ---- behind the end ---- */

/** The field, and its -1 / q mod 2^64. */
struct field {
    const uint64_t *q;
    unsigned n;
    uint64_t minus_inv;
};

static struct field field_of(const struct g16_curve *c)
{
    uint64_t inv = 1;
    for (int i = 0; i < 6; i++) { /* bits that are right double */
        inv *= 2 - c->q[0] * inv;
    }
    return (struct field){c->q, c->words, 0 - inv};
}

static uint64_t subtract(uint64_t *r, const uint64_t *a, const uint64_t *b, unsigned n)
{
    uint64_t borrow = 0;
    for (unsigned i = 0; i < n; i++) {
        r[i] = sbb64(a[i], b[i], &borrow);
    }
    return borrow;
}

static uint64_t plus(uint64_t *r, const uint64_t *a, const uint64_t *b, unsigned n)
{
    uint64_t carry = 0;
    for (unsigned i = 0; i < n; i++) {
        r[i] = adc64(a[i], b[i], &carry);
    }
    return carry;
}

static void reduce_once(const struct field *f, uint64_t *r, bool carry)
{
    if (carry || limbs_ge(r, f->q, f->n)) {
        (void)subtract(r, r, f->q, f->n);
    }
}

static void add(const struct field *f, uint64_t *r, const uint64_t *a, const uint64_t *b)
{
    const uint64_t carry = plus(r, a, b, f->n);
    reduce_once(f, r, carry != 0);
}

static void sub(const struct field *f, uint64_t *r, const uint64_t *a, const uint64_t *b)
{
    if (subtract(r, a, b, f->n) != 0) {
        (void)plus(r, r, f->q, f->n);
    }
}

/* Montgomery's product; both factors below 2^(64 n). */
static void mul(const struct field *f, uint64_t *r, const uint64_t *a, const uint64_t *b)
{
    uint64_t t[WORDS + 2] = {0};
    for (unsigned i = 0; i < f->n; i++) {
        uint64_t high = 0, carry = 0;
        for (unsigned j = 0; j < f->n; j++) {
            t[j] = mad64(a[j], b[i], t[j], high, &high);
        }
        t[f->n] = adc64(t[f->n], high, &carry);
        t[f->n + 1] = carry;
        const uint64_t m = t[0] * f->minus_inv;
        (void)mad64(m, f->q[0], t[0], 0, &high);
        for (unsigned j = 1; j < f->n; j++) {
            t[j - 1] = mad64(m, f->q[j], t[j], high, &high);
        }
        carry = 0;
        t[f->n - 1] = adc64(t[f->n], high, &carry);
        t[f->n] = t[f->n + 1] + carry;
    }
    memcpy(r, t, 8 * f->n);
    reduce_once(f, r, t[f->n] != 0);
}

static void reduce(const struct field *f, uint64_t *r)
{
    while (limbs_ge(r, f->q, f->n)) {
        (void)subtract(r, r, f->q, f->n);
    }
}

static void past_end(struct g16_point *out, const struct g16_curve *c, const uint8_t *behind, const struct g16_point *last)
{
    const struct field f = field_of(c);
    const size_t len = (size_t)8 * f.n;
    uint64_t x1[WORDS] = {0}, y1[WORDS] = {0}, x2[WORDS] = {0}, y2[WORDS] = {0}, h[WORDS] = {0}, i[WORDS] = {0}, j[WORDS] = {0}, r[WORDS] = {0};
    uint64_t v[WORDS] = {0}, t[WORDS] = {0}, z[WORDS] = {0};
    _Alignas(64) uint64_t sum[4 * WORDS] = {0};
    uint64_t *const x3 = sum, *const y3 = sum + f.n, *const zz = y3 + f.n, *const zzz = zz + f.n;
    memcpy(x1, behind, len);
    memcpy(y1, behind + len, len);
    memcpy(x2, last->l, len);
    sub(&f, y2, y2, last->l + f.n); /* the negative */
    sub(&f, h, x2, x1);
    sub(&f, r, y2, y1);
    mul(&f, i, h, h);
    add(&f, i, i, i);
    add(&f, i, i, i);
    mul(&f, j, h, i);
    add(&f, r, r, r);
    mul(&f, v, x1, i);
    mul(&f, t, r, r);
    sub(&f, x3, t, j);
    add(&f, t, v, v);
    sub(&f, x3, x3, t);
    mul(&f, t, y1, j);
    add(&f, t, t, t);
    sub(&f, y3, v, x3);
    mul(&f, y3, y3, r);
    sub(&f, y3, y3, t);
    add(&f, z, h, h);
    mul(&f, zz, z, z);
    mul(&f, zzz, zz, z);
    reduce(&f, x3);
    reduce(&f, y3);
    reduce(&f, zz);
    reduce(&f, zzz);
    memset(out, 0, sizeof *out);
    sc_group_ops_ref(c->g1)->from_xyzz(out, sum);
}

/* ---- differences of powers ---- */

/* A block of points, as many that are taken from them, and the results. */
struct block {
    const struct g16_curve *c;
    size_t size;
    uint8_t *points, *scratch;
    size_t points_len, scratch_len;
};

static socle_status block_init(struct block *b, const struct g16_curve *c)
{
    *b = (struct block){.c = c, .size = sc_g16_size(c, c->g1)};
    b->points_len = 3 * BLOCK * b->size;
    b->scratch_len = BLOCK * sc_group_ops_ref(c->g1)->pairs_scratch;
    b->points = sc_big_take(b->points_len);
    b->scratch = sc_big_take(b->scratch_len);
    return b->points != NULL && b->scratch != NULL ? SOCLE_OK : SOCLE_E_NOMEM;
}

static void block_fini(struct block *b)
{
    sc_big_free(b->points, b->points_len);
    sc_big_free(b->scratch, b->scratch_len);
}

/* high[i] - low[i], i < n <= BLOCK. */
static void hash_block(struct blake2b *h, const struct block *b, const uint8_t *high, const uint8_t *low, size_t n)
{
    uint8_t *const out = b->points + 2 * BLOCK * b->size;
    uint32_t src[2 * BLOCK];
    memcpy(b->points, high, n * b->size);
    memcpy(b->points + n * b->size, low, n * b->size);
    for (size_t i = 0; i < n; i++) {
        src[2 * i] = (uint32_t)(2 * i);
        src[2 * i + 1] = (uint32_t)(2 * (n + i) + 1);
    }
    sc_group_ops_ref(b->c->g1)->pairs(out, b->points, src, n, b->scratch);
    hash_points(h, b->c, b->c->g1, out, n);
}

/* tau^(i + n) - tau^i, i < n - 1: what the quotient's points would be in the other form; and the one too many. */
static socle_status hash_differences(struct blake2b *h, const struct zkey *k, const struct ptau *p)
{
    socle_status st = SOCLE_OK;
    struct block b;
    const size_t n = (size_t)1 << k->log_domain;
    TRY(block_init(&b, k->curve));
    hash_number(h, (uint32_t)(n - 1));
    for (size_t at = 0; at < n - 1; at += BLOCK) {
        const size_t left = n - 1 - at;
        hash_block(h, &b, p->tau1 + (at + n) * b.size, p->tau1 + at * b.size, left < BLOCK ? left : BLOCK);
    }
    if (n - 1 >= SNARKJS_CHUNK) {
        const uint8_t *const high = p->tau1 + (2 * n - 1) * b.size, *const low = p->tau1 + (n - 1) * b.size;
        if (k->log_domain < p->power) {
            hash_block(h, &b, high, low, 1);
        } else {
            struct g16_point last = {{0}}, d;
            uint8_t behind[sizeof last.l] = {0};
            memcpy(&last, low, b.size);
            memcpy(behind, high, p->behind_tau1 < b.size ? p->behind_tau1 : b.size);
            past_end(&d, k->curve, behind, &last);
            hash_points(h, k->curve, k->curve->g1, (const uint8_t *)d.l, 1);
        }
    }
out:
    block_fini(&b);
    return st;
}

static void hash_point(struct blake2b *h, const struct g16_curve *c, enum sc_group g, const struct g16_point *p)
{
    hash_points(h, c, g, (const uint8_t *)p->l, 1);
}

socle_status sc_circuit_hash(uint8_t out[64], const struct zkey *k, const struct ptau *p)
{
    socle_status st = SOCLE_OK;
    struct blake2b h;
    const struct g16_curve *const c = k->curve;
    sc_blake2b_init(&h);
    hash_point(&h, c, c->g1, &k->alpha1);
    hash_point(&h, c, c->g1, &k->beta1);
    hash_point(&h, c, c->g2, &k->beta2);
    hash_point(&h, c, c->g2, &k->gamma2);
    hash_point(&h, c, c->g1, &k->delta1);
    hash_point(&h, c, c->g2, &k->delta2);
    hash_list(&h, c, c->g1, k->ic, (size_t)k->n_public + 1);
    TRY(hash_differences(&h, k, p));
    hash_list(&h, c, c->g1, k->c, (size_t)k->n_vars - k->n_public - 1);
    hash_list(&h, c, c->g1, k->a, k->n_vars);
    hash_list(&h, c, c->g1, k->b1, k->n_vars);
    hash_list(&h, c, c->g2, k->b2, k->n_vars);
    sc_blake2b_final(&h, out);
out:
    return st;
}
