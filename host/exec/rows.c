/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Rows of every table, from how often each instruction was executed. The loop notes only jumps: an
 * instruction is executed as often as the one before it, plus the jumps to it, minus the jumps away
 * from the one before. Owns nothing. Theory: docs/spec/machine.md section 3.
 */
#include <string.h>

#include "host/exec/vm.h"

void sc_vm_count_executions(struct vm *vm)
{
    const bool halted = !vm->no_memory && (vm->end == SC_END_HALT || vm->end == SC_END_EXIT_CODE);
    const uint32_t stop = vm->pos + (halted ? 1u : 0u); /* else the last one was not executed */
    vm->block->code[stop].count--;
    for (size_t i = 0; i < vm->n_blocks; i++) {
        const struct code_block *const b = &vm->blocks[i];
        for (uint32_t pos = 1; pos < b->n; pos++) {
            b->code[pos].count += b->code[pos - 1].count;
        }
    }
}

uint64_t sc_vm_count_words(const struct vm *vm, uint64_t n_image, size_t output_size)
{
    uint64_t n =
        n_image + 1 + (output_size + 7) / 8; /* the output has all its rows, touched or not */
    for (size_t i = 0; i < vm->mem.n_used; i++) {
        const uint64_t addr = (uint64_t)vm->mem.used[i] << MEM_PAGE_LOG;
        const struct mem_page *const page = vm->mem.pages[vm->mem.used[i]];
        for (size_t slot = 0; addr < SC_OUTPUT_START && slot < MEM_PAGE_WORDS; slot++) {
            n += page->seen[slot] != 0 && (page->space[slot] & MEM_IMAGE) == 0;
        }
    }
    return n;
}

void sc_vm_count_rows(const struct vm *vm, uint64_t rows[SC_N_TABLES])
{
    memset(rows, 0, SC_N_TABLES * sizeof(rows[0]));
    for (size_t i = 0; i < vm->n_blocks; i++) {
        const struct code_block *const b = &vm->blocks[i];
        for (uint32_t pos = 0; pos < b->n; pos++) {
            const struct hot *const h = &b->code[pos];
            if (h->count != 0) {
                rows[h->table] += h->count;
                rows[SC_TABLE_DECODE]++;
            }
        }
    }
    rows[SC_TABLE_LD] -= vm->crossing[0][1];
    rows[SC_TABLE_LOADS] -= vm->crossing[0][0];
    rows[SC_TABLE_LOADX] = vm->crossing[0][0] + vm->crossing[0][1];
    rows[SC_TABLE_SD] -= vm->crossing[1][1];
    rows[SC_TABLE_STORES] -= vm->crossing[1][0];
    rows[SC_TABLE_STOREX] = vm->crossing[1][0] + vm->crossing[1][1];
    rows[SC_TABLE_MUL] += rows[SC_TABLE_DIV] - vm->zero_divisors;
    rows[SC_TABLE_REGS] = SC_N_REGS;
    rows[SC_TABLE_RENEW] = sc_renewals(vm->cycles);
}
