/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside the opening on a device: what open_d.c and open_said_d.c share.
 */
#ifndef SC_PROVE_OPEN_D_H
#define SC_PROVE_OPEN_D_H

#include "host/device/space.h"
#include "host/prove/argue.h"
#include "host/prove/open_way.h"
#include "kernels/kc/open_plan.h"

/** Parts of one point, height and value of the first variables. */
struct sc_open_batch {
    struct sc_kc_eq eq;
    uint32_t list, n;
    uint8_t point, top;
};

struct sc_open_d {
    const struct sc_opening *o;
    const struct sc_open_parts *parts;
    struct sc_pch *ch;
    struct sc_space space;
    struct sc_piece f, pow, leaf_key, node_key, tables, partial, out, frame, talk, roots;
    struct sc_piece g[2], w[2];       /* by side: as they are, and where the next folds go */
    struct sc_piece code[2], tree[2]; /* of a round and of the one after it */
    struct sc_eqs eqs;
    struct sc_open_batch *batch;
    unsigned n_batches;
    struct sc_kc_launch *launch; /* those of the job that is next */
    unsigned n_launches;
    uint32_t *words; /* as many as tables and results need; the first eq_words are tables of eq until round 0 is folded */
    size_t eq_words, n_words;
    unsigned round, side, mu; /* g and w have 2^mu elements, planes of as many */
    /* What the device said of this round, and how much of it was repeated. */
    bool has_said;
    unsigned folds, samples;
    fp said[SC_KC_SAID_END];
};

/** The shape of a round's commitment. */
static inline struct sc_kc_commit sc_open_d_shape(const struct sc_open_d *d, unsigned round)
{
    const struct sc_whir_round *const r = &d->o->wp->r[round];
    return (struct sc_kc_commit){.planes = round == 0 ? 1 : FX_DEG, .mu = r->mu, .k = r->k, .lr = r->lr};
}

/** Make the launches there are, code words and tree those of @p round and of the message @p message, and forget them. */
SC_MUST_USE socle_status sc_open_d_run(struct sc_open_d *d, struct sc_piece message, unsigned round);

/* What a round says, sc_open_ops: all of it is made by one job when it is first asked for, behind the launches there are. */
SC_MUST_USE socle_status sc_open_d_sums(void *self, fx h[2]);
SC_MUST_USE socle_status sc_open_d_fold(void *self, fx c);
SC_MUST_USE socle_status sc_open_d_settle(void *self);
SC_MUST_USE socle_status sc_open_d_commit(void *self, uint8_t root[32], const struct sc_whir_round *next);
SC_MUST_USE socle_status sc_open_d_sample(void *self, fx *out, const fx *z);
/** A sc_grinder's: the nonce that was said, or a search when none was. */
bool sc_open_d_nonce(void *self, uint64_t *nonce, const uint32_t key[8], const uint32_t block[16], uint32_t mask);

#endif
