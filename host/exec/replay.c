/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * One segment of an execution again, this time with its events. Memory holds the words that the segment touches and nothing else;
 * code words begin with the stamp of DECODE, so that the first load from one follows it.
 * Owns struct sc_replay, and the lists of struct sc_replayed until sc_replayed_fini.
 * Theory: docs/spec/machine.md sections 1, 2 and 6, docs/internals/executor.md.
 */
#include <stdlib.h>
#include <string.h>

#include "host/exec/vm.h"
#include "host/sys/mem.h"

#define RENEW_CYCLES (SC_RENEW_STAMPS / 4)

struct sc_replay {
    struct vm vm;
    struct sc_exec_options options;
    const struct sc_span *span;
    const struct sc_elf *elf;
    struct sc_renewal *renewals;
    size_t n_renewals, cap_renewals;
};

/** Pages that the words of a segment lie in; upper bound from their number, exact when they are sorted. */
static size_t count_pages(const struct sc_span *span)
{
    size_t n = 0;
    uint64_t seen = UINT64_MAX;
    for (size_t i = 0; i < span->n_words; i++) {
        const uint64_t page = span->words[i].addr >> MEM_PAGE_LOG;
        n += page != seen && span->words[i].space != SPACE_REG;
        seen = page;
    }
    return n;
}

static socle_status put_words(struct vm *vm, const struct sc_span *span)
{
    for (size_t i = 0; i < span->n_words; i++) {
        const struct sc_span_word *const w = &span->words[i];
        if (w->space != SPACE_REG && !sc_memory_put(&vm->mem, w->addr, w->space, w->v_in, w->decode)) {
            return SOCLE_E_NOMEM;
        }
    }
    return SOCLE_OK;
}

socle_status sc_replay_create(struct sc_replay **out, const struct sc_elf *elf, const struct sc_span *span)
{
    socle_status st = SOCLE_OK;
    struct sc_replay *const r = sc_alloc(1, sizeof(*r));
    *out = r;
    TRY(r != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    struct vm *const vm = &r->vm;
    r->span = span;
    r->elf = elf;
    vm->options = &r->options;
    vm->target = NO_TARGET;
    vm->end = SC_END_CYCLES;
    vm->max_cycles = span->cycles;
    vm->cap_insts = (size_t)span->n_rows[SC_TABLE_DECODE];
    TRY(sc_memory_init_replay(&vm->mem));
    TRY(sc_vm_code_init(vm, elf));
    TRY(put_words(vm, span));
    vm->insts = sc_alloc(vm->cap_insts, sizeof(*vm->insts));
    TRY(vm->insts != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    r->cap_renewals = (size_t)span->n_rows[SC_TABLE_RENEW];
    r->renewals = r->cap_renewals != 0 ? sc_alloc(r->cap_renewals, sizeof(*r->renewals)) : NULL;
    TRY(r->renewals != NULL || r->cap_renewals == 0 ? SOCLE_OK : SOCLE_E_NOMEM);
    TRY(sc_vm_enter(vm, span->ip_in) ? SOCLE_OK : SOCLE_E_BUG);
    vm->block->code[vm->pos].count++;
    memcpy(vm->regs, span->regs, sizeof(span->regs));
out:
    if (st != SOCLE_OK) {
        sc_replay_destroy(r);
        *out = NULL;
    }
    return st;
}

/** Give every register a newer stamp when it is time to. False when the span has no rows for them. */
static bool renew(struct sc_replay *r)
{
    struct vm *const vm = &r->vm;
    if ((vm->cycles + 1) % RENEW_CYCLES != 0) {
        return true;
    }
    const uint32_t stamp = 4 * ((uint32_t)vm->cycles + 1) - 1; /* between two instructions */
    for (unsigned i = 0; i < SC_N_REGS; i++) {
        if (r->n_renewals == r->cap_renewals) {
            return false;
        }
        r->renewals[r->n_renewals++] =
            (struct sc_renewal){.value = vm->regs[i], .prev = vm->reg_ts[i], .stamp = stamp, .reg = (uint8_t)i};
        vm->reg_ts[i] = stamp;
    }
    return true;
}

socle_status sc_replay_next(struct sc_replay *r, struct sc_event *events, size_t *n, size_t cap)
{
    struct vm *const vm = &r->vm;
    const uint64_t before = vm->cycles, left = vm->max_cycles - vm->cycles;
    const uint64_t to = vm->cycles + (left < cap ? left : cap);
    *n = 0;
    if (to == before) {
        return SOCLE_OK;
    }
    vm->event = events;
    vm->end = SC_END_CYCLES;
    while (vm->cycles < to && vm->end == SC_END_CYCLES && !vm->diverged) {
        const uint64_t next = (vm->cycles + 1) / RENEW_CYCLES * RENEW_CYCLES + RENEW_CYCLES - 1;
        if (!renew(r)) {
            return SOCLE_E_BUG;
        }
        vm->pause = next < to ? next : to;
        vm->end = SC_END_HALT;
        sc_vm_loop_replay(vm);
    }
    *n = (size_t)(vm->cycles - before);
    /* Only the last instruction may end a run, and in no way that the run did not end in. */
    const bool over = vm->end == SC_END_HALT || vm->end == SC_END_EXIT_CODE;
    const bool good = vm->cycles == to && (vm->end == SC_END_CYCLES || (over && vm->cycles == vm->max_cycles));
    return good && !vm->diverged ? SOCLE_OK : SOCLE_E_BUG;
}

const struct sc_inst *sc_replay_insts(const struct sc_replay *r, size_t *n)
{
    *n = r->vm.n_insts;
    return r->vm.insts;
}

static socle_status collect_fetches(struct sc_replay *r, struct sc_replayed *out)
{
    struct vm *const vm = &r->vm;
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
            if (out->n_fetches == vm->n_insts || h->xop <= X_ILLEGAL) {
                return SOCLE_E_BUG;
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

static int by_place(const void *a, const void *b)
{
    const struct sc_span_word *const x = a, *const y = b;
    return x->space != y->space ? (x->space > y->space) - (x->space < y->space) : (x->addr > y->addr) - (x->addr < y->addr);
}

static socle_status collect_words(const struct sc_replay *r, struct sc_replayed *out)
{
    const struct vm *const vm = &r->vm;
    out->words = sc_alloc(r->span->n_words, sizeof(*out->words));
    if (out->words == NULL) {
        return SOCLE_E_NOMEM;
    }
    out->n_words = r->span->n_words;
    if (out->n_words > 0) {
        memcpy(out->words, r->span->words, out->n_words * sizeof(*out->words));
        qsort(out->words, out->n_words, sizeof(*out->words), by_place);
    }
    for (size_t i = 0; i < out->n_words; i++) {
        struct sc_span_word *const w = &out->words[i];
        const struct mem_page *const page = w->space != SPACE_REG ? vm->mem.pages[w->addr >> MEM_PAGE_LOG] : NULL;
        w->ts_last = page != NULL ? page->ts[mem_slot(w->addr)] : vm->reg_ts[w->addr];
        if (w->v_out != (page != NULL ? page->v[mem_slot(w->addr)] : vm->regs[w->addr]) || (page != NULL && w->ts_last == 0)) {
            return SOCLE_E_BUG;
        }
    }
    return SOCLE_OK;
}

socle_status sc_replay_finish(struct sc_replay *r, struct sc_replayed *out)
{
    struct vm *const vm = &r->vm;
    const bool halted = vm->end == SC_END_HALT || vm->end == SC_END_EXIT_CODE;
    const uint64_t ip = vm->target != NO_TARGET ? vm->target : vm->block->ip + vm->pos + halted;
    socle_status st = SOCLE_OK;
    memset(out, 0, sizeof(*out));
    if (vm->cycles != r->span->cycles || vm->n_insts != vm->cap_insts) {
        return SOCLE_E_BUG;
    }
    TRY((uint32_t)ip == r->span->ip_out ? SOCLE_OK : SOCLE_E_BUG);
    sc_vm_count_executions(vm);
    TRY(collect_fetches(r, out));
    TRY(out->n_fetches == vm->n_insts ? SOCLE_OK : SOCLE_E_BUG);
    TRY(collect_words(r, out));
    TRY(r->n_renewals == r->cap_renewals ? SOCLE_OK : SOCLE_E_BUG);
    out->renewals = r->renewals;
    out->n_renewals = r->n_renewals;
    r->renewals = NULL;
    memcpy(out->reg_ts, vm->reg_ts, sizeof(out->reg_ts));
out:
    if (st != SOCLE_OK) {
        sc_replayed_fini(out);
    }
    return st;
}

void sc_replay_destroy(struct sc_replay *r)
{
    if (r != NULL) {
        sc_vm_fini(&r->vm);
        sc_free(r->renewals);
        sc_free(r);
    }
}

void sc_replayed_fini(struct sc_replayed *r)
{
    sc_free(r->words);
    sc_free(r->fetches);
    sc_free(r->renewals);
    memset(r, 0, sizeof(*r));
}

size_t sc_replayed_memory(const struct sc_span *span)
{
    return sc_alloc_size(span->n_words, sizeof(struct sc_span_word)) +
           sc_alloc_size((size_t)span->n_rows[SC_TABLE_RENEW], sizeof(struct sc_renewal)) +
           sc_alloc_size((size_t)span->n_rows[SC_TABLE_DECODE] + 1, sizeof(struct sc_fetch));
}

size_t sc_replay_memory(const struct sc_elf *elf, const struct sc_span *span)
{
    return sc_alloc_size(1, sizeof(struct sc_replay)) + sc_memory_bytes(count_pages(span), true) + sc_vm_code_bytes(elf) +
           sc_alloc_size((size_t)span->n_rows[SC_TABLE_DECODE], sizeof(struct sc_inst)) + sc_replayed_memory(span);
}
