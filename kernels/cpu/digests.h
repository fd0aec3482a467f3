/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Digests of 32 bytes in memory, one behind the other, and their words in vectors, one digest for each lane. Included by kernels that hash.
 */
#ifndef SC_KERNELS_CPU_DIGESTS_H
#define SC_KERNELS_CPU_DIGESTS_H

#include "kernels/cpu/vec.h"

#include <string.h>

/** Lane i of cv[0..8) to out[i], n lanes. */
static void store_digests(uint8_t (*out)[32], const vec cv[8], size_t n)
{
#if VL > 1
    if (n == VL) {
        vu_store_digests((uint32_t *)(void *)out, cv);
        return;
    }
#endif
    uint32_t lanes[8][VL];
    for (int w = 0; w < 8; w++) {
        vec_store(lanes[w], cv[w]);
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t d[8];
        for (int w = 0; w < 8; w++) {
            d[w] = lanes[w][i];
        }
        memcpy(out[i], d, 32);
    }
}

/** Lane r of word w is word w of pair r, n pairs of 64 bytes, 0 behind them: a transposition of 16 words x VL pairs. */
INLINE void load_pairs(vec m[16], const uint8_t *pairs, size_t n)
{
    uint32_t some[VL][16];
    if (n < VL) {
        memset(some, 0, sizeof some);
        memcpy(some, pairs, n * 64);
        pairs = (const uint8_t *)some;
    }
#if VL == 1
    memcpy(m, pairs, 64);
#else
    for (int h = 0; h < 16; h += VL) {
        for (int r = 0; r < VL; r++) {
            m[h + r] = vu_load(pairs + 64 * r + 4 * h);
        }
        vec_transpose(m + h);
    }
#endif
}

#endif
