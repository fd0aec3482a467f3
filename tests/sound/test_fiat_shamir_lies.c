/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Lies that one absorb stops: where both sides leave a message out of the transcript, a prover who knows the challenge that comes
 * after it proves what is false. The same lies are refused by the real transcript. test_fiat_shamir.c has the frames themselves.
 */
#include "tests/sound/forge.h"
#include "tests/sound/lie.h"
#include "tests/sound/toy.h"
#include "tests/sound/whir_scene.h"

enum { KIND_ABSORB = 0 }; /* of a frame, docs/spec */

static enum sc_label dropped; /* left out by both sides; 0: none */
static uint8_t before[32];    /* the state before the frame that is observed */

static void begin(const struct sc_tr *tr)
{
    memcpy(before, tr->s, 32);
}

static void drop(void *arg, uint8_t label, uint8_t kind, uint64_t len, const uint8_t s[32])
{
    (void)arg;
    (void)len;
    if (kind == KIND_ABSORB && label == dropped) {
        memcpy((uint8_t *)s, before, 32);
    }
    memcpy(before, s, 32);
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
    sc_use_weights(w, &toy_machine, l, c, SC_LOCAL, liar.rho);
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

Test(fiat_shamir_lies, absorbs_of_the_argument_stop_a_false_output)
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

Test(fiat_shamir_lies, the_absorb_of_the_commitment_stops_a_false_output)
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
        memcpy(tr.s, before, 32);
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

Test(fiat_shamir_lies, absorbs_of_the_opening_stop_a_false_value)
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
