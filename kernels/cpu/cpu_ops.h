/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The CPU kernels behind one table per instruction set, chosen once at run time.
 * Owns the twiddle tables a caller creates. The list of kernels is kernels/cpu/ops.def.
 */
#ifndef SC_KERNELS_CPU_OPS_H
#define SC_KERNELS_CPU_OPS_H

#include "core/field/fx.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sc_isa { SC_ISA_REF, SC_ISA_NEON, SC_ISA_AVX2, SC_ISA_AVX512, SC_ISA_END };

/** pow[2^(k-1) + i] = w_k^i and cube[2^(k-1) + i] = w_k^3i for 0 <= i < 2^(k-1), 1 <= k <= log_n: signed, in (-p/2, p/2). */
struct sc_twiddles {
    unsigned log_n;
    const fp *pow, *cube; /* 2^log_n elements each; entry 0 unused */
};
static inline size_t sc_twiddles_len(unsigned log_n)
{
    return (size_t)2 << log_n;
}
/** Fill @p table (sc_twiddles_len(log_n) elements, the caller's), log_n <= 24. */
void sc_twiddles_init(struct sc_twiddles *tw, fp *table, unsigned log_n);
/** The same by parts, in any order, by any threads: how many there are, one of them, and what they make together. */
size_t sc_twiddles_parts(unsigned log_n);
void sc_twiddles_fill(fp *table, unsigned log_n, size_t part);
struct sc_twiddles sc_twiddles_in(const fp *table, unsigned log_n);

/** The canonical form of a twiddle. */
static inline fp sc_twiddle_lift(fp w)
{
    return w >> 31 ? w + FP_P : w;
}

/** Leaves of merkle.md: leaf j is column j of n_words words; Montgomery form. */
struct sc_leaves {
    const fp *words;
    size_t word_stride, plane; /* word a, coefficient c, position j: words[c * plane + a * word_stride + j] */
    size_t n_words;
    size_t n_zero; /* so many of them, the last, are zero and not in memory; with n_coef = 1 */
    unsigned n_coef; /* 1 or FX_DEG */
    uint32_t key[8]; /* leaf key as 8 little-endian words */
};

/** An affine form of a row: k + sum over t < n of coef[t] col[t][row]. */
struct sc_lin {
    size_t n;
    const fp *const *col;
    const fx *coef;
    fx k;
};

#define SC_BENCH_LAWS 24 /* of bench_round, and its columns */

struct sc_cpu_ops {
    const char *name;
    enum sc_isa isa;
    unsigned width; /* lanes */
#define K(ret, name, args) ret(*name) args;
#include "kernels/cpu/ops.def"
#undef K
};

/** Kernels of an instruction set; NULL when this build or this processor does not have it. */
const struct sc_cpu_ops *sc_cpu_ops_get(enum sc_isa isa);
/** The widest available. */
const struct sc_cpu_ops *sc_cpu_ops_best(void);
/** By name: "ref", "neon", "avx2", "avx512", "auto"; NULL when unknown or not available. */
const struct sc_cpu_ops *sc_cpu_ops_by_name(const char *name);

/** The kernels that the process uses: the widest, unless sc_cpu_ops_force chose. Any thread. */
const struct sc_cpu_ops *sc_cpu_ops_now(void);
/** Use @p ops from now on; NULL goes back to the widest. Not while kernels run. */
void sc_cpu_ops_force(const struct sc_cpu_ops *ops);

#endif
