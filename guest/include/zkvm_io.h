/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Input, output and logging of a guest program. Names and meanings are those of the zkVM IO
 * interface standard.
 */
#ifndef ZKVM_IO_H
#define ZKVM_IO_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The whole private input, in place: valid for ever, the same at every call. When the size is 0
 * the pointer must not be used. The program ends with code 134 when the length is one that no input can have. */
void read_input(const uint8_t **buf_ptr, size_t *buf_size);

/** Append to the public output. Any number of calls of any length; (NULL, 0) does nothing. */
void write_output(const uint8_t *output, size_t size);

/** Show a text to whoever runs the program. Not proven. */
void write_log(const uint8_t *utf8_bytes, size_t utf8_len);

#ifdef __cplusplus
}
#endif

#endif
