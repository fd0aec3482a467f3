/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The eight big fields against GMP: edges 0, 1, 2, p-1, p-2, (p-1)/2, words of ones, and seeded random values.
 */
#include "core/curve/bls12_381.h"
#include "core/curve/bn254.h"
#include "core/curve/secp256k1.h"
#include "core/curve/secp256r1.h"

#include <criterion/criterion.h>
#include <gmp.h>
#include <string.h>

enum { N_EDGE = 9, N_VALUES = N_EDGE + 40, MAX_N = 6, SEED = 20261127 };

/* One field behind pointers to its words; binary operations take (r, a, b), unary ones (r, a). */
struct field {
    const char *name;
    unsigned n, adicity, nonresidue;
    const uint64_t *p, *root, *half, *r1;
    void (*add)(void *, const void *, const void *), (*sub)(void *, const void *, const void *), (*mul)(void *, const void *, const void *);
    void (*neg)(void *, const void *), (*sqr)(void *, const void *), (*dbl)(void *, const void *), (*inv)(void *, const void *);
    void (*pow)(void *, const void *, const uint64_t *, unsigned);
    void (*from_plain)(void *, const uint64_t *);
    bool (*sqrt)(void *, const void *), (*from_le)(void *, const uint8_t *), (*from_be)(void *, const uint8_t *);
    void (*to_le)(uint8_t *, const void *), (*to_be)(uint8_t *, const void *);
    bool (*is_zero)(const void *), (*is_one)(const void *), (*eq)(const void *, const void *), (*greater)(const void *);
};

#define BINARY(F, op) static void F##_##op##_(void *r, const void *a, const void *b) { F##_##op(r, a, b); }
#define UNARY(F, op) static void F##_##op##_(void *r, const void *a) { F##_##op(r, a); }
#define FIELD(F, C)                                                                                                          \
    BINARY(F, add) BINARY(F, sub) BINARY(F, mul) UNARY(F, neg) UNARY(F, sqr) UNARY(F, dbl) UNARY(F, inv)                      \
    static void F##_pow_(void *r, const void *a, const uint64_t *e, unsigned n) { F##_pow(r, a, e, n); }                      \
    static void F##_from_plain_(void *r, const uint64_t *v) { F##_from_plain(r, v); }                                         \
    static bool F##_sqrt_(void *r, const void *a) { return F##_sqrt(r, a); }                                                  \
    static bool F##_from_le_(void *r, const uint8_t *b) { return F##_from_le(r, b); }                                         \
    static bool F##_from_be_(void *r, const uint8_t *b) { return F##_from_be(r, b); }                                         \
    static void F##_to_le_(uint8_t *b, const void *a) { F##_to_le(b, a); }                                                    \
    static void F##_to_be_(uint8_t *b, const void *a) { F##_to_be(b, a); }                                                    \
    static bool F##_is_zero_(const void *a) { return F##_is_zero(a); }                                                        \
    static bool F##_is_one_(const void *a) { return F##_is_one(a); }                                                          \
    static bool F##_eq_(const void *a, const void *b) { return F##_eq(a, b); }                                                \
    static bool F##_greater_(const void *a) { return F##_is_greater_half(a); }                                                \
    static const struct field F = {#F, C##N, C##TWO_ADICITY, C##NONRESIDUE, C##P, C##ROOT, C##HALF, C##R1, F##_add_, F##_sub_, \
        F##_mul_, F##_neg_, F##_sqr_, F##_dbl_, F##_inv_, F##_pow_, F##_from_plain_, F##_sqrt_, F##_from_le_, F##_from_be_, F##_to_le_, \
        F##_to_be_, F##_is_zero_, F##_is_one_, F##_eq_, F##_greater_};
FIELD(bn_fp, BN_FP_)
FIELD(bn_fr, BN_FR_)
FIELD(bls_fp, BLS_FP_)
FIELD(bls_fr, BLS_FR_)
FIELD(k1_fp, K1_FP_)
FIELD(k1_fr, K1_FR_)
FIELD(r1_fp, R1_FP_)
FIELD(r1_fr, R1_FR_)
static const struct field *const FIELDS[] = {&bn_fp, &bn_fr, &bls_fp, &bls_fr, &k1_fp, &k1_fr, &r1_fp, &r1_fr};
enum { N_FIELDS = sizeof FIELDS / sizeof FIELDS[0] };

static uint64_t rng = SEED;

static uint64_t next(void)
{
    rng = rng * 6364136223846793005u + 1442695040888963407u;
    return rng ^ (rng >> 29);
}

static void get(mpz_t z, const uint64_t *w, unsigned n)
{
    mpz_import(z, n, -1, 8, 0, 0, w);
}

/* The residue that Montgomery words stand for. */
static void value(const struct field *f, mpz_t z, const uint64_t *mont)
{
    uint8_t b[8 * MAX_N];
    f->to_le(b, mont);
    mpz_import(z, 8 * f->n, -1, 1, 0, 0, b);
}

static void put(const struct field *f, uint64_t *mont, const mpz_t z)
{
    uint8_t b[8 * MAX_N] = {0};
    mpz_export(b, NULL, -1, 1, 0, 0, z);
    cr_assert(f->from_le(mont, b), "%s: a residue below p is refused", f->name);
}

static void values(const struct field *f, mpz_t v[N_VALUES])
{
    mpz_t p;
    mpz_init(p);
    get(p, f->p, f->n);
    for (int i = 0; i < N_VALUES; i++) {
        uint64_t w[MAX_N];
        for (unsigned k = 0; k < f->n; k++) {
            w[k] = i % 3 == 0 && i >= N_EDGE && k + 1 < f->n ? (next() & 1 ? 0 : UINT64_MAX) : next();
        }
        mpz_init(v[i]);
        get(v[i], w, f->n);
        mpz_mod(v[i], v[i], p);
    }
    mpz_set_ui(v[0], 0);
    mpz_set_ui(v[1], 1);
    mpz_set_ui(v[2], 2);
    mpz_sub_ui(v[3], p, 1);
    mpz_sub_ui(v[4], p, 2);
    mpz_fdiv_q_2exp(v[5], p, 1);
    mpz_add_ui(v[6], v[5], 1);
    mpz_set_ui(v[7], 1);
    mpz_mul_2exp(v[7], v[7], 64 * f->n - 8);
    mpz_mod(v[7], v[7], p);
    get(v[8], f->r1, f->n);
    mpz_clear(p);
}

static void values_fini(mpz_t v[N_VALUES])
{
    for (int i = 0; i < N_VALUES; i++) {
        mpz_clear(v[i]);
    }
}

static void same(const struct field *f, const char *op, const uint64_t *got, const mpz_t want, int i, int j)
{
    mpz_t z, p;
    mpz_inits(z, p, NULL);
    get(p, f->p, f->n);
    get(z, got, f->n);
    cr_assert(mpz_cmp(z, p) < 0, "%s %s: result not canonical at %d, %d", f->name, op, i, j);
    value(f, z, got);
    mpz_mod(p, want, p);
    cr_assert(mpz_cmp(z, p) == 0, "%s %s: wrong at %d, %d", f->name, op, i, j);
    mpz_clears(z, p, NULL);
}

Test(curve_field, sums_and_products_agree_with_gmp_also_in_place)
{
    for (unsigned k = 0; k < N_FIELDS; k++) {
        const struct field *const f = FIELDS[k];
        mpz_t v[N_VALUES], z;
        mpz_init(z);
        values(f, v);
        for (int i = 0; i < N_VALUES; i++) {
            for (int j = 0; j < N_VALUES; j++) {
                uint64_t a[MAX_N], b[MAX_N], r[MAX_N];
                put(f, a, v[i]);
                put(f, b, v[j]);
                mpz_add(z, v[i], v[j]);
                f->add(r, a, b);
                same(f, "add", r, z, i, j);
                mpz_sub(z, v[i], v[j]);
                f->sub(r, a, b);
                same(f, "sub", r, z, i, j);
                cr_assert(f->is_zero(r) == (i == j || mpz_cmp(v[i], v[j]) == 0) && f->eq(a, b) == f->is_zero(r));
                mpz_mul(z, v[i], v[j]);
                f->mul(r, a, b);
                same(f, "mul", r, z, i, j);
                f->mul(b, a, b);
                same(f, "mul in place", b, z, i, j);
            }
        }
        values_fini(v);
        mpz_clear(z);
    }
}

Test(curve_field, unary_operations_agree_with_gmp)
{
    for (unsigned k = 0; k < N_FIELDS; k++) {
        const struct field *const f = FIELDS[k];
        mpz_t v[N_VALUES], z, p;
        mpz_inits(z, p, NULL);
        get(p, f->p, f->n);
        values(f, v);
        for (int i = 0; i < N_VALUES; i++) {
            uint64_t a[MAX_N], r[MAX_N];
            put(f, a, v[i]);
            mpz_neg(z, v[i]);
            f->neg(r, a);
            same(f, "neg", r, z, i, 0);
            mpz_mul_2exp(z, v[i], 1);
            f->dbl(r, a);
            same(f, "dbl", r, z, i, 0);
            mpz_mul(z, v[i], v[i]);
            f->sqr(r, a);
            same(f, "sqr", r, z, i, 0);
            if (mpz_sgn(v[i]) == 0) {
                mpz_set_ui(z, 0);
            } else {
                cr_assert(mpz_invert(z, v[i], p));
            }
            f->inv(r, a);
            same(f, "inv", r, z, i, 0);
            const uint64_t e[2] = {next(), next() >> (i % 64)};
            get(z, e, 2);
            mpz_powm(z, v[i], z, p);
            f->pow(r, a, e, 2);
            same(f, "pow", r, z, i, 0);
            cr_assert(f->is_one(a) == (mpz_cmp_ui(v[i], 1) == 0));
            get(z, f->half, f->n);
            cr_assert(f->greater(a) == (mpz_cmp(v[i], z) > 0), "%s: greater half at %d", f->name, i);
        }
        values_fini(v);
        mpz_clears(z, p, NULL);
    }
}

/* Many numbers, and those whose steps are special: powers of two and their neighbours, in Montgomery form as well as plain. */
Test(curve_field, inverses_of_many_numbers)
{
    for (unsigned k = 0; k < N_FIELDS; k++) {
        const struct field *const f = FIELDS[k];
        for (unsigned i = 0; i < 20000; i++) {
            uint64_t a[MAX_N] = {0}, r[MAX_N];
            if (i < 64 * f->n * 6) {
                const unsigned bit = i / 6 % (64 * f->n - 1);
                a[bit / 64] = UINT64_C(1) << bit % 64;
                a[0] += i % 3 == 0 ? 0 : i % 3 == 1 ? 1 : UINT64_MAX;
                if (i % 6 >= 3) {
                    f->from_plain(a, a);
                }
            } else {
                for (unsigned j = 0; j < f->n; j++) {
                    a[j] = next();
                }
                f->from_plain(a, a);
            }
            if (limbs_ge(a, f->p, f->n) || f->is_zero(a)) {
                continue;
            }
            f->inv(r, a);
            cr_assert(!limbs_ge(r, f->p, f->n), "%s: not canonical at %u", f->name, i);
            f->mul(r, r, a);
            cr_assert(f->is_one(r), "%s: wrong at %u", f->name, i);
        }
    }
}

#ifdef SC_HAVE_MODINV
Test(curve_field, zeros_are_counted_without_an_instruction_for_it)
{
    for (int i = 0; i < 64; i++) {
        cr_assert(modinv_zeros_by_product(UINT64_C(1) << i) == i && modinv_zeros((next() | 1) << i) == i);
        cr_assert(modinv_zeros_by_product((next() | 1) << i) == i);
    }
}
#endif

Test(curve_field, square_roots_exist_exactly_where_legendre_says)
{
    for (unsigned k = 0; k < N_FIELDS; k++) {
        const struct field *const f = FIELDS[k];
        mpz_t v[N_VALUES], p, z;
        mpz_inits(p, z, NULL);
        get(p, f->p, f->n);
        values(f, v);
        int n_squares = 0;
        for (int i = 0; i < N_VALUES; i++) {
            uint64_t a[MAX_N], r[MAX_N];
            put(f, a, v[i]);
            const bool is = f->sqrt(r, a);
            cr_assert(is == (mpz_legendre(v[i], p) >= 0), "%s: sqrt at %d", f->name, i);
            value(f, z, r);
            mpz_mul(z, z, z);
            mpz_mod(z, z, p);
            cr_assert(is ? mpz_cmp(z, v[i]) == 0 : mpz_sgn(z) == 0, "%s: wrong root at %d", f->name, i);
            n_squares += is;
        }
        cr_assert(n_squares > 5 && n_squares < N_VALUES - 5);
        values_fini(v);
        mpz_clears(p, z, NULL);
    }
}

Test(curve_field, decoding_is_strict_in_both_byte_orders)
{
    for (unsigned k = 0; k < N_FIELDS; k++) {
        const struct field *const f = FIELDS[k];
        const size_t len = 8 * f->n;
        mpz_t p, z;
        mpz_inits(p, z, NULL);
        get(p, f->p, f->n);
        for (int d = -2; d <= 2; d++) {
            uint8_t le[8 * MAX_N] = {0}, be[8 * MAX_N], back[8 * MAX_N];
            uint64_t r[MAX_N], s[MAX_N];
            d < 0 ? mpz_sub_ui(z, p, (unsigned)-d) : mpz_add_ui(z, p, (unsigned)d);
            mpz_export(le, NULL, -1, 1, 0, 0, z);
            for (size_t i = 0; i < len; i++) {
                be[i] = le[len - 1 - i];
            }
            cr_assert(f->from_le(r, le) == (d < 0) && f->from_be(s, be) == (d < 0), "%s: p %+d", f->name, d);
            cr_assert(f->eq(r, s) && f->is_zero(r) == (d >= 0));
            if (d < 0) {
                f->to_le(back, r);
                cr_assert(memcmp(back, le, len) == 0);
                f->to_be(back, r);
                cr_assert(memcmp(back, be, len) == 0);
            }
        }
        uint8_t ones[8 * MAX_N];
        uint64_t r[MAX_N];
        memset(ones, 0xff, sizeof ones);
        cr_assert(!f->from_le(r, ones) && !f->from_be(r, ones));
        mpz_clears(p, z, NULL);
    }
}

Test(curve_field, plain_words_of_any_value_are_reduced)
{
    for (unsigned k = 0; k < N_FIELDS; k++) {
        const struct field *const f = FIELDS[k];
        mpz_t z;
        mpz_init(z);
        for (int i = 0; i < 50; i++) {
            uint64_t w[MAX_N], r[MAX_N];
            for (unsigned j = 0; j < f->n; j++) {
                w[j] = i == 0 ? UINT64_MAX : i == 1 ? f->p[j] : next() | (j + 1 == f->n ? UINT64_C(3) << 62 : 0);
            }
            get(z, w, f->n);
            f->from_plain(r, w);
            same(f, "from_plain", r, z, i, 0);
        }
        mpz_clear(z);
    }
}

Test(curve_field, constants_say_what_their_names_say)
{
    for (unsigned k = 0; k < N_FIELDS; k++) {
        const struct field *const f = FIELDS[k];
        mpz_t p, z, e;
        mpz_inits(p, z, e, NULL);
        get(p, f->p, f->n);
        cr_assert(mpz_probab_prime_p(p, 40));
        uint64_t w[MAX_N];
        memcpy(w, f->root, sizeof *w * f->n);
        value(f, z, w);
        mpz_set_ui(e, 1);
        mpz_mul_2exp(e, e, f->adicity - 1);
        mpz_powm(z, z, e, p);
        mpz_add_ui(z, z, 1);
        cr_assert(mpz_cmp(z, p) == 0, "%s: the root has another order", f->name);
        mpz_sub_ui(z, p, 1);
        cr_assert(mpz_scan1(z, 0) == f->adicity);
        mpz_set_ui(z, f->nonresidue);
        cr_assert(mpz_legendre(z, p) == -1);
        mpz_clears(p, z, e, NULL);
    }
}
