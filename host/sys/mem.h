/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * All memory of host/: the only place that asks the system for it. Thread-safe.
 * Big buffers are zeroed pages with large-page advice; everything of more than some hundred kilobytes in the prover is one.
 * Small allocations are lists and structs of any size. Both are charged to one account of the process, which may have a limit.
 */
#ifndef SC_HOST_SYS_MEM_H
#define SC_HOST_SYS_MEM_H

#include <stddef.h>
#include <stdint.h>

/** @p len bytes, zeroed, 64-byte aligned (in fact page aligned); NULL when there is no memory or len = 0. */
void *sc_big_alloc(size_t len);
/** The same with any contents: for buffers that are written before they are read. */
void *sc_big_take(size_t len);
/** Give back what sc_big_alloc or sc_big_take returned for the same @p len. NULL is fine. */
void sc_big_free(void *p, size_t len);
/** What a big buffer of @p len bytes counts for. */
size_t sc_big_size(size_t len);

/** Blocks given back stay with the process for the next caller; this returns them to the system. */
void sc_big_trim(void);

/** @p n zeroed elements of @p size bytes, 16-byte aligned; NULL when there is no memory or the product overflows.
 * Nothing is a valid pointer, too. */
void *sc_alloc(size_t n, size_t size);
/** Make room for @p n elements, not fewer than there are; the new ones hold anything. NULL leaves @p p as it was; p = NULL allocates. */
void *sc_grow(void *p, size_t n, size_t size);
/** Give back what sc_alloc or sc_grow returned. NULL is fine. */
void sc_free(void *p);
/** What @p n elements of @p size bytes count for. */
size_t sc_alloc_size(size_t n, size_t size);

/** Bytes in use now, and the most ever in use since start or the last reset. */
size_t sc_mem_now(void);
size_t sc_mem_peak(void);
void sc_mem_peak_reset(void);
/** From here on, an allocation fails that would take the bytes in use past @p limit; kept blocks go when they do not fit beside.
 * 0: no limit. */
void sc_mem_set_limit(size_t limit);
size_t sc_mem_limit(void);

/** Fail the n-th allocation from now (1 = the next), for tests of allocation failure; 0 switches it off. */
void sc_mem_fail_at(uint64_t n);

#endif
