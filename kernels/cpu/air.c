/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Round sums of the constraints of the machine's tables, from the text that airgen emits.
 * Owns nothing. Theory: docs/spec/argument.md section 3.
 */
#include "kernels/cpu/vec.h"

#include "core/air/air.h"

/* Runs body with i and n lanes over [begin, end); n is VL but in the last piece. */
#define EACH(i, n) for (size_t i = begin, n; i < end && (n = end - i < VL ? end - i : VL, 1); i += VL)

/* Not inlined: thousands of copies of a product of 25 take compilers minutes; a call costs little beside it. */
#define CALL static __attribute__((noinline))

/* ---- constraints of the machine's tables, from one text for rows of base and of extension elements ---- */

struct base_row {
    const vec *col;
    const fx *lambda;
    vwide *acc;
};

CALL void call_acc_base(struct base_row *r, unsigned i, vec a)
{
    const vodd w = vodd_of(a);
    for (int k = 0; k < FX_DEG; k++) {
        r->acc[k] = vwide_fold(vwide_add(r->acc[k], vwide_mul(w, vodd_set1(r->lambda[i].c[k]))));
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
#define AIR_MULK(a, k) vec_mul_set1(a, k)
#define AIR_ADDK(a, k) vec_add(a, vec_set1(k))
#define AIR_ACC(i, a) call_acc_base(r, i, a)
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

CALL void call_acc(struct ext_row *r, unsigned i, const vx *a)
{
    r->acc = vx_add(r->acc, vx_mul(*a, vx_set1(r->lambda[i])));
}

CALL vx call_add(vx a, vx b)
{
    return vx_add(a, b);
}

CALL vx call_sub(vx a, vx b)
{
    return vx_sub(a, b);
}

CALL vx call_mul(vx a, vx b)
{
    return vx_mul(a, b);
}

CALL vx call_mul_base(vx a, fp k)
{
    return vx_mul_base(a, vec_set1(k));
}

#define AIR_NAME(f) ext_##f
#define AIR_ARGS struct ext_row *r
#define AIR_T vx
#define AIR_ADD(a, b) call_add(a, b)
#define AIR_SUB(a, b) call_sub(a, b)
#define AIR_MUL(a, b) call_mul(a, b)
#define AIR_NEG(a) call_sub(vx_zero(), a)
#define AIR_MULK(a, k) call_mul_base(a, k)
#define AIR_ADDK(a, k) vx_add_base(a, vec_set1(k))
#define AIR_ACC(i, a) call_acc(r, i, &a)
#include "air_eval.inc"

typedef void base_fn(struct base_row *r);
typedef void ext_fn(struct ext_row *r);
#define F(name) base_##name,
static base_fn *const base_fns[] = {AIR_EVAL_LIST(F)};
#undef F
#define F(name) ext_##name,
static ext_fn *const ext_fns[] = {AIR_EVAL_LIST(F)};
#undef F

static inline __attribute__((always_inline)) vx base_value(base_fn *laws, const vec *row, const fx *lambda)
{
    vwide acc[FX_DEG];
    for (int k = 0; k < FX_DEG; k++) {
        acc[k] = vwide_zero();
    }
    struct base_row r = {row, lambda, acc};
    laws(&r);
    vx v;
    for (int k = 0; k < FX_DEG; k++) {
        v.c[k] = vacc_reduce(acc[k]);
    }
    return v;
}

static inline __attribute__((always_inline)) void round_base(fx out[2], base_fn *laws, unsigned n_cols, const fp *const *cols, size_t half,
                                                             const fx *lambda, const fp *eq, size_t eq_plane, size_t begin, size_t end)
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
        s2 = vx_add(s2, vx_mul_prep(base_value(laws, two, lambda), &e));
        s3 = vx_add(s3, vx_mul_prep(base_value(laws, three, lambda), &e));
    }
    out[0] = vx_sum(s2);
    out[1] = vx_sum(s3);
}

void SC_K(air_round_base)(fx out[2], unsigned table, unsigned n_cols, const fp *const *cols, size_t half, const fx *lambda, const fp *eq,
                          size_t eq_plane, size_t begin, size_t end)
{
    round_base(out, base_fns[table], n_cols, cols, half, lambda, eq, eq_plane, begin, end);
}

static void bench_laws(struct base_row *r)
{
    for (unsigned i = 0; i < SC_BENCH_LAWS; i++) {
        const vec a = r->col[i], b = r->col[(i + 1) % SC_BENCH_LAWS], c = r->col[(i + 2) % SC_BENCH_LAWS];
        call_acc_base(r, i, vec_sub(vec_mul(a, b), c));
    }
}

void SC_K(bench_round)(fx out[2], const fp *const *cols, size_t half, const fx *lambda, const fp *eq, size_t eq_plane, size_t begin, size_t end)
{
    round_base(out, bench_laws, SC_BENCH_LAWS, cols, half, lambda, eq, eq_plane, begin, end);
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
