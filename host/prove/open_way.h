/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside the opening's prover (open.c): what is done to the polynomial and its weight, on the host (open_h.c) or on a device (open_d.c).
 * The transcript is open.c's alone. Theory: docs/spec/whir.md.
 */
#ifndef SC_PROVE_OPEN_WAY_H
#define SC_PROVE_OPEN_WAY_H

#include "host/prove/open.h"

/* Variables whose rounds need neither folded vector: each doubles the inner products and halves the
 * memory of what follows. */
#define SC_OPEN_FIRST_VARS 3
#define SC_OPEN_FIRST (1u << SC_OPEN_FIRST_VARS)

/** A block of the first weight, within one value `top` of the first variables. */
struct sc_open_part {
    uint8_t point; /* 0: the columns', else 1 + number of the sample */
    uint8_t log_h, top;
    uint32_t at; /* offset in what the other variables span */
    fx coef;
};

struct sc_open_parts {
    struct sc_open_part *part;
    size_t n;
    unsigned vars, rest; /* first variables, the other ones */
    unsigned n_points;   /* 1 + samples */
};

/** Round 0, first variables: with f_s(y) = f(s, y) and the weight sum_j coef_j eq(top_j, X) w_j(Y), their rounds are those of
 * sum over X of sum over t, s of m[t][s] eq(t, X) eq(s, X), m[t][s] = sum over top_j = t of coef_j <w_j, f_s>. */
struct sc_cross {
    fx m[SC_OPEN_FIRST][SC_OPEN_FIRST];
};

/** Claims that join the weight: samples at n_z points, mu coordinates each, then powers of x[0 .. t); the coefficient of each. */
struct sc_open_claims {
    unsigned n_z, t;
    const fx *z, *z_coef;
    const fp *x;
    const fx *x_coef;
};

/** The polynomial g and its weight w, after the first variables. Calls come in the order of open.c; all but `end` may fail. */
struct sc_open_ops {
    socle_status (*cross)(void *self, struct sc_cross *out); /* out is zero */
    socle_status (*first)(void *self, const fx *eq_top);     /* g and w, folded by the first challenges */
    socle_status (*sums)(void *self, fx h[2]);               /* the next round's polynomial at 0 and 2 */
    socle_status (*fold)(void *self, fx c);
    socle_status (*settle)(void *self); /* the folds of a round of the schedule are done */
    socle_status (*commit)(void *self, uint8_t root[32], const struct sc_whir_round *next);
    socle_status (*sample)(void *self, fx *out, const fx *z); /* g(z) */
    socle_status (*final)(void *self, fx *v);                 /* g */
    socle_status (*open)(void *self, struct sc_pch *ch, fx *answers, const fx *eq, const uint32_t *index, unsigned t); /* as sc_oracle_open */
    socle_status (*weigh)(void *self, const struct sc_open_claims *c);
    void (*next)(void *self); /* the commitment that was made is the one that is opened next */
    socle_status (*end)(void *self); /* frees all; how the device did */
};

struct sc_open_way {
    const struct sc_open_ops *ops;
    void *self;
};

/** On the host. E_NOMEM. @p o and @p parts are borrowed until the end. */
SC_MUST_USE socle_status sc_open_h_begin(struct sc_open_way *out, const struct sc_opening *o, const struct sc_open_parts *parts, struct sc_pool *pool);
/** On the opening's device, which is borrowed until the end; it finds the nonces of @p ch, too. After anything but SOCLE_OK nothing is held. */
SC_MUST_USE socle_status sc_open_d_begin(struct sc_open_way *out, const struct sc_opening *o, const struct sc_open_parts *parts, struct sc_pch *ch);

/** What that takes of the device, bytes. 0: it cannot be. */
uint64_t sc_open_d_room(const struct sc_opening *o, const struct sc_open_parts *parts);

/** The last log_h coordinates of a part's point. */
const fx *sc_open_suffix(const struct sc_opening *o, unsigned point, unsigned log_h);
bool sc_open_has_height(const struct sc_open_parts *p, unsigned point, unsigned log_h);
/** The most parts that n_values columns and all samples make. */
size_t sc_open_max_parts(size_t n_values);

#endif
