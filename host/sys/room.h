/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * How much memory there is, and what of the process the account of host/sys/mem.h does not see. Owns nothing.
 */
#ifndef SC_HOST_SYS_ROOM_H
#define SC_HOST_SYS_ROOM_H

#include <stdint.h>

/** Bytes that the text of /proc/meminfo calls available; 0 when it does not say. */
uint64_t sc_room_parse(const char *meminfo);

/** Limit for a process that was given none: what is available and what it has (@p mine) without a margin, a sixteenth and at least
 * 256 MiB, but no more than a quarter. 0 (none) when nothing is known of the machine. */
uint64_t sc_room_default(uint64_t available, uint64_t mine);

/** Available memory of this machine; 0 when unknown. */
uint64_t sc_room_available(void);

/** Upper bound of what a process of @p n_threads threads has resident beside the account: its files, stacks and libraries, and what
 * it holds now from elsewhere. */
uint64_t sc_room_outside(unsigned n_threads);

#endif
