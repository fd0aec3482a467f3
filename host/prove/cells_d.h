/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The cells of all columns on a device: the main polynomial as it was committed, and behind it the columns that are not in it.
 */
#ifndef SC_PROVE_CELLS_D_H
#define SC_PROVE_CELLS_D_H

#include "host/device/space.h"
#include "host/prove/argue.h"

struct sc_cells_d {
    struct sc_piece all, others;
};

/** The first pieces of @p s. */
void sc_cells_d_take(struct sc_cells_d *x, struct sc_space *s, const struct sc_columns *c);
/** Cells are numbered by words of 32 bits: false when there are too many. */
bool sc_cells_d_fit(const struct sc_cells_d *x);
/** When there is room: the main polynomial, unless it is there, and the committed ones of the others. */
SC_MUST_USE socle_status sc_cells_d_put(const struct sc_cells_d *x, struct sc_space *s, const struct sc_columns *c);
/** The launches that fill columns of closed form, the cells being buffer 0; returns how many. NULL: only that. */
unsigned sc_cells_d_closed(struct sc_kc_launch *out, const struct sc_cells_d *x, const struct sc_columns *c);
/** Where each column of a chunk begins, closed-form ones last; returns how many there are. */
unsigned sc_cells_d_columns(uint32_t out[AIR_MAX_COLS], const struct sc_cells_d *x, const struct sc_columns *c, unsigned chunk);

/** A form over so many columns as kernels read it: number of terms, constant (5), then for each term where its column begins, and its
 * coefficient (5). Returns its words, at most 6 + 6 n_columns. */
size_t sc_cells_d_form(uint32_t *to, const struct sc_form *f, const uint32_t *column, unsigned n_columns);

#endif
