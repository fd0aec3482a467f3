/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Work of a Groth16 proof that a device may do: by the device, by the threads where it fails, by both when it is compared.
 */
#ifndef SC_GROTH16_DEVICE_H
#define SC_GROTH16_DEVICE_H

#include "host/groth16/groth16.h"

/** sc_g16_section_sum by whoever can. Errors: as of it; E_DEVICE: the two differ. */
SC_MUST_USE socle_status sc_g16_sum_by(struct g16_point *out, const struct g16_by *by, const struct g16_curve *c, enum sc_group g,
                                       const uint8_t *points, const uint64_t (*k)[4], size_t n);

#endif
