/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The guest's memory: 8-byte words with a permission class each, in pages that appear at the first
 * access. Owns its pages. Borrows the input. Theory: docs/spec/machine.md section 1.
 */
#ifndef SC_EXEC_MEMORY_H
#define SC_EXEC_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/status.h"
#include "host/exec/elf.h"
#include "host/exec/exec.h"

#define MEM_PAGE_LOG 12u
#define MEM_PAGE_WORDS 512u
#define MEM_N_PAGES ((size_t)(SC_OUTPUT_END >> MEM_PAGE_LOG))
#define MEM_IMAGE 0x80u /* flag beside the class: the word belongs to the image */

struct mem_page {
    uint64_t v[MEM_PAGE_WORDS];
    uint16_t seen[MEM_PAGE_WORDS]; /* the last segment that touched the word (1: a run that is not cut); 0: none */
    uint8_t space[MEM_PAGE_WORDS]; /* 0: not a word of a replay */
    bool writable;                 /* every word is RW: the fast path may store */
    uint32_t ts[];                 /* last stamps; only of a replay */
};

/** Where pages are cut from, a list of big buffers. */
struct mem_slab {
    struct mem_slab *next;
    size_t at; /* of the next page; what is before it is used */
};
#define MEM_SLAB ((size_t)1 << 21)

struct memory {
    struct mem_page **pages;
    struct mem_slab *slabs;
    uint32_t *used; /* indices of the pages that exist, in order of appearance */
    size_t n_used, cap_used;
    const uint8_t *input;
    size_t input_size;
    bool record;           /* pages with stamps, all words 0 and of no class until they are put */
    uint16_t segment;      /* that touches words now */
    bool no_memory;        /* a page could not be obtained */
    uint64_t output_words; /* 1 + the highest index touched in the output region */
};

/** Map the image. */
SC_MUST_USE socle_status sc_memory_init(struct memory *m, const struct sc_elf *elf, const uint8_t *input, size_t input_size);
/** Nothing but what sc_memory_put puts: the memory of a replay. */
SC_MUST_USE socle_status sc_memory_init_replay(struct memory *m);
/** One word of a replay; @p addr in the map. False without memory. */
bool sc_memory_put(struct memory *m, uint64_t addr, uint8_t space, uint64_t value, uint32_t ts);
void sc_memory_fini(struct memory *m);

/** Bytes of memory of a run that touches @p n_pages pages. */
size_t sc_memory_bytes(size_t n_pages, bool record);

/** Sort the list of pages by address. */
void sc_memory_sort(struct memory *m);

/** The page of @p addr, made when the address is in the map; else NULL (with no_memory set when
 * that is the reason). */
struct mem_page *sc_memory_page(struct memory *m, uint64_t addr);

/** The word that holds @p addr without touching anything: what a page would hold when it is absent.
 * False outside the map. */
bool sc_memory_peek(const struct memory *m, uint64_t addr, uint64_t *word);

/** Word @p index of the input region: the length, then the bytes. */
uint64_t sc_memory_input_word(const struct memory *m, uint64_t index);

static inline size_t mem_slot(uint64_t addr)
{
    return (size_t)(addr >> 3) & (MEM_PAGE_WORDS - 1);
}

/** The word that holds an access of 2^size_log bytes, when it is one that needs no more than that: below the output, within one
 * word, touched before by this segment, and for a store in a page of writable words. Else NULL. */
static inline uint64_t *mem_fast(struct memory *m, uint64_t addr, unsigned size_log, bool store)
{
    if (addr >= SC_OUTPUT_START || (addr & 7) + (UINT64_C(1) << size_log) > 8) {
        return NULL;
    }
    struct mem_page *const page = m->pages[addr >> MEM_PAGE_LOG];
    if (page == NULL || (store && !page->writable) || page->seen[mem_slot(addr)] != m->segment) {
        return NULL;
    }
    return &page->v[mem_slot(addr)];
}

/** @p word with the 2^size_log bytes from byte @p at on replaced by the low ones of @p v; at + 2^size_log <= 8. */
static inline uint64_t mem_merge(uint64_t word, unsigned at, unsigned size_log, uint64_t v)
{
    const unsigned shift = 8 * at;
    const uint64_t mask = (size_log == 3 ? UINT64_MAX : (UINT64_C(1) << (8u << size_log)) - 1) << shift;
    return (word & ~mask) | ((v << shift) & mask);
}

#endif
