/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Kernel-C: what a device can do at most, for the denominators of bench/device: one kind of instruction over and over in registers, local
 * memory, global memory. They compute nothing of use, but the same everywhere, so that they can be checked as all kernels are.
 */
#ifndef SC_KC_RATE_H
#define SC_KC_RATE_H

#define KC_RATE_ITEMS 64u  /* of a group */
#define KC_RATE_CHAINS 8u  /* of dependent steps, beside each other: what a pipe's latency asks for */
#define KC_RATE_STEPS 64u  /* of one turn of the loop */
#define KC_RATE_TILE (KC_RATE_ITEMS * (KC_RATE_STEPS + 1u))

#define KC_RATE_MAD 0u
#define KC_RATE_WIDE 1u
#define KC_RATE_HIGH 2u
#define KC_RATE_ADD 3u
#define KC_RATE_LOGIC 4u
#define KC_RATE_SHIFT 5u
#define KC_RATE_BYTES 6u
#define KC_RATE_MIN 7u
#define KC_RATE_FMA64 8u
#define KC_RATE_MAD_ADD 9u /* both of two kinds, as many of each */
#define KC_RATE_WIDE_ADD 10u
#define KC_RATE_WIDE_FMA64 11u

#if defined(__CUDACC__)
#define KC_BYTES(a, b) __byte_perm((a), (b), 0x6341)
#else
#define KC_BYTES(a, b) (((a) >> 8 & 0x00ff00ffu) | ((b) << 8 & 0xff00ff00u))
#endif

/* Devices of OpenCL may be without doubles: whole numbers then, of the same value, and the rate is of these. */
#if !defined(__OPENCL_VERSION__) || defined(cl_khr_fp64)
typedef double kc_f64;
#else
typedef kc_u64 kc_f64;
#endif
#define KC_RATE_FMA64_STEP f[k] = f[k] * fa + fb;

#define KC_RATE_NEXT ((k + 1u) % KC_RATE_CHAINS)
#define KC_RATE_WIDE_STEP w[k] = (w[k] >> 32) * a + w[k];
#define KC_RATE_ADD_STEP y[k] = y[k] + y[KC_RATE_NEXT] + b;
#define KC_RATE_LOOP(step)                                              \
    for (kc_u32 i = 0; i < n; i++) {                                    \
        KC_UNROLL                                                       \
        for (kc_u32 j = 0; j < KC_RATE_STEPS / KC_RATE_CHAINS; j++) {   \
            KC_UNROLL                                                   \
            for (kc_u32 k = 0; k < KC_RATE_CHAINS; k++) {               \
                step                                                    \
            }                                                           \
        }                                                               \
    }

/** out[64 group + item] depends on n KC_RATE_STEPS steps of kind `what`. a and b: 1 and 3 for doubles to stay whole numbers, so that it does
 * not matter whether a product is rounded before the sum. */
KC_ENTRY kc_rate(KC_GROUPS KC_GLOBAL kc_u32 *out, kc_u32 what, kc_u32 n, kc_u32 a, kc_u32 b)
{
    KC_EACH(item, KC_RATE_ITEMS) {
        const kc_u32 seed = KC_GROUP_X * KC_RATE_ITEMS + item;
        const kc_f64 fa = (kc_f64)a, fb = (kc_f64)b;
        kc_u32 x[KC_RATE_CHAINS], y[KC_RATE_CHAINS], r = 0u;
        kc_u64 w[KC_RATE_CHAINS];
        kc_f64 f[KC_RATE_CHAINS];
        KC_UNROLL
        for (kc_u32 k = 0; k < KC_RATE_CHAINS; k++) {
            x[k] = (seed + k) * 0x9e3779b9u;
            y[k] = x[k] ^ b;
            w[k] = (kc_u64)x[k] << 32 | y[k];
            f[k] = (kc_f64)(seed + k);
        }
        if (what == KC_RATE_MAD) {
            KC_RATE_LOOP(x[k] = x[k] * a + b;)
        } else if (what == KC_RATE_WIDE) {
            KC_RATE_LOOP(KC_RATE_WIDE_STEP)
        } else if (what == KC_RATE_HIGH) {
            KC_RATE_LOOP(x[k] = KC_MUL_HI(x[k], y[k]) + x[KC_RATE_NEXT];)
        } else if (what == KC_RATE_ADD) {
            KC_RATE_LOOP(KC_RATE_ADD_STEP)
        } else if (what == KC_RATE_LOGIC) {
            KC_RATE_LOOP(x[k] = (x[k] & y[k]) ^ x[KC_RATE_NEXT];)
        } else if (what == KC_RATE_SHIFT) {
            KC_RATE_LOOP(x[k] = x[k] >> 7 | x[KC_RATE_NEXT] << 25;)
        } else if (what == KC_RATE_BYTES) {
            KC_RATE_LOOP(x[k] = KC_BYTES(x[k], x[KC_RATE_NEXT]);)
        } else if (what == KC_RATE_MIN) {
            KC_RATE_LOOP(x[k] = KC_MIN(x[k] + y[k], x[KC_RATE_NEXT]);)
        } else if (what == KC_RATE_FMA64) {
            KC_RATE_LOOP(KC_RATE_FMA64_STEP)
        } else if (what == KC_RATE_MAD_ADD) {
            KC_RATE_LOOP(x[k] = x[k] * a + b; KC_RATE_ADD_STEP)
        } else if (what == KC_RATE_WIDE_ADD) {
            KC_RATE_LOOP(KC_RATE_WIDE_STEP KC_RATE_ADD_STEP)
        } else {
            KC_RATE_LOOP(KC_RATE_WIDE_STEP KC_RATE_FMA64_STEP)
        }
        KC_UNROLL
        for (kc_u32 k = 0; k < KC_RATE_CHAINS; k++) {
            r ^= x[k] ^ y[k] ^ (kc_u32)w[k] ^ (kc_u32)(w[k] >> 32) ^ (kc_u32)(kc_u64)f[k];
        }
        out[seed] = r;
    }
}

/** Reads of local memory, neighbours by neighbours: n KC_RATE_STEPS words an item. */
KC_ENTRY kc_rate_local(KC_GROUPS KC_GLOBAL kc_u32 *out, kc_u32 n)
{
    KC_LOCAL kc_u32 tile[KC_RATE_TILE];
    KC_EACH(i, KC_RATE_TILE) {
        tile[i] = i * 0x9e3779b9u + KC_GROUP_X;
    }
    KC_SYNC;
    KC_EACH(item, KC_RATE_ITEMS) {
        kc_u32 r = 0u;
        for (kc_u32 i = 0; i < n; i++) {
            const kc_u32 at = item + i % KC_RATE_ITEMS;
            KC_UNROLL
            for (kc_u32 t = 0; t < KC_RATE_STEPS; t++) {
                r ^= tile[at + KC_RATE_ITEMS * t];
            }
        }
        out[KC_GROUP_X * KC_RATE_ITEMS + item] = r;
    }
}

/** out[i] = in[i], for the KC_RATE_ITEMS KC_RATE_CHAINS words of the group. */
KC_ENTRY kc_rate_copy(KC_GROUPS KC_GLOBAL kc_u32 *out, KC_GLOBAL const kc_u32 *in)
{
    const kc_u64 first = (kc_u64)KC_GROUP_X * (KC_RATE_ITEMS * KC_RATE_CHAINS);
    KC_EACH(item, KC_RATE_ITEMS) {
        kc_u32 v[KC_RATE_CHAINS];
        KC_UNROLL
        for (kc_u32 k = 0; k < KC_RATE_CHAINS; k++) {
            v[k] = in[first + KC_RATE_ITEMS * k + item];
        }
        KC_UNROLL
        for (kc_u32 k = 0; k < KC_RATE_CHAINS; k++) {
            out[first + KC_RATE_ITEMS * k + item] = v[k];
        }
    }
}

/** out[64 group + item] = the sum of `words` words of in, a multiple of 8: of every 64th from the group's first when piece = 0, else of a piece
 * of so many that lies anywhere among 2^log_pieces of them. */
KC_ENTRY kc_rate_read(KC_GROUPS KC_GLOBAL kc_u32 *out, KC_GLOBAL const kc_u32 *in, kc_u32 words, kc_u32 piece, kc_u32 log_pieces)
{
    KC_EACH(item, KC_RATE_ITEMS) {
        const kc_u32 number = KC_GROUP_X * KC_RATE_ITEMS + item, any = (number * 0x9e3779b9u ^ number >> 7) * 0x85ebca6bu;
        const kc_u64 at = piece == 0u ? (kc_u64)KC_GROUP_X * words * KC_RATE_ITEMS + item : (kc_u64)(any >> (32u - log_pieces)) * piece;
        const kc_u32 step = piece == 0u ? KC_RATE_ITEMS : 1u;
        kc_u32 r = 0u;
        for (kc_u32 i = 0; i < words; i += KC_RATE_CHAINS) {
            KC_UNROLL
            for (kc_u32 k = 0; k < KC_RATE_CHAINS; k++) {
                r += in[at + (kc_u64)(i + k) * step];
            }
        }
        out[number] = r;
    }
}

#endif
