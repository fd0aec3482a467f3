/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * secp256k1: fields struct k1_fp, k1_fr (mont.inc), points struct k1_pt (group.inc), and ECDSA. Source: SEC 2, section 2.4.1.
 */
#ifndef SC_CURVE_SECP256K1_H
#define SC_CURVE_SECP256K1_H

#include "core/base/rd.h"
#include "core/base/status.h"
#include "core/curve/limbs.h"
#include "core/curve/modinv.h"
#include "core/curve/secp256k1_const.h"

#define SC_F k1_fp
#define SC_FC K1_FP_
#include "core/curve/mont.inc"

#define SC_F k1_fr
#define SC_FC K1_FR_
#include "core/curve/mont.inc"

#define SC_G k1_pt
#define SC_K k1_fp
#include "core/curve/group.inc"

#define SC_C k1
#include "core/curve/ecdsa.inc"

#endif
