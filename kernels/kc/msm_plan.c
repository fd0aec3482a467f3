/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Launches of sums of multiples. SUMS is buckets, sums of windows, sums of segments, heads; LIST is entries of two words, keys of segments,
 * keys of heads. Heads of one level are the entries of the next, and come behind its own.
 */
#include "kernels/kc/msm_plan.h"

enum { RUN = 32, C_MIN = 3, C_MAX = 18, MOST_LOG_S = 4, WIDE = 256 }; /* RUN: KC_MSM_RUN; WIDE: KC_WIDE */

/* Words of LIST are counted by 32 bits. With windows of C_MAX bits there are less than half as many in SC_KC_MSM_MAX_N scalars. */
#define MOST_ENTRIES 0x78000000u

/* At least one more bit than a scalar has: the carry out of the window below fits into the top one. */
static uint32_t windows(unsigned bits, uint32_t c)
{
    return bits / c + 1;
}

/* Of all scalars. */
static uint64_t entries_of(const struct sc_kc_msm_bits *bits, uint32_t c)
{
    uint64_t sum = 0;
    for (unsigned b = 1; b <= 256; b++) {
        sum += (uint64_t)bits->of[b] * windows(b, c);
    }
    return sum;
}

struct sc_kc_msm sc_kc_msm_for(enum sc_group g, uint32_t n, const struct sc_kc_msm_bits *bits)
{
    const uint32_t words = (uint32_t)(sc_group_ops_ref(g)->size / sizeof(uint32_t));
    struct sc_kc_msm m = {.group = g, .n = n, .point_words = words, .sum_words = 2 * words};
    uint64_t least = UINT64_MAX;
    unsigned most = 256;
    while (most > 1 && bits->of[most] == 0) {
        most--;
    }
    for (uint32_t c = C_MIN; c <= C_MAX; c++) {
        const uint64_t all = entries_of(bits, c), room = (uint64_t)n * windows(most, c) < all ? (uint64_t)n * windows(most, c) : all;
        const uint64_t cost = all * n / bits->n + ((uint64_t)windows(most, c) * 4 << (c - 1)); /* a bucket is as much as four points */
        if (cost < least && room <= MOST_ENTRIES) {
            least = cost;
            m.c = c;
            m.most_entries = (uint32_t)room;
        }
    }
    m.n_windows = windows(most, m.c);
    m.log_s = m.c - 1 < MOST_LOG_S ? m.c - 1 : MOST_LOG_S;
    return m;
}

struct sc_kc_msm sc_kc_msm_of(enum sc_group g, uint32_t n, unsigned bits)
{
    struct sc_kc_msm_bits all = {.n = n};
    all.of[bits] = n;
    return sc_kc_msm_for(g, n, &all);
}

static uint32_t n_buckets(const struct sc_kc_msm *m)
{
    return m->n_windows << (m->c - 1);
}

static uint32_t n_segments(const struct sc_kc_msm *m)
{
    return n_buckets(m) >> m->log_s;
}

static uint32_t pieces(uint32_t n)
{
    return (uint32_t)(((uint64_t)n + RUN - 1) / RUN);
}

/* Heads of all levels. */
static uint32_t n_heads(uint32_t n)
{
    uint32_t sum = 0;
    for (uint32_t p = pieces(n); n > 0; p = pieces(p)) {
        sum += p;
        if (p <= 1) {
            break;
        }
    }
    return sum;
}

static uint32_t most_heads(const struct sc_kc_msm *m)
{
    const uint32_t of_entries = n_heads(m->most_entries), of_segments = n_heads(n_segments(m));
    return of_entries > of_segments ? of_entries : of_segments;
}

uint64_t sc_kc_msm_len(const struct sc_kc_msm *m, enum sc_kc_msm_buffer b)
{
    switch (b) {
    case SC_KC_MSM_POINTS:
        return (uint64_t)m->n * m->point_words;
    case SC_KC_MSM_SCALARS:
        return (uint64_t)m->n * 8;
    case SC_KC_MSM_COUNTS:
        return n_buckets(m);
    case SC_KC_MSM_LIST:
        return (uint64_t)2 * m->most_entries + n_segments(m) + most_heads(m);
    case SC_KC_MSM_SUMS:
        return ((uint64_t)n_buckets(m) + m->n_windows + n_segments(m) + most_heads(m)) * m->sum_words;
    case SC_KC_N_MSM_BUFFERS:
        break;
    }
    return 0;
}

static uint32_t groups(uint32_t items)
{
    return items / SC_KC_GROUP_ITEMS + (items % SC_KC_GROUP_ITEMS != 0);
}

static struct sc_kc_launch zero(enum sc_kc_msm_buffer b, uint32_t n)
{
    return (struct sc_kc_launch){SC_KC_FILL, {n / WIDE + (n % WIDE != 0), 1}, {(uint8_t)b}, {n, 0}};
}

static struct sc_kc_launch digits(const struct sc_kc_msm *m, bool put)
{
    return (struct sc_kc_launch){
        SC_KC_MSM_DIGITS, {groups(m->n), 1}, {SC_KC_MSM_COUNTS, SC_KC_MSM_SCALARS, SC_KC_MSM_LIST}, {m->n, m->c, m->n_windows, put}};
}

unsigned sc_kc_msm_count(struct sc_kc_launch out[SC_KC_MSM_MAX_LAUNCHES], const struct sc_kc_msm *m)
{
    out[0] = zero(SC_KC_MSM_COUNTS, n_buckets(m));
    out[1] = digits(m, false);
    return 2;
}

bool sc_kc_msm_begins(uint32_t *entries, uint32_t *counts, const struct sc_kc_msm *m)
{
    uint64_t at = 0;
    for (uint32_t i = 0; i < n_buckets(m) && at <= UINT32_MAX; i++) {
        const uint32_t n = counts[i];
        counts[i] = (uint32_t)at;
        at += n;
    }
    *entries = (uint32_t)at;
    return at <= m->most_entries;
}

/* Entries of one array into the sums from @p to on, and their heads, until none are left. */
static unsigned runs(struct sc_kc_launch *out, const struct sc_kc_msm *m, uint32_t n, bool points, uint32_t key_at, uint32_t from, uint32_t to)
{
    static const enum sc_kc_kernel of[SC_GROUP_END] = {[SC_BN_G1] = SC_KC_MSM_RUN_BN_G1,
                                                       [SC_BN_G2] = SC_KC_MSM_RUN_BN_G2,
                                                       [SC_BLS_G1] = SC_KC_MSM_RUN_BLS_G1,
                                                       [SC_BLS_G2] = SC_KC_MSM_RUN_BLS_G2};
    uint32_t head_keys = 2 * m->most_entries + n_segments(m), heads = n_buckets(m) + m->n_windows + n_segments(m);
    unsigned launches = 0;
    for (bool more = true; more; points = false) {
        const uint8_t in = points ? SC_KC_MSM_POINTS : SC_KC_MSM_SUMS;
        const uint32_t p = pieces(n);
        out[launches++] = (struct sc_kc_launch){of[m->group],
                                                {groups(p), 1},
                                                {SC_KC_MSM_LIST, in, SC_KC_MSM_SUMS},
                                                {n, points, key_at, from, to, head_keys, heads}};
        more = p > 1;
        n = p;
        key_at = head_keys;
        from = heads;
        head_keys += p;
        heads += p;
    }
    return launches;
}

unsigned sc_kc_msm_add(struct sc_kc_launch out[SC_KC_MSM_MAX_LAUNCHES], const struct sc_kc_msm *m, uint32_t entries)
{
    static const enum sc_kc_kernel of[SC_GROUP_END] = {[SC_BN_G1] = SC_KC_MSM_WEIGH_BN_G1,
                                                       [SC_BN_G2] = SC_KC_MSM_WEIGH_BN_G2,
                                                       [SC_BLS_G1] = SC_KC_MSM_WEIGH_BLS_G1,
                                                       [SC_BLS_G2] = SC_KC_MSM_WEIGH_BLS_G2};
    const uint32_t segments = n_segments(m), window_sums = n_buckets(m), at = window_sums + m->n_windows;
    const uint32_t keys = 2 * m->most_entries;
    unsigned n = 0;
    out[n++] = zero(SC_KC_MSM_SUMS, at * m->sum_words);
    out[n++] = digits(m, true);
    n += runs(out + n, m, entries, true, 0, 0, 0);
    out[n++] = (struct sc_kc_launch){
        of[m->group], {groups(segments), 1}, {SC_KC_MSM_LIST, SC_KC_MSM_SUMS}, {segments, m->log_s, m->c, keys, at}};
    return n + runs(out + n, m, segments, false, keys, at, window_sums);
}

uint64_t sc_kc_msm_result(const struct sc_kc_msm *m)
{
    return (uint64_t)n_buckets(m) * m->sum_words;
}
