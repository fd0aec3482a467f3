/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Loads and stores that the fast path leaves: crossing accesses, pages that are new or not all
 * writable, words that the segment has not touched yet, and the output. Owns nothing. Theory: docs/spec/machine.md
 * sections 1 and 2.
 */
#include "host/exec/vm.h"

/** One of the words of an access. */
struct place {
    struct mem_page *page;
    size_t slot;
    uint64_t addr;
};

static bool fault(struct vm *vm, enum sc_end end, uint64_t addr)
{
    vm->end = end;
    vm->addr = addr;
    vm->no_memory = vm->mem.no_memory;
    return false;
}

static unsigned class_of(const struct place *p)
{
    return p->page->space[p->slot] & 3u;
}

enum sc_table sc_vm_access_table(unsigned size_log, bool store, bool crosses)
{
    if (crosses) {
        return store ? SC_TABLE_STOREX : SC_TABLE_LOADX;
    }
    if (size_log == 3) {
        return store ? SC_TABLE_SD : SC_TABLE_LD;
    }
    return store ? SC_TABLE_STORES : SC_TABLE_LOADS;
}

/** Find word @p k of the access and check its class. */
static bool find(struct vm *vm, struct place *p, uint64_t addr, unsigned k, bool store)
{
    p->addr = (addr & ~UINT64_C(7)) + 8 * (uint64_t)k;
    p->slot = mem_slot(p->addr);
    p->page = sc_memory_page(&vm->mem, p->addr);
    const uint64_t first_byte = k == 0 ? addr : p->addr;
    if (p->page == NULL) {
        return fault(vm, store ? SC_END_STORE : SC_END_LOAD, first_byte);
    }
    if (store && class_of(p) != SPACE_RW) {
        return fault(vm, SC_END_STORE_CLASS, first_byte);
    }
    return true;
}

/** One access, cut at the border of words. */
struct access {
    unsigned n, shift;
    uint64_t masks[2], parts[2], before[2];
    struct place at[2];
};

static void split(struct access *a, uint64_t addr, unsigned size_log, uint64_t value)
{
    const uint64_t mask = size_log == 3 ? UINT64_MAX : (UINT64_C(1) << (8u << size_log)) - 1;
    const unsigned shift = 8 * (unsigned)(addr & 7);
    const bool crosses = shift + (8u << size_log) > 64; /* then shift > 0 */
    *a = (struct access){.n = crosses ? 2 : 1,
                         .shift = shift,
                         .masks = {mask << shift, crosses ? mask >> (64 - shift) : 0},
                         .parts = {value << shift, crosses ? value >> (64 - shift) : 0}};
}

static void write_word(const struct access *a, unsigned k)
{
    uint64_t *const word = &a->at[k].page->v[a->at[k].slot];
    *word = (*word & ~a->masks[k]) | (a->parts[k] & a->masks[k]);
}

static uint64_t joined(const struct access *a)
{
    return a->before[0] >> a->shift | (a->n == 2 ? a->before[1] << (64 - a->shift) : 0);
}

/** Rows and words of the access in a run that is cut. False when they have no room yet. */
static bool charge(struct vm *vm, const struct access *a, enum sc_table table)
{
    unsigned n_new = 0;
    for (unsigned k = 0; k < a->n; k++) {
        n_new += a->at[k].page->seen[a->at[k].slot] != vm->mem.segment;
    }
    if (vm->budget[table] < 1 || vm->budget[SC_TABLE_BOUNDARY] < (int32_t)n_new) {
        vm->again = sc_cut_grant(vm, table, NO_BUDGET, n_new);
        return false;
    }
    vm->budget[table]--;
    for (unsigned k = 0; k < a->n; k++) {
        if (a->at[k].page->seen[a->at[k].slot] != vm->mem.segment) {
            sc_cut_touch(vm, a->at[k].page, a->at[k].addr);
        }
    }
    return !vm->no_memory;
}

bool sc_vm_access(struct vm *vm, uint64_t addr, unsigned size_log, bool store, uint64_t *value)
{
    struct access a;
    split(&a, addr, size_log, *value);
    for (unsigned k = 0; k < a.n; k++) {
        if (!find(vm, &a.at[k], addr, k, store)) {
            return false;
        }
    }
    if (vm->cutter != NULL && !charge(vm, &a, sc_vm_access_table(size_log, store, a.n == 2))) {
        return false;
    }
    for (unsigned k = 0; k < a.n; k++) {
        struct place *const p = &a.at[k];
        p->page->seen[p->slot] = vm->mem.segment;
        a.before[k] = p->page->v[p->slot];
        if (store) {
            write_word(&a, k);
        }
        if (p->addr >= SC_OUTPUT_START) {
            const uint64_t words = (p->addr - SC_OUTPUT_START) / 8 + 1;
            vm->mem.output_words = words > vm->mem.output_words ? words : vm->mem.output_words;
        }
    }
    vm->crossing[store][size_log == 3] += a.n == 2;
    if (!store) {
        *value = joined(&a);
    }
    return true;
}

bool sc_vm_access_replay(struct vm *vm, uint64_t addr, unsigned size_log, bool store, uint64_t *value, struct sc_event *ev)
{
    struct access a;
    split(&a, addr, size_log, *value);
    for (unsigned k = 0; k < a.n; k++) {
        struct place *const p = &a.at[k];
        p->addr = (addr & ~UINT64_C(7)) + 8 * (uint64_t)k;
        p->slot = mem_slot(p->addr);
        p->page = p->addr < SC_OUTPUT_END ? vm->mem.pages[p->addr >> MEM_PAGE_LOG] : NULL;
        if (p->page == NULL || class_of(p) == SPACE_REG) {
            vm->diverged = true;
            return false;
        }
        a.before[k] = p->page->v[p->slot];
        if (store) {
            write_word(&a, k);
        }
        ev->m_old[k] = a.before[k];
        ev->m_new[k] = p->page->v[p->slot];
        ev->space[k] = (uint8_t)class_of(p);
        ev->prevm[k] = p->page->ts[p->slot];
        p->page->ts[p->slot] = ev->ts + 2;
    }
    ev->addr = addr;
    ev->crosses = a.n == 2;
    ev->table = (uint8_t)sc_vm_access_table(size_log, store, a.n == 2);
    if (!store) {
        *value = joined(&a);
    }
    return true;
}
