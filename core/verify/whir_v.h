/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Verifier of the opening of one committed polynomial. Owns nothing; scratch is the caller's.
 * Theory: docs/spec/whir.md.
 */
#ifndef SC_VERIFY_WHIR_V_H
#define SC_VERIFY_WHIR_V_H

#include "core/budget/params.h"
#include "core/transcript/transcript.h"

/** Where a column of height 2^log_h lies in the stacked polynomial: positions index 2^log_h onward. */
struct sc_block {
    uint8_t log_h;
    uint32_t index;
};

/** Samples of a polynomial from before its opening: n <= SC_WHIR_MAX_OOD points of m0 coordinates, one after the other, and the answers. */
struct sc_samples {
    unsigned n;
    fx coords[SC_WHIR_MAX_OOD * SC_M0_MAX];
    fx answers[SC_WHIR_MAX_OOD];
};

/** Bytes of scratch of sc_whir_verify, whatever the parameters. 8-byte alignment is enough. */
size_t sc_whir_scratch(void);

/** Verify one opening, reading it from the channel.
 *
 * The statement: the polynomial under @p root has, for each j < n_values, a column at blocks[j] whose multilinear
 * extension at the last log_h of the H coordinates of r is values[j]; and it has the answers of @p first at its points, which are claims
 * number n_values on. NULL: there are none. Whether there have to be is not asked here.
 * Cost is lowest when blocks of equal height are neighbours in increasing order.
 * SOCLE_E_ARG: parameters, blocks or scratch out of range. SOCLE_E_FORMAT, SOCLE_E_REJECT: do not accept.
 */
SC_MUST_USE socle_status sc_whir_verify(struct sc_vch *ch, const struct sc_whir_params *wp,
                                        const uint8_t root[32], const fx *r, unsigned H,
                                        const struct sc_block *blocks, const fx *values,
                                        size_t n_values, fx gamma, const struct sc_samples *first, void *scratch,
                                        size_t scratch_len);

#endif
