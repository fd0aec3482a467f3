/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * See naive_cut.h. Owns the lists of struct naive_cut.
 */
#include "tests/support/naive_cut.h"

#include "core/air/air.h"
#include "core/chips/chips.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS ((size_t)1 << 18)

/** The last segment of each word, by open addressing, and its place in the span's list. */
struct seen {
    uint64_t key; /* space << 60 | addr, plus 1; 0: free */
    uint32_t segment, at;
};

struct touch {
    uint64_t addr, before, after;
    uint32_t ts;
    uint8_t space, decode;
};

struct naive {
    const struct sc_run *run;
    uint64_t max_cells, max_leaves, max_global;
    struct seen *seen;
    uint32_t *fetched; /* per fetch of the run: the last segment that executed it */
    uint64_t regs[SC_N_REGS];
    struct naive_cut *out;
    struct naive_span *span;
};

int naive_by_place(const void *a, const void *b)
{
    const struct sc_span_word *const x = a, *const y = b;
    return x->space != y->space ? (x->space > y->space) - (x->space < y->space) : (x->addr > y->addr) - (x->addr < y->addr);
}

static struct seen *find(const struct naive *v, uint8_t space, uint64_t addr)
{
    const uint64_t key = ((uint64_t)space << 60 | addr) + 1;
    size_t i = (size_t)(key * 0x9e3779b97f4a7c15u >> 40) % SLOTS;
    while (v->seen[i].key != 0 && v->seen[i].key != key) {
        i = (i + 1) % SLOTS;
    }
    v->seen[i].key = key;
    return &v->seen[i];
}

static size_t fetch_of(const struct sc_run *run, uint32_t ip)
{
    size_t lo = 0, hi = run->n_fetches;
    while (lo < hi) {
        const size_t mid = (lo + hi) / 2;
        if (run->fetches[mid].inst.ip < ip) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

static const uint8_t uses[] = {0, 5, 5, 5, 3, 7, 7, 3, 5, 0, 4}; /* by class: 1 rs1, 2 rs2, 4 rd */

/** Access register @p reg at @p stamp. */
static uint32_t receive(uint32_t ts[SC_N_REGS], unsigned reg, uint32_t stamp)
{
    const uint32_t before = ts[reg];
    ts[reg] = stamp;
    return before;
}

void naive_registers(struct sc_event *e, const struct sc_inst *in, uint32_t ts[SC_N_REGS])
{
    const unsigned cls = SC_OP_CLASS(in->op);
    const bool call = cls == CLS_ECALL;
    for (unsigned r = 0; e->ts % 65536 == 0 && r < SC_N_REGS; r++) {
        ts[r] = e->ts - 1;
    }
    e->prev1 = call || (uses[cls] & 1) ? receive(ts, call ? 17 : in->rs1, e->ts) : 0;
    e->prev2 = (call && e->a == 64) || (uses[cls] & 2) ? receive(ts, call ? 12 : in->rs2, e->ts + 1) : 0;
    e->prevd = call || (uses[cls] & 4) ? receive(ts, call ? 10 : in->rd, e->ts + 2) : 0;
}

/** Every word and register of an event, in any order; up to 7. */
static unsigned touches(const struct naive *v, const struct sc_event *e, const struct sc_inst *in, struct touch t[7])
{
    const unsigned cls = SC_OP_CLASS(in->op);
    unsigned n = 0;
    t[n++] = (struct touch){4 * (uint64_t)e->ip & ~UINT64_C(7), v->run->fetches[fetch_of(v->run, e->ip)].word8, 0, 0, SPACE_RX, (uint8_t)(1 + (e->ip & 1))};
    t[0].after = t[0].before;
    if (cls == CLS_ECALL) {
        t[n++] = (struct touch){17, e->a, e->a, e->ts, SPACE_REG, 0};
        if (e->a == 64) {
            t[n++] = (struct touch){12, e->b, e->b, e->ts + 1, SPACE_REG, 0};
        }
        t[n++] = (struct touch){10, e->old, e->val, e->ts + 2, SPACE_REG, 0};
        return n;
    }
    if (uses[cls] & 1) {
        t[n++] = (struct touch){in->rs1, e->a, e->a, e->ts, SPACE_REG, 0};
    }
    if (uses[cls] & 2) {
        t[n++] = (struct touch){in->rs2, e->b, e->b, e->ts + 1, SPACE_REG, 0};
    }
    for (unsigned k = 0; (cls == CLS_LOAD || cls == CLS_STORE) && k < 1u + e->crosses; k++) {
        t[n++] = (struct touch){(e->addr & ~UINT64_C(7)) + 8 * k, e->m_old[k], e->m_new[k], e->ts + 2, e->space[k], 0};
    }
    if (uses[cls] & 4) {
        t[n++] = (struct touch){in->rd, e->old, e->val, e->ts + 2, SPACE_REG, 0};
    }
    return n;
}

static uint64_t rounded(uint64_t rows)
{
    uint8_t log_h[AIR_MAX_CHUNKS];
    uint64_t n = 0;
    for (unsigned k = sc_chunks_from_rows(rows, log_h); k > 0; k--) {
        n += UINT64_C(1) << log_h[k - 1];
    }
    return n;
}

static bool fits(const struct naive *v, const uint64_t rows[SC_N_TABLES], uint64_t words)
{
    uint64_t cells = 0, leaves = 5 * rounded(words), clock = 0;
    for (unsigned t = 0; t < SC_TABLE_IMAGE; t++) {
        const struct air_table *const a = &sc_air_tables[t];
        const uint64_t n = t == SC_TABLE_REGS ? 0 : a->fixed_log_h ? UINT64_C(1) << a->fixed_log_h : rounded(rows[t]);
        cells += n * a->n_cols;
        leaves += n * a->n_uses;
        clock += a->takes_state ? 4 * n : 0;
    }
    const uint64_t renewed = rounded(33 * (clock / 65536)); /* of the longest run that has room in these chunks */
    cells += renewed * sc_air_tables[SC_TABLE_RENEW].n_cols;
    leaves += renewed * sc_air_tables[SC_TABLE_RENEW].n_uses;
    return cells <= v->max_cells && leaves <= v->max_leaves && 4 * rounded(words) <= v->max_global && clock + 4 < UINT64_C(1) << 27;
}

static bool open_span(struct naive *v, size_t first)
{
    struct naive_span *const spans = realloc(v->out->spans, (v->out->n_spans + 1) * sizeof *spans);
    if (spans == NULL) {
        return false;
    }
    v->out->spans = spans;
    v->span = &spans[v->out->n_spans++];
    memset(v->span, 0, sizeof *v->span);
    v->span->first = first;
    memcpy(v->span->regs, v->regs, sizeof v->regs);
    v->span->words = calloc(SC_N_REGS, sizeof *v->span->words);
    for (unsigned r = 0; v->span->words != NULL && r < SC_N_REGS; r++) { /* touched or not */
        struct seen *const at = find(v, SPACE_REG, r);
        v->span->words[r] = (struct sc_span_word){.addr = r, .v_in = v->regs[r], .v_out = v->regs[r], .prev = (uint16_t)at->segment};
        at->segment = (uint32_t)v->out->n_spans;
        at->at = r;
    }
    v->span->n_words = SC_N_REGS;
    return v->span->words != NULL;
}

static void close_span(struct naive *v)
{
    const uint32_t renewed = (uint32_t)(4 * v->span->n / 65536);
    for (unsigned r = 0; r < SC_N_REGS; r++) {
        struct sc_span_word *const w = &v->span->words[r];
        w->ts_last = renewed > 0 && w->ts_last < 65536 * renewed - 1 ? 65536 * renewed - 1 : w->ts_last;
    }
    v->span->n_rows[SC_TABLE_RENEW] = 33 * renewed;
    qsort(v->span->words, v->span->n_words, sizeof *v->span->words, naive_by_place);
}

/** Add the event to the span. False without memory. */
static bool take(struct naive *v, const struct sc_event *e, const struct touch *t, unsigned n, const uint64_t rows[SC_N_TABLES])
{
    struct naive_span *const s = v->span;
    const uint32_t segment = (uint32_t)v->out->n_spans;
    memcpy(s->n_rows, rows, sizeof s->n_rows);
    v->fetched[fetch_of(v->run, e->ip)] = segment;
    s->n++;
    for (unsigned i = 0; i < n; i++) {
        struct seen *const at = find(v, t[i].space, t[i].addr);
        if (at->segment != segment) {
            struct sc_span_word *const words = realloc(s->words, (s->n_words + 1) * sizeof *words);
            if (words == NULL) {
                return false;
            }
            s->words = words;
            words[s->n_words] = (struct sc_span_word){
                .addr = t[i].addr, .v_in = t[i].before, .prev = (uint16_t)at->segment, .space = t[i].space};
            at->segment = segment;
            at->at = (uint32_t)s->n_words++;
        }
        struct sc_span_word *const w = &s->words[at->at];
        w->v_out = t[i].after;
        w->decode = t[i].decode > w->decode ? t[i].decode : w->decode;
        w->ts_last = t[i].ts != 0 ? t[i].ts - 4 * (uint32_t)s->first : w->ts_last > w->decode ? w->ts_last : w->decode;
        if (t[i].space == SPACE_REG) {
            v->regs[t[i].addr] = t[i].after;
        }
    }
    return true;
}

static const char *walk(struct naive *v)
{
    for (size_t i = 0; i < v->run->n_events; i++) {
        const struct sc_event *const e = &v->run->events[i];
        const struct sc_inst *const in = &v->run->insts[e->inst];
        struct touch t[7];
        const unsigned n = touches(v, e, in, t);
        for (;;) {
            uint64_t rows[SC_N_TABLES], words = v->span->n_words, q, d;
            memcpy(rows, v->span->n_rows, sizeof rows);
            rows[e->table]++;
            rows[SC_TABLE_MUL] += e->table == SC_TABLE_DIV && sc_div_call(e, in, &q, &d);
            rows[SC_TABLE_DECODE] += v->fetched[fetch_of(v->run, e->ip)] != v->out->n_spans;
            for (unsigned k = 0; k < n; k++) {
                bool is_new = find(v, t[k].space, t[k].addr)->segment != v->out->n_spans;
                for (unsigned j = 0; j < k; j++) {
                    is_new = is_new && (t[j].space != t[k].space || t[j].addr != t[k].addr);
                }
                words += is_new;
            }
            if (fits(v, rows, words)) {
                if (!take(v, e, t, n, rows)) {
                    return "no memory";
                }
                break;
            }
            if (v->span->n == 0) {
                return "the limits are too small";
            }
            close_span(v);
            if (!open_span(v, i)) {
                return "no memory";
            }
        }
    }
    close_span(v);
    for (size_t i = 0; i < v->out->n_spans; i++) {
        v->out->spans[i].n_rows[SC_TABLE_BOUNDARY] = v->out->spans[i].n_words;
    }
    return NULL;
}

const char *naive_cut(struct naive_cut *out, const struct sc_run *run, const struct sc_cut_limits *limits)
{
    struct naive v = {.run = run, .out = out};
    const char *why = "no memory";
    memset(out, 0, sizeof *out);
    v.max_cells = UINT64_C(1) << (limits->log_cells ? limits->log_cells : 30);
    v.max_leaves = UINT64_C(1) << (limits->log_leaves ? limits->log_leaves : 30);
    v.max_global = UINT64_C(1) << (limits->log_global ? limits->log_global : 28);
    v.seen = calloc(SLOTS, sizeof *v.seen);
    v.fetched = calloc(run->n_fetches + 1, sizeof *v.fetched);
    if (v.seen != NULL && v.fetched != NULL && open_span(&v, 0)) {
        why = walk(&v);
    }
    free(v.seen);
    free(v.fetched);
    return why;
}

void naive_cut_fini(struct naive_cut *c)
{
    for (size_t i = 0; i < c->n_spans; i++) {
        free(c->spans[i].words);
    }
    free(c->spans);
    memset(c, 0, sizeof *c);
}
