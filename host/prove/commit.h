/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Commitment of one vector: interleaved Reed-Solomon words and their Merkle tree; and the opening of leaves.
 * Owns the code words and the tree. Theory: docs/spec/whir.md (commitment of a round), docs/spec/merkle.md.
 */
#ifndef SC_PROVE_COMMIT_H
#define SC_PROVE_COMMIT_H

#include "core/base/status.h"
#include "core/field/fx.h"
#include "kernels/cpu/cpu_ops.h"

#include <stdbool.h>
#include <stddef.h>

struct sc_pool;

struct sc_commit {
    unsigned log_words;  /* k: 2^k words */
    unsigned log_len;    /* n = mu - k + lr: length of a word, depth of the tree */
    bool ext;
    size_t plane;        /* 2^(k + n), distance of coefficient planes when ext */
    fp *words;           /* word a at words + a 2^n; coefficient c of an extension word at + c plane */
    uint8_t (*tree)[32]; /* 2^n leaf digests, then 2^(n-1) of the next level, .., the root last: 2^(n+1) - 1 in all */
    uint8_t root[32];
};

/** Commit to the 2^mu base elements f, or (ext) to 2^mu extension elements with coefficient c at f + c plane.
 * k <= mu, mu - k + lr <= 24. SOCLE_E_NOMEM when memory is short; *out is then empty. */
SC_MUST_USE socle_status sc_commit_create(struct sc_commit *out, const struct sc_cpu_ops *ops, struct sc_pool *pool, const fp *f,
                                          bool ext, size_t plane, unsigned mu, unsigned k, unsigned lr);
void sc_commit_fini(struct sc_commit *c);

/** Bytes of one leaf. */
size_t sc_commit_leaf_len(const struct sc_commit *c);
/** Contents of the leaves of n indices, in their order: n leaf_len bytes. */
void sc_commit_leaves(const struct sc_commit *c, uint8_t *out, const uint32_t *index, unsigned n);
/** Digests of the shared path of n sorted distinct indices (docs/spec/merkle.md); returns how many.
 * out may be NULL: then it only counts. work holds n indices. */
size_t sc_commit_path(const struct sc_commit *c, uint8_t (*out)[32], const uint32_t *distinct, unsigned n, uint32_t *work);
/** The elements of leaf @p index as values, 2^log_words of them. */
void sc_commit_leaf_values(const struct sc_commit *c, fx *out, uint32_t index);

#endif
