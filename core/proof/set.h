/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The fixed parts of a set of proofs: what its transcript begins with, its heads, and bounds that hold for all its proofs together.
 * Owns nothing. Theory: docs/spec/proof.md, "Sets".
 */
#ifndef SC_PROOF_SET_H
#define SC_PROOF_SET_H

#include "core/proof/proof.h"

#define SC_SET_MIN 2u      /* segments */
#define SC_SET_MAX 65535u
#define SC_SET_SEED_LEN 77
#define SC_SET_SIZE_LEN 12
#define SC_SEGMENT_LEN 12  /* in SET_RUN, which has SC_SET_KEYS_LEN more */
#define SC_SET_KEYS_LEN 8
#define SC_SET_BIND_LEN 36
/* Rows of BOUNDARY in all proofs are fewer: each has four terms on BND, and the counts of a tuple must not reach p. */
#define SC_SET_ROWS_LIMIT (UINT64_C(1) << 28)

/** One segment of a run: it begins at ip_in at stamp 4, and ends at ip_out with stamp ts_end. */
struct sc_set_segment {
    uint32_t ip_in, ip_out, ts_end;
};

/** What the global transcript begins with. */
void sc_set_seed(uint8_t out[SC_SET_SEED_LEN], const struct sc_machine *m, const struct sc_profile *p);
/** What binds proof @p index to the set, behind the seed of its own transcript. */
void sc_set_bind(uint8_t out[SC_SET_BIND_LEN], const uint8_t digest[32], uint32_t index);

void sc_set_size_encode(uint8_t out[SC_SET_SIZE_LEN], uint32_t n_segments, uint64_t output_len);
/** E_FORMAT when no set has so many segments. */
SC_MUST_USE socle_status sc_set_size_decode(uint32_t *n_segments, uint64_t *output_len, const uint8_t in[SC_SET_SIZE_LEN]);

void sc_set_segment_encode(uint8_t out[SC_SEGMENT_LEN], const struct sc_set_segment *s);
void sc_set_segment_decode(struct sc_set_segment *out, const uint8_t in[SC_SEGMENT_LEN]);

/** Is this a list of chunks that BOUNDARY of a proof of a set can have, of a size that the profile has a schedule for? */
SC_MUST_USE bool sc_boundary_holds(const struct sc_machine *m, const struct sc_profile *p, const uint8_t *log_h, unsigned n);

#endif
