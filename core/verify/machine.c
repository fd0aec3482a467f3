/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The machine that proofs are about: the tables that airgen emits.
 */
#include "core/verify/verify.h"

const struct sc_machine sc_machine_rv64im = {
    .tables = sc_air_tables,
    .n_tables = AIR_N_TABLES,
    .digest = sc_machine_digest,
};
