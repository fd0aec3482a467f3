/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * One lane: the reference of the vector layer. Included by vec.h only.
 */
#ifndef SC_KERNELS_CPU_VEC_REF_H
#define SC_KERNELS_CPU_VEC_REF_H

#define VL 1
#define LOG_VL 0

typedef uint32_t vec;
typedef uint64_t vwide;
typedef uint32_t vodd;

static inline vec vec_load(const fp *p)
{
    return *p;
}

static inline void vec_store(fp *p, vec v)
{
    *p = v;
}

static inline vec vec_load_n(const fp *p, size_t n)
{
    return n ? *p : 0;
}

static inline void vec_store_n(fp *p, vec v, size_t n)
{
    if (n) {
        *p = v;
    }
}

static inline vec vec_set1(fp a)
{
    return a;
}

static inline vec vec_zero(void)
{
    return 0;
}

static inline vec vec_add(vec a, vec b)
{
    return fp_add(a, b);
}

static inline vec vec_sub(vec a, vec b)
{
    return fp_sub(a, b);
}

/** A plain difference, in (-p, p) as a signed number. */
static inline vec vec_diff(vec a, vec b)
{
    return a - b;
}

/** A signed number in (-p, p) to the canonical one. */
static inline vec vec_lift(vec a)
{
    return a >> 31 ? a + FP_P : a;
}

static inline vec vec_to_u32(vec a)
{
    return fp_to_u32(a);
}

static inline vodd vodd_of(vec a)
{
    return a;
}

static inline vodd vodd_set1(fp a)
{
    return a;
}

static inline vwide vwide_zero(void)
{
    return 0;
}

static inline vwide vwide_mul(vodd a, vodd b)
{
    return (uint64_t)a * b;
}

static inline vwide vwide_add(vwide a, vwide b)
{
    return a + b;
}

/* Of signed numbers. */
static inline vwide vwide_smul(vodd a, vodd b)
{
    return (uint64_t)((int64_t)(int32_t)a * (int32_t)b);
}

/** Montgomery reduction of a signed value, |a| <= p^2: in (-p, p), since p^2 < 2^31 p and q p is in [-2^31 p, 2^31 p). */
static inline vec vwide_sreduce(vwide a)
{
    const int32_t q = (int32_t)((uint32_t)a * FP_P_INV);
    return (uint32_t)(a >> 32) - (uint32_t)((uint64_t)((int64_t)q * (int64_t)FP_P) >> 32);
}

/** A value below 4 p^2 to a congruent one below 2^63 1.01. */
static inline vwide vwide_fold(vwide a)
{
    return a >> 63 ? a - ((uint64_t)FP_P << 32) : a;
}

/** Montgomery reduction of a value below 2 p 2^32. */
static inline vec vwide_reduce2(vwide a)
{
    const uint64_t top = (uint64_t)FP_P << 32;
    return fp_reduce(a >= top ? a - top : a);
}

/** Of a value below p 2^32. */
static inline vec vwide_reduce(vwide a)
{
    return fp_reduce(a);
}

static inline void vec_transpose(vec v[VL])
{
    (void)v;
}

/* 32-bit words, for hashing. */
static inline vec vu_add(vec a, vec b)
{
    return a + b;
}

static inline vec vu_xor(vec a, vec b)
{
    return a ^ b;
}

#define vu_rotr(a, n) ((vec)(((a) >> (n)) | ((a) << (32 - (n)))))

/** The word of the other byte order. */
static inline vec vu_swap(vec a)
{
    return __builtin_bswap32(a);
}

#define vu_shr(a, n) ((vec)((a) >> (n)))

static inline vec vu_xor3(vec a, vec b, vec c)
{
    return a ^ b ^ c;
}

/** Bits of b where those of a are set, else of c. */
static inline vec vu_choose(vec a, vec b, vec c)
{
    return c ^ (a & (b ^ c));
}

/** Bits that two of three have. */
static inline vec vu_most(vec a, vec b, vec c)
{
    return b ^ ((a ^ b) & (b ^ c)); /* one of them is one of the next round's */
}

/* Words of 64 bits: a pair of vecs is VQ of them. */
#define VQ 1
typedef uint64_t vq;

/** Low and high halves of the words, in whatever order of the lanes; vq_part undoes it. */
static inline void vq_join(vq out[VQ], vec low, vec high)
{
    out[0] = (uint64_t)high << 32 | low;
}

static inline void vq_part(vec *low, vec *high, const vq in[VQ])
{
    *low = (uint32_t)in[0];
    *high = (uint32_t)(in[0] >> 32);
}

static inline vq vq_set1(uint64_t a)
{
    return a;
}

static inline vq vq_xor(vq a, vq b)
{
    return a ^ b;
}

static inline vq vq_xor3(vq a, vq b, vq c)
{
    return a ^ b ^ c;
}

/** a ^ (~b & c). */
static inline vq vq_chi(vq a, vq b, vq c)
{
    return a ^ (~b & c);
}

#define vq_rotl(a, n) ((vq)(((a) << (n)) | ((a) >> (64 - (n)))))

/* One bit for each lane without a bit of the mask. */
static inline uint32_t vu_zero_lanes(vec a, uint32_t mask)
{
    return (a & mask) == 0;
}

#endif
