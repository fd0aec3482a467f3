/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * For a socle whose benchmarks of proofs have small cases, and go wrong as SOCLE_SPOIL=WHAT:N says: in the N-th proof of the process, from 1.
 *   proof      what was made is not a proof            other      a proof, but not the same one
 *   memory     there is no memory for it               crash      the guest program fails
 *   device     the device is lost
 * Linked with --wrap of what is defined here.
 */
#include "host/bench/g16_scene.h"
#include "host/bench/guests.h"
#include "host/socle.h"

#include <stdlib.h>
#include <string.h>

static unsigned calls;

static bool is_now(const char *what)
{
    const char *const spoil = getenv("SOCLE_SPOIL");
    const size_t len = strlen(what);
    return spoil != NULL && strncmp(spoil, what, len) == 0 && spoil[len] == ':' && strtoul(spoil + len + 1, NULL, 10) == calls;
}

const struct sc_g16_case *__wrap_sc_g16_cases(size_t *n)
{
    static const struct sc_g16_case cases[] = {{"bn128", "2^6 rows", 6}, {"bn128", "2^8 rows", 8}, {"bls12381", "2^6 rows", 6}};
    *n = sizeof cases / sizeof cases[0];
    return cases;
}

const struct sc_guest_case *__real_sc_guest_cases(size_t *n);
const struct sc_guest_case *__wrap_sc_guest_cases(size_t *n)
{
    static struct sc_guest_case cases[2];
    const struct sc_guest_case *const all = __real_sc_guest_cases(n);
    for (size_t i = 0; *n > 0 && i < 2; i++) {
        cases[i] = all[0];
        cases[i].amount = (uint32_t)(1 + i);
        cases[i].log_cycles = (unsigned)(12 + i);
        cases[i].shape = i == 0 ? "one" : "two";
    }
    *n = *n > 0 ? 2 : 0;
    return cases;
}

/* What takes the place of a proof; SOCLE_OK: it is to be made. */
static socle_status failure(void)
{
    calls++;
    return is_now("crash")    ? SOCLE_E_GUEST
           : is_now("memory") ? SOCLE_E_NOMEM
           : is_now("device") ? SOCLE_E_DEVICE
                              : SOCLE_OK;
}

socle_status __real_sc_g16_prove_by(struct g16_proof *out, struct g16_spent *spent, char *why, size_t why_size, const struct zkey *k, const struct wtns *w,
                                 const uint64_t r[4], const uint64_t s[4], const struct g16_by *by);
socle_status __wrap_sc_g16_prove_by(struct g16_proof *out, struct g16_spent *spent, char *why, size_t why_size, const struct zkey *k, const struct wtns *w,
                                 const uint64_t r[4], const uint64_t s[4], const struct g16_by *by)
{
    socle_status st = failure();
    if (st == SOCLE_OK) {
        st = __real_sc_g16_prove_by(out, spent, why, why_size, k, w, is_now("other") ? s : r, s, by);
    }
    if (st == SOCLE_OK && is_now("proof")) {
        out->c = out->a;
    }
    return st;
}

socle_status __real_socle_prove(socle_context *ctx, struct socle_proof *out, const uint8_t *elf, size_t elf_len, const uint8_t *input, size_t input_len);
socle_status __wrap_socle_prove(socle_context *ctx, struct socle_proof *out, const uint8_t *elf, size_t elf_len, const uint8_t *input, size_t input_len)
{
    static const uint8_t three[] = {3};
    socle_status st = failure();
    if (st == SOCLE_OK) {
        st = is_now("other") ? __real_socle_prove(ctx, out, elf, elf_len, three, sizeof three) : __real_socle_prove(ctx, out, elf, elf_len, input, input_len);
    }
    if (st == SOCLE_OK && is_now("proof")) {
        out->bytes[out->len / 2] ^= 1;
    }
    return st;
}
