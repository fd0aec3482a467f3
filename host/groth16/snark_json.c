/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The JSON of snarkjs: proofs, verification keys, public values.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "host/groth16/groth16.h"
#include "host/sys/mem.h"

#define SAY(status, ...) (((void)snprintf(why, why_size, __VA_ARGS__)), (status))

/* ---- reading ---- */

/* One JSON text and nothing behind it. The account of memory does not see what it takes. */
static json_t *parse(char *why, size_t why_size, const uint8_t *json, size_t len)
{
    json_error_t e;
    json_t *const root = json_loadb((const char *)json, len, JSON_REJECT_DUPLICATES, &e);
    if (root == NULL) {
        (void)snprintf(why, why_size, "no JSON: line %d: %.100s", e.line, e.text);
    }
    return root;
}

/* A coordinate, element of the base field. */
static bool element(uint64_t *out, const struct g16_curve *c, const json_t *j)
{
    uint64_t plain[6];
    if (!json_is_string(j) || strlen(json_string_value(j)) != json_string_length(j) || !sc_g16_from_decimal(plain, json_string_value(j), c->q, c->words)) {
        return false;
    }
    c->fp_from_plain(out, plain);
    return true;
}

/* One coordinate of a point: one element, or an array of two. */
static bool coordinate(uint64_t *out, const struct g16_curve *c, enum sc_group g, const json_t *j)
{
    if (g == c->g1) {
        return element(out, c, j);
    }
    return json_is_array(j) && json_array_size(j) == 2 && element(out, c, json_array_get(j, 0)) && element(out + c->words, c, json_array_get(j, 1));
}

static bool point(struct g16_point *out, const struct g16_curve *c, enum sc_group g, const json_t *j)
{
    struct g16_point z = {{0}}, none = {{0}}, unit = {{0}};
    const size_t n = (size_t)c->words * sc_g16_elements(c, g) / 2; /* words of a coordinate */
    memset(out, 0, sizeof *out);
    if (!json_is_array(j) || json_array_size(j) != 3 || !coordinate(out->l, c, g, json_array_get(j, 0)) ||
        !coordinate(out->l + n, c, g, json_array_get(j, 1)) || !coordinate(z.l, c, g, json_array_get(j, 2))) {
        return false;
    }
    c->fp_from_plain(unit.l, (const uint64_t[6]){1});
    if (memcmp(&z, &none, sizeof z) == 0) { /* infinity is (0, 1, 0) */
        const bool is_inf = memcmp(out->l, none.l, 8 * n) == 0 && memcmp(out->l + n, unit.l, 8 * n) == 0;
        memset(out, 0, sizeof *out);
        return is_inf;
    }
    return memcmp(&z, &unit, sizeof z) == 0 && memcmp(out, &none, sizeof none) != 0 && sc_group_ops_ref(g)->on_curve(out) && sc_g16_in_group(g, out);
}

static const struct g16_curve *curve_of(char *why, size_t why_size, const json_t *root)
{
    const json_t *const protocol = json_object_get(root, "protocol"), *const curve = json_object_get(root, "curve");
    if (!json_is_string(protocol) || strcmp(json_string_value(protocol), "groth16") != 0) {
        (void)snprintf(why, why_size, "its protocol is not groth16");
        return NULL;
    }
    const char *const name = json_is_string(curve) ? json_string_value(curve) : curve == NULL ? "bn128" : ""; /* rapidsnark leaves it out */
    const struct g16_curve *const c = sc_g16_by_name(name);
    if (c == NULL) {
        (void)snprintf(why, why_size, "its curve is neither bn128 nor bls12381");
    }
    return c;
}

static socle_status named_point(struct g16_point *out, char *why, size_t why_size, const struct g16_curve *c, enum sc_group g, const json_t *root,
                                const char *name)
{
    return point(out, c, g, json_object_get(root, name)) ? SOCLE_OK : SAY(SOCLE_E_FORMAT, "%s is no point of its group", name);
}

static socle_status proof_from(struct g16_proof *out, char *why, size_t why_size, const json_t *root)
{
    socle_status st = SOCLE_OK;
    const struct g16_curve *const c = curve_of(why, why_size, root);
    TRY(c != NULL ? SOCLE_OK : SOCLE_E_FORMAT);
    TRY(json_object_size(root) == (json_object_get(root, "curve") != NULL ? 5 : 4) ? SOCLE_OK : SAY(SOCLE_E_FORMAT, "it has other members than a proof"));
    TRY(named_point(&out->a, why, why_size, c, c->g1, root, "pi_a"));
    TRY(named_point(&out->b, why, why_size, c, c->g2, root, "pi_b"));
    TRY(named_point(&out->c, why, why_size, c, c->g1, root, "pi_c"));
    out->curve = c;
out:
    return st;
}

socle_status sc_g16_proof_read(struct g16_proof *out, char *why, size_t why_size, const uint8_t *json, size_t len)
{
    memset(out, 0, sizeof *out);
    json_t *const root = parse(why, why_size, json, len);
    const socle_status st = root == NULL ? SOCLE_E_FORMAT : proof_from(out, why, why_size, root);
    json_decref(root);
    return st;
}

static socle_status vkey_from(struct g16_vkey *out, char *why, size_t why_size, const json_t *root)
{
    socle_status st = SOCLE_OK;
    const struct g16_curve *const c = curve_of(why, why_size, root);
    const json_t *const n = json_object_get(root, "nPublic"), *const ic = json_object_get(root, "IC");
    TRY(c != NULL ? SOCLE_OK : SOCLE_E_FORMAT);
    TRY(json_is_integer(n) && json_is_array(ic) && json_integer_value(n) >= 0 && json_integer_value(n) < UINT32_MAX &&
                json_array_size(ic) == (size_t)json_integer_value(n) + 1
            ? SOCLE_OK
            : SAY(SOCLE_E_FORMAT, "nPublic is not one less than the points of IC"));
    TRY(named_point(&out->alpha1, why, why_size, c, c->g1, root, "vk_alpha_1"));
    TRY(named_point(&out->beta2, why, why_size, c, c->g2, root, "vk_beta_2"));
    TRY(named_point(&out->gamma2, why, why_size, c, c->g2, root, "vk_gamma_2"));
    TRY(named_point(&out->delta2, why, why_size, c, c->g2, root, "vk_delta_2"));
    out->ic = sc_alloc(json_array_size(ic), sizeof *out->ic);
    TRY(out->ic != NULL ? SOCLE_OK : SAY(SOCLE_E_NOMEM, "no memory for the key"));
    for (size_t i = 0; i < json_array_size(ic); i++) {
        TRY(point(&out->ic[i], c, c->g1, json_array_get(ic, i)) ? SOCLE_OK : SAY(SOCLE_E_FORMAT, "point %zu of IC is no point of its group", i));
    }
    out->n_public = (uint32_t)json_integer_value(n);
    out->curve = c;
out:
    return st;
}

socle_status sc_g16_vkey_read(struct g16_vkey *out, char *why, size_t why_size, const uint8_t *json, size_t len)
{
    memset(out, 0, sizeof *out);
    json_t *const root = parse(why, why_size, json, len);
    const socle_status st = root == NULL ? SOCLE_E_FORMAT : vkey_from(out, why, why_size, root);
    if (st != SOCLE_OK) {
        sc_g16_vkey_fini(out);
    }
    json_decref(root);
    return st;
}

socle_status sc_g16_public_read(uint64_t (**out)[4], uint32_t *n, char *why, size_t why_size, const struct g16_curve *c, const uint8_t *json,
                                size_t len)
{
    socle_status st = SOCLE_OK;
    json_t *const root = parse(why, why_size, json, len);
    *out = NULL;
    *n = 0;
    TRY(json_is_array(root) && json_array_size(root) < UINT32_MAX ? SOCLE_OK
        : root == NULL                                            ? SOCLE_E_FORMAT
                                                                  : SAY(SOCLE_E_FORMAT, "public values are an array"));
    const size_t size = json_array_size(root);
    *out = sc_alloc(size + 1, sizeof **out);
    TRY(*out != NULL ? SOCLE_OK : SAY(SOCLE_E_NOMEM, "no memory for the public values"));
    for (size_t i = 0; i < size; i++) {
        const json_t *const v = json_array_get(root, i);
        TRY(json_is_string(v) && strlen(json_string_value(v)) == json_string_length(v) && sc_g16_from_decimal((*out)[i], json_string_value(v), c->r, 4)
                ? SOCLE_OK
                : SAY(SOCLE_E_FORMAT, "public value %zu is no decimal number below the order", i));
    }
    *n = (uint32_t)size;
out:
    if (st != SOCLE_OK) {
        sc_free(*out);
        *out = NULL;
    }
    json_decref(root);
    return st;
}

/* ---- writing: an array's elements each on a line, one space deeper ---- */

struct text {
    char *at;
    size_t left;
};

static void put(struct text *t, const char *s)
{
    const size_t n = strlen(s);
    if (n < t->left) {
        memcpy(t->at, s, n + 1);
        t->at += n;
        t->left -= n;
    }
}

static void put_indent(struct text *t, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        put(t, " ");
    }
}

static void put_number(struct text *t, unsigned indent, const uint64_t *plain, unsigned n, bool last)
{
    char digits[G16_DECIMAL];
    sc_g16_to_decimal(digits, plain, n);
    put_indent(t, indent);
    put(t, "\"");
    put(t, digits);
    put(t, last ? "\"\n" : "\",\n");
}

/* An element of Fp, or of Fp2 as an array. words: in the form of core/curve. */
static void put_element(struct text *t, const struct g16_curve *c, unsigned indent, bool pair, const uint64_t *words, bool last)
{
    uint64_t plain[6];
    if (!pair) {
        c->fp_to_plain(plain, words);
        put_number(t, indent, plain, c->words, last);
        return;
    }
    put_indent(t, indent);
    put(t, "[\n");
    for (unsigned i = 0; i < 2; i++) {
        c->fp_to_plain(plain, words + (size_t)i * c->words);
        put_number(t, indent + 1, plain, c->words, i == 1);
    }
    put_indent(t, indent);
    put(t, last ? "]\n" : "],\n");
}

/* Affine coordinates and 1, or 0, 1, 0. */
static void put_coordinates(struct text *t, const struct g16_curve *c, enum sc_group g, unsigned indent, const struct g16_point *p)
{
    const bool pair = g == c->g2;
    const size_t n = (size_t)c->words * (pair ? 2 : 1);
    struct g16_point xyz[3] = {{{0}}, {{0}}, {{0}}}, none = {{0}};
    memcpy(xyz[0].l, p->l, 8 * n);
    memcpy(xyz[1].l, p->l + n, 8 * n);
    const bool is_inf = memcmp(&xyz[0], &none, sizeof none) == 0 && memcmp(&xyz[1], &none, sizeof none) == 0;
    c->fp_from_plain(xyz[is_inf ? 1 : 2].l, (const uint64_t[6]){1});
    for (int i = 0; i < 3; i++) {
        put_element(t, c, indent, pair, xyz[i].l, i == 2);
    }
}

static void put_point(struct text *t, const struct g16_curve *c, enum sc_group g, const char *name, const struct g16_point *p)
{
    put(t, " \"");
    put(t, name);
    put(t, "\": [\n");
    put_coordinates(t, c, g, 2, p);
    put(t, " ],\n");
}

char *sc_g16_proof_write(const struct g16_proof *p)
{
    enum { ROOM = 4096 };
    char *const out = sc_alloc(ROOM, 1);
    struct text t = {out, ROOM};
    if (out == NULL) {
        return NULL;
    }
    put(&t, "{\n");
    put_point(&t, p->curve, p->curve->g1, "pi_a", &p->a);
    put_point(&t, p->curve, p->curve->g2, "pi_b", &p->b);
    put_point(&t, p->curve, p->curve->g1, "pi_c", &p->c);
    put(&t, " \"protocol\": \"groth16\",\n \"curve\": \"");
    put(&t, p->curve->name);
    put(&t, "\"\n}");
    return out;
}

/* The tower over Fp2: two of three. */
static void put_pairing(struct text *t, const struct g16_curve *c, const struct g16_point *p, const struct g16_point *q)
{
    uint64_t value[12 * 6];
    c->pairing(value, p, q);
    put(t, " \"vk_alphabeta_12\": [\n");
    for (unsigned i = 0; i < 2; i++) {
        put(t, "  [\n");
        for (unsigned k = 0; k < 3; k++) {
            put_element(t, c, 3, true, value + (size_t)(3 * i + k) * 2 * c->words, k == 2);
        }
        put(t, i == 1 ? "  ]\n" : "  ],\n");
    }
    put(t, " ],\n");
}

char *sc_g16_vkey_write(const struct g16_vkey *k)
{
    const struct g16_curve *const c = k->curve;
    const size_t room = 16384 + (size_t)k->n_public * 320;
    char *const out = sc_alloc(room, 1), count[16];
    struct text t = {out, room};
    if (out == NULL) {
        return NULL;
    }
    (void)snprintf(count, sizeof count, "%u", k->n_public);
    put(&t, "{\n \"protocol\": \"groth16\",\n \"curve\": \"");
    put(&t, c->name);
    put(&t, "\",\n \"nPublic\": ");
    put(&t, count);
    put(&t, ",\n");
    put_point(&t, c, c->g1, "vk_alpha_1", &k->alpha1);
    put_point(&t, c, c->g2, "vk_beta_2", &k->beta2);
    put_point(&t, c, c->g2, "vk_gamma_2", &k->gamma2);
    put_point(&t, c, c->g2, "vk_delta_2", &k->delta2);
    put_pairing(&t, c, &k->alpha1, &k->beta2);
    put(&t, " \"IC\": [\n");
    for (uint32_t i = 0; i <= k->n_public; i++) {
        put(&t, "  [\n");
        put_coordinates(&t, c, c->g1, 3, &k->ic[i]);
        put(&t, i == k->n_public ? "  ]\n" : "  ],\n");
    }
    put(&t, " ]\n}");
    return out;
}

char *sc_g16_public_write(const struct wtns *w, uint32_t n_public)
{
    const size_t room = (size_t)n_public * 88 + 16;
    char *const out = sc_alloc(room, 1);
    struct text t = {out, room};
    uint64_t plain[4];
    if (out == NULL) {
        return NULL;
    }
    put(&t, n_public == 0 ? "[]" : "[\n");
    for (uint32_t i = 1; i <= n_public; i++) {
        (void)sc_g16_scalar(plain, w->curve, w->values + (size_t)32 * i);
        put_number(&t, 1, plain, 4, i == n_public);
    }
    put(&t, n_public == 0 ? "" : "]");
    return out;
}
