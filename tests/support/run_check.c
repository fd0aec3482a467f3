/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Replay of a recording. Shares nothing with the executor but its structs and sc_decode.
 * Theory: docs/spec/machine.md sections 1 to 3.
 */
#include "tests/support/run_check.h"

#include <stdlib.h>
#include <string.h>

/** The last token of a word or register. */
struct token {
    uint64_t value;
    uint32_t ts;
};

struct replay {
    const struct sc_run *run;
    struct token *words; /* as run->words */
    struct token regs[SC_N_REGS];
};

#define NEED(cond, text)                                                                           \
    if (!(cond)) {                                                                                 \
        return (text);                                                                             \
    }

static struct token *find(struct replay *r, uint64_t addr, uint8_t space)
{
    size_t lo = 0, hi = r->run->n_words;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (r->run->words[mid].addr < addr) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo < r->run->n_words && r->run->words[lo].addr == addr &&
                   r->run->words[lo].space == space
               ? &r->words[lo]
               : NULL;
}

static const char *check_initial(struct replay *r, const struct sc_elf *elf)
{
    const uint64_t last_out = SC_OUTPUT_START + 8 * ((r->run->output_size + 7) / 8);
    size_t image = 0, out = 0;
    for (size_t i = 0; i < r->run->n_words; i++) {
        const struct sc_word *const w = &r->run->words[i];
        NEED(w->addr % 8 == 0 && (i == 0 || w[-1].addr < w->addr), "words are not in strict order")
        NEED(w->addr >= SC_RAM_START && w->addr <= last_out, "a word outside the map")
        const bool is_image = image < elf->n_words && elf->words[image].addr == w->addr;
        if (is_image) {
            NEED(w->origin == 0 && w->space == elf->words[image].space &&
                     w->first == elf->words[image].value,
                 "an image word differs")
            image++;
        } else if (w->addr < SC_INPUT_START) {
            NEED(w->origin == 1 && w->space == SPACE_RW && w->first == 0, "a zero word differs")
        } else if (w->addr < SC_OUTPUT_START) {
            NEED(w->origin == 2 && w->space == SPACE_RO, "an input word differs")
        } else {
            NEED(w->origin == 3 && w->space == SPACE_RW && w->first == 0, "an output word differs")
            out++;
        }
        NEED(is_image || w->last_ts != 0 || w->addr >= SC_OUTPUT_START,
             "a row for an untouched word")
        r->words[i].value = w->first;
    }
    NEED(image == elf->n_words, "an image word has no row")
    NEED(out == 1 + (r->run->output_size + 7) / 8, "the output range is not complete")
    return NULL;
}

static const char *check_fetches(struct replay *r)
{
    uint64_t total = 0;
    for (size_t i = 0; i < r->run->n_fetches; i++) {
        const struct sc_fetch *const f = &r->run->fetches[i];
        const unsigned half = f->inst.ip & 1u;
        struct token *const t = find(r, 4 * (uint64_t)f->inst.ip & ~UINT64_C(7), SPACE_RX);
        struct sc_inst in;
        NEED(i == 0 || f[-1].inst.ip < f->inst.ip, "fetches are not in order")
        NEED(t != NULL && t->value == f->word8, "a fetch of a word that is not there")
        NEED(f->prev <= half && t->ts == f->prev, "a fetch with the wrong stamp")
        sc_decode(&in, (uint32_t)(f->word8 >> (32 * half)), f->inst.ip);
        NEED(in.op != 0 && in.op == f->inst.op && in.word == f->inst.word && in.x0 == f->inst.x0,
             "a fetch of another instruction")
        t->ts = 1 + half;
        total += f->count;
    }
    NEED(total == r->run->n_events, "counts of fetches do not add up")
    return NULL;
}

static const char *
touch_reg(struct replay *r, unsigned reg, uint32_t prev, uint32_t ts, uint64_t old, uint64_t new)
{
    struct token *const t = &r->regs[reg];
    NEED(t->ts == prev && prev < ts && ts - prev <= 65536, "a register stamp is wrong")
    NEED(t->value == old, "a register value is wrong")
    t->ts = ts;
    t->value = new;
    return NULL;
}

static const char *
check_memory(struct replay *r, const struct sc_event *e, bool store, unsigned size)
{
    const bool crosses = e->addr % 8 + size > 8;
    NEED(e->crosses == crosses, "crossing is wrong")
    for (unsigned k = 0; k < 1u + crosses; k++) {
        struct token *const t = find(r, (e->addr & ~UINT64_C(7)) + 8 * k, e->space[k]);
        NEED(t != NULL, "a memory access without a word")
        NEED(t->ts == e->prevm[k] && t->ts < e->ts + 2, "a memory stamp is wrong")
        NEED(t->value == e->m_old[k], "a memory value is wrong")
        NEED(store ? e->space[k] == SPACE_RW : e->m_old[k] == e->m_new[k],
             "an access of the wrong kind")
        t->ts = e->ts + 2;
        t->value = e->m_new[k];
    }
    const unsigned base = store ? SC_TABLE_SD : SC_TABLE_LD;
    NEED(e->table == base + (crosses ? 2 : size == 8 ? 0 : 1), "a load or store in the wrong table")
    return NULL;
}

static const char *check_ecall(struct replay *r, const struct sc_event *e)
{
    const char *why = touch_reg(r, 17, e->prev1, e->ts, e->a, e->a);
    NEED(e->a == 64 || e->a == 93, "an unknown call")
    if (why == NULL && e->a == 64) {
        why = touch_reg(r, 12, e->prev2, e->ts + 1, e->b, e->b);
    }
    NEED(e->a == 64 ? e->val == e->b : e->val == 0 && e->old == 0, "a wrong result of a call")
    return why != NULL ? why : touch_reg(r, 10, e->prevd, e->ts + 2, e->old, e->val);
}

static const char *check_event(struct replay *r, const struct sc_event *e, const struct sc_inst *in)
{
    static const uint8_t uses[] = {0, 5, 5, 5, 3, 7,
                                   7, 3, 5, 0, 4}; /* by class: 1 rs1, 2 rs2, 4 rd */
    const unsigned cls = SC_OP_CLASS(in->op);
    const char *why = NULL;
    if (cls == CLS_ECALL) {
        return check_ecall(r, e);
    }
    if ((uses[cls] & 1) != 0) {
        why = touch_reg(r, in->rs1, e->prev1, e->ts, e->a, e->a);
    }
    if (why == NULL && (uses[cls] & 2) != 0) {
        why = touch_reg(r, in->rs2, e->prev2, e->ts + 1, e->b, e->b);
    }
    if (why == NULL && (cls == CLS_LOAD || cls == CLS_STORE)) {
        NEED(e->addr == e->a + (uint64_t)in->imm, "an effective address is wrong")
        why = check_memory(r, e, cls == CLS_STORE, 1u << (SC_OP_F3(in->op) & 3u));
    }
    if (why == NULL && (uses[cls] & 4) != 0) {
        why = touch_reg(r, in->rd, e->prevd, e->ts + 2, e->old, e->val);
    }
    return why;
}

static const char *check_final(const struct replay *r)
{
    for (size_t i = 0; i < r->run->n_words; i++) {
        NEED(r->words[i].ts == r->run->words[i].last_ts &&
                 r->words[i].value == r->run->words[i].last,
             "a final word differs")
    }
    for (unsigned i = 0; i < SC_N_REGS; i++) {
        NEED(r->regs[i].ts == r->run->reg_ts[i] && r->regs[i].value == r->run->regs[i],
             "a final register differs")
    }
    NEED(r->run->regs[0] == 0, "x0 is not zero")
    return NULL;
}

/** All 33 registers just before the instruction at @p ts, if it is one of those before which they are renewed. */
static const char *check_renewals(struct replay *r, uint32_t ts, uint64_t *n)
{
    for (unsigned i = 0; ts % 65536 == 0 && i < 33; i++) {
        const struct sc_renewal *const w = &r->run->renewals[*n];
        NEED(*n < r->run->n_renewals && w->reg == i && w->stamp == ts - 1, "a register is not renewed")
        const char *const why = touch_reg(r, i, w->prev, w->stamp, w->value, w->value);
        if (why != NULL) {
            return why;
        }
        ++*n;
    }
    return NULL;
}

static const char *replay(struct replay *r, size_t *at)
{
    uint64_t rows[SC_N_TABLES] = {0};
    uint32_t ip = r->run->entry_ip;
    const char *why = NULL;
    for (size_t n = 0; n < r->run->n_events; n++) {
        const struct sc_event *const e = &r->run->events[n];
        *at = n;
        NEED(e->ts == 4 * (n + 1), "a stamp of an event is wrong")
        NEED(e->ip == ip && e->inst < r->run->n_insts && r->run->insts[e->inst].ip == ip,
             "the program counter jumps")
        why = check_renewals(r, e->ts, &rows[SC_TABLE_RENEW]);
        why = why != NULL ? why : check_event(r, e, &r->run->insts[e->inst]);
        if (why != NULL) {
            return why;
        }
        ip = e->next_ip;
        rows[e->table]++;
        const struct sc_inst *const in = &r->run->insts[e->inst];
        const bool word = SC_OP_CLASS(in->op) == CLS_OP32;
        if (e->table == SC_TABLE_DIV && (word ? (uint32_t)e->b : e->b) != 0) {
            rows[SC_TABLE_MUL]++;
        }
    }
    NEED(ip == r->run->end_ip && r->run->ts_end == 4 * (r->run->n_events + 1),
         "the end of STATE is wrong")
    NEED(rows[SC_TABLE_RENEW] == r->run->n_renewals, "a renewal after the last instruction")
    rows[SC_TABLE_DECODE] = r->run->n_fetches;
    rows[SC_TABLE_INITFINAL] = r->run->n_words;
    rows[SC_TABLE_REGS] = SC_N_REGS;
    NEED(memcmp(rows, r->run->n_rows, sizeof(rows)) == 0, "counts of rows differ")
    return NULL;
}

const char *run_check(const struct sc_run *run, const struct sc_elf *elf, size_t *at)
{
    struct replay r = {.run = run};
    r.words = calloc(run->n_words + 1, sizeof(*r.words));
    *at = 0;
    if (r.words == NULL) {
        return "no memory";
    }
    const char *why = check_initial(&r, elf);
    why = why != NULL ? why : check_fetches(&r);
    why = why != NULL ? why : replay(&r, at);
    why = why != NULL ? why : check_final(&r);
    free(r.words);
    return why;
}
