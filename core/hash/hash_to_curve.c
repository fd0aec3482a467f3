/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Hashing to the curves, as RFC 9380 orders the steps.
 */
#include "core/hash/hash_to_curve.h"

#include "core/curve/bls12_381_map.h"
#include "core/hash/sha256.h"

#include <string.h>

enum { MAX_BLS = 4 }; /* elements of Fp in two of Fp2 */

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

/* A big-endian number of @p len bytes as @p n words. */
static void words_from_be(uint64_t *v, unsigned n, const uint8_t *b, unsigned len)
{
    memset(v, 0, n * sizeof *v);
    for (unsigned i = 0; i < len; i++) {
        v[i / 8] |= (uint64_t)b[len - 1 - i] << 8 * (i % 8);
    }
}

/* L = ceil((bits of p + 128) / 8) bytes an element: section 5.1. */
#define HASH_TO_FIELD(k, N, WIDE, MAX)                                                 \
    socle_status sc_##k##_hash(struct k *u, unsigned n, const struct h2c *in)          \
    {                                                                                  \
        uint8_t wide[(MAX) * (WIDE)];                                                  \
        uint64_t v[2 * N];                                                             \
        if (n < 1 || n > (MAX)) {                                                      \
            return SOCLE_E_ARG;                                                        \
        }                                                                              \
        memset(u, 0, n * sizeof *u);                                                   \
        const socle_status st = sc_expand_message_xmd(wide, (size_t)n * (WIDE), in);   \
        for (unsigned i = 0; i < n && st == SOCLE_OK; i++) {                           \
            words_from_be(v, 2 * N, wide + (size_t)i * (WIDE), WIDE);                  \
            k##_from_wide(&u[i], v);                                                   \
        }                                                                              \
        return st;                                                                     \
    }
HASH_TO_FIELD(bls_fp, BLS_FP_N, 64, MAX_BLS)
HASH_TO_FIELD(k1_fp, K1_FP_N, 48, 2)
HASH_TO_FIELD(r1_fp, R1_FP_N, 48, 2)

socle_status sc_bls_fp2_hash(struct bls_fp2 *u, unsigned n, const struct h2c *in)
{
    struct bls_fp c[MAX_BLS];
    if (n < 1 || n > MAX_BLS / 2) {
        return SOCLE_E_ARG;
    }
    const socle_status st = sc_bls_fp_hash(c, 2 * n, in);
    for (unsigned i = 0; i < n; i++) {
        u[i].c0 = c[2 * i];
        u[i].c1 = c[2 * i + 1];
    }
    return st;
}

#define SUITES(g, k, clear)                                                                \
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
        clear(&sum, &sum);                                                                 \
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
#define NO_COFACTOR(r, a) ((void)0)
SUITES(bls_g1, bls_fp, sc_bls_g1_clear_cofactor)
SUITES(bls_g2, bls_fp2, sc_bls_g2_clear_cofactor)
SUITES(k1_pt, k1_fp, NO_COFACTOR)
SUITES(r1_pt, r1_fp, NO_COFACTOR)
