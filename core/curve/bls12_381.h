/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The fields of BLS12-381: struct bls_fp and bls_fr with functions bls_fp_add and so on, see mont.inc.
 */
#ifndef SC_CURVE_BLS12_381_H
#define SC_CURVE_BLS12_381_H

#include "core/base/rd.h"
#include "core/curve/bls12_381_const.h"
#include "core/curve/limbs.h"

#define SC_F bls_fp
#define SC_FC BLS_FP_
#include "core/curve/mont.inc"

#define SC_F bls_fr
#define SC_FC BLS_FR_
#include "core/curve/mont.inc"

#endif
