/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A pool of threads that runs loops. One caller at a time; calls do not nest. Which thread runs which piece is not
 * fixed, so a body writes only what its range owns; sums over pieces are exact field arithmetic and need no order.
 */
#ifndef SC_HOST_SYS_POOL_H
#define SC_HOST_SYS_POOL_H

#include "core/base/status.h"
#include "host/sys/bind.h"

#include <stddef.h>

#define SC_POOL_MAX_THREADS 256
#define SC_POOL_STACK ((size_t)1 << 20) /* of each thread that a pool starts */

struct sc_pool;

/** Body of a loop: items [begin, end); worker < sc_pool_size(pool), 0 is the calling thread. */
typedef void sc_pool_fn(void *arg, size_t begin, size_t end, unsigned worker);

/** A pool of @p n_threads threads counting the caller; 0 means one per processor the process may use. */
SC_MUST_USE socle_status sc_pool_create(struct sc_pool **out, unsigned n_threads);
void sc_pool_destroy(struct sc_pool *pool);
/** Bind the threads that the pool started, as sc_bind_threads says; the caller's thread is not the pool's to bind. Returns how many. */
unsigned sc_pool_bind(struct sc_pool *pool, enum sc_bind how);
unsigned sc_pool_size(const struct sc_pool *pool);

/** Run @p fn over [0, n_items) in pieces of at most @p grain items (0 means about four pieces per thread), and wait.
 * Pieces begin at multiples of the grain. With one thread, or one piece, everything runs in the caller, in order.
 * pool may be NULL: then it runs in the caller. */
void sc_pool_for(struct sc_pool *pool, size_t n_items, size_t grain, sc_pool_fn *fn, void *arg);

#endif
