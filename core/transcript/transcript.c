/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Fiat-Shamir transcript, verifier's channel, element codecs.
 * Owns nothing. Theory: docs/spec/transcript.md.
 */
#include "core/transcript/transcript.h"

#include "core/base/assert.h"
#include "core/hash/blake3.h"

#include <string.h>

#define FRAME_HEAD 10
#define FX_BYTES (4 * FX_DEG)
#define CHUNK 16 /* elements encoded at a time */

enum frame_kind { KIND_ABSORB = 0, KIND_CHALLENGE = 1, KIND_INDICES = 2, KIND_GRIND = 3 };

/* BLAKE3 flags of a keyed message of one block. */
#define B3_ONE_KEYED_BLOCK (1u | 2u | 8u | 16u)

static void frame_begin(struct b3 *h, const struct sc_tr *tr, enum sc_label label,
                        enum frame_kind kind, uint64_t len)
{
    uint8_t head[FRAME_HEAD];
    head[0] = (uint8_t)label;
    head[1] = (uint8_t)kind;
    store_le(head + 2, len, 8);
    sc_b3_init_keyed(h, tr->s);
    sc_b3_update(h, head, sizeof head);
}

static void frame_end(struct sc_tr *tr, const struct b3 *h, enum sc_label label,
                      enum frame_kind kind, uint64_t len)
{
    sc_b3_final(h, 0, tr->s, sizeof tr->s);
    if (tr->log) {
        tr->log(tr->log_arg, (uint8_t)label, (uint8_t)kind, len, tr->s);
    }
}

void sc_tr_init(struct sc_tr *tr)
{
    sc_b3_derive(tr->s, "socle transcript v1", NULL, 0);
    tr->log = NULL;
    tr->log_arg = NULL;
}

void sc_tr_absorb(struct sc_tr *tr, enum sc_label label, const void *bytes, size_t len)
{
    struct b3 h;
    frame_begin(&h, tr, label, KIND_ABSORB, len);
    if (len) {
        sc_b3_update(&h, bytes, len);
    }
    frame_end(tr, &h, label, KIND_ABSORB, len);
}

void sc_tr_absorb_fx(struct sc_tr *tr, enum sc_label label, const fx *v, size_t n)
{
    const uint64_t len = (uint64_t)n * FX_BYTES;
    struct b3 h;
    uint8_t buf[CHUNK * FX_BYTES];
    frame_begin(&h, tr, label, KIND_ABSORB, len);
    while (n) {
        const size_t now = n < CHUNK ? n : CHUNK;
        sc_fx_encode(buf, v, now);
        sc_b3_update(&h, buf, now * FX_BYTES);
        v += now;
        n -= now;
    }
    frame_end(tr, &h, label, KIND_ABSORB, len);
}

/* The words of a frame's output after the state, 4 bytes each. */
struct words {
    const struct b3 *h;
    uint64_t at;
    unsigned next;
    uint8_t buf[64];
};

static struct words words_of(const struct b3 *h)
{
    /* O[32..64) shares its output block with the state: begin in the middle of a buffer */
    struct words w = {.h = h, .at = 64, .next = 32};
    sc_b3_final(h, 32, w.buf + 32, 32);
    return w;
}

static uint32_t words_next(struct words *w)
{
    if (w->next == sizeof w->buf) {
        sc_b3_final(w->h, w->at, w->buf, sizeof w->buf);
        w->at += sizeof w->buf;
        w->next = 0;
    }
    const uint32_t v = (uint32_t)load_le(w->buf + w->next, 4);
    w->next += 4;
    return v;
}

void sc_tr_challenge(struct sc_tr *tr, enum sc_label label, fx *out, size_t n)
{
    struct b3 h;
    uint8_t payload[8];
    store_le(payload, n, 8);
    frame_begin(&h, tr, label, KIND_CHALLENGE, sizeof payload);
    sc_b3_update(&h, payload, sizeof payload);
    struct words w = words_of(&h);
    for (size_t i = 0; i < n; i++) {
        for (unsigned c = 0; c < FX_DEG;) {
            const uint32_t v = words_next(&w) & 0x7fffffffu;
            if (v < FP_P) {
                out[i].c[c++] = fp_from_u32(v);
            }
        }
    }
    frame_end(tr, &h, label, KIND_CHALLENGE, sizeof payload);
}

void sc_tr_indices(struct sc_tr *tr, enum sc_label label, uint32_t *out, size_t n, unsigned bits)
{
    SC_ASSERT(bits <= 24);
    struct b3 h;
    uint8_t payload[16];
    store_le(payload, n, 8);
    store_le(payload + 8, bits, 8);
    frame_begin(&h, tr, label, KIND_INDICES, sizeof payload);
    sc_b3_update(&h, payload, sizeof payload);
    struct words w = words_of(&h);
    for (size_t i = 0; i < n; i++) {
        out[i] = words_next(&w) & ((1u << bits) - 1);
    }
    frame_end(tr, &h, label, KIND_INDICES, sizeof payload);
}

/* A grinding frame fits one block: one compression gives the new state and the word to look at. */
static uint64_t grind_frame(uint32_t out[16], const struct sc_tr *tr, enum sc_label label,
                            unsigned bits, uint64_t nonce)
{
    uint8_t frame[64] = {0};
    uint32_t key[8];
    uint32_t block[16];
    frame[0] = (uint8_t)label;
    frame[1] = KIND_GRIND;
    store_le(frame + 2, 16, 8);
    store_le(frame + 10, bits, 8);
    store_le(frame + 18, nonce, 8);
    for (unsigned i = 0; i < 8; i++) {
        key[i] = (uint32_t)load_le(tr->s + 4 * i, 4);
    }
    for (unsigned i = 0; i < 16; i++) {
        block[i] = (uint32_t)load_le(frame + 4 * i, 4);
    }
    sc_b3_compress(out, key, block, 0, 26, B3_ONE_KEYED_BLOCK);
    return out[8] | (uint64_t)out[9] << 32;
}

static bool has_work(uint64_t word, unsigned bits)
{
    return bits < 64 && (word & ((UINT64_C(1) << bits) - 1)) == 0;
}

bool sc_tr_grind(struct sc_tr *tr, enum sc_label label, unsigned bits, uint64_t nonce)
{
    if (bits == 0) {
        return true;
    }
    uint32_t out[16];
    const uint64_t word = grind_frame(out, tr, label, bits, nonce);
    for (unsigned i = 0; i < 8; i++) {
        store_le(tr->s + 4 * i, out[i], 4);
    }
    if (tr->log) {
        tr->log(tr->log_arg, (uint8_t)label, KIND_GRIND, 16, tr->s);
    }
    return has_work(word, bits);
}

bool sc_tr_grind_try(const struct sc_tr *tr, enum sc_label label, unsigned bits, uint64_t nonce)
{
    uint32_t out[16];
    return bits == 0 || has_work(grind_frame(out, tr, label, bits, nonce), bits);
}

socle_status sc_recv_bytes(struct sc_vch *ch, enum sc_label label, const uint8_t **out, size_t len)
{
    *out = rd_take(&ch->rd, len);
    if (ch->rd.bad) {
        return SOCLE_E_FORMAT;
    }
    sc_tr_absorb(&ch->tr, label, *out, len);
    return SOCLE_OK;
}

socle_status sc_recv_fx(struct sc_vch *ch, enum sc_label label, fx *out, size_t n)
{
    const uint8_t *bytes;
    if (n > SIZE_MAX / FX_BYTES) {
        return SOCLE_E_FORMAT;
    }
    if (sc_recv_bytes(ch, label, &bytes, n * FX_BYTES) != SOCLE_OK ||
        !sc_fx_decode(out, bytes, n)) {
        memset(out, 0, n * sizeof *out);
        return SOCLE_E_FORMAT;
    }
    return SOCLE_OK;
}

socle_status sc_recv_grind(struct sc_vch *ch, enum sc_label label, unsigned bits)
{
    if (bits == 0) {
        return SOCLE_OK;
    }
    const uint64_t nonce = rd_u64(&ch->rd);
    if (ch->rd.bad) {
        return SOCLE_E_FORMAT;
    }
    return sc_tr_grind(&ch->tr, label, bits, nonce) ? SOCLE_OK : SOCLE_E_REJECT;
}

void sc_fx_encode(uint8_t *out, const fx *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (unsigned c = 0; c < FX_DEG; c++) {
            store_le(out + FX_BYTES * i + 4 * c, fp_to_u32(v[i].c[c]), 4);
        }
    }
}

bool sc_fp_decode(fp *out, const uint8_t *in, size_t n)
{
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        const uint32_t v = (uint32_t)load_le(in + 4 * i, 4);
        ok &= v < FP_P;
        out[i] = v < FP_P ? fp_from_u32(v) : FP_ZERO;
    }
    return ok;
}

bool sc_fx_decode(fx *out, const uint8_t *in, size_t n)
{
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        ok &= sc_fp_decode(out[i].c, in + FX_BYTES * i, FX_DEG);
    }
    return ok;
}
