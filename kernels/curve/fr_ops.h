/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Operations over many elements of a scalar field, and its transforms; one table for each field and instruction set.
 * Owns nothing. Elements are struct bn_fr or struct bls_fr: four words, Montgomery form, canonical. Results are the same bytes for
 * every table.
 */
#ifndef SC_KERNELS_FR_OPS_H
#define SC_KERNELS_FR_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sc_fr { SC_BN_FR, SC_BLS_FR, SC_FR_END };

struct sc_fr_word {
    uint64_t l[4];
};

/** Layers of a transform. A layer cuts the data into blocks; block b of 2 h elements has one twiddle, table[b], and turns u = x[j],
 * v = x[j + h], 0 <= j < h, into u + v t, u - v t (down) or u + v, (u - v) t (up). table[b] = w^rev(b), w of order n = 2 table's length,
 * in the form of `twiddle`. Down from the whole to blocks of two takes natural order to bit-reversed order, up the way back. */
struct sc_fr_ops {
    const char *name, *kernels; /* kernels: "ref", "adx" or "ifma" */
    unsigned bits, two_adicity;
    const uint64_t *modulus, *one, *root; /* four words: the modulus, plain; the root of unity of order 2^two_adicity */

    /** Products and sums element by element; any argument may be another. */
    void (*mul)(struct sc_fr_word *out, const struct sc_fr_word *a, const struct sc_fr_word *b, size_t n);
    void (*sub)(struct sc_fr_word *out, const struct sc_fr_word *a, const struct sc_fr_word *b, size_t n);
    /** out[i] = a[i] c. */
    void (*scale)(struct sc_fr_word *out, const struct sc_fr_word *a, const struct sc_fr_word *c, size_t n);
    /** Between Montgomery form and plain words; out == a is allowed. Plain words that are not below the modulus are reduced. */
    void (*to_plain)(struct sc_fr_word *out, const struct sc_fr_word *a, size_t n);
    void (*from_plain)(struct sc_fr_word *out, const struct sc_fr_word *a, size_t n);
    void (*inv)(struct sc_fr_word *out, const struct sc_fr_word *a);

    /** Factors into the form that the layers take them in; out == a is allowed. */
    void (*twiddle)(struct sc_fr_word *out, const struct sc_fr_word *a, size_t n);
    /** Two layers at once in block b of 4 q elements at x, for j in [j0, j1), multiples of 8: elements j, j + q, j + 2 q, j + 3 q. */
    void (*down4)(struct sc_fr_word *x, size_t q, const struct sc_fr_word *table, size_t b, size_t j0, size_t j1);
    void (*up4)(struct sc_fr_word *x, size_t q, const struct sc_fr_word *table, size_t b, size_t j0, size_t j1);
    /** All layers of block b of 2^log_len elements at x. */
    void (*down)(struct sc_fr_word *x, unsigned log_len, const struct sc_fr_word *table, size_t b);
    void (*up)(struct sc_fr_word *x, unsigned log_len, const struct sc_fr_word *table, size_t b);

    /** What a core can do at most, in registers: 8 n times two layers down on four elements. The result depends on all of it. */
    uint64_t (*limit_levels)(size_t n);
};

/** The portable operations: always there. */
const struct sc_fr_ops *sc_fr_ops_ref(enum sc_fr f);
/** With products of mulx, adcx and adox; NULL where the processor has not got them. */
const struct sc_fr_ops *sc_fr_ops_adx(enum sc_fr f);
/** The fastest that this processor has. */
const struct sc_fr_ops *sc_fr_ops_best(enum sc_fr f);

/* Tables that only a processor of the kind can run, where the build has them. */
const struct sc_fr_ops *sc_fr_ops_ifma(enum sc_fr f);
const struct sc_fr_ops *sc_fr_ops_adx_table(enum sc_fr f);

#endif
