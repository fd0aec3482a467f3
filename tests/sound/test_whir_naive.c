/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A second prover of the opening, written from docs/spec/whir.md with full vectors and no tricks. Honest, it makes
 * the same bytes as the real one; asked to lie at one place and to go on consistently, it is refused.
 */
#include "tests/sound/whir_scene.h"

enum lie {
    HONEST,
    LIE_FIRST_ROUND_POLYNOMIAL,
    LIE_LATER_ROUND_POLYNOMIAL,
    LIE_FOLDED_VECTOR,   /* goes on with another vector after the first folds */
    LIE_COMMITTED_VECTOR, /* commits in round 1 to another vector than it opens */
    LIE_SAMPLE_ANSWER,
    LIE_LEAF,            /* one opened leaf is another one */
    LIE_FINAL,           /* final polynomial altered */
    LIE_FINAL_SUM_KEPT,  /* the same, orthogonal to the weight: only the queries notice */
    LIE_DROP_MIX,        /* claims of samples and queries left out of the weight */
    LIE_STALE_CHALLENGE, /* folds with the challenge before */
    LIE_END
};

struct tree {
    unsigned k, log_n;
    bool base;
    fx *code;
    uint8_t (*node)[32]; /* heap order: node 1 is the root, leaves from 2^log_n */
};

struct naive {
    struct sc_pch *ch;
    const struct scene *s;
    enum lie lie;
    unsigned mu;
    fx *g, *w;
    fx c[16];
    struct tree tree;
};

static fp point_of(unsigned log_n, uint32_t j)
{
    uint32_t rev = 0;
    for (unsigned i = 0; i < log_n; i++) {
        rev |= ((j >> i) & 1) << (log_n - 1 - i);
    }
    return fp_pow(fp_root(log_n), rev);
}

static size_t leaf_bytes(const struct tree *t, uint8_t *out, size_t j)
{
    size_t len = 0;
    for (size_t a = 0; a < (size_t)1 << t->k; a++) {
        uint8_t b[20];
        sc_fx_encode(b, &t->code[(a << t->log_n) + j], 1);
        memcpy(out + len, b, t->base ? 4 : 20);
        len += t->base ? 4 : 20;
    }
    return len;
}

static struct tree commit(const fx *g, unsigned mu, unsigned k, unsigned lr, bool base)
{
    struct tree t = {.k = k, .log_n = mu - k + lr, .base = base};
    struct sc_merkle_keys keys;
    uint8_t leaf[1024];
    const size_t n = (size_t)1 << t.log_n;
    const size_t word = (size_t)1 << (mu - k);
    t.code = malloc((n << k) * sizeof *t.code);
    t.node = malloc(2 * n * sizeof *t.node);
    sc_merkle_keys(&keys);
    for (size_t j = 0; j < n; j++) {
        const fp x = point_of(t.log_n, (uint32_t)j);
        for (size_t a = 0; a < (size_t)1 << k; a++) {
            t.code[(a << t.log_n) + j] = sc_poly_eval(g + a * word, word, fx_from_fp(x));
        }
        sc_merkle_leaf(t.node[n + j], &keys, leaf, leaf_bytes(&t, leaf, j));
    }
    for (size_t i = n - 1; i >= 1; i--) {
        sc_merkle_node(t.node[i], &keys, t.node[2 * i], t.node[2 * i + 1]);
    }
    return t;
}

static void forget(struct tree *t)
{
    free(t->code);
    free(t->node);
    memset(t, 0, sizeof *t);
}

/* Leaves in order of their index, then level by level every sibling that is neither known nor a parent of known. */
static void open_leaves(struct sc_pch *ch, const struct tree *t, const uint32_t *index, unsigned n_index, bool lie)
{
    const size_t n = (size_t)1 << t->log_n;
    bool *const known = calloc(2 * n, sizeof *known);
    uint8_t *const out = malloc(n * 1024);
    size_t len = 0;
    for (unsigned i = 0; i < n_index; i++) {
        known[n + index[i]] = true;
    }
    for (size_t j = 0; j < n; j++) {
        if (known[n + j]) {
            len += leaf_bytes(t, out + len, lie ? j ^ 1 : j);
            lie = false;
        }
    }
    sc_send_bytes(ch, SC_L_WHIR_OPEN, out, len);
    len = 0;
    for (size_t level = n; level > 1; level /= 2) {
        for (size_t i = level; i < 2 * level; i++) {
            if (known[i] && !known[i ^ 1]) {
                memcpy(out + len, t->node[i ^ 1], 32);
                len += 32;
            }
            known[i / 2] |= known[i];
        }
    }
    sc_send_bytes(ch, SC_L_WHIR_PATH, out, len);
    free(known);
    free(out);
}

static void weight_of_columns(fx *w, const struct scene *s, fx gamma)
{
    fx pow = FX_ONE;
    for (size_t j = 0; j < s->n; j++) {
        const unsigned h = s->blocks[j].log_h;
        for (size_t x = 0; x < (size_t)1 << h; x++) {
            fx *const at = &w[((size_t)s->blocks[j].index << h) + x];
            *at = fx_add(*at, fx_mul(pow, sc_eq_index(s->r + (s->H - h), h, x)));
        }
        pow = fx_mul(pow, gamma);
    }
}

static fx lerp(fx a, fx b, fx c)
{
    return fx_add(a, fx_mul(c, fx_sub(b, a)));
}

static void fold_variable(struct naive *p, unsigned round, unsigned v, unsigned gf)
{
    const size_t half = (size_t)1 << (p->mu - 1);
    const fx two = fx_add(FX_ONE, FX_ONE);
    fx h[2] = {FX_ZERO, FX_ZERO};
    for (size_t i = 0; i < half; i++) {
        h[0] = fx_add(h[0], fx_mul(p->g[i], p->w[i]));
        h[1] = fx_add(h[1], fx_mul(lerp(p->g[i], p->g[i + half], two), lerp(p->w[i], p->w[i + half], two)));
    }
    if ((p->lie == LIE_FIRST_ROUND_POLYNOMIAL && round == 0 && v == 0) ||
        (p->lie == LIE_LATER_ROUND_POLYNOMIAL && round == 1 && v == 1)) {
        h[1] = fx_add(h[1], FX_ONE);
    }
    sc_send_fx(p->ch, SC_L_WHIR_ROUND, h, 2);
    sc_send_grind(p->ch, SC_L_WHIR_FOLD_POW, gf);
    sc_tr_challenge(&p->ch->tr, SC_L_WHIR_FOLD, &p->c[v], 1);
    const fx c = p->lie == LIE_STALE_CHALLENGE && round == 1 && v == 1 ? p->c[0] : p->c[v];
    for (size_t i = 0; i < half; i++) {
        p->g[i] = lerp(p->g[i], p->g[i + half], c);
        p->w[i] = lerp(p->w[i], p->w[i + half], c);
    }
    p->mu--;
}

static fx mle(const struct naive *p, const fx *z)
{
    fx sum = FX_ZERO;
    for (size_t i = 0; i < (size_t)1 << p->mu; i++) {
        sum = fx_add(sum, fx_mul(p->g[i], sc_eq_index(z, p->mu, i)));
    }
    return sum;
}

static void mix(struct naive *p, const struct sc_whir_round *next, const fx *z, const uint32_t *index, unsigned t)
{
    fx xi;
    sc_tr_challenge(&p->ch->tr, SC_L_WHIR_MIX, &xi, 1);
    fx pow = xi;
    if (p->lie == LIE_DROP_MIX) {
        return;
    }
    for (unsigned i = 0; i < next->ood; i++) {
        for (size_t x = 0; x < (size_t)1 << p->mu; x++) {
            p->w[x] = fx_add(p->w[x], fx_mul(pow, sc_eq_index(z + i * p->mu, p->mu, x)));
        }
        pow = fx_mul(pow, xi);
    }
    for (unsigned i = 0; i < t; i++) {
        const fp at = point_of(p->tree.log_n, index[i]);
        for (size_t x = 0; x < (size_t)1 << p->mu; x++) {
            p->w[x] = fx_add(p->w[x], fx_mul_fp(pow, fp_pow(at, x)));
        }
        pow = fx_mul(pow, xi);
    }
}

static void send_final(struct naive *p)
{
    if (p->lie == LIE_FINAL) {
        p->g[0] = fx_add(p->g[0], FX_ONE);
    }
    if (p->lie == LIE_FINAL_SUM_KEPT) {
        p->g[0] = fx_add(p->g[0], p->w[1]);
        p->g[1] = fx_sub(p->g[1], p->w[0]);
    }
    sc_send_fx(p->ch, SC_L_WHIR_FINAL, p->g, (size_t)1 << p->mu);
}

static void run_round(struct naive *p, unsigned i)
{
    const struct sc_whir_params *const wp = p->s->wp;
    const struct sc_whir_round *const r = &wp->r[i];
    const struct sc_whir_round *const next = i + 1 < wp->n_rounds ? r + 1 : NULL;
    struct tree next_tree = {0};
    fx z[SC_WHIR_MAX_OOD * 16];
    fx y[SC_WHIR_MAX_OOD];
    uint32_t index[SC_WHIR_MAX_T];
    for (unsigned v = 0; v < r->k; v++) {
        fold_variable(p, i, v, r->gf);
    }
    if (p->lie == LIE_FOLDED_VECTOR && i == 0) {
        p->g[1] = fx_add(p->g[1], FX_ONE);
    }
    if (next) {
        const fx keep = p->g[0];
        p->g[0] = p->lie == LIE_COMMITTED_VECTOR && i == 0 ? fx_add(keep, FX_ONE) : keep;
        next_tree = commit(p->g, p->mu, next->k, next->lr, false);
        p->g[0] = keep;
        sc_send_bytes(p->ch, SC_L_WHIR_ROOT, next_tree.node[1], 32);
        sc_tr_challenge(&p->ch->tr, SC_L_WHIR_OOD, z, (size_t)next->ood * p->mu);
        for (unsigned j = 0; j < next->ood; j++) {
            y[j] = mle(p, z + j * p->mu);
        }
        if (p->lie == LIE_SAMPLE_ANSWER && i == 0) {
            y[0] = fx_add(y[0], FX_ONE);
        }
        sc_send_fx(p->ch, SC_L_WHIR_OOD_ANS, y, next->ood);
    } else {
        send_final(p);
    }
    sc_send_grind(p->ch, SC_L_WHIR_QUERY_POW, r->gq);
    sc_tr_indices(&p->ch->tr, SC_L_WHIR_QUERY, index, r->t, p->tree.log_n);
    open_leaves(p->ch, &p->tree, index, r->t, p->lie == LIE_LEAF && i == 1);
    if (next) {
        mix(p, next, z, index, r->t);
    }
    forget(&p->tree);
    p->tree = next_tree;
}

/* Proof of the scene into s->proof. */
static void naive_prove(struct scene *s, enum lie lie)
{
    struct sc_pch ch;
    fx gamma;
    const size_t n = (size_t)1 << m0_of(s);
    struct naive p = {.ch = &ch, .s = s, .lie = lie, .mu = m0_of(s)};
    sc_pch_init(&ch, NULL);
    sc_tr_absorb(&ch.tr, SC_L_MAIN_ROOT, s->oracle.root, 32);
    sc_tr_absorb_fx(&ch.tr, SC_L_COLUMNS, s->values, s->n);
    sc_tr_challenge(&ch.tr, SC_L_GAMMA, &gamma, 1);
    p.g = malloc(n * sizeof *p.g);
    p.w = calloc(n, sizeof *p.w);
    for (size_t i = 0; i < n; i++) {
        p.g[i] = fx_from_fp(s->f[i]);
    }
    p.tree = commit(p.g, p.mu, s->wp->r[0].k, s->wp->r[0].lr, true);
    cr_assert_arr_eq(p.tree.node[1], s->oracle.root, 32);
    weight_of_columns(p.w, s, gamma);
    for (unsigned i = 0; i < s->wp->n_rounds; i++) {
        run_round(&p, i);
    }
    free(p.g);
    free(p.w);
    sc_free(s->proof);
    s->proof = sc_pch_take(&ch, &s->len);
    sc_pch_fini(&ch);
}

Test(whir_naive, both_provers_make_the_same_bytes)
{
    static const struct sc_whir_params *const sets[] = {
        &tiny, &tiny_other_rate, &one_round, &no_final_variable, &many_rounds, &crowded,
    };
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        struct scene s;
        struct scene t;
        const unsigned top = sets[i]->r[0].mu - 1;
        const unsigned heights[] = {top, top - 1, 3, 2, 1, 0};
        scene_init(&s, sets[i], top + 1, 50 + i, 6, heights);
        t = s;
        scene_prove(&s);
        t.proof = NULL;
        naive_prove(&t, HONEST);
        cr_assert_eq(s.len, t.len, "set %zu", i);
        cr_assert_arr_eq(s.proof, t.proof, s.len);
        cr_assert_eq(scene_verify(&t), SOCLE_OK);
        sc_free(t.proof);
        scene_fini(&s);
    }
}

Test(whir_naive, rejects_every_consistent_lie)
{
    for (int lie = HONEST + 1; lie < LIE_END; lie++) {
        for (uint64_t seed = 1; seed <= 3; seed++) {
            struct scene s;
            scene_init(&s, &tiny, 9, seed, 8, mixed);
            naive_prove(&s, (enum lie)lie);
            cr_assert_eq(scene_verify(&s), SOCLE_E_REJECT, "lie %d, seed %d", lie, (int)seed);
            scene_fini(&s);
        }
    }
}
