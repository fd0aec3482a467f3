/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Operations over many points of a curve, and the groups as data, so that one driver serves all four of them.
 * Owns nothing. Results are the same bytes for every instruction set.
 */
#ifndef SC_KERNELS_CURVE_OPS_H
#define SC_KERNELS_CURVE_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sc_group { SC_BN_G1, SC_BN_G2, SC_BLS_G1, SC_BLS_G2, SC_GROUP_END };

/** One group behind untyped pointers: points are struct bn_g1 and so on of core/curve, `_xyzz` their sums. */
struct sc_group_ops {
    const char *name, *kernels; /* kernels: "ref", "adx" or "ifma" */
    size_t size, xyzz_size; /* bytes of an affine point and of a sum */
    unsigned scalar_bits;   /* of the order r */
    const uint64_t *order;  /* r, plain, four words */

    /** Points from the form of core/curve into the form of `pairs` and `weighted_sum`; out == in is allowed. NULL: they are the same. */
    void (*enter)(void *out, const void *in, size_t n);

    /** out[i] = the endomorphism of in[i], both in the form of `enter`, not overlapping; on points of order r or 1 multiplication by the
     * number m that `ratio` and `basis` split scalars for, k = d_0 + d_1 m, parts below 2^part_bits (core/curve/split.h). NULL: there is none. */
    void (*endo)(void *out, const void *in, size_t n);
    const uint64_t (*ratio)[4], (*basis)[2];
    unsigned part_bits;

    /** out[i] = point src[2i] + point src[2i + 1], 0 <= i < n: a number is an index into @p in times two, plus one for the negative.
     * Right for all inputs: equal, inverse and infinite points too. Both arrays in the form of `enter`.
     * Alias: out and in do not overlap. Cost: six products a pair and one inversion.
     * Scratch: n pairs_scratch bytes, n rounded up to a multiple of 8, 64-byte aligned. */
    void (*pairs)(void *out, const void *in, const uint32_t *src, size_t n, void *scratch);
    size_t pairs_scratch;

    /** Sum over i of (i + 1) b[i], 0 <= i < n, n > 0, as a `_xyzz` sum of core/curve; b in the form of `enter`. */
    void (*weighted_sum)(void *xyzz, const void *b, size_t n);

    /** The rest in the form of core/curve. */
    void (*generator)(void *out);
    void (*neg)(void *out, const void *in);
    void (*xyzz_set_inf)(void *out);
    void (*xyzz_dbl)(void *out, const void *a);
    void (*xyzz_add)(void *out, const void *a, const void *b);
    void (*from_xyzz)(void *out, const void *a);
    bool (*on_curve)(const void *a);
    bool (*in_subgroup)(const void *a);

    /** What a core can do at most, in registers: 8 n products of coordinates. The result depends on all of them. */
    uint64_t (*limit_mul)(size_t n);
};

/** The portable operations: always there. */
const struct sc_group_ops *sc_group_ops_ref(enum sc_group g);
/** With products of mulx, adcx and adox; NULL where the processor has not got them. */
const struct sc_group_ops *sc_group_ops_adx(enum sc_group g);
/** The fastest that this processor has. */
const struct sc_group_ops *sc_group_ops_best(enum sc_group g);

/* Tables that only a processor of the kind can run, where the build has them. */
const struct sc_group_ops *sc_group_ops_ifma(enum sc_group g);
const struct sc_group_ops *sc_group_ops_adx_table(enum sc_group g);

#endif
