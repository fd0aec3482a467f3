/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Points of all curves against textbook affine formulas over GMP, and encodings against published vectors.
 */
#include "core/curve/bls12_381.h"
#include "core/curve/bn254.h"
#include "core/curve/secp256k1.h"
#include "core/curve/secp256r1.h"

#include "tests/support/eip_vectors.h"

#include <criterion/criterion.h>
#include <gmp.h>

#define VECTORS SC_SOURCE_ROOT "/tests/vectors/eip-2537"
#define SHARED SC_SOURCE_ROOT "/../shared/assets/eth"

static uint64_t rng = 20261127;

static uint64_t next(void)
{
    rng = rng * 6364136223846793005u + 1442695040888963407u;
    return rng ^ (rng >> 29);
}

/* Oracle: affine points over Fp[u] / (u^2 + 1); points over Fp have c1 = 0. */
struct oracle_point {
    mpz_t x[2], y[2];
    bool inf;
};

static mpz_t oracle_p, oracle_r_inv; /* the field, and 1 / R of its Montgomery form */
static unsigned oracle_minus_a;       /* of y^2 = x^3 + a x + b */

static void oracle_field(const uint64_t *p, unsigned n)
{
    mpz_inits(oracle_p, oracle_r_inv, NULL);
    mpz_import(oracle_p, n, -1, 8, 0, 0, p);
    mpz_setbit(oracle_r_inv, 64 * n);
    mpz_invert(oracle_r_inv, oracle_r_inv, oracle_p);
}

static void oracle_done(void)
{
    mpz_clears(oracle_p, oracle_r_inv, NULL);
}

static void oracle_get(mpz_t z[2], const void *words, unsigned deg, size_t n)
{
    mpz_set_ui(z[1], 0);
    for (unsigned i = 0; i < deg; i++) {
        mpz_import(z[i], n, -1, 8, 0, 0, (const uint64_t *)words + i * n);
        mpz_mul(z[i], z[i], oracle_r_inv);
        mpz_mod(z[i], z[i], oracle_p);
    }
}

static void oracle_init(struct oracle_point *o)
{
    mpz_inits(o->x[0], o->x[1], o->y[0], o->y[1], NULL);
    o->inf = true;
}

static void oracle_fini(struct oracle_point *o)
{
    mpz_clears(o->x[0], o->x[1], o->y[0], o->y[1], NULL);
}

static bool same2(const mpz_t a[2], const mpz_t b[2])
{
    return mpz_cmp(a[0], b[0]) == 0 && mpz_cmp(a[1], b[1]) == 0;
}

#define CONST2(a) ((const mpz_t *)(a))

static bool oracle_eq(const struct oracle_point *a, const struct oracle_point *b)
{
    return a->inf == b->inf && (a->inf || (same2(CONST2(a->x), CONST2(b->x)) && same2(CONST2(a->y), CONST2(b->y))));
}

/* r = a b or, with inverse, a / b. */
static void mul2(mpz_t r[2], const mpz_t a[2], const mpz_t b[2], bool inverse)
{
    mpz_t n, c0, c1;
    mpz_inits(n, c0, c1, NULL);
    if (inverse) {
        mpz_mul(n, b[0], b[0]);
        mpz_addmul(n, b[1], b[1]);
        mpz_invert(n, n, oracle_p);
    } else {
        mpz_set_ui(n, 1);
    }
    mpz_mul(c0, a[0], b[0]);
    mpz_mul(c1, a[1], b[0]);
    if (inverse) {
        mpz_addmul(c0, a[1], b[1]);
        mpz_submul(c1, a[0], b[1]);
    } else {
        mpz_submul(c0, a[1], b[1]);
        mpz_addmul(c1, a[0], b[1]);
    }
    mpz_mul(c0, c0, n);
    mpz_mul(c1, c1, n);
    mpz_mod(r[0], c0, oracle_p);
    mpz_mod(r[1], c1, oracle_p);
    mpz_clears(n, c0, c1, NULL);
}

static void sub2(mpz_t r[2], const mpz_t a[2], const mpz_t b[2])
{
    for (int i = 0; i < 2; i++) {
        mpz_sub(r[i], a[i], b[i]);
        mpz_mod(r[i], r[i], oracle_p);
    }
}

static void oracle_copy(struct oracle_point *r, const struct oracle_point *a)
{
    r->inf = a->inf;
    for (int i = 0; i < 2; i++) {
        mpz_set(r->x[i], a->x[i]);
        mpz_set(r->y[i], a->y[i]);
    }
}

static void oracle_add(struct oracle_point *r, const struct oracle_point *a, const struct oracle_point *b)
{
    if (a->inf || b->inf) {
        oracle_copy(r, a->inf ? b : a);
        return;
    }
    mpz_t s[2], t[2], x[2];
    mpz_inits(s[0], s[1], t[0], t[1], x[0], x[1], NULL);
    if (same2(CONST2(a->x), CONST2(b->x))) {
        if (!same2(CONST2(a->y), CONST2(b->y)) || (mpz_sgn(a->y[0]) == 0 && mpz_sgn(a->y[1]) == 0)) {
            r->inf = true;
            goto out;
        }
        mul2(s, CONST2(a->x), CONST2(a->x), false);
        for (int i = 0; i < 2; i++) {
            mpz_mul_ui(s[i], s[i], 3);
            mpz_mul_ui(t[i], a->y[i], 2);
        }
        mpz_sub_ui(s[0], s[0], oracle_minus_a);
    } else {
        sub2(s, CONST2(b->y), CONST2(a->y));
        sub2(t, CONST2(b->x), CONST2(a->x));
    }
    mul2(s, CONST2(s), CONST2(t), true);
    mul2(x, CONST2(s), CONST2(s), false);
    sub2(x, CONST2(x), CONST2(a->x));
    sub2(x, CONST2(x), CONST2(b->x));
    sub2(t, CONST2(a->x), CONST2(x));
    mul2(t, CONST2(t), CONST2(s), false);
    sub2(r->y, CONST2(t), CONST2(a->y));
    mpz_set(r->x[0], x[0]);
    mpz_set(r->x[1], x[1]);
    r->inf = false;
out:
    mpz_clears(s[0], s[1], t[0], t[1], x[0], x[1], NULL);
}

static void oracle_mul(struct oracle_point *r, const struct oracle_point *a, const uint64_t *k, unsigned n)
{
    struct oracle_point t;
    oracle_init(&t);
    for (unsigned i = 64 * n; i-- > 0;) {
        oracle_add(&t, &t, &t);
        if (limbs_bits(k, n, i, 1) != 0) {
            oracle_add(&t, &t, a);
        }
    }
    oracle_copy(r, &t);
    oracle_fini(&t);
}

#define bn_fp_modulus BN_FP_P
#define bn_fp2_modulus BN_FP_P
#define bls_fp_modulus BLS_FP_P
#define bls_fp2_modulus BLS_FP_P
#define k1_fp_modulus K1_FP_P
#define r1_fp_modulus R1_FP_P

#define G bn_g1
#define K bn_fp
#define DEG 1
#define R BN_FR_P
#define HAS_COFACTOR 0
#include "tests/unit/group_case.inc"
#define G bn_g2
#define K bn_fp2
#define DEG 2
#define R BN_FR_P
#define HAS_COFACTOR 1
#include "tests/unit/group_case.inc"
#define G bls_g1
#define K bls_fp
#define DEG 1
#define R BLS_FR_P
#define HAS_COFACTOR 1
#include "tests/unit/group_case.inc"
#define G bls_g2
#define K bls_fp2
#define DEG 2
#define R BLS_FR_P
#define HAS_COFACTOR 1
#include "tests/unit/group_case.inc"
#define G k1_pt
#define K k1_fp
#define DEG 1
#define R K1_FR_P
#define HAS_COFACTOR 0
#include "tests/unit/group_case.inc"
#define G r1_pt
#define K r1_fp
#define DEG 1
#define R R1_FR_P
#define HAS_COFACTOR 0
#define MINUS_A 3
#include "tests/unit/group_case.inc"

/* The precompiles as EIP-2537 describes them, made of the calls under test: sum of k_i P_i, k = 1 and no check of the subgroup for ADD. */
enum { ADD, MSM };

#define PRECOMPILE(g, POINT)                                                                          \
    static bool g##_precompile(uint8_t *out, const uint8_t *in, size_t len, int what)                 \
    {                                                                                                 \
        const size_t item = what == ADD ? POINT : POINT + 32;                                         \
        struct g##_jac sum, t;                                                                        \
        struct g p;                                                                                   \
        if (len == 0 || len % item != 0 || (what == ADD && len != 2 * item)) {                        \
            return false;                                                                             \
        }                                                                                             \
        g##_jac_set_inf(&sum);                                                                        \
        for (size_t at = 0; at < len; at += item) {                                                   \
            if (sc_##g##_from_evm(&p, in + at) != SOCLE_OK) {                                         \
                return false;                                                                         \
            }                                                                                         \
            if (what == ADD) {                                                                        \
                sc_##g##_jac_add_affine(&sum, &sum, &p);                                              \
                continue;                                                                             \
            }                                                                                         \
            uint64_t k[4];                                                                            \
            for (unsigned i = 0; i < 4; i++) {                                                        \
                k[i] = __builtin_bswap64(load_le(in + at + POINT + 8 * (3 - i), 8));                  \
            }                                                                                         \
            if (!sc_##g##_in_subgroup(&p)) {                                                          \
                return false;                                                                         \
            }                                                                                         \
            sc_##g##_mul(&t, &p, k, 4);                                                               \
            sc_##g##_jac_add(&sum, &sum, &t);                                                         \
        }                                                                                             \
        sc_##g##_from_jac(&p, &sum);                                                                  \
        sc_##g##_to_evm(out, &p);                                                                     \
        return true;                                                                                  \
    }
PRECOMPILE(bls_g1, BLS_G1_EVM)
PRECOMPILE(bls_g2, BLS_G2_EVM)

struct call {
    bool (*fn)(uint8_t *, const uint8_t *, size_t, int);
    size_t out_len;
    int what;
};

static void check_vector(const struct eip_vector *v, void *arg)
{
    const struct call *const c = arg;
    uint8_t out[512];
    const bool ok = c->fn(out, v->input, v->input_len, c->what);
    cr_assert(ok == !v->fails, "%s: %s", v->name, ok ? "accepted" : "refused");
    cr_assert(!ok || (v->expected_len == c->out_len && memcmp(out, v->expected, c->out_len) == 0), "%s: another result", v->name);
}

Test(curve_group, vectors_of_eip_2537)
{
    static const struct {
        const char *file;
        struct call call;
    } files[] = {
        {"add_G1_bls.json", {bls_g1_precompile, BLS_G1_EVM, ADD}},      {"fail-add_G1_bls.json", {bls_g1_precompile, BLS_G1_EVM, ADD}},
        {"mul_G1_bls.json", {bls_g1_precompile, BLS_G1_EVM, MSM}},      {"fail-mul_G1_bls.json", {bls_g1_precompile, BLS_G1_EVM, MSM}},
        {"fail-msm_G1_bls.json", {bls_g1_precompile, BLS_G1_EVM, MSM}}, {"add_G2_bls.json", {bls_g2_precompile, BLS_G2_EVM, ADD}},
        {"fail-add_G2_bls.json", {bls_g2_precompile, BLS_G2_EVM, ADD}}, {"mul_G2_bls.json", {bls_g2_precompile, BLS_G2_EVM, MSM}},
        {"fail-mul_G2_bls.json", {bls_g2_precompile, BLS_G2_EVM, MSM}}, {"fail-msm_G2_bls.json", {bls_g2_precompile, BLS_G2_EVM, MSM}},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct call c = files[i].call;
        cr_assert(eip_vectors(VECTORS, files[i].file, check_vector, &c) > 0, "%s", files[i].file);
    }
}

/* 2 G and the refusals of EIP-196; the double of the generator is the one of the EIP's clients' tests. */
Test(curve_group, encodings_of_bn254)
{
    static const uint8_t twice[BN_G1_EVM] = {
        0x03, 0x06, 0x44, 0xe7, 0x2e, 0x13, 0x1a, 0x02, 0x9b, 0x85, 0x04, 0x5b, 0x68, 0x18, 0x15, 0x85, 0xd9, 0x78, 0x16, 0xa9, 0x16, 0x87,
        0x1c, 0xa8, 0xd3, 0xc2, 0x08, 0xc1, 0x6d, 0x87, 0xcf, 0xd3, 0x15, 0xed, 0x73, 0x8c, 0x0e, 0x0a, 0x7c, 0x92, 0xe7, 0x84, 0x5f, 0x96,
        0xb2, 0xae, 0x9c, 0x0a, 0x68, 0xa6, 0xa4, 0x49, 0xe3, 0x53, 0x8f, 0xc7, 0xff, 0x3e, 0xbf, 0x7a, 0x5a, 0x18, 0xa2, 0xc4};
    struct bn_g1 g, r;
    uint8_t b[BN_G2_EVM];
    sc_bn_g1_generator(&g);
    sc_bn_g1_to_evm(b, &g);
    cr_assert(b[31] == 1 && b[63] == 2);
    sc_bn_g1_add(&r, &g, &g);
    sc_bn_g1_to_evm(b, &r);
    cr_assert(memcmp(b, twice, sizeof twice) == 0);
    cr_assert(sc_bn_g1_from_evm(&g, b) == SOCLE_OK && bn_g1_eq(&g, &r));
    for (unsigned i = 0; i < BN_G1_EVM; i++) {
        b[i] ^= 1;
        cr_assert(sc_bn_g1_from_evm(&g, b) == SOCLE_E_FORMAT && bn_g1_is_inf(&g), "byte %u", i);
        b[i] ^= 1;
    }
    memset(b, 0, sizeof b);
    cr_assert(sc_bn_g1_from_evm(&g, b) == SOCLE_OK && bn_g1_is_inf(&g));
    struct bn_g2 q, s;
    cr_assert(sc_bn_g2_from_evm(&q, b) == SOCLE_OK && bn_g2_is_inf(&q));
    sc_bn_g2_generator(&q);
    sc_bn_g2_to_evm(b, &q);
    cr_assert(b[0] == 0x19 && b[1] == 0x8e && b[32] == 0x18, "the factor of u comes first");
    cr_assert(sc_bn_g2_from_evm(&s, b) == SOCLE_OK && bn_g2_eq(&q, &s));
    for (unsigned i = 0; i < BN_G2_EVM; i++) {
        b[i] ^= 1;
        cr_assert(sc_bn_g2_from_evm(&s, b) == SOCLE_E_FORMAT && bn_g2_is_inf(&s), "byte %u", i);
        b[i] ^= 1;
    }
    for (unsigned c = 0; c < 6; c++) { /* a coordinate plus p is not canonical */
        uint8_t p[32];
        sc_bn_g1_generator(&g);
        sc_bn_g1_to_evm(b, &g);
        uint8_t *const at = b + 32 * (c % 2);
        if (c >= 2) {
            sc_bn_g2_to_evm(b, &q);
        }
        uint8_t *const word = c < 2 ? at : b + 32 * (c - 2);
        unsigned carry = 0;
        for (unsigned i = 0; i < 32; i++) {
            p[31 - i] = (uint8_t)(BN_FP_P[i / 8] >> 8 * (i % 8));
        }
        for (unsigned i = 32; i-- > 0;) {
            carry += word[i] + p[i];
            word[i] = (uint8_t)carry;
            carry >>= 8;
        }
        cr_assert(carry == 0 && (c < 2 ? sc_bn_g1_from_evm(&g, b) : sc_bn_g2_from_evm(&s, b)) == SOCLE_E_FORMAT);
    }
}

#define COMPRESSED(g, LEN)                                                                                                        \
    Test(curve_group, g##_compressed_form_is_read_back_and_strict)                                                                \
    {                                                                                                                             \
        struct g p, q, n, gen;                                                                                                     \
        uint8_t b[LEN], back[LEN];                                                                                                \
        sc_##g##_generator(&gen);                                                                                                 \
        g##_set_inf(&p);                                                                                                          \
        unsigned greater = 0;                                                                                                     \
        for (unsigned i = 0; i < 40; i++) {                                                                                       \
            sc_##g##_to_compressed(b, &p);                                                                                        \
            cr_assert(sc_##g##_from_compressed(&q, b) == SOCLE_OK && g##_eq(&p, &q), "%u", i);                                    \
            greater += (b[0] & 0x20) != 0;                                                                                        \
            b[0] ^= 0x20;                                                                                                         \
            g##_neg(&n, &p);                                                                                                      \
            cr_assert(i == 0 ? sc_##g##_from_compressed(&q, b) == SOCLE_E_FORMAT                                                  \
                             : sc_##g##_from_compressed(&q, b) == SOCLE_OK && g##_eq(&n, &q));                                    \
            b[0] ^= 0x60; /* with the flag of infinity over a point */                                                            \
            cr_assert(i == 0 ? true : sc_##g##_from_compressed(&q, b) == SOCLE_E_FORMAT && g##_is_inf(&q));                       \
            b[0] ^= 0xc0;                                                                                                         \
            cr_assert(sc_##g##_from_compressed(&q, b) == SOCLE_E_FORMAT && g##_is_inf(&q), "without the first flag");             \
            sc_##g##_add(&p, &p, &gen);                                                                                           \
        }                                                                                                                         \
        cr_assert(greater > 5 && greater < 35);                                                                                   \
        unsigned refused = 0;                                                                                                     \
        for (unsigned i = 0; i < 64; i++) { /* about half of all x have no y; the others read back */                             \
            for (unsigned k = 0; k < LEN; k++) {                                                                                  \
                b[k] = (uint8_t)next();                                                                                           \
            }                                                                                                                     \
            const uint8_t top = (uint8_t)(0x80 | (b[0] & 0x2f) | (i % 8 == 0 ? 0x1f : 0));                                        \
            b[LEN - 48] &= 0x0f; /* below p, most likely */                                                                       \
            b[0] = top;                                                                                                           \
            const bool ok = sc_##g##_from_compressed(&q, b) == SOCLE_OK;                                                          \
            sc_##g##_to_compressed(back, &q);                                                                                     \
            cr_assert(ok ? sc_##g##_on_curve(&q) && memcmp(b, back, LEN) == 0 : g##_is_inf(&q));                                  \
            cr_assert(!ok || i % 8 != 0, "x is not below p");                                                                     \
            refused += !ok;                                                                                                       \
        }                                                                                                                         \
        cr_assert(refused > 15 && refused < 55);                                                                                  \
        for (unsigned k = 0; k < LEN; k++) {                                                                                      \
            memset(b, 0, LEN);                                                                                                    \
            b[0] = 0xc0;                                                                                                          \
            b[k] ^= 1;                                                                                                            \
            cr_assert(sc_##g##_from_compressed(&q, b) == SOCLE_E_FORMAT, "infinity with byte %u set", k);                         \
        }                                                                                                                         \
    }
COMPRESSED(bls_g1, BLS_G1_COMPRESSED)
COMPRESSED(bls_g2, BLS_G2_COMPRESSED)

/* 4096 points of G1, 65 of G2, 4096 of G1: all of them points of the subgroup that encode to the same bytes. */
Test(curve_group, compressed_points_of_the_kzg_setup)
{
    FILE *const f = fopen(SHARED "/kzg/trusted_setup.txt", "r");
    if (f == NULL) {
        cr_skip_test("the trusted setup is not beside the source tree");
    }
    char line[256];
    unsigned n_g1 = 0, n_g2 = 0;
    while (fgets(line, sizeof line, f) != NULL) {
        uint8_t b[96], back[96];
        const size_t len = strcspn(line, "\r\n");
        if (len == 2 * BLS_G1_COMPRESSED && n_g1++ % 64 == 0) {
            struct bls_g1 p;
            (void)eip_hex(b, line, len);
            cr_assert(sc_bls_g1_from_compressed(&p, b) == SOCLE_OK && sc_bls_g1_on_curve(&p) && sc_bls_g1_in_subgroup(&p));
            sc_bls_g1_to_compressed(back, &p);
            cr_assert(memcmp(b, back, BLS_G1_COMPRESSED) == 0);
        } else if (len == 2 * BLS_G2_COMPRESSED) {
            struct bls_g2 p;
            n_g2++;
            (void)eip_hex(b, line, len);
            cr_assert(sc_bls_g2_from_compressed(&p, b) == SOCLE_OK && sc_bls_g2_on_curve(&p) && sc_bls_g2_in_subgroup(&p));
            sc_bls_g2_to_compressed(back, &p);
            cr_assert(memcmp(b, back, BLS_G2_COMPRESSED) == 0);
        }
    }
    (void)fclose(f);
    cr_assert(n_g1 == 8192 && n_g2 == 65);
}
