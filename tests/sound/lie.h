/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A prover that lies in one place and is honest in all others. Production code has no switch for this: the linker puts these
 * functions between the prover and its channel (-Wl,--wrap, see tests/meson.build), so that a message is changed before it is
 * absorbed and everything after it follows from the changed one. The same hooks show the transcripts of both sides.
 * For one program a test; a Criterion test is a process, so nothing carries over.
 */
#ifndef SC_TESTS_LIE_H
#define SC_TESTS_LIE_H

#include "core/proof/merkle_v.h"
#include "host/prove/prove.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIE_LABELS 64

static struct {
    /* Set while the prover runs: it then believes every shape and run. */
    bool proving;
    /* Called for the nth message of a label; may change it. */
    void (*message)(enum sc_label label, unsigned nth, uint8_t *bytes, size_t len);
    unsigned sent[LIE_LABELS];
    size_t body; /* bytes of the messages so far: a file has them after its head */
    enum sc_label lazy; /* nonces of this label are the least that do not work */
    bool one_digest;    /* every profile has the same digest */
    int encode_p;       /* in the nth commitment from now, a zero in a leaf is written as p; -1: in none */
    /* Called for every challenge of both sides. */
    void (*challenge)(enum sc_label label, fx *out, size_t n);
    /* Told of every transcript begun from now on, and its observer. */
    void (*begin)(const struct sc_tr *tr);
    void (*log)(void *arg, uint8_t label, uint8_t kind, uint64_t len, const uint8_t s[32]);
    void *log_arg;
} lie = {.encode_p = -1};

/** A check is named by what it stops. An accepted lie is printed, for tools/mutate.py to tell it from other failures. */
#define lie_is_refused(status, want, ...)                                         \
    do {                                                                          \
        const socle_status got_ = (status);                                       \
        if (got_ == SOCLE_OK) {                                                   \
            fprintf(stderr, "LIE ACCEPTED: ");                                    \
            fprintf(stderr, __VA_ARGS__);                                         \
            fprintf(stderr, "\n");                                                \
        }                                                                         \
        cr_assert_eq(got_, want, __VA_ARGS__);                                    \
    } while (0)

void __real_sc_tr_init(struct sc_tr *tr);
void __real_sc_tr_challenge(struct sc_tr *tr, enum sc_label label, fx *out, size_t n);
void __real_sc_send_bytes(struct sc_pch *ch, enum sc_label label, const void *bytes, size_t len);
void __real_sc_send_grind(struct sc_pch *ch, enum sc_label label, unsigned bits);
bool __real_sc_limits_hold(const struct sc_machine *m, const struct sc_head_image *image, const struct sc_head_run *run,
                           const struct sc_shape *shape);
bool __real_sc_shape_valid(const struct sc_machine *m, const struct sc_shape *s);
void __real_sc_profile_digest(uint8_t out[32], const struct sc_profile *p);
socle_status __real_sc_oracle_commit(struct sc_oracle *out, const fp *const *plane, unsigned planes, unsigned mu, unsigned k,
                                     unsigned lr, struct sc_committer *device, struct sc_pool *pool);

void __wrap_sc_tr_init(struct sc_tr *tr)
{
    __real_sc_tr_init(tr);
    tr->log = lie.log;
    tr->log_arg = lie.log_arg;
    if (lie.begin) {
        lie.begin(tr);
    }
}

void __wrap_sc_tr_challenge(struct sc_tr *tr, enum sc_label label, fx *out, size_t n)
{
    __real_sc_tr_challenge(tr, label, out, n);
    if (lie.challenge) {
        lie.challenge(label, out, n);
    }
}

void __wrap_sc_send_bytes(struct sc_pch *ch, enum sc_label label, const void *bytes, size_t len)
{
    uint8_t *const copy = malloc(len + 1);
    if (len) {
        memcpy(copy, bytes, len);
    }
    if (lie.message) {
        lie.message(label, lie.sent[label]++, copy, len);
    }
    __real_sc_send_bytes(ch, label, copy, len);
    lie.body = ch->len;
    free(copy);
}

void __wrap_sc_send_fx(struct sc_pch *ch, enum sc_label label, const fx *v, size_t n)
{
    uint8_t *const bytes = malloc(4 * FX_DEG * n + 1);
    sc_fx_encode(bytes, v, n);
    __wrap_sc_send_bytes(ch, label, bytes, 4 * FX_DEG * n);
    free(bytes);
}

void __wrap_sc_send_grind(struct sc_pch *ch, enum sc_label label, unsigned bits)
{
    if (label != lie.lazy || bits == 0) {
        __real_sc_send_grind(ch, label, bits);
        lie.body = ch->len;
        return;
    }
    struct sc_tr before = ch->tr;
    uint64_t nonce = 0;
    uint8_t bytes[8];
    while (sc_tr_grind_try(&before, label, bits, nonce)) {
        nonce++;
    }
    store_le(bytes, nonce, 8);
    ch->tr.log = NULL;
    __real_sc_send_bytes(ch, label, bytes, 8); /* into the proof; the frame is another one */
    ch->tr = before;
    (void)!sc_tr_grind(&ch->tr, label, bits, nonce);
    lie.body = ch->len;
}

bool __wrap_sc_limits_hold(const struct sc_machine *m, const struct sc_head_image *image, const struct sc_head_run *run,
                           const struct sc_shape *shape)
{
    return lie.proving || __real_sc_limits_hold(m, image, run, shape);
}

bool __wrap_sc_shape_valid(const struct sc_machine *m, const struct sc_shape *s)
{
    return lie.proving || __real_sc_shape_valid(m, s);
}

void __wrap_sc_profile_digest(uint8_t out[32], const struct sc_profile *p)
{
    __real_sc_profile_digest(out, p);
    if (lie.one_digest) {
        memset(out, 0x5a, 32);
    }
}

/** Words of leaves that are 0 become p: the same residues, not canonical. */
static inline void lie_zero_as_p(uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i + 4 <= len; i += 4) {
        if (load_le(bytes + i, 4) == 0) {
            store_le(bytes + i, FP_P, 4);
        }
    }
}

/* Hash the tree again over leaves that are written so. */
static inline void lie_rehash(struct sc_oracle *o)
{
    struct sc_merkle_keys keys;
    const size_t n_words = (size_t)o->planes << o->k;
    const size_t n = (size_t)1 << o->log_n;
    uint8_t *const leaf = malloc(4 * n_words);
    sc_merkle_keys(&keys);
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < n_words; i++) {
            store_le(leaf + 4 * i, fp_to_u32(o->code[i * n + j]), 4);
        }
        lie_zero_as_p(leaf, 4 * n_words);
        sc_merkle_leaf(o->nodes + 32 * j, &keys, leaf, 4 * n_words);
    }
    for (size_t j = 0; j < n - 1; j++) {
        sc_merkle_node(o->nodes + 32 * (n + j), &keys, o->nodes + 64 * j, o->nodes + 64 * j + 32);
    }
    memcpy(o->root, o->nodes + 32 * (2 * n - 2), 32);
    free(leaf);
}

socle_status __wrap_sc_oracle_commit(struct sc_oracle *out, const fp *const *plane, unsigned planes, unsigned mu, unsigned k,
                                     unsigned lr, struct sc_committer *device, struct sc_pool *pool)
{
    const socle_status st = __real_sc_oracle_commit(out, plane, planes, mu, k, lr, device, pool);
    if (st == SOCLE_OK && lie.encode_p-- == 0) {
        lie_rehash(out);
    }
    return st;
}

#endif
