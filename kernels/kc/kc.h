/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Kernel-C: what the one text of the kernels in this folder is written in. It is OpenCL C 1.2, CUDA and C11 by these macros alone.
 *
 * A kernel is run by groups. What the items of a group do between two KC_SYNC is one KC_EACH loop, and no value but those in KC_LOCAL
 * memory, and those that are the same for all items, lives from one such loop to the next: so a C compiler can run a group as loops,
 * one after the other, with sanitizers on. No pointers inside structs, no recursion, no library.
 */
#ifndef SC_KC_H
#define SC_KC_H

#if defined(__OPENCL_VERSION__)

typedef uint kc_u32;
typedef ulong kc_u64;
#define KC_FN static inline __attribute__((always_inline)) /* PoCL 3.1 goes wrong where a function gets local memory and is not inlined */
#define KC_GLOBAL __global
#define KC_TABLE __constant
#define KC_LOCAL __local
#define KC_ENTRY __kernel void
#define KC_GROUPS
#define KC_GROUP_X ((kc_u32)get_group_id(0))
#define KC_GROUP_Y ((kc_u32)get_group_id(1))
#define KC_EACH(i, n) for (kc_u32 i = (kc_u32)get_local_id(0); i < (n); i += (kc_u32)get_local_size(0))
#define KC_SYNC barrier(CLK_LOCAL_MEM_FENCE)
#define KC_SYNC_ALL barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
#define KC_MUL_HI(a, b) mul_hi((kc_u32)(a), (kc_u32)(b))
#define KC_MIN(a, b) min((kc_u32)(a), (kc_u32)(b))
#define KC_ROTR(a, n) rotate((kc_u32)(a), (kc_u32)(32 - (n)))
#define KC_NEXT(p) atomic_inc(p)
#define KC_LEAST(p, v) atomic_min((p), (kc_u32)(v))
#define KC_ALIGNED __attribute__((aligned(16)))

#elif defined(__CUDACC__)

typedef unsigned int kc_u32;
typedef unsigned long long kc_u64;
#define KC_FN static __device__ __forceinline__
#define KC_GLOBAL
#define KC_TABLE static __device__ const
#define KC_LOCAL __shared__
#define KC_ENTRY extern "C" __global__ void
#define KC_GROUPS
#define KC_GROUP_X ((kc_u32)blockIdx.x)
#define KC_GROUP_Y ((kc_u32)blockIdx.y)
#define KC_EACH(i, n) for (kc_u32 i = (kc_u32)threadIdx.x; i < (n); i += (kc_u32)blockDim.x)
#define KC_SYNC __syncthreads()
#define KC_SYNC_ALL __syncthreads()
#define KC_MUL_HI(a, b) __umulhi((a), (b))
#define KC_MIN(a, b) min((kc_u32)(a), (kc_u32)(b))
#define KC_ROTR(a, n) __funnelshift_r((a), (a), (n))
#define KC_NEXT(p) atomicAdd((p), 1u)
#define KC_LEAST(p, v) atomicMin((p), (v))
#define KC_ALIGNED __align__(16)

#else /* C11, one group after the other */

#include <stdint.h>

typedef uint32_t kc_u32;
typedef uint64_t kc_u64;
#define KC_FN static inline
#define KC_GLOBAL
#define KC_TABLE static const
#define KC_LOCAL
#define KC_ENTRY __attribute__((unused)) static void
#define KC_GROUPS __attribute__((unused)) const kc_u32 kc_group_x, __attribute__((unused)) const kc_u32 kc_group_y,
#define KC_GROUP_X kc_group_x
#define KC_GROUP_Y kc_group_y
#define KC_EACH(i, n) for (kc_u32 i = 0; i < (n); i++)
#define KC_SYNC ((void)0)
#define KC_SYNC_ALL ((void)0)
#define KC_MUL_HI(a, b) ((kc_u32)(((kc_u64)(a) * (b)) >> 32))
#define KC_MIN(a, b) ((a) < (b) ? (a) : (b))
#define KC_ROTR(a, n) (((a) >> (n)) | ((a) << (32 - (n))))
#define KC_NEXT(p) ((*(p))++)
#define KC_LEAST(p, v) (*(p) = *(p) < (v) ? *(p) : (v))
#define KC_ALIGNED _Alignas(16)

#endif

/* KC_SYNC_ALL: what items of the group wrote to global memory is seen by all of them, too.
 * KC_NEXT(p): the number at p in global memory, which becomes one more, whoever else does that. KC_LEAST(p, v): it becomes v if that is less.
 * KC_ALIGNED: private arrays that are read
 * by several words at a time. */

/* A pointer to local memory as a parameter: CUDA infers the space, OpenCL wants it said. */
#if defined(__CUDACC__)
#define KC_LOCAL_PTR
#else
#define KC_LOCAL_PTR KC_LOCAL
#endif

/* Loops with known bounds, to be unrolled so that small arrays are registers. Compilers that run on processors are told not to: they
 * take long, and gain nothing. */
#if defined(KC_ROLLED) || !(defined(__OPENCL_VERSION__) || defined(__CUDACC__))
#define KC_UNROLL
#else
#define KC_UNROLL _Pragma("unroll")
#endif

/* A function without local memory that processors compile once, not at every place of use. */
#if defined(__OPENCL_VERSION__) && defined(KC_ROLLED)
#define KC_ONCE static __attribute__((noinline))
#else
#define KC_ONCE KC_FN
#endif

#endif
