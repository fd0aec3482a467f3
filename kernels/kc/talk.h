/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Kernel-C: the prover's side of the transcript, core/transcript/transcript.c on a device, so that what is absorbed and drawn between two
 * rounds needs no host. Theory: docs/spec/transcript.md.
 *
 * `talk` is a piece of global memory: the state, room for a short payload, key and block of the search for a nonce (grind.h), and behind them
 * what each user of it keeps there: messages as they were sent and what was drawn, elements in Montgomery form.
 */
#ifndef SC_KC_TALK_H
#define SC_KC_TALK_H

#define KC_TALK_STATE 0u /* 8 words */
#define KC_TALK_SHORT 8u /* 8 words */
#define KC_TALK_TRY 16u  /* 24 words */
#define KC_TALK_OWN 40u  /* where the user's begin */

#define KC_TR_ABSORB 0u
#define KC_TR_CHALLENGE 1u
#define KC_TR_GRIND 3u

#define KC_R2 0x17f7efe4u /* 2^64 mod p: times this, and a word is in Montgomery form */
#define KC_FRAME_HEAD 10u /* bytes */

/** Word k of a frame's payload at v, n words: raw, or the canonical residues of elements. 0 behind its end. */
KC_FN kc_u32 kc_payload(KC_GLOBAL const kc_u32 *v, kc_u32 k, kc_u32 n, kc_u32 raw)
{
    return k >= n ? 0u : raw != 0u ? v[k] : kc_residue(v[k]);
}

/** Word w of a frame. Its head is 10 bytes, so every word of the payload is in two of the frame's. */
KC_FN kc_u32 kc_frame_word(KC_GLOBAL const kc_u32 *v, kc_u32 w, kc_u32 n, kc_u32 raw, kc_u32 head)
{
    if (w < 2u) {
        return w == 0u ? head | 4u * n << 16 : 0u;
    }
    return (w == 2u ? 0u : kc_payload(v, w - 3u, n, raw) >> 16) | kc_payload(v, w - 2u, n, raw) << 16;
}

/** One frame of kind and label in `head` (label | kind << 8), payload words talk[at .. at + n): raw, or elements. The state becomes the next
 * one; n_out words below p of the further output go to talk[to ..), in Montgomery form. By one item. n <= 253: one chunk of BLAKE3. */
KC_ONCE void kc_frame(KC_GLOBAL kc_u32 *talk, kc_u32 head, kc_u32 at, kc_u32 n, kc_u32 raw, kc_u32 to, kc_u32 n_out)
{
    const kc_u32 len = KC_FRAME_HEAD + 4u * n, n_blocks = (len + 63u) / 64u;
    kc_u32 cv[8], m[16], v[16], drawn = 0u;
    kc_set_key(cv, talk + KC_TALK_STATE);
    for (kc_u32 b = 0; b < n_blocks || drawn < n_out; b++) {
        const kc_u32 last = b + 1u >= n_blocks ? 1u : 0u, block = last != 0u ? n_blocks - 1u : b;
        KC_UNROLL
        for (kc_u32 i = 0; i < 16u; i++) {
            m[i] = kc_frame_word(talk + at, 16u * block + i, n, raw, head);
        }
        kc_b3_rounds(v, cv, m, b - block, last != 0u ? len - 64u * block : 64u,
                     KC_B3_KEYED | (block == 0u ? KC_B3_CHUNK_START : 0u) | (last != 0u ? KC_B3_CHUNK_END | KC_B3_ROOT : 0u));
        KC_UNROLL
        for (kc_u32 i = 0; i < 16u; i++) {
            const kc_u32 w = i < 8u ? v[i] ^ v[i + 8u] : v[i] ^ cv[i - 8u];
            if (last == 0u) {
                v[i] = w;
            } else if (b == block && i < 8u) {
                talk[KC_TALK_STATE + i] = w;
            } else if (drawn < n_out && (w & 0x7fffffffu) < KC_P) {
                talk[to + drawn] = kc_mul(w & 0x7fffffffu, KC_R2);
                drawn++;
            }
        }
        KC_UNROLL
        for (kc_u32 i = 0; i < 8u && last == 0u; i++) {
            cv[i] = v[i];
        }
    }
}

/** A search for a nonce of so many bits is to begin, in the frame that is next; the frame's payload is talk[at .. at + 4), its third word what is
 * found. By one item. */
KC_FN void kc_try(KC_GLOBAL kc_u32 *talk, kc_u32 at, kc_u32 bits, kc_u32 label)
{
    for (kc_u32 i = 0; i < 24u; i++) {
        talk[KC_TALK_TRY + i] = i < 8u ? talk[KC_TALK_STATE + i] : 0u;
    }
    talk[KC_TALK_TRY + 8u] = label | KC_TR_GRIND << 8 | 16u << 16;
    talk[KC_TALK_TRY + 10u] = bits << 16;
    for (kc_u32 i = 0; i < 4u; i++) {
        talk[at + i] = i == 0u ? bits : i == 2u ? KC_NO_NONCE : 0u;
    }
}

#endif
