/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Executions in segments: cuts are where the naive cutter has them, and every segment replays what the whole recorded run has there.
 */
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/exec/segments.h"
#include "host/sys/file.h"
#include "host/sys/mem.h"
#include "tests/sound/program.h"
#include "tests/support/elf_build.h"
#include "tests/support/naive_cut.h"

struct program {
    const char *name;
    struct sc_elf elf;
    bool borrowed;
    uint8_t input[256];
    size_t input_size;
};

static bool open_guest(struct program *p, const char *name, uint64_t seed, size_t input_size)
{
    char path[1024], why[256] = "";
    uint8_t *file = NULL;
    size_t size = 0;
    const char *const build = getenv("SOCLE_BUILD_ROOT");
    memset(p, 0, sizeof *p);
    snprintf(path, sizeof path, "%s/guest/%s.elf", build != NULL ? build : "build", name);
    if (access(path, R_OK) != 0) {
        return false;
    }
    p->name = name;
    p->input_size = input_size;
    for (size_t i = 0; i < input_size; i++) {
        p->input[i] = (uint8_t)(seed >> 8 * (i % 8));
    }
    cr_assert_eq(sc_file_read(&file, &size, why, sizeof why, path, (size_t)1 << 24), SOCLE_OK, "%s", why);
    cr_assert_eq(sc_elf_load(&p->elf, why, sizeof why, file, size), SOCLE_OK, "%s", why);
    sc_free(file);
    return true;
}

/** The program that has every table. */
static void open_everything(struct program *p)
{
    static struct prog prog;
    memset(p, 0, sizeof *p);
    prog_everything(&prog);
    p->name = "everything";
    p->elf = prog_elf(&prog);
    p->borrowed = true;
    p->input_size = 24;
    memcpy(p->input, "hello world, hello you!", 24);
}

static void close_program(struct program *p)
{
    if (!p->borrowed) {
        sc_elf_fini(&p->elf);
    }
}

static void record(struct sc_run *run, const struct program *p)
{
    char why[256] = "";
    const struct sc_exec_options o = {.input = p->input, .input_size = p->input_size, .record = true};
    cr_assert_eq(sc_exec(run, why, sizeof why, &p->elf, &o), SOCLE_OK, "%s: %s", p->name, why);
}

static socle_status cut(struct sc_segments *s, struct sc_run *run, const struct program *p, const struct sc_cut_limits *limits)
{
    char why[256] = "";
    const struct sc_exec_options o = {.input = p->input, .input_size = p->input_size};
    const socle_status st = sc_exec_cut(s, run, why, sizeof why, &p->elf, &o, limits);
    cr_expect((st == SOCLE_OK) == (why[0] == '\0'), "%s: status %d, %s", p->name, (int)st, why);
    return st;
}

static bool same_word(const struct sc_span_word *a, const struct sc_span_word *b, bool stamps)
{
    return a->addr == b->addr && a->v_in == b->v_in && a->v_out == b->v_out && a->prev == b->prev && a->space == b->space &&
           a->decode == b->decode && (!stamps || a->ts_last == b->ts_last);
}

/** @p stamps: whether they are set. */
static void expect_words(const char *name, size_t segment, const struct sc_span_word *got, const struct naive_span *want, bool stamps)
{
    for (size_t k = 0; k < want->n_words; k++) {
        cr_assert(same_word(&got[k], &want->words[k], stamps), "%s, segment %zu: word %zu (space %u, 0x%llx, last stamp %u) is not (%u, 0x%llx, %u)", name,
                  segment, k, got[k].space, (unsigned long long)got[k].addr, (unsigned)got[k].ts_last, want->words[k].space,
                  (unsigned long long)want->words[k].addr, (unsigned)want->words[k].ts_last);
    }
}

static void expect_span(const char *name, size_t i, const struct sc_span *got, const struct naive_span *want, const struct sc_run *run)
{
    const struct sc_event *const e = &run->events[want->first];
    cr_assert(got->cycles == want->n && got->n_words == want->n_words, "%s, segment %zu: %llu instructions and %zu words, wanted %zu and %zu", name,
              i + 1, (unsigned long long)got->cycles, got->n_words, want->n, want->n_words);
    cr_expect(got->ip_in == e[0].ip && got->ip_out == e[want->n - 1].next_ip && got->ts_end == 4 * (want->n + 1), "%s, segment %zu: its ends", name,
              i + 1);
    cr_expect(memcmp(got->n_rows, want->n_rows, sizeof got->n_rows) == 0, "%s, segment %zu: its rows", name, i + 1);
    cr_expect(memcmp(got->regs, want->regs, sizeof got->regs) == 0, "%s, segment %zu: its registers", name, i + 1);
    struct sc_span_word *const words = malloc(got->n_words * sizeof *words);
    memcpy(words, got->words, got->n_words * sizeof *words);
    qsort(words, got->n_words, sizeof *words, naive_by_place);
    expect_words(name, i + 1, words, want, false);
    free(words);
}

/** What the memory proof needs: last segments and final values of words and registers. */
static void expect_finals(const struct program *p, const struct sc_segments *s, const struct sc_run *run)
{
    size_t n = 0;
    cr_assert_eq(s->n_words, run->n_words, "%s", p->name);
    for (size_t k = 0; k < s->n_words; k++) {
        const struct sc_word *const a = &s->words[k], *const b = &run->words[k];
        n += s->last[k] != 0;
        cr_assert(a->addr == b->addr && a->first == b->first && a->last == b->last && a->space == b->space && a->origin == b->origin &&
                      a->last_ts == (b->last_ts != 0) && a->last_ts == (s->last[k] != 0),
                  "%s: final word %zu", p->name, k);
    }
    for (unsigned r = 0; r < SC_N_REGS; r++) {
        n++;
        cr_expect(s->regs[r] == run->regs[r], "%s: register %u", p->name, r);
    }
    cr_expect_eq(n, s->n_boundary_words);
    for (size_t i = 0; i < s->n_spans; i++) { /* the last segment that has a word is the one told */
        for (size_t k = 0; k < s->spans[i].n_words; k++) {
            const struct sc_span_word *const w = &s->spans[i].words[k];
            if (w->space == SPACE_REG) {
                cr_assert_eq(w->prev, i);
                continue;
            }
            size_t lo = 0, hi = s->n_words;
            while (lo < hi) {
                const size_t mid = (lo + hi) / 2;
                if (s->words[mid].addr < w->addr) {
                    lo = mid + 1;
                } else {
                    hi = mid;
                }
            }
            cr_assert(lo < s->n_words && s->words[lo].addr == w->addr && w->prev <= i && s->last[lo] >= i + 1);
            cr_assert(s->last[lo] != i + 1 || w->v_out == s->words[lo].last);
        }
    }
}

static void expect_cuts(const struct program *p, const struct sc_cut_limits *limits, size_t least)
{
    static struct sc_run whole, run;
    struct sc_segments s;
    struct naive_cut want;
    record(&whole, p);
    const char *const why = naive_cut(&want, &whole, limits);
    cr_assert_null(why, "%s: %s", p->name, why);
    cr_assert_eq(cut(&s, &run, p, limits), SOCLE_OK);
    cr_assert(s.n_spans == want.n_spans && s.n_spans >= least, "%s, limits %u %u %u: %zu segments, wanted %zu and at least %zu", p->name,
              limits->log_cells, limits->log_leaves, limits->log_global, s.n_spans, want.n_spans, least);
    for (size_t i = 0; i < s.n_spans; i++) {
        expect_span(p->name, i, &s.spans[i], &want.spans[i], &whole);
    }
    expect_finals(p, &s, &whole);
    cr_expect(run.output_size == whole.output_size && memcmp(run.output, whole.output, run.output_size) == 0 && run.cycles == whole.cycles);
    sc_segments_fini(&s);
    sc_run_fini(&run);
    sc_run_fini(&whole);
    naive_cut_fini(&want);
}

static const struct sc_cut_limits all_limits[] = {{19, 0, 0}, {0, 19, 0}, {0, 0, 8}, {20, 20, 10}, {19, 30, 8}, {30, 20, 28}};

Test(segments, are_cut_where_a_naive_cutter_cuts, .timeout = 200)
{
    static const struct {
        const char *name;
        uint64_t seed;
        size_t input_size;
    } guests[] = {{"sha256", 0x1234567, 200}, {"quicksort", 300, 8}, {"workload", 2, 8}, {"keccak256", 77, 140}, {"fibonacci", 60000, 8}};
    struct program p;
    unsigned n = 0;
    for (size_t g = 0; g < sizeof guests / sizeof guests[0]; g++) {
        for (size_t l = 0; l < sizeof all_limits / sizeof all_limits[0]; l++) {
            if (open_guest(&p, guests[g].name, guests[g].seed, guests[g].input_size)) {
                expect_cuts(&p, &all_limits[l], all_limits[l].log_cells == 30 ? 1 : 2);
                close_program(&p);
                n++;
            }
        }
    }
    if (n == 0) {
        cr_skip_test("the guests are not built");
    }
}

Test(segments, of_a_program_with_every_table_are_cut_so_too)
{
    struct program p;
    open_everything(&p);
    for (unsigned log_words = 6; log_words < 9; log_words++) { /* 33 of the words are registers */
        const struct sc_cut_limits l = {0, 0, (uint8_t)(log_words + 2)};
        expect_cuts(&p, &l, log_words < 7 ? 2 : 1);
    }
}

/* A loop whose tables fill 2^20 cells so nearly that the rows of RENEW decide where the segment ends. */
Test(segments, count_the_rows_that_renew_registers)
{
    static const struct sc_cut_limits limits = {20, 0, 0};
    static struct prog prog;
    struct program p = {.name = "a loop", .borrowed = true};
    memset(&prog, 0, sizeof prog);
    put_u(&prog, OP_LUI, 5, 1); /* 4096 */
    const unsigned loop = prog.n;
    put_i(&prog, OP_IMM, 0, 5, 5, -1);
    for (unsigned i = 0; i < 3; i++) {
        put_i(&prog, OP_IMM, 0, 6, 6, 1);
        put_r(&prog, OP_OP, 32, 0, 7, 7, 6);
    }
    put_b(&prog, 1, 5, 0, 4 * ((int32_t)loop - (int32_t)prog.n));
    put_i(&prog, OP_IMM, 0, 17, 0, 93);
    put(&prog, 0x73); /* ecall */
    p.elf = prog_elf(&prog);
    expect_cuts(&p, &limits, 2);
}

Test(segments, need_limits_that_one_instruction_fits)
{
    static const struct sc_cut_limits small[] = {{18, 0, 0}, {0, 18, 0}, {0, 0, 5}}, wrong[] = {{31, 0, 0}, {0, 31, 0}, {0, 0, 29}};
    struct program p;
    struct sc_segments s;
    static struct sc_run run;
    char why[256] = "";
    open_everything(&p);
    struct sc_exec_options o = {.input = p.input, .input_size = p.input_size};
    for (unsigned i = 0; i < 3; i++) {
        cr_expect_eq(cut(&s, &run, &p, &small[i]), SOCLE_E_LIMIT);
        sc_segments_fini(&s);
        sc_run_fini(&run);
        cr_expect_eq(sc_exec_cut(&s, &run, why, sizeof why, &p.elf, &o, &wrong[i]), SOCLE_E_ARG);
        sc_segments_fini(&s);
        sc_run_fini(&run);
    }
    o.record = true;
    cr_expect_eq(sc_exec_cut(&s, &run, why, sizeof why, &p.elf, &o, &all_limits[0]), SOCLE_E_ARG);
}

Test(segments, hold_no_more_memory_than_told)
{
    struct program p;
    struct sc_segments s;
    static struct sc_run run;
    if (!open_guest(&p, "quicksort", 300, 8)) {
        cr_skip_test("the guests are not built");
    }
    const struct sc_cut_limits limits = {0, 0, 8};
    const size_t before = sc_mem_now();
    cr_assert_eq(cut(&s, &run, &p, &limits), SOCLE_OK);
    const size_t lists = sc_alloc_size(s.n_words, sizeof *s.words) + sc_alloc_size(s.n_words, sizeof *s.last);
    cr_expect_eq(sc_segments_memory(&s) + sc_alloc_size(run.output_size + 1, 1), sc_mem_now() - before);
    cr_expect(s.n_spans > 100 && sc_segments_memory(&s) <= lists + (s.n_spans + 256) * sc_span_memory_max(&limits), "%zu bytes for %zu segments",
              sc_segments_memory(&s), s.n_spans);
    sc_segments_fini(&s);
    sc_run_fini(&run);
    close_program(&p);
    cr_expect_eq(sc_mem_now(), 0);
}

/* --- replays ------------------------------------------------------------------------------------------------------ */

/** A stamp of the whole run as the segment that begins with event @p first has it; @p start is what the segment's tokens begin with. */
static uint32_t shifted(uint32_t ts, size_t first, uint32_t start)
{
    return ts >= 4 * (first + 1) ? ts - 4 * (uint32_t)first : start;
}

static uint32_t decode_of(const struct naive_span *span, uint64_t addr, uint8_t space)
{
    const struct sc_span_word key = {.addr = addr, .space = space};
    const struct sc_span_word *const w = bsearch(&key, span->words, span->n_words, sizeof key, naive_by_place);
    cr_assert_not_null(w);
    return w->decode;
}

/** The event of the whole run as its segment must have it; inst is left out. @p reg_ts: stamps of registers before it. */
static struct sc_event in_segment(const struct sc_event *whole, const struct sc_inst *in, const struct naive_span *span, uint32_t reg_ts[SC_N_REGS])
{
    struct sc_event e = *whole;
    e.ts -= 4 * (uint32_t)span->first;
    naive_registers(&e, in, reg_ts);
    for (unsigned k = 0; k < 2; k++) {
        const bool code = e.space[k] == SPACE_RX;
        e.prevm[k] = shifted(e.prevm[k], span->first, code ? decode_of(span, (e.addr & ~UINT64_C(7)) + 8 * k, SPACE_RX) : 0);
    }
    e.inst = 0;
    return e;
}

/** One segment on its own. */
struct task {
    const struct program *p;
    const struct sc_segments *s;
    const struct naive_cut *want;
    const struct sc_run *whole;
    size_t i, block;
    const char *wrong;
};

static bool same_event(const struct sc_event *got, const struct sc_event *want, const struct sc_inst *inst, const struct sc_inst *want_inst)
{
    struct sc_event e = *got;
    e.inst = 0;
    return memcmp(&e, want, sizeof e) == 0 && inst->ip == want_inst->ip && inst->word == want_inst->word && inst->op == want_inst->op;
}

static const char *replay_events(struct task *t, struct sc_replay *r)
{
    const struct naive_span *const want = &t->want->spans[t->i];
    struct sc_event *const room = malloc(t->block * sizeof *room);
    const char *wrong = NULL;
    size_t done = 0, n = 0, n_insts = 0;
    uint32_t reg_ts[SC_N_REGS] = {0};
    memset(room, 0xa5, t->block * sizeof *room);
    while (wrong == NULL) {
        if (sc_replay_next(r, room, &n, t->block) != SOCLE_OK) {
            wrong = "the replay fails";
        }
        const struct sc_inst *const insts = sc_replay_insts(r, &n_insts);
        for (size_t k = 0; k < n && wrong == NULL; k++) {
            const struct sc_event *const whole = &t->whole->events[want->first + done + k];
            const struct sc_event expected = in_segment(whole, &t->whole->insts[whole->inst], want, reg_ts);
            if (done + k >= want->n || room[k].inst >= n_insts || !same_event(&room[k], &expected, &insts[room[k].inst], &t->whole->insts[whole->inst])) {
                wrong = "an event differs";
            }
        }
        done += n;
        if (n == 0) {
            break;
        }
    }
    free(room);
    return wrong != NULL ? wrong : done == want->n ? NULL : "events are missing";
}

static const char *check_replayed(const struct task *t, const struct sc_replayed *got)
{
    const struct naive_span *const want = &t->want->spans[t->i];
    uint64_t total = 0;
    if (got->n_words != want->n_words || got->n_fetches != want->n_rows[SC_TABLE_DECODE]) {
        return "other numbers of words or fetches";
    }
    for (size_t k = 0; k < got->n_words; k++) {
        if (!same_word(&got->words[k], &want->words[k], true)) {
            return "a word differs";
        }
    }
    for (size_t k = 0; k < got->n_fetches; k++) {
        const struct sc_fetch *const f = &got->fetches[k];
        const bool low_before = k > 0 && f[-1].inst.ip == f->inst.ip - 1;
        if ((k > 0 && f[-1].inst.ip >= f->inst.ip) || f->prev != ((f->inst.ip & 1) != 0 && low_before) || f->count == 0) {
            return "a fetch differs";
        }
        total += f->count;
    }
    return total == want->n ? NULL : "the counts of fetches do not add up";
}

static void *run_task(void *arg)
{
    struct task *const t = arg;
    struct sc_replay *r = NULL;
    struct sc_replayed replayed = {0};
    if (sc_replay_create(&r, &t->p->elf, &t->s->spans[t->i]) != SOCLE_OK) {
        t->wrong = "no replay";
        return NULL;
    }
    t->wrong = replay_events(t, r);
    if (t->wrong == NULL) {
        t->wrong = sc_replay_finish(r, &replayed) == SOCLE_OK ? check_replayed(t, &replayed) : "the replay does not end as the segment";
    }
    sc_replayed_fini(&replayed);
    sc_replay_destroy(r);
    return NULL;
}

/** All segments, last first, two at a time. */
static void expect_replays(const struct program *p, const struct sc_cut_limits *limits, size_t block)
{
    static struct sc_run whole, run;
    struct sc_segments s;
    struct naive_cut want;
    record(&whole, p);
    cr_assert_null(naive_cut(&want, &whole, limits));
    cr_assert_eq(cut(&s, &run, p, limits), SOCLE_OK);
    cr_assert_eq(s.n_spans, want.n_spans);
    for (size_t i = s.n_spans; i > 0; i -= i > 1 ? 2 : 1) {
        pthread_t thread;
        struct task a = {p, &s, &want, &whole, i - 1, block, NULL}, b = {p, &s, &want, &whole, i > 1 ? i - 2 : 0, 1024, NULL};
        cr_assert_eq(pthread_create(&thread, NULL, run_task, &b), 0);
        run_task(&a);
        pthread_join(thread, NULL);
        cr_assert_null(a.wrong, "%s, segment %zu: %s", p->name, a.i + 1, a.wrong);
        cr_assert_null(b.wrong, "%s, segment %zu: %s", p->name, b.i + 1, b.wrong);
    }
    sc_segments_fini(&s);
    sc_run_fini(&run);
    sc_run_fini(&whole);
    naive_cut_fini(&want);
}

Test(segments, replay_alone_what_the_whole_recorded_run_has_there, .timeout = 300)
{
    static const struct {
        const char *name;
        uint64_t seed;
        size_t input_size;
        struct sc_cut_limits limits;
        size_t block;
    } runs[] = {{"sha256", 0x1234567, 200, {19, 0, 0}, 1000}, {"quicksort", 300, 8, {0, 0, 8}, 1},    {"quicksort", 300, 8, {20, 19, 0}, 333},
                {"workload", 1, 8, {0, 19, 0}, 4096},         {"keccak256", 77, 140, {19, 0, 11}, 17}, {"fibonacci", 60000, 8, {0, 0, 8}, 7}};
    struct program p;
    unsigned n = 0;
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        if (open_guest(&p, runs[i].name, runs[i].seed, runs[i].input_size)) {
            expect_replays(&p, &runs[i].limits, runs[i].block);
            close_program(&p);
            n++;
        }
    }
    if (n == 0) {
        cr_skip_test("the guests are not built");
    }
}

Test(segments, of_a_program_with_every_table_replay_so_too)
{
    struct program p;
    open_everything(&p);
    for (unsigned log_words = 6; log_words < 9; log_words++) { /* 33 of the words are registers */
        const struct sc_cut_limits l = {0, 0, (uint8_t)(log_words + 2)};
        expect_replays(&p, &l, log_words);
    }
}

Test(segments, that_were_changed_do_not_replay)
{
    struct program p;
    struct sc_segments s;
    static struct sc_run run;
    static struct sc_event room[4096];
    const struct sc_cut_limits limits = {0, 0, 8};
    size_t n = 0, refused = 0, tried = 0;
    open_everything(&p);
    cr_assert_eq(cut(&s, &run, &p, &limits), SOCLE_OK);
    for (unsigned change = 0; change < 7; change++) {
        for (size_t k = 0; k < s.spans[1].n_words && (change < 3 || k == 0); k++) {
            struct sc_replay *r = NULL;
            struct sc_replayed replayed = {0};
            struct sc_span span = s.spans[1];
            span.words = malloc(span.n_words * sizeof *span.words);
            memcpy(span.words, s.spans[1].words, span.n_words * sizeof *span.words);
            struct sc_span_word *const w = &span.words[k];
            w->v_out ^= change == 0;
            *w = change == 1 ? span.words[--span.n_words] : *w; /* a word is missing */
            w->v_in ^= change == 2 ? UINT64_C(1) << 40 : 0;
            span.ip_out += change == 3;
            span.cycles -= change == 4;
            span.n_rows[SC_TABLE_DECODE] -= change == 5;
            span.n_rows[SC_TABLE_RENEW] += change == 6;
            socle_status st = sc_replay_create(&r, &p.elf, &span);
            st = st == SOCLE_OK ? sc_replay_next(r, room, &n, 4096) : st;
            st = st == SOCLE_OK ? sc_replay_finish(r, &replayed) : st;
            tried += change != 2;
            refused += change != 2 && st == SOCLE_E_BUG;
            cr_expect(change == 2 || st == SOCLE_E_BUG || (change == 1 && s.spans[1].words[k].space == SPACE_REG), "change %u of word %zu: status %d", change, k, (int)st);
            sc_replayed_fini(&replayed);
            sc_replay_destroy(r);
            free(span.words);
        }
    }
    cr_expect(tried > 20 && refused > tried / 2, "%zu of %zu", refused, tried);
    sc_segments_fini(&s);
    sc_run_fini(&run);
}
