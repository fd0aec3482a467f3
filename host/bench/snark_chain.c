/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A circuit of any size in the files of circom. Contracts: snark_chain.h.
 */
#include "host/bench/snark_chain.h"

#include <string.h>

#include "core/base/rd.h"
#include "host/sys/mem.h"

void sc_snark_file_fini(struct sc_snark_file *f)
{
    sc_big_free(f->bytes, f->len);
    *f = (struct sc_snark_file){NULL, 0};
}

uint8_t *sc_snark_section(uint8_t **at, uint32_t type, size_t len)
{
    uint8_t *const contents = *at + 12;
    store_le(*at, type, 4);
    store_le(*at + 4, len, 8);
    *at = contents + len;
    return contents;
}

uint8_t *sc_snark_begin(struct sc_snark_file *f, size_t len, const char *magic, uint32_t version, uint32_t sections)
{
    f->len = len;
    f->bytes = sc_big_take(len);
    if (f->bytes == NULL) {
        f->len = 0;
        return NULL;
    }
    memcpy(f->bytes, magic, 4);
    store_le(f->bytes + 4, version, 4);
    store_le(f->bytes + 8, sections, 4);
    return f->bytes + 12;
}

uint8_t *sc_snark_words(uint8_t *to, const uint64_t *words, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        store_le(to + (size_t)8 * i, words[i], 8);
    }
    return to + (size_t)8 * n;
}

void sc_snark_counts(uint8_t **at, const struct g16_curve *c, const uint32_t counts[4], uint32_t n_constraints)
{
    uint8_t *to = sc_snark_section(at, 1, 64);
    store_le(to, 32, 4);
    to = sc_snark_words(to + 4, c->r, 4);
    for (unsigned i = 0; i < 4; i++) {
        store_le(to + (size_t)4 * i, counts[i], 4);
    }
    store_le(to + 16, counts[0], 8); /* labels */
    store_le(to + 24, n_constraints, 4);
}

/* Wires: 1, the last x, x, k, and of each round the square, the fourth power, and the fifth but for the last. */
enum { W_ONE, W_OUT, W_X, W_K, W_ROUNDS };

static uint32_t x_of(uint32_t round, uint32_t n_rounds)
{
    return round == 0 ? W_X : round == n_rounds ? W_OUT : W_ROUNDS + 3 * (round - 1) + 2;
}

static uint8_t *put_term(uint8_t *at, uint32_t wire, uint64_t value)
{
    memset(at, 0, 36);
    store_le(at, wire, 4);
    store_le(at + 4, value, 8);
    return at + 36;
}

/* x + k + i. */
static uint8_t *put_sum(uint8_t *at, uint32_t x, uint32_t i)
{
    store_le(at, i == 0 ? 2 : 3, 4);
    at = put_term(at + 4, x, 1);
    at = put_term(at, W_K, 1);
    return i == 0 ? at : put_term(at, W_ONE, i);
}

static uint8_t *put_wire(uint8_t *at, uint32_t wire)
{
    store_le(at, 1, 4);
    return put_term(at + 4, wire, 1);
}

struct sc_snark_file sc_snark_chain(const struct g16_curve *c, uint32_t n_rounds)
{
    struct sc_snark_file f = {NULL, 0};
    const size_t n_wires = W_ROUNDS + (size_t)3 * n_rounds - 1, constraints = (size_t)n_rounds * (9 * 4 + 15 * 36) - 3 * 36;
    uint8_t *at = sc_snark_begin(&f, 12 + 3 * 12 + 64 + constraints + 8 * n_wires, "r1cs", 1, 3);
    if (at == NULL) {
        return f;
    }
    sc_snark_counts(&at, c, (const uint32_t[4]){(uint32_t)n_wires, 1, 1, 1}, 3 * n_rounds);
    uint8_t *to = sc_snark_section(&at, 2, constraints);
    for (uint32_t i = 0; i < n_rounds; i++) {
        const uint32_t x = x_of(i, n_rounds), square = W_ROUNDS + 3 * i;
        to = put_wire(put_sum(put_sum(to, x, i), x, i), square);
        to = put_wire(put_wire(put_wire(to, square), square), square + 1);
        to = put_wire(put_sum(put_wire(to, square + 1), x, i), x_of(i + 1, n_rounds));
    }
    to = sc_snark_section(&at, 3, 8 * n_wires);
    for (size_t i = 0; i < n_wires; i++) {
        store_le(to + 8 * i, i, 8);
    }
    return f;
}

static void put_value(const struct sc_fr_ops *fr, uint8_t *values, uint32_t wire, const struct sc_fr_word *v)
{
    struct sc_fr_word plain;
    fr->to_plain(&plain, v, 1);
    (void)sc_snark_words(values + (size_t)32 * wire, plain.l, 4);
}

struct sc_snark_file sc_snark_chain_witness(const struct g16_curve *c, uint32_t n_rounds)
{
    struct sc_snark_file f = {NULL, 0};
    const struct sc_fr_ops *const fr = sc_fr_ops_ref(c->fr);
    const size_t n_wires = W_ROUNDS + (size_t)3 * n_rounds - 1;
    uint8_t *at = sc_snark_begin(&f, 12 + 2 * 12 + 40 + 32 * n_wires, "wtns", 2, 2);
    if (at == NULL) {
        return f;
    }
    uint8_t *const header = sc_snark_section(&at, 1, 40), *const values = sc_snark_section(&at, 2, 32 * n_wires);
    store_le(header, 32, 4);
    store_le(sc_snark_words(header + 4, c->r, 4), n_wires, 4);
    struct sc_fr_word zero = {{0}}, minus_k, one, x = {{1234567, 89, 10, 11}}, t, u;
    memcpy(&one, fr->one, sizeof one);
    fr->from_plain(&x, &x, 1);
    fr->mul(&t, &x, &x, 1);
    fr->sub(&minus_k, &zero, &t, 1); /* k is the square of x */
    put_value(fr, values, W_ONE, &one);
    put_value(fr, values, W_X, &x);
    put_value(fr, values, W_K, &t);
    for (uint32_t i = 0; i < n_rounds; i++) {
        fr->sub(&t, &x, &minus_k, 1);
        fr->mul(&u, &t, &t, 1);
        put_value(fr, values, W_ROUNDS + 3 * i, &u);
        fr->mul(&u, &u, &u, 1);
        put_value(fr, values, W_ROUNDS + 3 * i + 1, &u);
        fr->mul(&x, &u, &t, 1);
        put_value(fr, values, x_of(i + 1, n_rounds), &x);
        fr->sub(&minus_k, &minus_k, &one, 1); /* k + i + 1 */
    }
    return f;
}
