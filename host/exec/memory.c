/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Pages of guest memory. A page that nobody touched is not there.
 * Owns the pages until sc_memory_fini.
 * Theory: docs/spec/machine.md section 1.
 */
#include "host/exec/memory.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/rd.h"
#include "host/sys/mem.h"

uint64_t sc_memory_input_word(const struct memory *m, uint64_t index)
{
    if (index == 0) {
        return m->input_size;
    }
    const uint64_t at = 8 * (index - 1);
    if (at >= m->input_size) {
        return 0;
    }
    const uint64_t left = m->input_size - at;
    return load_le(m->input + at, left < 8 ? (unsigned)left : 8);
}

static void fill_input(const struct memory *m, struct mem_page *page, uint64_t addr)
{
    const uint64_t first = ((addr - SC_INPUT_START) >> MEM_PAGE_LOG) * MEM_PAGE_WORDS;
    for (size_t i = 0; i < MEM_PAGE_WORDS; i++) {
        page->v[i] = sc_memory_input_word(m, first + i);
    }
}

static size_t grown(size_t cap)
{
    return cap == 0 ? 64 : 2 * cap;
}

/** Room for one more entry of the list of pages. */
static bool grow_used(struct memory *m)
{
    if (m->n_used < m->cap_used) {
        return true;
    }
    const size_t cap = grown(m->cap_used);
    uint32_t *const list = sc_grow(m->used, cap, sizeof(*list));
    if (list == NULL) {
        return false;
    }
    m->used = list;
    m->cap_used = cap;
    return true;
}

#define CACHE_LINE ((size_t)64)

static size_t page_bytes(bool record)
{
    const size_t n = sizeof(struct mem_page) + (record ? MEM_PAGE_WORDS * sizeof(uint32_t) : 0);
    return (n + CACHE_LINE - 1) & ~(CACHE_LINE - 1);
}

/** A zeroed page, NULL without memory. */
static struct mem_page *new_page(struct memory *m)
{
    const size_t n = page_bytes(m->record);
    if (m->slabs == NULL || m->slabs->at + n > MEM_SLAB) {
        struct mem_slab *const slab = sc_big_alloc(MEM_SLAB);
        if (slab == NULL) {
            return NULL;
        }
        slab->next = m->slabs;
        slab->at = CACHE_LINE;
        m->slabs = slab;
    }
    void *const page = (uint8_t *)m->slabs + m->slabs->at;
    m->slabs->at += n;
    return page;
}

size_t sc_memory_bytes(size_t n_pages, bool record)
{
    const size_t per_slab = (MEM_SLAB - CACHE_LINE) / page_bytes(record);
    size_t cap = 0;
    while (cap < n_pages) {
        cap = grown(cap);
    }
    return (n_pages + per_slab - 1) / per_slab * sc_big_size(MEM_SLAB) +
           sc_alloc_size(cap, sizeof(uint32_t)) +
           sc_alloc_size(MEM_N_PAGES, sizeof(struct mem_page *));
}

struct mem_page *sc_memory_page(struct memory *m, uint64_t addr)
{
    if (addr < SC_RAM_START || addr >= SC_OUTPUT_END) {
        return NULL;
    }
    struct mem_page **const slot = &m->pages[addr >> MEM_PAGE_LOG];
    if (*slot != NULL) {
        return *slot;
    }
    const bool is_input = addr >= SC_INPUT_START && addr < SC_OUTPUT_START;
    struct mem_page *const page = grow_used(m) ? new_page(m) : NULL;
    if (page == NULL) {
        m->no_memory = true;
        return NULL;
    }
    if (!m->record) {
        memset(page->space, is_input ? SPACE_RO : SPACE_RW, sizeof(page->space));
        page->writable = !is_input;
    }
    if (is_input && !m->record) {
        fill_input(m, page, addr);
    }
    *slot = page;
    m->used[m->n_used++] = (uint32_t)(addr >> MEM_PAGE_LOG);
    return page;
}

bool sc_memory_peek(const struct memory *m, uint64_t addr, uint64_t *word)
{
    *word = 0;
    if (addr < SC_RAM_START || addr >= SC_OUTPUT_END) {
        return false;
    }
    const struct mem_page *const page = m->pages[addr >> MEM_PAGE_LOG];
    if (page != NULL) {
        *word = page->v[mem_slot(addr)];
    } else if (addr >= SC_INPUT_START && addr < SC_OUTPUT_START) {
        *word = sc_memory_input_word(m, (addr - SC_INPUT_START) / 8);
    }
    return true;
}

static socle_status init(struct memory *m, const uint8_t *input, size_t input_size, bool record)
{
    memset(m, 0, sizeof(*m));
    m->input = input;
    m->input_size = input_size;
    m->record = record;
    m->segment = 1;
    m->pages = sc_alloc(MEM_N_PAGES, sizeof(struct mem_page *));
    return m->pages == NULL ? SOCLE_E_NOMEM : SOCLE_OK;
}

socle_status sc_memory_init(struct memory *m, const struct sc_elf *elf, const uint8_t *input, size_t input_size)
{
    const socle_status st = init(m, input, input_size, false);
    for (size_t i = 0; st == SOCLE_OK && i < elf->n_words; i++) {
        const struct sc_image_word *const w = &elf->words[i];
        struct mem_page *const page = sc_memory_page(m, w->addr);
        if (page == NULL) {
            return SOCLE_E_NOMEM;
        }
        page->v[mem_slot(w->addr)] = w->value;
        page->space[mem_slot(w->addr)] = (uint8_t)(w->space | MEM_IMAGE);
        page->writable = page->writable && w->space == SPACE_RW;
    }
    return st;
}

socle_status sc_memory_init_replay(struct memory *m)
{
    return init(m, NULL, 0, true);
}

bool sc_memory_put(struct memory *m, uint64_t addr, uint8_t space, uint64_t value, uint32_t ts)
{
    struct mem_page *const page = sc_memory_page(m, addr);
    if (page == NULL) {
        return false;
    }
    page->v[mem_slot(addr)] = value;
    page->space[mem_slot(addr)] = space;
    page->ts[mem_slot(addr)] = ts;
    return true;
}

static int by_index(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a;
    const uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

void sc_memory_sort(struct memory *m)
{
    if (m->n_used > 0) {
        qsort(m->used, m->n_used, sizeof(*m->used), by_index);
    }
}

void sc_memory_fini(struct memory *m)
{
    while (m->slabs != NULL) {
        struct mem_slab *const next = m->slabs->next;
        sc_big_free(m->slabs, MEM_SLAB);
        m->slabs = next;
    }
    sc_free(m->pages);
    sc_free(m->used);
    memset(m, 0, sizeof(*m));
}
