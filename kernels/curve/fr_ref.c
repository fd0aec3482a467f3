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
#include "kernels/curve/fr_table.inc"

#define SC_F bls_fr
#define SC_FC BLS_FR_
#define SC_NAME "bls12-381-fr"
#include "kernels/curve/fr_ops.inc"
#include "kernels/curve/fr_table.inc"

const struct sc_fr_ops *sc_fr_ops_ref(enum sc_fr f)
{
    return f == SC_BN_FR ? &bn_fr_ops : f == SC_BLS_FR ? &bls_fr_ops : NULL;
}

#ifdef SC_HAVE_IFMA
const struct sc_fr_ops *sc_fr_ops_ifma(enum sc_fr f);
#endif

const struct sc_fr_ops *sc_fr_ops_best(enum sc_fr f)
{
#ifdef SC_HAVE_IFMA
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512ifma")) {
        return sc_fr_ops_ifma(f);
    }
#endif
    return sc_fr_ops_ref(f);
}
