/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The cases of the suite "kernels": what each does, the least it takes, what the reference makes of it. Contracts: lab.h.
 *
 * Work counts what the limit loops count. Bytes are those that cannot be avoided where the data is larger than a core's cache.
 */
#include "host/bench/lab.h"

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

static socle_status run_copy(const struct sc_lab *lab, const struct sc_lab_case *c)
{
    struct sc_lab own = *lab;
    const size_t threads = sc_lab_threads(lab);
    sc_pool_for(lab->pool, c->out_len, (c->out_len + threads - 1) / threads, copy_bytes, &own);
    return SOCLE_OK;
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

static socle_status run_encode(const struct sc_lab *lab, const struct sc_lab_case *c)
{
    struct piece_of p = {.lab = lab, .c = c};
    const size_t threads = sc_lab_threads(lab), share = (c->count + threads - 1) / threads;
    sc_pool_for(lab->pool, c->count, share < AT_ONCE ? share : AT_ONCE, encode_words, &p);
    return SOCLE_OK;
}

/* Hashes. */

static void hash_leaves(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct piece_of *const p = arg;
    const struct sc_leaves l = {.words = p->lab->in, .word_stride = rows(p->c), .n_words = p->c->count, .n_coef = 1};
    (void)worker;
    p->lab->ops->leaf_hash((uint8_t(*)[32])p->lab->out, &l, begin, end);
}

static socle_status run_leaves(const struct sc_lab *lab, const struct sc_lab_case *c)
{
    struct piece_of p = {.lab = lab, .c = c};
    sc_pool_for(lab->pool, rows(c), HASH_GRAIN, hash_leaves, &p);
    return SOCLE_OK;
}

static void hash_nodes(void *arg, size_t begin, size_t end, unsigned worker)
{
    static const uint32_t key[8] = {1};
    const struct piece_of *const p = arg;
    (void)worker;
    p->lab->ops->node_hash(p->level, (const uint8_t(*)[32])p->below, key, begin, end);
}

/* The levels one behind the other, from 2^(log_n - 1) nodes to the root. */
static void levels(const struct sc_lab *lab, const struct sc_lab_case *c, sc_pool_fn *nodes)
{
    struct piece_of p = {.lab = lab, .c = c, .below = (uint8_t(*)[32])lab->in, .level = (uint8_t(*)[32])lab->out};
    for (size_t n = rows(c) / 2; n > 0; n /= 2) {
        sc_pool_for(lab->pool, n, HASH_GRAIN, nodes, &p);
        p.below = p.level;
        p.level += n;
    }
}

static socle_status run_tree(const struct sc_lab *lab, const struct sc_lab_case *c)
{
    levels(lab, c, hash_nodes);
    return SOCLE_OK;
}

/* Trees of hashes that no profile uses. */

static void other_leaves(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct piece_of *const p = arg;
    const struct sc_cpu_ops *const ops = p->lab->ops;
    uint8_t(*const out)[32] = (uint8_t(*)[32])p->lab->out;
    const fp *const words = p->lab->in;
    const size_t n = rows(p->c), n_words = p->c->count;
    (void)worker;
    if (p->c->of == SC_KC_SHA256) {
        ops->sha256_leaves(out, words, n, n_words, begin, end);
    } else if (p->c->of == SC_KC_KECCAK256) {
        ops->keccak_leaves(out, words, n, n_words, begin, end);
    } else {
        ops->poseidon2_leaves(out, words, n, n_words, p->lab->constants_24, begin, end);
    }
}

static socle_status run_other_leaves(const struct sc_lab *lab, const struct sc_lab_case *c)
{
    struct piece_of p = {.lab = lab, .c = c};
    sc_pool_for(lab->pool, rows(c), HASH_GRAIN, other_leaves, &p);
    return SOCLE_OK;
}

static void other_nodes(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct piece_of *const p = arg;
    const struct sc_cpu_ops *const ops = p->lab->ops;
    const uint8_t(*const below)[32] = (const uint8_t(*)[32])p->below;
    (void)worker;
    if (p->c->of == SC_KC_SHA256) {
        ops->sha256_nodes(p->level, below, begin, end);
    } else if (p->c->of == SC_KC_KECCAK256) {
        ops->keccak_nodes(p->level, below, begin, end);
    } else {
        ops->poseidon2_nodes(p->level, below, p->lab->constants_16, begin, end);
    }
}

static socle_status run_other_tree(const struct sc_lab *lab, const struct sc_lab_case *c)
{
    levels(lab, c, other_nodes);
    return SOCLE_OK;
}

/* Permutations in place. */
static socle_status states_prepare(struct sc_lab *lab, const struct sc_lab_case *c)
{
    memcpy(lab->out, lab->in, c->out_len);
    return SOCLE_OK;
}

static void permute(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct piece_of *const p = arg;
    const fp *const constants = p->c->count == 16 ? p->lab->constants_16 : p->lab->constants_24;
    (void)worker;
    p->lab->ops->poseidon2(p->lab->out, rows(p->c), p->c->count, constants, begin, end);
}

static socle_status run_permute(const struct sc_lab *lab, const struct sc_lab_case *c)
{
    struct piece_of p = {.lab = lab, .c = c};
    sc_pool_for(lab->pool, rows(c), HASH_GRAIN, permute, &p);
    return SOCLE_OK;
}

/* Tables of extension elements, planar, one behind the other in the input. */

static const fp *table(const struct sc_lab *lab, size_t plane, size_t i)
{
    return lab->in + i * FX_DEG * plane;
}

static void fold(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct piece_of *const p = arg;
    const size_t n = rows(p->c);
    (void)worker;
    p->lab->ops->fold_ext(p->lab->out, n, p->lab->in, 2 * n, n, SC_LAB_CHALLENGE, begin, end);
}

static socle_status run_fold(const struct sc_lab *lab, const struct sc_lab_case *c)
{
    struct piece_of p = {.lab = lab, .c = c};
    in_pieces(&p, rows(c), fold);
    return SOCLE_OK;
}

static void quad(void *arg, size_t begin, size_t end, unsigned worker)
{
    struct piece_of *const p = arg;
    const size_t n = rows(p->c);
    (void)worker;
    p->lab->ops->quad_ext(p->sum[begin / p->grain], table(p->lab, 2 * n, 0), 2 * n, table(p->lab, 2 * n, 1), 2 * n, n, begin, end);
}

static socle_status run_quad(const struct sc_lab *lab, const struct sc_lab_case *c)
{
    struct piece_of p = {.lab = lab, .c = c};
    in_pieces(&p, rows(c), quad);
    give_sums(&p);
    return SOCLE_OK;
}

static void layer(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct piece_of *const p = arg;
    const size_t n = rows(p->c);
    (void)worker;
    p->lab->ops->gkr_up(p->lab->out, p->lab->out + FX_DEG * n, n, table(p->lab, 2 * n, 0), table(p->lab, 2 * n, 1), 2 * n, n, begin, end);
}

static socle_status run_layer(const struct sc_lab *lab, const struct sc_lab_case *c)
{
    struct piece_of p = {.lab = lab, .c = c};
    in_pieces(&p, rows(c), layer);
    return SOCLE_OK;
}

static void gkr_round(void *arg, size_t begin, size_t end, unsigned worker)
{
    struct piece_of *const p = arg;
    const size_t n = rows(p->c);
    const fp *const v[4] = {table(p->lab, 2 * n, 0), table(p->lab, 2 * n, 1), table(p->lab, 2 * n, 2), table(p->lab, 2 * n, 3)};
    (void)worker;
    p->lab->ops->gkr_round(p->sum[begin / p->grain], v, 2 * n, n, table(p->lab, 2 * n, 4) + begin, n, begin, end);
}

static socle_status run_round(const struct sc_lab *lab, const struct sc_lab_case *c)
{
    struct piece_of p = {.lab = lab, .c = c};
    in_pieces(&p, rows(c), gkr_round);
    give_sums(&p);
    return SOCLE_OK;
}

/* The first round of laws that are the bench's own. */
static void zero_round(void *arg, size_t begin, size_t end, unsigned worker)
{
    struct piece_of *const p = arg;
    const size_t n = rows(p->c);
    const fp *cols[SC_BENCH_LAWS];
    fx lambda[SC_BENCH_LAWS];
    (void)worker;
    for (unsigned i = 0; i < SC_BENCH_LAWS; i++) {
        cols[i] = p->lab->in + i * 2 * n;
        lambda[i] = (fx){{i, 2, 3, 4, 5}};
    }
    p->lab->ops->bench_round(p->sum[begin / p->grain], cols, n, lambda, p->lab->in + begin, n, begin, end);
}

static socle_status run_zero(const struct sc_lab *lab, const struct sc_lab_case *c)
{
    struct piece_of p = {.lab = lab, .c = c};
    in_pieces(&p, rows(c), zero_round);
    give_sums(&p);
    return SOCLE_OK;
}

/* Four bytes an element: read and written once, twice where a word is larger than a core's cache. */
#define NTT(log, words, passes)                                                                                                       \
    {.op = "ntt", .shape = "2^" #log " x " #words, .what = "elements", .unit = "M/s", .scale = 1e-6,                                     \
     .units = (double)(words) * (1 << (log)), .limit = SC_LAB_LEVELS, .work = (double)(words) * (1 << (log)) / 4 * (log) / 2,             \
     .bytes = 8.0 * (passes) * (words) * (1 << (log)), .log_n = (log), .count = (words), .log_twiddles = (log),                           \
     .in_len = sizeof(fp) * (words) << (log), .out_len = sizeof(fp) * (words) << (log), .form = SC_LAB_CODE, .run = run_encode}
/* Likewise with 32 bytes an element, in place. */
#define FR_NTT(field, name, log, polys, passes)                                                                                       \
    {.op = "fr-ntt", .shape = name " 2^" #log " x " #polys, .what = "elements", .unit = "M/s", .scale = 1e-6,                            \
     .units = (double)(polys) * (1 << (log)), .limit = SC_LAB_FR + (field), .work = (double)(polys) * (1 << (log)) / 4 * (log) / 2,       \
     .bytes = 64.0 * (passes) * (polys) * (1 << (log)), .log_n = (log), .count = (polys), .log_twiddles = 1, .of = (field),               \
     .out_len = (size_t)32 * (polys) << (log), .form = SC_LAB_FR_NTT, .needs = sc_lab_fr_needs, .prepare = sc_lab_fr_prepare, .run = sc_lab_fr_run}
#define FR_NTTS(field, name)                                                                                                          \
    FR_NTT(field, name, 16, 1, 1), FR_NTT(field, name, 16, 64, 1), FR_NTT(field, name, 18, 16, 2), FR_NTT(field, name, 20, 4, 2),        \
        FR_NTT(field, name, 22, 1, 2), FR_NTT(field, name, 24, 1, 2), FR_NTT(field, name, 26, 1, 2)
/* Each point and each number is read once at least. */
#define MSM(group, name, log, size)                                                                                                   \
    {.op = "msm", .shape = name " 2^" #log, .what = "points", .unit = "M/s", .scale = 1e-6, .units = 1 << (log),                         \
     .limit = SC_LAB_GROUP + (group), .bytes = ((size) + 32.0) * (1 << (log)), .log_n = (log), .count = 1, .log_twiddles = 1,             \
     .of = (group), .out_len = (size), .form = SC_LAB_SUM, .needs = sc_lab_msm_needs, .prepare = sc_lab_msm_prepare, .run = sc_lab_msm_run}
#define MSMS(group, name, size) MSM(group, name, 14, size), MSM(group, name, 16, size), MSM(group, name, 18, size), MSM(group, name, 20, size)
#define KERNEL(op_, shape_, what_, unit_, scale_, units_, limit_, work_, bytes_, log_, in_, out_, form_, run_)                        \
    {.op = (op_), .shape = (shape_), .what = (what_), .unit = (unit_), .scale = (scale_), .units = (units_), .limit = (limit_),           \
     .work = (work_), .bytes = (bytes_), .log_n = (log_), .count = 64, .log_twiddles = 1, .in_len = (in_), .out_len = (out_),             \
     .form = (form_),                                                                                                                     \
     .run = (run_)}
/* What processors have nothing to do with; theirs is the reference. */
#define TRANSFER(shape_, form_)                                                                                                       \
    {.op = "transfer", .shape = shape_, .what = "bytes", .unit = "GB/s", .scale = 1e-9, .units = 256 * P20, .limit = SC_LAB_COPY,        \
     .bytes = 256 * P20, .is_limit = true, .log_n = 26, .count = 1, .log_twiddles = 1, .in_len = N20 << 8, .out_len = N20 << 8,          \
     .form = (form_), .device_only = true, .run = run_copy}
#define HASH_LEAVES(op_, hash, limit_, each)                                                                                          \
    {.op = op_, .shape = "leaves, 2^18 x 64", .what = "bytes", .unit = "GB/s", .scale = 1e-9, .units = 64 * P20, .limit = (limit_),     \
     .work = (each) * P20 / 4, .bytes = 72 * P20, .log_n = 18, .count = 64, .log_twiddles = 1, .of = (hash), .in_len = N20 << 6,         \
     .out_len = N20 << 3, .form = SC_LAB_HASH_LEAVES, .run = run_other_leaves}
#define HASH_TREE(op_, hash, limit_, each)                                                                                            \
    {.op = op_, .shape = "tree, 2^18 leaves", .what = "nodes", .unit = "M/s", .scale = 1e-6, .units = P20 / 4 - 1, .limit = (limit_),          \
     .work = (each) * (P20 / 4 - 1), .bytes = 24 * P20, .log_n = 18, .count = 64, .log_twiddles = 1, .of = (hash), .in_len = N20 << 3,   \
     .out_len = (N20 << 3) - 32, .form = SC_LAB_HASH_TREE, .run = run_other_tree}
#define POSEIDON2(width, each)                                                                                                        \
    {.op = "poseidon2", .shape = "2^18 of width " #width, .what = "states", .unit = "M/s", .scale = 1e-6, .units = P20 / 4,              \
     .limit = SC_LAB_WIDE, .work = (each) * P20 / 4, .bytes = 2.0 * (width) * P20, .log_n = 18, .count = (width), .log_twiddles = 1,     \
     .in_len = N20 * (width), .out_len = N20 * (width), .form = SC_LAB_POSEIDON2, .prepare = states_prepare, .run = run_permute}
#define P20 ((double)(1 << 20))
#define N20 ((size_t)1 << 20)
#define LAWS ((size_t)SC_BENCH_LAWS)

/* Reed-Solomon at rate 1/2: the first pass reads a message and writes two, the second reads two and writes two; a twist is a product, a
 * third of a pair's three. Zerocheck: at 2 and at 3 each law times its power of lambda (5 products) and the sum times eq (25); what the
 * laws themselves take is left out. A leaf of SHA-256 has five compressions and a node two, one of Keccak two permutations
 * and one, one of Poseidon2 four of width 24 and one of width 16. Of these only the cubes count, two products of three each: what the inner
 * diagonal takes may be shifts. */
#define P2_WORK_16 (3 * (8 * 32 + 20 * 2))
#define P2_WORK_24 (3 * (8 * 48 + 23 * 2))
static const struct sc_lab_case kernels[] = {
    {.op = "copy", .shape = "256 MiB", .what = "bytes", .unit = "GB/s", .scale = 1e-9, .units = 512 * P20, .limit = SC_LAB_COPY,
     .bytes = 512 * P20, .is_limit = true, .log_n = 26, .count = 1, .log_twiddles = 1, .in_len = N20 << 8, .out_len = N20 << 8, .run = run_copy},
    NTT(16, 64, 1),
    NTT(18, 64, 2),
    NTT(20, 1, 2),
    NTT(20, 64, 2),
    NTT(22, 16, 2),
    NTT(24, 4, 2),
    FR_NTTS(SC_BN_FR, "BN254"),
    FR_NTTS(SC_BLS_FR, "BLS12-381"),
    {.op = "rs-encode", .shape = "2^20 x 64, rate 1/2", .what = "elements", .unit = "M/s", .scale = 1e-6, .units = 64 * P20, .limit = SC_LAB_LEVELS,
     .work = 2 * 64 * P20 / 4 * 20 / 2, .bytes = 28 * 64 * P20, .log_n = 20, .count = 64, .log_twiddles = 21, .in_len = N20 << 8,
     .out_len = N20 << 9, .form = SC_LAB_CODE, .run = run_encode},
    KERNEL("leaves", "2^20 of 64 elements", "bytes", "GB/s", 1e-9, 256 * P20, SC_LAB_COMPRESS, 4 * P20, 288 * P20, 20, N20 << 8,
           N20 << 5, SC_LAB_LEAVES, run_leaves),
    KERNEL("tree", "2^20 leaves", "nodes", "M/s", 1e-6, P20 - 1, SC_LAB_COMPRESS, P20 - 1, 96 * P20, 20, N20 << 5, (N20 - 1) << 5,
           SC_LAB_TREE, run_tree),
    MSMS(SC_BN_G1, "BN254 G1", 64),
    MSM(SC_BN_G1, "BN254 G1", 22, 64),
    MSMS(SC_BN_G2, "BN254 G2", 128),
    MSMS(SC_BLS_G1, "BLS12-381 G1", 96),
    MSM(SC_BLS_G1, "BLS12-381 G1", 22, 96),
    MSMS(SC_BLS_G2, "BLS12-381 G2", 192),
    KERNEL("sumcheck", "2^20 pairs", "pairs", "M/s", 1e-6, P20, SC_LAB_EXT_MUL, 2 * P20, 4 * E * P20, 20, 4 * E * N20, 2 * E,
           SC_LAB_QUAD, run_quad),
    KERNEL("fold", "2^20", "results", "M/s", 1e-6, P20, SC_LAB_EXT_MUL, P20, 3 * E * P20, 20, 2 * E * N20, E * N20, SC_LAB_FOLD, run_fold),
    KERNEL("gkr-layer", "2^20 fractions", "fractions", "M/s", 1e-6, P20, SC_LAB_EXT_MUL, 3 * P20, 6 * E * P20, 20, 4 * E * N20,
           2 * E * N20, SC_LAB_LAYER, run_layer),
    KERNEL("gkr-round", "2^20 pairs", "pairs", "M/s", 1e-6, P20, SC_LAB_EXT_MUL, 6 * P20, 9 * E * P20, 20, 9 * E * N20, 2 * E,
           SC_LAB_HOST, run_round),
    KERNEL("zerocheck", "2^18 pairs, 24 laws", "pairs", "M/s", 1e-6, P20 / 4, SC_LAB_WIDE, P20 / 2 * (5 * LAWS + 25),
           P20 / 4 * (8 * LAWS + E), 18, LAWS * N20 * 2, 2 * E, SC_LAB_HOST, run_zero),
    TRANSFER("256 MiB up", SC_LAB_UP),
    TRANSFER("256 MiB down", SC_LAB_DOWN),
    HASH_LEAVES("sha256", SC_KC_SHA256, SC_LAB_SHA256, 5),
    HASH_TREE("sha256", SC_KC_SHA256, SC_LAB_SHA256, 2),
    HASH_LEAVES("keccak256", SC_KC_KECCAK256, SC_LAB_KECCAK, 2),
    HASH_TREE("keccak256", SC_KC_KECCAK256, SC_LAB_KECCAK, 1),
    HASH_LEAVES("poseidon2", SC_KC_POSEIDON2, SC_LAB_WIDE, 4 * P2_WORK_24),
    HASH_TREE("poseidon2", SC_KC_POSEIDON2, SC_LAB_WIDE, P2_WORK_16),
    POSEIDON2(16, P2_WORK_16),
    POSEIDON2(24, P2_WORK_24),
};
_Static_assert(sizeof(fx) == E, "two sums are the output of a round");
_Static_assert(LAWS == 24, "the name of the case says how many");

/* A unit of a processor's limit in units of a device's. Wide products: three for a product of KoalaBear (in Montgomery's form: two and a low one),
 * 25 of these for one of its extension, 2 n^2 + n for one of n words of 32 bits, three of these in Fp2. A compression has 56 quarter
 * rounds of two sums of three, two sums, four sums without carry and four rotations, all of them one instruction, and eight more at the end. */
static const struct {
    enum sc_lab_limit limit;
    double each;
} on_devices[SC_LAB_N_LIMITS] = {
    [SC_LAB_LEVELS] = {SC_LAB_DEVICE_WIDE, 4 * 3},
    [SC_LAB_EXT_MUL] = {SC_LAB_DEVICE_WIDE, 25 * 3},
    [SC_LAB_COMPRESS] = {SC_LAB_DEVICE_ADD, 56 * 12 + 8},
    [SC_LAB_FR] = {SC_LAB_DEVICE_WIDE, 4 * 136},
    [SC_LAB_BLS_FR] = {SC_LAB_DEVICE_WIDE, 4 * 136},
    [SC_LAB_GROUP] = {SC_LAB_DEVICE_WIDE, 136},
    [SC_LAB_BN_G2] = {SC_LAB_DEVICE_WIDE, 3 * 136},
    [SC_LAB_BLS_G1] = {SC_LAB_DEVICE_WIDE, 300},
    [SC_LAB_BLS_G2] = {SC_LAB_DEVICE_WIDE, 3 * 300},
    [SC_LAB_WIDE] = {SC_LAB_DEVICE_WIDE, 1},
    [SC_LAB_SHA256] = {SC_LAB_DEVICE_ADD, 1276},
    [SC_LAB_KECCAK] = {SC_LAB_DEVICE_ADD, 4661},
};

struct sc_lab_least sc_lab_least(const struct sc_lab_case *c, bool on_device)
{
    struct sc_lab_least l = {c->limit, SC_LAB_COPY, c->run == sc_lab_msm_run ? sc_lab_msm_work(c) : c->work, c->bytes, c->is_limit};
    if (on_device) {
        l.work *= on_devices[c->limit].each;
        l.limit = on_devices[c->limit].each > 0 ? on_devices[c->limit].limit : SC_LAB_DEVICE_COPY;
        l.memory = SC_LAB_DEVICE_COPY;
        l.is_limit = c->form == SC_LAB_UP || c->form == SC_LAB_DOWN;
    }
    return l;
}

const struct sc_lab_case *sc_lab_kernels(size_t *n)
{
    *n = sizeof kernels / sizeof kernels[0];
    return kernels;
}

socle_status sc_lab_reference(uint8_t digest[SC_LAB_DIGEST], struct sc_lab *lab, const struct sc_lab_case *c)
{
    const struct sc_cpu_ops *const ops = lab->ops;
    socle_status st = SOCLE_OK;
    memset(digest, 0, SC_LAB_DIGEST);
    sc_lab_use(lab, sc_cpu_ops_get(SC_ISA_REF));
    TRY(sc_lab_prepare(lab, c));
    TRY(c->run(lab, c));
    TRY(sc_lab_digest(digest, lab, c->out_len));
out:
    sc_lab_use(lab, ops);
    return st;
}
