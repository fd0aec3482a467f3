/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The prover's channel. The nonce search tries LANES nonces at a time in portable vector code: the
 * compression of a grinding frame is the only work per try. Theory: docs/spec/transcript.md.
 */
#include "host/prove/pch.h"

#include <stdlib.h>
#include <string.h>

void sc_pch_init(struct sc_pch *ch, struct sc_pool *pool)
{
    memset(ch, 0, sizeof *ch);
    sc_tr_init(&ch->tr);
    ch->pool = pool;
}

void sc_pch_fini(struct sc_pch *ch)
{
    free(ch->buf);
    memset(ch, 0, sizeof *ch);
}

socle_status sc_pch_status(const struct sc_pch *ch)
{
    return ch->st;
}

void sc_pch_fail(struct sc_pch *ch, socle_status st)
{
    if (ch->st == SOCLE_OK) {
        ch->st = st;
    }
}

uint8_t *sc_pch_take(struct sc_pch *ch, size_t *len)
{
    uint8_t *const out = ch->buf;
    *len = ch->len;
    ch->buf = NULL;
    ch->len = ch->cap = 0;
    return out;
}

/* Room for n more bytes at the end of the proof; NULL when there is an error. */
static uint8_t *extend(struct sc_pch *ch, size_t n)
{
    if (ch->st != SOCLE_OK) {
        return NULL;
    }
    if (n > ch->cap - ch->len) {
        const size_t want = ch->len + n;
        const size_t cap = want < 65536 ? 65536 : want + want / 2;
        uint8_t *const buf = realloc(ch->buf, cap);
        if (!buf) {
            ch->st = SOCLE_E_NOMEM;
            return NULL;
        }
        ch->buf = buf;
        ch->cap = cap;
    }
    uint8_t *const at = ch->buf + ch->len;
    ch->len += n;
    return at;
}

void sc_send_bytes(struct sc_pch *ch, enum sc_label label, const void *bytes, size_t len)
{
    uint8_t *const at = extend(ch, len);
    if (at) {
        if (len) {
            memcpy(at, bytes, len);
        }
        sc_tr_absorb(&ch->tr, label, at, len);
    }
}

void sc_send_fx(struct sc_pch *ch, enum sc_label label, const fx *v, size_t n)
{
    uint8_t *const at = extend(ch, 4 * FX_DEG * n);
    if (at) {
        sc_fx_encode(at, v, n);
        sc_tr_absorb(&ch->tr, label, at, 4 * FX_DEG * n);
    }
}

/* Nonce search. */

#define LANES 16
typedef uint32_t lanes __attribute__((vector_size(4 * LANES)));

struct search {
    uint32_t key[8], block[16];
    uint32_t mask; /* of the low word; grinding is below 32 bits */
};

#define ROTR(x, n) (((x) >> (n)) | ((x) << (32 - (n))))
#define G(a, b, c, d, x, y)               \
    do {                                  \
        v[a] = v[a] + v[b] + (x);         \
        v[d] = ROTR(v[d] ^ v[a], 16);     \
        v[c] = v[c] + v[d];               \
        v[b] = ROTR(v[b] ^ v[c], 12);     \
        v[a] = v[a] + v[b] + (y);         \
        v[d] = ROTR(v[d] ^ v[a], 8);      \
        v[c] = v[c] + v[d];               \
        v[b] = ROTR(v[b] ^ v[c], 7);      \
    } while (0)

static const uint8_t schedule[7][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8},
    {3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1},
    {10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6},
    {12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4},
    {9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7},
    {11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13},
};

/* Word 8 of the compressions of LANES frames of 26 bytes. */
static void try_lanes(lanes *out, const struct search *s, const lanes m[16])
{
    const lanes zero = {0};
    lanes v[16];
    for (unsigned i = 0; i < 8; i++) {
        v[i] = zero + s->key[i];
    }
    v[8] = zero + 0x6a09e667u;
    v[9] = zero + 0xbb67ae85u;
    v[10] = zero + 0x3c6ef372u;
    v[11] = zero + 0xa54ff53au;
    v[12] = zero;
    v[13] = zero;
    v[14] = zero + 26u;
    v[15] = zero + (1u | 2u | 8u | 16u);
#pragma GCC unroll 7
    for (unsigned r = 0; r < 7; r++) {
        const uint8_t *const o = schedule[r];
        G(0, 4, 8, 12, m[o[0]], m[o[1]]);
        G(1, 5, 9, 13, m[o[2]], m[o[3]]);
        G(2, 6, 10, 14, m[o[4]], m[o[5]]);
        G(3, 7, 11, 15, m[o[6]], m[o[7]]);
        G(0, 5, 10, 15, m[o[8]], m[o[9]]);
        G(1, 6, 11, 12, m[o[10]], m[o[11]]);
        G(2, 7, 8, 13, m[o[12]], m[o[13]]);
        G(3, 4, 9, 14, m[o[14]], m[o[15]]);
    }
    *out = v[8] ^ s->key[0];
}

static struct search search_of(const struct sc_tr *tr, enum sc_label label, unsigned bits)
{
    struct search s = {.mask = (UINT32_C(1) << bits) - 1};
    uint8_t frame[64] = {0};
    frame[0] = (uint8_t)label;
    frame[1] = 3;
    store_le(frame + 2, 16, 8);
    store_le(frame + 10, bits, 8);
    for (unsigned i = 0; i < 8; i++) {
        s.key[i] = (uint32_t)load_le(tr->s + 4 * i, 4);
    }
    for (unsigned i = 0; i < 16; i++) {
        s.block[i] = (uint32_t)load_le(frame + 4 * i, 4);
    }
    return s;
}

/* Least nonce in [first, first + 65536) that works, or -1; first is a multiple of 65536 below 2^48.
 * The nonce is bytes 18 .. 25 of the frame: its low half word is the upper half of word 4, the rest word 5. */
static int64_t search_block(const struct search *s, uint64_t first)
{
    lanes m[16];
    lanes word;
    for (unsigned i = 0; i < 16; i++) {
        m[i] = (lanes){0} + s->block[i];
    }
    m[5] = (lanes){0} + (uint32_t)(first >> 16);
    for (uint32_t at = 0; at < 65536; at += LANES) {
        for (uint32_t j = 0; j < LANES; j++) {
            m[4][j] = (at + j) << 16;
        }
        try_lanes(&word, s, m);
        word &= s->mask;
        for (uint32_t j = 0; j < LANES; j++) {
            if (word[j] == 0) {
                return (int64_t)(first + at + j);
            }
        }
    }
    return -1;
}

void sc_send_grind(struct sc_pch *ch, enum sc_label label, unsigned bits)
{
    if (bits == 0 || ch->st != SOCLE_OK) {
        return;
    }
    if (bits >= 32) {
        ch->st = SOCLE_E_BUG;
        return;
    }
    const struct search s = search_of(&ch->tr, label, bits);
    int64_t nonce = -1;
    for (uint64_t first = 0; nonce < 0; first += 65536) {
        nonce = search_block(&s, first);
    }
    uint8_t *const at = extend(ch, 8);
    if (at) {
        store_le(at, (uint64_t)nonce, 8);
        if (!sc_tr_grind(&ch->tr, label, bits, (uint64_t)nonce)) {
            ch->st = SOCLE_E_BUG;
        }
    }
}
