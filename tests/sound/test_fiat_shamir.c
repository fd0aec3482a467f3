/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The transcript of whole proofs: prover and verifier make the same frames, these are the frames of docs/spec/proof.md, and each
 * of them matters. A variant of the transcript is made by an observer that puts the state back: a message that is not absorbed,
 * or absorbed after the next frame. Honest proofs are refused by such a verifier. What a prover could do where both sides leave
 * a message out is in test_fiat_shamir_lies.c.
 */
#include "tests/sound/forge.h"
#include "tests/sound/lie.h"
#include "tests/sound/toy.h"
#include "tests/sound/whir_scene.h"

#include "core/hash/blake3.h"

enum { MAX_LOG = 2048, KIND_ABSORB = 0, KIND_CHALLENGE = 1, KIND_INDICES = 2, KIND_GRIND = 3 };

/* --- logs ------------------------------------------------------------------------------------------------------------ */

struct entry {
    uint8_t label, kind;
    uint64_t len;
    uint8_t s[32];
};

struct record {
    unsigned n;
    struct entry e[MAX_LOG];
};

static void record(void *arg, uint8_t label, uint8_t kind, uint64_t len, const uint8_t s[32])
{
    struct record *const r = arg;
    cr_assert_lt(r->n, (unsigned)MAX_LOG);
    struct entry *const e = &r->e[r->n++];
    e->label = label; /* padding stays 0 */
    e->kind = kind;
    e->len = len;
    memcpy(e->s, s, 32);
}

/* A toy with grinding in every place where there can be some. */
static struct toy *toy_new(void)
{
    struct toy *const t = toy_create(sc_cpu_ops_best(), NULL);
    for (unsigned i = 0; i < SC_WHIR_MAX_ROUNDS; i++) {
        t->profile.main[16].r[i].gq = t->profile.main[16].r[i].gf = 2;
        t->profile.image[16].r[i].gq = t->profile.image[16].r[i].gf = 1;
    }
    sc_program_fini(&t->program);
    t->image[(1 << TOY_IMAGE_LOG) + 1] = FP_ONE; /* behind the column: over zeros all leaves are alike, and one place answers for another */
    cr_assert_eq(sc_keygen(&t->program, &t->prover, 9, TOY_IMAGE_LOG, t->image), SOCLE_OK);
    return t;
}

static uint8_t *prove(const struct toy *t, size_t *len, struct record *r)
{
    uint8_t *proof;
    lie.log = r ? record : NULL;
    lie.log_arg = r;
    lie.proving = true;
    memset(lie.sent, 0, sizeof lie.sent);
    cr_assert_eq(sc_prove_unchecked(&proof, len, &t->prover, &t->program, &t->w), SOCLE_OK);
    lie.proving = false;
    lie.log = NULL;
    return proof;
}

Test(fiat_shamir, prover_and_verifier_make_the_same_frames)
{
    struct toy *const t = toy_new();
    struct record *const p = calloc(1, sizeof *p), *const v = calloc(1, sizeof *v);
    size_t len;
    uint8_t *const proof = prove(t, &len, p);
    lie.log = record;
    lie.log_arg = v;
    cr_assert_eq(toy_verify(t, t->program.vk, proof, len), SOCLE_OK);
    cr_assert_eq(p->n, v->n);
    for (unsigned i = 0; i < p->n; i++) {
        cr_assert_eq(p->e[i].label, v->e[i].label, "frame %u", i);
        cr_assert_eq(p->e[i].kind, v->e[i].kind, "frame %u", i);
        cr_assert_eq(p->e[i].len, v->e[i].len, "frame %u", i);
        cr_assert_arr_eq(p->e[i].s, v->e[i].s, 32, "frame %u", i);
    }
    sc_free(proof);
    free(p);
    free(v);
    toy_destroy(t);
}

/* The same on the real machine, as tests/support/trlog.c prints it. */
Test(fiat_shamir, prover_and_verifier_of_the_real_machine_make_the_same_frames, .timeout = 100)
{
    struct honest *const h = honest_create();
    struct sc_profile profile;
    struct sc_program program;
    struct record *const p = calloc(1, sizeof *p), *const v = calloc(1, sizeof *v);
    const struct sc_prover prover = {.machine = &sc_machine_rv64im, .profile = &profile, .ops = sc_cpu_ops_best()};
    const struct sc_witness w = sc_witness_of(&h->trace);
    struct sc_verified out;
    uint8_t *proof;
    size_t len;
    cheap_profile(&profile);
    cr_assert_eq(sc_keygen(&program, &prover, h->run.entry_ip, h->image.log_h, h->image.cells), SOCLE_OK);
    lie.log = record;
    lie.log_arg = p;
    cr_assert_eq(sc_prove_unchecked(&proof, &len, &prover, &program, &w), SOCLE_OK);
    lie.log_arg = v;
    void *const scratch = malloc(sc_verify_scratch(prover.machine));
    cr_assert_eq(sc_verify(&out, prover.machine, &profile, program.vk, proof, len, scratch, sc_verify_scratch(prover.machine)), SOCLE_OK);
    cr_assert_gt(p->n, 300u);
    cr_assert_eq(p->n, v->n);
    cr_assert_arr_eq(p->e, v->e, p->n * sizeof p->e[0]);
    free(scratch);
    sc_free(proof);
    free(p);
    free(v);
    sc_program_fini(&program);
    honest_destroy(h);
}

/* docs/spec/proof.md as a list of frames. */
struct expected {
    const struct record *r;
    unsigned at;
    uint64_t in_file;
};

static void frame(struct expected *x, enum sc_label label, unsigned kind, uint64_t len)
{
    cr_assert_lt(x->at, x->r->n);
    const struct entry *const e = &x->r->e[x->at++];
    cr_assert(e->label == label && e->kind == kind && (len == UINT64_MAX || e->len == len), "frame %u: label %u kind %u length %u, not %u %u %u",
              x->at - 1, e->label, e->kind, (unsigned)e->len, label, kind, (unsigned)len);
    if (kind == KIND_ABSORB) {
        x->in_file += e->len;
    }
}

static void nonce(struct expected *x, enum sc_label label, unsigned bits)
{
    if (bits) {
        frame(x, label, KIND_GRIND, 16);
        x->in_file += 8;
    }
}

static void frames_of_opening(struct expected *x, const struct sc_whir_params *wp)
{
    for (unsigned i = 0; i < wp->n_rounds; i++) {
        const struct sc_whir_round *const r = &wp->r[i];
        for (unsigned k = 0; k < r->k; k++) {
            frame(x, SC_L_WHIR_ROUND, KIND_ABSORB, 40);
            nonce(x, SC_L_WHIR_FOLD_POW, r->gf);
            frame(x, SC_L_WHIR_FOLD, KIND_CHALLENGE, 8);
        }
        if (i + 1 < wp->n_rounds) {
            frame(x, SC_L_WHIR_ROOT, KIND_ABSORB, 32);
            if (r[1].ood) {
                frame(x, SC_L_WHIR_OOD, KIND_CHALLENGE, 8);
                frame(x, SC_L_WHIR_OOD_ANS, KIND_ABSORB, 20u * r[1].ood);
            }
        } else {
            frame(x, SC_L_WHIR_FINAL, KIND_ABSORB, (uint64_t)20 << wp->mu_final);
        }
        nonce(x, SC_L_WHIR_QUERY_POW, r->gq);
        frame(x, SC_L_WHIR_QUERY, KIND_INDICES, 16);
        frame(x, SC_L_WHIR_OPEN, KIND_ABSORB, UINT64_MAX);
        frame(x, SC_L_WHIR_PATH, KIND_ABSORB, UINT64_MAX);
        if (i + 1 < wp->n_rounds) {
            frame(x, SC_L_WHIR_MIX, KIND_CHALLENGE, 8);
        }
    }
}

Test(fiat_shamir, frames_are_those_of_the_specification)
{
    struct toy *const t = toy_new();
    struct record *const r = calloc(1, sizeof *r);
    size_t len;
    sc_free(prove(t, &len, r));
    const struct sc_layout *const l = &t->layout;
    struct expected x = {.r = r};
    frame(&x, SC_L_SEED, KIND_ABSORB, 11 + 4 + 32 + 32);
    x.in_file = 0;
    frame(&x, SC_L_HEAD_IMAGE, KIND_ABSORB, 4 + 1 + 32);
    frame(&x, SC_L_VK, KIND_ABSORB, 32);
    x.in_file -= 32;
    frame(&x, SC_L_HEAD_RUN, KIND_ABSORB, 4 * 6 + 8);
    for (unsigned i = 0; i < TOY_IMAGE; i++) {
        frame(&x, SC_L_HEAD_SHAPE, KIND_ABSORB, 1);
        frame(&x, SC_L_HEAD_SHAPE, KIND_ABSORB, t->w.shape.n_chunks[i]);
    }
    frame(&x, SC_L_OUTPUT, KIND_ABSORB, TOY_OUTPUT);
    frame(&x, SC_L_MAIN_ROOT, KIND_ABSORB, 32);
    nonce(&x, SC_L_LOGUP_POW, t->profile.logup_pow);
    frame(&x, SC_L_ALPHA, KIND_CHALLENGE, 8);
    frame(&x, SC_L_BETA, KIND_CHALLENGE, 8);
    frame(&x, SC_L_GKR_ROOT, KIND_ABSORB, 40);
    for (unsigned i = 0; i < l->n_leaf_vars; i++) {
        frame(&x, SC_L_GKR_MIX, KIND_CHALLENGE, 8);
        for (unsigned k = 0; k < i; k++) {
            frame(&x, SC_L_GKR_T, KIND_ABSORB, 40);
            frame(&x, SC_L_GKR_ROUND, KIND_CHALLENGE, 8);
        }
        frame(&x, SC_L_GKR_CLAIMS, KIND_ABSORB, 80);
        frame(&x, SC_L_GKR_LINE, KIND_CHALLENGE, 8);
    }
    frame(&x, SC_L_LAMBDA, KIND_CHALLENGE, 8);
    frame(&x, SC_L_TAU, KIND_CHALLENGE, 8);
    for (unsigned i = 0; i < l->n_vars; i++) {
        frame(&x, SC_L_ZERO_T, KIND_ABSORB, 80);
        frame(&x, SC_L_ZERO_ROUND, KIND_CHALLENGE, 8);
    }
    frame(&x, SC_L_COLUMNS, KIND_ABSORB, 20 * (uint64_t)l->n_values);
    frame(&x, SC_L_GAMMA, KIND_CHALLENGE, 8);
    frames_of_opening(&x, &t->profile.main[l->m0]);
    frames_of_opening(&x, &t->profile.image[t->program.vars]);
    cr_assert_eq(x.at, r->n);
    /* every byte of the file after its head is in exactly one frame */
    cr_assert_eq(x.in_file, lie.body);
    cr_assert_gt(len, lie.body);
    free(r);
    toy_destroy(t);
}

/* Each kind of frame by its definition in docs/spec/transcript.md. */
Test(fiat_shamir, frames_are_hashed_as_written)
{
    struct sc_tr tr;
    uint8_t want[32];
    uint8_t text[128];
    uint32_t index[3];
    fx c[2];
    sc_tr_init(&tr);
    sc_b3_derive(want, "socle transcript v1", NULL, 0);
    cr_assert_arr_eq(tr.s, want, 32);
#define FRAME(label, kind, len, operation)              \
    do {                                                \
        text[0] = (label);                              \
        text[1] = (kind);                               \
        store_le(text + 2, (len), 8);                   \
        sc_b3_keyed(want, tr.s, text, 10 + (len));      \
        operation;                                      \
        cr_assert_arr_eq(tr.s, want, 32, #operation);   \
    } while (0)
    memcpy(text + 10, "payload", 7);
    FRAME(SC_L_OUTPUT, KIND_ABSORB, 7, sc_tr_absorb(&tr, SC_L_OUTPUT, "payload", 7));
    FRAME(SC_L_OUTPUT, KIND_ABSORB, 0, sc_tr_absorb(&tr, SC_L_OUTPUT, NULL, 0));
    store_le(text + 10, 2, 8);
    FRAME(SC_L_TAU, KIND_CHALLENGE, 8, sc_tr_challenge(&tr, SC_L_TAU, c, 2));
    sc_fx_encode(text + 10, c, 2);
    FRAME(SC_L_COLUMNS, KIND_ABSORB, 40, sc_tr_absorb_fx(&tr, SC_L_COLUMNS, c, 2));
    store_le(text + 10, 3, 8);
    store_le(text + 18, 20, 8);
    FRAME(SC_L_WHIR_QUERY, KIND_INDICES, 16, sc_tr_indices(&tr, SC_L_WHIR_QUERY, index, 3, 20));
    store_le(text + 10, 5, 8);
    store_le(text + 18, UINT64_C(0x123456789abcdef0), 8);
    FRAME(SC_L_LOGUP_POW, KIND_GRIND, 16, (void)!sc_tr_grind(&tr, SC_L_LOGUP_POW, 5, UINT64_C(0x123456789abcdef0)));
#undef FRAME
}

/* Seed and key from docs/spec/proof.md. */
Test(fiat_shamir, seed_and_key_hold_everything_that_is_fixed)
{
    struct toy *const t = toy_new();
    uint8_t want[256], seed[SC_SEED_LEN], vk[SC_VK_LEN];
    memcpy(want, "socle proof", 11);
    store_le(want + 11, SC_PROOF_VERSION, 4);
    sc_profile_digest(want + 15, &t->profile);
    memcpy(want + 47, toy_digest, 32);
    sc_seed(seed, &toy_machine, &t->profile);
    cr_assert_arr_eq(seed, want, SC_SEED_LEN);
    memmove(want + 4, want + 15, 64);
    store_le(want, SC_PROOF_VERSION, 4);
    store_le(want + 68, t->program.head.entry, 4);
    want[72] = t->program.head.log_h;
    memcpy(want + 73, t->program.head.root, 32);
    sc_b3_derive(vk, "socle vk v1", want, 105);
    cr_assert_arr_eq(t->program.vk, vk, SC_VK_LEN);
    toy_destroy(t);
}

/* --- variants of the verifier ---------------------------------------------------------------------------------------- */

/* Leave out frame number `at`; with `late` its message is absorbed after the next frame. */
static struct {
    unsigned at, seen;
    bool late;
    uint8_t before[32]; /* the state */
    const uint8_t *message;
    uint64_t len;
    uint8_t label;
} variant;

static void vary(void *arg, uint8_t label, uint8_t kind, uint64_t len, const uint8_t s[32])
{
    uint8_t *const state = (uint8_t *)s; /* of the transcript that is observed */
    (void)arg;
    (void)kind;
    (void)len;
    if (variant.seen == variant.at) {
        memcpy(state, variant.before, 32);
    } else if (variant.late && variant.seen == variant.at + 1) {
        struct sc_tr tr = {.log = NULL};
        memcpy(tr.s, state, 32);
        sc_tr_absorb(&tr, (enum sc_label)variant.label, variant.message, (size_t)variant.len);
        memcpy(state, tr.s, 32);
    }
    (void)label;
    variant.seen++;
    memcpy(variant.before, s, 32);
}

static void begin(const struct sc_tr *tr)
{
    memcpy(variant.before, tr->s, 32);
}

static socle_status verify_variant(struct toy *t, unsigned at, bool late, const uint8_t *proof, size_t len)
{
    variant.at = at;
    variant.late = late;
    variant.seen = 0;
    lie.begin = begin;
    lie.log = vary;
    const socle_status st = toy_verify(t, t->program.vk, proof, len);
    lie.log = NULL;
    return st;
}

/* Every frame that takes something in: left out, and, where there is a frame after it, in the other order. The last frames, the
 * opening of the image's last round, come after the last challenge: nothing is drawn from them. */
Test(fiat_shamir, honest_proofs_need_every_frame_in_its_place, .timeout = 100)
{
    struct toy *const t = toy_new();
    struct record *const r = calloc(1, sizeof *r);
    size_t len;
    uint8_t *const proof = prove(t, &len, r);
    size_t at = len - lie.body;
    unsigned last = r->n;
    while (r->e[last - 1].kind == KIND_ABSORB) {
        last--;
    }
    cr_assert_eq(r->n - last, 2u);
    cr_assert_eq(verify_variant(t, UINT32_MAX - 1, true, proof, len), SOCLE_OK, "no variant");
    for (unsigned i = 0; i < r->n; i++) {
        const struct entry *const e = &r->e[i];
        const bool in_file = e->kind == KIND_ABSORB && e->label != SC_L_SEED && e->label != SC_L_VK;
        uint8_t seed[SC_SEED_LEN];
        sc_seed(seed, &toy_machine, &t->profile);
        variant.message = in_file ? proof + at : e->label == SC_L_VK ? t->program.vk : seed;
        variant.len = e->len;
        variant.label = e->label;
        at += in_file ? (size_t)e->len : e->kind == KIND_GRIND ? 8 : 0;
        if (e->kind != KIND_ABSORB && e->kind != KIND_GRIND) {
            continue;
        }
        if (i < last) {
            cr_assert_neq(verify_variant(t, i, false, proof, len), SOCLE_OK, "frame %u, label %u, left out", i, e->label);
        }
        if (i < last && e->kind == KIND_ABSORB) {
            cr_assert_neq(verify_variant(t, i, true, proof, len), SOCLE_OK, "frame %u, label %u, after the next", i, e->label);
        }
    }
    cr_assert_eq(at, len);
    sc_free(proof);
    free(r);
    toy_destroy(t);
}
