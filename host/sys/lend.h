/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the host lends the scheduler: memory of the process's account.
 */
#ifndef SC_HOST_SYS_LEND_H
#define SC_HOST_SYS_LEND_H

#include "scheduler/heap.h"

/** Memory from sc_alloc. */
struct sc_heap sc_lend_heap(void);

#endif
