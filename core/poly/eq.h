/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Multilinear polynomials of vectors on {0,1}^n: the equality polynomial, its table, evaluation at a point, and
 * interpolation of round polynomials. X_1 is the most significant index bit everywhere; point[0] is X_1's coordinate.
 * Owns nothing. Theory: docs/spec/field.md, "Variables".
 */
#ifndef SC_POLY_EQ_H
#define SC_POLY_EQ_H

#include "core/field/fx.h"

#include <stddef.h>
#include <stdint.h>

#define SC_MLE_MAX_VARS 32

/** eq(a, b) = prod over n coordinates of a_i b_i + (1 - a_i)(1 - b_i); 1 when n = 0. */
fx sc_eq(const fx *a, const fx *b, unsigned n);

/** eq(a, bits of index), index < 2^n, the top bit against a[0]. */
fx sc_eq_index(const fx *a, unsigned n, uint64_t index);

/** out[i] = eq(point, bits of i), 0 <= i < 2^n, n < 32. Cost: 2^n multiplications. */
void sc_eq_table(fx *out, const fx *point, unsigned n);

/** Value at @p point of the multilinear polynomial with values v[0 .. 2^n), n <= SC_MLE_MAX_VARS.
 * v is not changed; the working space is n elements on the stack. Cost: 2^n - 1 multiplications. */
fx sc_mle_eval(const fx *v, const fx *point, unsigned n);
fx sc_mle_eval_fp(const fp *v, const fx *point, unsigned n);

/** Value at x of the polynomial of degree <= 2 with values v[0..2] at 0, 1, 2. */
fx sc_interp2(const fx v[3], fx x);
/** Value at x of the polynomial of degree <= 4 with values v[0..4] at 0, 1, 2, 3, 4. */
fx sc_interp4(const fx v[5], fx x);

/** Univariate: sum coef[i] x^i, 0 <= i < n. */
fx sc_poly_eval(const fx *coef, size_t n, fx x);

#endif
