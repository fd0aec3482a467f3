/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A borrowed device and what is where in its arena: how jobs of the prover use one. Owns the loan.
 */
#ifndef SC_DEVICE_SPACE_H
#define SC_DEVICE_SPACE_H

#include "host/device/committer.h"
#include "kernels/kc/launch.h"

/** A piece of the arena, in bytes. */
struct sc_piece {
    uint64_t at, size;
};

struct sc_space {
    struct sc_committer *committer;
    struct sc_device device;
    enum sc_loan what;
    bool borrowed;
    socle_status how; /* the first failure of the device */
    uint64_t align, end;
};

/** Nothing is borrowed yet, and the arena is empty. */
void sc_space_init(struct sc_space *s, struct sc_committer *committer, enum sc_loan what);
/** A piece of so many words of 32 bits, behind those that there are. Before the device is borrowed. */
struct sc_piece sc_space_take(struct sc_space *s, uint64_t words);
/** Borrow the device with an arena for all pieces. Errors as of sc_committer_borrow. */
SC_MUST_USE socle_status sc_space_borrow(struct sc_space *s);
/** Give it back, unless it was not borrowed. Returns how the device did. */
socle_status sc_space_fini(struct sc_space *s);

/** n words up to piece @p to from its word @p first on (bytes of a multiple of the alignment), and down from it. */
SC_MUST_USE socle_status sc_space_put(struct sc_space *s, struct sc_piece to, uint64_t first, const void *words, uint64_t n);
SC_MUST_USE socle_status sc_space_get(struct sc_space *s, void *words, struct sc_piece from, uint64_t first, uint64_t n);
/** Launches on these pieces, by their numbers; those of no bytes are not there. n_pieces <= SC_KC_MAX_BUFFERS. */
SC_MUST_USE socle_status sc_space_run(struct sc_space *s, const struct sc_piece *piece, unsigned n_pieces, const struct sc_kc_launch *launch, unsigned n);
/** A commitment; pieces by enum sc_kc_buffer, at least as long as @p shape needs. */
SC_MUST_USE socle_status sc_space_commit(struct sc_space *s, const struct sc_piece piece[SC_KC_N_BUFFERS], struct sc_kc_commit shape);

/** The least nonce from 0 on for which word 8 of the compression of @p block under @p key is zero under mask, into *nonce. The pieces hold
 * SC_NONCE_OUT and SC_NONCE_IN words, @p words SC_NONCE_OUT. SC_E_SELFCHECK: the device's nonce does not work. */
#define SC_NONCE_OUT 4096u
#define SC_NONCE_IN 24u
SC_MUST_USE socle_status sc_space_nonce(struct sc_space *s, uint64_t *nonce, struct sc_piece out, struct sc_piece in, uint32_t *words,
                                        const uint32_t key[8], const uint32_t block[16], uint32_t mask);

#endif
