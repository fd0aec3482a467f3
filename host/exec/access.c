/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Loads and stores that the fast path leaves: crossing accesses, pages that are new or not all
 * writable, the output, and every access of a recording. Owns nothing. Theory: docs/spec/machine.md
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

static enum sc_table table_of(unsigned size_log, bool store, bool crosses)
{
    if (crosses) {
        return store ? SC_TABLE_STOREX : SC_TABLE_LOADX;
    }
    if (size_log == 3) {
        return store ? SC_TABLE_SD : SC_TABLE_LD;
    }
    return store ? SC_TABLE_STORES : SC_TABLE_LOADS;
}

/** Record word @p k of the access: class, stamps, and reads of code for the fix-up. */
static bool record_word(struct vm *vm, struct sc_event *ev, unsigned k, const struct place *p)
{
    ev->space[k] = (uint8_t)class_of(p);
    ev->prevm[k] = p->page->ts[p->slot];
    p->page->ts[p->slot] = ev->ts + 2;
    if (ev->space[k] != SPACE_RX || ev->prevm[k] != 0) {
        return true;
    }
    if (!sc_vm_grow(&vm->code_reads, &vm->cap_code_reads, vm->n_code_reads,
                    sizeof(*vm->code_reads))) {
        vm->no_memory = true;
        return false;
    }
    const struct code_read read = {vm->n_events - 1, k};
    vm->code_reads[vm->n_code_reads++] = read;
    return true;
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

bool sc_vm_access(struct vm *vm,
                  uint64_t addr,
                  unsigned size_log,
                  bool store,
                  uint64_t *value,
                  struct sc_event *ev)
{
    const unsigned shift = 8 * (unsigned)(addr & 7);
    const bool crosses = shift + (8u << size_log) > 64;
    const uint64_t mask = size_log == 3 ? UINT64_MAX : (UINT64_C(1) << (8u << size_log)) - 1;
    /* Crossing implies shift > 0. */
    const uint64_t masks[2] = {mask << shift, crosses ? mask >> (64 - shift) : 0};
    const uint64_t parts[2] = {*value << shift, crosses ? *value >> (64 - shift) : 0};
    const unsigned n = crosses ? 2 : 1;
    struct place at[2] = {{NULL, 0, 0}, {NULL, 0, 0}};
    uint64_t before[2] = {0, 0};

    for (unsigned k = 0; k < n; k++) {
        if (!find(vm, &at[k], addr, k, store)) {
            return false;
        }
    }
    for (unsigned k = 0; k < n; k++) {
        uint64_t *const word = &at[k].page->v[at[k].slot];
        at[k].page->seen[at[k].slot] = 1;
        before[k] = *word;
        if (store) {
            *word = (*word & ~masks[k]) | (parts[k] & masks[k]);
        }
        if (at[k].addr >= SC_OUTPUT_START) {
            const uint64_t index = (at[k].addr - SC_OUTPUT_START) / 8;
            vm->mem.output_words =
                index + 1 > vm->mem.output_words ? index + 1 : vm->mem.output_words;
        }
        if (ev != NULL) {
            ev->m_old[k] = before[k];
            ev->m_new[k] = *word;
            if (!record_word(vm, ev, k, &at[k])) {
                return false;
            }
        }
    }
    vm->crossing[store][size_log == 3] += crosses;
    if (ev != NULL) {
        ev->addr = addr;
        ev->crosses = crosses;
        ev->table = (uint8_t)table_of(size_log, store, crosses);
    }
    if (!store) {
        *value = before[0] >> shift | (crosses ? before[1] << (64 - shift) : 0);
    }
    return true;
}
