/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Set-up of Groth16: the keys are snarkjs's byte for byte, they prove and verify, and neither damaged powers nor files that do not fit
 * each other make one.
 */
#define _DEFAULT_SOURCE
#include "core/base/rd.h"
#include "host/bench/g16_scene.h"
#include "host/groth16/binfile.h"
#include "host/groth16/blake2b.h"
#include "host/groth16/groth16.h"
#include "host/groth16/setup.h"
#include "host/socle.h"
#include "host/sys/file.h"
#include "host/sys/mem.h"
#include "tests/support/snark_files.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ASSETS SC_SOURCE_ROOT "/../shared/assets/groth16/"

static char why[256];

static void digest(char hex[129], const uint8_t *bytes, size_t len)
{
    struct blake2b b;
    uint8_t out[64];
    sc_blake2b_init(&b);
    sc_blake2b_update(&b, bytes, len);
    sc_blake2b_final(&b, out);
    for (size_t i = 0; i < 64; i++) {
        (void)snprintf(hex + 2 * i, 3, "%02x", out[i]);
    }
}

/* RFC 7693, appendix A; the others by Python 3.11's hashlib.blake2b: of nothing, and of 0, 1, .. 255 once, in one piece and in two. */
Test(groth16_setup, blake2b_known_answers)
{
    uint8_t bytes[256];
    char hex[129];
    digest(hex, (const uint8_t *)"abc", 3);
    cr_expect_str_eq(hex, "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
    digest(hex, bytes, 0);
    cr_expect_str_eq(hex, "786a02f742015903c6c6fd852552d272912f4740e15847618a86e217f71f5419d25e1031afee585313896444934eb04b903a685b1448b755d56f701afe9be2ce");
    for (unsigned i = 0; i < 256; i++) {
        bytes[i] = (uint8_t)i;
    }
    for (size_t cut = 0; cut <= 256; cut += 32) {
        struct blake2b b;
        uint8_t out[64];
        sc_blake2b_init(&b);
        sc_blake2b_update(&b, bytes, cut);
        sc_blake2b_update(&b, bytes + cut, 256 - cut);
        sc_blake2b_final(&b, out);
        cr_expect(load_le(out, 8) == 0xcaf9d3346f89cc1e && load_le(out + 56, 8) == 0xf8cba54f88e7db0f, "cut at %zu", cut);
    }
}

struct scene {
    const struct g16_curve *c;
    struct sc_snark_file r1cs_file, ptau_file, key_file;
    struct r1cs r1cs;
    struct ptau ptau;
};

static void open_files(struct scene *s)
{
    cr_assert_eq(sc_r1cs_open(&s->r1cs, why, sizeof why, s->r1cs_file.bytes, s->r1cs_file.len), SOCLE_OK, "%s", why);
    cr_assert_eq(sc_ptau_open(&s->ptau, why, sizeof why, s->ptau_file.bytes, s->ptau_file.len), SOCLE_OK, "%s", why);
}

static void scene_open(struct scene *s, const char *curve, unsigned power, uint32_t n_rounds)
{
    s->c = sc_g16_by_name(curve);
    s->r1cs_file = sc_snark_chain(s->c, n_rounds);
    s->ptau_file = snark_ptau(s->c, power, true, NULL);
    s->key_file = (struct sc_snark_file){NULL, 0};
    cr_assert(s->r1cs_file.bytes != NULL && s->ptau_file.bytes != NULL);
    open_files(s);
}

static void scene_close(struct scene *s)
{
    sc_snark_file_fini(&s->r1cs_file);
    sc_snark_file_fini(&s->ptau_file);
    sc_snark_file_fini(&s->key_file);
}

static void set_up(struct scene *s, struct sc_pool *pool)
{
    unsigned log_domain;
    sc_snark_file_fini(&s->key_file);
    cr_assert_eq(sc_setup_fits(&log_domain, why, sizeof why, &s->r1cs, &s->ptau), SOCLE_OK, "%s", why);
    cr_assert_eq(sc_ptau_check(&s->ptau, log_domain, why, sizeof why, pool), SOCLE_OK, "%s", why);
    cr_assert_eq(sc_g16_setup(&s->key_file.bytes, &s->key_file.len, why, sizeof why, &s->r1cs, &s->ptau, pool), SOCLE_OK, "%s", why);
}

/* Coefficients that fill 254 or 255 bits; the circuit means nothing then. */
static void widen(struct scene *s)
{
    struct rd r = rd_view(s->r1cs.constraints, s->r1cs.constraints_len);
    for (unsigned at = 0; r.left > 0;) {
        const uint32_t n = (uint32_t)rd_uint(&r, 4);
        for (uint32_t i = 0; i < n; i++, at++) {
            (void)rd_take(&r, 4);
            uint8_t *const k = s->r1cs_file.bytes + (rd_take(&r, 32) - s->r1cs_file.bytes);
            for (unsigned b = 0; b < 31; b++) {
                k[b] = (uint8_t)(at * 37 + b * 11 + 5);
            }
            k[31] = (uint8_t)(at % 48);
        }
    }
    open_files(s);
}

/* snarkjs 0.7.6 (github.com/iden3/snarkjs at 9a8f1c0), `zkey new` of the files of `bench_groth16 files FOLDER CURVE LOG_N`, for the wide ones
 * with the coefficients of widen(): BLAKE2b of its keys, 2026-11-28. */
Test(groth16_setup, keys_are_those_of_snarkjs)
{
    static const struct {
        const char *curve;
        unsigned power;
        bool wide;
        const char *digest;
    } keys[] = {
        {"bn128", 4, false, "6ed99f92dc8422dd204b6b7149b337d980b85f2e2fbfa3b24b80799c5c0eb0ab5e5ac2369c6dfc3333933acace4095aaf363d73bf26c5ff31e790a3a610baabf"},
        {"bls12381", 4, false, "fd27208e21f90d1bd6e4ea324676fa7e356ee9aaea943d73bbf460bff531277c8ef9d647d0bde7916dc3ba07ae55de7847788ab8ade9e16c60f19a1ba077b9ea"},
        {"bn128", 6, true, "3c7af9d0167c3150f0cc4e8ab9ce5942c0388096bbb65fdf04f51b16ffa47bccc539da6a6129ae2c8cd8169a605798a2cd8788539cb8f1b2f41df9520f04cdec"},
        {"bls12381", 6, true, "fa39be23999138a167941fac0735e815f4a0998f6d03dfb70854658a637c55d4266938b823087541c2e0027507a84286874884eb1c1fb85c5f6484ad3e3f810b"},
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct scene s;
        char hex[129];
        scene_open(&s, keys[i].curve, keys[i].power, ((1u << keys[i].power) - 3) / 3);
        if (keys[i].wide) {
            widen(&s);
        }
        set_up(&s, NULL);
        digest(hex, s.key_file.bytes, s.key_file.len);
        cr_expect_str_eq(hex, keys[i].digest, "%s of 2^%u", keys[i].curve, keys[i].power);
        scene_close(&s);
    }
    cr_expect_eq(sc_mem_now(), 0u);
}

/* A domain of 2^15 that takes all powers: snarkjs hashes the bytes behind them, too. The same version, `zkey new` of the same files. */
Test(groth16_setup, the_hash_goes_past_the_end_as_that_of_snarkjs)
{
    static const struct {
        const char *curve, *digest;
    } keys[] = {
        {"bn128", "c7bbea67bbae3de932c1b6fa63948aabc156712688de2ae439af13bd426f6e023aab17ecab9763c9a354168972a0533f25d78debd2d09c58bc3a38af39b89019"},
        {"bls12381", "ea84262f8d3c0e245ddfadf097020030cde2d9cb0c6ed0d6a9b19420379707bb7902f900f1beb450c74649fa24f5e07c59d04ae73c77712ab884cb11d82fded4"},
    };
    for (size_t i = 0; i < 2; i++) {
        struct scene s = {.c = sc_g16_by_name(keys[i].curve)};
        char hex[129];
        s.r1cs_file = snark_empty_r1cs(s.c, 1 << 14);
        s.ptau_file = snark_flat_ptau(s.c, 15);
        cr_assert(s.r1cs_file.bytes != NULL && s.ptau_file.bytes != NULL);
        open_files(&s);
        cr_assert_eq(sc_g16_setup(&s.key_file.bytes, &s.key_file.len, why, sizeof why, &s.r1cs, &s.ptau, NULL), SOCLE_OK, "%s", why);
        digest(hex, s.key_file.bytes, s.key_file.len);
        cr_expect_str_eq(hex, keys[i].digest, "%s", keys[i].curve);
        scene_close(&s);
    }
}

/* A circuit of circom, whose zkey came from another ceremony: everything that does not depend on that is the same. */
Test(groth16_setup, coefficients_are_those_of_a_key_from_elsewhere)
{
    static const char *const folders[] = {"bn254-chain-2p6", "bls12381-chain-2p6"};
    for (size_t i = 0; i < 2; i++) {
        struct scene s = {0};
        struct sc_snark_file theirs;
        struct zkey a, b;
        char path[1024];
        (void)snprintf(path, sizeof path, ASSETS "%s/circuit.r1cs", folders[i]);
        if (access(path, R_OK) != 0) {
            cr_skip_test("the files of others are not here");
        }
        s.c = sc_g16_by_name(i == 0 ? "bn128" : "bls12381");
        s.ptau_file = snark_ptau(s.c, 6, true, NULL);
        const uint8_t *r1cs;
        cr_assert_eq(sc_file_map(&r1cs, &s.r1cs_file.len, why, sizeof why, path, 1u << 30), SOCLE_OK, "%s", why);
        cr_assert_eq(sc_r1cs_open(&s.r1cs, why, sizeof why, r1cs, s.r1cs_file.len), SOCLE_OK, "%s", why);
        cr_assert_eq(sc_ptau_open(&s.ptau, why, sizeof why, s.ptau_file.bytes, s.ptau_file.len), SOCLE_OK, "%s", why);
        set_up(&s, NULL);
        (void)snprintf(path, sizeof path, ASSETS "%s/circuit.zkey", folders[i]);
        cr_assert_eq(sc_file_read(&theirs.bytes, &theirs.len, why, sizeof why, path, 1u << 30), SOCLE_OK, "%s", why);
        cr_assert_eq(sc_zkey_open(&a, why, sizeof why, s.key_file.bytes, s.key_file.len), SOCLE_OK, "%s", why);
        cr_assert_eq(sc_zkey_open(&b, why, sizeof why, theirs.bytes, theirs.len), SOCLE_OK, "%s", why);
        cr_expect(a.n_vars == b.n_vars && a.n_public == b.n_public && a.n_coefs == b.n_coefs && a.log_domain == b.log_domain && a.n_contributions == 0);
        cr_expect_eq(memcmp(a.coefs, b.coefs, (size_t)ZKEY_COEF * a.n_coefs), 0, "%s", folders[i]);
        sc_free(theirs.bytes);
        sc_file_unmap(r1cs, s.r1cs_file.len);
        sc_snark_file_fini(&s.ptau_file);
        sc_snark_file_fini(&s.key_file);
    }
}

/* More powers than are needed, and as many; threads; proofs verify, of the witness alone. */
Test(groth16_setup, keys_prove_and_verify)
{
    struct sc_pool *pool = NULL;
    cr_assert_eq(sc_pool_create(&pool, 2), SOCLE_OK);
    for (unsigned i = 0; i < 4; i++) {
        struct scene s;
        struct zkey k;
        struct wtns w;
        struct g16_vkey vk;
        struct g16_proof p;
        uint64_t r[4], t[4], values[2][4];
        scene_open(&s, i % 2 == 0 ? "bn128" : "bls12381", 5, i < 2 ? 9 : 4); /* 30 rows, and 15 */
        set_up(&s, NULL);
        struct sc_snark_file alone = s.key_file;
        s.key_file = (struct sc_snark_file){NULL, 0};
        set_up(&s, pool);
        cr_expect(alone.len == s.key_file.len && memcmp(alone.bytes, s.key_file.bytes, alone.len) == 0, "threads change the key");
        sc_snark_file_fini(&alone);
        cr_assert_eq(sc_zkey_open(&k, why, sizeof why, s.key_file.bytes, s.key_file.len), SOCLE_OK, "%s", why);
        cr_expect_eq(k.log_domain, i < 2 ? 5u : 4u);
        cr_expect_eq(sc_zkey_check(&k, why, sizeof why, true, NULL), SOCLE_OK, "%s", why);
        struct sc_snark_file wtns = sc_snark_chain_witness(s.c, i < 2 ? 9 : 4);
        cr_assert_eq(sc_wtns_open(&w, why, sizeof why, wtns.bytes, wtns.len), SOCLE_OK, "%s", why);
        cr_assert(sc_g16_random(r, s.c) == SOCLE_OK && sc_g16_random(t, s.c) == SOCLE_OK);
        cr_assert_eq(sc_g16_prove(&p, NULL, why, sizeof why, &k, &w, r, t, pool), SOCLE_OK, "%s", why);
        cr_assert_eq(sc_g16_vkey_of(&vk, &k), SOCLE_OK);
        for (uint32_t v = 0; v < 2; v++) {
            cr_assert(sc_g16_scalar(values[v], s.c, w.values + 32 * (v + 1)));
        }
        cr_expect_eq(sc_g16_verify(&vk, (const uint64_t(*)[4])values, 2, &p), SOCLE_OK, "%u", i);
        values[0][0] ^= 1;
        cr_expect_eq(sc_g16_verify(&vk, (const uint64_t(*)[4])values, 2, &p), SOCLE_E_REJECT, "%u", i);
        sc_g16_vkey_fini(&vk);
        sc_snark_file_fini(&wtns);
        scene_close(&s);
    }
    sc_pool_destroy(pool);
    cr_expect_eq(sc_mem_now(), 0u);
}

/* ---- refusals ---- */

static void refuse(const struct scene *s, const char *words)
{
    uint8_t *key;
    size_t len;
    why[0] = '\0';
    cr_expect_eq(sc_g16_setup(&key, &len, why, sizeof why, &s->r1cs, &s->ptau, NULL), SOCLE_E_ARG, "%s", words);
    cr_expect(key == NULL && len == 0 && strstr(why, words) != NULL, "wanted %s, got %s", words, why);
}

Test(groth16_setup, files_that_do_not_fit)
{
    struct scene s, other;
    scene_open(&s, "bn128", 4, 4);
    scene_open(&other, "bls12381", 3, 5); /* 18 rows */
    const struct ptau powers = s.ptau;
    s.ptau = other.ptau;
    refuse(&s, "the powers of tau for bls12381");
    refuse(&other, "needs 2^5 powers of tau, the file has 2^3");
    sc_snark_file_fini(&other.ptau_file);
    other.ptau_file = snark_ptau(other.c, 5, false, NULL);
    open_files(&other);
    cr_expect(!other.ptau.prepared);
    refuse(&other, "not prepared for phase 2: snarkjs powersoftau prepare phase2");
    s.ptau = powers;
    s.r1cs.custom_gates = true;
    refuse(&s, "custom gates");
    s.r1cs.custom_gates = false;
    s.r1cs.n_constraints = UINT32_MAX;
    uint8_t *key;
    size_t len;
    cr_expect_eq(sc_g16_setup(&key, &len, why, sizeof why, &s.r1cs, &s.ptau, NULL), SOCLE_E_LIMIT);
    scene_close(&s);
    scene_close(&other);
}

/* Another point of the group at a place that is used, the first and the last among them: found. Points that no key of this domain has are not looked at. */
Test(groth16_setup, powers_that_lie)
{
    enum { POWER = 3, N = 1 << POWER };
    static const struct {
        uint32_t type;
        unsigned n;      /* points */
        unsigned from;   /* the first that is used */
        bool g2;
        const char *words;
    } sections[] = {
        {2, 2 * N - 1, 0, false, ""}, {3, N, 0, true, ""}, {4, N, 0, false, ""}, {5, N, 0, false, ""}, {6, 1, 0, true, "beta is not"},
        {12, 4 * N - 1, N - 1, false, "tau in G1"}, {13, 2 * N - 1, N - 1, true, "tau in G2"}, {14, 2 * N - 1, N - 1, false, "alpha tau"},
        {15, 2 * N - 1, N - 1, false, "beta tau"},
    };
    for (unsigned curve = 0; curve < 2; curve++) {
        struct scene s;
        scene_open(&s, curve == 0 ? "bn128" : "bls12381", POWER, 1);
        struct binfile f;
        cr_assert_eq(sc_binfile_open(&f, why, sizeof why, s.ptau_file.bytes, s.ptau_file.len, "ptau", 1), SOCLE_OK);
        for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
            struct rd r;
            const enum sc_group g = sections[i].g2 ? s.c->g2 : s.c->g1;
            const size_t size = sc_g16_size(s.c, g);
            cr_assert(sc_binfile_find(&r, &f, sections[i].type) && r.left == sections[i].n * size);
            const unsigned step = curve == 0 ? 5 : 13;
            for (unsigned at = sections[i].from; at < sections[i].n; at = at + 1 < sections[i].n && at + step >= sections[i].n ? sections[i].n - 1 : at + step) {
                uint8_t *const p = s.ptau_file.bytes + (r.p - s.ptau_file.bytes) + at * size;
                struct g16_point was, minus = {{0}};
                memcpy(&was, p, size);
                sc_group_ops_ref(g)->neg(&minus, &was);
                memcpy(p, &minus, size);
                why[0] = '\0';
                cr_expect_eq(sc_ptau_check(&s.ptau, POWER, why, sizeof why, NULL), SOCLE_E_FORMAT, "section %u point %u", sections[i].type, at);
                cr_expect(strstr(why, sections[i].words) != NULL, "section %u point %u: %s", sections[i].type, at, why);
                p[0] ^= 1; /* not on the curve */
                cr_expect_eq(sc_ptau_check(&s.ptau, POWER, why, sizeof why, NULL), SOCLE_E_FORMAT, "section %u point %u", sections[i].type, at);
                memcpy(p, &was, size);
            }
        }
        cr_expect_eq(sc_ptau_check(&s.ptau, POWER, why, sizeof why, NULL), SOCLE_OK, "%s", why);
        scene_close(&s);
    }
}

Test(groth16_setup, failing_allocations_are_told)
{
    struct scene s;
    socle_status st = SOCLE_E_NOMEM;
    uint64_t n = 0;
    scene_open(&s, "bn128", 3, 1);
    const size_t held = sc_mem_now();
    while (st == SOCLE_E_NOMEM) {
        cr_assert_lt(++n, 1000u);
        sc_mem_fail_at(n);
        st = sc_ptau_check(&s.ptau, 3, why, sizeof why, NULL);
        if (st == SOCLE_OK) {
            st = sc_g16_setup(&s.key_file.bytes, &s.key_file.len, why, sizeof why, &s.r1cs, &s.ptau, NULL);
        }
        sc_mem_fail_at(0);
        if (st == SOCLE_E_NOMEM) {
            cr_assert_eq(sc_mem_now(), held, "allocation %u", (unsigned)n);
            cr_assert_null(s.key_file.bytes);
        }
    }
    cr_expect_eq(st, SOCLE_OK, "%s", why);
    cr_expect_gt(n, 15u);
    scene_close(&s);
}

Test(groth16_setup, memory_is_what_was_told)
{
    struct scene s;
    scene_open(&s, "bn128", 11, 680);
    const size_t held = sc_mem_now();
    sc_mem_peak_reset();
    set_up(&s, NULL);
    cr_expect_leq(sc_mem_peak() - held, sc_setup_memory(&s.r1cs, 11, 1));
    scene_close(&s);
}

/* ---- the public functions ---- */

/* Files in, a file out, which its own reader says is for development only; the key proves again and again, from the file and from bytes. */
Test(groth16_setup, a_key_is_loaded_once_for_many_proofs)
{
    struct scene s;
    struct socle_groth16_info info;
    socle_context *ctx = NULL;
    socle_groth16_key *keys[2] = {NULL, NULL};
    char folder[] = "/tmp/socle-setup-XXXXXX", r1cs[64], ptau[64], zkey[64], *vkey = NULL;
    size_t vkey_len = 0;
    uint8_t *bytes = NULL;
    size_t len = 0;
    cr_assert_not_null(mkdtemp(folder));
    (void)snprintf(r1cs, sizeof r1cs, "%s/c.r1cs", folder);
    (void)snprintf(ptau, sizeof ptau, "%s/p.ptau", folder);
    (void)snprintf(zkey, sizeof zkey, "%s/k.zkey", folder);
    scene_open(&s, "bn128", 4, 4);
    cr_assert_eq(sc_file_write(why, sizeof why, r1cs, s.r1cs_file.bytes, s.r1cs_file.len), SOCLE_OK);
    cr_assert_eq(sc_file_write(why, sizeof why, ptau, s.ptau_file.bytes, s.ptau_file.len), SOCLE_OK);
    cr_assert_eq(socle_create(&ctx, NULL), SOCLE_OK);
    cr_expect_eq(socle_groth16_setup(ctx, zkey, r1cs, ptau), SOCLE_OK, "%s", socle_message(ctx));
    cr_expect_eq(socle_groth16_inspect(ctx, &info, zkey), SOCLE_OK);
    cr_expect(info.contributions == 0 && info.log_domain == 4 && strlen(info.circuit_hash) == 128);
    cr_assert_eq(sc_file_read(&bytes, &len, why, sizeof why, zkey, 1u << 20), SOCLE_OK);
    cr_assert_eq(socle_groth16_key_open(ctx, &keys[0], zkey), SOCLE_OK, "%s", socle_message(ctx));
    cr_assert_eq(socle_groth16_key_from(ctx, &keys[1], bytes, len), SOCLE_OK, "%s", socle_message(ctx));
    cr_assert_eq(socle_groth16_export_key(ctx, &vkey, &vkey_len, keys[0]), SOCLE_OK);
    struct sc_snark_file wtns = sc_snark_chain_witness(s.c, 4);
    for (unsigned i = 0; i < 4; i++) {
        struct socle_groth16_proof p;
        cr_assert_eq(socle_groth16_prove(ctx, &p, keys[i % 2], wtns.bytes, wtns.len, NULL), SOCLE_OK, "%s", socle_message(ctx));
        cr_expect_eq(socle_groth16_verify(ctx, (const uint8_t *)vkey, vkey_len, (const uint8_t *)p.public_values, p.public_len,
                                          (const uint8_t *)p.proof, p.proof_len), SOCLE_OK, "%s", socle_message(ctx));
        socle_groth16_proof_fini(ctx, &p);
        if (i == 1) { /* a failure between does not hurt the key */
            wtns.bytes[wtns.len - 32] ^= 1;
            cr_expect_eq(socle_groth16_prove(ctx, &p, keys[0], wtns.bytes, wtns.len, NULL), SOCLE_E_REJECT);
            cr_expect(p.proof == NULL && p.public_values == NULL);
            wtns.bytes[wtns.len - 32] ^= 1;
        }
    }
    cr_expect_eq(socle_groth16_setup(ctx, zkey, ptau, ptau), SOCLE_E_FORMAT);
    cr_expect(strstr(socle_message(ctx), "p.ptau: ") != NULL, "%s", socle_message(ctx));
    cr_expect_eq(socle_groth16_setup(ctx, zkey, r1cs, "/nowhere"), SOCLE_E_IO);
    socle_free(ctx, vkey);
    socle_groth16_key_close(keys[0]);
    socle_groth16_key_close(keys[1]);
    socle_destroy(ctx);
    sc_free(bytes);
    sc_snark_file_fini(&wtns);
    (void)unlink(r1cs);
    (void)unlink(ptau);
    (void)unlink(zkey);
    (void)rmdir(folder);
    scene_close(&s);
    cr_expect_eq(sc_mem_now(), 0u);
}

static socle_status always(void *arg)
{
    return *(const socle_status *)arg;
}

/* The powers are twice as many as the domain's, so that the highest of the quotient's is not missing. */
Test(groth16_setup, the_key_of_a_known_trapdoor_is_that_of_the_set_up)
{
    socle_status go = SOCLE_OK;
    for (unsigned i = 0; i < 4; i++) {
        struct scene s;
        struct sc_known_key known;
        struct zkey k;
        const struct zkey *const z = &known.zkey;
        scene_open(&s, i % 2 == 0 ? "bn128" : "bls12381", 6, i < 2 ? 9 : 1);
        if (i < 2) {
            widen(&s);
        }
        set_up(&s, NULL);
        cr_assert_eq(sc_zkey_open(&k, why, sizeof why, s.key_file.bytes, s.key_file.len), SOCLE_OK, "%s", why);
        go = SOCLE_E_CANCELLED;
        cr_expect_eq(sc_known_key_make(&known, &s.r1cs, k.log_domain, NULL, always, &go), SOCLE_E_CANCELLED);
        go = SOCLE_OK;
        cr_assert_eq(sc_known_key_make(&known, &s.r1cs, k.log_domain, NULL, always, &go), SOCLE_OK);
        const size_t size1 = sc_g16_size(s.c, s.c->g1), size2 = sc_g16_size(s.c, s.c->g2), n_vars = k.n_vars, n_public = k.n_public;
        cr_assert(z->curve == k.curve && z->n_vars == k.n_vars && z->n_public == k.n_public && z->n_coefs == k.n_coefs && z->log_domain == k.log_domain);
        cr_expect_arr_eq(z->ic, k.ic, (n_public + 1) * size1);
        cr_expect_arr_eq(z->coefs, k.coefs, (size_t)ZKEY_COEF * k.n_coefs);
        cr_expect_arr_eq(z->a, k.a, n_vars * size1);
        cr_expect_arr_eq(z->b1, k.b1, n_vars * size1);
        cr_expect_arr_eq(z->b2, k.b2, n_vars * size2);
        cr_expect_arr_eq(z->c, k.c, (n_vars - n_public - 1) * size1);
        cr_expect_arr_eq(z->h, k.h, size1 << k.log_domain);
        const struct g16_point *const ours[] = {&z->alpha1, &z->beta1, &z->delta1, &z->beta2, &z->gamma2, &z->delta2},
                                     *const theirs[] = {&k.alpha1, &k.beta1, &k.delta1, &k.beta2, &k.gamma2, &k.delta2};
        for (unsigned p = 0; p < 6; p++) {
            cr_expect_arr_eq(ours[p], theirs[p], p < 3 ? size1 : size2, "point %u of the header", p);
        }
        sc_known_key_fini(&known);
        scene_close(&s);
    }
    cr_expect_eq(sc_mem_now(), 0u);
}

static void scene_memory(const struct sc_g16_case *c)
{
    static struct sc_g16_scene scene;
    socle_status go = SOCLE_OK, st = SOCLE_E_NOMEM;
    struct sc_proof_run run = {0}, again = {0};
    char words[SC_PROOF_WHY] = "";
    const struct sc_g16_memory told = sc_g16_scene_memory(c, 1);
    const struct g16_by by = {.pool = NULL};
    sc_mem_peak_reset();
    for (uint64_t at = 1; st != SOCLE_OK; at++) {
        cr_assert_lt(at, 60);
        sc_mem_fail_at(at);
        st = sc_g16_scene_make(&scene, c, NULL, always, &go);
        sc_mem_fail_at(0);
        cr_assert(st == SOCLE_OK || (st == SOCLE_E_NOMEM && sc_mem_now() == 0), "allocation %llu: %d", (unsigned long long)at, (int)st);
    }
    cr_expect(sc_mem_peak() <= told.held + told.make && sc_mem_now() <= told.held, "made with %zu, told %llu", sc_mem_peak(),
              (unsigned long long)(told.held + told.make));
    cr_assert_eq(sc_g16_scene_prove(&run, words, &scene, &by), SOCLE_OK, "%s", words);
    cr_expect_leq(run.peak_memory, told.held + told.prove);
    cr_assert_eq(sc_g16_scene_prove(&again, words, &scene, &by), SOCLE_OK, "%s", words);
    cr_expect_arr_eq(run.digest, again.digest, sizeof run.digest);
    sc_g16_scene_fini(&scene);
    cr_expect_eq(sc_mem_now(), 0u);
}

Test(groth16_setup, a_scene_of_the_bench_takes_what_is_told_and_gives_it_back)
{
    scene_memory(&(const struct sc_g16_case){"bn128", "2^8 rows", 8});
    scene_memory(&(const struct sc_g16_case){"bls12381", "2^8 rows", 8});
}
