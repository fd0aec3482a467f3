/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Whole files in and out, the clock, and what the process used. Owns nothing after it returns.
 */
#ifndef SC_HOST_SYS_FILE_H
#define SC_HOST_SYS_FILE_H

#include "core/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Read a regular file or a pipe of at most @p limit bytes. The bytes are from sc_alloc; an empty file gives a non-NULL pointer.
 * E_IO, E_LIMIT when it is longer, E_NOMEM; @p why receives a sentence. */
SC_MUST_USE socle_status sc_file_read(uint8_t **bytes, size_t *len, char *why, size_t why_size, const char *path, size_t limit);

/** A regular file's bytes without a copy, read-only, until sc_file_unmap; *len is never 0. A file that somebody shortens meanwhile ends the
 * process, as with every mapping. E_IO (a pipe too), E_LIMIT when it is longer than @p limit, E_FORMAT when it is empty, with a sentence. */
SC_MUST_USE socle_status sc_file_map(const uint8_t **bytes, size_t *len, char *why, size_t why_size, const char *path, size_t limit);
void sc_file_unmap(const uint8_t *bytes, size_t len);

/** Write a file so that @p path holds either what it held before or all of @p bytes: a temporary file beside it, synced, renamed.
 * Termination signals are held back meanwhile, so that nothing half-written stays. E_IO with a sentence. */
SC_MUST_USE socle_status sc_file_write(char *why, size_t why_size, const char *path, const uint8_t *bytes, size_t len);

/** Make a folder if there is none. E_IO with a sentence. */
SC_MUST_USE socle_status sc_folder_make(char *why, size_t why_size, const char *path);
bool sc_file_exists(const char *path);

/** Nanoseconds of a clock that only goes forward. */
uint64_t sc_clock_ns(void);
/** Nanoseconds of processor time of all threads of the process. */
uint64_t sc_cpu_ns(void);
/** Of the calling thread. */
uint64_t sc_thread_cpu_ns(void);

/** Most bytes of memory the process ever had resident. */
uint64_t sc_peak_resident(void);

#endif
