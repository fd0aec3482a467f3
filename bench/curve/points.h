/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Distinct points for benchmarks of sums.
 */
#ifndef SC_BENCH_CURVE_POINTS_H
#define SC_BENCH_CURVE_POINTS_H

#include "kernels/curve/curve_ops.h"

#include <string.h>

enum { POINTS_BLOCK = 1024 };

/** p[i] = (i + 1) P, i < n, in the form of core/curve: the first block one by one from P + P, the others as the block before plus its last
 * point's multiple. scratch: for POINTS_BLOCK pairs of @p ref, portable operations. */
static void fill_points(uint8_t *p, size_t n, const struct sc_group_ops *ref, const void *generator, void *scratch)
{
    uint32_t src[2 * POINTS_BLOCK];
    memcpy(p, generator, ref->size);
    for (size_t i = 1; i < n && i < POINTS_BLOCK; i++) {
        const uint32_t one[2] = {(uint32_t)(i - 1) << 1, 0};
        ref->pairs(p + i * ref->size, p, one, 1, scratch);
    }
    for (size_t at = POINTS_BLOCK; at < n; at += POINTS_BLOCK) {
        for (size_t i = 0; i < POINTS_BLOCK; i++) {
            src[2 * i] = (uint32_t)(at - POINTS_BLOCK + i) << 1;
            src[2 * i + 1] = (uint32_t)(POINTS_BLOCK - 1) << 1;
        }
        ref->pairs(p + at * ref->size, p, src, n - at < POINTS_BLOCK ? n - at : POINTS_BLOCK, scratch);
    }
}

#endif
