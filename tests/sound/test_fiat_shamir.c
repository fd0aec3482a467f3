/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The transcript of whole proofs: prover and verifier make the same frames, these are the frames of docs/spec/proof.md, and each
 * of them matters. A variant of the transcript is made by an observer that puts the state back: a message that is not absorbed,
 * or absorbed after the next frame. Honest proofs are refused by such a verifier; and where both sides leave a message out, a
 * prover who knows the challenge that comes after it proves what is false. The same lies are refused by the real transcript.
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

/* --- lies that one absorb stops -------------------------------------------------------------------------------------- */

static enum sc_label dropped; /* left out by both sides; 0: none */

static void drop(void *arg, uint8_t label, uint8_t kind, uint64_t len, const uint8_t s[32])
{
    (void)arg;
    (void)len;
    if (kind == KIND_ABSORB && label == dropped) {
        memcpy((uint8_t *)s, variant.before, 32);
    }
    memcpy(variant.before, s, 32);
}

/* Challenges of the prover by label, and those of the run before: what a prover knows of the future when nothing that it changes
 * is absorbed. */
enum { MAX_DRAWN = 256 };

struct challenges {
    unsigned n[LIE_LABELS];
    fx v[LIE_LABELS][MAX_DRAWN];
};

static struct challenges drawn, known;

/* A false claim in the bus argument: its error, as each honest message and challenge passes it on. */
static struct {
    struct toy *t;
    fx claim; /* error of the running claim */
    fx p, q;  /* the root as it should be */
    fx rho[SC_MAX_VARS];
    unsigned layer, round;
} liar;

static fx small(unsigned v)
{
    return fx_from_fp(fp_from_u32(v));
}

static fx divide(fx a, fx b)
{
    return fx_mul(a, fx_inv(b));
}

/* Lagrange polynomial of node 1 among 0, 1, 2, and the factor that the value at 2 needs to undo an error at 1. */
static fx quadratic_one(fx c)
{
    return fx_mul(c, fx_sub(small(2), c));
}

static fx quadratic_undo(fx c)
{
    return divide(fx_mul(small(2), fx_sub(c, small(2))), fx_sub(c, FX_ONE));
}

/* The same for the nodes 0, 1, 2, 3, 4. */
static fx quartic_one(fx c)
{
    const fx v = fx_mul(fx_mul(c, fx_sub(c, small(2))), fx_mul(fx_sub(c, small(3)), fx_sub(c, small(4))));
    return fx_neg(divide(v, small(6)));
}

static fx quartic_undo(fx c)
{
    return divide(fx_mul(small(2), fx_sub(c, small(2))), fx_mul(small(3), fx_sub(c, FX_ONE)));
}

static void keep(enum sc_label label, fx *out, size_t n)
{
    if (!lie.proving) {
        return;
    }
    for (size_t i = 0; i < n && drawn.n[label] < MAX_DRAWN; i++) {
        drawn.v[label][drawn.n[label]++] = out[i];
    }
    if (label == SC_L_GKR_ROUND) {
        liar.claim = fx_mul(divide(liar.claim, liar.rho[liar.round]), quadratic_one(*out));
        liar.rho[liar.round++] = *out;
    }
    if (label == SC_L_GKR_LINE) {
        liar.claim = fx_mul(liar.claim, *out);
        memmove(liar.rho + 1, liar.rho, liar.layer * sizeof *liar.rho);
        liar.rho[0] = *out;
        liar.layer++;
        liar.round = 0;
    }
    if (label == SC_L_LAMBDA) {
        for (uint32_t i = 0; i < liar.t->layout.n_constraints; i++) {
            liar.claim = fx_mul(liar.claim, *out);
        }
    }
    if (label == SC_L_ZERO_ROUND) {
        liar.claim = fx_mul(liar.claim, quartic_one(*out));
    }
}

static struct sc_fraction public_terms(const struct challenges *c)
{
    struct sc_bus_point b = {.alpha = c->v[SC_L_ALPHA][0]};
    memcpy(b.beta, c->v[SC_L_BETA], sizeof b.beta);
    return sc_public_terms(&b, &liar.t->program.head, &liar.t->w.run, liar.t->output);
}

/* The root that the verifier wants to see. */
static void false_root(fx root[2])
{
    const struct sc_fraction n = public_terms(&drawn);
    const fx p = root[0];
    root[0] = fx_neg(divide(fx_mul(root[1], n.n), n.d));
    liar.claim = fx_sub(root[0], p);
}

/* Claims p0 p1 q0 q1 whose check passes. */
static void push(fx v[4])
{
    liar.claim = divide(liar.claim, v[2]);
    v[1] = fx_add(v[1], liar.claim);
}

typedef void teller(enum sc_label label, unsigned nth, fx *v);

static teller *tell;

static void tell_elements(enum sc_label label, unsigned nth, uint8_t *bytes, size_t len)
{
    fx v[64];
    if (len % (4 * FX_DEG) == 0 && len / (4 * FX_DEG) <= 64 && label >= SC_L_GKR_ROOT && label != SC_L_WHIR_OPEN &&
        label != SC_L_WHIR_PATH && sc_fx_decode(v, bytes, len / (4 * FX_DEG))) {
        tell(label, nth, v);
        sc_fx_encode(bytes, v, len / (4 * FX_DEG));
    }
}

static void begin_lie(enum sc_label leave_out, teller *t)
{
    dropped = leave_out;
    tell = t;
    lie.begin = begin;
    lie.log = drop;
    lie.challenge = keep;
    lie.message = tell_elements;
}

static uint8_t *lie_once(struct toy *t, size_t *len)
{
    uint8_t *proof;
    known = drawn;
    memset(&drawn, 0, sizeof drawn);
    memset(&liar, 0, sizeof liar);
    memset(lie.sent, 0, sizeof lie.sent);
    liar.t = t;
    lie.proving = true;
    cr_assert_eq(sc_prove_unchecked(&proof, len, &t->prover, &t->program, &t->w), SOCLE_OK);
    lie.proving = false;
    return proof;
}

/* Told twice, the second time with the challenges of the first. */
static socle_status told(struct toy *t, enum sc_label leave_out, teller *f)
{
    size_t len;
    begin_lie(leave_out, f);
    sc_free(lie_once(t, &len));
    uint8_t *const proof = lie_once(t, &len);
    const socle_status st = toy_verify(t, t->program.vk, proof, len);
    sc_free(proof);
    return st;
}

/* P + mu Q is all that the first layer asks of a root. */
static void tell_root(enum sc_label label, unsigned nth, fx *v)
{
    (void)nth;
    if (label == SC_L_GKR_ROOT) {
        const fx mu = known.v[SC_L_GKR_MIX][0];
        const struct sc_fraction n = public_terms(&drawn);
        const fx u = divide(n.n, n.d);
        const fx claim = fx_add(v[0], fx_mul(mu, v[1]));
        v[1] = divide(claim, fx_sub(mu, u));
        v[0] = fx_neg(fx_mul(v[1], u));
    }
}

/* Two of four claims meet the check and keep the value on the line. */
static void tell_claims(enum sc_label label, unsigned nth, fx *v)
{
    if (label == SC_L_GKR_ROOT) {
        false_root(v);
    }
    if (label == SC_L_GKR_CLAIMS && nth == 0) {
        const fx z = known.v[SC_L_GKR_LINE][0], rest = fx_sub(FX_ONE, z);
        const fx b = divide(fx_mul(liar.claim, rest), fx_sub(fx_mul(v[2], rest), fx_mul(z, v[3])));
        v[0] = fx_sub(v[0], divide(fx_mul(z, b), rest));
        v[1] = fx_add(v[1], b);
        liar.claim = FX_ZERO;
    }
}

static void tell_layer_round(enum sc_label label, unsigned nth, fx *v)
{
    if (label == SC_L_GKR_ROOT) {
        false_root(v);
    }
    if (label == SC_L_GKR_CLAIMS && nth == 0) {
        push(v);
    }
    if (label == SC_L_GKR_T && nth == 0) {
        v[1] = fx_add(v[1], fx_mul(divide(liar.claim, liar.rho[0]), quadratic_undo(known.v[SC_L_GKR_ROUND][0])));
        liar.claim = FX_ZERO;
    }
}

static void tell_to_the_leaves(enum sc_label label, fx *v)
{
    if (label == SC_L_GKR_ROOT) {
        false_root(v);
    }
    if (label == SC_L_GKR_CLAIMS) {
        push(v);
    }
}

static void tell_zero_round(enum sc_label label, unsigned nth, fx *v)
{
    tell_to_the_leaves(label, v);
    if (label == SC_L_ZERO_T && nth == 0) {
        v[1] = fx_add(v[1], fx_mul(liar.claim, quartic_undo(known.v[SC_L_ZERO_ROUND][0])));
        liar.claim = FX_ZERO;
    }
}

/* What one column's value adds to the last sum of the batched sumcheck, and its number among the values. */
static fx share(unsigned table, unsigned use, fx factor, unsigned col, unsigned *value)
{
    const struct sc_layout *const l = &liar.t->layout;
    const struct sc_chunk *c = l->chunk;
    const fx *const r = drawn.v[SC_L_ZERO_ROUND];
    fx w[AIR_MAX_USES];
    while (c->table != table) {
        c++;
    }
    sc_use_weights(w, &toy_machine, l, c, liar.rho);
    fx v = fx_mul(factor, w[use]);
    for (unsigned i = 0; i < l->n_vars - c->log_h; i++) {
        v = fx_mul(v, r[i]);
    }
    *value = c->value + col;
    return fx_mul(v, sc_eq(liar.rho + (l->n_leaf_vars - c->log_h), r + (l->n_vars - c->log_h), c->log_h));
}

static fx power(fx a, unsigned n)
{
    fx v = FX_ONE;
    while (n-- > 0) {
        v = fx_mul(v, a);
    }
    return v;
}

/* Two values in which the last sum is linear, a multiplicity of INDEX and a limb of ENDS, make up for the error of the claim
 * and keep the combination that is opened. */
static void tell_columns(enum sc_label label, unsigned nth, fx *v)
{
    (void)nth;
    tell_to_the_leaves(label, v);
    if (label == SC_L_COLUMNS) {
        const fx top = power(drawn.v[SC_L_LAMBDA][0], liar.t->layout.n_constraints);
        unsigned at[2];
        const fx a = share(TOY_INDEX, 0, fx_neg(top), 0, &at[0]);
        const fx b = share(TOY_ENDS, 2, fx_mul(fx_mul(top, drawn.v[SC_L_LAMBDA][0]), drawn.v[SC_L_BETA][2]), 3, &at[1]);
        const fx g[2] = {power(known.v[SC_L_GAMMA][0], at[0]), power(known.v[SC_L_GAMMA][0], at[1])};
        const fx x = divide(fx_mul(liar.claim, g[1]), fx_sub(fx_mul(a, g[1]), fx_mul(b, g[0])));
        v[at[0]] = fx_add(v[at[0]], x);
        v[at[1]] = fx_sub(v[at[1]], divide(fx_mul(x, g[0]), g[1]));
    }
}

Test(fiat_shamir, absorbs_of_the_argument_stop_a_false_output)
{
    static const struct {
        enum sc_label label;
        teller *f;
        const char *what;
    } lies[] = {
        {SC_L_GKR_ROOT, tell_root, "GKR_ROOT"},      {SC_L_GKR_CLAIMS, tell_claims, "GKR_CLAIMS"},
        {SC_L_GKR_T, tell_layer_round, "GKR_T"},     {SC_L_ZERO_T, tell_zero_round, "ZERO_T"},
        {SC_L_COLUMNS, tell_columns, "COLUMNS"},
    };
    struct toy *const t = toy_create(sc_cpu_ops_best(), NULL);
    t->output[0] ^= 0x40; /* not what the run wrote */
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        cr_assert_eq(told(t, lies[i].label, lies[i].f), SOCLE_OK, "a transcript without %s would do", lies[i].what);
        lie_is_refused(told(t, 0, lies[i].f), SOCLE_E_REJECT, "a false output, told in %s", lies[i].what);
    }
    toy_destroy(t);
}

/* Solve sum_j m[i][j] x[j] = m[i][n] over the base field. */
static void solve(fp m[FX_DEG][FX_DEG + 1], fp x[FX_DEG])
{
    for (unsigned i = 0; i < FX_DEG; i++) {
        unsigned pivot = i;
        while (m[pivot][i] == FP_ZERO) {
            cr_assert_lt(++pivot, (unsigned)FX_DEG);
        }
        for (unsigned j = 0; j <= FX_DEG; j++) {
            const fp keep_it = m[i][j];
            m[i][j] = m[pivot][j];
            m[pivot][j] = keep_it;
        }
        const fp inverse = fp_inv(m[i][i]);
        for (unsigned r = 0; r < FX_DEG; r++) {
            const fp f = fp_mul(m[r][i], inverse);
            for (unsigned j = 0; r != i && j <= FX_DEG; j++) {
                m[r][j] = fp_sub(m[r][j], fp_mul(f, m[i][j]));
            }
        }
    }
    for (unsigned i = 0; i < FX_DEG; i++) {
        x[i] = fp_mul(m[i][FX_DEG], fp_inv(m[i][i]));
    }
}

static void see_root(enum sc_label label, unsigned nth, fx *v)
{
    (void)nth;
    if (label == SC_L_GKR_ROOT) {
        liar.p = v[0];
        liar.q = v[1];
    }
}

/* With alpha and beta known before the columns, five multiplicities balance any bus. */
static socle_status told_in_columns(enum sc_label leave_out)
{
    struct toy *const t = toy_create(sc_cpu_ops_best(), NULL);
    fp m[FX_DEG][FX_DEG + 1], x[FX_DEG];
    size_t len;
    t->output[0] ^= 0x40;
    begin_lie(leave_out, see_root);
    sc_free(lie_once(t, &len));
    const struct sc_fraction n = public_terms(&drawn);
    const fx missing = fx_add(divide(liar.p, liar.q), divide(n.n, n.d));
    struct sc_bus_point b = {.alpha = drawn.v[SC_L_ALPHA][0]};
    memcpy(b.beta, drawn.v[SC_L_BETA], sizeof b.beta);
    for (unsigned j = 0; j < FX_DEG; j++) {
        const fp row = fp_from_u32(j);
        const fx one = fx_inv(sc_bus_value(&b, AIR_BUS_U16, &row, 1));
        for (unsigned i = 0; i < FX_DEG; i++) {
            m[i][j] = one.c[i];
            m[i][FX_DEG] = missing.c[i];
        }
    }
    solve(m, x);
    for (unsigned j = 0; j < FX_DEG; j++) {
        fp *const mult = toy_cell(t, TOY_INDEX, j, 0);
        *mult = fp_add(*mult, x[j]);
    }
    uint8_t *const proof = lie_once(t, &len);
    const socle_status st = toy_verify(t, t->program.vk, proof, len);
    sc_free(proof);
    toy_destroy(t);
    return st;
}

Test(fiat_shamir, the_absorb_of_the_commitment_stops_a_false_output)
{
    cr_assert_eq(told_in_columns(SC_L_MAIN_ROOT), SOCLE_OK, "a transcript without MAIN_ROOT would do");
    lie_is_refused(told_in_columns(0), SOCLE_E_REJECT, "a false output, told in MAIN_ROOT");
}

/* --- the opening: value 0 of the scene is too large by 1 -------------------------------------------------------------- */

static socle_status told_of(struct scene *s, enum sc_label leave_out, teller *f)
{
    begin_lie(leave_out, f);
    for (unsigned i = 0; i < 2; i++) {
        known = drawn;
        memset(&drawn, 0, sizeof drawn);
        memset(lie.sent, 0, sizeof lie.sent);
        lie.proving = true;
        scene_prove(s);
        lie.proving = false;
    }
    return scene_verify(s);
}

/* The prover computes round polynomials from the vector: an error of the claim is one of the value at 1 alone. */
static void tell_fold(enum sc_label label, unsigned nth, fx *v)
{
    if (label == SC_L_WHIR_ROUND && nth == 0) {
        v[1] = fx_add(v[1], quadratic_undo(known.v[SC_L_WHIR_FOLD][0]));
    }
}

static void tell_sample(enum sc_label label, unsigned nth, fx *v)
{
    if (label == SC_L_WHIR_OOD_ANS && nth == 0) {
        const fx *const c = drawn.v[SC_L_WHIR_FOLD];
        fx error = FX_ONE;
        for (unsigned i = 0; i < tiny.r[0].k; i++) {
            error = fx_mul(error, quadratic_one(c[i]));
        }
        v[0] = fx_sub(v[0], divide(error, known.v[SC_L_WHIR_MIX][0]));
    }
}

/* Two queries: the final polynomial plus the one that vanishes at both. */
static const struct sc_whir_params two_queries = {1, 3, {{6, 3, 2, 0, 0, 0, 0, 2}}};

static void tell_final(enum sc_label label, unsigned nth, fx *v)
{
    if (label == SC_L_WHIR_FINAL && nth == 0) {
        struct sc_tr tr = {.log = NULL};
        uint32_t index[2];
        fp x[2];
        memcpy(tr.s, variant.before, 32);
        sc_tr_indices(&tr, SC_L_WHIR_QUERY, index, 2, sc_whir_log_n(&two_queries.r[0]));
        for (unsigned q = 0; q < 2; q++) {
            uint32_t rev = 0;
            for (unsigned i = 0; i < sc_whir_log_n(&two_queries.r[0]); i++) {
                rev = rev << 1 | (index[q] >> i & 1);
            }
            x[q] = fp_pow(fp_root(sc_whir_log_n(&two_queries.r[0])), rev);
        }
        v[0] = fx_add(v[0], fx_from_fp(fp_mul(x[0], x[1])));
        v[1] = fx_sub(v[1], fx_from_fp(fp_add(x[0], x[1])));
        v[2] = fx_add(v[2], FX_ONE);
    }
}

Test(fiat_shamir, absorbs_of_the_opening_stop_a_false_value)
{
    struct scene s;
    scene_init(&s, &tiny, 9, 7, 8, mixed);
    s.values[0] = fx_add(s.values[0], FX_ONE);
    cr_assert_eq(told_of(&s, SC_L_WHIR_ROUND, tell_fold), SOCLE_OK, "a transcript without WHIR_ROUND would do");
    lie_is_refused(told_of(&s, 0, tell_fold), SOCLE_E_REJECT, "a false value, told in WHIR_ROUND");
    cr_assert_eq(told_of(&s, SC_L_WHIR_OOD_ANS, tell_sample), SOCLE_OK, "a transcript without WHIR_OOD_ANS would do");
    lie_is_refused(told_of(&s, 0, tell_sample), SOCLE_E_REJECT, "a false value, told in WHIR_OOD_ANS");
    scene_fini(&s);
    scene_init(&s, &two_queries, 9, 7, 0, NULL);
    cr_assert_eq(told_of(&s, SC_L_WHIR_FINAL, tell_final), SOCLE_OK, "a transcript without WHIR_FINAL would do");
    lie_is_refused(told_of(&s, 0, tell_final), SOCLE_E_REJECT, "another polynomial, told in WHIR_FINAL");
    scene_fini(&s);
}
