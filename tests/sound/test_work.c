/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Bytes that are no proof do not make the verifier work harder than a proof does, nor take memory.
 */
#include "tests/sound/forge.h"
#include "tests/sound/lie.h"
#include "tests/sound/toy.h"
#include "tests/sound/work.h"

/* A statement with a proof of it, and room to spoil the proof. */
struct subject {
    const struct sc_machine *m;
    const struct sc_profile *profile;
    const uint8_t *vk;
    const uint8_t *proof;
    size_t len, head; /* the messages begin after its head */
    uint8_t *copy;
    void *scratch;
    uint64_t work; /* of the proof as it is */
    uint64_t most; /* of anything else */
};

static socle_status judge(const struct subject *s, size_t len, uint64_t *work)
{
    struct sc_verified v;
    const size_t scratch_len = sc_verify_scratch(s->m);
    const uint64_t before = blocks_run, had = allocations;
    const socle_status st = sc_verify(&v, s->m, s->profile, s->vk, s->copy, len, s->scratch, scratch_len);
    *work = blocks_run - before;
    cr_assert_eq(allocations, had, "the verifier allocates");
    return st;
}

/* What the output that the bytes declare costs by itself: a proof with as much output would cost it too. */
static uint64_t work_of_output(const struct subject *s, size_t len)
{
    const size_t at = s->head + SC_HEAD_IMAGE_LEN + 24;
    static const struct sc_head_image image = {0};
    static const struct sc_bus_point point = {0};
    struct sc_head_run run = {.output_len = len >= at + 8 ? load_le(s->copy + at, 8) : 0};
    if (run.output_len > len || run.output_len == load_le(s->proof + at, 8)) {
        return 0;
    }
    const uint64_t before = blocks_run;
    struct sc_tr tr;
    sc_tr_init(&tr);
    sc_tr_absorb(&tr, SC_L_OUTPUT, s->copy, (size_t)run.output_len);
    (void)sc_public_terms(&point, &image, &run, s->copy);
    return blocks_run - before;
}

static void subject_init(struct subject *s)
{
    s->head = s->len - lie.body;
    s->copy = calloc(2, s->len + 128); /* a moved part may end behind the proof */
    s->scratch = malloc(sc_verify_scratch(s->m));
    memcpy(s->copy, s->proof, s->len);
    cr_assert_eq(judge(s, s->len, &s->work), SOCLE_OK);
    cr_assert_gt(s->work, 10000u, "the verifier is not the counted one");
}

static void subject_fini(struct subject *s)
{
    fprintf(stderr, "work of a valid proof %llu blocks, of others at most %llu\n", (unsigned long long)s->work, (unsigned long long)s->most);
    cr_assert_gt(s->most, s->work / 2, "nothing came far");
    free(s->copy);
    free(s->scratch);
}

static void spoil_heads(struct subject *s)
{
    const size_t run = s->head + SC_HEAD_IMAGE_LEN;
    const size_t shape = run + SC_HEAD_RUN_LEN;
    switch (below(3)) {
    case 0: /* counts and heights */
        s->copy[shape + below(2 * s->m->n_main)] ^= (uint8_t)(1u << below(5));
        break;
    case 1: /* length of the output */
        store_le(s->copy + run + 24, below(below(2) ? s->len : (size_t)1 << 31), 8);
        break;
    default: /* ends of time and of the chains */
        s->copy[run + 8 + below(16)] ^= (uint8_t)(1u << below(8));
        break;
    }
}

/* One spoiled proof; returns its length. */
static size_t spoil(struct subject *s)
{
    const size_t at = below(s->len);
    size_t len = s->len;
    memcpy(s->copy, s->proof, s->len);
    switch (below(7)) {
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
        memcpy(s->copy + s->len, s->proof, s->len);
        len = 2 * s->len;
        break;
    case 5: /* a part moved */
        memmove(s->copy + at, s->copy + below(s->len), s->len - at > 100 ? 100 : s->len - at);
        break;
    default:
        spoil_heads(s);
    }
    return len;
}

static void spoil_many(struct subject *s, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        uint64_t work;
        const size_t len = spoil(s);
        const bool same = len == s->len && memcmp(s->copy, s->proof, len) == 0;
        const socle_status st = judge(s, len, &work);
        cr_assert(same || st != SOCLE_OK, "spoiled proof %u", i);
        const uint64_t output = work_of_output(s, len);
        work -= output < work ? output : work;
        cr_assert_leq(work, 2 * s->work, "spoiled proof %u: %llu blocks, a valid one %llu", i, (unsigned long long)work,
                      (unsigned long long)s->work);
        s->most = !same && work > s->most ? work : s->most;
    }
    for (size_t i = 1; i <= 64; i++) { /* the last bytes: everything before is right */
        uint64_t work;
        memcpy(s->copy, s->proof, s->len);
        s->copy[s->len - i] ^= 1;
        cr_assert_neq(judge(s, s->len, &work), SOCLE_OK);
        cr_assert_leq(work, 2 * s->work);
        s->most = work > s->most ? work : s->most;
    }
}

Test(work, of_the_verifier_on_the_toy_machine_is_bounded_by_that_of_a_proof, .timeout = 100)
{
    struct toy *const t = toy_create(sc_cpu_ops_best(), NULL);
    uint8_t *proof;
    struct subject s = {.m = &toy_machine, .profile = &t->profile, .vk = t->program.vk};
    cr_assert_eq(sc_prove(&proof, &s.len, &t->prover, &t->program, &t->w), SOCLE_OK);
    s.proof = proof;
    subject_init(&s);
    spoil_many(&s, 2000);
    subject_fini(&s);
    sc_free(proof);
    toy_destroy(t);
}

Test(work, of_the_verifier_at_final_parameters_is_bounded_by_that_of_a_proof, .timeout = 200)
{
    struct honest *const h = honest_create();
    struct sc_program program;
    const struct sc_prover p = {.machine = &sc_machine_rv64im, .profile = sc_profile_default(), .ops = sc_cpu_ops_best()};
    const struct sc_witness w = sc_witness_of(&h->trace);
    uint8_t *proof;
    struct subject s = {.m = p.machine, .profile = p.profile, .vk = program.vk};
    cr_assert_eq(sc_keygen(&program, &p, h->run.entry_ip, h->image.log_h, h->image.cells), SOCLE_OK);
    cr_assert_eq(sc_prove_unchecked(&proof, &s.len, &p, &program, &w), SOCLE_OK);
    s.proof = proof;
    subject_init(&s);
    spoil_many(&s, 150);
    subject_fini(&s);
    sc_free(proof);
    sc_program_fini(&program);
    honest_destroy(h);
}
