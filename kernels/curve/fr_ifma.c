/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Operations of the two scalar fields with AVX-512 IFMA. Compiled with its own flags; sc_fr_ops_best asks the processor.
 */
#include "kernels/curve/fr_ops.h"

#include "core/curve/bls12_381.h"
#include "core/curve/bn254.h"
#include "kernels/curve/ifma.h"

#include <string.h>

#define SC_KERNELS "ifma"

#define SC_F bn_fr
#define SC_FC BN_FR_
#include "kernels/curve/vfield.inc"

#define SC_F bn_fr
#define SC_FC BN_FR_
#define SC_NAME "bn254-fr"
#include "kernels/curve/vfr.inc"
#include "kernels/curve/fr_table.inc"

#define SC_F bls_fr
#define SC_FC BLS_FR_
#include "kernels/curve/vfield.inc"

#define SC_F bls_fr
#define SC_FC BLS_FR_
#define SC_NAME "bls12-381-fr"
#include "kernels/curve/vfr.inc"
#include "kernels/curve/fr_table.inc"

const struct sc_fr_ops *sc_fr_ops_ifma(enum sc_fr f)
{
    return f == SC_BN_FR ? &bn_fr_ops : f == SC_BLS_FR ? &bls_fr_ops : NULL;
}
