/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Small ELF files for tests: header, program headers, then the bytes of each segment.
 */
#ifndef SC_TESTS_ELF_BUILD_H
#define SC_TESTS_ELF_BUILD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/base/rd.h"

enum { ELF_R = 4, ELF_W = 2, ELF_X = 1, ELF_MOST = 8192 };

struct elf_segment {
    uint64_t addr, mem_size;
    const void *bytes;
    size_t size;
    uint32_t flags;
};

struct elf_file {
    uint8_t bytes[ELF_MOST];
    size_t size;
};

/** A valid file of @p n segments. Program header i is at 64 + 56 i. */
static inline void
elf_build(struct elf_file *f, uint64_t entry, const struct elf_segment *segments, unsigned n)
{
    static const uint8_t ident[7] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    memset(f, 0, sizeof(*f));
    memcpy(f->bytes, ident, sizeof(ident));
    store_le(f->bytes + 16, 2, 2);
    store_le(f->bytes + 18, 243, 2);
    store_le(f->bytes + 20, 1, 4);
    store_le(f->bytes + 24, entry, 8);
    store_le(f->bytes + 32, 64, 8);
    store_le(f->bytes + 52, 64, 2);
    store_le(f->bytes + 54, 56, 2);
    store_le(f->bytes + 56, n, 2);
    size_t at = 64 + 56 * (size_t)n;
    for (unsigned i = 0; i < n; i++) {
        uint8_t *const ph = f->bytes + 64 + 56 * (size_t)i;
        store_le(ph, 1, 4);
        store_le(ph + 4, segments[i].flags, 4);
        store_le(ph + 8, at, 8);
        store_le(ph + 16, segments[i].addr, 8);
        store_le(ph + 24, segments[i].addr, 8);
        store_le(ph + 32, segments[i].size, 8);
        store_le(ph + 40, segments[i].mem_size, 8);
        store_le(ph + 48, 1, 8);
        if (segments[i].size > 0) {
            memcpy(f->bytes + at, segments[i].bytes, segments[i].size);
        }
        at += segments[i].size;
    }
    f->size = at;
}

#endif
