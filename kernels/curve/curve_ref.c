/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Portable operations of the four groups, and the choice at run time.
 */
#include "kernels/curve/curve_ops.h"

#include "core/curve/bls12_381_points.h"
#include "core/curve/bn254_points.h"

#include <string.h>

/* Two different x; the same point twice; a sum that needs no division: infinity among the points, or inverse points. */
enum pair_kind { CHORD, TANGENT, EASY };

#define SC_G bn_g1
#define SC_K bn_fp
#define SC_ORDER BN_FR_
#define SC_NAME "bn254-g1"
#define SC_SPLIT BN_
#include "kernels/curve/group_ops.inc"
#include "kernels/curve/group_table.inc"

#define SC_G bn_g2
#define SC_K bn_fp2
#define SC_ORDER BN_FR_
#define SC_NAME "bn254-g2"
#include "kernels/curve/group_ops.inc"
#include "kernels/curve/group_table.inc"

#define SC_G bls_g1
#define SC_K bls_fp
#define SC_ORDER BLS_FR_
#define SC_NAME "bls12-381-g1"
#define SC_SPLIT BLS_
#include "kernels/curve/group_ops.inc"
#include "kernels/curve/group_table.inc"

#define SC_G bls_g2
#define SC_K bls_fp2
#define SC_ORDER BLS_FR_
#define SC_NAME "bls12-381-g2"
#include "kernels/curve/group_ops.inc"
#include "kernels/curve/group_table.inc"

const struct sc_group_ops *sc_group_ops_ref(enum sc_group g)
{
    switch (g) {
    case SC_BN_G1:
        return &bn_g1_ops;
    case SC_BN_G2:
        return &bn_g2_ops;
    case SC_BLS_G1:
        return &bls_g1_ops;
    case SC_BLS_G2:
        return &bls_g2_ops;
    case SC_GROUP_END:
        break;
    }
    return NULL;
}

#ifdef SC_HAVE_IFMA
const struct sc_group_ops *sc_group_ops_ifma(enum sc_group g);
#endif

const struct sc_group_ops *sc_group_ops_best(enum sc_group g)
{
#ifdef SC_HAVE_IFMA
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512ifma")) {
        return sc_group_ops_ifma(g);
    }
#endif
    return sc_group_ops_ref(g);
}
