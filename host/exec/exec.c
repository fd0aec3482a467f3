/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The interpreter loop, environment calls, and how a run ends.
 * Owns struct vm during a call; hands the recorded lists to struct sc_run.
 * Theory: docs/spec/machine.md.
 */
#include "host/exec/exec.h"

#include <stdio.h>
#include <string.h>

#include "host/exec/alu.h"
#include "host/exec/vm.h"
#include "host/sys/mem.h"

#define REG_A0 10u
#define REG_A1 11u
#define REG_A2 12u
#define REG_A7 17u
#define CALL_LOG 64u
#define CALL_EXIT 93u

/** Pass on what can be read of [addr, addr + n); never fails and touches nothing. */
static void log_bytes(struct vm *vm, uint64_t fd, uint64_t addr, uint64_t n)
{
    const uint64_t most = n < SC_LOG_MAX ? n : SC_LOG_MAX;
    uint8_t *const buf = vm->options->log == NULL || most == 0 ? NULL : sc_alloc(1, (size_t)most);
    uint64_t word = 0;
    size_t len = 0;
    while (buf != NULL && len < most && sc_memory_peek(&vm->mem, addr + len, &word)) {
        buf[len] = (uint8_t)(word >> (8 * ((addr + len) & 7)));
        len++;
    }
    if (len > 0) {
        vm->options->log(vm->options->log_arg, fd, buf, len);
    }
    sc_free(buf);
}

/** Environment call; completes @p ev unless NULL. False when the run is over; a halting call still
 * counts as executed. */
static bool call(struct vm *vm, struct sc_event *ev)
{
    const uint64_t id = vm->regs[REG_A7];
    const uint64_t a0 = vm->regs[REG_A0];
    const uint64_t val = id == CALL_LOG ? vm->regs[REG_A2] : a0;
    if (id != CALL_LOG && id != CALL_EXIT) {
        vm->end = SC_END_ECALL;
        vm->addr = id;
        return false;
    }
    if (ev != NULL) {
        ev->a = id;
        ev->prev1 = sc_vm_stamp(vm, REG_A7, ev->ts);
        if (id == CALL_LOG) {
            ev->b = val;
            ev->prev2 = sc_vm_stamp(vm, REG_A2, ev->ts + 1);
        }
        ev->old = a0;
        ev->val = val;
        ev->prevd = sc_vm_stamp(vm, REG_A0, ev->ts + 3);
    }
    if (id == CALL_LOG) {
        log_bytes(vm, a0, vm->regs[REG_A1], val);
        vm->regs[REG_A0] = val;
        return true;
    }
    vm->end = a0 == 0 ? SC_END_HALT : SC_END_EXIT_CODE;
    return false;
}

static inline bool
load(struct vm *vm, uint64_t addr, unsigned size_log, uint64_t *v, struct sc_event *ev)
{
    if ((addr & ((1u << size_log) - 1)) != 0) {
        vm->misaligned++;
    }
    return (ev == NULL && mem_fast_load(&vm->mem, addr, size_log, v)) ||
           sc_vm_access(vm, addr, size_log, false, v, ev);
}

static inline bool
store(struct vm *vm, uint64_t addr, unsigned size_log, uint64_t v, struct sc_event *ev)
{
    if ((addr & ((1u << size_log) - 1)) != 0) {
        vm->misaligned++;
    }
    return (ev == NULL && mem_fast_store(&vm->mem, addr, size_log, v)) ||
           sc_vm_access(vm, addr, size_log, true, &v, ev);
}

/** Jump from @p from to ip block + pos: its position in the block, or that of X_OUTSIDE with vm.target set. An ip is below
 * 2^62: a jump below address 0 wraps there, and no target is NO_TARGET. */
static inline uint32_t go(struct vm *vm, uint32_t from, uint64_t pos)
{
    struct hot *const code = vm->block->code;
    code[from + 1].count--;
    if (pos < vm->block->n) {
        code[pos].count++;
        return (uint32_t)pos;
    }
    vm->target = (vm->block->ip + pos) & (UINT64_MAX >> 2);
    return vm->block->n;
}

static bool misaligned_jump(struct vm *vm, uint64_t addr)
{
    vm->end = SC_END_JUMP_MISALIGNED;
    vm->addr = addr;
    return false;
}

static inline bool
branch(struct vm *vm, const struct hot *i, uint32_t pos, bool taken, uint32_t *next)
{
    if (!taken) {
        return true;
    }
    const uint64_t to = pos + (uint64_t)(int64_t)i->step;
    if (i->misaligned) {
        return misaligned_jump(vm, 4 * (vm->block->ip + to) + 2);
    }
    *next = go(vm, pos, to);
    return true;
}

static inline bool jump_register(struct vm *vm, uint32_t pos, uint64_t to, uint32_t *next)
{
    if ((to & 2) != 0) {
        return misaligned_jump(vm, to & ~UINT64_C(1));
    }
    *next = go(vm, pos, to / 4 - vm->block->ip);
    return true;
}

/** Offset of a JAL, mod 2^64: the decoder refuses one that is not a multiple of 4. */
static uint64_t jal_offset(uint32_t w)
{
    const uint64_t v =
        (uint64_t)(w >> 31) << 20 | (w & 0xff000u) | ((w >> 9) & 0x800u) | ((w >> 20) & 0x7feu);
    return (v ^ 0x100000u) - 0x100000u;
}

/** The instruction at @p pos is not one of the machine. */
static bool illegal(struct vm *vm, uint32_t pos)
{
    uint64_t word8 = 0;
    const uint64_t ip = vm->block->ip + pos;
    (void)sc_memory_peek(&vm->mem, 4 * ip, &word8);
    const uint32_t word = (uint32_t)(word8 >> (32 * (ip & 1)));
    if ((word & 0x7fu) == 0x6fu) {
        return misaligned_jump(vm, 4 * ip + jal_offset(word));
    }
    vm->end = SC_END_ILLEGAL;
    vm->addr = word;
    return false;
}

/** The loop left its block: continue at vm.target, or behind the block. */
static bool outside(struct vm *vm)
{
    const uint64_t ip = vm->target != NO_TARGET ? vm->target : vm->block->ip + vm->block->n;
    vm->target = NO_TARGET;
    if (sc_vm_enter(vm, ip)) {
        vm->block->code[vm->pos].count++;
        return true;
    }
    vm->end = SC_END_FETCH;
    vm->addr = 4 * ip;
    return false;
}

/** Finish the event: the register write and the next address. */
static inline void
finish(struct vm *vm, struct sc_event *ev, const struct hot *i, uint64_t val, uint32_t next)
{
    if ((i->uses & USES_RD) != 0) {
        ev->val = val;
    }
    ev->next_ip = (uint32_t)(vm->target != NO_TARGET ? vm->target : vm->block->ip + next);
}

#define BRANCH(NAME, taken)                                                                        \
    case X_##NAME:                                                                                 \
        running = branch(vm, i, pos, taken, &next);                                                \
        break;
#define LOAD(NAME, size_log, type)                                                                 \
    case X_##NAME:                                                                                 \
        running = load(vm, a + i->imm, size_log, &val, ev);                                        \
        val = (uint64_t)(int64_t)(type)val;                                                        \
        break;
#define STORE(NAME, size_log)                                                                      \
    case X_##NAME:                                                                                 \
        running = store(vm, a + i->imm, size_log, s2, ev);                                         \
        break;
#define A(NAME, cls, m, alt, f3, value)                                                            \
    case X_##NAME:                                                                                 \
        if ((m) && (f3) >= 4 && ((unsigned)(cls) == CLS_OP ? b : (uint32_t)b) == 0) {              \
            vm->zero_divisors++;                                                                   \
        }                                                                                          \
        val = (value);                                                                             \
        break;

/** Run until something ends it. Two copies are made: @p record is a constant. */
static inline __attribute__((always_inline)) void loop(struct vm *vm, const bool record)
{
    uint64_t *const regs = vm->regs;
    struct hot *code = vm->block->code;
    uint32_t pos = vm->pos;
    uint64_t cycles = vm->cycles; /* in a register; vm.cycles follows where others look */
    bool running = true;
    while (running) {
        struct hot *const i = &code[pos];
        const uint64_t a = regs[i->rs1];
        const uint64_t s2 = regs[i->rs2];
        const uint64_t b = s2 + i->imm;
        uint64_t val = 0;
        uint32_t next = pos + 1;
        struct sc_event *ev = NULL;
        if (cycles == vm->pause) {
            vm->end = SC_END_CYCLES;
            break;
        }
        if (record && i->xop > X_ILLEGAL) {
            vm->cycles = cycles;
            ev = sc_vm_event(vm, i, (uint32_t)(vm->block->ip + pos));
            if (ev == NULL) {
                break;
            }
        }
        switch ((enum xop)i->xop) {
        case X_UNDECODED:
            running = sc_vm_decode(vm, pos);
            continue;
        case X_OUTSIDE:
            vm->pos = pos;
            running = outside(vm);
            code = vm->block->code;
            pos = vm->pos;
            continue;
        case X_ILLEGAL:
            running = illegal(vm, pos);
            continue;
        case X_CONST:
            val = i->imm;
            break;
        case X_JAL:
            val = i->imm;
            next = go(vm, pos, pos + (uint64_t)(int64_t)i->step);
            break;
        case X_JALR:
            val = 4 * (vm->block->ip + pos + 1);
            running = jump_register(vm, pos, (a + i->imm) & ~UINT64_C(1), &next);
            break;
        case X_ECALL:
            running = call(vm, ev);
            cycles += vm->end != SC_END_ECALL;
            pos = running ? next : pos;
            continue;
            BRANCH(BEQ, a == s2)
            BRANCH(BNE, a != s2)
            BRANCH(BLT, (int64_t)a < (int64_t)s2)
            BRANCH(BGE, (int64_t)a >= (int64_t)s2)
            BRANCH(BLTU, a < s2)
            BRANCH(BGEU, a >= s2)
            LOAD(LB, 0, int8_t)
            LOAD(LH, 1, int16_t)
            LOAD(LW, 2, int32_t)
            LOAD(LD, 3, int64_t)
            LOAD(LBU, 0, uint8_t)
            LOAD(LHU, 1, uint16_t)
            LOAD(LWU, 2, uint32_t)
            STORE(SB, 0)
            STORE(SH, 1)
            STORE(SW, 2)
            STORE(SD, 3)
#include "host/exec/alu.def"
        }
        if (running) {
            if (record) {
                finish(vm, ev, i, val, next);
            }
            regs[i->rd] = val;
            cycles++;
            pos = next;
        }
    }
    vm->pos = pos;
    vm->cycles = cycles;
}
#undef A

static inline __attribute__((always_inline)) void loop_fast(struct vm *vm)
{
    loop(vm, false);
}

static void loop_recording(struct vm *vm)
{
    loop(vm, true);
}

/* Instructions between two looks around: some tenths of a second. */
#define STRIDE (UINT64_C(1) << 26)
#define STRIDE_RECORDING (UINT64_C(1) << 21)

/** Run to the end, or until the watch says otherwise. */
static socle_status run(struct vm *vm)
{
    const bool record = vm->options->record;
    const uint64_t stride = record ? STRIDE_RECORDING : STRIDE;
    socle_status st = SOCLE_OK;
    do {
        const uint64_t left = vm->max_cycles - vm->cycles;
        vm->end = SC_END_HALT;
        vm->pause = vm->cycles + (left < stride ? left : stride);
        if (record) {
            loop_recording(vm);
        } else {
            loop_fast(vm);
        }
        st = sc_watch_tell(vm->options->watch, SC_STAGE_EXECUTE, 0);
    } while (st == SOCLE_OK && vm->end == SC_END_CYCLES && vm->cycles < vm->max_cycles);
    return st;
}

/** Length, touched words and padding of the output after a halt; then its bytes. */
static socle_status take_output(struct vm *vm, struct sc_run *out)
{
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

/** What the run leaves in *out, whatever its end. Recorded lists change owner. */
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
    memcpy(out->reg_ts, vm->reg_ts, sizeof(out->reg_ts));
    out->n_pages = vm->mem.n_used;
    sc_vm_count_rows(vm, out->n_rows);
}

static void give_lists(struct vm *vm, struct sc_run *out)
{
    out->insts = vm->insts;
    out->n_insts = vm->n_insts;
    out->events = vm->events;
    out->n_events =
        vm->n_events < vm->cycles ? vm->n_events : (size_t)vm->cycles; /* not the one that failed */
    vm->insts = NULL;
    vm->events = NULL;
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
    socle_status st = sc_memory_init(&vm->mem, elf, o->input, o->input_size, o->record);
    if (st == SOCLE_OK) {
        st = sc_vm_code_init(vm, elf);
    }
    if (st != SOCLE_OK) {
        return st;
    }
    if (o->record && o->expected > 0) {
        vm->events = sc_alloc(o->expected, sizeof(*vm->events));
        vm->cap_events = o->expected;
        if (vm->events == NULL) {
            return SOCLE_E_NOMEM;
        }
    }
    if (!sc_vm_enter(vm, elf->entry / 4)) {
        return SOCLE_E_ARG;
    }
    vm->block->code[vm->pos].count++;
    return SOCLE_OK;
}

socle_status sc_exec(struct sc_run *out,
                     char *why,
                     size_t why_size,
                     const struct sc_elf *elf,
                     const struct sc_exec_options *options)
{
    socle_status st = SOCLE_OK;
    struct vm vm = {.end = SC_END_HALT};
    memset(out, 0, sizeof(*out));
    st = start(&vm, elf, options);
    if (st != SOCLE_OK) {
        explain_start(why, why_size, st);
        goto out;
    }
    if (why_size > 0) {
        why[0] = '\0';
    }
    TRY(run(&vm));
    sc_vm_count_executions(&vm);
    if (vm.end == SC_END_HALT && !vm.no_memory) {
        TRY(take_output(&vm, out));
    }
    report(&vm, out);
    if (vm.end == SC_END_HALT && !vm.no_memory) {
        out->n_rows[SC_TABLE_INITFINAL] = sc_vm_count_words(&vm, elf->n_words, out->output_size);
    }
    explain(out, why, why_size);
    if (vm.no_memory) {
        st = SOCLE_E_NOMEM;
        explain_memory(out, why, why_size);
    } else if (vm.end != SC_END_HALT) {
        st = vm.end == SC_END_CYCLES ? SOCLE_E_LIMIT : SOCLE_E_GUEST;
    } else if (options->record) {
        st = sc_vm_collect(&vm, out, elf);
        if (st != SOCLE_OK && why_size > 0) {
            (void)snprintf(why, why_size, "%s",
                           st == SOCLE_E_LIMIT ? "the output has more words than one proof can hold"
                                               : "no memory for the recording");
        }
    }
    give_lists(&vm, out);
out:
    sc_free(vm.insts);
    sc_free(vm.events);
    sc_free(vm.code_reads);
    sc_vm_code_fini(&vm);
    sc_memory_fini(&vm.mem);
    return st;
}

void sc_run_drop_lists(struct sc_run *run)
{
    sc_free(run->insts);
    sc_free(run->events);
    sc_free(run->words);
    sc_free(run->fetches);
    run->insts = NULL;
    run->events = NULL;
    run->words = NULL;
    run->fetches = NULL;
    run->n_insts = run->n_events = run->n_words = run->n_fetches = 0;
}

void sc_run_fini(struct sc_run *run)
{
    sc_run_drop_lists(run);
    sc_free(run->output);
    memset(run, 0, sizeof(*run));
}
