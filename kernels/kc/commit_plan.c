/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The launches of a commitment.
 */
#include "kernels/kc/commit_plan.h"

#include "kernels/kc/kc.h"

#include "kernels/kc/field.h"

#include "kernels/kc/ntt.h"
#include "kernels/kc/tree.h"

/* Levels of a pass whose streams are apart: 16 neighbouring places of each are one stretch of 64 bytes. */
#define FAR_LEVELS (KC_LOG_TILE - 4u)

static unsigned log_n_of(struct sc_kc_commit c)
{
    return (unsigned)(c.mu - c.k + c.lr);
}

static size_t words_of(struct sc_kc_commit c)
{
    return (size_t)c.planes << c.k;
}

bool sc_kc_commit_fits(struct sc_kc_commit c)
{
    return c.k <= c.mu && log_n_of(c) <= 24 && c.planes > 0 && words_of(c) <= (size_t)KC_CHUNK_WORDS << KC_MAX_LOG_CHUNKS;
}

size_t sc_kc_len(struct sc_kc_commit c, enum sc_kc_buffer b)
{
    switch (b) {
    case SC_KC_MESSAGE:
        return (size_t)c.planes << c.mu;
    case SC_KC_POW:
        return (size_t)1 << log_n_of(c);
    case SC_KC_CODE:
        return words_of(c) << log_n_of(c);
    case SC_KC_TREE:
        return (size_t)16 << log_n_of(c);
    case SC_KC_LEAF_KEY:
    case SC_KC_NODE_KEY:
        return 8;
    case SC_KC_N_BUFFERS:
        break;
    }
    return 0;
}

/* A pass of s levels; the first one reads the message. */
static struct sc_kc_launch ntt_pass(struct sc_kc_commit c, bool first, unsigned log_block, unsigned s)
{
    const unsigned log_n = log_n_of(c), log_a = (unsigned)(c.mu - c.k), log_tile = log_n < KC_LOG_TILE ? log_n : KC_LOG_TILE;
    const unsigned log_stride = log_block - s, log_c = log_stride < log_tile - s ? log_stride : log_tile - s;
    return (struct sc_kc_launch){
        .kernel = SC_KC_NTT_PASS,
        .groups = {1u << (log_n - log_tile), (uint32_t)words_of(c)},
        .pointer = {SC_KC_CODE, (uint8_t)(first ? SC_KC_MESSAGE : SC_KC_CODE), SC_KC_POW},
        .arg = {log_n, first ? c.planes : 1u, first ? c.mu : 0u, first ? log_a : log_n, log_block, s, log_c},
    };
}

static uint32_t groups_for(size_t n)
{
    return (uint32_t)((n + KC_HASHES - 1) / KC_HASHES);
}

unsigned sc_kc_commit_plan(struct sc_kc_launch out[SC_KC_MAX_LAUNCHES], struct sc_kc_commit c)
{
    const unsigned log_n = log_n_of(c);
    unsigned n = 0, left = (unsigned)(c.mu - c.k); /* levels: the blocks of the message's length, the rest is done in reading */
    const unsigned near = left < KC_LOG_TILE ? left : KC_LOG_TILE; /* of the last pass: whole blocks */
    while (left > near) {
        const unsigned passes = (left - near + FAR_LEVELS - 1) / FAR_LEVELS, s = (left - near + passes - 1) / passes;
        out[n] = ntt_pass(c, n == 0, left, s);
        left -= s;
        n++;
    }
    out[n] = ntt_pass(c, n == 0, left, left);
    n++;
    out[n++] = (struct sc_kc_launch){
        .kernel = SC_KC_LEAVES,
        .groups = {groups_for((size_t)1 << log_n), 1},
        .pointer = {SC_KC_TREE, SC_KC_CODE, SC_KC_LEAF_KEY},
        .arg = {log_n, (uint32_t)words_of(c)},
    };
    uint32_t from = 0;
    for (unsigned up = log_n; up-- > 0; n++) {
        const uint32_t to = from + (2u << up);
        out[n] = (struct sc_kc_launch){
            .kernel = SC_KC_NODES,
            .groups = {groups_for((size_t)1 << up), 1},
            .pointer = {SC_KC_TREE, SC_KC_NODE_KEY},
            .arg = {to, from, 1u << up},
        };
        from = to;
    }
    return n;
}
