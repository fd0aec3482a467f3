/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The proofs of a set of a real run, row by row: cells of main and BOUNDARY of each from the segments of host/exec, in the plainest way.
 */
#ifndef SC_TESTS_RUN_SET_H
#define SC_TESTS_RUN_SET_H

#include "core/chips/chips.h"
#include "host/exec/segments.h"
#include "host/prove/set.h"
#include "host/sys/mem.h"
#include "host/trace/trace.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/** Rows of one table, canonical residues, in one list. */
struct rs_rows {
    uint32_t *v;
    size_t n, cap;
};

/** One proof of the set. */
struct rs_part {
    struct rs_rows rows[AIR_N_TABLES];
    struct sc_witness w;
    struct sc_layout layout;
    fp *cells, *boundary;
};

struct run_set {
    struct sc_prover prover;
    struct sc_program program;
    struct sc_elf elf;
    struct sc_image image;
    struct sc_run run;
    struct sc_segments s;
    struct sc_set set;
    struct sc_set_segment *segment;
    struct sc_boundary *shapes;
    struct rs_part *part; /* s.n_spans + 1 */
    uint8_t *head, **body;
    size_t head_len, *len;
};

static void *rs_row(struct rs_part *p, unsigned table)
{
    struct rs_rows *const r = &p->rows[table];
    const size_t n_cols = sc_air_tables[table].n_cols;
    if (r->n == r->cap) {
        r->cap = r->cap ? 2 * r->cap : 64;
        r->v = realloc(r->v, r->cap * n_cols * sizeof *r->v);
    }
    uint32_t *const row = r->v + r->n++ * n_cols;
    memset(row, 0, n_cols * sizeof *row);
    return row;
}

static void rs_event(struct rs_part *p, const struct sc_event *e, const struct sc_inst *in)
{
    uint64_t q, d;
    switch (e->table) {
#define FILL(NAME, name)                                            \
    case AIR_TABLE_##NAME:                                          \
        sc_##name##_fill(e, in, rs_row(p, AIR_TABLE_##NAME));       \
        break;
        FILL(ADD, add) FILL(SUB, sub) FILL(ADDI, addi) FILL(ADDW, addw) FILL(ADDIW, addiw) FILL(CONST, konst) FILL(BIT, bit) FILL(BITI, biti) FILL(SHIFT, shift) FILL(SHIFTI, shifti) FILL(SLT, slt)
        FILL(BRANCH, branch) FILL(JALR, jalr) FILL(LD, ld) FILL(LOADS, loads) FILL(LOADX, loadx) FILL(SD, sd) FILL(STORES, stores)
        FILL(STOREX, storex) FILL(MUL, mul) FILL(DIV, div) FILL(ECALL, ecall)
#undef FILL
    default:
        cr_assert_fail("an event of no table");
    }
    if (e->table == AIR_TABLE_DIV && sc_div_call(e, in, &q, &d)) {
        sc_mul_fill_called(q, d, rs_row(p, AIR_TABLE_MUL));
    }
}

static void rs_segment(struct run_set *t, uint32_t index)
{
    struct rs_part *const p = &t->part[index];
    const struct sc_span *const span = &t->s.spans[index - 1];
    struct sc_replay *r;
    struct sc_replayed done;
    struct sc_event e[64];
    size_t n, n_insts;
    cr_assert_eq(sc_replay_create(&r, &t->elf, span), SOCLE_OK);
    do {
        cr_assert_eq(sc_replay_next(r, e, &n, 64), SOCLE_OK);
        for (size_t i = 0; i < n; i++) {
            rs_event(p, &e[i], &sc_replay_insts(r, &n_insts)[e[i].inst]);
        }
    } while (n);
    cr_assert_eq(sc_replay_finish(r, &done), SOCLE_OK);
    for (size_t i = 0; i < done.n_fetches; i++) {
        sc_decode_fill(&done.fetches[i], rs_row(p, AIR_TABLE_DECODE));
    }
    for (size_t i = 0; i < done.n_renewals; i++) {
        sc_renew_fill(&done.renewals[i], rs_row(p, AIR_TABLE_RENEW));
    }
    for (size_t i = 0; i < done.n_words; i++) {
        const struct sc_span_word *const w = &done.words[i];
        const struct sc_crossing c = {w->addr, w->v_in, w->v_out, w->ts_last, w->prev, w->space};
        sc_boundary_fill(&c, false, rs_row(p, AIR_TABLE_BOUNDARY));
    }
    t->segment[index - 1] = (struct sc_set_segment){span->ip_in, span->ip_out, span->ts_end};
    sc_replayed_fini(&done);
    sc_replay_destroy(r);
}

static int rs_by_place(const void *a, const void *b)
{
    const struct sc_crossing *const x = a, *const y = b;
    return x->space != y->space ? (x->space > y->space) - (x->space < y->space) : (x->addr > y->addr) - (x->addr < y->addr);
}

/* Rows of INITFINAL and REGS, and of BOUNDARY for what some segment has. */
static void rs_memory(struct run_set *t)
{
    struct rs_part *const p = &t->part[0];
    struct sc_crossing *const c = calloc(t->s.n_words + SC_N_REGS, sizeof *c);
    size_t n = 0;
    unsigned region = 9;
    t->set.last_ram = sc_word_start(0);
    t->set.last_input = sc_word_start(1);
    for (unsigned i = 0; i < SC_N_REGS; i++) {
        sc_regs_fill(1, t->s.regs[i], rs_row(p, AIR_TABLE_REGS));
        c[n++] = (struct sc_crossing){.addr = i, .after = t->s.regs[i], .prev = (uint16_t)t->s.n_spans};
    }
    for (size_t i = 0; i < t->s.n_words; i++) {
        const struct sc_word *const w = &t->s.words[i];
        const unsigned own = (unsigned)(w->addr >> 32);
        sc_initfinal_fill(w, own != region ? sc_word_start(own) : sc_word_key(w[-1].addr), rs_row(p, AIR_TABLE_INITFINAL));
        region = own;
        if (own == 0) {
            t->set.last_ram = sc_word_key(w->addr);
        } else if (own == 1) {
            t->set.last_input = sc_word_key(w->addr);
        }
        cr_assert_eq(w->last_ts, t->s.last[i] != 0);
        if (t->s.last[i]) {
            c[n++] = (struct sc_crossing){w->addr, w->first, w->last, 0, t->s.last[i], w->space};
        }
    }
    cr_assert_eq(n, t->s.n_boundary_words);
    qsort(c, n, sizeof *c, rs_by_place);
    for (size_t i = 0; i < n; i++) {
        sc_boundary_fill(&c[i], true, rs_row(p, AIR_TABLE_BOUNDARY));
    }
    free(c);
}

/* ---- cells ---- */

static fp *rs_column(struct rs_part *p, unsigned chunk, unsigned col)
{
    const struct sc_chunk *const c = &p->layout.chunk[chunk];
    return (sc_chunk_poly(&p->layout, chunk) == 2 ? p->boundary : p->cells) + ((size_t)(c->block + col) << c->log_h);
}

static void rs_shape(struct run_set *t, uint32_t index)
{
    const struct sc_machine *const m = &sc_machine_rv64im;
    struct rs_part *const p = &t->part[index];
    struct sc_shape *const s = &p->w.shape;
    s->part = index ? SC_SEGMENT : SC_FIRST;
    s->index = index;
    s->image_log_h = (uint8_t)(index ? 0 : t->image.log_h);
    for (unsigned i = 0; i < m->n_main; i++) {
        const unsigned fixed = sc_air_tables[i].fixed_log_h;
        if (((index ? m->in_segments : m->in_first) >> i & 1) == 0) {
            cr_assert_eq(p->rows[i].n, 0u);
        } else if (fixed) {
            s->n_chunks[i] = 1;
            s->log_h[i][0] = (uint8_t)fixed;
        } else {
            s->n_chunks[i] = (uint8_t)sc_chunks_from_rows(p->rows[i].n, s->log_h[i]);
        }
    }
    s->n_boundary = (uint8_t)sc_chunks_from_rows(p->rows[AIR_TABLE_BOUNDARY].n, s->boundary_log_h);
    cr_assert(sc_shape_valid(m, s) && sc_layout(&p->layout, m, s));
    t->shapes[index].n_chunks = s->n_boundary;
    memcpy(t->shapes[index].log_h, s->boundary_log_h, sizeof s->boundary_log_h);
}

static fp rs_form(struct rs_part *p, const struct air_table *t, unsigned form, unsigned chunk, size_t row)
{
    const struct air_form *const f = &t->forms[form];
    fp v = f->k;
    for (unsigned i = 0; i < f->n; i++) {
        const struct air_term *const m = &t->terms[f->first + i];
        const fp x = m->col < t->n_cols ? rs_column(p, chunk, m->col)[row]
                                        : fp_from_u32(sc_air_closed_row((enum air_closed)t->closed[m->col - t->n_cols], (uint32_t)row, p->layout.index));
        v = fp_add(v, fp_mul(m->coef, x));
    }
    return v;
}

/* The row of the lookup table that holds what a use asks for. */
static fp *rs_asked(struct rs_part *p, const fp *const count[3][4], const struct air_table *t, const struct air_use *u, unsigned chunk, size_t row)
{
    uint32_t s[4] = {0};
    for (unsigned i = 0; i < u->n_slots; i++) {
        s[i] = fp_to_u32(rs_form(p, t, u->slots + i, chunk, row));
    }
    switch (u->bus) {
    case AIR_BUS_U16:
        cr_assert_lt(s[0], 65536u, "%s asks for %u", t->name, s[0]);
        return (fp *)(uintptr_t)count[0][0] + s[0];
    case AIR_BUS_B2:
        return (fp *)(uintptr_t)count[1][0] + (256 * s[0] + s[1]);
    case AIR_BUS_BOP:
        return (fp *)(uintptr_t)count[1][s[0]] + (256 * s[1] + s[2]);
    default:
        return (fp *)(uintptr_t)count[2][0] + s[0];
    }
}

static void rs_count(struct rs_part *p)
{
    const fp *count[3][4] = {{NULL}};
    for (unsigned k = 0; k < p->layout.n_chunks; k++) {
        const unsigned table = p->layout.chunk[k].table;
        for (unsigned c = 0; table >= AIR_TABLE_U16T && table <= AIR_TABLE_POW2T && c < sc_air_tables[table].n_cols; c++) {
            count[table - AIR_TABLE_U16T][c] = rs_column(p, k, c);
        }
    }
    for (unsigned k = 0; k < p->layout.n_chunks; k++) {
        const struct air_table *const t = &sc_air_tables[p->layout.chunk[k].table];
        for (unsigned u = 0; sc_chunk_poly(&p->layout, k) != 1 && u < t->n_uses; u++) {
            const struct air_use *const use = &t->uses[u];
            for (size_t row = 0; use->sign > 0 && air_bus_fixed(use->bus) && row < (size_t)1 << p->layout.chunk[k].log_h; row++) {
                const fp sel = rs_form(p, t, use->sel, k, row);
                if (sel) {
                    fp *const at = rs_asked(p, count, t, use, k, row);
                    *at = fp_add(*at, sel);
                }
            }
        }
    }
}

static void rs_cells(struct run_set *t, uint32_t index)
{
    struct rs_part *const p = &t->part[index];
    size_t done[AIR_N_TABLES] = {0};
    rs_shape(t, index);
    p->w.cells = p->cells = sc_big_alloc(sizeof(fp) << p->layout.m0);
    p->w.boundary = p->boundary = sc_big_alloc(sizeof(fp) << p->layout.boundary_m0);
    for (unsigned k = 0; k < p->layout.n_chunks; k++) {
        const struct sc_chunk *const c = &p->layout.chunk[k];
        const struct rs_rows *const r = &p->rows[c->table];
        const size_t n_cols = sc_air_tables[c->table].n_cols;
        for (size_t row = 0; row < (size_t)1 << c->log_h && done[c->table] < r->n; row++, done[c->table]++) {
            for (unsigned col = 0; col < n_cols; col++) {
                rs_column(p, k, col)[row] = fp_from_u32(r->v[done[c->table] * n_cols + col]);
            }
        }
    }
    rs_count(p);
    for (unsigned i = 0; i < AIR_N_TABLES; i++) {
        free(p->rows[i].v);
        p->rows[i] = (struct rs_rows){0};
    }
}

/* ---- the set ---- */

/** Run a program in segments within the limits, and make the cells of all proofs. */
static struct run_set *run_set_create(const struct sc_prover *prover, const struct sc_elf *elf, const uint8_t *input, size_t input_len,
                                      const struct sc_cut_limits *limits)
{
    struct run_set *const t = calloc(1, sizeof *t);
    const struct sc_exec_options o = {.input = input, .input_size = input_len};
    char why[256] = "";
    t->prover = *prover;
    t->elf = *elf;
    cr_assert_eq(sc_image_build(&t->image, elf), SOCLE_OK);
    cr_assert_eq(sc_exec_cut(&t->s, &t->run, why, sizeof why, elf, &o, limits), SOCLE_OK, "%s", why);
    const size_t n = t->s.n_spans;
    t->segment = calloc(n, sizeof *t->segment);
    t->shapes = calloc(n + 1, sizeof *t->shapes);
    t->part = calloc(n + 1, sizeof *t->part);
    t->body = calloc(n + 1, sizeof *t->body);
    t->len = calloc(n + 1, sizeof *t->len);
    t->set.n_segments = (uint32_t)n;
    t->set.segments = t->segment;
    t->set.boundary = t->shapes;
    t->set.output = t->run.output;
    t->set.output_len = t->run.output_size;
    cr_assert_eq(sc_keygen(&t->program, &t->prover, (uint32_t)(elf->entry / 4), t->image.log_h, t->image.cells), SOCLE_OK);
    rs_memory(t);
    for (uint32_t i = 0; i <= n; i++) {
        if (i) {
            rs_segment(t, i);
        }
        rs_cells(t, i);
    }
    return t;
}

static void run_set_destroy(struct run_set *t)
{
    for (uint32_t i = 0; i <= t->set.n_segments; i++) {
        sc_big_free(t->part[i].cells, sizeof(fp) << t->part[i].layout.m0);
        sc_big_free(t->part[i].boundary, sizeof(fp) << t->part[i].layout.boundary_m0);
        sc_free(t->body[i]);
    }
    sc_free(t->head);
    sc_set_fini(&t->set);
    sc_program_fini(&t->program);
    sc_image_fini(&t->image);
    sc_run_fini(&t->run);
    sc_segments_fini(&t->s);
    free(t->segment);
    free(t->shapes);
    free(t->part);
    free(t->body);
    free(t->len);
    free(t);
}

static socle_status rs_source(void *arg, const fp **out, uint32_t index)
{
    *out = ((struct run_set *)arg)->part[index].boundary;
    return SOCLE_OK;
}

/** All proofs, and the file. */
static void run_set_prove(struct run_set *t, uint8_t **file, size_t *len)
{
    const struct sc_boundary_source source = {.cells = rs_source, .arg = t};
    const uint32_t n = t->set.n_segments;
    for (uint32_t i = 0; i <= n; i++) {
        cr_assert_eq(sc_boundary_commit(&t->shapes[i], &t->prover, t->part[i].boundary), SOCLE_OK);
    }
    cr_assert_eq(sc_set_begin(&t->set, &t->head, &t->head_len, &t->prover, &t->program, &source), SOCLE_OK);
    for (uint32_t i = 0; i <= n; i++) {
        struct sc_fraction one;
        cr_assert_eq(sc_prove_part(&t->body[i], &t->len[i], &one, &t->prover, &t->program, &t->set, t->head, t->head_len, &t->part[i].w),
                     SOCLE_OK, "proof %u of %u", i, n);
    }
    cr_assert_eq(sc_set_join(file, len, t->head, t->head_len, t->body, t->len, n + 1), SOCLE_OK);
}

static socle_status run_set_verify(const struct run_set *t, const uint8_t *file, size_t len)
{
    const size_t scratch_len = sc_verify_scratch(&sc_machine_rv64im);
    void *const scratch = malloc(scratch_len);
    struct sc_verified v;
    const socle_status st = sc_verify_set(&v, &sc_machine_rv64im, t->prover.profile, t->program.vk, file, len, scratch, scratch_len);
    if (st == SOCLE_OK) {
        cr_assert(v.output_len == t->run.output_size && memcmp(v.output, t->run.output, t->run.output_size) == 0);
        cr_assert_eq(v.n_cycles, t->run.cycles);
    }
    free(scratch);
    return st;
}

#endif
