/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Files of circom and snarkjs: circuits (.r1cs), witnesses (.wtns), proving keys of Groth16 (.zkey), powers of tau (.ptau). Everything is
 * checked for form when a file is opened: sizes against counts before anything of that size is touched, numbers for being canonical.
 * Bytes are borrowed and may be mapped; nothing is allocated.
 * Source: github.com/iden3/snarkjs (zkey, wtns, ptau), github.com/iden3/r1csfile.
 */
#ifndef SC_GROTH16_IDEN3_H
#define SC_GROTH16_IDEN3_H

#include "core/base/status.h"
#include "host/groth16/g16_curve.h"
#include "host/sys/pool.h"

enum { ZKEY_PROTOCOL = 1, ZKEY_HEADER, ZKEY_IC, ZKEY_COEFS, ZKEY_A, ZKEY_B1, ZKEY_B2, ZKEY_C, ZKEY_H, ZKEY_CONTRIBUTIONS, ZKEY_SECTIONS = 10 };
enum { ZKEY_GROTH16 = 1, ZKEY_MAX_LOG_DOMAIN = 27 }; /* with a root of unity of twice the order on both curves */
/** One non-zero entry of A or B. */
enum { ZKEY_COEF = 12 + 32 };

struct zkey {
    const struct g16_curve *curve;
    uint32_t n_vars, n_public, n_coefs, n_contributions;
    unsigned log_domain;
    struct g16_point alpha1, beta1, delta1; /* G1 */
    struct g16_point beta2, gamma2, delta2; /* G2 */
    const uint8_t *ic;      /* n_public + 1 of G1 */
    const uint8_t *coefs;   /* n_coefs entries: matrix (0: A, 1: B), row, variable, 4 bytes each; value R^2 mod r, 32 bytes */
    const uint8_t *a, *b1;  /* n_vars of G1 */
    const uint8_t *b2;      /* n_vars of G2 */
    const uint8_t *c;       /* n_vars - n_public - 1 of G1 */
    const uint8_t *h;       /* 2^log_domain of G1 */
    const uint8_t *circuit_hash; /* 64 bytes */
};

/** E_FORMAT, E_VERSION (another protocol or curve), E_LIMIT, with a sentence. Points of the header are of their groups; those of
 * the long sections are not looked at: sc_zkey_check. */
SC_MUST_USE socle_status sc_zkey_open(struct zkey *out, char *why, size_t why_size, const uint8_t *bytes, size_t len);
/** Of @p n points one behind the other: all on their curve with canonical coordinates, with @p members of the group of order r. */
bool sc_g16_points_good(const struct g16_curve *c, enum sc_group g, const uint8_t *points, uint64_t n, bool members, struct sc_pool *pool);
/** Every point of the key is on its curve with canonical coordinates; with @p groups, also of the group of order r. E_FORMAT with
 * a sentence. pool may be NULL. */
SC_MUST_USE socle_status sc_zkey_check(const struct zkey *k, char *why, size_t why_size, bool groups, struct sc_pool *pool);

struct wtns {
    const struct g16_curve *curve;
    uint32_t n;
    const uint8_t *values; /* n plain scalars, 32 bytes each, the first of which is 1 */
};
SC_MUST_USE socle_status sc_wtns_open(struct wtns *out, char *why, size_t why_size, const uint8_t *bytes, size_t len);

struct r1cs {
    const struct g16_curve *curve;
    uint32_t n_wires, n_outputs, n_public_inputs, n_private_inputs, n_constraints;
    uint64_t n_labels, n_terms; /* terms: entries of all linear combinations */
    bool custom_gates;          /* there are sections of PLONK's custom gates */
    const uint8_t *constraints;
    size_t constraints_len;
};
SC_MUST_USE socle_status sc_r1cs_open(struct r1cs *out, char *why, size_t why_size, const uint8_t *bytes, size_t len);

struct ptau {
    const struct g16_curve *curve;
    unsigned power, ceremony_power;
    uint32_t n_contributions;
    bool prepared; /* has the Lagrange forms of phase 2 */
    const uint8_t *tau1, *tau2, *alpha1, *beta1, *beta2; /* 2^(power + 1) - 1 of G1, 2^power of G2, 2^power and 2^power of G1, 1 of G2 */
    size_t behind_tau1; /* bytes of the file behind tau1, at the most 96 of which are ever looked at */
    /* Of prepared ones, else NULL: Lagrange forms of tau1, tau2, alpha1, beta1. 2^0 points, behind them 2^1 .. 2^power, of tau1 2^(power + 1). */
    const uint8_t *lagrange[4];
};
enum ptau_form { PTAU_L_TAU1, PTAU_L_TAU2, PTAU_L_ALPHA1, PTAU_L_BETA1 };
SC_MUST_USE socle_status sc_ptau_open(struct ptau *out, char *why, size_t why_size, const uint8_t *bytes, size_t len);

#endif
