/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * BN254: a scalar has two parts below 2^127 in G1, where sigma is multiplication by a number, and four below 2^64 in G2, where psi is.
 */
#include "core/curve/bn254_mul.h"

#include "core/curve/bn254_points.h"
#include "core/curve/split.h"

#define SC_G bn_g1
#define SC_K bn_fp
#include "core/curve/multiples.inc"

#define SC_G bn_g2
#define SC_K bn_fp2
#include "core/curve/multiples.inc"

#define SC_G bn_g1
#define SC_FR bn_fr
#define SC_N 2
#define SC_SPLIT BN_G1_
#define SC_ENDO sc_bn_g1_sigma
#include "core/curve/endo.inc"

#define SC_G bn_g2
#define SC_FR bn_fr
#define SC_N 4
#define SC_SPLIT BN_G2_
#define SC_ENDO sc_bn_g2_psi
#include "core/curve/endo.inc"
