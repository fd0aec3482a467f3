/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * secp256r1: the points, ECDSA and the map of RFC 9380.
 */
#include "core/curve/secp256r1.h"

#include "core/curve/secp256r1_points.h"

#include <string.h>

#define SC_G r1_pt
#define SC_K r1_fp
#define SC_A_MINUS_3 1
#define SC_B R1_B
#define SC_GEN_X R1_GEN_X
#define SC_GEN_Y R1_GEN_Y
#include "core/curve/group_body.inc"

bool sc_r1_pt_in_subgroup(const struct r1_pt *a)
{
    (void)a;
    return true; /* the curve has n points */
}

#define SC_G r1_pt
#define SC_K r1_fp
#include "core/curve/multiples.inc"

#define SC_G r1_pt
#define SC_K r1_fp
#define SC_M R1_MAP_
#include "core/curve/map.inc"

#define SC_C r1
#define SC_FPC R1_FP_
#define SC_FRC R1_FR_
#include "core/curve/ecdsa_body.inc"
