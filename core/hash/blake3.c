/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * BLAKE3, portable and incremental. Owns nothing; all state is the caller's.
 * Theory: the BLAKE3 paper, section 2 (compression, chunks, tree, modes, output).
 */
#include "core/hash/blake3.h"

#include "core/base/rd.h"

#include <string.h>

enum {
    F_CHUNK_START = 1,
    F_CHUNK_END = 2,
    F_PARENT = 4,
    F_ROOT = 8,
    F_KEYED = 16,
    F_CONTEXT = 32,
    F_MATERIAL = 64
};

static const uint32_t iv[8] = {0x6a09e667u, 0xbb67ae85u, 0x3c6ef372u, 0xa54ff53au,
                               0x510e527fu, 0x9b05688cu, 0x1f83d9abu, 0x5be0cd19u};

/* Message order of each round: the permutation of the paper's table 2 applied 0 to 6 times. */
static const uint8_t order[7][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8},
    {3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1},
    {10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6},
    {12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4},
    {9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7},
    {11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13},
};

static inline uint32_t rotr(uint32_t x, unsigned n)
{
    return (x >> n) | (x << (32 - n));
}

static inline void mix(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d, uint32_t x, uint32_t y)
{
    *a += *b + x;
    *d = rotr(*d ^ *a, 16);
    *c += *d;
    *b = rotr(*b ^ *c, 12);
    *a += *b + y;
    *d = rotr(*d ^ *a, 8);
    *c += *d;
    *b = rotr(*b ^ *c, 7);
}

void sc_b3_compress(uint32_t out[16], const uint32_t cv[8], const uint32_t block[16], uint64_t counter, uint32_t len, uint32_t flags)
{
    uint32_t v[16];
    memcpy(v, cv, 32);
    memcpy(v + 8, iv, 16);
    v[12] = (uint32_t)counter;
    v[13] = (uint32_t)(counter >> 32);
    v[14] = len;
    v[15] = flags;
    for (int r = 0; r < 7; r++) {
        const uint8_t *const s = order[r];
        mix(&v[0], &v[4], &v[8], &v[12], block[s[0]], block[s[1]]);
        mix(&v[1], &v[5], &v[9], &v[13], block[s[2]], block[s[3]]);
        mix(&v[2], &v[6], &v[10], &v[14], block[s[4]], block[s[5]]);
        mix(&v[3], &v[7], &v[11], &v[15], block[s[6]], block[s[7]]);
        mix(&v[0], &v[5], &v[10], &v[15], block[s[8]], block[s[9]]);
        mix(&v[1], &v[6], &v[11], &v[12], block[s[10]], block[s[11]]);
        mix(&v[2], &v[7], &v[8], &v[13], block[s[12]], block[s[13]]);
        mix(&v[3], &v[4], &v[9], &v[14], block[s[14]], block[s[15]]);
    }
    for (int i = 0; i < 8; i++) {
        const uint32_t c = cv[i];
        out[i] = v[i] ^ v[i + 8];
        out[i + 8] = v[i + 8] ^ c;
    }
}

/* The last compression of a node, before it is known whether it is the root. */
struct node {
    uint32_t cv[8];
    uint32_t block[16];
    uint64_t counter;
    uint32_t len, flags;
};

static void words_of(uint32_t w[16], const uint8_t b[B3_BLOCK])
{
    for (unsigned i = 0; i < 16; i++) {
        w[i] = (uint32_t)load_le(b + 4 * i, 4);
    }
}

static void node_cv(uint32_t cv[8], const struct node *n)
{
    uint32_t out[16];
    sc_b3_compress(out, n->cv, n->block, n->counter, n->len, n->flags);
    memcpy(cv, out, 32);
}

static struct node parent_node(const struct b3 *h, const uint32_t left[8], const uint32_t right[8])
{
    struct node n;
    memcpy(n.cv, h->key, 32);
    memcpy(n.block, left, 32);
    memcpy(n.block + 8, right, 32);
    n.counter = 0;
    n.len = B3_BLOCK;
    n.flags = h->flags | (uint32_t)F_PARENT;
    return n;
}

/* The pending block of the current chunk as its last one; the bytes after block_len are zero. */
static struct node chunk_node(const struct b3 *h)
{
    struct node n;
    memcpy(n.cv, h->cv, 32);
    words_of(n.block, h->block);
    n.counter = h->chunk;
    n.len = h->block_len;
    n.flags = h->flags | (uint32_t)F_CHUNK_END | (h->blocks == 0 ? (uint32_t)F_CHUNK_START : 0u);
    return n;
}

static void start_chunk(struct b3 *h, uint64_t chunk)
{
    memcpy(h->cv, h->key, 32);
    memset(h->block, 0, B3_BLOCK);
    h->block_len = 0;
    h->blocks = 0;
    h->chunk = chunk;
}

static void init(struct b3 *h, const uint32_t key[8], uint8_t flags)
{
    memcpy(h->key, key, 32);
    h->flags = flags;
    h->depth = 0;
    start_chunk(h, 0);
}

static void init_bytes(struct b3 *h, const uint8_t key[B3_OUT], uint8_t flags)
{
    uint32_t k[8];
    for (unsigned i = 0; i < 8; i++) {
        k[i] = (uint32_t)load_le(key + 4 * i, 4);
    }
    init(h, k, flags);
}

void sc_b3_init(struct b3 *h)
{
    init(h, iv, 0);
}

void sc_b3_init_keyed(struct b3 *h, const uint8_t key[B3_OUT])
{
    init_bytes(h, key, F_KEYED);
}

void sc_b3_init_derive(struct b3 *h, const char *context)
{
    uint8_t key[B3_OUT];
    size_t len = 0;
    while (context[len] != 0) {
        len++;
    }
    init(h, iv, F_CONTEXT);
    sc_b3_update(h, context, len);
    sc_b3_final(h, 0, key, B3_OUT);
    init_bytes(h, key, F_MATERIAL);
}

/* A chunk is complete and more input follows: close it, merge one subtree per trailing zero of the new chunk count. */
static void end_chunk(struct b3 *h)
{
    const struct node last = chunk_node(h);
    uint32_t cv[8];
    node_cv(cv, &last);
    const uint64_t total = h->chunk + 1;
    for (uint64_t t = total; (t & 1) == 0; t >>= 1) {
        h->depth--;
        const struct node p = parent_node(h, h->stack[h->depth], cv);
        node_cv(cv, &p);
    }
    memcpy(h->stack[h->depth], cv, 32);
    h->depth++;
    start_chunk(h, total);
}

/* The pending block is full and more input follows. */
static void end_block(struct b3 *h)
{
    if (h->blocks == B3_CHUNK / B3_BLOCK - 1) {
        end_chunk(h);
        return;
    }
    uint32_t w[16], out[16];
    words_of(w, h->block);
    sc_b3_compress(out, h->cv, w, h->chunk, B3_BLOCK, h->flags | (h->blocks == 0 ? (uint32_t)F_CHUNK_START : 0u));
    memcpy(h->cv, out, 32);
    memset(h->block, 0, B3_BLOCK);
    h->block_len = 0;
    h->blocks++;
}

void sc_b3_update(struct b3 *h, const void *data, size_t len)
{
    const uint8_t *p = data;
    while (len > 0) {
        if (h->block_len == B3_BLOCK) {
            end_block(h);
        }
        const size_t room = (size_t)B3_BLOCK - h->block_len;
        const size_t n = len < room ? len : room;
        memcpy(h->block + h->block_len, p, n);
        h->block_len = (uint8_t)(h->block_len + n);
        p += n;
        len -= n;
    }
}

void sc_b3_final(const struct b3 *h, uint64_t at, uint8_t *out, size_t len)
{
    struct node n = chunk_node(h);
    for (unsigned d = h->depth; d-- > 0;) {
        uint32_t cv[8];
        node_cv(cv, &n);
        n = parent_node(h, h->stack[d], cv);
    }
    while (len > 0) {
        uint32_t w[16];
        uint8_t bytes[B3_BLOCK];
        sc_b3_compress(w, n.cv, n.block, at / B3_BLOCK, n.len, n.flags | (uint32_t)F_ROOT);
        for (unsigned i = 0; i < 16; i++) {
            store_le(bytes + 4 * i, w[i], 4);
        }
        const size_t skip = (size_t)(at % B3_BLOCK);
        const size_t take = len < B3_BLOCK - skip ? len : B3_BLOCK - skip;
        memcpy(out, bytes + skip, take);
        out += take;
        at += take;
        len -= take;
    }
}

void sc_b3_keyed(uint8_t out[B3_OUT], const uint8_t key[B3_OUT], const void *data, size_t len)
{
    struct b3 h;
    sc_b3_init_keyed(&h, key);
    sc_b3_update(&h, data, len);
    sc_b3_final(&h, 0, out, B3_OUT);
}

void sc_b3_derive(uint8_t out[B3_OUT], const char *context, const void *data, size_t len)
{
    struct b3 h;
    sc_b3_init_derive(&h, context);
    sc_b3_update(&h, data, len);
    sc_b3_final(&h, 0, out, B3_OUT);
}
