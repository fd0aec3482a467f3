/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Sums of multiples against one multiplication at a time, for all groups, sizes, shapes of scalars and thread counts.
 */
#include "core/curve/bls12_381.h"
#include "core/curve/bn254.h"
#include "host/curve/msm.h"
#include "host/sys/mem.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SIZE = 192, MAX_N = 1 << 12 };

static uint64_t rng = 20261127;

static uint64_t next(void)
{
    rng = rng * 6364136223846793005u + 1442695040888963407u;
    return rng ^ (rng >> 29);
}

/* What the oracle needs of a group. */
struct oracle {
    void (*generator)(void *);
    void (*add)(void *, const void *, const void *);
    void (*mul)(void *, const void *, const uint64_t *);
};

#define ORACLE(g)                                                              \
    static void g##_gen_(void *r) { sc_##g##_generator(r); }                   \
    static void g##_add_(void *r, const void *a, const void *b) { sc_##g##_add(r, a, b); } \
    static void g##_mul_(void *r, const void *a, const uint64_t *k)            \
    {                                                                          \
        struct g##_jac t;                                                      \
        sc_##g##_mul(&t, a, k, 4);                                             \
        sc_##g##_from_jac(r, &t);                                              \
    }
ORACLE(bn_g1)
ORACLE(bn_g2)
ORACLE(bls_g1)
ORACLE(bls_g2)
static const struct oracle ORACLES[SC_GROUP_END] = {
    {bn_g1_gen_, bn_g1_add_, bn_g1_mul_}, {bn_g2_gen_, bn_g2_add_, bn_g2_mul_},
    {bls_g1_gen_, bls_g1_add_, bls_g1_mul_}, {bls_g2_gen_, bls_g2_add_, bls_g2_mul_}};

enum shape { FULL, SMALL, BITS, ZERO, ONE, SAME, R_MINUS_1, HALVES, SPARSE, PART, SHAPES };
static const char *const SHAPE[] = {"full", "small", "bits", "zero", "one", "same", "r - 1", "digits of half a window", "sparse", "as long as a part"};

static void scalar(uint64_t k[4], const struct sc_group_ops *ops, enum shape shape, size_t i)
{
    static const uint64_t same[4] = {0x123456789abcdef0, 0xfedcba9876543210, 0x0f1e2d3c4b5a6978, 0x1122334455667788};
    memset(k, 0, 32);
    switch (shape) {
    case FULL:
        do {
            for (unsigned j = 0; j < 4; j++) {
                k[j] = next();
            }
            k[3] >>= 256 - ops->scalar_bits;
            bool below = false;
            for (unsigned j = 4; j-- > 0 && !below;) {
                if (k[j] != ops->order[j]) {
                    below = k[j] < ops->order[j];
                    break;
                }
            }
            if (below) {
                return;
            }
        } while (true);
    case SMALL:
        k[0] = next() % 1000;
        return;
    case BITS:
        k[0] = next() >> 63;
        return;
    case ZERO:
        return;
    case ONE:
        k[0] = 1;
        return;
    case SAME:
        memcpy(k, same, 32);
        return;
    case R_MINUS_1:
        memcpy(k, ops->order, 32);
        k[0] -= 1 + i % 3;
        return;
    case HALVES:
        for (unsigned j = 0; j < 4; j++) {
            k[j] = i % 2 ? 0x8080808080808080 : i % 4 ? 0x7fff7fff7fff7fff : 0x8000800080008000;
        }
        k[3] >>= 4;
        return;
    case SPARSE:
        if (i % 7 == 0) {
            k[3] = next() >> 4;
        }
        return;
    case PART: /* 2^126 and its neighbours */
        k[0] = i % 3 == 0 ? UINT64_MAX : i % 3 - 1;
        k[1] = (UINT64_C(1) << 62) - (i % 3 == 0);
        return;
    case SHAPES:
        break;
    }
}

enum points { DISTINCT, REPEATED, INVERSES, INFINITIES, POINTS };
static const char *const KIND[] = {"distinct", "repeated", "inverses", "infinities"};

/* Multiples of the generator, i + 1 of them, by additions. */
static void points(uint8_t *p, const struct oracle *o, size_t size, enum points kind, size_t n)
{
    _Alignas(64) uint8_t g[MAX_SIZE], at[MAX_SIZE];
    o->generator(g);
    memcpy(at, g, size);
    for (size_t i = 0; i < n; i++) {
        uint8_t *const to = p + i * size;
        memcpy(to, at, size);
        if (kind == REPEATED && i >= 3) {
            memcpy(to, p + i % 3 * size, size);
        } else if (kind == INVERSES && i % 2) {
            memcpy(to, to - size, size); /* the caller makes it negative */
        } else if (kind == INFINITIES && i % 3) {
            memset(to, 0, size);
        }
        o->add(at, at, g);
    }
}

static void check(const struct sc_group_ops *ops, const struct oracle *o, const uint8_t *p, const uint64_t (*k)[4], size_t n,
                  struct sc_pool *pool, const char *what, const char *kind)
{
    _Alignas(64) uint8_t want[MAX_SIZE] = {0}, got[MAX_SIZE], t[MAX_SIZE];
    memset(got, 0xaa, sizeof got);
    for (size_t i = 0; i < n; i++) {
        o->mul(t, p + i * ops->size, k[i]);
        o->add(want, want, t);
    }
    cr_assert(sc_msm_with(ops, got, p, k, n, pool) == SOCLE_OK);
    cr_assert(memcmp(got, want, ops->size) == 0, "%s: n = %zu, scalars %s, points %s", ops->name, n, what, kind);
    cr_assert(ops->on_curve(got));
}

static void every_shape(enum sc_group g, const struct sc_group_ops *ops, struct sc_pool *pool)
{
    static const size_t sizes[] = {0, 1, 2, 3, 8, 9, 33, 130};
    uint8_t *const p = aligned_alloc(64, 192 * MAX_SIZE);
    uint64_t (*const k)[4] = malloc(192 * sizeof *k);
    for (int kind = 0; kind < POINTS; kind++) {
        points(p, &ORACLES[g], ops->size, (enum points)kind, 192);
        if (kind == INVERSES) {
            for (size_t i = 1; i < 192; i += 2) {
                ops->neg(p + i * ops->size, p + i * ops->size);
            }
        }
        for (int shape = 0; shape < SHAPES; shape++) {
            for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
                if ((sizes[s] > 40 && (kind + shape) % 5) || (sizes[s] > 9 && g % 2 == 1 && (kind + shape) % 5)) {
                    continue;
                }
                for (size_t i = 0; i < sizes[s]; i++) {
                    scalar(k[i], ops, (enum shape)shape, i);
                }
                check(ops, &ORACLES[g], p, (const uint64_t (*)[4])k, sizes[s], pool, SHAPE[shape], KIND[kind]);
            }
        }
    }
    free(p);
    free(k);
}

#define EVERY(name, g)                                                \
    Test(msm, name##_agrees_with_single_products)                     \
    {                                                                 \
        every_shape(g, sc_group_ops_ref(g), NULL);                    \
        if (sc_group_ops_adx(g) != NULL) {                            \
            every_shape(g, sc_group_ops_adx(g), NULL);                \
        }                                                             \
        if (sc_group_ops_best(g) != sc_group_ops_ref(g)) {            \
            every_shape(g, sc_group_ops_best(g), NULL);               \
        }                                                             \
    }
EVERY(bn254_g1, SC_BN_G1)
EVERY(bn254_g2, SC_BN_G2)
EVERY(bls12_381_g1, SC_BLS_G1)
EVERY(bls12_381_g2, SC_BLS_G2)

/* Sums to a number times G: sizes past one piece of the sorted list, one and several slices and threads; on both sides of the size up to
 * which points are doubled. */
Test(msm, large_sums_agree_for_every_number_of_threads)
{
    enum { N = 70001, DOUBLED = 1 << 13 };
    static const struct {
        enum sc_group g;
        size_t n;
    } sums[] = {{SC_BN_G1, N},  {SC_BN_G1, DOUBLED},  {SC_BN_G1, DOUBLED + 1},  {SC_BN_G2, N / 4},
                {SC_BLS_G1, N}, {SC_BLS_G1, DOUBLED}, {SC_BLS_G1, DOUBLED + 1}, {SC_BLS_G2, N / 4}};
    for (unsigned at = 0; at < sizeof sums / sizeof sums[0]; at++) {
        const enum sc_group g = sums[at].g;
        const size_t n = sums[at].n;
        const struct sc_group_ops *const all[2] = {sc_group_ops_ref(g), sc_group_ops_best(g)};
        const struct sc_group_ops *const ops = all[0];
        uint8_t *const p = aligned_alloc(64, n * ops->size / 64 * 64 + 64);
        uint64_t (*const k)[4] = calloc(n, sizeof *k);
        _Alignas(64) uint8_t want[MAX_SIZE], got[MAX_SIZE], gen[MAX_SIZE];
        /* Few distinct points, so that buckets meet equal and inverse ones; sum of k_i m_i where P_i = m_i G, m_i in 1..97. */
        points(p, &ORACLES[g], ops->size, DISTINCT, 97);
        uint64_t sum[4] = {0};
        for (size_t i = 0; i < n; i++) {
            const size_t m = i < 97 ? i : (size_t)(next() % 97);
            memcpy(p + i * ops->size, p + m * ops->size, ops->size);
            k[i][0] = next() >> (i % 3 == 0 ? 62 : 10);
            k[i][1] = i % 3 == 1 ? next() >> 10 : 0;
            k[i][2] = i % 5 == 1 ? next() >> 20 : 0;
            uint64_t carry = 0;
            for (unsigned j = 0; j < 4; j++) {
                uint64_t hi;
                const uint64_t lo = mad64(k[i][j], m + 1, sum[j], carry, &hi);
                sum[j] = lo;
                carry = hi;
            }
        }
        ORACLES[g].generator(gen);
        ORACLES[g].mul(want, gen, sum);
        for (unsigned v = 0; v < 2; v++) {
            for (unsigned threads = 1; threads <= 5; threads += 2) {
                struct sc_pool *pool = NULL;
                cr_assert(sc_pool_create(&pool, threads) == SOCLE_OK);
                sc_mem_peak_reset();
                const size_t before = sc_mem_now();
                cr_assert(sc_msm_with(all[v], got, p, (const uint64_t (*)[4])k, n, pool) == SOCLE_OK);
                cr_assert(memcmp(got, want, ops->size) == 0, "%s, %u threads", ops->name, threads);
                cr_assert(v == 0 || sc_mem_peak() - before <= sc_msm_memory(g, n, threads));
                sc_pool_destroy(pool);
            }
        }
        free(p);
        free(k);
    }
}

Test(msm, arguments_out_of_range_and_missing_memory_are_told)
{
    _Alignas(64) uint8_t got[MAX_SIZE], gen[MAX_SIZE], zero[MAX_SIZE] = {0};
    for (int g = 0; g < SC_GROUP_END; g++) {
        const struct sc_group_ops *const ops = sc_group_ops_ref((enum sc_group)g);
        uint64_t k[2][4] = {{1}};
        _Alignas(64) uint8_t p[2 * MAX_SIZE];
        ORACLES[g].generator(gen);
        memcpy(p, gen, ops->size);
        memcpy(p + ops->size, gen, ops->size);
        memcpy(k[1], ops->order, 32);
        memset(got, 1, sizeof got);
        cr_assert(sc_msm((enum sc_group)g, got, p, (const uint64_t (*)[4])k, 2, NULL) == SOCLE_E_ARG, "k = r");
        cr_assert(memcmp(got, zero, ops->size) == 0);
        k[1][0]--;
        cr_assert(sc_msm((enum sc_group)g, got, p, (const uint64_t (*)[4])k, 2, NULL) == SOCLE_OK, "k = r - 1");
        cr_assert(memcmp(got, zero, ops->size) == 0, "G + (r - 1) G");
        memset(got, 1, sizeof got);
        cr_assert(sc_msm((enum sc_group)g, got, p, (const uint64_t (*)[4])k, SC_MSM_MAX + 1, NULL) == SOCLE_E_ARG);
        memset(got, 1, sizeof got);
        sc_mem_fail_at(1);
        cr_assert(sc_msm((enum sc_group)g, got, p, (const uint64_t (*)[4])k, 2, NULL) == SOCLE_E_NOMEM);
        sc_mem_fail_at(0);
        cr_assert(memcmp(got, zero, ops->size) == 0);
        cr_assert(sc_msm((enum sc_group)g, got, NULL, NULL, 0, NULL) == SOCLE_OK && memcmp(got, zero, ops->size) == 0);
    }
}
