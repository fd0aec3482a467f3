/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * secp256r1: fields struct r1_fp, r1_fr (mont.inc), points struct r1_pt (group.inc), and ECDSA. Source: SEC 2, section 2.4.2 (P-256).
 */
#ifndef SC_CURVE_SECP256R1_H
#define SC_CURVE_SECP256R1_H

#include "core/base/rd.h"
#include "core/base/status.h"
#include "core/curve/limbs.h"
#include "core/curve/modinv.h"
#include "core/curve/secp256r1_const.h"

#define SC_F r1_fp
#define SC_FC R1_FP_
#include "core/curve/mont.inc"

#define SC_F r1_fr
#define SC_FC R1_FR_
#include "core/curve/mont.inc"

#define SC_G r1_pt
#define SC_K r1_fp
#include "core/curve/group.inc"

#define SC_C r1
#include "core/curve/ecdsa.inc"

#endif
