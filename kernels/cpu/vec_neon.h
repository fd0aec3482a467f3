/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * 4 lanes: the vector layer on NEON (AArch64). Included by vec.h only; meanings are those of vec_ref.h.
 * Wide products keep lanes 0 and 1 in l, 2 and 3 in h; NEON multiplies either half without moving it.
 */
#ifndef SC_KERNELS_CPU_VEC_NEON_H
#define SC_KERNELS_CPU_VEC_NEON_H

#include <arm_neon.h>

#define VL 4
#define LOG_VL 2

typedef uint32x4_t vec;
typedef uint32x4_t vodd;
typedef struct {
    uint64x2_t l, h;
} vwide;

static inline vec vec_load(const fp *p)
{
    return vld1q_u32(p);
}

static inline void vec_store(fp *p, vec v)
{
    vst1q_u32(p, v);
}

static inline vec vec_load_n(const fp *p, size_t n)
{
    fp lane[VL] = {0};
    if (n == VL) {
        return vec_load(p);
    }
    for (size_t i = 0; i < n; i++) {
        lane[i] = p[i];
    }
    return vec_load(lane);
}

static inline void vec_store_n(fp *p, vec v, size_t n)
{
    fp lane[VL];
    if (n == VL) {
        vec_store(p, v);
        return;
    }
    vec_store(lane, v);
    for (size_t i = 0; i < n; i++) {
        p[i] = lane[i];
    }
}

static inline vec vec_set1(fp a)
{
    return vdupq_n_u32(a);
}

static inline vec vec_zero(void)
{
    return vdupq_n_u32(0);
}

static inline vec vec_add(vec a, vec b)
{
    const vec s = vaddq_u32(a, b);
    return vminq_u32(s, vsubq_u32(s, vec_set1(FP_P)));
}

static inline vec vec_diff(vec a, vec b)
{
    return vsubq_u32(a, b);
}

static inline vec vec_lift(vec a)
{
    return vminq_u32(a, vaddq_u32(a, vec_set1(FP_P)));
}

static inline vec vec_sub(vec a, vec b)
{
    return vec_lift(vec_diff(a, b));
}

static inline vodd vodd_of(vec a)
{
    return a;
}

static inline vodd vodd_set1(fp a)
{
    return vec_set1(a);
}

static inline vwide vwide_zero(void)
{
    const vwide r = {vdupq_n_u64(0), vdupq_n_u64(0)};
    return r;
}

static inline vwide vwide_mul(vodd a, vodd b)
{
    const vwide r = {vmull_u32(vget_low_u32(a), vget_low_u32(b)), vmull_high_u32(a, b)};
    return r;
}

static inline vwide vwide_add(vwide a, vwide b)
{
    const vwide r = {vaddq_u64(a.l, b.l), vaddq_u64(a.h, b.h)};
    return r;
}

static inline vwide vwide_smul(vodd a, vodd b)
{
    const int32x4_t x = vreinterpretq_s32_u32(a), y = vreinterpretq_s32_u32(b);
    const vwide r = {vreinterpretq_u64_s64(vmull_s32(vget_low_s32(x), vget_low_s32(y))), vreinterpretq_u64_s64(vmull_high_s32(x, y))};
    return r;
}

/* High halves of the products, in lane order. */
static inline vec vwide_high(vwide a)
{
    return vuzp2q_u32(vreinterpretq_u32_u64(a.l), vreinterpretq_u32_u64(a.h));
}

static inline uint64x2_t vwide_fold_half(uint64x2_t a)
{
    const uint64x2_t top = vdupq_n_u64((uint64_t)FP_P << 32);
    const uint64x2_t set = vreinterpretq_u64_s64(vshrq_n_s64(vreinterpretq_s64_u64(a), 63));
    return vsubq_u64(a, vandq_u64(set, top));
}

static inline vwide vwide_fold(vwide a)
{
    const vwide r = {vwide_fold_half(a.l), vwide_fold_half(a.h)};
    return r;
}

/* hi(q p) for q = low p^-1. */
static inline vec vlow_qp(vec low)
{
    return vwide_high(vwide_mul(vmulq_u32(low, vec_set1(FP_P_INV)), vec_set1(FP_P)));
}

static inline vec vwide_qp(vwide a)
{
    return vlow_qp(vuzp1q_u32(vreinterpretq_u32_u64(a.l), vreinterpretq_u32_u64(a.h)));
}

static inline vec vwide_sreduce(vwide a)
{
    const vec low = vuzp1q_u32(vreinterpretq_u32_u64(a.l), vreinterpretq_u32_u64(a.h));
    return vec_diff(vwide_high(a), vwide_high(vwide_smul(vmulq_u32(low, vec_set1(FP_P_INV)), vec_set1(FP_P))));
}

static inline vec vwide_reduce(vwide a)
{
    return vec_sub(vwide_high(a), vwide_qp(a));
}

static inline vec vwide_reduce2(vwide a)
{
    const vec hi = vwide_high(a);
    return vec_sub(vminq_u32(hi, vsubq_u32(hi, vec_set1(FP_P))), vwide_qp(a));
}

static inline vec vec_to_u32(vec a)
{
    return vec_sub(vec_zero(), vlow_qp(a));
}

/* Rows to columns: v[i] lane j becomes v[j] lane i. */
static inline void vec_transpose(vec v[VL])
{
    const uint64x2_t a = vreinterpretq_u64_u32(vtrn1q_u32(v[0], v[1])), b = vreinterpretq_u64_u32(vtrn2q_u32(v[0], v[1]));
    const uint64x2_t c = vreinterpretq_u64_u32(vtrn1q_u32(v[2], v[3])), d = vreinterpretq_u64_u32(vtrn2q_u32(v[2], v[3]));
    v[0] = vreinterpretq_u32_u64(vtrn1q_u64(a, c));
    v[1] = vreinterpretq_u32_u64(vtrn1q_u64(b, d));
    v[2] = vreinterpretq_u32_u64(vtrn2q_u64(a, c));
    v[3] = vreinterpretq_u32_u64(vtrn2q_u64(b, d));
}

static inline vec vu_load(const uint8_t *p)
{
    return vreinterpretq_u32_u8(vld1q_u8(p));
}

static inline void vu_store_digests(uint32_t *out, const vec v[8])
{
    vec lo[VL], hi[VL];
    for (int i = 0; i < VL; i++) {
        lo[i] = v[i];
        hi[i] = v[VL + i];
    }
    vec_transpose(lo);
    vec_transpose(hi);
    for (int i = 0; i < VL; i++) {
        vst1q_u32(out + 8 * i, lo[i]);
        vst1q_u32(out + 8 * i + 4, hi[i]);
    }
}

static inline vec vu_add(vec a, vec b)
{
    return vaddq_u32(a, b);
}

static inline vec vu_xor(vec a, vec b)
{
    return veorq_u32(a, b);
}

#define vu_rotr(a, n) vsliq_n_u32(vshrq_n_u32(a, n), a, 32 - (n))

static inline vec vu_swap(vec a)
{
    return vreinterpretq_u32_u8(vrev32q_u8(vreinterpretq_u8_u32(a)));
}

#define vu_shr(a, n) vshrq_n_u32(a, n)

static inline vec vu_xor3(vec a, vec b, vec c)
{
    return vu_xor(vu_xor(a, b), c);
}

static inline vec vu_choose(vec a, vec b, vec c)
{
    return vbslq_u32(a, b, c);
}

static inline vec vu_most(vec a, vec b, vec c)
{
    return vbslq_u32(vu_xor(a, b), c, b);
}

#define VQ 2
typedef uint64x2_t vq;

static inline void vq_join(vq out[VQ], vec low, vec high)
{
    out[0] = vreinterpretq_u64_u32(vzip1q_u32(low, high));
    out[1] = vreinterpretq_u64_u32(vzip2q_u32(low, high));
}

static inline void vq_part(vec *low, vec *high, const vq in[VQ])
{
    *low = vuzp1q_u32(vreinterpretq_u32_u64(in[0]), vreinterpretq_u32_u64(in[1]));
    *high = vuzp2q_u32(vreinterpretq_u32_u64(in[0]), vreinterpretq_u32_u64(in[1]));
}

static inline vq vq_set1(uint64_t a)
{
    return vdupq_n_u64(a);
}

static inline vq vq_xor(vq a, vq b)
{
    return veorq_u64(a, b);
}

static inline vq vq_xor3(vq a, vq b, vq c)
{
    return vq_xor(vq_xor(a, b), c);
}

static inline vq vq_chi(vq a, vq b, vq c)
{
    return vq_xor(a, vbicq_u64(c, b));
}

#define vq_rotl(a, n) vsliq_n_u64(vshrq_n_u64(a, 64 - (n)), a, n)

/* One bit for each lane without a bit of the mask. */
static inline uint32_t vu_zero_lanes(vec a, uint32_t mask)
{
    static const uint32_t bit[VL] = {1, 2, 4, 8};
    return vaddvq_u32(vbicq_u32(vec_load(bit), vtstq_u32(a, vec_set1(mask))));
}

#endif
