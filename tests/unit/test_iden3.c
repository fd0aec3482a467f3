/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Files of circom and snarkjs: those of others are read, and what they say is what is known of them; no cut, no altered count, no other
 * number gets through.
 */
#include "core/curve/bls12_381.h"
#include "core/curve/bn254.h"
#include "host/groth16/binfile.h"
#include "host/groth16/iden3.h"
#include "host/sys/file.h"
#include "host/sys/mem.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ASSETS SC_SOURCE_ROOT "/../shared/assets/groth16/"

static char why[256];

struct file {
    uint8_t *bytes;
    size_t len;
};

static struct file asset(const char *name)
{
    struct file f = {NULL, 0};
    char path[1024];
    (void)snprintf(path, sizeof path, ASSETS "%s", name);
    if (access(path, R_OK) != 0) {
        cr_skip_test("the files of others are not here");
    }
    cr_assert_eq(sc_file_read(&f.bytes, &f.len, why, sizeof why, path, (size_t)1 << 26), SOCLE_OK, "%s", why);
    return f;
}

Test(iden3, keys_of_others)
{
    static const struct {
        const char *name, *curve;
        uint32_t n_vars, n_public, n_coefs, n_contributions;
        unsigned log_domain;
    } keys[] = {
        {"bn254-chain-2p6/circuit.zkey", "bn128", 51, 2, 195, 1, 6},
        {"bls12381-chain-2p6/circuit.zkey", "bls12381", 51, 2, 195, 0, 6},
        {"bn254-chain-2p14/circuit.zkey", "bn128", 16203, 2, 64803, 1, 14},
        {"bls12381-chain-2p14/circuit.zkey", "bls12381", 16203, 2, 64803, 0, 14},
        {"semaphore/depth1/circuit.zkey", "bn128", 1761, 4, 7392, 1288, 11},
        {"semaphore/depth16/circuit.zkey", "bn128", 5466, 4, 22017, 400, 13},
        {"arkworks-circom-compat/test.zkey", "bn128", 4, 1, 4, 0, 2},
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct file f = asset(keys[i].name);
        struct zkey k;
        cr_assert_eq(sc_zkey_open(&k, why, sizeof why, f.bytes, f.len), SOCLE_OK, "%s: %s", keys[i].name, why);
        cr_expect_str_eq(k.curve->name, keys[i].curve);
        cr_expect(k.n_vars == keys[i].n_vars && k.n_public == keys[i].n_public && k.n_coefs == keys[i].n_coefs, "%s", keys[i].name);
        cr_expect(k.log_domain == keys[i].log_domain && k.n_contributions == keys[i].n_contributions, "%s", keys[i].name);
        cr_expect_eq(sc_zkey_check(&k, why, sizeof why, k.log_domain < 12, NULL), SOCLE_OK, "%s: %s", keys[i].name, why);
        sc_free(f.bytes);
    }
}

Test(iden3, circuits_and_witnesses_of_others)
{
    static const char *const folders[] = {"bn254-chain-2p6", "bls12381-chain-2p6", "bn254-chain-2p14"};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        char name[64];
        struct r1cs r;
        struct wtns w;
        (void)snprintf(name, sizeof name, "%s/circuit.r1cs", folders[i]);
        struct file f = asset(name);
        cr_assert_eq(sc_r1cs_open(&r, why, sizeof why, f.bytes, f.len), SOCLE_OK, "%s: %s", name, why);
        (void)snprintf(name, sizeof name, "%s/witness.wtns", folders[i]);
        struct file g = asset(name);
        cr_assert_eq(sc_wtns_open(&w, why, sizeof why, g.bytes, g.len), SOCLE_OK, "%s: %s", name, why);
        cr_expect(r.curve == w.curve && r.n_wires == w.n && r.n_constraints <= 1u << (i < 2 ? 6 : 14) && !r.custom_gates);
        cr_expect_eq(r.n_outputs + r.n_public_inputs, 2u);
        sc_free(f.bytes);
        sc_free(g.bytes);
    }
    struct file f = asset("arkworks-circom-compat/mycircuit.r1cs");
    struct r1cs r;
    cr_assert_eq(sc_r1cs_open(&r, why, sizeof why, f.bytes, f.len), SOCLE_OK, "%s", why);
    cr_expect(r.n_wires == 4 && r.n_outputs == 1 && r.n_public_inputs == 0 && r.n_private_inputs == 2 && r.n_constraints == 1 && r.n_terms == 3);
    sc_free(f.bytes);
}

/* ---- lies ---- */

typedef socle_status open_fn(const uint8_t *bytes, size_t len);

static socle_status open_zkey(const uint8_t *bytes, size_t len)
{
    struct zkey k;
    const socle_status st = sc_zkey_open(&k, why, sizeof why, bytes, len);
    return st == SOCLE_OK ? sc_zkey_check(&k, why, sizeof why, true, NULL) : st;
}

static socle_status open_wtns(const uint8_t *bytes, size_t len)
{
    struct wtns w;
    return sc_wtns_open(&w, why, sizeof why, bytes, len);
}

static socle_status open_r1cs(const uint8_t *bytes, size_t len)
{
    struct r1cs r;
    return sc_r1cs_open(&r, why, sizeof why, bytes, len);
}

static socle_status open_ptau(const uint8_t *bytes, size_t len)
{
    struct ptau p;
    return sc_ptau_open(&p, why, sizeof why, bytes, len);
}

/* Opened from memory of exactly the length, so that a sanitizer sees a step beyond. */
static socle_status open_exactly(open_fn *open, const uint8_t *bytes, size_t len)
{
    uint8_t *const copy = malloc(len + (len == 0));
    cr_assert_not_null(copy);
    memcpy(copy, bytes, len);
    const socle_status st = open(copy, len);
    free(copy);
    return st;
}

static void refuse_every_cut(open_fn *open, const struct file *f)
{
    for (size_t n = 0; n < f->len; n++) {
        why[0] = '\0';
        cr_assert_neq(open_exactly(open, f->bytes, n), SOCLE_OK, "%zu bytes", n);
        cr_assert_neq(why[0], '\0', "%zu bytes", n);
    }
    uint8_t *const longer = malloc(f->len + 1);
    memcpy(longer, f->bytes, f->len);
    longer[f->len] = 0;
    cr_expect_eq(open(longer, f->len + 1), SOCLE_E_FORMAT, "a byte more");
    free(longer);
}

/* Each of the first bytes set to 0, 255 and its neighbours: never a crash, and refused unless @p free_from <= byte < free_to. */
static void alter_every_byte(open_fn *open, struct file *f, size_t n, size_t free_from, size_t free_to)
{
    for (size_t i = 0; i < n && i < f->len; i++) {
        const uint8_t was = f->bytes[i], other[] = {0, 255, (uint8_t)(was + 1), (uint8_t)(was - 1), (uint8_t)(was ^ 128)};
        for (size_t k = 0; k < sizeof other; k++) {
            f->bytes[i] = other[k];
            const socle_status st = open(f->bytes, f->len);
            cr_expect(other[k] == was || st != SOCLE_OK || (i >= free_from && i < free_to), "byte %zu set to %u", i, other[k]);
        }
        f->bytes[i] = was;
    }
}

/* Where the contents of a section begin. */
static size_t section(const struct file *f, const char magic[4], uint32_t version, uint32_t type)
{
    static struct binfile b;
    struct rd r;
    cr_assert_eq(sc_binfile_open(&b, why, sizeof why, f->bytes, f->len, magic, version), SOCLE_OK);
    cr_assert(sc_binfile_find(&r, &b, type));
    return (size_t)(r.p - f->bytes);
}

static void refuse(open_fn *open, struct file *f, size_t at, unsigned n, uint64_t value, socle_status want, const char *words)
{
    const uint64_t was = load_le(f->bytes + at, n);
    store_le(f->bytes + at, value, n);
    cr_expect_eq(open(f->bytes, f->len), want, "%s", words);
    cr_expect(strstr(why, words) != NULL, "wanted \"%s\", got \"%s\"", words, why);
    store_le(f->bytes + at, was, n);
}

Test(iden3, lies_of_a_key, .timeout = 100)
{
    struct file f = asset("arkworks-circom-compat/test.zkey");
    refuse_every_cut(open_zkey, &f);
    /* Coefficients and contributions may be other ones. */
    alter_every_byte(open_zkey, &f, section(&f, "zkey", 1, 2) + 80, 0, 0);
    const size_t header = section(&f, "zkey", 1, 2), coefs = section(&f, "zkey", 1, 4);
    const size_t counts = header + 4 + 32 + 4 + 32;
    refuse(open_zkey, &f, section(&f, "zkey", 1, 1), 4, 2, SOCLE_E_VERSION, "another protocol");
    refuse(open_zkey, &f, header, 4, 48, SOCLE_E_VERSION, "neither BN254 nor BLS12-381");
    refuse(open_zkey, &f, header + 36 + 4, 1, 7, SOCLE_E_FORMAT, "of one curve");
    refuse(open_zkey, &f, counts, 4, 5, SOCLE_E_FORMAT, "section 5 does not have the length");
    refuse(open_zkey, &f, counts, 4, 1, SOCLE_E_FORMAT, "cannot have 1 public");
    refuse(open_zkey, &f, counts + 4, 4, 2, SOCLE_E_FORMAT, "section 3 does not have the length");
    refuse(open_zkey, &f, counts + 4, 4, UINT32_MAX, SOCLE_E_FORMAT, "cannot have");
    refuse(open_zkey, &f, counts + 8, 4, 3, SOCLE_E_FORMAT, "no power of two");
    refuse(open_zkey, &f, counts + 8, 4, 0, SOCLE_E_FORMAT, "no power of two");
    refuse(open_zkey, &f, counts + 8, 4, 1u << 28, SOCLE_E_LIMIT, "larger than 2^27");
    refuse(open_zkey, &f, counts + 8, 4, 8, SOCLE_E_FORMAT, "section 9 does not have the length");
    refuse(open_zkey, &f, counts + 12, 8, 1, SOCLE_E_FORMAT, "point 0 of the header");
    refuse(open_zkey, &f, counts + 12 + 2 * 64, 8, 1, SOCLE_E_FORMAT, "point 2 of the header");
    refuse(open_zkey, &f, coefs, 4, 3, SOCLE_E_FORMAT, "coefficients do not take");
    refuse(open_zkey, &f, coefs, 4, UINT32_MAX, SOCLE_E_FORMAT, "coefficients do not take");
    refuse(open_zkey, &f, coefs + 4, 4, 2, SOCLE_E_FORMAT, "coefficient 0");
    refuse(open_zkey, &f, coefs + 8, 4, 4, SOCLE_E_FORMAT, "coefficient 0");
    refuse(open_zkey, &f, coefs + 12, 4, 4, SOCLE_E_FORMAT, "coefficient 0");
    refuse(open_zkey, &f, coefs + 16 + 24, 8, UINT64_MAX, SOCLE_E_FORMAT, "coefficient 0");
    for (uint32_t type = 3; type <= 9; type++) {
        static const char *const names[] = {"IC", "", "A", "B1", "B2", "C", "H"};
        char words[32];
        (void)snprintf(words, sizeof words, "of section %s", names[type - 3]);
        if (type != 4) {
            refuse(open_zkey, &f, section(&f, "zkey", 1, type), 8, 12345, SOCLE_E_FORMAT, words);
        }
    }
    refuse(open_zkey, &f, section(&f, "zkey", 1, 10) + 64, 4, 1, SOCLE_E_FORMAT, "contributions");
    sc_free(f.bytes);
}

/* On the curve, and not of the group of order r: only checking members finds it. */
Test(iden3, a_point_of_the_twist_outside_its_group)
{
    struct file f = asset("arkworks-circom-compat/test.zkey");
    struct zkey k;
    struct bn_g2 p;
    bool found = false;
    for (uint64_t x = 1; !found && x < 64; x++) { /* a point with a small x; hardly any is a member */
        struct bn_fp2 y2, t;
        memset(&p, 0, sizeof p);
        bn_fp_from_plain(&p.x.c0, (const uint64_t[4]){x});
        bn_fp2_sqr(&y2, &p.x);
        bn_fp2_mul(&y2, &y2, &p.x);
        struct bn_g2 generator;
        sc_bn_g2_generator(&generator);
        bn_fp2_sqr(&t, &generator.x);
        bn_fp2_mul(&t, &t, &generator.x);
        bn_fp2_sub(&y2, &y2, &t);
        bn_fp2_sqr(&t, &generator.y);
        bn_fp2_add(&y2, &y2, &t); /* x^3 + b */
        found = bn_fp2_sqrt(&p.y, &y2) && !sc_bn_g2_in_subgroup(&p);
    }
    cr_assert(found && sc_bn_g2_on_curve(&p));
    memcpy(f.bytes + section(&f, "zkey", 1, 7), &p, sizeof p);
    cr_assert_eq(sc_zkey_open(&k, why, sizeof why, f.bytes, f.len), SOCLE_OK);
    cr_expect_eq(sc_zkey_check(&k, why, sizeof why, false, NULL), SOCLE_OK);
    cr_expect_eq(sc_zkey_check(&k, why, sizeof why, true, NULL), SOCLE_E_FORMAT);
    const size_t header = section(&f, "zkey", 1, 2);
    memcpy(f.bytes + header + 72 + 12 + 2 * 64, &p, sizeof p);
    cr_expect_eq(sc_zkey_open(&k, why, sizeof why, f.bytes, f.len), SOCLE_E_FORMAT, "in the header it is refused at once");
    sc_free(f.bytes);
}

Test(iden3, lies_of_a_witness)
{
    struct file f = asset("bn254-chain-2p6/witness.wtns");
    refuse_every_cut(open_wtns, &f);
    alter_every_byte(open_wtns, &f, section(&f, "wtns", 2, 2) + 32, 0, 0);
    const size_t header = section(&f, "wtns", 2, 1), values = section(&f, "wtns", 2, 2);
    refuse(open_wtns, &f, 4, 4, 1, SOCLE_E_VERSION, "version 1");
    refuse(open_wtns, &f, header, 4, 8, SOCLE_E_VERSION, "neither BN254");
    refuse(open_wtns, &f, header + 36, 4, 50, SOCLE_E_FORMAT, "50 values do not take");
    refuse(open_wtns, &f, header + 36, 4, UINT32_MAX, SOCLE_E_FORMAT, "values do not take");
    refuse(open_wtns, &f, values, 8, 2, SOCLE_E_FORMAT, "first value is not 1");
    refuse(open_wtns, &f, values + 32 * 50 + 24, 8, UINT64_MAX, SOCLE_E_FORMAT, "value 50 is not below");
    sc_free(f.bytes);
}

Test(iden3, lies_of_a_circuit)
{
    struct file f = asset("arkworks-circom-compat/mycircuit.r1cs");
    refuse_every_cut(open_r1cs, &f);
    const size_t header = section(&f, "r1cs", 1, 1), counts = header + 36, constraints = section(&f, "r1cs", 1, 2);
    refuse(open_r1cs, &f, header, 4, 8, SOCLE_E_VERSION, "neither BN254");
    refuse(open_r1cs, &f, counts, 4, 3, SOCLE_E_FORMAT, "contradict");
    refuse(open_r1cs, &f, counts, 4, UINT32_MAX, SOCLE_E_FORMAT, "contradict");
    refuse(open_r1cs, &f, counts + 4, 4, UINT32_MAX, SOCLE_E_FORMAT, "contradict");
    refuse(open_r1cs, &f, counts + 24, 4, 2, SOCLE_E_FORMAT, "constraint 1 goes beyond");
    refuse(open_r1cs, &f, counts + 24, 4, 0, SOCLE_E_FORMAT, "behind the last constraint");
    refuse(open_r1cs, &f, constraints, 4, UINT32_MAX, SOCLE_E_FORMAT, "constraint 0");
    refuse(open_r1cs, &f, constraints + 4, 4, 4, SOCLE_E_FORMAT, "a wire that is not there");
    refuse(open_r1cs, &f, constraints + 8 + 24, 8, UINT64_MAX, SOCLE_E_FORMAT, "not below the modulus");
    sc_free(f.bytes);
}

/* ---- powers of tau, made here ---- */

static void add_section(struct file *f, uint32_t type, const void *bytes, size_t len)
{
    store_le(f->bytes + f->len, type, 4);
    store_le(f->bytes + f->len + 4, len, 8);
    memcpy(f->bytes + f->len + 12, bytes, len);
    f->len += 12 + len;
}

static struct file powers(void)
{
    static uint8_t room[8192];
    struct file f = {room, 12};
    uint8_t header[44];
    struct bn_g1 g1[4];
    struct bn_g2 g2[2];
    for (int i = 0; i < 4; i++) {
        sc_bn_g1_generator(&g1[i]);
        sc_bn_g2_generator(&g2[i % 2]);
    }
    store_le(header, 32, 4);
    for (unsigned i = 0; i < 4; i++) {
        store_le(header + 4 + (size_t)8 * i, BN_FP_P[i], 8);
    }
    store_le(header + 36, 1, 4);
    store_le(header + 40, 2, 4);
    memcpy(room, "ptau\1\0\0\0\7\0\0", 12);
    add_section(&f, 1, header, sizeof header);
    add_section(&f, 2, g1, 3 * sizeof g1[0]);
    add_section(&f, 3, g2, 2 * sizeof g2[0]);
    add_section(&f, 4, g1, 2 * sizeof g1[0]);
    add_section(&f, 5, g1, 2 * sizeof g1[0]);
    add_section(&f, 6, g2, sizeof g2[0]);
    add_section(&f, 7, (const uint8_t[4]){0}, 4);
    return f;
}

Test(iden3, powers_of_tau_and_their_lies)
{
    struct file f = powers();
    struct ptau p;
    cr_assert_eq(sc_ptau_open(&p, why, sizeof why, f.bytes, f.len), SOCLE_OK, "%s", why);
    cr_expect(p.power == 1 && p.ceremony_power == 2 && !p.prepared && p.n_contributions == 0 && strcmp(p.curve->name, "bn128") == 0);
    refuse_every_cut(open_ptau, &f);
    alter_every_byte(open_ptau, &f, section(&f, "ptau", 1, 2), 64, 68); /* the power of the ceremony may be another */
    const size_t header = section(&f, "ptau", 1, 1);
    refuse(open_ptau, &f, header, 4, 65, SOCLE_E_VERSION, "neither BN254");
    refuse(open_ptau, &f, header + 36, 4, 2, SOCLE_E_FORMAT, "section 2 is not 7 points");
    refuse(open_ptau, &f, header + 36, 4, 3, SOCLE_E_FORMAT, "no such file");
    refuse(open_ptau, &f, header + 36, 8, UINT64_C(60) << 32 | 60, SOCLE_E_FORMAT, "no such file");
    refuse(open_ptau, &f, section(&f, "ptau", 1, 7) - 12, 4, 9, SOCLE_E_FORMAT, "no list of contributions");
    refuse(open_ptau, &f, section(&f, "ptau", 1, 3) - 12, 4, 2, SOCLE_E_FORMAT, "there twice");
    add_section(&f, 12, "", 0);
    store_le(f.bytes + 8, 8, 4);
    cr_expect_eq(sc_ptau_open(&p, why, sizeof why, f.bytes, f.len), SOCLE_E_FORMAT, "one of the four sections of phase 2");
}

/* ---- decimal ---- */

Test(iden3, decimal_numbers_are_canonical)
{
    static const char *const bad[] = {"", "-1", "+1", "01", "00", " 1", "1 ", "0x1", "1e3", "1.0",
                                      "21888242871839275222246405745257275088696311157297823662689037894645226208583",
                                      "115792089237316195423570985008687907853269984665640564039457584007913129639936",
                                      "99999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999"};
    uint64_t v[6], back[6];
    char text[G16_DECIMAL];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_expect(!sc_g16_from_decimal(v, bad[i], BN_FP_P, 4), "%s", bad[i]);
    }
    cr_assert(sc_g16_from_decimal(v, "21888242871839275222246405745257275088696311157297823662689037894645226208582", BN_FP_P, 4));
    cr_expect_eq(v[0], BN_FP_P[0] - 1);
    const uint64_t numbers[][6] = {{0}, {1}, {10}, {UINT64_C(1000000000000000000)}, {UINT64_C(999999999999999999)}, {0, 1}, {0, 0, 0, 0, 0, 1u << 20}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        sc_g16_to_decimal(text, numbers[i], 6);
        cr_expect(sc_g16_from_decimal(back, text, BLS_FP_P, 6) && memcmp(back, numbers[i], sizeof back) == 0, "%s", text);
    }
    uint64_t top[6];
    memcpy(top, BLS_FP_P, sizeof top);
    top[0]--;
    sc_g16_to_decimal(text, top, 6);
    cr_expect_str_eq(text, "4002409555221667393417789825735904156556882819939007885332058136124031650490837864442687629129015664037894272559786");
    sc_g16_to_decimal(text, numbers[0], 6);
    cr_expect_str_eq(text, "0");
}
