/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Operations of the prover that a device can do, as jobs of scheduler/device.h.
 */
#ifndef SC_DEVICE_OPS_H
#define SC_DEVICE_OPS_H

#include "kernels/kc/commit_plan.h"
#include "scheduler/device.h"

/** COMMIT: arg is a struct sc_kc_commit, uses are the buffers of enum sc_kc_buffer in their order; CODE and TREE are written.
 * LAUNCHES: arg is a struct sc_kc_plan, uses are the buffers that it numbers, at most SC_KC_MAX_BUFFERS; those of no bytes are not there.
 * That launches keep to their buffers is the caller's duty. */
enum sc_device_op { SC_OP_COMMIT, SC_OP_LAUNCHES, SC_N_OPS };

/** The launches of a job; @p own has room for those of a commitment. false: not a job of this kind, or with buffers of other sizes. */
static inline bool sc_device_plan(struct sc_kc_plan *plan, struct sc_kc_launch own[SC_KC_MAX_LAUNCHES], const struct sc_launch *l)
{
    if (l->op == SC_OP_LAUNCHES) {
        *plan = *(const struct sc_kc_plan *)l->arg;
        return l->n_uses <= SC_KC_MAX_BUFFERS && plan->n > 0;
    }
    const struct sc_kc_commit *const c = l->arg;
    bool good = l->op == SC_OP_COMMIT && l->n_uses == SC_KC_N_BUFFERS && sc_kc_commit_fits(*c);
    for (unsigned i = 0; i < SC_KC_N_BUFFERS && good; i++) {
        good = l->size[i] == 4 * (uint64_t)sc_kc_len(*c, (enum sc_kc_buffer)i);
    }
    *plan = (struct sc_kc_plan){own, good ? sc_kc_commit_plan(own, *c) : 0};
    return good;
}

#endif
