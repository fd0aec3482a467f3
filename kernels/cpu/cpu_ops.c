/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Choice of an instruction set at run time, and the twiddle table. SC_HAVE_AVX2, SC_HAVE_AVX512 and SC_HAVE_NEON say what was built.
 */
#include "kernels/cpu/cpu_ops.h"

#include <stdatomic.h>
#include <string.h>

#define TWIDDLE_PART_LOG 14 /* of the entries that sc_twiddles_fill makes at a time */

extern const struct sc_cpu_ops sc_cpu_ops_ref, sc_cpu_ops_neon, sc_cpu_ops_avx2, sc_cpu_ops_avx512;

const struct sc_cpu_ops *sc_cpu_ops_get(enum sc_isa isa)
{
    switch (isa) {
    case SC_ISA_REF:
        return &sc_cpu_ops_ref;
    case SC_ISA_NEON: /* part of every AArch64 processor */
#ifdef SC_HAVE_NEON
        return &sc_cpu_ops_neon;
#else
        return NULL;
#endif
    case SC_ISA_AVX2:
#ifdef SC_HAVE_AVX2
        if (__builtin_cpu_supports("avx2")) {
            return &sc_cpu_ops_avx2;
        }
#endif
        return NULL;
    case SC_ISA_AVX512:
#ifdef SC_HAVE_AVX512
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
            __builtin_cpu_supports("avx512vl")) {
            return &sc_cpu_ops_avx512;
        }
#endif
        return NULL;
    case SC_ISA_END:
        break;
    }
    return NULL;
}

const struct sc_cpu_ops *sc_cpu_ops_best(void)
{
    for (int isa = SC_ISA_END - 1; isa > SC_ISA_REF; isa--) {
        const struct sc_cpu_ops *const ops = sc_cpu_ops_get((enum sc_isa)isa);
        if (ops != NULL) {
            return ops;
        }
    }
    return &sc_cpu_ops_ref;
}

/* A choice of the process; results are the same for every value. */
static _Atomic(const struct sc_cpu_ops *) chosen;

const struct sc_cpu_ops *sc_cpu_ops_now(void)
{
    const struct sc_cpu_ops *ops = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (ops == NULL) {
        ops = sc_cpu_ops_best();
        atomic_store_explicit(&chosen, ops, memory_order_relaxed);
    }
    return ops;
}

void sc_cpu_ops_force(const struct sc_cpu_ops *ops)
{
    atomic_store_explicit(&chosen, ops, memory_order_relaxed);
}

const struct sc_cpu_ops *sc_cpu_ops_by_name(const char *name)
{
    if (strcmp(name, "auto") == 0) {
        return sc_cpu_ops_best();
    }
    for (int isa = 0; isa < SC_ISA_END; isa++) {
        const struct sc_cpu_ops *const ops = sc_cpu_ops_get((enum sc_isa)isa);
        if (ops != NULL && strcmp(name, ops->name) == 0) {
            return ops;
        }
    }
    return NULL;
}

/* Entries [begin, end) of one level of a table of the powers w^e; level k is [2^(k-1), 2^k). */
static void fill_level(fp *t, unsigned k, uint64_t e, size_t begin, size_t end)
{
    const fp w = fp_pow(fp_root(k), e);
    sc_cpu_ops_now()->signed_powers(t + begin, end - begin, fp_pow(w, begin - ((size_t)1 << (k - 1))), w);
}

size_t sc_twiddles_parts(unsigned log_n)
{
    return log_n > TWIDDLE_PART_LOG ? (size_t)2 << (log_n - TWIDDLE_PART_LOG) : 2;
}

void sc_twiddles_fill(fp *table, unsigned log_n, size_t part)
{
    const size_t half = sc_twiddles_parts(log_n) / 2, len = (size_t)1 << (log_n > TWIDDLE_PART_LOG ? TWIDDLE_PART_LOG : log_n);
    const uint64_t e = part < half ? 1 : 3;
    fp *const t = part < half ? table : table + ((size_t)1 << log_n);
    const size_t begin = part % half * len;
    if (begin > 0) {
        unsigned k = TWIDDLE_PART_LOG + 1;
        while (begin >> k != 0) {
            k++;
        }
        fill_level(t, k, e, begin, begin + len);
        return;
    }
    t[0] = FP_ONE;
    for (unsigned k = 1; (size_t)1 << k <= len; k++) {
        fill_level(t, k, e, (size_t)1 << (k - 1), (size_t)1 << k);
    }
}

struct sc_twiddles sc_twiddles_in(const fp *table, unsigned log_n)
{
    return (struct sc_twiddles){.log_n = log_n, .pow = table, .cube = table + ((size_t)1 << log_n)};
}

void sc_twiddles_init(struct sc_twiddles *tw, fp *table, unsigned log_n)
{
    for (size_t part = 0; part < sc_twiddles_parts(log_n); part++) {
        sc_twiddles_fill(table, log_n, part);
    }
    *tw = sc_twiddles_in(table, log_n);
}
