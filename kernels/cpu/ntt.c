/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Reed-Solomon encoding of words: decimation in frequency, natural order to bit-reversed order, in place.
 * Owns nothing; twiddles are the caller's. Theory: docs/spec/field.md, "Reed-Solomon domains".
 *
 * A transform is a tree of passes. A pass of 2^s streams does s levels with everything in registers, so a large word goes
 * through memory once per pass and its parts are finished one after the other while they are in cache. The innermost block
 * of VL x VL elements does its last levels across a transposition, so that lanes never meet.
 *
 * Levels go in pairs. For w of order 4h, i = w^h and a block (a, b, c, d) of 4h elements, at each j < h:
 *     out0 = (a + c) + (b + d)               out2 = (a - c) w^j  + (b - d) i w^j
 *     out1 = ((a + c) - (b + d)) w^2j        out3 = (a - c) w^3j - (b - d) i w^3j
 * Differences are signed numbers in (-p, p), twiddles signed in (-p/2, p/2): a sum of two products is within p^2 and takes
 * one reduction. That is three reductions for four elements and two levels, where single levels take four.
 */
#include "kernels/cpu/vec.h"

#include <string.h>

#define LEAF_LOG (2 * LOG_VL)
#define MAX_RADIX_LOG 4
/* Blocks above 2^17 elements are not in the second cache, and 16 streams a large power of two apart would all be in one set of the
 * first, which has room for 8 or 12 lines. */
#define CACHED_LOG 17
#define FAR_RADIX_LOG 3

INLINE vec times(vodd a, vodd w)
{
    return vec_lift(vwide_sreduce(vwide_smul(a, w)));
}

/** The twiddles of a pair of levels at one j. */
struct quad {
    vodd w1, i1, w2, w3, i3;
};

INLINE struct quad quad_load(const struct sc_twiddles *tw, size_t h, size_t j)
{
    const fp *const pow = tw->pow + j, *const cube = tw->cube + j;
    return (struct quad){
        .w1 = vodd_of(vec_load(pow + 2 * h)),
        .i1 = vodd_of(vec_load(pow + 3 * h)),
        .w2 = vodd_of(vec_load(pow + h)),
        .w3 = vodd_of(vec_load(cube + 2 * h)),
        .i3 = vodd_of(vec_load(cube + 3 * h)),
    };
}

/** A pair of levels on v[0], v[h], v[2h], v[3h]. */
INLINE void two_levels(vec *v, int h, const struct quad *q)
{
    const vec x = vec_add(v[0], v[2 * h]), y = vec_add(v[h], v[3 * h]);
    const vodd u = vodd_of(vec_diff(v[0], v[2 * h])), t = vodd_of(vec_diff(v[h], v[3 * h]));
    v[0] = vec_add(x, y);
    v[h] = times(vodd_of(vec_diff(x, y)), q->w2);
    v[2 * h] = vec_lift(vwide_sreduce(vwide_add(vwide_smul(u, q->w1), vwide_smul(t, q->i1))));
    v[3 * h] = vec_lift(vwide_sreduce(vwide_add(vwide_smul(u, q->w3), vwide_smul(t, q->i3))));
}

/** A pair of levels on n streams: blocks of 4 streams_h; stream k of a block is at element j0 + k step of its quarter of h elements. */
INLINE void pair_of_levels(vec *v, int n, int streams_h, const struct sc_twiddles *tw, size_t h, size_t j0, size_t step)
{
    UNROLL
    for (int j = 0; j < streams_h; j++) {
        const struct quad q = quad_load(tw, h, j0 + (size_t)j * step);
        UNROLL
        for (int g = 0; g < n; g += 4 * streams_h) {
            two_levels(v + g + j, streams_h, &q);
        }
    }
}

/** One level on n streams, pairs n / 2 apart. */
INLINE void level(vec *v, int n, const fp *w, size_t step)
{
    UNROLL
    for (int j = 0; j < n / 2; j++) {
        const vec s = vec_add(v[j], v[j + n / 2]), d = vec_diff(v[j], v[j + n / 2]);
        v[j] = s;
        v[j + n / 2] = times(vodd_of(d), vodd_of(vec_load(w + (size_t)j * step)));
    }
}

#if VL > 1
/** A pair of levels where j is the same in all lanes: block g + j of the VL streams, h = 4 or 1. At j = 0 only i is left. */
INLINE void flat_pair(vec *v, int h, const struct sc_twiddles *tw)
{
    const fp *const pow = tw->pow, *const cube = tw->cube;
    const vodd i = vodd_set1(pow[3 * h]);
    UNROLL
    for (int g = 0; g < VL; g += 4 * h) {
        vec *const b = v + g;
        const vec x = vec_add(b[0], b[2 * h]), y = vec_add(b[h], b[3 * h]), u = vec_sub(b[0], b[2 * h]);
        const vec t = times(vodd_of(vec_diff(b[h], b[3 * h])), i);
        b[0] = vec_add(x, y);
        b[h] = vec_sub(x, y);
        b[2 * h] = vec_add(u, t);
        b[3 * h] = vec_sub(u, t);
    }
    UNROLL
    for (int j = 1; j < h; j++) {
        const struct quad q = {
            .w1 = vodd_set1(pow[2 * h + j]),
            .i1 = vodd_set1(pow[3 * h + j]),
            .w2 = vodd_set1(pow[h + j]),
            .w3 = vodd_set1(cube[2 * h + j]),
            .i3 = vodd_set1(cube[3 * h + j]),
        };
        UNROLL
        for (int g = 0; g < VL; g += 4 * h) {
            two_levels(v + g + j, h, &q);
        }
    }
}

#if VL == 8
/** The level before: pairs 4 apart. */
INLINE void flat_level(vec *v, const fp *w)
{
    UNROLL
    for (int j = 0; j < 4; j++) {
        const vec s = vec_add(v[j], v[j + 4]), d = vec_diff(v[j], v[j + 4]);
        v[j] = s;
        v[j + 4] = j == 0 ? vec_lift(d) : times(vodd_of(d), vodd_set1(w[j]));
    }
}
#endif

static void leaf(fp *p, const struct sc_twiddles *tw)
{
    vec v[VL];
    UNROLL
    for (int i = 0; i < VL; i++) {
        v[i] = vec_load(p + i * VL);
    }
#if VL == 16
    pair_of_levels(v, VL, 4, tw, 4 * VL, 0, VL);
    pair_of_levels(v, VL, 1, tw, VL, 0, 0);
    vec_transpose(v);
    flat_pair(v, 4, tw);
#elif VL == 8
    level(v, VL, tw->pow + 4 * VL, VL);
    pair_of_levels(v, VL, 1, tw, VL, 0, 0);
    vec_transpose(v);
    flat_level(v, tw->pow + 4);
#else
    pair_of_levels(v, VL, 1, tw, VL, 0, 0);
    vec_transpose(v);
#endif
    flat_pair(v, 1, tw);
    vec_transpose(v);
    UNROLL
    for (int i = 0; i < VL; i++) {
        vec_store(p + i * VL, v[i]);
    }
}
#else
static void leaf(fp *p, const struct sc_twiddles *tw)
{
    (void)p;
    (void)tw;
}
#endif

/** Elements [begin, end) of each stream: levels log_n, .., log_n - s + 1 of a block of 2^log_n elements, in 2^s streams, from src to
 * dst (the same or apart). With a twist, from src[i] twist[i]. */
INLINE void pass(fp *dst, const fp *src, const fp *twist, unsigned log_n, unsigned s, size_t begin, size_t end, const struct sc_twiddles *tw)
{
    const int n = 1 << s;
    const size_t stride = (size_t)1 << (log_n - s);
    for (size_t i = begin; i < end; i += VL) {
        vec v[16];
        UNROLL
        for (int j = 0; j < n; j++) {
            const size_t at = i + (size_t)j * stride;
            v[j] = vec_load(src + at);
            if (twist) {
                v[j] = times(vodd_of(v[j]), vodd_of(vec_load(twist + at)));
            }
        }
        if (s == 4) {
            pair_of_levels(v, n, 4, tw, 4 * stride, i, stride);
        }
        if (s % 2 == 1) {
            level(v, n, tw->pow + (size_t)n / 2 * stride + i, stride);
        }
        if (s >= 2) {
            pair_of_levels(v, n, 1, tw, stride, i, 0);
        }
        UNROLL
        for (int j = 0; j < n; j++) {
            vec_store(dst + i + (size_t)j * stride, v[j]);
        }
    }
}

static void pass2(fp *p, unsigned log_n, const struct sc_twiddles *tw)
{
    pass(p, p, NULL, log_n, 1, 0, (size_t)1 << (log_n - 1), tw);
}

static void pass4(fp *p, unsigned log_n, const struct sc_twiddles *tw)
{
    pass(p, p, NULL, log_n, 2, 0, (size_t)1 << (log_n - 2), tw);
}

static void pass8(fp *dst, const fp *src, unsigned log_n, size_t begin, size_t end, const struct sc_twiddles *tw)
{
    pass(dst, src, NULL, log_n, 3, begin, end, tw);
}

/** The same from the word twisted to the second half of a domain of twice the size. */
static void pass8_twist(fp *dst, const fp *src, unsigned log_n, size_t begin, size_t end, const struct sc_twiddles *tw)
{
    pass(dst, src, tw->pow + ((size_t)1 << log_n), log_n, 3, begin, end, tw);
}

static void pass16(fp *p, unsigned log_n, const struct sc_twiddles *tw)
{
    pass(p, p, NULL, log_n, 4, 0, (size_t)1 << (log_n - 4), tw);
}

static void run_pass(fp *p, unsigned log_n, unsigned s, const struct sc_twiddles *tw)
{
    switch (s) {
    case 1:
        pass2(p, log_n, tw);
        break;
    case 2:
        pass4(p, log_n, tw);
        break;
    case 3:
        pass8(p, p, log_n, 0, (size_t)1 << (log_n - 3), tw);
        break;
    default:
        pass16(p, log_n, tw);
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
                p[k + j + h] = fp_mul(fp_sub(a, b), sc_twiddle_lift(pow[h + j]));
            }
        }
    }
}

#endif

/** Depth first without recursion: before a leaf, the passes of all blocks that begin where it begins. */
static void ntt(fp *p, unsigned log_n, const struct sc_twiddles *tw)
{
#if VL > 1
    if (log_n < LEAF_LOG) {
        ntt_small(p, log_n, tw->pow);
        return;
    }
#endif
    unsigned log_of[24], radix[24], n_passes = 0;
    for (unsigned at = log_n; at > LEAF_LOG; n_passes++) {
        const unsigned left = at - LEAF_LOG, most = at > CACHED_LOG ? FAR_RADIX_LOG : MAX_RADIX_LOG;
        log_of[n_passes] = at;
        radix[n_passes] = left < most ? left : most;
        at -= radix[n_passes];
    }
    const size_t step = (size_t)1 << LEAF_LOG;
    for (size_t at = 0; at < ((size_t)1 << log_n); at += step) {
        for (unsigned k = 0; k < n_passes; k++) {
            if ((at & (((size_t)1 << log_of[k]) - 1)) == 0) {
                run_pass(p + at, log_of[k], radix[k], tw);
            }
        }
        leaf(p + at, tw);
    }
}

/** dst[i] = src[i] w[i]. */
static void twist(fp *dst, const fp *src, const fp *w, size_t n)
{
    for (size_t i = 0; i < n; i += VL) {
        const size_t k = n - i < VL ? n - i : VL;
        vec_store_n(dst + i, times(vodd_of(vec_load_n(src + i, k)), vodd_of(vec_load_n(w + i, k))), k);
    }
}

/** The first blocks of 2^log_a elements of a word to all of them, down to blocks of 2^log_to: while the upper half of a block is zero
 * its level copies the lower half and multiplies the copy by the twiddles. */
static void spread(fp *dst, unsigned log_a, unsigned log_n, unsigned log_to, const struct sc_twiddles *tw)
{
    for (unsigned l = log_n; l > log_to; l--) {
        const size_t half = (size_t)1 << (l - 1);
        for (size_t at = 0; at < ((size_t)1 << log_n); at += 2 * half) {
            twist(dst + at + half, dst + at, tw->pow + half, (size_t)1 << log_a);
        }
    }
}

static void encode_short(fp *dst, const fp *src, unsigned log_a, unsigned log_n, const struct sc_twiddles *tw)
{
    const size_t size = (size_t)1 << log_a;
    if (dst != src) {
        memcpy(dst, src, size * sizeof *dst);
    }
    spread(dst, log_a, log_n, log_a, tw);
    for (size_t at = 0; at < ((size_t)1 << log_n); at += size) {
        ntt(dst + at, log_a, tw);
    }
}

/* Elements of a stream that the first pass does for one word after the other: their twiddles stay in the first cache. */
#define STREAM_PIECE 512

/* The first pass reads the message itself and, for the second half of the domain, twists it on the way. Its twiddles are as much
 * as a word: it goes over all words piece by piece, and the later passes over one word after the other. */
void SC_K(rs_encode)(fp *dst, const fp *const *src, size_t n_words, unsigned log_a, unsigned log_n, const struct sc_twiddles *tw)
{
    const size_t size = (size_t)1 << log_a, n = (size_t)1 << log_n, sub = size >> FAR_RADIX_LOG, two = log_n > log_a ? 2 : 1;
    if (log_a < LEAF_LOG + FAR_RADIX_LOG) {
        for (size_t w = 0; w < n_words; w++) {
            encode_short(dst + w * n, src[w], log_a, log_n, tw);
        }
        return;
    }
    for (size_t w = 0; w < n_words && log_n > log_a + 1; w++) {
        if (dst + w * n != src[w]) {
            memcpy(dst + w * n, src[w], size * sizeof *dst);
        }
        spread(dst + w * n, log_a, log_n, log_a + 1, tw);
    }
    const size_t piece = sub < STREAM_PIECE ? sub : STREAM_PIECE;
    for (size_t at = 0; at < n; at += two * size) {
        for (size_t i = 0; i < sub; i += piece) {
            for (size_t w = 0; w < n_words; w++) {
                fp *const to = dst + w * n + at;
                const fp *const from = log_n > log_a + 1 ? to : src[w];
                if (two == 2) {
                    pass8_twist(to + size, from, log_a, i, i + piece, tw);
                }
                pass8(to, from, log_a, i, i + piece, tw);
            }
        }
    }
    for (size_t at = 0; at < n_words * n; at += sub) {
        ntt(dst + at, log_a - FAR_RADIX_LOG, tw);
    }
}

/** The first ones one by one, then twice as many with each product; from canonical to signed at the end. */
void SC_K(signed_powers)(fp *out, size_t n, fp first, fp w)
{
    fp step = FP_ONE;
    for (size_t i = 0; i < n && i < VL; i++) {
        out[i] = fp_mul(first, step);
        step = fp_mul(step, w);
    }
    for (size_t done = VL; done < n; done *= 2, step = fp_mul(step, step)) {
        const vodd by = vodd_set1(step);
        for (size_t i = 0; i < done; i += VL) {
            vec_store(out + done + i, vwide_reduce(vwide_mul(vodd_of(vec_load(out + i)), by)));
        }
    }
    for (size_t i = 0; i < n; i++) {
        out[i] = out[i] > FP_P / 2 ? out[i] - FP_P : out[i];
    }
}

fp SC_K(limit_levels)(size_t n)
{
    vec v[16];
    UNROLL
    for (int i = 0; i < 16; i++) {
        v[i] = vec_set1((fp)i);
    }
    const struct quad q = {vodd_set1(3), vodd_set1(5), vodd_set1(7), vodd_set1(11), vodd_set1(13)};
    for (size_t i = 0; i < n; i += 4) {
        UNROLL
        for (int j = 0; j < 4; j++) {
            two_levels(v + j, 4, &q);
        }
    }
    vec s = v[0];
    UNROLL
    for (int i = 1; i < 16; i++) {
        s = vec_add(s, v[i]);
    }
    return vec_sum(s);
}
