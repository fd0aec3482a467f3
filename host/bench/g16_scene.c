/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Cases of the suite "groth16". Contracts: g16_scene.h.
 */
#include "host/bench/g16_scene.h"

#include <stdio.h>
#include <string.h>

#include "core/hash/blake3.h"
#include "host/sys/file.h"
#include "host/sys/mem.h"

#define OF(curve) {curve, "2^14 rows", 14}, {curve, "2^16 rows", 16}, {curve, "2^18 rows", 18}, {curve, "2^20 rows", 20}, {curve, "2^22 rows", 22}

static const struct sc_g16_case cases[] = {OF("bn128"), OF("bls12381")};

/* Below the orders. Whoever knows them learns about the witness, which here is no secret. */
static const uint64_t r[4] = {0x72616e646f6d3031, 21, 31, 41}, s[4] = {0x72616e646f6d3032, 51, 61, 71};

const struct sc_g16_case *sc_g16_cases(size_t *n)
{
    *n = sizeof cases / sizeof cases[0];
    return cases;
}

static uint32_t rounds(const struct sc_g16_case *c)
{
    return ((UINT32_C(1) << c->log_rows) - 3) / 3; /* rows of two public values and of 1 */
}

uint32_t sc_g16_constraints(const struct sc_g16_case *c)
{
    return 3 * rounds(c);
}

struct sc_g16_memory sc_g16_scene_memory(const struct sc_g16_case *c, unsigned n_threads)
{
    const struct g16_curve *const curve = sc_g16_by_name(c->curve);
    const size_t n_rounds = rounds(c), n_vars = 3 * n_rounds + 3, terms = 12 * n_rounds + 3; /* of A and B */
    const size_t circuit = n_rounds * (9 * 4 + 15 * 36) + 8 * n_vars, witness = 32 * n_vars;
    const struct zkey like = {.curve = curve, .n_vars = (uint32_t)n_vars, .n_public = 2, .log_domain = c->log_rows};
    return (struct sc_g16_memory){.held = sc_big_size(sc_known_key_size(curve, n_vars, terms, c->log_rows)) + sc_big_size(witness) + 65536,
                                  .make = sc_big_size(circuit) + sc_known_key_memory(curve, n_vars, c->log_rows, n_threads),
                                  .prove = sc_g16_prove_memory(&like, n_threads)};
}

void sc_workload_digest(uint8_t out[SOCLE_BENCH_DIGEST], const uint8_t *program, size_t program_len, const uint8_t *input, size_t input_len)
{
    const uint64_t lens[2] = {program_len, input_len};
    struct b3 h;
    sc_b3_init(&h);
    for (unsigned i = 0; i < 16; i++) {
        const uint8_t byte = (uint8_t)(lens[i / 8] >> (8 * (i % 8)));
        sc_b3_update(&h, &byte, 1);
    }
    sc_b3_update(&h, program, program_len);
    sc_b3_update(&h, input, input_len);
    sc_b3_final(&h, 0, out, SOCLE_BENCH_DIGEST);
}

socle_status sc_g16_scene_make(struct sc_g16_scene *out, const struct sc_g16_case *c, struct sc_pool *pool,
                               socle_status (*goes_on)(void *arg), void *arg)
{
    const struct g16_curve *const curve = sc_g16_by_name(c->curve);
    struct sc_snark_file circuit_file = sc_snark_chain(curve, rounds(c));
    struct r1cs circuit;
    char why[SC_PROOF_WHY];
    socle_status st = SOCLE_OK;
    *out = (struct sc_g16_scene){.of = c, .witness_file = sc_snark_chain_witness(curve, rounds(c))};
    TRY(circuit_file.bytes != NULL && out->witness_file.bytes != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    sc_workload_digest(out->workload, circuit_file.bytes, circuit_file.len, out->witness_file.bytes, out->witness_file.len);
    TRY(sc_r1cs_open(&circuit, why, sizeof why, circuit_file.bytes, circuit_file.len));
    TRY(sc_wtns_open(&out->witness, why, sizeof why, out->witness_file.bytes, out->witness_file.len));
    const uint64_t start = sc_clock_ns();
    TRY(sc_known_key_make(&out->key, &circuit, c->log_rows, pool, goes_on, arg));
    out->key_ns = sc_clock_ns() - start;
    TRY(sc_g16_vkey_of(&out->vkey, &out->key.zkey));
out:
    sc_snark_file_fini(&circuit_file);
    if (st != SOCLE_OK) {
        sc_g16_scene_fini(out);
    }
    return st;
}

void sc_g16_scene_fini(struct sc_g16_scene *scene)
{
    sc_known_key_fini(&scene->key);
    sc_g16_vkey_fini(&scene->vkey);
    sc_snark_file_fini(&scene->witness_file);
    memset(scene, 0, sizeof *scene);
}

static socle_status verify(const struct sc_g16_scene *scene, const struct g16_proof *p)
{
    const struct g16_curve *const c = scene->vkey.curve;
    uint64_t values[2][4];
    for (unsigned i = 0; i < 2; i++) {
        (void)sc_g16_scalar(values[i], c, scene->witness.values + (size_t)32 * (i + 1));
    }
    const bool members = sc_g16_in_group(c->g1, &p->a) && sc_g16_in_group(c->g2, &p->b) && sc_g16_in_group(c->g1, &p->c);
    return members ? sc_g16_verify(&scene->vkey, (const uint64_t(*)[4])values, 2, p) : SOCLE_E_REJECT;
}

/* Of the text that snarkjs has for it. */
static socle_status digest(struct sc_proof_run *out, const struct g16_proof *p)
{
    char *const text = sc_g16_proof_write(p);
    struct b3 h;
    if (text == NULL) {
        return SOCLE_E_NOMEM;
    }
    out->bytes = strlen(text);
    sc_b3_init(&h);
    sc_b3_update(&h, (const uint8_t *)text, out->bytes);
    sc_b3_final(&h, 0, out->digest, sizeof out->digest);
    sc_free(text);
    return SOCLE_OK;
}

/* What the literature leaves of the curve. */
static unsigned bits_of(const char *curve)
{
    struct socle_groth16_security known;
    unsigned i = 0;
    while (socle_groth16_security(i, &known) && strcmp(known.curve, curve) != 0) {
        i++;
    }
    return known.curve != NULL ? (unsigned)known.least_bits : 0;
}

socle_status sc_g16_scene_prove(struct sc_proof_run *out, char why[SC_PROOF_WHY], const struct sc_g16_scene *scene, const struct g16_by *by)
{
    struct g16_proof proof;
    struct g16_spent spent;
    socle_status st = SOCLE_OK;
    const size_t before = sc_mem_now(), own = scene->key.len + scene->witness_file.len;
    sc_mem_peak_reset();
    const uint64_t start = sc_clock_ns();
    TRY(sc_g16_prove_by(&proof, &spent, why, SC_PROOF_WHY, &scene->key.zkey, &scene->witness, r, s, by));
    out->ns = sc_clock_ns() - start;
    out->peak_memory = sc_mem_peak() - before + own; /* keys of other cases are not its own */
    TRY(digest(out, &proof));
    const uint64_t check = sc_clock_ns();
    TRY(verify(scene, &proof));
    out->verify_ns = sc_clock_ns() - check;
    memcpy(out->workload, scene->workload, sizeof out->workload);
    out->bits = bits_of(scene->of->curve);
    out->key_bytes = scene->key.len;
    out->key_ns = scene->key_ns;
    out->n_stages = G16_STAGES;
    for (unsigned i = 0; i < G16_STAGES; i++) {
        out->stages[i] = (struct socle_stage){.name = sc_g16_stage_name(i), .seconds = 1e-9 * (double)spent.ns[i]};
    }
out:
    return st;
}
