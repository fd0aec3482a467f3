/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Sums of multiples on a device.
 */
#ifndef SC_HOST_CURVE_MSM_D_H
#define SC_HOST_CURVE_MSM_D_H

#include "host/device/committer.h"
#include "kernels/curve/curve_ops.h"

/** Bytes of the host that a sum takes at most: a count for each of 15 windows of 2^17 buckets, and the sums of windows. */
#define SC_MSM_DEVICE_MEMORY ((uint64_t)9 << 20)

/** sc_msm (msm.h) on a device, the same point; p at any address. Points go through the device in chunks when it has no room for all of them.
 *
 * Borrows the device for the call and forgets what a commitment left in its arena.
 * Errors: as of sc_msm; E_NOMEM also for a device without room for some dozens of points; E_SELFCHECK: the device gave what is no point of the curve,
 * or more digits than there are; E_DEVICE and others: it failed or is given up. out is infinity then, and who asks makes the sum otherwise.
 */
SC_MUST_USE socle_status sc_msm_device(struct sc_committer *device, enum sc_group g, void *out, const void *p, const uint64_t (*k)[4], size_t n);

#endif
