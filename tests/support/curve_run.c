/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Operations of the curves on bytes, for a test in another language: curve_run OPERATION [TAG] reads records from its input until the end
 * and writes results. Points are those of EIP-196, 197 and 2537, scalars 32 bytes below r, coordinates and scalars big-endian.
 *
 *   G-msm        point, scalar         the sum of all multiples       G: bn-g1, bn-g2, bls-g1, bls-g2
 *   G-mul        point, scalar         each multiple
 *   P-pairing    G1 point, G2 point    the product of pairings after the final exponentiation: six elements of Fp2, of w^0, w^1, ...
 *   bls-gN-hash  a message             its point under TAG; bls-gN-encode too
 *   bls-gN-map   elements              their points of the subgroup
 *   C-verify     key, hash, signature  a byte for each: 1 valid         C: k1, r1
 *   C-recover    hash, signature, id   keys; zeros when there is none
 * Exit code 1 and a line of error for input that is refused.
 */
#include "core/curve/bls12_381_map.h"
#include "core/curve/bls12_381_mul.h"
#include "core/curve/bls12_381_pairing.h"
#include "core/curve/bn254_mul.h"
#include "core/curve/bn254_pairing.h"
#include "core/hash/hash_to_curve.h"
#include "host/curve/msm.h"
#include "host/sys/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_INPUT = 1 << 22, SCALAR = 32, VERIFIED = ECDSA_KEY + ECDSA_HASH + ECDSA_SIG, RECOVERED = ECDSA_HASH + ECDSA_SIG + 1 };

static uint8_t input[MAX_INPUT];
static size_t input_len;
static const char *tag;

static void refuse(const char *why)
{
    (void)fprintf(stderr, "curve_run: %s\n", why);
    exit(1);
}

static void put(const void *bytes, size_t n)
{
    if (fwrite(bytes, 1, n, stdout) != n) {
        refuse("output failed");
    }
}

static size_t records(size_t size)
{
    if (input_len % size != 0) {
        refuse("input ends within a record");
    }
    return input_len / size;
}

static void *room(size_t n, size_t size)
{
    void *const p = sc_alloc(n + 1, size);
    if (p == NULL) {
        refuse("out of memory");
    }
    return p;
}

static struct h2c message(void)
{
    if (tag == NULL) {
        refuse("no tag");
    }
    return (struct h2c){.msg = input, .msg_len = input_len, .dst = tag, .dst_len = strlen(tag)};
}

/* Plain words of a big-endian scalar. */
static void scalar(uint64_t k[4], const uint8_t *b)
{
    memset(k, 0, 4 * sizeof *k);
    for (unsigned i = 0; i < SCALAR; i++) {
        k[3 - i / 8] = k[3 - i / 8] << 8 | b[i];
    }
}

/* Curve c, group g of it: points of EVM bytes; MUL(j, p, k) is one multiple. */
#define GROUP(c, g, EVM, ENUM, MUL)                                                                             \
    static void c##_##g##_put(const struct c##_##g *p)                                                          \
    {                                                                                                           \
        uint8_t out[EVM];                                                                                       \
        sc_##c##_##g##_to_evm(out, p);                                                                          \
        put(out, sizeof out);                                                                                   \
    }                                                                                                           \
    static void c##_##g##_get(struct c##_##g *p, const uint8_t *b)                                              \
    {                                                                                                           \
        if (sc_##c##_##g##_from_evm(p, b) != SOCLE_OK || !sc_##c##_##g##_in_subgroup(p)) {                      \
            refuse("not a point of the group");                                                                 \
        }                                                                                                       \
    }                                                                                                           \
    static void c##_##g##_msm(void)                                                                             \
    {                                                                                                           \
        const size_t n = records(EVM + SCALAR);                                                                 \
        struct c##_##g *const p = room(n, sizeof *p), sum;                                                      \
        uint64_t(*const k)[4] = room(n, sizeof *k);                                                             \
        for (size_t i = 0; i < n; i++) {                                                                        \
            c##_##g##_get(&p[i], input + i * (EVM + SCALAR));                                                   \
            scalar(k[i], input + i * (EVM + SCALAR) + EVM);                                                     \
        }                                                                                                       \
        if (sc_msm(ENUM, &sum, p, (const uint64_t(*)[4])k, n, NULL) != SOCLE_OK) {                              \
            refuse("sum of multiples");                                                                         \
        }                                                                                                       \
        c##_##g##_put(&sum);                                                                                    \
        sc_free(p);                                                                                             \
        sc_free(k);                                                                                             \
    }                                                                                                           \
    static void c##_##g##_mul(void)                                                                             \
    {                                                                                                           \
        for (size_t i = 0, n = records(EVM + SCALAR); i < n; i++) {                                             \
            struct c##_##g p;                                                                                   \
            struct c##_##g##_jac j;                                                                             \
            struct c##_fr f;                                                                                    \
            uint64_t k[4];                                                                                      \
            c##_##g##_get(&p, input + i * (EVM + SCALAR));                                                      \
            scalar(k, input + i * (EVM + SCALAR) + EVM);                                                        \
            if (limbs_ge(k, sc_group_ops_ref(ENUM)->order, 4)) {                                                \
                refuse("scalar not below r");                                                                   \
            }                                                                                                   \
            c##_fr_from_plain(&f, k);                                                                           \
            MUL;                                                                                                \
            sc_##c##_##g##_from_jac(&p, &j);                                                                    \
            c##_##g##_put(&p);                                                                                  \
        }                                                                                                       \
    }
GROUP(bn, g1, BN_G1_EVM, SC_BN_G1, sc_bn_g1_mul_fr(&j, &p, &f))
GROUP(bn, g2, BN_G2_EVM, SC_BN_G2, sc_bn_g2_mul_fr(&j, &p, &f))
GROUP(bls, g1, BLS_G1_EVM, SC_BLS_G1, sc_bls_g1_mul_fr(&j, &p, &f))
GROUP(bls, g2, BLS_G2_EVM, SC_BLS_G2, sc_bls_g2_mul_fr(&j, &p, &f))

#define PAIRING(c, EVM1, EVM2)                                                                     \
    static void c##_pairing(void)                                                                  \
    {                                                                                              \
        const size_t n = records(EVM1 + EVM2);                                                     \
        struct c##_g1 *const p = room(n, sizeof *p);                                               \
        struct c##_g2 *const q = room(n, sizeof *q);                                               \
        struct c##_fp12 f;                                                                         \
        for (size_t i = 0; i < n; i++) {                                                           \
            c##_g1_get(&p[i], input + i * (EVM1 + EVM2));                                          \
            c##_g2_get(&q[i], input + i * (EVM1 + EVM2) + EVM1);                                   \
        }                                                                                          \
        sc_##c##_miller(&f, p, q, n);                                                              \
        sc_##c##_final_exp(&f, &f);                                                                \
        const struct c##_fp2 *const w[6] = {&f.c0.c0, &f.c1.c0, &f.c0.c1, &f.c1.c1, &f.c0.c2, &f.c1.c2}; \
        for (unsigned i = 0; i < 6; i++) {                                                         \
            uint8_t out[2 * sizeof f.c0.c0.c0];                                                    \
            c##_fp_to_be(out, &w[i]->c0);                                                          \
            c##_fp_to_be(out + sizeof out / 2, &w[i]->c1);                                         \
            put(out, sizeof out);                                                                  \
        }                                                                                          \
        sc_free(p);                                                                                \
        sc_free(q);                                                                                \
    }
PAIRING(bn, BN_G1_EVM, BN_G2_EVM)
PAIRING(bls, BLS_G1_EVM, BLS_G2_EVM)

#define HASHES(g, how)                                        \
    static void bls_##g##_##how##_(void)                      \
    {                                                         \
        const struct h2c in = message();                      \
        struct bls_##g p;                                     \
        if (sc_bls_##g##_##how(&p, &in) != SOCLE_OK) {        \
            refuse("message or tag");                         \
        }                                                     \
        bls_##g##_put(&p);                                    \
    }
HASHES(g1, hash)
HASHES(g2, hash)
HASHES(g1, encode)
HASHES(g2, encode)

#define MAPS(name, IN, OUT)                                          \
    static void name##_(void)                                        \
    {                                                                \
        for (size_t i = 0, n = records(IN); i < n; i++) {            \
            uint8_t out[OUT];                                        \
            if (sc_##name(out, input + i * (IN)) != SOCLE_OK) {      \
                refuse("element not canonical");                     \
            }                                                        \
            put(out, sizeof out);                                    \
        }                                                            \
    }
MAPS(bls_map_fp_to_g1, BLS_FP_EVM, BLS_G1_EVM)
MAPS(bls_map_fp2_to_g2, BLS_FP2_EVM, BLS_G2_EVM)

#define SIGNATURES(c)                                                                                      \
    static void c##_verify(void)                                                                           \
    {                                                                                                      \
        for (size_t i = 0, n = records(VERIFIED); i < n; i++) {                                            \
            const uint8_t *const in = input + i * VERIFIED;                                                \
            const uint8_t valid = sc_##c##_verify(in, in + ECDSA_KEY, in + ECDSA_KEY + ECDSA_HASH) == SOCLE_OK; \
            put(&valid, 1);                                                                                \
        }                                                                                                  \
    }                                                                                                      \
    static void c##_recover(void)                                                                          \
    {                                                                                                      \
        for (size_t i = 0, n = records(RECOVERED); i < n; i++) {                                           \
            const uint8_t *const in = input + i * RECOVERED;                                               \
            uint8_t key[ECDSA_KEY];                                                                        \
            (void)!sc_##c##_recover(key, in, in + ECDSA_HASH, in[RECOVERED - 1]);                          \
            put(key, sizeof key);                                                                          \
        }                                                                                                  \
    }
SIGNATURES(k1)
SIGNATURES(r1)

static const struct {
    const char *name;
    void (*run)(void);
} operations[] = {
    {"bn-g1-msm", bn_g1_msm},         {"bn-g2-msm", bn_g2_msm},         {"bls-g1-msm", bls_g1_msm},
    {"bls-g2-msm", bls_g2_msm},       {"bn-g1-mul", bn_g1_mul},         {"bn-g2-mul", bn_g2_mul},
    {"bls-g1-mul", bls_g1_mul},       {"bls-g2-mul", bls_g2_mul},       {"bn-pairing", bn_pairing},
    {"bls-pairing", bls_pairing},     {"bls-g1-hash", bls_g1_hash_},    {"bls-g2-hash", bls_g2_hash_},
    {"bls-g1-encode", bls_g1_encode_}, {"bls-g2-encode", bls_g2_encode_}, {"bls-g1-map", bls_map_fp_to_g1_},
    {"bls-g2-map", bls_map_fp2_to_g2_}, {"k1-verify", k1_verify},       {"r1-verify", r1_verify},
    {"k1-recover", k1_recover},       {"r1-recover", r1_recover},
};

int main(int argc, char **argv)
{
    if (argc < 2) {
        refuse("no operation");
    }
    tag = argc > 2 ? argv[2] : NULL;
    input_len = fread(input, 1, sizeof input, stdin);
    if (ferror(stdin) || input_len == sizeof input) {
        refuse("input cannot be read, or is too long");
    }
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        if (strcmp(operations[i].name, argv[1]) == 0) {
            operations[i].run();
            return 0;
        }
    }
    refuse("no such operation");
    return 1;
}
