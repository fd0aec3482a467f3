/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the targets of this folder share: the entry points that libFuzzer and replay.c call, and the
 * statement of a property.
 */
#ifndef SC_TESTS_FUZZ_H
#define SC_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/** Called once before the first input; returns 0. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
/** Try one input. Returns 0, also when the input says nothing; a broken property aborts. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Abort with a sentence unless @p cond holds. */
#define FUZZ_NEED(cond, ...)                                                                       \
    do {                                                                                           \
        if (!(cond)) {                                                                             \
            (void)fprintf(stderr, "%s:%d: not (%s): ", __FILE__, __LINE__, #cond);                 \
            (void)fprintf(stderr, __VA_ARGS__);                                                    \
            (void)fputc('\n', stderr);                                                             \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#endif
