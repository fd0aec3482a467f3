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
    bool borrowed, has_room, there; /* there: the vector that is kept */
    socle_status how; /* the first failure of the device */
    uint64_t align, end;
    struct sc_kept kept;
};

/** For laying out pieces alone: nothing is borrowed. */
void sc_space_init(struct sc_space *s, struct sc_committer *committer, enum sc_loan what);
/** Borrow the device. Errors as of sc_committer_borrow; sc_space_fini is due in any case. */
SC_MUST_USE socle_status sc_space_borrow(struct sc_space *s, struct sc_committer *committer, enum sc_loan what);
/** The first piece, for the vector that a commitment had this ticket for: where it is already, or at the beginning. It is to be left as it is. */
struct sc_piece sc_space_keep(struct sc_space *s, uint64_t ticket, uint64_t words);
/** A piece of so many words of 32 bits, behind those that there are. */
struct sc_piece sc_space_take(struct sc_space *s, uint64_t words);
/** An arena for all pieces; after that there are no more. The vector to keep goes up unless it is there. Errors as of sc_committer_room. */
SC_MUST_USE socle_status sc_space_room(struct sc_space *s, const void *vector);
/** Give it back, unless it was not borrowed. Returns how the device did. */
socle_status sc_space_fini(struct sc_space *s);

/** n words up to piece @p to from its word @p first on (bytes of a multiple of the alignment), and down from it. */
SC_MUST_USE socle_status sc_space_put(struct sc_space *s, struct sc_piece to, uint64_t first, const void *words, uint64_t n);
SC_MUST_USE socle_status sc_space_get(struct sc_space *s, void *words, struct sc_piece from, uint64_t first, uint64_t n);
/** What came down is what it has to be. SC_E_SELFCHECK: it is not, and the device has failed. */
SC_MUST_USE socle_status sc_space_same(struct sc_space *s, const void *words, const void *wanted, size_t len);
/** Launches on these pieces, by their numbers; those of no bytes are not there. n_pieces <= SC_KC_MAX_BUFFERS. */
SC_MUST_USE socle_status sc_space_run(struct sc_space *s, const struct sc_piece *piece, unsigned n_pieces, const struct sc_kc_launch *launch, unsigned n);
/** The least nonce from 0 on for which word 8 of the compression of @p block under @p key is zero under mask, into *nonce.
 * The piece holds SC_NONCE_WORDS words. SC_E_SELFCHECK: the device's nonce does not work. */
#define SC_NONCE_WORDS 25u
SC_MUST_USE socle_status sc_space_nonce(struct sc_space *s, uint64_t *nonce, struct sc_piece at, const uint32_t key[8], const uint32_t block[16],
                                        uint32_t mask);
/** A nonce that the device found some other way. SC_E_SELFCHECK: it does not work. */
SC_MUST_USE socle_status sc_space_nonce_works(struct sc_space *s, uint64_t nonce, const uint32_t key[8], const uint32_t block[16], uint32_t mask);

#endif
