/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The verifier: a key and a proof in, the public output or a refusal out. Freestanding, no allocation.
 * Owns nothing. Theory: docs/spec/proof.md.
 */
#ifndef SC_VERIFY_VERIFY_H
#define SC_VERIFY_VERIFY_H

#include "core/verify/zero_v.h"

/** The machine of rv64im.def: the emitted tables and their digest. */
extern const struct sc_machine sc_machine_rv64im;

/** What an accepted proof says; borrowed from its bytes. */
struct sc_verified {
    const uint8_t *output;
    uint64_t output_len;
    struct sc_head_image image;
    struct sc_head_run run; /* of a set: the end of the last segment */
    uint32_t n_segments;    /* 1: a single proof */
    uint64_t n_cycles;      /* instructions of the run */
};

/** Bytes of scratch of sc_verify and sc_verify_set for any proof of the machine and any number of segments; aligned for 8 bytes. */
size_t sc_verify_scratch(const struct sc_machine *m);

/** Verify that the program of key @p vk, on some input, halted with success and wrote the output in @p out.
 *
 * SOCLE_OK: it did. Anything else: do not accept; *out is then zero. E_VERSION: not a proof of this version, or
 * (vk differs) of another program, machine or profile; E_FORMAT, E_LIMIT, E_REJECT: as their names say; E_ARG: too little scratch.
 */
SC_MUST_USE socle_status sc_verify(struct sc_verified *out, const struct sc_machine *m, const struct sc_profile *profile,
                                   const uint8_t vk[SC_VK_LEN], const uint8_t *proof, size_t len, void *scratch, size_t scratch_len);

/** The same for a set of proofs of one run. Memory does not grow with the set, which is read once from begin to end. */
SC_MUST_USE socle_status sc_verify_set(struct sc_verified *out, const struct sc_machine *m, const struct sc_profile *profile,
                                       const uint8_t vk[SC_VK_LEN], const uint8_t *proof, size_t len, void *scratch, size_t scratch_len);

/** A set's file up to the first body, and one body. */
struct sc_set_bytes {
    const uint8_t *head;
    size_t head_len;
    const uint8_t *body;
    size_t body_len;
};
/** Verify proof @p index of a set alone: all that sc_verify_set checks of head and body, but for the sum over all proofs. That sum of the
 * fractions *global of proofs 0 .. S is zero in a set that is accepted. For a prover that has some of the proofs; SOCLE_OK says nothing
 * about a run. E_ARG also for an index behind the last. Cost: the head is read each time. */
SC_MUST_USE socle_status sc_verify_set_part(struct sc_fraction *global, const struct sc_machine *m, const struct sc_profile *profile,
                                            const uint8_t vk[SC_VK_LEN], const struct sc_set_bytes *bytes, uint32_t index, void *scratch,
                                            size_t scratch_len);

/** Receive the head of a file of this profile and kind. E_FORMAT, E_VERSION. */
SC_MUST_USE socle_status sc_recv_head(struct sc_vch *ch, const struct sc_profile *profile, enum sc_proof_kind kind);

#endif
