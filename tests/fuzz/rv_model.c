/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The model of rv_model.h. One case per encoding, as the manual lists them; memory is touched byte
 * by byte.
 */
#include "tests/fuzz/rv_model.h"

#include <string.h>

#define LOG_MOST (UINT64_C(1) << 20) /* bytes of one call that are passed on */

__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 uwide;

void rv_init(struct rv_model *m, uint64_t entry, const uint8_t *input, size_t n_input)
{
    memset(m, 0, sizeof *m);
    m->pc = entry;
    m->input = input;
    m->n_input = n_input;
}

static uint64_t input_word(const struct rv_model *m, uint64_t offset)
{
    uint64_t v = 0;
    if (offset == 0) {
        return m->n_input;
    }
    for (unsigned i = 0; i < 8; i++) {
        const uint64_t at = offset - 8 + i;
        v |= at < m->n_input ? (uint64_t)m->input[at] << (8 * i) : 0;
    }
    return v;
}

static bool is_mapped(uint64_t addr)
{
    return addr >= 4096 && addr < 0x300000000u;
}

static bool is_input(uint64_t addr)
{
    return addr >> 32 == 1;
}

/* The slot of a word, free when nobody made it. */
static struct rv_word *slot_of(struct rv_model *m, uint64_t addr)
{
    size_t at = (size_t)((addr / 8 * UINT64_C(0x9e3779b97f4a7c15)) >> 51) % RV_SLOTS;
    while (m->words[at].class != RV_UNMAPPED && m->words[at].addr != addr) {
        at = (at + 1) % RV_SLOTS;
    }
    return &m->words[at];
}

static uint64_t first_value(const struct rv_model *m, uint64_t addr)
{
    return is_input(addr) ? input_word(m, addr - 0x100000000u) : 0;
}

struct rv_word *rv_word(struct rv_model *m, uint64_t addr)
{
    addr -= addr % 8;
    if (!is_mapped(addr)) {
        return NULL;
    }
    struct rv_word *const w = slot_of(m, addr);
    if (w->class == RV_UNMAPPED) {
        *w = (struct rv_word){.addr = addr, .class = is_input(addr) ? RV_READ_ONLY : RV_READ_WRITE};
        w->value = first_value(m, addr);
        m->n_words++;
    }
    return w;
}

bool rv_has_room(const struct rv_model *m)
{
    return m->n_words + 4 < RV_SLOTS / 2;
}

void rv_map(struct rv_model *m, uint64_t addr, const uint8_t *bytes, size_t n, enum rv_class class)
{
    for (size_t i = 0; i < n; i++) {
        struct rv_word *const w = rv_word(m, addr + i);
        w->class = class;
        w->image = true;
        w->value |= (uint64_t)bytes[i] << (8 * ((addr + i) % 8));
    }
}

static uint64_t mix(uint64_t digest, uint64_t v)
{
    return (digest ^ v) * UINT64_C(0x100000001b3);
}

uint64_t rv_log_digest(uint64_t digest, uint64_t fd, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        digest = mix(digest, bytes[i]);
    }
    return mix(mix(digest, fd), n);
}

static uint64_t sext(uint64_t v, unsigned bits)
{
    return (uint64_t)((int64_t)(v << (64 - bits)) >> (64 - bits));
}

static uint64_t bits(uint32_t w, unsigned hi, unsigned lo)
{
    return (w >> lo) & ((UINT64_C(2) << (hi - lo)) - 1);
}

static uint64_t imm_i(uint32_t w)
{
    return sext(bits(w, 31, 20), 12);
}

static uint64_t imm_s(uint32_t w)
{
    return sext(bits(w, 31, 25) << 5 | bits(w, 11, 7), 12);
}

static uint64_t imm_b(uint32_t w)
{
    return sext(bits(w, 31, 31) << 12 | bits(w, 7, 7) << 11 | bits(w, 30, 25) << 5 |
                    bits(w, 11, 8) << 1,
                13);
}

static uint64_t imm_u(uint32_t w)
{
    return sext(bits(w, 31, 12) << 12, 32);
}

static uint64_t imm_j(uint32_t w)
{
    return sext(bits(w, 31, 31) << 20 | bits(w, 19, 12) << 12 | bits(w, 20, 20) << 11 |
                    bits(w, 30, 21) << 1,
                21);
}

static enum rv_stop fault(struct rv_step *s, enum rv_stop stop, uint64_t addr)
{
    s->addr = addr;
    return stop;
}

static enum rv_stop jump(struct rv_step *s, uint64_t to)
{
    s->next = to;
    return to % 4 == 0 ? RV_RUNS : fault(s, RV_MISALIGNED_JUMP, to);
}

static enum rv_stop branch(const struct rv_model *m, struct rv_step *s, uint64_t a, uint64_t b)
{
    bool taken = false;
    (void)m;
    switch (bits(s->word, 14, 12)) {
    case 0:
        taken = a == b;
        break;
    case 1:
        taken = a != b;
        break;
    case 4:
        taken = (int64_t)a < (int64_t)b;
        break;
    case 5:
        taken = (int64_t)a >= (int64_t)b;
        break;
    case 6:
        taken = a < b;
        break;
    case 7:
        taken = a >= b;
        break;
    default:
        return RV_ILLEGAL;
    }
    return taken ? jump(s, s->pc + imm_b(s->word)) : RV_RUNS;
}

/* Bytes [addr, addr + size) exist, and may be stored to; the first that is not says so. */
static enum rv_stop
check_access(struct rv_model *m, struct rv_step *s, uint64_t addr, unsigned size, bool store)
{
    for (unsigned i = 0; i < size; i++) {
        const struct rv_word *const w = rv_word(m, addr + i);
        if (w == NULL) {
            return fault(s, store ? RV_STORE : RV_LOAD, addr + i);
        }
        if (store && w->class != RV_READ_WRITE) {
            return fault(s, RV_PROTECTED, addr + i);
        }
    }
    return RV_RUNS;
}

/* Load into *v, or store from it. */
static enum rv_stop access_memory(
    struct rv_model *m, struct rv_step *s, uint64_t addr, unsigned size, bool store, uint64_t *v)
{
    const enum rv_stop stop = check_access(m, s, addr, size, store);
    if (stop != RV_RUNS) {
        return stop;
    }
    s->addr = addr;
    s->store = store;
    s->n_touched = addr / 8 == (addr + size - 1) / 8 ? 1 : 2;
    for (unsigned k = 0; k < s->n_touched; k++) {
        struct rv_word *const w = rv_word(m, addr + 8 * k);
        w->touched = true;
        s->before[k] = w->value;
    }
    uint64_t loaded = 0;
    for (unsigned i = 0; i < size; i++) {
        struct rv_word *const w = rv_word(m, addr + i);
        const unsigned shift = 8 * (unsigned)((addr + i) % 8);
        loaded |= ((w->value >> shift) & 255) << (8 * i);
        if (store) {
            w->value = (w->value & ~(UINT64_C(255) << shift)) | ((*v >> (8 * i)) & 255) << shift;
        }
    }
    for (unsigned k = 0; k < s->n_touched; k++) {
        s->after[k] = rv_word(m, addr + 8 * k)->value;
    }
    m->misaligned += addr % size != 0;
    *v = store ? *v : loaded;
    return RV_RUNS;
}

static enum rv_stop load(struct rv_model *m, struct rv_step *s, uint64_t a)
{
    const unsigned f3 = (unsigned)bits(s->word, 14, 12);
    const unsigned size = 1u << (f3 & 3);
    if (f3 == 7) {
        return RV_ILLEGAL;
    }
    s->rd = (unsigned)bits(s->word, 11, 7);
    const enum rv_stop stop = access_memory(m, s, a + imm_i(s->word), size, false, &s->value);
    s->value = f3 < 3 ? sext(s->value, 8 * size) : s->value;
    return stop;
}

static enum rv_stop store(struct rv_model *m, struct rv_step *s, uint64_t a, uint64_t b)
{
    const unsigned f3 = (unsigned)bits(s->word, 14, 12);
    return f3 > 3 ? RV_ILLEGAL : access_memory(m, s, a + imm_s(s->word), 1u << f3, true, &b);
}

static enum rv_stop op_imm(struct rv_step *s, uint64_t a)
{
    const uint64_t i = imm_i(s->word);
    const unsigned shamt = (unsigned)bits(s->word, 25, 20);
    const unsigned top = (unsigned)bits(s->word, 31, 26);
    switch (bits(s->word, 14, 12)) {
    case 0:
        s->value = a + i;
        return RV_RUNS;
    case 1:
        s->value = a << shamt;
        return top == 0 ? RV_RUNS : RV_ILLEGAL;
    case 2:
        s->value = (int64_t)a < (int64_t)i;
        return RV_RUNS;
    case 3:
        s->value = a < i;
        return RV_RUNS;
    case 4:
        s->value = a ^ i;
        return RV_RUNS;
    case 5:
        s->value = top == 16 ? (uint64_t)((int64_t)a >> shamt) : a >> shamt;
        return top == 0 || top == 16 ? RV_RUNS : RV_ILLEGAL;
    case 6:
        s->value = a | i;
        return RV_RUNS;
    default:
        s->value = a & i;
        return RV_RUNS;
    }
}

static enum rv_stop op_imm32(struct rv_step *s, uint64_t a)
{
    const unsigned shamt = (unsigned)bits(s->word, 24, 20);
    const unsigned f7 = (unsigned)bits(s->word, 31, 25);
    switch (bits(s->word, 14, 12)) {
    case 0:
        s->value = sext(a + imm_i(s->word), 32);
        return RV_RUNS;
    case 1:
        s->value = sext(a << shamt, 32);
        return f7 == 0 ? RV_RUNS : RV_ILLEGAL;
    case 5:
        s->value = f7 == 32 ? (uint64_t)(int64_t)((int32_t)(uint32_t)a >> shamt)
                            : sext((uint32_t)a >> shamt, 32);
        return f7 == 0 || f7 == 32 ? RV_RUNS : RV_ILLEGAL;
    default:
        return RV_ILLEGAL;
    }
}

/* Quotient and remainder as the manual's table has them, for operands of 64 or of 32 extended bits.
 */
static uint64_t divide(uint64_t a, uint64_t b, bool is_signed, bool remainder)
{
    if (b == 0) {
        return remainder ? a : UINT64_MAX;
    }
    if (is_signed) {
        const wide q = (wide)(int64_t)a / (wide)(int64_t)b;
        return (uint64_t)(remainder ? (wide)(int64_t)a - q * (wide)(int64_t)b : q);
    }
    return remainder ? a % b : a / b;
}

static enum rv_stop op_m(struct rv_step *s, uint64_t a, uint64_t b)
{
    switch (bits(s->word, 14, 12)) {
    case 0:
        s->value = a * b;
        break;
    case 1:
        s->value = (uint64_t)(((wide)(int64_t)a * (wide)(int64_t)b) >> 64);
        break;
    case 2:
        s->value = (uint64_t)(((wide)(int64_t)a * (wide)b) >> 64);
        break;
    case 3:
        s->value = (uint64_t)(((uwide)a * (uwide)b) >> 64);
        break;
    case 4:
        s->value = divide(a, b, true, false);
        break;
    case 5:
        s->value = divide(a, b, false, false);
        break;
    case 6:
        s->value = divide(a, b, true, true);
        break;
    default:
        s->value = divide(a, b, false, true);
        break;
    }
    return RV_RUNS;
}

static enum rv_stop op(struct rv_step *s, uint64_t a, uint64_t b)
{
    const unsigned f3 = (unsigned)bits(s->word, 14, 12);
    const unsigned f7 = (unsigned)bits(s->word, 31, 25);
    if (f7 == 1) {
        return op_m(s, a, b);
    }
    if (f7 == 32) {
        s->value = f3 == 0 ? a - b : (uint64_t)((int64_t)a >> (b & 63));
        return f3 == 0 || f3 == 5 ? RV_RUNS : RV_ILLEGAL;
    }
    switch (f3) {
    case 0:
        s->value = a + b;
        break;
    case 1:
        s->value = a << (b & 63);
        break;
    case 2:
        s->value = (int64_t)a < (int64_t)b;
        break;
    case 3:
        s->value = a < b;
        break;
    case 4:
        s->value = a ^ b;
        break;
    case 5:
        s->value = a >> (b & 63);
        break;
    case 6:
        s->value = a | b;
        break;
    default:
        s->value = a & b;
        break;
    }
    return f7 == 0 ? RV_RUNS : RV_ILLEGAL;
}

static enum rv_stop op32(struct rv_step *s, uint64_t a, uint64_t b)
{
    const uint32_t x = (uint32_t)a, y = (uint32_t)b;
    switch (bits(s->word, 31, 25) << 3 | bits(s->word, 14, 12)) {
    case 0:
        s->value = sext(a + b, 32);
        return RV_RUNS;
    case 1:
        s->value = sext((uint64_t)(uint32_t)(x << (y & 31)), 32);
        return RV_RUNS;
    case 5:
        s->value = sext(x >> (y & 31), 32);
        return RV_RUNS;
    case 32 << 3:
        s->value = sext(a - b, 32);
        return RV_RUNS;
    case (32 << 3) + 5:
        s->value = (uint64_t)(int64_t)((int32_t)x >> (y & 31));
        return RV_RUNS;
    case 8:
        s->value = sext((uint64_t)x * y, 32);
        return RV_RUNS;
    case 12:
        s->value = sext(divide(sext(x, 32), sext(y, 32), true, false), 32);
        return RV_RUNS;
    case 13:
        s->value = sext(divide(x, y, false, false), 32);
        return RV_RUNS;
    case 14:
        s->value = sext(divide(sext(x, 32), sext(y, 32), true, true), 32);
        return RV_RUNS;
    case 15:
        s->value = sext(divide(x, y, false, true), 32);
        return RV_RUNS;
    default:
        return RV_ILLEGAL;
    }
}

/* The bytes that can be read of [addr, addr + n) go to the log; nothing is touched. */
static void log_call(struct rv_model *m, uint64_t fd, uint64_t addr, uint64_t n)
{
    uint64_t digest = m->log_digest, word = 0, done = 0;
    for (; done < n && done < LOG_MOST && is_mapped(addr + done); done++) {
        const uint64_t at = addr + done;
        if (done == 0 || at % 8 == 0) {
            const struct rv_word *const w = slot_of(m, at - at % 8);
            word = w->class != RV_UNMAPPED ? w->value : first_value(m, at - at % 8);
        }
        digest = mix(digest, (word >> (8 * (at % 8))) & 255);
    }
    if (done > 0) {
        m->log_digest = mix(mix(digest, fd), done);
        m->log_bytes += done;
    }
}

static enum rv_stop environment(struct rv_model *m, struct rv_step *s)
{
    if (s->word != 0x73) {
        return RV_ILLEGAL;
    }
    if (m->regs[17] == 93) {
        return m->regs[10] == 0 ? RV_HALT : RV_EXIT;
    }
    if (m->regs[17] != 64) {
        return fault(s, RV_CALL, m->regs[17]);
    }
    log_call(m, m->regs[10], m->regs[11], m->regs[12]);
    s->rd = 10;
    s->value = m->regs[12];
    return RV_RUNS;
}

static enum rv_stop execute(struct rv_model *m, struct rv_step *s)
{
    const uint64_t a = m->regs[bits(s->word, 19, 15)];
    const uint64_t b = m->regs[bits(s->word, 24, 20)];
    const unsigned opcode = (unsigned)bits(s->word, 6, 0);
    const bool writes = opcode != 0x63 && opcode != 0x23 && opcode != 0x0f && opcode != 0x73;
    s->rd = writes ? (unsigned)bits(s->word, 11, 7) : 0;
    switch (opcode) {
    case 0x03:
        return load(m, s, a);
    case 0x0f:
        return bits(s->word, 14, 12) == 0 ? RV_RUNS : RV_ILLEGAL;
    case 0x13:
        return op_imm(s, a);
    case 0x17:
        s->value = s->pc + imm_u(s->word);
        return RV_RUNS;
    case 0x1b:
        return op_imm32(s, a);
    case 0x23:
        return store(m, s, a, b);
    case 0x33:
        return op(s, a, b);
    case 0x37:
        s->value = imm_u(s->word);
        return RV_RUNS;
    case 0x3b:
        return op32(s, a, b);
    case 0x63:
        return branch(m, s, a, b);
    case 0x67:
        s->value = s->pc + 4;
        return bits(s->word, 14, 12) == 0 ? jump(s, (a + imm_i(s->word)) & ~UINT64_C(1))
                                          : RV_ILLEGAL;
    case 0x6f:
        s->value = s->pc + 4;
        return jump(s, s->pc + imm_j(s->word));
    case 0x73:
        return environment(m, s);
    default:
        return RV_ILLEGAL;
    }
}

enum rv_stop rv_step(struct rv_model *m, struct rv_step *s)
{
    memset(s, 0, sizeof *s);
    s->pc = m->pc;
    s->next = m->pc + 4;
    const struct rv_word *const w = rv_word(m, m->pc);
    if (w == NULL || w->class != RV_EXECUTE) {
        return fault(s, RV_FETCH, m->pc);
    }
    s->word = (uint32_t)(w->value >> (8 * (m->pc % 8)));
    const enum rv_stop stop = execute(m, s);
    if (stop == RV_ILLEGAL) {
        s->addr = s->word;
    }
    if (stop == RV_RUNS) {
        if (s->rd != 0) {
            m->regs[s->rd] = s->value;
        }
        m->pc = s->next;
    }
    return stop;
}
