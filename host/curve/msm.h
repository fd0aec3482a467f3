/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Multi-scalar multiplication: sums of k_i P_i over the groups of core/curve.
 */
#ifndef SC_HOST_CURVE_MSM_H
#define SC_HOST_CURVE_MSM_H

#include "core/base/status.h"
#include "host/sys/pool.h"
#include "kernels/curve/curve_ops.h"

#include <stdint.h>

#define SC_MSM_MAX ((size_t)1 << 31) /* points */

/** out = sum of k[i] p[i], 0 <= i < n.
 *
 * Shape:  out is one affine point, p has n of them (struct bn_g1 and so on); k has n numbers of four words, least word first.
 * Range:  points are of order r, or infinity; k[i] < r, plain, not in Montgomery form. n = 0 gives infinity.
 * Order:  the result is the same for every number of threads. pool = NULL: one thread.
 * Cost:   about n (bits / c) additions for windows of c bits, c grows with log n. Zeros cost nothing, and small numbers little.
 * Errors: SOCLE_E_ARG for n > SC_MSM_MAX, or a scalar that is not below r; SOCLE_E_NOMEM. out is infinity then.
 */
SC_MUST_USE socle_status sc_msm(enum sc_group g, void *out, const void *p, const uint64_t (*k)[4], size_t n, struct sc_pool *pool);

/** The same with operations of the caller's choice. */
SC_MUST_USE socle_status sc_msm_with(const struct sc_group_ops *ops, void *out, const void *p, const uint64_t (*k)[4], size_t n,
                                     struct sc_pool *pool);

/** Bytes that sc_msm takes at most, beside its arguments, with @p n_threads >= 1 threads. */
size_t sc_msm_memory(enum sc_group g, size_t n, unsigned n_threads);

#endif
