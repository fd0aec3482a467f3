/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Commitments on a device, and the device's memory for jobs of others; what happens when it fails. Who asks goes on by other means then.
 */
#ifndef SC_DEVICE_COMMITTER_H
#define SC_DEVICE_COMMITTER_H

#include "core/field/fp.h"
#include "kernels/kc/commit_plan.h"
#include "scheduler/device.h"

struct sc_committer;

/** A device that fails so often in a row is not asked again. */
#define SC_COMMITTER_PATIENCE 3

/** What a device is borrowed for. */
enum sc_loan { SC_LOAN_BUS, SC_LOAN_ZERO, SC_LOAN_OPENING, SC_LOAN_SUM, SC_LOAN_QUOTIENT, SC_LOAN_BENCH, SC_N_LOANS };

/** How it went so far. */
struct sc_committer_report {
    uint32_t made, failed;
    uint32_t lent[SC_N_LOANS]; /* times that it was borrowed and did not fail */
    socle_status last_failure; /* SOCLE_OK when none */
    bool given_up;             /* after SC_COMMITTER_PATIENCE failures in a row */
};

/** @p device is borrowed and has an arena. budget: the most bytes to take of it; 0: what it has. compare: every commitment is also made
 * by the caller, who calls sc_committer_differs when the two are not the same. E_NOMEM. */
SC_MUST_USE socle_status sc_committer_create(struct sc_committer **out, struct sc_device device, uint64_t budget, bool compare);
/** Gives the arena back. NULL is fine. */
void sc_committer_destroy(struct sc_committer *c);

/** A vector that is still in the arena: bytes [at, at + size). ticket: which one, of all that the process ever committed to; 0: none. */
struct sc_kept {
    uint64_t ticket, at, size;
};

/** Make code words and tree (as struct sc_oracle has them) of @p planes arrays of 2^mu elements. pow: of struct sc_twiddles, for
 * mu - k + lr; keys: of leaves and of nodes, 8 words each. Any thread; one at a time, others wait.
 * code may be NULL: it stays there. *ticket, unless NULL: of the message, which is kept until another job needs its place.
 * E_LIMIT: a shape that the kernels cannot make; E_NOMEM: too large for budget or device; E_DEVICE and others: it failed or is given up. */
SC_MUST_USE socle_status sc_committer_run(struct sc_committer *c, fp *code, uint8_t *nodes, const fp *const *plane, struct sc_kc_commit shape,
                                          const fp *pow, const uint8_t leaf_key[32], const uint8_t node_key[32], uint64_t *ticket);

/** Take an arena now for a commitment of this shape and for jobs that need @p bytes, its message included, so that the message is not lost to
 * a larger one later. Nothing happens when that cannot be. */
void sc_committer_reserve(struct sc_committer *c, struct sc_kc_commit shape, uint64_t bytes);

/** The device for jobs of the caller's own until it is given back by the same thread; others wait. *kept: what there is.
 * E_DEVICE: it is given up; nothing is borrowed then. */
SC_MUST_USE socle_status sc_committer_borrow(struct sc_committer *c, struct sc_device *out, struct sc_kept *kept);
/** For who has borrowed it: an arena of at least @p bytes. *lost: what was in it is not there any more. E_NOMEM: too large for budget or device. */
SC_MUST_USE socle_status sc_committer_room(struct sc_committer *c, bool *lost, uint64_t bytes);
/** @p how: SOCLE_OK, or how the device failed. kept: what it has now; NULL: nothing was done with it. */
void sc_committer_give_back(struct sc_committer *c, socle_status how, enum sc_loan what, const struct sc_kept *kept);
void sc_committer_info(const struct sc_committer *c, struct sc_device_info *out);
/** The most bytes of an arena that a job should plan for who can do with less: half of the least for which there was no memory. */
uint64_t sc_committer_budget(const struct sc_committer *c);

/** How often a job had no memory beside an arena larger than it needs, which was given back: with a smaller one it may have. */
unsigned sc_committer_shrunk(const struct sc_committer *c);

bool sc_committer_compares(const struct sc_committer *c);
/** What the device made is not what the host made: it is not asked again. */
void sc_committer_differs(struct sc_committer *c);
struct sc_committer_report sc_committer_report(struct sc_committer *c);

#endif
