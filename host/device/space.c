/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A borrowed device and what is where in its arena. Contracts: space.h.
 */
#include "host/device/space.h"

#include <string.h>

#include "host/device/device_ops.h"
#include "kernels/cpu/cpu_ops.h"
#include "kernels/kc/hash_plan.h"

void sc_space_init(struct sc_space *s, struct sc_committer *committer, enum sc_loan what)
{
    struct sc_device_info info;
    sc_committer_info(committer, &info);
    *s = (struct sc_space){.committer = committer, .what = what, .align = info.align};
}

socle_status sc_space_borrow(struct sc_space *s, struct sc_committer *committer, enum sc_loan what)
{
    sc_space_init(s, committer, what);
    s->how = sc_committer_borrow(committer, &s->device, &s->kept);
    s->borrowed = s->how == SOCLE_OK;
    return s->how;
}

struct sc_piece sc_space_keep(struct sc_space *s, uint64_t ticket, uint64_t words)
{
    s->there = ticket != 0 && s->kept.ticket == ticket && s->kept.size == 4 * words;
    if (!s->there) {
        s->kept = (struct sc_kept){ticket, 0, 4 * words};
    }
    s->end = s->kept.at;
    return sc_space_take(s, words);
}

struct sc_piece sc_space_take(struct sc_space *s, uint64_t words)
{
    const struct sc_piece p = {s->end, 4 * words};
    s->end += (p.size + s->align - 1) / s->align * s->align;
    return p;
}

socle_status sc_space_room(struct sc_space *s, const void *vector)
{
    const struct sc_piece kept = {s->kept.at, s->kept.size};
    bool lost;
    s->how = sc_committer_room(s->committer, &lost, s->end);
    s->has_room = s->how == SOCLE_OK;
    s->there &= !lost;
    if (s->has_room && !s->there) {
        s->there = sc_space_put(s, kept, 0, vector, kept.size / 4) == SOCLE_OK;
    }
    return s->how;
}

socle_status sc_space_fini(struct sc_space *s)
{
    const struct sc_kept none = {0, 0, 0};
    if (s->borrowed) {
        sc_committer_give_back(s->committer, s->how, s->what, !s->has_room ? NULL : s->there ? &s->kept : &none);
        s->borrowed = false;
    }
    return s->how;
}

static socle_status note(struct sc_space *s, socle_status st)
{
    if (s->how == SOCLE_OK) {
        s->how = st;
    }
    return st;
}

socle_status sc_space_put(struct sc_space *s, struct sc_piece to, uint64_t first, const void *words, uint64_t n)
{
    return note(s, s->device.ops->put(s->device.self, to.at + 4 * first, words, 4 * n));
}

socle_status sc_space_get(struct sc_space *s, void *words, struct sc_piece from, uint64_t first, uint64_t n)
{
    return note(s, s->device.ops->get(s->device.self, words, from.at + 4 * first, 4 * n));
}

socle_status sc_space_same(struct sc_space *s, const void *words, const void *wanted, size_t len)
{
    return memcmp(words, wanted, len) == 0 ? SOCLE_OK : note(s, SOCLE_E_SELFCHECK);
}

socle_status sc_space_run(struct sc_space *s, const struct sc_piece *piece, unsigned n_pieces, const struct sc_kc_launch *launch, unsigned n)
{
    const struct sc_kc_plan plan = {launch, n};
    uint64_t offset[SC_KC_MAX_BUFFERS], size[SC_KC_MAX_BUFFERS];
    for (unsigned i = 0; i < n_pieces; i++) {
        offset[i] = piece[i].at;
        size[i] = piece[i].size;
    }
    const struct sc_launch job = {.job = (uint32_t)s->what, .op = SC_OP_LAUNCHES, .count = n, .arg = &plan, .n_uses = n_pieces, .offset = offset, .size = size};
    return note(s, s->device.ops->run(s->device.self, &job));
}

/* ---- nonces ---- */

/* Those that are tried together: twice as many as there have to be on average, since what is behind the first that works costs little; not fewer
 * and not more than these. */
#define LEAST_TRIES ((uint32_t)1 << 10)
#define MOST_TRIES ((uint32_t)1 << 24)
#define LOW_NONCES ((uint32_t)1 << 16)

/* Of n nonces from @p first on, a multiple of LOW_NONCES; UINT64_MAX when there is none. */
static socle_status try_nonces(struct sc_space *s, uint64_t *nonce, struct sc_piece at, const uint32_t frame[SC_NONCE_WORDS], uint32_t mask, uint64_t first,
                               uint32_t n)
{
    const struct sc_piece piece[2] = {[SC_KC_HASH_OUT] = {0, 0}, [SC_KC_HASH_IN] = at};
    const struct sc_kc_launch l = sc_kc_grind(mask, n);
    uint32_t words[SC_NONCE_WORDS], found;
    socle_status st = SOCLE_OK;
    memcpy(words, frame, sizeof words);
    words[8 + 5] += (uint32_t)(first >> 16);
    TRY(sc_space_put(s, at, 0, words, SC_NONCE_WORDS));
    TRY(sc_space_run(s, piece, 2, &l, 1));
    TRY(sc_space_get(s, &found, at, SC_NONCE_WORDS - 1, 1));
    *nonce = found != UINT32_MAX ? first + found : UINT64_MAX;
out:
    return st;
}

/* A wrong nonce would be taken for a mistake of ours. */
socle_status sc_space_nonce_works(struct sc_space *s, uint64_t nonce, const uint32_t key[8], const uint32_t block[16], uint32_t mask)
{
    uint32_t own[16];
    const uint32_t low = (uint32_t)(nonce % LOW_NONCES);
    memcpy(own, block, sizeof own);
    own[5] += (uint32_t)(nonce >> 16);
    return sc_cpu_ops_now()->grind(key, own, mask, low, low + 1) >= 0 ? SOCLE_OK : note(s, SOCLE_E_SELFCHECK);
}

socle_status sc_space_nonce(struct sc_space *s, uint64_t *nonce, struct sc_piece at, const uint32_t key[8], const uint32_t block[16], uint32_t mask)
{
    const uint32_t wanted = mask < MOST_TRIES / 2 ? 2 * mask + 2 : MOST_TRIES;
    uint32_t frame[SC_NONCE_WORDS], n = wanted < LEAST_TRIES ? LEAST_TRIES : wanted;
    uint64_t first = 0;
    socle_status st = SOCLE_OK;
    memcpy(frame, key, 8 * sizeof *key);
    memcpy(frame + 8, block, 16 * sizeof *block);
    frame[SC_NONCE_WORDS - 1] = UINT32_MAX;
    do {
        TRY(try_nonces(s, nonce, at, frame, mask, first, n));
        if (*nonce == UINT64_MAX && first / 64 > mask) { /* once in e^64 by chance: it does not say what it finds */
            return note(s, SOCLE_E_SELFCHECK);
        }
        first += n >= LOW_NONCES ? n : 0; /* few are tried again with those behind them */
        n = n >= LOW_NONCES ? n : LOW_NONCES;
    } while (*nonce == UINT64_MAX);
    st = sc_space_nonce_works(s, *nonce, key, block, mask);
out:
    return st;
}
