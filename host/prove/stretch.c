/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Stretches of a proof that a device may make. Contracts: stretch.h.
 */
#include "host/prove/stretch.h"

#include <string.h>

#include "host/device/committer.h"
#include "host/sys/mem.h"

static void go_back(struct sc_pch *ch, const struct sc_pch *to)
{
    ch->tr = to->tr;
    ch->len = to->len;
    ch->st = to->st;
}

static socle_status compare(struct sc_pch *ch, struct sc_committer *device, const struct sc_stretch *s, const struct sc_pch *before)
{
    const size_t len = ch->len - before->len;
    bool differs = false;
    uint8_t *const made = sc_alloc(len, 1);
    if (made == NULL) {
        return SOCLE_E_NOMEM;
    }
    memcpy(made, ch->buf + before->len, len);
    go_back(ch, before);
    socle_status st = s->by_host(s->arg, ch, &differs);
    if (st == SOCLE_OK && (differs || ch->len - before->len != len || memcmp(made, ch->buf + before->len, len) != 0)) {
        sc_committer_differs(device);
        st = SOCLE_E_DEVICE;
    }
    sc_free(made);
    return st;
}

/* Once more with a smaller arena, where the device had no memory beside a larger one. */
static socle_status by_device(struct sc_pch *ch, socle_status *how, struct sc_committer *device, const struct sc_stretch *s, const struct sc_pch *before)
{
    const unsigned shrunk = sc_committer_shrunk(device);
    const socle_status st = s->by_device(s->arg, ch, how);
    if (st == SOCLE_OK || *how != SOCLE_E_NOMEM || sc_committer_shrunk(device) == shrunk) {
        return st;
    }
    go_back(ch, before);
    *how = SOCLE_OK;
    return s->by_device(s->arg, ch, how);
}

socle_status sc_stretch_send(struct sc_pch *ch, struct sc_committer *device, const struct sc_stretch *s)
{
    const struct sc_pch before = *ch;
    socle_status how = SOCLE_OK;
    bool differs;
    if (device == NULL) {
        return s->by_host(s->arg, ch, &differs);
    }
    const socle_status st = by_device(ch, &how, device, s, &before);
    if (st == SOCLE_OK) {
        return sc_committer_compares(device) ? compare(ch, device, s, &before) : SOCLE_OK;
    }
    if (how == SOCLE_OK) {
        return st;
    }
    if (how == SOCLE_E_SELFCHECK && sc_committer_compares(device)) {
        return SOCLE_E_DEVICE;
    }
    go_back(ch, &before);
    return s->by_host(s->arg, ch, &differs);
}
