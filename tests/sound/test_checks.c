/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * One lie for each check of the verifier, on whole proofs of the toy machine: the lie is made by the prover before the message
 * is absorbed, everything after it is honest, and no other check stands in its way. tools/mutate.py removes the checks one at a
 * time and sees each lie accepted. Checks that bytes can break without a prover (file heads, missing bytes) are here as well.
 */
#include "tests/sound/lie.h"
#include "tests/sound/toy.h"

/* --- proving what the shipped prover would refuse to prove ---------------------------------------------------------- */

struct file {
    uint8_t *bytes;
    size_t len;
};

static struct file toy_lie(struct toy *t)
{
    struct file f;
    lie.proving = true;
    memset(lie.sent, 0, sizeof lie.sent);
    cr_assert_eq(sc_prove_unchecked(&f.bytes, &f.len, &t->prover, &t->program, &t->w), SOCLE_OK);
    lie.proving = false;
    return f;
}

static socle_status lie_answer(struct toy *t)
{
    const struct file f = toy_lie(t);
    const socle_status st = toy_verify(t, t->program.vk, f.bytes, f.len);
    sc_free(f.bytes);
    return st;
}

static struct toy *toy_new(void)
{
    return toy_create(sc_cpu_ops_best(), NULL);
}

/* The key of a program that keygen would not make: any entry and height. */
static void rekey(struct toy *t, uint32_t entry, unsigned log_h)
{
    t->program.head.entry = entry;
    t->program.head.log_h = (uint8_t)log_h;
    sc_vk_compute(t->program.vk, &toy_machine, &t->profile, &t->program.head);
}

/* Other chunks for one table; the run is written again into the new places. */
static void reshape(struct toy *t, unsigned table, unsigned n, unsigned h0, unsigned h1, unsigned h2)
{
    sc_big_free(t->cells, sizeof(fp) << t->layout.m0);
    t->w.shape.n_chunks[table] = (uint8_t)n;
    t->w.shape.log_h[table][0] = (uint8_t)h0;
    t->w.shape.log_h[table][1] = (uint8_t)h1;
    t->w.shape.log_h[table][2] = (uint8_t)h2;
    cr_assert(sc_layout(&t->layout, &toy_machine, &t->w.shape));
    t->cells = sc_big_alloc(sizeof(fp) << t->layout.m0);
    t->w.cells = t->cells;
    toy_fill(t);
}

/* The key again, for another image height or after a change of the profile. */
static void regenerate(struct toy *t, unsigned log_h, size_t n_cells)
{
    sc_program_fini(&t->program);
    sc_big_free(t->image, sizeof(fp) << SC_MIN_LOG_CELLS);
    t->image = sc_big_alloc(n_cells * sizeof(fp));
    cr_assert_eq(sc_keygen(&t->program, &t->prover, 9, log_h, t->image), SOCLE_OK);
    t->w.shape.image_log_h = (uint8_t)log_h;
    reshape(t, TOY_ENDS, 1, 4, 0, 0);
}

static void toy_end(struct toy *t, size_t image_cells)
{
    sc_program_fini(&t->program);
    sc_big_free(t->cells, sizeof(fp) << t->layout.m0);
    sc_big_free(t->image, image_cells * sizeof(fp));
    free(t);
}

/* A machine whose instruction takes (ts_end - 4) / rows, whatever that is in the field: the run ends at ts_end. */
static void end_at(struct toy *t, uint32_t ts_end)
{
    const fp step = fp_mul(fp_sub(fp_from_u32(ts_end), fp_from_u32(4)), fp_inv(fp_from_u32(TOY_ROWS)));
    fp ts = fp_from_u32(4);
    toy_forms[toy_tables[TOY_STEP].uses[1].slots].k = step;
    for (unsigned i = 0; i < TOY_ROWS; i++) {
        *toy_cell(t, TOY_STEP, i, 1) = ts;
        ts = fp_add(ts, step);
    }
    t->w.run.ts_end = ts_end;
}

/* --- file and heads -------------------------------------------------------------------------------------------------- */

static unsigned frames;

static void count_frame(void *arg, uint8_t label, uint8_t kind, uint64_t len, const uint8_t s[32])
{
    (void)arg;
    (void)label;
    (void)kind;
    (void)len;
    (void)s;
    frames++;
}

Test(checks, of_the_scratch)
{
    struct toy *const t = toy_new();
    const struct file f = toy_lie(t);
    const size_t len = sc_verify_scratch(&toy_machine);
    uint8_t *const scratch = malloc(len + 8);
    struct sc_verified v;
    lie.log = count_frame;
    cr_assert_eq(sc_verify(&v, &toy_machine, &t->profile, t->program.vk, f.bytes, f.len, NULL, len), SOCLE_E_ARG);
    cr_assert_eq(sc_verify(&v, &toy_machine, &t->profile, t->program.vk, f.bytes, f.len, scratch, len - 1), SOCLE_E_ARG);
    cr_assert_eq(sc_verify(&v, &toy_machine, &t->profile, t->program.vk, f.bytes, f.len, scratch + 4, len), SOCLE_E_ARG);
    cr_assert_eq(frames, 0u, "before anything is written there");
    cr_assert_eq(sc_verify(&v, &toy_machine, &t->profile, t->program.vk, f.bytes, f.len, scratch, len), SOCLE_OK);
    free(scratch);
    sc_free(f.bytes);
    toy_destroy(t);
}

Test(checks, of_magic_and_version)
{
    struct toy *const t = toy_new();
    const struct file f = toy_lie(t);
    for (size_t len = 0; len < SC_MAGIC_LEN + 4; len++) {
        uint8_t *const exact = malloc(len + 1); /* whoever reads on, reads elsewhere */
        memcpy(exact, f.bytes, len);
        cr_assert_eq(toy_verify(t, t->program.vk, exact, len), SOCLE_E_FORMAT, "%zu bytes", len);
        free(exact);
    }
    f.bytes[0] ^= 1;
    lie_is_refused(toy_verify(t, t->program.vk, f.bytes, f.len), SOCLE_E_FORMAT, "another magic number");
    f.bytes[0] ^= 1;
    store_le(f.bytes + SC_MAGIC_LEN, SC_PROOF_VERSION + 1, 4);
    lie_is_refused(toy_verify(t, t->program.vk, f.bytes, f.len), SOCLE_E_VERSION, "another version");
    store_le(f.bytes + SC_MAGIC_LEN, SC_PROOF_VERSION, 4);
    f.bytes[SC_PROOF_HEAD_LEN - 1] = SC_KIND_SET;
    lie_is_refused(toy_verify(t, t->program.vk, f.bytes, f.len), SOCLE_E_FORMAT, "a single proof called a set");
    sc_free(f.bytes);
    toy_destroy(t);
}

/* How a proof's profile is found: in bytes of the exact length, so that a sanitizer sees any read behind them. */
Test(checks, of_the_head_of_a_proof_file)
{
    uint8_t head[SC_PROOF_HEAD_LEN];
    const struct sc_profile *profile;
    enum sc_proof_kind kind;
    uint32_t version;
    sc_proof_head(head, sc_profile_shipped(1), SC_KIND_SET);
    cr_assert_eq(sc_proof_head_decode(&profile, &kind, &version, head, sizeof head), SOCLE_OK);
    cr_assert_eq(profile, sc_profile_shipped(1));
    cr_assert_eq(version, SC_PROOF_VERSION);
    cr_assert_eq(kind, SC_KIND_SET);
    for (size_t len = 0; len < sizeof head; len++) {
        uint8_t *const exact = malloc(len + 1);
        memcpy(exact, head, len);
        exact[len] = head[len] ^ 1u; /* read all the same, the head would be another one */
        lie_is_refused(sc_proof_head_decode(&profile, &kind, &version, exact, len), SOCLE_E_FORMAT, "a cut head");
        free(exact);
    }
    head[0] ^= 1;
    lie_is_refused(sc_proof_head_decode(&profile, &kind, &version, head, sizeof head), SOCLE_E_FORMAT, "another magic number of a proof");
    head[0] ^= 1;
    head[SC_MAGIC_LEN] ^= 1;
    lie_is_refused(sc_proof_head_decode(&profile, &kind, &version, head, sizeof head), SOCLE_E_VERSION, "another version of a proof");
    cr_assert_null(profile);
    head[SC_MAGIC_LEN] ^= 1;
    for (unsigned k = 0; k < 256; k++) {
        head[sizeof head - 1] = (uint8_t)k;
        const socle_status want = k == SC_KIND_SINGLE || k == SC_KIND_SET ? SOCLE_OK : SOCLE_E_FORMAT;
        cr_expect_eq(sc_proof_head_decode(&profile, &kind, &version, head, sizeof head), want, "kind %u", k);
        cr_expect(want != SOCLE_OK || (unsigned)kind == k);
    }
    head[sizeof head - 2] ^= 1;
    lie_is_refused(sc_proof_head_decode(&profile, &kind, &version, head, sizeof head), SOCLE_E_VERSION, "an unknown profile");
    cr_assert_null(profile);
}

Test(checks, of_the_key_file)
{
    const uint8_t vk[SC_VK_LEN] = {1, 2, 3};
    uint8_t file[SC_KEY_FILE_LEN + 1] = {0};
    uint8_t out[SC_VK_LEN];
    sc_key_encode(file, vk);
    cr_assert_eq(sc_key_decode(out, file, SC_KEY_FILE_LEN), SOCLE_OK);
    cr_assert_arr_eq(out, vk, sizeof vk);
    for (size_t len = 0; len < sizeof file + 1; len++) {
        if (len != SC_KEY_FILE_LEN) {
            uint8_t *const exact = calloc(1, len + 1);
            memcpy(exact, file, len < sizeof file ? len : sizeof file);
            lie_is_refused(sc_key_decode(out, exact, len), SOCLE_E_FORMAT, "a key file of %zu bytes", len);
            free(exact);
        }
    }
    file[0] ^= 1;
    lie_is_refused(sc_key_decode(out, file, SC_KEY_FILE_LEN), SOCLE_E_FORMAT, "another magic number of a key");
    file[0] ^= 1;
    store_le(file + SC_MAGIC_LEN, SC_PROOF_VERSION + 1, 4);
    lie_is_refused(sc_key_decode(out, file, SC_KEY_FILE_LEN), SOCLE_E_VERSION, "another version of a key");
}

Test(checks, that_the_key_is_the_one_asked_for)
{
    struct toy *const t = toy_new();
    uint8_t vk[SC_VK_LEN];
    memcpy(vk, t->program.vk, sizeof vk);
    rekey(t, 10, TOY_IMAGE_LOG); /* another program, proved honestly under its own key */
    for (unsigned i = 0; i < TOY_ROWS; i++) {
        *toy_cell(t, TOY_STEP, i, 2) = fp_from_u32(10 + i);
    }
    t->w.run.ip_end++;
    const struct file f = toy_lie(t);
    lie_is_refused(toy_verify(t, vk, f.bytes, f.len), SOCLE_E_VERSION, "the run of another program");
    sc_free(f.bytes);
    toy_destroy(t);
}

static void two_segments(enum sc_label label, unsigned nth, uint8_t *bytes, size_t len)
{
    (void)nth;
    (void)len;
    if (label == SC_L_HEAD_RUN) {
        store_le(bytes, 2, 4);
    }
}

static void second_segment(enum sc_label label, unsigned nth, uint8_t *bytes, size_t len)
{
    (void)nth;
    (void)len;
    if (label == SC_L_HEAD_RUN) {
        store_le(bytes + 4, 1, 4);
    }
}

Test(checks, of_segments)
{
    struct toy *const t = toy_new();
    lie.message = two_segments;
    lie_is_refused(lie_answer(t), SOCLE_E_FORMAT, "one of two segments");
    lie.message = second_segment;
    lie_is_refused(lie_answer(t), SOCLE_E_FORMAT, "the second of one segment");
    toy_destroy(t);
}

Test(checks, of_the_end_of_time)
{
    struct toy *const t = toy_new();
    end_at(t, 8);
    cr_assert_eq(lie_answer(t), SOCLE_OK, "the least");
    end_at(t, SC_TS_LIMIT - 4);
    cr_assert_eq(lie_answer(t), SOCLE_OK, "the greatest");
    end_at(t, 4);
    lie_is_refused(lie_answer(t), SOCLE_E_LIMIT, "ts_end < 8");
    end_at(t, SC_TS_LIMIT);
    lie_is_refused(lie_answer(t), SOCLE_E_LIMIT, "ts_end of 2^27");
    end_at(t, 10);
    lie_is_refused(lie_answer(t), SOCLE_E_LIMIT, "ts_end not a multiple of 4");
    toy_destroy(t);
}

/* The same residues, written plus p. */
Test(checks, that_public_values_are_canonical_and_in_range)
{
    struct toy *const t = toy_new();
    const struct sc_head_run right = t->w.run;
    t->w.run.ip_end += FP_P;
    lie_is_refused(lie_answer(t), SOCLE_E_LIMIT, "ip_end + p");
    t->w.run = right;
    t->w.run.last_ram += FP_P;
    lie_is_refused(lie_answer(t), SOCLE_E_LIMIT, "last key of RAM + p");
    t->w.run = right;
    t->w.run.last_input += FP_P;
    lie_is_refused(lie_answer(t), SOCLE_E_LIMIT, "last key of input + p");
    t->w.run = right;
    rekey(t, 9 + FP_P, TOY_IMAGE_LOG);
    lie_is_refused(lie_answer(t), SOCLE_E_LIMIT, "entry + p");
    toy_destroy(t);
}

/* A proof with so much output would be a file of 4 GiB: the limits by themselves. */
Test(checks, of_the_longest_output_and_of_the_images_height)
{
    struct toy *const t = toy_new();
    struct sc_head_run run = t->w.run;
    struct sc_head_image image = t->program.head;
    run.output_len = SC_OUTPUT_MAX;
    cr_assert(sc_limits_hold(&toy_machine, &image, &run, &t->w.shape));
    run.output_len++;
    cr_assert_not(sc_limits_hold(&toy_machine, &image, &run, &t->w.shape));
    image.log_h++;
    cr_assert_not(sc_limits_hold(&toy_machine, &image, &t->w.run, &t->w.shape), "the shape has another one");
    toy_destroy(t);
}

/* --- shapes ---------------------------------------------------------------------------------------------------------- */

Test(checks, of_chunks, .timeout = 100)
{
    static const struct {
        unsigned table, n, h[3];
        const char *what;
    } lies[] = {
        {TOY_ENDS, 1, {3}, "a chunk of 2^3 rows"},
        {TOY_STEP, 2, {6, 6}, "two chunks of equal height"},
        {TOY_STEP, 2, {6, 7}, "the smaller chunk first"},
        {TOY_STEP, 3, {6, 6, 4}, "equal heights, the third two below"},
        {TOY_STEP, 3, {6, 5, 5}, "the third as high as the second"},
        {TOY_STEP, 3, {5, 4, 6}, "the largest last"},
        {TOY_INDEX, 2, {6, 5}, "a second chunk of a lookup table"},
        {TOY_INDEX, 1, {7}, "a lookup table of another height"},
    };
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        struct toy *const t = toy_new();
        reshape(t, lies[i].table, lies[i].n, lies[i].h[0], lies[i].h[1], lies[i].h[2]);
        lie_is_refused(lie_answer(t), SOCLE_E_LIMIT, "%s", lies[i].what);
        toy_destroy(t);
    }
    struct toy *const t = toy_new();
    reshape(t, TOY_STEP, 2, 7, 4, 0);
    cr_assert_eq(lie_answer(t), SOCLE_OK, "another legal list");
    toy_destroy(t);
}

Test(checks, of_lists_that_no_prover_can_fill)
{
    cr_assert_not(sc_chunks_valid((const uint8_t[]){8, 7, 6, 5, 4}, 5));
    cr_assert_not(sc_chunks_valid((const uint8_t[]){SC_MAX_LOG_CELLS + 1}, 1));
    struct toy *const t = toy_new();
    struct sc_shape s = t->w.shape;
    s.image_log_h = 0;
    cr_assert_not(sc_shape_valid(&toy_machine, &s));
    s.image_log_h = SC_MAX_LOG_CELLS + 1;
    cr_assert_not(sc_shape_valid(&toy_machine, &s));
    toy_destroy(t);
}

Test(checks, of_sizes_that_a_layout_can_hold)
{
    struct toy *const t = toy_new();
    struct sc_shape s = t->w.shape;
    struct sc_layout *const l = malloc(sizeof *l);
    cr_assert(sc_layout(l, &toy_machine, &s));
    s.n_chunks[TOY_ENDS] = 1; /* 7 columns, 3 interactions */
    s.log_h[TOY_ENDS][0] = 27;
    cr_assert(sc_layout(l, &toy_machine, &s));
    s.log_h[TOY_ENDS][0] = 28;
    cr_assert_not(sc_layout(l, &toy_machine, &s), "cells");
    s = t->w.shape;
    s.n_chunks[TOY_STEP] = 1;
    s.log_h[TOY_STEP][0] = 27;
    cr_assert(sc_layout(l, &toy_machine, &s));
    s.image_log_h = 29; /* 4 2^27 + 2^29 leaves and some */
    cr_assert_not(sc_layout(l, &toy_machine, &s), "leaves");
    const uint16_t uses = toy_tables[TOY_ENDS].n_uses;
    toy_tables[TOY_ENDS].n_uses = 0;
    cr_assert_not(sc_layout(l, &toy_machine, &t->w.shape), "a table on no bus");
    toy_tables[TOY_ENDS].n_uses = uses;
    toy_tables[TOY_IMAGE].n_uses = 0;
    cr_assert_not(sc_layout(l, &toy_machine, &t->w.shape), "an image on no bus");
    toy_tables[TOY_IMAGE].n_uses = 1;
    free(l);
    toy_destroy(t);
}

static void five_chunks(enum sc_label label, unsigned nth, uint8_t *bytes, size_t len)
{
    if (label == SC_L_HEAD_SHAPE && nth == 0 && len == 1) {
        bytes[0] = AIR_MAX_CHUNKS + 1;
    }
}

Test(checks, of_a_list_longer_than_its_place)
{
    struct toy *const t = toy_new();
    lie.message = five_chunks;
    lie_is_refused(lie_answer(t), SOCLE_E_FORMAT, "five chunks");
    toy_destroy(t);
}

static void tall_ends(enum sc_label label, unsigned nth, uint8_t *bytes, size_t len)
{
    if (label == SC_L_HEAD_SHAPE && nth == 2 * TOY_ENDS + 1 && len == 1) {
        bytes[0] = 28;
    }
}

Test(checks, that_a_shape_has_a_layout)
{
    struct toy *const t = toy_new();
    lie.message = tall_ends;
    lie_is_refused(lie_answer(t), SOCLE_E_LIMIT, "7 2^28 cells");
    toy_destroy(t);
}

Test(checks, of_the_least_height_of_the_image)
{
    struct toy *const t = toy_new();
    rekey(t, 9, SC_IMAGE_MIN_LOG_H - 1);
    t->w.shape.image_log_h = SC_IMAGE_MIN_LOG_H - 1;
    reshape(t, TOY_ENDS, 1, 4, 0, 0);
    lie_is_refused(lie_answer(t), SOCLE_E_LIMIT, "an image of 2^7 rows");
    toy_destroy(t);
}

/* A profile that ends at 2^16, and a prover who has schedules beyond. */
Test(checks, that_sizes_are_within_the_profile, .timeout = 100)
{
    struct toy *t = toy_new();
    struct sc_profile small = t->profile;
    small.max_m0 = 16;
    lie.one_digest = true;
    regenerate(t, TOY_IMAGE_LOG, (size_t)1 << 16);
    reshape(t, TOY_STEP, 1, 14, 0, 0);
    cr_assert_eq(t->layout.m0, 17);
    struct file f = toy_lie(t);
    cr_assert_eq(toy_verify(t, t->program.vk, f.bytes, f.len), SOCLE_OK);
    const struct sc_profile full = t->profile;
    t->profile = small;
    lie_is_refused(toy_verify(t, t->program.vk, f.bytes, f.len), SOCLE_E_LIMIT, "more cells than the profile has schedules for");
    sc_free(f.bytes);
    t->profile = full;
    toy_destroy(t);
    t = toy_new();
    regenerate(t, 17, (size_t)1 << 17);
    f = toy_lie(t);
    cr_assert_eq(toy_verify(t, t->program.vk, f.bytes, f.len), SOCLE_OK);
    t->profile = small;
    lie_is_refused(toy_verify(t, t->program.vk, f.bytes, f.len), SOCLE_E_LIMIT, "a larger image than the profile has schedules for");
    sc_free(f.bytes);
    toy_end(t, (size_t)1 << 17);
}

/* Samples of a committed polynomial belong before the opening, and nobody draws them for main and image. */
Test(checks, that_only_boundary_schedules_begin_with_samples, .timeout = 100)
{
    struct toy *const t = toy_new();
    lie.one_digest = true;
    regenerate(t, TOY_IMAGE_LOG, (size_t)1 << SC_MIN_LOG_CELLS);
    struct file f = toy_lie(t);
    cr_assert_eq(toy_verify(t, t->program.vk, f.bytes, f.len), SOCLE_OK);
    uint8_t *const samples[] = {&t->profile.main[t->layout.m0].r[0].ood, &t->profile.image[t->program.vars].r[0].ood};
    for (unsigned i = 0; i < 2; i++) {
        *samples[i] = 1;
        lie_is_refused(toy_verify(t, t->program.vk, f.bytes, f.len), SOCLE_E_LIMIT, "samples before the opening that nobody drew");
        *samples[i] = 0;
    }
    sc_free(f.bytes);
    toy_destroy(t);
}

/* A schedule of another size under this one's number: polynomial and claims padded with zeros. */
Test(checks, that_the_schedule_is_for_the_size, .timeout = 100)
{
    struct toy *t = toy_new();
    t->profile.main[16] = t->profile.main[17];
    regenerate(t, TOY_IMAGE_LOG, (size_t)1 << 16);
    fp *const longer = sc_big_alloc(sizeof(fp) << 17);
    memcpy(longer, t->cells, sizeof(fp) << 16);
    t->w.cells = longer;
    lie_is_refused(lie_answer(t), SOCLE_E_LIMIT, "the schedule of 2^17 cells");
    sc_big_free(longer, sizeof(fp) << 17);
    toy_destroy(t);
    t = toy_new();
    t->profile.image[16] = t->profile.image[17];
    regenerate(t, TOY_IMAGE_LOG, (size_t)1 << 17);
    lie_is_refused(lie_answer(t), SOCLE_E_LIMIT, "the schedule of an image of 2^17 cells");
    toy_end(t, (size_t)1 << 17);
}

/* Bytes left over are refused at the end as well; this check keeps a verifier from hashing gigabytes before. */
Test(checks, of_the_length_before_anything_is_computed)
{
    struct toy *const t = toy_new();
    const struct file f = toy_lie(t);
    const size_t more = (size_t)1 << 20;
    uint8_t *const longer = calloc(1, f.len + more);
    memcpy(longer, f.bytes, f.len);
    lie.log = count_frame;
    lie_is_refused(toy_verify(t, t->program.vk, longer, f.len + 1), SOCLE_E_FORMAT, "a byte left over");
    cr_assert_gt(frames, 100u);
    frames = 0;
    cr_assert_eq(toy_verify(t, t->program.vk, longer, f.len + more), SOCLE_E_FORMAT);
    cr_assert_eq(frames, 4u + 2 * TOY_IMAGE, "heads and no more");
    free(longer);
    sc_free(f.bytes);
    toy_destroy(t);
}

/* --- the argument ---------------------------------------------------------------------------------------------------- */

static void grinding_everywhere(struct toy *t)
{
    for (unsigned i = 0; i < SC_WHIR_MAX_ROUNDS; i++) {
        t->profile.main[16].r[i].gq = t->profile.main[16].r[i].gf = 2;
        t->profile.image[16].r[i].gq = t->profile.image[16].r[i].gf = 2;
    }
    regenerate(t, TOY_IMAGE_LOG, (size_t)1 << 16);
}

Test(checks, of_work)
{
    struct toy *const t = toy_new();
    struct sc_tr tr;
    grinding_everywhere(t);
    cr_assert_eq(lie_answer(t), SOCLE_OK);
    lie.lazy = SC_L_LOGUP_POW;
    lie_is_refused(lie_answer(t), SOCLE_E_REJECT, "no work before alpha");
    lie.lazy = SC_L_WHIR_FOLD_POW;
    lie_is_refused(lie_answer(t), SOCLE_E_REJECT, "no work before folds");
    lie.lazy = SC_L_WHIR_QUERY_POW;
    lie_is_refused(lie_answer(t), SOCLE_E_REJECT, "no work before queries");
    sc_tr_init(&tr);
    cr_assert_not(sc_tr_grind(&tr, SC_L_LOGUP_POW, 64, 0), "more bits than the word has");
    toy_destroy(t);
}

Test(checks, of_the_root)
{
    struct toy *const t = toy_new();
    t->output[0] ^= 0x40;
    lie_is_refused(lie_answer(t), SOCLE_E_REJECT, "output that the run did not write");
    toy_destroy(t);
}

/* A tree of one layer through a channel of hand-made bytes. */
static socle_status tree_answer(const fx sent[6], struct sc_fraction terms)
{
    uint8_t bytes[4 * FX_DEG * 6];
    struct sc_vch ch;
    struct sc_leaf_claim leaf[2];
    struct sc_fraction global;
    sc_fx_encode(bytes, sent, 6);
    sc_tr_init(&ch.tr);
    ch.rd = rd_view(bytes, sizeof bytes);
    return sc_gkr_verify(&ch, leaf, &global, (const unsigned[]){1, 0}, terms);
}

Test(checks, of_denominators)
{
    const fx one = FX_ONE, zero = FX_ZERO;
    const fx right[6] = {zero, one, one, fx_neg(one), one, one};
    const fx none[6] = {zero, zero, zero, zero, zero, zero};
    cr_assert_eq(tree_answer(right, (struct sc_fraction){zero, one}), SOCLE_OK);
    lie_is_refused(tree_answer(none, (struct sc_fraction){one, one}), SOCLE_E_REJECT, "root 0/0 beside terms that do not vanish");
    lie_is_refused(tree_answer(right, (struct sc_fraction){zero, zero}), SOCLE_E_REJECT, "public terms 0/0");
}

static void line_is_zero(enum sc_label label, fx *out, size_t n)
{
    if (label == SC_L_GKR_LINE && n == 1) {
        *out = FX_ZERO;
    }
}

/* With rho = 0 the claim says nothing about t(1), and inv(0) = 0 would make the verifier forget the claim. The challenges of the
 * line are made zero here, which no prover can do but with probability 2^-154. The lie: layer 1 is (1, 1), (0, 0), sent as others. */
Test(checks, of_a_zero_coordinate)
{
    const struct sc_fraction terms = {FX_ZERO, FX_ONE};
    const fx root[2] = {FX_ZERO, FX_ONE};
    const fx one = FX_ONE, zero = FX_ZERO;
    const fx told[4] = {one, fx_neg(one), one, one}; /* 1/1 - 1/1: not what lies below */
    const fx leaves[8] = {one, zero, zero, zero, one, zero, one, zero}; /* p, then q; children of node i are i and i + 2 */
    struct sc_pch p;
    struct sc_vch v;
    struct sc_leaf_claim leaf[2];
    struct sc_fraction global;
    fx mu, c, line, t[3], end[4];
    lie.challenge = line_is_zero;
    sc_pch_init(&p, NULL);
    sc_send_fx(&p, SC_L_GKR_ROOT, root, 2);
    sc_tr_challenge(&p.tr, SC_L_GKR_MIX, &mu, 1);
    sc_send_fx(&p, SC_L_GKR_CLAIMS, told, 4);
    sc_tr_challenge(&p.tr, SC_L_GKR_LINE, &line, 1);
    sc_tr_challenge(&p.tr, SC_L_GKR_MIX, &mu, 1);
    for (unsigned x = 0; x < 3; x++) {
        const fx at = fx_from_fp(fp_from_u32(x));
        for (unsigned k = 0; k < 4; k++) {
            end[k] = fx_add(leaves[2 * k], fx_mul(at, fx_sub(leaves[2 * k + 1], leaves[2 * k])));
        }
        t[x] = fx_add(fx_add(fx_mul(end[0], end[3]), fx_mul(end[1], end[2])), fx_mul(mu, fx_mul(end[2], end[3])));
    }
    const fx sent[2] = {t[0], t[2]};
    cr_assert(fx_is_zero(t[1]));
    sc_send_fx(&p, SC_L_GKR_T, sent, 2);
    sc_tr_challenge(&p.tr, SC_L_GKR_ROUND, &c, 1);
    for (unsigned k = 0; k < 4; k++) {
        end[k] = fx_add(leaves[2 * k], fx_mul(c, fx_sub(leaves[2 * k + 1], leaves[2 * k])));
    }
    sc_send_fx(&p, SC_L_GKR_CLAIMS, end, 4);
    sc_tr_init(&v.tr);
    v.rd = rd_view(p.buf, p.len);
    lie_is_refused(sc_gkr_verify(&v, leaf, &global, (const unsigned[]){2, 0}, terms), SOCLE_E_REJECT, "a claim about a layer, forgotten at rho = 0");
    sc_pch_fini(&p);
}

Test(checks, of_laws)
{
    struct toy *const t = toy_new();
    *toy_cell(t, TOY_STEP, 5, 5) = *toy_cell(t, TOY_SQUARE, 5, 2) = fp_from_u32(77); /* the bus balances */
    lie_is_refused(lie_answer(t), SOCLE_E_REJECT, "35^2 = 77");
    toy_destroy(t);
}

static fp *other_cell;

/* After the commitment: from here on another polynomial, with the same columns. */
static void another_polynomial(enum sc_label label, unsigned nth, uint8_t *bytes, size_t len)
{
    (void)nth;
    (void)bytes;
    (void)len;
    if (label == SC_L_GKR_ROOT) {
        *other_cell = FP_ONE;
    }
}

Test(checks, of_both_openings)
{
    struct toy *const t = toy_new();
    lie.message = another_polynomial;
    other_cell = t->cells + ((size_t)1 << t->layout.m0) - 1;
    lie_is_refused(lie_answer(t), SOCLE_E_REJECT, "a main polynomial that was not committed");
    *other_cell = FP_ZERO;
    other_cell = t->image + ((size_t)1 << SC_MIN_LOG_CELLS) - 1;
    lie_is_refused(lie_answer(t), SOCLE_E_REJECT, "an image that was not committed");
    toy_destroy(t);
}

/* --- encodings ------------------------------------------------------------------------------------------------------- */

static enum sc_label target;

static void first_residue_is_p(enum sc_label label, unsigned nth, uint8_t *bytes, size_t len)
{
    if (label == target && nth == 0 && len) {
        store_le(bytes, FP_P, 4);
    }
}

static void zeros_are_p(enum sc_label label, unsigned nth, uint8_t *bytes, size_t len)
{
    (void)nth;
    if (label == target) {
        lie_zero_as_p(bytes, len);
    }
}

Test(checks, that_residues_of_messages_are_canonical)
{
    static const enum sc_label labels[] = {SC_L_GKR_ROOT, SC_L_GKR_T, SC_L_GKR_CLAIMS, SC_L_ZERO_T, SC_L_COLUMNS,
                                           SC_L_WHIR_ROUND, SC_L_WHIR_OOD_ANS, SC_L_WHIR_FINAL, SC_L_WHIR_OPEN};
    struct toy *const t = toy_new();
    target = SC_L_COLUMNS;
    lie.message = zeros_are_p; /* the value of the image's column, which is 0 everywhere */
    lie_is_refused(lie_answer(t), SOCLE_E_FORMAT, "0 written as p");
    lie.message = first_residue_is_p;
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        target = labels[i];
        /* a leaf's hash comes before its decoding */
        lie_is_refused(lie_answer(t), target == SC_L_WHIR_OPEN ? SOCLE_E_REJECT : SOCLE_E_FORMAT, "p under label %u", target);
    }
    toy_destroy(t);
}

/* Where each message begins in the body of a proof. */
static struct {
    size_t at[4096];
    unsigned n;
} starts;

static void keep_start(enum sc_label label, unsigned nth, uint8_t *bytes, size_t len)
{
    (void)label;
    (void)nth;
    (void)bytes;
    (void)len;
    cr_assert_lt(starts.n, 4096u);
    starts.at[starts.n++] = lie.body;
}

Test(checks, that_every_message_is_there, .timeout = 100)
{
    struct toy *const t = toy_new();
    lie.message = keep_start;
    const struct file f = toy_lie(t);
    const size_t head = f.len - lie.body;
    cr_assert_eq(toy_verify(t, t->program.vk, f.bytes, f.len), SOCLE_OK);
    for (unsigned i = 0; i <= starts.n; i++) {
        const size_t end = i < starts.n ? starts.at[i] : lie.body;
        for (size_t cut = 1; cut <= 9 && cut <= end; cut += 4) {
            const size_t len = head + end - cut;
            uint8_t *const exact = malloc(len);
            memcpy(exact, f.bytes, len);
            cr_assert_eq(toy_verify(t, t->program.vk, exact, len), SOCLE_E_FORMAT, "cut to %zu of %zu", len, f.len);
            free(exact);
        }
    }
    sc_free(f.bytes);
    toy_destroy(t);
}

Test(checks, that_a_reader_that_failed_gives_nothing_more)
{
    const uint8_t bytes[3] = {1, 2, 3}, *out;
    struct sc_vch ch = {.rd = rd_view(bytes, sizeof bytes)};
    sc_tr_init(&ch.tr);
    cr_assert_eq(sc_recv_bytes(&ch, SC_L_OUTPUT, &out, 4), SOCLE_E_FORMAT);
    cr_assert_null(out);
    cr_assert_eq(sc_recv_bytes(&ch, SC_L_OUTPUT, &out, 0), SOCLE_E_FORMAT);
    cr_assert_null(out);
}
