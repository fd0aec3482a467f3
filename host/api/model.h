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

/** A device of a stored model is the whole machine with that device's help, under the device's id with '-' for ':'. */
void sc_api_model_name(char out[SC_DEVICE_NAME], const char *id);
/** Time of a stage of a proof of 2^log_cells cells made with device @p id, in ns; negative when the model knows nothing of it; 0 for stages that
 * no model has. */
double sc_api_model_stage_ns(const struct socle_model *m, const char *id, enum sc_stage stage, unsigned log_cells);
/** Of all its stages. A model need not know the trace. */
double sc_api_model_ns(const struct socle_model *m, const char *id, unsigned log_cells);
/** The operation of a stage in a model; NULL when it has none. */
const char *sc_api_model_op(enum sc_stage stage);

/** A model from its text, with the message on failure. */
SC_MUST_USE socle_status sc_api_model_parse(socle_context *ctx, struct socle_model **out, const uint8_t *text, size_t len);
/** The one that is stored for this machine and its devices; NULL: none is, and *why says why. The context keeps it. */
const struct socle_model *sc_api_model(socle_context *ctx, const char **why);

#endif
