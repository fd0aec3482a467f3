/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Committed vectors. Theory: docs/spec/whir.md, docs/spec/merkle.md.
 */
#include "host/prove/oracle.h"

#include "core/proof/merkle_v.h"
#include "host/device/committer.h"
#include "host/sys/mem.h"
#include "host/sys/pool.h"
#include "kernels/cpu/cpu_ops.h"

#include <string.h>

static size_t code_bytes(const struct sc_oracle *o)
{
    return (((size_t)o->planes << o->k) - o->n_zero) * sizeof(fp) << o->log_n;
}

static size_t node_bytes(const struct sc_oracle *o)
{
    return (size_t)64 << o->log_n;
}

static size_t leaf_len(const struct sc_oracle *o)
{
    return ((size_t)4 * o->planes) << o->k;
}

struct sc_oracle_memory sc_oracle_memory(unsigned planes, unsigned mu, unsigned k, unsigned lr, unsigned t, unsigned n_threads)
{
    const struct sc_oracle o = {.k = (uint8_t)k, .log_n = (uint8_t)(mu - k + lr), .planes = (uint8_t)planes};
    const size_t twiddles = sc_big_size(sc_twiddles_len(o.log_n) * sizeof(fp));
    return (struct sc_oracle_memory){
        .code = sc_big_size(code_bytes(&o)),
        .nodes = sc_big_size(node_bytes(&o)),
        .making = twiddles,
        .opening = sc_alloc_size(t * (leaf_len(&o) + (size_t)32 * o.log_n), 1) + sc_alloc_size((size_t)t * o.log_n + 1, sizeof(uint32_t)),
        .again = twiddles + sc_big_size((sizeof(fp) * n_threads) << o.log_n),
    };
}

void sc_oracle_fini(struct sc_oracle *o)
{
    sc_big_free(o->code, code_bytes(o));
    sc_big_free(o->nodes, node_bytes(o));
    memset(o, 0, sizeof *o);
}

/* Encoding. */

struct encode {
    const struct sc_cpu_ops *ops;
    struct sc_oracle *o;
    const fp *const *plane;
    struct sc_twiddles tw;
    unsigned log_word;
};

struct twiddle_table {
    fp *table;
    unsigned log_n;
};

static void fill_twiddles(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct twiddle_table *const t = arg;
    (void)worker;
    for (size_t part = begin; part < end; part++) {
        sc_twiddles_fill(t->table, t->log_n, part);
    }
}

fp *sc_oracle_twiddles(struct sc_twiddles *tw, unsigned log_n, struct sc_pool *pool)
{
    struct twiddle_table t = {sc_big_take(sc_twiddles_len(log_n) * sizeof(fp)), log_n};
    if (t.table) {
        sc_pool_for(pool, sc_twiddles_parts(log_n), 1, fill_twiddles, &t);
        *tw = sc_twiddles_in(t.table, log_n);
    }
    return t.table;
}

/* Words that one thread encodes together; fewer when threads would be without. */
#define WORDS_AT_ONCE 8

static void encode_words(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct encode *const e = arg;
    (void)worker;
    const fp *word[WORDS_AT_ONCE];
    for (size_t i = begin; i < end; i++) {
        word[i - begin] = e->plane[i % e->o->planes] + ((i / e->o->planes) << e->log_word);
    }
    e->ops->rs_encode(e->o->code + (begin << e->o->log_n), word, end - begin, e->log_word, e->o->log_n, &e->tw);
}

static void encode(struct sc_oracle *o, const fp *const *plane, unsigned log_word, const struct sc_twiddles *tw, struct sc_pool *pool)
{
    struct encode e = {.ops = sc_cpu_ops_now(), .o = o, .plane = plane, .tw = *tw, .log_word = log_word};
    const size_t n_words = ((size_t)o->planes << o->k) - o->n_zero, share = n_words / (pool ? sc_pool_size(pool) : 1);
    const size_t grain = share < 1 ? 1 : share < WORDS_AT_ONCE ? share : WORDS_AT_ONCE;
    sc_pool_for(pool, n_words, grain, encode_words, &e);
}

/* Tree. */

/* Leaves or nodes of one piece: enough to pay for handing it out. */
#define HASH_GRAIN 1024

struct hashing {
    const struct sc_cpu_ops *ops;
    struct sc_leaves leaves;
    uint32_t node_key[8];
    uint8_t (*level)[32]; /* digests being made */
    const uint8_t (*below)[32];
};

static void hash_leaves(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct hashing *const h = arg;
    (void)worker;
    h->ops->leaf_hash(h->level, &h->leaves, begin, end);
}

static void hash_nodes(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct hashing *const h = arg;
    (void)worker;
    h->ops->node_hash(h->level, h->below, h->node_key, begin, end);
}

static void key_words(uint32_t out[8], const uint8_t key[32])
{
    for (unsigned i = 0; i < 8; i++) {
        out[i] = (uint32_t)load_le(key + 4 * i, 4);
    }
}

static void build_tree(struct sc_oracle *o, const struct sc_merkle_keys *keys, struct sc_pool *pool)
{
    const size_t n = (size_t)1 << o->log_n;
    struct hashing h = {
        .ops = sc_cpu_ops_now(),
        .leaves = {.words = o->code, .word_stride = o->planes * n, .plane = n, .n_words = (size_t)1 << o->k, .n_zero = o->n_zero, .n_coef = o->planes},
        .level = (uint8_t(*)[32])o->nodes,
    };
    key_words(h.leaves.key, keys->leaf);
    key_words(h.node_key, keys->node);
    sc_pool_for(pool, n, HASH_GRAIN, hash_leaves, &h);
    for (unsigned up = o->log_n; up-- > 0;) {
        h.below = (const uint8_t(*)[32])h.level;
        h.level += (size_t)2 << up;
        sc_pool_for(pool, (size_t)1 << up, HASH_GRAIN, hash_nodes, &h);
    }
}

/* On a device. */

/* code may be NULL. */
static socle_status on_device(struct sc_committer *device, struct sc_oracle *o, fp *code, uint8_t *nodes, const fp *const *plane, unsigned log_word,
                              const struct sc_twiddles *tw, const struct sc_merkle_keys *keys)
{
    const struct sc_kc_commit shape = {.planes = o->planes, .mu = (uint8_t)(log_word + o->k), .k = o->k, .lr = o->lr};
    return sc_committer_run(device, code, nodes, plane, shape, tw->pow, keys->leaf, keys->node, &o->ticket);
}

/* What the device makes of the same message, against what is there. That it fails is no difference. */
static socle_status compare(struct sc_committer *device, struct sc_oracle *o, const fp *const *plane, unsigned log_word,
                            const struct sc_twiddles *tw, const struct sc_merkle_keys *keys)
{
    socle_status st = SOCLE_OK;
    fp *const code = sc_big_take(code_bytes(o));
    uint8_t *const nodes = sc_big_take(node_bytes(o));
    TRY(code && nodes ? SOCLE_OK : SOCLE_E_NOMEM);
    if (on_device(device, o, code, nodes, plane, log_word, tw, keys) == SOCLE_OK &&
        (memcmp(code, o->code, code_bytes(o)) != 0 || memcmp(nodes, o->nodes, node_bytes(o) - 32) != 0)) {
        sc_committer_differs(device);
        st = SOCLE_E_DEVICE;
    }
out:
    sc_big_free(code, code_bytes(o));
    sc_big_free(nodes, node_bytes(o));
    return st;
}

static socle_status on_host(struct sc_oracle *o, const fp *const *plane, unsigned log_word, const struct sc_twiddles *tw,
                            const struct sc_merkle_keys *keys, struct sc_pool *pool)
{
    o->code = o->code != NULL ? o->code : sc_big_take(code_bytes(o));
    if (o->code == NULL) {
        return SOCLE_E_NOMEM;
    }
    encode(o, plane, log_word, tw, pool);
    build_tree(o, keys, pool);
    return SOCLE_OK;
}

/* Tree and code words; a device makes code words only when there is room for them already. */
static socle_status make(struct sc_oracle *o, const fp *const *plane, unsigned log_word, struct sc_committer *device, struct sc_pool *pool)
{
    socle_status st = SOCLE_OK;
    struct sc_merkle_keys keys;
    struct sc_twiddles tw;
    fp *const table = sc_oracle_twiddles(&tw, o->log_n, pool);
    if (!table) {
        return SOCLE_E_NOMEM;
    }
    sc_merkle_keys(&keys);
    const bool beside = device && sc_committer_compares(device);
    if (!device || beside || on_device(device, o, o->code, o->nodes, plane, log_word, &tw, &keys) != SOCLE_OK) {
        TRY(on_host(o, plane, log_word, &tw, &keys, pool));
    }
    if (beside) {
        TRY(compare(device, o, plane, log_word, &tw, &keys));
    }
    memcpy(o->root, o->nodes + node_bytes(o) - 64, 32);
out:
    sc_big_free(table, sc_twiddles_len(o->log_n) * sizeof(fp));
    return st;
}

/** Words of 2^log_word elements at the end of a vector that are zero, the first not counted: the stacked cells of a proof end anywhere. */
static uint32_t count_zero_words(const fp *vector, unsigned k, unsigned log_word)
{
    const size_t size = (size_t)1 << log_word;
    uint32_t n = 0;
    for (bool zero = true; zero && n + 1 < (uint32_t)1 << k; n += zero) {
        const fp *const word = vector + ((((size_t)1 << k) - 1 - n) << log_word);
        fp any = 0;
        for (size_t i = 0; i < size && any == 0; i += 1024) {
            for (size_t j = i; j < size && j < i + 1024; j++) {
                any |= word[j];
            }
        }
        zero = any == 0;
    }
    return n;
}

static socle_status commit(struct sc_oracle *out, const fp *const *plane, unsigned planes, unsigned mu, unsigned k, unsigned lr, bool with_code,
                           struct sc_committer *device, struct sc_pool *pool)
{
    struct sc_oracle o = {.k = (uint8_t)k, .log_n = (uint8_t)(mu - k + lr), .lr = (uint8_t)lr, .planes = (uint8_t)planes};
    socle_status st = SOCLE_OK;
    memset(out, 0, sizeof *out);
    if (k > mu || mu - k + lr > FP_TWO_ADICITY) {
        return SOCLE_E_ARG;
    }
    o.n_zero = !with_code && device == NULL ? count_zero_words(plane[0], k, mu - k) : 0;
    o.code = with_code ? sc_big_take(code_bytes(&o)) : NULL;
    o.nodes = sc_big_take(node_bytes(&o));
    TRY((o.code || !with_code) && o.nodes ? SOCLE_OK : SOCLE_E_NOMEM);
    TRY(make(&o, plane, mu - k, device, pool));
    *out = o;
    return SOCLE_OK;
out:
    sc_oracle_fini(&o);
    return st;
}

socle_status sc_oracle_commit(struct sc_oracle *out, const fp *const *plane, unsigned planes, unsigned mu, unsigned k, unsigned lr,
                              struct sc_committer *device, struct sc_pool *pool)
{
    return commit(out, plane, planes, mu, k, lr, true, device, pool);
}

socle_status sc_oracle_commit_base(struct sc_oracle *out, const fp *vector, unsigned mu, unsigned k, unsigned lr, struct sc_committer *device,
                                   struct sc_pool *pool)
{
    const socle_status st = commit(out, &vector, 1, mu, k, lr, false, device, pool);
    if (st == SOCLE_OK) {
        sc_oracle_drop_code(out, vector);
    }
    return st;
}

/* Numbers of the missing siblings in the order of merkle.md; node[] is consumed. Returns how many. */
static size_t collect_path(const struct sc_oracle *o, uint32_t *out, uint32_t *node, unsigned n)
{
    uint32_t level = 0;
    size_t len = 0;
    for (unsigned depth = o->log_n; depth > 0; depth--) {
        unsigned up = 0;
        for (unsigned i = 0; i < n; up++) {
            const bool pair = i + 1 < n && !(node[i] & 1) && node[i + 1] == node[i] + 1;
            if (!pair) {
                out[len++] = level + (node[i] ^ 1);
            }
            node[up] = node[i] >> 1;
            i += pair ? 2 : 1;
        }
        n = up;
        level += (uint32_t)1 << depth;
    }
    return len;
}

void sc_oracle_drop_code(struct sc_oracle *o, const fp *vector)
{
    sc_big_free(o->code, code_bytes(o));
    o->code = NULL;
    o->vector = vector;
}

/* Leaves as they are sent: n of them, leaf_len bytes each. */
struct gathering {
    const struct sc_cpu_ops *ops;
    const struct sc_oracle *o;
    const uint32_t *index;
    uint8_t *leaves;
    unsigned n;
    struct sc_twiddles tw;
    fp *words; /* one for each worker, when code words are made again */
};

static void gather_words(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct gathering *const g = arg;
    const struct sc_oracle *const o = g->o;
    const unsigned log_word = (unsigned)(o->log_n - o->lr);
    for (size_t i = begin; i < end; i++) {
        const fp *word;
        if (i + o->n_zero >= (size_t)o->planes << o->k) {
            for (unsigned j = 0; j < g->n; j++) {
                store_le(g->leaves + j * leaf_len(o) + 4 * i, 0, 4);
            }
            continue;
        }
        if (o->code) {
            word = o->code + (i << o->log_n);
        } else {
            fp *const made = g->words + ((size_t)worker << o->log_n);
            const fp *const from = o->vector + (i << log_word);
            g->ops->rs_encode(made, &from, 1, log_word, o->log_n, &g->tw);
            word = made;
        }
        for (unsigned j = 0; j < g->n; j++) {
            store_le(g->leaves + j * leaf_len(o) + 4 * i, fp_to_u32(word[g->index[j]]), 4);
        }
    }
}

static socle_status gather(struct gathering *g, struct sc_pool *pool)
{
    const struct sc_oracle *const o = g->o;
    const size_t words_len = (sizeof(fp) * (pool ? sc_pool_size(pool) : 1)) << o->log_n;
    socle_status st = SOCLE_OK;
    fp *pow = NULL;
    if (!o->code) {
        pow = sc_oracle_twiddles(&g->tw, o->log_n, pool);
        g->words = sc_big_take(words_len);
        st = pow && g->words ? SOCLE_OK : SOCLE_E_NOMEM;
    }
    if (st == SOCLE_OK) {
        sc_pool_for(pool, (size_t)o->planes << o->k, 1, gather_words, g);
    }
    sc_big_free(g->words, words_len);
    sc_big_free(pow, sc_twiddles_len(o->log_n) * sizeof(fp));
    return st;
}

static fx answer(const struct sc_oracle *o, const uint8_t *leaf, const fx *eq)
{
    fx sum = FX_ZERO;
    for (size_t a = 0; a < (size_t)1 << o->k; a++) {
        fx v = FX_ZERO;
        for (unsigned c = 0; c < o->planes; c++) {
            v.c[c] = fp_from_u32((uint32_t)load_le(leaf + 4 * (a * o->planes + c), 4));
        }
        sum = fx_add(sum, o->planes == 1 ? fx_mul_fp(eq[a], v.c[0]) : fx_mul(eq[a], v));
    }
    return sum;
}

static unsigned position(const uint32_t *distinct, uint32_t index)
{
    unsigned at = 0;
    while (distinct[at] != index) {
        at++;
    }
    return at;
}

socle_status sc_oracle_open_from(const struct sc_oracle *o, const struct sc_oracle_source *from, struct sc_pch *ch, fx *answers, const fx *eq,
                                 const uint32_t *index, unsigned t)
{
    uint32_t distinct[SC_MERKLE_MAX_T], node[SC_MERKLE_MAX_T];
    const unsigned n = sc_merkle_distinct(distinct, index, t);
    const size_t path_len = sc_merkle_path_len(distinct, n, o->log_n);
    uint8_t *const leaves = sc_alloc(1, n * leaf_len(o) + 32 * path_len);
    uint32_t *const missing = sc_alloc(path_len + 1, sizeof *missing);
    socle_status st = leaves && missing ? SOCLE_OK : SOCLE_E_NOMEM;
    TRY(st);
    memcpy(node, distinct, sizeof node);
    (void)collect_path(o, missing, node, n);
    uint8_t *const path = leaves + n * leaf_len(o);
    TRY(from->fetch(from->arg, leaves, distinct, n, path, missing, path_len));
    for (unsigned i = 0; i < t; i++) {
        answers[i] = answer(o, leaves + position(distinct, index[i]) * leaf_len(o), eq);
    }
    sc_send_bytes(ch, SC_L_WHIR_OPEN, leaves, n * leaf_len(o));
    sc_send_bytes(ch, SC_L_WHIR_PATH, path, 32 * path_len);
out:
    sc_free(missing);
    sc_free(leaves);
    return st;
}

/* What is here. */
struct here {
    const struct sc_oracle *o;
    struct sc_pool *pool;
};

static socle_status fetch_here(void *arg, uint8_t *leaves, const uint32_t *position, unsigned n, uint8_t *digests, const uint32_t *node, size_t n_nodes)
{
    const struct here *const h = arg;
    struct gathering g = {.ops = sc_cpu_ops_now(), .o = h->o, .index = position, .leaves = leaves, .n = n};
    for (size_t i = 0; i < n_nodes; i++) {
        memcpy(digests + 32 * i, h->o->nodes + 32 * (size_t)node[i], 32);
    }
    return gather(&g, h->pool);
}

socle_status sc_oracle_open(const struct sc_oracle *o, struct sc_pch *ch, fx *answers, const fx *eq, const uint32_t *index, unsigned t)
{
    struct here h = {o, ch->pool};
    const struct sc_oracle_source from = {&h, fetch_here};
    return sc_oracle_open_from(o, &from, ch, answers, eq, index, t);
}
