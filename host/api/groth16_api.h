/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside host/api: who makes a Groth16 proof. Not for others to include.
 */
#ifndef SC_API_GROTH16_API_H
#define SC_API_GROTH16_API_H

#include "host/api/context.h"
#include "host/groth16/groth16.h"

/** The context's threads and those of its open devices that are not given up. */
struct g16_by sc_api_g16_workers(socle_context *ctx);

#endif
