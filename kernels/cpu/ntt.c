/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Reed-Solomon encoding of one word: decimation in frequency, natural order to bit-reversed order, in place.
 * Owns nothing; twiddles are the caller's. Theory: docs/spec/field.md, "Reed-Solomon domains".
 *
 * A transform is a tree of passes. A pass of 2^s streams does s levels with everything in registers, so a large word goes
 * through memory once per pass and its parts are finished one after the other while they are in cache. The innermost block
 * of VL x VL elements does its last levels across a transposition, so that lanes never meet.
 */
#include "kernels/cpu/vec.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))
#ifdef __clang__
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

#define LEAF_LOG (2 * LOG_VL)
#define MAX_RADIX_LOG (VL == 16 ? 4 : 3)

/** One level on n streams: pairs h apart, twiddle of pair j at tw + j step. */
INLINE void level(vec *v, int n, int h, const fp *tw, size_t step)
{
    UNROLL
    for (int k = 0; k < n / 2; k++) {
        const int j = k % h, lo = (k / h) * 2 * h + j, hi = lo + h;
        const vec w = vec_load(tw + (size_t)j * step);
        const vec s = vec_add(v[lo], v[hi]), d = vec_sub(v[lo], v[hi]);
        v[lo] = s;
        v[hi] = vec_mul(d, w);
    }
}

#if VL > 1
/** The same where a pair has one twiddle in all lanes; the first is 1. */
INLINE void level_flat(vec *v, int n, int h, const fp *tw)
{
    UNROLL
    for (int k = 0; k < n / 2; k++) {
        const int j = k % h, lo = (k / h) * 2 * h + j, hi = lo + h;
        const vec s = vec_add(v[lo], v[hi]), d = vec_sub(v[lo], v[hi]);
        v[lo] = s;
        v[hi] = j == 0 ? d : vec_mul(d, vec_set1(tw[j]));
    }
}

static void leaf(fp *p, const fp *pow)
{
    vec v[VL];
    UNROLL
    for (int i = 0; i < VL; i++) {
        v[i] = vec_load(p + i * VL);
    }
#if VL == 16
    level(v, VL, 8, pow + 128, VL);
#endif
#if VL >= 8
    level(v, VL, 4, pow + 4 * VL, VL);
#endif
    level(v, VL, 2, pow + 2 * VL, VL);
    level(v, VL, 1, pow + VL, VL);
    vec_transpose(v);
#if VL == 16
    level_flat(v, VL, 8, pow + 8);
#endif
#if VL >= 8
    level_flat(v, VL, 4, pow + 4);
#endif
    level_flat(v, VL, 2, pow + 2);
    level_flat(v, VL, 1, pow + 1);
    vec_transpose(v);
    UNROLL
    for (int i = 0; i < VL; i++) {
        vec_store(p + i * VL, v[i]);
    }
}
#else
static void leaf(fp *p, const fp *pow)
{
    (void)p;
    (void)pow;
}
#endif

/** Levels log_n, .., log_n - s + 1 of a block of 2^log_n elements, in 2^s streams. */
INLINE void pass(fp *p, unsigned log_n, unsigned s, const fp *pow)
{
    const int n = 1 << s;
    const size_t stride = (size_t)1 << (log_n - s);
    for (size_t i = 0; i < stride; i += VL) {
        vec v[16];
        UNROLL
        for (int j = 0; j < n; j++) {
            v[j] = vec_load(p + i + (size_t)j * stride);
        }
        if (s >= 4) {
            level(v, n, 8, pow + 8 * stride + i, stride);
        }
        if (s >= 3) {
            level(v, n, 4, pow + 4 * stride + i, stride);
        }
        if (s >= 2) {
            level(v, n, 2, pow + 2 * stride + i, stride);
        }
        level(v, n, 1, pow + stride + i, stride);
        UNROLL
        for (int j = 0; j < n; j++) {
            vec_store(p + i + (size_t)j * stride, v[j]);
        }
    }
}

static void pass2(fp *p, unsigned log_n, const fp *pow)
{
    pass(p, log_n, 1, pow);
}

static void pass4(fp *p, unsigned log_n, const fp *pow)
{
    pass(p, log_n, 2, pow);
}

static void pass8(fp *p, unsigned log_n, const fp *pow)
{
    pass(p, log_n, 3, pow);
}

#if MAX_RADIX_LOG == 4
static void pass16(fp *p, unsigned log_n, const fp *pow)
{
    pass(p, log_n, 4, pow);
}
#else
#define pass16 pass8
#endif

static void run_pass(fp *p, unsigned log_n, unsigned s, const fp *pow)
{
    switch (s) {
    case 1:
        pass2(p, log_n, pow);
        break;
    case 2:
        pass4(p, log_n, pow);
        break;
    case 3:
        pass8(p, log_n, pow);
        break;
    default:
        pass16(p, log_n, pow);
        break;
    }
}

#if VL > 1
/** Blocks smaller than a leaf: one element at a time. */
static void ntt_small(fp *p, unsigned log_n, const fp *pow)
{
    for (size_t h = ((size_t)1 << log_n) / 2; h > 0; h /= 2) {
        for (size_t k = 0; k < ((size_t)1 << log_n); k += 2 * h) {
            for (size_t j = 0; j < h; j++) {
                const fp a = p[k + j], b = p[k + j + h];
                p[k + j] = fp_add(a, b);
                p[k + j + h] = fp_mul(fp_sub(a, b), pow[h + j]);
            }
        }
    }
}

#endif

/** Depth first without recursion: before a leaf, the passes of all blocks that begin where it begins. */
static void ntt(fp *p, unsigned log_n, const fp *pow)
{
#if VL > 1
    if (log_n < LEAF_LOG) {
        ntt_small(p, log_n, pow);
        return;
    }
#endif
    unsigned log_of[24], radix[24], n_passes = 0;
    for (unsigned at = log_n; at > LEAF_LOG; n_passes++) {
        const unsigned left = at - LEAF_LOG;
        log_of[n_passes] = at;
        radix[n_passes] = left < MAX_RADIX_LOG ? left : MAX_RADIX_LOG;
        at -= radix[n_passes];
    }
    const size_t step = (size_t)1 << LEAF_LOG;
    for (size_t at = 0; at < ((size_t)1 << log_n); at += step) {
        for (unsigned k = 0; k < n_passes; k++) {
            if ((at & (((size_t)1 << log_of[k]) - 1)) == 0) {
                run_pass(p + at, log_of[k], radix[k], pow);
            }
        }
        leaf(p + at, pow);
    }
}

/** dst[i] = src[i] w[i]. */
static void twist(fp *dst, const fp *src, const fp *w, size_t n)
{
    for (size_t i = 0; i < n; i += VL) {
        const size_t k = n - i < VL ? n - i : VL;
        vec_store_n(dst + i, vec_mul(vec_load_n(src + i, k), vec_load_n(w + i, k)), k);
    }
}

/* While the upper half of a block is zero its level copies the lower half and multiplies the copy by the twiddles. */
void SC_K(rs_encode)(fp *dst, const fp *src, unsigned log_a, unsigned log_n, const struct sc_twiddles *tw)
{
    const size_t size = (size_t)1 << log_a;
    if (dst != src) {
        memcpy(dst, src, size * sizeof *dst);
    }
    for (unsigned l = log_n; l > log_a; l--) {
        const size_t half = (size_t)1 << (l - 1);
        for (size_t at = 0; at < ((size_t)1 << log_n); at += 2 * half) {
            twist(dst + at + half, dst + at, tw->pow + half, size);
        }
    }
    for (size_t at = 0; at < ((size_t)1 << log_n); at += size) {
        ntt(dst + at, log_a, tw->pow);
    }
}
