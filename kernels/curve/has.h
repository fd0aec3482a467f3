/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What this processor has, for the choice between the tables of this folder.
 */
#ifndef SC_KERNELS_CURVE_HAS_H
#define SC_KERNELS_CURVE_HAS_H

#include <stdbool.h>

#if defined(SC_HAVE_IFMA) || defined(SC_HAVE_ADX)
#include <cpuid.h>

/* Leaf 7: mulx, which needs no support of the system, and adcx with adox. */
static inline bool sc_has_adx(void)
{
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & bit_BMI2) != 0 && (b & bit_ADX) != 0;
}

static inline bool sc_has_ifma(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512ifma");
}
#endif

#endif
