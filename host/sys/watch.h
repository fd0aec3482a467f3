/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What long work tells its caller and asks of it: the stage it is in, how far it is, whether to go on.
 * Owns nothing.
 */
#ifndef SC_HOST_SYS_WATCH_H
#define SC_HOST_SYS_WATCH_H

#include "core/base/status.h"

#include <stddef.h>

/* Stages of a proof, in order. W(NAME, name, weight): weight is the usual share of the time, in percent.
 * A set has PARTS, the proofs of its segments, instead of GKR, ZERO and OPEN. */
#define SC_STAGES(W)             \
    W(LOAD, "load", 1)           \
    W(KEYGEN, "image", 1)        \
    W(EXECUTE, "execute", 2)     \
    W(TRACE, "trace", 9)         \
    W(COMMIT, "commit", 12)      \
    W(GKR, "bus argument", 52)   \
    W(ZERO, "constraints", 7)    \
    W(OPEN, "open", 15)          \
    W(PARTS, "proofs", 74)       \
    W(CHECK, "self-check", 1)

enum sc_stage {
#define W(NAME, name, weight) SC_STAGE_##NAME,
    SC_STAGES(W)
#undef W
        SC_N_STAGES
};

struct sc_watch {
    void *arg;
    /** @p fraction of @p stage is done, 0 when it begins. Not SOCLE_OK: stop, with this status. Called from the caller's thread. */
    socle_status (*tell)(void *arg, enum sc_stage stage, double fraction);
};

/** Whether the work is to go on: SOCLE_OK, E_CANCELLED or E_DEADLINE. @p w may be NULL. */
SC_MUST_USE static inline socle_status sc_watch_tell(const struct sc_watch *w, enum sc_stage stage, double fraction)
{
    return w == NULL || w->tell == NULL ? SOCLE_OK : w->tell(w->arg, stage, fraction);
}

#endif
