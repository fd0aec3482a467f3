/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside host/api: proofs of runs that have more than one segment. Not for others to include.
 */
#ifndef SC_API_PROVE_SET_H
#define SC_API_PROVE_SET_H

#include "host/api/program.h"

/** Complete the plan of a run that was cut into several segments: tables of all proofs, memory with one proof at a time. */
SC_MUST_USE socle_status sc_api_plan_set(socle_context *ctx, struct socle_run *out, struct api_plan *plan, const struct api_program *l);
/** Prove it. The program's ELF and the plan's segments are needed to the end. */
SC_MUST_USE socle_status sc_api_prove_set(socle_context *ctx, struct socle_proof *out, const struct api_program *l, const struct api_plan *plan);

#endif
