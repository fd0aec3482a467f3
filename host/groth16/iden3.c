/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Witnesses, circuits, powers of tau. Keys: zkey.c.
 */
#include "host/groth16/iden3.h"

#include <stdio.h>
#include <string.h>

#include "host/groth16/binfile.h"

#define SAY(status, ...) (((void)snprintf(why, why_size, __VA_ARGS__)), (status))

/* ---- .wtns ---- */

enum { WTNS_HEADER = 1, WTNS_VALUES = 2 };

socle_status sc_wtns_open(struct wtns *out, char *why, size_t why_size, const uint8_t *bytes, size_t len)
{
    socle_status st = SOCLE_OK;
    struct binfile f;
    struct rd header, values;
    uint64_t scalar[4];
    memset(out, 0, sizeof *out);
    TRY(sc_binfile_open(&f, why, why_size, bytes, len, "wtns", 2));
    if (f.n != 2 || !sc_binfile_find(&header, &f, WTNS_HEADER) || !sc_binfile_find(&values, &f, WTNS_VALUES)) {
        return SAY(SOCLE_E_FORMAT, "a witness has a header and values, nothing else");
    }
    const uint32_t size = (uint32_t)rd_uint(&header, 4);
    const uint8_t *const prime = size == 32 ? rd_take(&header, 32) : NULL;
    const uint32_t n = (uint32_t)rd_uint(&header, 4);
    if (size == 32 && (prime == NULL || header.bad || header.left != 0)) {
        return SAY(SOCLE_E_FORMAT, "the header has another length");
    }
    const struct g16_curve *const c = prime == NULL ? NULL : sc_g16_by_scalar(prime, 32);
    if (c == NULL) {
        return SAY(SOCLE_E_VERSION, "values of a field that is neither BN254's nor BLS12-381's");
    }
    if (n == 0 || values.left != (uint64_t)32 * n) {
        return SAY(SOCLE_E_FORMAT, "%u values do not take %zu bytes", n, values.left);
    }
    for (uint32_t i = 0; i < n; i++) {
        if (!sc_g16_scalar(scalar, c, values.p + (size_t)32 * i)) {
            return SAY(SOCLE_E_FORMAT, "value %u is not below the modulus", i);
        }
        if (i == 0 && (scalar[0] != 1 || (scalar[1] | scalar[2] | scalar[3]) != 0)) {
            return SAY(SOCLE_E_FORMAT, "the first value is not 1");
        }
    }
    *out = (struct wtns){c, n, values.p};
out:
    return st;
}

/* ---- .r1cs ---- */

enum { R1CS_HEADER = 1, R1CS_CONSTRAINTS = 2, R1CS_LABELS = 3, R1CS_GATES = 4, R1CS_GATE_USES = 5 };

static socle_status r1cs_header(struct r1cs *out, char *why, size_t why_size, struct rd r)
{
    const uint32_t size = (uint32_t)rd_uint(&r, 4);
    const uint8_t *const prime = size == 32 ? rd_take(&r, 32) : NULL;
    out->curve = prime == NULL ? NULL : sc_g16_by_scalar(prime, 32);
    if (out->curve == NULL) {
        return SAY(SOCLE_E_VERSION, "a circuit over a field that is neither BN254's nor BLS12-381's");
    }
    out->n_wires = (uint32_t)rd_uint(&r, 4);
    out->n_outputs = (uint32_t)rd_uint(&r, 4);
    out->n_public_inputs = (uint32_t)rd_uint(&r, 4);
    out->n_private_inputs = (uint32_t)rd_uint(&r, 4);
    out->n_labels = rd_uint(&r, 8);
    out->n_constraints = (uint32_t)rd_uint(&r, 4);
    if (r.bad || r.left != 0) {
        return SAY(SOCLE_E_FORMAT, "the header has another length");
    }
    const uint64_t named = UINT64_C(1) + out->n_outputs + out->n_public_inputs + out->n_private_inputs;
    return named <= out->n_wires && out->n_wires <= out->n_labels ? SOCLE_OK : SAY(SOCLE_E_FORMAT, "the header's counts contradict each other");
}

/* Three linear combinations. */
static socle_status r1cs_constraint(struct r1cs *out, char *why, size_t why_size, struct rd *r, uint32_t index)
{
    uint64_t value[4];
    for (int k = 0; k < 3; k++) {
        const uint32_t n = (uint32_t)rd_uint(r, 4);
        for (uint32_t i = 0; i < n && !r->bad; i++) {
            const uint32_t wire = (uint32_t)rd_uint(r, 4);
            const uint8_t *const at = rd_take(r, 32);
            if (at != NULL && (wire >= out->n_wires || !sc_g16_scalar(value, out->curve, at))) {
                return SAY(SOCLE_E_FORMAT, "constraint %u has a wire that is not there, or a value that is not below the modulus", index);
            }
        }
        out->n_terms += n;
    }
    return r->bad ? SAY(SOCLE_E_FORMAT, "constraint %u goes beyond its section", index) : SOCLE_OK;
}

static socle_status r1cs_read(struct r1cs *out, char *why, size_t why_size, const uint8_t *bytes, size_t len)
{
    socle_status st = SOCLE_OK;
    struct binfile f;
    struct rd header, constraints, labels, gates, uses;
    TRY(sc_binfile_open(&f, why, why_size, bytes, len, "r1cs", 1));
    const bool has[5] = {sc_binfile_find(&header, &f, R1CS_HEADER), sc_binfile_find(&constraints, &f, R1CS_CONSTRAINTS),
                         sc_binfile_find(&labels, &f, R1CS_LABELS), sc_binfile_find(&gates, &f, R1CS_GATES),
                         sc_binfile_find(&uses, &f, R1CS_GATE_USES)};
    if (!has[0] || !has[1] || !has[2] || f.n != 3u + has[3] + has[4]) {
        return SAY(SOCLE_E_FORMAT, "a circuit has a header, constraints, labels, and perhaps custom gates");
    }
    TRY(r1cs_header(out, why, why_size, header));
    out->custom_gates = has[3] || has[4];
    out->constraints = constraints.p;
    out->constraints_len = constraints.left;
    if (labels.left != (uint64_t)8 * out->n_wires) {
        return SAY(SOCLE_E_FORMAT, "labels of %u wires do not take %zu bytes", out->n_wires, labels.left);
    }
    for (uint32_t i = 0; i < out->n_constraints; i++) {
        TRY(r1cs_constraint(out, why, why_size, &constraints, i));
    }
    st = constraints.left == 0 ? SOCLE_OK : SAY(SOCLE_E_FORMAT, "there are bytes behind the last constraint");
out:
    return st;
}

socle_status sc_r1cs_open(struct r1cs *out, char *why, size_t why_size, const uint8_t *bytes, size_t len)
{
    memset(out, 0, sizeof *out);
    const socle_status st = r1cs_read(out, why, why_size, bytes, len);
    if (st != SOCLE_OK) {
        memset(out, 0, sizeof *out);
    }
    return st;
}

/* ---- .ptau ---- */

enum { PTAU_HEADER = 1, PTAU_TAU1, PTAU_TAU2, PTAU_ALPHA1, PTAU_BETA1, PTAU_BETA2, PTAU_CONTRIBUTIONS, PTAU_LAGRANGE = 12, PTAU_LAST = 15 };
enum { PTAU_MAX_POWER = 28 };

static socle_status ptau_header(struct ptau *out, char *why, size_t why_size, struct rd r)
{
    const uint32_t size = (uint32_t)rd_uint(&r, 4);
    const uint8_t *const prime = size <= 64 ? rd_take(&r, size) : NULL;
    out->curve = prime == NULL ? NULL : sc_g16_by_base(prime, size);
    if (out->curve == NULL) {
        return SAY(SOCLE_E_VERSION, "powers on a curve that is neither BN254 nor BLS12-381");
    }
    out->power = (unsigned)rd_uint(&r, 4);
    out->ceremony_power = (unsigned)rd_uint(&r, 4);
    if (r.bad || r.left != 0) {
        return SAY(SOCLE_E_FORMAT, "the header has another length");
    }
    return out->power <= out->ceremony_power && out->ceremony_power <= PTAU_MAX_POWER
               ? SOCLE_OK
               : SAY(SOCLE_E_FORMAT, "2^%u of 2^%u powers: no such file", out->power, out->ceremony_power);
}

static socle_status ptau_points(const uint8_t **out, char *why, size_t why_size, const struct binfile *f, uint32_t type, uint64_t n, size_t size)
{
    struct rd r;
    if (!sc_binfile_find(&r, f, type) || r.left != n * size) {
        return SAY(SOCLE_E_FORMAT, "section %u is not %llu points", type, (unsigned long long)n);
    }
    *out = r.p;
    return SOCLE_OK;
}

/* A contribution: points after it and its key, states of two hashes, a type, and parameters of a length. */
static socle_status ptau_contributions(struct ptau *out, char *why, size_t why_size, const struct binfile *f)
{
    struct rd r;
    const size_t points = 9 * sc_g16_size(out->curve, out->curve->g1) + 5 * sc_g16_size(out->curve, out->curve->g2);
    if (!sc_binfile_find(&r, f, PTAU_CONTRIBUTIONS)) {
        return SAY(SOCLE_E_FORMAT, "there is no list of contributions");
    }
    out->n_contributions = (uint32_t)rd_uint(&r, 4);
    for (uint32_t i = 0; i < out->n_contributions && !r.bad; i++) {
        (void)rd_take(&r, points + 216 + 64 + 4);
        (void)rd_take(&r, (size_t)rd_uint(&r, 4));
    }
    return rd_done(&r) ? SOCLE_OK : SAY(SOCLE_E_FORMAT, "the list of contributions has another length");
}

static socle_status ptau_read(struct ptau *out, char *why, size_t why_size, const uint8_t *bytes, size_t len)
{
    socle_status st = SOCLE_OK;
    struct binfile f;
    struct rd r;
    unsigned lagrange = 0, known = 0;
    TRY(sc_binfile_open(&f, why, why_size, bytes, len, "ptau", 1));
    TRY(sc_binfile_find(&r, &f, PTAU_HEADER) ? SOCLE_OK : SAY(SOCLE_E_FORMAT, "there is no header"));
    TRY(ptau_header(out, why, why_size, r));
    const size_t g1 = sc_g16_size(out->curve, out->curve->g1), g2 = sc_g16_size(out->curve, out->curve->g2);
    const uint64_t n = UINT64_C(1) << out->power;
    TRY(ptau_points(&out->tau1, why, why_size, &f, PTAU_TAU1, 2 * n - 1, g1));
    out->behind_tau1 = (size_t)(bytes + len - out->tau1) - (2 * n - 1) * g1;
    TRY(ptau_points(&out->tau2, why, why_size, &f, PTAU_TAU2, n, g2));
    TRY(ptau_points(&out->alpha1, why, why_size, &f, PTAU_ALPHA1, n, g1));
    TRY(ptau_points(&out->beta1, why, why_size, &f, PTAU_BETA1, n, g1));
    TRY(ptau_points(&out->beta2, why, why_size, &f, PTAU_BETA2, 1, g2));
    TRY(ptau_contributions(out, why, why_size, &f));
    for (uint32_t type = 1; type <= PTAU_LAST; type++) {
        const bool there = sc_binfile_find(&r, &f, type);
        known += there;
        lagrange += there && type >= PTAU_LAGRANGE;
    }
    TRY(known == f.n && (lagrange == 0 || lagrange == 4) ? SOCLE_OK : SAY(SOCLE_E_FORMAT, "there is a section that such files do not have"));
    out->prepared = lagrange == 4;
    for (uint32_t i = 0; out->prepared && i < 4; i++) {
        TRY(ptau_points(&out->lagrange[i], why, why_size, &f, PTAU_LAGRANGE + i, (i == PTAU_L_TAU1 ? 4 : 2) * n - 1, i == PTAU_L_TAU2 ? g2 : g1));
    }
out:
    return st;
}

socle_status sc_ptau_open(struct ptau *out, char *why, size_t why_size, const uint8_t *bytes, size_t len)
{
    memset(out, 0, sizeof *out);
    const socle_status st = ptau_read(out, why, why_size, bytes, len);
    if (st != SOCLE_OK) {
        memset(out, 0, sizeof *out);
    }
    return st;
}
