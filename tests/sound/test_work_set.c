/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What any bytes cost the verifier of sets: at most twice the work of a valid set of as many segments as they declare, nothing when the
 * file is too short to have so many, and no memory.
 */
#include "tests/sound/lie.h"
#include "tests/sound/program.h"
#include "tests/sound/run_set.h"
#include "tests/sound/set_scene.h"
#include "tests/sound/toy_set.h"
#include "tests/sound/work.h"

enum { SIZE_AT = SC_PROOF_HEAD_LEN + SC_HEAD_IMAGE_LEN, RUN_AT = SIZE_AT + SC_SET_SIZE_LEN, MOST_PARTS = 64 };

/** Sets of one machine: one to spoil, and what valid ones cost. */
struct subject {
    const struct sc_machine *m;
    const struct sc_profile *profile;
    const uint8_t *vk;
    const uint8_t *file;
    size_t len;
    uint32_t n_segments;
    size_t list_at;              /* the first list of BOUNDARY */
    size_t body_at[MOST_PARTS + 1];
    uint64_t work;               /* of the valid set */
    uint64_t for_segment;        /* what one segment more costs */
    uint64_t most;               /* share of the bound that anything came to, in 1/1000 */
    uint8_t *copy;
    size_t cap;
    void *scratch;
};

static socle_status judge(const struct subject *s, size_t len, uint64_t *work)
{
    struct sc_verified v;
    const uint64_t before = blocks_run, had = allocations;
    const socle_status st = sc_verify_set(&v, s->m, s->profile, s->vk, s->copy, len, s->scratch, sc_verify_scratch(s->m));
    *work = blocks_run - before;
    cr_assert_eq(allocations, had, "the verifier allocates");
    return st;
}

static void subject_init(struct subject *s, const uint8_t *file, size_t len, const size_t *body_len)
{
    s->file = file;
    s->len = len;
    s->n_segments = (uint32_t)load_le(file + SIZE_AT, 4);
    s->list_at = RUN_AT + (size_t)s->n_segments * SC_SEGMENT_LEN + SC_SET_KEYS_LEN + (size_t)load_le(file + SIZE_AT + 4, 8);
    cr_assert_lt(s->n_segments, MOST_PARTS);
    s->body_at[s->n_segments + 1] = len;
    for (uint32_t i = s->n_segments + 1; i-- > 0;) {
        s->body_at[i] = s->body_at[i + 1] - body_len[i];
    }
    s->cap = 2 * len + 1024;
    s->copy = malloc(s->cap);
    s->scratch = malloc(sc_verify_scratch(s->m));
    memcpy(s->copy, file, len);
    cr_assert_eq(judge(s, len, &s->work), SOCLE_OK);
    cr_assert_gt(s->work, 10000u, "the verifier is not the counted one");
}

static void subject_fini(struct subject *s)
{
    fprintf(stderr, "a valid set of %u segments takes %llu blocks, one segment %llu; others at most %llu/1000 of the bound\n", s->n_segments,
            (unsigned long long)s->work, (unsigned long long)s->for_segment, (unsigned long long)s->most);
    cr_assert_gt(s->most, 400u, "nothing came far");
    free(s->copy);
    free(s->scratch);
}

/* What a valid set of as many segments, with as much output, would cost; of a number that the file cannot hold, one segment. */
static uint64_t valid_work(const struct subject *s, size_t len)
{
    const uint64_t n = len >= RUN_AT ? load_le(s->copy + SIZE_AT, 4) : 0, output = len >= RUN_AT ? load_le(s->copy + SIZE_AT + 4, 8) : 0;
    if (n < SC_SET_MIN || n > SC_SET_MAX || n * SC_SEGMENT_LEN + SC_SET_KEYS_LEN > len - RUN_AT) {
        return s->for_segment;
    }
    uint64_t work = s->work + s->for_segment * n - s->for_segment * s->n_segments;
    if (output <= len && output > load_le(s->file + SIZE_AT + 4, 8)) {
        const uint64_t before = blocks_run;
        struct sc_tr tr;
        sc_tr_init(&tr);
        sc_tr_absorb(&tr, SC_L_SET_OUTPUT, s->copy, (size_t)output);
        work += blocks_run - before;
    }
    return work;
}

static void expect_bounded(struct subject *s, size_t len, unsigned number, const char *what)
{
    uint64_t work;
    const bool same = len == s->len && memcmp(s->copy, s->file, len) == 0;
    const socle_status st = judge(s, len, &work);
    const uint64_t valid = valid_work(s, len);
    cr_assert((st == SOCLE_OK) == same, "%s %u: %d", what, number, st);
    cr_assert_leq(work, 2 * valid, "%s %u: %llu blocks, a valid set of as many segments %llu", what, number, (unsigned long long)work,
                  (unsigned long long)valid);
    if (!same && 500 * work / valid > s->most) {
        s->most = 500 * work / valid;
    }
}

/* ---- spoiled sets ---- */

static size_t cut_out(struct subject *s, size_t len, size_t at, size_t n)
{
    n = n < len - at ? n : len - at;
    memmove(s->copy + at, s->copy + at + n, len - at - n);
    return len - n;
}

static size_t put_in(struct subject *s, size_t len, size_t at, size_t n)
{
    n = n < s->cap - len ? n : s->cap - len;
    memmove(s->copy + at + n, s->copy + at, len - at);
    return len + n; /* twice what stood there */
}

/* Counts and lengths: what the verifier believes before it has checked a proof. */
static size_t spoil_heads(struct subject *s, size_t len)
{
    const uint32_t part = (uint32_t)below(s->n_segments + 1);
    const size_t body = s->body_at[part];
    switch (below(10)) {
    case 0: /* another number of segments, up to what the file could hold, and beyond */
        store_le(s->copy + SIZE_AT, below(below(2) ? 8 : below(2) ? len / SC_SEGMENT_LEN : 70000), 4);
        break;
    case 1: /* a segment more or fewer, declared and listed */
        store_le(s->copy + SIZE_AT, s->n_segments + 1, 4);
        len = put_in(s, len, RUN_AT + below(s->n_segments) * SC_SEGMENT_LEN, SC_SEGMENT_LEN);
        break;
    case 2:
        store_le(s->copy + SIZE_AT, s->n_segments - 1, 4);
        len = cut_out(s, len, RUN_AT + below(s->n_segments) * SC_SEGMENT_LEN, SC_SEGMENT_LEN);
        break;
    case 3: /* length of the output */
        store_le(s->copy + SIZE_AT + 4, below(below(2) ? len : (size_t)1 << 31), 8);
        break;
    case 4: /* ends of segments, keys */
        s->copy[RUN_AT + below(s->list_at - RUN_AT)] ^= (uint8_t)(1u << below(8));
        break;
    case 5: /* lists of BOUNDARY */
        s->copy[s->list_at + below(2 * s->n_segments + 2)] = (uint8_t)below(below(2) ? 30 : 256);
        break;
    case 6: /* roots, samples, work */
        s->copy[s->list_at + below(s->body_at[0] - s->list_at)] ^= (uint8_t)(1u << below(8));
        break;
    case 7: /* the shape of a proof: chunks and heights */
        s->copy[body + below(2 * s->m->n_main)] = (uint8_t)below(below(2) ? 30 : 256);
        break;
    case 8: /* a proof left out */
        len = cut_out(s, len, body, s->body_at[part + 1] - body);
        break;
    default: /* a proof twice */
        len = put_in(s, len, body, s->body_at[part + 1] - body);
    }
    return len;
}

static size_t spoil(struct subject *s)
{
    const size_t at = below(s->len);
    size_t len = s->len;
    memcpy(s->copy, s->file, s->len);
    switch (below(8)) {
    case 0: /* one bit */
        s->copy[at] ^= (uint8_t)(1u << below(8));
        break;
    case 1: /* the end cut off */
        len = at;
        break;
    case 2: /* garbage from some point on */
        for (size_t i = at; i < len; i++) {
            s->copy[i] = (uint8_t)below(256);
        }
        break;
    case 3: /* canonical garbage */
        for (size_t i = at; i + 4 <= len; i += 4) {
            store_le(s->copy + i, below(FP_P), 4);
        }
        break;
    case 4: /* twice as long */
        memcpy(s->copy + s->len, s->file, s->len);
        len = 2 * s->len;
        break;
    default:
        len = spoil_heads(s, len);
    }
    return len;
}

static void spoil_many(struct subject *s, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        const size_t len = spoil(s);
        expect_bounded(s, len, i, "spoiled set");
    }
    for (unsigned i = 1; i <= 16; i++) { /* the last bytes: everything before is right */
        memcpy(s->copy, s->file, s->len);
        s->copy[s->len - i] ^= 1;
        expect_bounded(s, s->len, i, "last byte");
    }
}

/* ---- subjects ---- */

static const unsigned steps[TS_MAX_SEGMENTS] = {30, 30, 30, 30};

/* The file of an honest run of the toy; the set's proofs stay in @p t. */
static uint8_t *toy_file(struct toy_set *t, unsigned n_segments, size_t *len)
{
    uint8_t *file;
    toy_set_run(t, n_segments, steps, 20);
    toy_set_prove(t);
    cr_assert_eq(sc_set_join(&file, len, t->head, t->head_len, t->body, t->len, n_segments + 1), SOCLE_OK);
    return file;
}

static uint64_t toy_work(unsigned n_segments)
{
    struct toy_set *const t = toy_set_create(sc_cpu_ops_best(), NULL);
    size_t len;
    uint8_t *const file = toy_file(t, n_segments, &len);
    const uint64_t before = blocks_run;
    cr_assert_eq(toy_set_verify(t, file, len), SOCLE_OK);
    const uint64_t work = blocks_run - before;
    sc_free(file);
    toy_set_destroy(t);
    return work;
}

Test(work_set, of_sets_of_the_toy_machine_is_bounded_by_that_of_valid_ones, .timeout = 200)
{
    const uint64_t two = toy_work(2), three = toy_work(3), four = toy_work(4);
    struct toy_set *const t = toy_set_create(sc_cpu_ops_best(), NULL);
    size_t len;
    uint8_t *const file = toy_file(t, 3, &len);
    struct subject s = {.m = &ts_machine, .profile = &t->profile, .vk = t->program.vk, .for_segment = four - three};
    cr_assert(10 * (four - three) < 11 * (three - two) && 11 * (four - three) > 10 * (three - two), "segments of one size differ in work");
    subject_init(&s, file, len, t->len);
    spoil_many(&s, 600);
    subject_fini(&s);
    sc_free(file);
    toy_set_destroy(t);
}

Test(work_set, of_a_set_of_a_real_run_at_final_parameters_is_bounded_by_that_of_the_set, .timeout = 250)
{
    static struct prog prog;
    static const uint8_t input[24] = "hello world, hello you!";
    static const struct sc_cut_limits limits = {.log_global = 8};
    struct sc_prover p = {.machine = &sc_machine_rv64im, .profile = sc_profile_default(), .ops = sc_cpu_ops_best()};
    uint8_t *file;
    size_t len;
    prog_everything(&prog);
    const struct sc_elf elf = prog_elf(&prog);
    struct run_set *const t = run_set_create(&p, &elf, input, sizeof input, &limits);
    run_set_prove(t, &file, &len);
    struct subject s = {.m = p.machine, .profile = p.profile, .vk = t->program.vk};
    cr_expect_eq(run_set_verify(t, file, len), SOCLE_OK);
    subject_init(&s, file, len, t->len);
    s.for_segment = s.work / (t->set.n_segments + 1); /* all proofs are of the same size class */
    spoil_many(&s, 60);
    subject_fini(&s);
    sc_free(file);
    run_set_destroy(t);
}

/* ---- heads without proofs ---- */

static uint64_t scene_work(const struct scene *s, size_t len, socle_status want)
{
    struct sc_verified v;
    const size_t size = sc_verify_scratch(&sc_machine_rv64im);
    void *const scratch = malloc(size);
    const uint64_t before = blocks_run, had = allocations;
    cr_expect_eq(sc_verify_set(&v, &sc_machine_rv64im, &s->profile, s->vk, s->file, len, scratch, size), want);
    cr_assert_eq(allocations, had, "the verifier allocates");
    free(scratch);
    return blocks_run - before;
}

/* As many chunks as a list can have, and samples for each. */
static struct scene *costly_scene(uint32_t n_segments)
{
    struct scene *const s = scene_new(n_segments);
    for (uint32_t i = 0; i <= n_segments; i++) {
        memcpy(s->list[i], (const uint8_t[]){3, 11, 10, 9}, 4);
    }
    scene_make(s, NULL, 0);
    return s;
}

Test(work_set, of_heads_grows_with_the_segments_and_so_with_the_file, .timeout = 200)
{
    static const uint32_t sizes[] = {64, 1024, 65535};
    struct scene *s = costly_scene(2);
    const uint64_t least = scene_work(s, s->len, SOCLE_E_FORMAT);
    scene_free(s);
    s = costly_scene(34);
    const uint64_t each = (scene_work(s, s->len, SOCLE_E_FORMAT) - least) / 32;
    scene_free(s);
    fprintf(stderr, "heads of 2 segments take %llu blocks, a segment more %llu\n", (unsigned long long)least, (unsigned long long)each);
    for (unsigned k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        const uint64_t n = sizes[k];
        s = costly_scene((uint32_t)n);
        cr_expect_geq(s->len, n * (SC_SEGMENT_LEN + 1 + 32), "a segment has bytes of its own");
        cr_expect_leq(scene_work(s, s->len, SOCLE_E_FORMAT), least + (n - 2) * each * 11 / 10, "%llu segments", (unsigned long long)n);
        for (unsigned i = 0; i < 6; i++) { /* cut anywhere: no more than the segments that are there have cost */
            const size_t len = SIZE_AT + below(s->len - SIZE_AT);
            cr_expect_leq(scene_work(s, len, SOCLE_E_FORMAT), least + (n - 2) * each * 11 / 10, "%llu segments, cut at %zu", (unsigned long long)n, len);
        }
        scene_free(s);
    }
    /* Counts that the file has no room for are refused before their list is hashed. */
    s = costly_scene(34);
    const size_t room = (s->len - RUN_AT - SC_SET_KEYS_LEN) / SC_SEGMENT_LEN;
    for (uint32_t n = (uint32_t)room + 1; n <= SC_SET_MAX; n = 2 * n + 1) {
        store_le(s->file + SIZE_AT, n, 4);
        cr_expect_lt(scene_work(s, s->len, SOCLE_E_FORMAT), least, "%u segments declared", n);
    }
    /* And so is an output. */
    store_le(s->file + SIZE_AT, 34, 4);
    for (unsigned b = 20; b < 64; b++) {
        store_le(s->file + SIZE_AT + 4, UINT64_C(1) << b, 8);
        cr_expect_lt(scene_work(s, s->len, b < 32 ? SOCLE_E_FORMAT : SOCLE_E_LIMIT), least + 34 * each, "2^%u bytes of output declared", b);
    }
    scene_free(s);
}
