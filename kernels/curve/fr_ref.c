/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Portable operations of the two scalar fields, and the choice at run time.
 */
#include "kernels/curve/fr_ops.h"

#include "core/curve/bls12_381.h"
#include "core/curve/bn254.h"

#include <string.h>

#define SC_F bn_fr
#define SC_FC BN_FR_
#define SC_NAME "bn254-fr"
#include "kernels/curve/fr_ops.inc"

#define SC_F bls_fr
#define SC_FC BLS_FR_
#define SC_NAME "bls12-381-fr"
#include "kernels/curve/fr_ops.inc"

const struct sc_fr_ops *sc_fr_ops_ref(enum sc_fr f)
{
    return f == SC_BN_FR ? &bn_fr_ops : f == SC_BLS_FR ? &bls_fr_ops : NULL;
}

const struct sc_fr_ops *sc_fr_ops_best(enum sc_fr f)
{
    return sc_fr_ops_ref(f);
}
