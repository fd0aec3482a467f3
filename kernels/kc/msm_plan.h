/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The launches of a sum of multiples on a device. First the digits of all windows are counted; the host, which has to know how many there
 * are, turns the counts into where each key begins. Then entries are put in the order of their keys, runs of equal keys are added into
 * buckets, by a fixed number of entries for an item however they are distributed, heads of runs after that in the same way, and buckets
 * into one sum for each window. The host joins the windows. A zero digit is no entry: zeros cost nothing, and small scalars little.
 */
#ifndef SC_KC_MSM_PLAN_H
#define SC_KC_MSM_PLAN_H

#include "kernels/curve/curve_ops.h"
#include "kernels/kc/launch.h"

/** Buffers of these launches: n points and n scalars of 8 words (core/curve, plain); counts of keys; entries and keys; sums. */
enum sc_kc_msm_buffer { SC_KC_MSM_POINTS, SC_KC_MSM_SCALARS, SC_KC_MSM_COUNTS, SC_KC_MSM_LIST, SC_KC_MSM_SUMS, SC_KC_N_MSM_BUFFERS };

enum { SC_KC_MSM_MAX_LAUNCHES = 20, SC_KC_MSM_MAX_N = 1 << 26 };

struct sc_kc_msm {
    enum sc_group group;
    uint32_t n, c, n_windows; /* points; bits of a window */
    uint32_t most_entries;    /* there is room for */
    uint32_t log_s;           /* buckets of a segment */
    uint32_t point_words, sum_words;
};

/** For n points, 1 to SC_KC_MSM_MAX_N, and scalars below 2^bits, bits 1 to 256. */
struct sc_kc_msm sc_kc_msm_of(enum sc_group g, uint32_t n, unsigned bits);

/** How many scalars have so many bits, and how many there are. */
struct sc_kc_msm_bits {
    uint32_t of[257], n;
};
/** For any @p n, 1 to SC_KC_MSM_MAX_N, of the points whose scalars are these; not all of them zero. A scalar has an entry for each of its
 * windows, and is taken to be as costly as that: a witness of zeros and ones with few others gets windows for the few. */
struct sc_kc_msm sc_kc_msm_for(enum sc_group g, uint32_t n, const struct sc_kc_msm_bits *bits);
/** Words of a buffer. All of them together are what a device has to have room for. */
uint64_t sc_kc_msm_len(const struct sc_kc_msm *m, enum sc_kc_msm_buffer b);
/** Count into COUNTS. Returns how many launches. */
unsigned sc_kc_msm_count(struct sc_kc_launch out[SC_KC_MSM_MAX_LAUNCHES], const struct sc_kc_msm *m);
/** Counts to where each key begins, and the number of entries. False: there are more than there can be, so the counts are wrong. */
bool sc_kc_msm_begins(uint32_t *entries, uint32_t *counts, const struct sc_kc_msm *m);
/** The sums of the windows, with COUNTS from sc_kc_msm_begins; @p entries > 0. Returns how many launches. */
unsigned sc_kc_msm_add(struct sc_kc_launch out[SC_KC_MSM_MAX_LAUNCHES], const struct sc_kc_msm *m, uint32_t entries);
/** The word of SUMS where the sums of the windows begin, xyzz, from the lowest window on. */
uint64_t sc_kc_msm_result(const struct sc_kc_msm *m);

#endif
