/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Multi-scalar multiplication by buckets. Scalars are cut into signed windows; a task is one window of one slice of the points. It sorts
 * the points by their digit and adds up each bucket as a tree: all pairs of all buckets at one level share one inversion, so
 * an affine addition costs six products, and equal digits cost no more than different ones. Pieces of the sorted list are small enough
 * for the cache; a bucket that a cut divides is joined by one addition.
 */
#include "host/curve/msm.h"

#include "core/curve/split.h"
#include "host/sys/mem.h"

#include <stdatomic.h>
#include <string.h>

#define SIGN (UINT64_C(1) << 63) /* of the upper word of a part */

/* SPLIT_MAX_N: with more points the second half of them costs as much as the windows that it saves (docs/internals/curves.md). */
enum { PIECE = 1 << 14, C_MIN = 3, C_MAX = 18, ALIGN = 64, BLOCK = 64, SPLIT_MAX_N = 1 << 13 };

struct plan {
    const struct sc_group_ops *ops;
    bool split;      /* each point twice, with half as long a scalar: by the endomorphism */
    size_t n, slice; /* points; points in a slice */
    unsigned c, n_windows, n_slices, n_threads;
    /* bytes of the parts of a worker's memory, and their sum */
    size_t counts, digits, sorted, pairs, buckets, arena, scratch, worker;
    size_t entered, parts, sums, total; /* points in another form; parts of scalars; results of tasks; everything */
};

/* What a worker owns while it runs a task. */
struct work {
    uint32_t *end;    /* 2^(c - 1): where each bucket ends in the sorted list */
    int32_t *digits;  /* slice: of the window */
    uint32_t *sorted; /* slice: 2 index + sign */
    uint32_t *src;    /* PIECE: pairs of one level; then buckets and lengths of segments, PIECE each */
    uint32_t *bucket, *len;
    uint8_t *sums;    /* 2^(c - 1) points */
    uint8_t *arena;   /* PIECE points */
    void *scratch;
};

struct job {
    struct plan plan;
    const uint8_t *points;    /* in the form of the operations */
    const uint64_t *k;        /* k_words each; when split, the top bit is a sign */
    unsigned k_words;
    uint8_t *mem, *results;   /* workers' memory; n_windows n_slices sums */
};

static size_t padded(size_t bytes)
{
    return (bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

/* At least one more bit than a scalar has: the carry out of the window below fits into the top one. */
static unsigned windows(unsigned bits, unsigned c)
{
    return bits / c + 1;
}

/* Parts of the points, so that each thread has some tasks, but not less than a piece. */
static unsigned slices(unsigned n_windows, size_t n, unsigned n_threads)
{
    unsigned s = 1;
    while (n_windows * s < 4 * n_threads && n_threads > 1 && n / s > PIECE) {
        s++;
    }
    return s;
}

/* Fewest additions of the thread with most tasks, a bucket costing as much as two of them: measured, docs/internals/curves.md. It takes
 * more products, but reads its points in order. */
static unsigned best_c(unsigned bits, size_t n, unsigned n_threads)
{
    unsigned best = C_MIN;
    uint64_t least = UINT64_MAX;
    for (unsigned c = C_MIN; c <= C_MAX; c++) {
        const unsigned s = slices(windows(bits, c), n, n_threads), rounds = (windows(bits, c) * s + n_threads - 1) / n_threads;
        const uint64_t cost = (uint64_t)rounds * (n / s + ((uint64_t)2 << (c - 1)));
        if (cost < least) {
            least = cost;
            best = c;
        }
    }
    return best;
}

static struct plan plan_make(const struct sc_group_ops *ops, size_t n, unsigned n_threads)
{
    struct plan p = {.ops = ops, .n_threads = n_threads, .split = ops->endo != NULL && n <= SPLIT_MAX_N};
    const unsigned bits = p.split ? ops->part_bits : ops->scalar_bits;
    p.n = p.split ? 2 * n : n;
    n = p.n;
    p.c = best_c(bits, n, n_threads);
    p.n_windows = windows(bits, p.c);
    p.n_slices = slices(p.n_windows, n, n_threads);
    p.slice = (n + p.n_slices - 1) / p.n_slices;
    const size_t n_buckets = (size_t)1 << (p.c - 1), piece = p.slice < PIECE ? p.slice : PIECE;
    p.counts = padded(n_buckets * sizeof(uint32_t));
    p.digits = padded(p.slice * sizeof(int32_t));
    p.sorted = padded(p.slice * sizeof(uint32_t));
    p.pairs = padded(piece * sizeof(uint32_t));
    p.buckets = padded(n_buckets * ops->size);
    p.arena = padded(piece * ops->size);
    p.scratch = padded((piece / 2 + 8) * ops->pairs_scratch);
    p.worker = p.counts + p.digits + p.sorted + 3 * p.pairs + p.buckets + p.arena + p.scratch;
    p.entered = ops->enter != NULL || p.split ? padded(n * ops->size) : 0;
    p.parts = p.split ? padded(n * SPLIT_WORDS * sizeof(uint64_t)) : 0;
    p.sums = padded((size_t)p.n_windows * p.n_slices * ops->xyzz_size);
    p.total = p.n_threads * p.worker + p.entered + p.parts + p.sums;
    return p;
}

static struct work work_view(const struct plan *p, uint8_t *at)
{
    struct work w;
    w.end = (void *)at;
    at += p->counts;
    w.digits = (void *)at;
    at += p->digits;
    w.sorted = (void *)at;
    at += p->sorted;
    w.src = (void *)at;
    at += p->pairs;
    w.bucket = (void *)at;
    at += p->pairs;
    w.len = (void *)at;
    at += p->pairs;
    w.sums = at;
    at += p->buckets;
    w.arena = at;
    at += p->arena;
    w.scratch = at;
    return w;
}

/* Signed digit of window w, Booth's: its c bits, less 2^c when the top one is set, which the next window takes as one. In [-2^(c - 1), 2^(c - 1)]
 * and without carries. The top window has a bit more than the number, which is clear. */
static int32_t digit(const struct job *job, const uint64_t *k, unsigned w)
{
    const unsigned c = job->plan.c, at = w == 0 ? 0 : w * c - 1, n_bits = w == 0 ? c : c + 1;
    const uint64_t part[SPLIT_WORDS] = {k[0], k[1] & ~SIGN};
    const bool split = job->plan.split;
    const uint32_t v = (split ? limbs_bits(part, SPLIT_WORDS, at, n_bits) : limbs_bits(k, 4, at, n_bits)) << (w == 0);
    const int32_t d = (int32_t)((v >> 1) + (v & 1)) - (int32_t)(v >> c << c);
    return split && (k[1] & SIGN) != 0 ? -d : d;
}

/* Fill sorted with the points of nonzero digit, bucket by bucket, and end; returns how many. Bucket b is for the digits b + 1, -(b + 1). */
static size_t sort_points(const struct job *job, const struct work *w, unsigned window, size_t begin, size_t end)
{
    const size_t n_buckets = (size_t)1 << (job->plan.c - 1);
    memset(w->end, 0, n_buckets * sizeof *w->end);
    for (size_t i = begin; i < end; i++) {
        const int32_t d = digit(job, job->k + i * job->k_words, window);
        w->digits[i - begin] = d;
        if (d != 0) {
            w->end[(d < 0 ? -d : d) - 1]++;
        }
    }
    uint32_t at = 0;
    for (size_t b = 0; b < n_buckets; b++) {
        const uint32_t n = w->end[b];
        w->end[b] = at;
        at += n;
    }
    for (size_t i = begin; i < end; i++) {
        const int32_t d = w->digits[i - begin];
        if (d != 0) {
            w->sorted[w->end[(d < 0 ? -d : d) - 1]++] = (uint32_t)i << 1 | (d < 0);
        }
    }
    return at;
}

static void copy_signed(const struct sc_group_ops *ops, uint8_t *out, const uint8_t *points, uint32_t src)
{
    if (src & 1) {
        ops->neg(out, points + (src >> 1) * ops->size);
    } else {
        memcpy(out, points + (src >> 1) * ops->size, ops->size);
    }
}

/* One level: pairs of neighbours in each segment become one entry, an odd one out stays. The first level reads the points themselves, so
 * what stays is copied, to the end of the arena. Returns whether a segment still has two entries. */
static bool level(const struct job *job, const struct work *w, uint32_t *list, size_t n_segs, bool first, size_t *used, size_t *kept)
{
    const struct sc_group_ops *const ops = job->plan.ops;
    uint8_t *const arena_end = w->arena + job->plan.arena / ops->size * ops->size;
    const size_t capacity = (size_t)(arena_end - w->arena) / ops->size;
    size_t n_pairs = 0, from = 0, to = 0;
    bool more = false;
    for (size_t s = 0; s < n_segs; s++) {
        const uint32_t len = w->len[s];
        for (uint32_t i = 0; i + 1 < len; i += 2) {
            w->src[2 * n_pairs] = list[from + i];
            w->src[2 * n_pairs + 1] = list[from + i + 1];
            list[to++] = (uint32_t)(*used + n_pairs++) << 1;
        }
        if (len & 1) {
            const uint32_t last = list[from + len - 1];
            if (first) {
                const size_t at = capacity - ++*kept;
                copy_signed(ops, w->arena + at * ops->size, job->points, last);
                list[to++] = (uint32_t)at << 1;
            } else {
                list[to++] = last;
            }
        }
        from += len;
        w->len[s] = (len + 1) / 2;
        more |= w->len[s] > 1;
    }
    ops->pairs(w->arena + *used * ops->size, first ? job->points : w->arena, w->src, n_pairs, w->scratch);
    *used += n_pairs;
    return more;
}

/* Add the entries [begin, end) of the sorted list to the sums of their buckets; *bucket is the one of the first entry or before it. */
static void add_piece(const struct job *job, const struct work *w, size_t begin, size_t end, size_t *bucket)
{
    const struct sc_group_ops *const ops = job->plan.ops;
    uint32_t *const list = w->sorted + begin;
    size_t n_segs = 0, used = 0, kept = 0;
    for (size_t at = begin; at < end;) {
        while (w->end[*bucket] <= at) {
            ++*bucket;
        }
        const size_t stop = w->end[*bucket] < end ? w->end[*bucket] : end;
        w->bucket[n_segs] = (uint32_t)*bucket;
        w->len[n_segs++] = (uint32_t)(stop - at);
        at = stop;
    }
    for (bool first = true, more = true; more; first = false) {
        more = level(job, w, list, n_segs, first, &used, &kept);
    }
    /* Each segment has one entry now. The first bucket may have got a sum from the piece before. */
    const bool joined = begin > 0 && (w->bucket[0] == 0 ? 0 : w->end[w->bucket[0] - 1]) < begin;
    for (size_t s = joined ? 1 : 0; s < n_segs; s++) {
        memcpy(w->sums + w->bucket[s] * ops->size, w->arena + (list[s] >> 1) * ops->size, ops->size);
    }
    if (joined) {
        _Alignas(ALIGN) uint8_t two[2 * 192];
        uint8_t *const sum = w->sums + w->bucket[0] * ops->size;
        const uint32_t src[2] = {0, 2};
        memcpy(two, sum, ops->size);
        memcpy(two + ops->size, w->arena + (list[0] >> 1) * ops->size, ops->size);
        ops->pairs(sum, two, src, 1, w->scratch);
    }
}

static void run_task(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct job *const job = arg;
    const struct plan *const p = &job->plan;
    const struct work w = work_view(p, job->mem + worker * p->worker);
    for (size_t t = begin; t < end; t++) {
        const size_t n_buckets = (size_t)1 << (p->c - 1), first = t / p->n_windows * p->slice;
        const size_t last = p->n - first < p->slice ? p->n : first + p->slice;
        uint8_t *const result = job->results + t * p->ops->xyzz_size;
        const size_t n = sort_points(job, &w, (unsigned)(t % p->n_windows), first, last);
        if (n == 0) {
            p->ops->xyzz_set_inf(result);
            continue;
        }
        memset(w.sums, 0, n_buckets * p->ops->size); /* infinity */
        size_t bucket = 0;
        for (size_t at = 0; at < n; at += PIECE) {
            add_piece(job, &w, at, n - at < PIECE ? n : at + PIECE, &bucket);
        }
        p->ops->weighted_sum(result, w.sums, bucket + 1); /* later buckets are empty */
    }
}

/* Points and scalars in the forms of the tasks, from those of the caller. */
struct entry {
    const struct plan *plan;
    uint8_t *points;
    uint64_t (*parts)[SPLIT_WORDS];
    const uint8_t *in;
    const uint64_t (*k)[4];
};

static bool split_one(const struct entry *e, size_t i)
{
    uint64_t d[2][SPLIT_WORDS];
    uint8_t minus[2] = {0, 0};
    if ((e->k[i][3] | e->k[i][2]) == 0 && e->k[i][1] >> 62 == 0) { /* short as it is, as many are in a witness */
        d[0][0] = e->k[i][0];
        d[0][1] = e->k[i][1];
        d[1][0] = d[1][1] = 0;
    } else {
        split_scalar(d, minus, e->k[i], e->plan->ops->ratio, e->plan->ops->basis, 2);
    }
    for (unsigned j = 0; j < 2; j++) {
        uint64_t *const to = e->parts[i + j * (e->plan->n / 2)];
        to[0] = d[j][0];
        to[1] = d[j][1] | (minus[j] ? SIGN : 0);
    }
    return (d[1][0] | d[1][1]) != 0;
}

static void run_enter(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct entry *const e = arg;
    const struct sc_group_ops *const ops = e->plan->ops;
    uint8_t *const out = e->points, *const images = out + e->plan->n / 2 * ops->size;
    (void)worker;
    if (ops->enter != NULL) {
        ops->enter(out + begin * ops->size, e->in + begin * ops->size, end - begin);
    } else {
        memcpy(out + begin * ops->size, e->in + begin * ops->size, (end - begin) * ops->size);
    }
    for (size_t at = begin; at < end && e->plan->split;) {
        const size_t stop = end - at < BLOCK ? end : at + BLOCK;
        bool any = false;
        for (size_t i = at; i < stop; i++) {
            any |= split_one(e, i);
        }
        if (any) { /* else no digit asks for them */
            ops->endo(images + at * ops->size, out + at * ops->size, stop - at);
        }
        at = stop;
    }
}

/* Slices of each window, windows from the top. */
static void combine(const struct job *job, void *out)
{
    const struct plan *const p = &job->plan;
    _Alignas(ALIGN) uint8_t sum[4 * 96];
    p->ops->xyzz_set_inf(sum);
    for (unsigned w = p->n_windows; w-- > 0;) {
        for (unsigned i = 0; i < p->c && w + 1 < p->n_windows; i++) {
            p->ops->xyzz_dbl(sum, sum);
        }
        for (unsigned s = 0; s < p->n_slices; s++) {
            p->ops->xyzz_add(sum, sum, job->results + (s * p->n_windows + w) * p->ops->xyzz_size);
        }
    }
    p->ops->from_xyzz(out, sum);
}

struct range_check {
    const uint64_t (*k)[4];
    const uint64_t *r;
    atomic_bool bad;
};

static void run_check(void *arg, size_t begin, size_t end, unsigned worker)
{
    struct range_check *const c = arg;
    bool bad = false;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        bad |= limbs_ge(c->k[i], c->r, 4);
    }
    if (bad) {
        atomic_store(&c->bad, true);
    }
}

static socle_status msm_run(const struct sc_group_ops *ops, void *out, const void *p, const uint64_t (*k)[4], size_t n,
                            struct sc_pool *pool)
{
    struct job job = {.plan = plan_make(ops, n, pool != NULL ? sc_pool_size(pool) : 1), .points = p, .k = k[0], .k_words = 4};
    const struct plan *const plan = &job.plan;
    job.mem = sc_big_take(plan->total);
    if (job.mem == NULL) {
        return SOCLE_E_NOMEM;
    }
    uint8_t *const entered = job.mem + plan->n_threads * plan->worker, *const parts = entered + plan->entered;
    job.results = parts + plan->parts;
    if (plan->entered != 0) {
        struct entry entry = {plan, entered, (uint64_t(*)[SPLIT_WORDS])(void *)parts, p, k};
        sc_pool_for(pool, n, 1 << 12, run_enter, &entry);
        job.points = entered;
    }
    if (plan->split) {
        job.k = (const uint64_t *)(const void *)parts;
        job.k_words = SPLIT_WORDS;
    }
    sc_pool_for(pool, (size_t)plan->n_windows * plan->n_slices, 1, run_task, &job);
    combine(&job, out);
    sc_big_free(job.mem, plan->total);
    return SOCLE_OK;
}

socle_status sc_msm_with(const struct sc_group_ops *ops, void *out, const void *p, const uint64_t (*k)[4], size_t n, struct sc_pool *pool)
{
    memset(out, 0, ops->size);
    if (n > SC_MSM_MAX) {
        return SOCLE_E_ARG;
    }
    struct range_check check = {.k = k, .r = ops->order};
    sc_pool_for(pool, n, 1 << 14, run_check, &check);
    if (atomic_load(&check.bad)) {
        return SOCLE_E_ARG;
    }
    return n == 0 ? SOCLE_OK : msm_run(ops, out, p, k, n, pool);
}

socle_status sc_msm(enum sc_group g, void *out, const void *p, const uint64_t (*k)[4], size_t n, struct sc_pool *pool)
{
    return sc_msm_with(sc_group_ops_best(g), out, p, k, n, pool);
}

size_t sc_msm_memory(enum sc_group g, size_t n, unsigned n_threads)
{
    return n == 0 ? 0 : sc_big_size(plan_make(sc_group_ops_best(g), n, n_threads).total);
}
