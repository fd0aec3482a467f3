/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A set of proofs of a small machine: runs of it in segments, written by hand, row by row, so that any row can be a lie.
 *
 *   STEP      real ts ip halted addr prev v w   takes and gives STATE; takes MEM(addr, prev, v), gives MEM(addr, ts + 2, w); w = v + 7
 *   INDEX     mult | row                        table side of U16, 2^6 rows
 *   WORDS     real addr v fin last              gives MEM(addr, 0, v), takes MEM(addr, last, fin)
 *   ENDS      real from to v0..v3               the output's chain and words
 *   IMAGE     real                              sends INIT
 *   BOUNDARY  that of the real machine
 */
#ifndef SC_TESTS_TOY_SET_H
#define SC_TESTS_TOY_SET_H

#include "host/prove/set.h"
#include "tests/sound/toy.h"

enum { TS_STEP, TS_INDEX, TS_WORDS, TS_ENDS, TS_IMAGE, TS_BOUNDARY, TS_TABLES };
enum { TS_SPACE = 2, TS_MAX_WORDS = 64, TS_MAX_STEPS = 128, TS_MAX_SEGMENTS = 4, TS_MAX_ROWS = 80, TS_OUTPUT = TOY_OUTPUT, TS_ENTRY = 9 };

static struct air_table ts_tables[TS_TABLES];
static struct sc_machine ts_machine = {.tables = ts_tables,
                                       .n_main = TS_IMAGE,
                                       .digest = toy_digest,
                                       .in_first = 1u << TS_INDEX | 1u << TS_WORDS | 1u << TS_ENDS,
                                       .in_segments = 1u << TS_STEP | 1u << TS_INDEX};

/* real boolean and w = v + 7 */
static fx ts_step_eval(const fx *c, const fx *w)
{
    const fx seven = fx_from_fp(fp_from_u32(7));
    const fx law = fx_mul(c[0], fx_sub(c[7], fx_add(c[6], seven)));
    return fx_add(toy_bit_eval(c, w), fx_mul(w[1], law));
}

static void ts_mem(int sign, int addr, int64_t stamp_k, int stamp, int value)
{
    toy_use(AIR_BUS_MEM, sign, 9, (const int64_t[]){TS_SPACE, 0, 0, 0, stamp_k, 0, 0, 0, 0}, (const int[]){-1, addr, -1, -1, stamp, value, -1, -1, -1});
}

static void ts_table(unsigned t, const char *name, unsigned n_cols, unsigned n_laws, fx (*eval)(const fx *, const fx *), unsigned n_uses)
{
    ts_tables[t] = (struct air_table){.name = name,
                                      .n_cols = (uint16_t)n_cols,
                                      .n_constraints = (uint16_t)n_laws,
                                      .uses = toy_uses + toy_n_uses - n_uses,
                                      .n_uses = (uint16_t)n_uses,
                                      .forms = toy_forms,
                                      .terms = toy_terms,
                                      .eval = eval};
}

static void ts_define(void)
{
    if (toy_n_uses) {
        return;
    }
    toy_use(AIR_BUS_STATE, -1, 3, (const int64_t[]){0, 0, 0}, (const int[]){1, 2, -1});
    toy_use(AIR_BUS_STATE, 1, 3, (const int64_t[]){4, 1, 0}, (const int[]){1, 2, 3});
    ts_mem(-1, 4, 0, 5, 6);
    ts_mem(1, 4, 2, 1, 7);
    ts_table(TS_STEP, "step", 8, 2, ts_step_eval, 4);
    ts_tables[TS_STEP].takes_state = 1;
    toy_use(AIR_BUS_U16, -1, 1, (const int64_t[]){0}, (const int[]){1});
    ts_table(TS_INDEX, "index", 1, 0, NULL, 1);
    ts_tables[TS_INDEX].n_closed = 1;
    ts_tables[TS_INDEX].closed = toy_closed;
    ts_tables[TS_INDEX].fixed_log_h = 6;
    ts_mem(1, 1, 0, -1, 2);
    ts_mem(-1, 1, 0, 4, 3);
    ts_table(TS_WORDS, "words", 5, 1, toy_bit_eval, 2);
    toy_use(AIR_BUS_CHAIN, -1, 2, (const int64_t[]){2, 0}, (const int[]){-1, 1});
    toy_use(AIR_BUS_CHAIN, 1, 2, (const int64_t[]){2, 0}, (const int[]){-1, 2});
    toy_use(AIR_BUS_OUT, 1, 5, (const int64_t[]){0, 0, 0, 0, 0}, (const int[]){2, 3, 4, 5, 6});
    ts_table(TS_ENDS, "ends", 7, 1, toy_bit_eval, 3);
    toy_use(AIR_BUS_INIT, 1, 1, (const int64_t[]){7}, (const int[]){-1});
    ts_table(TS_IMAGE, "image", 1, 1, toy_bit_eval, 1);
    ts_tables[TS_BOUNDARY] = sc_air_tables[AIR_TABLE_BOUNDARY];
}

struct ts_step {
    uint32_t ts, ip, halted, addr, prev, v, w;
};

/** A row of BOUNDARY; seg and mem are its kinds. */
struct ts_row {
    uint32_t seg, mem, addr, v_in, v_out, last;
    int64_t prev;
};

struct ts_word {
    uint32_t addr, v, fin, last;
};

/** What one proof of the set is about, before it becomes cells. */
struct ts_part {
    unsigned n_steps, n_rows, n_words;
    struct ts_step step[TS_MAX_STEPS];
    struct ts_row row[TS_MAX_ROWS];
    struct ts_word word[TS_MAX_WORDS];
    unsigned boundary_log_h; /* 0: as the rows want it */
    struct sc_witness w;
    struct sc_layout layout;
    fp *cells, *boundary;
};

struct toy_set {
    struct sc_profile profile;
    struct sc_prover prover;
    struct sc_program program;
    fp *image;
    struct sc_set set;
    struct sc_set_segment segment[TS_MAX_SEGMENTS];
    struct sc_boundary shapes[TS_MAX_SEGMENTS + 1];
    struct ts_part part[TS_MAX_SEGMENTS + 1];
    uint8_t output[TS_OUTPUT];
    bool no_lookup; /* BOUNDARY asks nothing of INDEX */
    /* Made by toy_set_prove. */
    uint8_t *head, *body[TS_MAX_SEGMENTS + 1];
    size_t head_len, len[TS_MAX_SEGMENTS + 1];
};

/* ---- an honest run ---- */

/** Values and users of the words while the run goes on. */
struct ts_memory {
    uint32_t value[TS_MAX_WORDS], prev[TS_MAX_WORDS];
};

static void ts_segment(struct toy_set *t, struct ts_memory *m, uint32_t index, unsigned n_steps, uint32_t *ip, unsigned n_words, bool last)
{
    struct ts_part *const p = &t->part[index];
    int at[TS_MAX_WORDS];
    memset(at, 0xff, sizeof at);
    t->segment[index - 1] = (struct sc_set_segment){.ip_in = *ip};
    for (unsigned i = 0; i < n_steps; i++) {
        const uint32_t addr = (7 * i + 3 * index) % n_words;
        if (at[addr] < 0) {
            at[addr] = (int)p->n_rows;
            p->row[p->n_rows++] = (struct ts_row){.seg = 1, .addr = addr, .v_in = m->value[addr], .prev = m->prev[addr]};
        }
        struct ts_row *const r = &p->row[at[addr]];
        p->step[p->n_steps++] = (struct ts_step){4 + 4 * i, (*ip)++, last && i + 1 == n_steps, addr, r->last, m->value[addr], m->value[addr] + 7};
        m->value[addr] += 7;
        r->last = 4 + 4 * i + 2;
        r->v_out = m->value[addr];
        m->prev[addr] = index;
    }
    t->segment[index - 1].ip_out = *ip;
    t->segment[index - 1].ts_end = 4 + 4 * n_steps;
}

/** A run of n_segments segments with so many steps each over n_words words; the last word is never touched. */
static void toy_set_run(struct toy_set *t, unsigned n_segments, const unsigned *n_steps, unsigned n_words)
{
    struct ts_memory m = {{0}, {0}};
    uint32_t ip = TS_ENTRY;
    memset(t->part, 0, sizeof t->part);
    for (unsigned a = 0; a < n_words; a++) {
        m.value[a] = 100 + a;
    }
    for (uint32_t i = 1; i <= n_segments; i++) {
        ts_segment(t, &m, i, n_steps[i - 1], &ip, n_words - 1, i == n_segments);
    }
    struct ts_part *const first = &t->part[0];
    for (unsigned a = 0; a < n_words; a++) {
        first->word[first->n_words++] = (struct ts_word){a, 100 + a, m.value[a], m.prev[a] != 0};
        if (m.prev[a]) {
            first->row[first->n_rows++] = (struct ts_row){.mem = 1, .addr = a, .v_in = 100 + a, .v_out = m.value[a], .prev = m.prev[a]};
        }
    }
    t->set.n_segments = n_segments;
    t->set.segments = t->segment;
    t->set.boundary = t->shapes;
    t->set.last_ram = SC_CHAIN_START_RAM;
    t->set.last_input = SC_CHAIN_START_IO;
    t->set.output = t->output;
    t->set.output_len = TS_OUTPUT;
}

/* ---- cells ---- */

static void ts_put(const struct sc_layout *l, fp *cells, unsigned table, unsigned row, const int64_t *v, unsigned n)
{
    for (unsigned i = 0; i < l->n_chunks; i++) {
        const struct sc_chunk *const c = &l->chunk[i];
        if (c->table != table) {
            continue;
        }
        if (row < 1u << c->log_h) {
            for (unsigned k = 0; k < n; k++) {
                cells[((size_t)(c->block + k) << c->log_h) + row] = fp_from_i64(v[k]);
            }
            return;
        }
        row -= 1u << c->log_h;
    }
    cr_assert_fail("no such row");
}

static void ts_shape(struct toy_set *t, uint32_t index)
{
    struct ts_part *const p = &t->part[index];
    struct sc_shape *const s = &p->w.shape;
    memset(s, 0, sizeof *s);
    s->part = index ? SC_SEGMENT : SC_FIRST;
    s->index = index;
    s->image_log_h = index ? 0 : TOY_IMAGE_LOG;
    s->n_chunks[TS_STEP] = (uint8_t)sc_chunks_from_rows(p->n_steps, s->log_h[TS_STEP]);
    s->n_chunks[TS_WORDS] = (uint8_t)sc_chunks_from_rows(p->n_words, s->log_h[TS_WORDS]);
    s->n_chunks[TS_INDEX] = 1;
    s->log_h[TS_INDEX][0] = 6;
    s->n_chunks[TS_ENDS] = (uint8_t)sc_chunks_from_rows(index ? 0 : 3, s->log_h[TS_ENDS]);
    s->n_boundary = (uint8_t)sc_chunks_from_rows(p->n_rows, s->boundary_log_h);
    if (p->boundary_log_h) {
        s->n_boundary = 1;
        memset(s->boundary_log_h, 0, sizeof s->boundary_log_h);
        s->boundary_log_h[0] = (uint8_t)p->boundary_log_h;
    }
    t->shapes[index].n_chunks = s->n_boundary;
    memcpy(t->shapes[index].log_h, s->boundary_log_h, sizeof s->boundary_log_h);
}

static void ts_fill(struct toy_set *t, uint32_t index)
{
    struct ts_part *const p = &t->part[index];
    int64_t mult[64] = {0};
    ts_shape(t, index);
    cr_assert(sc_layout(&p->layout, &ts_machine, &p->w.shape));
    p->w.cells = p->cells = sc_big_alloc(sizeof(fp) << p->layout.m0);
    p->w.boundary = p->boundary = sc_big_alloc(sizeof(fp) << p->layout.boundary_m0);
    for (unsigned i = 0; i < p->n_steps; i++) {
        const struct ts_step *const s = &p->step[i];
        ts_put(&p->layout, p->cells, TS_STEP, i, (const int64_t[]){1, s->ts, s->ip, s->halted, s->addr, s->prev, s->v, s->w}, 8);
    }
    for (unsigned i = 0; i < p->n_words; i++) {
        const struct ts_word *const w = &p->word[i];
        ts_put(&p->layout, p->cells, TS_WORDS, i, (const int64_t[]){1, w->addr, w->v, w->fin, w->last}, 5);
    }
    for (unsigned i = 0; i < p->n_rows; i++) {
        const struct ts_row *const r = &p->row[i];
        ts_put(&p->layout, p->boundary, TS_BOUNDARY, i,
               (const int64_t[]){r->seg, r->mem, TS_SPACE, r->addr, 0, 0, r->v_in, 0, 0, 0, r->v_out, 0, 0, 0, r->last, r->prev}, 16);
        const uint32_t gap = fp_to_u32(fp_from_i64((int64_t)index - r->prev - 1));
        if (r->seg && gap < 64 && !t->no_lookup) {
            mult[gap]++;
        }
    }
    for (unsigned i = 0; i < 64; i++) {
        ts_put(&p->layout, p->cells, TS_INDEX, i, &mult[i], 1);
    }
    for (int64_t i = 0; index == 0 && i <= 2; i++) {
        const uint64_t word = i == 0 ? TS_OUTPUT : load_le(t->output + 8 * (i - 1), i == 1 ? 8 : TS_OUTPUT - 8);
        ts_put(&p->layout, p->cells, TS_ENDS, (unsigned)i,
               (const int64_t[]){1, i - 1, i, (int64_t)(word & 0xffff), (int64_t)(word >> 16 & 0xffff), (int64_t)(word >> 32 & 0xffff), (int64_t)(word >> 48)}, 7);
    }
}

/* ---- proofs ---- */

static struct toy_set *toy_set_create(const struct sc_cpu_ops *ops, struct sc_pool *pool)
{
    struct toy_set *const t = calloc(1, sizeof *t);
    ts_define();
    cheap_profile(&t->profile);
    for (unsigned i = 0; i < TS_OUTPUT; i++) {
        t->output[i] = (uint8_t)(17 * i + 3);
    }
    t->prover = (struct sc_prover){.machine = &ts_machine, .profile = &t->profile, .ops = ops, .pool = pool};
    t->image = sc_big_alloc(sizeof(fp) << SC_MIN_LOG_CELLS);
    cr_assert_eq(sc_keygen(&t->program, &t->prover, TS_ENTRY, TOY_IMAGE_LOG, t->image), SOCLE_OK);
    return t;
}

static void toy_set_drop(struct toy_set *t)
{
    for (uint32_t i = 0; i <= TS_MAX_SEGMENTS; i++) {
        struct ts_part *const p = &t->part[i];
        sc_big_free(p->cells, sizeof(fp) << p->layout.m0);
        sc_big_free(p->boundary, sizeof(fp) << p->layout.boundary_m0);
        p->cells = p->boundary = NULL;
        sc_free(t->body[i]);
        t->body[i] = NULL;
    }
    sc_free(t->head);
    t->head = NULL;
    sc_set_fini(&t->set);
}

static void toy_set_destroy(struct toy_set *t)
{
    toy_set_drop(t);
    sc_program_fini(&t->program);
    sc_big_free(t->image, sizeof(fp) << SC_MIN_LOG_CELLS);
    free(t);
}

static socle_status ts_cells(void *arg, const fp **out, uint32_t index)
{
    *out = ((struct toy_set *)arg)->part[index].boundary;
    return SOCLE_OK;
}

/** Cells of all proofs, and the commitments to BOUNDARY. */
static void toy_set_commit(struct toy_set *t)
{
    for (uint32_t i = 0; i <= t->set.n_segments; i++) {
        ts_fill(t, i);
        cr_assert_eq(sc_boundary_commit(&t->shapes[i], &t->prover, t->part[i].boundary), SOCLE_OK);
    }
}

static void toy_set_bodies(struct toy_set *t)
{
    const struct sc_boundary_source source = {.cells = ts_cells, .arg = t};
    cr_assert_eq(sc_set_begin(&t->set, &t->head, &t->head_len, &t->prover, &t->program, &source), SOCLE_OK);
    for (uint32_t i = t->set.n_segments + 1; i-- > 0;) {
        cr_assert_eq(sc_prove_part_unchecked(&t->body[i], &t->len[i], &t->prover, &t->program, &t->set, &t->part[i].w), SOCLE_OK, "proof %u", i);
    }
}

/** Prove the rows as they are, honest or not. */
static void toy_set_prove(struct toy_set *t)
{
    toy_set_commit(t);
    toy_set_bodies(t);
}

static socle_status toy_set_verify(const struct toy_set *t, const uint8_t *file, size_t len)
{
    const size_t scratch_len = sc_verify_scratch(&ts_machine);
    void *const scratch = malloc(scratch_len);
    struct sc_verified v;
    const socle_status st = sc_verify_set(&v, &ts_machine, &t->profile, t->program.vk, file, len, scratch, scratch_len);
    if (st == SOCLE_OK) {
        cr_assert_eq(v.output_len, TS_OUTPUT);
        cr_assert_eq(v.n_segments, t->set.n_segments);
    } else {
        cr_assert_eq(v.output_len, 0);
    }
    free(scratch);
    return st;
}

/** The verifier's answer to the head and these bodies. */
static socle_status toy_set_answer_to(const struct toy_set *t, uint8_t *const *body, const size_t *lens, size_t n)
{
    uint8_t *file;
    size_t len;
    cr_assert_eq(sc_set_join(&file, &len, t->head, t->head_len, body, lens, n), SOCLE_OK);
    const socle_status st = toy_set_verify(t, file, len);
    sc_free(file);
    return st;
}

/** Prove the rows as they are and say what the verifier answers. */
static inline socle_status toy_set_answer(struct toy_set *t)
{
    toy_set_prove(t);
    const socle_status st = toy_set_answer_to(t, t->body, t->len, t->set.n_segments + 1);
    toy_set_drop(t);
    return st;
}

#endif
