/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * How a run begins and ends. Owns struct vm during a call.
 * Theory: docs/spec/machine.md.
 */
#include "host/exec/exec.h"

#include <stdio.h>
#include <string.h>

#include "host/exec/vm.h"
#include "host/sys/mem.h"

#define REG_A0 10u

/* Instructions between two looks around: some tenths of a second. */
#define STRIDE (UINT64_C(1) << 26)

/** Run to the end, or until the watch says otherwise. */
static socle_status run(struct vm *vm)
{
    socle_status st = SOCLE_OK;
    do {
        const uint64_t left = vm->max_cycles - vm->cycles;
        vm->end = SC_END_HALT;
        vm->pause = vm->cycles + (left < STRIDE ? left : STRIDE);
        if (vm->cutter != NULL) {
            sc_vm_loop_cut(vm);
        } else {
            sc_vm_loop_plain(vm);
        }
        st = vm->cut_status != SOCLE_OK ? vm->cut_status : sc_watch_tell(vm->options->watch, SC_STAGE_EXECUTE, 0);
    } while (st == SOCLE_OK && vm->end == SC_END_CYCLES && vm->cycles < vm->max_cycles);
    return st;
}

/** Length, touched words and padding of the output after a halt; then its bytes. */
static socle_status take_output(struct vm *vm, struct sc_run *out, char *why, size_t why_size)
{
    const uint64_t most = vm->options->max_output;
    uint64_t len = 0, last = 0;
    (void)sc_memory_peek(&vm->mem, SC_OUTPUT_START, &len);
    if (len > SC_IO_MAX) {
        vm->end = SC_END_OUTPUT_LENGTH;
        vm->addr = SC_OUTPUT_START;
        return SOCLE_OK;
    }
    if (vm->mem.output_words > (len + 7) / 8 + 1) {
        vm->end = SC_END_OUTPUT_PAST;
        vm->addr = SC_OUTPUT_START + 8 * (vm->mem.output_words - 1);
        return SOCLE_OK;
    }
    (void)sc_memory_peek(&vm->mem, SC_OUTPUT_START + (len + 7) / 8 * 8, &last);
    if (len % 8 != 0 && last >> (8 * (len % 8)) != 0) {
        vm->end = SC_END_OUTPUT_PADDING;
        vm->addr = SC_OUTPUT_START + 8 + len;
        return SOCLE_OK;
    }
    if (most != 0 && len > most) {
        if (why_size > 0) {
            (void)snprintf(why, why_size, "the guest declares an output of %llu bytes, more than the %llu that there is room for",
                           (unsigned long long)len, (unsigned long long)most);
        }
        return SOCLE_E_LIMIT;
    }
    out->output = sc_alloc((size_t)len + 1, 1);
    if (out->output == NULL) {
        return SOCLE_E_NOMEM;
    }
    out->output_size = (size_t)len;
    for (uint64_t k = 0; k < len && 8 * (k / 8) + 16 <= 8 * vm->mem.output_words; k++) {
        (void)sc_memory_peek(&vm->mem, SC_OUTPUT_START + 8 + k, &last);
        out->output[k] = (uint8_t)(last >> (8 * (k % 8)));
    }
    return SOCLE_OK;
}

static const char *sentence(enum sc_end end)
{
    static const char *const sentences[] = {
#define E(NAME, sentence) sentence,
        SC_ENDS(E)
#undef E
    };
    return sentences[end];
}

static void explain(const struct sc_run *run, char *why, size_t why_size)
{
    const unsigned long long pc = run->pc, addr = run->addr, n = run->cycles;
    const char *const text = sentence(run->end);
    if (why_size == 0) {
        return;
    }
    switch (run->end) {
    case SC_END_HALT:
        why[0] = '\0';
        break;
    case SC_END_EXIT_CODE:
        (void)snprintf(why, why_size, "%s: %llu (pc 0x%llx, after %llu instructions)", text,
                       (unsigned long long)run->exit_code, pc, n);
        break;
    case SC_END_ILLEGAL:
        (void)snprintf(why, why_size, "%s: 0x%08llx (pc 0x%llx, after %llu instructions)", text,
                       addr, pc, n);
        break;
    case SC_END_ECALL:
        (void)snprintf(why, why_size, "%s: %llu (pc 0x%llx, after %llu instructions)", text, addr,
                       pc, n);
        break;
    case SC_END_CYCLES:
        (void)snprintf(why, why_size, "%s (pc 0x%llx, after %llu instructions)", text, pc, n);
        break;
    case SC_END_JUMP_MISALIGNED:
    case SC_END_FETCH:
    case SC_END_LOAD:
    case SC_END_STORE:
    case SC_END_STORE_CLASS:
    case SC_END_OUTPUT_LENGTH:
    case SC_END_OUTPUT_PAST:
    case SC_END_OUTPUT_PADDING:
        (void)snprintf(why, why_size, "%s: address 0x%llx (pc 0x%llx, after %llu instructions)",
                       text, addr, pc, n);
        break;
    }
}

static void explain_start(char *why, size_t why_size, socle_status st)
{
    if (why_size > 0) {
        (void)snprintf(why, why_size, "%s",
                       st == SOCLE_E_NOMEM ? "no memory to load the program"
                                           : "the program or its input cannot be loaded");
    }
}

static void explain_memory(const struct sc_run *run, char *why, size_t why_size)
{
    if (why_size > 0) {
        (void)snprintf(
            why, why_size,
            "no memory: %zu pages of %u bytes touched by the guest after %llu instructions",
            run->n_pages, 1u << MEM_PAGE_LOG, (unsigned long long)run->cycles);
    }
}

/** What the run leaves in *out, whatever its end. */
static void report(struct vm *vm, struct sc_run *out)
{
    const uint64_t ip = vm->target != NO_TARGET ? vm->target : vm->block->ip + vm->pos;
    out->end = vm->end;
    out->pc = vm->end == SC_END_FETCH ? vm->addr : 4 * ip;
    out->addr = vm->addr;
    out->exit_code = vm->end == SC_END_EXIT_CODE ? vm->regs[REG_A0] : 0;
    out->cycles = vm->cycles;
    out->misaligned = vm->misaligned;
    memcpy(out->regs, vm->regs, sizeof(out->regs));
    out->n_pages = vm->mem.n_used;
}

static socle_status start(struct vm *vm, const struct sc_elf *elf, const struct sc_exec_options *o)
{
    vm->options = o;
    vm->target = NO_TARGET;
    vm->max_cycles = o->max_cycles != 0 ? o->max_cycles : UINT64_MAX;
    if (o->record && vm->max_cycles > SC_CYCLES_MAX) {
        vm->max_cycles = SC_CYCLES_MAX;
    }
    if (o->input_size > SC_IO_MAX || elf->n_words == 0) {
        return SOCLE_E_ARG;
    }
    socle_status st = sc_memory_init(&vm->mem, elf, o->input, o->input_size);
    if (st == SOCLE_OK) {
        st = sc_vm_code_init(vm, elf);
    }
    if (st != SOCLE_OK) {
        return st;
    }
    if (!sc_vm_enter(vm, elf->entry / 4)) {
        return SOCLE_E_ARG;
    }
    vm->block->code[vm->pos].count++;
    return vm->cutter == NULL || sc_cut_start(vm) ? SOCLE_OK : vm->cut_status;
}

/** Rows of every table: counted by the cutter, or from the jumps. */
static bool count_rows(struct vm *vm, struct sc_run *out)
{
    if (vm->cutter != NULL) {
        return sc_cut_stop(vm, out);
    }
    sc_vm_count_executions(vm);
    sc_vm_count_rows(vm, out->n_rows);
    return true;
}

socle_status sc_vm_execute(struct vm *vm, struct sc_run *out, char *why, size_t why_size, const struct sc_elf *elf,
                           const struct sc_exec_options *options)
{
    memset(out, 0, sizeof(*out));
    socle_status st = start(vm, elf, options);
    if (st != SOCLE_OK) {
        explain_start(why, why_size, st);
        return st;
    }
    if (why_size > 0) {
        why[0] = '\0';
    }
    TRY(run(vm));
    if (!count_rows(vm, out)) {
        vm->cut_status = SOCLE_E_LIMIT;
        return SOCLE_E_LIMIT;
    }
    if (vm->end == SC_END_HALT && !vm->no_memory) {
        TRY(take_output(vm, out, why, why_size));
    }
    report(vm, out);
    if (vm->end == SC_END_HALT && !vm->no_memory && vm->cutter == NULL) {
        out->n_rows[SC_TABLE_INITFINAL] = sc_vm_count_words(vm, elf->n_words, out->output_size);
    }
    explain(out, why, why_size);
    if (vm->no_memory) {
        st = SOCLE_E_NOMEM;
        explain_memory(out, why, why_size);
    } else if (vm->end != SC_END_HALT) {
        st = vm->end == SC_END_CYCLES ? SOCLE_E_LIMIT : SOCLE_E_GUEST;
    }
out:
    return st;
}

void sc_vm_fini(struct vm *vm)
{
    sc_free(vm->insts);
    sc_vm_code_fini(vm);
    sc_memory_fini(&vm->mem);
}

socle_status sc_exec(struct sc_run *out, char *why, size_t why_size, const struct sc_elf *elf, const struct sc_exec_options *options)
{
    if (options->record) {
        return sc_exec_record(out, why, why_size, elf, options);
    }
    struct vm vm = {.end = SC_END_HALT};
    const socle_status st = sc_vm_execute(&vm, out, why, why_size, elf, options);
    sc_vm_fini(&vm);
    return st;
}

size_t sc_exec_memory(const struct sc_elf *elf)
{
    size_t n_pages = 0;
    for (size_t i = 0; i < elf->n_words; i++) {
        n_pages += i == 0 || elf->words[i].addr >> MEM_PAGE_LOG != elf->words[i - 1].addr >> MEM_PAGE_LOG;
    }
    return sc_vm_code_bytes(elf) + sc_memory_bytes(n_pages, false);
}

void sc_run_drop_lists(struct sc_run *run)
{
    sc_free(run->insts);
    sc_free(run->events);
    sc_free(run->words);
    sc_free(run->fetches);
    sc_free(run->renewals);
    run->insts = NULL;
    run->events = NULL;
    run->words = NULL;
    run->fetches = NULL;
    run->renewals = NULL;
    run->n_insts = run->n_events = run->n_words = run->n_fetches = run->n_renewals = 0;
}

void sc_run_fini(struct sc_run *run)
{
    sc_run_drop_lists(run);
    sc_free(run->output);
    memset(run, 0, sizeof(*run));
}
