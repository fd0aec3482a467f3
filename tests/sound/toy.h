/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A machine of four small tables and an image, written by hand, with a run of it: enough to exercise every part of the argument.
 *
 *   STEP    real ts ip halted x y    receives and sends STATE, y = x^2 by law, sends MCALL(x, y), queries U16(x)
 *   SQUARE  real x y                 receives MCALL(x, y), y = x^2 by law
 *   INDEX   mult | row               table side of U16, 2^6 rows
 *   ENDS    real from to v0..v3      the output's chain and words
 *   IMAGE   real                     sends INIT
 */
#ifndef SC_TESTS_TOY_H
#define SC_TESTS_TOY_H

#include "host/prove/prove.h"
#include "host/sys/mem.h"
#include "host/sys/pool.h"
#include "tests/sound/cheap.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { TOY_STEP, TOY_SQUARE, TOY_INDEX, TOY_ENDS, TOY_IMAGE, TOY_TABLES };
enum { TOY_ROWS = 100, TOY_SQUARES = TOY_ROWS, TOY_OUTPUT = 11, TOY_IMAGE_LOG = 8 };

static struct air_term toy_terms[128];
static struct air_form toy_forms[128];
static struct air_use toy_uses[16];
static unsigned toy_n_terms, toy_n_forms, toy_n_uses;
static const uint8_t toy_closed[] = {AIR_CF_INDEX};
static const uint8_t toy_digest[32] = {'t', 'o', 'y'};

/* A form k + col, or only k when col is negative; returns its index. */
static uint16_t toy_form(int64_t k, int col)
{
    toy_forms[toy_n_forms] = (struct air_form){(uint16_t)toy_n_terms, col >= 0, fp_from_i64(k)};
    if (col >= 0) {
        toy_terms[toy_n_terms++] = (struct air_term){(uint16_t)col, FP_ONE};
    }
    return (uint16_t)toy_n_forms++;
}

/* A use with selector column 0 whose slots are k[i] + col[i]. */
static void toy_use(enum air_bus bus, int sign, unsigned n, const int64_t *k, const int *col)
{
    struct air_use u = {.bus = (uint8_t)bus, .sign = (int8_t)sign, .n_slots = (uint8_t)n, .sel = toy_form(0, 0)};
    u.slots = (uint16_t)toy_n_forms;
    for (unsigned i = 0; i < n; i++) {
        toy_form(k[i], col[i]);
    }
    toy_uses[toy_n_uses++] = u;
}

/* real boolean and y = real x^2, of degree 3 */
static fx toy_square_laws(const fx *real, const fx *x, const fx *y, const fx *w)
{
    const fx bit = fx_mul(*real, fx_sub(*real, FX_ONE));
    const fx law = fx_sub(*y, fx_mul(*real, fx_mul(*x, *x)));
    return fx_add(fx_mul(w[0], bit), fx_mul(w[1], law));
}

static fx toy_step_eval(const fx *c, const fx *w)
{
    return toy_square_laws(&c[0], &c[4], &c[5], w);
}

static fx toy_square_eval(const fx *c, const fx *w)
{
    return toy_square_laws(&c[0], &c[1], &c[2], w);
}

static fx toy_bit_eval(const fx *c, const fx *w)
{
    return fx_mul(w[0], fx_mul(c[0], fx_sub(c[0], FX_ONE)));
}

static struct air_table toy_tables[TOY_TABLES];
static struct sc_machine toy_machine = {.tables = toy_tables, .n_main = TOY_IMAGE, .digest = toy_digest};

static void toy_table(unsigned t, const char *name, unsigned n_cols, unsigned n_laws, fx (*eval)(const fx *, const fx *))
{
    const unsigned before = t ? (unsigned)(toy_tables[t - 1].uses - toy_uses) + toy_tables[t - 1].n_uses : 0;
    toy_tables[t].name = name;
    toy_tables[t].n_cols = (uint16_t)n_cols;
    toy_tables[t].n_constraints = (uint16_t)n_laws;
    toy_tables[t].uses = toy_uses + before;
    toy_tables[t].n_uses = (uint16_t)(toy_n_uses - before);
    toy_tables[t].forms = toy_forms;
    toy_tables[t].terms = toy_terms;
    toy_tables[t].eval = eval;
}

static void toy_define(void)
{
    if (toy_n_uses) {
        return;
    }
    toy_use(AIR_BUS_STATE, -1, 3, (const int64_t[]){0, 0, 0}, (const int[]){1, 2, -1});
    toy_use(AIR_BUS_STATE, 1, 3, (const int64_t[]){4, 1, 0}, (const int[]){1, 2, 3});
    toy_use(AIR_BUS_MCALL, 1, 2, (const int64_t[]){0, 0}, (const int[]){4, 5});
    toy_use(AIR_BUS_U16, 1, 1, (const int64_t[]){0}, (const int[]){4});
    toy_table(TOY_STEP, "step", 6, 2, toy_step_eval);
    toy_tables[TOY_STEP].takes_state = 1;
    toy_use(AIR_BUS_MCALL, -1, 2, (const int64_t[]){0, 0}, (const int[]){1, 2});
    toy_table(TOY_SQUARE, "square", 3, 2, toy_square_eval);
    toy_use(AIR_BUS_U16, -1, 1, (const int64_t[]){0}, (const int[]){1});
    toy_table(TOY_INDEX, "index", 1, 0, NULL);
    toy_tables[TOY_INDEX].n_closed = 1;
    toy_tables[TOY_INDEX].closed = toy_closed;
    toy_tables[TOY_INDEX].fixed_log_h = 6;
    toy_use(AIR_BUS_CHAIN, -1, 2, (const int64_t[]){2, 0}, (const int[]){-1, 1});
    toy_use(AIR_BUS_CHAIN, 1, 2, (const int64_t[]){2, 0}, (const int[]){-1, 2});
    toy_use(AIR_BUS_OUT, 1, 5, (const int64_t[]){0, 0, 0, 0, 0}, (const int[]){2, 3, 4, 5, 6});
    toy_table(TOY_ENDS, "ends", 7, 1, toy_bit_eval);
    toy_use(AIR_BUS_INIT, 1, 1, (const int64_t[]){7}, (const int[]){-1});
    toy_table(TOY_IMAGE, "image", 1, 1, toy_bit_eval);
}

/* An honest run and what proving it needs. */
struct toy {
    struct sc_profile profile;
    struct sc_prover prover;
    struct sc_program program;
    struct sc_witness w;
    struct sc_layout layout;
    fp *cells, *image;
    uint8_t output[TOY_OUTPUT];
};

/* The cell of a table's row, wherever its chunk is. */
static fp *toy_cell(struct toy *t, unsigned table, unsigned row, unsigned col)
{
    for (unsigned i = 0; i < t->layout.n_chunks; i++) {
        const struct sc_chunk *const c = &t->layout.chunk[i];
        if (c->table != table) {
            continue;
        }
        if (row < 1u << c->log_h) {
            return t->cells + ((size_t)(c->block + col) << c->log_h) + row;
        }
        row -= 1u << c->log_h;
    }
    cr_assert_fail("no such row");
    return NULL;
}

static void toy_set(struct toy *t, unsigned table, unsigned row, const int64_t *v, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        *toy_cell(t, table, row, i) = fp_from_i64(v[i]);
    }
}

static void toy_fill(struct toy *t)
{
    for (unsigned i = 0; i < TOY_ROWS; i++) {
        const int64_t x = (i * 7) % 64;
        toy_set(t, TOY_STEP, i, (const int64_t[]){1, 4 + 4 * (int64_t)i, 9 + (int64_t)i, i + 1 == TOY_ROWS, x, x * x}, 6);
        toy_set(t, TOY_SQUARE, i, (const int64_t[]){1, x, x * x}, 3);
        fp *const mult = toy_cell(t, TOY_INDEX, (unsigned)x, 0);
        *mult = fp_add(*mult, FP_ONE);
    }
    for (int64_t i = 0; i <= 2; i++) {
        const uint64_t word = i == 0 ? TOY_OUTPUT : load_le(t->output + 8 * (i - 1), i == 1 ? 8 : TOY_OUTPUT - 8);
        toy_set(t, TOY_ENDS, (unsigned)i,
                (const int64_t[]){1, i - 1, i, (int64_t)(word & 0xffff), (int64_t)(word >> 16 & 0xffff), (int64_t)(word >> 32 & 0xffff), (int64_t)(word >> 48)}, 7);
    }
    t->w.run = (struct sc_head_run){4 + 4 * TOY_ROWS, 9 + TOY_ROWS, SC_CHAIN_START_RAM, SC_CHAIN_START_IO, TOY_OUTPUT};
}

static inline struct toy *toy_create(const struct sc_cpu_ops *ops, struct sc_pool *pool)
{
    struct toy *const t = calloc(1, sizeof *t);
    toy_define();
    cheap_profile(&t->profile);
    for (unsigned i = 0; i < TOY_OUTPUT; i++) {
        t->output[i] = (uint8_t)(17 * i + 3);
    }
    t->prover = (struct sc_prover){.machine = &toy_machine, .profile = &t->profile, .ops = ops, .pool = pool};
    t->w.shape.n_chunks[TOY_STEP] = (uint8_t)sc_chunks_from_rows(TOY_ROWS, t->w.shape.log_h[TOY_STEP]);
    t->w.shape.n_chunks[TOY_SQUARE] = (uint8_t)sc_chunks_from_rows(TOY_SQUARES, t->w.shape.log_h[TOY_SQUARE]);
    t->w.shape.n_chunks[TOY_INDEX] = 1;
    t->w.shape.log_h[TOY_INDEX][0] = 6;
    t->w.shape.n_chunks[TOY_ENDS] = (uint8_t)sc_chunks_from_rows(3, t->w.shape.log_h[TOY_ENDS]);
    t->w.shape.image_log_h = TOY_IMAGE_LOG;
    cr_assert(sc_layout(&t->layout, &toy_machine, &t->w.shape));
    t->cells = sc_big_alloc(sizeof(fp) << t->layout.m0);
    t->image = sc_big_alloc(sizeof(fp) << SC_MIN_LOG_CELLS);
    t->w.cells = t->cells;
    t->w.output = t->output;
    toy_fill(t);
    cr_assert_eq(sc_keygen(&t->program, &t->prover, 9, TOY_IMAGE_LOG, t->image), SOCLE_OK);
    return t;
}

static inline void toy_destroy(struct toy *t)
{
    sc_program_fini(&t->program);
    sc_big_free(t->cells, sizeof(fp) << t->layout.m0);
    sc_big_free(t->image, sizeof(fp) << SC_MIN_LOG_CELLS);
    free(t);
}

static inline socle_status toy_verify(const struct toy *t, const uint8_t *vk, const uint8_t *proof, size_t len)
{
    const size_t scratch_len = sc_verify_scratch(&toy_machine);
    void *const scratch = malloc(scratch_len);
    struct sc_verified v;
    const socle_status st = sc_verify(&v, &toy_machine, &t->profile, vk, proof, len, scratch, scratch_len);
    if (st == SOCLE_OK) {
        cr_assert_eq(v.output_len, TOY_OUTPUT);
        cr_assert_eq(memcmp(v.output, t->output, TOY_OUTPUT), 0);
    } else {
        cr_assert_eq(v.output_len, 0);
    }
    free(scratch);
    return st;
}

/* Proves the witness as it is, honest or not, and says what the verifier answers. */
static inline socle_status toy_answer(const struct toy *t)
{
    uint8_t *proof;
    size_t len;
    cr_assert_eq(sc_prove_unchecked(&proof, &len, &t->prover, &t->program, &t->w), SOCLE_OK);
    const socle_status st = toy_verify(t, t->program.vk, proof, len);
    sc_free(proof);
    return st;
}

#endif
