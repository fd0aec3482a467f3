/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Verify an Ethereum account proof: a path of Merkle-Patricia nodes from a state root.
 * Input:  state root (32), address (20), number of nodes (4, little-endian), then each node as
 * length (4, little-endian) and RLP. Output: state root, address, 1 and the RLP of the account; or
 * state root, address and 0 when the path shows that there is none. Exit 1 when the nodes prove
 * neither. Theory: Ethereum yellow paper, appendices B (RLP), C (hex prefix) and D (trie).
 */
#include <stdbool.h>

#include "guest/examples/keccak.h"
#include "guest/include/zkvm_io.h"

/** Bytes not yet read. */
struct span {
    const uint8_t *p;
    size_t n;
};

/** One RLP item: its payload, and its whole encoding. */
struct item {
    struct span payload, whole;
    bool is_list;
};

static bool take(struct span *s, struct span *out, size_t n)
{
    if (n > s->n) {
        return false;
    }
    out->p = s->p;
    out->n = n;
    s->p += n;
    s->n -= n;
    return true;
}

static uint32_t read_u32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/** Length of a long item: @p n big-endian bytes without leading zero, more than 55. */
static bool long_length(struct span *s, size_t n, size_t *length)
{
    struct span bytes;
    if (n > 4 || !take(s, &bytes, n) || bytes.p[0] == 0) {
        return false;
    }
    *length = 0;
    for (size_t i = 0; i < n; i++) {
        *length = *length << 8 | bytes.p[i];
    }
    return *length > 55;
}

/** Read one canonical RLP item from @p s. */
static bool next_item(struct span *s, struct item *out)
{
    const uint8_t *const start = s->p;
    struct span first;
    size_t length = 0;
    if (s->n == 0) {
        return false;
    }
    const uint8_t tag = s->p[0];
    out->is_list = tag >= 0xc0;
    if (tag < 0x80) {
        length = 1;
    } else if (!take(s, &first, 1)) {
        return false;
    } else {
        const unsigned low = tag & 0x3fu;
        length = low;
        if (low > 55 && !long_length(s, low - 55, &length)) {
            return false;
        }
    }
    if (!take(s, &out->payload, length) || (tag == 0x81 && out->payload.p[0] < 0x80)) {
        return false;
    }
    out->whole.p = start;
    out->whole.n = (size_t)(s->p - start);
    return true;
}

static bool equal(const uint8_t *a, const uint8_t *b, size_t n)
{
    uint8_t difference = 0;
    for (size_t i = 0; i < n; i++) {
        difference |= a[i] ^ b[i];
    }
    return difference == 0;
}

static unsigned nibble(const uint8_t *bytes, size_t i)
{
    return i % 2 == 0 ? bytes[i / 2] >> 4 : bytes[i / 2] & 15u;
}

enum verdict { BROKEN, ABSENT, PRESENT, DESCEND };

/** Where the walk is: the reference to the next node, or the value found. */
struct walk {
    const uint8_t *key; /* 64 nibbles */
    size_t depth;       /* nibbles used */
    struct item at;
};

static enum verdict step_branch(struct walk *w, const struct item items[17])
{
    if (w->depth == 64) {
        return BROKEN;
    }
    w->at = items[nibble(w->key, w->depth++)];
    if (!w->at.is_list && w->at.payload.n == 0) {
        return ABSENT;
    }
    return DESCEND;
}

/* Extension or leaf: hex prefix, then a reference or the value. */
static enum verdict step_short(struct walk *w, const struct item items[2])
{
    const struct span path = items[0].payload;
    if (items[0].is_list || path.n == 0 || path.p[0] > 0x3f) {
        return BROKEN;
    }
    const bool leaf = (path.p[0] & 0x20u) != 0;
    const bool odd = (path.p[0] & 0x10u) != 0;
    if (!odd && (path.p[0] & 0x0fu) != 0) {
        return BROKEN;
    }
    const size_t skip = odd ? 1 : 2;
    const size_t n = 2 * path.n - skip;
    if (n > 64 - w->depth || (leaf && n != 64 - w->depth) || (!leaf && n == 0)) {
        return BROKEN;
    }
    for (size_t i = 0; i < n; i++) {
        if (nibble(path.p, skip + i) != nibble(w->key, w->depth + i)) {
            return ABSENT;
        }
    }
    w->depth += n;
    w->at = items[1];
    return leaf ? PRESENT : DESCEND;
}

static enum verdict step(struct walk *w, struct span node)
{
    struct item list, items[17];
    unsigned n = 0;
    if (!next_item(&node, &list) || node.n != 0 || !list.is_list) {
        return BROKEN;
    }
    while (list.payload.n > 0) {
        if (n == 17 || !next_item(&list.payload, &items[n++])) {
            return BROKEN;
        }
    }
    return n == 17 ? step_branch(w, items) : n == 2 ? step_short(w, items) : BROKEN;
}

/** The node that w->at refers to: the item itself when it is a list, else the next of @p in, which
 * must have the hash. */
static bool fetch(const struct walk *w, struct span *in, uint32_t *n_nodes, struct span *node)
{
    struct span length;
    uint8_t hash[32];
    if (w->at.is_list) {
        *node = w->at.whole;
        return true;
    }
    if (w->at.payload.n != 32 || *n_nodes == 0 || !take(in, &length, 4) ||
        !take(in, node, read_u32(length.p))) {
        return false;
    }
    (*n_nodes)--;
    keccak256(hash, node->p, node->n);
    return equal(hash, w->at.payload.p, 32);
}

int main(void)
{
    static const uint8_t no = 0, yes = 1;
    struct span in, root, address, count, node;
    uint8_t key[32];
    read_input(&in.p, &in.n);
    if (!take(&in, &root, 32) || !take(&in, &address, 20) || !take(&in, &count, 4)) {
        return 1;
    }
    keccak256(key, address.p, 20);
    uint32_t n_nodes = read_u32(count.p);
    struct walk w = {.key = key, .at = {.payload = root}};
    enum verdict v = DESCEND;
    while (v == DESCEND) {
        v = fetch(&w, &in, &n_nodes, &node) ? step(&w, node) : BROKEN;
    }
    if (v == BROKEN || n_nodes != 0 || in.n != 0) {
        return 1;
    }
    write_output(root.p, 32);
    write_output(address.p, 20);
    write_output(v == PRESENT ? &yes : &no, 1);
    if (v == PRESENT) {
        write_output(w.at.payload.p, w.at.payload.n);
    }
    return 0;
}
