/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * One proof from HEAD_SHAPE to its last opening: what a single proof and the proofs of a set have in common. The caller brings what
 * differs: the transcript up to there, the limits of the run, the public terms. Owns nothing; scratch is the caller's.
 * Theory: docs/spec/proof.md.
 */
#ifndef SC_VERIFY_BODY_V_H
#define SC_VERIFY_BODY_V_H

#include "core/verify/whir_v.h"
#include "core/verify/zero_v.h"

/** Everything bigger than a frame. The first group is the caller's to fill before the shape is read, the second before openings. */
struct sc_body {
    const struct sc_machine *m;
    const struct sc_profile *profile;
    struct sc_vch ch;
    struct sc_shape shape; /* but for the main tables, which are read */

    uint8_t image_root[32], boundary_root[32];
    struct sc_samples samples;   /* of BOUNDARY's polynomial */
    struct sc_bus_point bus[2];  /* of L: drawn here; of G: the set's */

    struct sc_layout layout;
    struct sc_fraction global;   /* root of G; 0/1 where there is none */
    struct sc_leaf_claim leaf[2];
    fx r[SC_MAX_VARS];
    uint8_t main_root[32];
    fx *values, *zero;
    struct sc_block *blocks;
    void *whir;
    size_t whir_len;
};

/** Bytes of scratch for any proof of the machine; aligned for 8 bytes. */
size_t sc_body_scratch(const struct sc_machine *m);
/** A body in @p scratch, zero but for its areas, machine and profile. */
struct sc_body *sc_body_init(void *scratch, const struct sc_machine *m, const struct sc_profile *profile);

/** Receive HEAD_SHAPE. */
SC_MUST_USE socle_status sc_body_shape(struct sc_body *b);
/** The layout of a valid shape, and its limits but for that of BOUNDARY's polynomial, which is sc_boundary_holds. E_LIMIT. */
SC_MUST_USE socle_status sc_body_layout(struct sc_body *b);
/** From MAIN_ROOT to BETA. */
SC_MUST_USE socle_status sc_body_commit(struct sc_body *b);
/** From GKR_ROOT to COLUMNS; @p terms are the verifier's fractions on the local buses. */
SC_MUST_USE socle_status sc_body_argue(struct sc_body *b, struct sc_fraction terms);
/** GAMMA and the openings. */
SC_MUST_USE socle_status sc_body_open(struct sc_body *b);

#endif
