/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Hashing messages to points, RFC 9380: expand_message_xmd with SHA-256, and the suites BLS12381G1_XMD:SHA-256_SSWU_RO_ and _NU_,
 * BLS12381G2_XMD:SHA-256_SSWU_RO_ and _NU_, secp256k1_XMD:SHA-256_SSWU_RO_ and _NU_, P256_XMD:SHA-256_SSWU_RO_ and _NU_. Not constant-time: for public messages.
 *
 * dst is the domain separation tag, at least one byte; one above 255 bytes is hashed first, as section 5.3.3 says. Outputs are zero or
 * infinity on failure, which is SOCLE_E_ARG.
 */
#ifndef SC_HASH_HASH_TO_CURVE_H
#define SC_HASH_HASH_TO_CURVE_H

#include "core/base/status.h"
#include "core/curve/bls12_381.h"
#include "core/curve/secp256k1.h"
#include "core/curve/secp256r1.h"

enum { H2C_MAX_LEN = 255 * 32 };

/* What is hashed, and under which tag. */
struct h2c {
    const void *msg;
    size_t msg_len;
    const void *dst;
    size_t dst_len;
};

/** Section 5.3.1. SOCLE_E_ARG when @p len is 0 or above H2C_MAX_LEN, or the tag is empty. */
SC_MUST_USE socle_status sc_expand_message_xmd(uint8_t *out, size_t len, const struct h2c *in);

/** hash_to_field of section 5.2, 128 bits of security: @p n elements, 1 or 2 (for Fp also 3 or 4). */
SC_MUST_USE socle_status sc_bls_fp_hash(struct bls_fp *u, unsigned n, const struct h2c *in);
SC_MUST_USE socle_status sc_bls_fp2_hash(struct bls_fp2 *u, unsigned n, const struct h2c *in);
SC_MUST_USE socle_status sc_k1_fp_hash(struct k1_fp *u, unsigned n, const struct h2c *in);
SC_MUST_USE socle_status sc_r1_fp_hash(struct r1_fp *u, unsigned n, const struct h2c *in);

/** hash_to_curve (suites RO): indistinguishable from a random point of the subgroup. */
SC_MUST_USE socle_status sc_bls_g1_hash(struct bls_g1 *r, const struct h2c *in);
SC_MUST_USE socle_status sc_bls_g2_hash(struct bls_g2 *r, const struct h2c *in);
SC_MUST_USE socle_status sc_k1_pt_hash(struct k1_pt *r, const struct h2c *in);
SC_MUST_USE socle_status sc_r1_pt_hash(struct r1_pt *r, const struct h2c *in);

/** encode_to_curve (suites NU): a point of the subgroup whose distribution is not uniform. */
SC_MUST_USE socle_status sc_bls_g1_encode(struct bls_g1 *r, const struct h2c *in);
SC_MUST_USE socle_status sc_bls_g2_encode(struct bls_g2 *r, const struct h2c *in);
SC_MUST_USE socle_status sc_k1_pt_encode(struct k1_pt *r, const struct h2c *in);
SC_MUST_USE socle_status sc_r1_pt_encode(struct r1_pt *r, const struct h2c *in);

#endif
