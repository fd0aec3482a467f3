/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Runs one CPU kernel a number of times, so that the instructions of a run can be counted from outside.
 * kernel_count ISA KERNEL TIMES [list]; with list it only tells the kernels and how many elements one run handles.
 */
#include "kernels/cpu/cpu_ops.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOG = 12, N = 1 << LOG, PLANE = N + 16, FEW = 256 };

static fp data[8][FX_DEG * PLANE], table[2 << (LOG + 1)];
static uint8_t digest[2 * N][32];
static struct sc_twiddles tw;

static void run_ntt(const struct sc_cpu_ops *ops)
{
    const fp *const word = data[0];
    ops->rs_encode(data[0], &word, 1, LOG, LOG, &tw);
}

static void run_extension(const struct sc_cpu_ops *ops)
{
    const fp *const word = data[0];
    ops->rs_encode(data[1], &word, 1, LOG, LOG + 1, &tw);
}

static void run_leaves(const struct sc_cpu_ops *ops)
{
    const struct sc_leaves l = {.words = data[0], .word_stride = PLANE, .n_words = 16, .n_coef = 1};
    ops->leaf_hash(digest, &l, 0, N);
}

static void run_nodes(const struct sc_cpu_ops *ops)
{
    const uint32_t key[8] = {1};
    ops->node_hash(digest + N, (const uint8_t(*)[32])digest, key, 0, N / 2);
}

static void run_fold(const struct sc_cpu_ops *ops)
{
    ops->fold_ext(data[1], PLANE, data[0], PLANE, N / 2, (fx){{1, 2, 3, 4, 5}}, 0, N / 2);
}

static void run_gkr_round(const struct sc_cpu_ops *ops)
{
    const fp *const v[4] = {data[0], data[1], data[2], data[3]};
    fx out[2];
    ops->gkr_round(out, v, PLANE, N / 2, data[4], PLANE, 0, N / 2);
}

static void run_gkr_up(const struct sc_cpu_ops *ops)
{
    ops->gkr_up(data[4], data[5], PLANE, data[0], data[1], PLANE, N / 2, 0, N / 2);
}

static void run_form(const struct sc_cpu_ops *ops)
{
    const fp *const col[4] = {data[0], data[1], data[2], data[3]};
    const fx coef[4] = {{{1, 2, 3, 4, 5}}, {{2, 3, 4, 5, 6}}, {{3, 4, 5, 6, 7}}, {{4, 5, 6, 7, 8}}};
    const struct sc_lin l = {.n = 4, .col = col, .coef = coef};
    ops->lin_ext(data[5], PLANE, &l, 0, N);
}

static void run_sha256(const struct sc_cpu_ops *ops)
{
    ops->sha256_nodes(digest + N, (const uint8_t(*)[32])digest, 0, FEW);
}

static void run_keccak(const struct sc_cpu_ops *ops)
{
    ops->keccak_nodes(digest + N, (const uint8_t(*)[32])digest, 0, FEW);
}

static void run_poseidon2(const struct sc_cpu_ops *ops)
{
    ops->poseidon2(data[0], PLANE, 16, data[1], 0, FEW);
}

static const struct {
    const char *name;
    unsigned elements;
    void (*run)(const struct sc_cpu_ops *ops);
} kernels[] = {
    {"ntt", N, run_ntt},        {"extension", N, run_extension},       {"leaves", N, run_leaves},    {"nodes", N / 2, run_nodes},
    {"fold_ext", N / 2, run_fold}, {"gkr_round", N / 2, run_gkr_round}, {"gkr_up", N / 2, run_gkr_up}, {"lin_ext", N, run_form},
    {"sha256", FEW, run_sha256},   {"keccak", FEW, run_keccak},         {"poseidon2", FEW, run_poseidon2},
};

int main(int argc, char **argv)
{
    const struct sc_cpu_ops *const ops = argc > 3 ? sc_cpu_ops_by_name(argv[1]) : NULL;
    if (!ops) {
        return 77;
    }
    if (argc > 4) {
        for (size_t k = 0; k < sizeof kernels / sizeof kernels[0]; k++) {
            printf("%s %u\n", kernels[k].name, kernels[k].elements);
        }
        return 0;
    }
    for (size_t a = 0; a < sizeof data / sizeof data[0]; a++) {
        for (size_t i = 0; i < FX_DEG * PLANE; i++) {
            data[a][i] = (fp)(((a + i) * 2654435761u) % FP_P);
        }
    }
    sc_cpu_ops_force(ops);
    sc_twiddles_init(&tw, table, LOG + 1);
    for (size_t k = 0; k < sizeof kernels / sizeof kernels[0]; k++) {
        for (int t = 0; strcmp(argv[2], kernels[k].name) == 0 && t < atoi(argv[3]); t++) {
            kernels[k].run(ops);
        }
    }
    return 0;
}
