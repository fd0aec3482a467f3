/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Sums of multiples on a device: the launches of kernels/kc/msm_plan.h, chunk by chunk, and the last steps, which are the host's: where
 * each key of the sort begins, a pass over some hundred thousand counts that has to know the total anyway, and joining the windows.
 */
#include "host/curve/msm_d.h"

#include <string.h>

#include "core/curve/limbs.h"
#include "host/curve/msm.h"
#include "host/device/space.h"
#include "host/sys/mem.h"
#include "kernels/kc/msm_plan.h"

/* Points of a chunk, unless there are fewer: a device with less room only loses time. */
#define LEAST_CHUNK 32u

struct sum {
    const struct sc_group_ops *ops;
    struct sc_space space;
    struct sc_kc_msm shape; /* n: of the largest chunk */
    struct sc_piece piece[SC_KC_N_MSM_BUFFERS];
    uint32_t *counts;
    uint8_t *windows, *total; /* of a chunk, of those so far: n_windows xyzz sums */
};

static unsigned bits_of(const uint64_t k[4])
{
    unsigned words = 4;
    while (words > 0 && k[words - 1] == 0) {
        words--;
    }
    return words == 0 ? 0 : 64 * words - (unsigned)__builtin_clzll(k[words - 1]);
}

/* False: one is not below r. */
static bool count_bits(struct sc_kc_msm_bits *bits, const uint64_t (*k)[4], size_t n, const uint64_t *r)
{
    memset(bits, 0, sizeof *bits);
    bits->n = (uint32_t)n;
    for (size_t i = 0; i < n; i++) {
        if (limbs_ge(k[i], r, 4)) {
            return false;
        }
        bits->of[bits_of(k[i])]++;
    }
    return true;
}

/* Bytes of the arena. */
static uint64_t room_of(const struct sc_kc_msm *m, uint64_t align)
{
    uint64_t bytes = 0;
    for (int i = 0; i < SC_KC_N_MSM_BUFFERS; i++) {
        bytes += 4 * sc_kc_msm_len(m, (enum sc_kc_msm_buffer)i) + align;
    }
    return bytes;
}

/* For all points, or for as many as there is room for. A sixteenth of the device is left for the private memory of the kernels. */
static socle_status choose_shape(struct sum *s, const struct sc_committer *device, enum sc_group g, const struct sc_kc_msm_bits *bits)
{
    const uint64_t budget = sc_committer_budget(device), room = budget - budget / 16;
    uint32_t chunk = bits->n < SC_KC_MSM_MAX_N ? bits->n : SC_KC_MSM_MAX_N;
    s->shape = sc_kc_msm_for(g, chunk, bits);
    while (room_of(&s->shape, s->space.align) > room && chunk > LEAST_CHUNK) {
        chunk = (chunk + 1) / 2;
        s->shape = sc_kc_msm_for(g, chunk, bits);
    }
    s->space.how = room_of(&s->shape, s->space.align) <= room ? SOCLE_OK : SOCLE_E_NOMEM;
    return s->space.how;
}

static socle_status sum_begin(struct sum *s)
{
    socle_status st = SOCLE_OK;
    const size_t sums = s->shape.n_windows * s->ops->xyzz_size;
    for (int i = 0; i < SC_KC_N_MSM_BUFFERS; i++) {
        s->piece[i] = sc_space_take(&s->space, sc_kc_msm_len(&s->shape, (enum sc_kc_msm_buffer)i));
    }
    s->counts = sc_alloc((size_t)sc_kc_msm_len(&s->shape, SC_KC_MSM_COUNTS), sizeof *s->counts);
    s->windows = sc_alloc(1, sums);
    s->total = sc_alloc(1, sums);
    TRY(s->counts != NULL && s->windows != NULL && s->total != NULL ? SOCLE_OK : SOCLE_E_NOMEM);
    for (unsigned w = 0; w < s->shape.n_windows; w++) {
        s->ops->xyzz_set_inf(s->total + w * s->ops->xyzz_size);
    }
    st = sc_space_room(&s->space, s->counts); /* nothing is kept: of no bytes */
out:
    return st;
}

static socle_status add_chunk(struct sum *s, const uint8_t *p, const uint64_t (*k)[4], uint32_t n)
{
    socle_status st = SOCLE_OK;
    struct sc_kc_launch launch[SC_KC_MSM_MAX_LAUNCHES];
    struct sc_kc_msm m = s->shape; /* windows are those of the largest chunk: so are the places, and what a total is of */
    m.n = n;
    const uint64_t n_counts = sc_kc_msm_len(&m, SC_KC_MSM_COUNTS), sums = (uint64_t)m.n_windows * m.sum_words;
    uint32_t entries = 0;
    TRY(sc_space_put(&s->space, s->piece[SC_KC_MSM_POINTS], 0, p, sc_kc_msm_len(&m, SC_KC_MSM_POINTS)));
    TRY(sc_space_put(&s->space, s->piece[SC_KC_MSM_SCALARS], 0, k, sc_kc_msm_len(&m, SC_KC_MSM_SCALARS)));
    TRY(sc_space_run(&s->space, s->piece, SC_KC_N_MSM_BUFFERS, launch, sc_kc_msm_count(launch, &m)));
    TRY(sc_space_get(&s->space, s->counts, s->piece[SC_KC_MSM_COUNTS], 0, n_counts));
    TRY(sc_kc_msm_begins(&entries, s->counts, &m) ? SOCLE_OK : SOCLE_E_SELFCHECK);
    if (entries == 0) {
        goto out;
    }
    TRY(sc_space_put(&s->space, s->piece[SC_KC_MSM_COUNTS], 0, s->counts, n_counts));
    TRY(sc_space_run(&s->space, s->piece, SC_KC_N_MSM_BUFFERS, launch, sc_kc_msm_add(launch, &m, entries)));
    TRY(sc_space_get(&s->space, s->windows, s->piece[SC_KC_MSM_SUMS], sc_kc_msm_result(&m), sums));
    for (unsigned w = 0; w < m.n_windows; w++) {
        uint8_t *const to = s->total + w * s->ops->xyzz_size;
        s->ops->xyzz_add(to, to, s->windows + w * s->ops->xyzz_size);
    }
out:
    return st;
}

/* Windows from the top. A point that the device has spoiled is seldom one of the curve. */
static socle_status join(const struct sum *s, void *out)
{
    _Alignas(64) uint8_t sum[4 * 96];
    s->ops->xyzz_set_inf(sum);
    for (unsigned w = s->shape.n_windows; w-- > 0;) {
        for (unsigned i = 0; i < s->shape.c && w + 1 < s->shape.n_windows; i++) {
            s->ops->xyzz_dbl(sum, sum);
        }
        s->ops->xyzz_add(sum, sum, s->total + w * s->ops->xyzz_size);
    }
    s->ops->from_xyzz(out, sum);
    return s->ops->on_curve(out) ? SOCLE_OK : SOCLE_E_SELFCHECK;
}

static socle_status sum_all(struct sum *s, void *out, const uint8_t *p, const uint64_t (*k)[4], size_t n)
{
    socle_status st = SOCLE_OK;
    TRY(sum_begin(s));
    for (size_t at = 0; at < n; at += s->shape.n) {
        TRY(add_chunk(s, p + at * s->ops->size, k + at, n - at < s->shape.n ? (uint32_t)(n - at) : s->shape.n));
    }
    st = join(s, out);
out:
    if (st == SOCLE_E_SELFCHECK && s->space.how == SOCLE_OK) {
        s->space.how = st;
    }
    sc_free(s->counts);
    sc_free(s->windows);
    sc_free(s->total);
    return st;
}

socle_status sc_msm_device(struct sc_committer *device, enum sc_group g, void *out, const void *p, const uint64_t (*k)[4], size_t n)
{
    socle_status st = SOCLE_OK;
    struct sum s = {.ops = sc_group_ops_ref(g)};
    struct sc_kc_msm_bits bits;
    memset(out, 0, s.ops->size);
    if (n > SC_MSM_MAX || !count_bits(&bits, k, n, s.ops->order)) {
        return SOCLE_E_ARG;
    }
    if (bits.of[0] == n) {
        return SOCLE_OK; /* nothing to add */
    }
    TRY(sc_space_borrow(&s.space, device, SC_LOAN_SUM));
    TRY(choose_shape(&s, device, g, &bits));
    st = sum_all(&s, out, p, k, n);
out:
    (void)sc_space_fini(&s.space);
    if (st != SOCLE_OK) {
        memset(out, 0, s.ops->size);
    }
    return st;
}
