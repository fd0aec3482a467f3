/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside host/api: what socle_doctor finds, with a folder that stands for / where drivers and devices are looked for; for tests.
 */
#ifndef SC_API_DOCTOR_H
#define SC_API_DOCTOR_H

#include "host/socle.h"

/** socle_doctor; root: "" or a folder without a slash at its end, of at most 120 bytes. */
size_t sc_doctor(socle_context *ctx, struct socle_finding *out, size_t max, const char *root);

#endif
