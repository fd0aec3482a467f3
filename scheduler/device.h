/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What a backend is to the scheduler: cpu, opencl, cuda, dual and sim implement this table. Nothing here knows what a job computes.
 *
 * A device has three queues. What one queue is given runs in order; the queues run beside each other, so put, get and run of one device
 * may be called at the same time by three threads, never one of them by two. The scheduler sees to it that they touch different bytes.
 * Calls return when their work is done. They return statuses, print nothing and never abort:
 *   SOCLE_OK
 *   SOCLE_E_NOMEM      the device had no memory for it: the job goes elsewhere, the device stays in use
 *   SOCLE_E_SELFCHECK  the device's own check found a wrong result
 *   any other          the device failed
 * After anything but SOCLE_OK what the call would have written holds anything.
 */
#ifndef SC_SCHEDULER_DEVICE_H
#define SC_SCHEDULER_DEVICE_H

#include "core/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SC_DEVICE_NAME 64
#define SC_MAX_DEVICES 64
#define SC_NO_OFFSET UINT64_MAX

enum sc_queue { SC_QUEUE_RUN, SC_QUEUE_PUT, SC_QUEUE_GET, SC_N_QUEUES };

struct sc_device_info {
    char name[SC_DEVICE_NAME]; /* of the model: what costs are kept under */
    const char *kind;          /* "cpu", "opencl", "cuda", "dual", "sim" */
    uint64_t memory;           /* bytes of the arena that it can give at most */
    uint32_t align;            /* of offsets in the arena, a power of two */
    bool shares_host;          /* jobs read and write host memory: it has no arena, put and get are NULL */
};

/** A job as a device sees it. */
struct sc_launch {
    uint32_t job, op;      /* op: an operation's index, known to the backend and to the cost model */
    uint32_t log_n, count; /* its shape */
    const void *arg;       /* plain data of the operation; lives as long as the graph */
    uint32_t n_uses;       /* buffers in the order in which the job declared them */
    const uint64_t *offset; /* in the arena of the device; SC_NO_OFFSET for a device that shares the host's memory */
    void *const *host;     /* where they are in host memory; NULL for a device with an arena. Those that are only read are not written */
    const uint64_t *size;  /* bytes */
    const uint8_t *access; /* enum sc_access of each */
};

/** Functions that are NULL are not supported, except info and run, which must be there; put, get and arena when not shares_host. */
struct sc_device_ops {
    void (*info)(void *self, struct sc_device_info *out);
    /** Take the arena of @p size bytes, before anything runs; size 0 gives it back. Never called while anything runs. */
    socle_status (*arena)(void *self, uint64_t size);
    socle_status (*put)(void *self, uint64_t offset, const void *host, uint64_t size);
    socle_status (*get)(void *self, void *host, uint64_t offset, uint64_t size);
    socle_status (*run)(void *self, const struct sc_launch *launch);
    /** Make a call that does not come back return soon, with a failure. From any thread, and more than once. */
    void (*interrupt)(void *self);
    void (*close)(void *self);
};

struct sc_device {
    const struct sc_device_ops *ops;
    void *self;
};

#endif
