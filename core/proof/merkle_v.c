/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Shared openings of Merkle trees, verifier side. Theory: docs/spec/merkle.md.
 */
#include "core/proof/merkle_v.h"

#include "core/base/assert.h"
#include "core/hash/blake3.h"

#include <string.h>

void sc_merkle_keys(struct sc_merkle_keys *k)
{
    sc_b3_derive(k->leaf, "socle merkle leaf v1", NULL, 0);
    sc_b3_derive(k->node, "socle merkle node v1", NULL, 0);
}

void sc_merkle_leaf(uint8_t out[32], const struct sc_merkle_keys *k, const uint8_t *bytes, size_t len)
{
    sc_b3_keyed(out, k->leaf, bytes, len);
}

void sc_merkle_node(uint8_t out[32], const struct sc_merkle_keys *k, const uint8_t l[32],
                    const uint8_t r[32])
{
    uint8_t both[64];
    memcpy(both, l, 32);
    memcpy(both + 32, r, 32);
    sc_b3_keyed(out, k->node, both, sizeof both);
}

unsigned sc_merkle_distinct(uint32_t *out, const uint32_t *index, unsigned t)
{
    unsigned n = 0;
    for (unsigned i = 0; i < t; i++) {
        unsigned at = n;
        while (at > 0 && out[at - 1] > index[i]) {
            at--;
        }
        if (at > 0 && out[at - 1] == index[i]) {
            continue;
        }
        memmove(out + at + 1, out + at, (n - at) * sizeof *out);
        out[at] = index[i];
        n++;
    }
    return n;
}

/* One level of the walk of merkle.md: node[] holds n sorted distinct indices and becomes the sorted
 * distinct parents; returns how many siblings are not among them. */
static unsigned walk_up(uint32_t *node, unsigned *n)
{
    unsigned missing = 0;
    unsigned up = 0;
    for (unsigned i = 0; i < *n; up++) {
        const bool pair = i + 1 < *n && !(node[i] & 1) && node[i + 1] == node[i] + 1;
        missing += !pair;
        node[up] = node[i] >> 1;
        i += pair ? 2 : 1;
    }
    *n = up;
    return missing;
}

size_t sc_merkle_path_len(const uint32_t *distinct, unsigned n, unsigned depth)
{
    uint32_t node[SC_MERKLE_MAX_T];
    size_t len = 0;
    SC_ASSERT(n <= SC_MERKLE_MAX_T);
    memcpy(node, distinct, n * sizeof *node);
    for (unsigned level = 0; level < depth; level++) {
        len += walk_up(node, &n);
    }
    return len;
}

/* Digests of o->known (n of them, at one level) become those of the parents; siblings from *path. */
static void hash_up(struct sc_merkle_open *o, unsigned *n, const struct sc_merkle_keys *k,
                    const uint8_t **path)
{
    unsigned up = 0;
    for (unsigned i = 0; i < *n; up++) {
        const uint32_t at = o->known[i];
        const bool pair = i + 1 < *n && !(at & 1) && o->known[i + 1] == at + 1;
        const uint8_t *const other = pair ? o->digest[i + 1] : *path;
        if (at & 1) {
            sc_merkle_node(o->digest[up], k, other, o->digest[i]);
        } else {
            sc_merkle_node(o->digest[up], k, o->digest[i], other);
        }
        o->known[up] = at >> 1;
        *path += pair ? 0 : 32;
        i += pair ? 2 : 1;
    }
    *n = up;
}

socle_status sc_merkle_recv(struct sc_vch *ch, struct sc_merkle_open *o, const uint8_t root[32],
                            unsigned depth, size_t leaf_len, const uint32_t *index, unsigned t)
{
    struct sc_merkle_keys keys;
    const uint8_t *path;
    socle_status st;
    SC_ASSERT(t >= 1 && t <= SC_MERKLE_MAX_T && depth <= SC_MERKLE_MAX_DEPTH);

    o->n = sc_merkle_distinct(o->distinct, index, t);
    st = sc_recv_bytes(ch, SC_L_WHIR_OPEN, &o->leaves, o->n * leaf_len);
    if (st != SOCLE_OK) {
        return st;
    }
    st = sc_recv_bytes(ch, SC_L_WHIR_PATH, &path, 32 * sc_merkle_path_len(o->distinct, o->n, depth));
    if (st != SOCLE_OK) {
        return st;
    }
    sc_merkle_keys(&keys);
    unsigned n = o->n;
    for (unsigned i = 0; i < n; i++) {
        o->known[i] = o->distinct[i];
        sc_merkle_leaf(o->digest[i], &keys, o->leaves + i * leaf_len, leaf_len);
    }
    for (unsigned level = 0; level < depth; level++) {
        hash_up(o, &n, &keys, &path);
    }
    return n == 1 && memcmp(o->digest[0], root, 32) == 0 ? SOCLE_OK : SOCLE_E_REJECT;
}

unsigned sc_merkle_find(const struct sc_merkle_open *o, uint32_t index)
{
    unsigned lo = 0;
    unsigned hi = o->n;
    while (hi - lo > 1) {
        const unsigned mid = (lo + hi) / 2;
        if (o->distinct[mid] <= index) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    return lo;
}
