/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * NVIDIA's devices as backends of the scheduler (scheduler/device.h), through the driver alone. The kernels are those of kernels/kc, compiled
 * when Socle was built if nvcc was there; a build without it finds devices and says that it has no kernels for them.
 */
#ifndef SC_DEVICE_CUDA_H
#define SC_DEVICE_CUDA_H

#include "scheduler/device.h"

struct sc_cuda_about {
    char name[128], driver[64], bus[32]; /* bus: address on the PCI bus */
    uint64_t memory;                     /* bytes of the whole device */
    uint32_t units;                      /* multiprocessors */
    uint32_t clock_mhz;                  /* of them, at most; 0: unknown */
    uint32_t memory_khz, bus_bits;       /* of its memory: clock at most, two transfers each; width; 0: unknown */
    uint32_t major, minor;               /* compute capability */
};

/** Fill at most @p max; returns how many there are. Device n of the list is cuda:n. */
size_t sc_cuda_list(struct sc_cuda_about *out, size_t max);

/** Open device @p index. E_DEVICE with a sentence in @p why: there is no such device, or no kernels for it. E_NOMEM. */
SC_MUST_USE socle_status sc_cuda_open(struct sc_device *out, char *why, size_t why_size, unsigned index);
/** What the last failure of a device opened here was, a sentence; borrowed until its next call. */
const char *sc_cuda_message(const struct sc_device *device);

/** Kernels (a fatbin, cubin or PTX) in the place of those of the build, borrowed; for tests. */
void sc_cuda_use_kernels(const void *image, size_t len);

#endif
