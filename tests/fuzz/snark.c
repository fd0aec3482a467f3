/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Target: files of circom and snarkjs, by their magic; any other input is JSON behind a byte that says of what. What is accepted lies in the
 * file and adds up; a key that is accepted can be proved with; a circuit that is accepted and small can be set up; a proof that is accepted is written as it is read; no memory is kept.
 */
#include "host/groth16/groth16.h"
#include "host/groth16/setup.h"

#include <string.h>

#include "host/sys/mem.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/snark_files.h"

enum { POWER = 3, SMALL = 64 };

static char why[256];
static struct ptau powers[2]; /* of both curves */
static size_t held;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    for (unsigned i = 0; i < 2; i++) {
        const struct sc_snark_file f = snark_ptau(sc_g16_by_name(i == 0 ? "bn128" : "bls12381"), POWER, true, NULL);
        FUZZ_NEED(f.bytes != NULL && sc_ptau_open(&powers[i], why, sizeof why, f.bytes, f.len) == SOCLE_OK, "no powers: %s", why);
    }
    held = sc_mem_now();
    return 0;
}

static bool within(const uint8_t *p, uint64_t n, size_t size, const uint8_t *data, size_t len)
{
    return p >= data && (uint64_t)(p - data) <= len && n <= (len - (uint64_t)(p - data)) / size;
}

/* A witness of small numbers, for any circuit. */
static void prove_something(const struct zkey *k)
{
    static uint8_t values[64 * 32];
    const uint64_t r[4] = {5}, s[4] = {7};
    struct g16_proof p;
    memset(values, 0, sizeof values);
    for (uint32_t i = 0; i < k->n_vars; i++) {
        values[(size_t)32 * i] = (uint8_t)(i + 1);
    }
    const struct wtns w = {k->curve, k->n_vars, values};
    FUZZ_NEED(sc_g16_prove(&p, NULL, why, sizeof why, k, &w, r, s, NULL) == SOCLE_OK, "an accepted key does not prove: %s", why);
}

static socle_status try_zkey(const uint8_t *data, size_t size)
{
    struct zkey k;
    const socle_status st = sc_zkey_open(&k, why, sizeof why, data, size);
    if (st != SOCLE_OK) {
        return st;
    }
    const size_t g1 = sc_g16_size(k.curve, k.curve->g1), g2 = sc_g16_size(k.curve, k.curve->g2);
    FUZZ_NEED(k.n_public < k.n_vars && within(k.ic, (uint64_t)k.n_public + 1, g1, data, size) && within(k.coefs, k.n_coefs, ZKEY_COEF, data, size) &&
                  within(k.a, k.n_vars, g1, data, size) && within(k.b1, k.n_vars, g1, data, size) && within(k.b2, k.n_vars, g2, data, size) &&
                  within(k.c, (uint64_t)k.n_vars - k.n_public - 1, g1, data, size) && within(k.h, UINT64_C(1) << k.log_domain, g1, data, size) &&
                  within(k.circuit_hash, 1, 64, data, size),
              "a section outside the file");
    if (k.n_vars <= 64 && k.log_domain <= 6 && sc_zkey_check(&k, why, sizeof why, false, NULL) == SOCLE_OK) {
        prove_something(&k);
    }
    return st;
}

static socle_status try_wtns(const uint8_t *data, size_t size)
{
    struct wtns w;
    const socle_status st = sc_wtns_open(&w, why, sizeof why, data, size);
    FUZZ_NEED(st != SOCLE_OK || (w.n > 0 && within(w.values, w.n, 32, data, size)), "values outside the file");
    return st;
}

static void set_something_up(const struct r1cs *r)
{
    uint8_t *key;
    size_t len;
    struct zkey k;
    const socle_status st = sc_g16_setup(&key, &len, why, sizeof why, r, &powers[r->curve == powers[1].curve], NULL);
    FUZZ_NEED(st == SOCLE_OK || st == SOCLE_E_ARG || st == SOCLE_E_LIMIT, "set-up: status %d", (int)st);
    if (st == SOCLE_OK) {
        FUZZ_NEED(sc_zkey_open(&k, why, sizeof why, key, len) == SOCLE_OK && sc_zkey_check(&k, why, sizeof why, true, NULL) == SOCLE_OK,
                  "the key of an accepted circuit is no key: %s", why);
        sc_big_free(key, len);
    }
}

static socle_status try_r1cs(const uint8_t *data, size_t size)
{
    struct r1cs r;
    const socle_status st = sc_r1cs_open(&r, why, sizeof why, data, size);
    FUZZ_NEED(st != SOCLE_OK || (within(r.constraints, r.constraints_len, 1, data, size) && r.n_terms <= size / 36 &&
                                 (uint64_t)12 * r.n_constraints + 36 * r.n_terms == r.constraints_len),
              "constraints that do not add up");
    if (st == SOCLE_OK && r.n_wires <= SMALL && r.n_terms <= SMALL) {
        set_something_up(&r);
    }
    return st;
}

static socle_status try_ptau(const uint8_t *data, size_t size)
{
    struct ptau p;
    const socle_status st = sc_ptau_open(&p, why, sizeof why, data, size);
    FUZZ_NEED(st != SOCLE_OK || (p.power <= 28 && within(p.tau1, (UINT64_C(2) << p.power) - 1, sc_g16_size(p.curve, p.curve->g1), data, size) &&
                                 within(p.tau2, UINT64_C(1) << p.power, sc_g16_size(p.curve, p.curve->g2), data, size)),
              "powers outside the file");
    if (st == SOCLE_OK && p.prepared) {
        for (unsigned i = 0; i < 4; i++) {
            const size_t point = sc_g16_size(p.curve, i == PTAU_L_TAU2 ? p.curve->g2 : p.curve->g1);
            FUZZ_NEED(within(p.lagrange[i], ((i == PTAU_L_TAU1 ? UINT64_C(4) : UINT64_C(2)) << p.power) - 1, point, data, size), "forms outside the file");
        }
        const socle_status checked = p.power >= 1 && p.power <= POWER ? sc_ptau_check(&p, p.power, why, sizeof why, NULL) : SOCLE_OK;
        FUZZ_NEED(checked == SOCLE_OK || checked == SOCLE_E_FORMAT, "check: status %d", (int)checked);
    }
    return st;
}

static socle_status try_proof(const uint8_t *data, size_t size)
{
    struct g16_proof p, again;
    const socle_status st = sc_g16_proof_read(&p, why, sizeof why, data, size);
    if (st == SOCLE_OK) {
        char *const text = sc_g16_proof_write(&p);
        FUZZ_NEED(text != NULL && sc_g16_proof_read(&again, why, sizeof why, (const uint8_t *)text, strlen(text)) == SOCLE_OK &&
                      memcmp(&p, &again, sizeof p) == 0,
                  "a proof is not written as it was read");
        sc_free(text);
    }
    return st;
}

static socle_status try_vkey(const uint8_t *data, size_t size)
{
    struct g16_vkey k;
    const socle_status st = sc_g16_vkey_read(&k, why, sizeof why, data, size);
    sc_g16_vkey_fini(&k);
    return st;
}

static socle_status try_public(const uint8_t *data, size_t size)
{
    uint64_t(*values)[4];
    uint32_t n;
    const struct g16_curve *const c = sc_g16_by_name("bls12381");
    const socle_status st = sc_g16_public_read(&values, &n, why, sizeof why, c, data, size);
    for (uint32_t i = 0; st == SOCLE_OK && i < n; i++) {
        FUZZ_NEED(sc_g16_is_below(values[i], c->r, 4), "a value that is not below the order");
    }
    FUZZ_NEED(st == SOCLE_OK || (values == NULL && n == 0), "values of a refused text");
    sc_free(values);
    return st;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        const char *magic;
        socle_status (*open)(const uint8_t *data, size_t size);
    } files[] = {{"zkey", try_zkey}, {"wtns", try_wtns}, {"r1cs", try_r1cs}, {"ptau", try_ptau}};
    static socle_status (*const texts[])(const uint8_t *data, size_t size) = {try_proof, try_vkey, try_public};
    socle_status st = SOCLE_E_FORMAT;
    bool done = false;
    if (size == 0) {
        return 0;
    }
    (void)snprintf(why, sizeof why, "none");
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (size >= 4 && memcmp(data, files[i].magic, 4) == 0) {
            st = files[i].open(data, size);
            done = true;
        }
    }
    if (!done && data[0] >= '0' && data[0] <= '2') {
        st = texts[data[0] - '0'](data + 1, size - 1);
    }
    FUZZ_NEED(st == SOCLE_OK || st == SOCLE_E_FORMAT || st == SOCLE_E_VERSION || st == SOCLE_E_LIMIT, "status %d", (int)st);
    FUZZ_NEED(why[0] != '\0', "a refusal without a sentence");
    FUZZ_NEED(sc_mem_now() == held, "%zu bytes are kept", sc_mem_now() - held);
    return 0;
}
