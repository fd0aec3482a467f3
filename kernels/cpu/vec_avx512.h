/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * 16 lanes: the vector layer on AVX-512. Included by vec.h only; meanings are those of vec_ref.h.
 * A product of 32-bit lanes is made for even and odd lanes apart (vwide); vodd keeps a vector and its odd lanes moved down.
 */
#ifndef SC_KERNELS_CPU_VEC_AVX512_H
#define SC_KERNELS_CPU_VEC_AVX512_H

#include <immintrin.h>

#define VL 16
#define LOG_VL 4

typedef __m512i vec;
typedef struct {
    __m512i e, o;
} vwide;
typedef struct {
    __m512i e, o;
} vodd;

static inline vec vec_load(const fp *p)
{
    return _mm512_loadu_si512((const void *)p);
}

static inline void vec_store(fp *p, vec v)
{
    _mm512_storeu_si512((void *)p, v);
}

static inline __mmask16 vec_mask(size_t n)
{
    return (__mmask16)((1u << n) - 1u);
}

static inline vec vec_load_n(const fp *p, size_t n)
{
    return _mm512_maskz_loadu_epi32(vec_mask(n), (const void *)p);
}

static inline void vec_store_n(fp *p, vec v, size_t n)
{
    _mm512_mask_storeu_epi32((void *)p, vec_mask(n), v);
}

static inline vec vec_set1(fp a)
{
    return _mm512_set1_epi32((int)a);
}

static inline vec vec_zero(void)
{
    return _mm512_setzero_si512();
}

static inline vec vec_add(vec a, vec b)
{
    const vec s = _mm512_add_epi32(a, b);
    return _mm512_min_epu32(s, _mm512_sub_epi32(s, vec_set1(FP_P)));
}

static inline vec vec_diff(vec a, vec b)
{
    return _mm512_sub_epi32(a, b);
}

static inline vec vec_lift(vec a)
{
    return _mm512_min_epu32(a, _mm512_add_epi32(a, vec_set1(FP_P)));
}

static inline vec vec_sub(vec a, vec b)
{
    return vec_lift(vec_diff(a, b));
}

static inline vec vec_odd_lanes(vec a)
{
    return _mm512_castps_si512(_mm512_movehdup_ps(_mm512_castsi512_ps(a)));
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
    const vwide r = {_mm512_mul_epu32(a.e, b.e), _mm512_mul_epu32(a.o, b.o)};
    return r;
}

static inline vwide vwide_add(vwide a, vwide b)
{
    const vwide r = {_mm512_add_epi64(a.e, b.e), _mm512_add_epi64(a.o, b.o)};
    return r;
}

static inline vwide vwide_smul(vodd a, vodd b)
{
    const vwide r = {_mm512_mul_epi32(a.e, b.e), _mm512_mul_epi32(a.o, b.o)};
    return r;
}

/* High halves of even and odd products, back in lane order. */
static inline vec vwide_high(vwide a)
{
    return _mm512_castps_si512(_mm512_mask_movehdup_ps(_mm512_castsi512_ps(a.o), 0x5555, _mm512_castsi512_ps(a.e)));
}

static inline vwide vwide_fold(vwide a)
{
    const vec top = _mm512_set1_epi64((long long)((uint64_t)FP_P << 32));
    const vwide r = {_mm512_min_epu64(a.e, _mm512_sub_epi64(a.e, top)), _mm512_min_epu64(a.o, _mm512_sub_epi64(a.o, top))};
    return r;
}

/* hi(q p) for q = lo(a) p^-1. */
static inline vec vwide_qp(vwide a)
{
    const vec inv = vec_set1(FP_P_INV), p = vec_set1(FP_P);
    const vwide q = {_mm512_mul_epu32(_mm512_mul_epu32(a.e, inv), p), _mm512_mul_epu32(_mm512_mul_epu32(a.o, inv), p)};
    return vwide_high(q);
}

static inline vec vwide_sreduce(vwide a)
{
    const vec inv = vec_set1(FP_P_INV), p = vec_set1(FP_P);
    const vwide q = {_mm512_mul_epi32(_mm512_mul_epu32(a.e, inv), p), _mm512_mul_epi32(_mm512_mul_epu32(a.o, inv), p)};
    return vec_diff(vwide_high(a), vwide_high(q));
}

static inline vec vwide_reduce(vwide a)
{
    return vec_sub(vwide_high(a), vwide_qp(a));
}

static inline vec vwide_reduce2(vwide a)
{
    const vec hi = vwide_high(a);
    return vec_sub(_mm512_min_epu32(hi, _mm512_sub_epi32(hi, vec_set1(FP_P))), vwide_qp(a));
}

/* q p + a with q = -a p^-1 is a multiple of 2^32: its high half, that of q p and a carry unless a is 0, is at most p, and p only if
 * a = 0 mod p, that is a = 0 and q = 0. */
static inline vec vec_to_u32(vec a)
{
    const vec inv = vec_set1(FP_NEG_P_INV), p = vec_set1(FP_P);
    const vwide q = {_mm512_mul_epu32(_mm512_mul_epu32(a, inv), p), _mm512_mul_epu32(_mm512_mul_epu32(vec_odd_lanes(a), inv), p)};
    const vec high = vwide_high(q);
    return _mm512_mask_sub_epi32(high, _mm512_test_epi32_mask(a, a), high, _mm512_set1_epi32(-1));
}

/* Rows to columns: v[i] lane j becomes v[j] lane i. */
static inline void vec_transpose(vec v[VL])
{
    vec t[VL], u[VL];
    for (int i = 0; i < VL; i += 4) {
        for (int k = 0; k < 4; k += 2) {
            t[i + k] = _mm512_unpacklo_epi32(v[i + k], v[i + k + 1]);
            t[i + k + 1] = _mm512_unpackhi_epi32(v[i + k], v[i + k + 1]);
        }
        u[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
        u[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
        u[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
        u[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
    }
    for (int k = 0; k < 4; k++) {
        const vec ab = _mm512_shuffle_i32x4(u[k], u[4 + k], 0x88), ab1 = _mm512_shuffle_i32x4(u[k], u[4 + k], 0xdd);
        const vec cd = _mm512_shuffle_i32x4(u[8 + k], u[12 + k], 0x88), cd1 = _mm512_shuffle_i32x4(u[8 + k], u[12 + k], 0xdd);
        v[k] = _mm512_shuffle_i32x4(ab, cd, 0x88);
        v[4 + k] = _mm512_shuffle_i32x4(ab1, cd1, 0x88);
        v[8 + k] = _mm512_shuffle_i32x4(ab, cd, 0xdd);
        v[12 + k] = _mm512_shuffle_i32x4(ab1, cd1, 0xdd);
    }
}

static inline vec vu_load(const uint8_t *p)
{
    return _mm512_loadu_si512((const void *)p);
}

/* Columns of 8 vectors as 16 rows of 8 words: 4 x 4 blocks, then the blocks in place, two rows a vector. */
static inline void vu_store_digests(uint32_t *out, const vec v[8])
{
    vec t[8], u[8];
    for (int i = 0; i < 8; i += 2) {
        t[i] = _mm512_unpacklo_epi32(v[i], v[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi32(v[i], v[i + 1]);
    }
    for (int i = 0; i < 8; i += 4) { /* u[i + k]: words i .. i + 3 of rows k, 4 + k, 8 + k, 12 + k */
        u[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
        u[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
        u[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
        u[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
    }
    for (int k = 0; k < 4; k += 2) {
        const vec a = _mm512_shuffle_i32x4(u[k], u[4 + k], 0x44), b = _mm512_shuffle_i32x4(u[k + 1], u[5 + k], 0x44);
        const vec c = _mm512_shuffle_i32x4(u[k], u[4 + k], 0xee), d = _mm512_shuffle_i32x4(u[k + 1], u[5 + k], 0xee);
        uint32_t *const at = out + 8 * k;
        _mm512_storeu_si512((void *)at, _mm512_shuffle_i32x4(a, b, 0x88));
        _mm512_storeu_si512((void *)(at + 32), _mm512_shuffle_i32x4(a, b, 0xdd));
        _mm512_storeu_si512((void *)(at + 64), _mm512_shuffle_i32x4(c, d, 0x88));
        _mm512_storeu_si512((void *)(at + 96), _mm512_shuffle_i32x4(c, d, 0xdd));
    }
}

static inline vec vu_add(vec a, vec b)
{
    return _mm512_add_epi32(a, b);
}

static inline vec vu_xor(vec a, vec b)
{
    return _mm512_xor_si512(a, b);
}

#define vu_rotr(a, n) _mm512_ror_epi32(a, n)

static inline vec vu_swap(vec a)
{
    return _mm512_shuffle_epi8(a, _mm512_set4_epi32(0x0c0d0e0f, 0x08090a0b, 0x04050607, 0x00010203));
}

#define vu_shr(a, n) _mm512_srli_epi32(a, n)

/* Of three bits by a table of eight. */
static inline vec vu_xor3(vec a, vec b, vec c)
{
    return _mm512_ternarylogic_epi32(a, b, c, 0x96);
}

static inline vec vu_choose(vec a, vec b, vec c)
{
    return _mm512_ternarylogic_epi32(a, b, c, 0xca);
}

static inline vec vu_most(vec a, vec b, vec c)
{
    return _mm512_ternarylogic_epi32(a, b, c, 0xe8);
}

#define VQ 2
typedef __m512i vq;

static inline void vq_join(vq out[VQ], vec low, vec high)
{
    out[0] = _mm512_unpacklo_epi32(low, high);
    out[1] = _mm512_unpackhi_epi32(low, high);
}

static inline void vq_part(vec *low, vec *high, const vq in[VQ])
{
    const __m512 a = _mm512_castsi512_ps(in[0]), b = _mm512_castsi512_ps(in[1]);
    *low = _mm512_castps_si512(_mm512_shuffle_ps(a, b, 0x88));
    *high = _mm512_castps_si512(_mm512_shuffle_ps(a, b, 0xdd));
}

static inline vq vq_set1(uint64_t a)
{
    return _mm512_set1_epi64((long long)a);
}

#define vq_xor vu_xor
#define vq_xor3 vu_xor3

static inline vq vq_chi(vq a, vq b, vq c)
{
    return _mm512_ternarylogic_epi64(a, b, c, 0xd2);
}

#define vq_rotl(a, n) _mm512_rol_epi64(a, n)

/* One bit for each lane without a bit of the mask. */
static inline uint32_t vu_zero_lanes(vec a, uint32_t mask)
{
    return _mm512_testn_epi32_mask(a, _mm512_set1_epi32((int)mask));
}

#endif
