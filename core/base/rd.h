/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Bounded reader: the only way core looks at bytes from outside. Little-endian. A read past the end sets
 * the sticky flag `bad`, returns zeros, and leaves the position at the end.
 */
#ifndef SC_BASE_RD_H
#define SC_BASE_RD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rd {
    const uint8_t *p;
    size_t left;
    bool bad;
};

static inline struct rd rd_view(const uint8_t *p, size_t len)
{
    const struct rd r = {p, len, false};
    return r;
}

/** Borrow the next @p n bytes; NULL (and bad) when fewer are left. */
static inline const uint8_t *rd_take(struct rd *r, size_t n)
{
    if (r->bad || n > r->left) {
        r->bad = true;
        r->left = 0;
        return NULL;
    }
    const uint8_t *const at = r->p;
    r->p += n;
    r->left -= n;
    return at;
}

static inline uint64_t load_le(const uint8_t *b, unsigned n)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < n; i++) {
        v |= (uint64_t)b[i] << (8 * i);
    }
    return v;
}

static inline void store_le(uint8_t *b, uint64_t v, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        b[i] = (uint8_t)(v >> (8 * i));
    }
}

static inline uint64_t rd_uint(struct rd *r, unsigned n)
{
    const uint8_t *const b = rd_take(r, n);
    return b ? load_le(b, n) : 0;
}

static inline uint8_t rd_u8(struct rd *r)
{
    return (uint8_t)rd_uint(r, 1);
}

static inline uint32_t rd_u32(struct rd *r)
{
    return (uint32_t)rd_uint(r, 4);
}

static inline uint64_t rd_u64(struct rd *r)
{
    return rd_uint(r, 8);
}

/** All bytes were there and none is left over. */
static inline bool rd_done(const struct rd *r)
{
    return !r->bad && r->left == 0;
}

#endif
