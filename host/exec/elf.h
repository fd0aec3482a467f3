/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Strict loader of RISC-V programs: from ELF bytes to the initial memory image. The sorted words
 * are the rows of the IMAGE table. Owns the lists of struct sc_elf; copies what it needs from the
 * file. Theory: docs/spec/machine.md section 1.
 */
#ifndef SC_EXEC_ELF_H
#define SC_EXEC_ELF_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/status.h"
#include "core/chips/event.h"

#define SC_RAM_START UINT64_C(0x1000)
#define SC_RAM_END (UINT64_C(1) << 32)
#define SC_IMAGE_MAX_LOG 27

/** One word of the initial image. */
struct sc_image_word {
    uint64_t addr; /* multiple of 8 */
    uint64_t value;
    uint8_t space; /* enum sc_space */
};

/** A non-empty PT_LOAD segment, for reports. */
struct sc_segment {
    uint64_t addr, file_size, mem_size;
    uint8_t space;
};

struct sc_elf {
    uint64_t entry;
    struct sc_segment *segments; /* by address */
    size_t n_segments;
    struct sc_image_word *words; /* by address, strictly increasing; at most 2^27 */
    size_t n_words;
};

/** Load a program. Accepts exactly: ELF64, little-endian, RISC-V, ET_EXEC, image from PT_LOAD only.
 *
 * Image words: those touched by the file range of writable segments, and by the memory range of the
 * others; partial words are zero-padded. Errors:  E_FORMAT with a sentence in @p why, E_NOMEM. On
 * failure *out is empty. Cost:    memory grows with the image, never with a size that the file
 * merely claims: a zero-filled range counts against 2^27 words before it is allocated.
 */
SC_MUST_USE socle_status
sc_elf_load(struct sc_elf *out, char *why, size_t why_size, const uint8_t *file, size_t file_size);

/** Memory of a loaded program. */
size_t sc_elf_memory(const struct sc_elf *elf);

/** Free what sc_elf_load gave; an empty or already freed value is fine. */
void sc_elf_fini(struct sc_elf *elf);

#endif
