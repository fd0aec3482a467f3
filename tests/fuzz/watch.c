/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The wrapped functions of watch.h: count or note, then call the real one.
 */
#include "tests/fuzz/watch.h"

#include "core/hash/blake3.h"
#include "tests/fuzz/fuzz.h"

struct watch watch;

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
socle_status
__real_sc_recv_bytes(struct sc_vch *ch, enum sc_label label, const uint8_t **out, size_t len);
socle_status __real_sc_recv_fx(struct sc_vch *ch, enum sc_label label, fx *out, size_t n);
socle_status __real_sc_recv_grind(struct sc_vch *ch, enum sc_label label, unsigned bits);
void __real_sc_b3_update(struct b3 *h, const void *data, size_t len);
void __real_sc_b3_final(const struct b3 *h, uint64_t at, uint8_t *out, size_t len);
void __real_sc_b3_keyed(uint8_t out[B3_OUT],
                        const uint8_t key[B3_OUT],
                        const void *data,
                        size_t len);
void __real_sc_b3_derive(uint8_t out[B3_OUT], const char *context, const void *data, size_t len);
void __real_sc_b3_compress(uint32_t out[16],
                           const uint32_t cv[8],
                           const uint32_t block[16],
                           uint64_t counter,
                           uint32_t len,
                           uint32_t flags);

void *__wrap_malloc(size_t n)
{
    watch.n_allocations += watch.on;
    return __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    watch.n_allocations += watch.on;
    return __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
    watch.n_allocations += watch.on;
    return __real_realloc(p, n);
}

/* Where the channel stands, to write; NULL when fewer than @p len bytes are left. */
static uint8_t *next_bytes(const struct sc_vch *ch, size_t len)
{
    return watch.on && watch.bytes != NULL && !ch->rd.bad && ch->rd.left >= len
               ? watch.bytes + (ch->rd.p - watch.bytes)
               : NULL;
}

static void note(const struct sc_vch *ch, enum sc_label label, size_t len)
{
    if (watch.on && watch.bytes != NULL && watch.n_messages < WATCH_MOST && len > 0) {
        watch.messages[watch.n_messages++] =
            (struct watch_message){(uint8_t)label, (size_t)(ch->rd.p - watch.bytes), len};
    }
}

/* Residues of p or more lose their top bits. */
static void make_canonical(const struct sc_vch *ch, size_t len)
{
    uint8_t *const b = watch.fix_residues ? next_bytes(ch, len) : NULL;
    for (size_t i = 0; b != NULL && i + 4 <= len; i += 4) {
        if (load_le(b + i, 4) >= FP_P) {
            b[i + 3] &= 0x3f;
        }
    }
}

socle_status
__wrap_sc_recv_bytes(struct sc_vch *ch, enum sc_label label, const uint8_t **out, size_t len)
{
    if (label == SC_L_WHIR_OPEN) {
        make_canonical(ch, len);
    }
    note(ch, label, len);
    return __real_sc_recv_bytes(ch, label, out, len);
}

socle_status __wrap_sc_recv_fx(struct sc_vch *ch, enum sc_label label, fx *out, size_t n)
{
    make_canonical(ch, n * 4 * FX_DEG);
    note(ch, label, n * 4 * FX_DEG);
    return __real_sc_recv_fx(ch, label, out, n);
}

socle_status __wrap_sc_recv_grind(struct sc_vch *ch, enum sc_label label, unsigned bits)
{
    uint8_t *const b = watch.fix_grinding && bits <= WATCH_MOST_BITS ? next_bytes(ch, 8) : NULL;
    if (b != NULL && bits > 0) {
        uint64_t nonce = load_le(b, 8);
        while (!sc_tr_grind_try(&ch->tr, label, bits, nonce)) {
            nonce++;
        }
        store_le(b, nonce, 8);
    }
    note(ch, label, bits > 0 ? 8 : 0);
    return __real_sc_recv_grind(ch, label, bits);
}

static void count(size_t len)
{
    watch.n_blocks += watch.on ? (len + 63) / 64 + len / 1024 : 0;
}

/* Pieces of a message fill blocks together; the last, part block of a message is counted when it
 * ends. */
void __wrap_sc_b3_update(struct b3 *h, const void *data, size_t len)
{
    watch.n_bytes += watch.on ? len : 0;
    if (watch.n_bytes >= 1024) {
        count(watch.n_bytes / 1024 * 1024);
        watch.n_bytes %= 1024;
    }
    __real_sc_b3_update(h, data, len);
}

void __wrap_sc_b3_final(const struct b3 *h, uint64_t at, uint8_t *out, size_t len)
{
    count(len + 64);
    __real_sc_b3_final(h, at, out, len);
}

void __wrap_sc_b3_keyed(uint8_t out[B3_OUT],
                        const uint8_t key[B3_OUT],
                        const void *data,
                        size_t len)
{
    count(len + (len == 0));
    __real_sc_b3_keyed(out, key, data, len);
}

void __wrap_sc_b3_derive(uint8_t out[B3_OUT], const char *context, const void *data, size_t len)
{
    count(len + 64);
    __real_sc_b3_derive(out, context, data, len);
}

void __wrap_sc_b3_compress(uint32_t out[16],
                           const uint32_t cv[8],
                           const uint32_t block[16],
                           uint64_t counter,
                           uint32_t len,
                           uint32_t flags)
{
    count(64);
    __real_sc_b3_compress(out, cv, block, counter, len, flags);
}
