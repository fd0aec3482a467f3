/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Operations of the four groups with AVX-512 IFMA. Compiled with its own flags; sc_group_ops_best asks the processor.
 */
#include "kernels/curve/curve_ops.h"

#include "core/curve/bls12_381_points.h"
#include "core/curve/bn254_points.h"
#include "kernels/curve/ifma.h"

#include <string.h>

#define SC_KERNELS "ifma"

enum { AHEAD = 4 }; /* eights of pairs between asking for points and using them */

#define SC_F bn_fp
#define SC_FC BN_FP_
#include "kernels/curve/vfield.inc"

#define SC_F bn_fp
#define SC_F2 bn_fp2
#include "kernels/curve/vfp2.inc"

#define SC_G bn_g1
#define SC_K bn_fp
#define SC_F bn_fp
#define SC_FC BN_FP_
#define SC_ORDER BN_FR_
#define SC_NAME "bn254-g1"
#define SC_CURVE BN_
#include "kernels/curve/vgroup.inc"
#include "kernels/curve/group_table.inc"

#define SC_G bn_g2
#define SC_K bn_fp2
#define SC_F bn_fp
#define SC_FC BN_FP_
#define SC_ORDER BN_FR_
#define SC_NAME "bn254-g2"
#include "kernels/curve/vgroup.inc"
#include "kernels/curve/group_table.inc"

#define SC_F bls_fp
#define SC_FC BLS_FP_
#include "kernels/curve/vfield.inc"

#define SC_F bls_fp
#define SC_F2 bls_fp2
#include "kernels/curve/vfp2.inc"

#define SC_G bls_g1
#define SC_K bls_fp
#define SC_F bls_fp
#define SC_FC BLS_FP_
#define SC_ORDER BLS_FR_
#define SC_NAME "bls12-381-g1"
#define SC_CURVE BLS_
#include "kernels/curve/vgroup.inc"
#include "kernels/curve/group_table.inc"

#define SC_G bls_g2
#define SC_K bls_fp2
#define SC_F bls_fp
#define SC_FC BLS_FP_
#define SC_ORDER BLS_FR_
#define SC_NAME "bls12-381-g2"
#include "kernels/curve/vgroup.inc"
#include "kernels/curve/group_table.inc"

const struct sc_group_ops *sc_group_ops_ifma(enum sc_group g)
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
