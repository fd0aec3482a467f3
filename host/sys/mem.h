/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Big buffers: zeroed pages from the system with large-page advice, counted. Everything of more than some
 * hundred kilobytes in the prover comes from here. Thread-safe.
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

/** Blocks given back stay with the process for the next caller; this returns them to the system. */
void sc_big_trim(void);

/** Bytes held now, and the most ever held since start or the last reset. */
size_t sc_big_now(void);
size_t sc_big_peak(void);
void sc_big_peak_reset(void);

/** Fail the n-th allocation from now (1 = the next), for tests of allocation failure; 0 switches it off. */
void sc_big_fail_at(uint64_t n);

#endif
