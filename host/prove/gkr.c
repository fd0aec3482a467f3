/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The bus argument: its sides in their order, and where L is made. Theory: docs/spec/argument.md section 2.
 */
#include "host/prove/gkr.h"

#include <string.h>

#include "host/device/committer.h"
#include "host/prove/stretch.h"

/* L from its root, which was sent, to the claim on its leaves. Either way holds its layers before it begins; the host makes them when it did not. */
struct local {
    const struct sc_columns *c;
    const struct sc_bus_point *bus;
    struct sc_leaf_claim *out;
    fx root[2];
    struct sc_gkr_h *h;
    struct sc_gkr_d *d;
};

static socle_status by_host(void *arg, struct sc_pch *ch, bool *differs)
{
    struct local *const l = arg;
    fx own[2];
    socle_status st = SOCLE_OK;
    if (l->h == NULL) {
        TRY(sc_gkr_h_begin(&l->h, own, l->c, l->bus, SC_LOCAL));
        *differs = memcmp(own, l->root, sizeof own) != 0;
    }
    TRY(sc_gkr_h_layers(l->h, ch, l->out, l->root));
out:
    return st;
}

static socle_status by_device(void *arg, struct sc_pch *ch, socle_status *how)
{
    struct local *const l = arg;
    if (l->d == NULL) { /* once more, after the first time had no memory */
        fx again[2];
        *how = sc_gkr_d_begin(&l->d, again, l->c, l->bus);
        if (*how == SOCLE_OK && memcmp(again, l->root, sizeof again) != 0) { /* layers of another root than the one that was sent */
            (void)sc_gkr_d_end(l->d);
            l->d = NULL;
            *how = SOCLE_E_SELFCHECK;
        }
        if (*how != SOCLE_OK) {
            return *how;
        }
    }
    const socle_status st = sc_gkr_d_layers(l->d, ch, l->out, l->root);
    *how = sc_gkr_d_end(l->d);
    l->d = NULL;
    return st;
}

/* The layers on the device; once more in a smaller arena, as sc_stretch_send does. */
static socle_status begin_d(struct local *l)
{
    struct sc_committer *const device = l->c->device;
    const unsigned shrunk = device != NULL ? sc_committer_shrunk(device) : 0;
    const socle_status how = sc_gkr_d_begin(&l->d, l->root, l->c, l->bus);
    return how == SOCLE_E_NOMEM && device != NULL && sc_committer_shrunk(device) != shrunk ? sc_gkr_d_begin(&l->d, l->root, l->c, l->bus) : how;
}

/* Both roots are sent before the layers of either. G is small beside L: its layers are made once for the root and once more for
 * the way down, so that never both sides are held. */
socle_status sc_gkr_prove(struct sc_pch *ch, struct sc_leaf_claim *out, const struct sc_columns *c, const struct sc_bus_point *bus)
{
    socle_status st = SOCLE_OK;
    fx root[2];
    struct sc_gkr_h *global = NULL;
    struct local l = {.c = c, .bus = bus, .out = &out[SC_LOCAL]};
    const struct sc_stretch layers = {&l, by_device, by_host};
    const unsigned n = sc_n_sides(c->l);
    memset(out, 0, n * sizeof *out);
    if (n > 1) {
        TRY(sc_gkr_h_begin(&global, root, c, bus, SC_GLOBAL));
        sc_gkr_h_end(global);
        global = NULL;
    }
    if (begin_d(&l) != SOCLE_OK) {
        TRY(sc_gkr_h_begin(&l.h, l.root, c, bus, SC_LOCAL));
    }
    sc_send_fx(ch, SC_L_GKR_ROOT, l.root, 2);
    if (n > 1) {
        sc_send_fx(ch, SC_L_GKR_ROOT, root, 2);
    }
    TRY(sc_stretch_send(ch, l.d != NULL ? c->device : NULL, &layers));
    sc_gkr_h_end(l.h);
    l.h = NULL;
    if (n > 1) {
        TRY(sc_gkr_h_begin(&global, root, c, bus, SC_GLOBAL));
        TRY(sc_gkr_h_layers(global, ch, &out[SC_GLOBAL], root));
    }
out:
    sc_gkr_h_end(l.h);
    sc_gkr_h_end(global);
    return st;
}
