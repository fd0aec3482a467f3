/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * BLS12-381: a scalar has two parts below 2^127 in G1, where sigma is multiplication by a number, and four below 2^64 in G2, where psi is.
 */
#include "core/curve/bls12_381_mul.h"

#include "core/curve/bls12_381_points.h"
#include "core/curve/split.h"

#define SC_G bls_g1
#define SC_K bls_fp
#include "core/curve/multiples.inc"

#define SC_G bls_g2
#define SC_K bls_fp2
#include "core/curve/multiples.inc"

#define SC_G bls_g1
#define SC_FR bls_fr
#define SC_N 2
#define SC_SPLIT BLS_G1_
#define SC_ENDO sc_bls_g1_sigma
#include "core/curve/endo.inc"

#define SC_G bls_g2
#define SC_FR bls_fr
#define SC_N 4
#define SC_SPLIT BLS_G2_
#define SC_ENDO sc_bls_g2_psi
#include "core/curve/endo.inc"
