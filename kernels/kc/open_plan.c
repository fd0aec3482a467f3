/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The launches of an opening. Contracts: open_plan.h.
 */
#include "kernels/kc/open_plan.h"

#include <string.h>

#include "core/base/assert.h"
#include "core/transcript/transcript.h"
#include "kernels/kc/kc.h"

#include "kernels/kc/field.h"

#include "kernels/kc/tree.h"

#include "kernels/kc/grind.h"

#include "kernels/kc/ext.h"
#include "kernels/kc/talk.h"

#include "kernels/kc/argue.h"

#include "kernels/kc/open.h"

#define MANY_GROUPS 1024u
#define MAX_SPAN 1024u

/* Places of a group: enough for its lanes, then as many groups as keep a device busy, then more places, `most` or less. */
static uint32_t span_of(unsigned n, uint32_t most)
{
    const uint32_t places = (uint32_t)1 << n;
    const uint32_t span = places / MANY_GROUPS < KC_LANES ? KC_LANES : places / MANY_GROUPS, least = places < span ? places : span;
    return least < most ? least : most;
}

static unsigned low_of(struct sc_kc_eq eq)
{
    return eq.n < eq.log_low ? eq.n : eq.log_low;
}

static uint32_t low_len(struct sc_kc_eq eq)
{
    return (uint32_t)1 << low_of(eq);
}

static uint32_t groups_for(uint64_t n, uint32_t items)
{
    return (uint32_t)((n + items - 1) / items);
}

size_t sc_kc_open_partial_len(unsigned mu, unsigned first, unsigned log_low)
{
    const uint32_t most = (uint32_t)1 << log_low;
    size_t len = 0;
    for (unsigned n = 0; n <= mu - first; n++) {
        const size_t groups = ((size_t)1 << n) / span_of(n, most), all = groups << (first > 0 ? first - 1 : 0);
        len = all > len ? all : len;
    }
    return 2 * FX_DEG * len;
}

static struct sc_kc_launch total(uint32_t to, uint32_t groups, uint32_t sums)
{
    return (struct sc_kc_launch){
        .kernel = SC_KC_TOTAL, .groups = {1, sums}, .pointer = {SC_KC_OPEN_OUT, SC_KC_OPEN_PARTIAL}, .arg = {to, groups}};
}

struct sc_kc_launch sc_kc_fill(enum sc_kc_open_buffer to, uint32_t n, uint32_t value)
{
    return (struct sc_kc_launch){.kernel = SC_KC_FILL, .groups = {groups_for(n, KC_WIDE), 1}, .pointer = {(uint8_t)to}, .arg = {n, value}};
}

void sc_kc_open_cross(struct sc_kc_launch out[2], struct sc_kc_eq eq, uint32_t list, uint32_t n_blocks, unsigned rest, unsigned first, uint32_t to)
{
    const uint32_t span = span_of(eq.n, low_len(eq)), groups = ((uint32_t)1 << eq.n) / span, half = (uint32_t)1 << (first - 1);
    out[0] = (struct sc_kc_launch){.kernel = SC_KC_OPEN_CROSS,
                                   .groups = {groups, half},
                                   .pointer = {SC_KC_OPEN_PARTIAL, SC_KC_OPEN_FROM, SC_KC_OPEN_TABLES},
                                   .arg = {eq.tab, list, n_blocks, low_of(eq), span, rest, half, groups}};
    out[1] = total(to, groups, half);
}

struct sc_kc_launch sc_kc_open_lin(uint32_t list, unsigned rest, unsigned first)
{
    return (struct sc_kc_launch){.kernel = SC_KC_OPEN_LIN,
                                 .groups = {groups_for((uint64_t)1 << rest, KC_WIDE), 1},
                                 .pointer = {SC_KC_OPEN_G, SC_KC_OPEN_FROM, SC_KC_OPEN_TABLES},
                                 .arg = {list, (uint32_t)1 << first, rest}};
}

struct sc_kc_launch sc_kc_open_weight(struct sc_kc_eq eq, uint32_t list, uint32_t n_blocks, unsigned log_plane)
{
    const uint32_t span = span_of(eq.n, low_len(eq));
    return (struct sc_kc_launch){.kernel = SC_KC_OPEN_WEIGHT,
                                 .groups = {((uint32_t)1 << eq.n) / span, n_blocks},
                                 .pointer = {SC_KC_OPEN_W, SC_KC_OPEN_TABLES},
                                 .arg = {(uint32_t)1 << log_plane, eq.tab, list, low_of(eq), span}};
}

struct sc_kc_launch sc_kc_open_powers(uint32_t list, uint32_t t, unsigned log_n)
{
    return (struct sc_kc_launch){.kernel = SC_KC_OPEN_POWERS,
                                 .groups = {groups_for((uint64_t)1 << log_n, KC_LANES * KC_POINTS), 1},
                                 .pointer = {SC_KC_OPEN_W, SC_KC_OPEN_TABLES},
                                 .arg = {list, t, log_n}};
}

static struct sc_kc_launch pick(unsigned to, unsigned from, unsigned tables, const uint32_t arg[6], uint32_t n_where)
{
    struct sc_kc_launch l = {.kernel = SC_KC_PICK, .groups = {groups_for(arg[2], KC_WIDE), n_where}, .pointer = {(uint8_t)to, (uint8_t)from, (uint8_t)tables}};
    memcpy(l.arg, arg, 6 * sizeof *arg);
    return l;
}

struct sc_kc_launch sc_kc_pick(unsigned from, uint32_t to, uint32_t list, uint32_t n_where, uint32_t n, unsigned log_each, unsigned log_step,
                               bool residues)
{
    return pick(SC_KC_OPEN_OUT, from, SC_KC_OPEN_TABLES, (const uint32_t[6]){to, list, n, log_each, log_step, residues}, n_where);
}

/* ---- what is said ---- */

_Static_assert(SC_KC_SAID_C >= KC_TALK_OWN, "the talk");
_Static_assert(SC_KC_OPEN_TALK_LEN - SC_KC_OPEN_EQ >= (int)(FX_DEG << KC_MOST_LOW), "the table of eq");

/* n words of TALK from `at` on are sent, the sum of groups before; then elements are drawn, or a search for a nonce begins. */
struct say {
    uint32_t groups, at, n, what, to, n_out, drawn, bits, nonce_at, nonce;
};

static void add_say(struct sc_kc_launch **to, struct say s)
{
    *(*to)++ = (struct sc_kc_launch){.kernel = SC_KC_SAY,
                                     .groups = {1, 1},
                                     .pointer = {SC_KC_OPEN_TALK, SC_KC_OPEN_PARTIAL},
                                     .arg = {s.groups, s.at, s.n, s.what, s.to, s.n_out, s.drawn, s.bits, s.nonce_at, s.nonce}};
}

/* The search that was begun for nonce number k. */
static void add_search(struct sc_kc_launch **to, unsigned bits, unsigned k)
{
    const uint32_t n = (uint32_t)16 << bits;
    *(*to)++ = (struct sc_kc_launch){.kernel = SC_KC_GRIND,
                                     .groups = {groups_for(n, KC_GRIND_SPAN), 1},
                                     .pointer = {SC_KC_OPEN_TALK, SC_KC_OPEN_TALK},
                                     .arg = {SC_KC_SAID_NONCE + 4 * k + 2, KC_TALK_TRY, ((uint32_t)1 << bits) - 1, n}};
}

void sc_kc_open_round(struct sc_kc_launch **to, unsigned log_plane, unsigned n, unsigned v, unsigned gf)
{
    const uint32_t span = span_of(n, MAX_SPAN), places = (uint32_t)1 << n, nonce_at = SC_KC_SAID_NONCE + 4 * v, c = SC_KC_SAID_C + FX_DEG * v;
    *(*to)++ = (struct sc_kc_launch){.kernel = SC_KC_OPEN_ROUND,
                                     .groups = {places / span, 1},
                                     .pointer = {SC_KC_OPEN_PARTIAL, SC_KC_OPEN_G, SC_KC_OPEN_W, SC_KC_OPEN_TALK},
                                     .arg = {(uint32_t)1 << log_plane, places, span, v > 0, v > 0 ? c - FX_DEG : 0}};
    add_say(to, (struct say){.groups = places / span, .at = SC_KC_SAID_H + 2 * FX_DEG * v, .n = 2 * FX_DEG, .what = KC_SAY(SC_L_WHIR_ROUND), .to = c,
                             .n_out = 1, .drawn = SC_L_WHIR_FOLD, .bits = gf, .nonce_at = nonce_at, .nonce = SC_L_WHIR_FOLD_POW});
    if (gf > 0) {
        add_search(to, gf, v);
        add_say(to, (struct say){.at = nonce_at, .n = 4, .what = KC_SAY_NONCE(SC_L_WHIR_FOLD_POW), .to = c, .n_out = 1, .drawn = SC_L_WHIR_FOLD});
    }
}

void sc_kc_open_fold(struct sc_kc_launch **to, unsigned log_plane, unsigned n, unsigned n_folds)
{
    for (unsigned i = 0; i < 2; i++) {
        *(*to)++ = (struct sc_kc_launch){
            .kernel = SC_KC_OPEN_FOLD,
            .groups = {groups_for((uint64_t)1 << n, KC_WIDE), 1},
            .pointer = {(uint8_t)(SC_KC_OPEN_NEXT_G + i), (uint8_t)(SC_KC_OPEN_G + i), SC_KC_OPEN_TALK},
            .arg = {(uint32_t)1 << log_plane, (uint32_t)1 << n, n_folds > 0, SC_KC_SAID_C + FX_DEG * (n_folds > 0 ? n_folds - 1 : 0)}};
    }
}

/* The value of NEXT_G, 2^mu elements, at sample number i. */
static void add_sample(struct sc_kc_launch **to, unsigned mu, unsigned i, unsigned log_low)
{
    const unsigned low = mu < log_low ? mu : log_low, high = mu - low;
    const uint32_t span = span_of(mu, (uint32_t)1 << low), places = (uint32_t)1 << mu, z = SC_KC_SAID_Z + FX_DEG * i * mu;
    *(*to)++ = (struct sc_kc_launch){.kernel = SC_KC_EQ,
                                     .groups = {groups_for((uint64_t)1 << low, KC_WIDE), 1},
                                     .pointer = {SC_KC_OPEN_TALK},
                                     .arg = {z + FX_DEG * high, low, SC_KC_OPEN_EQ}};
    *(*to)++ = (struct sc_kc_launch){.kernel = SC_KC_OPEN_SAMPLE,
                                     .groups = {places / span, 1},
                                     .pointer = {SC_KC_OPEN_PARTIAL, SC_KC_OPEN_NEXT_G, SC_KC_OPEN_TALK},
                                     .arg = {places, SC_KC_OPEN_EQ, low, span, z, high}};
    *(*to)++ = (struct sc_kc_launch){.kernel = SC_KC_TOTAL,
                                     .groups = {1, 1},
                                     .pointer = {SC_KC_OPEN_TALK, SC_KC_OPEN_PARTIAL},
                                     .arg = {SC_KC_SAID_ANSWERS + FX_DEG * i, places / span}};
}

/* A commitment up to its first launch of the kernel `before`. */
static void add_commit(struct sc_kc_launch **to, struct sc_kc_commit s, enum sc_kc_kernel before)
{
    struct sc_kc_launch *const own = *to;
    const unsigned n = sc_kc_commit_plan(own, s);
    for (unsigned i = 0; i < n && own[i].kernel != before; i++, ++*to) {
        for (unsigned k = 0; k < SC_KC_MAX_POINTERS; k++) {
            own[i].pointer[k] = (uint8_t)(own[i].pointer[k] + SC_KC_OPEN_COMMIT);
        }
    }
}

void sc_kc_open_encode(struct sc_kc_launch **to, struct sc_kc_commit s)
{
    add_commit(to, s, SC_KC_LEAVES);
}

void sc_kc_open_commit(struct sc_kc_launch **to, struct sc_kc_commit s, uint32_t round, unsigned ood, unsigned gq, unsigned log_low)
{
    const uint32_t nonce_at = SC_KC_SAID_NONCE + 4 * SC_WHIR_MAX_K;
    SC_ASSERT(log_low <= KC_MOST_LOW);
    add_commit(to, s, SC_KC_N_KERNELS);
    *(*to)++ = pick(SC_KC_OPEN_TALK, SC_KC_OPEN_COMMIT + SC_KC_TREE, SC_KC_OPEN_ROOTS, (const uint32_t[6]){SC_KC_SAID_ROOT, round, 8, 3, 0, 0}, 1);
    add_say(to, (struct say){.at = SC_KC_SAID_ROOT, .n = 8, .what = KC_SAY_RAW(SC_L_WHIR_ROOT), .to = SC_KC_SAID_Z, .n_out = ood * s.mu,
                             .drawn = SC_L_WHIR_OOD, .bits = ood > 0 ? 0 : gq, .nonce_at = nonce_at, .nonce = SC_L_WHIR_QUERY_POW});
    for (unsigned i = 0; i < ood; i++) {
        add_sample(to, s.mu, i, log_low);
    }
    if (ood > 0) {
        add_say(to, (struct say){.at = SC_KC_SAID_ANSWERS, .n = FX_DEG * ood, .what = KC_SAY(SC_L_WHIR_OOD_ANS), .bits = gq, .nonce_at = nonce_at,
                                 .nonce = SC_L_WHIR_QUERY_POW});
    }
    if (gq > 0) {
        add_search(to, gq, SC_WHIR_MAX_K);
    }
}
