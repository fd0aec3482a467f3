/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Groth16 over the keys and witnesses of iden3.h: prove, verify, and the JSON of snarkjs.
 * Source: J. Groth, "On the size of pairing-based non-interactive arguments", 2016, section 3.2; the form of the key (points of the
 * quotient on a coset) is snarkjs's.
 */
#ifndef SC_GROTH16_H
#define SC_GROTH16_H

#include "host/device/committer.h"
#include "host/groth16/iden3.h"

struct g16_proof {
    const struct g16_curve *curve;
    struct g16_point a, b, c; /* of G1, G2, G1 */
};

struct g16_vkey {
    const struct g16_curve *curve;
    uint32_t n_public;
    struct g16_point alpha1, beta2, gamma2, delta2;
    struct g16_point *ic; /* n_public + 1, from sc_alloc; sc_g16_vkey_fini */
};
void sc_g16_vkey_fini(struct g16_vkey *k);
/** The verifying part of a proving key. E_NOMEM, E_FORMAT when a point is not of its group. */
SC_MUST_USE socle_status sc_g16_vkey_of(struct g16_vkey *out, const struct zkey *k);

/** Where the time of a proof goes. */
enum g16_stage { G16_ROWS, G16_TRANSFORMS, G16_SUM_H, G16_SUM_A, G16_SUM_B1, G16_SUM_B2, G16_SUM_C, G16_JOIN, G16_STAGES };
struct g16_spent {
    uint64_t ns[G16_STAGES]; /* of the wall */
};
const char *sc_g16_stage_name(unsigned stage);

#define G16_MAX_DEVICES 16

/** Who makes a proof: threads, and devices for what they can do. Each waits in a thread of its own, as long as there are as many. */
struct g16_by {
    struct sc_pool *pool; /* NULL: the calling thread */
    struct sc_committer *device[G16_MAX_DEVICES]; /* the threads make what one fails at, and everything too when it is compared */
    unsigned n_devices;
};

/** Prove. @p spent may be NULL. @p r and @p s: two numbers below the order, least word first, that nobody else may ever learn. pool may be NULL.
 * E_ARG with a sentence: the witness is of another curve or circuit. E_NOMEM. A witness that does not satisfy the circuit gives a
 * proof that does not verify. */
SC_MUST_USE socle_status sc_g16_prove(struct g16_proof *out, struct g16_spent *spent, char *why, size_t why_size, const struct zkey *k,
                                      const struct wtns *w, const uint64_t r[4], const uint64_t s[4], struct sc_pool *pool);
/** The same by others, the same proof. E_DEVICE: what a compared device made is not what the threads made. A device can be wrong without
 * being noticed: the proof is to be verified. */
SC_MUST_USE socle_status sc_g16_prove_by(struct g16_proof *out, struct g16_spent *spent, char *why, size_t why_size, const struct zkey *k,
                                         const struct wtns *w, const uint64_t r[4], const uint64_t s[4], const struct g16_by *by);
/** The most memory of sc_g16_prove and sc_g16_prove_by beside key and witness. */
size_t sc_g16_prove_memory(const struct zkey *k, unsigned n_threads);
/** out = sum of k[i] times point i of a section of n; k plain, below the order. Points must have been checked to be on the curve. E_NOMEM. */
SC_MUST_USE socle_status sc_g16_section_sum(struct g16_point *out, const struct g16_curve *c, enum sc_group g, const uint8_t *points,
                                            const uint64_t (*k)[4], size_t n, struct sc_pool *pool);
/** *sum += p. E_NOMEM. */
SC_MUST_USE socle_status sc_g16_add(struct g16_point *sum, const struct g16_curve *c, enum sc_group g, const struct g16_point *p);
/** The most memory that sc_g16_section_sum takes. */
size_t sc_g16_section_memory(const struct g16_curve *c, enum sc_group g, size_t n, unsigned n_threads);
/** A number below the order from the system's generator; E_IO. */
SC_MUST_USE socle_status sc_g16_random(uint64_t out[4], const struct g16_curve *c);

/** SOCLE_OK: accepted. E_REJECT. E_ARG: of different curves, or another number of public values. @p values: plain, below the order. */
SC_MUST_USE socle_status sc_g16_verify(const struct g16_vkey *k, const uint64_t (*values)[4], uint32_t n_values, const struct g16_proof *p);

/* JSON as snarkjs writes it. Reading is strict: numbers are canonical decimal strings, points affine and of their groups (a third
 * coordinate of 1, or infinity as snarkjs has it), no member twice. E_FORMAT with a sentence, E_NOMEM. */

SC_MUST_USE socle_status sc_g16_proof_read(struct g16_proof *out, char *why, size_t why_size, const uint8_t *json, size_t len);
SC_MUST_USE socle_status sc_g16_vkey_read(struct g16_vkey *out, char *why, size_t why_size, const uint8_t *json, size_t len);
/** *out from sc_alloc, plain, below the order of @p c. */
SC_MUST_USE socle_status sc_g16_public_read(uint64_t (**out)[4], uint32_t *n, char *why, size_t why_size, const struct g16_curve *c,
                                            const uint8_t *json, size_t len);

/** Zero-ended text from sc_alloc, byte for byte what snarkjs writes; NULL when there is no memory. */
char *sc_g16_proof_write(const struct g16_proof *p);
/** As snarkjs writes `zkey export verificationkey`: with the pairing of alpha and beta, which sc_g16_vkey_read does not rely on. */
char *sc_g16_vkey_write(const struct g16_vkey *k);
/** Of the first n_public values behind the 1. */
char *sc_g16_public_write(const struct wtns *w, uint32_t n_public);

#endif
