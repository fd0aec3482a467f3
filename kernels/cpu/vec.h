/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Vectors of field elements, the language of all CPU kernels. How to write a kernel:
 *
 *   1. add a line to kernels/cpu/ops.def;
 *   2. write kernels/cpu/<group>.c: #include "kernels/cpu/vec.h" and define `ret SC_K(name) args`; helpers are static;
 *   3. add the file to kernels/meson.build. It is compiled once per instruction set: SC_VEC is 1 (reference), 4, 8 or 16.
 *
 * A `vec` holds VL base elements (canonical, Montgomery), a `vx` VL extension elements as five vecs. Loops go by VL with
 * vec_load_n/vec_store_n (or vx_*) on the last piece, n < VL lanes; lanes that are not loaded are 0.
 *
 *   vec: vec_load vec_store vec_load_n vec_store_n vec_set1 vec_zero vec_add vec_sub vec_mul vec_dbl vec_to_u32 vec_sum
 *   vx:  vx_load(p, plane, i) vx_store(p, plane, i, v) vx_load_n vx_store_n vx_set1(fx) vx_zero vx_add vx_sub vx_dbl
 *        vx_mul vx_sqr vx_mul_base(vx, vec) vx_add_base(vx, vec) vx_sum (-> fx) vx_fold(lo, hi, c)
 *        vx_prep + vx_mul_prep: one operand used many times (a challenge)
 *   sums of products with one reduction: vacc_zero vacc_mac(acc, a, b) vacc_reduce; at any length
 *
 * Theory: Montgomery reduction with a subtraction: for T < 2^64 and q = T p^-1 mod 2^32, T/2^32 = hi(T) - hi(q p) mod p, and the low
 * halves cancel. hi(T) < 2p is brought below p first where T can reach p 2^32.
 */
#ifndef SC_KERNELS_CPU_VEC_H
#define SC_KERNELS_CPU_VEC_H

#include "core/field/fx.h"
#include "kernels/cpu/cpu_ops.h"

#include <stddef.h>
#include <stdint.h>

/* Helpers of kernels, and their loops of at most 32 turns that must be written out. */
#define INLINE static inline __attribute__((always_inline))
#ifdef __clang__
#if __has_feature(address_sanitizer)
#define UNROLL /* with a check at every step it compiles for half an hour */
#else
#define UNROLL _Pragma("unroll")
#endif
#else
#define UNROLL _Pragma("GCC unroll 32")
#endif

#define FP_P_INV 0x81000001u /* p^-1 mod 2^32 */

#if SC_VEC == 16
#include "kernels/cpu/vec_avx512.h"
#define SC_K(name) sc_k_##name##_avx512
#elif SC_VEC == 8
#include "kernels/cpu/vec_avx2.h"
#define SC_K(name) sc_k_##name##_avx2
#elif SC_VEC == 4
#include "kernels/cpu/vec_neon.h"
#define SC_K(name) sc_k_##name##_neon
#else
#include "kernels/cpu/vec_ref.h"
#define SC_K(name) sc_k_##name##_ref
#endif

#define K(ret, name, args) ret SC_K(name) args;
#include "kernels/cpu/ops.def"
#undef K

/* ---- any width ---- */

static inline vec vec_dbl(vec a)
{
    return vec_add(a, a);
}

static inline vec vec_mul(vec a, vec b)
{
    return vwide_reduce(vwide_mul(vodd_of(a), vodd_of(b)));
}

/** By the same element in all lanes. */
static inline vec vec_mul_set1(vec a, fp k)
{
    return vwide_reduce(vwide_mul(vodd_of(a), vodd_set1(k)));
}

/** Sum of products, kept below 2^63. */
typedef vwide vacc;

static inline vacc vacc_zero(void)
{
    return vwide_zero();
}

static inline vacc vacc_mac(vacc s, vec a, vec b)
{
    return vwide_fold(vwide_add(s, vwide_mul(vodd_of(a), vodd_of(b))));
}

/** Two products: they are below 2 p^2 < 0.493 2^64, a folded sum is below 0.504 2^64, so one fold serves both. */
static inline vacc vacc_mac2(vacc s, vodd a0, vodd b0, vodd a1, vodd b1)
{
    return vwide_fold(vwide_add(s, vwide_add(vwide_mul(a0, b0), vwide_mul(a1, b1))));
}

static inline vec vacc_reduce(vacc s)
{
    return vwide_reduce2(s);
}

/** Sum of the lanes. */
static inline fp vec_sum(vec a)
{
    fp lane[VL];
    vec_store(lane, a);
    fp s = 0;
    for (int i = 0; i < VL; i++) {
        s = fp_add(s, lane[i]);
    }
    return s;
}

typedef struct {
    vec c[FX_DEG];
} vx;

static inline vx vx_load(const fp *p, size_t plane, size_t i)
{
    vx r;
    for (size_t k = 0; k < FX_DEG; k++) {
        r.c[k] = vec_load(p + k * plane + i);
    }
    return r;
}

static inline void vx_store(fp *p, size_t plane, size_t i, vx v)
{
    for (size_t k = 0; k < FX_DEG; k++) {
        vec_store(p + k * plane + i, v.c[k]);
    }
}

static inline vx vx_load_n(const fp *p, size_t plane, size_t i, size_t n)
{
    vx r;
    for (size_t k = 0; k < FX_DEG; k++) {
        r.c[k] = vec_load_n(p + k * plane + i, n);
    }
    return r;
}

static inline void vx_store_n(fp *p, size_t plane, size_t i, vx v, size_t n)
{
    for (size_t k = 0; k < FX_DEG; k++) {
        vec_store_n(p + k * plane + i, v.c[k], n);
    }
}

static inline vx vx_set1(fx a)
{
    vx r;
    for (int k = 0; k < FX_DEG; k++) {
        r.c[k] = vec_set1(a.c[k]);
    }
    return r;
}

static inline vx vx_zero(void)
{
    return vx_set1(FX_ZERO);
}

static inline vx vx_add(vx a, vx b)
{
    for (int k = 0; k < FX_DEG; k++) {
        a.c[k] = vec_add(a.c[k], b.c[k]);
    }
    return a;
}

static inline vx vx_sub(vx a, vx b)
{
    for (int k = 0; k < FX_DEG; k++) {
        a.c[k] = vec_sub(a.c[k], b.c[k]);
    }
    return a;
}

static inline vx vx_dbl(vx a)
{
    return vx_add(a, a);
}

static inline vx vx_add_base(vx a, vec b)
{
    a.c[0] = vec_add(a.c[0], b);
    return a;
}

static inline vx vx_mul_base(vx a, vec b)
{
    const vodd w = vodd_of(b);
    for (int k = 0; k < FX_DEG; k++) {
        a.c[k] = vwide_reduce(vwide_mul(vodd_of(a.c[k]), w));
    }
    return a;
}

static inline fx vx_sum(vx a)
{
    fx r;
    for (int k = 0; k < FX_DEG; k++) {
        r.c[k] = vec_sum(a.c[k]);
    }
    return r;
}

/** The nine vectors that x^i b is made of: b0..b4, b1-b4, b0-b3, b4-b2, b3-b1+b4 (x b = (b4, b0, b1-b4, b2, b3)). */
typedef struct {
    vodd v[9];
} vxprep;

static inline vxprep vx_prep(vx b)
{
    vxprep r;
    for (int k = 0; k < FX_DEG; k++) {
        r.v[k] = vodd_of(b.c[k]);
    }
    const vec d14 = vec_sub(b.c[1], b.c[4]);
    r.v[5] = vodd_of(d14);
    r.v[6] = vodd_of(vec_sub(b.c[0], b.c[3]));
    r.v[7] = vodd_of(vec_sub(b.c[4], b.c[2]));
    r.v[8] = vodd_of(vec_sub(b.c[3], d14));
    return r;
}

/** Sum of five products: four reach 3.94 2^62 < 2^64, folded below 2^63, the fifth fits. */
static inline vec vx_dot5(const vodd a[5], vodd b0, vodd b1, vodd b2, vodd b3, vodd b4)
{
    vwide s = vwide_add(vwide_mul(a[0], b0), vwide_mul(a[1], b1));
    s = vwide_add(s, vwide_add(vwide_mul(a[2], b2), vwide_mul(a[3], b3)));
    return vwide_reduce2(vwide_add(vwide_fold(s), vwide_mul(a[4], b4)));
}

static inline __attribute__((always_inline)) vx vx_mul_prep(vx x, const vxprep *p)
{
    const vodd *const v = p->v;
    vodd a[FX_DEG];
    for (int k = 0; k < FX_DEG; k++) {
        a[k] = vodd_of(x.c[k]);
    }
    vx r;
    r.c[0] = vx_dot5(a, v[0], v[4], v[3], v[2], v[5]);
    r.c[1] = vx_dot5(a, v[1], v[0], v[4], v[3], v[2]);
    r.c[2] = vx_dot5(a, v[2], v[5], v[6], v[7], v[8]);
    r.c[3] = vx_dot5(a, v[3], v[2], v[5], v[6], v[7]);
    r.c[4] = vx_dot5(a, v[4], v[3], v[2], v[5], v[6]);
    return r;
}

static inline vx vx_mul(vx a, vx b)
{
    const vxprep p = vx_prep(b);
    return vx_mul_prep(a, &p);
}

static inline vx vx_sqr(vx a)
{
    return vx_mul(a, a);
}

/** lo + c (hi - lo). */
static inline vx vx_fold(vx lo, vx hi, const vxprep *c)
{
    return vx_add(lo, vx_mul_prep(vx_sub(hi, lo), c));
}

#endif
