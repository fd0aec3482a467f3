/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The table of kernels of one instruction set; compiled once for each.
 */
#include "kernels/cpu/vec.h"

#define K(ret, name, args) .name = SC_K(name),
#if SC_VEC == 16
extern const struct sc_cpu_ops sc_cpu_ops_avx512;
const struct sc_cpu_ops sc_cpu_ops_avx512 = {
    .name = "avx512", .isa = SC_ISA_AVX512,
#elif SC_VEC == 8
extern const struct sc_cpu_ops sc_cpu_ops_avx2;
const struct sc_cpu_ops sc_cpu_ops_avx2 = {
    .name = "avx2", .isa = SC_ISA_AVX2,
#elif SC_VEC == 4
extern const struct sc_cpu_ops sc_cpu_ops_neon;
const struct sc_cpu_ops sc_cpu_ops_neon = {
    .name = "neon", .isa = SC_ISA_NEON,
#else
extern const struct sc_cpu_ops sc_cpu_ops_ref;
const struct sc_cpu_ops sc_cpu_ops_ref = {
    .name = "ref", .isa = SC_ISA_REF,
#endif
    .width = VL,
#include "kernels/cpu/ops.def"
};
#undef K
