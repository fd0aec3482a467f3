/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The launches of transforms over the scalar fields on a device, and the tables that they read. Orders are those of host/curve/fr_ntt.h,
 * results the same bytes.
 */
#ifndef SC_KC_FR_PLAN_H
#define SC_KC_FR_PLAN_H

#include "kernels/curve/fr_ops.h"
#include "kernels/kc/launch.h"

/** Buffers of these launches: n_polys 2^log_n elements, the table of twiddles, 1 / n, and powers for cosets. */
enum sc_kc_fr_buffer { SC_KC_FR_X, SC_KC_FR_POW, SC_KC_FR_FACTOR, SC_KC_FR_POWERS, SC_KC_N_FR_BUFFERS };

enum { SC_KC_FR_MAX_LAUNCHES = 5, SC_KC_FR_MAX_LOG = 28, SC_KC_FR_MAX_POLYS = 65535 };

struct sc_kc_fr {
    enum sc_fr field;
    uint32_t log_n, n_polys; /* log_n at most SC_KC_FR_MAX_LOG and the two-adicity; 1 to SC_KC_FR_MAX_POLYS polynomials */
};

/** Elements of a buffer; those of FACTOR, 1. */
size_t sc_kc_fr_len(struct sc_kc_fr f, enum sc_kc_fr_buffer b);

/** X in place: sc_fr_ntt, from reversed to natural order or the other way. Returns how many launches; none for one element. */
unsigned sc_kc_fr_ntt(struct sc_kc_launch out[SC_KC_FR_MAX_LAUNCHES], struct sc_kc_fr f, bool from_reversed);
/** X in place: sc_fr_intt. */
unsigned sc_kc_fr_intt(struct sc_kc_launch out[SC_KC_FR_MAX_LAUNCHES], struct sc_kc_fr f, bool from_reversed);
/** X in place: sc_fr_shift with the powers of POWERS; one launch. */
unsigned sc_kc_fr_shift(struct sc_kc_launch out[SC_KC_FR_MAX_LAUNCHES], struct sc_kc_fr f, bool reversed);

/** Fill POW, FACTOR, and POWERS for g. Montgomery form, out has sc_kc_fr_len elements. */
void sc_kc_fr_table(struct sc_fr_word *out, struct sc_kc_fr f);
void sc_kc_fr_factor(struct sc_fr_word *out, struct sc_kc_fr f);
void sc_kc_fr_powers(struct sc_fr_word *out, struct sc_kc_fr f, const struct sc_fr_word *g);

#endif
