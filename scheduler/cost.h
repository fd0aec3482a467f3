/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Cost model: how long an operation of a shape takes on a device, and a copy to it or from it. Measured samples are kept with their
 * number, mean and variance; shapes between them are interpolated, others extrapolated, and the answer says which.
 * The file form is a strict subset of TOML: scheduler/cost_text.c.
 *
 * Owns one block of memory, sized at the start. Not thread-safe while it changes.
 */
#ifndef SC_SCHEDULER_COST_H
#define SC_SCHEDULER_COST_H

#include "core/base/status.h"
#include "scheduler/device.h"
#include "scheduler/heap.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SC_COST_MAX_OPS 64u
#define SC_COST_MAX_SAMPLES 65536u
#define SC_COST_MAX_TEXT ((size_t)16 << 20)
#define SC_COST_ORIGIN 200
#define SC_COST_MAX_LOG 48u
#define SC_COST_MAX_NS 1e18
#define SC_COST_MAX_UINT (UINT64_C(1) << 53) /* of a number in a file */

/** A device model: what it has and what copies cost. */
struct sc_cost_device {
    char name[SC_DEVICE_NAME];
    bool shares_host;
    uint64_t memory;                     /* bytes */
    uint64_t put_ns, get_ns;             /* of a copy of no bytes; 0 with shares_host */
    uint64_t put_mb_per_s, get_mb_per_s; /* 10^6 bytes; 0 with shares_host, else not */
};

struct sc_cost_sample {
    uint32_t device, op, log_n, count;
    uint64_t runs;        /* at least 1 */
    double mean_ns, m2;   /* m2: sum of squared differences from the mean */
};

/** Fields are read by anybody and written by cost.c and cost_text.c alone. */
struct sc_cost {
    uint32_t n_devices, n_ops, n_samples, max_samples;
    char origin[SC_COST_ORIGIN]; /* where the figures come from, in words */
    struct sc_cost_device devices[SC_MAX_DEVICES];
    char ops[SC_COST_MAX_OPS][SC_DEVICE_NAME];
    struct sc_cost_sample *samples; /* ascending by device, op, log_n, count */
    struct sc_heap heap;
};

enum sc_basis { SC_BASIS_NONE, SC_BASIS_MEASURED, SC_BASIS_BETWEEN, SC_BASIS_BEYOND };

/** Letters, digits, '.', '_', '-'; 1 to SC_DEVICE_NAME - 1 of them. */
bool sc_cost_name_ok(const char *name);

/** An empty model with room for @p max_samples <= SC_COST_MAX_SAMPLES. SOCLE_E_ARG, SOCLE_E_NOMEM. */
SC_MUST_USE socle_status sc_cost_init(struct sc_cost *c, const struct sc_heap *heap, uint32_t max_samples);
void sc_cost_fini(struct sc_cost *c);

/** Say where the figures come from, cut to what there is room for; what a file cannot have in a string becomes '?'. */
void sc_cost_origin(struct sc_cost *c, const char *words);
/** Add a device. SOCLE_E_ARG: not as struct sc_cost_device says, or there by that name. SOCLE_E_LIMIT: too many. */
SC_MUST_USE socle_status sc_cost_add_device(struct sc_cost *c, uint32_t *id, const struct sc_cost_device *device);
/** Find an operation by its name, or add it. Errors as above. */
SC_MUST_USE socle_status sc_cost_op(struct sc_cost *c, uint32_t *id, const char *name);
/** Index of a name, or SC_COST_NO_NAME. */
#define SC_COST_NO_NAME UINT32_MAX
uint32_t sc_cost_find_device(const struct sc_cost *c, const char *name);
uint32_t sc_cost_find_op(const struct sc_cost *c, const char *name);

/** One more measurement. SOCLE_E_ARG: no such device or operation, log_n > SC_COST_MAX_LOG, count = 0, ns not in [0, SC_COST_MAX_NS].
 * SOCLE_E_LIMIT: no room for another shape. */
SC_MUST_USE socle_status sc_cost_note(struct sc_cost *c, uint32_t device, uint32_t op, uint32_t log_n, uint32_t count, double ns);
/** The same for a summary; refuses a shape that is there. */
SC_MUST_USE socle_status sc_cost_insert(struct sc_cost *c, const struct sc_cost_sample *sample);
/** Standard deviation of one measurement; 0 for a single one. */
double sc_cost_spread(const struct sc_cost_sample *s);

/** Time of a job in ns, at most SC_COST_MAX_NS. Between counts of one log_n: a line; below the least and above the greatest: the line of
 * the nearest two, not below proportion on the one side and not above it on the other. Between values of log_n: a geometric mean; beyond:
 * the ratio of the nearest two for each step, between 1 and 4; where there is only one, 2.
 * SC_BASIS_NONE (and 0): no sample of that operation on that device. */
enum sc_basis sc_cost_estimate(const struct sc_cost *c, double *ns, uint32_t device, uint32_t op, uint32_t log_n, uint32_t count);
/** Time of a copy of @p size bytes to (put) or from a device, in ns; 0 for a device that shares the host's memory. */
double sc_cost_copy(const struct sc_cost *c, uint32_t device, bool put, uint64_t size);

/** Replace an empty model by that of a file. On failure it is empty again and @p why says what is wrong in which line.
 * SOCLE_E_FORMAT, SOCLE_E_VERSION (another schema version), SOCLE_E_LIMIT. */
SC_MUST_USE socle_status sc_cost_read(struct sc_cost *c, char *why, size_t why_size, const char *text, size_t len);
/** The file form, always the same for the same model: returns its length; writes at most @p size bytes, no final zero. */
size_t sc_cost_write(const struct sc_cost *c, char *text, size_t size);

#endif
