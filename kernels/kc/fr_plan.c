/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Transforms over the scalar fields as launches. The last layers, those of blocks that a tile holds, are one pass; those above are passes
 * of at most STREAMS layers, so that a group reads at least 2^(TILE - STREAMS) neighbouring elements.
 */
#include "kernels/kc/fr_plan.h"

#include <string.h>

enum { TILE = 9, STREAMS = 7 }; /* TILE: KC_FR_TILE */

/* Bits of an index that the first part of POWERS stands for. */
static unsigned log_low(struct sc_kc_fr f)
{
    return f.log_n / 2;
}

size_t sc_kc_fr_len(struct sc_kc_fr f, enum sc_kc_fr_buffer b)
{
    switch (b) {
    case SC_KC_FR_X:
        return (size_t)f.n_polys << f.log_n;
    case SC_KC_FR_POW:
        return f.log_n == 0 ? 1 : (size_t)1 << (f.log_n - 1);
    case SC_KC_FR_POWERS:
        return ((size_t)1 << log_low(f)) + ((size_t)1 << (f.log_n - log_low(f)));
    case SC_KC_FR_FACTOR:
    case SC_KC_N_FR_BUFFERS:
        break;
    }
    return 1;
}

static enum sc_kc_kernel of_field(struct sc_kc_fr f, enum sc_kc_kernel bn, enum sc_kc_kernel bls)
{
    return f.field == SC_BN_FR ? bn : bls;
}

unsigned sc_kc_fr_ntt(struct sc_kc_launch out[SC_KC_FR_MAX_LAUNCHES], struct sc_kc_fr f, bool from_reversed)
{
    const uint32_t log_tile = f.log_n < TILE ? f.log_n : TILE;
    unsigned n = 0;
    for (uint32_t log_block = f.log_n; log_block > 0;) {
        const uint32_t above = log_block - log_tile, s = above == 0 ? log_block : above < STREAMS ? above : STREAMS;
        out[n++] = (struct sc_kc_launch){of_field(f, SC_KC_FR_PASS_BN, SC_KC_FR_PASS_BLS),
                                         {(uint32_t)1 << (f.log_n - log_tile), f.n_polys},
                                         {SC_KC_FR_X, SC_KC_FR_POW},
                                         {f.log_n, log_block, s, log_tile - s, from_reversed}};
        log_block -= s;
    }
    for (unsigned i = 0; from_reversed && i < n / 2; i++) {
        const struct sc_kc_launch t = out[i];
        out[i] = out[n - 1 - i];
        out[n - 1 - i] = t;
    }
    return n;
}

/* Groups of SC_KC_GROUP_ITEMS elements of each polynomial. */
static uint32_t groups(struct sc_kc_fr f)
{
    return (((uint32_t)1 << f.log_n) + SC_KC_GROUP_ITEMS - 1) / SC_KC_GROUP_ITEMS;
}

unsigned sc_kc_fr_intt(struct sc_kc_launch out[SC_KC_FR_MAX_LAUNCHES], struct sc_kc_fr f, bool from_reversed)
{
    const unsigned n = sc_kc_fr_ntt(out, f, from_reversed);
    if (n > 0) {
        out[n] = (struct sc_kc_launch){of_field(f, SC_KC_FR_TURN_BN, SC_KC_FR_TURN_BLS),
                                       {groups(f), f.n_polys},
                                       {SC_KC_FR_X, SC_KC_FR_FACTOR},
                                       {f.log_n, !from_reversed}};
    }
    return n > 0 ? n + 1 : 0;
}

unsigned sc_kc_fr_shift(struct sc_kc_launch out[SC_KC_FR_MAX_LAUNCHES], struct sc_kc_fr f, bool reversed)
{
    out[0] = (struct sc_kc_launch){of_field(f, SC_KC_FR_SHIFT_BN, SC_KC_FR_SHIFT_BLS),
                                   {groups(f), f.n_polys},
                                   {SC_KC_FR_X, SC_KC_FR_POWERS},
                                   {f.log_n, log_low(f), reversed}};
    return 1;
}

/* w^rev(2^t + i) = w^rev(i) w^(n / 2^(t + 2)): each octave is the table so far times a root of order 2^(t + 2). */
void sc_kc_fr_table(struct sc_fr_word *out, struct sc_kc_fr f)
{
    const struct sc_fr_ops *const ops = sc_fr_ops_best(f.field);
    memcpy(&out[0], ops->one, sizeof out[0]);
    for (unsigned t = 0; t + 1 < f.log_n; t++) {
        struct sc_fr_word root;
        memcpy(&root, ops->root, sizeof root);
        for (unsigned i = t + 2; i < ops->two_adicity; i++) {
            ops->mul(&root, &root, &root, 1);
        }
        ops->scale(out + ((size_t)1 << t), out, &root, (size_t)1 << t);
    }
}

void sc_kc_fr_factor(struct sc_fr_word *out, struct sc_kc_fr f)
{
    const struct sc_fr_ops *const ops = sc_fr_ops_best(f.field);
    const struct sc_fr_word n = {{(uint64_t)1 << f.log_n, 0, 0, 0}};
    ops->from_plain(out, &n, 1);
    ops->inv(out, out);
}

/* out[i] = g^i, 0 <= i < 2^log; returns g^(2^log). */
static struct sc_fr_word powers_of(struct sc_fr_word *out, const struct sc_fr_ops *ops, const struct sc_fr_word *g, unsigned log)
{
    struct sc_fr_word step = *g;
    memcpy(&out[0], ops->one, sizeof out[0]);
    for (unsigned t = 0; t < log; t++) {
        ops->scale(out + ((size_t)1 << t), out, &step, (size_t)1 << t);
        ops->mul(&step, &step, &step, 1);
    }
    return step;
}

void sc_kc_fr_powers(struct sc_fr_word *out, struct sc_kc_fr f, const struct sc_fr_word *g)
{
    const struct sc_fr_ops *const ops = sc_fr_ops_best(f.field);
    const struct sc_fr_word step = powers_of(out, ops, g, log_low(f));
    (void)powers_of(out + ((size_t)1 << log_low(f)), ops, &step, f.log_n - log_low(f));
}
