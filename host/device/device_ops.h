/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Operations of the prover that a device can do, as jobs of scheduler/device.h.
 */
#ifndef SC_DEVICE_OPS_H
#define SC_DEVICE_OPS_H

/** COMMIT: arg is a struct sc_kc_commit, uses are the buffers of enum sc_kc_buffer in their order; CODE and TREE are written. */
enum sc_device_op { SC_OP_COMMIT, SC_N_OPS };

#endif
