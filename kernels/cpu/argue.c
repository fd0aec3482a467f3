/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The argument's loops: affine forms of rows, one layer of the fraction tree from the one below, round sums of a layer,
 * round sums of a table's constraints. Owns nothing. Theory: docs/spec/argument.md.
 */
#include "kernels/cpu/vec.h"

#include "core/air/air.h"

/* Runs body with i and n lanes over [begin, end); n is VL but in the last piece. */
#define EACH(i, n) for (size_t i = begin, n; i < end && (n = end - i < VL ? end - i : VL, 1); i += VL)

void SC_K(lin_base)(fp *out, const struct sc_lin *l, size_t begin, size_t end)
{
    EACH(i, n) {
        vec v = vec_set1(l->k.c[0]);
        for (size_t t = 0; t < l->n; t++) {
            v = vec_add(v, vec_mul(vec_load_n(l->col[t] + i, n), vec_set1(l->coef[t].c[0])));
        }
        vec_store_n(out + (i - begin), v, n);
    }
}

void SC_K(lin_ext)(fp *out, size_t plane, const struct sc_lin *l, size_t begin, size_t end)
{
    EACH(i, n) {
        vacc s[FX_DEG];
        for (int k = 0; k < FX_DEG; k++) {
            s[k] = vacc_zero();
        }
        for (size_t t = 0; t < l->n; t++) {
            const vodd x = vodd_of(vec_load_n(l->col[t] + i, n));
            for (int k = 0; k < FX_DEG; k++) {
                s[k] = vwide_fold(vwide_add(s[k], vwide_mul(x, vodd_of(vec_set1(l->coef[t].c[k])))));
            }
        }
        vx r;
        for (int k = 0; k < FX_DEG; k++) {
            r.c[k] = vec_add(vacc_reduce(s[k]), vec_set1(l->k.c[k]));
        }
        vx_store_n(out, plane, i - begin, r, n);
    }
}

void SC_K(gkr_up_base)(fp *p, fp *q, size_t plane, const fp *const num[2], const fp *const den[2], size_t in_plane, size_t begin, size_t end)
{
    EACH(i, n) {
        const vx q0 = vx_load_n(den[0], in_plane, i, n), q1 = vx_load_n(den[1], in_plane, i, n);
        const vx a = vx_mul_base(q1, vec_load_n(num[0] + i, n)), b = vx_mul_base(q0, vec_load_n(num[1] + i, n));
        vx_store_n(p, plane, i, vx_add(a, b), n);
        vx_store_n(q, plane, i, vx_mul(q0, q1), n);
    }
}

void SC_K(gkr_up)(fp *p, fp *q, size_t plane, const fp *num, const fp *den, size_t in_plane, size_t half, size_t begin, size_t end)
{
    EACH(i, n) {
        const vxprep q0 = vx_prep(vx_load_n(den, in_plane, i, n));
        const vx q1 = vx_load_n(den, in_plane, i + half, n);
        const vxprep p0 = vx_prep(vx_load_n(num, in_plane, i, n));
        const vx p1 = vx_load_n(num, in_plane, i + half, n);
        vx_store_n(p, plane, i, vx_add(vx_mul_prep(q1, &p0), vx_mul_prep(p1, &q0)), n);
        vx_store_n(q, plane, i, vx_mul_prep(q1, &q0), n);
    }
}

static inline vx cross(vx a, vx p1, vx q0, vx q1)
{
    return vx_add(vx_mul(a, q1), vx_mul(p1, q0));
}

static inline vx at2(vx lo, vx hi)
{
    return vx_sub(vx_dbl(hi), lo);
}

void SC_K(gkr_round)(fx out[2], const fp *const v[4], size_t plane, size_t half, const fp *eq, size_t eq_plane, size_t begin, size_t end)
{
    vx s0 = vx_zero(), s2 = vx_zero();
    EACH(i, n) {
        vx lo[4], hi[4];
        for (int k = 0; k < 4; k++) {
            lo[k] = vx_load_n(v[k], plane, i, n);
            hi[k] = at2(lo[k], vx_load_n(v[k], plane, i + half, n));
        }
        const vxprep e = vx_prep(vx_load_n(eq, eq_plane, i - begin, n));
        s0 = vx_add(s0, vx_mul_prep(cross(lo[0], lo[1], lo[2], lo[3]), &e));
        s2 = vx_add(s2, vx_mul_prep(cross(hi[0], hi[1], hi[2], hi[3]), &e));
    }
    out[0] = vx_sum(s0);
    out[1] = vx_sum(s2);
}

/* ---- constraints of the machine's tables, from one text for rows of base and of extension elements ---- */

struct base_row {
    const vec *col;
    const fx *lambda;
    vwide *acc;
};

static inline void base_acc(struct base_row *r, unsigned i, vec a)
{
    const vodd w = vodd_of(a);
    for (int k = 0; k < FX_DEG; k++) {
        r->acc[k] = vwide_fold(vwide_add(r->acc[k], vwide_mul(w, vodd_of(vec_set1(r->lambda[i].c[k])))));
    }
}

#define AIR_QUALIFIERS static
#define AIR_NAME(f) base_##f
#define AIR_ARGS struct base_row *r
#define AIR_PASS r
#define AIR_NOTHING ((void)r)
#define AIR_T vec
#define AIR_COL(i) (r->col[i])
#define AIR_ADD(a, b) vec_add(a, b)
#define AIR_SUB(a, b) vec_sub(a, b)
#define AIR_MUL(a, b) vec_mul(a, b)
#define AIR_NEG(a) vec_sub(vec_zero(), a)
#define AIR_MULK(a, k) vec_mul(a, vec_set1(k))
#define AIR_ADDK(a, k) vec_add(a, vec_set1(k))
#define AIR_ACC(i, a) base_acc(r, i, a)
#include "air_eval.inc"
#undef AIR_NAME
#undef AIR_ARGS
#undef AIR_T
#undef AIR_ADD
#undef AIR_SUB
#undef AIR_MUL
#undef AIR_NEG
#undef AIR_MULK
#undef AIR_ADDK
#undef AIR_ACC

struct ext_row {
    const vx *col;
    const fx *lambda;
    vx acc;
};

/* Out of line: a product is some two hundred instructions, and the emitted text has thousands of them. */
static __attribute__((noinline)) void product_of(vx *out, const vx *a, const vx *b)
{
    *out = vx_mul(*a, *b);
}

static __attribute__((noinline)) void scaled_of(vx *out, const vx *a, fp k)
{
    *out = vx_mul_base(*a, vec_set1(k));
}

static inline vx scaled(vx a, fp k)
{
    vx out;
    scaled_of(&out, &a, k);
    return out;
}

static inline vx product(vx a, vx b)
{
    vx out;
    product_of(&out, &a, &b);
    return out;
}

static __attribute__((noinline)) void ext_acc(struct ext_row *r, unsigned i, vx a)
{
    r->acc = vx_add(r->acc, vx_mul(a, vx_set1(r->lambda[i])));
}

#define AIR_NAME(f) ext_##f
#define AIR_ARGS struct ext_row *r
#define AIR_T vx
#define AIR_ADD(a, b) vx_add(a, b)
#define AIR_SUB(a, b) vx_sub(a, b)
#define AIR_MUL(a, b) product(a, b)
#define AIR_NEG(a) vx_sub(vx_zero(), a)
#define AIR_MULK(a, k) scaled(a, k)
#define AIR_ADDK(a, k) vx_add_base(a, vec_set1(k))
#define AIR_ACC(i, a) ext_acc(r, i, a)
#include "air_eval.inc"

typedef void base_fn(struct base_row *r);
typedef void ext_fn(struct ext_row *r);
#define F(name) base_##name,
static base_fn *const base_fns[] = {AIR_EVAL_LIST(F)};
#undef F
#define F(name) ext_##name,
static ext_fn *const ext_fns[] = {AIR_EVAL_LIST(F)};
#undef F

static vx base_value(unsigned table, const vec *row, const fx *lambda)
{
    vwide acc[FX_DEG];
    for (int k = 0; k < FX_DEG; k++) {
        acc[k] = vwide_zero();
    }
    struct base_row r = {row, lambda, acc};
    base_fns[table](&r);
    vx v;
    for (int k = 0; k < FX_DEG; k++) {
        v.c[k] = vacc_reduce(acc[k]);
    }
    return v;
}

void SC_K(air_round_base)(fx out[2], unsigned table, unsigned n_cols, const fp *const *cols, size_t half, const fx *lambda, const fp *eq,
                          size_t eq_plane, size_t begin, size_t end)
{
    vec two[AIR_MAX_COLS], three[AIR_MAX_COLS];
    vx s2 = vx_zero(), s3 = vx_zero();
    EACH(i, n) {
        for (unsigned c = 0; c < n_cols; c++) {
            const vec lo = vec_load_n(cols[c] + i, n), hi = vec_load_n(cols[c] + i + half, n);
            const vec d = vec_sub(hi, lo);
            two[c] = vec_add(hi, d);
            three[c] = vec_add(two[c], d);
        }
        const vxprep e = vx_prep(vx_load_n(eq, eq_plane, i - begin, n));
        s2 = vx_add(s2, vx_mul_prep(base_value(table, two, lambda), &e));
        s3 = vx_add(s3, vx_mul_prep(base_value(table, three, lambda), &e));
    }
    out[0] = vx_sum(s2);
    out[1] = vx_sum(s3);
}

static vx ext_value(unsigned table, const vx *row, const fx *lambda)
{
    struct ext_row r = {row, lambda, vx_zero()};
    ext_fns[table](&r);
    return r.acc;
}

void SC_K(air_round_ext)(fx out[3], unsigned table, unsigned n_cols, const fp *const *cols, size_t plane, size_t half, const fx *lambda,
                         const fp *eq, size_t eq_plane, size_t begin, size_t end)
{
    vx row[AIR_MAX_COLS], step[AIR_MAX_COLS];
    vx s[3] = {vx_zero(), vx_zero(), vx_zero()};
    EACH(i, n) {
        const vxprep e = vx_prep(vx_load_n(eq, eq_plane, i - begin, n));
        for (unsigned c = 0; c < n_cols; c++) {
            row[c] = vx_load_n(cols[c], plane, i, n);
            step[c] = vx_sub(vx_load_n(cols[c], plane, i + half, n), row[c]);
        }
        s[0] = vx_add(s[0], vx_mul_prep(ext_value(table, row, lambda), &e));
        for (unsigned c = 0; c < n_cols; c++) {
            row[c] = vx_add(row[c], vx_dbl(step[c]));
        }
        s[1] = vx_add(s[1], vx_mul_prep(ext_value(table, row, lambda), &e));
        for (unsigned c = 0; c < n_cols; c++) {
            row[c] = vx_add(row[c], step[c]);
        }
        s[2] = vx_add(s[2], vx_mul_prep(ext_value(table, row, lambda), &e));
    }
    for (int k = 0; k < 3; k++) {
        out[k] = vx_sum(s[k]);
    }
}
