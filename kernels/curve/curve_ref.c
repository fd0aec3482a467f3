/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Portable operations of the four groups, and the choice at run time.
 */
#define SC_GROUP_OPS sc_group_ops_ref
#define SC_KERNELS "ref"
#include "kernels/curve/curve_plain.inc"

#include "kernels/curve/has.h"

const struct sc_group_ops *sc_group_ops_adx(enum sc_group g)
{
#ifdef SC_HAVE_ADX
    if (sc_has_adx()) {
        return sc_group_ops_adx_table(g);
    }
#endif
    (void)g;
    return NULL;
}

const struct sc_group_ops *sc_group_ops_best(enum sc_group g)
{
#ifdef SC_HAVE_IFMA
    if (sc_has_ifma()) {
        return sc_group_ops_ifma(g);
    }
#endif
    const struct sc_group_ops *const adx = sc_group_ops_adx(g);
    return adx != NULL ? adx : sc_group_ops_ref(g);
}
