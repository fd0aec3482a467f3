/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Work of a Groth16 proof that devices may do: by them, by the threads where they fail, by both when a device is compared.
 */
#ifndef SC_GROTH16_DEVICE_H
#define SC_GROTH16_DEVICE_H

#include "host/groth16/groth16.h"

/** sc_g16_section_sum by whoever can; devices take a share of the points each. Errors: as of it; E_DEVICE: a compared device differs. */
SC_MUST_USE socle_status sc_g16_sum_by(struct g16_point *out, const struct g16_by *by, const struct g16_curve *c, enum sc_group g,
                                       const uint8_t *points, const uint64_t (*k)[4], size_t n);

/** The quotient, plain, of A and B over the domain of 2^log_n elements, on a device: the same words as transform of groth16.c.
 *
 * Shape:  out, a and b have 2^log_n elements, a and b in Montgomery form, and stay; out is neither.
 * Errors: E_LIMIT: a size that the kernels do not make; E_NOMEM; E_SELFCHECK: what is not below the order; E_DEVICE and others: it failed
 * or is given up. out is anything then.
 */
SC_MUST_USE socle_status sc_g16_quotient_device(struct sc_committer *device, struct sc_fr_word *out, const struct sc_fr_word *a,
                                                const struct sc_fr_word *b, enum sc_fr field, unsigned log_n, const struct sc_fr_word *g);

#endif
