/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The launches of hashes. Contracts: hash_plan.h.
 */
#include "kernels/kc/hash_plan.h"

#include "kernels/kc/kc.h"

#include "kernels/kc/field.h"

#include "kernels/kc/tree.h"

#include "kernels/kc/grind.h"

#define FULL_ROUNDS 8u

static uint32_t groups_of(uint64_t n, uint32_t span)
{
    return (uint32_t)((n + span - 1) / span);
}

struct sc_kc_launch sc_kc_grind(uint32_t mask, uint32_t n)
{
    return (struct sc_kc_launch){.kernel = SC_KC_GRIND, .groups = {groups_of(n, KC_GRIND_SPAN), 1}, .pointer = {SC_KC_HASH_IN, SC_KC_HASH_IN}, .arg = {24, 0, mask, n}};
}

/* Pointers and arguments of leaves and of nodes are where each hash has them. */
static struct sc_kc_launch leaves(enum sc_kc_hash hash, unsigned log_n, uint32_t n_words, uint32_t before)
{
    static const enum sc_kc_kernel kernel[] = {SC_KC_SHA_LEAVES, SC_KC_KECCAK_LEAVES, SC_KC_P2_LEAVES};
    return (struct sc_kc_launch){.kernel = kernel[hash],
                                 .groups = {groups_of((uint64_t)1 << log_n, KC_HASHES), 1},
                                 .pointer = {SC_KC_HASH_OUT, SC_KC_HASH_IN, SC_KC_HASH_LEAF},
                                 .arg = {log_n, n_words, before}};
}

static struct sc_kc_launch nodes(enum sc_kc_hash hash, uint32_t to, uint32_t from, uint32_t n, uint32_t before)
{
    static const enum sc_kc_kernel kernel[] = {SC_KC_SHA_NODES, SC_KC_KECCAK_NODES, SC_KC_P2_NODES};
    return (struct sc_kc_launch){.kernel = kernel[hash],
                                 .groups = {groups_of(n, KC_HASHES), 1},
                                 .pointer = {SC_KC_HASH_OUT, SC_KC_HASH_NODE},
                                 .arg = {to, from, n, before}};
}

unsigned sc_kc_hash_tree(struct sc_kc_launch out[1 + SC_KC_MAX_LOG_LEAVES], enum sc_kc_hash hash, unsigned log_n, uint32_t n_words, uint32_t before)
{
    uint32_t from = 0, to = (uint32_t)1 << log_n;
    unsigned n = 0;
    out[n++] = leaves(hash, log_n, n_words, before);
    for (uint32_t level = to / 2; level > 0; level /= 2) {
        out[n++] = nodes(hash, to, from, level, before);
        from = to;
        to += level;
    }
    return n;
}

struct sc_kc_launch sc_kc_poseidon2(unsigned width, uint32_t n)
{
    return (struct sc_kc_launch){.kernel = width == 16 ? SC_KC_POSEIDON2_16 : SC_KC_POSEIDON2_24,
                                 .groups = {groups_of(n, KC_HASHES), 1},
                                 .pointer = {SC_KC_HASH_OUT, SC_KC_HASH_IN},
                                 .arg = {n}};
}

/* Grain: a shift register of 80 bits, a ring from `at`. */
struct grain {
    uint8_t bit[80];
    unsigned at, filled;
};

static void grain_put(struct grain *g, uint32_t value, unsigned n_bits)
{
    while (n_bits-- > 0) {
        g->bit[g->filled++] = (uint8_t)(value >> n_bits & 1);
    }
}

static unsigned grain_step(struct grain *g)
{
    static const unsigned taps[] = {62, 51, 38, 23, 13, 0};
    unsigned b = 0;
    for (size_t i = 0; i < sizeof taps / sizeof taps[0]; i++) {
        b ^= g->bit[(g->at + taps[i]) % 80];
    }
    g->bit[g->at] = (uint8_t)b;
    g->at = (g->at + 1) % 80;
    return b;
}

/* Of each pair of bits the second counts where the first is 1. */
static unsigned grain_bit(struct grain *g)
{
    while (grain_step(g) == 0) {
        (void)grain_step(g);
    }
    return grain_step(g);
}

size_t sc_kc_poseidon2_constants(fp out[SC_KC_POSEIDON2_MAX_CONSTANTS], unsigned width)
{
    const unsigned partial = width == 16 ? 20 : 23;
    const size_t n = FULL_ROUNDS * width + partial;
    struct grain g = {.at = 0};
    grain_put(&g, 1, 2); /* a prime field */
    grain_put(&g, 0, 4); /* a power as S-box */
    grain_put(&g, 31, 12);
    grain_put(&g, width, 12);
    grain_put(&g, FULL_ROUNDS, 10);
    grain_put(&g, partial, 10);
    grain_put(&g, (UINT32_C(1) << 30) - 1, 30);
    for (unsigned i = 0; i < 160; i++) {
        (void)grain_step(&g);
    }
    for (size_t i = 0; i < n;) {
        uint32_t v = 0;
        for (unsigned k = 0; k < 31; k++) {
            v = 2 * v + grain_bit(&g);
        }
        if (v < FP_P) {
            out[i++] = fp_from_u32(v);
        }
    }
    return n;
}
