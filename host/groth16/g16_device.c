/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Sums on devices. Points go up from the mapped key as they are, in chunks when a device has no room for all (host/curve/msm_d.h).
 */
#include "host/groth16/g16_device.h"

#include <string.h>

#include "host/curve/msm_d.h"

/** What one device makes: the sum of points begin to end. */
struct share {
    size_t begin, end;
    struct g16_point sum;
    socle_status how;
};

/** A sum, and its shares. */
struct shared {
    const struct g16_by *by;
    const struct g16_curve *c;
    enum sc_group g;
    const uint8_t *points;
    const uint64_t (*k)[4];
    struct share share[G16_MAX_DEVICES];
};

static void make_shares(void *arg, size_t begin, size_t end, unsigned worker)
{
    struct shared *const s = arg;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        struct share *const part = &s->share[i];
        struct sc_committer *const device = s->by->device[i];
        uint64_t room;
        do { /* in smaller chunks when there was no memory */
            room = sc_committer_budget(device);
            part->how = sc_msm_device(device, s->g, &part->sum, s->points + part->begin * sc_g16_size(s->c, s->g), s->k + part->begin,
                                      part->end - part->begin);
        } while (part->how == SOCLE_E_NOMEM && sc_committer_budget(device) < room);
    }
}

/* A share that its device did not make, and one that is compared. A device that failed has nothing to compare. */
static socle_status mend(struct shared *s, unsigned i)
{
    struct share *const part = &s->share[i];
    struct sc_committer *const device = s->by->device[i];
    const bool compared = sc_committer_compares(device);
    struct g16_point own;
    if (part->how == SOCLE_OK && !compared) {
        return SOCLE_OK;
    }
    const socle_status st = sc_g16_section_sum(&own, s->c, s->g, s->points + part->begin * sc_g16_size(s->c, s->g), s->k + part->begin,
                                               part->end - part->begin, s->by->pool);
    if (st == SOCLE_OK && compared && (part->how == SOCLE_E_SELFCHECK || (part->how == SOCLE_OK && memcmp(&own, &part->sum, sizeof own) != 0))) {
        sc_committer_differs(device);
        return SOCLE_E_DEVICE;
    }
    part->sum = own;
    return st;
}

socle_status sc_g16_sum_by(struct g16_point *out, const struct g16_by *by, const struct g16_curve *c, enum sc_group g, const uint8_t *points,
                           const uint64_t (*k)[4], size_t n)
{
    socle_status st = SOCLE_OK;
    struct shared s = {.by = by, .c = c, .g = g, .points = points, .k = k};
    if (by->n_devices == 0) {
        return sc_g16_section_sum(out, c, g, points, k, n, by->pool);
    }
    for (unsigned i = 0; i < by->n_devices; i++) {
        s.share[i].begin = n / by->n_devices * i;
        s.share[i].end = i + 1 < by->n_devices ? n / by->n_devices * (i + 1) : n;
    }
    sc_pool_for(by->pool, by->n_devices, 1, make_shares, &s);
    memset(out, 0, sizeof *out);
    for (unsigned i = 0; i < by->n_devices; i++) {
        TRY(mend(&s, i));
        TRY(sc_g16_add(out, c, g, &s.share[i].sum));
    }
out:
    return st;
}
