/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The bus argument: its sides in their order, and where L is made. Theory: docs/spec/argument.md section 2.
 */
#include "host/prove/gkr.h"

#include <string.h>

#include "host/device/committer.h"
#include "host/sys/mem.h"

/* L on the CPU, from its leaves to the claim; a root was sent. */
static socle_status again(struct sc_pch *ch, struct sc_leaf_claim *out, fx root[2], const struct sc_columns *c, const struct sc_bus_point *bus)
{
    struct sc_gkr_h *h;
    socle_status st = sc_gkr_h_begin(&h, root, c, bus, SC_LOCAL);
    if (st == SOCLE_OK) {
        st = sc_gkr_h_layers(h, ch, out, root);
    }
    sc_gkr_h_end(h);
    return st;
}

/* L on the device. When it fails, and to compare, the CPU does it from the same place of the proof. */
static socle_status layers_on_device(struct sc_gkr_d *d, struct sc_pch *ch, struct sc_leaf_claim *out, const struct sc_columns *c,
                                     const struct sc_bus_point *bus, const fx root[2])
{
    const struct sc_pch before = *ch;
    socle_status st = sc_gkr_d_layers(d, ch, out, root);
    const socle_status how = sc_gkr_d_end(d);
    if (st != SOCLE_OK && how == SOCLE_OK) {
        return st; /* not the device's fault */
    }
    if (st == SOCLE_OK && !sc_committer_compares(c->device)) {
        return st;
    }
    const size_t len = ch->len - before.len;
    uint8_t *const made = sc_alloc(len, 1);
    if (made == NULL) {
        return SOCLE_E_NOMEM;
    }
    memcpy(made, ch->buf + before.len, len);
    ch->tr = before.tr;
    ch->len = before.len;
    ch->st = before.st;
    const bool compared = st == SOCLE_OK;
    fx own[2];
    st = again(ch, out, own, c, bus);
    if (st == SOCLE_OK && compared &&
        (memcmp(own, root, sizeof own) != 0 || ch->len - before.len != len || memcmp(made, ch->buf + before.len, len) != 0)) {
        sc_committer_differs(c->device);
        st = SOCLE_E_DEVICE;
    }
    sc_free(made);
    return st;
}

/* Both roots are sent before the layers of either. G is small beside L: its layers are made once for the root and once more for
 * the way down, so that never both sides are held. */
socle_status sc_gkr_prove(struct sc_pch *ch, struct sc_leaf_claim *out, const struct sc_columns *c, const struct sc_bus_point *bus)
{
    socle_status st = SOCLE_OK;
    fx root[SC_SIDES][2];
    struct sc_gkr_h *h = NULL;
    struct sc_gkr_d *d = NULL;
    const unsigned n = sc_n_sides(c->l);
    memset(out, 0, n * sizeof *out);
    if (n > 1) {
        TRY(sc_gkr_h_begin(&h, root[SC_GLOBAL], c, bus, SC_GLOBAL));
        sc_gkr_h_end(h);
        h = NULL;
    }
    if (sc_gkr_d_begin(&d, root[SC_LOCAL], c, bus) != SOCLE_OK) {
        TRY(sc_gkr_h_begin(&h, root[SC_LOCAL], c, bus, SC_LOCAL));
    }
    for (unsigned v = 0; v < n; v++) {
        sc_send_fx(ch, SC_L_GKR_ROOT, root[v], 2);
    }
    TRY(d != NULL ? layers_on_device(d, ch, &out[SC_LOCAL], c, bus, root[SC_LOCAL]) : sc_gkr_h_layers(h, ch, &out[SC_LOCAL], root[SC_LOCAL]));
    sc_gkr_h_end(h);
    h = NULL;
    if (n > 1) {
        TRY(sc_gkr_h_begin(&h, root[SC_GLOBAL], c, bus, SC_GLOBAL));
        TRY(sc_gkr_h_layers(h, ch, &out[SC_GLOBAL], root[SC_GLOBAL]));
    }
out:
    sc_gkr_h_end(h);
    return st;
}
