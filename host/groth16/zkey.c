/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Proving keys of Groth16.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "host/groth16/binfile.h"
#include "host/groth16/iden3.h"

#define SAY(status, ...) (((void)snprintf(why, why_size, __VA_ARGS__)), (status))


static socle_status header_points(struct zkey *k, char *why, size_t why_size, struct rd *r)
{
    const struct g16_curve *const c = k->curve;
    struct {
        struct g16_point *to;
        enum sc_group group;
    } points[] = {{&k->alpha1, c->g1}, {&k->beta1, c->g1}, {&k->beta2, c->g2}, {&k->gamma2, c->g2}, {&k->delta1, c->g1}, {&k->delta2, c->g2}};
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        const uint8_t *const at = rd_take(r, sc_g16_size(c, points[i].group));
        if (at != NULL && !sc_g16_load_member(points[i].to, c, points[i].group, at)) {
            return SAY(SOCLE_E_FORMAT, "point %zu of the header is not of its group", i);
        }
    }
    return r->bad || r->left != 0 ? SAY(SOCLE_E_FORMAT, "the header has another length") : SOCLE_OK;
}

static socle_status header(struct zkey *k, char *why, size_t why_size, struct rd r)
{
    const uint32_t size_q = (uint32_t)rd_uint(&r, 4);
    const uint8_t *const q = size_q <= 64 ? rd_take(&r, size_q) : NULL;
    const struct g16_curve *const c = q == NULL ? NULL : sc_g16_by_base(q, size_q);
    if (c == NULL) {
        return SAY(SOCLE_E_VERSION, "a key on a curve that is neither BN254 nor BLS12-381");
    }
    const uint32_t size_r = (uint32_t)rd_uint(&r, 4);
    const uint8_t *const order = size_r == 32 ? rd_take(&r, 32) : NULL;
    if (order == NULL || sc_g16_by_scalar(order, 32) != c) {
        return SAY(SOCLE_E_FORMAT, "base and scalar field are not of one curve");
    }
    k->curve = c;
    k->n_vars = (uint32_t)rd_uint(&r, 4);
    k->n_public = (uint32_t)rd_uint(&r, 4);
    const uint32_t domain = (uint32_t)rd_uint(&r, 4);
    if (!r.bad && (domain == 0 || (domain & (domain - 1)) != 0)) {
        return SAY(SOCLE_E_FORMAT, "the domain of %u is no power of two", domain);
    }
    for (k->log_domain = 0; !r.bad && UINT32_C(1) << k->log_domain != domain; k->log_domain++) {
    }
    if (!r.bad && k->log_domain > ZKEY_MAX_LOG_DOMAIN) {
        return SAY(SOCLE_E_LIMIT, "a domain of 2^%u is larger than 2^%d", k->log_domain, ZKEY_MAX_LOG_DOMAIN);
    }
    if (!r.bad && k->n_vars <= k->n_public) {
        return SAY(SOCLE_E_FORMAT, "%u variables cannot have %u public ones", k->n_vars, k->n_public);
    }
    return header_points(k, why, why_size, &r);
}

/* A section of @p n things of @p size bytes. */
static socle_status array(const uint8_t **out, char *why, size_t why_size, const struct binfile *f, uint32_t type, uint64_t n, size_t size)
{
    struct rd r;
    if (!sc_binfile_find(&r, f, type) || r.left != n * size) {
        return SAY(SOCLE_E_FORMAT, "section %u does not have the length that the header gives it", type);
    }
    *out = r.p;
    return SOCLE_OK;
}

static socle_status coefficients(struct zkey *k, char *why, size_t why_size, struct rd r)
{
    uint64_t value[4];
    k->n_coefs = (uint32_t)rd_uint(&r, 4);
    if (r.bad || r.left != (uint64_t)ZKEY_COEF * k->n_coefs) {
        return SAY(SOCLE_E_FORMAT, "%u coefficients do not take %zu bytes", k->n_coefs, r.left);
    }
    k->coefs = r.p;
    for (uint32_t i = 0; i < k->n_coefs; i++) {
        const uint64_t matrix = rd_uint(&r, 4), row = rd_uint(&r, 4), variable = rd_uint(&r, 4);
        if (matrix > 1 || row >> k->log_domain != 0 || variable >= k->n_vars || !sc_g16_scalar(value, k->curve, rd_take(&r, 32))) {
            return SAY(SOCLE_E_FORMAT, "coefficient %u is of no matrix, row or variable, or not below the modulus", i);
        }
    }
    return SOCLE_OK;
}

/* Circuit hash, and contributions: five points, a transcript of 64 bytes, a type, and parameters of a length. */
static socle_status contributions(struct zkey *k, char *why, size_t why_size, struct rd r)
{
    const size_t points = 3 * sc_g16_size(k->curve, k->curve->g1) + sc_g16_size(k->curve, k->curve->g2);
    k->circuit_hash = rd_take(&r, 64);
    k->n_contributions = (uint32_t)rd_uint(&r, 4);
    for (uint32_t i = 0; i < k->n_contributions && !r.bad; i++) {
        (void)rd_take(&r, points + 64 + 4);
        (void)rd_take(&r, (size_t)rd_uint(&r, 4));
    }
    return r.bad || r.left != 0 ? SAY(SOCLE_E_FORMAT, "the list of contributions has another length") : SOCLE_OK;
}

static socle_status read_key(struct zkey *k, char *why, size_t why_size, const uint8_t *bytes, size_t len)
{
    socle_status st = SOCLE_OK;
    struct binfile f;
    struct rd r;
    TRY(sc_binfile_open(&f, why, why_size, bytes, len, "zkey", 1));
    for (uint32_t type = 1; type <= ZKEY_SECTIONS; type++) {
        TRY(sc_binfile_find(&r, &f, type) ? SOCLE_OK : SAY(SOCLE_E_FORMAT, "section %u is not there", type));
    }
    TRY(f.n == ZKEY_SECTIONS ? SOCLE_OK : SAY(SOCLE_E_FORMAT, "there are more sections than such a key has"));
    (void)sc_binfile_find(&r, &f, ZKEY_PROTOCOL);
    TRY(r.left == 4 && rd_uint(&r, 4) == ZKEY_GROTH16 ? SOCLE_OK : SAY(SOCLE_E_VERSION, "a key of another protocol than Groth16"));
    (void)sc_binfile_find(&r, &f, ZKEY_HEADER);
    TRY(header(k, why, why_size, r));
    const size_t g1 = sc_g16_size(k->curve, k->curve->g1), g2 = sc_g16_size(k->curve, k->curve->g2);
    TRY(array(&k->ic, why, why_size, &f, ZKEY_IC, (uint64_t)k->n_public + 1, g1));
    TRY(array(&k->a, why, why_size, &f, ZKEY_A, k->n_vars, g1));
    TRY(array(&k->b1, why, why_size, &f, ZKEY_B1, k->n_vars, g1));
    TRY(array(&k->b2, why, why_size, &f, ZKEY_B2, k->n_vars, g2));
    TRY(array(&k->c, why, why_size, &f, ZKEY_C, (uint64_t)k->n_vars - k->n_public - 1, g1));
    TRY(array(&k->h, why, why_size, &f, ZKEY_H, UINT64_C(1) << k->log_domain, g1));
    (void)sc_binfile_find(&r, &f, ZKEY_COEFS);
    TRY(coefficients(k, why, why_size, r));
    (void)sc_binfile_find(&r, &f, ZKEY_CONTRIBUTIONS);
    TRY(contributions(k, why, why_size, r));
out:
    return st;
}

socle_status sc_zkey_open(struct zkey *out, char *why, size_t why_size, const uint8_t *bytes, size_t len)
{
    memset(out, 0, sizeof *out);
    const socle_status st = read_key(out, why, why_size, bytes, len);
    if (st != SOCLE_OK) {
        memset(out, 0, sizeof *out);
    }
    return st;
}

/* ---- points ---- */

struct check {
    const struct g16_curve *curve;
    enum sc_group group;
    const uint8_t *points;
    size_t size;
    bool members;
    atomic_bool bad;
};

static void check_points(void *arg, size_t begin, size_t end, unsigned worker)
{
    struct check *const c = arg;
    struct g16_point p;
    (void)worker;
    for (size_t i = begin; i < end && !atomic_load(&c->bad); i++) {
        const uint8_t *const at = c->points + i * c->size;
        if (!(c->members ? sc_g16_load_member(&p, c->curve, c->group, at) : sc_g16_load(&p, c->curve, c->group, at))) {
            atomic_store(&c->bad, true);
        }
    }
}

bool sc_g16_points_good(const struct g16_curve *curve, enum sc_group g, const uint8_t *points, uint64_t n, bool members, struct sc_pool *pool)
{
    struct check c = {curve, g, points, sc_g16_size(curve, g), members, false};
    sc_pool_for(pool, (size_t)n, 256, check_points, &c);
    return !atomic_load(&c.bad);
}

socle_status sc_zkey_check(const struct zkey *k, char *why, size_t why_size, bool groups, struct sc_pool *pool)
{
    const struct {
        const char *name;
        const uint8_t *points;
        uint64_t n;
        enum sc_group group;
    } sections[] = {
        {"IC", k->ic, (uint64_t)k->n_public + 1, k->curve->g1}, {"A", k->a, k->n_vars, k->curve->g1},
        {"B1", k->b1, k->n_vars, k->curve->g1},                 {"B2", k->b2, k->n_vars, k->curve->g2},
        {"C", k->c, (uint64_t)k->n_vars - k->n_public - 1, k->curve->g1}, {"H", k->h, UINT64_C(1) << k->log_domain, k->curve->g1},
    };
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        if (!sc_g16_points_good(k->curve, sections[i].group, sections[i].points, sections[i].n, groups, pool)) {
            return SAY(SOCLE_E_FORMAT, "a point of section %s is not on its curve%s", sections[i].name, groups ? " or not of its group" : "");
        }
    }
    return SOCLE_OK;
}
