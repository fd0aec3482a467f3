/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Committed vectors: Reed-Solomon code words of the parts of a vector, a Merkle tree over their positions, and
 * shared openings. Owns code words and tree. Theory: docs/spec/whir.md, docs/spec/merkle.md.
 */
#ifndef SC_PROVE_ORACLE_H
#define SC_PROVE_ORACLE_H

#include "core/field/fx.h"
#include "host/prove/pch.h"

struct sc_committer;
struct sc_twiddles;

/** Twiddles for code words of 2^log_n, in the table that is returned: sc_twiddles_len(log_n) elements, for sc_big_free. NULL: no memory. */
fp *sc_oracle_twiddles(struct sc_twiddles *tw, unsigned log_n, struct sc_pool *pool);

/** Position j of word a, coefficient c is code[((a * planes + c) << log_n) + j]. */
struct sc_oracle {
    uint8_t k, log_n, lr, planes; /* 2^k words of length 2^log_n at rate 2^-lr; planes 1 (base field) or FX_DEG */
    uint32_t n_zero;  /* so many words, the last, are zero and not in code: of base elements alone */
    fp *code;         /* NULL after sc_oracle_drop_code */
    const fp *vector; /* what is encoded again then; borrowed */
    uint8_t *nodes; /* 2^log_n leaf digests, then each level above; the last is the root */
    uint8_t root[32];
    uint64_t ticket; /* of the vector on the device that made the commitment; 0: none did */
};

/** Commit to a vector of 2^mu elements, given as @p planes arrays of coefficients: 2^k words at rate 2^-lr.
 * mu - k + lr <= 24. SOCLE_E_NOMEM leaves @p out empty.
 * With a @p device it is made there, and by the threads of @p pool when the device fails; a device that is compared makes it beside
 * them, and SOCLE_E_DEVICE tells that the two differ. Both may be NULL. */
SC_MUST_USE socle_status sc_oracle_commit(struct sc_oracle *out, const fp *const *plane, unsigned planes, unsigned mu, unsigned k, unsigned lr,
                                          struct sc_committer *device, struct sc_pool *pool);
/** The same of 2^mu base elements, which are borrowed until the end, without keeping code words, which are twice as long: an opening
 * makes them again, a word at a time: a few per cent of a proof's work for a third of its memory. */
SC_MUST_USE socle_status sc_oracle_commit_base(struct sc_oracle *out, const fp *vector, unsigned mu, unsigned k, unsigned lr,
                                               struct sc_committer *device, struct sc_pool *pool);
void sc_oracle_fini(struct sc_oracle *o);

/** Free the code words of a commitment to the base elements @p vector, which is borrowed until the end. */
void sc_oracle_drop_code(struct sc_oracle *o, const fp *vector);

/** Send the opening at index[0 .. t): leaves under WHIR_OPEN, digests under WHIR_PATH. t <= SC_MERKLE_MAX_T.
 * answers[i] = sum over words a of eq[a] times the word's value at index[i]. */
SC_MUST_USE socle_status sc_oracle_open(const struct sc_oracle *o, struct sc_pch *ch, fx *answers, const fx *eq, const uint32_t *index,
                                        unsigned t);

/** Leaves and digests of a commitment that is elsewhere. */
struct sc_oracle_source {
    void *arg;
    /* Leaves as they are sent, one behind the other; digests by their numbers in sc_oracle's nodes. */
    socle_status (*fetch)(void *arg, uint8_t *leaves, const uint32_t *position, unsigned n, uint8_t *digests, const uint32_t *node, size_t n_nodes);
};

/** The same with leaves and digests from there; @p o is the shape. What the source fails with is returned, and may be so after a part was sent. */
SC_MUST_USE socle_status sc_oracle_open_from(const struct sc_oracle *o, const struct sc_oracle_source *from, struct sc_pch *ch, fx *answers,
                                             const fx *eq, const uint32_t *index, unsigned t);

/** The most memory of a commitment (words of zeros take none): code words and tree, and what takes more for a while: making it, opening @p t positions, and making
 * code words again for that. */
struct sc_oracle_memory {
    size_t code, nodes, making, opening, again;
};
struct sc_oracle_memory sc_oracle_memory(unsigned planes, unsigned mu, unsigned k, unsigned lr, unsigned t, unsigned n_threads);

#endif
