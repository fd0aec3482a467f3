/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * 8 lanes: the vector layer on AVX2. Included by vec.h only; meanings are those of vec_ref.h.
 * A product of 32-bit lanes is made for even and odd lanes apart (vwide); vodd keeps a vector and its odd lanes moved down.
 */
#ifndef SC_KERNELS_CPU_VEC_AVX2_H
#define SC_KERNELS_CPU_VEC_AVX2_H

#include <immintrin.h>

#define VL 8
#define LOG_VL 3

typedef __m256i vec;
typedef struct {
    __m256i e, o;
} vwide;
typedef struct {
    __m256i e, o;
} vodd;

static inline vec vec_load(const fp *p)
{
    return _mm256_loadu_si256((const void *)p);
}

static inline void vec_store(fp *p, vec v)
{
    _mm256_storeu_si256((void *)p, v);
}

static inline vec vec_mask(size_t n)
{
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

static inline vec vec_load_n(const fp *p, size_t n)
{
    return _mm256_maskload_epi32((const void *)p, vec_mask(n));
}

static inline void vec_store_n(fp *p, vec v, size_t n)
{
    _mm256_maskstore_epi32((void *)p, vec_mask(n), v);
}

static inline vec vec_set1(fp a)
{
    return _mm256_set1_epi32((int)a);
}

static inline vec vec_zero(void)
{
    return _mm256_setzero_si256();
}

static inline vec vec_add(vec a, vec b)
{
    const vec s = _mm256_add_epi32(a, b);
    return _mm256_min_epu32(s, _mm256_sub_epi32(s, vec_set1(FP_P)));
}

static inline vec vec_diff(vec a, vec b)
{
    return _mm256_sub_epi32(a, b);
}

static inline vec vec_lift(vec a)
{
    return _mm256_min_epu32(a, _mm256_add_epi32(a, vec_set1(FP_P)));
}

static inline vec vec_sub(vec a, vec b)
{
    return vec_lift(vec_diff(a, b));
}

static inline vec vec_odd_lanes(vec a)
{
    return _mm256_castps_si256(_mm256_movehdup_ps(_mm256_castsi256_ps(a)));
}

static inline vodd vodd_of(vec a)
{
    const vodd r = {a, vec_odd_lanes(a)};
    return r;
}

static inline vodd vodd_set1(fp a)
{
    const vodd r = {vec_set1(a), vec_set1(a)};
    return r;
}

static inline vwide vwide_zero(void)
{
    const vwide r = {vec_zero(), vec_zero()};
    return r;
}

static inline vwide vwide_mul(vodd a, vodd b)
{
    const vwide r = {_mm256_mul_epu32(a.e, b.e), _mm256_mul_epu32(a.o, b.o)};
    return r;
}

static inline vwide vwide_add(vwide a, vwide b)
{
    const vwide r = {_mm256_add_epi64(a.e, b.e), _mm256_add_epi64(a.o, b.o)};
    return r;
}

static inline vwide vwide_smul(vodd a, vodd b)
{
    const vwide r = {_mm256_mul_epi32(a.e, b.e), _mm256_mul_epi32(a.o, b.o)};
    return r;
}

/* High halves of even and odd products, back in lane order. */
static inline vec vwide_high(vwide a)
{
    const vec even = vec_odd_lanes(a.e), odd = a.o;
    return _mm256_blend_epi32(even, odd, 0xaa);
}

/* The mask of a set top bit covers the high half, where all of p 2^32 is. */
static inline vec vwide_fold_half(vec a)
{
    const vec top = _mm256_set1_epi64x((long long)((uint64_t)FP_P << 32));
    return _mm256_sub_epi64(a, _mm256_and_si256(_mm256_srai_epi32(a, 31), top));
}

static inline vwide vwide_fold(vwide a)
{
    const vwide r = {vwide_fold_half(a.e), vwide_fold_half(a.o)};
    return r;
}

/* hi(q p) for q = lo(a) p^-1. */
static inline vec vwide_qp(vwide a)
{
    const vec inv = vec_set1(FP_P_INV), p = vec_set1(FP_P);
    const vwide q = {_mm256_mul_epu32(_mm256_mul_epu32(a.e, inv), p), _mm256_mul_epu32(_mm256_mul_epu32(a.o, inv), p)};
    return vwide_high(q);
}

static inline vec vwide_sreduce(vwide a)
{
    const vec inv = vec_set1(FP_P_INV), p = vec_set1(FP_P);
    const vwide q = {_mm256_mul_epi32(_mm256_mul_epu32(a.e, inv), p), _mm256_mul_epi32(_mm256_mul_epu32(a.o, inv), p)};
    return vec_diff(vwide_high(a), vwide_high(q));
}

static inline vec vwide_reduce(vwide a)
{
    return vec_sub(vwide_high(a), vwide_qp(a));
}

static inline vec vwide_reduce2(vwide a)
{
    const vec hi = vwide_high(a);
    return vec_sub(_mm256_min_epu32(hi, _mm256_sub_epi32(hi, vec_set1(FP_P))), vwide_qp(a));
}

/* q p + a with q = -a p^-1 is a multiple of 2^32: its high half, that of q p and a carry unless a is 0, is at most p, and p only if
 * a = 0 mod p, that is a = 0 and q = 0. */
static inline vec vec_to_u32(vec a)
{
    const vec inv = vec_set1(FP_NEG_P_INV), p = vec_set1(FP_P);
    const vwide q = {_mm256_mul_epu32(_mm256_mul_epu32(a, inv), p), _mm256_mul_epu32(_mm256_mul_epu32(vec_odd_lanes(a), inv), p)};
    return _mm256_add_epi32(vwide_high(q), _mm256_min_epu32(a, _mm256_set1_epi32(1)));
}

/* Rows to columns: v[i] lane j becomes v[j] lane i. */
static inline void vec_transpose(vec v[VL])
{
    vec t[VL], u[VL];
    for (int i = 0; i < VL; i += 4) {
        for (int k = 0; k < 4; k += 2) {
            t[i + k] = _mm256_unpacklo_epi32(v[i + k], v[i + k + 1]);
            t[i + k + 1] = _mm256_unpackhi_epi32(v[i + k], v[i + k + 1]);
        }
        u[i] = _mm256_unpacklo_epi64(t[i], t[i + 2]);
        u[i + 1] = _mm256_unpackhi_epi64(t[i], t[i + 2]);
        u[i + 2] = _mm256_unpacklo_epi64(t[i + 1], t[i + 3]);
        u[i + 3] = _mm256_unpackhi_epi64(t[i + 1], t[i + 3]);
    }
    for (int k = 0; k < 4; k++) {
        v[k] = _mm256_permute2x128_si256(u[k], u[4 + k], 0x20);
        v[4 + k] = _mm256_permute2x128_si256(u[k], u[4 + k], 0x31);
    }
}

static inline vec vu_load(const uint8_t *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

static inline void vu_store_digests(uint32_t *out, const vec v[8])
{
    vec t[VL];
    for (int i = 0; i < VL; i++) {
        t[i] = v[i];
    }
    vec_transpose(t);
    for (int i = 0; i < VL; i++) {
        _mm256_storeu_si256((__m256i *)(void *)(out + 8 * i), t[i]);
    }
}

static inline vec vu_add(vec a, vec b)
{
    return _mm256_add_epi32(a, b);
}

static inline vec vu_xor(vec a, vec b)
{
    return _mm256_xor_si256(a, b);
}

/* By 16 and 8 as a byte shuffle, by 12 and 7 as two shifts; n is a constant. */
static inline vec vu_rotr_bytes(vec a, int n)
{
    const vec by16 = _mm256_set_epi8(13, 12, 15, 14, 9, 8, 11, 10, 5, 4, 7, 6, 1, 0, 3, 2, 13, 12, 15, 14, 9, 8, 11, 10, 5, 4, 7, 6, 1, 0, 3, 2);
    const vec by8 = _mm256_set_epi8(12, 15, 14, 13, 8, 11, 10, 9, 4, 7, 6, 5, 0, 3, 2, 1, 12, 15, 14, 13, 8, 11, 10, 9, 4, 7, 6, 5, 0, 3, 2, 1);
    return _mm256_shuffle_epi8(a, n == 16 ? by16 : by8);
}

#define vu_rotr(a, n) \
    ((n) % 8 == 0 ? vu_rotr_bytes(a, n) : _mm256_or_si256(_mm256_srli_epi32(a, n), _mm256_slli_epi32(a, 32 - (n))))

static inline vec vu_swap(vec a)
{
    const vec order = _mm256_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
    return _mm256_shuffle_epi8(a, order);
}

#define vu_shr(a, n) _mm256_srli_epi32(a, n)

static inline vec vu_xor3(vec a, vec b, vec c)
{
    return vu_xor(vu_xor(a, b), c);
}

static inline vec vu_choose(vec a, vec b, vec c)
{
    return vu_xor(c, _mm256_and_si256(a, vu_xor(b, c)));
}

static inline vec vu_most(vec a, vec b, vec c)
{
    return vu_xor(b, _mm256_and_si256(vu_xor(a, b), vu_xor(b, c)));
}

#define VQ 2
typedef __m256i vq;

static inline void vq_join(vq out[VQ], vec low, vec high)
{
    out[0] = _mm256_unpacklo_epi32(low, high);
    out[1] = _mm256_unpackhi_epi32(low, high);
}

static inline void vq_part(vec *low, vec *high, const vq in[VQ])
{
    const __m256 a = _mm256_castsi256_ps(in[0]), b = _mm256_castsi256_ps(in[1]);
    *low = _mm256_castps_si256(_mm256_shuffle_ps(a, b, 0x88));
    *high = _mm256_castps_si256(_mm256_shuffle_ps(a, b, 0xdd));
}

static inline vq vq_set1(uint64_t a)
{
    return _mm256_set1_epi64x((long long)a);
}

#define vq_xor vu_xor
#define vq_xor3 vu_xor3

static inline vq vq_chi(vq a, vq b, vq c)
{
    return vq_xor(a, _mm256_andnot_si256(b, c));
}

#define vq_rotl(a, n) _mm256_or_si256(_mm256_slli_epi64(a, n), _mm256_srli_epi64(a, 64 - (n)))

/* One bit for each lane without a bit of the mask. */
static inline uint32_t vu_zero_lanes(vec a, uint32_t mask)
{
    const vec none = _mm256_cmpeq_epi32(_mm256_and_si256(a, _mm256_set1_epi32((int)mask)), _mm256_setzero_si256());
    return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(none));
}

#endif
