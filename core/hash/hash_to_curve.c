/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Hashing to the curves, as RFC 9380 orders the steps.
 */
#include "core/hash/hash_to_curve.h"

#include "core/curve/bls12_381_map.h"
#include "core/hash/sha256.h"

#include <string.h>

enum { WIDE = 64, MAX_WIDE = 4 }; /* L = ceil((381 + 128) / 8) bytes an element of Fp, of which two elements of Fp2 have four */

/* The tag, hashed when it is long, and its length as one byte. */
struct tag {
    uint8_t b[256];
    size_t len;
};

static void tag_init(struct tag *t, const struct h2c *in)
{
    static const char oversize[] = "H2C-OVERSIZE-DST-";
    if (in->dst_len > 255) {
        struct sha256 h;
        sc_sha256_init(&h);
        sc_sha256_update(&h, oversize, sizeof oversize - 1);
        sc_sha256_update(&h, in->dst, in->dst_len);
        sc_sha256_final(&h, t->b);
        t->len = SHA256_OUT;
    } else {
        memcpy(t->b, in->dst, in->dst_len);
        t->len = in->dst_len;
    }
    t->b[t->len] = (uint8_t)t->len;
    t->len++;
}

socle_status sc_expand_message_xmd(uint8_t *out, size_t len, const struct h2c *in)
{
    static const uint8_t zeros[SHA256_BLOCK];
    struct sha256 h;
    struct tag tag;
    uint8_t b0[SHA256_OUT], b[SHA256_OUT] = {0};
    if (len == 0 || len > H2C_MAX_LEN || in->dst_len == 0) {
        return SOCLE_E_ARG;
    }
    tag_init(&tag, in);
    const uint8_t suffix[3] = {(uint8_t)(len >> 8), (uint8_t)len, 0};
    sc_sha256_init(&h);
    sc_sha256_update(&h, zeros, sizeof zeros);
    sc_sha256_update(&h, in->msg, in->msg_len);
    sc_sha256_update(&h, suffix, sizeof suffix);
    sc_sha256_update(&h, tag.b, tag.len);
    sc_sha256_final(&h, b0);
    for (size_t at = 0; at < len; at += SHA256_OUT) {
        const uint8_t i = (uint8_t)(at / SHA256_OUT + 1);
        for (unsigned k = 0; k < SHA256_OUT; k++) {
            b[k] ^= b0[k];
        }
        sc_sha256_init(&h);
        sc_sha256_update(&h, b, sizeof b);
        sc_sha256_update(&h, &i, 1);
        sc_sha256_update(&h, tag.b, tag.len);
        sc_sha256_final(&h, b);
        memcpy(out + at, b, len - at < SHA256_OUT ? len - at : SHA256_OUT);
    }
    return SOCLE_OK;
}

/* A big-endian number of 64 bytes, reduced. */
static void from_wide_be(struct bls_fp *r, const uint8_t b[WIDE])
{
    uint64_t v[2 * BLS_FP_N] = {0};
    for (unsigned i = 0; i < WIDE; i++) {
        v[i / 8] |= (uint64_t)b[WIDE - 1 - i] << 8 * (i % 8);
    }
    bls_fp_from_wide(r, v);
}

socle_status sc_bls_fp_hash(struct bls_fp *u, unsigned n, const struct h2c *in)
{
    uint8_t wide[MAX_WIDE * WIDE];
    if (n < 1 || n > MAX_WIDE) {
        return SOCLE_E_ARG;
    }
    memset(u, 0, n * sizeof *u);
    const socle_status st = sc_expand_message_xmd(wide, (size_t)n * WIDE, in);
    for (unsigned i = 0; i < n && st == SOCLE_OK; i++) {
        from_wide_be(&u[i], wide + (size_t)i * WIDE);
    }
    return st;
}

socle_status sc_bls_fp2_hash(struct bls_fp2 *u, unsigned n, const struct h2c *in)
{
    struct bls_fp c[MAX_WIDE];
    if (n < 1 || n > MAX_WIDE / 2) {
        return SOCLE_E_ARG;
    }
    const socle_status st = sc_bls_fp_hash(c, 2 * n, in);
    for (unsigned i = 0; i < n; i++) {
        u[i].c0 = c[2 * i];
        u[i].c1 = c[2 * i + 1];
    }
    return st;
}

#define SUITES(g, k)                                                                       \
    static socle_status g##_from(struct g *r, const struct h2c *in, unsigned n)            \
    {                                                                                      \
        struct k u[2];                                                                     \
        struct g##_jac sum, t;                                                             \
        g##_set_inf(r);                                                                    \
        const socle_status st = sc_##k##_hash(u, n, in);                                   \
        if (st != SOCLE_OK) {                                                              \
            return st;                                                                     \
        }                                                                                  \
        sc_##g##_map(&sum, &u[0]);                                                         \
        if (n == 2) {                                                                      \
            sc_##g##_map(&t, &u[1]);                                                       \
            sc_##g##_jac_add(&sum, &sum, &t);                                              \
        }                                                                                  \
        sc_##g##_clear_cofactor(&sum, &sum);                                               \
        sc_##g##_from_jac(r, &sum);                                                        \
        return SOCLE_OK;                                                                   \
    }                                                                                      \
    socle_status sc_##g##_hash(struct g *r, const struct h2c *in)                          \
    {                                                                                      \
        return g##_from(r, in, 2);                                                         \
    }                                                                                      \
    socle_status sc_##g##_encode(struct g *r, const struct h2c *in)                        \
    {                                                                                      \
        return g##_from(r, in, 1);                                                         \
    }
SUITES(bls_g1, bls_fp)
SUITES(bls_g2, bls_fp2)
