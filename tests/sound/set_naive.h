/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A set of proofs of a machine of five small tables, an image and the real BOUNDARY, and a prover of it written from docs/spec with
 * full vectors and no tricks: it proves whatever shape and cells it is given.
 *
 *   STEP   real ts ip halted       of segments: receives and sends STATE
 *   TOUCH  real addr ts in out     of segments: takes a word's token of stamp 0 and gives one of stamp ts
 *   ENDS   real from to v0..v3     of proof 0: the output's chain and words
 *   FINAL  real addr in out        of proof 0: gives a word's token of stamp 0 and takes one of stamp 1
 *   INDEX  mult | row              table side of U16, 2^6 rows
 */
#ifndef SC_TESTS_SET_NAIVE_H
#define SC_TESTS_SET_NAIVE_H

#include "core/chips/chips.h"
#include "core/proof/set.h"
#include "core/verify/verify.h"
#include "host/sys/mem.h"
#include "tests/sound/cheap.h"
#include "tests/sound/proof_naive.h"

enum { ST_STEP, ST_TOUCH, ST_ENDS, ST_FINAL, ST_INDEX, ST_IMAGE, ST_BOUNDARY, ST_TABLES };
enum { ST_SEGMENTS = 3, ST_PROOFS = ST_SEGMENTS + 1, ST_WORDS = 3, ST_OUTPUT = 11, ST_IMAGE_LOG = 8, ST_ENTRY = 9, ST_VALUES = 128 };

/* --- the machine ------------------------------------------------------------------------------------------------------ */

static struct air_term st_terms[128];
static struct air_form st_forms[128];
static struct air_use st_uses[32];
static unsigned st_n_terms, st_n_forms, st_n_uses;
static struct air_table st_tables[ST_TABLES];
static const uint8_t st_closed[] = {AIR_CF_INDEX};
static const uint8_t st_digest[32] = {'s', 'e', 't'};
static const struct sc_machine st_machine = {.tables = st_tables, .n_main = ST_IMAGE, .digest = st_digest,
                                             .in_first = 1u << ST_ENDS | 1u << ST_FINAL | 1u << ST_INDEX,
                                             .in_segments = 1u << ST_STEP | 1u << ST_TOUCH | 1u << ST_INDEX};

/* k + column, or only k when col is negative. */
static void st_form(int64_t k, int col)
{
    st_forms[st_n_forms++] = (struct air_form){(uint16_t)st_n_terms, col >= 0, fp_from_i64(k)};
    if (col >= 0) {
        st_terms[st_n_terms++] = (struct air_term){(uint16_t)col, FP_ONE};
    }
}

/* A use with selector column 0 and slots k[i] + col[i]. */
static void st_use(enum air_bus bus, int sign, unsigned n, const int64_t *k, const int *col)
{
    st_uses[st_n_uses++] = (struct air_use){.bus = (uint8_t)bus, .sign = (int8_t)sign, .n_slots = (uint8_t)n, .sel = (uint16_t)st_n_forms,
                                            .slots = (uint16_t)(st_n_forms + 1)};
    st_form(0, 0);
    for (unsigned i = 0; i < n; i++) {
        st_form(k[i], col[i]);
    }
}

static fx st_bit(const fx *c, const fx *w)
{
    return fx_mul(w[0], fx_mul(c[0], fx_sub(c[0], FX_ONE)));
}

/* The table of the uses since the last one. */
static void st_table(unsigned t, const char *name, unsigned n_cols, bool law)
{
    const unsigned before = t ? (unsigned)(st_tables[t - 1].uses - st_uses) + st_tables[t - 1].n_uses : 0;
    st_tables[t] = (struct air_table){.name = name, .n_cols = (uint16_t)n_cols, .n_constraints = law, .n_uses = (uint16_t)(st_n_uses - before),
                                      .uses = st_uses + before, .forms = st_forms, .terms = st_terms, .eval = law ? st_bit : NULL};
}

/* (1, addr, 0, 0, stamp, v, 0, 0, 0): @p stamp and @p v are columns, or no column and 0 or 1. */
static void st_token(int sign, int stamp, int64_t k, int v)
{
    st_use(AIR_BUS_MEM, sign, 9, (const int64_t[]){SPACE_RW, 0, 0, 0, k, 0, 0, 0, 0}, (const int[]){-1, 1, -1, -1, stamp, v, -1, -1, -1});
}

static void st_define(void)
{
    if (st_n_uses) {
        return;
    }
    st_use(AIR_BUS_STATE, -1, 3, (const int64_t[]){0, 0, 0}, (const int[]){1, 2, -1});
    st_use(AIR_BUS_STATE, 1, 3, (const int64_t[]){4, 1, 0}, (const int[]){1, 2, 3});
    st_table(ST_STEP, "step", 4, true);
    st_tables[ST_STEP].takes_state = 1;
    st_token(-1, -1, 0, 3);
    st_token(1, 2, 0, 4);
    st_table(ST_TOUCH, "touch", 5, true);
    st_use(AIR_BUS_CHAIN, -1, 2, (const int64_t[]){2, 0}, (const int[]){-1, 1});
    st_use(AIR_BUS_CHAIN, 1, 2, (const int64_t[]){2, 0}, (const int[]){-1, 2});
    st_use(AIR_BUS_OUT, 1, 5, (const int64_t[]){0, 0, 0, 0, 0}, (const int[]){2, 3, 4, 5, 6});
    st_table(ST_ENDS, "ends", 7, true);
    st_token(1, -1, 0, 2);
    st_token(-1, -1, 1, 3);
    st_table(ST_FINAL, "final", 4, true);
    st_use(AIR_BUS_U16, -1, 1, (const int64_t[]){0}, (const int[]){1});
    st_table(ST_INDEX, "index", 1, false);
    st_tables[ST_INDEX].n_closed = 1;
    st_tables[ST_INDEX].closed = st_closed;
    st_tables[ST_INDEX].fixed_log_h = 6;
    st_use(AIR_BUS_INIT, 1, 1, (const int64_t[]){7}, (const int[]){-1});
    st_table(ST_IMAGE, "image", 1, true);
    st_tables[ST_BOUNDARY] = sc_air_tables[AIR_TABLE_BOUNDARY];
}

/* --- a run ------------------------------------------------------------------------------------------------------------- */

struct st_proof {
    struct sc_shape shape;
    struct sc_layout layout;
    fp *cells[3];   /* main, IMAGE, BOUNDARY */
    fp *closed;
    struct sc_oracle oracle[3];
    struct sc_samples samples;
    uint8_t *bytes; /* the proof, from HEAD_SHAPE on */
    size_t len;
};

struct set_naive {
    struct sc_profile profile;
    struct sc_head_image image;
    uint8_t vk[SC_VK_LEN];
    uint8_t output[ST_OUTPUT];
    uint32_t last_ram, last_input;
    struct sc_set_segment segment[ST_SEGMENTS]; /* number i at [i - 1] */
    struct st_proof proof[ST_PROOFS];
    uint8_t *heads;
    size_t heads_len;
    struct sc_bus_point bus; /* of G */
    uint8_t digest[32];
    uint32_t bind_as[ST_PROOFS]; /* index that proof i says it has */
};

/* The cell of a table's row, wherever its chunk is. */
static fp *st_cell(struct st_proof *p, unsigned table, unsigned row, unsigned col)
{
    for (unsigned i = 0; i < p->layout.n_chunks; i++) {
        const struct sc_chunk *const c = &p->layout.chunk[i];
        if (c->table == table && row < 1u << c->log_h) {
            return p->cells[sc_chunk_poly(&p->layout, i)] + ((size_t)(c->block + col) << c->log_h) + row;
        }
        row -= c->table == table ? 1u << c->log_h : 0;
    }
    cr_assert_fail("no such row");
    return NULL;
}

static void st_set(struct st_proof *p, unsigned table, unsigned row, const int64_t *v, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        *st_cell(p, table, row, i) = fp_from_i64(v[i]);
    }
}

static void st_chunks(struct sc_shape *s, unsigned table, unsigned log_h)
{
    s->n_chunks[table] = 1;
    s->log_h[table][0] = (uint8_t)log_h;
}

static void st_shape(struct sc_shape *s, uint32_t i)
{
    static const uint8_t boundary[ST_PROOFS][1 + AIR_MAX_CHUNKS] = {{1, 4}, {1, 4}, {2, 6, 5}, {4, 8, 6, 5, 4}};
    s->index = i;
    s->part = i == 0 ? SC_FIRST : SC_SEGMENT;
    st_chunks(s, ST_INDEX, 6);
    st_chunks(s, i == 0 ? ST_ENDS : ST_STEP, 4);
    st_chunks(s, i == 0 ? ST_FINAL : ST_TOUCH, 4);
    s->image_log_h = i == 0 ? ST_IMAGE_LOG : 0;
    s->n_boundary = boundary[i][0];
    memcpy(s->boundary_log_h, boundary[i] + 1, AIR_MAX_CHUNKS);
}

/* Layout and zero cells for the shape. */
static void st_room(struct st_proof *p)
{
    cr_assert(sc_layout(&p->layout, &st_machine, &p->shape));
    cr_assert(p->layout.m0 == 16 && p->layout.boundary_m0 == 16 && p->layout.n_values <= ST_VALUES);
    for (unsigned k = 0; k < 3; k++) {
        sc_big_free(p->cells[k], sizeof(fp) << 16);
        p->cells[k] = sc_big_alloc(sizeof(fp) << 16);
    }
}

static bool st_touches(uint32_t i, unsigned word)
{
    return word == 0 || (word == 1 && i != 2) || (word == 2 && i == 2);
}

static void st_put_boundary(struct st_proof *p, unsigned row, const struct sc_crossing *w)
{
    uint32_t cells[AIR_MAX_COLS] = {0};
    sc_boundary_fill(w, p->shape.index == 0, (void *)cells);
    for (unsigned c = 0; c < st_tables[ST_BOUNDARY].n_cols; c++) {
        *st_cell(p, ST_BOUNDARY, row, c) = fp_from_u32(cells[c]);
    }
}

/* Each word's rows; rows of a segment in the order of the words. */
static void st_fill_words(struct set_naive *t)
{
    unsigned n[ST_PROOFS] = {0};
    for (unsigned word = 0; word < ST_WORDS; word++) {
        struct sc_crossing w = {.addr = 8 * word, .before = 100 + word, .after = 100 + word, .space = SPACE_RW};
        for (uint32_t i = 1; i < ST_PROOFS; i++) {
            struct st_proof *const p = &t->proof[i];
            if (!st_touches(i, word)) {
                continue;
            }
            w.after = w.before + 10 * i;
            w.last_ts = 4 + 2 * i;
            st_put_boundary(p, n[i], &w);
            st_set(p, ST_TOUCH, n[i]++, (const int64_t[]){1, 8 * (int64_t)word, w.last_ts, (int64_t)w.before, (int64_t)w.after}, 5);
            fp *const mult = st_cell(p, ST_INDEX, i - w.prev - 1, 0);
            *mult = fp_add(*mult, FP_ONE);
            w.before = w.after;
            w.prev = i;
        }
        w.before = 100 + word;
        st_put_boundary(&t->proof[0], word, &w);
        st_set(&t->proof[0], ST_FINAL, word, (const int64_t[]){1, 8 * (int64_t)word, (int64_t)w.before, (int64_t)w.after}, 4);
    }
}

static void st_fill(struct set_naive *t)
{
    uint32_t ip = ST_ENTRY;
    for (uint32_t i = 1; i < ST_PROOFS; i++) {
        const unsigned n = 3 + 2 * i;
        const uint32_t first = ip;
        for (unsigned k = 0; k < n; k++, ip++) {
            st_set(&t->proof[i], ST_STEP, k, (const int64_t[]){1, 4 + 4 * (int64_t)k, ip, i == ST_SEGMENTS && k + 1 == n}, 4);
        }
        t->segment[i - 1] = (struct sc_set_segment){first, ip, 4 + 4 * n};
    }
    for (int64_t i = 0; i <= 2; i++) {
        const uint64_t word = i == 0 ? ST_OUTPUT : load_le(t->output + 8 * (i - 1), i == 1 ? 8 : ST_OUTPUT - 8);
        st_set(&t->proof[0], ST_ENDS, (unsigned)i,
               (const int64_t[]){1, i - 1, i, (int64_t)(word & 0xffff), (int64_t)(word >> 16 & 0xffff), (int64_t)(word >> 32 & 0xffff), (int64_t)(word >> 48)}, 7);
    }
    st_fill_words(t);
}

/* With shapes as @p reshape leaves them; it may be NULL. */
static struct set_naive *set_naive_create(void (*reshape)(struct sc_shape *s))
{
    struct set_naive *const t = calloc(1, sizeof *t);
    st_define();
    cheap_profile(&t->profile);
    for (unsigned i = 0; i < ST_OUTPUT; i++) {
        t->output[i] = (uint8_t)(17 * i + 3);
    }
    t->last_ram = SC_CHAIN_START_RAM;
    t->last_input = SC_CHAIN_START_IO;
    for (uint32_t i = 0; i < ST_PROOFS; i++) {
        st_shape(&t->proof[i].shape, i);
        if (reshape) {
            reshape(&t->proof[i].shape);
        }
        st_room(&t->proof[i]);
        t->bind_as[i] = i;
    }
    st_fill(t);
    return t;
}

static void set_naive_destroy(struct set_naive *t)
{
    for (unsigned i = 0; i < ST_PROOFS; i++) {
        struct st_proof *const p = &t->proof[i];
        for (unsigned k = 0; k < 3; k++) {
            sc_big_free(p->cells[k], sizeof(fp) << 16);
            sc_oracle_fini(&p->oracle[k]);
        }
        free(p->closed);
        sc_free(p->bytes);
    }
    sc_free(t->heads);
    free(t);
}

/* --- proofs -------------------------------------------------------------------------------------------------------------- */

static const struct sc_whir_params *st_params(const struct set_naive *t, unsigned poly)
{
    return poly == 0 ? &t->profile.main[16] : poly == 1 ? &t->profile.image[16] : &t->profile.boundary[16];
}

static void st_commit(const struct set_naive *t, struct st_proof *p, unsigned poly)
{
    const struct sc_whir_round *const r = &st_params(t, poly)->r[0];
    const fp *const cells = p->cells[poly];
    sc_oracle_fini(&p->oracle[poly]);
    cr_assert_eq(sc_oracle_commit(&p->oracle[poly], &cells, 1, r->mu, r->k, r->lr, NULL, NULL), SOCLE_OK);
}

/* Columns of every chunk, closed-form ones as they are in the proof's place. */
static void st_columns(struct st_proof *p, const fp *(*col)[AIR_MAX_COLS])
{
    const struct sc_layout *const l = &p->layout;
    fp *next = p->closed = realloc(p->closed, sizeof(fp) << 14);
    for (unsigned i = 0; i < l->n_chunks; i++) {
        const struct sc_chunk *const c = &l->chunk[i];
        const struct air_table *const t = &st_machine.tables[c->table];
        for (unsigned j = 0; j < t->n_cols; j++) {
            col[i][j] = p->cells[sc_chunk_poly(l, i)] + ((size_t)(c->block + j) << c->log_h);
        }
        for (unsigned j = 0; j < t->n_closed; j++) {
            col[i][t->n_cols + j] = next;
            for (uint32_t x = 0; x < 1u << c->log_h; x++) {
                *next++ = fp_from_u32(sc_air_closed_row((enum air_closed)t->closed[j], x, l->index));
            }
        }
    }
}

static void st_send_shape(struct sc_pch *ch, const struct sc_shape *s)
{
    for (unsigned k = 0; k < st_machine.n_main; k++) {
        sc_send_bytes(ch, SC_L_HEAD_SHAPE, &s->n_chunks[k], 1);
        sc_send_bytes(ch, SC_L_HEAD_SHAPE, s->log_h[k], s->n_chunks[k]);
    }
}

/* Both sides of the bus argument. */
static void st_argue(struct sc_pch *ch, const struct st_proof *p, const struct sc_bus_point *bus, struct gkr_naive *g, const fp *const (*col)[AIR_MAX_COLS])
{
    const struct sc_layout *const l = &p->layout;
    for (unsigned side = 0; side < 2; side++) {
        gkr_naive_init(&g[side], sc_side_vars(l, (enum sc_side)side));
        for (unsigned i = 0; i < l->n_chunks; i++) {
            gkr_naive_leaves(&g[side], &st_machine, &l->chunk[i], (enum sc_side)side, &bus[side], col[i]);
        }
        gkr_naive_tree(&g[side]);
    }
    for (unsigned side = 0; side < 2; side++) {
        const fx root[2] = {g[side].leaf.p, g[side].leaf.q};
        sc_send_fx(ch, SC_L_GKR_ROOT, root, 2);
    }
    for (unsigned side = 0; side < 2; side++) {
        for (unsigned k = 0; k < g[side].n; k++) {
            gkr_naive_layer(&g[side], ch, k, false);
        }
    }
}

static void st_openings(struct sc_pch *ch, const struct set_naive *t, struct st_proof *p, const fx *r)
{
    const struct sc_layout *const l = &p->layout;
    const unsigned n[3] = {l->n_main_values, l->n_image_values, l->n_values - l->n_main_values - l->n_image_values};
    static const struct sc_samples none;
    struct sc_block blocks[ST_VALUES];
    fx gamma;
    for (unsigned i = 0; i < l->n_chunks; i++) {
        for (unsigned k = 0; k < st_machine.tables[l->chunk[i].table].n_cols; k++) {
            blocks[l->chunk[i].value + k] = (struct sc_block){l->chunk[i].log_h, l->chunk[i].block + k};
        }
    }
    sc_tr_challenge(&ch->tr, SC_L_GAMMA, &gamma, 1);
    for (unsigned poly = 0, first = 0; poly < 3; first += n[poly++]) {
        if (n[poly]) {
            naive_open(ch, st_params(t, poly), &p->oracle[poly], p->cells[poly], r, l->n_vars, blocks + first, n[poly], gamma, poly == 2 ? &p->samples : &none);
        }
    }
}

/* Proof i of the set whose digest is t->digest. */
static void set_naive_prove_one(struct set_naive *t, uint32_t i)
{
    struct st_proof *const p = &t->proof[i];
    struct sc_pch ch;
    struct gkr_naive g[2];
    struct sc_bus_point bus[2];
    static const fp *col[NAIVE_MAX_CHUNKS][AIR_MAX_COLS];
    uint8_t text[SC_SEED_LEN];
    fx r[SC_MAX_VARS], values[ST_VALUES];
    sc_pch_init(&ch, NULL);
    sc_seed(text, &st_machine, &t->profile);
    sc_tr_absorb(&ch.tr, SC_L_SEED, text, SC_SEED_LEN);
    sc_set_bind(text, t->digest, t->bind_as[i]);
    sc_tr_absorb(&ch.tr, SC_L_SET, text, SC_SET_BIND_LEN);
    st_send_shape(&ch, &p->shape);
    sc_send_bytes(&ch, SC_L_MAIN_ROOT, p->oracle[0].root, 32);
    sc_send_grind(&ch, SC_L_LOGUP_POW, t->profile.logup_pow);
    sc_tr_challenge(&ch.tr, SC_L_ALPHA, &bus[0].alpha, 1);
    sc_tr_challenge(&ch.tr, SC_L_BETA, bus[0].beta, AIR_SLOTS);
    bus[1] = t->bus;
    st_columns(p, col);
    st_argue(&ch, p, bus, g, (const fp *const(*)[AIR_MAX_COLS])col);
    naive_zero(&ch, r, values, &st_machine, &p->layout, bus, g, (const fp *const(*)[AIR_MAX_COLS])col);
    st_openings(&ch, t, p, r);
    cr_assert_eq(sc_pch_status(&ch), SOCLE_OK);
    sc_free(p->bytes);
    p->bytes = sc_pch_take(&ch, &p->len);
    sc_pch_fini(&ch);
    gkr_naive_fini(&g[0]);
    gkr_naive_fini(&g[1]);
}

static void st_send_run(struct sc_pch *ch, const struct set_naive *t)
{
    uint8_t run[ST_SEGMENTS * SC_SEGMENT_LEN + SC_SET_KEYS_LEN];
    for (unsigned i = 0; i < ST_SEGMENTS; i++) {
        sc_set_segment_encode(run + i * SC_SEGMENT_LEN, &t->segment[i]);
    }
    store_le(run + ST_SEGMENTS * SC_SEGMENT_LEN, t->last_ram, 4);
    store_le(run + ST_SEGMENTS * SC_SEGMENT_LEN + 4, t->last_input, 4);
    sc_send_bytes(ch, SC_L_SET_RUN, run, sizeof run);
}

static void st_send_samples(struct sc_pch *ch, struct set_naive *t)
{
    const struct sc_whir_round *const r = &t->profile.boundary[16].r[0];
    for (unsigned i = 0; i < ST_PROOFS; i++) {
        struct sc_samples *const s = &t->proof[i].samples;
        s->n = r->ood;
        if (s->n == 0) {
            continue;
        }
        sc_tr_challenge(&ch->tr, SC_L_SET_OOD, s->coords, (size_t)s->n * 16);
        for (unsigned k = 0; k < s->n; k++) {
            s->answers[k] = sc_mle_eval_fp(t->proof[i].cells[2], s->coords + (size_t)k * 16, 16);
        }
        sc_send_fx(ch, SC_L_SET_OOD_ANS, s->answers, s->n);
    }
}

/* Commitments, and the global messages down to the digest. */
static void set_naive_heads(struct set_naive *t)
{
    struct sc_pch ch;
    uint8_t text[128];
    for (unsigned i = 0; i < ST_PROOFS; i++) {
        st_commit(t, &t->proof[i], 0);
        st_commit(t, &t->proof[i], 2);
    }
    st_commit(t, &t->proof[0], 1);
    t->image = (struct sc_head_image){.entry = ST_ENTRY, .log_h = ST_IMAGE_LOG};
    memcpy(t->image.root, t->proof[0].oracle[1].root, 32);
    sc_vk_compute(t->vk, &st_machine, &t->profile, &t->image);
    sc_pch_init(&ch, NULL);
    sc_set_seed(text, &st_machine, &t->profile);
    sc_tr_absorb(&ch.tr, SC_L_SET_SEED, text, SC_SET_SEED_LEN);
    sc_head_image_encode(text, &t->image);
    sc_send_bytes(&ch, SC_L_SET_IMAGE, text, SC_HEAD_IMAGE_LEN);
    sc_tr_absorb(&ch.tr, SC_L_SET_VK, t->vk, sizeof t->vk);
    sc_set_size_encode(text, ST_SEGMENTS, ST_OUTPUT);
    sc_send_bytes(&ch, SC_L_SET_SIZE, text, SC_SET_SIZE_LEN);
    st_send_run(&ch, t);
    sc_send_bytes(&ch, SC_L_SET_OUTPUT, t->output, ST_OUTPUT);
    for (unsigned i = 0; i < ST_PROOFS; i++) {
        sc_send_bytes(&ch, SC_L_SET_SHAPE, &t->proof[i].shape.n_boundary, 1);
        sc_send_bytes(&ch, SC_L_SET_SHAPE, t->proof[i].shape.boundary_log_h, t->proof[i].shape.n_boundary);
    }
    for (unsigned i = 0; i < ST_PROOFS; i++) {
        sc_send_bytes(&ch, SC_L_SET_ROOT, t->proof[i].oracle[2].root, 32);
    }
    st_send_samples(&ch, t);
    sc_send_grind(&ch, SC_L_SET_POW, t->profile.logup_pow);
    sc_tr_challenge(&ch.tr, SC_L_SET_ALPHA, &t->bus.alpha, 1);
    sc_tr_challenge(&ch.tr, SC_L_SET_BETA, t->bus.beta, AIR_SLOTS);
    memcpy(t->digest, ch.tr.s, 32);
    sc_free(t->heads);
    t->heads = sc_pch_take(&ch, &t->heads_len);
    sc_pch_fini(&ch);
}

static void set_naive_prove(struct set_naive *t)
{
    set_naive_heads(t);
    for (uint32_t i = 0; i < ST_PROOFS; i++) {
        set_naive_prove_one(t, i);
    }
}

/* The file with the proofs in the given order (indices into t->proof, @p n of them), and @p extra bytes behind. */
static uint8_t *set_naive_file(size_t *len, const struct set_naive *t, const unsigned *order, unsigned n, size_t extra)
{
    size_t at = SC_PROOF_HEAD_LEN;
    *len = at + t->heads_len + extra;
    for (unsigned i = 0; i < n; i++) {
        *len += t->proof[order[i]].len;
    }
    uint8_t *const file = calloc(1, *len);
    sc_proof_head(file, &t->profile, SC_KIND_SET);
    memcpy(file + at, t->heads, t->heads_len);
    at += t->heads_len;
    for (unsigned i = 0; i < n; i++) {
        memcpy(file + at, t->proof[order[i]].bytes, t->proof[order[i]].len);
        at += t->proof[order[i]].len;
    }
    return file;
}

static socle_status set_naive_verify(struct sc_verified *out, const struct set_naive *t, const uint8_t *file, size_t len)
{
    const size_t size = sc_verify_scratch(&st_machine);
    void *const scratch = malloc(size);
    const socle_status st = sc_verify_set(out, &st_machine, &t->profile, t->vk, file, len, scratch, size);
    free(scratch);
    return st;
}

#endif
