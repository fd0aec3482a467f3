/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Throughput of the CPU kernels, one thread, by processor time, one JSON line per sample: {"op", "isa", "shape", "value", "unit", "seconds"}.
 * bench_ops [samples] [isa]: the default is 5 samples of every instruction set. Report medians.
 */
#include "host/sys/mem.h"
#include "kernels/cpu/cpu_ops.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LOG_WORD = 20, N_WORDS = 64, LOG_TABLE = 14 };

struct bench {
    const struct sc_cpu_ops *ops;
    fp *data;        /* N_WORDS words of 2^LOG_WORD */
    uint8_t (*tree)[32];
    struct sc_twiddles tw;
    volatile uint32_t sink;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void line(const struct bench *b, const char *op, const char *shape, double amount, const char *unit, double seconds)
{
    printf("{\"op\":\"%s\",\"isa\":\"%s\",\"shape\":\"%s\",\"value\":%.1f,\"unit\":\"%s\",\"seconds\":%.6f}\n", op, b->ops->name, shape,
           amount / seconds, unit, seconds);
}

static void bench_ntt(struct bench *b, unsigned log_n, unsigned lr)
{
    char shape[64];
    const size_t words = ((size_t)N_WORDS << LOG_WORD) >> log_n;
    snprintf(shape, sizeof shape, "2^%u x %zu, 2^-%u", log_n, words, lr);
    const double t = now();
    for (size_t w = 0; w < words; w++) {
        b->ops->rs_encode(b->data + (w << log_n), b->data + (w << log_n), log_n - lr, log_n, &b->tw);
    }
    line(b, "rs_encode", shape, 1e-6 * (double)(words << log_n), "M elements/s", now() - t);
}

static void bench_hash(struct bench *b)
{
    struct sc_leaves l = {.words = b->data, .word_stride = (size_t)1 << LOG_WORD, .n_words = N_WORDS, .n_coef = 1};
    const size_t n = (size_t)1 << LOG_WORD;
    double t = now();
    b->ops->leaf_hash(b->tree, &l, 0, n);
    line(b, "leaf_hash", "2^20 leaves of 256 bytes", 1e-9 * (double)(n * N_WORDS * 4), "GB/s", now() - t);
    t = now();
    b->ops->node_hash(b->tree + n, (const uint8_t(*)[32])b->tree, l.key, 0, n / 2);
    line(b, "node_hash", "2^19 nodes", 1e-6 * (double)(n / 2), "M nodes/s", now() - t);
    const uint32_t zero[16] = {0};
    t = now();
    b->sink = (uint32_t)b->ops->grind(l.key, zero, 0xffffffffu, 0, 1 << 16);
    line(b, "grind", "2^16 nonces", 1e-6 * (1 << 16), "M nonces/s", now() - t);
}

static void bench_field(struct bench *b)
{
    const size_t n = (size_t)1 << LOG_TABLE, rounds = 64;
    const fp *const x = b->data, *const y = b->data + 8 * n;
    fx q[2], c = {{1, 2, 3, 4, 5}};
    double t = now();
    for (size_t i = 0; i < rounds; i++) {
        b->sink = b->ops->dot_ext(x, n, y, n, 0, n).c[0];
    }
    line(b, "dot_ext", "2^14", 1e-6 * (double)(n * rounds), "M products/s", now() - t);
    t = now();
    for (size_t i = 0; i < rounds; i++) {
        b->sink = b->ops->dot_base(x, y, n, 0, n).c[0];
    }
    line(b, "dot_base", "2^14", 1e-6 * (double)(n * rounds), "M products/s", now() - t);
    t = now();
    for (size_t i = 0; i < rounds; i++) {
        b->ops->fold_ext(b->data + 16 * n, n, x, n, n / 2, c, 0, n / 2);
    }
    line(b, "fold_ext", "2^14", 1e-6 * (double)(n / 2 * rounds), "M products/s", now() - t);
    t = now();
    for (size_t i = 0; i < rounds; i++) {
        b->ops->quad_ext(q, x, n, y, n, n / 2, 0, n / 2);
        b->sink = q[0].c[0];
    }
    line(b, "quad_ext", "2^14", 1e-6 * (double)(n * rounds), "M products/s", now() - t);
}

int main(int argc, char **argv)
{
    const int samples = argc > 1 ? atoi(argv[1]) : 5;
    const size_t len = sizeof(fp) * N_WORDS << LOG_WORD, tree_len = (size_t)64 << LOG_WORD, tw_len = sizeof(fp) << (LOG_WORD + 2);
    struct bench b = {.data = sc_big_alloc(len), .tree = sc_big_alloc(tree_len)};
    fp *const pow = sc_big_alloc(tw_len);
    if (!b.data || !b.tree || !pow) {
        return 3;
    }
    sc_twiddles_init(&b.tw, pow, LOG_WORD + 2);
    for (size_t i = 0; i < len / sizeof(fp); i++) {
        b.data[i] = (fp)((i * 2654435761u) % FP_P);
    }
    memset(b.tree, 0, tree_len);
    for (int isa = SC_ISA_END - 1; isa >= 0; isa--) {
        b.ops = sc_cpu_ops_get((enum sc_isa)isa);
        if (!b.ops || (argc > 2 && strcmp(argv[2], b.ops->name) != 0)) {
            continue;
        }
        for (int s = 0; s < samples; s++) {
            bench_ntt(&b, LOG_WORD, 0);
            bench_ntt(&b, LOG_WORD, 1);
            bench_ntt(&b, 22, 1);
            bench_ntt(&b, 16, 1);
            bench_hash(&b);
            bench_field(&b);
        }
    }
    sc_big_free(b.data, len);
    sc_big_free(b.tree, tree_len);
    sc_big_free(pow, tw_len);
    return 0;
}
