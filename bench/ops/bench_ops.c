/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Throughput of the CPU kernels on one thread, by processor time, beside what the core can do at most.
 * bench_ops [samples] [isa] [commit] [limits]: the default is 9 samples of the widest instruction set; isa = all for every one;
 * limits: only these.
 *
 * Every sample of an operation follows a sample of its limits: kernels that do nothing but the operation's arithmetic in registers
 * (limit_* of kernels/cpu/ops.def) and a copy of a large buffer. The limit of an operation is the larger of the time that its
 * arithmetic takes at that rate and the time that its unavoidable traffic takes at the copy's rate. One JSON line per operation:
 * median, best and spread (of the middle half) of the rate, and median of rate / limit.
 */
#include "core/air/air.h"
#include "host/socle.h"
#include "host/sys/mem.h"
#include "kernels/cpu/cpu_ops.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LOG_WORD = 20, N_WORDS = 64, LOG_TABLE = 14, MAX_SAMPLES = 99, AT_ONCE = 8 };

struct bench {
    const struct sc_cpu_ops *ops;
    fp *data, *code; /* N_WORDS words of 2^LOG_WORD; as many of twice the length */
    uint8_t (*tree)[32];
    struct sc_twiddles tw;
    volatile uint32_t sink;
    int n_samples;
    const char *commit;
    struct socle_device device;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- limits: seconds for one unit ---- */

enum limit { L_LEVELS, L_COMPRESS, L_MUL, L_EXT_MUL, L_WIDE, L_COPY, N_LIMITS };
static const char *const limit_names[N_LIMITS] = {"pairs of levels", "compressions", "products", "extension products",
                                                  "products without reduction", "copy"};

/** Seconds for one lane of a unit: 4 elements through two levels, a compression, a product; for a byte copied. */
static double limit_of(struct bench *b, enum limit l)
{
    const size_t n = 1 << 15, copied = (size_t)64 << 20;
    double t = now();
    size_t units = n * b->ops->width;
    switch (l) {
    case L_LEVELS:
        b->sink = b->ops->limit_levels(n);
        break;
    case L_COMPRESS:
        b->sink = b->ops->limit_compress(n / 16);
        units /= 16;
        break;
    case L_MUL:
        b->sink = b->ops->limit_mul(n);
        break;
    case L_EXT_MUL:
        b->sink = b->ops->limit_ext_mul(n / 8);
        units /= 8;
        break;
    case L_WIDE:
        b->sink = b->ops->limit_wide(n);
        break;
    case L_COPY:
        memcpy(b->code, b->data, copied);
        units = copied;
        break;
    case N_LIMITS:
        break;
    }
    t = now() - t;
    return t / (double)units;
}

/* ---- operations ---- */

/** One run of an operation: what it did, and the least it takes in units of a limit and in bytes read and written. */
struct run {
    double amount; /* in the operation's unit */
    double work;   /* units of the limit */
    double bytes;  /* read and written where the data leaves the caches; 0 where it need not */
};

struct op {
    const char *name, *shape, *unit;
    double scale; /* of the unit: 1e-6 for M */
    enum limit limit;
    struct run (*run)(struct bench *b);
};

static void encode(struct bench *b, fp *to, const fp *from, size_t words, unsigned log_a, unsigned log_n)
{
    const fp *at[AT_ONCE];
    for (size_t w = 0; w < words; w += AT_ONCE) {
        for (size_t k = 0; k < AT_ONCE; k++) {
            at[k] = from + ((w + k) << log_a);
        }
        b->ops->rs_encode(to + (w << log_n), at, AT_ONCE, log_a, log_n, &b->tw);
    }
}

/* Two passes over memory, each reads and writes; 4 bytes an element. */
static struct run run_ntt(struct bench *b)
{
    const double n = (double)N_WORDS * (1 << LOG_WORD);
    encode(b, b->data, b->data, N_WORDS, LOG_WORD, LOG_WORD);
    return (struct run){n, n / 4 * LOG_WORD / 2, 16 * n};
}

static struct run run_ntt_small(struct bench *b)
{
    const double n = 64.0 * (1 << 12);
    for (size_t i = 0; i < 4; i++) {
        encode(b, b->data, b->data, 16, 12, 12);
    }
    return (struct run){n, n / 4 * 12 / 2, 0};
}

/* The first pass reads a message and writes two, the second reads and writes two; a twist is a product, a third of a pair's three. */
static struct run run_extension(struct bench *b)
{
    const double n = (double)N_WORDS * (1 << LOG_WORD);
    encode(b, b->code, b->data, N_WORDS, LOG_WORD, LOG_WORD + 1);
    return (struct run){n, 2 * n / 4 * LOG_WORD / 2, 4 * 3 * n + 4 * 4 * n};
}

static struct run run_leaves(struct bench *b)
{
    const size_t n = (size_t)1 << LOG_WORD;
    const struct sc_leaves l = {.words = b->data, .word_stride = n, .n_words = N_WORDS, .n_coef = 1};
    b->ops->leaf_hash(b->tree, &l, 0, n);
    return (struct run){(double)n * N_WORDS * 4, (double)n * N_WORDS / 16, (double)n * (N_WORDS * 4 + 32)};
}

static struct run run_nodes(struct bench *b)
{
    const size_t n = (size_t)1 << (LOG_WORD - 1);
    const uint32_t key[8] = {1};
    b->ops->node_hash(b->tree + 2 * n, (const uint8_t(*)[32])b->tree, key, 0, n);
    return (struct run){(double)n, (double)n, 96.0 * (double)n};
}

/* Messages in cache. */
static struct run hash_messages(struct bench *b, size_t n_words)
{
    enum { N = 1 << 9, TIMES = 16 };
    const struct sc_leaves l = {.words = b->data, .word_stride = N + 16, .n_words = n_words, .n_coef = 1};
    for (int i = 0; i < TIMES; i++) {
        b->ops->leaf_hash(b->tree, &l, 0, N);
    }
    return (struct run){4.0 * N * TIMES * (double)n_words, N * TIMES * (double)n_words / 16, 0};
}

static struct run run_64(struct bench *b)
{
    return hash_messages(b, 16);
}

static struct run run_1024(struct bench *b)
{
    return hash_messages(b, 256);
}

/* Kernels over tables of 2^LOG_TABLE extension elements, a few hundred kilobytes. */
enum { N_TABLE = 1 << LOG_TABLE, PLANE = N_TABLE + 16, ROUNDS = 16 };

static const fp *table(const struct bench *b, size_t i)
{
    return b->data + i * FX_DEG * PLANE;
}

static struct run run_mul(struct bench *b)
{
    const fp *const col[1] = {b->data};
    const fx coef[1] = {{{FP_R2, 0, 0, 0, 0}}};
    const struct sc_lin l = {.n = 1, .col = col, .coef = coef};
    for (int i = 0; i < ROUNDS; i++) {
        b->ops->lin_base(b->code, &l, 0, N_TABLE);
    }
    return (struct run){(double)N_TABLE * ROUNDS, (double)N_TABLE * ROUNDS, 0};
}

static struct run run_ext_mul(struct bench *b)
{
    for (int i = 0; i < ROUNDS; i++) {
        b->sink = b->ops->dot_ext(table(b, 0), PLANE, table(b, 1), PLANE, 0, N_TABLE).c[0];
    }
    return (struct run){(double)N_TABLE * ROUNDS, (double)N_TABLE * ROUNDS, 0};
}

static struct run run_ext_axpy(struct bench *b)
{
    const fx c = {{1, 2, 3, 4, 5}};
    for (int i = 0; i < ROUNDS; i++) {
        b->ops->axpy_ext(b->code, PLANE, table(b, 0), PLANE, c, 0, N_TABLE);
    }
    return (struct run){(double)N_TABLE * ROUNDS, (double)N_TABLE * ROUNDS, 0};
}

static struct run run_fold(struct bench *b)
{
    const fx c = {{1, 2, 3, 4, 5}};
    for (int i = 0; i < ROUNDS; i++) {
        b->ops->fold_ext(b->code, PLANE, table(b, 0), PLANE, N_TABLE / 2, c, 0, N_TABLE / 2);
    }
    return (struct run){(double)N_TABLE / 2 * ROUNDS, (double)N_TABLE / 2 * ROUNDS, 0};
}

static struct run run_gkr_up(struct bench *b)
{
    for (int i = 0; i < ROUNDS; i++) {
        b->ops->gkr_up(b->code, b->code + FX_DEG * PLANE, PLANE, table(b, 0), table(b, 1), PLANE, N_TABLE / 2, 0, N_TABLE / 2);
    }
    return (struct run){(double)N_TABLE / 2 * ROUNDS, 3.0 * N_TABLE / 2 * ROUNDS, 0};
}

/* At 0 and at 2 two products and one with the eq table. */
static struct run run_gkr_round(struct bench *b)
{
    const fp *const v[4] = {table(b, 0), table(b, 1), table(b, 2), table(b, 3)};
    fx out[2];
    for (int i = 0; i < ROUNDS; i++) {
        b->ops->gkr_round(out, v, PLANE, N_TABLE / 2, table(b, 4), PLANE, 0, N_TABLE / 2);
        b->sink = out[0].c[0];
    }
    return (struct run){(double)N_TABLE / 2 * ROUNDS, 6.0 * N_TABLE / 2 * ROUNDS, 0};
}

/* The first round of the ADD table: at 2 and at 3, each law times its power of lambda (5 products) and the sum times eq (25). What the
 * laws themselves take is left out. */
static struct run run_zero_round(struct bench *b)
{
    const struct air_table *const t = &sc_air_tables[AIR_TABLE_ADD];
    const unsigned n_cols = (unsigned)(t->n_cols + t->n_closed);
    const fp *cols[AIR_MAX_COLS];
    fx lambda[AIR_MAX_CONSTRAINTS], out[2];
    for (unsigned i = 0; i < n_cols; i++) {
        cols[i] = b->data + (size_t)i * PLANE;
    }
    for (unsigned i = 0; i < t->n_constraints; i++) {
        lambda[i] = (fx){{i, 2, 3, 4, 5}};
    }
    b->ops->air_round_base(out, AIR_TABLE_ADD, n_cols, cols, N_TABLE / 2, lambda, b->code, PLANE, 0, N_TABLE / 2);
    b->sink = out[0].c[0];
    return (struct run){N_TABLE / 2, N_TABLE / 2 * 2.0 * (5.0 * t->n_constraints + 25), 0};
}

static const struct op ops[] = {
    {"ntt", "2^20 x 64", "M elements/s", 1e-6, L_LEVELS, run_ntt},
    {"ntt", "2^12, in cache", "M elements/s", 1e-6, L_LEVELS, run_ntt_small},
    {"extension", "2^20 x 64 to 2^21 x 64", "M input elements/s", 1e-6, L_LEVELS, run_extension},
    {"leaves", "2^20 of 64 elements", "GB/s", 1e-9, L_COMPRESS, run_leaves},
    {"nodes", "2^19", "M nodes/s", 1e-6, L_COMPRESS, run_nodes},
    {"blake3", "64 bytes each, in cache", "GB/s", 1e-9, L_COMPRESS, run_64},
    {"blake3", "1 KiB each, in cache", "GB/s", 1e-9, L_COMPRESS, run_1024},
    {"field multiply and add", "2^14", "M products/s", 1e-6, L_MUL, run_mul},
    {"extension multiply", "inner product of 2^14", "M products/s", 1e-6, L_EXT_MUL, run_ext_mul},
    {"extension multiply and add", "2^14, one factor", "M products/s", 1e-6, L_EXT_MUL, run_ext_axpy},
    {"fold", "2^14", "M results/s", 1e-6, L_EXT_MUL, run_fold},
    {"gkr layer", "2^13 fractions", "M fractions/s", 1e-6, L_EXT_MUL, run_gkr_up},
    {"gkr round", "2^13 pairs", "M pairs/s", 1e-6, L_EXT_MUL, run_gkr_round},
    {"zerocheck round", "2^13 pairs of rows of ADD", "M pairs/s", 1e-6, L_WIDE, run_zero_round},
};

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

struct summary {
    double median, best, spread;
};

static struct summary summarise(double *v, int n)
{
    qsort(v, (size_t)n, sizeof *v, ascending);
    return (struct summary){v[n / 2], v[n - 1], v[n - 1 - n / 4] - v[n / 4]};
}

static void line_head(const struct bench *b)
{
    printf("{\"schema\": \"socle.bench.ops\", \"schema_version\": 1, \"commit\": \"%s\", \"device\": \"%s\", \"kernels\": \"%s\", \"threads\": 1, \"samples\": %d, ",
           b->commit, b->device.name, b->ops->name, b->n_samples);
}

static void bench_op(struct bench *b, const struct op *op)
{
    double rate[MAX_SAMPLES], share[MAX_SAMPLES];
    int by_memory = 0;
    for (int s = -1; s < b->n_samples; s++) { /* the first one warms up */
        const double unit = limit_of(b, op->limit), byte = limit_of(b, L_COPY) / 2;
        const double t = now();
        const struct run r = op->run(b);
        const double seconds = now() - t, work = r.work * unit, memory = r.bytes * byte;
        if (s >= 0) {
            rate[s] = op->scale * r.amount / seconds;
            share[s] = (work > memory ? work : memory) / seconds;
            by_memory += memory > work;
        }
    }
    const struct summary sum = summarise(rate, b->n_samples), part = summarise(share, b->n_samples);
    line_head(b);
    printf("\"op\": \"%s\", \"shape\": \"%s\", \"median\": %.2f, \"best\": %.2f, \"spread\": %.2f, \"unit\": \"%s\", \"bound\": \"%s\", "
           "\"share\": %.3f, \"best_share\": %.3f}\n",
           op->name, op->shape, sum.median, sum.best, sum.spread, op->unit,
           2 * by_memory > b->n_samples ? limit_names[L_COPY] : limit_names[op->limit], part.median, part.best);
    (void)fflush(stdout);
}

static void bench_limits(struct bench *b)
{
    for (int l = 0; l < N_LIMITS; l++) {
        double rate[MAX_SAMPLES];
        for (int s = 0; s < b->n_samples; s++) {
            rate[s] = 1e-6 / limit_of(b, (enum limit)l);
        }
        const struct summary sum = summarise(rate, b->n_samples);
        line_head(b);
        printf("\"limit\": \"%s\", \"median\": %.2f, \"best\": %.2f, \"spread\": %.2f, \"unit\": \"%s\"}\n", limit_names[l], sum.median, sum.best,
               sum.spread, l == L_COPY ? "MB/s" : "M/s");
    }
}

int main(int argc, char **argv)
{
    const size_t len = sizeof(fp) * N_WORDS << LOG_WORD, tree_len = (size_t)64 << LOG_WORD, tw_len = sizeof(fp) * sc_twiddles_len(LOG_WORD + 1);
    const char *const isa_name = argc > 2 ? argv[2] : "auto";
    struct bench b = {.data = sc_big_alloc(len), .code = sc_big_alloc(2 * len), .tree = sc_big_alloc(tree_len)};
    fp *const pow = sc_big_alloc(tw_len);
    b.n_samples = argc > 1 ? atoi(argv[1]) : 9;
    b.commit = argc > 3 ? argv[3] : "";
    if (!b.data || !b.code || !b.tree || !pow || b.n_samples < 1 || b.n_samples > MAX_SAMPLES) {
        return 3;
    }
    socle_context *ctx = NULL;
    if (socle_create(&ctx, &(struct socle_options){.n_threads = 1}) != SOCLE_OK) {
        return 3;
    }
    (void)socle_devices(ctx, &b.device, 1);
    socle_destroy(ctx);
    sc_twiddles_init(&b.tw, pow, LOG_WORD + 1);
    for (size_t i = 0; i < len / sizeof(fp); i++) {
        b.data[i] = (fp)((i * 2654435761u) % FP_P);
    }
    memset(b.code, 0, 2 * len);
    memset(b.tree, 0, tree_len);
    for (int isa = SC_ISA_END - 1; isa >= 0; isa--) {
        b.ops = sc_cpu_ops_get((enum sc_isa)isa);
        if (!b.ops || (strcmp(isa_name, "all") != 0 && b.ops != sc_cpu_ops_by_name(isa_name))) {
            continue;
        }
        bench_limits(&b);
        for (size_t i = 0; i < sizeof ops / sizeof ops[0] && argc <= 4; i++) {
            bench_op(&b, &ops[i]);
        }
    }
    sc_big_free(b.data, len);
    sc_big_free(b.code, 2 * len);
    sc_big_free(b.tree, tree_len);
    sc_big_free(pow, tw_len);
    return 0;
}
