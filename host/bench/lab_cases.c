/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The cases of the suite "kernels": what each does, and the least it takes. Contracts: lab.h.
 *
 * Work counts what the limit loops count. Bytes are those that cannot be avoided where the data is larger than a core's cache.
 */
#include "host/bench/lab.h"

#include "core/air/air.h"

#include <string.h>

#define AT_ONCE 8u    /* words that one thread transforms together */
#define PIECES 64u    /* of a sum over a table */
#define HASH_GRAIN 1024u
#define E (FX_DEG * sizeof(fp)) /* bytes of an extension element */

struct piece_of {
    const struct sc_lab *lab;
    const struct sc_lab_case *c;
    size_t grain;
    fx sum[PIECES][2];
    uint8_t (*level)[32], (*below)[32]; /* of a tree */
};

static size_t rows(const struct sc_lab_case *c)
{
    return (size_t)1 << c->log_n;
}

/* A loop over @p n items in at most PIECES pieces; piece k writes sum[k]. */
static void in_pieces(struct piece_of *p, size_t n, sc_pool_fn *fn)
{
    p->grain = (n + PIECES - 1) / PIECES;
    sc_pool_for(p->lab->pool, n, p->grain, fn, p);
}

/* The sums of all pieces are the output of a case. */
static void give_sums(const struct piece_of *p)
{
    fx total[2] = {p->sum[0][0], p->sum[0][1]};
    for (size_t k = 1; k < PIECES; k++) {
        total[0] = fx_add(total[0], p->sum[k][0]);
        total[1] = fx_add(total[1], p->sum[k][1]);
    }
    memcpy(p->lab->out, total, sizeof total);
}

/* Copy. */

static void copy_bytes(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct sc_lab *const lab = arg;
    (void)worker;
    memcpy((uint8_t *)lab->out + begin, (const uint8_t *)lab->in + begin, end - begin);
}

static void run_copy(const struct sc_lab *lab, const struct sc_lab_case *c)
{
    struct sc_lab own = *lab;
    const size_t threads = lab->pool != NULL ? sc_pool_size(lab->pool) : 1;
    sc_pool_for(lab->pool, c->out_len, (c->out_len + threads - 1) / threads, copy_bytes, &own);
}

/* Transforms. The output has as many words as the input, as long or twice as long. */

static void encode_words(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct piece_of *const p = arg;
    const struct sc_lab_case *const c = p->c;
    const unsigned log_out = c->log_n + (c->out_len > c->in_len);
    const fp *at[AT_ONCE];
    (void)worker;
    for (size_t w = begin; w < end; w++) {
        at[w - begin] = p->lab->in + (w << c->log_n);
    }
    p->lab->ops->rs_encode(p->lab->out + (begin << log_out), at, end - begin, c->log_n, log_out, &p->lab->tw);
}

static void run_encode(const struct sc_lab *lab, const struct sc_lab_case *c)
{
    struct piece_of p = {.lab = lab, .c = c};
    const size_t threads = lab->pool != NULL ? sc_pool_size(lab->pool) : 1, share = (c->count + threads - 1) / threads;
    sc_pool_for(lab->pool, c->count, share < AT_ONCE ? share : AT_ONCE, encode_words, &p);
}

/* Hashes. */

static void hash_leaves(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct piece_of *const p = arg;
    const struct sc_leaves l = {.words = p->lab->in, .word_stride = rows(p->c), .n_words = p->c->count, .n_coef = 1};
    (void)worker;
    p->lab->ops->leaf_hash((uint8_t(*)[32])p->lab->out, &l, begin, end);
}

static void run_leaves(const struct sc_lab *lab, const struct sc_lab_case *c)
{
    struct piece_of p = {.lab = lab, .c = c};
    sc_pool_for(lab->pool, rows(c), HASH_GRAIN, hash_leaves, &p);
}

static void hash_nodes(void *arg, size_t begin, size_t end, unsigned worker)
{
    static const uint32_t key[8] = {1};
    const struct piece_of *const p = arg;
    (void)worker;
    p->lab->ops->node_hash(p->level, (const uint8_t(*)[32])p->below, key, begin, end);
}

/* The levels one behind the other, from 2^(log_n - 1) nodes to the root. */
static void run_tree(const struct sc_lab *lab, const struct sc_lab_case *c)
{
    struct piece_of p = {.lab = lab, .c = c, .below = (uint8_t(*)[32])lab->in, .level = (uint8_t(*)[32])lab->out};
    for (size_t n = rows(c) / 2; n > 0; n /= 2) {
        sc_pool_for(lab->pool, n, HASH_GRAIN, hash_nodes, &p);
        p.below = p.level;
        p.level += n;
    }
}

/* Tables of extension elements, planar, one behind the other in the input. */

static const fp *table(const struct sc_lab *lab, size_t plane, size_t i)
{
    return lab->in + i * FX_DEG * plane;
}

static const fx CHALLENGE = {{1, 2, 3, 4, 5}};

static void fold(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct piece_of *const p = arg;
    const size_t n = rows(p->c);
    (void)worker;
    p->lab->ops->fold_ext(p->lab->out, n, p->lab->in, 2 * n, n, CHALLENGE, begin, end);
}

static void run_fold(const struct sc_lab *lab, const struct sc_lab_case *c)
{
    struct piece_of p = {.lab = lab, .c = c};
    in_pieces(&p, rows(c), fold);
}

static void quad(void *arg, size_t begin, size_t end, unsigned worker)
{
    struct piece_of *const p = arg;
    const size_t n = rows(p->c);
    (void)worker;
    p->lab->ops->quad_ext(p->sum[begin / p->grain], table(p->lab, 2 * n, 0), 2 * n, table(p->lab, 2 * n, 1), 2 * n, n, begin, end);
}

static void run_quad(const struct sc_lab *lab, const struct sc_lab_case *c)
{
    struct piece_of p = {.lab = lab, .c = c};
    in_pieces(&p, rows(c), quad);
    give_sums(&p);
}

static void layer(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct piece_of *const p = arg;
    const size_t n = rows(p->c);
    (void)worker;
    p->lab->ops->gkr_up(p->lab->out, p->lab->out + FX_DEG * n, n, table(p->lab, 2 * n, 0), table(p->lab, 2 * n, 1), 2 * n, n, begin, end);
}

static void run_layer(const struct sc_lab *lab, const struct sc_lab_case *c)
{
    struct piece_of p = {.lab = lab, .c = c};
    in_pieces(&p, rows(c), layer);
}

static void gkr_round(void *arg, size_t begin, size_t end, unsigned worker)
{
    struct piece_of *const p = arg;
    const size_t n = rows(p->c);
    const fp *const v[4] = {table(p->lab, 2 * n, 0), table(p->lab, 2 * n, 1), table(p->lab, 2 * n, 2), table(p->lab, 2 * n, 3)};
    (void)worker;
    p->lab->ops->gkr_round(p->sum[begin / p->grain], v, 2 * n, n, table(p->lab, 2 * n, 4) + begin, n, begin, end);
}

static void run_round(const struct sc_lab *lab, const struct sc_lab_case *c)
{
    struct piece_of p = {.lab = lab, .c = c};
    in_pieces(&p, rows(c), gkr_round);
    give_sums(&p);
}

/* The first round of the ADD table. */
static void zero_round(void *arg, size_t begin, size_t end, unsigned worker)
{
    struct piece_of *const p = arg;
    const struct air_table *const t = &sc_air_tables[AIR_TABLE_ADD];
    const unsigned n_cols = (unsigned)(t->n_cols + t->n_closed);
    const size_t n = rows(p->c);
    const fp *cols[AIR_MAX_COLS];
    fx lambda[AIR_MAX_CONSTRAINTS];
    (void)worker;
    for (unsigned i = 0; i < n_cols; i++) {
        cols[i] = p->lab->in + i * 2 * n;
    }
    for (unsigned i = 0; i < t->n_constraints; i++) {
        lambda[i] = (fx){{i, 2, 3, 4, 5}};
    }
    p->lab->ops->air_round_base(p->sum[begin / p->grain], AIR_TABLE_ADD, n_cols, cols, n, lambda, p->lab->in + begin, n, begin, end);
}

static void run_zero(const struct sc_lab *lab, const struct sc_lab_case *c)
{
    struct piece_of p = {.lab = lab, .c = c};
    in_pieces(&p, rows(c), zero_round);
    give_sums(&p);
}

/* Four bytes an element: read and written once, twice where a word is larger than a core's cache. */
#define NTT(log, words, passes)                                                                                                       \
    {"ntt", "2^" #log " x " #words, "elements", "M/s", 1e-6, (double)(words) * (1 << (log)), SC_LAB_LEVELS,                              \
     (double)(words) * (1 << (log)) / 4 * (log) / 2, 8.0 * (passes) * (words) * (1 << (log)), false, log, words, log,                 \
     sizeof(fp) * (words) << (log), sizeof(fp) * (words) << (log), run_encode}
#define P20 ((double)(1 << 20))
#define N20 ((size_t)1 << 20)
#define ADD_COLUMNS ((size_t)64) /* room: the table has fewer */

/* Reed-Solomon at rate 1/2: the first pass reads a message and writes two, the second reads two and writes two; a twist is a product, a
 * third of a pair's three. Zerocheck: at 2 and at 3 each law times its power of lambda (5 products) and the sum times eq (25); what the
 * laws themselves take is left out. */
static const struct sc_lab_case kernels[] = {
    {"copy", "256 MiB", "bytes", "GB/s", 1e-9, 512 * P20, SC_LAB_COPY, 0, 512 * P20, true, 26, 1, 1, N20 << 8, N20 << 8, run_copy},
    NTT(16, 64, 1),
    NTT(18, 64, 2),
    NTT(20, 64, 2),
    NTT(22, 16, 2),
    NTT(24, 4, 2),
    {"rs-encode", "2^20 x 64, rate 1/2", "elements", "M/s", 1e-6, 64 * P20, SC_LAB_LEVELS, 2 * 64 * P20 / 4 * 20 / 2, 28 * 64 * P20, false, 20, 64, 21,
     N20 << 8, N20 << 9, run_encode},
    {"leaves", "2^20 of 64 elements", "bytes", "GB/s", 1e-9, 256 * P20, SC_LAB_COMPRESS, 4 * P20, 288 * P20, false, 20, 64, 1, N20 << 8, N20 << 5,
     run_leaves},
    {"tree", "2^20 leaves", "nodes", "M/s", 1e-6, P20 - 1, SC_LAB_COMPRESS, P20 - 1, 96 * P20, false, 20, 1, 1, N20 << 5, (N20 - 1) << 5, run_tree},
    {"sumcheck", "2^20 pairs", "pairs", "M/s", 1e-6, P20, SC_LAB_EXT_MUL, 2 * P20, 4 * E * P20, false, 20, 1, 1, 4 * E * N20, 2 * E, run_quad},
    {"fold", "2^20", "results", "M/s", 1e-6, P20, SC_LAB_EXT_MUL, P20, 3 * E * P20, false, 20, 1, 1, 2 * E * N20, E * N20, run_fold},
    {"gkr-layer", "2^20 fractions", "fractions", "M/s", 1e-6, P20, SC_LAB_EXT_MUL, 3 * P20, 6 * E * P20, false, 20, 1, 1, 4 * E * N20, 2 * E * N20, run_layer},
    {"gkr-round", "2^20 pairs", "pairs", "M/s", 1e-6, P20, SC_LAB_EXT_MUL, 6 * P20, 9 * E * P20, false, 20, 1, 1, 9 * E * N20, 2 * E, run_round},
    {"zerocheck", "2^18 pairs, ADD", "pairs", "M/s", 1e-6, P20 / 4, SC_LAB_WIDE, 0, 0, false, 18, 1, 1, ADD_COLUMNS * N20 * 2, 2 * E, run_zero},
};
_Static_assert(sizeof(fx) == E, "two sums are the output of a round");

void sc_lab_least(double *work, double *bytes, const struct sc_lab_case *c)
{
    const struct air_table *const t = &sc_air_tables[AIR_TABLE_ADD];
    *work = c->work;
    *bytes = c->bytes;
    if (c->run == run_zero) {
        *work = c->units * 2 * (5.0 * t->n_constraints + 25);
        *bytes = c->units * (8.0 * (t->n_cols + t->n_closed) + (double)E);
    }
}

const struct sc_lab_case *sc_lab_kernels(size_t *n)
{
    *n = sizeof kernels / sizeof kernels[0];
    return kernels;
}
