/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Target: the verifier of sets on altered sets, and on altered proofs of a set by themselves, which is
 * what `--resume` asks about the files of its folder. As verify.c: the input is a list of edits of an
 * honest set; only the honest bytes are accepted; nothing is allocated; no more is hashed than twice,
 * and no more time spent than twice, what the honest bytes take.
 */
#include <string.h>
#include <time.h>

#include "host/prove/set.h"
#include "host/trace/trace.h"
#include "tests/fuzz/edit.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/watch.h"
#include "tests/sound/cheap.h"
#include "tests/sound/program.h"

enum { RUNS = 2, MOST_PARTS = 8, WHOLE = MOST_PARTS };

/** The set of one run: its head, its proofs, and the file. */
struct made {
    struct scene_proof head, of[MOST_PARTS + 1]; /* of[WHOLE]: the file */
    uint32_t n_parts;
    struct honest_view view[MOST_PARTS + 1];
};

static struct sc_profile profile;
static struct sc_program program;
static struct made made[RUNS];
static uint8_t *scratch;
static size_t scratch_len;

/* ---- honest sets ---- */

/** What proving a run needs, from step to step. */
struct run {
    struct sc_prover prover;
    struct sc_elf elf;
    struct sc_image image;
    struct sc_segments segments;
    struct sc_run run;
    struct sc_set set;
    struct sc_set_segment segment[MOST_PARTS];
    struct sc_boundary boundary[MOST_PARTS];
    struct sc_trace table;
};

static socle_status give_table(void *arg, const fp **cells, uint32_t index)
{
    struct run *const r = arg;
    char why[256] = "";
    const socle_status st = sc_trace_boundary(&r->table, why, sizeof why, &r->elf, &r->segments, index, r->image.log_h);
    *cells = r->table.boundary;
    return st;
}

static void take_table(void *arg, uint32_t index)
{
    struct run *const r = arg;
    (void)index;
    sc_trace_fini(&r->table);
}

static void commit(struct run *r, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const fp *cells;
        FUZZ_NEED(give_table(r, &cells, i) == SOCLE_OK, "table");
        r->boundary[i].n_chunks = r->table.shape.n_boundary;
        memcpy(r->boundary[i].log_h, r->table.shape.boundary_log_h, sizeof r->boundary[i].log_h);
        FUZZ_NEED(sc_boundary_commit(&r->boundary[i], &r->prover, cells) == SOCLE_OK, "commitment");
        take_table(r, i);
        if (i > 0) {
            const struct sc_span *const span = &r->segments.spans[i - 1];
            r->segment[i - 1] = (struct sc_set_segment){span->ip_in, span->ip_out, span->ts_end};
        }
    }
}

static void prove_part(struct made *m, struct run *r, uint32_t i)
{
    char why[256] = "";
    struct sc_trace trace;
    struct sc_fraction global;
    const socle_status st = i == 0 ? sc_trace_first(&trace, why, sizeof why, &r->segments, r->run.output, r->run.output_size, &r->image, NULL)
                                   : sc_trace_segment(&trace, why, sizeof why, &r->elf, &r->segments, i, NULL, NULL);
    FUZZ_NEED(st == SOCLE_OK, "%s", why);
    const struct sc_witness w = sc_witness_of(&trace);
    FUZZ_NEED(sc_prove_part(&m->of[i].bytes, &m->of[i].len, &global, &r->prover, &program, &r->set, m->head.bytes, m->head.len, &w) == SOCLE_OK,
              "proof %u", i);
    sc_trace_fini(&trace);
}

static void prove(struct made *m, const struct sc_elf *elf, const uint8_t *input, size_t input_len)
{
    static const struct sc_cut_limits limits = {.log_global = 9};
    const struct sc_exec_options o = {.input = input, .input_size = input_len};
    struct run r = {.prover = {.machine = &sc_machine_rv64im, .profile = &profile, .ops = sc_cpu_ops_best()}, .elf = *elf};
    const struct sc_boundary_source source = {.cells = give_table, .done = take_table, .arg = &r};
    uint8_t *bodies[MOST_PARTS];
    size_t lens[MOST_PARTS];
    char why[256] = "";
    FUZZ_NEED(sc_image_build(&r.image, elf) == SOCLE_OK, "image");
    if (program.head.entry == 0) {
        FUZZ_NEED(sc_keygen(&program, &r.prover, (uint32_t)(elf->entry / 4), r.image.log_h, r.image.cells) == SOCLE_OK, "key");
    }
    FUZZ_NEED(sc_exec_cut(&r.segments, &r.run, why, sizeof why, elf, &o, &limits) == SOCLE_OK, "%s", why);
    m->n_parts = (uint32_t)r.segments.n_spans + 1;
    FUZZ_NEED(m->n_parts >= 3 && m->n_parts <= MOST_PARTS, "%u proofs", m->n_parts);
    commit(&r, m->n_parts);
    r.set = (struct sc_set){.n_segments = m->n_parts - 1, .segments = r.segment, .boundary = r.boundary, .output = r.run.output,
                            .output_len = r.run.output_size};
    sc_trace_keys(&r.set.last_ram, &r.set.last_input, r.segments.words, r.segments.n_words);
    FUZZ_NEED(sc_set_begin(&r.set, &m->head.bytes, &m->head.len, &r.prover, &program, &source) == SOCLE_OK, "head");
    for (uint32_t i = 0; i < m->n_parts; i++) {
        prove_part(m, &r, i);
        bodies[i] = m->of[i].bytes;
        lens[i] = m->of[i].len;
    }
    FUZZ_NEED(sc_set_join(&m->of[WHOLE].bytes, &m->of[WHOLE].len, m->head.bytes, m->head.len, bodies, lens, m->n_parts) == SOCLE_OK, "file");
    sc_set_fini(&r.set);
    sc_segments_fini(&r.segments);
    sc_run_fini(&r.run);
    sc_image_fini(&r.image);
}

/* ---- the verdict ---- */

static double cpu_seconds(void)
{
    struct timespec t;
    FUZZ_NEED(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) == 0, "clock");
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The file, or proof @p what behind the head of run @p run, under the watch; the scratch begins with @p fill everywhere. */
static socle_status judge(unsigned run, uint32_t what, uint8_t *bytes, size_t len, uint8_t fill)
{
    struct sc_verified v;
    struct sc_fraction global;
    socle_status st;
    memset(scratch, fill, scratch_len);
    watch.bytes = bytes;
    watch.n_messages = watch.n_allocations = 0;
    watch.n_blocks = 0;
    watch.on = true;
    if (what == WHOLE) {
        static const struct sc_verified none;
        st = sc_verify_set(&v, &sc_machine_rv64im, &profile, program.vk, bytes, len, scratch, scratch_len);
        FUZZ_NEED(st == SOCLE_OK || memcmp(&v, &none, sizeof v) == 0, "a refusal that leaves something");
        FUZZ_NEED(st != SOCLE_OK || (v.output >= bytes && v.output + v.output_len <= bytes + len), "output");
    } else {
        const struct sc_set_bytes both = {made[run].head.bytes, made[run].head.len, bytes, len};
        static const struct sc_fraction none;
        st = sc_verify_set_part(&global, &sc_machine_rv64im, &profile, program.vk, &both, what, scratch, scratch_len);
        FUZZ_NEED(st == SOCLE_OK || memcmp(&global, &none, sizeof global) == 0, "a refusal that leaves something");
    }
    watch.on = false;
    return st;
}

static double seconds_of(unsigned run, uint32_t what, uint8_t *bytes, size_t len, unsigned times)
{
    double least = 1e9;
    for (unsigned i = 0; i < times; i++) {
        const double start = cpu_seconds();
        (void)judge(run, what, bytes, len, 0);
        const double took = cpu_seconds() - start;
        least = took < least ? took : least;
    }
    return least;
}

/* Messages of the file, and those of each proof by itself, which lie in the file one behind the other. */
static void study(unsigned run)
{
    struct made *const m = &made[run];
    struct honest_view *const whole = &m->view[WHOLE];
    size_t at = m->head.len;
    FUZZ_NEED(judge(run, WHOLE, m->of[WHOLE].bytes, m->of[WHOLE].len, 0) == SOCLE_OK, "an honest set is refused");
    FUZZ_NEED(watch.n_messages > 100 && watch.n_messages < WATCH_MOST, "%u messages", watch.n_messages);
    whole->proof = &m->of[WHOLE];
    whole->n_messages = watch.n_messages + 1; /* the first: what stands before any message */
    whole->messages = malloc(whole->n_messages * sizeof *whole->messages);
    FUZZ_NEED(whole->messages != NULL, "memory");
    whole->messages[0] = (struct watch_message){0, 0, watch.messages[0].at};
    memcpy(whole->messages + 1, watch.messages, watch.n_messages * sizeof *whole->messages);
    for (uint32_t i = 0; i < m->n_parts; i++) {
        struct honest_view *const v = &m->view[i];
        v->proof = &m->of[i];
        v->messages = malloc(whole->n_messages * sizeof *v->messages);
        FUZZ_NEED(v->messages != NULL, "memory");
        for (unsigned k = 0; k < whole->n_messages; k++) {
            const struct watch_message *const g = &whole->messages[k];
            if (g->at >= at && g->at < at + v->proof->len) {
                v->messages[v->n_messages++] = (struct watch_message){g->label, g->at - at, g->len};
            }
        }
        FUZZ_NEED(v->n_messages > 30, "%u messages", v->n_messages);
        at += v->proof->len;
    }
    for (uint32_t i = 0; i <= WHOLE; i++) {
        if (m->of[i].bytes != NULL) {
            FUZZ_NEED(judge(run, i, m->of[i].bytes, m->of[i].len, 0) == SOCLE_OK, "honest proof %u is refused", i);
            FUZZ_NEED(watch.n_allocations == 0, "the verifier allocates");
            m->view[i].n_blocks = watch.n_blocks;
            m->view[i].seconds = seconds_of(run, i, m->of[i].bytes, m->of[i].len, 3);
        }
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const uint8_t inputs[RUNS][24] = {"hello world, hello you!", "another input, 24 bytes"};
    static struct prog prog;
    (void)argc;
    (void)argv;
    prog_everything(&prog);
    const struct sc_elf elf = prog_elf(&prog);
    cheap_profile(&profile);
    scratch_len = sc_verify_scratch(&sc_machine_rv64im);
    scratch = malloc(scratch_len);
    FUZZ_NEED(scratch != NULL, "memory");
    for (unsigned i = 0; i < RUNS; i++) {
        prove(&made[i], &elf, inputs[i], sizeof inputs[i]);
        study(i);
    }
    return 0;
}

static bool is_honest(unsigned run, uint32_t what, const uint8_t *bytes, size_t len)
{
    for (unsigned i = 0; i < RUNS; i++) {
        const struct scene_proof *const p = &made[i].of[what];
        if ((i == run || what == WHOLE) && len == p->len && memcmp(bytes, p->bytes, len) == 0) {
            return true;
        }
    }
    return false;
}

static void check(unsigned run, uint32_t what, uint8_t *bytes, size_t len, uint8_t fill)
{
    uint64_t most = 0;
    double longest = 0;
    for (unsigned i = 0; i < RUNS; i++) {
        const struct honest_view *const h = &made[i].view[what];
        most = h->n_blocks > most ? h->n_blocks : most;
        longest = h->seconds > longest ? h->seconds : longest;
    }
    const double start = cpu_seconds();
    const socle_status st = judge(run, what, bytes, len, fill);
    const double took = cpu_seconds() - start;
    FUZZ_NEED(watch.n_allocations == 0, "%u allocations", watch.n_allocations);
    FUZZ_NEED(watch.n_blocks <= 2 * most, "%llu blocks hashed, honest %llu", (unsigned long long)watch.n_blocks, (unsigned long long)most);
    FUZZ_NEED((st == SOCLE_OK) == is_honest(run, what, bytes, len), "status %d", (int)st);
    FUZZ_NEED(st == SOCLE_OK || st == SOCLE_E_FORMAT || st == SOCLE_E_VERSION || st == SOCLE_E_LIMIT || st == SOCLE_E_REJECT, "status %d", (int)st);
    FUZZ_NEED(judge(run, what, bytes, len, (uint8_t)~fill) == st, "the verdict depends on the scratch");
    if (took > 2 * longest) { /* the clock is coarse and shared: look again */
        const double again = seconds_of(run, what, bytes, len, 7);
        FUZZ_NEED(again <= 2 * longest, "%g s, honest %g s", again, longest);
    }
}

/* First byte: 1 the other run; 2 one proof by itself, of which the second byte says which; 16 nonces that work; 32 canonical residues. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rd rd = rd_view(data, size);
    const uint8_t mode = rd_u8(&rd), index = rd_u8(&rd);
    const unsigned run = mode & 1;
    const uint32_t what = (mode & 2) != 0 ? index % (made[0].n_parts < made[1].n_parts ? made[0].n_parts : made[1].n_parts) : (uint32_t)WHOLE;
    size_t len;
    uint8_t *const bytes = edit_proof(&len, &rd, &made[run].view[what], &made[1 - run].view[what]);
    watch.fix_grinding = (mode & 16) != 0;
    watch.fix_residues = (mode & 32) != 0;
    check(run, what, bytes, len, mode);
    free(bytes);
    return 0;
}
