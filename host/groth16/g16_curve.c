/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Both curves as tables.
 */
#include "host/groth16/g16_curve.h"

#include <string.h>

#include "core/curve/bls12_381_pairing.h"
#include "core/curve/bn254_pairing.h"

#define CURVE(prefix)                                                                           \
    static void prefix##_plain(uint64_t *out, const uint64_t *in)                               \
    {                                                                                           \
        struct prefix##_fp a;                                                                   \
        memcpy(a.l, in, sizeof a.l);                                                            \
        prefix##_fp_to_plain(out, &a);                                                          \
    }                                                                                           \
    static void prefix##_mont(uint64_t *out, const uint64_t *in)                                \
    {                                                                                           \
        struct prefix##_fp a;                                                                   \
        prefix##_fp_from_plain(&a, in);                                                         \
        memcpy(out, a.l, sizeof a.l);                                                           \
    }                                                                                           \
    static bool prefix##_pairing(const struct g16_point *p, const struct g16_point *q, size_t n) \
    {                                                                                           \
        struct prefix##_g1 a[G16_MAX_PAIRS];                                                    \
        struct prefix##_g2 b[G16_MAX_PAIRS];                                                    \
        for (size_t i = 0; i < n; i++) {                                                        \
            memcpy(&a[i], p[i].l, sizeof a[i]);                                                 \
            memcpy(&b[i], q[i].l, sizeof b[i]);                                                 \
        }                                                                                       \
        return sc_##prefix##_pairing_is_one(a, b, n);                                           \
    }                                                                                           \
    static void prefix##_value(uint64_t *out, const struct g16_point *p, const struct g16_point *q) \
    {                                                                                           \
        struct prefix##_g1 a;                                                                   \
        struct prefix##_g2 b;                                                                   \
        struct prefix##_fp12 f;                                                                 \
        memcpy(&a, p->l, sizeof a);                                                             \
        memcpy(&b, q->l, sizeof b);                                                             \
        sc_##prefix##_miller(&f, &a, &b, 1);                                                    \
        sc_##prefix##_final_exp(&f, &f);                                                        \
        memcpy(out, &f, sizeof f);                                                              \
    }

CURVE(bn)
CURVE(bls)

static const struct g16_curve curves[2] = {
    {"bn128", BN_FP_N, BN_FP_P, BN_FR_P, SC_BN_G1, SC_BN_G2, SC_BN_FR, bn_plain, bn_mont, bn_pairing, bn_value},
    {"bls12381", BLS_FP_N, BLS_FP_P, BLS_FR_P, SC_BLS_G1, SC_BLS_G2, SC_BLS_FR, bls_plain, bls_mont, bls_pairing, bls_value},
};

static uint64_t word_at(const uint8_t *b)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < 8; i++) {
        v |= (uint64_t)b[i] << (8 * i);
    }
    return v;
}

static bool is_prime(const uint64_t *p, unsigned words, const uint8_t *bytes, size_t n)
{
    bool same = n == 8 * (size_t)words;
    for (unsigned i = 0; same && i < words; i++) {
        same = word_at(bytes + (size_t)8 * i) == p[i];
    }
    return same;
}

const struct g16_curve *sc_g16_by_base(const uint8_t *prime, size_t n)
{
    for (int i = 0; i < 2; i++) {
        if (is_prime(curves[i].q, curves[i].words, prime, n)) {
            return &curves[i];
        }
    }
    return NULL;
}

const struct g16_curve *sc_g16_by_scalar(const uint8_t *prime, size_t n)
{
    for (int i = 0; i < 2; i++) {
        if (is_prime(curves[i].r, 4, prime, n)) {
            return &curves[i];
        }
    }
    return NULL;
}

const struct g16_curve *sc_g16_by_name(const char *name)
{
    for (int i = 0; i < 2; i++) {
        if (strcmp(curves[i].name, name) == 0) {
            return &curves[i];
        }
    }
    return NULL;
}

unsigned sc_g16_elements(const struct g16_curve *c, enum sc_group g)
{
    return g == c->g1 ? 2 : 4;
}

size_t sc_g16_size(const struct g16_curve *c, enum sc_group g)
{
    return (size_t)8 * c->words * sc_g16_elements(c, g);
}

bool sc_g16_is_below(const uint64_t *a, const uint64_t *b, unsigned n)
{
    for (unsigned i = n; i-- > 0;) {
        if (a[i] != b[i]) {
            return a[i] < b[i];
        }
    }
    return false;
}

bool sc_g16_load(struct g16_point *out, const struct g16_curve *c, enum sc_group g, const uint8_t *bytes)
{
    const unsigned n = sc_g16_elements(c, g);
    for (unsigned i = 0; i < n * c->words; i++) {
        out->l[i] = word_at(bytes + (size_t)8 * i);
    }
    for (unsigned e = 0; e < n; e++) {
        if (!sc_g16_is_below(out->l + (size_t)e * c->words, c->q, c->words)) {
            return false;
        }
    }
    return sc_group_ops_ref(g)->on_curve(out);
}

bool sc_g16_in_group(enum sc_group g, const struct g16_point *p)
{
    return sc_group_ops_ref(g)->in_subgroup(p);
}

bool sc_g16_load_member(struct g16_point *out, const struct g16_curve *c, enum sc_group g, const uint8_t *bytes)
{
    return sc_g16_load(out, c, g, bytes) && sc_g16_in_group(g, out);
}

bool sc_g16_scalar(uint64_t out[4], const struct g16_curve *c, const uint8_t *bytes)
{
    for (unsigned i = 0; i < 4; i++) {
        out[i] = word_at(bytes + (size_t)8 * i);
    }
    return sc_g16_is_below(out, c->r, 4);
}

/* ---- decimal ---- */

static const uint64_t ten_to_18 = UINT64_C(1000000000000000000);

/* a := a f + d; false when it does not fit. */
static bool mul_add(uint64_t *a, unsigned n, uint64_t f, uint64_t d)
{
    for (unsigned i = 0; i < n; i++) {
        a[i] = mad64(a[i], f, d, 0, &d);
    }
    return d == 0;
}

bool sc_g16_from_decimal(uint64_t *out, const char *text, const uint64_t *bound, unsigned n)
{
    memset(out, 0, n * sizeof *out);
    if (text[0] == '\0' || (text[0] == '0' && text[1] != '\0')) {
        return false;
    }
    for (const char *c = text; *c != '\0'; c++) {
        if (*c < '0' || *c > '9' || !mul_add(out, n, 10, (uint64_t)(*c - '0'))) {
            return false;
        }
    }
    return sc_g16_is_below(out, bound, n);
}

/* a := floor(a / 10^18); returns the rest. Bit by bit: nobody waits for it. */
static uint64_t divide(uint64_t *a, unsigned n)
{
    uint64_t rest = 0;
    for (unsigned i = n; i-- > 0;) {
        uint64_t quotient = 0;
        for (unsigned bit = 64; bit-- > 0;) {
            rest = rest << 1 | (a[i] >> bit & 1u);
            quotient <<= 1;
            if (rest >= ten_to_18) {
                rest -= ten_to_18;
                quotient |= 1;
            }
        }
        a[i] = quotient;
    }
    return rest;
}

void sc_g16_to_decimal(char out[G16_DECIMAL], const uint64_t *a, unsigned n)
{
    char digits[G16_DECIMAL];
    uint64_t left[6] = {0};
    size_t at = sizeof digits;
    memcpy(left, a, n * sizeof *a);
    digits[--at] = '\0';
    for (int part = 0; part < 7; part++) { /* 126 digits, and 2^384 has 116 */
        uint64_t v = divide(left, n);
        for (int i = 0; i < 18; i++, v /= 10) {
            digits[--at] = (char)('0' + v % 10);
        }
    }
    for (; digits[at] == '0' && digits[at + 1] != '\0'; at++) {
    }
    memcpy(out, digits + at, sizeof digits - at);
}
