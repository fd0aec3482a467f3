/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Transforms over both scalar fields against evaluation in GMP, and every table of operations against the portable one.
 */
#include "core/curve/bls12_381.h"
#include "core/curve/bn254.h"
#include "host/curve/fr_ntt.h"
#include "host/sys/mem.h"

#include <criterion/criterion.h>
#include <gmp.h>
#include <stdlib.h>
#include <string.h>

static uint64_t rng = 20261127;

static uint64_t next(void)
{
    rng = rng * 6364136223846793005u + 1442695040888963407u;
    return rng ^ (rng >> 29);
}

/* Residues with many edges: 0, 1, p - 1, and Montgomery words of a lone bit. */
static void fill(const struct sc_fr_ops *ops, struct sc_fr_word *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (unsigned k = 0; k < 4; k++) {
            x[i].l[k] = next();
        }
        x[i].l[3] >>= 260 - ops->bits; /* below 2^(bits - 4) < p */
        if (i % 11 == 3) {
            memcpy(&x[i], ops->modulus, 32);
            x[i].l[0] -= 1 + i % 2;
        } else if (i % 11 == 5) {
            memset(&x[i], 0, 32);
            x[i].l[i % 4] = i % 3;
        }
    }
}

static void get(const struct sc_fr_ops *ops, mpz_t z, const struct sc_fr_word *x)
{
    struct sc_fr_word v;
    ops->to_plain(&v, x, 1);
    mpz_import(z, 4, -1, 8, 0, 0, v.l);
}

static size_t rev(size_t i, unsigned bits)
{
    size_t r = 0;
    for (unsigned k = 0; k < bits; k++) {
        r |= (i >> k & 1) << (bits - 1 - k);
    }
    return r;
}

/* Horner at g w^k for every k. */
static void check_values(const struct sc_fr_ops *ops, const struct sc_fr_word *x, const struct sc_fr_word *got, unsigned log_n,
                         bool reversed, const struct sc_fr_word *g, const char *what)
{
    const size_t n = (size_t)1 << log_n;
    mpz_t p, w, at, sum, c, z;
    mpz_inits(p, w, at, sum, c, z, NULL);
    mpz_import(p, 4, -1, 8, 0, 0, ops->modulus);
    struct sc_fr_word root;
    memcpy(&root, ops->root, sizeof root);
    get(ops, w, &root);
    for (unsigned i = log_n; i < ops->two_adicity; i++) {
        mpz_powm_ui(w, w, 2, p);
    }
    get(ops, at, g);
    for (size_t k = 0; k < n; k++) {
        mpz_set_ui(sum, 0);
        for (size_t j = n; j-- > 0;) {
            get(ops, c, &x[j]);
            mpz_mul(sum, sum, at);
            mpz_add(sum, sum, c);
            mpz_mod(sum, sum, p);
        }
        get(ops, z, &got[reversed ? rev(k, log_n) : k]);
        cr_assert(mpz_cmp(z, sum) == 0, "%s %s: n = %zu, value %zu", ops->name, what, n, k);
        mpz_mul(at, at, w);
        mpz_mod(at, at, p);
    }
    mpz_clears(p, w, at, sum, c, z, NULL);
}

static void against_gmp(const struct sc_fr_ops *ops)
{
    for (unsigned log_n = 0; log_n <= 7; log_n++) {
        const size_t n = (size_t)1 << log_n;
        struct sc_fr_word *const x = calloc(4 * n, sizeof *x), *const y = x + 2 * n, one, g;
        struct sc_fr_domain *d = NULL;
        memcpy(&one, ops->one, sizeof one);
        fill(ops, x, 2 * n);
        fill(ops, &g, 1);
        cr_assert(sc_fr_domain_create_with(&d, ops, log_n, NULL) == SOCLE_OK && sc_fr_domain_ops(d) == ops);
        memcpy(y, x, 2 * n * sizeof *x);
        sc_fr_ntt(d, y, 2, SC_FR_TO_REVERSED, NULL);
        check_values(ops, x, y, log_n, true, &one, "to reversed");
        check_values(ops, x + n, y + n, log_n, true, &one, "to reversed, second");
        sc_fr_reverse(d, y, 2, NULL);
        check_values(ops, x + n, y + n, log_n, false, &one, "reversed back");
        memcpy(y, x, 2 * n * sizeof *x);
        sc_fr_reverse(d, y, 2, NULL);
        sc_fr_ntt(d, y, 2, SC_FR_FROM_REVERSED, NULL);
        check_values(ops, x, y, log_n, false, &one, "from reversed");
        memcpy(y, x, 2 * n * sizeof *x);
        sc_fr_shift(d, y, 2, &g, false, NULL);
        sc_fr_ntt(d, y, 2, SC_FR_TO_REVERSED, NULL);
        check_values(ops, x + n, y + n, log_n, true, &g, "coset, to reversed");
        memcpy(y, x, 2 * n * sizeof *x);
        sc_fr_reverse(d, y, 2, NULL);
        sc_fr_shift(d, y, 2, &g, true, NULL);
        sc_fr_ntt(d, y, 2, SC_FR_FROM_REVERSED, NULL);
        check_values(ops, x, y, log_n, false, &g, "coset, from reversed");
        sc_fr_domain_destroy(d);
        free(x);
    }
}

Test(fr_ntt, values_are_those_of_the_polynomial)
{
    for (int f = 0; f < SC_FR_END; f++) {
        against_gmp(sc_fr_ops_ref((enum sc_fr)f));
        if (sc_fr_ops_adx((enum sc_fr)f) != NULL) {
            against_gmp(sc_fr_ops_adx((enum sc_fr)f));
        }
        if (sc_fr_ops_best((enum sc_fr)f) != sc_fr_ops_ref((enum sc_fr)f)) {
            against_gmp(sc_fr_ops_best((enum sc_fr)f));
        }
    }
}

/* Sizes around the block that the cache holds; both orders, threads, and other operations. */
Test(fr_ntt, inverse_gives_back_the_coefficients_and_every_table_and_thread_count_the_same_bytes)
{
    static const unsigned logs[] = {0, 1, 2, 3, 5, 6, 8, 10, 11, 13, 14, 15, 16};
    for (int f = 0; f < SC_FR_END; f++) {
        const struct sc_fr_ops *const tables[2] = {sc_fr_ops_ref((enum sc_fr)f), sc_fr_ops_best((enum sc_fr)f)};
        for (size_t i = 0; i < sizeof logs / sizeof logs[0]; i++) {
            const size_t n = (size_t)1 << logs[i], polys = i % 2 + 1, all = n * polys;
            struct sc_fr_word *const x = calloc(4 * all, sizeof *x), *const want = x + all, *const y = want + all, *const z = y + all;
            fill(tables[0], x, all);
            for (unsigned v = 0; v < 4; v++) {
                struct sc_pool *pool = NULL;
                struct sc_fr_domain *d = NULL;
                cr_assert(sc_pool_create(&pool, v == 3 ? 3 : 1) == SOCLE_OK);
                cr_assert(sc_fr_domain_create_with(&d, tables[v > 0], logs[i], v >= 2 ? pool : NULL) == SOCLE_OK);
                for (int order = 0; order < 2; order++) {
                    const enum sc_fr_order there = order ? SC_FR_FROM_REVERSED : SC_FR_TO_REVERSED;
                    const enum sc_fr_order back = order ? SC_FR_TO_REVERSED : SC_FR_FROM_REVERSED;
                    memcpy(y, x, all * sizeof *x);
                    sc_fr_ntt(d, y, polys, there, pool);
                    memcpy(z, y, all * sizeof *x);
                    sc_fr_intt(d, z, polys, back, pool);
                    cr_assert(memcmp(z, x, all * sizeof *x) == 0, "%s: n = 2^%u, order %d", tables[v > 0]->name, logs[i], order);
                    sc_fr_intt(d, z, polys, there, pool);
                    sc_fr_shift(d, z, polys, x, order == 0, pool);
                    sc_fr_ntt(d, z, polys, back, pool);
                    for (size_t k = 0; k < all; k++) {
                        for (unsigned j = 0; j < 4; j++) {
                            z[k].l[j] = z[k].l[j] * 3 + y[k].l[j] + (uint64_t)order;
                        }
                    }
                    if (v == 0 && order == 0) {
                        memcpy(want, z, all * sizeof *x);
                    } else if (order == 0) {
                        cr_assert(memcmp(want, z, all * sizeof *x) == 0, "%s: n = 2^%u, other bytes", tables[v > 0]->name, logs[i]);
                    }
                }
                sc_fr_domain_destroy(d);
                sc_pool_destroy(pool);
            }
            free(x);
        }
    }
}

/* Element-wise operations of a table against the field, for all lengths around a vector's, also in place. */
Test(fr_ntt, element_wise_operations_agree_with_the_field)
{
    enum { N = 41 };
    for (int k = 0; k < 2 * SC_FR_END; k++) {
        const enum sc_fr f = (enum sc_fr)(k / 2);
        const struct sc_fr_ops *const ref = sc_fr_ops_ref(f), *const ops = k % 2 == 0 ? sc_fr_ops_best(f) : sc_fr_ops_adx(f);
        if (ops == NULL) {
            continue;
        }
        mpz_t p, x, y, z;
        mpz_inits(p, x, y, z, NULL);
        mpz_import(p, 4, -1, 8, 0, 0, ops->modulus);
        for (size_t n = 0; n <= N; n++) {
            struct sc_fr_word a[N], b[N], out[N + 1], in[N];
            memset(out, 0x5a, sizeof out);
            const struct sc_fr_word guard = out[N];
            fill(ops, a, N);
            fill(ops, b, N);
            for (unsigned op = 0; op < 6; op++) {
                memcpy(in, a, sizeof in);
                switch (op) {
                case 0: ops->mul(out, a, b, n); ops->mul(in, in, b, n); break;
                case 1: ops->sub(out, a, b, n); ops->sub(in, in, b, n); break;
                case 2: ops->scale(out, a, b, n); ops->scale(in, in, b, n); break;
                case 3: ops->to_plain(out, a, n); ops->to_plain(in, in, n); ops->from_plain(out, out, n); ops->from_plain(in, in, n); break;
                case 4: sc_fr_mul_all(ops, out, a, b, n, NULL); sc_fr_mul_all(ops, in, a, b, n, NULL); break;
                case 5: sc_fr_sub_all(ops, out, a, b, n, NULL); sc_fr_sub_all(ops, in, a, b, n, NULL); break;
                }
                cr_assert(memcmp(out, in, n * sizeof *out) == 0, "%s: in place, operation %u", ops->name, op);
                for (size_t i = 0; i < n; i++) {
                    get(ref, x, &a[i]);
                    get(ref, y, &b[op == 2 ? 0 : i]);
                    switch (op) {
                    case 0: case 2: case 4: mpz_mul(x, x, y); break;
                    case 1: case 5: mpz_sub(x, x, y); break;
                    default: break;
                    }
                    mpz_mod(x, x, p);
                    get(ref, z, &out[i]);
                    cr_assert(mpz_cmp(x, z) == 0, "%s: operation %u, n = %zu, at %zu", ops->name, op, n, i);
                    mpz_import(z, 4, -1, 8, 0, 0, out[i].l);
                    cr_assert(mpz_cmp(z, p) < 0, "%s: operation %u: not canonical", ops->name, op);
                }
            }
            cr_assert(memcmp(&guard, &out[N], sizeof guard) == 0);
        }
        struct sc_fr_word big = {{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}}, r;
        ops->from_plain(&r, &big, 1);
        get(ref, z, &r);
        mpz_import(x, 4, -1, 8, 0, 0, big.l);
        mpz_mod(x, x, p);
        cr_assert(mpz_cmp(x, z) == 0, "%s: plain words above the modulus", ops->name);
        mpz_clears(p, x, y, z, NULL);
    }
}

Test(fr_ntt, wrong_sizes_and_missing_memory_are_told)
{
    struct sc_fr_domain *d = NULL;
    cr_assert(sc_fr_domain_create(&d, SC_BN_FR, BN_FR_TWO_ADICITY + 1, NULL) == SOCLE_E_ARG && d == NULL);
    cr_assert(sc_fr_domain_create(&d, SC_BLS_FR, BLS_FR_TWO_ADICITY + 1, NULL) == SOCLE_E_ARG && d == NULL);
    cr_assert(sc_fr_domain_create(&d, SC_FR_END, 1, NULL) == SOCLE_E_ARG && d == NULL);
    const size_t before = sc_mem_now();
    for (uint64_t i = 1; i <= 2; i++) {
        sc_mem_fail_at(i);
        cr_assert(sc_fr_domain_create(&d, SC_BN_FR, 4, NULL) == SOCLE_E_NOMEM && d == NULL);
        sc_mem_fail_at(0);
    }
    cr_assert(sc_mem_now() == before);
    cr_assert(sc_fr_domain_create(&d, SC_BN_FR, 4, NULL) == SOCLE_OK);
    sc_fr_domain_destroy(d);
    sc_fr_domain_destroy(NULL);
    cr_assert(sc_mem_now() == before);
}
