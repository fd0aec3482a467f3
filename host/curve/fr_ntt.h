/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Transforms over the scalar fields of core/curve, and element-wise work on long vectors. Elements are struct bn_fr or struct bls_fr
 * (struct sc_fr_word: the same four words). Results are the same bytes for every number of threads; pool = NULL is one thread.
 */
#ifndef SC_HOST_CURVE_FR_NTT_H
#define SC_HOST_CURVE_FR_NTT_H

#include "core/base/status.h"
#include "host/sys/pool.h"
#include "kernels/curve/fr_ops.h"

/** The subgroup of order n = 2^log_n, and its twiddles. Its generator w is the power of the field's root, in curves.md. */
struct sc_fr_domain;

/** SOCLE_E_ARG for a field that is not there or log_n above its two-adicity, SOCLE_E_NOMEM. Owns 32 n bytes. */
SC_MUST_USE socle_status sc_fr_domain_create(struct sc_fr_domain **out, enum sc_fr f, unsigned log_n, struct sc_pool *pool);
/** The same with operations of the caller's choice. */
SC_MUST_USE socle_status sc_fr_domain_create_with(struct sc_fr_domain **out, const struct sc_fr_ops *ops, unsigned log_n,
                                                  struct sc_pool *pool);
void sc_fr_domain_destroy(struct sc_fr_domain *d);
const struct sc_fr_ops *sc_fr_domain_ops(const struct sc_fr_domain *d);

/* Index i of reversed order stands for index rev(i), the log_n bits of i from the other end. */
enum sc_fr_order { SC_FR_TO_REVERSED, SC_FR_FROM_REVERSED };

/** In place: X[k] = sum of x[j] w^(jk). TO_REVERSED: x in natural, X in reversed order; FROM_REVERSED: x in reversed, X in natural order.
 * @p n_polys of them, one behind the other. */
void sc_fr_ntt(const struct sc_fr_domain *d, struct sc_fr_word *x, size_t n_polys, enum sc_fr_order order, struct sc_pool *pool);
/** The inverse of sc_fr_ntt: x[j] = (1 / n) sum of X[k] w^(-jk), orders as there. */
void sc_fr_intt(const struct sc_fr_domain *d, struct sc_fr_word *x, size_t n_polys, enum sc_fr_order order, struct sc_pool *pool);
/** In place: x[j] *= g^j; the index in reversed order if @p reversed. With a transform this evaluates on the coset g H. */
void sc_fr_shift(const struct sc_fr_domain *d, struct sc_fr_word *x, size_t n_polys, const struct sc_fr_word *g, bool reversed,
                 struct sc_pool *pool);
/** In place: from one order to the other. */
void sc_fr_reverse(const struct sc_fr_domain *d, struct sc_fr_word *x, size_t n_polys, struct sc_pool *pool);

/** r = a^e. */
void sc_fr_pow(const struct sc_fr_ops *ops, struct sc_fr_word *r, const struct sc_fr_word *a, uint64_t e);

/** out[i] = a[i] b[i], out[i] = a[i] - b[i], and plain words of a[i]; arguments may be the same. */
void sc_fr_mul_all(const struct sc_fr_ops *ops, struct sc_fr_word *out, const struct sc_fr_word *a, const struct sc_fr_word *b, size_t n,
                   struct sc_pool *pool);
void sc_fr_sub_all(const struct sc_fr_ops *ops, struct sc_fr_word *out, const struct sc_fr_word *a, const struct sc_fr_word *b, size_t n,
                   struct sc_pool *pool);
void sc_fr_to_plain_all(const struct sc_fr_ops *ops, struct sc_fr_word *out, const struct sc_fr_word *a, size_t n, struct sc_pool *pool);

#endif
