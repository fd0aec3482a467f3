/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Committed vectors. Theory: docs/spec/whir.md, docs/spec/merkle.md.
 */
#include "host/prove/oracle.h"

#include "core/proof/merkle_v.h"
#include "host/sys/mem.h"
#include "host/sys/pool.h"
#include "kernels/cpu/cpu_ops.h"

#include <stdlib.h>
#include <string.h>

static size_t code_bytes(const struct sc_oracle *o)
{
    return ((size_t)o->planes * sizeof(fp)) << (o->k + o->log_n);
}

static size_t node_bytes(const struct sc_oracle *o)
{
    return (size_t)64 << o->log_n;
}

static size_t leaf_len(const struct sc_oracle *o)
{
    return ((size_t)4 * o->planes) << o->k;
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

static void encode_words(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct encode *const e = arg;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        const size_t a = i / e->o->planes;
        e->ops->rs_encode(e->o->code + (i << e->o->log_n), e->plane[i % e->o->planes] + (a << e->log_word), e->log_word,
                          e->o->log_n, &e->tw);
    }
}

static socle_status encode(struct sc_oracle *o, const fp *const *plane, unsigned log_word,
                           struct sc_pool *pool)
{
    const size_t len = sc_twiddles_len(o->log_n) * sizeof(fp);
    fp *const pow = sc_big_take(len);
    if (!pow) {
        return SOCLE_E_NOMEM;
    }
    struct encode e = {.ops = sc_cpu_ops_now(), .o = o, .plane = plane, .log_word = log_word};
    sc_twiddles_init(&e.tw, pow, o->log_n);
    sc_pool_for(pool, (size_t)o->planes << o->k, 1, encode_words, &e);
    sc_big_free(pow, len);
    return SOCLE_OK;
}

/* Tree. */

/* Leaves or nodes of one piece: enough to pay for handing it out. */
#define HASH_GRAIN 1024

static void gather_leaf(const struct sc_oracle *o, uint8_t *out, size_t j)
{
    const size_t n = (size_t)o->planes << o->k;
    for (size_t i = 0; i < n; i++) {
        store_le(out + 4 * i, fp_to_u32(o->code[(i << o->log_n) + j]), 4);
    }
}

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

static void build_tree(struct sc_oracle *o, struct sc_pool *pool)
{
    const size_t n = (size_t)1 << o->log_n;
    struct sc_merkle_keys keys;
    struct hashing h = {
        .ops = sc_cpu_ops_now(),
        .leaves = {.words = o->code, .word_stride = o->planes * n, .plane = n, .n_words = (size_t)1 << o->k, .n_coef = o->planes},
        .level = (uint8_t(*)[32])o->nodes,
    };
    sc_merkle_keys(&keys);
    key_words(h.leaves.key, keys.leaf);
    key_words(h.node_key, keys.node);
    sc_pool_for(pool, n, HASH_GRAIN, hash_leaves, &h);
    for (unsigned up = o->log_n; up-- > 0;) {
        h.below = (const uint8_t(*)[32])h.level;
        h.level += (size_t)2 << up;
        sc_pool_for(pool, (size_t)1 << up, HASH_GRAIN, hash_nodes, &h);
    }
    memcpy(o->root, *h.level, 32);
}

socle_status sc_oracle_commit(struct sc_oracle *out, const fp *const *plane, unsigned planes,
                              unsigned mu, unsigned k, unsigned lr, struct sc_pool *pool)
{
    struct sc_oracle o = {.k = (uint8_t)k, .log_n = (uint8_t)(mu - k + lr), .planes = (uint8_t)planes};
    socle_status st = SOCLE_OK;
    memset(out, 0, sizeof *out);
    if (k > mu || mu - k + lr > FP_TWO_ADICITY) {
        return SOCLE_E_ARG;
    }
    o.code = sc_big_take(code_bytes(&o));
    o.nodes = sc_big_take(node_bytes(&o));
    if (!o.code || !o.nodes) {
        st = SOCLE_E_NOMEM;
        goto out;
    }
    TRY(encode(&o, plane, mu - k, pool));
    build_tree(&o, pool);
    *out = o;
    return SOCLE_OK;
out:
    sc_oracle_fini(&o);
    return st;
}

/* Digests of the missing siblings in the order of merkle.md; node[] is consumed. Returns how many. */
static size_t collect_path(const struct sc_oracle *o, uint8_t *out, uint32_t *node, unsigned n)
{
    const uint8_t *level = o->nodes;
    size_t len = 0;
    for (unsigned depth = o->log_n; depth > 0; depth--) {
        unsigned up = 0;
        for (unsigned i = 0; i < n; up++) {
            const bool pair = i + 1 < n && !(node[i] & 1) && node[i + 1] == node[i] + 1;
            if (!pair) {
                memcpy(out + 32 * len++, level + 32 * (size_t)(node[i] ^ 1), 32);
            }
            node[up] = node[i] >> 1;
            i += pair ? 2 : 1;
        }
        n = up;
        level += (size_t)32 << depth;
    }
    return len;
}

void sc_oracle_open(const struct sc_oracle *o, struct sc_pch *ch, const uint32_t *index, unsigned t)
{
    uint32_t node[SC_MERKLE_MAX_T];
    const unsigned n = sc_merkle_distinct(node, index, t);
    const size_t path_len = sc_merkle_path_len(node, n, o->log_n);
    uint8_t *const leaves = malloc(n * leaf_len(o) + 32 * path_len);
    if (!leaves) {
        sc_pch_fail(ch, SOCLE_E_NOMEM);
        return;
    }
    uint8_t *const path = leaves + n * leaf_len(o);
    for (unsigned i = 0; i < n; i++) {
        gather_leaf(o, leaves + i * leaf_len(o), node[i]);
    }
    sc_send_bytes(ch, SC_L_WHIR_OPEN, leaves, n * leaf_len(o));
    sc_send_bytes(ch, SC_L_WHIR_PATH, path, 32 * collect_path(o, path, node, n));
    free(leaves);
}
