/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Groth16 for the public interface: keys, proofs, and what files say.
 */
#define _DEFAULT_SOURCE
#include <stdio.h>
#include <string.h>

#include "core/base/rd.h"
#include "host/api/groth16_api.h"
#include "host/curve/msm_d.h"
#include "host/groth16/groth16.h"
#include "host/groth16/setup.h"
#include "host/sys/file.h"
#include "host/sys/mem.h"

#define MAX_FILE ((size_t)1 << 40)

_Static_assert(SOCLE_MAX_USED_DEVICES <= G16_MAX_DEVICES, "each may help");

struct socle_groth16_key {
    struct zkey zkey;
    struct g16_vkey vkey;
    const uint8_t *mapped; /* NULL: bytes of the caller */
    size_t len;
};

/* ---- keys ---- */

static socle_status open_key(socle_context *ctx, socle_groth16_key *k, const uint8_t *bytes, size_t len)
{
    socle_status st = SOCLE_OK;
    TRY(sc_zkey_open(&k->zkey, ctx->message, sizeof ctx->message, bytes, len));
    TRY(sc_zkey_check(&k->zkey, ctx->message, sizeof ctx->message, false, ctx->pool));
    st = sc_g16_vkey_of(&k->vkey, &k->zkey);
    if (st == SOCLE_E_FORMAT) {
        st = sc_fail(ctx, st, "a point of section IC is not of its group");
    }
out:
    return st;
}

static socle_status key_from(socle_context *ctx, socle_groth16_key **out, const uint8_t *bytes, size_t len, bool mapped)
{
    socle_groth16_key *const k = sc_alloc(1, sizeof *k);
    if (k == NULL) {
        if (mapped) {
            sc_file_unmap(bytes, len);
        }
        return SOCLE_E_NOMEM;
    }
    k->mapped = mapped ? bytes : NULL;
    k->len = len;
    const socle_status st = open_key(ctx, k, bytes, len);
    if (st != SOCLE_OK) {
        socle_groth16_key_close(k);
        return st;
    }
    *out = k;
    return SOCLE_OK;
}

socle_status socle_groth16_key_open(socle_context *ctx, socle_groth16_key **out, const char *path)
{
    const uint8_t *bytes = NULL;
    size_t len = 0;
    *out = NULL;
    sc_api_begin(ctx);
    socle_status st = sc_file_map(&bytes, &len, ctx->message, sizeof ctx->message, path, MAX_FILE);
    if (st == SOCLE_OK) {
        st = key_from(ctx, out, bytes, len, true);
    }
    return sc_api_end(ctx, st);
}

socle_status socle_groth16_key_from(socle_context *ctx, socle_groth16_key **out, const uint8_t *bytes, size_t len)
{
    *out = NULL;
    sc_api_begin(ctx);
    return sc_api_end(ctx, key_from(ctx, out, bytes, len, false));
}

void socle_groth16_key_close(socle_groth16_key *key)
{
    if (key != NULL) {
        sc_g16_vkey_fini(&key->vkey);
        sc_file_unmap(key->mapped, key->len);
        sc_free(key);
    }
}

/* ---- proofs ---- */

static socle_status choose(socle_context *ctx, uint64_t out[4], const struct g16_curve *c, const uint8_t *given)
{
    if (given == NULL) {
        const socle_status st = sc_g16_random(out, c);
        return st == SOCLE_OK ? st : sc_fail(ctx, st, "the system gives no randomness");
    }
    return sc_g16_scalar(out, c, given) ? SOCLE_OK : sc_fail(ctx, SOCLE_E_ARG, "the randomness is not below the order");
}

static socle_status check_proof(socle_context *ctx, const struct g16_vkey *k, const struct wtns *w, const struct g16_proof *p)
{
    uint64_t(*const values)[4] = sc_alloc((size_t)k->n_public + 1, sizeof *values);
    if (values == NULL) {
        return SOCLE_E_NOMEM;
    }
    for (uint32_t i = 0; i < k->n_public; i++) {
        (void)sc_g16_scalar(values[i], w->curve, w->values + (size_t)32 * (i + 1));
    }
    /* The pairing does not see a part outside the group, which a damaged key can make of the witness. */
    const bool members = sc_g16_in_group(k->curve->g1, &p->a) && sc_g16_in_group(k->curve->g2, &p->b) && sc_g16_in_group(k->curve->g1, &p->c);
    const socle_status st = members ? sc_g16_verify(k, (const uint64_t(*)[4])values, k->n_public, p) : SOCLE_E_REJECT;
    sc_free(values);
    return st == SOCLE_E_REJECT ? sc_fail(ctx, st, "the proof does not verify: the witness does not satisfy the circuit, or the key is damaged") : st;
}

static socle_status hand_text(socle_context *ctx, char **out, size_t *len, char *text)
{
    uint8_t *bytes = NULL;
    if (text == NULL) {
        return SOCLE_E_NOMEM;
    }
    *len = strlen(text);
    const socle_status st = sc_api_hand(ctx, &bytes, (uint8_t *)text, *len + 1);
    *out = (char *)bytes;
    return st;
}

socle_status socle_groth16_export_key(socle_context *ctx, char **json, size_t *len, const socle_groth16_key *key)
{
    *json = NULL;
    *len = 0;
    sc_api_begin(ctx);
    return sc_api_end(ctx, hand_text(ctx, json, len, sc_g16_vkey_write(&key->vkey)));
}

struct g16_by sc_api_g16_workers(socle_context *ctx)
{
    struct g16_by by = {.pool = ctx->pool};
    for (unsigned k = 0; k < ctx->n_used; k++) {
        struct sc_committer *const c = ctx->used[k].committer;
        if (c != NULL && !sc_committer_report(c).given_up) {
            by.device[by.n_devices++] = c;
        }
    }
    return by;
}

static uint32_t made_by(struct sc_committer *device)
{
    const struct sc_committer_report r = sc_committer_report(device);
    return r.lent[SC_LOAN_SUM] + r.lent[SC_LOAN_QUOTIENT];
}

static bool any_helped(const struct g16_by *by, const uint32_t before[G16_MAX_DEVICES])
{
    bool any = false;
    for (unsigned i = 0; i < by->n_devices; i++) {
        any = any || made_by(by->device[i]) != before[i];
    }
    return any;
}

/* A proof that verifies. One that devices helped with and that does not is made again without: when that one differs, one of them gave wrong
 * points, whatever the witness is. Which one is not known: none of them is asked again. */
static socle_status make(socle_context *ctx, struct g16_proof *p, const socle_groth16_key *key, const struct wtns *w, const uint64_t r[4],
                         const uint64_t s[4])
{
    socle_status st = SOCLE_OK;
    struct g16_proof alone;
    const struct g16_by by = sc_api_g16_workers(ctx);
    uint32_t before[G16_MAX_DEVICES];
    for (unsigned i = 0; i < by.n_devices; i++) {
        before[i] = made_by(by.device[i]);
    }
    TRY(sc_g16_prove_by(p, NULL, ctx->message, sizeof ctx->message, &key->zkey, w, r, s, &by));
    st = check_proof(ctx, &key->vkey, w, p);
    if (st != SOCLE_E_REJECT || !any_helped(&by, before)) {
        goto out;
    }
    TRY(sc_g16_prove(&alone, NULL, ctx->message, sizeof ctx->message, &key->zkey, w, r, s, ctx->pool));
    for (unsigned i = 0; i < by.n_devices && memcmp(&alone, p, sizeof alone) != 0; i++) {
        if (made_by(by.device[i]) != before[i]) {
            sc_committer_differs(by.device[i]);
        }
    }
    *p = alone;
    ctx->message[0] = '\0';
    st = check_proof(ctx, &key->vkey, w, p);
out:
    return st;
}

static socle_status prove(socle_context *ctx, struct socle_groth16_proof *out, const socle_groth16_key *key, const uint8_t *wtns, size_t wtns_len,
                          const uint8_t *randomness)
{
    socle_status st = SOCLE_OK;
    struct wtns w;
    struct g16_proof p;
    uint64_t r[4] = {0}, s[4] = {0};
    sc_api_choose_cpu(ctx, "no cost model has sums of Groth16");
    TRY(sc_api_devices(ctx));
    TRY(sc_wtns_open(&w, ctx->message, sizeof ctx->message, wtns, wtns_len));
    const uint64_t by_devices = sc_api_g16_workers(ctx).n_devices * SC_MSM_DEVICE_MEMORY;
    TRY(sc_api_room(ctx, sc_g16_prove_memory(&key->zkey, sc_pool_size(ctx->pool)) + by_devices, "this proof"));
    TRY(choose(ctx, r, key->zkey.curve, randomness));
    TRY(choose(ctx, s, key->zkey.curve, randomness == NULL ? NULL : randomness + 32));
    TRY(make(ctx, &p, key, &w, r, s));
    TRY(hand_text(ctx, &out->proof, &out->proof_len, sc_g16_proof_write(&p)));
    TRY(hand_text(ctx, &out->public_values, &out->public_len, sc_g16_public_write(&w, key->zkey.n_public)));
    out->n_more_devices = sc_api_device_uses(ctx, &out->device, out->more_devices);
out:
    explicit_bzero(r, sizeof r);
    explicit_bzero(s, sizeof s);
    return st;
}

socle_status socle_groth16_prove(socle_context *ctx, struct socle_groth16_proof *out, const socle_groth16_key *key, const uint8_t *wtns,
                                 size_t wtns_len, const uint8_t randomness[64])
{
    memset(out, 0, sizeof *out);
    sc_spans_restart(ctx->spans);
    sc_api_begin(ctx);
    socle_status st = prove(ctx, out, key, wtns, wtns_len, randomness);
    if (st == SOCLE_E_DEVICE && ctx->message[0] == '\0' && ctx->used[0].use.compared) {
        st = sc_fail(ctx, st, "%s (%s) and the CPU differ", ctx->used[0].use.id, ctx->used[0].use.name);
    }
    if (st != SOCLE_OK) {
        socle_groth16_proof_fini(ctx, out);
    }
    return sc_api_end(ctx, st);
}

void socle_groth16_proof_fini(socle_context *ctx, struct socle_groth16_proof *proof)
{
    socle_free(ctx, proof->proof);
    socle_free(ctx, proof->public_values);
    memset(proof, 0, sizeof *proof);
}

/* ---- set-up ---- */

struct mapped {
    const uint8_t *bytes;
    size_t len;
};

static socle_status map(socle_context *ctx, struct mapped *m, const char *path)
{
    return sc_file_map(&m->bytes, &m->len, ctx->message, sizeof ctx->message, path, MAX_FILE);
}

/* A sentence about a file, with its name. */
static socle_status of_file(socle_context *ctx, socle_status st, const char *path, const char *why)
{
    return st == SOCLE_OK ? st : sc_fail(ctx, st, "%s: %s", path, why);
}

socle_status socle_groth16_setup(socle_context *ctx, const char *zkey, const char *r1cs, const char *ptau)
{
    socle_status st = SOCLE_OK;
    struct mapped circuit_file = {0}, powers_file = {0};
    struct r1cs circuit;
    struct ptau powers;
    unsigned log_domain;
    uint8_t *key = NULL;
    size_t key_len = 0;
    char why[API_MESSAGE] = "";
    sc_api_begin(ctx);
    TRY(map(ctx, &circuit_file, r1cs));
    TRY(map(ctx, &powers_file, ptau));
    TRY(of_file(ctx, sc_r1cs_open(&circuit, why, sizeof why, circuit_file.bytes, circuit_file.len), r1cs, why));
    TRY(of_file(ctx, sc_ptau_open(&powers, why, sizeof why, powers_file.bytes, powers_file.len), ptau, why));
    TRY(sc_setup_fits(&log_domain, ctx->message, sizeof ctx->message, &circuit, &powers));
    TRY(sc_api_room(ctx, sc_setup_memory(&circuit, log_domain, sc_pool_size(ctx->pool)), "this set-up"));
    TRY(of_file(ctx, sc_ptau_check(&powers, log_domain, why, sizeof why, ctx->pool), ptau, why));
    TRY(sc_g16_setup(&key, &key_len, ctx->message, sizeof ctx->message, &circuit, &powers, ctx->pool));
    st = sc_file_write(ctx->message, sizeof ctx->message, zkey, key, key_len);
out:
    sc_big_free(key, key_len);
    sc_file_unmap(circuit_file.bytes, circuit_file.len);
    sc_file_unmap(powers_file.bytes, powers_file.len);
    return sc_api_end(ctx, st);
}

/* ---- what it rests on ---- */

bool socle_groth16_security(unsigned i, struct socle_groth16_security *out)
{
    static const char *const assumes = "a set-up for each circuit of whose contributors one was honest, the generic group or knowledge-of-exponent model";
    static const struct socle_groth16_security of[] = {
        {"bn128", 126.6, 100, 103, "Barbulescu and Duquesne, Updating key size estimations for pairings, 2019; Guillevic, ePrint 2019/1371", NULL},
        {"bls12381", 127.3, 120, 126, "the same two", NULL},
    };
    if (i >= sizeof of / sizeof of[0]) {
        memset(out, 0, sizeof *out);
        return false;
    }
    *out = of[i];
    out->assumes = assumes;
    return true;
}

/* ---- verification ---- */

/* Which of the three texts a failure is about. */
static socle_status about(socle_context *ctx, socle_status st, const char *what, const char *why)
{
    return st == SOCLE_OK ? st : sc_fail(ctx, st, "%s: %s", what, why);
}

socle_status socle_groth16_verify(socle_context *ctx, const uint8_t *vkey, size_t vkey_len, const uint8_t *public_values, size_t public_len,
                                  const uint8_t *proof, size_t proof_len)
{
    socle_status st = SOCLE_OK;
    struct g16_vkey k = {.ic = NULL};
    struct g16_proof p;
    uint64_t(*values)[4] = NULL;
    uint32_t n = 0;
    char why[API_MESSAGE] = "";
    sc_api_begin(ctx);
    TRY(about(ctx, sc_g16_vkey_read(&k, why, sizeof why, vkey, vkey_len), "the verification key", why));
    TRY(about(ctx, sc_g16_public_read(&values, &n, why, sizeof why, k.curve, public_values, public_len), "the public values", why));
    TRY(about(ctx, sc_g16_proof_read(&p, why, sizeof why, proof, proof_len), "the proof", why));
    if (p.curve != k.curve || n != k.n_public) {
        st = sc_fail(ctx, SOCLE_E_ARG, "a key for %s and %u public values, a proof for %s, %u values", k.curve->name, k.n_public, p.curve->name, n);
        goto out;
    }
    TRY(sc_g16_verify(&k, (const uint64_t(*)[4])values, n, &p));
out:
    sc_free(values);
    sc_g16_vkey_fini(&k);
    return sc_api_end(ctx, st);
}

/* ---- what files say ---- */

static socle_status inspect_zkey(struct socle_groth16_info *out, char *why, size_t why_size, const uint8_t *bytes, size_t len)
{
    struct zkey k;
    const socle_status st = sc_zkey_open(&k, why, why_size, bytes, len);
    if (st == SOCLE_OK) {
        *out = (struct socle_groth16_info){.kind = "zkey", .curve = k.curve->name, .variables = k.n_vars, .public_values = k.n_public,
                                           .coefficients = k.n_coefs, .log_domain = k.log_domain, .contributions = k.n_contributions};
        for (size_t i = 0; i < 64; i++) {
            (void)snprintf(out->circuit_hash + 2 * i, 3, "%02x", k.circuit_hash[i]);
        }
    }
    return st;
}

static socle_status inspect_wtns(struct socle_groth16_info *out, char *why, size_t why_size, const uint8_t *bytes, size_t len)
{
    struct wtns w;
    const socle_status st = sc_wtns_open(&w, why, why_size, bytes, len);
    if (st == SOCLE_OK) {
        *out = (struct socle_groth16_info){.kind = "wtns", .curve = w.curve->name, .variables = w.n};
    }
    return st;
}

static socle_status inspect_r1cs(struct socle_groth16_info *out, char *why, size_t why_size, const uint8_t *bytes, size_t len)
{
    struct r1cs r;
    const socle_status st = sc_r1cs_open(&r, why, why_size, bytes, len);
    if (st == SOCLE_OK) {
        *out = (struct socle_groth16_info){.kind = "r1cs", .curve = r.curve->name, .variables = r.n_wires,
                                           .public_values = (uint64_t)r.n_outputs + r.n_public_inputs, .private_inputs = r.n_private_inputs,
                                           .constraints = r.n_constraints, .terms = r.n_terms, .labels = r.n_labels, .custom_gates = r.custom_gates};
    }
    return st;
}

static socle_status inspect_ptau(struct socle_groth16_info *out, char *why, size_t why_size, const uint8_t *bytes, size_t len)
{
    struct ptau p;
    const socle_status st = sc_ptau_open(&p, why, why_size, bytes, len);
    if (st == SOCLE_OK) {
        *out = (struct socle_groth16_info){.kind = "ptau", .curve = p.curve->name, .power = p.power, .ceremony_power = p.ceremony_power,
                                           .prepared = p.prepared, .contributions = p.n_contributions};
    }
    return st;
}

socle_status socle_groth16_inspect(socle_context *ctx, struct socle_groth16_info *out, const char *path)
{
    static const struct {
        const char *magic;
        socle_status (*inspect)(struct socle_groth16_info *out, char *why, size_t why_size, const uint8_t *bytes, size_t len);
    } kinds[] = {{"zkey", inspect_zkey}, {"wtns", inspect_wtns}, {"r1cs", inspect_r1cs}, {"ptau", inspect_ptau}};
    const uint8_t *bytes = NULL;
    size_t len = 0;
    memset(out, 0, sizeof *out);
    sc_api_begin(ctx);
    socle_status st = sc_file_map(&bytes, &len, ctx->message, sizeof ctx->message, path, MAX_FILE);
    if (st == SOCLE_OK) {
        st = sc_fail(ctx, SOCLE_E_FORMAT, "%s: no file of circom or snarkjs", path);
        for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
            if (len >= 4 && memcmp(bytes, kinds[i].magic, 4) == 0) {
                st = kinds[i].inspect(out, ctx->message, sizeof ctx->message, bytes, len);
            }
        }
        sc_file_unmap(bytes, len);
    }
    if (st == SOCLE_OK) {
        ctx->message[0] = '\0';
    }
    return sc_api_end(ctx, st);
}
