/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The cases of the suite "prove": guests that the build embeds (guest/examples), with inputs that make them run for about 2^k cycles.
 * Owns nothing. When a guest or an input changes, SC_GUESTS_VERSION counts up.
 */
#ifndef SC_BENCH_GUESTS_H
#define SC_BENCH_GUESTS_H

#include "core/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SC_GUESTS_VERSION 1

struct sc_guest_case {
    const char *guest, *shape;
    unsigned log_cycles; /* about */
    const uint8_t *elf;
    size_t elf_len;
    uint32_t amount; /* bytes of input, or what the input says */
    bool counted;    /* the input is the amount, 4 bytes little-endian; else so many bytes (151 i + i / 256) mod 256 */
};

/** All cases, of each guest the small ones first. *n is 0 in a build without a RISC-V compiler. */
const struct sc_guest_case *sc_guest_cases(size_t *n);

/** The input of a case: *out is yours, sc_free. E_NOMEM. */
SC_MUST_USE socle_status sc_guest_input(uint8_t **out, size_t *len, const struct sc_guest_case *c);

#endif
