/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Verifier of the opening of one committed polynomial.
 * The weight is never built: at the end each claim is one scalar (its weight bound at all folding challenges)
 * times one inner product with the final polynomial. Theory: docs/spec/whir.md.
 */
#include "core/verify/whir_v.h"

#include "core/base/assert.h"
#include "core/proof/merkle_v.h"

#include <string.h>

#define MAX_FINAL (1u << SC_WHIR_MAX_FINAL)
#define MAX_LEAF (1u << SC_WHIR_MAX_K)
#define MAX_SAMPLES (SC_WHIR_MAX_ROUNDS * SC_WHIR_MAX_OOD)
#define MAX_QUERIES ((SC_WHIR_MAX_ROUNDS - 1) * SC_WHIR_MAX_T)

/* The claim g(x) = value of a query, with its coefficient in the weight; mu variables of g. */
struct query {
    fp x;
    unsigned mu;
    fx coef;
};

/* The claim g(z) = value of an out-of-domain sample. */
struct sample {
    fx z[SC_M0_MAX];
    unsigned mu;
    fx coef;
};

struct work {
    fx claim;
    unsigned n_bound, n_samples, n_queries;
    uint8_t root[32];
    fx point[SC_M0_MAX]; /* folding challenges so far */
    fx eq[MAX_LEAF];
    uint32_t index[SC_WHIR_MAX_T];
    fx answer[SC_WHIR_MAX_T];
    fx final[MAX_FINAL];
    fx tmp[MAX_FINAL];
    fx at[MAX_FINAL];
    fx coords[SC_WHIR_MAX_OOD * SC_M0_MAX];
    struct sample samples[MAX_SAMPLES];
    struct query queries[MAX_QUERIES];
    struct sc_merkle_open open;
};

_Static_assert(SC_WHIR_MAX_T <= SC_MERKLE_MAX_T, "an opening fits the Merkle work area");

size_t sc_whir_scratch(void)
{
    return sizeof(struct work);
}

/* 1 - a + 2 a b - b ... of two points: a b + (1 - a)(1 - b). */
static fx eq1(fx a, fx b)
{
    const fx ab = fx_mul(a, b);
    return fx_sub(fx_add(FX_ONE, fx_add(ab, ab)), fx_add(a, b));
}

/* eq of a bit and a coordinate. */
static fx eq_bit(unsigned bit, fx a)
{
    return bit ? a : fx_sub(FX_ONE, a);
}

/* Value at c of the polynomial of degree 2 with values h0, h1, h2 at 0, 1, 2. */
static fx quadratic_at(fx h0, fx h1, fx h2, fx c)
{
    const fx d1 = fx_sub(h1, h0);
    const fx d2 = fx_sub(fx_sub(h2, h1), d1);
    const fp half = fp_inv(fp_add(FP_ONE, FP_ONE));
    const fx binom = fx_mul_fp(fx_mul(c, fx_sub(c, FX_ONE)), half);
    return fx_add(h0, fx_add(fx_mul(c, d1), fx_mul(binom, d2)));
}

/* Multilinear extension of 2^log_n values at a point; tmp has room for half of them. */
static fx mle_at(const fx *v, unsigned log_n, const fx *point, fx *tmp)
{
    for (unsigned i = 0; i < log_n; i++) {
        const size_t half = (size_t)1 << (log_n - i - 1);
        for (size_t x = 0; x < half; x++) {
            tmp[x] = fx_add(v[x], fx_mul(point[i], fx_sub(v[x + half], v[x])));
        }
        v = tmp;
    }
    return v[0];
}

/* Univariate value of the final polynomial. */
static fx final_at(const struct work *w, unsigned mu_final, fp x)
{
    fx acc = FX_ZERO;
    for (size_t i = (size_t)1 << mu_final; i-- > 0;) {
        acc = fx_add(fx_mul_fp(acc, x), w->final[i]);
    }
    return acc;
}

/* Domain point of position j of a code word of length 2^log_n. */
static fp domain_point(unsigned log_n, uint32_t j)
{
    uint32_t rev = 0;
    for (unsigned i = 0; i < log_n; i++) {
        rev |= ((j >> i) & 1) << (log_n - 1 - i);
    }
    return fp_pow(fp_root(log_n), rev);
}

static socle_status recv_folds(struct sc_vch *ch, struct work *w, const struct sc_whir_round *r)
{
    for (unsigned i = 0; i < r->k; i++) {
        fx h[2];
        fx c;
        socle_status st = sc_recv_fx(ch, SC_L_WHIR_ROUND, h, 2);
        if (st == SOCLE_OK) {
            st = sc_recv_grind(ch, SC_L_WHIR_FOLD_POW, r->gf);
        }
        if (st != SOCLE_OK) {
            return st;
        }
        sc_tr_challenge(&ch->tr, SC_L_WHIR_FOLD, &c, 1);
        w->claim = quadratic_at(h[0], fx_sub(w->claim, h[0]), h[1], c);
        w->point[w->n_bound++] = c;
    }
    return SOCLE_OK;
}

/* The next commitment: its root into @p root, its samples and their answers into the work area. */
static socle_status recv_commitment(struct sc_vch *ch, struct work *w, uint8_t root[32],
                                    fx answers[SC_WHIR_MAX_OOD], const struct sc_whir_round *next)
{
    const uint8_t *bytes;
    const socle_status st = sc_recv_bytes(ch, SC_L_WHIR_ROOT, &bytes, 32);
    if (st != SOCLE_OK) {
        return st;
    }
    memcpy(root, bytes, 32);
    if (next->ood == 0) {
        return SOCLE_OK;
    }
    sc_tr_challenge(&ch->tr, SC_L_WHIR_OOD, w->coords, (size_t)next->ood * next->mu);
    for (unsigned i = 0; i < next->ood; i++) {
        struct sample *const s = &w->samples[w->n_samples + i];
        s->mu = next->mu;
        memcpy(s->z, w->coords + (size_t)i * next->mu, next->mu * sizeof *s->z);
    }
    return sc_recv_fx(ch, SC_L_WHIR_OOD_ANS, answers, next->ood);
}

/* w->eq := eq((c_1 .. c_k), a) for a < 2^k, c the last k challenges. */
static void build_eq(struct work *w, unsigned k)
{
    const fx *const c = w->point + w->n_bound - k;
    w->eq[0] = FX_ONE;
    for (unsigned i = 0; i < k; i++) {
        for (size_t a = (size_t)1 << i; a-- > 0;) {
            const fx hi = fx_mul(w->eq[a], c[i]);
            w->eq[2 * a] = fx_sub(w->eq[a], hi);
            w->eq[2 * a + 1] = hi;
        }
    }
}

/* Value of the folded polynomial that a leaf claims; false when the leaf is not canonical. */
static bool leaf_answer(struct work *w, fx *out, const uint8_t *leaf, unsigned k, bool base)
{
    fx acc = FX_ZERO;
    for (size_t a = 0; a < (size_t)1 << k; a++) {
        fx v = FX_ZERO;
        if (base) {
            if (!sc_fp_decode(v.c, leaf + 4 * a, 1)) {
                return false;
            }
            acc = fx_add(acc, fx_mul_fp(w->eq[a], v.c[0]));
        } else {
            if (!sc_fx_decode(&v, leaf + 4 * FX_DEG * a, 1)) {
                return false;
            }
            acc = fx_add(acc, fx_mul(w->eq[a], v));
        }
    }
    *out = acc;
    return true;
}

/* Query grinding, indices, opening: w->index, w->open, and w->answer by distinct index. */
static socle_status recv_queries(struct sc_vch *ch, struct work *w, const struct sc_whir_round *r,
                                 bool base)
{
    const unsigned log_n = sc_whir_log_n(r);
    const size_t leaf_len = ((size_t)4 * (base ? 1 : FX_DEG)) << r->k;
    socle_status st = sc_recv_grind(ch, SC_L_WHIR_QUERY_POW, r->gq);
    if (st != SOCLE_OK) {
        return st;
    }
    sc_tr_indices(&ch->tr, SC_L_WHIR_QUERY, w->index, r->t, log_n);
    st = sc_merkle_recv(ch, &w->open, w->root, log_n, leaf_len, w->index, r->t);
    if (st != SOCLE_OK) {
        return st;
    }
    build_eq(w, r->k);
    for (unsigned i = 0; i < w->open.n; i++) {
        if (!leaf_answer(w, &w->answer[i], w->open.leaves + i * leaf_len, r->k, base)) {
            return SOCLE_E_FORMAT;
        }
    }
    return SOCLE_OK;
}

/* Add the claims of the samples and queries of this round to the running one. */
static void mix_claims(struct sc_vch *ch, struct work *w, const struct sc_whir_round *r,
                       const struct sc_whir_round *next, const fx *ood_answers)
{
    const unsigned log_n = sc_whir_log_n(r);
    fx xi;
    sc_tr_challenge(&ch->tr, SC_L_WHIR_MIX, &xi, 1);
    fx pow = xi;
    for (unsigned i = 0; i < next->ood; i++) {
        w->samples[w->n_samples++].coef = pow;
        w->claim = fx_add(w->claim, fx_mul(pow, ood_answers[i]));
        pow = fx_mul(pow, xi);
    }
    for (unsigned i = 0; i < r->t; i++) {
        struct query *const q = &w->queries[w->n_queries++];
        const fx y = w->answer[sc_merkle_find(&w->open, w->index[i])];
        q->x = domain_point(log_n, w->index[i]);
        q->mu = next->mu;
        q->coef = pow;
        w->claim = fx_add(w->claim, fx_mul(pow, y));
        pow = fx_mul(pow, xi);
    }
}

static socle_status check_final_queries(struct work *w, const struct sc_whir_round *r,
                                        unsigned mu_final)
{
    for (unsigned i = 0; i < w->open.n; i++) {
        const fp x = domain_point(sc_whir_log_n(r), w->open.distinct[i]);
        if (!fx_eq(final_at(w, mu_final, x), w->answer[i])) {
            return SOCLE_E_REJECT;
        }
    }
    return SOCLE_OK;
}

/* Inner product of the final polynomial with the bound weight of one query. */
static fx query_term(const struct work *w, const struct query *q, unsigned mu_final)
{
    fp pows[SC_M0_MAX];
    fp x = q->x;
    for (unsigned i = 0; i < q->mu; i++) {
        pows[i] = x;
        x = fp_sqr(x);
    }
    const fx *const c = w->point + w->n_bound - (q->mu - mu_final);
    fx acc = fx_mul(q->coef, final_at(w, mu_final, q->x));
    for (unsigned i = 0; i < q->mu - mu_final; i++) {
        const fp d = fp_sub(pows[q->mu - 1 - i], FP_ONE);
        acc = fx_mul(acc, fx_add(FX_ONE, fx_mul_fp(c[i], d)));
    }
    return acc;
}

static fx sample_term(struct work *w, const struct sample *s, unsigned mu_final)
{
    const unsigned bound = s->mu - mu_final;
    const fx *const c = w->point + w->n_bound - bound;
    fx acc = fx_mul(s->coef, mle_at(w->final, mu_final, s->z + bound, w->tmp));
    for (unsigned i = 0; i < bound; i++) {
        acc = fx_mul(acc, eq1(s->z[i], c[i]));
    }
    return acc;
}

/* What the columns of one height share: depth bits of the block index meet folding challenges; the rest of it
 * selects one of w->at, the final polynomial's parts at the end of r times eq of the bound row variables. */
struct height {
    unsigned log_h, depth, rest;
};

static struct height height_of(struct work *w, unsigned log_h, unsigned m0, unsigned mu_final,
                               const fx *r, unsigned H)
{
    const unsigned part = log_h < mu_final ? log_h : mu_final;
    const struct height h = {log_h, m0 - (log_h > mu_final ? log_h : mu_final), mu_final - part};
    const fx *const suffix = r + (H - log_h);
    fx bound = FX_ONE;
    for (unsigned i = 0; i < log_h - part; i++) {
        bound = fx_mul(bound, eq1(suffix[i], w->point[h.depth + i]));
    }
    for (size_t b = 0; b < (size_t)1 << h.rest; b++) {
        const fx v = mle_at(w->final + (b << part), part, suffix + (log_h - part), w->tmp);
        w->at[b] = fx_mul(bound, v);
    }
    return h;
}

/* Sum over the columns of gamma^j times the inner product of the final polynomial with the bound eq. */
static fx columns_term(struct work *w, unsigned m0, unsigned mu_final, const fx *r, unsigned H,
                       const struct sc_block *blocks, size_t n, fx gamma)
{
    fx prefix[SC_M0_MAX + 1]; /* eq of the first bits of the last block index */
    struct height h = {UINT32_MAX, 0, 0};
    uint32_t last = 0;
    fx sum = FX_ZERO;
    fx pow = FX_ONE;
    for (size_t j = 0; j < n; j++) {
        const bool fresh = blocks[j].log_h != h.log_h;
        if (fresh) {
            h = height_of(w, blocks[j].log_h, m0, mu_final, r, H);
        }
        const uint32_t hi = blocks[j].index >> h.rest;
        unsigned same = 0;
        if (!fresh) {
            for (same = h.depth; same > 0 && (hi >> (h.depth - same)) != (last >> (h.depth - same));) {
                same--;
            }
        }
        prefix[0] = FX_ONE;
        for (unsigned i = same; i < h.depth; i++) {
            prefix[i + 1] = fx_mul(prefix[i], eq_bit((hi >> (h.depth - 1 - i)) & 1, w->point[i]));
        }
        last = hi;
        const uint32_t rest = blocks[j].index & ((1u << h.rest) - 1);
        sum = fx_add(sum, fx_mul(fx_mul(pow, prefix[h.depth]), w->at[rest]));
        pow = fx_mul(pow, gamma);
    }
    return sum;
}

static bool blocks_ok(const struct sc_block *blocks, size_t n, unsigned m0, unsigned H)
{
    for (size_t j = 0; j < n; j++) {
        if (blocks[j].log_h > m0 || blocks[j].log_h > H || blocks[j].index >> (m0 - blocks[j].log_h)) {
            return false;
        }
    }
    return true;
}

/* The rounds: on success w has the final polynomial, all challenges and claims, and the claim's value. */
static socle_status run_rounds(struct sc_vch *ch, struct work *w, const struct sc_whir_params *wp)
{
    for (unsigned i = 0; i < wp->n_rounds; i++) {
        const bool is_last = i + 1 == wp->n_rounds;
        uint8_t next_root[32];
        fx ood_answers[SC_WHIR_MAX_OOD];
        socle_status st = recv_folds(ch, w, &wp->r[i]);
        if (st != SOCLE_OK) {
            return st;
        }
        st = is_last ? sc_recv_fx(ch, SC_L_WHIR_FINAL, w->final, (size_t)1 << wp->mu_final)
                     : recv_commitment(ch, w, next_root, ood_answers, &wp->r[i + 1]);
        if (st != SOCLE_OK) {
            return st;
        }
        st = recv_queries(ch, w, &wp->r[i], i == 0);
        if (st != SOCLE_OK) {
            return st;
        }
        if (is_last) {
            return check_final_queries(w, &wp->r[i], wp->mu_final);
        }
        mix_claims(ch, w, &wp->r[i], &wp->r[i + 1], ood_answers);
        memcpy(w->root, next_root, 32);
    }
    return SOCLE_E_BUG;
}

/* Claims of samples that were drawn before the opening, behind those of the columns. */
static void add_first(struct work *w, const struct sc_whir_params *wp, const struct sc_samples *first, size_t n_values, fx gamma)
{
    const unsigned mu = wp->r[0].mu;
    const unsigned n = first ? first->n : 0;
    fx pow = FX_ONE;
    SC_ASSERT(n <= SC_WHIR_MAX_OOD);
    for (size_t j = 0; n != 0 && j < n_values; j++) {
        pow = fx_mul(pow, gamma);
    }
    for (unsigned i = 0; i < n; i++) {
        struct sample *const s = &w->samples[w->n_samples++];
        s->mu = mu;
        s->coef = pow;
        memcpy(s->z, first->coords + (size_t)i * mu, mu * sizeof *s->z);
        w->claim = fx_add(w->claim, fx_mul(pow, first->answers[i]));
        pow = fx_mul(pow, gamma);
    }
}

socle_status sc_whir_verify(struct sc_vch *ch, const struct sc_whir_params *wp,
                            const uint8_t root[32], const fx *r, unsigned H,
                            const struct sc_block *blocks, const fx *values, size_t n_values,
                            fx gamma, const struct sc_samples *first, void *scratch, size_t scratch_len)
{
    const unsigned m0 = wp->r[0].mu;
    struct work *const w = scratch;
    if (!sc_whir_params_ok(wp) || !blocks_ok(blocks, n_values, m0, H) ||
        scratch_len < sizeof *w || (uintptr_t)scratch % _Alignof(struct work)) {
        return SOCLE_E_ARG;
    }
    w->n_bound = w->n_samples = w->n_queries = 0;
    memcpy(w->root, root, 32);
    w->claim = FX_ZERO;
    for (size_t j = n_values; j-- > 0;) {
        w->claim = fx_add(fx_mul(w->claim, gamma), values[j]);
    }
    add_first(w, wp, first, n_values, gamma);
    const socle_status st = run_rounds(ch, w, wp);
    if (st != SOCLE_OK) {
        return st;
    }
    fx sum = columns_term(w, m0, wp->mu_final, r, H, blocks, n_values, gamma);
    for (unsigned i = 0; i < w->n_samples; i++) {
        sum = fx_add(sum, sample_term(w, &w->samples[i], wp->mu_final));
    }
    for (unsigned i = 0; i < w->n_queries; i++) {
        sum = fx_add(sum, query_term(w, &w->queries[i], wp->mu_final));
    }
    return fx_eq(sum, w->claim) ? SOCLE_OK : SOCLE_E_REJECT;
}
