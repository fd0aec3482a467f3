/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Stretches of a proof that a device may make.
 */
#ifndef SC_PROVE_STRETCH_H
#define SC_PROVE_STRETCH_H

#include "host/prove/pch.h"

struct sc_committer;

/** A stretch: what is sent from one place of the proof to another. Both ways can be gone more than once from the same place. */
struct sc_stretch {
    void *arg;
    /* *how: SOCLE_OK unless it was the device that failed. May have sent a part of it then. */
    socle_status (*by_device)(void *arg, struct sc_pch *ch, socle_status *how);
    /* *differs: set when what it found beside the bytes is not what by_device found; only of interest when that succeeded. */
    socle_status (*by_host)(void *arg, struct sc_pch *ch, bool *differs);
};

/** Send it: by the device; when the device fails, by the host from the same place; by both when the device is compared. Without a device
 * (NULL) by the host. E_DEVICE: the two differ, or the one that is compared gave what cannot be. */
SC_MUST_USE socle_status sc_stretch_send(struct sc_pch *ch, struct sc_committer *device, const struct sc_stretch *s);

#endif
