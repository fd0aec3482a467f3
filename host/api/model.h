/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Inside host/api: a cost model as the caller holds it. Not for others to include.
 */
#ifndef SC_API_MODEL_H
#define SC_API_MODEL_H

#include "host/api/context.h"
#include "scheduler/cost.h"

struct socle_model {
    struct sc_cost cost;
};

#endif
