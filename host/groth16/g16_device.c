/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Sums on devices. Points go up from the mapped key as they are, in chunks when the device has no room for all (host/curve/msm_d.h).
 */
#include "host/groth16/g16_device.h"

#include <string.h>

#include "host/curve/msm_d.h"

/* The device made it or not; what the threads made may be compared with it. */
static socle_status compare(const struct g16_by *by, socle_status how, const struct g16_point *made, const struct g16_point *out)
{
    if (how != SOCLE_E_SELFCHECK && (how != SOCLE_OK || memcmp(made, out, sizeof *made) == 0)) {
        return SOCLE_OK; /* a device that failed has nothing to compare */
    }
    sc_committer_differs(by->device);
    return SOCLE_E_DEVICE;
}

socle_status sc_g16_sum_by(struct g16_point *out, const struct g16_by *by, const struct g16_curve *c, enum sc_group g, const uint8_t *points,
                           const uint64_t (*k)[4], size_t n)
{
    socle_status how = SOCLE_E_DEVICE;
    struct g16_point made = {{0}};
    if (by->device != NULL) {
        uint64_t room;
        do { /* in smaller chunks when there was no memory */
            room = sc_committer_budget(by->device);
            how = sc_msm_device(by->device, g, &made, points, k, n);
        } while (how == SOCLE_E_NOMEM && sc_committer_budget(by->device) < room);
    }
    if (how == SOCLE_OK && !sc_committer_compares(by->device)) {
        *out = made;
        return SOCLE_OK;
    }
    const socle_status st = sc_g16_section_sum(out, c, g, points, k, n, by->pool);
    return st == SOCLE_OK && by->device != NULL && sc_committer_compares(by->device) ? compare(by, how, &made, out) : st;
}
