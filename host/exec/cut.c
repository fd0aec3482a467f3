/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Where an execution is cut. The loop counts rows down from a budget per table: the rows that the table may still have before its
 * chunks grow. When one is used up, the shape with the grown chunks is compared with the limits: the table gets them, or the segment
 * ends before the instruction. So every cut is exact, at the price of one subtraction an instruction.
 * Owns struct cutter during a run, and the lists of struct sc_segments until sc_segments_fini.
 * Theory: docs/internals/executor.md.
 */
#include <stdio.h>
#include <string.h>

#include "host/exec/vm.h"
#include "host/sys/mem.h"

#define UNLIMITED (1 << 30) /* rows granted at a time when nothing is cut */
#define MAX_LOG_GLOBAL 28u /* 4 leaves a row, and 16 columns of 2^26 rows are 2^30 cells */
#define NEVER UINT64_MAX

/** An instruction that the segment has executed. */
struct fetched {
    uint32_t block, pos;
};

struct cutter {
    struct sc_segments *out;
    bool limited;
    uint64_t max_cells, max_leaves, max_global;
    uint64_t start;               /* vm.cycles at the start of the segment */
    uint64_t granted[SC_N_TABLES];  /* rows of its chunks; budget[] of them are not used yet */
    uint64_t cells, leaves, global, clock; /* of those chunks and the tables of fixed height */
    uint64_t boundary_rows;       /* rounded, of all segments that ended */
    struct fetched *fetched;
    size_t n_fetched, cap_fetched;
    uint64_t fresh_cycle;         /* the last first execution of an instruction, and the words before it */
    size_t fresh_words;
};

static struct sc_span *span_of(const struct vm *vm)
{
    return &vm->cutter->out->spans[vm->cutter->out->n_spans - 1];
}

/** Rows of the chunks of @p rows rows. */
static uint64_t rounded(uint64_t rows)
{
    uint8_t log_h[AIR_MAX_CHUNKS];
    uint64_t n = 0;
    for (unsigned k = sc_chunks_from_rows(rows, log_h); k > 0; k--) {
        n += UINT64_C(1) << log_h[k - 1];
    }
    return n;
}

/* --- room -------------------------------------------------------------------------------------------------------- */

/** What a row of a table counts for. BOUNDARY has cells of its own, and leaves of G beside those of L. */
static void add_rows(struct cutter *c, unsigned t, uint64_t n)
{
    const struct air_table *const table = &sc_air_tables[t];
    c->cells += t == SC_TABLE_BOUNDARY ? 0 : n * table->n_cols;
    c->leaves += n * (table->n_uses - table->n_global);
    c->global += n * table->n_global;
    c->clock += table->takes_state ? 4 * n : 0;
}

static void no_rows(struct vm *vm)
{
    struct cutter *const c = vm->cutter;
    memset(vm->budget, 0, sizeof(vm->budget));
    memset(c->granted, 0, sizeof(c->granted));
    c->cells = c->leaves = c->global = c->clock = 0;
    for (unsigned t = 0; t < SC_N_TABLES; t++) {
        if (sc_air_tables[t].fixed_log_h != 0 && t != SC_TABLE_REGS) {
            add_rows(c, t, UINT64_C(1) << sc_air_tables[t].fixed_log_h);
        }
    }
}

/** One of the demands of an instruction. False when the chunks cannot grow that far. */
static bool grow(struct vm *vm, struct cutter *next, unsigned t, unsigned n, int32_t *more)
{
    *more = 0;
    if (t == NO_BUDGET || vm->budget[t] >= (int32_t)n) {
        return true;
    }
    if (!next->limited) {
        *more = UNLIMITED;
        next->granted[t] += UNLIMITED;
        return true;
    }
    const uint64_t rows = next->granted[t] - (uint64_t)vm->budget[t] + n;
    if (rows > UINT64_C(1) << SC_MAX_LOG_CELLS) {
        return false;
    }
    const uint64_t to = rounded(rows);
    *more = (int32_t)(to - next->granted[t]);
    add_rows(next, t, (uint64_t)*more);
    next->granted[t] = to;
    return true;
}

static bool make_room(struct vm *vm, unsigned t, unsigned u, unsigned n_words)
{
    struct cutter next = *vm->cutter;
    int32_t more[3];
    uint64_t renewed;
    if (!grow(vm, &next, t, 1, &more[0]) || !grow(vm, &next, u, 1, &more[1]) || !grow(vm, &next, SC_TABLE_BOUNDARY, n_words, &more[2])) {
        return false;
    }
    /* As many as the clock can come to. */
    renewed = next.limited ? rounded(sc_renewals(next.clock / 4)) : 0;
    if (next.limited && (next.cells + renewed * sc_air_tables[SC_TABLE_RENEW].n_cols > next.max_cells ||
                         next.leaves + renewed * sc_air_tables[SC_TABLE_RENEW].n_uses > next.max_leaves ||
                         next.global > next.max_global || next.clock + 4 >= UINT64_C(1) << 27)) {
        return false;
    }
    *vm->cutter = next;
    if (t != NO_BUDGET) {
        vm->budget[t] += more[0];
    }
    if (u != NO_BUDGET) {
        vm->budget[u] += more[1];
    }
    vm->budget[SC_TABLE_BOUNDARY] += more[2];
    return true;
}

/* --- words ------------------------------------------------------------------------------------------------------- */

static void keep(struct vm *vm, uint64_t addr, uint8_t space, uint64_t value, uint16_t prev)
{
    struct sc_span *const s = span_of(vm);
    if (!sc_vm_grow(&s->words, &s->cap_words, s->n_words, sizeof(*s->words))) {
        vm->no_memory = true;
        return;
    }
    s->words[s->n_words++] = (struct sc_span_word){.addr = addr, .v_in = value, .prev = prev, .space = space};
    vm->budget[SC_TABLE_BOUNDARY]--;
}

void sc_cut_touch(struct vm *vm, struct mem_page *page, uint64_t addr)
{
    const size_t slot = mem_slot(addr);
    keep(vm, addr, page->space[slot] & 3u, page->v[slot], page->seen[slot]);
    page->seen[slot] = vm->mem.segment;
}

static struct hot *hot_of(const struct vm *vm, struct fetched f)
{
    return &vm->blocks[f.block].code[f.pos];
}

/** The instruction at hand is not part of the segment after all: forget its first execution. */
static void forget_fresh(struct vm *vm)
{
    struct cutter *const c = vm->cutter;
    struct sc_span *const s = span_of(vm);
    if (c->fresh_cycle != vm->cycles) {
        return;
    }
    while (s->n_words > c->fresh_words) {
        const struct sc_span_word *const w = &s->words[--s->n_words];
        vm->mem.pages[w->addr >> MEM_PAGE_LOG]->seen[mem_slot(w->addr)] = w->prev;
        vm->budget[SC_TABLE_BOUNDARY]++;
    }
    hot_of(vm, c->fetched[--c->n_fetched])->xop = X_UNDECODED;
    vm->budget[SC_TABLE_DECODE]++;
    c->fresh_cycle = NEVER;
}

bool sc_cut_fetch(struct vm *vm)
{
    struct cutter *const c = vm->cutter;
    struct hot *const h = &vm->block->code[vm->pos];
    const uint8_t xop = h->xop;
    const uint64_t addr = 4 * (vm->block->ip + vm->pos) & ~UINT64_C(7);
    struct mem_page *const page = vm->mem.pages[addr >> MEM_PAGE_LOG];
    h->xop = X_UNDECODED; /* it is not of the segment that may end here */
    for (;;) {
        const unsigned n_new = page->seen[mem_slot(addr)] != vm->mem.segment;
        if (vm->budget[SC_TABLE_DECODE] >= 1 && vm->budget[SC_TABLE_BOUNDARY] >= (int32_t)n_new) {
            break;
        }
        if (!sc_cut_grant(vm, SC_TABLE_DECODE, NO_BUDGET, n_new)) {
            return false;
        }
    }
    if (!sc_vm_grow(&c->fetched, &c->cap_fetched, c->n_fetched, sizeof(*c->fetched))) {
        vm->no_memory = true;
        return false;
    }
    h->xop = xop;
    c->fetched[c->n_fetched++] = (struct fetched){(uint32_t)(vm->block - vm->blocks), vm->pos};
    c->fresh_cycle = vm->cycles;
    c->fresh_words = span_of(vm)->n_words;
    vm->budget[SC_TABLE_DECODE]--;
    if (page->seen[mem_slot(addr)] != vm->mem.segment) {
        sc_cut_touch(vm, page, addr);
    }
    return !vm->no_memory;
}

/* --- cuts -------------------------------------------------------------------------------------------------------- */

static bool refuse(struct vm *vm, socle_status st)
{
    vm->cut_status = st;
    return false;
}

/** Every register is a word of every segment: RENEW has rows of all of them. */
static bool begin_regs(struct vm *vm)
{
    if (!make_room(vm, NO_BUDGET, NO_BUDGET, SC_N_REGS)) {
        return refuse(vm, SOCLE_E_LIMIT);
    }
    for (unsigned r = 0; r < SC_N_REGS; r++) {
        keep(vm, r, SPACE_REG, vm->regs[r], (uint16_t)(vm->mem.segment - 1));
    }
    return !vm->no_memory || refuse(vm, SOCLE_E_NOMEM);
}

/** The segment that begins at vm.pos. */
static bool begin(struct vm *vm)
{
    struct cutter *const c = vm->cutter;
    struct sc_segments *const s = c->out;
    if (s->n_spans == SC_SEGMENTS_MAX) {
        return refuse(vm, SOCLE_E_LIMIT);
    }
    if (!sc_vm_grow(&s->spans, &s->cap_spans, s->n_spans, sizeof(*s->spans))) {
        vm->no_memory = true;
        return refuse(vm, SOCLE_E_NOMEM);
    }
    struct sc_span *const span = &s->spans[s->n_spans++];
    memset(span, 0, sizeof(*span));
    span->ip_in = (uint32_t)(vm->block->ip + vm->pos);
    memcpy(span->regs, vm->regs, sizeof(span->regs));
    vm->mem.segment = (uint16_t)s->n_spans;
    c->start = vm->cycles;
    c->fresh_cycle = NEVER;
    no_rows(vm);
    return begin_regs(vm);
}

/** Stamp that DECODE leaves on the word at @p addr: every instruction of the segment is decoded, and no other. */
static uint8_t decode_stamp(const struct vm *vm, uint64_t addr)
{
    for (size_t i = 0; i < vm->n_blocks; i++) {
        const struct code_block *const b = &vm->blocks[i];
        if (addr / 4 >= b->ip && addr / 4 - b->ip < b->n) {
            const struct hot *const h = &b->code[addr / 4 - b->ip];
            return h[1].xop > X_ILLEGAL ? 2 : h[0].xop > X_ILLEGAL ? 1 : 0;
        }
    }
    return 0;
}

/** The segment ends before the instruction at vm.pos, or with the run. False when the set has too many rows of BOUNDARY. */
static bool end(struct vm *vm, uint32_t ip_out)
{
    struct cutter *const c = vm->cutter;
    struct sc_span *const s = span_of(vm);
    s->cycles = vm->cycles - c->start;
    s->ip_out = ip_out;
    s->ts_end = 4 * ((uint32_t)s->cycles + 1);
    for (unsigned t = 0; t < SC_N_TABLES; t++) {
        s->n_rows[t] = c->granted[t] - (uint64_t)vm->budget[t];
    }
    s->n_rows[SC_TABLE_RENEW] = sc_renewals(s->cycles);
    for (size_t i = 0; i < s->n_words; i++) {
        struct sc_span_word *const w = &s->words[i];
        w->v_out = w->space == SPACE_REG ? vm->regs[w->addr] : vm->mem.pages[w->addr >> MEM_PAGE_LOG]->v[mem_slot(w->addr)];
        w->decode = w->space == SPACE_RX ? decode_stamp(vm, w->addr) : 0;
    }
    for (size_t i = 0; i < c->n_fetched; i++) {
        hot_of(vm, c->fetched[i])->xop = X_UNDECODED;
    }
    c->n_fetched = 0;
    if (c->limited) {
        c->boundary_rows += rounded(s->n_words);
    }
    return c->boundary_rows <= SC_BOUNDARY_ROWS_MAX;
}

bool sc_cut_grant(struct vm *vm, unsigned t, unsigned u, unsigned n_words)
{
    if (make_room(vm, t, u, n_words)) {
        return true;
    }
    forget_fresh(vm);
    if (vm->cycles == vm->cutter->start || !end(vm, (uint32_t)(vm->block->ip + vm->pos))) {
        return refuse(vm, SOCLE_E_LIMIT);
    }
    return begin(vm);
}

/* --- the run ----------------------------------------------------------------------------------------------------- */

/** Append the row of one word of INITFINAL; only count without lists. */
static void put_word(struct sc_segments *s, const struct mem_page *page, uint64_t addr, uint8_t origin, const struct sc_elf *elf, size_t *image)
{
    const size_t slot = mem_slot(addr);
    const uint16_t last = page != NULL ? page->seen[slot] : 0;
    s->n_boundary_words += s->words == NULL && last != 0;
    if (s->words != NULL) {
        struct sc_word *const w = &s->words[s->n_words];
        *w = (struct sc_word){.addr = addr, .last_ts = last != 0, .space = SPACE_RW, .origin = origin};
        if (page != NULL) {
            w->last = page->v[slot];
            w->space = page->space[slot] & 3u;
        }
        w->first = origin == 0 ? elf->words[*image].value : origin == 2 ? w->last : 0;
        s->last[s->n_words] = last;
    }
    *image += origin == 0;
    s->n_words++;
}

/** Visit all words that have a row, in order of address. */
static void walk_words(const struct vm *vm, struct sc_segments *s, const struct sc_elf *elf, size_t output_size)
{
    size_t image = 0;
    s->n_words = 0;
    for (size_t i = 0; i < vm->mem.n_used; i++) {
        const uint64_t start = (uint64_t)vm->mem.used[i] << MEM_PAGE_LOG;
        const struct mem_page *const page = vm->mem.pages[vm->mem.used[i]];
        for (size_t slot = 0; start < SC_OUTPUT_START && slot < MEM_PAGE_WORDS; slot++) {
            const bool is_image = (page->space[slot] & MEM_IMAGE) != 0;
            if (is_image || page->seen[slot] != 0) {
                put_word(s, page, start + 8 * slot, is_image ? 0 : start >= SC_INPUT_START ? 2 : 1, elf, &image);
            }
        }
    }
    for (size_t k = 0; k < 1 + (output_size + 7) / 8; k++) { /* touched or not */
        const uint64_t addr = SC_OUTPUT_START + 8 * (uint64_t)k;
        put_word(s, vm->mem.pages[addr >> MEM_PAGE_LOG], addr, 3, elf, &image);
    }
}

static socle_status collect(struct vm *vm, struct sc_segments *s, const struct sc_elf *elf, size_t output_size)
{
    if (output_size / 8 > (uint64_t)1 << SC_IMAGE_MAX_LOG) {
        return SOCLE_E_LIMIT;
    }
    sc_memory_sort(&vm->mem);
    walk_words(vm, s, elf, output_size);
    s->words = sc_alloc(s->n_words, sizeof(*s->words));
    s->last = sc_alloc(s->n_words, sizeof(*s->last));
    if (s->words == NULL || s->last == NULL) {
        return SOCLE_E_NOMEM;
    }
    walk_words(vm, s, elf, output_size);
    s->n_boundary_words += SC_N_REGS;
    memcpy(s->regs, vm->regs, sizeof(s->regs));
    return SOCLE_OK;
}

bool sc_cut_start(struct vm *vm)
{
    return begin(vm);
}

bool sc_cut_stop(struct vm *vm, struct sc_run *out)
{
    const bool halted = !vm->no_memory && (vm->end == SC_END_HALT || vm->end == SC_END_EXIT_CODE);
    const uint64_t next = vm->target != NO_TARGET ? vm->target : vm->block->ip + vm->pos + halted;
    const uint64_t ip = vm->end == SC_END_FETCH && !vm->no_memory ? vm->addr / 4 : next;
    forget_fresh(vm);
    const bool ok = end(vm, (uint32_t)ip);
    for (size_t i = 0; i < vm->cutter->out->n_spans; i++) {
        for (unsigned t = 0; t < SC_N_TABLES; t++) {
            const uint64_t n = vm->cutter->out->spans[i].n_rows[t];
            out->n_rows[t] = t == SC_TABLE_DECODE ? n : out->n_rows[t] + n;
        }
    }
    out->n_rows[SC_TABLE_REGS] = SC_N_REGS;
    out->n_rows[SC_TABLE_RENEW] = sc_renewals(vm->cycles);
    out->n_rows[SC_TABLE_BOUNDARY] = 0; /* of a set alone */
    return ok;
}

static void set_limits(struct cutter *c, const struct sc_cut_limits *l)
{
    c->limited = l->log_cells != 0 || l->log_leaves != 0 || l->log_global != 0;
    c->max_cells = UINT64_C(1) << (l->log_cells != 0 ? l->log_cells : SC_MAX_LOG_CELLS);
    c->max_leaves = UINT64_C(1) << (l->log_leaves != 0 ? l->log_leaves : SC_MAX_LOG_LEAVES);
    c->max_global = UINT64_C(1) << (l->log_global != 0 ? l->log_global : MAX_LOG_GLOBAL);
}

static socle_status too_large(char *why, size_t why_size, const char *what)
{
    if (why_size > 0) {
        (void)snprintf(why, why_size, "%s", what);
    }
    return SOCLE_E_LIMIT;
}

socle_status sc_vm_execute_cut(struct sc_segments *out, struct sc_run *run, char *why, size_t why_size, const struct sc_elf *elf,
                               const struct sc_exec_options *options, const struct sc_cut_limits *limits)
{
    struct cutter c = {.out = out};
    struct vm vm = {.end = SC_END_HALT, .cutter = &c};
    memset(out, 0, sizeof(*out));
    memset(run, 0, sizeof(*run));
    if (limits->log_cells > SC_MAX_LOG_CELLS || limits->log_leaves > SC_MAX_LOG_LEAVES || limits->log_global > MAX_LOG_GLOBAL) {
        return SOCLE_E_ARG;
    }
    set_limits(&c, limits);
    socle_status st = sc_vm_execute(&vm, run, why, why_size, elf, options);
    if (vm.cut_status == SOCLE_E_LIMIT) {
        st = too_large(why, why_size, vm.cycles == c.start ? "the limits of a segment are too small for one instruction"
                                                           : "the run needs too many segments, or too many rows between them");
    }
    if (st == SOCLE_OK) {
        st = collect(&vm, out, elf, run->output_size);
        run->n_rows[SC_TABLE_INITFINAL] = out->n_words;
        if (st != SOCLE_OK && why_size > 0) {
            (void)snprintf(why, why_size, "%s", st == SOCLE_E_LIMIT ? "the output has more words than one proof can hold" : "no memory for the words of the run");
        }
    }
    if (st == SOCLE_OK && out->n_spans > 1 && c.boundary_rows + rounded(out->n_boundary_words) > SC_BOUNDARY_ROWS_MAX) {
        st = too_large(why, why_size, "the run needs too many rows between its segments");
    }
    sc_free(c.fetched);
    sc_vm_fini(&vm);
    return st;
}

socle_status sc_exec_cut(struct sc_segments *out, struct sc_run *run, char *why, size_t why_size, const struct sc_elf *elf,
                         const struct sc_exec_options *options, const struct sc_cut_limits *limits)
{
    if (options->record) {
        memset(out, 0, sizeof(*out));
        memset(run, 0, sizeof(*run));
        return SOCLE_E_ARG;
    }
    return sc_vm_execute_cut(out, run, why, why_size, elf, options, limits);
}

void sc_segments_fini(struct sc_segments *s)
{
    for (size_t i = 0; i < s->n_spans; i++) {
        sc_free(s->spans[i].words);
    }
    sc_free(s->spans);
    sc_free(s->words);
    sc_free(s->last);
    memset(s, 0, sizeof(*s));
}

size_t sc_segments_memory(const struct sc_segments *s)
{
    size_t n = s->cap_spans != 0 ? sc_alloc_size(s->cap_spans, sizeof(*s->spans)) : 0;
    for (size_t i = 0; i < s->n_spans; i++) {
        n += s->spans[i].cap_words != 0 ? sc_alloc_size(s->spans[i].cap_words, sizeof(struct sc_span_word)) : 0;
    }
    n += s->words != NULL ? sc_alloc_size(s->n_words, sizeof(*s->words)) : 0;
    return n + (s->last != NULL ? sc_alloc_size(s->n_words, sizeof(*s->last)) : 0);
}

size_t sc_span_memory_max(const struct sc_cut_limits *limits)
{
    if (limits->log_global < 2) {
        return 0;
    }
    return sizeof(struct sc_span) * 5 / 4 + sc_vm_grown_size(UINT64_C(1) << (limits->log_global - 2), sizeof(struct sc_span_word));
}
