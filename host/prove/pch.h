/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The prover's channel: what it sends is appended to the proof and absorbed under the label by which the
 * verifier will receive it (core/transcript/transcript.h). Owns the proof bytes. Theory: docs/spec/transcript.md.
 */
#ifndef SC_PROVE_PCH_H
#define SC_PROVE_PCH_H

#include "core/transcript/transcript.h"

struct sc_pool;

/** Who else searches nonces: the least one, from 0 on, for which word 8 of the compression of @p block under @p key is zero under @p mask; it goes
 * to bytes 18 .. 25 of the block. Returns false when it cannot, and the threads of the pool do it. */
struct sc_grinder {
    bool (*find)(void *arg, uint64_t *nonce, const uint32_t key[8], const uint32_t block[16], uint32_t mask);
    void *arg;
};

/** Errors stick: after the first one sends do nothing, and sc_pch_status tells it. */
struct sc_pch {
    struct sc_tr tr;
    struct sc_pool *pool; /* for the search of nonces; may be NULL */
    struct sc_grinder grinder; /* asked first; find may be NULL */
    uint8_t *buf;
    size_t len, cap;
    socle_status st;
};

void sc_pch_init(struct sc_pch *ch, struct sc_pool *pool);
void sc_pch_fini(struct sc_pch *ch);
SC_MUST_USE socle_status sc_pch_status(const struct sc_pch *ch);
/** Set the sticky error, unless there is one already. */
void sc_pch_fail(struct sc_pch *ch, socle_status st);
/** The most that the bytes of a proof of @p len bytes take while it grows. */
size_t sc_pch_memory(uint64_t len);
/** Take the proof bytes; the caller gives them back with sc_free(). */
uint8_t *sc_pch_take(struct sc_pch *ch, size_t *len);

void sc_send_bytes(struct sc_pch *ch, enum sc_label label, const void *bytes, size_t len);
void sc_send_fx(struct sc_pch *ch, enum sc_label label, const fx *v, size_t n);
/** Search the least nonce that works, send and absorb it. bits = 0 does nothing. */
void sc_send_grind(struct sc_pch *ch, enum sc_label label, unsigned bits);

#endif
