/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The prover's channel. The nonce search uses the grinding kernel: one compression per try, one try per lane. Theory: docs/spec/transcript.md.
 */
#include "host/prove/pch.h"

#include "host/sys/mem.h"
#include "host/sys/pool.h"
#include "kernels/cpu/cpu_ops.h"

#include <string.h>

void sc_pch_init(struct sc_pch *ch, struct sc_pool *pool)
{
    memset(ch, 0, sizeof *ch);
    sc_tr_init(&ch->tr);
    ch->pool = pool;
}

void sc_pch_fini(struct sc_pch *ch)
{
    sc_free(ch->buf);
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

static size_t room_for(size_t len)
{
    return len < 65536 ? 65536 : len + len / 2;
}

size_t sc_pch_memory(uint64_t len)
{
    return sc_alloc_size(room_for((size_t)len), 1);
}

/* Room for n more bytes at the end of the proof; NULL when there is an error. */
static uint8_t *extend(struct sc_pch *ch, size_t n)
{
    if (ch->st != SOCLE_OK) {
        return NULL;
    }
    if (n > ch->cap - ch->len) {
        const size_t cap = room_for(ch->len + n);
        uint8_t *const buf = sc_grow(ch->buf, cap, 1);
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

struct search {
    const struct sc_cpu_ops *ops;
    uint32_t key[8], block[16];
    uint32_t mask; /* of the low word; grinding is below 32 bits */
    uint64_t first;
    int64_t *found; /* one result per block of 2^16 nonces */
};

enum { BLOCK = 1 << 16 };

static struct search search_of(const struct sc_tr *tr, enum sc_label label, unsigned bits)
{
    struct search s = {.ops = sc_cpu_ops_now(), .mask = (UINT32_C(1) << bits) - 1};
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

/* Blocks number begin .. end - 1 from s->first, a multiple of 2^16 below 2^48.
 * The nonce is bytes 18 .. 25 of the frame: its low half word is the upper half of word 4, the rest word 5. */
static void search_blocks(void *arg, size_t begin, size_t end, unsigned worker)
{
    const struct search *const s = arg;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        const uint64_t first = s->first + i * BLOCK;
        uint32_t block[16];
        memcpy(block, s->block, sizeof block);
        block[5] = (uint32_t)(first >> 16);
        const int64_t low = s->ops->grind(s->key, block, s->mask, 0, BLOCK);
        s->found[i] = low < 0 ? -1 : (int64_t)first + low;
    }
}

/* One block per thread at a time; the least nonce is that of the first block that has one. */
static uint64_t search(struct sc_pool *pool, struct search *s)
{
    int64_t found[SC_POOL_MAX_THREADS];
    const unsigned n = sc_pool_size(pool);
    s->found = found;
    for (s->first = 0;; s->first += (uint64_t)n * BLOCK) {
        sc_pool_for(pool, n, 1, search_blocks, s);
        for (unsigned i = 0; i < n; i++) {
            if (found[i] >= 0) {
                return (uint64_t)found[i];
            }
        }
    }
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
    struct search s = search_of(&ch->tr, label, bits);
    uint64_t nonce;
    if (ch->grinder.find == NULL || !ch->grinder.find(ch->grinder.arg, &nonce, s.key, s.block, s.mask)) {
        nonce = search(ch->pool, &s);
    }
    uint8_t *const at = extend(ch, 8);
    if (at) {
        store_le(at, nonce, 8);
        if (!sc_tr_grind(&ch->tr, label, bits, nonce)) {
            ch->st = SOCLE_E_BUG;
        }
    }
}
