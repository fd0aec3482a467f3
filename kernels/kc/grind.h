/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Kernel-C: the search for a nonce, kernels/cpu/hash.c `grind` on a device. Theory: docs/spec/transcript.md.
 */
#ifndef SC_KC_GRIND_H
#define SC_KC_GRIND_H

#define KC_NO_NONCE 0xffffffffu
#define KC_GRIND_TRIES 16u
#define KC_GRIND_SPAN (KC_HASHES * KC_GRIND_TRIES) /* nonces of a group */

/** out[at] becomes the least i in [0, n) for which word 8 of compress(key, block with i in it) is zero under mask, if that is less than what is
 * there: KC_NO_NONCE before. key_block, from word `in` on: 8 words, then the 16 of the frame. The nonce is bytes 18 .. 25 of it: the low half of
 * i goes to the upper half of word 4, which is zero there, the rest is added to word 5. Group x has i = KC_GRIND_SPAN x and on, and nothing to do
 * when a lesser nonce is there already; n < 2^32. */
KC_ENTRY kc_grind(KC_GROUPS KC_GLOBAL kc_u32 *out, KC_GLOBAL const kc_u32 *key_block, kc_u32 at, kc_u32 in, kc_u32 mask, kc_u32 n)
{
    KC_LOCAL kc_u32 least[KC_HASHES];
    KC_EACH(e, KC_HASHES) {
        const kc_u32 there = out[at];
        kc_u32 best = KC_NO_NONCE;
        for (kc_u32 t = 0; t < KC_GRIND_TRIES && best == KC_NO_NONCE && there >= KC_GROUP_X * KC_GRIND_SPAN; t++) { /* the item's own rise */
            const kc_u32 i = KC_GROUP_X * KC_GRIND_SPAN + t * KC_HASHES + e;
            kc_u32 cv[8], m[16], v[16];
            kc_set_key(cv, key_block + in);
            KC_UNROLL
            for (kc_u32 w = 0; w < 16u; w++) {
                m[w] = key_block[in + 8u + w];
            }
            m[4] |= i << 16;
            m[5] += i >> 16;
            kc_b3_rounds(v, cv, m, 0u, 26u, KC_B3_KEYED | KC_B3_CHUNK_START | KC_B3_CHUNK_END | KC_B3_ROOT);
            best = i < n && ((v[8] ^ cv[0]) & mask) == 0u ? i : KC_NO_NONCE;
        }
        least[e] = best;
    }
    KC_SYNC;
    KC_EACH(e, 1u) {
        kc_u32 best = KC_NO_NONCE;
        for (kc_u32 i = 0; i < KC_HASHES; i++) {
            best = least[i] < best ? least[i] : best;
        }
        (void)KC_LEAST(out + at + e, best);
    }
}

#endif
