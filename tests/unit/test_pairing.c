/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Towers, final exponentiations and pairings of both curves: against schoolbook polynomials, powers over GMP, laws, and EIP-2537.
 */
#include "core/curve/bls12_381_pairing.h"
#include "core/curve/bn254_pairing.h"

#include "tests/support/eip_vectors.h"

#include <criterion/criterion.h>
#include <gmp.h>

#define VECTORS SC_SOURCE_ROOT "/tests/vectors/eip-2537"

static uint64_t rng = 20261127;

static uint64_t next(void)
{
    rng = rng * 6364136223846793005u + 1442695040888963407u;
    return rng ^ (rng >> 29);
}

static void bls_factor(mpz_t k)
{
    mpz_set_ui(k, 3);
}

static void bn_factor(mpz_t k)
{
    mpz_t z;
    mpz_init(z);
    mpz_import(z, 1, -1, 8, 0, 0, BN_PARAM);
    mpz_mul_ui(k, z, 6);
    mpz_add_ui(k, k, 3);
    mpz_mul(k, k, z);
    mpz_add_ui(k, k, 1);
    mpz_mul(k, k, z);
    mpz_mul_ui(k, k, 2);
    mpz_clear(z);
}

#define P bn
#define C BN_
#define XI 9
#define HARD bn_factor
#include "tests/unit/pairing_case.inc"
#define P bls
#define C BLS_
#define XI 1
#define HARD bls_factor
#include "tests/unit/pairing_case.inc"

static void check_vector(const struct eip_vector *v, void *arg)
{
    enum { PAIR = BLS_G1_EVM + BLS_G2_EVM, MAX_PAIRS = 16 };
    struct bls_g1 p[MAX_PAIRS];
    struct bls_g2 q[MAX_PAIRS];
    const size_t n = v->input_len / PAIR;
    bool ok = v->input_len % PAIR == 0 && n > 0;
    cr_assert(n <= MAX_PAIRS);
    (void)arg;
    for (size_t i = 0; ok && i < n; i++) {
        ok = sc_bls_g1_from_evm(&p[i], v->input + i * PAIR) == SOCLE_OK &&
             sc_bls_g2_from_evm(&q[i], v->input + i * PAIR + BLS_G1_EVM) == SOCLE_OK && sc_bls_g1_in_subgroup(&p[i]) && sc_bls_g2_in_subgroup(&q[i]);
    }
    cr_assert(ok == !v->fails, "%s: %s", v->name, ok ? "accepted" : "refused");
    cr_assert(!ok || (v->expected_len == 32 && sc_bls_pairing_is_one(p, q, n) == (v->expected[31] == 1)), "%s: another verdict", v->name);
}

Test(pairing, vectors_of_eip_2537)
{
    cr_assert(eip_vectors(VECTORS, "pairing_check_bls.json", check_vector, NULL) > 10);
    cr_assert(eip_vectors(VECTORS, "fail-pairing_check_bls.json", check_vector, NULL) > 5);
}
