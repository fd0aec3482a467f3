/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Strict ELF loader. The file is hostile: every offset and size is checked against the file before
 * use. Owns nothing between calls. Theory: docs/spec/machine.md section 1; field offsets are those
 * of the ELF-64 object file format.
 */
#include "host/exec/elf.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/rd.h"
#include "host/sys/mem.h"

#define EHDR_SIZE 64u
#define PHDR_SIZE 56u
#define TYPE_EXEC 2u
#define MACHINE_RISCV 243u
#define PT_LOAD 1u
#define PF_X 1u
#define PF_W 2u
#define PF_R 4u
/* Words that an image may have beyond two per four bytes of file: what zero-filled and shared file
 * ranges may add. */
#define EXTRA_WORDS ((uint64_t)1 << 21)

/** A program header, checked. */
struct load {
    uint64_t offset, addr, file_size, mem_size;
    uint8_t space;
    uint32_t index; /* in the file, for messages */
};

/** What all steps share. */
struct loader {
    const uint8_t *file;
    size_t file_size;
    char *why;
    size_t why_size;
    struct load *loads;
    size_t n_loads;
};

__attribute__((format(printf, 3, 4))) static socle_status
refuse(const struct loader *l, socle_status st, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (l->why_size > 0) {
        (void)vsnprintf(l->why, l->why_size, format, args);
    }
    va_end(args);
    return st;
}

static uint64_t field(const uint8_t *at, unsigned offset, unsigned n)
{
    return load_le(at + offset, n);
}

static socle_status check_header(const struct loader *l)
{
    const uint8_t *const f = l->file;
    static const uint8_t magic[4] = {0x7f, 'E', 'L', 'F'};
    if (l->file_size < EHDR_SIZE) {
        return refuse(l, SOCLE_E_FORMAT, "elf: the file is shorter than a header");
    }
    if (memcmp(f, magic, sizeof(magic)) != 0) {
        return refuse(l, SOCLE_E_FORMAT, "elf: not an ELF file");
    }
    if (f[4] != 2 || f[5] != 1) {
        return refuse(l, SOCLE_E_FORMAT, "elf: not a 64-bit little-endian file");
    }
    if (f[6] != 1 || field(f, 20, 4) != 1) {
        return refuse(l, SOCLE_E_FORMAT, "elf: unknown ELF version");
    }
    if (field(f, 16, 2) != TYPE_EXEC) {
        return refuse(l, SOCLE_E_FORMAT, "elf: type %u is not a static executable (ET_EXEC)",
                      (unsigned)field(f, 16, 2));
    }
    if (field(f, 18, 2) != MACHINE_RISCV) {
        return refuse(l, SOCLE_E_FORMAT, "elf: machine %u is not RISC-V",
                      (unsigned)field(f, 18, 2));
    }
    const uint64_t offset = field(f, 32, 8);
    const uint64_t entry_size = field(f, 54, 2);
    const uint64_t n = field(f, 56, 2);
    if (n == 0 || n == 0xffff || entry_size != PHDR_SIZE) {
        return refuse(l, SOCLE_E_FORMAT,
                      "elf: no usable program header table (%u entries of %u bytes)", (unsigned)n,
                      (unsigned)entry_size);
    }
    if (offset > l->file_size || n * PHDR_SIZE > l->file_size - offset) {
        return refuse(l, SOCLE_E_FORMAT, "elf: the program header table is outside the file");
    }
    return SOCLE_OK;
}

static socle_status check_flags(const struct loader *l, struct load *s, uint32_t flags)
{
    if ((flags & (PF_R | PF_W | PF_X)) == 0) {
        return refuse(l, SOCLE_E_FORMAT, "elf: segment %u has no permission at all", s->index);
    }
    if ((flags & PF_W) != 0 && (flags & PF_X) != 0) {
        return refuse(l, SOCLE_E_FORMAT, "elf: segment %u is writable and executable", s->index);
    }
    s->space = (flags & PF_W) != 0 ? SPACE_RW : (flags & PF_X) != 0 ? SPACE_RX : SPACE_RO;
    return SOCLE_OK;
}

/** Check one PT_LOAD header. An empty segment (mem_size 0) is left out by the caller. */
static socle_status check_load(const struct loader *l, struct load *s, const uint8_t *ph)
{
    const uint64_t align = field(ph, 48, 8);
    s->offset = field(ph, 8, 8);
    s->addr = field(ph, 16, 8);
    s->file_size = field(ph, 32, 8);
    s->mem_size = field(ph, 40, 8);
    if (s->file_size > s->mem_size) {
        return refuse(l, SOCLE_E_FORMAT,
                      "elf: segment %u has more bytes in the file than in memory", s->index);
    }
    if (s->offset > l->file_size || s->file_size > l->file_size - s->offset) {
        return refuse(l, SOCLE_E_FORMAT, "elf: segment %u lies outside the file", s->index);
    }
    if (s->mem_size > UINT64_MAX - s->addr) {
        return refuse(l, SOCLE_E_FORMAT, "elf: segment %u wraps around the address space",
                      s->index);
    }
    if (s->mem_size == 0) {
        return SOCLE_OK;
    }
    if (s->addr < SC_RAM_START || s->addr + s->mem_size > SC_RAM_END) {
        return refuse(l, SOCLE_E_FORMAT, "elf: segment %u is outside memory [0x1000, 2^32)",
                      s->index);
    }
    if (align > 1 && ((align & (align - 1)) != 0 || ((s->addr - s->offset) & (align - 1)) != 0)) {
        return refuse(l, SOCLE_E_FORMAT, "elf: segment %u is not aligned as it says", s->index);
    }
    if (field(ph, 24, 8) != s->addr) {
        return refuse(l, SOCLE_E_FORMAT,
                      "elf: segment %u has a load address other than its address", s->index);
    }
    return check_flags(l, s, (uint32_t)field(ph, 4, 4));
}

static int by_address(const void *a, const void *b)
{
    const struct load *const x = a;
    const struct load *const y = b;
    return (x->addr > y->addr) - (x->addr < y->addr);
}

static socle_status read_loads(struct loader *l)
{
    const uint32_t n = (uint32_t)field(l->file, 56, 2);
    const uint8_t *const table = l->file + field(l->file, 32, 8);
    l->loads = sc_alloc(n, sizeof(*l->loads));
    if (l->loads == NULL) {
        return refuse(l, SOCLE_E_NOMEM, "elf: no memory for %u program headers", n);
    }
    for (uint32_t i = 0; i < n; i++) {
        const uint8_t *const ph = table + (size_t)i * PHDR_SIZE;
        if (field(ph, 0, 4) != PT_LOAD) {
            continue;
        }
        struct load *const s = &l->loads[l->n_loads];
        s->index = i;
        const socle_status st = check_load(l, s, ph);
        if (st != SOCLE_OK) {
            return st;
        }
        l->n_loads += s->mem_size > 0;
    }
    qsort(l->loads, l->n_loads, sizeof(*l->loads), by_address);
    for (size_t i = 1; i < l->n_loads; i++) {
        const struct load *const s = &l->loads[i - 1];
        if ((s->addr + s->mem_size - 1) / 8 >= l->loads[i].addr / 8) {
            return refuse(l, SOCLE_E_FORMAT, "elf: segments %u and %u share an 8-byte word",
                          s->index, l->loads[i].index);
        }
    }
    return SOCLE_OK;
}

static socle_status check_entry(const struct loader *l, uint64_t entry)
{
    if (entry % 4 != 0) {
        return refuse(l, SOCLE_E_FORMAT, "elf: the entry point 0x%llx is not a multiple of 4",
                      (unsigned long long)entry);
    }
    for (size_t i = 0; i < l->n_loads; i++) {
        const struct load *const s = &l->loads[i];
        if (s->space == SPACE_RX && entry >= s->addr && entry - s->addr < s->mem_size) {
            return SOCLE_OK;
        }
    }
    return refuse(l, SOCLE_E_FORMAT, "elf: the entry point 0x%llx is in no executable segment",
                  (unsigned long long)entry);
}

/** Bytes of a segment that belong to the image. */
static uint64_t image_bytes(const struct load *s)
{
    return s->space == SPACE_RW ? s->file_size : s->mem_size;
}

static uint64_t image_words(const struct load *s)
{
    return image_bytes(s) == 0 ? 0 : (s->addr + image_bytes(s) - 1) / 8 - s->addr / 8 + 1;
}

static socle_status count_words(const struct loader *l, uint64_t *total)
{
    *total = 0;
    for (size_t i = 0; i < l->n_loads; i++) {
        *total += image_words(&l->loads[i]);
    }
    if (*total > (uint64_t)1 << SC_IMAGE_MAX_LOG) {
        return refuse(l, SOCLE_E_FORMAT, "elf: the image has more than 2^%d words",
                      SC_IMAGE_MAX_LOG);
    }
    if (*total > l->file_size / 4 + EXTRA_WORDS) {
        return refuse(l, SOCLE_E_LIMIT, "elf: the image is much larger than the file");
    }
    return SOCLE_OK;
}

/** The word at @p addr: the bytes of the segment in the file, zero elsewhere. */
static uint64_t image_word(const struct loader *l, const struct load *s, uint64_t addr)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < 8; i++) {
        const uint64_t at = addr + i;
        if (at >= s->addr && at - s->addr < s->file_size) {
            v |= (uint64_t)l->file[s->offset + (at - s->addr)] << (8 * i);
        }
    }
    return v;
}

static void fill(const struct loader *l, struct sc_elf *out)
{
    for (size_t i = 0; i < l->n_loads; i++) {
        const struct load *const s = &l->loads[i];
        const uint64_t n = image_words(s);
        for (uint64_t k = 0; k < n; k++) {
            struct sc_image_word *const w = &out->words[out->n_words++];
            w->addr = (s->addr & ~UINT64_C(7)) + 8 * k;
            w->value = image_word(l, s, w->addr);
            w->space = s->space;
        }
        struct sc_segment *const seg = &out->segments[out->n_segments++];
        seg->addr = s->addr;
        seg->file_size = s->file_size;
        seg->mem_size = s->mem_size;
        seg->space = s->space;
    }
}

socle_status
sc_elf_load(struct sc_elf *out, char *why, size_t why_size, const uint8_t *file, size_t file_size)
{
    socle_status st = SOCLE_OK;
    struct loader l = {.file = file, .file_size = file_size, .why = why, .why_size = why_size};
    uint64_t n_words = 0;
    memset(out, 0, sizeof(*out));

    TRY(check_header(&l));
    TRY(read_loads(&l));
    TRY(check_entry(&l, field(file, 24, 8)));
    TRY(count_words(&l, &n_words));
    out->segments = sc_alloc(l.n_loads, sizeof(*out->segments));
    out->words = sc_alloc((size_t)n_words, sizeof(*out->words));
    if (out->segments == NULL || out->words == NULL) {
        st = refuse(&l, SOCLE_E_NOMEM, "elf: no memory for an image of %llu words",
                    (unsigned long long)n_words);
        goto out;
    }
    out->entry = field(file, 24, 8);
    fill(&l, out);
out:
    sc_free(l.loads);
    if (st != SOCLE_OK) {
        sc_elf_fini(out);
    }
    return st;
}

size_t sc_elf_memory(const struct sc_elf *elf)
{
    return sc_alloc_size(elf->n_segments, sizeof(*elf->segments)) +
           sc_alloc_size(elf->n_words, sizeof(*elf->words));
}

void sc_elf_fini(struct sc_elf *elf)
{
    sc_free(elf->segments);
    sc_free(elf->words);
    memset(elf, 0, sizeof(*elf));
}
