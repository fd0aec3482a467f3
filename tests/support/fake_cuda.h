/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A libcuda.so.1 for tests: the driver's functions that Socle uses, on host memory, kernels as C. It is strict where the driver is (contexts
 * of threads, handles, places of copies, sizes of launches), and can be told to fail. Found by dlopen as the real one is, by LD_LIBRARY_PATH.
 */
#ifndef SC_TESTS_FAKE_CUDA_H
#define SC_TESTS_FAKE_CUDA_H

#include <stdbool.h>
#include <stdint.h>

/** The library's symbol "fake_cuda": what it is told, and what it has seen. */
struct fake_cuda {
    /* told */
    int n_devices;
    uint64_t memory;      /* of each device */
    unsigned fail_at;     /* call number fail_at of those after cuInit that can fail fails with fail_with; */
    int fail_with;
    bool all_after;       /* and all those after it, as after the loss of a device */
    int only;             /* 1 + the number of the device whose calls alone fail; 0: those of any */
    unsigned spoil_at;    /* every bit of copy number spoil_at from the device is another */
    unsigned hang_at;     /* launch number hang_at does not come back */
    bool no_registering, no_binary;
    int max_items;        /* of a group */
    /* seen */
    unsigned calls, launches, copies_down, copies_up;
    uint64_t most;        /* memory of devices that was in use at a time */
    unsigned live;        /* handles and pieces of memory that were not given back */
    unsigned bound;       /* pieces of registered memory that are bound to a memory node */
    const char *misuse;   /* the first one; NULL */
};

#endif
