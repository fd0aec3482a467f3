/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Choice of an instruction set at run time, and the twiddle table. SC_HAVE_AVX2, SC_HAVE_AVX512 and SC_HAVE_NEON say what was built.
 */
#include "kernels/cpu/cpu_ops.h"

#include <stdatomic.h>
#include <string.h>

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

void sc_twiddles_init(struct sc_twiddles *tw, fp *table, unsigned log_n)
{
    fp *const pow = table, *const cube = table + ((size_t)1 << log_n);
    const struct sc_cpu_ops *const ops = sc_cpu_ops_now();
    *tw = (struct sc_twiddles){.log_n = log_n, .pow = pow, .cube = cube};
    pow[0] = cube[0] = FP_ONE;
    for (unsigned k = 1; k <= log_n; k++) {
        const size_t half = (size_t)1 << (k - 1);
        const fp w = fp_root(k);
        ops->signed_powers(pow + half, half, w);
        ops->signed_powers(cube + half, half, fp_mul(fp_mul(w, w), w));
    }
}
