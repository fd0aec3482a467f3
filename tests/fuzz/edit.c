/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The edits of edit.h.
 */
#include "tests/fuzz/edit.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

/** A proof being edited. */
struct draft {
    uint8_t *bytes;
    size_t len, cap;
};

static void cut_out(struct draft *d, size_t at, size_t n)
{
    n = n < d->len - at ? n : d->len - at;
    memmove(d->bytes + at, d->bytes + at + n, d->len - at - n);
    d->len -= n;
}

static void put_in(struct draft *d, size_t at, size_t n, uint8_t value)
{
    n = n < d->cap - d->len ? n : d->cap - d->len;
    memmove(d->bytes + at + n, d->bytes + at, d->len - at);
    memset(d->bytes + at, value, n);
    d->len += n;
}

static void swap_bytes(struct draft *d, size_t a, size_t b, size_t n)
{
    for (size_t i = 0; i < n && a + i < d->len && b + i < d->len; i++) {
        const uint8_t was = d->bytes[a + i];
        d->bytes[a + i] = d->bytes[b + i];
        d->bytes[b + i] = was;
    }
}

/* Message number @p index, counted from the front or, with the top bit, from the end. */
static const struct watch_message *message(const struct honest_view *h, uint32_t index)
{
    const uint32_t i = (index & 0x7fff) % h->n_messages;
    return &h->messages[(index & 0x8000) != 0 ? h->n_messages - 1 - i : i];
}

/* One edit: what, which message, where in it, and a value. */
static void
edit(struct draft *d, struct rd *rd, const struct honest_view *h, const struct honest_view *other)
{
    const unsigned what = rd_u8(rd);
    const uint32_t index = (uint32_t)rd_uint(rd, 2);
    const struct watch_message *const m = message(h, index);
    const uint32_t place = (uint32_t)rd_uint(rd, 2), value = rd_u32(rd);
    const size_t at = m->at + place % m->len;
    const size_t element = m->at + (m->len >= 4 ? 4 * (place % (m->len / 4)) : 0);
    const struct watch_message *const second = message(h, value & 0xffff);
    const struct watch_message *const theirs = message(other, index);
    if (at >= d->len || element + 4 > d->len) {
        return;
    }
    switch (what % 11) {
    case 0: /* a bit, or several of a byte */
        d->bytes[at] ^= (uint8_t)value;
        break;
    case 1: /* an element */
        store_le(d->bytes + element, value, 4);
        break;
    case 2: /* an element plus another one */
        store_le(d->bytes + element, (load_le(d->bytes + element, 4) + value % FP_P) % FP_P, 4);
        break;
    case 3: /* one message over another */
        for (size_t i = 0;
             i < m->len && i < second->len && m->at + i < d->len && second->at + i < d->len; i++) {
            d->bytes[m->at + i] = d->bytes[second->at + i];
        }
        break;
    case 4: /* two messages, or parts of them, in each other's place */
        swap_bytes(d, m->at, second->at, m->len < second->len ? m->len : second->len);
        break;
    case 5:
        cut_out(d, at, value % 256);
        break;
    case 6:
        put_in(d, at, value % 256, (uint8_t)(value >> 8));
        break;
    case 7:
        d->len = at;
        break;
    case 8:
        put_in(d, d->len, value % 256, (uint8_t)(value >> 8));
        break;
    case 9: /* a message of the other run's proof */
        if (theirs->len == m->len && m->at + m->len <= d->len) {
            memcpy(d->bytes + m->at, other->proof->bytes + theirs->at, m->len);
        }
        break;
    case 10: /* one byte */
        d->bytes[at] = (uint8_t)value;
        break;
    }
}

uint8_t *edit_proof(size_t *len,
                    struct rd *rd,
                    const struct honest_view *h,
                    const struct honest_view *other)
{
    struct draft d = {.len = h->proof->len, .cap = h->proof->len + EDIT_ROOM};
    d.bytes = malloc(d.cap);
    FUZZ_NEED(d.bytes != NULL, "memory");
    memcpy(d.bytes, h->proof->bytes, d.len);
    for (unsigned i = 0; i < EDIT_MOST && rd->left >= EDIT_LEN; i++) {
        edit(&d, rd, h, other);
    }
    uint8_t *const exact = malloc(d.len + (d.len == 0));
    FUZZ_NEED(exact != NULL, "memory");
    memcpy(exact, d.bytes, d.len);
    free(d.bytes);
    *len = d.len;
    return exact;
}
