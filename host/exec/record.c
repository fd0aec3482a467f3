/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What a recording keeps: events while running, then the words of Init/Final and the fetches of
 * Decode. Owns the growing lists until sc_vm_collect hands them to struct sc_run. Theory:
 * docs/spec/machine.md sections 1, 2 and 6.
 */
#include <string.h>

#include "host/exec/vm.h"
#include "host/sys/mem.h"

/* Long lists grow by a quarter: what is reserved in vain stays small beside them. */
static size_t grown(size_t cap)
{
    return cap == 0 ? 256 : cap < 65536 ? 2 * cap : cap + cap / 4;
}

/** What a list of @p n elements counts for. */
static size_t list_size(uint64_t n, size_t size)
{
    size_t cap = 0;
    while (cap < n) {
        cap = grown(cap);
    }
    return cap == 0 ? 0 : sc_alloc_size(cap, size);
}

struct sc_run_memory sc_run_memory(const struct sc_run *run, const struct sc_elf *elf)
{
    const size_t n_fetches = (size_t)run->n_rows[SC_TABLE_DECODE];
    const size_t output_pages = (run->output_size + 8) / ((size_t)1 << MEM_PAGE_LOG) + 1;
    struct sc_run_memory m = {0, 0};
    m.kept = sc_alloc_size(run->cycles, sizeof(struct sc_event)) +
             list_size(n_fetches, sizeof(struct sc_inst)) +
             sc_alloc_size(n_fetches + 1, sizeof(struct sc_fetch)) +
             sc_alloc_size(run->n_rows[SC_TABLE_INITFINAL], sizeof(struct sc_word)) +
             sc_alloc_size(run->output_size + 1, 1);
    m.most = m.kept + sc_vm_code_bytes(elf) + sc_memory_bytes(run->n_pages + output_pages, true) +
             list_size(elf->n_words, sizeof(struct code_read));
    return m;
}

bool sc_vm_grow(void *items, size_t *cap, size_t n, size_t size)
{
    if (n < *cap) {
        return true;
    }
    const size_t bigger = grown(*cap);
    void *list = NULL;
    memcpy(&list, items, sizeof(list));
    list = sc_grow(list, bigger, size);
    if (list == NULL) {
        return false;
    }
    memcpy(items, &list, sizeof(list));
    *cap = bigger;
    return true;
}

uint32_t sc_vm_stamp(struct vm *vm, unsigned reg, uint32_t stamp)
{
    const uint32_t previous = vm->reg_ts[reg];
    vm->reg_ts[reg] = stamp;
    return previous;
}

struct sc_event *sc_vm_event(struct vm *vm, struct hot *i, uint32_t ip)
{
    if (!sc_vm_grow(&vm->events, &vm->cap_events, vm->n_events, sizeof(*vm->events))) {
        vm->no_memory = true;
        return NULL;
    }
    struct sc_event *const ev = &vm->events[vm->n_events++];
    memset(ev, 0, sizeof(*ev));
    ev->ts = 4 * ((uint32_t)vm->cycles + 1);
    ev->ip = ip;
    ev->next_ip = ip + 1;
    ev->inst = i->inst;
    ev->table = i->table;
    if ((i->uses & USES_RS1) != 0) {
        ev->a = vm->regs[i->rs1];
        ev->prev1 = sc_vm_stamp(vm, i->rs1, ev->ts);
    }
    if ((i->uses & USES_RS2) != 0) {
        ev->b = vm->regs[i->rs2];
        ev->prev2 = sc_vm_stamp(vm, i->rs2, ev->ts + 1);
    }
    if ((i->uses & USES_RD) != 0) {
        ev->old = vm->regs[i->rd];
        ev->prevd = sc_vm_stamp(vm, i->rd, ev->ts + 3);
    }
    return ev;
}

/** The stamp that decode leaves on the word of @p pos: 2 or 1 when its high or only its low half
 * was executed, else 0. */
static uint32_t decode_stamp(const struct code_block *b, uint32_t pos)
{
    if (b->code[pos | 1u].count > 0) {
        return 2;
    }
    return b->code[pos & ~1u].count > 0 ? 1 : 0;
}

static uint32_t decode_stamp_at(const struct vm *vm, uint64_t addr)
{
    for (size_t i = 0; i < vm->n_blocks; i++) {
        const struct code_block *const b = &vm->blocks[i];
        if (addr / 4 >= b->ip && addr / 4 - b->ip < b->n) {
            return decode_stamp(b, (uint32_t)(addr / 4 - b->ip));
        }
    }
    return 0;
}

/** The first data access of an executed word follows decode, whenever the instruction was first
 * executed. */
static void fix_code_reads(struct vm *vm)
{
    for (size_t i = 0; i < vm->n_code_reads; i++) {
        const struct code_read *const read = &vm->code_reads[i];
        struct sc_event *const ev = &vm->events[read->event];
        ev->prevm[read->word] =
            decode_stamp_at(vm, (ev->addr & ~UINT64_C(7)) + 8 * (uint64_t)read->word);
    }
}

static socle_status collect_fetches(struct vm *vm, struct sc_run *out)
{
    out->fetches = sc_alloc(vm->n_insts + 1, sizeof(*out->fetches));
    if (out->fetches == NULL) {
        return SOCLE_E_NOMEM;
    }
    for (size_t i = 0; i < vm->n_blocks; i++) {
        const struct code_block *const b = &vm->blocks[i];
        for (uint32_t pos = 0; pos < b->n; pos++) {
            const struct hot *const h = &b->code[pos];
            if (h->count == 0) {
                continue;
            }
            struct sc_fetch *const f = &out->fetches[out->n_fetches++];
            f->inst = vm->insts[h->inst];
            f->count = (uint32_t)h->count;
            f->prev = (pos & 1u) != 0 && b->code[pos - 1].count > 0;
            (void)sc_memory_peek(&vm->mem, 4 * (b->ip + pos), &f->word8);
        }
    }
    return SOCLE_OK;
}

/** Append the row of one word. */
static void put_word(const struct vm *vm,
                     struct sc_run *out,
                     const struct mem_page *page,
                     uint64_t addr,
                     const struct sc_elf *elf,
                     size_t *image)
{
    const size_t slot = mem_slot(addr);
    struct sc_word *const w = &out->words[out->n_words++];
    w->addr = addr;
    w->last = page->v[slot];
    w->last_ts = page->ts[slot];
    w->space = page->space[slot] & 3u;
    if ((page->space[slot] & MEM_IMAGE) != 0) {
        w->first = elf->words[(*image)++].value;
        w->origin = 0;
    } else if (addr >= SC_OUTPUT_START) {
        w->origin = 3;
    } else if (addr >= SC_INPUT_START) {
        w->first = w->last;
        w->origin = 2;
    } else {
        w->origin = 1;
    }
    if (w->space == SPACE_RX && w->last_ts == 0) {
        w->last_ts = decode_stamp_at(vm, addr);
    }
}

/** Does the word have a row: image, touched, or in the output range? */
static bool has_row(const struct mem_page *page, uint64_t addr, uint64_t output_end)
{
    const size_t slot = mem_slot(addr);
    return (page->space[slot] & MEM_IMAGE) != 0 || page->seen[slot] != 0 ||
           (addr >= SC_OUTPUT_START && addr < output_end);
}

/** Visit the words of all pages in order of address: count them (*n), and with out->words append
 * them. */
static void walk_words(const struct vm *vm,
                       struct sc_run *out,
                       const struct sc_elf *elf,
                       uint64_t output_end,
                       size_t *n)
{
    size_t image = 0;
    *n = 0;
    for (size_t i = 0; i < vm->mem.n_used; i++) {
        const uint32_t p = vm->mem.used[i];
        const struct mem_page *const page = vm->mem.pages[p];
        for (size_t slot = 0; slot < MEM_PAGE_WORDS; slot++) {
            const uint64_t addr = ((uint64_t)p << MEM_PAGE_LOG) + 8 * slot;
            if (!has_row(page, addr, output_end)) {
                continue;
            }
            (*n)++;
            if (out->words != NULL) {
                put_word(vm, out, page, addr, elf, &image);
            }
        }
    }
}

static socle_status collect_words(struct vm *vm, struct sc_run *out, const struct sc_elf *elf)
{
    const uint64_t output_end = SC_OUTPUT_START + 8 * (1 + (out->output_size + 7) / 8);
    size_t n = 0;
    if (out->output_size / 8 > (uint64_t)1 << SC_IMAGE_MAX_LOG) {
        return SOCLE_E_LIMIT;
    }
    for (uint64_t addr = SC_OUTPUT_START; addr < output_end; addr += 8 * MEM_PAGE_WORDS) {
        if (sc_memory_page(&vm->mem, addr) == NULL) {
            return SOCLE_E_NOMEM;
        }
    }
    sc_memory_sort(&vm->mem);
    walk_words(vm, out, elf, output_end, &n);
    out->words = sc_alloc(n, sizeof(*out->words));
    if (out->words == NULL) {
        return SOCLE_E_NOMEM;
    }
    walk_words(vm, out, elf, output_end, &n);
    return SOCLE_OK;
}

socle_status sc_vm_collect(struct vm *vm, struct sc_run *out, const struct sc_elf *elf)
{
    fix_code_reads(vm);
    socle_status st = collect_fetches(vm, out);
    if (st == SOCLE_OK) {
        st = collect_words(vm, out, elf);
    }
    out->entry_ip = (uint32_t)(elf->entry / 4);
    out->end_ip = vm->events[vm->n_events - 1].next_ip;
    out->ts_end = 4 * ((uint32_t)vm->cycles + 1);
    return st;
}
