/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Hashing to curves: every vector of RFC 9380 and of the maps of EIP-2537, SHA-256 against FIPS 180-4's examples.
 */
#include "core/curve/bls12_381_map.h"
#include "core/hash/hash_to_curve.h"
#include "core/hash/sha256.h"

#include "tests/support/eip_vectors.h"

#include <criterion/criterion.h>

#define VECTORS SC_SOURCE_ROOT "/tests/vectors/rfc9380"
#define EIP_2537 SC_SOURCE_ROOT "/tests/vectors/eip-2537"

Test(sha256, examples_of_the_standard_and_all_splits)
{
    static const struct {
        const char *msg, *digest;
    } known[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    struct sha256 h;
    uint8_t got[SHA256_OUT], want[SHA256_OUT], data[200];
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        eip_hex(want, known[i].digest, 64);
        sc_sha256_init(&h);
        sc_sha256_update(&h, known[i].msg, strlen(known[i].msg));
        sc_sha256_final(&h, got);
        cr_assert(memcmp(got, want, sizeof got) == 0, "%s", known[i].msg);
    }
    memset(data, 'a', sizeof data);
    sc_sha256_init(&h);
    for (int i = 0; i < 5000; i++) {
        sc_sha256_update(&h, data, 200);
    }
    sc_sha256_final(&h, got);
    eip_hex(want, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", 64);
    cr_assert(memcmp(got, want, sizeof got) == 0, "a million letters a");
    for (size_t len = 0; len <= sizeof data; len++) {
        sc_sha256_init(&h);
        sc_sha256_update(&h, data, len);
        sc_sha256_final(&h, want);
        for (size_t cut = 0; cut <= len; cut += 13) {
            sc_sha256_init(&h);
            sc_sha256_update(&h, data, cut);
            sc_sha256_update(&h, data + cut, len - cut);
            sc_sha256_final(&h, got);
            cr_assert(memcmp(got, want, sizeof got) == 0, "%zu of %zu bytes first", cut, len);
        }
    }
}

/* A string of an object as text of its own. */
static char *string_at(const char *from, const char *key)
{
    size_t len = 0;
    const char *const s = eip_field(from, from + strlen(from), key, &len);
    cr_assert(s != NULL, "no %s", key);
    char *const r = malloc(len + 1);
    memcpy(r, s, len);
    r[len] = 0;
    return r;
}

Test(hash_to_curve, vectors_of_expand_message)
{
    static const char *const files[] = {"expand_message_xmd_SHA256_38.json", "expand_message_xmd_SHA256_256.json"};
    int n = 0;
    for (int i = 0; i < 2; i++) {
        char *const text = eip_text(VECTORS, files[i]);
        cr_assert(text != NULL, "%s", files[i]);
        char *const dst = string_at(text, "DST");
        for (const char *p = strstr(text, "\"DST_prime\""); p != NULL; p = strstr(p + 1, "\"DST_prime\""), n++) {
            char *const msg = string_at(p, "msg"), *const want_hex = string_at(p, "uniform_bytes"), *const digits = string_at(p, "len_in_bytes");
            const size_t len = strtoul(digits, NULL, 16);
            uint8_t got[256], want[256];
            cr_assert(len <= sizeof got && eip_hex(want, want_hex, strlen(want_hex)) == len);
            const struct h2c in = {msg, strlen(msg), dst, strlen(dst)};
            cr_assert(sc_expand_message_xmd(got, len, &in) == SOCLE_OK);
            cr_assert(memcmp(got, want, len) == 0, "%s, message %s", files[i], msg);
            free(msg);
            free(want_hex);
            free(digits);
        }
        free(dst);
        free(text);
    }
    cr_assert(n == 20);
}

Test(hash_to_curve, lengths_that_do_not_fit_are_refused)
{
    static uint8_t out[H2C_MAX_LEN + 1];
    const struct h2c in = {"abc", 3, "tag", 3}, no_tag = {"abc", 3, "", 0}, nothing = {NULL, 0, "tag", 3};
    struct bls_g1 p;
    struct bls_g2 q;
    struct bls_fp u[4];
    cr_assert(sc_expand_message_xmd(out, 0, &in) == SOCLE_E_ARG);
    cr_assert(sc_expand_message_xmd(out, H2C_MAX_LEN, &in) == SOCLE_OK);
    cr_assert(sc_expand_message_xmd(out, H2C_MAX_LEN + 1, &in) == SOCLE_E_ARG);
    cr_assert(sc_expand_message_xmd(out, 32, &no_tag) == SOCLE_E_ARG);
    cr_assert(sc_expand_message_xmd(out, 32, &nothing) == SOCLE_OK);
    cr_assert(sc_bls_g1_hash(&p, &no_tag) == SOCLE_E_ARG && bls_g1_is_inf(&p));
    cr_assert(sc_bls_g2_encode(&q, &no_tag) == SOCLE_E_ARG && bls_g2_is_inf(&q));
    cr_assert(sc_bls_fp_hash(u, 0, &in) == SOCLE_E_ARG && sc_bls_fp_hash(u, 5, &in) == SOCLE_E_ARG);
}

/* No published vector has a tag above 255 bytes; what section 5.3.3 says is written out here. */
Test(hash_to_curve, a_long_tag_is_hashed_first)
{
    uint8_t tag[300], digest[SHA256_OUT], a[64], b[64];
    struct sha256 h;
    for (size_t i = 0; i < sizeof tag; i++) {
        tag[i] = (uint8_t)i;
    }
    for (size_t len = 254; len <= sizeof tag; len++) {
        sc_sha256_init(&h);
        sc_sha256_update(&h, "H2C-OVERSIZE-DST-", 17);
        sc_sha256_update(&h, tag, len);
        sc_sha256_final(&h, digest);
        const struct h2c whole = {"abc", 3, tag, len}, hashed = {"abc", 3, digest, sizeof digest};
        cr_assert(sc_expand_message_xmd(a, sizeof a, &whole) == SOCLE_OK && sc_expand_message_xmd(b, sizeof b, &hashed) == SOCLE_OK);
        cr_assert((memcmp(a, b, sizeof a) == 0) == (len > 255), "%zu", len);
    }
}

/* "0x.." or "0x..,0x..": an element of Fp or of Fp2, c0 first, big-endian bytes of @p len each, missing digits zero. */
static void element(uint8_t *out, const char *text, unsigned deg, size_t len)
{
    memset(out, 0, deg * len);
    for (unsigned i = 0; i < deg; i++) {
        cr_assert(text != NULL && strncmp(text, "0x", 2) == 0);
        text += 2;
        const size_t digits = strspn(text, "0123456789abcdef");
        cr_assert(digits == 2 * len);
        eip_hex(out + i * len, text, digits);
        text = strchr(text, ',');
        text = text == NULL ? NULL : text + 1;
    }
}

#define DEG_bls_fp 1
#define DEG_bls_fp2 2
#define DEG_k1_fp 1
#define DEG_r1_fp 1

/* Suites of one group: the point itself, the points before the cofactor and the field elements. */
#define SUITE(g, k, LEN)                                                                                               \
    static void g##_same(const char *from, const char *key, const struct g *p)                                         \
    {                                                                                                                  \
        uint8_t want[2 * LEN], got[LEN];                                                                               \
        char quoted[8];                                                                                                \
        (void)snprintf(quoted, sizeof quoted, "\"%s\"", key);                                                          \
        const char *const at = strstr(from, quoted);                                                                   \
        cr_assert(at != NULL && sc_##g##_on_curve(p), "%s", key);                                                      \
        char *const x = string_at(at, "x"), *const y = string_at(at, "y");                                             \
        for (int i = 0; i < 2; i++) {                                                                                  \
            element(want, i == 0 ? x : y, DEG_##k, LEN);                                                               \
            for (unsigned d = 0; d < DEG_##k; d++) {                                                                   \
                k##_coefficient(got, i == 0 ? &p->x : &p->y, d);                                                       \
                cr_assert(memcmp(got, want + d * LEN, LEN) == 0, "%s, coordinate %d: %.40s", key, i, x);               \
            }                                                                                                          \
        }                                                                                                              \
        free(x);                                                                                                       \
        free(y);                                                                                                       \
    }                                                                                                                  \
    static int g##_suite(const char *file, bool uniform)                                                               \
    {                                                                                                                  \
        char *const text = eip_text(VECTORS, file);                                                                    \
        cr_assert(text != NULL, "%s", file);                                                                           \
        char *const dst = string_at(text, "dst");                                                                      \
        int n = 0;                                                                                                     \
        for (const char *p = strstr(text, "\"P\""); p != NULL; p = strstr(p + 1, "\"P\""), n++) {                      \
            char *const msg = string_at(p, "msg");                                                                     \
            const struct h2c in = {msg, strlen(msg), dst, strlen(dst)};                                                \
            const char *u_text = strstr(p, "\"u\"");                                                                   \
            struct k u[2];                                                                                             \
            struct g q, before;                                                                                        \
            struct g##_jac j;                                                                                          \
            cr_assert((uniform ? sc_##g##_hash(&q, &in) : sc_##g##_encode(&q, &in)) == SOCLE_OK);                      \
            g##_same(p, "P", &q);                                                                                      \
            cr_assert(sc_##g##_in_subgroup(&q));                                                                       \
            cr_assert(sc_##k##_hash(u, uniform ? 2 : 1, &in) == SOCLE_OK);                                             \
            for (unsigned i = 0; i < (uniform ? 2 : 1); i++) {                                                         \
                uint8_t want[2 * LEN], got[LEN];                                                                       \
                u_text = strstr(u_text, "\"0x") + 1;                                                                   \
                element(want, u_text, DEG_##k, LEN);                                                                   \
                for (unsigned d = 0; d < DEG_##k; d++) {                                                               \
                    k##_coefficient(got, &u[i], d);                                                                    \
                    cr_assert(memcmp(got, want + d * LEN, LEN) == 0, "u of %s", msg);                                  \
                }                                                                                                      \
                sc_##g##_map(&j, &u[i]);                                                                               \
                sc_##g##_from_jac(&before, &j);                                                                        \
                g##_same(p, !uniform ? "Q" : i == 0 ? "Q0" : "Q1", &before);                                           \
            }                                                                                                          \
            free(msg);                                                                                                 \
        }                                                                                                              \
        free(dst);                                                                                                     \
        free(text);                                                                                                    \
        return n;                                                                                                      \
    }

static void bls_fp_coefficient(uint8_t *out, const struct bls_fp *a, unsigned d)
{
    cr_assert(d == 0);
    bls_fp_to_be(out, a);
}

static void bls_fp2_coefficient(uint8_t *out, const struct bls_fp2 *a, unsigned d)
{
    bls_fp_to_be(out, d == 0 ? &a->c0 : &a->c1);
}

static void k1_fp_coefficient(uint8_t *out, const struct k1_fp *a, unsigned d)
{
    cr_assert(d == 0);
    k1_fp_to_be(out, a);
}

static void r1_fp_coefficient(uint8_t *out, const struct r1_fp *a, unsigned d)
{
    cr_assert(d == 0);
    r1_fp_to_be(out, a);
}

SUITE(bls_g1, bls_fp, 48)
SUITE(bls_g2, bls_fp2, 48)
SUITE(k1_pt, k1_fp, 32)
SUITE(r1_pt, r1_fp, 32)

Test(hash_to_curve, suites_of_bls12_381)
{
    cr_assert(bls_g1_suite("BLS12381G1_XMD_SHA-256_SSWU_RO_.json", true) == 5);
    cr_assert(bls_g1_suite("BLS12381G1_XMD_SHA-256_SSWU_NU_.json", false) == 5);
    cr_assert(bls_g2_suite("BLS12381G2_XMD_SHA-256_SSWU_RO_.json", true) == 5);
    cr_assert(bls_g2_suite("BLS12381G2_XMD_SHA-256_SSWU_NU_.json", false) == 5);
}

Test(hash_to_curve, suites_of_secp256k1_and_p256)
{
    cr_assert(k1_pt_suite("secp256k1_XMD_SHA-256_SSWU_RO_.json", true) == 5);
    cr_assert(k1_pt_suite("secp256k1_XMD_SHA-256_SSWU_NU_.json", false) == 5);
    cr_assert(r1_pt_suite("P256_XMD_SHA-256_SSWU_RO_.json", true) == 5);
    cr_assert(r1_pt_suite("P256_XMD_SHA-256_SSWU_NU_.json", false) == 5);
}

static void check_g1(const struct eip_vector *v, void *arg)
{
    uint8_t out[BLS_G1_EVM];
    (void)arg;
    const bool ok = v->input_len == BLS_FP_EVM && sc_bls_map_fp_to_g1(out, v->input) == SOCLE_OK;
    cr_assert(ok == !v->fails, "%s: %s", v->name, ok ? "accepted" : "refused");
    cr_assert(!ok || (v->expected_len == sizeof out && memcmp(out, v->expected, sizeof out) == 0), "%s: another point", v->name);
}

static void check_g2(const struct eip_vector *v, void *arg)
{
    uint8_t out[BLS_G2_EVM];
    (void)arg;
    const bool ok = v->input_len == BLS_FP2_EVM && sc_bls_map_fp2_to_g2(out, v->input) == SOCLE_OK;
    cr_assert(ok == !v->fails, "%s: %s", v->name, ok ? "accepted" : "refused");
    cr_assert(!ok || (v->expected_len == sizeof out && memcmp(out, v->expected, sizeof out) == 0), "%s: another point", v->name);
}

Test(hash_to_curve, maps_of_eip_2537)
{
    cr_assert(eip_vectors(EIP_2537, "map_fp_to_G1_bls.json", check_g1, NULL) > 0);
    cr_assert(eip_vectors(EIP_2537, "fail-map_fp_to_G1_bls.json", check_g1, NULL) > 0);
    cr_assert(eip_vectors(EIP_2537, "map_fp2_to_G2_bls.json", check_g2, NULL) > 0);
    cr_assert(eip_vectors(EIP_2537, "fail-map_fp2_to_G2_bls.json", check_g2, NULL) > 0);
    uint8_t in[BLS_FP2_EVM], out[BLS_G2_EVM]; /* p itself, and a bit in each byte of the padding */
    for (unsigned at = 0; at < 32; at++) {
        for (unsigned word = 0; word < 2; word++) {
            memset(in, 0, sizeof in);
            if (at < 16) {
                in[64 * word + at] = 1;
            } else {
                for (unsigned i = 0; i < 48; i++) {
                    in[64 * word + 63 - i] = (uint8_t)(BLS_FP_P[i / 8] >> 8 * (i % 8));
                }
            }
            cr_assert(sc_bls_map_fp2_to_g2(out, in) == SOCLE_E_FORMAT);
            cr_assert(word == 1 || sc_bls_map_fp_to_g1(out, in) == SOCLE_E_FORMAT);
        }
    }
}

/* u = 0 and the u with Z u^2 = -1, if there are any, are the inputs without 1 / (Z^2 u^4 + Z u^2). */
Test(hash_to_curve, inputs_of_the_exceptional_case_are_mapped_onto_the_curve)
{
    struct bls_fp u, t;
    struct bls_fp2 v, s;
    struct bls_g1_jac j;
    struct bls_g2_jac k;
    struct bls_g1 p;
    struct bls_g2 q;
    bls_fp_zero(&u);
    sc_bls_g1_map(&j, &u);
    sc_bls_g1_from_jac(&p, &j);
    cr_assert(sc_bls_g1_on_curve(&p) && !bls_g1_is_inf(&p));
    bls_fp_from_u64(&t, 11);
    bls_fp_inv(&t, &t);
    bls_fp_neg(&t, &t);
    cr_assert(bls_fp_sqrt(&u, &t), "-1 / 11 is a square");
    for (int i = 0; i < 2; i++) {
        struct bls_g1 other;
        sc_bls_g1_map(&j, &u);
        sc_bls_g1_from_jac(&other, &j);
        cr_assert(bls_fp_eq(&other.x, &p.x) && sc_bls_g1_on_curve(&other));
        bls_fp_neg(&u, &u);
    }
    bls_fp2_zero(&v);
    sc_bls_g2_map(&k, &v);
    sc_bls_g2_from_jac(&q, &k);
    cr_assert(sc_bls_g2_on_curve(&q) && !bls_g2_is_inf(&q));
    bls_fp_from_u64(&s.c0, 2);
    bls_fp_from_u64(&s.c1, 1);
    bls_fp2_inv(&s, &s); /* -1 / Z */
    cr_assert(!bls_fp2_sqrt(&v, &s), "-1 is a square and Z is not");
}

Test(hash_to_curve, cleared_cofactors_are_in_the_subgroup_and_infinity_stays)
{
    struct bls_g1_jac j;
    struct bls_g2_jac k;
    struct bls_g1 p;
    struct bls_g2 q;
    bls_g1_jac_set_inf(&j);
    sc_bls_g1_clear_cofactor(&j, &j);
    bls_g2_jac_set_inf(&k);
    sc_bls_g2_clear_cofactor(&k, &k);
    cr_assert(bls_g1_jac_is_inf(&j) && bls_g2_jac_is_inf(&k));
    for (uint64_t i = 0; i < 20; i++) {
        struct bls_fp u;
        struct bls_fp2 v;
        bls_fp_from_u64(&u, i);
        v.c0 = u;
        bls_fp_from_u64(&v.c1, 3 * i + 1);
        sc_bls_g1_map(&j, &u);
        sc_bls_g1_from_jac(&p, &j);
        cr_assert(sc_bls_g1_on_curve(&p) && !sc_bls_g1_in_subgroup(&p));
        sc_bls_g1_clear_cofactor(&j, &j);
        sc_bls_g1_from_jac(&p, &j);
        cr_assert(sc_bls_g1_in_subgroup(&p) && !bls_g1_is_inf(&p));
        sc_bls_g2_map(&k, &v);
        sc_bls_g2_from_jac(&q, &k);
        cr_assert(sc_bls_g2_on_curve(&q) && !sc_bls_g2_in_subgroup(&q));
        sc_bls_g2_clear_cofactor(&k, &k);
        sc_bls_g2_from_jac(&q, &k);
        cr_assert(sc_bls_g2_in_subgroup(&q) && !bls_g2_is_inf(&q));
    }
}
