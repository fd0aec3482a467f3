/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * ECDSA on secp256k1 and secp256r1: signatures made here, every vector of EIP-7951, and the precompiles.
 */
#include "core/curve/secp256k1.h"
#include "core/curve/secp256r1.h"
#include "core/hash/evm_signatures.h"
#include "core/hash/keccak256.h"

#include "tests/support/eip_vectors.h"
#include "tests/support/hash_ref.h"

#include <criterion/criterion.h>
#include <gmp.h>
#include <limits.h>

#define EIP_7951 SC_SOURCE_ROOT "/tests/vectors/eip-7951"

static uint64_t rng = 20261128;

static uint64_t next(void)
{
    rng = rng * 6364136223846793005u + 1442695040888963407u;
    return rng ^ (rng >> 29);
}

#define k1_p K1_FP_P
#define r1_p R1_FP_P

#define C k1
#define ORDER K1_FR_P
#include "tests/unit/ecdsa_case.inc"
#define C r1
#define ORDER R1_FR_P
#include "tests/unit/ecdsa_case.inc"

static void check_p256(const struct eip_vector *v, void *arg)
{
    unsigned *const n_valid = arg;
    uint8_t out[EVM_WORD];
    const size_t len = sc_evm_p256verify(out, v->input, v->input_len);
    cr_assert(len == v->expected_len && memcmp(out, v->expected, len) == 0, "%s", v->name);
    *n_valid += len != 0;
}

Test(ecdsa, vectors_of_eip_7951)
{
    unsigned n_valid = 0;
    const int n = eip_vectors(EIP_7951, "test-vectors.json", check_p256, &n_valid);
    cr_assert(n > 700 && n_valid == 566, "%d vectors, %u valid", n, n_valid);
}

Test(ecdsa, p256verify_takes_160_bytes_only)
{
    struct r1_signed a;
    uint8_t in[161] = {0}, out[EVM_WORD];
    r1_sign(&a);
    memcpy(in, a.hash, 32);
    memcpy(in + 32, a.sig, 64);
    memcpy(in + 96, a.key, 64);
    for (size_t len = 0; len <= sizeof in; len++) {
        cr_assert(sc_evm_p256verify(out, in, len) == (len == 160 ? 32 : 0));
        cr_assert(out[31] == (len == 160));
    }
}

Test(ecdsa, keccak256_of_known_texts_and_lengths_about_a_block)
{
    static const struct {
        const char *msg, *digest;
    } known[] = {
        {"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"},
        {"abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"},
    };
    uint8_t got[KECCAK256_OUT], want[KECCAK256_OUT];
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        eip_hex(want, known[i].digest, 64);
        sc_keccak256(got, (const uint8_t *)known[i].msg, strlen(known[i].msg));
        cr_assert(memcmp(got, want, sizeof got) == 0, "%s", known[i].msg);
    }
    uint8_t data[300];
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)i;
    }
    for (size_t len = 0; len <= sizeof data; len++) {
        keccak256_ref(want, data, len);
        sc_keccak256(got, data, len);
        cr_assert(memcmp(got, want, sizeof got) == 0, "%zu bytes", len);
    }
}

/* The example of the clients' tests (go-ethereum, core/vm, "ValidKey"), and all that is wrong about it. */
Test(ecdsa, ecrecover)
{
    static const char text[] = "18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c"
                               "000000000000000000000000000000000000000000000000000000000000001c"
                               "73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f"
                               "eeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549";
    uint8_t in[160], out[EVM_WORD], want[EVM_WORD];
    memset(in, 0xee, sizeof in); /* what is behind is not read */
    eip_hex(in, text, sizeof text - 1);
    eip_hex(want, "000000000000000000000000a94f5374fce5edbc8e2a8697c15331677e6ebf0b", 64);
    for (size_t len = 128; len <= sizeof in; len++) {
        cr_assert(sc_evm_ecrecover(out, in, len) == 32 && memcmp(out, want, sizeof want) == 0, "%zu bytes", len);
    }
    cr_assert(sc_evm_ecrecover(out, NULL, 0) == 0 && sc_evm_ecrecover(out, in, 64) == 0 && sc_evm_ecrecover(out, in, 96) == 0);
    cr_assert(sc_evm_ecrecover(out, in, 127) == 32 && memcmp(out, want, sizeof want) != 0, "s ends with a zero instead");
    for (unsigned v = 0; v < 256; v++) {
        in[63] = (uint8_t)v;
        cr_assert(sc_evm_ecrecover(out, in, 128) == (v == 27 || v == 28 ? 32 : 0), "v = %u", v);
    }
    in[63] = 28;
    for (unsigned i = 32; i < 63; i++) {
        in[i] = 1;
        cr_assert(sc_evm_ecrecover(out, in, 128) == 0, "v has a byte %u", i);
        in[i] = 0;
    }
    for (unsigned half = 0; half < 2; half++) {
        uint8_t keep[32];
        memcpy(keep, in + 64 + 32 * half, 32);
        for (int c = 0; c < 2; c++) {
            memset(in + 64 + 32 * half, c == 0 ? 0 : 0xff, 32);
            cr_assert(sc_evm_ecrecover(out, in, 128) == 0);
        }
        k1_be(in + 64 + 32 * half, K1_FR_P, 0);
        cr_assert(sc_evm_ecrecover(out, in, 128) == 0, "n itself");
        memcpy(in + 64 + 32 * half, keep, 32);
    }
    cr_assert(sc_evm_ecrecover(out, in, 128) == 32 && memcmp(out, want, sizeof want) == 0);
}
