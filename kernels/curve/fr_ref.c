/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Portable operations of the two scalar fields, and the choice at run time.
 */
#define SC_FR_OPS sc_fr_ops_ref
#define SC_KERNELS "ref"
#include "kernels/curve/fr_plain.inc"

#include "kernels/curve/has.h"

const struct sc_fr_ops *sc_fr_ops_adx(enum sc_fr f)
{
#ifdef SC_HAVE_ADX
    if (sc_has_adx()) {
        return sc_fr_ops_adx_table(f);
    }
#endif
    (void)f;
    return NULL;
}

const struct sc_fr_ops *sc_fr_ops_best(enum sc_fr f)
{
#ifdef SC_HAVE_IFMA
    if (sc_has_ifma()) {
        return sc_fr_ops_ifma(f);
    }
#endif
    const struct sc_fr_ops *const adx = sc_fr_ops_adx(f);
    return adx != NULL ? adx : sc_fr_ops_ref(f);
}
