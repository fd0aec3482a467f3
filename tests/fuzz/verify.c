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

#include "tests/fuzz/edit.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/proof_scene.h"
#include "tests/fuzz/watch.h"

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

static bool equals(const uint8_t *bytes, size_t len, const struct scene_proof *p)
{
    return p->bytes != NULL && len == p->len && memcmp(bytes, p->bytes, p->len) == 0;
}

static void check(uint8_t *bytes, size_t len, unsigned profile, uint8_t fill)
{
    const struct honest_view *const h = honest[profile];
    struct sc_verified v;
    static const struct sc_verified none;
    uint64_t most = 0;
    double longest = 0;
    const double start = cpu_seconds();
    const socle_status st = judge(&v, profile, bytes, len, fill);
    const double took = cpu_seconds() - start;
    for (unsigned i = 0; i < SCENE_RUNS; i++) {
        most = h[i].n_blocks > most ? h[i].n_blocks : most;
        longest = h[i].seconds > longest ? h[i].seconds : longest;
    }
    FUZZ_NEED(watch.n_allocations == 0, "%u allocations", watch.n_allocations);
    FUZZ_NEED(watch.n_blocks <= 2 * most, "%llu blocks hashed, honest %llu",
              (unsigned long long)watch.n_blocks, (unsigned long long)most);
    if (st == SOCLE_OK) {
        FUZZ_NEED(equals(bytes, len, &scene.proof[profile][0]) || equals(bytes, len, &scene.proof[profile][1]),
                  "other bytes are accepted");
        FUZZ_NEED(v.output >= bytes && v.output + v.output_len <= bytes + len, "output");
    } else {
        FUZZ_NEED(!equals(bytes, len, &scene.proof[profile][0]) && !equals(bytes, len, &scene.proof[profile][1]),
                  "an honest proof is refused");
        FUZZ_NEED(st == SOCLE_E_FORMAT || st == SOCLE_E_VERSION || st == SOCLE_E_LIMIT ||
                      st == SOCLE_E_REJECT,
                  "status %d", (int)st);
        FUZZ_NEED(memcmp(&v, &none, sizeof v) == 0, "a refusal that leaves something");
    }
    FUZZ_NEED(judge(&v, profile, bytes, len, (uint8_t)~fill) == st,
              "the verdict depends on the scratch");
    if (took > 2 * longest) { /* the clock is coarse and shared: look again */
        const double again = seconds_of(profile, bytes, len, 7);
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
    size_t len;
    uint8_t *const bytes = edit_proof(&len, &rd, h, other);
    watch.fix_grinding = (mode & 16) != 0;
    watch.fix_residues = (mode & 32) != 0;
    check(bytes, len, profile, mode);
    free(bytes);
    return 0;
}
