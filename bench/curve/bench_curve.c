/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Speed of sums of multiples, of transforms over scalar fields, and of 2^LOG_N single multiples or pairings, one JSON line per sample.
 * bench_curve msm GROUP LOG_N THREADS [SAMPLES [ref|adx]]   GROUP: bn254-g1, bn254-g2, bls12-381-g1, bls12-381-g2; ref: portable operations
 * bench_curve ntt FIELD LOG_N THREADS [SAMPLES [ref|adx]]   FIELD: bn254-fr, bls12-381-fr
 * bench_curve product GROUP LOG_N 1 [SAMPLES [ref|adx]]  8 2^LOG_N products of coordinates
 * bench_curve mul GROUP LOG_N 1 [SAMPLES [ref]]         ref: without the endomorphism
 * bench_curve pair CURVE LOG_N 1 [SAMPLES]              CURVE: bn254, bls12-381
 * Random scalars, distinct points. Seconds are processor time with one thread, wall time otherwise. Report medians.
 */
#include "bench/curve/points.h"
#include "core/curve/bls12_381_mul.h"
#include "core/curve/bls12_381_pairing.h"
#include "core/curve/bn254_mul.h"
#include "core/curve/bn254_pairing.h"
#include "host/curve/fr_ntt.h"
#include "host/curve/msm.h"
#include "host/sys/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct bench {
    const char *what, *name, *table;
    unsigned log_n, threads, samples;
    bool ref, adx;
    struct sc_pool *pool;
};

static double now(const struct bench *b)
{
    struct timespec t;
    clock_gettime(b->threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void line(const struct bench *b, double seconds)
{
    printf("{\"what\":\"%s\",\"name\":\"%s\",\"kernels\":\"%s\",\"log_n\":%u,\"threads\":%u,\"seconds\":%.6f}\n", b->what, b->name,
           b->table, b->log_n, b->threads, seconds);
    (void)fflush(stdout);
}

static uint64_t next(void)
{
    static uint64_t s = 20261127;
    s = s * 6364136223846793005u + 1442695040888963407u;
    return s ^ (s >> 29);
}

/* Those of the group that is named, and the portable ones. */
static socle_status ops_of(struct bench *b, const struct sc_group_ops **ops, const struct sc_group_ops **ref)
{
    enum sc_group g = SC_BN_G1;
    while (g < SC_GROUP_END && strcmp(sc_group_ops_ref(g)->name, b->name) != 0) {
        g++;
    }
    if (g == SC_GROUP_END) {
        return SOCLE_E_ARG;
    }
    *ref = sc_group_ops_ref(g);
    *ops = b->ref ? *ref : b->adx ? sc_group_ops_adx(g) : sc_group_ops_best(g);
    b->table = b->ref ? "ref" : b->adx ? "adx" : "best";
    return *ops != NULL ? SOCLE_OK : SOCLE_E_DEVICE;
}

static socle_status bench_product(struct bench *b)
{
    const struct sc_group_ops *ops, *ref;
    const socle_status st = b->threads == 1 && b->log_n <= 30 ? ops_of(b, &ops, &ref) : SOCLE_E_ARG;
    for (unsigned s = 0; st == SOCLE_OK && s < b->samples; s++) {
        const double t = now(b);
        const volatile uint64_t sink = ops->limit_mul((size_t)1 << b->log_n); /* or nothing would be done */
        (void)sink;
        line(b, now(b) - t);
    }
    return st;
}

static socle_status bench_msm(struct bench *b)
{
    const struct sc_group_ops *ops, *ref;
    socle_status st = ops_of(b, &ops, &ref);
    if (st != SOCLE_OK) {
        return st;
    }
    const size_t n = (size_t)1 << b->log_n;
    uint8_t *const p = sc_big_alloc(n * ref->size), *const scratch = sc_big_alloc(POINTS_BLOCK * ref->pairs_scratch);
    uint64_t(*const k)[4] = sc_big_alloc(n * sizeof *k);
    _Alignas(64) uint8_t out[256], generator[256];
    st = p == NULL || k == NULL || scratch == NULL ? SOCLE_E_NOMEM : SOCLE_OK;
    if (st == SOCLE_OK) {
        ref->generator(generator);
        fill_points(p, n, ref, generator, scratch);
        for (size_t i = 0; i < n; i++) {
            for (unsigned j = 0; j < 4; j++) {
                k[i][j] = next();
            }
            k[i][3] >>= 258 - ref->scalar_bits; /* a quarter of the numbers of as many bits: below r */
        }
    }
    for (unsigned s = 0; st == SOCLE_OK && s < b->samples; s++) {
        const double t = now(b);
        st = sc_msm_with(ops, out, p, (const uint64_t(*)[4])k, n, b->pool);
        line(b, now(b) - t);
    }
    sc_big_free(p, n * ref->size);
    sc_big_free(k, n * sizeof *k);
    sc_big_free(scratch, POINTS_BLOCK * ref->pairs_scratch);
    return st;
}

static socle_status bench_ntt(struct bench *b)
{
    enum sc_fr f = SC_BN_FR;
    while (f < SC_FR_END && strcmp(sc_fr_ops_ref(f)->name, b->name) != 0) {
        f++;
    }
    if (f == SC_FR_END) {
        return SOCLE_E_ARG;
    }
    const struct sc_fr_ops *const ops = b->ref ? sc_fr_ops_ref(f) : b->adx ? sc_fr_ops_adx(f) : sc_fr_ops_best(f);
    if (ops == NULL) {
        return SOCLE_E_DEVICE;
    }
    const size_t n = (size_t)1 << b->log_n;
    struct sc_fr_word *const x = sc_big_alloc(n * sizeof *x);
    struct sc_fr_domain *d = NULL;
    socle_status st = x == NULL ? SOCLE_E_NOMEM : sc_fr_domain_create_with(&d, ops, b->log_n, b->pool);
    for (size_t i = 0; st == SOCLE_OK && i < n; i++) {
        for (unsigned j = 0; j < 4; j++) {
            x[i].l[j] = next() >> (j == 3 ? 4 : 0);
        }
    }
    b->table = ops == sc_fr_ops_ref(f) ? "ref" : b->adx ? "adx" : "best";
    for (unsigned s = 0; st == SOCLE_OK && s < b->samples; s++) {
        const double t = now(b);
        sc_fr_ntt(d, x, 1, SC_FR_TO_REVERSED, b->pool);
        line(b, now(b) - t);
    }
    sc_fr_domain_destroy(d);
    sc_big_free(x, n * sizeof *x);
    return st;
}

/* The generator times random numbers, each result the next point. */
#define SINGLE(C, g)                                                        \
    static void g##_chain(size_t n, bool ref)                               \
    {                                                                       \
        struct g p;                                                         \
        struct g##_jac j;                                                   \
        sc_##g##_generator(&p);                                             \
        for (size_t i = 0; i < n; i++) {                                    \
            const uint64_t w[4] = {next(), next(), next(), next() >> 4};    \
            struct C##_fr k;                                                \
            if (ref) {                                                      \
                sc_##g##_mul(&j, &p, w, 4);                                 \
            } else {                                                        \
                C##_fr_from_plain(&k, w);                                   \
                sc_##g##_mul_fr(&j, &p, &k);                                \
            }                                                               \
            sc_##g##_from_jac(&p, &j);                                      \
        }                                                                   \
    }
SINGLE(bn, bn_g1)
SINGLE(bn, bn_g2)
SINGLE(bls, bls_g1)
SINGLE(bls, bls_g2)

/* Whether a pairing is one, one after the other. */
#define PAIRS(C)                                                       \
    static void C##_pairs(size_t n, bool unused)                       \
    {                                                                  \
        struct C##_g1 p;                                               \
        struct C##_g2 q;                                               \
        (void)unused;                                                  \
        sc_##C##_g1_generator(&p);                                     \
        sc_##C##_g2_generator(&q);                                     \
        for (size_t i = 0; i < n; i++) {                               \
            if (sc_##C##_pairing_is_one(&p, &q, 1)) {                  \
                abort();                                               \
            }                                                          \
        }                                                              \
    }
PAIRS(bn)
PAIRS(bls)

static const struct {
    const char *what, *name;
    void (*run)(size_t n, bool ref);
} singles[] = {
    {"mul", "bn254-g1", bn_g1_chain},      {"mul", "bn254-g2", bn_g2_chain}, {"mul", "bls12-381-g1", bls_g1_chain},
    {"mul", "bls12-381-g2", bls_g2_chain}, {"pair", "bn254", bn_pairs},      {"pair", "bls12-381", bls_pairs},
};

static socle_status bench_single(struct bench *b)
{
    size_t k = 0;
    while (k < sizeof singles / sizeof singles[0] && (strcmp(singles[k].what, b->what) != 0 || strcmp(singles[k].name, b->name) != 0)) {
        k++;
    }
    if (k == sizeof singles / sizeof singles[0] || b->threads != 1 || b->log_n > 30 || b->adx || (b->ref && strcmp(b->what, "pair") == 0)) {
        return SOCLE_E_ARG;
    }
    b->table = b->ref ? "ref" : "best";
    for (unsigned s = 0; s < b->samples; s++) {
        const double t = now(b);
        singles[k].run((size_t)1 << b->log_n, b->ref);
        line(b, now(b) - t);
    }
    return SOCLE_OK;
}

int main(int argc, char **argv)
{
    if (argc < 5) {
        (void)fprintf(stderr, "bench_curve msm|ntt|product|mul|pair NAME LOG_N THREADS [SAMPLES [ref|adx]]\n");
        return 2;
    }
    struct bench b = {.what = argv[1], .name = argv[2], .log_n = (unsigned)atoi(argv[3]), .threads = (unsigned)atoi(argv[4])};
    b.samples = argc > 5 ? (unsigned)atoi(argv[5]) : 5;
    b.ref = argc > 6 && strcmp(argv[6], "ref") == 0;
    b.adx = argc > 6 && strcmp(argv[6], "adx") == 0;
    socle_status st = sc_pool_create(&b.pool, b.threads);
    if (st == SOCLE_OK) {
        st = strcmp(b.what, "msm") == 0 ? bench_msm(&b) : strcmp(b.what, "ntt") == 0 ? bench_ntt(&b) :
             strcmp(b.what, "product") == 0 ? bench_product(&b) : bench_single(&b);
    }
    sc_pool_destroy(b.pool);
    if (st != SOCLE_OK) {
        (void)fprintf(stderr, "bench_curve: status %d\n", (int)st);
    }
    return st == SOCLE_OK ? 0 : 1;
}
