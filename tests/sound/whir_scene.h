/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A small opening to play with: a random polynomial, columns, a point, parameters without security, and the
 * verifier's view of a proof. Shared by the tests of the opening.
 */
#ifndef SC_TESTS_WHIR_SCENE_H
#define SC_TESTS_WHIR_SCENE_H

#include "core/poly/eq.h"
#include "core/proof/merkle_v.h"
#include "core/verify/whir_v.h"
#include "host/prove/open.h"
#include "host/sys/mem.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define MAX_COLS 64
#define MAX_FRAMES 256

/* Small parameters: no security, every feature. */
static const struct sc_whir_params tiny = {3, 1, {
    {10, 3, 1, 0, 0, 2, 0, 12}, {7, 3, 2, 3, 2, 3, 2, 9}, {4, 3, 4, 3, 1, 1, 3, 5}}};
static const struct sc_whir_params tiny_other_rate = {3, 1, {
    {10, 3, 1, 0, 0, 2, 0, 12}, {7, 3, 2, 3, 2, 3, 2, 9}, {4, 3, 3, 3, 1, 1, 3, 5}}};
static const struct sc_whir_params one_round = {1, 3, {{6, 3, 2, 0, 0, 0, 0, 10}}};
static const struct sc_whir_params no_final_variable = {2, 0, {{5, 2, 1, 0, 0, 1, 1, 4}, {3, 3, 3, 3, 1, 0, 0, 6}}};
static const struct sc_whir_params many_rounds = {5, 1, {
    {9, 1, 1, 0, 0, 1, 0, 20}, {8, 2, 2, 3, 1, 1, 1, 9}, {6, 2, 3, 3, 2, 0, 1, 8}, {4, 1, 4, 3, 3, 0, 0, 7},
    {3, 2, 5, 3, 1, 1, 0, 6}}};
/* more queries than leaves: duplicates */
static const struct sc_whir_params crowded = {2, 2, {{6, 3, 1, 0, 0, 0, 0, 100}, {3, 1, 2, 3, 1, 0, 0, 50}}};

static uint64_t rng_state;

static inline uint32_t rnd(void)
{
    rng_state = rng_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(rng_state >> 33);
}

static inline fp rnd_fp(void)
{
    return rnd() % FP_P;
}

static inline fx rnd_fx(void)
{
    fx r;
    for (unsigned c = 0; c < FX_DEG; c++) {
        r.c[c] = rnd_fp();
    }
    return r;
}

/* A polynomial with columns, a point, and a proof. */
struct scene {
    const struct sc_whir_params *wp;
    fp *f;
    unsigned H;
    fx r[32];
    size_t n;
    struct sc_block blocks[MAX_COLS];
    fx values[MAX_COLS];
    struct sc_oracle oracle;
    uint8_t *proof;
    size_t len;
};

static inline unsigned m0_of(const struct scene *s)
{
    return s->wp->r[0].mu;
}

/* Columns of the listed heights, each repeated one to four times while it fits, with their true values. */
static inline void scene_columns(struct scene *s, unsigned n_heights, const unsigned *heights)
{
    size_t at = 0;
    for (unsigned i = 0; i < n_heights; i++) {
        const unsigned repeat = 1 + rnd() % 4;
        for (unsigned j = 0; j < repeat && s->n < MAX_COLS; j++) {
            const size_t len = (size_t)1 << heights[i];
            if (at + len > (size_t)1 << m0_of(s)) {
                return;
            }
            const struct sc_block b = {(uint8_t)heights[i], (uint32_t)(at >> heights[i])};
            s->blocks[s->n] = b;
            s->values[s->n] = sc_mle_eval_fp(s->f + at, s->r + (s->H - heights[i]), heights[i]);
            s->n++;
            at += len;
        }
    }
}

static inline void scene_init(struct scene *s, const struct sc_whir_params *wp, unsigned H, uint64_t seed,
                       unsigned n_heights, const unsigned *heights)
{
    memset(s, 0, sizeof *s);
    rng_state = seed;
    s->wp = wp;
    s->H = H;
    const size_t n = (size_t)1 << wp->r[0].mu;
    s->f = malloc(n * sizeof *s->f);
    for (size_t i = 0; i < n; i++) {
        s->f[i] = rnd_fp();
    }
    for (unsigned i = 0; i < H; i++) {
        s->r[i] = rnd_fx();
    }
    scene_columns(s, n_heights, heights);
    const fp *const planes[1] = {s->f};
    cr_assert_eq(sc_oracle_commit(&s->oracle, planes, 1, wp->r[0].mu, wp->r[0].k, wp->r[0].lr, NULL, NULL), SOCLE_OK);
}

static inline void scene_fini(struct scene *s)
{
    free(s->f);
    sc_free(s->proof);
    sc_oracle_fini(&s->oracle);
}

static inline void scene_prove(struct scene *s)
{
    struct sc_pch ch;
    fx gamma;
    sc_pch_init(&ch, NULL);
    sc_tr_absorb(&ch.tr, SC_L_MAIN_ROOT, s->oracle.root, 32);
    sc_tr_absorb_fx(&ch.tr, SC_L_COLUMNS, s->values, s->n);
    sc_tr_challenge(&ch.tr, SC_L_GAMMA, &gamma, 1);
    const struct sc_opening o = {s->wp, &s->oracle, s->f, s->r, s->H, s->blocks, s->values, s->n, gamma, NULL, NULL, NULL, NULL};
    cr_assert_eq(sc_whir_open(&ch, &o), SOCLE_OK);
    sc_free(s->proof);
    s->proof = sc_pch_take(&ch, &s->len);
    sc_pch_fini(&ch);
}

/* Frames of the verifier's transcript and where its reader stood after each. */
struct frames {
    const struct sc_vch *ch;
    size_t len;
    unsigned n;
    struct {
        uint8_t label, kind;
        size_t end, len;
    } f[MAX_FRAMES];
};

static inline void log_frame(void *arg, uint8_t label, uint8_t kind, uint64_t len, const uint8_t state[32])
{
    struct frames *const fr = arg;
    (void)state;
    cr_assert_lt(fr->n, (unsigned)MAX_FRAMES);
    fr->f[fr->n].label = label;
    fr->f[fr->n].kind = kind;
    fr->f[fr->n].end = fr->len - fr->ch->rd.left;
    fr->f[fr->n].len = (size_t)len;
    fr->n++;
}

/* Offset of the message of a frame in the proof. */
static inline size_t message_at(const struct frames *fr, unsigned i)
{
    return fr->f[i].end - fr->f[i].len;
}

/* Index of the nth absorbed frame with this label. */
static inline unsigned find_frame(const struct frames *fr, enum sc_label label, unsigned nth)
{
    for (unsigned i = 0; i < fr->n; i++) {
        if (fr->f[i].label == label && fr->f[i].kind == 0 && nth-- == 0) {
            return i;
        }
    }
    cr_assert_fail("no such frame");
    return 0;
}

/* Verify the scene's statement with gamma + gamma_shift; *frames when wanted. */
static inline socle_status scene_verify_as(const struct scene *s, fx gamma_shift, struct frames *frames)
{
    struct sc_vch ch;
    fx gamma;
    sc_tr_init(&ch.tr);
    ch.rd = rd_view(s->proof, s->len);
    sc_tr_absorb(&ch.tr, SC_L_MAIN_ROOT, s->oracle.root, 32);
    sc_tr_absorb_fx(&ch.tr, SC_L_COLUMNS, s->values, s->n);
    sc_tr_challenge(&ch.tr, SC_L_GAMMA, &gamma, 1);
    if (frames) {
        frames->ch = &ch;
        frames->len = s->len;
        frames->n = 0;
        ch.tr.log = log_frame;
        ch.tr.log_arg = frames;
    }
    void *const scratch = malloc(sc_whir_scratch());
    const socle_status st = sc_whir_verify(&ch, s->wp, s->oracle.root, s->r, s->H, s->blocks, s->values, s->n,
                                           fx_add(gamma, gamma_shift), NULL, scratch, sc_whir_scratch());
    free(scratch);
    return st == SOCLE_OK && !rd_done(&ch.rd) ? SOCLE_E_FORMAT : st;
}

static inline socle_status scene_verify(const struct scene *s)
{
    return scene_verify_as(s, FX_ZERO, NULL);
}

static const unsigned mixed[] = {8, 7, 6, 4, 3, 2, 1, 0};

#endif
