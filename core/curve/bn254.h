/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The fields of BN254: struct bn_fp and bn_fr with functions bn_fp_add and so on, see mont.inc.
 */
#ifndef SC_CURVE_BN254_H
#define SC_CURVE_BN254_H

#include "core/base/rd.h"
#include "core/curve/bn254_const.h"
#include "core/curve/limbs.h"

#define SC_F bn_fp
#define SC_FC BN_FP_
#include "core/curve/mont.inc"

#define SC_F bn_fr
#define SC_FC BN_FR_
#include "core/curve/mont.inc"

#endif
