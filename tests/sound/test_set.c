/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The global part of a set of proofs, made by hand from docs/spec/proof.md: the verifier makes the same frames, and refuses what no
 * set may have. The proofs behind it are not made here: an answer E_FORMAT "at the first proof" means that all before was accepted.
 */
#include "core/proof/set.h"
#include "core/verify/verify.h"
#include "host/sys/mem.h"
#include "tests/sound/lie.h"
#include "tests/sound/set_scene.h"

#include <criterion/criterion.h>

enum { MAX_LOG = 4096, KIND_ABSORB = 0, KIND_CHALLENGE = 1, KIND_GRIND = 3 };

/* --- logs ------------------------------------------------------------------------------------------------------------ */

struct entry {
    uint8_t label, kind;
    uint64_t len;
    uint8_t s[32];
};

static struct {
    unsigned n; /* all, of which the first MAX_LOG are kept */
    struct entry e[MAX_LOG];
} frames;

static void record(void *arg, uint8_t label, uint8_t kind, uint64_t len, const uint8_t s[32])
{
    (void)arg;
    if (frames.n < MAX_LOG) {
        struct entry *const e = &frames.e[frames.n];
        e->label = label;
        e->kind = kind;
        e->len = len;
        memcpy(e->s, s, 32);
    }
    frames.n++;
}

static socle_status verify(const struct scene *s, size_t len)
{
    struct sc_verified out;
    const size_t size = sc_verify_scratch(&sc_machine_rv64im);
    void *const scratch = malloc(size);
    frames.n = 0;
    lie.log = record;
    const socle_status st = sc_verify_set(&out, &sc_machine_rv64im, &s->profile, s->vk, s->file, len, scratch, size);
    lie.log = NULL;
    free(scratch);
    cr_assert(st == SOCLE_OK || (out.output == NULL && out.n_segments == 0));
    return st;
}

static bool saw(enum sc_label label)
{
    for (unsigned i = 0; i < frames.n && i < MAX_LOG; i++) {
        if (frames.e[i].label == label) {
            return true;
        }
    }
    return false;
}

/* The heads are accepted: the verifier comes to the first proof, which is not there. */
static void expect_accepted(struct scene *s, const char *what)
{
    scene_make(s, NULL, 0);
    cr_expect_eq(verify(s, s->len), SOCLE_E_FORMAT, "%s", what);
    cr_expect(saw(SC_L_SET) || frames.n > MAX_LOG, "%s: refused before the first proof", what);
}

/* They are not, and nothing of label @p before or later has been looked at. */
static void expect_refused(struct scene *s, socle_status want, enum sc_label before, const char *what)
{
    scene_make(s, NULL, 0);
    const socle_status st = verify(s, s->len);
    const bool late = saw(before) || saw(SC_L_SET);
    if (late) {
        fprintf(stderr, "LIE ACCEPTED: %s\n", what); /* for tools/mutate.py: what comes later is not there */
    }
    cr_expect_eq(st, want, "%s: %d", what, st);
    cr_expect_not(late, "%s: refused too late", what);
}

/* --- frames ---------------------------------------------------------------------------------------------------------- */

static void frame(unsigned *at, enum sc_label label, unsigned kind, uint64_t len)
{
    const struct entry *const e = &frames.e[*at];
    cr_assert(*at < frames.n && e->label == label && e->kind == kind && e->len == len, "frame %u: label %u kind %u length %u, not %u %u %u", *at,
              e->label, e->kind, (unsigned)e->len, label, kind, (unsigned)len);
    (*at)++;
}

Test(set, frames_are_those_of_the_specification)
{
    struct scene *const s = scene_new(3);
    unsigned at = 0;
    memcpy(s->list[2], (const uint8_t[]){3, 13, 12, 11}, 4); /* 2^18 cells */
    s->profile.boundary[16].r[0].ood = 0;                     /* of proofs 0, 1 and 3: no frames */
    scene_make(s, NULL, 0);
    cr_assert_eq(verify(s, s->len), SOCLE_E_FORMAT);
    frame(&at, SC_L_SET_SEED, KIND_ABSORB, 9 + 4 + 32 + 32);
    frame(&at, SC_L_SET_IMAGE, KIND_ABSORB, 4 + 1 + 32);
    frame(&at, SC_L_SET_VK, KIND_ABSORB, 32);
    frame(&at, SC_L_SET_SIZE, KIND_ABSORB, 4 + 8);
    frame(&at, SC_L_SET_RUN, KIND_ABSORB, 3 * 12 + 8);
    frame(&at, SC_L_SET_OUTPUT, KIND_ABSORB, 11);
    for (unsigned i = 0; i < 4; i++) {
        frame(&at, SC_L_SET_SHAPE, KIND_ABSORB, 1);
        frame(&at, SC_L_SET_SHAPE, KIND_ABSORB, i == 2 ? 3 : 1);
    }
    for (unsigned i = 0; i < 4; i++) {
        frame(&at, SC_L_SET_ROOT, KIND_ABSORB, 32);
    }
    cr_assert_eq(s->profile.boundary[18].r[0].ood, 2);
    frame(&at, SC_L_SET_OOD, KIND_CHALLENGE, 8);
    frame(&at, SC_L_SET_OOD_ANS, KIND_ABSORB, 2 * 20);
    frame(&at, SC_L_SET_POW, KIND_GRIND, 16);
    frame(&at, SC_L_SET_ALPHA, KIND_CHALLENGE, 8);
    frame(&at, SC_L_SET_BETA, KIND_CHALLENGE, 8);
    /* the state is that of whoever made the heads; the first proof begins anew and binds it */
    cr_assert_arr_eq(frames.e[at - 1].s, s->digest, 32);
    struct sc_tr tr;
    uint8_t text[SC_SEED_LEN], bind[36];
    sc_tr_init(&tr);
    sc_seed(text, &sc_machine_rv64im, &s->profile);
    sc_tr_absorb(&tr, SC_L_SEED, text, sizeof text);
    frame(&at, SC_L_SEED, KIND_ABSORB, 11 + 4 + 32 + 32);
    cr_assert_arr_eq(frames.e[at - 1].s, tr.s, 32);
    memcpy(bind, s->digest, 32);
    memset(bind + 32, 0, 4);
    sc_tr_absorb(&tr, SC_L_SET, bind, sizeof bind);
    frame(&at, SC_L_SET, KIND_ABSORB, 36);
    cr_assert_arr_eq(frames.e[at - 1].s, tr.s, 32);
    cr_assert_eq(at, frames.n);
    scene_free(s);
}

/* Each part of the fixed messages, by the bytes of the specification. */
Test(set, heads_are_encoded_as_written)
{
    const struct sc_profile *const p = sc_profile_default();
    uint8_t out[SC_SET_SEED_LEN], want[SC_SET_SEED_LEN] = "socle set";
    sc_set_seed(out, &sc_machine_rv64im, p);
    store_le(want + 9, SC_PROOF_VERSION, 4);
    sc_profile_digest(want + 13, p);
    memcpy(want + 45, sc_machine_digest, 32);
    cr_expect_arr_eq(out, want, sizeof want);
    const uint8_t digest[32] = {9, 8, 7};
    sc_set_bind(out, digest, 0x01020304);
    cr_expect(memcmp(out, digest, 32) == 0 && memcmp(out + 32, "\4\3\2\1", 4) == 0);
    sc_set_size_encode(out, 0x1122, UINT64_C(0x0102030405060708));
    cr_expect_arr_eq(out, "\x22\x11\0\0\x08\7\6\5\4\3\2\1", 12);
    const struct sc_set_segment g = {0x11, 0x2233, 0x445566};
    struct sc_set_segment back;
    sc_set_segment_encode(out, &g);
    cr_expect_arr_eq(out, "\x11\0\0\0\x33\x22\0\0\x66\x55\x44\0", 12);
    sc_set_segment_decode(&back, out);
    cr_expect(back.ip_in == g.ip_in && back.ip_out == g.ip_out && back.ts_end == g.ts_end);
}

/* --- refusals -------------------------------------------------------------------------------------------------------- */

Test(set, has_from_2_to_65535_segments)
{
    const uint32_t bad[] = {0, 1, 65536, 1u << 31, UINT32_MAX};
    struct scene *s = scene_new(2);
    expect_accepted(s, "two segments");
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        scene_make(s, NULL, 0);
        store_le(s->file + SC_PROOF_HEAD_LEN + SC_HEAD_IMAGE_LEN, bad[i], 4);
        cr_expect_eq(verify(s, s->len), SOCLE_E_FORMAT, "%u segments", bad[i]);
        cr_expect_not(saw(SC_L_SET_RUN), "%u segments", bad[i]);
    }
    scene_free(s);
    s = scene_new(1);
    expect_refused(s, SOCLE_E_FORMAT, SC_L_SET_RUN, "a set of one segment");
    scene_free(s);
    s = scene_new(65536);
    expect_refused(s, SOCLE_E_FORMAT, SC_L_SET_RUN, "65536 segments");
    scene_free(s);
    s = scene_new(65535);
    expect_accepted(s, "65535 segments");
    scene_free(s);
}

Test(set, is_about_the_program_asked_for)
{
    struct scene *const s = scene_new(2);
    scene_make(s, NULL, 0);
    s->vk[31] ^= 1;
    lie_is_refused(verify(s, s->len), SOCLE_E_VERSION, "another program");
    cr_expect_not(saw(SC_L_SET_SIZE));
    s->image.log_h = 7;
    expect_refused(s, SOCLE_E_LIMIT, SC_L_SET_SIZE, "an image of 2^7 rows");
    s->image.log_h = 28;
    expect_refused(s, SOCLE_E_LIMIT, SC_L_SET_SIZE, "an image of 2^28 rows");
    s->image.log_h = 27;
    expect_accepted(s, "an image of 2^27 rows");
    s->image.entry = s->segment[0].ip_in = 1u << 30;
    expect_refused(s, SOCLE_E_LIMIT, SC_L_SET_SIZE, "an entry point of 2^32");
    scene_free(s);
}

Test(set, segments_follow_each_other_from_the_entry_point)
{
    struct scene *const s = scene_new(4);
    s->segment[0].ip_in++;
    expect_refused(s, SOCLE_E_REJECT, SC_L_SET_OUTPUT, "a run that does not begin at the entry point");
    s->segment[0].ip_in--;
    for (unsigned i = 1; i < 4; i++) {
        s->segment[i].ip_in++;
        expect_refused(s, SOCLE_E_REJECT, SC_L_SET_OUTPUT, "a segment that does not begin where the one before ended");
        s->segment[i].ip_in--;
    }
    s->segment[1].ip_out++;
    expect_refused(s, SOCLE_E_REJECT, SC_L_SET_OUTPUT, "a segment that ends elsewhere than the next begins");
    s->segment[1].ip_out--;
    s->segment[3].ip_out = 12345;
    expect_accepted(s, "any last address, which the halted state shows");
    scene_free(s);
}

Test(set, ends_and_keys_are_within_the_limits_of_a_single_proof)
{
    const uint32_t bad_ts[] = {0, 4, 9, 10, 11, 1u << 27, (1u << 27) + 4, UINT32_MAX - 3};
    struct scene *const s = scene_new(3);
    for (unsigned k = 0; k < 3; k++) {
        const uint32_t ts_end = s->segment[k].ts_end;
        for (unsigned i = 0; i < sizeof bad_ts / sizeof bad_ts[0]; i++) {
            s->segment[k].ts_end = bad_ts[i];
            expect_refused(s, SOCLE_E_LIMIT, SC_L_SET_OUTPUT, "an end that no segment has");
        }
        s->segment[k].ts_end = (1u << 27) - 4;
        expect_accepted(s, "the last stamp");
        s->segment[k].ts_end = ts_end;
    }
    s->segment[2].ip_out = FP_P;
    expect_refused(s, SOCLE_E_LIMIT, SC_L_SET_OUTPUT, "an address that is no residue");
    s->segment[2].ip_out = FP_P - 1;
    s->last_ram = 1u << 29;
    expect_refused(s, SOCLE_E_LIMIT, SC_L_SET_OUTPUT, "a key behind RAM");
    s->last_ram--;
    s->last_input = 1u << 29;
    expect_refused(s, SOCLE_E_LIMIT, SC_L_SET_OUTPUT, "a key behind the input");
    s->last_input--;
    expect_accepted(s, "the last keys");
    s->output_len = (UINT64_C(1) << 32) - 7;
    expect_refused(s, SOCLE_E_LIMIT, SC_L_SET_OUTPUT, "an output that is too long");
    scene_free(s);
}

Test(set, lists_of_boundary_are_bounded_before_they_are_used)
{
    static const uint8_t bad[][1 + AIR_MAX_CHUNKS] = {{0},         {1, 3},     {1, 0},         {1, 27},     {1, 30},        {1, 31},       {1, 64},
                                                      {1, 255},    {2, 8, 8},  {2, 5, 8},      {2, 7, 8},   {2, 26, 25},    {3, 8, 5, 7},  {3, 6, 8, 5},
                                                      {3, 8, 7, 7}, {2, 5, 3}, {3, 6, 5, 255}, {2, 64, 63}, {2, 255, 254}, {4, 8, 7, 5, 5}, {4, 7, 6, 5, 3}};
    struct scene *const s = scene_new(3);
    for (unsigned k = 0; k < 4; k++) {
        uint8_t good[sizeof bad[0]];
        memcpy(good, s->list[k], sizeof good);
        for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
            memcpy(s->list[k], bad[i], sizeof bad[i]);
            s->short_of_roots = true; /* no schedule says how to go on */
            scene_make(s, NULL, 0);
            lie_is_refused(verify(s, s->len), SOCLE_E_LIMIT, "list %u of BOUNDARY in proof %u", i, k);
            cr_expect_not(saw(SC_L_SET_ROOT));
        }
        memcpy(s->list[k], good, sizeof good);
    }
    s->list[1][0] = 5;
    expect_refused(s, SOCLE_E_FORMAT, SC_L_SET_ROOT, "five chunks");
    s->short_of_roots = false;
    memcpy(s->list[1], (const uint8_t[]){1, 12}, 2);
    expect_accepted(s, "2^16 cells");
    s->list[1][1] = 13;
    expect_accepted(s, "2^17 cells");
    s->profile.max_m0 = 16;
    expect_refused(s, SOCLE_E_LIMIT, SC_L_SET_ROOT, "2^17 cells where the profile ends at 2^16");
    s->profile.max_m0 = 30;
    const struct sc_whir_params own = s->profile.boundary[17];
    s->profile.boundary[17] = s->profile.boundary[18];
    expect_refused(s, SOCLE_E_LIMIT, SC_L_SET_ROOT, "the schedule of 2^18 cells for 2^17");
    s->profile.boundary[17] = own;
    lie.one_digest = true;
    scene_make(s, NULL, 0);
    s->profile.boundary[17].r[0].ood = SC_WHIR_MAX_OOD + 1;
    lie_is_refused(verify(s, s->len), SOCLE_E_LIMIT, "a schedule that no verifier can run");
    cr_expect_not(saw(SC_L_SET_ROOT));
    scene_free(s);
}

/* Four terms on BND a row: with 2^28 rows the counts of a tuple could pass p together. */
Test(set, has_fewer_than_2_28_rows_of_boundary)
{
    struct scene *const s = scene_new(4);
    for (unsigned i = 0; i < 4; i++) {
        memcpy(s->list[i], (const uint8_t[]){1, 26}, 2);
    }
    expect_refused(s, SOCLE_E_LIMIT, SC_L_SET_ROOT, "2^28 rows of BOUNDARY and some");
    memcpy(s->list[3], (const uint8_t[]){2, 25, 24}, 3);
    expect_accepted(s, "15/16 of 2^28 rows");
    memcpy(s->list[4], (const uint8_t[]){1, 24}, 2);
    expect_refused(s, SOCLE_E_LIMIT, SC_L_SET_ROOT, "2^28 rows of BOUNDARY");
    scene_free(s);
}

Test(set, samples_and_work_are_checked)
{
    struct scene *const s = scene_new(2);
    scene_make(s, NULL, 0);
    cr_assert_eq(s->profile.boundary[16].r[0].ood, 2);
    const size_t pow = s->len - 8, answers = pow - 3 * 2 * 20;
    for (unsigned i = 0; i < 30; i++) {
        store_le(s->file + answers + 4 * i, FP_P, 4);
        lie_is_refused(verify(s, s->len), SOCLE_E_FORMAT, "an answer that is not canonical");
        cr_expect_not(saw(SC_L_SET_POW));
        sc_fx_encode(s->file + answers + 20 * (i / 5), &s->answer, 1);
    }
    cr_assert_eq(verify(s, s->len), SOCLE_E_FORMAT);
    cr_assert(saw(SC_L_SET));
    unsigned refused = 0;
    for (uint64_t n = 0; n < 64; n++) {
        store_le(s->file + pow, n, 8);
        const socle_status st = verify(s, s->len);
        refused += st == SOCLE_E_REJECT && !saw(SC_L_SET_ALPHA);
        cr_expect(st == SOCLE_E_REJECT || saw(SC_L_SET));
    }
    cr_expect(refused > 40, "7 of 8 nonces have no work in them, %u of 64", refused);
    scene_free(s);
}

Test(set, heads_that_are_cut_or_of_another_kind_are_malformed)
{
    struct scene *const s = scene_new(2);
    scene_make(s, NULL, 0);
    for (size_t len = 0; len < s->len; len++) {
        uint8_t *const exact = malloc(len + 1);
        struct scene cut = *s;
        memcpy(exact, s->file, len);
        cut.file = exact;
        cr_expect_eq(verify(&cut, len), SOCLE_E_FORMAT, "%zu bytes", len);
        cr_expect_not(saw(SC_L_SET), "%zu bytes", len);
        free(exact);
    }
    s->file[SC_PROOF_HEAD_LEN - 1] = SC_KIND_SINGLE;
    lie_is_refused(verify(s, s->len), SOCLE_E_FORMAT, "a set called a single proof");
    s->file[SC_PROOF_HEAD_LEN - 1] = 3;
    cr_expect_eq(verify(s, s->len), SOCLE_E_FORMAT);
    s->file[SC_PROOF_HEAD_LEN - 1] = SC_KIND_SET;
    s->file[SC_PROOF_HEAD_LEN - 2] ^= 1;
    cr_expect_eq(verify(s, s->len), SOCLE_E_VERSION, "another profile");
    cr_expect_eq(frames.n, 0u);
    scene_free(s);
}

/* HEAD_SHAPE of proof 0, which comes next: INITFINAL, REGS and lookup tables. */
static size_t first_shape(uint8_t *out, unsigned extra, unsigned missing)
{
    size_t n = 0;
    for (unsigned t = 0; t < AIR_TABLE_IMAGE; t++) {
        const unsigned fixed = sc_air_tables[t].fixed_log_h;
        const bool there = (t == AIR_TABLE_INITFINAL || fixed || t == extra) && t != missing;
        out[n++] = there;
        if (there) {
            out[n++] = (uint8_t)(fixed ? fixed : 4);
        }
    }
    return n;
}

Test(set, proof_0_has_the_tables_of_memory_alone)
{
    struct scene *const s = scene_new(2);
    uint8_t shape[2 * AIR_N_TABLES];
    scene_make(s, shape, first_shape(shape, AIR_N_TABLES, AIR_N_TABLES));
    cr_assert_eq(verify(s, s->len), SOCLE_E_FORMAT, "the main root is missing");
    for (unsigned t = 0; t < AIR_TABLE_IMAGE; t++) {
        const bool has_it = t == AIR_TABLE_INITFINAL || sc_air_tables[t].fixed_log_h;
        if (!has_it) {
            scene_make(s, shape, first_shape(shape, t, AIR_N_TABLES));
            lie_is_refused(verify(s, s->len), SOCLE_E_LIMIT, "%s in proof 0", sc_air_tables[t].name);
        } else if (sc_air_tables[t].fixed_log_h) {
            scene_make(s, shape, first_shape(shape, AIR_N_TABLES, t));
            lie_is_refused(verify(s, s->len), SOCLE_E_LIMIT, "no %s in proof 0", sc_air_tables[t].name);
        }
    }
    scene_free(s);
}

Test(set, scratch_does_not_depend_on_the_set)
{
    struct scene *const s = scene_new(2);
    struct sc_verified out;
    const size_t size = sc_verify_scratch(&sc_machine_rv64im);
    uint8_t *const scratch = malloc(size + 8);
    scene_make(s, NULL, 0);
    cr_expect_eq(sc_verify_set(&out, &sc_machine_rv64im, &s->profile, s->vk, s->file, s->len, NULL, size), SOCLE_E_ARG);
    cr_expect_eq(sc_verify_set(&out, &sc_machine_rv64im, &s->profile, s->vk, s->file, s->len, scratch, size - 1), SOCLE_E_ARG);
    cr_expect_eq(sc_verify_set(&out, &sc_machine_rv64im, &s->profile, s->vk, s->file, s->len, scratch + 4, size), SOCLE_E_ARG);
    cr_expect_eq(sc_verify_set(&out, &sc_machine_rv64im, &s->profile, s->vk, s->file, s->len, scratch, size), SOCLE_E_FORMAT);
    free(scratch);
    scene_free(s);
}
