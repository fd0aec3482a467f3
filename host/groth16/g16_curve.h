/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The curves of Groth16 behind one table, so that files and proofs of both are handled by the same text. Points are those of core/curve.
 */
#ifndef SC_GROTH16_CURVE_H
#define SC_GROTH16_CURVE_H

#include "kernels/curve/curve_ops.h"
#include "kernels/curve/fr_ops.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Any affine point: 2 coordinates of 1 (G1) or 2 (G2) elements of the base field, in the form of core/curve. */
struct g16_point {
    uint64_t l[24];
};

struct g16_curve {
    const char *name; /* as snarkjs writes it */
    unsigned words;   /* of 64 bits in an element of the base field */
    const uint64_t *q, *r; /* of base and scalar field, plain */
    enum sc_group g1, g2;
    enum sc_fr fr;
    void (*fp_to_plain)(uint64_t *out, const uint64_t *in);
    void (*fp_from_plain)(uint64_t *out, const uint64_t *in); /* below q */
    /** Of n pairs of points, at most G16_MAX_PAIRS. */
    bool (*pairing_is_one)(const struct g16_point *p, const struct g16_point *q, size_t n);
    /** Of one pair: the twelve elements of c0.c0, c0.c1, c0.c2, c1.c0, .. (core/curve/tower.inc), in the form of core/curve, words each. */
    void (*pairing)(uint64_t out[12 * 6], const struct g16_point *p, const struct g16_point *q);
};

enum { G16_MAX_PAIRS = 4 };

/** The curve whose base field (scalar field) has this modulus of @p n bytes, little-endian; NULL when there is none. */
const struct g16_curve *sc_g16_by_base(const uint8_t *prime, size_t n);
const struct g16_curve *sc_g16_by_scalar(const uint8_t *prime, size_t n);
const struct g16_curve *sc_g16_by_name(const char *name);

/** Elements of the base field in a point's coordinates, 2 or 4; bytes of a point. */
unsigned sc_g16_elements(const struct g16_curve *c, enum sc_group g);
size_t sc_g16_size(const struct g16_curve *c, enum sc_group g);

/** A point as files have it: the bytes of core/curve, little-endian, at any address. False unless all coordinates are canonical and it is on
 * the curve, or infinity. */
bool sc_g16_load(struct g16_point *out, const struct g16_curve *c, enum sc_group g, const uint8_t *bytes);
/** The same, and of the group of order r. */
bool sc_g16_load_member(struct g16_point *out, const struct g16_curve *c, enum sc_group g, const uint8_t *bytes);
bool sc_g16_in_group(enum sc_group g, const struct g16_point *p);

/** A scalar of 32 bytes, little-endian; false unless it is below r. */
bool sc_g16_scalar(uint64_t out[4], const struct g16_curve *c, const uint8_t *bytes);
bool sc_g16_is_below(const uint64_t *a, const uint64_t *b, unsigned n);

/** Decimal digits, nothing else and no zero before another digit, of a number below @p bound (n words, at most 6). */
bool sc_g16_from_decimal(uint64_t *out, const char *text, const uint64_t *bound, unsigned n);
enum { G16_DECIMAL = 128 }; /* room for any, the zero behind it too */
void sc_g16_to_decimal(char out[G16_DECIMAL], const uint64_t *a, unsigned n);

#endif
