/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Devices of OpenCL as backends of the scheduler (scheduler/device.h). The kernels are those of kernels/kc, built from their text at
 * the first use and kept as binaries (kernel_cache.h). In a build without OpenCL's headers there are no such devices.
 */
#ifndef SC_DEVICE_OPENCL_H
#define SC_DEVICE_OPENCL_H

#include "scheduler/device.h"

/** A device that could be opened. */
struct sc_opencl_about {
    char name[128], platform[128], driver[64];
    uint64_t memory; /* bytes of the whole device */
    uint64_t arena;  /* at most so many for jobs */
    uint32_t units;
    uint32_t clock_mhz;    /* of them, at most; 0: unknown */
    uint32_t major, minor; /* compute capability of NVIDIA's; 0: another maker's, or not told */
    bool is_processor; /* the host's processor in the guise of a device: for tests, not for speed */
};

/** Fill at most @p max; returns how many there are. Device n of the list is opencl:n. */
size_t sc_opencl_list(struct sc_opencl_about *out, size_t max);

/** Open device @p index. E_DEVICE with a sentence in @p why: there is no such device, or it cannot run the kernels. E_NOMEM. */
SC_MUST_USE socle_status sc_opencl_open(struct sc_device *out, char *why, size_t why_size, unsigned index);
/** What the last failure of a device opened here was, a sentence; borrowed until its next call. */
const char *sc_opencl_message(const struct sc_device *device);

#endif
