/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The interpreter loop and environment calls. One text, three loops: a plain run, one that counts rows for its cuts, and the replay
 * of a segment, which writes events.
 * Owns nothing.
 * Theory: docs/spec/machine.md, docs/internals/executor.md.
 */
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

/* Which of the loops. */
enum mode { PLAIN, CUT, REPLAY };

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

/** Access register @p reg at @p stamp; gives the previous stamp. */
static inline uint32_t stamp_reg(struct vm *vm, unsigned reg, uint32_t stamp)
{
    const uint32_t previous = vm->reg_ts[reg];
    vm->reg_ts[reg] = stamp;
    return previous;
}

static void record_call(struct vm *vm, struct sc_event *ev, uint64_t id, uint64_t val)
{
    ev->a = id;
    ev->prev1 = stamp_reg(vm, REG_A7, ev->ts);
    if (id == CALL_LOG) {
        ev->b = val;
        ev->prev2 = stamp_reg(vm, REG_A2, ev->ts + 1);
    }
    ev->old = vm->regs[REG_A0];
    ev->val = val;
    ev->prevd = stamp_reg(vm, REG_A0, ev->ts + 2);
}

/** Environment call; completes @p ev of a replay. False when the run is over; a halting call still counts as executed. */
static bool call(struct vm *vm, enum mode mode, struct sc_event *ev)
{
    const uint64_t id = vm->regs[REG_A7];
    const uint64_t a0 = vm->regs[REG_A0];
    const uint64_t val = id == CALL_LOG ? vm->regs[REG_A2] : a0;
    if (id != CALL_LOG && id != CALL_EXIT) {
        vm->budget[SC_TABLE_ECALL]++; /* no row */
        vm->end = SC_END_ECALL;
        vm->addr = id;
        return false;
    }
    if (mode == REPLAY) {
        record_call(vm, ev, id, val);
    }
    if (id == CALL_LOG) {
        log_bytes(vm, a0, vm->regs[REG_A1], val);
        vm->regs[REG_A0] = val;
        return true;
    }
    vm->end = a0 == 0 ? SC_END_HALT : SC_END_EXIT_CODE;
    return false;
}

/** Jump from @p from to ip block + pos: its position in the block, or that of X_OUTSIDE with vm.target set. An ip is below
 * 2^62: a jump below address 0 wraps there, and no target is NO_TARGET. */
static inline uint32_t go(struct vm *vm, enum mode mode, uint32_t from, uint64_t pos)
{
    struct hot *const code = vm->block->code;
    if (mode != CUT) {
        code[from + 1].count--;
    }
    if (pos < vm->block->n) {
        if (mode != CUT) {
            code[pos].count++;
        }
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

static inline bool branch(struct vm *vm, enum mode mode, const struct hot *i, uint32_t pos, uint32_t *next)
{
    const uint64_t to = pos + (uint64_t)(int64_t)i->step;
    if (i->misaligned) {
        vm->budget[SC_TABLE_BRANCH]++; /* no row */
        return misaligned_jump(vm, 4 * (vm->block->ip + to) + 2);
    }
    *next = go(vm, mode, pos, to);
    return true;
}

static inline bool jump_register(struct vm *vm, enum mode mode, uint32_t pos, uint64_t to, uint32_t *next)
{
    if ((to & 2) != 0) {
        vm->budget[SC_TABLE_JALR]++;
        return misaligned_jump(vm, to & ~UINT64_C(1));
    }
    *next = go(vm, mode, pos, to / 4 - vm->block->ip);
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

/** Start the event of an instruction: everything that does not depend on what it does. */
static inline void record_start(struct vm *vm, struct sc_event *ev, const struct hot *i, uint32_t ip, uint64_t cycles)
{
    const uint32_t ts = 4 * ((uint32_t)cycles + 1);
    /* Field by field: a struct made elsewhere and copied waits for its parts, and a memset of this size is a slow instruction. */
    ev->ts = ts;
    ev->ip = ip;
    ev->inst = i->inst;
    ev->table = i->table;
    ev->prev1 = stamp_reg(vm, i->rs1, ts);
    ev->prev2 = stamp_reg(vm, i->rs2, ts + 1);
    ev->prevd = stamp_reg(vm, i->rd, ts + 2);
    vm->reg_ts[REG_NONE] = vm->reg_ts[REG_NONE_1] = vm->reg_ts[REG_NONE_2] = 0;
    ev->a = vm->regs[i->rs1];
    ev->b = vm->regs[i->rs2];
    ev->old = vm->regs[i->rd];
    ev->prevm[0] = ev->prevm[1] = 0;
    ev->space[0] = ev->space[1] = ev->crosses = 0;
    ev->addr = 0;
    ev->m_old[0] = ev->m_old[1] = ev->m_new[0] = ev->m_new[1] = 0;
}

/** A load or store of a replay. */
static inline bool replay_access(struct vm *vm, uint64_t addr, unsigned size_log, bool store, uint64_t *value, struct sc_event *ev)
{
    struct mem_page *const page = addr < SC_OUTPUT_END ? vm->mem.pages[addr >> MEM_PAGE_LOG] : NULL;
    const size_t slot = mem_slot(addr);
    const unsigned at = (unsigned)(addr & 7);
    if (page == NULL || at + (1u << size_log) > 8 || page->space[slot] == SPACE_REG) {
        return sc_vm_access_replay(vm, addr, size_log, store, value, ev);
    }
    const uint64_t before = page->v[slot];
    const uint64_t after = store ? mem_merge(before, at, size_log, *value) : before;
    ev->addr = addr;
    ev->m_old[0] = before;
    ev->m_new[0] = after;
    ev->space[0] = page->space[slot];
    ev->prevm[0] = page->ts[slot];
    page->ts[slot] = ev->ts + 2;
    if (store) {
        page->v[slot] = after;
    } else {
        *value = before >> (8 * at);
    }
    return true;
}

/* The instruction has a row in table t. Without room for it, room is made or the run is cut, and the instruction comes here again. */
#define TAKE(t)                                                    \
    if (mode == CUT && --vm->budget[t] < 0) {                      \
        vm->budget[t]++;                                           \
        vm->cycles = cycles;                                       \
        vm->pos = pos;                                             \
        running = sc_cut_grant(vm, (t), NO_BUDGET, 0);             \
        continue;                                                  \
    }
/* The same for a division, which has a row in MUL too. */
#define TAKE_TWO()                                                                             \
    if (mode == CUT && ((--vm->budget[SC_TABLE_DIV]) | (--vm->budget[SC_TABLE_MUL])) < 0) {    \
        vm->budget[SC_TABLE_DIV]++;                                                            \
        vm->budget[SC_TABLE_MUL]++;                                                            \
        vm->cycles = cycles;                                                                   \
        vm->pos = pos;                                                                         \
        running = sc_cut_grant(vm, SC_TABLE_DIV, SC_TABLE_MUL, 0);                             \
        continue;                                                                              \
    }
#define BRANCH(NAME, taken)                                     \
    case X_##NAME:                                              \
        TAKE(SC_TABLE_BRANCH)                                   \
        if (taken) {                                            \
            running = branch(vm, mode, i, pos, &next);          \
        }                                                       \
        break;
#define ACCESS(size_log, store, value)                                                          \
    {                                                                                           \
        const uint64_t at = a + i->imm;                                                         \
        uint64_t *const word = mode == REPLAY ? NULL : mem_fast(&vm->mem, at, size_log, store); \
        if (mode == REPLAY) {                                                                   \
            running = replay_access(vm, at, size_log, store, &(value), ev);                     \
        } else if (word != NULL) {                                                              \
            TAKE(i->table)                                                                      \
            if (store) {                                                                        \
                *word = mem_merge(*word, (unsigned)(at & 7), size_log, value);                  \
            } else {                                                                            \
                (value) = *word >> (8 * (at & 7));                                              \
            }                                                                                   \
        } else {                                                                                \
            vm->cycles = cycles;                                                                \
            vm->pos = pos;                                                                      \
            running = sc_vm_access(vm, at, size_log, store, &(value));                          \
            if (mode == CUT && vm->again) {                                                     \
                vm->again = false;                                                              \
                running = true;                                                                 \
                continue;                                                                       \
            }                                                                                   \
        }                                                                                       \
        if ((at & ((1u << (size_log)) - 1)) != 0) {                                             \
            vm->misaligned++;                                                                   \
        }                                                                                       \
    }
#define LOAD(NAME, size_log, type)             \
    case X_##NAME:                             \
        ACCESS(size_log, false, val)           \
        val = (uint64_t)(int64_t)(type)val;    \
        break;
#define STORE(NAME, size_log)                  \
    case X_##NAME: {                           \
        uint64_t stored = s2;                  \
        ACCESS(size_log, true, stored)         \
        break;                                 \
    }
#define A(NAME, cls, m, alt, f3, value)                                                            \
    case X_##NAME:                                                                                 \
        if ((m) && (f3) >= 4) {                                                                    \
            if (((unsigned)(cls) == CLS_OP ? b : (uint32_t)b) != 0) {                              \
                TAKE_TWO()                                                                         \
            } else {                                                                               \
                TAKE(SC_TABLE_DIV)                                                                 \
                vm->zero_divisors++;                                                               \
            }                                                                                      \
        } else {                                                                                   \
            TAKE(i->table)                                                                         \
        }                                                                                          \
        val = (value);                                                                             \
        break;

/** Run until something ends it. Three copies are made: @p mode is a constant. */
static inline __attribute__((always_inline)) void loop(struct vm *vm, const enum mode mode)
{
    uint64_t *const regs = vm->regs;
    struct hot *code = vm->block->code;
    uint32_t pos = vm->pos;
    uint64_t cycles = vm->cycles; /* in a register; vm.cycles follows where others look */
    uint32_t base = (uint32_t)vm->block->ip;
    struct sc_event *ev = vm->event;
    bool running = true;
    while (running) {
        struct hot *const i = &code[pos];
        const uint64_t a = regs[i->rs1];
        const uint64_t s2 = regs[i->rs2];
        const uint64_t b = s2 + i->imm;
        uint64_t val = 0;
        uint32_t next = pos + 1;
        if (cycles == vm->pause) {
            vm->end = SC_END_CYCLES;
            break;
        }
        if (mode == REPLAY && i->xop > X_ILLEGAL) {
            record_start(vm, ev, i, base + pos, cycles);
        }
        switch ((enum xop)i->xop) {
        case X_UNDECODED:
            running = sc_vm_decode(vm, pos);
            if (mode == CUT && running && i->xop > X_ILLEGAL) {
                vm->cycles = cycles;
                vm->pos = pos;
                running = sc_cut_fetch(vm);
            }
            continue;
        case X_OUTSIDE:
            vm->pos = pos;
            running = outside(vm);
            code = vm->block->code;
            base = (uint32_t)vm->block->ip;
            pos = vm->pos;
            continue;
        case X_ILLEGAL:
            running = illegal(vm, pos);
            continue;
        case X_CONST:
            TAKE(SC_TABLE_CONST)
            val = i->imm;
            break;
        case X_JAL:
            TAKE(SC_TABLE_CONST)
            val = i->imm;
            next = go(vm, mode, pos, pos + (uint64_t)(int64_t)i->step);
            break;
        case X_JALR:
            TAKE(SC_TABLE_JALR)
            val = 4 * (vm->block->ip + pos + 1);
            running = jump_register(vm, mode, pos, (a + i->imm) & ~UINT64_C(1), &next);
            break;
        case X_ECALL:
            TAKE(SC_TABLE_ECALL)
            running = call(vm, mode, ev);
            if (mode == REPLAY) {
                ev->next_ip = ev->ip + 1;
                ev++;
            }
            cycles += vm->end != SC_END_ECALL && vm->cut_status == SOCLE_OK;
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
            if (mode == REPLAY) {
                ev->val = val;
                ev->next_ip = vm->target != NO_TARGET ? (uint32_t)vm->target : base + next;
                ev++;
            }
            regs[i->rd] = val;
            cycles++;
            pos = next;
        }
    }
    vm->pos = pos;
    vm->cycles = cycles;
    vm->event = ev;
}
#undef A

void sc_vm_loop_plain(struct vm *vm)
{
    loop(vm, PLAIN);
}

void sc_vm_loop_cut(struct vm *vm)
{
    loop(vm, CUT);
}

void sc_vm_loop_replay(struct vm *vm)
{
    loop(vm, REPLAY);
}
