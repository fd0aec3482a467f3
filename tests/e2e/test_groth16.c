/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Groth16 with the keys, witnesses and proofs of snarkjs: theirs verify, ours verify by their keys, and nothing altered does.
 */
#include "core/base/rd.h"
#include "host/groth16/groth16.h"
#include "host/sys/file.h"
#include "host/sys/mem.h"
#include "host/sys/pool.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ASSETS SC_SOURCE_ROOT "/../shared/assets/groth16/"

static const char *const sets[] = {"bn254-chain-2p6", "bls12381-chain-2p6", "semaphore/depth1", "bn254-chain-2p14", "bls12381-chain-2p14", "semaphore/depth16"};
enum { N_SETS = 6, SMALL = 2 };

static char why[256];

struct file {
    uint8_t *bytes;
    size_t len;
};

static struct file asset(const char *folder, const char *name)
{
    struct file f = {NULL, 0};
    char path[1024];
    (void)snprintf(path, sizeof path, ASSETS "%s/%s", folder, name);
    if (access(path, R_OK) != 0) {
        cr_skip_test("the files of others are not here");
    }
    cr_assert_eq(sc_file_read(&f.bytes, &f.len, why, sizeof why, path, (size_t)1 << 26), SOCLE_OK, "%s", why);
    return f;
}

/** What came with a circuit. */
struct set {
    struct file vkey_json, public_json, proof_json;
    struct g16_vkey vkey;
    uint64_t (*values)[4];
    uint32_t n;
    struct g16_proof proof;
};

static void set_open(struct set *s, const char *folder)
{
    s->vkey_json = asset(folder, "verification_key.json");
    s->public_json = asset(folder, "public.json");
    s->proof_json = asset(folder, "proof.json");
    cr_assert_eq(sc_g16_vkey_read(&s->vkey, why, sizeof why, s->vkey_json.bytes, s->vkey_json.len), SOCLE_OK, "%s: %s", folder, why);
    cr_assert_eq(sc_g16_public_read(&s->values, &s->n, why, sizeof why, s->vkey.curve, s->public_json.bytes, s->public_json.len), SOCLE_OK, "%s: %s",
                 folder, why);
    cr_assert_eq(sc_g16_proof_read(&s->proof, why, sizeof why, s->proof_json.bytes, s->proof_json.len), SOCLE_OK, "%s: %s", folder, why);
}

static void set_close(struct set *s)
{
    sc_g16_vkey_fini(&s->vkey);
    sc_free(s->values);
    sc_free(s->vkey_json.bytes);
    sc_free(s->public_json.bytes);
    sc_free(s->proof_json.bytes);
}

static socle_status verify(const struct set *s, const struct g16_proof *p)
{
    return sc_g16_verify(&s->vkey, (const uint64_t(*)[4])s->values, s->n, p);
}

Test(groth16, proofs_of_snarkjs_verify)
{
    for (int i = 0; i < N_SETS; i++) {
        struct set s;
        set_open(&s, sets[i]);
        cr_expect_eq(verify(&s, &s.proof), SOCLE_OK, "%s", sets[i]);
        set_close(&s);
    }
    cr_expect_eq(sc_mem_now(), 0u);
}

/* Every digit another, every sign of the text, of larger sets some of them: refused while it is read, or the proof is. */
Test(groth16, an_altered_proof_is_refused, .timeout = 300)
{
    for (int i = 0; i < N_SETS; i++) {
        struct set s;
        set_open(&s, sets[i]);
        for (size_t at = 0; at < s.proof_json.len; at += i < SMALL ? 1 : 29) {
            struct g16_proof p;
            const uint8_t was = s.proof_json.bytes[at];
            const bool space = was == ' ' || was == '\n';
            s.proof_json.bytes[at] = was >= '0' && was <= '9' ? (uint8_t)('0' + (was - '0' + 1) % 10) : space ? 'x' : (uint8_t)(was ^ 1);
            const socle_status st = sc_g16_proof_read(&p, why, sizeof why, s.proof_json.bytes, s.proof_json.len);
            cr_expect(st == SOCLE_E_FORMAT || verify(&s, &p) == SOCLE_E_REJECT, "%s: byte %zu", sets[i], at);
            s.proof_json.bytes[at] = was;
        }
        set_close(&s);
    }
}

Test(groth16, another_statement_is_refused)
{
    struct set s, other;
    set_open(&s, sets[0]);
    set_open(&other, sets[1]);
    for (uint32_t i = 0; i < s.n; i++) {
        s.values[i][0] ^= 1;
        cr_expect_eq(verify(&s, &s.proof), SOCLE_E_REJECT, "value %u", i);
        s.values[i][0] ^= 1;
    }
    cr_expect_eq(sc_g16_verify(&s.vkey, (const uint64_t(*)[4])s.values, s.n - 1, &s.proof), SOCLE_E_ARG, "a value less");
    cr_expect_eq(verify(&s, &other.proof), SOCLE_E_ARG, "a proof of another curve");
    struct g16_point *const parts[] = {&s.vkey.alpha1, &s.vkey.ic[0], &s.vkey.ic[1], &s.vkey.ic[2], &s.proof.a, &s.proof.c};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const struct g16_point was = *parts[i];
        *parts[i] = i == 0 ? s.vkey.ic[0] : s.vkey.alpha1;
        cr_expect_eq(verify(&s, &s.proof), SOCLE_E_REJECT, "part %zu", i);
        *parts[i] = was;
    }
    struct g16_point *const twist[] = {&s.vkey.beta2, &s.vkey.gamma2, &s.vkey.delta2, &s.proof.b};
    for (size_t i = 0; i < sizeof twist / sizeof twist[0]; i++) {
        const struct g16_point was = *twist[i];
        *twist[i] = i == 0 ? s.vkey.gamma2 : s.vkey.beta2;
        cr_expect_eq(verify(&s, &s.proof), SOCLE_E_REJECT, "part %zu of the twist", i);
        *twist[i] = was;
    }
    cr_expect_eq(verify(&s, &s.proof), SOCLE_OK);
    set_close(&s);
    set_close(&other);
}

static void refuse_text(const struct file *f, const char *from, const char *to, const char *words)
{
    struct g16_proof p;
    const size_t n = strlen(from), m = strlen(to);
    for (size_t at = 0; at + n <= f->len; at++) {
        if (memcmp(f->bytes + at, from, n) == 0) {
            uint8_t *const text = malloc(f->len + m);
            memcpy(text, f->bytes, at);
            memcpy(text + at, to, m);
            memcpy(text + at + m, f->bytes + at + n, f->len - at - n);
            cr_expect_eq(sc_g16_proof_read(&p, why, sizeof why, text, f->len - n + m), SOCLE_E_FORMAT, "%s for %s", to, from);
            cr_expect(strstr(why, words) != NULL, "wanted %s, got %s", words, why);
            free(text);
            return;
        }
    }
    cr_assert_fail("%s is not there", from);
}

Test(groth16, json_is_read_strictly)
{
    struct set s;
    uint64_t(*values)[4];
    uint32_t n;
    set_open(&s, sets[0]);
    refuse_text(&s.proof_json, "\"pi_a\": [\n  \"", "\"pi_a\": [\n  \"0", "pi_a");
    refuse_text(&s.proof_json, "\"pi_a\": [\n  \"", "\"pi_a\": [\n  \"-", "pi_a");
    refuse_text(&s.proof_json, "\"pi_a\"", "\"pi_x\"", "pi_a");
    refuse_text(&s.proof_json, "\"pi_c\"", "\"pi_a\"", "duplicate");
    refuse_text(&s.proof_json, "groth16", "plonk", "protocol");
    refuse_text(&s.proof_json, "bn128", "bn127", "curve");
    refuse_text(&s.proof_json, "bn128", "bls12381", "pi_a");
    refuse_text(&s.proof_json, "\"curve\"", "\"more\": 1, \"curve\"", "other members");
    refuse_text(&s.proof_json, "bn128\"\n}", "bn128\"\n}x", "no JSON");
    refuse_text(&s.proof_json, "  \"1\"\n ]", "  \"2\"\n ]", "pi_a");
    refuse_text(&s.proof_json, "  \"1\"\n ]", "  1\n ]", "pi_a");
    refuse_text(&s.proof_json, "  \"1\"\n ]", "  \"1\", \"1\"\n ]", "pi_a");
    static const char *const bad[] = {"", "{}", "[1]", "[\"01\"]", "[\"21888242871839275222246405745257275088548364400416034343698204186575808495617\"]", "[\"1\"] x", "\"1\"", "[\"\\u0031\\u0000\"]"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        why[0] = '\0';
        cr_expect_eq(sc_g16_public_read(&values, &n, why, sizeof why, s.vkey.curve, (const uint8_t *)bad[i], strlen(bad[i])), SOCLE_E_FORMAT, "%s", bad[i]);
        cr_expect(values == NULL && why[0] != '\0', "%s", bad[i]);
    }
    cr_expect_eq(sc_g16_public_read(&values, &n, why, sizeof why, s.vkey.curve, (const uint8_t *)"[]", 2), SOCLE_OK);
    cr_expect_eq(n, 0u);
    sc_free(values);
    set_close(&s);
}

/* What is read and written again is the same text. */
Test(groth16, json_is_written_as_snarkjs_does)
{
    for (int i = 0; i < N_SETS; i++) {
        struct set s;
        struct wtns w;
        set_open(&s, sets[i]);
        char *const text = sc_g16_proof_write(&s.proof);
        cr_expect(text != NULL && strlen(text) == s.proof_json.len && memcmp(text, s.proof_json.bytes, s.proof_json.len) == 0, "%s: %s", sets[i], text);
        sc_free(text);
        struct file f = asset(sets[i], "witness.wtns");
        cr_assert_eq(sc_wtns_open(&w, why, sizeof why, f.bytes, f.len), SOCLE_OK, "%s", why);
        char *const values = sc_g16_public_write(&w, s.n);
        cr_expect(values != NULL && strlen(values) == s.public_json.len && memcmp(values, s.public_json.bytes, s.public_json.len) == 0, "%s", sets[i]);
        sc_free(values);
        sc_free(f.bytes);
        set_close(&s);
    }
    const struct g16_proof inf = {.curve = sc_g16_by_name("bls12381")};
    struct g16_proof back;
    char *const text = sc_g16_proof_write(&inf);
    cr_assert_eq(sc_g16_proof_read(&back, why, sizeof why, (const uint8_t *)text, strlen(text)), SOCLE_OK, "%s", why);
    cr_expect_eq(memcmp(&inf, &back, sizeof inf), 0);
    sc_free(text);
}

/* ---- proving ---- */

static const uint64_t some[2][4] = {{0x0123456789abcdef, 2, 3, 4}, {0xfedcba9876543210, 7, 6, 5}}, zero[4] = {0};

struct job {
    struct file zkey_file, wtns_file;
    struct zkey key;
    struct wtns w;
};

static void job_open(struct job *j, const char *folder)
{
    j->zkey_file = asset(folder, "circuit.zkey");
    j->wtns_file = asset(folder, "witness.wtns");
    cr_assert_eq(sc_zkey_open(&j->key, why, sizeof why, j->zkey_file.bytes, j->zkey_file.len), SOCLE_OK, "%s", why);
    cr_assert_eq(sc_wtns_open(&j->w, why, sizeof why, j->wtns_file.bytes, j->wtns_file.len), SOCLE_OK, "%s", why);
}

static void job_close(struct job *j)
{
    sc_free(j->zkey_file.bytes);
    sc_free(j->wtns_file.bytes);
}

Test(groth16, every_key_and_witness_proves, .timeout = 300)
{
    struct sc_pool *pool = NULL;
    cr_assert_eq(sc_pool_create(&pool, 2), SOCLE_OK);
    for (int i = 0; i < N_SETS; i++) {
        struct set s;
        struct job j;
        struct g16_proof p, alone;
        uint64_t r[4], t[4];
        set_open(&s, sets[i]);
        job_open(&j, sets[i]);
        const size_t held = sc_mem_now();
        sc_mem_peak_reset();
        cr_assert_eq(sc_g16_prove(&p, NULL, why, sizeof why, &j.key, &j.w, some[0], some[1], pool), SOCLE_OK, "%s: %s", sets[i], why);
        cr_expect_leq(sc_mem_peak() - held, sc_g16_prove_memory(&j.key, 2), "%s", sets[i]);
        cr_expect_leq(sc_mem_now(), held, "%s", sets[i]); /* less, when a thread of the pool has only just started */
        cr_expect_eq(verify(&s, &p), SOCLE_OK, "%s", sets[i]);
        cr_expect_neq(memcmp(&p.a, &s.proof.a, sizeof p.a), 0, "other randomness, other proof");
        if (j.key.log_domain < 12) { /* no randomness, no threads; the system's randomness */
            cr_assert_eq(sc_g16_prove(&alone, NULL, why, sizeof why, &j.key, &j.w, some[0], some[1], NULL), SOCLE_OK);
            cr_expect_eq(memcmp(&alone, &p, sizeof p), 0, "%s: threads change the proof", sets[i]);
            cr_assert_eq(sc_g16_prove(&alone, NULL, why, sizeof why, &j.key, &j.w, zero, zero, NULL), SOCLE_OK);
            cr_expect_eq(verify(&s, &alone), SOCLE_OK);
            cr_assert(sc_g16_random(r, j.key.curve) == SOCLE_OK && sc_g16_random(t, j.key.curve) == SOCLE_OK && memcmp(r, t, sizeof r) != 0);
            cr_assert_eq(sc_g16_prove(&alone, NULL, why, sizeof why, &j.key, &j.w, r, t, NULL), SOCLE_OK);
            cr_expect_eq(verify(&s, &alone), SOCLE_OK);
        }
        struct g16_vkey from_key;
        cr_assert_eq(sc_g16_vkey_of(&from_key, &j.key), SOCLE_OK);
        cr_expect_eq(sc_g16_verify(&from_key, (const uint64_t(*)[4])s.values, s.n, &p), SOCLE_OK);
        char *const json = sc_g16_vkey_write(&from_key);
        cr_assert_not_null(json);
        cr_expect(strlen(json) == s.vkey_json.len && memcmp(json, s.vkey_json.bytes, s.vkey_json.len) == 0, "%s: another key than snarkjs writes", sets[i]);
        sc_free(json);
        sc_g16_vkey_fini(&from_key);
        job_close(&j);
        set_close(&s);
    }
    sc_pool_destroy(pool);
    cr_expect_eq(sc_mem_now(), 0u);
}

Test(groth16, a_witness_that_does_not_satisfy_gives_nothing_that_verifies)
{
    for (int i = 0; i < SMALL; i++) {
        struct set s;
        struct job j;
        struct g16_proof p;
        set_open(&s, sets[i]);
        job_open(&j, sets[i]);
        uint8_t *const values = j.wtns_file.bytes + (j.w.values - j.wtns_file.bytes);
        for (uint32_t v = 1; v < j.w.n; v += 7) {
            values[(size_t)32 * v] ^= 1;
            cr_assert_eq(sc_g16_prove(&p, NULL, why, sizeof why, &j.key, &j.w, some[0], some[1], NULL), SOCLE_OK);
            cr_expect_eq(verify(&s, &p), SOCLE_E_REJECT, "%s: value %u", sets[i], v);
            values[(size_t)32 * v] ^= 1;
        }
        job_close(&j);
        set_close(&s);
    }
}

Test(groth16, key_and_witness_of_different_circuits)
{
    struct job a, b, c;
    struct g16_proof p;
    job_open(&a, sets[0]);
    job_open(&b, sets[1]);
    job_open(&c, sets[2]);
    cr_expect_eq(sc_g16_prove(&p, NULL, why, sizeof why, &a.key, &b.w, zero, zero, NULL), SOCLE_E_ARG);
    cr_expect(strstr(why, "for bls12381, the key for bn128") != NULL, "%s", why);
    cr_expect_eq(sc_g16_prove(&p, NULL, why, sizeof why, &a.key, &c.w, zero, zero, NULL), SOCLE_E_ARG);
    cr_expect(strstr(why, "values") != NULL, "%s", why);
    job_close(&a);
    job_close(&b);
    job_close(&c);
}

Test(groth16, failing_allocations_are_told)
{
    struct job j;
    struct g16_proof p;
    socle_status st = SOCLE_E_NOMEM;
    uint64_t n = 0;
    job_open(&j, sets[0]);
    const size_t held = sc_mem_now();
    while (st == SOCLE_E_NOMEM) {
        cr_assert_lt(++n, 1000u);
        sc_mem_fail_at(n);
        st = sc_g16_prove(&p, NULL, why, sizeof why, &j.key, &j.w, some[0], some[1], NULL);
        sc_mem_fail_at(0);
        cr_assert_eq(sc_mem_now(), held, "allocation %u", (unsigned)n);
    }
    cr_expect_eq(st, SOCLE_OK);
    cr_expect_gt(n, 15u);
    job_close(&j);
}
