/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Target: the verifier's reading of a proof of any shape. The verifier is compiled with lenient.h,
 * so that it goes on to the last message; the input gives the heads and a few bytes anywhere, and
 * the rest is filled with canonical residues. Whatever the heads say: no crash, no allocation, and
 * the hashing that the bytes read and the parameters allow.
 */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/proof_scene.h"
#include "tests/fuzz/watch.h"

#define MOST_OUTPUT 4096u
#define MOST_BYTES ((size_t)8 << 20) /* heads and twice the proof of any shape */

static struct proof_scene scene;
static uint8_t *scratch, *bytes;
static size_t scratch_len;
static size_t head_len[SCENE_PROFILES]; /* what stands before the first message */

/* Verify under the watch. */
static socle_status judge(unsigned profile, const uint8_t *vk, uint8_t *proof, size_t len)
{
    struct sc_verified v;
    memset(scratch, 0xa5, scratch_len);
    watch = (struct watch){.on = true, .bytes = proof};
    const socle_status st = sc_verify(&v, &sc_machine_rv64im, &scene.profile[profile], vk, proof,
                                      len, scratch, scratch_len);
    watch.on = false;
    return st;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    proof_scene_init(&scene);
    scratch_len = sc_verify_scratch(&sc_machine_rv64im);
    scratch = malloc(scratch_len);
    bytes = malloc(MOST_BYTES);
    FUZZ_NEED(scratch != NULL && bytes != NULL, "memory");
    for (unsigned k = 0; k < SCENE_PROFILES; k++) {
        const struct scene_proof *const p = &scene.proof[k][0];
        FUZZ_NEED(judge(k, scene.vk[k], p->bytes, p->len) == SOCLE_OK &&
                      watch.messages[0].label == SC_L_HEAD_IMAGE,
                  "honest proof");
        head_len[k] = watch.messages[0].at;
    }
    return 0;
}

/** A proof being written. */
struct pen {
    uint8_t *at;
};

static void put(struct pen *p, const void *what, size_t n)
{
    memcpy(p->at, what, n);
    p->at += n;
}

static void put_le(struct pen *p, uint64_t v, unsigned n)
{
    store_le(p->at, v, n);
    p->at += n;
}

/* Chunk lists that are valid for most values of @p pick; the last two are too long and too high. */
static void put_chunks(struct pen *p, const struct air_table *t, uint8_t pick)
{
    static const uint8_t below[5][3] = {{0}, {0}, {0, 1}, {0, 2}, {0, 1, 2}};
    static const uint8_t n_chunks[8] = {0, 1, 2, 2, 3, 1, 1, 3};
    const unsigned kind = (unsigned)pick >> 5;
    const unsigned n = t->fixed_log_h != 0 ? 1 : n_chunks[kind];
    put_le(p, pick == 0xfe ? 200 : n, 1);
    for (unsigned i = 0; i < n; i++) {
        const unsigned top = 4u + (pick & 31u) % 21u;
        const unsigned h = t->fixed_log_h != 0 ? t->fixed_log_h
                                               : top - below[kind < 5    ? kind
                                                             : kind == 7 ? 4
                                                                         : 1][i];
        put_le(p, pick == 0xff ? 255 : h, 1);
    }
}

/* Fields that are legal unless the input says otherwise. */
static void
put_heads(struct pen *p, struct rd *rd, struct sc_head_image *image, struct sc_head_run *run)
{
    uint8_t head[SC_HEAD_IMAGE_LEN], head_run[SC_HEAD_RUN_LEN];
    const uint8_t odd = rd_u8(rd);
    *image = (struct sc_head_image){.entry = 0x4000, .log_h = (uint8_t)(8 + rd_u8(rd) % 20)};
    *run = (struct sc_head_run){
        .ts_end = 8 + 4u * rd_u8(rd), .last_ram = 511, .last_input = SC_CHAIN_START_IO};
    run->output_len = rd_u8(rd) % 64;
    if ((odd & 1) != 0) {
        run->output_len = rd_uint(rd, 2) % MOST_OUTPUT;
        run->ts_end = rd_u32(rd);
        run->ip_end = rd_u32(rd);
    }
    if ((odd & 2) != 0) {
        image->entry = rd_u32(rd);
        image->log_h = rd_u8(rd);
    }
    if ((odd & 4) != 0) {
        run->output_len = rd_u64(rd);
        run->last_ram = rd_u32(rd);
        run->last_input = rd_u32(rd);
    }
    sc_head_image_encode(head, image);
    sc_head_run_encode(head_run, run);
    put(p, head, sizeof head);
    put(p, head_run, sizeof head_run);
    for (unsigned t = 0; t < sc_machine_rv64im.n_main; t++) {
        put_chunks(p, &sc_machine_rv64im.tables[t], rd_u8(rd));
    }
}

/* Bytes below 0x7f: canonical residues at any alignment. */
static void fill(uint8_t *b, size_t n, uint64_t seed)
{
    for (size_t i = 0; i < n; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        b[i] = (uint8_t)((seed >> 40) % 0x7f);
    }
}

/* What may be hashed: each byte read once for the transcript and, in paths and leaves, once more
 * for the trees, whose inner nodes are no more than queries x depth; a few blocks for each message;
 * the samples of the transcript. */
static uint64_t most_blocks(const struct sc_profile *profile, size_t n_read)
{
    uint64_t queries = 0;
    for (unsigned m0 = SC_M0_MIN; m0 <= SC_M0_MAX; m0++) {
        uint64_t here = 0;
        for (unsigned i = 0; i < SC_WHIR_MAX_ROUNDS; i++) {
            here += profile->main[m0].r[i].t + profile->image[m0].r[i].t;
        }
        queries = here > queries ? here : queries;
    }
    return n_read / 16 + 4 * queries + 6 * (uint64_t)watch.n_messages + 2000;
}

static void check(unsigned profile, const struct sc_head_image *image, size_t len)
{
    uint8_t vk[SC_VK_LEN];
    /* A block of exactly this length, so that a sanitizer sees a read past the end. */
    uint8_t *const proof = malloc(len);
    FUZZ_NEED(proof != NULL, "memory");
    memcpy(proof, bytes, len);
    sc_vk_compute(vk, &sc_machine_rv64im, &scene.profile[profile], image);
    const socle_status st = judge(profile, vk, proof, len);
    free(proof);
    FUZZ_NEED(watch.n_allocations == 0, "%u allocations", watch.n_allocations);
    FUZZ_NEED(st == SOCLE_OK || st == SOCLE_E_FORMAT || st == SOCLE_E_LIMIT ||
                  st == SOCLE_E_VERSION,
              "status %d", (int)st);
    FUZZ_NEED(watch.n_messages > 0 && watch.n_messages < WATCH_MOST, "%u messages",
              watch.n_messages);
    const struct watch_message *const last = &watch.messages[watch.n_messages - 1];
    const size_t n_read = last->at + last->len < len ? last->at + last->len : len;
    FUZZ_NEED(watch.n_blocks <= most_blocks(&scene.profile[profile], n_read),
              "%llu blocks for %zu bytes and %u messages", (unsigned long long)watch.n_blocks,
              n_read, watch.n_messages);
}

/* The longest proof of the shape in @p heads, when there is one. */
static size_t longest(unsigned profile,
                      const struct sc_head_image *image,
                      const struct sc_head_run *run,
                      const uint8_t *heads)
{
    const struct sc_machine *const m = &sc_machine_rv64im;
    struct sc_shape shape = {.image_log_h = image->log_h};
    struct sc_layout layout;
    for (unsigned t = 0; t < m->n_main; t++) {
        shape.n_chunks[t] = *heads++;
        if (shape.n_chunks[t] > AIR_MAX_CHUNKS) {
            return 0;
        }
        for (unsigned i = 0; i < shape.n_chunks[t]; i++) {
            shape.log_h[t][i] = *heads++;
        }
    }
    if (!sc_limits_hold(m, image, run, &shape) || !sc_layout(&layout, m, &shape) ||
        sc_image_vars(m, image->log_h) > SC_M0_MAX) {
        return 0;
    }
    const uint64_t n = sc_proof_max(&layout, &scene.profile[profile], run->output_len);
    return n < MOST_BYTES / 2 ? (size_t)n : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rd rd = rd_view(data, size);
    struct pen pen = {bytes};
    struct sc_head_image image;
    struct sc_head_run run;
    const unsigned profile = rd_u8(&rd) & 1;
    const uint8_t seed = rd_u8(&rd), shorter = rd_u8(&rd);
    put(&pen, scene.proof[profile][0].bytes, head_len[profile]);
    put_heads(&pen, &rd, &image, &run);
    const size_t heads = (size_t)(pen.at - bytes);
    const size_t most = longest(profile, &image, &run,
                                bytes + head_len[profile] + SC_HEAD_IMAGE_LEN + SC_HEAD_RUN_LEN);
    const size_t len = heads + most / 256 * (256u - shorter) + (most == 0 ? 4096 : 0);
    fill(pen.at, len - heads, seed);
    while (rd.left >= 4) {
        const size_t at = rd_uint(&rd, 3) % (len - heads);
        pen.at[at] = rd_u8(&rd);
    }
    check(profile, &image, len);
    return 0;
}
