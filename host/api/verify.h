/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside host/api: verification under the profile that a proof names, and the sizes of a shape. Not for others to include.
 */
#ifndef SC_API_VERIFY_H
#define SC_API_VERIFY_H

#include "core/verify/verify.h"
#include "host/api/context.h"

/** The profile that a proof names, if the caller accepts it; the message says why not. */
SC_MUST_USE socle_status sc_api_proof_profile(socle_context *ctx, const struct sc_profile **profile, const uint8_t *proof, size_t len);
/** Verify under that profile and describe the outcome. */
SC_MUST_USE socle_status sc_api_verify(socle_context *ctx, struct socle_verified *out, const struct sc_profile *profile,
                                       const uint8_t vk[SC_VK_LEN], const uint8_t *proof, size_t len);

/** Rows, cells and terms of every main table as committed, and their sums. */
void sc_api_tables(struct socle_table *tables, unsigned *n_tables, uint64_t *cells, uint64_t *terms, const struct sc_shape *shape);

#endif
