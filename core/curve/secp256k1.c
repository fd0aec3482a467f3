/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * secp256k1: the points, ECDSA and the map of RFC 9380.
 */
#include "core/curve/secp256k1.h"

#include "core/curve/secp256k1_points.h"

#include <string.h>

#define SC_G k1_pt
#define SC_K k1_fp
#define SC_A_MINUS_3 0
#define SC_B K1_B
#define SC_GEN_X K1_GEN_X
#define SC_GEN_Y K1_GEN_Y
#include "core/curve/group_body.inc"

bool sc_k1_pt_in_subgroup(const struct k1_pt *a)
{
    (void)a;
    return true; /* the curve has n points */
}

#define SC_G k1_pt
#define SC_K k1_fp
#include "core/curve/multiples.inc"

#define SC_G k1_pt
#define SC_K k1_fp
#define SC_M K1_MAP_
#include "core/curve/map.inc"

#define SC_C k1
#define SC_FPC K1_FP_
#define SC_FRC K1_FR_
#include "core/curve/ecdsa_body.inc"
