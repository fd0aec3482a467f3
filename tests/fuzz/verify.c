/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Target: the verifier on altered proofs. The input is a list of edits of an honest proof, by
 * message: so a small input says much, edits keep the format unless they mean not to, and no stored
 * proof grows stale. It may ask for nonces that work and canonical residues after the edits. Only
 * the honest bytes are accepted; nothing is allocated; no more is hashed than twice, and no more
 * time spent than twice, what the honest proof takes.
 */
#include <string.h>
#include <time.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/proof_scene.h"
#include "tests/fuzz/watch.h"

#define ROOM ((size_t)1 << 12) /* for bytes that edits insert */
#define MOST_EDITS 64

/** An honest proof and what verifying it takes. */
struct honest_view {
    const struct scene_proof *proof;
    struct watch_message *messages;
    unsigned n_messages;
    uint64_t n_blocks;
    double seconds;
};

static struct proof_scene scene;
static struct honest_view honest[SCENE_PROFILES][SCENE_RUNS];
static uint8_t *scratch;
static size_t scratch_len;

static double cpu_seconds(void)
{
    struct timespec t;
    FUZZ_NEED(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) == 0, "clock");
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Verify under the watch; the scratch begins with @p fill everywhere. */
static socle_status
judge(struct sc_verified *v, unsigned profile, uint8_t *bytes, size_t len, uint8_t fill)
{
    memset(scratch, fill, scratch_len);
    watch.bytes = bytes;
    watch.n_messages = watch.n_allocations = 0;
    watch.n_blocks = 0;
    watch.on = true;
    const socle_status st = sc_verify(v, &sc_machine_rv64im, &scene.profile[profile],
                                      scene.vk[profile], bytes, len, scratch, scratch_len);
    watch.on = false;
    return st;
}

static double seconds_of(unsigned profile, uint8_t *bytes, size_t len, unsigned times)
{
    double least = 1e9;
    for (unsigned i = 0; i < times; i++) {
        struct sc_verified v;
        const double start = cpu_seconds();
        (void)judge(&v, profile, bytes, len, 0);
        const double took = cpu_seconds() - start;
        least = took < least ? took : least;
    }
    return least;
}

static void study(unsigned profile, unsigned run)
{
    struct honest_view *const h = &honest[profile][run];
    struct sc_verified v;
    h->proof = &scene.proof[profile][run];
    FUZZ_NEED(judge(&v, profile, h->proof->bytes, h->proof->len, 0) == SOCLE_OK,
              "an honest proof is refused");
    FUZZ_NEED(watch.n_messages > 100 && watch.n_messages < WATCH_MOST, "%u messages",
              watch.n_messages);
    FUZZ_NEED(watch.n_allocations == 0, "the verifier allocates");
    h->n_blocks = watch.n_blocks;
    h->n_messages = watch.n_messages + 1; /* the first: what stands before any message */
    h->messages = malloc(h->n_messages * sizeof *h->messages);
    FUZZ_NEED(h->messages != NULL, "memory");
    h->messages[0] = (struct watch_message){0, 0, watch.messages[0].at};
    memcpy(h->messages + 1, watch.messages, watch.n_messages * sizeof *h->messages);
    h->seconds = seconds_of(profile, h->proof->bytes, h->proof->len, 5);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    proof_scene_init(&scene);
    scratch_len = sc_verify_scratch(&sc_machine_rv64im);
    scratch = malloc(scratch_len);
    FUZZ_NEED(scratch != NULL, "memory");
    for (unsigned k = 0; k < SCENE_PROFILES; k++) {
        for (unsigned i = 0; i < SCENE_RUNS && scene.proof[k][i].bytes != NULL; i++) {
            study(k, i);
        }
    }
    return 0;
}

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

static bool equals(const struct draft *d, const struct scene_proof *p)
{
    return p->bytes != NULL && d->len == p->len && memcmp(d->bytes, p->bytes, p->len) == 0;
}

static void check(struct draft *d, unsigned profile, uint8_t fill)
{
    const struct honest_view *const h = honest[profile];
    struct sc_verified v;
    static const struct sc_verified none;
    uint64_t most = 0;
    double longest = 0;
    const double start = cpu_seconds();
    const socle_status st = judge(&v, profile, d->bytes, d->len, fill);
    const double took = cpu_seconds() - start;
    for (unsigned i = 0; i < SCENE_RUNS; i++) {
        most = h[i].n_blocks > most ? h[i].n_blocks : most;
        longest = h[i].seconds > longest ? h[i].seconds : longest;
    }
    FUZZ_NEED(watch.n_allocations == 0, "%u allocations", watch.n_allocations);
    FUZZ_NEED(watch.n_blocks <= 2 * most, "%llu blocks hashed, honest %llu",
              (unsigned long long)watch.n_blocks, (unsigned long long)most);
    if (st == SOCLE_OK) {
        FUZZ_NEED(equals(d, &scene.proof[profile][0]) || equals(d, &scene.proof[profile][1]),
                  "other bytes are accepted");
        FUZZ_NEED(v.output >= d->bytes && v.output + v.output_len <= d->bytes + d->len, "output");
    } else {
        FUZZ_NEED(!equals(d, &scene.proof[profile][0]) && !equals(d, &scene.proof[profile][1]),
                  "an honest proof is refused");
        FUZZ_NEED(st == SOCLE_E_FORMAT || st == SOCLE_E_VERSION || st == SOCLE_E_LIMIT ||
                      st == SOCLE_E_REJECT,
                  "status %d", (int)st);
        FUZZ_NEED(memcmp(&v, &none, sizeof v) == 0, "a refusal that leaves something");
    }
    FUZZ_NEED(judge(&v, profile, d->bytes, d->len, (uint8_t)~fill) == st,
              "the verdict depends on the scratch");
    if (took > 2 * longest) { /* the clock is coarse and shared: look again */
        const double again = seconds_of(profile, d->bytes, d->len, 7);
        FUZZ_NEED(again <= 2 * longest, "%g s, honest %g s", again, longest);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rd rd = rd_view(data, size);
    const uint8_t mode = rd_u8(&rd);
    const unsigned profile = (mode & 7) == 7 ? SCENE_SHIPPED : SCENE_CHEAP;
    const unsigned run = profile == SCENE_SHIPPED ? 0 : mode >> 3 & 1;
    const struct honest_view *const other =
        &honest[profile][profile == SCENE_SHIPPED ? 0 : 1 - run];
    const struct honest_view *const h = &honest[profile][run];
    /* The draft ends where its block ends, so that a sanitizer sees a read past the end. */
    struct draft d = {.len = h->proof->len, .cap = h->proof->len + ROOM};
    d.bytes = malloc(d.cap);
    FUZZ_NEED(d.bytes != NULL, "memory");
    memcpy(d.bytes, h->proof->bytes, d.len);
    for (unsigned i = 0; i < MOST_EDITS && rd.left >= 9; i++) {
        edit(&d, &rd, h, other);
    }
    uint8_t *const exact = malloc(d.len + (d.len == 0));
    FUZZ_NEED(exact != NULL, "memory");
    memcpy(exact, d.bytes, d.len);
    free(d.bytes);
    d.bytes = exact;
    watch.fix_grinding = (mode & 16) != 0;
    watch.fix_residues = (mode & 32) != 0;
    check(&d, profile, mode);
    free(d.bytes);
    return 0;
}
